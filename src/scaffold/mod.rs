//! Making a new service from a template.
//!
//! A [`Template`] and checked [`Answers`] are rendered in memory, compared with what is there into a pure [`Plan`], and
//! applied all or nothing. Template, version, answers and the hash of every rendered file are recorded in
//! `.deliver/template.toml`, so that a later version of the template can be merged into what people made of it.
//!
//! Nothing here writes outside the folder that was named, follows a symbolic link below it, or writes into `.git`.

pub mod answers;
pub mod apply;
mod builtin;
pub mod catalogue;
mod escape;
mod folder;
mod lock;
pub mod path;
pub mod plan;
pub mod render;
pub mod template;
mod tree;

pub use answers::Answers;
pub use apply::{Done, apply};
pub use catalogue::Catalogue;
pub use plan::{Action, FilePlan, Plan, plan};
pub use render::{Rendered, render};
pub use template::{Policy, Template, TemplateFile};
