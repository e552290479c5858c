//! The machine as resident processes meet it: real time, and this binary as a program to start.
//!
//! Everything else takes a [`crate::ports::Clock`]; a supervisor, a router and a shim live by the machine's own clock, and
//! starting processes is what they are for.
#![allow(
    clippy::disallowed_methods,
    reason = "the one place of the resident processes that asks the machine"
)]

use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use jiff::Timestamp;

/// Wall time, for records.
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// Monotonic time, for durations and deadlines.
pub fn instant() -> Instant {
    Instant::now()
}

pub fn sleep(duration: Duration) {
    std::thread::sleep(duration);
}

/// A program of somebody else.
pub fn program(name: impl AsRef<OsStr>) -> Command {
    Command::new(name)
}

/// This binary. On Linux it is the very file that runs now, even when another was installed over it meanwhile: the parts
/// of one agent never mix versions.
pub fn own_program() -> PathBuf {
    let link = PathBuf::from("/proc/self/exe");
    if cfg!(target_os = "linux") {
        return link;
    }
    std::env::current_exe().unwrap_or(link)
}

/// This binary in one of its hidden roles.
pub fn itself(role: &str) -> Command {
    let mut command = Command::new(own_program());
    command.arg0("deliver").arg(role);
    command
}

/// Ends the process where no `main` can return.
pub fn exit() -> ! {
    std::process::exit(0)
}
