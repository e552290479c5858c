//! What the server fills in where a document says nothing.

use serde_json::{Value, json};

use super::decode::{canonical_quantity, drop_nulls};
use super::resources::Resource;

/// Sets `object[name]` if it is not there.
fn fill(object: &mut Value, name: &str, value: Value) {
    if object.get(name).is_none_or(Value::is_null) {
        object[name] = value;
    }
}

/// Fills in defaults and brings values into the form in which they are stored.
pub fn complete(resource: &Resource, object: &mut Value) {
    fill_in(resource, object);
    drop_nulls(object);
    drop_empty(object);
}

/// Lists and maps with nothing in them are not stored; structures without a field are.
fn drop_empty(value: &mut Value) {
    const MAPS: [&str; 8] = [
        "annotations",
        "data",
        "labels",
        "limits",
        "matchLabels",
        "nodeSelector",
        "requests",
        "stringData",
    ];
    match value {
        Value::Object(entries) => {
            entries.values_mut().for_each(drop_empty);
            entries.retain(|name, entry| match entry {
                Value::Array(items) => !items.is_empty(),
                Value::Object(entries) => !entries.is_empty() || !MAPS.contains(&name.as_str()),
                _ => true,
            });
        }
        Value::Array(items) => items.iter_mut().for_each(drop_empty),
        _ => {}
    }
}

fn fill_in(resource: &Resource, object: &mut Value) {
    match resource.kind {
        "Deployment" => deployment(&mut object["spec"]),
        "ReplicaSet" => {
            fill(&mut object["spec"], "replicas", json!(1));
            template(&mut object["spec"]["template"]);
        }
        "StatefulSet" | "DaemonSet" => template(&mut object["spec"]["template"]),
        "Pod" => pod_spec(&mut object["spec"], true),
        "Job" => job(&mut object["spec"]),
        "CronJob" => {
            let spec = &mut object["spec"];
            fill(spec, "concurrencyPolicy", json!("Allow"));
            fill(spec, "suspend", json!(false));
            fill(spec, "successfulJobsHistoryLimit", json!(3));
            fill(spec, "failedJobsHistoryLimit", json!(1));
            template(&mut spec["jobTemplate"]["spec"]["template"]);
        }
        "Service" => service(&mut object["spec"]),
        "Secret" => secret(object),
        "Namespace" => {
            let name = object["metadata"]["name"].clone();
            object["metadata"]["labels"]["kubernetes.io/metadata.name"] = name;
            object["spec"] = json!({"finalizers": ["kubernetes"]});
            object["status"] = json!({"phase": "Active"});
        }
        "HorizontalPodAutoscaler" => fill(&mut object["spec"], "minReplicas", json!(1)),
        "HTTPRoute" => route(&mut object["spec"]),
        "ResourceQuota" => quantities(&mut object["spec"]["hard"]),
        _ => {}
    }
}

fn deployment(spec: &mut Value) {
    fill(spec, "replicas", json!(1));
    fill(spec, "revisionHistoryLimit", json!(10));
    fill(spec, "progressDeadlineSeconds", json!(600));
    fill(spec, "strategy", json!({}));
    fill(&mut spec["strategy"], "type", json!("RollingUpdate"));
    if spec["strategy"]["type"] == "RollingUpdate" {
        fill(&mut spec["strategy"], "rollingUpdate", json!({}));
        fill(&mut spec["strategy"]["rollingUpdate"], "maxUnavailable", json!("25%"));
        fill(&mut spec["strategy"]["rollingUpdate"], "maxSurge", json!("25%"));
    }
    template(&mut spec["template"]);
}

fn job(spec: &mut Value) {
    if spec["completions"].is_null() && spec["parallelism"].is_null() {
        spec["completions"] = json!(1);
    }
    fill(spec, "parallelism", json!(1));
    fill(spec, "backoffLimit", json!(6));
    fill(spec, "completionMode", json!("NonIndexed"));
    fill(spec, "suspend", json!(false));
    fill(spec, "podReplacementPolicy", json!("TerminatingOrFailed"));
    template(&mut spec["template"]);
}

fn template(template: &mut Value) {
    fill(template, "metadata", json!({}));
    pod_spec(&mut template["spec"], false);
}

fn pod_spec(spec: &mut Value, of_pod: bool) {
    fill(spec, "restartPolicy", json!("Always"));
    fill(spec, "terminationGracePeriodSeconds", json!(30));
    fill(spec, "dnsPolicy", json!("ClusterFirst"));
    fill(spec, "securityContext", json!({}));
    fill(spec, "schedulerName", json!("default-scheduler"));
    if let Some(account) = spec["serviceAccountName"].as_str().map(str::to_owned) {
        // The name of long ago is kept equal to the one of today.
        fill(spec, "serviceAccount", json!(account));
    }
    if of_pod {
        fill(spec, "serviceAccountName", json!("default"));
        fill(spec, "serviceAccount", json!("default"));
        fill(spec, "enableServiceLinks", json!(true));
    }
    for name in ["containers", "initContainers"] {
        spec[name].as_array_mut().into_iter().flatten().for_each(container);
    }
    for volume in spec["volumes"].as_array_mut().into_iter().flatten() {
        for source in ["configMap", "secret", "projected"] {
            if volume.get(source).is_some() {
                fill(&mut volume[source], "defaultMode", json!(420));
            }
        }
    }
}

fn container(container: &mut Value) {
    let image = container["image"].as_str().unwrap_or_default();
    let tag = image.rsplit('/').next().unwrap_or_default();
    let moving = !tag.contains('@') && (!tag.contains(':') || tag.ends_with(":latest"));
    fill(
        container,
        "imagePullPolicy",
        json!(if moving { "Always" } else { "IfNotPresent" }),
    );
    fill(container, "terminationMessagePath", json!("/dev/termination-log"));
    fill(container, "terminationMessagePolicy", json!("File"));
    fill(container, "resources", json!({}));
    for name in ["limits", "requests"] {
        if container["resources"].get(name).is_some() {
            quantities(&mut container["resources"][name]);
        }
    }
    // What is limited and asks for nothing asks for its limit.
    if let Some(limits) = container["resources"]["limits"].as_object().cloned() {
        let is_pod_like = container["resources"]["requests"].is_object();
        for (name, value) in limits.into_iter().filter(|_| is_pod_like) {
            fill(&mut container["resources"]["requests"], &name, value);
        }
    }
    for port in container["ports"].as_array_mut().into_iter().flatten() {
        fill(port, "protocol", json!("TCP"));
    }
    for variable in container["env"].as_array_mut().into_iter().flatten() {
        if variable["value"] == ""
            && let Some(entries) = variable.as_object_mut()
        {
            entries.remove("value");
        }
        if variable["valueFrom"]["fieldRef"].is_object() {
            fill(&mut variable["valueFrom"]["fieldRef"], "apiVersion", json!("v1"));
        }
    }
    for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if container.get(name).is_some_and(Value::is_object) {
            probe(&mut container[name]);
        }
    }
    if let Some(hook) = container["lifecycle"].as_object().cloned() {
        for name in hook.keys() {
            if container["lifecycle"][name]["httpGet"].is_object() {
                fill(&mut container["lifecycle"][name]["httpGet"], "scheme", json!("HTTP"));
            }
        }
    }
}

fn probe(probe: &mut Value) {
    fill(probe, "timeoutSeconds", json!(1));
    fill(probe, "periodSeconds", json!(10));
    fill(probe, "successThreshold", json!(1));
    fill(probe, "failureThreshold", json!(3));
    if probe.get("httpGet").is_some_and(Value::is_object) {
        fill(&mut probe["httpGet"], "path", json!("/"));
        fill(&mut probe["httpGet"], "scheme", json!("HTTP"));
    }
    if probe["initialDelaySeconds"] == 0 || probe["initialDelaySeconds"].is_null() {
        probe
            .as_object_mut()
            .expect("a probe is an object")
            .remove("initialDelaySeconds");
    }
}

fn service(spec: &mut Value) {
    fill(spec, "type", json!("ClusterIP"));
    fill(spec, "sessionAffinity", json!("None"));
    fill(spec, "internalTrafficPolicy", json!("Cluster"));
    fill(spec, "ipFamilies", json!(["IPv4"]));
    fill(spec, "ipFamilyPolicy", json!("SingleStack"));
    for port in spec["ports"].as_array_mut().into_iter().flatten() {
        fill(port, "protocol", json!("TCP"));
        let number = port["port"].clone();
        fill(port, "targetPort", number);
    }
}

/// The defaults of the published definition of the kind.
fn route(spec: &mut Value) {
    for parent in spec["parentRefs"].as_array_mut().into_iter().flatten() {
        fill(parent, "group", json!("gateway.networking.k8s.io"));
        fill(parent, "kind", json!("Gateway"));
    }
    for rule in spec["rules"].as_array_mut().into_iter().flatten() {
        fill(rule, "matches", json!([{"path": {"type": "PathPrefix", "value": "/"}}]));
        for backend in rule["backendRefs"].as_array_mut().into_iter().flatten() {
            fill(backend, "group", json!(""));
            fill(backend, "kind", json!("Service"));
            fill(backend, "weight", json!(1));
        }
    }
}

fn secret(object: &mut Value) {
    use base64::Engine;
    fill(object, "type", json!("Opaque"));
    let Some(texts) = object.as_object_mut().and_then(|object| object.remove("stringData")) else {
        return;
    };
    for (name, text) in texts.as_object().into_iter().flatten() {
        let encoded = base64::engine::general_purpose::STANDARD.encode(text.as_str().unwrap_or_default());
        object["data"][name] = encoded.into();
    }
}

fn quantities(map: &mut Value) {
    for value in map.as_object_mut().into_iter().flat_map(|map| map.values_mut()) {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        *value = canonical_quantity(&text).unwrap_or(text).into();
    }
}
