//! A bounded look at a service's folder: which files it has, and the text of those that are asked for.
//!
//! The folder may be hostile or simply huge: links are never followed, only regular files are opened, and what is read is
//! limited in files and bytes. Each text is read when it is first asked for.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use nix::fcntl::OFlag;

use crate::fault::Result;
use crate::ports::Vcs;

/// Files listed at most outside version control; more is no folder of one service.
const MAX_FILES: usize = 50_000;

/// Folders deep, outside version control.
const MAX_DEPTH: usize = 24;

/// Bytes read of one file that people write: such files are a thousand times smaller.
pub const MAX_TEXT: u64 = 1 << 20;

/// Folders that hold what others wrote or what a build made.
const SKIPPED: [&str; 10] = [
    ".git",
    ".hg",
    ".svn",
    "node_modules",
    "__pycache__",
    ".venv",
    "venv",
    "target",
    ".terraform",
    "bower_components",
];

/// A service's folder.
#[derive(Debug, Default)]
pub struct Tree {
    folder: PathBuf,
    /// The repository's root, where the folder is in one.
    root: Option<PathBuf>,
    files: BTreeSet<String>,
    /// Files come from version control, so that what it ignores is not among them.
    pub versioned: bool,
    /// What limits left out, in words.
    pub left_out: Option<String>,
    texts: RefCell<BTreeMap<String, Text>>,
}

/// What came of reading a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    Read(String),
    /// There is no such file, or it is none.
    Missing,
    /// Why it was not read.
    Refused(String),
}

impl Text {
    pub fn ok(self) -> Option<String> {
        match self {
            Text::Read(text) => Some(text),
            _ => None,
        }
    }
}

impl Tree {
    /// Lists a folder: what version control has of it, else what is there.
    pub fn read(folder: &Path, root: Option<&Path>, vcs: &dyn Vcs) -> Result<Tree> {
        Ok(Tree::listed(folder, root, vcs.files(folder)?))
    }

    /// The same from a list that version control has given already; `None` where it has none.
    pub fn listed(folder: &Path, root: Option<&Path>, files: Option<Vec<PathBuf>>) -> Tree {
        let mut tree = Tree {
            folder: folder.to_owned(),
            root: root.map(Path::to_owned),
            ..Tree::default()
        };
        match files {
            Some(files) => {
                tree.versioned = true;
                tree.files = files
                    .iter()
                    .filter_map(|path| path.to_str())
                    .map(str::to_owned)
                    .collect();
            }
            None => tree.walk(),
        }
        tree
    }

    /// A tree from texts, for tests.
    pub fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Tree {
        let tree = Tree::default();
        let texts: BTreeMap<String, Text> = files
            .into_iter()
            .map(|(path, text)| (path.to_owned(), Text::Read(text.to_owned())))
            .collect();
        Tree {
            files: texts.keys().cloned().collect(),
            texts: RefCell::new(texts),
            ..tree
        }
    }

    fn walk(&mut self) {
        let walk = WalkBuilder::new(&self.folder)
            .hidden(false)
            .git_global(false)
            .git_exclude(false)
            .require_git(false)
            .follow_links(false)
            .max_depth(Some(MAX_DEPTH))
            .filter_entry(|entry| {
                let name = entry.file_name().to_string_lossy();
                entry.depth() == 0 || !SKIPPED.contains(&name.as_ref())
            })
            .build();
        for entry in walk.flatten() {
            let regular = entry.file_type().is_some_and(|kind| kind.is_file());
            let path = entry.path().strip_prefix(&self.folder).ok().and_then(Path::to_str);
            if let (true, Some(path)) = (regular, path) {
                if self.files.len() >= MAX_FILES {
                    self.left_out = Some(format!("looked at {MAX_FILES} files only"));
                    return;
                }
                self.files.insert(path.to_owned());
            }
        }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn root(&self) -> Option<&Path> {
        self.root.as_deref()
    }

    /// Every file, sorted, relative to the folder.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str)
    }

    pub fn has(&self, path: &str) -> bool {
        self.files.contains(path)
    }

    /// Whether a folder has files.
    pub fn has_folder(&self, path: &str) -> bool {
        let prefix = format!("{path}/");
        self.files
            .range(prefix.clone()..)
            .next()
            .is_some_and(|file| file.starts_with(&prefix))
    }

    /// The first of these names that there is.
    pub fn first<'a>(&self, names: &[&'a str]) -> Option<&'a str> {
        names.iter().copied().find(|name| self.has(name))
    }

    /// The text of a listed file, with what is not UTF-8 replaced.
    pub fn text(&self, path: &str) -> Text {
        if let Some(known) = self.texts.borrow().get(path) {
            return known.clone();
        }
        let text = match self.has(path) {
            true => read_text(&self.folder.join(path)),
            false => Text::Missing,
        };
        self.texts.borrow_mut().insert(path.to_owned(), text.clone());
        text
    }

    /// A file of this name in a folder above, up to the repository's root: its path relative to the service's folder,
    /// and its text.
    pub fn above(&self, name: &str) -> Option<(String, String)> {
        let root = self.root.as_deref()?;
        let mut up = String::new();
        for folder in self
            .folder
            .ancestors()
            .skip(1)
            .take_while(|folder| folder.starts_with(root))
        {
            up.push_str("../");
            if let Some(text) = read_below(folder, name).ok() {
                return Some((format!("{up}{name}"), text));
            }
        }
        None
    }

    /// The file of this name at the repository's root, or in the folder outside version control: its path relative to
    /// the service's folder, and its text.
    pub fn at_root(&self, name: &str) -> Option<(String, Text)> {
        let way = self.way_up();
        if way.is_empty() {
            return match self.text(name) {
                Text::Missing => None,
                text => Some((name.to_owned(), text)),
            };
        }
        match read_below(self.root.as_deref()?, name) {
            Text::Missing => None,
            text => Some((format!("{way}{name}"), text)),
        }
    }

    /// Files of a folder at the repository's root, by name, relative to the service's folder, with their texts.
    pub fn folder_at_root(&self, folder: &str, endings: &[&str]) -> Vec<(String, Text)> {
        /// A folder of workflows has dozens.
        const MOST: usize = 200;
        let way = self.way_up();
        let ends = |name: &str| endings.iter().any(|ending| name.ends_with(ending));
        if way.is_empty() {
            let prefix = format!("{folder}/");
            let inside = self
                .files()
                .filter(|file| file.starts_with(&prefix) && !file[prefix.len()..].contains('/') && ends(file));
            return inside
                .take(MOST)
                .map(|file| (file.to_owned(), self.text(file)))
                .collect();
        }
        let Some(root) = self.root.as_deref() else {
            return Vec::new();
        };
        let entries = root.join(folder).read_dir().into_iter().flatten().flatten();
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| ends(name))
            .collect();
        names.sort();
        names
            .into_iter()
            .take(MOST)
            .map(|name| {
                (
                    format!("{way}{folder}/{name}"),
                    read_below(root, &format!("{folder}/{name}")),
                )
            })
            .collect()
    }

    /// `../` for each folder between the service's and the repository's root.
    pub fn way_up(&self) -> String {
        "../".repeat(self.depth())
    }

    /// The service's folder in the repository: empty, or `services/pricing/`.
    pub fn prefix(&self) -> String {
        let inside = self
            .root
            .as_deref()
            .and_then(|root| self.folder.strip_prefix(root).ok());
        match inside.and_then(Path::to_str) {
            Some("") | None => String::new(),
            Some(inside) => format!("{inside}/"),
        }
    }

    fn depth(&self) -> usize {
        let inside = self
            .root
            .as_deref()
            .and_then(|root| self.folder.strip_prefix(root).ok());
        inside.map_or(0, |inside| inside.components().count())
    }
}

/// A file below a folder: nothing where a link on the way leads out of it.
fn read_below(folder: &Path, name: &str) -> Text {
    let path = folder.join(name);
    let inside = path.parent().and_then(|parent| parent.canonicalize().ok());
    match (inside, folder.canonicalize()) {
        (Some(parent), Ok(folder)) if parent.starts_with(&folder) => read_text(&path),
        _ => Text::Missing,
    }
}

/// The text of a regular file of at most [`MAX_TEXT`] bytes. Links are not followed, and pipes are not waited for.
pub fn read_text(path: &Path) -> Text {
    match read_bytes(path, MAX_TEXT) {
        Ok(Some(bytes)) => Text::Read(String::from_utf8_lossy(&bytes).into_owned()),
        Ok(None) => Text::Missing,
        Err(why) => Text::Refused(why),
    }
}

/// The bytes of a regular file of at most `most`; `None` where there is no such file.
pub fn read_bytes(path: &Path, most: u64) -> Result<Option<Vec<u8>>, String> {
    let Some(file) = open_regular(path)? else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    let read = file.take(most + 1).read_to_end(&mut bytes);
    match read {
        Err(error) => Err(format!("cannot be read: {error}")),
        Ok(_) if bytes.len() as u64 > most => Err(format!("is larger than {} KiB", most / 1024)),
        Ok(_) => Ok(Some(bytes)),
    }
}

/// A regular file, opened; `None` for everything else.
pub fn open_regular(path: &Path) -> Result<Option<File>, String> {
    let flags = (OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits();
    let file = match File::options().read(true).custom_flags(flags).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => return Err("may not be read".into()),
        Err(_) => return Ok(None),
    };
    match file.metadata() {
        Ok(meta) if meta.is_file() => Ok(Some(file)),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::adapters::git::Git;

    #[test]
    fn only_regular_files_are_read_and_links_lead_nowhere() {
        let dir = tempfile::tempdir().expect("a folder");
        let at = |name: &str| dir.path().join(name);
        fs::write(at("a"), b"x\xff").expect("written");
        fs::write(at("large"), vec![b'x'; MAX_TEXT as usize + 1]).expect("written");
        symlink("/etc/passwd", at("link")).expect("linked");
        fs::create_dir(at("inner")).expect("made");
        symlink("..", at("inner/loop")).expect("linked");
        nix::unistd::mkfifo(&at("pipe"), nix::sys::stat::Mode::S_IRWXU).expect("made");
        let tree = Tree::read(dir.path(), None, &Git).expect("read");
        assert_eq!(tree.files().collect::<Vec<_>>(), ["a", "large"]);
        assert_eq!(tree.text("a"), Text::Read("x\u{fffd}".into()));
        assert_eq!(tree.text("large"), Text::Refused("is larger than 1024 KiB".into()));
        for name in ["link", "pipe", "inner", "gone"] {
            assert_eq!(read_text(&at(name)), Text::Missing, "{name}");
        }
    }

    #[test]
    fn files_above_are_found_up_to_the_root_and_not_through_links() {
        let dir = tempfile::tempdir().expect("a folder");
        let at = |name: &str| dir.path().join(name);
        fs::create_dir_all(at("root/services/pricing")).expect("made");
        fs::write(at("Cargo.lock"), "outside").expect("written");
        fs::write(at("root/CODEOWNERS"), "* @a").expect("written");
        symlink("/etc", at("root/.github")).expect("linked");
        let tree = Tree {
            folder: at("root/services/pricing"),
            root: Some(at("root")),
            ..Tree::default()
        };
        assert_eq!(
            tree.above("CODEOWNERS"),
            Some(("../../CODEOWNERS".into(), "* @a".into()))
        );
        assert_eq!(tree.above("Cargo.lock"), None);
        assert_eq!(tree.at_root(".github/passwd"), None);
        assert_eq!(
            tree.at_root("CODEOWNERS").map(|(path, _)| path).as_deref(),
            Some("../../CODEOWNERS")
        );
        assert_eq!(tree.prefix(), "services/pricing/");
    }
}
