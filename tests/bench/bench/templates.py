"""Scaffolding 200 files, beside the two generators that most people know."""

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .common import Unavailable, binary, cpu_of_command, median, say, spread, target_folder

FILES = 200
MILLI = 1000.0
# Pinned, so that two runs compare with the same thing.
PEERS = ["copier==9.19.1", "cookiecutter==2.7.1"]

# One file of the template: some 1 kB with a few places to fill in, which is what scaffolded files look like.
LINE = "Part {number} of {{{{ {name} }}}}: text that stands as it is, as most lines of a template do.\n"


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
