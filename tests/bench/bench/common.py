"""What every figure needs: the binary, a sandbox of its own, CPU time of processes, and a report with limits."""

import contextlib
import json
import os
import shlex
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
APPS = Path(__file__).resolve().parents[1] / "apps"
TICKS = os.sysconf("SC_CLK_TCK")


class Unavailable(Exception):
    """This figure cannot be measured here; the text says what is missing."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def target_folder():
    return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


_binary = None


def binary():
    """The release binary, built on first use."""
    global _binary
    if _binary is None:
        named = os.environ.get("DELIVER_BENCH_BINARY")
        if named:
            _binary = Path(named).resolve()
        else:
            say("building: cargo build --release --locked")
            subprocess.run(["cargo", "build", "--release", "--locked"], cwd=ROOT, check=True)
            _binary = target_folder() / "release" / "deliver"
        if not _binary.is_file():
            raise Unavailable(f"no binary at {_binary}")
    return _binary


def tool(name, hint=None):
    """The path of a program, or Unavailable."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not found:
        raise Unavailable(f"`{name}` is not installed" + (f" ({hint})" if hint else ""))
    return found


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(check, what, limit=30.0, pause=0.02):
    """Polls until `check()` is truthy and returns its value."""
    end = time.monotonic() + limit
    while True:
        value = check()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {limit:g} s in vain for {what}")
        time.sleep(pause)


def timed(act, *arguments):
    """Wall seconds of a call, and what it returned."""
    began = time.monotonic()
    answer = act(*arguments)
    return time.monotonic() - began, answer


def accepts(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


# --- CPU ---------------------------------------------------------------------------------------------------------


def cpu_of_command(argv, env, cwd=None):
    """Runs a command to its end. Returns (CPU seconds, wall seconds, exit code); its children count once reaped."""
    started = time.monotonic()
    here = os.getcwd()
    quiet = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    if cwd:
        os.chdir(cwd)
    try:
        pid = os.posix_spawn(argv[0], [str(word) for word in argv], env, file_actions=quiet)
    finally:
        os.chdir(here)
    _, status, usage = os.wait4(pid, 0)
    wall = time.monotonic() - started
    return usage.ru_utime + usage.ru_stime, wall, os.waitstatus_to_exitcode(status)


def cpu_of_process(pid):
    """CPU seconds of a living process so far, with all its threads, those that ended too: a clock tick (10 ms) exact."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def processes_with(text):
    """Every process of this user whose environment, arguments or folder mention `text`, as {pid: arguments}."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            parts = [(entry / "environ").read_bytes(), (entry / "cmdline").read_bytes()]
            parts.append(os.readlink(entry / "cwd").encode())
            state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if state != "Z" and any(text.encode() in part for part in parts):
            found[int(entry.name)] = parts[1].replace(b"\0", b" ").decode(errors="replace").strip()
    return found


# --- sandbox -----------------------------------------------------------------------------------------------------


class Sandbox:
    """A home, a store and an agent of its own. Leaving it ends whatever still runs there and names it."""

    def __init__(self):
        # Short, because a socket's path holds 107 bytes.
        self.root = Path(tempfile.mkdtemp(prefix="db."))
        self.env = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": str(self.folder("home")),
            "XDG_STATE_HOME": str(self.folder("state")),
            "XDG_CONFIG_HOME": str(self.folder("config")),
            "XDG_CACHE_HOME": str(self.folder("cache")),
            "XDG_RUNTIME_DIR": str(self.folder("run", 0o700)),
            "GIT_CONFIG_NOSYSTEM": "1",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
        }

    def folder(self, name, mode=0o755):
        path = self.root / name
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(mode)
        return path

    def deliver(self, *words, cwd=None, env=None, check=True, limit=600):
        """Runs `deliver WORDS`; an unexpected exit code is an error that shows both outputs."""
        done = subprocess.run(
            [str(binary()), *map(str, words)],
            cwd=cwd or self.root,
            env={**self.env, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=limit,
        )
        if check and done.returncode != 0:
            raise AssertionError(f"`deliver {shlex.join(map(str, words))}` exited {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def json(self, *words, **options):
        done = self.deliver(*words, "--json", **options)
        return json.loads(done.stdout)

    def processes(self):
        return processes_with(str(self.root))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(Exception):
            self.deliver("agent", "stop", "--yes", check=False, limit=90)
        left = {}
        for _ in range(50):
            left = self.processes()
            if not left:
                break
            time.sleep(0.1)
        for pid, arguments in left.items():
            say(f"  left behind, ended now: {pid} {arguments[:120]}")
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.root, ignore_errors=True)


@contextlib.contextmanager
def running(argv, **options):
    """A child process for the time of a block: SIGTERM at the end, SIGKILL after 10 s."""
    options.setdefault("stdin", subprocess.DEVNULL)
    options.setdefault("stdout", subprocess.DEVNULL)
    options.setdefault("stderr", subprocess.DEVNULL)
    child = subprocess.Popen([str(word) for word in argv], **options)
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


# --- report ------------------------------------------------------------------------------------------------------


def median(values):
    return statistics.median(values)


def spread(values, unit, scale=1.0, digits=2):
    """`2.31 ms (min 2.12, max 3.40, n=100)` with the median first."""
    low, mid, high = (f"{scale * value:.{digits}f}" for value in (min(values), median(values), max(values)))
    return f"{mid} {unit} (min {low}, max {high}, n={len(values)})"


@dataclass
class Report:
    """One figure as it is printed and kept."""

    name: str
    lines: list = field(default_factory=list)
    missed: list = field(default_factory=list)
    values: dict = field(default_factory=dict)

    def command(self, text):
        self.lines.append(f"  $ {text}")

    def line(self, text):
        self.lines.append(f"  {text}")

    def value(self, key, value):
        self.values[key] = value

    def limit(self, what, value, limit, unit="", digits=2):
        """A promise: `value` must not be above `limit`."""
        kept = value <= limit
        self.lines.append(
            f"  {'ok    ' if kept else 'MISSED'} {what}: {value:.{digits}f}{unit}, at most {limit:g}{unit}"
        )
        self.values[what] = value
        if not kept:
            self.missed.append(what)

    def at_least(self, what, value, limit, unit="", digits=1):
        kept = value >= limit
        self.lines.append(
            f"  {'ok    ' if kept else 'MISSED'} {what}: {value:.{digits}f}{unit}, at least {limit:g}{unit}"
        )
        self.values[what] = value
        if not kept:
            self.missed.append(what)
