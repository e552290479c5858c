//! Scheduler and kubelet: pods are placed, pulled, started, probed, restarted with back-off and ended with grace. Simpler
//! than the real ones: one node, init containers succeed at once, liveness is never probed, images are pulled anew each time.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::logs::Line;
use super::script::Script;
use super::state::{State, controller, parse_stamp, stamp};
use super::store::Key;

/// The kubelet's back-off between restarts: the first comes at once, then 10 s, doubled up to 5 min.
const FIRST_BACKOFF: Duration = Duration::from_secs(10);
const LONGEST_BACKOFF: Duration = Duration::from_secs(300);

/// A pod on its node.
pub struct PodRun {
    placed: Timestamp,
    ip: String,
    pub containers: Vec<ContainerRun>,
}

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

    fn start(&mut self, now: Timestamp, id: String) {
        self.phase = Phase::Running(now);
        self.id = id;
        self.probe_failed = None;
        self.lines = self.script.lines.iter().map(|text| Line::new(now, text)).collect();
    }

    fn end(&mut self, now: Timestamp, code: i32, reason: &str) {
        let Phase::Running(since) = self.phase else { return };
        let ended = json!({
            "exitCode": code, "reason": reason, "startedAt": stamp(since), "finishedAt": stamp(now),
            "containerID": self.id,
        });
        self.phase = Phase::Ended(now, ended);
    }

    fn status(&self, spec: &Value, now: Timestamp) -> Value {
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

    fn is_ready(&self, spec: &Value, now: Timestamp) -> bool {
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

    fn pull_error(&self) -> String {
        format!(
            "failed to pull and unpack image {:?}: failed to resolve reference {:?}: {}: not found",
            self.image, self.image, self.image
        )
    }
}

/// Whether `after` has passed since `since`.
fn passed(since: Timestamp, after: Duration, now: Timestamp) -> bool {
    now.duration_since(since) >= SignedDuration::try_from(after).unwrap_or(SignedDuration::MAX)
}

fn go_duration(length: Duration) -> String {
    match (length.as_secs() / 60, length.as_secs() % 60) {
        (0, seconds) => format!("{seconds}s"),
        (minutes, seconds) => format!("{minutes}m{seconds}s"),
    }
}

/// One look at every pod.
pub fn step(state: &mut State) {
    let pods: Vec<(Key, Value)> = state
        .store
        .list("pods", "")
        .map(|(key, pod)| (key.clone(), pod.clone()))
        .collect();
    for (key, pod) in pods {
        if pod["spec"]["nodeName"].is_null() {
            place(state, &key, &pod);
        } else {
            run(state, &key, &pod);
        }
    }
    let uids: std::collections::BTreeSet<String> = state
        .store
        .list("pods", "")
        .filter_map(|(_, pod)| pod["metadata"]["uid"].as_str().map(str::to_owned))
        .collect();
    state.runs.retain(|uid, _| uids.contains(uid));
}

fn script_of(state: &State, container: &Value) -> Script {
    let image = container["image"].as_str().unwrap_or_default();
    let found = state
        .scripts
        .iter()
        .rev()
        .find(|(of, _)| image == of || image.starts_with(&format!("{of}@")));
    found
        .map(|(_, script)| script.clone())
        .unwrap_or_default()
        .with_command(container)
        .with_environment(container)
}

fn place(state: &mut State, key: &Key, pod: &Value) {
    let containers = pod["spec"]["containers"].as_array().cloned().unwrap_or_default();
    let node = Key::new("nodes", "", "node-1");
    let cordoned = state
        .store
        .get(&node)
        .is_some_and(|node| node["spec"]["unschedulable"] == true);
    let fits = containers
        .iter()
        .all(|container| script_of(state, container).schedulable);
    let now = state.stamp();
    let writer = controller("kube-scheduler", "v1", "status");
    if !fits || cordoned {
        let why = if cordoned {
            "1 node(s) were unschedulable"
        } else {
            "1 Insufficient memory"
        };
        let message = format!(
            "0/1 nodes are available: {why}. preemption: 0/1 nodes are available: 1 Preemption is not helpful for \
             scheduling."
        );
        let already = condition(pod, "PodScheduled").is_some_and(|one| one["message"] == message.as_str());
        if !already {
            state.change(key, &writer, |pod| {
                pod["status"]["phase"] = "Pending".into();
                set_condition(
                    &mut pod["status"],
                    "PodScheduled",
                    false,
                    "Unschedulable",
                    &message,
                    &now,
                );
            });
            state.event(key, "Warning", "FailedScheduling", &message, "default-scheduler");
        }
        return;
    }
    state.change(key, &writer, |pod| {
        pod["spec"]["nodeName"] = "node-1".into();
        pod["status"]["phase"] = "Pending".into();
        set_condition(&mut pod["status"], "PodScheduled", true, "", "", &now);
    });
    let message = format!("Successfully assigned {}/{} to node-1", key.namespace, key.name);
    state.event(key, "Normal", "Scheduled", &message, "default-scheduler");
    let containers = containers
        .iter()
        .map(|container| ContainerRun {
            name: container["name"].as_str().unwrap_or_default().to_owned(),
            pod: format!(
                "{}_{}({})",
                key.name,
                key.namespace,
                pod["metadata"]["uid"].as_str().unwrap_or_default()
            ),
            image: container["image"].as_str().unwrap_or_default().to_owned(),
            script: script_of(state, container),
            phase: Phase::Creating,
            restarts: 0,
            last: None,
            lines: Vec::new(),
            previous: None,
            id: String::new(),
            probe_failed: None,
        })
        .collect();
    let number = state.random();
    let run = PodRun {
        placed: state.now(),
        ip: format!("10.244.{}.{}", (number >> 8) % 256, number % 254 + 1),
        containers,
    };
    let uid = pod["metadata"]["uid"].as_str().unwrap_or_default().to_owned();
    state.runs.insert(uid, run);
}

fn run(state: &mut State, key: &Key, pod: &Value) {
    let now = state.now();
    let uid = pod["metadata"]["uid"].as_str().unwrap_or_default().to_owned();
    let Some(mut run) = state.runs.remove(&uid) else { return };
    if let Some(until) = parse_stamp(&pod["metadata"]["deletionTimestamp"]) {
        end_with_grace(&mut run, pod, until, now);
    }
    let policy = pod["spec"]["restartPolicy"].as_str().unwrap_or("Always").to_owned();
    let terminating = pod["metadata"]["deletionTimestamp"].is_string();
    let mut events = Vec::new();
    for container in &mut run.containers {
        advance(
            container,
            run.placed,
            &policy,
            terminating,
            now,
            &mut events,
            state.random(),
        );
        probe(container, &spec_of(pod, &container.name), now, &mut events);
    }
    let over = terminating && run.containers.iter().all(|container| !container.is_running());
    let status = status(pod, &run, &policy, now);
    state.runs.insert(uid, run);
    for (kind, reason, message) in events {
        state.event(key, kind, reason, &message, "kubelet");
    }
    let writer = controller("kubelet", "v1", "status");
    if status != pod["status"] {
        state.change(key, &writer, |pod| pod["status"] = status);
    }
    if over {
        // The kubelet deletes with a grace of nothing once everything has ended; finalizers may hold the object.
        let held = pod["metadata"]["finalizers"]
            .as_array()
            .is_some_and(|list| !list.is_empty());
        if held {
            state.change(key, &writer, |pod| {
                pod["metadata"]["deletionGracePeriodSeconds"] = json!(0)
            });
        } else {
            state.store.remove(key);
        }
    }
}

fn spec_of(pod: &Value, name: &str) -> Value {
    let containers = pod["spec"]["containers"].as_array();
    containers
        .into_iter()
        .flatten()
        .find(|one| one["name"] == name)
        .cloned()
        .unwrap_or_default()
}

type Happened = (&'static str, &'static str, String);

fn advance(
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

fn probe(container: &mut ContainerRun, spec: &Value, now: Timestamp, events: &mut Vec<Happened>) {
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

/// SIGTERM after the hook, SIGKILL when the grace is over.
fn end_with_grace(run: &mut PodRun, pod: &Value, until: Timestamp, now: Timestamp) {
    let grace = pod["metadata"]["deletionGracePeriodSeconds"].as_i64().unwrap_or(0);
    let told = until.saturating_sub(SignedDuration::from_secs(grace)).unwrap_or(until);
    for container in &mut run.containers {
        if !container.is_running() {
            continue;
        }
        let hook = hook_time(&spec_of(pod, &container.name));
        if !container.script.ignores_term && passed(told, hook + container.script.stop_time, now) {
            container.end(now, 0, "Completed");
        } else if now >= until {
            container.end(now, 137, "Error");
        }
    }
}

/// How long the hook before SIGTERM takes: only sleeping is understood.
fn hook_time(spec: &Value) -> Duration {
    let hook = &spec["lifecycle"]["preStop"];
    let command: Vec<&str> = hook["exec"]["command"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let words = command.join(" ");
    let slept = words
        .rsplit("sleep ")
        .next()
        .filter(|_| words.contains("sleep "))
        .and_then(|text| text.parse().ok());
    Duration::from_secs(hook["sleep"]["seconds"].as_u64().or(slept).unwrap_or(0))
}

fn status(pod: &Value, run: &PodRun, policy: &str, now: Timestamp) -> Value {
    let mut status = pod["status"].clone();
    let at = stamp(now);
    let each: Vec<Value> = run
        .containers
        .iter()
        .map(|container| container.status(&spec_of(pod, &container.name), now))
        .collect();
    let ready = !each.is_empty() && each.iter().all(|one| one["ready"] == true);
    let codes: Vec<Option<i64>> = run
        .containers
        .iter()
        .map(|one| match &one.phase {
            Phase::Ended(_, ended) => ended["exitCode"].as_i64(),
            _ => None,
        })
        .collect();
    let ended = policy != "Always" && codes.iter().all(Option::is_some);
    let failed = codes.iter().flatten().any(|code| *code != 0);
    let phase = match () {
        () if ended && failed && policy == "Never" => "Failed",
        () if ended && !failed => "Succeeded",
        () if run.containers.iter().all(ContainerRun::has_started) => "Running",
        () => "Pending",
    };
    status["phase"] = phase.into();
    let names: Vec<&str> = run.containers.iter().map(|one| one.name.as_str()).collect();
    let unready = format!("containers with unready status: [{}]", names.join(" "));
    let (reason, message) = match () {
        () if ready => ("", ""),
        () if phase == "Succeeded" => ("PodCompleted", ""),
        () if phase == "Failed" => ("PodFailed", ""),
        () => ("ContainersNotReady", unready.as_str()),
    };
    set_condition(&mut status, "PodReadyToStartContainers", true, "", "", &at);
    set_condition(&mut status, "Initialized", true, "", "", &at);
    set_condition(&mut status, "Ready", ready, reason, message, &at);
    set_condition(&mut status, "ContainersReady", ready, reason, message, &at);
    status["containerStatuses"] = each.into();
    status["podIP"] = run.ip.clone().into();
    status["podIPs"] = json!([{"ip": run.ip}]);
    status["hostIP"] = "192.0.2.10".into();
    if status["startTime"].is_null() {
        status["startTime"] = stamp(run.placed).into();
    }
    status
}

pub fn condition<'object>(object: &'object Value, kind: &str) -> Option<&'object Value> {
    let conditions = object["status"]["conditions"].as_array();
    conditions.into_iter().flatten().find(|one| one["type"] == kind)
}

/// Sets a condition in a status; the time of transition moves only when the answer changes.
pub fn set_condition(status: &mut Value, kind: &str, yes: bool, reason: &str, message: &str, now: &str) {
    let answer = if yes { "True" } else { "False" };
    let mut condition = json!({"type": kind, "status": answer, "lastTransitionTime": now});
    for (name, text) in [("reason", reason), ("message", message)] {
        if !text.is_empty() {
            condition[name] = text.into();
        }
    }
    if !status["conditions"].is_array() {
        status["conditions"] = json!([]);
    }
    let conditions = status["conditions"].as_array_mut().expect("made one above");
    if let Some(one) = conditions.iter_mut().find(|one| one["type"] == kind) {
        if one["status"] == answer {
            condition["lastTransitionTime"] = one["lastTransitionTime"].clone();
        }
        *one = condition;
    } else {
        conditions.push(condition);
    }
}

/// Ends what runs in a pod, as a crash does.
pub fn kill(state: &mut State, key: &Key, code: i32) {
    let now = state.now();
    let uid = state
        .store
        .get(key)
        .and_then(|pod| pod["metadata"]["uid"].as_str())
        .unwrap_or_default()
        .to_owned();
    for container in state.runs.get_mut(&uid).into_iter().flat_map(|run| &mut run.containers) {
        container.end(now, code, if code == 0 { "Completed" } else { "Error" });
    }
}
