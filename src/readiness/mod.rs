//! Readiness: may this service serve, by facts and not by what somebody ticked.
//!
//! * [`collect`] finds facts: files, parsed; version control; the store; the service as it runs. Each knows its source.
//! * [`check`] holds the rules: pure judgements over facts, in the areas of [`checks`]. What is not known is no evidence,
//!   never a pass.
//! * [`assess`] adds them up to a level, excuses what a [`waiver`] excuses, and picks what to do first.
//! * [`fix`] plans patches that add and never overwrite.

pub mod assess;
pub mod cache;
pub mod check;
pub mod checks;
pub mod collect;
pub mod fact;
pub mod fix;
pub mod live;
pub mod read;
pub mod reference;
pub mod secrets;
pub mod shown;
pub mod tree;
pub mod waiver;

pub use assess::{Assessment, assess};
pub use collect::{Sources, collect};
