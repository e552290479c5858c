//! What a release is on a swarm: whether it can run there at all, its port, its image, its record.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use bollard::models::{Node, NodeSpecAvailabilityEnum};
use bollard::query_parameters::{ListNodesOptions, ListServicesOptions};

use super::act::no_network;
use super::options::{Mode, Options, Publish};
use super::spec::{self, Record, Source};
use super::{Swarm, names, published};
use crate::adapters::docker::connect::plain;
use crate::config::file;
use crate::fault::{Fault, Result};
use crate::model::release::Release;
use crate::model::spec::{CommandLine, Image, Role, SCRATCH, Spec, Work};
use crate::model::{EnvName, ServiceName};
use crate::ports::target::Authority;

/// Ports that Docker itself gives to services that name none.
const FREE_PORTS: std::ops::Range<u16> = 30_000..32_768;

impl Swarm {
    /// Nodes that instances may be put on, as far as constraints on names and roles tell.
    pub fn nodes(&self, options: &Options) -> Result<usize> {
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
        let read = |(path, name): (&String, &String)| {
            let place = folder.join(name);
            match file::read(&place, spec::LONGEST_CONFIG) {
                Ok(bytes) => Ok(spec::config_file(release, path, &bytes)),
                Err(error) => Err(no_config(path, &place, error)),
            }
        };
        options.configs.iter().map(read).collect()
    }

    /// The image, and everything else that is recorded.
    pub fn make_record(&self, authority: &Authority, release: &Release, artifact: &Path) -> Result<Record> {
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
            starts_watched: self.engine.api()? >= spec::WATCHES_STARTS,
        })
    }

    /// Why this engine cannot run the spec, if it cannot.
    pub fn refuse(&self, service: &ServiceName, env: &EnvName, spec: &Spec, options: &Options) -> Result<()> {
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
                (Work::Command(CommandLine::Shell(_)), Some(SCRATCH)) => {
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
        if let Some((one, other)) = spec::one_volume(spec) {
            let message = format!("the volumes `{one}` and `{other}` would be one and the same in a swarm");
            return Err(Fault::usage("volumes-clash", message)
                .still("nothing was touched")
                .hint(format!("name the folder `{other}` otherwise in `run.volumes`")));
        }
        if !options.networks.is_empty() {
            let there = self.networks()?;
            if let Some(missing) = options.networks.iter().find(|name| !there.contains_key(*name)) {
                return Err(no_network(missing));
            }
        }
        let builds = matches!(spec.image, Some(Image::Dockerfile(_) | Image::Base(_)));
        if builds && options.registry.is_none() && self.nodes(options)? > 1 {
            return Err(needs_registry("an image that is built here"));
        }
        Ok(())
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

fn no_config(path: &str, file: &Path, error: std::io::Error) -> Fault {
    let message = format!("the config `{path}` cannot be made of `{}`: {error}", file.display());
    match error.kind() {
        ErrorKind::FileTooLarge => {
            Fault::usage("config-too-large", message).hint("put the file into the image instead")
        }
        _ => Fault::usage("config-unreadable", message)
            .hint("`configs` names regular files of the artifact: check `[build] include`"),
    }
    .still("nothing was touched")
}

fn needs_registry(what: &str) -> Fault {
    let message = format!("the swarm has several nodes, and only the one that makes it would have {what}");
    Fault::usage("needs-registry", message)
        .still("nothing was touched")
        .hint("write `registry = \"registry.example:5000/PREFIX\"` under `[environment.NAME.swarm]`, or pin to one node with `constraints = [\"node.hostname == NAME\"]`")
}
