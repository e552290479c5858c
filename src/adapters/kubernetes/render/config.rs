//! What pods read when they start: variables, secrets, volumes, and whom they are.

use serde_json::{Map, Value, json};

use super::Input;
use crate::adapters::kubernetes::names;

/// Objects that are there before the first pod. Those with variables and secrets are named by a hash of their content and
/// never change: a release that is brought back finds its own.
pub fn objects(input: &Input<'_>) -> Vec<Value> {
    let mut objects = Vec::new();
    if input.options.service_account.is_none() {
        let rest = json!({ "automountServiceAccountToken": false });
        objects.push(input.object("v1", "ServiceAccount", &account(input), rest));
    }
    for volume in &input.spec.volumes {
        objects.push(claim(input, volume));
    }
    if let Some(name) = variables_name(input) {
        let rest = json!({ "immutable": true, "data": input.spec.env });
        objects.push(input.object("v1", "ConfigMap", &name, rest));
    }
    if let Some(name) = secret_name(input) {
        objects.push(secret(input, &name));
    }
    objects
}

pub fn account(input: &Input<'_>) -> String {
    match &input.options.service_account {
        Some(name) => name.clone(),
        None => names::bounded(input.base()),
    }
}

/// The ConfigMap of the variables.
pub fn variables_name(input: &Input<'_>) -> Option<String> {
    let env = &input.spec.env;
    (!env.is_empty()).then(|| hashed(input, "env", &json!(env)))
}

/// The Secret of the values, named by their versions, which are keyed hashes.
pub fn secret_name(input: &Input<'_>) -> Option<String> {
    let spec = input.spec;
    let versions: Map<String, Value> = spec
        .secrets
        .keys()
        .map(|name| (name.clone(), json!(spec.secret_versions.get(name))))
        .collect();
    (!versions.is_empty()).then(|| hashed(input, "secrets", &json!(versions)))
}

fn hashed(input: &Input<'_>, what: &str, content: &Value) -> String {
    let hash = blake3::hash(content.to_string().as_bytes()).to_hex();
    names::bounded(&format!("{}-{what}-{}", input.base(), &hash[..10]))
}

/// A Secret without its values: they join it on the way to the API server alone.
fn secret(input: &Input<'_>, name: &str) -> Value {
    let placeholders: Map<String, Value> = input
        .spec
        .secrets
        .keys()
        .map(|key| {
            let version = input.spec.secret_versions.get(key).map_or("unread", String::as_str);
            (key.clone(), json!(format!("<version {version}>")))
        })
        .collect();
    let rest = json!({ "type": "Opaque", "immutable": true, "stringData": placeholders });
    input.object("v1", "Secret", name, rest)
}

pub fn claim_name(input: &Input<'_>, volume: &str) -> String {
    let word: String = volume
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    names::bounded(&format!("{}-{}", input.base(), word.trim_matches('-')))
}

fn claim(input: &Input<'_>, volume: &str) -> Value {
    let wanted = &input.options.volume;
    let mode = if wanted.shared() {
        "ReadWriteMany"
    } else {
        "ReadWriteOnce"
    };
    let spec = json!({
        "accessModes": [mode],
        "storageClassName": wanted.class,
        "resources": { "requests": { "storage": wanted.size.as_deref().unwrap_or("1Gi") } },
    });
    input.object(
        "v1",
        "PersistentVolumeClaim",
        &claim_name(input, volume),
        json!({ "spec": spec }),
    )
}
