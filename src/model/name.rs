//! Names that cross borders: checked once, then carried as types.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest name in bytes. Names become DNS labels on container targets, which end at 63 (RFC 1035).
pub const MAX_LEN: usize = 63;

/// Says what is wrong with `text` as a name, in words that follow "the name": letters `a-z`, digits and `-`, starting
/// with a letter and not ending with `-`, at most [`MAX_LEN`] bytes.
pub fn check(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("is empty".into());
    }
    if text.len() > MAX_LEN {
        return Err(format!("has {} characters, {} at most", text.len(), MAX_LEN));
    }
    if let Some(bad) = text.chars().find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '-')) {
        return Err(format!("may hold only a-z, 0-9 and `-`, not `{}`", bad.escape_debug()));
    }
    if !text.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err("must start with a letter".into());
    }
    if text.ends_with('-') {
        return Err("must not end with `-`".into());
    }
    Ok(())
}

/// The nearest valid name to `text`, for proposals: `My App_2` becomes `my-app-2`. `None` where nothing is left.
pub fn suggest(text: &str) -> Option<String> {
    let mut name = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => name.push(c),
            _ if name.ends_with('-') || name.is_empty() => {}
            _ => name.push('-'),
        }
    }
    let name = name.trim_start_matches(|c: char| !c.is_ascii_lowercase());
    let name = &name[..name.len().min(MAX_LEN)];
    let name = name.trim_end_matches('-');
    check(name).is_ok().then(|| name.to_owned())
}

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, schemars::JsonSchema, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                check(text).map(|()| Self(text.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                check(&text).map(|()| Self(text))
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

name_type! {
    /// A service: something that is deployed and owned.
    ServiceName
}
name_type! {
    /// An environment: a named place a service runs in.
    EnvName
}

impl EnvName {
    /// The environment that always exists: this machine.
    pub fn local() -> Self {
        EnvName("local".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_dns_labels_that_start_with_a_letter() {
        for good in ["a", "pricing", "a-1", "x2"] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "a-", "1a", "A", "a_b", "a.b", "a b", "ä", &"a".repeat(64)] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_proposal_is_always_valid() {
        assert_eq!(suggest("My App_2").as_deref(), Some("my-app-2"));
        assert_eq!(suggest("2048--game-").as_deref(), Some("game"));
        assert_eq!(suggest("日本"), None);
    }
}
