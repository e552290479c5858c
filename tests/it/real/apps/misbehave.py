#!/usr/bin/env python3
"""A plugin that does in `observe` what its option `how` says, and everything else well."""

import json
import os
import signal
import sys
import time

request = json.loads(sys.stdin.readline())
options = request.get("options") or {}
how = options.get("how", "well")
# Everything but standard input, which is where secrets may be: what others could see of this process.
with open(os.environ.get("SEEN", "/dev/null"), "a") as seen:
    words = open("/proc/self/cmdline").read().replace("\0", " ")
    print(request["verb"], request.get("key"), words, file=seen)

started = os.environ.get("SEEN", "/nowhere/seen") + ".started"


def say(**line):
    print(json.dumps(line), flush=True)


def misbehave():
    if how == "hang":
        time.sleep(600)
    if how == "hang-started" and os.path.exists(started):
        time.sleep(600)
    if how == "ignore-term":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if os.fork() == 0:
            time.sleep(600)
        time.sleep(600)
    if how == "late":
        signal.signal(signal.SIGTERM, lambda *_: (say(result={}), sys.exit(0)))
        time.sleep(600)
    if how == "junk":
        print("Welcome to \x1b[31mmy plugin")
    if how == "no-result":
        sys.exit(0)
    if how == "crash":
        say(event={"note": "half done"})
        print("Traceback: the disk is gone", file=sys.stderr)
        os.kill(os.getpid(), signal.SIGSEGV)
    if how == "crash-after":
        say(result={})
        sys.exit(3)
    if how == "flood":
        while True:
            say(event={"note": "x" * 1000})
    if how == "flood-errors":
        for number in range(2_000_000):
            print("error %d " % number + "x" * 100, file=sys.stderr)
        sys.exit(1)
    if how == "line":
        while True:
            sys.stdout.write("x" * 65536)
    if how == "twice":
        say(result={})
        say(result={})
    if how == "neither":
        say(progress=1)
    if how == "type":
        say(result={"fence": 1, "instances": [{"id": "a", "process": "web", "release": "three"}]})
    if how == "refuse":
        say(
            error={
                "kind": options["kind"],
                "code": "told-so",
                "message": "cannot reach \x1b[2J the place",
                "hints": ["ping it"],
                "extra": 1,
            },
            more=2,
        )
    if how == "kind":
        say(error={"kind": "tired", "code": "x", "message": "y"})
    if how == "deaf":
        os.close(0)
        say(result={})


verb = request["verb"]
if verb == "handshake":
    version = os.environ.get("SPEAKS", "1")
    able = json.loads(os.environ.get("ABLE", '{"beside": true}'))
    say(result={"protocols": [int(version)], "version": "0.0", "capabilities": able, "unknown": []}, unknown=1)
elif verb == "observe":
    misbehave()
    if how in ("well", "leak", "hang-started"):
        say(event={"unknown": {}})
        say(result={})
elif verb == "plan":
    say(result={"notes": ["it would run"]})
elif verb == "prepare":
    secret = "".join(request.get("secrets", {}).values())
    say(event={"note": "got " + secret})
    print("my log has " + secret, file=sys.stderr)
    if how == "leak":
        say(error={"kind": "failed", "code": "leak", "message": "cannot use " + secret, "hints": [secret], "details": [secret]})
    else:
        say(result={"url": None, "record": {"kept": secret}})
elif how == "hang-started" and verb in ("start", "drain", "stop"):
    if verb == "start":
        open(started, "w").close()
    say(result={"stopped": []})
else:
    say(error={"kind": "failed", "code": "unbuilt", "message": "cannot " + verb})
