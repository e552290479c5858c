//! Which stretches of time are looked at, seen from now.
//!
//! Time ends with the minute that holds now, so that what was just counted is in it. Windows shorter than a day begin at a
//! full minute. Windows of a day and more begin at a full hour (UTC): older minutes are not kept, and hours are exact.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::model::Span;
use crate::model::traffic::{BUCKET_MICROS, DAY_MICROS, HOUR_MICROS};

/// The cells of the picture of the last week, of six hours each.
pub const CELLS: usize = 28;

/// Length of one cell in microseconds.
const CELL: i64 = 7 * DAY_MICROS / CELLS as i64;

/// What leaves a window within this time is looked at by the hour, later by the day.
const NEAR: i64 = DAY_MICROS;

/// The stretches that burn rates are read over, in microseconds: the long and short windows of the SRE workbook (chapter 5,
/// table 5-8), and a day.
pub const BURN_WINDOWS: [i64; 6] = [
    5 * BUCKET_MICROS,
    30 * BUCKET_MICROS,
    HOUR_MICROS,
    6 * HOUR_MICROS,
    DAY_MICROS,
    3 * DAY_MICROS,
];

/// Now, and everything that counts back from it; microseconds since 1970 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Horizon {
    pub now: i64,
    /// The end of the minute that holds now.
    pub end: i64,
}

impl Horizon {
    pub fn at(now: Timestamp) -> Self {
        let now = now.as_microsecond();
        Horizon {
            now,
            end: floor(now, BUCKET_MICROS) + BUCKET_MICROS,
        }
    }

    /// Where a stretch of this length (in microseconds) begins.
    pub fn start(&self, length: i64) -> i64 {
        let exact = self.end.saturating_sub(length.max(0));
        match length < DAY_MICROS {
            true => floor(exact, BUCKET_MICROS),
            false => floor(exact, HOUR_MICROS),
        }
    }

    /// The start of the hour that holds `at`.
    pub fn hour(at: i64) -> i64 {
        floor(at, HOUR_MICROS)
    }

    /// The ends of the hours that time has reached: the last one is not over yet.
    pub fn hour_end(&self) -> i64 {
        floor(self.now, HOUR_MICROS) + HOUR_MICROS
    }

    /// Where each cell of the last week begins, oldest first; the last one goes on until its hour is over.
    pub fn cells(&self) -> [i64; CELLS] {
        std::array::from_fn(|index| self.hour_end() - CELL * (CELLS - index) as i64)
    }

    /// Every moment that some question begins or ends at, for objectives with these windows.
    pub fn cuts(&self, windows: impl IntoIterator<Item = Span>) -> Vec<i64> {
        let mut cuts = BTreeSet::from([self.end]);
        cuts.extend(BURN_WINDOWS.map(|length| self.start(length)));
        cuts.extend(self.cells().into_iter().filter(|start| *start < self.end));
        let recent = self.cells()[0];
        for window in windows {
            let from = self.start(micros(window));
            cuts.insert(from);
            let mut at = from + HOUR_MICROS;
            while at < recent {
                cuts.insert(at);
                let near = at < from + NEAR || floor(at, DAY_MICROS) != at || at + DAY_MICROS > recent;
                at += if near { HOUR_MICROS } else { DAY_MICROS };
            }
        }
        cuts.into_iter().collect()
    }
}

/// A span in microseconds.
pub fn micros(span: Span) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX).saturating_mul(1000)
}

fn floor(at: i64, span: i64) -> i64 {
    at.div_euclid(span) * span
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};

    use super::*;

    #[test]
    fn time_ends_with_this_minute_and_long_windows_begin_at_a_full_hour() {
        let now: Timestamp = "2026-03-04T05:06:07Z".parse().expect("a time");
        let horizon = Horizon::at(now);
        let at = |micros| Timestamp::from_microsecond(micros).expect("a time").to_string();
        assert_eq!(at(horizon.end), "2026-03-04T05:07:00Z");
        assert_eq!(at(horizon.start(5 * BUCKET_MICROS)), "2026-03-04T05:02:00Z");
        assert_eq!(at(horizon.start(6 * HOUR_MICROS)), "2026-03-03T23:07:00Z");
        assert_eq!(at(horizon.start(DAY_MICROS)), "2026-03-03T05:00:00Z");
        assert_eq!(at(horizon.start(28 * DAY_MICROS)), "2026-02-04T05:00:00Z");
        assert_eq!(horizon.start(-7), horizon.end, "a negative window is empty");
        assert_eq!(at(horizon.hour_end()), "2026-03-04T06:00:00Z");
        let cells = horizon.cells();
        assert_eq!(
            (at(cells[0]), at(cells[27])),
            ("2026-02-25T06:00:00Z".into(), "2026-03-04T00:00:00Z".into())
        );
    }

    proptest! {
        #[test]
        fn cuts_rise_hold_every_start_and_are_few(now in 0i64..4_000_000_000, days in 1u64..91) {
            let horizon = Horizon::at(Timestamp::from_second(now).expect("a time"));
            let window = Span::from_secs(days * 86_400);
            let cuts = horizon.cuts([window]);
            prop_assert!(cuts.is_sorted_by(|a, b| a < b));
            prop_assert!(cuts.contains(&horizon.start(micros(window))));
            prop_assert!(BURN_WINDOWS.iter().all(|length| cuts.contains(&horizon.start(*length))));
            prop_assert!(cuts.iter().all(|cut| cut % BUCKET_MICROS == 0 && *cut <= horizon.end));
            prop_assert!(cuts.len() < 28 + 6 + 2 + 24 + 24 + 24 + 90, "{}", cuts.len());
        }
    }
}
