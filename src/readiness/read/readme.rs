//! `README.md`: whether it answers how to run, test and deploy, and whether the commands it gives exist.

use std::collections::BTreeSet;

use serde_json::Value;

use super::command::{self, Call};
use super::markdown::{self, Section};
use crate::readiness::tree::Tree;

/// Names of the file, in the order they are looked for.
pub const NAMES: [&str; 5] = ["README.md", "readme.md", "Readme.md", "README.markdown", "README"];

/// What a page answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readme {
    pub path: String,
    pub run: Option<Answer>,
    pub test: Option<Answer>,
    pub deploy: Option<Answer>,
    /// Commands of the page that cannot be run as they stand.
    pub broken: Vec<Broken>,
    /// Commands that were looked at.
    pub commands: usize,
}

/// A section that answers a question, and whether it has a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub title: String,
    pub line: usize,
    pub commands: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    pub line: usize,
    pub command: String,
    pub why: String,
}

/// Words of headings that answer each question.
const RUN: [&str; 12] = [
    "run",
    "running",
    "start",
    "starting",
    "started",
    "quickstart",
    "usage",
    "use",
    "develop",
    "development",
    "locally",
    "local",
];
const TEST: [&str; 4] = ["test", "tests", "testing", "check"];
const DEPLOY: [&str; 7] = [
    "deploy",
    "deploying",
    "deployment",
    "deployments",
    "release",
    "releasing",
    "ship",
];

/// What commands are compared with.
pub struct World<'a> {
    pub tree: &'a Tree,
    /// What builds leave: paths that need not be there.
    pub built: &'a [String],
    /// Commands of `deliver` itself.
    pub own: &'a [String],
}

/// Reads a page and tries its commands against what is there.
pub fn read(path: &str, text: &str, world: &World<'_>) -> Readme {
    let page = markdown::read(text);
    let mut readme = Readme {
        path: path.to_owned(),
        ..Readme::default()
    };
    for (index, section) in page.sections.iter().enumerate() {
        let words: BTreeSet<String> = section
            .title
            .split(|c: char| !c.is_alphanumeric())
            .map(str::to_lowercase)
            .collect();
        let says = |known: &[&str]| known.iter().any(|word| words.contains(*word));
        let answer = || Answer {
            title: section.title.clone(),
            line: section.line,
            commands: page.with_inner(index).iter().map(|it| shell(it).len()).sum(),
        };
        for (place, known) in [
            (&mut readme.run, &RUN[..]),
            (&mut readme.test, &TEST[..]),
            (&mut readme.deploy, &DEPLOY[..]),
        ] {
            let empty = place.as_ref().is_none_or(|found| found.commands == 0);
            if section.depth > 0 && says(known) && empty {
                *place = Some(answer());
            }
        }
        for call in shell(section) {
            readme.commands += 1;
            if let Err(why) = exists(&call.words, world) {
                readme.broken.push(Broken {
                    line: call.line,
                    command: call.words.join(" "),
                    why,
                });
            }
        }
    }
    readme
}

/// The calls in the fenced blocks of a section, each with its line in the page.
fn shell(section: &Section) -> Vec<Call> {
    let mut found = Vec::new();
    for block in section.blocks.iter().filter(|block| block.is_shell()) {
        let lines: Vec<&str> = block.code.lines().collect();
        // Where some lines have a prompt, the others are what was printed.
        let prompted = lines.iter().any(|line| line.trim_start().starts_with("$ "));
        let script: Vec<&str> = lines
            .iter()
            .map(|line| match (line.trim_start().strip_prefix("$ "), prompted) {
                (Some(rest), _) => rest,
                (None, true) => "",
                (None, false) => line,
            })
            .collect();
        let calls = command::calls(&script.join("\n"));
        found.extend(calls.into_iter().map(|call| Call {
            line: block.line + call.line - 1,
            ..call
        }));
    }
    found
}

/// Whether a command can be run: what it names of this folder is there. What it names of the machine is not looked at.
fn exists(words: &[String], world: &World<'_>) -> Result<(), String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Some((program, rest)) = words.split_first() else {
        return Ok(());
    };
    let first = rest.iter().copied().find(|word| !word.starts_with(['-', '+']));
    let file = |name: &str| match world.is_there(name) {
        true => Ok(()),
        false => Err(format!("`{name}` is not in this folder")),
    };
    match *program {
        "npm" | "pnpm" | "yarn" => npm_script(program, rest, world),
        "make" | "gmake" => target(first, &["Makefile", "makefile", "GNUmakefile"], world),
        "just" => target(first, &["justfile", "Justfile", ".justfile"], world),
        "cargo" => match rest.iter().any(|word| word.starts_with("--manifest-path")) || first == Some("install") {
            true => Ok(()),
            false => world.one_of(&["Cargo.toml"], "cargo"),
        },
        "go" if matches!(first, Some("run" | "test" | "build")) => world.one_of(&["go.mod"], "go"),
        "bundle" => world.one_of(&["Gemfile"], "bundle"),
        "deliver" => match first {
            Some(word) if !world.own.iter().any(|known| known == word) => {
                Err(format!("`deliver` has no command `{word}`"))
            }
            _ => Ok(()),
        },
        "node" | "ruby" | "sh" | "bash" | "php" | "deno" => match first {
            Some(name) if looks_like_file(name) && !rest.iter().any(|word| matches!(*word, "-e" | "-c" | "--eval")) => {
                file(name)
            }
            _ => Ok(()),
        },
        "docker" | "podman" => match first {
            Some("compose") => world.one_of(
                &[
                    "compose.yaml",
                    "compose.yml",
                    "docker-compose.yml",
                    "docker-compose.yaml",
                ],
                "compose",
            ),
            Some("build") if !rest.iter().any(|word| matches!(*word, "-f" | "--file")) && rest.last() == Some(&".") => {
                world.one_of(&["Dockerfile", "Containerfile"], "build")
            }
            _ => Ok(()),
        },
        name if command::is_python(name) => match first {
            Some(file_name) if !rest.iter().any(|word| matches!(*word, "-m" | "-c")) && looks_like_file(file_name) => {
                file(file_name)
            }
            _ => Ok(()),
        },
        name if name.starts_with("./") => file(name),
        _ => Ok(()),
    }
}

fn looks_like_file(name: &str) -> bool {
    !name.contains(['$', '*', '<', '>', ':']) && (name.contains('.') || name.contains('/'))
}

impl World<'_> {
    /// A file or folder of the tree, or something that a build leaves.
    fn is_there(&self, name: &str) -> bool {
        let name = name.trim_start_matches("./").trim_end_matches('/');
        let built = |made: &String| {
            let made = made.trim_start_matches("./").trim_end_matches('/');
            name == made || name.strip_prefix(made).is_some_and(|rest| rest.starts_with('/'))
        };
        // What compilers leave, in the folders that they are known to use.
        let left = ["target/", "build/", "dist/", "bin/", ".venv/", "venv/", "node_modules/"];
        name.is_empty()
            || name.starts_with("../")
            || self.tree.has(name)
            || self.tree.has_folder(name)
            || self.built.iter().any(built)
            || left.iter().any(|folder| name.starts_with(folder))
    }

    fn one_of(&self, names: &[&str], program: &str) -> Result<(), String> {
        let here = names
            .iter()
            .any(|name| self.tree.has(name) || self.tree.above(name).is_some());
        match here {
            true => Ok(()),
            false => Err(format!("`{program}` needs {}, which is not here", names[0])),
        }
    }
}

/// A script of `package.json`, or one of the commands that need none.
fn npm_script(program: &str, rest: &[&str], world: &World<'_>) -> Result<(), String> {
    let mut words = rest.iter().copied().filter(|word| !word.starts_with('-'));
    let (name, run) = match words.next() {
        Some("run" | "run-script") => (words.next(), true),
        Some("t" | "tst") => (Some("test"), false),
        other => (other, false),
    };
    let Some(name) = name else {
        return Ok(());
    };
    let needs_script = run || matches!(name, "test" | "start" | "stop" | "restart");
    if !needs_script && program != "yarn" {
        return Ok(());
    }
    let Some(text) = world.tree.text("package.json").ok() else {
        return world.one_of(&["package.json"], program);
    };
    let package: Value = serde_json::from_str(&text).unwrap_or_default();
    let known = package["scripts"].get(name).is_some();
    let default_start = name == "start" && world.tree.has("server.js");
    match known || default_start || (!needs_script && program == "yarn") {
        true => Ok(()),
        false => Err(format!("package.json has no script `{name}`")),
    }
}

/// A target of a Makefile or a recipe of a justfile.
fn target(name: Option<&str>, files: &[&str], world: &World<'_>) -> Result<(), String> {
    let Some(file) = files.iter().find(|file| world.tree.has(file)) else {
        return Err(format!("there is no {}", files[0]));
    };
    let (Some(name), Some(text)) = (name.filter(|name| !name.contains('=')), world.tree.text(file).ok()) else {
        return Ok(());
    };
    // Targets that patterns or included files make cannot be told from here.
    if text
        .lines()
        .any(|line| line.starts_with("include") || line.starts_with("-include") || line.starts_with('%'))
    {
        return Ok(());
    }
    let known = text.lines().any(|line| {
        let head = line.split(':').next().unwrap_or_default().trim_start_matches('@');
        line.contains(':') && !line.starts_with(char::is_whitespace) && head.split_whitespace().any(|word| word == name)
    });
    match known {
        true => Ok(()),
        false => Err(format!("{file} has no target `{name}`")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_in(text: &str, files: &[(&str, &str)]) -> Readme {
        let tree = Tree::of(files.iter().copied());
        let own = ["deploy".to_owned()];
        let built = ["out".to_owned()];
        read(
            "README.md",
            text,
            &World {
                tree: &tree,
                built: &built,
                own: &own,
            },
        )
    }

    #[test]
    fn questions_are_answered_by_headings_and_commands() {
        let readme = read_in(
            "# x\n## Getting started\n```sh\nnpm start\n```\n## Tests\nsee the wiki\n### Unit tests\n```\n$ npm run unit\nok\n```\n## Deployment\n```sh\ndeliver deploy\n```\n",
            &[("package.json", r#"{"scripts": {"start": "node .", "unit": "x"}}"#)],
        );
        let answer = |title: &str, line| {
            Some(Answer {
                title: title.into(),
                line,
                commands: 1,
            })
        };
        assert_eq!(readme.run, answer("Getting started", 2));
        assert_eq!(readme.test, answer("Tests", 6));
        assert_eq!(readme.deploy, answer("Deployment", 13));
        assert_eq!((readme.commands, readme.broken), (3, vec![]));
    }

    #[test]
    fn commands_that_name_what_is_not_there_are_found() {
        let text = "## Run\n```sh\nnpm run gone\nmake nothing\npython3 app.py\n./start.sh\ndeliver fly\ncargo run\n\
                    ./out/x\nnode -e 'a.b'\ncurl localhost\nmake there && cd x\n```\n";
        let readme = read_in(text, &[("package.json", "{}"), ("Makefile", "there:\n\techo\n")]);
        let broken: Vec<(usize, &str)> = readme.broken.iter().map(|it| (it.line, it.why.as_str())).collect();
        assert_eq!(
            broken,
            [
                (3, "package.json has no script `gone`"),
                (4, "Makefile has no target `nothing`"),
                (5, "`app.py` is not in this folder"),
                (6, "`./start.sh` is not in this folder"),
                (7, "`deliver` has no command `fly`"),
                (8, "`cargo` needs Cargo.toml, which is not here"),
            ]
        );
    }

    proptest! {
        #[test]
        fn no_page_makes_it_panic(text in "(## Run\\n|```sh\\n|```\\n|npm run |make |\\$ |[a-z./'\"\\\\| &;é\\n]){0,60}") {
            read_in(&text, &[("package.json", "[]"), ("Makefile", "a b: c\n")]);
        }
    }
}
