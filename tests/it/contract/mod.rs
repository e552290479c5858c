//! What stands behind an interface owes what the interface promises: one suite each, run on every implementation.

#[cfg(feature = "kubernetes")]
mod kubernetes;
mod store;
