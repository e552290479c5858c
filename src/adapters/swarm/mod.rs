//! Docker Swarm as a target: one service of the swarm for each process, replaced slot by slot as `deliver` says.
//!
//! The engine is told a whole specification each time, with the version that was read, and how many slots to replace at
//! once; it then waits for a day, which no deployment takes. Its own rollback is never used: what is recorded with a
//! release is enough to write that release's specification again.

mod act;
mod foreign;
mod logs;
mod names;
mod observe;
mod options;
mod probe;
mod spec;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::future::Future;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bollard::Docker;
use bollard::auth::DockerCredentials;
use bollard::models::{
    EndpointPortConfigPublishModeEnum, LocalNodeState, Node, NodeSpecAvailabilityEnum, Service, Task,
};
use bollard::query_parameters::{ListNodesOptions, ListServicesOptions};
use futures_util::StreamExt;
use futures_util::stream::SelectAll;
use jiff::Timestamp;

use crate::adapters::docker::connect::{Endpoint, Engine, docker_folder, not_a_manager, plain};
use crate::adapters::docker::image::Images;
use crate::adapters::docker::reach::Reach;
use crate::config::environment::Environment;
use crate::fault::{Attempt, Fault, Result};
use crate::model::observed::Observation;
use crate::model::place::Place;
use crate::model::release::Release;
use crate::model::spec::{CommandLine, Image, Role, Spec, Work, hears_stop};
use crate::model::{EnvName, ReleaseNo, ServiceName};
use crate::ports::target::{
    Authority, Capabilities, InPlace, LogLine, LogQuery, Placed, Prepared, RELEASE_STEP, Shift, Stage, Stop, Stopped,
    Target, Wanted,
};
use crate::ports::{Clock, Interrupt};

use act::ASK;
use options::{Mode, Options, Order, Publish, Secrets};
use probe::Ask;
use spec::{Method, Record, Source};

/// Two looks at one service are at least this far apart: each is some calls to the engine, over TLS or ssh perhaps.
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

/// Ports that Docker itself gives to services that name none.
const FREE_PORTS: std::ops::Range<u16> = 30_000..32_768;

/// How often a look is taken for new tasks while logs are followed.
const LOOK_FOR_TASKS: Duration = Duration::from_secs(1);

/// Logs that do not end within this time have lost their node.
const LOGS: Duration = Duration::from_secs(30);

/// The target `swarm`.
pub struct Swarm {
    engine: Engine,
    reach: Reach,
    environment: Environment,
    clock: Arc<dyn Clock>,
    memory: Mutex<Memory>,
}

/// What this process has learnt of the engine and seen of its tasks.
#[derive(Default)]
struct Memory {
    cluster: Option<Cluster>,
    client: Option<reqwest::blocking::Client>,
    scopes: HashMap<(ServiceName, EnvName), Scope>,
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

/// What this process has seen of one service.
#[derive(Default)]
struct Scope {
    looked: Option<Duration>,
    tasks: HashMap<String, Life>,
    asked: Option<Duration>,
    /// A release that gave bad answers already when we first looked: its instances may go on with that.
    broken: Option<ReleaseNo>,
}

/// What this process has seen of one task.
#[derive(Clone, Default)]
struct Life {
    /// Since when it runs, or answers where it is asked.
    since: Duration,
    /// It ran when we first looked.
    before: bool,
    answers: bool,
    /// What the last bad answer was.
    bad: Option<String>,
    flaps: u32,
}

impl Swarm {
    /// Over the engine that the place or the environment names. Nothing is reached yet.
    pub fn new(
        place: &Place,
        environment: &Environment,
        clock: Arc<dyn Clock>,
        interrupt: Arc<dyn Interrupt>,
    ) -> Result<Swarm> {
        let reach = options::read::<Reach>(&place.options)?;
        let endpoint = Endpoint::find(&reach, environment)?;
        Ok(Swarm {
            engine: Engine::new(endpoint, Some("swarm"), interrupt),
            reach,
            environment: environment.clone(),
            clock,
            memory: Mutex::default(),
        })
    }

    fn call<T, F>(&self, what: &str, call: impl FnOnce(Docker) -> F) -> Result<T>
    where
        F: Future<Output = std::result::Result<T, bollard::errors::Error>>,
    {
        self.engine.call(what, call)
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        // What is in it can be learnt again.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn images(&self) -> Images<'_> {
        Images {
            engine: &self.engine,
            environment: &self.environment,
            auth: self.reach.auth.as_ref(),
            docker_folder: docker_folder(&self.environment),
            target: "swarm",
        }
    }

    /// What nodes need to pull the image.
    fn login(&self, image: Option<&str>) -> Result<Option<DockerCredentials>> {
        image.map_or(Ok(None), |image| self.images().credentials(image))
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
        if swarm.local_node_state != Some(LocalNodeState::ACTIVE) {
            return Err(not_a_manager("swarm init"));
        }
        if swarm.control_available != Some(true) {
            return Err(not_a_manager("worker"));
        }
        let engine_time: Option<Timestamp> = info.system_time.and_then(|text| text.parse().ok());
        let skew = engine_time.map_or(0, |time| time.as_millisecond() - self.clock.now().as_millisecond());
        let address = swarm
            .node_addr
            .filter(|address| !address.is_empty() && address != "0.0.0.0");
        let cluster = Cluster {
            node: swarm.node_id.unwrap_or_default(),
            address: match self.engine.endpoint.machine() {
                Some(machine) => machine.to_owned(),
                None => address.unwrap_or_else(|| "127.0.0.1".into()),
            },
            skew,
        };
        self.memory().cluster = Some(cluster.clone());
        Ok(cluster)
    }

    /// Nodes that instances may be put on, as far as constraints on names and roles tell.
    fn nodes(&self, options: &Options) -> Result<usize> {
        let listed = self.call("list nodes", |docker| async move {
            docker.list_nodes(None::<ListNodesOptions>).await
        })?;
        let usable = listed.iter().filter(|node| {
            let spec = node.spec.as_ref();
            let active = spec.and_then(|spec| spec.availability) == Some(NodeSpecAvailabilityEnum::ACTIVE);
            active && options.constraints.iter().all(|constraint| may_run(node, constraint))
        });
        Ok(usable.count())
    }

    fn url(&self, port: u16) -> Result<String> {
        Ok(at_port(&self.cluster()?.address, port))
    }

    /// The port at which the web process is offered: what was asked for, what it has already, or one that nobody has.
    fn port(&self, release: &Release, options: &Options) -> Result<Option<u16>> {
        if release.spec.web().is_none() {
            return Ok(None);
        }
        let name = names::service(&release.service, &release.env, names::WEB);
        let wanted = match options.publish {
            Publish::Nowhere => return Ok(None),
            Publish::At(port) => Some(port),
            Publish::Anywhere => None,
        };
        let all = self.call("list services", |docker| async move {
            docker.list_services(None::<ListServicesOptions>).await
        })?;
        let mut taken: BTreeMap<u16, String> = BTreeMap::new();
        for one in &all {
            let owner = one.spec.as_ref().and_then(|spec| spec.name.clone()).unwrap_or_default();
            taken.extend(published(one).map(|port| (port, owner.clone())));
        }
        if let Some(port) = wanted {
            return match taken.get(&port).filter(|owner| **owner != name) {
                None => Ok(Some(port)),
                Some(owner) => {
                    let message = format!("the port {port} of the swarm belongs to the service `{}`", plain(owner));
                    Err(Fault::failed("port-taken", message)
                        .hint("choose another `publish` under `[environment.NAME.swarm]`"))
                }
            };
        }
        if options.publish_mode == Mode::Host {
            // Each instance gets a free port of its node.
            return Ok(Some(0));
        }
        if let Some((port, _)) = taken.iter().find(|(_, owner)| **owner == name) {
            return Ok(Some(*port));
        }
        // The same name gets the same port where it can, whoever asks first.
        let hash = blake3::hash(name.as_bytes());
        let start = u16::from_le_bytes([hash.as_bytes()[0], hash.as_bytes()[1]]) % FREE_PORTS.len() as u16;
        let mut ports = FREE_PORTS.cycle_from(start);
        let free = ports.find(|port| !taken.contains_key(port));
        free.map(Some)
            .ok_or_else(|| Fault::failed("no-port", "every port of 30000 to 32767 is taken in the swarm"))
    }

    /// Files of the artifact that become configs.
    fn config_files(&self, release: &Release, options: &Options, artifact: &Path) -> Result<Vec<spec::ConfigFile>> {
        let folder = artifact.join(&release.spec.workdir);
        let read = |(path, file): (&String, &String)| {
            let bytes = std::fs::read(folder.join(file)).attempting("read the config", &folder.join(file))?;
            spec::config_file(release, path, &bytes)
        };
        options.configs.iter().map(read).collect()
    }

    /// The image, and everything else that is recorded.
    fn make_record(&self, authority: &Authority, release: &Release, artifact: &Path) -> Result<Record> {
        let options = Options::read(&release.spec.options)?;
        self.refuse(&authority.service, &authority.env, &release.spec, &options)?;
        let published = self.port(release, &options)?;
        let configs = self.config_files(release, &options, artifact)?;
        let (image, facts) = self.images().obtain(release, artifact, options.registry.as_deref())?;
        if !image.pulled && self.nodes(&options)? > 1 {
            return Err(needs_registry(&image.name));
        }
        Record::make(&Source {
            release,
            deployment: authority.deployment,
            options: &options,
            image: &image,
            facts: &facts,
            published,
            configs,
        })
    }

    /// Why this engine cannot run the spec, if it cannot.
    fn refuse(&self, service: &ServiceName, env: &EnvName, spec: &Spec, options: &Options) -> Result<()> {
        let base = match &spec.image {
            Some(Image::Base(base)) => Some(base.as_str()),
            _ => None,
        };
        for process in &spec.processes {
            names::check(&names::service(service, env, &process.name))?;
            if let Role::Schedule(_) = process.role {
                let message = format!(
                    "`{}` is a scheduled job, which a swarm cannot run by the clock",
                    process.name
                );
                return Err(Fault::usage("no-schedules", message)
                    .hint("run it from a worker that keeps the time itself, or on another target"));
            }
            match (&process.work, base) {
                (Work::Static(_), _) => {
                    return Err(Fault::usage(
                        "no-static",
                        "a folder of static files needs an image with a web server on target `swarm`",
                    )
                    .hint("write `[build.image]` with `dockerfile = \"Dockerfile\"`"));
                }
                (Work::Command(CommandLine::Shell(_)), Some("scratch")) => {
                    let message = format!(
                        "the command of `{}` is a line for a shell, and an image from scratch has none",
                        process.name
                    );
                    return Err(Fault::usage("no-shell", message)
                        .hint("write the command as a list, or give `[build.image]` a `base`"));
                }
                _ => {}
            }
        }
        if !options.networks.is_empty() {
            let there = self.networks()?;
            if let Some(missing) = options.networks.iter().find(|name| !there.contains_key(*name)) {
                return Err(act::no_network(missing));
            }
        }
        let builds = matches!(spec.image, Some(Image::Dockerfile(_) | Image::Base(_)));
        if builds && options.registry.is_none() && self.nodes(options)? > 1 {
            return Err(needs_registry("an image that is built here"));
        }
        Ok(())
    }

    /// What was seen of a service's tasks before, brought up to date; then the published port is asked where that is due.
    fn learn(&self, key: &(ServiceName, EnvName), tasks: &[Task], web: Option<&Service>) -> Result<()> {
        let now = self.clock.elapsed();
        let running: Vec<&Task> = tasks.iter().filter(|task| observe::runs(task)).collect();
        let mut memory = self.memory();
        let scope = memory.scopes.entry(key.clone()).or_default();
        let before = scope.looked.is_none();
        let ids: BTreeSet<&str> = running.iter().filter_map(|task| task.id.as_deref()).collect();
        scope.tasks.retain(|id, _| ids.contains(id.as_str()));
        for id in ids {
            scope.tasks.entry(id.to_owned()).or_insert(Life {
                since: now,
                before,
                ..Life::default()
            });
        }
        scope.looked = Some(now);
        let Some((service, ask)) = web.and_then(|web| Some((web, ask_of(web)?))) else {
            return Ok(());
        };
        let own: Vec<&Task> = running
            .into_iter()
            .filter(|task| task.service_id == service.id)
            .collect();
        let unasked = |task: &&Task| {
            let life = task.id.as_ref().and_then(|id| scope.tasks.get(id));
            life.is_some_and(|life| !life.answers && life.bad.is_none())
        };
        let due = scope
            .asked
            .is_none_or(|asked| now.saturating_sub(asked) >= ask.interval.duration());
        if own.is_empty() || !(due || own.iter().any(unasked)) {
            return Ok(());
        }
        let client = match &memory.client {
            Some(client) => client.clone(),
            None => memory.client.insert(probe::client()?).clone(),
        };
        drop(memory);
        for door in self.doors(service, &own)? {
            let answers = ask.round(&client, &door.url, door.tasks.len());
            self.heard(key, &door, &answers, observe::label(service, names::RELEASE).as_deref());
        }
        Ok(())
    }

    /// Where a service is asked: at its one port, or at each instance's own.
    fn doors(&self, service: &Service, tasks: &[&Task]) -> Result<Vec<Door>> {
        let described = |task: &&Task| Some((task.id.clone()?, observe::release_of(task)?));
        if !by_host(service) {
            let Some(port) = published(service).next() else {
                return Ok(Vec::new());
            };
            let url = self.url(port)?;
            return Ok(vec![Door {
                url,
                tasks: tasks.iter().filter_map(described).collect(),
            }]);
        }
        let addresses = self.addresses()?;
        let door = |task: &&Task| {
            let port = observe::own_port(task)?;
            let address = addresses.get(task.node_id.as_deref()?)?;
            Some(Door {
                url: at_port(address, port),
                tasks: vec![described(task)?],
            })
        };
        Ok(tasks.iter().filter_map(door).collect())
    }

    /// Addresses of nodes by their ids; our own way to the engine where that is the node.
    fn addresses(&self) -> Result<BTreeMap<String, String>> {
        let cluster = self.cluster()?;
        let listed = self.call("list nodes", |docker| async move {
            docker.list_nodes(None::<ListNodesOptions>).await
        })?;
        let address = |node: Node| {
            let id = node.id?;
            let told = node
                .status
                .and_then(|status| status.addr)
                .filter(|told| told != "0.0.0.0");
            let own = id == cluster.node;
            Some((id, if own { cluster.address.clone() } else { told? }))
        };
        Ok(listed.into_iter().filter_map(address).collect())
    }

    /// Notes what a round of questions said of the instances behind a door.
    fn heard(&self, key: &(ServiceName, EnvName), door: &Door, answers: &probe::Answers, newest: Option<&str>) {
        let now = self.clock.elapsed();
        let mut memory = self.memory();
        let scope = memory.scopes.entry(key.clone()).or_default();
        let first = scope.asked.replace(now).is_none();
        if let (true, true, [(_, release), ..]) = (first, answers.bad > 0, door.tasks.as_slice()) {
            scope.broken = Some(*release);
        }
        let newest: Option<ReleaseNo> = newest.and_then(|text| text.parse().ok());
        let forgiven = door
            .tasks
            .iter()
            .filter(|(_, release)| scope.broken == Some(*release) && newest != Some(*release));
        let good = answers.bad <= forgiven.count() * answers.each;
        for (id, release) in &door.tasks {
            let Some(life) = scope.tasks.get_mut(id) else { continue };
            match (good, life.answers) {
                (true, false) => {
                    life.answers = true;
                    life.bad = None;
                    // One that ran when we first looked has been healthy since it runs, for all that is known.
                    if !life.before || life.flaps > 0 {
                        life.since = now;
                    }
                }
                (true, true) => {}
                // A bad answer may come from any instance behind the door: those of older releases are not blamed.
                (false, _) if newest == Some(*release) || door.tasks.len() == 1 => {
                    life.flaps += u32::from(life.answers);
                    life.answers = false;
                    life.bad = answers.why.clone();
                }
                (false, _) => life.answers = true,
            }
        }
    }

    /// How a running task does.
    fn pulse(&self, key: &(ServiceName, EnvName), asks: bool, cluster: &Cluster, task: &Task) -> observe::Pulse {
        let memory = self.memory();
        let scope = memory.scopes.get(key);
        let life = task
            .id
            .as_ref()
            .and_then(|id| scope?.tasks.get(id))
            .cloned()
            .unwrap_or_default();
        let mut pulse = observe::Pulse {
            flaps: life.flaps,
            ..observe::Pulse::default()
        };
        if asks && observe::task_label(task, names::PROCESS) == Some(names::WEB) && !life.answers {
            pulse.why_not = Some(life.bad.unwrap_or_else(|| "its port was not asked yet".into()));
        } else if life.before && life.flaps == 0 {
            let began: Option<Timestamp> = task
                .status
                .as_ref()
                .and_then(|status| status.timestamp.as_ref()?.parse().ok());
            let now = self.clock.now().as_millisecond() + cluster.skew;
            pulse.healthy_ms = began.map_or(0, |began| now.saturating_sub(began.as_millisecond()).max(0) as u64);
        } else {
            pulse.healthy_ms = self.clock.elapsed().saturating_sub(life.since).as_millis() as u64;
        }
        pulse
    }

    /// Everything of one service in one environment, as seen now.
    fn look(
        &self,
        service: &ServiceName,
        env: &EnvName,
        services: &[Service],
        tasks: &[Task],
        ask: bool,
    ) -> Result<Observation> {
        let cluster = self.cluster()?;
        let key = (service.clone(), env.clone());
        let web = services
            .iter()
            .find(|one| observe::label(one, names::PROCESS).as_deref() == Some(names::WEB));
        let port = web.and_then(|one| published(one).next());
        let url = port.map(|port| self.url(port)).transpose()?;
        let asks = ask && web.and_then(ask_of).is_some();
        if ask {
            self.learn(&key, tasks, web)?;
        }
        let aside = observe::Aside {
            fence: if ask { self.fence_seen(service, env)? } else { 0 },
            url,
            pulse: &|task| self.pulse(&key, asks, &cluster, task),
            now: self.clock.now() + jiff::SignedDuration::from_millis(cluster.skew),
        };
        Ok(observe::observation(service, env, services, tasks, &aside))
    }

    /// Waits until a next look at a service is due.
    fn pace(&self, key: &(ServiceName, EnvName)) {
        let looked = self.memory().scopes.get(key).and_then(|scope| scope.looked);
        if let Some(looked) = looked {
            let due = looked + BETWEEN_LOOKS;
            let now = self.clock.elapsed();
            if now < due {
                self.clock.sleep(due - now);
            }
        }
    }

    fn follow(
        &self,
        service: &ServiceName,
        env: &EnvName,
        query: &LogQuery,
        line: &mut dyn FnMut(LogLine) -> bool,
    ) -> Result<()> {
        let mut known = BTreeSet::new();
        let mut lines: logs::Lines = SelectAll::new();
        let mut query = query.clone();
        let line = &mut *line;
        loop {
            let line = &mut *line;
            let services = self.services(service, env)?;
            let tasks = self.tasks(&services)?;
            let sources = logs::fresh(logs::sources(&services, &tasks, &query), &mut known);
            let going = self.call("read logs", |docker| async move {
                for source in sources {
                    lines.push(logs::of_task(&docker, source, &query, true));
                }
                // What comes later is wanted from its beginning.
                query.tail = None;
                let mut go_on = true;
                let end = tokio::time::sleep(LOOK_FOR_TASKS);
                tokio::pin!(end);
                while go_on {
                    tokio::select! {
                        next = lines.next(), if !lines.is_empty() => if let Some(next) = next { go_on = line(next) },
                        () = &mut end => break,
                    }
                }
                Ok((lines, query, go_on))
            });
            let go_on;
            (lines, query, go_on) = going?;
            if !go_on {
                return Ok(());
            }
        }
    }
}

/// A range that begins anywhere in itself and comes round.
trait CycleFrom {
    fn cycle_from(&self, start: u16) -> Box<dyn Iterator<Item = u16>>;
}

impl CycleFrom for std::ops::Range<u16> {
    fn cycle_from(&self, start: u16) -> Box<dyn Iterator<Item = u16>> {
        let (first, length) = (self.start, self.end - self.start);
        Box::new((0..length).map(move |step| first + (start + step) % length))
    }
}

/// One place to ask, and the instances that may answer there.
struct Door {
    url: String,
    tasks: Vec<(String, ReleaseNo)>,
}

fn at_port(address: &str, port: u16) -> String {
    match address.contains(':') && !address.starts_with('[') {
        true => format!("http://[{address}]:{port}"),
        false => format!("http://{address}:{port}"),
    }
}

/// How a service says that it is to be asked.
fn ask_of(service: &Service) -> Option<Ask> {
    serde_json::from_str(&observe::label(service, ASK)?).ok()
}

/// Whether each instance has a port of its node.
fn by_host(service: &Service) -> bool {
    let ports = service
        .spec
        .as_ref()
        .and_then(|spec| spec.endpoint_spec.as_ref()?.ports.as_ref());
    let host = Some(EndpointPortConfigPublishModeEnum::HOST);
    ports.is_some_and(|ports| ports.iter().any(|port| port.publish_mode == host))
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

/// Whether a node meets a constraint. One that cannot be decided here counts as met.
fn may_run(node: &Node, constraint: &str) -> bool {
    let (equal, parts) = match constraint.split_once("!=") {
        Some(parts) => (false, Some(parts)),
        None => (true, constraint.split_once("==")),
    };
    let Some((left, right)) = parts else { return true };
    let actual = match left.trim() {
        "node.id" => node.id.clone(),
        "node.hostname" => node
            .description
            .as_ref()
            .and_then(|description| description.hostname.clone()),
        "node.role" => node
            .spec
            .as_ref()
            .and_then(|spec| spec.role)
            .map(|role| role.to_string()),
        other => other.strip_prefix("node.labels.").map(|name| {
            let labels = node.spec.as_ref().and_then(|spec| spec.labels.as_ref());
            labels.and_then(|labels| labels.get(name).cloned()).unwrap_or_default()
        }),
    };
    actual.is_none_or(|actual| (actual == right.trim()) == equal)
}

fn needs_registry(what: &str) -> Fault {
    let message = format!("the swarm has several nodes, and only the one that makes it would have {what}");
    Fault::usage("needs-registry", message)
        .still("nothing was touched")
        .hint("write `registry = \"registry.example:5000/PREFIX\"` under `[environment.NAME.swarm]`, or pin to one node with `constraints = [\"node.hostname == NAME\"]`")
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
        self.pace(&(service.clone(), env.clone()));
        let services = self.services(service, env)?;
        let tasks = self.tasks(&services)?;
        self.look(service, env, &services, &tasks, true)
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
        let look = |((service, env), services): (&(ServiceName, EnvName), &Vec<Service>)| {
            self.look(service, env, services, &tasks, false)
        };
        scopes.iter().map(look).collect()
    }

    fn advise(&self, service: &ServiceName, env: &EnvName, spec: &Spec) -> Result<Vec<String>> {
        self.cluster()?;
        let options = Options::read(&spec.options)?;
        self.refuse(service, env, spec, &options)?;
        let mut notes = Vec::new();
        let builds = matches!(spec.image, Some(Image::Dockerfile(_) | Image::Base(_)));
        match &options.registry {
            Some(registry) if builds => {
                notes.push(format!("the image is pushed to {registry} and pinned by its digest"))
            }
            None if builds => {
                notes.push("no registry: the image stays on this one node and is pinned by its id".into())
            }
            _ => {}
        }
        if spec.web().is_some() {
            notes.push(health_advice(spec, &options));
            let checked = matches!(spec::method(spec, &options, false), Method::Command);
            if !checked && spec::order(spec, &options) == Order::StartFirst {
                notes.push(
                    "without a check in the container, an old instance goes as soon as its successor runs, and requests come to \
                     it before it listens"
                        .into(),
                );
            }
        }
        if let Some(Work::Command(CommandLine::Shell(line))) = spec.web().map(|web| &web.work)
            && !hears_stop(line)
        {
            notes.push(
                "SIGTERM may reach only the shell that runs the command: begin its last part with `exec`, or write a list"
                    .into(),
            );
        }
        if spec::order(spec, &options) == Order::StopFirst && options.order.is_none() {
            let why = match (spec.volumes.is_empty(), options.publish_mode) {
                (false, _) => "its volumes are not shared by two at once",
                (_, Mode::Host) => "its port of the node is not shared by two",
                _ => "it insists on its port",
            };
            notes.push(format!("an old instance goes before its successor starts: {why}"));
        }
        if !spec.volumes.is_empty() {
            notes.push("volumes stay on the node where an instance runs: pin it there with `constraints`".into());
        }
        if !spec.secrets.is_empty() {
            notes.push(match options.secrets {
                Secrets::Files => "secrets arrive as files /run/secrets/NAME, with their paths in NAME_FILE".into(),
                Secrets::Env => "secrets are variables: whoever may use the engine can read them".into(),
            });
        }
        for one in self.services(service, env)? {
            let Some(written) = &one.spec else { continue };
            let name = written.name.clone().unwrap_or_default();
            if let Some(change) = foreign::change(&name, observe::label(&one, names::WROTE).as_ref(), written) {
                notes.push(format!(
                    "somebody else changed {change}; this is not overwritten. {}",
                    act::accept(&name)
                ));
            }
        }
        Ok(notes)
    }

    fn prepare(&self, authority: &Authority, prepared: &Prepared) -> Result<Placed> {
        self.cluster()?;
        self.raise_services(authority)?;
        let release = &prepared.release;
        let record = match prepared.record.is_null() {
            true => self.make_record(authority, release, &prepared.artifact)?,
            false => {
                let record = Record::read(&prepared.record)?;
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
        })
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
        if follow {
            return self.follow(service, env, query, line);
        }
        let services = self.services(service, env)?;
        let tasks = self.tasks(&services)?;
        let sources = logs::sources(&services, &tasks, query);
        let gathered: RefCell<Vec<LogLine>> = RefCell::default();
        self.engine.long_call("read logs", LOGS, |docker| async {
            let docker = docker;
            for source in sources {
                let lines = logs::all(docker.clone(), source, query.clone()).await;
                gathered.borrow_mut().extend(lines);
            }
            Ok(())
        })?;
        let mut lines = gathered.into_inner();
        // Stable: lines of one instance that carry one time keep their order.
        lines.sort_by_key(|line| line.at);
        lines.into_iter().all(line);
        Ok(())
    }
}

fn health_advice(spec: &Spec, options: &Options) -> String {
    let stable = spec.health.stable;
    let words = |method: Method| match method {
        Method::Command => "healthy when the declared command in the container says so".to_owned(),
        Method::Image => "healthy when the image's own check says so".to_owned(),
        Method::Port(probe) if options.publish_mode == Mode::Host => {
            format!(
                "healthy when GET {} is answered at the instance's port of its node, asked from here",
                probe.path
            )
        }
        Method::Port(probe) => {
            format!(
                "healthy when GET {} is answered at the published port, from here and by whichever instances it balances over",
                probe.path
            )
        }
        Method::Running => format!("healthy when it runs for {stable}"),
    };
    match (&spec.image, &options.health) {
        // Whether an image has a check is known when it is there.
        (_, None) => format!(
            "{}, unless the image has a check of its own",
            words(spec::method(spec, options, false))
        ),
        _ => words(spec::method(spec, options, true)),
    }
}

impl InPlace for Swarm {
    fn replace(&self, authority: &Authority, prepared: &Prepared, stage: &Stage) -> Result<()> {
        self.replace_all(authority, prepared, stage)
    }

    fn finish(&self, authority: &Authority, prepared: &Prepared) -> Result<()> {
        self.finish_all(authority, prepared)
    }
}
