//! Version control through the `git` program.
//!
//! What a repository configures for itself is not trusted: no hooks, no monitor, no pager, no prompt.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use jiff::Timestamp;

use crate::fault::{Attempt, Fault, Result};
use crate::model::Span;
use crate::model::release::Source;
use crate::ports::Vcs;
use crate::ports::vcs::{Commit, CommitQuery, Head, Told};

mod history;

/// Repositories inside repositories are followed this deep.
const MAX_NESTING: usize = 8;

/// Git's own variables that would point a call at another repository; set while a hook runs.
const FOREIGN: [&str; 8] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
];

/// The `git` on the PATH.
pub struct Git;

impl Vcs for Git {
    fn root(&self, dir: &Path) -> Result<Option<PathBuf>> {
        if !inside_repository(dir) {
            return Ok(None);
        }
        let output = git(dir, &["rev-parse", "--show-toplevel"])?;
        Ok(Some(path_of(output.trim_ascii_end())))
    }

    fn source(&self, dir: &Path) -> Result<Source> {
        if !inside_repository(dir) {
            return Ok(Source::default());
        }
        let status = git(
            dir,
            &[
                "status",
                "--porcelain=v2",
                "--branch",
                "-z",
                "--untracked-files=normal",
                "--",
                ".",
            ],
        )?;
        let mut source = Source::default();
        for line in status.split(|byte| *byte == 0).filter(|line| !line.is_empty()) {
            let text = String::from_utf8_lossy(line);
            if let Some(commit) = text.strip_prefix("# branch.oid ") {
                source.commit = (commit != "(initial)").then(|| commit.to_owned());
            } else if let Some(branch) = text.strip_prefix("# branch.head ") {
                source.branch = (branch != "(detached)").then(|| branch.to_owned());
            } else if !text.starts_with('#') {
                source.dirty = true;
            }
        }
        if source.commit.is_some() {
            let subject = git(dir, &["log", "-1", "--no-show-signature", "--format=%s"])?;
            source.subject = Some(String::from_utf8_lossy(subject.trim_ascii_end()).into_owned());
        }
        Ok(source)
    }

    fn files(&self, dir: &Path) -> Result<Option<Vec<PathBuf>>> {
        if !inside_repository(dir) {
            return Ok(None);
        }
        let mut files = BTreeSet::new();
        collect(dir, Path::new(""), 0, &mut files)?;
        Ok(Some(files.into_iter().map(|bytes| path_of(&bytes)).collect()))
    }

    fn user(&self, dir: &Path) -> Result<(Option<String>, Option<String>)> {
        // One process for both: starting git is a good part of what scaffolding costs.
        let output = run(dir, &["config", "-z", "--get-regexp", r"^user\.(name|email)$"])?;
        let (mut name, mut mail) = (None, None);
        for entry in String::from_utf8_lossy(&output.stdout).split('\0') {
            // The last of several is the one in force.
            match entry.split_once('\n').map(|(key, value)| (key, value.trim())) {
                Some(("user.name", value)) => name = Some(value.to_owned()),
                Some(("user.email", value)) => mail = Some(value.to_owned()),
                _ => {}
            }
        }
        let said = |value: Option<String>| value.filter(|value| !value.is_empty());
        Ok((said(name), said(mail)))
    }

    fn init(&self, dir: &Path, message: &str) -> Result<()> {
        git(dir, &["init", "--quiet", "--initial-branch=main", "--template="])?;
        git(dir, &["add", "--all"])?;
        let (name, mail) = self.user(dir)?;
        let mut commit = Vec::new();
        if name.is_none() {
            commit.extend(["-c", "user.name=deliver"]);
        }
        if mail.is_none() {
            commit.extend(["-c", "user.email=deliver@localhost"]);
        }
        commit.extend(["-c", "commit.gpgSign=false"]);
        commit.extend([
            "commit",
            "--quiet",
            "--no-verify",
            "--allow-empty",
            "--message",
            message,
        ]);
        git(dir, &commit)?;
        Ok(())
    }

    fn head(&self, dir: &Path) -> Result<Option<Head>> {
        if !inside_repository(dir) {
            return Ok(None);
        }
        // Before the first commit `HEAD` names nothing, and the other answers are given all the same.
        let asked = ["rev-parse", "--show-toplevel", "--is-shallow-repository", "HEAD"];
        let output = run(dir, &asked)?;
        let mut lines = output.stdout.split(|byte| *byte == b'\n');
        let root = lines.next().filter(|root| !root.is_empty());
        let Some(root) = root else {
            // Whatever is wrong with the repository, asking for its root alone says it.
            git(dir, &["rev-parse", "--show-toplevel"])?;
            return Ok(None);
        };
        let root = path_of(root);
        let shallow = lines.next() == Some(b"true");
        let commit = lines.next().map(String::from_utf8_lossy);
        Ok(Some(Head {
            root,
            shallow,
            commit: commit.filter(|text| is_id(text)).map(|text| text.into_owned()),
        }))
    }

    fn commits(&self, dir: &Path, query: &CommitQuery) -> Result<Vec<Commit>> {
        if !inside_repository(dir) {
            return Ok(Vec::new());
        }
        let limit = format!("--max-count={}", query.limit);
        let since = query.since.map(|since| format!("--since={since}"));
        let mut arguments = vec![
            "log",
            "--no-show-signature",
            "--format=%H%x00%ct%x00%an%x00%ae%x00%s",
            &limit,
        ];
        arguments.extend(since.as_deref());
        let authors: Vec<String> = query.authors.iter().map(|name| format!("--author={name}")).collect();
        arguments.extend(authors.iter().map(String::as_str));
        arguments.extend(["--regexp-ignore-case", "--fixed-strings", "--"]);
        arguments.extend(query.paths.iter().flatten().map(String::as_str));
        let output = run(dir, &arguments)?;
        let text = String::from_utf8_lossy(&output.stdout);
        match output.status.success() {
            true => Ok(text.lines().filter_map(commit_of).collect()),
            // Before the first commit there is nothing to tell.
            false if self.head(dir)?.is_some_and(|head| head.commit.is_none()) => Ok(Vec::new()),
            false => git(dir, &arguments).map(|_| Vec::new()),
        }
    }

    fn history(
        &self,
        dir: &Path,
        seen: &[String],
        patience: Span,
        each: &mut dyn FnMut(Told<'_>) -> bool,
    ) -> Result<bool> {
        history::tell(dir, seen, patience.duration(), each)
    }

    fn reached(&self, dir: &Path, commits: &[String]) -> Result<Vec<String>> {
        let mut reached = Vec::new();
        for commit in commits.iter().filter(|commit| is_id(commit)) {
            if run(dir, &["merge-base", "--is-ancestor", commit, "HEAD"])?
                .status
                .success()
            {
                reached.push(commit.clone());
            }
        }
        Ok(reached)
    }
}

/// Whether a text is the full id of a commit.
fn is_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A line of `%H%x00%ct%x00%an%x00%ae%x00%s`.
fn commit_of(line: &str) -> Option<Commit> {
    let mut fields = line.splitn(5, '\0');
    let mut next = || fields.next().map(str::to_owned);
    Some(Commit {
        id: next()?,
        at: Timestamp::from_second(next()?.parse().ok()?).ok()?,
        author: next()?,
        mail: next()?,
        subject: next()?,
    })
}

/// Whether a repository's mark is in `dir` or above, so that folders without one need no `git` at all.
fn inside_repository(dir: &Path) -> bool {
    let dir = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    dir.ancestors().any(|folder| folder.join(".git").exists())
}

/// Adds the source files below `dir` to `files`, as bytes relative to the first call's folder.
fn collect(dir: &Path, prefix: &Path, depth: usize, files: &mut BTreeSet<Vec<u8>>) -> Result<()> {
    let listed = git(
        dir,
        &[
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
            "--",
            ".",
        ],
    )?;
    for name in listed.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let relative = path_of(name.strip_suffix(b"/").unwrap_or(name));
        let full = dir.join(&relative);
        match full.symlink_metadata() {
            // A submodule or a repository inside this one is listed as one entry.
            Ok(meta) if meta.is_dir() => {
                if depth < MAX_NESTING && full.join(".git").exists() {
                    collect(&full, &prefix.join(&relative), depth + 1, files)?;
                }
            }
            Ok(_) => {
                files.insert(prefix.join(&relative).as_os_str().as_bytes().to_vec());
            }
            // Tracked and deleted.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).attempting("look at", &full),
        }
    }
    Ok(())
}

fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsStr::from_bytes(bytes))
}

/// Runs git and returns what it printed; a status other than 0 is a fault.
fn git(dir: &Path, arguments: &[&str]) -> Result<Vec<u8>> {
    let output = run(dir, arguments)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let verb = arguments
        .iter()
        .find(|word| !word.starts_with('-') && !word.contains('='))
        .unwrap_or(&"");
    let fault = Fault::failed("git-failed", format!("cannot run `git {verb}` in `{}`", dir.display()));
    let lines = said.lines().take(10).map(str::to_owned);
    if said.contains("dubious ownership") {
        return Err(fault
            .details(lines)
            .hint(format!("git config --global --add safe.directory {}", dir.display())));
    }
    Err(fault.details(lines))
}

fn run(dir: &Path, arguments: &[&str]) -> Result<Output> {
    command(dir, arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| git_missing(dir, error))
}

/// A call of git that a repository's own settings cannot bend.
#[expect(
    clippy::disallowed_methods,
    reason = "git is short, asks nothing and needs no group of its own"
)]
fn command(dir: &Path, arguments: &[&str]) -> Command {
    let settings = BTreeMap::from([
        ("core.fsmonitor", "false"),
        ("core.hooksPath", "/dev/null"),
        ("core.quotePath", "false"),
        ("core.pager", "cat"),
    ]);
    let mut command = Command::new("git");
    command.arg("-C").arg(dir);
    for (key, value) in settings {
        command.arg("-c").arg(format!("{key}={value}"));
    }
    for name in FOREIGN {
        command.env_remove(name);
    }
    command
        .args(arguments)
        .env("LC_ALL", "C")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0");
    command
}

fn git_missing(dir: &Path, error: std::io::Error) -> Fault {
    match error.kind() {
        std::io::ErrorKind::NotFound => Fault::failed(
            "git-missing",
            format!(
                "cannot read the repository of `{}`: git is not installed",
                dir.display()
            ),
        )
        .hint("install git"),
        _ => Fault::failed("git-failed", format!("cannot start git for `{}`", dir.display())).because(error),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn names(files: &[PathBuf]) -> Vec<&str> {
        files.iter().map(|path| path.to_str().expect("text")).collect()
    }

    #[test]
    fn a_folder_outside_version_control_has_no_source() {
        let dir = tempfile::tempdir().expect("a folder");
        assert_eq!(Git.root(dir.path()).expect("asked"), None);
        assert_eq!(Git.files(dir.path()).expect("asked"), None);
        assert_eq!(Git.source(dir.path()).expect("asked"), Source::default());
    }

    #[test]
    fn a_new_repository_is_committed_clean_on_main() {
        let dir = tempfile::tempdir().expect("a folder");
        fs::write(dir.path().join("a b\nc"), "1").expect("written");
        Git.init(dir.path(), "first: a commit").expect("made");
        let source = Git.source(dir.path()).expect("read");
        assert_eq!(source.branch.as_deref(), Some("main"));
        assert_eq!(source.subject.as_deref(), Some("first: a commit"));
        assert_eq!((source.commit.map(|id| id.len()), source.dirty), (Some(40), false));
        assert_eq!(names(&Git.files(dir.path()).expect("read").expect("git")), ["a b\nc"]);
        let root = Git.root(dir.path()).expect("read").expect("git");
        assert_eq!(
            root.canonicalize().expect("real"),
            dir.path().canonicalize().expect("real")
        );
    }

    #[test]
    fn files_follow_the_folder_the_ignore_rules_and_deletions() {
        let dir = tempfile::tempdir().expect("a folder");
        let at = |name: &str| dir.path().join(name);
        fs::create_dir_all(at("app/target")).expect("made");
        for name in ["root", "app/kept", "app/gone", "app/target/out"] {
            fs::write(at(name), "1").expect("written");
        }
        fs::write(at(".gitignore"), "target\n").expect("written");
        Git.init(dir.path(), "first").expect("made");
        fs::remove_file(at("app/gone")).expect("removed");
        fs::write(at("app/new"), "1").expect("written");
        assert_eq!(
            names(&Git.files(&at("app")).expect("read").expect("git")),
            ["kept", "new"]
        );
        assert!(Git.source(&at("app")).expect("read").dirty);
    }

    #[test]
    fn the_user_is_what_the_nearest_configuration_says() {
        let dir = tempfile::tempdir().expect("a folder");
        git(dir.path(), &["init", "--quiet"]).expect("made");
        for (key, value) in [("user.name", "Ana = B"), ("user.name", "Zoë  Ö"), ("user.email", "")] {
            git(dir.path(), &["config", "--add", key, value]).expect("set");
        }
        assert_eq!(Git.user(dir.path()).expect("read"), (Some("Zoë  Ö".to_owned()), None));
    }

    #[test]
    fn a_change_elsewhere_in_the_repository_is_not_a_change_here() {
        let dir = tempfile::tempdir().expect("a folder");
        fs::create_dir(dir.path().join("app")).expect("made");
        fs::write(dir.path().join("app/a"), "1").expect("written");
        Git.init(dir.path(), "first").expect("made");
        fs::write(dir.path().join("beside"), "1").expect("written");
        assert!(!Git.source(&dir.path().join("app")).expect("read").dirty);
        assert!(Git.source(dir.path()).expect("read").dirty);
    }

    #[test]
    fn repositories_inside_repositories_are_listed_in_full() {
        let dir = tempfile::tempdir().expect("a folder");
        let inner = dir.path().join("vendor/lib");
        fs::create_dir_all(&inner).expect("made");
        fs::write(inner.join("x"), "1").expect("written");
        Git.init(&inner, "inner").expect("made");
        fs::write(dir.path().join("a"), "1").expect("written");
        git(dir.path(), &["init", "--quiet"]).expect("made");
        assert_eq!(
            names(&Git.files(dir.path()).expect("read").expect("git")),
            ["a", "vendor/lib/x"]
        );
    }

    #[test]
    fn what_a_repository_configures_for_itself_is_not_run() {
        let dir = tempfile::tempdir().expect("a folder");
        let mark = dir.path().join("ran");
        let script = dir.path().join("evil");
        fs::write(&script, format!("#!/bin/sh\ntouch {}\n", mark.display())).expect("written");
        fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("set");
        Git.init(dir.path(), "first").expect("made");
        git(
            dir.path(),
            &["config", "core.fsmonitor", script.to_str().expect("text")],
        )
        .expect("set");
        Git.source(dir.path()).expect("read");
        Git.files(dir.path()).expect("read");
        assert!(!mark.exists());
    }
}
