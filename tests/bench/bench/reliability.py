"""`deliver reliability` over a year of counts of many services."""

import json
import sqlite3
import time

from .command import sample
from .common import Sandbox, binary, median, spread

MILLI = 1000.0
SECOND = 1_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND

SERVICES = 25
DAYS = 365
# As long as minutes are kept.
MINUTE_DAYS = 8
# Buckets of latency that hold anything: what a service between 5 ms and 1 s fills.
BUCKETS = range(14, 34)


def objectives():
    """Two a service: one over status, one over latency. So that each of them has to look ahead, some requests fail."""
    common = {"window": "28d", "description": None}
    nothing = {"good": None, "total": None, "threshold": None, "path": None}
    return [
        {"name": "availability", "objective": "99.9", "indicator": {**nothing, "kind": "http", "good": "status < 500"}, **common},
        {"name": "latency", "objective": "99", "indicator": {**nothing, "kind": "latency", "threshold": "300ms"}, **common},
    ]


def counters(requests):
    """The columns after the key: classes, failed, histogram."""
    bad = requests // 2000
    latency = json.dumps([[index, requests // len(BUCKETS)] for index in BUCKETS], separators=(",", ":"))
    return (0, requests - bad, 0, 0, bad, 0, latency)


def rows(service, now):
    """Hours and days of a year, minutes of the last days: one release, 100 requests a minute."""
    minute, hour, day = counters(100), counters(6_000), counters(144_000)
    last = now // MINUTE
    for at in range(last - MINUTE_DAYS * 1440, last + 1):
        yield "traffic", (service, "production", at * MINUTE, 1, *minute)
    for at in range(now // HOUR - DAYS * 24, now // HOUR + 1):
        yield "traffic_sum", (service, "production", HOUR, at * HOUR, 1, *hour)
    for at in range(now // DAY - DAYS, now // DAY + 1):
        yield "traffic_sum", (service, "production", DAY, at * DAY, 1, *day)


def known(database, service, number, now):
    """The service as its newest deploy left it."""
    about = {
        "team": f"team-{number % 5}",
        "tier": 2,
        "description": None,
        "depends_on": [],
        "runbook": None,
        "slos": objectives(),
        "protected": ["production"],
    }
    database.execute(
        "INSERT INTO service (name, folder, registered_at, about) VALUES (?, ?, ?, ?)",
        [service, f"/srv/{service}", now - DAYS * DAY, json.dumps(about)],
    )
    database.execute(
        """INSERT INTO deployment (id, service, env, target, operation, state, outcome, release, fence, plan_hash, gates,
           actor, started_at, finished_at, plan)
           VALUES (?, ?, 'production', 'local', 'deploy', 'done', 'succeeded', 1, 1, '', '[]', 'bench', ?, ?, '{}')""",
        [number, service, now - DAYS * DAY, now - DAYS * DAY],
    )
    database.execute("INSERT INTO scope (service, env, deployment) VALUES (?, 'production', ?)", [service, number])


def seed(path):
    now = time.time_ns() // 1000
    database = sqlite3.connect(path, timeout=30)
    with database:
        for number in range(1, SERVICES + 1):
            service = f"service-{number}"
            known(database, service, number, now)
            for table, row in rows(service, now):
                database.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    with database:
        database.execute("PRAGMA optimize")
        counted = [database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("traffic", "traffic_sum")]
    database.close()
    return counted


def reliability(report, quick):
    runs = 10 if quick else 50
    with Sandbox() as sandbox:
        # Makes the store.
        sandbox.deliver("history")
        path = next(sandbox.root.rglob("store.db"))
        minutes, sums = seed(path)
        report.line(f"{SERVICES * 2} objectives, {minutes} minutes, {sums} hours and days, {path.stat().st_size / 1e6:.0f} MB")
        # The figures would be worth nothing for counts that are not found.
        judged = sandbox.json("reliability", "--all")["slos"]
        assert len(judged) == SERVICES * 2, len(judged)
        assert all(slo["total"] > 3_500_000 and slo["coverage"] == 1 for slo in judged), judged[0]
        for words in (["reliability", "--all"], ["reliability", "--all", "--json"], ["reliability", "--service", "service-7"]):
            cpu, wall = sample([binary(), *words], sandbox.env, runs)
            report.command(f"deliver {' '.join(words)}")
            report.line(f"CPU {spread(cpu, 'ms', MILLI)}; wall {spread(wall, 'ms', MILLI)}")
            report.limit(f"deliver {' '.join(words)}, median wall time", median(wall) * MILLI, 50, " ms")
