//! What a service of the swarm is to be next: the recorded template, with everything in it that one act knows.

use std::collections::{BTreeMap, BTreeSet};

use bollard::models::{Service, ServiceSpec, Task};

use super::act::no_network;
use super::observe::{self, index};
use super::probe::Ask;
use super::spec::{self, Method, Record};
use super::{foreign, names};
use crate::fault::{Fault, Result};
use crate::model::{DeploymentId, ReleaseNo};
use crate::ports::target::{Authority, Prepared, Stage, Traffic};

/// How a service is asked, in its labels.
pub const ASK: &str = "deliver.ask";

/// Ids by name.
#[derive(Default)]
pub struct Ids {
    pub secrets: BTreeMap<String, String>,
    pub configs: BTreeMap<String, String>,
    pub networks: BTreeMap<String, String>,
}

/// What one act writes with.
pub struct Act<'a> {
    pub authority: &'a Authority,
    pub prepared: &'a Prepared,
    pub record: &'a Record,
    pub stage: Option<&'a Stage>,
    pub ids: Ids,
}

impl Act<'_> {
    pub fn image(&self) -> Option<&str> {
        self.record.image.pulled.then_some(self.record.image.reference.as_str())
    }

    fn release(&self) -> ReleaseNo {
        self.prepared.release.number
    }

    fn stop_first(&self) -> bool {
        self.stage.is_some_and(|stage| stage.stop_first)
    }

    fn everything(&self) -> bool {
        self.stage.is_none_or(|stage| stage.traffic == Traffic::All)
    }

    /// A service that is not there yet starts with as many instances as the stage wants.
    pub fn first(&self, template: &ServiceSpec, want: u32) -> Result<ServiceSpec> {
        let mut spec = self.filled(template, self.authority.deployment)?;
        if !self.everything() {
            set_replicas(&mut spec, i64::from(want));
        }
        spec.update_config = Some(spec::resting(&self.record.order, self.stop_first()));
        self.signed(spec, 0)
    }

    /// What a service is to be next, so that `want` of its instances run the release; `None` where it is that already.
    pub fn next(
        &self,
        template: &ServiceSpec,
        service: &Service,
        tasks: &[Task],
        want: u32,
    ) -> Result<Option<ServiceSpec>> {
        let fresh = self.stage.is_some_and(|stage| stage.fresh);
        let deployment = match fresh {
            true => self.authority.deployment,
            false => self.started_by(tasks),
        };
        let mut spec = self.filled(template, deployment)?;
        let actual = service.spec.clone().unwrap_or_default();
        let stays = |task: &Task| {
            observe::release_of(task) == Some(self.release()) && observe::deployment_of(task) == Some(deployment)
        };
        let there = tasks.iter().filter(|task| observe::wanted(task) && stays(task));
        let there = i64::try_from(there.count()).unwrap_or(i64::MAX);
        let (total, now) = (
            foreign::replicas(&spec).unwrap_or(1),
            foreign::replicas(&actual).unwrap_or(0),
        );
        let want = i64::from(want);
        let (replicas, many) = match self.everything() {
            true => (total, total.max(now)),
            // Slots that are added are new ones already.
            false => {
                let replicas = now.max(want);
                (replicas, want - there - (replicas - now) + halves(tasks, stays))
            }
        };
        set_replicas(&mut spec, replicas);
        if !self.everything() && there >= want {
            return Ok(None);
        }
        // Restarts that somebody forced are theirs, and nothing is to be restarted for them again.
        if let (Some(task), Some(before)) = (&mut spec.task_template, &actual.task_template) {
            task.force_update = before.force_update;
        }
        let many = u32::try_from(many.max(1)).unwrap_or(u32::MAX);
        spec.update_config = Some(spec::update_config(many, &self.record.order, self.stop_first()));
        self.signed(spec, mark(service, tasks)).map(Some)
    }

    /// The deployment in the labels of the instances that run the release already: with the same one, they stay.
    fn started_by(&self, tasks: &[Task]) -> DeploymentId {
        let running = tasks
            .iter()
            .filter(|task| observe::wanted(task) && observe::release_of(task) == Some(self.release()));
        let first = running
            .filter_map(observe::deployment_of)
            .min_by_key(|deployment| deployment.0);
        first.unwrap_or_else(|| self.recorded())
    }

    /// The deployment that first made the release ready.
    fn recorded(&self) -> DeploymentId {
        let recorded = self.record.processes.values().next().and_then(|spec| {
            let container = spec.task_template.as_ref()?.container_spec.as_ref()?;
            container.labels.as_ref()?.get(names::DEPLOYMENT)?.parse().ok()
        });
        recorded.unwrap_or(self.authority.deployment)
    }

    /// A template with everything in it that is not recorded: ids, secret variables, who acts.
    pub fn filled(&self, template: &ServiceSpec, deployment: DeploymentId) -> Result<ServiceSpec> {
        let mut spec = template.clone();
        let labels = spec.labels.get_or_insert_default();
        labels.insert(names::DEPLOYMENT.into(), self.authority.deployment.to_string());
        labels.insert(names::FENCE.into(), self.authority.fence.to_string());
        let web = labels.get(names::PROCESS).is_some_and(|process| process == names::WEB);
        if let (true, Method::Port(probe)) = (web, &self.record.health) {
            let ask = Ask::of(probe, &self.prepared.release.spec.health);
            labels.insert(ASK.into(), serde_json::to_string(&ask).unwrap_or_default());
        }
        let Some(task) = &mut spec.task_template else {
            return Err(Fault::bug("a recorded service without a task"));
        };
        for network in task.networks.iter_mut().flatten() {
            let name = network.target.clone().unwrap_or_default();
            network.target = Some(self.ids.networks.get(&name).cloned().ok_or_else(|| no_network(&name))?);
        }
        let container = task.container_spec.get_or_insert_default();
        container
            .labels
            .get_or_insert_default()
            .insert(names::DEPLOYMENT.into(), deployment.to_string());
        for secret in container.secrets.iter_mut().flatten() {
            secret.secret_id = secret
                .secret_name
                .as_ref()
                .and_then(|name| self.ids.secrets.get(name).cloned());
        }
        for config in container.configs.iter_mut().flatten() {
            config.config_id = config
                .config_name
                .as_ref()
                .and_then(|name| self.ids.configs.get(name).cloned());
        }
        for pair in container.env.iter_mut().flatten() {
            let name = pair.split('=').next().unwrap_or_default().to_owned();
            if self.record.secret_env.contains(&name) {
                let value = self
                    .prepared
                    .secrets
                    .get(&name)
                    .map(|value| value.reveal())
                    .unwrap_or_default();
                *pair = format!("{name}={value}");
            }
        }
        Ok(spec)
    }

    /// With the fingerprints of what is written, and where history ends.
    fn signed(&self, mut spec: ServiceSpec, mark: u64) -> Result<ServiceSpec> {
        let secret: Vec<&str> = self.record.secret_env.iter().map(String::as_str).collect();
        let wrote = foreign::label(&foreign::fingerprints(&spec, &secret));
        let labels = spec.labels.get_or_insert_default();
        labels.insert(names::WROTE.into(), wrote);
        labels.insert(names::MARK.into(), mark.to_string());
        Ok(spec)
    }
}

pub fn set_replicas(spec: &mut ServiceSpec, replicas: i64) {
    if let Some(mode) = spec.mode.as_mut().and_then(|mode| mode.replicated.as_mut()) {
        mode.replicas = Some(replicas);
    }
}

/// Whether the engine's update of a service stands still: all that is to stay runs, and another is left beside one of those.
///
/// An update ends an old instance in the moment its successor runs. It waits for that one successor only: where that is lost with
/// its node, or refused by it, the engine puts another into the slot, whose start ends nothing. The update's state tells none of
/// this, since it goes on for as long as nobody makes another.
pub fn stands_still(service: &Service, tasks: &[Task]) -> bool {
    let template = service.spec.as_ref().and_then(|spec| spec.task_template.as_ref());
    let labels = template.and_then(|task| task.container_spec.as_ref()?.labels.as_ref());
    let meant = |name: &str| labels.and_then(|labels| labels.get(name)).map(String::as_str);
    let stays = |task: &Task| {
        [names::RELEASE, names::DEPLOYMENT]
            .iter()
            .all(|name| observe::task_label(task, name) == meant(name))
    };
    let up = tasks
        .iter()
        .filter(|task| observe::wanted(task) && stays(task))
        .all(observe::runs);
    let left = slots(tasks, |task| !stays(task));
    up && !left.is_empty() && left.is_subset(&slots(tasks, stays))
}

/// Slots in which an old one is left beside one that stays. Ending it is a replacement as any other with the engine, and would
/// take the place of one.
fn halves(tasks: &[Task], stays: impl Fn(&Task) -> bool) -> i64 {
    let both = slots(tasks, &stays)
        .intersection(&slots(tasks, |task| !stays(task)))
        .count();
    i64::try_from(both).unwrap_or(i64::MAX)
}

/// Slots of those that are to run, and of which this holds.
fn slots(tasks: &[Task], holds: impl Fn(&Task) -> bool) -> BTreeSet<i64> {
    let those = tasks.iter().filter(|task| observe::wanted(task) && holds(task));
    those.filter_map(|task| task.slot).collect()
}

/// The cluster's index by now, as far as these tell.
pub fn mark(service: &Service, tasks: &[Task]) -> u64 {
    tasks
        .iter()
        .map(observe::task_index)
        .chain([index(service)])
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn labels(release: &str) -> serde_json::Value {
        json!({ "deliver.release": release, "deliver.deployment": "D-2" })
    }

    fn task(slot: i64, release: &str, state: &str, desired: &str) -> Task {
        let value = json!({
            "Slot": slot,
            "Spec": { "ContainerSpec": { "Labels": labels(release) } },
            "Status": { "State": state },
            "DesiredState": desired,
        });
        serde_json::from_value(value).expect("a task")
    }

    #[test]
    fn an_update_stands_still_where_an_old_instance_is_left_beside_a_new_one_and_none_is_on_its_way() {
        let service = json!({ "Spec": { "TaskTemplate": { "ContainerSpec": { "Labels": labels("v2") } } } });
        let service: Service = serde_json::from_value(service).expect("a service");
        let new = |slot| task(slot, "v2", "running", "running");
        let old = |slot| task(slot, "v1", "running", "running");
        // What was lost with its node stays as it was last seen, and is not wanted.
        let lost = || task(1, "v2", "starting", "shutdown");
        let still = |tasks: &[Task]| stands_still(&service, tasks);
        assert!(still(&[old(1), lost(), new(1), new(2)]));
        assert!(still(&[old(1), new(1), old(2), new(2)]));

        let told = task(1, "v1", "running", "shutdown");
        assert!(!still(&[told, lost(), new(1), new(2)]), "it ends already");
        assert!(!still(&[new(1), new(2)]));
        let release = |task: &Task| observe::release_of(task) == "v2".parse().ok();
        assert_eq!(halves(&[old(1), lost(), new(1), old(2), new(3)], release), 1);
        assert_eq!(halves(&[old(1), lost(), old(2), new(3)], release), 0);
        assert!(!still(&[old(1), old(2)]), "nothing has begun");
        assert!(!still(&[old(1), new(2)]), "a slot that has no new one yet");
        for (state, desired) in [("starting", "running"), ("ready", "ready"), ("pending", "running")] {
            let coming = task(2, "v2", state, desired);
            assert!(!still(&[old(1), lost(), new(1), old(2), coming]), "{state}");
        }
        // The same release from another deployment is to be replaced as well.
        let mut before = new(1);
        let container = before.spec.as_mut().and_then(|spec| spec.container_spec.as_mut());
        container
            .expect("it has one")
            .labels
            .get_or_insert_default()
            .insert(names::DEPLOYMENT.into(), "D-1".into());
        assert!(still(&[before, new(1)]));
    }
}
