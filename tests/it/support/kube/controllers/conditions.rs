//! What a Deployment says of itself: counts, and the conditions Available, Progressing and ReplicaFailure.

use serde_json::{Value, json};

use super::super::kubelet::{condition, set_condition};
use super::super::state::{State, controller, parse_stamp};
use super::super::store::Key;
use super::deployment::unavailable;
use super::number;
use super::replicaset::drop_zeros;

pub fn progressing(status: &mut Value, yes: bool, reason: &str, message: &str, now: &str) {
    set_condition(status, "Progressing", yes, reason, message, now);
    update_time(status, "Progressing", now);
}

fn update_time(status: &mut Value, kind: &str, now: &str) {
    for one in status["conditions"]
        .as_array_mut()
        .into_iter()
        .flatten()
        .filter(|one| one["type"] == kind)
    {
        one["lastUpdateTime"] = now.into();
    }
}

pub fn report(state: &mut State, key: &Key, new: Option<&Key>, old: &[Key]) {
    let Some(deployment) = state.store.get(key).cloned() else {
        return;
    };
    let sets: Vec<Value> = new
        .into_iter()
        .chain(old)
        .filter_map(|set| state.store.get(set).cloned())
        .collect();
    let sum = |field: &str| -> i64 { sets.iter().map(|set| number(&set["status"][field])).sum() };
    let updated = new
        .and_then(|new| state.store.get(new))
        .map_or(0, |set| number(&set["status"]["replicas"]));
    let wanted = number(&deployment["spec"]["replicas"]);
    let (total, ready, available) = (sum("replicas"), sum("readyReplicas"), sum("availableReplicas"));
    let before = &deployment["status"];
    let meant: i64 = sets.iter().map(|set| number(&set["spec"]["replicas"])).sum();
    let mut status = json!({
        "observedGeneration": deployment["metadata"]["generation"], "replicas": total, "updatedReplicas": updated,
        "readyReplicas": ready, "availableReplicas": available, "unavailableReplicas": (meant - available).max(0),
        "conditions": before["conditions"],
    });
    let now = state.stamp();
    let enough = available >= wanted - unavailable(&deployment);
    let (reason, message) = if enough {
        ("MinimumReplicasAvailable", "Deployment has minimum availability.")
    } else {
        (
            "MinimumReplicasUnavailable",
            "Deployment does not have minimum availability.",
        )
    };
    let same = condition(&deployment, "Available").is_some_and(|one| one["reason"] == reason);
    if !same {
        set_condition(&mut status, "Available", enough, reason, message, &now);
        update_time(&mut status, "Available", &now);
    }
    replica_failure(&mut status, &sets, &now);
    progress(state, &deployment, new, &mut status, &now);
    drop_zeros(&mut status);
    if total == 0
        && let Some(status) = status.as_object_mut()
    {
        status.remove("replicas");
    }
    if status != *before {
        state.change(
            key,
            &controller("kube-controller-manager", "apps/v1", "status"),
            |deployment| {
                deployment["status"] = status;
            },
        );
    }
}

fn replica_failure(status: &mut Value, sets: &[Value], now: &str) {
    let failed = sets.iter().find_map(|set| condition(set, "ReplicaFailure"));
    if let Some(failed) = failed {
        let message = failed["message"].as_str().unwrap_or_default();
        let known = status["conditions"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|one| one["type"] == "ReplicaFailure");
        if !known {
            set_condition(status, "ReplicaFailure", true, "FailedCreate", message, now);
            update_time(status, "ReplicaFailure", now);
        }
    } else if let Some(conditions) = status["conditions"].as_array_mut() {
        conditions.retain(|one| one["type"] != "ReplicaFailure");
    }
}

fn progress(state: &State, deployment: &Value, new: Option<&Key>, status: &mut Value, now: &str) {
    let old = condition(deployment, "Progressing").cloned();
    let reason = old
        .as_ref()
        .and_then(|one| one["reason"].as_str())
        .unwrap_or_default()
        .to_owned();
    if deployment["spec"]["paused"] == true {
        if reason != "DeploymentPaused" {
            let mut paused = json!({"type": "Progressing", "status": "Unknown", "reason": "DeploymentPaused",
                "message": "Deployment is paused", "lastUpdateTime": now, "lastTransitionTime": now});
            if old.as_ref().is_some_and(|one| one["status"] == "Unknown") {
                paused["lastTransitionTime"] = old.expect("checked in this line")["lastTransitionTime"].clone();
            }
            put_condition(status, paused);
        }
        return;
    }
    if reason == "DeploymentPaused" {
        put_condition(
            status,
            json!({"type": "Progressing", "status": "Unknown", "reason": "DeploymentResumed",
            "message": "Deployment is resumed", "lastUpdateTime": now, "lastTransitionTime": now}),
        );
        return;
    }
    let Some(new) = new else { return };
    let wanted = number(&deployment["spec"]["replicas"]);
    let all = |field: &str| number(&status[field]) == wanted;
    let complete = all("updatedReplicas") && all("replicas") && all("availableReplicas");
    let before = &deployment["status"];
    let fell = |object: &Value| number(&object["replicas"]) - number(&object["updatedReplicas"]);
    let moved = number(&status["updatedReplicas"]) > number(&before["updatedReplicas"])
        || fell(status) < fell(before)
        || number(&status["readyReplicas"]) > number(&before["readyReplicas"])
        || number(&status["availableReplicas"]) > number(&before["availableReplicas"]);
    let title = format!("ReplicaSet {:?}", new.name);
    let created = state
        .store
        .get(new)
        .is_some_and(|set| set["metadata"]["generation"] == 1 || number(&set["status"]["replicas"]) == 0);
    if complete {
        if reason != "NewReplicaSetAvailable" || !mentions(old.as_ref(), &new.name) {
            progressing(
                status,
                true,
                "NewReplicaSetAvailable",
                &format!("{title} has successfully progressed."),
                now,
            );
        }
    } else if moved {
        progressing(
            status,
            true,
            "ReplicaSetUpdated",
            &format!("{title} is progressing."),
            now,
        );
    } else if old.is_none() || (created && !mentions(old.as_ref(), &new.name)) {
        let message = format!("Created new replica set {:?}", new.name);
        progressing(status, true, "NewReplicaSetCreated", &message, now);
    } else if reason == "NewReplicaSetAvailable" && !mentions(old.as_ref(), &new.name) {
        let message = format!("Found new replica set {:?}", new.name);
        progressing(status, true, "FoundNewReplicaSet", &message, now);
    } else if !matches!(reason.as_str(), "NewReplicaSetAvailable" | "ProgressDeadlineExceeded") {
        let limit = jiff::SignedDuration::from_secs(number(&deployment["spec"]["progressDeadlineSeconds"]));
        let since = old.as_ref().and_then(|one| parse_stamp(&one["lastUpdateTime"]));
        if since.is_some_and(|since| state.now().duration_since(since) > limit) {
            let message = format!("{title} has timed out progressing.");
            progressing(status, false, "ProgressDeadlineExceeded", &message, now);
        }
    }
}

fn mentions(condition: Option<&Value>, name: &str) -> bool {
    let message = condition.and_then(|one| one["message"].as_str());
    message.is_some_and(|message| message.contains(&format!("{name:?}")))
}

fn put_condition(status: &mut Value, condition: Value) {
    if !status["conditions"].is_array() {
        status["conditions"] = json!([]);
    }
    let conditions = status["conditions"].as_array_mut().expect("made one above");
    conditions.retain(|one| one["type"] != condition["type"]);
    conditions.push(condition);
}
