//! What deployments run on here: a target that behaves as told, a store that ends with the test, a clock that moves when
//! somebody waits.

#![allow(clippy::unwrap_used, reason = "a failure to set the stage is a failed test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use deliver::adapters::counts::Counts;
use deliver::adapters::git::Git;
use deliver::adapters::memory::{Behaviour, ManualClock, MemoryTarget};
use deliver::adapters::process::{Groups, Processes};
use deliver::adapters::system::SystemClock;
use deliver::config::environment::Environment;
use deliver::config::paths::Paths;
use deliver::deploy::build::Recipe;
use deliver::deploy::engine::{DeployRequest, Deployer, Report, Subject};
use deliver::event::Silent;
use deliver::fault::{Fault, Kind, Result};
use deliver::model::about::About;
use deliver::model::deployment::Outcome;
use deliver::model::observed::Observation;
use deliver::model::place::Place;
use deliver::model::release::BuildId;
use deliver::model::spec::{CommandLine, Health, HttpProbe, Process, Role, Spec, Work};
use deliver::model::standing::Standing;
use deliver::model::strategy::Strategy;
use deliver::model::traffic::Traffic;
use deliver::model::{EnvName, ReleaseNo, ServiceName, Span};
use deliver::ports::Clock;
use deliver::ports::interrupt::Never;
use deliver::ports::target::{
    Authority, Capabilities, InPlace, LogLine, LogQuery, Placed, Prepared, Shift, Stage, Stop, Stopped, Target, Wanted,
};
use deliver::store::Store;
use deliver::store::seal::SealingKey;

/// Everything a deployment touches, in a folder that goes away.
pub(super) struct Bench {
    pub(super) dir: tempfile::TempDir,
    pub(super) clock: Arc<ManualClock>,
    pub(super) store: Store,
    paths: Paths,
    key: SealingKey,
    pub(super) environment: Environment,
    commands: Processes,
    counts: Counts,
}

impl Bench {
    pub(super) fn new() -> Bench {
        Bench::over(|clock| Store::in_memory(clock, "ada").unwrap())
    }

    /// One with another store, which lives in real time, since its leases do.
    pub(super) fn over(store: impl FnOnce(Arc<dyn Clock>) -> Store) -> Bench {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("pricing")).unwrap();
        fs::write(dir.path().join("pricing/app.py"), "one").unwrap();
        fs::create_dir(dir.path().join("data")).unwrap();
        let store_path = dir.path().join("store.db");
        let real: Arc<dyn Clock> = Arc::new(SystemClock::new(None));
        let store = store(real.clone());
        Bench {
            counts: Counts::new(&store),
            clock: Arc::new(ManualClock::at("2026-01-10T12:00:00Z".parse().unwrap())),
            store,
            paths: Paths {
                user_config: dir.path().join("user"),
                system_config: dir.path().join("system"),
                store: store_path.into(),
                data: dir.path().join("data"),
                runtime: None,
            },
            key: SealingKey::open(&dir.path().join("key")).unwrap(),
            environment: Environment::of([("TOKEN", "canary-1")]),
            commands: Processes::new(real, Arc::new(Never), Groups::default()),
            dir,
        }
    }

    pub(super) fn write(&self, content: &str) {
        fs::write(self.dir.path().join("pricing/app.py"), content).unwrap();
    }

    pub(super) fn deployer<'a>(&'a self, target: &'a dyn Target) -> Deployer<'a> {
        Deployer {
            store: &self.store,
            target,
            clock: &*self.clock,
            vcs: &Git,
            commands: &self.commands,
            interrupt: &Never,
            metrics: Some(&self.counts),
            events: &Silent,
            key: &self.key,
            paths: &self.paths,
            environment: &self.environment,
            deadline: None,
        }
    }

    pub(super) fn request(&self) -> DeployRequest {
        let folder = self.dir.path().join("pricing");
        DeployRequest {
            subject: subject(),
            recipe: Recipe {
                service: "pricing".parse().unwrap(),
                context: folder.clone(),
                folder,
                command: None,
                include: Vec::new(),
                env: BTreeMap::new(),
            },
            spec: spec(),
            strategy: Strategy::default(),
            promises: Vec::new(),
            unmeasured: Vec::new(),
            about: About::default(),
            standing: Standing::default(),
            note: None,
            again: false,
            allow_dirty: false,
            dirty_policy: true,
            expected_plan: None,
            wait: Span::ZERO,
        }
    }

    /// Changes the source and deploys it.
    pub(super) fn deploy(&self, target: &dyn Target, content: &str) -> Report {
        self.write(content);
        self.deployer(target).deploy(&self.request()).unwrap()
    }
}

pub(super) fn subject() -> Subject {
    Subject {
        service: "pricing".parse().unwrap(),
        env: "local".parse().unwrap(),
        place: Place::of("memory"),
        protected: false,
    }
}

pub(super) fn spec() -> Spec {
    Spec {
        processes: vec![Process {
            name: "web".into(),
            role: Role::Web,
            work: Work::Command(CommandLine::Shell("serve".into())),
            instances: 2,
            env: BTreeMap::new(),
        }],
        port: Some(8080),
        listen: None,
        health: Health {
            probe: Some(HttpProbe {
                path: "/healthz".into(),
                host: None,
                below: 400,
            }),
            ..Health::default()
        },
        drain: Span::from_secs(30),
        grace: Span::from_secs(30),
        volumes: Vec::new(),
        env: BTreeMap::new(),
        secrets: BTreeMap::new(),
        secret_versions: BTreeMap::new(),
        release_step: None,
        workdir: String::new(),
        image: None,
        options: serde_json::Value::Null,
    }
}

pub(super) fn observe(target: &dyn Target) -> Observation {
    target.observe(&subject().service, &subject().env).unwrap()
}

/// The current release and those of all instances.
pub(super) fn serving(target: &dyn Target) -> (Option<ReleaseNo>, Vec<ReleaseNo>) {
    let observed = observe(target);
    (
        observed.current,
        observed.instances.iter().map(|one| one.release).collect(),
    )
}

pub(super) fn in_full(number: u32) -> (Option<ReleaseNo>, Vec<ReleaseNo>) {
    (Some(ReleaseNo(number)), vec![ReleaseNo(number); 2])
}

pub(super) fn outcome(report: &Report) -> (Outcome, Option<(Kind, &'static str)>) {
    (
        report.deployment.outcome,
        report.fault.as_ref().map(|fault| (fault.kind(), fault.code())),
    )
}

/// A target that notes what it was given and can be told to fail at a moment.
pub(super) struct Spy<'a> {
    pub(super) memory: MemoryTarget<'a>,
    token: std::sync::Mutex<String>,
    pub(super) release_steps: AtomicUsize,
    kill: std::sync::Mutex<Option<ReleaseNo>>,
    /// Counts this whenever somebody looks, while that release is current.
    pub(super) traffic: std::sync::Mutex<Option<(Store, Traffic)>>,
    /// Builds of which it was told to forget what it made.
    pub(super) discarded: std::sync::Mutex<Vec<BuildId>>,
}

impl<'a> Spy<'a> {
    pub(super) fn new(memory: MemoryTarget<'a>) -> Self {
        Spy {
            memory,
            token: Default::default(),
            release_steps: AtomicUsize::new(0),
            kill: Default::default(),
            traffic: Default::default(),
            discarded: Default::default(),
        }
    }

    pub(super) fn token(&self) -> String {
        self.token.lock().unwrap().clone()
    }

    pub(super) fn kill_after_shift_to(&self, release: ReleaseNo) {
        *self.kill.lock().unwrap() = Some(release);
    }
}

impl Target for Spy<'_> {
    fn capabilities(&self) -> Capabilities {
        self.memory.capabilities()
    }
    fn observe(&self, service: &deliver::model::ServiceName, env: &deliver::model::EnvName) -> Result<Observation> {
        let observed = self.memory.observe(service, env)?;
        if let Some((store, counted)) = &*self.traffic.lock().unwrap()
            && observed.current == Some(counted.release)
        {
            store.record_traffic(std::slice::from_ref(counted))?;
        }
        Ok(observed)
    }
    fn observe_all(&self) -> Result<Vec<Observation>> {
        self.memory.observe_all()
    }
    fn prepare(&self, authority: &Authority, prepared: &Prepared) -> Result<Placed> {
        if let Some(token) = prepared.secrets.get("TOKEN") {
            *self.token.lock().unwrap() = token.reveal().to_owned();
        }
        self.memory.prepare(authority, prepared)
    }
    /// Forgets, and fails all the same.
    fn discard(&self, _: &deliver::model::ServiceName, builds: &BTreeSet<BuildId>) -> Result<u32> {
        self.discarded.lock().unwrap().extend(builds.iter().cloned());
        Err(Fault::new(Kind::Unreachable, "away", "the engine is away"))
    }
    fn start(&self, authority: &Authority, prepared: &Prepared, wanted: &[Wanted]) -> Result<()> {
        let steps = wanted.iter().filter(|one| one.process == "release").count();
        self.release_steps.fetch_add(steps, Ordering::SeqCst);
        self.memory.start(authority, prepared, wanted)
    }
    fn shift(&self, authority: &Authority, shift: &Shift) -> Result<()> {
        self.memory.shift(authority, shift)?;
        if *self.kill.lock().unwrap() == Some(shift.release) {
            self.memory
                .change(shift.release, Behaviour::ExitsAfter(Duration::ZERO, "status 1".into()));
        }
        Ok(())
    }
    fn stop(&self, authority: &Authority, stop: &Stop) -> Result<Vec<Stopped>> {
        self.memory.stop(authority, stop)
    }
    fn remove(&self, authority: &Authority) -> Result<()> {
        self.memory.remove(authority)
    }
    fn logs(
        &self,
        service: &deliver::model::ServiceName,
        env: &deliver::model::EnvName,
        query: &LogQuery,
        follow: bool,
        line: &mut dyn FnMut(LogLine) -> bool,
    ) -> Result<()> {
        self.memory.logs(service, env, query, follow, line)
    }
}

/// A target that somebody else has a say in: before each act and each look, named as in the trait, `say` is asked.
pub(super) struct Tampered<'a, F> {
    pub(super) memory: MemoryTarget<'a>,
    pub(super) say: F,
}

impl<F: Fn(&str, Option<&Authority>) -> Result<()> + Send + Sync> Target for Tampered<'_, F> {
    fn capabilities(&self) -> Capabilities {
        self.memory.capabilities()
    }
    fn in_place(&self) -> Option<&dyn InPlace> {
        self.memory.in_place().map(|_| self as &dyn InPlace)
    }
    fn observe(&self, service: &ServiceName, env: &EnvName) -> Result<Observation> {
        (self.say)("observe", None)?;
        self.memory.observe(service, env)
    }
    fn observe_all(&self) -> Result<Vec<Observation>> {
        self.memory.observe_all()
    }
    fn prepare(&self, authority: &Authority, prepared: &Prepared) -> Result<Placed> {
        (self.say)("prepare", Some(authority))?;
        self.memory.prepare(authority, prepared)
    }
    fn start(&self, authority: &Authority, prepared: &Prepared, wanted: &[Wanted]) -> Result<()> {
        (self.say)("start", Some(authority))?;
        self.memory.start(authority, prepared, wanted)
    }
    fn shift(&self, authority: &Authority, shift: &Shift) -> Result<()> {
        (self.say)("shift", Some(authority))?;
        self.memory.shift(authority, shift)
    }
    fn stop(&self, authority: &Authority, stop: &Stop) -> Result<Vec<Stopped>> {
        (self.say)("stop", Some(authority))?;
        self.memory.stop(authority, stop)
    }
    fn remove(&self, authority: &Authority) -> Result<()> {
        (self.say)("remove", Some(authority))?;
        self.memory.remove(authority)
    }
    fn logs(
        &self,
        service: &ServiceName,
        env: &EnvName,
        query: &LogQuery,
        follow: bool,
        line: &mut dyn FnMut(LogLine) -> bool,
    ) -> Result<()> {
        self.memory.logs(service, env, query, follow, line)
    }
}

impl<F: Fn(&str, Option<&Authority>) -> Result<()> + Send + Sync> InPlace for Tampered<'_, F> {
    fn replace(&self, authority: &Authority, prepared: &Prepared, stage: &Stage) -> Result<()> {
        (self.say)("replace", Some(authority))?;
        InPlace::replace(&self.memory, authority, prepared, stage)
    }
    fn finish(&self, authority: &Authority, prepared: &Prepared) -> Result<()> {
        (self.say)("finish", Some(authority))?;
        InPlace::finish(&self.memory, authority, prepared)
    }
    fn go_on(&self, authority: &Authority) -> Result<bool> {
        (self.say)("go on", Some(authority))?;
        self.memory.go_on(authority)
    }
}

/// A target that is seen otherwise than it is: each look goes through `alter`.
pub(super) struct Altered<'a, F> {
    pub(super) memory: MemoryTarget<'a>,
    pub(super) alter: F,
}

impl<F: Fn(&mut Observation) + Send + Sync> Target for Altered<'_, F> {
    fn capabilities(&self) -> Capabilities {
        self.memory.capabilities()
    }
    fn in_place(&self) -> Option<&dyn InPlace> {
        self.memory.in_place()
    }
    fn observe(&self, service: &ServiceName, env: &EnvName) -> Result<Observation> {
        let mut observed = self.memory.observe(service, env)?;
        (self.alter)(&mut observed);
        Ok(observed)
    }
    fn observe_all(&self) -> Result<Vec<Observation>> {
        self.memory.observe_all()
    }
    fn prepare(&self, authority: &Authority, prepared: &Prepared) -> Result<Placed> {
        self.memory.prepare(authority, prepared)
    }
    fn start(&self, authority: &Authority, prepared: &Prepared, wanted: &[Wanted]) -> Result<()> {
        self.memory.start(authority, prepared, wanted)
    }
    fn shift(&self, authority: &Authority, shift: &Shift) -> Result<()> {
        self.memory.shift(authority, shift)
    }
    fn stop(&self, authority: &Authority, stop: &Stop) -> Result<Vec<Stopped>> {
        self.memory.stop(authority, stop)
    }
    fn remove(&self, authority: &Authority) -> Result<()> {
        self.memory.remove(authority)
    }
    fn logs(
        &self,
        service: &ServiceName,
        env: &EnvName,
        query: &LogQuery,
        follow: bool,
        line: &mut dyn FnMut(LogLine) -> bool,
    ) -> Result<()> {
        self.memory.logs(service, env, query, follow, line)
    }
}
