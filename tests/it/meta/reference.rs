//! Reference pages say what the decoder does. `UPDATE=1 cargo test --test it reference` writes them anew.

use deliver::config::reference;

use super::source;

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a person asks for the files to be written anew"
)]
fn reference_pages_are_current() {
    let update = std::env::var_os("UPDATE").is_some_and(|value| value == "1");
    for (name, text) in reference::pages() {
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
