//! A plugin that replaces instances itself. The one over ssh is held to the same by `deliver plugin check` in
//! `real/plugin/ssh.rs`.

use crate::support::{Sandbox, needs};

const PLUGIN: &str = include_str!("../../real/apps/in_place.py");

#[test]
fn a_plugin_keeps_in_place_what_targets_promise() {
    if !needs::has("python3") {
        return;
    }
    let sandbox = Sandbox::new()
        .env("DELIVER_TEST_NOW", "2026-11-20T12:00:00Z")
        .env("COLUMNS", "80");
    sandbox.file("deliver-target-file", PLUGIN);
    sandbox.run("chmod +x deliver-target-file").ok();
    let options = format!("{{\"state\": \"{}/state\"}}", sandbox.root().display());
    sandbox.file("options.json", &options);
    let check = "deliver plugin check file --path deliver-target-file --options options.json";
    let ran = sandbox.run(check);
    let told: Vec<String> = ran
        .stdout
        .lines()
        .map(|line| line.split('\t').take(2).collect::<Vec<_>>().join(" "))
        .collect();
    let expected = [
        "pass handshake",
        "pass unknown-verb",
        "pass unknown-field",
        "pass plan",
        "pass unknown-is-empty",
        "pass prepare-starts-nothing",
        "pass replace",
        "pass logs",
        "pass portion",
        "pass replace-all",
        "pass crash-in-place",
        "pass finish",
        "pass release-step",
        "pass fence",
        "pass secrets",
        "pass remove",
        "pass fence-stays",
        "skipped unreachable",
    ];
    assert_eq!(
        (ran.code, told),
        (Some(0), expected.map(str::to_owned).to_vec()),
        "{ran:?}"
    );
}

/// A plugin that forgets a promise is told which one, and the exit code says so.
#[test]
fn a_plugin_that_ignores_fences_does_not_pass() {
    if !needs::has("python3") {
        return;
    }
    let sandbox = Sandbox::new();
    sandbox.file(
        "deliver-target-file",
        &PLUGIN.replace("request[\"fence\"] < scope[\"fence\"]", "False"),
    );
    sandbox.run("chmod +x deliver-target-file").ok();
    let options = format!("--options '{{\"state\": \"{}/state\"}}'", sandbox.root().display());
    let ran = sandbox.run(&format!(
        "deliver plugin check file --path deliver-target-file {options} --json"
    ));
    let checked = ran.json();
    let failed: Vec<&str> = checked["obligations"]
        .as_array()
        .expect("obligations")
        .iter()
        .filter(|one| one["outcome"] == "fail")
        .map(|one| one["id"].as_str().expect("an id"))
        .collect();
    assert_eq!(
        (ran.code, failed),
        (Some(3), vec!["fence", "fence-stays"]),
        "{checked:#}"
    );
}
