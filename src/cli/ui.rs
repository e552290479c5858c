//! The two voices: standard output is the answer, standard error is the story.

use std::io::{self, ErrorKind, Write};
use std::sync::Arc;

use super::args::Global;
use super::errors;
use super::page::{Look, Page, wrapped};
use super::progress::Progress;
use super::report::{self, Report};
use super::signals::Signals;
use super::style::{self, Style};
use super::terminal::Terminal;
use crate::event::{Event, Events};
use crate::fault::{Fault, Kind, Result};
use crate::world::World;

/// Talks to whoever started the program. All methods may be called while progress is shown.
pub struct Ui {
    pub(super) terminal: Terminal,
    pub(super) json: bool,
    pub(super) quiet: bool,
    pub(super) verbose: u8,
    /// `--yes`.
    pub(super) yes: bool,
    /// `--no-input`.
    pub(super) no_input: bool,
    /// Problems in files are also written as GitHub's workflow commands.
    github: bool,
    progress: Progress,
    now: jiff::Timestamp,
}

impl Ui {
    pub fn new(terminal: Terminal, global: &Global, world: &World, signals: &Signals) -> Self {
        let clock = world.shared_clock();
        let progress = Progress::new(terminal, global, clock.clone());
        signals.speak_through(progress.clone());
        let (voice, quiet) = (progress.clone(), global.quiet);
        world.when_waiting(Arc::new(move |text| match voice.is_json() {
            true => voice.emit(Event::Note { text: text.to_owned() }),
            false if quiet => {}
            // It quotes what a server or a system said.
            false => voice.print_sentence(&style::escape(text)),
        }));
        world.tell(std::sync::Arc::new(progress.clone()));
        Ui {
            terminal,
            json: global.json,
            quiet: global.quiet,
            verbose: global.verbose,
            yes: global.yes,
            no_input: global.no_input,
            now: clock.now(),
            github: world.environment().on("GITHUB_ACTIONS"),
            progress,
        }
    }

    /// Prints the answer: a page of text, or the JSON document with `--json`.
    pub fn answer<R: Report>(&self, report: &R) -> Result<()> {
        self.progress.finish(false);
        if self.json {
            let text = report::document(report)
                .map_err(|error| Fault::bug(format!("cannot write the {} document", R::SCHEMA)).because(error))?;
            return self.print(&text);
        }
        let mut page = Page::new(self.look());
        report.render(&mut page);
        let hidden = page.hidden_columns();
        self.print(&page.into_text())?;
        if hidden > 0 {
            let columns = if hidden == 1 {
                "1 column is".to_owned()
            } else {
                format!("{hidden} columns are")
            };
            self.note(format!("{columns} hidden; a wider window, a pipe or --json shows all"));
        }
        Ok(())
    }

    /// Standard output's look, for commands that write as they go, such as `logs -f`.
    pub fn look(&self) -> Look {
        Look {
            terminal: self.terminal.stdout,
            width: self.terminal.width,
            style: self.terminal.out,
            now: self.now,
        }
    }

    /// Writes text to standard output as it is. Returns quietly when nobody reads any more; [`Ui::closed`] tells.
    pub fn print(&self, text: &str) -> Result<()> {
        self.print_bytes(text.as_bytes())
    }

    /// The same for bytes of any kind.
    pub fn print_bytes(&self, bytes: &[u8]) -> Result<()> {
        let mut out = io::stdout().lock();
        match out.write_all(bytes).and_then(|()| out.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                Err(Fault::new(Kind::Failed, "output", "cannot write to standard output").because(error))
            }
            _ => Ok(()),
        }
    }

    /// Whether whoever read standard output has gone away, so that following further lines is pointless.
    pub fn closed(&self) -> bool {
        stdout_is_gone()
    }

    pub fn json(&self) -> bool {
        self.json
    }

    /// Columns of the window; at least 20, however narrow it claims to be.
    pub fn width(&self) -> usize {
        self.terminal.width.max(20)
    }

    /// `-v` was given: show what is otherwise left out.
    pub fn verbose(&self) -> bool {
        self.verbose > 0
    }

    /// Style of the story, for words inside [`Ui::note`] and the like.
    pub fn style(&self) -> Style {
        self.terminal.err
    }

    /// A sentence of the story.
    pub fn note(&self, text: impl AsRef<str>) {
        if !self.quiet {
            self.tell("", text.as_ref(), |text| Event::Note { text });
        }
    }

    /// What to do next: a command that can be pasted, with a word of why where needed.
    pub fn hint(&self, text: impl AsRef<str>) {
        if self.quiet {
            return;
        }
        let hint = format!("{} {}", self.style().copyable("hint:"), text.as_ref());
        // Not broken into lines: it is there to be pasted.
        match self.progress.is_json() {
            true => self.tell("", &hint, |text| Event::Note { text }),
            false => self.say(&hint),
        }
    }

    /// Something a person should know although the work goes on.
    pub fn warn(&self, text: impl AsRef<str>) {
        let head = format!("{} ", self.style().attention("warning:"));
        self.tell(&head, text.as_ref(), |text| Event::Warning { text });
    }

    /// What somebody typed and could not be stored: printed whatever was asked for, and not broken into lines, since it is
    /// there to be copied.
    pub fn keep(&self, text: &str) {
        match self.progress.is_json() {
            true => self.progress.emit(Event::Warning { text: text.to_owned() }),
            false => {
                self.settle();
                self.say(text);
            }
        }
    }

    /// Takes what happens while something runs and shows it.
    pub fn events(&self) -> &dyn Events {
        &self.progress
    }

    /// Shows a failure. With `--json` or `--progress json` its object is the last line of standard error.
    pub(super) fn fail(&self, fault: &Fault) {
        self.progress.finish(!fault.evidence().is_empty());
        if !self.progress.is_json() {
            if self.github {
                errors::annotations(fault).iter().for_each(|line| self.say(line));
            }
            let width = if self.terminal.stderr {
                self.terminal.width
            } else {
                usize::MAX
            };
            self.say(&errors::text(fault, self.style(), width));
        }
        if self.json || self.progress.is_json() {
            self.progress.print_line(&errors::json(fault));
        }
    }

    /// Ends whatever moves, before something else takes the screen.
    pub(super) fn settle(&self) {
        self.progress.finish(false);
    }

    /// Text for standard error, laid out already.
    pub(super) fn say(&self, text: &str) {
        for line in text.lines() {
            self.progress.print_line(&self.style().line(line));
        }
    }

    /// Prose after `head`, broken to the window; an event where the story is JSON.
    fn tell(&self, head: &str, text: &str, event: impl Fn(String) -> Event) {
        if self.progress.is_json() {
            let plain = style::escape_styled(text, false).into_owned();
            return self.progress.emit(event(plain));
        }
        for line in text.lines() {
            self.say(&wrapped(head, line, self.window()));
        }
    }

    /// Columns that prose on standard error may take.
    fn window(&self) -> usize {
        if self.terminal.stderr {
            self.terminal.width
        } else {
            usize::MAX
        }
    }
}

/// The same as [`Ui::fail`] where there is no [`Ui`] yet.
pub(super) fn fail_early(fault: &Fault, style: Style, json: bool) {
    let text = style.line_by_line(&errors::text(fault, style, usize::MAX));
    // That nobody reads standard error is no reason to fail in another way.
    let _ = io::stderr().write_all(text.as_bytes());
    if json {
        print_error_object(fault);
    }
}

/// The last line of standard error under `--json`.
pub(super) fn print_error_object(fault: &Fault) {
    let _ = io::stderr().write_all((errors::json(fault) + "\n").as_bytes());
}

/// A poll on standard output: an error or hang-up there means that the reader has gone.
fn stdout_is_gone() -> bool {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    let out = io::stdout();
    let mut fds = [PollFd::new(std::os::fd::AsFd::as_fd(&out), PollFlags::empty())];
    poll(&mut fds, PollTimeout::ZERO).is_ok()
        && fds[0]
            .revents()
            .is_some_and(|events| events.intersects(PollFlags::POLLERR | PollFlags::POLLNVAL))
}
