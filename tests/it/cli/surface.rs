//! What holds for every command: help, versions, usage errors, pipes, JSON.

use crate::support::Sandbox;

#[test]
fn all_ways_to_ask_for_the_version_answer_on_one_line() {
    let sandbox = Sandbox::new();
    let version = format!("deliver {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(sandbox.run("deliver --version").ok(), version);
    assert_eq!(sandbox.run("deliver -V").ok(), version);
    assert!(sandbox.run("deliver version").ok().starts_with(version.trim_end()));
    let document = sandbox.run("deliver version --json").json();
    assert_eq!(document["schema"], "deliver/version/v1");
    assert_eq!(document["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn asking_for_the_version_touches_no_file() {
    let sandbox = Sandbox::new();
    sandbox.run("deliver --version").ok();
    sandbox.run("deliver version").ok();
    assert_eq!(sandbox.run("find ../home ../run ../tmp -mindepth 1").ok(), "");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let sandbox = Sandbox::new();
    let ran = sandbox.run("{ deliver --help; echo $? >&2; } | head -1; { deliver version; echo $? >&2; } | true");
    assert_eq!(ran.stderr, "0\n0\n");
    assert_eq!(
        sandbox.run("deliver version >/dev/full").fails(1),
        "\
error[output]: cannot write to standard output
  because: No space left on device (os error 28)
"
    );
}

#[test]
fn a_mistyped_command_is_a_usage_error_with_a_suggestion() {
    let sandbox = Sandbox::new();
    let ran = sandbox.run("deliver verson");
    assert_eq!((ran.stdout.as_str(), ran.code), ("", Some(2)));
    assert!(
        ran.stderr
            .starts_with("error: unrecognized subcommand 'verson'\n\n  tip: a similar subcommand exists: 'version'\n")
    );
    let ran = sandbox.run("deliver verson --json");
    assert_eq!(
        (ran.error()["kind"].as_str(), ran.error()["code"].as_str()),
        (Some("usage"), Some("usage"))
    );
    assert_eq!(ran.code, Some(2));
}

#[test]
fn colour_is_for_terminals_and_for_those_who_ask() {
    let sandbox = Sandbox::new();
    assert!(!sandbox.run("deliver --help").ok().contains('\x1b'));
    assert!(sandbox.run("deliver --color always --help").ok().contains('\x1b'));
    assert!(sandbox.run("CLICOLOR_FORCE=1 deliver --help").ok().contains('\x1b'));
    assert!(
        !sandbox
            .run("NO_COLOR=1 CLICOLOR_FORCE=1 deliver --help")
            .ok()
            .contains('\x1b')
    );
    assert!(
        !sandbox
            .run("CLICOLOR_FORCE=1 deliver version --json")
            .ok()
            .contains('\x1b')
    );
}

#[test]
fn a_folder_that_cannot_be_entered_is_named() {
    let sandbox = Sandbox::new();
    let ran = sandbox.run("deliver -C nowhere version --json");
    assert_eq!(ran.stdout, "");
    assert_eq!(ran.error()["code"], "not-found");
    assert_eq!(ran.error()["message"], "cannot enter `[ROOT]/project/nowhere`");
    assert_eq!(ran.code, Some(2));
}
