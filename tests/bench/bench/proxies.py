"""What a request costs in the router, beside the reverse proxies that people put in front of an app."""

import contextlib
import os
import re
import subprocess
import tempfile
from pathlib import Path

from .common import (
    APPS,
    Sandbox,
    Unavailable,
    accepts,
    cpu_of_process,
    free_port,
    median,
    processes_with,
    running,
    say,
    tool,
    wait_for,
)
from .service import Service, app_arguments, port_of

CONNECTIONS = 50
MICRO = 1e6

CADDY = """\
{{
	admin off
	auto_https off
}}
http://127.0.0.1:{port} {{
	reverse_proxy 127.0.0.1:{app} {{
		transport http {{
			keepalive_idle_conns_per_host 256
		}}
	}}
}}
"""

HAPROXY = """\
global
    maxconn 4096
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    http-reuse always
frontend front
    bind 127.0.0.1:{port}
    default_backend app
backend app
    server app 127.0.0.1:{app} pool-max-conn 256
"""

NGINX = """\
daemon off;
worker_processes auto;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_requests 100000000;
    upstream app {{
        server 127.0.0.1:{app};
        keepalive 256;
        keepalive_requests 100000000;
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://app;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }}
    }}
}}
"""


def configured(stack, folder, name, text, words, app):
    """Starts one proxy in a folder of its own. Returns (port, pids)."""
    home = Path(folder) / name
    home.mkdir()
    port = free_port()
    config = home / "config"
    config.write_text(text.format(port=port, app=app, folder=home))
    argv = [word.format(config=config, folder=home) for word in words]
    log = stack.enter_context(open(home / "log", "w+b"))
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    child = stack.enter_context(running(argv, cwd=home, env=environment, stdout=log, stderr=log))
    wait_for(lambda: accepts(port) or child.poll() is not None, f"{name} to listen")
    if child.poll() is not None:
        raise AssertionError(f"{name} ended at once:\n{(home / 'log').read_text()[-2000:]}")
    # Its workers inherit the home in their environment or folder, whatever they call themselves.
    return port, lambda: list(processes_with(str(home)))


def deliver_router(stack):
    """Deploys the same app. Returns (port, pids of every process of ours: supervisor, router and shims)."""
    sandbox = stack.enter_context(Sandbox())
    url = Service(sandbox).deploy("1")["url"]
    return port_of(url), lambda: [pid for pid, line in sandbox.processes().items() if line != app_arguments()]


def load(port, seconds):
    """Runs wrk; returns how many requests were answered."""
    url = f"http://127.0.0.1:{port}/"
    argv = [tool("wrk"), "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", url]
    out = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        raise AssertionError(f"wrk met errors on {url}:\n{out}")
    return int(re.search(r"(\d+) requests in", out).group(1))


def proxies(report, quick):
    rounds, seconds = (2, 2) if quick else (7, 6)
    tool("wrk")
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="dp."))
        app = free_port()
        node = [tool("node"), APPS / "server.mjs"]
        stack.enter_context(running(node, env={"PATH": os.environ["PATH"], "PORT": str(app)}))
        wait_for(lambda: accepts(app), "the app to listen")
        fronts = {}
        if not os.environ.get("DELIVER_BENCH_WITHOUT_DELIVER"):
            fronts["deliver"] = deliver_router(stack)
        others = {
            "caddy": (CADDY, ["caddy", "run", "--adapter", "caddyfile", "--config", "{config}"]),
            "haproxy": (HAPROXY, ["haproxy", "-q", "-db", "-f", "{config}"]),
            "nginx": (NGINX, ["nginx", "-p", "{folder}", "-c", "{config}", "-e", "{folder}/error.log"]),
        }
        for name, (text, words) in others.items():
            try:
                words[0] = tool(words[0], f"apt-get install {name}")
            except Unavailable as missing:
                report.line(f"{name}: left out, {missing}")
                continue
            fronts[name] = configured(stack, folder, name, text, words, app)
        measure(report, fronts, rounds, seconds)


def measure(report, fronts, rounds, seconds):
    costs = {name: [] for name in fronts}
    rates = {name: [] for name in fronts}
    for turn in range(rounds + 1):
        for name, (port, pids) in fronts.items():
            watched = pids()
            before = sum(cpu_of_process(pid) for pid in watched)
            answered = load(port, 1 if turn == 0 else seconds)
            used = sum(cpu_of_process(pid) for pid in watched) - before
            if turn > 0:  # the first round only warms up
                costs[name].append(used / answered)
                rates[name].append(answered / seconds)
        say(f"  proxies: round {turn} of {rounds}")
    report.command(f"wrk -t1 -c{CONNECTIONS} -d{seconds}s http://127.0.0.1:PORT/   ({rounds} alternating rounds)")
    report.line("CPU by /proc/PID/stat of every process of the proxy; same app; keep-alive on both sides")
    for name, values in sorted(costs.items(), key=lambda item: median(item[1])):
        each = f"{MICRO * median(values):.1f} µs a request (min {MICRO * min(values):.1f}, max {MICRO * max(values):.1f})"
        report.line(f"{name:8} {each}, {median(rates[name]):.0f} requests/s")
        report.value(f"{name} µs", MICRO * median(values))
    if "deliver" not in costs:
        report.missed.append("deliver was left out")
    for name in costs:
        if name != "deliver" and "deliver" in costs:
            ratio = median(costs["deliver"]) / median(costs[name])
            if name == "caddy":
                report.limit("deliver / caddy, CPU a request", ratio, 1.0)
            else:
                report.line(f"       deliver / {name}, CPU a request: {ratio:.2f}")
                report.value(f"deliver / {name}", ratio)
