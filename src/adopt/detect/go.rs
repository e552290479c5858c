//! Go: the main packages of a module, here or in `cmd/`.

use super::Stack;
use crate::adopt::finding::{Evidence, Fact, Finding};
use crate::adopt::tree::{Tree, line_of};
use crate::adopt::{assets, network};
use crate::model::spec::CommandLine;

pub const STACK: Stack = Stack {
    title: "Go",
    programs: &["go"],
    programs_in: None,
    needs: &["go"],
    detect,
    localise,
    choose: Some(choose),
};

/// Names of main packages that are the server when there are several.
const SERVERS: [&str; 6] = ["server", "api", "web", "app", "serve", "httpd"];

fn detect(tree: &Tree) -> Vec<Finding> {
    let above = tree.above.iter().find(|above| above.files.contains_key("go.mod"));
    let (module, evidence) = match (tree.text("go.mod"), above) {
        (Some(text), _) => (module(text), Evidence::file("go.mod")),
        (None, Some(above)) if tree.paths().any(|path| path.ends_with(".go")) => (
            module(&above.files["go.mod"]),
            Evidence::file(format!("{}/go.mod", above.up)),
        ),
        _ => return Vec::new(),
    };
    let name = module.as_deref().map_or_else(|| tree.name.clone(), last_segment);
    let mut findings = Vec::new();
    if tree.has("go.mod") {
        findings.push(Finding::likely(Fact::Name(name.clone()), evidence.clone()));
    } else if let Some(above) = above {
        findings.push(Finding::certain(Fact::Context(above.up.clone()), evidence));
    }
    let mains = mains(tree);
    let mut chosen = None;
    match &mains[..] {
        [] => return Vec::new(),
        [only] => findings.extend(start(&name, only, true)),
        several => match several.iter().find(|main| serves(main, &name)) {
            Some(main) => {
                chosen = Some(&main.folder);
                findings.extend(start(&name, main, false));
                let others: Vec<_> = several
                    .iter()
                    .filter(|other| *other != main)
                    .map(|other| format!("`{}`", other.folder))
                    .collect();
                let note = format!(
                    "other main packages are left alone: {}; `--process NAME=COMMAND` adds one",
                    others.join(", ")
                );
                findings.push(Finding::certain(Fact::Note(note), main.evidence.clone()));
            }
            None => {
                let folders: Vec<_> = several.iter().map(|main| main.folder.clone()).collect();
                findings.push(Finding::certain(Fact::Choices(folders), several[0].evidence.clone()));
            }
        },
    }
    if let Some(generate) = generated(tree) {
        let note = "`go generate` is not run: put it into `--build` if what it makes is not committed";
        findings.push(Finding::guess(Fact::Note(note.into()), generate));
    }
    findings.extend(assets::read_at_run_time(tree, &["go"]));
    // What another program of the module listens on says nothing of this one.
    let others: Vec<String> = mains
        .iter()
        .filter(|main| chosen.is_some_and(|chosen| main.folder != *chosen && main.folder != "."))
        .map(|main| format!("{}/", main.folder))
        .collect();
    let own = |path: &str| !others.iter().any(|folder| path.starts_with(folder.as_str()));
    findings.extend(network::scan_where(tree, &["go"], &own));
    findings
}

/// A package with `func main`.
#[derive(Debug, PartialEq)]
struct Main {
    /// `.`, `cmd/api`.
    folder: String,
    evidence: Evidence,
}

fn mains(tree: &Tree) -> Vec<Main> {
    let mut mains: Vec<Main> = Vec::new();
    for (path, text) in tree.sources(&["go"]) {
        if path.matches('/').count() > 3 || text.contains("//go:build ignore") || text.contains("// +build ignore") {
            continue;
        }
        let Some(line) = line_of(text, "func main()") else {
            continue;
        };
        let package = text.lines().find(|line| line.starts_with("package "));
        let folder = path.rsplit_once('/').map_or(".", |(folder, _)| folder).to_owned();
        // A folder with a module of its own is another app.
        let own_module = folder != "." && tree.has(&format!("{folder}/go.mod"));
        let tool = folder
            .split('/')
            .any(|part| matches!(part, "tools" | "hack" | "scripts" | "internal" | "_examples"));
        if package.is_some_and(|package| package.split("//").next().unwrap_or_default().trim_end() == "package main")
            && !own_module
            && !tool
            && mains.iter().all(|main| main.folder != folder)
        {
            mains.push(Main {
                folder,
                evidence: Evidence::line(path, line),
            });
        }
    }
    mains
}

fn choose(tree: &Tree, folder: &str) -> Vec<Finding> {
    let main = mains(tree).into_iter().find(|main| main.folder == folder);
    main.map(|main| start(&tree.name, &main, true)).unwrap_or_default()
}

/// Whether this is the one among several that people mean.
fn serves(main: &Main, module: &str) -> bool {
    let last = last_segment(&main.folder);
    main.folder == "."
        || last == module
        || SERVERS.contains(&last.as_str())
        || last == format!("{module}-server")
        || last == format!("{module}d")
}

fn start(module: &str, main: &Main, only: bool) -> Vec<Finding> {
    let name = if main.folder == "." {
        module.to_owned()
    } else {
        last_segment(&main.folder)
    };
    let plain = |name: &str| {
        let first = name.starts_with(|c: char| c.is_ascii_alphanumeric());
        first
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    let name = if plain(&name) { name } else { "app".into() };
    let package = if main.folder == "." {
        ".".to_owned()
    } else {
        format!("./{}", main.folder)
    };
    let make = if only { Finding::certain } else { Finding::likely };
    let binary = format!("bin/{name}");
    vec![
        make(
            Fact::Build(format!("go build -o {binary} {package}")),
            main.evidence.clone(),
        ),
        make(Fact::Include(binary.clone()), main.evidence.clone()),
        make(
            Fact::Web(CommandLine::Exec(vec![format!("./{binary}")])),
            main.evidence.clone(),
        ),
    ]
}

fn generated(tree: &Tree) -> Option<Evidence> {
    tree.sources(&["go"])
        .into_iter()
        .find_map(|(path, text)| Some(Evidence::line(path, line_of(text, "//go:generate ")?)))
}

fn module(text: &str) -> Option<String> {
    let module = text.lines().find_map(|line| line.trim().strip_prefix("module "))?;
    Some(module.trim().trim_matches('"').to_owned())
}

/// The name a module or folder goes by: `/v2` is its version.
fn last_segment(path: &str) -> String {
    let mut parts = path.rsplit('/');
    let last = parts.next().unwrap_or_default();
    let version = last
        .strip_prefix('v')
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()));
    match parts.next() {
        Some(before) if version => before.to_owned(),
        _ => last.to_owned(),
    }
}

/// `go run ./cmd/x` compiles at each start: the planner uses what the build made instead.
fn localise(_: &Tree, command: &[String]) -> Option<CommandLine> {
    match command {
        [_, run, ..] if run == "run" => None,
        _ => Some(CommandLine::Exec(command.to_vec())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(files: &[(&str, &str)]) -> Vec<Fact> {
        detect(&Tree::of("app", files.iter().copied()))
            .into_iter()
            .map(|finding| finding.fact)
            .collect()
    }

    const MAIN: &str = "package main\n\nfunc main() {\n}\n";

    #[test]
    fn the_main_package_is_built_into_bin() {
        let facts = facts(&[
            ("go.mod", "module example.org/shop/v2\n"),
            ("cmd/api/main.go", MAIN),
            ("internal/x.go", "package internal"),
        ]);
        assert!(facts.contains(&Fact::Name("shop".into())), "{facts:?}");
        assert!(
            facts.contains(&Fact::Build("go build -o bin/api ./cmd/api".into())),
            "{facts:?}"
        );
        assert!(
            facts.contains(&Fact::Web(CommandLine::Exec(vec!["./bin/api".into()]))),
            "{facts:?}"
        );
    }

    #[test]
    fn several_main_packages_are_a_question_unless_one_is_the_server() {
        let module = ("go.mod", "module shop\n");
        let asked = facts(&[module, ("cmd/a/main.go", MAIN), ("cmd/b/main.go", MAIN)]);
        assert!(
            asked.contains(&Fact::Choices(vec!["cmd/a".into(), "cmd/b".into()])),
            "{asked:?}"
        );
        let known = facts(&[module, ("cmd/a/main.go", MAIN), ("cmd/server/main.go", MAIN)]);
        assert!(
            known.contains(&Fact::Build("go build -o bin/server ./cmd/server".into())),
            "{known:?}"
        );
    }
}
