//! The list of faults names tests that exist.

use std::path::{Path, PathBuf};

use super::source;

/// Every `path::name` in backticks on the page.
fn named(page: &str) -> Vec<(PathBuf, String)> {
    let quoted = page.split('`').skip(1).step_by(2);
    quoted
        .filter_map(|text| text.rsplit_once("::"))
        // The page's own explanation of the two prefixes has no name.
        .filter(|(_, name)| !name.is_empty())
        .map(|(path, name)| {
            (
                Path::new(&path.replace("::", "/")).with_extension("rs"),
                name.to_owned(),
            )
        })
        .collect()
}

#[test]
fn every_test_in_the_list_of_faults_exists() {
    let page = source::read(Path::new("docs/faults.md"));
    let named = named(&page);
    assert!(named.len() > 60, "only {} tests are named", named.len());
    let exists = |path: &Path, name: &str| {
        let files = ["tests/it", "src"].map(|folder| Path::new(folder).join(path));
        let file = files.iter().find(|file| source::root().join(file).is_file());
        file.is_some_and(|file| source::read(file).contains(&format!("fn {name}(")))
    };
    let missing: Vec<String> = named
        .iter()
        .filter(|(path, name)| !exists(path, name))
        .map(|(path, name)| format!("{name} in {}", path.display()))
        .collect();
    assert_eq!(missing, [""; 0], "docs/faults.md names what does not exist");
}
