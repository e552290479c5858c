//! From a release to the services of a swarm that run it: what is recorded with the release, and from that what is written.

use std::collections::{BTreeMap, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bollard::models::{
    EndpointPortConfig, EndpointPortConfigProtocolEnum, EndpointPortConfigPublishModeEnum, EndpointSpec, HealthConfig,
    Limit, Mount, MountType, NetworkAttachmentConfig, ResourceObject, ServiceSpec, ServiceSpecMode,
    ServiceSpecModeReplicated, ServiceSpecUpdateConfig, ServiceSpecUpdateConfigFailureActionEnum,
    ServiceSpecUpdateConfigOrderEnum, TaskSpec, TaskSpecContainerSpec, TaskSpecContainerSpecConfigs,
    TaskSpecContainerSpecFile, TaskSpecContainerSpecFile1, TaskSpecContainerSpecSecrets, TaskSpecPlacement,
    TaskSpecPlacementPreferences, TaskSpecPlacementSpread, TaskSpecResources, TaskSpecRestartPolicy,
    TaskSpecRestartPolicyConditionEnum,
};
use serde::{Deserialize, Serialize};

use super::names;
use super::options::{By, Health, Mode, Options, Order, Publish, Secrets};
use crate::adapters::docker::home;
use crate::adapters::docker::image::{Facts, Pin};
use crate::fault::{Fault, Result};
use crate::model::release::Release;
use crate::model::spec::{CommandLine, HttpProbe, Image, Process, Role, Spec, Work, first_process, with_port};
use crate::model::{DeploymentId, EnvName, Span};
use crate::ports::target::RELEASE_STEP;

/// Between the end of an instance and its next start, as the engine's own default.
const RESTART_DELAY: i64 = 5_000_000_000;

/// The engine goes on with an update's next slots after this long. Longer than any deployment: `deliver` drives the
/// batches, and each update replaces as many slots as it is told at once and no more.
const NEXT_BATCH: i64 = 24 * 3600 * 1_000_000_000;

/// How long the engine itself looks at a new instance before it calls an update done. Its verdict is asked for by nobody.
const MONITOR: i64 = 5_000_000_000;

/// Failed checks in a row that make an instance unhealthy.
const RETRIES: i64 = 3;

/// A check inside of a container starts a process each time: more often than this costs more than it tells.
const FASTEST_CHECK: Span = Span::from_secs(2);

/// How often a starting instance is checked, where the engine has an interval for that: nobody waits for a whole usual one. Such
/// engines take five seconds where nothing is said.
const STARTING_CHECK: Span = Span::from_secs(1);

/// The first API with that interval: 1.44, of engines 25.0 and later.
pub const WATCHES_STARTS: (usize, usize) = (1, 44);

/// The longest file that a swarm keeps as a config, in bytes.
pub const LONGEST_CONFIG: u64 = 500 * 1024;

/// The longest secret that a swarm keeps, in bytes: `MaxSecretSize` of its validation.
pub const LONGEST_SECRET: usize = 500 * 1024;

/// What is recorded with a release: enough to bring exactly it back on this swarm. Holds no secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub image: Pin,
    pub health: Method,
    pub order: String,
    /// Full specifications by process; secrets and configs by name, networks by name.
    pub processes: BTreeMap<String, ServiceSpec>,
    pub release_step: Option<ServiceSpec>,
    /// Names of the swarm's secrets by variable; empty where secrets are variables.
    pub secrets: BTreeMap<String, String>,
    /// Variables that are secrets, where they are variables.
    pub secret_env: Vec<String>,
    pub configs: Vec<ConfigFile>,
}

/// A file that is laid into each instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigFile {
    pub name: String,
    pub path: String,
    /// Base64, as the engine takes it.
    pub content: String,
}

/// How an instance is seen to be healthy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A command in the container, by options.
    Command,
    /// The image's own check.
    Image,
    /// The published port is asked from here.
    Port(HttpProbe),
    /// It keeps running.
    Running,
}

/// Everything that a record is made from.
pub struct Source<'a> {
    pub release: &'a Release,
    pub deployment: DeploymentId,
    pub options: &'a Options,
    pub image: &'a Pin,
    pub facts: &'a Facts,
    /// Where the web process is offered, if it is; 0 for a port of the node that it chooses for each instance.
    pub published: Option<u16>,
    pub configs: Vec<ConfigFile>,
    /// The engine can check more often while an instance starts.
    pub starts_watched: bool,
}

/// How health will be judged, as far as it can be said: `has_check` is whether the image has a check of its own.
pub fn method(spec: &Spec, options: &Options, has_check: bool) -> Method {
    let port = || match (&spec.health.probe, options.publish) {
        (Some(probe), Publish::Anywhere | Publish::At(_)) => Method::Port(probe.clone()),
        _ => Method::Running,
    };
    match &options.health {
        Some(Health::Command { .. }) => Method::Command,
        Some(Health::By(By::Running)) => Method::Running,
        Some(Health::By(By::Port)) => port(),
        Some(Health::By(By::Image)) | None if has_check => Method::Image,
        Some(Health::By(By::Image)) => Method::Running,
        None => port(),
    }
}

/// Whether an old instance goes before its successor starts.
pub fn order(spec: &Spec, options: &Options) -> Order {
    let one_port = options.publish_mode == Mode::Host && matches!(options.publish, Publish::At(_));
    let alone = !spec.volumes.is_empty() || one_port || spec.listen.is_some();
    options.order.unwrap_or(match alone {
        true => Order::StopFirst,
        false => Order::StartFirst,
    })
}

impl Record {
    pub fn make(source: &Source<'_>) -> Result<Record> {
        let Source { release, options, .. } = source;
        let spec = &release.spec;
        let secrets = match options.secrets {
            Secrets::Files => secret_names(release)?,
            Secrets::Env => BTreeMap::new(),
        };
        let secret_env = match options.secrets {
            Secrets::Files => Vec::new(),
            Secrets::Env => spec.secrets.keys().cloned().collect(),
        };
        let mut record = Record {
            image: source.image.clone(),
            health: method(spec, options, source.facts.has_check),
            order: match order(spec, options) {
                Order::StartFirst => "start-first".into(),
                Order::StopFirst => "stop-first".into(),
            },
            processes: BTreeMap::new(),
            release_step: None,
            secrets,
            secret_env,
            configs: source.configs.clone(),
        };
        for process in spec
            .processes
            .iter()
            .filter(|process| !matches!(process.role, Role::Schedule(_)))
        {
            let service = service_spec(source, &record, process)?;
            record.processes.insert(process.name.clone(), service);
        }
        if let Some(step) = &spec.release_step {
            let process = Process {
                name: RELEASE_STEP.into(),
                role: Role::Worker,
                work: Work::Command(step.command.clone()),
                instances: 1,
                env: BTreeMap::new(),
            };
            let mut service = service_spec(source, &record, &process)?;
            once(&mut service);
            record.release_step = Some(service);
        }
        Ok(record)
    }

    /// Reads what [`Record::make`] made of a release in `env`.
    pub fn read(value: &serde_json::Value, env: &EnvName) -> Result<Record> {
        serde_json::from_value(value.clone()).map_err(|error| {
            Fault::failed(
                "foreign-record",
                "what was recorded with the release is none of target `swarm`'s",
            )
            .because(error)
            .hint(format!("deliver deploy {env}"))
        })
    }
}

fn secret_names(release: &Release) -> Result<BTreeMap<String, String>> {
    let name = |(variable, version): (&String, &String)| {
        let name = names::content(&release.service, &release.env, variable, version);
        (variable.clone(), name)
    };
    Ok(release.spec.secret_versions.iter().map(name).collect())
}

/// Runs once and is never started again.
fn once(service: &mut ServiceSpec) {
    service.endpoint_spec = None;
    service.update_config = None;
    if let Some(task) = &mut service.task_template {
        task.restart_policy = Some(TaskSpecRestartPolicy {
            condition: Some(TaskSpecRestartPolicyConditionEnum::NONE),
            ..TaskSpecRestartPolicy::default()
        });
        if let Some(container) = &mut task.container_spec {
            // A release step has no health: a check would only end it.
            container.health_check = Some(HealthConfig {
                test: Some(vec!["NONE".into()]),
                ..HealthConfig::default()
            });
        }
    }
}

fn service_spec(source: &Source<'_>, record: &Record, process: &Process) -> Result<ServiceSpec> {
    let Source { release, options, .. } = source;
    let name = names::service(&release.service, &release.env, &process.name);
    let web = process.role == Role::Web;
    let ports = source.published.filter(|_| web).map(|published| EndpointPortConfig {
        protocol: Some(EndpointPortConfigProtocolEnum::TCP),
        target_port: Some(i64::from(port(&release.spec))),
        published_port: (published > 0).then(|| i64::from(published)),
        publish_mode: Some(match options.publish_mode {
            Mode::Ingress => EndpointPortConfigPublishModeEnum::INGRESS,
            Mode::Host => EndpointPortConfigPublishModeEnum::HOST,
        }),
        ..EndpointPortConfig::default()
    });
    let mut labels: HashMap<String, String> = options.labels.clone().into_iter().collect();
    labels.extend(names::scope(&release.service, &release.env));
    labels.insert(names::PROCESS.into(), process.name.clone());
    labels.insert(names::RELEASE.into(), release.number.to_string());
    Ok(ServiceSpec {
        name: Some(name),
        labels: Some(labels),
        task_template: Some(task(source, record, process)?),
        mode: Some(ServiceSpecMode {
            replicated: Some(ServiceSpecModeReplicated {
                replicas: Some(i64::from(process.instances)),
            }),
            ..ServiceSpecMode::default()
        }),
        endpoint_spec: ports.map(|port| EndpointSpec {
            ports: Some(vec![port]),
            ..EndpointSpec::default()
        }),
        ..ServiceSpec::default()
    })
}

fn task(source: &Source<'_>, record: &Record, process: &Process) -> Result<TaskSpec> {
    let options = source.options;
    let (limits, reservations) = (&options.limits, &options.reservations);
    let preferences = options.spread.iter().map(|label| TaskSpecPlacementPreferences {
        spread: Some(TaskSpecPlacementSpread {
            spread_descriptor: Some(label.clone()),
        }),
    });
    let attach = |name: &String| NetworkAttachmentConfig {
        target: Some(name.clone()),
        ..NetworkAttachmentConfig::default()
    };
    Ok(TaskSpec {
        container_spec: Some(container(source, record, process)?),
        resources: Some(TaskSpecResources {
            limits: Some(Limit {
                nano_cpus: limits.nano_cpus(),
                memory_bytes: limits.bytes(),
                ..Limit::default()
            }),
            reservations: Some(ResourceObject {
                nano_cpus: reservations.nano_cpus(),
                memory_bytes: reservations.bytes(),
                ..ResourceObject::default()
            }),
            ..TaskSpecResources::default()
        }),
        restart_policy: Some(TaskSpecRestartPolicy {
            condition: Some(TaskSpecRestartPolicyConditionEnum::ANY),
            delay: Some(RESTART_DELAY),
            ..TaskSpecRestartPolicy::default()
        }),
        placement: Some(TaskSpecPlacement {
            constraints: (!options.constraints.is_empty()).then(|| options.constraints.clone()),
            preferences: (!options.spread.is_empty()).then(|| preferences.collect()),
            max_replicas: options.max_per_node,
            ..TaskSpecPlacement::default()
        }),
        networks: (!options.networks.is_empty()).then(|| options.networks.iter().map(attach).collect()),
        ..TaskSpec::default()
    })
}

fn container(source: &Source<'_>, record: &Record, process: &Process) -> Result<TaskSpecContainerSpec> {
    let Source {
        release,
        options,
        facts,
        ..
    } = source;
    let spec = &release.spec;
    let (service, env) = (&release.service, &release.env);
    let mut labels = names::scope(service, env);
    labels.insert(names::PROCESS.into(), process.name.clone());
    labels.insert(names::RELEASE.into(), release.number.to_string());
    labels.insert(names::DEPLOYMENT.into(), source.deployment.to_string());
    let (command, dir) = command(spec, process);
    let mounts: Vec<Mount> = spec.volumes.iter().map(|name| mount(source, name, facts)).collect();
    let secrets: Vec<_> = record
        .secrets
        .iter()
        .map(|(variable, name)| secret(variable, name))
        .collect();
    let configs: Vec<_> = record.configs.iter().map(config).collect();
    Ok(TaskSpecContainerSpec {
        image: Some(source.image.reference.clone()),
        labels: Some(labels),
        command,
        dir,
        env: Some(variables(source, record, process)),
        user: options.user.clone(),
        read_only: options.read_only.then_some(true),
        init: options.init.then_some(true),
        mounts: (!mounts.is_empty()).then_some(mounts),
        stop_grace_period: Some(nanos(patience(spec, process))),
        health_check: check(spec, options, &record.health, source.starts_watched).filter(|_| process.role == Role::Web),
        secrets: (!secrets.is_empty()).then_some(secrets),
        configs: (!configs.is_empty()).then_some(configs),
        ..TaskSpecContainerSpec::default()
    })
}

/// From SIGTERM to SIGKILL. The engine's own draining is two seconds between taking an instance out of the balancing and
/// SIGTERM, whatever is in flight by then; the rest is the app's to finish.
fn patience(spec: &Spec, process: &Process) -> Span {
    let drain = match process.role {
        Role::Web => spec.drain,
        _ => Span::ZERO,
    };
    Span::from_millis(drain.as_millis().saturating_add(spec.grace.as_millis()))
}

/// The container's port: `$PORT` of the web process.
pub fn port(spec: &Spec) -> u16 {
    spec.listen.or(spec.port).unwrap_or(8080)
}

/// What replaces the image's own command, and where it runs.
fn command(spec: &Spec, process: &Process) -> (Option<Vec<String>>, Option<String>) {
    let port = (process.role == Role::Web).then(|| port(spec));
    let dir = match &spec.image {
        Some(Image::Base(_)) => Some(home(spec)),
        _ => None,
    };
    let words = match &process.work {
        Work::Command(CommandLine::Shell(line)) => Some(first_process(line)),
        Work::Command(CommandLine::Exec(words)) => Some(words.iter().map(|word| with_port(word, port)).collect()),
        // Refused before anything is prepared.
        Work::Static(_) | Work::Image => None,
    };
    (words, dir)
}

fn variables(source: &Source<'_>, record: &Record, process: &Process) -> Vec<String> {
    let release = source.release;
    let mut all = release.spec.env.clone();
    all.extend(process.env.clone());
    all.extend(
        record
            .secrets
            .keys()
            .map(|name| (format!("{name}_FILE"), format!("/run/secrets/{name}"))),
    );
    // Their values are put in where the service is written.
    all.extend(record.secret_env.iter().map(|name| (name.clone(), String::new())));
    if process.role == Role::Web {
        all.insert("PORT".into(), port(&release.spec).to_string());
    }
    all.insert("DELIVER_SERVICE".into(), release.service.to_string());
    all.insert("DELIVER_RELEASE".into(), release.number.to_string());
    all.iter().map(|(name, value)| format!("{name}={value}")).collect()
}

/// A folder of `run.volumes` without what says nothing.
fn inside(name: &str) -> &str {
    name.trim_start_matches("./").trim_matches('/')
}

/// The last part of a named volume's name. It stays what it is: a volume by another name would be an empty one.
fn volume(inside: &str) -> String {
    inside.replace('/', "-")
}

/// Two folders that would be one named volume.
pub fn one_volume(spec: &Spec) -> Option<(&str, &str)> {
    let name = |folder: &str| volume(inside(folder));
    spec.volumes.iter().enumerate().find_map(|(at, one)| {
        let before = spec.volumes[..at].iter().find(|before| name(before) == name(one))?;
        Some((before.as_str(), one.as_str()))
    })
}

/// A named volume of the node, where the folder would be in the image.
fn mount(source: &Source<'_>, name: &str, facts: &Facts) -> Mount {
    let release = source.release;
    let inside = inside(name);
    let base = match &release.spec.image {
        Some(Image::Base(_)) => home(&release.spec),
        _ => facts.workdir.trim_end_matches('/').to_owned(),
    };
    Mount {
        typ: Some(MountType::VOLUME),
        source: Some(format!("{}-{}-{}", release.service, release.env, volume(inside))),
        target: Some(format!("{base}/{inside}")),
        ..Mount::default()
    }
}

fn secret(variable: &str, name: &str) -> TaskSpecContainerSpecSecrets {
    TaskSpecContainerSpecSecrets {
        file: Some(TaskSpecContainerSpecFile {
            name: Some(variable.to_owned()),
            uid: Some("0".into()),
            gid: Some("0".into()),
            // Whoever the image runs as must be able to read it; nobody else is in the container.
            mode: Some(0o444),
        }),
        secret_name: Some(name.to_owned()),
        ..TaskSpecContainerSpecSecrets::default()
    }
}

fn config(file: &ConfigFile) -> TaskSpecContainerSpecConfigs {
    TaskSpecContainerSpecConfigs {
        file: Some(TaskSpecContainerSpecFile1 {
            name: Some(file.path.clone()),
            uid: Some("0".into()),
            gid: Some("0".into()),
            mode: Some(0o444),
        }),
        config_name: Some(file.name.clone()),
        ..TaskSpecContainerSpecConfigs::default()
    }
}

fn check(spec: &Spec, options: &Options, method: &Method, starts_watched: bool) -> Option<HealthConfig> {
    let test = match (method, &options.health) {
        (Method::Command, Some(Health::Command { command })) => Some(
            std::iter::once("CMD".to_owned())
                .chain(command.iter().cloned())
                .collect(),
        ),
        // The image's own, only asked more often than the usual half minute.
        (Method::Image, _) => None,
        _ => return None,
    };
    Some(HealthConfig {
        test,
        interval: Some(nanos(spec.health.interval.max(FASTEST_CHECK))),
        timeout: Some(nanos(spec.health.timeout)),
        retries: Some(RETRIES),
        start_period: Some(nanos(spec.health.start)),
        start_interval: starts_watched.then(|| nanos(STARTING_CHECK)),
    })
}

fn nanos(span: Span) -> i64 {
    i64::try_from(span.as_millis())
        .unwrap_or(i64::MAX)
        .saturating_mul(1_000_000)
}

/// A file of the artifact as a config of the swarm, named by its content.
pub fn config_file(release: &Release, path: &str, bytes: &[u8]) -> ConfigFile {
    let hash = blake3::hash(bytes).to_hex();
    ConfigFile {
        name: names::content(&release.service, &release.env, path, &hash),
        path: path.to_owned(),
        content: STANDARD.encode(bytes),
    }
}

/// How slots are replaced: `many` at once, and then no further until the next update.
pub fn update_config(many: u32, order: &str, stop_first: bool) -> ServiceSpecUpdateConfig {
    ServiceSpecUpdateConfig {
        parallelism: Some(i64::from(many)),
        delay: Some(NEXT_BATCH),
        ..resting(order, stop_first)
    }
}

/// How updates are done when nothing is under way, such as those that somebody makes by hand.
pub fn resting(order: &str, stop_first: bool) -> ServiceSpecUpdateConfig {
    ServiceSpecUpdateConfig {
        parallelism: Some(1),
        delay: Some(0),
        failure_action: Some(ServiceSpecUpdateConfigFailureActionEnum::PAUSE),
        monitor: Some(MONITOR),
        max_failure_ratio: Some(0.0),
        order: Some(match stop_first || order == "stop-first" {
            true => ServiceSpecUpdateConfigOrderEnum::STOP_FIRST,
            false => ServiceSpecUpdateConfigOrderEnum::START_FIRST,
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::manifest::Manifest;

    /// A spec with these lines under `[environment.production.swarm]`, and its options.
    fn spec(lines: &str) -> (Spec, Options) {
        let text = format!(
            "[service]\nname = \"pricing\"\n[build.image]\nreference = \"r.example/pricing:1\"\n[run]\ncommand = [\"/app\"]\n\
             health = {{ path = \"/\", interval = \"5s\", start = \"40s\" }}\n\
             [environment.production]\ntarget = \"swarm\"\n[environment.production.swarm]\n{lines}\n"
        );
        let manifest = Manifest::parse(&text, Path::new("/srv/pricing/deliver.toml")).expect("a manifest");
        let env = "production".parse().expect("a name");
        let spec = manifest.environment(&env).expect("an environment").spec;
        let options = Options::read(&spec.options).expect("options");
        (spec, options)
    }

    #[test]
    fn two_folders_that_would_be_one_volume_are_seen() {
        let (mut spec, _) = spec("");
        let mut of = |volumes: &[&str]| {
            spec.volumes = volumes.iter().map(|&one| one.to_owned()).collect();
            one_volume(&spec).map(|(a, b)| format!("{a} {b}"))
        };
        assert_eq!(of(&["data/x", "data/y", "data"]), None);
        assert_eq!(of(&["data/x", "logs", "data-x"]).as_deref(), Some("data/x data-x"));
        assert_eq!(of(&["data", "./data/"]).as_deref(), Some("data ./data/"));
    }

    #[test]
    fn a_starting_instance_is_checked_each_second_by_engines_that_can() {
        let second = 1_000_000_000;
        for (lines, method) in [
            ("health = { command = [\"/app\", \"health\"] }", Method::Command),
            ("health = \"image\"", Method::Image),
        ] {
            let (spec, options) = spec(lines);
            let with = check(&spec, &options, &method, true).expect("a check");
            let without = check(&spec, &options, &method, false).expect("a check");
            assert_eq!((with.interval, with.start_interval), (Some(5 * second), Some(second)));
            assert_eq!((without.interval, without.start_interval), (Some(5 * second), None));
            assert_eq!(with.start_period, Some(40 * second));
        }
        // Nothing in the container is asked: there is no check that could be more frequent.
        let (spec, options) = spec("");
        assert_eq!(check(&spec, &options, &Method::Running, true), None);
    }
}
