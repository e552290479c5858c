//! Folders that a compiled app reads when it runs: a release that holds the binary alone would lack them.

use super::finding::{Evidence, Fact, Finding};
use super::tree::Tree;

/// Names that such folders usually have.
const NAMES: [&str; 16] = [
    "static",
    "public",
    "assets",
    "templates",
    "views",
    "web",
    "www",
    "dist",
    "migrations",
    "config",
    "locales",
    "content",
    "html",
    "ui",
    "resources",
    "data",
];

/// Folders of the app that its sources name in a string, except where the compiler packs them into the binary.
pub fn read_at_run_time(tree: &Tree, endings: &[&str]) -> Vec<Finding> {
    let sources = tree.sources(endings);
    NAMES
        .iter()
        .filter(|name| tree.has_folder(name))
        .filter_map(|name| {
            let evidence = sources.iter().find_map(|(path, text)| {
                let at = text.lines().position(|line| names_folder(line, name))?;
                Some(Evidence::line(*path, at + 1))
            })?;
            Some(Finding::likely(Fact::Include((*name).into()), evidence))
        })
        .collect()
}

fn names_folder(line: &str, name: &str) -> bool {
    let trimmed = line.trim_start();
    let packed = [
        "embed",
        "include_str!",
        "include_bytes!",
        "include_dir!",
        "#[folder",
        "migrate!",
    ]
    .iter()
    .any(|word| line.contains(word));
    if packed || trimmed.starts_with("//") || trimmed.starts_with("import ") || trimmed.starts_with("use ") {
        return false;
    }
    ['"', '`', '\''].iter().any(|quote| {
        ["", "./"].iter().any(|start| {
            let needle = format!("{quote}{start}{name}");
            line.match_indices(&needle)
                .any(|(at, _)| line[at + needle.len()..].starts_with(['/', *quote]) && is_path(line, at, start))
        })
    })
}

/// `"static"` alone may be any word; as an argument of something about files it is a folder.
fn is_path(line: &str, at: usize, start: &str) -> bool {
    let before = line[..at].to_lowercase();
    !start.is_empty()
        || [
            "dir", "file", "path", "glob", "static", "template", "open", "join", "serve",
        ]
        .iter()
        .any(|word| before.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_served_is_kept_and_one_that_is_packed_is_not() {
        let included = |line: &str| {
            let files = [("main.go", line), ("static/a.css", ""), ("templates/a.html", "")];
            read_at_run_time(&Tree::of("app", files), &["go"])
                .into_iter()
                .map(|finding| finding.fact)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            included("http.FileServer(http.Dir(\"./static\"))"),
            [Fact::Include("static".into())]
        );
        assert_eq!(
            included("template.ParseGlob(\"templates/*.html\")"),
            [Fact::Include("templates".into())]
        );
        assert_eq!(included("//go:embed static/*"), []);
        assert_eq!(included("kind := \"static\""), []);
    }
}
