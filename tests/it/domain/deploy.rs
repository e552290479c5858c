//! The whole of deploying over memory: up, back, down, and what is refused.

#![allow(clippy::unwrap_used, reason = "a failure to set the stage is a failed test")]

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use deliver::adapters::memory::{Behaviour, MemoryTarget};
use deliver::adapters::system::SystemClock;
use deliver::config::environment::Environment;
use deliver::deploy::engine::{DeployRequest, Deployer, Subject};
use deliver::deploy::status;
use deliver::fault::Kind;
use deliver::model::deployment::Outcome;
use deliver::model::release::BuildId;
use deliver::model::spec::{CommandLine, ReleaseStep, SecretRef};
use deliver::model::strategy::StrategyKind;
use deliver::model::{ReleaseNo, Span};
use deliver::ports::{Clock, Interrupt, Target};

use super::bench::{Bench, Spy, in_full, observe, outcome, serving, spec, subject};

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
        let began = bench.clock.elapsed();
        let report = bench.deploy(&target, &format!("bad {number}"));
        assert_eq!(outcome(&report), (Outcome::Failed, Some((Kind::Failed, code))));
        // Only the first waits for its deadline, and not longer.
        let health = spec().health;
        let limit = (health.start.duration() + health.stable.duration()) + Duration::from_secs(1);
        let took = bench.clock.elapsed() - began;
        match code {
            "never-healthy" => assert!(took >= health.start.duration() && took <= limit, "{took:?}"),
            _ => assert!(took < Duration::from_secs(5), "{code}: {took:?}"),
        }
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
        (Outcome::NeedsHuman, Some((Kind::NeedsHuman, "release-step-failed")))
    );
    assert_eq!(serving(&target), in_full(1));
}

#[test]
fn a_release_step_that_is_stopped_half_way_is_a_persons_matter() {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    bench.deploy(&target, "one");
    let mut request = bench.request();
    request.spec.release_step = Some(ReleaseStep {
        command: CommandLine::Shell("migrate".into()),
        timeout: Span::from_secs(60),
        previous_still_works: true,
    });
    target.behave_in_release_steps(Behaviour::HealthyAfter(Duration::ZERO));
    let stopped = |deadline: Option<Duration>, seconds: u64| {
        bench.write(&format!("within {seconds}"));
        let began = bench.clock.elapsed();
        let deployer = Deployer {
            deadline: deadline.map(|limit| began + limit),
            ..bench.deployer(&target)
        };
        let report = deployer.deploy(&request).unwrap();
        let took = (bench.clock.elapsed() - began).as_secs();
        assert!((seconds..seconds + 5).contains(&took), "{took}s of {seconds}s");
        assert_eq!(serving(&target), in_full(1), "the step is gone, and v1 serves");
        outcome(&report)
    };
    assert_eq!(
        stopped(None, 60),
        (Outcome::NeedsHuman, Some((Kind::NeedsHuman, "release-step-timeout")))
    );
    assert_eq!(
        stopped(Some(Duration::from_secs(10)), 10),
        (Outcome::NeedsHuman, Some((Kind::NeedsHuman, "timeout")))
    );
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
fn a_way_back_that_fails_is_a_persons_matter_and_so_is_a_rollback_that_fails() {
    let bench = Bench::new();
    let target = Spy::new(MemoryTarget::new(&*bench.clock));
    bench.deploy(&target, "one");
    bench.write("two");
    let gone = Behaviour::ExitsAfter(Duration::ZERO, "status 1".into());
    target.kill_after_shift_to(ReleaseNo(2));
    let mut request = bench.request();
    request.subject.protected = true;
    request.strategy.kind = StrategyKind::Recreate;
    target.memory.behave(ReleaseNo(1), gone);
    let report = bench.deployer(&target).deploy(&request).unwrap();
    assert_eq!(
        outcome(&report),
        (Outcome::NeedsHuman, Some((Kind::NeedsHuman, "lost-after-switch")))
    );
    let Subject { service, env, .. } = subject();
    let holds = bench.store.holds(&service, &env).unwrap();
    assert!(holds[0].reason.starts_with("left mixed by D-2: "), "{holds:?}");

    // A rollback that a person asked for goes nowhere else when it fails.
    let bench = Bench::new();
    let target = Spy::new(MemoryTarget::new(&*bench.clock));
    bench.deploy(&target, "one");
    bench.deploy(&target, "two");
    target.kill_after_shift_to(ReleaseNo(1));
    let report = bench.deployer(&target).rollback(&subject(), None, None, false).unwrap();
    assert_eq!(
        outcome(&report),
        (Outcome::NeedsHuman, Some((Kind::NeedsHuman, "lost-after-switch")))
    );
    let made = bench.store.deployments(None, None, 10).unwrap();
    assert_eq!(made.len(), 3, "nothing was begun to mend it");
}

#[test]
fn of_two_that_deploy_at_the_same_instant_one_does_a_hundred_times() {
    let bench = Bench::new();
    let real: Arc<dyn Clock> = Arc::new(SystemClock::new(None));
    let target = MemoryTarget::new(&*real);
    let quick = |bench: &Bench| {
        let mut request = bench.request();
        request.spec.health.stable = Span::ZERO;
        request.again = true;
        request
    };
    bench.deployer(&target).deploy(&quick(&bench)).unwrap();
    let (mut done, mut busy) = (1, 0);
    for _ in 0..100 {
        let gate = std::sync::Barrier::new(2);
        let one = || {
            let deployer = Deployer {
                clock: &*real,
                ..bench.deployer(&target)
            };
            gate.wait();
            deployer.deploy(&quick(&bench))
        };
        let ends = std::thread::scope(|scope| {
            let other = scope.spawn(one);
            [one(), other.join().unwrap()]
        });
        for end in ends {
            match end {
                Ok(report) => {
                    assert_eq!(outcome(&report), (Outcome::Succeeded, None));
                    done += 1;
                }
                Err(fault) => {
                    assert_eq!((fault.kind(), fault.code()), (Kind::Busy, "lease-held"));
                    busy += 1;
                }
            }
        }
    }
    assert_eq!(done + busy, 201);
    assert!(busy > 0 && done > 100, "{done} {busy}");
    // Each has a fence of its own, and none began before the last had ended.
    let mut running = None;
    for record in bench.store.audit(&Default::default()).unwrap().into_iter().rev() {
        match record.action.as_str() {
            "deployment.begin" => assert_eq!(running.replace(record.subject.clone()), None),
            "deployment.end" => assert_eq!(running.take(), Some(record.subject.clone())),
            _ => {}
        }
    }
    assert_eq!(serving(&target), in_full(1));
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
