//! Rollouts over an engine that replaces instances itself: stage by stage, and back.

#![allow(clippy::unwrap_used, reason = "a failure to set the stage is a failed test")]

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use deliver::adapters::memory::{Behaviour, MemoryTarget};
use deliver::deploy::engine::{DeployRequest, Report};
use deliver::fault::{Fault, Kind, Result};
use deliver::model::deployment::{DeploymentId, Outcome};
use deliver::model::observed::Observation;
use deliver::model::spec::{CommandLine, ReleaseStep, Role};
use deliver::model::strategy::{Portion, Strategy, StrategyKind};
use deliver::model::{EnvName, ReleaseNo, ServiceName, Span};
use deliver::ports::target::{
    Authority, Capabilities, InPlace, LogLine, LogQuery, Placed, Prepared, Shift, Stop, Stopped, Wanted,
};
use deliver::ports::{Clock, Target};

use super::bench::{Bench, Tampered, outcome, serving, subject};

fn request(bench: &Bench, instances: u32, strategy: Strategy) -> DeployRequest {
    let mut request = bench.request();
    request.spec.processes[0].instances = instances;
    request.strategy = strategy;
    request
}

fn deploy(bench: &Bench, target: &MemoryTarget<'_>, content: &str, strategy: Strategy) -> Report {
    bench.write(content);
    bench.deployer(target).deploy(&request(bench, 4, strategy)).unwrap()
}

fn rolling() -> Strategy {
    Strategy::default()
}

fn canary(steps: &[Portion]) -> Strategy {
    Strategy {
        kind: StrategyKind::Canary,
        steps: steps.to_vec(),
        ..Strategy::default()
    }
}

fn in_full(number: u32) -> (Option<ReleaseNo>, Vec<ReleaseNo>) {
    (Some(ReleaseNo(number)), vec![ReleaseNo(number); 4])
}

/// What each `replace` of a deployment asked for.
fn stages(report: &Report) -> Vec<u64> {
    let replaced = report.steps.iter().filter(|step| step.name == "replace");
    replaced
        .map(|step| step.intent["instances"]["web"].as_u64().unwrap())
        .collect()
}

#[test]
fn the_first_goes_in_one_act_and_the_next_in_batches() {
    let bench = Bench::new();
    let target = MemoryTarget::in_place(&*bench.clock);
    let first = deploy(&bench, &target, "one", rolling());
    assert_eq!(outcome(&first), (Outcome::Succeeded, None));
    assert_eq!(stages(&first), [4]);
    let second = deploy(&bench, &target, "two", rolling());
    assert_eq!(outcome(&second), (Outcome::Succeeded, None));
    assert_eq!(stages(&second), [1, 2, 3, 4]);
    assert_eq!(serving(&target), in_full(2));
    assert_eq!(
        outcome(&deploy(&bench, &target, "two", rolling())),
        (Outcome::Unchanged, None)
    );
}

#[test]
fn a_canary_takes_its_steps_and_then_everything() {
    let bench = Bench::new();
    let target = MemoryTarget::in_place(&*bench.clock);
    deploy(&bench, &target, "one", rolling());
    let steps = [Portion::Instances(1), Portion::Percent(50), Portion::Percent(100)];
    let second = deploy(&bench, &target, "two", canary(&steps));
    assert_eq!(outcome(&second), (Outcome::Succeeded, None));
    assert_eq!(stages(&second), [1, 2, 4]);
}

/// The traffic that each `replace` of a deployment asked for.
fn traffic(report: &Report) -> Vec<String> {
    let replaced = report.steps.iter().filter(|step| step.name == "replace");
    replaced.map(|step| step.intent["traffic"].to_string()).collect()
}

#[test]
fn a_canary_by_weight_has_its_instances_before_it_takes_traffic() {
    let bench = Bench::new();
    let target = Weighing(MemoryTarget::in_place(&*bench.clock), None);
    bench.write("one");
    bench.deployer(&target).deploy(&request(&bench, 4, rolling())).unwrap();
    bench.write("two");
    let steps = [Portion::Percent(5), Portion::Percent(25), Portion::Percent(50)];
    let second = bench
        .deployer(&target)
        .deploy(&request(&bench, 4, canary(&steps)))
        .unwrap();
    assert_eq!(outcome(&second), (Outcome::Succeeded, None));
    assert_eq!(stages(&second), [1, 1, 1, 2, 2, 4]);
    let part = |percent| format!("{{\"percent\":{percent}}}");
    let wanted = [
        "\"held\"".into(),
        part(5),
        part(25),
        part(25),
        part(50),
        "\"all\"".into(),
    ];
    assert_eq!(traffic(&second), wanted);
}

#[test]
fn one_by_weight_that_never_gets_healthy_never_took_traffic() {
    let bench = Bench::new();
    let target = Weighing(MemoryTarget::in_place(&*bench.clock), None);
    bench.write("one");
    bench.deployer(&target).deploy(&request(&bench, 4, rolling())).unwrap();
    target.0.behave(ReleaseNo(2), Behaviour::NeverHealthy("503".into()));
    bench.write("two");
    let second = bench
        .deployer(&target)
        .deploy(&request(&bench, 4, canary(&[Portion::Percent(25)])))
        .unwrap();
    assert_eq!(outcome(&second), (Outcome::Failed, Some((Kind::Failed, "no-progress"))));
    assert_eq!(traffic(&second), ["\"held\""]);
}

#[test]
fn instances_that_nothing_leads_to_are_no_success() {
    let bench = Bench::new();
    let why = "gateway edge/public does not accept the route";
    let target = Weighing(MemoryTarget::in_place(&*bench.clock), Some(why));
    bench.write("one");
    let first = bench.deployer(&target).deploy(&request(&bench, 4, rolling())).unwrap();
    assert_eq!(outcome(&first), (Outcome::Failed, Some((Kind::Failed, "no-progress"))));
    assert!(first.fault.unwrap().to_string().contains(why));
}

#[test]
fn one_that_never_gets_healthy_brings_the_old_back_after_its_deadline_alone() {
    let bench = Bench::new();
    let target = MemoryTarget::in_place(&*bench.clock);
    deploy(&bench, &target, "one", rolling());
    target.behave(ReleaseNo(2), Behaviour::NeverHealthy("no suitable node".into()));
    let began = bench.clock.elapsed();
    let second = deploy(&bench, &target, "two", rolling());
    assert_eq!(
        outcome(&second),
        (Outcome::RolledBack, Some((Kind::RolledBack, "no-progress")))
    );
    assert!(second.fault.unwrap().to_string().contains("no suitable node"));
    assert!(bench.clock.elapsed() - began < Duration::from_secs(90));
    assert_eq!(serving(&target), in_full(1));
}

#[test]
fn a_crash_in_the_stable_time_brings_the_old_back() {
    let bench = Bench::new();
    let target = MemoryTarget::in_place(&*bench.clock);
    deploy(&bench, &target, "one", rolling());
    target.behave(
        ReleaseNo(2),
        Behaviour::ExitsAfter(Duration::from_secs(2), "status 1".into()),
    );
    let second = deploy(&bench, &target, "two", rolling());
    assert_eq!(second.deployment.outcome, Outcome::RolledBack);
    assert_eq!(stages(&second), [1], "one instance was tried, not all");
    assert_eq!(serving(&target), in_full(1));
}

#[test]
fn the_first_deployment_of_all_leaves_nothing_when_it_fails() {
    let bench = Bench::new();
    let target = MemoryTarget::in_place(&*bench.clock);
    target.behave(ReleaseNo(1), Behaviour::NeverHealthy("503".into()));
    let first = deploy(&bench, &target, "one", rolling());
    assert_eq!(outcome(&first), (Outcome::Failed, Some((Kind::Failed, "no-progress"))));
    assert_eq!(serving(&target), (None, vec![]));
}

#[test]
fn what_somebody_else_changed_is_not_overwritten() {
    let bench = Bench::new();
    let target = MemoryTarget::in_place(&*bench.clock);
    deploy(&bench, &target, "one", rolling());
    target.meddle(&subject().service, &subject().env, "image b-1 is now other:latest");
    let second = deploy(&bench, &target, "two", rolling());
    assert_eq!(
        outcome(&second),
        (Outcome::NeedsHuman, Some((Kind::NeedsHuman, "changed-underneath")))
    );
    assert_eq!(serving(&target), in_full(1));
}

#[test]
fn an_engine_that_went_back_by_itself_is_no_success() {
    let bench = Bench::new();
    let target = MemoryTarget::in_place(&*bench.clock);
    deploy(&bench, &target, "one", rolling());
    target.revert(ReleaseNo(2));
    let second = deploy(&bench, &target, "two", rolling());
    assert_eq!(
        outcome(&second),
        (Outcome::RolledBack, Some((Kind::RolledBack, "engine-rolled-back")))
    );
    assert_eq!(serving(&target), in_full(1));
}

#[test]
fn past_a_release_step_that_breaks_the_old_one_everything_stays_as_it_is() {
    let bench = Bench::new();
    let target = MemoryTarget::in_place(&*bench.clock);
    deploy(&bench, &target, "one", rolling());
    bench.write("two");
    target.behave(ReleaseNo(2), Behaviour::NeverHealthy("503".into()));
    let mut request = request(&bench, 4, rolling());
    request.spec.release_step = Some(ReleaseStep {
        command: CommandLine::Shell("migrate".into()),
        timeout: Span::from_secs(60),
        previous_still_works: false,
    });
    let second = bench.deployer(&target).deploy(&request).unwrap();
    assert_eq!(second.deployment.outcome, Outcome::NeedsHuman);
    let fault = second.fault.unwrap();
    assert_eq!(
        (fault.kind(), fault.code()),
        (Kind::NeedsHuman, "no-progress"),
        "{fault}"
    );
    let (_, releases) = serving(&target);
    assert!(releases.contains(&ReleaseNo(2)), "nothing was taken back: {releases:?}");
}

#[test]
fn a_rollback_returns_to_the_recorded_release() {
    let bench = Bench::new();
    let target = MemoryTarget::in_place(&*bench.clock);
    deploy(&bench, &target, "one", rolling());
    deploy(&bench, &target, "two", rolling());
    let back = bench.deployer(&target).rollback(&subject(), None, None, false).unwrap();
    assert_eq!(outcome(&back), (Outcome::Succeeded, None));
    assert_eq!(serving(&target), in_full(1));
    let down = bench.deployer(&target).down(&subject(), None).unwrap();
    assert_eq!(outcome(&down), (Outcome::Succeeded, None));
    assert_eq!(serving(&target), (None, vec![]));
}

#[test]
fn an_engine_that_is_away_for_a_moment_costs_nothing_but_the_moment() {
    let bench = Bench::new();
    let target = MemoryTarget::in_place(&*bench.clock);
    deploy(&bench, &target, "one", rolling());
    let now = bench.clock.elapsed();
    target.set_absent(now + Duration::from_secs(5), now + Duration::from_secs(50));
    let second = deploy(&bench, &target, "two", rolling());
    assert_eq!(outcome(&second), (Outcome::Succeeded, None));
    assert_eq!(serving(&target), in_full(2));
}

#[test]
fn an_engine_that_stays_away_leaves_the_decision_to_the_next_command() {
    let bench = Bench::new();
    let target = MemoryTarget::in_place(&*bench.clock);
    deploy(&bench, &target, "one", rolling());
    let now = bench.clock.elapsed();
    target.set_absent(now + Duration::from_secs(5), now + Duration::from_secs(500));
    bench.write("two");
    let lost = bench
        .deployer(&target)
        .deploy(&request(&bench, 4, rolling()))
        .err()
        .unwrap();
    assert_eq!((lost.kind(), lost.code()), (Kind::Unreachable, "target-unreachable"));
    target.set_absent(Duration::ZERO, Duration::ZERO);
    let resumed = bench.deployer(&target).resume(&subject()).unwrap();
    assert_eq!(resumed.len(), 1);
    assert_eq!(resumed[0].deployment.outcome, Outcome::RolledBack);
    assert_eq!(serving(&target), in_full(1));
}

#[test]
fn the_same_release_again_replaces_only_what_is_missing_unless_asked_for() {
    let bench = Bench::new();
    let target = MemoryTarget::in_place(&*bench.clock);
    deploy(&bench, &target, "one", rolling());
    let ids = |target: &MemoryTarget<'_>| -> Vec<String> {
        let observed = target.observe(&subject().service, &subject().env).unwrap();
        observed.instances.into_iter().map(|one| one.id).collect()
    };
    let before = ids(&target);
    let mut again = request(&bench, 4, rolling());
    again.again = true;
    let report = bench.deployer(&target).deploy(&again).unwrap();
    assert_eq!(outcome(&report), (Outcome::Succeeded, None));
    assert!(ids(&target).iter().all(|id| !before.contains(id)));
}

/// Leaves a deployment of `two` half done: the engine went away under its tool.
fn leave_half_done(bench: &Bench, target: &MemoryTarget<'_>, step: Option<ReleaseStep>) {
    let now = bench.clock.elapsed();
    target.set_absent(now + Duration::from_secs(5), now + Duration::from_secs(500));
    bench.write("two");
    let mut request = request(bench, 4, rolling());
    request.spec.release_step = step;
    let lost = bench.deployer(target).deploy(&request).err().unwrap();
    assert_eq!(lost.kind(), Kind::Unreachable);
    target.set_absent(Duration::ZERO, Duration::ZERO);
}

#[test]
fn what_only_looks_finished_is_told_to_the_engine_once_more() {
    // Jobs by the clock have no instances that could be missed.
    for scheduled in [false, true] {
        let bench = Bench::new();
        let (away, told) = (AtomicBool::new(false), AtomicUsize::new(0));
        let say = |act: &str, _: Option<&Authority>| {
            let lost = match act {
                // The engine accepts it, and nobody sees what comes of it.
                "observe" => !scheduled && told.load(Ordering::SeqCst) > 0,
                "replace" => scheduled,
                _ => false,
            };
            if lost && away.load(Ordering::SeqCst) {
                return Err(Fault::new(Kind::Unreachable, "down", "connection refused"));
            }
            told.fetch_add(usize::from(act == "replace"), Ordering::SeqCst);
            Ok(())
        };
        let target = Tampered {
            memory: MemoryTarget::in_place(&*bench.clock),
            say,
        };
        let mut request = request(&bench, 1, rolling());
        if scheduled {
            request.spec.processes[0].role = Role::Schedule("0 3 * * *".into());
        } else {
            bench.deployer(&target).deploy(&request).unwrap();
            bench.write("two");
        }
        told.store(0, Ordering::SeqCst);
        away.store(true, Ordering::SeqCst);
        let lost = bench.deployer(&target).deploy(&request).err().unwrap();
        assert_eq!(lost.kind(), Kind::Unreachable);
        away.store(false, Ordering::SeqCst);
        let before = told.load(Ordering::SeqCst);
        assert_eq!(before, usize::from(!scheduled));
        let resumed = bench.deployer(&target).resume(&subject()).unwrap();
        assert_eq!(outcome(&resumed[0]), (Outcome::Succeeded, None));
        assert_eq!(told.load(Ordering::SeqCst), before + 1);
        if !scheduled {
            assert_eq!(serving(&target), (Some(ReleaseNo(2)), vec![ReleaseNo(2)]));
        }
    }
}

#[test]
fn the_same_release_again_that_was_left_half_done_is_no_success() {
    let bench = Bench::new();
    let target = MemoryTarget::in_place(&*bench.clock);
    deploy(&bench, &target, "one", rolling());
    let now = bench.clock.elapsed();
    target.set_absent(now + Duration::from_secs(5), now + Duration::from_secs(500));
    let mut again = request(&bench, 4, rolling());
    again.again = true;
    let lost = bench.deployer(&target).deploy(&again).err().unwrap();
    assert_eq!(lost.kind(), Kind::Unreachable);
    target.set_absent(Duration::ZERO, Duration::ZERO);
    let observed = target.observe(&subject().service, &subject().env).unwrap();
    let fresh = observed
        .instances
        .iter()
        .filter(|one| one.deployment == DeploymentId(2));
    assert!((1..4).contains(&fresh.count()), "{observed:#?}");
    let resumed = bench.deployer(&target).resume(&subject()).unwrap();
    assert_eq!(outcome(&resumed[0]), (Outcome::RolledBack, None));
    assert_eq!(serving(&target), in_full(1));
}

#[test]
fn what_cannot_be_taken_back_needs_a_person_and_stops_no_fix() {
    let bench = Bench::new();
    let target = MemoryTarget::in_place(&*bench.clock);
    deploy(&bench, &target, "one", rolling());
    leave_half_done(&bench, &target, None);
    target.behave(ReleaseNo(1), Behaviour::NeverHealthy("503".into()));
    let fixed = deploy(&bench, &target, "three", rolling());
    assert_eq!(outcome(&fixed), (Outcome::Succeeded, None));
    assert_eq!(serving(&target), in_full(3));
    let dead = bench.store.deployment(DeploymentId(2)).unwrap();
    assert_eq!(dead.outcome, Outcome::NeedsHuman);
    assert!(dead.reason.unwrap().contains("v1 could not be brought back"));
}

#[test]
fn a_dead_tool_past_a_release_step_that_breaks_the_old_one_takes_nothing_back() {
    let bench = Bench::new();
    let target = MemoryTarget::in_place(&*bench.clock);
    deploy(&bench, &target, "one", rolling());
    let step = ReleaseStep {
        command: CommandLine::Shell("migrate".into()),
        timeout: Span::from_secs(60),
        previous_still_works: false,
    };
    leave_half_done(&bench, &target, Some(step));
    let resumed = bench.deployer(&target).resume(&subject()).unwrap();
    assert_eq!(resumed[0].deployment.outcome, Outcome::NeedsHuman);
    let reason = resumed[0].deployment.reason.clone().unwrap();
    assert!(reason.contains("v1 does not work after it"), "{reason}");
    let (_, releases) = serving(&target);
    assert!(releases.contains(&ReleaseNo(2)), "nothing was taken back: {releases:?}");
}

#[test]
fn a_rollback_that_was_interrupted_goes_on_to_where_it_went() {
    let bench = Bench::new();
    let target = MemoryTarget::in_place(&*bench.clock);
    deploy(&bench, &target, "one", rolling());
    deploy(&bench, &target, "two", rolling());
    let now = bench.clock.elapsed();
    target.set_absent(now + Duration::from_secs(5), now + Duration::from_secs(500));
    let lost = bench.deployer(&target).rollback(&subject(), None, None, false);
    assert_eq!(lost.err().unwrap().kind(), Kind::Unreachable);
    target.set_absent(Duration::ZERO, Duration::ZERO);
    // What the person had left is broken: nobody must wait for it.
    target.behave(ReleaseNo(2), Behaviour::NeverHealthy("503".into()));
    let resumed = bench.deployer(&target).resume(&subject()).unwrap();
    assert_eq!(outcome(&resumed[0]), (Outcome::Succeeded, None));
    assert_eq!(serving(&target), in_full(1));
}

#[test]
fn a_first_deployment_that_cannot_be_removed_is_no_world_as_it_was() {
    let bench = Bench::new();
    let memory = MemoryTarget::in_place(&*bench.clock);
    memory.behave(ReleaseNo(1), Behaviour::NeverHealthy("503".into()));
    let target = Clinging(memory);
    bench.write("one");
    let first = bench.deployer(&target).deploy(&request(&bench, 4, rolling())).unwrap();
    assert_eq!(
        outcome(&first),
        (Outcome::NeedsHuman, Some((Kind::NeedsHuman, "no-progress")))
    );
    let fault = first.fault.unwrap();
    assert_eq!(fault.still_true(), Some("what was started may still run"));
}

/// An engine that divides traffic by weight, and may not be reached.
struct Weighing<'a>(MemoryTarget<'a>, Option<&'static str>);

impl Target for Weighing<'_> {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            weights: true,
            beside: true,
            ..self.0.capabilities()
        }
    }
    fn in_place(&self) -> Option<&dyn InPlace> {
        self.0.in_place()
    }
    fn observe(&self, service: &ServiceName, env: &EnvName) -> Result<Observation> {
        Ok(Observation {
            unreached: self.1.map(str::to_owned),
            ..self.0.observe(service, env)?
        })
    }
    fn observe_all(&self) -> Result<Vec<Observation>> {
        self.0.observe_all()
    }
    fn prepare(&self, authority: &Authority, prepared: &Prepared) -> Result<Placed> {
        self.0.prepare(authority, prepared)
    }
    fn start(&self, authority: &Authority, prepared: &Prepared, wanted: &[Wanted]) -> Result<()> {
        self.0.start(authority, prepared, wanted)
    }
    fn shift(&self, authority: &Authority, shift: &Shift) -> Result<()> {
        self.0.shift(authority, shift)
    }
    fn remove(&self, authority: &Authority) -> Result<()> {
        self.0.remove(authority)
    }
    fn stop(&self, authority: &Authority, stop: &Stop) -> Result<Vec<Stopped>> {
        self.0.stop(authority, stop)
    }
    fn logs(
        &self,
        service: &ServiceName,
        env: &EnvName,
        query: &LogQuery,
        follow: bool,
        line: &mut dyn FnMut(LogLine) -> bool,
    ) -> Result<()> {
        self.0.logs(service, env, query, follow, line)
    }
}

/// An engine that removes nothing.
struct Clinging<'a>(MemoryTarget<'a>);

impl Target for Clinging<'_> {
    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }
    fn in_place(&self) -> Option<&dyn InPlace> {
        self.0.in_place()
    }
    fn observe(&self, service: &ServiceName, env: &EnvName) -> Result<Observation> {
        self.0.observe(service, env)
    }
    fn observe_all(&self) -> Result<Vec<Observation>> {
        self.0.observe_all()
    }
    fn prepare(&self, authority: &Authority, prepared: &Prepared) -> Result<Placed> {
        self.0.prepare(authority, prepared)
    }
    fn start(&self, authority: &Authority, prepared: &Prepared, wanted: &[Wanted]) -> Result<()> {
        self.0.start(authority, prepared, wanted)
    }
    fn shift(&self, authority: &Authority, shift: &Shift) -> Result<()> {
        self.0.shift(authority, shift)
    }
    fn remove(&self, _: &Authority) -> Result<()> {
        Err(Fault::failed("in-use", "a volume is in use"))
    }
    fn stop(&self, authority: &Authority, stop: &Stop) -> Result<Vec<Stopped>> {
        self.0.stop(authority, stop)
    }
    fn logs(
        &self,
        service: &ServiceName,
        env: &EnvName,
        query: &LogQuery,
        follow: bool,
        line: &mut dyn FnMut(LogLine) -> bool,
    ) -> Result<()> {
        self.0.logs(service, env, query, follow, line)
    }
}
