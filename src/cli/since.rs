//! Moments as people write them on the command line: how long ago, a date, or a full time.

use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::model::Span;

/// `2h` (ago), `2026-03-04`, `2026-03-04T05:06` (both by this machine's time zone), or `2026-03-04T05:06:07Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    Ago(Span),
    At(Timestamp),
    /// By a wall clock whose time zone is not said.
    Local(DateTime),
}

impl Since {
    /// The moment itself, as seen from `now` and, where it matters, from `zone`.
    pub fn moment(self, now: Timestamp, zone: TimeZone) -> Timestamp {
        match self {
            Since::Ago(span) => {
                let back = SignedDuration::try_from(span.duration()).unwrap_or(SignedDuration::MAX);
                now.saturating_sub(back).unwrap_or(Timestamp::MIN)
            }
            Since::At(at) => at,
            Since::Local(at) => zone
                .to_ambiguous_zoned(at)
                .compatible()
                .map_or(Timestamp::MIN, |at| at.timestamp()),
        }
    }
}

impl FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let ago = text.parse().map(Since::Ago).ok();
        let at = || text.parse().map(Since::At).ok();
        let local = || text.parse().map(Since::Local).ok();
        ago.or_else(at).or_else(local).ok_or_else(|| {
            "write how long ago (`2h`, `7d`), a date (`2026-03-04`) or a time (`2026-03-04T05:06:07Z`)".to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_read_as_people_write_them() {
        let now: Timestamp = "2026-03-04T12:00:00Z".parse().expect("a time");
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        for (text, moment) in [
            ("2h", "2026-03-04T10:00:00Z"),
            ("7d", "2026-02-25T12:00:00Z"),
            ("2026-03-01", "2026-02-28T22:00:00Z"),
            ("2026-03-01T05:06", "2026-03-01T03:06:00Z"),
            ("2026-03-01T05:06:07Z", "2026-03-01T05:06:07Z"),
            ("2026-03-01T05:06:07+01:00", "2026-03-01T04:06:07Z"),
            ("999999999d", "-009999-01-02T01:59:59Z"),
        ] {
            let since: Since = text.parse().expect(text);
            assert_eq!(since.moment(now, zone.clone()).to_string(), moment, "{text}");
        }
        for bad in ["", "yesterday", "2h ago", "2026-13-01", "-2h"] {
            assert!(bad.parse::<Since>().is_err(), "{bad}");
        }
    }
}
