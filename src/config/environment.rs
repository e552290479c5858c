//! The process's environment variables, read once.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

/// The variables as they were when the program started.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment {
    variables: BTreeMap<OsString, OsString>,
}

/// Names only: values may be secrets.
impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

impl Environment {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the environment"
    )]
    pub fn of_process() -> Self {
        Environment {
            variables: std::env::vars_os().collect(),
        }
    }

    /// Those and no others, for tests.
    pub fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Environment {
            variables: pairs
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        }
    }

    /// The value as it is, even if it is empty, as secrets may be.
    pub fn raw(&self, name: &str) -> Option<&OsStr> {
        self.variables.get(OsStr::new(name)).map(OsString::as_os_str)
    }

    /// Every variable, for children that get the same environment.
    pub fn iter(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.variables
            .iter()
            .map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }

    /// The value as it is; an empty one counts as not set.
    pub fn os(&self, name: &str) -> Option<&OsStr> {
        self.variables
            .get(OsStr::new(name))
            .map(OsString::as_os_str)
            .filter(|value| !value.is_empty())
    }

    /// The value as text; empty or not UTF-8 counts as not set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.os(name).and_then(OsStr::to_str)
    }

    /// Whether a switch is on: set, not empty, and none of `0`, `false`, `no`, `off`.
    pub fn on(&self, name: &str) -> bool {
        self.os(name).is_some_and(|value| {
            !["0", "false", "no", "off"]
                .iter()
                .any(|off| value.eq_ignore_ascii_case(off))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_read_as_people_write_them() {
        let environment = Environment::of([("A", "1"), ("B", "No"), ("C", ""), ("D", "yes"), ("E", "0")]);
        let on: Vec<&str> = ["A", "B", "C", "D", "E", "F"]
            .into_iter()
            .filter(|name| environment.on(name))
            .collect();
        assert_eq!(on, ["A", "D"]);
        assert_eq!(environment.get("C"), None);
    }

    #[test]
    fn the_debug_form_holds_no_values() {
        let environment = Environment::of([("DB_PASSWORD", "hunter2")]);
        assert_eq!(format!("{environment:?}"), r#"{"DB_PASSWORD"}"#);
    }
}
