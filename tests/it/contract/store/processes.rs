//! Several processes on one store, and processes that are killed while they write.
//!
//! The processes are this test binary again, told by variables to be a worker.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use deliver::adapters::system::SystemClock;
use deliver::model::deployment::{Operation, StepStatus};
use deliver::model::{DeploymentId, Outcome, ServiceName, State};
use deliver::ports::Clock;
use deliver::store::journal::Verified;
use deliver::store::{Options, Store};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;

use super::{
    ManualClock, acting, file_of, new_deployment, new_release, paths, pricing, production, told, worker_command,
};

/// Printed in front of what a worker says, since the test harness prints as well.
const SAYS: &str = "worker: ";

fn open(folder: &Path, options: Options) -> Store {
    Store::open(&paths(folder), Arc::new(SystemClock::new(None)), options).unwrap()
}

#[expect(clippy::print_stdout, reason = "a worker speaks to its test")]
fn say(what: impl std::fmt::Display) {
    println!("{SAYS}{what}");
    std::io::stdout().flush().unwrap();
}

/// What a worker process runs. Without a task there is nothing to do.
#[test]
#[ignore = "the other tests start it as a process"]
fn worker() {
    let (Some(task), Some(folder)) = (told("WORKER_TASK"), told("WORKER_FOLDER")) else {
        return;
    };
    let folder = Path::new(&folder);
    let number = |name| told(name).map(|text| text.parse().unwrap());
    let options = Options {
        crash_after: number("WORKER_CRASH_AFTER"),
        crash_before: number("WORKER_CRASH_BEFORE"),
        ..acting("worker@test")
    };
    let store = open(folder, options);
    match task.as_str() {
        "rounds" => (0..10).for_each(|round| one_round(&store, round)),
        "writes" => loop {
            say(store
                .create_deployment(&new_deployment(Operation::Deploy, None))
                .unwrap()
                .id);
        },
        "deploys" => deploy(&store),
        "holds" => {
            let lease = store
                .acquire_lease(&pricing(), &production(), "D-1", Duration::ZERO, &mut |_| {})
                .unwrap();
            say(lease.token());
            let id = DeploymentId(1);
            // Acts as long as somebody listens, and says how each act went.
            for line in std::io::stdin().lines() {
                line.unwrap();
                let acted = store.begin_step(id, lease.token(), (State::Planned, State::Planned), "act", &json!({}));
                say(acted.map_or_else(|fault| fault.code().to_owned(), |_| "acted".into()));
            }
        }
        other => panic!("no task `{other}`"),
    }
}

fn one_round(store: &Store, round: u32) {
    let id = store
        .create_deployment(&new_deployment(Operation::Deploy, None))
        .unwrap()
        .id;
    let release = store
        .create_release(&new_release(&pricing(), &format!("i{round}")))
        .unwrap();
    let own: ServiceName = format!("own-{}", std::process::id()).parse().unwrap();
    store.create_release(&new_release(&own, &format!("i{round}"))).unwrap();
    store.set_hold(&pricing(), &production(), "round").unwrap();
    say(format!("{id} {}", release.number));
}

/// A deployment with the writes of a real one, in order.
fn deploy(store: &Store) {
    let lease = store
        .acquire_lease(&pricing(), &production(), "D-1", Duration::ZERO, &mut |_| {})
        .unwrap();
    let fence = lease.token();
    let id = store
        .create_deployment(&new_deployment(Operation::Deploy, None))
        .unwrap()
        .id;
    store.advance(id, State::Planned, State::Locked, fence).unwrap();
    let step = store
        .begin_step(
            id,
            fence,
            (State::Locked, State::Starting),
            "start",
            &json!({"instance": "a"}),
        )
        .unwrap();
    say("effect");
    store
        .end_step(id, fence, step, StepStatus::Done, &json!({"pid": 1}))
        .unwrap();
    store.finish(id, Outcome::Succeeded, None, fence, &[]).unwrap();
    lease.release().unwrap();
}

/// Number of transactions that [`deploy`] commits.
const DEPLOY_WRITES: u64 = 7;

fn command(task: &str, folder: &Path) -> Command {
    let mut command = worker_command("contract::store::processes::worker", task, folder, &[]);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// The lines that a worker said; the last may be cut off where it was killed.
fn said(text: &str) -> Vec<&str> {
    // The harness prints a test's name without ending the line.
    text.split('\n')
        .filter_map(|line| line.split_once(SAYS))
        .map(|(_, said)| said)
        .collect()
}

fn wait_with_output(child: Child) -> (String, bool) {
    let output = child.wait_with_output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() && output.status.code().is_some() {
        panic!("a worker failed: {stdout}{}", String::from_utf8_lossy(&output.stderr));
    }
    (stdout, output.status.success())
}

fn kill_9(child: &Child) {
    let pid = Pid::from_raw(child.id().try_into().unwrap());
    kill(pid, Signal::SIGKILL).unwrap();
}

fn assert_whole(store: &Store) -> u64 {
    match store.verify_audit().unwrap() {
        Verified::Whole { records, .. } => records,
        broken => panic!("{broken:?}"),
    }
}

#[test]
fn fifty_processes_that_make_and_write_one_store_at_once_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let workers: Vec<Child> = (0..50)
        .map(|_| command("rounds", folder.path()).spawn().unwrap())
        .collect();
    let mut ids = BTreeSet::new();
    let mut numbers = BTreeSet::new();
    for worker in workers {
        let (text, _) = wait_with_output(worker);
        let lines = said(&text);
        assert_eq!(lines.len(), 10, "{text}");
        for line in lines {
            let (id, number) = line.split_once(' ').unwrap();
            assert!(ids.insert(id.parse::<DeploymentId>().unwrap()), "{id} twice");
            numbers.insert(number.to_owned());
        }
    }
    assert_eq!(ids, (1..=500).map(DeploymentId).collect());
    assert_eq!(numbers.len(), 10, "one release for one identity: {numbers:?}");

    let store = open(folder.path(), acting("test"));
    assert_eq!(store.deployments(None, None, 1000).unwrap().len(), 500);
    assert_eq!(store.all_holds().unwrap().len(), 500);
    assert_eq!(store.releases(&pricing(), None, 1000).unwrap().len(), 10);
    // Deployments, holds and releases of their own by each; ten common releases, each told once.
    assert_eq!(assert_whole(&store), 3 * 500 + 10);
    // Nothing is left of the forty-nine stores that were made in vain.
    let left: Vec<_> = std::fs::read_dir(file_of(folder.path()).parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name.to_string_lossy().starts_with('.'))
        .collect();
    assert_eq!(left, [""; 0]);
}

#[test]
fn what_a_killed_process_had_committed_is_there_and_nothing_is_half_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut before = 0;
    for kill_after in [1, 3, 10, 25] {
        let mut children: Vec<Child> = (0..2)
            .map(|_| command("writes", folder.path()).spawn().unwrap())
            .collect();
        let mut heard = Vec::new();
        for child in &mut children {
            let lines = BufReader::new(child.stdout.take().unwrap()).lines();
            let mut lines = lines.map(Result::unwrap);
            let mut said: Vec<String> = Vec::new();
            while said.len() < kill_after {
                let line = lines.next().expect("a worker that writes until it is killed");
                said.extend(line.split_once(SAYS).map(|(_, id)| id.to_owned()));
            }
            kill_9(child);
            said.extend(lines.filter_map(|line| Some(line.split_once(SAYS)?.1.to_owned())));
            heard.extend(said);
            child.wait().unwrap();
        }
        let store = open(folder.path(), acting("test"));
        for id in &heard {
            store.deployment(id.parse().unwrap()).unwrap();
        }
        let count = store.deployments(None, None, u32::MAX).unwrap().len() as u64;
        // Each of the two may have been killed after a commit and before it could say so.
        let unsaid = count - before - heard.len() as u64;
        assert!(unsaid <= 2, "{unsaid} unsaid");
        assert_eq!(assert_whole(&store), count);
        before = count;
    }
}

#[test]
fn a_crash_before_or_after_any_write_leaves_intent_without_effect_or_effect_with_intent() {
    for crash in 1..=DEPLOY_WRITES {
        for moment in ["WORKER_CRASH_BEFORE", "WORKER_CRASH_AFTER"] {
            let folder = tempfile::tempdir().unwrap();
            let worker = command("deploys", folder.path())
                .env(moment, crash.to_string())
                .spawn()
                .unwrap();
            let (text, success) = wait_with_output(worker);
            assert!(!success, "{moment} {crash} was survived");
            let committed = match moment {
                "WORKER_CRASH_AFTER" => crash,
                _ => crash - 1,
            };
            let store = open(folder.path(), acting("test"));
            assert_eq!(assert_whole(&store), committed, "{moment} {crash}");
            let intents = match committed {
                0 | 1 => 0,
                _ => store.steps(DeploymentId(1)).unwrap().len(),
            };
            assert_eq!(intents, usize::from(committed >= 4));
            // The effect comes between the fourth write and the fifth.
            assert!(said(&text).is_empty() || intents == 1, "an effect without its intent");
            // The holder is dead: whoever comes next goes on at once, with a higher token.
            let clock = SystemClock::new(None);
            let next = store
                .acquire_lease(&pricing(), &production(), "D-2", Duration::ZERO, &mut |_| {})
                .unwrap();
            assert!(clock.elapsed() < Duration::from_secs(2));
            assert_eq!(next.token(), u64::from(committed >= 1) + 1);
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let worker = command("deploys", folder.path())
        .env("WORKER_CRASH_BEFORE", (DEPLOY_WRITES + 1).to_string())
        .spawn()
        .unwrap();
    assert!(wait_with_output(worker).1, "there is no eighth write");
}

/// A worker that holds the lease and acts when it is asked to.
struct Holder {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Holder {
    fn start(folder: &Path) -> Self {
        let mut child = command("holds", folder).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut holder = Holder { child, lines };
        assert_eq!(holder.hear(), "1");
        holder
    }

    fn hear(&mut self) -> String {
        self.lines
            .by_ref()
            .map(Result::unwrap)
            .find_map(|line| Some(line.split_once(SAYS)?.1.to_owned()))
            .expect("a worker that answers")
    }

    fn act(&mut self) -> String {
        writeln!(self.child.stdin.as_mut().unwrap()).unwrap();
        self.hear()
    }

    fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().try_into().unwrap()), signal).unwrap();
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_living_process_keeps_its_lease_and_a_killed_one_loses_it_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), acting("test"));
    store
        .create_deployment(&new_deployment(Operation::Deploy, None))
        .unwrap();
    let holder = Holder::start(folder.path());
    let take = || store.acquire_lease(&pricing(), &production(), "D-2", Duration::ZERO, &mut |_| {});
    let refused = take().err().unwrap();
    assert_eq!(refused.code(), "lease-held");
    assert!(
        refused.message().contains(&format!("process {}", holder.child.id())),
        "{refused}"
    );
    assert!(refused.message().contains("worker@test"), "{refused}");
    holder.signal(Signal::SIGKILL);
    // Nobody has waited for it: its zombie is as dead as it will be.
    let clock = SystemClock::new(None);
    let taken = loop {
        match take() {
            Ok(lease) => break lease,
            Err(_) => assert!(clock.elapsed() < Duration::from_secs(2)),
        }
    };
    assert_eq!(taken.token(), 2);
}

#[test]
fn a_process_that_overslept_is_refused_when_it_wakes() {
    let folder = tempfile::tempdir().unwrap();
    let clock = ManualClock::new();
    let store = Store::open(&paths(folder.path()), clock, acting("test")).unwrap();
    store
        .create_deployment(&new_deployment(Operation::Deploy, None))
        .unwrap();
    let mut holder = Holder::start(folder.path());
    assert_eq!(holder.act(), "acted");
    holder.signal(Signal::SIGSTOP);
    let taken = store
        .acquire_lease(&pricing(), &production(), "D-2", Duration::from_secs(60), &mut |_| {})
        .unwrap();
    holder.signal(Signal::SIGCONT);
    assert_eq!(holder.act(), "fenced");
    assert_eq!(taken.token(), 2);
    assert_eq!(store.steps(DeploymentId(1)).unwrap().len(), 1);
}

#[test]
fn a_write_waits_for_another_process_that_is_slow() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), acting("test"));
    let other = rusqlite::Connection::open(file_of(folder.path())).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| store.set_hold(&pricing(), &production(), "slow").unwrap());
        // Longer than one busy timeout of SQLite itself.
        super::pause(Duration::from_millis(5500));
        assert!(!writing.is_finished());
        // Looking is not held up.
        assert_eq!(store.all_holds().unwrap(), []);
        other.execute_batch("COMMIT").unwrap();
        writing.join().unwrap();
    });
    assert_eq!(store.all_holds().unwrap().len(), 1);
}
