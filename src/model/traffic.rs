//! Requests as counted: status classes and a latency histogram, per service, environment, release and minute.

use serde::{Deserialize, Serialize};

use super::{EnvName, ReleaseNo, ServiceName};

/// Length of one bucket of time in microseconds: a minute, which divides every window a burn rate is read over.
pub const BUCKET_MICROS: i64 = 60_000_000;

/// An hour and a day in microseconds: the lengths that minutes are added up to. Both begin by UTC.
pub const HOUR_MICROS: i64 = 60 * BUCKET_MICROS;
pub const DAY_MICROS: i64 = 24 * HOUR_MICROS;

/// Upper bounds of the latency histogram in microseconds, inclusive; what is slower falls into one more bucket.
///
/// Nine steps a decade from 100 µs to 60 s: a quantile read from them is at most 50 % off, and the round numbers that
/// people set as limits (100 ms, 250 ms, 1 s) are bounds themselves, so that counts below them are exact.
pub const LATENCY_BOUNDS_MICROS: [u64; 54] = [
    100, 150, 200, 250, 300, 400, 500, 600, 800, 1_000, 1_500, 2_000, 2_500, 3_000, 4_000, 5_000, 6_000, 8_000, 10_000,
    15_000, 20_000, 25_000, 30_000, 40_000, 50_000, 60_000, 80_000, 100_000, 150_000, 200_000, 250_000, 300_000,
    400_000, 500_000, 600_000, 800_000, 1_000_000, 1_500_000, 2_000_000, 2_500_000, 3_000_000, 4_000_000, 5_000_000,
    6_000_000, 8_000_000, 10_000_000, 15_000_000, 20_000_000, 25_000_000, 30_000_000, 40_000_000, 45_000_000,
    50_000_000, 60_000_000,
];

/// Number of counters in a histogram: one a bound and one for what is slower than all.
pub const LATENCY_BUCKETS: usize = LATENCY_BOUNDS_MICROS.len() + 1;

/// Index of the bucket that a latency falls into.
pub fn latency_bucket(micros: u64) -> usize {
    LATENCY_BOUNDS_MICROS.partition_point(|bound| *bound < micros)
}

/// Requests of one service, environment and release in one bucket of time. Adding two for the same key adds every counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traffic {
    pub service: ServiceName,
    pub env: EnvName,
    pub release: ReleaseNo,
    /// Start of the bucket: microseconds since 1970 UTC, a multiple of [`BUCKET_MICROS`].
    pub bucket: i64,
    /// Answers of the app by class: 1xx, 2xx, 3xx, 4xx, 5xx.
    pub classes: [u64; 5],
    /// Requests that the router had to answer itself because the app did not: refused, reset, timed out. Not in `classes`.
    pub failed: u64,
    /// [`LATENCY_BUCKETS`] counters over the requests in `classes` and `failed`, time to the first byte of the answer.
    pub latency: Vec<u64>,
}

/// How a limit of latency lies to the bounds of the histogram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// It is the bound with this index: what is within it was counted exactly.
    Exact(usize),
    /// It lies between two bounds, in microseconds: what lies between them was counted in one. `None`: beyond the last, or
    /// below the first.
    Between(Option<u64>, Option<u64>),
}

/// Where a limit in microseconds lies.
pub fn limit(micros: u64) -> Limit {
    match LATENCY_BOUNDS_MICROS.binary_search(&micros) {
        Ok(index) => Limit::Exact(index),
        Err(index) => Limit::Between(
            index.checked_sub(1).map(|below| LATENCY_BOUNDS_MICROS[below]),
            LATENCY_BOUNDS_MICROS.get(index).copied(),
        ),
    }
}

/// Counters added up over releases and over time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// As in [`Traffic::classes`].
    pub classes: [u64; 5],
    /// As in [`Traffic::failed`].
    pub failed: u64,
    /// As in [`Traffic::latency`]; empty where histograms were not asked for.
    pub latency: Vec<u64>,
}

impl Tally {
    /// Every request that was counted.
    pub fn total(&self) -> u64 {
        self.classes
            .iter()
            .fold(self.failed, |sum, count| sum.saturating_add(*count))
    }

    /// The bound of the histogram within which this share of the requests was answered, in microseconds; the last bound where
    /// it took longer than that. `None` without requests.
    pub fn quantile(&self, share: f64) -> Option<u64> {
        let total = self.latency.iter().fold(0u64, |sum, count| sum.saturating_add(*count));
        let mut seen = 0u64;
        let reached = self.latency.iter().position(|count| {
            seen = seen.saturating_add(*count);
            seen > 0 && seen as f64 >= share * total as f64
        })?;
        let last = LATENCY_BOUNDS_MICROS.len() - 1;
        Some(LATENCY_BOUNDS_MICROS[reached.min(last)])
    }

    /// How many requests were answered within a limit, in microseconds: at least, and at most. The two are one where the
    /// limit is a bound of the histogram.
    pub fn within(&self, micros: u64) -> (u64, u64) {
        let first = |buckets: usize| {
            let counted = self.latency.iter().take(buckets);
            counted.fold(0u64, |sum, count| sum.saturating_add(*count))
        };
        match limit(micros) {
            Limit::Exact(index) => (first(index + 1), first(index + 1)),
            Limit::Between(_, _) => {
                let split = latency_bucket(micros);
                (first(split), first(split + 1))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_between_bounds_gives_an_interval() {
        let mut tally = Tally {
            latency: vec![0; LATENCY_BUCKETS],
            ..Tally::default()
        };
        for (micros, count) in [(100, 1), (250_000, 2), (260_000, 4), (300_000, 8), (90_000_000, 16)] {
            tally.latency[latency_bucket(micros)] += count;
        }
        assert_eq!(limit(300_000), Limit::Exact(31));
        assert_eq!(tally.within(300_000), (15, 15));
        assert_eq!(limit(270_000), Limit::Between(Some(250_000), Some(300_000)));
        assert_eq!(tally.within(270_000), (3, 15));
        assert_eq!(limit(90_000_000), Limit::Between(Some(60_000_000), None));
        assert_eq!(tally.within(90_000_000), (15, 31));
        assert_eq!(limit(50), Limit::Between(None, Some(100)));
        assert_eq!(tally.within(50), (0, 1));
    }

    #[test]
    fn a_quantile_is_the_bound_that_holds_it() {
        let mut tally = Tally {
            latency: vec![0; LATENCY_BUCKETS],
            ..Tally::default()
        };
        assert_eq!(tally.quantile(0.99), None);
        tally.latency[latency_bucket(2_000)] = 99;
        tally.latency[latency_bucket(90_000_000)] = 1;
        assert_eq!(tally.quantile(0.5), Some(2_000));
        assert_eq!(tally.quantile(0.99), Some(2_000));
        assert_eq!(tally.quantile(1.0), Some(60_000_000), "slower than the last bound");
    }

    #[test]
    fn a_bound_belongs_to_its_own_bucket() {
        assert!(LATENCY_BOUNDS_MICROS.is_sorted());
        assert_eq!(latency_bucket(0), 0);
        assert_eq!(latency_bucket(100), 0);
        assert_eq!(latency_bucket(101), 1);
        assert_eq!(latency_bucket(u64::MAX), LATENCY_BUCKETS - 1);
    }
}
