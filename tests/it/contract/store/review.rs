//! What a review reads, whatever engine is behind the store.

use std::time::Duration;

use deliver::model::deployment::{Gate, Operation, Verdict};
use deliver::model::{DeploymentId, Outcome};
use deliver::ports::Clock;

use super::{Bed, new_deployment};

macro_rules! on_every_engine {
    ($($claim:ident,)*) => {
        mod memory { $( #[test] fn $claim() { super::$claim(&super::super::Bed::memory()); } )* }
        mod file { $( #[test] fn $claim() { super::$claim(&super::super::Bed::file()); } )* }
    };
}

on_every_engine! {
    deployments_are_found_by_when_they_began,
    nothing_written_is_nothing_read,
}

fn deployments_are_found_by_when_they_began(bed: &Bed) {
    let from = bed.clock.now();
    let gate = |reason: &str| Gate {
        id: "budget".into(),
        verdict: Verdict::Warn,
        reason: reason.into(),
        source: "store".into(),
        hint: None,
    };
    for (operation, reason) in [
        (Operation::Deploy, "spent"),
        (Operation::Rollback, "spent; overridden: the sale"),
    ] {
        let mut new = new_deployment(operation, Some(1));
        new.gates = vec![gate(reason)];
        let id = bed.store.create_deployment(&new).unwrap().id;
        bed.clock.pass(Duration::from_secs(30));
        bed.store.finish(id, Outcome::Succeeded, None, 0, &[]).unwrap();
        bed.clock.pass(Duration::from_secs(30));
    }
    let to = bed.clock.now();
    bed.store
        .create_deployment(&new_deployment(Operation::Down, None))
        .unwrap();

    let found = bed.store.attempts_between(from, to).unwrap();
    let told: Vec<_> = found
        .iter()
        .map(|it| (it.id, it.operation, it.outcome, it.overridden))
        .collect();
    assert_eq!(
        told,
        [
            (DeploymentId(1), Operation::Deploy, Outcome::Succeeded, false),
            (DeploymentId(2), Operation::Rollback, Outcome::Succeeded, true),
        ]
    );
    assert_eq!(found[0].started_at, from);
    assert_eq!(
        found[0].finished_at.map(|at| at.duration_since(from).as_secs()),
        Some(30)
    );
    let unfinished = bed
        .store
        .attempts_between(to, bed.clock.now() + jiff::SignedDuration::from_secs(1))
        .unwrap();
    assert_eq!(
        (unfinished.len(), unfinished[0].outcome, unfinished[0].finished_at),
        (1, Outcome::Running, None)
    );
}

fn nothing_written_is_nothing_read(bed: &Bed) {
    let (from, to) = (jiff::Timestamp::UNIX_EPOCH, bed.clock.now());
    assert_eq!(bed.store.attempts_between(from, to).unwrap(), []);
    assert_eq!(bed.store.incidents_during(from, to).unwrap(), []);
    assert_eq!(bed.store.actions_during(from, to).unwrap(), []);
    assert_eq!(bed.store.readiness_between(from, to).unwrap(), []);
    assert_eq!(bed.store.checked_services(to).unwrap(), [""; 0]);
}
