"""The command line by itself: how long the simplest call takes, and calls over a large store."""

import shlex

from .common import Sandbox, binary, cpu_of_command, median, spread

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
