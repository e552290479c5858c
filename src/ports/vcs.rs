//! Version control, as far as deployments and readiness need it.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::fault::Result;
use crate::model::Span;
use crate::model::release::Source;

/// Where a working copy stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub root: PathBuf,
    /// `None` before the first commit.
    pub commit: Option<String>,
    /// Older commits were left out when it was fetched.
    pub shallow: bool,
}

/// Which commits are wanted.
#[derive(Clone, Debug, Default)]
pub struct CommitQuery {
    /// Files and folders relative to the folder asked about; `None` for any change of the repository, which is far quicker
    /// to tell.
    pub paths: Option<Vec<String>>,
    /// Parts of the author's name or address of which one must be there, in any case; none when empty.
    pub authors: Vec<String>,
    pub since: Option<Timestamp>,
    pub limit: usize,
}

/// One commit.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Commit {
    pub id: String,
    pub at: Timestamp,
    pub author: String,
    pub mail: String,
    pub subject: String,
}

/// One piece of a history that is told from its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told<'a> {
    /// What follows was added by this commit; its parents were told before, or lie outside of what was asked.
    Commit { id: &'a str, parents: &'a [String] },
    /// Lines that were added together: the first one's number in the file, and their text. A long run comes in pieces.
    Added { path: &'a str, line: usize, text: &'a [u8] },
}

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

    /// Where the working copy that holds `dir` stands; `None` outside version control, and for one that keeps no history.
    fn head(&self, dir: &Path) -> Result<Option<Head>> {
        let _ = dir;
        Ok(None)
    }

    /// Commits that lead to the current one and changed what `query` names, newest first.
    fn commits(&self, dir: &Path, query: &CommitQuery) -> Result<Vec<Commit>> {
        let _ = (dir, query);
        Ok(Vec::new())
    }

    /// Tells what commits that lead to the current one added to files below `dir`, parents before children, without those
    /// that lead to a commit of `seen`. It stops when `each` says false or `patience` is over, and returns whether all was
    /// told. Commits of `seen` that do not exist are passed over.
    fn history(
        &self,
        dir: &Path,
        seen: &[String],
        patience: Span,
        each: &mut dyn FnMut(Told<'_>) -> bool,
    ) -> Result<bool> {
        let _ = (dir, seen, patience, each);
        Ok(true)
    }

    /// Which of `commits` lead to the current one.
    fn reached(&self, dir: &Path, commits: &[String]) -> Result<Vec<String>> {
        let _ = dir;
        Ok(commits.to_vec())
    }
}
