//! Who owns which fields: server-side apply with its conflicts and removals, and what a plain write takes over.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::failure::{Answer, Failure};
use super::fields::{self, Fields, Path, Step};
use super::schema::{self, List};

/// Who writes, and how: the key of an entry in `managedFields`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Writer {
    /// `Apply` or `Update`.
    pub operation: String,
    pub manager: String,
    pub api_version: String,
    pub subresource: String,
}

impl Writer {
    fn entry_of(entry: &Value) -> Self {
        let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        Writer {
            operation: text("operation"),
            manager: text("manager"),
            api_version: text("apiVersion"),
            subresource: text("subresource"),
        }
    }

    /// As messages of conflicts name it.
    fn display(&self) -> String {
        let mut text = format!("{:?}", self.manager);
        if !self.subresource.is_empty() {
            text.push_str(&format!(" with subresource {:?}", self.subresource));
        }
        if self.operation == "Update" {
            text.push_str(&format!(" using {}", self.api_version));
        }
        text
    }
}

/// All owners of an object's fields, with the time of each one's last change.
#[derive(Clone, Debug, Default)]
pub struct Owners(BTreeMap<Writer, (Fields, String)>);

impl Owners {
    pub fn of(object: &Value) -> Self {
        let entries = object["metadata"]["managedFields"].as_array().into_iter().flatten();
        Owners(
            entries
                .map(|entry| {
                    let time = entry["time"].as_str().unwrap_or_default().to_owned();
                    (Writer::entry_of(entry), (fields::decode(&entry["fieldsV1"]), time))
                })
                .collect(),
        )
    }

    /// Writes the owners into the object: those that apply first, then by time and name.
    pub fn store(mut self, object: &mut Value) {
        self.0.retain(|_, (fields, _)| !fields.is_empty());
        let mut entries: Vec<_> = self.0.into_iter().collect();
        entries.sort_by(|(a, (_, at)), (b, (_, bt))| {
            (&a.operation, at, &a.manager, &a.subresource).cmp(&(&b.operation, bt, &b.manager, &b.subresource))
        });
        let entries: Vec<Value> = entries
            .into_iter()
            .map(|(writer, (fields, time))| {
                let mut entry = json!({
                    "manager": writer.manager, "operation": writer.operation, "apiVersion": writer.api_version,
                    "time": time, "fieldsType": "FieldsV1", "fieldsV1": fields::encode(&fields),
                });
                if !writer.subresource.is_empty() {
                    entry["subresource"] = writer.subresource.into();
                }
                entry
            })
            .collect();
        if let Some(metadata) = object["metadata"].as_object_mut() {
            metadata.remove("managedFields");
            if !entries.is_empty() {
                metadata.insert("managedFields".to_owned(), entries.into());
            }
        }
    }
}

/// A plain write of `new` over `old`: what it adds or changes is its own from now on, what it removes is nobody's.
pub fn own_by_update(kind: &str, old: Option<&Value>, new: &mut Value, writer: &Writer, now: &str) {
    let mut owners = old.map(Owners::of).unwrap_or_default();
    let after = fields::of(kind, new, true);
    let before = old.map(|old| fields::of(kind, old, true)).unwrap_or_default();
    let status_only = writer.subresource == "status";
    let written: Fields = after
        .iter()
        .filter(|path| {
            let is_leaf = !after
                .range((*path).clone()..)
                .nth(1)
                .is_some_and(|next| next.starts_with(path));
            let changed =
                || is_leaf && old.is_some_and(|old| fields::get(kind, old, path) != fields::get(kind, new, path));
            !before.contains(*path) || changed()
        })
        // Status is a ledger of its own: a plain write of an object leaves it out.
        .filter(|path| status_only || path.first() != Some(&Step::Field("status".to_owned())))
        .cloned()
        .collect();
    let gone: Fields = before.difference(&after).cloned().collect();
    for (owner, (owned, _)) in &mut owners.0 {
        owned.retain(|path| !gone.contains(path) && (owner == writer || !written.contains(path)));
    }
    if !written.is_empty() {
        let entry = owners.0.entry(writer.clone()).or_default();
        entry.0.extend(written);
        now.clone_into(&mut entry.1);
    }
    owners.store(new);
}

/// Server-side apply of `config` over `live`. The result has the owners written in it; its values are not defaulted.
pub fn apply(
    kind: &str,
    live: Option<&Value>,
    config: &Value,
    writer: &Writer,
    force: bool,
    now: &str,
) -> Answer<Value> {
    let mut owners = live.map(Owners::of).unwrap_or_default();
    let applied = fields::of(kind, config, false);
    if let Some(live) = live {
        let conflicts = conflicts(kind, live, config, &applied, &owners, writer);
        if !conflicts.is_empty() && !force {
            return Err(refusal(&conflicts));
        }
        for (owner, paths) in conflicts {
            let owned = &mut owners.0.get_mut(&owner).expect("a conflict is with an owner").0;
            paths.iter().for_each(|path| {
                owned.remove(path);
            });
        }
    }
    let mut merged = live.cloned().unwrap_or_else(|| json!({}));
    merge(kind, &mut merged, config, &mut Path::new());
    let (last, _) = owners.0.remove(writer).unwrap_or_default();
    remove_abandoned(kind, &mut merged, &last, &applied, &owners);
    owners.0.insert(writer.clone(), (applied, now.to_owned()));
    owners.store(&mut merged);
    Ok(merged)
}

fn conflicts(
    kind: &str,
    live: &Value,
    config: &Value,
    applied: &Fields,
    owners: &Owners,
    writer: &Writer,
) -> Vec<(Writer, Vec<Path>)> {
    let differs: Fields = applied
        .iter()
        .filter(|path| {
            let (mine, theirs) = (fields::get(kind, config, path), fields::get(kind, live, path));
            let is_item = matches!(path.last(), Some(Step::Key(_) | Step::Value(_)));
            let is_leaf = !applied
                .range((*path).clone()..)
                .nth(1)
                .is_some_and(|next| next.starts_with(path));
            if is_item && !is_leaf {
                theirs.is_none()
            } else {
                mine != theirs
            }
        })
        .cloned()
        .collect();
    owners
        .0
        .iter()
        .filter(|(owner, _)| *owner != writer)
        .filter_map(|(owner, (owned, _))| {
            let paths: Vec<Path> = owned.intersection(&differs).cloned().collect();
            (!paths.is_empty()).then(|| (owner.clone(), paths))
        })
        .collect()
}

fn refusal(conflicts: &[(Writer, Vec<Path>)]) -> Failure {
    let mut listed: Vec<(String, Vec<String>)> = conflicts
        .iter()
        .map(|(owner, paths)| {
            let paths = paths.iter().map(|path| fields::display(path)).collect();
            (owner.display(), paths)
        })
        .collect();
    listed.sort();
    Failure::apply_conflicts(&listed)
}

fn merge(kind: &str, live: &mut Value, config: &Value, path: &mut Path) {
    match config {
        Value::Object(entries) if !schema::is_atomic_object(kind, &fields::names(path)) => {
            if !live.is_object() {
                *live = Value::Object(Map::new());
            }
            for (name, entry) in entries {
                path.push(Step::Field(name.clone()));
                match live.get_mut(name) {
                    Some(at) => merge(kind, at, entry, path),
                    None => live[name] = entry.clone(),
                }
                path.pop();
            }
        }
        Value::Array(items) => {
            let list = schema::list(kind, &fields::names(path));
            if list == List::Atomic || !live.is_array() {
                *live = config.clone();
                return;
            }
            merge_list(kind, live, items, list, path);
        }
        _ => *live = config.clone(),
    }
}

/// Items of the applied list keep its order; those of others stay where they were among them.
fn merge_list(kind: &str, live: &mut Value, items: &[Value], list: List, path: &mut Path) {
    let live = live.as_array_mut().expect("checked by the caller");
    let wanted: Vec<Option<Step>> = items.iter().map(|item| fields::item_step(list, item)).collect();
    for (item, step) in items.iter().zip(&wanted) {
        let found = live.iter_mut().find(|one| fields::item_step(list, one) == *step);
        match (found, step) {
            (Some(at), Some(step)) => {
                path.push(step.clone());
                merge(kind, at, item, path);
                path.pop();
            }
            _ => live.push(item.clone()),
        }
    }
    let mut ordered: Vec<Value> = Vec::with_capacity(live.len());
    let mut mine = wanted
        .iter()
        .filter_map(|step| live.iter().find(|one| fields::item_step(list, one) == *step).cloned());
    for one in live.iter() {
        if wanted.contains(&fields::item_step(list, one)) {
            ordered.extend(mine.next());
        } else {
            ordered.push(one.clone());
        }
    }
    *live = ordered;
}

/// What the manager applied last time and does not any more goes, unless somebody else owns it or a part of it.
fn remove_abandoned(kind: &str, merged: &mut Value, last: &Fields, applied: &Fields, owners: &Owners) {
    for path in last.difference(applied) {
        let kept = |fields: &Fields| {
            fields
                .range(path.clone()..)
                .next()
                .is_some_and(|next| next.starts_with(path))
        };
        if kept(applied) || owners.0.values().any(|(owned, _)| kept(owned)) {
            continue;
        }
        fields::remove(kind, merged, path);
        // A structure that came only for this field goes with it; one that somebody else has a part in does not.
        let mut parent = &path[..path.len() - 1];
        while parent.len() > 1 && matches!(parent.last(), Some(Step::Field(_))) {
            let empty = fields::get(kind, merged, parent).is_some_and(|value| match value {
                Value::Object(entries) => entries.is_empty(),
                Value::Array(items) => items.is_empty(),
                _ => false,
            });
            if !empty {
                break;
            }
            fields::remove(kind, merged, parent);
            parent = &parent[..parent.len() - 1];
        }
    }
}
