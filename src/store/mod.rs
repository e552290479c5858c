//! Durable state behind one narrow interface.
//!
//! [`engine::Engine`] is the interface: transactions over portable SQL. Everything above it is written once: a file an
//! area (`journal`, `leases`, `deployments`, …), each with plain functions on [`Store`].

pub mod engine;
pub mod seal;
