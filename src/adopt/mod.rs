//! `deliver adopt`: describes an app that already exists.

pub mod assets;
pub mod command;
pub mod detect;
pub mod finding;
pub mod glob;
pub mod network;
pub mod tree;
