"""Incidents, the review and rotas over a large store: opening must not take longer than typing, looking no longer than a glance."""

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
        # Spread over a year, as the deployments are below.
        "opened_at": "t.opened_at - n.i * 3000000000",
        "detected": "t.detected - n.i * 3000000000",
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
        spread_out = "(SELECT max(id) FROM deployment) - id) * 300000000"
        database.execute(
            f"UPDATE deployment SET started_at = started_at - ({spread_out}, finished_at = finished_at - ({spread_out}"
        )
        database.execute("PRAGMA optimize")
    counted = database.execute("SELECT count(*), sum(status = 'open') FROM incident").fetchone()
    database.close()
    return counted


def write_rotas(folder):
    """A platform beside the service: ten teams of six, each with two rotas of a week."""
    people = "".join(f'[person.p{number}]\nname = "P {number}"\n' for number in range(60))
    teams, rotas = "", folder / "rotas"
    rotas.mkdir()
    for team in range(10):
        names = ", ".join(f'"p{team * 6 + one}"' for one in range(6))
        teams += f"[team.t{team}]\nmembers = [{names}]\n"
        for role in ("primary", "secondary"):
            layer = f'[[layer]]\nrole = "{role}"\npeople = [{names}]\nstart = "2024-01-01"\n'
            (rotas / f"t{team}-{role}.toml").write_text(f'team = "t{team}"\ntime_zone = "Europe/Berlin"\n{layer}')
    (folder / "platform.toml").write_text(f'[platform]\nname = "bench"\n{people}{teams}')


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
        write_rotas(service.folder)
        looks = (["incident", "list"], 100), (["incident", "list", "--all", "--json"], 100), (["review"], 100), (["oncall", "who"], 20)
        for words, limit in ((opening, 30), *looks):
            cpu, wall = sample([binary(), *words], sandbox.env, runs, cwd=service.folder)
            shown = " ".join(words[:2] if words is opening else words)
            report.command(f"deliver {shown}")
            report.line(f"CPU {spread(cpu, 'ms', MILLI)}; wall {spread(wall, 'ms', MILLI)}")
            report.limit(f"deliver {shown}, median wall time", median(wall) * MILLI, limit, " ms")
        # The figures would be worth nothing for a journal that no longer verifies.
        assert sandbox.json("audit", "verify")["whole"]
