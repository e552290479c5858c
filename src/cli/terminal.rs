//! What the three standard streams are, and who sits there: found out once.

use std::io::IsTerminal;

use super::args::When;
use super::style::{self, Style};
use crate::config::environment::Environment;

/// Narrower windows wrap; wider ones are not filled by prose.
const DEFAULT_WIDTH: usize = 80;

/// The surroundings that decide how the program talks.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    pub stdin: bool,
    pub stdout: bool,
    pub stderr: bool,
    /// Columns.
    pub width: usize,
    /// How text looks on standard output and on standard error.
    pub out: Style,
    pub err: Style,
    /// A CI system or a coding agent runs this: nobody answers questions.
    pub unattended: bool,
    /// The cursor can be moved: a real terminal, and not `TERM=dumb`.
    pub animated: bool,
}

/// Variables by which automation makes itself known; `CI` is the convention, the others are of coding agents.
const AUTOMATION: [&str; 4] = ["CI", "AI_AGENT", "AGENT", "CLAUDECODE"];

impl Terminal {
    /// `DELIVER_FORCE_TTY=COLUMNS` makes both output streams count as terminals, for tests and recordings.
    pub fn detect(environment: &Environment, color: When) -> Self {
        let forced = environment
            .get("DELIVER_FORCE_TTY")
            .and_then(|columns| columns.parse().ok());
        let stdout = forced.is_some() || std::io::stdout().is_terminal();
        let stderr = forced.is_some() || std::io::stderr().is_terminal();
        let asked = environment.get("COLUMNS").and_then(|columns| columns.parse().ok());
        let measured = || {
            console::Term::stderr()
                .size_checked()
                .map(|(_, columns)| usize::from(columns))
        };
        let width = forced
            .or(asked)
            .filter(|columns| *columns > 0)
            .or_else(measured)
            .unwrap_or(DEFAULT_WIDTH);
        let ascii = style::ascii(environment);
        let dumb = environment.get("TERM").is_none_or(|term| term == "dumb");
        let style = |terminal| Style {
            color: colored(environment, color, terminal && !dumb),
            ascii,
        };
        let unattended = AUTOMATION.iter().any(|name| environment.on(name));
        Terminal {
            stdin: std::io::stdin().is_terminal(),
            stdout,
            stderr,
            width,
            out: style(stdout),
            err: style(stderr),
            unattended,
            animated: stderr && !dumb && !unattended,
        }
    }
}

/// `--color` > `NO_COLOR` > `CLICOLOR_FORCE` > `CLICOLOR` > whether a terminal that knows colours is there.
fn colored(environment: &Environment, color: When, terminal: bool) -> bool {
    match color {
        When::Always => true,
        When::Never => false,
        When::Auto if environment.os("NO_COLOR").is_some() => false,
        When::Auto if environment.os("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
        When::Auto if environment.os("CLICOLOR").is_some_and(|value| value == "0") => false,
        When::Auto => terminal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_decided_in_one_order() {
        let decide =
            |pairs: &[(&str, &str)], when, terminal| colored(&Environment::of(pairs.iter().copied()), when, terminal);
        assert!(decide(&[("NO_COLOR", "1")], When::Always, false));
        assert!(!decide(&[("CLICOLOR_FORCE", "1")], When::Never, true));
        assert!(!decide(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], When::Auto, true));
        assert!(decide(&[("NO_COLOR", "")], When::Auto, true));
        assert!(decide(&[("CLICOLOR_FORCE", "1"), ("CLICOLOR", "0")], When::Auto, false));
        assert!(!decide(&[("CLICOLOR_FORCE", "0")], When::Auto, false));
        assert!(!decide(&[("CLICOLOR", "0")], When::Auto, true));
        assert!(decide(&[], When::Auto, true));
        assert!(!decide(&[], When::Auto, false));
    }
}
