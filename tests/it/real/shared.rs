//! Machines that share a store: the program, a PostgreSQL server, and homes that know nothing of each other.

use std::collections::BTreeMap;
use std::io::Write;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::deploy::json;
use crate::support::postgres::{Cluster, Settings, new_schema};
use crate::support::{DELIVER, Ran, Sandbox};

const MANIFEST: &str = r#"
[service]
name = "pricing"

[run]
static = "public"
health = { path = "/", interval = "100ms", start = "10s", stable = "STABLE" }
drain = "1s"
grace = "1s"

[environment.staging]
target = "local"
"#;

/// A machine with the service in its project folder.
fn machine(url: &str, stable: &str) -> Sandbox {
    let sandbox = Sandbox::new().with_tools().env("DELIVER_STORE", url);
    sandbox
        .file("public/index.html", "hello")
        .file("deliver.toml", &MANIFEST.replace("STABLE", stable));
    sandbox
}

/// Rounds of a race: few by default, more where the benchmarks ask for them.
#[expect(
    clippy::disallowed_methods,
    reason = "the variable is for the tests, not for the program"
)]
pub(super) fn rounds() -> usize {
    let told = std::env::var("DELIVER_TEST_ROUNDS").ok();
    told.and_then(|text| text.parse().ok()).unwrap_or(10)
}

/// The records of the journal, oldest first.
pub(super) fn journal(sandbox: &Sandbox) -> Vec<Value> {
    let text = sandbox.run_words(&["audit", "export"]).ok();
    text.lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|record| record["seq"].is_u64())
        .collect()
}

/// Nobody took the lease while another held it, nothing was done but under the lease, and each deployment that began has
/// ended. Gives how many there were.
pub(super) fn assert_one_at_a_time(records: &[Value]) -> usize {
    let mut held: Option<u64> = None;
    let mut running: BTreeMap<String, bool> = BTreeMap::new();
    for record in records {
        let subject = record["subject"].as_str().expect("a subject").to_owned();
        let detail = &record["detail"];
        match record["action"].as_str().expect("an action") {
            "lease.take" => {
                assert_eq!(held, None, "{record}");
                held = detail["token"].as_u64();
            }
            "lease.release" => assert_eq!(held.take(), detail["token"].as_u64(), "{record}"),
            "deployment.begin" => {
                assert!(held.is_some(), "{record}");
                assert!(!running.values().any(|running| *running), "{record}");
                running.insert(subject, true);
            }
            "deployment.end" => {
                assert_eq!(running.insert(subject, false), Some(true), "{record}");
            }
            _ => {}
        }
    }
    assert!(held.is_none() && !running.values().any(|running| *running));
    running.len()
}

#[test]
fn of_two_shells_that_deploy_one_service_at_once_one_does() {
    let Some(cluster) = Cluster::shared() else { return };
    let url = cluster.url(&new_schema());
    let alice = machine(&url, "200ms");
    let bob = machine(&url, "200ms").env("DELIVER_ACTOR", "bob@desk");
    let project = alice.project();
    let deploy = |sandbox: &Sandbox, more: &[&str]| -> Ran {
        let mut command = sandbox.command(DELIVER);
        command
            .current_dir(&project)
            .args(["deploy", "staging", "--again", "--json"])
            .args(more);
        sandbox.finish(&mut command, "deliver deploy")
    };
    let (rounds, mut won, mut contested) = (rounds(), BTreeMap::new(), 0);
    for _ in 0..rounds {
        let (first, second) = thread::scope(|scope| {
            let first = scope.spawn(|| deploy(&alice, &[]));
            let second = deploy(&bob, &[]);
            (first.join().expect("it ends"), second)
        });
        let mut codes = [first.code, second.code];
        codes.sort();
        match codes {
            [Some(0), Some(6)] => {
                contested += 1;
                let (winner, loser) = if first.code == Some(0) {
                    (&first, &second)
                } else {
                    (&second, &first)
                };
                assert_eq!(loser.error()["code"], "lease-held", "{loser:?}");
                assert_eq!(loser.stdout, "", "{loser:?}");
                *won.entry(json(winner)["actor"].as_str().expect("an actor").to_owned())
                    .or_insert(0) += 1;
            }
            // The one was done before the other had begun.
            [Some(0), Some(0)] => {}
            _ => panic!("{first:?}\n{second:?}"),
        }
    }
    let deployments = assert_one_at_a_time(&journal(&alice));
    assert_eq!(
        deployments,
        rounds + (rounds - contested),
        "each that ended well is one, and no other began"
    );
    // Whoever waits gets its turn.
    let (first, second) = thread::scope(|scope| {
        let first = scope.spawn(|| deploy(&alice, &["--wait", "1m"]));
        let second = deploy(&bob, &["--wait", "1m"]);
        (first.join().expect("it ends"), second)
    });
    assert_eq!((first.code, second.code), (Some(0), Some(0)), "{first:?}\n{second:?}");
    assert_eq!(assert_one_at_a_time(&journal(&alice)), deployments + 2);
    alice.run_words(&["audit", "verify"]).ok();
    assert!(contested > 0, "the two never met");
    let _ = writeln!(
        std::io::stderr(),
        "shared: {rounds} rounds, in {contested} both were at it at once and one got code 6; won by {won:?}"
    );
}

#[test]
fn a_database_that_goes_away_in_mid_deploy_loses_nothing_and_doubles_nothing() {
    let Some(mut cluster) = Cluster::own(&Settings::default()) else {
        return;
    };
    let sandbox = machine(&cluster.url("s"), "4s");
    let ran = thread::scope(|scope| {
        let deploy = scope.spawn(|| sandbox.run_words(&["deploy", "staging", "--json"]));
        sandbox.until("the new instance", Duration::from_secs(60), || {
            let found = cluster.psql("state", "SELECT 1 FROM s.step WHERE name = 'health'");
            String::from_utf8_lossy(&found.stdout).trim() == "1"
        });
        cluster.stop();
        // Until after the step is over: its end has nowhere to go.
        pause(Duration::from_secs(5));
        cluster.start();
        deploy.join().expect("it ends")
    });
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let report = json(&ran);
    assert_eq!(report["outcome"], "succeeded");
    let steps = report["steps"].as_array().expect("steps");
    assert!(steps.iter().all(|step| step["status"] == "done"), "{report:#}");
    let status = json(&sandbox.run_words(&["status", "--json"]))["services"][0].clone();
    assert_eq!(
        (&status["healthy"], status["instances"].as_array().map(Vec::len)),
        (&Value::from(1), Some(1)),
        "{status:#}"
    );
    assert_eq!(assert_one_at_a_time(&journal(&sandbox)), 1);
    sandbox.run_words(&["audit", "verify"]).ok();
}

#[test]
fn a_tool_that_died_with_the_database_is_finished_by_resume() {
    let Some(mut cluster) = Cluster::own(&Settings::default()) else {
        return;
    };
    let sandbox = machine(&cluster.url("s"), "20s");
    let mut tool = sandbox
        .command(DELIVER)
        .args(["deploy", "staging"])
        .stderr(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("it starts");
    sandbox.until("the new instance", Duration::from_secs(60), || {
        let found = cluster.psql("state", "SELECT 1 FROM s.step WHERE name = 'health'");
        String::from_utf8_lossy(&found.stdout).trim() == "1"
    });
    cluster.stop();
    tool.kill().expect("it runs");
    tool.wait().expect("it ended");
    let away = sandbox.run_words(&["status"]).fails(8);
    assert!(away.contains("error[store-unreachable]"), "{away}");
    cluster.start();
    sandbox.run_words(&["resume", "staging"]).ok();
    let history = json(&sandbox.run_words(&["history", "--json"]));
    assert_eq!(history["deployments"][0]["outcome"], "interrupted", "{history:#}");
    // Nothing had served before, and what was started has gone.
    let status = json(&sandbox.run_words(&["status", "--json"]));
    assert_eq!(
        status["services"][0]["instances"].as_array().map(Vec::len),
        Some(0),
        "{status:#}"
    );
    sandbox.run_words(&["audit", "verify"]).ok();
}

#[test]
fn the_environment_local_stays_on_this_machine() {
    let Some(cluster) = Cluster::shared() else { return };
    let schema = new_schema();
    let sandbox = machine(&cluster.url(&schema), "200ms");
    let refused = sandbox.run_words(&["deploy"]).fails(2);
    let expected = format!(
        "\
error[local-in-shared-store]: `local` is each machine's own, and the store at `postgres://postgres@127.0.0.1:{}/state` is shared
  still: nothing was changed
  hint: add --store [ROOT]/home/state/deliver/store.db     (this machine's store)
  hint: or name the environment that is meant
",
        cluster.port
    );
    assert_eq!(refused, expected);
    // Another environment may be this machine, and whoever moves it to another is told.
    sandbox.run_words(&["deploy", "staging"]).ok();
    cluster.ask(&format!("UPDATE {schema}.lease SET host = 'elsewhere'"));
    let moved = sandbox.run_words(&["deploy", "staging"]);
    assert!(
        moved
            .stderr
            .starts_with("warning: the target of pricing/staging is this machine, ")
            && moved
                .stderr
                .contains("it was elsewhere before, whose instances stay as they are"),
        "{moved:?}"
    );
    let own = sandbox.store().display().to_string();
    sandbox.run_words(&["deploy", "--store", &own]).ok();
    sandbox.run_words(&["agent", "stop", "--store", &own, "--yes"]).ok();
}

#[test]
fn machines_that_share_a_store_share_its_key() {
    let Some(cluster) = Cluster::shared() else { return };
    let url = cluster.url(&new_schema());
    let with_secret = |sandbox: Sandbox| {
        let manifest = sandbox.read("deliver.toml") + "[environment.staging.secrets]\nTOKEN = \"env:TOKEN\"\n";
        sandbox.file("deliver.toml", &manifest);
        sandbox.env("TOKEN", "canary-1")
    };
    let alice = with_secret(machine(&url, "200ms"));
    alice.run_words(&["deploy", "staging"]).ok();
    let at = |sandbox: &Sandbox, words: &[&str]| {
        let mut command = sandbox.command(DELIVER);
        command.current_dir(alice.project()).args(words);
        sandbox.finish(&mut command, "deliver")
    };
    // Another machine has no key: told before anything is done, and without making one.
    let bob = with_secret(machine(&url, "200ms"));
    let before = journal(&alice).len();
    let refused = at(&bob, &["deploy", "staging"]).fails(9);
    assert!(
        refused.contains("error[key-missing]") && refused.contains("alice@laptop"),
        "{refused}"
    );
    assert_eq!(at(&bob, &["doctor"]).code, Some(3));
    // Another one has another key.
    let digits = "ab".repeat(32);
    let carol = with_secret(machine(&url, "200ms"))
        .env("DELIVER_STORE_KEY", "env:KEY")
        .env("KEY", &digits);
    let refused = at(&carol, &["deploy", "staging"]).fails(9);
    assert!(refused.contains("error[key-differs]"), "{refused}");
    assert_eq!(journal(&alice).len(), before, "nothing was written");
    // With the same key it is the same release.
    let doctor = json(&alice.run_words(&["doctor", "--json"]));
    let key = doctor["checks"]
        .as_array()
        .expect("checks")
        .iter()
        .find(|check| check["id"] == "key")
        .expect("a key")
        .clone();
    let server = &doctor["checks"][2];
    assert_eq!(
        (&server["id"], &server["status"]),
        (&Value::from("server"), &Value::from("ok")),
        "{server}"
    );
    let said = server["evidence"].as_str().expect("text");
    assert!(
        said.starts_with("PostgreSQL ") && said.ends_with(", not encrypted; its clock agrees with this one"),
        "{said}"
    );
    let evidence = key["evidence"].as_str().expect("text");
    assert!(evidence.ends_with(" is the store's"), "{evidence}");
    let data = json(&alice.run_words(&["config", "paths", "--json"]));
    let data = data["paths"]
        .as_array()
        .expect("paths")
        .iter()
        .find(|path| path["name"] == "data")
        .expect("data")
        .clone();
    let folder = data["path"]
        .as_str()
        .expect("a path")
        .replace("[ROOT]", &alice.root().display().to_string());
    let dave = with_secret(machine(&url, "200ms")).env("DELIVER_STORE_KEY", &format!("file:{folder}/key"));
    let report = json(&at(&dave, &["deploy", "staging", "--json"]));
    assert_eq!(report["release"], "v1", "{report:#}");
}

#[expect(clippy::disallowed_methods, reason = "the outage has a length")]
fn pause(time: Duration) {
    thread::sleep(time);
}
