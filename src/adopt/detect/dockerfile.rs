//! `Dockerfile`: how the image would start, the port it exposes, the folders it keeps.

use super::Hint;
use crate::adopt::command;
use crate::adopt::finding::{Evidence, Fact, Finding};
use crate::adopt::tree::Tree;
use crate::model::spec::CommandLine;

pub const HINT: Hint = Hint {
    name: "Dockerfile",
    detect,
};

const NAMES: [&str; 4] = ["Dockerfile", "Containerfile", "docker/Dockerfile", "Dockerfile.prod"];

/// The last stage of a Dockerfile, as far as it matters here.
#[derive(Debug, Default, PartialEq)]
struct Stage {
    exposes: Option<(u16, usize)>,
    port_variable: Option<(u16, usize)>,
    volumes: Vec<String>,
    entrypoint: Option<(Vec<String>, usize)>,
    cmd: Option<(CommandLine, usize)>,
    health: Option<(String, usize)>,
}

fn detect(tree: &Tree) -> Vec<Finding> {
    let Some(path) = tree.first(&NAMES) else {
        return Vec::new();
    };
    let stage = read(tree.text(path).unwrap_or_default());
    let at = |line: usize| Evidence::line(path, line);
    let port = stage.exposes.or(stage.port_variable);
    let image = Fact::Image {
        file: path.into(),
        exposes: port.map(|(port, _)| port),
        volumes: stage.volumes,
    };
    let mut findings = vec![Finding::certain(
        image,
        port.map_or_else(|| Evidence::file(path), |(_, line)| at(line)),
    )];
    if let Some((path, line)) = stage.health {
        findings.push(Finding::likely(Fact::Health(path), at(line)));
    }
    let start = match (stage.entrypoint, stage.cmd) {
        // An entrypoint script prepares a container; outside of one only the command is meant.
        (Some((entry, line)), Some((CommandLine::Exec(words), _)))
            if words.first().is_some_and(|word| word.starts_with('-')) || !prepares(&entry) =>
        {
            Some((CommandLine::Exec([entry, words].concat()), line))
        }
        (_, Some(cmd)) => Some(cmd),
        (Some((entry, line)), None) => Some((CommandLine::Exec(entry), line)),
        (None, None) => None,
    };
    if let Some((command, line)) = start {
        findings.push(Finding::likely(Fact::Web(command), at(line)));
    }
    findings
}

/// Whether an entrypoint is there to start the command, and not the app itself.
fn prepares(entry: &[String]) -> bool {
    let program = entry
        .first()
        .map_or("", |word| word.rsplit('/').next().unwrap_or_default());
    let starter = matches!(
        program,
        "tini" | "dumb-init" | "gosu" | "su-exec" | "env" | "sh" | "bash" | "s6-svscan"
    );
    starter
        || entry
            .iter()
            .any(|word| [".sh", "entrypoint", "entry"].iter().any(|end| word.ends_with(end)) || word == "--")
}

fn read(text: &str) -> Stage {
    let mut stage = Stage::default();
    let mut lines = text.lines().enumerate().peekable();
    while let Some((at, line)) = lines.next() {
        let mut instruction = line.trim().to_owned();
        while instruction.ends_with('\\') {
            instruction.pop();
            let Some((_, next)) = lines.next() else { break };
            if !next.trim_start().starts_with('#') {
                instruction.push_str(next.trim());
            } else {
                instruction.push('\\');
            }
        }
        let (word, rest) = instruction.split_once([' ', '\t']).unwrap_or((&instruction, ""));
        let (rest, line) = (rest.trim(), at + 1);
        match word.to_ascii_uppercase().as_str() {
            "FROM" => stage = Stage::default(),
            "EXPOSE" => {
                let mut ports = rest.split_whitespace().filter(|port| !port.ends_with("/udp"));
                let first = ports.next().and_then(|port| port.split('/').next());
                stage.exposes = stage.exposes.or_else(|| Some((first?.parse().ok()?, line)));
            }
            "ENV" => {
                let value = rest.strip_prefix("PORT=").or_else(|| rest.strip_prefix("PORT "));
                let port = value.and_then(|value| value.split_whitespace().next()?.trim_matches('"').parse().ok());
                stage.port_variable = port.map(|port| (port, line)).or(stage.port_variable);
            }
            "VOLUME" => stage
                .volumes
                .extend(list(rest).unwrap_or_else(|| rest.split_whitespace().map(str::to_owned).collect())),
            "ENTRYPOINT" => {
                stage.entrypoint = list(rest).or_else(|| command::words(rest)).map(|words| (words, line));
            }
            "CMD" => {
                stage.cmd = Some((list(rest).map_or_else(|| command::read(rest), unwrap_shell), line));
            }
            "HEALTHCHECK" => stage.health = health_path(rest).map(|path| (path, line)),
            _ => {}
        }
    }
    stage
}

fn list(text: &str) -> Option<Vec<String>> {
    serde_json::from_str(text).ok()
}

/// `["sh", "-c", "…"]` is the line inside.
fn unwrap_shell(words: Vec<String>) -> CommandLine {
    match &words[..] {
        [shell, flag, line] if flag == "-c" && matches!(shell.as_str(), "sh" | "bash" | "/bin/sh" | "/bin/bash") => {
            command::read(line)
        }
        _ => CommandLine::Exec(words),
    }
}

/// The path of the URL on the app's own address that a check asks: `curl -f http://localhost:3000/health`.
pub fn health_path(check: &str) -> Option<String> {
    let at = check
        .find("://localhost")
        .or_else(|| check.find("://127.0.0.1"))
        .or_else(|| check.find("://0.0.0.0"))?;
    let rest = &check[at + 3..];
    let end = rest
        .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ')' | '|' | ';' | '`' | ']'))
        .unwrap_or(rest.len());
    let url = &rest[..end];
    let path = &url[url.find('/')?..];
    let plain = path.len() > 1 && path.chars().all(|c| c.is_ascii_graphic() && c != '#' && c != '$');
    plain.then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_stage_counts() {
        let stage = read(
            "FROM node AS build\nEXPOSE 9999\nCMD [\"npm\", \"test\"]\nFROM node:20\nENV PORT=8081\nEXPOSE 53/udp 3000/tcp 3001\nVOLUME [\"/data\"]\nHEALTHCHECK --interval=5s \\\n  CMD curl -f http://localhost:3000/health || exit 1\nCMD [\"sh\", \"-c\", \"node server.js\"]\n",
        );
        assert_eq!(stage.exposes, Some((3000, 6)));
        assert_eq!(stage.volumes, ["/data"]);
        assert_eq!(stage.health, Some(("/health".into(), 8)));
        assert_eq!(
            stage.cmd,
            Some((CommandLine::Exec(vec!["node".into(), "server.js".into()]), 10))
        );
    }

    #[test]
    fn an_entrypoint_with_arguments_is_one_command() {
        let tree = Tree::of(
            "app",
            [(
                "Dockerfile",
                "FROM x\nENTRYPOINT [\"/app/serve\"]\nCMD [\"--verbose\"]\n",
            )],
        );
        let web = detect(&tree).into_iter().find_map(|finding| match finding.fact {
            Fact::Web(command) => Some(command),
            _ => None,
        });
        assert_eq!(
            web,
            Some(CommandLine::Exec(vec!["/app/serve".into(), "--verbose".into()]))
        );
    }

    #[test]
    fn an_entrypoint_that_prepares_is_left_out() {
        let web = |lines: &str| {
            let tree = Tree::of("app", [("Dockerfile", lines)]);
            detect(&tree).into_iter().find_map(|finding| match finding.fact {
                Fact::Web(command) => Some(command::text(&command)),
                _ => None,
            })
        };
        for (entry, expected) in [
            (r#"["/docker-entrypoint.sh"]"#, "serve config.yml"),
            (r#"["/sbin/tini", "--"]"#, "serve config.yml"),
            (r#"["registry"]"#, "registry serve config.yml"),
        ] {
            let lines = format!("FROM x\nENTRYPOINT {entry}\nCMD [\"serve\", \"config.yml\"]\n");
            assert_eq!(web(&lines).as_deref(), Some(expected));
        }
    }

    proptest::proptest! {
        #[test]
        fn hostile_files_never_panic(text in "(?s)(FROM|CMD|ENV|EXPOSE|HEALTHCHECK|ENTRYPOINT|[ \\n\"\\[\\\\:/a-z0-9é])*") {
            detect(&Tree::of("app", [("Dockerfile", text.as_str())]));
        }
    }
}
