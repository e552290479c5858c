//! When a budget will be gone, or back, if requests go on as they do now.
//!
//! A window moves: what was bad weeks ago leaves it while new failures come in. Both are followed hour by hour (day by day
//! where it is far away), which plain "remaining budget over burn rate" does not do. It is an estimate and no more.

use super::budget::allowed_share;
use super::indicator::Events;
use crate::model::objective::Objective;

/// What was counted in one stretch of the window, oldest first; the stretches follow each other without a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Microseconds.
    pub length: i64,
    pub events: Events,
}

/// Requests as they come now: what came in over a length of time in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    pub events: Events,
    pub over: i64,
}

/// What the forecast looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The budget is gone.
    Spent,
    /// There is some again.
    Recovered,
}

/// In how many microseconds the budget of a window turns; `None` when it does not before everything that is in the window
/// now has left it, after which nothing changes any more at this pace.
pub fn turns(objective: Objective, window: &[Step], pace: Pace, turn: Turn) -> Option<i64> {
    let share = allowed_share(objective);
    // How much more is bad than allowed; the budget is gone where this is not negative.
    let excess = |events: Events| events.bad() as f64 - share * events.total as f64;
    let sign = match turn {
        Turn::Spent => 1.0,
        Turn::Recovered => -1.0,
    };
    let rate = match pace.over > 0 {
        true => excess(pace.events) / pace.over as f64,
        false => 0.0,
    };
    let mut value = sign * excess(window.iter().map(|step| step.events).sum());
    let mut at = 0;
    for step in window.iter().filter(|step| step.length > 0) {
        let change = sign * (rate * step.length as f64 - excess(step.events));
        if value < 0.0 && value + change >= 0.0 {
            return Some(at + (step.length as f64 * (-value / change)) as i64);
        }
        value += change;
        at += step.length;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};

    use super::*;

    const HOUR: i64 = 3_600_000_000;

    fn events(bad: u64, total: u64) -> Events {
        Events {
            good: total - bad,
            good_at_most: total - bad,
            total,
        }
    }

    /// A window of hours with these bad ones of 1000 each.
    fn window(bad: &[u64]) -> Vec<Step> {
        let step = |bad: &u64| Step {
            length: HOUR,
            events: events(*bad, 1000),
        };
        bad.iter().map(step).collect()
    }

    fn hours(window: &[Step], now: u64, turn: Turn) -> Option<f64> {
        let objective = "99".parse().expect("an objective");
        let pace = Pace {
            events: events(now, 1000),
            over: HOUR,
        };
        // To a thousandth of an hour: sums of binary fractions are a hair off.
        turns(objective, window, pace, turn).map(|micros| (micros as f64 / HOUR as f64 * 1000.0).round() / 1000.0)
    }

    #[test]
    fn a_steady_burn_spends_what_is_left() {
        // 100 hours allow 1000 bad ones; 110 an hour are 100 more than leave as allowance.
        let quiet = window(&[0; 100]);
        assert_eq!(hours(&quiet, 110, Turn::Spent), Some(9.091));
        assert_eq!(
            hours(&quiet, 10, Turn::Spent),
            Some(100.0),
            "just the allowed rate fills the window at its end"
        );
        assert_eq!(hours(&quiet, 9, Turn::Spent), None);
        assert_eq!(hours(&quiet, 0, Turn::Spent), None);
    }

    #[test]
    fn what_leaves_the_window_gives_budget_back() {
        // 900 of 1000 are spent, all of it in the first two hours, which leave before it is spent at 50 an hour.
        let mut bad = [0; 100];
        (bad[0], bad[1]) = (450, 450);
        assert_eq!(hours(&window(&bad), 50, Turn::Spent), Some(20.0), "900 came back");
        bad.reverse();
        assert_eq!(hours(&window(&bad), 50, Turn::Spent), Some(2.0), "here they stay");
    }

    #[test]
    fn a_spent_budget_recovers_when_its_outage_has_left() {
        let mut bad = [0; 100];
        bad[40] = 1000;
        bad[41] = 500;
        assert_eq!(hours(&window(&bad), 0, Turn::Recovered), Some(40.5));
        assert_eq!(hours(&window(&bad), 50, Turn::Recovered), None);
        assert_eq!(hours(&[], 20, Turn::Recovered), None);
    }

    proptest! {
        #[test]
        fn it_lies_within_the_window(
            bad in proptest::collection::vec(0u64..1000, 0..50),
            now in 0u64..1000,
            over in -1i64..10,
        ) {
            let window = window(&bad);
            let pace = Pace { events: events(now, 1000), over: over * HOUR };
            for turn in [Turn::Spent, Turn::Recovered] {
                if let Some(at) = turns("99.5".parse().expect("an objective"), &window, pace, turn) {
                    prop_assert!((0..=HOUR * bad.len() as i64).contains(&at));
                }
            }
        }
    }
}
