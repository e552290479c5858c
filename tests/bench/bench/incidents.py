"""Incidents over a large store: opening one must not take longer than typing it, listing no longer than a glance."""

import sqlite3

from .command import MILLI, sample, seed
from .common import Sandbox, binary, median, spread
from .service import Service

INCIDENTS = 10_000
# Of a hundred, one is still open.
LIVE_EVERY = 100


def seed_incidents(path):
    """Multiplies the one incident there is; nearly all are closed, as in a store that is years old."""
    database = sqlite3.connect(path, timeout=30)
    names = [row[1] for row in database.execute("PRAGMA table_info(incident)")]
    changed = {
        "id": "t.id + n.i",
        "status": f"CASE WHEN n.i % {LIVE_EVERY} = 0 THEN 'open' ELSE 'closed' END",
        "severity": "'sev' || (1 + n.i % 5)",
        "opened_at": "t.opened_at - n.i * 1000000",
    }
    assert set(changed) <= set(names), f"`incident` has {names}: the seed is out of date"
    picked = ", ".join(changed.get(name, f"t.{name}") for name in names)
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {INCIDENTS})"
    entries = [row[1] for row in database.execute("PRAGMA table_info(incident_entry)")]
    copied = ", ".join("t.incident + n.i" if name == "incident" else f"t.{name}" for name in entries)
    with database:
        database.execute(f"{numbers} INSERT INTO incident ({', '.join(names)}) SELECT {picked} FROM n JOIN incident t")
        database.execute(f"{numbers} INSERT INTO incident_entry ({', '.join(entries)}) SELECT {copied} FROM n JOIN incident_entry t")
        database.execute("UPDATE counter SET value = value + ? WHERE name = 'incident'", [INCIDENTS])
        database.execute("PRAGMA optimize")
    counted = database.execute("SELECT count(*), sum(status = 'open') FROM incident").fetchone()
    database.close()
    return counted


def incidents(report, quick):
    runs = 10 if quick else 50
    opening = ["incident", "open", "checkout answers 500", "--service", "bench", "--severity", "sev3"]
    with Sandbox() as sandbox:
        service = Service(sandbox, stable="500ms", interval="100ms")
        service.deploy("1")
        path = next(sandbox.root.rglob("store.db"))
        deployments, _ = seed(path, service.name)
        first = sandbox.json(*opening, cwd=service.folder)
        assert first["suspects"], "the newest deployments are suspects"
        stored, live = seed_incidents(path)
        report.line(f"{deployments} deployments, {stored} incidents, {live} of them open")
        for words, limit in ((opening, 30), (["incident", "list"], 100), (["incident", "list", "--all", "--json"], 100)):
            cpu, wall = sample([binary(), *words], sandbox.env, runs, cwd=service.folder)
            shown = " ".join(words[:2] if words is opening else words)
            report.command(f"deliver {shown}")
            report.line(f"CPU {spread(cpu, 'ms', MILLI)}; wall {spread(wall, 'ms', MILLI)}")
            report.limit(f"deliver {shown}, median wall time", median(wall) * MILLI, limit, " ms")
        # The figures would be worth nothing for a journal that no longer verifies.
        assert sandbox.json("audit", "verify")["whole"]
