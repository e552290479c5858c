//! `deliver deploy` on this machine, as people use it: the program, its agent, a real app and real traffic.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use deliver::adapters::system::SystemClock;
use deliver::ports::Clock;

use crate::support::{Ran, Sandbox};

const APP: &str = include_str!("apps/app.py");

const MANIFEST: &str = r#"
[service]
name = "pricing"

[run]
command = ["python3", "app.py"]
health = { path = "/health", interval = "200ms", start = "4s", stable = "300ms" }
drain = "3s"
grace = "2s"
"#;

/// A sandbox with the app and its manifest.
fn pricing() -> Sandbox {
    let sandbox = Sandbox::new().with_tools();
    sandbox.file("app.py", APP).file("deliver.toml", MANIFEST);
    sandbox
}

/// Makes the app answer `version`, and behave as `mode` says.
pub(super) fn change(sandbox: &Sandbox, version: &str, mode: &str) {
    let app = APP.replace("VERSION = \"1\"", &format!("VERSION = \"{version}\""));
    sandbox.file(
        "app.py",
        &app.replace("\"MODE\", \"good\"", &format!("\"MODE\", \"{mode}\"")),
    );
}

fn deploy(sandbox: &Sandbox) -> Ran {
    sandbox.run("deliver deploy --json")
}

pub(super) fn json(ran: &Ran) -> serde_json::Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error} in {ran:?}"))
}

/// Deploys and insists on success.
pub(super) fn deployed(sandbox: &Sandbox) -> serde_json::Value {
    let ran = deploy(sandbox);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    json(&ran)
}

pub(super) fn status(sandbox: &Sandbox) -> serde_json::Value {
    json(&sandbox.run("deliver status --json"))["services"][0].clone()
}

pub(super) fn url(sandbox: &Sandbox) -> String {
    status(sandbox)["url"].as_str().expect("a URL").to_owned()
}

pub(super) fn get(url: &str) -> reqwest::Result<(u16, String)> {
    let client = reqwest::blocking::Client::builder().no_proxy().build()?;
    let response = client.get(url).timeout(Duration::from_secs(20)).send()?;
    Ok((response.status().as_u16(), response.text()?))
}

/// Whether the current release, and nothing else, is observed to run in full.
pub(super) fn assert_serves(sandbox: &Sandbox, release: &str, answer: &str) {
    let status = status(sandbox);
    assert_eq!(status["release"], release, "{status:#}");
    assert_eq!(status["healthy"], status["desired"], "{status:#}");
    let instances = status["instances"].as_array().expect("instances");
    assert!(instances.iter().all(|one| one["release"] == release), "{status:#}");
    assert_eq!(
        instances.len() as u64,
        status["desired"].as_u64().expect("a number"),
        "{status:#}"
    );
    assert_eq!(get(&url(sandbox)).expect("an answer"), (200, answer.to_owned()));
}

/// Keep-alive clients that ask all the time.
pub(super) struct Traffic {
    stop: Arc<AtomicBool>,
    sent: Arc<AtomicU64>,
    clients: Vec<JoinHandle<Vec<String>>>,
}

impl Traffic {
    pub(super) fn start(url: &str, clients: usize) -> Self {
        let (stop, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let one = |_| {
            let (stop, sent, url) = (stop.clone(), sent.clone(), url.to_owned());
            std::thread::spawn(move || {
                let clock = SystemClock::new(None);
                let client = reqwest::blocking::Client::builder()
                    .no_proxy()
                    .build()
                    .expect("a client");
                let mut failures = Vec::new();
                while !stop.load(Ordering::SeqCst) {
                    match client
                        .get(&url)
                        .timeout(Duration::from_secs(20))
                        .send()
                        .and_then(|answer| answer.error_for_status())
                    {
                        Ok(answer) => drop(answer.bytes()),
                        Err(error) => failures.push(format!("{error:?}")),
                    }
                    sent.fetch_add(1, Ordering::SeqCst);
                    // A steady load, not all the load this machine can make: other tests run beside this one.
                    clock.sleep(Duration::from_millis(5));
                }
                failures
            })
        };
        Traffic {
            clients: (0..clients).map(one).collect(),
            stop,
            sent,
        }
    }

    /// How many requests were answered, well or not.
    pub(super) fn sent(&self) -> u64 {
        self.sent.load(Ordering::SeqCst)
    }

    /// Ends it, and insists that every request had a good answer.
    pub(super) fn end(mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let failures: Vec<String> = self
            .clients
            .drain(..)
            .flat_map(|client| client.join().expect("a client"))
            .collect();
        let sent = self.sent.load(Ordering::SeqCst);
        assert!(sent > 3, "only {sent} requests were sent");
        assert!(
            failures.is_empty(),
            "{} of {sent} failed: {:?}",
            failures.len(),
            failures.first()
        );
    }
}

/// A test that fails must not go on asking at a port that another test has by then.
impl Drop for Traffic {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
    }
}

#[test]
fn releases_change_under_traffic_without_a_lost_request() {
    let sandbox = pricing();
    let first = deployed(&sandbox);
    assert_eq!(first["schema"], "deliver/deployment/v1");
    assert_eq!(
        (&first["outcome"], &first["release"], &first["previous"]),
        (&"succeeded".into(), &"v1".into(), &serde_json::Value::Null)
    );
    assert_serves(&sandbox, "v1", "1");
    let traffic = Traffic::start(&url(&sandbox), 4);
    for version in ["2", "3"] {
        change(&sandbox, version, "good");
        deployed(&sandbox);
        assert_serves(&sandbox, &format!("v{version}"), version);
    }
    assert_eq!(sandbox.run("deliver rollback").code, Some(0));
    traffic.end();
    assert_serves(&sandbox, "v2", "2");
    let unchanged = sandbox.run("deliver rollback --to v2 --json");
    assert_eq!(
        (unchanged.code, &json(&unchanged)["outcome"]),
        (Some(0), &"unchanged".into())
    );
}

#[test]
fn a_bad_release_never_takes_traffic_and_its_log_is_in_the_error() {
    let sandbox = pricing();
    deployed(&sandbox);
    let traffic = Traffic::start(&url(&sandbox), 2);
    for (mode, code, evidence) in [
        ("crash", "crashed", "cannot find the price list"),
        ("never", "never-healthy", "503"),
        ("own-port", "ignores-port", "4999"),
        ("flap", "flapping", "flapping"),
    ] {
        change(&sandbox, "2", mode);
        let ran = deploy(&sandbox);
        assert_eq!(ran.code, Some(1), "{mode}: {}", ran.stderr);
        assert_eq!(json(&ran)["outcome"], "failed", "{mode}");
        assert!(ran.stderr.contains(&format!("error[{code}]")), "{mode}: {}", ran.stderr);
        assert!(ran.stderr.contains(evidence), "{mode}: {}", ran.stderr);
        assert!(ran.stderr.contains("v1 is still serving"), "{mode}: {}", ran.stderr);
        assert_serves(&sandbox, "v1", "1");
    }
    traffic.end();
}

#[test]
fn a_program_that_fails_without_a_word_is_said_to() {
    let sandbox = pricing();
    let silent = "[\"sh\", \"-c\", \"exit 7\"]";
    let crash = MANIFEST.replace("[\"python3\", \"app.py\"]", silent);
    let build = format!("{MANIFEST}\n[build]\ncommand = {silent}\n");
    let step = format!("{MANIFEST}\n[run.release]\ncommand = {silent}\n");
    for (manifest, code) in [
        (crash, "crashed"),
        (build, "build-failed"),
        (step, "release-step-failed"),
    ] {
        sandbox.file("deliver.toml", &manifest);
        let said = sandbox.run("deliver deploy").fails(1);
        let error = &said[said.find("error[").expect("an error")..];
        assert!(error.starts_with(&format!("error[{code}]:")), "{said}");
        assert!(error.contains("ended with status 7; it printed nothing"), "{said}");
        assert!(!error.contains('│'), "the exit is no line of a log: {said}");
    }
}

#[test]
fn a_changed_setting_or_secret_is_a_release_and_comes_back_on_rollback() {
    let sandbox = pricing().env("PRICING_SECRET", "canary-8417");
    sandbox.file(
        "deliver.toml",
        &format!("{MANIFEST}\n[run.secrets]\nSECRET = \"env:PRICING_SECRET\"\n"),
    );
    deployed(&sandbox);
    let address = url(&sandbox);
    assert_eq!(get(&format!("{address}/secret")).expect("an answer").1, "canary-8417");
    let sandbox = sandbox.env("PRICING_SECRET", "canary-9999");
    let second = deployed(&sandbox);
    assert_eq!(second["release"], "v2");
    assert_eq!(get(&format!("{address}/secret")).expect("an answer").1, "canary-9999");
    assert_eq!(sandbox.run("deliver rollback").code, Some(0));
    assert_eq!(get(&format!("{address}/secret")).expect("an answer").1, "canary-8417");

    let everything =
        sandbox.run("deliver plan; deliver why D-2 --json; deliver audit export; deliver status --json; deliver logs");
    assert!(!everything.stdout.contains("canary") && !everything.stderr.contains("canary"));
    let leaked = sandbox.run("grep -rlE 'canary-(8417|9999)' ../home || true");
    assert_eq!(leaked.stdout, "", "a secret lies in clear in a file");
    let arguments = sandbox.run("cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | grep -c '^canary-' || true");
    assert_eq!(arguments.stdout.trim(), "0");

    let without = sandbox.run("env -u PRICING_SECRET deliver deploy");
    assert_eq!(without.code, Some(9));
    assert!(without.stderr.contains("PRICING_SECRET"), "{}", without.stderr);
}

#[test]
fn what_can_be_no_secret_is_told_before_anything_is_touched() {
    let sandbox = pricing();
    let secret = |reference: &str| {
        let manifest = format!("{MANIFEST}\n[run.secrets]\nSECRET = \"{reference}\"\n");
        sandbox.file("deliver.toml", &manifest);
    };
    sandbox.run("mkfifo ../pipe && truncate -s 1G ../large").ok();
    for (reference, why) in [
        ("file:../pipe", "it is no regular file"),
        ("file:/dev/zero", "it is no regular file"),
        ("file:../large", "it has 1048576 KiB; 1024 may be"),
        ("file:..", "is a directory"),
        ("exec:yes", "printed more than 1 MiB"),
    ] {
        secret(reference);
        for command in ["plan", "deploy"] {
            let ran = sandbox.run(&format!("deliver {command} --json"));
            assert_eq!(
                (ran.code, &ran.error()["code"], ran.stdout.as_str()),
                (Some(2), &"secret-unfit".into(), ""),
                "{ran:?}"
            );
            assert!(ran.stderr.contains(why), "{}", ran.stderr);
        }
    }
    let halves = "A = \"file:../half\"\nB = \"file:../half\"\n";
    sandbox.file("deliver.toml", &format!("{MANIFEST}\n[run.secrets]\n{halves}"));
    sandbox.run("head -c 600k ../large | tr '\\0' x > ../half").ok();
    let ran = sandbox.run("deliver deploy --json");
    assert_eq!(
        (ran.code, &ran.error()["message"]),
        (
            Some(2),
            &"the secrets of a service have 1200 KiB together; 1024 may be".into()
        ),
        "{ran:?}"
    );
    // An instance gets it as a variable.
    sandbox
        .run("head -c 131064 /dev/zero | tr '\\0' x > ../fits; printf x | cat ../fits - > ../long")
        .ok();
    secret("file:../long");
    let ran = sandbox.run("deliver deploy --json");
    assert_eq!(
        (ran.code, &ran.error()["code"]),
        (Some(2), &"secret-too-long".into()),
        "{ran:?}"
    );
    assert!(
        ran.stderr
            .contains("the secret `SECRET` has 129 KiB; a variable holds 128"),
        "{}",
        ran.stderr
    );
    secret("file:../fits");
    deployed(&sandbox);
    let told = get(&format!("{}/secret", url(&sandbox))).expect("an answer").1;
    assert_eq!(told.len(), 131_064);
}

#[test]
fn an_instance_sees_its_own_environment_and_not_the_developers() {
    let sandbox = pricing().env("AWS_PROFILE", "production");
    deployed(&sandbox);
    let names = get(&format!("{}/env", url(&sandbox))).expect("an answer").1;
    assert!(names.lines().any(|name| name == "PORT"), "{names}");
    assert!(
        !names.contains("AWS_PROFILE") && !names.contains("DELIVER_ACTOR"),
        "{names}"
    );
}

#[test]
fn an_app_that_insists_on_its_port_is_replaced_while_requests_wait() {
    let sandbox = pricing();
    let port = free_port();
    let manifest = MANIFEST.replace("[run]\n", &format!("[run]\nlisten = {port}\n"));
    sandbox.file(
        "deliver.toml",
        &format!("{manifest}\n[run.env]\nOWN_PORT = \"{port}\"\n"),
    );
    deployed(&sandbox);
    assert_serves(&sandbox, "v1", "1");
    assert!(sandbox.run("deliver plan --again").stdout.contains("requests are held"));
    let traffic = Traffic::start(&url(&sandbox), 2);
    change(&sandbox, "2", "good");
    deployed(&sandbox);
    assert_serves(&sandbox, "v2", "2");
    change(&sandbox, "3", "crash");
    assert_eq!(deploy(&sandbox).code, Some(1));
    traffic.end();
    assert_serves(&sandbox, "v2", "2");
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

#[test]
fn workers_and_static_sites_are_deployed_too() {
    let sandbox = pricing();
    sandbox.file(
        "deliver.toml",
        &format!("{MANIFEST}\n[process.mailer]\ncommand = [\"sh\", \"-c\", \"MODE=worker exec python3 app.py\"]\n"),
    );
    deployed(&sandbox);
    assert_eq!(status(&sandbox)["desired"], 2);
    assert_serves(&sandbox, "v1", "1");

    let site = Sandbox::new().with_tools();
    site.file("public/index.html", "<h1>hello</h1>");
    site.file(
        "deliver.toml",
        "[service]\nname = \"site\"\n[run]\nstatic = \"public\"\nhealth = { stable = \"200ms\" }\n",
    );
    deployed(&site);
    assert_eq!(get(&url(&site)).expect("an answer"), (200, "<h1>hello</h1>".into()));
    assert_eq!(
        get(&format!("{}/../deliver.toml", url(&site))).expect("an answer").0,
        404
    );
}

#[test]
fn a_release_step_runs_once_before_anything_serves() {
    let sandbox = pricing();
    sandbox.file(
        "migrate.sh",
        "echo migrating; echo ran >> \"$COUNT\"; exit ${STATUS:-0}\n",
    );
    let manifest = |status: u8| {
        let count = sandbox.root().join("count").display().to_string();
        format!(
            "{MANIFEST}\n[run.release]\ncommand = [\"sh\", \"migrate.sh\"]\n[run.env]\nCOUNT = \"{count}\"\nSTATUS = \"{status}\"\n"
        )
    };
    let ran = || {
        std::fs::read_to_string(sandbox.root().join("count"))
            .unwrap_or_default()
            .lines()
            .count()
    };
    sandbox.file("deliver.toml", &manifest(0));
    deployed(&sandbox);
    assert_eq!(ran(), 1);
    sandbox.file("deliver.toml", &manifest(4));
    let failed = deploy(&sandbox);
    assert_eq!((failed.code, ran()), (Some(1), 2), "{}", failed.stderr);
    assert!(
        failed.stderr.contains("release-step-failed") && failed.stderr.contains("migrating"),
        "{}",
        failed.stderr
    );
    assert_serves(&sandbox, "v1", "1");
}

#[test]
fn an_app_that_ignores_sigterm_is_named_and_killed() {
    let sandbox = pricing();
    change(&sandbox, "1", "ignore-term");
    deployed(&sandbox);
    change(&sandbox, "2", "good");
    let ran = deploy(&sandbox);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(
        ran.stderr
            .contains("warning: `pricing-v1-web-1-d1` ignored SIGTERM for 2s and was killed"),
        "{}",
        ran.stderr
    );
    assert_serves(&sandbox, "v2", "2");
}

#[test]
fn bad_input_has_a_message_of_its_own_and_a_next_step() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port();
    let with = |from: &str, to: &str| MANIFEST.replace(from, to);
    for (manifest, exit, code) in [
        (with("[run]\n", &format!("[run]\nport = {port}\n")), 1, "port-taken"),
        (
            with("\"python3\", \"app.py\"", "\"no-such-program\""),
            1,
            "command-missing",
        ),
        (
            format!("{MANIFEST}\n[build]\ncommand = \"echo compiling; exit 7\"\n"),
            1,
            "build-failed",
        ),
        (
            format!("{MANIFEST}\n[build]\ninclude = [\"dist\"]\n"),
            1,
            "include-empty",
        ),
        (with("/health", "/missing"), 1, "never-healthy"),
    ] {
        let sandbox = pricing();
        sandbox.file("deliver.toml", &manifest);
        let ran = sandbox.run("deliver deploy");
        assert_eq!(ran.code, Some(exit), "{code}: {}", ran.stderr);
        assert!(ran.stderr.contains(&format!("error[{code}]")), "{code}: {}", ran.stderr);
        assert!(ran.stderr.contains("hint:"), "{code}: {}", ran.stderr);
    }
}

#[test]
fn a_dependency_that_was_never_deployed_is_a_warning() {
    let sandbox = pricing();
    let site = "[service]\nname = \"catalog\"\n[run]\nstatic = \".\"\nhealth = { stable = \"100ms\" }\n";
    sandbox.file("../catalog/deliver.toml", site);
    sandbox.file(
        "deliver.toml",
        &MANIFEST.replace("\n[run]", "depends_on = [\"catalogue\"]\n\n[run]"),
    );
    let said = "warning: deliver.toml:4: `depends_on` names `catalogue`, which nobody has deployed from here; did you";
    let plan = || sandbox.run("deliver plan 2>&1").ok();
    assert!(!plan().contains("warning"), "nothing else is known");
    sandbox.run("cd ../catalog && deliver deploy").ok();
    assert!(plan().contains(said), "{}", plan());
    let deployed = sandbox.run("deliver deploy 2>&1").ok();
    assert!(deployed.contains(said), "{deployed}");
}

#[test]
fn what_is_next_comes_last_and_can_be_done() {
    let sandbox = pricing();
    let last = |line: &str| {
        let said = sandbox.run(&format!("{line} 2>&1")).ok();
        said.lines().last().unwrap_or_default().to_owned()
    };
    assert_eq!(last("deliver deploy"), "  logs  deliver logs -f    stop  deliver down");
    change(&sandbox, "2", "good");
    let all = "  logs  deliver logs -f    back  deliver rollback    stop  deliver down";
    assert_eq!(last("deliver deploy"), all);
}

#[test]
fn nothing_to_show_says_why() {
    let sandbox = pricing();
    let said = |line: &str| sandbox.run(&format!("{line} 2>&1")).ok();
    assert_eq!(
        said("deliver logs"),
        "`pricing` was never deployed to `local` from this store\n"
    );
    deployed(&sandbox);
    assert_eq!(
        said("deliver logs --process worker"),
        "`pricing` has printed nothing of the kind in `local`\n"
    );
    assert_eq!(
        said("deliver logs --service nope"),
        "`nope` was never deployed to `local` from this store\n"
    );
    let more = said("deliver audit -n 3");
    assert!(
        more.ends_with("hint: deliver audit --limit 15   (shows more)\n"),
        "{more}"
    );
}

#[test]
fn a_dry_run_of_anything_does_nothing() {
    let sandbox = pricing();
    deployed(&sandbox);
    change(&sandbox, "2", "good");
    deployed(&sandbox);
    let world = || {
        let agent = sandbox.run("deliver agent status --json").json();
        (sandbox.run("deliver audit export").ok(), agent["instances"].clone())
    };
    let before = world();
    for (line, said) in [
        ("deploy --again", "v2 of b-"),
        ("rollback", "pricing → local: v1 of b-"),
        ("rollback --to v1", "stops   pricing-v2-web-1-d2"),
        ("down", "1 instance of `pricing` in `local` would be stopped"),
        ("down --all", "1 instance of `pricing` in `local` would be stopped"),
        ("resume", "nothing was left unfinished"),
        ("hold set --reason why", "`pricing` would be held in `local`: why"),
        ("hold clear", "`pricing` is not held in `local`"),
        ("agent restart", "would be replaced"),
        ("agent stop", "would be stopped"),
    ] {
        let ran = sandbox.run(&format!("deliver {line} --dry-run 2>&1"));
        assert_eq!((ran.code, world() == before), (Some(0), true), "{line}: {ran:?}");
        assert!(ran.stdout.contains(said), "{line}: {ran:?}");
    }
    sandbox.run("deliver hold set --reason why").ok();
    let before = world();
    let clear = sandbox.run("deliver hold clear --dry-run 2>&1").ok();
    assert!(
        clear.contains("1 hold of `pricing` in `local` would be cleared"),
        "{clear}"
    );
    assert!(world() == before);
}

#[test]
fn of_two_deploys_at_once_one_runs() {
    let sandbox = pricing();
    deployed(&sandbox);
    change(&sandbox, "2", "good");
    let ran = sandbox.run("deliver deploy --quiet & deliver deploy --quiet; a=$?; wait $!; echo $a $?");
    let codes: Vec<&str> = ran.stdout.lines().last().unwrap_or_default().split(' ').collect();
    assert!(codes.contains(&"0"), "{ran:?}");
    assert!(codes.iter().all(|code| ["0", "6"].contains(code)), "{ran:?}");
    assert_serves(&sandbox, "v2", "2");
}

#[test]
fn killed_at_any_write_the_next_deploy_ends_in_full_without_a_lost_request() {
    let sandbox = pricing();
    deployed(&sandbox);
    let traffic = Traffic::start(&url(&sandbox), 2);
    let mut version = 1;
    for write in 1.. {
        version += 1;
        change(&sandbox, &version.to_string(), "good");
        let killed = sandbox.run(&format!("DELIVER_TEST_CRASH_AT={write} deliver deploy --quiet"));
        if killed.code == Some(0) {
            assert!(write > 10, "a deploy has more writes than {write}");
            break;
        }
        let next = sandbox.run("deliver resume --quiet; deliver deploy --json");
        assert_eq!(next.code, Some(0), "after write {write}: {}", next.stderr);
        let answer = get(&url(&sandbox)).expect("an answer").1;
        assert_eq!(answer, version.to_string(), "after write {write}");
        let status = status(&sandbox);
        let release = status["release"].as_str().expect("a release").to_owned();
        assert_serves(&sandbox, &release, &answer);
    }
    traffic.end();
}

#[test]
fn down_stops_everything_and_gives_the_port_back() {
    let sandbox = pricing();
    deployed(&sandbox);
    let address = url(&sandbox);
    assert_eq!(sandbox.run("deliver down").code, Some(0));
    assert!(get(&address).is_err());
    assert_eq!(status(&sandbox)["instances"], serde_json::json!([]));
    deployed(&sandbox);
    assert_eq!(url(&sandbox), address, "the agent keeps a stable port");
}

#[test]
fn ctrl_c_before_the_switch_leaves_the_old_release_and_nothing_else() {
    let sandbox = pricing();
    deployed(&sandbox);
    change(&sandbox, "2", "never");
    let line = "deliver deploy --json 2> err & p=$!; \
                until grep -q 'warming up\\|answered 503' err; do sleep 0.1; done; kill -INT $p; wait $p; echo \"exit $?\"; cat err >&2";
    let ran = sandbox.run(line);
    assert!(ran.stdout.contains("exit 130"), "{ran:?}");
    assert!(
        ran.stderr.contains(
            "stops safely: what was started and takes no traffic yet is removed; press Ctrl-C again to leave at once"
        ),
        "{ran:?}"
    );
    assert!(ran.stdout.contains("\"cancelled\""), "{ran:?}");
    assert_serves(&sandbox, "v1", "1");
}
