//! `deliver deploy` on a swarm, with real engines: changed, broken, killed, meddled with, rolled back, taken down.

use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use super::deploy::json;
use crate::support::swarm::{Fate, Node, Shape, Swarm, Wire, put_app};
use crate::support::{DELIVER, Ran, Sandbox};

pub(super) const SOON: Duration = Duration::from_secs(60);

/// Nobody may ever read this anywhere but in an instance.
pub(super) const SECRET: &str = "canary-5d1b7e";

/// A service on a node's swarm, in a repository of its own.
pub(super) struct Shop<'a> {
    pub(super) sandbox: Sandbox,
    pub(super) node: &'a Node,
    pub(super) name: &'static str,
}

impl<'a> Shop<'a> {
    /// `more` are lines of `[environment.production.swarm]`.
    pub(super) fn new(node: &'a Node, name: &'static str, more: &str) -> Shop<'a> {
        let sandbox = Sandbox::new().with_tools().env("SHOP_TOKEN", SECRET);
        let manifest = format!(
            r#"
[service]
name = "{name}"
[build]
include = ["app", "behaviour", "Dockerfile"]
[build.image]
dockerfile = "Dockerfile"
[run]
command = ["./app"]
health = {{ path = "/health", start = "8s", stable = "1s" }}
grace = "2s"
[run.secrets]
TOKEN = "env:SHOP_TOKEN"
[environment.production]
target = "swarm"
instances = 2
[environment.production.swarm]
host = "{}"
publish_mode = "host"
{more}
"#,
            node.host()
        );
        let dockerfile = "FROM scratch\nCOPY app behaviour /\nENTRYPOINT [\"/app\"]\n";
        sandbox.file("deliver.toml", &manifest).file("Dockerfile", dockerfile);
        sandbox.run("git init -q").ok();
        let shop = Shop { sandbox, node, name };
        shop.change("1", "");
        shop
    }

    /// Makes the app answer `release`, and behave as the further lines say.
    pub(super) fn change(&self, release: &str, behaviour: &str) {
        put_app(&self.sandbox.project(), &format!("RELEASE={release}\n{behaviour}"));
        self.commit();
    }

    pub(super) fn edit(&self, from: &str, to: &str) {
        let text = self.sandbox.read("deliver.toml");
        assert!(text.contains(from), "{from} in {text}");
        self.sandbox.file("deliver.toml", &text.replacen(from, to, 1));
        self.commit();
    }

    pub(super) fn commit(&self) {
        self.sandbox
            .run("git add -A && git -c user.name=a -c user.email=a@b commit -qm change")
            .ok();
    }

    pub(super) fn deliver(&self, line: &str) -> Ran {
        self.sandbox.run(&format!("deliver {line} production --json"))
    }

    /// Deploys and insists on success.
    pub(super) fn deployed(&self) -> Value {
        let ran = self.deliver("deploy");
        assert_eq!(ran.code, Some(0), "{}\n{}", ran.stderr, self.node.log());
        json(&ran)
    }

    /// A deployment that fails with this code; gives what it said.
    pub(super) fn fails(&self, line: &str, exit: i32, code: &str) -> String {
        let ran = self.deliver(line);
        assert_eq!(
            (ran.code, ran.error()["code"].as_str()),
            (Some(exit), Some(code)),
            "{ran:?}"
        );
        ran.stderr
    }

    pub(super) fn status(&self) -> Value {
        json(&self.deliver("status"))["services"][0].clone()
    }

    /// Ports of the healthy web instances, with the releases they run.
    pub(super) fn web(&self) -> Vec<(String, u64)> {
        let status = self.status();
        let instances = status["instances"].as_array().cloned().unwrap_or_default();
        let healthy = instances
            .iter()
            .filter(|one| one["process"] == "web" && one["state"] == "healthy");
        healthy
            .filter_map(|one| Some((one["release"].as_str()?.to_owned(), one["port"].as_u64()?)))
            .collect()
    }

    /// What every instance answers, in the order of their texts.
    pub(super) fn answers(&self, path: &str) -> Vec<String> {
        let ask = |(_, port): (String, u64)| {
            let url = format!("http://{}:{port}{path}", self.node.address);
            super::deploy::get(&url).map_or_else(|_| "nothing".to_owned(), |(_, body)| body.trim().to_owned())
        };
        let mut answers: Vec<String> = self.web().into_iter().map(ask).collect();
        answers.sort();
        answers
    }

    #[track_caller]
    pub(super) fn serves(&self, release: &str, answer: &str) {
        let status = self.status();
        assert_eq!(
            (&status["release"], &status["healthy"]),
            (&release.into(), &2.into()),
            "{status}"
        );
        assert_eq!(self.answers("/"), [answer; 2]);
    }

    /// Names of what it has in the swarm: services, secrets, configs.
    pub(super) fn left(&self) -> Vec<String> {
        let mut left = Vec::new();
        for kind in ["service", "secret", "config"] {
            let words = [kind, "ls", "--format", "{{.Name}}"];
            let names = self.node.docker_words(&words);
            left.extend(
                names
                    .lines()
                    .filter(|name| name.starts_with(self.name))
                    .map(str::to_owned),
            );
        }
        left
    }

    pub(super) fn service(&self) -> String {
        format!("{}-production", self.name)
    }

    pub(super) fn start(&self, line: &str) -> std::process::Child {
        self.sandbox
            .command(DELIVER)
            .args(line.split(' '))
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("it starts")
    }

    /// Starts a deployment and gives it a moment until some of the instances run what it brings.
    pub(super) fn midway(&self, line: &str, release: &str) -> std::process::Child {
        let child = self.start(line);
        let label = format!("--filter=label=deliver.release={release}");
        self.sandbox.until("some run the new release", SOON, || {
            let words = [
                "ps",
                "--quiet",
                &label,
                &format!("--filter=label=deliver.service={}", self.name),
            ];
            !self.node.docker_words(&words).trim().is_empty()
        });
        child
    }
}

#[test]
fn a_swarm_runs_what_is_deployed_and_what_it_is_rolled_back_to() {
    let Some(swarm) = Swarm::one() else { return };
    let shop = Shop::new(swarm.leader(), "whole", "");
    let plan = shop.sandbox.run("deliver plan production").ok();
    for words in [
        "no registry: the image stays on this one node",
        "secrets arrive as files",
        "GET /health",
    ] {
        assert!(plan.contains(words), "{plan}");
    }
    assert_eq!(shop.deployed()["release"], "v1");
    shop.serves("v1", "1");
    assert_eq!(shop.answers("/file/run/secrets/TOKEN"), [SECRET; 2]);
    assert_eq!(shop.answers("/env/TOKEN_FILE"), ["/run/secrets/TOKEN"; 2]);

    assert_eq!(shop.deployed()["outcome"], "unchanged");
    let before = shop.web();
    let again = json(&shop.deliver("deploy --again"));
    assert_eq!(
        (&again["outcome"], &again["release"]),
        (&"succeeded".into(), &"v1".into())
    );
    let after = shop.web();
    assert!(
        after.len() == 2 && after.iter().all(|one| !before.contains(one)),
        "{before:?} {after:?}"
    );

    shop.change("2", "");
    let rotated = shop.sandbox.run("SHOP_TOKEN=another deliver deploy production --json");
    assert_eq!(rotated.code, Some(0), "{}", rotated.stderr);
    shop.serves("v2", "2");
    assert_eq!(shop.answers("/file/run/secrets/TOKEN"), ["another"; 2]);
    shop.deliver("rollback").ok();
    shop.serves("v1", "1");
    assert_eq!(shop.answers("/file/run/secrets/TOKEN"), [SECRET; 2]);

    let log = shop.sandbox.run("deliver logs production").ok();
    assert!(log.contains("\tv1\t") && log.contains("\terr\tserving 1"), "{log}");
    let inspected = shop.node.docker(&format!("service inspect {}", shop.service()));
    let store = std::fs::read(shop.sandbox.store()).expect("a store");
    for (place, text) in [
        ("log", log),
        ("spec", inspected),
        ("store", String::from_utf8_lossy(&store).into_owned()),
    ] {
        assert!(!text.contains(SECRET), "the secret is in the {place}");
    }

    shop.sandbox.run("deliver down production --yes").ok();
    assert_eq!(shop.left(), ["whole-production-deliver-fence"], "only the fence stays");
}

#[test]
fn what_is_bad_is_taken_back_and_the_old_serves() {
    let Some(swarm) = Swarm::one() else { return };
    let shop = Shop::new(swarm.leader(), "bad", "");
    shop.deployed();
    shop.change("2", "EXIT_AFTER=0\nEXIT_STATUS=3\n");
    let said = shop.fails("deploy", 4, "crashed");
    assert!(said.contains("status 3"), "{said}");
    shop.serves("v1", "1");

    shop.change("3", "HEALTHY_AFTER=-1\n");
    let said = shop.fails("deploy", 4, "no-progress");
    assert!(said.contains("GET /health at http://"), "{said}");
    shop.serves("v1", "1");

    shop.edit("stable = \"1s\"", "stable = \"10s\"");
    shop.change("4", "EXIT_AFTER=8000\n");
    let said = shop.fails("deploy", 4, "crashed");
    assert!(said.contains("status 1"), "{said}");
    shop.serves("v1", "1");

    shop.edit("stable = \"10s\"", "stable = \"1s\"");
    shop.edit(
        "publish_mode",
        "constraints = [\"node.labels.zone == moon\"]\npublish_mode",
    );
    let said = shop.fails("deploy", 4, "no-progress");
    assert!(said.contains("no suitable node"), "{said}");
    shop.serves("v1", "1");
    shop.sandbox.run("deliver down production --yes").ok();
}

#[test]
fn the_first_that_fails_leaves_nothing() {
    let Some(swarm) = Swarm::one() else { return };
    let shop = Shop::new(swarm.leader(), "first", "");
    shop.change("1", "EXIT_AFTER=0\n");
    shop.fails("deploy", 1, "crashed");
    assert_eq!(shop.left(), ["first-production-deliver-fence"]);
    shop.change("2", "");
    shop.deployed();
    shop.serves("v2", "2");
    shop.sandbox.run("deliver down production --yes").ok();
}

#[test]
fn a_broken_one_does_not_stand_in_the_way_of_its_fix() {
    let Some(swarm) = Swarm::one() else { return };
    let shop = Shop::new(swarm.leader(), "fix", "health = \"running\"");
    shop.change("1", "STATUS=500\n");
    shop.deployed();
    shop.edit("health = \"running\"", "");
    shop.change("2", "");
    shop.deployed();
    shop.serves("v2", "2");
    shop.sandbox.run("deliver down production --yes").ok();
}

#[test]
fn what_somebody_else_changes_meanwhile_stays() {
    let Some(swarm) = Swarm::one() else { return };
    let shop = Shop::new(swarm.leader(), "meddled", "");
    shop.deployed();
    shop.change("2", "");
    let child = shop.midway("deploy production --json", "v2");
    shop.node.docker(&format!(
        "service update --quiet --detach --env-add HAND=1 {}",
        shop.service()
    ));
    let ended = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(5), "{said}");
    assert!(said.contains("env HAND was added"), "{said}");

    let plan = shop.sandbox.run("deliver plan production").stdout;
    assert!(plan.contains("somebody else changed"), "{plan}");
    shop.fails("deploy", 5, "changed-underneath");
    shop.node.docker(&format!(
        "service update --quiet --detach --label-rm deliver.wrote {}",
        shop.service()
    ));
    shop.deployed();
    shop.serves("v2", "2");

    // The engine is told to go back while the next one is on its way.
    shop.change("3", "");
    let child = shop.midway("deploy production --json", "v3");
    shop.node
        .docker(&format!("service rollback --quiet --detach {}", shop.service()));
    let ended = child.wait_with_output().expect("it ends");
    assert_eq!(
        ended.status.code(),
        Some(4),
        "{}",
        String::from_utf8_lossy(&ended.stderr)
    );
    shop.serves("v2", "2");
    shop.sandbox.run("deliver down production --yes").ok();
}

#[test]
fn a_killed_one_is_resumed_and_two_at_once_are_one() {
    let Some(swarm) = Swarm::one() else { return };
    let shop = Shop::new(swarm.leader(), "killed", "");
    shop.deployed();
    shop.change("2", "HEALTHY_AFTER=3000\n");
    let mut child = shop.midway("deploy production --json", "v2");
    kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGKILL).expect("killed");
    child.wait().expect("gone");
    shop.sandbox.run("deliver resume production").resumed();
    let now = shop.status();
    assert_eq!(now["healthy"], 2, "{now}");

    shop.change("3", "");
    let both = shop.sandbox.run(
        "deliver deploy production --json >../a 2>&1 & deliver deploy production --json >../b 2>&1; one=$?; wait $!; echo $one $?",
    );
    let codes: Vec<&str> = both.stdout.split_whitespace().collect();
    assert!(
        codes.contains(&"0") && codes.iter().all(|code| matches!(*code, "0" | "6")),
        "{both:?}"
    );
    let mut child = shop.midway("deploy production --again --json", "v3");
    kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGINT).expect("interrupted");
    let ended = child.wait().expect("gone");
    let code = ended
        .code()
        .or(std::os::unix::process::ExitStatusExt::signal(&ended).map(|signal| 128 + signal));
    assert_eq!(code, Some(130));
    shop.serves("v3", "3");
    shop.sandbox.run("deliver down production --yes").ok();
}

#[test]
fn an_image_that_cannot_be_had_replaces_nothing() {
    let Some(swarm) = Swarm::own(Shape::ONE) else { return };
    let registry = swarm.registry();
    let shop = Shop::new(swarm.leader(), "pulled", &format!("registry = \"{registry}\""));
    shop.deployed();
    shop.serves("v1", "1");
    let image = shop.node.docker(&format!(
        "service inspect --format {{{{.Spec.TaskTemplate.ContainerSpec.Image}}}} {}",
        shop.service()
    ));
    assert!(image.starts_with(&format!("{registry}/pulled@sha256:")), "{image}");
    shop.change("2", "");
    shop.deployed();

    shop.edit(
        "dockerfile = \"Dockerfile\"",
        &format!("reference = \"{registry}/nosuch:1\""),
    );
    let said = shop.fails("deploy", 1, "image-not-found");
    assert!(said.contains("nosuch:1"), "{said}");
    shop.serves("v2", "2");
    let moving = format!("{registry}/moving:main");
    shop.node.docker(&format!("tag deliver/pulled:v1 {moving}"));
    shop.node.docker(&format!("push {moving}"));
    swarm.stop_registry();
    let said = shop.fails("deploy", 8, "registry-unreachable");
    assert!(said.contains("nosuch:1"), "{said}");
    // Somebody may have pushed a newer one since.
    shop.edit(&format!("{registry}/nosuch:1"), &moving);
    let said = shop.fails("deploy", 8, "registry-unreachable");
    assert!(said.contains("may be an old one"), "{said}");
    shop.serves("v2", "2");
    shop.node.docker(&format!("rmi {moving}"));

    shop.node.docker("image prune --force --all");
    let ids = shop
        .node
        .docker_words(&["images", "--quiet", "--filter", "reference=deliver/pulled:v1"]);
    for id in ids.split_whitespace() {
        shop.node.docker(&format!("rmi --force {id}"));
    }
    let said = shop.fails("rollback", 8, "registry-unreachable");
    assert!(said.contains("v1") && said.contains("v2"), "{said}");
    shop.serves("v2", "2");
    swarm.start_registry();
    shop.deliver("rollback").ok();
    shop.serves("v1", "1");
}

#[test]
fn an_engine_that_is_started_again_meanwhile_is_waited_for() {
    let Some(swarm) = Swarm::own(Shape::ONE) else { return };
    let shop = Shop::new(swarm.leader(), "restarted", "");
    shop.deployed();
    shop.change("2", "");
    shop.edit("start = \"8s\"", "start = \"60s\"");
    let child = shop.midway("deploy production --json", "v2");
    swarm.restart_node(1);
    let ended = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(matches!(ended.status.code(), Some(0 | 4)), "{said}");
    let status = shop.status();
    assert_eq!(status["healthy"], 2, "{status}");
}

/// What a manager says of itself in the seconds after it was started again, and what is said before it by others.
const NOT_READY: [(u16, &str); 4] = [
    (
        503,
        "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again.",
    ),
    (
        503,
        "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state.",
    ),
    (
        503,
        "This node is not a swarm manager. Manager is being prepared or has trouble connecting to the cluster.",
    ),
    (500, "rpc error: code = Unavailable desc = transport is closing"),
];

#[test]
fn a_manager_that_is_not_ready_when_it_is_told_to_replace_is_told_again() {
    let Some(swarm) = Swarm::one() else { return };
    let shop = Shop::new(swarm.leader(), "notready", "");
    shop.deployed();
    let wire = Wire::to(shop.node, shop.sandbox.root());
    shop.change("2", "");
    shop.edit(&shop.node.host(), &wire.host());
    // One service is looked at by name by what changes it alone.
    let changes = format!("/services/{}", shop.service());
    let (first, others) = NOT_READY.split_first().expect("there are some");
    wire.arm(&changes, Fate::Refused(first.0, first.1));
    let deploy = shop.start("deploy production --json");
    for (status, message) in others {
        wire.meet();
        wire.arm(&changes, Fate::Refused(*status, message));
    }
    wire.meet();
    let ended = deploy.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(0), "{said}");
    shop.serves("v2", "2");
    shop.sandbox.run("deliver down production --yes").ok();
}

#[test]
fn an_engine_that_is_started_again_as_it_is_told_to_replace_is_told_again() {
    let Some(swarm) = Swarm::own(Shape::ONE) else { return };
    let shop = Shop::new(swarm.leader(), "restarting", "");
    shop.deployed();
    let wire = Wire::to(shop.node, shop.sandbox.root());
    shop.change("2", "");
    shop.edit(&shop.node.host(), &wire.host());
    wire.arm(&format!("/services/{}", shop.service()), Fate::Held);
    let deploy = shop.start("deploy production --json");
    wire.meet();
    // Its connections end with it, and it is asked again while it comes up.
    swarm.restart_node(1);
    let ended = deploy.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(0), "{said}");
    shop.serves("v2", "2");
}

#[test]
fn several_nodes_need_a_registry_and_pull_from_it() {
    let Some(swarm) = Swarm::three() else { return };
    let shop = Shop::new(swarm.leader(), "spread", "");
    let said = shop.fails("deploy", 2, "needs-registry");
    assert!(said.contains("registry"), "{said}");
    assert_eq!(shop.left(), [""; 0], "nothing was touched");
    let more = format!(
        "registry = \"{}\"\nmax_per_node = 1\nhealth = \"running\"\npublish_mode",
        swarm.registry()
    );
    shop.edit("publish_mode", &more);
    shop.deployed();
    assert_eq!(shop.status()["healthy"], 2);
    shop.sandbox.run("deliver down production --yes").ok();
}

#[test]
fn an_engine_that_cannot_be_reached_says_why() {
    let Some(swarm) = Swarm::own(Shape::of(1, 1)) else {
        return;
    };
    let shop = Shop::new(swarm.leader(), "reached", "");
    let host = shop.node.host();
    let tls = |folder: &std::path::Path| {
        let file = |name: &str| folder.join(name).display().to_string();
        let (ca, cert, key) = (file("ca.pem"), file("cert.pem"), file("key.pem"));
        format!(
            "host = \"{}\"\ntls = {{ ca = \"{ca}\", cert = \"{cert}\", key = \"{key}\" }}",
            shop.node.tls_host()
        )
    };
    let good = tls(&swarm.client_certificate("us"));
    shop.edit("publish_mode", "constraints = [\"node.hostname == n1\"]\npublish_mode");
    shop.edit(&format!("host = \"{host}\""), &good);
    assert_eq!(shop.deliver("plan").code, Some(0), "{:?}", shop.deliver("plan"));
    let stranger = tls(&swarm.foreign_client_certificate("stranger"));
    shop.edit(&good, &stranger);
    let refused = shop.deliver("plan");
    assert_eq!(refused.code, Some(9), "{refused:?}");
    let worker = format!("host = \"{}\"", swarm.node(2).host());
    shop.edit(&stranger, &worker);
    shop.fails("plan", 2, "not-a-manager");
    shop.edit(&worker, "host = \"unix:///nowhere/docker.sock\"");
    shop.fails("plan", 8, "engine-unreachable");
}
