//! From a swarm's services and tasks to instances: a pure function of what the engine answered.

mod instance;
mod step;
mod update;

use std::collections::BTreeMap;

use bollard::models::{Service, Task, TaskState};
use jiff::{SignedDuration, Timestamp};

pub use instance::{exit_of, id_of};
pub use step::NO_SIGN;

use super::{foreign, names};
use crate::adapters::docker::connect::plain;
use crate::model::observed::{Instance, InstanceState, Killed, Observation};
use crate::model::{DeploymentId, EnvName, ReleaseNo, ServiceName};
use crate::ports::target::RELEASE_STEP;

/// How a process ends that SIGKILL ended: 128 and the signal's number.
const KILLED: i64 = 137;

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
            Some(id) => instances.extend(step::release_step(&id, one, &own, aside)),
            None => instances.extend(instance::instances_of(one, &own, aside)),
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
        reverted: services.iter().find_map(update::reverted),
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
    fn what_could_not_be_started_at_this_very_moment_is_started_again_and_a_wrong_program_is_not() {
        let failed = |said: &str| task(1, 60, "v2", "failed", "shutdown", json!({ "Err": said }));
        let busy = "starting container failed: unable to remount dir as readonly: device or resource busy";
        let next = task(1, 61, "v2", "ready", "ready", json!({}));
        assert_eq!(
            words(&look(50, &[failed(busy), next])),
            [
                format!("1 v2 starting {busy}"),
                "1 v2 starting waits to be started".to_owned()
            ]
        );
        let wrong = "starting container failed: exec: \"/app\": no such file or directory";
        assert_eq!(words(&look(50, &[failed(wrong)])), [format!("1 v2 exited {wrong}")]);
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
}
