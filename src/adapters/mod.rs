//! What stands behind the ports: one file or folder an outside thing.

pub mod contract;
pub mod git;
pub mod http;
pub mod local;
pub mod memory;
pub mod plugin;
pub mod process;
pub mod system;
