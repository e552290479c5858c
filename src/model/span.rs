//! Lengths of time as people write them: `250ms`, `3s`, `2m`, `1h30m`, `28d`, `24mo`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A length of time of at least zero, exact to the millisecond, written with units.
///
/// A day is 24 hours and a month 30 days: these are lengths for windows and limits, not calendar arithmetic.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, schemars::JsonSchema, Serialize, Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct Span {
    millis: u64,
}

/// Units with their milliseconds, largest first.
const UNITS: [(&str, u64); 7] = [
    ("mo", 30 * 86_400_000),
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

impl Span {
    pub const ZERO: Span = Span { millis: 0 };

    pub const fn from_millis(millis: u64) -> Self {
        Span { millis }
    }

    pub const fn from_secs(secs: u64) -> Self {
        Span { millis: secs * 1000 }
    }

    pub const fn as_millis(self) -> u64 {
        self.millis
    }

    pub fn as_secs_f64(self) -> f64 {
        self.millis as f64 / 1000.0
    }

    pub const fn duration(self) -> Duration {
        Duration::from_millis(self.millis)
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || {
            format!(
                "`{}` is not a length of time such as `250ms`, `3s`, `2m`, `1h30m` or `28d`",
                text.escape_debug()
            )
        };
        let mut rest = text.trim();
        let mut millis: u64 = 0;
        if rest.is_empty() {
            return Err(expected());
        }
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(expected)?;
            let number: u64 = rest[..digits].parse().map_err(|_| expected())?;
            rest = &rest[digits..];
            let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
            let (_, unit) = UNITS
                .iter()
                .find(|(name, _)| *name == &rest[..letters])
                .ok_or_else(expected)?;
            rest = &rest[letters..];
            millis = number
                .checked_mul(*unit)
                .and_then(|part| millis.checked_add(part))
                .ok_or_else(expected)?;
        }
        Ok(Span { millis })
    }
}

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> String {
        span.to_string()
    }
}

impl From<Duration> for Span {
    fn from(duration: Duration) -> Self {
        Span {
            millis: duration.as_millis().try_into().unwrap_or(u64::MAX),
        }
    }
}

/// The shortest exact form that parses back: `90s` prints as `1m30s`. Months are printed as days.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.millis;
        let mut text = String::new();
        for (name, unit) in UNITS.iter().filter(|(name, _)| !matches!(*name, "mo" | "w")) {
            if rest >= *unit {
                text.push_str(&format!("{}{name}", rest / unit));
                rest %= unit;
            }
        }
        f.pad(if text.is_empty() { "0s" } else { &text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_and_print() {
        for (text, millis, printed) in [
            ("250ms", 250, "250ms"),
            ("90s", 90_000, "1m30s"),
            ("1h30m", 5_400_000, "1h30m"),
            ("28d", 2_419_200_000, "28d"),
            ("0s", 0, "0s"),
        ] {
            let span: Span = text.parse().expect(text);
            assert_eq!((span.as_millis(), span.to_string().as_str()), (millis, printed));
        }
        for bad in ["", "5", "s", "-1s", "1.5s", "1 s", "5y", "99999999999999999999s"] {
            assert!(bad.parse::<Span>().is_err(), "{bad}");
        }
    }
}
