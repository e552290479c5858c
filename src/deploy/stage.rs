//! From a strategy to stages: what runs the new release, and what traffic it takes, one after the other.

use std::collections::BTreeMap;

use crate::model::Span;
use crate::model::observed::Observation;
use crate::model::spec::{Role, Spec};
use crate::model::strategy::{Portion, Strategy, StrategyKind};
use crate::ports::target::{Capabilities, Stage, Traffic};

/// Share of the instances that a rolling deployment replaces at once, after the first one alone: what Kubernetes and ECS
/// start with too, rounded up.
const BATCH: Portion = Portion::Percent(25);

/// The stages of a rollout on an engine that replaces in place. The last one is always everything.
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
        let traffic = match step {
            Portion::Percent(percent) if capabilities.weights => Traffic::Percent(*percent),
            _ => Traffic::ByCount,
        };
        // An engine that replaces an old instance for each new one has nothing to compare with at everything.
        let everything = count >= web.instances && !capabilities.beside;
        let grows = stages
            .last()
            .is_none_or(|before| before.instances[&web.name] < count || before.traffic != traffic);
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
