//! What a target says is really there.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{DeploymentId, EnvName, ReleaseNo, ServiceName};

/// How one instance stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InstanceState {
    /// Started, not yet healthy.
    Starting,
    Healthy,
    /// Was healthy, fails its probes now.
    Unhealthy,
    /// Takes no new work.
    Draining,
    /// Exited, and waits for its next start.
    BackOff,
    Exited,
    /// A scheduled job between two runs.
    Waiting,
}

impl InstanceState {
    pub fn as_str(self) -> &'static str {
        match self {
            InstanceState::Starting => "starting",
            InstanceState::Healthy => "healthy",
            InstanceState::Unhealthy => "unhealthy",
            InstanceState::Draining => "draining",
            InstanceState::BackOff => "back_off",
            InstanceState::Exited => "exited",
            InstanceState::Waiting => "waiting",
        }
    }
}

/// What the exit of an instance begins with of which nothing ever ran: its engine could not start it.
pub const NO_START: &str = "no start";

/// Whether an exit says that nothing ever ran: in the words of engines, or of the agent of this machine, which tried.
pub fn never_ran(exit: &str) -> bool {
    exit.starts_with(NO_START) || exit.starts_with("cannot start")
}

/// One instance as the target reports it.
#[derive(Clone, Debug, PartialEq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct Instance {
    /// Unique within the store and stable over restarts: `pricing-v3-web-1-9f2c`.
    pub id: String,
    pub process: String,
    pub release: ReleaseNo,
    /// The deployment that started it.
    pub deployment: DeploymentId,
    pub state: InstanceState,
    /// Since when it is in this state.
    pub since: Timestamp,
    pub pid: Option<u32>,
    pub port: Option<u16>,
    /// Restarts since it was first started.
    pub restarts: u32,
    /// How long it has been healthy without a gap, in milliseconds; 0 when it is not.
    pub healthy_ms: u64,
    /// Changes between healthy and not, since it was first healthy.
    pub flaps: u32,
    /// The last exit, in words: `status 1`, `signal 11 (SIGSEGV)`; `no start` and why, where nothing of it ever ran.
    pub exit: Option<String>,
    /// What the last probe said, in words: `GET /healthz answered 503`, `connection refused`.
    pub probe: Option<String>,
    /// Ports the process listens on that are not its own, when it ignores `PORT`.
    #[serde(default)]
    pub listens_on: Vec<u16>,
    /// Requests in flight.
    #[serde(default)]
    pub in_flight: u32,
    /// Whether a shift made it one of the environment's own: it is restarted when it exits and, as a web process, takes
    /// traffic. New instances that nothing was shifted to are not.
    #[serde(default)]
    pub routed: bool,
}

impl Instance {
    /// One that was started at this time, and of which nothing else is known: no look has found it healthy, and nothing was
    /// shifted to it.
    pub fn starting(
        id: impl Into<String>,
        process: impl Into<String>,
        release: ReleaseNo,
        deployment: DeploymentId,
        since: Timestamp,
    ) -> Self {
        Instance {
            id: id.into(),
            process: process.into(),
            release,
            deployment,
            state: InstanceState::Starting,
            since,
            pid: None,
            port: None,
            restarts: 0,
            healthy_ms: 0,
            flaps: 0,
            exit: None,
            probe: None,
            listens_on: Vec::new(),
            in_flight: 0,
            routed: false,
        }
    }
}

impl Observation {
    /// A service that was never deployed there.
    pub fn nothing(service: &ServiceName, env: &EnvName) -> Self {
        Observation {
            service: service.clone(),
            env: env.clone(),
            current: None,
            fence: 0,
            url: None,
            instances: Vec::new(),
            scaled: BTreeMap::new(),
            foreign: None,
            reverted: None,
            killed: Vec::new(),
            unreached: None,
        }
    }
}

/// An instance that was told to end, had not done so within its grace, and was killed.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct Killed {
    pub id: String,
    pub at: Timestamp,
}

/// One service in one environment, as observed.
#[derive(Clone, Debug, PartialEq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct Observation {
    pub service: ServiceName,
    pub env: EnvName,
    /// The release that takes traffic (or, without a web process, the one that is kept running); while several do, the one
    /// that most instances run, the older in a tie.
    pub current: Option<ReleaseNo>,
    /// The highest fencing token the target has accepted for this service and environment.
    pub fence: u64,
    pub url: Option<String>,
    pub instances: Vec<Instance>,
    /// The fewest instances that an autoscaler keeps, by process, where one decides how many run.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub scaled: BTreeMap<String, u32>,
    /// What somebody else changed since the last act under the fence, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign: Option<String>,
    /// The engine went back to an earlier specification by itself; in its own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverted: Option<String>,
    /// Instances that an engine, which ends old ones itself, had to kill, as far back as it remembers; the times are by this
    /// machine's clock.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub killed: Vec<Killed>,
    /// Why requests from outside may not come through although instances are healthy, such as a route that its gateway does
    /// not accept. What the engine has not said is not known to be well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreached: Option<String>,
}
