"""The command line by itself: how long the simplest call takes, and calls over a large store."""

import shlex
import sqlite3

from .common import Sandbox, binary, cpu_of_command, median, spread
from .service import Service

MILLI = 1000.0


def sample(argv, env, runs, cwd=None):
    """CPU and wall seconds of `runs` runs, after two that only warm the caches."""
    cpu, wall = [], []
    for turn in range(runs + 2):
        used, took, code = cpu_of_command(argv, env, cwd)
        if code != 0:
            raise AssertionError(f"`{shlex.join(map(str, argv))}` exited {code}")
        if turn >= 2:
            cpu.append(used)
            wall.append(took)
    return cpu, wall


def version(report, quick):
    size = binary().stat().st_size / 1_000_000
    with Sandbox() as sandbox:
        cpu, wall = sample([binary(), "--version"], sandbox.env, 20 if quick else 100)
    report.command("deliver --version   (user + system time by wait4)")
    report.line(f"CPU {spread(cpu, 'ms', MILLI)}; wall {spread(wall, 'ms', MILLI)}")
    report.limit("deliver --version, median CPU", median(cpu) * MILLI, 5, " ms")
    report.limit("size of the release binary", size, 20, " MB", 1)


STORED = 100_000
SERVICES = 50


def columns(database, table):
    return [row[1] for row in database.execute(f"PRAGMA table_info({table})")]


def copies(database, table, numbers, changed, where, values):
    """Inserts a copy of the rows of `table` that `where` picks for every row of `numbers`, some columns changed."""
    names = columns(database, table)
    assert set(changed) <= set(names), f"`{table}` has {names}: the seed is out of date"
    picked = ", ".join(changed.get(name, f"t.{name}") for name in names)
    database.execute(
        f"{numbers} INSERT INTO {table} ({', '.join(names)}) SELECT {picked} FROM n JOIN {table} t WHERE {where}", values
    )


def seed(path, service):
    """Multiplies the newest deployment to 100,000 over 50 services; every fifth is of the real one."""
    database = sqlite3.connect(path, timeout=30)
    database.execute("PRAGMA busy_timeout = 30000")
    with database:
        (base,) = database.execute("SELECT max(id) FROM deployment").fetchone()
        numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {STORED})"
        name = f"CASE WHEN n.i % 5 = 0 THEN t.service ELSE 'service-' || (n.i % {SERVICES}) END"
        copies(database, "deployment", numbers, {"id": "t.id + n.i", "service": name}, "t.id = ?", [base])
        copies(database, "step", numbers, {"deployment": "t.deployment + n.i"}, "t.deployment = ?", [base])
        database.execute("UPDATE counter SET value = ? WHERE name = 'deployment'", [base + STORED])
        database.execute("INSERT OR REPLACE INTO scope SELECT service, env, max(id) FROM deployment GROUP BY service, env")
    with database:
        counted = database.execute("SELECT count(*), count(DISTINCT service) FROM deployment").fetchone()
        database.execute("PRAGMA optimize")
    database.close()
    assert counted[0] == base + STORED, counted
    return counted


def store(report, quick):
    runs = 10 if quick else 50
    with Sandbox() as sandbox:
        service = Service(sandbox, stable="500ms", interval="100ms")
        service.deploy("1")
        path = next(sandbox.root.rglob("store.db"))
        deployments, services = seed(path, service.name)
        steps = sqlite3.connect(path).execute("SELECT count(*) FROM step").fetchone()[0]
        size = path.stat().st_size / 1_000_000
        report.line(f"{deployments} deployments of {services} services, {steps} steps, {size:.0f} MB")
        for words in (["status"], ["history"], ["history", "--json"]):
            cpu, wall = sample([binary(), *words], sandbox.env, runs, cwd=service.folder)
            report.command(f"deliver {' '.join(words)}")
            report.line(f"CPU {spread(cpu, 'ms', MILLI)}; wall {spread(wall, 'ms', MILLI)}")
            report.limit(f"deliver {' '.join(words)}, median wall time", median(wall) * MILLI, 20, " ms")
        # The figures would be worth nothing for a store that no longer works.
        assert service.deploy("2")["outcome"] == "succeeded"
