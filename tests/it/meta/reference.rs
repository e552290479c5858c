//! Reference pages say what the decoder does. `UPDATE=1 cargo test --test it reference` writes them anew.

use deliver::config::reference;
use deliver::readiness;

use super::source;

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a person asks for the files to be written anew"
)]
fn reference_pages_are_current() {
    let update = std::env::var_os("UPDATE").is_some_and(|value| value == "1");
    let checks = (readiness::reference::NAME, readiness::reference::page());
    for (name, text) in reference::pages().into_iter().chain([checks]) {
        let path = source::root().join("docs").join(name);
        if update {
            std::fs::write(&path, &text).expect("written");
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == text,
            "docs/{name} is not current: UPDATE=1 cargo test --test it reference"
        );
    }
}
