//! A store that takes no writes any more in the middle of a deployment, and a switch of which nobody knows how far it came.

#![allow(clippy::unwrap_used, reason = "a failure to set the stage is a failed test")]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use deliver::adapters::memory::{Behaviour, MemoryTarget};
use deliver::deploy::engine::{Deployer, Report};
use deliver::fault::{Fault, Kind, Result};
use deliver::model::deployment::Outcome;
use deliver::model::strategy::{Strategy, StrategyKind};
use deliver::model::{EnvName, ReleaseNo, ServiceName, Span};
use deliver::ports::target::{
    Authority, Capabilities, LogLine, LogQuery, Placed, Prepared, Shift, Stop, Stopped, Target, Wanted,
};
use deliver::store::engine::{Engine, Row, Tx, Value};
use deliver::store::sqlite::Sqlite;
use deliver::store::{Options, Store};

use super::bench::{Bench, Tampered, in_full, observe, outcome, serving, subject};

/// A store on a disk that may be full.
struct Filling(Sqlite, Arc<AtomicBool>);

impl Engine for Filling {
    fn write(&self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        self.0.write(&mut |tx| match self.1.load(Ordering::SeqCst) {
            true => work(&mut Full { tx, lease: false }),
            false => work(tx),
        })
    }
    fn beat(&self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        self.0.beat(work)
    }
    fn read(&self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        self.0.read(work)
    }
    fn is_local(&self) -> bool {
        self.0.is_local()
    }
    fn backup(&self, label: &str) -> Result<Option<PathBuf>> {
        self.0.backup(label)
    }
}

/// A transaction that finds no room for anything but giving a lease back, which a process that ends loses anyway.
struct Full<'a> {
    tx: &'a mut dyn Tx,
    lease: bool,
}

impl Tx for Full<'_> {
    fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        self.lease |= sql.starts_with("UPDATE lease");
        match self.lease {
            true => self.tx.execute(sql, params),
            false => Err(Fault::failed("disk-full", "cannot write the store: the disk is full").hint("df -h")),
        }
    }
    fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
        self.tx.query(sql, params)
    }
    fn batch(&mut self, sql: &str) -> Result<()> {
        self.tx.batch(sql)
    }
    fn has_table(&mut self, name: &str) -> Result<bool> {
        self.tx.has_table(name)
    }
}

/// Deploys v2 over v1 with a disk that fills up when `act` is done for the n-th time, and hands over what came of it.
fn fills_up(in_place: bool, act: &str, nth: usize, check: impl FnOnce(&Bench, &dyn Target, Result<Report>)) {
    let full = Arc::new(AtomicBool::new(false));
    let engine = Filling(Sqlite::in_memory().unwrap(), full.clone());
    let bench = Bench::over(|clock| {
        let options = Options {
            actor: "ada".into(),
            ..Options::default()
        };
        Store::with(Box::new(engine), clock, options).unwrap()
    });
    let seen = AtomicUsize::new(0);
    let say = |done: &str, authority: Option<&Authority>| {
        if done == act && authority.is_some_and(|by| by.deployment.0 == 2) {
            let count = seen.fetch_add(1, Ordering::SeqCst) + 1;
            full.store(count == nth, Ordering::SeqCst);
        }
        Ok(())
    };
    let memory = match in_place {
        true => MemoryTarget::in_place(&*bench.clock),
        false => MemoryTarget::new(&*bench.clock),
    };
    let target = Tampered { memory, say };
    bench.deploy(&target, "one");
    bench.write("two");
    let mut request = bench.request();
    request.subject.protected = true;
    request.strategy = Strategy {
        bake: Span::ZERO,
        kind: match in_place {
            true => StrategyKind::Rolling,
            false => StrategyKind::BlueGreen,
        },
        ..Strategy::default()
    };
    let deployer = Deployer {
        metrics: None,
        ..bench.deployer(&target)
    };
    let ended = deployer.deploy(&request);
    full.store(false, Ordering::SeqCst);
    check(&bench, &target, ended);
}

#[test]
fn a_store_that_fills_up_once_new_instances_serve_is_a_persons_matter() {
    // All of the traffic; the end alone; the first of two in place; all of them; the end.
    for (in_place, act, nth) in [
        (false, "shift", 1),
        (false, "stop", 1),
        (true, "replace", 1),
        (true, "replace", 2),
        (true, "finish", 1),
    ] {
        fills_up(in_place, act, nth, |bench, target, ended| {
            let why = format!("{act} {nth}");
            let fault = ended.err().unwrap();
            assert_eq!(fault.kind(), Kind::NeedsHuman, "{why}: {fault:?}");
            let hints = fault.hints();
            for hint in ["df -h", "deliver resume local"] {
                assert!(hints.iter().any(|one| one == hint), "{why}: {hints:?}");
            }
            let told = format!("{fault} {:?}", fault.causes());
            assert!(told.contains("the disk is full"), "{why}: {told}");
            let new = observe(target).instances.into_iter();
            let new = new.filter(|one| one.release == ReleaseNo(2) && one.routed);
            assert!(new.count() > 0, "{why}: nothing that serves was stopped");
            // With room again, the next command ends it in full.
            let ended = bench.deployer(target).resume(&subject()).unwrap();
            let number = match ended[0].deployment.outcome {
                Outcome::Succeeded => 2,
                Outcome::RolledBack => 1,
                other => panic!("{why}: {other:?}"),
            };
            assert_eq!(serving(target), in_full(number), "{why}");
        });
    }
}

#[test]
fn a_store_that_fills_up_before_anything_new_serves_is_a_failure() {
    for act in ["prepare", "start"] {
        fills_up(false, act, 1, |bench, target, ended| {
            let fault = ended.err().unwrap();
            assert_eq!((fault.kind(), fault.code()), (Kind::Failed, "disk-full"), "{act}");
            assert!(fault.hints().iter().any(|hint| hint == "deliver resume local"));
            assert_eq!(observe(target).current, Some(ReleaseNo(1)));
            let ended = bench.deployer(target).resume(&subject()).unwrap();
            assert_eq!(ended[0].deployment.outcome, Outcome::Interrupted, "{act}");
            assert_eq!(serving(target), in_full(1), "{act}");
        });
    }
}

/// An engine whose switch to v2 fails after it moved a part of the traffic.
struct Halting<'a>(MemoryTarget<'a>);

impl Target for Halting<'_> {
    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }
    fn observe(&self, service: &ServiceName, env: &EnvName) -> Result<deliver::model::observed::Observation> {
        self.0.observe(service, env)
    }
    fn observe_all(&self) -> Result<Vec<deliver::model::observed::Observation>> {
        self.0.observe_all()
    }
    fn prepare(&self, authority: &Authority, prepared: &Prepared) -> Result<Placed> {
        self.0.prepare(authority, prepared)
    }
    fn start(&self, authority: &Authority, prepared: &Prepared, wanted: &[Wanted]) -> Result<()> {
        self.0.start(authority, prepared, wanted)
    }
    fn shift(&self, authority: &Authority, shift: &Shift) -> Result<()> {
        if shift.release != ReleaseNo(2) {
            return self.0.shift(authority, shift);
        }
        let part = Shift::to(ReleaseNo(2), shift.instances[..1].to_vec());
        self.0.shift(authority, &part)?;
        Err(Fault::failed("proxy", "the second proxy answered 500"))
    }
    fn stop(&self, authority: &Authority, stop: &Stop) -> Result<Vec<Stopped>> {
        self.0.stop(authority, stop)
    }
    fn remove(&self, authority: &Authority) -> Result<()> {
        self.0.remove(authority)
    }
    fn logs(
        &self,
        service: &ServiceName,
        env: &EnvName,
        query: &LogQuery,
        follow: bool,
        line: &mut dyn FnMut(LogLine) -> bool,
    ) -> Result<()> {
        self.0.logs(service, env, query, follow, line)
    }
}

#[test]
fn a_switch_that_fails_half_way_is_gone_back_from_before_what_serves_is_stopped() {
    for broken in [false, true] {
        let bench = Bench::new();
        let target = Halting(MemoryTarget::new(&*bench.clock));
        bench.deploy(&target, "one");
        if broken {
            // What served before is gone, and does not come back.
            target.0.change(
                ReleaseNo(1),
                Behaviour::ExitsAfter(std::time::Duration::ZERO, "status 1".into()),
            );
        }
        let report = bench.deploy(&target, "two");
        match broken {
            false => {
                assert_eq!(
                    outcome(&report),
                    (Outcome::RolledBack, Some((Kind::RolledBack, "proxy")))
                );
                assert_eq!(serving(&target), in_full(1));
            }
            true => {
                assert_eq!(
                    outcome(&report),
                    (Outcome::NeedsHuman, Some((Kind::NeedsHuman, "proxy")))
                );
                let routed = observe(&target).instances.into_iter().filter(|one| one.routed);
                assert!(routed.count() > 0, "what serves still does");
            }
        }
    }
}
