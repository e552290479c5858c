"""Killing the tool and the agent's processes at the worst moments, while people use the app."""

import os
import signal
import time
from collections import Counter

from .common import Sandbox, median, say, wait_for
from .deploys import apps, get, tell, version_of
from .load import Load
from .service import Service, port_of

# Quick health checks: a sweep deploys a few hundred times, and what it tests is order, not patience.
QUICK = {"stable": "400ms", "interval": "100ms", "drain": "5s"}
# A sweep that has not ended by then counts something else than the writes of one deployment.
MOST_WRITES = 400


def settled(service, port):
    """What is wrong with the state after recovery, or None: one release, all healthy, nothing left over, and it answers."""
    status = service.status()
    releases = {one["release"] for one in status["instances"]}
    if len(releases) != 1 or status["release"] not in releases:
        return f"mixed releases {sorted(releases)}, wanted {status['release']}"
    if status["healthy"] != status["desired"]:
        return f"{status['healthy']} of {status['desired']} healthy"
    if len(apps(service.sandbox)) != status["desired"]:
        return f"{len(apps(service.sandbox))} processes of the app for {status['desired']} instances"
    if version_of(port) is None:
        return "no answer on the address"
    return None


def crash(service, words, write):
    """Runs `deliver WORDS` so that it kills itself after its `write`-th committed store write. Returns whether it died."""
    done = service.sandbox.deliver(
        *words, "--yes", cwd=service.folder, env={"DELIVER_TEST_CRASH_AT": str(write)}, check=False
    )
    if done.returncode not in (0, -signal.SIGKILL):
        raise AssertionError(f"`deliver {' '.join(words)}` at write {write} exited {done.returncode}\n{done.stderr}")
    return done.returncode != 0


def recover(service, words, port, before, after):
    """The next command after a crash. Returns which of the two versions it ended in."""
    done = service.sandbox.deliver(*words, "--yes", "--json", cwd=service.folder, check=False)
    if done.returncode not in (0, 1, 4):
        raise AssertionError(f"`deliver {' '.join(words)}` after the crash exited {done.returncode}\n{done.stdout}{done.stderr}")
    # An instance that was told to go may still be exiting; anything that stays is an orphan.
    wait_for(lambda: settled(service, port) is None or None, f"one whole release ({settled(service, port)})", limit=15)
    version = version_of(port)
    assert version in (before, after), f"version {version} answers, neither {before} nor {after}"
    return "new" if version == after else "old"


def sweep(service, port, serial, crashed, recovery, most):
    """Crashes at write 1, 2, … until the command completes. Returns (writes, Counter of how each ended)."""
    ends = Counter()
    for write in range(1, most + 1):
        before = version_of(port)
        if crashed == "rollback":
            service.deploy(next(serial))
            before, after = version_of(port), before
        else:
            after = next(serial)
            service.write(after)
        died = crash(service, [crashed], write)
        if not died:
            assert settled(service, port) is None, settled(service, port)
            return write - 1, ends
        ends[recover(service, [recovery], port, before, after)] += 1
        say(f"  crashes: {crashed} killed at write {write}, {recovery}: ended {dict(ends)}")
    return most, ends


def crashes(report, quick):
    most = 5 if quick else MOST_WRITES
    serial = (f"{number}" for number in range(1, 100_000))
    with Sandbox() as sandbox:
        service = Service(sandbox, **QUICK)
        port = port_of(service.deploy("0")["url"])
        with Load(port, rate=200) as load:
            for crashed, recovery in [("deploy", "resume"), ("deploy", "deploy"), ("rollback", "resume")]:
                writes, ends = sweep(service, port, serial, crashed, recovery, most)
                failed = load.so_far()["failed"]
                report.command(f"DELIVER_TEST_CRASH_AT=1…{writes} deliver {crashed}; deliver {recovery}")
                report.line(f"killed at each of {writes} writes; ended in {dict(ends)}; requests failed so far: {failed}")
                report.at_least(f"{crashed}, then {recovery}: crash points", writes, 1, digits=0)
                if writes == MOST_WRITES:
                    report.missed.append(f"{crashed} never completed")
        tell(report, load.result)
        report.limit("requests failed, reset or refused", load.result["failed"], 0, digits=0)


# --- the agent's own processes -----------------------------------------------------------------------------------

ROLES = {"router": ["__route"], "supervisor": ["__supervise"], "router and supervisor": ["__route", "__supervise"]}
BACK_SECONDS = 2.0


def having(sandbox, role):
    """The pids of one of the agent's roles; the word stands in its arguments."""
    return [pid for pid, line in sandbox.processes().items() if role in line.split()]


def kill_and_wait(sandbox, port, roles):
    """Kills the processes. Returns the seconds until a request is answered and each role runs again."""
    victims = [pid for role in roles for pid in having(sandbox, role)]
    assert len(victims) == len(roles), f"{victims} for {roles}"
    began = time.monotonic()
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: (get(port) or (0,))[0] == 200, "an answer after the kill", limit=30, pause=0.01)
    answered = time.monotonic() - began
    wait_for(lambda: all(set(having(sandbox, role)) - set(victims) for role in roles), f"{roles} to be back", limit=30)
    return answered, time.monotonic() - began


def kills(report, quick):
    rounds = 2 if quick else 7
    with Sandbox() as sandbox:
        service = Service(sandbox, **QUICK)
        port = port_of(service.deploy("0")["url"])
        instances = apps(sandbox)
        for name, roles in ROLES.items():
            with Load(port) as load:
                measured = []
                for _ in range(rounds):
                    time.sleep(1.5)  # load in between, so that a kill meets requests in flight
                    measured.append(kill_and_wait(sandbox, port, roles))
                    assert apps(sandbox) == instances, f"instances were {instances}, are {apps(sandbox)}"
            answered, back = [one[0] for one in measured], [one[1] for one in measured]
            report.command(f"kill -9 of {name}, {rounds} times under load; the instance went on as pid {instances[0]}")
            report.line(f"next answer after {median(answered):.2f} s, running again after {median(back):.2f} s (medians)")
            broken = ", ".join(f"{number} {why}" for why, number in load.result["failures"].items()) or "none"
            report.line(f"requests broken: {broken}, of {load.result['answered']}")
            report.limit(f"{name}: slowest time to the next answer", max(answered), BACK_SECONDS, " s")
        service.deploy("1")
        assert settled(service, port) is None, settled(service, port)
