//! What people configure: `deliver.toml`, `platform.toml`, the user's file, the environment and flags.
//!
//! Files are trees with places ([`document`]); what may stand in them is said once ([`describe`]) and read by the decoder
//! ([`decode`]), the JSON Schema and the reference page.

pub mod decode;
pub mod describe;
pub mod document;
pub mod environment;
pub mod explain;
pub mod file;
pub mod lookalike;
pub mod manifest;
pub mod nearest;
pub mod paths;
pub mod platform;
pub mod reference;
pub mod rota;
pub mod rules;
pub mod schema;
pub mod secret;
pub mod server;
pub mod settings;

use std::path::{Path, PathBuf};

use crate::fault::{Attempt, Fault, Kind, Result};

/// A path as it is told to people: relative to where they stand when it is below it.
pub(crate) fn shown_path(path: &Path) -> String {
    let relative = std::env::current_dir()
        .ok()
        .and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned))
        .filter(|relative| !relative.as_os_str().is_empty());
    relative.as_deref().unwrap_or(path).display().to_string()
}

/// A folder with more files than this is another one than was meant.
const MAX_FILES: usize = 1_000;

/// `*.toml` in a folder of the platform, by name; no folder is no files. `what` names what they describe.
fn toml_files(folder: &Path, what: &str) -> Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.attempting("list", folder),
    };
    let mut paths = Vec::new();
    for entry in entries.map_err(|fault| fault.with_kind(Kind::Usage))? {
        let path = entry.attempting("list", folder)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
        if paths.len() > MAX_FILES {
            let message = format!("cannot use `{}`: more than {MAX_FILES} {what}", folder.display());
            return Err(Fault::usage("too-many-files", message));
        }
    }
    paths.sort();
    Ok(paths)
}

/// The nearest file of this name at or above `start`. The search ends at the root of the repository, as nothing beyond it
/// can be a part of the same work.
fn nearest_with(start: &Path, file: &str) -> Option<PathBuf> {
    let start = std::path::absolute(start).ok()?;
    for folder in start.ancestors() {
        let candidate = folder.join(file);
        if candidate.is_file() && trusted(folder, &candidate) {
            return Some(candidate);
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}

/// Where everybody may write, as in `/tmp`, a file is believed only if it is one's own: a stranger's would decide what is
/// run.
fn trusted(folder: &Path, file: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    const OTHERS_WRITE: u32 = 0o002;
    let open = folder.metadata().is_ok_and(|folder| folder.mode() & OTHERS_WRITE != 0);
    let own = file
        .metadata()
        .is_ok_and(|file| file.uid() == nix::unistd::geteuid().as_raw());
    own || !open
}
