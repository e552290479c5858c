//! What server-side apply must know of the kinds: which lists are merged by which keys, which lists are sets, and what is
//! replaced as a whole (`x-kubernetes-list-type`, `x-kubernetes-list-map-keys`, `x-kubernetes-map-type` of the published
//! OpenAPI documents). Simpler than the real one: a place is known by its last field names, not by its type.

use serde_json::{Value, json};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    Atomic,
    Set,
    Map(&'static [&'static str]),
}

/// How the list at a field is merged; `fields` are the names on the way, without the keys of list items.
pub fn list(kind: &str, fields: &[&str]) -> List {
    let (last, before) = match fields {
        [.., before, last] => (*last, *before),
        [last] => (*last, ""),
        [] => return List::Atomic,
    };
    let in_container = matches!(before, "containers" | "initContainers" | "ephemeralContainers");
    match (before, last) {
        ("metadata", "finalizers") => List::Set,
        ("metadata", "ownerReferences") => List::Map(&["uid"]),
        ("spec", "containers" | "initContainers" | "ephemeralContainers" | "volumes" | "schedulingGates") => {
            List::Map(&["name"])
        }
        ("spec", "imagePullSecrets" | "resourceClaims") if kind != "ServiceAccount" => List::Map(&["name"]),
        ("spec", "hostAliases") => List::Map(&["ip"]),
        ("spec", "topologySpreadConstraints") => List::Map(&["topologyKey", "whenUnsatisfiable"]),
        ("spec", "ports") if kind == "Service" => List::Map(&["port", "protocol"]),
        ("", "secrets") if kind == "ServiceAccount" => List::Map(&["name"]),
        ("status", "conditions") if kind != "Job" => List::Map(&["type"]),
        ("status", "podIPs") => List::Map(&["ip"]),
        (_, "env") if in_container => List::Map(&["name"]),
        (_, "ports") if in_container => List::Map(&["containerPort", "protocol"]),
        (_, "volumeMounts") if in_container => List::Map(&["mountPath"]),
        (_, "volumeDevices") if in_container => List::Map(&["devicePath"]),
        ("resources", "claims") => List::Map(&["name"]),
        _ => List::Atomic,
    }
}

/// Whether the object at a field is one value to its owner.
pub fn is_atomic_object(kind: &str, fields: &[&str]) -> bool {
    let Some(last) = fields.last() else { return false };
    let before = fields.len().checked_sub(2).map_or("", |at| fields[at]);
    match *last {
        "nodeSelector" | "ownerReferences" | "labelSelector" | "podSelector" | "namespaceSelector" => true,
        "selector" => kind != "PersistentVolume",
        "configMapKeyRef" | "secretKeyRef" | "fieldRef" | "resourceFieldRef" | "roleRef" | "scaleTargetRef" => {
            last != &"scaleTargetRef"
        }
        "secretRef" | "configMapRef" | "involvedObject" | "targetRef" => before != "envFrom",
        "imagePullSecrets" | "secrets" => true,
        "requiredDuringSchedulingIgnoredDuringExecution" => before == "nodeAffinity",
        _ => false,
    }
}

/// Whether a field holds a map with keys of the user's (labels, limits), not a structure.
pub fn is_map(kind: &str, fields: &[&str]) -> bool {
    let Some(last) = fields.last() else { return false };
    matches!(
        *last,
        "labels" | "annotations" | "limits" | "requests" | "hard" | "used" | "capacity" | "allocatable"
    ) || (matches!(kind, "ConfigMap" | "Secret") && matches!(fields, ["data" | "stringData" | "binaryData"]))
}

/// What a key of a list item is when the item does not name it.
pub fn key_default(key: &str) -> Option<Value> {
    (key == "protocol").then(|| json!("TCP"))
}
