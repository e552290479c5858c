//! Writes a plan: all of it, or nothing.
//!
//! A folder that does not exist yet is made complete under another name beside its place and renamed; into a folder that
//! exists, files are written one by one, and taken back when one of them fails.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::plan::{Action, Found, Plan};
use super::render::Rendered;
use super::tree::{Tree, split};
use crate::fault::{Attempt, Fault, Result};
use crate::ports::Vcs;

/// What is at the folder that is to be filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Missing,
    Empty,
    Filled,
}

/// Looks at `folder` without following it. Anything but a folder or nothing is refused.
pub fn place(folder: &Path) -> Result<Place> {
    let meta = match folder.symlink_metadata() {
        Ok(meta) => meta,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Place::Missing),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            let message = format!("cannot make `{}`: a part of the path is a file", folder.display());
            return Err(Fault::usage("not-a-folder", message).still("nothing was written"));
        }
        Err(error) => return Err(error).attempting("look at", folder),
    };
    if meta.is_symlink() {
        let message = format!("cannot fill `{}`: it is a symbolic link", folder.display());
        return Err(Fault::usage("symbolic-link", message)
            .still("nothing was written")
            .hint("name the folder that it leads to"));
    }
    if !meta.is_dir() {
        let message = format!("cannot fill `{}`: it is not a folder", folder.display());
        return Err(Fault::usage("not-a-folder", message).still("nothing was written"));
    }
    match folder.read_dir().attempting("list", folder)?.next() {
        None => Ok(Place::Empty),
        Some(_) => Ok(Place::Filled),
    }
}

/// What is at the path of each file.
pub fn look(folder: &Path, files: &[Rendered]) -> Result<BTreeMap<String, Found>> {
    if place(folder)? != Place::Filled {
        return Ok(BTreeMap::new());
    }
    let mut tree = Tree::open(folder).attempting("open", folder)?;
    files
        .iter()
        .map(|file| {
            let found = tree.look(&file.path, &file.bytes);
            Ok((
                file.path.clone(),
                found.attempting("look at", &folder.join(&file.path))?,
            ))
        })
        .collect()
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// The folder became a repository with a first commit.
    pub repository: bool,
}

/// Writes `plan` into `folder`. With `vcs`, a folder that was missing or empty becomes a repository with one commit.
pub fn apply(plan: &Plan, folder: &Path, vcs: Option<&dyn Vcs>) -> Result<Done> {
    if !plan.conflicts.is_empty() {
        return Err(Fault::bug("a plan with conflicts was applied"));
    }
    let message = format!("Start from the template {} {}", plan.template, plan.version);
    let done = match place(folder)? {
        Place::Missing => make(plan, folder, vcs, &message),
        Place::Empty => fill(plan, folder, vcs, &message),
        // What else is there is not ours to commit.
        Place::Filled => fill(plan, folder, None, &message),
    };
    done.map_err(|fault| fault.still("nothing was written"))
}

/// Writes into a folder that exists.
fn fill(plan: &Plan, folder: &Path, vcs: Option<&dyn Vcs>, message: &str) -> Result<Done> {
    let writing = Writing::write(plan, folder, folder)?;
    if let Some(vcs) = vcs {
        vcs.init(folder, message).inspect_err(|_| {
            // The folder was empty, so what is called `.git` now was made just above.
            let _ = std::fs::remove_dir_all(folder.join(".git"));
        })?;
    }
    writing.keep();
    Ok(Done {
        repository: vcs.is_some(),
    })
}

/// Makes the folder, and those above it that are missing, under another name, and renames the topmost.
fn make(plan: &Plan, folder: &Path, vcs: Option<&dyn Vcs>, message: &str) -> Result<Done> {
    let (above, missing) = nearest(folder)?;
    let hidden = tempfile::Builder::new()
        .prefix(".deliver-new-")
        .tempdir_in(&above)
        .attempting("make a folder in", &above)?;
    let inside: PathBuf = hidden.path().join(&missing);
    std::fs::create_dir_all(&inside).attempting("make", folder)?;
    Writing::write(plan, &inside, folder)?.keep();
    if let Some(vcs) = vcs {
        vcs.init(&inside, message)
            .map_err(|fault| at_its_place(fault, &inside, folder))?;
    }
    let topmost = missing
        .components()
        .next()
        .map(|first| PathBuf::from(first.as_os_str()))
        .unwrap_or_default();
    std::fs::rename(hidden.path().join(&topmost), above.join(&topmost)).attempting("make", folder)?;
    Ok(Done {
        repository: vcs.is_some(),
    })
}

/// The nearest folder that exists above `folder`, and the rest of the path.
fn nearest(folder: &Path) -> Result<(PathBuf, PathBuf)> {
    let mut above = folder.ancestors().skip(1);
    let found = above.find(|ancestor| ancestor.is_dir()).unwrap_or(Path::new("/"));
    match folder.strip_prefix(found) {
        Ok(missing) => Ok((found.to_owned(), missing.to_owned())),
        Err(error) => Err(Fault::bug(format!("`{}` is not below its own ancestor", folder.display())).because(error)),
    }
}

/// The fault with the path that people know instead of the hidden one.
fn at_its_place(fault: Fault, hidden: &Path, folder: &Path) -> Fault {
    let message = fault
        .message()
        .replace(&*hidden.to_string_lossy(), &folder.to_string_lossy());
    let mut told = Fault::new(fault.kind(), fault.code(), message).details(fault.evidence().iter().cloned());
    for hint in fault.hints() {
        told = told.hint(hint.clone());
    }
    match fault.causes().into_iter().next() {
        Some(cause) => told.because(io::Error::other(cause)),
        None => told,
    }
}

/// Files written so far. Dropped without [`Writing::keep`], everything is as it was.
struct Writing {
    tree: Tree,
    /// In the order they were made.
    folders: Vec<String>,
    files: Vec<String>,
    /// Paths of replaced files, and the names that their old contents have in the same folder.
    replaced: Vec<(String, String)>,
}

impl Writing {
    /// Writes into `folder`, which messages call `shown`.
    fn write(plan: &Plan, folder: &Path, shown: &Path) -> Result<Writing> {
        let mut writing = Writing {
            tree: Tree::open(folder).attempting("open", folder)?,
            folders: Vec::new(),
            files: Vec::new(),
            replaced: Vec::new(),
        };
        for planned in &plan.files {
            let written = match planned.action {
                Action::Create => writing.create(&planned.file),
                Action::Overwrite => writing.replace(&planned.file),
                Action::Skip | Action::Conflict => Ok(()),
            };
            written.attempting("write", &shown.join(&planned.path))?;
        }
        Ok(writing)
    }

    fn create(&mut self, file: &Rendered) -> io::Result<()> {
        for (at, _) in file.path.match_indices('/') {
            if self.tree.make_folder(&file.path[..at])? {
                self.folders.push(file.path[..at].to_owned());
            }
        }
        let created = self.tree.create(&file.path, &file.bytes, file.executable);
        // A file that could not be written whole is there all the same, unless it was there before.
        if !matches!(&created, Err(error) if error.kind() == io::ErrorKind::AlreadyExists) {
            self.files.push(file.path.clone());
        }
        created
    }

    /// Moves the old file aside, then creates the new one.
    fn replace(&mut self, file: &Rendered) -> io::Result<()> {
        let aside = format!(".deliver-replaced-{}-{}", std::process::id(), self.replaced.len());
        self.tree.rename(&file.path, &aside)?;
        self.replaced.push((file.path.clone(), aside));
        self.create(file)
    }

    fn keep(mut self) {
        for (path, aside) in std::mem::take(&mut self.replaced) {
            let _ = self.tree.remove_file(&beside(&path, &aside));
        }
        self.files.clear();
        self.folders.clear();
    }
}

impl Drop for Writing {
    /// Takes everything back as far as it goes: what cannot be removed now could not have been removed by anybody.
    fn drop(&mut self) {
        for path in self.files.iter().rev() {
            let _ = self.tree.remove_file(path);
        }
        for (path, aside) in self.replaced.iter().rev() {
            let _ = self.tree.rename(&beside(path, aside), split(path).1);
        }
        for path in self.folders.iter().rev() {
            let _ = self.tree.remove_folder(path);
        }
    }
}

/// The path of another name in the folder of `path`.
fn beside(path: &str, name: &str) -> String {
    match split(path) {
        ("", _) => name.to_owned(),
        (folder, _) => format!("{folder}/{name}"),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;
    use crate::adapters::memory::MemoryVcs;
    use crate::scaffold::plan::plan;
    use crate::scaffold::render::render;
    use crate::scaffold::render::tests::{answers, template};

    const FILES: [(&str, &str); 3] = [
        ("a.txt", "<< name >>\n"),
        ("sub/b.txt", "b\n"),
        ("sub/deep/c.txt", "c\n"),
    ];

    fn planned(folder: &Path, force: bool) -> Plan {
        let template = template(&FILES);
        let rendered = render(&template, &answers("pricing", "x")).expect("rendered");
        let found = look(folder, &rendered).expect("looked at");
        plan(&template, rendered, &found, force)
    }

    /// Every path below `folder`, sorted; files with their text.
    fn listing(folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(next) = folders.pop() {
            for entry in fs::read_dir(&next).expect("a folder").flatten() {
                let path = entry.path();
                let name = path.strip_prefix(folder).expect("below").display().to_string();
                match entry.file_type().expect("a kind") {
                    kind if kind.is_dir() => folders.push(path),
                    kind if kind.is_symlink() => found.push(format!("{name} -> link")),
                    _ => found.push(format!("{name}: {}", fs::read_to_string(path).expect("text").len())),
                }
            }
        }
        found.sort();
        found
    }

    #[test]
    fn a_missing_folder_appears_complete_with_those_above_it() {
        let root = tempfile::tempdir().expect("a folder");
        let folder = root.path().join("x/y");
        apply(&planned(&folder, false), &folder, None).expect("applied");
        assert_eq!(fs::read_to_string(folder.join("a.txt")).expect("text"), "pricing\n");
        assert_eq!(fs::read_to_string(folder.join("sub/deep/c.txt")).expect("text"), "c\n");
        assert_eq!(listing(root.path()).len(), 4);
        let mode = folder.metadata().expect("a folder").permissions().mode();
        assert_eq!(mode & 0o700, 0o700);
        assert_ne!(mode & 0o055, 0, "the hidden folder's own permissions are not kept");
    }

    #[test]
    fn a_commit_that_fails_leaves_nothing() {
        for existing in [false, true] {
            let root = tempfile::tempdir().expect("a folder");
            let folder = root.path().join("x");
            if existing {
                fs::create_dir(&folder).expect("made");
            }
            let git = MemoryVcs::refusing();
            let fault = apply(&planned(&folder, false), &folder, Some(&git)).expect_err("git refuses");
            assert_eq!(
                fault.message(),
                format!("cannot run `git commit` in `{}`", folder.display())
            );
            assert_eq!(fault.still_true(), Some("nothing was written"));
            assert_eq!(folder.exists(), existing);
            assert_eq!(listing(root.path()), [""; 0]);
            assert_eq!(git.asked().len(), 1);
        }
    }

    #[test]
    fn a_write_that_fails_half_way_takes_everything_back() {
        let root = tempfile::tempdir().expect("a folder");
        let folder = root.path();
        fs::create_dir(folder.join("sub")).expect("made");
        fs::write(folder.join("a.txt"), "mine").expect("written");
        let plan = planned(folder, true);
        assert_eq!(plan.count(Action::Overwrite), 1);
        // Something comes in between looking and writing.
        fs::write(folder.join("sub/deep"), "in the way").expect("written");
        let fault = apply(&plan, folder, None).expect_err("a file is in the way");
        assert_eq!(fault.still_true(), Some("nothing was written"));
        assert_eq!(listing(folder), ["a.txt: 4", "sub/deep: 10"]);
    }

    #[test]
    fn only_what_was_asked_for_is_replaced_and_the_rest_stays() {
        let root = tempfile::tempdir().expect("a folder");
        let folder = root.path();
        fs::write(folder.join("a.txt"), "mine").expect("written");
        fs::write(folder.join("other"), "mine").expect("written");
        assert_eq!(planned(folder, false).conflicts, ["a.txt"]);
        apply(&planned(folder, true), folder, None).expect("applied");
        assert_eq!(fs::read_to_string(folder.join("a.txt")).expect("text"), "pricing\n");
        assert_eq!(fs::read_to_string(folder.join("other")).expect("text"), "mine");
        assert_eq!(listing(folder).len(), 5);
        assert_eq!(
            planned(folder, false).count(Action::Skip),
            4,
            "the second time there is nothing to do"
        );
    }

    #[test]
    fn links_are_never_followed() {
        let root = tempfile::tempdir().expect("a folder");
        let (folder, outside) = (root.path().join("x"), root.path().join("outside"));
        fs::create_dir_all(&folder).expect("made");
        fs::create_dir(&outside).expect("made");
        symlink(&outside, folder.join("sub")).expect("linked");
        symlink(outside.join("a.txt"), folder.join("a.txt")).expect("linked");
        let plan = planned(&folder, true);
        assert_eq!(plan.conflicts, ["a.txt", "sub/b.txt", "sub/deep/c.txt"]);
        // The same when the link comes in after the look.
        fs::remove_file(folder.join("sub")).expect("removed");
        fs::remove_file(folder.join("a.txt")).expect("removed");
        let plan = planned(&folder, true);
        symlink(&outside, folder.join("sub")).expect("linked");
        apply(&plan, &folder, None).expect_err("a link is in the way");
        assert_eq!(listing(&outside), [""; 0]);
        assert_eq!(listing(&folder), ["sub -> link"]);
        fs::remove_file(folder.join("sub")).expect("removed");
        symlink(&outside, root.path().join("link")).expect("linked");
        assert_eq!(
            place(&root.path().join("link")).expect_err("a link").code(),
            "symbolic-link"
        );
        assert_eq!(
            place(&root.path().join("gone/x")).expect("nothing there"),
            Place::Missing
        );
    }

    #[test]
    fn a_file_in_the_place_of_the_folder_is_a_usage_error() {
        let root = tempfile::tempdir().expect("a folder");
        fs::write(root.path().join("x"), "").expect("written");
        assert_eq!(
            place(&root.path().join("x")).expect_err("a file").code(),
            "not-a-folder"
        );
        assert_eq!(
            place(&root.path().join("x/y")).expect_err("a file").code(),
            "not-a-folder"
        );
    }
}
