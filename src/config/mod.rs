//! What people configure: `deliver.toml`, `platform.toml`, the user's file, the environment and flags.
//!
//! Files are trees with places ([`document`]); what may stand in them is said once ([`describe`]) and read by the decoder
//! ([`decode`]), the JSON Schema and the reference page.

pub mod decode;
pub mod describe;
pub mod document;
pub mod environment;
pub mod lookalike;
pub mod manifest;
pub mod nearest;
pub mod paths;
pub mod rules;

use std::path::Path;

/// A path as it is told to people: relative to where they stand when it is below it.
pub(crate) fn shown_path(path: &Path) -> String {
    let relative = std::env::current_dir()
        .ok()
        .and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned))
        .filter(|relative| !relative.as_os_str().is_empty());
    relative.as_deref().unwrap_or(path).display().to_string()
}
