//! Secrets in what commits added: whoever has the repository has them, also when they were taken out since.

use std::collections::BTreeSet;
use std::path::Path;

use super::tree::in_text;
use super::{Hit, Limits, MAX_HITS, Scan};
use crate::fault::Result;
use crate::model::Span;
use crate::ports::Vcs;
use crate::ports::vcs::{Head, Told};
use crate::readiness::cache::Cache;

/// Bytes that are looked at in one run; the next one goes on from there.
const MAX_BYTES: usize = 256 << 20;

/// Ends of what was looked at that are kept; with more branches than that, some of it is looked at again.
const MAX_SEEN: usize = 64;

/// Looks at the commits that were not looked at before, as far as the limits let it.
pub fn scan(vcs: &dyn Vcs, folder: &Path, head: &Head, cache: &mut Cache, limits: &Limits<'_>) -> Result<Scan> {
    let Some(commit) = &head.commit else {
        return Ok(Scan::default());
    };
    let mut finished = true;
    if !cache.seen.contains(commit) {
        let mut progress = Progress {
            seen: cache.seen.iter().cloned().collect(),
            hits: std::mem::take(&mut cache.history),
            commit: None,
            commits: 0,
            bytes: 0,
        };
        finished = vcs.history(folder, &cache.seen, Span::from(limits.left()), &mut |told| {
            progress.take(told);
            !limits.is_over() && progress.bytes < MAX_BYTES && progress.hits.len() < MAX_HITS
        })?;
        if finished {
            progress.end_commit();
            // Commits that changed nothing here are told by nobody.
            progress.seen.insert(commit.clone());
        }
        cache.commits += progress.commits;
        cache.history = progress.hits;
        cache.seen = progress.seen.into_iter().collect();
        if cache.seen.len() > MAX_SEEN && finished {
            cache.seen = vec![commit.clone()];
        }
    }
    let hits = still_there(vcs, folder, cache)?;
    Ok(Scan {
        hits,
        looked_at: cache.commits,
        unfinished: (!finished).then(|| format!("{} commits were looked at, and there are more", cache.commits)),
    })
}

/// Hits whose commits still lead to the current one: a history that was rewritten no longer has what was taken out.
fn still_there(vcs: &dyn Vcs, folder: &Path, cache: &mut Cache) -> Result<Vec<Hit>> {
    let commits: BTreeSet<String> = cache.history.iter().filter_map(|hit| hit.commit.clone()).collect();
    let commits: Vec<String> = commits.into_iter().collect();
    if commits.is_empty() {
        return Ok(Vec::new());
    }
    let reached = vcs.reached(folder, &commits)?;
    let there = cache
        .history
        .iter()
        .filter(|hit| hit.commit.as_ref().is_some_and(|id| reached.contains(id)));
    Ok(there.cloned().collect())
}

/// How far a look has come.
struct Progress {
    /// The newest commits of what was looked at: everything that leads to them was, too.
    seen: BTreeSet<String>,
    hits: Vec<Hit>,
    /// The commit that is being told, and its parents.
    commit: Option<(String, Vec<String>)>,
    commits: usize,
    bytes: usize,
}

impl Progress {
    fn take(&mut self, told: Told<'_>) {
        match told {
            Told::Commit { id, parents } => {
                self.end_commit();
                self.commit = Some((id.to_owned(), parents.to_vec()));
            }
            Told::Added { path, line, text } => {
                self.bytes += text.len();
                let id = self.commit.as_ref().map(|(id, _)| id.clone());
                let found = in_text(text, path, line).into_iter().map(|hit| Hit {
                    commit: id.clone(),
                    ..hit
                });
                for hit in found {
                    // A value that stayed in place through many commits is one.
                    let same = |other: &&Hit| other.hash == hit.hash && other.path == hit.path;
                    if self.hits.len() < MAX_HITS && !self.hits.iter().any(|other| same(&other)) {
                        self.hits.push(hit);
                    }
                }
            }
        }
    }

    /// A commit counts when all of it was told. Its parents were before, so that it stands for them.
    fn end_commit(&mut self) {
        if let Some((id, parents)) = self.commit.take() {
            for parent in parents {
                self.seen.remove(&parent);
            }
            self.seen.insert(id);
            self.commits += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

    use super::*;
    use crate::adapters::memory::ManualClock;
    use crate::fault::Fault;
    use crate::model::release::Source;
    use crate::ports::interrupt::Never;

    /// A line of commits, of which some add a key.
    struct Line {
        commits: u32,
        /// Commits that are told before time is over.
        most: u32,
        rewritten: bool,
    }

    fn key() -> String {
        ["ghp_", "a8Kd92mNq0Zx7cVb5TyUi3oPl1KjHgFdSaQw\n"].concat()
    }

    impl Vcs for Line {
        fn root(&self, _: &Path) -> Result<Option<PathBuf>> {
            Ok(None)
        }
        fn source(&self, _: &Path) -> Result<Source> {
            Ok(Source::default())
        }
        fn files(&self, _: &Path) -> Result<Option<Vec<PathBuf>>> {
            Ok(None)
        }
        fn user(&self, _: &Path) -> Result<(Option<String>, Option<String>)> {
            Ok((None, None))
        }
        fn init(&self, _: &Path, _: &str) -> Result<()> {
            Err(Fault::bug("not asked"))
        }
        fn history(&self, _: &Path, seen: &[String], _: Span, each: &mut dyn FnMut(Told<'_>) -> bool) -> Result<bool> {
            let first = seen.iter().filter_map(|id| id.parse::<u32>().ok()).max().unwrap_or(0) + 1;
            for number in first..=self.commits {
                if number >= first + self.most {
                    return Ok(false);
                }
                let parents = [(number - 1).to_string()];
                let id = number.to_string();
                let text = if number % 2 == 0 { key() } else { "text\n".into() };
                let path = format!("f{number}");
                let commit = Told::Commit {
                    id: &id,
                    parents: &parents,
                };
                let added = Told::Added {
                    path: &path,
                    line: 3,
                    text: text.as_bytes(),
                };
                if !each(commit) || !each(added) {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        fn reached(&self, _: &Path, commits: &[String]) -> Result<Vec<String>> {
            Ok(if self.rewritten { Vec::new() } else { commits.to_vec() })
        }
    }

    fn scanned(vcs: &Line, cache: &mut Cache) -> Scan {
        let clock = ManualClock::at(jiff::Timestamp::UNIX_EPOCH);
        let limits = Limits {
            clock: &clock,
            interrupt: &Never,
            deadline: Duration::from_secs(9),
        };
        let head = Head {
            root: "/".into(),
            commit: Some(vcs.commits.to_string()),
            shallow: false,
        };
        scan(vcs, Path::new("/"), &head, cache, &limits).expect("scanned")
    }

    #[test]
    fn each_commit_is_looked_at_once_and_a_look_that_was_cut_off_goes_on() {
        let mut cache = Cache::empty(Path::new("/"));
        let mut vcs = Line {
            commits: 10,
            most: 4,
            rewritten: false,
        };
        let first = scanned(&vcs, &mut cache);
        // The last one that was told may not have been told to its end.
        assert_eq!(
            first.unfinished.as_deref(),
            Some("3 commits were looked at, and there are more")
        );
        assert_eq!(cache.seen, ["3"]);
        vcs.most = 100;
        let all = scanned(&vcs, &mut cache);
        assert_eq!((all.looked_at, all.unfinished.clone(), all.hits.len()), (10, None, 5));
        assert_eq!(
            (
                all.hits[0].path.as_str(),
                all.hits[0].line,
                all.hits[0].commit.as_deref()
            ),
            ("f2", 3, Some("2"))
        );
        vcs.most = 0;
        assert_eq!(scanned(&vcs, &mut cache), all, "nothing new is told");
        vcs.commits = 11;
        assert!(scanned(&vcs, &mut cache).unfinished.is_some());
        vcs.most = 1;
        assert_eq!(scanned(&vcs, &mut cache).looked_at, 11);
        vcs.rewritten = true;
        assert_eq!(scanned(&vcs, &mut cache).hits, []);
    }
}
