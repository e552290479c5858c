//! Who may act: the highest token that was seen, and what belongs to whom.

use std::collections::HashMap;
use std::time::Duration;

use bollard::errors::Error;
use bollard::models::{Config, Service};
use bollard::query_parameters::UpdateConfigOptions;

use super::observe::{self, fence, label};
use super::{Swarm, foreign, names};
use crate::fault::{Fault, Kind, Result};
use crate::model::{EnvName, ServiceName};
use crate::ports::target::{Authority, changed_underneath};

/// Another act or the engine's own bookkeeping got in between: so often it is tried again.
pub const TRIES: u32 = 8;

/// What whoever got in between is left before the next try, each time more, and at most.
const GIVE_WAY: Duration = Duration::from_millis(50);
const GIVE_WAY_MOST: Duration = Duration::from_millis(200);

impl Swarm {
    /// Waits a little before every try but the first.
    pub fn give_way(&self, time: u32) {
        if time > 0 {
            self.clock.sleep((GIVE_WAY * time).min(GIVE_WAY_MOST));
        }
    }

    pub fn fence_config(&self, name: &str) -> Result<Option<Config>> {
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
        self.look_soon(service, env);
        let name = names::fence(service, env);
        let mut labels = names::scope(service, env);
        labels.insert(names::FENCE.into(), authority.fence.to_string());
        for time in 0..TRIES {
            self.give_way(time);
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

    pub fn label_config(&self, config: Config, labels: &HashMap<String, String>) -> Result<()> {
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
}

/// Two services and environments may make one name: `a-b` in `c`, and `a` in `b-c`. The first to come has it.
pub fn is_of(labels: Option<&HashMap<String, String>>, service: &ServiceName, env: &EnvName) -> bool {
    let label = |key| labels.and_then(|labels| labels.get(key)).map(String::as_str);
    label(names::SERVICE) == Some(service.as_str()) && label(names::ENV) == Some(env.as_str())
}

pub fn name_taken(what: &str, name: &str, authority: &Authority) -> Fault {
    let Authority { service, env, .. } = authority;
    let message = format!("there is a {what} `{name}` in the swarm already, and it is none of `{service}` in `{env}`");
    Fault::failed("name-taken", message)
        .still("nothing was changed")
        .hint(format!("docker {what} inspect --pretty {name}"))
}

/// Refuses to change what is somebody else's, was changed by somebody else, or was seen under a newer token.
pub fn refuse_strangers(authority: &Authority, service: &Service) -> Result<()> {
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

/// How a person lets their change be overwritten.
pub fn accept(name: &str) -> String {
    format!(
        "to let it be overwritten: docker service update --label-rm {} {name}, and deploy again",
        names::WROTE
    )
}

pub fn busy(name: &str) -> Fault {
    Fault::new(
        Kind::Busy,
        "busy",
        format!("`{name}` is being changed by somebody else all the time"),
    )
    .hint(format!("docker service ps {name}"))
}

pub fn labels_of(config: &Config) -> Option<&HashMap<String, String>> {
    config.spec.as_ref()?.labels.as_ref()
}

pub fn fence_of(config: &Config) -> u64 {
    labels_of(config)
        .and_then(|labels| labels.get(names::FENCE)?.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
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
}
