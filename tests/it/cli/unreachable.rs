//! What commands over everything do while one of several engines cannot be reached: it hides no other, and no success is
//! claimed.

use crate::support::{Sandbox, needs};

const PLUGIN: &str = include_str!("../real/apps/in_place.py");

/// Answers like something that cannot reach its host.
const AWAY: &str = "#!/bin/sh
read -r request
echo '{\"error\": {\"kind\": \"unreachable\", \"code\": \"unreachable\", \"message\": \"no route to web-1\"}}'
";

/// A service on three engines, of which the middle one went away.
fn one_of_three_is_away() -> Option<Sandbox> {
    if !needs::has("python3") {
        return None;
    }
    let sandbox = Sandbox::new().env("COLUMNS", "80").env("NO_COLOR", "1");
    let mut manifest = "[service]\nname = \"pricing\"\n\n[run]\ncommand = \"listen\"\n".to_owned();
    for env in ["east", "north", "west"] {
        executable(&sandbox, &format!("deliver-target-{env}"), PLUGIN);
        let state = sandbox.root().join(env);
        manifest += &format!(
            "\n[environment.{env}]\ntarget = \"plugin\"\n[environment.{env}.plugin]\nname = \"{env}\"\nstate = \"{}\"\n",
            state.display()
        );
    }
    sandbox.file("deliver.toml", &manifest);
    for env in ["east", "north", "west"] {
        sandbox.run(&format!("deliver deploy {env} --allow-dirty")).ok();
    }
    executable(&sandbox, "deliver-target-north", AWAY);
    Some(sandbox)
}

fn executable(sandbox: &Sandbox, name: &str, text: &str) {
    sandbox.file(name, text);
    sandbox.run(&format!("chmod +x {name} && mv {name} ../bin")).ok();
}

#[test]
fn an_engine_that_cannot_be_asked_hides_no_other() {
    let Some(sandbox) = one_of_three_is_away() else { return };
    let ran = sandbox.run("deliver status --all");
    assert_eq!(ran.code, Some(8), "{}", ran.stderr);
    assert_eq!(
        ran.stdout,
        "pricing\teast\tv1\t1/1\t\tD-1 succeeded\t\n\
         pricing\tnorth\tunknown\t?\t\tD-2 succeeded\t`deliver-target-north`: no route to web-1\n\
         pricing\twest\tv3\t1/1\t\tD-3 succeeded\t\n"
    );
    assert!(
        ran.stderr.contains("1 of 3 environments could not be looked at"),
        "{}",
        ran.stderr
    );
    let document = sandbox.run("deliver status --all --json");
    assert_eq!(document.code, Some(8));
    let services = document.json()["services"].clone();
    assert_eq!(services[0]["unknown"], serde_json::Value::Null);
    assert_eq!(services[1]["unknown"], "`deliver-target-north`: no route to web-1");
    // Asked for alone, its failure is the answer.
    let alone = sandbox.run("deliver status north");
    assert_eq!((alone.code, alone.stdout.as_str()), (Some(8), ""));
    sandbox.run("deliver status east").ok();
}

#[test]
fn everything_else_is_taken_down_and_the_exit_code_says_that_one_was_not() {
    let Some(sandbox) = one_of_three_is_away() else { return };
    let ran = sandbox.run("deliver down --all");
    assert_eq!(ran.code, Some(8), "{}", ran.stderr);
    assert!(
        ran.stderr
            .contains("pricing in north: `deliver-target-north`: no route to web-1"),
        "{}",
        ran.stderr
    );
    let document = sandbox.run("deliver status --all --json").json();
    let instances = |at: usize| document["services"][at]["instances"].as_array().map(Vec::len);
    assert_eq!((instances(0), instances(2)), (Some(0), Some(0)));
    executable(&sandbox, "deliver-target-north", PLUGIN);
    sandbox.run("deliver down --all").ok();
    let ran = sandbox.run("deliver status north");
    assert!(ran.stdout.contains("none"), "{}", ran.stdout);
}
