//! One environment with everything merged: what is to run there.

use std::collections::BTreeMap;

use super::{Environment, HealthLayer, Manifest, ReleaseLayer, RunLayer, Strategy, WEB};
use crate::config::describe::alternatives;
use crate::config::document::{Node, Value};
use crate::config::nearest::nearest;
use crate::fault::{self, Fault, Result};
use crate::model::place::Place;
use crate::model::prometheus::Prometheus;
use crate::model::spec::{Health, HttpProbe, Image, Process, ReleaseStep, Role, SCRATCH, Spec, Work};
use crate::model::{EnvName, Span};

/// In-flight requests get this long, as Kamal and kamal-proxy give them.
const DRAIN: Span = Span::from_secs(30);
/// Kubernetes' own time between SIGTERM and SIGKILL.
const GRACE: Span = Span::from_secs(30);
/// The longest an instance may take to become healthy where an image has to be pulled first, as flyctl and Nomad give it.
const CONTAINER_START: Span = Span::from_secs(300);
/// How long it must then stay so: longer than the five seconds after which Swarm itself stops looking.
const CONTAINER_STABLE: Span = Span::from_secs(10);
/// Where a container listens when nothing says otherwise.
const CONTAINER_PORT: u16 = 8080;
/// Options that say which cluster is meant, and with what rights; where something runs is no part of what runs.
const REACHED_BY: [&str; 7] = [
    "host",
    "context",
    "tls",
    "auth",
    "kubeconfig",
    "namespace",
    "force_conflicts",
];
/// Where the server of static sites answers for itself.
const STATIC_HEALTH: &str = "/healthz";

/// An environment of a service, with every default filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct ResolvedEnv {
    pub name: EnvName,
    /// The kind of engine: `local`, `swarm`, `kubernetes`, `plugin`.
    pub target: String,
    pub protected: bool,
    /// Of the web process.
    pub instances: u32,
    pub strategy: Strategy,
    pub url: Option<String>,
    /// Where a watched release's numbers come from, if not from the agent.
    pub metrics: Option<Prometheus>,
    /// What only the target knows.
    pub options: Option<Node>,
    pub spec: Spec,
}

impl Manifest {
    /// The environment with `[run]`, `[process.NAME]` and its own keys merged. `local` always exists.
    pub fn environment(&self, name: &EnvName) -> Result<ResolvedEnv> {
        let declared = self.environments.iter().find(|environment| environment.name == *name);
        let resolved = match declared {
            Some(environment) => self.resolve(environment),
            None if *name == EnvName::local() => self.resolve(&Environment::undeclared_local()),
            None => return Err(self.unknown_environment(name)),
        };
        match resolved.spec.processes.is_empty() {
            true => Err(self.nothing_to_run(name)),
            false => Ok(resolved),
        }
    }

    /// Every environment's name, `local` first.
    pub fn environment_names(&self) -> Vec<EnvName> {
        let local = EnvName::local();
        let declared = self.environments.iter().map(|environment| environment.name.clone());
        let others = declared.filter(|name| *name != local);
        std::iter::once(local.clone()).chain(others).collect()
    }

    /// Where the value of a key of `[run]` or of `[environment.NAME]` comes from: `drain`, `health.path`, `env.LOG_LEVEL`.
    /// `None` where it is a default.
    pub fn provenance(&self, env: &EnvName, key: &str) -> Option<fault::Span> {
        let keys: Vec<&str> = key.split('.').collect();
        let below = |head: &[&str]| self.node_at(&[head, &keys].concat());
        let node = below(&["environment", env.as_str()]).or_else(|| below(&["run"]))?;
        Some(self.document.span(node.at.clone()))
    }

    /// The value at a key of the file, also where text stands for a table with one key: `health = "/up"` is
    /// `health.path`, `strategy = "rolling"` is `strategy.kind`.
    pub fn node_at(&self, keys: &[&str]) -> Option<&Node> {
        let root = &self.document.root;
        root.at_path(keys).or_else(|| match keys {
            [above @ .., table, key] if matches!((*table, *key), ("health", "path") | ("strategy", "kind")) => {
                let node = root.at_path(above)?.get(table)?;
                node.text().map(|_| node)
            }
            _ => None,
        })
    }

    fn nothing_to_run(&self, name: &EnvName) -> Fault {
        let message = format!("`{}` has nothing to run in `{name}`", self.service.name);
        Fault::usage("nothing-to-run", message).hint(format!(
            "add to {}: `[run]` with `command = \"…\"` or `static = \"…\"`, or a `[process.NAME]`",
            self.document.path
        ))
    }

    /// The fault for a name that no environment has.
    pub fn unknown_environment(&self, name: &EnvName) -> Fault {
        let names = self.environment_names();
        let words: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let message = format!("`{}` has no environment `{name}`", self.service.name);
        let fault = Fault::usage("unknown-environment", message);
        match nearest(name.as_str(), names.iter().map(EnvName::as_str)) {
            Some(near) => fault.hint(format!("did you mean `{near}`?")),
            None => fault.hint(format!(
                "use {}, or add `[environment.{name}]` to {}",
                alternatives(&words),
                self.document.path
            )),
        }
    }

    pub(super) fn resolve(&self, environment: &Environment) -> ResolvedEnv {
        ResolvedEnv {
            name: environment.name.clone(),
            target: environment.target.clone(),
            protected: environment.protected,
            instances: environment.autoscaled_from().unwrap_or(environment.instances),
            strategy: environment.strategy.clone(),
            url: environment.url.clone(),
            metrics: environment.metrics.clone(),
            options: environment
                .options
                .clone()
                .map(|options| self.with_absolute_paths(&environment.target, options)),
            spec: match containers(&environment.target) {
                true => self.container_spec(environment),
                false => self.spec(&self.run.under(&environment.run), environment.instances),
            },
        }
    }

    /// Files of the person's machine count from the service's folder, and are the same for whoever looks from elsewhere.
    fn with_absolute_paths(&self, target: &str, mut options: Node) -> Node {
        let files: &[&[&str]] = match target {
            "plugin" => &[&["path"]],
            "kubernetes" => &[&["kubeconfig"]],
            "swarm" => &[&["tls", "ca"], &["tls", "cert"], &["tls", "key"]],
            _ => &[],
        };
        for file in files {
            self.make_absolute(&mut options, file);
        }
        options
    }

    fn make_absolute(&self, node: &mut Node, keys: &[&str]) {
        match (keys, &mut node.value) {
            // Below the home folder of whoever acts.
            ([], Value::Text(path)) if path.starts_with("~/") => {}
            ([], Value::Text(path)) => *path = self.folder().join(&*path).display().to_string(),
            ([key, below @ ..], Value::Table(entries)) => {
                for entry in entries.iter_mut().filter(|entry| entry.key == *key) {
                    self.make_absolute(&mut entry.node, below);
                }
            }
            _ => {}
        }
    }

    /// What a container needs otherwise than a process: an image, more time, a port of its own.
    fn container_spec(&self, environment: &Environment) -> Spec {
        let mut run = self.run.under(&environment.run);
        run.health.start = run.health.start.or(Some(CONTAINER_START));
        run.health.stable = run.health.stable.or(Some(CONTAINER_STABLE));
        run.port = run.port.or(Some(CONTAINER_PORT));
        let mut spec = self.spec(&run, environment.autoscaled_from().unwrap_or(environment.instances));
        let image = self.image();
        // The command of `[run]` is for this machine: an image that is built knows its own.
        let own = environment.run.command.is_none() && !matches!(image, Image::Base(_));
        if let Some(web) = spec.processes.iter_mut().find(|process| process.role == Role::Web)
            && own
        {
            web.work = Work::Image;
        }
        spec.image = Some(image);
        spec.options = self.options(environment);
        spec
    }

    /// What the engine is told that decides how the build runs, without how it is reached.
    fn options(&self, environment: &Environment) -> serde_json::Value {
        let mut options = environment
            .options
            .as_ref()
            .map_or(serde_json::Value::Null, Node::to_json);
        if let Some(table) = options.as_object_mut() {
            table.retain(|key, _| !REACHED_BY.contains(&key.as_str()));
        }
        match options.as_object().is_some_and(|table| table.is_empty()) {
            true => serde_json::Value::Null,
            false => options,
        }
    }

    fn image(&self) -> Image {
        let image = self.build.image.as_ref();
        if let Some(reference) = image.and_then(|image| image.reference.clone()) {
            return Image::Ready(reference);
        }
        match image.and_then(|image| image.dockerfile.clone()) {
            Some(dockerfile) => {
                let workdir = self.workdir();
                let inside = dockerfile.trim_start_matches("./");
                Image::Dockerfile(match workdir.is_empty() {
                    true => inside.to_owned(),
                    false => format!("{workdir}/{inside}"),
                })
            }
            None => Image::Base(image.map_or_else(|| SCRATCH.into(), |image| image.base.clone())),
        }
    }

    fn spec(&self, run: &RunLayer, instances: u32) -> Spec {
        let web = web(run, instances);
        let health = run.health.filled(run.static_folder.is_some(), web.is_some());
        let others = self.processes.iter().map(|(name, entry)| Process {
            name: name.clone(),
            role: entry.schedule.clone().map_or(Role::Worker, Role::Schedule),
            work: Work::Command(entry.command.clone()),
            instances: entry.instances,
            env: entry.env.clone(),
        });
        Spec {
            processes: web.into_iter().chain(others).collect(),
            port: run.port,
            listen: run.listen,
            health,
            drain: run.drain.unwrap_or(DRAIN),
            grace: run.grace.unwrap_or(GRACE),
            volumes: run.volumes.clone().unwrap_or_default(),
            env: run.env.clone(),
            secrets: run.secrets.clone(),
            secret_versions: BTreeMap::new(),
            release_step: run.release.filled(),
            workdir: self.workdir(),
            image: None,
            options: serde_json::Value::Null,
        }
    }

    /// The service's folder within the build's context: `apps/web` for `context = "../.."`.
    fn workdir(&self) -> String {
        let ups = self
            .build
            .context
            .as_deref()
            .map_or(0, |context| context.split('/').count());
        let names: Vec<String> = self
            .folder()
            .components()
            .filter_map(|component| match component {
                std::path::Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
                _ => None,
            })
            .collect();
        names[names.len().saturating_sub(ups)..].join("/")
    }
}

impl Environment {
    /// The fewest instances that an autoscaler keeps, where the options have one: as many as can be relied on.
    fn autoscaled_from(&self) -> Option<u32> {
        let autoscale = self.options.as_ref()?.get("autoscale")?.to_json();
        autoscale["min"].as_u64().and_then(|min| u32::try_from(min).ok())
    }

    pub(super) fn undeclared_local() -> Environment {
        Environment {
            name: EnvName::local(),
            target: "local".into(),
            instances: 1,
            strategy: Strategy::default(),
            protected: false,
            url: None,
            run: RunLayer::default(),
            metrics: None,
            options: None,
        }
    }
}

impl ResolvedEnv {
    /// Which engine, and what only that engine is told.
    pub fn place(&self) -> Place {
        Place {
            target: self.target.clone(),
            options: self.options.as_ref().map_or(serde_json::Value::Null, Node::to_json),
        }
    }
}

/// Whether instances are containers there.
fn containers(target: &str) -> bool {
    matches!(target, "swarm" | "kubernetes")
}

fn web(run: &RunLayer, instances: u32) -> Option<Process> {
    let work = match (&run.command, &run.static_folder) {
        (Some(command), _) => Work::Command(command.clone()),
        (None, Some(folder)) => Work::Static(folder.clone()),
        (None, None) => return None,
    };
    Some(Process {
        name: WEB.into(),
        role: Role::Web,
        work,
        instances,
        env: BTreeMap::new(),
    })
}

impl RunLayer {
    /// This layer with another laid over it: values of the upper one win, tables merge by key. A command over a static
    /// folder replaces it, and the other way round; a secret over a variable of its name replaces it too.
    pub fn under(&self, upper: &RunLayer) -> RunLayer {
        let replaced = upper.command.is_some() || upper.static_folder.is_some();
        let (below_command, below_folder) = match replaced {
            true => (None, None),
            false => (self.command.clone(), self.static_folder.clone()),
        };
        let mut merged = RunLayer {
            command: upper.command.clone().or(below_command),
            static_folder: upper.static_folder.clone().or(below_folder),
            port: upper.port.or(self.port),
            listen: upper.listen.or(self.listen),
            health: self.health.under(&upper.health),
            drain: upper.drain.or(self.drain),
            grace: upper.grace.or(self.grace),
            volumes: upper.volumes.clone().or_else(|| self.volumes.clone()),
            env: self.env.clone(),
            secrets: self.secrets.clone(),
            release: self.release.under(&upper.release),
        };
        for (name, value) in &upper.env {
            merged.secrets.remove(name);
            merged.env.insert(name.clone(), value.clone());
        }
        for (name, reference) in &upper.secrets {
            merged.env.remove(name);
            merged.secrets.insert(name.clone(), reference.clone());
        }
        merged
    }
}

impl HealthLayer {
    fn under(&self, upper: &HealthLayer) -> HealthLayer {
        HealthLayer {
            path: upper.path.clone().or_else(|| self.path.clone()),
            live: upper.live.clone().or_else(|| self.live.clone()),
            host: upper.host.clone().or_else(|| self.host.clone()),
            interval: upper.interval.or(self.interval),
            timeout: upper.timeout.or(self.timeout),
            start: upper.start.or(self.start),
            stable: upper.stable.or(self.stable),
        }
    }

    /// Without a declared path `GET /` below 500 will do, since many apps answer 404 there.
    fn filled(&self, is_static: bool, takes_traffic: bool) -> Health {
        let default = Health::default();
        let declared = self
            .path
            .clone()
            .or_else(|| is_static.then(|| STATIC_HEALTH.to_owned()));
        let below = if declared.is_some() { 400 } else { 500 };
        let probe = |path, below| HttpProbe {
            path,
            host: self.host.clone(),
            below,
        };
        let live = self.live.clone().filter(|_| takes_traffic);
        Health {
            probe: takes_traffic.then(|| probe(declared.unwrap_or_else(|| "/".into()), below)),
            live: live.map(|path| probe(path, 400)),
            interval: self.interval.unwrap_or(default.interval),
            timeout: self.timeout.unwrap_or(default.timeout),
            start: self.start.unwrap_or(default.start),
            stable: self.stable.unwrap_or(default.stable),
        }
    }
}

impl ReleaseLayer {
    fn under(&self, upper: &ReleaseLayer) -> ReleaseLayer {
        ReleaseLayer {
            command: upper.command.clone().or_else(|| self.command.clone()),
            timeout: upper.timeout.or(self.timeout),
            previous_still_works: upper.previous_still_works.or(self.previous_still_works),
        }
    }

    fn filled(&self) -> Option<ReleaseStep> {
        Some(ReleaseStep {
            command: self.command.clone()?,
            timeout: self.timeout.unwrap_or(ReleaseStep::TIMEOUT),
            previous_still_works: self.previous_still_works.unwrap_or(true),
        })
    }
}
