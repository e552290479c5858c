use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::model::deployment::Operation;
use crate::model::incident::{ActionId, Severity, Status};
use crate::model::{DeploymentId, IncidentId, Outcome};
use crate::store::review::{ActionRow, Attempt, IncidentRow, ReadinessRow};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn hours(at: Timestamp, hours: i64) -> Timestamp {
    at + jiff::SignedDuration::from_hours(hours)
}

/// Monday to Monday, looked at two weeks later.
fn facts() -> Facts {
    Facts {
        period: Period {
            from: at("2026-11-16T00:00:00Z"),
            to: at("2026-11-23T00:00:00Z"),
            week: Some("2026-W47".into()),
            now: at("2026-12-07T00:00:00Z"),
        },
        team: None,
        services: [
            ("pricing", Some("checkout")),
            ("find", Some("search")),
            ("mystery", None),
        ]
        .map(|(name, team)| Service {
            name: name.into(),
            team: team.map(str::to_owned),
            objectives: true,
            protected: vec!["production".to_owned()],
        })
        .to_vec(),
        attempts: Vec::new(),
        incidents: Vec::new(),
        actions: Vec::new(),
        budgets: Some(Vec::new()),
        readiness: Vec::new(),
        checked: ["pricing", "find", "mystery"].map(str::to_owned).to_vec(),
        holds: Vec::new(),
        on_call: Some(Vec::new()),
        unknown: Vec::new(),
    }
}

fn attempt(service: &str, outcome: Outcome, start: &str, seconds: i64) -> Attempt {
    let started_at = at(start);
    Attempt {
        id: DeploymentId(1),
        service: service.parse().expect("a name"),
        env: "production".parse().expect("a name"),
        operation: Operation::Deploy,
        outcome,
        actor: "alice@laptop".into(),
        overridden: false,
        started_at,
        finished_at: Some(started_at + jiff::SignedDuration::from_secs(seconds)),
    }
}

fn incident(id: u64, service: Option<&str>, severity: &str, opened: &str) -> IncidentRow {
    let opened_at = at(opened);
    IncidentRow {
        id: IncidentId(id),
        title: "quotes are slow".into(),
        service: service.map(str::to_owned),
        severity: severity.parse().expect("a severity"),
        status: Status::Closed,
        opened_at,
        impact_start: Some(hours(opened_at, -1)),
        detected: Some(opened_at),
        acknowledged: Some(hours(opened_at, 1)),
        mitigated: Some(hours(opened_at, 2)),
        impact_end: Some(hours(opened_at, 3)),
        closed: Some(hours(opened_at, 24)),
    }
}

fn owed(review: &Review) -> Vec<String> {
    let line = |it: &Attention| format!("{} {}: {}", it.kind, it.owner.as_deref().unwrap_or("-"), it.message);
    review.attention.iter().map(line).collect()
}

#[test]
fn deployments_are_counted_by_service_and_compared_with_the_week_before() {
    let mut facts = facts();
    facts.attempts = vec![
        attempt("pricing", Outcome::Failed, "2026-11-10T10:00:00Z", 5),
        attempt("pricing", Outcome::Succeeded, "2026-11-11T10:00:00Z", 5),
        attempt("pricing", Outcome::Succeeded, "2026-11-16T00:00:00Z", 10),
        attempt("pricing", Outcome::Succeeded, "2026-11-17T10:00:00Z", 30),
        attempt("pricing", Outcome::RolledBack, "2026-11-17T12:00:00Z", 60),
        attempt("pricing", Outcome::Refused, "2026-11-17T13:00:00Z", 1),
        attempt("pricing", Outcome::Unchanged, "2026-11-17T14:00:00Z", 1),
        attempt("find", Outcome::Succeeded, "2026-11-18T10:00:00Z", 20),
        // Ends after the week: it has not ended yet.
        attempt("find", Outcome::Succeeded, "2026-11-22T23:59:59Z", 20),
    ];
    facts.attempts[3].operation = Operation::Rollback;
    facts.attempts[3].overridden = true;
    let mut down = attempt("find", Outcome::Succeeded, "2026-11-18T11:00:00Z", 20);
    down.operation = Operation::Down;
    facts.attempts.push(down);
    let found = review(&facts).deployments;
    assert_eq!((found.count, found.before), (5, 2));
    assert_eq!(
        (found.failed_percent, found.failed_percent_before),
        (Some(25.0), Some(50.0))
    );
    let [pricing, find] = &found.services[..] else {
        panic!("two services")
    };
    assert_eq!(
        (
            pricing.count,
            pricing.before,
            pricing.succeeded,
            pricing.failed,
            pricing.rolled_back
        ),
        (3, 2, 2, 0, 1)
    );
    assert_eq!(
        (
            pricing.refused,
            pricing.unchanged,
            pricing.rollbacks,
            pricing.overridden
        ),
        (1, 1, 1, 1)
    );
    assert_eq!(
        (pricing.median_seconds, pricing.team.as_deref()),
        (Some(20.0), Some("checkout"))
    );
    assert_eq!((find.count, find.succeeded, find.other), (2, 1, 1));
}

#[test]
fn incidents_are_seen_as_they_stood_at_the_end() {
    let mut facts = facts();
    facts.incidents = vec![
        incident(1, Some("pricing"), "sev2", "2026-11-12T10:00:00Z"),
        incident(2, Some("pricing"), "sev2", "2026-11-15T23:00:00Z"),
        incident(3, Some("find"), "sev3", "2026-11-17T10:00:00Z"),
        incident(4, Some("pricing"), "sev1", "2026-11-22T23:30:00Z"),
    ];
    facts.incidents[2].impact_start = None;
    let review = review(&facts);
    let found = &review.incidents;
    assert_eq!((found.opened, found.before, found.live), (2, 2, 1));
    let ids: Vec<String> = found.list.iter().map(|it| it.id.to_string()).collect();
    assert_eq!(ids, ["INC-2", "INC-3", "INC-4"]);
    let last = &found.list[2];
    assert_eq!(
        (
            last.live,
            last.times.acknowledged,
            last.times.closed,
            last.impact_seconds
        ),
        (true, None, None, None)
    );
    let [sev1, sev3] = &found.severities[..] else {
        panic!("two severities")
    };
    assert_eq!(
        (sev1.severity, sev1.to_detect.median_seconds, sev1.impact.known),
        (Severity::Sev1, Some(3600.0), 0)
    );
    assert_eq!(
        (sev3.to_detect.known, sev3.to_mitigate.median_seconds),
        (0, Some(7200.0))
    );
    assert_eq!(
        owed(&review),
        ["incident checkout: INC-4 sev1 is not over: quotes are slow"]
    );
    assert_eq!(review.missing[1].what, "when it began to hurt, of 1 of 3 incidents");
}

#[test]
fn what_somebody_has_to_do_has_an_owner_or_is_missing_one() {
    let mut facts = facts();
    let action = |seq, owner: Option<&str>, due: &str, done: Option<&str>| ActionRow {
        id: ActionId {
            incident: IncidentId(7),
            seq,
        },
        service: Some("pricing".into()),
        text: "add a limit".into(),
        owner: owner.map(str::to_owned),
        due: Some(at(due)),
        created_at: at("2026-11-01T00:00:00Z"),
        done_at: done.map(at),
    };
    facts.actions = vec![
        action(1, Some("ada"), "2026-11-20T00:00:00Z", None),
        action(2, None, "2026-11-20T00:00:00Z", Some("2026-11-30T00:00:00Z")),
        action(3, Some("bo"), "2026-11-20T00:00:00Z", Some("2026-11-19T00:00:00Z")),
        action(4, Some("bo"), "2026-11-23T00:00:00Z", None),
    ];
    facts.readiness = vec![
        ReadinessRow {
            service: "mystery".into(),
            at: at("2026-11-18T00:00:00Z"),
            level: "bronze".into(),
            required: "silver".into(),
            ready: false,
            blocking: vec!["OBS-1".into()],
            before: Some(("silver".into(), true)),
        },
        ReadinessRow {
            service: "find".into(),
            at: at("2026-11-18T00:00:00Z"),
            level: "gold".into(),
            required: "silver".into(),
            ready: true,
            blocking: Vec::new(),
            before: None,
        },
    ];
    facts.budgets = Some(vec![Budget {
        service: "find".into(),
        team: Some("search".into()),
        env: "production".into(),
        slo: "availability".into(),
        objective: "99.9".into(),
        window: "28d".into(),
        remaining_ratio: Some(-0.2),
        spent: true,
        state: "exhausted".into(),
    }]);
    let found = review(&facts);
    assert_eq!(
        (found.actions.open, found.actions.overdue, found.actions.done),
        (3, 2, 1)
    );
    assert_eq!(
        owed(&found),
        [
            "budget search: the budget of find availability on production is spent",
            "action ada: INC-7.1 was due 2026-11-20: add a limit",
            "action checkout: INC-7.2 was due 2026-11-20: add a limit",
            "readiness -: mystery is not ready any more",
        ]
    );
    let teams: Vec<_> = found
        .teams
        .iter()
        .map(|it| (it.team.as_deref(), it.verdict, it.because.as_str()))
        .collect();
    assert_eq!(
        teams,
        [
            (Some("search"), Verdict::ReliabilityFirst, "1 budget spent"),
            (Some("checkout"), Verdict::Careful, "2 actions overdue"),
            (None, Verdict::Careful, "1 service not ready any more"),
        ]
    );
    facts.services[2].objectives = false;
    facts.checked.clear();
    let missing: Vec<String> = review(&facts).missing.into_iter().map(|it| it.what).collect();
    assert_eq!(
        missing,
        [
            "1 service has no team, so that what goes wrong has no owner: mystery",
            "1 service promises nothing: mystery",
            "3 services have no readiness on record, which a deploy's gate does not write: pricing, find, mystery",
            "owner or due date of 1 of 3 open actions",
        ]
    );
}

#[test]
fn a_team_sees_what_is_its_own() {
    let mut facts = facts();
    facts.team = Some("search".into());
    facts.attempts = vec![
        attempt("pricing", Outcome::Succeeded, "2026-11-17T10:00:00Z", 10),
        attempt("find", Outcome::Succeeded, "2026-11-17T10:00:00Z", 10),
    ];
    facts.incidents = vec![
        incident(1, Some("pricing"), "sev2", "2026-11-17T10:00:00Z"),
        incident(2, None, "sev2", "2026-11-17T10:00:00Z"),
    ];
    facts.holds = vec![Holding {
        service: "find".into(),
        env: "production".into(),
        author: "ada".into(),
        reason: "the sale".into(),
        since: at("2026-11-20T00:00:00Z"),
    }];
    let found = review(&facts);
    assert_eq!((found.deployments.count, found.incidents.opened), (1, 0));
    assert_eq!(owed(&found), ["hold ada: find is held on production: the sale"]);
    assert_eq!(found.teams.len(), 1);
    facts.team = None;
    assert_eq!(review(&facts).incidents.opened, 2);
}

#[test]
fn many_failing_deployments_are_told_and_few_are_not() {
    let mut facts = facts();
    let (good, bad) = (Outcome::Succeeded, Outcome::Failed);
    let of = |outcomes: &[Outcome]| -> Vec<Attempt> {
        outcomes
            .iter()
            .map(|outcome| attempt("pricing", *outcome, "2026-11-17T10:00:00Z", 10))
            .collect()
    };
    facts.attempts = of(&[good, bad, bad]);
    assert_eq!(owed(&review(&facts)), [""; 0]);
    facts.attempts = of(&[good, good, good, bad]);
    assert_eq!(owed(&review(&facts)), [""; 0]);
    facts.attempts = of(&[good, good, bad, Outcome::RolledBack]);
    assert_eq!(
        owed(&review(&facts)),
        ["deployments checkout: 1 failed and 1 was rolled back of 4 deployments of pricing to production"]
    );
}

#[test]
fn an_override_where_it_is_protected_is_looked_at() {
    let mut facts = facts();
    let mut went_on = attempt("pricing", Outcome::Succeeded, "2026-11-17T10:00:00Z", 10);
    went_on.overridden = true;
    facts.attempts = vec![went_on];
    assert_eq!(
        owed(&review(&facts)),
        ["override checkout: 1 deployment overrode a gate: pricing on production, which is protected"]
    );
    assert_eq!(review(&facts).teams[0].verdict, Verdict::Ship);
    facts.services[0].protected.clear();
    assert_eq!(owed(&review(&facts)), [""; 0]);
}

#[test]
fn what_belongs_to_nobody_is_never_reliability_first() {
    let mut facts = facts();
    facts.incidents = vec![incident(1, None, "sev1", "2026-11-22T23:30:00Z")];
    let found = review(&facts).teams;
    assert_eq!(
        (found[0].team.as_deref(), found[0].verdict, found[0].because.as_str()),
        (None, Verdict::Careful, "1 incident not over")
    );
}

#[test]
fn readiness_that_came_out_the_same_is_no_change() {
    let mut facts = facts();
    let row = |day: &str, level: &str, ready, before: Option<(&str, bool)>| ReadinessRow {
        service: "find".into(),
        at: at(&format!("2026-11-{day}T00:00:00Z")),
        level: level.into(),
        required: "silver".into(),
        ready,
        blocking: Vec::new(),
        before: before.map(|(level, ready)| (level.to_owned(), ready)),
    };
    facts.readiness = vec![
        row("17", "bronze", false, Some(("silver", true))),
        row("18", "bronze", false, Some(("bronze", false))),
        row("19", "none", false, Some(("bronze", false))),
    ];
    let found = review(&facts);
    let changes: Vec<&str> = found.readiness.iter().map(|it| it.to.as_str()).collect();
    assert_eq!(changes, ["bronze", "none"]);
    assert_eq!(owed(&found), ["readiness search: find is not ready any more"]);
    facts.readiness.push(row("20", "silver", true, Some(("none", false))));
    assert_eq!(owed(&review(&facts)), [""; 0]);
}

proptest! {
    /// What happened after the end changes nothing, so that a week's review is the same next year.
    #[test]
    fn the_review_of_a_past_week_stays_as_it_was(
        later in prop::collection::vec((0i64..1000, 0usize..3), 0..20), now in 0i64..5000,
    ) {
        let mut facts = facts();
        facts.attempts = vec![attempt("pricing", Outcome::Succeeded, "2026-11-17T10:00:00Z", 10)];
        facts.incidents = vec![incident(1, Some("find"), "sev2", "2026-11-22T23:00:00Z")];
        let before = review(&facts);
        let end = facts.period.to;
        facts.period.now = hours(end, now);
        for (hour, kind) in later {
            let then = hours(end, hour);
            match kind {
                0 => facts.incidents[0].impact_end = Some(then),
                1 => facts.incidents[0].closed = Some(then),
                _ => facts.incidents[0].mitigated = Some(then),
            }
        }
        prop_assert_eq!(review(&facts), before);
    }
}
