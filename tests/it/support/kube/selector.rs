//! Label and field selectors, in a query and in an object's `selector`.

use serde_json::Value;

use super::resources::Resource;

/// What a query selects by.
#[derive(Clone, Debug, Default)]
pub struct Selector {
    labels: Vec<Requirement>,
    fields: Vec<(String, bool, String)>,
}

#[derive(Clone, Debug)]
enum Requirement {
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Exists(String),
    Absent(String),
}

impl Selector {
    /// `Err` is the text of a refusal.
    pub fn parse(resource: &Resource, labels: &str, fields: &str) -> Result<Self, String> {
        let mut selector = Selector::default();
        for term in split_outside_brackets(labels) {
            let requirement = requirement(term.trim()).ok_or_else(|| {
                format!("unable to parse requirement: found '{term}', expected: identifier, '=', '!=', 'in' or 'notin'")
            })?;
            selector.labels.push(requirement);
        }
        for term in fields.split(',').filter(|term| !term.is_empty()) {
            let (field, equal, value) = if let Some((field, value)) = term.split_once("!=") {
                (field, false, value)
            } else if let Some((field, value)) = term.split_once("==").or_else(|| term.split_once('=')) {
                (field, true, value)
            } else {
                return Err(format!("invalid selector: '{fields}'; can't understand '{term}'"));
            };
            if !selectable(resource, field) {
                return Err(format!("field label not supported: {field}"));
            }
            selector.fields.push((field.to_owned(), equal, value.to_owned()));
        }
        Ok(selector)
    }

    pub fn matches(&self, object: &Value) -> bool {
        let label = |name: &str| object["metadata"]["labels"][name].as_str();
        let labels = self.labels.iter().all(|requirement| match requirement {
            Requirement::In(name, values) => label(name).is_some_and(|value| values.iter().any(|one| one == value)),
            Requirement::NotIn(name, values) => label(name).is_none_or(|value| values.iter().all(|one| one != value)),
            Requirement::Exists(name) => label(name).is_some(),
            Requirement::Absent(name) => label(name).is_none(),
        });
        labels
            && self.fields.iter().all(|(field, equal, value)| {
                let found = field.split('.').fold(object, |object, name| &object[name]);
                let found = found.as_str().map_or_else(
                    || {
                        if found.is_null() {
                            String::new()
                        } else {
                            found.to_string()
                        }
                    },
                    str::to_owned,
                );
                (found == *value) == *equal
            })
    }
}

fn selectable(resource: &Resource, field: &str) -> bool {
    let more: &[&str] = match resource.plural {
        "pods" => &[
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "status.phase",
            "status.podIP",
        ],
        "events" => &[
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
        "secrets" => &["type"],
        "namespaces" => &["status.phase"],
        "nodes" => &["spec.unschedulable"],
        "replicasets" => &["status.replicas"],
        "jobs" => &["status.successful"],
        _ => &[],
    };
    matches!(field, "metadata.name" | "metadata.namespace") || more.contains(&field)
}

fn split_outside_brackets(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts.retain(|part| !part.trim().is_empty());
    parts
}

fn requirement(term: &str) -> Option<Requirement> {
    let values = |list: &str| -> Option<Vec<String>> {
        let inside = list.trim().strip_prefix('(')?.strip_suffix(')')?;
        Some(inside.split(',').map(|value| value.trim().to_owned()).collect())
    };
    if let Some((name, list)) = term.split_once(" notin ") {
        return Some(Requirement::NotIn(name.trim().to_owned(), values(list)?));
    }
    if let Some((name, list)) = term.split_once(" in ") {
        return Some(Requirement::In(name.trim().to_owned(), values(list)?));
    }
    if let Some((name, value)) = term.split_once("!=") {
        return Some(Requirement::NotIn(
            name.trim().to_owned(),
            vec![value.trim().to_owned()],
        ));
    }
    if let Some((name, value)) = term.split_once("==").or_else(|| term.split_once('=')) {
        return Some(Requirement::In(name.trim().to_owned(), vec![value.trim().to_owned()]));
    }
    if let Some(name) = term.strip_prefix('!') {
        return Some(Requirement::Absent(name.trim().to_owned()));
    }
    (!term.contains(|c: char| c.is_whitespace() || "()".contains(c))).then(|| Requirement::Exists(term.to_owned()))
}

/// Whether labels fulfil an object's `LabelSelector` (`matchLabels` and `matchExpressions`). An empty one takes all.
pub fn label_selector_takes(selector: &Value, labels: &Value) -> bool {
    let label = |name: &str| labels[name].as_str();
    let equal = selector["matchLabels"]
        .as_object()
        .into_iter()
        .flatten()
        .all(|(name, value)| label(name) == value.as_str());
    let expressions = selector["matchExpressions"]
        .as_array()
        .into_iter()
        .flatten()
        .all(|one| {
            let found = label(one["key"].as_str().unwrap_or_default());
            let listed = || {
                one["values"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .any(|value| value.as_str() == found)
            };
            match one["operator"].as_str() {
                Some("In") => found.is_some() && listed(),
                Some("NotIn") => found.is_none() || !listed(),
                Some("Exists") => found.is_some(),
                Some("DoesNotExist") => found.is_none(),
                _ => false,
            }
        });
    equal && expressions
}

/// Whether labels have all pairs of a plain map, as a Service selects; an empty map takes nothing.
pub fn map_takes(wanted: &Value, labels: &Value) -> bool {
    let Some(wanted) = wanted.as_object().filter(|wanted| !wanted.is_empty()) else {
        return false;
    };
    wanted.iter().all(|(name, value)| labels[name] == *value)
}
