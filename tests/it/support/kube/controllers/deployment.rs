//! Deployments: a ReplicaSet for each template, moved from old to new within `maxSurge` and `maxUnavailable`; revisions,
//! pauses, the progress deadline. Simpler than the real one: a change of replicas in the middle of a rollout goes to the
//! newest set instead of being shared out.

use serde_json::{Value, json};

use super::super::kubelet::condition;
use super::super::state::{State, controller, safe_hash};
use super::super::store::Key;
use super::conditions::{progressing, report};
use super::{is_ending, number, owned, owner_reference, rounded};

const REVISION: &str = "deployment.kubernetes.io/revision";

pub fn step(state: &mut State) {
    let all: Vec<(Key, Value)> = state
        .store
        .list("deployments", "")
        .map(|(key, object)| (key.clone(), object.clone()))
        .collect();
    for (key, deployment) in all {
        if !is_ending(&deployment) {
            sync(state, &key, &deployment);
        }
    }
}

/// A template as it was written, without what the controller adds to it.
fn plain(template: &Value) -> Value {
    let mut template = template.clone();
    if let Some(labels) = template["metadata"]["labels"].as_object_mut() {
        labels.remove("pod-template-hash");
    }
    super::super::decode::drop_nulls(&mut template);
    template
}

fn revision(object: &Value) -> i64 {
    let text = object["metadata"]["annotations"][REVISION].as_str();
    text.and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn sync(state: &mut State, key: &Key, deployment: &Value) {
    let mut sets = owned(state, "replicasets", &key.namespace, deployment);
    sets.sort_by_key(|(_, set)| revision(set));
    let template = plain(&deployment["spec"]["template"]);
    let current = sets
        .iter()
        .position(|(_, set)| plain(&set["spec"]["template"]) == template);
    let paused = deployment["spec"]["paused"] == true;
    let current = match current {
        Some(at) => Some(sets.remove(at)),
        None if paused => None,
        None => create_set(state, key, deployment, &template, &sets),
    };
    if let Some((new, set)) = &current {
        let newest = sets.iter().map(|(_, set)| revision(set)).max().unwrap_or(0);
        if revision(set) <= newest && !paused {
            annotate(state, new, newest + 1);
        }
        let number = state.store.get(new).map_or(0, revision);
        if revision(deployment) != number {
            annotate(state, key, number);
        }
    }
    let current = current.map(|(new, _)| new);
    let old: Vec<Key> = sets.into_iter().map(|(set, _)| set).collect();
    if paused {
        scale_paused(state, key, deployment, current.as_ref(), &old);
    } else if let Some(new) = &current {
        match deployment["spec"]["strategy"]["type"].as_str() {
            Some("Recreate") => recreate(state, key, deployment, new, &old),
            _ => roll(state, key, deployment, new, &old),
        }
    }
    report(state, key, current.as_ref(), &old);
    if let Some(new) = &current {
        forget_old_revisions(state, key, new, old);
    }
}

fn annotate(state: &mut State, key: &Key, revision: i64) {
    state.change(key, &controller("kube-controller-manager", "apps/v1", ""), |object| {
        object["metadata"]["annotations"][REVISION] = revision.to_string().into();
    });
}

fn create_set(
    state: &mut State,
    key: &Key,
    deployment: &Value,
    template: &Value,
    old: &[(Key, Value)],
) -> Option<(Key, Value)> {
    let hash = safe_hash(&template.to_string());
    let name = format!("{}-{hash}", key.name);
    let set_key = Key::new("replicasets", &key.namespace, &name);
    let spec = &deployment["spec"];
    let mut selector = spec["selector"].clone();
    selector["matchLabels"]["pod-template-hash"] = hash.clone().into();
    let mut template = template.clone();
    template["metadata"]["labels"]["pod-template-hash"] = hash.into();
    let newest = old.iter().map(|(_, set)| revision(set)).max().unwrap_or(0);
    let wanted = number(&spec["replicas"]);
    let mut annotations = deployment["metadata"]["annotations"].clone();
    annotations[REVISION] = (newest + 1).to_string().into();
    annotations["deployment.kubernetes.io/desired-replicas"] = wanted.to_string().into();
    annotations["deployment.kubernetes.io/max-replicas"] = (wanted + surge(deployment)).to_string().into();
    if let Some(annotations) = annotations.as_object_mut() {
        annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
    }
    let mut set = json!({
        "apiVersion": "apps/v1", "kind": "ReplicaSet",
        "metadata": {"name": name, "namespace": key.namespace, "labels": template["metadata"]["labels"],
            "annotations": annotations, "ownerReferences": owner_reference(key, deployment)},
        "spec": {"replicas": 0, "selector": selector, "template": template, "minReadySeconds": spec["minReadySeconds"]},
        "status": {"replicas": 0},
    });
    super::super::decode::drop_nulls(&mut set);
    let writer = controller("kube-controller-manager", "apps/v1", "");
    let admitted = state.rules.admit("create", "replicasets");
    let stored = admitted
        .and_then(|()| super::super::rules::quota_has_room(&state.store, &set_key, &set))
        .and_then(|()| state.commit(&set_key, set, &writer, false));
    match stored {
        Ok(set) => Some((set_key, set)),
        Err(failure) => {
            let message = format!("Failed to create new replica set {name:?}: {}", failure.message());
            let already = condition(deployment, "Progressing").is_some_and(|one| one["message"] == message.as_str());
            if !already {
                let now = state.stamp();
                let writer = controller("kube-controller-manager", "apps/v1", "status");
                state.change(key, &writer, |deployment| {
                    progressing(
                        &mut deployment["status"],
                        false,
                        "ReplicaSetCreateError",
                        &message,
                        &now,
                    );
                });
                state.event(
                    key,
                    "Warning",
                    "ReplicaSetCreateError",
                    &message,
                    "deployment-controller",
                );
            }
            None
        }
    }
}

fn surge(deployment: &Value) -> i64 {
    let strategy = &deployment["spec"]["strategy"];
    if strategy["type"] == "Recreate" {
        return 0;
    }
    rounded(
        &strategy["rollingUpdate"]["maxSurge"],
        number(&deployment["spec"]["replicas"]),
        true,
    )
}

pub fn unavailable(deployment: &Value) -> i64 {
    let wanted = number(&deployment["spec"]["replicas"]);
    let most = rounded(
        &deployment["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"],
        wanted,
        false,
    );
    // Both rounded to nothing would stand still for ever.
    if most == 0 && surge(deployment) == 0 {
        1
    } else {
        most.min(wanted)
    }
}

fn size(state: &State, key: &Key) -> i64 {
    state.store.get(key).map_or(0, |set| number(&set["spec"]["replicas"]))
}

fn available(state: &State, key: &Key) -> i64 {
    state
        .store
        .get(key)
        .map_or(0, |set| number(&set["status"]["availableReplicas"]))
}

fn resize(state: &mut State, key: &Key, deployment: (&Key, &Value), to: i64) {
    let from = size(state, key);
    let wanted = number(&deployment.1["spec"]["replicas"]);
    let most = wanted + surge(deployment.1);
    state.change(key, &controller("kube-controller-manager", "apps/v1", ""), |set| {
        set["spec"]["replicas"] = json!(to);
        let annotations = &mut set["metadata"]["annotations"];
        annotations["deployment.kubernetes.io/desired-replicas"] = wanted.to_string().into();
        annotations["deployment.kubernetes.io/max-replicas"] = most.to_string().into();
    });
    if from != to {
        let way = if to > from { "up" } else { "down" };
        let message = format!("Scaled {way} replica set {} from {from} to {to}", key.name);
        state.event(
            deployment.0,
            "Normal",
            "ScalingReplicaSet",
            &message,
            "deployment-controller",
        );
    }
}

fn scale_paused(state: &mut State, key: &Key, deployment: &Value, new: Option<&Key>, old: &[Key]) {
    let wanted = number(&deployment["spec"]["replicas"]);
    let active: Vec<&Key> = new.into_iter().chain(old).filter(|set| size(state, set) > 0).collect();
    if let [only] = active[..] {
        let only = only.clone();
        if size(state, &only) != wanted {
            resize(state, &only, (key, deployment), wanted);
        }
    }
}

fn recreate(state: &mut State, key: &Key, deployment: &Value, new: &Key, old: &[Key]) {
    for set in old {
        if size(state, set) > 0 {
            resize(state, set, (key, deployment), 0);
        }
    }
    let uids: Vec<Value> = old
        .iter()
        .filter_map(|set| state.store.get(set))
        .map(|set| set["metadata"]["uid"].clone())
        .collect();
    let old_pods = state
        .store
        .list("pods", &key.namespace)
        .filter(|(_, pod)| !matches!(pod["status"]["phase"].as_str(), Some("Succeeded" | "Failed")))
        .any(|(_, pod)| super::controller_of(pod).is_some_and(|reference| uids.contains(&reference["uid"])));
    let wanted = number(&deployment["spec"]["replicas"]);
    if !old_pods && size(state, new) != wanted {
        resize(state, new, (key, deployment), wanted);
    }
}

/// One look of a rolling update: grow the new set as far as the surge allows, else shrink old ones as far as enough stay
/// available.
fn roll(state: &mut State, key: &Key, deployment: &Value, new: &Key, old: &[Key]) {
    let wanted = number(&deployment["spec"]["replicas"]);
    let now_new = size(state, new);
    let total: i64 = old.iter().map(|set| size(state, set)).sum::<i64>() + now_new;
    if now_new > wanted {
        resize(state, new, (key, deployment), wanted);
        return;
    }
    if now_new < wanted {
        let room = wanted + surge(deployment) - total;
        if room > 0 {
            resize(state, new, (key, deployment), now_new + room.min(wanted - now_new));
            return;
        }
    }
    shrink_old(state, key, deployment, new, old);
}

fn shrink_old(state: &mut State, key: &Key, deployment: &Value, new: &Key, old: &[Key]) {
    let wanted = number(&deployment["spec"]["replicas"]);
    let in_old: i64 = old.iter().map(|set| size(state, set)).sum();
    if in_old == 0 {
        return;
    }
    let least = wanted - unavailable(deployment);
    let new_unavailable = size(state, new) - available(state, new);
    let mut spare = in_old + size(state, new) - least - new_unavailable;
    if spare <= 0 {
        return;
    }
    // Old pods that serve nobody go first, however few are available.
    for set in old {
        let (of_set, healthy) = (size(state, set), available(state, set));
        let sick = (of_set - healthy).min(spare);
        if of_set > 0 && sick > 0 {
            resize(state, set, (key, deployment), of_set - sick);
            spare -= sick;
        }
    }
    let serving: i64 = old.iter().chain([new]).map(|set| available(state, set)).sum();
    let mut more = serving - least;
    for set in old {
        let of_set = size(state, set);
        let down = of_set.min(more);
        if down > 0 {
            resize(state, set, (key, deployment), of_set - down);
            more -= down;
        }
    }
}

fn forget_old_revisions(state: &mut State, key: &Key, new: &Key, mut old: Vec<Key>) {
    let Some(deployment) = state.store.get(key) else { return };
    let limit = usize::try_from(number(&deployment["spec"]["revisionHistoryLimit"])).unwrap_or(0);
    let done = condition(deployment, "Progressing").is_some_and(|one| one["reason"] == "NewReplicaSetAvailable");
    if !done || size(state, new) != number(&deployment["spec"]["replicas"]) {
        return;
    }
    old.retain(|set| {
        let empty = |set: &Value| number(&set["spec"]["replicas"]) == 0 && number(&set["status"]["replicas"]) == 0;
        state.store.get(set).is_some_and(empty)
    });
    let over = old.len().saturating_sub(limit);
    for set in &old[..over] {
        state.store.remove(set);
    }
}
