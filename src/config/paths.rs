//! Where things are on this machine.

use std::path::{Path, PathBuf};

/// Folders and files of one user and one store. Nothing here is created by being named.
///
/// ```text
/// <state>/deliver/store.db           the store (`DELIVER_STORE` moves it)
/// <state>/deliver/store.d/           beside it, what is too large for a database, mode 0700
///     key                            seals secrets, mode 0600
///     agent/                         the agent's lock, state and log; instances/ID/ each with log and exit record
///     work/SERVICE/                  the persistent worktree builds run in
///     artifacts/BUILD/               what builds left, read only by agreement
///     run/SERVICE.ENV/BUILD/         the copy that instances run in
///     volumes/SERVICE.ENV/NAME/      folders that outlive releases
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// The user's settings: `$XDG_CONFIG_HOME/deliver/config.toml`.
    pub user_config: PathBuf,
    /// The machine's settings: `/etc/deliver/config.toml`.
    pub system_config: PathBuf,
    /// The SQLite file.
    pub store: PathBuf,
    /// The folder beside it.
    pub data: PathBuf,
    /// Where short-lived sockets go; `None` where the system offers none.
    pub runtime: Option<PathBuf>,
}

impl Paths {
    pub fn key(&self) -> PathBuf {
        self.data.join("key")
    }

    pub fn agent(&self) -> PathBuf {
        self.data.join("agent")
    }

    pub fn work(&self, service: &str) -> PathBuf {
        self.data.join("work").join(service)
    }

    pub fn artifact(&self, build: &str) -> PathBuf {
        self.data.join("artifacts").join(build)
    }

    pub fn run(&self, service: &str, env: &str, build: &str) -> PathBuf {
        self.data.join("run").join(format!("{service}.{env}")).join(build)
    }

    pub fn volumes(&self, service: &str, env: &str) -> PathBuf {
        self.data.join("volumes").join(format!("{service}.{env}"))
    }

    /// The folder beside a store file: `a/store.db` has `a/store.d`.
    pub fn data_beside(store: &Path) -> PathBuf {
        store.with_extension("d")
    }
}
