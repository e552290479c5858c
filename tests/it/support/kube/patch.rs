//! The patches that are not an apply: merge patch (RFC 7386), JSON patch (RFC 6902) and the strategic merge of lists by
//! their keys. Of the strategic form, deletion of items (`$patch: delete`) is known and orders (`$setElementOrder`) are not.

use serde_json::{Value, json};

use super::failure::{Answer, Failure};
use super::schema::{self, List};

pub fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(entries) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    for (name, entry) in entries {
        if entry.is_null() {
            target.as_object_mut().expect("made one above").remove(name);
        } else {
            merge(&mut target[name], entry);
        }
    }
}

pub fn strategic(kind: &str, target: &mut Value, patch: &Value) {
    strategic_at(kind, target, patch, &mut Vec::new());
}

fn strategic_at<'patch>(kind: &str, target: &mut Value, patch: &'patch Value, path: &mut Vec<&'patch str>) {
    match patch {
        Value::Object(entries) => {
            if !target.is_object() {
                *target = json!({});
            }
            for (name, entry) in entries.iter().filter(|(name, _)| !name.starts_with('$')) {
                if entry.is_null() {
                    target.as_object_mut().expect("made one above").remove(name);
                    continue;
                }
                path.push(name);
                strategic_at(kind, &mut target[name], entry, path);
                path.pop();
            }
        }
        Value::Array(items) => match schema::list(kind, path) {
            List::Map(keys) if target.is_array() => {
                let key = keys[0];
                let existing = target.as_array_mut().expect("checked above");
                for item in items {
                    if item["$patch"] == "delete" {
                        existing.retain(|one| one[key] != item[key]);
                    } else if let Some(one) = existing.iter_mut().find(|one| one[key] == item[key]) {
                        strategic_at(kind, one, item, path);
                    } else {
                        existing.push(item.clone());
                    }
                }
            }
            List::Set if target.is_array() => {
                let existing = target.as_array_mut().expect("checked above");
                for item in items {
                    if !existing.contains(item) {
                        existing.push(item.clone());
                    }
                }
            }
            _ => *target = patch.clone(),
        },
        _ => *target = patch.clone(),
    }
}

/// JSON patch: `add`, `replace`, `remove` and `test`.
pub fn operations(target: &mut Value, patch: &Value) -> Answer<()> {
    let refused = |why: String| Failure::new(422, "Invalid", format!("the server rejected our request: {why}"));
    for operation in patch.as_array().into_iter().flatten() {
        let path = operation["path"].as_str().unwrap_or_default();
        let value = operation["value"].clone();
        match operation["op"].as_str() {
            Some("test") => {
                if target.pointer(path) != Some(&value) {
                    return Err(refused(format!("testing path {path} failed")));
                }
            }
            Some("replace") => match target.pointer_mut(path) {
                Some(at) => *at = value,
                None => {
                    return Err(refused(format!(
                        "replace operation does not apply: doc is missing key: {path}"
                    )));
                }
            },
            Some(word @ ("add" | "remove")) => {
                let (parent, last) = path.rsplit_once('/').unwrap_or_default();
                let last = last.replace("~1", "/").replace("~0", "~");
                let Some(parent) = target.pointer_mut(parent) else {
                    return Err(refused(format!(
                        "{word} operation does not apply: doc is missing path: {path}"
                    )));
                };
                change_child(parent, &last, (word == "add").then_some(value));
            }
            other => return Err(refused(format!("unknown operation {other:?}"))),
        }
    }
    Ok(())
}

fn change_child(parent: &mut Value, name: &str, value: Option<Value>) {
    match (parent, value) {
        (Value::Array(items), Some(value)) => {
            let at = name.parse().unwrap_or(items.len()).min(items.len());
            items.insert(at, value);
        }
        (Value::Array(items), None) => {
            if let Some(at) = name.parse::<usize>().ok().filter(|at| *at < items.len()) {
                items.remove(at);
            }
        }
        (Value::Object(entries), Some(value)) => {
            entries.insert(name.to_owned(), value);
        }
        (Value::Object(entries), None) => {
            entries.remove(name);
        }
        _ => {}
    }
}
