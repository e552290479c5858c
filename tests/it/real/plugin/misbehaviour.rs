//! Plugins that hang, print junk, flood, break off: each is a failure that says what happened, bounded in time and memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use deliver::adapters::plugin::process::Room;
use deliver::adapters::plugin::{Chosen, PluginTarget};
use deliver::adapters::process::Groups;
use deliver::adapters::system::SystemClock;
use deliver::fault::Kind;
use deliver::ports::interrupt::Never;
use deliver::ports::{Clock, Target};
use serde_json::Value;

use crate::support::{Sandbox, needs};

const PLUGIN: &str = include_str!("../apps/misbehave.py");

const MANIFEST: &str = r#"
[service]
name = "pricing"
[run]
command = ["./app"]
[run.secrets]
TOKEN = "env:TOKEN"
[environment.production]
target = "plugin"
[environment.production.plugin]
name = "bad"
path = "bad"
"#;

const CANARY: &str = "canary-77aa21c0de";

/// A service whose environment `production` is in the hands of a plugin that does in `observe` what `how` says.
fn bad(how: &str) -> Option<Sandbox> {
    if !needs::has("python3") {
        return None;
    }
    let sandbox = Sandbox::new().env("TOKEN", CANARY);
    let seen = sandbox.root().join("seen").display().to_string();
    let sandbox = sandbox.env("SEEN", &seen);
    sandbox.file("bad", PLUGIN).file("app", "#!/bin/sh\n");
    sandbox.file("deliver.toml", &format!("{MANIFEST}{how}\n"));
    sandbox.run("chmod +x bad app").ok();
    Some(sandbox)
}

/// The exit code and the error of a plan, which looks at what is there.
fn planned(how: &str) -> Option<(i32, Value, String)> {
    let sandbox = bad(how)?;
    let ran = sandbox.run("deliver plan production --json");
    assert_eq!(ran.stdout, "", "nothing was planned");
    assert!(
        !ran.stderr.contains('\u{1b}'),
        "an escape reached the terminal: {:?}",
        ran.stderr
    );
    assert_eq!(sandbox.processes(), [] as [i32; 0], "processes are left");
    Some((ran.code.unwrap_or(-1), ran.error(), ran.stderr.clone()))
}

#[track_caller]
fn fails(how: &str, code: &str, message: &str) {
    let Some((exit, error, _)) = planned(&format!("how = \"{how}\"")) else {
        return;
    };
    assert_eq!((exit, error["code"].as_str()), (1, Some(code)), "{error:#}");
    assert_eq!(error["message"], message);
}

#[test]
fn what_is_no_json_is_refused_with_its_line() {
    fails(
        "junk",
        "plugin-protocol",
        "`deliver-target-bad` printed line 1, which is no JSON: `Welcome to \\u{1b}[31mmy plugin`, asked to observe",
    );
}

#[test]
fn to_end_well_without_a_result_is_a_failure() {
    fails(
        "no-result",
        "plugin-no-result",
        "`deliver-target-bad` ended with status 0 and without a result, asked to observe",
    );
    fails(
        "crash-after",
        "plugin-failed",
        "`deliver-target-bad` gave a result, then ended with status 3, asked to observe",
    );
}

#[test]
fn a_crash_tells_the_last_words() {
    let Some((exit, error, stderr)) = planned("how = \"crash\"") else {
        return;
    };
    assert_eq!((exit, error["code"].as_str()), (1, Some("plugin-no-result")));
    assert_eq!(
        error["message"],
        "`deliver-target-bad` ended with signal 11 (SIGSEGV) and without a result, asked to observe"
    );
    assert!(stderr.contains("Traceback: the disk is gone"), "{stderr}");
    assert!(stderr.contains("bad: half done"), "{stderr}");
}

#[test]
fn a_flood_is_stopped_wherever_it_comes_from() {
    fails(
        "flood",
        "plugin-protocol",
        "`deliver-target-bad` printed more than 16 MiB, asked to observe",
    );
    fails(
        "line",
        "plugin-protocol",
        "`deliver-target-bad` printed a line of more than 4 MiB, asked to observe",
    );
    let Some((exit, error, stderr)) = planned("how = \"flood-errors\"") else {
        return;
    };
    assert_eq!((exit, error["code"].as_str()), (1, Some("plugin-no-result")));
    assert!(stderr.contains("error 1999999"), "the last words are kept");
    assert!(stderr.len() < 20_000, "{} bytes of them", stderr.len());
}

/// What a plugin prints is never all held: the largest of all processes stays far below what they print.
#[test]
fn a_flood_does_not_fill_the_memory() {
    for how in ["flood", "line", "flood-errors"] {
        let Some(sandbox) = bad(&format!("how = \"{how}\"")) else {
            return;
        };
        let measure = "import resource, subprocess, sys; \
                       subprocess.run(['deliver', 'plan', 'production', '--json']); \
                       print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)";
        let ran = sandbox.run(&format!("python3 -c \"{measure}\""));
        let kilobytes: u64 = ran
            .stdout
            .trim()
            .parse()
            .unwrap_or_else(|error| panic!("{error} in {ran:?}"));
        assert!(kilobytes < 128 * 1024, "{how}: {kilobytes} KiB");
    }
}

#[test]
fn exactly_one_result_is_taken() {
    fails(
        "twice",
        "plugin-protocol",
        "`deliver-target-bad` went on after its result, asked to observe",
    );
    fails(
        "neither",
        "plugin-protocol",
        "`deliver-target-bad` printed line 1, which holds not exactly one of `event`, `result` and `error`, asked to observe",
    );
}

#[test]
fn a_wrong_type_names_its_place() {
    fails(
        "type",
        "plugin-protocol",
        "`deliver-target-bad` answers what is no result: `result.instances[0].release`: `three` is not a release such as `v3`, asked to observe",
    );
    let Some((_, error, _)) = planned("how = \"kind\"") else {
        return;
    };
    let message = error["message"].as_str().expect("text");
    assert!(
        message.contains("`line.error.kind`: unknown variant `tired`"),
        "{message}"
    );
}

#[test]
fn the_kind_of_a_refusal_is_the_exit_code() {
    for (kind, code) in [
        ("failed", 1),
        ("usage", 2),
        ("needs_human", 5),
        ("busy", 6),
        ("unreachable", 8),
        ("credentials", 9),
    ] {
        let Some((exit, error, _)) = planned(&format!("how = \"refuse\"\nkind = \"{kind}\"")) else {
            return;
        };
        assert_eq!((exit, error["kind"].as_str()), (code, Some(kind)), "{error:#}");
        assert_eq!(error["code"], "plugin-refused");
        assert_eq!(error["hints"], serde_json::json!(["ping it"]));
        let message = error["message"].as_str().expect("text");
        assert!(message.starts_with("`deliver-target-bad`: cannot reach"), "{message}");
        assert!(message.ends_with("the place (told-so)"), "{message}");
    }
}

#[test]
fn what_is_not_known_is_left_alone_and_a_deaf_plugin_may_answer() {
    for how in ["well", "deaf"] {
        let Some(sandbox) = bad(&format!("how = \"{how}\"")) else {
            return;
        };
        let plan = sandbox.run("deliver plan production --json");
        assert_eq!(plan.code, Some(0), "{plan:?}");
        assert_eq!(plan.json()["notes"][0], "it would run");
    }
}

#[test]
fn another_version_or_no_way_to_deploy_is_told_at_the_greeting() {
    let Some(sandbox) = bad("") else { return };
    let ran = sandbox.run("SPEAKS=2 deliver plan production --json");
    assert_eq!(
        (ran.code, ran.error()["code"].as_str()),
        (Some(2), Some("plugin-version"))
    );
    assert_eq!(
        ran.error()["message"],
        "`deliver-target-bad` speaks protocol 2, and this `deliver` speaks 1"
    );
    let ran = sandbox.run("ABLE='{}' deliver plan production --json");
    assert_eq!(
        (ran.code, ran.error()["code"].as_str()),
        (Some(1), Some("plugin-protocol"))
    );
}

#[test]
fn a_missing_plugin_and_one_that_cannot_run_are_told_apart() {
    let Some(sandbox) = bad("") else { return };
    sandbox.run("chmod -x bad").ok();
    let ran = sandbox.run("deliver plan production --json");
    assert_eq!(
        (ran.code, ran.error()["code"].as_str()),
        (Some(2), Some("command-denied"))
    );
    sandbox.run("rm bad").ok();
    let ran = sandbox.run("deliver plan production --json");
    assert_eq!(
        (ran.code, ran.error()["code"].as_str()),
        (Some(2), Some("plugin-missing"))
    );
    assert_eq!(ran.error()["message"], "there is no plugin at `[ROOT]/project/bad`");
    sandbox.run("sed -i /^path/d deliver.toml").ok();
    let ran = sandbox.run("deliver plan production --json");
    assert_eq!(ran.error()["message"], "there is no `deliver-target-bad` on PATH");
}

/// Secrets go to the plugin's standard input and nowhere else, whatever the plugin does with them.
#[test]
fn a_secret_is_in_no_argument_and_in_nothing_that_is_said_or_kept() {
    // The second can neither start what is wanted nor stop what it may have started.
    for (how, code) in [("how = \"leak\"", 1), ("how = \"well\"", 5)] {
        let Some(sandbox) = bad(how) else { return };
        let ran = sandbox.run("deliver deploy production --json -v --allow-dirty");
        assert_eq!(ran.code, Some(code), "{ran:?}");
        assert!(ran.stderr.contains("bad: got [TOKEN]"), "{}", ran.stderr);
        if how.contains("leak") {
            assert_eq!(
                ran.error()["message"],
                "`deliver-target-bad`: cannot use [TOKEN] (leak)"
            );
            assert_eq!(ran.error()["hints"][0], "[TOKEN]");
        }
        let seen = std::fs::read_to_string(sandbox.root().join("seen")).expect("it ran");
        assert!(seen.contains("prepare D-1.prepare."), "{seen}");
        let audit = sandbox.run("deliver audit export").ok();
        let why = sandbox.run("deliver why D-1").ok();
        for (what, text) in [
            ("what others see of it", &seen),
            ("standard output", &ran.stdout),
            ("standard error", &ran.stderr),
            ("the journal", &audit),
            ("why", &why),
        ] {
            assert!(!text.contains(CANARY), "{what}: {text}");
        }
        let store = std::fs::read(sandbox.store()).expect("a store");
        let found = store.windows(CANARY.len()).any(|part| part == CANARY.as_bytes());
        assert!(!found, "it is in the store");
    }
}

#[test]
fn a_volume_or_a_job_that_the_plugin_cannot_have_is_refused_before_anything() {
    let Some(sandbox) = bad("") else { return };
    let manifest = sandbox
        .read("deliver.toml")
        .replace("[run]\n", "[run]\nvolumes = [\"data\"]\n");
    sandbox.file("deliver.toml", &manifest);
    let ran = sandbox.run("deliver plan production --json");
    assert_eq!((ran.code, ran.error()["code"].as_str()), (Some(2), Some("unsupported")));
    assert_eq!(
        ran.error()["message"],
        "`deliver-target-bad` cannot keep the volume `data` over releases"
    );
}

/// A plugin that never answers is ended with everything that it started, also where it does not want to be. The limits are those
/// of a look; the clock runs twenty times as fast then.
#[test]
fn one_that_hangs_is_ended_and_an_answer_that_is_late_is_none() {
    for how in ["hang", "ignore-term", "late"] {
        let Some(sandbox) = bad("") else { return };
        let clock = Arc::new(Fast {
            clock: SystemClock::new(None),
            hurries: AtomicBool::new(false),
        });
        let room = Room {
            clock: clock.clone(),
            interrupt: Arc::new(Never),
            groups: Groups::default(),
            events: None,
            dir: sandbox.project(),
        };
        let chosen = Chosen {
            name: "bad".into(),
            program: sandbox.project().join("bad"),
            options: serde_json::json!({ "how": how }),
        };
        let target = PluginTarget::open(chosen, room).expect("greeted");
        clock.hurries.store(true, Ordering::SeqCst);
        let (service, env) = (
            "pricing".parse().expect("a name"),
            "production".parse().expect("a name"),
        );
        let fault = target.observe(&service, &env).expect_err("it hangs");
        assert_eq!(
            (fault.kind(), fault.code(), fault.message()),
            (
                Kind::Unreachable,
                "plugin-timeout",
                "`deliver-target-bad` did not answer within 1m, asked to observe"
            ),
            "{how}"
        );
    }
}

/// Once greeted, a plugin that cannot be started is one that is being upgraded: what was begun with it may be tried again, and is
/// no mistake in a file.
#[test]
fn one_that_is_away_after_its_greeting_is_unreachable_and_an_end_stays_an_end() {
    let Some(sandbox) = bad("") else { return };
    let (clock, groups) = (Arc::new(SystemClock::new(None)), Groups::default());
    let open = || {
        let room = Room {
            clock: clock.clone(),
            interrupt: Arc::new(Never),
            groups: groups.clone(),
            events: None,
            dir: sandbox.project(),
        };
        let chosen = Chosen {
            name: "bad".into(),
            program: sandbox.project().join("bad"),
            options: serde_json::json!({ "how": "" }),
        };
        PluginTarget::open(chosen, room)
    };
    let (service, env) = (
        "pricing".parse().expect("a name"),
        "production".parse().expect("a name"),
    );
    let target = open().expect("greeted");
    let refused = || {
        let fault = target.observe(&service, &env).expect_err("it cannot be started");
        (fault.kind(), fault.code())
    };
    sandbox.run("chmod -x bad").ok();
    assert_eq!(refused(), (Kind::Unreachable, "command-denied"));
    sandbox.run("mv bad away").ok();
    assert_eq!(refused(), (Kind::Unreachable, "command-missing"));
    let fault = open().map(drop).expect_err("nobody is there");
    assert_eq!((fault.kind(), fault.code()), (Kind::Usage, "command-missing"));
    groups.kill_all();
    assert_eq!(refused(), (Kind::Interrupted, "interrupted"));
}

/// What an act did by its deadline is not known, so that it is a failure, and looked at again before anything else is done.
#[test]
fn an_act_that_hangs_has_failed_and_a_look_that_hangs_tells_nothing_of_the_release() {
    let Some(sandbox) = bad("how = \"hang-started\"") else {
        return;
    };
    let ran = sandbox.run("deliver deploy production --json --allow-dirty");
    assert_eq!(
        (ran.code, ran.error()["code"].as_str()),
        (Some(8), Some("plugin-timeout")),
        "{}",
        ran.stderr
    );
    assert_eq!(ran.error()["hints"][1], "deliver resume production");
    let seen = std::fs::read_to_string(sandbox.root().join("seen")).expect("it ran");
    assert!(seen.contains("start D-1.start."), "{seen}");
    // It is unfinished, as after a crash: nothing says that the release is bad.
    let why = sandbox.run("deliver why D-1 --json").json();
    assert_eq!(why["deployment"]["outcome"], Value::Null, "{why:#}");
    // The plugin is well again and knows of nothing that runs: what was begun is taken back by what is observed.
    sandbox.run("rm \"$SEEN.started\"").ok();
    let resumed = sandbox.run("deliver resume production --json");
    assert_eq!(resumed.code, Some(0), "{}", resumed.stderr);
}

/// Once it hurries, a minute of it is three seconds.
struct Fast {
    clock: SystemClock,
    hurries: AtomicBool,
}

impl Clock for Fast {
    fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    fn elapsed(&self) -> Duration {
        match self.hurries.load(Ordering::SeqCst) {
            true => self.clock.elapsed() * 20,
            false => self.clock.elapsed(),
        }
    }

    fn sleep(&self, duration: Duration) {
        self.clock.sleep(duration / 20);
    }
}
