//! `completions/` holds what the program prints. `UPDATE=1 cargo test --test it completions` writes it anew.

use clap_complete::Shell;
use deliver::cli::completion;

use super::source;

const FILES: [(Shell, &str); 5] = [
    (Shell::Bash, "completions/deliver.bash"),
    (Shell::Zsh, "completions/_deliver"),
    (Shell::Fish, "completions/deliver.fish"),
    (Shell::PowerShell, "completions/deliver.ps1"),
    (Shell::Elvish, "completions/deliver.elv"),
];

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a person asks for the files to be written anew"
)]
fn completions_are_current() {
    let update = std::env::var_os("UPDATE").is_some_and(|value| value == "1");
    for (shell, file) in FILES {
        let path = source::root().join(file);
        let script = completion::script(shell);
        if update {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(&path, &script).expect("written");
        }
        let kept = std::fs::read(&path).unwrap_or_default();
        assert!(
            kept == script,
            "{file} is not current: UPDATE=1 cargo test --test it completions"
        );
    }
}
