//! A share of events, and how sure one can be of it.

use serde::{Deserialize, Serialize};

use super::interval::wilson;

/// So many of so many events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct Share {
    pub part: u64,
    pub total: u64,
}

impl Share {
    /// The 95 % interval of the true share. Of no events nothing is known: 0 to 1.
    pub fn interval(self) -> (f64, f64) {
        wilson(self.part, self.total).unwrap_or((0.0, 1.0))
    }
}
