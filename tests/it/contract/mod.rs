//! What stands behind an interface owes what the interface promises: one suite each, run on every implementation.

mod metrics;
mod store;
