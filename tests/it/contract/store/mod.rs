//! What every store owes, whatever engine is behind it.

#![allow(clippy::unwrap_used, reason = "a test ends where its set-up fails")]

mod claims;
mod incidents;
mod places;
mod postgres;
mod processes;
mod review;
mod traffic;
mod trouble;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use deliver::config::environment::Environment;
use deliver::config::paths::Paths;
use deliver::fault::{Fault, Kind};
use deliver::model::deployment::Operation;
use deliver::model::release::Source;
use deliver::model::spec::{Process, Role, Spec, Work};
use deliver::model::{BuildId, EnvName, ReleaseNo, ServiceName, Span};
use deliver::ports::Clock;
use deliver::store::deployment::NewDeployment;
use deliver::store::release::NewRelease;
use deliver::store::{Options, Store};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::support::postgres::{Cluster, Pooler, new_schema};

/// A clock that only moves when the test moves it, or when somebody sleeps.
pub struct ManualClock {
    wall: Mutex<Timestamp>,
    elapsed_millis: AtomicU64,
}

impl ManualClock {
    pub fn new() -> Arc<Self> {
        Arc::new(ManualClock {
            wall: Mutex::new("2026-03-04T05:06:07Z".parse().unwrap()),
            elapsed_millis: AtomicU64::new(0),
        })
    }

    pub fn pass(&self, time: Duration) {
        self.elapsed_millis
            .fetch_add(time.as_millis().try_into().unwrap(), Ordering::SeqCst);
        self.jump(SignedDuration::try_from(time).unwrap());
    }

    /// Moves the wall clock alone, as an administrator or a time server does.
    pub fn jump(&self, by: SignedDuration) {
        let mut wall = self.wall.lock().unwrap();
        *wall = wall.checked_add(by).unwrap();
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.wall.lock().unwrap()
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.elapsed_millis.load(Ordering::SeqCst))
    }

    fn sleep(&self, duration: Duration) {
        self.pass(duration);
    }
}

/// An empty store to try things on.
pub struct Bed {
    pub store: Store,
    pub clock: Arc<ManualClock>,
    _folder: Option<tempfile::TempDir>,
}

impl Bed {
    fn memory() -> Self {
        let clock = ManualClock::new();
        Bed {
            store: Store::in_memory(clock.clone(), "alice@laptop").unwrap(),
            clock,
            _folder: None,
        }
    }

    fn file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = ManualClock::new();
        Bed {
            store: Store::open(&paths(folder.path()), clock.clone(), acting("alice@laptop")).unwrap(),
            clock,
            _folder: Some(folder),
        }
    }
}

impl Bed {
    /// A schema of its own on a real server; `None` where the test is left out.
    pub fn postgres() -> Option<Self> {
        Cluster::shared().map(|cluster| Bed::at(&cluster.url(&new_schema())))
    }

    /// The same through a pooler that hands each transaction to another connection.
    pub fn pooled() -> Option<Self> {
        Pooler::shared().map(|pooler| Bed::at(&pooler.url(&new_schema())))
    }

    fn at(url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = ManualClock::new();
        Bed {
            store: Store::open(&paths_to(url, folder.path()), clock.clone(), acting("alice@laptop")).unwrap(),
            clock,
            _folder: Some(folder),
        }
    }
}

/// Where things are for a store at a URL.
pub fn paths_to(url: &str, folder: &Path) -> Paths {
    let home = folder.to_str().unwrap();
    let environment = Environment::of([("HOME", home)]);
    Paths::of(&environment, Some(Path::new(url)), folder).unwrap()
}

pub fn acting(actor: &str) -> Options {
    Options {
        actor: actor.to_owned(),
        ..Options::default()
    }
}

pub fn paths(folder: &Path) -> Paths {
    let store = folder.join("state/store.db");
    Paths {
        user_config: folder.join("user.toml"),
        system_config: folder.join("system.toml"),
        data: Paths::data_beside(&store),
        store: store.into(),
        runtime: None,
    }
}

/// The file of the store in a folder.
pub fn file_of(folder: &Path) -> std::path::PathBuf {
    paths(folder).store.argument()
}

fn pricing() -> ServiceName {
    "pricing".parse().unwrap()
}

fn production() -> EnvName {
    "production".parse().unwrap()
}

fn new_deployment(operation: Operation, release: Option<u32>) -> NewDeployment {
    NewDeployment {
        service: pricing(),
        env: production(),
        target: "local".into(),
        operation,
        release: release.map(ReleaseNo),
        previous: None,
        parent: None,
        plan_hash: "p1".into(),
        plan: json!({"steps": ["build"]}),
        gates: vec![],
        note: Some("because".into()),
    }
}

fn spec() -> Spec {
    Spec {
        drain: Span::from_secs(30),
        grace: Span::from_secs(10),
        env: BTreeMap::from([("LOG_LEVEL".into(), "info".into())]),
        ..Spec::of(vec![Process {
            name: "web".into(),
            role: Role::Web,
            work: Work::Static("public".into()),
            instances: 2,
            env: BTreeMap::new(),
        }])
    }
}

fn new_release(service: &ServiceName, identity: &str) -> NewRelease {
    NewRelease {
        service: service.clone(),
        env: production(),
        build: BuildId("b-1".into()),
        identity: identity.into(),
        spec: spec(),
        source: Source {
            commit: Some("c0ffee".into()),
            ..Source::default()
        },
    }
}

fn refusal<T>(result: Result<T, Fault>) -> (Kind, &'static str) {
    let fault = result.err().expect("a refusal");
    (fault.kind(), fault.code())
}

/// Waits in real time, for what other threads and processes do.
#[expect(clippy::disallowed_methods, reason = "bounded polling of real processes")]
fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// A variable of this process, by which a test tells its worker what to do.
#[expect(clippy::disallowed_methods, reason = "what a test tells its worker")]
fn told(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// This test binary again, as a process that runs the ignored test `worker` with a task; `wrapper` is a command that runs
/// another, such as `sudo`.
#[expect(clippy::disallowed_methods, reason = "the worker is this test binary")]
fn worker_command(worker: &str, task: &str, folder: &Path, wrapper: &[&str]) -> Command {
    let binary = std::env::current_exe().unwrap();
    let arguments = ["--exact", worker, "--ignored", "--nocapture", "--test-threads=1"];
    let mut command = match wrapper {
        [] => Command::new(binary),
        [program, rest @ ..] => {
            let mut command = Command::new(program);
            command.args(rest).arg(binary);
            command
        }
    };
    command
        .args(arguments)
        .env("WORKER_TASK", task)
        .env("WORKER_FOLDER", folder);
    command
}
