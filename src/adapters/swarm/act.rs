//! Changing a swarm: each act is fenced, refuses what somebody else changed, and can be repeated.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bollard::errors::Error;
use bollard::models::{
    Config, ConfigSpec, Node, NodeState, SecretSpec, Service, ServiceSpec, Task, TaskSpecContainerSpec, TaskState,
};
use bollard::query_parameters::{
    ListConfigsOptions, ListNetworksOptions, ListNodesOptions, ListSecretsOptions, ListServicesOptions,
    ListTasksOptions, UpdateConfigOptions, UpdateServiceOptions,
};

use super::observe::{self, fence, index, label};
use super::probe::Ask;
use super::spec::{self, Method, Record};
use super::{Swarm, foreign, names};
use crate::adapters::docker::connect::plain;
use crate::fault::{Fault, Kind, Result};
use crate::model::{DeploymentId, EnvName, ReleaseNo, ServiceName, Span};
use crate::ports::target::{Authority, Prepared, Stage, Stopped, Traffic, changed_underneath};

/// Another act or the engine's own bookkeeping got in between: so often it is tried again.
const TRIES: usize = 8;

/// Between two looks at something that is going.
const POLL: Duration = Duration::from_millis(200);

/// What a stopped instance gets beyond its own grace before the wait for it is given up.
const SLACK: Span = Span::from_secs(60);

/// How a service is asked, in its labels.
pub const ASK: &str = "deliver.ask";

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
        let options = ListTasksOptions {
            filters: Some(HashMap::from([("service".to_owned(), ids)])),
        };
        let listed = self.call("list tasks", |docker| async move {
            match docker.list_tasks(Some(options)).await {
                // One of the services went in between.
                Err(Error::DockerResponseServerError { status_code: 404, .. }) => Ok(Vec::new()),
                other => other,
            }
        });
        self.without_lost(listed?)
    }

    /// Without those that were to end on nodes that are down: nobody ever hears how they did, and the engine takes them for
    /// running for a day.
    fn without_lost(&self, mut tasks: Vec<Task>) -> Result<Vec<Task>> {
        let ending = |task: &Task| !observe::wanted(task) && observe::state_of(task) == TaskState::RUNNING;
        if !tasks.iter().any(ending) {
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
        tasks.retain(|task| !(ending(task) && down.contains(&task.node_id)));
        Ok(tasks)
    }

    fn find(&self, name: &str) -> Result<Option<Service>> {
        let wanted = name.to_owned();
        self.call("look at a service", |docker| async move {
            match docker.inspect_service(&wanted, None).await {
                Ok(service) => Ok(Some(with_check(service))),
                Err(Error::DockerResponseServerError { status_code: 404, .. }) => Ok(None),
                Err(error) => Err(error),
            }
        })
    }

    fn fence_config(&self, name: &str) -> Result<Option<Config>> {
        let wanted = name.to_owned();
        self.call("look at the fence", |docker| async move {
            match docker.inspect_config(&wanted).await {
                Ok(config) => Ok(Some(config)),
                Err(Error::DockerResponseServerError { status_code: 404, .. }) => Ok(None),
                Err(error) => Err(error),
            }
        })
    }

    /// The highest token that was ever seen, also before there is a service and after it went.
    pub fn fence_seen(&self, service: &ServiceName, env: &EnvName) -> Result<u64> {
        let config = self.fence_config(&names::fence(service, env))?;
        let own = config.filter(|config| is_of(labels_of(config), service, env));
        Ok(own.as_ref().map_or(0, fence_of))
    }

    /// Refuses a token that is older than one that was seen, and records it durably.
    pub fn raise(&self, authority: &Authority) -> Result<()> {
        let Authority { service, env, .. } = authority;
        let name = names::fence(service, env);
        let mut labels = names::scope(service, env);
        labels.insert(names::FENCE.into(), authority.fence.to_string());
        for _ in 0..TRIES {
            let config = self.fence_config(&name)?;
            if config
                .as_ref()
                .is_some_and(|config| !is_of(labels_of(config), service, env))
            {
                return Err(name_taken("config", &name, authority));
            }
            let seen = config.as_ref().map_or(0, fence_of);
            if seen > authority.fence {
                return Err(names::fenced(authority, seen));
            }
            if config.is_some() && seen == authority.fence {
                return Ok(());
            }
            let written = match config {
                None => self.make_config(&name, labels.clone(), "ZmVuY2U="),
                Some(config) => self.label_config(config, &labels),
            };
            match written {
                Err(fault) if matches!(fault.code(), "out-of-sequence" | "conflict") => {}
                written => return written,
            }
        }
        Err(busy(&name))
    }

    /// The same on the services themselves, so that an older act that is on its way fails by their versions. Where a batch
    /// is under way the service is left alone: any change of it would let the engine go on with the next one.
    pub fn raise_services(&self, authority: &Authority) -> Result<()> {
        self.raise(authority)?;
        let services = self.services(&authority.service, &authority.env)?;
        let tasks = self.tasks(&services)?;
        for one in &services {
            if fence(one) > authority.fence {
                return Err(names::fenced(authority, fence(one)));
            }
            let rests = tasks
                .iter()
                .filter(|task| task.service_id == one.id && observe::wanted(task))
                .all(|task| observe::release_of(task).map(|release| release.to_string()) == label(one, names::RELEASE));
            if fence(one) == authority.fence || !rests {
                continue;
            }
            let mut spec = one.spec.clone().unwrap_or_default();
            spec.labels
                .get_or_insert_default()
                .insert(names::FENCE.into(), authority.fence.to_string());
            match self.update(one, spec, None) {
                // Somebody was faster; whoever acts next looks again.
                Err(fault) if fault.code() == "out-of-sequence" => {}
                updated => updated?,
            }
        }
        Ok(())
    }

    fn make_config(&self, name: &str, labels: HashMap<String, String>, data: &str) -> Result<()> {
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

    fn label_config(&self, config: Config, labels: &HashMap<String, String>) -> Result<()> {
        let version = config.version.and_then(|version| version.index).unwrap_or(0);
        let options = UpdateConfigOptions {
            version: i64::try_from(version).unwrap_or(0),
        };
        let (id, mut spec) = (config.id.unwrap_or_default(), config.spec.unwrap_or_default());
        spec.labels = Some(labels.clone());
        self.call("raise the fence", |docker| async move {
            docker.update_config(&id, spec, options).await
        })
    }

    /// Writes a whole specification over the version that was read.
    fn update(&self, service: &Service, spec: ServiceSpec, image: Option<&str>) -> Result<()> {
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

    fn create(&self, spec: ServiceSpec, image: Option<&str>) -> Result<()> {
        let name = spec.name.clone().unwrap_or_default();
        let credentials = self.login(image)?;
        let spec = keeping_check(spec)?;
        self.call(&format!("make the service `{name}`"), |docker| async move {
            docker.create_service(spec, credentials).await.map(drop)
        })
    }

    /// One process to where a stage wants it.
    fn replace_one(&self, act: &Act<'_>, process: &str, want: u32) -> Result<()> {
        let Some(template) = act.record.processes.get(process) else {
            return Err(Fault::bug(format!("the record knows no process `{process}`")));
        };
        let name = template.name.clone().unwrap_or_default();
        for _ in 0..TRIES {
            let existing = self.find(&name)?;
            let written = match &existing {
                None => {
                    let spec = act.first(template, want)?;
                    self.create(spec, act.image())
                }
                Some(service) => {
                    refuse_strangers(act.authority, service)?;
                    let tasks = self.tasks(std::slice::from_ref(service))?;
                    match act.next(template, service, &tasks, want)? {
                        None => return Ok(()),
                        Some(spec) => self.update(service, spec, act.image()),
                    }
                }
            };
            match written {
                Err(fault) if matches!(fault.code(), "out-of-sequence" | "conflict") => {}
                written => return written,
            }
        }
        Err(busy(&name))
    }

    pub fn replace_all(&self, authority: &Authority, prepared: &Prepared, stage: &Stage) -> Result<()> {
        self.raise(authority)?;
        let record = Record::read(&prepared.record)?;
        let act = self.act(authority, prepared, &record, Some(stage))?;
        for (process, count) in &stage.instances {
            self.replace_one(&act, process, *count)?;
        }
        if stage.traffic != Traffic::All {
            return Ok(());
        }
        for one in self.services(&authority.service, &authority.env)? {
            let process = label(&one, names::PROCESS).unwrap_or_default();
            if label(&one, names::INSTANCE).is_none() && !record.processes.contains_key(&process) {
                self.delete_service(&one)?;
            }
        }
        Ok(())
    }

    /// Updates by hand are as careful again as they should be, and what nothing refers to goes.
    pub fn finish_all(&self, authority: &Authority, prepared: &Prepared) -> Result<()> {
        self.raise(authority)?;
        let record = Record::read(&prepared.record)?;
        for template in record.processes.values() {
            let name = template.name.clone().unwrap_or_default();
            for _ in 0..TRIES {
                let Some(service) = self.find(&name)? else { break };
                refuse_strangers(authority, &service)?;
                let tasks = self.tasks(std::slice::from_ref(&service))?;
                let mut spec = service.spec.clone().unwrap_or_default();
                spec.update_config = Some(spec::resting(&record.order, false));
                let labels = spec.labels.get_or_insert_default();
                labels.insert(names::FENCE.into(), authority.fence.to_string());
                labels.insert(names::MARK.into(), mark(&service, &tasks).to_string());
                match self.update(
                    &service,
                    spec,
                    record.image.pulled.then_some(record.image.reference.as_str()),
                ) {
                    // The engine's own bookkeeping; what is left here is only less tidy.
                    Err(fault) if fault.code() == "out-of-sequence" => {}
                    updated => {
                        updated?;
                        break;
                    }
                }
            }
        }
        self.tidy(authority)
    }

    /// Removes secrets and configs of ours that no service and no task refers to any more. What a kept release needs
    /// again is made anew from what the store keeps.
    fn tidy(&self, authority: &Authority) -> Result<()> {
        let Authority { service, env, .. } = authority;
        let services = self.services(service, env)?;
        let tasks = self.tasks(&services)?;
        let mut used = BTreeSet::from([names::fence(service, env)]);
        let specs = services
            .iter()
            .filter_map(|one| one.spec.as_ref()?.task_template.as_ref());
        let running = tasks
            .iter()
            .filter(|task| observe::wanted(task))
            .filter_map(|task| task.spec.as_ref());
        for container in specs.chain(running).filter_map(|task| task.container_spec.as_ref()) {
            used.extend(refers_to(container));
        }
        for (name, id) in self.secrets(service, env)? {
            if !used.contains(&name) {
                self.forget_secret(&id)?;
            }
        }
        for (name, id) in self.configs(service, env)? {
            if !used.contains(&name) {
                self.forget_config(&id)?;
            }
        }
        Ok(())
    }

    /// Ids of our secrets by name.
    fn secrets(&self, service: &ServiceName, env: &EnvName) -> Result<BTreeMap<String, String>> {
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

    fn configs(&self, service: &ServiceName, env: &EnvName) -> Result<BTreeMap<String, String>> {
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

    /// One that is in use after all stays.
    fn forget_secret(&self, id: &str) -> Result<()> {
        let id = id.to_owned();
        let gone = self.call(
            "remove a secret",
            |docker| async move { docker.delete_secret(&id).await },
        );
        unless_used(gone)
    }

    fn forget_config(&self, id: &str) -> Result<()> {
        let id = id.to_owned();
        let gone = self.call(
            "remove a config",
            |docker| async move { docker.delete_config(&id).await },
        );
        unless_used(gone)
    }

    fn delete_service(&self, service: &Service) -> Result<()> {
        let id = service.id.clone().unwrap_or_default();
        self.call("remove a service", |docker| async move {
            match docker.delete_service(&id).await {
                Err(Error::DockerResponseServerError { status_code: 404, .. }) => Ok(()),
                other => other,
            }
        })
    }

    /// Everything that a specification refers to by id, made where it is not there yet.
    fn act<'a>(
        &self,
        authority: &'a Authority,
        prepared: &'a Prepared,
        record: &'a Record,
        stage: Option<&'a Stage>,
    ) -> Result<Act<'a>> {
        let Authority { service, env, .. } = authority;
        let mut ids = Ids::default();
        if !record.secrets.is_empty() {
            ids.secrets = self.secrets(service, env)?;
            for (variable, name) in &record.secrets {
                if !ids.secrets.contains_key(name) {
                    let id = self.make_secret(authority, prepared, variable, name)?;
                    ids.secrets.insert(name.clone(), id);
                }
            }
        }
        if !record.configs.is_empty() {
            let there = self.configs(service, env)?;
            for file in record.configs.iter().filter(|file| !there.contains_key(&file.name)) {
                self.make_config(&file.name, names::scope(service, env), &file.content)?;
            }
            ids.configs = self.configs(service, env)?;
        }
        if record
            .processes
            .values()
            .any(|one| one.task_template.as_ref().is_some_and(|task| task.networks.is_some()))
        {
            ids.networks = self.networks()?;
        }
        Ok(Act {
            authority,
            prepared,
            record,
            stage,
            ids,
        })
    }

    fn make_secret(&self, authority: &Authority, prepared: &Prepared, variable: &str, name: &str) -> Result<String> {
        let value = prepared.secrets.get(variable).ok_or_else(|| {
            Fault::new(
                Kind::Credentials,
                "secret-missing",
                format!("the secret `{variable}` has no value"),
            )
        })?;
        let spec = SecretSpec {
            name: Some(name.to_owned()),
            labels: Some(names::scope(&authority.service, &authority.env)),
            data: Some(STANDARD.encode(value.reveal())),
            ..SecretSpec::default()
        };
        let made = self.call(&format!("keep the secret `{variable}`"), |docker| async move {
            docker.create_secret(spec).await
        });
        match made {
            Ok(made) => Ok(made.id),
            // Made by another act in between: one name is one content.
            Err(fault) if fault.code() == "conflict" => {
                let there = self.secrets(&authority.service, &authority.env)?;
                there.get(name).cloned().ok_or(fault)
            }
            Err(fault) => Err(fault),
        }
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

    /// The fence has been raised.
    pub fn start_step(&self, authority: &Authority, prepared: &Prepared, id: &str) -> Result<()> {
        let name = names::of_instance(id);
        if self.find(&name)?.is_some() {
            return Ok(());
        }
        let record = Record::read(&prepared.record)?;
        let Some(template) = &record.release_step else {
            return Err(Fault::bug("a release step that the record does not know"));
        };
        let act = self.act(authority, prepared, &record, None)?;
        let mut spec = act.filled(template, authority.deployment)?;
        spec.name = Some(name);
        spec.labels
            .get_or_insert_default()
            .insert(names::INSTANCE.into(), id.to_owned());
        match self.create(spec, act.image()) {
            Err(fault) if fault.code() == "conflict" => Ok(()),
            created => created,
        }
    }

    pub fn stop_steps(&self, authority: &Authority, ids: &[String], grace: Span) -> Result<Vec<Stopped>> {
        self.raise(authority)?;
        let services = self.services(&authority.service, &authority.env)?;
        let mut stopped = Vec::new();
        for one in services
            .iter()
            .filter(|one| label(one, names::INSTANCE).is_some_and(|id| ids.contains(&id)))
        {
            let tasks = self.tasks(std::slice::from_ref(one))?;
            let newest = tasks.iter().max_by_key(|task| observe::task_index(task));
            let running = newest.is_some_and(observe::wanted);
            self.delete_service(one)?;
            self.until_gone(&tasks, grace)?;
            stopped.push(Stopped {
                id: label(one, names::INSTANCE).unwrap_or_default(),
                cut: 0,
                killed: false,
                exit: newest.filter(|_| !running).map_or("stopped".into(), observe::exit_of),
            });
        }
        if !stopped.is_empty() {
            // What only the step was given would be left by a deployment that ends here.
            self.tidy(authority)?;
        }
        Ok(stopped)
    }

    pub fn remove_all(&self, authority: &Authority) -> Result<()> {
        self.raise(authority)?;
        let Authority { service, env, .. } = authority;
        let services = self.services(service, env)?;
        let tasks = self.tasks(&services)?;
        let graces = services.iter().filter_map(|one| {
            let container = one.spec.as_ref()?.task_template.as_ref()?.container_spec.as_ref()?;
            container.stop_grace_period
        });
        let grace = Span::from_millis(graces.max().unwrap_or(0).max(0) as u64 / 1_000_000);
        for one in &services {
            self.delete_service(one)?;
        }
        self.until_gone(&tasks, grace)?;
        self.tidy(authority)
    }

    /// Waits until none of `tasks` runs any more.
    fn until_gone(&self, tasks: &[Task], grace: Span) -> Result<()> {
        let began = self.clock.elapsed();
        let limit = grace.duration() + SLACK.duration();
        for task in tasks
            .iter()
            .filter(|task| observe::state_of(task) == bollard::models::TaskState::RUNNING)
        {
            let id = task.id.clone().unwrap_or_default();
            loop {
                let wanted = id.clone();
                let runs = self.call("look at a task", |docker| async move {
                    match docker.inspect_task(&wanted).await {
                        Ok(task) => Ok(observe::state_of(&task) == bollard::models::TaskState::RUNNING),
                        Err(Error::DockerResponseServerError { status_code: 404, .. }) => Ok(false),
                        Err(error) => Err(error),
                    }
                })?;
                if !runs {
                    break;
                }
                if self.clock.elapsed().saturating_sub(began) > limit {
                    let message = format!("the task `{id}` did not end within {}", Span::from(limit));
                    return Err(Fault::failed("still-running", message).hint(format!("docker inspect {id}")));
                }
                self.clock.sleep(POLL);
            }
        }
        Ok(())
    }
}

/// Ids by name.
#[derive(Default)]
struct Ids {
    secrets: BTreeMap<String, String>,
    configs: BTreeMap<String, String>,
    networks: BTreeMap<String, String>,
}

/// What one act writes with.
struct Act<'a> {
    authority: &'a Authority,
    prepared: &'a Prepared,
    record: &'a Record,
    stage: Option<&'a Stage>,
    ids: Ids,
}

impl Act<'_> {
    fn image(&self) -> Option<&str> {
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
    fn first(&self, template: &ServiceSpec, want: u32) -> Result<ServiceSpec> {
        let mut spec = self.filled(template, self.authority.deployment)?;
        if !self.everything() {
            set_replicas(&mut spec, i64::from(want));
        }
        spec.update_config = Some(spec::resting(&self.record.order, self.stop_first()));
        self.signed(spec, 0)
    }

    /// What a service is to be next, so that `want` of its instances run the release; `None` where it is that already.
    fn next(
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
        let there = tasks.iter().filter(|task| observe::wanted(task)).filter(|task| {
            observe::release_of(task) == Some(self.release()) && observe::deployment_of(task) == Some(deployment)
        });
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
                (replicas, want - there - (replicas - now))
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
    fn filled(&self, template: &ServiceSpec, deployment: DeploymentId) -> Result<ServiceSpec> {
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

/// With its check of health beside it, so that what is read and written again is whole. A check that got lost on the way
/// would be a change of every task.
fn keeping_check(mut spec: ServiceSpec) -> Result<ServiceSpec> {
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
fn with_check(mut service: Service) -> Service {
    let check = label(&service, names::CHECK).and_then(|text| serde_json::from_str(&text).ok());
    let task = service.spec.as_mut().and_then(|spec| spec.task_template.as_mut());
    if let Some(container) = task.and_then(|task| task.container_spec.as_mut()) {
        container.health_check = container.health_check.take().or(check);
    }
    service
}

/// Refuses to change what is somebody else's, was changed by somebody else, or was seen under a newer token.
fn refuse_strangers(authority: &Authority, service: &Service) -> Result<()> {
    let spec = service.spec.clone().unwrap_or_default();
    let name = spec.name.clone().unwrap_or_default();
    if !is_of(spec.labels.as_ref(), &authority.service, &authority.env) {
        return Err(name_taken("service", &name, authority));
    }
    if fence(service) > authority.fence {
        return Err(names::fenced(authority, fence(service)));
    }
    match foreign::change(&name, label(service, names::WROTE).as_ref(), &spec) {
        None => Ok(()),
        Some(change) => Err(changed_underneath(&change).hint(accept(&name))),
    }
}

/// Two services and environments may make one name: `a-b` in `c`, and `a` in `b-c`. The first to come has it.
fn is_of(labels: Option<&HashMap<String, String>>, service: &ServiceName, env: &EnvName) -> bool {
    let label = |key| labels.and_then(|labels| labels.get(key)).map(String::as_str);
    label(names::SERVICE) == Some(service.as_str()) && label(names::ENV) == Some(env.as_str())
}

fn name_taken(what: &str, name: &str, authority: &Authority) -> Fault {
    let Authority { service, env, .. } = authority;
    let message = format!("there is a {what} `{name}` in the swarm already, and it is none of `{service}` in `{env}`");
    Fault::failed("name-taken", message)
        .still("nothing was changed")
        .hint(format!("docker {what} inspect --pretty {name}"))
}

fn labels_of(config: &Config) -> Option<&HashMap<String, String>> {
    config.spec.as_ref()?.labels.as_ref()
}

pub fn no_network(name: &str) -> Fault {
    Fault::usage(
        "no-network",
        format!("the swarm has no overlay network `{}`", plain(name)),
    )
    .hint(format!("docker network create --driver overlay {}", plain(name)))
}

/// How a person lets their change be overwritten.
pub fn accept(name: &str) -> String {
    format!(
        "to let it be overwritten: docker service update --label-rm {} {name}, and deploy again",
        names::WROTE
    )
}

fn set_replicas(spec: &mut ServiceSpec, replicas: i64) {
    if let Some(mode) = spec.mode.as_mut().and_then(|mode| mode.replicated.as_mut()) {
        mode.replicas = Some(replicas);
    }
}

/// The cluster's index by now, as far as these tell.
fn mark(service: &Service, tasks: &[Task]) -> u64 {
    tasks
        .iter()
        .map(observe::task_index)
        .chain([index(service)])
        .max()
        .unwrap_or(0)
}

fn fence_of(config: &Config) -> u64 {
    labels_of(config)
        .and_then(|labels| labels.get(names::FENCE)?.parse().ok())
        .unwrap_or(0)
}

/// Names of the secrets and configs that a container is given.
fn refers_to(container: &TaskSpecContainerSpec) -> Vec<String> {
    let secrets = container
        .secrets
        .iter()
        .flatten()
        .filter_map(|one| one.secret_name.clone());
    let configs = container
        .configs
        .iter()
        .flatten()
        .filter_map(|one| one.config_name.clone());
    secrets.chain(configs).collect()
}

fn unless_used(gone: Result<()>) -> Result<()> {
    match gone {
        Err(fault) if fault.message().contains("in use") || fault.code() == "not-found" => Ok(()),
        gone => gone,
    }
}

fn busy(name: &str) -> Fault {
    Fault::new(
        Kind::Busy,
        "busy",
        format!("`{name}` is being changed by somebody else all the time"),
    )
    .hint(format!("docker service ps {name}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_name_of_two_environments_belongs_to_whoever_came_first() {
        let named = |service: &str, env: &str| (service.parse().expect("a name"), env.parse().expect("a name"));
        let ((first, its), (second, other)) = (named("a-b", "c"), named("a", "b-c"));
        assert_eq!(names::fence(&first, &its), names::fence(&second, &other));
        let labels = names::scope(&first, &its);
        assert!(is_of(Some(&labels), &first, &its));
        assert!(!is_of(Some(&labels), &second, &other));
        assert!(!is_of(None, &second, &other), "somebody made it by hand");
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
