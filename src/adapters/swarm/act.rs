//! Changing a swarm: each act is fenced, refuses what somebody else changed, and can be repeated.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bollard::errors::Error;
use bollard::models::{SecretSpec, Task, TaskSpecContainerSpec};

use super::fence::{TRIES, busy, name_taken, refuse_strangers};
use super::next::{Act, Ids, mark, stands_still};
use super::observe::{self, label};
use super::spec::{self, ConfigFile, Record};
use super::{Swarm, names};
use crate::adapters::docker::connect::plain;
use crate::fault::{Fault, Kind, Result};
use crate::model::Span;
use crate::ports::target::{Authority, Prepared, Stage, Stopped, Traffic};

/// Between two looks at something that is going.
const POLL: Duration = Duration::from_millis(200);

/// What a stopped instance gets beyond its own grace before the wait for it is given up.
const SLACK: Span = Span::from_secs(60);

impl Swarm {
    /// One process to where a stage wants it.
    fn replace_one(&self, act: &Act<'_>, process: &str, want: u32) -> Result<()> {
        let Some(template) = act.record.processes.get(process) else {
            return Err(Fault::bug(format!("the record knows no process `{process}`")));
        };
        let name = template.name.clone().unwrap_or_default();
        for time in 0..TRIES {
            self.give_way(time);
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
        let record = Record::read(&prepared.record, &prepared.release.env)?;
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

    /// Updates that stand still are begun anew, with a label changed and no instance: the engine then looks through the slots
    /// again. Whatever ended by itself is told as before.
    pub fn begin_anew(&self, authority: &Authority) -> Result<bool> {
        self.raise(authority)?;
        let mut begun = false;
        for service in self.services(&authority.service, &authority.env)? {
            let tasks = self.tasks(std::slice::from_ref(&service))?;
            if !stands_still(&service, &tasks) {
                continue;
            }
            refuse_strangers(authority, &service)?;
            let mut spec = service.spec.clone().unwrap_or_default();
            let labels = spec.labels.get_or_insert_default();
            labels.insert(names::FENCE.into(), authority.fence.to_string());
            labels.insert(names::ANEW.into(), observe::index(&service).to_string());
            match self.update(&service, spec, None) {
                // It is not what was looked at any more.
                Err(fault) if fault.code() == "out-of-sequence" => {}
                updated => {
                    updated?;
                    begun = true;
                }
            }
        }
        Ok(begun)
    }

    /// Updates by hand are as careful again as they should be, and what nothing refers to goes.
    pub fn finish_all(&self, authority: &Authority, prepared: &Prepared) -> Result<()> {
        self.raise(authority)?;
        let record = Record::read(&prepared.record, &prepared.release.env)?;
        for template in record.processes.values() {
            let name = template.name.clone().unwrap_or_default();
            for time in 0..TRIES {
                self.give_way(time);
                let Some(service) = self.find(&name)? else { break };
                refuse_strangers(authority, &service)?;
                let tasks = self.tasks(std::slice::from_ref(&service))?;
                let mut spec = service.spec.clone().unwrap_or_default();
                spec.update_config = Some(spec::resting(&record.order, false));
                let labels = spec.labels.get_or_insert_default();
                labels.insert(names::FENCE.into(), authority.fence.to_string());
                labels.insert(names::MARK.into(), mark(&service, &tasks).to_string());
                labels.remove(names::ANEW);
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
            ids.configs = self.keep_configs(authority, &record.configs)?;
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

    /// Ids of configs by name, those of `files` among them: made where they are not there yet.
    fn keep_configs(&self, authority: &Authority, files: &[ConfigFile]) -> Result<BTreeMap<String, String>> {
        let Authority { service, env, .. } = authority;
        let there = self.configs(service, env)?;
        for file in files.iter().filter(|file| !there.contains_key(&file.name)) {
            match self.make_config(&file.name, names::scope(service, env), &file.content) {
                // Made by another act in between, where one name is one content; or somebody else's, which is seen below.
                Err(fault) if fault.code() == "conflict" => {}
                made => made?,
            }
        }
        let there = self.configs(service, env)?;
        match files.iter().find(|file| !there.contains_key(&file.name)) {
            Some(taken) => Err(name_taken("config", &taken.name, authority)),
            None => Ok(there),
        }
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
                there
                    .get(name)
                    .cloned()
                    .ok_or_else(|| name_taken("secret", name, authority))
            }
            Err(fault) => Err(fault),
        }
    }

    /// The fence has been raised.
    pub fn start_step(&self, authority: &Authority, prepared: &Prepared, id: &str) -> Result<()> {
        let name = names::of_instance(id);
        if self.find(&name)?.is_some() {
            return Ok(());
        }
        let record = Record::read(&prepared.record, &prepared.release.env)?;
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

pub fn no_network(name: &str) -> Fault {
    Fault::usage(
        "no-network",
        format!("the swarm has no overlay network `{}`", plain(name)),
    )
    .hint(format!("docker network create --driver overlay {}", plain(name)))
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use serde_json::json;

    use super::super::fake::Fake;
    use super::*;
    use crate::model::DeploymentId;

    #[test]
    fn a_config_that_another_act_made_in_between_is_taken_and_a_stranger_s_is_not() {
        let authority = Authority {
            service: "shop".parse().expect("a name"),
            env: "production".parse().expect("a name"),
            deployment: DeploymentId(1),
            fence: 1,
        };
        let file = ConfigFile {
            name: "shop-production-app.toml-1d2c".into(),
            path: "app.toml".into(),
            content: String::new(),
        };
        let keep = |by_us: bool| {
            let (looks, name) = (AtomicUsize::new(0), file.name.clone());
            let fake = Fake::start(move |line| match line.starts_with("POST ") {
                true => (
                    409,
                    json!({ "message": "rpc error: code = AlreadyExists desc = config already exists" }),
                ),
                false if by_us && looks.fetch_add(1, Ordering::Relaxed) > 0 => {
                    (200, json!([{ "ID": "c1", "Spec": { "Name": name } }]))
                }
                false => (200, json!([])),
            });
            fake.swarm().keep_configs(&authority, std::slice::from_ref(&file))
        };
        let there = keep(true).expect("it is there");
        assert_eq!(there.get(&file.name).map(String::as_str), Some("c1"));
        let fault = keep(false).expect_err("it is somebody else's");
        assert_eq!((fault.kind(), fault.code()), (Kind::Failed, "name-taken"));
    }
}
