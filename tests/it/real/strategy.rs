//! Strategies as people use them: the program, its agent, a real app, real traffic, and a real Prometheus.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use deliver::adapters::system::SystemClock;
use deliver::ports::Clock;

use super::deploy::{Traffic, assert_serves, change, deployed, get, json, status, url};
use crate::support::prometheus::Server;
use crate::support::{Ran, Sandbox, needs};

const APP: &str = include_str!("apps/app.py");

fn manifest(strategy: &str, instances: u32) -> String {
    format!(
        r#"
[service]
name = "pricing"

[run]
command = ["python3", "app.py"]
health = {{ path = "/health", interval = "100ms", start = "8s", stable = "200ms" }}
drain = "3s"
grace = "2s"

[environment.local]
instances = {instances}
strategy = {strategy}
"#
    )
}

fn pricing(strategy: &str, instances: u32) -> Sandbox {
    let sandbox = Sandbox::new().with_tools();
    sandbox
        .file("app.py", APP)
        .file("deliver.toml", &manifest(strategy, instances));
    sandbox
}

const CANARY: &str = "{ kind = \"canary\", steps = [\"10%\", \"50%\"], bake = \"3s\" }";

/// Clients that take any answer, until they are dropped.
struct Crowd {
    over: Arc<AtomicBool>,
    threads: Vec<std::thread::JoinHandle<()>>,
}

impl Crowd {
    fn on(url: &str, clients: usize) -> Crowd {
        let over = Arc::new(AtomicBool::new(false));
        let one = |_| {
            let (over, url) = (over.clone(), url.to_owned());
            std::thread::spawn(move || {
                let clock = SystemClock::new(None);
                while !over.load(Ordering::SeqCst) {
                    let _ = get(&url);
                    clock.sleep(Duration::from_millis(5));
                }
            })
        };
        Crowd {
            threads: (0..clients).map(one).collect(),
            over,
        }
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn started(sandbox: &Sandbox) -> Vec<String> {
    let status = status(sandbox);
    let instances = status["instances"].as_array().expect("instances").iter();
    instances
        .map(|one| one["id"].as_str().expect("an id").to_owned())
        .collect()
}

#[test]
fn a_good_canary_and_a_rolling_deploy_lose_no_request() {
    let sandbox = pricing(CANARY, 2);
    deployed(&sandbox);
    let traffic = Traffic::start(&url(&sandbox), 3);
    change(&sandbox, "2", "good");
    let second = deployed(&sandbox);
    let names: Vec<&str> = second["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .map(|step| step["name"].as_str().expect("a name"))
        .collect();
    assert_eq!(names.iter().filter(|name| **name == "bake").count(), 3, "{names:?}");
    assert_serves(&sandbox, "v2", "2");
    sandbox.file("deliver.toml", &manifest("\"rolling\"", 3));
    change(&sandbox, "3", "good");
    deployed(&sandbox);
    assert_serves(&sandbox, "v3", "3");
    sandbox.file("deliver.toml", &manifest("\"recreate\"", 2));
    change(&sandbox, "4", "good");
    deployed(&sandbox);
    assert_serves(&sandbox, "v4", "4");
    traffic.end();
    let why = sandbox.run("deliver why D-2 --json").json();
    let measured = why["measurements"].as_array().expect("measurements");
    let passed = measured
        .iter()
        .filter(|one| one["verdict"] == "pass" && one["name"] == "errors");
    assert!(passed.count() >= 3, "{measured:#?}");
    assert!(
        sandbox.run("deliver why D-2").ok().contains("measured"),
        "people see them too"
    );
}

#[test]
fn a_canary_that_fails_a_tenth_of_its_requests_goes_back_while_the_old_instances_stay() {
    let sandbox = pricing("{ kind = \"canary\", steps = [\"50%\"], bake = \"60s\" }", 2);
    deployed(&sandbox);
    let before = started(&sandbox);
    let crowd = Crowd::on(&url(&sandbox), 4);
    change(&sandbox, "2", "tenth");
    let ran = sandbox.run("deliver deploy --json");
    drop(crowd);
    assert_eq!(ran.code, Some(4), "{}", ran.stderr);
    assert_eq!(json(&ran)["outcome"], "rolled_back");
    assert!(ran.stderr.contains("v1 is serving again"), "{}", ran.stderr);
    assert_eq!(started(&sandbox), before, "nothing of v1 was stopped");
    assert_serves(&sandbox, "v1", "1");
    let why = sandbox.run("deliver why D-2 --json").json();
    let failed: Vec<_> = why["measurements"]
        .as_array()
        .expect("measurements")
        .iter()
        .filter(|one| one["verdict"] == "fail")
        .collect();
    assert_eq!(failed[0]["name"], "errors");
    assert_eq!(failed[0]["source"], "agent");
    // A part of the requests went there, and only a part.
    let counted = failed[0]["sample"].as_u64().expect("a sample");
    assert!(counted >= 20, "{failed:?}");
    let share = failed[0]["value"].as_f64().expect("a share");
    assert!((0.05..0.2).contains(&share), "{failed:?}");
}

/// What was taken back is no success, unless its end had been told and nothing was left to resume.
fn assert_ended(resumed: &Ran, outcome: &str, write: u32) {
    let rolled_back = outcome == "rolled_back" && resumed.code == Some(4);
    let nothing_left = resumed.code == Some(0) && resumed.stdout.is_empty();
    let well = resumed.code == Some(0) && outcome != "rolled_back";
    assert!(
        rolled_back || nothing_left || well,
        "after write {write}, {outcome}: {resumed:?}"
    );
}

#[test]
fn killed_at_any_write_of_a_canary_the_next_command_ends_in_full_without_a_lost_request() {
    let sandbox = pricing("{ kind = \"canary\", steps = [\"50%\"], bake = \"1s\" }", 2);
    deployed(&sandbox);
    let traffic = Traffic::start(&url(&sandbox), 2);
    let (mut version, mut serves) = (1, 1);
    let mut ends = std::collections::BTreeSet::new();
    for write in 1.. {
        version += 1;
        change(&sandbox, &version.to_string(), "good");
        let killed = sandbox.run(&format!("DELIVER_TEST_CRASH_AT={write} deliver deploy --quiet"));
        if killed.code == Some(0) {
            assert!(write > 20, "a canary has more writes than {write}");
            break;
        }
        let resumed = sandbox.run("deliver resume --quiet");
        let last = sandbox.run("deliver history --json").json()["deployments"][0].clone();
        let outcome = last["outcome"].as_str().unwrap_or("none").to_owned();
        assert_ended(&resumed, &outcome, write);
        if outcome == "succeeded" && last["id"] != "D-1" {
            serves = version;
        }
        let release = status(&sandbox)["release"].as_str().expect("a release").to_owned();
        if outcome != "succeeded" {
            // What was given up must not be half there; the number of the release does not matter.
            assert_eq!(
                get(&url(&sandbox)).expect("an answer").1,
                serves.to_string(),
                "after write {write}: {outcome}"
            );
        }
        assert_serves(&sandbox, &release, &serves.to_string());
        ends.insert(outcome);
    }
    traffic.end();
    assert!(
        ends.contains("rolled_back") && ends.contains("interrupted") && ends.contains("succeeded"),
        "{ends:?}"
    );
}

#[test]
fn killed_at_any_write_of_a_way_back_the_next_command_ends_where_it_went() {
    let sandbox = pricing("\"rolling\"", 2);
    let patient = sandbox.read("deliver.toml").replace("\"200ms\" }", "\"1s\" }");
    sandbox.file("deliver.toml", &patient);
    deployed(&sandbox);
    // The first batch serves, and falls while the second one starts.
    change(&sandbox, "2", "late-crash");
    let (mut turned, mut ends) = (0, std::collections::BTreeSet::new());
    // Up to the second batch it is as on any way forward.
    for write in 22.. {
        let killed = sandbox.run(&format!("DELIVER_TEST_CRASH_AT={write} deliver deploy --quiet"));
        if killed.code.is_some_and(|code| code == 4) {
            assert!(write > 30, "a way back has more writes than {write}");
            break;
        }
        let unfinished = sandbox.run("deliver resume --dry-run --json").json()["deployments"][0].clone();
        let steps = unfinished["steps"].as_array().cloned().unwrap_or_default();
        let back = |step: &serde_json::Value| step["name"].as_str().is_some_and(|name| name.starts_with("back: "));
        turned += usize::from(steps.iter().any(back));
        let resumed = sandbox.run("deliver resume --quiet");
        let last = sandbox.run("deliver history --json").json()["deployments"][0].clone();
        let outcome = last["outcome"].as_str().unwrap_or("none").to_owned();
        assert_ended(&resumed, &outcome, write);
        ends.insert(outcome);
        assert_serves(&sandbox, "v1", "1");
    }
    assert_serves(&sandbox, "v1", "1");
    assert!(turned >= 6, "only {turned} died on the way back");
    assert!(ends.contains("rolled_back") && !ends.contains("succeeded"), "{ends:?}");
    let why = sandbox
        .run("deliver why $(deliver history --json | grep -o 'D-[0-9]*' | head -1)")
        .ok();
    for step in ["back: prepare", "back: switch", "back: drain", "back: observe"] {
        assert!(why.contains(step), "{why}");
    }
}

#[test]
fn ctrl_c_during_a_canary_goes_back() {
    let sandbox = pricing("{ kind = \"canary\", steps = [\"50%\"], bake = \"60s\" }", 2);
    deployed(&sandbox);
    let before = started(&sandbox);
    let traffic = Traffic::start(&url(&sandbox), 2);
    change(&sandbox, "2", "good");
    let line = "deliver deploy --json > out 2> err & p=$!; \
                until grep -q 'is watched' err; do sleep 0.1; done; kill -INT $p; wait $p; echo \"exit $?\"; cat out";
    let ran: Ran = sandbox.run(line);
    traffic.end();
    assert!(ran.stdout.starts_with("exit 4\n"), "{ran:?}");
    assert!(
        ran.stdout.contains("\"rolled_back\"") && ran.stdout.contains("interrupted"),
        "{ran:?}"
    );
    assert_eq!(started(&sandbox), before);
    assert_serves(&sandbox, "v1", "1");
}

#[test]
fn prometheus_catches_what_a_template_app_does_wrong() {
    if !needs::has("prometheus") || !needs::has("promtool") {
        return;
    }
    let server = Server::start(None);
    let sandbox = Sandbox::new().with_tools().env("NO_PROXY", "127.0.0.1");
    sandbox
        .run("deliver new http-python pricing --owner checkout --yes")
        .ok();
    // Each instance names itself to Prometheus, as a platform's discovery would.
    let announce = format!(
        "echo \"[{{\\\"targets\\\":[\\\"127.0.0.1:$PORT\\\"],\\\"labels\\\":{{\\\"job\\\":\\\"pricing\\\"}}}}]\" > {}/$PORT.json; exec python3 app.py",
        server.targets().display()
    );
    sandbox.file("pricing/start.sh", &announce);
    let mut text = sandbox
        .read("pricing/deliver.toml")
        .replace("[\"python3\", \"app.py\"]", "[\"sh\", \"start.sh\"]");
    text.push_str(&format!(
        "\n[environment.local]\nstrategy = {{ kind = \"canary\", steps = [\"50%\"], bake = \"10s\", analysis = {{ patience = \"20s\", inconclusive = \"roll-back\" }} }}\n\
         [environment.local.metrics]\nprometheus = \"{}\"\n",
        server.url
    ));
    sandbox.file("pricing/deliver.toml", &text);
    let deploy = || sandbox.run("cd pricing && deliver deploy --json");
    let first = deploy();
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    let address = sandbox.run("cd pricing && deliver status --json").json()["services"][0]["url"].clone();
    let crowd = Crowd::on(&format!("{}/hello/ada", address.as_str().expect("a URL")), 4);
    let app = sandbox.read("pricing/app.py");
    sandbox.file(
        "pricing/app.py",
        &app.replace("greetings.add()", "greetings.add(amount=2)"),
    );
    let good = deploy();
    assert_eq!(good.code, Some(0), "{}", good.stderr);
    let planned = sandbox.run("cd pricing && deliver plan --again").ok();
    assert!(planned.contains("target  local: traffic by weight"), "{planned}");
    sandbox.file(
        "pricing/app.py",
        &app.replace("greetings.add()", "greetings.add(amount=len(name) // 0)"),
    );
    let bad = deploy();
    drop(crowd);
    assert_eq!(bad.code, Some(4), "{}", bad.stderr);
    let why = sandbox.run("cd pricing && deliver why D-3 --json").json();
    let failed = why["measurements"]
        .as_array()
        .expect("measurements")
        .iter()
        .find(|one| one["verdict"] == "fail");
    let source = failed.expect("a failed measure")["source"]
        .as_str()
        .expect("a source")
        .to_owned();
    assert!(
        source.contains("http_requests_total") && source.contains("release=\"v3\""),
        "{source}"
    );
}
