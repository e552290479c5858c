//! How help is laid out: the purpose, examples, usage, what can be looked up. `-h` is short; `--help` and `help COMMAND`
//! add the explanation and the global options.

use std::ffi::OsString;

use clap::builder::Resettable;
use clap::builder::styling::{AnsiColor, Style, Styles};
use clap::{Arg, ArgAction, Command};

/// The commands as they are listed, by what they are for. One that is in no group is listed under `More`.
pub const GROUPS: [(&str, &[&str]); 5] = [
    ("Start", &["new", "adopt", "tour", "template"]),
    (
        "Deploy",
        &[
            "plan", "deploy", "rollback", "resume", "status", "history", "why", "logs", "hold", "down",
        ],
    ),
    ("Operate", &["ready", "reliability", "incident", "oncall", "review"]),
    (
        "Platform",
        &["platform", "agent", "plugin", "audit", "config", "schema"],
    ),
    ("This program", &["doctor", "completion", "version"]),
];

/// Examples of the program itself, shown as far as their commands are built.
const EXAMPLES: [(&str, &str); 4] = [
    ("new", "$ deliver new http-python pricing"),
    ("adopt", "$ deliver adopt"),
    ("deploy", "$ deliver deploy"),
    ("tour", "$ deliver tour"),
];

const HEADING: Style = Style::new().bold();
const LITERAL: Style = AnsiColor::Cyan.on_default();

/// The colours of help and of usage errors: the same few that everything else uses.
const STYLES: Styles = Styles::styled()
    .header(HEADING)
    .usage(HEADING)
    .literal(LITERAL)
    .placeholder(LITERAL)
    .error(AnsiColor::Red.on_default())
    .invalid(AnsiColor::Yellow.on_default())
    .valid(AnsiColor::Green.on_default());

/// Ends the short help.
const SEE: &str = "More: --help, which also lists global options such as --json, --yes and -C DIR";

/// Ends the long help of the program itself.
const VARIABLES: &str = "\
Each global option has a variable: --no-input is DELIVER_NO_INPUT.
More about a command: deliver COMMAND --help";

/// Prose wider than this is hard to read.
const MAX_WIDTH: usize = 100;

/// Whether these words ask for the long help.
pub fn wants_all(arguments: &[OsString]) -> bool {
    let mut words = arguments.iter().skip(1).take_while(|word| *word != "--");
    words.any(|word| word == "--help" || word == "help")
}

/// Lays out the help of the whole tree. `all`: the long form.
pub fn lay_out(command: Command, width: usize, all: bool) -> Command {
    let see = if all { VARIABLES } else { SEE };
    let command = command
        .styles(STYLES)
        .disable_help_flag(true)
        .arg(
            Arg::new("help")
                .short('h')
                .long("help")
                .action(ArgAction::HelpShort)
                .global(true)
                .help_heading("Global options")
                .help("Print help; --help prints more than -h"),
        )
        .mut_args(|arg| short(arg, all))
        .mut_subcommands(|inner| branch(inner, width.min(MAX_WIDTH), all));
    let options = if all {
        format!("{}\n{{options}}\n\n", heading("Options"))
    } else {
        String::new()
    };
    let template = format!(
        "{{about-with-newline}}\n{{before-help}}{{usage-heading}} deliver [OPTIONS] [COMMAND]\n\n{}{options}{see}\n",
        listed(&command),
    );
    let examples: Vec<&str> = EXAMPLES
        .iter()
        .filter(|(name, _)| command.find_subcommand(name).is_some())
        .map(|(_, line)| *line)
        .collect();
    let command = match examples.is_empty() {
        true => command,
        false => command.before_help(format!("Examples:\n  {}", examples.join("\n  "))),
    };
    explain(command, all)
        .help_template(template)
        .term_width(width.min(MAX_WIDTH))
}

fn branch(command: Command, width: usize, all: bool) -> Command {
    let command = explain(command, all).term_width(width).mut_args(|arg| short(arg, all));
    let nothing_to_list = !command.has_subcommands() && command.get_arguments().all(Arg::is_hide_set);
    let arguments = if nothing_to_list && !all { "" } else { "\n\n{all-args}" };
    let see = if all { "" } else { SEE };
    let template =
        format!("{{about-with-newline}}\n{{before-help}}{{usage-heading}} {{usage}}{arguments}{{after-help}}\n\n{see}");
    let template = format!("{}\n", template.trim_end());
    command
        .help_template(template)
        .mut_subcommands(|inner| branch(inner, width, all))
}

/// One paragraph an option, and the global ones only in the long form. Clap's own long layout takes three lines an option.
fn short(arg: Arg, all: bool) -> Arg {
    let global = arg.get_help_heading() == Some("Global options");
    let text = arg.get_long_help().or_else(|| arg.get_help()).cloned();
    let arg = arg.long_help(Resettable::Reset).hide(global && !all);
    match text {
        Some(text) => arg.help(text),
        None => arg,
    }
}

/// The explanation, everything after the first paragraph, stands before the examples; the headings get their style.
fn explain(command: Command, all: bool) -> Command {
    let long = command.get_long_about().map(ToString::to_string).unwrap_or_default();
    let explanation = long.split_once("\n\n").map(|(_, rest)| rest.trim()).filter(|_| all);
    let examples = command.get_before_help().map(ToString::to_string);
    let examples = examples.map(|text| text.replacen("Examples:", &heading("Examples"), 1));
    let before: Vec<String> = explanation.map(str::to_owned).into_iter().chain(examples).collect();
    let command = command.long_about(Resettable::Reset);
    if before.is_empty() {
        command
    } else {
        command.before_help(before.join("\n\n"))
    }
}

/// The commands by group, each with its purpose.
fn listed(command: &Command) -> String {
    let visible: Vec<&Command> = command.get_subcommands().filter(|inner| !inner.is_hide_set()).collect();
    let width = visible.iter().map(|inner| inner.get_name().len()).max().unwrap_or(0);
    let entry = |inner: &Command| {
        let about = inner.get_about().map(ToString::to_string).unwrap_or_default();
        format!("  {LITERAL}{:width$}{LITERAL:#}  {about}\n", inner.get_name())
    };
    let mut text = String::new();
    for (title, names) in GROUPS {
        let members: String = names
            .iter()
            .filter_map(|name| visible.iter().find(|inner| inner.get_name() == *name))
            .map(|inner| entry(inner))
            .collect();
        if !members.is_empty() {
            text += &format!("{}\n{members}\n", heading(title));
        }
    }
    let grouped = |inner: &Command| GROUPS.iter().any(|(_, names)| names.contains(&inner.get_name()));
    let rest: String = visible
        .iter()
        .filter(|inner| !grouped(inner))
        .map(|inner| entry(inner))
        .collect();
    if !rest.is_empty() {
        text += &format!("{}\n{rest}\n", heading("More"));
    }
    text
}

fn heading(title: &str) -> String {
    format!("{HEADING}{title}:{HEADING:#}")
}
