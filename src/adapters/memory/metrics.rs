//! A source of numbers that says what it is told to.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::fault::{Fault, Kind, Result};
use crate::model::share::Share;
use crate::model::traffic::{LATENCY_BUCKETS, Tally, latency_bucket};
use crate::model::{ReleaseNo, Span};
use crate::ports::Metrics;
use crate::ports::metrics::{Of, Sample};

/// How requests of a release go, all the time.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    pub per_second: f64,
    /// Of a thousand requests, so many fail.
    pub failing: u64,
    /// How long each takes.
    pub millis: u64,
}

/// Numbers by release; a release that nobody told of has none.
#[derive(Default)]
pub struct MemoryMetrics {
    paces: Mutex<BTreeMap<ReleaseNo, Pace>>,
    down: Mutex<Option<String>>,
    values: Mutex<BTreeMap<String, f64>>,
}

impl MemoryMetrics {
    /// From now on a release's requests go so, and went so at all times.
    pub fn pace(&self, release: ReleaseNo, pace: Pace) {
        lock(&self.paces).insert(release, pace);
    }

    /// From now on it does not answer, or does again.
    pub fn break_down(&self, why: Option<&str>) {
        *lock(&self.down) = why.map(str::to_owned);
    }

    /// An expression has this value.
    pub fn value(&self, expression: &str, value: f64) {
        lock(&self.values).insert(expression.to_owned(), value);
    }

    fn up(&self) -> Result<()> {
        match lock(&self.down).as_ref() {
            None => Ok(()),
            Some(why) => Err(Fault::new(Kind::Unreachable, "metrics-unreachable", why.clone())),
        }
    }
}

impl Metrics for MemoryMetrics {
    fn name(&self) -> String {
        "memory".into()
    }

    fn grain(&self) -> Span {
        Span::ZERO
    }

    fn sample(&self, of: Of<'_>, from: Timestamp, to: Timestamp) -> Result<Sample> {
        self.up()?;
        let mut sample = Sample {
            source: "memory".into(),
            latency_source: "memory".into(),
            ..Sample::default()
        };
        if let Some(pace) = lock(&self.paces).get(&of.release) {
            let seconds = to.duration_since(from).as_secs_f64();
            let total = (seconds * pace.per_second).max(0.0) as u64;
            let failed = total * pace.failing / 1_000;
            let mut tally = Tally {
                classes: [0, total - failed, 0, 0, failed],
                failed: 0,
                latency: vec![0; LATENCY_BUCKETS],
            };
            tally.latency[latency_bucket(pace.millis * 1_000)] = total;
            sample.requests = Some(Share { part: failed, total });
            sample.tally = Some(tally);
        }
        Ok(sample)
    }

    fn quantile(&self, of: Of<'_>, _: f64, _: Timestamp, _: Timestamp) -> Result<Option<f64>> {
        self.up()?;
        Ok(lock(&self.paces).get(&of.release).map(|pace| pace.millis as f64 / 1e3))
    }

    fn evaluate(&self, _: Of<'_>, expression: &str, _: Timestamp, _: Timestamp) -> Result<Option<f64>> {
        self.up()?;
        Ok(lock(&self.values).get(expression).copied())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
