//! References to secrets (`env:`, `file:`, `exec:`) that belong to no service, such as the password of a store.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::environment::Environment;
use crate::model::Span;
use crate::model::spec::{CommandLine, SecretRef};
use crate::ports::Commands;
use crate::ports::commands::Request;

/// A command that prints a secret gets this long: password managers ask servers, people are not asked.
const EXEC_TIMEOUT: Span = Span::from_secs(30);
/// The longest value of a file.
const MAX: u64 = 1 << 20;

/// The value, without one trailing newline; otherwise why there is none. `exec:` needs `commands`.
pub fn resolve(
    reference: &SecretRef,
    environment: &Environment,
    commands: Option<&dyn Commands>,
) -> Result<Vec<u8>, String> {
    let mut value = match reference {
        SecretRef::Env(name) => {
            use std::os::unix::ffi::OsStrExt;
            let value = environment.os(name).ok_or("the variable is not set")?;
            value.as_bytes().to_vec()
        }
        SecretRef::File(path) => {
            let meta = std::fs::metadata(path).map_err(|error| error.to_string())?;
            if meta.len() > MAX {
                return Err("the file is too large".into());
            }
            std::fs::read(path).map_err(|error| error.to_string())?
        }
        SecretRef::Exec(command) => {
            let commands = commands.ok_or("no command is run here")?;
            let request = Request {
                command: CommandLine::Shell(command.clone()),
                dir: PathBuf::from("/"),
                env: BTreeMap::new(),
                timeout: EXEC_TIMEOUT,
            };
            commands.capture(&request).map_err(|fault| fault.to_string())?
        }
    };
    if value.last() == Some(&b'\n') {
        value.pop();
    }
    Ok(value)
}

/// A path that counts from home, or from `base`.
pub fn place(path: &str, environment: &Environment, base: &Path) -> PathBuf {
    match (path.strip_prefix("~/"), environment.os("HOME")) {
        (Some(below), Some(home)) => Path::new(home).join(below),
        _ => base.join(path),
    }
}
