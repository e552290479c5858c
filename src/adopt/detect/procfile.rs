//! `Procfile`: one `name: command` a line. `web` takes traffic, `release` runs once, the others run beside.

use super::Hint;
use crate::adopt::command;
use crate::adopt::finding::{Evidence, Fact, Finding};
use crate::adopt::tree::Tree;
use crate::model::name;

pub const HINT: Hint = Hint {
    name: "Procfile",
    detect,
};

fn detect(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text("Procfile") else {
        return Vec::new();
    };
    text.lines()
        .enumerate()
        .filter_map(|(at, line)| entry(line, at + 1))
        .collect()
}

fn entry(line: &str, number: usize) -> Option<Finding> {
    let line = line.trim();
    if line.starts_with('#') {
        return None;
    }
    let (process, command) = line.split_once(':')?;
    let (process, command) = (process.trim(), command.trim());
    if command.is_empty()
        || !process
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    {
        return None;
    }
    let command = command::read(command);
    let fact = match process {
        "web" => Fact::Web(command),
        "release" => Fact::Release(command),
        _ => Fact::Process {
            name: name::suggest(process)?,
            command,
        },
    };
    Some(Finding::certain(fact, Evidence::line("Procfile", number)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::spec::CommandLine;

    #[test]
    fn each_line_is_a_process_and_noise_is_not() {
        let tree = Tree::of(
            "app",
            [(
                "Procfile",
                "# web: no\nweb: gunicorn app:app\nrelease: ./migrate\nmail_worker: ./work\n\nnot a line\nempty:\n",
            )],
        );
        let exec = |words: &[&str]| CommandLine::Exec(words.iter().map(|word| (*word).to_owned()).collect());
        let facts: Vec<_> = detect(&tree)
            .into_iter()
            .map(|finding| (finding.fact, finding.evidence[0].to_string()))
            .collect();
        assert_eq!(
            facts,
            [
                (Fact::Web(exec(&["gunicorn", "app:app"])), "Procfile:2".into()),
                (Fact::Release(exec(&["./migrate"])), "Procfile:3".into()),
                (
                    Fact::Process {
                        name: "mail-worker".into(),
                        command: exec(&["./work"])
                    },
                    "Procfile:4".into()
                ),
            ]
        );
    }
}
