//! What commits added, read from `git log -p` while git writes it, so that neither a huge history nor a huge commit has to
//! be held.

use std::io::Read;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::{command, git_missing};
use crate::fault::{Fault, Result};
use crate::ports::vcs::Told;

/// Bytes of lines that were added together and are told at once.
const PIECE: usize = 1 << 20;

/// Begins the line of a commit; no line of a patch begins with it.
const MARK: &str = "\0";

/// Arguments that make the output the same whatever a repository or a user configures.
const LOG: [&str; 17] = [
    "log",
    "--reverse",
    "--topo-order",
    "--patch",
    "--unified=0",
    "--diff-merges=cc",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--no-renames",
    "--no-show-signature",
    "--no-notes",
    "--relative",
    "--ignore-missing",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--format=%x00%H %P",
];

/// Tells what commits added; false when it was stopped before the end.
pub fn tell(dir: &Path, seen: &[String], patience: Duration, each: &mut dyn FnMut(Told<'_>) -> bool) -> Result<bool> {
    let mut arguments: Vec<&str> = LOG.to_vec();
    arguments.push("HEAD");
    arguments.extend(Some("--not").filter(|_| !seen.is_empty()));
    // Nothing but an id may come to stand among the arguments.
    arguments.extend(seen.iter().map(String::as_str).filter(|id| super::is_id(id)));
    arguments.extend(["--", "."]);
    let mut child = command(dir, &arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| git_missing(dir, error))?;
    let mut reader = Reader::new(each);
    let ended = pump(&mut child, patience, &mut reader);
    if !matches!(ended, Ok(true)) {
        let _ = child.kill();
    }
    let status = child.wait();
    match (ended, status) {
        (Ok(true), Ok(status)) if status.success() => Ok(reader.flush()),
        (Ok(false), _) => Ok(false),
        (Err(error), _) | (_, Err(error)) => Err(failed(dir).because(error)),
        _ => Err(failed(dir)),
    }
}

fn failed(dir: &Path) -> Fault {
    Fault::failed("git-failed", format!("cannot run `git log` in `{}`", dir.display()))
}

/// Hands output over until it ends (true), the reader has enough, or time is over.
#[expect(
    clippy::disallowed_methods,
    reason = "a deadline for a program of its own, which an adapter keeps"
)]
fn pump(child: &mut Child, patience: Duration, reader: &mut Reader<'_>) -> std::io::Result<bool> {
    let end = Instant::now() + patience;
    let Some(mut output) = child.stdout.take() else {
        return Ok(true);
    };
    let mut buffer = vec![0; 1 << 16];
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let wait = PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX);
        let mut fds = [PollFd::new(output.as_fd(), PollFlags::POLLIN)];
        match poll(&mut fds, wait) {
            Ok(0) => return Ok(false),
            Err(nix::errno::Errno::EINTR) => continue,
            Err(error) => return Err(error.into()),
            Ok(_) => {}
        }
        match output.read(&mut buffer)? {
            0 => return Ok(true),
            count if !reader.take(&buffer[..count]) => return Ok(false),
            _ => {}
        }
    }
}

/// Makes pieces of the bytes of a log.
struct Reader<'a> {
    each: &'a mut dyn FnMut(Told<'_>) -> bool,
    /// A line that has begun; cut where it is longer than a piece.
    begun: Vec<u8>,
    path: String,
    /// How many parents the lines of this patch are compared with.
    parents: usize,
    /// Lines that were added together, and the number of the first.
    added: Vec<u8>,
    first: usize,
    next: usize,
    /// Inside a hunk, where a line that begins with `+++` is one that was added.
    inside: bool,
}

impl<'a> Reader<'a> {
    fn new(each: &'a mut dyn FnMut(Told<'_>) -> bool) -> Self {
        Reader {
            each,
            begun: Vec::new(),
            path: String::new(),
            parents: 1,
            added: Vec::new(),
            first: 1,
            next: 1,
            inside: false,
        }
    }

    /// False when nothing more is wanted.
    fn take(&mut self, bytes: &[u8]) -> bool {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            let whole = part.ends_with(b"\n");
            // What is longer than a piece would only be held to be looked at in pieces.
            let room = PIECE.saturating_sub(self.begun.len());
            self.begun.extend_from_slice(&part[..part.len().min(room)]);
            if whole {
                let line = std::mem::take(&mut self.begun);
                if !self.line(line.strip_suffix(b"\n").unwrap_or(&line)) {
                    return false;
                }
                self.begun = line;
                self.begun.clear();
            }
        }
        true
    }

    fn line(&mut self, line: &[u8]) -> bool {
        if let Some(commit) = line.strip_prefix(MARK.as_bytes()) {
            let go_on = self.flush();
            self.inside = false;
            let text = String::from_utf8_lossy(commit);
            let mut ids = text.split_whitespace().map(str::to_owned);
            let id = ids.next().unwrap_or_default();
            let parents: Vec<String> = ids.collect();
            return go_on
                && (self.each)(Told::Commit {
                    id: &id,
                    parents: &parents,
                });
        }
        if line.starts_with(b"diff ") && !self.is_content(line) {
            let go_on = self.flush();
            self.inside = false;
            return go_on;
        }
        if !self.inside
            && let Some(path) = line.strip_prefix(b"+++ ")
        {
            let path = String::from_utf8_lossy(path);
            let path = path.trim_end_matches('\t').trim_matches('"');
            self.path = path.strip_prefix("b/").unwrap_or(path).to_owned();
            return true;
        }
        if line.starts_with(b"@@") && !self.is_content(line) {
            let go_on = self.flush();
            self.inside = true;
            self.parents = line.iter().take_while(|byte| **byte == b'@').count() - 1;
            self.first = new_line(line).unwrap_or(1);
            self.next = self.first;
            return go_on;
        }
        if !self.inside || line.len() < self.parents || line.starts_with(b"\\") {
            return true;
        }
        let (marks, text) = line.split_at(self.parents);
        if !marks.contains(&b'-') {
            if marks.contains(&b'+') {
                if self.added.is_empty() {
                    self.first = self.next;
                }
                self.added.extend_from_slice(text);
                self.added.push(b'\n');
            }
            self.next += 1;
        }
        self.added.len() < PIECE || self.flush()
    }

    /// Without context each line of a hunk begins with `+`, `-`, a space or `\`, so that headers are told from content.
    fn is_content(&self, line: &[u8]) -> bool {
        self.inside && matches!(line.first(), Some(b'+' | b'-' | b' ' | b'\\'))
    }

    fn flush(&mut self) -> bool {
        if self.added.is_empty() {
            return true;
        }
        let text = std::mem::take(&mut self.added);
        let told = Told::Added {
            path: &self.path,
            line: self.first,
            text: &text,
        };
        (self.each)(told)
    }
}

/// Where the lines of a hunk begin in the new file: `@@ -1,0 +2,3 @@` is 2.
fn new_line(header: &[u8]) -> Option<usize> {
    let text = String::from_utf8_lossy(header);
    let new = text.split(' ').rfind(|word| word.starts_with('+') && word.len() > 1)?;
    new[1..].split(',').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::{Git, git};
    use super::*;
    use crate::model::Span;
    use crate::ports::Vcs;
    use crate::ports::vcs::CommitQuery;

    /// What is told, one line a piece.
    fn told(dir: &Path, seen: &[String]) -> (Vec<String>, Vec<String>) {
        let (mut pieces, mut commits) = (Vec::new(), Vec::new());
        let mut each = |told: Told<'_>| {
            match told {
                Told::Commit { id, .. } => commits.push(id.to_owned()),
                Told::Added { path, line, text } => {
                    pieces.push(format!(
                        "{path}:{line}:{}",
                        String::from_utf8_lossy(text).replace('\n', "|")
                    ));
                }
            }
            true
        };
        let all = Git.history(dir, seen, Span::from_secs(20), &mut each).expect("told");
        assert!(all);
        (pieces, commits)
    }

    fn commit(dir: &Path, files: &[(&str, &str)]) {
        for (name, text) in files {
            fs::write(dir.join(name), text).expect("written");
        }
        git(dir, &["add", "--all"]).expect("added");
        let who = [
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b",
            "-c",
            "commit.gpgSign=false",
        ];
        let words: Vec<&str> = who
            .into_iter()
            .chain(["commit", "--quiet", "--no-verify", "-m", "m"])
            .collect();
        git(dir, &words).expect("committed");
    }

    #[test]
    fn only_what_was_added_is_told_and_only_what_is_new() {
        let dir = tempfile::tempdir().expect("a folder");
        git(dir.path(), &["init", "--quiet", "--initial-branch=main"]).expect("made");
        git(dir.path(), &["config", "diff.noprefix", "true"]).expect("set");
        commit(dir.path(), &[("a b", "1\n2\n3\n"), ("gone", "x\n")]);
        fs::remove_file(dir.path().join("gone")).expect("removed");
        commit(dir.path(), &[("a b", "1\n+++ b/x\ndiff y\n3\n@@ z")]);
        let (pieces, commits) = told(dir.path(), &[]);
        assert_eq!(
            pieces,
            ["a b:1:1|2|3|", "gone:1:x|", "a b:2:+++ b/x|diff y|", "a b:5:@@ z|"]
        );
        assert_eq!(commits.len(), 2);
        let (pieces, fresh) = told(dir.path(), &commits[..1]);
        assert_eq!((pieces.len(), &fresh[..]), (2, &commits[1..]));
        let missing = "0123456789012345678901234567890123456789".to_owned();
        assert_eq!(told(dir.path(), std::slice::from_ref(&missing)).1.len(), 2);
        let reached = Git.reached(dir.path(), &[commits[0].clone(), missing]).expect("asked");
        assert_eq!(reached, [commits[0].clone()]);
    }

    #[test]
    fn commits_are_found_by_path_and_by_author() {
        let dir = tempfile::tempdir().expect("a folder");
        let asked = |query: &CommitQuery| {
            let found = Git.commits(dir.path(), query).expect("asked");
            found
                .into_iter()
                .map(|commit| format!("{} {}", commit.author, commit.subject))
                .collect::<Vec<_>>()
        };
        let any = CommitQuery {
            limit: 9,
            ..CommitQuery::default()
        };
        assert!(asked(&any).is_empty(), "outside version control");
        git(dir.path(), &["init", "--quiet", "--initial-branch=main"]).expect("made");
        assert!(asked(&any).is_empty(), "before the first commit");
        commit(dir.path(), &[("a", "1")]);
        commit(dir.path(), &[("b", "1")]);
        let bot = ["-c", "user.name=Renovate Bot", "-c", "user.email=x@y"];
        let words: Vec<&str> = bot
            .into_iter()
            .chain(["commit", "--quiet", "--allow-empty", "-m", "update c"])
            .collect();
        git(dir.path(), &words).expect("committed");
        assert_eq!(asked(&any), ["Renovate Bot update c", "a m", "a m"]);
        let by = |name: &str| CommitQuery {
            authors: vec!["nobody".into(), name.into()],
            ..any.clone()
        };
        assert_eq!(asked(&by("renovate")), ["Renovate Bot update c"]);
        assert!(asked(&by("re.*")).is_empty(), "a part of a name, not a pattern");
        let of = |path: &str| CommitQuery {
            paths: Some(vec![path.into()]),
            ..any.clone()
        };
        assert_eq!(
            (asked(&of("a")).len(), asked(&of(".")).len(), asked(&of("gone")).len()),
            (1, 2, 0)
        );
        let late = CommitQuery {
            since: Some("2090-01-01T00:00:00Z".parse().expect("a time")),
            ..any.clone()
        };
        assert!(asked(&late).is_empty());
    }

    #[test]
    fn what_a_merge_adds_by_itself_is_told() {
        let dir = tempfile::tempdir().expect("a folder");
        git(dir.path(), &["init", "--quiet", "--initial-branch=main"]).expect("made");
        commit(dir.path(), &[("a", "1\n")]);
        git(dir.path(), &["checkout", "--quiet", "-b", "side"]).expect("made");
        commit(dir.path(), &[("a", "2\n")]);
        git(dir.path(), &["checkout", "--quiet", "main"]).expect("gone");
        commit(dir.path(), &[("a", "3\n")]);
        let _ = super::super::run(dir.path(), &["merge", "--quiet", "side"]);
        commit(dir.path(), &[("a", "evil\n")]);
        let (pieces, _) = told(dir.path(), &[]);
        assert!(pieces.contains(&"a:1:evil|".to_owned()), "{pieces:?}");
    }

    #[test]
    fn it_stops_when_it_is_told_to() {
        let dir = tempfile::tempdir().expect("a folder");
        git(dir.path(), &["init", "--quiet", "--initial-branch=main"]).expect("made");
        commit(dir.path(), &[("a", "1\n")]);
        let all = Git
            .history(dir.path(), &[], Span::from_secs(20), &mut |_| false)
            .expect("told");
        assert!(!all);
    }

    #[test]
    fn bytes_of_any_kind_in_any_portions_make_no_panic() {
        let bytes: Vec<u8> =
            b"\0ab cd\ndiff --git a/x b/x\n+++ b/x\n@@ -0,0 +1,2 @@\n+a\n+\xff\n@@@ -1 -1 +9 @@@\n++z\n+\n@@\n"
                .to_vec();
        for size in 1..bytes.len() {
            let mut pieces = 0;
            let mut each = |_: Told<'_>| {
                pieces += 1;
                true
            };
            let mut reader = Reader::new(&mut each);
            for part in bytes.chunks(size) {
                assert!(reader.take(part));
            }
            reader.flush();
            assert_eq!(pieces, 3, "in portions of {size}");
        }
    }
}
