//! No file of the suite is forgotten, and every document kind is documented.

use std::collections::BTreeSet;

use super::source;

#[test]
fn every_test_file_is_a_module() {
    for path in source::rust_files("tests/it") {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let folder = path.parent().expect("a folder");
        let (module, parents) = match name.as_str() {
            "main" => continue,
            "mod" => {
                let module = folder.file_name().expect("a name").to_string_lossy().into_owned();
                (module, folder.parent().expect("a folder"))
            }
            _ => (name, folder),
        };
        let declared = [
            parents.join("mod.rs"),
            parents.join("main.rs"),
            parents.with_extension("rs"),
        ]
        .iter()
        .filter(|parent| source::root().join(parent).is_file())
        .any(|parent| {
            let text = source::read(parent);
            text.lines()
                .any(|line| line.trim().trim_start_matches("pub ") == format!("mod {module};"))
        });
        assert!(declared, "{} is compiled by nobody", path.display());
    }
}

fn kinds_in_source() -> BTreeSet<String> {
    let mut kinds = BTreeSet::new();
    for path in source::rust_files("src") {
        for line in source::read(&path).lines() {
            if let Some((_, rest)) = line.split_once("const SCHEMA: &'static str = \"") {
                kinds.insert(rest.split('"').next().unwrap_or_default().to_owned());
            }
        }
    }
    kinds
}

#[test]
fn every_kind_of_document_is_documented() {
    let page = source::read(std::path::Path::new("docs/json.md"));
    let kinds = kinds_in_source();
    let missing: Vec<_> = kinds
        .iter()
        .filter(|kind| !page.contains(&format!("`deliver/{kind}/v1`")))
        .collect();
    assert!(missing.is_empty(), "docs/json.md says nothing of {missing:?}");
}

#[test]
fn every_kind_of_document_has_a_schema() {
    let registered: BTreeSet<_> = deliver::cli::schema::KINDS
        .iter()
        .map(|kind| kind.name.to_owned())
        .collect();
    let missing: Vec<_> = kinds_in_source().difference(&registered).cloned().collect();
    assert!(missing.is_empty(), "src/cli/schema.rs does not list {missing:?}");
    for kind in deliver::cli::schema::KINDS {
        let schema = (kind.schema)();
        let expected = format!("deliver/{}/v1", kind.name);
        assert_eq!(schema["properties"]["schema"]["const"], expected.as_str());
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    }
}

/// The names that a row of the page begins its fields with, at the outermost level: `id`, `gates[{verdict}]` are `id` and
/// `gates`. Quoted parts that begin the cell or follow a comma are fields; the rest is prose.
fn documented_fields(row: &str) -> BTreeSet<String> {
    let cell = row.split(" | ").nth(2).unwrap_or_default();
    let mut fields = BTreeSet::new();
    let mut before = ", ";
    for (at, part) in cell.split('`').enumerate() {
        if at % 2 == 0 {
            before = if at == 0 { ", " } else { part };
            continue;
        }
        let mut depth = 0;
        let mut name = String::new();
        for c in part.chars().chain([',']).filter(|_| before.ends_with(", ")) {
            match c {
                '[' | '{' => depth += 1,
                ']' | '}' => depth -= 1,
                ',' if depth == 0 => {
                    fields.insert(std::mem::take(&mut name));
                }
                c if depth == 0 && !c.is_whitespace() => name.push(c),
                _ => {}
            }
        }
    }
    fields
}

#[test]
fn the_page_names_every_field_of_every_document() {
    let page = source::read(std::path::Path::new("docs/json.md"));
    let mut wrong = Vec::new();
    for kind in deliver::cli::schema::KINDS {
        let start = format!("| `deliver/{}/v1` |", kind.name);
        let Some(row) = page.lines().find(|line| line.starts_with(&start)) else {
            continue;
        };
        let schema = (kind.schema)();
        let printed = schema["properties"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone());
        let printed: BTreeSet<String> = printed.filter(|name| name != "schema").collect();
        let documented = documented_fields(row);
        if printed != documented {
            let more: Vec<_> = printed.difference(&documented).collect();
            let less: Vec<_> = documented.difference(&printed).collect();
            wrong.push(format!("`{}`: not mentioned {more:?}, not printed {less:?}", kind.name));
        }
    }
    assert!(wrong.is_empty(), "docs/json.md:\n{}", wrong.join("\n"));
}
