//! Instances' output, read from their files: it is there whether or not the agent runs, and for instances long gone.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use crate::agent::folder::Meta;
use crate::agent::home::Home;
use crate::agent::shim::LINE_MAX;
use crate::agent::sys;
use crate::fault::{Attempt, Result};
use crate::model::{EnvName, ServiceName};
use crate::ports::target::{LogLine, LogQuery, NOTES};

/// How often files are looked at while following.
const POLL: Duration = Duration::from_millis(100);

/// How often new instances are looked for while following.
const SEARCH_EVERY: u32 = 5;

/// Bytes taken from one file at once while following; lines of several instances are merged within a round.
const ROUND_MAX: u64 = 4 * 1024 * 1024;

/// Bytes that a line takes at most, with its columns.
const LINE_ROOM: u64 = LINE_MAX as u64 + 100;

/// Calls `line` for the lines that `query` wants, in time order.
pub fn read(
    home: &Home,
    service: &ServiceName,
    env: &EnvName,
    query: &LogQuery,
    follow: bool,
    line: &mut dyn FnMut(LogLine) -> bool,
) -> Result<()> {
    let mut sources: BTreeMap<String, Source> = BTreeMap::new();
    find(home, service, env, query, &mut sources);
    let mut first = Vec::new();
    for source in sources.values_mut() {
        first.extend(source.begin(query)?);
    }
    if !deliver(first, line) || !follow {
        return Ok(());
    }
    let mut round = 0;
    loop {
        sys::sleep(POLL);
        round += 1;
        if round % SEARCH_EVERY == 0 {
            find(home, service, env, query, &mut sources);
        }
        let mut fresh = Vec::new();
        for source in sources.values_mut() {
            fresh.extend(source.more(query)?);
        }
        if !deliver(fresh, line) {
            return Ok(());
        }
    }
}

fn deliver(mut lines: Vec<LogLine>, line: &mut dyn FnMut(LogLine) -> bool) -> bool {
    // Stable: lines of one instance that carry one time keep their order.
    lines.sort_by_key(|line| line.at);
    lines.into_iter().all(line)
}

fn find(home: &Home, service: &ServiceName, env: &EnvName, query: &LogQuery, sources: &mut BTreeMap<String, Source>) {
    let Ok(entries) = fs::read_dir(home.instances()) else {
        return;
    };
    for entry in entries.flatten() {
        let id = entry.file_name().to_string_lossy().into_owned();
        if sources.contains_key(&id) {
            continue;
        }
        let Some(meta) = Meta::read(home, &id) else { continue };
        let wanted = meta.service == *service
            && meta.env == *env
            && (query.instances.is_empty() || query.instances.contains(&id))
            && query.release.is_none_or(|release| release == meta.release)
            && query.process.as_ref().is_none_or(|process| *process == meta.process);
        if wanted {
            sources.insert(id.clone(), Source::new(home, id, meta));
        }
    }
}

/// Whole lines at the end of a file, at most `most` bytes of them; nothing where it cannot be read.
fn last_part(path: &Path, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    let Ok(mut file) = File::open(path) else { return bytes };
    let from = file.metadata().map_or(0, |meta| meta.len().saturating_sub(most));
    if file
        .seek(SeekFrom::Start(from))
        .and_then(|_| file.read_to_end(&mut bytes))
        .is_err()
    {
        return Vec::new();
    }
    if from > 0 {
        let first = bytes
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(bytes.len(), |end| end + 1);
        bytes.drain(..first);
    }
    bytes
}

/// The files of one instance, and how far they were read.
struct Source {
    id: String,
    meta: Meta,
    path: PathBuf,
    /// The file that is read on, by its number: `log` becomes `log.1` when it is full.
    inode: Option<u64>,
    offset: u64,
    /// The begun line at the end of what was read.
    begun: Vec<u8>,
}

impl Source {
    fn new(home: &Home, id: String, meta: Meta) -> Self {
        Source {
            path: home.instance(&id).join("log"),
            id,
            meta,
            inode: None,
            offset: 0,
            begun: Vec::new(),
        }
    }

    /// What is there already.
    fn begin(&mut self, query: &LogQuery) -> Result<Vec<LogLine>> {
        // For the last lines the last part is enough: no line is longer than its limit.
        let most = query.tail.map_or(u64::MAX, |tail| {
            (tail as u64).saturating_add(2).saturating_mul(LINE_ROOM)
        });
        let size = fs::metadata(&self.path).map_or(0, |meta| meta.len());
        let mut bytes = Vec::new();
        if size < most {
            bytes = last_part(&self.path.with_extension("1"), most - size);
        }
        self.offset = size.saturating_sub(most);
        let begins_within_a_line = self.offset > 0;
        bytes.extend(self.read_on(u64::MAX)?);
        if begins_within_a_line {
            let first = bytes
                .iter()
                .position(|byte| *byte == b'\n')
                .map_or(bytes.len(), |end| end + 1);
            bytes.drain(..first);
        }
        let mut lines = self.lines(&bytes, query);
        let surplus = lines.len().saturating_sub(query.tail.unwrap_or(usize::MAX));
        lines.drain(..surplus);
        Ok(lines)
    }

    /// What came since, also when the file was set aside meanwhile.
    fn more(&mut self, query: &LogQuery) -> Result<Vec<LogLine>> {
        let now = fs::metadata(&self.path).map(|meta| meta.ino()).ok();
        let mut bytes = Vec::new();
        if self.inode.is_some() && now != self.inode {
            let previous = self.path.with_extension("1");
            let same = fs::metadata(&previous).is_ok_and(|meta| Some(meta.ino()) == self.inode);
            if same && let Ok(mut file) = File::open(&previous) {
                let _ = file.seek(SeekFrom::Start(self.offset));
                // A file set aside does not grow any more; what cannot be read is lost either way.
                let _ = file.read_to_end(&mut bytes);
            }
            self.offset = 0;
            self.inode = None;
        }
        bytes.extend(self.read_on(ROUND_MAX)?);
        Ok(self.lines(&bytes, query))
    }

    fn read_on(&mut self, most: u64) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(bytes),
            Err(error) => return Err(error).attempting("read the log", &self.path),
        };
        let meta = file.metadata().attempting("inspect the log", &self.path)?;
        self.inode = Some(meta.ino());
        file.seek(SeekFrom::Start(self.offset))
            .attempting("read the log", &self.path)?;
        let read = file
            .take(most)
            .read_to_end(&mut bytes)
            .attempting("read the log", &self.path)?;
        self.offset += read as u64;
        Ok(bytes)
    }

    /// Whole lines of `bytes`; a begun one waits for its rest.
    fn lines(&mut self, bytes: &[u8], query: &LogQuery) -> Vec<LogLine> {
        self.begun.extend_from_slice(bytes);
        let Some(end) = self.begun.iter().rposition(|byte| *byte == b'\n') else {
            return Vec::new();
        };
        let rest = self.begun.split_off(end + 1);
        let whole = std::mem::replace(&mut self.begun, rest);
        let lines = whole.split(|byte| *byte == b'\n').filter_map(|line| self.parse(line));
        lines
            .filter(|line| query.since.is_none_or(|since| line.at >= since))
            .collect()
    }

    /// `time TAB stream TAB text`; anything else is damage and left out.
    fn parse(&self, line: &[u8]) -> Option<LogLine> {
        let text = String::from_utf8_lossy(line);
        let mut columns = text.splitn(3, '\t');
        let at: Timestamp = columns.next()?.parse().ok()?;
        let stream = columns
            .next()
            .filter(|stream| matches!(*stream, "out" | "err" | NOTES))?;
        Some(LogLine {
            at,
            instance: self.id.clone(),
            process: self.meta.process.clone(),
            release: self.meta.release,
            stream: stream.to_owned(),
            text: columns.next()?.to_owned(),
        })
    }
}
