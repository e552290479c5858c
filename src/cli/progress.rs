//! Shows events while something runs.

use std::io::Write;
use std::sync::Arc;

use super::args::{Global, ProgressMode};
use super::page::duration;
use super::style::{Style, escape};
use super::terminal::Terminal;
use crate::event::{Event, Events};
use crate::ports::Clock;

/// The one writer to standard error.
pub struct Progress {
    mode: ProgressMode,
    style: Style,
    quiet: bool,
    verbose: bool,
    clock: Arc<dyn Clock>,
}

impl Progress {
    pub fn new(terminal: Terminal, global: &Global, clock: Arc<dyn Clock>) -> Self {
        let mode = match global.progress {
            ProgressMode::Auto | ProgressMode::Tty => ProgressMode::Plain,
            chosen => chosen,
        };
        Progress {
            mode,
            style: terminal.err,
            quiet: global.quiet,
            verbose: global.verbose > 0,
            clock,
        }
    }

    /// Ends whatever is drawn, so that the answer stands below it.
    pub fn finish(&self) {}

    /// A finished line. That nobody reads standard error is no reason to fail.
    pub fn print_line(&self, line: &str) {
        let mut err = std::io::stderr().lock();
        let _ = err.write_all(line.as_bytes()).and_then(|()| err.write_all(b"\n"));
    }

    fn plain(&self, verb: &str, step: &str, detail: &str) {
        let now = self.clock.now().strftime("%H:%M:%S").to_string();
        self.print_line(&format!(
            "{} {:9} {verb}{}",
            self.style.secondary(now),
            escape(step),
            escape(detail)
        ));
    }
}

impl Events for Progress {
    fn emit(&self, event: Event) {
        if self.mode == ProgressMode::None {
            return;
        }
        if self.mode == ProgressMode::Json {
            if let Ok(line) = serde_json::to_string(&event) {
                self.print_line(&line);
            }
            return;
        }
        if self.quiet && !matches!(event, Event::Warning { .. } | Event::StepFailed { .. }) {
            return;
        }
        match event {
            Event::Begin { title, .. } => self.plain("", &title, ""),
            Event::StepStarted { step, detail } => self.plain("", &step, &detail),
            Event::StepProgress { step, detail } => self.plain("", &step, &detail),
            Event::StepOutput { step, line } if self.verbose => self.plain("| ", &step, &line),
            Event::StepOutput { .. } => {}
            Event::StepDone { step, detail, seconds } => {
                self.plain("done ", &step, &format!("{detail} ({})", duration(seconds)));
            }
            Event::StepSkipped { step, detail } => self.plain("skipped ", &step, &detail),
            Event::StepFailed { step, detail, seconds } => {
                self.plain("FAILED ", &step, &format!("{detail} ({})", duration(seconds)));
            }
            Event::Note { text } => self.print_line(&escape(&text)),
            Event::Warning { text } => {
                self.print_line(&format!("{} {}", self.style.attention("warning:"), escape(&text)));
            }
        }
    }
}
