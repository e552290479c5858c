"""Scaffolding 200 files, beside the two generators that most people know."""

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .common import Unavailable, binary, cpu_of_command, median, say, spread, target_folder

FILES = 200
MILLI = 1000.0
# Pinned, so that two runs compare with the same thing.
PEERS = ["copier==9.19.1", "cookiecutter==2.7.1"]

# One file of the template: some 1 kB with a few places to fill in, which is what scaffolded files look like.
LINE = "Part {number} of {name}: text that stands as it is, as most lines of a template do.\n"


def text(number, name):
    return "".join(LINE.format(number=number, name=name) for _ in range(12))


def paths():
    """200 files in 10 folders."""
    return [f"part{number % 10}/file{number}.txt" for number in range(FILES)]


def write(folder, name, suffix, variable):
    for number, path in enumerate(paths()):
        file = folder / name / (path + suffix)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text(number, variable))


def peers():
    """A virtual environment with the other generators, made once."""
    venv = target_folder() / "bench" / "venv"
    done = venv / "installed"
    if not done.is_file() or done.read_text().split() != PEERS:
        say(f"installing {' '.join(PEERS)} into {venv}")
        shutil.rmtree(venv, ignore_errors=True)
        try:
            subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True, stdout=sys.stderr)
            subprocess.run([venv / "bin" / "pip", "install", "-q", *PEERS], check=True, stdout=sys.stderr)
        except subprocess.CalledProcessError as error:
            raise Unavailable(f"{' and '.join(PEERS)} cannot be installed: {error}") from error
        done.write_text("\n".join(PEERS))
    return venv / "bin"


def ours(folder):
    write(folder, "ours", ".tmpl", "<< name >>")
    return lambda out: [binary(), "new", "./ours", out, "--name", "bench", "--no-git", "--yes"]


def copier(folder, programs):
    write(folder, "copier", ".jinja", "{{ name }}")
    (folder / "copier" / "copier.yml").write_text("name:\n  type: str\n  default: bench\n")
    return lambda out: [programs / "copier", "copy", "--defaults", "--quiet", "copier", out]


def cookiecutter(folder, programs):
    write(folder, "cookiecutter/{{cookiecutter.name}}", "", "{{ cookiecutter.name }}")
    (folder / "cookiecutter" / "cookiecutter.json").write_text(json.dumps({"name": "bench"}))
    return lambda out: [programs / "cookiecutter", "--no-input", "--output-dir", out, "cookiecutter"]


def check(out):
    """All files are there with their text filled in; some generators add a few of their own."""
    written = [file for file in out.rglob("file*.txt")]
    assert len(written) == FILES, f"{out.name} wrote {len(written)} of {FILES} files"
    for file in written:
        content = file.read_text()
        assert "Part " in content and " of bench:" in content and "<<" not in content and "{{" not in content, f"{file} was not rendered"


def new(report, quick):
    rounds = 3 if quick else 15
    folder = Path(tempfile.mkdtemp(prefix="dn."))
    try:
        compare(report, folder, rounds)
    finally:
        shutil.rmtree(folder)


def compare(report, folder, rounds):
    home = folder / "home"
    home.mkdir()
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "DELIVER_ACTOR": "bench@bench"}
    programs = peers()
    makers = {"deliver": ours(folder), "copier": copier(folder, programs), "cookiecutter": cookiecutter(folder, programs)}
    cpu = {name: [] for name in makers}
    wall = {name: [] for name in makers}
    for turn in range(rounds + 1):
        for name, command in makers.items():
            out = folder / f"out-{name}-{turn}"
            used, took, code = cpu_of_command(command(str(out)), env, folder)
            assert code == 0, f"`{shlex.join(map(str, command(out.name)))}` exited {code}"
            # Kept until the end: a file system that has just deleted files makes the next ones slower, for whoever comes next.
            check(out)
            if turn > 0:  # the first round only warms up
                cpu[name].append(used)
                wall[name].append(took)
    for name, command in makers.items():
        shown = [Path(str(word)).name if index == 0 else str(word) for index, word in enumerate(command("OUT"))]
        report.command(shlex.join(shown))
        report.line(f"CPU {spread(cpu[name], 'ms', MILLI, 1)}; wall {spread(wall[name], 'ms', MILLI, 1)}")
        report.value(f"{name} CPU ms", MILLI * median(cpu[name]))
    report.limit(f"deliver new with {FILES} files, median wall time", median(wall["deliver"]) * MILLI, 60, " ms", 1)
    for name in ("copier", "cookiecutter"):
        report.at_least(f"{name} / deliver, CPU", median(cpu[name]) / median(cpu["deliver"]), 20, " x")
