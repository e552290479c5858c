//! The calls that the target makes of a swarm, each one thing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bollard::errors::Error;
use bollard::models::{ConfigSpec, Node, NodeState, Service, ServiceSpec, Task, TaskState};
use bollard::query_parameters::{
    ListConfigsOptions, ListNetworksOptions, ListNodesOptions, ListSecretsOptions, ListServicesOptions,
    ListTasksOptions, UpdateServiceOptions,
};

use super::observe::{self, index, label};
use super::{Swarm, names};
use crate::fault::{Fault, Result};
use crate::model::{EnvName, ServiceName};

impl Swarm {
    /// Every service of ours in one environment.
    pub fn services(&self, service: &ServiceName, env: &EnvName) -> Result<Vec<Service>> {
        self.list_services(names::filter(service, env))
    }

    pub fn list_services(&self, filters: HashMap<String, Vec<String>>) -> Result<Vec<Service>> {
        let options = ListServicesOptions {
            filters: Some(filters),
            ..ListServicesOptions::default()
        };
        let listed = self.call("list services", |docker| async move {
            docker.list_services(Some(options)).await
        })?;
        Ok(listed.into_iter().map(with_check).collect())
    }

    /// Tasks of services, those that ended too as far as the engine remembers.
    pub fn tasks(&self, services: &[Service]) -> Result<Vec<Task>> {
        let ids: Vec<String> = services.iter().filter_map(|one| one.id.clone()).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let listed = match self.tasks_of(ids.clone())? {
            Some(tasks) => tasks,
            // One of the services went in between: those of the others are there still.
            None => {
                let mut others = Vec::new();
                for id in ids {
                    others.extend(self.tasks_of(vec![id])?.unwrap_or_default());
                }
                others
            }
        };
        self.without_lost(services, listed)
    }

    /// `None` where one of the services is not there: engines list no tasks at all then.
    fn tasks_of(&self, ids: Vec<String>) -> Result<Option<Vec<Task>>> {
        let options = ListTasksOptions {
            filters: Some(HashMap::from([("service".to_owned(), ids)])),
        };
        self.call("list tasks", |docker| async move {
            match docker.list_tasks(Some(options)).await {
                Ok(tasks) => Ok(Some(tasks)),
                Err(Error::DockerResponseServerError { status_code: 404, .. }) => Ok(None),
                Err(error) => Err(error),
            }
        })
    }

    /// With what nobody hears of any more as [`lost`] tells it.
    fn without_lost(&self, services: &[Service], tasks: Vec<Task>) -> Result<Vec<Task>> {
        let running = |task: &&Task| observe::state_of(task) == TaskState::RUNNING;
        let ending = tasks.iter().filter(running).any(|task| !observe::wanted(task));
        let nodes: BTreeSet<&Option<String>> = tasks.iter().filter(running).map(|task| &task.node_id).collect();
        let own = self.memory().cluster.as_ref().map(|cluster| cluster.node.clone());
        // The one node that answers is not down.
        if !ending && nodes.into_iter().all(|node| *node == own) {
            return Ok(tasks);
        }
        let nodes = self.call("list nodes", |docker| async move {
            docker.list_nodes(None::<ListNodesOptions>).await
        })?;
        let down = |node: &Node| node.status.as_ref().and_then(|status| status.state) == Some(NodeState::DOWN);
        let down: Vec<Option<String>> = nodes
            .iter()
            .filter(|node| down(node))
            .map(|node| node.id.clone())
            .collect();
        Ok(lost(services, tasks, &down))
    }

    pub fn find(&self, name: &str) -> Result<Option<Service>> {
        let wanted = name.to_owned();
        self.call("look at a service", |docker| async move {
            match docker.inspect_service(&wanted, None).await {
                Ok(service) => Ok(Some(with_check(service))),
                Err(Error::DockerResponseServerError { status_code: 404, .. }) => Ok(None),
                Err(error) => Err(error),
            }
        })
    }

    /// Writes a whole specification over the version that was read.
    pub fn update(&self, service: &Service, spec: ServiceSpec, image: Option<&str>) -> Result<()> {
        let name = spec.name.clone().unwrap_or_default();
        let options = UpdateServiceOptions {
            version: i32::try_from(index(service)).unwrap_or(i32::MAX),
            ..UpdateServiceOptions::default()
        };
        let id = service.id.clone().unwrap_or_default();
        let credentials = self.login(image)?;
        let spec = keeping_check(spec)?;
        self.call(&format!("change the service `{name}`"), |docker| async move {
            docker.update_service(&id, spec, options, credentials).await.map(drop)
        })
    }

    pub fn create(&self, spec: ServiceSpec, image: Option<&str>) -> Result<()> {
        let name = spec.name.clone().unwrap_or_default();
        let credentials = self.login(image)?;
        let spec = keeping_check(spec)?;
        self.call(&format!("make the service `{name}`"), |docker| async move {
            docker.create_service(spec, credentials).await.map(drop)
        })
    }

    pub fn delete_service(&self, service: &Service) -> Result<()> {
        let id = service.id.clone().unwrap_or_default();
        self.call("remove a service", |docker| async move {
            match docker.delete_service(&id).await {
                Err(Error::DockerResponseServerError { status_code: 404, .. }) => Ok(()),
                other => other,
            }
        })
    }

    /// Ids of overlay networks by name and by id.
    pub fn networks(&self) -> Result<BTreeMap<String, String>> {
        let options = ListNetworksOptions::default();
        let listed = self.call("list networks", |docker| async move {
            docker.list_networks(Some(options)).await
        })?;
        let swarm = listed.into_iter().filter(|one| one.scope.as_deref() == Some("swarm"));
        let pairs = swarm.filter_map(|one| Some((one.name?, one.id?)));
        Ok(pairs
            .flat_map(|(name, id)| [(name, id.clone()), (id.clone(), id)])
            .collect())
    }

    /// Ids of our secrets by name.
    pub fn secrets(&self, service: &ServiceName, env: &EnvName) -> Result<BTreeMap<String, String>> {
        let options = ListSecretsOptions {
            filters: Some(names::filter(service, env)),
        };
        let listed = self.call("list secrets", |docker| async move {
            docker.list_secrets(Some(options)).await
        })?;
        Ok(listed
            .into_iter()
            .filter_map(|one| Some((one.spec?.name?, one.id?)))
            .collect())
    }

    pub fn configs(&self, service: &ServiceName, env: &EnvName) -> Result<BTreeMap<String, String>> {
        let options = ListConfigsOptions {
            filters: Some(names::filter(service, env)),
        };
        let listed = self.call("list configs", |docker| async move {
            docker.list_configs(Some(options)).await
        })?;
        Ok(listed
            .into_iter()
            .filter_map(|one| Some((one.spec?.name?, one.id?)))
            .collect())
    }

    pub fn make_config(&self, name: &str, labels: HashMap<String, String>, data: &str) -> Result<()> {
        let spec = ConfigSpec {
            name: Some(name.to_owned()),
            labels: Some(labels),
            data: Some(data.to_owned()),
            ..ConfigSpec::default()
        };
        self.call("keep a config", |docker| async move {
            docker.create_config(spec).await.map(drop)
        })
    }

    /// One that is in use after all stays.
    pub fn forget_secret(&self, id: &str) -> Result<()> {
        let id = id.to_owned();
        let gone = self.call(
            "remove a secret",
            |docker| async move { docker.delete_secret(&id).await },
        );
        unless_used(gone)
    }

    pub fn forget_config(&self, id: &str) -> Result<()> {
        let id = id.to_owned();
        let gone = self.call(
            "remove a config",
            |docker| async move { docker.delete_config(&id).await },
        );
        unless_used(gone)
    }
}

/// Without those that run on nodes that are down: nobody hears how they are or how they ended, and the engine takes them for
/// running for a day where it had told them to end, and sometimes where an update was about to. A release step is kept, as one
/// whose end is not known: it is not started elsewhere, and may go on where it is.
fn lost(services: &[Service], tasks: Vec<Task>, down: &[Option<String>]) -> Vec<Task> {
    let steps: Vec<&Option<String>> = services
        .iter()
        .filter(|one| one.id.is_some() && label(one, names::INSTANCE).is_some())
        .map(|one| &one.id)
        .collect();
    let known = |mut task: Task| {
        if observe::state_of(&task) != TaskState::RUNNING || !down.contains(&task.node_id) {
            return Some(task);
        }
        if !steps.contains(&&task.service_id) {
            return None;
        }
        let status = task.status.get_or_insert_default();
        status.state = Some(TaskState::ORPHANED);
        status.err = Some(observe::NO_SIGN.to_owned());
        Some(task)
    };
    tasks.into_iter().filter_map(known).collect()
}

/// With its check of health beside it, so that what is read and written again is whole. A check that got lost on the way
/// would be a change of every task.
pub fn keeping_check(mut spec: ServiceSpec) -> Result<ServiceSpec> {
    let container = spec
        .task_template
        .as_ref()
        .and_then(|task| task.container_spec.as_ref());
    let check = container.and_then(|container| container.health_check.as_ref());
    let check = check
        .map(serde_json::to_string)
        .transpose()
        .map_err(|error| Fault::bug("a check of health that is no JSON").because(error))?;
    let labels = spec.labels.get_or_insert_default();
    match check {
        Some(check) => labels.insert(names::CHECK.into(), check),
        None => labels.remove(names::CHECK),
    };
    Ok(spec)
}

/// A service as it was written, with the check of health that the client does not read.
pub fn with_check(mut service: Service) -> Service {
    let check = label(&service, names::CHECK).and_then(|text| serde_json::from_str(&text).ok());
    let task = service.spec.as_mut().and_then(|spec| spec.task_template.as_mut());
    if let Some(container) = task.and_then(|task| task.container_spec.as_mut()) {
        container.health_check = container.health_check.take().or(check);
    }
    service
}

pub fn unless_used(gone: Result<()>) -> Result<()> {
    match gone {
        Err(fault) if fault.message().contains("in use") || fault.code() == "not-found" => Ok(()),
        gone => gone,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fake::Fake;
    use super::*;

    #[test]
    fn a_service_that_goes_takes_no_other_s_tasks_along() {
        let fake = Fake::start(|line| match line {
            _ if line.contains("/tasks?") && line.contains("gone") => {
                (404, json!({ "message": "service gone not found" }))
            }
            _ if line.contains("/tasks?") => (
                200,
                json!([{ "ID": "t1", "ServiceID": "s1", "Status": { "State": "pending" } }]),
            ),
            _ => (500, json!({ "message": line })),
        });
        let service = |id: &str| Service {
            id: Some(id.to_owned()),
            ..Service::default()
        };
        let tasks = fake.swarm().tasks(&[service("s1"), service("gone")]).expect("tasks");
        assert_eq!(
            tasks.iter().filter_map(|task| task.id.as_deref()).collect::<Vec<_>>(),
            ["t1"]
        );
        assert_eq!(fake.swarm().tasks(&[service("gone")]).expect("none"), []);
    }

    #[test]
    fn a_release_step_on_a_node_that_is_down_has_an_end_that_nobody_knows() {
        let service = |id: &str, instance: Option<&str>| -> Service {
            let labels = instance.map(|id| json!({ "deliver.instance": id })).unwrap_or_default();
            serde_json::from_value(json!({ "ID": id, "Spec": { "Labels": labels } })).expect("a service")
        };
        let task = |id: &str, service: &str, node: &str, state: &str| -> Task {
            let value = json!({ "ID": id, "ServiceID": service, "NodeID": node, "Status": { "State": state } });
            serde_json::from_value(value).expect("a task")
        };
        let services = [service("web", None), service("step", Some("D-2-release"))];
        let tasks = vec![
            task("1", "web", "n1", "running"),
            task("2", "web", "n3", "running"),
            task("3", "step", "n3", "running"),
            task("4", "web", "n3", "failed"),
        ];
        let told = |task: &Task| {
            let id = task.id.clone().unwrap_or_default();
            (id, observe::state_of(task).to_string(), observe::exit_of(task))
        };
        let seen: Vec<_> = lost(&services, tasks.clone(), &[Some("n3".into())])
            .iter()
            .map(told)
            .collect();
        let ids: Vec<&str> = seen.iter().map(|(id, ..)| id.as_str()).collect();
        assert_eq!(ids, ["1", "3", "4"]);
        assert_eq!((seen[1].1.as_str(), seen[1].2.as_str()), ("orphaned", observe::NO_SIGN));
        assert_eq!(lost(&services, tasks.clone(), &[]), tasks);
    }

    #[test]
    fn a_check_of_health_survives_being_read_as_engines_answer() {
        let written: ServiceSpec = serde_json::from_value(json!({
            "Name": "pricing-production",
            "TaskTemplate": { "ContainerSpec": { "HealthCheck": { "Interval": 2_000_000_000_u64 } } },
        }))
        .expect("it reads");
        let kept = keeping_check(written.clone()).expect("it is JSON");
        let mut answer = json!({ "Spec": kept });
        let container = &mut answer["Spec"]["TaskTemplate"]["ContainerSpec"];
        *container = json!({ "Healthcheck": container["HealthCheck"] });
        let read = with_check(serde_json::from_value(answer).expect("it reads"));
        let read = read.spec.expect("it has one");
        assert_eq!(read.task_template, written.task_template);
        // One that is taken away leaves no trace for the next reader.
        let none = ServiceSpec {
            task_template: None,
            ..read
        };
        assert_eq!(keeping_check(none).expect("it is JSON").labels, Some(HashMap::new()));
    }
}
