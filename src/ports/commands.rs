//! Running other programs to their end: builds, release steps, secret commands, detection.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::fault::Result;
use crate::model::Span;
use crate::model::spec::CommandLine;

/// A program to run to its end.
#[derive(Clone, Debug)]
pub struct Request {
    pub command: CommandLine,
    pub dir: PathBuf,
    /// Added to the inherited environment.
    pub env: BTreeMap<String, String>,
    /// Killed with its whole process group after this long.
    pub timeout: Span,
}

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// `status 1`, `signal 9 (SIGKILL)`, `timed out after 15m`.
    pub how: String,
    pub success: bool,
    /// The last lines of its output, at most [`KEPT_LINES`], in the order they were printed.
    pub tail: Vec<String>,
}

/// Output lines kept for error messages.
pub const KEPT_LINES: usize = 100;

/// Runs programs. An implementation puts each in a process group of its own, closes its standard input, hands over each
/// line of output as it comes, kills the group on timeout and when the tool is interrupted, and returns only when no
/// process of the group is left.
pub trait Commands: Send + Sync {
    /// Errors only when the program cannot be started (`command-missing`, `command-denied`); a failing program is an [`Ended`].
    fn run(&self, request: &Request, line: &mut dyn FnMut(&str)) -> Result<Ended>;

    /// Standard output of a program, for values such as secrets: never logged, at most 1 MiB.
    fn capture(&self, request: &Request) -> Result<Vec<u8>>;
}
