//! Readiness as it is kept: what each check found of a service, and the level that comes of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a check found. Part of the JSON interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Pass,
    Fail,
    /// It fails, and a waiver that has not expired excuses it.
    Waived,
    /// There is nothing here that it could be about.
    NotApplicable,
    /// It could not be found out; never a pass.
    NoEvidence,
}

impl Outcome {
    pub const ALL: [Outcome; 5] = [
        Outcome::Pass,
        Outcome::Fail,
        Outcome::Waived,
        Outcome::NotApplicable,
        Outcome::NoEvidence,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Pass => "pass",
            Outcome::Fail => "fail",
            Outcome::Waived => "waived",
            Outcome::NotApplicable => "not_applicable",
            Outcome::NoEvidence => "no_evidence",
        }
    }

    /// Whether the check stands between a service and its level.
    pub fn blocks(self) -> bool {
        matches!(self, Outcome::Fail | Outcome::NoEvidence)
    }
}

/// A service's readiness at one time. Two that are equal are worth one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The level that was reached: `none`, `bronze`, `silver`, `gold`.
    pub level: String,
    /// The one that the service's tier owes.
    pub required: String,
    pub ready: bool,
    /// By the check's id.
    pub checks: BTreeMap<String, Outcome>,
}
