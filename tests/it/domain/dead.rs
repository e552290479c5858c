//! What a dead tool left, and what the next command makes of it.

#![allow(clippy::unwrap_used, reason = "a failure to set the stage is a failed test")]

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use deliver::adapters::memory::{Behaviour, MemoryTarget};
use deliver::deploy::engine::{Deployer, Subject};
use deliver::fault::{Fault, Kind};
use deliver::model::deployment::{Operation, Outcome, State, StepStatus};
use deliver::model::place::Place;
use deliver::model::release::Release;
use deliver::model::spec::{CommandLine, ReleaseStep, Spec};
use deliver::model::{ReleaseNo, Span};
use deliver::ports::target::{Authority, Prepared, RELEASE_STEP, Shift, Stop, Target, Wanted};
use deliver::ports::{Clock, Interrupt};
use deliver::store;

use super::bench::{Bench, Tampered, in_full, observe, outcome, serving, subject};

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
    // Nobody else looks at an empty place and says that nothing was left there, either.
    let (away, empty) = (moved.subject.clone(), MemoryTarget::new(&*bench.clock));
    let deployer = bench.deployer(&empty);
    for fault in [
        deployer.resume(&away).err().unwrap(),
        deployer.rollback(&away, None, None, false).err().unwrap(),
        deployer.down(&away, None).err().unwrap(),
    ] {
        assert_eq!((fault.kind(), fault.code()), (Kind::Busy, "unfinished-elsewhere"));
        assert_eq!(fault.hints(), ["deliver resume local --service pricing"]);
    }
    assert_eq!(bench.store.unfinished(&service, &env).unwrap()[0].id, dead);
    bench.deployer(&target).resume(&subject()).unwrap();
    let there = bench.deployer(&target).deploy(&moved).unwrap();
    assert_eq!(outcome(&there).0, Outcome::Succeeded);
    assert_eq!(place(), Place::of("elsewhere"));
}

#[test]
fn what_runs_elsewhere_is_neither_said_to_be_down_nor_gone_back_from() {
    let bench = Bench::new();
    let (target, empty) = (MemoryTarget::new(&*bench.clock), MemoryTarget::new(&*bench.clock));
    let at = |options: serde_json::Value| Subject {
        place: Place {
            target: "memory".into(),
            options,
        },
        ..subject()
    };
    let mut request = bench.request();
    request.subject = at(serde_json::json!({ "context": "prod", "namespace": "shop" }));
    bench.deployer(&target).deploy(&request).unwrap();
    bench.write("two");
    bench.deployer(&target).deploy(&request).unwrap();
    for options in [
        serde_json::json!({ "context": "prod", "namespace": "till" }),
        serde_json::json!({ "context": "other", "namespace": "shop" }),
    ] {
        let (deployer, moved) = (bench.deployer(&empty), at(options));
        for fault in [
            deployer.rollback(&moved, None, None, false).err().unwrap(),
            deployer.plan_rollback(&moved, None, false).err().unwrap(),
            deployer.down(&moved, None).err().unwrap(),
        ] {
            assert_eq!((fault.kind(), fault.code()), (Kind::Usage, "deployed-elsewhere"));
            assert!(
                fault.hints()[0].ends_with("local --service pricing"),
                "{:?}",
                fault.hints()
            );
        }
    }
    // Another way to the same engine is no other place: what was deployed is there.
    let other_way = at(serde_json::json!({ "context": "prod-2", "namespace": "shop" }));
    let back = bench.deployer(&target).rollback(&other_way, None, None, false).unwrap();
    assert_eq!(outcome(&back), (Outcome::Succeeded, None));
    assert_eq!(serving(&target), in_full(1));
}

/// How much of the traffic a dead tool had moved.
#[derive(Clone, Copy)]
enum Moved {
    Not,
    Part,
    All,
}

/// A deployment of a second release that somebody has begun, with the lease for it.
struct Begun {
    lease: store::lease::LeaseGuard,
    authority: Authority,
    prepared: Prepared,
}

impl Begun {
    fn new(bench: &Bench, release: Release, previous: ReleaseNo) -> Begun {
        let (service, env) = (subject().service, subject().env);
        let new = store::deployment::NewDeployment {
            service: service.clone(),
            env: env.clone(),
            target: "memory".into(),
            operation: Operation::Deploy,
            release: Some(release.number),
            previous: Some(previous),
            parent: None,
            plan_hash: String::new(),
            plan: serde_json::Value::Null,
            gates: Vec::new(),
            note: None,
        };
        let deployment = bench.store.create_deployment(&new).unwrap().id;
        let lease = bench
            .store
            .acquire_lease(&service, &env, "deploy", Duration::ZERO, &mut |_| {})
            .unwrap();
        Begun {
            authority: Authority {
                service,
                env,
                deployment,
                fence: lease.token(),
            },
            lease,
            prepared: Prepared {
                release,
                artifact: bench.dir.path().to_owned(),
                secrets: BTreeMap::new(),
                record: serde_json::Value::Null,
            },
        }
    }

    fn start(&self, target: &dyn Target, process: &str, ids: &[String]) {
        let wanted = ids.iter().map(|id| Wanted {
            id: id.clone(),
            process: process.into(),
        });
        let wanted: Vec<Wanted> = wanted.collect();
        target.start(&self.authority, &self.prepared, &wanted).unwrap();
    }
}

/// A release like `one`, that the store knows.
fn another(bench: &Bench, one: &Release, spec: Spec) -> Release {
    let new = store::release::NewRelease {
        service: one.service.clone(),
        env: one.env.clone(),
        build: one.build.clone(),
        identity: "another".into(),
        spec,
        source: one.source.clone(),
    };
    bench.store.create_release(&new).unwrap()
}

/// Does what a deploy of v2 does up to its switch, or just past it, and stops without a word.
fn leave_half_done(bench: &Bench, target: &dyn Target, moved: Moved) -> deliver::model::DeploymentId {
    let one = bench.store.release(&subject().service, ReleaseNo(1)).unwrap().unwrap();
    let two = another(bench, &one, one.spec.clone());
    let begun = Begun::new(bench, two, one.number);
    let deployment = begun.authority.deployment;
    bench
        .store
        .advance(deployment, State::Planned, State::Starting, begun.lease.token())
        .unwrap();
    let ids = ["a", "b"].map(String::from);
    begun.start(target, "web", &ids);
    let shift = match moved {
        Moved::Not => return deployment,
        Moved::Part => {
            let old = observe(target).instances.into_iter().filter(|one| one.routed);
            let both = old.map(|one| one.id).chain(ids.clone()).collect();
            Shift::to(ReleaseNo(1), both)
        }
        Moved::All => Shift::to(ReleaseNo(2), ids.to_vec()),
    };
    target.shift(&begun.authority, &shift).unwrap();
    deployment
}

fn migrate(previous_still_works: bool) -> ReleaseStep {
    ReleaseStep {
        command: CommandLine::Shell("migrate".into()),
        timeout: Span::from_secs(60),
        previous_still_works,
    }
}

/// Leaves a deployment whose release step goes on without its tool, of a release that the store knows or not.
fn leave_release_step(bench: &Bench, target: &MemoryTarget<'_>, known: bool) {
    leave(bench, target, known, migrate(true));
}

fn leave(bench: &Bench, target: &MemoryTarget<'_>, known: bool, step: ReleaseStep) {
    let mut spec = super::bench::spec();
    spec.release_step = Some(step);
    let one = observe(target).current.unwrap();
    let one = bench.store.release(&subject().service, one).unwrap().unwrap();
    let two = match known {
        true => another(bench, &one, spec),
        false => Release {
            number: ReleaseNo(9),
            spec,
            ..one.clone()
        },
    };
    let begun = Begun::new(bench, two, one.number);
    let states = (State::Planned, State::Releasing);
    let intent = serde_json::json!({ "instance": "step" });
    bench
        .store
        .begin_step(
            begun.authority.deployment,
            begun.lease.token(),
            states,
            "release",
            &intent,
        )
        .unwrap();
    begun.start(target, RELEASE_STEP, &["step".to_owned()]);
}

#[test]
fn a_release_step_that_goes_on_is_waited_for_and_cleared_away() {
    for (known, in_place) in [(true, false), (true, true), (false, false), (false, true)] {
        let bench = Bench::new();
        let target = engine(&bench, in_place);
        bench.deploy(&target, "one");
        target.behave_in_release_steps(Behaviour::ExitsAfter(Duration::from_secs(40), "status 0".into()));
        leave_release_step(&bench, &target, known);
        let reports = bench.deployer(&target).resume(&subject()).unwrap();
        assert_eq!(reports[0].deployment.outcome, Outcome::Interrupted);
        let step = reports[0].steps.last().unwrap();
        assert_eq!(
            (step.name.as_str(), step.status, &step.observation["exit"]),
            ("release", StepStatus::Done, &"status 0".into())
        );
        assert_eq!(serving(&target), in_full(1), "its instance is cleared away");
    }
}

#[test]
fn a_release_step_that_failed_without_its_tool_has_changed_nothing_and_one_that_was_killed_may_have() {
    for (exit, means) in [
        ("status 1", Outcome::Interrupted),
        ("signal 9 (SIGKILL)", Outcome::NeedsHuman),
        ("status 137", Outcome::NeedsHuman),
    ] {
        let bench = Bench::new();
        let target = MemoryTarget::new(&*bench.clock);
        bench.deploy(&target, "one");
        target.fail_release_step(exit);
        leave_release_step(&bench, &target, true);
        let reports = bench.deployer(&target).resume(&subject()).unwrap();
        assert_eq!(reports[0].deployment.outcome, means, "{exit}");
        assert_eq!(serving(&target), in_full(1));
        assert_eq!(outcome(&bench.deploy(&target, "three")), (Outcome::Succeeded, None));
    }
}

#[test]
fn a_release_step_without_an_end_is_stopped_at_its_time_limit_and_stops_no_fix() {
    // Of a release that nobody knows the limit is that of a manifest without one.
    for (known, limit) in [(true, 60), (false, 15 * 60)] {
        let bench = Bench::new();
        let target = MemoryTarget::new(&*bench.clock);
        bench.deploy(&target, "one");
        target.behave_in_release_steps(Behaviour::HealthyAfter(Duration::ZERO));
        leave_release_step(&bench, &target, known);
        let began = bench.clock.elapsed();
        let reports = bench.deployer(&target).resume(&subject()).unwrap();
        let took = (bench.clock.elapsed() - began).as_secs();
        assert!((limit..limit + 5).contains(&took), "{took}s of {limit}s");
        // Half of its work may be done.
        assert_eq!(reports[0].deployment.outcome, Outcome::NeedsHuman);
        let step = &reports[0].steps[1];
        assert_eq!(
            (step.name.as_str(), step.status, &step.observation["error"]),
            ("release", StepStatus::Failed, &"release-step-timeout".into())
        );
        assert_eq!(serving(&target), in_full(1), "it is stopped");
        assert_eq!(outcome(&bench.deploy(&target, "three")), (Outcome::Succeeded, None));
    }
}

#[test]
fn a_rollback_of_a_release_step_that_was_cut_short_goes_no_further_back() {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    bench.deploy(&target, "one");
    bench.deploy(&target, "two");
    target.fail_release_step("signal 9 (SIGKILL)");
    leave_release_step(&bench, &target, true);
    let back = bench.deployer(&target).rollback(&subject(), None, None, false).unwrap();
    assert_eq!(outcome(&back), (Outcome::Unchanged, None));
    assert_eq!(serving(&target), in_full(2));
}

#[test]
fn whoever_stops_waiting_for_a_release_step_does_not_stop_it() {
    struct Stop;
    impl Interrupt for Stop {
        fn requested(&self) -> Option<Kind> {
            Some(Kind::Interrupted)
        }
    }
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    bench.deploy(&target, "one");
    target.behave_in_release_steps(Behaviour::HealthyAfter(Duration::ZERO));
    leave_release_step(&bench, &target, true);
    let deployer = Deployer {
        interrupt: &Stop,
        ..bench.deployer(&target)
    };
    let fault = deployer.resume(&subject()).err().unwrap();
    assert_eq!(fault.kind(), Kind::Interrupted);
    assert_eq!(observe(&target).instances.len(), 3, "it goes on");
}

fn engine(bench: &Bench, in_place: bool) -> MemoryTarget<'_> {
    match in_place {
        true => MemoryTarget::in_place(&*bench.clock),
        false => MemoryTarget::new(&*bench.clock),
    }
}

#[test]
fn what_a_release_step_came_to_without_its_tool_is_judged_as_with_it() {
    for (exit, works, ends, says) in [
        ("status 0", false, Outcome::NeedsHuman, "v1 does not work after it"),
        ("status 1", true, Outcome::Interrupted, "`migrate` ended with status 1"),
        ("status 1", false, Outcome::NeedsHuman, "v1 does not work after it"),
        (
            "signal 9 (SIGKILL)",
            true,
            Outcome::NeedsHuman,
            "`migrate` ended with signal 9 (SIGKILL)",
        ),
        (
            "its node, which is gone",
            true,
            Outcome::NeedsHuman,
            "ended with its node, which is gone",
        ),
        (
            "no start: no such image",
            false,
            Outcome::Interrupted,
            "`migrate` never ran",
        ),
        (
            "cannot start `migrate`: no such command",
            false,
            Outcome::Interrupted,
            "`migrate` never ran",
        ),
    ] {
        for in_place in [false, true] {
            let bench = Bench::new();
            let target = engine(&bench, in_place);
            bench.deploy(&target, "one");
            target.fail_release_step(exit);
            leave(&bench, &target, true, migrate(works));
            let reports = bench.deployer(&target).resume(&subject()).unwrap();
            let reason = reports[0].deployment.reason.clone().unwrap();
            assert_eq!(reports[0].deployment.outcome, ends, "{exit}, {works}: {reason}");
            assert!(reason.contains(says), "{reason}");
            let step = reports[0].steps.iter().rfind(|step| step.name == "release").unwrap();
            assert_eq!(step.observation["exit"], exit);
            let expected = match exit {
                "status 0" => StepStatus::Done,
                _ => StepStatus::Failed,
            };
            assert_eq!(step.status, expected, "{exit}");
            assert!(observe(&target).instances.iter().all(|one| one.process != RELEASE_STEP));
        }
    }
}

#[test]
fn a_release_step_that_breaks_what_serves_is_a_persons_matter_however_it_ends() {
    struct Stop<'a>(&'a MemoryTarget<'a>);
    impl Interrupt for Stop<'_> {
        fn requested(&self) -> Option<Kind> {
            let runs = |one: &deliver::model::observed::Instance| one.process == RELEASE_STEP;
            observe(self.0).instances.iter().any(runs).then_some(Kind::Interrupted)
        }
    }
    let never = Behaviour::HealthyAfter(Duration::ZERO);
    let after = |exit: &str| Behaviour::ExitsAfter(Duration::from_secs(1), exit.into());
    for (behaviour, interrupted, works, ends, kind) in [
        (after("status 3"), false, true, Outcome::Failed, Kind::Failed),
        (after("status 3"), false, false, Outcome::NeedsHuman, Kind::NeedsHuman),
        (never.clone(), false, true, Outcome::NeedsHuman, Kind::NeedsHuman),
        (never.clone(), false, false, Outcome::NeedsHuman, Kind::NeedsHuman),
        (never.clone(), true, true, Outcome::Cancelled, Kind::Interrupted),
        (never, true, false, Outcome::NeedsHuman, Kind::NeedsHuman),
        (
            after("no start: no such image"),
            false,
            false,
            Outcome::Failed,
            Kind::Failed,
        ),
    ] {
        for in_place in [false, true] {
            let bench = Bench::new();
            let target = engine(&bench, in_place);
            bench.deploy(&target, "one");
            target.behave_in_release_steps(behaviour.clone());
            bench.write("two");
            let mut request = bench.request();
            request.spec.release_step = Some(migrate(works));
            let stop = Stop(&target);
            let deployer = match interrupted {
                true => Deployer {
                    interrupt: &stop,
                    ..bench.deployer(&target)
                },
                false => bench.deployer(&target),
            };
            let report = deployer.deploy(&request).unwrap();
            let fault = report.fault.unwrap();
            let why = format!("{behaviour:?}, {works}: {fault}");
            assert_eq!((report.deployment.outcome, fault.kind()), (ends, kind), "{why}");
            let still = match (ends, works) {
                (Outcome::NeedsHuman, false) => "v1 is still serving, and does not work after the release step",
                _ => "v1 is still serving",
            };
            assert_eq!(fault.still_true(), Some(still), "{why}");
            assert_eq!(serving(&target), in_full(1), "{why}");
        }
    }
}

#[test]
fn a_release_step_that_its_engine_refuses_broke_nothing() {
    let bench = Bench::new();
    let refuses = std::sync::atomic::AtomicBool::new(false);
    let say = |act: &str, _: Option<&Authority>| match act == "start" && refuses.load(Ordering::SeqCst) {
        true => Err(Fault::failed("quota", "no room for another one")),
        false => Ok(()),
    };
    let target = Tampered {
        memory: MemoryTarget::new(&*bench.clock),
        say,
    };
    bench.deploy(&target, "one");
    refuses.store(true, Ordering::SeqCst);
    bench.write("two");
    let mut request = bench.request();
    request.spec.release_step = Some(migrate(false));
    let report = bench.deployer(&target).deploy(&request).unwrap();
    assert_eq!(outcome(&report), (Outcome::Failed, Some((Kind::Failed, "quota"))));
    assert_eq!(serving(&target), in_full(1));
}

#[test]
fn the_time_of_a_command_that_waits_for_a_release_step_is_not_the_steps() {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    bench.deploy(&target, "one");
    target.behave_in_release_steps(Behaviour::ExitsAfter(Duration::from_secs(40), "status 0".into()));
    leave_release_step(&bench, &target, true);
    let deployer = Deployer {
        deadline: Some(bench.clock.elapsed() + Duration::from_secs(5)),
        ..bench.deployer(&target)
    };
    let fault = deployer.resume(&subject()).err().unwrap();
    assert_eq!((fault.kind(), fault.code()), (Kind::TimedOut, "timeout"));
    assert_eq!(fault.still_true(), Some("the release step goes on"));
    assert_eq!(fault.hints(), ["deliver resume local"]);
    assert_eq!(observe(&target).instances.len(), 3, "it goes on");
    let reports = bench.deployer(&target).resume(&subject()).unwrap();
    assert_eq!(reports[0].deployment.outcome, Outcome::Interrupted);
    assert_eq!(reports[0].steps.last().unwrap().observation["exit"], "status 0");
    assert_eq!(serving(&target), in_full(1));
}

#[test]
fn a_rollback_of_what_a_dead_tool_left_is_the_way_back_from_that_and_goes_no_further() {
    for (moved, expected) in [
        (Moved::Not, Outcome::Unchanged),
        (Moved::Part, Outcome::Unchanged),
        (Moved::All, Outcome::Succeeded),
    ] {
        let bench = Bench::new();
        let target = MemoryTarget::new(&*bench.clock);
        bench.deploy(&target, "one");
        leave_half_done(&bench, &target, moved);
        let back = bench.deployer(&target).rollback(&subject(), None, None, false).unwrap();
        assert_eq!(outcome(&back).0, expected);
        assert_eq!(serving(&target), in_full(1));
    }
}
