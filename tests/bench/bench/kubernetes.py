"""A Deployment replaced by `deliver` and by `kubectl apply` with `kubectl rollout status`, on a cluster that is lent."""

import contextlib
import json
import os
import shlex
import subprocess

from .common import ROOT, Sandbox, Unavailable, median, say, spread, timed, tool

STABLE = 2.0
INSTANCES = 2
SERVER = ROOT / "tests" / "it" / "real" / "apps" / "server.c"

DOCKERFILE = """\
FROM scratch
COPY server /server
USER 10001
ENTRYPOINT ["/server"]
"""

MANIFEST = """\
[service]
name = "measured"

[build.image]
reference = "{image}"

[run]
command = ["/server"]
health = {{ path = "/", start = "60s", interval = "1s", stable = "{stable:g}s" }}
drain = "1s"
grace = "5s"

[run.env]
GREETING = "v{version}"

[environment.production]
target = "kubernetes"
instances = {instances}

[environment.production.kubernetes]
kubeconfig = "{kubeconfig}"
namespace = "{namespace}"
pull = "never"
pre_stop = "0s"
"""


def lent(name, what):
    value = os.environ.get(name)
    if not value:
        raise Unavailable(f"{name} is not set: {what}")
    return value


class Borrowed:
    """A namespace of a cluster that somebody lends, and an image that its nodes have; both go at the end."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.kubeconfig = lent("DELIVER_TEST_KUBECONFIG", "the kubeconfig of a cluster")
        self.program = tool("kubectl")
        self.namespace = f"deliver-figures-{os.getpid()}"
        self.named = os.environ.get("DELIVER_TEST_KUBE_SERVER")
        self.image = self.named or f"localhost/{self.namespace}:1"

    def __enter__(self):
        if not self.named:
            self.make_image()
        self.kubectl("create", "namespace", self.namespace)
        return self

    def make_image(self):
        """The suite's own server, made known to the nodes by the lender's command."""
        load = lent("DELIVER_TEST_KUBE_LOAD", "the command that gives an image of this machine's engine to the nodes")
        folder = self.sandbox.folder("image")
        (folder / "Dockerfile").write_text(DOCKERFILE)
        build = [tool("cc", "apt-get install gcc libc6-dev"), "-static", "-O1", "-o", folder / "server", SERVER]
        docker = tool("docker", "apt-get install docker.io")
        for argv in (build, [docker, "build", "--quiet", "--tag", self.image, folder], [*shlex.split(load), self.image]):
            self.ran(argv)

    def ran(self, argv):
        argv = [str(word) for word in argv]
        done = subprocess.run(argv, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=300)
        if done.returncode != 0:
            raise AssertionError(f"`{shlex.join(argv)}` exited {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def kubectl(self, *words):
        return self.ran([self.program, "--kubeconfig", self.kubeconfig, *words])

    def within(self, *words):
        return self.kubectl("--namespace", self.namespace, *words)

    def __exit__(self, *_):
        with contextlib.suppress(AssertionError, subprocess.SubprocessError):
            self.kubectl("delete", "namespace", self.namespace, "--wait=false")
        if not self.named:
            with contextlib.suppress(AssertionError, subprocess.SubprocessError):
                self.ran([tool("docker"), "rmi", "--force", self.image])


class Service:
    def __init__(self, sandbox, cluster):
        self.sandbox, self.cluster = sandbox, cluster
        self.folder = sandbox.folder("service")

    def want(self, version):
        """From now on this is what both sides are to bring about."""
        cluster = self.cluster
        text = MANIFEST.format(
            image=cluster.image,
            stable=STABLE,
            version=version,
            instances=INSTANCES,
            kubeconfig=os.path.abspath(cluster.kubeconfig),
            namespace=cluster.namespace,
        )
        (self.folder / "deliver.toml").write_text(text)
        objects = self.sandbox.json("render", "production", cwd=self.folder)["objects"]
        (self.folder / "beside.json").write_text(beside(objects))

    def deploy(self):
        answer = self.sandbox.json("deploy", "production", "--yes", cwd=self.folder)
        assert answer["outcome"] == "succeeded", answer
        return answer

    def apply(self):
        self.cluster.within("apply", "--filename", str(self.folder / "beside.json"))
        self.cluster.within("rollout", "status", "deployment/beside", "--timeout=120s")

    def template(self, name):
        """What of a Deployment decides how long a rollout takes, as the cluster has it."""
        spec = json.loads(self.cluster.within("get", "deployment", name, "--output", "json"))["spec"]
        container = spec["template"]["spec"]["containers"][0]
        keys = [spec[key] for key in ("replicas", "minReadySeconds", "strategy")]
        return [*keys, container["readinessProbe"], container["image"], container.get("lifecycle")]


def beside(objects):
    """The very objects that `deliver` applies, under another name and without its marks."""
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    for ours, theirs in {"measured": "beside", "deliver.dev/": "example.com/"}.items():
        text = text.replace(ours, theirs)
    return text.replace('"app.kubernetes.io/managed-by": "deliver"', '"app.kubernetes.io/managed-by": "kubectl"')


def kubernetes(report, quick):
    with Sandbox() as sandbox, Borrowed(sandbox) as cluster:
        service = Service(sandbox, cluster)
        service.want(0)
        service.deploy()
        service.apply()
        ours, theirs = service.template("measured"), service.template("beside")
        assert ours == theirs, f"the two are not the same: {ours} and {theirs}"
        compare(report, service, 3 if quick else 15)


def compare(report, service, rounds):
    """The same change of one variable, by turns; who goes first changes each time."""
    ours, theirs, answer = [], [], None
    for turn in range(1, rounds + 1):
        service.want(turn)
        for side in (0, 1) if turn % 2 else (1, 0):
            if side == 0:
                took, answer = timed(service.deploy)
                ours.append(took)
            else:
                took, _ = timed(service.apply)
                theirs.append(took)
        say(f"  kubernetes: round {turn} of {rounds}, {ours[-1]:.2f} s and {theirs[-1]:.2f} s")
    # The cluster notes in whole seconds since when a pod is ready, so that of each wait up to one second may be missing: what
    # is certainly watched is less than what is configured, by which kubectl's own time can be nothing at all.
    watched = INSTANCES * (STABLE - 1.0)
    over = median(ours) - median(theirs)
    report.command("deliver deploy production --yes --json   (one variable changed, nothing to build)")
    report.command("kubectl apply --filename …; kubectl rollout status deployment/beside   (the same objects and change)")
    report.line(f"deliver {spread(ours, 's')}")
    report.line(f"kubectl {spread(theirs, 's')}")
    report.line(f"both replace {INSTANCES} pods one by one, each ready for {STABLE:g} s before it counts")
    report.line("last deploy's steps: " + ", ".join(f"{step['name']} {step['seconds']:.2f} s" for step in answer["steps"]))
    report.line(f"in all {median(ours) / median(theirs):.2f} x; {over:+.2f} s; {watched:g} s are watched for certain")
    report.limit("deliver / kubectl beyond what is certainly watched", (median(ours) - watched) / (median(theirs) - watched), 1.1)
