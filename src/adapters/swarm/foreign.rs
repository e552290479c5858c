//! What somebody else changed: a service's specification as it is, compared with fingerprints of what we wrote.
//!
//! Fingerprints are kept by part in a label, so that a change can be told in words and no value needs to be kept. What is
//! our own bookkeeping (labels of the service, how updates are done, the counter that forces restarts) is no part of it.

use std::collections::BTreeMap;

use bollard::models::{ServiceSpec, TaskSpecContainerSpec};
use serde::Serialize;
use serde_json::{Value, json};

use crate::adapters::docker::connect::plain;

/// A fingerprint is this many hex digits: enough to notice a change, too few to guess a value from.
const DIGITS: usize = 8;

/// So many differences are told.
const MOST: usize = 5;

/// Fingerprints by part. Parts that read well and are no secret are kept as they are.
pub fn fingerprints(spec: &ServiceSpec, secret_env: &[&str]) -> BTreeMap<String, String> {
    let mut parts = BTreeMap::new();
    let mut part = |name: &str, value: Value| {
        let value = normal(value);
        if !value.is_null() {
            parts.insert(name.to_owned(), digest(&value));
        }
    };
    let task = spec.task_template.clone().unwrap_or_default();
    let container = task.container_spec.clone().unwrap_or_default();
    part("command", json!([container.command, container.args, container.dir]));
    part("user", json!(container.user));
    part("mounts", json!(container.mounts));
    // The check of health is no part: it can be written and not be read, see [`super::names::CHECK`].
    part("grace period", json!(container.stop_grace_period));
    part("read-only root", json!([container.read_only, container.init]));
    part("task labels", json!(container.labels));
    part("secrets", file_names(json!(container.secrets)));
    part("configs", file_names(json!(container.configs)));
    part("resources", json!(task.resources));
    part(
        "constraints",
        json!(task.placement.as_ref().map(|placement| &placement.constraints)),
    );
    part(
        "placement",
        json!(
            task.placement
                .as_ref()
                .map(|placement| (&placement.preferences, placement.max_replicas))
        ),
    );
    part("networks", json!(task.networks));
    part(
        "ports",
        json!(spec.endpoint_spec.as_ref().map(|endpoint| &endpoint.ports)),
    );
    parts.extend(variables(&container, secret_env));
    parts.insert("image".into(), container.image.unwrap_or_default());
    if let Some(replicas) = replicas(spec) {
        parts.insert("replicas".into(), replicas.to_string());
    }
    parts
}

/// One part for each variable; those that are secrets by name only.
fn variables(container: &TaskSpecContainerSpec, secret: &[&str]) -> BTreeMap<String, String> {
    let pairs = container
        .env
        .iter()
        .flatten()
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs
        .map(|(name, value)| match secret.contains(&name) {
            true => (format!("secret {name}"), String::new()),
            false => (format!("env {name}"), digest(&value)),
        })
        .collect()
}

pub fn replicas(spec: &ServiceSpec) -> Option<i64> {
    spec.mode.as_ref()?.replicated.as_ref()?.replicas
}

fn digest(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).unwrap_or_default();
    blake3::hash(text.as_bytes()).to_hex()[..DIGITS].to_owned()
}

/// References to secrets and configs by their names: ids change when the same content is made again.
fn file_names(value: Value) -> Value {
    let mut value = value;
    for item in value.as_array_mut().into_iter().flatten() {
        if let Some(fields) = item.as_object_mut() {
            fields.remove("SecretID");
            fields.remove("ConfigID");
        }
    }
    if let Some(items) = value.as_array_mut() {
        items.sort_by_key(Value::to_string);
    }
    value
}

/// What engines fill in where nothing was said, and what they leave out where nothing is, is all nothing.
fn normal(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: serde_json::Map<String, Value> = fields
                .into_iter()
                .map(|(name, value)| (name, normal(value)))
                .filter(|(_, value)| !value.is_null())
                .collect();
            if fields.is_empty() {
                Value::Null
            } else {
                Value::Object(fields)
            }
        }
        Value::Array(items) => {
            let items: Vec<Value> = items.into_iter().map(normal).collect();
            if items.iter().all(Value::is_null) {
                Value::Null
            } else {
                Value::Array(items)
            }
        }
        Value::String(text) if text.is_empty() => Value::Null,
        Value::Bool(false) => Value::Null,
        Value::Number(number) if number.as_f64() == Some(0.0) => Value::Null,
        other => other,
    }
}

/// The label's text.
pub fn label(parts: &BTreeMap<String, String>) -> String {
    serde_json::to_string(parts).unwrap_or_default()
}

/// The difference in words; `None` where nobody but us had a hand in it, or nothing is known of what we wrote.
pub fn change(name: &str, label: Option<&String>, actual: &ServiceSpec) -> Option<String> {
    let wrote: BTreeMap<String, String> = serde_json::from_str(label?).ok()?;
    let secret: Vec<&str> = wrote.keys().filter_map(|part| part.strip_prefix("secret ")).collect();
    let now = fingerprints(actual, &secret);
    let mut words = Vec::new();
    for (part, value) in &now {
        let plainly = part == "image" || part == "replicas";
        match wrote.get(part) {
            Some(before) if before == value => {}
            Some(before) if plainly => words.push(format!("{part} {} is now {}", plain(before), plain(value))),
            Some(_) => words.push(format!("{} changed", plain(part))),
            None => words.push(format!("{} was added", plain(part))),
        }
    }
    let gone = wrote.keys().filter(|part| !now.contains_key(*part));
    words.extend(gone.map(|part| format!("{} was removed", plain(part))));
    if words.is_empty() {
        return None;
    }
    let more = words.len().saturating_sub(MOST);
    words.truncate(MOST);
    if more > 0 {
        words.push(format!("{more} more"));
    }
    Some(format!("`{name}`: {}", words.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(value: Value) -> ServiceSpec {
        serde_json::from_value(value).expect("a specification")
    }

    fn ours() -> Value {
        json!({
            "Name": "shop-production",
            "TaskTemplate": { "ContainerSpec": { "Image": "shop@sha256:1", "Env": ["A=1", "TOKEN=hunter2"] } },
            "Mode": { "Replicated": { "Replicas": 3 } },
        })
    }

    #[test]
    fn what_the_engine_fills_in_is_no_change_and_what_people_do_is() {
        let parts = fingerprints(&spec(ours()), &["TOKEN"]);
        let label = label(&parts);
        assert!(!label.contains("hunter2"), "{label}");
        let mut filled = ours();
        filled["TaskTemplate"]["Runtime"] = "container".into();
        filled["TaskTemplate"]["ForceUpdate"] = 3.into();
        filled["TaskTemplate"]["Resources"] = json!({ "Limits": {}, "Reservations": {} });
        filled["TaskTemplate"]["ContainerSpec"]["Isolation"] = "default".into();
        filled["EndpointSpec"] = json!({ "Mode": "vip" });
        filled["UpdateConfig"] = json!({ "Parallelism": 7 });
        filled["Labels"] = json!({ "somebody": "else" });
        assert_eq!(change("x", Some(&label), &spec(filled.clone())), None);
        assert_eq!(change("x", None, &spec(filled.clone())), None);
        filled["Mode"]["Replicated"]["Replicas"] = 5.into();
        filled["TaskTemplate"]["ContainerSpec"]["Image"] = "shop:latest".into();
        filled["TaskTemplate"]["ContainerSpec"]["Env"] = json!(["A=2", "B=1"]);
        assert_eq!(
            change("x", Some(&label), &spec(filled)).expect("a change"),
            "`x`: env A changed, env B was added, image shop@sha256:1 is now shop:latest, replicas 3 is now 5, \
             secret TOKEN was removed"
        );
    }
}
