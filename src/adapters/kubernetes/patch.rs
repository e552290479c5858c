//! Partial objects laid over whole ones.
//!
//! As RFC 7386 has it: tables merge by key, null takes a key away, everything else is replaced. Lists of tables that all
//! have a `name` (containers, variables, volumes, ports) merge by that name, which is what people mean by them; an item
//! with `$patch: delete` takes its namesake away.

use serde_json::Value;

use super::names;
use crate::fault::{Fault, Result};

/// Lays `patches`, each with the file it comes from, over the objects of the same kind and name.
pub fn lay_over(objects: &mut [Value], patches: &[(String, Value)]) -> Result<()> {
    for (file, patch) in patches {
        let same = |object: &&mut Value| {
            let version = patch["apiVersion"].is_null() || patch["apiVersion"] == object["apiVersion"];
            version && names::kind(object) == names::kind(patch) && names::name(object) == names::name(patch)
        };
        let known: Vec<String> = objects.iter().map(names::described).collect();
        let Some(object) = objects.iter_mut().find(same) else {
            return Err(no_target(file, patch, &known));
        };
        merge(object, patch);
    }
    match patches.is_empty() {
        true => Ok(()),
        false => super::source::shaped(objects),
    }
}

fn no_target(file: &str, patch: &Value, known: &[String]) -> Fault {
    let described = super::trouble::clean(&names::described(patch));
    let message = match names::name(patch).is_empty() || names::kind(patch).is_empty() {
        true => format!("a patch of `{file}` lacks `kind` or `metadata.name`"),
        false => format!("`{file}` patches {described}, which is not among the objects"),
    };
    let fault = Fault::usage("patch-without-target", message).still("nothing was touched");
    match crate::config::nearest::nearest(&described, known.iter().map(String::as_str)) {
        Some(near) => fault.hint(format!("did you mean {near}?")),
        None => fault.hint(format!("the objects are {}", known.join(", "))),
    }
}

fn merge(onto: &mut Value, patch: &Value) {
    match (onto, patch) {
        (Value::Object(onto), Value::Object(patch)) => {
            for (key, value) in patch {
                match value {
                    Value::Null => drop(onto.remove(key)),
                    value => merge(onto.entry(key.clone()).or_insert(Value::Null), value),
                }
            }
        }
        (Value::Array(onto), Value::Array(patch)) if named(onto) && named(patch) => by_name(onto, patch),
        (onto, patch) => {
            *onto = Value::Null;
            if let Value::Object(_) = patch {
                // Nulls within a new table are taken away too.
                *onto = Value::Object(serde_json::Map::new());
                merge(onto, patch);
            } else {
                *onto = patch.clone();
            }
        }
    }
}

fn named(items: &[Value]) -> bool {
    !items.is_empty() && items.iter().all(|item| item["name"].is_string())
}

fn by_name(onto: &mut Vec<Value>, patch: &[Value]) {
    for item in patch {
        let at = onto.iter().position(|one| one["name"] == item["name"]);
        match (at, item["$patch"] == "delete") {
            (Some(at), true) => drop(onto.remove(at)),
            (None, true) => {}
            (Some(at), false) => merge(&mut onto[at], item),
            (None, false) => onto.push(item.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn deployment() -> Value {
        json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "shop" }, "spec": {
            "replicas": 2,
            "containers": [{ "name": "web", "image": "a", "args": ["x", "y"] }, { "name": "proxy", "image": "p" }],
            "template": { "spec": { "containers": [{ "name": "web" }] } },
        } })
    }

    fn patched(spec: Value) -> Value {
        let mut objects = [deployment()];
        let patch = json!({ "kind": "Deployment", "metadata": { "name": "shop" }, "spec": spec });
        lay_over(&mut objects, &[("k8s/patch.yaml".into(), patch)]).expect("a target");
        objects[0]["spec"].clone()
    }

    #[test]
    fn tables_merge_lists_are_replaced_and_named_items_merge_by_name() {
        let spec = patched(json!({
            "replicas": null,
            "paused": { "a": null, "b": 1 },
            "containers": [{ "name": "web", "args": ["z"] }, { "name": "proxy", "$patch": "delete" }, { "name": "new" }],
        }));
        let wanted = json!({
            "template": { "spec": { "containers": [{ "name": "web" }] } },
            "paused": { "b": 1 },
            "containers": [{ "name": "web", "image": "a", "args": ["z"] }, { "name": "new" }],
        });
        assert_eq!(spec, wanted);
    }

    #[test]
    fn a_patch_that_leaves_no_deployment_is_refused() {
        let patch = json!({ "kind": "Deployment", "metadata": { "name": "shop" }, "spec": { "template": "x" } });
        let fault = lay_over(&mut [deployment()], &[("p.yaml".into(), patch)]).expect_err("no template");
        assert_eq!(fault.message(), "deployment/shop has no table at `spec.template`");
    }

    #[test]
    fn a_patch_of_nothing_is_refused_with_the_nearest() {
        let patch = json!({ "kind": "Deployment", "metadata": { "name": "shopp" } });
        let fault = lay_over(&mut [deployment()], &[("p.yaml".into(), patch)]).expect_err("no target");
        assert_eq!(
            fault.message(),
            "`p.yaml` patches deployment/shopp, which is not among the objects"
        );
        assert_eq!(fault.hints(), ["did you mean deployment/shop?"]);
    }
}
