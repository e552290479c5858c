//! Secrets in the files as they are now.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::{Hit, Limits, MAX_HITS, Scan, detect};
use crate::readiness::cache::{Cache, Stamp};
use crate::readiness::tree::{Tree, open_regular};

/// Bytes looked at together; what stands on the border is looked at twice. Between them it is asked whether time is over:
/// the slowest text takes a tenth of a second for as much.
const CHUNK: usize = 128 << 10;

/// Bytes that are looked at of one file; no source is as large, and what is has no evidence.
const MAX_FILE: u64 = 64 << 20;

/// Longer than any value that is found, with its name.
const OVERLAP: usize = 1_000;

/// A zero byte this early makes a file one that no person wrote.
const SNIFFED: usize = 8_000;

/// Looks at every file that changed since the last look.
pub fn scan(tree: &Tree, cache: &mut Cache, limits: &Limits<'_>) -> Scan {
    let known = std::mem::take(&mut cache.files);
    let before = std::mem::take(&mut cache.tree);
    let mut scan = Scan::default();
    let (mut left, mut too_large) = (0, None);
    for path in tree.files() {
        let full = tree.folder().join(path);
        let Some(stamp) = stamp(&full) else { continue };
        if known.get(path) == Some(&stamp) {
            scan.hits.extend(before.iter().filter(|hit| hit.path == path).cloned());
        } else if limits.is_over() || scan.hits.len() >= MAX_HITS {
            left += 1;
            continue;
        } else {
            match open_regular(&full) {
                Ok(Some(file)) => {
                    let (hits, end) = look(file, path, MAX_FILE, limits);
                    scan.hits.extend(hits);
                    if end != End::Reached {
                        // It is looked at again from its beginning: nothing is kept of it but what was found.
                        left += usize::from(end == End::Left);
                        if end == End::TooLarge {
                            too_large.get_or_insert_with(|| path.to_owned());
                        }
                        continue;
                    }
                }
                Ok(None) => continue,
                // Whoever cannot read it cannot learn a secret from it, but neither can this.
                Err(_) => {
                    left += 1;
                    continue;
                }
            }
        }
        scan.looked_at += 1;
        cache.files.insert(path.to_owned(), stamp);
    }
    scan.hits.truncate(MAX_HITS);
    if left > 0 {
        let files = if left == 1 {
            "1 file was".to_owned()
        } else {
            format!("{left} files were")
        };
        scan.unfinished = Some(format!("{files} not looked at"));
    }
    if let Some(path) = too_large {
        let most = MAX_FILE >> 20;
        scan.unfinished = Some(format!(
            "{path} has more than {most} MiB, and only those were looked at"
        ));
    }
    cache.tree.clone_from(&scan.hits);
    scan
}

/// What tells a regular file's content from another's without reading it. Times are exact to what the file system keeps;
/// the number of the file and the time of its last change of any kind catch one that was put in the place of another.
fn stamp(path: &Path) -> Option<Stamp> {
    let meta = path.symlink_metadata().ok()?;
    meta.is_file().then(|| {
        (
            meta.len(),
            meta.mtime(),
            meta.mtime_nsec(),
            meta.ctime(),
            meta.ctime_nsec(),
            meta.ino(),
        )
    })
}

/// Where the look at a file ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Reached,
    /// Time was over, or it could not be read on.
    Left,
    TooLarge,
}

/// Secrets of the first `most` bytes of a file, read in pieces, and whether that was all of it.
fn look(mut file: File, path: &str, most: u64, limits: &Limits<'_>) -> (Vec<Hit>, End) {
    let mut seen = 0;
    let mut hits: Vec<Hit> = Vec::new();
    let (mut held, mut line) = (Vec::new(), 1);
    loop {
        let begun = held.len();
        let Ok(read) = (&mut file).take(CHUNK as u64).read_to_end(&mut held) else {
            return (sorted(hits), End::Left);
        };
        seen += read as u64;
        if begun == 0 && held.iter().take(SNIFFED).any(|byte| *byte == 0) {
            return (Vec::new(), End::Reached);
        }
        hits.extend(in_text(&held, path, line));
        let end = match read < CHUNK || hits.len() >= MAX_HITS {
            true => Some(End::Reached),
            false if seen >= most => Some(End::TooLarge),
            false => limits.is_over().then_some(End::Left),
        };
        if let Some(end) = end {
            return (sorted(hits), end);
        }
        let kept = held.len().saturating_sub(OVERLAP);
        line += held[..kept].iter().filter(|byte| **byte == b'\n').count();
        held.drain(..kept);
    }
}

/// Hits by place, each once: a value on a border was seen from both sides.
fn sorted(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort();
    hits.dedup();
    hits
}

/// Secrets of a text whose first line has the number `first`.
pub fn in_text(text: &[u8], path: &str, first: usize) -> Vec<Hit> {
    let found = detect::text(text);
    found
        .into_iter()
        .map(|found| Hit {
            path: path.to_owned(),
            line: first + text[..found.value.start].iter().filter(|byte| **byte == b'\n').count(),
            what: found.what.to_owned(),
            hash: detect::hash(&text[found.value]),
            commit: None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use super::*;
    use crate::adapters::git::Git;
    use crate::adapters::memory::ManualClock;
    use crate::ports::interrupt::Never;

    fn key() -> String {
        ["ghp_", "a8Kd92mNq0Zx7cVb5TyUi3oPl1KjHgFdSaQw"].concat()
    }

    fn scanned(dir: &Path, cache: &mut Cache, seconds: u64) -> Scan {
        let clock = ManualClock::at(jiff::Timestamp::UNIX_EPOCH);
        let limits = Limits {
            clock: &clock,
            interrupt: &Never,
            deadline: Duration::from_secs(seconds),
        };
        scan(&Tree::read(dir, None, &Git).expect("read"), cache, &limits)
    }

    #[test]
    fn a_file_is_looked_at_when_it_changed() {
        let dir = tempfile::tempdir().expect("a folder");
        fs::write(dir.path().join("a"), format!("x\n{}\n", key())).expect("written");
        fs::write(dir.path().join("picture"), format!("\0{}", key())).expect("written");
        let mut cache = Cache::empty(dir.path());
        let first = scanned(dir.path(), &mut cache, 9);
        assert_eq!((first.hits.len(), first.looked_at), (1, 2));
        assert_eq!((first.hits[0].path.as_str(), first.hits[0].line), ("a", 2));
        // Without time nothing is read, and what is known stays known.
        assert_eq!(scanned(dir.path(), &mut cache, 0), first);
        fs::write(dir.path().join("a"), "clean").expect("written");
        let late = scanned(dir.path(), &mut cache.clone(), 0);
        assert_eq!(
            (late.hits.len(), late.unfinished.as_deref()),
            (0, Some("1 file was not looked at"))
        );
        assert_eq!(scanned(dir.path(), &mut cache, 9).hits, []);
    }

    /// A clock that goes on by a second whenever it is asked.
    struct Ticking(std::sync::atomic::AtomicU64);

    impl crate::ports::Clock for Ticking {
        fn now(&self) -> jiff::Timestamp {
            jiff::Timestamp::UNIX_EPOCH
        }
        fn elapsed(&self) -> Duration {
            Duration::from_secs(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1)
        }
        fn sleep(&self, _: Duration) {}
    }

    #[test]
    fn time_is_over_within_a_file_too_and_what_is_too_large_is_said() {
        let dir = tempfile::tempdir().expect("a folder");
        let text = "password = abc\n".repeat(10 * CHUNK / 15);
        fs::write(dir.path().join("a"), format!("{}\n{text}", key())).expect("written");
        let tree = Tree::read(dir.path(), None, &Git).expect("read");
        let mut cache = Cache::empty(dir.path());
        let clock = Ticking(0.into());
        let limits = Limits {
            clock: &clock,
            interrupt: &Never,
            deadline: Duration::from_secs(4),
        };
        let cut = scan(&tree, &mut cache, &limits);
        assert_eq!(
            clock.0.load(std::sync::atomic::Ordering::Relaxed),
            4,
            "asked once before the file, then after each piece"
        );
        assert_eq!((cut.hits.len(), cut.looked_at), (1, 0), "what was found is found");
        assert_eq!(cut.unfinished.as_deref(), Some("1 file was not looked at"));
        assert!(cache.files.is_empty(), "it is not taken for one that was looked at");

        let open = || File::open(dir.path().join("a")).expect("opened");
        let patient = Limits {
            deadline: Duration::from_secs(99),
            ..limits
        };
        let (hits, end) = look(open(), "a", 2 * CHUNK as u64, &patient);
        assert_eq!((hits.len(), end), (1, End::TooLarge));
        assert_eq!(look(open(), "a", MAX_FILE, &patient).1, End::Reached);
    }

    #[test]
    fn a_large_file_is_looked_at_to_its_end() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut text = "a line of text\n".repeat(2 * CHUNK / 15);
        text.push_str(&key());
        fs::write(dir.path().join("a"), &text).expect("written");
        let scan = scanned(dir.path(), &mut Cache::empty(dir.path()), 9);
        assert_eq!(scan.hits.len(), 1);
        assert_eq!(scan.hits[0].line, text.matches('\n').count() + 1);
    }
}
