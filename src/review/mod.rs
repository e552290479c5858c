//! A team's or a company's week: what was deployed, what hurt, what is owed.
//!
//! [`review`] is a pure function of [`Facts`] that others collect, and of nothing else, so that the review of a past week
//! comes out the same whenever it is asked for. What happened after its end has not happened yet.

mod facts;
mod judge;
mod sum;

pub use facts::{Budget, Duty, Facts, Holding, Period, Service};
pub use judge::{Attention, Missing, Standing, Verdict};
pub use sum::{
    Action, Actions, Changed, Deployments, Durations, Incident, Incidents, OnCall, Review, Row, Severity, Times, review,
};

#[cfg(test)]
mod tests;
