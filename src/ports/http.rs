//! Asking a web server, for checks and demonstrations that stay on this machine.

use crate::fault::Result;
use crate::model::Span;

/// What a server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// At most the first [`MAX_BODY`] bytes, as text.
    pub body: String,
}

/// More of an answer is not read.
pub const MAX_BODY: u64 = 64 * 1024;

/// Sends requests and keeps connections alive between them. Redirects are answers, not followed.
pub trait Http: Send + Sync {
    /// Errors of kind unreachable when there is no answer within `timeout`.
    fn get(&self, url: &str, timeout: Span) -> Result<Answer>;
}
