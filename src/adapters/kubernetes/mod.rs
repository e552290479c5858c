//! The target `kubernetes`: the objects of a release, applied server-side, and what becomes of them.
//!
//! Rendering is pure and apart (`render`, `source`, `patch`, `route`); acts are apart from looking (`rollout`, `divide`, `clear`,
//! `job`;
//! `observe`, `logs`).
//! Nothing but the fence is kept in the cluster that only deliver could clear.

mod api;
mod book;
mod clear;
mod client;
mod connect;
mod divide;
mod image;
mod job;
mod logs;
mod names;
mod observe;
mod options;
mod patch;
mod record;
mod render;
mod rollout;
mod route;
mod source;
mod trouble;

use std::cell::RefCell;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use serde_json::Value;

use self::api::Api;
use self::image::{Choice, Maker};
use self::options::Options;
use self::record::Record;
use self::rollout::Act;
use crate::config::environment::Environment;
use crate::fault::{Fault, Result};
use crate::model::observed::{Instance, Observation};
use crate::model::place::Place;
use crate::model::spec::{Role, Spec};
use crate::model::{EnvName, ServiceName};
use crate::ports::target::{
    Authority, Capabilities, InPlace, LogLine, LogQuery, Placed, Prepared, Shift, Stage, Stop, Stopped, Target, Wanted,
    changed_underneath,
};
use crate::ports::{Clock, Commands, Interrupt};

/// A next look waits for a change at most so long: what becomes of pods is not always told by their Deployment.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// Between two looks where changes cannot be waited for.
const LOOK_BLINDLY: Duration = Duration::from_millis(200);

/// From this minor version on the cluster itself waits before SIGTERM (`sleep` of a lifecycle hook, on by default).
const NATIVE_SLEEP: (u32, u32) = (1, 30);

/// One cluster and namespace as a target.
pub struct Kubernetes {
    options: Options,
    environment: Environment,
    images: Maker,
    clock: Arc<dyn Clock>,
    commands: Arc<dyn Commands>,
    api: OnceLock<Api>,
    connecting: Mutex<()>,
    looked: Mutex<Option<Look>>,
}

/// The last look at the cluster.
struct Look {
    selector: String,
    version: String,
}

/// What is rendered for people, with the images and secrets that are not known yet standing as what they are.
pub struct Wish<'a> {
    pub service: &'a ServiceName,
    pub env: &'a EnvName,
    pub spec: &'a Spec,
    /// The service's folder, for manifests and patches.
    pub folder: &'a Path,
    /// How an image is called that is built only when it is deployed.
    pub build: &'a str,
}

impl Kubernetes {
    /// Nothing is asked before the first act.
    pub fn new(
        place: &Place,
        environment: &Environment,
        clock: Arc<dyn Clock>,
        commands: Arc<dyn Commands>,
        interrupt: Arc<dyn Interrupt>,
    ) -> Result<Kubernetes> {
        Ok(Kubernetes {
            options: Options::read(&place.options)?,
            environment: environment.clone(),
            images: Maker::new(place, environment, commands.clone(), interrupt)?,
            clock,
            commands,
            api: OnceLock::new(),
            connecting: Mutex::new(()),
            looked: Mutex::new(None),
        })
    }

    fn api(&self) -> Result<&Api> {
        let _one = self.connecting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(api) = self.api.get() {
            return Ok(api);
        }
        let api = Api::connect(&self.options, &self.environment)?;
        Ok(self.api.get_or_init(|| api))
    }

    fn act<'a>(&'a self, authority: &'a Authority) -> Result<Act<'a>> {
        Ok(Act {
            api: self.api()?,
            clock: &*self.clock,
            authority,
            base: self.options.name.as_deref().unwrap_or(authority.service.as_str()),
            over: &self.options.force_conflicts,
            known: RefCell::default(),
        })
    }

    fn look(&self, selector: &str) -> Result<observe::Seen> {
        let api = self.api()?;
        let seen = observe::fetch(api, selector, self.options.divides(), self.clock.now())?;
        let look = Look {
            selector: selector.to_owned(),
            version: seen.version.clone(),
        };
        *self.looked.lock().unwrap_or_else(PoisonError::into_inner) = Some(look);
        Ok(seen)
    }

    /// The objects of a release, made anew.
    fn render(
        &self,
        wish: &Wish<'_>,
        image: Option<&str>,
        names: (&str, &str),
        native_sleep: bool,
        namespace: &str,
    ) -> Result<Record> {
        let options = Options::read(&wish.spec.options)?;
        let input = render::Input {
            service: wish.service,
            env: wish.env,
            namespace,
            spec: wish.spec,
            options: &options,
            image: image.unwrap_or(wish.build),
            release: names.0,
            deployment: names.1,
            native_sleep,
        };
        let place = source::Place {
            folder: wish.folder,
            commands: &*self.commands,
        };
        let mut objects = match options.has_source() {
            true => source::objects(&input, image, render::variables(&input), &place)?,
            false => render::render(&input)?,
        };
        patch::lay_over(&mut objects, &source::patches(&input, &place)?)?;
        Ok(Record {
            image: image.map(str::to_owned),
            secret: render::secret_name(&input),
            url: render::url(&input),
            objects,
        })
    }

    /// What [`Target::prepare`] would apply, as YAML has it: without a cluster, without values of secrets.
    pub fn preview(&self, wish: &Wish<'_>) -> Result<Vec<Value>> {
        let namespace = self.options.namespace.as_deref();
        let image = image::ready(wish.spec);
        let record = self.render(
            wish,
            image,
            ("unreleased", "unreleased"),
            true,
            namespace.unwrap_or("default"),
        )?;
        let mut objects = record.shown();
        if namespace.is_none() {
            // Only the kubeconfig knows it.
            for object in &mut objects {
                if let Some(metadata) = object["metadata"].as_object_mut() {
                    metadata.remove("namespace");
                }
            }
        }
        Ok(objects)
    }

    fn make_record(&self, authority: &Authority, prepared: &Prepared) -> Result<Record> {
        let release = &prepared.release;
        let api = self.api()?;
        let options = Options::read(&release.spec.options)?;
        let choice = image::choose(&release.spec, &options)?;
        if !options.has_source() {
            // Before minutes go into an image that nothing could run.
            render::possible(&release.spec, &options)?;
        }
        let native_sleep = api.version()? >= NATIVE_SLEEP;
        let pull = options.pull.as_deref();
        let image = self.images.make(choice, release, &prepared.artifact, pull)?;
        let folder = prepared.artifact.join(&release.spec.workdir);
        let wish = Wish {
            service: &authority.service,
            env: &authority.env,
            spec: &release.spec,
            folder: &folder,
            build: "",
        };
        let names = (release.number.to_string(), authority.deployment.to_string());
        self.render(
            &wish,
            image.as_deref(),
            (&names.0, &names.1),
            native_sleep,
            &api.namespace,
        )
    }

    /// What is to be known about the image. Nothing is built, and a tag's meaning is asked for at most once.
    fn image_note(&self, service: &ServiceName, choice: Choice<'_>, pull: Option<&str>) -> Option<String> {
        match choice {
            Choice::Ready(image) if !image::is_pinned(image) && self.images.meaning(image, pull).is_none() => {
                Some(format!(
                    "`{image}` is a tag, which may mean another image tomorrow: a rollback brings back what it means then"
                ))
            }
            Choice::Loaded => Some(format!(
                "the image is built as `deliver/{service}:BUILD` and pushed nowhere: a cluster of one node that shares this \
                 engine has it, any other needs it loaded by hand"
            )),
            Choice::Ready(_) | Choice::Pushed(_) | Choice::Named => None,
        }
    }
}

impl Target for Kubernetes {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            weights: self.options.divides(),
            holds_requests: false,
            volumes: true,
            schedules: true,
            in_place: true,
            beside: true,
            portions: true,
            batches: false,
            counts: false,
        }
    }

    fn in_place(&self) -> Option<&dyn InPlace> {
        Some(self)
    }

    fn observe(&self, service: &ServiceName, env: &EnvName) -> Result<Observation> {
        let seen = self.look(&names::selector(service, env))?;
        Ok(observe::look(&seen, service, env, &self.options.force_conflicts))
    }

    /// By a watch from the last look on; changes come in bunches, of which one look is made after a moment.
    fn await_change(&self, clock: &dyn Clock, moment: Duration) {
        let last = self.looked.lock().unwrap_or_else(PoisonError::into_inner).take();
        let told = match (last, self.api.get()) {
            (Some(last), Some(api)) => api.await_change(&last.selector, &last.version, LOOK_AGAIN),
            _ => false,
        };
        clock.sleep(if told { moment } else { LOOK_BLINDLY });
    }

    fn observe_all(&self) -> Result<Vec<Observation>> {
        let seen = self.look(&format!("{}={}", names::MANAGED_BY, names::MANAGER))?;
        let scopes = observe::scopes(&seen);
        let look = |(service, env)| observe::look(&seen, &service, &env, &self.options.force_conflicts);
        Ok(scopes.into_iter().map(look).collect())
    }

    fn makes_image(&self, spec: &Spec) -> bool {
        let options = Options::read(&spec.options);
        let choice = options.as_ref().map(|options| image::choose(spec, options));
        matches!(choice, Ok(Ok(Choice::Pushed(_) | Choice::Loaded)))
    }

    fn unweighted(&self, env: &EnvName) -> Option<String> {
        let options = &self.options;
        let table = format!("[environment.{env}.kubernetes]");
        match (options.divides(), options.has_source(), &options.ingress) {
            (true, ..) => None,
            (_, true, _) => Some(format!(
                "the objects of {table} are your own: deliver divides no traffic of a route that it did not render"
            )),
            (_, _, Some(_)) => Some(format!(
                "an Ingress has no weights: `gateway` instead of `ingress` under {table} would divide traffic by weight"
            )),
            _ => Some(format!(
                "a Service has no weights: `gateway` under {table} would divide traffic by weight"
            )),
        }
    }

    fn advise(&self, service: &ServiceName, _: &EnvName, spec: &Spec) -> Result<Vec<String>> {
        let options = Options::read(&spec.options)?;
        let choice = image::choose(spec, &options)?;
        if !options.has_source() {
            render::possible(spec, &options)?;
        }
        let routes = options.gateway.is_some() && !options.has_source();
        if routes && !self.api()?.serves(route::API_VERSION, route::KIND)? {
            return Err(trouble::no_gateway_api(&self.api()?.called));
        }
        let mut notes = Vec::new();
        let probe = spec.health.probe.as_ref().filter(|_| !options.has_source());
        if probe.is_some_and(|probe| probe.below > 400) {
            notes.push("no health path: a pod counts as healthy when it takes connections".into());
        }
        notes.extend(self.image_note(service, choice, options.pull.as_deref()));
        notes.extend(spec.unheard_stop().filter(|_| !options.has_source()).map(str::to_owned));
        if spec
            .processes
            .iter()
            .any(|process| matches!(process.role, Role::Schedule(_)))
        {
            notes.push("schedules are in the cluster's time zone".into());
        }
        if !spec.volumes.is_empty() && !options.volume.shared() {
            notes.push("volumes are for one node: old pods end before new ones start (`volume = { access = \"shared\" }` where the storage can do it)".into());
        }
        if let Some(autoscale) = &options.autoscale {
            notes.push(format!(
                "an autoscaler decides how many web pods run, {} to {}",
                autoscale.min, autoscale.max
            ));
        }
        Ok(notes)
    }

    fn prepare(&self, authority: &Authority, prepared: &Prepared) -> Result<Placed> {
        let made = prepared.record.is_null();
        let record = match made {
            true => self.make_record(authority, prepared)?,
            false => Record::of(prepared)?,
        };
        let rendered = !Options::read(&prepared.release.spec.options)?.has_source();
        self.act(authority)?.prepare(prepared, &record, rendered)?;
        Ok(Placed {
            url: record.url.clone(),
            record: record.to_json()?,
            confidential: record.holds_values(),
        })
    }

    /// Release steps alone: instances are the Deployment's matter.
    fn start(&self, authority: &Authority, prepared: &Prepared, wanted: &[Wanted]) -> Result<()> {
        let act = self.act(authority)?;
        act.fenced()?;
        let record = Record::of(prepared)?;
        for one in wanted {
            let job = job::render(authority, prepared, &record, one, &act.api.namespace)?;
            // One that is there already is this very step, from before an answer was lost.
            act.api.create(&job, false)?;
        }
        Ok(())
    }

    fn shift(&self, _: &Authority, _: &Shift) -> Result<()> {
        Err(Fault::bug("target `kubernetes` moves traffic with its stages"))
    }

    fn remove(&self, authority: &Authority) -> Result<()> {
        self.act(authority)?.remove()
    }

    fn stop(&self, authority: &Authority, stop: &Stop) -> Result<Vec<Stopped>> {
        let act = self.act(authority)?;
        act.fenced()?;
        let seen = self.look(&names::selector(&authority.service, &authority.env))?;
        let observed = observe::look(&seen, &authority.service, &authority.env, &[]);
        let mut stopped = Vec::new();
        for id in &stop.instances {
            let job = seen
                .jobs
                .iter()
                .find(|job| job["metadata"]["annotations"][names::INSTANCE].as_str() == Some(id));
            let Some(job) = job else { continue };
            act.api.delete(std::slice::from_ref(job))?;
            let name = names::name(job);
            act.gone(&format!("job-name={name}"))?;
            let exit = observed.instances.iter().find(|one| one.id == *id).and_then(exit_of);
            stopped.push(Stopped {
                id: id.clone(),
                cut: 0,
                killed: false,
                exit: exit.unwrap_or_else(|| "stopped before its end".into()),
            });
        }
        Ok(stopped)
    }

    fn logs(
        &self,
        service: &ServiceName,
        env: &EnvName,
        query: &LogQuery,
        follow: bool,
        line: &mut dyn FnMut(LogLine) -> bool,
    ) -> Result<()> {
        logs::read(self.api()?, &*self.clock, (service, env), query, follow, line)
    }
}

fn exit_of(instance: &Instance) -> Option<String> {
    instance.exit.clone()
}

impl InPlace for Kubernetes {
    fn replace(&self, authority: &Authority, prepared: &Prepared, stage: &Stage) -> Result<()> {
        let act = self.act(authority)?;
        let record = Record::of(prepared)?;
        let seen = self.look(&names::selector(&authority.service, &authority.env))?;
        let observed = observe::look(&seen, &authority.service, &authority.env, act.over);
        if let Some(change) = observed.foreign {
            // Whoever is not to act any more is told that instead.
            act.fenced()?;
            return Err(changed_underneath(&change));
        }
        act.replace(prepared, &record, stage, &seen)
    }

    fn finish(&self, authority: &Authority, prepared: &Prepared) -> Result<()> {
        let record = Record::of(prepared)?;
        self.act(authority)?.finish(prepared, &record)
    }
}
