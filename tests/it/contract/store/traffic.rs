//! Counts by minute, hour and day: what is read back is what was counted, however it is cut.

use deliver::model::traffic::{BUCKET_MICROS, DAY_MICROS, HOUR_MICROS, LATENCY_BUCKETS, Tally, Traffic};
use deliver::model::{EnvName, ReleaseNo};
use proptest::prelude::{ProptestConfig, Strategy, any, prop_assert_eq, proptest};

use super::{Bed, pricing, production};

const MINUTE: i64 = BUCKET_MICROS;

/// One minute of one release; `seed` makes its counters.
fn minute(bucket: i64, release: u32, seed: u64) -> Traffic {
    let mut latency = vec![0; LATENCY_BUCKETS];
    latency[(seed % LATENCY_BUCKETS as u64) as usize] = seed;
    latency[3] += 1;
    Traffic {
        service: pricing(),
        env: production(),
        bucket: bucket * MINUTE,
        release: ReleaseNo(release),
        classes: [0, seed, seed / 2, seed % 7, seed % 3],
        failed: seed % 2,
        latency,
    }
}

/// What lies between two cuts, counted one by one.
fn by_hand(minutes: &[Traffic], from: i64, to: i64) -> Tally {
    let mut tally = Tally::default();
    for minute in minutes.iter().filter(|minute| (from..to).contains(&minute.bucket)) {
        tally.failed += minute.failed;
        tally.latency.resize(LATENCY_BUCKETS, 0);
        for (sum, more) in tally.classes.iter_mut().zip(minute.classes) {
            *sum += more;
        }
        for (sum, more) in tally.latency.iter_mut().zip(&minute.latency) {
            *sum += more;
        }
    }
    tally
}

fn minutes() -> impl Strategy<Value = Vec<Traffic>> {
    // Around a change of day, some before 1970: a clock that was never set counts too.
    let start = (-3_000i64..4_000, 1u32..3, 0u64..1_000);
    proptest::collection::vec(start, 1..40).prop_map(|all| {
        all.into_iter()
            .map(|(at, release, seed)| minute(at, release, seed))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_cut_of_time_holds_exactly_what_was_counted_in_it(
        minutes in minutes(),
        mut cuts in proptest::collection::btree_set(-4_000i64..5_000, 2..12),
        together in any::<bool>(),
    ) {
        let store = Bed::memory().store;
        match together {
            true => store.record_traffic(&minutes).unwrap(),
            false => minutes.iter().for_each(|one| store.record_traffic(std::slice::from_ref(one)).unwrap()),
        }
        cuts.insert(0);
        let cuts: Vec<i64> = cuts.into_iter().map(|minute| minute * MINUTE).collect();
        let with = store.tallies(&pricing(), &production(), &cuts, true).unwrap();
        let without = store.tallies(&pricing(), &production(), &cuts, false).unwrap();
        for (slot, pair) in cuts.windows(2).enumerate() {
            let expected = by_hand(&minutes, pair[0], pair[1]);
            prop_assert_eq!(&without[slot], &Tally { latency: Vec::new(), ..expected.clone() });
            prop_assert_eq!(&with[slot], &expected);
        }
    }
}

#[test]
fn a_window_is_read_without_its_pruned_minutes() {
    let store = Bed::memory().store;
    let week: Vec<Traffic> = (0..7 * 1440).step_by(7).map(|at| minute(at, 1, at as u64)).collect();
    store.record_traffic(&week).unwrap();
    let cuts = [0, HOUR_MICROS, 2 * DAY_MICROS + HOUR_MICROS, 7 * DAY_MICROS];
    let before = store.tallies(&pricing(), &production(), &cuts, true).unwrap();
    assert_eq!(before[1], by_hand(&week, cuts[1], cuts[2]));

    let old = week.iter().filter(|one| one.bucket < 5 * DAY_MICROS).count() as u64;
    assert_eq!(
        store.prune_traffic(5 * DAY_MICROS, 100).unwrap(),
        100,
        "no more than it may"
    );
    assert_eq!(store.prune_traffic(5 * DAY_MICROS, u32::MAX).unwrap(), old - 100);
    assert_eq!(store.prune_traffic(5 * DAY_MICROS, u32::MAX).unwrap(), 0);
    let kept = store.traffic(&pricing(), &production(), 0, i64::MAX).unwrap();
    assert_eq!(kept.len() as u64, week.len() as u64 - old);
    assert!(kept.iter().all(|one| one.bucket >= 5 * DAY_MICROS));
    assert_eq!(store.tallies(&pricing(), &production(), &cuts, true).unwrap(), before);
}

#[test]
fn hours_that_hold_counts_are_counted_once_however_many_releases_they_have() {
    let store = Bed::memory().store;
    let at = |hour: i64| hour * 60 + 5;
    store
        .record_traffic(&[
            minute(at(1), 1, 2),
            minute(at(1), 2, 2),
            minute(at(3), 1, 2),
            minute(at(9), 1, 2),
        ])
        .unwrap();
    let counted = |from, to| store.hours_counted(&pricing(), &production(), from, to).unwrap();
    assert_eq!(counted(0, 9 * HOUR_MICROS), 2);
    assert_eq!(counted(0, 10 * HOUR_MICROS), 3);
    assert_eq!(counted(10 * HOUR_MICROS, 0), 0);
    assert_eq!(
        store.hours_counted(&pricing(), &EnvName::local(), 0, i64::MAX).unwrap(),
        0
    );
    assert_eq!(store.latest_traffic(0).unwrap(), Some(at(9) * MINUTE));
    assert_eq!(store.latest_traffic(at(9) * MINUTE + 1).unwrap(), None);
    assert_eq!(store.tallies(&pricing(), &production(), &[], true).unwrap(), []);
    assert_eq!(store.tallies(&pricing(), &production(), &[7], true).unwrap(), []);
}
