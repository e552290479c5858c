//! The watch over a release that has all of the traffic.

#![allow(clippy::unwrap_used, reason = "a failure to set the stage is a failed test")]

use std::time::Duration;

use deliver::adapters::memory::{ManualClock, MemoryTarget};
use deliver::deploy::engine::{DeployRequest, Deployer, Report};
use deliver::fault::Kind;
use deliver::model::deployment::Outcome;
use deliver::model::measurement::Judged;
use deliver::model::strategy::{Inconclusive, Strategy, StrategyKind};
use deliver::model::traffic::{LATENCY_BUCKETS, Traffic};
use deliver::model::{ReleaseNo, Span};
use deliver::ports::Clock;

use super::bench::{Bench, Spy, outcome};

/// All at once, then watched for so many seconds.
fn watched(seconds: u64) -> Strategy {
    Strategy {
        kind: StrategyKind::BlueGreen,
        bake: Span::from_secs(seconds),
        ..Strategy::default()
    }
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

/// The wall clock is somebody else's: it jumps when a quarter of a minute has passed.
struct Jumping<'a>(&'a ManualClock, jiff::SignedDuration);

impl Clock for Jumping<'_> {
    fn now(&self) -> jiff::Timestamp {
        let jumped = self.0.elapsed() >= Duration::from_secs(15);
        let by = if jumped { self.1 } else { jiff::SignedDuration::ZERO };
        self.0.now() + by
    }
    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
    fn sleep(&self, duration: Duration) {
        self.0.sleep(duration);
    }
}

#[test]
fn a_watch_lasts_as_long_as_it_should_whatever_the_wall_clock_does() {
    for hours in [0, 1, -1] {
        let bench = Bench::new();
        let spy = Spy::new(MemoryTarget::new(&*bench.clock));
        bench.deploy(&spy, "one");
        bench.store.record_traffic(&[counted(1, 500, 1)]).unwrap();
        *spy.traffic.lock().unwrap() = Some((bench.store.clone(), counted(2, 5, 0)));
        bench.write("two");
        let clock = Jumping(&bench.clock, jiff::SignedDuration::from_hours(hours));
        let deployer = Deployer {
            clock: &clock,
            ..bench.deployer(&spy)
        };
        let mut strategy = watched(30);
        strategy.analysis.patience = Span::from_secs(20);
        strategy.analysis.inconclusive = Inconclusive::RollBack;
        let request = DeployRequest {
            strategy,
            ..bench.request()
        };
        let began = bench.clock.elapsed();
        let report = deployer.deploy(&request).unwrap();
        let took = (bench.clock.elapsed() - began).as_secs();
        match hours {
            // Back by an hour, the counts since the beginning are none: not known, and never a pass.
            -1 => {
                assert_eq!(
                    outcome(&report),
                    (Outcome::RolledBack, Some((Kind::RolledBack, "inconclusive")))
                );
                assert!((50..60).contains(&took), "{took} s");
            }
            _ => {
                assert_eq!(outcome(&report), (Outcome::Succeeded, None), "{hours} h");
                assert!((30..40).contains(&took), "promoted after {took} s, {hours} h");
            }
        }
    }
}
