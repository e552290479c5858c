//! Where things are on this machine.

use std::fmt;
use std::path::{Path, PathBuf};

use super::environment::Environment;
use super::server::Server;
use crate::fault::{Fault, Result};

/// The machine's settings.
pub const SYSTEM_CONFIG: &str = "/etc/deliver/config.toml";

/// Settings below a folder of configuration.
const CONFIG: &str = "deliver/config.toml";

/// Where the store is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// An SQLite file of this machine.
    File(PathBuf),
    /// A PostgreSQL database that machines share.
    Server(Box<Server>),
}

impl Place {
    /// The file, where it is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Place::File(path) => Some(path),
            Place::Server(_) => None,
        }
    }

    /// The server, where it is one.
    pub fn server(&self) -> Option<&Server> {
        match self {
            Place::File(_) => None,
            Place::Server(server) => Some(server),
        }
    }

    /// False where there certainly is no store yet. A server is only known once it is asked.
    pub fn may_exist(&self) -> bool {
        self.file().is_none_or(Path::exists)
    }

    /// The form in which another process of this program is told it, as `--store` takes it. It holds no password.
    pub fn argument(&self) -> PathBuf {
        match self {
            Place::File(path) => path.clone(),
            Place::Server(server) => server.url().into(),
        }
    }

    /// Reads what [`Place::argument`] wrote, or what a person gave; a relative path counts from `cwd`.
    pub fn read(text: &Path, environment: &Environment, cwd: &Path) -> Result<Place> {
        if let Some(url) = text.to_str().filter(|text| Server::is_meant_by(text)) {
            let server = Server::parse(url, environment, &user(environment), cwd)?;
            return Ok(Place::Server(Box::new(server)));
        }
        chosen_file(text, cwd).map(Place::File)
    }
}

impl From<PathBuf> for Place {
    fn from(path: PathBuf) -> Place {
        Place::File(path)
    }
}

/// As people see it: a path, or a URL without anything secret.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::File(path) => path.display().fmt(f),
            Place::Server(server) => server.fmt(f),
        }
    }
}

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
/// <state>/deliver/shared/ID.d/       the same for a store in PostgreSQL, whose ID is a hash of host, database and schema
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// The user's settings: `$XDG_CONFIG_HOME/deliver/config.toml`.
    pub user_config: PathBuf,
    /// The machine's settings: `/etc/deliver/config.toml`.
    pub system_config: PathBuf,
    /// The SQLite file, or the PostgreSQL database.
    pub store: Place,
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
        let state = || below_home("XDG_STATE_HOME", ".local/state").map(|state| state.join("deliver"));
        let store = match chosen {
            Some(place) => Place::read(&place, environment, cwd)?,
            None => Place::File(state()?.join("store.db")),
        };
        let data = match &store {
            Place::File(path) => Paths::data_beside(path),
            Place::Server(server) => state()?.join("shared").join(format!("{}.d", server.fingerprint())),
        };
        Ok(Paths {
            user_config: below_home("XDG_CONFIG_HOME", ".config")?.join(CONFIG),
            system_config: PathBuf::from(SYSTEM_CONFIG),
            data,
            store,
            runtime: absolute("XDG_RUNTIME_DIR").filter(|path| path.is_dir()),
        })
    }

    /// The store of this user and machine, where nothing names another.
    pub fn own_store(environment: &Environment) -> Result<PathBuf> {
        let homes = ["HOME", "XDG_STATE_HOME"].map(|name| (name, environment.get(name)));
        let homes = homes.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let paths = Paths::of(&Environment::of(homes), None, Path::new("/"))?;
        Ok(paths.store.argument())
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

    /// What of the store is below a folder, relative to it: its files and the folder beside them are nobody's source.
    pub fn own_below(&self, folder: &Path) -> Vec<PathBuf> {
        let mut own = vec![self.data.clone()];
        if let Place::File(store) = &self.store {
            // SQLite keeps these beside a database (https://sqlite.org/tempfiles.html).
            own.extend(["", "-wal", "-shm", "-journal"].map(|suffix| {
                let mut name = store.clone().into_os_string();
                name.push(suffix);
                PathBuf::from(name)
            }));
        }
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let folder = real(folder);
        let place = |own: PathBuf| {
            real(own.parent()?)
                .join(own.file_name()?)
                .strip_prefix(&folder)
                .map(Path::to_owned)
                .ok()
        };
        own.into_iter().filter_map(place).collect()
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

/// Who this process belongs to, for databases that ask for a name.
fn user(environment: &Environment) -> String {
    let known = nix::unistd::User::from_uid(nix::unistd::getuid()).ok().flatten();
    let known = known
        .map(|user| user.name)
        .or_else(|| environment.get("USER").map(str::to_owned));
    known.unwrap_or_else(|| "postgres".to_owned())
}

/// A store that was asked for, as a file's path. A URL may hold a password: only its scheme is repeated.
fn chosen_file(store: &Path, cwd: &Path) -> Result<PathBuf> {
    if let Some((scheme, _)) = store.to_string_lossy().split_once("://") {
        let message = format!("`deliver` has no stores at `{}://…`", scheme.escape_debug());
        return Err(Fault::usage("store-not-built", message)
            .hint("--store /path/to/store.db, or --store postgres://USER@HOST/DATABASE"));
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
            .argument()
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
    fn what_is_the_stores_own_below_a_folder_is_known() {
        let environment = Environment::of([("HOME", "/h")]);
        let below = |store: &str| {
            let paths = Paths::of(&environment, Some(Path::new(store)), Path::new("/app")).expect("paths");
            paths.own_below(Path::new("/app"))
        };
        let names = ["s.d", "s.db", "s.db-wal", "s.db-shm", "s.db-journal"];
        assert_eq!(below("s.db"), names.map(PathBuf::from));
        assert_eq!(below(".ci/s.db"), names.map(|name| Path::new(".ci").join(name)));
        assert_eq!(below("/other/s.db"), Vec::<PathBuf>::new());
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
        assert_eq!(refuse(url).0, "store-password-in-url");
        let message = "`deliver` has no stores at `mysql://…`".to_owned();
        assert_eq!(refuse("mysql://app:hunter2@db/deliver"), ("store-not-built", message));
        let message = "cannot use `/` as the store: it is a folder".to_owned();
        assert_eq!(refuse("/"), ("store-is-folder", message));
    }

    #[test]
    fn what_is_too_large_for_a_shared_store_has_a_place_on_this_machine() {
        let environment = Environment::of([("HOME", "/h"), ("XDG_STATE_HOME", "/s")]);
        let paths = |url: &str| Paths::of(&environment, Some(Path::new(url)), Path::new("/here")).expect("paths");
        let one = paths("postgres://a@db/state");
        assert_eq!(one.data.parent(), Some(Path::new("/s/deliver/shared")));
        assert_eq!(one.data, paths("postgres://b@db/state?password=env:X").data);
        assert_ne!(one.data, paths("postgres://a@db/other").data);
        assert_eq!(
            Place::read(&one.store.argument(), &environment, Path::new("/")).expect("it reads"),
            one.store
        );
    }
}
