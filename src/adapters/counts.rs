//! The requests that the agent's router counted, as the store keeps them.

use jiff::Timestamp;

use crate::fault::Result;
use crate::model::Span;
use crate::model::share::Share;
use crate::model::traffic::{BUCKET_MICROS, LATENCY_BUCKETS, Tally};
use crate::ports::Metrics;
use crate::ports::metrics::{Of, Sample};
use crate::store::Store;

/// Counts by minute, a second or two behind.
pub struct Counts(Store);

impl Counts {
    pub fn new(store: &Store) -> Self {
        Counts(store.clone())
    }
}

impl Metrics for Counts {
    fn name(&self) -> String {
        "the agent's counts".into()
    }

    fn grain(&self) -> Span {
        Span::from_millis(BUCKET_MICROS as u64 / 1_000)
    }

    fn sample(&self, of: Of<'_>, from: Timestamp, to: Timestamp) -> Result<Sample> {
        let from = from.as_microsecond().div_euclid(BUCKET_MICROS) * BUCKET_MICROS;
        // A minute is named by its beginning: the one that `to` is in belongs to it.
        let counted = self
            .0
            .traffic(of.service, of.env, from, to.as_microsecond().saturating_add(1))?;
        let mut tally = Tally {
            latency: vec![0; LATENCY_BUCKETS],
            ..Tally::default()
        };
        for traffic in counted.iter().filter(|traffic| traffic.release == of.release) {
            tally.failed = tally.failed.saturating_add(traffic.failed);
            let counters = tally.classes.iter_mut().zip(&traffic.classes);
            for (sum, more) in counters.chain(tally.latency.iter_mut().zip(&traffic.latency)) {
                *sum = sum.saturating_add(*more);
            }
        }
        Ok(Sample {
            requests: Some(Share {
                part: tally.classes[4].saturating_add(tally.failed),
                total: tally.total(),
            }),
            tally: Some(tally),
            p99: None,
            source: "agent".into(),
            latency_source: "agent".into(),
        })
    }

    fn quantile(&self, _: Of<'_>, _: f64, _: Timestamp, _: Timestamp) -> Result<Option<f64>> {
        Ok(None)
    }

    fn evaluate(&self, _: Of<'_>, _: &str, _: Timestamp, _: Timestamp) -> Result<Option<f64>> {
        Ok(None)
    }
}
