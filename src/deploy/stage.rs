//! From a strategy to stages: what runs the new release, and what traffic it takes, one after the other.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::model::observed::{Instance, InstanceState, Observation};
use crate::model::release::Release;
use crate::model::spec::{Role, Spec};
use crate::model::strategy::{Portion, Strategy, StrategyKind};
use crate::model::{ReleaseNo, Span};
use crate::ports::target::{Capabilities, Stage, Traffic};

/// Share of the instances that a rolling deployment replaces at once, after the first one alone: what Kubernetes and ECS
/// start with too, rounded up.
const BATCH: Portion = Portion::Percent(25);

/// A specification as large as what runs: where an autoscaler decides how many instances a process has, what is tried beside
/// them is measured by their number, not by the fewest that there may be.
pub fn at_size<'a>(spec: &'a Spec, observed: &Observation) -> Cow<'a, Spec> {
    let mut sized = Cow::Borrowed(spec);
    for (at, process) in spec.processes.iter().enumerate() {
        let own = observed.instances.iter().filter(|one| one.process == process.name);
        let runs = |one: &&Instance| !matches!(one.state, InstanceState::Draining | InstanceState::Exited);
        let running = own
            .filter(runs)
            .filter(|one| Some(one.release) == observed.current)
            .count() as u32;
        if observed.scaled.contains_key(&process.name) && running > process.instances {
            sized.to_mut().processes[at].instances = running;
        }
    }
    sized
}

/// The stages of bringing a release in after `previous`, with the numbers of `spec`. Where there is nothing to protect, or the
/// app insists on its port, it is all at once.
pub fn planned(
    strategy: &Strategy,
    release: &Release,
    spec: &Spec,
    capabilities: &Capabilities,
    previous: Option<ReleaseNo>,
    again: bool,
) -> Vec<Stage> {
    let first = previous.is_none() || release.spec.listen.is_some();
    stages(
        strategy,
        spec,
        capabilities,
        first,
        again && previous == Some(release.number),
    )
}

/// The stages of a rollout. The last one is always everything.
pub fn stages(strategy: &Strategy, spec: &Spec, capabilities: &Capabilities, first: bool, fresh: bool) -> Vec<Stage> {
    let last = Stage {
        instances: all(spec),
        traffic: Traffic::All,
        fresh,
        stop_first: strategy.kind == StrategyKind::Recreate,
    };
    if first {
        return vec![last];
    }
    let mut stages = match strategy.kind {
        StrategyKind::Rolling if capabilities.batches => batches(&last),
        StrategyKind::Canary if capabilities.portions => portions(strategy, spec, capabilities, &last),
        StrategyKind::BlueGreen if capabilities.beside => vec![Stage {
            traffic: Traffic::Held,
            ..last.clone()
        }],
        _ => Vec::new(),
    };
    stages.push(last);
    stages
}

/// Every process that runs all the time, in full. Scheduled jobs have no instances of their own.
pub fn all(spec: &Spec) -> BTreeMap<String, u32> {
    let running = spec
        .processes
        .iter()
        .filter(|process| !matches!(process.role, Role::Schedule(_)));
    running
        .map(|process| (process.name.clone(), process.instances))
        .collect()
}

/// What of `instances` can be relied on: where an autoscaler decides, no more than the fewest it keeps.
pub fn relied_on(instances: &BTreeMap<String, u32>, observed: &Observation) -> BTreeMap<String, u32> {
    let least = |(name, count): (&String, &u32)| {
        let scaled = observed.scaled.get(name).copied().unwrap_or(u32::MAX);
        (name.clone(), scaled.min(*count))
    };
    instances.iter().map(least).collect()
}

/// One instance of each process, then a quarter more each time.
fn batches(last: &Stage) -> Vec<Stage> {
    let most = last.instances.values().copied().max().unwrap_or(0);
    let mut stages = Vec::new();
    let mut done = 1;
    while done < most {
        let portion = |(name, count): (&String, &u32)| (name.clone(), share(*count, done, most));
        stages.push(Stage {
            instances: last.instances.iter().map(portion).collect(),
            traffic: Traffic::ByCount,
            ..last.clone()
        });
        done += BATCH.of(most);
    }
    stages.retain(|stage| stage.instances != last.instances);
    stages
}

/// What `done` of `most` is of `count`: at least one where there is one.
fn share(count: u32, done: u32, most: u32) -> u32 {
    let part = (u64::from(count) * u64::from(done)).div_ceil(u64::from(most.max(1)));
    (part as u32).min(count)
}

/// The steps of a canary. Only the web process is tried by portions: workers have no requests to be judged by, and follow
/// with everything.
fn portions(strategy: &Strategy, spec: &Spec, capabilities: &Capabilities, last: &Stage) -> Vec<Stage> {
    let Some(web) = spec.web() else { return Vec::new() };
    let steps: &[Portion] = match strategy.steps.is_empty() {
        true => &Strategy::CANARY_STEPS,
        false => &strategy.steps,
    };
    let mut stages: Vec<Stage> = Vec::new();
    for step in steps {
        let count = step.of(web.instances);
        let traffic = match capabilities.weights {
            true => Traffic::Percent(percent(*step, web.instances)),
            false => Traffic::ByCount,
        };
        // An engine that replaces an old instance for each new one has nothing to compare with at everything.
        let everything = match traffic {
            Traffic::Percent(percent) => percent >= 100,
            _ => count >= web.instances,
        };
        let grows = stages.last().is_none_or(|before| match (before.traffic, traffic) {
            (Traffic::Percent(before), Traffic::Percent(now)) => before < now,
            _ => before.instances[&web.name] < count,
        });
        if !everything && grows {
            stages.push(Stage {
                instances: BTreeMap::from([(web.name.clone(), count)]),
                traffic,
                ..last.clone()
            });
        }
    }
    stages
}

/// The share of the traffic that a step is: of so many instances each takes as much as the others.
fn percent(step: Portion, all: u32) -> u8 {
    match step {
        Portion::Percent(percent) => percent,
        Portion::Instances(count) => (u64::from(count) * 100).div_ceil(u64::from(all.max(1))).min(100) as u8,
    }
}

/// What an engine that replaces in place is told before a stage that moves traffic by weight: the same instances with the
/// traffic of the stage before, so that those that take more of it are there first. `None` where there are no more, and where
/// the engine cannot hold new ones back.
pub fn grown(stage: &Stage, before: Option<&Stage>, capabilities: &Capabilities) -> Option<Stage> {
    let grown = Stage {
        traffic: before.map_or(Traffic::Held, |before| before.traffic),
        ..stage.clone()
    };
    let more = before.is_none_or(|before| before.instances != stage.instances);
    let can = capabilities.beside || grown.traffic != Traffic::Held;
    (matches!(stage.traffic, Traffic::Percent(_)) && more && can).then_some(grown)
}

/// How long the release is watched after a stage: a canary at each, the others when everything runs it.
pub fn watch(strategy: &Strategy, stage: &Stage) -> Span {
    match (strategy.kind, stage.traffic) {
        (_, Traffic::Held) => Span::ZERO,
        (StrategyKind::Canary, _) | (_, Traffic::All) => strategy.bake,
        _ => Span::ZERO,
    }
}

/// A stage in words: `2 of 6 web`, `everything`.
pub fn describe(stage: &Stage, spec: &Spec) -> String {
    let counted: Vec<String> = stage
        .instances
        .iter()
        .map(|(name, count)| {
            let of = spec.processes.iter().find(|process| process.name == *name);
            format!("{count} of {} {name}", of.map_or(0, |process| process.instances))
        })
        .collect();
    match stage.traffic {
        Traffic::All => "everything".into(),
        Traffic::Held => format!("{}, without traffic", counted.join(", ")),
        Traffic::ByCount => counted.join(", "),
        Traffic::Percent(percent) => format!("{} with {percent}% of the traffic", counted.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::spec::{CommandLine, Process, Work};

    fn spec(instances: u32) -> Spec {
        let process = |name: &str, role, instances| Process {
            name: name.into(),
            role,
            work: Work::Command(CommandLine::Shell("run".into())),
            instances,
            env: BTreeMap::new(),
        };
        Spec::of(vec![
            process("web", Role::Web, instances),
            process("mailer", Role::Worker, 2),
        ])
    }

    fn able(weights: bool, beside: bool) -> Capabilities {
        Capabilities {
            weights,
            holds_requests: true,
            volumes: true,
            schedules: true,
            in_place: !beside,
            beside,
            portions: true,
            batches: true,
            counts: true,
        }
    }

    fn words(kind: StrategyKind, steps: &[&str], instances: u32, able: &Capabilities) -> Vec<String> {
        let strategy = Strategy {
            kind,
            steps: steps.iter().map(|step| step.parse().unwrap()).collect(),
            ..Strategy::default()
        };
        let spec = spec(instances);
        let stages = stages(&strategy, &spec, able, false, false);
        stages.iter().map(|stage| describe(stage, &spec)).collect()
    }

    #[test]
    fn a_canary_by_weight_grows_and_needs_no_second_instance() {
        let canary = |steps: &[&str], instances| words(StrategyKind::Canary, steps, instances, &able(true, true));
        assert_eq!(
            canary(&[], 6),
            [
                "1 of 6 web with 17% of the traffic",
                "2 of 6 web with 25% of the traffic",
                "3 of 6 web with 50% of the traffic",
                "everything"
            ]
        );
        assert_eq!(
            canary(&[], 1),
            [
                "1 of 1 web with 25% of the traffic",
                "1 of 1 web with 50% of the traffic",
                "everything"
            ]
        );
        assert_eq!(
            canary(&["5%", "100%"], 2),
            ["1 of 2 web with 5% of the traffic", "everything"]
        );
        assert_eq!(
            canary(&["50%", "10%"], 2),
            ["1 of 2 web with 50% of the traffic", "everything"]
        );
    }

    #[test]
    fn instances_are_there_before_they_take_more_of_the_traffic() {
        let strategy = Strategy {
            kind: StrategyKind::Canary,
            steps: ["1", "25%", "26%"].map(|step| step.parse().unwrap()).to_vec(),
            ..Strategy::default()
        };
        let spec = spec(6);
        let able = able(true, true);
        let stages = stages(&strategy, &spec, &able, false, false);
        let words: Vec<Option<String>> = (0..stages.len())
            .map(|at| grown(&stages[at], at.checked_sub(1).map(|before| &stages[before]), &able))
            .map(|stage| stage.map(|stage| describe(&stage, &spec)))
            .collect();
        let said = |text: &str| Some(text.to_owned());
        assert_eq!(
            words,
            [
                said("1 of 6 web, without traffic"),
                said("2 of 6 web with 17% of the traffic"),
                None,
                None,
            ]
        );
    }

    #[test]
    fn without_weights_a_canary_takes_what_its_instances_are_of_all() {
        let canary = |beside| words(StrategyKind::Canary, &["1", "50%", "100%"], 4, &able(false, beside));
        for beside in [true, false] {
            assert_eq!(canary(beside), ["1 of 4 web", "2 of 4 web", "everything"]);
        }
    }

    #[test]
    fn batches_are_one_and_then_a_quarter_more_each() {
        let rolling = |instances| words(StrategyKind::Rolling, &[], instances, &able(true, true));
        assert_eq!(rolling(1), ["1 of 2 mailer, 1 of 1 web", "everything"]);
        assert_eq!(
            rolling(4),
            [
                "1 of 2 mailer, 1 of 4 web",
                "1 of 2 mailer, 2 of 4 web",
                "2 of 2 mailer, 3 of 4 web",
                "everything"
            ]
        );
        assert_eq!(rolling(12).len(), 5, "1, 4, 7, 10, 12");
    }

    #[test]
    fn blue_green_holds_everything_back_first_and_recreate_has_one_stage() {
        let able = able(true, true);
        assert_eq!(
            words(StrategyKind::BlueGreen, &[], 2, &able),
            ["2 of 2 mailer, 2 of 2 web, without traffic", "everything"]
        );
        assert_eq!(words(StrategyKind::Recreate, &[], 2, &able), ["everything"]);
    }

    #[test]
    fn of_what_an_autoscaler_decides_only_the_fewest_can_be_relied_on() {
        let service = "shop".parse().expect("a name");
        let mut observed = Observation::nothing(&service, &"prod".parse().expect("a name"));
        let wanted = BTreeMap::from([("web".to_owned(), 4), ("worker".to_owned(), 2)]);
        assert_eq!(relied_on(&wanted, &observed), wanted);
        observed.scaled = BTreeMap::from([("web".to_owned(), 3)]);
        assert_eq!(relied_on(&wanted, &observed)["web"], 3);
        observed.scaled = BTreeMap::from([("web".to_owned(), 9)]);
        assert_eq!(relied_on(&wanted, &observed), wanted);
    }
}
