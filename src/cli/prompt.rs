//! Questions. Each has a flag that answers it; where nobody can answer, the failure names that flag.

use std::io;

use console::Term;
use dialoguer::theme::ColorfulTheme;
use dialoguer::{Confirm, Input, Select};

use super::style::{Style, escape};
use super::ui::Ui;
use crate::fault::{Fault, Kind, Result};

impl Ui {
    /// Whether a person is there to answer.
    pub fn interactive(&self) -> bool {
        let terminal = &self.terminal;
        terminal.stdin && terminal.stderr && terminal.animated && !self.no_input && !self.json
    }

    /// Asks for a line of text until `check` accepts it. `--yes` takes `default`.
    pub fn ask_text(
        &self,
        question: &str,
        flag: &str,
        default: Option<&str>,
        check: impl Fn(&str) -> Result<(), String>,
    ) -> Result<String> {
        if self.yes
            && let Some(default) = default
        {
            check(default).map_err(|problem| Fault::usage("no-answer", problem).hint(format!("pass {flag}")))?;
            return Ok(default.to_owned());
        }
        self.someone_answers(question, flag)?;
        let theme = theme(self.style());
        let mut input = Input::<String>::with_theme(&theme)
            .with_prompt(escape(question))
            .validate_with(|text: &String| check(text.trim()));
        if let Some(default) = default {
            input = input.default(default.to_owned());
        }
        input
            .interact_text()
            .map(|text| text.trim().to_owned())
            .map_err(|error| unanswered(error, question))
    }

    /// Asks to choose one of `items` (a name and a few words about it) and returns its position. `--yes` takes `default`.
    pub fn ask_choice(
        &self,
        question: &str,
        flag: &str,
        items: &[(String, String)],
        default: Option<usize>,
    ) -> Result<usize> {
        if self.yes
            && let Some(default) = default
        {
            return Ok(default);
        }
        self.someone_answers(question, flag)?;
        let width = items
            .iter()
            .map(|(name, _)| super::page::measure(name))
            .max()
            .unwrap_or(0);
        let lines: Vec<String> = items
            .iter()
            .map(|(name, about)| format!("{:width$}  {}", escape(name), escape(about)))
            .collect();
        Select::with_theme(&theme(self.style()))
            .with_prompt(escape(question))
            .items(lines)
            .default(default.unwrap_or(0))
            .interact()
            .map_err(|error| unanswered(error, question))
    }

    /// Asks yes or no. `--yes` is yes, whatever `default` says.
    pub fn confirm(&self, question: &str, flag: &str, default: bool) -> Result<bool> {
        if self.yes {
            return Ok(true);
        }
        self.someone_answers(question, flag)?;
        Confirm::with_theme(&theme(self.style()))
            .with_prompt(escape(question))
            .default(default)
            .interact()
            .map_err(|error| unanswered(error, question))
    }

    /// Before something severe `name` must be typed, or given as `--confirm NAME` (`given`). `--yes` is not enough.
    pub fn confirm_severe(&self, what: &str, name: &str, given: Option<&str>) -> Result<()> {
        let refused = |message: String| {
            Err(Fault::usage("not-confirmed", message)
                .still("nothing was changed")
                .hint(format!("add --confirm {name}")))
        };
        match given {
            Some(given) if given == name => return Ok(()),
            Some(given) => return refused(format!("{what} was confirmed with `{given}`, not `{name}`")),
            None if !self.interactive() => return refused(format!("{what} must be confirmed by name")),
            None => {}
        }
        self.settle();
        self.warn(what);
        let typed = Input::<String>::with_theme(&theme(self.style()))
            .with_prompt(format!("Type `{}` to go on", escape(name)))
            .allow_empty(true)
            .interact_text()
            .map_err(|error| unanswered(error, what))?;
        if typed.trim() == name {
            Ok(())
        } else {
            refused(format!("{what} was not confirmed"))
        }
    }

    fn someone_answers(&self, question: &str, flag: &str) -> Result<()> {
        if self.interactive() {
            self.settle();
            return Ok(());
        }
        let question = question.trim_end_matches('?');
        Err(Fault::usage("no-answer", format!("nobody can be asked: {question}")).hint(format!("pass {flag}")))
    }
}

/// The library's layout with our symbols and meanings.
fn theme(style: Style) -> ColorfulTheme {
    let symbol = |symbol: &'static str, ascii: &'static str| {
        console::style(if style.ascii { ascii } else { symbol }.to_owned()).for_stderr()
    };
    ColorfulTheme {
        prompt_prefix: symbol("?", "?").yellow(),
        prompt_suffix: symbol("›", ">").dim(),
        success_prefix: symbol("✔", "ok").green(),
        success_suffix: symbol("·", "-").dim(),
        error_prefix: symbol("✘", "FAIL").red(),
        active_item_prefix: symbol("❯", ">").green(),
        inactive_item_prefix: symbol(" ", " "),
        hint_style: console::Style::new().for_stderr().dim(),
        values_style: console::Style::new().for_stderr().cyan(),
        ..ColorfulTheme::default()
    }
}

/// Ctrl-C while asking is an interruption like any other.
fn unanswered(error: dialoguer::Error, question: &str) -> Fault {
    let dialoguer::Error::IO(error) = error;
    if error.kind() == io::ErrorKind::Interrupted {
        // The library leaves the cursor hidden, and behind the question.
        let _ = Term::stderr().show_cursor();
        let _ = Term::stderr().write_line("");
        return Fault::new(Kind::Interrupted, "interrupted", "interrupted while asking").still("nothing was changed");
    }
    Fault::failed("no-answer", format!("cannot ask: {question}")).because(error)
}
