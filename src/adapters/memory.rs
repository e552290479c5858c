//! Complete in-memory adapters: what tests of domains run on, and the first to pass each contract suite.

pub mod metrics;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::fault::{Attempt, Fault, Kind, Result};
use crate::model::observed::{Instance, InstanceState, Observation};
use crate::model::release::Source;
use crate::model::spec::Role;
use crate::model::{DeploymentId, EnvName, ReleaseNo, ServiceName};
use crate::ports::target::{
    Authority, Capabilities, InPlace, LogLine, LogQuery, Part, Placed, Prepared, RELEASE_STEP, Shift, Stage, Stop,
    Stopped, Target, Traffic, Wanted, changed_underneath,
};
use crate::ports::{Clock, Vcs};

/// A clock that moves only when somebody sleeps on it or moves it.
#[derive(Debug)]
pub struct ManualClock {
    start: Timestamp,
    elapsed_micros: AtomicU64,
}

impl ManualClock {
    pub fn at(start: Timestamp) -> Self {
        ManualClock {
            start,
            elapsed_micros: AtomicU64::new(0),
        }
    }

    pub fn advance(&self, duration: Duration) {
        self.elapsed_micros
            .fetch_add(duration.as_micros() as u64, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.start + SignedDuration::from_micros(self.elapsed_micros.load(Ordering::SeqCst) as i64)
    }

    fn elapsed(&self) -> Duration {
        Duration::from_micros(self.elapsed_micros.load(Ordering::SeqCst))
    }

    fn sleep(&self, duration: Duration) {
        self.advance(duration);
    }
}

/// Version control that knows the repositories it made, and no history.
#[derive(Default)]
pub struct MemoryVcs {
    /// Folders that were to become repositories.
    asked: Mutex<Vec<PathBuf>>,
    refuses: bool,
}

impl MemoryVcs {
    /// One in which every commit fails, after it has begun to make the repository.
    pub fn refusing() -> Self {
        MemoryVcs {
            refuses: true,
            ..MemoryVcs::default()
        }
    }

    pub fn asked(&self) -> Vec<PathBuf> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Vcs for MemoryVcs {
    fn root(&self, dir: &Path) -> Result<Option<PathBuf>> {
        let made = if self.refuses { Vec::new() } else { self.asked() };
        Ok(made.into_iter().find(|root| dir.starts_with(root)))
    }

    fn source(&self, _: &Path) -> Result<Source> {
        Ok(Source::default())
    }

    fn files(&self, _: &Path) -> Result<Option<Vec<PathBuf>>> {
        Ok(None)
    }

    fn user(&self, _: &Path) -> Result<(Option<String>, Option<String>)> {
        Ok((None, None))
    }

    /// Leaves the folder that a repository is known by, as git does.
    fn init(&self, dir: &Path, _: &str) -> Result<()> {
        std::fs::create_dir(dir.join(".git")).attempting("make", dir)?;
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.push(dir.to_owned());
        match self.refuses {
            true => Err(Fault::failed(
                "git-failed",
                format!("cannot run `git commit` in `{}`", dir.display()),
            )),
            false => Ok(()),
        }
    }
}

/// How long a release step runs of which nothing else was decided.
const RELEASE_STEP_TAKES: Duration = Duration::from_millis(100);

/// How instances of a release behave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Healthy after this long.
    HealthyAfter(Duration),
    /// Answers its probes with this, for ever.
    NeverHealthy(String),
    /// Ends with this exit after this long; healthy from the start until then.
    ExitsAfter(Duration, String),
    /// Changes between healthy and not this often.
    Flaps(Duration),
}

/// An engine that lives in this process.
pub struct MemoryTarget<'a> {
    clock: &'a dyn Clock,
    world: Mutex<World>,
    /// It replaces instances itself, as cluster engines do.
    in_place: bool,
    /// As one that does so and divides traffic by weight.
    weighs: bool,
}

#[derive(Default)]
struct World {
    script: Script,
    scopes: BTreeMap<(ServiceName, EnvName), Scope>,
    unreachable: bool,
    /// Not to be reached from the first moment to the second, by the monotonic clock.
    absent: Option<(Duration, Duration)>,
}

/// What tests decided.
#[derive(Default)]
struct Script {
    behaviours: BTreeMap<ReleaseNo, Behaviour>,
    release_step: Option<Behaviour>,
    prints: BTreeMap<(ReleaseNo, String), Vec<String>>,
    reverts: BTreeSet<ReleaseNo>,
}

#[derive(Default)]
struct Scope {
    fence: u64,
    current: Option<ReleaseNo>,
    url: Option<String>,
    routed: BTreeSet<String>,
    part: Option<Part>,
    instances: BTreeMap<String, Running>,
    /// What instances printed, those that are gone included.
    lines: Vec<LogLine>,
    /// Of an engine that replaces in place: what it was told last.
    goal: Option<Goal>,
    foreign: Option<String>,
    reverted: Option<String>,
    unreached: Option<String>,
    /// So often an engine that replaces in place has to be set going before it ends its last old instance.
    stands_still: u32,
}

/// Where an engine that replaces in place is going.
struct Goal {
    release: ReleaseNo,
    deployment: DeploymentId,
    stage: Stage,
    /// How many of each process there are in all.
    total: BTreeMap<String, u32>,
}

impl Goal {
    fn wants(&self, one: &Instance) -> bool {
        one.release == self.release && (!self.stage.fresh || one.deployment == self.deployment)
    }
}

struct Running {
    template: Instance,
    started: Duration,
    behaviour: Behaviour,
    job: bool,
}

impl<'a> MemoryTarget<'a> {
    pub fn new(clock: &'a dyn Clock) -> Self {
        MemoryTarget {
            clock,
            world: Mutex::default(),
            in_place: false,
            weighs: false,
        }
    }

    /// One that replaces instances itself: each new one takes over when it is healthy.
    pub fn in_place(clock: &'a dyn Clock) -> Self {
        MemoryTarget {
            in_place: true,
            ..MemoryTarget::new(clock)
        }
    }

    /// The same behind what divides traffic by weight, so that new instances may be there and take none yet.
    pub fn weighing(clock: &'a dyn Clock) -> Self {
        MemoryTarget {
            weighs: true,
            ..MemoryTarget::in_place(clock)
        }
    }

    /// From now on every look says that nothing leads to the instances, and why.
    pub fn lead_nowhere(&self, service: &ServiceName, env: &EnvName, why: &str) {
        let mut world = self.world();
        let scope = world.scopes.entry((service.clone(), env.clone())).or_default();
        scope.unreached = Some(why.to_owned());
    }

    /// From now on every look says that somebody else changed the service.
    pub fn meddle(&self, service: &ServiceName, env: &EnvName, change: &str) {
        let mut world = self.world();
        let scope = world.scopes.entry((service.clone(), env.clone())).or_default();
        scope.foreign = Some(change.to_owned());
    }

    /// Told to go to `release`, the engine goes back by itself, as one with a policy of its own does.
    pub fn revert(&self, release: ReleaseNo) {
        self.world().script.reverts.insert(release);
    }

    /// Decides how instances of `release` behave that are started from now on; by default they are healthy at once.
    pub fn behave(&self, release: ReleaseNo, behaviour: Behaviour) {
        self.world().script.behaviours.insert(release, behaviour);
    }

    /// From now on instances of `release` that run already behave so.
    pub fn change(&self, release: ReleaseNo, behaviour: Behaviour) {
        let now = self.clock.elapsed();
        let mut world = self.world();
        for running in world.scopes.values_mut().flat_map(|scope| scope.instances.values_mut()) {
            if running.template.release == release {
                running.behaviour = behaviour.clone();
                running.started = now;
            }
        }
        world.script.behaviours.insert(release, behaviour);
    }

    /// From now on instances of this process of `release` print these lines when they start.
    pub fn print(&self, release: ReleaseNo, process: &str, lines: &[&str]) {
        let lines = lines.iter().map(|line| (*line).to_owned()).collect();
        self.world().script.prints.insert((release, process.to_owned()), lines);
    }

    /// From now on release steps end with this instead of `status 0`.
    pub fn fail_release_step(&self, exit: &str) {
        self.behave_in_release_steps(Behaviour::ExitsAfter(RELEASE_STEP_TAKES, exit.to_owned()));
    }

    /// From now on release steps behave so instead of ending well.
    pub fn behave_in_release_steps(&self, behaviour: Behaviour) {
        self.world().script.release_step = Some(behaviour);
    }

    /// While true, every call fails as an engine does that cannot be reached.
    pub fn set_unreachable(&self, unreachable: bool) {
        self.world().unreachable = unreachable;
    }

    /// From now on an engine that replaces in place leaves one old instance, until it was set going so often.
    pub fn stand_still(&self, service: &ServiceName, env: &EnvName, times: u32) {
        let mut world = self.world();
        let scope = world.scopes.entry((service.clone(), env.clone())).or_default();
        scope.stands_still = times;
    }

    /// The engine is away from one moment to another, by the monotonic clock.
    pub fn set_absent(&self, from: Duration, to: Duration) {
        self.world().absent = Some((from, to));
    }

    fn reachable(&self, world: &World) -> Result<()> {
        let now = self.clock.elapsed();
        let absent = world.absent.is_some_and(|(from, to)| (from..to).contains(&now));
        match world.unreachable || absent {
            false => Ok(()),
            true => Err(Fault::new(
                Kind::Unreachable,
                "target-unreachable",
                "the engine does not answer",
            )),
        }
    }

    /// The part of the instances that has a share of the traffic of its own, as the last shift said.
    pub fn part(&self, service: &ServiceName, env: &EnvName) -> Option<Part> {
        let world = self.world();
        world.scopes.get(&(service.clone(), env.clone()))?.part.clone()
    }

    fn world(&self) -> MutexGuard<'_, World> {
        // A test that panicked while holding the lock has failed anyway.
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `act` on a scope after the fence was compared and recorded.
    fn fenced<T>(&self, authority: &Authority, act: impl FnOnce(&mut Scope, &Script) -> T) -> Result<T> {
        let mut world = self.world();
        self.reachable(&world)?;
        let World { script, scopes, .. } = &mut *world;
        let scope = scopes
            .entry((authority.service.clone(), authority.env.clone()))
            .or_default();
        if authority.fence < scope.fence {
            return Err(Fault::new(
                Kind::Busy,
                "fenced",
                format!("token {} is older than {}", authority.fence, scope.fence),
            ));
        }
        scope.fence = authority.fence;
        Ok(act(scope, script))
    }

    fn look(&self, service: &ServiceName, env: &EnvName, scope: &Scope) -> Observation {
        Observation {
            current: match self.in_place {
                true => most_run(scope),
                false => scope.current,
            },
            foreign: scope.foreign.clone(),
            reverted: scope.reverted.clone(),
            unreached: scope.unreached.clone(),
            fence: scope.fence,
            url: scope.url.clone(),
            instances: scope
                .instances
                .values()
                .map(|running| self.look_at(running, scope))
                .collect(),
            ..Observation::nothing(service, env)
        }
    }

    /// For each new instance that is healthy by now an old one goes.
    fn take_over(&self, scope: &mut Scope) {
        let Some(goal) = scope.goal.take() else { return };
        let seen: Vec<Instance> = scope
            .instances
            .values()
            .map(|running| self.look_at(running, scope))
            .filter(|one| one.process != RELEASE_STEP)
            .collect();
        for (process, total) in &goal.total {
            let (new, old): (Vec<_>, Vec<_>) = seen
                .iter()
                .filter(|one| one.process == *process)
                .partition(|one| goal.wants(one));
            let healthy = new.iter().filter(|one| one.state == InstanceState::Healthy).count();
            let stay = (*total as usize).saturating_sub(healthy);
            let stay = stay.max(usize::from(scope.stands_still > 0));
            for one in old.iter().skip(stay) {
                scope.instances.remove(&one.id);
            }
        }
        if goal.stage.traffic == Traffic::All {
            scope.instances.retain(|_, one| {
                one.template.process == RELEASE_STEP || goal.total.contains_key(&one.template.process)
            });
        }
        scope.goal = Some(goal);
    }

    fn look_at(&self, running: &Running, scope: &Scope) -> Instance {
        let age = self.clock.elapsed().saturating_sub(running.started);
        let mut instance = running.template.clone();
        instance.routed = self.in_place || scope.routed.contains(&instance.id);
        let healthy_for = |since: Duration| age.checked_sub(since).map(|healthy| healthy.as_millis() as u64);
        let (state, healthy_ms) = match &running.behaviour {
            Behaviour::HealthyAfter(after) => match healthy_for(*after) {
                Some(healthy) => (InstanceState::Healthy, healthy),
                None => (InstanceState::Starting, 0),
            },
            Behaviour::NeverHealthy(probe) => {
                instance.probe = Some(probe.clone());
                (InstanceState::Starting, 0)
            }
            Behaviour::ExitsAfter(after, exit) if age >= *after => {
                instance.exit = Some(exit.clone());
                (InstanceState::Exited, 0)
            }
            Behaviour::ExitsAfter(..) => (InstanceState::Healthy, age.as_millis() as u64),
            Behaviour::Flaps(every) => {
                instance.flaps = (age.as_micros() / every.as_micros().max(1)) as u32;
                if instance.flaps.is_multiple_of(2) {
                    (InstanceState::Healthy, 1)
                } else {
                    (InstanceState::Unhealthy, 0)
                }
            }
        };
        instance.state = if running.job && state == InstanceState::Healthy {
            InstanceState::Waiting
        } else {
            state
        };
        instance.healthy_ms = healthy_ms;
        instance
    }
}

impl Target for MemoryTarget<'_> {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            weights: !self.in_place || self.weighs,
            holds_requests: !self.in_place,
            volumes: true,
            schedules: true,
            in_place: self.in_place,
            beside: !self.in_place || self.weighs,
            portions: true,
            batches: true,
            counts: false,
        }
    }

    fn in_place(&self) -> Option<&dyn InPlace> {
        self.in_place.then_some(self as &dyn InPlace)
    }

    fn observe(&self, service: &ServiceName, env: &EnvName) -> Result<Observation> {
        let mut world = self.world();
        self.reachable(&world)?;
        if let Some(scope) = world.scopes.get_mut(&(service.clone(), env.clone())) {
            self.take_over(scope);
        }
        let scope = world.scopes.get(&(service.clone(), env.clone()));
        Ok(scope.map_or_else(
            || self.look(service, env, &Scope::default()),
            |scope| self.look(service, env, scope),
        ))
    }

    fn observe_all(&self) -> Result<Vec<Observation>> {
        let world = self.world();
        self.reachable(&world)?;
        Ok(world
            .scopes
            .iter()
            .map(|((service, env), scope)| self.look(service, env, scope))
            .collect())
    }

    fn prepare(&self, authority: &Authority, prepared: &Prepared) -> Result<Placed> {
        let in_place = self.in_place;
        self.fenced(authority, |scope, _| {
            if prepared.release.spec.web().is_some() {
                scope.url = Some(format!(
                    "http://127.0.0.1:{}",
                    prepared.release.spec.port.unwrap_or(4000)
                ));
            }
            Placed {
                url: scope.url.clone(),
                record: match in_place {
                    true => serde_json::json!({ "image": prepared.release.build }),
                    false => serde_json::Value::Null,
                },
                confidential: false,
            }
        })
    }

    fn start(&self, authority: &Authority, prepared: &Prepared, wanted: &[Wanted]) -> Result<()> {
        let (now, elapsed) = (self.clock.now(), self.clock.elapsed());
        let release = &prepared.release;
        self.fenced(authority, |scope, script| {
            if release.spec.listen.is_some() && wanted.iter().any(|one| one.process == "web") {
                scope.instances.retain(|_, running| running.template.process != "web");
            }
            for one in wanted.iter() {
                if !scope.instances.contains_key(&one.id) {
                    let printed = script.prints.get(&(release.number, one.process.clone()));
                    scope.lines.extend(printed.into_iter().flatten().map(|text| LogLine {
                        at: now,
                        instance: one.id.clone(),
                        process: one.process.clone(),
                        release: release.number,
                        stream: "out".into(),
                        text: text.clone(),
                    }));
                }
                let process = release
                    .spec
                    .processes
                    .iter()
                    .find(|process| process.name == one.process);
                let default = match one.process.as_str() {
                    RELEASE_STEP => script
                        .release_step
                        .clone()
                        .unwrap_or_else(|| Behaviour::ExitsAfter(RELEASE_STEP_TAKES, "status 0".into())),
                    _ => script
                        .behaviours
                        .get(&release.number)
                        .cloned()
                        .unwrap_or(Behaviour::HealthyAfter(Duration::ZERO)),
                };
                scope.instances.entry(one.id.clone()).or_insert_with(|| Running {
                    template: Instance::starting(&one.id, &one.process, release.number, authority.deployment, now),
                    started: elapsed,
                    behaviour: default,
                    job: process.is_some_and(|process| matches!(process.role, Role::Schedule(_))),
                });
            }
        })
    }

    fn shift(&self, authority: &Authority, shift: &Shift) -> Result<()> {
        self.fenced(authority, |scope, _| {
            scope.current = Some(shift.release);
            scope.routed = shift.instances.iter().cloned().collect();
            scope.part = shift.part.clone();
        })
    }

    fn stop(&self, authority: &Authority, stop: &Stop) -> Result<Vec<Stopped>> {
        self.fenced(authority, |scope, _| {
            let gone = stop.instances.iter().filter(|id| {
                scope.routed.remove(*id);
                scope.instances.remove(*id).is_some()
            });
            gone.map(|id| Stopped {
                id: id.clone(),
                cut: 0,
                killed: false,
                exit: "status 0".into(),
            })
            .collect()
        })
    }

    fn remove(&self, authority: &Authority) -> Result<()> {
        let in_place = self.in_place;
        self.fenced(authority, |scope, _| {
            scope.url = None;
            scope.current = None;
            if in_place {
                (scope.goal, scope.foreign, scope.reverted) = (None, None, None);
                scope.instances.clear();
            }
        })
    }

    fn logs(
        &self,
        service: &ServiceName,
        env: &EnvName,
        query: &LogQuery,
        _: bool,
        line: &mut dyn FnMut(LogLine) -> bool,
    ) -> Result<()> {
        let world = self.world();
        self.reachable(&world)?;
        let scope = world.scopes.get(&(service.clone(), env.clone()));
        let wanted = scope.into_iter().flat_map(|scope| &scope.lines).filter(|line| {
            (query.instances.is_empty() || query.instances.contains(&line.instance))
                && query.release.is_none_or(|release| release == line.release)
                && query.process.as_ref().is_none_or(|process| *process == line.process)
                && query.since.is_none_or(|since| line.at >= since)
        });
        let wanted: Vec<&LogLine> = wanted.collect();
        let later = |at: usize| {
            let rest = wanted[at + 1..].iter();
            rest.filter(|other| other.instance == wanted[at].instance).count()
        };
        let kept = (0..wanted.len()).filter(|at| query.tail.is_none_or(|tail| later(*at) < tail));
        let _ = kept.map(|at| wanted[at].clone()).all(line);
        Ok(())
    }
}

/// The release that most instances run, the older in a tie.
fn most_run(scope: &Scope) -> Option<ReleaseNo> {
    let mut counts: BTreeMap<ReleaseNo, usize> = BTreeMap::new();
    for running in scope
        .instances
        .values()
        .filter(|one| one.template.process != RELEASE_STEP)
    {
        *counts.entry(running.template.release).or_default() += 1;
    }
    let most = counts
        .iter()
        .max_by_key(|(release, count)| (**count, std::cmp::Reverse(**release)));
    most.map(|(release, _)| *release)
}

impl InPlace for MemoryTarget<'_> {
    fn replace(&self, authority: &Authority, prepared: &Prepared, stage: &Stage) -> Result<()> {
        let release = &prepared.release;
        if let Some(change) = self.observe(&authority.service, &authority.env)?.foreign {
            return Err(changed_underneath(&change));
        }
        let total = release.spec.processes.iter();
        let goal = Goal {
            release: release.number,
            deployment: authority.deployment,
            stage: stage.clone(),
            total: total.map(|process| (process.name.clone(), process.instances)).collect(),
        };
        let mut wanted = Vec::new();
        for (process, count) in &stage.instances {
            let world = self.world();
            let scope = world.scopes.get(&(authority.service.clone(), authority.env.clone()));
            let there = scope.map_or(0, |scope| {
                let own = scope.instances.values().filter(|one| one.template.process == *process);
                own.filter(|one| goal.wants(&one.template)).count()
            });
            wanted.extend((there as u32 + 1..=*count).map(|index| Wanted {
                id: format!(
                    "{}-{}-{process}-{index}-d{}",
                    release.service, release.number, authority.deployment.0
                ),
                process: process.clone(),
            }));
        }
        if self.world().script.reverts.contains(&release.number) {
            return self.fenced(authority, |scope, _| scope.reverted = Some("rollback completed".into()));
        }
        self.start(authority, prepared, &wanted)?;
        self.fenced(authority, |scope, _| {
            scope.goal = Some(goal);
            scope.reverted = None;
        })
    }

    fn finish(&self, authority: &Authority, _: &Prepared) -> Result<()> {
        self.fenced(authority, |_, _| ())
    }

    fn go_on(&self, authority: &Authority) -> Result<bool> {
        self.fenced(authority, |scope, _| {
            let still = scope.stands_still > 0;
            scope.stands_still = scope.stands_still.saturating_sub(1);
            still
        })
    }
}
