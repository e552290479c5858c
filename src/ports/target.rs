//! Where services run: the engine behind an environment.
//!
//! Strategies, batches, health judgement, rollback and recovery live in [`crate::deploy`] and know no engine; an adapter
//! declares what it can do and does single idempotent acts, each fenced.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::fault::{Fault, Kind, Result};
use crate::model::observed::Observation;
use crate::model::release::{BuildId, Release};
use crate::model::spec::Spec;
use crate::model::{DeploymentId, EnvName, ReleaseNo, ServiceName, Span};
use crate::ports::Clock;

/// What an engine can and cannot do; printed by `deliver plan`.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct Capabilities {
    /// Traffic can be split by weight; otherwise only by counts of instances.
    pub weights: bool,
    /// Requests can be held while a single instance is replaced.
    pub holds_requests: bool,
    pub volumes: bool,
    pub schedules: bool,
    /// The engine replaces instances itself, by [`Target::in_place`].
    pub in_place: bool,
    /// New instances can run beside the old ones without traffic and take all of it at once; otherwise each takes over
    /// from an old one as soon as it is healthy.
    pub beside: bool,
    /// A part of the instances can run the new release while the rest still run the old one.
    pub portions: bool,
    /// `deliver` says how many instances are replaced at once; otherwise the engine does, never more than a quarter.
    pub batches: bool,
    /// Requests are counted by release, so that a release can be judged by them without further means.
    pub counts: bool,
}

/// Under what authority an act is done. A target remembers the highest `fence` it has seen for a service and environment,
/// durably, and refuses an act with a lower one (`fenced`, kind busy).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authority {
    pub service: ServiceName,
    pub env: EnvName,
    pub deployment: DeploymentId,
    pub fence: u64,
}

/// A release made ready to start: nothing in it serves yet.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub release: Release,
    /// The artifact's folder on this machine.
    pub artifact: PathBuf,
    /// Secret values by variable name, opened only by the adapter that starts instances.
    pub secrets: BTreeMap<String, Secret>,
    /// What [`Target::prepare`] recorded when the release was first made ready, here or on another machine; null before
    /// that. With it the artifact is not needed any more.
    pub record: serde_json::Value,
}

/// The longest `NAME=VALUE` that a program can be given, with the NUL behind it, in bytes: `MAX_ARG_STRLEN` of Linux, 32 pages
/// of 4 KiB.
pub const LONGEST_VARIABLE: usize = 32 * 4096;

impl Prepared {
    /// Refuses a secret of more than `most` bytes, its name and what delimits it included; `holder` is what would hold it.
    pub fn secrets_within(&self, most: usize, holder: &str) -> Result<()> {
        let bytes = |(name, value): &(&String, &Secret)| name.len() + value.reveal().len() + 2;
        let Some(large) = self.secrets.iter().find(|one| bytes(one) > most) else {
            return Ok(());
        };
        let (have, most) = (bytes(&large).div_ceil(1024), most / 1024);
        let message = format!("the secret `{}` has {have} KiB; {holder} holds {most}", large.0);
        Err(Fault::usage("secret-too-long", message)
            .hint("keep a large file in a volume or in the image, and only what must not be known in `[run.secrets]`"))
    }
}

/// What [`Target::prepare`] has to tell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Placed {
    /// Where people will reach the release, if it takes traffic.
    pub url: Option<String>,
    /// What is needed to bring exactly this release back later, such as an image's digest and the full specification. Kept
    /// by the store. Null where the artifact itself is what is started.
    pub record: serde_json::Value,
    /// The record holds what is nobody's to read, such as the values of people's own Secrets: the store keeps it sealed.
    pub confidential: bool,
}

/// Where an in-place rollout is to stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// Instances, by process, that are to run the release. Where a number is below the spec's, the others stay what they are.
    pub instances: BTreeMap<String, u32>,
    pub traffic: Traffic,
    /// Instances that run the release already are replaced too, unless this deployment started them.
    pub fresh: bool,
    /// An old instance goes before its successor starts, for what must never run twice.
    pub stop_first: bool,
}

/// What traffic the instances of a [`Stage`] take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Traffic {
    /// None yet: only where [`Capabilities::beside`].
    Held,
    /// As much as their number among all gives them.
    ByCount,
    /// This share in percent: only where [`Capabilities::weights`].
    Percent(u8),
    /// All of it: the release takes over.
    All,
}

/// A secret's value. Its `Debug` form hides it and it is not serialisable.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(value: String) -> Self {
        Secret(value)
    }

    /// The value itself; every call is a place to check for leaks.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The process name of the release step: runs the spec's `release_step` once in the new artifact and configuration, is
/// never restarted, has no port and no health; its recorded exit (`status 0`) outlives the tool and the engine's own
/// restarts, so that a lost client never runs it twice.
pub const RELEASE_STEP: &str = "release";

/// An instance to start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Made by the domain; starting the same id twice starts it once.
    pub id: String,
    /// Name of the process in the release's spec, or [`RELEASE_STEP`].
    pub process: String,
}

/// Who takes traffic from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    pub release: ReleaseNo,
    /// Instances that belong to the environment from now on: web ones take traffic, all are restarted when they exit.
    pub instances: Vec<String>,
    /// Some of them take this much of the traffic together, and the others the rest; `None`: whoever has least to do. Only
    /// where [`Capabilities::weights`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
    /// Requests that come from now on wait for the next shift: only where [`Capabilities::holds_requests`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hold: bool,
}

impl Shift {
    /// All of the traffic to instances of a release.
    pub fn to(release: ReleaseNo, instances: Vec<String>) -> Self {
        Shift {
            release,
            instances,
            part: None,
            hold: false,
        }
    }
}

/// A part of the instances with a share of the traffic of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub instances: Vec<String>,
    /// 1 to 99 of a hundred requests. Where none of the part is healthy, or none of the others, all requests go to those
    /// that are.
    pub percent: u8,
}

/// How instances are to go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    pub instances: Vec<String>,
    /// In-flight requests get this long before SIGTERM.
    pub drain: Span,
    /// Between SIGTERM and SIGKILL.
    pub grace: Span,
}

/// What became of one stopped instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    pub id: String,
    /// Requests and connections that were still open when the drain ended and were cut.
    pub cut: u32,
    /// It did not end on SIGTERM within its grace.
    pub killed: bool,
    /// `status 0`, `signal 9 (SIGKILL)`.
    pub exit: String,
}

/// Which log lines are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogQuery {
    /// All instances when empty.
    pub instances: Vec<String>,
    pub release: Option<ReleaseNo>,
    pub process: Option<String>,
    pub since: Option<jiff::Timestamp>,
    /// At most this many last lines of each instance.
    pub tail: Option<usize>,
}

/// The stream of lines that the agent itself adds to an instance's output: how a run ended, that it is being stopped.
pub const NOTES: &str = "deliver";

/// One line of an instance's output.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct LogLine {
    pub at: jiff::Timestamp,
    pub instance: String,
    pub process: String,
    pub release: ReleaseNo,
    /// `out`, `err`, or `deliver`, which is [`NOTES`].
    pub stream: String,
    pub text: String,
}

/// What an engine owes that replaces instances itself: each new one takes traffic when it is healthy, and an old one goes.
/// Judging and turning back stay with [`crate::deploy`]: an engine's own rollback is switched off.
///
/// In its observations, instances carry the release they run; the engine names them. One that ended by itself since the
/// last [`replace`](InPlace::replace) is reported as exited or backing off, with its exit; one that cannot be placed or
/// whose image cannot be had is starting, with the reason as its `probe`.
pub trait InPlace {
    /// Makes the engine go to `stage`. Returns when it has accepted that durably, not when it is there. What belongs to the
    /// release's processes alone (a worker that is no more) goes with a stage that takes [`Traffic::All`].
    ///
    /// Refuses with `changed-underneath`, kind needs human, where somebody else changed the service since the last act.
    fn replace(&self, authority: &Authority, prepared: &Prepared, stage: &Stage) -> Result<()>;

    /// After every instance was observed at the release: what only the way there needed goes, and configuration that no
    /// kept release uses.
    fn finish(&self, authority: &Authority, prepared: &Prepared) -> Result<()>;

    /// Every instance that the last [`replace`](InPlace::replace) is for was seen healthy, and old ones are left for longer than
    /// ending them takes: an engine that stands still is set going again, and no new instance is touched. Gives whether it was;
    /// one that is at it still is left alone.
    fn go_on(&self, _authority: &Authority) -> Result<bool> {
        Ok(false)
    }
}

/// Somebody else changed the service: nothing of theirs is overwritten.
pub fn changed_underneath(change: &str) -> Fault {
    Fault::new(
        Kind::NeedsHuman,
        "changed-underneath",
        format!("somebody else changed the service meanwhile: {change}"),
    )
    .still("nothing was overwritten")
}

/// One engine. Every act is idempotent: repeated after a lost answer it has no further effect.
pub trait Target: Send + Sync {
    fn capabilities(&self) -> Capabilities;

    /// What is really there now; a service never deployed is an empty observation, an unreachable engine is an error
    /// of kind `Unreachable`.
    fn observe(&self, service: &ServiceName, env: &EnvName) -> Result<Observation>;

    /// Waits, between two looks while something is awaited, until what was observed last may have changed: for `moment`, or
    /// where the engine tells of changes for up to about a second.
    fn await_change(&self, clock: &dyn Clock, moment: Duration) {
        clock.sleep(moment);
    }

    /// Everything this engine runs for this store, for `status` and drift.
    fn observe_all(&self) -> Result<Vec<Observation>>;

    /// How rollouts are done; `None`: by [`start`](Target::start), [`shift`](Target::shift) and [`stop`](Target::stop), each
    /// instance by its name. Otherwise those serve release steps alone.
    fn in_place(&self) -> Option<&dyn InPlace> {
        None
    }

    /// What a reader of the plan should know of how this engine would run the spec, such as how health will be judged; an
    /// error is why it cannot. Nothing is changed.
    fn advise(&self, _service: &ServiceName, _env: &EnvName, _spec: &Spec) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    /// Whether what runs is an image that is made of the artifact, not one that somebody else made or none at all.
    fn makes_image(&self, _spec: &Spec) -> bool {
        false
    }

    /// Why traffic is not divided by weight in this environment, where the target could in another; `None` where it does, or
    /// never can.
    fn unweighted(&self, _env: &EnvName) -> Option<String> {
        None
    }

    /// Records the fence durably before anything else, and makes ready what the release needs before its instances start:
    /// the image, ports, volumes, the public address. Refuses with `port-taken` where the address belongs to somebody else.
    fn prepare(&self, authority: &Authority, prepared: &Prepared) -> Result<Placed>;

    /// What [`prepare`](Target::prepare) made of builds that no kept release needs any more goes, such as images; what is in use
    /// stays. Gives how many things went. Artifacts are not its business.
    fn discard(&self, _service: &ServiceName, _builds: &BTreeSet<BuildId>) -> Result<u32> {
        Ok(0)
    }

    /// Starts instances beside whatever runs, sends them no traffic, does not wait for health. When the spec names a
    /// `listen` port, the web instance that holds it is replaced: requests are held meanwhile.
    fn start(&self, authority: &Authority, prepared: &Prepared, wanted: &[Wanted]) -> Result<()>;

    /// Moves traffic at once and durably: after a crash of the engine the environment comes back to this. From then on an
    /// instance that becomes unhealthy gets no new requests while another takes them; where none is healthy, all do.
    ///
    /// `release` is the current one from then on. Instances of another may be among those named: two releases serve then.
    fn shift(&self, authority: &Authority, shift: &Shift) -> Result<()>;

    /// Gives the public address back and forgets the environment, after its last instance was stopped; an engine that
    /// replaces in place drains and stops them itself, and returns when all are gone.
    fn remove(&self, authority: &Authority) -> Result<()>;

    /// Takes instances out of traffic, lets requests in flight end, stops them. Returns when all are gone.
    fn stop(&self, authority: &Authority, stop: &Stop) -> Result<Vec<Stopped>>;

    /// Calls `line` for each line in time order; with `follow` it goes on until `line` returns false.
    fn logs(
        &self,
        service: &ServiceName,
        env: &EnvName,
        query: &LogQuery,
        follow: bool,
        line: &mut dyn FnMut(LogLine) -> bool,
    ) -> Result<()>;
}
