//! The whole of deploying over memory: a target that behaves as told, a store that ends with the test, a clock that moves
//! when somebody waits.

#![allow(clippy::unwrap_used, reason = "a failure to set the stage is a failed test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use deliver::adapters::counts::Counts;
use deliver::adapters::git::Git;
use deliver::adapters::memory::{Behaviour, ManualClock, MemoryTarget};
use deliver::adapters::process::{Groups, Processes};
use deliver::adapters::system::SystemClock;
use deliver::config::environment::Environment;
use deliver::config::paths::Paths;
use deliver::event::Silent;
use deliver::fault::{Fault, Kind, Result};
use deliver::model::about::About;
use deliver::model::deployment::{Operation, Outcome, State, Verdict};
use deliver::model::measurement::Judged;
use deliver::model::observed::Observation;
use deliver::model::place::Place;
use deliver::model::release::{BuildId, Release};
use deliver::model::spec::{CommandLine, Health, HttpProbe, Process, ReleaseStep, Role, SecretRef, Spec, Work};
use deliver::model::standing::{Budget, Budgets, Readiness, Standing};
use deliver::model::strategy::{Strategy, StrategyKind};
use deliver::model::traffic::{LATENCY_BUCKETS, Traffic};
use deliver::model::{IncidentId, ReleaseNo, Span};
use deliver::ports::interrupt::Never;
use deliver::ports::target::{
    Authority, Capabilities, LogLine, LogQuery, Placed, Prepared, Shift, Stop, Stopped, Target, Wanted,
};
use deliver::ports::{Clock, Interrupt};
use deliver::store::seal::SealingKey;
use deliver::store::{self, Store};

use deliver::deploy::build::Recipe;
use deliver::deploy::engine::{DeployRequest, Deployer, Report, Subject};
use deliver::deploy::status;

/// Everything a deployment touches, in a folder that goes away.
pub(super) struct Bench {
    dir: tempfile::TempDir,
    pub(super) clock: Arc<ManualClock>,
    pub(super) store: Store,
    paths: Paths,
    key: SealingKey,
    environment: Environment,
    commands: Processes,
    counts: Counts,
}

impl Bench {
    pub(super) fn new() -> Bench {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("pricing")).unwrap();
        fs::write(dir.path().join("pricing/app.py"), "one").unwrap();
        fs::create_dir(dir.path().join("data")).unwrap();
        let store_path = dir.path().join("store.db");
        // The store lives in real time, since its leases do.
        let real: Arc<dyn Clock> = Arc::new(SystemClock::new(None));
        let store = Store::in_memory(real.clone(), "ada").unwrap();
        Bench {
            counts: Counts::new(&store),
            clock: Arc::new(ManualClock::at("2026-01-10T12:00:00Z".parse().unwrap())),
            store,
            paths: Paths {
                user_config: dir.path().join("user"),
                system_config: dir.path().join("system"),
                store: store_path.into(),
                data: dir.path().join("data"),
                runtime: None,
            },
            key: SealingKey::open(&dir.path().join("key")).unwrap(),
            environment: Environment::of([("TOKEN", "canary-1")]),
            commands: Processes::new(real, Arc::new(Never), Groups::default()),
            dir,
        }
    }

    pub(super) fn write(&self, content: &str) {
        fs::write(self.dir.path().join("pricing/app.py"), content).unwrap();
    }

    pub(super) fn deployer<'a>(&'a self, target: &'a dyn Target) -> Deployer<'a> {
        Deployer {
            store: &self.store,
            target,
            clock: &*self.clock,
            vcs: &Git,
            commands: &self.commands,
            interrupt: &Never,
            metrics: Some(&self.counts),
            events: &Silent,
            key: &self.key,
            paths: &self.paths,
            environment: &self.environment,
            deadline: None,
        }
    }

    pub(super) fn request(&self) -> DeployRequest {
        let folder = self.dir.path().join("pricing");
        DeployRequest {
            subject: subject(),
            recipe: Recipe {
                service: "pricing".parse().unwrap(),
                context: folder.clone(),
                folder,
                command: None,
                include: Vec::new(),
                env: BTreeMap::new(),
            },
            spec: spec(),
            strategy: Strategy::default(),
            promises: Vec::new(),
            unmeasured: Vec::new(),
            about: About::default(),
            standing: Standing::default(),
            note: None,
            again: false,
            allow_dirty: false,
            dirty_policy: true,
            expected_plan: None,
            wait: Span::ZERO,
        }
    }

    /// Changes the source and deploys it.
    pub(super) fn deploy(&self, target: &dyn Target, content: &str) -> Report {
        self.write(content);
        self.deployer(target).deploy(&self.request()).unwrap()
    }
}

/// All at once, then watched for so many seconds.
fn watched(seconds: u64) -> Strategy {
    Strategy {
        kind: StrategyKind::BlueGreen,
        bake: Span::from_secs(seconds),
        ..Strategy::default()
    }
}

pub(super) fn subject() -> Subject {
    Subject {
        service: "pricing".parse().unwrap(),
        env: "local".parse().unwrap(),
        place: Place::of("memory"),
        protected: false,
    }
}

pub(super) fn spec() -> Spec {
    Spec {
        port: Some(8080),
        health: Health {
            probe: Some(HttpProbe {
                path: "/healthz".into(),
                host: None,
                below: 400,
            }),
            ..Health::default()
        },
        drain: Span::from_secs(30),
        grace: Span::from_secs(30),
        ..Spec::of(vec![Process {
            name: "web".into(),
            role: Role::Web,
            work: Work::Command(CommandLine::Shell("serve".into())),
            instances: 2,
            env: BTreeMap::new(),
        }])
    }
}

pub(super) fn observe(target: &dyn Target) -> Observation {
    target.observe(&subject().service, &subject().env).unwrap()
}

/// The current release and those of all instances.
pub(super) fn serving(target: &dyn Target) -> (Option<ReleaseNo>, Vec<ReleaseNo>) {
    let observed = observe(target);
    (
        observed.current,
        observed.instances.iter().map(|one| one.release).collect(),
    )
}

fn in_full(number: u32) -> (Option<ReleaseNo>, Vec<ReleaseNo>) {
    (Some(ReleaseNo(number)), vec![ReleaseNo(number); 2])
}

pub(super) fn outcome(report: &Report) -> (Outcome, Option<(Kind, &'static str)>) {
    (
        report.deployment.outcome,
        report.fault.as_ref().map(|fault| (fault.kind(), fault.code())),
    )
}

#[test]
fn a_first_deploy_a_change_and_no_change() {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    let first = bench.deploy(&target, "one");
    assert_eq!(outcome(&first), (Outcome::Succeeded, None));
    assert_eq!(first.deployment.url.as_deref(), Some("http://127.0.0.1:8080"));
    let names: Vec<&str> = first.steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["build", "prepare", "start", "health", "switch", "observe"]);
    assert_eq!(serving(&target), in_full(1));

    assert_eq!(outcome(&bench.deploy(&target, "one")), (Outcome::Unchanged, None));
    assert_eq!(outcome(&bench.deploy(&target, "two")), (Outcome::Succeeded, None));
    assert_eq!(serving(&target), in_full(2));

    // Back to the first content is the first release again, not a third.
    bench.deploy(&target, "one");
    assert_eq!(serving(&target), in_full(1));
}

#[test]
fn again_rolls_out_afresh() {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    bench.deploy(&target, "one");
    let before = observe(&target).instances[0].id.clone();
    let again = bench
        .deployer(&target)
        .deploy(&DeployRequest {
            again: true,
            ..bench.request()
        })
        .unwrap();
    assert_eq!(outcome(&again), (Outcome::Succeeded, None));
    assert_eq!(serving(&target), in_full(1));
    assert_ne!(observe(&target).instances[0].id, before);
}

#[test]
fn a_release_that_never_becomes_healthy_never_wins() {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    bench.deploy(&target, "one");
    for (number, behaviour, code) in [
        (
            2,
            Behaviour::NeverHealthy("GET /healthz answered 503".into()),
            "never-healthy",
        ),
        (
            3,
            Behaviour::ExitsAfter(Duration::from_millis(200), "status 1".into()),
            "crashed",
        ),
        (
            4,
            Behaviour::ExitsAfter(Duration::from_millis(2900), "signal 11 (SIGSEGV)".into()),
            "crashed",
        ),
        (5, Behaviour::Flaps(Duration::from_millis(700)), "flapping"),
    ] {
        target.behave(ReleaseNo(number), behaviour);
        let report = bench.deploy(&target, &format!("bad {number}"));
        assert_eq!(outcome(&report), (Outcome::Failed, Some((Kind::Failed, code))));
        assert_eq!(report.fault.unwrap().still_true(), Some("v1 is still serving"));
        assert_eq!(serving(&target), in_full(1));
    }
}

#[test]
fn a_first_deploy_that_fails_leaves_nothing() {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    target.behave(ReleaseNo(1), Behaviour::NeverHealthy("connection refused".into()));
    let report = bench.deploy(&target, "one");
    assert_eq!(
        outcome(&report),
        (Outcome::Failed, Some((Kind::Failed, "never-healthy")))
    );
    assert_eq!(serving(&target), (None, vec![]));
}

#[test]
fn rollback_goes_to_the_last_good_release_and_further_back() {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    for content in ["one", "two"] {
        bench.deploy(&target, content);
    }
    target.behave(ReleaseNo(3), Behaviour::NeverHealthy("no".into()));
    bench.deploy(&target, "three");
    bench.deploy(&target, "four");
    assert_eq!(serving(&target), in_full(4));
    let back = |to| bench.deployer(&target).rollback(&subject(), to, None, false);
    assert_eq!(outcome(&back(None).unwrap()), (Outcome::Succeeded, None));
    assert_eq!(serving(&target), in_full(2), "v3 was never good");
    back(None).unwrap();
    assert_eq!(serving(&target), in_full(1));
    assert_eq!(back(None).err().unwrap().code(), "nothing-to-roll-back-to");
    back(Some(ReleaseNo(4))).unwrap();
    assert_eq!(serving(&target), in_full(4));
    assert_eq!(back(Some(ReleaseNo(9))).err().unwrap().code(), "no-such-release");
}

#[test]
fn a_rollback_brings_the_old_secret_back_and_no_value_is_stored() {
    let mut bench = Bench::new();
    let with_secret = |bench: &Bench| {
        let mut request = bench.request();
        request
            .spec
            .secrets
            .insert("TOKEN".into(), SecretRef::Env("TOKEN".into()));
        request
    };
    let clock = bench.clock.clone();
    let target = Spy::new(MemoryTarget::new(&*clock));
    bench.deployer(&target).deploy(&with_secret(&bench)).unwrap();
    bench.environment = Environment::of([("TOKEN", "canary-2")]);
    let second = bench.deployer(&target).deploy(&with_secret(&bench)).unwrap();
    assert_eq!(
        second.deployment.release,
        Some(ReleaseNo(2)),
        "a changed secret is a release"
    );
    assert_eq!(target.token(), "canary-2");
    bench.deployer(&target).rollback(&subject(), None, None, false).unwrap();
    assert_eq!(target.token(), "canary-1");

    bench.environment = Environment::default();
    let missing = bench.deployer(&target).deploy(&with_secret(&bench)).err().unwrap();
    assert_eq!((missing.kind(), missing.code()), (Kind::Credentials, "secret-missing"));

    let mut journal = String::new();
    bench
        .store
        .each_record(&mut |record| {
            journal.push_str(&format!("{record:?}"));
            Ok(true)
        })
        .unwrap();
    assert!(!journal.contains("canary"));
}

#[test]
fn a_hold_stops_deploys_and_not_rollbacks() {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    bench.deploy(&target, "one");
    bench.deploy(&target, "two");
    bench
        .store
        .set_hold(&subject().service, &subject().env, "looking")
        .unwrap();
    let refused = bench.deploy(&target, "three");
    assert_eq!(outcome(&refused), (Outcome::Refused, Some((Kind::Negative, "refused"))));
    assert_eq!(serving(&target), in_full(2));
    let back = bench.deployer(&target).rollback(&subject(), None, None, false).unwrap();
    assert_eq!(outcome(&back), (Outcome::Succeeded, None));
}

#[test]
fn a_plan_shows_who_else_is_at_it() {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    let verdicts = |bench: &Bench| -> Vec<(String, Verdict)> {
        let gates = bench.deployer(&target).plan(&bench.request()).unwrap().gates;
        gates.into_iter().map(|gate| (gate.id, gate.verdict)).collect()
    };
    let with = |lease| {
        vec![
            ("hold".to_owned(), Verdict::Pass),
            ("lease".into(), lease),
            ("dirty-tree".into(), Verdict::Pass),
            ("readiness".into(), Verdict::Pass),
            ("budget".into(), Verdict::Pass),
        ]
    };
    assert_eq!(verdicts(&bench), with(Verdict::Pass));
    let Subject { service, env, .. } = subject();
    let lease = bench
        .store
        .acquire_lease(&service, &env, "deploy", Duration::ZERO, &mut |_| {})
        .unwrap();
    assert_eq!(verdicts(&bench), with(Verdict::Refuse));
    drop(lease);
    assert_eq!(outcome(&bench.deploy(&target, "one")), (Outcome::Succeeded, None));
}

#[test]
fn a_release_step_runs_once_and_its_failure_starts_nothing() {
    let bench = Bench::new();
    let target = Spy::new(MemoryTarget::new(&*bench.clock));
    let mut request = bench.request();
    request.spec.release_step = Some(ReleaseStep {
        command: CommandLine::Shell("migrate".into()),
        timeout: Span::from_secs(60),
        previous_still_works: false,
    });
    assert_eq!(
        outcome(&bench.deployer(&target).deploy(&request).unwrap()),
        (Outcome::Succeeded, None)
    );
    assert_eq!(target.release_steps.load(Ordering::SeqCst), 1);
    bench.write("two");
    bench.deployer(&target).deploy(&request).unwrap();

    let back = bench
        .deployer(&target)
        .rollback(&subject(), None, None, false)
        .err()
        .unwrap();
    assert_eq!((back.kind(), back.code()), (Kind::Negative, "migration-in-between"));
    let forced = bench
        .deployer(&target)
        .rollback(&subject(), None, Some("known".into()), true)
        .unwrap();
    assert_eq!(outcome(&forced), (Outcome::Succeeded, None));
    assert_eq!(
        target.release_steps.load(Ordering::SeqCst),
        2,
        "a rollback runs no release step"
    );

    target.memory.fail_release_step("status 3");
    bench.write("three");
    let failed = bench.deployer(&target).deploy(&request).unwrap();
    assert_eq!(
        outcome(&failed),
        (Outcome::Failed, Some((Kind::Failed, "release-step-failed")))
    );
    assert_eq!(serving(&target), in_full(1));
}

#[test]
fn a_release_that_dies_right_after_the_switch_is_rolled_back() {
    let bench = Bench::new();
    let target = Spy::new(MemoryTarget::new(&*bench.clock));
    bench.deploy(&target, "one");
    target.kill_after_shift_to(ReleaseNo(2));
    let report = bench.deploy(&target, "two");
    assert_eq!(
        outcome(&report),
        (Outcome::RolledBack, Some((Kind::RolledBack, "lost-after-switch")))
    );
    assert_eq!(serving(&target), in_full(1));
}

#[test]
fn status_says_when_requests_go_to_unhealthy_instances() {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    let last = bench.deploy(&target, "one").deployment;
    let drift = || status::status(&bench.store, &last, observe(&target)).unwrap().drift;
    assert!(drift().is_empty());
    target.change(ReleaseNo(1), Behaviour::Flaps(Duration::from_secs(60)));
    bench.clock.advance(Duration::from_secs(61));
    assert_eq!(
        drift(),
        ["0 of 2 instances are healthy, so requests go to unhealthy ones"]
    );
    target.change(ReleaseNo(1), Behaviour::ExitsAfter(Duration::ZERO, "status 1".into()));
    assert_eq!(drift(), ["0 of 2 instances are healthy"]);
}

#[test]
fn an_interrupted_deploy_removes_what_it_had_started() {
    struct AfterStart<'a>(&'a MemoryTarget<'a>);
    impl Interrupt for AfterStart<'_> {
        fn requested(&self) -> Option<Kind> {
            let started = self
                .0
                .observe(&subject().service, &subject().env)
                .unwrap()
                .instances
                .len()
                > 2;
            started.then_some(Kind::Interrupted)
        }
    }
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    bench.deploy(&target, "one");
    bench.write("two");
    let interrupt = AfterStart(&target);
    let deployer = Deployer {
        interrupt: &interrupt,
        ..bench.deployer(&target)
    };
    let report = deployer.deploy(&bench.request()).unwrap();
    assert_eq!(
        outcome(&report),
        (Outcome::Cancelled, Some((Kind::Interrupted, "interrupted")))
    );
    assert_eq!(serving(&target), in_full(1));
}

#[test]
fn down_stops_everything_and_up_again_works() {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    bench.deploy(&target, "one");
    let down = bench.deployer(&target).down(&subject(), None).unwrap();
    assert_eq!(outcome(&down), (Outcome::Succeeded, None));
    assert_eq!(serving(&target), (None, vec![]));
    assert_eq!(observe(&target).url, None);
    assert_eq!(
        outcome(&bench.deployer(&target).down(&subject(), None).unwrap()),
        (Outcome::Unchanged, None)
    );
    let plan = bench.deployer(&target).plan(&bench.request()).unwrap();
    assert_eq!((plan.changes[0].sign, plan.changes[0].what.as_str()), ('+', "build"));
    bench.deploy(&target, "one");
    assert_eq!(serving(&target), in_full(1));
}

#[test]
fn a_plan_of_another_world_is_refused() {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    let plan = bench.deployer(&target).plan(&bench.request()).unwrap();
    bench.write("changed meanwhile");
    let wish = |bench: &Bench, hash: &str| DeployRequest {
        expected_plan: Some(hash.to_owned()),
        ..bench.request()
    };
    let refused = bench.deployer(&target).deploy(&wish(&bench, &plan.hash)).err().unwrap();
    assert_eq!((refused.kind(), refused.code()), (Kind::Busy, "plan-changed"));
    let plan = bench.deployer(&target).plan(&bench.request()).unwrap();
    assert_eq!(
        outcome(&bench.deployer(&target).deploy(&wish(&bench, &plan.hash)).unwrap()).0,
        Outcome::Succeeded
    );
}

#[test]
fn a_name_belongs_to_one_folder_until_that_folder_gives_it_up() {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    let manifest = bench.dir.path().join("pricing/deliver.toml");
    fs::write(&manifest, "[service]\nname = \"pricing\"\n[run]\ncommand = \"serve\"\n").unwrap();
    bench.deploy(&target, "one");
    let other = bench.dir.path().join("other");
    fs::create_dir(&other).unwrap();
    let mut request = bench.request();
    request.recipe.folder = other.clone();
    request.recipe.context = other;
    assert_eq!(
        bench.deployer(&target).deploy(&request).err().unwrap().code(),
        "service-elsewhere"
    );
    fs::remove_file(&manifest).unwrap();
    assert_eq!(
        outcome(&bench.deployer(&target).deploy(&request).unwrap()).0,
        Outcome::Succeeded
    );
}

#[test]
fn what_a_dead_tool_left_ends_in_the_old_or_the_new_release() {
    for moved in [Moved::Not, Moved::Part, Moved::All] {
        let bench = Bench::new();
        let target = MemoryTarget::new(&*bench.clock);
        bench.deploy(&target, "one");
        let dead = leave_half_done(&bench, &target, moved);
        let reports = bench.deployer(&target).resume(&subject()).unwrap();
        assert_eq!(reports.len(), 1);
        assert_eq!(reports[0].deployment.id, dead);
        let (expected, release) = match moved {
            Moved::Not => (Outcome::Interrupted, 1),
            Moved::Part => (Outcome::RolledBack, 1),
            Moved::All => (Outcome::Succeeded, 2),
        };
        assert_eq!(reports[0].deployment.outcome, expected);
        assert_eq!(serving(&target), in_full(release));
        assert!(bench.deployer(&target).resume(&subject()).unwrap().is_empty());
    }
}

#[test]
fn a_batch_that_cannot_be_taken_back_needs_a_person_and_stops_no_fix() {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    bench.deploy(&target, "one");
    let old = observe(&target).instances[0].id.clone();
    leave_half_done(&bench, &target, Moved::Part);
    // A batch had replaced one of the old ones, and what served before does not start any more.
    let authority = Authority {
        service: subject().service,
        env: subject().env,
        deployment: deliver::model::DeploymentId(2),
        fence: observe(&target).fence,
    };
    let stop = Stop {
        instances: vec![old],
        drain: Span::ZERO,
        grace: Span::ZERO,
    };
    target.stop(&authority, &stop).unwrap();
    target.behave(ReleaseNo(1), Behaviour::NeverHealthy("503".into()));
    let fixed = bench.deploy(&target, "three");
    assert_eq!(outcome(&fixed), (Outcome::Succeeded, None));
    assert_eq!(serving(&target), in_full(3));
    let dead = bench.store.deployment(deliver::model::DeploymentId(2)).unwrap();
    assert_eq!(dead.outcome, Outcome::NeedsHuman);
    assert!(dead.reason.unwrap().contains("v1 could not be brought back"));
}

#[test]
fn an_environment_moves_only_with_a_deployment_and_never_past_what_was_left() {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    bench.deploy(&target, "one");
    let Subject { service, env, .. } = subject();
    let place = || bench.store.place(&service, &env).unwrap().unwrap();
    let before = place();
    let mut moved = bench.request();
    moved.subject.place = Place::of("elsewhere");
    // A refused one changes nothing, not even where the environment is looked for.
    bench.write("two");
    bench.store.set_hold(&service, &env, "wait").unwrap();
    let refused = bench.deployer(&target).deploy(&moved).unwrap();
    assert_eq!(outcome(&refused).0, Outcome::Refused);
    assert_eq!(place(), before);
    bench.store.clear_holds(&service, &env, None).unwrap();
    let dead = leave_half_done(&bench, &target, Moved::Part);
    let fault = bench.deployer(&target).deploy(&moved).err().unwrap();
    assert_eq!((fault.kind(), fault.code()), (Kind::Busy, "unfinished-elsewhere"));
    assert_eq!(bench.store.unfinished(&service, &env).unwrap()[0].id, dead);
    bench.deployer(&target).resume(&subject()).unwrap();
    let there = bench.deployer(&target).deploy(&moved).unwrap();
    assert_eq!(outcome(&there).0, Outcome::Succeeded);
    assert_eq!(place(), Place::of("elsewhere"));
}

/// How much of the traffic a dead tool had moved.
#[derive(Clone, Copy)]
enum Moved {
    Not,
    Part,
    All,
}

/// Does what a deploy of v2 does up to its switch, or just past it, and stops without a word.
fn leave_half_done(bench: &Bench, target: &dyn Target, moved: Moved) -> deliver::model::DeploymentId {
    let one = bench.store.release(&subject().service, ReleaseNo(1)).unwrap().unwrap();
    let new = store::release::NewRelease {
        service: one.service.clone(),
        env: one.env.clone(),
        build: one.build.clone(),
        identity: "another".into(),
        spec: one.spec.clone(),
        source: one.source.clone(),
    };
    let two: Release = bench.store.create_release(&new).unwrap();
    let deployment = bench
        .store
        .create_deployment(&store::deployment::NewDeployment {
            service: one.service.clone(),
            env: one.env.clone(),
            target: "memory".into(),
            operation: Operation::Deploy,
            release: Some(two.number),
            previous: Some(one.number),
            parent: None,
            plan_hash: String::new(),
            plan: serde_json::Value::Null,
            gates: Vec::new(),
            note: None,
        })
        .unwrap();
    let lease = bench
        .store
        .acquire_lease(&one.service, &one.env, "deploy", Duration::ZERO, &mut |_| {})
        .unwrap();
    let authority = Authority {
        service: one.service.clone(),
        env: one.env.clone(),
        deployment: deployment.id,
        fence: lease.token(),
    };
    bench
        .store
        .advance(deployment.id, State::Planned, State::Starting, lease.token())
        .unwrap();
    let prepared = Prepared {
        release: two,
        artifact: bench.dir.path().to_owned(),
        secrets: BTreeMap::new(),
        record: serde_json::Value::Null,
    };
    let ids = ["a", "b"].map(String::from);
    let wanted = ids.clone().map(|id| Wanted {
        id,
        process: "web".into(),
    });
    target.start(&authority, &prepared, &wanted).unwrap();
    let shift = match moved {
        Moved::Not => return deployment.id,
        Moved::Part => {
            let old = observe(target).instances.into_iter().filter(|one| one.routed);
            let both = old.map(|one| one.id).chain(ids.clone()).collect();
            Shift::to(ReleaseNo(1), both)
        }
        Moved::All => Shift::to(ReleaseNo(2), ids.to_vec()),
    };
    target.shift(&authority, &shift).unwrap();
    deployment.id
}

/// A target that notes what it was given and can be told to fail at a moment.
struct Spy<'a> {
    memory: MemoryTarget<'a>,
    token: std::sync::Mutex<String>,
    release_steps: AtomicUsize,
    kill: std::sync::Mutex<Option<ReleaseNo>>,
    /// Counts this whenever somebody looks, while that release is current.
    traffic: std::sync::Mutex<Option<(Store, Traffic)>>,
    /// Builds of which it was told to forget what it made.
    discarded: std::sync::Mutex<Vec<BuildId>>,
}

impl<'a> Spy<'a> {
    fn new(memory: MemoryTarget<'a>) -> Self {
        Spy {
            memory,
            token: Default::default(),
            release_steps: AtomicUsize::new(0),
            kill: Default::default(),
            traffic: Default::default(),
            discarded: Default::default(),
        }
    }

    fn token(&self) -> String {
        self.token.lock().unwrap().clone()
    }

    fn kill_after_shift_to(&self, release: ReleaseNo) {
        *self.kill.lock().unwrap() = Some(release);
    }
}

impl Target for Spy<'_> {
    fn capabilities(&self) -> Capabilities {
        self.memory.capabilities()
    }
    fn observe(&self, service: &deliver::model::ServiceName, env: &deliver::model::EnvName) -> Result<Observation> {
        let observed = self.memory.observe(service, env)?;
        if let Some((store, counted)) = &*self.traffic.lock().unwrap()
            && observed.current == Some(counted.release)
        {
            store.record_traffic(std::slice::from_ref(counted))?;
        }
        Ok(observed)
    }
    fn observe_all(&self) -> Result<Vec<Observation>> {
        self.memory.observe_all()
    }
    fn prepare(&self, authority: &Authority, prepared: &Prepared) -> Result<Placed> {
        if let Some(token) = prepared.secrets.get("TOKEN") {
            *self.token.lock().unwrap() = token.reveal().to_owned();
        }
        self.memory.prepare(authority, prepared)
    }
    /// Forgets, and fails all the same.
    fn discard(&self, _: &deliver::model::ServiceName, builds: &BTreeSet<BuildId>) -> Result<u32> {
        self.discarded.lock().unwrap().extend(builds.iter().cloned());
        Err(Fault::new(Kind::Unreachable, "away", "the engine is away"))
    }
    fn start(&self, authority: &Authority, prepared: &Prepared, wanted: &[Wanted]) -> Result<()> {
        let steps = wanted.iter().filter(|one| one.process == "release").count();
        self.release_steps.fetch_add(steps, Ordering::SeqCst);
        self.memory.start(authority, prepared, wanted)
    }
    fn shift(&self, authority: &Authority, shift: &Shift) -> Result<()> {
        self.memory.shift(authority, shift)?;
        if *self.kill.lock().unwrap() == Some(shift.release) {
            self.memory
                .change(shift.release, Behaviour::ExitsAfter(Duration::ZERO, "status 1".into()));
        }
        Ok(())
    }
    fn stop(&self, authority: &Authority, stop: &Stop) -> Result<Vec<Stopped>> {
        self.memory.stop(authority, stop)
    }
    fn remove(&self, authority: &Authority) -> Result<()> {
        self.memory.remove(authority)
    }
    fn logs(
        &self,
        service: &deliver::model::ServiceName,
        env: &deliver::model::EnvName,
        query: &LogQuery,
        follow: bool,
        line: &mut dyn FnMut(LogLine) -> bool,
    ) -> Result<()> {
        self.memory.logs(service, env, query, follow, line)
    }
}

#[test]
fn what_a_target_made_of_builds_that_nobody_needs_goes_and_costs_no_deployment() {
    let bench = Bench::new();
    let spy = Spy::new(MemoryTarget::new(&*bench.clock));
    let discarded = || std::mem::take(&mut *spy.discarded.lock().unwrap());
    for number in 1..=11 {
        bench.deploy(&spy, &format!("{number}"));
    }
    assert_eq!(discarded(), [], "all of them are young");
    // The store's releases are as old as this machine's time says.
    bench.clock.sleep(Duration::from_secs(40 * 365 * 86_400));
    let report = bench.deploy(&spy, "12");
    assert_eq!(report.deployment.outcome, Outcome::Succeeded);
    let build = |number| {
        let release = bench.store.release(&subject().service, ReleaseNo(number)).unwrap();
        release.unwrap().build
    };
    let gone: BTreeSet<BuildId> = discarded().into_iter().collect();
    assert_eq!(gone, BTreeSet::from([build(1), build(2)]), "ten are kept");
}

/// Requests of a release in the minute that the bench's clock begins with: so many good ones, so many that failed.
fn counted(release: u32, good: u64, bad: u64) -> Traffic {
    let start: jiff::Timestamp = "2026-01-10T12:00:00Z".parse().unwrap();
    Traffic {
        service: "pricing".parse().unwrap(),
        env: "local".parse().unwrap(),
        release: ReleaseNo(release),
        bucket: start.as_microsecond(),
        classes: [0, good, 0, 0, bad],
        failed: 0,
        latency: {
            let mut latency = vec![0; LATENCY_BUCKETS];
            latency[0] = good + bad;
            latency
        },
    }
}

/// Deploys `v1`, gives it traffic, then deploys `v2`, which answers each look at it with so many good and bad requests.
fn baked(bench: &Bench, good: u64, bad: u64) -> Report {
    let spy = Spy::new(MemoryTarget::new(&*bench.clock));
    bench.deploy(&spy, "one");
    bench.store.record_traffic(&[counted(1, 500, 1)]).unwrap();
    *spy.traffic.lock().unwrap() = Some((bench.store.clone(), counted(2, good, bad)));
    bench.write("two");
    let request = DeployRequest {
        strategy: watched(10),
        ..bench.request()
    };
    bench.deployer(&spy).deploy(&request).unwrap()
}

#[test]
fn a_release_that_fails_more_requests_than_the_one_before_is_rolled_back() {
    let bench = Bench::new();
    let report = baked(&bench, 1, 1);
    assert_eq!(
        outcome(&report),
        (Outcome::RolledBack, Some((Kind::RolledBack, "worse-than-before")))
    );
    let fault = report.fault.unwrap();
    assert_eq!(fault.still_true(), Some("v1 is serving again"));
    assert!(
        fault.message().starts_with("v2 failed ") && fault.message().ends_with("; v1 had failed 1 of 501"),
        "{}",
        fault.message()
    );
}

#[test]
fn a_release_that_is_no_worse_passes_its_watch_which_is_recorded() {
    let bench = Bench::new();
    let report = baked(&bench, 5, 0);
    assert_eq!(outcome(&report), (Outcome::Succeeded, None));
    let names: Vec<&str> = report.steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "build", "prepare", "start", "health", "switch", "bake", "drain", "observe"
        ]
    );
    let bake = report.steps.iter().find(|step| step.name == "bake").unwrap();
    assert_eq!(bake.observation["verdict"], "pass");
    assert_eq!(bake.observation["old"]["part"], 1);
    let measured = bench.store.measurements(report.deployment.id).unwrap();
    let last = measured.iter().rev().find(|one| one.name == "errors").unwrap();
    assert_eq!((last.verdict, last.bound.as_str()), (Judged::Pass, "v1 had 1 of 501"));
    assert!(
        last.sample.is_some_and(|sample| sample > 100) && last.value == Some(0.0),
        "{last:?}"
    );
}

#[test]
fn a_release_that_falls_while_it_is_watched_is_rolled_back() {
    let bench = Bench::new();
    let spy = Spy::new(MemoryTarget::new(&*bench.clock));
    bench.deploy(&spy, "one");
    bench.write("two");
    spy.kill_after_shift_to(ReleaseNo(2));
    let request = DeployRequest {
        strategy: watched(10),
        ..bench.request()
    };
    let report = bench.deployer(&spy).deploy(&request).unwrap();
    assert_eq!(
        outcome(&report),
        (Outcome::RolledBack, Some((Kind::RolledBack, "lost-after-switch")))
    );
}

#[test]
fn a_first_release_is_not_watched_for_there_is_no_way_back() {
    let bench = Bench::new();
    bench.write("one");
    let target = MemoryTarget::new(&*bench.clock);
    let request = DeployRequest {
        strategy: watched(10),
        ..bench.request()
    };
    let plan = bench.deployer(&target).plan(&request).unwrap();
    assert!(!plan.steps.contains(&"bake") && plan.notes.is_empty(), "{plan:?}");
}

/// The verdict and reason of one gate after a deploy with this standing, and how it ended.
fn judged(gate: &str, standing: Standing) -> (Verdict, String, Outcome) {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    let request = DeployRequest {
        standing,
        ..bench.request()
    };
    let report = bench.deployer(&target).deploy(&request).unwrap();
    let found = report.deployment.gates.iter().find(|one| one.id == gate).unwrap();
    (found.verdict, found.reason.clone(), report.deployment.outcome)
}

#[test]
fn a_level_that_is_short_refuses_until_somebody_overrides_it_with_a_reason() {
    let short = Standing {
        readiness: Some(Ok(Readiness {
            level: "none".into(),
            required: "bronze".into(),
            ready: false,
            missing: vec!["DOC-3".into(), "SEC-1".into()],
        })),
        ..Standing::default()
    };
    let reason = "bronze is required, none is reached: DOC-3, SEC-1".to_owned();
    assert_eq!(
        judged("readiness", short.clone()),
        (Verdict::Refuse, reason.clone(), Outcome::Refused)
    );
    let other = Standing {
        overridden: vec!["budget".into()],
        because: Some("x".into()),
        ..short.clone()
    };
    assert_eq!(
        judged("readiness", other),
        (Verdict::Refuse, reason.clone(), Outcome::Refused)
    );
    let overridden = Standing {
        overridden: vec!["readiness".into()],
        because: Some("the sale begins".into()),
        ..short
    };
    assert_eq!(
        judged("readiness", overridden),
        (
            Verdict::Warn,
            format!("{reason}; overridden: the sale begins"),
            Outcome::Succeeded
        )
    );
    let unknown = Standing {
        readiness: Some(Err("the disk is gone".into())),
        ..Standing::default()
    };
    assert_eq!(
        judged("readiness", unknown),
        (
            Verdict::Unknown,
            "could not find out: the disk is gone".into(),
            Outcome::Refused
        )
    );
}

#[test]
fn a_spent_budget_refuses_where_policy_says_so_and_never_what_ends_an_incident() {
    let spent = |refuse| Standing {
        budgets: Some(Ok(Budgets {
            refuse,
            objectives: vec![Budget {
                slo: "availability".into(),
                remaining: Some("-12 %".into()),
                spent: true,
            }],
        })),
        ..Standing::default()
    };
    let told = "availability has -12 % of its budget left".to_owned();
    assert_eq!(
        judged("budget", spent(true)),
        (Verdict::Refuse, told.clone(), Outcome::Refused)
    );
    assert_eq!(
        judged("budget", spent(false)),
        (Verdict::Warn, told.clone(), Outcome::Succeeded)
    );
    let fixing = Standing {
        fixes: Some(IncidentId(7)),
        ..spent(true)
    };
    assert_eq!(
        judged("budget", fixing),
        (
            Verdict::Warn,
            format!("{told}; let through to fix INC-7"),
            Outcome::Succeeded
        )
    );
}

#[test]
fn the_journal_tells_what_was_overridden_and_why() {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    let request = DeployRequest {
        standing: Standing {
            readiness: Some(Ok(Readiness {
                level: "none".into(),
                required: "bronze".into(),
                ready: false,
                missing: vec!["SEC-1".into()],
            })),
            overridden: vec!["readiness".into()],
            because: Some("the sale begins".into()),
            ..Standing::default()
        },
        ..bench.request()
    };
    bench.deployer(&target).deploy(&request).unwrap();
    let records = bench.store.audit(&Default::default()).unwrap();
    let begun = records
        .iter()
        .find(|record| record.action == "deployment.begin")
        .unwrap();
    let detail: serde_json::Value = serde_json::from_str(&begun.detail).unwrap();
    assert_eq!(
        detail["gates"],
        serde_json::json!([{
            "id": "readiness", "verdict": "warn",
            "reason": "bronze is required, none is reached: SEC-1; overridden: the sale begins",
        }])
    );
}

#[test]
fn what_runs_already_is_unchanged_whatever_gates_say() {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    bench.deploy(&target, "one");
    let Subject { service, env, .. } = subject();
    bench.store.set_hold(&service, &env, "investigating").unwrap();
    assert_eq!(outcome(&bench.deploy(&target, "one")), (Outcome::Unchanged, None));
    assert_eq!(
        outcome(&bench.deploy(&target, "two")),
        (Outcome::Refused, Some((Kind::Negative, "refused")))
    );
}
