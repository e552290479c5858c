//! What a plugin may say.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::model::observed::InstanceState;
use crate::model::{self, DeploymentId, EnvName, ReleaseNo, ServiceName};
use crate::ports::target;

/// One line of a plugin's standard output: exactly one of these. Fields that nobody knows are left alone.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Line {
    #[serde(default)]
    pub event: Option<Event>,
    /// Ends the conversation. An object, in the form of the verb's result.
    #[serde(default)]
    pub result: Option<Value>,
    /// Ends it, too.
    #[serde(default)]
    pub error: Option<Refused>,
}

/// What a plugin has to tell on the way: one of these.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Event {
    /// Progress, in words.
    #[serde(default)]
    pub note: Option<String>,
    /// Something a person should know although the work goes on.
    #[serde(default)]
    pub warning: Option<String>,
    /// Only for `logs`.
    #[serde(default)]
    pub log: Option<LogLine>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct LogLine {
    pub at: Timestamp,
    pub instance: String,
    pub process: String,
    pub release: ReleaseNo,
    /// `out`, `err`, or `deliver` for what the engine itself has to say.
    pub stream: Stream,
    pub text: String,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    Out,
    Err,
    Deliver,
}

impl From<LogLine> for target::LogLine {
    fn from(line: LogLine) -> target::LogLine {
        target::LogLine {
            at: line.at,
            instance: line.instance,
            process: line.process,
            release: line.release,
            stream: match line.stream {
                Stream::Out => "out".into(),
                Stream::Err => "err".into(),
                Stream::Deliver => target::NOTES.into(),
            },
            text: line.text,
        }
    }
}

/// Why a plugin did not do it.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Refused {
    pub kind: Why,
    /// A stable word such as `port-taken`.
    pub code: String,
    /// What was attempted on what, and how it failed.
    pub message: String,
    /// Commands to paste next.
    #[serde(default)]
    pub hints: Vec<String>,
    /// Lines of evidence.
    #[serde(default)]
    pub details: Vec<String>,
}

/// The kind of a refusal, which decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// 1: it failed.
    Failed,
    /// 2: the options or the manifest cannot work here.
    Usage,
    /// 5: a person is needed.
    NeedsHuman,
    /// 6: fenced, or somebody else is at it.
    Busy,
    /// 8: what the plugin works on cannot be reached.
    Unreachable,
    /// 9: credentials are missing or refused.
    Credentials,
}

/// The result of `handshake`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Greeting {
    /// Those of the offered versions that the plugin speaks.
    pub protocols: Vec<u32>,
    /// The plugin's own.
    #[serde(default)]
    pub version: Option<String>,
    #[serde(default)]
    pub capabilities: Abilities,
}

/// What the plugin can do; what it does not mention it cannot. One of `beside` and `in_place` it must.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Abilities {
    /// New instances run beside the old ones without traffic, and take all of it at once.
    pub beside: bool,
    /// It replaces instances itself: `replace` and `finish`.
    pub in_place: bool,
    /// Traffic can be split by percentages.
    pub weights: bool,
    /// A part of the instances can run the new release while the rest run the old one.
    pub portions: bool,
    /// `deliver` says how many are replaced at once.
    pub batches: bool,
    /// Requests can be held while a single instance is replaced.
    pub holds_requests: bool,
    pub volumes: bool,
    pub schedules: bool,
}

impl From<Abilities> for target::Capabilities {
    fn from(able: Abilities) -> target::Capabilities {
        target::Capabilities {
            weights: able.weights,
            holds_requests: able.holds_requests,
            volumes: able.volumes,
            schedules: able.schedules,
            in_place: able.in_place,
            beside: able.beside,
            portions: able.portions,
            batches: able.batches,
            // Only the agent's router counts requests.
            counts: false,
        }
    }
}

/// The result of `plan`.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Advice {
    /// What a reader of the plan should know.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// The result of `observe`.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Observed {
    /// The release that takes traffic.
    #[serde(default)]
    pub current: Option<ReleaseNo>,
    /// The highest that was accepted; 0 where none was.
    #[serde(default)]
    pub fence: u64,
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default)]
    pub instances: Vec<Instance>,
    /// What somebody else changed, in words.
    #[serde(default)]
    pub foreign: Option<String>,
    /// The engine went back by itself; in its own words.
    #[serde(default)]
    pub reverted: Option<String>,
}

/// One instance.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Instance {
    pub id: String,
    pub process: String,
    pub release: ReleaseNo,
    pub deployment: DeploymentId,
    pub state: InstanceState,
    pub since: Timestamp,
    /// A shift made it one of the environment's own.
    pub routed: bool,
    /// How long it has been healthy without a gap; 0 when it is not.
    #[serde(default)]
    pub healthy_ms: u64,
    #[serde(default)]
    pub pid: Option<u32>,
    #[serde(default)]
    pub port: Option<u16>,
    #[serde(default)]
    pub restarts: u32,
    /// Changes between healthy and not, since it was first healthy.
    #[serde(default)]
    pub flaps: u32,
    /// `status 1`, `signal 11 (SIGSEGV)`.
    #[serde(default)]
    pub exit: Option<String>,
    /// What the last probe said.
    #[serde(default)]
    pub probe: Option<String>,
    #[serde(default)]
    pub listens_on: Vec<u16>,
    #[serde(default)]
    pub in_flight: u32,
}

impl From<Instance> for model::observed::Instance {
    fn from(one: Instance) -> model::observed::Instance {
        model::observed::Instance {
            id: one.id,
            process: one.process,
            release: one.release,
            deployment: one.deployment,
            state: one.state,
            since: one.since,
            pid: one.pid,
            port: one.port,
            restarts: one.restarts,
            healthy_ms: one.healthy_ms,
            flaps: one.flaps,
            exit: one.exit,
            probe: one.probe,
            listens_on: one.listens_on,
            in_flight: one.in_flight,
            routed: one.routed,
        }
    }
}

impl Observed {
    pub fn of(self, service: &ServiceName, env: &EnvName) -> model::observed::Observation {
        model::observed::Observation {
            current: self.current,
            fence: self.fence,
            url: self.url,
            instances: self.instances.into_iter().map(Into::into).collect(),
            foreign: self.foreign,
            reverted: self.reverted,
            ..model::observed::Observation::nothing(service, env)
        }
    }
}

/// The result of `observe_all`.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct AllObserved {
    pub observations: Vec<OneObserved>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct OneObserved {
    pub service: ServiceName,
    pub env: EnvName,
    pub observation: Observed,
}

/// The result of `prepare`.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Placed {
    /// Where people will reach the release.
    #[serde(default)]
    pub url: Option<String>,
    /// What is needed to bring exactly this release back; no secrets.
    #[serde(default)]
    pub record: Value,
}

/// The result of `drain`.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Drained {
    /// Requests still open when the time was over, by instance.
    #[serde(default)]
    pub cut: BTreeMap<String, u32>,
}

/// The result of `stop`.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct AllStopped {
    pub stopped: Vec<Stopped>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Stopped {
    pub id: String,
    /// It did not end on SIGTERM within its grace.
    #[serde(default)]
    pub killed: bool,
    /// `status 0`, `not running`.
    pub exit: String,
}

/// The result of every other verb: an object with nothing in it yet.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Done {}
