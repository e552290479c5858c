//! Where things are on this machine.

use std::path::{Path, PathBuf};

use super::environment::Environment;
use crate::fault::{Fault, Result};

/// The machine's settings.
pub const SYSTEM_CONFIG: &str = "/etc/deliver/config.toml";

/// Settings below a folder of configuration.
const CONFIG: &str = "deliver/config.toml";

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
    /// The places that `environment` decides, after the XDG base directory rules: relative values there are ignored.
    /// `store` (`--store`) wins over `DELIVER_STORE`; a relative one counts from `cwd`.
    pub fn of(environment: &Environment, store: Option<&Path>, cwd: &Path) -> Result<Self> {
        let absolute = |name| {
            environment
                .os(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        let home = absolute("HOME");
        let below_home = |variable, inside| {
            absolute(variable)
                .or_else(|| home.as_ref().map(|home| home.join(inside)))
                .ok_or_else(|| {
                    Fault::usage(
                        "no-home",
                        format!("cannot tell where your files go: neither HOME nor {variable} is set"),
                    )
                    .hint("export HOME=/path/to/your/home")
                })
        };
        let chosen = store
            .map(Path::to_owned)
            .or_else(|| environment.os("DELIVER_STORE").map(PathBuf::from));
        let store = match chosen {
            Some(path) => chosen_store(&path, cwd)?,
            None => below_home("XDG_STATE_HOME", ".local/state")?.join("deliver/store.db"),
        };
        Ok(Paths {
            user_config: below_home("XDG_CONFIG_HOME", ".config")?.join(CONFIG),
            system_config: PathBuf::from(SYSTEM_CONFIG),
            data: Paths::data_beside(&store),
            store,
            runtime: absolute("XDG_RUNTIME_DIR").filter(|path| path.is_dir()),
        })
    }

    /// The user's settings file; `None` where there is no home.
    pub fn user_config_of(environment: &Environment) -> Option<PathBuf> {
        let absolute = |name| {
            environment
                .os(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        let folder = absolute("XDG_CONFIG_HOME").or_else(|| Some(absolute("HOME")?.join(".config")))?;
        Some(folder.join(CONFIG))
    }

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

/// A store that was asked for, as a file's path. A URL may hold a password: only its scheme is repeated.
fn chosen_store(store: &Path, cwd: &Path) -> Result<PathBuf> {
    if let Some((scheme, _)) = store.to_string_lossy().split_once("://") {
        let message = format!(
            "a store at `{}://…` is not built in this version",
            scheme.escape_debug()
        );
        return Err(Fault::usage("store-not-built", message).hint("name a file: --store /path/to/store.db"));
    }
    let path = cwd.join(store);
    if path.is_dir() {
        let message = format!("cannot use `{}` as the store: it is a folder", path.display());
        let hint = format!("name a file: --store {}", path.join("store.db").display());
        return Err(Fault::usage("store-is-folder", message).hint(hint));
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(pairs: &[(&str, &str)], flag: Option<&str>) -> PathBuf {
        let environment = Environment::of(pairs.iter().copied());
        Paths::of(&environment, flag.map(Path::new), Path::new("/here"))
            .expect("paths")
            .store
    }

    #[test]
    fn flag_then_variable_then_state_folder() {
        let all = [("HOME", "/h"), ("XDG_STATE_HOME", "/s"), ("DELIVER_STORE", "v.db")];
        assert_eq!(store(&all, Some("f.db")), Path::new("/here/f.db"));
        assert_eq!(store(&all, None), Path::new("/here/v.db"));
        assert_eq!(store(&all[..2], None), Path::new("/s/deliver/store.db"));
        assert_eq!(store(&all[..1], None), Path::new("/h/.local/state/deliver/store.db"));
        let relative = [("HOME", "/h"), ("XDG_STATE_HOME", "s")];
        assert_eq!(store(&relative, None), Path::new("/h/.local/state/deliver/store.db"));
    }

    #[test]
    fn without_a_home_the_fault_says_what_to_set() {
        let fault = Paths::of(&Environment::default(), None, Path::new("/")).expect_err("no home");
        assert_eq!(fault.code(), "no-home");
    }

    #[test]
    fn a_store_that_is_no_file_is_refused_and_its_password_is_not_repeated() {
        let refuse = |store: &str| {
            let environment = Environment::of([("HOME", "/h")]);
            let fault = Paths::of(&environment, Some(Path::new(store)), Path::new("/here")).expect_err(store);
            (fault.code(), fault.message().to_owned())
        };
        let url = "postgres://app:hunter2@db/deliver";
        let message = "a store at `postgres://…` is not built in this version".to_owned();
        assert_eq!(refuse(url), ("store-not-built", message));
        let message = "cannot use `/` as the store: it is a folder".to_owned();
        assert_eq!(refuse("/"), ("store-is-folder", message));
    }
}
