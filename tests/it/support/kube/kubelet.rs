//! Scheduler and kubelet: pods are placed, pulled, started, probed, restarted with back-off and ended with grace. Simpler
//! than the real ones: one node, init containers succeed at once, liveness is never probed, images are pulled anew each time.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::container::{ContainerRun, Happened, advance, probe};
use super::script::Script;
use super::state::{State, controller, parse_stamp, stamp};
use super::store::Key;

/// From the end of a pod's last container to the end of its object: the kubelet reports the one, cleans up, and deletes.
const REPORT: Duration = Duration::from_secs(1);

/// A pod on its node.
pub struct PodRun {
    placed: Timestamp,
    ip: String,
    /// Since when nothing of it runs after it was told to end.
    over: Option<Timestamp>,
    pub containers: Vec<ContainerRun>,
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
    let uid = pod["metadata"]["uid"].as_str().unwrap_or_default().to_owned();
    let containers = containers
        .iter()
        .map(|container| {
            let pod = format!("{}_{}({uid})", key.name, key.namespace);
            ContainerRun::new(container, pod, script_of(state, container))
        })
        .collect();
    let number = state.random();
    let run = PodRun {
        placed: state.now(),
        ip: format!("10.244.{}.{}", (number >> 8) % 256, number % 254 + 1),
        over: None,
        containers,
    };
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
    let mut events: Vec<Happened> = Vec::new();
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
    run.over = over.then(|| run.over.unwrap_or(now));
    let over = run.over.is_some_and(|since| now >= since + REPORT);
    // A pod that is deleted has a last phase before its object goes.
    let policy = if terminating { "Never" } else { &policy };
    let status = status(pod, &run, policy, now);
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

/// SIGTERM after the hook, SIGKILL when the grace is over.
fn end_with_grace(run: &mut PodRun, pod: &Value, until: Timestamp, now: Timestamp) {
    let grace = pod["metadata"]["deletionGracePeriodSeconds"].as_i64().unwrap_or(0);
    let told = until.saturating_sub(SignedDuration::from_secs(grace)).unwrap_or(until);
    for container in &mut run.containers {
        if !container.is_running() {
            continue;
        }
        let hook = hook_time(&spec_of(pod, &container.name));
        container.end_when_told(told, hook, now >= until, now);
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
    let codes: Vec<Option<i64>> = run.containers.iter().map(ContainerRun::exit_code).collect();
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
