//! What the server refuses as not valid: the commonest of its rules, with its field paths and texts.

use serde_json::Value;

use super::decode::canonical_quantity;
use super::failure::Cause;
use super::resources::Resource;
use super::selector::label_selector_takes;

const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', \
     and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
     '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start \
     and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is \
     '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const DNS_1035: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an \
     alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for \
     validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const LABEL_VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and \
     must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for \
     validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

fn is_label(text: &str) -> bool {
    let inside = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    (1..=63).contains(&text.len())
        && text.chars().all(|c| inside(c) || c == '-')
        && text.starts_with(inside)
        && text.ends_with(inside)
}

fn is_subdomain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_label)
}

fn is_label_value(text: &str) -> bool {
    let edge = |c: char| c.is_ascii_alphanumeric();
    text.is_empty()
        || (text.len() <= 63
            && text.chars().all(|c| edge(c) || "-_.".contains(c))
            && text.starts_with(edge)
            && text.ends_with(edge))
}

/// What is wrong with `new`, which replaces `old`.
pub fn causes(resource: &Resource, new: &Value, old: Option<&Value>) -> Vec<Cause> {
    let mut causes = Vec::new();
    metadata(resource, &new["metadata"], &mut causes);
    match resource.kind {
        "Deployment" | "ReplicaSet" => {
            workload(&new["spec"], &mut causes);
            immutable(new, old, &["spec", "selector"], &mut causes);
        }
        "Pod" => {
            pod_spec(&new["spec"], "spec", &mut causes);
            pod_update(new, old, &mut causes);
        }
        "Job" => job(new, old, &mut causes),
        "Service" => service(&new["spec"], &mut causes),
        "ConfigMap" | "Secret" => frozen(new, old, &mut causes),
        "HTTPRoute" => route(&new["spec"], &mut causes),
        "HorizontalPodAutoscaler" => autoscaler(&new["spec"], &mut causes),
        _ => {}
    }
    causes
}

fn metadata(resource: &Resource, metadata: &Value, causes: &mut Vec<Cause>) {
    let name = &metadata["name"];
    let text = name.as_str().unwrap_or_default();
    if text.is_empty() {
        causes.push(Cause::required("metadata.name", "name or generateName is required"));
    } else {
        let (good, rule) = match resource.kind {
            "Service" => (
                is_label(text) && text.starts_with(|c: char| c.is_ascii_lowercase()),
                DNS_1035,
            ),
            "Namespace" => (is_label(text), LABEL),
            "Role" | "RoleBinding" | "ClusterRole" | "ClusterRoleBinding" => (!text.contains('/'), SUBDOMAIN),
            _ => (is_subdomain(text), SUBDOMAIN),
        };
        if !good {
            let limit = if rule == SUBDOMAIN { 253 } else { 63 };
            let rule = if text.len() > limit {
                format!("must be no more than {limit} bytes")
            } else {
                rule.to_owned()
            };
            causes.push(Cause::invalid("metadata.name", name, &rule));
        }
    }
    label_values(&metadata["labels"], "metadata.labels", causes);
}

fn label_values(labels: &Value, field: &str, causes: &mut Vec<Cause>) {
    for value in labels.as_object().into_iter().flat_map(|labels| labels.values()) {
        let text = value.as_str().unwrap_or_default();
        if text.len() > 63 {
            causes.push(Cause::invalid(field, value, "must be no more than 63 bytes"));
        } else if !is_label_value(text) {
            causes.push(Cause::invalid(field, value, LABEL_VALUE));
        }
    }
}

/// Of the published definition of the kind: what weights and ports of backends may be.
fn route(spec: &Value, causes: &mut Vec<Cause>) {
    for (at, rule) in spec["rules"].as_array().into_iter().flatten().enumerate() {
        for (number, backend) in rule["backendRefs"].as_array().into_iter().flatten().enumerate() {
            let field = format!("spec.rules[{at}].backendRefs[{number}]");
            if backend["name"].as_str().unwrap_or_default().is_empty() {
                causes.push(Cause::required(format!("{field}.name"), ""));
            }
            let weight = &backend["weight"];
            if weight.as_i64().is_some_and(|weight| !(0..=1_000_000).contains(&weight)) {
                let detail = "should be less than or equal to 1000000";
                causes.push(Cause::invalid(format!("{field}.weight"), weight, detail));
            }
            if backend["kind"] == "Service" && backend["port"].is_null() {
                causes.push(Cause::invalid(field, backend, "Must have port for Service reference"));
            }
        }
    }
}

fn immutable(new: &Value, old: Option<&Value>, path: &[&str], causes: &mut Vec<Cause>) {
    let Some(old) = old else { return };
    let at = |object: &Value| path.iter().fold(object.clone(), |at, name| at[*name].clone());
    if at(new) != at(old) {
        causes.push(Cause::invalid(path.join("."), &at(new), "field is immutable"));
    }
}

fn workload(spec: &Value, causes: &mut Vec<Cause>) {
    if spec["replicas"].as_i64().is_some_and(|replicas| replicas < 0) {
        causes.push(Cause::invalid(
            "spec.replicas",
            &spec["replicas"],
            "must be greater than or equal to 0",
        ));
    }
    let selector = &spec["selector"];
    if selector.is_null() {
        causes.push(Cause::required("spec.selector", ""));
    } else if selector.as_object().is_some_and(serde_json::Map::is_empty) {
        causes.push(Cause::invalid(
            "spec.selector",
            selector,
            "empty selector is invalid for deployment",
        ));
    }
    let labels = &spec["template"]["metadata"]["labels"];
    if selector.is_null() || !label_selector_takes(selector, labels) {
        causes.push(Cause::invalid(
            "spec.template.metadata.labels",
            labels,
            "`selector` does not match template `labels`",
        ));
    }
    label_values(labels, "spec.template.labels", causes);
    pod_spec(&spec["template"]["spec"], "spec.template.spec", causes);
    let policy = &spec["template"]["spec"]["restartPolicy"];
    if policy != "Always" {
        causes.push(Cause::not_supported(
            "spec.template.spec.restartPolicy",
            policy,
            &["Always"],
        ));
    }
    let rolling = &spec["strategy"]["rollingUpdate"];
    let zero = |value: &Value| *value == 0 || *value == "0%" || *value == "0";
    if rolling.is_object() && zero(&rolling["maxUnavailable"]) && zero(&rolling["maxSurge"]) {
        causes.push(Cause::invalid(
            "spec.strategy.rollingUpdate.maxUnavailable",
            &rolling["maxUnavailable"],
            "may not be 0 when `maxSurge` is 0",
        ));
    }
    let (deadline, ready) = (
        spec["progressDeadlineSeconds"].as_i64(),
        spec["minReadySeconds"].as_i64(),
    );
    if let Some(deadline) = deadline
        && deadline <= ready.unwrap_or(0)
    {
        causes.push(Cause::invalid(
            "spec.progressDeadlineSeconds",
            &spec["progressDeadlineSeconds"],
            "must be greater than minReadySeconds",
        ));
    }
}

fn pod_spec(spec: &Value, at: &str, causes: &mut Vec<Cause>) {
    let volumes: Vec<&str> = spec["volumes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|volume| volume["name"].as_str())
        .collect();
    let containers = spec["containers"].as_array().map(Vec::as_slice).unwrap_or_default();
    if containers.is_empty() {
        causes.push(Cause::required(format!("{at}.containers"), ""));
    }
    let mut seen: Vec<&Value> = Vec::new();
    for (list, containers) in [
        ("containers", containers),
        (
            "initContainers",
            spec["initContainers"].as_array().map(Vec::as_slice).unwrap_or_default(),
        ),
    ] {
        for (number, container) in containers.iter().enumerate() {
            let at = format!("{at}.{list}[{number}]");
            let name = &container["name"];
            match name.as_str() {
                None | Some("") => causes.push(Cause::required(format!("{at}.name"), "")),
                Some(text) if !is_label(text) => causes.push(Cause::invalid(format!("{at}.name"), name, LABEL)),
                Some(_) if seen.contains(&name) => causes.push(Cause::duplicate(format!("{at}.name"), name)),
                Some(_) => seen.push(name),
            }
            container_fields(container, &at, &volumes, causes);
        }
    }
}

fn container_fields(container: &Value, at: &str, volumes: &[&str], causes: &mut Vec<Cause>) {
    let image = container["image"].as_str().unwrap_or_default();
    if image.is_empty() {
        causes.push(Cause::required(format!("{at}.image"), ""));
    } else if image.trim() != image {
        causes.push(Cause::invalid(
            format!("{at}.image"),
            &container["image"],
            "must not have leading or trailing whitespace",
        ));
    }
    for (number, port) in container["ports"].as_array().into_iter().flatten().enumerate() {
        let value = &port["containerPort"];
        if !value.as_i64().is_some_and(|port| (1..=65535).contains(&port)) {
            let field = format!("{at}.ports[{number}].containerPort");
            causes.push(Cause::invalid(field, value, "must be between 1 and 65535, inclusive"));
        }
    }
    for (number, variable) in container["env"].as_array().into_iter().flatten().enumerate() {
        if variable["name"].as_str().unwrap_or_default().is_empty() {
            causes.push(Cause::required(format!("{at}.env[{number}].name"), ""));
        }
    }
    for (number, mount) in container["volumeMounts"].as_array().into_iter().flatten().enumerate() {
        let name = mount["name"].as_str().unwrap_or_default();
        if !volumes.contains(&name) {
            causes.push(Cause {
                reason: "FieldValueNotFound",
                message: format!("Not found: {name:?}"),
                field: format!("{at}.volumeMounts[{number}].name"),
            });
        }
    }
    let resources = &container["resources"];
    for (name, request) in resources["requests"].as_object().into_iter().flatten() {
        let limit = &resources["limits"][name];
        let milli = |value: &Value| super::decode::quantity_milli(value.as_str().unwrap_or_default());
        if canonical_quantity(request.as_str().unwrap_or_default()).is_none() {
            continue;
        }
        if !limit.is_null() && milli(request) > milli(limit) {
            causes.push(Cause::invalid(
                format!("{at}.resources.requests"),
                request,
                &format!(
                    "must be less than or equal to {name} limit of {}",
                    limit.as_str().unwrap_or_default()
                ),
            ));
        }
    }
}

/// Of a pod that exists, little can be changed.
fn pod_update(new: &Value, old: Option<&Value>, causes: &mut Vec<Cause>) {
    let Some(old) = old else { return };
    let fixed = |pod: &Value| {
        let mut spec = pod["spec"].clone();
        for name in ["containers", "initContainers"] {
            for container in spec[name].as_array_mut().into_iter().flatten() {
                container["image"] = Value::Null;
            }
        }
        for name in [
            "activeDeadlineSeconds",
            "tolerations",
            "terminationGracePeriodSeconds",
            "nodeName",
        ] {
            spec[name] = Value::Null;
        }
        spec
    };
    if fixed(new) != fixed(old) {
        causes.push(Cause::forbidden(
            "spec",
            "pod updates may not change fields other than `spec.containers[*].image`,\
             `spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing \
             tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
        ));
    }
}

fn job(new: &Value, old: Option<&Value>, causes: &mut Vec<Cause>) {
    let spec = &new["spec"];
    pod_spec(&spec["template"]["spec"], "spec.template.spec", causes);
    let policy = &spec["template"]["spec"]["restartPolicy"];
    if policy == "Always" {
        causes.push(Cause {
            reason: "FieldValueNotSupported",
            message: "Required value: valid values: \"OnFailure\", \"Never\"".to_owned(),
            field: "spec.template.spec.restartPolicy".to_owned(),
        });
    }
    for path in ["selector", "template", "completions", "completionMode"] {
        immutable(new, old, &["spec", path], causes);
    }
}

fn service(spec: &Value, causes: &mut Vec<Cause>) {
    let ports = spec["ports"].as_array().map(Vec::as_slice).unwrap_or_default();
    if ports.is_empty() && spec["clusterIP"] != "None" && spec["type"] != "ExternalName" {
        causes.push(Cause::required("spec.ports", ""));
    }
    for (number, port) in ports.iter().enumerate() {
        let at = format!("spec.ports[{number}]");
        if ports.len() > 1 && port["name"].as_str().unwrap_or_default().is_empty() {
            causes.push(Cause::required(format!("{at}.name"), ""));
        }
        if !port["port"].as_i64().is_some_and(|port| (1..=65535).contains(&port)) {
            let field = format!("{at}.port");
            causes.push(Cause::invalid(
                field,
                &port["port"],
                "must be between 1 and 65535, inclusive",
            ));
        }
    }
}

/// A ConfigMap or Secret that was made immutable stays as it is.
fn frozen(new: &Value, old: Option<&Value>, causes: &mut Vec<Cause>) {
    let Some(old) = old.filter(|old| old["immutable"] == true) else {
        return;
    };
    if new["immutable"] != true {
        causes.push(Cause::forbidden(
            "immutable",
            "field is immutable when `immutable` is set",
        ));
    }
    for field in ["data", "binaryData"] {
        if new[field] != old[field] {
            causes.push(Cause::forbidden(field, "field is immutable when `immutable` is set"));
        }
    }
}

fn autoscaler(spec: &Value, causes: &mut Vec<Cause>) {
    let (least, most) = (
        spec["minReplicas"].as_i64().unwrap_or(1),
        spec["maxReplicas"].as_i64().unwrap_or(0),
    );
    if most < 1 {
        causes.push(Cause::invalid(
            "spec.maxReplicas",
            &spec["maxReplicas"],
            "must be greater than 0",
        ));
    } else if most < least {
        causes.push(Cause::invalid(
            "spec.maxReplicas",
            &spec["maxReplicas"],
            "must be greater than or equal to `minReplicas`",
        ));
    }
}
