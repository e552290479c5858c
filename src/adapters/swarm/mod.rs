//! Docker Swarm as a target: one service of the swarm for each process, replaced slot by slot as `deliver` says.
//!
//! The engine is told a whole specification each time, with the version that was read, and how many slots to replace at
//! once; it then waits for a day, which no deployment takes. Its own rollback is never used: what is recorded with a
//! release is enough to write that release's specification again.

mod act;
mod advise;
mod api;
#[cfg(test)]
mod fake;
mod fence;
mod foreign;
mod logs;
mod look;
mod names;
mod next;
mod observe;
mod options;
mod place;
mod probe;
mod spec;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bollard::Docker;
use bollard::auth::DockerCredentials;
use bollard::models::{LocalNodeState, Service, SwarmInfo};
use jiff::Timestamp;

use crate::adapters::docker::connect::{Endpoint, Engine, a_worker, locked, next_command, no_swarm, not_ready, plain};
use crate::adapters::docker::image::Images;
use crate::adapters::docker::reach::Reach;
use crate::adapters::docker::registry::Logins;
use crate::config::environment::Environment;
use crate::event::Events;
use crate::fault::{Fault, Result};
use crate::model::observed::Observation;
use crate::model::place::Place;
use crate::model::release::BuildId;
use crate::model::spec::{Image, Spec};
use crate::model::{EnvName, ServiceName};
use crate::ports::target::{
    Authority, Capabilities, InPlace, LONGEST_VARIABLE, LogLine, LogQuery, Placed, Prepared, RELEASE_STEP, Shift,
    Stage, Stop, Stopped, Target, Wanted,
};
use crate::ports::{Clock, Commands, Interrupt};

use look::Memory;
use options::{Options, Secrets};
use spec::Record;

/// Services that are asked at their ports at a time where all are looked at: those that do not answer take their timeouts.
const ASKED_AT_ONCE: usize = 8;

/// The target `swarm`.
pub struct Swarm {
    engine: Engine,
    logins: Logins,
    events: Option<Arc<dyn Events + Send + Sync>>,
    clock: Arc<dyn Clock>,
    memory: Mutex<Memory>,
}

/// The engine's own account of itself.
#[derive(Clone, Debug)]
struct Cluster {
    /// The manager's own node.
    node: String,
    address: String,
    /// What to add to this machine's time to get the engine's, in milliseconds.
    skew: i64,
}

impl Swarm {
    /// Over the engine that the place or the environment names. Nothing is reached yet.
    pub fn new(
        place: &Place,
        environment: &Environment,
        clock: Arc<dyn Clock>,
        commands: Arc<dyn Commands>,
        interrupt: Arc<dyn Interrupt>,
    ) -> Result<Swarm> {
        let reach = options::read::<Reach>(&place.options)?;
        let endpoint = Endpoint::find(&reach, environment)?;
        Ok(Swarm {
            engine: Engine::new(endpoint, Some("swarm"), interrupt),
            logins: Logins::new(reach.auth, reach.registry.as_deref(), "swarm", environment, commands),
            events: None,
            clock,
            memory: Mutex::default(),
        })
    }

    /// Whoever takes what is worth a warning.
    pub fn telling(mut self, events: Option<Arc<dyn Events + Send + Sync>>) -> Swarm {
        self.events = events;
        self
    }

    fn call<T, F>(&self, what: &str, call: impl FnOnce(Docker) -> F) -> Result<T>
    where
        F: Future<Output = std::result::Result<T, bollard::errors::Error>>,
    {
        let answer = self.engine.call(what, call);
        answer.map_err(|fault| match self.memory().cluster.is_some() {
            true => was_manager(fault, &self.engine.endpoint),
            false => fault,
        })
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        // What is in it can be learnt again.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn images(&self) -> Images<'_> {
        Images {
            engine: &self.engine,
            logins: &self.logins,
            events: self.events.as_deref(),
        }
    }

    /// What nodes need to pull the image.
    fn login(&self, image: Option<&str>) -> Result<Option<DockerCredentials>> {
        image.map_or(Ok(None), |image| self.logins.of(image))
    }

    /// The manager, looked at once: anything else than a manager is refused.
    fn cluster(&self) -> Result<Cluster> {
        if let Some(cluster) = &self.memory().cluster {
            return Ok(cluster.clone());
        }
        let info = self.call(
            "ask the engine about itself",
            |docker| async move { docker.info().await },
        )?;
        let swarm = info.swarm.unwrap_or_default();
        manages(&swarm, &self.engine.endpoint)?;
        let engine_time: Option<Timestamp> = info.system_time.and_then(|text| text.parse().ok());
        let skew = engine_time.map_or(0, |time| time.as_millisecond() - self.clock.now().as_millisecond());
        let address = swarm
            .node_addr
            .filter(|address| !address.is_empty() && address != "0.0.0.0");
        let cluster = Cluster {
            node: swarm.node_id.unwrap_or_default(),
            address: match self.engine.endpoint.machine() {
                Some(machine) => machine,
                None => address.unwrap_or_else(|| "127.0.0.1".into()),
            },
            skew,
        };
        self.memory().cluster = Some(cluster.clone());
        Ok(cluster)
    }

    fn url(&self, port: u16) -> Result<String> {
        Ok(at_port(&self.cluster()?.address, port))
    }
}

/// Refuses an engine that is no manager, as it says of itself. One that comes up as a manager is not yet one, for some seconds.
fn manages(swarm: &SwarmInfo, endpoint: &Endpoint) -> Result<()> {
    let coming = |what: &str| {
        let host = &endpoint.host;
        let said = swarm.error.as_deref().map(plain).filter(|said| !said.is_empty());
        let said = said.map(|said| format!(": {said}")).unwrap_or_default();
        Err(not_ready(format!("the engine at `{host}` {what}{said}")).hint(next_command(endpoint)))
    };
    let own = swarm.node_id.as_ref().filter(|id| !id.is_empty());
    let among_managers = swarm
        .remote_managers
        .iter()
        .flatten()
        .any(|one| own.is_some() && one.node_id.as_ref() == own);
    match swarm.local_node_state {
        Some(LocalNodeState::ACTIVE) if swarm.control_available == Some(true) => Ok(()),
        Some(LocalNodeState::ACTIVE) if among_managers => coming("is a manager that is not ready yet"),
        Some(LocalNodeState::ACTIVE) => Err(a_worker()),
        Some(LocalNodeState::PENDING) => coming("is not done with joining its swarm"),
        Some(LocalNodeState::ERROR) => coming("has trouble with its swarm"),
        Some(LocalNodeState::LOCKED) => Err(locked()),
        Some(LocalNodeState::INACTIVE | LocalNodeState::EMPTY) | None => Err(no_swarm()),
    }
}

/// A manager that is started again takes itself for a worker, or for no part of a swarm, until it is one again.
fn was_manager(fault: Fault, endpoint: &Endpoint) -> Fault {
    match fault.code() {
        "no-swarm" | "not-a-manager" => {
            let message = format!("the manager at `{}` is none at the moment: {fault}", endpoint.host);
            not_ready(message).hint(next_command(endpoint))
        }
        _ => fault,
    }
}

fn at_port(address: &str, port: u16) -> String {
    match address.contains(':') && !address.starts_with('[') {
        true => format!("http://[{address}]:{port}"),
        false => format!("http://{address}:{port}"),
    }
}

/// Ports at which the nodes offer a service.
fn published(service: &Service) -> impl Iterator<Item = u16> {
    let ports = service.endpoint.as_ref().and_then(|endpoint| endpoint.ports.as_ref());
    ports
        .into_iter()
        .flatten()
        .filter_map(|port| u16::try_from(port.published_port?).ok())
        .filter(|port| *port > 0)
}

impl Target for Swarm {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            weights: false,
            holds_requests: false,
            volumes: true,
            schedules: false,
            in_place: true,
            beside: false,
            portions: true,
            batches: true,
            counts: false,
        }
    }

    fn in_place(&self) -> Option<&dyn InPlace> {
        Some(self)
    }

    fn observe(&self, service: &ServiceName, env: &EnvName) -> Result<Observation> {
        self.cluster()?;
        self.look_in_time(&(service.clone(), env.clone()), || {
            let services = self.services(service, env)?;
            let tasks = self.tasks(&services)?;
            self.look(service, env, &services, &tasks)
        })
    }

    fn observe_all(&self) -> Result<Vec<Observation>> {
        self.cluster()?;
        let all = self.list_services(HashMap::from([("label".to_owned(), vec![names::SERVICE.to_owned()])]))?;
        let tasks = self.tasks(&all)?;
        let mut scopes: BTreeMap<(ServiceName, EnvName), Vec<Service>> = BTreeMap::new();
        for one in all {
            let named = |label| observe::label(&one, label);
            let service = named(names::SERVICE).and_then(|name| name.parse().ok());
            let env = named(names::ENV).and_then(|name| name.parse().ok());
            // Labels that are no names are not ours, whoever set them.
            if let (Some(service), Some(env)) = (service, env) {
                scopes.entry((service, env)).or_default().push(one);
            }
        }
        let scopes: Vec<_> = scopes.into_iter().collect();
        let mut seen = Vec::with_capacity(scopes.len());
        for some in scopes.chunks(ASKED_AT_ONCE) {
            let tasks = &tasks;
            let looks: Vec<Result<Observation>> = std::thread::scope(|threads| {
                let begin = |((service, env), services): &'_ ((ServiceName, EnvName), Vec<Service>)| {
                    let (service, env, services) = (service.clone(), env.clone(), services.clone());
                    threads.spawn(move || self.look(&service, &env, &services, tasks))
                };
                let begun: Vec<_> = some.iter().map(begin).collect();
                let ended = begun.into_iter().map(|one| one.join());
                ended
                    .map(|look| look.unwrap_or_else(|_| Err(Fault::bug("a look at a service broke off"))))
                    .collect()
            });
            for look in looks {
                seen.push(look?);
            }
        }
        Ok(seen)
    }

    fn advise(&self, service: &ServiceName, env: &EnvName, spec: &Spec) -> Result<Vec<String>> {
        self.advice(service, env, spec)
    }

    fn makes_image(&self, spec: &Spec) -> bool {
        !matches!(spec.image, Some(Image::Ready(_)))
    }

    fn prepare(&self, authority: &Authority, prepared: &Prepared) -> Result<Placed> {
        self.cluster()?;
        self.raise_services(authority)?;
        let release = &prepared.release;
        match Options::read(&release.spec.options)?.secrets {
            Secrets::Files => prepared.secrets_within(spec::LONGEST_SECRET, "a secret of a swarm")?,
            Secrets::Env => prepared.secrets_within(LONGEST_VARIABLE, "a variable")?,
        }
        let record = match prepared.record.is_null() {
            true => self.make_record(authority, release, &prepared.artifact)?,
            false => {
                let record = Record::read(&prepared.record, &prepared.release.env)?;
                let options = Options::read(&release.spec.options)?;
                self.images()
                    .verify(release, &record.image, self.nodes(&options)? <= 1)?;
                record
            }
        };
        let port = record.processes.get(names::WEB).and_then(|one| {
            let ports = one.endpoint_spec.as_ref()?.ports.as_ref()?;
            u16::try_from(ports.first()?.published_port?)
                .ok()
                .filter(|port| *port > 0)
        });
        let value = match prepared.record.is_null() {
            true => {
                serde_json::to_value(&record).map_err(|error| Fault::bug("a record that is no JSON").because(error))?
            }
            false => prepared.record.clone(),
        };
        Ok(Placed {
            url: port.map(|port| self.url(port)).transpose()?,
            record: value,
            confidential: false,
        })
    }

    fn discard(&self, service: &ServiceName, builds: &BTreeSet<BuildId>) -> Result<u32> {
        self.images().discard(service, builds)
    }

    fn start(&self, authority: &Authority, prepared: &Prepared, wanted: &[Wanted]) -> Result<()> {
        // Whatever else is wrong with it, an act of a deployment that was overtaken is told that first.
        self.raise(authority)?;
        for one in wanted {
            if one.process != RELEASE_STEP {
                return Err(Fault::bug("instances of a swarm are started by itself"));
            }
            self.start_step(authority, prepared, &one.id)?;
        }
        Ok(())
    }

    fn shift(&self, _: &Authority, _: &Shift) -> Result<()> {
        Err(Fault::bug("traffic of a swarm follows its instances"))
    }

    fn remove(&self, authority: &Authority) -> Result<()> {
        self.remove_all(authority)
    }

    fn stop(&self, authority: &Authority, stop: &Stop) -> Result<Vec<Stopped>> {
        self.stop_steps(authority, &stop.instances, stop.grace)
    }

    fn logs(
        &self,
        service: &ServiceName,
        env: &EnvName,
        query: &LogQuery,
        follow: bool,
        line: &mut dyn FnMut(LogLine) -> bool,
    ) -> Result<()> {
        self.cluster()?;
        match follow {
            true => self.follow(service, env, query, line),
            false => self.gather(service, env, query, line),
        }
    }
}

impl InPlace for Swarm {
    fn replace(&self, authority: &Authority, prepared: &Prepared, stage: &Stage) -> Result<()> {
        self.replace_all(authority, prepared, stage)
    }

    fn finish(&self, authority: &Authority, prepared: &Prepared) -> Result<()> {
        self.finish_all(authority, prepared)
    }

    fn go_on(&self, authority: &Authority) -> Result<bool> {
        self.begin_anew(authority)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fault::Kind;

    #[test]
    fn a_manager_that_comes_up_is_waited_for_and_no_worker() {
        let endpoint = Endpoint {
            host: "tcp://m1:2376".into(),
            tls: None,
        };
        let of = |info: serde_json::Value| {
            let info: SwarmInfo = serde_json::from_value(info).expect("it reads");
            match manages(&info, &endpoint) {
                Ok(()) => (Kind::Bug, "manages", String::new()),
                Err(fault) => (fault.kind(), fault.code(), fault.hints().join("; ")),
            }
        };
        let state = |state: &str, control: bool, managers: &[&str]| {
            let managers: Vec<_> = managers
                .iter()
                .map(|id| json!({ "NodeID": id, "Addr": "a:2377" }))
                .collect();
            of(
                json!({ "NodeID": "n1", "LocalNodeState": state, "ControlAvailable": control, "RemoteManagers": managers }),
            )
        };
        let info = || "docker -H tcp://m1:2376 info".to_owned();
        assert_eq!(state("active", true, &["n1"]).1, "manages");
        assert_eq!(
            state("active", false, &["n1", "n2"]),
            (Kind::Unreachable, "engine-not-ready", info())
        );
        let (kind, code, hint) = state("active", false, &["n2"]);
        assert_eq!((kind, code), (Kind::Usage, "not-a-manager"), "{hint}");
        for coming in ["pending", "error"] {
            assert_eq!(
                state(coming, false, &[]),
                (Kind::Unreachable, "engine-not-ready", info())
            );
        }
        assert_eq!(
            state("locked", false, &[]),
            (Kind::Unreachable, "swarm-locked", "docker swarm unlock".into())
        );
        assert_eq!(
            state("inactive", false, &[]),
            (Kind::Usage, "no-swarm", "docker swarm init".into())
        );
        for fault in [a_worker(), no_swarm()] {
            let fault = was_manager(fault, &endpoint);
            assert_eq!(
                (fault.kind(), fault.code(), fault.hints().join("; ")),
                (Kind::Unreachable, "engine-not-ready", info())
            );
        }
    }
}
