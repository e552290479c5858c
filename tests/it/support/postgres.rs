//! Real PostgreSQL servers, and a pooler in front of one. Each is a cluster in a folder of its own on a free port of the
//! loopback interface, and ends with the test process, however that ends.

#![expect(clippy::disallowed_methods, reason = "tests start real servers")]

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::needs;

/// Runs a program, says its process id, and ends it with the signal `$END` when this script's input ends: that is when the test
/// process is gone or lets it go. `$GONE` is removed then.
const KEEPER: &str = r#""$@" </dev/null & pid=$!; echo $pid; cat >/dev/null; kill -$END $pid 2>/dev/null; wait $pid; [ -z "$GONE" ] || rm -rf "$GONE""#;

/// A cluster.
pub struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
    pub port: u16,
    server: Option<Kept>,
    /// Removes the folder; `None` where the keeper of the server does it.
    _removed: Option<tempfile::TempDir>,
}

/// A program that ends with this process.
struct Kept {
    keeper: Child,
    pid: i32,
}

impl Drop for Kept {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// What a cluster is started with, beyond the usual.
#[derive(Default)]
pub struct Settings {
    /// Certificate and key that it shows.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Lines of `pg_hba.conf` for the loopback interface; everybody is let in without any.
    pub hba: &'static str,
}

impl Cluster {
    /// The one that all tests of this process share; `None` where the test is left out.
    pub fn shared() -> Option<&'static Cluster> {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        let programs = needs::postgres()?;
        Some(SHARED.get_or_init(|| Cluster::make(programs, &Settings::default(), true)))
    }

    /// One of a test's own, which it may stop and break.
    pub fn own(settings: &Settings) -> Option<Cluster> {
        Some(Cluster::make(needs::postgres()?, settings, false))
    }

    fn make(programs: PathBuf, settings: &Settings, shared: bool) -> Cluster {
        let folder = tempfile::Builder::new()
            .prefix("pg-")
            .tempdir()
            .expect("a folder for a cluster");
        let path = folder.path().to_owned();
        give_away(&path);
        // Text ordered as a language does, as many servers have it: what this program orders must not depend on it.
        let made = |more: &[&str]| {
            let mut command = unprivileged(&programs.join("initdb"), &path);
            command
                .arg("-D")
                .arg(path.join("data"))
                .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]);
            run(command.args(more))
        };
        if !made(&["--locale-provider=icu", "--icu-locale=en-US", "--locale=C.UTF-8"])
            .status
            .success()
        {
            let made = made(&["--locale=C.UTF-8"]);
            assert!(
                made.status.success(),
                "initdb: {}",
                String::from_utf8_lossy(&made.stderr)
            );
        }
        let mut text = format!(
            "listen_addresses = '127.0.0.1'\nunix_socket_directories = '{}'\nfsync = off\nmax_connections = 300\n\
             logging_collector = off\nlog_min_messages = fatal\n",
            path.display()
        );
        if let Some((certificate, key)) = &settings.tls {
            for (from, to) in [(certificate, "server.crt"), (key, "server.key")] {
                let to = path.join(to);
                std::fs::copy(from, &to).expect("a copy");
                give_away(&to);
            }
            let folder = path.display();
            text += &format!("ssl = on\nssl_cert_file = '{folder}/server.crt'\nssl_key_file = '{folder}/server.key'\n");
        }
        use std::io::Write;
        let conf = std::fs::OpenOptions::new()
            .append(true)
            .open(path.join("data/postgresql.conf"));
        conf.and_then(|mut file| file.write_all(text.as_bytes()))
            .expect("settings of the server");
        if !settings.hba.is_empty() {
            let text = format!("local all all trust\n{}\n", settings.hba);
            std::fs::write(path.join("data/pg_hba.conf"), text).expect("rules of the server");
        }
        let mut cluster = Cluster {
            port: free_port(),
            programs,
            server: None,
            _removed: match shared {
                true => {
                    let _ = folder.keep();
                    None
                }
                false => Some(folder),
            },
            folder: path,
        };
        cluster.start();
        let created = cluster.psql("postgres", "CREATE DATABASE state");
        assert!(created.status.success(), "{}", String::from_utf8_lossy(&created.stderr));
        cluster
    }

    /// Starts the server and waits until it answers.
    pub fn start(&mut self) {
        let gone = self._removed.is_none().then(|| self.folder.clone());
        let program = self.programs.join("postgres");
        let port = self.port.to_string();
        let data = self.folder.join("data");
        let arguments = [
            program.as_os_str(),
            "-D".as_ref(),
            data.as_os_str(),
            "-p".as_ref(),
            port.as_ref(),
        ];
        self.server = Some(keep(&arguments, "QUIT", &self.folder, gone.as_deref()));
        for _ in 0..600 {
            if self.psql("postgres", "SELECT 1").status.success() {
                return;
            }
            pause();
        }
        panic!("the server does not answer: {}", log(&self.folder));
    }

    /// Ends the server at once, as a power cut does.
    pub fn stop(&mut self) {
        self.server = None;
    }

    /// The server's process.
    pub fn pid(&self) -> i32 {
        self.server.as_ref().expect("it runs").pid
    }

    /// Runs a statement as the administrator.
    pub fn psql(&self, database: &str, sql: &str) -> Output {
        let mut command = Command::new(self.programs.join("psql"));
        command
            .env_clear()
            .args(["-X", "-A", "-t", "-q", "-U", "postgres", "-h"])
            .arg(&self.folder)
            .args(["-p", &self.port.to_string(), "-d", database, "-c", sql]);
        run(&mut command)
    }

    /// What a query of the administrator gives.
    pub fn ask(&self, sql: &str) -> String {
        let output = self.psql("state", sql);
        assert!(
            output.status.success(),
            "{sql}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// A store of its own in this cluster, over the loopback interface.
    pub fn url(&self, schema: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/state?schema={schema}", self.port)
    }

    /// The folder of the server's socket.
    pub fn socket(&self) -> &Path {
        &self.folder
    }
}

/// The name of a schema that no other test uses.
pub fn new_schema() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("t{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// A pooler that hands each transaction to whichever of a few connections is free.
pub struct Pooler {
    pub port: u16,
    _kept: Kept,
}

impl Pooler {
    /// The one that all tests of this process share, in front of the shared cluster.
    pub fn shared() -> Option<&'static Pooler> {
        static SHARED: OnceLock<Pooler> = OnceLock::new();
        let cluster = Cluster::shared()?;
        let program = needs::pgbouncer()?;
        Some(SHARED.get_or_init(|| Pooler::start(&program, cluster)))
    }

    fn start(program: &Path, cluster: &Cluster) -> Pooler {
        let folder = tempfile::Builder::new()
            .prefix("pb-")
            .tempdir()
            .expect("a folder for the pooler")
            .keep();
        give_away(&folder);
        let port = free_port();
        let conf = folder.join("pgbouncer.ini");
        let text = format!(
            "[databases]\nstate = host=127.0.0.1 port={} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 8\n\
             max_client_conn = 300\n",
            cluster.port
        );
        std::fs::write(&conf, text).expect("settings of the pooler");
        // Its signals differ from one version to the next, and it has nothing to lose.
        let kept = keep(&[program.as_os_str(), conf.as_os_str()], "KILL", &folder, Some(&folder));
        let pooler = Pooler { port, _kept: kept };
        for _ in 0..600 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return pooler;
            }
            pause();
        }
        panic!("the pooler does not answer: {}", log(&folder));
    }

    pub fn url(&self, schema: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/state?schema={schema}", self.port)
    }
}

fn log(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("log")).unwrap_or_default()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

fn pause() {
    std::thread::sleep(Duration::from_millis(50));
}

fn keep(program: &[&std::ffi::OsStr], end: &str, folder: &Path, gone: Option<&Path>) -> Kept {
    let log = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join("log"))
        .expect("a log");
    let mut command = Command::new("sh");
    command
        .args(["-c", KEEPER, "keeper"])
        .args(privileges())
        .args(program)
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
        .env("END", end)
        .env("GONE", gone.unwrap_or(Path::new("")))
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(log);
    let mut keeper = command.spawn().expect("a shell");
    let mut said = String::new();
    let out = keeper.stdout.as_mut().expect("it is piped");
    BufReader::new(out).read_line(&mut said).expect("a process id");
    let pid = said.trim().parse().expect("a process id");
    Kept { keeper, pid }
}

/// PostgreSQL and its pooler refuse to run as root.
fn privileges() -> Vec<String> {
    match nobody() {
        None => Vec::new(),
        Some((uid, gid)) => {
            let words = [
                "setpriv",
                &format!("--reuid={uid}"),
                &format!("--regid={gid}"),
                "--clear-groups",
                "--",
            ];
            words.map(str::to_owned).to_vec()
        }
    }
}

/// Who runs servers where the tests run as root.
fn nobody() -> Option<(u32, u32)> {
    if !nix::unistd::Uid::effective().is_root() {
        return None;
    }
    let user = nix::unistd::User::from_name("nobody")
        .ok()
        .flatten()
        .expect("a user without rights");
    Some((user.uid.as_raw(), user.gid.as_raw()))
}

fn give_away(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    if let Some((uid, gid)) = nobody() {
        std::os::unix::fs::chown(path, Some(uid), Some(gid)).expect("root may");
    }
    let mode = if path.is_dir() { 0o755 } else { 0o600 };
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("it is ours");
}

fn unprivileged(program: &Path, folder: &Path) -> Command {
    let mut words = privileges();
    words.push(program.display().to_string());
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).current_dir(folder);
    command
}

fn run(command: &mut Command) -> Output {
    command
        .stdin(Stdio::null())
        .output()
        .expect("a program that was looked for")
}
