//! Reaching an engine: which one is meant, the connection to it, and what its failures mean.

use std::error::Error as StdError;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bollard::errors::Error;
use bollard::{API_DEFAULT_VERSION, Docker};
use serde_json::Value;
use tokio::runtime::Runtime;

use super::reach::{Reach, Tls};
use super::{SETTINGS, ssh};
use crate::config::environment::Environment;
use crate::config::file;
use crate::fault::{Fault, Kind, Result};
use crate::model::Span;
use crate::ports::Interrupt;

/// Where an engine listens when nobody says otherwise.
const SOCKET: &str = "unix:///var/run/docker.sock";

/// One call's deadline. The manager answers in milliseconds; one that takes this long has lost its quorum or its network.
pub const CALL: Duration = Duration::from_secs(20);

/// How often somebody who wants to stop is looked for during a long call.
const LOOK: Duration = Duration::from_millis(100);

/// Which engine, with everything said by options, variables and contexts taken into account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub host: String,
    pub tls: Option<Tls>,
}

impl Endpoint {
    /// What the options say, else `DOCKER_HOST`, else the current context, else this machine's socket: as the Docker command
    /// line decides it.
    pub fn find(reach: &Reach, environment: &Environment) -> Result<Endpoint> {
        let home = environment.get("HOME").unwrap_or("/");
        let expand = |path: &str| match path.strip_prefix("~/") {
            Some(rest) => format!("{}/{rest}", home.trim_end_matches('/')),
            None => path.to_owned(),
        };
        let folder = docker_folder(environment);
        let named = reach.context.as_deref();
        if let Some(host) = &reach.host {
            let tls = reach.tls.as_ref().map(|tls| Tls {
                ca: expand(&tls.ca),
                cert: expand(&tls.cert),
                key: expand(&tls.key),
            });
            let from_variables = || {
                host.starts_with("tcp://")
                    .then(|| tls_of(environment, &folder))
                    .flatten()
            };
            return Ok(Endpoint {
                host: host.clone(),
                tls: tls.or_else(from_variables),
            });
        }
        if let (None, Some(host)) = (named, environment.get("DOCKER_HOST")) {
            return Ok(Endpoint {
                host: host.to_owned(),
                tls: host
                    .starts_with("tcp://")
                    .then(|| tls_of(environment, &folder))
                    .flatten(),
            });
        }
        let current = || current_context(&folder);
        let context = named
            .or(environment.get("DOCKER_CONTEXT"))
            .map(str::to_owned)
            .or_else(current);
        match context.filter(|name| name != "default") {
            Some(name) => context_endpoint(&folder, &name),
            None => Ok(Endpoint {
                host: SOCKET.into(),
                tls: None,
            }),
        }
    }

    /// The host's name or address, where the endpoint has one; that of IPv6 without its brackets.
    pub fn machine(&self) -> Option<String> {
        let (scheme, rest) = self.host.split_once("://")?;
        let bare = match scheme {
            "ssh" => return ssh::Address::parse(&self.host).map(|address| address.host().to_owned()),
            "tcp" | "http" | "https" => rest.split('/').next()?,
            _ => return None,
        };
        let bare = match bare.strip_prefix('[').and_then(|v6| v6.split_once(']')) {
            Some((v6, _)) => v6,
            None => bare.rsplit_once(':').map_or(bare, |(host, _)| host),
        };
        Some(bare.to_owned()).filter(|machine| !machine.is_empty())
    }

    /// What a person would type to have this engine do something.
    pub fn docker(&self, words: &str) -> String {
        match &self.tls {
            Some(tls) => format!(
                "docker --tlsverify --tlscacert {} --tlscert {} --tlskey {} -H {} {words}",
                tls.ca, tls.cert, tls.key, self.host
            ),
            None if self.host == SOCKET => format!("docker {words}"),
            None => format!("docker -H {} {words}", self.host),
        }
    }
}

/// `~/.docker`, or where `DOCKER_CONFIG` says.
pub fn docker_folder(environment: &Environment) -> PathBuf {
    match environment.get("DOCKER_CONFIG") {
        Some(folder) => folder.into(),
        None => Path::new(environment.get("HOME").unwrap_or("/")).join(".docker"),
    }
}

/// Certificates by `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH`.
fn tls_of(environment: &Environment, folder: &Path) -> Option<Tls> {
    environment.get("DOCKER_TLS_VERIFY")?;
    let folder = environment
        .get("DOCKER_CERT_PATH")
        .map_or(folder.to_owned(), PathBuf::from);
    Some(tls_in(&folder))
}

fn tls_in(folder: &Path) -> Tls {
    let file = |name: &str| folder.join(name).display().to_string();
    Tls {
        ca: file("ca.pem"),
        cert: file("cert.pem"),
        key: file("key.pem"),
    }
}

fn json_file(path: &Path) -> Option<Value> {
    serde_json::from_slice(&file::read(path, SETTINGS).ok()?).ok()
}

fn current_context(folder: &Path) -> Option<String> {
    let config = json_file(&folder.join("config.json"))?;
    config["currentContext"].as_str().map(str::to_owned)
}

/// Contexts lie in folders that are named by the hash of their names.
fn context_endpoint(folder: &Path, name: &str) -> Result<Endpoint> {
    let hash = ring::digest::digest(&ring::digest::SHA256, name.as_bytes());
    let hash: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let meta = json_file(&folder.join("contexts/meta").join(&hash).join("meta.json"));
    let host = meta
        .as_ref()
        .and_then(|meta| meta["Endpoints"]["docker"]["Host"].as_str());
    let Some(host) = host else {
        let message = format!("there is no Docker context `{}`", name.escape_debug());
        return Err(Fault::usage("no-context", message).hint("docker context ls"));
    };
    let certificates = folder.join("contexts/tls").join(&hash).join("docker");
    Ok(Endpoint {
        host: host.to_owned(),
        tls: certificates.join("cert.pem").exists().then(|| tls_in(&certificates)),
    })
}

/// The connection, made on first use, and the runtime that drives it.
pub struct Engine {
    pub endpoint: Endpoint,
    table: Option<&'static str>,
    interrupt: Arc<dyn Interrupt>,
    open: Mutex<Option<Open>>,
}

struct Open {
    runtime: Arc<Runtime>,
    docker: Docker,
}

impl Engine {
    /// `table` is the target whose table of the manifest may say how the engine is reached; `None`: variables and contexts
    /// alone do.
    pub fn new(endpoint: Endpoint, table: Option<&'static str>, interrupt: Arc<dyn Interrupt>) -> Engine {
        Engine {
            endpoint,
            table,
            interrupt,
            open: Mutex::new(None),
        }
    }

    /// One call under [`CALL`].
    pub fn call<T, F>(&self, what: &str, call: impl FnOnce(Docker) -> F) -> Result<T>
    where
        F: Future<Output = std::result::Result<T, Error>>,
    {
        self.call_within(CALL, what, call)
    }

    /// The version of the API that we and the engine speak.
    pub fn api(&self) -> Result<(usize, usize)> {
        let version = self.open()?.1.client_version();
        Ok((version.major_version, version.minor_version))
    }

    /// One call that is worth less than [`CALL`].
    pub fn call_within<T, F>(&self, limit: Duration, what: &str, call: impl FnOnce(Docker) -> F) -> Result<T>
    where
        F: Future<Output = std::result::Result<T, Error>>,
    {
        let (runtime, docker) = self.open()?;
        let answer = runtime.block_on(async { tokio::time::timeout(limit, call(docker)).await });
        self.answered(what, answer.unwrap_or(Err(Error::RequestTimeoutError)))
    }

    /// A call that may take long, such as a build; ends early when somebody wants to stop.
    pub fn long_call<T, F>(&self, what: &str, limit: Duration, call: impl FnOnce(Docker) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let (runtime, docker) = self.open()?;
        // Headers of an answer come when the engine has read the whole request, which may be a large image.
        let call = call(docker.with_timeout(limit));
        runtime.block_on(async {
            let stopped = async {
                loop {
                    if let Some(kind) = self.interrupt.requested() {
                        return Fault::new(kind, "interrupted", format!("cannot {what}: it was interrupted"));
                    }
                    tokio::time::sleep(LOOK).await;
                }
            };
            tokio::select! {
                done = call => done,
                fault = stopped => Err(fault),
                () = tokio::time::sleep(limit) => {
                    let message = format!("cannot {what}: it was not done within {}", Span::from(limit));
                    Err(Fault::failed("engine-slow", message))
                }
            }
        })
    }

    /// A call's answer, with a failure told as what it means here.
    pub fn answered<T>(&self, what: &str, answer: std::result::Result<T, Error>) -> Result<T> {
        answer.map_err(|error| explain(what, &self.endpoint, self.table, error))
    }

    fn open(&self) -> Result<(Arc<Runtime>, Docker)> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.is_none() {
            *open = Some(self.connect()?);
        }
        match &*open {
            Some(open) => Ok((open.runtime.clone(), open.docker.clone())),
            None => Err(Fault::bug("a connection that was just made is gone")),
        }
    }

    fn connect(&self) -> Result<Open> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Fault::bug("no runtime for the engine's connection").because(error))?;
        let asking = "ask the engine for its version";
        let docker = runtime.block_on(async {
            let docker = self.answered(asking, dial(&self.endpoint))?;
            let negotiated = tokio::time::timeout(CALL, docker.negotiate_version()).await;
            self.answered(asking, negotiated.unwrap_or(Err(Error::RequestTimeoutError)))
        })?;
        Ok(Open {
            runtime: Arc::new(runtime),
            docker,
        })
    }
}

/// Nothing is sent yet, but certificates are read.
fn dial(endpoint: &Endpoint) -> std::result::Result<Docker, Error> {
    let seconds = CALL.as_secs();
    let host = &endpoint.host;
    match host.split_once("://") {
        Some(("unix", path)) => Docker::connect_with_unix(path, seconds, API_DEFAULT_VERSION),
        Some(("ssh", _)) => match ssh::Address::parse(host) {
            Some(address) => ssh::dial(address, CALL),
            None => Err(Error::UnsupportedURISchemeError { uri: host.clone() }),
        },
        Some(("tcp" | "https" | "http", _)) => match &endpoint.tls {
            Some(tls) => {
                // Whoever needs TLS first in this process says by whom it is provided; they all say ring.
                let _ = rustls::crypto::ring::default_provider().install_default();
                let (key, cert, ca) = (Path::new(&tls.key), Path::new(&tls.cert), Path::new(&tls.ca));
                for file in [key, cert, ca] {
                    std::fs::metadata(file).map_err(|_| Error::CertPathError { path: file.to_owned() })?;
                }
                Docker::connect_with_ssl(host, key, cert, ca, seconds, API_DEFAULT_VERSION)
            }
            None => Docker::connect_with_http(host, seconds, API_DEFAULT_VERSION),
        },
        _ => Err(Error::UnsupportedURISchemeError { uri: host.clone() }),
    }
}

/// What went wrong, and what to do about it.
fn explain(what: &str, endpoint: &Endpoint, table: Option<&str>, error: Error) -> Fault {
    let host = &endpoint.host;
    if let Error::DockerResponseServerError { status_code, message } = &error {
        let fault = answered_no(what, *status_code, message);
        return match fault.kind() == Kind::Unreachable && fault.hints().is_empty() {
            true => fault.hint(next_command(endpoint)),
            false => fault,
        };
    }
    if let Error::DockerStreamError { error } = &error {
        return Fault::failed("engine-refused", format!("cannot {what}: {}", plain(error)));
    }
    if let Error::UnsupportedURISchemeError { uri } = &error {
        let message = format!("`{}` is no address of an engine", uri.escape_debug());
        return Fault::usage("bad-endpoint", message).hint(match table {
            Some(_) => "write `host = \"tcp://HOST:2376\"`, `unix://…` or `ssh://…`",
            None => "set DOCKER_HOST to `tcp://HOST:2376`, `unix://…` or `ssh://…`",
        });
    }
    if let Error::CertPathError { path } = &error {
        let message = format!("cannot read the certificate `{}` for `{host}`", path.display());
        return Fault::new(Kind::Credentials, "no-certificate", message).hint(match table {
            Some(target) => format!("name it under `[environment.NAME.{target}] tls`"),
            None => "set DOCKER_CERT_PATH to the folder with `ca.pem`, `cert.pem` and `key.pem`".into(),
        });
    }
    if let (Some(ended), Some(address)) = (ended(&error), ssh::Address::parse(host)) {
        return ended.fault(host, &address);
    }
    let words = chain(&error);
    let unreachable = |code, why: String| {
        Fault::new(
            Kind::Unreachable,
            code,
            format!("cannot reach the engine at `{host}`: {why}"),
        )
    };
    let has = |text: &str| words.iter().any(|word| word.contains(text));
    let fault = match &error {
        Error::RequestTimeoutError => unreachable("engine-slow", format!("no answer within {} s", CALL.as_secs())),
        _ if has("Expired") || has("expired") => {
            unreachable("certificate-expired", "its certificate has expired".into())
        }
        _ if has("NotValidYet") || has("not valid yet") => {
            unreachable("certificate-early", "its certificate is not valid yet".into())
        }
        _ if has("UnknownIssuer") => unreachable(
            "certificate-foreign",
            "its certificate was not signed by the CA that `tls.ca` names".into(),
        ),
        _ if has("NotValidForName") || has("not valid for name") => unreachable(
            "certificate-name",
            "its certificate is for another name than the one it was reached by".into(),
        ),
        _ if has("CertificateRequired") || has("BadCertificate") || has("received fatal alert") => Fault::new(
            Kind::Credentials,
            "certificate-refused",
            format!("the engine at `{host}` does not accept our certificate"),
        ),
        _ if has("corrupt message") || has("InvalidContentType") => unreachable(
            "not-tls",
            "it does not speak TLS there; leave `tls` out or ask another port".into(),
        ),
        _ if has("Permission denied") && host.starts_with("unix://") => Fault::new(
            Kind::Credentials,
            "socket-refused",
            format!("this user may not use the engine's socket `{host}`"),
        )
        .hint("sudo usermod -aG docker \"$USER\", and log in again"),
        _ => unreachable("engine-unreachable", words.last().cloned().unwrap_or_default()),
    };
    let fault = match fault.hints().is_empty() {
        true => fault.hint(next_command(endpoint)),
        false => fault,
    };
    fault.because(error)
}

/// What a person would try by hand.
pub fn next_command(endpoint: &Endpoint) -> String {
    match ssh::Address::parse(&endpoint.host) {
        Some(address) => address.by_hand("docker info"),
        None => endpoint.docker("info"),
    }
}

/// The engine understood and said no.
fn answered_no(what: &str, status: u16, message: &str) -> Fault {
    let said = plain(message);
    let message = format!("cannot {what}: {said}");
    let lower = said.to_lowercase();
    match status {
        406 | 503 if lower.contains("swarm") && !lower.contains("leader") => not_a_manager(&lower, message),
        _ if lower.contains("out of sequence") => Fault::new(Kind::Busy, "out-of-sequence", message),
        _ if lower.contains("have a leader") || lower.contains("quorum") => {
            Fault::new(Kind::Unreachable, "no-leader", message).hint("docker node ls")
        }
        _ if lower.contains("port") && lower.contains("already in use") => {
            Fault::failed("port-taken", message).hint("choose another `publish` port under `[environment.NAME.swarm]`")
        }
        401 | 403 => Fault::new(Kind::Credentials, "engine-denied", message),
        _ if lower.contains("unauthorized") || lower.contains("denied") || lower.contains("no basic auth") => {
            Fault::new(Kind::Credentials, "registry-denied", message)
        }
        // A manager that comes up, a balancer before it, or what one manager hears of another.
        502..=504 => not_ready(message),
        _ if lower.contains("code = unavailable") || lower.contains("code = deadlineexceeded") => not_ready(message),
        404 => Fault::failed("not-found", message),
        409 => Fault::failed("conflict", message),
        _ => Fault::failed("engine-refused", message),
    }
}

/// What an engine says that cannot look at a swarm, all in small letters; `message` tells it together with what was tried.
fn not_a_manager(said: &str, message: String) -> Fault {
    let has = |words: &str| said.contains(words);
    match () {
        () if has("being prepared") || has("trouble connecting") => not_ready(message),
        () if has("swarm unlock") => locked(),
        () if has("worker") => a_worker(),
        () if has("swarm init") || has("part of a swarm") => no_swarm(),
        () if has("swarm manager") => a_worker(),
        () => not_ready(message),
    }
}

pub fn no_swarm() -> Fault {
    Fault::new(Kind::Usage, "no-swarm", "the engine is not part of a swarm").hint("docker swarm init")
}

pub fn a_worker() -> Fault {
    Fault::new(
        Kind::Usage,
        "not-a-manager",
        "the engine is a worker of its swarm, which only a manager can change",
    )
    .hint("reach a manager instead: `host = \"tcp://MANAGER:2376\"` under `[environment.NAME.swarm]`")
}

/// It has a swarm's state, which nobody can read before a person gave it the key.
pub fn locked() -> Fault {
    let message = "the engine was started again and its swarm is locked";
    Fault::new(Kind::Unreachable, "swarm-locked", message).hint("docker swarm unlock")
}

/// The engine is there, and can do nothing at the moment: asked again later, it mostly can.
pub fn not_ready(message: String) -> Fault {
    Fault::new(Kind::Unreachable, "engine-not-ready", message)
}

/// How the connection by ssh came to nothing, where that is why.
fn ended(error: &Error) -> Option<&ssh::Ended> {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(ended) = error.downcast_ref() {
            return Some(ended);
        }
        next = error.source();
    }
    None
}

/// Every error below this one, outermost first, each once.
fn chain(error: &Error) -> Vec<String> {
    let mut words = Vec::new();
    let mut next: Option<&dyn StdError> = Some(error);
    while let Some(error) = next {
        let text = plain(&error.to_string());
        // What TLS says is wrapped in errors of input and output that may tell less.
        let inner = error.downcast_ref::<std::io::Error>().and_then(|io| io.get_ref());
        if let Some(inner) = inner {
            words.push(plain(&format!("{inner:?}")));
        }
        words.push(text);
        next = error.source();
    }
    words
}

/// Text from outside on one line, bounded, without control characters.
pub fn plain(text: &str) -> String {
    const MOST: usize = 400;
    let clean: String = text
        .trim()
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(MOST)
        .collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(reach: &Reach, variables: &[(&str, &str)]) -> Endpoint {
        Endpoint::find(reach, &Environment::of(variables.iter().copied())).expect("an endpoint")
    }

    #[test]
    fn options_win_over_variables_and_these_over_the_socket() {
        let host = Reach {
            host: Some("tcp://a:1".into()),
            ..Reach::default()
        };
        assert_eq!(find(&host, &[("DOCKER_HOST", "tcp://b:2")]).host, "tcp://a:1");
        assert_eq!(
            find(&Reach::default(), &[("DOCKER_HOST", "tcp://b:2")]).host,
            "tcp://b:2"
        );
        assert_eq!(find(&Reach::default(), &[("HOME", "/nowhere")]).host, SOCKET);
        let tls = find(&host, &[("DOCKER_TLS_VERIFY", "1"), ("DOCKER_CERT_PATH", "/c")])
            .tls
            .expect("certificates");
        assert_eq!(tls.key, "/c/key.pem");
    }

    #[test]
    fn a_context_is_found_by_the_hash_of_its_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let digest = ring::digest::digest(&ring::digest::SHA256, b"prod");
        let real: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        let meta = folder.path().join("contexts/meta").join(&real);
        std::fs::create_dir_all(&meta).expect("made");
        let text = r#"{"Name":"prod","Endpoints":{"docker":{"Host":"ssh://ops@swarm-1"}}}"#;
        std::fs::write(meta.join("meta.json"), text).expect("written");
        let config = folder.path().display().to_string();
        let environment = Environment::of([("DOCKER_CONFIG", config.as_str()), ("DOCKER_CONTEXT", "prod")]);
        let endpoint = Endpoint::find(&Reach::default(), &environment).expect("an endpoint");
        assert_eq!(
            (endpoint.host.as_str(), endpoint.machine()),
            ("ssh://ops@swarm-1", Some("swarm-1".into()))
        );
        let missing = Reach {
            context: Some("gone".into()),
            ..Reach::default()
        };
        let fault = Endpoint::find(&missing, &environment).expect_err("there is none");
        assert_eq!((fault.kind(), fault.code()), (Kind::Usage, "no-context"));
    }

    #[test]
    fn what_an_engine_answers_gets_its_meaning() {
        let said = |status, message: &str| {
            let fault = answered_no("do it", status, message);
            (fault.kind(), fault.code())
        };
        let no_swarm = "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again.";
        assert_eq!(said(503, no_swarm), (Kind::Usage, "no-swarm"));
        let worker = "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state.";
        assert_eq!(said(503, worker), (Kind::Usage, "not-a-manager"));
        let prepared =
            "This node is not a swarm manager. Manager is being prepared or has trouble connecting to the cluster.";
        assert_eq!(said(503, prepared), (Kind::Unreachable, "engine-not-ready"));
        let locked = "Swarm is encrypted and needs to be unlocked before it can be used. Please use \"docker swarm unlock\" to unlock it.";
        assert_eq!(said(503, locked), (Kind::Unreachable, "swarm-locked"));
        let expired = "Swarm certificates have expired. To replace them, leave the swarm and join again.";
        assert_eq!(said(503, expired), (Kind::Unreachable, "engine-not-ready"));
        for (status, words) in [
            (502, "Bad Gateway"),
            (504, ""),
            (503, "rpc error: code = Unavailable desc = connection error"),
            (
                500,
                "rpc error: code = DeadlineExceeded desc = context deadline exceeded",
            ),
            (500, "rpc error: code = Unavailable desc = transport is closing"),
        ] {
            assert_eq!(said(status, words), (Kind::Unreachable, "engine-not-ready"), "{words}");
        }
        assert_eq!(said(500, "it broke"), (Kind::Failed, "engine-refused"));
        let sequence = "rpc error: code = Unknown desc = update out of sequence";
        assert_eq!(said(500, sequence), (Kind::Busy, "out-of-sequence"));
        let taken =
            "rpc error: code = InvalidArgument desc = port '8080' is already in use by service 'x' as an ingress port";
        assert_eq!(said(400, taken), (Kind::Failed, "port-taken"));
        let leader = "rpc error: code = Unknown desc = The swarm does not have a leader. It's possible that too few managers are online.";
        for status in [500, 503] {
            assert_eq!(said(status, leader), (Kind::Unreachable, "no-leader"));
        }
        assert_eq!(
            said(500, "denied: requested access"),
            (Kind::Credentials, "registry-denied")
        );
    }

    #[test]
    fn text_from_outside_is_tamed() {
        assert_eq!(plain("a\u{1b}[31m\nb\t c\n"), "a [31m b c");
        assert_eq!(plain(&"x".repeat(10_000)).len(), 400);
    }
}
