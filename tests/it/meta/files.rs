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
