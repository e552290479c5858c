//! Whether a budget burns so fast that somebody must act.

use super::budget::{allowed_share, burn_rate};
use super::horizon::micros;
use super::indicator::Events;
use crate::model::Span;
use crate::model::interval::wilson;
use crate::model::objective::Objective;
use crate::model::traffic::{BUCKET_MICROS, DAY_MICROS, HOUR_MICROS};

/// A long window that says it is serious, and a short one that says it still goes on; microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    pub long: i64,
    pub short: i64,
    /// The percentage of a window's budget that is gone when the pair fires.
    percent: i64,
}

/// The two pairs of the SRE workbook (chapter 5, table 5-8) that wake somebody: 2 % of the budget within an hour, 5 % within
/// six; the short window is a twelfth of the long one. Over 30 days they are 14.4 and 6 times the allowed rate.
pub const PAIRS: [Pair; 2] = [
    Pair {
        long: HOUR_MICROS,
        short: 5 * BUCKET_MICROS,
        percent: 2,
    },
    Pair {
        long: 6 * HOUR_MICROS,
        short: 30 * BUCKET_MICROS,
        percent: 5,
    },
];

/// Longer windows page as a window of 30 days does: 2 % of a quarter within an hour would be 43 times the allowed rate, and
/// an outage that only reaches 40 would wake nobody.
const LONGEST: i64 = 30 * DAY_MICROS;

/// One failure is never a trend, however few requests there were: in one request of ten even the interval's lower end
/// (1.8 %) would be beyond what an objective of 99.9 pages at.
const LEAST_BAD: u64 = 2;

impl Pair {
    /// How many times as fast as allowed the budget must burn for an objective over `window`. Never below 1, where a service
    /// that meets its objective would burn: short windows reach that.
    pub fn factor(&self, window: Span) -> f64 {
        let window = micros(window).min(LONGEST) as f64;
        (self.percent as f64 / 100.0 * window / self.long as f64).max(1.0)
    }

    /// Whether the pair fires on what was counted in its two windows. The long one must be beyond the factor with
    /// confidence: the lower end of its 95 % interval is. The short one only has to be beyond it.
    pub fn fires(&self, objective: Objective, window: Span, long: Events, short: Events) -> bool {
        let factor = self.factor(window);
        let limit = factor * allowed_share(objective);
        let confident = wilson(long.bad(), long.total).is_some_and(|(low, _)| low > limit);
        let goes_on = burn_rate(objective, short.bad(), short.total).is_some_and(|rate| rate > factor);
        long.bad() >= LEAST_BAD && confident && goes_on
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(bad: u64, total: u64) -> Events {
        Events {
            good: total - bad,
            good_at_most: total - bad,
            total,
        }
    }

    fn days(days: u64) -> Span {
        Span::from_secs(days * 86_400)
    }

    #[test]
    fn factors_scale_with_the_window_and_are_never_below_one() {
        let factors = |window| PAIRS.map(|pair| (pair.factor(days(window)) * 100.0).round() / 100.0);
        assert_eq!(factors(30), [14.4, 6.0]);
        assert_eq!(factors(28), [13.44, 5.6]);
        assert_eq!(factors(7), [3.36, 1.4]);
        assert_eq!(factors(1), [1.0, 1.0]);
        assert_eq!(factors(90), [14.4, 6.0]);
    }

    #[test]
    fn it_takes_both_windows_confidence_and_more_than_one_failure() {
        let objective: Objective = "99.9".parse().expect("an objective");
        let fires = |long, short| PAIRS[0].fires(objective, days(30), long, short);
        assert!(fires(events(30, 1000), events(3, 80)));
        assert!(!fires(events(30, 1000), events(0, 80)), "it is over");
        assert!(!fires(events(30, 1000), events(0, 0)), "nothing is known of now");
        assert!(
            !fires(events(15, 1000), events(3, 80)),
            "1.5 % is not surely more than 1.44 %"
        );
        assert!(fires(events(25, 1000), events(3, 80)), "2.5 % is");
        assert!(!fires(events(1, 10), events(1, 10)), "one failure of ten");
        assert!(!fires(events(1, 1), events(1, 1)));
        assert!(fires(events(4, 10), events(2, 5)));
        assert!(!fires(events(0, 0), events(0, 0)));
    }

    #[test]
    fn an_objective_that_allows_more_than_an_outage_spends_never_fires() {
        let objective: Objective = "90".parse().expect("an objective");
        assert!(!PAIRS[0].fires(objective, days(30), events(1000, 1000), events(80, 80)));
        assert!(PAIRS[1].fires(objective, days(30), events(1000, 1000), events(80, 80)));
    }
}
