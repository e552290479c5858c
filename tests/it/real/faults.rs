//! The faults that people hurt themselves with, one by one, on this machine: the program, its agent, real apps, real signals.
//! `docs/faults.md` lists each with what is promised; faults that other files hold are listed there, too.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Stdio};
use std::thread;
use std::time::Duration;

use deliver::adapters::system::SystemClock;
use deliver::ports::Clock;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use super::agent::processes_of;
use super::deploy::{Traffic, assert_serves, change, deployed, get, json, status, url};
use super::shared::{assert_one_at_a_time, journal, rounds};
use crate::support::load::{Load, Way};
use crate::support::{DELIVER, Sandbox, needs};

const APP: &str = include_str!("apps/app.py");

const SOON: Duration = Duration::from_secs(60);

/// A service whose manifest is as short as it can be; `run` are further lines of `[run]`, `local` of the environment.
fn manifest(run: &str, local: &str) -> String {
    let limits = [
        (
            "health = ",
            "health = { path = \"/health\", interval = \"100ms\", start = \"8s\", stable = \"200ms\" }",
        ),
        ("drain = ", "drain = \"3s\""),
        ("grace = ", "grace = \"2s\""),
    ];
    let usual: Vec<&str> = limits
        .iter()
        .filter(|(key, _)| !run.starts_with(key) && !run.contains(&format!("\n{key}")))
        .map(|(_, line)| *line)
        .collect();
    format!(
        "[service]\nname = \"pricing\"\n\n[run]\ncommand = [\"python3\", \"app.py\"]\n{}\n{run}\n\n[environment.local]\n{local}\n",
        usual.join("\n")
    )
}

fn pricing(run: &str, local: &str) -> Sandbox {
    let sandbox = Sandbox::new().with_tools();
    let gate = sandbox.root().join("gate").display().to_string();
    let with_gate = format!("{}\n[run.env]\nGATE = \"{gate}\"\n", manifest(run, local));
    sandbox.file("app.py", APP).file("deliver.toml", &with_gate);
    sandbox
}

/// Opens what apps in the mode `gate` wait for.
fn open_gate(sandbox: &Sandbox) {
    std::fs::write(sandbox.root().join("gate"), "").expect("a file");
}

/// The program at work in the background; what it says is in files.
struct Tool<'a> {
    sandbox: &'a Sandbox,
    child: Child,
}

impl<'a> Tool<'a> {
    fn start(sandbox: &'a Sandbox, words: &[&str]) -> Self {
        Tool::with(sandbox, words, &[])
    }

    fn with(sandbox: &'a Sandbox, words: &[&str], variables: &[(&str, &str)]) -> Self {
        let file = |name: &str| std::fs::File::create(sandbox.root().join(name)).expect("a file");
        let child = sandbox
            .command(DELIVER)
            .args(words)
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(file("out"))
            .stderr(file("err"))
            .spawn()
            .expect("it starts");
        Tool { sandbox, child }
    }

    fn said(&self) -> String {
        std::fs::read_to_string(self.sandbox.root().join("err")).unwrap_or_default()
    }

    #[track_caller]
    fn until_it_says(&self, words: &str) {
        self.sandbox
            .until(&format!("`{words}`"), SOON, || self.said().contains(words));
    }

    fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().cast_signed()), signal).expect("it runs");
    }

    fn kill(mut self) {
        self.signal(Signal::SIGKILL);
        self.child.wait().expect("it ended");
    }

    /// Its exit code, and what it said.
    fn end(mut self) -> (Option<i32>, String) {
        let status = self.child.wait().expect("it ended");
        assert_eq!(status.signal(), None, "{}", self.said());
        (status.code(), self.said())
    }
}

/// The deployments, newest first.
fn history(sandbox: &Sandbox) -> Vec<Value> {
    let history = sandbox.run("deliver history --json").json();
    history["deployments"].as_array().expect("deployments").clone()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

fn step_names(deployment: &Value) -> Vec<&str> {
    let steps = deployment["steps"].as_array().expect("steps");
    steps.iter().map(|step| text(step, "name")).collect()
}

/// Processes that were started as this, whoever knows of them.
fn running(sandbox: &Sandbox, words: &str) -> usize {
    let line = |pid: &Pid| std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let own = processes_of(sandbox.root());
    // The program itself may have been found along the PATH.
    own.iter().filter(|pid| line(pid).ends_with(words.as_bytes())).count()
}

fn apps(sandbox: &Sandbox) -> usize {
    running(sandbox, "python3\0app.py\0")
}

fn pids(sandbox: &Sandbox) -> BTreeSet<u64> {
    let status = status(sandbox);
    let instances = status["instances"].as_array().expect("instances").iter();
    instances.filter_map(|one| one["pid"].as_u64()).collect()
}

fn address(url: &str) -> SocketAddr {
    let address = url.strip_prefix("http://").expect("a URL");
    address.parse().expect("an address")
}

#[test]
fn a_tool_that_is_killed_before_it_did_anything_locks_nobody_out() {
    let sandbox = pricing("", "");
    deployed(&sandbox);
    let mut abandoned = 0;
    for write in 1..=4 {
        change(&sandbox, &(write + 1).to_string(), "good");
        let killed = sandbox.run(&format!("DELIVER_TEST_CRASH_AT={write} deliver deploy --quiet"));
        assert_ne!(killed.code, Some(0));
        let records = journal(&sandbox);
        let lease = records.iter().rfind(|record| record["action"] == "lease.take");
        let dead = lease.expect("it had the lease")["detail"]["token"].clone();
        assert_eq!(pids(&sandbox).len(), 1, "nothing was started");

        // Nobody waits, and nobody unlocks anything.
        let next = deployed(&sandbox);
        assert_eq!(next["outcome"], "succeeded");
        let records = journal(&sandbox);
        let take_over = records
            .iter()
            .find(|record| record["detail"]["taken_over_from"]["token"] == dead)
            .expect("the journal tells of the take-over");
        assert_eq!(take_over["detail"]["taken_over_from"]["doing"], "deploy");
        assert!(journal_is_whole(&sandbox));
        for left in history(&sandbox).iter().filter(|one| one["outcome"] == "interrupted") {
            abandoned += 1;
            let reason = text(left, "reason");
            assert!(
                reason.starts_with("interrupted while p") && reason.ends_with("; nothing had been started"),
                "{left}"
            );
        }
    }
    assert!(abandoned > 0, "one of them had begun a deployment");
}

fn journal_is_whole(sandbox: &Sandbox) -> bool {
    sandbox.run("deliver audit verify").code == Some(0)
}

const HALF: &str = "instances = 2\nstrategy = { kind = \"canary\", steps = [\"50%\"], bake = \"60s\" }";

/// Kills a deployment of `version` while it tries half of the traffic.
fn kill_half_way(sandbox: &Sandbox, version: &str) {
    change(sandbox, version, "good");
    let tool = Tool::start(sandbox, &["deploy"]);
    tool.until_it_says("is watched");
    tool.kill();
}

#[test]
fn killed_with_half_of_the_instances_new_the_next_command_says_so_and_ends_it_first() {
    let sandbox = pricing("", "instances = 2");
    deployed(&sandbox);
    change(&sandbox, "2", "good");
    deployed(&sandbox);
    let manifest = sandbox.read("deliver.toml").replace("instances = 2", HALF);
    sandbox.file("deliver.toml", &manifest);
    let traffic = Traffic::start(&url(&sandbox), 2);
    kill_half_way(&sandbox, "3");
    let drift = "D-3 was left unfinished while shifting; `deliver resume local` ends it";
    assert_eq!(status(&sandbox)["drift"][0], drift);

    // To go back from it is to go back to v2, and not one release further.
    let back = sandbox.run("deliver rollback --json");
    assert_eq!(
        (back.code, &json(&back)["outcome"]),
        (Some(0), &"unchanged".into()),
        "{back:?}"
    );
    assert!(
        back.stderr.contains("D-3 was left unfinished while shifting"),
        "{back:?}"
    );
    assert_serves(&sandbox, "v2", "2");
    assert_eq!(status(&sandbox)["drift"], serde_json::json!([]));

    // No third release beside the two: what was left is ended before the next begins.
    kill_half_way(&sandbox, "4");
    change(&sandbox, "5", "good");
    let fixed = sandbox
        .file("deliver.toml", &manifest.replace("60s", "1s"))
        .run("deliver deploy --json");
    assert_eq!(fixed.code, Some(0), "{}", fixed.stderr);
    assert!(
        fixed.stderr.contains("D-5 was left unfinished while shifting"),
        "{}",
        fixed.stderr
    );
    assert!(
        fixed
            .stderr
            .contains("D-5: interrupted while shifting; v2 is serving again"),
        "{}",
        fixed.stderr
    );
    let records = journal(&sandbox);
    let at = |action: &str, id: &str| {
        let found = records
            .iter()
            .position(|record| record["action"] == action && text(record, "subject").ends_with(id));
        found.unwrap_or_else(|| panic!("no {action} of {id}"))
    };
    assert!(at("deployment.end", "/D-5") < at("deployment.begin", "/D-6"));

    kill_half_way(&sandbox, "6");
    sandbox.run("deliver resume").fails(4);
    traffic.end();
    assert_serves(&sandbox, status(&sandbox)["release"].as_str().expect("a release"), "5");
    assert_eq!(history(&sandbox)[0]["outcome"], "rolled_back");
}

/// Between an act and its record: the other half of what `deploy::killed_at_any_write…` goes through.
#[test]
fn killed_before_any_write_resume_ends_it_and_a_switch_is_not_repeated() {
    let sandbox = pricing("", "");
    deployed(&sandbox);
    let traffic = Traffic::start(&url(&sandbox), 2);
    let (mut version, mut serves, mut after_the_switch) = (1, 1, 0);
    for write in 1.. {
        version += 1;
        let last = history(&sandbox)[0]["id"].clone();
        change(&sandbox, &version.to_string(), "good");
        let killed = sandbox.run(&format!("DELIVER_TEST_CRASH_BEFORE={write} deliver deploy --quiet"));
        if killed.code == Some(0) {
            assert!(write > 15, "a deploy has more writes than {write}");
            break;
        }
        let dead = history(&sandbox)[0].clone();
        let was = status(&sandbox);
        sandbox.run("deliver resume --quiet").resumed();
        let ended = sandbox.run(&format!("deliver why {} --json", text(&dead, "id"))).json();
        if dead["id"] == last {
            assert!(write <= 4, "{write}: there was no deployment yet: {dead}");
        } else if dead["outcome"] != "running" {
            // It had told its end, and only its lease was left.
            assert_eq!(dead["outcome"], "succeeded", "{write}: {dead}");
            serves = version;
        } else if was["release"] != dead["previous"] {
            // Traffic had moved: what was observed is recorded, the switch is not repeated, the drain goes on.
            serves = version;
            after_the_switch += 1;
            assert_eq!(ended["outcome"], "succeeded", "{write}: {ended:#}");
            let names = step_names(&ended);
            assert_eq!(names.iter().filter(|name| **name == "switch").count(), 1, "{names:?}");
            assert!(names.contains(&"drain") && names.contains(&"observe"), "{names:?}");
            let new = |status: &Value| {
                let own = status["instances"].as_array().expect("instances").iter();
                let own: Vec<Value> = own.filter(|one| one["release"] == ended["release"]).cloned().collect();
                own.iter().map(|one| one["pid"].clone()).collect::<Vec<_>>()
            };
            assert_eq!(new(&was), new(&status(&sandbox)), "the same instances go on");
        } else {
            assert_eq!(ended["outcome"], "interrupted", "{write}: {ended:#}");
        }
        let release = status(&sandbox)["release"].as_str().expect("a release").to_owned();
        assert_serves(&sandbox, &release, &serves.to_string());
        assert_eq!(apps(&sandbox), 1, "{write}: an orphan");
        assert!(journal_is_whole(&sandbox), "{write}");
    }
    traffic.end();
    assert!(after_the_switch >= 4, "{after_the_switch} of them had moved traffic");
}

#[test]
fn a_second_ctrl_c_leaves_at_once_and_a_late_one_goes_forward() {
    let sandbox = pricing("grace = \"30s\"", "");
    deployed(&sandbox);
    change(&sandbox, "2", "stubborn");
    let tool = Tool::start(&sandbox, &["deploy"]);
    tool.until_it_says("answered 503");
    tool.signal(Signal::SIGINT);
    tool.until_it_says("press Ctrl-C again to leave at once");
    // It takes the new instance away now, which does not want to go.
    tool.until_it_says("remove ");
    tool.signal(Signal::SIGINT);
    let (code, said) = tool.end();
    assert_eq!(code, Some(130), "{said}");
    assert!(!said.contains("ignored SIGTERM"), "it did not wait: {said}");
    assert!(journal_is_whole(&sandbox));
    assert_eq!(history(&sandbox)[0]["outcome"], "running");
    assert_eq!(get(&url(&sandbox)).expect("an answer").1, "1");
    sandbox.file("deliver.toml", &sandbox.read("deliver.toml").replace("30s", "1s"));
    let stubborn = pids(&sandbox);
    for pid in &stubborn {
        let line = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        if String::from_utf8_lossy(&line).contains("v2") {
            let _ = kill(Pid::from_raw(i32::try_from(*pid).expect("a pid")), Signal::SIGKILL);
        }
    }
    sandbox.run("deliver resume").ok();
    assert_eq!(history(&sandbox)[0]["outcome"], "interrupted");
    assert_serves(&sandbox, "v1", "1");

    // Past the point of no return there is only forward, and what was begun is done.
    let address = url(&sandbox);
    let slow = thread::spawn(move || get(&format!("{address}/slow=2.5")).expect("an answer"));
    sandbox.until("it is under way", SOON, || {
        status(&sandbox)["instances"][0]["in_flight"] == 1
    });
    change(&sandbox, "3", "good");
    let tool = Tool::start(&sandbox, &["deploy", "--json"]);
    tool.until_it_says("drain ");
    tool.signal(Signal::SIGINT);
    let (code, said) = tool.end();
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(slow.join().expect("it ended"), (200, "1".into()));
    assert_serves(&sandbox, "v3", "3");
}

#[test]
fn a_tool_that_slept_is_taken_over_after_its_lease_and_refused_when_it_wakes() {
    let sandbox = pricing(
        "health = { path = \"/health\", interval = \"100ms\", start = \"60s\", stable = \"200ms\" }",
        "",
    );
    deployed(&sandbox);
    let traffic = Traffic::start(&url(&sandbox), 2);
    change(&sandbox, "2", "gate");
    let tool = Tool::start(&sandbox, &["deploy", "--json"]);
    tool.until_it_says("answered 503");
    tool.signal(Signal::SIGSTOP);
    open_gate(&sandbox);
    let busy = sandbox.run("deliver deploy --json");
    assert_eq!((busy.code, &busy.error()["code"]), (Some(6), &"lease-held".into()));
    let began = SystemClock::new(None).now();
    change(&sandbox, "3", "good");
    let second = sandbox.run("DELIVER_ACTOR=bob@desk deliver deploy --wait 60s --json");
    assert_eq!(second.code, Some(0), "{}", second.stderr);
    let records = journal(&sandbox);
    let take_over = records
        .iter()
        .rfind(|record| record["action"] == "lease.take")
        .expect("a lease");
    let taken: jiff::Timestamp = text(take_over, "at").parse().expect("a time");
    let waited = taken.duration_since(began).as_secs_f64();
    // 15 s of silence, half a second until the next look, and what a busy machine adds.
    assert!((14.0..20.0).contains(&waited), "taken over after {waited} s");

    tool.signal(Signal::SIGCONT);
    let (code, said) = tool.end();
    assert_eq!(code, Some(6), "{said}");
    assert!(said.contains("\"lease-lost\"") || said.contains("\"fenced\""), "{said}");
    traffic.end();
    let after = journal(&sandbox);
    let late: Vec<&Value> = after[records.len()..].iter().collect();
    assert!(late.is_empty(), "it did something after the take-over: {late:?}");
    assert_eq!(history(&sandbox).len(), 3);
    assert_serves(&sandbox, text(&json(&second), "release"), "3");
    assert_eq!(apps(&sandbox), 1);
}

const SITE: &str = "[service]\nname = \"NAME\"\n[run]\nstatic = \"public\"\nhealth = { path = \"/\", interval = \"50ms\", stable = \"50ms\" }\ndrain = \"1s\"\n";

fn site(sandbox: &Sandbox, name: &str) {
    sandbox.file(&format!("{name}/public/index.html"), name);
    sandbox.file(&format!("{name}/deliver.toml"), &SITE.replace("NAME", name));
}

#[test]
fn of_two_that_deploy_at_the_same_instant_one_runs_and_the_other_is_told_or_waits() {
    let sandbox = Sandbox::new().with_tools();
    site(&sandbox, "pricing");
    sandbox.run("cd pricing && deliver deploy").ok();
    let rounds = rounds() * 2;
    let (mut contested, mut done) = (0, 1);
    for _ in 0..rounds {
        let ran = sandbox.run(
            "cd pricing; deliver deploy --again --quiet & deliver deploy --again --quiet; a=$?; wait $!; echo $a $?",
        );
        let mut codes: Vec<&str> = ran.stdout.lines().last().unwrap_or_default().split(' ').collect();
        codes.sort_unstable();
        match codes[..] {
            ["0", "6"] => (contested, done) = (contested + 1, done + 1),
            ["0", "0"] => done += 2,
            _ => panic!("{ran:?}"),
        }
    }
    assert!(contested > 0, "the two never met");
    assert_eq!(
        assert_one_at_a_time(&journal(&sandbox)),
        done,
        "each that ended well is one"
    );
    let both = sandbox.run(
        "cd pricing; deliver deploy --again --wait 1m & deliver deploy --again --wait 1m; a=$?; wait $!; echo $a $?",
    );
    assert!(both.stdout.ends_with("0 0\n"), "{both:?}");
    assert_eq!(assert_one_at_a_time(&journal(&sandbox)), done + 2);
}

/// Nothing holds two leases at once: there is no order in which two could wait for each other.
#[test]
fn services_that_are_deployed_in_opposite_orders_never_wait_for_each_other() {
    let sandbox = Sandbox::new().with_tools();
    site(&sandbox, "a");
    site(&sandbox, "b");
    let deploys = |first: &str, second: &str| {
        let one = |name: &str| format!("(cd {name} && deliver deploy --again --quiet --wait 1m)");
        format!("{} && {}", one(first), one(second))
    };
    let there_and_back = format!(
        "({}) & ({}); x=$?; wait $!; echo $x $?",
        deploys("a", "b"),
        deploys("b", "a")
    );
    for _ in 0..3 {
        let ran = sandbox.run(&there_and_back);
        assert!(ran.stdout.ends_with("0 0\n"), "{ran:?}");
    }
}

#[test]
fn a_program_that_exits_at_once_is_told_with_its_last_hundred_lines_long_before_its_deadline() {
    let sandbox = pricing(
        "health = { path = \"/health\", interval = \"100ms\", start = \"5m\", stable = \"10s\" }",
        "",
    );
    sandbox.file("deliver.toml", &sandbox.read("deliver.toml").replace("10s", "200ms"));
    deployed(&sandbox);
    let traffic = Traffic::start(&url(&sandbox), 2);
    change(&sandbox, "2", "talk-and-crash");
    let ran = sandbox.run("deliver deploy --json");
    traffic.end();
    assert_eq!(
        (ran.code, &ran.error()["code"]),
        (Some(1), &"crashed".into()),
        "{}",
        ran.stderr
    );
    let told: Vec<&str> = ran.stderr.lines().filter(|line| line.ends_with(" of 150")).collect();
    assert_eq!(told.len(), 100, "{}", ran.stderr);
    assert!(
        told[0].ends_with("line 51 of 150") && told[99].ends_with("line 150 of 150"),
        "{told:?}"
    );
    let report = json(&ran);
    let took: f64 = report["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .filter_map(|step| step["seconds"].as_f64())
        .sum();
    assert!(took < 15.0, "{took} s");
    assert_serves(&sandbox, "v1", "1");
}

#[test]
fn a_release_that_never_gets_healthy_is_stopped_at_its_deadline() {
    let sandbox = pricing(
        "health = { path = \"/health\", interval = \"100ms\", start = \"3s\", stable = \"200ms\" }",
        "",
    );
    deployed(&sandbox);
    let traffic = Traffic::start(&url(&sandbox), 2);
    change(&sandbox, "2", "never");
    let ran = sandbox.run("deliver deploy --json");
    traffic.end();
    assert_eq!(
        (ran.code, &ran.error()["code"]),
        (Some(1), &"never-healthy".into()),
        "{}",
        ran.stderr
    );
    let report = json(&ran);
    let health = report["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .find(|step| step["name"] == "health");
    let took = health.expect("a step")["seconds"].as_f64().expect("a time");
    assert!((3.0..8.0).contains(&took), "stopped after {took} s");
    assert_serves(&sandbox, "v1", "1");
    assert_eq!(apps(&sandbox), 1, "and it is gone");
}

/// How many long requests were lost over a change from one release to the next, and what the deployment said. They are
/// older by then than the second in which the router sends a harmless one again by itself.
fn lost_over_a_change(drain: &str) -> (u64, String) {
    let health = "health = { path = \"/health\", interval = \"100ms\", start = \"20s\", stable = \"1200ms\" }";
    let sandbox = pricing(&format!("{health}\ndrain = \"{drain}\""), "");
    change(&sandbox, "1", "term-at-once");
    deployed(&sandbox);
    let load = Load::start(&[address(&url(&sandbox))], "/slow=6", &[Way::Fresh; 4]);
    sandbox.until("requests are under way", SOON, || {
        status(&sandbox)["instances"][0]["in_flight"] == 4
    });
    change(&sandbox, "2", "term-at-once");
    let ran = sandbox.run("deliver deploy --json");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let tally = load.end();
    assert!(tally.sent() >= 4, "{tally:?}");
    (tally.lost(), ran.stderr)
}

#[test]
fn a_program_that_ends_at_once_when_told_to_loses_nothing_because_it_is_drained_first() {
    // Beside it the same app, not drained: what the drain is for.
    let bare = thread::spawn(|| lost_over_a_change("0s"));
    let (lost, said) = lost_over_a_change("20s");
    assert_eq!(lost, 0, "{said}");
    assert!(!said.contains("and cut"), "{said}");
    let (lost, said) = bare.join().expect("it ended");
    assert!(lost > 0, "{said}");
    assert!(said.contains("still open after 0s and cut"), "{said}");
}

#[test]
fn a_long_request_is_answered_and_one_that_outlasts_the_drain_is_cut_and_counted() {
    let sandbox = pricing("drain = \"30s\"\ngrace = \"1s\"", "");
    change(&sandbox, "1", "term-at-once");
    deployed(&sandbox);
    let ask = |seconds: u32| {
        let address = address(&url(&sandbox));
        thread::spawn(move || {
            let mut stream = TcpStream::connect(address).expect("connected");
            write!(
                stream,
                "GET /slow={seconds} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            )
            .expect("sent");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).map(|_| answer)
        })
    };
    let (long, too_long) = (ask(25), ask(60));
    sandbox.until("both are under way", SOON, || {
        status(&sandbox)["instances"][0]["in_flight"] == 2
    });
    change(&sandbox, "2", "good");
    let ran = sandbox.run("deliver deploy --json");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let answer = long.join().expect("it ended").expect("an answer");
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("\r\n1"),
        "{answer}"
    );
    let cut = too_long.join().expect("it ended").expect("an answer");
    assert!(cut.starts_with("HTTP/1.1 502 "), "{cut}");
    let said = "warning: 1 request or connection was still open after 30s and cut";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
    let why = sandbox.run("deliver why D-2 --json").json();
    let drain = why["details"]
        .as_array()
        .expect("details")
        .iter()
        .find(|step| step["name"] == "drain");
    assert_eq!(drain.expect("a drain")["observation"][0]["cut"], 1, "{why:#}");
    assert_serves(&sandbox, "v2", "2");
}

/// Speaks the WebSocket protocol (RFC 6455) as far as a test needs: echoes text, and says goodbye (1001, going away) to all
/// when it is told to end.
const SOCKET_APP: &str = r#"
import base64, hashlib, os, signal, socket, threading
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
open_ones = []
def serve(c):
    head = b""
    while b"\r\n\r\n" not in head:
        part = c.recv(4096)
        if not part: return
        head += part
    key = [line.split(b":", 1)[1].strip() for line in head.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key")]
    if not key:
        c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        return c.close()
    accept = base64.b64encode(hashlib.sha1(key[0] + GUID).digest())
    c.sendall(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n")
    open_ones.append(c)
    while True:
        frame = c.recv(2)
        if len(frame) < 2: return
        rest = c.recv(4 + (frame[1] & 127))
        if frame[0] == 0x88:
            c.close()
            return
        text = bytes(b ^ rest[i % 4] for i, b in enumerate(rest[4:]))
        c.sendall(bytes([0x81, len(text)]) + text)
def goodbye(*_):
    for c in open_ones:
        try:
            c.sendall(b"\x88\x02\x03\xe9")
            c.shutdown(socket.SHUT_WR)
        except OSError: pass
    os._exit(0)
server = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
signal.signal(signal.SIGTERM, goodbye)
while True:
    c, _ = server.accept()
    threading.Thread(target=serve, args=(c,), daemon=True).start()
"#;

#[test]
fn kept_connections_live_through_a_switch_and_a_websocket_is_closed_with_a_goodbye() {
    let sandbox = pricing("", "");
    deployed(&sandbox);
    let load = Load::start(&[address(&url(&sandbox))], "/", &[Way::Kept; 4]);
    sandbox.until("requests", SOON, || load.sent() > 20);
    change(&sandbox, "2", "good");
    deployed(&sandbox);
    let before = load.sent();
    sandbox.until("requests of the new one", SOON, || load.sent() > before + 40);
    let tally = load.end();
    assert_eq!((tally.lost(), tally.stale), (0, 0), "{tally:?}");
    assert!(tally.answers["1"] > 0 && tally.answers["2"] > 0, "{tally:?}");

    let sandbox = pricing("", "");
    sandbox.file(
        "deliver.toml",
        &sandbox.read("deliver.toml").replace("\"3s\"", "\"1s\""),
    );
    sandbox.file("app.py", SOCKET_APP);
    deployed(&sandbox);
    let mut socket = TcpStream::connect(address(&url(&sandbox))).expect("connected");
    socket.set_read_timeout(Some(SOON)).expect("a timeout");
    let hello = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                 Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    socket.write_all(hello.as_bytes()).expect("sent");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        socket.read_exact(&mut byte).expect("a head");
        head.extend(byte);
    }
    let head = String::from_utf8(head).expect("text").to_lowercase();
    assert!(
        head.starts_with("http/1.1 101 ") && head.contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="),
        "{head}"
    );
    // "hi", with a mask of zeros.
    let echo = |socket: &mut TcpStream| {
        socket.write_all(&[0x81, 0x82, 0, 0, 0, 0, b'h', b'i']).expect("sent");
        let mut frame = [0; 4];
        socket.read_exact(&mut frame).expect("an echo");
        assert_eq!(frame, [0x81, 2, b'h', b'i']);
    };
    echo(&mut socket);
    sandbox.file("app.py", &format!("{SOCKET_APP}# another\n"));
    let tool = Tool::start(&sandbox, &["deploy", "--json"]);
    tool.until_it_says("drain ");
    echo(&mut socket);
    let mut rest = Vec::new();
    socket.read_to_end(&mut rest).expect("an end, not a reset");
    assert_eq!(
        rest,
        [0x88, 2, 0x03, 0xe9],
        "the goodbye of its server: 1001, going away"
    );
    let (code, said) = tool.end();
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("1 request or connection was still open after 1s and cut"),
        "{said}"
    );
}

#[test]
fn a_way_back_that_fails_is_left_to_a_person_with_a_hold_and_is_not_gone_back_from() {
    let local = "protected = true\nstrategy = { kind = \"recreate\", bake = \"20s\" }";
    let sandbox = pricing("", local);
    open_gate(&sandbox);
    change(&sandbox, "1", "once");
    let deploy = "deliver deploy --override readiness --reason 'a test' --json";
    assert_eq!(sandbox.run(deploy).code, Some(0));
    // What v1 needs is gone by the time v2 dies.
    std::fs::remove_file(sandbox.root().join("gate")).expect("removed");
    change(&sandbox, "2", "late-crash");
    let ran = sandbox.run(deploy);
    assert_eq!(
        (ran.code, &json(&ran)["outcome"]),
        (Some(5), &"needs_human".into()),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("rolling back to v1 failed too"), "{}", ran.stderr);
    let hold = text(&status(&sandbox)["hold"], "reason").to_owned();
    assert!(hold.starts_with("left mixed by D-2: "), "{hold}");
    assert_eq!(history(&sandbox).len(), 2, "no deployment was made of the way back");
    assert_eq!(
        sandbox.run("deliver resume").code,
        Some(0),
        "nothing is left to be done by itself"
    );
    change(&sandbox, "3", "good");
    let held = sandbox.run(deploy);
    assert_eq!(held.code, Some(3), "{}", held.stderr);
    assert!(held.stderr.contains("`hold`"), "{}", held.stderr);
    sandbox.run("deliver hold clear").ok();
    assert_eq!(sandbox.run(deploy).code, Some(0));
    assert_serves(&sandbox, text(&history(&sandbox)[0], "release"), "3");
}

/// A service with a release step that notes each run in a file, and waits for the gate in the second.
fn with_step(script: &str, more: &str) -> Sandbox {
    let sandbox = pricing("", "");
    let count = sandbox.root().join("count").display().to_string();
    let text = format!(
        "{}COUNT = \"{count}\"\n\n[run.release]\ncommand = [\"sh\", \"migrate.sh\"]\n{more}\n",
        sandbox.read("deliver.toml")
    );
    sandbox.file("deliver.toml", &text);
    sandbox.file("migrate.sh", &format!("echo ran >> \"$COUNT\"\n{script}\n"));
    sandbox
}

fn runs(sandbox: &Sandbox) -> usize {
    let text = std::fs::read_to_string(sandbox.root().join("count")).unwrap_or_default();
    text.lines().count()
}

#[test]
fn a_release_step_that_hangs_is_ended_and_one_that_is_killed_is_a_persons_matter() {
    let hang = "[ \"$(wc -l < \"$COUNT\")\" = 1 ] || exec sleep 300";
    let sandbox = with_step(hang, "timeout = \"1s\"");
    deployed(&sandbox);
    change(&sandbox, "2", "good");
    let ran = sandbox.run("deliver deploy --json");
    assert_eq!(
        (ran.code, &ran.error()["code"]),
        (Some(5), &"release-step-timeout".into()),
        "{}",
        ran.stderr
    );
    assert_eq!(json(&ran)["outcome"], "needs_human");
    assert!(ran.stderr.contains("see how far it came"), "{}", ran.stderr);
    assert!(ran.stderr.contains("v1 is still serving"), "{}", ran.stderr);
    assert_eq!(running(&sandbox, "sleep\x00300\0"), 0, "its end was waited for");
    assert_serves(&sandbox, "v1", "1");

    let sandbox = with_step("[ \"$(wc -l < \"$COUNT\")\" = 1 ] || kill -9 $$", "");
    deployed(&sandbox);
    change(&sandbox, "2", "good");
    let ran = sandbox.run("deliver deploy --json");
    assert_eq!(
        (ran.code, &json(&ran)["outcome"]),
        (Some(5), &"needs_human".into()),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("ended with signal 9 (SIGKILL)"), "{}", ran.stderr);
    assert!(ran.stderr.contains("see how far it came"), "{}", ran.stderr);
    assert_serves(&sandbox, "v1", "1");
    assert_eq!(runs(&sandbox), 2, "nobody tried it again");

    // What never ran broke nothing, whatever it would have.
    let sandbox = with_step("true", "previous_still_works = false");
    deployed(&sandbox);
    let manifest = sandbox
        .read("deliver.toml")
        .replace("\"sh\", \"migrate.sh\"", "\"migrat\"");
    sandbox.file("deliver.toml", &manifest);
    change(&sandbox, "2", "good");
    let ran = sandbox.run("deliver deploy --json");
    assert_eq!(
        (ran.code, &ran.error()["code"]),
        (Some(1), &"command-missing".into()),
        "{}",
        ran.stderr
    );
    assert_serves(&sandbox, "v1", "1");

    // One that fails half-way may have.
    let sandbox = with_step(
        "[ \"$(wc -l < \"$COUNT\")\" = 1 ] || exit 3",
        "previous_still_works = false",
    );
    deployed(&sandbox);
    change(&sandbox, "2", "good");
    let ran = sandbox.run("deliver deploy --json");
    assert_eq!(
        (ran.code, &ran.error()["code"]),
        (Some(5), &"release-step-failed".into()),
        "{}",
        ran.stderr
    );
    assert_serves(&sandbox, "v1", "1");
}

#[test]
fn a_release_step_outlives_its_tool_and_what_it_broke_is_said() {
    let wait = "[ \"$(wc -l < \"$COUNT\")\" = 1 ] || until [ -e \"$GATE\" ]; do sleep 0.1; done";
    for (more, outcome) in [("", "interrupted"), ("previous_still_works = false", "needs_human")] {
        let sandbox = with_step(wait, more);
        deployed(&sandbox);
        change(&sandbox, "2", "good");
        let tool = Tool::start(&sandbox, &["deploy"]);
        sandbox.until("the step runs", SOON, || runs(&sandbox) == 2);
        tool.kill();
        let tool = Tool::start(&sandbox, &["resume"]);
        tool.until_it_says("release ");
        open_gate(&sandbox);
        let (code, said) = tool.end();
        let expected = if outcome == "interrupted" { 0 } else { 5 };
        assert_eq!(code, Some(expected), "{said}");
        assert_eq!(runs(&sandbox), 2, "its end was read back, it was not run again");
        let why = sandbox.run("deliver why D-2 --json").json();
        assert_eq!(why["outcome"], outcome, "{why:#}");
        let read = why["details"]
            .as_array()
            .expect("details")
            .iter()
            .rfind(|step| step["name"] == "release");
        assert_eq!(read.expect("a step")["observation"]["exit"], "status 0", "{why:#}");
        assert_serves(&sandbox, "v1", "1");
    }
}

#[test]
fn of_two_that_race_for_a_release_step_one_runs_it() {
    let sandbox = with_step("sleep 0.3", "");
    for round in 1..=3 {
        change(&sandbox, &round.to_string(), "good");
        let both = sandbox
            .run("deliver deploy --quiet --wait 1m & deliver deploy --quiet --wait 1m; a=$?; wait $!; echo $a $?");
        assert!(both.stdout.ends_with("0 0\n"), "{both:?}");
        assert_eq!(runs(&sandbox), round, "once for each release");
        assert_eq!(history(&sandbox)[0]["outcome"], "unchanged");
    }
}

#[test]
fn going_back_past_a_release_step_that_breaks_the_old_release_needs_force_and_a_reason() {
    let sandbox = with_step("true", "previous_still_works = false");
    deployed(&sandbox);
    change(&sandbox, "2", "good");
    deployed(&sandbox);
    let refused = sandbox.run("deliver rollback --json");
    assert_eq!(
        (refused.code, &refused.error()["code"]),
        (Some(3), &"migration-in-between".into())
    );
    assert!(
        refused
            .stderr
            .contains("the release step of v2 breaks earlier releases"),
        "{refused:?}"
    );
    assert_eq!(sandbox.run("deliver rollback --force").code, Some(2), "no reason");
    assert_serves(&sandbox, "v2", "2");
    sandbox
        .run("deliver rollback --force --reason 'the column is still there'")
        .ok();
    assert_serves(&sandbox, "v1", "1");
    let begun = journal(&sandbox);
    let begun = begun
        .iter()
        .rfind(|record| record["action"] == "deployment.begin")
        .expect("a record");
    assert_eq!(
        (&begun["detail"]["operation"], &begun["detail"]["note"]),
        (&"rollback".into(), &"the column is still there".into())
    );
}

#[test]
fn nothing_is_done_that_cannot_be_written_down_before() {
    let sandbox = pricing(
        "health = { path = \"/health\", interval = \"100ms\", start = \"60s\", stable = \"200ms\" }",
        "",
    );
    let ways = [
        "unshare --mount",
        "unshare --mount --map-root-user",
        "sudo -n -E unshare --mount",
    ];
    let Some(way) = ways
        .into_iter()
        .find(|way| sandbox.run(&format!("{way} mount -t tmpfs none /mnt")).code == Some(0))
    else {
        return needs::leave_out("mount", "this machine lets nobody mount a disk (`unshare --mount`)");
    };
    // One script, as everything that shares the small disk must be started behind its mount.
    sandbox.file(
        "script.sh",
        r#"
        set -u
        mkdir -p ../small && mount -t tmpfs -o size=6m none ../small || exit 99
        export DELIVER_STORE=$PWD/../small/s.db
        deliver deploy --quiet || exit 98
        echo "v1: $(deliver status --json | grep -c '"release": "v1"')"
        sed -i 's/VERSION = "1"/VERSION = "2"/; s/"MODE", "good"/"MODE", "gate"/' app.py
        deliver deploy --json >../out 2>../err & tool=$!
        until grep -q 'answered 503' ../err; do sleep 0.05; done
        dd if=/dev/zero of=../small/filler bs=4k >/dev/null 2>&1
        echo "full: $(df --output=avail ../small | tail -1)"
        touch "$GATE"
        wait $tool; echo "exit $?"
        deliver status --json >../status
        grep -o '"release": "v[0-9]"' ../status | head -1
        # Before it began: the same, told at once.
        deliver deploy --json >/dev/null 2>../again; echo "again $?"
        rm ../small/filler
        deliver deploy --json --quiet >../fixed 2>&1; echo "fixed $?"
        deliver audit verify >/dev/null; echo "journal $?"
        deliver status --json >../last
        deliver agent stop --yes >/dev/null 2>&1
        "#,
    );
    let gate = sandbox.root().join("gate").display().to_string();
    let ran = sandbox.run(&format!("GATE={gate} {way} sh script.sh"));
    let read = |name: &str| std::fs::read_to_string(sandbox.root().join(name)).unwrap_or_default();
    let told = format!("{ran:?}\n{}\n{}\n{}", read("err"), read("again"), read("fixed"));
    assert!(read("err").contains("\"disk-full\""), "{told}");
    assert!(read("again").contains("\"disk-full\""), "{told}");
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert!(lines.contains(&"exit 1") && lines.contains(&"again 1"), "{told}");
    assert!(lines.contains(&"\"release\": \"v1\""), "{told}");
    let switched = read("err").contains("switch ");
    assert!(!switched, "no switch without its intent: {told}");
    assert!(lines.contains(&"fixed 0") && lines.contains(&"journal 0"), "{told}");
    let last: Value = serde_json::from_str(&read("last")).expect("a document");
    let service = &last["services"][0];
    assert_eq!(
        (&service["release"], service["instances"].as_array().map(Vec::len)),
        (&"v2".into(), Some(1)),
        "{service:#}"
    );
}

#[test]
fn a_store_that_somebody_keeps_locked_stops_a_deployment_before_it_begins() {
    let sandbox = pricing("", "");
    deployed(&sandbox);
    change(&sandbox, "2", "good");
    let before = journal(&sandbox).len();
    let other = rusqlite::Connection::open(sandbox.store()).expect("a store");
    other.execute_batch("BEGIN IMMEDIATE").expect("locked");
    // Half a minute of patience.
    let ran = sandbox.run("deliver deploy --json");
    other.execute_batch("ROLLBACK").expect("given back");
    assert_eq!((ran.code, &ran.error()["code"]), (Some(6), &"busy".into()), "{ran:?}");
    assert!(
        ran.stderr.contains("another process keeps it locked") && ran.stderr.contains("nothing was written"),
        "{ran:?}"
    );
    assert_eq!(journal(&sandbox).len(), before);
    assert_serves(&sandbox, "v1", "1");
    assert_eq!(apps(&sandbox), 1);
}

#[test]
fn a_port_that_somebody_has_is_told_apart_from_an_app_that_cannot_have_its_own() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port();
    let sandbox = pricing(&format!("port = {port}"), "");
    let public = sandbox.run("deliver deploy --json");
    assert_eq!(
        (public.code, &public.error()["code"]),
        (Some(1), &"port-taken".into()),
        "{}",
        public.stderr
    );
    assert!(
        text(&public.error(), "message").contains(&port.to_string()),
        "{}",
        public.stderr
    );

    // The app's own: its words tell.
    let sandbox = pricing(&format!("listen = {port}"), "");
    sandbox.file(
        "deliver.toml",
        &format!("{}OWN_PORT = \"{port}\"\n", sandbox.read("deliver.toml")),
    );
    let own = sandbox.run("deliver deploy --json");
    assert_eq!(own.code, Some(1), "{}", own.stderr);
    assert!(own.stderr.contains("Address already in use"), "{}", own.stderr);
    assert_eq!(status(&sandbox)["instances"], serde_json::json!([]));
}

#[test]
fn a_changed_setting_is_a_release_and_comes_back_with_the_secret_it_had() {
    let sandbox = pricing("", "").env("PRICING_SECRET", "canary-old");
    let manifest = format!(
        "{}SETTING = \"old\"\n\n[run.secrets]\nSECRET = \"env:PRICING_SECRET\"\n",
        sandbox.read("deliver.toml")
    );
    sandbox.file("deliver.toml", &manifest);
    deployed(&sandbox);
    let asked = |path: &str| get(&format!("{}{path}", url(&sandbox))).expect("an answer").1;
    sandbox.file("deliver.toml", &manifest.replace("\"old\"", "\"new\""));
    let second = sandbox.run("PRICING_SECRET=canary-new deliver deploy --json");
    assert_eq!(
        (second.code, &json(&second)["release"]),
        (Some(0), &"v2".into()),
        "{}",
        second.stderr
    );
    assert_eq!(
        (asked("/setting"), asked("/secret")),
        ("new".into(), "canary-new".into())
    );
    sandbox.run("env -u PRICING_SECRET deliver rollback").ok();
    assert_eq!(
        (asked("/setting"), asked("/secret")),
        ("old".into(), "canary-old".into())
    );
}

#[test]
fn a_secret_in_what_an_app_a_build_or_a_release_step_prints_is_shown_nowhere() {
    const SECRET: &str = "canary-3f81b6d2";
    let sandbox = pricing("", "").env("PRICING_SECRET", SECRET);
    let manifest = format!(
        "{}\n[run.secrets]\nSECRET = \"env:PRICING_SECRET\"\n",
        sandbox.read("deliver.toml")
    );
    let step = format!("{manifest}\n[run.release]\ncommand = \"echo with $SECRET; exit 3\"\n");
    let build = format!("{manifest}\n[build]\ncommand = \"echo built with $PRICING_SECRET; exit 3\"\n");
    sandbox.file("deliver.toml", &manifest);
    deployed(&sandbox);
    let mut seen = String::new();
    change(&sandbox, "2", "leak");
    for (text, code) in [
        (&manifest, "crashed"),
        (&step, "release-step-failed"),
        (&build, "build-failed"),
    ] {
        sandbox.file("deliver.toml", text);
        for line in ["deliver deploy -v --json", "deliver deploy -v"] {
            let ran = sandbox.run(line);
            assert_eq!(ran.code, Some(1), "{}", ran.stderr);
            assert!(ran.stderr.contains(code), "{}", ran.stderr);
            assert!(
                ran.stderr.contains("[SECRET]"),
                "what was printed is shown, without the value: {}",
                ran.stderr
            );
            seen += &format!("{}{}", ran.stdout, ran.stderr);
        }
    }
    let rest =
        "deliver audit export; deliver why D-2 --json; deliver why D-3; deliver history --json; deliver status --json";
    seen += &sandbox.run(rest).stdout;
    assert!(!seen.contains(SECRET), "{seen}");
    let store = std::fs::read(sandbox.store()).expect("a store");
    assert!(
        !store.windows(SECRET.len()).any(|part| part == SECRET.as_bytes()),
        "it is in the store"
    );
    for pid in sandbox.processes() {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&line).contains(SECRET), "an argument list");
    }
}

#[test]
fn whoever_follows_the_logs_sees_no_secret_that_was_deployed_since() {
    const SECRETS: [&str; 3] = ["canary-0a5be1", "canary-77d0c4", "canary-e83f19"];
    let sandbox = pricing("", "").env("PRICING_SECRET", SECRETS[0]);
    let manifest = sandbox.read("deliver.toml").replace(
        "\n[run.env]",
        "\n[run.secrets]\nSECRET = \"env:PRICING_SECRET\"\n[run.env]",
    );
    let app = APP.replacen(
        "VERSION = \"1\"",
        "VERSION = \"1\"\nprint('with', os.environ['SECRET'], flush=True)",
        1,
    );
    sandbox.file("app.py", &app).file("deliver.toml", &manifest);
    // It begins before there is anything at all.
    let tool = Tool::start(&sandbox, &["logs", "-f"]);
    let seen = || std::fs::read_to_string(sandbox.root().join("out")).unwrap_or_default();
    for (release, secret) in SECRETS.iter().enumerate() {
        sandbox.run(&format!("PRICING_SECRET={secret} deliver deploy")).ok();
        sandbox.until("its line", SOON, || seen().matches("with ").count() > release);
    }
    tool.kill();
    let seen = seen();
    assert!(SECRETS.iter().all(|secret| !seen.contains(secret)), "{seen}");
    assert_eq!(seen.matches("with [SECRET]").count(), 3, "{seen}");
}

#[test]
fn a_broken_release_stops_no_fix_and_what_fixes_an_incident_is_not_compared() {
    let canary = "instances = 2\nstrategy = { kind = \"canary\", steps = [\"50%\"], bake = \"3s\", analysis = { min_requests = 5, inconclusive = \"roll-back\", patience = \"20s\" } }";
    let sandbox = pricing("", canary);
    let broken = |version: &str| {
        change(&sandbox, version, "good");
        let app = sandbox
            .read("app.py")
            .replace("return 200, VERSION", "return 500, VERSION");
        sandbox.file("app.py", &app);
    };
    broken("1");
    deployed(&sandbox);
    let address = address(&url(&sandbox));
    let load = Load::start(&[address], "/", &[Way::Kept; 4]);
    change(&sandbox, "2", "good");
    let fixed = deployed(&sandbox);
    assert_eq!(
        (&fixed["outcome"], &fixed["release"]),
        (&"succeeded".into(), &"v2".into())
    );

    // A release that fails requests would be taken back. The one that is to end an incident is not.
    broken("3");
    let worse = sandbox.run("deliver deploy --json");
    assert_eq!(worse.code, Some(4), "{}", worse.stderr);
    sandbox
        .run("deliver incident open 'no prices' --service pricing --severity sev2")
        .ok();
    let fix = sandbox.run("deliver deploy --fixes INC-1 --json");
    assert_eq!(fix.code, Some(0), "{}", fix.stderr);
    drop(load);
    let report = json(&fix);
    let why = sandbox
        .run(&format!("deliver why {} --json", text(&report, "id")))
        .json();
    assert_eq!(why["measurements"], serde_json::json!([]), "nothing was compared");
    assert!(
        step_names(&report).contains(&"bake"),
        "but it was watched for staying up"
    );
}

#[test]
fn a_first_deployment_that_fails_leaves_nothing_at_all() {
    let sandbox = pricing("", "");
    change(&sandbox, "1", "crash");
    let ran = sandbox.run("deliver deploy --json");
    assert_eq!(
        (ran.code, &json(&ran)["outcome"]),
        (Some(1), &"failed".into()),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("nothing was deployed before, and nothing is now"),
        "{}",
        ran.stderr
    );
    let status = status(&sandbox);
    assert_eq!(
        (&status["release"], &status["instances"]),
        (&Value::Null, &serde_json::json!([]))
    );
    assert_eq!(apps(&sandbox), 0);
    assert_eq!(
        sandbox.run("deliver rollback").code,
        Some(3),
        "there is nothing to go back to"
    );
    change(&sandbox, "2", "good");
    deployed(&sandbox);
}

#[test]
fn the_same_release_again_is_nothing_to_do_until_it_is_asked_for() {
    let sandbox = pricing("", "");
    deployed(&sandbox);
    let before = pids(&sandbox);
    let same = deployed(&sandbox);
    assert_eq!((&same["outcome"], step_names(&same).len()), (&"unchanged".into(), 0));
    assert_eq!(pids(&sandbox), before);
    let traffic = Traffic::start(&url(&sandbox), 2);
    let again = json(&sandbox.run("deliver deploy --again --json"));
    traffic.end();
    assert_eq!(
        (&again["outcome"], &again["release"]),
        (&"succeeded".into(), &"v1".into())
    );
    assert!(pids(&sandbox).is_disjoint(&before), "a fresh rollout");
    assert_serves(&sandbox, "v1", "1");
}

#[test]
fn a_hold_or_an_incident_that_comes_during_the_watch_brings_the_old_release_back() {
    let sandbox = pricing("", HALF);
    deployed(&sandbox);
    let before = pids(&sandbox);
    let traffic = Traffic::start(&url(&sandbox), 2);
    for (version, meanwhile, after, code) in [
        (
            "2",
            "hold set --reason 'the sale begins'",
            "hold clear",
            "held-meanwhile",
        ),
        (
            "3",
            "incident open 'orders fail' --service pricing --severity sev1",
            "incident resolve INC-1 over",
            "incident-meanwhile",
        ),
    ] {
        change(&sandbox, version, "good");
        let tool = Tool::start(&sandbox, &["deploy", "--json"]);
        tool.until_it_says("is watched");
        sandbox.run(&format!("deliver {meanwhile}")).ok();
        let (exit, said) = tool.end();
        assert_eq!(exit, Some(4), "{said}");
        assert!(said.contains(&format!("\"{code}\"")), "{said}");
        assert_eq!(pids(&sandbox), before, "nothing of v1 was stopped");
        sandbox.run(&format!("deliver {after}")).ok();
    }
    traffic.end();
    assert_serves(&sandbox, "v1", "1");
}

#[test]
fn an_old_instance_that_dies_while_it_drains_is_not_started_again() {
    let sandbox = pricing("drain = \"60s\"", "");
    deployed(&sandbox);
    let old = pids(&sandbox);
    let address = url(&sandbox);
    let slow = thread::spawn(move || get(&format!("{address}/slow=15")));
    // Nothing else is in flight yet.
    sandbox.until("it is under way", SOON, || {
        status(&sandbox)["instances"][0]["in_flight"].as_u64() >= Some(1)
    });
    let traffic = Traffic::start(&url(&sandbox), 2);
    change(&sandbox, "2", "good");
    let tool = Tool::start(&sandbox, &["deploy", "--json"]);
    tool.until_it_says("drain ");
    for pid in old {
        kill(Pid::from_raw(i32::try_from(pid).expect("a pid")), Signal::SIGKILL).expect("it runs");
    }
    let (code, said) = tool.end();
    traffic.end();
    assert_eq!(code, Some(0), "{said}");
    // A GET that was lost right after it was sent is asked of the new release; one that was older is told so.
    let slow = slow.join().expect("it ended").expect("an answer").0;
    assert!([200, 502].contains(&slow), "{slow}");
    assert_serves(&sandbox, "v2", "2");
    assert_eq!(apps(&sandbox), 1);
}

#[test]
fn after_the_machine_was_started_anew_the_current_release_runs_and_not_the_newest() {
    let sandbox = pricing("", "");
    deployed(&sandbox);
    change(&sandbox, "2", "good");
    deployed(&sandbox);
    let address = url(&sandbox);
    sandbox.run("deliver rollback").ok();
    assert_serves(&sandbox, "v1", "1");
    // All at once, as power goes: first nobody can start anybody again.
    for signal in [Signal::SIGSTOP, Signal::SIGKILL] {
        for pid in processes_of(sandbox.root()) {
            let _ = kill(pid, signal);
        }
    }
    sandbox.until("all are gone", SOON, || processes_of(sandbox.root()).is_empty());
    sandbox.run("deliver agent restart").ok();
    sandbox.until("it serves", SOON, || {
        get(&address).is_ok_and(|answer| answer == (200, "1".into()))
    });
    sandbox.until("it is healthy", SOON, || status(&sandbox)["healthy"] == 1);
    assert_serves(&sandbox, "v1", "1");
    assert_eq!(apps(&sandbox), 1);
}
