//! What people configure: `deliver.toml`, `platform.toml`, the user's file, the environment and flags.

pub mod environment;
pub mod paths;
