//! Who would get a Service's traffic: one EndpointSlice a Service, with each pod's readiness.

use serde_json::{Value, json};

use super::super::delete::is_ready;
use super::super::selector::map_takes;
use super::super::state::{State, controller};
use super::super::store::Key;
use super::{is_ending, owner_reference};

pub fn step(state: &mut State) {
    let services: Vec<(Key, Value)> = state
        .store
        .list("services", "")
        .map(|(key, service)| (key.clone(), service.clone()))
        .collect();
    for (key, service) in services {
        if !is_ending(&service) && service["spec"]["selector"].is_object() {
            sync(state, &key, &service);
        }
    }
}

fn sync(state: &mut State, key: &Key, service: &Value) {
    let pods: Vec<&Value> = state
        .store
        .list("pods", &key.namespace)
        .map(|(_, pod)| pod)
        .filter(|pod| map_takes(&service["spec"]["selector"], &pod["metadata"]["labels"]))
        .filter(|pod| pod["status"]["podIP"].is_string())
        .filter(|pod| !matches!(pod["status"]["phase"].as_str(), Some("Succeeded" | "Failed")))
        .collect();
    let endpoints: Vec<Value> = pods.iter().map(|pod| endpoint(pod)).collect();
    let ports: Vec<Value> = service["spec"]["ports"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|port| {
            json!({"name": port["name"].as_str().unwrap_or_default(), "protocol": port["protocol"],
                "port": target(port, pods.first().copied())})
        })
        .collect();
    let existing = state
        .store
        .list("endpointslices", &key.namespace)
        .find(|(_, slice)| slice["metadata"]["labels"]["kubernetes.io/service-name"] == key.name.as_str())
        .map(|(key, slice)| (key.clone(), slice.clone()));
    let writer = controller("kube-controller-manager", "discovery.k8s.io/v1", "");
    if let Some((slice_key, slice)) = existing {
        if slice["endpoints"] != json!(endpoints) || slice["ports"] != json!(ports) {
            state.change(&slice_key, &writer, |slice| {
                slice["endpoints"] = endpoints.into();
                slice["ports"] = ports.into();
            });
        }
        return;
    }
    let name = format!("{}-{}", key.name, state.suffix());
    let slice = json!({
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
        "metadata": {"name": name, "namespace": key.namespace,
            "labels": {"kubernetes.io/service-name": key.name,
                "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"},
            "ownerReferences": owner_reference(key, service)},
        "endpoints": endpoints, "ports": ports,
    });
    let _ = state.commit(
        &Key::new("endpointslices", &key.namespace, &name),
        slice,
        &writer,
        false,
    );
}

/// A pod that is ending is never ready, but may still serve.
fn endpoint(pod: &Value) -> Value {
    let (ready, ending) = (is_ready(pod), is_ending(pod));
    json!({
        "addresses": [pod["status"]["podIP"]],
        "conditions": {"ready": ready && !ending, "serving": ready, "terminating": ending},
        "nodeName": pod["spec"]["nodeName"],
        "targetRef": {"kind": "Pod", "name": pod["metadata"]["name"], "namespace": pod["metadata"]["namespace"],
            "uid": pod["metadata"]["uid"]},
    })
}

/// The number behind a target port, which may be the name of a container's port.
fn target(port: &Value, pod: Option<&Value>) -> Value {
    let target = &port["targetPort"];
    let Some(name) = target.as_str() else {
        return target.clone();
    };
    let containers = pod
        .and_then(|pod| pod["spec"]["containers"].as_array())
        .into_iter()
        .flatten();
    let mut ports = containers.flat_map(|container| container["ports"].as_array().into_iter().flatten());
    ports
        .find(|port| port["name"] == name)
        .map_or(Value::Null, |port| port["containerPort"].clone())
}
