//! Where an agent keeps its files and meets its clients.
//!
//! ```text
//! <data>/agent/              mode 0700
//!     agent.lock             held by the supervisor for its life
//!     router.lock            held by the router that serves
//!     state.json             what is to run; state.old.json is the generation before it
//!     agent.log              notes of supervisor and router
//!     instances/ID/          meta.json, log, log.1, lock (held by its shim), exit.json
//! ```

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::config::environment::Environment;
use crate::config::paths::{Paths, Place};
use crate::fault::{Attempt, Fault, Result};

/// Room for a socket's path: `sun_path` has 108 bytes on Linux and 104 on macOS, with a final NUL.
const SOCKET_PATH_MAX: usize = 103;

/// The agent of one store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    pub store: Place,
    pub data: PathBuf,
    pub runtime: Option<PathBuf>,
}

impl Home {
    pub fn new(paths: &Paths) -> Self {
        Home {
            store: match &paths.store {
                Place::File(path) => Place::File(absolute(path)),
                server => server.clone(),
            },
            data: absolute(&paths.data),
            runtime: paths.runtime.as_deref().map(absolute),
        }
    }

    /// The form in which a resident process hands its home to the next: three arguments.
    pub fn arguments(&self) -> [OsString; 3] {
        let runtime = self.runtime.clone().map_or_else(|| "-".into(), PathBuf::into_os_string);
        [self.store.argument().into(), self.data.clone().into(), runtime]
    }

    /// Reads what [`Home::arguments`] wrote and returns what follows.
    pub fn from_arguments(arguments: &[OsString]) -> Option<(Self, &[OsString])> {
        let [store, data, runtime, rest @ ..] = arguments else {
            return None;
        };
        let home = Home {
            store: Place::read(Path::new(store), &Environment::of_process(), Path::new("/")).ok()?,
            data: data.into(),
            runtime: (runtime != "-").then(|| runtime.into()),
        };
        Some((home, rest))
    }

    pub fn agent(&self) -> PathBuf {
        self.data.join("agent")
    }

    pub fn key(&self) -> PathBuf {
        self.data.join("key")
    }

    pub fn lock(&self) -> PathBuf {
        self.agent().join("agent.lock")
    }

    pub fn router_lock(&self) -> PathBuf {
        self.agent().join("router.lock")
    }

    pub fn state(&self) -> PathBuf {
        self.agent().join("state.json")
    }

    pub fn previous_state(&self) -> PathBuf {
        self.agent().join("state.old.json")
    }

    pub fn log(&self) -> PathBuf {
        self.agent().join("agent.log")
    }

    pub fn instances(&self) -> PathBuf {
        self.agent().join("instances")
    }

    pub fn instance(&self, id: &str) -> PathBuf {
        self.instances().join(id)
    }

    /// Makes the agent's folders, private to the user.
    pub fn create(&self) -> Result<()> {
        private_folder(&self.instances())
    }

    /// Tells this agent from those of other stores.
    pub fn name(&self) -> String {
        let place = fs::canonicalize(&self.data).unwrap_or_else(|_| self.data.clone());
        blake3::hash(place.as_os_str().as_bytes()).to_hex()[..16].to_owned()
    }

    /// Where a supervisor is to listen: a path short enough for the system, in a folder that is made and must be ours.
    pub fn socket(&self) -> Result<PathBuf> {
        let name = format!("{}.sock", self.name());
        let folder = self
            .runtime
            .as_ref()
            .map(|runtime| runtime.join("deliver"))
            .filter(|folder| folder.as_os_str().len() + 1 + name.len() <= SOCKET_PATH_MAX)
            .filter(|folder| folder.parent().is_some_and(Path::is_dir))
            .unwrap_or_else(|| PathBuf::from(format!("/tmp/deliver-{}", nix::unistd::Uid::effective())));
        private_folder(&folder)?;
        check_owner(&folder)?;
        Ok(folder.join(name))
    }

    /// What a supervisor leaves in its lock: its pid, for whoever must end one that does not answer, and where it
    /// listens: another user session may have other runtime folders.
    pub fn introduce(&self, lock: &File, socket: &Path) -> std::io::Result<()> {
        let text = format!("{}\n{}\n", std::process::id(), socket.display());
        lock.write_all_at(text.as_bytes(), 0)?;
        lock.set_len(text.len() as u64)
    }

    /// The pid of the supervisor that introduced itself last.
    pub fn introduced_pid(&self) -> Option<u32> {
        let text = fs::read_to_string(self.lock()).ok()?;
        text.lines().next()?.parse().ok()
    }

    /// Where the supervisor listens that introduced itself last.
    pub fn introduced_socket(&self) -> Option<PathBuf> {
        let text = fs::read_to_string(self.lock()).ok()?;
        let socket = PathBuf::from(text.lines().nth(1)?);
        check_owner(socket.parent()?).ok()?;
        Some(socket)
    }
}

fn absolute(path: impl AsRef<Path>) -> PathBuf {
    std::path::absolute(path.as_ref()).unwrap_or_else(|_| path.as_ref().to_owned())
}

fn private_folder(path: &Path) -> Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .attempting("create the folder", path)
}

/// Refuses a folder that somebody else made, or that others may enter: a socket in it could be theirs.
fn check_owner(folder: &Path) -> Result<()> {
    let meta = fs::symlink_metadata(folder).attempting("inspect", folder)?;
    let own = nix::unistd::Uid::effective().as_raw();
    if !meta.is_dir() || meta.uid() != own || meta.mode() & 0o077 != 0 {
        return Err(Fault::failed(
            "socket-folder-exposed",
            format!("the folder `{}` is not private to this user", folder.display()),
        )
        .hint(format!("ls -ld {}", folder.display())));
    }
    Ok(())
}

/// Writes a file that is either the old or the new one after any crash, and is on the disk when this returns.
pub fn write_durably(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let temporary = path.with_extension("new");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    match path.parent() {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

/// Opens a lock file without taking the lock.
pub fn lock_file(path: &Path) -> std::io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
}

/// Takes the lock. Somebody who only asks whether it is taken holds it for an instant: a refusal counts when it lasts.
pub fn take_lock(file: &File) -> bool {
    for _ in 0..20 {
        if file.try_lock().is_ok() {
            return true;
        }
        super::sys::sleep(std::time::Duration::from_millis(5));
    }
    false
}

/// Whether some process holds the lock at `path`.
pub fn is_locked(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    matches!(file.try_lock_shared(), Err(fs::TryLockError::WouldBlock))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home(data: &Path, runtime: Option<PathBuf>) -> Home {
        Home {
            store: data.join("store.db").into(),
            data: data.to_owned(),
            runtime,
        }
    }

    #[test]
    fn a_socket_path_is_always_short_enough() {
        let dir = tempfile::tempdir().unwrap();
        let long = dir.path().join("x".repeat(120));
        fs::create_dir(&long).unwrap();
        let near = home(dir.path(), Some(dir.path().into())).socket().unwrap();
        assert!(near.starts_with(dir.path()));
        for runtime in [Some(long), Some(dir.path().join("missing")), None] {
            let path = home(dir.path(), runtime).socket().unwrap();
            assert!(path.starts_with("/tmp") && path.as_os_str().len() <= SOCKET_PATH_MAX);
        }
    }

    #[test]
    fn a_socket_folder_that_others_may_enter_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("deliver");
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        let refused = home(dir.path(), Some(dir.path().into())).socket().unwrap_err();
        assert_eq!(refused.code(), "socket-folder-exposed");
    }

    #[test]
    fn a_home_survives_being_an_argument_list() {
        let dir = tempfile::tempdir().unwrap();
        for runtime in [None, Some(dir.path().to_owned())] {
            let home = home(dir.path(), runtime);
            let mut arguments = home.arguments().to_vec();
            arguments.push("more".into());
            let (read, rest) = Home::from_arguments(&arguments).unwrap();
            assert_eq!((read, rest), (home, &arguments[3..]));
        }
    }
}
