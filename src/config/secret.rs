//! References to secrets (`env:`, `file:`, `exec:`) that belong to no service, such as the password of a store.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::environment::Environment;
use super::file;
use crate::model::Span;
use crate::model::spec::{CommandLine, SecretRef};
use crate::ports::Commands;
use crate::ports::commands::Request;

/// A command that prints a secret gets this long: password managers ask servers, people are not asked.
const EXEC_TIMEOUT: Span = Span::from_secs(30);
/// The most bytes that a value may have, and those of one service together: what a Kubernetes Secret holds (`MaxSecretSize`
/// of its API), which is more than other engines take.
pub const LONGEST: usize = 1 << 20;

/// Why a reference has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoValue {
    /// Nothing is there, or it cannot be read.
    Missing(String),
    /// What is there cannot be a secret.
    Unfit(String),
}

impl NoValue {
    /// In words.
    pub fn why(self) -> String {
        match self {
            NoValue::Missing(why) | NoValue::Unfit(why) => why,
        }
    }
}

/// The content of a regular file of a bounded size; nothing else is waited for or read.
pub fn of_file(path: &Path) -> Result<Vec<u8>, NoValue> {
    file::read(path, LONGEST as u64).map_err(|error| match error.kind() {
        ErrorKind::FileTooLarge | ErrorKind::InvalidInput | ErrorKind::IsADirectory => {
            NoValue::Unfit(error.to_string())
        }
        _ => NoValue::Missing(error.to_string()),
    })
}

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
        SecretRef::File(path) => of_file(Path::new(path)).map_err(NoValue::why)?,
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
