//! Ctrl-C and SIGTERM: one handler for the process.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals as Incoming;

use super::progress::Progress;
use crate::adapters::process::Groups;
use crate::event::{Event, Events};
use crate::fault::Kind;
use crate::ports::Interrupt;

/// Shows the cursor again and ends colours; harmless where neither was changed.
pub const RESTORE: &str = "\x1b[?25h\x1b[0m";

/// Whether the program was asked to end, and whether it is in the middle of something that must be left in order.
#[derive(Default)]
pub struct Signals {
    /// The signal that came first; 0 for none.
    received: AtomicU8,
    /// Each careful piece of work in progress.
    careful: Mutex<Vec<Work>>,
    /// Through which it is said; straight to standard error as long as there is none.
    voice: Mutex<Option<Progress>>,
}

/// A piece of work that must be left in order.
#[derive(Clone)]
struct Work {
    /// What will happen after the first Ctrl-C.
    words: String,
    /// The command that goes on where a second one left it.
    next: Option<String>,
}

impl Interrupt for Signals {
    fn requested(&self) -> Option<Kind> {
        match i32::from(self.received.load(Ordering::SeqCst)) {
            0 => None,
            SIGINT => Some(Kind::Interrupted),
            _ => Some(Kind::Terminated),
        }
    }
}

/// While it lives, the first Ctrl-C only asks: see [`Signals::careful`].
pub struct Careful(Arc<Signals>);

impl Drop for Careful {
    fn drop(&mut self) {
        self.0.careful.lock().unwrap_or_else(PoisonError::into_inner).pop();
    }
}

impl Signals {
    /// Starts to listen. `groups` are killed when the program leaves at once.
    pub fn listen(groups: Groups) -> Arc<Self> {
        let signals = Arc::new(Signals::default());
        let Ok(mut incoming) = Incoming::new([SIGINT, SIGTERM, SIGHUP]) else {
            return signals;
        };
        let shared = signals.clone();
        // Without a thread the default actions of the signals would be lost, so a failure to start one is left to
        // show up where the first real thread is needed.
        let _ = std::thread::Builder::new().name("signals".into()).spawn(move || {
            for signal in incoming.forever() {
                shared.take(signal, &groups);
            }
        });
        signals
    }

    /// From now until the guard is dropped, a first Ctrl-C sets the flag that the work asks for between its acts, and
    /// says `words`, such as `stopping after this step; traffic stays where it is`. A second one leaves at once.
    /// Without a guard the first one leaves at once.
    pub fn careful(self: &Arc<Self>, words: impl Into<String>) -> Careful {
        self.work(Work {
            words: words.into(),
            next: None,
        })
    }

    /// As [`careful`](Signals::careful); `next` is the command that goes on where a second Ctrl-C left the work.
    pub fn careful_until(self: &Arc<Self>, words: impl Into<String>, next: String) -> Careful {
        self.work(Work {
            words: words.into(),
            next: Some(next),
        })
    }

    fn work(self: &Arc<Self>, work: Work) -> Careful {
        self.careful.lock().unwrap_or_else(PoisonError::into_inner).push(work);
        Careful(self.clone())
    }

    pub fn speak_through(&self, progress: Progress) {
        *self.voice.lock().unwrap_or_else(PoisonError::into_inner) = Some(progress);
    }

    fn say(&self, line: &str) {
        // The terminal has echoed `^C` into the line that the cursor is in.
        match &*self.voice.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(progress) if progress.is_json() => progress.emit(Event::Note { text: line.to_owned() }),
            Some(progress) => {
                progress.print_line("");
                progress.print_sentence(line);
            }
            None => say(&format!("\n{line}\n")),
        }
    }

    fn take(&self, signal: i32, groups: &Groups) {
        let number = u8::try_from(signal).unwrap_or(u8::MAX);
        let first = self
            .received
            .compare_exchange(0, number, Ordering::SeqCst, Ordering::SeqCst)
            .is_ok();
        let work = self
            .careful
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .last()
            .cloned();
        match work {
            Some(Work { words, .. }) if first => {
                self.say(&format!("{words}; press Ctrl-C again to leave at once"));
            }
            work => {
                groups.kill_all();
                let kind = match signal {
                    SIGINT => Kind::Interrupted,
                    _ => Kind::Terminated,
                };
                leave(kind, work.and_then(|work| work.next));
            }
        }
    }
}

fn say(text: &str) {
    use std::io::Write;
    let _ = std::io::stderr().write_all(text.as_bytes());
}

#[expect(
    clippy::disallowed_methods,
    reason = "the main thread cannot be told to return; the terminal is restored here"
)]
fn leave(kind: Kind, next: Option<String>) -> ! {
    if console::user_attended_stderr() {
        say(RESTORE);
        // What is printed next begins a line of its own.
        say("\n");
        if let Some(next) = next {
            say(&format!("left in the middle; what goes on from here: {next}\n"));
        }
    }
    std::process::exit(kind.exit_code().into())
}
