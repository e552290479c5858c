//! Asking a web server, for checks and demonstrations that stay on this machine.

use crate::fault::Result;
use crate::model::Span;

/// What a server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Its first bytes, as text.
    pub body: String,
}

/// More of an answer is not read, unless it was asked for.
pub const MAX_BODY: u64 = 64 * 1024;

/// Sends requests and keeps connections alive between them. Redirects are answers, not followed.
pub trait Http: Send + Sync {
    /// Errors of kind unreachable when there is no answer within `timeout`.
    fn get(&self, url: &str, timeout: Span) -> Result<Answer> {
        self.get_up_to(url, timeout, MAX_BODY)
    }

    /// The same where more than [`MAX_BODY`] is expected: the first `most` bytes of the body.
    fn get_up_to(&self, url: &str, timeout: Span, most: u64) -> Result<Answer>;
}
