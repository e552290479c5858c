"""A small web app that misbehaves on request: MODE says how, VERSION what it answers."""

import http.server
import os
import signal
import socketserver
import sys
import threading
import time

MODE = os.environ.get("MODE", "good")
VERSION = "1"
STARTED = time.monotonic()


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
            if MODE == "never":
                return 503, "warming up for ever"
            if MODE == "flap" and int((time.monotonic() - STARTED) * 4) % 2:
                return 503, "now and then"
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
    if MODE == "worker":
        while True:
            time.sleep(1)
    port = 4999 if MODE == "own-port" else int(os.environ["PORT"])
    port = int(os.environ.get("OWN_PORT", port))
    server = Server(("127.0.0.1", port), Handler)
    if MODE == "late-crash":
        threading.Timer(1.5, lambda: os._exit(9)).start()
    if MODE == "ignore-term":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    else:
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()
    server.server_close()


main()
