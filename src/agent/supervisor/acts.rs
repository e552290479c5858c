//! What the tool asks for: reserve, start, shift, stop, remove, observe. Each act is fenced, idempotent, and on the disk
//! before it has an effect.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::MutexGuard;
use std::time::{Duration, Instant};

use super::runs::stays;
use super::{Core, Supervisor};
use crate::agent::protocol::{Launch, Status};
use crate::agent::state::{Instance, Known, Phase, Service, key, process_of};
use crate::agent::{folder, shim, sys};
use crate::fault::{Fault, Kind, Result};
use crate::model::observed::{self, InstanceState, Observation};
use crate::model::release::Release;
use crate::model::spec::Role;
use crate::model::{EnvName, ReleaseNo, ServiceName, Span};
use crate::ports::target::{Authority, Shift, Stop, Stopped, Wanted};

/// The first public port that the agent picks where the manifest names none.
const FIRST_PUBLIC_PORT: u16 = 4000;

/// How long the first words of a new shim are waited for.
const HELLO: Duration = Duration::from_secs(10);

/// The longest that requests in flight hold up the replacement of an instance that insists on its port: others wait
/// meanwhile, and wait no longer than 15 s.
const REPLACE_DRAIN: Span = Span::from_secs(8);

/// An app may close its upgraded connections itself after SIGTERM; then they are cut.
const OWN_CLOSE: Duration = Duration::from_secs(1);

/// A shim that says nothing this long after the grace is given up, and its processes are killed without it.
const SHIM_PATIENCE: Duration = Duration::from_secs(5);

impl Supervisor {
    pub fn reserve(&self, authority: &Authority, release: Release) -> Result<Option<String>> {
        let mut core = self.core();
        self.fence(&mut core, authority)?;
        let number = release.number;
        let picked = release.spec.port.is_none();
        let port = match release.spec.web() {
            Some(_) => Some(self.take_port(&mut core, authority, &release)?),
            None => None,
        };
        let recorded = core.change(&self.home, |state| {
            let service = state.service(&authority.service, &authority.env);
            let launch = service.releases.remove(&number.0).and_then(|known| known.launch);
            service.releases.insert(number.0, Known { release, port, launch });
            service.prepared = Some(number);
            service.forget_releases();
            if let Some(port) = port.filter(|_| picked) {
                state.picked.insert(key(&authority.service, &authority.env), port);
            }
            Ok(())
        });
        self.close_ports(&mut core);
        recorded?;
        core.publish();
        core.start_router(&self.home);
        let core = self.await_applied(core)?;
        drop(core);
        Ok(port.map(url))
    }

    /// Binds the public port of a release: the declared one, the one picked before, or a new pick.
    fn take_port(&self, core: &mut Core, authority: &Authority, release: &Release) -> Result<u16> {
        let key = key(&authority.service, &authority.env);
        if let Some(port) = release.spec.port {
            if release.spec.listen == Some(port) {
                return Err(Fault::usage(
                    "listen-is-public",
                    format!(
                        "port {port} is both where people reach `{}` and where its process listens",
                        release.service
                    ),
                )
                .hint("remove `port` under [run] in deliver.toml, or set it to another port"));
            }
            refuse_foreign(core, &key, port)?;
            core.listeners.open(port)?;
            return Ok(port);
        }
        let foreign: BTreeSet<u16> = core
            .state
            .picked
            .iter()
            .filter(|(of, _)| **of != key)
            .map(|(_, port)| *port)
            .collect();
        let used: BTreeSet<u16> = core
            .state
            .ports()
            .into_iter()
            .filter(|(_, service)| service.key() != key)
            .map(|(port, _)| port)
            .collect();
        let before = core.state.picked.get(&key).copied();
        let candidates = before.into_iter().chain(FIRST_PUBLIC_PORT..20_000);
        for port in candidates.filter(|port| release.spec.listen != Some(*port) && !used.contains(port)) {
            if foreign.contains(&port) || core.listeners.open(port).is_err() {
                continue;
            }
            return Ok(port);
        }
        Err(
            Fault::failed("no-free-port", format!("no free port for `{}`", release.service))
                .hint("set `port` under [run] in deliver.toml"),
        )
    }

    /// Closes public ports that no service has any more.
    fn close_ports(&self, core: &mut Core) {
        let wanted = core.state.ports().into_keys().collect();
        core.listeners.keep(&wanted);
    }

    pub fn start(&self, authority: &Authority, launch: Launch, wanted: &[Wanted]) -> Result<()> {
        let mut core = self.core();
        self.fence(&mut core, authority)?;
        let release = &launch.release;
        for want in wanted {
            check_id(&want.id)?;
            let process = process_of(release, &want.process).ok_or_else(|| {
                Fault::failed(
                    "unknown-process",
                    format!("{} has no process `{}`", release.number, want.process),
                )
            })?;
            if let Role::Schedule(line) = &process.role {
                super::runs::next_tick(line, sys::now())?;
            }
        }
        let key = key(&authority.service, &authority.env);
        if let Some(listen) = release
            .spec
            .listen
            .filter(|_| wanted.iter().any(|want| is_web(release, want)))
        {
            core = self.make_room(core, &key, listen, wanted)?;
        }
        let fresh = core.change(&self.home, |state| {
            let service = state.service(&authority.service, &authority.env);
            let fresh = add_instances(service, authority, &launch.release, wanted);
            let number = launch.release.number.0;
            let port = service.releases.get(&number).and_then(|known| known.port);
            let known = Known {
                release: launch.release.clone(),
                port,
                launch: Some(launch),
            };
            service.releases.insert(number, known);
            Ok(fresh)
        })?;
        folder::prune(&self.home, &core.state, &key);
        for id in &fresh {
            self.spawn_run(&mut core, id)?;
        }
        self.await_hello(core, &fresh)
    }

    /// Waits until each new shim said that its command runs, or why it cannot.
    fn await_hello<'a>(&'a self, mut core: MutexGuard<'a, Core>, ids: &[String]) -> Result<()> {
        let until = sys::instant() + HELLO;
        for id in ids {
            loop {
                let live = core.live(id);
                let report = live.report.as_ref();
                if let Some(ended) = report.and_then(|report| report.ended.as_ref()) {
                    match ended.unstartable.as_deref() {
                        Some(code) => return Err(unstartable(code, &ended.how)),
                        None => break,
                    }
                }
                let over = core
                    .state
                    .instance(id)
                    .is_none_or(|instance| instance.phase != Phase::Running);
                if over || core.live(id).report.as_ref().is_some_and(|report| report.pid.is_some()) {
                    break;
                }
                if sys::instant() > until {
                    let text = format!(
                        "the process that starts `{id}` said nothing within {} s",
                        HELLO.as_secs()
                    );
                    return Err(Fault::new(Kind::TimedOut, "start-failed", text));
                }
                core = self.wait(core, until);
            }
        }
        Ok(())
    }

    /// Ends the web instances that hold the port a new one insists on. Requests are held from here until the next shift.
    fn make_room<'a>(
        &'a self,
        mut core: MutexGuard<'a, Core>,
        key: &str,
        listen: u16,
        wanted: &[Wanted],
    ) -> Result<MutexGuard<'a, Core>> {
        let Some(service) = core.state.services.get(key) else {
            return Ok(core);
        };
        let known = wanted.iter().any(|want| service.instances.contains_key(&want.id));
        let holders = holders_of(service, listen);
        if known || holders.is_empty() {
            return Ok(core);
        }
        core.change(&self.home, |state| {
            if let Some(service) = state.services.get_mut(key) {
                service.hold = true;
                for (id, _) in &holders {
                    if let Some(instance) = service.instances.get_mut(id) {
                        instance.replaced = true;
                        instance.draining = true;
                    }
                }
            }
            Ok(())
        })?;
        core.publish();
        core = self.await_applied(core)?;
        let grace = holders.iter().map(|(_, grace)| *grace).max().unwrap_or_default();
        let ids: Vec<String> = holders.into_iter().map(|(id, _)| id).collect();
        let (core, _) = self.end(core, &ids, REPLACE_DRAIN, grace)?;
        Ok(core)
    }

    pub fn shift(&self, authority: &Authority, shift: &Shift) -> Result<()> {
        let mut core = self.core();
        self.fence(&mut core, authority)?;
        core.change(&self.home, |state| {
            shift_in(state.service(&authority.service, &authority.env), shift)
        })?;
        self.revive(&mut core, &shift.instances);
        self.close_ports(&mut core);
        self.reopen_ports(&mut core);
        core.publish();
        self.await_applied(core).map(drop)
    }

    /// Instances that belong to the environment from now on and ended before that was so are started again.
    fn revive(&self, core: &mut Core, ids: &[String]) {
        for id in ids {
            let ended = core
                .state
                .instance(id)
                .is_some_and(|instance| instance.phase == Phase::Exited);
            let live = core.live(id);
            if ended && live.next_start.is_none() {
                live.next_start = Some(sys::instant());
            }
        }
    }

    pub fn stop(&self, authority: &Authority, stop: &Stop) -> Result<Vec<Stopped>> {
        let mut core = self.core();
        self.fence(&mut core, authority)?;
        let mine = core.change(&self.home, |state| {
            let service = state.service(&authority.service, &authority.env);
            let mine = stop.instances.iter().filter(|id| service.instances.contains_key(*id));
            let mine: Vec<String> = mine.cloned().collect();
            for id in &mine {
                if let Some(instance) = service.instances.get_mut(id) {
                    instance.kept = false;
                    instance.draining = true;
                }
            }
            Ok(mine)
        })?;
        core.publish();
        core = self.await_applied(core)?;
        let (mut core, mut ended) = self.end(core, &mine, stop.drain, stop.grace)?;
        let service = core.state.service(&authority.service, &authority.env);
        for id in &mine {
            service.instances.remove(id);
        }
        for id in &mine {
            core.live.remove(id);
        }
        core.keep(&self.home);
        drop(core);
        Ok(stop
            .instances
            .iter()
            .map(|id| ended.remove(id).unwrap_or_else(|| self.long_gone(id)))
            .collect())
    }

    /// What is known of an instance that was stopped before.
    fn long_gone(&self, id: &str) -> Stopped {
        let record = check_id(id).ok().and_then(|()| folder::exit_record(&self.home, id));
        Stopped {
            id: id.to_owned(),
            cut: 0,
            killed: record.as_ref().is_some_and(|record| record.killed),
            exit: record.map_or_else(|| "not running".into(), |record| record.how),
        }
    }

    /// Drains and ends instances, all at once, and waits until every one is gone. They stay in the state, exited.
    pub(super) fn end<'a>(
        &'a self,
        mut core: MutexGuard<'a, Core>,
        ids: &[String],
        drain: Span,
        grace: Span,
    ) -> Result<(MutexGuard<'a, Core>, HashMap<String, Stopped>)> {
        let drained_at = sys::instant() + drain.duration();
        let mut pending: HashMap<&String, Ending> = ids.iter().map(|id| (id, Ending::Draining)).collect();
        let mut ended = HashMap::new();
        while !pending.is_empty() {
            core = self.refresh_loads(core);
            for id in ids {
                let Some(stage) = pending.get_mut(id) else { continue };
                let load = core.routers.load(id);
                let running = core
                    .state
                    .instance(id)
                    .is_some_and(|instance| instance.phase == Phase::Running);
                let gone = !running && !shim::is_alive(&self.home.instance(id));
                let now = sys::instant();
                match stage {
                    _ if gone => {
                        pending.remove(id);
                        ended.insert(id.clone(), self.stopped(&mut core, id, load.cut));
                    }
                    Ending::Draining if running && (load.in_flight == 0 || now >= drained_at) => {
                        Supervisor::announce_end(&core, id);
                        self.tell_stop(&mut core, id, grace)?;
                        *stage = Ending::Told(now);
                    }
                    Ending::Told(at) if now >= *at + OWN_CLOSE => {
                        Supervisor::cut(&core, id);
                        *stage = Ending::Cut(*at);
                    }
                    Ending::Cut(at) if now >= *at + grace.duration() + SHIM_PATIENCE => {
                        self.give_up_shim(&mut core, id);
                    }
                    _ => {}
                }
            }
            if !pending.is_empty() {
                core = self.wait(core, sys::instant() + Duration::from_millis(20));
            }
        }
        Ok((core, ended))
    }

    fn stopped(&self, core: &mut Core, id: &str, cut: u32) -> Stopped {
        let killed = core
            .live
            .get(id)
            .and_then(|live| live.report.as_ref())
            .and_then(|report| report.ended.as_ref());
        let killed = killed.is_some_and(|ended| ended.killed);
        let exit = core.state.instance(id).and_then(|instance| instance.exit.clone());
        Stopped {
            id: id.to_owned(),
            cut,
            killed,
            exit: exit.unwrap_or_else(|| "not running".into()),
        }
    }

    pub fn remove(&self, authority: &Authority) -> Result<()> {
        let mut core = self.core();
        self.fence(&mut core, authority)?;
        let service = core.state.service(&authority.service, &authority.env);
        if let Some((id, _)) = service
            .instances
            .iter()
            .find(|(_, instance)| instance.phase == Phase::Running)
        {
            return Err(Fault::new(
                Kind::Busy,
                "still-running",
                format!(
                    "cannot remove `{}` from `{}`: instance `{id}` still runs",
                    authority.service, authority.env
                ),
            ));
        }
        // The fence stays: an act of a deployment before this one must still be refused.
        core.change(&self.home, |state| {
            let service = state.service(&authority.service, &authority.env);
            service.instances.clear();
            service.releases.clear();
            service.current = None;
            service.prepared = None;
            service.hold = false;
            service.part = None;
            Ok(())
        })?;
        self.close_ports(&mut core);
        core.publish();
        self.await_applied(core).map(drop)
    }

    /// Records the fence durably, or refuses an act of a deployment that was overtaken.
    fn fence(&self, core: &mut Core, authority: &Authority) -> Result<()> {
        let service = core.state.service(&authority.service, &authority.env);
        if authority.fence < service.fence {
            return Err(Fault::new(
                Kind::Busy,
                "fenced",
                format!(
                    "{} was overtaken: a later deployment of `{}` to `{}` has acted since",
                    authority.deployment, authority.service, authority.env
                ),
            )
            .hint(format!("deliver status -e {}", authority.env)));
        }
        if core.halting {
            return Err(Fault::new(Kind::Busy, "agent", "the agent is stopping"));
        }
        if authority.fence == service.fence {
            return Ok(());
        }
        core.change(&self.home, |state| {
            state.service(&authority.service, &authority.env).fence = authority.fence;
            Ok(())
        })
    }

    pub fn observe(&self, service: &ServiceName, env: &EnvName) -> Observation {
        let core = self.refresh_loads(self.core());
        match core.state.services.get(&key(service, env)) {
            Some(service) => observation(Some(&core), service),
            None => Observation::nothing(service, env),
        }
    }

    pub fn observe_all(&self) -> Vec<Observation> {
        let core = self.refresh_loads(self.core());
        let there = core
            .state
            .services
            .values()
            .filter(|service| !service.releases.is_empty());
        there.map(|service| observation(Some(&core), service)).collect()
    }

    pub fn status(&self) -> Status {
        let core = self.core();
        let instances = || {
            core.state
                .services
                .values()
                .flat_map(|service| service.instances.values())
        };
        Status {
            pid: std::process::id(),
            version: env!("CARGO_PKG_VERSION").into(),
            built: self.built,
            started_at: self.started_at,
            router: core.routers.pid(),
            ports: core.listeners.ports(),
            services: core
                .state
                .services
                .values()
                .filter(|service| service.current.is_some())
                .count(),
            running: instances().filter(|instance| instance.phase == Phase::Running).count(),
            waiting: instances()
                .filter(|instance| instance.kept && instance.phase != Phase::Running)
                .count(),
        }
    }
}

/// How far an instance is on its way out.
enum Ending {
    Draining,
    /// SIGTERM was sent then.
    Told(Instant),
    /// And its upgraded connections were cut.
    Cut(Instant),
}

/// Makes the instances of a shift the environment's own, and no others.
fn shift_in(service: &mut Service, shift: &Shift) -> Result<()> {
    if let Some(missing) = shift.instances.iter().find(|id| !service.instances.contains_key(*id)) {
        let text = format!("cannot send traffic to `{missing}`: it was never started");
        return Err(Fault::failed("unknown-instance", text));
    }
    if !service.releases.contains_key(&shift.release.0) {
        let text = format!("cannot shift to {}: it was never prepared", shift.release);
        return Err(Fault::failed("unknown-release", text));
    }
    let web: BTreeSet<String> = service
        .instances
        .iter()
        .filter(|(_, instance)| service.is_web(instance))
        .map(|(id, _)| id.clone())
        .collect();
    for (id, instance) in &mut service.instances {
        let kept = shift.instances.contains(id);
        if instance.kept && !kept {
            instance.draining = true;
            instance.since = sys::now();
        }
        if kept {
            instance.draining = false;
            instance.replaced = false;
            if web.contains(id) && instance.phase == Phase::Running && instance.address.is_none() {
                instance.address = instance.port.map(|port| ([127, 0, 0, 1], port).into());
            }
        }
        instance.kept = kept;
    }
    // The public port of one that is still to follow stays open, too.
    service.prepared = service.prepared.filter(|next| *next != shift.release);
    service.current = Some(shift.release);
    service.hold = shift.hold;
    service.part = shift.part.clone();
    service.forget_releases();
    Ok(())
}

/// Web instances that stand, or would stand again, on a port that a new one insists on; each with its grace.
fn holders_of(service: &Service, listen: u16) -> Vec<(String, Span)> {
    let web = service
        .instances
        .iter()
        .filter(|(_, instance)| service.is_web(instance) && !instance.replaced);
    let holding = web
        .filter(|(_, instance)| instance.kept || (instance.phase == Phase::Running && instance.port == Some(listen)));
    holding
        .filter_map(|(id, instance)| {
            let known = service.releases.get(&instance.release.0)?;
            Some((id.clone(), known.release.spec.grace))
        })
        .collect()
}

/// Records instances that are not known yet; returns those that are to run at once.
fn add_instances(service: &mut Service, authority: &Authority, release: &Release, wanted: &[Wanted]) -> Vec<String> {
    let mut fresh = Vec::new();
    for want in wanted
        .iter()
        .filter(|want| !service.instances.contains_key(&want.id))
        .collect::<Vec<_>>()
    {
        let scheduled = process_of(release, &want.process).is_some_and(|p| matches!(p.role, Role::Schedule(_)));
        service.instances.insert(
            want.id.clone(),
            new_instance(want, release.number, authority, scheduled),
        );
        if !scheduled {
            fresh.push(want.id.clone());
        }
    }
    fresh
}

fn refuse_foreign(core: &Core, key: &str, port: u16) -> Result<()> {
    match core.state.ports().get(&port) {
        Some(other) if other.key() != key => Err(Fault::failed(
            "port-taken",
            format!(
                "cannot listen on port {port}: it belongs to `{}` in `{}`",
                other.service, other.env
            ),
        )
        .hint("set another `port` under [run] in deliver.toml")),
        _ => Ok(()),
    }
}

fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

fn is_web(release: &Release, want: &Wanted) -> bool {
    process_of(release, &want.process).is_some_and(|process| process.role == Role::Web)
}

fn new_instance(want: &Wanted, release: ReleaseNo, authority: &Authority, scheduled: bool) -> Instance {
    Instance {
        process: want.process.clone(),
        release,
        deployment: authority.deployment,
        kept: false,
        phase: if scheduled { Phase::Waiting } else { Phase::Running },
        since: sys::now(),
        port: None,
        address: None,
        run: 0,
        restarts: 0,
        exit: None,
        draining: false,
        stopping: None,
        replaced: false,
    }
}

/// An id names a folder and travels in arguments.
fn check_id(id: &str) -> Result<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if id.is_empty() || id.len() > 200 || id.starts_with(['.', '-']) || !id.chars().all(plain) {
        return Err(Fault::bug(format!("`{}` is no name of an instance", id.escape_debug())));
    }
    Ok(())
}

fn unstartable(code: &str, how: &str) -> Fault {
    match code {
        "command-missing" => Fault::failed("command-missing", how)
            .hint("check `command` under [run] in deliver.toml: it runs in the built artifact, with your PATH"),
        "command-denied" => Fault::failed("command-denied", how).hint("make the program executable: chmod +x FILE"),
        _ => Fault::failed("start-failed", how),
    }
}

/// A service as it is recorded, while no agent runs.
pub fn at_rest(service: &Service) -> Observation {
    observation(None, service)
}

fn observation(core: Option<&Core>, service: &Service) -> Observation {
    let port = service
        .current
        .and_then(|current| service.releases.get(&current.0)?.port);
    Observation {
        current: service.current,
        fence: service.fence,
        url: port.map(url),
        instances: service
            .instances
            .iter()
            .map(|(id, instance)| observed(core, id, instance))
            .collect(),
        ..Observation::nothing(&service.service, &service.env)
    }
}

fn observed(core: Option<&Core>, id: &str, instance: &Instance) -> observed::Instance {
    let live = core.and_then(|core| core.live.get(id));
    let report = live
        .and_then(|live| live.report.as_ref())
        .filter(|_| instance.phase == Phase::Running);
    let healthy = report.is_some_and(|report| report.healthy);
    let since_report = live
        .and_then(|live| live.reported)
        .map_or(Duration::ZERO, |at| at.elapsed());
    let state = match instance.phase {
        Phase::Waiting => InstanceState::Waiting,
        Phase::Exited if stays(instance) && live.is_some_and(|live| live.next_start.is_some()) => {
            InstanceState::BackOff
        }
        Phase::Exited => InstanceState::Exited,
        Phase::Running if core.is_none() => InstanceState::Exited,
        Phase::Running if instance.draining || instance.stopping.is_some() => InstanceState::Draining,
        Phase::Running if healthy => InstanceState::Healthy,
        Phase::Running if report.is_some_and(|report| report.proven) => InstanceState::Unhealthy,
        Phase::Running => InstanceState::Starting,
    };
    let since = match state {
        InstanceState::Healthy | InstanceState::Unhealthy => report.map_or(instance.since, |report| report.since),
        _ => instance.since,
    };
    let elapsed = u64::try_from(since_report.as_millis()).unwrap_or(u64::MAX);
    observed::Instance {
        id: id.to_owned(),
        process: instance.process.clone(),
        release: instance.release,
        deployment: instance.deployment,
        state,
        since,
        pid: report.and_then(|report| report.pid),
        port: instance.port,
        restarts: instance.restarts,
        healthy_ms: if healthy {
            report.map_or(0, |report| report.for_ms.saturating_add(elapsed))
        } else {
            0
        },
        flaps: report.map_or(0, |report| report.flaps),
        exit: instance.exit.clone(),
        probe: report.and_then(|report| report.probe.clone()),
        listens_on: report.map(|report| report.listens_on.clone()).unwrap_or_default(),
        in_flight: core.map_or(0, |core| core.routers.load(id).in_flight),
        routed: instance.kept,
    }
}

/// Whether a file can be executed, so that becoming it is worth trying.
pub fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}
