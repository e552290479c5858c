//! PHP: served by PHP's own server, which is enough for one machine; packages through Composer.

use serde_json::Value;

use super::Stack;
use crate::adopt::command;
use crate::adopt::finding::{Evidence, Fact, Finding};
use crate::adopt::network;
use crate::adopt::tree::Tree;
use crate::model::spec::CommandLine;

pub const STACK: Stack = Stack {
    title: "PHP",
    programs: &["php", "composer", "artisan"],
    programs_in: None,
    needs: &["php"],
    detect,
    localise,
    choose: None,
};

fn detect(tree: &Tree) -> Vec<Finding> {
    let composer: Option<Value> = tree
        .text("composer.json")
        .and_then(|text| serde_json::from_str(text).ok());
    let Some(web) = web(tree, composer.as_ref()) else {
        return Vec::new();
    };
    let mut findings = vec![web];
    let evidence = findings[0].evidence[0].clone();
    let note = "PHP's own server is for development; for many users put PHP-FPM or FrankenPHP into `--run`";
    findings.push(Finding::likely(Fact::Note(note.into()), evidence));
    if composer.as_ref().is_some_and(needs_packages) && !tree.has("vendor/autoload.php") {
        let lock = tree
            .first(&["composer.lock", "composer.json"])
            .unwrap_or("composer.json");
        let step = "composer install --no-dev --no-interaction --optimize-autoloader";
        findings.push(Finding::certain(Fact::Build(step.into()), Evidence::file(lock)));
    }
    findings.extend(
        network::scan(tree, &["php"])
            .into_iter()
            .filter(|finding| matches!(finding.fact, Fact::Health(_) | Fact::Note(_))),
    );
    findings
}

/// Whether it needs more than PHP itself and its extensions.
fn needs_packages(composer: &Value) -> bool {
    let required = composer["require"].as_object();
    required.is_some_and(|packages| packages.keys().any(|name| name.contains('/')))
}

fn web(tree: &Tree, composer: Option<&Value>) -> Option<Finding> {
    // One script may be text, several a list; a list does more than start a server.
    if let Some(script) = composer.and_then(|composer| composer["scripts"]["start"].as_str()) {
        let evidence = tree.evidence("composer.json", "\"start\"");
        return Some(Finding::certain(Fact::Web(command::read(script)), evidence));
    }
    let serve = |words: &[&str]| {
        let all = ["php", "-S", "127.0.0.1:$PORT"].iter().chain(words);
        CommandLine::Exec(all.map(|word| (*word).to_owned()).collect())
    };
    for folder in ["public", "web", "htdocs", "www"] {
        let index = format!("{folder}/index.php");
        if tree.has(&index) {
            // With a script of its own every path reaches the app, as behind a rewriting server.
            let front = composer.is_some();
            let command = if front {
                serve(&["-t", folder, &index])
            } else {
                serve(&["-t", folder])
            };
            return Some(Finding::likely(Fact::Web(command), Evidence::file(index)));
        }
    }
    if tree.has("index.php") {
        return Some(Finding::likely(Fact::Web(serve(&[])), Evidence::file("index.php")));
    }
    // An app that is one script answers every path itself.
    let mut scripts = tree
        .paths()
        .filter(|path| path.ends_with(".php") && !path.contains('/'));
    let (script, others) = (scripts.next()?, scripts.next());
    others
        .is_none()
        .then(|| Finding::likely(Fact::Web(serve(&[script])), Evidence::file(script)))
}

fn localise(_: &Tree, command: &[String]) -> Option<CommandLine> {
    Some(CommandLine::Exec(command.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_installed_where_some_are_required_and_not_committed() {
        let builds = |files: &[(&str, &str)]| {
            let findings = detect(&Tree::of("app", files.iter().copied()));
            findings.iter().any(|finding| matches!(finding.fact, Fact::Build(_)))
        };
        let index = ("index.php", "");
        let needy = ("composer.json", r#"{"require": {"php": ">=8", "slim/slim": "4"}}"#);
        let plain = ("composer.json", r#"{"require": {"php": ">=8", "ext-json": "*"}}"#);
        assert!(builds(&[index, needy]));
        assert!(!builds(&[index, needy, ("vendor/autoload.php", "")]));
        assert!(!builds(&[index, plain]));
    }

    #[test]
    fn a_front_script_gets_every_path() {
        let web = |files: &[(&str, &str)]| {
            detect(&Tree::of("app", files.iter().copied()))
                .into_iter()
                .find_map(|finding| match finding.fact {
                    Fact::Web(command) => Some(command::text(&command)),
                    _ => None,
                })
        };
        assert_eq!(web(&[("index.php", "")]).as_deref(), Some("php -S 127.0.0.1:$PORT"));
        assert_eq!(
            web(&[("files.php", "")]).as_deref(),
            Some("php -S 127.0.0.1:$PORT files.php")
        );
        assert_eq!(web(&[("a.php", ""), ("b.php", "")]), None);
        assert_eq!(
            web(&[("public/index.php", ""), ("composer.json", "{}")]).as_deref(),
            Some("php -S 127.0.0.1:$PORT -t public public/index.php")
        );
        assert_eq!(
            web(&[(
                "composer.json",
                r#"{"scripts": {"start": "php -S localhost:8080 -t public"}}"#
            )])
            .as_deref(),
            Some("php -S localhost:8080 -t public")
        );
    }
}
