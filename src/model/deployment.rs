//! A deployment: one attempt to make an environment run a release.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::release::ReleaseNo;
use super::{EnvName, ServiceName};

/// `D-12`; counts up over the whole store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DeploymentId(pub u64);

impl fmt::Display for DeploymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("D-{}", self.0))
    }
}

impl FromStr for DeploymentId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text
            .strip_prefix("D-")
            .or_else(|| text.strip_prefix("d-"))
            .unwrap_or(text);
        digits
            .parse()
            .map(DeploymentId)
            .map_err(|_| format!("`{}` is not a deployment such as `D-12`", text.escape_debug()))
    }
}

impl TryFrom<String> for DeploymentId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<DeploymentId> for String {
    fn from(id: DeploymentId) -> String {
        id.to_string()
    }
}

/// How a deployment ended, or `running`. Part of the JSON interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Running,
    Succeeded,
    /// The environment already ran this release on every instance.
    Unchanged,
    /// Ended before traffic moved; the previous release serves in full.
    Failed,
    RolledBack,
    Refused,
    Superseded,
    Cancelled,
    NeedsHuman,
    /// The tool died; the next command on this service decides from what it observes.
    Interrupted,
}

impl Outcome {
    pub const ALL: [Outcome; 10] = [
        Outcome::Running,
        Outcome::Succeeded,
        Outcome::Unchanged,
        Outcome::Failed,
        Outcome::RolledBack,
        Outcome::Refused,
        Outcome::Superseded,
        Outcome::Cancelled,
        Outcome::NeedsHuman,
        Outcome::Interrupted,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Running => "running",
            Outcome::Succeeded => "succeeded",
            Outcome::Unchanged => "unchanged",
            Outcome::Failed => "failed",
            Outcome::RolledBack => "rolled_back",
            Outcome::Refused => "refused",
            Outcome::Superseded => "superseded",
            Outcome::Cancelled => "cancelled",
            Outcome::NeedsHuman => "needs_human",
            Outcome::Interrupted => "interrupted",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Outcome::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Where a deployment stands. `docs/architecture.md` draws the transitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Planned,
    Gated,
    Locked,
    /// Build, copy the artifact, reserve ports; nothing serves yet.
    Preparing,
    /// The release step.
    Releasing,
    Starting,
    Verifying,
    /// Traffic moves.
    Shifting,
    /// All traffic is on the new release: from here on the way is forward, or an explicit rollback.
    Committed,
    Draining,
    Cleaning,
    /// Stops going forward, before commit.
    Aborting,
    RollingBack,
    /// Ended; the outcome says how.
    Done,
}

impl State {
    pub const ALL: [State; 14] = [
        State::Planned,
        State::Gated,
        State::Locked,
        State::Preparing,
        State::Releasing,
        State::Starting,
        State::Verifying,
        State::Shifting,
        State::Committed,
        State::Draining,
        State::Cleaning,
        State::Aborting,
        State::RollingBack,
        State::Done,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            State::Planned => "planned",
            State::Gated => "gated",
            State::Locked => "locked",
            State::Preparing => "preparing",
            State::Releasing => "releasing",
            State::Starting => "starting",
            State::Verifying => "verifying",
            State::Shifting => "shifting",
            State::Committed => "committed",
            State::Draining => "draining",
            State::Cleaning => "cleaning",
            State::Aborting => "aborting",
            State::RollingBack => "rolling_back",
            State::Done => "done",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        State::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// What a gate said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Pass,
    Warn,
    Refuse,
    /// The gate could not find out; never a pass.
    Unknown,
}

/// One admission verdict.
#[derive(Clone, Debug, PartialEq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct Gate {
    pub id: String,
    pub verdict: Verdict,
    pub reason: String,
    /// Where the value came from: a file and line, a command, a row of the store.
    pub source: String,
    /// A next step where the gate refuses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// How one step of a deployment went. Part of the JSON interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    Running,
    Done,
    Failed,
    Skipped,
    /// The intent is recorded, the observation is not.
    Unknown,
}

impl StepStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            StepStatus::Running => "running",
            StepStatus::Done => "done",
            StepStatus::Failed => "failed",
            StepStatus::Skipped => "skipped",
            StepStatus::Unknown => "unknown",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        use StepStatus::*;
        [Running, Done, Failed, Skipped, Unknown]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

/// What kind of attempt this was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    Deploy,
    Rollback,
    Down,
}

impl Operation {
    pub fn as_str(self) -> &'static str {
        match self {
            Operation::Deploy => "deploy",
            Operation::Rollback => "rollback",
            Operation::Down => "down",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Operation::Deploy, Operation::Rollback, Operation::Down]
            .into_iter()
            .find(|op| op.as_str() == text)
    }
}

/// One attempt, as the store keeps it.
#[derive(Clone, Debug, PartialEq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct Deployment {
    pub id: DeploymentId,
    pub service: ServiceName,
    pub env: EnvName,
    pub target: String,
    pub operation: Operation,
    pub state: State,
    pub outcome: Outcome,
    /// `None` until a release exists, and for `down`.
    pub release: Option<ReleaseNo>,
    /// What served when it began; also where an automatic rollback returns to.
    pub previous: Option<ReleaseNo>,
    /// The deployment that this one undoes or continues.
    pub parent: Option<DeploymentId>,
    /// Fencing token of the lease it ran under; 0 before the lease.
    pub fence: u64,
    pub plan_hash: String,
    pub gates: Vec<Gate>,
    pub actor: String,
    /// Why a person wanted it (`--reason`).
    pub note: Option<String>,
    /// Why it ended as it did.
    pub reason: Option<String>,
    pub url: Option<String>,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
}

/// One step of a deployment: intent, then observation.
#[derive(Clone, Debug, PartialEq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct Step {
    pub seq: u32,
    pub name: String,
    pub status: StepStatus,
    /// JSON written before the act.
    pub intent: serde_json::Value,
    /// JSON written after it; null while unknown.
    pub observation: serde_json::Value,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
}
