//! How a new release takes over from the old: all at once or by portions, watched after each.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Span;

/// How a new release takes over.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct Strategy {
    pub kind: StrategyKind,
    /// Of a canary: what it takes, one after the other; everything follows by itself. Empty: [`Strategy::CANARY_STEPS`].
    pub steps: Vec<Portion>,
    /// How long each portion is watched before the next, the last one included.
    pub bake: Span,
    pub analysis: Analysis,
}

impl Strategy {
    /// One instance, a quarter, half, as the best known tools begin.
    pub const CANARY_STEPS: [Portion; 3] = [Portion::Instances(1), Portion::Percent(25), Portion::Percent(50)];
}

impl Default for Strategy {
    fn default() -> Self {
        Strategy {
            kind: StrategyKind::Rolling,
            steps: Vec::new(),
            bake: Span::ZERO,
            analysis: Analysis::default(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StrategyKind {
    /// Instances are replaced in batches; each new one takes traffic as soon as it is healthy.
    Rolling,
    /// A portion takes traffic and is watched, then a larger one.
    Canary,
    /// All new instances run beside all old ones, then traffic moves at once.
    BlueGreen,
    /// The old ones go first: for what must never run twice.
    Recreate,
}

impl StrategyKind {
    pub fn as_str(self) -> &'static str {
        match self {
            StrategyKind::Rolling => "rolling",
            StrategyKind::Canary => "canary",
            StrategyKind::BlueGreen => "blue-green",
            StrategyKind::Recreate => "recreate",
        }
    }
}

impl FromStr for StrategyKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        use StrategyKind::{BlueGreen, Canary, Recreate, Rolling};
        [Rolling, Canary, BlueGreen, Recreate]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or(())
    }
}

/// How much a canary takes at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Portion {
    Instances(u32),
    Percent(u8),
}

impl Portion {
    /// Of so many instances: at least one, at most all; a share is rounded up.
    pub fn of(self, all: u32) -> u32 {
        let wanted = match self {
            Portion::Instances(count) => count,
            Portion::Percent(percent) => (u64::from(all) * u64::from(percent)).div_ceil(100) as u32,
        };
        wanted.clamp(1, all.max(1))
    }
}

impl std::fmt::Display for Portion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Portion::Instances(count) => write!(f, "{count}"),
            Portion::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

impl FromStr for Portion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.strip_suffix('%').unwrap_or(text);
        let number: u32 = match digits.bytes().all(|byte| byte.is_ascii_digit()) {
            true => digits.parse().map_err(|_| "this is not a number".to_owned())?,
            false => return Err("this is not a number".into()),
        };
        match (text.ends_with('%'), number) {
            (_, 0) => Err("a step takes something".into()),
            (true, percent @ 1..=100) => Ok(Portion::Percent(percent as u8)),
            (true, _) => Err("more than everything".into()),
            (false, instances) => Ok(Portion::Instances(instances)),
        }
    }
}

/// What a watched release is judged by, besides staying up.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct Analysis {
    /// Requests of the new release below which nothing is concluded.
    pub min_requests: u64,
    /// How long a watch goes on for want of a conclusion, on top of its `bake`; it never waits for ever.
    pub patience: Span,
    /// What follows when nothing could be concluded by then.
    pub inconclusive: Inconclusive,
}

impl Default for Analysis {
    /// Twenty requests: with fewer, one failure is a large share; above that, intervals of confidence say how sure one is.
    fn default() -> Self {
        Analysis {
            min_requests: 20,
            patience: Span::ZERO,
            inconclusive: Inconclusive::Proceed,
        }
    }
}

/// What follows from knowing nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Inconclusive {
    /// Forward, with a note.
    Proceed,
    RollBack,
}

impl FromStr for Inconclusive {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "proceed" => Ok(Inconclusive::Proceed),
            "roll-back" => Ok(Inconclusive::RollBack),
            _ => Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_portion_is_at_least_one_and_at_most_all() {
        for (text, all, expected) in [
            ("1", 6, 1),
            ("25%", 6, 2),
            ("50%", 6, 3),
            ("10%", 3, 1),
            ("9", 6, 6),
            ("100%", 6, 6),
            ("50%", 1, 1),
        ] {
            assert_eq!(text.parse::<Portion>().unwrap().of(all), expected, "{text} of {all}");
        }
    }
}
