//! Targets that are somebody else's program: the example over a real sshd, and programs that misbehave.

mod misbehaviour;
mod ssh;
