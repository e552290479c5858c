//! A compose file: which service is the app in this folder, how it starts there, and what runs beside it.

use serde_json::Value;

use super::{Hint, dockerfile, env_file};
use crate::adopt::command;
use crate::adopt::finding::{Evidence, Fact, Finding, PortUse};
use crate::adopt::tree::Tree;
use crate::model::name;
use crate::model::spec::CommandLine;

pub const HINT: Hint = Hint {
    name: "compose",
    detect,
};

const NAMES: [&str; 6] = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
    "docker-compose.prod.yml",
    "compose.prod.yaml",
];

/// Services of one compose file that are looked at.
const MAX_SERVICES: usize = 50;

fn detect(tree: &Tree) -> Vec<Finding> {
    let Some(path) = tree.first(&NAMES) else {
        return Vec::new();
    };
    let text = tree.text(path).unwrap_or_default();
    let Ok(document) = serde_saphyr::from_str::<Value>(text) else {
        let note = format!("`{path}` is not YAML that can be read; nothing is taken from it");
        return vec![Finding::certain(Fact::Note(note), Evidence::file(path))];
    };
    let services: Vec<(&String, &Value)> = document["services"]
        .as_object()
        .into_iter()
        .flatten()
        .take(MAX_SERVICES)
        .collect();
    let file = File {
        services: services.iter().map(|(name, _)| (*name).clone()).collect(),
        tree,
        path,
        text,
    };
    let here = |service: &Value| match build_context(service) {
        Some(context) => matches!(context, "." | "./"),
        None => mounts_sources(service),
    };
    let mut findings = Vec::new();
    let own: Vec<_> = services.iter().filter(|(_, service)| here(service)).collect();
    let web = own
        .iter()
        .find(|(_, service)| container_port(service).is_some())
        .or_else(|| own.first())
        .copied();
    for (name, service) in &services {
        match build_context(service) {
            _ if web.is_some_and(|(web, _)| web == name) => findings.extend(file.app(name, service)),
            _ if here(service) => findings.extend(file.process(name, service)),
            Some(_) => {}
            None if web.is_none() && file.is_published(service) => findings.extend(file.published(name, service)),
            None => findings.extend(file.neighbour(name, service)),
        }
    }
    let elsewhere: Vec<String> = services
        .iter()
        .filter_map(|(_, service)| {
            Some(
                build_context(service)?
                    .trim_start_matches("./")
                    .trim_end_matches('/')
                    .to_owned(),
            )
        })
        .filter(|context| tree.has_folder(context))
        .collect();
    if web.is_none() && !elsewhere.is_empty() {
        findings.push(Finding::certain(Fact::Apps(elsewhere), Evidence::file(path)));
    }
    findings
}

struct File<'a> {
    services: Vec<String>,
    tree: &'a Tree,
    path: &'a str,
    text: &'a str,
}

impl File<'_> {
    /// The line of `needle` below the service's own name.
    fn evidence(&self, service: &str, needle: &str) -> Evidence {
        let start = self
            .text
            .lines()
            .position(|line| line.trim() == format!("{service}:"))
            .unwrap_or(0);
        let found = self.text.lines().skip(start).position(|line| line.contains(needle));
        Evidence::line(self.path, start + found.unwrap_or(0) + 1)
    }

    fn app(&self, name: &str, service: &Value) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Some(command) = command_of(service) {
            findings.push(Finding::likely(Fact::Web(command), self.evidence(name, "command")));
        }
        if let Some(port) = container_port(service) {
            findings.push(Finding::guess(
                Fact::Port(PortUse::Fixed(port)),
                self.evidence(name, "ports"),
            ));
            findings.push(Finding::likely(Fact::Listens, self.evidence(name, "ports")));
        }
        for (variable, value) in environment(service) {
            if variable == "PORT" {
                continue;
            }
            let evidence = self.evidence(name, &variable);
            let fact = match () {
                () if env_file::is_secret(&variable, &value) => Fact::Secret(variable),
                // A host name of that network means nothing on another machine.
                () if value.is_empty() || value.contains('$') || self.names_neighbour(name, &value) => {
                    Fact::Unset(variable)
                }
                () => Fact::Env { name: variable, value },
            };
            findings.push(Finding::likely(fact, evidence));
        }
        for mount in service["volumes"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            let source = mount.split(':').next().unwrap_or_default();
            // `.:/app` mounts the sources for development; a single file is configuration.
            if let Some(folder) = source.strip_prefix("./").map(|folder| folder.trim_end_matches('/'))
                && !folder.is_empty()
                && !folder.split('/').any(|part| part == ".." || part.is_empty())
                && !self.tree.has(folder)
                && !self.tree.paths().any(|path| is_source_below(path, folder))
            {
                findings.push(Finding::likely(Fact::Volume(folder.into()), self.evidence(name, mount)));
            }
        }
        let check = &service["healthcheck"]["test"];
        let check = check.as_str().map_or_else(|| check.to_string(), str::to_owned);
        if let Some(path) = dockerfile::health_path(&check) {
            findings.push(Finding::likely(Fact::Health(path), self.evidence(name, "test")));
        }
        findings
    }

    /// Whether the service is this very app, from the image that its makers publish.
    fn is_published(&self, service: &Value) -> bool {
        let letters = |text: &str| -> String {
            let plain = text.chars().filter(char::is_ascii_alphanumeric);
            plain.map(|c| c.to_ascii_lowercase()).collect()
        };
        let image = service["image"].as_str().unwrap_or_default();
        let image = image.rsplit('/').next().and_then(|last| last.split([':', '@']).next());
        let own = letters(&self.tree.name);
        !own.is_empty() && image.is_some_and(|image| letters(image) == own)
    }

    /// What is known of the app from its published image: not how it starts, which is the image's own business.
    fn published(&self, name: &str, service: &Value) -> Vec<Finding> {
        let mut findings = self.app(name, service);
        let image_only =
            |fact: &Fact| matches!(fact, Fact::Web(_) | Fact::Env { .. } | Fact::Secret(_) | Fact::Unset(_));
        findings.retain(|finding| !image_only(&finding.fact));
        findings
    }

    fn names_neighbour(&self, own: &str, value: &str) -> bool {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        value
            .split(|c| !plain(c))
            .any(|word| word != own && self.services.iter().any(|name| name == word))
    }

    fn process(&self, service: &str, value: &Value) -> Option<Finding> {
        let command = command_of(value)?;
        let fact = Fact::Process {
            name: name::suggest(service)?,
            command,
        };
        Some(Finding::likely(fact, self.evidence(service, "command")))
    }

    fn neighbour(&self, name: &str, service: &Value) -> Option<Finding> {
        let image = service["image"].as_str()?;
        let note = format!(
            "compose also runs `{}` ({}): `deliver` does not start it; point the app at one by its variables",
            name.escape_debug(),
            image.escape_debug()
        );
        Some(Finding::certain(Fact::Note(note), self.evidence(name, "image")))
    }
}

/// A folder with sources in it is mounted to develop, not to keep data.
fn is_source_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        && crate::adopt::tree::has_ending(
            path,
            &[
                "js", "ts", "tsx", "py", "rb", "go", "rs", "php", "html", "css", "yml", "yaml", "toml", "conf",
            ],
        )
}

fn build_context(service: &Value) -> Option<&str> {
    match &service["build"] {
        Value::String(context) => Some(context),
        Value::Object(build) => Some(build.get("context").and_then(Value::as_str).unwrap_or(".")),
        _ => None,
    }
}

/// A language's own image with this folder in it is the app, in a shell for development.
fn mounts_sources(service: &Value) -> bool {
    let mut mounts = service["volumes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    mounts.any(|mount| matches!(mount.split(':').next(), Some("." | "./")))
}

fn command_of(service: &Value) -> Option<CommandLine> {
    match &service["command"] {
        Value::String(text) if !text.trim().is_empty() => Some(command::read(text)),
        Value::Array(words) => words
            .iter()
            .map(|word| word.as_str().map(str::to_owned))
            .collect::<Option<Vec<_>>>()
            .map(CommandLine::Exec),
        _ => None,
    }
}

fn container_port(service: &Value) -> Option<u16> {
    let first = service["ports"].as_array()?.first()?;
    match first {
        Value::Number(port) => port.as_u64()?.try_into().ok(),
        Value::String(text) => text.rsplit(':').next()?.split('/').next()?.parse().ok(),
        Value::Object(long) => long.get("target")?.as_u64()?.try_into().ok(),
        _ => None,
    }
}

fn environment(service: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let pairs: Vec<(String, String)> = match &service["environment"] {
        Value::Object(map) => map.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
        Value::Array(list) => list
            .iter()
            .filter_map(Value::as_str)
            .map(|entry| entry.split_once('=').unwrap_or((entry, "")))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        _ => Vec::new(),
    };
    let valid = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    pairs
        .into_iter()
        .filter(|(name, _)| valid(name) && !name.starts_with(|c: char| c.is_ascii_digit()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "
services:
  web:
    build: .
    command: gunicorn app:app -b 0.0.0.0:8000
    ports:
      - \"8080:8000\"
    environment:
      LOG_LEVEL: info
      DATABASE_URL: postgres://app:app@db/app
      REGION: ${REGION}
      CACHE_HOST: db
    volumes:
      - ./uploads:/app/uploads
      - .:/app
    healthcheck:
      test: [\"CMD\", \"curl\", \"-f\", \"http://localhost:8000/health\"]
  worker:
    build: .
    command: celery -A app worker
  db:
    image: postgres:16
";

    #[test]
    fn the_app_its_worker_and_its_neighbours_are_told_apart() {
        let findings = detect(&Tree::of("app", [("compose.yaml", FILE)]));
        let facts: Vec<_> = findings.iter().map(|finding| &finding.fact).collect();
        assert!(facts.contains(&&Fact::Port(PortUse::Fixed(8000))), "{facts:?}");
        assert!(
            facts.contains(&&Fact::Env {
                name: "LOG_LEVEL".into(),
                value: "info".into()
            }),
            "{facts:?}"
        );
        assert!(facts.contains(&&Fact::Secret("DATABASE_URL".into())), "{facts:?}");
        assert!(facts.contains(&&Fact::Unset("REGION".into())), "{facts:?}");
        assert!(facts.contains(&&Fact::Unset("CACHE_HOST".into())), "{facts:?}");
        assert!(facts.contains(&&Fact::Volume("uploads".into())), "{facts:?}");
        assert!(facts.contains(&&Fact::Health("/health".into())), "{facts:?}");
        assert!(
            facts
                .iter()
                .any(|fact| matches!(fact, Fact::Process { name, .. } if name == "worker")),
            "{facts:?}"
        );
        assert!(
            facts
                .iter()
                .any(|fact| matches!(fact, Fact::Note(note) if note.contains("`db` (postgres:16)"))),
            "{facts:?}"
        );
        assert!(
            !format!("{facts:?}").contains("app:app@db"),
            "a secret's value is never carried: {facts:?}"
        );
        let web = findings
            .iter()
            .find(|finding| matches!(finding.fact, Fact::Web(_)))
            .expect("a command");
        assert_eq!(web.evidence[0].to_string(), "compose.yaml:5");
    }

    #[test]
    fn apps_in_folders_are_listed() {
        let tree = Tree::of(
            "all",
            [
                (
                    "compose.yaml",
                    "services:\n  a:\n    build: ./a\n  b:\n    build: {context: b}\n",
                ),
                ("a/x", ""),
                ("b/x", ""),
            ],
        );
        assert!(
            detect(&tree)
                .iter()
                .any(|finding| finding.fact == Fact::Apps(vec!["a".into(), "b".into()]))
        );
    }

    proptest::proptest! {
        #[test]
        fn hostile_files_never_panic(text in "(?s).{0,300}") {
            detect(&Tree::of("app", [("compose.yaml", text.as_str())]));
        }
    }
}
