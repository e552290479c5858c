//! What a store owes to incidents, whatever engine is behind it.

use deliver::fault::Kind;
use deliver::model::incident::{
    ActionId, ActionKind, Confidence, EntryKind, Holder, IncidentId, Role, Severity, Status, Suspect,
};
use deliver::model::oncall::OnCall;
use deliver::model::{DeploymentId, Outcome, ReleaseNo};
use deliver::ports::Clock;
use deliver::ports::target::Secret;
use deliver::store::Store;
use deliver::store::incident::{NewAction, NewEntry, NewIncident, Wanted, WantedActions};
use deliver::store::journal::{Filter, Verified};
use jiff::SignedDuration;
use serde_json::json;

use super::{Bed, pricing, production, refusal};

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
    an_incident_is_read_back_as_it_was_written,
    a_change_of_an_older_version_writes_nothing,
    entries_keep_when_it_happened_and_when_it_was_written,
    live_incidents_come_by_severity_and_age_and_all_by_number,
    actions_are_due_and_done_once,
    the_journal_tells_of_everything_and_of_no_secret,
    deployments_are_found_by_when_they_began,
}

fn new(severity: Severity) -> NewIncident {
    NewIncident {
        title: "checkout answers 500".into(),
        service: Some(pricing()),
        env: Some(production()),
        severity,
        impact_start: Some("2026-03-04T05:00:00Z".parse().unwrap()),
        detected: None,
        on_call: vec![OnCall {
            team: "checkout".into(),
            rota: "main".into(),
            role: "primary".into(),
            person: "ana".into(),
            start: "2026-03-02T09:00:00Z".parse().unwrap(),
            end: "2026-03-09T09:00:00Z".parse().unwrap(),
            reasons: vec!["layer 1".into()],
        }],
        suspects: vec![Suspect {
            deployment: DeploymentId(12),
            release: Some(ReleaseNo(3)),
            service: pricing(),
            env: production(),
            confidence: Confidence::Medium,
            score: 0.49,
            reasons: vec!["it was near".into()],
            outcome: Outcome::Succeeded,
            actor: "bo".into(),
            started_at: "2026-03-04T04:58:00Z".parse().unwrap(),
        }],
        detail: json!({"severity": severity}),
    }
}

fn note(text: &str) -> NewEntry {
    NewEntry {
        kind: EntryKind::Note,
        at: None,
        text: text.into(),
        detail: json!(null),
    }
}

fn wanted(live: bool) -> Wanted {
    Wanted {
        live,
        service: None,
        since: None,
        limit: 100,
    }
}

fn ids(store: &Store, wanted: &Wanted) -> Vec<u64> {
    let found = store.incidents(wanted).unwrap();
    found.into_iter().map(|incident| incident.id.0).collect()
}

fn an_incident_is_read_back_as_it_was_written(bed: &Bed) {
    let store = &bed.store;
    let opened = store.open_incident(&new(Severity::Sev2)).unwrap();
    assert_eq!(
        (opened.id, opened.status, opened.version),
        (IncidentId(1), Status::Open, 1)
    );
    assert_eq!(opened.times.detected, Some(bed.clock.now()));
    assert_eq!((opened.on_call.len(), opened.suspects[0].score), (1, 0.49));
    assert_eq!(store.incident(opened.id).unwrap(), opened);
    assert_eq!(store.newest_live_incident().unwrap(), Some(opened.clone()));
    let timeline = store.incident_timeline(opened.id).unwrap();
    assert_eq!(
        (timeline.len(), timeline[0].kind, timeline[0].actor.as_str()),
        (1, EntryKind::Opened, "alice@laptop")
    );
    assert_eq!(
        refusal(store.incident(IncidentId(9))),
        (Kind::Usage, "unknown-incident")
    );
    assert_eq!(
        refusal(store.add_incident_entries(IncidentId(9), &[note("x")])),
        (Kind::Usage, "unknown-incident")
    );
}

fn a_change_of_an_older_version_writes_nothing(bed: &Bed) {
    let store = &bed.store;
    let before = store.open_incident(&new(Severity::Sev2)).unwrap();
    let mut after = before.clone();
    after.roles = vec![Holder {
        role: Role::Commander,
        person: "alice".into(),
        since: bed.clock.now(),
    }];
    after.cause = Some(DeploymentId(12));
    let changed = store
        .change_incident(&before, &after, &[note("first")])
        .unwrap()
        .unwrap();
    assert_eq!((changed.version, &changed.roles), (2, &after.roles));
    assert_eq!(store.incident(before.id).unwrap(), changed);
    after.severity = Severity::Sev1;
    assert_eq!(store.change_incident(&before, &after, &[note("late")]).unwrap(), None);
    assert_eq!(store.incident(before.id).unwrap(), changed);
    assert_eq!(store.incident_timeline(before.id).unwrap().len(), 2);
    // A note is no change: whoever looked before it may still change.
    store.add_incident_entries(before.id, &[note("beside")]).unwrap();
    assert!(
        store
            .change_incident(&changed, &after, &[note("second")])
            .unwrap()
            .is_some()
    );
}

fn entries_keep_when_it_happened_and_when_it_was_written(bed: &Bed) {
    let store = &bed.store;
    let id = store.open_incident(&new(Severity::Sev2)).unwrap().id;
    bed.clock.jump(SignedDuration::from_mins(10));
    let late = NewEntry {
        at: Some("2026-03-04T05:01:00Z".parse().unwrap()),
        ..note("line one\nline two")
    };
    store.add_incident_entries(id, &[late, note("now")]).unwrap();
    let timeline = store.incident_timeline(id).unwrap();
    let texts: Vec<(u32, String, &str)> = timeline
        .iter()
        .map(|entry| (entry.seq, entry.at.to_string(), entry.text.as_str()))
        .collect();
    assert_eq!(
        texts,
        [
            (1, "2026-03-04T05:06:07Z".into(), "checkout answers 500"),
            (2, "2026-03-04T05:01:00Z".into(), "line one\nline two"),
            (3, "2026-03-04T05:16:07Z".into(), "now"),
        ]
    );
    assert_eq!(timeline[1].recorded_at.to_string(), "2026-03-04T05:16:07Z");
}

fn live_incidents_come_by_severity_and_age_and_all_by_number(bed: &Bed) {
    let store = &bed.store;
    for severity in [Severity::Sev3, Severity::Sev1, Severity::Sev3, Severity::Sev2] {
        store.open_incident(&new(severity)).unwrap();
        bed.clock.jump(SignedDuration::from_mins(1));
    }
    let second = store.incident(IncidentId(2)).unwrap();
    assert_eq!(ids(store, &wanted(true)), [2, 4, 1, 3]);
    let mut resolved = second.clone();
    resolved.status = Status::Resolved;
    store.change_incident(&second, &resolved, &[note("over")]).unwrap();
    assert_eq!(ids(store, &wanted(true)), [4, 1, 3]);
    assert_eq!(ids(store, &wanted(false)), [4, 3, 2, 1]);
    assert_eq!(store.newest_live_incident().unwrap().unwrap().id, IncidentId(4));
    let of = |service: &str, since: &str| Wanted {
        service: Some(service.parse().unwrap()),
        since: Some(since.parse().unwrap()),
        ..wanted(false)
    };
    assert_eq!(ids(store, &of("pricing", "2026-03-04T05:08:07Z")), [4, 3]);
    assert_eq!(ids(store, &of("catalog", "2026-03-04T05:00:00Z")), [0; 0]);
    assert_eq!(
        ids(
            store,
            &Wanted {
                limit: 1,
                ..wanted(true)
            }
        ),
        [4]
    );
}

fn actions_are_due_and_done_once(bed: &Bed) {
    let store = &bed.store;
    let id = store.open_incident(&new(Severity::Sev2)).unwrap().id;
    let action = |due: Option<&str>| NewAction {
        text: "alert on queue age".into(),
        kind: ActionKind::Detect,
        owner: Some("bo".into()),
        due: due.map(|due| due.parse().unwrap()),
    };
    let first = store.add_incident_action(id, &action(None)).unwrap();
    assert_eq!(first.id.to_string(), "INC-1.1");
    for due in ["2026-03-20T00:00:00Z", "2026-03-10T00:00:00Z"] {
        store.add_incident_action(id, &action(Some(due))).unwrap();
    }
    let seqs = |done, due_before: Option<&str>| -> Vec<u32> {
        let wanted = WantedActions {
            incident: Some(id),
            done,
            due_before: due_before.map(|at| at.parse().unwrap()),
            limit: 10,
        };
        let found = store.incident_actions(&wanted).unwrap();
        found.into_iter().map(|action| action.id.seq).collect()
    };
    assert_eq!(seqs(false, None), [3, 2, 1]);
    assert_eq!(seqs(false, Some("2026-03-12T00:00:00Z")), [3]);
    let third = ActionId { incident: id, seq: 3 };
    let done = store.finish_incident_action(third).unwrap();
    assert_eq!(done.done_by.as_deref(), Some("alice@laptop"));
    bed.clock.jump(SignedDuration::from_mins(1));
    assert_eq!(store.finish_incident_action(third).unwrap(), done);
    assert_eq!((seqs(false, None), seqs(true, None)), (vec![2, 1], vec![2, 1, 3]));
    assert_eq!(store.incident_timeline(id).unwrap().len(), 5);
    let none = ActionId { incident: id, seq: 9 };
    assert_eq!(
        refusal(store.finish_incident_action(none)),
        (Kind::Usage, "unknown-action")
    );
}

fn the_journal_tells_of_everything_and_of_no_secret(bed: &Bed) {
    let store = &bed.store;
    store.conceal("TOKEN", &Secret::new("hunter2-hunter2".into()));
    let secret = NewIncident {
        title: "token=hunter2-hunter2".into(),
        ..new(Severity::Sev2)
    };
    let opened = store.open_incident(&secret).unwrap();
    store
        .add_incident_entries(opened.id, &[note("token=hunter2-hunter2")])
        .unwrap();
    let mut after = opened.clone();
    after.status = Status::Mitigated;
    store
        .change_incident(&opened, &after, &[note("hunter2-hunter2")])
        .unwrap();
    let unknown = NewIncident {
        service: None,
        ..new(Severity::Sev5)
    };
    store.open_incident(&unknown).unwrap();
    let records = store.audit(&Filter::default()).unwrap();
    let told: Vec<(&str, &str)> = records
        .iter()
        .rev()
        .map(|record| (record.action.as_str(), record.subject.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("incident.open", "pricing/INC-1"),
            ("incident.entry", "pricing/INC-1"),
            ("incident.change", "pricing/INC-1"),
            ("incident.open", "INC-2"),
        ]
    );
    let written = format!(
        "{records:?} {:?} {:?}",
        store.incident(opened.id).unwrap(),
        store.incident_timeline(opened.id).unwrap()
    );
    assert!(!written.contains("hunter2"), "{written}");
    assert!(matches!(
        store.verify_audit().unwrap(),
        Verified::Whole { records: 4, .. }
    ));
}

fn deployments_are_found_by_when_they_began(bed: &Bed) {
    use super::new_deployment;
    use deliver::model::deployment::Operation;
    let store = &bed.store;
    for _ in 0..3 {
        store
            .create_deployment(&new_deployment(Operation::Deploy, None))
            .unwrap();
        bed.clock.jump(SignedDuration::from_mins(10));
    }
    let between = |service: Option<&str>, from: &str, to: &str| -> Vec<u64> {
        let service = service.map(|name| name.parse().unwrap());
        let window = (from.parse().unwrap(), to.parse().unwrap());
        let found = store
            .deployments_between(service.as_ref(), Some(&production()), window, 10)
            .unwrap();
        found.into_iter().map(|deployment| deployment.id.0).collect()
    };
    assert_eq!(between(None, "2026-03-04T05:06:07Z", "2026-03-04T05:16:07Z"), [2, 1]);
    assert_eq!(
        between(Some("pricing"), "2026-03-04T05:07:00Z", "2026-03-04T06:00:00Z"),
        [3, 2]
    );
    assert_eq!(
        between(Some("catalog"), "2026-03-04T05:00:00Z", "2026-03-04T06:00:00Z"),
        [0; 0]
    );
    assert_eq!(between(None, "2026-03-04T04:00:00Z", "2026-03-04T05:00:00Z"), [0; 0]);
}
