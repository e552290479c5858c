//! The controller of a gateway, as far as a route shows it: what it says of each HTTPRoute that names a Gateway. Simpler than
//! a real one: every Gateway that is named is there, no request passes through it, and a certain time passes before it has
//! looked.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::state::{State, controller};
use super::super::store::Key;
use super::is_ending;

/// What gateways of a cluster make of routes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gateway {
    /// Routes are accepted; one is looked at so long after it was changed.
    Takes(Duration),
    /// They are not, for this reason.
    Refuses { reason: String, message: String },
    /// Nobody looks at routes any more, and what was said stays.
    Silent,
}

pub fn step(state: &mut State) {
    let routes: Vec<(Key, Value)> = state
        .store
        .list("httproutes", "")
        .filter(|(_, route)| !is_ending(route))
        .map(|(key, route)| (key.clone(), route.clone()))
        .collect();
    for (key, route) in routes {
        let generation = route["metadata"]["generation"].as_i64().unwrap_or(0);
        let uid = route["metadata"]["uid"].as_str().unwrap_or_default().to_owned();
        let now = state.now();
        let (seen, at) = state.routes.entry(uid).or_insert((0, now));
        if *seen != generation {
            (*seen, *at) = (generation, now);
        }
        let since = now.duration_since(*at);
        let (accepted, reason, message) = match &state.gateway {
            Gateway::Silent => continue,
            Gateway::Takes(delay) if since.unsigned_abs() < *delay => continue,
            Gateway::Takes(_) => ("True", "Accepted".to_owned(), "Route is accepted".to_owned()),
            Gateway::Refuses { reason, message } => ("False", reason.clone(), message.clone()),
        };
        let unresolved = backends(&route).find(|name| {
            let service = Key::new("services", &key.namespace, name);
            state.store.get(&service).is_none()
        });
        let (resolved, why, what) = match unresolved {
            None => ("True", "ResolvedRefs", "All references are resolved".to_owned()),
            Some(name) => ("False", "BackendNotFound", format!("service \"{name}\" not found")),
        };
        let condition = |kind: &str, status: &str, reason: &str, message: &str| {
            json!({"type": kind, "status": status, "reason": reason, "message": message,
                "observedGeneration": generation, "lastTransitionTime": state.stamp()})
        };
        let parents = route["spec"]["parentRefs"].as_array().into_iter().flatten();
        let said: Vec<Value> = parents
            .map(|parent| {
                json!({"parentRef": parent, "controllerName": "example.com/gateway", "conditions": [
                    condition("Accepted", accepted, &reason, &message),
                    condition("ResolvedRefs", resolved, why, &what),
                ]})
            })
            .collect();
        let differs = |one: &Value, other: &Value| {
            ["status", "reason", "message", "observedGeneration"]
                .iter()
                .any(|key| (0..2).any(|at| one["conditions"][at][*key] != other["conditions"][at][*key]))
        };
        let before = route["status"]["parents"].as_array().cloned().unwrap_or_default();
        let same = before.len() == said.len() && !said.iter().zip(&before).any(|(one, other)| differs(one, other));
        if !same {
            let writer = controller("example-gateway", "gateway.networking.k8s.io/v1", "status");
            state.change(&key, &writer, |route| route["status"] = json!({"parents": said}));
        }
    }
}

fn backends(route: &Value) -> impl Iterator<Item = String> {
    let rules = route["spec"]["rules"].as_array().cloned().unwrap_or_default();
    let backends = rules
        .into_iter()
        .flat_map(|rule| rule["backendRefs"].as_array().cloned().unwrap_or_default());
    backends.filter_map(|backend| backend["name"].as_str().map(str::to_owned))
}
