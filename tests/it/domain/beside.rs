//! Strategies on an engine that runs new instances beside the old ones, and the watch over what takes traffic.

#![allow(clippy::unwrap_used, reason = "a failure to set the stage is a failed test")]

use std::time::Duration;

use deliver::adapters::memory::metrics::{MemoryMetrics, Pace};
use deliver::adapters::memory::{Behaviour, MemoryTarget};
use deliver::deploy::analysis::{Good, Promise};
use deliver::deploy::engine::{DeployRequest, Deployer, Report};
use deliver::fault::{Fault, Kind};
use deliver::model::deployment::Outcome;
use deliver::model::incident::Severity;
use deliver::model::measurement::Judged;
use deliver::model::strategy::{Analysis, Inconclusive, Strategy, StrategyKind};
use deliver::model::{IncidentId, ReleaseNo, Span};
use deliver::ports::target::Authority;
use deliver::ports::{Clock, Interrupt};
use deliver::store::incident::NewIncident;

use super::bench::{Bench, Tampered, observe, outcome, serving, subject};

const GOOD: Pace = Pace {
    per_second: 20.0,
    failing: 1,
    millis: 20,
};

fn strategy(kind: StrategyKind, bake: u64) -> Strategy {
    Strategy {
        kind,
        bake: Span::from_secs(bake),
        ..Strategy::default()
    }
}

struct Stage<'a> {
    bench: &'a Bench,
    target: &'a MemoryTarget<'a>,
    metrics: &'a MemoryMetrics,
}

impl Stage<'_> {
    fn request(&self, strategy: Strategy) -> DeployRequest {
        let mut request = self.bench.request();
        request.spec.processes[0].instances = 4;
        request.strategy = strategy;
        request
    }

    fn deploy(&self, content: &str, strategy: Strategy) -> Report {
        self.deploy_as(content, self.request(strategy))
    }

    fn deploy_as(&self, content: &str, request: DeployRequest) -> Report {
        self.bench.write(content);
        let deployer = Deployer {
            metrics: Some(self.metrics),
            ..self.bench.deployer(self.target)
        };
        deployer.deploy(&request).unwrap()
    }
}

/// Four good instances of v1 with traffic, and then whatever the test does.
fn with_v1(test: impl FnOnce(Stage<'_>)) {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    let metrics = MemoryMetrics::default();
    metrics.pace(ReleaseNo(1), GOOD);
    let stage = Stage {
        bench: &bench,
        target: &target,
        metrics: &metrics,
    };
    let first = stage.deploy("one", strategy(StrategyKind::Canary, 60));
    assert_eq!(outcome(&first), (Outcome::Succeeded, None));
    let names: Vec<&str> = first.steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["build", "prepare", "start", "health", "switch", "observe"]);
    test(stage);
}

fn in_full(number: u32) -> (Option<ReleaseNo>, Vec<ReleaseNo>) {
    (Some(ReleaseNo(number)), vec![ReleaseNo(number); 4])
}

/// What each step of a name was to do.
fn intents(report: &Report, name: &str) -> Vec<serde_json::Value> {
    let steps = report.steps.iter().filter(|step| step.name == name);
    steps.map(|step| step.intent.clone()).collect()
}

/// How many instances each shift named, and the share of the new ones.
fn shifts(report: &Report) -> Vec<(usize, Option<u64>)> {
    let of = |shift: &serde_json::Value| {
        let percent = shift["part"]["percent"].as_u64();
        (shift["instances"].as_array().unwrap().len(), percent)
    };
    intents(report, "switch").iter().map(of).collect()
}

#[test]
fn rolling_replaces_batch_by_batch_and_never_has_fewer_than_wanted() {
    with_v1(|stage| {
        let report = stage.deploy("two", strategy(StrategyKind::Rolling, 0));
        assert_eq!(outcome(&report), (Outcome::Succeeded, None));
        assert_eq!(shifts(&report), [(4, None); 4]);
        let drained: Vec<usize> = intents(&report, "drain")
            .iter()
            .map(|stop| stop["instances"].as_array().unwrap().len())
            .collect();
        assert_eq!(drained, [1, 1, 1, 1]);
        assert_eq!(serving(stage.target), in_full(2));
    });
}

#[test]
fn a_batch_that_never_gets_healthy_brings_back_what_the_others_replaced() {
    with_v1(|stage| {
        stage.target.behave(
            ReleaseNo(2),
            Behaviour::ExitsAfter(Duration::from_secs(8), "status 1".into()),
        );
        let report = stage.deploy("two", strategy(StrategyKind::Rolling, 0));
        assert_eq!(
            outcome(&report),
            (Outcome::RolledBack, Some((Kind::RolledBack, "crashed")))
        );
        assert_eq!(serving(stage.target), in_full(1));
    });
}

#[test]
fn a_canary_takes_its_shares_and_the_old_ones_stay_until_the_end() {
    with_v1(|stage| {
        stage.metrics.pace(ReleaseNo(2), GOOD);
        let report = stage.deploy("two", strategy(StrategyKind::Canary, 60));
        assert_eq!(outcome(&report), (Outcome::Succeeded, None));
        assert_eq!(shifts(&report), [(5, Some(25)), (6, Some(50)), (4, None)]);
        assert_eq!(intents(&report, "drain").len(), 1);
        assert_eq!(intents(&report, "bake").len(), 3);
        assert_eq!(serving(stage.target), in_full(2));
        assert_eq!(stage.target.part(&subject().service, &subject().env), None);
        let measured = stage.bench.store.measurements(report.deployment.id).unwrap();
        assert!(
            measured
                .iter()
                .any(|one| one.name == "latency p99" && one.verdict == Judged::Pass)
        );
    });
}

#[test]
fn a_canary_that_fails_a_tenth_of_its_requests_goes_back_with_nothing_stopped() {
    with_v1(|stage| {
        stage.metrics.pace(ReleaseNo(2), Pace { failing: 100, ..GOOD });
        let before: Vec<String> = observe(stage.target).instances.into_iter().map(|one| one.id).collect();
        let report = stage.deploy("two", strategy(StrategyKind::Canary, 60));
        assert_eq!(
            outcome(&report),
            (Outcome::RolledBack, Some((Kind::RolledBack, "worse-than-before")))
        );
        assert_eq!(shifts(&report), [(5, Some(25))]);
        let after: Vec<String> = observe(stage.target).instances.into_iter().map(|one| one.id).collect();
        assert_eq!(after, before, "the same instances as before");
        assert_eq!(serving(stage.target), in_full(1));
        let measured = stage.bench.store.measurements(report.deployment.id).unwrap();
        let bad = measured.last().unwrap();
        let bad = measured
            .iter()
            .filter(|one| one.at == bad.at)
            .find(|one| one.verdict == Judged::Fail)
            .unwrap();
        assert_eq!((bad.name.as_str(), bad.source.as_str()), ("errors", "memory"));
        assert!(bad.sample.unwrap() >= 20 && bad.bound.starts_with("v1 had "), "{bad:?}");
    });
}

#[test]
fn a_slow_canary_and_one_that_breaks_a_promise_go_back() {
    with_v1(|stage| {
        stage.metrics.pace(ReleaseNo(2), Pace { millis: 400, ..GOOD });
        let report = stage.deploy("two", strategy(StrategyKind::Canary, 60));
        assert_eq!(
            outcome(&report),
            (Outcome::RolledBack, Some((Kind::RolledBack, "slower-than-before")))
        );
        // No worse than the old one, which breaks the promise too.
        for release in [1, 3] {
            stage.metrics.pace(ReleaseNo(release), Pace { failing: 50, ..GOOD });
        }
        let promise = Promise {
            name: "availability".into(),
            objective: "99".parse().unwrap(),
            good: Good::Status("status < 500".parse().unwrap()),
        };
        let mut request = stage.request(strategy(StrategyKind::Canary, 60));
        request.promises = vec![promise];
        let report = stage.deploy_as("three", request);
        assert_eq!(
            outcome(&report),
            (Outcome::RolledBack, Some((Kind::RolledBack, "objective-missed")))
        );
        assert_eq!(serving(stage.target), in_full(1));
    });
}

#[test]
fn nothing_known_is_never_a_pass_and_ends_in_time() {
    for (why, said) in [(None, "no data"), (Some("connection refused"), "connection refused")] {
        with_v1(|stage| {
            stage.metrics.break_down(why);
            let mut strict = strategy(StrategyKind::BlueGreen, 10);
            strict.analysis = Analysis {
                patience: Span::from_secs(30),
                inconclusive: Inconclusive::RollBack,
                ..Analysis::default()
            };
            let began = stage.bench.clock.elapsed();
            let report = stage.deploy("two", strict.clone());
            assert_eq!(
                outcome(&report),
                (Outcome::RolledBack, Some((Kind::RolledBack, "inconclusive")))
            );
            assert!(report.fault.unwrap().to_string().contains(said));
            let took = stage.bench.clock.elapsed() - began;
            assert!((40..50).contains(&took.as_secs()), "{took:?}");
            strict.analysis.inconclusive = Inconclusive::Proceed;
            let report = stage.deploy("two", strict);
            assert_eq!(outcome(&report), (Outcome::Succeeded, None));
            let measured = stage.bench.store.measurements(report.deployment.id).unwrap();
            assert!(!measured.is_empty());
            assert!(
                measured.iter().all(|one| one.verdict == Judged::Inconclusive),
                "{measured:?}"
            );
        });
    }
}

#[test]
fn a_broken_stable_release_stops_no_fix() {
    with_v1(|stage| {
        // Every probe fails and most requests do.
        stage.target.change(ReleaseNo(1), Behaviour::NeverHealthy("503".into()));
        stage.metrics.pace(ReleaseNo(1), Pace { failing: 900, ..GOOD });
        stage.metrics.pace(ReleaseNo(2), Pace { failing: 950, ..GOOD });
        for kind in [StrategyKind::Canary, StrategyKind::Rolling, StrategyKind::BlueGreen] {
            stage.target.change(ReleaseNo(1), Behaviour::NeverHealthy("503".into()));
            let report = stage.deploy(&format!("two by {}", kind.as_str()), strategy(kind, 30));
            assert_eq!(outcome(&report), (Outcome::Succeeded, None), "{kind:?}");
            let release = report.deployment.release.unwrap();
            assert_eq!(serving(stage.target).0, Some(release));
            stage.metrics.pace(ReleaseNo(release.0), Pace { failing: 900, ..GOOD });
            stage
                .metrics
                .pace(ReleaseNo(release.0 + 1), Pace { failing: 950, ..GOOD });
        }
    });
}

#[test]
fn going_back_to_a_sick_release_is_going_back_all_the_same() {
    with_v1(|stage| {
        stage
            .target
            .change(ReleaseNo(1), Behaviour::Flaps(Duration::from_secs(10_000)));
        stage.bench.clock.advance(Duration::from_secs(10_001));
        stage.metrics.pace(ReleaseNo(2), Pace { failing: 500, ..GOOD });
        let report = stage.deploy("two", strategy(StrategyKind::Canary, 60));
        assert_eq!(report.deployment.outcome, Outcome::RolledBack);
        assert_eq!(serving(stage.target), in_full(1));
    });
}

#[test]
fn what_fixes_an_incident_is_only_watched_for_staying_up() {
    with_v1(|stage| {
        stage.metrics.pace(ReleaseNo(2), Pace { failing: 500, ..GOOD });
        let mut request = stage.request(strategy(StrategyKind::Canary, 60));
        request.standing.fixes = Some(IncidentId(7));
        stage.bench.write("two");
        let plan = stage.bench.deployer(stage.target).plan(&request).unwrap();
        assert_eq!(plan.watch.unwrap().source, None);
        assert!(
            plan.notes.iter().any(|note| note.starts_with("to fix INC-7,")),
            "{:?}",
            plan.notes
        );
        let report = stage.deploy_as("two", request);
        assert_eq!(outcome(&report), (Outcome::Succeeded, None));
        assert!(stage.bench.store.measurements(report.deployment.id).unwrap().is_empty());
    });
}

/// Does something once the canary has taken traffic.
struct Meanwhile<'a, 'b, F: Fn() -> Option<Kind> + Send + Sync>(&'a MemoryTarget<'b>, F);

impl<F: Fn() -> Option<Kind> + Send + Sync> Interrupt for Meanwhile<'_, '_, F> {
    fn requested(&self) -> Option<Kind> {
        let taken = self.0.part(&subject().service, &subject().env).is_some();
        if taken { (self.1)() } else { None }
    }
}

fn deploy_while(stage: &Stage<'_>, meanwhile: impl Fn() -> Option<Kind> + Send + Sync) -> Report {
    stage.metrics.pace(ReleaseNo(2), GOOD);
    stage.bench.write("two");
    let interrupt = Meanwhile(stage.target, meanwhile);
    let deployer = Deployer {
        metrics: Some(stage.metrics),
        interrupt: &interrupt,
        ..stage.bench.deployer(stage.target)
    };
    deployer
        .deploy(&stage.request(strategy(StrategyKind::Canary, 60)))
        .unwrap()
}

#[test]
fn ctrl_c_during_a_canary_goes_back() {
    with_v1(|stage| {
        let report = deploy_while(&stage, || Some(Kind::Interrupted));
        assert_eq!(
            outcome(&report),
            (Outcome::RolledBack, Some((Kind::RolledBack, "interrupted")))
        );
        assert_eq!(serving(stage.target), in_full(1));
    });
}

#[test]
fn a_hold_or_a_grave_incident_that_comes_meanwhile_stops_a_canary() {
    with_v1(|stage| {
        let (service, env) = (subject().service, subject().env);
        let report = deploy_while(&stage, || {
            if stage.bench.store.holds(&service, &env).unwrap().is_empty() {
                stage.bench.store.set_hold(&service, &env, "the sale begins").unwrap();
            }
            None
        });
        assert_eq!(
            outcome(&report),
            (Outcome::RolledBack, Some((Kind::RolledBack, "held-meanwhile")))
        );
        assert!(
            report
                .fault
                .unwrap()
                .to_string()
                .ends_with("holds it meanwhile: the sale begins")
        );
        assert_eq!(serving(stage.target), in_full(1));
    });
    for (severity, expected) in [
        (Severity::Sev2, Outcome::RolledBack),
        (Severity::Sev3, Outcome::Succeeded),
    ] {
        with_v1(|stage| {
            let report = deploy_while(&stage, || {
                let incident = NewIncident {
                    title: "orders fail".into(),
                    service: Some(subject().service),
                    env: None,
                    severity,
                    impact_start: None,
                    detected: None,
                    on_call: Vec::new(),
                    suspects: Vec::new(),
                    detail: serde_json::Value::Null,
                };
                stage.bench.store.open_incident(&incident).unwrap();
                None
            });
            assert_eq!(report.deployment.outcome, expected, "{severity:?}");
        });
    }
}

#[test]
fn recreate_stops_the_old_before_it_starts_the_new_and_comes_back_the_same_way() {
    with_v1(|stage| {
        stage.metrics.pace(ReleaseNo(2), GOOD);
        let report = stage.deploy("two", strategy(StrategyKind::Recreate, 10));
        assert_eq!(outcome(&report), (Outcome::Succeeded, None));
        let names: Vec<&str> = report.steps.iter().map(|step| step.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "build", "prepare", "hold", "drain", "start", "health", "switch", "bake", "observe"
            ]
        );
        assert_eq!(intents(&report, "hold")[0]["hold"], true);
        let back = stage
            .bench
            .deployer(stage.target)
            .rollback(&subject(), None, None, false)
            .unwrap();
        assert_eq!(outcome(&back), (Outcome::Succeeded, None));
        assert_eq!(
            intents(&back, "hold").len(),
            1,
            "no two run at once on the way back either"
        );
        stage.deploy("two", strategy(StrategyKind::Recreate, 0));
        stage.target.behave(ReleaseNo(3), Behaviour::NeverHealthy("503".into()));
        let report = stage.deploy("three", strategy(StrategyKind::Recreate, 10));
        assert_eq!(
            outcome(&report),
            (Outcome::Failed, Some((Kind::Failed, "never-healthy")))
        );
        assert_eq!(serving(stage.target), in_full(2));
        stage.metrics.pace(ReleaseNo(4), Pace { failing: 500, ..GOOD });
        let report = stage.deploy("four", strategy(StrategyKind::Recreate, 10));
        assert_eq!(report.deployment.outcome, Outcome::RolledBack);
        assert_eq!(serving(stage.target), in_full(2));
    });
}

#[test]
fn the_same_release_again_goes_through_its_stages_and_is_not_watched() {
    with_v1(|stage| {
        for kind in [StrategyKind::Canary, StrategyKind::Rolling, StrategyKind::Recreate] {
            let mut request = stage.request(strategy(kind, 60));
            request.again = true;
            let report = stage.deploy_as("one", request);
            assert_eq!(outcome(&report), (Outcome::Succeeded, None), "{kind:?}");
            assert!(intents(&report, "bake").is_empty());
            assert_eq!(serving(stage.target), in_full(1));
            let own = observe(stage.target).instances;
            assert!(
                own.iter().all(|one| one.deployment == report.deployment.id),
                "{kind:?}: {own:?}"
            );
        }
    });
}

#[test]
fn the_plan_says_what_each_stage_is_and_what_is_watched() {
    with_v1(|stage| {
        stage.bench.write("two");
        let mut request = stage.request(strategy(StrategyKind::Canary, 60));
        request.unmeasured = vec!["the objective `fresh` is not held against the new release: x".into()];
        let deployer = Deployer {
            metrics: Some(stage.metrics),
            ..stage.bench.deployer(stage.target)
        };
        let plan = deployer.plan(&request).unwrap();
        let stages: Vec<(&str, u64)> = plan
            .stages
            .iter()
            .map(|one| (one.what.as_str(), one.watch.as_millis() / 1_000))
            .collect();
        assert_eq!(
            stages,
            [
                ("1 of 4 web with 25% of the traffic", 60),
                ("2 of 4 web with 50% of the traffic", 60),
                ("everything", 60)
            ]
        );
        let watch = plan.watch.unwrap();
        assert_eq!(watch.source.as_deref(), Some("memory"));
        assert_eq!(watch.measures, ["errors", "latency p99"]);
        assert_eq!(watch.at_most, Span::from_secs(180));
        assert!(plan.notes.contains(&request.unmeasured[0]));
        assert!(plan.notes.iter().any(|note| note.contains("nothing can be concluded")));
        let without = Deployer {
            metrics: None,
            ..stage.bench.deployer(stage.target)
        };
        let notes = without.plan(&request).unwrap().notes;
        assert!(
            notes.iter().any(|note| note.contains("counts no requests")),
            "{notes:?}"
        );
    });
}

/// Deploys `two`, which behaves so, onto an engine that stops nothing while a step of this name is under way.
fn clinging(kind: StrategyKind, two: Behaviour, while_step: &str) -> (Report, Vec<ReleaseNo>) {
    let bench = Bench::new();
    let say = |act: &str, authority: Option<&Authority>| {
        let Some(authority) = authority.filter(|_| act == "stop") else {
            return Ok(());
        };
        let steps = bench.store.steps(authority.deployment)?;
        match steps.last().is_some_and(|step| step.name == while_step) {
            true => Err(Fault::failed("in-use", "a volume is in use")),
            false => Ok(()),
        }
    };
    let target = Tampered {
        memory: MemoryTarget::new(&*bench.clock),
        say,
    };
    bench.deploy(&target, "one");
    target.memory.behave(ReleaseNo(2), two);
    bench.write("two");
    let request = DeployRequest {
        strategy: strategy(kind, 10),
        ..bench.request()
    };
    let report = bench.deployer(&target).deploy(&request).unwrap();
    (report, serving(&target).1)
}

#[test]
fn what_cannot_be_stopped_is_no_world_as_it_was_and_nothing_runs_beside_it_that_must_not() {
    let never = Behaviour::NeverHealthy("503".into());
    let (report, _) = clinging(StrategyKind::BlueGreen, never.clone(), "remove");
    assert_eq!(
        outcome(&report),
        (Outcome::NeedsHuman, Some((Kind::NeedsHuman, "never-healthy")))
    );
    assert_eq!(
        report.fault.unwrap().still_true(),
        Some("what was started may still run")
    );
    let falls = Behaviour::ExitsAfter(Duration::from_secs(6), "status 1".into());
    for (two, step, code) in [
        (never, "remove", "never-healthy"),
        (falls, "back: drain", "lost-after-switch"),
    ] {
        let (report, releases) = clinging(StrategyKind::Recreate, two, step);
        assert_eq!(outcome(&report), (Outcome::NeedsHuman, Some((Kind::NeedsHuman, code))));
        assert_eq!(
            releases,
            [ReleaseNo(2); 2],
            "nothing was started beside what still runs"
        );
    }
}
