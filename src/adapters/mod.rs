//! What stands behind the ports: one file or folder an outside thing.

pub mod counts;
pub mod git;
pub mod http;
pub mod local;
pub mod memory;
pub mod process;
pub mod prometheus;
pub mod system;
