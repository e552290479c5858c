//! One container on its node: pulled, started, probed, ended, restarted with back-off.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::logs::Line;
use super::script::Script;
use super::state::stamp;

/// The kubelet's back-off between restarts: the first comes at once, then 10 s, doubled up to 5 min.
const FIRST_BACKOFF: Duration = Duration::from_secs(10);
const LONGEST_BACKOFF: Duration = Duration::from_secs(300);

pub struct ContainerRun {
    pub name: String,
    /// `NAME_NAMESPACE(UID)`: how messages of the kubelet name a pod.
    pod: String,
    image: String,
    script: Script,
    phase: Phase,
    pub restarts: u32,
    last: Option<Value>,
    pub lines: Vec<Line>,
    pub previous: Option<Vec<Line>>,
    id: String,
    probe_failed: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq)]
enum Phase {
    Creating,
    PullFailed(Timestamp),
    Running(Timestamp),
    /// Ended; the value is `state.terminated`.
    Ended(Timestamp, Value),
    BackOff(Timestamp, Duration),
}

impl ContainerRun {
    /// A container that is to be made; `pod` is `NAME_NAMESPACE(UID)`.
    pub fn new(spec: &Value, pod: String, script: Script) -> Self {
        ContainerRun {
            name: spec["name"].as_str().unwrap_or_default().to_owned(),
            pod,
            image: spec["image"].as_str().unwrap_or_default().to_owned(),
            script,
            phase: Phase::Creating,
            restarts: 0,
            last: None,
            lines: Vec::new(),
            previous: None,
            id: String::new(),
            probe_failed: None,
        }
    }

    /// What it ended with, while nothing has started it again.
    pub fn exit_code(&self) -> Option<i64> {
        match &self.phase {
            Phase::Ended(_, ended) => ended["exitCode"].as_i64(),
            _ => None,
        }
    }

    /// Told to end at `told`, after a hook of this length: ends by itself, or is killed once the grace is `over`.
    pub fn end_when_told(&mut self, told: Timestamp, hook: Duration, over: bool, now: Timestamp) {
        if !self.script.ignores_term && passed(told, hook + self.script.stop_time, now) {
            self.end(now, 0, "Completed");
        } else if over {
            self.end(now, 137, "Error");
        }
    }

    /// Whether it has run at least once, so that there is a log.
    pub fn has_started(&self) -> bool {
        self.restarts > 0 || matches!(self.phase, Phase::Running(_) | Phase::Ended(..) | Phase::BackOff(..))
    }

    pub fn is_running(&self) -> bool {
        matches!(self.phase, Phase::Running(_))
    }

    pub fn cannot_be_pulled(&self) -> bool {
        matches!(self.phase, Phase::PullFailed(_))
    }

    pub fn start(&mut self, now: Timestamp, id: String) {
        self.phase = Phase::Running(now);
        self.id = id;
        self.probe_failed = None;
        self.lines = self.script.lines.iter().map(|text| Line::new(now, text)).collect();
    }

    pub fn end(&mut self, now: Timestamp, code: i32, reason: &str) {
        let Phase::Running(since) = self.phase else { return };
        let ended = json!({
            "exitCode": code, "reason": reason, "startedAt": stamp(since), "finishedAt": stamp(now),
            "containerID": self.id,
        });
        self.phase = Phase::Ended(now, ended);
    }

    pub fn status(&self, spec: &Value, now: Timestamp) -> Value {
        let ready = self.is_ready(spec, now);
        let waiting = |reason: &str, message: String| json!({"waiting": {"reason": reason, "message": message}});
        let state = match &self.phase {
            Phase::Creating => json!({"waiting": {"reason": "ContainerCreating"}}),
            Phase::PullFailed(at) if now.duration_since(*at) < SignedDuration::from_secs(2) => {
                waiting("ErrImagePull", self.pull_error())
            }
            Phase::PullFailed(_) => waiting(
                "ImagePullBackOff",
                format!(
                    "Back-off pulling image {:?}: ErrImagePull: {}",
                    self.image,
                    self.pull_error()
                ),
            ),
            Phase::Running(since) => json!({"running": {"startedAt": stamp(*since)}}),
            Phase::Ended(_, ended) => json!({"terminated": ended}),
            Phase::BackOff(_, length) => waiting(
                "CrashLoopBackOff",
                format!(
                    "back-off {} restarting failed container={} pod={}",
                    go_duration(*length),
                    self.name,
                    self.pod
                ),
            ),
        };
        let mut status = json!({
            "name": self.name, "image": self.image, "imageID": "", "ready": ready,
            "started": self.is_running(), "restartCount": self.restarts, "state": state,
            "lastState": self.last.as_ref().map_or_else(|| json!({}), |last| json!({"terminated": last})),
        });
        if self.has_started() {
            let digest = blake3::hash(self.image.as_bytes()).to_hex();
            let repository = self.image.split('@').next().unwrap_or_default();
            let pinned = self.image.split_once('@').map(|(_, digest)| digest.to_owned());
            let digest = pinned.unwrap_or_else(|| format!("sha256:{digest}"));
            status["imageID"] = format!(
                "{}@{digest}",
                repository.rsplit_once(':').map_or(repository, |(name, _)| name)
            )
            .into();
            status["containerID"] = self.id.clone().into();
        }
        status
    }

    pub fn is_ready(&self, spec: &Value, now: Timestamp) -> bool {
        let Phase::Running(since) = self.phase else {
            return false;
        };
        let probe = &spec["readinessProbe"];
        if probe.is_null() {
            return true;
        }
        let first = Duration::from_secs(probe["initialDelaySeconds"].as_u64().unwrap_or(0));
        if probe["exec"]["command"]
            .as_array()
            .is_some_and(|command| command.iter().any(|word| word == "/bin/false"))
        {
            return false;
        }
        self.script
            .ready_after
            .is_some_and(|after| passed(since, after.max(first), now))
    }

    pub fn pull_error(&self) -> String {
        format!(
            "failed to pull and unpack image {:?}: failed to resolve reference {:?}: {}: not found",
            self.image, self.image, self.image
        )
    }
}

/// Whether `after` has passed since `since`.
pub fn passed(since: Timestamp, after: Duration, now: Timestamp) -> bool {
    now.duration_since(since) >= SignedDuration::try_from(after).unwrap_or(SignedDuration::MAX)
}

fn go_duration(length: Duration) -> String {
    match (length.as_secs() / 60, length.as_secs() % 60) {
        (0, seconds) => format!("{seconds}s"),
        (minutes, seconds) => format!("{minutes}m{seconds}s"),
    }
}

/// An event: level, reason, message.
pub type Happened = (&'static str, &'static str, String);

pub fn advance(
    container: &mut ContainerRun,
    placed: Timestamp,
    policy: &str,
    terminating: bool,
    now: Timestamp,
    events: &mut Vec<Happened>,
    random: u64,
) {
    let id = format!("containerd://{random:016x}");
    let image = container.image.clone();
    match container.phase.clone() {
        Phase::Creating if terminating => {}
        Phase::Creating if !container.script.pullable => {
            events.push(("Normal", "Pulling", format!("Pulling image {image:?}")));
            let message = format!("Failed to pull image {image:?}: {}", container.pull_error());
            events.push(("Warning", "Failed", message));
            events.push(("Warning", "Failed", "Error: ErrImagePull".to_owned()));
            container.phase = Phase::PullFailed(now);
        }
        Phase::Creating if passed(placed, container.script.pull_time, now) => {
            events.push(("Normal", "Pulled", format!("Successfully pulled image {image:?}")));
            events.push(("Normal", "Created", format!("Created container: {}", container.name)));
            events.push(("Normal", "Started", format!("Started container {}", container.name)));
            container.start(now, id);
        }
        Phase::PullFailed(at) if passed(at, Duration::from_secs(2), now) && container.probe_failed.is_none() => {
            events.push(("Normal", "BackOff", format!("Back-off pulling image {image:?}")));
            events.push(("Warning", "Failed", "Error: ImagePullBackOff".to_owned()));
            container.probe_failed = Some(now);
        }
        Phase::Running(since) => {
            if let Some(exit) = container.script.exit.clone()
                && passed(since, exit.after, now)
            {
                let reason = match exit {
                    ref exit if exit.out_of_memory => "OOMKilled",
                    ref exit if exit.code == 0 => "Completed",
                    _ => "Error",
                };
                container.end(now, exit.code, reason);
            }
        }
        Phase::Ended(_, ended) => {
            let restarts = policy == "Always" || (policy == "OnFailure" && ended["exitCode"] != 0);
            if restarts && !terminating {
                container.last = Some(ended);
                if container.restarts == 0 {
                    restart(container, now, id, events);
                } else {
                    let doubled = FIRST_BACKOFF * 2u32.saturating_pow((container.restarts - 1).min(8));
                    container.phase = Phase::BackOff(now, doubled.min(LONGEST_BACKOFF));
                    let message = format!("Back-off restarting failed container {}", container.name);
                    events.push(("Warning", "BackOff", message));
                }
            }
        }
        Phase::BackOff(since, length) if passed(since, length, now) && !terminating => {
            restart(container, now, id, events);
        }
        _ => {}
    }
}

fn restart(container: &mut ContainerRun, now: Timestamp, id: String, events: &mut Vec<Happened>) {
    container.restarts += 1;
    container.previous = Some(std::mem::take(&mut container.lines));
    events.push(("Normal", "Started", format!("Started container {}", container.name)));
    container.start(now, id);
}

pub fn probe(container: &mut ContainerRun, spec: &Value, now: Timestamp, events: &mut Vec<Happened>) {
    let Phase::Running(since) = container.phase else { return };
    let probe = &spec["readinessProbe"];
    let seconds = |name: &str| Duration::from_secs(probe[name].as_u64().unwrap_or(0));
    if probe.is_null() || container.is_ready(spec, now) || !passed(since, seconds("initialDelaySeconds"), now) {
        return;
    }
    let period = seconds("periodSeconds").max(Duration::from_secs(1));
    if container.probe_failed.is_none_or(|last| passed(last, period, now)) {
        container.probe_failed = Some(now);
        let message = "Readiness probe failed: HTTP probe failed with statuscode: 503";
        events.push(("Warning", "Unhealthy", message.to_owned()));
    }
}
