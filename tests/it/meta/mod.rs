//! What holds for the repository itself.

mod completions;
mod dependencies;
mod exit_codes;
mod faults;
mod files;
mod help;
mod layers;
mod reference;
mod source;
