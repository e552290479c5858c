//! Counting requests: atomics on the way of a request, minutes on their way to the store.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::fault::Result;
use crate::model::traffic::{BUCKET_MICROS, DAY_MICROS, HOUR_MICROS, LATENCY_BUCKETS, Traffic, latency_bucket};
use crate::model::{EnvName, ReleaseNo, ServiceName};

/// Takes counts; adding the same key twice adds every counter.
pub trait TrafficSink {
    fn record(&mut self, counted: &[Traffic]) -> Result<()>;

    /// Forgets minutes that began before `before` (microseconds since 1970 UTC), at most so many rows; their sums stay.
    /// Gives how many it forgot.
    fn prune(&mut self, before: i64, most: u32) -> Result<u64>;
}

/// How long minutes are kept: the slowest burn rate that is read from them looks back three days, and a week of them is what
/// people zoom into. Hours and days stay.
const MINUTES_KEPT: i64 = 8 * DAY_MICROS;

/// Rows that one pruning removes at most, so that it holds the store for a moment only: minutes of an hour of 300 services.
const PRUNED_AT_ONCE: u32 = 20_000;

/// Removes old minutes when an hour has changed.
#[derive(Default)]
pub struct Pruner {
    /// The hour that has been seen to; nothing is done before the first change.
    hour: Option<i64>,
}

impl Pruner {
    /// `now` is microseconds since 1970 UTC. What one time could not remove is left to the next second, a failure to the
    /// next hour. A clock that goes back an hour changes the hour, too; nothing is then old enough that was not before.
    pub fn tick(&mut self, now: i64, sink: &mut dyn TrafficSink) -> Result<()> {
        let hour = now.div_euclid(HOUR_MICROS);
        let Some(seen) = self.hour.replace(hour) else {
            return Ok(());
        };
        if seen != hour && sink.prune(now.saturating_sub(MINUTES_KEPT), PRUNED_AT_ONCE)? >= u64::from(PRUNED_AT_ONCE) {
            // Another hour than this one: it is not done yet.
            self.hour = Some(hour - 1);
        }
        Ok(())
    }
}

/// Counters of one service, environment and release since they were last taken.
pub struct Meter {
    classes: [AtomicU64; 5],
    failed: AtomicU64,
    latency: [AtomicU64; LATENCY_BUCKETS],
}

impl Meter {
    fn new() -> Self {
        Meter {
            classes: Default::default(),
            failed: AtomicU64::new(0),
            latency: [const { AtomicU64::new(0) }; LATENCY_BUCKETS],
        }
    }

    /// An answer of the app.
    pub fn answered(&self, status: u16, took: Duration) {
        let class = usize::from(status / 100).clamp(1, 5) - 1;
        self.classes[class].fetch_add(1, Ordering::Relaxed);
        self.time(took);
    }

    /// The router had to answer itself.
    pub fn failed(&self, took: Duration) {
        self.failed.fetch_add(1, Ordering::Relaxed);
        self.time(took);
    }

    fn time(&self, took: Duration) {
        let bucket = latency_bucket(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
        self.latency[bucket].fetch_add(1, Ordering::Relaxed);
    }

    /// Adds what was counted since the last time to `traffic`; says whether there was anything.
    fn take(&self, traffic: &mut Traffic) -> bool {
        let mut any = 0;
        let pairs = self.classes.iter().zip(&mut traffic.classes);
        for (counter, sum) in pairs.chain(self.latency.iter().zip(&mut traffic.latency)) {
            let count = counter.swap(0, Ordering::Relaxed);
            any |= count;
            *sum += count;
        }
        let failed = self.failed.swap(0, Ordering::Relaxed);
        traffic.failed += failed;
        any | failed > 0
    }
}

type Key = (ServiceName, EnvName, ReleaseNo);

/// Every meter there is.
#[derive(Default)]
pub struct Meters(Mutex<HashMap<Key, Arc<Meter>>>);

impl Meters {
    pub fn of(&self, service: &ServiceName, env: &EnvName, release: ReleaseNo) -> Arc<Meter> {
        let mut meters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let meter = meters.entry((service.clone(), env.clone(), release));
        meter.or_insert_with(|| Arc::new(Meter::new())).clone()
    }

    /// Meters that nobody else holds have nothing to come and are dropped once they are empty.
    fn each(&self, mut visit: impl FnMut(&Key, &Meter) -> bool) {
        let mut meters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        meters.retain(|key, meter| visit(key, meter) || Arc::strong_count(meter) > 1);
    }
}

/// Counts that are not in the store yet, by minute.
#[derive(Default)]
pub struct Ledger {
    waiting: BTreeMap<(i64, ServiceName, EnvName, ReleaseNo), Traffic>,
}

impl Ledger {
    /// Moves what was counted into the minute that holds `at` (microseconds since 1970 UTC).
    pub fn collect(&mut self, meters: &Meters, at: i64) {
        let bucket = at.div_euclid(BUCKET_MICROS) * BUCKET_MICROS;
        meters.each(|(service, env, release), meter| {
            let mut taken = empty(service, env, *release, bucket);
            let any = meter.take(&mut taken);
            if any {
                let key = (bucket, service.clone(), env.clone(), *release);
                match self.waiting.get_mut(&key) {
                    Some(sum) => add(sum, &taken),
                    None => drop(self.waiting.insert(key, taken)),
                }
            }
            any
        });
    }

    /// Hands everything over; what could not be taken waits for the next time.
    pub fn hand_over(&mut self, sink: &mut dyn TrafficSink) -> Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let counted: Vec<Traffic> = self.waiting.values().cloned().collect();
        sink.record(&counted)?;
        self.waiting.clear();
        Ok(())
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

fn empty(service: &ServiceName, env: &EnvName, release: ReleaseNo, bucket: i64) -> Traffic {
    Traffic {
        service: service.clone(),
        env: env.clone(),
        release,
        bucket,
        classes: [0; 5],
        failed: 0,
        latency: vec![0; LATENCY_BUCKETS],
    }
}

fn add(sum: &mut Traffic, more: &Traffic) {
    sum.failed += more.failed;
    let pairs = sum.classes.iter_mut().zip(&more.classes);
    for (sum, more) in pairs.chain(sum.latency.iter_mut().zip(&more.latency)) {
        *sum += more;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Fault;

    #[derive(Default)]
    struct Sink {
        broken: bool,
        taken: Vec<Traffic>,
        /// Minutes that are old enough to go, and since when they were asked to.
        old: u64,
        pruned: Vec<i64>,
    }

    impl TrafficSink for Sink {
        fn record(&mut self, counted: &[Traffic]) -> Result<()> {
            if self.broken {
                return Err(Fault::failed("io", "no"));
            }
            self.taken.extend_from_slice(counted);
            Ok(())
        }

        fn prune(&mut self, before: i64, most: u32) -> Result<u64> {
            self.pruned.push(before);
            if self.broken {
                return Err(Fault::failed("io", "no"));
            }
            let gone = self.old.min(most.into());
            self.old -= gone;
            Ok(gone)
        }
    }

    #[test]
    fn nothing_is_lost_or_counted_twice_when_the_store_fails_for_a_while() {
        let (meters, mut ledger) = (Meters::default(), Ledger::default());
        let mut sink = Sink {
            broken: true,
            ..Sink::default()
        };
        let meter = meters.of(&"shop".parse().unwrap(), &"local".parse().unwrap(), ReleaseNo(3));
        let minute = 7 * BUCKET_MICROS;
        meter.answered(200, Duration::from_millis(2));
        ledger.collect(&meters, minute + 1);
        assert!(ledger.hand_over(&mut sink).is_err());
        meter.answered(503, Duration::from_secs(1));
        meter.failed(Duration::ZERO);
        ledger.collect(&meters, minute + 2);
        sink.broken = false;
        ledger.hand_over(&mut sink).unwrap();
        ledger.hand_over(&mut sink).unwrap();
        assert_eq!(sink.taken.len(), 1);
        let traffic = &sink.taken[0];
        assert_eq!(
            (traffic.bucket, traffic.classes, traffic.failed),
            (minute, [0, 1, 0, 0, 1], 1)
        );
        assert_eq!(traffic.latency.iter().sum::<u64>(), 3);
    }

    #[test]
    fn old_minutes_go_when_the_hour_changes_and_never_too_many_at_once() {
        let (mut pruner, mut sink) = (Pruner::default(), Sink::default());
        let at = |hours: i64, seconds: i64| 100 * DAY_MICROS + hours * HOUR_MICROS + seconds * 1_000_000;
        let mut tick = |at: i64, sink: &mut Sink| pruner.tick(at, sink);
        sink.old = 2 * u64::from(PRUNED_AT_ONCE) + 1;
        for seconds in [0, 1, 3_599] {
            tick(at(0, seconds), &mut sink).unwrap();
        }
        assert_eq!(sink.pruned, [0; 0], "not before the hour changes");
        for seconds in 0..5 {
            tick(at(1, seconds), &mut sink).unwrap();
        }
        let since: Vec<i64> = (0..3).map(|seconds| at(1, seconds) - 8 * DAY_MICROS).collect();
        assert_eq!(
            (&sink.pruned, sink.old),
            (&since, 0),
            "until nothing is left, then no more"
        );

        sink.broken = true;
        assert!(tick(at(2, 0), &mut sink).is_err());
        tick(at(2, 1), &mut sink).unwrap();
        assert_eq!(sink.pruned.len(), 4, "a failure waits for the next hour");
        sink.broken = false;
        tick(at(1, 0), &mut sink).unwrap();
        assert_eq!(
            sink.pruned.last(),
            Some(&(at(1, 0) - 8 * DAY_MICROS)),
            "a clock that went back"
        );
    }

    #[test]
    fn a_meter_that_nobody_uses_is_forgotten_only_when_it_is_empty() {
        let (meters, mut ledger) = (Meters::default(), Ledger::default());
        meters
            .of(&"shop".parse().unwrap(), &"local".parse().unwrap(), ReleaseNo(1))
            .failed(Duration::ZERO);
        ledger.collect(&meters, 0);
        assert!(!ledger.is_empty());
        ledger.collect(&meters, 0);
        assert!(meters.0.lock().unwrap().is_empty());
    }
}
