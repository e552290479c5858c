//! Dependencies of the usual package managers, and whether a lock file says which version each of them is.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::readiness::tree::Tree;

/// One list of dependencies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lockable {
    /// `Cargo.toml`.
    pub file: String,
    /// What tools for updates call it: `cargo`, `npm`.
    pub ecosystem: &'static str,
    /// Direct dependencies that are named.
    pub dependencies: usize,
    /// The lock file; `None` where there is none, which is fine without dependencies.
    pub lock: Option<String>,
    /// Dependencies that the lock file does not know, or that are not bound to one version.
    pub loose: Vec<String>,
    /// What makes the lock file.
    pub command: &'static str,
}

/// Names told at most.
const MAX_LOOSE: usize = 20;

/// Every list of dependencies at the top of the service's folder.
pub fn find(tree: &Tree) -> Vec<Lockable> {
    let readers: [fn(&Tree) -> Option<Lockable>; 8] = [cargo, npm, python, requirements, go, ruby, composer, pipfile];
    readers.iter().filter_map(|read| read(tree)).collect()
}

fn lockable(file: &str, ecosystem: &'static str, command: &'static str, names: &BTreeSet<String>) -> Lockable {
    Lockable {
        file: file.to_owned(),
        ecosystem,
        dependencies: names.len(),
        lock: None,
        loose: Vec::new(),
        command,
    }
}

/// The first of these lock files, here or in a folder above that it may be shared with, and its text.
fn lock(tree: &Tree, names: &[&str]) -> Option<(String, String)> {
    names.iter().find_map(|name| {
        let here = tree.text(name).ok().map(|text| ((*name).to_owned(), text));
        let listed = tree.has(name).then(|| ((*name).to_owned(), String::new()));
        here.or(listed).or_else(|| tree.above(name))
    })
}

impl Lockable {
    /// With the lock file, and with those names that it does not hold.
    fn locked(
        mut self,
        found: Option<(String, String)>,
        names: &BTreeSet<String>,
        holds: impl Fn(&str, &str) -> bool,
    ) -> Self {
        if let Some((path, text)) = found {
            // What is too large to be read is not compared.
            let loose = names.iter().filter(|name| !text.is_empty() && !holds(&text, name));
            self.loose = loose.take(MAX_LOOSE).cloned().collect();
            self.lock = Some(path);
        }
        self
    }
}

fn keys(table: Option<&toml::Value>) -> BTreeSet<String> {
    table
        .and_then(toml::Value::as_table)
        .into_iter()
        .flat_map(|table| table.keys().cloned())
        .collect()
}

fn toml_of(tree: &Tree, name: &str) -> Option<toml::Table> {
    tree.text(name).ok()?.parse().ok()
}

fn cargo(tree: &Tree) -> Option<Lockable> {
    let package = toml_of(tree, "Cargo.toml")?;
    let mut names = BTreeSet::new();
    for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let Some(table) = package.get(section).and_then(toml::Value::as_table) else {
            continue;
        };
        // What is renamed is locked under its own name; paths are not locked at all.
        names.extend(
            table
                .iter()
                .filter(|(_, value)| value.get("path").is_none())
                .map(|(name, value)| {
                    value
                        .get("package")
                        .and_then(toml::Value::as_str)
                        .unwrap_or(name)
                        .to_owned()
                }),
        );
    }
    let found = lock(tree, &["Cargo.lock"]);
    // Without dependencies a lock file is made all the same, and asked for by `--locked`.
    let empty = lockable("Cargo.toml", "cargo", "cargo generate-lockfile", &names);
    Some(empty.locked(found, &names, |text, name| text.contains(&format!("name = \"{name}\""))))
}

fn npm(tree: &Tree) -> Option<Lockable> {
    let package: Value = serde_json::from_str(&tree.text("package.json").ok()?).ok()?;
    let mut names = BTreeSet::new();
    for section in ["dependencies", "devDependencies", "optionalDependencies"] {
        let own = package[section].as_object().into_iter().flatten();
        let outside = own.filter(|(_, version)| {
            let version = version.as_str().unwrap_or_default();
            !["file:", "link:", "workspace:", "portal:"]
                .iter()
                .any(|local| version.starts_with(local))
        });
        names.extend(outside.map(|(name, _)| name.clone()));
    }
    let files = [
        "package-lock.json",
        "npm-shrinkwrap.json",
        "pnpm-lock.yaml",
        "yarn.lock",
        "bun.lock",
        "bun.lockb",
    ];
    let empty = lockable("package.json", "npm", "npm install --package-lock-only", &names);
    Some(empty.locked(lock(tree, &files), &names, |text, name| text.contains(name)))
}

/// Names of a requirement as PEP 508 writes it: `Flask[async]>=2 ; python_version > "3"` is `flask`.
fn requirement(text: &str) -> Option<String> {
    let name: String = text
        .trim()
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        .collect();
    let name = name.to_lowercase().replace(['_', '.'], "-");
    (!name.is_empty()).then_some(name)
}

fn python(tree: &Tree) -> Option<Lockable> {
    let project = toml_of(tree, "pyproject.toml")?;
    let listed = |value: Option<&toml::Value>| -> Vec<String> {
        let items = value.and_then(toml::Value::as_array).into_iter().flatten();
        items.filter_map(toml::Value::as_str).filter_map(requirement).collect()
    };
    let mut names: BTreeSet<String> = listed(project.get("project").and_then(|it| it.get("dependencies")))
        .into_iter()
        .collect();
    let poetry = project
        .get("tool")
        .and_then(|it| it.get("poetry"))
        .and_then(|it| it.get("dependencies"));
    names.extend(
        keys(poetry)
            .into_iter()
            .filter(|name| name != "python")
            .filter_map(|name| requirement(&name)),
    );
    let found = lock(tree, &["uv.lock", "poetry.lock", "pdm.lock", "pylock.toml"]);
    // Where all versions stand in a list of requirements, that is the lock file.
    if names.is_empty() || (found.is_none() && tree.has("requirements.txt")) {
        return None;
    }
    let empty = lockable("pyproject.toml", "pip", "uv lock", &names);
    Some(empty.locked(found, &names, |text, name| {
        text.to_lowercase()
            .replace('_', "-")
            .contains(&format!("name = \"{name}\""))
    }))
}

/// A list of requirements is its own lock file: each line must name one version.
fn requirements(tree: &Tree) -> Option<Lockable> {
    let text = tree.text("requirements.txt").ok()?;
    let lines = text
        .lines()
        .map(|line| line.split(" #").next().unwrap_or_default().trim());
    let lines: Vec<&str> = lines
        .filter(|line| !line.is_empty() && !line.starts_with(['#', '-']))
        .collect();
    let names: BTreeSet<String> = lines.iter().filter_map(|line| requirement(line)).collect();
    let loose = lines
        .iter()
        .filter(|line| (!line.contains("==") || line.contains("==*")) && !line.contains(" @ "));
    Some(Lockable {
        lock: Some("requirements.txt".into()),
        loose: loose.filter_map(|line| requirement(line)).take(MAX_LOOSE).collect(),
        ..lockable("requirements.txt", "pip", "pip-compile", &names)
    })
}

fn pipfile(tree: &Tree) -> Option<Lockable> {
    let file = toml_of(tree, "Pipfile")?;
    let names: BTreeSet<String> = keys(file.get("packages"))
        .iter()
        .filter_map(|name| requirement(name))
        .collect();
    let empty = lockable("Pipfile", "pip", "pipenv lock", &names);
    Some(empty.locked(lock(tree, &["Pipfile.lock"]), &names, |text, name| {
        text.to_lowercase().replace('_', "-").contains(&format!("\"{name}\""))
    }))
}

fn go(tree: &Tree) -> Option<Lockable> {
    let text = tree.text("go.mod").ok()?;
    let mut names = BTreeSet::new();
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        let rest = match (inside, line.strip_prefix("require ")) {
            (_, Some(rest)) if rest.trim() == "(" => {
                inside = true;
                continue;
            }
            (true, _) if line == ")" => {
                inside = false;
                continue;
            }
            (_, Some(rest)) => rest,
            (true, None) => line,
            (false, None) => continue,
        };
        names.extend(
            rest.split_whitespace()
                .next()
                .filter(|name| name.contains('.'))
                .map(str::to_owned),
        );
    }
    let empty = lockable("go.mod", "gomod", "go mod tidy", &names);
    Some(empty.locked(lock(tree, &["go.sum"]), &names, |text, name| {
        text.contains(&format!("{name} "))
    }))
}

fn ruby(tree: &Tree) -> Option<Lockable> {
    let text = tree.text("Gemfile").ok()?;
    let named = text.lines().filter_map(|line| {
        let rest = line.trim().strip_prefix("gem ")?;
        let inner = rest.trim().trim_start_matches(['"', '\'']);
        Some(inner.split(['"', '\'']).next()?.to_owned())
    });
    let names: BTreeSet<String> = named.filter(|name| !name.is_empty()).collect();
    let empty = lockable("Gemfile", "bundler", "bundle lock", &names);
    Some(empty.locked(lock(tree, &["Gemfile.lock"]), &names, |text, name| {
        text.lines()
            .any(|line| line.trim().split([' ', '!']).next() == Some(name))
    }))
}

fn composer(tree: &Tree) -> Option<Lockable> {
    let package: Value = serde_json::from_str(&tree.text("composer.json").ok()?).ok()?;
    let own = ["require", "require-dev"]
        .into_iter()
        .flat_map(|section| package[section].as_object().into_iter().flatten());
    // The platform itself is no package.
    let names: BTreeSet<String> = own
        .map(|(name, _)| name.clone())
        .filter(|name| name.contains('/'))
        .collect();
    let empty = lockable("composer.json", "composer", "composer update --lock", &names);
    Some(empty.locked(lock(tree, &["composer.lock"]), &names, |text, name| {
        text.contains(name) || text.contains(&name.replace('/', "\\/"))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(files: &[(&str, &str)]) -> Lockable {
        let mut found = find(&Tree::of(files.iter().copied()));
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }

    #[test]
    fn a_lock_file_holds_every_direct_dependency() {
        let manifest = "[package]\nname = \"x\"\n[dependencies]\na = \"1\"\nb = { package = \"bb\", version = \"1\" }\nc = { path = \"c\" }\n";
        let found = one(&[("Cargo.toml", manifest), ("Cargo.lock", "name = \"a\"\n")]);
        assert_eq!((found.dependencies, found.lock.as_deref()), (2, Some("Cargo.lock")));
        assert_eq!(found.loose, ["bb"]);
        assert_eq!(one(&[("Cargo.toml", manifest)]).lock, None);
        let found = one(&[
            (
                "package.json",
                "{\"dependencies\": {\"a\": \"1\", \"b\": \"file:../b\"}}",
            ),
            ("yarn.lock", "a@1:\n"),
        ]);
        assert_eq!((found.dependencies, found.loose.len()), (1, 0));
        let found = one(&[
            (
                "go.mod",
                "module x\nrequire (\n\tx.io/a v1\n\tx.io/b v1 // indirect\n)\n",
            ),
            ("go.sum", "x.io/a v1 h1:\n"),
        ]);
        assert_eq!(found.loose, ["x.io/b"]);
        let found = one(&[
            ("pyproject.toml", "[project]\ndependencies = [\"Flask_X>=2\"]\n"),
            ("uv.lock", "name = \"flask-x\"\n"),
        ]);
        assert_eq!((found.dependencies, found.loose.len()), (1, 0));
    }

    #[test]
    fn requirements_are_locked_by_their_own_versions() {
        let found = one(&[(
            "requirements.txt",
            "# x\n-r other.txt\nflask==2.0\nrequests>=2 # why\nx @ https://x/y.whl\n",
        )]);
        assert_eq!((found.dependencies, found.loose), (3, vec!["requests".to_owned()]));
    }

    #[test]
    fn what_does_not_parse_says_nothing() {
        let tree = Tree::of([
            ("Cargo.toml", "["),
            ("package.json", "{"),
            ("composer.json", "[]"),
            ("Pipfile", "="),
        ]);
        assert_eq!(find(&tree).len(), 1, "only composer.json parses");
    }
}
