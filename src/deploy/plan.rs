//! The plan: the pure, showable, hashable difference between what is wanted and what was observed.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::deployment::{Gate, Operation, Verdict};
use crate::model::observed::{InstanceState, Observation};
use crate::model::release::{BuildId, Release, Source};
use crate::model::spec::{Role, Spec};
use crate::model::strategy::{Inconclusive, Strategy, StrategyKind};
use crate::model::{EnvName, IncidentId, ReleaseNo, ServiceName, Span};
use crate::ports::target::Capabilities;

use super::stage;

/// What a plan is made from; everything was read before, so that planning itself touches nothing.
#[derive(Clone, Debug)]
pub struct Inputs<'a> {
    pub service: &'a ServiceName,
    pub env: &'a EnvName,
    pub target: &'a str,
    pub operation: Operation,
    pub build: &'a BuildId,
    pub build_cached: bool,
    pub build_command: Option<String>,
    pub source: &'a Source,
    pub spec: &'a Spec,
    pub identity: &'a str,
    /// The release that already has this identity.
    pub existing: Option<&'a Release>,
    /// The release that the observation names as current, as the store knows it.
    pub current: Option<&'a Release>,
    pub observed: &'a Observation,
    pub capabilities: &'a Capabilities,
    /// What the target says of how it would run this.
    pub advice: Vec<String>,
    pub strategy: &'a Strategy,
    /// What the watch reads its numbers from; `None`: nothing counts there.
    pub metrics: Option<String>,
    /// And whether that knows how long answers take.
    pub latency: bool,
    /// Names of the objectives that the release's own numbers are held against, and why others are not.
    pub promises: Vec<String>,
    pub unmeasured: Vec<String>,
    /// The incident that it is meant to end.
    pub fixes: Option<IncidentId>,
    pub gates: Vec<Gate>,
    /// Roll out afresh although nothing changed.
    pub again: bool,
}

/// One line of the difference.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize)]
pub struct Change {
    /// `+` added, `-` removed, `~` changed.
    pub sign: char,
    /// `build`, `env LOG_LEVEL`, `instances web`.
    pub what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// What a deployment would do.
#[derive(Clone, Debug, PartialEq, schemars::JsonSchema, Serialize)]
pub struct Plan {
    pub service: ServiceName,
    pub env: EnvName,
    pub target: String,
    pub operation: Operation,
    pub build: BuildId,
    /// The artifact is there already.
    pub build_cached: bool,
    pub source: Source,
    /// The release's number where it exists; a new one otherwise.
    pub release: Option<ReleaseNo>,
    pub identity: String,
    /// What serves now.
    pub previous: Option<ReleaseNo>,
    /// Nothing is to be done.
    pub unchanged: bool,
    /// Instances that run the release already are replaced too.
    pub again: bool,
    pub changes: Vec<Change>,
    /// Names of the steps, in order.
    pub steps: Vec<&'static str>,
    pub strategy: StrategyKind,
    /// What runs the new release, one after the other; empty where nothing is to be done.
    pub stages: Vec<StagePlan>,
    /// What a watched release is judged by; `null` where it is not watched.
    pub watch: Option<WatchPlan>,
    /// Instances to start, by process.
    pub start: BTreeMap<String, u32>,
    /// Instances to stop once traffic has moved.
    pub stop: Vec<String>,
    pub gates: Vec<Gate>,
    pub capabilities: Capabilities,
    /// What a reader should know: holding requests, missing health, what the target cannot do.
    pub notes: Vec<String>,
    /// Hash over all of the above but the gates; an `apply` of another world is refused.
    pub hash: String,
}

/// One stage of a rollout.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize)]
pub struct StagePlan {
    /// In words: `2 of 6 web with 25% of the traffic`, `everything`.
    pub what: String,
    /// How long it is watched.
    pub watch: Span,
}

/// What a watched release is judged by.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize)]
pub struct WatchPlan {
    /// What the numbers come from; `null`: none are looked at, only whether it stays up.
    pub source: Option<String>,
    /// `errors`, `latency p99`, `objective NAME`.
    pub measures: Vec<String>,
    /// Requests below which nothing is concluded.
    pub min_requests: u64,
    /// What follows where nothing can be.
    pub inconclusive: Inconclusive,
    /// The longest that all stages are watched together.
    pub at_most: Span,
}

impl Plan {
    /// The gates that stand in the way.
    pub fn refusals(&self) -> impl Iterator<Item = &Gate> {
        self.gates
            .iter()
            .filter(|gate| matches!(gate.verdict, Verdict::Refuse | Verdict::Unknown))
    }
}

/// The identity of a release: what runs and how, in one hash. Commit, actor and time are not part of it.
pub fn identity(build: &BuildId, env: &EnvName, spec: &Spec) -> String {
    let canonical = serde_json::json!({ "build": build, "env": env, "spec": spec });
    blake3::hash(canonical.to_string().as_bytes()).to_hex()[..32].to_owned()
}

/// Makes the plan.
pub fn plan(inputs: Inputs<'_>) -> Plan {
    let release = inputs.existing.map(|release| release.number);
    let unchanged = !inputs.again
        && undisturbed(inputs.observed)
        && release.is_some_and(|number| fully_runs(inputs.observed, number, inputs.spec));
    let start: BTreeMap<String, u32> = inputs
        .spec
        .processes
        .iter()
        .map(|process| (process.name.clone(), process.instances))
        .collect();
    let mut plan = Plan {
        service: inputs.service.clone(),
        env: inputs.env.clone(),
        target: inputs.target.to_owned(),
        operation: inputs.operation,
        build: inputs.build.clone(),
        build_cached: inputs.build_cached,
        source: inputs.source.clone(),
        release,
        identity: inputs.identity.to_owned(),
        previous: inputs.observed.current,
        unchanged,
        again: inputs.again,
        changes: changes(&inputs),
        steps: if unchanged { Vec::new() } else { steps(&inputs) },
        start: if unchanged { BTreeMap::new() } else { start },
        stop: if unchanged {
            Vec::new()
        } else {
            // What drains goes by itself.
            let there = inputs.observed.instances.iter();
            let stays = there.filter(|one| one.state != InstanceState::Draining);
            stays.map(|one| one.id.clone()).collect()
        },
        strategy: inputs.strategy.kind,
        stages: if unchanged { Vec::new() } else { stages(&inputs) },
        watch: bakes(&inputs).then(|| watch(&inputs)).filter(|_| !unchanged),
        notes: notes(&inputs),
        gates: inputs.gates,
        capabilities: inputs.capabilities.clone(),
        hash: String::new(),
    };
    plan.hash = hash(&plan);
    plan
}

/// Whether every wanted instance was observed at `number` and healthy, and nothing else runs.
pub fn fully_runs(observed: &Observation, number: ReleaseNo, spec: &Spec) -> bool {
    let counts = spec.processes.iter().all(|process| {
        let running = observed.instances.iter().filter(|one| {
            one.process == process.name
                && one.release == number
                && matches!(one.state, InstanceState::Healthy | InstanceState::Waiting)
        });
        match observed.scaled.get(&process.name) {
            // Something else decides how many, and keeps at least so many.
            Some(least) => running.count() >= *least as usize,
            None => running.count() == process.instances as usize,
        }
    });
    let strangers = observed
        .instances
        .iter()
        .any(|one| one.release != number && !matches!(one.state, InstanceState::Exited | InstanceState::Draining));
    counts && !strangers && (observed.current == Some(number))
}

/// Whether nobody else had a hand in it, and requests come through as far as the engine says: labels that say which release
/// runs outlive a change of what runs.
fn undisturbed(observed: &Observation) -> bool {
    observed.foreign.is_none() && observed.reverted.is_none() && observed.unreached.is_none()
}

/// What the engine says of it that is no difference between releases.
fn disturbances(observed: &Observation) -> impl Iterator<Item = String> {
    let foreign = observed.foreign.iter();
    let foreign =
        foreign.map(|what| format!("somebody else changed the service, and a deployment stops at that: {what}"));
    let reverted = observed.reverted.iter();
    let reverted = reverted.map(|how| format!("the engine went back by itself: {how}"));
    let unreached = observed.unreached.iter();
    let unreached = unreached.map(|why| format!("requests do not come through: {why}"));
    foreign.chain(reverted).chain(unreached)
}

fn steps(inputs: &Inputs<'_>) -> Vec<&'static str> {
    let mut steps = Vec::new();
    if inputs.operation == Operation::Deploy {
        steps.push("build");
    }
    steps.push("prepare");
    if inputs.operation == Operation::Deploy && inputs.spec.release_step.is_some() {
        steps.push("release");
    }
    let recreates = inputs.strategy.kind == StrategyKind::Recreate
        && !inputs.capabilities.in_place
        && inputs.spec.listen.is_none()
        && inputs.observed.current.is_some();
    if recreates {
        steps.extend(["hold", "drain"]);
    }
    match inputs.capabilities.in_place {
        true => steps.extend(["replace", "health"]),
        false => steps.extend(["start", "health", "switch"]),
    }
    if bakes(inputs) {
        steps.push("bake");
    }
    if !inputs.capabilities.in_place && !recreates && !inputs.observed.instances.is_empty() {
        steps.push("drain");
    }
    steps.push("observe");
    steps
}

/// Whether there is somebody to go back to while the new release is watched. One that had to make room is gone.
fn bakes(inputs: &Inputs<'_>) -> bool {
    let other = inputs.observed.current.is_some() && !again(inputs);
    inputs.strategy.bake > Span::ZERO && other && inputs.spec.listen.is_none()
}

/// The release that runs, rolled out afresh.
fn again(inputs: &Inputs<'_>) -> bool {
    let release = inputs.existing.map(|release| release.number);
    release.is_some() && release == inputs.observed.current
}

/// The stages as they will be gone through.
fn stages(inputs: &Inputs<'_>) -> Vec<StagePlan> {
    let first = inputs.observed.current.is_none() || inputs.spec.listen.is_some();
    let spec = stage::at_size(inputs.spec, inputs.observed);
    let stages = stage::stages(inputs.strategy, &spec, inputs.capabilities, first, again(inputs));
    let watched = bakes(inputs);
    stages
        .iter()
        .map(|one| StagePlan {
            what: stage::describe(one, &spec),
            watch: if watched {
                stage::watch(inputs.strategy, one)
            } else {
                Span::ZERO
            },
        })
        .collect()
}

fn watch(inputs: &Inputs<'_>) -> WatchPlan {
    let analysis = &inputs.strategy.analysis;
    let source = inputs.metrics.clone().filter(|_| inputs.fixes.is_none());
    let mut measures = Vec::new();
    if source.is_some() {
        measures.push("errors".to_owned());
        measures.extend(inputs.latency.then(|| "latency p99".to_owned()));
        measures.extend(inputs.promises.iter().map(|name| format!("objective {name}")));
    }
    let longest = stages(inputs)
        .iter()
        .filter(|stage| stage.watch > Span::ZERO)
        .map(|stage| stage.watch.as_millis().saturating_add(analysis.patience.as_millis()))
        .fold(0u64, u64::saturating_add);
    WatchPlan {
        source,
        measures,
        min_requests: analysis.min_requests,
        inconclusive: analysis.inconclusive,
        at_most: Span::from_millis(longest),
    }
}

fn notes(inputs: &Inputs<'_>) -> Vec<String> {
    let mut notes = inputs.advice.clone();
    notes.extend(disturbances(inputs.observed));
    notes.extend(short_of(inputs));
    let spec = inputs.spec;
    if let Some(port) = spec.listen {
        notes.push(if inputs.capabilities.holds_requests {
            format!("the app insists on port {port}: one instance at a time, requests are held while it is replaced")
        } else {
            format!("the app insists on port {port}, and target `{}` cannot hold requests: expect errors while it is replaced", inputs.target)
        });
    }
    if spec.web().is_some() && spec.health.probe.is_none() {
        notes.push("no health path: an instance counts as healthy when it keeps running".into());
    }
    if let Some(step) = &spec.release_step
        && !step.previous_still_works
        && inputs.operation == Operation::Deploy
    {
        notes.push("the release step breaks the previous release: rolling back past it will be refused".into());
    }
    if inputs.observed.current.is_some() && inputs.strategy.kind == StrategyKind::Recreate && spec.listen.is_none() {
        notes.push(match inputs.capabilities.holds_requests {
            true => "the old instances go before the new ones start; requests wait meanwhile, for 15 s at most".into(),
            false => "the old instances go before the new ones start: requests fail meanwhile".to_owned(),
        });
    }
    if bakes(inputs) {
        notes.extend(watch_notes(inputs));
    }
    if inputs.source.dirty && inputs.operation == Operation::Deploy {
        notes.push("the working copy has uncommitted changes; they are part of this build".into());
    }
    notes
}

/// What a reader should know of the watch: what it cannot see, and what follows from seeing nothing.
fn watch_notes(inputs: &Inputs<'_>) -> Vec<String> {
    if let Some(incident) = inputs.fixes {
        let all = "neither compared with the old one nor held against objectives, and no new hold or incident stops it";
        return vec![format!(
            "to fix {incident}, the new release is only watched for staying up: {all}"
        )];
    }
    if inputs.metrics.is_none() {
        return vec![format!(
            "target `{}` counts no requests, and no `[environment.{}.metrics]` is set: the watch only sees whether \
             instances stay up",
            inputs.target, inputs.env
        )];
    }
    let mut notes = inputs.unmeasured.clone();
    let analysis = &inputs.strategy.analysis;
    if analysis.inconclusive == Inconclusive::Proceed {
        notes.push(format!(
            "with fewer than {} requests nothing can be concluded, and it goes on; `analysis = {{ inconclusive = \
             \"roll-back\" }}` would go back",
            analysis.min_requests
        ));
    }
    notes
}

/// What the strategy asks for and the target cannot do, and what is done instead.
fn short_of(inputs: &Inputs<'_>) -> Option<String> {
    inputs.observed.current?;
    let (target, able) = (inputs.target, inputs.capabilities);
    match inputs.strategy.kind {
        StrategyKind::Canary if !able.portions => Some(format!(
            "target `{target}` cannot run two releases side by side under traffic: the canary is everything at once"
        )),
        StrategyKind::Canary if !able.weights => Some(format!(
            "target `{target}` has no traffic weights here: a canary takes the share that its instances are of all"
        )),
        StrategyKind::BlueGreen if !able.beside => Some(format!(
            "target `{target}` cannot hold new instances back: each takes traffic as soon as it is healthy"
        )),
        _ => None,
    }
}

/// What only the target is told, each key as one text.
fn options(spec: &Spec) -> BTreeMap<String, String> {
    let table = spec.options.as_object().into_iter().flatten();
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    table.map(|(key, value)| (key.clone(), text(value))).collect()
}

/// The semantic difference to what runs: only what a reader would call a change, secrets by name only.
fn changes(inputs: &Inputs<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    let Some(current) = inputs.current else {
        return vec![Change {
            sign: '+',
            what: "build".into(),
            from: None,
            to: Some(describe_build(inputs.build, inputs.source)),
        }];
    };
    change(
        &mut changes,
        "build",
        Some(describe_build(&current.build, &current.source)),
        Some(describe_build(inputs.build, inputs.source)),
    );
    let (old, new) = (&current.spec, inputs.spec);
    maps(&mut changes, "env", &old.env, &new.env);
    let references = |spec: &Spec| -> BTreeMap<String, String> {
        spec.secrets
            .iter()
            .map(|(name, reference)| (name.clone(), reference.to_string()))
            .collect()
    };
    maps(&mut changes, "secret", &references(old), &references(new));
    maps(&mut changes, "option", &options(old), &options(new));
    for (name, version) in &new.secret_versions {
        if old.secret_versions.get(name).is_some_and(|before| before != version) {
            change(
                &mut changes,
                &format!("secret {name}"),
                Some("old value".into()),
                Some("new value".into()),
            );
        }
    }
    let counts = |spec: &Spec| -> BTreeMap<String, String> {
        spec.processes
            .iter()
            .map(|process| (process.name.clone(), process.instances.to_string()))
            .collect()
    };
    maps(&mut changes, "instances", &counts(old), &counts(new));
    let work = |spec: &Spec| -> BTreeMap<String, String> {
        spec.processes
            .iter()
            .map(|process| (process.name.clone(), describe_work(process)))
            .collect()
    };
    for (name, to) in work(new) {
        if let Some(from) = work(old).get(&name) {
            change(&mut changes, &format!("process {name}"), Some(from.clone()), Some(to));
        }
    }
    let optional = |port: Option<u16>| port.map(|port| port.to_string());
    change(&mut changes, "port", optional(old.port), optional(new.port));
    change(&mut changes, "listen", optional(old.listen), optional(new.listen));
    change(
        &mut changes,
        "health",
        Some(describe_json(&old.health)),
        Some(describe_json(&new.health)),
    );
    change(
        &mut changes,
        "drain",
        Some(old.drain.to_string()),
        Some(new.drain.to_string()),
    );
    change(
        &mut changes,
        "grace",
        Some(old.grace.to_string()),
        Some(new.grace.to_string()),
    );
    change(
        &mut changes,
        "volumes",
        Some(old.volumes.join(", ")),
        Some(new.volumes.join(", ")),
    );
    let step = |spec: &Spec| spec.release_step.as_ref().map(|step| step.command.to_string());
    change(&mut changes, "release step", step(old), step(new));
    changes
}

fn describe_build(build: &BuildId, source: &Source) -> String {
    let commit = source.commit.as_deref().map(|commit| &commit[..commit.len().min(7)]);
    match (commit, source.dirty) {
        (Some(commit), true) => format!("{build} ({commit} + uncommitted changes)"),
        (Some(commit), false) => format!("{build} ({commit})"),
        (None, _) => build.to_string(),
    }
}

fn describe_work(process: &crate::model::spec::Process) -> String {
    let work = match &process.work {
        crate::model::spec::Work::Command(command) => command.to_string(),
        crate::model::spec::Work::Static(folder) => format!("files of {folder}/"),
        crate::model::spec::Work::Image => "what the image runs".into(),
    };
    match &process.role {
        Role::Schedule(cron) => format!("{work} at `{cron}`"),
        Role::Web | Role::Worker => work,
    }
}

fn describe_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn maps(changes: &mut Vec<Change>, what: &str, old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) {
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        change(
            changes,
            &format!("{what} {name}"),
            old.get(name).cloned(),
            new.get(name).cloned(),
        );
    }
}

fn change(changes: &mut Vec<Change>, what: &str, from: Option<String>, to: Option<String>) {
    let sign = match (&from, &to) {
        (a, b) if a == b => return,
        (None, _) => '+',
        (_, None) => '-',
        _ => '~',
    };
    changes.push(Change {
        sign,
        what: what.to_owned(),
        from,
        to,
    });
}

fn hash(plan: &Plan) -> String {
    let mut value = serde_json::to_value(plan).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.remove("gates");
        fields.remove("hash");
    }
    blake3::hash(value.to_string().as_bytes()).to_hex()[..16].to_owned()
}
