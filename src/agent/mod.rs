//! The resident processes behind the `local` target, all of them this binary under hidden arguments.
//!
//! * [`supervisor`]: one per store. Holds the public listening sockets and the truth about what is to run; small enough
//!   not to die of anybody's bug.
//! * [`router`]: its replaceable child. Takes the connections and passes requests to instances.
//! * [`shim`]: one per instance. Starts it, keeps its output, watches its health, records its end.
//! * [`files`]: a static site as an instance.
//!
//! Each of them can be killed or replaced while the others go on. [`client`] is how the tool speaks with them; nothing
//! else of the crate knows that there is a socket.

pub mod client;
pub mod files;
pub mod folder;
pub mod home;
pub mod procs;
pub mod protocol;
pub mod router;
pub mod shim;
pub mod state;
pub mod supervisor;
pub mod sys;
pub mod unit;
pub mod wire;

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::process::{ExitCode, Stdio};

use self::home::Home;

/// Hidden first arguments of the resident roles.
pub const SUPERVISE: &str = "__supervise";
pub const LAUNCH: &str = "__launch";
pub const ROUTE: &str = "__route";
pub const SHIM: &str = "__shim";
pub const STATIC: &str = "__static";

/// The log of supervisor and router is emptied into `agent.log.1` at start when it is longer than this.
const LOG_MAX: u64 = 1024 * 1024;

/// Runs a resident role if `arguments` (without the program's name) ask for one. To be called before anything else reads
/// them: these processes want no settings, no terminal and no signal handlers of the tool.
pub fn resident(arguments: &[OsString]) -> Option<ExitCode> {
    let (role, rest) = arguments.split_first()?;
    let role = role.to_str().filter(|role| role.starts_with("__"))?;
    if role == STATIC {
        return Some(files::main(rest));
    }
    if ![SUPERVISE, LAUNCH, ROUTE, SHIM].contains(&role) {
        return None;
    }
    let Some((home, rest)) = Home::from_arguments(rest) else {
        return Some(ExitCode::FAILURE);
    };
    let code = match (role, rest) {
        (SUPERVISE, []) => supervisor::main(home),
        (LAUNCH, []) => launch(&home),
        (ROUTE, []) => router::main(home),
        (SHIM, [id]) => shim::main(home, &id.to_string_lossy()),
        _ => ExitCode::FAILURE,
    };
    Some(code)
}

/// Starts a supervisor and ends, so that it belongs to nobody.
fn launch(home: &Home) -> ExitCode {
    let started = sys::itself(SUPERVISE)
        .args(home.arguments())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log_file(home).map_or_else(Stdio::null, Stdio::from))
        .spawn();
    match started {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            note(&format!("cannot start a supervisor: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// The agent's own log, for the standard error of its processes.
fn log_file(home: &Home) -> Option<File> {
    let open = || {
        OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(home.log())
    };
    let file = open().ok()?;
    if file.metadata().is_ok_and(|meta| meta.len() > LOG_MAX)
        && std::fs::rename(home.log(), home.log().with_extension("log.1")).is_ok()
    {
        return open().ok();
    }
    Some(file)
}

/// A line in the agent's log, which is the standard error of its processes.
fn note(text: &str) {
    // Nobody could be told that the log cannot be written.
    let _ = writeln!(std::io::stderr(), "{:.3} {}: {text}", sys::now(), std::process::id());
}
