"""`deliver plan --all` over many services of one repository."""

import time

from .common import Sandbox, binary, median, spread
from .command import MILLI, sample
from .readiness import git

SERVICES = 200

MANIFEST = """[service]
name = "svc-{n:03}"
team = "team-{team}"

[run]
command = ["python3", "-m", "http.server"]
health = "/"

[environment.staging]
instances = 2
"""


def plan(report, quick):
    services, runs = (20, 3) if quick else (SERVICES, 10)
    with Sandbox() as sandbox:
        root = sandbox.folder("work") / "company"
        root.mkdir()
        for n in range(services):
            folder = root / "services" / f"svc-{n:03}"
            folder.mkdir(parents=True)
            (folder / "deliver.toml").write_text(MANIFEST.format(n=n, team=n % 7))
            for file in range(10):
                (folder / f"f{file}.py").write_text(f"print({n}, {file})\n" * 40)
        git(root, "init", "--quiet", env=sandbox.env)
        git(root, "add", ".", env=sandbox.env)
        git(root, "-c", "user.name=b", "-c", "user.email=b@c", "commit", "--quiet", "-m", "x", env=sandbox.env)
        started = time.monotonic()
        document = sandbox.json("plan", "staging", "--all", cwd=root)
        report.line(f"first look: {time.monotonic() - started:.2f} s")
        assert len(document["plans"]) == services, document
        assert not document["failed"], document["failed"]
        cpu, wall = sample([binary(), "plan", "staging", "--all"], sandbox.env, runs, cwd=root)
        report.command(f"deliver plan staging --all   ({services} services)")
        report.line(f"CPU {spread(cpu, 'ms', MILLI)}; wall {spread(wall, 'ms', MILLI)}")
        report.limit(f"{services} plans, median wall time", median(wall), 2, " s", 2)
