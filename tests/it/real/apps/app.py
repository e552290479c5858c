"""A small web app that misbehaves on request: MODE says how, VERSION what it answers."""

import http.server
import itertools
import os
import signal
import socketserver
import sys
import threading
import time

MODE = os.environ.get("MODE", "good")
VERSION = "1"
PROBES = itertools.count()
REQUESTS = itertools.count(1)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        status, body = self.answer()
        body = body.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer(self):
        if self.path == "/health":
            if MODE in ("never", "stubborn"):
                return 503, "warming up for ever"
            if MODE == "gate" and not os.path.exists(os.environ["GATE"]):
                return 503, "waits for its gate"
            if MODE == "flap" and next(PROBES) % 2:
                return 503, "every other time"
            return 200, "fine"
        if self.path == "/missing":
            return 404, "no such page"
        if self.path == "/broken":
            return 500, "the price list is torn"
        if self.path.startswith("/slow"):
            time.sleep(float(self.path.rpartition("=")[2]))
        if self.path == "/env":
            return 200, "\n".join(sorted(os.environ))
        if self.path == "/secret":
            return 200, os.environ.get("SECRET", "")
        if self.path == "/setting":
            return 200, os.environ.get("SETTING", "")
        if MODE == "tenth" and next(REQUESTS) % 10 == 0:
            return 500, "one of ten"
        return 200, VERSION

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = False
    allow_reuse_address = True
    request_queue_size = 128


def main():
    print(f"version {VERSION} in mode {MODE}", flush=True)
    if MODE == "crash":
        print("cannot find the price list", file=sys.stderr, flush=True)
        sys.exit(3)
    if MODE == "talk-and-crash":
        for number in range(1, 151):
            print(f"line {number} of 150", flush=True)
        sys.exit(3)
    if MODE == "leak":
        print(f"cannot log in with {os.environ['SECRET']}", file=sys.stderr, flush=True)
        sys.exit(3)
    if MODE == "once" and not os.path.exists(os.environ["GATE"]):
        print("what it needs has gone", flush=True)
        sys.exit(3)
    if MODE == "worker":
        while True:
            time.sleep(1)
    port = 4999 if MODE == "own-port" else int(os.environ["PORT"])
    port = int(os.environ.get("OWN_PORT", port))
    server = Server(("127.0.0.1", port), Handler)
    if MODE == "late-crash":
        threading.Timer(1.5, lambda: os._exit(9)).start()
    if MODE in ("ignore-term", "stubborn"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    elif MODE == "term-at-once":
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    else:
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()
    server.server_close()


main()
