//! Garbage: what has lost its owner goes; what is deleted in the foreground waits for what it owns; namespaces empty
//! themselves before they go.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::delete::{self, Options};
use super::super::state::{State, controller};
use super::super::store::Key;
use super::is_ending;

pub fn step(state: &mut State) {
    let uids: BTreeSet<String> = state.store.all().filter_map(|(_, object)| uid(object)).collect();
    let all: Vec<(Key, Value)> = state
        .store
        .all()
        .filter(|(key, object)| {
            object["metadata"]["ownerReferences"].is_array() || (is_ending(object) && key.plural != "pods")
        })
        .map(|(key, object)| (key.clone(), object.clone()))
        .collect();
    for (key, object) in &all {
        let owners = object["metadata"]["ownerReferences"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let present = |reference: &&Value| reference["uid"].as_str().is_some_and(|uid| uids.contains(uid));
        if !owners.is_empty() && !owners.iter().any(|reference| present(&reference)) && !is_ending(object) {
            delete::remove(state, key, &Options::default());
        }
        if is_ending(object) {
            match key.plural {
                "namespaces" => empty_namespace(state, key),
                _ => finalize(state, key, object),
            }
        }
    }
}

fn uid(object: &Value) -> Option<String> {
    object["metadata"]["uid"].as_str().map(str::to_owned)
}

fn dependents(state: &State, owner: &Value) -> Vec<(Key, Value)> {
    let uid = &owner["metadata"]["uid"];
    state
        .store
        .all()
        .filter(|(_, object)| {
            let owners = object["metadata"]["ownerReferences"].as_array();
            owners.into_iter().flatten().any(|reference| reference["uid"] == *uid)
        })
        .map(|(key, object)| (key.clone(), object.clone()))
        .collect()
}

fn finalize(state: &mut State, key: &Key, object: &Value) {
    let has = |name: &str| {
        let finalizers = object["metadata"]["finalizers"].as_array();
        finalizers.into_iter().flatten().any(|one| one == name)
    };
    let writer = controller("kube-controller-manager", &key.resource().api_version(), "");
    let done = if has("foregroundDeletion") {
        let owned = dependents(state, object);
        for (dependent, is) in &owned {
            if !is_ending(is) {
                let options = Options {
                    propagation: if dependent.plural == "pods" {
                        String::new()
                    } else {
                        "Foreground".to_owned()
                    },
                    ..Options::default()
                };
                delete::remove(state, dependent, &options);
            }
        }
        owned.is_empty().then_some("foregroundDeletion")
    } else if has("orphan") {
        for (dependent, _) in dependents(state, object) {
            state.change(&dependent, &writer, |dependent| {
                let owners = dependent["metadata"]["ownerReferences"].as_array_mut();
                owners
                    .expect("a dependent has owners")
                    .retain(|reference| reference["uid"] != object["metadata"]["uid"]);
            });
        }
        Some("orphan")
    } else {
        None
    };
    if let Some(finalizer) = done {
        state.change(key, &writer, |object| {
            let finalizers = object["metadata"]["finalizers"].as_array_mut();
            finalizers.expect("it has this one").retain(|one| one != finalizer);
        });
    }
}

fn empty_namespace(state: &mut State, key: &Key) {
    let inside: Vec<(Key, Value)> = state
        .store
        .all()
        .filter(|(inner, _)| inner.namespace == key.name)
        .map(|(key, object)| (key.clone(), object.clone()))
        .collect();
    if inside.is_empty() {
        state.store.remove(key);
    }
    for (inner, object) in inside {
        if !is_ending(&object) {
            delete::remove(state, &inner, &Options::default());
        }
    }
}
