//! Failure as people and scripts meet it: a kind (which is the exit code), a stable code word, what was attempted,
//! what is still true, and what to do next.
//!
//! Library modules return [`Result`]; a [`Fault`] is made at the border where the cause is understood, never guessed
//! later from its text. This module prints nothing.

use std::fmt;

use serde::Serialize;

/// What every library function that can fail returns.
pub type Result<T, E = Fault> = std::result::Result<T, E>;

/// Why a command ended; the number is the process's exit code. `docs/exit-codes.md` is the public list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 1: failed, and the world is as it was: no new instance could have received traffic.
    Failed,
    /// 2: wrong usage or configuration; nothing was touched.
    Usage,
    /// 3: an honest no: not ready, budget gone, a gate refused.
    Negative,
    /// 4: failed after new instances took traffic, and rolled back, verified.
    RolledBack,
    /// 5: mixed or unknown state; a person is needed.
    NeedsHuman,
    /// 6: busy, or changed underneath.
    Busy,
    /// 7: timed out waiting while the work goes on.
    TimedOut,
    /// 8: something outside is unreachable.
    Unreachable,
    /// 9: credentials are missing or refused.
    Credentials,
    /// 70: a bug in `deliver` (the number is EX_SOFTWARE of sysexits.h).
    Bug,
    /// 130: interrupted from the keyboard (128 + SIGINT).
    Interrupted,
    /// 143: asked to terminate (128 + SIGTERM).
    Terminated,
}

impl Kind {
    /// Every kind, in the order of exit codes.
    pub const ALL: [Kind; 12] = [
        Kind::Failed,
        Kind::Usage,
        Kind::Negative,
        Kind::RolledBack,
        Kind::NeedsHuman,
        Kind::Busy,
        Kind::TimedOut,
        Kind::Unreachable,
        Kind::Credentials,
        Kind::Bug,
        Kind::Interrupted,
        Kind::Terminated,
    ];

    /// The word of `docs/exit-codes.md` and of JSON.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Failed => "failed",
            Kind::Usage => "usage",
            Kind::Negative => "negative",
            Kind::RolledBack => "rolled_back",
            Kind::NeedsHuman => "needs_human",
            Kind::Busy => "busy",
            Kind::TimedOut => "timed_out",
            Kind::Unreachable => "unreachable",
            Kind::Credentials => "credentials",
            Kind::Bug => "bug",
            Kind::Interrupted => "interrupted",
            Kind::Terminated => "terminated",
        }
    }

    /// The process's exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Kind::Failed => 1,
            Kind::Usage => 2,
            Kind::Negative => 3,
            Kind::RolledBack => 4,
            Kind::NeedsHuman => 5,
            Kind::Busy => 6,
            Kind::TimedOut => 7,
            Kind::Unreachable => 8,
            Kind::Credentials => 9,
            Kind::Bug => 70,
            Kind::Interrupted => 130,
            Kind::Terminated => 143,
        }
    }
}

/// A place in a file that a person wrote. Offsets are bytes into `text`; `line` and `column` count from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Span {
    pub path: String,
    pub line: usize,
    pub column: usize,
    #[serde(skip)]
    pub start: usize,
    #[serde(skip)]
    pub end: usize,
    /// The whole file, so that the line can be shown.
    #[serde(skip)]
    pub text: std::sync::Arc<str>,
}

/// One problem in a file that a person wrote. A decoder collects all of them before it fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What is wrong, lower case, no full stop.
    pub message: String,
    /// What stands under the caret: the expected form or the did-you-mean.
    pub label: Option<String>,
    /// What to write instead, when it can be said.
    pub hint: Option<String>,
    pub span: Option<Span>,
}

/// A failure that the outside can cause. Build it with [`Fault::new`] and the methods that return `Self`.
#[derive(Debug)]
pub struct Fault(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: Kind,
    code: &'static str,
    message: String,
    still_true: Option<String>,
    hints: Vec<String>,
    problems: Vec<Problem>,
    details: Vec<String>,
    source: Option<anyhow::Error>,
}

impl Fault {
    /// `code` is a stable word scripts may match (`port-taken`); `message` says what was attempted and on what, lower
    /// case, no full stop.
    pub fn new(kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        Fault(Box::new(Inner {
            kind,
            code,
            message: message.into(),
            still_true: None,
            hints: Vec::new(),
            problems: Vec::new(),
            details: Vec::new(),
            source: None,
        }))
    }

    pub fn usage(code: &'static str, message: impl Into<String>) -> Self {
        Fault::new(Kind::Usage, code, message)
    }

    pub fn failed(code: &'static str, message: impl Into<String>) -> Self {
        Fault::new(Kind::Failed, code, message)
    }

    /// A state that no user, file or server can cause.
    pub fn bug(message: impl Into<String>) -> Self {
        Fault::new(Kind::Bug, "bug", message)
    }

    /// Adds a next step: a command that can be pasted, with a word of why where needed.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hints.push(hint.into());
        self
    }

    /// Says what did *not* change: `v3 is still serving`.
    pub fn still(mut self, what: impl Into<String>) -> Self {
        self.0.still_true = Some(what.into());
        self
    }

    /// Adds the underlying error; its own chain is printed as causes.
    pub fn because(mut self, source: impl Into<anyhow::Error>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Adds problems found in files, each shown with its line.
    pub fn problems(mut self, problems: Vec<Problem>) -> Self {
        self.0.problems = problems;
        self
    }

    /// Adds lines of evidence shown as they are, such as the last lines of an instance's log. It begins and ends with
    /// something to read: programs set their output off with empty lines, and we have ways of our own for that.
    pub fn details(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        let blank = |line: &String| line.trim().is_empty();
        let details = &mut self.0.details;
        details.extend(lines);
        let last = details.iter().rposition(|line| !blank(line)).map_or(0, |at| at + 1);
        details.truncate(last);
        let first = details.iter().position(|line| !blank(line)).unwrap_or(0);
        details.drain(..first);
        self
    }

    /// The same failure under another kind, when the caller knows more about what it meant.
    pub fn with_kind(mut self, kind: Kind) -> Self {
        self.0.kind = kind;
        self
    }

    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    pub fn code(&self) -> &'static str {
        self.0.code
    }

    pub fn message(&self) -> &str {
        &self.0.message
    }

    pub fn still_true(&self) -> Option<&str> {
        self.0.still_true.as_deref()
    }

    pub fn hints(&self) -> &[String] {
        &self.0.hints
    }

    pub fn file_problems(&self) -> &[Problem] {
        &self.0.problems
    }

    pub fn evidence(&self) -> &[String] {
        &self.0.details
    }

    /// The chain of underlying errors, nearest first. Texts that only repeat the one above are left out.
    pub fn causes(&self) -> Vec<String> {
        let mut causes: Vec<String> = Vec::new();
        for cause in self.0.source.iter().flat_map(|source| source.chain()) {
            let text = cause.to_string();
            if causes.last().is_none_or(|above| !above.ends_with(&text)) {
                causes.push(text);
            }
        }
        causes
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Fault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| source.as_ref())
    }
}

/// Turns an I/O error into a fault that names the attempt: `fs::read(&p).attempting("read", &p)`.
pub trait Attempt<T> {
    fn attempting(self, verb: &str, path: &std::path::Path) -> Result<T>;
}

impl<T> Attempt<T> for std::io::Result<T> {
    fn attempting(self, verb: &str, path: &std::path::Path) -> Result<T> {
        self.map_err(|error| {
            let code = match error.kind() {
                std::io::ErrorKind::NotFound => "not-found",
                std::io::ErrorKind::PermissionDenied => "permission-denied",
                std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => "disk-full",
                std::io::ErrorKind::ReadOnlyFilesystem => "read-only",
                _ => "io",
            };
            Fault::failed(code, format!("cannot {verb} `{}`", path.display())).because(error)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kinds_word_is_the_one_of_its_json() {
        for kind in Kind::ALL {
            assert_eq!(serde_json::to_value(kind).expect("JSON"), kind.word());
        }
    }

    #[test]
    fn evidence_begins_and_ends_with_something_to_read() {
        let lines = ["", " ", "> build", "", "failed", "\t"].map(str::to_owned);
        let fault = Fault::failed("x", "x").details(lines);
        assert_eq!(fault.evidence(), ["> build", "", "failed"]);
        assert!(Fault::failed("x", "x").details([String::new()]).evidence().is_empty());
    }
}
