//! Moments as people write them on the command line: how long ago, a date, or a full time.

use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::model::Span;

/// `2h`, `10 min ago`, `now`, `14:05`, `2026-03-04`, `2026-03-04T05:06` (these by this machine's time zone), or
/// `2026-03-04T05:06:07Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    Ago(Span),
    At(Timestamp),
    /// By a wall clock whose time zone is not said.
    Local(DateTime),
    /// The last time that such a wall clock showed this.
    Clock(Time),
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
            Since::Local(at) => on_a_clock(at, &zone),
            Since::Clock(time) => {
                let today = zone.to_datetime(now).date();
                let yesterday = today.yesterday().unwrap_or(today);
                let at = on_a_clock(today.to_datetime(time), &zone);
                match at > now {
                    true => on_a_clock(yesterday.to_datetime(time), &zone),
                    false => at,
                }
            }
        }
    }
}

/// The moment at which a wall clock shows this.
fn on_a_clock(at: DateTime, zone: &TimeZone) -> Timestamp {
    zone.to_ambiguous_zoned(at)
        .compatible()
        .map_or(Timestamp::MIN, |at| at.timestamp())
}

/// A moment to come: `14d` (from now), a date (its end), or a full time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    In(Span),
    At(Timestamp),
    /// The end of this day by this machine's time zone.
    Day(Date),
}

impl Due {
    pub fn moment(self, now: Timestamp, zone: TimeZone) -> Timestamp {
        match self {
            Due::In(span) => {
                let ahead = SignedDuration::try_from(span.duration()).unwrap_or(SignedDuration::MAX);
                now.saturating_add(ahead).unwrap_or(Timestamp::MAX)
            }
            Due::At(at) => at,
            Due::Day(day) => on_a_clock(day.at(23, 59, 59, 0), &zone),
        }
    }
}

impl FromStr for Due {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let ahead = text.parse().map(Due::In).ok();
        let at = || text.parse().map(Due::At).ok();
        let day = || text.parse().map(Due::Day).ok();
        ahead.or_else(at).or_else(day).ok_or_else(|| {
            "write how long it may take (`14d`, `8h`), a date (`2026-03-04`) or a time (`2026-03-04T05:06:07Z`)"
                .to_owned()
        })
    }
}

/// `10 min ago`, `2 hours ago`, `90s ago`: what [`Span`] reads, with room between and the units as people say them.
fn spoken(text: &str) -> Option<Span> {
    let length = text.trim().strip_suffix("ago")?.trim_end();
    let mut plain = String::new();
    for word in length.split_whitespace() {
        let letters = word.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(word.len());
        let unit = match &word[letters..] {
            "sec" | "secs" | "second" | "seconds" => "s",
            "min" | "mins" | "minute" | "minutes" => "m",
            "hr" | "hrs" | "hour" | "hours" => "h",
            "day" | "days" => "d",
            "week" | "weeks" => "w",
            unit => unit,
        };
        plain.push_str(&word[..letters]);
        plain.push_str(unit);
    }
    plain.parse().ok()
}

impl FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "now" {
            return Ok(Since::Ago(Span::ZERO));
        }
        let ago = text.parse().ok().or_else(|| spoken(text)).map(Since::Ago);
        let at = || text.parse().map(Since::At).ok();
        let local = || text.parse().map(Since::Local).ok();
        // A time alone: `05:06`. What holds a date was read above.
        let clock = || text.parse().map(Since::Clock).ok().filter(|_| text.contains(':'));
        ago.or_else(at).or_else(local).or_else(clock).ok_or_else(|| {
            "write how long ago (`2h`, `10 min ago`), a time of the day (`14:05`), a date (`2026-03-04`) or a time \
             (`2026-03-04T05:06:07Z`)"
                .to_owned()
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
            ("10 min ago", "2026-03-04T11:50:00Z"),
            ("1 h 30 minutes ago", "2026-03-04T10:30:00Z"),
            ("2h ago", "2026-03-04T10:00:00Z"),
            ("now", "2026-03-04T12:00:00Z"),
            ("14:00", "2026-03-04T12:00:00Z"),
            ("14:01", "2026-03-03T12:01:00Z"),
            ("00:30:15", "2026-03-03T22:30:15Z"),
            ("999999999d", "-009999-01-02T01:59:59Z"),
        ] {
            let since: Since = text.parse().expect(text);
            assert_eq!(since.moment(now, zone.clone()).to_string(), moment, "{text}");
        }
        for bad in [
            "",
            "yesterday",
            "ago",
            "ten min ago",
            "2026-13-01",
            "-2h",
            "25:00",
            "2 ago",
            "T12",
        ] {
            assert!(bad.parse::<Since>().is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_due_lies_ahead() {
        let now: Timestamp = "2026-03-04T12:00:00Z".parse().expect("a time");
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        for (text, moment) in [
            ("14d", "2026-03-18T12:00:00Z"),
            ("2026-03-05", "2026-03-05T21:59:59Z"),
            ("2026-03-05T05:06:07Z", "2026-03-05T05:06:07Z"),
        ] {
            let due: Due = text.parse().expect(text);
            assert_eq!(due.moment(now, zone.clone()).to_string(), moment, "{text}");
        }
        for bad in ["", "tomorrow", "14", "-2d"] {
            assert!(bad.parse::<Due>().is_err(), "{bad}");
        }
    }
}
