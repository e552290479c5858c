//! The templates that come with the program. `templates/` beside this file holds their sources; every one ends in `.tmpl`.

use std::borrow::Cow;

use super::template::{Origin, Policy, Source, Template, TemplateFile};

/// `file!(Once, "http-python/" "app.py")`: a folder of sources, and where the file goes below the new folder.
macro_rules! file {
    ($policy:ident, $folder:literal $path:literal) => {
        TemplateFile {
            path: Cow::Borrowed($path),
            policy: Policy::$policy,
            source: Source::Template(Cow::Borrowed(include_str!(concat!(
                "templates/",
                $folder,
                $path,
                ".tmpl"
            )))),
            executable: false,
        }
    };
}

/// Every built-in template, by name.
pub static TEMPLATES: [Template; 4] = [HTTP_NODE, HTTP_PYTHON, HTTP_RUST, STATIC_SITE];

const HTTP_PYTHON: Template = Template {
    name: Cow::Borrowed("http-python"),
    version: Cow::Borrowed("1.0.0"),
    description: Cow::Borrowed("HTTP service in Python, standard library only"),
    proposal: Cow::Borrowed("An HTTP service in Python"),
    runtime: Some(Cow::Borrowed("python3")),
    reserved: Cow::Borrowed(&[]),
    files: Cow::Borrowed(&[
        file!(Merged, "http-python/" ".dockerignore"),
        file!(Merged, "shared/" ".editorconfig"),
        file!(Merged, "shared/" ".github/workflows/ci.yml"),
        file!(Merged, "http-python/" ".gitignore"),
        file!(Once, "shared/" "CODEOWNERS"),
        file!(Merged, "http-python/" "Dockerfile"),
        file!(Once, "http-python/" "README.md"),
        file!(Once, "http-python/" "app.py"),
        file!(Merged, "http-python/" "deliver.toml"),
        file!(Once, "shared/http/" "docs/runbook.md"),
        file!(Merged, "shared/http/" "ops/alerts.yml"),
        file!(Managed, "http-python/" "runtime.py"),
        file!(Managed, "http-python/" "tests/__init__.py"),
        file!(Managed, "http-python/" "tests/client.py"),
        file!(Once, "http-python/" "tests/test_app.py"),
        file!(Managed, "http-python/" "tests/test_runtime.py"),
    ]),
    origin: Origin::BuiltIn,
};

const HTTP_NODE: Template = Template {
    name: Cow::Borrowed("http-node"),
    version: Cow::Borrowed("1.0.0"),
    description: Cow::Borrowed("HTTP service in Node.js, no packages at all"),
    proposal: Cow::Borrowed("An HTTP service in Node.js"),
    runtime: Some(Cow::Borrowed("node")),
    reserved: Cow::Borrowed(&[]),
    files: Cow::Borrowed(&[
        file!(Merged, "http-node/" ".dockerignore"),
        file!(Merged, "shared/" ".editorconfig"),
        file!(Merged, "shared/" ".github/workflows/ci.yml"),
        file!(Merged, "http-node/" ".gitignore"),
        file!(Once, "shared/" "CODEOWNERS"),
        file!(Merged, "http-node/" "Dockerfile"),
        file!(Once, "http-node/" "README.md"),
        file!(Once, "http-node/" "app.js"),
        file!(Merged, "http-node/" "deliver.toml"),
        file!(Once, "shared/http/" "docs/runbook.md"),
        file!(Managed, "http-node/" "main.js"),
        file!(Merged, "shared/http/" "ops/alerts.yml"),
        file!(Once, "http-node/" "package-lock.json"),
        file!(Merged, "http-node/" "package.json"),
        file!(Managed, "http-node/" "runtime.js"),
        file!(Once, "http-node/" "test/app.test.js"),
        file!(Managed, "http-node/" "test/runtime.test.js"),
        file!(Managed, "http-node/" "testing/client.js"),
    ]),
    origin: Origin::BuiltIn,
};

const HTTP_RUST: Template = Template {
    name: Cow::Borrowed("http-rust"),
    version: Cow::Borrowed("1.0.0"),
    description: Cow::Borrowed("HTTP service in Rust, on axum"),
    proposal: Cow::Borrowed("An HTTP service in Rust"),
    runtime: Some(Cow::Borrowed("cargo")),
    // Cargo keeps folders of these names beside the programs it builds.
    reserved: Cow::Borrowed(&["build", "deps", "examples", "incremental"]),
    files: Cow::Borrowed(&[
        file!(Merged, "http-rust/" ".dockerignore"),
        file!(Merged, "shared/" ".editorconfig"),
        file!(Merged, "shared/" ".github/workflows/ci.yml"),
        file!(Merged, "http-rust/" ".gitignore"),
        file!(Once, "shared/" "CODEOWNERS"),
        file!(Once, "http-rust/" "Cargo.lock"),
        file!(Merged, "http-rust/" "Cargo.toml"),
        file!(Merged, "http-rust/" "Dockerfile"),
        file!(Once, "http-rust/" "README.md"),
        file!(Merged, "http-rust/" "deliver.toml"),
        file!(Once, "shared/http/" "docs/runbook.md"),
        file!(Merged, "shared/http/" "ops/alerts.yml"),
        file!(Merged, "http-rust/" "rustfmt.toml"),
        file!(Once, "http-rust/" "src/app.rs"),
        file!(Managed, "http-rust/" "src/main.rs"),
        file!(Managed, "http-rust/" "src/runtime.rs"),
        file!(Managed, "http-rust/" "src/runtime/tests.rs"),
        file!(Once, "http-rust/" "tests/app.rs"),
        file!(Managed, "http-rust/" "tests/process.rs"),
        file!(Managed, "http-rust/" "tests/support/mod.rs"),
    ]),
    origin: Origin::BuiltIn,
};

const STATIC_SITE: Template = Template {
    name: Cow::Borrowed("static-site"),
    version: Cow::Borrowed("1.0.0"),
    description: Cow::Borrowed("Static site: HTML and CSS, with checks"),
    proposal: Cow::Borrowed("A static site"),
    runtime: None,
    reserved: Cow::Borrowed(&[]),
    files: Cow::Borrowed(&[
        file!(Merged, "static-site/" ".dockerignore"),
        file!(Merged, "shared/" ".editorconfig"),
        file!(Merged, "shared/" ".github/workflows/ci.yml"),
        file!(Merged, "static-site/" ".gitignore"),
        file!(Once, "shared/" "CODEOWNERS"),
        file!(Merged, "static-site/" "Dockerfile"),
        file!(Once, "static-site/" "README.md"),
        file!(Merged, "static-site/" "deliver.toml"),
        file!(Once, "static-site/" "docs/runbook.md"),
        file!(Merged, "static-site/" "nginx.conf"),
        file!(Merged, "static-site/" "ops/alerts.yml"),
        file!(Once, "static-site/" "public/404.html"),
        file!(Once, "static-site/" "public/icon.svg"),
        file!(Once, "static-site/" "public/index.html"),
        file!(Once, "static-site/" "public/robots.txt"),
        file!(Once, "static-site/" "public/style.css"),
        file!(Managed, "static-site/" "tests/check.py"),
    ]),
    origin: Origin::BuiltIn,
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use super::*;

    fn sources(folder: &Path, found: &mut BTreeSet<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder of templates") {
            let entry = entry.expect("an entry");
            match entry.file_type().expect("a kind").is_dir() {
                true => sources(&entry.path(), found),
                false => drop(found.insert(entry.path())),
            }
        }
    }

    #[test]
    fn every_source_belongs_to_a_template_and_ends_in_tmpl() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/scaffold/templates");
        let mut found = BTreeSet::new();
        sources(&folder, &mut found);
        let texts: BTreeSet<&str> = TEMPLATES
            .iter()
            .flat_map(|template| template.files.iter())
            .filter_map(|file| match &file.source {
                Source::Template(text) => Some(text.as_ref()),
                Source::Raw(_) => None,
            })
            .collect();
        for path in found {
            assert!(path.to_string_lossy().ends_with(".tmpl"), "{path:?}");
            let text = std::fs::read_to_string(&path).expect("text");
            assert!(texts.contains(text.as_str()), "{path:?} is in no template");
        }
    }

    #[test]
    fn files_are_sorted_and_named_once() {
        for template in &TEMPLATES {
            let paths: Vec<&str> = template.files.iter().map(|file| file.path.as_ref()).collect();
            assert!(paths.is_sorted_by(|a, b| a < b), "{}: {paths:?}", template.name);
        }
        assert!(TEMPLATES.is_sorted_by(|a, b| a.name < b.name));
    }
}
