//! From counted requests to good and bad events, as far as the counts can tell.

use crate::model::Span;
use crate::model::classes::{self, Classes};
use crate::model::objective::{Indicator, IndicatorKind};
use crate::model::traffic::{Limit, Tally, limit};

/// Events of a stretch of time. `good` is what is certainly good: everything here counts conservatively.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Events {
    pub good: u64,
    /// What may be good at most; more than `good` only where counts leave it open.
    pub good_at_most: u64,
    pub total: u64,
}

impl Events {
    pub fn bad(&self) -> u64 {
        self.total.saturating_sub(self.good)
    }
}

impl std::ops::Add for Events {
    type Output = Events;

    fn add(self, other: Events) -> Events {
        Events {
            good: self.good.saturating_add(other.good),
            good_at_most: self.good_at_most.saturating_add(other.good_at_most),
            total: self.total.saturating_add(other.total),
        }
    }
}

impl std::iter::Sum for Events {
    fn sum<I: Iterator<Item = Events>>(events: I) -> Events {
        events.fold(Events::default(), |sum, more| sum + more)
    }
}

/// How the router's counts answer an indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Answers in these classes of status are good.
    Status(Classes),
    /// Answers within this many microseconds are good.
    Within(u64),
}

/// Why they do not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gap {
    /// Another source would have to be connected.
    NotConnected(String),
    /// The counts do not hold what is asked.
    CannotTell(String),
}

impl Measure {
    /// How an indicator is answered.
    pub fn of(indicator: &Indicator) -> Result<Measure, Gap> {
        let elsewhere = |source: &str| Err(Gap::NotConnected(format!("{source} is not connected")));
        match indicator.kind {
            IndicatorKind::Ratio | IndicatorKind::Promql => elsewhere("a Prometheus server, which this is read from,"),
            IndicatorKind::Probe => elsewhere("a prober, which would ask from outside,"),
            IndicatorKind::Freshness => elsewhere("a source for the age of data"),
            IndicatorKind::Http | IndicatorKind::Latency if indicator.path.is_some() => {
                Err(Gap::CannotTell("requests are not counted by path".into()))
            }
            IndicatorKind::Http => {
                let good = indicator.good.as_deref().unwrap_or(classes::DEFAULT);
                let unreadable = |_| {
                    Gap::CannotTell(format!(
                        "`{}` cannot be answered from counts by class",
                        good.escape_debug()
                    ))
                };
                good.parse().map(Measure::Status).map_err(unreadable)
            }
            IndicatorKind::Latency if indicator.good.is_some() => {
                Err(Gap::CannotTell("how long answers took is not counted by status".into()))
            }
            IndicatorKind::Latency => match indicator.threshold {
                Some(threshold) => Ok(Measure::Within(threshold.as_millis().saturating_mul(1000))),
                None => Err(Gap::CannotTell("the objective has no threshold".into())),
            },
        }
    }

    /// Whether histograms are needed.
    pub fn reads_latency(self) -> bool {
        matches!(self, Measure::Within(_))
    }

    /// The events among what was counted. What the router had to answer itself, because the app did not, is bad.
    pub fn events(self, tally: &Tally) -> Events {
        let total = tally.total();
        match self {
            Measure::Status(good) => {
                let good = good.sum(&tally.classes);
                Events {
                    good,
                    good_at_most: good,
                    total,
                }
            }
            // How long those took that the app did not answer is in the same histogram: as if they all were quick.
            Measure::Within(micros) => {
                let (least, most) = tally.within(micros);
                Events {
                    good: least.saturating_sub(tally.failed).min(total),
                    good_at_most: most.min(total.saturating_sub(tally.failed)),
                    total,
                }
            }
        }
    }

    /// What people should know of how it is counted.
    pub fn caveat(self) -> Option<String> {
        let Measure::Within(micros) = self else { return None };
        let Limit::Between(below, above) = limit(micros) else {
            return None;
        };
        let shown = |micros: u64| Span::from_millis(micros / 1000).to_string();
        Some(match (below.map(shown), above.map(shown)) {
            (Some(below), Some(above)) => format!(
                "{} lies between the bounds {below} and {above}: what lies between them counts as bad",
                shown(micros)
            ),
            (Some(below), None) => format!(
                "{} lies beyond the last bound: what took longer than {below} counts as bad",
                shown(micros)
            ),
            (None, above) => format!(
                "{} lies below the first bound{}: everything counts as bad",
                shown(micros),
                above.map(|above| format!(" {above}")).unwrap_or_default()
            ),
        })
    }
}

/// Which requests are good: `with status < 500`, `within 300ms`.
impl std::fmt::Display for Measure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Measure::Status(classes) => write!(f, "with {classes}"),
            Measure::Within(micros) => write!(f, "within {}", Span::from_millis(micros / 1000)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::traffic::{LATENCY_BUCKETS, latency_bucket};

    fn indicator(kind: IndicatorKind) -> Indicator {
        Indicator {
            kind,
            good: None,
            total: None,
            threshold: None,
            path: None,
        }
    }

    fn tally() -> Tally {
        let mut latency = vec![0; LATENCY_BUCKETS];
        for (millis, count) in [(1, 90), (270, 6), (290, 3), (5_000, 2)] {
            latency[latency_bucket(millis * 1000)] += count;
        }
        Tally {
            classes: [0, 80, 5, 10, 4],
            failed: 2,
            latency,
        }
    }

    #[test]
    fn what_the_app_did_not_answer_is_bad() {
        let events = |good: Option<&str>| {
            let indicator = Indicator {
                good: good.map(str::to_owned),
                ..indicator(IndicatorKind::Http)
            };
            let events = Measure::of(&indicator).expect("it can be told").events(&tally());
            (events.good, events.good_at_most, events.total, events.bad())
        };
        let plain = Measure::of(&indicator(IndicatorKind::Http)).expect("it can be told");
        assert_eq!(plain.to_string(), "with status < 500");
        assert_eq!(events(None), (95, 95, 101, 6));
        assert_eq!(events(Some("status < 400")), (85, 85, 101, 16));
        assert_eq!(events(Some("status < 600")), (99, 99, 101, 2));
    }

    #[test]
    fn latency_between_bounds_counts_conservatively_and_says_so() {
        let measure = |millis| {
            let indicator = Indicator {
                threshold: Some(Span::from_millis(millis)),
                ..indicator(IndicatorKind::Latency)
            };
            Measure::of(&indicator).expect("it can be told")
        };
        let exact = measure(300);
        assert_eq!(
            exact.events(&tally()),
            Events {
                good: 97,
                good_at_most: 99,
                total: 101
            },
            "the two that failed may or may not be among the 99 quick ones"
        );
        assert_eq!((exact.caveat(), exact.to_string()), (None, "within 300ms".into()));
        let between = measure(280);
        assert_eq!(
            between.events(&tally()),
            Events {
                good: 88,
                good_at_most: 99,
                total: 101
            }
        );
        assert_eq!(
            between.caveat().as_deref(),
            Some("280ms lies between the bounds 250ms and 300ms: what lies between them counts as bad")
        );
        assert_eq!(
            measure(90_000).caveat().as_deref(),
            Some("1m30s lies beyond the last bound: what took longer than 1m counts as bad")
        );
        assert_eq!(measure(u64::MAX).events(&Tally::default()), Events::default());
    }

    #[test]
    fn what_cannot_be_told_is_never_guessed() {
        for kind in [
            IndicatorKind::Ratio,
            IndicatorKind::Promql,
            IndicatorKind::Probe,
            IndicatorKind::Freshness,
        ] {
            assert!(
                matches!(Measure::of(&indicator(kind)), Err(Gap::NotConnected(_))),
                "{kind:?}"
            );
        }
        let with = |change: fn(&mut Indicator), kind| {
            let mut indicator = indicator(kind);
            change(&mut indicator);
            Measure::of(&indicator)
        };
        let cannot = |why: &str| Err(Gap::CannotTell(why.to_owned()));
        assert_eq!(
            with(|it| it.path = Some("/api".into()), IndicatorKind::Http),
            cannot("requests are not counted by path")
        );
        assert_eq!(
            with(|it| it.good = Some("status != 404".into()), IndicatorKind::Http),
            cannot("`status != 404` cannot be answered from counts by class")
        );
        assert_eq!(
            with(|it| it.good = Some("status < 500".into()), IndicatorKind::Latency),
            cannot("how long answers took is not counted by status")
        );
        assert_eq!(
            with(|_| (), IndicatorKind::Latency),
            cannot("the objective has no threshold")
        );
    }
}
