//! The machine itself: its clock.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::ports::Clock;

/// The machine's clocks. With a base, wall time starts there and goes on as fast as the real one: tests that look at
/// printed times set it through `DELIVER_TEST_NOW`.
pub struct SystemClock {
    started: Instant,
    base: Option<Timestamp>,
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that asks the machine for the time"
)]
impl SystemClock {
    pub fn new(base: Option<Timestamp>) -> Self {
        SystemClock {
            started: Instant::now(),
            base,
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that asks the machine for the time"
)]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        match self.base {
            Some(base) => base.saturating_add(self.elapsed()).unwrap_or(Timestamp::MAX),
            None => Timestamp::now(),
        }
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    fn sleep(&self, duration: Duration) {
        std::thread::sleep(duration);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_based_clock_starts_at_its_base_and_advances() {
        let base: Timestamp = "2026-01-02T03:04:05Z".parse().expect("a time");
        let clock = SystemClock::new(Some(base));
        let first = clock.now();
        clock.sleep(Duration::from_millis(2));
        assert!(first >= base && clock.now() > first);
        assert!(clock.now() < base + jiff::SignedDuration::from_mins(5));
    }
}
