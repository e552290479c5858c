//! ReplicaSets: as many pods as wanted, counted by what they are.

use serde_json::{Value, json};

use super::super::delete::{self, is_ready};
use super::super::kubelet::{condition, set_condition};
use super::super::state::{State, controller, parse_stamp};
use super::super::store::Key;
use super::{create_pod, is_ending, number, owned};

pub fn step(state: &mut State) {
    for (key, set) in sets(state) {
        if !is_ending(&set) {
            match_wanted(state, &key, &set);
        }
    }
}

fn sets(state: &State) -> Vec<(Key, Value)> {
    state
        .store
        .list("replicasets", "")
        .map(|(key, set)| (key.clone(), set.clone()))
        .collect()
}

fn pods_of(state: &State, key: &Key, set: &Value) -> Vec<(Key, Value)> {
    let mut pods = owned(state, "pods", &key.namespace, set);
    pods.retain(|(_, pod)| !is_ending(pod) && !matches!(pod["status"]["phase"].as_str(), Some("Succeeded" | "Failed")));
    pods
}

fn match_wanted(state: &mut State, key: &Key, set: &Value) {
    let mut pods = pods_of(state, key, set);
    let wanted = usize::try_from(number(&set["spec"]["replicas"])).unwrap_or(0);
    if pods.len() > wanted {
        // Those that do least go first: not placed, not ready, then the youngest.
        pods.sort_by_key(|(_, pod)| {
            (
                pod["spec"]["nodeName"].is_string(),
                is_ready(pod),
                std::cmp::Reverse(
                    pod["metadata"]["creationTimestamp"]
                        .as_str()
                        .unwrap_or_default()
                        .to_owned(),
                ),
            )
        });
        let over = pods.len() - wanted;
        for (pod, _) in &pods[..over] {
            delete::remove(state, pod, &delete::Options::default());
            state.event(
                key,
                "Normal",
                "SuccessfulDelete",
                &format!("Deleted pod: {}", pod.name),
                "replicaset-controller",
            );
        }
        return;
    }
    let mut failed = None;
    for _ in pods.len()..wanted {
        let template = &set["spec"]["template"];
        match create_pod(state, key, set, &template["metadata"], &template["spec"]) {
            Ok(pod) => {
                let message = format!("Created pod: {}", pod.name);
                state.event(key, "Normal", "SuccessfulCreate", &message, "replicaset-controller");
            }
            Err(failure) => {
                failed = Some(failure.message().to_owned());
                break;
            }
        }
    }
    report_failure(state, key, set, failed);
}

fn report_failure(state: &mut State, key: &Key, set: &Value, failed: Option<String>) {
    let reported = condition(set, "ReplicaFailure");
    let now = state.stamp();
    let writer = controller("kube-controller-manager", "apps/v1", "status");
    match failed {
        Some(message) if reported.is_none() => {
            let text = format!("Error creating: {message}");
            state.event(key, "Warning", "FailedCreate", &text, "replicaset-controller");
            state.change(key, &writer, |set| {
                set_condition(
                    &mut set["status"],
                    "ReplicaFailure",
                    true,
                    "FailedCreate",
                    &message,
                    &now,
                );
            });
        }
        None if reported.is_some() => state.change(key, &writer, |set| {
            if let Some(conditions) = set["status"]["conditions"].as_array_mut() {
                conditions.retain(|one| one["type"] != "ReplicaFailure");
            }
        }),
        _ => {}
    }
}

/// Writes how many pods there are, ready and available, into every set.
pub fn count(state: &mut State) {
    let now = state.now();
    for (key, set) in sets(state) {
        let pods = pods_of(state, &key, &set);
        let ready: Vec<&Value> = pods.iter().map(|(_, pod)| pod).filter(|pod| is_ready(pod)).collect();
        let least = jiff::SignedDuration::from_secs(number(&set["spec"]["minReadySeconds"]));
        let available = ready.iter().filter(|pod| {
            let since = condition(pod, "Ready").and_then(|one| parse_stamp(&one["lastTransitionTime"]));
            least.is_zero() || since.is_some_and(|since| now.duration_since(since) >= least)
        });
        let mut status = json!({
            "replicas": pods.len(), "fullyLabeledReplicas": pods.len(), "readyReplicas": ready.len(),
            "availableReplicas": available.count(), "observedGeneration": set["metadata"]["generation"],
            "conditions": set["status"]["conditions"],
        });
        drop_zeros(&mut status);
        if status != set["status"] {
            let writer = controller("kube-controller-manager", "apps/v1", "status");
            state.change(&key, &writer, |set| set["status"] = status);
        }
    }
}

/// Counts of nothing are left out, but for `replicas`.
pub fn drop_zeros(status: &mut Value) {
    if let Some(status) = status.as_object_mut() {
        status.retain(|name, value| name == "replicas" || !(*value == 0 || value.is_null()));
    }
}
