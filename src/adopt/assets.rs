//! What a compiled app reads when it runs: a release that holds the binary alone would lack it.

use super::finding::{Evidence, Fact, Finding};
use super::tree::{Tree, has_ending};

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

/// Endings of files that an app reads when it runs.
const FILES: [&str; 10] = [
    "toml", "json", "yaml", "yml", "ini", "conf", "cfg", "html", "csv", "txt",
];

/// What tools read, and hardly any app.
const OF_TOOLS: [&str; 8] = [
    "Cargo.toml",
    "clippy.toml",
    "rustfmt.toml",
    "deny.toml",
    "rust-toolchain.toml",
    "package.json",
    "robots.txt",
    "deliver.toml",
];

/// Folders and files of the app that its sources name in a string, except where the compiler packs them into the binary.
pub fn read_at_run_time(tree: &Tree, endings: &[&str]) -> Vec<Finding> {
    let mut findings = folders(tree, endings);
    findings.extend(files(tree, endings));
    findings
}

/// Files beside the manifest.
fn files(tree: &Tree, endings: &[&str]) -> Vec<Finding> {
    let sources = tree.sources(endings);
    tree.paths()
        .filter(|path| !path.contains('/') && has_ending(path, &FILES) && !OF_TOOLS.contains(path))
        .filter_map(|name| {
            let evidence = sources.iter().find_map(|(path, text)| {
                let at = text.lines().position(|line| opens(line, name))?;
                Some(Evidence::line(*path, at + 1))
            })?;
            Some(Finding::likely(Fact::Include(name.into()), evidence))
        })
        .collect()
}

fn folders(tree: &Tree, endings: &[&str]) -> Vec<Finding> {
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

/// A name with an ending, in quotes, is hardly anything but a file.
fn opens(line: &str, name: &str) -> bool {
    !is_compiled(line)
        && ["", "./"].iter().any(|start| {
            ['"', '`']
                .iter()
                .any(|quote| line.contains(&format!("{quote}{start}{name}{quote}")))
        })
}

/// Whether the line says nothing of run time: a comment, an import, or a file that the compiler packs into the binary.
fn is_compiled(line: &str) -> bool {
    let trimmed = line.trim_start();
    let packed = [
        "embed",
        "include_str!",
        "include_bytes!",
        "include_dir!",
        "#[folder",
        "migrate!",
        "env!(",
    ]
    .iter()
    .any(|word| line.contains(word));
    packed || trimmed.starts_with("//") || trimmed.starts_with("import ") || trimmed.starts_with("use ")
}

fn names_folder(line: &str, name: &str) -> bool {
    if is_compiled(line) {
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
    fn a_file_that_is_opened_is_kept() {
        let included = |line: &str| {
            let files = [("src/main.rs", line), ("config.toml", ""), ("clippy.toml", "")];
            read_at_run_time(&Tree::of("app", files), &["rs"])
                .into_iter()
                .map(|finding| finding.fact)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            included("None => folder.join(\"config.toml\"),"),
            [Fact::Include("config.toml".into())]
        );
        assert_eq!(included("const TEXT: &str = include_str!(\"config.toml\");"), []);
        assert_eq!(included("// \"config.toml\" is read"), []);
        assert_eq!(included("\"clippy.toml\""), []);
    }

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
