//! What the end of a release step means: done, failed as it said itself, or cut short, where only a person knows what that
//! left behind.

use crate::fault::{Fault, Kind, Result};
use crate::model::Span;
use crate::model::spec::CommandLine;

use super::attempt::failed_after;

/// The signals of Linux that end a process by default, real-time ones aside: `man 7 signal`.
const SIGNALS: std::ops::RangeInclusive<u32> = 1..=31;

/// What a status is above, where a shell or a runtime ended because of a signal (POSIX, "Exit Status for Commands").
const SIGNALLED: u32 = 128;

/// For whoever has to decide about a step that was cut short.
const SEE: &str = "see how far it came, then run `deliver deploy` again; no new instance was started";

/// How a release step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// By itself, with this exit.
    Exit(String),
    /// It was stopped when this time was over.
    Late(Span),
}

impl End {
    pub(super) fn of(exit: Option<String>, timeout: Span) -> End {
        exit.map_or(End::Late(timeout), End::Exit)
    }

    /// Whether it was ended from outside: it may have done half of its work then, and its status says nothing about that,
    /// for what hears SIGTERM may end with any.
    pub(super) fn cut_short(&self) -> bool {
        match self {
            End::Late(_) => true,
            End::Exit(exit) => match exit.strip_prefix("status ").map(str::parse::<u32>) {
                Some(Ok(status)) => status
                    .checked_sub(SIGNALLED)
                    .is_some_and(|signal| SIGNALS.contains(&signal)),
                Some(Err(_)) | None => true,
            },
        }
    }

    /// The exit of a step that is done; otherwise why it is not. `tail` is the last that it printed.
    pub(super) fn judged(&self, command: Option<&CommandLine>, tail: Vec<String>) -> Result<&str> {
        let step = match command {
            Some(command) => format!("the release step `{command}`"),
            None => "the release step".to_owned(),
        };
        let fault = match self {
            End::Exit(exit) if exit == "status 0" => return Ok(exit),
            End::Exit(exit) => failed_after("release-step-failed", format!("{step} ended with {exit}"), tail),
            End::Late(timeout) => {
                let message = format!("{step} did not end within {timeout} and was stopped");
                failed_after("release-step-timeout", message, tail)
            }
        };
        Err(self.told(fault))
    }

    fn told(&self, fault: Fault) -> Fault {
        match self.cut_short() {
            false => fault.hint("fix it and run `deliver deploy` again; no new instance was started"),
            true => fault.with_kind(Kind::NeedsHuman).hint(SEE),
        }
    }

    /// Why a step is no longer waited for, and was stopped.
    pub(super) fn given_up(why: Fault) -> Fault {
        match why.kind() {
            Kind::Failed => why.with_kind(Kind::NeedsHuman).hint(SEE),
            Kind::Interrupted | Kind::Terminated => why.hint(SEE),
            _ => why,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(end: &End) -> Option<Kind> {
        let command = CommandLine::Shell("migrate".into());
        end.judged(Some(&command), Vec::new()).err().map(|fault| fault.kind())
    }

    #[test]
    fn a_step_says_itself_that_it_failed_and_is_a_persons_matter_where_it_was_ended() {
        for (exit, means) in [
            ("status 0", None),
            ("status 1", Some(Kind::Failed)),
            ("status 128", Some(Kind::Failed)),
            ("status 255", Some(Kind::Failed)),
            // As a shell says that its program was killed, and the Java virtual machine that it heard SIGTERM.
            ("status 137", Some(Kind::NeedsHuman)),
            ("status 143", Some(Kind::NeedsHuman)),
            ("signal 9 (SIGKILL)", Some(Kind::NeedsHuman)),
            ("an unknown status", Some(Kind::NeedsHuman)),
        ] {
            assert_eq!(kind(&End::Exit(exit.into())), means, "{exit}");
        }
        assert_eq!(kind(&End::of(None, Span::from_secs(2))), Some(Kind::NeedsHuman));
    }

    #[test]
    fn what_it_printed_last_and_what_to_do_are_told() {
        let command = CommandLine::Shell("migrate".into());
        let late = End::of(None, Span::from_secs(2));
        let fault = late.judged(Some(&command), vec!["table 3 of 9".into()]).unwrap_err();
        assert_eq!(fault.code(), "release-step-timeout");
        assert_eq!(
            fault.to_string(),
            "the release step `migrate` did not end within 2s and was stopped"
        );
        let silent = late.judged(None, Vec::new()).unwrap_err();
        assert_eq!(
            silent.to_string(),
            "the release step did not end within 2s and was stopped; it printed nothing"
        );
    }
}
