//! Answers that come bit by bit: logs, and word of changes.

use std::collections::VecDeque;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::Response;
use kube::client::Body;

use super::paths::query;
use super::{Api, Ask, DEADLINE, PAUSE, TRIES};
use crate::adapters::kubernetes::{logs, trouble};
use crate::fault::Result;

/// What a server gets on top of the time that a watch was asked for.
const GRACE: Duration = Duration::from_secs(1);
/// Of a line of a log this much is kept: its time, and more than anybody is shown of its text.
const MAX_LINE: usize = logs::LINE_MAX + 64;

/// A log that is read as it comes, however long it is.
pub struct Log {
    what: String,
    body: Option<Body>,
    lines: Lines,
}

/// Bytes as lines. Of one that is too long the beginning is kept.
#[derive(Default)]
struct Lines {
    whole: VecDeque<String>,
    part: Vec<u8>,
}

impl Lines {
    fn take(&mut self, data: &[u8]) {
        let mut pieces = data.split(|byte| *byte == b'\n').peekable();
        while let Some(piece) = pieces.next() {
            let room = MAX_LINE.saturating_sub(self.part.len());
            self.part.extend_from_slice(&piece[..piece.len().min(room)]);
            if pieces.peek().is_some() {
                self.push();
            }
        }
    }

    fn end(&mut self) {
        if !self.part.is_empty() {
            self.push();
        }
    }

    fn push(&mut self) {
        let line = String::from_utf8_lossy(&self.part).into_owned();
        self.part.clear();
        self.whole.push_back(line);
    }
}

impl Api {
    /// Waits until something happens to a Deployment that `selector` finds, later than `version`, at most as long as
    /// `limit`. False where that cannot be waited for, such as where nobody may watch: the caller looks at the clock instead.
    pub fn await_change(&self, selector: &str, version: &str, limit: Duration) -> bool {
        let Ok(path) = self.path("apps/v1", "Deployment", None) else {
            return false;
        };
        let seconds = limit.as_secs().max(1).to_string();
        let parameters = [
            ("watch", "true"),
            ("labelSelector", selector),
            ("resourceVersion", version),
            ("timeoutSeconds", &seconds),
        ];
        let ask = Ask::to_get("watch deployments".into(), format!("{path}?{}", query(&parameters)));
        let first = async {
            let response = self.head(&ask).await.ok()?;
            let ok = response.status().is_success();
            // The first piece is the first change, and the end of all is the end of the wait.
            response.into_body().frame().await.transpose().ok()?;
            ok.then_some(())
        };
        let waited = async { tokio::time::timeout(limit + GRACE, first).await };
        matches!(self.runtime.block_on(waited), Ok(Some(())))
    }

    /// The log of a container, to be read line by line; `None` where there is none yet.
    pub fn log(&self, pod: &str, parameters: &[(&str, &str)]) -> Result<Option<Log>> {
        let what = format!("read the log of pod/{pod}");
        let path = format!(
            "/api/v1/namespaces/{}/pods/{pod}/log?{}",
            self.namespace,
            query(parameters)
        );
        let ask = Ask::to_get(what, path);
        let opened = self.runtime.block_on(self.open(&ask))?;
        match opened.status().as_u16() {
            // Not started yet, no earlier run, or gone.
            400 | 404 => Ok(None),
            200..=299 => Ok(Some(Log {
                what: ask.what,
                body: Some(opened.into_body()),
                lines: Lines::default(),
            })),
            _ => {
                let reply = self.runtime.block_on(self.collect(&ask.what, opened))?;
                Err(self.refused(&ask.what, &reply))
            }
        }
    }

    /// Asks until there is an answer that is not "later", whose body is still to come.
    async fn open(&self, ask: &Ask) -> Result<Response<Body>> {
        let mut pause = PAUSE;
        for tries in 1.. {
            let once = tokio::time::timeout(DEADLINE, self.head(ask));
            let opened = once.await.unwrap_or_else(|_| Err(self.too_late(&ask.what)))?;
            let later = matches!(opened.status().as_u16(), 429 | 503 | 504);
            if !later || tries == TRIES {
                return Ok(opened);
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        unreachable!("the last try returns")
    }

    /// The next line of a log; `None` at its end.
    pub fn next_line(&self, log: &mut Log) -> Result<Option<String>> {
        loop {
            if let Some(line) = log.lines.whole.pop_front() {
                return Ok(Some(line));
            }
            let Some(body) = &mut log.body else { return Ok(None) };
            let frame = self
                .runtime
                .block_on(async { tokio::time::timeout(DEADLINE, body.frame()).await });
            match frame {
                Err(_) => return Err(self.too_late(&log.what)),
                Ok(Some(Err(error))) => return Err(trouble::lost(&self.attempted(&log.what), &error)),
                Ok(Some(Ok(frame))) => {
                    if let Ok(data) = frame.into_data() {
                        log.lines.take(&data);
                    }
                }
                Ok(None) => {
                    log.lines.end();
                    log.body = None;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn lines_are_the_same_however_they_come(text in "[a-z\n]{0,200}", cut in 1usize..50) {
            let mut lines = Lines::default();
            text.as_bytes().chunks(cut).for_each(|chunk| lines.take(chunk));
            lines.end();
            let wanted: Vec<String> = text.lines().map(str::to_owned).collect();
            proptest::prop_assert_eq!(Vec::from(lines.whole), wanted);
        }
    }

    #[test]
    fn of_a_line_without_end_only_the_beginning_is_kept() {
        let mut lines = Lines::default();
        for _ in 0..1000 {
            lines.take(&[b'x'; 1000]);
        }
        assert_eq!(lines.part.len(), MAX_LINE);
        lines.take(b"\nnext");
        lines.end();
        assert_eq!(lines.whole.iter().map(String::len).collect::<Vec<_>>(), [MAX_LINE, 4]);
    }
}
