//! `Dockerfile`: what the image starts from and as whom it runs.

use std::collections::BTreeMap;

/// A Dockerfile, as far as checks ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dockerfile {
    pub path: String,
    pub stages: Vec<Stage>,
}

/// One `FROM` and what follows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stage {
    /// From 1.
    pub line: usize,
    /// What it starts from, build arguments filled in with their defaults.
    pub from: String,
    /// The name it can be referred to by.
    pub name: Option<String>,
    /// The last `USER` of this stage and its line.
    pub user: Option<(String, usize)>,
    /// Whether the stage says how its health is asked for; `NONE` takes it away.
    pub healthcheck: Option<usize>,
}

/// An image's name that a build depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    pub image: String,
    pub line: usize,
}

impl Dockerfile {
    /// Images from outside: `scratch` and other stages are none.
    pub fn bases(&self) -> Vec<Base> {
        let mut known: Vec<&str> = vec!["scratch"];
        let mut bases = Vec::new();
        for stage in &self.stages {
            let inside = known.iter().any(|name| name.eq_ignore_ascii_case(&stage.from));
            if !inside && stage.from.parse::<usize>().is_err() {
                bases.push(Base {
                    image: stage.from.clone(),
                    line: stage.line,
                });
            }
            known.extend(stage.name.as_deref());
        }
        bases
    }

    /// As whom the image's command runs: the last `USER` of the last stage or of the stages it starts from. `None`: no
    /// one is named, and a base from outside decides.
    pub fn user(&self) -> Option<(&str, usize)> {
        let mut stage = self.stages.last()?;
        // A stage starts from an earlier one, so that this ends.
        for _ in 0..self.stages.len() {
            if let Some((user, line)) = &stage.user {
                return Some((user, *line));
            }
            let from = &stage.from;
            stage = self
                .stages
                .iter()
                .take_while(|other| other.line < stage.line)
                .filter(|other| other.name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(from)))
                .last()?;
        }
        None
    }
}

/// Whether a name is bound to one content for ever: `name@sha256:…`.
pub fn has_digest(image: &str) -> bool {
    image.split_once("@sha256:").is_some_and(|(name, digest)| {
        !name.is_empty() && digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// Whether a name says which version is meant at all: a digest, or a tag that is no promise of the newest.
pub fn has_version(image: &str) -> bool {
    const MOVING: [&str; 10] = [
        "latest", "stable", "edge", "nightly", "main", "master", "mainline", "lts", "current", "rolling",
    ];
    if has_digest(image) {
        return true;
    }
    let name = image.split('@').next().unwrap_or(image);
    let last = name.rsplit('/').next().unwrap_or(name);
    match last.split_once(':') {
        Some((_, tag)) => !tag.is_empty() && !tag.contains('$') && !MOVING.contains(&tag.to_ascii_lowercase().as_str()),
        None => false,
    }
}

/// Reads a Dockerfile; what is no instruction is passed over.
pub fn read(path: &str, text: &str) -> Dockerfile {
    let mut file = Dockerfile {
        path: path.to_owned(),
        stages: Vec::new(),
    };
    let mut arguments: BTreeMap<String, String> = BTreeMap::new();
    for (line, instruction) in instructions(text) {
        let (word, rest) = instruction.split_once([' ', '\t']).unwrap_or((&instruction, ""));
        let rest = rest.trim();
        match (word.to_ascii_uppercase().as_str(), file.stages.last_mut()) {
            ("FROM", _) => file.stages.extend(stage(rest, line, &arguments)),
            ("ARG", None) => {
                let (name, value) = rest.split_once('=').unwrap_or((rest, ""));
                arguments.insert(name.to_owned(), unquoted(value).to_owned());
            }
            ("USER", Some(stage)) => stage.user = Some((unquoted(rest).to_owned(), line)),
            ("HEALTHCHECK", Some(stage)) => {
                stage.healthcheck = (!rest.eq_ignore_ascii_case("none")).then_some(line);
            }
            _ => {}
        }
    }
    file
}

fn stage(rest: &str, line: usize, arguments: &BTreeMap<String, String>) -> Option<Stage> {
    let mut words = rest.split_whitespace().filter(|word| !word.starts_with("--"));
    let from = filled(words.next()?, arguments);
    let name = words
        .next()
        .filter(|word| word.eq_ignore_ascii_case("as"))
        .and(words.next());
    Some(Stage {
        line,
        from,
        name: name.map(str::to_owned),
        user: None,
        healthcheck: None,
    })
}

/// `$NAME`, `${NAME}` and `${NAME:-else}` with the defaults of build arguments; what has none stays as it is.
fn filled(text: &str, arguments: &BTreeMap<String, String>) -> String {
    let mut whole = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        whole.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let (name, other, end) = match after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            Some((inner, _)) => {
                let (name, other) = inner
                    .split_once(":-")
                    .or_else(|| inner.split_once('-'))
                    .unwrap_or((inner, ""));
                (name, other, inner.len() + 2)
            }
            None => {
                let end = after
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .unwrap_or(after.len());
                (&after[..end], "", end)
            }
        };
        match arguments
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
        {
            Some(value) => whole.push_str(value),
            None if !other.is_empty() => whole.push_str(other),
            None => whole.push_str(&rest[at..at + 1 + end]),
        }
        rest = &after[end..];
    }
    whole + rest
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches(['"', '\''])
}

/// Whole instructions with the line each begins in: continued lines joined, comments and here-documents left out.
fn instructions(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut escape = '\\';
    let mut lines = text.lines().enumerate();
    let mut directives = true;
    while let Some((at, line)) = lines.next() {
        let trimmed = line.trim();
        if let Some(comment) = trimmed.strip_prefix('#') {
            let directive = comment.split_once('=').filter(|_| directives);
            if let Some((_, sign)) = directive.filter(|(name, _)| name.trim().eq_ignore_ascii_case("escape")) {
                escape = if sign.trim() == "`" { '`' } else { '\\' };
            }
            continue;
        }
        directives = false;
        if trimmed.is_empty() {
            continue;
        }
        let mut whole = trimmed.to_owned();
        while whole.ends_with(escape) {
            whole.pop();
            let Some((_, next)) = lines.by_ref().find(|(_, next)| !next.trim_start().starts_with('#')) else {
                break;
            };
            whole.push_str(next.trim());
        }
        for word in here_documents(&whole) {
            let _ = lines.by_ref().find(|(_, line)| line.trim() == word);
        }
        found.push((at + 1, whole));
    }
    found
}

/// Words that end the here-documents of an instruction: `RUN <<EOF`.
fn here_documents(instruction: &str) -> Vec<String> {
    let first = instruction.split_whitespace().next().unwrap_or_default();
    if !["RUN", "COPY", "ADD"]
        .iter()
        .any(|word| first.eq_ignore_ascii_case(word))
    {
        return Vec::new();
    }
    instruction
        .split_whitespace()
        .filter_map(|word| word.strip_prefix("<<"))
        .map(|word| word.trim_start_matches('-').trim_matches(['"', '\'']).to_owned())
        .filter(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bases_and_the_user_are_those_of_the_last_stage() {
        let file = read(
            "Dockerfile",
            "# syntax=docker/dockerfile:1\nARG NODE=20.1\nFROM --platform=linux/amd64 node:${NODE}-slim AS build\nUSER node\n\
             RUN <<EOF\nUSER root\nEOF\nFROM build\nCOPY a \\\n  # a comment\n  b\nHEALTHCHECK CMD true\n",
        );
        assert_eq!(
            file.bases(),
            [Base {
                image: "node:20.1-slim".into(),
                line: 3
            }]
        );
        assert_eq!(file.user(), Some(("node", 4)));
        assert_eq!(file.stages[1].healthcheck, Some(12));
        assert_eq!(read("x", "FROM a:1\nUSER b\nFROM c:1\n").user(), None);
        assert_eq!(read("x", "from a:1\nuser b\nUSER \"0\"\n").user(), Some(("0", 3)));
    }

    #[test]
    fn a_version_is_a_tag_that_stays_and_a_digest_is_a_digest() {
        let digest = format!("node:20@sha256:{}", "a".repeat(64));
        for (image, version, pinned) in [
            ("node", false, false),
            ("node:latest", false, false),
            ("node:20", true, false),
            ("registry:5000/node", false, false),
            ("registry:5000/node:20", true, false),
            ("node:${X}", false, false),
            ("node@sha256:abc", false, false),
            (digest.as_str(), true, true),
        ] {
            assert_eq!((has_version(image), has_digest(image)), (version, pinned), "{image}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(FROM |USER |ARG |RUN <<E|\\$\\{?|[A-Za-z:@=\\\\` \\n#é}]){0,60}") {
            let file = read("Dockerfile", &text);
            file.bases();
            file.user();
        }
    }
}
