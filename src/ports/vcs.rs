//! Version control, as far as a deployment needs it.

use std::path::{Path, PathBuf};

use crate::fault::Result;
use crate::model::release::Source;

/// Reads a working copy; never changes one except through [`Vcs::init`].
pub trait Vcs: Send + Sync {
    /// The root of the working copy that holds `dir`; `None` outside version control.
    fn root(&self, dir: &Path) -> Result<Option<PathBuf>>;

    /// Commit, branch and whether anything below `dir` is uncommitted. Outside version control: all empty, not dirty.
    fn source(&self, dir: &Path) -> Result<Source>;

    /// Files below `dir` that belong to the source: tracked ones that exist and untracked ones that are not ignored,
    /// relative to `dir`, sorted by bytes. Outside version control: `None`.
    fn files(&self, dir: &Path) -> Result<Option<Vec<PathBuf>>>;

    /// The name and mail address a commit would carry, where they are configured.
    fn user(&self, dir: &Path) -> Result<(Option<String>, Option<String>)>;

    /// Makes `dir` a repository on branch `main` and commits all of it with `message`.
    fn init(&self, dir: &Path, message: &str) -> Result<()>;
}
