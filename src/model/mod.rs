//! The nouns that every module shares. This module uses nothing else of the crate but [`crate::fault`].

pub mod about;
pub mod classes;
pub mod deployment;
pub mod incident;
pub mod interval;
pub mod measurement;
pub mod name;
pub mod objective;
pub mod observed;
pub mod oncall;
pub mod place;
pub mod prometheus;
pub mod readiness;
pub mod redact;
pub mod release;
pub mod rota;
pub mod share;
pub mod size;
pub mod span;
pub mod spec;
pub mod standing;
pub mod strategy;
pub mod traffic;
pub mod wall;

pub use deployment::{DeploymentId, Gate, Outcome, State, Verdict};
pub use incident::IncidentId;
pub use name::{EnvName, ServiceName};
pub use release::{BuildId, ReleaseNo};
pub use span::Span;
