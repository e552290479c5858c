//! Moments to ask about.

use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::fault::{Fault, Result};
use crate::model::{Span, wall};

/// A moment on the command line: `now`, `+2h`, `-7d`, a date, a time by this machine's clock, with an offset, or with the name
/// of a time zone.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Moment {
    Off(SignedDuration),
    At(Timestamp),
    Local(DateTime, Option<TimeZone>),
}

impl Moment {
    pub(super) fn moment(&self, now: Timestamp) -> Result<Timestamp> {
        Ok(match self {
            Moment::At(at) => *at,
            Moment::Off(by) => now.checked_add(*by).map_err(|error| {
                Fault::usage("time-out-of-range", "the moment is beyond what can be told").because(error)
            })?,
            Moment::Local(at, zone) => {
                let zone = zone.clone().unwrap_or_else(TimeZone::system);
                wall::first(&zone, *at)
            }
        })
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || {
            "write a time (`2027-03-28T02:30`), with an offset (`+02:00`) or a zone (`Europe/Paris`) after it, or `+2h` from now"
                .to_owned()
        };
        let text = text.trim();
        let off = |text: &str| {
            let span: Span = text.parse().ok()?;
            SignedDuration::try_from(span.duration()).ok()
        };
        if text == "now" {
            return Ok(Moment::Off(SignedDuration::ZERO));
        }
        if let Some(by) = text.strip_prefix('+').and_then(off) {
            return Ok(Moment::Off(by));
        }
        if let Some(by) = text.strip_prefix('-').and_then(off) {
            return Ok(Moment::Off(-by));
        }
        if let Ok(at) = text.parse() {
            return Ok(Moment::At(at));
        }
        // `2027-03-28 02:30 Europe/Paris`, or in brackets as RFC 9557 has it.
        let bare = text.trim_end_matches(']');
        let zoned = bare
            .rsplit_once([' ', '['])
            .and_then(|(at, name)| Some((at, TimeZone::get(name).ok()?)));
        let (at, zone) = zoned.map_or((text, None), |(at, zone)| (at, Some(zone)));
        at.parse().map(|at| Moment::Local(at, zone)).map_err(|_| expected())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_read_as_people_write_them() {
        let now: Timestamp = "2026-03-04T12:00:00Z".parse().expect("a time");
        for (text, moment) in [
            ("now", "2026-03-04T12:00:00Z"),
            ("+2h", "2026-03-04T14:00:00Z"),
            ("-1d", "2026-03-03T12:00:00Z"),
            ("2027-03-28T02:30:00Z", "2027-03-28T02:30:00Z"),
            ("2027-03-28 02:30+01:00", "2027-03-28T01:30:00Z"),
            ("2027-03-28 02:30 Europe/Paris", "2027-03-28T01:00:00Z"),
            ("2027-03-28T02:30[Europe/Paris]", "2027-03-28T01:00:00Z"),
            ("2027-10-31 02:30 Europe/Paris", "2027-10-31T00:30:00Z"),
            ("2027-03-28 UTC", "2027-03-28T00:00:00Z"),
        ] {
            let read: Moment = text.parse().expect(text);
            assert_eq!(read.moment(now).expect(text).to_string(), moment, "{text}");
        }
        for bad in [
            "",
            "tomorrow",
            "+",
            "2h",
            "2027-13-01",
            "2027-03-28 02:30 Europe/Pariss",
            "[UTC]",
        ] {
            assert!(bad.parse::<Moment>().is_err(), "{bad}");
        }
        let far: Moment = "+9999999d".parse().expect("a length");
        assert_eq!(far.moment(now).map_err(|fault| fault.code()), Err("time-out-of-range"));
    }
}
