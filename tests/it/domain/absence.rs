//! A target that does not answer, or answers with an error when it is looked at: never the release's failure.

#![allow(clippy::unwrap_used, reason = "a failure to set the stage is a failed test")]

use std::sync::Mutex;
use std::time::Duration;

use deliver::adapters::memory::{Behaviour, MemoryTarget};
use deliver::deploy::engine::{DeployRequest, Deployer, Report};
use deliver::fault::{Fault, Kind, Result};
use deliver::model::deployment::{DeploymentId, Outcome, StepStatus};
use deliver::model::spec::{CommandLine, ReleaseStep};
use deliver::model::strategy::{Portion, Strategy, StrategyKind};
use deliver::model::{ReleaseNo, Span};
use deliver::ports::Clock;
use deliver::ports::target::{Authority, RELEASE_STEP, Target};

use super::bench::{Bench, Tampered, in_full, outcome, serving, subject};

/// Half of the traffic first, everything last, both watched for a while.
fn canary() -> Strategy {
    Strategy {
        kind: StrategyKind::Canary,
        bake: Span::from_secs(5),
        steps: vec![Portion::Percent(50)],
        ..Strategy::default()
    }
}

fn request(bench: &Bench) -> DeployRequest {
    DeployRequest {
        strategy: canary(),
        ..bench.request()
    }
}

fn deploy(bench: &Bench, target: &dyn Target, content: &str) -> Result<Report> {
    bench.write(content);
    let deployer = Deployer {
        metrics: None,
        ..bench.deployer(target)
    };
    deployer.deploy(&request(bench))
}

fn engines(bench: &Bench) -> [MemoryTarget<'_>; 2] {
    [MemoryTarget::new(&*bench.clock), MemoryTarget::in_place(&*bench.clock)]
}

/// How long the deployments here take when nothing is in their way; all that matters is that it is not less.
const LASTS: u64 = 25;

#[test]
fn one_that_is_away_for_a_moment_costs_nothing_but_the_moment() {
    let bench = Bench::new();
    for target in engines(&bench) {
        deploy(&bench, &target, "one").unwrap();
        for second in 0..LASTS {
            let from = bench.clock.elapsed() + Duration::from_millis(1_000 * second + 10);
            target.set_absent(from, from + Duration::from_secs(40));
            let report = deploy(&bench, &target, &format!("{second}")).unwrap();
            assert_eq!(outcome(&report), (Outcome::Succeeded, None), "away after {second}s");
            assert_eq!(serving(&target).0, report.deployment.release);
        }
        target.set_absent(Duration::ZERO, Duration::ZERO);
        bench.deployer(&target).down(&subject(), None).unwrap();
    }
}

#[test]
fn one_that_stays_away_is_not_known_about_and_the_next_command_looks() {
    for bad in [false, true] {
        let bench = Bench::new();
        for (at, target) in engines(&bench).into_iter().enumerate() {
            let mut lost = 0;
            let first = deploy(&bench, &target, &format!("{bad} {at}"))
                .unwrap()
                .deployment
                .release;
            for second in 0..LASTS {
                if bad {
                    let next = ReleaseNo(serving(&target).0.unwrap().0 + 1 + second as u32);
                    target.behave(next, Behaviour::ExitsAfter(Duration::from_secs(7), "status 1".into()));
                }
                let from = bench.clock.elapsed() + Duration::from_millis(1_000 * second + 10);
                target.set_absent(from, from + Duration::from_secs(3_600));
                let ended = deploy(&bench, &target, &format!("{bad} {at} {second}"));
                target.set_absent(Duration::ZERO, Duration::ZERO);
                match ended {
                    Ok(report) => assert_ne!(report.deployment.outcome, Outcome::NeedsHuman, "away after {second}s"),
                    Err(fault) => {
                        lost += 1;
                        assert_eq!((fault.kind(), fault.code()), (Kind::Unreachable, "target-unreachable"));
                        assert!(
                            fault.hints().iter().any(|hint| hint == "deliver resume local"),
                            "{fault:?}"
                        );
                        let unfinished = bench.store.unfinished(&subject().service, &subject().env).unwrap();
                        assert_eq!(unfinished.len(), 1, "away after {second}s");
                        let steps = bench.store.steps(unfinished[0].id).unwrap();
                        let failed = steps.iter().filter(|step| step.status == StepStatus::Failed);
                        assert!(failed.count() <= usize::from(bad), "away after {second}s: {steps:?}");
                    }
                }
                bench.deployer(&target).resume(&subject()).unwrap();
                let (current, all) = serving(&target);
                assert_eq!(all, vec![current.unwrap(); 2], "away after {second}s");
                if bad {
                    assert_eq!(current, first, "away after {second}s");
                }
            }
            assert!(lost > 3, "only {lost} were lost");
            bench.deployer(&target).down(&subject(), None).unwrap();
        }
    }
}

#[test]
fn away_before_anything_has_an_effect_it_is_waited_for_shortly_and_nothing_is_half_done() {
    for (away, expected) in [
        (8, (Outcome::Succeeded, None)),
        (60, (Outcome::Failed, Some((Kind::Unreachable, "down")))),
    ] {
        let bench = Bench::new();
        let since = Mutex::new(None);
        let say = |act: &str, _: Option<&Authority>| {
            let now = bench.clock.elapsed();
            let mut since = since.lock().unwrap();
            if act != "prepare" || now.saturating_sub(*since.get_or_insert(now)) >= Duration::from_secs(away) {
                return Ok(());
            }
            Err(Fault::new(Kind::Unreachable, "down", "connection refused"))
        };
        let target = Tampered {
            memory: MemoryTarget::new(&*bench.clock),
            say,
        };
        let began = bench.clock.elapsed();
        let report = deploy(&bench, &target, "one").unwrap();
        assert_eq!(outcome(&report), expected, "away for {away}s");
        if expected.0 == Outcome::Failed {
            let took = bench.clock.elapsed() - began;
            assert!((10..15).contains(&took.as_secs()), "{took:?}");
            assert_eq!(
                report.fault.unwrap().still_true(),
                Some("nothing was deployed before, and nothing is now")
            );
            assert_eq!(report.steps.last().unwrap().status, StepStatus::Unknown);
            assert_eq!(serving(&target), (None, vec![]));
        }
    }
}

/// From a moment on, for so long, each look is answered by an error.
struct Blind {
    kind: Kind,
    from: Duration,
    to: Duration,
}

#[test]
fn an_error_for_an_answer_when_it_is_looked_at_is_not_the_releases_failure() {
    for kind in [Kind::Failed, Kind::Credentials, Kind::TimedOut] {
        for in_place in [false, true] {
            for second in [1, 4, 9, 13] {
                let bench = Bench::new();
                let blind = Mutex::new(None::<Blind>);
                let say = |act: &str, _: Option<&Authority>| match &*blind.lock().unwrap() {
                    Some(Blind { kind, from, to })
                        if act == "observe" && (*from..*to).contains(&bench.clock.elapsed()) =>
                    {
                        Err(Fault::new(*kind, "garbled", "the answer is no JSON"))
                    }
                    _ => Ok(()),
                };
                let memory = match in_place {
                    true => MemoryTarget::in_place(&*bench.clock),
                    false => MemoryTarget::new(&*bench.clock),
                };
                let target = Tampered { memory, say };
                deploy(&bench, &target, "one").unwrap();
                let put = |lasts: u64| {
                    let from = bench.clock.elapsed() + Duration::from_secs(second);
                    let to = from + Duration::from_secs(lasts);
                    *blind.lock().unwrap() = Some(Blind { kind, from, to });
                };
                put(30);
                let report = deploy(&bench, &target, "two").unwrap();
                assert_eq!(outcome(&report), (Outcome::Succeeded, None), "{kind:?} after {second}s");
                put(3_600);
                let fault = deploy(&bench, &target, "three").err().unwrap();
                assert_eq!(
                    (fault.kind(), fault.code()),
                    (Kind::Unreachable, "garbled"),
                    "{kind:?} after {second}s"
                );
                *blind.lock().unwrap() = None;
                let ended = bench.deployer(&target).resume(&subject()).unwrap();
                assert_eq!(ended[0].deployment.id, DeploymentId(3));
                let good = [Outcome::Succeeded, Outcome::RolledBack, Outcome::Interrupted];
                assert!(good.contains(&ended[0].deployment.outcome), "{kind:?} after {second}s");
                let (current, all) = serving(&target);
                assert_eq!(all, vec![current.unwrap(); 2]);
            }
        }
    }
}

#[test]
fn time_in_which_nobody_could_see_it_is_not_held_against_a_release() {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    deploy(&bench, &target, "one").unwrap();
    // Longer than it may take to start, nearly all of it unseen.
    target.behave(ReleaseNo(2), Behaviour::HealthyAfter(Duration::from_secs(100)));
    let from = bench.clock.elapsed() + Duration::from_secs(1);
    target.set_absent(from, from + Duration::from_secs(59));
    bench.write("two");
    let request = DeployRequest {
        strategy: Strategy {
            kind: StrategyKind::BlueGreen,
            ..Strategy::default()
        },
        ..bench.request()
    };
    let report = bench.deployer(&target).deploy(&request).unwrap();
    assert_eq!(outcome(&report), (Outcome::Succeeded, None));
    assert_eq!(serving(&target), in_full(2));
}

#[test]
fn one_that_stays_away_under_a_release_step_stops_nothing_and_its_end_is_read_later() {
    let bench = Bench::new();
    for target in engines(&bench) {
        deploy(&bench, &target, "one").unwrap();
        target.behave_in_release_steps(Behaviour::ExitsAfter(Duration::from_secs(600), "status 0".into()));
        // It answers nothing for as long as it is waited for, and then everything again.
        let from = bench.clock.elapsed() + Duration::from_secs(100);
        target.set_absent(from, from + Duration::from_secs(62));
        bench.write("two");
        let mut request = request(&bench);
        request.spec.release_step = Some(ReleaseStep {
            command: CommandLine::Shell("migrate".into()),
            timeout: Span::from_secs(900),
            previous_still_works: true,
        });
        let deployer = Deployer {
            metrics: None,
            ..bench.deployer(&target)
        };
        let lost = deployer.deploy(&request).err().unwrap();
        assert_eq!((lost.kind(), lost.code()), (Kind::Unreachable, "target-unreachable"));
        bench.clock.advance(Duration::from_secs(5));
        let steps = |target: &MemoryTarget<'_>| {
            let all = target.observe(&subject().service, &subject().env).unwrap().instances;
            all.iter().filter(|one| one.process == RELEASE_STEP).count()
        };
        assert_eq!(steps(&target), 1, "it goes on");
        let ended = bench.deployer(&target).resume(&subject()).unwrap();
        assert_eq!(ended[0].deployment.outcome, Outcome::Interrupted);
        assert_eq!(ended[0].steps.last().unwrap().observation["exit"], "status 0");
        assert_eq!(steps(&target), 0, "it is cleared away");
        target.set_absent(Duration::ZERO, Duration::ZERO);
        bench.deployer(&target).down(&subject(), None).unwrap();
    }
}
