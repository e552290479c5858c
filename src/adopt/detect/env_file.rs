//! `.env.example` and its like: the variables an app knows. A development `.env` gives names only, never values.

use std::collections::BTreeSet;

use super::Hint;
use crate::adopt::finding::{Evidence, Fact, Finding};
use crate::adopt::tree::Tree;
use crate::config::lookalike;

pub const HINT: Hint = Hint { name: ".env", detect };

/// Files that are meant to be shared, most usual first.
const EXAMPLES: [&str; 8] = [
    ".env.example",
    ".env.sample",
    ".env.template",
    ".env.dist",
    "env.example",
    ".env.default",
    ".env.defaults",
    "example.env",
];

/// Set by `deliver` or by the machine, for each instance.
const NOT_OURS: [&str; 8] = ["PORT", "HOST", "PATH", "HOME", "PWD", "USER", "SHELL", "NODE_OPTIONS"];

/// Read by container tools where they start the app, not by the app.
const NOT_THE_APPS: [&str; 3] = ["COMPOSE_", "DOCKER_", "BUILDKIT_"];

/// More variables than this are a catalogue, not a configuration.
const MAX_VARIABLES: usize = 100;

fn detect(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut known = BTreeSet::new();
    if let Some(path) = tree.first(&EXAMPLES) {
        for (name, value, line) in entries(tree.text(path).unwrap_or_default()) {
            if known.insert(name.clone()) {
                let fact = match () {
                    () if is_secret(&name, &value) => Fact::Secret(name),
                    () if value.is_empty() || is_placeholder(&value) => Fact::Unset(name),
                    () => Fact::Env { name, value },
                };
                findings.push(Finding::likely(fact, Evidence::line(path, line)));
            }
        }
    }
    for path in [".env", ".env.local"] {
        let Some(text) = tree.text(path) else { continue };
        let mut names = 0;
        for (name, _, line) in entries(text) {
            names += 1;
            if known.insert(name.clone()) {
                // What one machine has set is not what every release needs: a comment, whatever it is.
                findings.push(Finding::likely(Fact::Unset(name), Evidence::line(path, line)));
            }
        }
        if names > 0 {
            let note = format!(
                "`{path}` is this machine's own, and its values are not copied: its {names} names stand in the manifest as comments"
            );
            findings.push(Finding::certain(Fact::Note(note), Evidence::file(path)));
        }
    }
    findings
}

/// `NAME=value` lines with their numbers, as dotenv libraries read them.
fn entries(text: &str) -> Vec<(String, String, usize)> {
    text.lines()
        .enumerate()
        .filter_map(|(at, line)| {
            let line = line.trim();
            let line = line.strip_prefix("export ").unwrap_or(line);
            let (name, value) = line.split_once('=')?;
            let name = name.trim();
            let valid = !name.is_empty()
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
                && !name.starts_with(|c: char| c.is_ascii_digit());
            let ours = !NOT_OURS.contains(&name) && !NOT_THE_APPS.iter().any(|start| name.starts_with(start));
            (valid && ours).then(|| (name.to_owned(), unquoted(value), at + 1))
        })
        .take(MAX_VARIABLES)
        .collect()
}

fn unquoted(value: &str) -> String {
    let value = value.trim();
    for quote in ['"', '\''] {
        if let Some(rest) = value.strip_prefix(quote) {
            return rest.split(quote).next().unwrap_or_default().to_owned();
        }
    }
    // A comment begins at ` #`; a `#` inside a value stays.
    value.split(" #").next().unwrap_or_default().trim().to_owned()
}

/// Whether a variable holds something that must not stand in a file, by its name or by its value.
pub fn is_secret(name: &str, value: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let keeps_one = upper
        .split('_')
        .any(|word| matches!(word, "PASS" | "DSN" | "SALT" | "PEPPER"))
        || upper == "DATABASE_URL";
    keeps_one || lookalike::secret_name(name) || lookalike::shape(value).is_some()
}

/// `changeme`, `<your name>`, `xxx`, `shop.mydomain.com`: written to be replaced.
fn is_placeholder(value: &str) -> bool {
    let lower = value.to_lowercase();
    (lower.starts_with('<') && lower.ends_with('>'))
        || [
            "changeme",
            "change-me",
            "change_me",
            "your-",
            "your_",
            "xxx",
            "replace",
            "todo",
            "...",
        ]
        .iter()
        .any(|start| lower.starts_with(start))
        || ["mydomain.", "yourdomain.", "your-domain.", "domain.tld"]
            .iter()
            .any(|part| lower.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(files: &[(&str, &str)]) -> Vec<Fact> {
        detect(&Tree::of("app", files.iter().copied()))
            .into_iter()
            .map(|finding| finding.fact)
            .collect()
    }

    #[test]
    fn an_example_file_gives_values_and_references() {
        let facts = facts(&[(
            ".env.example",
            "PORT=3000\nLOG_LEVEL=info # or debug\nexport GREETING=\"hello world\"\nSESSION_SECRET=abc\nDATABASE_URL=postgres://u:p@localhost/x\nSITE=<your site>\nEMPTY=\nnot a line\n",
        )]);
        assert_eq!(
            facts,
            [
                Fact::Env {
                    name: "LOG_LEVEL".into(),
                    value: "info".into()
                },
                Fact::Env {
                    name: "GREETING".into(),
                    value: "hello world".into()
                },
                Fact::Secret("SESSION_SECRET".into()),
                Fact::Secret("DATABASE_URL".into()),
                Fact::Unset("SITE".into()),
                Fact::Unset("EMPTY".into()),
            ]
        );
    }

    #[test]
    fn a_development_file_never_gives_a_value() {
        let facts = facts(&[(".env", "API_TOKEN=hunter2\nLOG_LEVEL=debug\n")]);
        assert!(
            !format!("{facts:?}").contains("hunter2") && !format!("{facts:?}").contains("debug"),
            "{facts:?}"
        );
        assert_eq!(
            facts[..2],
            [Fact::Unset("API_TOKEN".into()), Fact::Unset("LOG_LEVEL".into())]
        );
    }

    proptest::proptest! {
        #[test]
        fn hostile_files_never_panic(text in "(?s).{0,300}") {
            facts(&[(".env.example", &text), (".env", &text)]);
        }
    }
}
