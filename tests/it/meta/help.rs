//! Every command explains itself, and what it says can be typed.

use std::collections::BTreeSet;

use clap::Command;
use deliver::cli::args;
use deliver::config::settings::Settings;

use crate::support::Sandbox;

/// Commands whose examples change nothing, and are run as they stand.
const HARMLESS: [&str; 9] = [
    "deliver completion",
    "deliver config paths",
    "deliver plugin list",
    "deliver schema manifest",
    "deliver schema output",
    "deliver schema platform",
    "deliver schema plugin",
    "deliver schema rota",
    "deliver version",
];

fn tree() -> Command {
    let mut tree = args::command(&Settings::default());
    tree.build();
    tree
}

/// Every command that is no mere heading for others, with its full name.
fn leaves(command: &Command, name: &str, found: &mut Vec<(String, Command)>) {
    let inner: Vec<&Command> = command
        .get_subcommands()
        .filter(|inner| inner.get_name() != "help" && !inner.is_hide_set())
        .collect();
    if inner.is_empty() || !command.is_subcommand_required_set() && name != "deliver" {
        found.push((name.to_owned(), command.clone()));
    }
    for inner in inner {
        leaves(inner, &format!("{name} {}", inner.get_name()), found);
    }
}

fn all_leaves() -> Vec<(String, Command)> {
    let mut found = Vec::new();
    leaves(&tree(), "deliver", &mut found);
    found
}

fn examples(command: &Command) -> Vec<String> {
    let text = command.get_before_help().map(ToString::to_string).unwrap_or_default();
    let Some((_, examples)) = text.split_once("Examples:\n") else {
        return Vec::new();
    };
    examples
        .lines()
        .filter_map(|line| line.trim().strip_prefix("$ "))
        .map(str::to_owned)
        .collect()
}

/// The words of the first `deliver …` in a line of shell, as far as examples use quotes.
fn words(line: &str) -> Vec<String> {
    let start = line
        .find("deliver")
        .unwrap_or_else(|| panic!("no `deliver` in the example `{line}`"));
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for c in line[start..].chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), c) => word.push(c),
            (None, '\'' | '"') => quote = Some(c),
            (None, '|' | '>' | '<' | '&' | ';' | '#') => break,
            (None, c) if c.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            (None, c) => word.push(c),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[test]
fn every_command_says_in_a_line_what_it_is_for() {
    for (name, command) in all_leaves() {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        assert!(!about.is_empty(), "`{name}` does not say what it is for");
        assert!(!about.ends_with('.'), "`{name}`: its first line ends with a full stop");
        let verb = about.split(' ').next().unwrap_or_default();
        assert!(
            !verb.ends_with('s'),
            "`{name}`: {verb} is no order, as those of others are"
        );
    }
}

/// Lists of commands and examples: broken they cannot be skimmed, nor pasted.
#[test]
fn what_is_listed_fits_a_line_of_eighty_columns() {
    let mut lines = Vec::new();
    let mut commands: Vec<Command> = all_leaves().into_iter().map(|(_, command)| command).collect();
    commands.extend(tree().get_subcommands().cloned());
    for command in commands {
        lines.extend(examples(&command).iter().map(|example| format!("  $ {example}")));
        let inner: Vec<&Command> = command.get_subcommands().collect();
        let width = inner.iter().map(|one| one.get_name().len()).max().unwrap_or(0);
        for one in inner {
            let about = one.get_about().map(ToString::to_string).unwrap_or_default();
            lines.push(format!("  {:width$}  {about}", one.get_name()));
        }
    }
    lines.retain(|line| line.chars().count() > 80);
    assert!(lines.is_empty(), "too long:\n{}", lines.join("\n"));
}

#[test]
fn the_list_of_commands_fits_eighty_columns() {
    let sandbox = Sandbox::new().env("COLUMNS", "80");
    for line in ["deliver -h", "deliver --help"] {
        let text = sandbox.run(line).ok();
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "too long: {line}");
        }
    }
}

#[test]
fn every_command_shows_two_examples_that_parse() {
    let mut wrong = Vec::new();
    for (name, command) in all_leaves() {
        let examples = examples(&command);
        if examples.len() < 2 {
            wrong.push(format!("`{name}` has {} examples", examples.len()));
        }
        for example in examples {
            let words = words(&example);
            if let Err(error) = tree().try_get_matches_from(&words) {
                wrong.push(format!(
                    "`{name}`: `{example}` does not parse: {}",
                    error.to_string().lines().next().unwrap_or("")
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn harmless_examples_run_as_they_stand() {
    let sandbox = Sandbox::new();
    sandbox
        .run(
            "mkdir -p ../home/.local/share/bash-completion/completions ../home/.zfunc ../home/.config/fish/completions",
        )
        .ok();
    for (name, command) in all_leaves()
        .iter()
        .filter(|(name, _)| HARMLESS.contains(&name.as_str()))
    {
        for example in examples(command) {
            let ran = sandbox.run(&example);
            assert_eq!(
                (ran.code, ran.stderr.as_str()),
                (Some(0), ""),
                "`{name}`: {example}: {ran:?}"
            );
        }
    }
}

#[test]
fn short_help_is_short_and_both_ways_to_ask_for_long_help_agree() {
    let sandbox = Sandbox::new();
    for (name, _) in all_leaves() {
        let short = sandbox.run(&format!("{name} -h")).ok();
        assert!(
            short.lines().count() <= 50,
            "`{name} -h` has {} lines",
            short.lines().count()
        );
        let long = sandbox.run(&format!("{name} --help")).ok();
        let asked = sandbox.run(&name.replacen("deliver", "deliver help", 1)).ok();
        assert_eq!(long, asked, "{name}");
        assert!(long.contains("--json"), "{name}");
    }
}

#[test]
fn a_command_is_grouped_at_most_once() {
    let mut seen = BTreeSet::new();
    for (_, names) in deliver::cli::help::GROUPS {
        for name in names {
            assert!(seen.insert(name), "`{name}` is in two groups");
        }
    }
}

#[test]
fn every_global_flag_has_the_variable_of_its_name() {
    for arg in tree()
        .get_arguments()
        .filter(|arg| arg.is_global_set() && arg.get_id() != "help")
    {
        let long = arg.get_long().expect("a global flag has a long name");
        let expected = format!("DELIVER_{}", long.replace('-', "_").to_uppercase());
        assert_eq!(arg.get_env().and_then(|name| name.to_str()), Some(expected.as_str()));
    }
}
