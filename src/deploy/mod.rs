//! Deploying: plan, gates, the state machine, recovery. Knows no engine, no terminal and no database.
//!
//! * [`source`], [`build`]: from a folder to an artifact.
//! * [`plan`]: the pure difference between wanted and observed.
//! * [`gate`]: admission verdicts.
//! * [`secrets`]: references become values, and values are kept sealed.
//! * [`judge`]: when instances count as healthy, when they never will.
//! * [`engine`]: what deploying offers.
//! * [`attempt`]: one journaled step after another.
//! * [`rollout`]: the order of acts, and what a failure at each of them means.
//! * [`end`]: what the end of a release step means.
//! * [`beside`]: stages on an engine that runs the new instances beside the old ones.
//! * [`bake`], [`analysis`]: the watch over what takes traffic, and what its numbers say.
//! * [`stage`]: a strategy as stages, one after the other.
//! * [`in_place`]: the same order on an engine that replaces instances itself.
//! * [`recover`]: what a dead predecessor left, and what follows from it.
//! * [`prune`]: which artifacts may go.
//! * [`status`]: what is there, beside what should be.

pub mod analysis;
mod attempt;
mod bake;
mod beside;
pub mod build;
mod end;
pub mod engine;
pub mod gate;
mod in_place;
pub mod judge;
pub mod plan;
pub mod prune;
pub mod recover;
mod rollout;
pub mod secrets;
pub mod source;
pub mod stage;
pub mod status;
