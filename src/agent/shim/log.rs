//! An instance's output on the disk: one line each, with time and stream, in files that cannot outgrow their limit.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::agent::sys;
use crate::ports::target::NOTES;

/// The file is set aside when it has this many bytes; one set aside is kept.
const FILE_MAX: u64 = 10 * 1024 * 1024;

/// Bytes of a line that are kept; what follows is counted and left out.
pub const LINE_MAX: usize = 16 * 1024;

/// Room for one read of a pipe; Linux pipes hold 64 KiB.
const CHUNK: usize = 64 * 1024;

/// Where lines come from, as written in the second column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Out,
    Err,
    /// Notes of the agent itself.
    Deliver,
}

impl Stream {
    pub fn as_str(self) -> &'static str {
        match self {
            Stream::Out => "out",
            Stream::Err => "err",
            Stream::Deliver => NOTES,
        }
    }
}

/// `<instance>/log`, shared by the threads that write to it.
#[derive(Clone)]
pub struct Log(Arc<Mutex<Writer>>);

struct Writer {
    path: PathBuf,
    file: File,
    size: u64,
    /// Bytes that could not be written; said as soon as something can be.
    lost: u64,
}

impl Log {
    pub fn open(folder: &Path) -> std::io::Result<Self> {
        let path = folder.join("log");
        let file = append_to(&path)?;
        let size = file.metadata()?.len();
        let writer = Writer {
            path,
            file,
            size,
            lost: 0,
        };
        Ok(Log(Arc::new(Mutex::new(writer))))
    }

    /// A line of the agent's own.
    pub fn note(&self, text: &str) {
        let mut line = Vec::new();
        let mut lines = Lines::new(Stream::Deliver);
        lines.feed(text.as_bytes(), &mut line);
        lines.finish(&mut line);
        self.write(&line);
    }

    /// Copies `pipe` until its end. A full disk loses lines and says how many bytes; it never stops the instance.
    pub fn capture(&self, mut pipe: impl Read, stream: Stream) {
        let mut chunk = vec![0; CHUNK];
        let mut lines = Lines::new(stream);
        let mut ready = Vec::new();
        loop {
            match pipe.read(&mut chunk) {
                Ok(0) => break,
                Ok(length) => lines.feed(&chunk[..length], &mut ready),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
            self.write(&ready);
            ready.clear();
        }
        lines.finish(&mut ready);
        self.write(&ready);
    }

    fn write(&self, lines: &[u8]) {
        if !lines.is_empty() {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).write(lines);
        }
    }
}

impl Writer {
    fn write(&mut self, lines: &[u8]) {
        if self.lost > 0 {
            let note = format!(
                "{}\tdeliver\t{} bytes of output were lost: the disk was full\n",
                stamp(),
                self.lost
            );
            if self.file.write_all(note.as_bytes()).is_err() {
                self.lost += lines.len() as u64;
                return;
            }
            self.lost = 0;
        }
        if self.file.write_all(lines).is_err() {
            self.lost += lines.len() as u64;
        }
        self.size += lines.len() as u64;
        if self.size >= FILE_MAX {
            self.rotate();
        }
    }

    /// Where the folder refuses a new file the old one is emptied: the limit holds whatever happens.
    fn rotate(&mut self) {
        let renamed = fs::rename(&self.path, self.path.with_extension("1"));
        match renamed.and_then(|()| append_to(&self.path)) {
            Ok(file) => self.file = file,
            Err(_) => self.lost += if self.file.set_len(0).is_ok() { self.size } else { 0 },
        }
        self.size = 0;
    }
}

fn append_to(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}

/// Now as the first column: RFC 3339 with microseconds, always of one length.
fn stamp() -> String {
    format!("{:.6}", sys::now())
}

/// Cuts a stream of bytes into stamped lines.
struct Lines {
    stream: Stream,
    /// The begun line, at most [`LINE_MAX`] bytes of it.
    begun: Vec<u8>,
    /// Bytes of the begun line beyond the limit.
    beyond: u64,
}

impl Lines {
    fn new(stream: Stream) -> Self {
        Lines {
            stream,
            begun: Vec::new(),
            beyond: 0,
        }
    }

    fn feed(&mut self, bytes: &[u8], ready: &mut Vec<u8>) {
        let head = format!("{}\t{}\t", stamp(), self.stream.as_str());
        let mut pieces = bytes.split(|byte| *byte == b'\n').peekable();
        while let Some(piece) = pieces.next() {
            let room = LINE_MAX - self.begun.len();
            let (kept, beyond) = piece.split_at(piece.len().min(room));
            self.begun.extend_from_slice(kept);
            self.beyond += beyond.len() as u64;
            if pieces.peek().is_some() {
                self.end_line(&head, ready);
            }
        }
    }

    /// The last line need not have ended.
    fn finish(mut self, ready: &mut Vec<u8>) {
        if !self.begun.is_empty() {
            let head = format!("{}\t{}\t", stamp(), self.stream.as_str());
            self.end_line(&head, ready);
        }
    }

    fn end_line(&mut self, head: &str, ready: &mut Vec<u8>) {
        ready.extend_from_slice(head.as_bytes());
        ready.extend_from_slice(self.begun.strip_suffix(b"\r").unwrap_or(&self.begun));
        if self.beyond > 0 {
            ready.extend_from_slice(format!(" … {} more bytes", self.beyond).as_bytes());
        }
        ready.push(b'\n');
        self.begun.clear();
        self.beyond = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(folder: &Path, name: &str) -> Vec<String> {
        let bytes = fs::read(folder.join(name)).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        text.lines()
            .map(|line| line.splitn(3, '\t').skip(1).collect::<Vec<_>>().join(" "))
            .collect()
    }

    #[test]
    fn lines_are_stamped_and_the_last_needs_no_end() {
        let dir = tempfile::tempdir().unwrap();
        let log = Log::open(dir.path()).unwrap();
        log.capture(&b"one\r\ntwo\twith tab\n\nlast"[..], Stream::Out);
        log.note("done");
        assert_eq!(
            texts(dir.path(), "log"),
            ["out one", "out two\twith tab", "out ", "out last", "deliver done"]
        );
        let first = fs::read_to_string(dir.path().join("log")).unwrap();
        let (stamp, _) = first.split_once('\t').unwrap();
        assert_eq!(stamp.len(), "2026-11-22T07:45:19.123456Z".len());
        assert!(stamp.parse::<jiff::Timestamp>().is_ok(), "{stamp}");
    }

    #[test]
    fn a_line_of_ten_megabytes_is_cut_and_its_rest_counted() {
        let dir = tempfile::tempdir().unwrap();
        let log = Log::open(dir.path()).unwrap();
        let mut bytes = vec![b'x'; 10 * 1024 * 1024];
        bytes.extend_from_slice(b"\nnext\n");
        log.capture(&bytes[..], Stream::Err);
        let lines = texts(dir.path(), "log");
        assert_eq!(lines.len(), 2);
        assert!(lines[0].ends_with(&format!(" … {} more bytes", 10 * 1024 * 1024 - LINE_MAX)));
        assert_eq!(lines[1], "err next");
    }

    #[test]
    fn files_keep_their_limit_whatever_is_printed() {
        let dir = tempfile::tempdir().unwrap();
        let log = Log::open(dir.path()).unwrap();
        let mut line = vec![0xff; 1000];
        line.push(b'\n');
        log.capture(&line.repeat(40_000)[..], Stream::Out);
        let size = |name: &str| fs::metadata(dir.path().join(name)).unwrap().len();
        assert!(size("log") < FILE_MAX + 2 * CHUNK as u64);
        assert!(size("log.1") < FILE_MAX + 2 * CHUNK as u64);
    }
}
