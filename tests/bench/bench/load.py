"""Constant load from a process of its own, that takes note of every request that was not answered as it should be.

Run as a script it obeys lines on standard input (`slow 25`, `socket on`, `socket off`, `stop`) and prints one JSON
document when told to stop. `Load` drives it from another process.

Nothing is retried and nothing is forgiven: a request that was written and not answered in full with the right body is
a failure, whatever the reason. Only a connection that the other side closed *between* two requests is opened again
without a failure, and is counted by itself.
"""

import argparse
import asyncio
import base64
import contextlib
import json
import os
import subprocess
import sys
import time

BODY = os.urandom(16_384)
REQUEST_LIMIT = 60.0
KEPT_FAILURES = 20


class Tally:
    def __init__(self):
        self.started = time.monotonic()
        self.answered = 0
        self.failures = {}
        self.first_failures = []
        self.versions = {}
        self.opened = 0
        self.closed_between = 0
        self.closed_by_header = 0
        self.latencies = []
        self.late = 0
        self.slow = []
        self.sockets = []

    def now(self):
        return round(time.monotonic() - self.started, 3)

    def fail(self, why, what):
        self.failures[why] = self.failures.get(why, 0) + 1
        if len(self.first_failures) < KEPT_FAILURES:
            self.first_failures.append({"at": self.now(), "why": why, "what": what})

    def summary(self):
        ranked = sorted(self.latencies)
        at = lambda share: round(1000 * ranked[min(len(ranked) - 1, int(share * len(ranked)))], 2) if ranked else None
        return {
            "seconds": self.now(),
            "answered": self.answered,
            "failed": sum(self.failures.values()),
            "failures": self.failures,
            "first_failures": self.first_failures,
            "versions": self.versions,
            "connections_opened": self.opened,
            "closed_between_requests": self.closed_between,
            "closed_by_header": self.closed_by_header,
            "sent_late": self.late,
            "latency_ms": {"p50": at(0.5), "p99": at(0.99), "p999": at(0.999), "max": at(1.0)},
            "slow": self.slow,
            "sockets": self.sockets,
        }


def reason(error):
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, (ConnectionResetError, BrokenPipeError)):
        return "reset"
    if isinstance(error, asyncio.IncompleteReadError):
        return "cut short"
    if isinstance(error, (asyncio.TimeoutError, TimeoutError)):
        return "no answer in time"
    return type(error).__name__


class Connection:
    """One keep-alive connection; `exchange` opens it when it is not open."""

    def __init__(self, host, port, tally):
        self.host, self.port, self.tally = host, port, tally
        self.reader = self.writer = None

    def close(self):
        if self.writer:
            self.writer.close()
        self.reader = self.writer = None

    async def open(self):
        if self.writer and (self.reader.at_eof() or self.writer.is_closing()):
            self.tally.closed_between += 1
            self.close()
        if not self.writer:
            self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
            self.tally.opened += 1

    async def exchange(self, method, path, body=b"", close=False):
        """Returns (status, body)."""
        await self.open()
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n"
        head += f"Content-Length: {len(body)}\r\n" if body else ""
        head += "Connection: close\r\n" if close else ""
        self.writer.write(head.encode() + b"\r\n" + body)
        raw = await self.reader.readuntil(b"\r\n\r\n")
        status, fields = parse_head(raw)
        answer = await self.read_body(fields)
        if fields.get("connection", "").lower() == "close":
            self.tally.closed_by_header += 0 if close else 1
            self.close()
        return status, answer

    async def read_body(self, fields):
        if fields.get("transfer-encoding", "").lower() == "chunked":
            body = b""
            while True:
                size = int((await self.reader.readuntil(b"\r\n")).split(b";")[0], 16)
                body += (await self.reader.readexactly(size + 2))[:-2]
                if size == 0:
                    return body
        return await self.reader.readexactly(int(fields.get("content-length", "0")))


def parse_head(raw):
    lines = raw.decode("latin-1").split("\r\n")
    fields = dict(line.split(":", 1) for line in lines[1:] if ":" in line)
    return int(lines[0].split()[1]), {name.strip().lower(): value.strip() for name, value in fields.items()}


async def ask(connection, tally, method, path, body=b"", expected=None, close=False):
    """One request with its verdict. Returns whether it was answered as it should be."""
    sent = time.monotonic()
    try:
        status, answer = await asyncio.wait_for(connection.exchange(method, path, body, close), REQUEST_LIMIT)
    except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError, ValueError, asyncio.LimitOverrunError) as error:
        tally.fail(reason(error), f"{method} {path}: {error}")
        connection.close()
        return False
    if status != 200:
        tally.fail(f"status {status}", f"{method} {path}: {answer[:200].decode(errors='replace')}")
        return False
    words = answer.split()
    right = answer == expected if expected is not None else len(words) >= 2 and words[0] == b"ok"
    if not right:
        tally.fail("wrong answer", f"{method} {path}: {answer[:80]!r}")
        return False
    tally.answered += 1
    if not path.startswith("/slow"):
        tally.latencies.append(time.monotonic() - sent)
    if expected is None:
        version = words[1].decode(errors="replace")
        tally.versions[version] = tally.versions.get(version, 0) + 1
    return True


async def keep_asking(number, options, tally, stop):
    """One of the constant connections: a request every `connections / rate` seconds, each tenth one with a body."""
    connection = Connection(options.host, options.port, tally)
    period = options.connections / options.rate
    due = time.monotonic() + period * number / options.connections
    turn = 0
    while not stop.is_set():
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        tally.late += time.monotonic() - due > period
        if turn % 10 == 9:
            await ask(connection, tally, "POST", "/echo", BODY, expected=BODY)
        else:
            await ask(connection, tally, "GET", "/")
        turn += 1
        due = max(due + period, time.monotonic() - period)
    connection.close()


async def keep_opening(options, tally, stop):
    """New connections at a constant rate: they are the ones that a closed listener would refuse."""
    while not stop.is_set():
        connection = Connection(options.host, options.port, tally)
        await ask(connection, tally, "GET", "/", close=True)
        connection.close()
        await asyncio.sleep(1 / options.fresh)


async def slow(seconds, options, tally):
    connection = Connection(options.host, options.port, tally)
    began = tally.now()
    good = await ask(connection, tally, "GET", f"/slow?s={seconds:g}")
    connection.close()
    tally.slow.append({"seconds": seconds, "began": began, "ended": tally.now(), "ok": good})


async def socket_session(options, tally, stop):
    """One WebSocket from handshake to its end. Says how it ended: `closed` by a close frame, `fin`, or a failure."""
    reader, writer = await asyncio.open_connection(options.host, options.port)
    record = {"opened": tally.now(), "echoes": 0, "end": "closed by us"}
    tally.sockets.append(record)
    try:
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write(
            f"GET /ws HTTP/1.1\r\nHost: {options.host}:{options.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        status, _ = parse_head(await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), REQUEST_LIMIT))
        if status != 101:
            record["end"] = f"status {status}"
            return tally.fail(f"websocket: status {status}", "handshake")
        while not stop.is_set():
            payload = str(record["echoes"]).encode()
            mask = os.urandom(4)
            masked = bytes(byte ^ mask[at & 3] for at, byte in enumerate(payload))
            writer.write(bytes([0x81, 0x80 | len(payload)]) + mask + masked)
            head = await asyncio.wait_for(reader.readexactly(2), REQUEST_LIMIT)
            answer = await asyncio.wait_for(reader.readexactly(head[1] & 127), REQUEST_LIMIT)
            if head[0] & 15 == 8:
                record["end"] = "closed"
                return None
            if not answer.endswith(b" " + payload):
                record["end"] = "wrong echo"
                return tally.fail("websocket: wrong echo", repr(answer))
            record["version"] = answer.split()[0].decode()
            record["echoes"] += 1
            await asyncio.sleep(0.2)
    except asyncio.IncompleteReadError as error:
        # FIN between two frames is a clean end; in the middle of one it is not.
        record["end"] = "cut short" if error.partial else "fin"
        if error.partial:
            tally.fail("websocket: cut short", repr(error.partial))
    except (OSError, asyncio.TimeoutError, ValueError) as error:
        record["end"] = reason(error)
        tally.fail(f"websocket: {reason(error)}", str(error))
    finally:
        record["ended"] = tally.now()
        writer.close()
    return None


async def keep_socket(options, tally, stop):
    while not stop.is_set():
        try:
            await socket_session(options, tally, stop)
        except OSError as error:
            tally.fail(f"websocket: {reason(error)}", "connect")
        await asyncio.sleep(0.05)


async def obey(options, tally):
    """Runs the load until `stop` or the end of standard input."""
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    stop = asyncio.Event()
    tasks = [loop.create_task(keep_asking(number, options, tally, stop)) for number in range(options.connections)]
    if options.fresh:
        tasks.append(loop.create_task(keep_opening(options, tally, stop)))
    sockets = None
    while True:
        words = (await lines.readline()).decode().split()
        if not words or words[0] == "stop":
            break
        if words[0] == "slow":
            tasks.append(loop.create_task(slow(float(words[1]), options, tally)))
        elif words == ["socket", "on"]:
            sockets = asyncio.Event()
            tasks.append(loop.create_task(keep_socket(options, tally, sockets)))
        elif words == ["socket", "off"]:
            sockets.set()
        elif words[0] == "summary":
            print(json.dumps(tally.summary()), flush=True)
    if sockets:
        sockets.set()
    stop.set()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, BaseException):
            tally.fail("the load generator itself", repr(outcome))


class Load:
    """The load as a child process: a context manager; the summary is in `result` afterwards."""

    def __init__(self, port, connections=100, rate=400, fresh=10, host="127.0.0.1"):
        self.argv = [sys.executable, __file__, "--port", str(port), "--connections", str(connections)]
        self.argv += ["--rate", str(rate), "--fresh", str(fresh), "--host", host]
        self.result = None

    def describe(self):
        return f"{self.argv[5]} keep-alive connections, {self.argv[7]} requests/s, {self.argv[9]} new connections/s"

    def __enter__(self):
        pipe = subprocess.PIPE
        self.child = subprocess.Popen(self.argv, stdin=pipe, stdout=pipe, text=True, bufsize=1)
        return self

    def tell(self, line):
        self.child.stdin.write(line + "\n")
        self.child.stdin.flush()

    def so_far(self):
        self.tell("summary")
        return json.loads(self.child.stdout.readline())

    def __exit__(self, kind, *_):
        with contextlib.suppress(OSError):
            self.tell("stop")
        try:
            out, _ = self.child.communicate(timeout=2 * REQUEST_LIMIT)
        except subprocess.TimeoutExpired:
            self.child.kill()
            raise
        if kind is None:
            self.result = json.loads(out)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--connections", type=int, default=100)
    parser.add_argument("--rate", type=float, default=400, help="requests a second over all connections")
    parser.add_argument("--fresh", type=float, default=10, help="new connections a second")
    return parser.parse_args()


if __name__ == "__main__":
    chosen = arguments()
    counted = Tally()
    asyncio.run(obey(chosen, counted))
    print(json.dumps(counted.summary()))
