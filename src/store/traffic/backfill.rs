//! Adds up the minutes of a store that was made before hours and days were kept.

use std::collections::BTreeMap;

use super::{COLUMNS, DAY_MICROS, HOUR_MICROS, add, decode, floor};
use crate::fault::Result;
use crate::model::traffic::Traffic;
use crate::store::engine::Tx;
use crate::store::row::params;

/// Rows read at a time.
const PAGE: u32 = 2_000;

/// The sums of one service, environment and day that are not written yet, by length and start of their bucket and release.
type Day = BTreeMap<(i64, i64, u32), Traffic>;

/// Part of the migration that adds the table of sums, in its transaction. Holds no more than a page of minutes and the sums
/// of a day in memory, however many minutes there are.
pub(in crate::store) fn sum_minutes(tx: &mut dyn Tx) -> Result<()> {
    let sql = format!(
        "SELECT {COLUMNS} FROM traffic
         WHERE (service, env, bucket, release) > ($1, $2, $3, $4)
         ORDER BY service, env, bucket, release LIMIT {PAGE}"
    );
    let mut day = Day::new();
    let (mut service, mut env, mut bucket, mut release) = (String::new(), String::new(), i64::MIN, 0);
    loop {
        let rows = tx.query(&sql, params![&service, &env, bucket, release])?;
        let Some(last) = rows.last().cloned().map(decode).transpose()? else {
            return write(tx, &mut day);
        };
        for row in rows {
            let minute = decode(row)?;
            let same = |sum: &Traffic| {
                sum.service == minute.service
                    && sum.env == minute.env
                    && floor(sum.bucket, DAY_MICROS) == floor(minute.bucket, DAY_MICROS)
            };
            if !day.values().next().is_none_or(same) {
                write(tx, &mut day)?;
            }
            for span in [HOUR_MICROS, DAY_MICROS] {
                let start = floor(minute.bucket, span);
                let sum = day.entry((span, start, minute.release.0));
                sum.and_modify(|sum| merge(sum, &minute)).or_insert_with(|| Traffic {
                    bucket: start,
                    ..minute.clone()
                });
            }
        }
        (service, env) = (last.service.to_string(), last.env.to_string());
        (bucket, release) = (last.bucket, last.release.0);
    }
}

fn write(tx: &mut dyn Tx, day: &mut Day) -> Result<()> {
    std::mem::take(day)
        .into_iter()
        .try_for_each(|((span, _, _), sum)| add(tx, span, &sum))
}

fn merge(sum: &mut Traffic, more: &Traffic) {
    let pairs = sum.classes.iter_mut().zip(&more.classes);
    for (sum, more) in pairs.chain(sum.latency.iter_mut().zip(&more.latency)) {
        *sum = sum.saturating_add(*more);
    }
    sum.failed = sum.failed.saturating_add(more.failed);
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use jiff::Timestamp;

    use super::*;
    use crate::model::ReleaseNo;
    use crate::model::traffic::{BUCKET_MICROS, LATENCY_BUCKETS};
    use crate::ports::Clock;
    use crate::store::engine::Engine;
    use crate::store::sqlite::Sqlite;
    use crate::store::{Options, Store, migrate};

    struct Still;

    impl Clock for Still {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }
        fn elapsed(&self) -> Duration {
            Duration::ZERO
        }
        fn sleep(&self, _: Duration) {}
    }

    fn minute(service: &str, at: i64) -> Traffic {
        let mut latency = vec![0; LATENCY_BUCKETS];
        latency[at as usize % LATENCY_BUCKETS] = 2;
        Traffic {
            service: service.parse().unwrap(),
            env: "production".parse().unwrap(),
            release: ReleaseNo(1 + (at / 1_000) as u32),
            bucket: at * BUCKET_MICROS,
            classes: [0, 1, 0, 0, 1],
            failed: 1,
            latency,
        }
    }

    #[test]
    fn a_store_of_minutes_alone_is_summed_when_it_is_migrated() {
        let engine = Sqlite::in_memory().unwrap();
        migrate::run_to(&engine, &migrate::MIGRATIONS[..1], Timestamp::UNIX_EPOCH).unwrap();
        // More than two pages, over three days of two services.
        let minutes: Vec<Traffic> = ["catalog", "pricing"]
            .into_iter()
            .flat_map(|service| (0..2 * 1440 + 30).map(move |at| minute(service, at)))
            .collect();
        engine
            .write(&mut |tx| minutes.iter().try_for_each(|minute| add(tx, BUCKET_MICROS, minute)))
            .unwrap();

        let store = Store::with(Box::new(engine), Arc::new(Still), Options::default()).unwrap();
        for service in ["catalog", "pricing"] {
            let (service, env) = (service.parse().unwrap(), "production".parse().unwrap());
            let cuts = [0, HOUR_MICROS, DAY_MICROS, 3 * DAY_MICROS];
            let found = store.tallies(&service, &env, &cuts, true).unwrap();
            let counts: Vec<(u64, u64, u64)> = found
                .iter()
                .map(|tally| (tally.classes[1], tally.failed, tally.latency.iter().sum()))
                .collect();
            assert_eq!(
                counts,
                [(60, 60, 120), (1380, 1380, 2760), (1470, 1470, 2940)],
                "{service}"
            );
            assert_eq!(store.hours_counted(&service, &env, 0, i64::MAX).unwrap(), 49);
        }
    }
}
