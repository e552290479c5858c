//! Secrets that were written where everybody who has the source can read them.
//!
//! What is found is kept as its place and a hash. The value itself goes nowhere: not into a fact, a cache or a message.

pub mod detect;
pub mod history;
pub mod tree;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ports::{Clock, Interrupt};

/// A secret that was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hit {
    /// Relative to the service's folder.
    pub path: String,
    pub line: usize,
    /// `a private key`.
    pub what: String,
    /// Stands for the value: the same one has the same hash everywhere.
    pub hash: String,
    /// The commit that added it, where it was found in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

/// What a look for secrets came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    pub hits: Vec<Hit>,
    /// Files or commits that were looked at, now or before.
    pub looked_at: usize,
    /// Why this is not all, and what to do about it.
    pub unfinished: Option<String>,
}

/// Hits that are kept; whoever has more has a larger trouble than the rest of the list.
pub const MAX_HITS: usize = 200;

/// How long a look may take.
pub struct Limits<'a> {
    pub clock: &'a dyn Clock,
    pub interrupt: &'a dyn Interrupt,
    /// On [`Clock::elapsed`].
    pub deadline: Duration,
}

impl Limits<'_> {
    pub fn is_over(&self) -> bool {
        self.clock.elapsed() >= self.deadline || self.interrupt.requested().is_some()
    }

    pub fn left(&self) -> Duration {
        self.deadline.saturating_sub(self.clock.elapsed())
    }
}
