//! Time: what the wall says, and what has really elapsed.

use std::time::Duration;

use jiff::Timestamp;

/// The only source of time for domains, so that tests can move it.
pub trait Clock: Send + Sync {
    /// Wall time, for records. May jump; never used to measure a duration.
    fn now(&self) -> Timestamp;

    /// Time since an arbitrary fixed point; never goes back. For durations, deadlines and leases' own renewal.
    fn elapsed(&self) -> Duration;

    /// Blocks for `duration`.
    fn sleep(&self, duration: Duration);
}
