//! Quotas: how much of each is used, as their status tells. What they refuse is decided in `rules`.

use serde_json::{Map, Value, json};

use super::super::rules::quota_used;
use super::super::state::{State, controller};
use super::super::store::Key;

pub fn step(state: &mut State) {
    let quotas: Vec<(Key, Value)> = state
        .store
        .list("resourcequotas", "")
        .map(|(key, quota)| (key.clone(), quota.clone()))
        .collect();
    for (key, quota) in quotas {
        let hard = quota["spec"]["hard"].as_object().cloned().unwrap_or_default();
        let used: Map<String, Value> = hard
            .keys()
            .map(|item| (item.clone(), quota_used(&state.store, &key.namespace, item).into()))
            .collect();
        let status = json!({"hard": hard, "used": used});
        if status != quota["status"] {
            state.change(&key, &controller("kube-controller-manager", "v1", "status"), |quota| {
                quota["status"] = status
            });
        }
    }
}
