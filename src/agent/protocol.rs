//! What the tool, the supervisor, the router and the shims say to each other.
//!
//! Every connection to the control socket begins with a [`Request`]. Most get one [`Answer`]; a shim's or a router's
//! greeting turns the connection into a conversation. Fields are only ever added: an older tool is understood.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::fault::{Fault, Kind};
use crate::model::observed::Observation;
use crate::model::release::Release;
use crate::model::spec::Health;
use crate::model::{EnvName, ReleaseNo, ServiceName, Span};
use crate::ports::target::{Authority, Shift, Stop, Stopped, Wanted};

/// What a connection begins with.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    Status,
    /// Become the binary at `program`, with listening sockets and instances kept.
    Restart {
        program: PathBuf,
    },
    /// Stop every instance and end.
    Halt,
    Observe {
        service: ServiceName,
        env: EnvName,
    },
    ObserveAll,
    /// Record the fence, then reserve the public port.
    Reserve {
        authority: Authority,
        release: Box<Release>,
    },
    Start {
        authority: Authority,
        launch: Box<Launch>,
        wanted: Vec<Wanted>,
    },
    Shift {
        authority: Authority,
        shift: Shift,
    },
    Stop {
        authority: Authority,
        stop: Stop,
    },
    Remove {
        authority: Authority,
    },
    Shim(Box<Greeting>),
    Router {
        pid: u32,
        /// Public ports whose listening sockets follow, one [`Handed`] each.
        listeners: Vec<u16>,
    },
}

/// What a request gets.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Done,
    Status(Status),
    Observed(Vec<Observation>),
    Reserved { url: Option<String> },
    Stopped(Vec<Stopped>),
    Failed(Failure),
}

/// The agent itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    pub pid: u32,
    pub version: String,
    /// When the file of its program was written, in microseconds since 1970 UTC.
    pub built: i64,
    pub started_at: Timestamp,
    /// Of the router, where one runs.
    pub router: Option<u32>,
    /// Public ports that are held open.
    pub ports: Vec<u16>,
    pub services: usize,
    /// Instances with a running process.
    pub running: usize,
    /// Instances that wait for their next start.
    pub waiting: usize,
}

/// A release as instances are started from it. Secrets are sealed before they come here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Launch {
    pub release: Release,
    /// The copy of the artifact that instances run in.
    pub dir: PathBuf,
    /// What instances inherit from the machine: `PATH`, `HOME` and the like.
    pub base: BTreeMap<String, String>,
    /// The secrets' names and values as JSON, sealed under [`Launch::label`], in hex.
    pub sealed: String,
}

impl Launch {
    /// What a release's secrets are sealed as, so that they open for no other release.
    pub fn label(release: &Release) -> String {
        format!("{} {} {}", release.service, release.env, release.number)
    }
}

/// What one shim is to run; it comes through a pipe, for it holds secrets.
#[derive(Serialize, Deserialize)]
pub struct Order {
    pub id: String,
    /// Counts the starts of the instance.
    pub run: u32,
    /// The program and its arguments.
    pub command: Vec<String>,
    pub dir: PathBuf,
    /// The whole environment.
    pub env: BTreeMap<String, String>,
    pub port: Option<u16>,
    /// `None`: running is all there is to know.
    pub health: Option<Health>,
    pub grace: Span,
}

/// A shim's first words, after a start and after every loss of the supervisor.
#[derive(Debug, Serialize, Deserialize)]
pub struct Greeting {
    pub id: String,
    pub run: u32,
    /// Of the shim.
    pub pid: u32,
    pub report: Report,
}

/// How a run stands, as its shim knows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Of the command.
    pub pid: Option<u32>,
    pub healthy: bool,
    /// Has been healthy before.
    pub proven: bool,
    /// Since when it is healthy, or is not.
    pub since: Timestamp,
    /// The same as a length of time, which no change of the clock touches.
    pub for_ms: u64,
    pub flaps: u32,
    pub probe: Option<String>,
    /// Where it was seen to answer.
    pub address: Option<SocketAddr>,
    pub listens_on: Vec<u16>,
    pub ended: Option<Ended>,
}

/// How a run ended; also the content of `exit.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    pub run: u32,
    /// `status 1`, `signal 9 (SIGKILL)`, `cannot start …`.
    pub how: String,
    pub at: Timestamp,
    /// It had to be killed.
    pub killed: bool,
    /// Set when the command could not be started at all: the fault's code.
    pub unstartable: Option<String>,
}

/// What a supervisor tells a shim.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToShim {
    Stop { grace: Span },
}

/// What a supervisor tells its router.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToRouter {
    /// A listening socket of this public port comes beside the message.
    Listen { port: u16 },
    /// The whole table; a port that no route names is closed.
    Routes { revision: u64, routes: Vec<Route> },
    /// Asks for a [`FromRouter::Load`] with this number.
    Report { number: u64 },
    /// Ends the upgraded connections of an instance.
    Cut { instance: String },
    /// It is about to be told to end: upgraded connections that are open now have outlived the drain.
    Leaving { instance: String },
    /// Accept no more, finish what is open within this long, end.
    Retire { limit: Span },
}

/// What a router tells its supervisor.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromRouter {
    Applied {
        revision: u64,
    },
    Load {
        number: u64,
        instances: HashMap<String, Load>,
    },
}

/// What a router knows of one instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    pub in_flight: u32,
    /// Requests and connections that were cut after it left routing.
    pub cut: u32,
}

/// A listening socket that comes beside the message.
#[derive(Debug, Serialize, Deserialize)]
pub struct Handed {
    pub port: u16,
}

/// Where requests for one service in one environment go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    pub service: ServiceName,
    pub env: EnvName,
    pub ports: Vec<u16>,
    /// The release that takes traffic; `None` before the first.
    pub release: Option<ReleaseNo>,
    pub backends: Vec<Backend>,
    /// How long a request waits for a backend, in milliseconds; 0 answers at once.
    pub wait_ms: u64,
    /// A request waits even though there are backends: the instance is being replaced.
    pub hold: bool,
    /// So many of a hundred requests go to the backends that are `part`, the others to those that are not.
    #[serde(default)]
    pub percent: Option<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backend {
    pub instance: String,
    pub address: SocketAddr,
    pub release: ReleaseNo,
    /// Fails its probes: gets requests only where no other takes them.
    #[serde(default)]
    pub unhealthy: bool,
    /// One of those that [`Route::percent`] is for.
    #[serde(default)]
    pub part: bool,
}

/// A [`Fault`] on its way through the socket.
#[derive(Debug, Serialize, Deserialize)]
pub struct Failure {
    exit: u8,
    code: String,
    message: String,
    still: Option<String>,
    hints: Vec<String>,
    details: Vec<String>,
    causes: Vec<String>,
}

/// Every code word that a fault of the agent can have: a [`Fault`]'s is static, so those that travel are listed.
const CODES: [&str; 27] = [
    "fenced",
    "port-taken",
    "port-denied",
    "no-free-port",
    "listen-is-public",
    "unknown-instance",
    "unknown-process",
    "unknown-release",
    "bad-instance-id",
    "bad-schedule",
    "still-running",
    "command-missing",
    "command-denied",
    "start-failed",
    "disk-full",
    "read-only",
    "permission-denied",
    "not-found",
    "io",
    "seal-broken",
    "key-exposed",
    "key-damaged",
    "router-silent",
    "agent-state-newer",
    "agent-state-damaged",
    "socket-folder-exposed",
    "agent-program-missing",
];

impl From<&Fault> for Failure {
    fn from(fault: &Fault) -> Self {
        Failure {
            exit: fault.kind().exit_code(),
            code: fault.code().to_owned(),
            message: fault.message().to_owned(),
            still: fault.still_true().map(str::to_owned),
            hints: fault.hints().to_vec(),
            details: fault.evidence().to_vec(),
            causes: fault.causes(),
        }
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        let kind = Kind::ALL.into_iter().find(|kind| kind.exit_code() == failure.exit);
        let code = CODES.into_iter().find(|code| *code == failure.code).unwrap_or("agent");
        let mut fault = Fault::new(kind.unwrap_or(Kind::Failed), code, failure.message).details(failure.details);
        if let Some(still) = failure.still {
            fault = fault.still(still);
        }
        for hint in failure.hints {
            fault = fault.hint(hint);
        }
        let mut causes = failure.causes.into_iter().rev();
        match causes.next() {
            Some(root) => fault.because(causes.fold(anyhow::Error::msg(root), |below, above| below.context(above))),
            None => fault,
        }
    }
}

/// Hex, as sealed bytes travel and rest in JSON.
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `None` where `text` is not what [`to_hex`] writes.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_survives_the_socket() {
        let fault = Fault::new(Kind::Busy, "fenced", "cannot start `a`")
            .still("v1 is still serving")
            .hint("deliver status")
            .details(["line".to_owned()])
            .because(anyhow::anyhow!("deepest").context("nearest"));
        let text = serde_json::to_string(&Failure::from(&fault)).unwrap();
        let back = Fault::from(serde_json::from_str::<Failure>(&text).unwrap());
        assert_eq!(
            (back.kind(), back.code(), back.message()),
            (Kind::Busy, "fenced", "cannot start `a`")
        );
        assert_eq!(back.still_true(), Some("v1 is still serving"));
        assert_eq!(back.hints(), ["deliver status"]);
        assert_eq!(back.evidence(), ["line"]);
        assert_eq!(back.causes(), ["nearest", "deepest"]);
    }

    #[test]
    fn hex_goes_both_ways() {
        assert_eq!(from_hex(&to_hex(&[0, 15, 255])), Some(vec![0, 15, 255]));
        for bad in ["0", "0g", "ää", "+1"] {
            assert_eq!(from_hex(bad), None, "{bad}");
        }
    }
}
