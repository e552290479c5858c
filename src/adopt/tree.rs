//! A bounded look at a folder: which files it has, and the text of those that can say something.
//!
//! The folder belongs to somebody else and may be hostile or simply huge: symbolic links are never followed, only regular
//! files are opened, and what is read is limited in files, bytes and depth. What the limits left out is said.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

use ignore::WalkBuilder;

use super::finding::Evidence;
use crate::fault::{Fault, Result};

/// Entries listed at most. A large monorepo's single service stays below; more says nothing new about how it starts.
const MAX_ENTRIES: usize = 20_000;
/// Folders deep.
const MAX_DEPTH: usize = 9;
/// Bytes read of one file. Hand-written sources are smaller; what is larger is generated.
const MAX_FILE: u64 = 256 * 1024;
/// Bytes read in all.
const MAX_TOTAL: u64 = 24 * 1024 * 1024;
/// Folders above that may hold the workspace this one belongs to.
const MAX_ABOVE: usize = 4;

/// Folders that hold what others wrote or what a build made.
const SKIPPED: [&str; 14] = [
    ".git",
    ".hg",
    ".svn",
    "node_modules",
    "bower_components",
    "__pycache__",
    ".venv",
    "venv",
    ".tox",
    ".mypy_cache",
    ".next",
    ".nuxt",
    ".terraform",
    ".bundle",
];

/// Endings of files whose text is read.
const READ: [&str; 25] = [
    "js", "mjs", "cjs", "ts", "mts", "cts", "jsx", "tsx", "py", "rb", "ru", "go", "rs", "php", "toml", "yml", "yaml",
    "json", "cfg", "ini", "txt", "lock", "mod", "sh", "prisma",
];

/// Names of files that are read whatever their ending.
const READ_NAMES: [&str; 8] = [
    "Procfile",
    "Dockerfile",
    "Containerfile",
    "Gemfile",
    "Pipfile",
    "Rakefile",
    "CODEOWNERS",
    "Makefile",
];

/// Workspace files looked for in the folders above.
const ABOVE: [&str; 10] = [
    "package.json",
    "package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "Cargo.toml",
    "Cargo.lock",
    "go.mod",
    "go.work",
    ".yarnrc.yml",
];

/// What was seen of a folder.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// The folder's own name.
    pub name: String,
    files: BTreeMap<String, File>,
    folders: BTreeSet<String>,
    /// Folders above, nearest first.
    pub above: Vec<Above>,
    /// What the limits left out, in words; empty when all was seen.
    pub left_out: Vec<String>,
}

#[derive(Clone, Debug, Default)]
struct File {
    text: Option<String>,
    executable: bool,
}

/// A folder above this one.
#[derive(Clone, Debug)]
pub struct Above {
    /// The way up: `..`, `../..`.
    pub up: String,
    /// The way back down to the service's folder: `services/api`.
    pub down: String,
    pub files: BTreeMap<String, String>,
}

impl Tree {
    /// Reads the folder `dir`, and workspace files above it up to `root` (the working copy's root, where there is one).
    pub fn read(dir: &Path, root: Option<&Path>) -> Result<Tree> {
        let dir = dir
            .canonicalize()
            .map_err(|error| Fault::usage("not-found", format!("cannot read `{}`", dir.display())).because(error))?;
        if !dir.is_dir() {
            return Err(
                Fault::usage("not-a-folder", format!("`{}` is not a folder", dir.display()))
                    .hint("name the folder that holds the app"),
            );
        }
        let mut tree = Tree {
            name: dir
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default(),
            ..Tree::default()
        };
        let mut budget = Budget {
            entries: MAX_ENTRIES,
            bytes: MAX_TOTAL,
        };
        // Shallow first: a folder with a hundred thousand pictures must not hide the manifest beside it.
        tree.walk(&dir, 2, &mut budget);
        tree.walk(&dir, MAX_DEPTH, &mut budget);
        // Ignored by git, and yet it says which variables the app reads. Only their names are ever used.
        for name in [".env", ".env.local"] {
            if !tree.files.contains_key(name)
                && let Some(text) = read_text(&dir.join(name), &mut budget)
            {
                tree.files.insert(
                    name.into(),
                    File {
                        text: Some(text),
                        executable: false,
                    },
                );
            }
        }
        tree.look_above(&dir, root, &mut budget);
        Ok(tree)
    }

    /// A tree from texts; what detectors are tested with.
    pub fn of<'a>(name: &str, files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Tree {
        let mut tree = Tree {
            name: name.into(),
            ..Tree::default()
        };
        for (path, text) in files {
            tree.files.insert(
                path.into(),
                File {
                    text: Some(text.into()),
                    executable: false,
                },
            );
            for (at, _) in path.match_indices('/') {
                tree.folders.insert(path[..at].into());
            }
        }
        tree
    }

    /// The same tree below a folder with these files; `up` is the way there, `down` the way back.
    pub fn below<'a>(mut self, up: &str, down: &str, files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Tree {
        let files = files
            .into_iter()
            .map(|(path, text)| (path.into(), text.into()))
            .collect();
        self.above.push(Above {
            up: up.into(),
            down: down.into(),
            files,
        });
        self
    }

    fn walk(&mut self, dir: &Path, depth: usize, budget: &mut Budget) {
        let walk = WalkBuilder::new(dir)
            .hidden(false)
            .git_global(false)
            .git_exclude(false)
            .require_git(false)
            .follow_links(false)
            .max_depth(Some(depth))
            .sort_by_file_name(std::cmp::Ord::cmp)
            .filter_entry(|entry| {
                let name = entry.file_name().to_string_lossy();
                entry.depth() == 0 || !SKIPPED.contains(&name.as_ref())
            })
            .build();
        // An unreadable folder is one that says nothing; the walk goes on.
        for entry in walk.flatten().filter(|entry| entry.depth() > 0) {
            let Some(kind) = entry.file_type() else { continue };
            let Some(path) = entry.path().strip_prefix(dir).ok().and_then(Path::to_str) else {
                continue;
            };
            if self.files.contains_key(path) || self.folders.contains(path) {
                continue;
            }
            if budget.entries == 0 {
                let said = format!("looked at the first {MAX_ENTRIES} files and folders only");
                if !self.left_out.contains(&said) {
                    self.left_out.push(said);
                }
                return;
            }
            budget.entries -= 1;
            if kind.is_dir() {
                self.folders.insert(path.to_owned());
            } else if kind.is_file() {
                let text = if worth_reading(path) {
                    read_text(entry.path(), budget)
                } else {
                    None
                };
                let executable = is_executable(entry.path());
                self.files.insert(path.to_owned(), File { text, executable });
            }
        }
        if budget.bytes == 0 {
            let said = format!("read the first {} MiB of text only", MAX_TOTAL / (1024 * 1024));
            if !self.left_out.contains(&said) {
                self.left_out.push(said);
            }
        }
    }

    fn look_above(&mut self, dir: &Path, root: Option<&Path>, budget: &mut Budget) {
        let root = root.and_then(|root| root.canonicalize().ok());
        let mut folder = dir;
        for steps in 1..=MAX_ABOVE {
            if root.as_deref() == Some(folder) {
                return;
            }
            let Some(parent) = folder.parent() else { return };
            folder = parent;
            let Some(down) = dir.strip_prefix(folder).ok().and_then(Path::to_str) else {
                return;
            };
            let files: BTreeMap<_, _> = ABOVE
                .iter()
                .filter_map(|name| Some(((*name).to_owned(), read_above(&folder.join(name), budget)?)))
                .collect();
            self.above.push(Above {
                up: vec![".."; steps].join("/"),
                down: down.into(),
                files,
            });
        }
    }

    /// The text of a file that was read.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.text.as_deref()
    }

    pub fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    pub fn has_folder(&self, path: &str) -> bool {
        self.folders.contains(path)
    }

    pub fn is_executable(&self, path: &str) -> bool {
        self.files.get(path).is_some_and(|file| file.executable)
    }

    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Every file's path, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Every folder's path, sorted.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        self.folders.iter().map(String::as_str)
    }

    /// The first of `paths` that exists.
    pub fn first<'a>(&self, paths: &[&'a str]) -> Option<&'a str> {
        paths.iter().find(|path| self.has(path)).copied()
    }

    /// The app's own sources with one of these endings: no tests, examples, documentation, vendored or built files.
    /// Shallow files come first, since that is where an app starts.
    pub fn sources(&self, endings: &[&str]) -> Vec<(&str, &str)> {
        let mut sources: Vec<_> = self
            .files
            .iter()
            .filter(|(path, _)| has_ending(path, endings) && is_own_source(path))
            .filter_map(|(path, file)| Some((path.as_str(), file.text.as_deref()?)))
            .collect();
        sources.sort_by_key(|(path, _)| (path.matches('/').count(), *path));
        sources
    }

    /// The first line of `path` that holds `needle`, as evidence; the file alone where no line does.
    pub fn evidence(&self, path: &str, needle: &str) -> Evidence {
        match self.text(path).and_then(|text| line_of(text, needle)) {
            Some(line) => Evidence::line(path, line),
            None => Evidence::file(path),
        }
    }
}

struct Budget {
    entries: usize,
    bytes: u64,
}

/// Number of the first line that holds `needle`, from 1.
pub fn line_of(text: &str, needle: &str) -> Option<usize> {
    text.lines().position(|line| line.contains(needle)).map(|at| at + 1)
}

/// Whether the file's name ends in `.` and one of `endings`.
pub fn has_ending(path: &str, endings: &[&str]) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.')
        .is_some_and(|(_, ending)| endings.contains(&ending))
}

/// Folders whose sources are not what runs in production.
const NOT_OWN: [&str; 26] = [
    "test",
    "tests",
    "spec",
    "specs",
    "__tests__",
    "__mocks__",
    "e2e",
    "cypress",
    "fixtures",
    "testdata",
    "examples",
    "example",
    "docs",
    "doc",
    "bench",
    "benches",
    "benchmark",
    "benchmarks",
    "vendor",
    "third_party",
    "dist",
    "public",
    "static",
    "storybook",
    "migrations",
    ".github",
];

fn is_own_source(path: &str) -> bool {
    let mut parts: Vec<&str> = path.split('/').collect();
    let name = parts.pop().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    !parts.iter().any(|part| NOT_OWN.contains(part) || part.starts_with('.'))
        && !name.contains(".test.")
        && !name.contains(".spec.")
        && !name.contains(".min.")
        && !name.contains(".config.")
        && !name.ends_with(".d.ts")
        && !stem.ends_with("_test")
        && !stem.ends_with("_spec")
        && !stem.starts_with("test_")
        && !matches!(name, "conftest.py" | "noxfile.py" | "gulpfile.js" | "Gruntfile.js")
}

fn worth_reading(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    has_ending(path, &READ)
        || READ_NAMES.contains(&name)
        || name.starts_with("Dockerfile.")
        || name.starts_with(".env")
        || name.contains("env.example")
        || matches!(
            name,
            ".yarnrc.yml" | ".python-version" | ".nvmrc" | ".node-version" | ".ruby-version"
        )
}

/// A workspace file. One that is too long to read, as many a lock file is, still says that it is there.
fn read_above(path: &Path, budget: &mut Budget) -> Option<String> {
    read_text(path, budget).or_else(|| path.symlink_metadata().ok()?.is_file().then(String::new))
}

/// The text of a regular file, if it is text and small enough. Opened without following a link and without waiting, so
/// that a pipe put there since the listing cannot hang the tool.
fn read_text(path: &Path, budget: &mut Budget) -> Option<String> {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = nix::fcntl::OFlag::O_NOFOLLOW | nix::fcntl::OFlag::O_NONBLOCK;
    let file = std::fs::OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits())
        .open(path)
        .ok()?;
    let metadata = file.metadata().ok()?;
    if !metadata.is_file() || metadata.len() > MAX_FILE || metadata.len() > budget.bytes {
        if metadata.len() > budget.bytes {
            budget.bytes = 0;
        }
        return None;
    }
    let mut bytes = Vec::new();
    file.take(MAX_FILE).read_to_end(&mut bytes).ok()?;
    budget.bytes = budget.bytes.saturating_sub(bytes.len() as u64);
    if bytes.contains(&0) {
        return None;
    }
    let text = String::from_utf8_lossy(&bytes);
    Some(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
}

fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
}
