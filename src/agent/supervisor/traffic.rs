//! The way to the routers: one that accepts, and perhaps one that a restart replaced and that finishes what it began.

use std::collections::{BTreeSet, HashMap};
use std::net::TcpListener;
use std::process::Stdio;
use std::sync::MutexGuard;
use std::time::{Duration, Instant};

use super::{Core, Supervisor};
use crate::agent::protocol::{Backend, FromRouter, Load, Route, ToRouter};
use crate::agent::state::{Phase, Service};
use crate::agent::{ROUTE, log_file, note, sys, wire};
use crate::fault::{Fault, Kind, Result};
use crate::model::Span;

/// How long a request waits while its only instance is replaced (`listen`).
const HOLD_MS: u64 = 15_000;

/// How long a request waits while an instance that crashed is started again.
const RESTART_WAIT_MS: u64 = 5_000;

/// A router that was started but has not spoken after this long is started again.
const ROUTER_START: Duration = Duration::from_secs(5);

/// What a replaced router gets to finish: long for the sake of WebSockets, which nobody else carries on.
const RETIRE: Span = Span::from_secs(600);

/// How long an act waits for a router to take its routes. One that crashed is back within a second.
const APPLY: Duration = Duration::from_secs(5);

#[derive(Default)]
pub struct Routers {
    known: Vec<Router>,
    conversations: u64,
    revision: u64,
    reports: u64,
    routes: Vec<Route>,
    /// When the accepting router was started, while it has not spoken.
    started: Option<Instant>,
    /// Starts that failed in a row.
    failures: u32,
    not_before: Option<Instant>,
    /// A router that greets with listening sockets is of the program before this one.
    replace: bool,
}

struct Router {
    conversation: u64,
    pid: u32,
    sender: wire::Sender,
    /// Ports whose sockets it has.
    ports: BTreeSet<u16>,
    applied: u64,
    answered: u64,
    loads: HashMap<String, Load>,
    retiring: bool,
}

impl Routers {
    /// `replaced`: this program took the place of another, whose router is to be replaced, too.
    pub fn after(replaced: bool) -> Self {
        Routers {
            replace: replaced,
            ..Routers::default()
        }
    }

    pub fn any(&self) -> bool {
        !self.known.is_empty()
    }

    /// Whether a router that accepts has introduced itself.
    pub fn speaking(&self) -> bool {
        self.known.iter().any(|router| !router.retiring)
    }

    /// Of the router that accepts.
    pub fn pid(&self) -> Option<u32> {
        self.known
            .iter()
            .find(|router| !router.retiring)
            .map(|router| router.pid)
    }

    /// What all routers together have in flight for an instance.
    pub fn load(&self, instance: &str) -> Load {
        let loads = self.known.iter().filter_map(|router| router.loads.get(instance));
        loads.fold(Load::default(), |sum, load| Load {
            in_flight: sum.in_flight + load.in_flight,
            cut: sum.cut + load.cut,
        })
    }

    pub fn tell(&self, word: &ToRouter) {
        for router in &self.known {
            // A router that went away is noticed by the thread that listens to it.
            let _ = router.sender.send(word);
        }
    }
}

impl Core {
    /// Tells the routers how requests go now, if that is new. What it tells must be on the disk already.
    pub fn publish(&mut self) {
        let routes: Vec<Route> = self
            .state
            .services
            .values()
            .map(|service| self.route(service))
            .collect();
        if routes == self.routers.routes && self.routers.revision > 0 {
            return;
        }
        self.routers.routes = routes;
        self.routers.revision += 1;
        self.send_routes();
    }

    pub fn send_routes(&mut self) {
        let listeners = &self.listeners;
        for router in self.routers.known.iter_mut().filter(|router| !router.retiring) {
            router.ports.retain(|port| listeners.has(*port));
            for port in listeners.ports() {
                if router.ports.insert(port) {
                    for socket in listeners.sockets(port) {
                        let _ = router.sender.send_with(&ToRouter::Listen { port }, socket);
                    }
                }
            }
        }
        self.routers.tell(&ToRouter::Routes {
            revision: self.routers.revision,
            routes: self.routers.routes.clone(),
        });
    }

    /// How requests for a service go now.
    fn route(&self, service: &Service) -> Route {
        let web = || {
            let kept = service
                .instances
                .iter()
                .filter(|(_, instance)| instance.kept && instance.stopping.is_none());
            kept.filter(|(_, instance)| !instance.draining && service.is_web(instance))
        };
        let backends: Vec<Backend> = web()
            .filter(|(_, instance)| instance.phase == Phase::Running)
            .filter_map(|(id, instance)| {
                Some(Backend {
                    instance: id.clone(),
                    address: instance.address?,
                    release: instance.release,
                    unhealthy: self.is_unhealthy(id),
                    part: service.part.as_ref().is_some_and(|part| part.instances.contains(id)),
                })
            })
            .collect();
        let wait_ms = match () {
            () if service.hold => HOLD_MS,
            () if backends.is_empty() && web().next().is_some() => RESTART_WAIT_MS,
            () => 0,
        };
        Route {
            service: service.service.clone(),
            env: service.env.clone(),
            ports: service.ports().into_iter().collect(),
            release: service.current,
            backends,
            wait_ms,
            hold: service.hold,
            percent: service.part.as_ref().map(|part| part.percent),
        }
    }

    /// Whether an instance is known to fail its probes; one whose shim has not spoken yet is not.
    fn is_unhealthy(&self, id: &str) -> bool {
        let report = self.live.get(id).and_then(|live| live.report.as_ref());
        report.is_some_and(|report| !report.healthy)
    }

    /// Starts a router where none accepts, with back-off if it keeps dying.
    pub fn start_router(&mut self, home: &crate::agent::home::Home) {
        let now = sys::instant();
        let routers = &mut self.routers;
        let speaking = routers.speaking();
        let starting = routers.started.is_some_and(|at| now < at + ROUTER_START);
        if speaking || starting || routers.not_before.is_some_and(|at| now < at) || self.listeners.ports().is_empty() {
            return;
        }
        let pause = Duration::from_millis(100 << routers.failures.min(6));
        routers.failures += 1;
        routers.not_before = Some(now + pause);
        routers.started = Some(now);
        let started = sys::itself(ROUTE)
            .args(home.arguments())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log_file(home).map_or_else(Stdio::null, Stdio::from))
            .spawn();
        if let Err(error) = started {
            note(&format!("cannot start a router: {error}"));
        }
    }
}

impl Supervisor {
    /// Begins a router's conversation; returns its number.
    pub fn welcome_router(&self, pid: u32, sockets: Vec<(u16, TcpListener)>, sender: wire::Sender) -> u64 {
        let mut core = self.core();
        let ports = sockets.iter().map(|(port, _)| *port).collect();
        let retiring = core.routers.replace && !sockets.is_empty();
        let held: BTreeSet<u16> = core.listeners.ports().into_iter().collect();
        for (port, socket) in sockets {
            if !held.contains(&port) && !core.restored {
                core.listeners.adopt(port, socket);
            }
        }
        core.routers.conversations += 1;
        let conversation = core.routers.conversations;
        if retiring {
            let _ = sender.send(&ToRouter::Retire { limit: RETIRE });
        } else {
            core.routers.started = None;
        }
        core.routers.known.push(Router {
            conversation,
            pid,
            sender,
            ports,
            applied: 0,
            answered: 0,
            loads: HashMap::new(),
            retiring,
        });
        // During a restore it keeps the routes it has until the truth is known.
        if core.restored {
            core.send_routes();
        }
        self.changed.notify_all();
        conversation
    }

    pub fn note_router(&self, conversation: u64, word: FromRouter) {
        let mut core = self.core();
        let routers = &mut core.routers;
        let Some(router) = routers
            .known
            .iter_mut()
            .find(|router| router.conversation == conversation)
        else {
            return;
        };
        match word {
            FromRouter::Applied { revision } => {
                router.applied = revision;
                if !router.retiring {
                    routers.failures = 0;
                }
            }
            FromRouter::Load { number, instances } => {
                router.answered = number;
                router.loads = instances;
            }
        }
        self.changed.notify_all();
    }

    pub fn part_router(&self, conversation: u64) {
        let mut core = self.core();
        core.routers.known.retain(|router| router.conversation != conversation);
        if !core.halting && core.restored {
            core.start_router(&self.home);
        }
        self.changed.notify_all();
    }

    /// Waits until every router goes by the routes of now. Where none takes them in time the state says what will be, but
    /// not that it is.
    pub(super) fn await_applied<'a>(&'a self, mut core: MutexGuard<'a, Core>) -> Result<MutexGuard<'a, Core>> {
        let until = sys::instant() + APPLY;
        let wanted = core.routers.revision;
        loop {
            let routers = &core.routers;
            let accepting = routers.known.iter().any(|router| !router.retiring);
            if routers.known.iter().all(|router| router.applied >= wanted)
                && (accepting || core.listeners.ports().is_empty())
            {
                return Ok(core);
            }
            if sys::instant() > until {
                return Err(Fault::new(
                    Kind::TimedOut,
                    "router-silent",
                    format!("the router did not take its new routes within {} s", APPLY.as_secs()),
                )
                .still("the change is recorded and takes effect as soon as the router answers")
                .hint("deliver agent restart"));
            }
            core = self.wait(core, until);
        }
    }

    /// Asks every router what it has in flight, and waits for the answers, but not for long.
    pub(super) fn refresh_loads<'a>(&'a self, mut core: MutexGuard<'a, Core>) -> MutexGuard<'a, Core> {
        core.routers.reports += 1;
        let number = core.routers.reports;
        core.routers.tell(&ToRouter::Report { number });
        let until = sys::instant() + Duration::from_millis(300);
        while core.routers.known.iter().any(|router| router.answered < number) && sys::instant() < until {
            core = self.wait(core, until);
        }
        core
    }

    /// An instance is about to be told to end.
    pub(super) fn announce_end(core: &Core, instance: &str) {
        core.routers.tell(&ToRouter::Leaving {
            instance: instance.to_owned(),
        });
    }

    /// Ends the upgraded connections of an instance.
    pub(super) fn cut(core: &Core, instance: &str) {
        core.routers.tell(&ToRouter::Cut {
            instance: instance.to_owned(),
        });
    }
}
