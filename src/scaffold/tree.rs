//! A folder held by its handle: every name below it is opened from there without following a link, so that nothing that
//! happens to the path meanwhile can lead a write elsewhere.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, open, openat, renameat};
use nix::sys::stat::{FileStat, Mode, SFlag, fstatat, mkdirat};
use nix::unistd::{UnlinkatFlags, unlinkat};

use super::plan::Found;

/// An open folder.
pub struct Tree {
    root: OwnedFd,
    /// Folders below it that are open already, by path.
    open: BTreeMap<String, OwnedFd>,
}

const FOLDER: OFlag = OFlag::O_DIRECTORY.union(OFlag::O_NOFOLLOW).union(OFlag::O_CLOEXEC);

impl Tree {
    /// Opens a folder that is no link.
    pub fn open(path: &Path) -> io::Result<Tree> {
        let root = open(path, FOLDER | OFlag::O_RDONLY, Mode::empty())?;
        Ok(Tree {
            root,
            open: BTreeMap::new(),
        })
    }

    /// What is at `path`, compared with `bytes`.
    pub fn look(&mut self, path: &str, bytes: &[u8]) -> io::Result<Found> {
        let (folder, name) = split(path);
        for (at, _) in path.match_indices('/') {
            match self.kind(&path[..at])? {
                None => return Ok(Found::Nothing),
                Some(kind) if kind == SFlag::S_IFDIR => {}
                Some(_) => return Ok(Found::Blocked(path[..at].to_owned())),
            }
        }
        Ok(match self.kind(path)? {
            None => Found::Nothing,
            Some(SFlag::S_IFDIR) => Found::Folder,
            Some(SFlag::S_IFLNK) => Found::Link,
            Some(SFlag::S_IFREG) => {
                let file = openat(
                    self.folder(folder)?,
                    name,
                    OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC | OFlag::O_NONBLOCK,
                    Mode::empty(),
                )?;
                // One byte more than expected is enough to know that it differs.
                let mut there = Vec::new();
                std::fs::File::from(file)
                    .take(bytes.len() as u64 + 1)
                    .read_to_end(&mut there)?;
                if there == bytes { Found::Same } else { Found::Different }
            }
            Some(_) => Found::Special,
        })
    }

    /// Makes a folder whose parent exists; false when it is there already.
    pub fn make_folder(&mut self, path: &str) -> io::Result<bool> {
        if self.open.contains_key(path) {
            return Ok(false);
        }
        let (parent, name) = split(path);
        match mkdirat(self.folder(parent)?, name, Mode::from_bits_truncate(0o777)) {
            Ok(()) => Ok(true),
            Err(Errno::EEXIST) => self.folder(path).map(|_| false),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes a file that must not exist.
    pub fn create(&mut self, path: &str, bytes: &[u8], executable: bool) -> io::Result<()> {
        let (parent, name) = split(path);
        let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        let mode = Mode::from_bits_truncate(if executable { 0o777 } else { 0o666 });
        let file = openat(self.folder(parent)?, name, flags, mode)?;
        std::fs::File::from(file).write_all(bytes)
    }

    /// Renames within one folder of this tree; replaces what has the new name.
    pub fn rename(&mut self, path: &str, new_name: &str) -> io::Result<()> {
        let (parent, name) = split(path);
        let folder = self.folder(parent)?;
        Ok(renameat(folder.as_fd(), name, folder.as_fd(), new_name)?)
    }

    pub fn remove_file(&mut self, path: &str) -> io::Result<()> {
        let (parent, name) = split(path);
        Ok(unlinkat(self.folder(parent)?, name, UnlinkatFlags::NoRemoveDir)?)
    }

    /// Removes an empty folder.
    pub fn remove_folder(&mut self, path: &str) -> io::Result<()> {
        self.open.remove(path);
        let (parent, name) = split(path);
        Ok(unlinkat(self.folder(parent)?, name, UnlinkatFlags::RemoveDir)?)
    }

    fn kind(&mut self, path: &str) -> io::Result<Option<SFlag>> {
        let (parent, name) = split(path);
        match fstatat(self.folder(parent)?, name, AtFlags::AT_SYMLINK_NOFOLLOW) {
            Ok(FileStat { st_mode, .. }) => Ok(Some(SFlag::from_bits_truncate(st_mode) & SFlag::S_IFMT)),
            Err(Errno::ENOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The handle of a folder of this tree; the empty path is the root.
    fn folder(&mut self, path: &str) -> io::Result<&OwnedFd> {
        if path.is_empty() {
            return Ok(&self.root);
        }
        if !self.open.contains_key(path) {
            let (parent, name) = split(path);
            let opened = openat(self.folder(parent)?, name, FOLDER | OFlag::O_RDONLY, Mode::empty())?;
            self.open.insert(path.to_owned(), opened);
        }
        Ok(&self.open[path])
    }
}

/// Folder and name.
pub fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}
