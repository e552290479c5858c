//! What the end of a release step means: done, failed as it said itself, never begun, or cut short, where only a person knows
//! what that left behind.

use crate::fault::{Fault, Kind, Result};
use crate::model::Span;
use crate::model::observed::never_ran;

use super::attempt::failed_after;

/// The signals of Linux that end a process by default, real-time ones aside: `man 7 signal`.
const SIGNALS: std::ops::RangeInclusive<u32> = 1..=31;

/// What a status is above, where a shell or a runtime ended because of a signal (POSIX, "Exit Status for Commands").
const SIGNALLED: u32 = 128;

/// For whoever has to decide about a step that was cut short.
const SEE: &str = "see how far it came, then run `deliver deploy` again; no new instance was started";

/// Fails unless a release step that ended with `exit` did its work. `tail` is the last that it printed, where that is known.
pub(super) fn well_ended(command: &str, exit: &str, tail: Option<Vec<String>>) -> Result<()> {
    if exit == "status 0" {
        return Ok(());
    }
    if never_ran(exit) {
        let message = format!("the release step `{command}` never ran ({exit})");
        return Err(Fault::failed("release-step-not-started", message)
            .hint("mend that and run `deliver deploy` again: nothing was started"));
    }
    let (code, message) = (
        "release-step-failed",
        format!("the release step `{command}` ended with {exit}"),
    );
    let fault = match tail {
        Some(tail) => failed_after(code, message, tail),
        None => Fault::failed(code, message),
    };
    Err(match was_cut_short(exit) {
        false => fault.hint("fix it and run `deliver deploy` again; no new instance was started"),
        true => fault.with_kind(Kind::NeedsHuman).hint(SEE),
    })
}

/// Whether it was ended from outside: it may have done half of its work then, and its status says nothing about that, for what
/// hears SIGTERM may end with any.
fn was_cut_short(exit: &str) -> bool {
    match exit.strip_prefix("status ").map(str::parse::<u32>) {
        Some(Ok(status)) => status
            .checked_sub(SIGNALLED)
            .is_some_and(|signal| SIGNALS.contains(&signal)),
        Some(Err(_)) | None => true,
    }
}

/// It was stopped when its time was over.
pub(super) fn late(command: &str, timeout: Span, tail: Vec<String>) -> Fault {
    let message = format!("the release step `{command}` did not end within {timeout} and was stopped");
    failed_after("release-step-timeout", message, tail)
        .with_kind(Kind::NeedsHuman)
        .hint(SEE)
}

/// Why a step is no longer waited for, and was stopped.
pub(super) fn given_up(why: Fault) -> Fault {
    match why.kind() {
        Kind::Failed => why.with_kind(Kind::NeedsHuman).hint(SEE),
        Kind::Interrupted | Kind::Terminated => why.hint(SEE),
        _ => why,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_says_itself_that_it_failed_and_is_a_persons_matter_where_it_was_ended() {
        for (exit, means) in [
            ("status 0", None),
            ("status 1", Some(Kind::Failed)),
            ("status 128", Some(Kind::Failed)),
            ("status 255", Some(Kind::Failed)),
            ("no start: no such image", Some(Kind::Failed)),
            // As a shell says that its program was killed, and the Java virtual machine that it heard SIGTERM.
            ("status 137", Some(Kind::NeedsHuman)),
            ("status 143", Some(Kind::NeedsHuman)),
            ("signal 9 (SIGKILL)", Some(Kind::NeedsHuman)),
            ("an unknown status", Some(Kind::NeedsHuman)),
        ] {
            let fault = well_ended("migrate", exit, None).err();
            assert_eq!(fault.map(|fault| fault.kind()), means, "{exit}");
        }
    }

    #[test]
    fn what_it_printed_last_and_what_to_do_are_told() {
        let fault = late("migrate", Span::from_secs(2), vec!["table 3 of 9".into()]);
        assert_eq!((fault.kind(), fault.code()), (Kind::NeedsHuman, "release-step-timeout"));
        assert_eq!(
            fault.to_string(),
            "the release step `migrate` did not end within 2s and was stopped"
        );
        let silent = late("migrate", Span::from_secs(2), Vec::new());
        assert_eq!(
            silent.to_string(),
            "the release step `migrate` did not end within 2s and was stopped; it printed nothing"
        );
    }
}
