//! Rollouts over an engine that replaces instances itself: stage by stage, and back.

#![allow(clippy::unwrap_used, reason = "a failure to set the stage is a failed test")]

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use deliver::adapters::memory::{Behaviour, MemoryTarget};
use deliver::deploy::engine::{DeployRequest, Deployer, Report};
use deliver::fault::{Fault, Kind};
use deliver::model::deployment::{Deployment, DeploymentId, Outcome};
use deliver::model::observed::{Instance, InstanceState, Killed, Observation};
use deliver::model::spec::{CommandLine, ReleaseStep, Role};
use deliver::model::strategy::{Portion, Strategy, StrategyKind};
use deliver::model::{ReleaseNo, Span};
use deliver::ports::target::Authority;
use deliver::ports::{Clock, Target};

use super::bench::{Altered, Bench, Tampered, outcome, serving, subject};

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

/// A second release on an engine that has to be set going so often to end the last of the first.
fn deploy_on_one_that_stands_still(times: u32) -> (Report, Vec<Duration>, (Option<ReleaseNo>, Vec<ReleaseNo>)) {
    let bench = Bench::new();
    let set_going = Mutex::new(Vec::new());
    let target = Tampered {
        memory: MemoryTarget::in_place(&*bench.clock),
        say: |act: &str, _: Option<&Authority>| {
            if act == "go on" {
                set_going.lock().unwrap().push(bench.clock.elapsed());
            }
            Ok(())
        },
    };
    bench.write("one");
    bench.deployer(&target).deploy(&request(&bench, 4, rolling())).unwrap();
    let subject = subject();
    target.memory.stand_still(&subject.service, &subject.env, times);
    bench.write("two");
    let second = bench.deployer(&target).deploy(&request(&bench, 4, rolling())).unwrap();
    let serving = serving(&target.memory);
    drop(target);
    (second, set_going.into_inner().unwrap(), serving)
}

#[test]
fn an_engine_that_stands_still_before_its_last_old_instance_is_set_going() {
    let (second, set_going, serving) = deploy_on_one_that_stands_still(2);
    assert_eq!(outcome(&second), (Outcome::Succeeded, None));
    assert_eq!(serving, in_full(2));
    assert_eq!(set_going.len(), 2);
    assert!(set_going[1] - set_going[0] >= Duration::from_secs(5), "{set_going:?}");
    let told = second.steps.iter().filter(|step| step.name == "health");
    let told: Vec<_> = told.filter_map(|step| step.observation["set_going"].as_u64()).collect();
    assert_eq!(told, [2]);
}

#[test]
fn one_that_stands_still_for_good_is_set_going_three_times_and_then_gone_back_from() {
    let (second, set_going, serving) = deploy_on_one_that_stands_still(u32::MAX);
    assert_eq!(
        second.deployment.outcome,
        Outcome::NeedsHuman,
        "the way back stands still too"
    );
    let fault = second.fault.unwrap();
    assert!(fault.message().ends_with("1 old left"), "{fault}");
    // On the way there, and on the way back.
    assert_eq!(set_going.len(), 6);
    assert!(serving.1.contains(&ReleaseNo(2)), "{serving:?}");
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
    let target = MemoryTarget::weighing(&*bench.clock);
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
    let target = MemoryTarget::weighing(&*bench.clock);
    bench.write("one");
    bench.deployer(&target).deploy(&request(&bench, 4, rolling())).unwrap();
    target.behave(ReleaseNo(2), Behaviour::NeverHealthy("503".into()));
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
    let target = MemoryTarget::weighing(&*bench.clock);
    target.lead_nowhere(&subject().service, &subject().env, why);
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
    let target = Tampered {
        memory,
        say: |act: &str, _: Option<&Authority>| match act {
            "remove" => Err(Fault::failed("in-use", "a volume is in use")),
            _ => Ok(()),
        },
    };
    bench.write("one");
    let first = bench.deployer(&target).deploy(&request(&bench, 4, rolling())).unwrap();
    assert_eq!(
        outcome(&first),
        (Outcome::NeedsHuman, Some((Kind::NeedsHuman, "no-progress")))
    );
    let fault = first.fault.unwrap();
    assert_eq!(fault.still_true(), Some("what was started may still run"));
}

#[test]
fn what_somebody_else_changed_or_the_engine_took_back_is_never_nothing_to_do() {
    type Alter = fn(&mut Observation);
    let cases: [(Alter, &str); 3] = [
        (
            |seen| seen.foreign = Some("kubectl-set changed the image".into()),
            "somebody else changed the service, and a deployment stops at that: kubectl-set changed the image",
        ),
        (
            |seen| seen.reverted = Some("rollback completed".into()),
            "the engine went back by itself: rollback completed",
        ),
        (
            |seen| seen.unreached = Some("gateway edge does not accept the route".into()),
            "requests do not come through: gateway edge does not accept the route",
        ),
    ];
    for (alter, told) in cases {
        let bench = Bench::new();
        let memory = MemoryTarget::in_place(&*bench.clock);
        deploy(&bench, &memory, "one", rolling());
        let target = Altered { memory, alter };
        let plan = bench.deployer(&target).plan(&request(&bench, 4, rolling())).unwrap();
        assert!(!plan.unchanged, "{told}");
        assert!(plan.notes.iter().any(|note| note == told), "{:?}", plan.notes);
        let report = bench.deployer(&target).deploy(&request(&bench, 4, rolling())).unwrap();
        assert!(report.fault.is_some(), "{told}");
    }
    // Somebody else's image is not overwritten without a word, either.
    let bench = Bench::new();
    let target = MemoryTarget::in_place(&*bench.clock);
    deploy(&bench, &target, "one", rolling());
    target.meddle(&subject().service, &subject().env, "kubectl-set changed the image");
    let report = deploy(&bench, &target, "one", rolling());
    assert_eq!(
        outcome(&report),
        (Outcome::NeedsHuman, Some((Kind::NeedsHuman, "changed-underneath")))
    );
}

#[test]
fn what_must_never_run_twice_does_not_on_the_way_back_either() {
    let bench = Bench::new();
    let target = MemoryTarget::in_place(&*bench.clock);
    let recreate = || Strategy {
        kind: StrategyKind::Recreate,
        ..Strategy::default()
    };
    deploy(&bench, &target, "one", recreate());
    target.behave(ReleaseNo(2), Behaviour::NeverHealthy("503".into()));
    let second = deploy(&bench, &target, "two", recreate());
    assert_eq!(second.deployment.outcome, Outcome::RolledBack);
    let stops: Vec<(&str, &serde_json::Value)> = second
        .steps
        .iter()
        .filter(|step| step.name.ends_with("replace"))
        .map(|step| (step.name.as_str(), &step.intent["stop_first"]))
        .collect();
    assert_eq!(stops, [("replace", &true.into()), ("back: replace", &true.into())]);
    let third = deploy(&bench, &target, "three", rolling());
    assert_eq!(outcome(&third), (Outcome::Succeeded, None));
}

#[test]
fn what_is_scaled_to_nothing_is_taken_down_all_the_same() {
    let bench = Bench::new();
    let memory = MemoryTarget::in_place(&*bench.clock);
    deploy(&bench, &memory, "one", rolling());
    let target = Altered {
        memory,
        alter: |seen: &mut Observation| {
            // A worker without a port: its objects say what is current, and nothing runs.
            seen.url = None;
            seen.instances.clear();
        },
    };
    let down = bench.deployer(&target).down(&subject(), None).unwrap();
    assert_eq!(outcome(&down), (Outcome::Succeeded, None));
    assert_eq!(serving(&target.memory), (None, vec![]));
}

#[test]
fn what_is_tried_beside_scaled_instances_is_measured_by_their_number() {
    let bench = Bench::new();
    let memory = MemoryTarget::in_place(&*bench.clock);
    bench.write("one");
    bench.deployer(&memory).deploy(&request(&bench, 6, rolling())).unwrap();
    let target = Altered {
        memory,
        alter: |seen: &mut Observation| seen.scaled = [("web".to_owned(), 2)].into(),
    };
    bench.write("two");
    let canary = Strategy {
        kind: StrategyKind::Canary,
        steps: vec![Portion::Percent(50)],
        ..Strategy::default()
    };
    // The fewest that the autoscaler keeps are two, and six run.
    let half = request(&bench, 2, canary);
    let plan = bench.deployer(&target).plan(&half).unwrap();
    assert_eq!(plan.stages[0].what, "3 of 6 web");
    let report = bench.deployer(&target).deploy(&half).unwrap();
    let step = report.steps.iter().find(|step| step.name == "replace").unwrap();
    assert_eq!(step.intent["instances"]["web"], 3);
}

#[test]
fn one_that_is_moved_at_the_last_look_is_waited_for_and_one_that_ended_is_not() {
    let at_the_end = |change: fn(&mut Instance)| {
        let bench = Bench::new();
        let memory = MemoryTarget::in_place(&*bench.clock);
        deploy(&bench, &memory, "one", rolling());
        bench.write("two");
        let looks = AtomicUsize::new(0);
        let target = Altered {
            memory,
            alter: |seen: &mut Observation| {
                let two = seen.instances.iter_mut().filter(|one| one.release == ReleaseNo(2));
                let mut two: Vec<&mut Instance> = two.filter(|one| one.state == InstanceState::Healthy).collect();
                // The first look at all four of them ends the wait for health, the next is the last look.
                if two.len() == 4 && looks.fetch_add(1, Ordering::SeqCst) == 1 {
                    change(two[0]);
                }
            },
        };
        let mut wanted = request(&bench, 4, rolling());
        wanted.spec.health.stable = Span::ZERO;
        outcome(&bench.deployer(&target).deploy(&wanted).unwrap())
    };
    let moved = at_the_end(|one| one.state = InstanceState::Starting);
    assert_eq!(moved, (Outcome::Succeeded, None));
    let ended = at_the_end(|one| one.state = InstanceState::Exited);
    assert_eq!(
        ended,
        (Outcome::RolledBack, Some((Kind::RolledBack, "lost-after-switch")))
    );
}

#[test]
fn who_had_to_be_killed_is_named_once_by_whoever_sees_it() {
    let bench = Bench::new();
    let killed: Mutex<Vec<Killed>> = Mutex::default();
    let target = Altered {
        memory: MemoryTarget::in_place(&*bench.clock),
        alter: |seen: &mut Observation| seen.killed = killed.lock().unwrap().clone(),
    };
    let deploy = |content: &str| {
        bench.write(content);
        let report = bench.deployer(&target).deploy(&request(&bench, 4, rolling())).unwrap();
        assert_eq!(outcome(&report), (Outcome::Succeeded, None));
        let last = report.steps.iter().find(|step| step.name == "observe").unwrap();
        (report.deployment, last.observation["killed"].clone())
    };
    let at_its_end = |deployment: Deployment, id: &str| {
        let at = deployment.finished_at.unwrap();
        killed.lock().unwrap().push(Killed { id: id.into(), at });
    };
    let (one, named) = deploy("one");
    assert_eq!(named, serde_json::json!([]));
    // Between the last look of a deployment and its end.
    at_its_end(one, "a");
    let (two, named) = deploy("two");
    assert_eq!(named, serde_json::json!(["a"]));
    at_its_end(two, "b");
    assert_eq!(deploy("three").1, serde_json::json!(["b"]));
    assert_eq!(deploy("four").1, serde_json::json!([]));
}

/// How a deployment of v2 ends that is watched for a minute, where its instances are seen so from ten seconds of the watch on,
/// for so many seconds.
fn watched(seconds: u64, alter: impl Fn(&mut Vec<Instance>) + Send + Sync) -> Report {
    let bake = Strategy {
        bake: Span::from_secs(60),
        ..rolling()
    };
    let watched = |from: Duration, to: Duration| {
        let bench = Bench::new();
        let memory = MemoryTarget::in_place(&*bench.clock);
        deploy(&bench, &memory, "one", rolling());
        bench.write("two");
        let began = bench.clock.elapsed();
        let target = Altered {
            memory,
            alter: |seen: &mut Observation| {
                if (began + from..began + to).contains(&bench.clock.elapsed()) {
                    alter(&mut seen.instances);
                }
            },
        };
        let deployer = Deployer {
            metrics: None,
            ..bench.deployer(&target)
        };
        let report = deployer.deploy(&request(&bench, 4, bake.clone())).unwrap();
        (report, bench.clock.elapsed() - began)
    };
    // Left alone it takes as long as it takes, the last minute of which is the watch.
    let (report, took) = watched(Duration::MAX / 4, Duration::MAX / 4);
    assert_eq!(outcome(&report), (Outcome::Succeeded, None));
    let from = took - Duration::from_secs(50);
    watched(from, from + Duration::from_secs(seconds)).0
}

#[test]
fn an_instance_that_its_engine_takes_away_is_nothing_that_the_release_did() {
    let drained = watched(30, |instances| instances[0].state = InstanceState::Draining);
    assert_eq!(outcome(&drained), (Outcome::Succeeded, None));
    let evicted = watched(30, |instances| drop(instances.remove(0)));
    assert_eq!(outcome(&evicted), (Outcome::Succeeded, None));
    // All of them are replaced at once, and come again in time.
    let moved = watched(60, |instances| {
        instances.iter_mut().for_each(|one| one.state = InstanceState::Starting);
    });
    assert_eq!(outcome(&moved), (Outcome::Succeeded, None));
}

#[test]
fn one_that_came_instead_is_watched_as_well() {
    let with_one = |change: fn(&mut Instance)| {
        watched(1, move |instances| {
            let new = instances.iter_mut().find(|one| one.release == ReleaseNo(2));
            new.into_iter().for_each(change);
        })
    };
    let crashes = with_one(|one| (one.id, one.restarts) = ("pricing-x7k2".into(), 1));
    let ends = with_one(|one| (one.id, one.state) = ("pricing-x7k2".into(), InstanceState::Exited));
    let loops = with_one(|one| one.state = InstanceState::BackOff);
    for report in [crashes, ends, loops] {
        assert_eq!(
            outcome(&report),
            (Outcome::RolledBack, Some((Kind::RolledBack, "lost-after-switch")))
        );
    }
}

#[test]
fn a_release_of_which_nothing_is_left_does_not_stay_up() {
    let report = watched(600, |instances| instances.retain(|one| one.release != ReleaseNo(2)));
    assert_eq!(
        outcome(&report),
        (Outcome::RolledBack, Some((Kind::RolledBack, "lost-after-switch")))
    );
    let message = report.fault.unwrap().message().to_owned();
    assert!(message.contains("none of its instances was healthy for"), "{message}");
}
