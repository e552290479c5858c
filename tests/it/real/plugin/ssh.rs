//! The example in docs/plugins over a real sshd and a real nginx on this machine, as people use it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use deliver::adapters::system::SystemClock;
use deliver::ports::Clock;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use super::super::deploy::{get, json};
use crate::support::{Ran, Sandbox, needs};

const PLUGIN: &str = include_str!("../../../../docs/plugins/deliver-target-ssh");
const APP: &str = include_str!("../apps/app.py");
const CANARY: &str = "canary-30d9e4b1aa";

/// A host that is reached by ssh, with an nginx of its own: both on this machine, both gone with it.
struct Host {
    sandbox: Sandbox,
    servers: Vec<Child>,
    ssh_port: u16,
    nginx: PathBuf,
}

impl Host {
    /// `None` where a server is missing and the test is left out.
    fn start() -> Option<Host> {
        let (sshd, nginx) = (needs::server("sshd")?, needs::server("nginx")?);
        if !needs::has("ssh") || !needs::has("python3") {
            return None;
        }
        let mut host = Host {
            sandbox: Sandbox::new().env("SECRET", CANARY),
            servers: Vec::new(),
            ssh_port: free_port(),
            nginx,
        };
        host.start_sshd(&sshd);
        host.start_nginx();
        host.sandbox.file("deliver-target-ssh", PLUGIN);
        host.sandbox.run("chmod +x deliver-target-ssh").ok();
        Some(host)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.sandbox.root().join(name)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, text).expect("written");
        path
    }

    fn start_sshd(&mut self, sshd: &Path) {
        // Where root's sshd separates privileges.
        if nix::unistd::geteuid().is_root() {
            fs::create_dir_all("/run/sshd").expect("a folder");
        }
        for key in ["host_key", "user_key", "strange_key"] {
            let made = format!("ssh-keygen -q -t ed25519 -N '' -f {}", self.path(key).display());
            self.sandbox.run(&made).ok();
        }
        let (root, port) = (self.sandbox.root().display().to_string(), self.ssh_port);
        let public = |name: &str| fs::read_to_string(self.path(&format!("{name}.pub"))).expect("a key");
        self.write("authorized_keys", &public("user_key"));
        let config = self.write(
            "sshd_config",
            &format!(
                "Port {port}\nListenAddress 127.0.0.1\nHostKey {root}/host_key\n\
                 AuthorizedKeysFile {root}/authorized_keys\nPidFile none\nPasswordAuthentication no\n\
                 KbdInteractiveAuthentication no\nUsePAM no\nStrictModes no\nPermitRootLogin prohibit-password\n\
                 SetEnv DELIVER_TEST_SANDBOX={root} XDG_CONFIG_HOME={root}/units PATH={root}/stub:/usr/local/bin:/usr/bin:/bin\n"
            ),
        );
        self.write("known_hosts", &format!("[127.0.0.1]:{port} {}", public("host_key")));
        self.write(
            "strange_hosts",
            &format!("[127.0.0.1]:{port} {}", public("strange_key")),
        );
        for (name, host_port, key, known) in [
            ("ssh_config", port, "user_key", "known_hosts"),
            ("stranger_config", port, "strange_key", "known_hosts"),
            ("impostor_config", port, "user_key", "strange_hosts"),
            ("nowhere_config", free_port(), "user_key", "known_hosts"),
        ] {
            let user = nix::unistd::User::from_uid(nix::unistd::geteuid())
                .ok()
                .flatten()
                .expect("a user")
                .name;
            self.write(
                name,
                &format!(
                    "Host web-1\n  HostName 127.0.0.1\n  Port {host_port}\n  User {user}\n  IdentityFile {root}/{key}\n\
                     \x20 IdentitiesOnly yes\n  UserKnownHostsFile {root}/{known}\n  GlobalKnownHostsFile /dev/null\n"
                ),
            );
        }
        let log = self.path("sshd.log");
        let words = [
            "-D",
            "-f",
            &config.display().to_string(),
            "-E",
            &log.display().to_string(),
        ]
        .map(str::to_owned);
        self.serve(sshd, &words);
        let ready = format!("ssh -F {root}/ssh_config -o BatchMode=yes web-1 true");
        self.sandbox.until("sshd", Duration::from_secs(20), || {
            self.sandbox.run(&ready).code == Some(0)
        });
    }

    fn start_nginx(&mut self) {
        let root = self.sandbox.root().display().to_string();
        let user = if nix::unistd::geteuid().is_root() {
            "user root;\n"
        } else {
            ""
        };
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|name| format!("  {name}_temp_path {root}/nginx/{name};\n"))
            .collect();
        self.write("nginx/conf.d/none", "");
        let config = format!(
            "{user}daemon off;\nworker_processes 2;\npid {root}/nginx/pid;\nerror_log {root}/nginx/log;\n\
             events {{ worker_connections 1024; }}\nhttp {{\n  access_log off;\n{temporary}\
             \x20 include {root}/nginx/conf.d/*.conf;\n}}\n"
        );
        self.write("nginx/nginx.conf", &config);
        let nginx = self.nginx.clone();
        self.serve(&nginx, &self.nginx_words());
        self.sandbox
            .until("nginx", Duration::from_secs(20), || self.path("nginx/pid").exists());
    }

    fn nginx_words(&self) -> Vec<String> {
        let at = |name: &str| self.path(name).display().to_string();
        vec!["-e".into(), at("nginx/log"), "-c".into(), at("nginx/nginx.conf")]
    }

    fn serve(&mut self, program: &Path, words: &[String]) {
        let mut command: Command = self.sandbox.command(&program.display().to_string());
        let child = command
            .args(words)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.servers.push(child.expect("a server"));
    }

    /// What the plugin is told.
    fn options(&self) -> Value {
        let at = |name: &str| self.path(name).display().to_string();
        let mut reload = vec![self.nginx.display().to_string()];
        reload.extend(self.nginx_words());
        reload.extend(["-s".into(), "reload".into()]);
        json!({
            "host": "web-1", "config": at("ssh_config"), "root": at("host"), "nginx": at("nginx/conf.d"),
            "reload": reload, "address": "127.0.0.1", "python": "/usr/bin/python3",
        })
    }

    /// A service with an environment `staging` on the host.
    fn describe(&self, more: &str) {
        let options = self.options();
        let lines: String = options
            .as_object()
            .expect("options")
            .iter()
            .map(|(k, v)| format!("{k} = {v}\n"))
            .collect();
        let manifest = format!(
            "[service]\nname = \"pricing\"\n[run]\ncommand = [\"python3\", \"app.py\"]\n\
             health = {{ path = \"/health\", interval = \"200ms\", start = \"20s\", stable = \"300ms\" }}\n\
             drain = \"5s\"\ngrace = \"5s\"\n{more}\n[run.secrets]\nSECRET = \"env:SECRET\"\n\
             [run.release]\ncommand = \"echo migrated; echo once >> data/migrations\"\n\
             [environment.staging]\ntarget = \"plugin\"\ninstances = 2\n\
             [environment.staging.plugin]\nname = \"ssh\"\npath = \"deliver-target-ssh\"\n{lines}"
        );
        self.sandbox.file("deliver.toml", &manifest);
    }

    /// Makes the app answer `version`, and behave as `mode` says.
    fn change(&self, version: &str, mode: &str) {
        let app = APP.replace("VERSION = \"1\"", &format!("VERSION = \"{version}\""));
        let app = app.replace("\"MODE\", \"good\"", &format!("\"MODE\", \"{mode}\""));
        self.sandbox.file("app.py", &app);
    }

    fn deploy(&self) -> Ran {
        self.sandbox.run("deliver deploy staging --allow-dirty --json")
    }

    #[track_caller]
    fn deployed(&self) -> String {
        let ran = self.deploy();
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        json(&ran)["url"].as_str().expect("a URL").to_owned()
    }

    fn status(&self) -> Value {
        json(&self.sandbox.run("deliver status staging --json"))["services"][0].clone()
    }

    /// Processes of the host that watch an instance.
    fn watchers(&self) -> Vec<i32> {
        let root = self.path("host").display().to_string();
        let mine = |pid: &i32| arguments(*pid).is_some_and(|words| words.contains("--watch") && words.contains(&root));
        pids().into_iter().filter(mine).collect()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // A watcher ends its instance; one that was killed could not.
        let clock = SystemClock::new(None);
        let end = clock.elapsed() + Duration::from_secs(15);
        loop {
            let watchers = self.watchers();
            if watchers.is_empty() || clock.elapsed() > end {
                break;
            }
            for pid in watchers {
                let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
            }
            clock.sleep(Duration::from_millis(50));
        }
        for server in &mut self.servers {
            let _ = kill(Pid::from_raw(server.id().cast_signed()), Signal::SIGTERM);
            let _ = server.wait();
        }
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

fn pids() -> Vec<i32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect()
}

fn arguments(pid: i32) -> Option<String> {
    let words = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    Some(String::from_utf8_lossy(&words).replace('\0', " "))
}

/// Something that goes on beside the test until it is asked what it saw.
struct Beside<T> {
    stop: Arc<AtomicBool>,
    turns: Arc<AtomicU64>,
    thread: std::thread::JoinHandle<Vec<T>>,
}

impl<T: Send + 'static> Beside<T> {
    fn every(pause: Duration, look: impl Fn() -> Option<T> + Send + 'static) -> Self {
        let (stop, turns) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (stopped, turned) = (stop.clone(), turns.clone());
        let thread = std::thread::spawn(move || {
            let (clock, mut seen) = (SystemClock::new(None), Vec::new());
            while !stopped.load(Ordering::SeqCst) {
                seen.extend(look());
                turned.fetch_add(1, Ordering::SeqCst);
                clock.sleep(pause);
            }
            seen
        });
        Beside { stop, turns, thread }
    }

    /// What was seen, and in how many turns.
    fn end(self) -> (u64, Vec<T>) {
        self.stop.store(true, Ordering::SeqCst);
        let seen = self.thread.join().expect("it looked");
        (self.turns.load(Ordering::SeqCst), seen)
    }
}

/// Clients that open a connection for each request, and what they were told that is no answer.
fn requests(url: &str) -> Beside<String> {
    let url = url.to_owned();
    Beside::every(Duration::from_millis(5), move || {
        let client = reqwest::blocking::Client::builder()
            .no_proxy()
            .pool_max_idle_per_host(0)
            .build()
            .ok()?;
        let answer = client
            .get(&url)
            .timeout(Duration::from_secs(20))
            .send()
            .and_then(|it| it.error_for_status());
        match answer.and_then(|answer| answer.text()) {
            Ok(text) if text == "1" || text == "2" => None,
            other => Some(format!("{other:?}")),
        }
    })
}

/// Argument lists of this machine's processes that hold the secret.
fn leaks() -> Beside<String> {
    Beside::every(Duration::from_millis(2), || {
        let mut found = pids().into_iter().filter_map(arguments);
        found.find(|words| words.contains(CANARY))
    })
}

#[test]
fn a_service_is_deployed_changed_broken_and_brought_back_over_ssh() {
    let Some(host) = Host::start() else { return };
    host.describe("volumes = [\"data\"]");
    host.sandbox.file("data/migrations", "");
    host.change("1", "good");
    let watched = leaks();
    let url = host.deployed();
    assert_eq!(get(&url).expect("an answer"), (200, "1".into()));
    assert_eq!(get(&format!("{url}/secret")).expect("an answer"), (200, CANARY.into()));
    let status = host.status();
    assert_eq!(
        (&status["healthy"], &status["desired"]),
        (&json!(2), &json!(2)),
        "{status:#}"
    );
    assert_eq!(status["target"], "plugin");
    let again = host.deploy();
    assert_eq!(json(&again)["outcome"], "unchanged", "{again:?}");

    // Under requests all the time.
    let clients: Vec<_> = (0..3).map(|_| requests(&url)).collect();
    host.change("2", "good");
    assert_eq!(host.deployed(), url);
    assert_eq!(get(&url).expect("an answer").1, "2");
    host.change("3", "crash");
    let ran = host.deploy();
    assert_eq!(
        (ran.code, &json(&ran)["outcome"]),
        (Some(1), &json!("failed")),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("cannot find the price list"), "{}", ran.stderr);
    assert_eq!(get(&url).expect("an answer").1, "2");
    host.sandbox.run("deliver rollback staging").ok();
    assert_eq!(get(&url).expect("an answer").1, "1");
    for client in clients {
        let (sent, lost) = client.end();
        assert!(sent > 20, "{sent} requests");
        assert_eq!(lost, [] as [String; 0], "of {sent} requests");
    }

    let (_, leaked) = watched.end();
    assert_eq!(leaked, [] as [String; 0], "arguments of processes");
    let logs = host.sandbox.run("deliver logs staging -n 50").ok();
    assert!(
        logs.contains("version 1 in mode good") && logs.contains("cannot find the price list"),
        "{logs}"
    );
    let tail = host
        .sandbox
        .run("deliver logs staging --release v2 --process web -n 1")
        .ok();
    assert_eq!(tail.lines().count(), 2, "one line of each instance: {tail}");
    // The release step of v1, v2 and v3 each ran once, in a folder that outlives releases.
    let ran = fs::read_to_string(host.path("host/pricing.staging/volumes/data/migrations")).expect("the volume");
    assert_eq!(ran, "once\nonce\nonce\n");
    let current = fs::read_link(host.path("host/pricing.staging/current")).expect("a link");
    assert_eq!(current, Path::new("releases/v1"));

    host.sandbox.run("deliver down staging --yes").ok();
    // nginx closes its port in its own time after a reload.
    host.sandbox
        .until("nobody answers any more", Duration::from_secs(10), || {
            get(&url).is_err()
        });
    assert_eq!(host.watchers(), [] as [i32; 0]);
    let left: Vec<_> = fs::read_dir(host.path("nginx/conf.d"))
        .expect("a folder")
        .flatten()
        .collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn an_instance_that_dies_is_started_again_and_files_with_secrets_are_its_users_alone() {
    let Some(host) = Host::start() else { return };
    host.describe("");
    host.sandbox.file("data/migrations", "");
    host.change("1", "good");
    host.deployed();
    let instances = host.path("host/pricing.staging/instances");
    for entry in fs::read_dir(&instances).expect("instances").flatten() {
        let mode = |path: PathBuf| fs::metadata(path).expect("a file").permissions().mode() & 0o077;
        assert_eq!(mode(entry.path().join("config.json")), 0);
        assert_eq!(mode(entry.path()), 0);
        let log = fs::read_to_string(entry.path().join("log")).expect("a log");
        assert!(!log.contains(CANARY), "{log}");
    }
    let first = host.status()["instances"][0].clone();
    let pid = first["pid"].as_i64().expect("a process") as i32;
    kill(Pid::from_raw(pid), Signal::SIGKILL).expect("killed");
    host.sandbox.until("a new start", Duration::from_secs(20), || {
        let status = host.status();
        let one = status["instances"]
            .as_array()
            .expect("instances")
            .iter()
            .find(|one| one["id"] == first["id"])
            .cloned();
        one.is_some_and(|one| one["state"] == "healthy" && one["restarts"] == 1 && one["exit"] == "signal 9 (SIGKILL)")
    });
}

/// The shell of the second is gone at SIGTERM, and what it started is waited for all the same.
#[test]
fn a_program_that_a_shell_line_starts_finishes_what_it_does_when_it_is_stopped() {
    let Some(host) = Host::start() else { return };
    host.sandbox.file(
        "work.sh",
        "trap 'sleep 0.5; echo finished; exit 0' TERM\necho at work\nwhile :; do sleep 0.1; done\n",
    );
    host.describe("[process.single]\ncommand = \"sh work.sh\"\n[process.several]\ncommand = \"cd . && sh work.sh\"\n");
    host.sandbox.file("data/migrations", "");
    host.change("1", "good");
    host.deployed();
    for process in ["single", "several"] {
        let logs = format!("deliver logs staging --process {process} --release v1");
        host.sandbox.until("the worker", Duration::from_secs(20), || {
            host.sandbox.run(&logs).stdout.contains("at work")
        });
    }
    host.change("2", "good");
    host.deployed();
    for (process, end) in [("single", "status 0"), ("several", "signal 15 (SIGTERM)")] {
        let said = host
            .sandbox
            .run(&format!("deliver logs staging --process {process} --release v1"))
            .stdout;
        let lines: Vec<&str> = said.lines().filter_map(|line| line.rsplit('\t').next()).collect();
        assert!(lines.ends_with(&["finished", &format!("ended with {end}")]), "{said}");
    }
}

#[test]
fn a_host_that_cannot_be_reached_and_one_that_does_not_trust_us_have_their_exit_codes() {
    let Some(host) = Host::start() else { return };
    host.change("1", "good");
    for (config, exit, code) in [
        ("nowhere_config", 8, "unreachable"),
        ("stranger_config", 9, "credentials"),
        ("impostor_config", 9, "credentials"),
    ] {
        host.describe("");
        let manifest = host
            .sandbox
            .read("deliver.toml")
            .replace("/ssh_config", &format!("/{config}"));
        host.sandbox.file("deliver.toml", &manifest);
        let ran = host.sandbox.run("deliver plan staging --json");
        assert_eq!(
            (ran.code, ran.error()["code"].as_str()),
            (Some(exit), Some(code)),
            "{config}: {}",
            ran.stderr
        );
    }
}

#[test]
fn what_nginx_does_not_take_moves_no_traffic() {
    let Some(host) = Host::start() else { return };
    host.describe("");
    host.sandbox.file("data/migrations", "");
    host.change("1", "good");
    let url = host.deployed();
    let broken = host.write("nginx/conf.d/zz-somebody-elses.conf", "no such directive;\n");
    host.change("2", "good");
    let ran = host.deploy();
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(
        ran.stderr.contains("unknown directive \\\"no\\\"") || ran.stderr.contains("unknown directive"),
        "{}",
        ran.stderr
    );
    assert_eq!(get(&url).expect("an answer").1, "1");
    let status = host.status();
    assert_eq!(
        (&status["release"], &status["healthy"]),
        (&json!("v1"), &json!(2)),
        "{status:#}"
    );
    fs::remove_file(broken).expect("removed");
    host.deployed();
    assert_eq!(get(&url).expect("an answer").1, "2");
}

#[test]
fn a_port_of_somebody_else_is_not_taken() {
    let Some(host) = Host::start() else { return };
    let foreign = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = foreign.local_addr().expect("an address").port();
    host.describe(&format!("port = {port}"));
    host.sandbox.file("data/migrations", "");
    host.change("1", "good");
    let ran = host.deploy();
    assert_eq!(
        (ran.code, ran.error()["code"].as_str()),
        (Some(1), Some("port-taken")),
        "{ran:?}"
    );
    assert_eq!(host.watchers(), [] as [i32; 0]);
}

#[test]
fn what_it_cannot_do_is_said_before_anything_is_touched() {
    let Some(host) = Host::start() else { return };
    host.change("1", "good");
    for (more, said) in [
        (
            "listen = 8080",
            "cannot hold requests while an app that insists on its port is replaced",
        ),
        (
            "[process.job]\ncommand = [\"true\"]\nschedule = \"* * * * *\"",
            "cannot run the scheduled job `job`",
        ),
    ] {
        host.describe(more);
        if more.starts_with("listen") {
            let manifest = host
                .sandbox
                .read("deliver.toml")
                .replace("instances = 2", "instances = 1");
            host.sandbox.file("deliver.toml", &manifest);
        }
        let ran = host.sandbox.run("deliver plan staging --json");
        assert_eq!(
            (ran.code, ran.error()["code"].as_str()),
            (Some(2), Some("unsupported")),
            "{}",
            ran.stderr
        );
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
    assert!(!host.path("host").exists(), "nothing was touched");
}

#[test]
fn the_check_passes_and_leaves_nothing() {
    let Some(host) = Host::start() else { return };
    host.describe("");
    host.change("1", "good");
    let ran = host.sandbox.run("deliver plugin check ssh --env staging --json");
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    let checked = json(&ran);
    assert_eq!(checked["schema"], "deliver/plugin-check/v1");
    assert_eq!(
        (&checked["passed"], &checked["failed"], &checked["skipped"]),
        (&json!(20), &json!(0), &json!(1))
    );
    assert_eq!(host.watchers(), [] as [i32; 0]);
    assert!(!host.sandbox.store().exists(), "the store is not touched");
}

/// Does what a systemd of the user would with the units of the plugin, and keeps a copy of each.
const SYSTEMCTL: &str = r#"#!/bin/sh
shift
units=$XDG_CONFIG_HOME/systemd/user
case $1 in
start)
  cp "$units/$2" "$XDG_CONFIG_HOME/$2"
  setsid sh -c "$(sed -n 's/^ExecStart=//p' "$units/$2") & echo \$! > $XDG_CONFIG_HOME/$2.pid" </dev/null >/dev/null 2>&1 ;;
stop) kill "$(cat "$XDG_CONFIG_HOME/$3.pid")" 2>/dev/null || true ;;
enable | disable) [ -e "$units/$2" ] ;;
esac
"#;

#[test]
fn it_keeps_them_with_units_that_systemd_accepts_and_leaves_none() {
    let Some(host) = Host::start() else { return };
    let stub = host.write("stub/systemctl", SYSTEMCTL);
    fs::set_permissions(&stub, fs::Permissions::from_mode(0o755)).expect("executable");
    let mut options = host.options();
    options["mode"] = "systemd-user".into();
    host.sandbox.file("options.json", &options.to_string());
    let ran = host
        .sandbox
        .run("deliver plugin check ssh --path deliver-target-ssh --options options.json --json");
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    let left: Vec<_> = fs::read_dir(host.path("units/systemd/user"))
        .expect("a folder")
        .flatten()
        .collect();
    assert!(left.is_empty(), "{left:?}");
    if needs::has("systemd-analyze") {
        let units = host.path("units").display().to_string();
        let verified = host
            .sandbox
            .run(&format!("systemd-analyze verify {units}/deliver-*.service"));
        assert_eq!((verified.code, verified.stderr.as_str()), (Some(0), ""));
    }
}
