//! What every store owes, whatever engine is behind it.

#![allow(clippy::unwrap_used, reason = "a test ends where its set-up fails")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use deliver::config::paths::Paths;
use deliver::fault::{Fault, Kind};
use deliver::model::deployment::{Operation, StepStatus};
use deliver::model::release::Source;
use deliver::model::spec::{Health, Process, Role, Spec, Work};
use deliver::model::{BuildId, DeploymentId, EnvName, Outcome, ReleaseNo, ServiceName, Span, State};
use deliver::ports::Clock;
use deliver::store::deployment::{Learnt, NewDeployment};
use deliver::store::release::{Build, NewRelease};
use deliver::store::{Options, Store};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

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

pub fn acting(actor: &str) -> Options {
    Options {
        actor: actor.to_owned(),
        ..Options::default()
    }
}

pub fn paths(folder: &std::path::Path) -> Paths {
    let store = folder.join("state/store.db");
    Paths {
        user_config: folder.join("user.toml"),
        system_config: folder.join("system.toml"),
        data: Paths::data_beside(&store),
        store,
        runtime: None,
    }
}

macro_rules! on_every_engine {
    ($($claim:ident,)*) => {
        mod memory { $( #[test] fn $claim() { super::$claim(&super::Bed::memory()); } )* }
        mod file { $( #[test] fn $claim() { super::$claim(&super::Bed::file()); } )* }
    };
}

on_every_engine! {
    a_deployment_is_read_back_as_it_was_written,
    deployments_are_listed_newest_first,
    a_state_change_from_another_state_is_refused,
    a_lost_fence_is_refused_everywhere,
    steps_hold_intent_before_and_observation_after,
    a_rollback_goes_back_not_forth,
    one_identity_is_one_release,
    release_numbers_count_by_service,
    a_build_is_found_by_its_inputs,
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
        processes: vec![Process {
            name: "web".into(),
            role: Role::Web,
            work: Work::Static("public".into()),
            instances: 2,
            env: BTreeMap::new(),
        }],
        port: None,
        listen: None,
        health: Health::default(),
        drain: Span::from_secs(30),
        grace: Span::from_secs(10),
        volumes: vec![],
        env: BTreeMap::from([("LOG_LEVEL".into(), "info".into())]),
        secrets: BTreeMap::new(),
        secret_versions: BTreeMap::new(),
        release_step: None,
        workdir: String::new(),
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

/// Deploys `release` as if everything went as `outcome` says.
fn deployed(store: &Store, operation: Operation, release: u32, outcome: Outcome) -> DeploymentId {
    let id = store
        .create_deployment(&new_deployment(operation, Some(release)))
        .unwrap()
        .id;
    store.finish(id, outcome, None, 0, &[]).unwrap();
    id
}

fn a_deployment_is_read_back_as_it_was_written(bed: &Bed) {
    let store = &bed.store;
    let created = store
        .create_deployment(&new_deployment(Operation::Deploy, None))
        .unwrap();
    assert_eq!(created.id, DeploymentId(1));
    assert_eq!(created.actor, "alice@laptop");
    assert_eq!(store.deployment(created.id).unwrap(), created);

    let lease = store
        .acquire_lease(&pricing(), &production(), "D-1", Duration::ZERO, &mut |_| {})
        .unwrap();
    store.advance(created.id, State::Planned, State::Gated, 0).unwrap();
    store
        .advance(created.id, State::Gated, State::Locked, lease.token())
        .unwrap();
    let learnt = Learnt {
        release: Some(ReleaseNo(3)),
        previous: Some(ReleaseNo(2)),
        url: Some("http://127.0.0.1:4000".into()),
        ..Learnt::default()
    };
    store.learn(created.id, &learnt, lease.token()).unwrap();
    bed.clock.pass(Duration::from_secs(7));
    let ended = store
        .finish(created.id, Outcome::RolledBack, Some("it crashed"), lease.token(), &[])
        .unwrap();

    let read = store.deployment(created.id).unwrap();
    assert_eq!(read.release, Some(ReleaseNo(3)));
    assert_eq!(read.previous, Some(ReleaseNo(2)));
    assert_eq!((read.state, read.outcome), (State::Done, Outcome::RolledBack));
    assert_eq!(read.reason.as_deref(), Some("it crashed"));
    assert_eq!(read.plan_hash, "p1");
    assert_eq!(read.fence, lease.token());
    assert_eq!(
        read.finished_at.unwrap().duration_since(read.started_at),
        SignedDuration::from_secs(7)
    );
    assert_eq!(read, ended.clone());
}

fn deployments_are_listed_newest_first(bed: &Bed) {
    let store = &bed.store;
    for release in 1..=3 {
        deployed(store, Operation::Deploy, release, Outcome::Succeeded);
    }
    let mut elsewhere = new_deployment(Operation::Deploy, Some(1));
    elsewhere.service = "catalog".parse().unwrap();
    let running = store.create_deployment(&elsewhere).unwrap();

    let ids = |service: Option<&ServiceName>, env: Option<&EnvName>, limit| -> Vec<u64> {
        let found = store.deployments(service, env, limit).unwrap();
        found.iter().map(|deployment| deployment.id.0).collect()
    };
    assert_eq!(ids(None, None, 10), [4, 3, 2, 1]);
    assert_eq!(ids(None, None, 2), [4, 3]);
    assert_eq!(ids(Some(&pricing()), Some(&production()), 2), [3, 2]);
    assert_eq!(ids(Some(&running.service), None, 10), [4]);
    assert_eq!(ids(None, Some(&production()), 10), [4, 3, 2, 1]);
    assert_eq!(ids(None, Some(&EnvName::local()), 10), [0; 0]);

    let latest: Vec<(String, u64)> = store
        .scopes()
        .unwrap()
        .iter()
        .map(|scope| (scope.service.to_string(), scope.latest.id.0))
        .collect();
    assert_eq!(latest, [("catalog".to_owned(), 4), ("pricing".to_owned(), 3)]);
    assert_eq!(store.unfinished(&running.service, &production()).unwrap(), [running]);
    assert_eq!(store.unfinished(&pricing(), &production()).unwrap(), []);
    assert_eq!(
        refusal(store.deployment(DeploymentId(5))),
        (Kind::Usage, "unknown-deployment")
    );
}

fn a_state_change_from_another_state_is_refused(bed: &Bed) {
    let store = &bed.store;
    let id = store
        .create_deployment(&new_deployment(Operation::Deploy, None))
        .unwrap()
        .id;
    store.advance(id, State::Planned, State::Gated, 0).unwrap();
    assert_eq!(
        refusal(store.advance(id, State::Planned, State::Gated, 0)),
        (Kind::Busy, "state-moved")
    );
    assert_eq!(store.deployment(id).unwrap().state, State::Gated);
}

fn a_lost_fence_is_refused_everywhere(bed: &Bed) {
    let store = &bed.store;
    let take = || {
        store
            .acquire_lease(&pricing(), &production(), "D-1", Duration::ZERO, &mut |_| {})
            .unwrap()
    };
    let id = store
        .create_deployment(&new_deployment(Operation::Deploy, None))
        .unwrap()
        .id;
    let first = take();
    let old = first.token();
    store.advance(id, State::Planned, State::Locked, old).unwrap();
    let step = store
        .begin_step(id, old, (State::Locked, State::Preparing), "build", &json!({}))
        .unwrap();
    let before = (store.deployment(id).unwrap(), store.steps(id).unwrap());
    drop(first);

    let fenced = (Kind::Busy, "fenced");
    for taken_over in [false, true] {
        let _second = taken_over.then(take);
        assert_eq!(
            refusal(store.advance(id, State::Preparing, State::Starting, old)),
            fenced
        );
        assert_eq!(
            refusal(store.begin_step(id, old, (State::Preparing, State::Starting), "start", &json!({}))),
            fenced
        );
        assert_eq!(
            refusal(store.end_step(id, old, step, StepStatus::Done, &json!({}))),
            fenced
        );
        assert_eq!(refusal(store.learn(id, &Learnt::default(), old)), fenced);
        assert_eq!(refusal(store.finish(id, Outcome::Succeeded, None, old, &[])), fenced);
        // Forgetting that there ever was a lease does not help.
        assert_eq!(refusal(store.finish(id, Outcome::Succeeded, None, 0, &[])), fenced);
        assert_eq!((store.deployment(id).unwrap(), store.steps(id).unwrap()), before);
    }
    let third = take();
    assert!(third.token() > old);
    store
        .end_step(id, third.token(), step, StepStatus::Unknown, &json!(null))
        .unwrap();
    store.finish(id, Outcome::Cancelled, None, third.token(), &[]).unwrap();
}

fn steps_hold_intent_before_and_observation_after(bed: &Bed) {
    let store = &bed.store;
    let id = store
        .create_deployment(&new_deployment(Operation::Deploy, None))
        .unwrap()
        .id;
    let first = store
        .begin_step(
            id,
            0,
            (State::Planned, State::Preparing),
            "build",
            &json!({"command": "make"}),
        )
        .unwrap();
    let second = store
        .begin_step(
            id,
            0,
            (State::Preparing, State::Starting),
            "start",
            &json!({"instances": ["a", "b"]}),
        )
        .unwrap();
    assert_eq!((first, second), (1, 2));
    assert_eq!(store.deployment(id).unwrap().state, State::Starting);
    assert_eq!(store.plan(id).unwrap(), json!({"steps": ["build"]}));
    let moved = store.begin_step(id, 0, (State::Planned, State::Preparing), "build", &json!({}));
    assert_eq!(refusal(moved), (Kind::Busy, "state-moved"));
    bed.clock.pass(Duration::from_secs(2));
    store
        .end_step(id, 0, first, StepStatus::Done, &json!({"bytes": 12}))
        .unwrap();

    let steps = store.steps(id).unwrap();
    assert_eq!(steps[0].status, StepStatus::Done);
    assert_eq!(steps[0].intent, json!({"command": "make"}));
    assert_eq!(steps[0].observation, json!({"bytes": 12}));
    assert_eq!(steps[0].finished_at, Some(bed.clock.now()));
    assert_eq!(steps[1].status, StepStatus::Running);
    assert_eq!(steps[1].observation, json!(null));
    assert_eq!(steps[1].finished_at, None);
}

fn a_rollback_goes_back_not_forth(bed: &Bed) {
    use Operation::{Deploy, Down, Rollback};
    use Outcome::{Failed, RolledBack, Succeeded, Unchanged};
    let store = &bed.store;
    let previous = |release| {
        store
            .previous_good(&pricing(), &production(), ReleaseNo(release))
            .unwrap()
    };
    assert_eq!(store.last_good(&pricing(), &production()).unwrap(), None);
    assert_eq!(previous(1), None);

    deployed(store, Deploy, 1, Succeeded);
    deployed(store, Deploy, 2, Succeeded);
    deployed(store, Deploy, 3, RolledBack);
    deployed(store, Deploy, 4, Failed);
    deployed(store, Deploy, 2, Unchanged);
    assert_eq!(store.last_good(&pricing(), &production()).unwrap(), Some(ReleaseNo(2)));
    assert_eq!(previous(2), Some(ReleaseNo(1)));
    assert_eq!(previous(1), None);
    // Never succeeded itself: whatever was good last.
    assert_eq!(previous(4), Some(ReleaseNo(2)));

    deployed(store, Deploy, 5, Succeeded);
    deployed(store, Rollback, 2, Succeeded);
    assert_eq!(store.last_good(&pricing(), &production()).unwrap(), Some(ReleaseNo(2)));
    assert_eq!(previous(2), Some(ReleaseNo(1)), "not forth to v5, which was left");
    deployed(store, Deploy, 6, Succeeded);
    assert_eq!(previous(6), Some(ReleaseNo(2)), "v5 was left before v6 came");
    // An older release put there anew goes back to what it replaced.
    deployed(store, Deploy, 1, Succeeded);
    assert_eq!(previous(1), Some(ReleaseNo(6)));
    deployed(store, Down, 1, Succeeded);
    assert_eq!(store.last_good(&pricing(), &production()).unwrap(), Some(ReleaseNo(1)));
    assert_eq!(store.last_good(&pricing(), &EnvName::local()).unwrap(), None);
}

fn one_identity_is_one_release(bed: &Bed) {
    let store = &bed.store;
    let first = store.create_release(&new_release(&pricing(), "i1")).unwrap();
    bed.clock.pass(Duration::from_secs(60));
    let again = store.create_release(&new_release(&pricing(), "i1")).unwrap();
    assert_eq!(first, again);
    assert_eq!(store.release(&pricing(), ReleaseNo(1)).unwrap(), Some(first.clone()));
    let found = |identity| store.release_for(&pricing(), &production(), identity).unwrap();
    assert_eq!(found("i1"), Some(first));
    assert_eq!(found("i2"), None);
    assert_eq!(store.release_for(&pricing(), &EnvName::local(), "i1").unwrap(), None);
}

fn release_numbers_count_by_service(bed: &Bed) {
    let store = &bed.store;
    let catalog: ServiceName = "catalog".parse().unwrap();
    for (service, identity, number) in [
        (pricing(), "i1", 1),
        (pricing(), "i2", 2),
        (catalog.clone(), "i1", 1),
        (pricing(), "i3", 3),
    ] {
        let release = store.create_release(&new_release(&service, identity)).unwrap();
        assert_eq!(release.number, ReleaseNo(number));
    }
    let numbers = |service: &ServiceName, env: Option<&EnvName>, limit| -> Vec<u32> {
        let releases = store.releases(service, env, limit).unwrap();
        releases.iter().map(|release| release.number.0).collect()
    };
    assert_eq!(numbers(&pricing(), None, 10), [3, 2, 1]);
    assert_eq!(numbers(&pricing(), Some(&production()), 2), [3, 2]);
    assert_eq!(numbers(&pricing(), Some(&EnvName::local()), 2), [0; 0]);
    assert_eq!(numbers(&catalog, None, 10), [1]);
}

fn a_build_is_found_by_its_inputs(bed: &Bed) {
    let store = &bed.store;
    let build = Build {
        id: BuildId("b-1".into()),
        service: pricing(),
        key: "k1".into(),
        source: Source::default(),
        size: 1234,
        created_at: bed.clock.now(),
    };
    store.record_build(&build).unwrap();
    store.record_build(&build).unwrap();
    assert_eq!(store.find_build(&pricing(), "k1").unwrap(), Some(build.clone()));
    assert_eq!(store.build(&build.id).unwrap(), Some(build));
    assert_eq!(store.find_build(&pricing(), "k2").unwrap(), None);
    assert_eq!(store.find_build(&"catalog".parse().unwrap(), "k1").unwrap(), None);
}
