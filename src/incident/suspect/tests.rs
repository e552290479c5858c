use proptest::prelude::*;

use super::*;
use crate::model::deployment::State;

const ONSET: &str = "2026-03-04T14:02:00Z";

fn at(minutes: i64) -> Timestamp {
    let onset: Timestamp = ONSET.parse().expect("a time");
    onset + SignedDuration::from_mins(minutes)
}

fn name(text: &str) -> ServiceName {
    text.parse().expect("a name")
}

/// A deployment of v13 of checkout that took a minute and ended `minutes` before the impact.
fn candidate(minutes: i64) -> Candidate {
    Candidate {
        deployment: Deployment {
            id: DeploymentId(12),
            service: name("checkout"),
            env: "production".parse().expect("a name"),
            target: "local".into(),
            operation: Operation::Deploy,
            state: State::Done,
            outcome: Outcome::Succeeded,
            release: Some(ReleaseNo(13)),
            previous: Some(ReleaseNo(12)),
            parent: None,
            fence: 1,
            plan_hash: String::new(),
            gates: vec![],
            actor: "bo@ci".into(),
            note: None,
            reason: None,
            url: None,
            started_at: at(-minutes - 1),
            finished_at: Some(at(-minutes)),
        },
        path: vec![],
        same_build: Some(false),
        source: Source {
            commit: Some("0123456789abcdef0123456789abcdef01234567".into()),
            branch: None,
            subject: Some("bulk price sync".into()),
            dirty: false,
        },
        errors: None,
        stands: true,
        previous: Some(ReleaseNo(12)),
        blocked_by: None,
    }
}

fn facts(candidates: Vec<Candidate>) -> Facts {
    Facts {
        onset: at(0),
        onset_known: true,
        service: Some(name("checkout")),
        candidates,
    }
}

fn only(candidate: Candidate) -> Suspect {
    let found = suspects(&facts(vec![candidate]));
    assert_eq!(found.len(), 1);
    found.into_iter().next().expect("counted above")
}

fn errors(after: (u64, u64), before: (u64, u64)) -> Option<(Errors, Errors)> {
    let errors = |(failed, total)| Errors { failed, total };
    Some((errors(after), errors(before)))
}

#[test]
fn a_deploy_shortly_before_is_a_medium_suspicion_and_says_why() {
    let suspect = only(candidate(4));
    assert_eq!((suspect.confidence, suspect.score), (Confidence::Medium, 0.49));
    assert_eq!(
        suspect.reasons,
        [
            "v13 deployed to production 4 min before the impact began",
            "its commit says: bulk price sync"
        ]
    );
}

#[test]
fn risen_errors_are_the_strongest_reason_and_come_first() {
    let suspect = only(Candidate {
        errors: errors((370, 1000), (2, 3000)),
        ..candidate(4)
    });
    assert_eq!(suspect.confidence, Confidence::High);
    assert_eq!(
        suspect.reasons[0],
        "errors rose with v13: 37.0% (370 of 1000) of its requests failed, 0.1% (2 of 3000) before"
    );
    let small_rise = only(Candidate {
        errors: errors((60, 1000), (3, 3000)),
        ..candidate(4)
    });
    assert_eq!(
        small_rise.confidence,
        Confidence::High,
        "a small share that rose for certain"
    );
}

#[test]
fn errors_that_did_not_rise_speak_for_a_release() {
    let suspect = only(Candidate {
        errors: errors((1, 2000), (2, 3000)),
        ..candidate(4)
    });
    assert_eq!(suspect.confidence, Confidence::Low);
    assert_eq!(
        suspect.reasons[2],
        "errors did not rise with v13: 0.1% (1 of 2000) of its requests failed, 0.1% (2 of 3000) before"
    );
}

#[test]
fn few_requests_show_nothing() {
    for (after, before) in [((2, 10), (0, 1000)), ((2, 100), (0, 1000)), ((5, 100), (0, 10))] {
        let with = only(Candidate {
            errors: errors(after, before),
            ..candidate(4)
        });
        assert_eq!(with.score, only(candidate(4)).score, "{after:?} {before:?}");
    }
}

#[test]
fn nearness_alone_never_makes_a_high_suspicion() {
    for minutes in -5..=60 {
        for suspect in suspects(&facts(vec![candidate(minutes)])) {
            assert!(suspect.confidence < Confidence::High, "{minutes}");
        }
    }
}

#[test]
fn what_is_out_of_the_window_or_changed_nothing_is_no_suspect() {
    let outcome = |outcome| {
        let mut candidate = candidate(4);
        candidate.deployment.outcome = outcome;
        candidate
    };
    for innocent in [
        candidate(61),
        candidate(-7),
        outcome(Outcome::Refused),
        outcome(Outcome::Unchanged),
    ] {
        assert_eq!(suspects(&facts(vec![innocent])), []);
    }
    assert_eq!(suspects(&facts(vec![candidate(59), candidate(-5)])).len(), 2);
}

#[test]
fn a_dependency_is_suspected_less_with_each_step() {
    let along = |path: &[&str]| Candidate {
        path: path.iter().map(|step| name(step)).collect(),
        ..candidate(4)
    };
    let scores: Vec<f64> = [&[][..], &["basket"], &["basket", "catalog-db"]]
        .into_iter()
        .map(|path| only(along(path)).score)
        .collect();
    assert_eq!(scores, [0.49, 0.25, 0.12]);
    assert_eq!(
        only(along(&["basket", "catalog-db"])).reasons[1],
        "checkout depends on basket depends on catalog-db"
    );
    let mut unknown = facts(vec![candidate(4)]);
    unknown.service = None;
    assert_eq!(suspects(&unknown)[0].score, 0.25);
}

#[test]
fn how_it_ended_and_what_it_changed_weigh() {
    let with = |change: fn(&mut Candidate)| {
        let mut candidate = candidate(4);
        change(&mut candidate);
        only(candidate)
    };
    let plain = only(candidate(4)).score;
    let config = with(|it| it.same_build = Some(true));
    assert!(config.score < plain);
    assert_eq!(
        config.reasons[0],
        "v13 changed only the configuration of production, 4 min before the impact began"
    );
    let back = with(|it| {
        it.deployment.outcome = Outcome::RolledBack;
        it.deployment.reason = Some("crashed\n\x1b[31mboom".into());
    });
    assert!(back.score > plain);
    assert_eq!(
        back.reasons[2],
        "it took traffic and was rolled back by itself: crashed boom"
    );
    let failed = with(|it| it.deployment.outcome = Outcome::Failed);
    assert_eq!(failed.confidence, Confidence::Low);
    assert_eq!(
        failed.reasons[0],
        "v13 was tried on production and never took traffic, 4 min before the impact began"
    );
    let down = with(|it| {
        it.deployment.operation = Operation::Down;
        it.deployment.finished_at = None;
    });
    assert_eq!((down.confidence, down.score), (Confidence::High, 0.8));
}

#[test]
fn the_way_back_is_offered_only_where_there_is_one() {
    let way = |candidate: Candidate| {
        let facts = facts(vec![candidate]);
        way_back(&facts, &suspects(&facts))
    };
    let command = way(candidate(4)).and_then(|way| way.command(IncidentId(7)));
    assert_eq!(
        command.as_deref(),
        Some("deliver rollback production --service checkout --to v12 --reason INC-7")
    );
    assert_eq!(
        way(Candidate {
            stands: false,
            ..candidate(4)
        }),
        None,
        "something else runs now"
    );
    assert_eq!(
        way(Candidate {
            previous: None,
            ..candidate(4)
        }),
        None,
        "the first release"
    );
    assert_eq!(way(candidate(40)), None, "a low suspicion is no reason to go back");
    let mut rolled_back = candidate(4);
    rolled_back.deployment.outcome = Outcome::RolledBack;
    let Some(WayBack::Done { told, .. }) = way(rolled_back) else {
        panic!("it was undone");
    };
    assert_eq!(told, "D-12 was rolled back by itself: v12 serves again");
    let blocked = Candidate {
        blocked_by: Some(ReleaseNo(13)),
        ..candidate(4)
    };
    let Some(WayBack::Blocked { told, .. }) = way(blocked) else {
        panic!("it is blocked");
    };
    assert_eq!(
        told,
        "going back to v12 could do harm: the release step of v13 breaks earlier releases"
    );
}

#[test]
fn the_strongest_comes_first_and_five_are_enough() {
    let many = (0..20).map(|minutes| {
        let mut candidate = candidate(minutes);
        candidate.deployment.id = DeploymentId(100 - u64::try_from(minutes).expect("positive"));
        candidate
    });
    let found = suspects(&facts(many.rev().collect()));
    let ids: Vec<u64> = found.iter().map(|suspect| suspect.deployment.0).collect();
    assert_eq!(ids, [100, 99, 98, 97, 96]);
}

proptest! {
    #[test]
    fn a_score_is_a_probability_and_more_errors_never_lower_it(
        minutes in -5_i64..60, failed in 0_u64..1000, more in 0_u64..1000, total in 1_u64..2000,
        before_failed in 0_u64..100, before_total in 100_u64..3000, distance in 0_usize..3,
    ) {
        let with = |failed: u64| {
            let candidate = Candidate {
                path: vec![name("basket"); distance],
                errors: errors((failed.min(total), total), (before_failed, before_total)),
                ..candidate(minutes)
            };
            suspects(&facts(vec![candidate])).first().map_or(0.0, |suspect| suspect.score)
        };
        let (less, more) = (with(failed), with(failed + more));
        prop_assert!((0.0..=1.0).contains(&less) && (0.0..=1.0).contains(&more));
        prop_assert!(less <= more + 1e-9, "{} {}", less, more);
    }

    #[test]
    fn a_nearer_change_is_never_suspected_less(near in 0_i64..60, further in 0_i64..60) {
        let score = |minutes| suspects(&facts(vec![candidate(minutes)])).first().map_or(0.0, |it| it.score);
        let (near, further) = (near.min(further), near.max(further));
        prop_assert!(score(near) >= score(further));
    }
}

#[test]
fn a_release_of_uncommitted_changes_is_not_told_by_the_commit_below_it() {
    let mut dirty = candidate(4);
    dirty.source.dirty = true;
    assert_eq!(
        only(dirty.clone()).reasons[1],
        "built from uncommitted changes on top of 0123456"
    );
    dirty.source.commit = None;
    assert_eq!(only(dirty).reasons[1], "built from uncommitted changes");
    assert_eq!(only(candidate(4)).reasons[1], "its commit says: bulk price sync");
}

#[test]
fn where_nobody_knows_when_it_began_no_reason_says_so() {
    let noticed = |candidate: Candidate| {
        let facts = Facts {
            onset_known: false,
            ..facts(vec![candidate])
        };
        suspects(&facts)[0].reasons[0].clone()
    };
    assert_eq!(
        noticed(candidate(4)),
        "v13 deployed to production 4 min before it was noticed"
    );
    assert_eq!(noticed(candidate(0)), "v13 deployed to production when it was noticed");
}
