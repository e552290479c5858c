//! The controllers: what the cluster does by itself with what is wanted. Each step looks at everything once, on the
//! cluster's own clock; real ones get there in as many looks.

mod conditions;
mod deployment;
mod endpoints;
mod garbage;
pub mod gateway;
mod job;
mod quota;
mod replicaset;

use serde_json::{Value, json};

use super::state::State;
use super::store::Key;

pub fn step(state: &mut State) {
    garbage::step(state);
    default_accounts(state);
    deployment::step(state);
    replicaset::step(state);
    job::step(state);
    super::kubelet::step(state);
    replicaset::count(state);
    endpoints::step(state);
    gateway::step(state);
    quota::step(state);
}

/// Each namespace has a service account and the cluster's authority.
fn default_accounts(state: &mut State) {
    let namespaces: Vec<String> = state
        .store
        .list("namespaces", "")
        .filter(|(_, namespace)| !is_ending(namespace))
        .map(|(key, _)| key.name.clone())
        .collect();
    for namespace in namespaces {
        if state
            .store
            .get(&Key::new("serviceaccounts", &namespace, "default"))
            .is_none()
        {
            state.seed("serviceaccounts", &namespace, "default", json!({}));
        }
        if state
            .store
            .get(&Key::new("configmaps", &namespace, "kube-root-ca.crt"))
            .is_none()
        {
            state.seed(
                "configmaps",
                &namespace,
                "kube-root-ca.crt",
                json!({"data": {"ca.crt": ""}}),
            );
        }
    }
}

/// What the server allots to a new object of its own accord.
pub fn prepare(state: &mut State, key: &Key, object: &mut Value) {
    if let Some(metadata) = object["metadata"].as_object_mut() {
        metadata.remove("uid");
        metadata.remove("creationTimestamp");
    }
    match key.plural {
        "services" if object["spec"]["clusterIP"].is_null() && object["spec"]["type"] != "ExternalName" => {
            let number = state.random();
            let address = format!("10.96.{}.{}", (number >> 8) % 256, number % 254 + 1);
            object["spec"]["clusterIP"] = address.clone().into();
            object["spec"]["clusterIPs"] = json!([address]);
        }
        "jobs" => job::select(state, key, object),
        "pods" => object["status"] = json!({"phase": "Pending", "qosClass": quality(&object["spec"])}),
        _ => {}
    }
}

/// Who is ended first when memory is short.
fn quality(spec: &Value) -> &'static str {
    let containers = spec["containers"].as_array().map(Vec::as_slice).unwrap_or_default();
    let part = |container: &Value, name: &str| container["resources"][name].clone();
    let set = |value: &Value| value.as_object().is_some_and(|value| !value.is_empty());
    if !containers
        .iter()
        .any(|one| set(&part(one, "limits")) || set(&part(one, "requests")))
    {
        return "BestEffort";
    }
    let fixed = containers.iter().all(|one| {
        let (limits, requests) = (part(one, "limits"), part(one, "requests"));
        ["cpu", "memory"].iter().all(|name| !limits[*name].is_null()) && (requests.is_null() || requests == limits)
    });
    if fixed { "Guaranteed" } else { "Burstable" }
}

/// A count or a share of `total`; `up` says how a share is rounded.
pub fn rounded(value: &Value, total: i64, up: bool) -> i64 {
    if let Some(count) = value.as_i64() {
        return count;
    }
    let share: i64 = value
        .as_str()
        .and_then(|text| text.strip_suffix('%'))
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    let exact = share * total;
    if up {
        (exact + 99).div_euclid(100)
    } else {
        exact.div_euclid(100)
    }
}

/// Objects of a resource that a controller owns.
fn owned(state: &State, plural: &str, namespace: &str, owner: &Value) -> Vec<(Key, Value)> {
    let uid = &owner["metadata"]["uid"];
    state
        .store
        .list(plural, namespace)
        .filter(|(_, object)| controller_of(object).is_some_and(|reference| reference["uid"] == *uid))
        .map(|(key, object)| (key.clone(), object.clone()))
        .collect()
}

fn controller_of(object: &Value) -> Option<&Value> {
    let references = object["metadata"]["ownerReferences"].as_array()?;
    references.iter().find(|reference| reference["controller"] == true)
}

fn owner_reference(key: &Key, owner: &Value) -> Value {
    json!([{
        "apiVersion": key.resource().api_version(), "kind": key.resource().kind, "name": key.name,
        "uid": owner["metadata"]["uid"], "controller": true, "blockOwnerDeletion": true,
    }])
}

fn is_ending(object: &Value) -> bool {
    object["metadata"]["deletionTimestamp"].is_string()
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or(0)
}

/// Makes a pod from a template; `Err` is the refusal that the controller reports.
fn create_pod(
    state: &mut State,
    owner: &Key,
    owning: &Value,
    metadata: &Value,
    template_spec: &Value,
) -> Result<Key, super::failure::Failure> {
    let resource = super::resources::Resource::of("pods");
    let stem = &owner.name[..owner.name.len().min(57)];
    let name = format!("{stem}-{}", state.suffix());
    let key = Key::new("pods", &owner.namespace, &name);
    let mut pod = json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "generateName": format!("{stem}-"), "namespace": owner.namespace,
            "labels": metadata["labels"], "annotations": metadata["annotations"], "finalizers": metadata["finalizers"],
            "ownerReferences": owner_reference(owner, owning)},
        "spec": template_spec, "status": {"phase": "Pending", "qosClass": quality(template_spec)},
    });
    super::defaults::complete(resource, &mut pod);
    super::decode::drop_nulls(&mut pod);
    state.namespace_takes(&key)?;
    state.rules.admit("create", "pods")?;
    let account = pod["spec"]["serviceAccountName"]
        .as_str()
        .unwrap_or("default")
        .to_owned();
    if state
        .store
        .get(&Key::new("serviceaccounts", &key.namespace, &account))
        .is_none()
        && account != "default"
    {
        let why = format!(
            "error looking up service account {}/{account}: serviceaccount {account:?} not found",
            key.namespace
        );
        return Err(super::failure::Failure::forbidden(resource, &name, &why));
    }
    super::rules::quota_has_room(&state.store, &key, &pod)?;
    state.commit(
        &key,
        pod,
        &super::state::controller("kube-controller-manager", "v1", ""),
        false,
    )?;
    Ok(key)
}
