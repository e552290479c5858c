//! Release steps: one task each, which says how it ended.

use bollard::models::{Service, Task, TaskState};
use jiff::SignedDuration;

use super::instance::{bare, blank, exit_of};
use super::{Aside, label, reason, state_of, task_index};
use crate::adapters::swarm::names;
use crate::model::observed::{Instance, InstanceState, NO_START, never_ran};

/// A release step that no node would take by then will find none: its own time limit is for its work. A cluster that grows
/// when it is full takes about so long.
const PLACED_WITHIN: SignedDuration = SignedDuration::from_secs(60);

/// What a node says of a container that its runtime could not start (`controller.Start` of the engine's executor).
const NOT_STARTED: &str = "starting container failed";

/// How a release step ended whose node is down: nobody knows.
pub const NO_SIGN: &str = "no sign of how: its node is down, and may run it still";

/// A release step is one task, which says how it ended.
pub fn release_step(id: &str, service: &Service, tasks: &[&Task], aside: &Aside<'_>) -> Option<Instance> {
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
            instance.exit = Some(match (state_of(task), exit_of(task)) {
                (TaskState::REJECTED, why) if !never_ran(&why) => format!("{NO_START}: {why}"),
                (TaskState::FAILED, why) if why.starts_with(NOT_STARTED) => format!("{NO_START}: {why}"),
                (_, exit) => exit,
            });
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
