//! What a plugin is asked.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::run::{Release, Run};
use crate::model::{DeploymentId, EnvName, ReleaseNo, ServiceName};
use crate::ports::target::{self, Secret, Traffic};

/// One request: one line of JSON on the plugin's standard input, which ends after it.
#[derive(Serialize, JsonSchema)]
pub struct Request<'a> {
    /// The protocol's version, as agreed in the handshake.
    pub protocol: u32,
    /// The plugin is ended after so many milliseconds; for `logs` that are followed there is no such limit and no field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline_ms: Option<u64>,
    /// `[environment.NAME.plugin]` without `name` and `path`; none in a handshake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<&'a Value>,
    #[serde(flatten)]
    pub call: Call,
}

/// What is asked of the plugin.
#[derive(Clone, Serialize, JsonSchema)]
#[serde(tag = "verb", rename_all = "snake_case")]
pub enum Call {
    /// Which of these versions does the plugin speak, and what can it do?
    Handshake { protocols: Vec<u32> },
    /// How would this run, and can it? Nothing is changed.
    Plan {
        service: ServiceName,
        env: EnvName,
        run: Run,
    },
    /// What is really there?
    Observe { service: ServiceName, env: EnvName },
    /// The same for everything that was deployed with these options.
    ObserveAll {},
    /// Record the fence durably, then make ready what the release needs.
    Prepare {
        #[serde(flatten)]
        act: Act,
        #[serde(flatten)]
        prepared: Prepared,
    },
    /// Start these beside whatever runs, without traffic; do not wait for health.
    Start {
        #[serde(flatten)]
        act: Act,
        #[serde(flatten)]
        prepared: Prepared,
        instances: Vec<Wanted>,
    },
    /// Move all traffic to these, at once and durably.
    Shift {
        #[serde(flatten)]
        act: Act,
        #[serde(flatten)]
        shift: Shift,
    },
    /// Let requests in flight end; return when none is left or the time is over.
    Drain {
        #[serde(flatten)]
        act: Act,
        instances: Vec<String>,
        drain_ms: u64,
    },
    /// SIGTERM, and after the grace SIGKILL; return when all are gone.
    Stop {
        #[serde(flatten)]
        act: Act,
        instances: Vec<String>,
        grace_ms: u64,
    },
    /// Give the public address back and forget the environment, all but its fence.
    Remove {
        #[serde(flatten)]
        act: Act,
    },
    /// Only of plugins that declare `in_place`: go to this stage; return when that is accepted durably.
    Replace {
        #[serde(flatten)]
        act: Act,
        #[serde(flatten)]
        prepared: Prepared,
        stage: Stage,
    },
    /// Only of plugins that declare `in_place`: what only the way there needed goes.
    Finish {
        #[serde(flatten)]
        act: Act,
        #[serde(flatten)]
        prepared: Prepared,
    },
    /// Lines that instances printed, each as an event, in time order.
    Logs {
        service: ServiceName,
        env: EnvName,
        query: Query,
        follow: bool,
    },
}

impl Call {
    /// The verb, as it stands in the request.
    pub fn verb(&self) -> &'static str {
        match self {
            Call::Handshake { .. } => "handshake",
            Call::Plan { .. } => "plan",
            Call::Observe { .. } => "observe",
            Call::ObserveAll {} => "observe_all",
            Call::Prepare { .. } => "prepare",
            Call::Start { .. } => "start",
            Call::Shift { .. } => "shift",
            Call::Drain { .. } => "drain",
            Call::Stop { .. } => "stop",
            Call::Remove { .. } => "remove",
            Call::Replace { .. } => "replace",
            Call::Finish { .. } => "finish",
            Call::Logs { .. } => "logs",
        }
    }

    fn act_mut(&mut self) -> Option<&mut Act> {
        match self {
            Call::Prepare { act, .. }
            | Call::Start { act, .. }
            | Call::Shift { act, .. }
            | Call::Drain { act, .. }
            | Call::Stop { act, .. }
            | Call::Remove { act }
            | Call::Replace { act, .. }
            | Call::Finish { act, .. } => Some(act),
            _ => None,
        }
    }

    fn prepared_mut(&mut self) -> Option<&mut Prepared> {
        match self {
            Call::Prepare { prepared, .. }
            | Call::Start { prepared, .. }
            | Call::Replace { prepared, .. }
            | Call::Finish { prepared, .. } => Some(prepared),
            _ => None,
        }
    }

    /// The act with its key: what the deployment wants of the plugin, told apart by everything but the fence, which a
    /// repetition by a later run does not share, and the secrets, of which not even a hash goes where it may be written down.
    pub fn keyed(mut self) -> Call {
        let mut plain = self.clone();
        if let Some(prepared) = plain.prepared_mut() {
            prepared.secrets.clear();
        }
        if let Some(act) = plain.act_mut() {
            act.fence = 0;
        }
        let text = serde_json::to_string(&plain).unwrap_or_default();
        let hash = blake3::hash(text.as_bytes()).to_hex();
        let verb = self.verb();
        if let Some(act) = self.act_mut() {
            act.key = format!("{}.{verb}.{}", act.deployment, &hash[..16]);
        }
        self
    }
}

/// By what authority something is changed.
#[derive(Clone, Serialize, JsonSchema)]
pub struct Act {
    pub service: ServiceName,
    pub env: EnvName,
    pub deployment: DeploymentId,
    /// The plugin remembers the highest it has seen for the service and environment, and refuses a lower one.
    pub fence: u64,
    /// The same for the same act when it is repeated after a lost answer, and for no other.
    pub key: String,
}

impl From<&target::Authority> for Act {
    fn from(authority: &target::Authority) -> Act {
        Act {
            service: authority.service.clone(),
            env: authority.env.clone(),
            deployment: authority.deployment,
            fence: authority.fence,
            key: String::new(),
        }
    }
}

/// A release and what it is made of.
#[derive(Clone, Serialize, JsonSchema)]
pub struct Prepared {
    pub release: Release,
    /// The artifact's folder on this machine. It may be gone for a release that was made ready before.
    pub artifact: String,
    /// What `prepare` recorded when the release was first made ready; null before that.
    pub record: Value,
    /// Values of secrets by variable. Nowhere but here, and never to be logged.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, String>,
}

impl Prepared {
    /// With the values of its secrets, for what starts instances.
    pub fn of(prepared: &target::Prepared) -> Prepared {
        let revealed = |(name, secret): (&String, &Secret)| (name.clone(), secret.reveal().to_owned());
        Prepared {
            secrets: prepared.secrets.iter().map(revealed).collect(),
            ..Prepared::without_secrets(prepared)
        }
    }

    pub fn without_secrets(prepared: &target::Prepared) -> Prepared {
        let release = &prepared.release;
        Prepared {
            release: Release {
                number: release.number,
                build: release.build.0.clone(),
                commit: release.source.commit.clone(),
                run: Run::of(&release.spec),
            },
            artifact: prepared.artifact.display().to_string(),
            record: prepared.record.clone(),
            secrets: BTreeMap::new(),
        }
    }
}

/// An instance to start.
#[derive(Clone, Serialize, JsonSchema)]
pub struct Wanted {
    /// Starting the same id twice starts it once.
    pub id: String,
    /// Name of a process of the release, or `release`: the release step, run once and never again.
    pub process: String,
}

#[derive(Clone, Serialize, JsonSchema)]
pub struct Shift {
    pub release: ReleaseNo,
    /// Who takes traffic from now on; with `portions`, of two releases.
    pub instances: Vec<String>,
    /// With `weights`: some of them take a share of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<Portion>,
    /// With `holds_requests`: requests wait for the next shift.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub hold: bool,
}

/// Instances that take so many of a hundred requests together; the others take the rest.
#[derive(Clone, Serialize, JsonSchema)]
pub struct Portion {
    pub instances: Vec<String>,
    pub percent: u8,
}

#[derive(Clone, Serialize, JsonSchema)]
pub struct Stage {
    /// How many of each process are to run the release.
    pub instances: BTreeMap<String, u32>,
    pub traffic: Share,
    /// For `percent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percent: Option<u8>,
    /// Instances that run the release already are replaced too, unless this deployment started them.
    pub fresh: bool,
    /// An old instance goes before its successor starts.
    pub stop_first: bool,
}

/// What traffic the instances of a stage take.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Share {
    Held,
    ByCount,
    Percent,
    All,
}

impl From<&target::Stage> for Stage {
    fn from(stage: &target::Stage) -> Stage {
        let (traffic, percent) = match stage.traffic {
            Traffic::Held => (Share::Held, None),
            Traffic::ByCount => (Share::ByCount, None),
            Traffic::Percent(percent) => (Share::Percent, Some(percent)),
            Traffic::All => (Share::All, None),
        };
        Stage {
            instances: stage.instances.clone(),
            traffic,
            percent,
            fresh: stage.fresh,
            stop_first: stage.stop_first,
        }
    }
}

/// Which log lines are wanted.
#[derive(Clone, Serialize, JsonSchema)]
pub struct Query {
    /// All when empty.
    pub instances: Vec<String>,
    pub release: Option<ReleaseNo>,
    pub process: Option<String>,
    pub since: Option<Timestamp>,
    /// At most so many last lines of each instance.
    pub tail: Option<usize>,
}

impl From<&target::LogQuery> for Query {
    fn from(query: &target::LogQuery) -> Query {
        Query {
            instances: query.instances.clone(),
            release: query.release,
            process: query.process.clone(),
            since: query.since,
            tail: query.tail,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stop(fence: u64, instances: &[&str]) -> Call {
        let act = Act {
            service: "pricing".parse().unwrap(),
            env: "production".parse().unwrap(),
            deployment: DeploymentId(7),
            fence,
            key: String::new(),
        };
        Call::Stop {
            act,
            instances: instances.iter().map(|id| (*id).to_owned()).collect(),
            grace_ms: 10,
        }
        .keyed()
    }

    fn key(mut call: Call) -> String {
        call.act_mut().unwrap().key.clone()
    }

    #[test]
    fn a_repeated_act_has_the_same_key_under_a_higher_fence_and_another_act_has_another() {
        assert_eq!(key(stop(1, &["a"])), key(stop(2, &["a"])));
        assert_ne!(key(stop(1, &["a"])), key(stop(1, &["b"])));
        assert!(key(stop(1, &["a"])).starts_with("D-7.stop."));
    }
}
