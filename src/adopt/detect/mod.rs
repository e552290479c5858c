//! The register of detectors. A new one is a file here, a line in [`STACKS`] or [`HINTS`], and its tests.

use super::finding::Finding;
use super::tree::Tree;
use crate::model::spec::CommandLine;

pub mod compose;
pub mod dockerfile;
pub mod env_file;
pub mod go;
pub mod node;
pub mod owners;
pub mod php;
pub mod procfile;
pub mod python;
pub mod ruby;
pub mod rust;
pub mod site;

/// A language or generator: knows how to build and start apps of its kind.
pub struct Stack {
    /// The word in reports: `Node`.
    pub title: &'static str,
    /// Programs whose commands belong to this stack wherever they are written, in a Procfile say.
    pub programs: &'static [&'static str],
    /// Where a build puts programs that scripts call by name alone.
    pub programs_in: Option<&'static str>,
    /// Programs that must be on the machine.
    pub needs: &'static [&'static str],
    /// Whether an app of this kind is here, and all that can be said of it. Empty where it is not.
    pub detect: fn(&Tree) -> Vec<Finding>,
    /// Makes a command that a person wrote for an activated development shell one that runs in a release.
    pub localise: fn(&Tree, &[String]) -> Option<CommandLine>,
    /// How to build and start the one of its [`Fact::Choices`](super::finding::Fact::Choices) that a person named.
    pub choose: Option<fn(&Tree, &str) -> Vec<Finding>>,
}

/// Files that speak of any app: how it starts, what it needs.
pub struct Hint {
    pub name: &'static str,
    pub detect: fn(&Tree) -> Vec<Finding>,
}

/// In the order in which two equally sure ones are preferred: a compiled app beside a `package.json` for its assets is
/// the compiled app.
pub const STACKS: [&Stack; 7] = [
    &rust::STACK,
    &go::STACK,
    &ruby::STACK,
    &python::STACK,
    &php::STACK,
    &node::STACK,
    &site::STACK,
];

pub const HINTS: [&Hint; 5] = [
    &procfile::HINT,
    &compose::HINT,
    &dockerfile::HINT,
    &env_file::HINT,
    &owners::HINT,
];

/// The stack that a program belongs to.
pub fn stack_of(program: &str) -> Option<&'static Stack> {
    let name = program.rsplit('/').next().unwrap_or(program);
    STACKS.into_iter().find(|stack| stack.programs.contains(&name))
}
