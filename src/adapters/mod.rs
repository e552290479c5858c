//! What stands behind the ports: one file or folder an outside thing.

pub mod contract;
pub mod counts;
#[cfg(feature = "docker")]
mod docker;
pub mod git;
pub mod http;
#[cfg(feature = "kubernetes")]
pub mod kubernetes;
pub mod local;
pub mod memory;
pub mod plugin;
pub mod process;
pub mod prometheus;
pub mod seen;
#[cfg(feature = "docker")]
pub mod swarm;
pub mod system;
