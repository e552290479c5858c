//! What earlier looks found, so that only what is new is looked at again: files and commits that were searched for
//! secrets, and what version control says of a commit, which never changes.
//!
//! One file a folder, in the store's data. It holds places and hashes, no values. A file that does not read, or that was
//! written by other detectors, counts as none.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::secrets::{Hit, detect};
use crate::ports::vcs::Commit;

/// A file's content, as far as it can be told without reading it.
pub type Stamp = (u64, i64, i64, i64, i64, u64);

/// What is kept of one folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cache {
    version: u32,
    folder: PathBuf,
    /// Commits whose whole history was looked at.
    pub seen: Vec<String>,
    /// How many commits that were.
    pub commits: usize,
    pub history: Vec<Hit>,
    /// Files that were looked at, and hold nothing or what is in `tree`.
    pub files: BTreeMap<String, Stamp>,
    pub tree: Vec<Hit>,
    #[serde(default)]
    pub commits_told: Option<Commits>,
}

/// The newest commits of a kind among those that lead to one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commits {
    /// The commit that this holds for.
    pub head: String,
    /// The runbook that was asked about.
    pub runbook_path: Option<String>,
    /// Of the service's folder.
    pub newest: Option<Commit>,
    /// Of a tool that updates dependencies; looked for in the days before `head` was looked at first.
    pub update: Option<Commit>,
    /// Of the runbook.
    pub runbook: Option<Commit>,
}

/// More than this is not read: a cache that large saves nothing.
const MAX_BYTES: u64 = 64 << 20;

impl Cache {
    pub fn empty(folder: &Path) -> Cache {
        Cache {
            version: detect::VERSION,
            folder: folder.to_owned(),
            ..Cache::default()
        }
    }

    /// What was kept of a folder in `place`.
    pub fn load(place: Option<&Path>, folder: &Path) -> Cache {
        let bytes = place.and_then(|place| super::tree::read_bytes(&file(place, folder), MAX_BYTES).ok().flatten());
        let cache: Option<Cache> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        cache
            .filter(|cache| cache.version == detect::VERSION && cache.folder == folder)
            .unwrap_or_else(|| Cache::empty(folder))
    }

    /// Keeps it. That it cannot be kept only makes the next look slower.
    pub fn save(&self, place: &Path) -> std::io::Result<()> {
        use std::os::unix::fs::DirBuilderExt;
        // Paths of a private repository are nobody else's business.
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(place)?;
        let mut file_beside = tempfile::NamedTempFile::new_in(place)?;
        file_beside.write_all(&serde_json::to_vec(self)?)?;
        file_beside
            .persist(file(place, &self.folder))
            .map_err(|error| error.error)?;
        Ok(())
    }
}

fn file(place: &Path, folder: &Path) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    let name = blake3::hash(folder.as_os_str().as_bytes()).to_hex();
    place.join(format!("{}.json", &name[..32]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_read_back_and_damage_is_nothing() {
        let dir = tempfile::tempdir().expect("a folder");
        let (place, folder) = (dir.path().join("inner"), Path::new("/srv/pricing"));
        let mut cache = Cache::empty(folder);
        cache.files.insert("a".into(), (1, 2, 3, 4, 5, 6));
        cache.save(&place).expect("kept");
        assert_eq!(Cache::load(Some(&place), folder), cache);
        assert_eq!(Cache::load(Some(&place), Path::new("/srv/other")).files.len(), 0);
        std::fs::write(file(&place, folder), "{").expect("written");
        assert_eq!(Cache::load(Some(&place), folder), Cache::empty(folder));
        cache.version += 1;
        cache.save(&place).expect("kept");
        assert_eq!(Cache::load(Some(&place), folder), Cache::empty(folder));
    }
}
