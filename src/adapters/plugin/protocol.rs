//! What `deliver` and a plugin say to each other: version 1. `docs/plugin.md` is written for whoever writes a plugin;
//! `deliver schema plugin` prints these very types.
//!
//! The types are the wire's own, so that the model can change without the protocol. Requests have no `Debug` form: they
//! may hold secrets.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::observed::InstanceState;
use crate::model::spec::{self, CommandLine, HttpProbe, Role, Spec, Work};
use crate::model::{self, DeploymentId, EnvName, ReleaseNo, ServiceName};
use crate::ports::target::{self, Secret, Traffic};

/// The version that this program speaks.
pub const VERSION: u32 = 1;

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

#[derive(Clone, Serialize, JsonSchema)]
pub struct Release {
    /// `v3`.
    pub number: ReleaseNo,
    /// Content-addressed: the same build is the same artifact.
    pub build: String,
    pub commit: Option<String>,
    pub run: Run,
}

/// What is to run, with every default filled in.
#[derive(Clone, Serialize, JsonSchema)]
pub struct Run {
    pub processes: Vec<Process>,
    /// Where people reach the service; null: the plugin picks a port that stays the same.
    pub port: Option<u16>,
    /// The port that the app insists on instead of `$PORT`.
    pub listen: Option<u16>,
    pub health: Health,
    pub drain_ms: u64,
    pub grace_ms: u64,
    /// Folders of the artifact that outlive releases, relative to `workdir`.
    pub volumes: Vec<String>,
    pub env: BTreeMap<String, String>,
    /// Names of the secrets, which are variables as well.
    pub secrets: Vec<String>,
    pub release_step: Option<ReleaseStep>,
    /// Folder of the artifact in which commands run; empty for its root.
    pub workdir: String,
}

/// One kind of process.
#[derive(Clone, Serialize, JsonSchema)]
pub struct Process {
    /// `web` takes the traffic.
    pub name: String,
    pub role: Part,
    /// Five fields of cron, for a scheduled job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// Program and arguments; `$PORT` and `${PORT}` in them stand for the instance's own port. Null: see `files`.
    pub command: Option<Vec<String>>,
    /// Serve this folder of the artifact, instead of a command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<String>,
    pub instances: u32,
    /// Variables of this process alone, which win over the others.
    pub env: BTreeMap<String, String>,
}

/// What a process is for.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Web,
    Worker,
    Schedule,
}

/// How to see that an instance can take traffic.
#[derive(Clone, Serialize, JsonSchema)]
pub struct Health {
    /// `GET` this on the instance's port. Null: running is all that can be known.
    pub path: Option<String>,
    /// The `Host` header.
    pub host: Option<String>,
    /// The lowest status that counts as unhealthy.
    pub below: u16,
    /// Another path: an instance whose answer to it stays bad is restarted.
    pub live: Option<String>,
    /// How long it must stay bad for that.
    pub live_patience_ms: u64,
    pub interval_ms: u64,
    pub timeout_ms: u64,
    /// The longest an instance may take to become healthy. `deliver` judges by it, not the plugin.
    pub start_ms: u64,
    pub stable_ms: u64,
}

#[derive(Clone, Serialize, JsonSchema)]
pub struct ReleaseStep {
    pub command: Vec<String>,
    pub timeout_ms: u64,
}

impl Run {
    pub fn of(spec: &Spec) -> Run {
        let health = &spec.health;
        let probe = health.probe.as_ref();
        Run {
            processes: spec.processes.iter().map(Process::of).collect(),
            port: spec.port,
            listen: spec.listen,
            health: Health {
                path: probe.map(|probe| probe.path.clone()),
                host: probe.and_then(|probe| probe.host.clone()),
                below: probe.map_or(400, |probe: &HttpProbe| probe.below),
                live: health.live.as_ref().map(|probe| probe.path.clone()),
                live_patience_ms: health.live_patience().as_millis() as u64,
                interval_ms: health.interval.as_millis(),
                timeout_ms: health.timeout.as_millis(),
                start_ms: health.start.as_millis(),
                stable_ms: health.stable.as_millis(),
            },
            drain_ms: spec.drain.as_millis(),
            grace_ms: spec.grace.as_millis(),
            volumes: spec.volumes.clone(),
            env: spec.env.clone(),
            secrets: spec.secrets.keys().cloned().collect(),
            release_step: spec.release_step.as_ref().map(|step| ReleaseStep {
                command: words(&step.command),
                timeout_ms: step.timeout.as_millis(),
            }),
            workdir: spec.workdir.clone(),
        }
    }
}

impl Process {
    fn of(process: &spec::Process) -> Process {
        let (command, files) = match &process.work {
            Work::Command(command) => (Some(words(command)), None),
            Work::Static(folder) => (None, Some(folder.clone())),
            Work::Image => (None, None),
        };
        let (role, schedule) = match &process.role {
            Role::Web => (Part::Web, None),
            Role::Worker => (Part::Worker, None),
            Role::Schedule(cron) => (Part::Schedule, Some(cron.clone())),
        };
        Process {
            name: process.name.clone(),
            role,
            schedule,
            command,
            files,
            instances: process.instances,
            env: process.env.clone(),
        }
    }
}

/// A line for the shell becomes one, so that a plugin has one form to know.
fn words(command: &CommandLine) -> Vec<String> {
    match command {
        CommandLine::Exec(words) => words.clone(),
        CommandLine::Shell(line) => vec!["/bin/sh".into(), "-c".into(), line.clone()],
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

/// The whole protocol as one JSON Schema: what a plugin is asked, what it may print, and the result of each verb.
pub fn schema() -> Value {
    let mut asked = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut told = SchemaSettings::draft2020_12().for_deserialize().into_generator();
    let request = asked.subschema_for::<Request<'_>>();
    let line = told.subschema_for::<Line>();
    let done = told.subschema_for::<Done>();
    let results = serde_json::json!({
        "handshake": told.subschema_for::<Greeting>(),
        "plan": told.subschema_for::<Advice>(),
        "observe": told.subschema_for::<Observed>(),
        "observe_all": told.subschema_for::<AllObserved>(),
        "prepare": told.subschema_for::<Placed>(),
        "start": done,
        "shift": done,
        "drain": told.subschema_for::<Drained>(),
        "stop": told.subschema_for::<AllStopped>(),
        "remove": done,
        "replace": done,
        "finish": done,
        "logs": done,
    });
    let mut definitions = asked.take_definitions(true);
    definitions.extend(told.take_definitions(true));
    serde_json::json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("deliver plugin protocol {VERSION}"),
        "description": "`request` is the one line on standard input, `line` each line of standard output, `results` the form of each verb's result.",
        "type": "object",
        "properties": {
            "request": request,
            "line": line,
            "results": { "type": "object", "properties": results },
        },
        "$defs": definitions,
    })
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

    /// Lines of JSON in the guide are what they say they are.
    #[test]
    fn the_guide_shows_requests_and_answers_that_read() {
        let guide = include_str!("../../../docs/plugin.md");
        let (mut answers, mut verbs) = (0, std::collections::BTreeSet::new());
        for line in guide.lines().filter(|line| line.starts_with('{')) {
            let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            if let Some(verb) = value["verb"].as_str() {
                verbs.insert(verb.to_owned());
            }
            let Ok(said) = serde_json::from_value::<Line>(value.clone()) else {
                panic!("no line of a plugin: {line}");
            };
            let result = said.result.unwrap_or(Value::Null);
            if result.get("instances").is_some() {
                serde_json::from_value::<Observed>(result.clone()).expect("an observation");
            }
            if result.get("protocols").is_some() {
                serde_json::from_value::<Greeting>(result).expect("a greeting");
            }
            answers += usize::from(value.get("verb").is_none());
        }
        assert!(answers >= 8 && verbs.len() >= 5, "{answers} answers, {verbs:?}");
        for verb in ["drain", "stop", "remove", "observe_all", "replace", "finish"] {
            assert!(guide.contains(&format!("| `{verb}` |")), "{verb}");
        }
    }

    #[test]
    fn every_reference_of_the_schema_leads_somewhere() {
        let schema = schema();
        let text = schema.to_string();
        for reference in text.split("\"#/$defs/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(schema["$defs"].get(name).is_some(), "{name}");
        }
        let verbs: Vec<&str> = schema["$defs"]["Request"]["oneOf"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["properties"]["verb"]["const"].as_str().unwrap())
            .collect();
        let results = schema["properties"]["results"]["properties"].as_object().unwrap();
        assert_eq!(verbs.len(), results.len());
        assert!(verbs.iter().all(|verb| results.contains_key(*verb)), "{verbs:?}");
    }
}
