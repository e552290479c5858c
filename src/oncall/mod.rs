//! Who is called, and when: rotas resolved into spans of time, and what is wrong with them.
//!
//! Pure functions of a [`Rota`](crate::model::rota::Rota) and moments that are handed in. Nothing here knows the time, a
//! file or a terminal.

mod check;
mod resolve;
mod turns;
mod window;

pub use check::{Checked, Finding, Hours, Load, NIGHT, Severity, UNFAIR, check, hours_of};
pub use resolve::{Source, Span, resolve, who};
