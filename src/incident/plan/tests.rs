use std::sync::Arc;

use jiff::SignedDuration;

use super::*;
use crate::model::incident::Times;
use crate::ports::Clock;
use crate::store::incident::NewIncident;

fn at(minutes: i64) -> Timestamp {
    let base: Timestamp = "2026-03-04T14:00:00Z".parse().expect("a time");
    base + SignedDuration::from_mins(minutes)
}

fn incident() -> Incident {
    Incident {
        id: IncidentId(7),
        title: "checkout answers 500".into(),
        service: Some("checkout".parse().expect("a name")),
        env: Some("production".parse().expect("a name")),
        severity: Severity::Sev2,
        status: Status::Open,
        times: Times {
            detected: Some(at(0)),
            ..Times::default()
        },
        opened_at: at(0),
        opened_by: "alice".into(),
        version: 1,
        roles: vec![],
        cause: None,
        fixed_by: None,
        on_call: vec![],
        suspects: vec![],
    }
}

/// The incident after a decision, and the texts of its entries.
fn changed(decision: Decision) -> (Incident, Vec<String>) {
    match decision {
        Decision::Change(after, entries) => (*after, entries.into_iter().map(|entry| entry.text).collect()),
        other => panic!("no change: {other:?}"),
    }
}

fn code<T: std::fmt::Debug>(result: Result<T>) -> (Kind, &'static str) {
    let fault = result.expect_err("a refusal");
    assert!(!fault.hints().is_empty(), "{fault:?}");
    (fault.kind(), fault.code())
}

#[test]
fn a_status_brings_its_time_and_going_back_takes_it_away() {
    let wish = |status| Wish {
        status: Some(status),
        ..Wish::default()
    };
    let (mitigated, told) = changed(update(&incident(), &wish(Status::Mitigated), at(5)).expect("a way"));
    assert_eq!(
        (mitigated.times.mitigated, &told[..]),
        (Some(at(5)), &["mitigated".to_owned()][..])
    );
    let (open, _) = changed(update(&mitigated, &wish(Status::Open), at(6)).expect("a way"));
    assert_eq!((open.status, open.times.mitigated), (Status::Open, None));
    let fix = Wish {
        text: Some("v12 is back".into()),
        times: vec![(Moment::ImpactEnd, at(9))],
        ..Wish::default()
    };
    let (resolved, told) = changed(resolve(&mitigated, &fix, at(10)).expect("a way"));
    assert_eq!(resolved.times.impact_end, Some(at(9)));
    assert_eq!(told, ["resolved: v12 is back"]);
    let (again, told) = changed(reopen(&resolved, &fix, at(20)).expect("a way"));
    assert_eq!((again.status, again.times.impact_end), (Status::Open, None));
    assert_eq!(told, ["reopened: v12 is back"]);
}

#[test]
fn a_way_that_is_none_is_refused_with_the_one_there_is() {
    let mut closed = incident();
    closed.status = Status::Closed;
    let mut resolved = incident();
    resolved.status = Status::Resolved;
    let to = |status| Wish {
        status: Some(status),
        ..Wish::default()
    };
    assert_eq!(
        code(reopen(&closed, &Wish::default(), at(1))),
        (Kind::Negative, "no-such-way")
    );
    assert_eq!(
        code(resolve(&closed, &Wish::default(), at(1))),
        (Kind::Negative, "no-such-way")
    );
    assert_eq!(
        code(update(&resolved, &to(Status::Open), at(1))),
        (Kind::Usage, "reopen-needed")
    );
    assert_eq!(
        code(update(&resolved, &to(Status::Mitigated), at(1))),
        (Kind::Negative, "no-such-way")
    );
    assert_eq!(
        code(close(&incident(), &[], &Wish::default(), at(1))),
        (Kind::Negative, "no-such-way")
    );
    assert!(matches!(
        reopen(&incident(), &Wish::default(), at(1)),
        Ok(Decision::Nothing(_))
    ));
    assert!(matches!(
        resolve(&resolved, &Wish::default(), at(1)),
        Ok(Decision::Nothing(_))
    ));
}

#[test]
fn a_major_incident_is_closed_after_its_postmortem_or_with_a_reason() {
    let mut resolved = incident();
    resolved.status = Status::Resolved;
    assert_eq!(
        code(close(&resolved, &[], &Wish::default(), at(1))),
        (Kind::Negative, "postmortem-missing")
    );
    let reason = Wish {
        reason: Some("same as INC-5".into()),
        ..Wish::default()
    };
    let (closed, _) = changed(close(&resolved, &[], &reason, at(1)).expect("a reason"));
    assert_eq!((closed.status, closed.times.closed), (Status::Closed, Some(at(1))));
    let written = entry(EntryKind::Postmortem, at(0), "");
    assert!(close(&resolved, &[written], &Wish::default(), at(1)).is_ok());
    resolved.severity = Severity::Sev3;
    assert!(close(&resolved, &[], &Wish::default(), at(1)).is_ok());
}

fn entry(kind: EntryKind, at: Timestamp, text: &str) -> Entry {
    Entry {
        seq: 1,
        at,
        recorded_at: at,
        kind,
        actor: "bo".into(),
        text: text.into(),
        detail: serde_json::Value::Null,
    }
}

#[test]
fn to_make_it_worse_needs_no_reason_and_to_make_it_better_does() {
    let to = |severity, reason: Option<&str>| Wish {
        severity: Some(severity),
        reason: reason.map(str::to_owned),
        ..Wish::default()
    };
    let (worse, told) = changed(update(&incident(), &to(Severity::Sev1, None), at(1)).expect("a way"));
    assert_eq!(
        (worse.severity, &told[..]),
        (Severity::Sev1, &["sev2 made sev1".to_owned()][..])
    );
    assert_eq!(
        code(update(&incident(), &to(Severity::Sev4, None), at(1))),
        (Kind::Usage, "reason-needed")
    );
    let (_, told) = changed(update(&incident(), &to(Severity::Sev4, Some("one customer")), at(1)).expect("a way"));
    assert_eq!(told, ["sev2 made sev4: one customer"]);
}

#[test]
fn a_correction_keeps_what_was_said_before() {
    let wish = Wish {
        times: vec![(Moment::Detected, at(-5)), (Moment::ImpactStart, at(-10))],
        ..Wish::default()
    };
    let (after, told) = changed(update(&incident(), &wish, at(1)).expect("a way"));
    assert_eq!(
        (after.times.detected, after.times.impact_start),
        (Some(at(-5)), Some(at(-10)))
    );
    assert_eq!(
        told,
        [
            "detected corrected from 2026-03-04 14:00:00Z to 2026-03-04 13:55:00Z",
            "impact start set to 2026-03-04 13:50:00Z"
        ]
    );
    assert!(matches!(update(&after, &wish, at(1)), Ok(Decision::Nothing(_))));
}

#[test]
fn each_role_has_one_person() {
    let take = |from: Option<&str>| RoleAct::Take {
        from: from.map(str::to_owned),
    };
    let by = |before: &Incident, act: &RoleAct, who: &str| role(before, Role::Commander, act, who, at(3));
    let (with_alice, told) = changed(by(&incident(), &take(None), "alice").expect("free"));
    assert_eq!(told, ["took the role of commander"]);
    assert!(matches!(
        by(&with_alice, &take(None), "alice"),
        Ok(Decision::Nothing(_))
    ));
    let refused = by(&with_alice, &take(None), "bo").expect_err("alice has it");
    assert_eq!(
        refused.message(),
        "cannot take commander of INC-7: alice has had it for 0 s"
    );
    assert_eq!(
        refused.hints(),
        ["deliver incident role take commander INC-7 --from alice   (once alice knows)"]
    );
    assert_eq!(
        code(by(&with_alice, &take(Some("cy")), "bo")),
        (Kind::Busy, "role-held")
    );
    let (with_bo, told) = changed(by(&with_alice, &take(Some("alice")), "bo").expect("alice knows"));
    assert_eq!(
        (with_bo.roles.len(), &told[..]),
        (1, &["took the role of commander over from alice".to_owned()][..])
    );
    let hand = RoleAct::Hand {
        to: "cy the second".into(),
        from: None,
    };
    let refused = by(&with_bo, &hand, "alice").expect_err("bo has it");
    assert!(
        refused.hints()[0].contains("hand commander 'cy the second' INC-7 --from bo"),
        "{refused:?}"
    );
    let (with_cy, _) = changed(by(&with_bo, &hand, "bo").expect("bo has it"));
    assert_eq!(
        with_cy.holder(Role::Commander).map(|it| it.person.as_str()),
        Some("cy the second")
    );
    let drop = RoleAct::Drop { from: None };
    assert_eq!(code(by(&with_cy, &drop, "bo")), (Kind::Busy, "role-held"));
    let (free, _) = changed(by(&with_cy, &drop, "cy the second").expect("cy has it"));
    assert_eq!(free.roles, []);
    assert!(matches!(by(&free, &drop, "cy the second"), Ok(Decision::Nothing(_))));
}

#[test]
fn the_first_acknowledgement_counts() {
    let (after, _) = changed(acknowledge(&incident(), &[], at(2)));
    assert_eq!(after.times.acknowledged, Some(at(2)));
    let timeline = [entry(EntryKind::Acknowledged, at(2), "acknowledged")];
    assert_eq!(
        acknowledge(&after, &timeline, at(3)),
        Decision::Nothing("INC-7 was acknowledged by bo at 2026-03-04 14:02:00Z".into())
    );
}

#[test]
fn what_to_do_next_fits_where_it_stands() {
    let commands = |incident: &Incident, way: Option<&str>| -> Vec<String> {
        let moves = next_moves(incident, way.map(str::to_owned), None);
        moves.into_iter().map(|(command, _)| command).collect()
    };
    assert_eq!(
        commands(&incident(), Some("deliver rollback production")),
        [
            "deliver incident ack INC-7",
            "deliver rollback production",
            "deliver incident role take commander INC-7"
        ]
    );
    let mut resolved = incident();
    resolved.status = Status::Resolved;
    assert_eq!(
        commands(&resolved, None)[0],
        "deliver incident postmortem INC-7 --write"
    );
    let mut unknown = incident();
    (unknown.service, unknown.severity) = (None, Severity::Sev4);
    assert_eq!(
        commands(&unknown, None)[1..],
        [
            "deliver incident update INC-7 --service NAME",
            "deliver incident update INC-7 \"what we know\""
        ]
    );
}

/// Time stands still.
struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        at(0)
    }

    fn elapsed(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }

    fn sleep(&self, _: std::time::Duration) {}
}

fn store_with_one() -> Store {
    let store = Store::in_memory(Arc::new(Still), "alice").expect("a store");
    let new = NewIncident {
        title: "checkout answers 500".into(),
        service: None,
        env: None,
        severity: Severity::Sev3,
        impact_start: None,
        detected: None,
        on_call: vec![],
        suspects: vec![],
        detail: json!({"severity": "sev3"}),
    };
    store.open_incident(&new).expect("written");
    store
}

/// Somebody else acts between the look and the write, once.
fn meanwhile(store: &Store, ours: &Wish, theirs: &Wish) -> Result<Changed> {
    let id = IncidentId(1);
    let interfered = std::cell::Cell::new(false);
    change(store, id, &|before| {
        let decision = update(before, ours, at(1));
        if !interfered.replace(true) {
            change(store, id, &|before| update(before, theirs, at(1))).expect("the other is first");
        }
        decision
    })
}

#[test]
fn who_is_overtaken_on_the_same_thing_learns_by_whom_and_on_another_goes_on() {
    let severity = |severity| Wish {
        severity: Some(severity),
        ..Wish::default()
    };
    let store = store_with_one();
    let fault = meanwhile(&store, &severity(Severity::Sev2), &severity(Severity::Sev1)).expect_err("overtaken");
    assert_eq!((fault.kind(), fault.code()), (Kind::Busy, "incident-moved"));
    assert_eq!(
        fault.message(),
        "cannot change INC-1 as it was: alice was first: sev3 made sev1"
    );
    let store = store_with_one();
    let mitigated = Wish {
        status: Some(Status::Mitigated),
        text: Some("rolled back".into()),
        ..Wish::default()
    };
    let both = meanwhile(&store, &mitigated, &severity(Severity::Sev1)).expect("both");
    assert_eq!(
        (both.incident.severity, both.incident.status),
        (Severity::Sev1, Status::Mitigated)
    );
    assert_eq!(both.incident.version, 3);
    assert_eq!(store.incident_timeline(IncidentId(1)).expect("entries").len(), 4);
    let same = meanwhile(&store_with_one(), &severity(Severity::Sev1), &severity(Severity::Sev1)).expect("agreed");
    assert!(same.nothing.is_some());
}
