"""Deploying while people use the app: what gets lost, and what a deploy costs beside the app's own start."""

import http.client
import os
import time

from .common import APPS, Sandbox, free_port, median, running, say, spread, tool, wait_for
from .load import Load
from .service import Service, app_arguments, port_of

MILLI = 1000.0


def get(port, path="/", limit=30):
    """One request on a connection of its own. Returns (status, body) or None when nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=limit)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except OSError:
        return None
    finally:
        connection.close()


def version_of(port):
    answer = get(port)
    return answer[1].split()[1].decode() if answer and answer[0] == 200 else None


def app_start():
    """Seconds from spawning the app until it answers its health path."""
    port = free_port()
    started = time.monotonic()
    with running([tool("node"), APPS / "server.mjs"], env={"PATH": os.environ["PATH"], "PORT": str(port)}):
        wait_for(lambda: (get(port, "/healthz") or (0,))[0] == 200, "the app to answer", pause=0.002)
        return time.monotonic() - started


def overhead(report, quick):
    stable = 3.0
    rounds = 3 if quick else 15
    with Sandbox() as sandbox:
        service = Service(sandbox, stable=f"{stable:g}s")
        service.deploy("first")
        starts, walls, added = [], [], []
        for turn in range(rounds):
            service.write(f"v{turn}")
            began = time.monotonic()
            answer = service.deploy()
            wall = time.monotonic() - began
            assert answer["outcome"] == "succeeded", answer
            start = app_start()
            starts.append(start)
            walls.append(wall)
            added.append(wall - start - stable)
            say(f"  overhead: round {turn + 1} of {rounds}, {wall:.3f} s")
        steps = ", ".join(f"{step['name']} {step['seconds']:.2f} s" for step in answer["steps"])
    report.command("deliver deploy --yes --json   (one variable of the environment changed, nothing to build)")
    report.line(f"deploy {spread(walls, 's', digits=3)}")
    report.line(f"app's own start {spread(starts, 'ms', MILLI, 0)}; stable {stable:g} s")
    report.line(f"last deploy's steps: {steps}")
    report.limit("overhead, median", median(added) * MILLI, 300, " ms", 0)


def deploys(report, quick):
    count = 6 if quick else 50
    watched = range(1, 4) if quick else range(20, 23)
    took = []
    with Sandbox() as sandbox:
        service = Service(sandbox)
        port = port_of(service.deploy("0")["url"])
        with Load(port) as load:
            for turn in range(1, count + 1):
                if turn == watched[0]:
                    load.tell("socket on")
                if turn in watched:
                    load.tell("slow 25")
                    time.sleep(0.5)  # the request is with the app before the deploy begins
                began = time.monotonic()
                answer = service.deploy(f"{turn}")
                took.append(time.monotonic() - began)
                assert answer["outcome"] == "succeeded", answer
                assert version_of(port) == f"{turn}", f"after deploy {turn} the answer is from {version_of(port)}"
                if turn == watched[-1]:
                    load.tell("socket off")
                say(f"  deploys: {turn} of {count}, {took[-1]:.1f} s, failed so far: {load.so_far()['failed']}")
        result = load.result
        describe = load.describe()
        settled = wait_for(lambda: len(apps(sandbox)) == 1 and apps(sandbox), "one instance of the app to be left")
    report.command(f"{count} times: deliver deploy --yes --json   (under load: {describe})")
    report.line(f"deploy {spread(took, 's')}; instances left at the end: {len(settled)}")
    tell(report, result)
    report.limit("requests failed, reset or refused", result["failed"], 0, digits=0)
    report.at_least("versions that answered", len(result["versions"]), count + 1, digits=0)
    report.at_least("25 s requests answered", sum(one["ok"] for one in result["slow"]), len(watched), digits=0)
    clean = [one for one in result["sockets"] if one["end"] in ("closed", "fin", "closed by us")]
    report.at_least("WebSockets that ended cleanly", len(clean), len(result["sockets"]), digits=0)


def apps(sandbox):
    return [pid for pid, line in sandbox.processes().items() if line == app_arguments()]


def tell(report, result):
    """The lines that every figure under load shows."""
    report.line(f"{result['answered']} requests answered in {result['seconds']:.0f} s by {len(result['versions'])} versions")
    delay = result["latency_ms"]
    report.line(f"latency ms: p50 {delay['p50']}, p99 {delay['p99']}, p99.9 {delay['p999']}, max {delay['max']}")
    report.line(
        f"connections opened {result['connections_opened']}, closed between requests {result['closed_between_requests']},"
        f" closed by `Connection: close` {result['closed_by_header']}"
    )
    for one in result["slow"]:
        report.line(f"{one['seconds']:g} s request: {one['began']:.1f} s to {one['ended']:.1f} s, {'ok' if one['ok'] else 'FAILED'}")
    for one in result["sockets"]:
        report.line(
            f"WebSocket on {one.get('version', '?')}: {one['opened']:.1f} s to {one.get('ended', 0):.1f} s, {one['echoes']} echoes, {one['end']}"
        )
    for why, number in result["failures"].items():
        report.line(f"failed: {number} x {why}")
    for one in result["first_failures"][:8]:
        report.line(f"  at {one['at']:.2f} s: {one['what']}")
