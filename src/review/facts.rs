//! What a review is made of, as whoever asks for it has collected it.

use jiff::Timestamp;
use serde::Serialize;

use crate::store::review::{ActionRow, Attempt, IncidentRow, ReadinessRow};

/// From when to when, half-open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    pub from: Timestamp,
    pub to: Timestamp,
    /// `2026-W47`; `None` where it is no week of the calendar.
    pub week: Option<String>,
    /// When it is looked at.
    pub now: Timestamp,
}

impl Period {
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }

    /// As long a time before it.
    pub fn before(&self) -> std::ops::Range<Timestamp> {
        let length = self.to.duration_since(self.from);
        self.from.saturating_sub(length).unwrap_or(Timestamp::MIN)..self.from
    }

    /// `at`, if it had happened by the end.
    pub(super) fn seen(&self, at: Option<Timestamp>) -> Option<Timestamp> {
        at.filter(|at| *at < self.to)
    }
}

/// A service and who owns it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    pub name: String,
    pub team: Option<String>,
    /// Whether it promises anything.
    pub objectives: bool,
    /// Environments that it declares to be protected.
    pub protected: Vec<String>,
}

/// An objective's budget at the end of the period.
#[derive(Clone, Debug, PartialEq, schemars::JsonSchema, Serialize)]
pub struct Budget {
    pub service: String,
    pub team: Option<String>,
    pub env: String,
    pub slo: String,
    /// In percent, as a decimal: `99.9`.
    pub objective: String,
    pub window: String,
    /// What is left of the budget, 1 is all of it; negative when more was spent than there was, null without data.
    pub remaining_ratio: Option<f64>,
    pub spent: bool,
    /// The word that reliability has for it.
    pub state: String,
}

/// A stop that stands.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize)]
pub struct Holding {
    pub service: String,
    pub env: String,
    pub author: String,
    pub reason: String,
    pub since: Timestamp,
}

/// What somebody carried on call during the period.
#[derive(Clone, Debug, PartialEq, schemars::JsonSchema, Serialize)]
pub struct Duty {
    pub team: String,
    pub rota: String,
    pub role: String,
    /// Null: nobody, where somebody had to be.
    pub person: Option<String>,
    pub hours: f64,
    pub night_hours: f64,
    pub weekend_hours: f64,
}

/// Everything that a review is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    pub period: Period,
    /// Only this team's.
    pub team: Option<String>,
    /// Those that were there before the end of the period.
    pub services: Vec<Service>,
    /// Of the period and of one as long before it.
    pub attempts: Vec<Attempt>,
    /// Of the period and of one as long before it.
    pub incidents: Vec<IncidentRow>,
    pub actions: Vec<ActionRow>,
    /// `None`: they are not known; why is among `unknown`.
    pub budgets: Option<Vec<Budget>>,
    pub readiness: Vec<ReadinessRow>,
    /// Services whose readiness was ever checked.
    pub checked: Vec<String>,
    pub holds: Vec<Holding>,
    /// `None`: there are no rotas.
    pub on_call: Option<Vec<Duty>>,
    /// What could not be found out, with the reason.
    pub unknown: Vec<(String, String)>,
}
