//! When instances count as healthy, and when they never will: a pure function of what was observed.

use std::collections::BTreeMap;

use crate::model::observed::{Instance, InstanceState, Observation};
use crate::model::spec::{Health, Spec};
use crate::model::{ReleaseNo, Span};
use crate::ports::target::{RELEASE_STEP, Stage, Traffic};

/// An instance that listens, but not where it was told to, gets this long to change its mind before it is called an app that
/// ignores `PORT`. Longer than the start of most apps, shorter than the patience of most people.
const IGNORES_PORT_AFTER: Span = Span::from_secs(10);

/// This many changes between healthy and not are no start-up noise. A probe that fails every other time reaches it within
/// four probes.
const MAX_FLAPS: u32 = 3;

/// What a look at the new instances says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Not yet; the text says what is waited for.
    Waiting(String),
    /// Every instance has been healthy for the whole stable time.
    Healthy,
    /// It will not get better.
    Failed(Failure),
}

/// Why a new release does not win.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub code: &'static str,
    /// The instance whose log tells more.
    pub instance: Option<String>,
    /// In words that follow "v4 did not become healthy:".
    pub reason: String,
    pub hint: Option<String>,
}

/// Judges the instances `wanted` of one release after `elapsed` since they were started.
pub fn judge(wanted: &[String], instances: &[Instance], spec: &Spec, elapsed: Span) -> Judgement {
    let mut waiting: Option<String> = None;
    for id in wanted {
        let Some(instance) = instances.iter().find(|one| one.id == *id) else {
            return failed("instance-gone", Some(id), format!("`{id}` is gone"), None);
        };
        match judge_one(instance, spec, elapsed) {
            Judgement::Failed(failure) => return Judgement::Failed(failure),
            Judgement::Waiting(what) => waiting = waiting.or(Some(what)),
            Judgement::Healthy => {}
        }
    }
    match waiting {
        None => Judgement::Healthy,
        // Healthy and then not, again and again: each time the stable time starts anew, and no state may wait for ever.
        Some(what) if elapsed.as_millis() > 2 * (spec.health.start.as_millis() + spec.health.stable.as_millis()) => {
            failed(
                "never-stable",
                None,
                format!("not stable within twice its start time: {what}"),
                None,
            )
        }
        Some(what) => Judgement::Waiting(what),
    }
}

fn judge_one(instance: &Instance, spec: &Spec, elapsed: Span) -> Judgement {
    let health = &spec.health;
    let id = Some(&instance.id);
    if instance.flaps > MAX_FLAPS {
        let reason = format!(
            "`{}` is flapping: its health changed {} times",
            instance.id, instance.flaps
        );
        return failed("flapping", id, reason, None);
    }
    match instance.state {
        InstanceState::Waiting => Judgement::Healthy,
        InstanceState::Exited | InstanceState::BackOff => {
            let exit = instance.exit.as_deref().unwrap_or("an unknown status");
            failed("crashed", id, format!("`{}` ended with {exit}", instance.id), None)
        }
        InstanceState::Healthy if instance.healthy_ms >= health.stable.as_millis() => Judgement::Healthy,
        InstanceState::Healthy => Judgement::Waiting(format!(
            "{} is healthy, and must stay so for {}",
            instance.id, health.stable
        )),
        InstanceState::Draining => failed(
            "instance-gone",
            id,
            format!("`{}` was stopped by somebody else", instance.id),
            None,
        ),
        InstanceState::Starting | InstanceState::Unhealthy => not_healthy(instance, spec, health, elapsed),
    }
}

fn not_healthy(instance: &Instance, spec: &Spec, health: &Health, elapsed: Span) -> Judgement {
    let probe = instance.probe.as_deref().unwrap_or("no answer yet");
    if ignores_port(instance, spec) && elapsed >= IGNORES_PORT_AFTER.min(health.start) {
        let port = instance.listens_on[0];
        return failed(
            "ignores-port",
            Some(&instance.id),
            format!("`{}` listens on port {port} instead of $PORT", instance.id),
            Some(format!(
                "make the app read PORT, pass it with `--port $PORT` in `[run] command`, or write `listen = {port}` under [run]"
            )),
        );
    }
    if elapsed.as_millis() > health.start.as_millis() + health.stable.as_millis() {
        return failed(
            "never-healthy",
            Some(&instance.id),
            format!("`{}` was not healthy within {}: {probe}", instance.id, health.start),
            Some("look at the health path with `deliver config explain run.health`, or allow more time with `health = { start = \"2m\" }`".into()),
        );
    }
    Judgement::Waiting(format!("{}: {probe}", instance.id))
}

fn ignores_port(instance: &Instance, spec: &Spec) -> bool {
    spec.listen.is_none() && instance.port.is_some() && !instance.listens_on.is_empty()
}

fn failed(code: &'static str, instance: Option<&String>, reason: String, hint: Option<String>) -> Judgement {
    Judgement::Failed(Failure {
        code,
        instance: instance.cloned(),
        reason,
        hint,
    })
}

/// How far a stage of an in-place rollout is.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    There,
    /// `healthy` counts those that became healthy, for the deadline that their number moves. `left` are old ones, where nothing
    /// else is waited for.
    Waiting {
        healthy: usize,
        left: usize,
        what: String,
    },
    Failed(Failure),
}

/// Judges a stage by the instances of its release, `own`. Where it is everything, nothing else may run any more.
pub fn progress(own: &[&Instance], observed: &Observation, stage: &Stage, spec: &Spec) -> Progress {
    for one in own.iter().filter(|one| one.state != InstanceState::Draining) {
        // Time is the fleet's matter here, not the single instance's.
        if let Judgement::Failed(failure) = judge_one(one, spec, Span::ZERO) {
            return Progress::Failed(failure);
        }
    }
    let mut wanting = Vec::new();
    let mut healthy = 0;
    for (process, count) in &stage.instances {
        let of = own.iter().filter(|one| one.process == *process);
        let up = of.clone().filter(|one| one.state == InstanceState::Healthy);
        healthy += up.clone().count();
        let stable = up.filter(|one| one.healthy_ms >= spec.health.stable.as_millis());
        if stable.count() < *count as usize {
            wanting.push((process, *count));
        }
    }
    // One that drains takes no new requests, and its engine ends it in its own time.
    let others = observed
        .instances
        .iter()
        .filter(|one| !own.iter().any(|mine| mine.id == one.id))
        .filter(|one| !matches!(one.state, InstanceState::Exited | InstanceState::Draining))
        .filter(|one| one.process != RELEASE_STEP);
    let left = match stage.traffic {
        Traffic::All => others.count(),
        _ => 0,
    };
    if wanting.is_empty() && left == 0 {
        return match observed.unreached.clone().filter(|_| stage.traffic != Traffic::Held) {
            Some(what) => Progress::Waiting { healthy, left, what },
            None => Progress::There,
        };
    }
    Progress::Waiting {
        healthy,
        left: if wanting.is_empty() { left } else { 0 },
        what: waiting_for(own, &wanting, left),
    }
}

/// What a stage waits for, in words that do not change with each look.
fn waiting_for(own: &[&Instance], wanting: &[(&String, u32)], left: usize) -> String {
    let mut parts: Vec<String> = wanting
        .iter()
        .map(|(process, count)| {
            let up = own
                .iter()
                .filter(|one| one.process == **process && one.state == InstanceState::Healthy);
            format!("{} of {count} {process} healthy", up.count())
        })
        .collect();
    if wanting.is_empty() && left > 0 {
        parts.push(format!("{left} old left"));
    }
    let reason = own
        .iter()
        .filter(|one| one.state != InstanceState::Healthy)
        .find_map(|one| Some(format!("{}: {}", one.id, one.probe.as_deref()?)));
    parts.extend(reason);
    parts.join("; ")
}

/// Whether every process was observed with so many healthy instances at the release, and nothing else runs.
pub fn runs_in_full(observed: &Observation, release: ReleaseNo, all: &BTreeMap<String, u32>) -> bool {
    let enough = all
        .iter()
        .all(|(process, count)| healthy_at(observed, release, process) >= *count as usize);
    let strangers = observed
        .instances
        .iter()
        .any(|one| one.release != release && !matches!(one.state, InstanceState::Exited | InstanceState::Draining));
    enough && !strangers && (all.is_empty() || observed.current == Some(release))
}

/// What keeps [`runs_in_full`] from being true.
pub fn missing(observed: &Observation, release: ReleaseNo, all: &BTreeMap<String, u32>) -> String {
    let short = all
        .iter()
        .find(|(process, count)| healthy_at(observed, release, process) < **count as usize);
    match short {
        Some((process, count)) => {
            let healthy = healthy_at(observed, release, process);
            format!("{healthy} of {count} {process} were healthy")
        }
        None => "instances of another release ran".into(),
    }
}

fn healthy_at(observed: &Observation, release: ReleaseNo, process: &str) -> usize {
    let at = observed
        .instances
        .iter()
        .filter(|one| one.release == release && one.process == process);
    at.filter(|one| matches!(one.state, InstanceState::Healthy | InstanceState::Waiting))
        .count()
}

/// Instances of an observation that a release was *observed* to run in full: success means nothing less.
pub fn serves_in_full(instances: &[Instance], wanted: &[String], release: ReleaseNo) -> bool {
    wanted.iter().all(|id| {
        instances.iter().any(|one| {
            one.id == *id
                && one.release == release
                && matches!(one.state, InstanceState::Healthy | InstanceState::Waiting)
        })
    })
}
