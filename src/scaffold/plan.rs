//! The difference between what a template makes and what is there: pure, and shown as it is by `--dry-run`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::render::Rendered;
use super::template::Template;

/// What is at a path before anything is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Nothing,
    /// A file with the same bytes.
    Same,
    /// A file with others.
    Different,
    Folder,
    /// A symbolic link; where it leads does not matter.
    Link,
    /// A device, a socket or a pipe.
    Special,
    /// This part of the path is no folder.
    Blocked(String),
}

/// What happens to one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Create,
    Overwrite,
    /// It is there already, with the same bytes.
    Skip,
    /// Something else is there, which stays as it is.
    Conflict,
}

impl Action {
    pub fn word(self) -> &'static str {
        match self {
            Action::Create => "create",
            Action::Overwrite => "overwrite",
            Action::Skip => "skip",
            Action::Conflict => "conflict",
        }
    }
}

/// One file of a plan.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize)]
pub struct FilePlan {
    pub path: String,
    pub action: Action,
    /// In words that follow the path.
    pub reason: String,
    /// Permissions before the umask: `0644` or `0755`.
    pub mode: &'static str,
    #[serde(skip)]
    pub file: Rendered,
}

/// Everything that would be written, and what is in the way.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize)]
pub struct Plan {
    pub template: String,
    pub version: String,
    /// The commit that a template from version control was read at.
    pub commit: Option<String>,
    pub files: Vec<FilePlan>,
    /// Paths that something else is at. Nothing is written while there is one.
    pub conflicts: Vec<String>,
}

impl Plan {
    /// How many files have this action.
    pub fn count(&self, action: Action) -> usize {
        self.files.iter().filter(|file| file.action == action).count()
    }
}

/// Compares. With `force`, files that differ are replaced; folders, links and special files never are.
pub fn plan(template: &Template, rendered: Vec<Rendered>, found: &BTreeMap<String, Found>, force: bool) -> Plan {
    let files: Vec<FilePlan> = rendered
        .into_iter()
        .map(|file| {
            let (action, reason) = decide(found.get(&file.path).unwrap_or(&Found::Nothing), force);
            FilePlan {
                path: file.path.clone(),
                action,
                reason,
                mode: if file.executable { "0755" } else { "0644" },
                file,
            }
        })
        .collect();
    let conflicts = files.iter().filter(|file| file.action == Action::Conflict);
    Plan {
        template: template.name.to_string(),
        version: template.version.to_string(),
        commit: None,
        conflicts: conflicts.map(|file| file.path.clone()).collect(),
        files,
    }
}

fn decide(found: &Found, force: bool) -> (Action, String) {
    let (action, reason) = match found {
        Found::Nothing => (Action::Create, "is new"),
        Found::Same => (Action::Skip, "is the same already"),
        Found::Different if force => (Action::Overwrite, "is replaced, as asked"),
        Found::Different => (Action::Conflict, "exists and differs"),
        Found::Folder => (Action::Conflict, "is a folder"),
        Found::Link => (Action::Conflict, "is a symbolic link"),
        Found::Special => (Action::Conflict, "is no ordinary file"),
        Found::Blocked(part) => return (Action::Conflict, format!("needs `{part}` to be a folder")),
    };
    (action, reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scaffold::render::render;
    use crate::scaffold::render::tests::{answers, template};

    fn action(found: Found, force: bool) -> Action {
        let template = template(&[("a", "x")]);
        let rendered = render(&template, &answers("pricing", "x")).expect("rendered");
        let plan = plan(&template, rendered, &BTreeMap::from([("a".to_owned(), found)]), force);
        assert_eq!(plan.conflicts.len(), plan.count(Action::Conflict));
        plan.files[0].action
    }

    #[test]
    fn only_files_that_differ_are_ever_replaced_and_only_when_asked() {
        assert_eq!(action(Found::Nothing, false), Action::Create);
        assert_eq!(action(Found::Same, false), Action::Skip);
        assert_eq!(action(Found::Same, true), Action::Skip);
        assert_eq!(action(Found::Different, false), Action::Conflict);
        assert_eq!(action(Found::Different, true), Action::Overwrite);
        for found in [Found::Folder, Found::Link, Found::Special, Found::Blocked("x".into())] {
            assert_eq!(action(found.clone(), true), Action::Conflict, "{found:?}");
        }
    }
}
