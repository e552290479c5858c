//! Opens ports lazily from settings and lends them to commands.
//!
//! Nothing is opened, read or asked before it is lent for the first time: `deliver --version` touches no file.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use elsa::FrozenMap;

use crate::adapters::git::Git;
use crate::adapters::http::Client;
#[cfg(feature = "kubernetes")]
use crate::adapters::kubernetes::Kubernetes;
use crate::adapters::local::Local;
use crate::adapters::plugin::process::Room;
use crate::adapters::plugin::{Chosen, PluginTarget};
use crate::adapters::process::{Groups, Processes};
use crate::adapters::system::SystemClock;
use crate::config::environment::Environment;
use crate::config::manifest::{self, Manifest};
use crate::config::paths::Paths;
use crate::config::platform::Platform;
use crate::config::server::Server;
use crate::config::settings::Settings;
use crate::event::Events;
use crate::fault::{Fault, Kind, Result};
use crate::model::place::Place;
use crate::ports::{Clock, Commands, Http, Interrupt, Target, Vcs};
use crate::store::seal::SealingKey;
use crate::store::{Options, Store, Told, user_at_host};

/// What the command line says about where things are.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// `-C DIR`, or the current folder; absolute.
    pub directory: PathBuf,
    /// `--store`.
    pub store: Option<PathBuf>,
    /// What flags, variables and files say about everything else.
    pub settings: Settings,
}

/// The outside, as far as one run of the program needs it.
pub struct World {
    places: Places,
    environment: Environment,
    clock: Arc<dyn Clock>,
    interrupt: Arc<dyn Interrupt>,
    commands: Arc<Processes>,
    /// Gives out passwords and keys, which the way back after Ctrl-C needs too.
    steady: Arc<Processes>,
    told: OnceCell<Told>,
    groups: Groups,
    events: OnceCell<Arc<dyn Events + Send + Sync>>,
    paths: OnceCell<Paths>,
    store: OnceCell<Store>,
    key: OnceCell<SealingKey>,
    local: OnceCell<Local>,
    targets: FrozenMap<String, Box<dyn Target>>,
    http: OnceCell<Client>,
}

impl World {
    pub fn new(places: Places, environment: Environment, interrupt: Arc<dyn Interrupt>, groups: Groups) -> Self {
        let base = environment.get("DELIVER_TEST_NOW").and_then(|text| text.parse().ok());
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new(base));
        World {
            commands: Arc::new(Processes::new(clock.clone(), interrupt.clone(), groups.clone())),
            steady: Arc::new(Processes::new(clock.clone(), interrupt.clone(), groups.clone()).steady()),
            told: OnceCell::new(),
            groups,
            events: OnceCell::new(),
            paths: OnceCell::new(),
            store: OnceCell::new(),
            key: OnceCell::new(),
            local: OnceCell::new(),
            targets: FrozenMap::new(),
            http: OnceCell::new(),
            places,
            environment,
            clock,
            interrupt,
        }
    }

    /// The folder the person is in: `-C DIR`, or the current one.
    pub fn directory(&self) -> &Path {
        &self.places.directory
    }

    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    pub fn paths(&self) -> Result<&Paths> {
        lend(&self.paths, || {
            Paths::of(&self.environment, self.places.store.as_deref(), &self.places.directory)
        })
    }

    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// The clock for threads that outlive the borrow.
    pub fn shared_clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
    }

    /// Whether somebody wants the program to stop; asked between acts by whatever takes long.
    pub fn interrupt(&self) -> &dyn Interrupt {
        &*self.interrupt
    }

    /// From now on `told` learns when the store is waited for. The first one stays.
    pub fn when_waiting(&self, told: Told) {
        // Somebody is told already.
        let _ = self.told.set(told);
    }

    /// The store, made on first use. One on a disk that cannot be written is lent for looking: an act on it fails before it
    /// has any effect.
    pub fn store(&self) -> Result<&Store> {
        lend(&self.store, || {
            let opened = Store::open(self.paths()?, self.shared_clock(), self.store_options());
            match opened {
                Err(fault) if fault.code() == "read-only" => self.store_read_only()?.ok_or(fault),
                opened => opened,
            }
        })
    }

    /// The store for looking only, as completion does: `None` where there is none yet.
    pub fn store_read_only(&self) -> Result<Option<Store>> {
        Store::open_read_only(self.paths()?, self.shared_clock(), self.store_options())
    }

    /// What seals secrets, made on first use.
    pub fn key(&self) -> Result<&SealingKey> {
        lend(&self.key, || match self.paths()?.store.server() {
            None => SealingKey::open(&self.paths()?.key()),
            Some(server) => self.shared_key(server),
        })
    }

    /// What seals secrets, where there is such a key already: nothing is made or written, and no store is asked.
    pub fn known_key(&self) -> Result<Option<SealingKey>> {
        let reference = match self.paths()?.store.server() {
            Some(server) => server.key_reference()?.map(|reference| (server, reference)),
            None => None,
        };
        match reference {
            Some((server, reference)) => {
                let bytes = server.find_key(&reference, Some(&*self.steady))?;
                SealingKey::shared(&bytes, &reference.to_string()).map(Some)
            }
            None => SealingKey::existing(&self.paths()?.key()),
        }
    }

    /// The key of those who share a store: the one that a reference names, or this machine's, which then has to be copied to
    /// the others.
    fn shared_key(&self, server: &Server) -> Result<SealingKey> {
        let (store, own) = (self.store()?, self.paths()?.key());
        let key = match server.key_reference()? {
            Some(reference) => {
                let bytes = server.find_key(&reference, Some(&*self.steady))?;
                SealingKey::shared(&bytes, &reference.to_string())?
            }
            None => {
                // A new key would be another one.
                if let Some(known) = store.sealing()?.filter(|_| !own.exists()) {
                    let message = format!(
                        "cannot use the secrets of the store at `{server}`: they are sealed under a key ({}) that {} \
                         brought, and that is not on this machine",
                        known.fingerprint, known.actor
                    );
                    let fault = Fault::new(Kind::Credentials, "key-missing", message);
                    return Err(fault.still("nothing was changed by this command").hint(format!(
                        "copy it to {} (mode 600), or set DELIVER_STORE_KEY=file:/path/to/key; `deliver doctor` there says \
                         where it is",
                        own.display()
                    )));
                }
                SealingKey::open(&own)?
            }
        };
        store.seal_under(&key)?;
        Ok(key)
    }

    /// `DELIVER_ACTOR` says who acts where the user of this machine is nobody in particular, as in CI.
    fn store_options(&self) -> Options {
        let number = |name| self.environment.get(name).and_then(|text| text.parse().ok());
        Options {
            actor: match self.environment.get("DELIVER_ACTOR") {
                Some(actor) => actor.to_owned(),
                None => user_at_host(),
            },
            interrupt: self.interrupt.clone(),
            commands: Some(self.steady.clone()),
            told: self.told.get().cloned(),
            crash_after: number("DELIVER_TEST_CRASH_AT"),
            crash_before: number("DELIVER_TEST_CRASH_BEFORE"),
        }
    }

    /// The engine behind an environment, opened on first use and kept.
    pub fn target(&self, place: &Place) -> Result<&dyn Target> {
        if place.target == "local" {
            return Ok(self.local()?);
        }
        let key = place.key();
        if let Some(open) = self.targets.get(&key) {
            return Ok(open);
        }
        let target = self.open_target(place)?;
        Ok(self.targets.insert(key, target))
    }

    fn open_target(&self, place: &Place) -> Result<Box<dyn Target>> {
        if place.target == "swarm" {
            return self.open_swarm(place);
        }
        if place.target == "kubernetes" {
            #[cfg(feature = "kubernetes")]
            return Ok(Box::new(self.kubernetes(place)?));
            #[cfg(not(feature = "kubernetes"))]
            return Err(Fault::usage("left-out", "this build of deliver has no `kubernetes`")
                .hint("install one that was built with the feature `kubernetes`"));
        }
        if place.target == "plugin" {
            return Ok(Box::new(self.plugin(Chosen::of(place, &self.environment)?)?));
        }
        let message = format!("this `deliver` knows no target `{}`", place.target);
        Err(Fault::usage("unknown-target", message).hint("use target = \"local\""))
    }

    #[cfg(feature = "docker")]
    fn open_swarm(&self, place: &Place) -> Result<Box<dyn Target>> {
        let (clock, commands) = (self.shared_clock(), self.steady.clone());
        let interrupt = self.interrupt.clone();
        let swarm = crate::adapters::swarm::Swarm::new(place, &self.environment, clock, commands, interrupt)?;
        Ok(Box::new(swarm.telling(self.events.get().cloned())))
    }

    #[cfg(not(feature = "docker"))]
    fn open_swarm(&self, _: &Place) -> Result<Box<dyn Target>> {
        Err(Fault::usage("left-out", "this build of deliver has no Docker Swarm")
            .hint("build it with `--features docker`"))
    }

    /// A cluster as a target, which also shows what it would apply.
    #[cfg(feature = "kubernetes")]
    pub fn kubernetes(&self, place: &Place) -> Result<Kubernetes> {
        let (commands, interrupt) = (self.commands.clone(), self.interrupt.clone());
        Kubernetes::new(place, &self.environment, self.shared_clock(), commands, interrupt)
    }

    /// An executable as a target.
    pub fn plugin(&self, chosen: Chosen) -> Result<PluginTarget> {
        let room = Room {
            clock: self.clock.clone(),
            interrupt: self.interrupt.clone(),
            groups: self.groups.clone(),
            events: self.events.get().cloned(),
            dir: self.places.directory.clone(),
        };
        PluginTarget::open(chosen, room)
    }

    /// Who takes what adapters have to say on their way; the first one stays.
    pub fn tell(&self, events: Arc<dyn Events + Send + Sync>) {
        let _ = self.events.set(events);
    }

    /// This machine as a target, which also knows the agent.
    pub fn local(&self) -> Result<&Local> {
        lend(&self.local, || Ok(Local::new(self.paths()?.clone(), &self.environment)))
    }

    pub fn vcs(&self) -> &dyn Vcs {
        &Git
    }

    pub fn commands(&self) -> &dyn Commands {
        &*self.commands
    }

    /// A client for web servers, made on first use.
    pub fn http(&self) -> Result<&dyn Http> {
        Ok(lend(&self.http, Client::new)?)
    }

    /// The nearest `deliver.toml` at or above [`World::directory`]; the search ends at a repository's root.
    pub fn manifest_path(&self) -> Result<PathBuf> {
        manifest::find(self.directory()).ok_or_else(|| {
            Fault::usage(
                "no-manifest",
                format!("no `deliver.toml` in `{}` or above", self.directory().display()),
            )
            .hint("deliver adopt")
        })
    }

    /// The service that the person is in; its team is one of the platform's, where that has any.
    pub fn manifest(&self) -> Result<Manifest> {
        let manifest = Manifest::load(&self.manifest_path()?)?;
        self.platform()?.check(&manifest)?;
        Ok(manifest)
    }

    /// What the company's services share; the built-in platform where it has written nothing down.
    pub fn platform(&self) -> Result<Platform> {
        Platform::locate(self.settings(), self.directory())
    }

    /// Every layer of every setting.
    pub fn settings(&self) -> &Settings {
        &self.places.settings
    }
}

/// The value, made on first use; a failure is not kept.
fn lend<T>(cell: &OnceCell<T>, make: impl FnOnce() -> Result<T>) -> Result<&T> {
    if let Some(value) = cell.get() {
        return Ok(value);
    }
    let value = make()?;
    Ok(cell.get_or_init(|| value))
}
