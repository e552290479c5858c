//! Sets of fields, as `managedFields` records them in the `FieldsV1` format.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::schema::{self, List};

/// One step from an object to a field of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Field(String),
    /// An item of a list by its keys: a JSON object with sorted names.
    Key(String),
    /// An item of a set by its value, as JSON.
    Value(String),
}

pub type Path = Vec<Step>;
pub type Fields = BTreeSet<Path>;

impl Step {
    fn encode(&self) -> String {
        match self {
            Step::Field(name) => format!("f:{name}"),
            Step::Key(keys) => format!("k:{keys}"),
            Step::Value(value) => format!("v:{value}"),
        }
    }

    fn decode(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(':')?;
        Some(match kind {
            "f" => Step::Field(rest.to_owned()),
            "k" => Step::Key(rest.to_owned()),
            "v" => Step::Value(rest.to_owned()),
            _ => return None,
        })
    }
}

/// The names of fields on a path, which is what a schema goes by.
pub fn names(path: &[Step]) -> Vec<&str> {
    path.iter()
        .filter_map(|step| match step {
            Step::Field(name) => Some(name.as_str()),
            _ => None,
        })
        .collect()
}

/// `.spec.containers[name="app"].image`: the form of messages.
pub fn display(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Field(name) => {
                text.push('.');
                text.push_str(name);
            }
            Step::Key(keys) => {
                let keys: Map<String, Value> = serde_json::from_str(keys).unwrap_or_default();
                let keys: Vec<String> = keys.iter().map(|(name, value)| format!("{name}={value}")).collect();
                text.push_str(&format!("[{}]", keys.join(",")));
            }
            Step::Value(value) => text.push_str(&format!("[={value}]")),
        }
    }
    text
}

pub fn encode(fields: &Fields) -> Value {
    let mut root = json!({});
    for path in fields {
        let mut at = &mut root;
        for step in path {
            at = at
                .as_object_mut()
                .expect("a node is an object")
                .entry(step.encode())
                .or_insert_with(|| json!({}));
        }
        at["."] = json!({});
    }
    drop_dots_of_leaves(&mut root);
    root
}

fn drop_dots_of_leaves(node: &mut Value) {
    let Some(children) = node.as_object_mut() else { return };
    if children.len() == 1 {
        children.remove(".");
    }
    for (name, child) in children {
        if name != "." {
            drop_dots_of_leaves(child);
        }
    }
}

pub fn decode(value: &Value) -> Fields {
    let mut fields = Fields::new();
    collect(value, &mut Path::new(), &mut fields);
    fields
}

fn collect(node: &Value, path: &mut Path, fields: &mut Fields) {
    let Some(children) = node.as_object() else { return };
    if children.is_empty() && !path.is_empty() {
        fields.insert(path.clone());
    }
    for (name, child) in children {
        if name == "." {
            fields.insert(path.clone());
        } else if let Some(step) = Step::decode(name) {
            path.push(step);
            collect(child, path, fields);
            path.pop();
        }
    }
}

/// The step to an item of a list.
pub fn item_step(list: List, item: &Value) -> Option<Step> {
    match list {
        List::Atomic => None,
        List::Set => Some(Step::Value(item.to_string())),
        List::Map(keys) => {
            let mut of_item = Map::new();
            for key in keys {
                let value = item.get(*key).cloned().or_else(|| schema::key_default(key))?;
                of_item.insert((*key).to_owned(), value);
            }
            of_item.sort_keys();
            Some(Step::Key(Value::Object(of_item).to_string()))
        }
    }
}

/// What of an object nobody can own.
fn is_unowned(path: &[Step]) -> bool {
    let names = names(path);
    match names[..] {
        ["apiVersion" | "kind"] => true,
        ["metadata", name] => matches!(
            name,
            "name"
                | "namespace"
                | "uid"
                | "resourceVersion"
                | "generation"
                | "creationTimestamp"
                | "deletionTimestamp"
                | "deletionGracePeriodSeconds"
                | "managedFields"
                | "selfLink"
        ),
        _ => false,
    }
}

/// The fields that an object has: leaves, list items and entries of maps. With `containers`, also the objects and lists
/// that hold them, which is how a plain write owns what it adds.
pub fn of(kind: &str, object: &Value, containers: bool) -> Fields {
    let mut fields = Fields::new();
    walk(kind, object, &mut Path::new(), containers, &mut fields);
    fields
}

fn walk(kind: &str, value: &Value, path: &mut Path, containers: bool, fields: &mut Fields) {
    if is_unowned(path) {
        return;
    }
    let leaf = match value {
        Value::Object(entries) => entries.is_empty() || schema::is_atomic_object(kind, &names(path)),
        Value::Array(items) => items.is_empty() || schema::list(kind, &names(path)) == List::Atomic,
        _ => true,
    };
    let is_item = matches!(path.last(), Some(Step::Key(_) | Step::Value(_)));
    let adds_itself = containers && path.len() > 1;
    if (leaf || is_item || adds_itself) && !path.is_empty() {
        fields.insert(path.clone());
    }
    if leaf {
        return;
    }
    match value {
        Value::Object(entries) => {
            for (name, entry) in entries {
                path.push(Step::Field(name.clone()));
                walk(kind, entry, path, containers, fields);
                path.pop();
            }
        }
        Value::Array(items) => {
            let list = schema::list(kind, &names(path));
            for item in items {
                let Some(step) = item_step(list, item) else { continue };
                path.push(step);
                walk(kind, item, path, containers, fields);
                path.pop();
            }
        }
        _ => {}
    }
}

/// The value at a path.
pub fn get<'value>(kind: &str, object: &'value Value, path: &[Step]) -> Option<&'value Value> {
    let mut at = object;
    for (depth, step) in path.iter().enumerate() {
        at = match step {
            Step::Field(name) => at.get(name)?,
            step => {
                let list = schema::list(kind, &names(&path[..depth]));
                at.as_array()?
                    .iter()
                    .find(|item| item_step(list, item).as_ref() == Some(step))?
            }
        };
    }
    Some(at)
}

/// Removes what is at a path; containers that become empty stay, as the API keeps them.
pub fn remove(kind: &str, object: &mut Value, path: &[Step]) {
    let Some((last, way)) = path.split_last() else { return };
    let mut at = object;
    for (depth, step) in way.iter().enumerate() {
        let next = match step {
            Step::Field(name) => at.get_mut(name),
            step => {
                let list = schema::list(kind, &names(&path[..depth]));
                at.as_array_mut().and_then(|items| {
                    items
                        .iter_mut()
                        .find(|item| item_step(list, item).as_ref() == Some(step))
                })
            }
        };
        let Some(next) = next else { return };
        at = next;
    }
    match last {
        Step::Field(name) => {
            if let Some(entries) = at.as_object_mut() {
                entries.remove(name);
            }
        }
        step => {
            let list = schema::list(kind, &names(way));
            if let Some(items) = at.as_array_mut() {
                items.retain(|item| item_step(list, item).as_ref() != Some(step));
            }
        }
    }
}
