//! The replaceable child of the supervisor that takes connections and passes requests to instances.
//!
//! One thread hears the supervisor, one hands counts to the store, and the others each accept and serve connections with
//! a runtime of their own: a request is handled on one thread from its first byte to its last, and shares with the others
//! only the table of routes, which is read without a lock, and counters.

mod body;
mod meter;
mod pool;
mod proxy;
mod table;
mod tunnel;
mod worker;

pub use self::meter::TrafficSink;

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::process::{ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use self::meter::{Ledger, Meters, Pruner};
use self::table::{Registry, Tables};
use self::worker::Worker;
use super::home::{self, Home};
use super::protocol::{FromRouter, Handed, Request, Route, ToRouter};
use super::wire::Wire;
use super::{SUPERVISE, log_file, note, sys};
use crate::adapters::process::{Groups, Processes};
use crate::adapters::system::SystemClock;
use crate::config::paths::Paths;
use crate::fault::Result;
use crate::model::Span;
use crate::model::traffic::Traffic;
use crate::ports::interrupt::Never;
use crate::store::{Options, Store};

/// Threads that serve. More than these share no work that a machine of one team has.
const WORKERS_MAX: usize = 8;

/// How often counts go to the store.
const COUNT: Duration = Duration::from_secs(1);

/// While it retires, a router leaves idle connections to their clients for this long, so that it does not close one in
/// the moment in which a request comes.
const IDLE_GRACE: Duration = Duration::from_secs(20);

/// What every thread of a router sees.
pub struct Shared {
    pub tables: Tables,
    pub meters: Meters,
    /// No new connections; those that are open are told to close.
    pub retiring: AtomicBool,
    /// Client connections and tunnels that are open.
    pub open: AtomicUsize,
}

/// The life of a router.
pub fn main(home: Home) -> ExitCode {
    let _ = nix::unistd::setsid();
    match route(home) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            note(&format!("router: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn route(home: Home) -> std::io::Result<()> {
    raise_descriptor_limit();
    let shared = Arc::new(Shared {
        tables: Tables::new(),
        meters: Meters::default(),
        retiring: AtomicBool::new(false),
        open: AtomicUsize::new(0),
    });
    let count = thread::available_parallelism().map_or(2, usize::from).min(WORKERS_MAX);
    let workers = (0..count)
        .map(|_| Worker::start(shared.clone()))
        .collect::<std::io::Result<Vec<_>>>()?;
    let finished = Arc::new(AtomicBool::new(false));
    let counting = {
        let (shared, home, finished) = (shared.clone(), home.clone(), finished.clone());
        thread::spawn(move || count_traffic(&shared, home, &finished))
    };
    let lock = hold_lock(&home)?;
    let mut control = Control {
        home,
        shared,
        workers,
        listeners: BTreeMap::new(),
        waiting: Vec::new(),
        registry: Registry::default(),
        lock,
    };
    let wire = control.hear();
    finished.store(true, Ordering::SeqCst);
    // The last counts go to the store before the process ends.
    let _ = counting.join();
    // Closed by the end of the process: when the supervisor sees it nothing is left of us.
    std::mem::forget(wire);
    Ok(())
}

/// Says that a router lives which holds the sockets. Another that retires may hold it for another moment.
fn hold_lock(home: &Home) -> std::io::Result<Arc<LockHolder>> {
    let file = home::lock_file(&home.router_lock())?;
    let holder = Arc::new(LockHolder {
        file,
        given_up: AtomicBool::new(false),
    });
    let taking = holder.clone();
    thread::spawn(move || {
        while !taking.given_up.load(Ordering::SeqCst) && taking.file.try_lock().is_err() {
            sys::sleep(Duration::from_millis(50));
        }
    });
    Ok(holder)
}

struct LockHolder {
    file: std::fs::File,
    given_up: AtomicBool,
}

impl LockHolder {
    fn release(&self) {
        self.given_up.store(true, Ordering::SeqCst);
        let _ = self.file.unlock();
    }
}

/// The thread that hears the supervisor.
struct Control {
    home: Home,
    shared: Arc<Shared>,
    workers: Vec<Worker>,
    listeners: BTreeMap<u16, Vec<TcpListener>>,
    /// Sockets that came since the last routes.
    waiting: Vec<(u16, TcpListener)>,
    registry: Registry,
    lock: Arc<LockHolder>,
}

impl Control {
    /// Goes from supervisor to supervisor until one says that it is over.
    fn hear(&mut self) -> Wire {
        loop {
            let Some(mut wire) = self.greet() else {
                self.find_supervisor();
                continue;
            };
            while let Ok(Some(word)) = wire.receive() {
                match self.follow(word, &mut wire) {
                    Ok(None) => {}
                    Ok(Some(limit)) => {
                        self.retire(limit, &mut wire);
                        return wire;
                    }
                    Err(error) => {
                        note(&format!("router: {error}"));
                        break;
                    }
                }
            }
        }
    }

    /// Introduces itself, and hands over what it holds: the supervisor may be a new one.
    fn greet(&self) -> Option<Wire> {
        let socket: PathBuf = self.home.introduced_socket()?;
        let wire = Wire::connect(&socket).ok()?;
        let sender = wire.sender().ok()?;
        let ports = || {
            self.listeners
                .iter()
                .flat_map(|(port, sockets)| sockets.iter().map(|socket| (*port, socket)))
        };
        let greeting = Request::Router {
            pid: std::process::id(),
            listeners: ports().map(|(port, _)| port).collect(),
        };
        sender.send(&greeting).ok()?;
        for (port, socket) in ports() {
            sender.send_with(&Handed { port }, socket.as_fd()).ok()?;
        }
        Some(wire)
    }

    /// Nobody answers: starts a supervisor unless one is starting.
    fn find_supervisor(&self) {
        if !home::is_locked(&self.home.lock()) {
            note("the router found no supervisor and starts one");
            let started = sys::itself(SUPERVISE)
                .args(self.home.arguments())
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(log_file(&self.home).map_or_else(Stdio::null, Stdio::from))
                .spawn();
            match started {
                // It is waited for, so that it leaves no zombie should it end before we do.
                Ok(mut child) => drop(thread::spawn(move || child.wait())),
                Err(error) => note(&format!("cannot start a supervisor: {error}")),
            }
            sys::sleep(Duration::from_millis(200));
        }
        sys::sleep(Duration::from_millis(20));
    }

    /// Does as told; `Some` when told to end.
    fn follow(&mut self, word: ToRouter, wire: &mut Wire) -> std::io::Result<Option<Span>> {
        match word {
            ToRouter::Listen { port } => {
                let Some(descriptor) = wire.descriptor() else {
                    return Err(std::io::Error::other("a listening socket did not come along"));
                };
                let listener = TcpListener::from(descriptor);
                listener.set_nonblocking(true)?;
                // Nothing is accepted before the routes are known that tell where it goes.
                self.waiting.push((port, listener));
            }
            ToRouter::Routes { revision, routes } => {
                self.apply(&routes);
                self.accept_waiting()?;
                wire.send(&FromRouter::Applied { revision })?;
            }
            ToRouter::Report { number } => {
                let instances = self.registry.loads();
                wire.send(&FromRouter::Load { number, instances })?;
            }
            ToRouter::Leaving { instance } => self.registry.leave(&instance),
            ToRouter::Cut { instance } => self.registry.cut(&instance),
            ToRouter::Retire { limit } => return Ok(Some(limit)),
        }
        Ok(None)
    }

    fn accept_waiting(&mut self) -> std::io::Result<()> {
        for (port, listener) in std::mem::take(&mut self.waiting) {
            for worker in &self.workers {
                worker.listen(port, listener.try_clone()?);
            }
            self.listeners.entry(port).or_default().push(listener);
        }
        Ok(())
    }

    fn apply(&mut self, routes: &[Route]) {
        self.registry.apply(routes, &self.shared.meters, &self.shared.tables);
        let wanted: BTreeSet<u16> = routes.iter().flat_map(|route| &route.ports).copied().collect();
        let unwanted: Vec<u16> = self
            .listeners
            .keys()
            .filter(|port| !wanted.contains(port))
            .copied()
            .collect();
        for port in unwanted {
            self.listeners.remove(&port);
            for worker in &self.workers {
                worker.close(port);
            }
        }
    }

    /// Accepts no more and returns when what is open has ended, or `limit` is over. Goes on hearing the supervisor: routes
    /// change while the last requests run.
    fn retire(&mut self, limit: Span, wire: &mut Wire) {
        note("router retires");
        let until = sys::instant() + limit.duration();
        let close_idle = sys::instant() + IDLE_GRACE.min(limit.duration());
        for port in std::mem::take(&mut self.listeners).into_keys() {
            for worker in &self.workers {
                worker.close(port);
            }
        }
        self.shared.retiring.store(true, Ordering::SeqCst);
        self.lock.release();
        let mut told = false;
        let mut heard = true;
        // A short last wait lets answers that are already written reach their clients.
        let last = Duration::from_millis(200);
        while self.shared.open.load(Ordering::SeqCst) > 0 && sys::instant() < until + last {
            if !told && sys::instant() >= close_idle {
                told = true;
                for worker in &self.workers {
                    worker.shut_down();
                }
            }
            if !heard {
                sys::sleep(Duration::from_millis(20));
                continue;
            }
            let _ = wire.limit(Some(Duration::from_millis(50)));
            match wire.receive() {
                Ok(Some(word)) => drop(self.follow(word, wire)),
                Ok(None) => heard = false,
                Err(error) => {
                    heard = matches!(
                        error.kind(),
                        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                    );
                }
            }
        }
    }
}

/// A connection costs two descriptors, and the soft limit is often 1024.
fn raise_descriptor_limit() {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        // A refusal leaves the limit as it was.
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard.min(1 << 20), hard);
    }
}

/// Hands counts to the store each second, in step with the wall clock, so that a minute's counts are that minute's.
fn count_traffic(shared: &Shared, home: Home, finished: &AtomicBool) {
    let (mut ledger, mut pruner) = (Ledger::default(), Pruner::default());
    let mut sink = StoreSink { home, store: None };
    let mut failing = false;
    loop {
        let over = finished.load(Ordering::SeqCst);
        let now = sys::now().as_microsecond();
        // Just after a second began, what was counted belongs to the second before.
        ledger.collect(&shared.meters, if over { now } else { now - 500_000 });
        let handed_over = ledger.hand_over(&mut sink);
        match handed_over.and_then(|()| pruner.tick(now, &mut sink)) {
            Ok(()) => failing = false,
            Err(fault) => {
                if !std::mem::replace(&mut failing, true) {
                    note(&format!(
                        "the store does not take counts, or keeps old ones: {fault}: {}",
                        fault.causes().join(": ")
                    ));
                }
                sink.store = None;
            }
        }
        if over {
            if !ledger.is_empty() {
                note("counts were lost: the store did not take them");
            }
            return;
        }
        let until = sys::instant() + COUNT - Duration::from_micros((now % 1_000_000) as u64);
        while sys::instant() < until && !finished.load(Ordering::SeqCst) {
            sys::sleep(Duration::from_millis(50).min(until.saturating_duration_since(sys::instant())));
        }
    }
}

/// The store as it takes counts: opened when there are any.
struct StoreSink {
    home: Home,
    store: Option<Store>,
}

impl StoreSink {
    fn store(&mut self) -> Result<&Store> {
        let store = match self.store.take() {
            Some(store) => store,
            None => {
                let paths = Paths {
                    user_config: PathBuf::new(),
                    system_config: PathBuf::new(),
                    store: self.home.store.clone(),
                    data: self.home.data.clone(),
                    runtime: self.home.runtime.clone(),
                };
                Store::open(&paths, Arc::new(SystemClock::new(None)), sink_options())?
            }
        };
        Ok(self.store.insert(store))
    }
}

/// Counting is nobody's act; the password of a server may come from a command.
fn sink_options() -> Options {
    let commands = Processes::new(Arc::new(SystemClock::new(None)), Arc::new(Never), Groups::default());
    Options {
        commands: Some(Arc::new(commands)),
        ..Options::default()
    }
}

impl TrafficSink for StoreSink {
    fn record(&mut self, counted: &[Traffic]) -> Result<()> {
        self.store()?.record_traffic(counted)
    }

    fn prune(&mut self, before: i64, most: u32) -> Result<u64> {
        self.store()?.prune_traffic(before, most)
    }
}
