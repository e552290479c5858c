//! Whether services keep what they promise: objectives over counted requests, error budgets, burn rates.
//!
//! [`assess`](assess::assess) reads counts from the store and decides; everything below it is pure. Counts are integers and
//! targets decimals, so that a budget is exact; what is estimated (intervals, forecasts) is kept apart from it and named.

pub mod assess;
pub mod budget;
pub mod burn;
pub mod forecast;
pub mod horizon;
pub mod indicator;
pub mod state;
