//! What a review reads, whatever engine is behind the store.

use std::time::Duration;

use deliver::model::deployment::{Gate, Operation, Verdict};
use deliver::model::incident::{ActionKind, Incident, Severity, Status};
use deliver::model::{DeploymentId, Outcome};
use deliver::ports::Clock;
use deliver::store::incident::{NewAction, NewIncident};
use serde_json::json;

use super::{Bed, new_deployment, pricing};

macro_rules! on_every_engine {
    ($($claim:ident,)*) => {
        mod memory { $( #[test] fn $claim() { super::$claim(&super::super::Bed::memory()); } )* }
        mod file { $( #[test] fn $claim() { super::$claim(&super::super::Bed::file()); } )* }
        mod postgres {
            $( #[test] fn $claim() { if let Some(bed) = super::super::Bed::postgres() { super::$claim(&bed); } } )*
        }
        mod pooled {
            $( #[test] fn $claim() { if let Some(bed) = super::super::Bed::pooled() { super::$claim(&bed); } } )*
        }
    };
}

on_every_engine! {
    deployments_are_found_by_when_they_began,
    incidents_are_found_while_they_hurt,
    actions_are_found_until_they_are_done,
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

fn open_incident(bed: &Bed, title: &str) -> Incident {
    let new = NewIncident {
        title: title.into(),
        service: Some(pricing()),
        env: None,
        severity: Severity::Sev2,
        impact_start: None,
        detected: None,
        on_call: Vec::new(),
        suspects: Vec::new(),
        detail: json!(null),
    };
    bed.store.open_incident(&new).unwrap()
}

const HOUR: Duration = Duration::from_secs(3600);

fn incidents_are_found_while_they_hurt(bed: &Bed) {
    let store = &bed.store;
    let short = open_incident(bed, "short");
    bed.clock.pass(HOUR);
    let mut over = short.clone();
    (over.status, over.times.impact_end) = (Status::Closed, Some(bed.clock.now()));
    over.times.closed = Some(bed.clock.now() + jiff::SignedDuration::from_hours(24));
    store
        .change_incident(&short, &over, &[])
        .unwrap()
        .expect("nobody else changed it");
    open_incident(bed, "long");
    bed.clock.pass(HOUR);
    let from = bed.clock.now();
    open_incident(bed, "within");
    bed.clock.pass(HOUR);
    let to = bed.clock.now();
    open_incident(bed, "after");

    let titles = |from, to| -> Vec<String> {
        let found = store.incidents_during(from, to).unwrap();
        found.into_iter().map(|it| it.title).collect()
    };
    assert_eq!(titles(from, to), ["long", "within"]);
    let earlier = from - jiff::SignedDuration::from_secs(3600);
    assert_eq!(titles(earlier, from), ["short", "long"]);
    let found = store.incidents_during(earlier, from).unwrap();
    assert_eq!((found[0].severity, found[0].status), (Severity::Sev2, Status::Closed));
    assert_eq!(
        (found[0].impact_end, found[0].closed),
        (over.times.impact_end, over.times.closed)
    );
    assert_eq!(found[0].service.as_deref(), Some("pricing"));
}

fn actions_are_found_until_they_are_done(bed: &Bed) {
    let store = &bed.store;
    let id = open_incident(bed, "slow").id;
    let from = bed.clock.now();
    let add = |text: &str, due: Option<i64>| {
        let new = NewAction {
            text: text.into(),
            kind: ActionKind::Prevent,
            owner: Some("bo".into()),
            due: due.map(|hours| from + jiff::SignedDuration::from_hours(hours)),
        };
        store.add_incident_action(id, &new).unwrap().id
    };
    let (some_day, done) = (add("some day", None), add("done", Some(9)));
    add("soon", Some(3));
    bed.clock.pass(HOUR);
    store.finish_incident_action(done).unwrap();
    let middle = bed.clock.now() + jiff::SignedDuration::from_secs(1);
    bed.clock.pass(HOUR);

    let texts = |from, to| -> Vec<String> {
        let found = store.actions_during(from, to).unwrap();
        found.into_iter().map(|it| it.text).collect()
    };
    let to = bed.clock.now();
    assert_eq!(texts(from, to), ["soon", "done", "some day"]);
    assert_eq!(texts(middle, to), ["soon", "some day"]);
    assert_eq!(texts(jiff::Timestamp::UNIX_EPOCH, from), [""; 0]);
    let last = store.actions_during(from, to).unwrap().pop().unwrap();
    assert_eq!(
        (last.id, last.service.as_deref(), last.owner.as_deref()),
        (some_day, Some("pricing"), Some("bo"))
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
