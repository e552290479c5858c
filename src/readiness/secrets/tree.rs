//! Secrets in the files as they are now.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::{Hit, Limits, MAX_HITS, Scan, detect};
use crate::readiness::cache::{Cache, Stamp};
use crate::readiness::tree::{Tree, open_regular};

/// Bytes looked at together; what stands on the border is looked at twice.
const CHUNK: usize = 1 << 20;

/// Longer than any value that is found, with its name.
const OVERLAP: usize = 1_000;

/// A zero byte this early makes a file one that no person wrote.
const SNIFFED: usize = 8_000;

/// Looks at every file that changed since the last look.
pub fn scan(tree: &Tree, cache: &mut Cache, limits: &Limits<'_>) -> Scan {
    let known = std::mem::take(&mut cache.files);
    let before = std::mem::take(&mut cache.tree);
    let mut scan = Scan::default();
    let mut left = 0;
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
                Ok(Some(file)) => scan.hits.extend(look(file, path)),
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

/// Secrets of one file, read in pieces that end with a line where they can.
fn look(mut file: File, path: &str) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    let (mut held, mut line) = (Vec::new(), 1);
    loop {
        let begun = held.len();
        let read = (&mut file).take(CHUNK as u64).read_to_end(&mut held).unwrap_or(0);
        if begun == 0 && held.iter().take(SNIFFED).any(|byte| *byte == 0) {
            return Vec::new();
        }
        hits.extend(in_text(&held, path, line));
        if read < CHUNK || hits.len() >= MAX_HITS {
            // A value on a border was seen from both sides.
            hits.sort();
            hits.dedup();
            return hits;
        }
        let kept = held.len().saturating_sub(OVERLAP);
        line += held[..kept].iter().filter(|byte| **byte == b'\n').count();
        held.drain(..kept);
    }
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
