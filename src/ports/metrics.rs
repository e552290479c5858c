//! What a release did in a stretch of time, as somebody counted it.

use jiff::Timestamp;

use crate::fault::Result;
use crate::model::share::Share;
use crate::model::traffic::Tally;
use crate::model::{EnvName, ReleaseNo, ServiceName, Span};

/// Whose numbers are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Of<'a> {
    pub service: &'a ServiceName,
    pub env: &'a EnvName,
    pub release: ReleaseNo,
}

/// What a source says of a release. No data is not a zero: what it does not know is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// Requests that failed, of all.
    pub requests: Option<Share>,
    /// The same by class of status with a histogram of latency, where the source counts so.
    pub tally: Option<Tally>,
    /// Answers within this many seconds are 99 of 100.
    pub p99: Option<f64>,
    /// Where the numbers come from: `agent`, or the queries.
    pub source: String,
    /// Where the quantile comes from.
    pub latency_source: String,
}

impl Sample {
    /// What was counted on top of `before`. A quantile is of the whole stretch, and stays.
    pub fn since(mut self, before: &Sample) -> Sample {
        if let (Some(all), Some(before)) = (&mut self.requests, before.requests) {
            all.part = all.part.saturating_sub(before.part);
            all.total = all.total.saturating_sub(before.total);
        }
        if let (Some(all), Some(before)) = (&mut self.tally, &before.tally) {
            all.failed = all.failed.saturating_sub(before.failed);
            let counters = all.classes.iter_mut().zip(&before.classes);
            for (sum, less) in counters.chain(all.latency.iter_mut().zip(&before.latency)) {
                *sum = sum.saturating_sub(*less);
            }
        }
        self
    }
}

/// A source of numbers. It never makes one up: what does not answer, or answers with something that is no number, is an
/// error or unknown.
pub trait Metrics: Send + Sync {
    /// What it is, for people: `the agent's counts`, `Prometheus at http://127.0.0.1:9090`.
    fn name(&self) -> String;

    /// Whether it knows how long answers take.
    fn knows_latency(&self) -> bool {
        true
    }

    /// What it keeps apart in time. A sample may hold what was counted up to so long before `from`: whoever needs less takes
    /// the difference of two.
    fn grain(&self) -> Span;

    /// What the release did between two moments. Returns within seconds, whatever the source does.
    fn sample(&self, of: Of<'_>, from: Timestamp, to: Timestamp) -> Result<Sample>;

    /// The seconds within which this share of the answers came; `None` where the source has no quantiles of its own.
    fn quantile(&self, of: Of<'_>, share: f64, from: Timestamp, to: Timestamp) -> Result<Option<f64>>;

    /// The value of an expression in the source's own language, with `$service`, `$env`, `$release` and `$window` filled in;
    /// `None` where it has none, or no such language.
    fn evaluate(&self, of: Of<'_>, expression: &str, from: Timestamp, to: Timestamp) -> Result<Option<f64>>;
}
