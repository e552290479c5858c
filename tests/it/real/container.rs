//! An app that has only a Dockerfile, with a real container engine: adopted, deployed, changed, broken, killed, taken down.

use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::deploy::{Traffic, assert_serves, deployed, get, json, status, url};
use crate::support::{Sandbox, needs};

const SERVER: &str = include_str!("apps/server.c");

const DOCKERFILE: &str = "\
FROM scratch
COPY server /server
EXPOSE 8080
VOLUME /data
ENTRYPOINT [\"/server\"]
";

/// An adopted app and its containers, which are removed with it.
struct Boxed {
    sandbox: Sandbox,
    name: String,
}

impl Boxed {
    /// `None` where there is no engine or no compiler.
    fn adopted(name: &str) -> Option<Boxed> {
        if !needs::engine() || !needs::has("cc") {
            return None;
        }
        // Other runs of this test may share the engine.
        let name = format!("{name}-{}", std::process::id());
        let sandbox = Sandbox::new().with_tools();
        let boxed = Boxed { sandbox, name };
        // Images of one content are one image, which whoever ends first would take from the others.
        let dockerfile = format!("{DOCKERFILE}LABEL app={}\n", boxed.name);
        boxed.sandbox.file("Dockerfile", &dockerfile);
        boxed.change("1");
        let adopt = format!("deliver adopt --yes --name {}", boxed.name);
        boxed.sandbox.run(&adopt).ok();
        // A variable that came after adoption is the app's, too.
        let quick = "[run]\nhealth = { interval = \"200ms\", start = \"20s\", stable = \"300ms\" }\n";
        let manifest =
            boxed.sandbox.read("deliver.toml").replace("[run]\n", quick) + "\n[run.env]\nGREETING = \"hello you\"\n";
        boxed.sandbox.file("deliver.toml", &manifest);
        Some(boxed)
    }

    /// Makes the app answer `version`. The source is no part of the image.
    fn change(&self, version: &str) {
        let source = self.sandbox.root().join("server.c");
        std::fs::write(&source, SERVER).expect("written");
        let source = source.display();
        self.sandbox
            .run(&format!("cc -static -O1 -DVERSION='\"{version}\"' -o server {source}"))
            .ok();
    }

    /// Names of its containers, running or not.
    fn containers(&self) -> Vec<String> {
        let list = format!("docker ps --all --filter name={}- --format '{{{{.Names}}}}'", self.name);
        self.sandbox.run(&list).ok().lines().map(str::to_owned).collect()
    }

    fn ask(&self, path: &str) -> String {
        get(&format!("{}{path}", url(&self.sandbox))).expect("an answer").1
    }

    /// The one container that runs; `None` for none or several.
    fn container(&self) -> Option<String> {
        let ids = format!("docker ps --all --quiet --filter name={}-", self.name);
        let ids = self.sandbox.run(&ids).ok();
        let mut ids = ids.lines();
        ids.next().filter(|_| ids.next().is_none()).map(str::to_owned)
    }

    /// Kills every process that is this app's by a variable or an argument, and has `role` among its arguments.
    fn kill(&self, role: &str) {
        let mut killed = 0;
        for pid in processes() {
            let read = |file: &str| std::fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap_or_default();
            let (arguments, variables) = (read("cmdline"), read("environ"));
            let root = self.sandbox.root().display().to_string();
            let ours = variables.contains(&format!("DELIVER_SERVICE={}", self.name)) || arguments.contains(&root);
            let wanted = ours && arguments.split('\0').take(2).any(|word| word == role);
            if wanted && kill(Pid::from_raw(pid), Signal::SIGKILL).is_ok() {
                killed += 1;
            }
        }
        assert!(killed > 0, "nothing runs as {role}");
    }
}

fn processes() -> Vec<i32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect()
}

impl Drop for Boxed {
    fn drop(&mut self) {
        let clean = format!(
            "deliver agent stop --yes; docker ps -aq --filter name={0}- | xargs -r docker rm -f; \
             docker images -q deliver/{0} | xargs -r docker rmi -f",
            self.name
        );
        let _ = self.sandbox.command("/bin/sh").args(["-c", &clean]).output();
    }
}

#[test]
fn a_container_is_replaced_under_traffic_and_keeps_its_volume() {
    let Some(boxed) = Boxed::adopted("shift") else { return };
    let sandbox = &boxed.sandbox;
    deployed(sandbox);
    assert_serves(sandbox, "v1", "1");
    assert_eq!(
        (boxed.ask("/greeting"), boxed.ask("/visits")),
        ("hello you".into(), "1".into())
    );
    let traffic = Traffic::start(&url(sandbox), 2);
    boxed.change("2");
    deployed(sandbox);
    assert_serves(sandbox, "v2", "2");
    sandbox.run("deliver rollback").ok();
    traffic.end();
    assert_serves(sandbox, "v1", "1");
    assert_eq!(boxed.ask("/visits"), "2");
    assert_eq!(boxed.containers().len(), 1);

    let log = sandbox.run("deliver logs").ok();
    let of = |release: &str, words: &str| {
        let wanted = |line: &&str| line.contains(&format!("\t{release}\t")) && line.contains(words);
        log.lines().filter(wanted).count()
    };
    assert_eq!(of("v2", "serving 2"), 1, "{log}");
    assert_eq!(of("v2", "told to stop"), 1, "one order is one signal: {log}");
    assert_eq!((of("v2", "ended well"), of("v2", "status 0")), (1, 1), "{log}");

    sandbox.run("deliver down --yes").ok();
    assert_eq!(boxed.containers(), [""; 0]);
}

#[test]
fn an_image_that_does_not_start_or_build_leaves_the_old_release() {
    let Some(boxed) = Boxed::adopted("bad") else { return };
    let sandbox = &boxed.sandbox;
    deployed(sandbox);
    boxed.change("crash");
    let crashed = sandbox.run("deliver deploy --json");
    assert_eq!(
        (crashed.code, crashed.error()["code"].as_str()),
        (Some(1), Some("crashed"))
    );
    assert!(
        crashed.stderr.contains("cannot find the price list"),
        "{}",
        crashed.stderr
    );
    assert_serves(sandbox, "v1", "1");
    assert_eq!(boxed.containers().len(), 1);

    boxed.change("3");
    let gone = sandbox.run("DOCKER_HOST=unix:///nowhere/docker.sock deliver deploy --json");
    assert_eq!((gone.code, &json(&gone)["outcome"]), (Some(1), &"failed".into()));
    assert!(gone.stderr.contains("docker daemon"), "{}", gone.stderr);
    assert_serves(sandbox, "v1", "1");
}

#[test]
fn one_container_is_left_whatever_is_killed() {
    let Some(boxed) = Boxed::adopted("killed") else { return };
    let sandbox = &boxed.sandbox;
    deployed(sandbox);
    let traffic = Traffic::start(&url(sandbox), 2);
    boxed.kill("__supervise");
    let before = traffic.sent();
    sandbox.until(
        "a new supervisor, and requests meanwhile",
        Duration::from_secs(20),
        || sandbox.run("deliver agent status --json").code == Some(0) && traffic.sent() > before + 10,
    );
    traffic.end();
    for role in ["__shim", "docker"] {
        let before = boxed.container().expect("one container");
        boxed.kill(role);
        sandbox.until("a new container alone", Duration::from_secs(30), || {
            let now = boxed.container();
            now.is_some_and(|now| now != before) && status(sandbox)["healthy"] == 1
        });
        assert_serves(sandbox, "v1", "1");
    }
    sandbox.run("deliver down --yes").ok();
    assert_eq!(boxed.containers(), [""; 0]);
}
