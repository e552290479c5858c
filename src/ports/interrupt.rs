//! Whether somebody wants the program to stop.

use crate::fault::Kind;

/// Asked between acts by whatever takes long. The answer never goes back from yes to no.
pub trait Interrupt: Send + Sync {
    /// [`Kind::Interrupted`] after Ctrl-C, [`Kind::Terminated`] after SIGTERM, `None` otherwise.
    fn requested(&self) -> Option<Kind>;
}

/// Never interrupted.
pub struct Never;

impl Interrupt for Never {
    fn requested(&self) -> Option<Kind> {
        None
    }
}
