//! A place of its own for every test: home, project, store and environment, and nothing left behind.

#![allow(dead_code, reason = "each part of the suite uses some of it")]

#[cfg(feature = "kubernetes")]
pub mod kube;
pub mod load;
pub mod needs;
pub mod postgres;
pub mod prometheus;
pub mod proxy;
pub mod registry;
pub mod swarm;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use deliver::adapters::system::SystemClock;
use deliver::ports::Clock;
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

/// The program under test.
pub const DELIVER: &str = env!("CARGO_BIN_EXE_deliver");

/// A run that takes longer has hung.
const PATIENCE: Duration = Duration::from_secs(180);

/// Marks every process that a sandbox starts, however far away from it.
const MARK: &str = "DELIVER_TEST_SANDBOX";

/// A hermetic place to run the program in: own home, own XDG folders, a project folder, a cleared environment, and
/// `deliver` first on a short PATH. Whatever was started in it is ended when it is dropped.
pub struct Sandbox {
    root: tempfile::TempDir,
    environment: BTreeMap<String, OsString>,
    clock: SystemClock,
}

/// What a run printed and how it ended. The sandbox's own folder reads `[ROOT]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    pub stdout: String,
    pub stderr: String,
    pub code: Option<i32>,
}

/// Tells threads beside a test that it is over, also when it fails.
pub struct Ends<'a>(pub &'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Sandbox {
    pub fn new() -> Self {
        let root = tempfile::Builder::new()
            .prefix("deliver-")
            .tempdir()
            .expect("a folder for the sandbox");
        for folder in ["home", "project", "bin", "run", "tmp"] {
            fs::create_dir(root.path().join(folder)).expect("a folder of the sandbox");
        }
        std::os::unix::fs::symlink(DELIVER, root.path().join("bin/deliver")).expect("a link to the program");
        let mut sandbox = Sandbox {
            root,
            environment: BTreeMap::new(),
            clock: SystemClock::new(None),
        };
        let at = |name: &str| sandbox.root.path().join(name).into_os_string();
        let mut path = at("bin");
        path.push(":/usr/local/bin:/usr/bin:/bin");
        sandbox.environment = BTreeMap::from([
            ("HOME".into(), at("home")),
            ("XDG_STATE_HOME".into(), at("home/state")),
            ("XDG_CONFIG_HOME".into(), at("home/config")),
            ("XDG_RUNTIME_DIR".into(), at("run")),
            ("TMPDIR".into(), at("tmp")),
            ("PATH".into(), path),
            ("LANG".into(), "C.UTF-8".into()),
            ("TERM".into(), "xterm".into()),
            ("GIT_CONFIG_NOSYSTEM".into(), "1".into()),
            ("DELIVER_ACTOR".into(), "alice@laptop".into()),
            (MARK.into(), sandbox.root.path().as_os_str().to_owned()),
        ]);
        sandbox
    }

    /// The tools of the developer who runs the tests: their PATH after `deliver`, what cargo and rustup need, and their
    /// container engine.
    #[expect(
        clippy::disallowed_methods,
        reason = "a test passes on what its own surroundings offer"
    )]
    pub fn with_tools(mut self) -> Self {
        let mut path = self.path("bin").into_os_string();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        self.environment.insert("PATH".into(), path);
        let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
        for (name, folder) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
            let value = std::env::var_os(name).unwrap_or_else(|| home.join(folder).into_os_string());
            self.environment.insert(name.into(), value);
        }
        if let Some(host) = std::env::var_os("DOCKER_HOST") {
            self.environment.insert("DOCKER_HOST".into(), host);
        }
        self
    }

    /// Sets a variable for every run.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.into(), value.into());
        self
    }

    /// Writes a file of the project; folders on the way are made.
    pub fn file(&self, path: &str, text: &str) -> &Self {
        let path = self.project().join(path);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("a folder");
        fs::write(path, text).expect("a file of the project");
        self
    }

    /// The text of a file of the project.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.project().join(path)).unwrap_or_else(|error| panic!("read {path}: {error}"))
    }

    pub fn root(&self) -> &Path {
        self.root.path()
    }

    /// The folder that runs start in.
    pub fn project(&self) -> PathBuf {
        self.path("project")
    }

    /// The store's file.
    pub fn store(&self) -> PathBuf {
        self.path("home/state/deliver/store.db")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Runs `line` with a shell in the project: `deliver version | head -1`. Standard input is closed.
    pub fn run(&self, line: &str) -> Ran {
        self.finish(self.command("/bin/sh").arg("-c").arg(line), line)
    }

    /// Runs the program with exactly these words.
    pub fn run_words(&self, words: &[&str]) -> Ran {
        self.finish(self.command(DELIVER).args(words), &words.join(" "))
    }

    /// Any program in the sandbox's surroundings, not started yet.
    #[expect(clippy::disallowed_methods, reason = "tests start the program under test")]
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(&self.environment).current_dir(self.project());
        command
    }

    /// The variables of every run, for tests that start a terminal of their own.
    pub fn environment(&self) -> &BTreeMap<String, OsString> {
        &self.environment
    }

    /// Runs a command that was made here to its end.
    pub fn finish(&self, command: &mut Command, what: &str) -> Ran {
        use std::os::unix::process::CommandExt;
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .expect("the program starts");
        let group = Pid::from_raw(child.id().cast_signed());
        let (sender, receiver) = std::sync::mpsc::channel();
        let waiting = std::thread::spawn(move || sender.send(child.wait_with_output()));
        let ended = receiver.recv_timeout(PATIENCE);
        if ended.is_err() {
            let _ = killpg(group, Signal::SIGKILL);
            panic!("`{what}` did not end within {} s", PATIENCE.as_secs());
        }
        let _ = waiting.join();
        self.ran(ended.expect("checked above").expect("its output was read"))
    }

    fn ran(&self, output: Output) -> Ran {
        Ran {
            stdout: self.redact(&output.stdout),
            stderr: self.redact(&output.stderr),
            code: output.status.code(),
        }
    }

    /// Text with the sandbox's folder as `[ROOT]`.
    pub fn redact(&self, bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes).replace(&*self.root.path().to_string_lossy(), "[ROOT]")
    }

    /// Asks `done` until it says yes; panics with `what` after `limit`.
    pub fn until(&self, what: &str, limit: Duration, mut done: impl FnMut() -> bool) {
        let end = self.clock.elapsed() + limit;
        while !done() {
            assert!(
                self.clock.elapsed() < end,
                "{what} did not happen within {} s",
                limit.as_secs_f64()
            );
            self.clock.sleep(Duration::from_millis(10));
        }
    }

    /// Processes that were started in this sandbox, however far from it they are now.
    pub fn processes(&self) -> Vec<i32> {
        let mark = format!("{MARK}={}", self.root.path().display());
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
        pids.filter(|pid| *pid != std::process::id().cast_signed())
            .filter(|pid| {
                let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
                environment
                    .split(|byte| *byte == 0)
                    .any(|variable| variable == mark.as_bytes())
            })
            .collect()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if self.processes().is_empty() {
            return;
        }
        // The agent ends its instances itself; what is left after that is ended the hard way.
        let stop = self
            .command(DELIVER)
            .args(["agent", "stop", "--yes"])
            .stdin(Stdio::null())
            .output();
        drop(stop);
        let end = self.clock.elapsed() + Duration::from_secs(10);
        loop {
            let left = self.processes();
            if left.is_empty() || self.clock.elapsed() > end {
                break;
            }
            for pid in left {
                let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
            }
            self.clock.sleep(Duration::from_millis(20));
        }
    }
}

impl Ran {
    /// The run ended well; returns what it printed.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.stdout
    }

    /// `deliver resume` came to an end that nobody has to look at: it finished, removed, or took back what was left (4).
    #[track_caller]
    pub fn resumed(self) -> String {
        assert!(matches!(self.code, Some(0 | 4)), "{self:?}");
        self.stdout
    }

    /// The run ended with `code`; returns what it said on standard error.
    #[track_caller]
    pub fn fails(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:?}");
        self.stderr
    }

    /// Standard output as JSON, whatever the exit code.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("not a JSON document: {error}\n{self:?}"))
    }

    /// The error object that ends standard error under `--json`.
    #[track_caller]
    pub fn error(&self) -> serde_json::Value {
        let line = self.stderr.lines().last().unwrap_or_default();
        let value: serde_json::Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("no error object: {error}\n{self:?}"));
        value["error"].clone()
    }
}
