//! What holds for the repository itself.

mod dependencies;
mod exit_codes;
