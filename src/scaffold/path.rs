//! Paths that may be written below a new folder.

/// The longest name of a file or folder in bytes, on every common file system.
const MAX_COMPONENT: usize = 255;

/// Names that Windows gives to devices, whatever follows a dot.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// Says what is wrong with one name of a path, in words that follow "the name".
pub fn check_component(name: &str) -> Result<(), &'static str> {
    let lower = name.to_lowercase();
    let stem = lower.split('.').next().unwrap_or_default();
    let device = DEVICES.iter().any(|device| {
        stem.strip_prefix(device).is_some_and(|rest| match rest.as_bytes() {
            [] => !matches!(*device, "com" | "lpt"),
            [digit] => digit.is_ascii_digit() && matches!(*device, "com" | "lpt"),
            _ => false,
        })
    });
    match name {
        "" => Err("is empty"),
        "." | ".." => Err("leads elsewhere"),
        _ if name.len() > MAX_COMPONENT => Err("is longer than 255 bytes"),
        _ if name.contains(['/', '\\']) => Err("holds a separator"),
        _ if name.chars().any(|c| c.is_control() || "<>:\"|?*".contains(c)) => {
            Err("holds a character that not every system takes")
        }
        _ if name.ends_with(['.', ' ']) => Err("ends with a dot or a space"),
        // `git~1` is the short form of `.git` on file systems that have one.
        _ if lower == ".git" || lower == "git~1" => Err("belongs to git"),
        _ if device => Err("is a device on Windows"),
        _ => Ok(()),
    }
}

/// Says what is wrong with a whole relative path.
pub fn check(path: &str) -> Result<(), String> {
    for component in path.split('/') {
        check_component(component).map_err(|wrong| format!("the name `{}` {wrong}", component.escape_debug()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_names_that_stay_below_the_folder_are_taken() {
        for good in [
            "a",
            ".gitignore",
            ".github/workflows/ci.yml",
            "a b",
            "é",
            "com",
            "console",
            "commit.txt",
            "git",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "/a",
            "a/",
            "a//b",
            "..",
            "a/../b",
            "./a",
            ".git",
            "x/.GIT/hooks/pre-commit",
            "git~1/a",
            "a\\b",
            "a\nb",
            "a\0",
            "con",
            "nul.txt",
            "COM1",
            "a.",
            "a ",
            "c:x",
            &"x".repeat(256),
        ] {
            assert!(check(bad).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_taken_never_leaves_the_folder(path in r"[./\\a-zA-Z~\PC]{0,40}") {
            if check(&path).is_ok() {
                let components: Vec<_> = std::path::Path::new(&path).components().collect();
                prop_assert!(components.iter().all(|one| matches!(one, std::path::Component::Normal(_))));
                prop_assert!(!components.iter().any(|one| one.as_os_str().eq_ignore_ascii_case(".git")));
            }
        }
    }
}
