//! The source tree of a build: which files belong to it, what they hash to, and its copy in the persistent worktree.
//!
//! The worktree of a service outlives its builds. Files that the source no longer has are removed from it; what builds
//! left beside them (`target/`, `node_modules/`) stays and serves as cache.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::fault::{Attempt, Fault, Result};
use crate::ports::Vcs;

/// A source tree larger than this is taken for a mistake: a home folder, or data that belongs in a volume.
pub const MAX_BYTES: u64 = 4 << 30;

/// More files than this are taken for a mistake too.
pub const MAX_FILES: usize = 500_000;

/// One file or symbolic link of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Content hash of a file, or of a link's destination.
    pub hash: blake3::Hash,
    pub kind: EntryKind,
    pub size: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    File { executable: bool },
    Link,
}

/// A source tree as it was when it was read.
#[derive(Clone, Debug)]
pub struct Tree {
    /// The folder all paths are relative to.
    pub root: PathBuf,
    pub entries: BTreeMap<PathBuf, Entry>,
}

impl Tree {
    /// Reads and hashes the source below `root`: what version control counts as source, or without version control every
    /// file that no `.gitignore` or `.ignore` excludes. What is in `except`, relative to `root`, is left out.
    pub fn read(root: &Path, vcs: &dyn Vcs, except: &[PathBuf]) -> Result<Tree> {
        let mut paths = match vcs.files(root)? {
            Some(paths) => paths,
            None => walk(root)?,
        };
        paths.retain(|path| !except.iter().any(|except| path.starts_with(except)));
        if paths.len() > MAX_FILES {
            return Err(too_large(root, format!("{} files, {MAX_FILES} at most", paths.len())));
        }
        let mut entries = BTreeMap::new();
        let mut bytes = 0;
        for path in paths {
            if let Some(entry) = read_entry(&root.join(&path))? {
                bytes += entry.size;
                if bytes > MAX_BYTES {
                    return Err(too_large(root, format!("more than {} MiB", MAX_BYTES >> 20)));
                }
                entries.insert(path, entry);
            }
        }
        Ok(Tree {
            root: root.to_owned(),
            entries,
        })
    }

    /// One hash over every path, mode and content but those in `except`.
    pub fn hash(&self, except: &[&Path]) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new();
        for (path, entry) in &self.entries {
            if except.contains(&path.as_path()) {
                continue;
            }
            let kind = match entry.kind {
                EntryKind::File { executable: false } => 0u8,
                EntryKind::File { executable: true } => 1,
                EntryKind::Link => 2,
            };
            let path = path.as_os_str().as_bytes();
            hasher
                .update(&(path.len() as u64).to_le_bytes())
                .update(path)
                .update(&[kind])
                .update(entry.hash.as_bytes());
        }
        hasher.finalize()
    }

    /// Makes `worktree` hold exactly this source, beside whatever builds left there. Modification times are kept, since
    /// build tools decide by them.
    pub fn sync(&self, worktree: &Path) -> Result<()> {
        let tree = worktree.join("tree");
        let index_path = worktree.join("index.json");
        fs::create_dir_all(&tree).attempting("create", &tree)?;
        let known = Index::load(&index_path);
        // A crash in the middle leaves an index that claims less than is there, never more.
        fs::remove_file(&index_path)
            .or_else(ignore_missing)
            .attempting("remove", &index_path)?;
        for gone in known.files.keys().filter(|path| !self.entries.contains_key(*path)) {
            remove_with_empty_parents(&tree, gone)?;
        }
        let mut index = Index {
            files: known.files.clone(),
        };
        index.files.retain(|path, _| self.entries.contains_key(path));
        for (path, entry) in &self.entries {
            let destination = tree.join(path);
            let before = known
                .files
                .get(path)
                .filter(|stamp| stamp.hash == entry.hash.to_hex().as_str());
            if before.is_none_or(|stamp| Stamp::of(&destination, entry).as_ref() != Some(stamp)) {
                // Until it is known to be whole it is only known to be there.
                index.files.insert(path.clone(), Stamp::default());
                if let Err(fault) = copy_entry(&self.root.join(path), &destination, entry) {
                    index.save(&index_path)?;
                    return Err(fault);
                }
            }
            if let Some(stamp) = Stamp::of(&destination, entry) {
                index.files.insert(path.clone(), stamp);
            }
        }
        index.save(&index_path)
    }
}

fn too_large(root: &Path, what: String) -> Fault {
    Fault::usage(
        "source-too-large",
        format!("the source tree `{}` has {what}", root.display()),
    )
    .hint("list what is not source in `.gitignore`, or run deliver in the service's own folder with -C DIR")
}

/// Every file below `root` that no ignore file excludes, relative and sorted.
fn walk(root: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    let walker = ignore::WalkBuilder::new(root)
        .hidden(false)
        .require_git(false)
        .git_global(false)
        .parents(false)
        .build();
    for entry in walker {
        let entry =
            entry.map_err(|error| Fault::failed("io", format!("cannot list `{}`", root.display())).because(error))?;
        let relative = entry.path().strip_prefix(root).unwrap_or(entry.path());
        let is_dir = entry.file_type().is_none_or(|kind| kind.is_dir());
        if is_dir || relative.components().next() == Some(Component::Normal(".git".as_ref())) {
            continue;
        }
        paths.push(relative.to_owned());
        if paths.len() > MAX_FILES {
            return Err(too_large(root, format!("more than {MAX_FILES} files")));
        }
    }
    paths.sort_by(|a, b| a.as_os_str().cmp(b.as_os_str()));
    Ok(paths)
}

/// Reads one entry; sockets, devices and files that vanished meanwhile are no source.
fn read_entry(path: &Path) -> Result<Option<Entry>> {
    let meta = match fs::symlink_metadata(path) {
        Ok(meta) => meta,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).attempting("inspect", path),
    };
    if meta.is_symlink() {
        let to = fs::read_link(path).attempting("read the link", path)?;
        return Ok(Some(Entry {
            hash: blake3::hash(to.as_os_str().as_bytes()),
            kind: EntryKind::Link,
            size: 0,
        }));
    }
    if !meta.is_file() {
        return Ok(None);
    }
    let mut hasher = blake3::Hasher::new();
    let mut file = File::open(path).attempting("read", path)?;
    let mut buffer = vec![0; 1 << 16];
    let mut size = 0;
    loop {
        match file.read(&mut buffer).attempting("read", path)? {
            0 => break,
            n => {
                hasher.update(&buffer[..n]);
                size += n as u64;
            }
        }
    }
    let executable = meta.permissions().mode() & 0o111 != 0;
    Ok(Some(Entry {
        hash: hasher.finalize(),
        kind: EntryKind::File { executable },
        size,
    }))
}

/// What the worktree holds of the source, and how each file looked right after it was written.
#[derive(Default, Serialize, Deserialize)]
struct Index {
    files: BTreeMap<PathBuf, Stamp>,
}

/// The default is that of no file.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    hash: String,
    size: u64,
    modified_ns: i128,
}

impl Index {
    /// A missing or damaged index only means that everything is copied again.
    fn load(path: &Path) -> Index {
        fs::read(path)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    fn save(&self, path: &Path) -> Result<()> {
        let bytes = serde_json::to_vec(self).map_err(|error| Fault::bug("an index that is not JSON").because(error))?;
        fs::write(path, bytes).attempting("write", path)
    }
}

impl Stamp {
    fn of(path: &Path, entry: &Entry) -> Option<Stamp> {
        let meta = fs::symlink_metadata(path).ok()?;
        let modified_ns = i128::from(meta.mtime()) * 1_000_000_000 + i128::from(meta.mtime_nsec());
        Some(Stamp {
            hash: entry.hash.to_hex().to_string(),
            size: meta.len(),
            modified_ns,
        })
    }
}

fn ignore_missing(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound {
        Ok(())
    } else {
        Err(error)
    }
}

/// Removes a file that is no longer source, and the folders that only held it.
fn remove_with_empty_parents(tree: &Path, relative: &Path) -> Result<()> {
    let path = tree.join(relative);
    fs::remove_file(&path)
        .or_else(ignore_missing)
        .attempting("remove", &path)?;
    let mut parent = relative.parent();
    while let Some(folder) = parent.filter(|folder| !folder.as_os_str().is_empty()) {
        if fs::remove_dir(tree.join(folder)).is_err() {
            break;
        }
        parent = folder.parent();
    }
    Ok(())
}

/// Copies one entry over whatever stands at `to`, keeping mode and modification time. It must still be what was hashed: under
/// the name of one content no other may be built.
fn copy_entry(from: &Path, to: &Path, entry: &Entry) -> Result<()> {
    if let Some(parent) = to.parent() {
        make_folder(parent)?;
    }
    if fs::symlink_metadata(to).is_ok_and(|meta| meta.is_dir()) {
        fs::remove_dir_all(to).attempting("remove", to)?;
    } else {
        fs::remove_file(to).or_else(ignore_missing).attempting("remove", to)?;
    }
    match entry.kind {
        EntryKind::Link => {
            let target = fs::read_link(from).map_err(|error| vanished(from, error))?;
            same(from, entry, blake3::hash(target.as_os_str().as_bytes()))?;
            std::os::unix::fs::symlink(target, to).attempting("create the link", to)
        }
        EntryKind::File { .. } => {
            if !from.exists() {
                return Err(changed(from));
            }
            copy_file(from, to)?;
            cut(to, entry.size)?;
            // What was copied counts, not what may stand there by now.
            match read_entry(to)? {
                Some(copied) if copied.kind == entry.kind => same(from, entry, copied.hash),
                _ => Err(changed(from)),
            }
        }
    }
}

/// What was written behind the end that a file had is not of this source: a log of this very command, as often as not.
fn cut(copy: &Path, size: u64) -> Result<()> {
    let meta = fs::metadata(copy).attempting("inspect", copy)?;
    if meta.len() <= size {
        return Ok(());
    }
    let cut = || {
        let file = File::options().write(true).open(copy)?;
        file.set_len(size)?;
        file.set_modified(meta.modified()?)
    };
    cut().attempting("shorten", copy)
}

fn same(path: &Path, entry: &Entry, hash: blake3::Hash) -> Result<()> {
    match hash == entry.hash {
        true => Ok(()),
        false => Err(changed(path)),
    }
}

fn vanished(path: &Path, error: io::Error) -> Fault {
    match error.kind() {
        // `InvalidInput`: it is no link any more.
        io::ErrorKind::NotFound | io::ErrorKind::InvalidInput => changed(path),
        _ => Fault::failed("io", format!("cannot read the link `{}`", path.display())).because(error),
    }
}

fn changed(path: &Path) -> Fault {
    let message = format!("`{}` was changed while it was being built", path.display());
    Fault::failed("source-changed", message).hint("try again: the source as it is now is another build")
}

/// Creates a folder and its parents; a file that stands in the way (it was a file in an older source) gives way.
fn make_folder(folder: &Path) -> Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        make_folder(parent)?;
    }
    fs::remove_file(folder)
        .or_else(ignore_missing)
        .attempting("remove", folder)?;
    fs::create_dir(folder).attempting("create", folder)
}

/// Copies a file with its permissions and modification time.
pub(super) fn copy_file(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).attempting("copy", from)?;
    let modified = fs::metadata(from)
        .and_then(|meta| meta.modified())
        .unwrap_or(SystemTime::UNIX_EPOCH);
    let file = File::options()
        .write(true)
        .open(to)
        .or_else(|_| File::open(to))
        .attempting("open", to)?;
    // Only tools that decide by time lose by a failure here; the content is right.
    let _ = file.set_modified(modified);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::memory::MemoryVcs;
    use crate::fault::Kind;

    fn tree(dir: &Path) -> Tree {
        Tree::read(dir, &MemoryVcs::default(), &[]).unwrap()
    }

    #[test]
    fn the_hash_changes_with_content_mode_and_name_only() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a");
        fs::write(&file, "one").unwrap();
        let first = tree(dir.path()).hash(&[]);
        fs::write(&file, "one").unwrap();
        assert_eq!(tree(dir.path()).hash(&[]), first, "the time of writing is not content");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        let executable = tree(dir.path()).hash(&[]);
        assert_ne!(executable, first);
        fs::rename(&file, dir.path().join("b")).unwrap();
        assert_ne!(tree(dir.path()).hash(&[]), executable);
        fs::write(dir.path().join("deliver.toml"), "x").unwrap();
        let with = tree(dir.path());
        assert_ne!(with.hash(&[]), with.hash(&[Path::new("deliver.toml")]));
    }

    #[test]
    fn what_is_left_out_is_neither_hashed_nor_copied() {
        let (dir, worktree) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir_all(dir.path().join("s.d/work")).unwrap();
        for name in ["app", "s.db", "s.dbx", "s.d/work/app"] {
            fs::write(dir.path().join(name), name).unwrap();
        }
        let tree = Tree::read(dir.path(), &MemoryVcs::default(), &["s.db".into(), "s.d".into()]).unwrap();
        let paths: Vec<_> = tree.entries.keys().map(|path| path.to_str().unwrap()).collect();
        assert_eq!(paths, ["app", "s.dbx"]);
        tree.sync(worktree.path()).unwrap();
        assert!(!worktree.path().join("tree/s.d").exists());
    }

    #[test]
    fn the_worktree_follows_the_source_and_keeps_what_builds_left() {
        let dir = tempfile::tempdir().unwrap();
        let (source, work) = (dir.path().join("source"), dir.path().join("work"));
        fs::create_dir_all(source.join("old/deep")).unwrap();
        fs::write(source.join("old/deep/file"), "1").unwrap();
        fs::write(source.join("becomes-folder"), "1").unwrap();
        fs::write(source.join(".gitignore"), "target\n").unwrap();
        std::os::unix::fs::symlink("becomes-folder", source.join("link")).unwrap();
        tree(&source).sync(&work).unwrap();
        fs::create_dir(work.join("tree/target")).unwrap();
        fs::write(work.join("tree/target/cache"), "kept").unwrap();
        fs::write(work.join("tree/.gitignore"), "changed by a build").unwrap();

        fs::remove_dir_all(source.join("old")).unwrap();
        fs::remove_file(source.join("becomes-folder")).unwrap();
        fs::create_dir(source.join("becomes-folder")).unwrap();
        fs::write(source.join("becomes-folder/x"), "2").unwrap();
        tree(&source).sync(&work).unwrap();

        assert!(!work.join("tree/old").exists());
        assert_eq!(fs::read_to_string(work.join("tree/becomes-folder/x")).unwrap(), "2");
        assert_eq!(fs::read_to_string(work.join("tree/target/cache")).unwrap(), "kept");
        assert_eq!(fs::read_to_string(work.join("tree/.gitignore")).unwrap(), "target\n");
        assert_eq!(
            fs::read_link(work.join("tree/link")).unwrap(),
            Path::new("becomes-folder")
        );
    }

    #[test]
    fn what_was_changed_after_it_was_hashed_is_not_built_under_its_old_name() {
        let dir = tempfile::tempdir().unwrap();
        let (source, work) = (dir.path().join("source"), dir.path().join("work"));
        fs::create_dir(&source).unwrap();
        fs::write(source.join("app"), "old").unwrap();
        std::os::unix::fs::symlink("app", source.join("link")).unwrap();
        let old = tree(&source);
        let refused = |tree: &Tree| {
            let fault = tree.sync(&work).expect_err("it changed meanwhile");
            (fault.kind(), fault.code())
        };
        fs::write(source.join("app"), "new").unwrap();
        assert_eq!(refused(&old), (Kind::Failed, "source-changed"));
        fs::remove_file(source.join("app")).unwrap();
        assert_eq!(refused(&old), (Kind::Failed, "source-changed"));
        fs::write(source.join("app"), "old").unwrap();
        fs::set_permissions(source.join("app"), fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(refused(&old), (Kind::Failed, "source-changed"));
        fs::set_permissions(source.join("app"), fs::Permissions::from_mode(0o644)).unwrap();
        fs::remove_file(source.join("link")).unwrap();
        std::os::unix::fs::symlink("elsewhere", source.join("link")).unwrap();
        assert_eq!(refused(&old), (Kind::Failed, "source-changed"));
        // Nothing of all that is taken for the old source later.
        tree(&source).sync(&work).unwrap();
        fs::write(source.join("app"), "newer").unwrap();
        assert_eq!(refused(&old), (Kind::Failed, "source-changed"));
        tree(&source).sync(&work).unwrap();
        assert_eq!(fs::read_to_string(work.join("tree/app")).unwrap(), "newer");
        // Nor is what was copied before forgotten, when it goes.
        let newer = tree(&source);
        fs::write(source.join("app"), "newest").unwrap();
        fs::remove_dir_all(work.join("tree")).unwrap();
        assert_eq!(refused(&newer), (Kind::Failed, "source-changed"));
        fs::remove_file(source.join("app")).unwrap();
        tree(&source).sync(&work).unwrap();
        assert!(!work.join("tree/app").exists());
    }

    #[test]
    fn a_log_that_grows_meanwhile_is_built_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let (source, work) = (dir.path().join("source"), dir.path().join("work"));
        fs::create_dir(&source).unwrap();
        fs::write(source.join("deploy.log"), "first\n").unwrap();
        let before = tree(&source);
        fs::write(source.join("deploy.log"), "first\nsecond\n").unwrap();
        before.sync(&work).unwrap();
        assert_eq!(fs::read_to_string(work.join("tree/deploy.log")).unwrap(), "first\n");
        assert_eq!(tree(&work.join("tree")).hash(&[]), before.hash(&[]));
    }

    #[test]
    fn a_link_loop_is_source_like_any_link() {
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(".", dir.path().join("loop")).unwrap();
        assert_eq!(tree(dir.path()).entries.len(), 1);
    }
}
