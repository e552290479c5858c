//! Objectives over a store that was counted into, against counting by hand.

#![allow(clippy::unwrap_used, reason = "a failure to set the stage is a failed test")]

use std::sync::Arc;

use deliver::adapters::memory::ManualClock;
use deliver::model::deployment::{Operation, Outcome};
use deliver::model::objective::{DEFAULT_WINDOW, Indicator, IndicatorKind, Slo};
use deliver::model::traffic::{LATENCY_BUCKETS, Traffic, latency_bucket};
use deliver::model::{EnvName, ReleaseNo, ServiceName, Span};
use deliver::reliability::assess::{Assessment, Judged, Subject, assess};
use deliver::reliability::state::State;
use deliver::store::Store;
use deliver::store::deployment::NewDeployment;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};

const NOW: &str = "2026-03-04T05:06:07Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn pricing() -> ServiceName {
    "pricing".parse().unwrap()
}

fn production() -> EnvName {
    "production".parse().unwrap()
}

/// A store in which pricing was first deployed this long ago.
fn store(days: i64) -> Store {
    let first = now() - SignedDuration::from_hours(24 * days);
    let store = Store::in_memory(Arc::new(ManualClock::at(first)), "ada").unwrap();
    let deployment = store
        .create_deployment(&NewDeployment {
            service: pricing(),
            env: production(),
            target: "local".into(),
            operation: Operation::Deploy,
            release: Some(ReleaseNo(1)),
            previous: None,
            parent: None,
            plan_hash: String::new(),
            plan: serde_json::Value::Null,
            gates: Vec::new(),
            note: None,
        })
        .unwrap();
    store.finish(deployment.id, Outcome::Succeeded, None, 0, &[]).unwrap();
    store
}

/// Requests in the minute that began so many minutes before the one that holds now.
fn minute(ago: i64, good: u64, bad: u64, failed: u64) -> Traffic {
    let mut latency = vec![0; LATENCY_BUCKETS];
    latency[latency_bucket(20_000)] = good;
    latency[latency_bucket(2_000_000)] = bad + failed;
    Traffic {
        service: pricing(),
        env: production(),
        release: ReleaseNo(1),
        bucket: now().as_microsecond().div_euclid(60_000_000) * 60_000_000 - ago * 60_000_000,
        classes: [0, good, 0, 0, bad],
        failed,
        latency,
    }
}

fn slo(objective: &str, window: Span) -> Slo {
    Slo {
        name: "availability".into(),
        objective: objective.parse().unwrap(),
        window,
        indicator: Indicator {
            kind: IndicatorKind::Http,
            good: Some("status < 500".into()),
            total: None,
            threshold: None,
            path: None,
        },
        description: None,
    }
}

fn look(store: &Store, slos: Vec<Slo>, at: Timestamp) -> Assessment {
    let subject = Subject {
        service: pricing(),
        team: None,
        env: production(),
        slos,
    };
    assess(Some(store), &[subject], at).unwrap()
}

fn judged(store: &Store, slo: Slo) -> Judged {
    look(store, vec![slo], now()).slos.remove(0)
}

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever was counted when: the objective's counts are the sum of the minutes from the hour in which its window began.
    #[test]
    fn an_objective_counts_exactly_what_a_loop_over_minutes_counts(
        minutes in proptest::collection::vec((0i64..40 * DAY, 0u64..200, 0u64..5, 0u64..3), 1..60),
        recent in proptest::collection::vec((0i64..7 * HOUR, 0u64..50, 0u64..5, 0u64..3), 0..60),
        days in 1u64..35,
    ) {
        let store = store(60);
        let all: Vec<Traffic> = minutes.iter().chain(&recent).map(|(ago, good, bad, failed)| minute(*ago, *good, *bad, *failed)).collect();
        store.record_traffic(&all).unwrap();
        // The hour that holds the moment `days` before the end of this minute.
        let end = now().as_microsecond().div_euclid(60_000_000) * 60_000_000 + 60_000_000;
        let from = (end - days as i64 * 86_400_000_000).div_euclid(3_600_000_000) * 3_600_000_000;
        let since = |from: i64| {
            let counted = all.iter().filter(|one| one.bucket >= from);
            counted.fold((0, 0), |(good, total), one| {
                (good + one.classes[1], total + one.classes[1] + one.classes[4] + one.failed)
            })
        };
        let (good, total) = since(from);
        let judged = judged(&store, slo("99.9", Span::from_secs(days * 86_400)));
        prop_assert_eq!((judged.good, judged.total), (Some(good), Some(total)));
        prop_assert_eq!(judged.budget.spent, Some(total - good));
        prop_assert_eq!(judged.budget.allowed.unwrap().to_string(), exact_thousandth(total));
        let burn = |minutes: i64| {
            let (good, total) = since(end - minutes * 60_000_000);
            (total > 0).then(|| (total - good) as f64 * 1e8 / (total as f64 * 1e5))
        };
        prop_assert_eq!(judged.burn.minutes_5, burn(5));
        prop_assert_eq!(judged.burn.minutes_30, burn(30));
        prop_assert_eq!(judged.burn.hour, burn(60));
        prop_assert_eq!(judged.burn.hours_6, burn(360));
        let last_week: u64 = {
            let from = (end - 1).div_euclid(3_600_000_000) * 3_600_000_000 + 3_600_000_000 - 7 * 86_400_000_000;
            since(from).1
        };
        prop_assert_eq!(judged.last_7d.iter().any(Option::is_some), last_week > 0);
    }
}

/// A thousandth of a whole number, as a decimal.
fn exact_thousandth(total: u64) -> String {
    let text = format!("{}.{:03}", total / 1000, total % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[test]
fn an_outage_burns_then_spends_and_says_when() {
    let store = store(40);
    // Four weeks of 100 requests an hour, and an hour of 5 % failures, now.
    let quiet: Vec<Traffic> = (1..28 * 24).map(|hour| minute(hour * HOUR + 30, 100, 0, 0)).collect();
    store.record_traffic(&quiet).unwrap();
    let outage: Vec<Traffic> = (0..60).map(|ago| minute(ago, 19, 1, 0)).collect();
    store.record_traffic(&outage).unwrap();
    let found = judged(&store, slo("99.5", DEFAULT_WINDOW));
    assert_eq!(
        found.state,
        State::Ok,
        "10 times the allowed rate is less than 13.44 within an hour"
    );
    let found = judged(&store, slo("99.8", DEFAULT_WINDOW));
    assert_eq!((found.state, found.budget.spent), (State::Burning, Some(60)));
    // 67 100 + 1200 requests allow 136.6 bad ones; 60 went in the last hour, and 1200 - 100 more requests come than leave.
    assert_eq!(found.budget.allowed.unwrap().to_string(), "136.6");
    let left = (found.exhausts_at.unwrap() - now()).total(jiff::Unit::Minute).unwrap();
    assert!(
        (78.0..82.0).contains(&left),
        "{left} min: 76.6 left at 60 - 2.2 an hour"
    );
    assert_eq!(found.recovers_at, None);

    store.record_traffic(&[minute(0, 0, 0, 80)]).unwrap();
    let found = judged(&store, slo("99.8", DEFAULT_WINDOW));
    assert_eq!((found.state, found.budget.spent), (State::Spent, Some(140)));
    assert_eq!((found.exhausts_at, found.recovers_at), (None, None));
    assert!(found.budget.remaining_ratio.unwrap() < 0.0);

    // Five weeks later the outage has left the window, and nothing came since.
    let later = now() + SignedDuration::from_hours(35 * 24);
    let found = look(&store, vec![slo("99.8", DEFAULT_WINDOW)], later).slos.remove(0);
    assert_eq!(
        (found.state, found.total, found.coverage),
        (State::NoData, Some(0), Some(0.0))
    );
    assert_eq!(found.note.as_deref(), Some("no request in this window"));
}

#[test]
fn a_spent_budget_says_when_its_outage_leaves_the_window() {
    let store = store(40);
    let quiet: Vec<Traffic> = (0..28 * 24).map(|hour| minute(hour * HOUR + 7, 100, 0, 0)).collect();
    store.record_traffic(&quiet).unwrap();
    store.record_traffic(&[minute(26 * DAY, 0, 500, 0)]).unwrap();
    let found = judged(&store, slo("99.9", DEFAULT_WINDOW));
    assert_eq!(found.state, State::Spent);
    let days = (found.recovers_at.unwrap() - now()).total(jiff::Unit::Hour).unwrap() / 24.0;
    assert!((2.0..3.1).contains(&days), "{days}: it happened 26 of 28 days ago");
}

#[test]
fn one_failure_of_ten_requests_neither_burns_nor_spends() {
    let store = store(40);
    store.record_traffic(&[minute(1, 9, 1, 0)]).unwrap();
    let found = judged(&store, slo("99.9", DEFAULT_WINDOW));
    assert_eq!(found.state, State::LowTraffic);
    assert_eq!(found.budget.remaining.unwrap().to_string(), "-0.99", "shown as it is");
    store.record_traffic(&[minute(1, 0, 1, 0)]).unwrap();
    assert_eq!(judged(&store, slo("99.9", DEFAULT_WINDOW)).state, State::Spent);
}

#[test]
fn coverage_counts_hours_since_the_first_deployment() {
    let store = store(1);
    let found = judged(&store, slo("99.9", DEFAULT_WINDOW));
    assert_eq!((found.state, found.coverage), (State::NoData, Some(0.0)));
    // The first deployment was a day ago at six minutes past the hour: 25 hours were begun since.
    store
        .record_traffic(&[
            minute(0, 1, 0, 0),
            minute(3, 1, 0, 0),
            minute(10, 1, 0, 0),
            minute(5 * HOUR, 1, 0, 0),
        ])
        .unwrap();
    assert_eq!(judged(&store, slo("99.9", DEFAULT_WINDOW)).coverage, Some(3.0 / 25.0));
    // Counts from before, as after a store was copied, do not make more than everything.
    let before: Vec<Traffic> = (0..30).map(|hour| minute(hour * HOUR, 1, 0, 0)).collect();
    store.record_traffic(&before).unwrap();
    assert_eq!(judged(&store, slo("99.9", DEFAULT_WINDOW)).coverage, Some(1.0));
}

#[test]
fn a_clock_that_jumps_gives_bounded_answers() {
    let store = store(40);
    store
        .record_traffic(&[minute(1, 99, 1, 0), minute(-90, 0, 50, 0)])
        .unwrap();
    let assessment = look(&store, vec![slo("99", DEFAULT_WINDOW)], now());
    assert_eq!(assessment.slos[0].total, Some(100), "the future does not count yet");
    assert_eq!(
        assessment.notes,
        ["some counts lie up to 90 min in the future: the clock went back; they count when their time comes"]
    );
    let two_hours_on = now() + SignedDuration::from_hours(2);
    let assessment = look(&store, vec![slo("99", DEFAULT_WINDOW)], two_hours_on);
    assert_eq!((assessment.slos[0].total, assessment.notes.len()), (Some(150), 0));
    // A clock that was never set, and one at the end of time.
    for at in [Timestamp::UNIX_EPOCH, Timestamp::MIN, Timestamp::MAX] {
        let found = look(&store, vec![slo("99", DEFAULT_WINDOW)], at).slos.remove(0);
        assert_eq!((found.state, found.total), (State::NoData, Some(0)), "{at}");
    }
}

#[test]
fn latency_is_read_from_the_histograms_of_any_window() {
    let store = store(40);
    let weeks: Vec<Traffic> = (0..27 * 24).map(|hour| minute(hour * HOUR, 99, 1, 0)).collect();
    store.record_traffic(&weeks).unwrap();
    let latency = |millis| Slo {
        name: "latency".into(),
        indicator: Indicator {
            kind: IndicatorKind::Latency,
            good: None,
            threshold: Some(Span::from_millis(millis)),
            total: None,
            path: None,
        },
        ..slo("99", DEFAULT_WINDOW)
    };
    let found = judged(&store, latency(300));
    let hours = 27 * 24;
    assert_eq!(
        (found.good, found.good_at_most, found.total),
        (Some(99 * hours), Some(99 * hours), Some(100 * hours))
    );
    assert_eq!(
        (found.state, found.good_is.as_deref()),
        (State::Spent, Some("within 300ms"))
    );
    let found = judged(&store, latency(18));
    assert_eq!((found.good, found.good_at_most), (Some(0), Some(99 * hours)));
    assert_eq!(
        found.note.as_deref(),
        Some("18ms lies between the bounds 15ms and 20ms: what lies between them counts as bad")
    );
    assert!(
        found.sli_high.unwrap() > 0.98 && found.sli_low == Some(0.0),
        "the interval holds both readings"
    );
}

#[test]
fn what_is_not_connected_or_cannot_be_told_is_not_healthy() {
    let store = store(40);
    store.record_traffic(&[minute(1, 99, 0, 0)]).unwrap();
    let with = |kind, path: Option<&str>| Slo {
        name: format!("{kind:?}").to_lowercase(),
        indicator: Indicator {
            kind,
            path: path.map(str::to_owned),
            ..slo("99", DEFAULT_WINDOW).indicator
        },
        ..slo("99", DEFAULT_WINDOW)
    };
    let slos = vec![
        with(IndicatorKind::Promql, None),
        with(IndicatorKind::Http, Some("/api")),
        slo("99", DEFAULT_WINDOW),
    ];
    let assessment = look(&store, slos, now());
    let states: Vec<(&str, State)> = assessment.slos.iter().map(|it| (it.slo.as_str(), it.state)).collect();
    assert_eq!(
        states,
        [
            ("availability", State::Ok),
            ("http", State::Unknown),
            ("promql", State::NoData)
        ],
        "soonest to act first, what is not known last and visible"
    );
    assert!(assessment.slos[2].total.is_none() && assessment.slos[2].sli.is_none());
    assert_eq!(assessment.services[0].tallied.state, Some(State::Unknown));
    assert_eq!(look(&store, Vec::new(), now()).slos.len(), 0);
}
