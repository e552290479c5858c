//! Where requests go at this moment, as every worker sees it without a lock, and how many are under way.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::{Notify, watch};

use super::meter::{Meter, Meters};
use crate::agent::protocol::{Load, Route};
use crate::model::{EnvName, ServiceName};

/// Retired instances whose counts are kept for the supervisor to read, oldest forgotten first.
const RETIRED_KEPT: usize = 256;

/// One instance as a place to send requests to. It stays the same over all tables that name it.
pub struct Server {
    pub instance: String,
    pub address: SocketAddr,
    pub meter: Arc<Meter>,
    in_flight: AtomicU32,
    unhealthy: AtomicBool,
    /// One of those that a share of the traffic is for.
    part: AtomicBool,
    /// When it was last chosen, as a count of choices.
    turn: AtomicU64,
    cut: AtomicU32,
    retired: AtomicBool,
    leaving: Raised,
    cutting: Raised,
}

/// Something that happens once, and that others wait for.
#[derive(Default)]
struct Raised {
    is: AtomicBool,
    now: Notify,
}

impl Raised {
    fn raise(&self) {
        self.is.store(true, Ordering::SeqCst);
        self.now.notify_waiters();
    }

    async fn wait(&self) {
        let notified = self.now.notified();
        if !self.is.load(Ordering::SeqCst) {
            notified.await;
        }
    }
}

impl Server {
    /// It gets no new requests.
    pub fn is_retired(&self) -> bool {
        self.retired.load(Ordering::Relaxed)
    }

    /// A request or connection was lost with it.
    pub fn count_cut(&self) {
        self.cut.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns when it is told to end: what it closes from then on, it closes because of that.
    pub async fn leaving(&self) {
        self.leaving.wait().await;
    }

    /// Returns when its upgraded connections are to end.
    pub async fn cut_signal(&self) {
        self.cutting.wait().await;
    }

    fn load(&self) -> Load {
        Load {
            in_flight: self.in_flight.load(Ordering::SeqCst),
            cut: self.cut.load(Ordering::Relaxed),
        }
    }
}

/// A request under way on a server; counted until it is dropped.
pub struct InFlight(pub Arc<Server>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::SeqCst);
    }
}

/// One service in one environment.
pub struct Site {
    /// For messages: `pricing in local`.
    pub name: String,
    /// For what the router answers itself.
    pub meter: Option<Arc<Meter>>,
    pub servers: Vec<Arc<Server>>,
    pub wait: Duration,
    pub hold: bool,
    split: Option<Split>,
}

/// A share of the requests for a part of the servers.
struct Split {
    percent: u64,
    /// Requests so far; goes on over all tables of the site.
    count: Arc<AtomicU64>,
}

impl Split {
    /// Whether the next request is the part's: evenly spread, and exactly the share of each hundred.
    fn next_is_parts(&self) -> bool {
        let number = self.count.fetch_add(1, Ordering::Relaxed) % 100;
        number * self.percent / 100 != (number + 1) * self.percent / 100
    }
}

#[derive(Default)]
pub struct Table {
    sites: HashMap<u16, Arc<Site>>,
}

/// The table of now, and those that wait for the next.
pub struct Tables {
    now: ArcSwap<Table>,
    changed: watch::Sender<u64>,
    /// Choices made so far.
    turns: AtomicU64,
}

/// What a request gets when it asks where to go.
pub enum Choice {
    Go(InFlight),
    /// Nobody can take it now; waiting may help for as long as the site says.
    Wait(Arc<Site>),
    Unknown,
}

impl Tables {
    pub fn new() -> Self {
        Tables {
            now: ArcSwap::default(),
            changed: watch::channel(0).0,
            turns: AtomicU64::new(0),
        }
    }

    /// Told at every change.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    pub fn site(&self, port: u16) -> Option<Arc<Site>> {
        self.now.load().sites.get(&port).cloned()
    }

    /// Chooses the server with the fewest requests in flight, other than those in `tried`, and counts one more on it: of the
    /// part that the request is for, where a share of them goes to a part. A healthy one of the others is better than an
    /// unhealthy one, and that is better than none.
    ///
    /// Counted first and the table looked at again: when a new table is in force, every request that went by the old one
    /// is counted, so that the supervisor never takes a server for idle that is about to get a request.
    pub fn choose(&self, port: u16, tried: &[SocketAddr]) -> Choice {
        let mut parts: Option<bool> = None;
        loop {
            let table = self.now.load();
            let Some(site) = table.sites.get(&port) else {
                return Choice::Unknown;
            };
            let free = site.servers.iter().filter(|server| !tried.contains(&server.address));
            // A request belongs to one part, however often somebody is chosen for it.
            let parts = site
                .split
                .as_ref()
                .map(|split| *parts.get_or_insert_with(|| split.next_is_parts()));
            let astray = |server: &Server| parts.is_some_and(|parts| parts != server.part.load(Ordering::Relaxed));
            // Of equally busy ones the one that has waited longest, so that little traffic is spread too.
            let best = free.min_by_key(|server| {
                (
                    server.unhealthy.load(Ordering::Relaxed),
                    astray(server),
                    server.in_flight.load(Ordering::Relaxed),
                    server.turn.load(Ordering::Relaxed),
                )
            });
            let Some(server) = best.filter(|_| !site.hold) else {
                return Choice::Wait(site.clone());
            };
            server.in_flight.fetch_add(1, Ordering::SeqCst);
            server
                .turn
                .store(self.turns.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
            let chosen = InFlight(server.clone());
            if Arc::ptr_eq(&table, &self.now.load()) {
                return Choice::Go(chosen);
            }
        }
    }

    fn replace(&self, table: Table) {
        self.now.store(Arc::new(table));
        self.changed.send_modify(|revision| *revision += 1);
    }
}

/// Every server that is or was in a table; owned by the thread that hears the supervisor.
#[derive(Default)]
pub struct Registry {
    active: HashMap<(String, SocketAddr), Arc<Server>>,
    retired: Vec<Arc<Server>>,
    /// Requests counted for a split, by site.
    counts: HashMap<(ServiceName, EnvName), Arc<AtomicU64>>,
}

impl Registry {
    /// Puts routes in force. When this returns no request starts by the old ones.
    pub fn apply(&mut self, routes: &[Route], meters: &Meters, tables: &Tables) {
        let mut before = std::mem::take(&mut self.active);
        let mut table = Table::default();
        for route in routes {
            let servers = route.backends.iter().map(|backend| {
                let name = (backend.instance.clone(), backend.address);
                let server = before.remove(&name).unwrap_or_else(|| {
                    Arc::new(Server {
                        instance: backend.instance.clone(),
                        address: backend.address,
                        meter: meters.of(&route.service, &route.env, backend.release),
                        in_flight: AtomicU32::new(0),
                        unhealthy: AtomicBool::new(false),
                        part: AtomicBool::new(false),
                        turn: AtomicU64::new(0),
                        cut: AtomicU32::new(0),
                        retired: AtomicBool::new(false),
                        leaving: Raised::default(),
                        cutting: Raised::default(),
                    })
                });
                server.unhealthy.store(backend.unhealthy, Ordering::Relaxed);
                server.part.store(backend.part, Ordering::Relaxed);
                self.active.insert(name, server.clone());
                server
            });
            let servers = servers.collect();
            let split = route.percent.map(|percent| Split {
                percent: percent.into(),
                count: self
                    .counts
                    .entry((route.service.clone(), route.env.clone()))
                    .or_default()
                    .clone(),
            });
            let site = Arc::new(Site {
                name: format!("{} in {}", route.service, route.env),
                meter: route
                    .release
                    .map(|release| meters.of(&route.service, &route.env, release)),
                servers,
                wait: Duration::from_millis(route.wait_ms),
                hold: route.hold,
                split,
            });
            for port in &route.ports {
                table.sites.insert(*port, site.clone());
            }
        }
        tables.replace(table);
        for server in before.into_values() {
            server.retired.store(true, Ordering::SeqCst);
            self.retired.push(server);
        }
        let surplus = self.retired.len().saturating_sub(RETIRED_KEPT);
        self.retired.drain(..surplus);
    }

    /// In flight and cut, by instance.
    pub fn loads(&self) -> HashMap<String, Load> {
        let mut loads: HashMap<String, Load> = HashMap::new();
        for server in self.active.values().chain(&self.retired) {
            let load = server.load();
            let sum = loads.entry(server.instance.clone()).or_default();
            sum.in_flight += load.in_flight;
            sum.cut += load.cut;
        }
        loads
    }

    pub fn cut(&self, instance: &str) {
        self.servers(instance).for_each(|server| server.cutting.raise());
    }

    pub fn leave(&self, instance: &str) {
        self.servers(instance).for_each(|server| server.leaving.raise());
    }

    fn servers(&self, instance: &str) -> impl Iterator<Item = &Arc<Server>> {
        let servers = self.active.values().chain(&self.retired);
        servers.filter(move |server| server.instance == instance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::protocol::Backend;
    use crate::model::ReleaseNo;

    fn routes(instances: &[(&str, u16)]) -> Vec<Route> {
        let backends = instances.iter().map(|(name, port)| Backend {
            instance: (*name).into(),
            address: ([127, 0, 0, 1], *port).into(),
            release: ReleaseNo(1),
            unhealthy: false,
            part: false,
        });
        vec![Route {
            service: "shop".parse().unwrap(),
            env: "local".parse().unwrap(),
            ports: vec![80],
            release: Some(ReleaseNo(1)),
            backends: backends.collect(),
            wait_ms: 0,
            hold: false,
            percent: None,
        }]
    }

    fn go(tables: &Tables) -> InFlight {
        match tables.choose(80, &[]) {
            Choice::Go(chosen) => chosen,
            _ => panic!("nobody to go to"),
        }
    }

    #[test]
    fn the_server_with_the_fewest_in_flight_is_chosen() {
        let (tables, meters, mut registry) = (Tables::new(), Meters::default(), Registry::default());
        registry.apply(&routes(&[("a", 1), ("b", 2)]), &meters, &tables);
        let held: Vec<InFlight> = (0..4).map(|_| go(&tables)).collect();
        let loads = registry.loads();
        assert_eq!((loads["a"].in_flight, loads["b"].in_flight), (2, 2));
        drop(held);
        assert_eq!(registry.loads()["a"].in_flight, 0);
    }

    #[test]
    fn an_unhealthy_server_is_better_than_none() {
        let (tables, meters, mut registry) = (Tables::new(), Meters::default(), Registry::default());
        let mut routes = routes(&[("a", 1), ("b", 2)]);
        routes[0].backends[0].unhealthy = true;
        registry.apply(&routes, &meters, &tables);
        let held: Vec<InFlight> = (0..3).map(|_| go(&tables)).collect();
        assert!(held.iter().all(|chosen| chosen.0.instance == "b"));
        let b = held[0].0.address;
        assert!(matches!(tables.choose(80, &[b]), Choice::Go(chosen) if chosen.0.instance == "a"));
        routes[0].backends[1].unhealthy = true;
        registry.apply(&routes, &meters, &tables);
        assert_eq!(go(&tables).0.instance, "a", "the one with fewer in flight");
        assert_eq!(registry.loads()["b"].in_flight, 3, "it is the same server as before");
    }

    #[test]
    fn a_part_takes_exactly_its_share_while_it_is_healthy() {
        let (tables, meters, mut registry) = (Tables::new(), Meters::default(), Registry::default());
        let mut routes = routes(&[("old", 1), ("old-2", 2), ("new", 3)]);
        routes[0].backends[2].part = true;
        for percent in [1, 17, 25, 50, 99] {
            routes[0].percent = Some(percent);
            registry.apply(&routes, &meters, &tables);
            let taken = |requests: usize| (0..requests).filter(|_| go(&tables).0.instance == "new").count();
            assert_eq!(taken(2_000), usize::from(percent) * 20, "{percent} %");
            registry.apply(&routes, &meters, &tables);
            taken(50);
        }
        routes[0].backends[2].unhealthy = true;
        registry.apply(&routes, &meters, &tables);
        assert!(
            (0..200).all(|_| go(&tables).0.instance != "new"),
            "the healthy ones take all"
        );
        routes[0].backends[2].unhealthy = false;
        routes[0].percent = None;
        registry.apply(&routes, &meters, &tables);
        let taken = (0..300).filter(|_| go(&tables).0.instance == "new").count();
        assert_eq!(taken, 100, "each as much as the others");
    }

    #[test]
    fn a_server_that_left_is_counted_until_its_last_request_ends() {
        let (tables, meters, mut registry) = (Tables::new(), Meters::default(), Registry::default());
        registry.apply(&routes(&[("a", 1)]), &meters, &tables);
        let old = go(&tables);
        registry.apply(&routes(&[("b", 2)]), &meters, &tables);
        assert!(old.0.is_retired());
        assert_eq!(go(&tables).0.instance, "b");
        assert_eq!(registry.loads()["a"].in_flight, 1);
        drop(old);
        assert_eq!(registry.loads()["a"].in_flight, 0);
    }

    /// After a switch has been applied, whoever reads zero in flight may stop the server: no request may turn up later.
    #[test]
    fn no_request_slips_to_a_server_after_the_switch() {
        let tables = Arc::new(Tables::new());
        let (meters, mut registry) = (Meters::default(), Registry::default());
        registry.apply(&routes(&[("a", 1)]), &meters, &tables);
        let stopped = Arc::new(AtomicBool::new(false));
        let finished = Arc::new(AtomicBool::new(false));
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let (tables, stopped, finished) = (tables.clone(), stopped.clone(), finished.clone());
                std::thread::spawn(move || {
                    while !finished.load(Ordering::SeqCst) {
                        let chosen = go(&tables);
                        let late = chosen.0.instance == "a" && stopped.load(Ordering::SeqCst);
                        assert!(!late, "a request went to a stopped server");
                    }
                })
            })
            .collect();
        registry.apply(&routes(&[("b", 2)]), &meters, &tables);
        while registry.loads()["a"].in_flight > 0 {
            std::thread::yield_now();
        }
        stopped.store(true, Ordering::SeqCst);
        for _ in 0..1000 {
            std::thread::yield_now();
        }
        finished.store(true, Ordering::SeqCst);
        for thread in threads {
            thread.join().unwrap();
        }
    }
}
