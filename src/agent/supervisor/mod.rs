//! The one process that must not die, kept small for it: it holds the public listening sockets and `agent.lock`, knows
//! what is to run, starts shims and the router, and answers the tool. No async runtime, no HTTP, no SQL.
//!
//! Its rule: the state is on the disk before anything that it announces happens. After a crash the next supervisor reads
//! it, hears what shims and router report, and goes on.

mod acts;
mod listeners;
mod restore;
mod runs;
mod server;
mod traffic;

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::acts::at_rest;
use self::listeners::{Handed, Listeners};
use self::traffic::Routers;
use super::home::{self, Home};
use super::protocol::{Failure, Report};
use super::state::State;
use super::{note, sys, wire};
use crate::fault::{Attempt, Result};

/// How often the supervisor looks at what is due: restarts, schedules, ports to take back.
const TICK: Duration = Duration::from_millis(100);

/// Ticks for which the agent's folder may be missing, while somebody moves it, before everything is stopped.
const HOMELESS_TICKS: u32 = 20;

/// The first words of a supervisor on its standard output, for whoever started it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ready {
    /// Clients are served.
    Serving,
    /// Another supervisor has the lock.
    Other,
    Failed(Failure),
}

pub struct Supervisor {
    home: Home,
    started_at: Timestamp,
    built: i64,
    core: Mutex<Core>,
    /// Told whenever something in `core` changed that somebody may wait for.
    changed: Condvar,
    /// Held for life.
    lock: File,
    control: UnixListener,
}

struct Core {
    state: State,
    /// What is known of instances and need not outlive this process.
    live: HashMap<String, Live>,
    listeners: Listeners,
    routers: Routers,
    /// The state was read and what still runs was found again.
    restored: bool,
    /// Everything is being stopped; nothing is started any more.
    halting: bool,
    /// Everything is stopped; whoever asked for it ends this process once it has answered.
    leaving: bool,
    /// The program to become.
    becoming: Option<PathBuf>,
    /// The last write of the state failed.
    unsaved: bool,
}

/// One instance, while this supervisor lives.
#[derive(Default)]
struct Live {
    /// To its shim.
    sender: Option<wire::Sender>,
    /// Tells a shim's conversation from the one before.
    conversation: u64,
    shim: Option<u32>,
    report: Option<Report>,
    /// When `report` came.
    reported: Option<Instant>,
    /// The shim of this run was started, or found alive, at this time; it has not spoken yet.
    expected_since: Option<Instant>,
    next_start: Option<Instant>,
    /// Starts that failed in a row.
    failures: u32,
    /// When a scheduled job was last looked at.
    looked: Option<Timestamp>,
}

/// The life of a supervisor.
pub fn main(home: Home) -> ExitCode {
    let _ = nix::unistd::setsid();
    close_inherited();
    let handed = listeners::handover();
    let _ = std::env::set_current_dir("/");
    match begin(home, handed) {
        Ok(Some(supervisor)) => {
            announce(&Ready::Serving);
            supervisor.watch_signals();
            supervisor.keep_time()
        }
        Ok(None) => {
            announce(&Ready::Other);
            ExitCode::SUCCESS
        }
        Err(fault) => {
            note(&format!("cannot start: {fault}: {}", fault.causes().join(": ")));
            announce(&Ready::Failed(Failure::from(&fault)));
            ExitCode::FAILURE
        }
    }
}

/// Takes the lock, reads the state, finds what still runs, serves. `None` if another has the lock.
fn begin(home: Home, handed: Handed) -> Result<Option<Arc<Supervisor>>> {
    home.create()?;
    let replaced = handed.lock.is_some();
    let lock = match handed.lock {
        Some(lock) => lock,
        None => home::lock_file(&home.lock()).attempting("open", &home.lock())?,
    };
    // The lock that came through an exec is held already; taking it again changes nothing.
    if !home::take_lock(&lock) {
        return Ok(None);
    }
    let state = State::load(&home)?.unwrap_or_default();
    let control = match handed.control {
        Some(control) => control,
        None => server::bind(&home, &lock)?,
    };
    let supervisor = Arc::new(Supervisor {
        started_at: sys::now(),
        built: program_time(&sys::own_program()),
        core: Mutex::new(Core {
            state,
            live: HashMap::new(),
            listeners: Listeners::new(handed.listeners),
            routers: Routers::after(replaced),
            restored: false,
            halting: false,
            leaving: false,
            becoming: None,
            unsaved: false,
        }),
        changed: Condvar::new(),
        lock,
        control,
        home,
    });
    note(&format!("supervisor {} started", env!("CARGO_PKG_VERSION")));
    let serving = supervisor.clone();
    thread::spawn(move || serving.serve());
    supervisor.restore();
    Ok(Some(supervisor))
}

impl Supervisor {
    fn core(&self) -> MutexGuard<'_, Core> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a change, but not beyond `until` nor longer than a tick.
    fn wait<'a>(&self, core: MutexGuard<'a, Core>, until: Instant) -> MutexGuard<'a, Core> {
        let left = until.saturating_duration_since(sys::instant()).min(TICK);
        let waited = self.changed.wait_timeout(core, left.max(Duration::from_millis(1)));
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Does what is due, for ever.
    fn keep_time(self: &Arc<Self>) -> ! {
        let mut homeless = 0;
        loop {
            self.reap();
            homeless = if self.has_home() { 0 } else { homeless + 1 };
            if homeless > HOMELESS_TICKS {
                note("its folder is gone: everything stops");
                self.halt(true);
                self.leave();
            }
            {
                let mut core = self.core();
                if !core.halting {
                    self.due(&mut core);
                }
            }
            sys::sleep(TICK);
        }
    }

    /// Whether the lock that is held is still the one that others find: a store that was deleted wants nothing to run.
    fn has_home(&self) -> bool {
        let found = fs::metadata(self.home.lock());
        let held = self.lock.metadata();
        matches!((found, held), (Ok(found), Ok(held)) if found.ino() == held.ino() && found.dev() == held.dev())
    }

    /// Shims and routers that were our children leave no zombies.
    fn reap(&self) {
        use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
        while let Ok(status) = waitpid(nix::unistd::Pid::from_raw(-1), Some(WaitPidFlag::WNOHANG)) {
            if status == WaitStatus::StillAlive {
                return;
            }
        }
    }

    /// SIGTERM, as at shutdown, is a request to halt.
    fn watch_signals(self: &Arc<Self>) {
        use signal_hook::consts::{SIGINT, SIGTERM};
        let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGTERM, SIGINT]) else {
            return;
        };
        let supervisor = self.clone();
        thread::spawn(move || {
            if signals.forever().next().is_some() {
                note("asked to terminate");
                supervisor.halt(false);
                supervisor.leave();
            }
        });
    }

    /// Ends the process; everything that must be known again is on the disk.
    fn leave(&self) -> ! {
        if let Some(socket) = self.home.introduced_socket() {
            let _ = fs::remove_file(socket);
        }
        note("supervisor ends");
        sys::exit()
    }
}

impl Core {
    fn live(&mut self, id: &str) -> &mut Live {
        self.live.entry(id.to_owned()).or_default()
    }
}

/// A lock file or a pipe of whoever started us must not stay open for as long as we live.
fn close_inherited() {
    let Ok(entries) = fs::read_dir("/dev/fd") else { return };
    let open: Vec<i32> = entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    for descriptor in open.into_iter().filter(|descriptor| *descriptor > 2) {
        // One of them was the folder being read.
        let _ = nix::unistd::close(descriptor);
    }
}

/// Says the first words and lets go of the pipe they went through.
fn announce(ready: &Ready) {
    if let Ok(mut line) = serde_json::to_vec(ready) {
        line.push(b'\n');
        let mut out = std::io::stdout();
        let _ = out.write_all(&line).and_then(|()| out.flush());
    }
    forget_standard_streams();
}

/// Standard input and output lead nowhere from here on.
fn forget_standard_streams() {
    if let Ok(null) = fs::OpenOptions::new().read(true).write(true).open("/dev/null") {
        let _ = nix::unistd::dup2_stdin(&null);
        let _ = nix::unistd::dup2_stdout(&null);
    }
}

/// When a program's file was written, in microseconds; 0 where that is not known.
pub fn program_time(program: &Path) -> i64 {
    fs::metadata(program)
        .and_then(|meta| meta.modified())
        .ok()
        .and_then(|time| Timestamp::try_from(time).ok())
        .map_or(0, |time| time.as_microsecond())
}
