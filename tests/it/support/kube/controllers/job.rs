//! Jobs: pods until enough have succeeded or too many have failed. Simpler than the real one: no indexed completions, no
//! pod failure policies, no waiting between retries, and no finalizer on the pods.

use serde_json::{Value, json};

use super::super::delete;
use super::super::kubelet::condition;
use super::super::state::{State, controller, parse_stamp};
use super::super::store::Key;
use super::{create_pod, is_ending, number, owned};

/// A job selects its pods by its own uid unless it says otherwise.
pub fn select(state: &mut State, key: &Key, job: &mut Value) {
    if job["spec"]["manualSelector"] == true {
        return;
    }
    let uid = state.uid();
    job["metadata"]["uid"] = uid.clone().into();
    job["spec"]["selector"] = json!({"matchLabels": {"batch.kubernetes.io/controller-uid": uid}});
    let labels = &mut job["spec"]["template"]["metadata"]["labels"];
    for prefix in ["", "batch.kubernetes.io/"] {
        labels[format!("{prefix}controller-uid")] = uid.clone().into();
        labels[format!("{prefix}job-name")] = key.name.clone().into();
    }
}

pub fn step(state: &mut State) {
    let jobs: Vec<(Key, Value)> = state
        .store
        .list("jobs", "")
        .map(|(key, job)| (key.clone(), job.clone()))
        .collect();
    for (key, job) in jobs {
        if is_ending(&job) {
            continue;
        }
        if is_finished(&job) {
            forget_in_time(state, &key, &job);
        } else {
            sync(state, &key, &job);
        }
    }
}

fn is_finished(job: &Value) -> bool {
    ["Complete", "Failed"]
        .iter()
        .any(|kind| condition(job, kind).is_some_and(|one| one["status"] == "True"))
}

fn forget_in_time(state: &mut State, key: &Key, job: &Value) {
    let Some(keep) = job["spec"]["ttlSecondsAfterFinished"].as_i64() else {
        return;
    };
    let ended = ["Complete", "Failed"].iter().find_map(|kind| condition(job, kind));
    let ended = ended.and_then(|one| parse_stamp(&one["lastTransitionTime"]));
    if ended.is_some_and(|ended| state.now().duration_since(ended) >= jiff::SignedDuration::from_secs(keep)) {
        let options = delete::Options {
            propagation: "Foreground".to_owned(),
            ..delete::Options::default()
        };
        delete::remove(state, key, &options);
    }
}

fn sync(state: &mut State, key: &Key, job: &Value) {
    let pods = owned(state, "pods", &key.namespace, job);
    let phase = |pod: &Value| pod["status"]["phase"].as_str().unwrap_or("Pending").to_owned();
    let count = |wanted: &str| i64::try_from(pods.iter().filter(|(_, pod)| phase(pod) == wanted).count()).unwrap_or(0);
    let (succeeded, failed) = (count("Succeeded"), count("Failed"));
    let live: Vec<&(Key, Value)> = pods
        .iter()
        .filter(|(_, pod)| !matches!(phase(pod).as_str(), "Succeeded" | "Failed") && !is_ending(pod))
        .collect();
    let restarts: i64 = live
        .iter()
        .flat_map(|(_, pod)| pod["status"]["containerStatuses"].as_array().into_iter().flatten())
        .map(|container| number(&container["restartCount"]))
        .sum();
    let ready = live.iter().filter(|(_, pod)| delete::is_ready(pod)).count();
    let spec = &job["spec"];
    let wanted = spec["completions"].as_i64().unwrap_or(1);
    let now = state.stamp();
    let started = job["status"]["startTime"].as_str().unwrap_or(&now).to_owned();
    let age = parse_stamp(&json!(started)).map_or(0, |since| state.now().duration_since(since).as_secs());
    let mut status = json!({"startTime": started, "succeeded": succeeded, "failed": failed, "active": live.len(),
        "ready": ready, "terminating": 0, "uncountedTerminatedPods": {}, "conditions": job["status"]["conditions"]});
    let verdict = match () {
        () if succeeded >= wanted => Some((
            "Complete",
            "CompletionsReached",
            "Reached expected number of succeeded pods".to_owned(),
        )),
        () if spec["activeDeadlineSeconds"].as_i64().is_some_and(|limit| age >= limit) => Some((
            "Failed",
            "DeadlineExceeded",
            "Job was active longer than specified deadline".to_owned(),
        )),
        () if failed + restarts > number(&spec["backoffLimit"]) => Some((
            "Failed",
            "BackoffLimitExceeded",
            "Job has reached the specified backoff limit".to_owned(),
        )),
        () => None,
    };
    if let Some((kind, reason, message)) = verdict {
        for (pod, _) in live.clone() {
            delete::remove(state, pod, &delete::Options::default());
        }
        finish(&mut status, kind, reason, &message, &now);
        status["active"] = json!(0);
        status["ready"] = json!(0);
        let level = if kind == "Complete" { "Normal" } else { "Warning" };
        let event = if kind == "Complete" { "Completed" } else { reason };
        let text = if kind == "Complete" { "Job completed" } else { &message };
        state.event(key, level, event, text, "job-controller");
    } else if spec["suspend"] != true {
        let active = i64::try_from(live.len()).unwrap_or(0);
        for _ in active..number(&spec["parallelism"]).min(wanted - succeeded) {
            let template = &spec["template"];
            match create_pod(state, key, job, &template["metadata"], &template["spec"]) {
                Ok(pod) => {
                    let message = format!("Created pod: {}", pod.name);
                    state.event(key, "Normal", "SuccessfulCreate", &message, "job-controller");
                    status["active"] = json!(number(&status["active"]) + 1);
                }
                Err(failure) => {
                    let message = format!("Error creating: {}", failure.message());
                    state.event(key, "Warning", "FailedCreate", &message, "job-controller");
                    break;
                }
            }
        }
    }
    if let Some(status) = status.as_object_mut() {
        status.retain(|name, value| {
            matches!(name.as_str(), "ready" | "terminating") || !(*value == 0 || value.is_null())
        });
    }
    if status != job["status"] {
        state.change(
            key,
            &controller("kube-controller-manager", "batch/v1", "status"),
            |job| job["status"] = status,
        );
    }
}

/// Conditions of the verdict, after the interim one that announces it.
fn finish(status: &mut Value, kind: &str, reason: &str, message: &str, now: &str) {
    let interim = if kind == "Complete" {
        "SuccessCriteriaMet"
    } else {
        "FailureTarget"
    };
    let conditions: Vec<Value> = [interim, kind]
        .iter()
        .map(|kind| {
            json!({"type": kind, "status": "True", "reason": reason, "message": message, "lastProbeTime": now,
                "lastTransitionTime": now})
        })
        .collect();
    status["conditions"] = conditions.into();
    if kind == "Complete" {
        status["completionTime"] = now.into();
    }
}
