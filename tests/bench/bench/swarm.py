"""A Swarm service replaced by `deliver` and by `docker service update`, and what is lost through the published port."""

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from .common import ROOT, Sandbox, Unavailable, median, say, spread, timed, tool, wait_for
from .load import Load

STABLE = 2.0
INSTANCES = 2
PORT = 18080
APP = ROOT / "tests" / "it" / "support" / "swarm" / "app.c"

# How instances end, by what each gives as LINGER (see app.c), and whether `deliver` promises that nothing is lost then.
ENDINGS = {
    # Long enough to tell each kept connection with an answer that it closes.
    "serve on for 1.5 s after SIGTERM": (1500, True),
    "finish what is in flight at SIGTERM": (0, False),
    "exit at once at SIGTERM": (-1, False),
}

# The check in the container is as often as `deliver` has it at most, so that both sides learn of health equally late.
DOCKERFILE = """\
FROM scratch
COPY app /app
HEALTHCHECK --interval=2s --timeout=2s --retries=3 CMD ["/app", "health"]
ENTRYPOINT ["/app"]
"""

MANIFEST = """\
[service]
name = "bench"

[build.image]
dockerfile = "Dockerfile"

[run]
command = ["/app"]
port = 8080
health = {{ path = "/health", interval = "2s", stable = "{stable:g}s" }}
grace = "20s"

[run.env]
RELEASE = "ok v{version}"
LINGER = "{linger}"

[environment.production]
target = "swarm"
instances = {instances}

[environment.production.swarm]
host = "{host}"
registry = "{registry}"
publish = {publish}
"""


class Bed:
    """One engine with a registry, by the test suite's own bed; both end with its standard input."""

    def __enter__(self):
        tool("dockerd", "apt-get install docker.io")
        test = ["cargo", "test", "--quiet", "--locked", "--test", "it", "--", "--ignored", "--exact", "--nocapture"]
        pipe = subprocess.PIPE
        say("  swarm: starting an engine")
        self.child = subprocess.Popen(
            [*test, "real::swarm_bed::a_bed_for_the_benchmarks"],
            cwd=ROOT,
            stdin=pipe,
            stdout=pipe,
            text=True,
            env={**os.environ, "DELIVER_TEST_REQUIRE": "all"},
        )
        for line in self.child.stdout:
            if line.startswith("{"):
                self.facts = json.loads(line)
                return self
        raise Unavailable("no engine of its own can be started; the reason is above")

    def __getattr__(self, name):
        return self.facts[name]

    def docker(self, *words):
        argv = [tool("docker"), "--host", self.host, *map(str, words)]
        done = subprocess.run(argv, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=300)
        if done.returncode != 0:
            raise AssertionError(f"`docker {' '.join(map(str, words))}` exited {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def __exit__(self, *_):
        self.child.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.child.wait(timeout=60)


class Lent:
    """An engine that somebody lends, such as one in a virtual machine whose kernel has IPVS."""

    def __init__(self, host):
        self.host, self.ingress = host, True
        self.address = setting("ADDRESS", "where a node answers at a published port")
        self.registry = setting("REGISTRY", "a registry that it can push to and pull from")
        self.app = os.environ.get("DELIVER_BENCH_SWARM_APP")

    def __enter__(self):
        self.made = tempfile.TemporaryDirectory(prefix="app.")
        if not self.app:
            self.app = str(Path(self.made.name) / "app")
            compiler = tool("cc", "apt-get install gcc libc6-dev, or DELIVER_BENCH_SWARM_APP")
            subprocess.run([compiler, "-static", "-O1", "-pthread", "-o", self.app, APP], check=True)
        return self

    docker = Bed.docker

    def __exit__(self, *_):
        # The sandbox's store goes, and with it the memory of how far the tokens have come.
        with contextlib.suppress(AssertionError, subprocess.SubprocessError):
            self.docker("config", "rm", "bench-production-deliver-fence")
        self.made.cleanup()


def setting(name, what):
    value = os.environ.get(f"DELIVER_BENCH_SWARM_{name}")
    if not value:
        raise Unavailable(f"DELIVER_BENCH_SWARM_{name} is not set: {what}")
    return value


def bed():
    host = os.environ.get("DELIVER_BENCH_SWARM_HOST")
    return Lent(host) if host else Bed()


class Service:
    """The app in a folder, as `deliver` deploys it."""

    def __init__(self, sandbox, bed):
        self.sandbox, self.bed = sandbox, bed
        self.folder = sandbox.folder("bench")
        shutil.copy(bed.app, self.folder / "app")
        (self.folder / "Dockerfile").write_text(DOCKERFILE)

    def deploy(self, version, linger=0):
        publish = PORT if self.bed.ingress else "false"
        text = MANIFEST.format(
            stable=STABLE,
            version=version,
            linger=linger,
            instances=INSTANCES,
            publish=publish,
            host=self.bed.host,
            registry=self.bed.registry,
        )
        (self.folder / "deliver.toml").write_text(text)
        answer = self.sandbox.json("deploy", "production", "--yes", cwd=self.folder)
        assert answer["outcome"] == "succeeded", answer
        return answer

    def image(self):
        """The image that runs, by its digest."""
        services = self.bed.docker("service", "ls", "--quiet", "--filter", "label=deliver.service=bench").split()
        return self.bed.docker("service", "inspect", services[0], "--format", "{{.Spec.TaskTemplate.ContainerSpec.Image}}").strip()


def swarm(report, quick):
    with Sandbox() as sandbox, bed() as engine:
        service = Service(sandbox, engine)
        service.deploy(0)
        try:
            measure(report, service, quick)
        finally:
            sandbox.deliver("down", "production", "--yes", cwd=service.folder, check=False)


def measure(report, service, quick):
    compare(report, service, 3 if quick else 15)
    if not service.bed.ingress:
        report.missed.append("lost requests: not measured")
        report.line("lost requests are not measured: this kernel has no IPVS, which balances a swarm's published ports")
        return
    for ending, (linger, promised) in ENDINGS.items():
        lost(report, service, ending, linger, promised, 4 if quick else 20)


def compare(report, service, rounds):
    """The same change of one variable, by turns, with the same batches and the same time of watching."""
    bed = service.bed
    update = ["--update-order", "start-first", "--update-parallelism", "1", "--update-delay", f"{STABLE:g}s"]
    update += ["--update-monitor", f"{STABLE:g}s"]
    bed.docker(
        *["service", "create", "--quiet", "--name", "beside", "--replicas", INSTANCES, "--stop-grace-period", "20s"],
        *["--env", "RELEASE=ok v0", "--env", "LINGER=0", *update, service.image()],
    )
    ours, theirs, answer = [], [], None
    for turn in range(1, rounds + 1):
        took, answer = timed(service.deploy, turn)
        ours.append(took)
        took, _ = timed(bed.docker, "service", "update", "--quiet", "--env-add", f"RELEASE=ok v{turn}", "beside")
        theirs.append(took)
        say(f"  swarm: round {turn} of {rounds}, {ours[-1]:.2f} s and {theirs[-1]:.2f} s")
    bed.docker("service", "rm", "beside")
    watched = INSTANCES * STABLE
    report.command("deliver deploy production --yes --json   (one variable changed, nothing to build)")
    report.command("docker service update --quiet --env-add RELEASE=… beside")
    report.line(f"deliver {spread(ours, 's')}")
    report.line(f"docker  {spread(theirs, 's')}")
    report.line(f"both replace {INSTANCES} instances one by one and watch each for {STABLE:g} s")
    report.line("last deploy's steps: " + ", ".join(f"{step['name']} {step['seconds']:.2f} s" for step in answer["steps"]))
    report.limit("deliver / docker beyond the watching", (median(ours) - watched) / (median(theirs) - watched), 1.1)


def lost(report, service, ending, linger, promised, count):
    engine, rate = service.bed, float(os.environ.get("DELIVER_BENCH_SWARM_RATE", 400))
    # The release that goes first ends the same way.
    service.deploy(f"{linger}.0", linger)
    last = f"v{linger}.{count}"
    with Load(PORT, host=engine.address, connections=max(1, int(rate / 4)), rate=rate, fresh=max(2, rate / 40)) as load:
        for turn in range(1, count + 1):
            service.deploy(f"{linger}.{turn}", linger)
            say(f"  swarm: instances {ending}: update {turn} of {count}, failed so far: {load.so_far()['failed']}")
        # The last old instance still serves those who came before it left.
        wait_for(lambda: load.so_far()["versions"].get(last), "an answer of the last release")
    result = load.result
    report.command(f"{count} times: deliver deploy production   (under load through the published port: {load.describe()})")
    report.line(f"instances {ending}")
    report.line(f"{result['answered']} requests answered in {result['seconds']:.0f} s by {len(result['versions'])} versions")
    for why, number in result["failures"].items():
        report.line(f"failed: {number} x {why}")
    for one in result["first_failures"][:8]:
        report.line(f"  at {one['at']:.2f} s: {one['what']}")
    if promised:
        report.limit("requests failed, reset or refused", result["failed"], 0, digits=0)
    report.at_least("versions that answered", len(result["versions"]), count + 1, digits=0)
