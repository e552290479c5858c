"""`deliver ready` over one repository: the first look, which reads the whole history, and every later one."""

import subprocess
import time

from .command import MILLI, sample
from .common import Sandbox, binary, median, spread, tool

FILES = 2_000
COMMITS = 1_000
# Lines of a file; with 40 bytes a line the whole is 6 MB, the size of a service that has grown for years.
LINES = 75


def git(folder, *words, **options):
    subprocess.run([tool("git"), "-C", str(folder), *words], check=True, capture_output=True, **options)


def grow(folder, env, files, commits):
    """Adds files, and a history in which each commit changes one, by git's own format for imports."""
    text = "".join(f"{{}} a line of text that says something {n:03}\n" for n in range(LINES))
    stream = []
    who = "committer bench <bench@localhost>"
    now = int(time.time()) - commits

    def commit(number, changes, first):
        stream.append(f"commit refs/heads/main\n{who} {now + number} +0000\ndata 1\nx\n")
        stream.append("from refs/heads/main^0\n" if first else "")
        for path, body in changes:
            stream.append(f"M 100644 inline {path}\ndata {len(body)}\n{body}\n")

    commit(0, [(f"src/f{n}.txt", text.replace("{}", str(n))) for n in range(files)], True)
    for number in range(1, commits):
        n = number % files
        commit(number, [(f"src/f{n}.txt", text.replace("{}", f"{n}.{number}"))], False)
    git(folder, "fast-import", "--quiet", "--force", input="".join(stream).encode(), env=env)
    git(folder, "reset", "--hard", "--quiet", env=env)


def look(report, sandbox, folder, what, runs, limit):
    words = [binary(), "ready"]
    cpu, wall = sample(words, sandbox.env, runs, cwd=folder)
    report.command(f"deliver ready   ({what})")
    report.line(f"CPU {spread(cpu, 'ms', MILLI)}; wall {spread(wall, 'ms', MILLI)}")
    report.limit(f"{what}, median wall time", median(wall) * MILLI, limit, " ms", 1)


def readiness(report, quick):
    runs = 5 if quick else 30
    files, commits = (200, 100) if quick else (FILES, COMMITS)
    with Sandbox() as sandbox:
        folder = sandbox.folder("work") / "pricing"
        sandbox.deliver("new", "http-python", "pricing", "--owner", "checkout", "--yes", cwd=folder.parent)
        look(report, sandbox, folder, "a new service", runs, 50)
        grow(folder, sandbox.env, files, commits)
        started = time.monotonic()
        document = sandbox.json("ready", cwd=folder)
        first = time.monotonic() - started
        secrets = next(check for check in document["checks"] if check["id"] == "SEC-1")
        report.line(f"first look at {files} files and {commits} commits: {first:.2f} s, {secrets['outcome']}: {secrets['evidence']}")
        assert secrets["outcome"] == "pass", secrets
        look(report, sandbox, folder, f"{files} files, {commits} commits, looked at before", runs, 50)
        (folder / "src" / "f1.txt").write_text("changed\n")
        git(folder, "-c", "user.name=b", "-c", "user.email=b@c", "commit", "--quiet", "--all", "-m", "x", env=sandbox.env)
        started = time.monotonic()
        sandbox.deliver("ready", cwd=folder)
        report.line(f"one commit later: {(time.monotonic() - started) * MILLI:.1f} ms")
