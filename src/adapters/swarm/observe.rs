//! From a swarm's services and tasks to instances: a pure function of what the engine answered.

use std::collections::BTreeMap;

use bollard::models::{Service, ServiceUpdateStatusStateEnum, Task, TaskState};
use jiff::{SignedDuration, Timestamp};

use super::{foreign, names};
use crate::adapters::docker::connect::plain;
use crate::model::observed::{Instance, InstanceState, Killed, Observation};
use crate::model::{DeploymentId, EnvName, ReleaseNo, ServiceName};
use crate::ports::target::RELEASE_STEP;

/// Letters of a task's id that are part of its instance's.
const TASK_LETTERS: usize = 12;

/// A release step that no node would take by then will find none: its own time limit is for its work. A cluster that grows
/// when it is full takes about so long.
const PLACED_WITHIN: SignedDuration = SignedDuration::from_secs(60);

/// How a process ends that SIGKILL ended: 128 and the signal's number.
const KILLED: i64 = 137;

/// How a release step ended whose node is down: nobody knows.
pub const NO_SIGN: &str = "no sign of how: its node is down, and may run it still";

/// What is known beside the engine's answer.
pub struct Aside<'a> {
    pub fence: u64,
    /// What to take from the engine's time to get this machine's.
    pub skew: SignedDuration,
    pub url: Option<String>,
    /// How a task does that runs.
    pub pulse: &'a dyn Fn(&Task) -> Pulse,
    /// The time at the engine, for what has no time of its own.
    pub now: Timestamp,
}

/// How a task does that runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pulse {
    /// How long it has been healthy.
    pub healthy_ms: u64,
    /// Changes between healthy and not.
    pub flaps: u32,
    /// It is not healthy, and this is why.
    pub why_not: Option<String>,
}

/// One of our labels on a service.
pub fn label(service: &Service, name: &str) -> Option<String> {
    service.spec.as_ref()?.labels.as_ref()?.get(name).cloned()
}

/// The fence that a service has seen.
pub fn fence(service: &Service) -> u64 {
    label(service, names::FENCE)
        .and_then(|text| text.parse().ok())
        .unwrap_or(0)
}

pub fn index(service: &Service) -> u64 {
    service.version.as_ref().and_then(|version| version.index).unwrap_or(0)
}

/// One of our labels on a task's container.
pub fn task_label<'t>(task: &'t Task, name: &str) -> Option<&'t str> {
    let container = task.spec.as_ref()?.container_spec.as_ref()?;
    container.labels.as_ref()?.get(name).map(String::as_str)
}

pub fn release_of(task: &Task) -> Option<ReleaseNo> {
    task_label(task, names::RELEASE)?.parse().ok()
}

pub fn deployment_of(task: &Task) -> Option<DeploymentId> {
    task_label(task, names::DEPLOYMENT)?.parse().ok()
}

pub fn state_of(task: &Task) -> TaskState {
    let state = task.status.as_ref().and_then(|status| status.state);
    state.unwrap_or(TaskState::NEW)
}

/// Whether the engine means a task to run.
pub fn wanted(task: &Task) -> bool {
    use TaskState::{COMPLETE, FAILED, ORPHANED, REJECTED, REMOVE, SHUTDOWN};
    let ends = [COMPLETE, FAILED, ORPHANED, REJECTED, REMOVE, SHUTDOWN];
    !task.desired_state.is_some_and(|desired| ends.contains(&desired)) && !ends.contains(&state_of(task))
}

/// Whether a task runs, and is to go on.
pub fn runs(task: &Task) -> bool {
    wanted(task) && state_of(task) == TaskState::RUNNING
}

/// The port of its node at which one task alone is reached.
pub fn own_port(task: &Task) -> Option<u16> {
    let ports = task.status.as_ref()?.port_status.as_ref()?.ports.as_ref()?;
    u16::try_from(ports.first()?.published_port?).ok()
}

/// Why a task is where it is, in the engine's words.
pub fn reason(task: &Task) -> Option<String> {
    let err = task.status.as_ref()?.err.as_deref()?;
    Some(plain(err)).filter(|text| !text.is_empty())
}

pub fn task_index(task: &Task) -> u64 {
    task.version.as_ref().and_then(|version| version.index).unwrap_or(0)
}

/// The observation of one service in one environment.
pub fn observation(
    service: &ServiceName,
    env: &EnvName,
    services: &[Service],
    tasks: &[Task],
    aside: &Aside<'_>,
) -> Observation {
    let mut instances: Vec<Instance> = Vec::new();
    for one in services {
        let own = tasks
            .iter()
            .filter(|task| task.service_id.is_some() && task.service_id == one.id);
        let own: Vec<&Task> = own.collect();
        match label(one, names::INSTANCE) {
            Some(id) => instances.extend(release_step(&id, one, &own, aside)),
            None => instances.extend(instances_of(one, &own, aside)),
        }
    }
    instances.sort_by(|a, b| a.id.cmp(&b.id));
    let fences = services.iter().map(fence);
    let changed = services
        .iter()
        .filter(|one| label(one, names::INSTANCE).is_none())
        .find_map(|one| {
            let spec = one.spec.as_ref()?;
            foreign::change(
                spec.name.as_deref().unwrap_or_default(),
                label(one, names::WROTE).as_ref(),
                spec,
            )
        });
    Observation {
        current: most_run(&instances),
        fence: fences.chain([aside.fence]).max().unwrap_or(0),
        url: aside.url.clone(),
        foreign: changed,
        reverted: services.iter().find_map(reverted),
        killed: killed(services, tasks, aside.skew),
        instances,
        ..Observation::nothing(service, env)
    }
}

/// What was told to end, and ended by SIGKILL only: the engine sends it when the grace is over.
fn killed(services: &[Service], tasks: &[Task], skew: SignedDuration) -> Vec<Killed> {
    let service_of = |task: &Task| {
        services
            .iter()
            .find(|one| one.id.is_some() && one.id == task.service_id)
    };
    let killed = |task: &&Task| {
        let container = task.status.as_ref().and_then(|status| status.container_status.as_ref());
        state_of(task) == TaskState::SHUTDOWN && container.and_then(|one| one.exit_code) == Some(KILLED)
    };
    let described = |task: &Task| {
        let at: Timestamp = task.status.as_ref()?.timestamp.as_ref()?.parse().ok()?;
        Some(Killed {
            id: id_of(service_of(task)?, task),
            at: at.checked_sub(skew).ok()?,
        })
    };
    tasks.iter().filter(killed).filter_map(described).collect()
}

/// An engine's own rollback, in its own words.
fn reverted(service: &Service) -> Option<String> {
    use ServiceUpdateStatusStateEnum::{ROLLBACK_COMPLETED, ROLLBACK_PAUSED, ROLLBACK_STARTED};
    let status = service.update_status.as_ref()?;
    let words = match status.state? {
        ROLLBACK_STARTED => "rollback started",
        ROLLBACK_PAUSED => "rollback paused",
        ROLLBACK_COMPLETED => "rollback completed",
        _ => return None,
    };
    let name = service
        .spec
        .as_ref()
        .and_then(|spec| spec.name.as_deref())
        .unwrap_or_default();
    let said = status.message.as_deref().map(plain).filter(|text| !text.is_empty());
    Some(match said {
        Some(said) => format!("`{name}`: {words} ({said})"),
        None => format!("`{name}`: {words}"),
    })
}

/// The release that most instances of the web process run, or of all where there is none; the older in a tie.
fn most_run(instances: &[Instance]) -> Option<ReleaseNo> {
    let there = |one: &&Instance| {
        !matches!(one.state, InstanceState::Exited | InstanceState::Draining) && one.process != RELEASE_STEP
    };
    let has_web = instances.iter().filter(there).any(|one| one.process == names::WEB);
    let mut counts: BTreeMap<ReleaseNo, usize> = BTreeMap::new();
    for one in instances.iter().filter(there) {
        if !has_web || one.process == names::WEB {
            *counts.entry(one.release).or_default() += 1;
        }
    }
    let most = counts
        .iter()
        .max_by_key(|(release, count)| (**count, std::cmp::Reverse(**release)));
    most.map(|(release, _)| *release)
}

fn instances_of(service: &Service, tasks: &[&Task], aside: &Aside<'_>) -> Vec<Instance> {
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

/// Whether a task ended by its engine's doing, and says nothing of the app: its node refused it or is gone, or an engine that
/// was started again no longer knew its container.
fn engines_doing(task: &Task) -> bool {
    match state_of(task) {
        TaskState::REJECTED | TaskState::ORPHANED => true,
        TaskState::FAILED => reason(task).is_some_and(|said| said.contains("No such container")),
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

/// A release step is one task, which says how it ended.
fn release_step(id: &str, service: &Service, tasks: &[&Task], aside: &Aside<'_>) -> Option<Instance> {
    let newest = tasks.iter().max_by_key(|task| task_index(task));
    let Some(task) = newest else {
        // Accepted, and no task made yet.
        return Some(Instance {
            id: id.to_owned(),
            ..bare(service, label(service, names::RELEASE)?.parse().ok()?, aside.now)
        });
    };
    let mut instance = blank(service, task, aside)?;
    instance.id = id.to_owned();
    match state_of(task) {
        TaskState::FAILED | TaskState::COMPLETE | TaskState::REJECTED | TaskState::ORPHANED | TaskState::SHUTDOWN => {
            instance.state = InstanceState::Exited;
            instance.exit = Some(exit_of(task));
        }
        TaskState::RUNNING => instance.state = InstanceState::Healthy,
        _ => {
            instance.probe = reason(task);
            let waited = aside.now.duration_since(instance.since);
            if let Some(why) = reason(task).filter(|_| waited > PLACED_WITHIN) {
                instance.state = InstanceState::Exited;
                instance.exit = Some(format!("no start at all: {why}"));
            }
        }
    }
    Some(instance)
}

/// What engines say of a port of the node that cannot be had.
const PORT_TAKEN: [&str; 2] = ["port is already allocated", "address already in use"];

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

fn bare(service: &Service, release: ReleaseNo, since: Timestamp) -> Instance {
    let process = label(service, names::PROCESS).unwrap_or_else(|| names::WEB.into());
    let deployment = label(service, names::DEPLOYMENT).and_then(|text| text.parse().ok());
    Instance::starting("", process, release, deployment.unwrap_or(DeploymentId(0)), since)
}

/// `None` for a task that is none of ours: somebody took the labels away.
fn blank(service: &Service, task: &Task, aside: &Aside<'_>) -> Option<Instance> {
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn service(mark: u64) -> Service {
        serde_json::from_value(json!({
            "ID": "s1",
            "Version": { "Index": 90 },
            "Spec": {
                "Name": "shop-production",
                "Labels": { "deliver.service": "shop", "deliver.env": "production", "deliver.process": "web",
                            "deliver.release": "v2", "deliver.fence": "7", "deliver.mark": mark.to_string() },
                "TaskTemplate": { "ContainerSpec": { "Image": "shop@sha256:2" } },
            },
        }))
        .expect("a service")
    }

    fn task(slot: i64, index: u64, release: &str, state: &str, desired: &str, status: Value) -> Task {
        let mut value = json!({
            "ID": format!("task{index}task{index}"),
            "Version": { "Index": index },
            "ServiceID": "s1",
            "Slot": slot,
            "Spec": { "ContainerSpec": {
                "Image": format!("shop@sha256:{}", &release[1..]),
                "Labels": { "deliver.release": release, "deliver.deployment": "D-4" },
            } },
            "Status": { "State": state, "Timestamp": "2026-03-04T05:06:07.123456789Z" },
            "DesiredState": desired,
        });
        for (key, one) in status.as_object().into_iter().flatten() {
            value["Status"][key] = one.clone();
        }
        serde_json::from_value(value).expect("a task")
    }

    fn look(mark: u64, tasks: &[Task]) -> Observation {
        let aside = Aside {
            fence: 3,
            skew: SignedDuration::from_secs(7),
            url: None,
            pulse: &|_| Pulse {
                healthy_ms: 4_000,
                ..Pulse::default()
            },
            now: Timestamp::UNIX_EPOCH,
        };
        let (name, env) = ("shop".parse().expect("a name"), "production".parse().expect("a name"));
        observation(&name, &env, &[service(mark)], tasks, &aside)
    }

    fn words(observation: &Observation) -> Vec<String> {
        let line = |one: &Instance| {
            let more = one
                .exit
                .as_ref()
                .or(one.probe.as_ref())
                .map(|text| format!(" {text}"))
                .unwrap_or_default();
            format!("{} {} {}{more}", &one.id[16..17], one.release, one.state.as_str())
        };
        observation.instances.iter().map(line).collect()
    }

    #[test]
    fn a_rollout_under_way_is_told_slot_by_slot() {
        let tasks = [
            task(1, 20, "v1", "running", "running", json!({})),
            task(2, 21, "v1", "shutdown", "shutdown", json!({})),
            task(2, 61, "v2", "running", "running", json!({})),
            task(3, 62, "v1", "running", "shutdown", json!({})),
            task(
                3,
                63,
                "v2",
                "pending",
                "running",
                json!({ "Err": "no suitable node (1 node)" }),
            ),
            task(4, 22, "v1", "running", "running", json!({})),
        ];
        let seen = look(50, &tasks);
        assert_eq!(
            words(&seen),
            [
                "1 v1 healthy",
                "2 v2 healthy",
                "3 v1 draining",
                "3 v2 starting no suitable node (1 node)",
                "4 v1 healthy"
            ]
        );
        assert_eq!(
            (seen.current, seen.fence),
            (Some(ReleaseNo(1)), 7),
            "the older in a tie"
        );
        assert_eq!(
            (seen.instances[1].healthy_ms, seen.instances[1].deployment),
            (4_000, DeploymentId(4))
        );
    }

    #[test]
    fn only_what_ended_since_the_last_replacement_is_news() {
        let exit = |code: i64| json!({ "Err": format!("task: non-zero exit ({code})"), "ContainerStatus": { "ExitCode": code } });
        let tasks = [
            task(1, 40, "v2", "failed", "shutdown", exit(1)),
            task(1, 60, "v2", "failed", "shutdown", exit(3)),
            task(1, 70, "v2", "failed", "shutdown", exit(139)),
            task(1, 71, "v2", "ready", "ready", json!({})),
        ];
        let ended = "1 v2 exited signal 11 (SIGSEGV)";
        assert_eq!(words(&look(50, &tasks)), [ended, "1 v2 starting waits to be started"]);
        assert_eq!(look(50, &tasks).instances.iter().map(|one| one.restarts).max(), Some(2));
        assert_eq!(words(&look(70, &tasks)), ["1 v2 starting waits to be started"]);
        let complete = [task(1, 60, "v2", "complete", "shutdown", json!({}))];
        assert_eq!(words(&look(50, &complete)), ["1 v2 exited status 0"]);
        let unhealthy = json!({ "Err": "task: non-zero exit (137): dockerexec: unhealthy container", "ContainerStatus": { "ExitCode": 137 } });
        let unhealthy = [task(1, 60, "v2", "failed", "shutdown", unhealthy)];
        assert_eq!(
            words(&look(50, &unhealthy)),
            ["1 v2 exited signal 9 (SIGKILL): its health check kept failing"]
        );
    }

    #[test]
    fn an_image_that_cannot_be_had_is_a_start_with_its_reason_until_it_can() {
        let refused = task(
            1,
            60,
            "v2",
            "rejected",
            "shutdown",
            json!({ "Err": "No such image: shop@sha256:2" }),
        );
        let next = task(1, 61, "v2", "ready", "ready", json!({}));
        assert_eq!(
            words(&look(50, &[refused.clone(), next])),
            [
                "1 v2 starting No such image: shop@sha256:2",
                "1 v2 starting waits to be started"
            ]
        );
        let up = task(1, 62, "v2", "running", "running", json!({}));
        assert_eq!(words(&look(50, &[refused, up])), ["1 v2 healthy"]);
    }

    #[test]
    fn what_an_engine_lost_when_it_was_started_again_is_no_crash() {
        let lost = json!({ "Err": "No such container: shop-prod.1.x7", "ContainerStatus": { "ExitCode": 0 } });
        let tasks = [
            task(1, 60, "v2", "failed", "shutdown", lost),
            task(1, 61, "v2", "running", "running", json!({})),
        ];
        assert_eq!(words(&look(50, &tasks)), ["1 v2 healthy"]);
    }

    #[test]
    fn only_what_was_told_to_end_and_did_not_was_killed() {
        let exit = |code: i64| json!({ "ContainerStatus": { "ExitCode": code } });
        let tasks = [
            task(1, 60, "v1", "shutdown", "shutdown", exit(137)),
            task(2, 61, "v1", "shutdown", "shutdown", exit(143)),
            task(3, 62, "v1", "failed", "shutdown", exit(137)),
            task(4, 63, "v1", "running", "shutdown", exit(-1)),
        ];
        let killed = look(50, &tasks).killed;
        let said: Vec<String> = killed.iter().map(|one| format!("{} {}", one.id, one.at)).collect();
        assert_eq!(said, ["shop-production.1.task60task60 2026-03-04T05:06:00.123456789Z"]);
    }

    #[test]
    fn a_port_that_something_else_has_is_said_to_be() {
        let said = "starting container failed: Bind for 0.0.0.0:80 failed: port is already allocated";
        let refused = task(1, 60, "v2", "failed", "shutdown", json!({ "Err": said }));
        let told = words(&look(50, &[refused]));
        assert!(told[0].contains("something else on its node has its port"), "{told:?}");
    }

    #[test]
    fn another_image_under_the_release_s_name_is_not_healthy() {
        let mut other = task(1, 60, "v2", "running", "running", json!({}));
        if let Some(container) = other.spec.as_mut().and_then(|spec| spec.container_spec.as_mut()) {
            container.image = Some("shop:latest".into());
        }
        let seen = look(50, &[other]);
        assert_eq!(
            words(&seen),
            ["1 v2 unhealthy runs the image shop:latest, which is not what it should"]
        );
    }

    #[test]
    fn an_engine_s_own_rollback_is_seen() {
        let mut rolled = service(0);
        rolled.update_status =
            serde_json::from_value(json!({ "State": "rollback_completed", "Message": "rollback\u{7}done" })).ok();
        assert_eq!(
            reverted(&rolled).as_deref(),
            Some("`shop-production`: rollback completed (rollback done)")
        );
        assert_eq!(reverted(&service(0)), None);
    }
}
