//! Services named from afar, without their manifest: what it said when they were deployed still holds.

use crate::support::{Sandbox, needs};

const PLUGIN: &str = include_str!("../real/apps/in_place.py");

/// `pricing`, deployed by a plugin to `production`, of which its manifest says `rest`.
fn deployed(rest: &str) -> Option<Sandbox> {
    if !needs::has("python3") {
        return None;
    }
    let sandbox = Sandbox::new().env("COLUMNS", "80").env("NO_COLOR", "1");
    sandbox.file("deliver-target-file", PLUGIN);
    sandbox
        .run("chmod +x deliver-target-file && mv deliver-target-file ../bin && mkdir ../elsewhere")
        .ok();
    manifest(&sandbox, rest, "state");
    sandbox
        .run("deliver deploy production --allow-dirty --override readiness --reason first")
        .ok();
    Some(sandbox)
}

/// Writes the manifest; the plugin keeps its world in the file `state`.
fn manifest(sandbox: &Sandbox, rest: &str, state: &str) {
    let state = sandbox.root().join(state);
    let text = format!(
        "[service]\nname = \"pricing\"\n\n[run]\ncommand = \"listen\"\n\n[environment.production]\ntarget = \"plugin\"\n\
         {rest}\n[environment.production.plugin]\nname = \"file\"\nstate = \"{}\"\n",
        state.display()
    );
    sandbox.file("deliver.toml", &text);
}

fn serving(sandbox: &Sandbox) -> usize {
    let status = sandbox.run("deliver status --all --json").json();
    status["services"][0]["instances"].as_array().map_or(0, Vec::len)
}

#[test]
fn what_is_protected_is_taken_down_by_no_slip() {
    let Some(sandbox) = deployed("protected = true") else {
        return;
    };
    let asked = "Taking `pricing` down in `production`, which is protected, must be confirmed by name";
    for line in ["down production --service pricing", "down --all", "down --all --yes"] {
        let told = sandbox.run(&format!("cd ../elsewhere && deliver {line}")).fails(2);
        assert!(told.contains(asked), "{line}: {told}");
        assert_eq!(serving(&sandbox), 1, "{line}");
    }
    sandbox
        .run("cd ../elsewhere && deliver down production --service pricing --confirm pricing")
        .ok();
    assert_eq!(serving(&sandbox), 0);
}

#[test]
fn what_is_not_protected_is_taken_down_at_once() {
    let Some(sandbox) = deployed("") else { return };
    sandbox
        .run("cd ../elsewhere && deliver down production --service pricing")
        .ok();
    assert_eq!(serving(&sandbox), 0);
}

/// `resume` after a tool died at each of its writes in turn: what it took back is 4, and nothing else is.
#[test]
fn resume_says_by_its_exit_code_whether_the_release_serves() {
    let Some(sandbox) = deployed("") else { return };
    let mut ends = std::collections::BTreeSet::new();
    for write in 1.. {
        sandbox.file("app", &write.to_string());
        let died = sandbox.run(&format!(
            "DELIVER_TEST_CRASH_AT={write} deliver deploy production --allow-dirty --quiet"
        ));
        if died.code == Some(0) {
            assert!(write > 10, "a deployment has more writes than {write}");
            break;
        }
        let ran = sandbox.run("cd ../elsewhere && deliver resume production --service pricing --json");
        let ended = ran.json()["deployments"][0]["outcome"].clone();
        let code = if ended == "rolled_back" { 4 } else { 0 };
        assert_eq!(ran.code, Some(code), "after write {write}: {ran:?}");
        if code == 4 {
            assert_eq!(ran.error()["kind"], "rolled_back", "{ran:?}");
        }
        ends.insert(ended.as_str().unwrap_or("nothing").to_owned());
    }
    for end in ["nothing", "interrupted", "rolled_back", "succeeded"] {
        assert!(ends.contains(end), "no {end}: {ends:?}");
    }
}
