//! The direction of the arrows: `cli → domains → ports ← adapters`, with `model`, `fault`, `event`, `config` below.
//!
//! One package has no walls that the compiler makes, so this reads `src/` and compares every path into another module
//! with what is allowed, and looks for what belongs into one place only.

use std::path::Path;

use super::source;

/// Which modules of the crate each module may use, itself aside.
const MAY_USE: [(&str, &[&str]); 19] = [
    ("fault", &[]),
    ("model", &["fault"]),
    ("event", &["model"]),
    ("ports", &["fault", "model", "event"]),
    ("config", &["fault", "model", "ports"]),
    ("store", &["fault", "model", "event", "ports", "config"]),
    ("deploy", DOMAIN),
    ("scaffold", DOMAIN),
    ("adopt", DOMAIN),
    ("readiness", DOMAIN),
    ("reliability", DOMAIN),
    ("incident", DOMAIN),
    ("oncall", DOMAIN),
    ("review", DOMAIN),
    (
        "adapters",
        &["fault", "model", "event", "ports", "config", "store", "agent"],
    ),
    (
        "agent",
        &["fault", "model", "event", "ports", "config", "store", "adapters"],
    ),
    (
        "world",
        &[
            "fault", "model", "event", "ports", "config", "store", "adapters", "agent",
        ],
    ),
    (
        "cli",
        &[
            "fault",
            "model",
            "event",
            "ports",
            "config",
            "store",
            "adapters",
            "agent",
            "world",
            "deploy",
            "scaffold",
            "adopt",
            "readiness",
            "reliability",
            "incident",
            "oncall",
            "review",
        ],
    ),
    ("main", &["cli"]),
];

/// Domains meet only through the model, the store and facts that are handed to them.
const DOMAIN: &[&str] = &["fault", "model", "event", "ports", "config", "store"];

/// What only these modules may name: the terminal, the network, processes, the environment, the clock.
const ONLY_IN: [(&str, &[&str]); 16] = [
    ("clap::", &["cli"]),
    ("clap_complete::", &["cli"]),
    ("console::", &["cli"]),
    ("indicatif::", &["cli"]),
    ("dialoguer::", &["cli"]),
    ("annotate_snippets::", &["cli"]),
    ("reqwest::", &["adapters"]),
    ("hyper::", &["adapters", "agent"]),
    ("tokio::", &["adapters", "agent"]),
    ("postgres::", &["store"]),
    ("rustls::", &["store", "adapters"]),
    ("std::process::Command", &["adapters", "agent"]),
    ("std::process::exit", &["cli", "agent"]),
    ("std::env::var", &["config"]),
    ("SystemTime::now", &["adapters"]),
    ("Instant::now", &["adapters", "agent"]),
];

/// The module that a file of `src/` belongs to: the first part of its path.
fn module_of(path: &Path) -> String {
    let inside = path.strip_prefix("src").expect("a file of src");
    let first = inside
        .components()
        .next()
        .expect("a name")
        .as_os_str()
        .to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// How many modules deep the file's own module is: `src/a.rs` and `src/a/mod.rs` are 1, `src/a/b.rs` is 2.
fn depth_of(path: &Path) -> usize {
    let parts = path.strip_prefix("src").expect("a file of src").components().count();
    if path.ends_with("mod.rs") { parts - 1 } else { parts }
}

/// `(line, module)` for every path from the crate's root, however it is written: `crate::a::b`, `use crate::{a, b::c}`,
/// `super::super::a`.
fn uses(code: &str, depth: usize) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = next_root(code, from, depth) {
        let line = code[..at].matches('\n').count() + 1;
        let rest = &code[at..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(first_names(group).into_iter().map(|name| (line, name))),
            None => found.push((line, identifier(rest))),
        }
        from = at;
    }
    found.retain(|(_, name)| !name.is_empty());
    found
}

/// Where the next path below the crate's root begins, after the `crate::` or the `super::`s that lead there.
fn next_root(code: &str, from: usize, depth: usize) -> Option<usize> {
    let supers = "super::".repeat(depth);
    [("crate::", false), (supers.as_str(), true)]
        .into_iter()
        .filter_map(|(prefix, climbing)| {
            code[from..].match_indices(prefix).find_map(|(at, _)| {
                let at = from + at;
                let before = code[..at].chars().next_back();
                let continues = before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':' || c == '$');
                let end = at + prefix.len();
                // `super` inside an inline module climbs one step less; those are unit tests and cut off already.
                let deeper = climbing && code[end..].starts_with("super");
                (!continues && !deeper).then_some(end)
            })
        })
        .min()
}

/// The names that a `{…}` group of a `use` begins its members with; `group` starts after its brace.
fn first_names(group: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut depth, mut fresh) = (0, true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            c if fresh && !c.is_whitespace() => {
                names.push(identifier(&group[at..]));
                fresh = false;
            }
            _ => {}
        }
    }
    names
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn allowed(module: &str) -> &'static [&'static str] {
    let entry = MAY_USE.iter().find(|(name, _)| *name == module);
    entry
        .unwrap_or_else(|| panic!("say in MAY_USE what `{module}` may use"))
        .1
}

#[test]
fn no_module_uses_one_above_it() {
    let mut wrong = Vec::new();
    for path in source::rust_files("src") {
        let module = module_of(&path);
        // Unit tests in a file of their own may use what those beside the code may.
        if module == "lib" || path.ends_with("tests.rs") {
            continue;
        }
        for (line, used) in uses(&source::code(&source::read(&path)), depth_of(&path)) {
            if used != module && !allowed(&module).contains(&used.as_str()) {
                wrong.push(format!("{}:{line}: `{module}` may not use `{used}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_outside_is_named_only_where_it_belongs() {
    let mut wrong = Vec::new();
    for path in source::rust_files("src") {
        let module = module_of(&path);
        let code = source::code(&source::read(&path));
        for (number, line) in code.lines().enumerate() {
            for (name, homes) in ONLY_IN {
                let named = line
                    .match_indices(name)
                    .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'));
                if named && !homes.contains(&module.as_str()) {
                    wrong.push(format!(
                        "{}:{}: `{name}` belongs to {}",
                        path.display(),
                        number + 1,
                        homes.join(", ")
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_way_to_write_a_path_is_seen() {
    let code = source::code(
        "use crate::{cli::ui, model::{Span, name}};\n// crate::comment\nlet s = \"crate::string\";\n\
         fn f() { super::super::world::x(); crate::deploy::y() }\n#[cfg(test)]\nmod tests { use crate::agent; }\n",
    );
    let names: Vec<(usize, String)> = uses(&code, 2);
    let names: Vec<(usize, &str)> = names.iter().map(|(line, name)| (*line, name.as_str())).collect();
    assert_eq!(names, [(1, "cli"), (1, "model"), (4, "world"), (4, "deploy")]);
}
