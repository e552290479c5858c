"""Picks figures, runs them one after the other, prints and keeps the results."""

import importlib
import json
import os
import platform
import subprocess
import time

from .common import ROOT, Report, Unavailable, binary, say, target_folder

# Name -> module and function. In the order they are run: quick ones first.
FIGURES = {
    "version": ("command", "version", "`deliver --version`: CPU and size of the binary"),
    "store": ("command", "store", "`status` and `history` with 100,000 deployments stored"),
    "readiness": ("readiness", "readiness", "`ready` over one repository, the first time and later"),
    "plan": ("plans", "plan", "`plan --all` over 200 services"),
    "incidents": ("incidents", "incidents", "`incident`, `review` and `oncall` with 10,000 incidents and 100,000 deployments stored"),
    "reliability": ("reliability", "reliability", "`reliability` over 50 objectives with a year of hourly counts"),
    "new": ("templates", "new", "`deliver new` with 200 files against copier and cookiecutter"),
    "proxies": ("proxies", "proxies", "router CPU per request against Caddy, HAProxy and nginx"),
    "overhead": ("deploys", "overhead", "what a deploy adds to the app's own start and `stable`"),
    "deploys": ("deploys", "deploys", "50 deploys in a row under load, a WebSocket and a 25 s request"),
    "swarm": ("swarm", "swarm", "a Swarm deploy beside `docker service update`, and 20 of them under load"),
    "kubernetes": ("kubernetes", "kubernetes", "a Kubernetes deploy beside `kubectl apply` and `kubectl rollout status`"),
    "kills": ("crashes", "kills", "kill -9 of router, supervisor and both under load"),
    "shared": ("shared", "shared", "two shells with homes of their own, one PostgreSQL, one service deployed at once 100 times"),
    "crashes": ("crashes", "crashes", "kill -9 of the tool at every journal write of a deploy and a rollback"),
}


def machine():
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    return f"{platform.system()} {platform.release()}, {os.cpu_count()} cores, {model}, load {os.getloadavg()[0]:.1f}"


def commit():
    git = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    return subprocess.run(git, capture_output=True, text=True).stdout.strip() or "?"


def measure(name, quick):
    module, function, title = FIGURES[name]
    report = Report(name)
    started = time.monotonic()
    try:
        getattr(importlib.import_module(f"bench.{module}"), function)(report, quick)
    except Unavailable as missing:
        report.missed.append("not measured")
        report.line(f"not measured: {missing}")
    except (AssertionError, subprocess.SubprocessError) as failure:
        report.missed.append("failed")
        report.line("failed: " + str(failure).replace("\n", "\n    "))
    print(f"{name}: {title}")
    print("\n".join(report.lines))
    print(f"  ({time.monotonic() - started:.0f} s)\n", flush=True)
    return report


def main(words):
    if "--list" in words:
        for name, (_, _, title) in FIGURES.items():
            print(f"{name:10} {title}")
        return 0
    if "-h" in words or "--help" in words:
        print("tests/bench/run [--quick] [--list] [NAME...]\nnames: " + " ".join(FIGURES))
        return 0
    quick = "--quick" in words
    names = [word for word in words if word != "--quick"] or list(FIGURES)
    unknown = [name for name in names if name not in FIGURES]
    if unknown:
        say(f"no figure is called {', '.join(unknown)}; there are: {' '.join(FIGURES)}")
        return 2
    binary()
    print(f"deliver {commit()} on {machine()}{' (quick, not to be quoted)' if quick else ''}\n", flush=True)
    reports = [measure(name, quick) for name in names]
    kept = target_folder() / "bench" / "results.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps({report.name: report.values for report in reports}, indent=2) + "\n")
    missed = [f"{report.name}: {what}" for report in reports for what in report.missed]
    for line in missed:
        print(f"MISSED {line}")
    return 1 if missed else 0
