//! `deliver adopt`: describes an app that already exists, and changes nothing but its `deliver.toml`.
//!
//! * [`tree`] looks at the folder, within limits.
//! * [`detect`] holds one detector a language or kind of file. Each says facts with their evidence and decides nothing.
//! * [`plan`] puts facts and a person's answers together: a [`draft`] in which every value has its grounds, the questions
//!   that are left, and notes on what no key can say.
//! * [`emit`] writes the draft as a manifest.
//!
//! Nothing is guessed silently: a value is certain, likely or a guess, and a guess is a question.

pub mod assets;
pub mod command;
pub mod container;
pub mod detect;
pub mod draft;
pub mod emit;
pub mod finding;
pub mod glob;
pub mod network;
pub mod plan;
pub mod port;
pub mod tree;

pub use plan::{Answers, Ask, Listen, Machine, Plan, Question, Role, plan};
pub use tree::Tree;

#[cfg(test)]
mod tests;
