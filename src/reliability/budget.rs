//! Error budgets, exact: events are counted and targets are decimals, so that nothing is rounded before it is compared.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::model::objective::Objective;

/// A millionth of a percent of one event; objectives are exact to it.
const UNITS: i128 = 100_000_000;

/// A number of events, exact to a hundred-millionth, perhaps negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Events(i128);

impl Events {
    pub fn whole(count: u64) -> Self {
        Events(i128::from(count) * UNITS)
    }
}

/// The shortest decimal: `1.234`, `-7`.
impl fmt::Display for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = (self.0.abs() / UNITS, self.0.abs() % UNITS);
        let text = format!("{sign}{whole}.{part:08}");
        f.pad(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// A JSON number: the one nearest to the decimal, which prints as the decimal up to 15 digits.
impl Serialize for Events {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let nearest: f64 = self.to_string().parse().unwrap_or(self.0 as f64 / UNITS as f64);
        serializer.serialize_f64(nearest)
    }
}

/// How many of the events of a window may be bad, and how many are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    pub allowed: Events,
    /// Bad events.
    pub spent: u64,
    /// Negative when more was spent than there was; never cut off at zero.
    pub remaining: Events,
}

impl Budget {
    /// The budget of a window with `total` events, of which `bad` were bad.
    pub fn of(objective: Objective, total: u64, bad: u64) -> Self {
        let allowed = Events(error_share(objective) * i128::from(total));
        Budget {
            allowed,
            spent: bad,
            remaining: Events(allowed.0 - Events::whole(bad).0),
        }
    }

    /// Nothing is left. A window without a bad event has spent nothing, however little is allowed.
    pub fn is_spent(&self) -> bool {
        self.spent > 0 && self.remaining.0 <= 0
    }

    /// The first bad event takes all of it: fewer events than an objective like this can be judged by.
    pub fn is_less_than_one(&self) -> bool {
        self.allowed < Events::whole(1)
    }

    /// What is left as a share of what was allowed; `None` without events.
    pub fn remaining_ratio(&self) -> Option<f64> {
        (self.allowed.0 > 0).then(|| self.remaining.0 as f64 / self.allowed.0 as f64)
    }

    /// The same as people read it: `82 %`, `0.4 %`, `-700 %`. Rounded down, so that it never looks better than it is.
    pub fn remaining_percent(&self) -> Option<String> {
        if self.allowed.0 == 0 {
            return None;
        }
        let permille = (self.remaining.0 * 1000).div_euclid(self.allowed.0);
        Some(match permille {
            -99..=99 => {
                let sign = if permille < 0 { "-" } else { "" };
                format!("{sign}{}.{} %", permille.abs() / 10, permille.abs() % 10)
            }
            _ => format!("{} %", permille.div_euclid(10)),
        })
    }
}

/// The share that may be bad, in hundred-millionths: 100 000 for an objective of 99.9.
fn error_share(objective: Objective) -> i128 {
    UNITS - i128::from(objective.micropercent())
}

/// How many times as fast as allowed events went bad: 1 spends exactly the budget over the window. `None` without events.
pub fn burn_rate(objective: Objective, bad: u64, total: u64) -> Option<f64> {
    let allowed = error_share(objective) * i128::from(total);
    (allowed > 0).then(|| Events::whole(bad).0 as f64 / allowed as f64)
}

/// The share that may be bad: 0.001 for an objective of 99.9.
pub fn allowed_share(objective: Objective) -> f64 {
    error_share(objective) as f64 / UNITS as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::*;

    fn objective(text: &str) -> Objective {
        text.parse().expect("an objective")
    }

    fn shown(objective_text: &str, total: u64, bad: u64) -> (String, String, Option<String>, bool) {
        let budget = Budget::of(objective(objective_text), total, bad);
        (
            budget.allowed.to_string(),
            budget.remaining.to_string(),
            budget.remaining_percent(),
            budget.is_spent(),
        )
    }

    #[test]
    fn budgets_are_exact_and_may_be_negative() {
        let case = |allowed: &str, remaining: &str, percent: &str, spent| {
            (
                allowed.to_owned(),
                remaining.to_owned(),
                Some(percent.to_owned()),
                spent,
            )
        };
        assert_eq!(shown("99.9", 1234, 0), case("1.234", "1.234", "100 %", false));
        assert_eq!(shown("99.9", 1000, 1), case("1", "0", "0.0 %", true));
        assert_eq!(shown("99.9", 1000, 8), case("1", "-7", "-700 %", true));
        assert_eq!(shown("99", 10_000, 18), case("100", "82", "82 %", false));
        assert_eq!(shown("99", 100_000, 999), case("1000", "1", "0.1 %", false));
        assert_eq!(shown("99", 10_000_000, 99_999), case("100000", "1", "0.0 %", false));
        assert_eq!(shown("99", 10_000_000, 100_001), case("100000", "-1", "-0.1 %", true));
        assert_eq!(
            shown("99.999999", 3, 0),
            case("0.00000003", "0.00000003", "100 %", false)
        );
        assert_eq!(shown("99.9", 0, 0), ("0".into(), "0".into(), None, false));
        // Ten thousand times 0.1 in binary fractions would not be 1000.
        assert_eq!(
            serde_json::to_string(&Budget::of(objective("99.7"), 7, 0).allowed).expect("a number"),
            "0.021"
        );
        let all = Budget::of(objective("0.000001"), u64::MAX, u64::MAX);
        assert!(all.is_spent() && all.remaining_percent().is_some());
    }

    #[test]
    fn a_burn_rate_of_one_spends_the_budget_over_the_window() {
        assert_eq!(burn_rate(objective("99.9"), 1, 1000), Some(1.0));
        assert_eq!(burn_rate(objective("99.9"), 144, 10_000), Some(14.4));
        assert_eq!(burn_rate(objective("99"), 0, 10), Some(0.0));
        assert_eq!(burn_rate(objective("99"), 0, 0), None);
    }

    proptest! {
        /// The same by counting: an event at a time, in units of a hundred-millionth.
        #[test]
        fn a_budget_is_what_one_would_count(
            micropercent in 1u32..100_000_000,
            minutes in proptest::collection::vec((0u64..500, 0u64..50), 0..200),
        ) {
            let text = format!("{}.{:06}", micropercent / 1_000_000, micropercent % 1_000_000);
            let objective = objective(&text);
            let (mut allowed, mut total, mut bad) = (0i128, 0, 0);
            for (good, failed) in &minutes {
                for _ in 0..(good + failed) {
                    allowed += 100_000_000 - i128::from(micropercent);
                }
                total += good + failed;
                bad += failed;
            }
            let budget = Budget::of(objective, total, bad);
            prop_assert_eq!(budget.allowed, Events(allowed));
            prop_assert_eq!(budget.remaining, Events(allowed - i128::from(bad) * 100_000_000));
            prop_assert_eq!(budget.is_spent(), bad > 0 && allowed <= i128::from(bad) * 100_000_000);
            prop_assert!(budget.allowed.to_string().parse::<f64>().is_ok());
        }
    }
}
