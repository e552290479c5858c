//! What the supervisor must know again after any crash: written before each effect, read when it starts.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::SocketAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::home::{Home, write_durably};
use super::protocol::Launch;
use crate::fault::{Attempt, Fault, Kind, Result};
use crate::model::release::Release;
use crate::model::spec::{Process, Role, Work};
use crate::model::{DeploymentId, EnvName, ReleaseNo, ServiceName, Span};
use crate::ports::target::{Part, RELEASE_STEP};

/// The form of the file. A newer one is refused: guessing at it could stop what it describes.
const FORMAT: u32 = 1;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    format: u32,
    /// The agent was stopped on purpose; nothing but a deliberate act starts it again.
    pub halted: bool,
    /// By [`key`].
    pub services: BTreeMap<String, Service>,
    /// Public ports that the agent picked, kept even over `down`, so that a URL stays what it was.
    pub picked: BTreeMap<String, u16>,
}

/// One service in one environment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Service {
    pub service: ServiceName,
    pub env: EnvName,
    /// The highest fencing token seen.
    pub fence: u64,
    pub current: Option<ReleaseNo>,
    /// The release that was made ready last and nothing was shifted to yet; its public port is held open.
    #[serde(default)]
    pub prepared: Option<ReleaseNo>,
    /// Requests are held while the only web instance is replaced.
    pub hold: bool,
    /// Instances with a share of the traffic of their own.
    #[serde(default)]
    pub part: Option<Part>,
    /// Releases with instances, the current one, and the one prepared last.
    pub releases: BTreeMap<u32, Known>,
    pub instances: BTreeMap<String, Instance>,
}

/// A release the agent was told of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Known {
    pub release: Release,
    /// Where people reach it.
    pub port: Option<u16>,
    /// Set once instances were started from it.
    pub launch: Option<Launch>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    pub process: String,
    pub release: ReleaseNo,
    pub deployment: DeploymentId,
    /// Belongs to the environment: is restarted when it exits, and takes traffic where it is a web process.
    pub kept: bool,
    pub phase: Phase,
    pub since: Timestamp,
    /// Its own port during this run.
    pub port: Option<u16>,
    /// Where it was seen to answer during this run.
    pub address: Option<SocketAddr>,
    /// Counts starts; tells one run's exit record from another's.
    pub run: u32,
    pub restarts: u32,
    pub exit: Option<String>,
    /// Takes no new work.
    pub draining: bool,
    /// SIGTERM was sent or is due; the grace it has.
    pub stopping: Option<Span>,
    /// Stopped to make room on a `listen` port. It comes back only if its successor is gone when the agent starts.
    pub replaced: bool,
}

/// Whether an instance has a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Running,
    Exited,
    /// A scheduled job between two runs.
    Waiting,
}

impl Default for State {
    fn default() -> Self {
        State {
            format: FORMAT,
            halted: false,
            services: BTreeMap::new(),
            picked: BTreeMap::new(),
        }
    }
}

/// How state and routes name a service in an environment.
pub fn key(service: &ServiceName, env: &EnvName) -> String {
    format!("{service}.{env}")
}

impl State {
    /// Reads the state, or the generation before it where the newest is damaged; `None` where there never was one.
    pub fn load(home: &Home) -> Result<Option<State>> {
        match read(&home.state()) {
            Ok(state) => Ok(state),
            Err(fault) if fault.code() == "agent-state-newer" => Err(fault),
            Err(fault) => match read(&home.previous_state()) {
                Ok(Some(state)) => Ok(Some(state)),
                _ => Err(fault),
            },
        }
    }

    /// Puts the state on the disk; nothing that it announces may happen before this returns.
    pub fn save(&self, home: &Home) -> Result<()> {
        let path = home.state();
        let text = serde_json::to_vec(self)
            .map_err(|error| Fault::bug("the agent's state has no JSON form").because(error))?;
        // Best effort: the generation before is a help against damage, not a promise.
        let _ = fs::remove_file(home.previous_state());
        let _ = fs::hard_link(&path, home.previous_state());
        write_durably(&path, &text)
            .attempting("write the agent's state", &path)
            .map_err(|fault| fault.still("everything runs as before"))
    }

    pub fn service(&mut self, service: &ServiceName, env: &EnvName) -> &mut Service {
        self.services.entry(key(service, env)).or_insert_with(|| Service {
            service: service.clone(),
            env: env.clone(),
            fence: 0,
            current: None,
            prepared: None,
            hold: false,
            part: None,
            releases: BTreeMap::new(),
            instances: BTreeMap::new(),
        })
    }

    /// The service that holds an instance.
    pub fn of_instance(&mut self, id: &str) -> Option<&mut Service> {
        self.services
            .values_mut()
            .find(|service| service.instances.contains_key(id))
    }

    pub fn instance(&mut self, id: &str) -> Option<&mut Instance> {
        self.services
            .values_mut()
            .find_map(|service| service.instances.get_mut(id))
    }

    /// Every public port with the service it belongs to.
    pub fn ports(&self) -> BTreeMap<u16, &Service> {
        self.services
            .values()
            .flat_map(|service| service.ports().into_iter().map(move |port| (port, service)))
            .collect()
    }
}

impl Service {
    pub fn key(&self) -> String {
        key(&self.service, &self.env)
    }

    /// Public ports of the current release and of one that was prepared.
    pub fn ports(&self) -> BTreeSet<u16> {
        let open = [self.current, self.prepared].into_iter().flatten();
        open.filter_map(|release| self.releases.get(&release.0)?.port).collect()
    }

    /// Drops releases that nothing needs.
    pub fn forget_releases(&mut self) {
        let needed: BTreeSet<u32> = self
            .instances
            .values()
            .map(|instance| instance.release)
            .chain(self.current)
            .chain(self.prepared)
            .map(|release| release.0)
            .collect();
        self.releases.retain(|number, _| needed.contains(number));
    }

    /// What an instance is to run.
    pub fn role_of(&self, instance: &Instance) -> Option<Role> {
        let known = self.releases.get(&instance.release.0)?;
        process_of(&known.release, &instance.process).map(|process| process.role)
    }

    pub fn is_web(&self, instance: &Instance) -> bool {
        self.role_of(instance) == Some(Role::Web)
    }
}

/// A process of a release by name; the release step is one of its processes, too.
pub fn process_of(release: &Release, name: &str) -> Option<Process> {
    if name == RELEASE_STEP {
        let step = release.spec.release_step.as_ref()?;
        return Some(Process {
            name: name.to_owned(),
            role: Role::Worker,
            work: Work::Command(step.command.clone()),
            instances: 1,
            env: Default::default(),
        });
    }
    release
        .spec
        .processes
        .iter()
        .find(|process| process.name == name)
        .cloned()
}

fn read(path: &std::path::Path) -> Result<Option<State>> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).attempting("read the agent's state", path),
    };
    #[derive(Deserialize)]
    struct Form {
        format: u32,
    }
    let form = serde_json::from_slice::<Form>(&text).ok();
    if let Some(Form { format }) = form.filter(|form| form.format > FORMAT) {
        return Err(Fault::new(
            Kind::Usage,
            "agent-state-newer",
            format!(
                "the agent's state `{}` was written by a newer deliver (form {format}, this one knows {FORMAT})",
                path.display()
            ),
        )
        .still("instances that run go on")
        .hint("deliver version"));
    }
    serde_json::from_slice(&text).map(Some).map_err(|error| {
        Fault::failed(
            "agent-state-damaged",
            format!("cannot make sense of the agent's state `{}`", path.display()),
        )
        .still("instances that run go on")
        .hint(format!(
            "mv {0} {0}.damaged  # then `deliver deploy` each service again",
            path.display()
        ))
        .because(error)
    })
}
