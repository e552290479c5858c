//! Objectives: what people may rely on, as `[[slo]]` of a manifest states it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Span;

/// An objective of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slo {
    pub name: String,
    pub objective: Objective,
    pub window: Span,
    pub indicator: Indicator,
    pub description: Option<String>,
}

/// The window of an objective that states none: four whole weeks, so that every window holds the same weekdays.
pub const DEFAULT_WINDOW: Span = Span::from_secs(28 * 86_400);

/// What is counted, and which of it is good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indicator {
    pub kind: IndicatorKind,
    pub good: Option<String>,
    pub total: Option<String>,
    pub threshold: Option<Span>,
    pub path: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndicatorKind {
    Http,
    Latency,
    Ratio,
    Probe,
    Freshness,
    Promql,
}

impl FromStr for IndicatorKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "http" => Ok(IndicatorKind::Http),
            "latency" => Ok(IndicatorKind::Latency),
            "ratio" => Ok(IndicatorKind::Ratio),
            "probe" => Ok(IndicatorKind::Probe),
            "freshness" => Ok(IndicatorKind::Freshness),
            "promql" => Ok(IndicatorKind::Promql),
            _ => Err(()),
        }
    }
}

/// A percentage above 0 and below 100, exact to six decimals: budgets are counted in whole events, and binary fractions
/// would miscount them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Objective {
    micropercent: u32,
}

impl Objective {
    /// Millionths of a percent: `99.9` is 99 900 000.
    pub fn micropercent(self) -> u32 {
        self.micropercent
    }
}

impl FromStr for Objective {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.trim().strip_suffix('%').unwrap_or(text.trim());
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(part) || number.ends_with('.') {
            return Err("this is not a decimal number".into());
        }
        if part.len() > 6 {
            return Err("more than six decimals".into());
        }
        let whole: u32 = match whole.parse() {
            Ok(whole) if whole < 1_000 => whole,
            _ => return Err("must be below 100".into()),
        };
        let part: u32 = format!("{part:0<6}").parse().unwrap_or(0);
        match whole * 1_000_000 + part {
            0 => Err("must be above 0".into()),
            micropercent if micropercent >= 100_000_000 => Err("must be below 100: nothing is perfect".into()),
            micropercent => Ok(Objective { micropercent }),
        }
    }
}

impl TryFrom<String> for Objective {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Objective> for String {
    fn from(objective: Objective) -> String {
        objective.to_string()
    }
}

/// The shortest decimal: `99.9`.
impl fmt::Display for Objective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}.{:06}", self.micropercent / 1_000_000, self.micropercent % 1_000_000);
        f.pad(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_objective_is_read_exactly() {
        for (text, micropercent, printed) in [
            ("99.9", 99_900_000, "99.9"),
            ("99", 99_000_000, "99"),
            ("99.999999", 99_999_999, "99.999999"),
            ("0.5", 500_000, "0.5"),
            ("99.90%", 99_900_000, "99.9"),
        ] {
            let objective: Objective = text.parse().expect(text);
            assert_eq!(
                (objective.micropercent(), objective.to_string().as_str()),
                (micropercent, printed)
            );
        }
        for bad in [
            "",
            "100",
            "0",
            "0.0",
            "-1",
            "99.",
            ".9",
            "1e1",
            "99.9999999",
            "nan",
            "99999999999",
            "٩٩",
        ] {
            assert!(bad.parse::<Objective>().is_err(), "{bad}");
        }
    }
}
