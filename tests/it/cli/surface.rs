//! What holds for every command: help, versions, usage errors, pipes, JSON.

use deliver::adapters::system::SystemClock;
use deliver::config::environment::Environment;
use deliver::config::paths::Paths;
use deliver::store::{Options, Store};

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

#[test]
fn a_bare_deliver_says_how_to_start_where_there_is_no_service() {
    let sandbox = Sandbox::new();
    let text = sandbox.run("deliver").ok();
    assert!(
        text.starts_with(&format!("deliver {}: ", env!("CARGO_PKG_VERSION"))),
        "{text}"
    );
    assert!(text.contains("No deliver.toml here or above"), "{text}");
    assert!(text.ends_with("All commands: deliver --help\n"), "{text}");
    let document = sandbox.run("deliver --json").json();
    assert_eq!(
        (&document["schema"], &document["service"]),
        (&"deliver/home/v1".into(), &serde_json::Value::Null)
    );
    for next in document["next"].as_array().expect("a list") {
        let command = next["command"].as_str().expect("a command");
        sandbox.run(&format!("{command} --help")).ok();
    }
}

#[test]
fn a_bare_deliver_says_where_the_service_stands() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "deliver.toml",
        "[service]\nname = \"pricing\"\n[run]\ncommand = \"./serve\"\n",
    );
    sandbox.file("inner/file", "");
    let ran = sandbox.run("cd inner && DELIVER_FORCE_TTY=80 NO_COLOR=1 deliver");
    let expected = "\
pricing

ENVIRONMENT  TARGET  LAST GOOD  LAST DEPLOYMENT  WHEN
local        local   –          never deployed
";
    assert!(ran.stdout.starts_with(expected), "{ran:?}");
    let ran = sandbox.run("LANG=C DELIVER_FORCE_TTY=80 NO_COLOR=1 deliver");
    assert!(ran.stdout.is_ascii(), "{ran:?}");
    assert_eq!(sandbox.run("deliver --json").json()["service"]["name"], "pricing");
    assert!(!sandbox.store().exists(), "looking made a store");
}

#[test]
fn a_broken_manifest_is_shown_with_its_lines() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "deliver.toml",
        "[service]\nname = \"pricing\"\ntier = 9\n[run]\ncomand = \"./serve\"\n",
    );
    let ran = sandbox.run("deliver --json");
    assert_eq!((ran.stdout.as_str(), ran.code), ("", Some(2)));
    assert!(
        ran.stderr.contains("--> deliver.toml:3:8") || ran.stderr.contains("╭▸ deliver.toml:3:8"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("deliver.toml:5:1"), "{}", ran.stderr);
    assert_eq!(ran.error()["problems"].as_array().map(Vec::len), Some(2));
    let ran = sandbox.run("GITHUB_ACTIONS=true deliver");
    assert!(
        ran.stderr.starts_with("::error file=deliver.toml,line=3,col=8,"),
        "{}",
        ran.stderr
    );
}

#[test]
fn doctor_says_what_is_wrong_and_how_to_mend_it() {
    let sandbox = Sandbox::new();
    let document = sandbox.run("deliver doctor --json").json();
    assert_eq!(
        (&document["schema"], &document["healthy"]),
        (&"deliver/doctor/v1".into(), &true.into())
    );
    sandbox
        .run("mkdir -p ../home/state/deliver && echo damaged > ../home/state/deliver/store.db")
        .ok();
    let ran = sandbox.run("DELIVER_TEST_NOW=1999-01-01T00:00:00Z deliver doctor --json");
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let failed: Vec<_> = ran.json()["checks"]
        .as_array()
        .expect("checks")
        .iter()
        .filter(|check| check["status"] == "fail")
        .map(|check| check["id"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(failed, ["store", "clock"]);
    assert_eq!(ran.error()["kind"], "negative");
}

#[test]
fn doctor_tells_a_program_that_is_missing_from_one_that_does_not_run() {
    let sandbox = Sandbox::new();
    let programs = [
        ("git", "#!/bin/sh\nexit 3\n"),
        (
            "cargo",
            "#!/bin/sh\nprintf '\\nerror: no default toolchain.\\nmore\\n' >&2\nexit 1\n",
        ),
    ];
    for (name, text) in programs {
        sandbox.file(&format!("../bin/{name}"), text);
        sandbox.run(&format!("chmod +x ../bin/{name}")).ok();
    }
    // No other folder: what this machine has must not answer.
    let checks = sandbox.run("PATH=$HOME/../bin deliver doctor --json").json()["checks"].clone();
    let check = |id: &str| {
        let checks = checks.as_array().expect("checks").iter();
        let found = checks.clone().find(|check| check["id"] == id).expect("a check");
        (found["evidence"].clone(), found["fix"].clone())
    };
    assert_eq!(
        check("cargo").0,
        "is there but does not run (status 1): error: no default toolchain; only Rust services need it"
    );
    assert_eq!(
        check("git"),
        (
            "is there but does not run (status 3); releases do not know their commit, and `new` makes no repository"
                .into(),
            serde_json::Value::Null
        )
    );
    assert_eq!(check("node").0, "not installed; only Node.js services need it");
    assert_eq!(
        check("docker").0,
        "not installed; only apps that have nothing but a Dockerfile need it"
    );
}

#[test]
fn a_shell_that_asks_learns_names_and_gets_no_errors() {
    let sandbox = Sandbox::new();
    let ask = |words: &str| {
        let index = words.split(' ').count();
        let surroundings = format!("DELIVER_COMPLETE=bash _CLAP_COMPLETE_INDEX={index} _CLAP_IFS=' '");
        sandbox.run(&format!("{surroundings} deliver -- deliver {words}"))
    };
    assert_eq!(ask("vers").ok(), "version");
    assert_eq!(ask("incident open --severity ''").ok(), "sev1 sev2 sev3 sev4 sev5");
    assert_eq!(ask("schema output doct").ok(), "doctor");
    assert_eq!(ask("audit --service ''").ok(), "");
    assert!(!sandbox.store().exists(), "completing made a store");
    let clock = std::sync::Arc::new(SystemClock::new(None));
    let paths = Paths::of(
        &Environment::of([("HOME", "/")]),
        Some(&sandbox.store()),
        sandbox.root(),
    )
    .expect("paths");
    let store = Store::open(&paths, clock, Options::default()).expect("a store");
    store
        .register_service(&"pricing".parse().expect("a name"), &sandbox.project())
        .expect("registered");
    assert_eq!(ask("audit --service ''").ok(), "pricing");
    assert_eq!(ask("--store /nowhere audit --service ''").ok(), "");
    std::fs::write(sandbox.store(), "damaged").expect("written");
    let ran = ask("audit --service ''");
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), "", ""));
}

#[test]
fn every_way_to_ask_for_a_shells_script_works() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(
            sandbox
                .run(&format!("deliver completion {shell}"))
                .ok()
                .contains("deliver")
        );
        assert!(
            sandbox
                .run(&format!("deliver completion {shell} --dynamic"))
                .ok()
                .contains("DELIVER_COMPLETE")
        );
    }
    let error = sandbox.run("deliver completion tcsh").fails(2);
    assert!(error.contains("possible values: bash"), "{error}");
}
