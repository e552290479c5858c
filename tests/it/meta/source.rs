//! The repository's own source, for tests that read it.

use std::fs;
use std::path::{Path, PathBuf};

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below `folder`, relative to the repository, by name.
pub fn rust_files(folder: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the repository") {
            let path = entry.expect("an entry").path();
            // Templates are data: what they hold is another program's source.
            if path.is_dir() && path.file_name().is_some_and(|name| name != "templates") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path.strip_prefix(root()).expect("below the root").to_owned());
            }
        }
    }
    files.sort();
    files
}

pub fn read(path: &Path) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("read {}: {error}", path.display()))
}

/// The code alone: no comments, nothing between quotes, and no unit tests, which may use what they like. Line numbers
/// stay.
pub fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let raw = |open: &str, close: &str| {
            let inside = rest.strip_prefix(open)?;
            Some(open.len() + inside.find(close).map_or(inside.len(), |end| end + close.len()))
        };
        let literal = || {
            ["'\"'", "'\\\"'"]
                .iter()
                .find(|quote| rest.starts_with(**quote))
                .map(|quote| quote.len())
        };
        let comment = || rest.starts_with("//").then(|| rest.find('\n').unwrap_or(rest.len()));
        let skipped = comment()
            .or_else(|| raw("r#\"", "\"#"))
            .or_else(|| raw("r\"", "\""))
            .or_else(literal)
            .or_else(|| (c == '"').then(|| string_end(rest)))
            .unwrap_or(0);
        if skipped == 0 {
            code.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            code.extend(rest[..skipped].chars().filter(|c| *c == '\n'));
            rest = &rest[skipped..];
        }
    }
    code
}

/// Where the string literal at the start of `text` ends.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}
