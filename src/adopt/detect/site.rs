//! Sites: files to serve, as they are or as a generator leaves them.

use super::Stack;
use crate::adopt::finding::{Evidence, Fact, Finding};
use crate::adopt::tree::Tree;
use crate::model::spec::CommandLine;

pub const STACK: Stack = Stack {
    title: "Site",
    programs: &["hugo", "mdbook", "mkdocs", "zola"],
    programs_in: None,
    needs: &[],
    detect,
    localise,
    choose: None,
};

/// Folders with a page in them, likeliest first: what a build left before what a person wrote.
const FOLDERS: [&str; 10] = [
    "public", "dist", "_site", "site", "www", "html", "build", "docs", ".", "src",
];

fn detect(tree: &Tree) -> Vec<Finding> {
    if let Some(findings) = generator(tree) {
        return findings;
    }
    let page = FOLDERS.iter().find_map(|folder| {
        let index = if *folder == "." {
            "index.html".to_owned()
        } else {
            format!("{folder}/index.html")
        };
        tree.has(&index)
            .then(|| Finding::likely(Fact::Static((*folder).into()), Evidence::file(index)))
    });
    page.into_iter().collect()
}

/// Generators by the file they are configured with.
fn generator(tree: &Tree) -> Option<Vec<Finding>> {
    let hugo = tree
        .first(&["hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json"])
        .or_else(|| {
            let old = tree.first(&["config.toml", "config.yaml"])?;
            tree.has_folder("content").then_some(old)
        });
    let zola = tree
        .text("config.toml")
        .is_some_and(|text| text.contains("base_url") && !text.contains("baseURL"));
    let (file, step, folder) = match hugo {
        Some(file) if zola && tree.has_folder("content") => (file, "zola build", "public"),
        Some(file) => (file, "hugo --minify", "public"),
        None if tree.has("book.toml") => ("book.toml", "mdbook build", "book"),
        None if tree.has("mkdocs.yml") => ("mkdocs.yml", "mkdocs build", "site"),
        None => return None,
    };
    let evidence = Evidence::file(file);
    Some(vec![
        Finding::certain(Fact::Build(step.into()), evidence.clone()),
        Finding::certain(Fact::Static(folder.into()), evidence),
    ])
}

/// `hugo server` serves what the build leaves; the agent does that.
fn localise(_: &Tree, command: &[String]) -> Option<CommandLine> {
    match command.get(1).map(String::as_str) {
        Some("server" | "serve") => None,
        _ => Some(CommandLine::Exec(command.to_vec())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_generators_are_sites() {
        for (files, folder) in [
            (&[("index.html", "")][..], "."),
            (&[("public/index.html", ""), ("index.html", "")], "public"),
            (&[("hugo.toml", "")], "public"),
            (&[("book.toml", "")], "book"),
        ] {
            let facts: Vec<_> = detect(&Tree::of("x", files.iter().copied()))
                .into_iter()
                .map(|finding| finding.fact)
                .collect();
            assert!(facts.contains(&Fact::Static(folder.into())), "{facts:?}");
        }
        assert!(detect(&Tree::of("x", [("readme.md", "")])).is_empty());
    }
}
