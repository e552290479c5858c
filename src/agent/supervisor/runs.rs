//! Runs of instances: starting them, hearing how they go, starting them again, and jobs by the clock.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::DirBuilder;
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::process::Stdio;
use std::time::Duration;

use jiff::Timestamp;

use super::{Core, Supervisor};
use crate::agent::folder::{Meta, exit_record};
use crate::agent::home::Home;
use crate::agent::protocol::{Ended, Greeting, Launch, Order, Report, ToShim, from_hex};
use crate::agent::state::{Instance, Phase, State, process_of};
use crate::agent::{SHIM, STATIC, log_file, note, procs, shim, sys, wire};
use crate::fault::{Attempt, Fault, Result};
use crate::model::Span;
use crate::model::release::Release;
use crate::model::spec::{CommandLine, Health, Process, Role, Work, with_port};
use crate::store::seal::SealingKey;

/// Restarts begin after this long and wait twice as long each time, up to the most.
const BACK_OFF_FIRST: Duration = Duration::from_millis(500);
const BACK_OFF_MOST: Duration = Duration::from_secs(30);

/// An instance that was healthy for this long starts over with its back-off.
const PROVEN_MS: u64 = 60_000;

/// Private ports: below those the kernel hands to outgoing connections (32768 by default), so that none takes one first.
const PRIVATE_PORTS: std::ops::Range<u16> = 20_000..32_000;

/// A shim that was started but did not take its lock within this is counted as lost.
const LOST_AFTER: Duration = Duration::from_millis(1500);

/// A scheduled job whose clock jumped by more than this is not run for the time in between.
const JUMP: i64 = 300;

impl Supervisor {
    /// Starts the next run of an instance. That it is to run is on the disk first.
    pub(super) fn spawn_run(&self, core: &mut Core, id: &str) -> Result<()> {
        let listen = self.prepare_run(core, id)?;
        let port = match listen {
            Port::None => None,
            Port::Own(port) => Some(port),
            Port::Private => Some(free_port(&core.state)?),
        };
        let now = sys::now();
        core.change(&self.home, |state| {
            let instance = state.instance(id).ok_or_else(|| gone(id))?;
            instance.run += 1;
            instance.phase = Phase::Running;
            instance.since = now;
            instance.port = port;
            instance.address = None;
            instance.draining = false;
            instance.stopping = None;
            Ok(())
        })?;
        let live = core.live(id);
        live.sender = None;
        live.report = None;
        live.reported = None;
        live.next_start = None;
        live.expected_since = Some(sys::instant());
        let order = self.order(core, id)?;
        match self.spawn_shim(&order) {
            Ok(pid) => core.live(id).shim = Some(pid),
            Err(error) => {
                let ended = Ended {
                    run: order.run,
                    how: format!("cannot start a process: {error}"),
                    at: now,
                    killed: false,
                    unstartable: Some("start-failed".into()),
                };
                self.run_ended(core, id, ended);
            }
        }
        Ok(())
    }

    /// Makes the instance's folder and says what port the run needs.
    fn prepare_run(&self, core: &mut Core, id: &str) -> Result<Port> {
        let service = core.state.of_instance(id).ok_or_else(|| gone(id))?;
        let instance = service.instances.get(id).ok_or_else(|| gone(id))?;
        let folder = self.home.instance(id);
        let mut builder = DirBuilder::new();
        builder
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .attempting("create the folder", &folder)?;
        let meta = Meta {
            service: service.service.clone(),
            env: service.env.clone(),
            process: instance.process.clone(),
            release: instance.release,
            deployment: instance.deployment,
            started_at: sys::now(),
        };
        meta.write_once(&self.home, id)?;
        if !service.is_web(instance) {
            return Ok(Port::None);
        }
        let known = service.releases.get(&instance.release.0).ok_or_else(|| gone(id))?;
        Ok(known.release.spec.listen.map_or(Port::Private, Port::Own))
    }

    fn order(&self, core: &mut Core, id: &str) -> Result<Order> {
        let service = core.state.of_instance(id).ok_or_else(|| gone(id))?;
        let instance = service.instances.get(id).ok_or_else(|| gone(id))?;
        let known = service.releases.get(&instance.release.0).ok_or_else(|| gone(id))?;
        let launch = known.launch.as_ref().ok_or_else(|| gone(id))?;
        let process = process_of(&launch.release, &instance.process).ok_or_else(|| gone(id))?;
        let key = SealingKey::open(&self.home.key())?;
        let mut order = order(id, instance, launch, &process, open_secrets(&key, launch)?);
        order.env.insert(procs::AGENT_MARK.into(), self.home.name());
        Ok(order)
    }

    fn spawn_shim(&self, order: &Order) -> std::io::Result<u32> {
        let text = serde_json::to_vec(order)?;
        let mut child = sys::itself(SHIM)
            .args(self.home.arguments())
            .arg(&order.id)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log_file(&self.home).map_or_else(Stdio::null, Stdio::from))
            .spawn()?;
        if let Some(mut pipe) = child.stdin.take() {
            pipe.write_all(&text)?;
        }
        Ok(child.id())
    }

    /// Begins a shim's conversation; `None` if it is not one of ours any more, and was told to stop.
    pub fn welcome(&self, greeting: Greeting, sender: wire::Sender) -> Option<u64> {
        let Greeting { id, run, pid, report } = greeting;
        let mut core = self.core();
        let instance = core.state.instance(&id);
        let known = instance.filter(|instance| instance.run == run && instance.phase == Phase::Running);
        let Some(instance) = known else {
            let _ = sender.send(&ToShim::Stop {
                grace: Span::from_secs(10),
            });
            return None;
        };
        if let Some(grace) = instance.stopping {
            let _ = sender.send(&ToShim::Stop { grace });
        }
        let live = core.live(&id);
        live.conversation += 1;
        live.shim = Some(pid);
        live.sender = Some(sender);
        live.expected_since = None;
        let conversation = live.conversation;
        self.take_report(&mut core, &id, report);
        Some(conversation)
    }

    pub fn note_report(&self, id: &str, conversation: u64, report: Report) {
        let mut core = self.core();
        if core.live(id).conversation == conversation {
            self.take_report(&mut core, id, report);
        }
    }

    fn take_report(&self, core: &mut Core, id: &str, report: Report) {
        let ended = report.ended.clone();
        let address = report.address.filter(|_| report.healthy);
        let live = core.live(id);
        live.report = Some(report);
        live.reported = Some(sys::instant());
        match ended {
            Some(ended) => self.run_ended(core, id, ended),
            None => {
                if let (Some(address), Some(instance)) = (address, core.state.instance(id))
                    && instance.address != Some(address)
                {
                    instance.address = Some(address);
                    core.keep(&self.home);
                }
                // Where requests go follows where it answers and how. During a restore that waits for the whole truth.
                if core.restored {
                    core.publish();
                }
            }
        }
        self.changed.notify_all();
    }

    /// A shim's conversation ended. Either it is gone, or it will speak again soon.
    pub fn part(&self, id: &str, conversation: u64) {
        let mut core = self.core();
        let live = core.live(id);
        if live.conversation == conversation {
            live.sender = None;
            live.expected_since = Some(sys::instant());
        }
        if core.state.instance(id).is_none() {
            core.live.remove(id);
        }
        self.changed.notify_all();
    }

    /// A run is over. Instances that belong to the environment are started again after a while.
    pub(super) fn run_ended(&self, core: &mut Core, id: &str, ended: Ended) {
        let halting = core.halting;
        let scheduled = core.state.of_instance(id).is_some_and(|service| {
            service
                .instances
                .get(id)
                .is_some_and(|i| matches!(service.role_of(i), Some(Role::Schedule(_))))
        });
        let Some(instance) = core.state.instance(id) else {
            return;
        };
        if instance.phase != Phase::Running {
            return;
        }
        let stays = stays(instance) && !halting;
        instance.exit = Some(ended.how.clone());
        instance.phase = if stays && scheduled {
            Phase::Waiting
        } else {
            Phase::Exited
        };
        instance.address = None;
        instance.since = sys::now();
        let live = core.live(id);
        let healthy_ms = live
            .report
            .as_ref()
            .filter(|report| report.proven)
            .map_or(0, |report| report.for_ms);
        let since_report = live.reported.map_or(0, |at| at.elapsed().as_millis() as u64);
        match live.report.as_mut() {
            Some(report) => report.ended = Some(ended),
            None => live.report = Some(ended_report(ended)),
        }
        live.expected_since = None;
        if stays && !scheduled {
            if healthy_ms + since_report >= PROVEN_MS {
                live.failures = 0;
            }
            live.next_start = Some(sys::instant() + back_off(live.failures));
            live.failures += 1;
        }
        core.keep(&self.home);
        core.publish();
        self.changed.notify_all();
    }

    /// Sends SIGTERM through the shim, now or as soon as it speaks again.
    pub(super) fn tell_stop(&self, core: &mut Core, id: &str, grace: Span) -> Result<()> {
        if let Some(instance) = core.state.instance(id) {
            instance.stopping = Some(grace);
        }
        core.keep(&self.home);
        if let Some(sender) = &core.live(id).sender {
            // A shim that hung up greets again and is told then.
            let _ = sender.send(&ToShim::Stop { grace });
        }
        Ok(())
    }

    /// Kills a shim that does not do as told, and everything that runs for its instance.
    pub(super) fn give_up_shim(&self, core: &mut Core, id: &str) {
        note(&format!("the shim of {id} does not answer and is killed"));
        if let Some(pid) = core.live(id).shim {
            let _ = nix::sys::signal::kill(procs::as_pid(pid), nix::sys::signal::Signal::SIGKILL);
        }
        self.lose(core, id);
    }

    /// The shim of a running instance is gone: what it recorded counts, else whatever is left is killed.
    pub(super) fn lose(&self, core: &mut Core, id: &str) {
        let run = core.state.instance(id).map_or(0, |instance| instance.run);
        let record = exit_record(&self.home, id).filter(|record| record.run == run);
        let ended = record.unwrap_or_else(|| {
            let strays = procs::kill_strays(&self.home.name(), id);
            note(&format!(
                "the shim of {id} is gone; {strays} processes of it were killed"
            ));
            Ended {
                run,
                how: "its shim was killed".into(),
                at: sys::now(),
                killed: true,
                unstartable: None,
            }
        });
        self.run_ended(core, id, ended);
    }

    /// Everything that time brings.
    pub(super) fn due(&self, core: &mut Core) {
        let now = sys::instant();
        let mut start = Vec::new();
        let mut lost = Vec::new();
        for service in core.state.services.values() {
            for (id, instance) in &service.instances {
                let Some(live) = core.live.get(id) else { continue };
                let silent = live.sender.is_none() && live.expected_since.is_none_or(|at| now > at + LOST_AFTER);
                if instance.phase == Phase::Running && silent && !shim::is_alive(&self.home.instance(id)) {
                    lost.push(id.clone());
                }
                if instance.phase == Phase::Exited && stays(instance) && live.next_start.is_some_and(|at| now >= at) {
                    start.push(id.clone());
                }
            }
        }
        for id in lost {
            self.lose(core, &id);
        }
        for id in start {
            if let Some(instance) = core.state.instance(&id) {
                instance.restarts += 1;
            }
            self.spawn_or_wait(core, &id);
        }
        self.run_schedules(core);
        if core.unsaved {
            core.keep(&self.home);
        }
        self.reopen_ports(core);
        core.start_router(&self.home);
    }

    /// Starts a run; where even that fails, tries again later.
    pub(super) fn spawn_or_wait(&self, core: &mut Core, id: &str) {
        if let Err(fault) = self.spawn_run(core, id) {
            note(&format!("cannot start {id}: {fault}: {}", fault.causes().join(": ")));
            let live = core.live(id);
            live.next_start = Some(sys::instant() + back_off(live.failures));
            live.failures += 1;
        }
    }

    /// Starts jobs whose minute has come. A job that still runs is not started beside itself.
    fn run_schedules(&self, core: &mut Core) {
        let now = sys::now();
        let mut due = Vec::new();
        for service in core.state.services.values() {
            for (id, instance) in &service.instances {
                if let Some(Role::Schedule(line)) = service.role_of(instance)
                    && instance.kept
                {
                    due.push((id.clone(), line, instance.phase == Phase::Waiting));
                }
            }
        }
        for (id, line, idle) in due {
            let live = core.live(&id);
            let looked = live.looked.replace(now).unwrap_or(now);
            let passed = now.as_second() - looked.as_second();
            let from = if (0..=JUMP).contains(&passed) { looked } else { now };
            let tick = next_tick(&line, from).is_ok_and(|tick| tick <= now);
            if tick && idle {
                self.spawn_or_wait(core, &id);
            }
        }
    }

    pub(super) fn reopen_ports(&self, core: &mut Core) {
        let missing: BTreeSet<u16> = core
            .state
            .ports()
            .into_keys()
            .filter(|port| !core.listeners.has(*port))
            .collect();
        let mut opened = false;
        for port in missing {
            opened |= core.listeners.open(port).is_ok();
        }
        if opened {
            core.send_routes();
        }
    }
}

impl Core {
    /// An observation: true whether or not it can be written now. What could not be written is tried again.
    pub fn keep(&mut self, home: &Home) {
        match self.state.save(home) {
            Ok(()) => self.unsaved = false,
            Err(fault) => {
                if !self.unsaved {
                    note(&format!("{fault}: {}", fault.causes().join(": ")));
                }
                self.unsaved = true;
            }
        }
    }

    /// An intention: it counts only once it is on the disk. On failure nothing has changed.
    pub fn change<T>(&mut self, home: &Home, change: impl FnOnce(&mut State) -> Result<T>) -> Result<T> {
        let before = self.state.clone();
        let done = change(&mut self.state).and_then(|value| self.state.save(home).map(|()| value));
        match done {
            Ok(value) => {
                self.unsaved = false;
                Ok(value)
            }
            Err(fault) => {
                self.state = before;
                Err(fault)
            }
        }
    }
}

/// Whether an instance is to run: it belongs to the environment and nothing sends it away.
pub(super) fn stays(instance: &Instance) -> bool {
    instance.kept && !instance.replaced && !instance.draining && instance.stopping.is_none()
}

enum Port {
    None,
    Private,
    Own(u16),
}

fn gone(id: &str) -> Fault {
    Fault::bug(format!("the agent's state lacks what instance `{id}` needs"))
}

fn ended_report(ended: Ended) -> Report {
    Report {
        pid: None,
        healthy: false,
        proven: false,
        since: ended.at,
        for_ms: 0,
        flaps: 0,
        probe: None,
        address: None,
        listens_on: Vec::new(),
        ended: Some(ended),
    }
}

fn back_off(failures: u32) -> Duration {
    (BACK_OFF_FIRST * 2u32.saturating_pow(failures.min(10))).min(BACK_OFF_MOST)
}

/// A private port that nobody uses: not another instance, and nobody else on this machine.
fn free_port(state: &State) -> Result<u16> {
    let used: BTreeSet<u16> = state
        .services
        .values()
        .flat_map(|service| service.instances.values())
        .filter_map(|instance| instance.port)
        .collect();
    let public = state.ports();
    // Agents of several stores begin in different places, and a port that was just left is not taken at once again.
    let length = u32::from(PRIVATE_PORTS.end - PRIVATE_PORTS.start);
    let offset = (std::process::id()
        .wrapping_mul(7919)
        .wrapping_add(sys::now().as_millisecond() as u32))
        % length;
    let candidates = (0..length).map(|step| PRIVATE_PORTS.start + ((offset + step) % length) as u16);
    let mut free = candidates.filter(|port| !used.contains(port) && !public.contains_key(port));
    free.find(|port| procs::is_free(*port)).ok_or_else(|| {
        Fault::failed(
            "no-free-port",
            format!(
                "no port from {} to {} is free for an instance",
                PRIVATE_PORTS.start, PRIVATE_PORTS.end
            ),
        )
    })
}

fn open_secrets(key: &SealingKey, launch: &Launch) -> Result<BTreeMap<String, String>> {
    if launch.sealed.is_empty() {
        return Ok(BTreeMap::new());
    }
    let hint = || format!("deliver deploy {}", launch.release.env);
    let damaged = || Fault::failed("seal-broken", "the secrets of a release are damaged").hint(hint());
    let sealed = from_hex(&launch.sealed).ok_or_else(damaged)?;
    let plain = key
        .open_sealed(&Launch::label(&launch.release), &sealed)
        .map_err(|fault| fault.hint(hint()))?;
    serde_json::from_slice(&plain).map_err(|_| damaged())
}

fn order(
    id: &str,
    instance: &Instance,
    launch: &Launch,
    process: &Process,
    secrets: BTreeMap<String, String>,
) -> Order {
    let release = &launch.release;
    let spec = &release.spec;
    let dir = launch.dir.join(&spec.workdir);
    let mut env = launch.base.clone();
    env.extend(spec.env.clone());
    env.extend(process.env.clone());
    env.extend(secrets);
    if let Some(port) = instance.port {
        env.insert("PORT".into(), port.to_string());
    }
    env.insert(procs::INSTANCE_MARK.into(), id.into());
    env.insert("DELIVER_SERVICE".into(), release.service.to_string());
    env.insert("DELIVER_RELEASE".into(), release.number.to_string());
    let command = match &process.work {
        Work::Command(CommandLine::Shell(line)) => vec!["/bin/sh".into(), "-c".into(), line.clone()],
        Work::Command(CommandLine::Exec(words)) => words.iter().map(|word| with_port(word, instance.port)).collect(),
        Work::Static(folder) => {
            let program = sys::own_program().to_string_lossy().into_owned();
            vec![program, STATIC.into(), dir.join(folder).to_string_lossy().into_owned()]
        }
        // Images are for container targets; here there is nothing to start, and the shim says so.
        Work::Image => Vec::new(),
    };
    Order {
        id: id.into(),
        run: instance.run,
        command,
        dir,
        env,
        port: instance.port,
        health: instance.port.map(|_| health_of(release)),
        grace: spec.grace,
    }
}

fn health_of(release: &Release) -> Health {
    release.spec.health.clone()
}

/// The next time after `from` that a cron line names, in the machine's time zone.
pub fn next_tick(line: &str, from: Timestamp) -> Result<Timestamp> {
    let bad = |error: cronexpr::Error| {
        Fault::usage(
            "bad-schedule",
            format!("cannot read the schedule `{}`", line.escape_debug()),
        )
        .because(anyhow::anyhow!("{error}"))
    };
    let mut options = cronexpr::ParseOptions::default();
    options.fallback_timezone_option = cronexpr::FallbackTimezoneOption::System;
    let schedule = cronexpr::parse_crontab_with(line, options).map_err(bad)?;
    let next = schedule.find_next(cronexpr::MakeTimestamp(from)).map_err(bad)?;
    Ok(next.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_expanded_where_it_is_meant() {
        for (word, expanded) in [
            ("$PORT", "81"),
            ("--bind=0.0.0.0:$PORT", "--bind=0.0.0.0:81"),
            ("${PORT}/$PORT", "81/81"),
            ("$PORTAL", "$PORTAL"),
            ("$PORT_X$PORT", "$PORT_X81"),
            ("PORT", "PORT"),
        ] {
            assert_eq!(with_port(word, Some(81)), expanded, "{word}");
        }
        assert_eq!(with_port("$PORT", None), "$PORT");
    }

    #[test]
    fn the_back_off_doubles_up_to_its_most() {
        let waits: Vec<u64> = (0..9).map(|failures| back_off(failures).as_millis() as u64).collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    }

    #[test]
    fn a_schedule_ticks_at_its_next_minute() {
        let from: Timestamp = "2026-11-22T07:45:19Z".parse().unwrap();
        let next = next_tick("* * * * *", from).unwrap();
        assert_eq!(next.to_string(), "2026-11-22T07:46:00Z");
        assert_eq!(next_tick("nonsense", from).unwrap_err().code(), "bad-schedule");
    }
}
