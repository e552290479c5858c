//! From tasks to instances: what is there, what is on its way, and how what is gone ended.

use std::collections::BTreeMap;

use bollard::models::{Service, Task, TaskState};
use jiff::Timestamp;

use super::step::NO_SIGN;
use super::{Aside, deployment_of, label, own_port, reason, release_of, state_of, task_index, wanted};
use crate::adapters::docker::connect::plain;
use crate::adapters::swarm::names;
use crate::model::observed::{Instance, InstanceState};
use crate::model::{DeploymentId, ReleaseNo};

/// Letters of a task's id that are part of its instance's.
const TASK_LETTERS: usize = 12;

/// What engines say of a port of the node that cannot be had.
const PORT_TAKEN: [&str; 2] = ["port is already allocated", "address already in use"];

pub fn instances_of(service: &Service, tasks: &[&Task], aside: &Aside<'_>) -> Vec<Instance> {
    let mark: u64 = label(service, names::MARK)
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    let mut found = Vec::new();
    let mut ended: BTreeMap<i64, &Task> = BTreeMap::new();
    let mut restarts: BTreeMap<i64, u32> = BTreeMap::new();
    for task in tasks.iter().copied() {
        let slot = task.slot.unwrap_or(0);
        let by_itself = matches!(
            state_of(task),
            TaskState::FAILED | TaskState::COMPLETE | TaskState::REJECTED | TaskState::ORPHANED
        );
        if by_itself && task_index(task) > mark {
            *restarts.entry(slot).or_default() += 1;
            let newest = ended.entry(slot).or_insert(task);
            if task_index(newest) < task_index(task) {
                *newest = task;
            }
        } else if let Some(instance) = alive(service, task, aside) {
            found.push(instance);
        }
    }
    for one in &mut found {
        let slot = slot_of(&one.id);
        one.restarts = slot.and_then(|slot| restarts.get(&slot).copied()).unwrap_or(0);
    }
    for (slot, task) in ended {
        let recovered = found
            .iter()
            .any(|one| slot_of(&one.id) == Some(slot) && one.state == InstanceState::Healthy);
        // One that was refused at first and came up in the end has no news for anybody.
        if !(recovered && engines_doing(task)) {
            found.extend(gone(service, task, aside));
        }
    }
    found
}

fn slot_of(id: &str) -> Option<i64> {
    id.rsplit('.').nth(1)?.parse().ok()
}

/// A task that is there, or on its way; `None` for what is history.
fn alive(service: &Service, task: &Task, aside: &Aside<'_>) -> Option<Instance> {
    let mut instance = blank(service, task, aside)?;
    let state = state_of(task);
    if !wanted(task) {
        if state != TaskState::RUNNING {
            return None;
        }
        instance.state = InstanceState::Draining;
        return Some(instance);
    }
    if state != TaskState::RUNNING {
        instance.probe = Some(reason(task).unwrap_or_else(|| on_its_way(state).into()));
        return Some(instance);
    }
    instance.routed = true;
    instance.port = own_port(task);
    match other_image(service, task) {
        Some(image) => {
            instance.state = InstanceState::Unhealthy;
            instance.probe = Some(format!("runs the image {image}, which is not what it should"));
        }
        None => {
            let pulse = (aside.pulse)(task);
            instance.flaps = pulse.flaps;
            instance.healthy_ms = pulse.healthy_ms;
            instance.state = match (&pulse.why_not, pulse.flaps) {
                (None, _) => InstanceState::Healthy,
                (Some(_), 0) => InstanceState::Starting,
                (Some(_), _) => InstanceState::Unhealthy,
            };
            instance.probe = pulse.why_not;
        }
    }
    Some(instance)
}

fn on_its_way(state: TaskState) -> &'static str {
    match state {
        TaskState::NEW | TaskState::PENDING | TaskState::ALLOCATED => "waits for a node",
        TaskState::ASSIGNED | TaskState::ACCEPTED | TaskState::PREPARING => "its image is being fetched",
        TaskState::READY => "waits to be started",
        _ => "its health check has not passed yet",
    }
}

/// The image that a task runs, where its release is to run another.
fn other_image(service: &Service, task: &Task) -> Option<String> {
    let container = |spec: &Option<bollard::models::TaskSpec>| -> Option<String> {
        spec.as_ref()?.container_spec.as_ref()?.image.clone()
    };
    let meant = container(&service.spec.as_ref()?.task_template)?;
    let runs = container(&task.spec)?;
    let same = release_of(task).map(|release| release.to_string()) == label(service, names::RELEASE);
    (same && meant != runs).then(|| plain(&runs))
}

/// What an engine says of a container that it no longer knows, and of one that it could not start at this very moment, as
/// while another process of its machine has a mount of it: the words of Linux for EBUSY and EAGAIN.
const OF_THE_ENGINE: [&str; 3] = [
    "No such container",
    "device or resource busy",
    "resource temporarily unavailable",
];

/// Whether a task ended by its engine's doing, and says nothing of the app: its node refused it or is gone, an engine that was
/// started again no longer knew its container, or had no way to start it just then.
fn engines_doing(task: &Task) -> bool {
    match state_of(task) {
        TaskState::REJECTED | TaskState::ORPHANED => true,
        TaskState::FAILED => reason(task).is_some_and(|said| OF_THE_ENGINE.iter().any(|words| said.contains(words))),
        _ => false,
    }
}

/// A task that ended by itself, or by its engine's doing: then its successor is on the way.
fn gone(service: &Service, task: &Task, aside: &Aside<'_>) -> Option<Instance> {
    let mut instance = blank(service, task, aside)?;
    if engines_doing(task) {
        instance.probe = Some(reason(task).unwrap_or_else(|| "its node refused it".into()));
        return Some(instance);
    }
    instance.state = InstanceState::Exited;
    instance.exit = Some(exit_of(task));
    Some(instance)
}

/// How a task ended, in words.
pub fn exit_of(task: &Task) -> String {
    let status = task.status.clone().unwrap_or_default();
    let code = status
        .container_status
        .and_then(|container| container.exit_code)
        .unwrap_or(0);
    let said = reason(task).unwrap_or_default();
    if said.contains("unhealthy") {
        return format!("{}: its health check kept failing", code_in_words(code));
    }
    match state_of(task) {
        TaskState::COMPLETE => "status 0".into(),
        TaskState::ORPHANED if said == NO_SIGN => said,
        TaskState::ORPHANED => "its node, which is gone".into(),
        _ if PORT_TAKEN.iter().any(|words| said.contains(words)) => {
            format!("no start at all, since something else on its node has its port; choose another `publish` ({said})")
        }
        // What the engine could not even start has no status of its own.
        _ if !said.is_empty() && !said.starts_with("task: non-zero exit") => said,
        _ => code_in_words(code),
    }
}

/// Shells and engines tell a signal by 128 and its number.
fn code_in_words(code: i64) -> String {
    let signal = i32::try_from(code - 128).ok().filter(|signal| *signal > 0);
    match signal.and_then(|signal| nix::sys::signal::Signal::try_from(signal).ok()) {
        Some(signal) => format!("signal {} ({})", signal as i32, signal.as_str()),
        None => format!("status {code}"),
    }
}

pub fn bare(service: &Service, release: ReleaseNo, since: Timestamp) -> Instance {
    let process = label(service, names::PROCESS).unwrap_or_else(|| names::WEB.into());
    let deployment = label(service, names::DEPLOYMENT).and_then(|text| text.parse().ok());
    Instance::starting("", process, release, deployment.unwrap_or(DeploymentId(0)), since)
}

/// `None` for a task that is none of ours: somebody took the labels away.
pub fn blank(service: &Service, task: &Task, aside: &Aside<'_>) -> Option<Instance> {
    let since = task
        .status
        .as_ref()
        .and_then(|status| status.timestamp.as_ref()?.parse().ok());
    let mut instance = bare(service, release_of(task)?, since.unwrap_or(aside.now));
    instance.id = id_of(service, task);
    instance.deployment = deployment_of(task).unwrap_or(instance.deployment);
    Some(instance)
}

/// `pricing-production.2.x1c9r2f0d7k3`: the service, the slot, the task.
pub fn id_of(service: &Service, task: &Task) -> String {
    let name = service
        .spec
        .as_ref()
        .and_then(|spec| spec.name.as_deref())
        .unwrap_or_default();
    let task_id = task.id.as_deref().unwrap_or_default();
    let short: String = task_id.chars().take(TASK_LETTERS).collect();
    format!("{name}.{}.{short}", task.slot.unwrap_or(0))
}
