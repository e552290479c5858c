//! One small process per instance. It starts the command, keeps its output, watches its health, stops it, and records
//! how it ended, so that supervisor, router and tool can each die or be replaced while the instance goes on.
//!
//! It refuses nothing and decides nothing: whether a run is started again is the supervisor's business. Its life is one
//! run. What it holds: its instance's lock, so that one instance never runs twice.

mod log;
mod probe;

use std::collections::BTreeSet;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::Pid;

pub use self::log::LINE_MAX;
use self::log::{Log, Stream};
use super::home::{self, Home};
use super::protocol::{Ended, Greeting, Order, Report, Request, ToShim};
use super::wire::{self, Wire};
use super::{procs, sys};
use crate::model::Span;
use crate::model::spec::{Health, HttpProbe};

/// An instance that starts is looked at this often at first, then ever more slowly.
const FIRST_LOOK: Duration = Duration::from_millis(20);

/// The slowest looks during a quick start: a deployment waits for them. Later looks come at the declared interval.
const START_LOOK: Duration = Duration::from_millis(100);
const QUICK_START: Duration = Duration::from_secs(15);

/// How long an instance that refuses connections is given before its other ports are looked for.
const OTHER_PORTS_AFTER: Duration = Duration::from_millis(500);

/// What a command leaves behind when it ends by itself gets this long to end, too.
const LEFTOVER_GRACE: Duration = Duration::from_secs(2);

/// With no supervisor for this long, a shim starts one.
const ORPHANED_AFTER: Duration = Duration::from_millis(300);

/// A run that ended while there was no supervisor waits this long to tell one; then `exit.json` must do.
const FAREWELL: Duration = Duration::from_secs(10);

/// What the main thread is told.
enum News {
    Stop(Span),
    /// It does not live any more, and why.
    Lifeless(String),
    Reaped(Pid, WaitStatus),
    /// No process of the run is left.
    Alone,
}

/// Runs the order that comes on standard input.
pub fn main(home: Home, id: &str) -> ExitCode {
    match run(home, id) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            super::note(&format!("shim of {id}: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(home: Home, id: &str) -> std::io::Result<()> {
    // Fails only for a leader of a group, which whoever started us did not make us.
    let _ = nix::unistd::setsid();
    let folder = home.instance(id);
    let lock = home::lock_file(&folder.join("lock"))?;
    if !home::take_lock(&lock) {
        return Err(std::io::Error::other("another shim runs this instance"));
    }
    let mut order = Vec::new();
    std::io::stdin().read_to_end(&mut order)?;
    let order: Order = serde_json::from_slice(&order)?;
    let log = Log::open(&folder)?;
    // What leaves its process group and loses its parent comes to us instead of to init.
    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_child_subreaper(true)?;
    let signals = signal_hook::iterator::Signals::new([signal_hook::consts::SIGTERM, signal_hook::consts::SIGINT])?;
    let (news, inbox) = mpsc::channel();
    let shared = Arc::new(Shared::new(home, &order));

    let grace = order.grace;
    let told = news.clone();
    thread::spawn(move || watch_signals(signals, grace, &told));
    let (talking, told) = (shared.clone(), news.clone());
    thread::spawn(move || converse(&talking, &told));

    let ended = match start(&order) {
        Ok(child) => oversee(child, &order, &log, &shared, news, &inbox),
        Err(error) => Ended {
            run: order.run,
            how: cannot_start(&order, &error),
            at: sys::now(),
            killed: false,
            unstartable: Some(start_code(&error).to_owned()),
        },
    };
    log.note(&ended.how);
    let record = serde_json::to_vec(&ended)?;
    let recorded = home::write_durably(&folder.join("exit.json"), &record);
    // The instance counts as gone from here on, whatever becomes of the record.
    shared.update(|report| {
        report.pid = None;
        report.healthy = false;
        report.ended = Some(ended);
    });
    shared.say_farewell();
    // Released by the end of the process: whoever finds it free finds nothing of us.
    std::mem::forget(lock);
    recorded
}

fn start(order: &Order) -> std::io::Result<Child> {
    let (program, arguments) = order.command.split_first().ok_or(std::io::ErrorKind::InvalidInput)?;
    let mut command: Command = sys::program(program);
    command
        .args(arguments)
        .current_dir(&order.dir)
        .env_clear()
        .envs(&order.env)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    command.spawn()
}

/// Follows a run to its very end.
fn oversee(
    mut child: Child,
    order: &Order,
    log: &Log,
    shared: &Arc<Shared>,
    news: Sender<News>,
    inbox: &Receiver<News>,
) -> Ended {
    let pid = child.id();
    shared.update(|report| report.pid = Some(pid));
    let captures = [
        child.stdout.take().map(|pipe| capture(log, pipe, Stream::Out)),
        child.stderr.take().map(|pipe| capture(log, pipe, Stream::Err)),
    ];
    match (order.port, &order.health) {
        (Some(port), Some(health)) => {
            if let Some(live) = health.live.clone() {
                let (shared, health, news) = (shared.clone(), health.clone(), news.clone());
                thread::spawn(move || watch_life(port, &live, &health, &shared, &news));
            }
            let (shared, health) = (shared.clone(), health.clone());
            thread::spawn(move || watch_health(port, &health, &shared));
        }
        _ => shared.update(|report| report.healthy = true),
    }
    thread::spawn(move || reap(&news));
    let ended = wait_for_end(procs::as_pid(pid), order, log, inbox);
    for capture in captures.into_iter().flatten() {
        // No process is left that could hold the pipe open; where that cannot be known the rest of its output is not waited for.
        let until = sys::instant() + Duration::from_secs(1);
        while !capture.is_finished() && sys::instant() < until {
            sys::sleep(Duration::from_millis(5));
        }
    }
    ended
}

fn capture(log: &Log, pipe: impl Read + Send + 'static, stream: Stream) -> thread::JoinHandle<()> {
    let log = log.clone();
    thread::spawn(move || log.capture(pipe, stream))
}

/// The main thread's loop: SIGTERM when asked, SIGKILL when the grace is over, until the command and all that it left
/// behind are gone.
fn wait_for_end(main: Pid, order: &Order, log: &Log, inbox: &Receiver<News>) -> Ended {
    let mut status: Option<String> = None;
    let mut kill_at: Option<Instant> = None;
    let mut asked = false;
    let mut killed = false;
    let mut leftovers = 0;
    let mut lifeless = None;
    loop {
        match next(inbox, kill_at) {
            Ok(News::Stop(grace)) if !asked => {
                asked = true;
                log.note(&format!("stopping: SIGTERM, then SIGKILL after {grace}"));
                signal_all(main, Signal::SIGTERM);
                kill_at = Some(sys::instant() + grace.duration());
            }
            Ok(News::Stop(_)) => {}
            Ok(News::Lifeless(why)) if !asked => {
                asked = true;
                let grace = order.grace;
                log.note(&format!("lifeless: {why}; SIGTERM, then SIGKILL after {grace}"));
                signal_all(main, Signal::SIGTERM);
                kill_at = Some(sys::instant() + grace.duration());
                lifeless = Some(why);
            }
            Ok(News::Lifeless(_)) => {}
            Ok(News::Reaped(pid, how)) if pid == main => {
                status = Some(in_words(how));
                let left = procs::descendants(std::process::id());
                if !asked && !left.is_empty() {
                    leftovers = left.len();
                    signal_all(main, Signal::SIGTERM);
                    kill_at = Some(sys::instant() + LEFTOVER_GRACE.min(order.grace.duration()));
                }
            }
            Ok(News::Reaped(..)) => {}
            Ok(News::Alone) | Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                // Once more a little later, as long as something is left: it may have been forking.
                killed = killed || asked;
                signal_all(main, Signal::SIGKILL);
                kill_at = kill_at.map(|_| sys::instant() + Duration::from_millis(20));
            }
        }
    }
    let mut how = status.unwrap_or_else(|| "unknown".into());
    if leftovers > 0 {
        how.push_str(&format!(
            ", left {leftovers} process{} behind",
            if leftovers == 1 { "" } else { "es" }
        ));
    }
    if let Some(why) = lifeless {
        how = format!("lifeless ({why}): {how}");
    }
    Ended {
        run: order.run,
        how,
        at: sys::now(),
        killed,
        unstartable: None,
    }
}

/// What happens next. Only a run that is to end can run out of time: without `kill_at` this waits for news, however long.
fn next(inbox: &Receiver<News>, kill_at: Option<Instant>) -> Result<News, RecvTimeoutError> {
    match kill_at {
        Some(at) => inbox.recv_timeout(at.saturating_duration_since(sys::instant())),
        None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
    }
}

/// To the process group and to whatever left it.
fn signal_all(group: Pid, signal: Signal) {
    // A process that is gone needs no signal.
    let _ = killpg(group, signal);
    for pid in procs::descendants(std::process::id()) {
        let pid = procs::as_pid(pid);
        if nix::unistd::getpgid(Some(pid)) != Ok(group) {
            let _ = kill(pid, signal);
        }
    }
}

/// Waits for every process of the run: the command, and orphans that came to us.
fn reap(news: &Sender<News>) {
    loop {
        let told = match waitpid(Pid::from_raw(-1), None) {
            Ok(status) => match status.pid() {
                Some(pid) => news.send(News::Reaped(pid, status)),
                None => Ok(()),
            },
            Err(Errno::EINTR) => Ok(()),
            Err(_) => {
                // Nobody listens any more when the run has been given up; that is the end, too.
                let _ = news.send(News::Alone);
                return;
            }
        };
        if told.is_err() {
            return;
        }
    }
}

fn watch_signals(mut signals: signal_hook::iterator::Signals, grace: Span, news: &Sender<News>) {
    for _ in signals.forever() {
        if news.send(News::Stop(grace)).is_err() {
            return;
        }
    }
}

fn watch_health(port: u16, health: &Health, shared: &Shared) {
    let started = sys::instant();
    let mut pause = FIRST_LOOK;
    let mut address = None;
    loop {
        let sight = probe::look(port, address, health.probe.as_ref(), health.timeout.duration());
        address = sight.address.or(address);
        let others = if sight.refused && started.elapsed() > OTHER_PORTS_AFTER {
            procs::listening_ports(&procs::descendants(std::process::id()))
        } else {
            BTreeSet::new()
        };
        shared.update(|report| {
            if report.healthy != sight.healthy {
                report.healthy = sight.healthy;
                report.flaps += u32::from(report.proven);
                report.proven |= sight.healthy;
            }
            report.probe = Some(sight.text.clone());
            report.address = sight.address.or(report.address);
            report.listens_on = others.into_iter().collect();
        });
        let interval = health.interval.duration();
        pause = match shared.proven() || started.elapsed() > QUICK_START {
            true => interval,
            false => (pause * 3 / 2).min(START_LOOK).min(interval),
        };
        sys::sleep(pause);
    }
}

/// Asks an instance that was healthy once whether it lives, and says when it has not for too long.
fn watch_life(port: u16, live: &HttpProbe, health: &Health, shared: &Shared, news: &Sender<News>) {
    let mut address = None;
    let mut bad_since: Option<Instant> = None;
    loop {
        sys::sleep(health.interval.duration());
        if !shared.proven() {
            continue;
        }
        let sight = probe::look(port, address, Some(live), health.timeout.duration());
        address = sight.address.or(address);
        if sight.healthy {
            bad_since = None;
            continue;
        }
        let since = *bad_since.get_or_insert_with(sys::instant);
        if since.elapsed() >= health.live_patience() {
            // Nobody listens any more when the run has ended meanwhile.
            let _ = news.send(News::Lifeless(sight.text));
            return;
        }
    }
}

/// What the threads of a shim share: its report and the way to its supervisor.
struct Shared {
    home: Home,
    id: String,
    run: u32,
    inner: Mutex<Inner>,
}

struct Inner {
    report: Report,
    /// Of `report.healthy`; monotonic.
    since: Instant,
    sender: Option<wire::Sender>,
    /// The last report was handed over.
    delivered: bool,
}

impl Shared {
    fn new(home: Home, order: &Order) -> Self {
        let report = Report {
            pid: None,
            healthy: false,
            proven: false,
            since: sys::now(),
            for_ms: 0,
            flaps: 0,
            probe: None,
            address: None,
            listens_on: Vec::new(),
            ended: None,
        };
        Shared {
            home,
            id: order.id.clone(),
            run: order.run,
            inner: Mutex::new(Inner {
                report,
                since: sys::instant(),
                sender: None,
                delivered: false,
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn proven(&self) -> bool {
        self.lock().report.proven
    }

    /// Changes the report and tells the supervisor if anything is new.
    fn update(&self, change: impl FnOnce(&mut Report)) {
        let mut inner = self.lock();
        let before = inner.report.clone();
        change(&mut inner.report);
        if inner.report.healthy != before.healthy {
            inner.report.since = sys::now();
            inner.since = sys::instant();
            inner.report.proven |= inner.report.healthy;
        }
        if inner.report != before {
            inner.deliver();
        }
    }

    /// Connected anew: everything is told from the start.
    fn greet(&self, wire: &Wire) -> std::io::Result<()> {
        let sender = wire.sender()?;
        let mut inner = self.lock();
        let greeting = Greeting {
            id: self.id.clone(),
            run: self.run,
            pid: std::process::id(),
            report: inner.current(),
        };
        sender.send(&Request::Shim(Box::new(greeting)))?;
        inner.sender = Some(sender);
        inner.delivered = true;
        Ok(())
    }

    /// Returns when the end was told, or cannot be.
    fn say_farewell(&self) {
        let until = sys::instant() + FAREWELL;
        while !self.lock().delivered && sys::instant() < until {
            sys::sleep(Duration::from_millis(20));
        }
    }
}

impl Inner {
    fn current(&self) -> Report {
        Report {
            for_ms: self.since.elapsed().as_millis().try_into().unwrap_or(u64::MAX),
            ..self.report.clone()
        }
    }

    fn deliver(&mut self) {
        let report = self.current();
        self.delivered = self.sender.as_ref().is_some_and(|sender| sender.send(&report).is_ok());
    }
}

/// Keeps in touch with the supervisor, whoever that is; starts one where there is none.
fn converse(shared: &Shared, news: &Sender<News>) {
    let mut pause = Duration::from_millis(10);
    let mut free_since: Option<Instant> = None;
    // Shims that lose their supervisor together do not all start one together.
    let patience = ORPHANED_AFTER + Duration::from_millis(u64::from(std::process::id() % 8) * 25);
    loop {
        if listen(shared, news).is_some() {
            pause = Duration::from_millis(10);
        }
        sys::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(100));
        if home::is_locked(&shared.home.lock()) {
            free_since = None;
        } else if free_since.get_or_insert_with(sys::instant).elapsed() > patience {
            free_since = None;
            start_supervisor(&shared.home);
        }
    }
}

/// One conversation, to its end; `None` where there was none.
fn listen(shared: &Shared, news: &Sender<News>) -> Option<()> {
    let socket: PathBuf = shared.home.introduced_socket()?;
    let mut wire = Wire::connect(&socket).ok()?;
    shared.greet(&wire).ok()?;
    while let Ok(Some(ToShim::Stop { grace })) = wire.receive() {
        if news.send(News::Stop(grace)).is_err() {
            break;
        }
    }
    let mut inner = shared.lock();
    inner.sender = None;
    Some(())
}

/// Starts a supervisor that is no descendant of ours: what is below us belongs to the instance. While it passes from
/// the process between us and it to init, orphans must not come to us.
fn start_supervisor(home: &Home) {
    super::note("a shim found no supervisor and starts one");
    #[cfg(target_os = "linux")]
    let _ = nix::sys::prctl::set_child_subreaper(false);
    let launched = sys::itself(super::LAUNCH)
        .args(home.arguments())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(super::log_file(home).map_or_else(Stdio::null, Stdio::from))
        .spawn();
    if let Ok(mut launcher) = launched {
        // The reaper may have been quicker; then there is nothing to wait for.
        let _ = launcher.wait();
    }
    #[cfg(target_os = "linux")]
    let _ = nix::sys::prctl::set_child_subreaper(true);
}

fn cannot_start(order: &Order, error: &std::io::Error) -> String {
    let program = order.command.first().map_or("", String::as_str);
    let program = program.escape_debug();
    match error.kind() {
        std::io::ErrorKind::NotFound if !order.dir.is_dir() => {
            format!(
                "cannot start `{program}`: its folder `{}` is missing",
                order.dir.display()
            )
        }
        std::io::ErrorKind::NotFound => format!("cannot start `{program}`: no such command"),
        std::io::ErrorKind::PermissionDenied => format!("cannot start `{program}`: not allowed to execute it"),
        _ => format!("cannot start `{program}`: {error}"),
    }
}

fn start_code(error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::NotFound => "command-missing",
        std::io::ErrorKind::PermissionDenied => "command-denied",
        _ => "start-failed",
    }
}

fn in_words(status: WaitStatus) -> String {
    match status {
        WaitStatus::Exited(_, code) => format!("status {code}"),
        WaitStatus::Signaled(_, signal, _) => format!("signal {} ({})", signal as i32, signal.as_str()),
        other => format!("{other:?}"),
    }
}

/// Whether a shim of the instance is alive.
pub fn is_alive(folder: &std::path::Path) -> bool {
    home::is_locked(&folder.join("lock"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_run_that_is_to_end_runs_out_of_time() {
        let (news, inbox) = mpsc::channel();
        let overdue = sys::instant()
            .checked_sub(Duration::from_secs(7200))
            .unwrap_or_else(sys::instant);
        assert!(matches!(next(&inbox, Some(overdue)), Err(RecvTimeoutError::Timeout)));
        // Without a time to end there is no time to run out of: it takes what comes, or the end of all news.
        thread::spawn(move || news.send(News::Stop(Span::ZERO)));
        assert!(matches!(next(&inbox, None), Ok(News::Stop(_))));
        assert!(matches!(next(&inbox, None), Err(RecvTimeoutError::Disconnected)));
    }
}
