#!/usr/bin/env python3
"""A plugin that replaces instances itself, in a file instead of a cluster: the other way to be a target."""

import fcntl
import json
import sys
from datetime import datetime, timezone

request = json.loads(sys.stdin.readline())
verb, options = request["verb"], request.get("options") or {}
NOW = datetime.now(timezone.utc).isoformat()


def say(**line):
    print(json.dumps(line), flush=True)


def refuse(kind, code, message):
    say(error={"kind": kind, "code": code, "message": message})
    sys.exit()


if verb == "handshake":
    say(result={"protocols": [1], "version": "0.1", "capabilities": {"in_place": True, "portions": True, "batches": True}})
    sys.exit()
if verb == "plan":
    say(result={})
    sys.exit()

file = open(options["state"], "a+")
fcntl.flock(file, fcntl.LOCK_EX)
file.seek(0)
world = json.loads(file.read() or "{}")
name = "%s.%s" % (request.get("service"), request.get("env"))
scope = world.get(name, {"fence": 0, "instances": {}, "lines": [], "count": 0})


def done(result):
    world[name] = scope
    file.seek(0)
    file.truncate()
    json.dump(world, file)
    file.flush()
    say(result=result)
    sys.exit()


def start(ident, process, release, env):
    words = release["run"]["release_step"]["command"] if process == "release" else release["run"]["processes"][0]["command"]
    script = words[-1]
    printed, exit = ["listening", "secret of %d bytes" % len(env.get("DELIVER_CHECK_SECRET", ""))], None
    if "exit" in script:
        printed = [script.split("echo ")[1].split(";")[0]]
        exit = "status " + script.rsplit(" ", 1)[1]
    for text in printed:
        line = {"at": NOW, "instance": ident, "process": process, "release": release["number"]}
        scope["lines"].append(dict(line, stream="out", text=text))
    scope["instances"][ident] = {
        "id": ident,
        "process": process,
        "release": release["number"],
        "deployment": request["deployment"],
        "state": "exited" if exit else "healthy",
        "healthy_ms": 0 if exit else 60000,
        "since": NOW,
        "routed": True,
        "exit": exit,
    }


def serving():
    return [one for one in scope["instances"].values() if one["process"] != "release"]


def replace(release, stage):
    """Each new one that is healthy takes over from an old one; one that is not leaves the old one be."""
    for process, count in stage["instances"].items():
        total = release["run"]["processes"][0]["instances"]
        fine = [one for one in serving() if one["release"] == release["number"]]
        for one in [one for one in serving() if one["release"] != release["number"] and one["exit"]]:
            del scope["instances"][one["id"]]
        while len(fine) < count:
            scope["count"] += 1
            ident = "%s-%d" % (name, scope["count"])
            start(ident, process, release, dict(release["run"]["env"], **request.get("secrets", {})))
            fine.append(scope["instances"][ident])
        healthy = [one for one in fine if not one["exit"]]
        old = [one for one in serving() if one["release"] != release["number"]]
        for one in old[max(0, total - len(healthy)) :]:
            del scope["instances"][one["id"]]


if verb == "observe":
    counts = {}
    for one in serving():
        counts[one["release"]] = counts.get(one["release"], 0) + 1
    current = max(counts, key=lambda release: counts[release]) if counts else None
    say(result={"current": current, "fence": scope["fence"], "instances": list(scope["instances"].values())})
    sys.exit()
if verb == "logs":
    query = request["query"]
    lines = [
        line
        for line in scope["lines"]
        if (not query["instances"] or line["instance"] in query["instances"])
        and query["release"] in (None, line["release"])
        and query["process"] in (None, line["process"])
        and line["at"] >= (query["since"] or "")
    ]
    for line in lines if query["tail"] is None else lines[-query["tail"] :]:
        say(event={"log": line})
    say(result={})
    sys.exit()
if "fence" not in request:
    refuse("usage", "unknown-verb", "no such verb: " + verb)
if request["fence"] < scope["fence"]:
    refuse("busy", "fenced", "token %d is older than %d" % (request["fence"], scope["fence"]))
scope["fence"] = request["fence"]
if verb == "prepare":
    done({"record": {"build": request["release"]["build"]}})
if verb == "start":
    for wanted in request["instances"]:
        if wanted["id"] not in scope["instances"]:
            start(wanted["id"], wanted["process"], request["release"], request.get("secrets", {}))
    done({})
if verb == "replace":
    if not request["record"]:
        refuse("failed", "not-prepared", "nothing was recorded")
    replace(request["release"], request["stage"])
    done({})
if verb == "finish":
    done({})
if verb == "drain":
    done({})
if verb == "stop":
    gone = [ident for ident in request["instances"] if scope["instances"].pop(ident, None)]
    done({"stopped": [{"id": ident, "exit": "status 0"} for ident in gone]})
if verb == "remove":
    scope["instances"] = {}
    done({})
refuse("usage", "unknown-verb", "no such verb: " + verb)
