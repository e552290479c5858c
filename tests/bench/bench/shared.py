"""Two shells that know nothing of each other deploy one service at once, over one PostgreSQL."""

import os
import re
import subprocess

from .common import ROOT, Unavailable

TEST = "real::shared::of_two_shells_that_deploy_one_service_at_once_one_does"


def shared(report, quick):
    """The test of the suite with more rounds: what it asserts is the promise, what it prints is the figure."""
    rounds = 10 if quick else 100
    command = ["cargo", "test", "--locked", "--test", "it", "--", "--exact", TEST, "--nocapture"]
    ran = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "DELIVER_TEST_ROUNDS": str(rounds)},
        capture_output=True,
        text=True,
    )
    if "left out:" in ran.stderr:
        raise Unavailable("PostgreSQL's server is not installed (apt-get install postgresql)")
    assert ran.returncode == 0, (ran.stdout + ran.stderr)[-2000:]
    found = re.search(r"shared: (.*)", ran.stderr)
    assert found, "the test did not say how it went"
    report.command(f"DELIVER_TEST_ROUNDS={rounds} " + " ".join(command))
    report.line(found.group(1))
