//! The agent and the target `local`, with small real apps.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "helpers of tests fail like tests, and real processes live by the real clock"
)]

mod commands;
mod crash;
mod instances;
mod traffic;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use deliver::adapters::local::Local;
use deliver::agent::client::Client;
use deliver::agent::home::Home;
use deliver::config::environment::Environment;
use deliver::config::paths::Paths;
use deliver::fault::Result;
use deliver::model::observed::{Instance, InstanceState, Observation};
use deliver::model::release::{BuildId, Release, Source};
use deliver::model::spec::{CommandLine, Health, HttpProbe, Process, Role, Spec, Work};
use deliver::model::{DeploymentId, EnvName, ReleaseNo, ServiceName, Span};
use deliver::ports::Target;
use deliver::ports::target::{Authority, LogLine, LogQuery, Part, Prepared, Secret, Shift, Stop, Stopped, Wanted};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::DELIVER;

/// A web app that says who it is. Everything else is an argument, so that each test shows what its app does.
const APP: &str = r#"
import os, sys, time, signal, threading, http.server, socketserver
name = os.environ.get("NAME", "app")
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *args): pass
    def do_GET(self):
        if self.path.startswith("/slow/"): time.sleep(float(self.path.split("/")[2]))
        if self.path == "/env":
            body = "\n".join(sorted(f"{k}={v}" for k, v in os.environ.items())).encode()
        elif self.path == "/head":
            body = str(self.headers).encode()
        elif self.path == "/pid":
            body = str(os.getpid()).encode()
        elif self.path == "/die": os._exit(3)
        else:
            body = name.encode()
        status = int(open("status").read()) if self.path == "/healthz" and os.path.exists("status") else 200
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    do_HEAD = do_GET
    def do_POST(self):
        length = self.headers.get("Content-Length")
        if length is not None:
            body = self.rfile.read(int(length))
        else:
            body = b""
            while True:
                size = int(self.rfile.readline(), 16)
                body += self.rfile.read(size)
                self.rfile.readline()
                if size == 0: break
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for i in range(0, len(body), 65536):
            part = body[i:i+65536]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")
class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 1024
print("up", flush=True)
server = Server(("127.0.0.1", int(os.environ["PORT"])), Handler)
signal.signal(signal.SIGTERM, lambda *a: os._exit(0))
server.serve_forever()
"#;

/// A store, an agent, and one service. Everything is stopped when it is dropped.
pub struct Bench {
    dir: tempfile::TempDir,
    pub local: Local,
    pub paths: Paths,
    fence: u64,
}

impl Bench {
    pub fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("agent-").tempdir().unwrap();
        fs::create_dir(dir.path().join("run")).unwrap();
        let paths = Paths {
            user_config: dir.path().join("config.toml"),
            system_config: dir.path().join("system.toml"),
            store: dir.path().join("store.db").into(),
            data: dir.path().join("store.d"),
            runtime: Some(dir.path().join("run")),
        };
        Bench {
            local: local(&paths),
            dir,
            paths,
            fence: 1,
        }
    }

    pub fn root(&self) -> &Path {
        self.dir.path()
    }

    /// A second hand on the same agent.
    pub fn another(&self) -> Local {
        local(&self.paths)
    }

    pub fn client(&self) -> &Client {
        self.local.agent()
    }

    pub fn authority(&self) -> Authority {
        Authority {
            service: service(),
            env: EnvName::local(),
            deployment: DeploymentId(1),
            fence: self.fence,
        }
    }

    /// An artifact with one file.
    pub fn artifact(&self, name: &str, files: &[(&str, &str)]) -> PathBuf {
        let artifact = self.root().join("artifacts").join(name);
        for (path, text) in files {
            let path = artifact.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        artifact
    }

    /// A release of a python program.
    pub fn release(&self, number: u32, program: &str) -> Prepared {
        let artifact = self.artifact(&format!("b-{number}"), &[("app.py", program)]);
        self.release_of(
            number,
            artifact,
            spec(CommandLine::Exec(vec!["python3".into(), "app.py".into()])),
        )
    }

    pub fn release_of(&self, number: u32, artifact: PathBuf, mut spec: Spec) -> Prepared {
        spec.env.insert("NAME".into(), format!("v{number}"));
        Prepared {
            release: Release {
                service: service(),
                number: ReleaseNo(number),
                env: EnvName::local(),
                build: BuildId(format!("b-{number}")),
                identity: format!("{number}"),
                spec,
                source: Source::default(),
                created_at: "2026-01-01T00:00:00Z".parse().unwrap(),
            },
            artifact,
            secrets: BTreeMap::new(),
            record: serde_json::Value::Null,
        }
    }

    /// Prepares and starts; returns the URL.
    pub fn start(&self, prepared: &Prepared, wanted: &[Wanted]) -> Result<String> {
        let placed = self.local.prepare(&self.authority(), prepared)?;
        self.local.start(&self.authority(), prepared, wanted)?;
        Ok(placed.url.unwrap_or_default())
    }

    /// Starts `count` web instances of a release, waits until they are healthy, and shifts to them.
    pub fn deploy(&self, prepared: &Prepared, count: usize) -> String {
        let wanted = web(prepared, count);
        let url = self.start(prepared, &wanted).unwrap();
        for want in &wanted {
            self.until_healthy(&want.id);
        }
        self.shift(prepared, &wanted);
        url
    }

    pub fn shift(&self, prepared: &Prepared, wanted: &[Wanted]) {
        let shift = Shift::to(prepared.release.number, ids(wanted));
        self.local.shift(&self.authority(), &shift).unwrap();
    }

    pub fn stop(&self, ids: &[String], drain: &str, grace: &str) -> Vec<Stopped> {
        let stop = Stop {
            instances: ids.to_vec(),
            drain: drain.parse().unwrap(),
            grace: grace.parse().unwrap(),
        };
        self.local.stop(&self.authority(), &stop).unwrap()
    }

    pub fn observe(&self) -> Observation {
        self.local.observe(&service(), &EnvName::local()).unwrap()
    }

    pub fn instance(&self, id: &str) -> Option<Instance> {
        self.observe().instances.into_iter().find(|instance| instance.id == id)
    }

    #[track_caller]
    pub fn until_healthy(&self, id: &str) -> Instance {
        self.until(
            &format!("{id} is healthy"),
            |instance| instance.state == InstanceState::Healthy,
            id,
        )
    }

    #[track_caller]
    pub fn until(&self, what: &str, done: impl Fn(&Instance) -> bool, id: &str) -> Instance {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let instance = self
                .instance(id)
                .unwrap_or_else(|| panic!("there is no {id}: {:?}", self.observe()));
            if done(&instance) {
                return instance;
            }
            assert!(
                Instant::now() < until,
                "not in time: {what}: {instance:?}\n{}",
                self.agent_log()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub fn log(&self, query: &LogQuery) -> Vec<LogLine> {
        let mut lines = Vec::new();
        let mut take = |line| {
            lines.push(line);
            true
        };
        self.local
            .logs(&service(), &EnvName::local(), query, false, &mut take)
            .unwrap();
        lines
    }

    pub fn agent_log(&self) -> String {
        fs::read_to_string(self.paths.agent().join("agent.log")).unwrap_or_default()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("agent.log:\n{}", self.agent_log());
        }
        let _ = self.client().halt();
        // Whatever a test broke: nothing of it outlives the test.
        let left = end_all(|| processes_of(self.root()));
        assert!(
            left.is_empty() || std::thread::panicking(),
            "cannot be killed: {left:?}"
        );
    }
}

/// Kills what `find` finds until it finds nothing any more, and returns what is left if that never comes. Once is not
/// enough: between being found and being killed a shim may start another supervisor.
pub fn end_all(mut find: impl FnMut() -> Vec<Pid>) -> Vec<Pid> {
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        let left = find();
        if left.is_empty() || Instant::now() > until {
            return left;
        }
        for pid in left {
            let _ = kill(pid, Signal::SIGKILL);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn local(paths: &Paths) -> Local {
    let client = Client::of_program(Home::new(paths), DELIVER.into());
    let path = Environment::of_process();
    let environment = Environment::of([("PATH", path.get("PATH").unwrap()), ("HOME", "/nowhere"), ("LEAK", "x")]);
    Local::with(paths.clone(), &environment, client)
}

/// Processes that name a folder in their arguments or work in it.
pub fn processes_of(folder: &Path) -> Vec<Pid> {
    let folder = folder.to_str().unwrap();
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<i32>() else {
            continue;
        };
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let place = fs::read_link(entry.path().join("cwd")).unwrap_or_default();
        if String::from_utf8_lossy(&line).contains(folder) || place.starts_with(folder) {
            found.push(Pid::from_raw(pid));
        }
    }
    found
}

pub fn service() -> ServiceName {
    "shop".parse().unwrap()
}

pub fn web(prepared: &Prepared, count: usize) -> Vec<Wanted> {
    let number = prepared.release.number.0;
    (1..=count)
        .map(|index| Wanted {
            id: format!("shop-{number}-web-{index}"),
            process: "web".into(),
        })
        .collect()
}

pub fn ids(wanted: &[Wanted]) -> Vec<String> {
    wanted.iter().map(|want| want.id.clone()).collect()
}

/// A web process that is looked at every 100 ms.
pub fn spec(command: CommandLine) -> Spec {
    Spec {
        health: Health {
            probe: Some(HttpProbe {
                path: "/healthz".into(),
                host: None,
                below: 400,
            }),
            live: None,
            interval: Span::from_millis(100),
            timeout: Span::from_secs(1),
            start: Span::from_secs(10),
            stable: Span::from_millis(300),
        },
        drain: Span::from_secs(5),
        grace: Span::from_secs(5),
        ..Spec::of(vec![process("web", Role::Web, Work::Command(command))])
    }
}

pub fn process(name: &str, role: Role, work: Work) -> Process {
    Process {
        name: name.into(),
        role,
        work,
        instances: 1,
        env: BTreeMap::new(),
    }
}

/// One request on a connection of its own; returns the status and the body.
pub fn get(url: &str, path: &str) -> std::io::Result<(u16, String)> {
    let address = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").ok_or(std::io::ErrorKind::UnexpectedEof)?;
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or(0);
    Ok((status, body.to_owned()))
}

pub fn secret(prepared: &mut Prepared, name: &str, value: &str) {
    prepared.secrets.insert(name.into(), Secret::new(value.into()));
}
