//! Rust: the binaries of a package, alone or in a workspace.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::Stack;
use crate::adopt::finding::{Evidence, Fact, Finding, PortUse};
use crate::adopt::tree::{Above, Tree};
use crate::adopt::{assets, glob, network};
use crate::model::spec::CommandLine;

pub const STACK: Stack = Stack {
    title: "Rust",
    programs: &["cargo"],
    programs_in: None,
    needs: &["cargo"],
    detect,
    localise,
    choose: Some(choose),
};

fn detect(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text("Cargo.toml") else {
        return Vec::new();
    };
    let Ok(manifest) = text.parse::<Table>() else {
        let note = "`Cargo.toml` is not TOML that can be read; nothing is taken from it".into();
        return vec![Finding::certain(Fact::Note(note), Evidence::file("Cargo.toml"))];
    };
    let Some(package) = manifest.get("package").and_then(Value::as_table) else {
        return members(tree, &manifest);
    };
    let mut findings = names(tree, package);
    let binaries = binaries(tree, &manifest, "");
    let default = package.get("default-run").and_then(Value::as_str);
    let name = package.get("name").and_then(Value::as_str).unwrap_or_default();
    let chosen = default.or_else(|| (binaries.len() == 1).then(|| binaries.first().map(String::as_str))?);
    let chosen = chosen.or_else(|| binaries.get(name).map(String::as_str));
    match (chosen, binaries.is_empty()) {
        (Some(binary), _) => findings.extend(start(tree, &manifest, binary, default.is_some() || binaries.len() == 1)),
        // A library with examples is nothing to run.
        (None, true) if manifest.contains_key("workspace") => return members(tree, &manifest),
        (None, true) => return Vec::new(),
        (None, false) => findings.push(Finding::certain(
            Fact::Choices(binaries.into_iter().collect()),
            tree.evidence("Cargo.toml", "[[bin]]"),
        )),
    }
    findings.extend(assets::read_at_run_time(tree, &["rs"]));
    findings.extend(frameworks(tree, &manifest));
    findings.extend(network::scan(tree, &["rs"]));
    findings
}

fn names(tree: &Tree, package: &Table) -> Vec<Finding> {
    let text = |key: &str| {
        package
            .get(key)
            .and_then(Value::as_str)
            .filter(|text| !text.trim().is_empty())
            .map(str::to_owned)
    };
    let evidence = |key: &str| tree.evidence("Cargo.toml", &format!("{key} ="));
    let name = text("name").map(|name| Finding::likely(Fact::Name(name), evidence("name")));
    let description = text("description")
        .map(|text| Finding::likely(Fact::Description(text.trim().to_owned()), evidence("description")));
    name.into_iter().chain(description).collect()
}

/// The package's binaries, as Cargo finds them.
fn binaries(tree: &Tree, manifest: &Table, folder: &str) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = manifest
        .get("bin")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|bin| bin.get("name")?.as_str().map(str::to_owned))
        .collect();
    let declared_paths: Vec<&str> = manifest
        .get("bin")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|bin| bin.get("path")?.as_str())
        .collect();
    let package = manifest
        .get("package")
        .and_then(|package| package.get("name")?.as_str());
    if let Some(name) =
        package.filter(|_| tree.has(&format!("{folder}src/main.rs")) && !declared_paths.contains(&"src/main.rs"))
    {
        // A `[[bin]]` without a path takes the main file of its own name or the only one.
        if names.is_empty() || names.contains(name) {
            names.insert(name.to_owned());
        }
    }
    let start = format!("{folder}src/bin/");
    for rest in tree.paths().filter_map(|path| path.strip_prefix(&start)) {
        let name = rest
            .strip_suffix("/main.rs")
            .or_else(|| rest.strip_suffix(".rs").filter(|name| !name.contains('/')));
        let declared = declared_paths.contains(&format!("src/bin/{rest}").as_str());
        names.extend(name.filter(|name| !name.contains('/') && !declared).map(str::to_owned));
    }
    names
}

fn start(tree: &Tree, manifest: &Table, binary: &str, only: bool) -> Vec<Finding> {
    let evidence = tree.evidence("Cargo.toml", &format!("\"{binary}\""));
    let workspace = workspace(tree, manifest);
    let locked = match workspace {
        Some(above) => above.files.contains_key("Cargo.lock"),
        None => tree.has("Cargo.lock"),
    };
    let locked = if locked { " --locked" } else { "" };
    let make = if only { Finding::certain } else { Finding::likely };
    let triple = tree
        .text(".cargo/config.toml")
        .and_then(|text| text.parse::<Table>().ok());
    let triple = triple
        .and_then(|config| Some(format!("{}/", config.get("build")?.get("target")?.as_str()?)))
        .unwrap_or_default();
    let binary_path = format!("target/{triple}release/{binary}");
    let mut findings = vec![make(
        Fact::Build(format!("cargo build --release{locked} --bin {binary}")),
        evidence.clone(),
    )];
    findings.extend(context(tree, manifest, workspace));
    let up = workspace.map_or("./".into(), |above| format!("{}/", above.up));
    let kept = Fact::Include(format!("{}{binary_path}", up.trim_start_matches("./")));
    findings.push(make(kept, evidence.clone()));
    findings.push(make(
        Fact::Web(CommandLine::Exec(vec![format!("{up}{binary_path}")])),
        evidence,
    ));
    findings
}

/// The folder that holds the workspace, and the packages that are taken from beside it.
fn context(tree: &Tree, manifest: &Table, workspace: Option<&Above>) -> Option<Finding> {
    let root = workspace.and_then(|above| {
        let root = above.files.get("Cargo.toml")?.parse::<Table>().ok()?;
        Some((above.down.matches('/').count() + 1, root, above))
    });
    let own = ways_up(manifest).max().unwrap_or(0);
    let (inside, shared) = match &root {
        Some((depth, root, _)) => {
            let shared = root
                .get("workspace")
                .and_then(Value::as_table)
                .into_iter()
                .flat_map(ways_up);
            (*depth, shared.max().map_or(0, |up| up + depth))
        }
        None => (0, 0),
    };
    let up = own.max(shared).max(inside);
    let way = vec![".."; up].join("/");
    // Farther up than was looked there is nothing to say.
    tree.above.iter().find(|above| above.up == way)?;
    let evidence = match &root {
        Some((_, _, above)) if up > own => Evidence::file(format!("{}/Cargo.toml", above.up)),
        _ => tree.evidence("Cargo.toml", &way),
    };
    Some(Finding::certain(Fact::Context(way), evidence))
}

/// How many folders up each dependency on a path leads.
fn ways_up(manifest: &Table) -> impl Iterator<Item = usize> {
    let kinds = ["dependencies", "build-dependencies"];
    let packages = kinds.into_iter().filter_map(|kind| manifest.get(kind)?.as_table());
    packages
        .flat_map(Table::values)
        .filter_map(|package| package.get("path")?.as_str())
        .map(|path| path.split('/').take_while(|part| *part == "..").count())
}

fn choose(tree: &Tree, binary: &str) -> Vec<Finding> {
    let manifest = tree.text("Cargo.toml").and_then(|text| text.parse::<Table>().ok());
    manifest
        .map(|manifest| start(tree, &manifest, binary, true))
        .unwrap_or_default()
}

/// The workspace above that this package is a member of.
fn workspace<'a>(tree: &'a Tree, manifest: &Table) -> Option<&'a Above> {
    if manifest.contains_key("workspace") {
        return None;
    }
    tree.above.iter().find(|above| {
        let root = above
            .files
            .get("Cargo.toml")
            .and_then(|text| text.parse::<Table>().ok());
        let Some(workspace) = root.as_ref().and_then(|root| root.get("workspace")) else {
            return false;
        };
        let listed = |key: &str| {
            let globs = workspace
                .get(key)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str);
            globs.map(|glob| glob.trim_start_matches("./")).any(|glob| {
                glob::matches(glob, &above.down) || above.down.starts_with(&format!("{}/", glob.trim_end_matches('/')))
            })
        };
        listed("members") && !listed("exclude")
    })
}

/// A workspace without a package of its own: the members with a binary.
fn members(tree: &Tree, manifest: &Table) -> Vec<Finding> {
    if !manifest.contains_key("workspace") {
        return Vec::new();
    }
    let mut folders = Vec::new();
    for path in tree
        .paths()
        .filter(|path| path.ends_with("/Cargo.toml") && path.matches('/').count() <= 3)
    {
        let folder = path.trim_end_matches("Cargo.toml");
        let member = tree.text(path).and_then(|text| text.parse::<Table>().ok());
        let globs = manifest["workspace"]
            .get("members")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        let listed = globs.into_iter().any(|glob| glob::matches(glob, folder));
        if member.is_some_and(|member| listed && !binaries(tree, &member, folder).is_empty()) {
            folders.push(folder.trim_end_matches('/').to_owned());
        }
    }
    match folders.is_empty() {
        true => Vec::new(),
        false => vec![Finding::certain(
            Fact::Apps(folders),
            tree.evidence("Cargo.toml", "[workspace]"),
        )],
    }
}

/// Frameworks with a variable of their own.
fn frameworks(tree: &Tree, manifest: &Table) -> Option<Finding> {
    let rocket = manifest.get("dependencies")?.get("rocket").is_some();
    let port = PortUse::OtherVariable {
        name: "ROCKET_PORT".into(),
        address: false,
    };
    rocket.then(|| Finding::certain(Fact::Port(port), tree.evidence("Cargo.toml", "rocket")))
}

/// `cargo run` compiles at each start: the planner uses what the build made instead.
fn localise(_: &Tree, command: &[String]) -> Option<CommandLine> {
    match command {
        [_, run, ..] if run == "run" => None,
        _ => Some(CommandLine::Exec(command.to_vec())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(tree: &Tree) -> Vec<Fact> {
        detect(tree).into_iter().map(|finding| finding.fact).collect()
    }

    fn run(path: &str) -> Fact {
        Fact::Web(CommandLine::Exec(vec![path.into()]))
    }

    #[test]
    fn the_binary_is_built_and_kept() {
        let tree = Tree::of(
            "app",
            [
                ("Cargo.toml", "[package]\nname = \"shop\"\n"),
                ("src/main.rs", "fn main() {}"),
                ("Cargo.lock", ""),
            ],
        );
        let facts = facts(&tree);
        assert!(
            facts.contains(&Fact::Build("cargo build --release --locked --bin shop".into())),
            "{facts:?}"
        );
        assert!(
            facts.contains(&Fact::Include("target/release/shop".into())),
            "{facts:?}"
        );
        assert!(facts.contains(&run("./target/release/shop")), "{facts:?}");
    }

    #[test]
    fn a_member_is_built_in_its_workspace() {
        let tree = Tree::of(
            "api",
            [("Cargo.toml", "[package]\nname = \"api\"\n"), ("src/main.rs", "")],
        )
        .below(
            "../..",
            "services/api",
            [
                ("Cargo.toml", "[workspace]\nmembers = [\"services/*\"]\n"),
                ("Cargo.lock", ""),
            ],
        );
        let facts = facts(&tree);
        assert!(facts.contains(&Fact::Context("../..".into())), "{facts:?}");
        assert!(facts.contains(&run("../../target/release/api")), "{facts:?}");
    }

    #[test]
    fn packages_from_beside_the_workspace_are_in_the_context() {
        let tree = |manifest: &'static str, root: &'static str| {
            Tree::of("hello", [("Cargo.toml", manifest), ("src/main.rs", "")])
                .below("..", "hello", [("Cargo.toml", root)])
                .below("../..", "examples/hello", [])
        };
        let context = |tree: &Tree| facts(tree).into_iter().find(|fact| matches!(fact, Fact::Context(_)));
        let workspace = "[workspace]\nmembers = [\"*\"]\n";
        let beside = "[package]\nname = \"hello\"\n[dependencies]\naxum = { path = \"../../axum\" }\n";
        assert_eq!(context(&tree(beside, workspace)), Some(Fact::Context("../..".into())));
        let shared = "[workspace]\nmembers = [\"*\"]\n[workspace.dependencies]\naxum = { path = \"../axum\" }\n";
        let member = "[package]\nname = \"hello\"\n";
        assert_eq!(context(&tree(member, shared)), Some(Fact::Context("../..".into())));
        assert_eq!(context(&tree(member, workspace)), Some(Fact::Context("..".into())));
        assert_eq!(context(&tree(member, "")), None);
    }

    #[test]
    fn several_binaries_are_a_question_unless_one_is_the_default() {
        let bins = [("src/bin/a.rs", ""), ("src/bin/b/main.rs", "")];
        let with = |manifest: &'static str| Tree::of("app", [("Cargo.toml", manifest)].into_iter().chain(bins));
        let asked = facts(&with("[package]\nname = \"shop\"\n"));
        assert!(
            asked.contains(&Fact::Choices(vec!["a".into(), "b".into()])),
            "{asked:?}"
        );
        let known = facts(&with("[package]\nname = \"shop\"\ndefault-run = \"b\"\n"));
        assert!(known.contains(&run("./target/release/b")), "{known:?}");
    }

    #[test]
    fn a_workspace_lists_its_members_with_binaries() {
        let tree = Tree::of(
            "all",
            [
                ("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n"),
                ("crates/api/Cargo.toml", "[package]\nname = \"api\"\n"),
                ("crates/api/src/main.rs", ""),
                ("crates/lib/Cargo.toml", "[package]\nname = \"lib\"\n"),
                ("crates/lib/src/lib.rs", ""),
            ],
        );
        assert_eq!(facts(&tree), [Fact::Apps(vec!["crates/api".into()])]);
    }

    proptest::proptest! {
        #[test]
        fn hostile_manifests_never_panic(text in "(?s)(\\[package\\]|\\[workspace\\]|\\[\\[bin\\]\\]|name = |members = |[\"\\[\\]\\n=a-z*/.]){0,40}") {
            detect(&Tree::of("app", [("Cargo.toml", text.as_str()), ("src/main.rs", "")]));
        }
    }
}
