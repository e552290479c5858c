//! `rotas/NAME.toml` beside `platform.toml`: who is on call.
//!
//! Rotas are read apart from the platform, and each for itself: a slip in one file must neither stop a deployment nor hide
//! who else is on call.

pub mod keys;
mod read;

use crate::config::platform::Platform;
use crate::fault::{Fault, Problem, Result};
use crate::model::rota::Rota;

/// The folder beside `platform.toml`.
pub const FOLDER: &str = "rotas";

/// The rotas of a platform, and what is wrong with them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rotas {
    /// Those that can be resolved, by name.
    pub rotas: Vec<Rota>,
    /// Files that cannot be used.
    pub broken: Vec<Broken>,
    /// Names in usable files that the platform does not know.
    pub strangers: Vec<Problem>,
}

/// A file that is no rota.
#[derive(Clone, Debug, PartialEq)]
pub struct Broken {
    pub name: String,
    /// The file as it is told to people.
    pub file: String,
    pub problems: Vec<Problem>,
}

impl Rotas {
    /// Reads every file. Fails only where the folder or a file cannot be read at all.
    pub fn load(platform: &Platform) -> Result<Rotas> {
        match &platform.folder {
            Some(folder) => read::load(&folder.join(FOLDER), platform),
            None => Ok(Rotas::default()),
        }
    }

    /// Every problem of every file.
    pub fn problems(&self) -> Vec<Problem> {
        let broken = self.broken.iter().flat_map(|broken| broken.problems.iter());
        broken.chain(&self.strangers).cloned().collect()
    }

    /// The fault for files that cannot be used; `None` where there are none.
    pub fn fault(&self) -> Option<Fault> {
        let first = self.broken.first()?;
        let shown = match self.broken.len() {
            1 => first.file.clone(),
            _ => FOLDER.to_owned(),
        };
        let problems = self.broken.iter().flat_map(|broken| broken.problems.clone());
        Some(super::document::invalid(&shown, problems.collect()))
    }
}

#[cfg(test)]
mod tests;
