//! `deliver plugin`: what is there, and what a check says in both looks. The trials themselves are in `contract/target`, the
//! plugin over ssh in `real/plugin`.

use rexpect::session::spawn_command;

use crate::support::{DELIVER, Sandbox, needs};

const PLUGIN: &str = include_str!("../real/apps/in_place.py");

/// A sandbox with a plugin `file` on PATH that keeps what it promises.
fn with_plugin() -> Option<Sandbox> {
    if !needs::has("python3") {
        return None;
    }
    let sandbox = Sandbox::new().env("COLUMNS", "80").env("NO_COLOR", "1");
    executable(&sandbox, "deliver-target-file", PLUGIN);
    Some(sandbox)
}

fn executable(sandbox: &Sandbox, name: &str, text: &str) {
    sandbox.file(name, text);
    sandbox.run(&format!("chmod +x {name} && mv {name} ../bin")).ok();
}

fn on_terminal(sandbox: &Sandbox, words: &[&str]) -> String {
    let mut command = sandbox.command(DELIVER);
    command.args(words);
    let mut session = spawn_command(command, Some(60_000)).expect("a terminal");
    let text = session.exp_eof().expect("the end").replace('\r', "");
    text.replace(&*sandbox.root().to_string_lossy(), "[ROOT]")
}

#[test]
fn without_plugins_the_list_says_what_one_is() {
    let sandbox = Sandbox::new();
    assert_eq!(sandbox.run("deliver plugin list").ok(), "");
    assert_eq!(
        sandbox.run("deliver plugin list --json").json()["plugins"],
        serde_json::json!([])
    );
    let told = on_terminal(&sandbox, &["plugin", "list"]);
    assert_eq!(
        told,
        "No plugins. One is an executable `deliver-target-NAME` on PATH; docs/plugin.md has an example.\n"
    );
}

#[test]
fn the_list_names_what_each_can_do_and_why_one_cannot_be_used() {
    let Some(sandbox) = with_plugin() else { return };
    executable(&sandbox, "deliver-target-old", "#!/bin/sh\necho hello\n");
    assert_eq!(
        sandbox.run("deliver plugin list").ok(),
        "file\t0.1\tin_place, portions, batches\t[ROOT]/bin/deliver-target-file\n\
         old\t\t! `deliver-target-old` printed line 1, which is no JSON: `hello`, asked to greet\t[ROOT]/bin/deliver-target-old\n"
    );
    let told = on_terminal(&sandbox, &["plugin", "list"]);
    assert!(told.starts_with("NAME  VERSION  CAPABILITIES "), "{told}");
    let problem = told
        .lines()
        .find(|line| line.starts_with("! `deliver-target-old` printed line 1"));
    assert!(problem.is_some_and(|line| line.chars().count() <= 80), "{told}");
}

#[test]
fn a_failed_check_says_what_was_owed_and_what_was_seen() {
    let Some(sandbox) = with_plugin() else { return };
    let broken = PLUGIN.replace("request[\"fence\"] < scope[\"fence\"]", "False");
    executable(&sandbox, "deliver-target-file", &broken);
    let options = format!("{{\"state\": \"{}/state\"}}", sandbox.root().display());
    let sandbox = sandbox.env("DELIVER_PROGRESS", "none");
    let ran = sandbox.run(&format!("deliver plugin check file --options '{options}'"));
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let failed: Vec<&str> = ran.stdout.lines().filter(|line| line.starts_with("fail")).collect();
    assert_eq!(
        failed,
        [
            "fail\tfence\t`prepare` under fence 15 was done, after 16",
            "fail\tfence-stays\tan act under fence 16 was done, after 17",
        ]
    );
    let told = on_terminal(&sandbox, &["plugin", "check", "file", "--options", &options]);
    for line in [
        "fence                   owed: an act under a lower fence is refused, and",
        "                            nothing is changed by it",
        "                            seen: `prepare` under fence 15 was done, after 16",
    ] {
        assert!(told.lines().any(|told| told.ends_with(line)), "{told}");
    }
}

#[test]
fn a_check_on_a_terminal_fits_the_window() {
    let Some(sandbox) = with_plugin() else { return };
    let options = format!("{{\"state\": \"{}/state\"}}", sandbox.root().display());
    let sandbox = sandbox.env("DELIVER_PROGRESS", "none");
    let told = on_terminal(&sandbox, &["plugin", "check", "file", "--options", &options]);
    assert!(
        told.contains("fence                   6 acts under fence 15 refused after 16\n"),
        "{told}"
    );
    assert!(
        told.ends_with("`deliver-target-file` keeps what targets promise: 17 met, 0 not, 1 not tried\n"),
        "{told}"
    );
    let wide: Vec<&str> = told.lines().filter(|line| line.chars().count() > 80).collect();
    assert_eq!(wide, [] as [&str; 0]);
}

#[test]
fn what_the_check_is_told_is_read_with_care() {
    let Some(sandbox) = with_plugin() else { return };
    sandbox.file(
        "deliver.toml",
        "[service]\nname = \"pricing\"\n[run]\ncommand = \"a\"\n[environment.production]\ntarget = \"plugin\"\n\
         [environment.production.plugin]\nname = \"file\"\n",
    );
    for (line, code, message) in [
        (
            "check nobody",
            "plugin-missing",
            "there is no `deliver-target-nobody` on PATH",
        ),
        (
            "check ../x",
            "plugin-unnamed",
            "`../x` names no plugin: it may hold only a-z, 0-9 and `-`, not `.`",
        ),
        (
            "check file --options '[1]'",
            "not-found",
            "cannot read `[ROOT]/project/[1]`",
        ),
        (
            "check file --env local",
            "other-target",
            "the environment `local` does not deploy by the plugin `file`",
        ),
        (
            "check ssh --env production",
            "other-target",
            "the environment `production` does not deploy by the plugin `ssh`",
        ),
    ] {
        let ran = sandbox.run(&format!("deliver plugin {line} --json"));
        assert_eq!(
            (ran.code, ran.error()["code"].as_str()),
            (Some(2), Some(code)),
            "{line}: {ran:?}"
        );
        assert_eq!(ran.error()["message"], message, "{line}");
    }
    let ran = sandbox.run("deliver plugin check file --options '{' --json");
    assert_eq!(
        (ran.code, ran.error()["code"].as_str()),
        (Some(2), Some("invalid-options"))
    );
    let ran = sandbox.run("deliver plugin check file --env production --dry-run");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""));
    assert!(
        ran.stderr.contains("would be tried with an app `deliver-check-"),
        "{}",
        ran.stderr
    );
}
