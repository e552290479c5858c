//! What holds whatever engine is behind the store.

use std::path::Path;
use std::time::Duration;

use deliver::fault::Kind;
use deliver::model::deployment::{Operation, StepStatus};
use deliver::model::readiness::{Outcome as Readiness, Snapshot};
use deliver::model::release::Source;
use deliver::model::traffic::{BUCKET_MICROS, LATENCY_BUCKETS, Traffic};
use deliver::model::{BuildId, DeploymentId, EnvName, Outcome, ReleaseNo, ServiceName, State};
use deliver::ports::Clock;
use deliver::ports::target::Secret;
use deliver::store::Store;
use deliver::store::deployment::Learnt;
use deliver::store::journal::{Filter, Verified};
use deliver::store::lease::{FENCE_AFTER, TTL};
use deliver::store::outbox::Notice;
use deliver::store::release::Build;
use jiff::SignedDuration;
use serde_json::json;

use super::{Bed, new_deployment, new_release, pricing, production, refusal};

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
    a_deployment_is_read_back_as_it_was_written,
    deployments_are_listed_newest_first,
    a_state_change_from_another_state_is_refused,
    a_lost_fence_is_refused_everywhere,
    steps_hold_intent_before_and_observation_after,
    a_rollback_goes_back_not_forth,
    one_identity_is_one_release,
    release_numbers_count_by_service,
    a_build_is_found_by_its_inputs,
    a_hold_stands_until_a_person_clears_it,
    a_name_belongs_to_one_folder,
    a_sealed_value_is_found_by_its_version,
    traffic_adds_up,
    a_notice_is_written_with_what_it_tells_of_and_told_once,
    a_claim_that_ran_out_is_told_again,
    readiness_is_kept_when_it_changed,
    a_text_that_no_database_keeps_is_kept_as_far_as_it_goes,
    the_journal_tells_of_every_act,
    the_journal_is_filtered_and_paged,
    the_value_of_a_secret_is_written_nowhere,
    a_lease_is_one_holders_and_its_tokens_only_rise,
    a_holder_that_could_not_renew_stops_itself,
    a_lease_renews_itself,
    a_jump_of_the_wall_clock_costs_a_living_holder_nothing,
    a_holder_that_stands_still_is_taken_over_and_refused,
}

/// Deploys `release` as if everything went as `outcome` says.
fn deployed(store: &Store, operation: Operation, release: u32, outcome: Outcome) -> DeploymentId {
    let id = store
        .create_deployment(&new_deployment(operation, Some(release)))
        .unwrap()
        .id;
    store.finish(id, outcome, None, 0, &[]).unwrap();
    id
}

fn a_deployment_is_read_back_as_it_was_written(bed: &Bed) {
    let store = &bed.store;
    let created = store
        .create_deployment(&new_deployment(Operation::Deploy, None))
        .unwrap();
    assert_eq!(created.id, DeploymentId(1));
    assert_eq!(created.actor, "alice@laptop");
    assert_eq!(store.deployment(created.id).unwrap(), created);

    let lease = store
        .acquire_lease(&pricing(), &production(), "D-1", Duration::ZERO, &mut |_| {})
        .unwrap();
    store.advance(created.id, State::Planned, State::Gated, 0).unwrap();
    store
        .advance(created.id, State::Gated, State::Locked, lease.token())
        .unwrap();
    let learnt = Learnt {
        release: Some(ReleaseNo(3)),
        previous: Some(ReleaseNo(2)),
        url: Some("http://127.0.0.1:4000".into()),
        ..Learnt::default()
    };
    store.learn(created.id, &learnt, lease.token()).unwrap();
    bed.clock.pass(Duration::from_secs(7));
    let ended = store
        .finish(created.id, Outcome::RolledBack, Some("it crashed"), lease.token(), &[])
        .unwrap();

    let read = store.deployment(created.id).unwrap();
    assert_eq!(read.release, Some(ReleaseNo(3)));
    assert_eq!(read.previous, Some(ReleaseNo(2)));
    assert_eq!((read.state, read.outcome), (State::Done, Outcome::RolledBack));
    assert_eq!(read.reason.as_deref(), Some("it crashed"));
    assert_eq!(read.plan_hash, "p1");
    assert_eq!(read.fence, lease.token());
    assert_eq!(
        read.finished_at.unwrap().duration_since(read.started_at),
        SignedDuration::from_secs(7)
    );
    assert_eq!(read, ended.clone());
}

fn deployments_are_listed_newest_first(bed: &Bed) {
    let store = &bed.store;
    for release in 1..=3 {
        deployed(store, Operation::Deploy, release, Outcome::Succeeded);
    }
    let mut elsewhere = new_deployment(Operation::Deploy, Some(1));
    elsewhere.service = "catalog".parse().unwrap();
    let running = store.create_deployment(&elsewhere).unwrap();

    let ids = |service: Option<&ServiceName>, env: Option<&EnvName>, limit| -> Vec<u64> {
        let found = store.deployments(service, env, limit).unwrap();
        found.iter().map(|deployment| deployment.id.0).collect()
    };
    assert_eq!(ids(None, None, 10), [4, 3, 2, 1]);
    assert_eq!(ids(None, None, 2), [4, 3]);
    assert_eq!(ids(Some(&pricing()), Some(&production()), 2), [3, 2]);
    assert_eq!(ids(Some(&running.service), None, 10), [4]);
    assert_eq!(ids(None, Some(&production()), 10), [4, 3, 2, 1]);
    assert_eq!(ids(None, Some(&EnvName::local()), 10), [0; 0]);

    let latest: Vec<(String, u64)> = store
        .scopes()
        .unwrap()
        .iter()
        .map(|scope| (scope.service.to_string(), scope.latest.id.0))
        .collect();
    assert_eq!(latest, [("catalog".to_owned(), 4), ("pricing".to_owned(), 3)]);
    assert_eq!(store.unfinished(&running.service, &production()).unwrap(), [running]);
    assert_eq!(store.unfinished(&pricing(), &production()).unwrap(), []);
    assert_eq!(
        refusal(store.deployment(DeploymentId(5))),
        (Kind::Usage, "unknown-deployment")
    );
}

fn readiness_is_kept_when_it_changed(bed: &Bed) {
    let store = &bed.store;
    let found = |level: &str, outcome| Snapshot {
        level: level.into(),
        required: "bronze".into(),
        ready: level == "bronze",
        checks: [("DOC-1".to_owned(), outcome), ("DOC-3".to_owned(), Readiness::Pass)].into(),
    };
    assert_eq!(store.readiness(&pricing()).unwrap(), None);
    let begun = bed.clock.now();
    let bad = found("none", Readiness::NoEvidence);
    assert!(store.record_readiness(&pricing(), &bad).unwrap());
    assert!(!store.record_readiness(&pricing(), &bad).unwrap());
    let other: ServiceName = "catalog".parse().unwrap();
    assert!(store.record_readiness(&other, &bad).unwrap());
    bed.clock.pass(Duration::from_secs(60));
    let good = found("bronze", Readiness::Waived);
    assert!(store.record_readiness(&pricing(), &good).unwrap());
    assert_eq!(
        store.readiness(&pricing()).unwrap().map(|last| last.snapshot),
        Some(good)
    );

    let changes = |from, to| {
        let found = store.readiness_changes(from, to).unwrap();
        found
            .into_iter()
            .map(|it| (it.service.to_string(), it.snapshot.level))
            .collect::<Vec<_>>()
    };
    let now = bed.clock.now();
    let word = |service: &str, level: &str| (service.to_owned(), level.to_owned());
    assert_eq!(changes(begun, now), [word("pricing", "none"), word("catalog", "none")]);
    assert_eq!(
        changes(now, now + SignedDuration::from_secs(1)),
        [word("pricing", "bronze")]
    );

    store.note_waiver(&pricing(), "DOC-1", "2026-04-01", "later").unwrap();
    store
        .note_readiness_fix(&pricing(), "DOC-3", &["README.md".to_owned()])
        .unwrap();
    let records = store
        .audit(&Filter {
            service: Some(pricing()),
            ..Filter::default()
        })
        .unwrap();
    let told: Vec<(&str, &str)> = records
        .iter()
        .map(|it| (it.action.as_str(), it.detail.as_str()))
        .collect();
    assert_eq!(
        told[..3],
        [
            ("readiness.fix", r#"{"check":"DOC-3","files":["README.md"]}"#),
            (
                "readiness.waive",
                r#"{"check":"DOC-1","reason":"later","until":"2026-04-01"}"#
            ),
            (
                "readiness.change",
                r#"{"changed":{"DOC-1":["no_evidence","waived"]},"level":"bronze","ready":true,"required":"bronze"}"#
            ),
        ]
    );
}

fn a_state_change_from_another_state_is_refused(bed: &Bed) {
    let store = &bed.store;
    let id = store
        .create_deployment(&new_deployment(Operation::Deploy, None))
        .unwrap()
        .id;
    store.advance(id, State::Planned, State::Gated, 0).unwrap();
    assert_eq!(
        refusal(store.advance(id, State::Planned, State::Gated, 0)),
        (Kind::Busy, "state-moved")
    );
    assert_eq!(store.deployment(id).unwrap().state, State::Gated);
}

fn a_lost_fence_is_refused_everywhere(bed: &Bed) {
    let store = &bed.store;
    let take = || {
        store
            .acquire_lease(&pricing(), &production(), "D-1", Duration::ZERO, &mut |_| {})
            .unwrap()
    };
    let id = store
        .create_deployment(&new_deployment(Operation::Deploy, None))
        .unwrap()
        .id;
    let first = take();
    let old = first.token();
    store.advance(id, State::Planned, State::Locked, old).unwrap();
    let step = store
        .begin_step(id, old, (State::Locked, State::Preparing), "build", &json!({}))
        .unwrap();
    let before = (store.deployment(id).unwrap(), store.steps(id).unwrap());
    drop(first);

    let fenced = (Kind::Busy, "fenced");
    for taken_over in [false, true] {
        let _second = taken_over.then(take);
        assert_eq!(
            refusal(store.advance(id, State::Preparing, State::Starting, old)),
            fenced
        );
        assert_eq!(
            refusal(store.begin_step(id, old, (State::Preparing, State::Starting), "start", &json!({}))),
            fenced
        );
        assert_eq!(
            refusal(store.end_step(id, old, step, StepStatus::Done, &json!({}))),
            fenced
        );
        assert_eq!(
            refusal(store.note_step(id, old, step, &json!({"exit": "status 0"}))),
            fenced
        );
        assert_eq!(refusal(store.learn(id, &Learnt::default(), old)), fenced);
        assert_eq!(refusal(store.finish(id, Outcome::Succeeded, None, old, &[])), fenced);
        // Forgetting that there ever was a lease does not help.
        assert_eq!(refusal(store.finish(id, Outcome::Succeeded, None, 0, &[])), fenced);
        assert_eq!((store.deployment(id).unwrap(), store.steps(id).unwrap()), before);
    }
    let third = take();
    assert!(third.token() > old);
    store
        .end_step(id, third.token(), step, StepStatus::Unknown, &json!(null))
        .unwrap();
    store.finish(id, Outcome::Cancelled, None, third.token(), &[]).unwrap();
}

fn steps_hold_intent_before_and_observation_after(bed: &Bed) {
    let store = &bed.store;
    let id = store
        .create_deployment(&new_deployment(Operation::Deploy, None))
        .unwrap()
        .id;
    let first = store
        .begin_step(
            id,
            0,
            (State::Planned, State::Preparing),
            "build",
            &json!({"command": "make"}),
        )
        .unwrap();
    let second = store
        .begin_step(
            id,
            0,
            (State::Preparing, State::Starting),
            "start",
            &json!({"instances": ["a", "b"]}),
        )
        .unwrap();
    assert_eq!((first, second), (1, 2));
    assert_eq!(store.deployment(id).unwrap().state, State::Starting);
    assert_eq!(store.plan(id).unwrap(), json!({"steps": ["build"]}));
    let moved = store.begin_step(id, 0, (State::Planned, State::Preparing), "build", &json!({}));
    assert_eq!(refusal(moved), (Kind::Busy, "state-moved"));
    bed.clock.pass(Duration::from_secs(2));
    store.note_step(id, 0, first, &json!({"exit": "status 0"})).unwrap();
    let noted = store.steps(id).unwrap().remove(0);
    assert_eq!(
        (noted.status, noted.observation, noted.finished_at),
        (StepStatus::Running, json!({"exit": "status 0"}), None)
    );
    store
        .end_step(id, 0, first, StepStatus::Done, &json!({"bytes": 12}))
        .unwrap();

    let steps = store.steps(id).unwrap();
    assert_eq!(steps[0].status, StepStatus::Done);
    assert_eq!(steps[0].intent, json!({"command": "make"}));
    assert_eq!(steps[0].observation, json!({"bytes": 12}));
    assert_eq!(steps[0].finished_at, Some(bed.clock.now()));
    assert_eq!(steps[1].status, StepStatus::Running);
    assert_eq!(steps[1].observation, json!(null));
    assert_eq!(steps[1].finished_at, None);
}

fn a_rollback_goes_back_not_forth(bed: &Bed) {
    use Operation::{Deploy, Down, Rollback};
    use Outcome::{Failed, RolledBack, Succeeded, Unchanged};
    let store = &bed.store;
    let previous = |release| {
        store
            .previous_good(&pricing(), &production(), ReleaseNo(release))
            .unwrap()
    };
    assert_eq!(store.last_good(&pricing(), &production()).unwrap(), None);
    assert_eq!(previous(1), None);

    deployed(store, Deploy, 1, Succeeded);
    deployed(store, Deploy, 2, Succeeded);
    deployed(store, Deploy, 3, RolledBack);
    deployed(store, Deploy, 4, Failed);
    deployed(store, Deploy, 2, Unchanged);
    assert_eq!(store.last_good(&pricing(), &production()).unwrap(), Some(ReleaseNo(2)));
    assert_eq!(previous(2), Some(ReleaseNo(1)));
    assert_eq!(previous(1), None);
    // Never succeeded itself: whatever was good last.
    assert_eq!(previous(4), Some(ReleaseNo(2)));

    deployed(store, Deploy, 5, Succeeded);
    deployed(store, Rollback, 2, Succeeded);
    assert_eq!(store.last_good(&pricing(), &production()).unwrap(), Some(ReleaseNo(2)));
    assert_eq!(previous(2), Some(ReleaseNo(1)), "not forth to v5, which was left");
    deployed(store, Deploy, 6, Succeeded);
    assert_eq!(previous(6), Some(ReleaseNo(2)), "v5 was left before v6 came");
    // An older release put there anew goes back to what it replaced.
    deployed(store, Deploy, 1, Succeeded);
    assert_eq!(previous(1), Some(ReleaseNo(6)));
    deployed(store, Down, 1, Succeeded);
    assert_eq!(store.last_good(&pricing(), &production()).unwrap(), Some(ReleaseNo(1)));
    assert_eq!(store.last_good(&pricing(), &EnvName::local()).unwrap(), None);
}

fn one_identity_is_one_release(bed: &Bed) {
    let store = &bed.store;
    let first = store.create_release(&new_release(&pricing(), "i1")).unwrap();
    bed.clock.pass(Duration::from_secs(60));
    let again = store.create_release(&new_release(&pricing(), "i1")).unwrap();
    assert_eq!(first, again);
    assert_eq!(store.release(&pricing(), ReleaseNo(1)).unwrap(), Some(first.clone()));
    let found = |identity| store.release_for(&pricing(), &production(), identity).unwrap();
    assert_eq!(found("i1"), Some(first));
    assert_eq!(found("i2"), None);
    assert_eq!(store.release_for(&pricing(), &EnvName::local(), "i1").unwrap(), None);
}

fn release_numbers_count_by_service(bed: &Bed) {
    let store = &bed.store;
    let catalog: ServiceName = "catalog".parse().unwrap();
    for (service, identity, number) in [
        (pricing(), "i1", 1),
        (pricing(), "i2", 2),
        (catalog.clone(), "i1", 1),
        (pricing(), "i3", 3),
    ] {
        let release = store.create_release(&new_release(&service, identity)).unwrap();
        assert_eq!(release.number, ReleaseNo(number));
    }
    let numbers = |service: &ServiceName, env: Option<&EnvName>, limit| -> Vec<u32> {
        let releases = store.releases(service, env, limit).unwrap();
        releases.iter().map(|release| release.number.0).collect()
    };
    assert_eq!(numbers(&pricing(), None, 10), [3, 2, 1]);
    assert_eq!(numbers(&pricing(), Some(&production()), 2), [3, 2]);
    assert_eq!(numbers(&pricing(), Some(&EnvName::local()), 2), [0; 0]);
    assert_eq!(numbers(&catalog, None, 10), [1]);
}

fn a_build_is_found_by_its_inputs(bed: &Bed) {
    let store = &bed.store;
    let build = Build {
        id: BuildId("b-1".into()),
        service: pricing(),
        key: "k1".into(),
        source: Source::default(),
        size: 1234,
        created_at: bed.clock.now(),
    };
    store.record_build(&build).unwrap();
    store.record_build(&build).unwrap();
    assert_eq!(store.find_build(&pricing(), "k1").unwrap(), Some(build.clone()));
    assert_eq!(store.build(&build.id).unwrap(), Some(build));
    assert_eq!(store.find_build(&pricing(), "k2").unwrap(), None);
    assert_eq!(store.find_build(&"catalog".parse().unwrap(), "k1").unwrap(), None);
}

fn a_hold_stands_until_a_person_clears_it(bed: &Bed) {
    let store = &bed.store;
    let first = store.set_hold(&pricing(), &production(), "the sale").unwrap();
    bed.clock.jump(SignedDuration::from_hours(24 * 365));
    let second = store.set_hold(&pricing(), &production(), "after a rollback").unwrap();
    let other = store.set_hold(&pricing(), &EnvName::local(), "mine").unwrap();
    assert_eq!(first.author, "alice@laptop");
    assert_eq!(
        store.holds(&pricing(), &production()).unwrap(),
        [first.clone(), second.clone()]
    );
    assert_eq!(
        store.all_holds().unwrap(),
        [first.clone(), second.clone(), other.clone()]
    );

    let mut cleared = store
        .clear_holds(&pricing(), &production(), Some("sale is over"))
        .unwrap();
    cleared.sort_by_key(|hold| hold.id);
    assert_eq!(cleared, [first, second]);
    assert_eq!(store.clear_holds(&pricing(), &production(), None).unwrap(), []);
    assert_eq!(store.all_holds().unwrap(), [other]);
    let again = store.set_hold(&pricing(), &production(), "again").unwrap();
    assert_eq!(again.id, 4, "numbers are not used twice");
}

fn a_text_that_no_database_keeps_is_kept_as_far_as_it_goes(bed: &Bed) {
    let store = &bed.store;
    store
        .set_hold(&pricing(), &production(), "a\0b \u{1f980} \\ ' $1 %")
        .unwrap();
    let holds = store.holds(&pricing(), &production()).unwrap();
    assert_eq!(holds[0].reason, "a\u{fffd}b \u{1f980} \\ ' $1 %");
    assert!(matches!(
        store.verify_audit().unwrap(),
        Verified::Whole { records: 1, .. }
    ));
}

fn a_name_belongs_to_one_folder(bed: &Bed) {
    let store = &bed.store;
    let (here, there) = (Path::new("/src/pricing"), Path::new("/tmp/pricing"));
    assert_eq!(store.service(&pricing()).unwrap(), None);
    store.register_service(&pricing(), here).unwrap();
    store.register_service(&pricing(), here).unwrap();
    let refused = store.register_service(&pricing(), there).unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (Kind::Usage, "service-elsewhere"));
    for folder in ["/src/pricing", "/tmp/pricing"] {
        assert!(refused.message().contains(folder), "{refused}");
    }
    assert_eq!(
        refusal(store.move_service(&pricing(), Path::new("/elsewhere"), there)),
        (Kind::Usage, "service-elsewhere")
    );
    store.move_service(&pricing(), here, there).unwrap();
    assert_eq!(store.services().unwrap()[0].folder, there);
    assert!(store.forget_service(&pricing()).unwrap());
    assert!(!store.forget_service(&pricing()).unwrap());
    assert_eq!(store.services().unwrap(), []);
}

fn a_sealed_value_is_found_by_its_version(bed: &Bed) {
    let store = &bed.store;
    store.keep_secret(&pricing(), "TOKEN", "v-a", &[0, 1, 255]).unwrap();
    store.keep_secret(&pricing(), "TOKEN", "v-b", b"two").unwrap();
    store.keep_secret(&pricing(), "TOKEN", "v-a", b"never").unwrap();
    let sealed = |name, version| store.sealed_secret(&pricing(), name, version).unwrap();
    assert_eq!(sealed("TOKEN", "v-a"), Some(vec![0, 1, 255]));
    assert_eq!(sealed("TOKEN", "v-b"), Some(b"two".to_vec()));
    assert_eq!(sealed("TOKEN", "v-c"), None);
    assert_eq!(sealed("OTHER", "v-a"), None);
    let journal = format!("{:?}", store.audit(&Filter::default()).unwrap());
    assert!(journal.contains("v-b") && !journal.contains("two"));
}

fn traffic_adds_up(bed: &Bed) {
    let store = &bed.store;
    let counted = |release, bucket, bucket_of_latency: usize| {
        let mut latency = vec![0; LATENCY_BUCKETS];
        latency[bucket_of_latency] = 9;
        Traffic {
            service: pricing(),
            env: production(),
            release: ReleaseNo(release),
            bucket: bucket * BUCKET_MICROS,
            classes: [0, 5, 1, 2, 0],
            failed: 1,
            latency,
        }
    };
    let last = LATENCY_BUCKETS - 1;
    store.record_traffic(&[]).unwrap();
    store
        .record_traffic(&[counted(1, 7, 0), counted(1, 7, last), counted(2, 7, 3)])
        .unwrap();
    store.record_traffic(&[counted(1, 7, 0), counted(1, 8, 0)]).unwrap();

    let found = store
        .traffic(&pricing(), &production(), 7 * BUCKET_MICROS, 8 * BUCKET_MICROS)
        .unwrap();
    let mut sum = counted(1, 7, 0);
    sum.classes = [0, 15, 3, 6, 0];
    sum.failed = 3;
    sum.latency[0] = 18;
    sum.latency[last] = 9;
    assert_eq!(found, [sum, counted(2, 7, 3)]);
    assert_eq!(store.traffic(&pricing(), &EnvName::local(), 0, i64::MAX).unwrap(), []);

    let mut short = counted(1, 9, 0);
    short.latency.pop();
    assert_eq!(refusal(store.record_traffic(&[counted(1, 9, 0), short])).0, Kind::Bug);
    assert_eq!(
        store
            .traffic(&pricing(), &production(), 9 * BUCKET_MICROS, i64::MAX)
            .unwrap(),
        []
    );
}

fn notice() -> Notice {
    Notice {
        topic: "deployment.failed".into(),
        payload: json!({"deployment": "D-1"}),
    }
}

fn a_notice_is_written_with_what_it_tells_of_and_told_once(bed: &Bed) {
    let store = &bed.store;
    let minute = Duration::from_secs(60);
    let lease = store
        .acquire_lease(&pricing(), &production(), "D-1", Duration::ZERO, &mut |_| {})
        .unwrap();
    let id = store
        .create_deployment(&new_deployment(Operation::Deploy, None))
        .unwrap()
        .id;
    store.advance(id, State::Planned, State::Locked, lease.token()).unwrap();
    // What did not happen is not told.
    assert!(
        store
            .finish(id, Outcome::Failed, None, lease.token() + 1, &[notice()])
            .is_err()
    );
    assert_eq!(store.claim_notices(10, minute).unwrap(), []);

    store
        .finish(id, Outcome::Failed, None, lease.token(), &[notice(), notice()])
        .unwrap();
    let claimed = store.claim_notices(10, minute).unwrap();
    assert_eq!(claimed.len(), 2);
    assert_eq!((claimed[0].notice.clone(), claimed[0].attempts), (notice(), 1));
    assert_eq!(store.claim_notices(10, minute).unwrap(), [], "claimed already");
    assert!(store.delivered(&claimed[0]).unwrap());
    assert!(!store.delivered(&claimed[0]).unwrap());
    assert!(store.put_off(&claimed[1], 2 * minute, "connection refused").unwrap());
    bed.clock.pass(minute);
    assert_eq!(store.claim_notices(10, minute).unwrap(), [], "put off");
    bed.clock.pass(minute);
    let again = store.claim_notices(10, minute).unwrap();
    assert_eq!((again.len(), again[0].id, again[0].attempts), (1, claimed[1].id, 2));
}

fn a_claim_that_ran_out_is_told_again(bed: &Bed) {
    let store = &bed.store;
    let minute = Duration::from_secs(60);
    let id = store
        .create_deployment(&new_deployment(Operation::Deploy, None))
        .unwrap()
        .id;
    store
        .finish(id, Outcome::Failed, None, 0, &[notice(), notice()])
        .unwrap();
    let first = store.claim_notices(1, minute).unwrap();
    bed.clock.pass(minute);
    let second = store.claim_notices(1, minute).unwrap();
    assert_eq!(first[0].id, second[0].id, "the oldest that is due");
    assert!(!store.delivered(&first[0]).unwrap(), "the claim went to another");
    assert!(!store.put_off(&first[0], minute, "late").unwrap());
    assert!(store.delivered(&second[0]).unwrap());
    assert_eq!(store.claim_notices(10, minute).unwrap().len(), 1);
}

fn the_journal_tells_of_every_act(bed: &Bed) {
    let store = &bed.store;
    assert!(matches!(
        store.verify_audit().unwrap(),
        Verified::Whole { records: 0, .. }
    ));
    store.register_service(&pricing(), Path::new("/src/pricing")).unwrap();
    let id = store
        .create_deployment(&new_deployment(Operation::Deploy, None))
        .unwrap()
        .id;
    let lease = store
        .acquire_lease(&pricing(), &production(), "D-1", Duration::ZERO, &mut |_| {})
        .unwrap();
    let token = lease.token();
    store.advance(id, State::Planned, State::Locked, token).unwrap();
    let step = store
        .begin_step(id, token, (State::Locked, State::Preparing), "build", &json!({}))
        .unwrap();
    store.end_step(id, token, step, StepStatus::Done, &json!({})).unwrap();
    store.create_release(&new_release(&pricing(), "i1")).unwrap();
    store.learn(id, &Learnt::default(), token).unwrap();
    store.finish(id, Outcome::Succeeded, None, token, &[]).unwrap();
    lease.release().unwrap();
    store.set_hold(&pricing(), &production(), "sale").unwrap();
    // What is refused or changes nothing is not told.
    assert!(store.advance(id, State::Planned, State::Locked, token).is_err());
    store.create_release(&new_release(&pricing(), "i1")).unwrap();
    store.register_service(&pricing(), Path::new("/src/pricing")).unwrap();

    let mut acts = Vec::new();
    store
        .each_record(&mut |record| {
            assert_eq!(record.seq, acts.len() as u64 + 1);
            assert_eq!((record.actor.as_str(), record.at), ("alice@laptop", bed.clock.now()));
            acts.push(format!("{} {}", record.action, record.subject));
            Ok(true)
        })
        .unwrap();
    assert_eq!(
        acts,
        [
            "service.register pricing",
            "deployment.begin pricing/production/D-1",
            "lease.take pricing/production",
            "deployment.advance pricing/production/D-1",
            "step.begin pricing/production/D-1",
            "step.end pricing/production/D-1",
            "release.create pricing/v1",
            "deployment.learn pricing/production/D-1",
            "deployment.end pricing/production/D-1",
            "lease.release pricing/production",
            "hold.set pricing/production",
        ]
    );
    assert!(matches!(
        store.verify_audit().unwrap(),
        Verified::Whole { records: 11, .. }
    ));
}

fn the_journal_is_filtered_and_paged(bed: &Bed) {
    let store = &bed.store;
    let services: [ServiceName; 3] = ["a", "a-b", "b"].map(|name| name.parse().unwrap());
    let begin = bed.clock.now();
    for round in 0..3 {
        for service in &services {
            store.set_hold(service, &production(), &round.to_string()).unwrap();
        }
        bed.clock.pass(Duration::from_secs(60));
    }
    let seqs = |filter: Filter| -> Vec<u64> {
        let found = store.audit(&filter).unwrap();
        found.iter().map(|record| record.seq).collect()
    };
    assert_eq!(seqs(Filter::default()), [9, 8, 7, 6, 5, 4, 3, 2, 1]);
    let service = Some(services[0].clone());
    let of_a = || Filter {
        service: service.clone(),
        ..Filter::default()
    };
    assert_eq!(seqs(of_a()), [7, 4, 1], "and not `a-b`");
    assert_eq!(
        seqs(Filter {
            limit: Some(2),
            ..of_a()
        }),
        [7, 4]
    );
    assert_eq!(
        seqs(Filter {
            before: Some(7),
            ..of_a()
        }),
        [4, 1]
    );
    let since = Some(begin + Duration::from_secs(60));
    assert_eq!(seqs(Filter { since, ..of_a() }), [7, 4]);
}

fn the_value_of_a_secret_is_written_nowhere(bed: &Bed) {
    let store = &bed.store;
    store.conceal("TOKEN", &Secret::new("hunter2-hunter2".into()));
    let leak = "token=hunter2-hunter2";
    let mut new = new_deployment(Operation::Deploy, None);
    new.plan = json!({"env": [leak]});
    new.note = Some(leak.into());
    let id = store.create_deployment(&new).unwrap().id;
    let step = store
        .begin_step(id, 0, (State::Planned, State::Preparing), "build", &json!(leak))
        .unwrap();
    store
        .end_step(id, 0, step, StepStatus::Failed, &json!({"tail": [leak]}))
        .unwrap();
    let news = Notice {
        topic: "t".into(),
        payload: json!(leak),
    };
    store.finish(id, Outcome::Failed, Some(leak), 0, &[news]).unwrap();
    store.set_hold(&pricing(), &production(), leak).unwrap();
    store.clear_holds(&pricing(), &production(), Some(leak)).unwrap();

    let written = format!(
        "{:?} {:?} {:?} {:?} {:?}",
        store.deployment(id).unwrap(),
        store.plan(id).unwrap(),
        store.steps(id).unwrap(),
        store.claim_notices(1, Duration::from_secs(1)).unwrap(),
        store.audit(&Filter::default()).unwrap(),
    );
    assert!(!written.contains("hunter2"), "{written}");
    assert_eq!(written.matches("token=[TOKEN]").count(), 11, "{written}");
}

fn a_lease_is_one_holders_and_its_tokens_only_rise(bed: &Bed) {
    let store = &bed.store;
    let take = |env: &EnvName| store.acquire_lease(&pricing(), env, "D-7", Duration::ZERO, &mut |_| {});
    let first = take(&production()).unwrap();
    let elsewhere = take(&EnvName::local()).unwrap();
    assert_eq!((first.token(), elsewhere.token()), (1, 1));
    first.check().unwrap();

    let holder = store.lease_holder(&pricing(), &production()).unwrap().unwrap();
    assert_eq!((holder.actor.as_str(), holder.doing.as_str()), ("alice@laptop", "D-7"));
    assert_eq!(holder.pid, i32::try_from(std::process::id()).unwrap());

    let running = new_deployment(Operation::Deploy, Some(5));
    store.create_deployment(&running).unwrap();
    let refused = take(&production()).err().unwrap();
    assert_eq!((refused.kind(), refused.code()), (Kind::Busy, "lease-held"));
    assert_eq!(refused.hints(), ["deliver why D-1"]);
    for part in [
        "alice@laptop",
        "`D-7`",
        "D-1 to v5",
        "2026-03-04T05:06:07Z",
        &holder.pid.to_string(),
        &holder.host,
    ] {
        assert!(refused.message().contains(part), "{part} in {refused}");
    }
    drop(first);
    assert_eq!(store.lease_holder(&pricing(), &production()).unwrap(), None);
    let second = take(&production()).unwrap();
    assert_eq!(second.token(), 2);
    second.release().unwrap();
    assert_eq!(take(&production()).unwrap().token(), 3);
}

fn a_holder_that_could_not_renew_stops_itself(bed: &Bed) {
    let lease = bed
        .store
        .acquire_lease(&pricing(), &production(), "D-1", Duration::ZERO, &mut |_| {})
        .unwrap();
    bed.clock.jump(SignedDuration::from_hours(1));
    lease.check().unwrap();
    bed.clock.jump(SignedDuration::from_hours(-2));
    lease.check().unwrap();
    // Two thirds of its life at once, as when the machine hung: no renewal can have happened in between.
    bed.clock.pass(FENCE_AFTER);
    let refused = lease.check().unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (Kind::Busy, "lease-lost"));
}

/// Gives the renewing thread real time to notice that the test's clock has moved.
fn until(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..200 {
        if done() {
            return;
        }
        super::pause(Duration::from_millis(25));
    }
    panic!("not within 5 s: {what}");
}

fn a_lease_renews_itself(bed: &Bed) {
    let store = &bed.store;
    let lease = store
        .acquire_lease(&pricing(), &production(), "D-1", Duration::ZERO, &mut |_| {})
        .unwrap();
    let expires = || {
        store
            .lease_holder(&pricing(), &production())
            .unwrap()
            .unwrap()
            .expires_at
    };
    for _ in 0..4 {
        let before = expires();
        bed.clock.pass(Duration::from_secs(5));
        until("renewed", || expires() > before);
        lease.check().unwrap();
    }
    assert!(
        matches!(store.verify_audit().unwrap(), Verified::Whole { records: 1, .. }),
        "no act"
    );
}

fn a_jump_of_the_wall_clock_costs_a_living_holder_nothing(bed: &Bed) {
    let store = &bed.store;
    let lease = store
        .acquire_lease(&pricing(), &production(), "D-1", Duration::ZERO, &mut |_| {})
        .unwrap();
    for hours in [1, -2] {
        bed.clock.jump(SignedDuration::from_hours(hours));
        let mut looks = 0;
        let refused = store.acquire_lease(&pricing(), &production(), "D-2", Duration::ZERO, &mut |_| {
            looks += 1;
            // The clock is the holder's as well: let it do what it would have done in that time.
            until("renewed", || lease.check().is_ok());
        });
        assert_eq!(refusal(refused), (Kind::Busy, "lease-held"));
        assert!(
            hours < 0 || looks >= 10,
            "a lapse by the wall clock alone is watched, not believed"
        );
        lease.check().unwrap();
    }
}

fn a_holder_that_stands_still_is_taken_over_and_refused(bed: &Bed) {
    let store = &bed.store;
    let id = store
        .create_deployment(&new_deployment(Operation::Deploy, None))
        .unwrap()
        .id;
    let lease = store
        .acquire_lease(&pricing(), &production(), "D-1", Duration::ZERO, &mut |_| {})
        .unwrap();
    store.advance(id, State::Planned, State::Locked, lease.token()).unwrap();
    // The watcher's clock runs too fast for the renewing thread's next look: it stands still.
    let began = bed.clock.elapsed();
    let next = store
        .acquire_lease(&pricing(), &production(), "D-2", 100 * TTL, &mut |_| {})
        .unwrap();
    // 15 s, and at the latest with the next look, which is due half a second later.
    let waited = bed.clock.elapsed() - began;
    assert!((TTL..=TTL + Duration::from_millis(500)).contains(&waited), "{waited:?}");
    assert_eq!(next.token(), lease.token() + 1);
    assert_eq!(
        refusal(store.advance(id, State::Locked, State::Preparing, lease.token())),
        (Kind::Busy, "fenced")
    );
    until("the old holder notices", || lease.lost());
    drop(lease);
    let holder = store.lease_holder(&pricing(), &production()).unwrap().unwrap();
    assert_eq!(
        holder.token,
        next.token(),
        "giving back what was lost takes nothing from the new holder"
    );
}
