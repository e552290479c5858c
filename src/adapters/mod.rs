//! What stands behind the ports: one file or folder an outside thing.

pub mod git;
pub mod local;
pub mod process;
pub mod system;
