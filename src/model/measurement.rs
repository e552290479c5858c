//! What was measured while a release was watched: the value, what it was held against, and where both came from.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ReleaseNo;

/// One measure of the new release at one moment.
#[derive(Clone, Debug, PartialEq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct Measurement {
    pub at: Timestamp,
    pub release: ReleaseNo,
    /// `errors` (a share from 0 to 1), `latency p99` (seconds), `objective NAME` (a share of good events).
    pub name: String,
    /// `None` where the source had nothing to say: no data is not a zero.
    pub value: Option<f64>,
    /// Events that the value is made of, where it is made of events.
    pub sample: Option<u64>,
    /// What the value was held against, in words: `v1 had 0.4% of 12000`, `below 0.500 s`.
    pub bound: String,
    pub verdict: Judged,
    /// `agent`, or the query that was asked.
    pub source: String,
}

/// What a measure says of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judged {
    Pass,
    Fail,
    /// Too little was seen, or the source did not answer: never a pass.
    Inconclusive,
}
