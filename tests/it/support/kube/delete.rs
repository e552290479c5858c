//! Deleting: preconditions, grace of pods, propagation, finalizers, collections, eviction.

use serde_json::{Value, json};

use super::decode;
use super::failure::{Answer, Failure};
use super::request::{Place, Reply, Request};
use super::resources::Resource;
use super::selector::label_selector_takes;
use super::state::{State, controller, stamp};
use super::store::Key;
use super::verbs::document;

/// How long a pod may take to end, and what becomes of what an object owns.
#[derive(Debug, Default)]
pub struct Options {
    pub grace_secs: Option<i64>,
    pub propagation: String,
    pub preconditions: Value,
}

impl Options {
    fn of(request: &Request) -> Answer<Self> {
        let body = if request.body.is_empty() {
            json!({})
        } else {
            decode::body(&request.body, request.content_type.contains("yaml"))?
        };
        let text = |name: &str| request.option(name).or(body[name].as_str()).map(str::to_owned);
        let grace = request.option("gracePeriodSeconds").and_then(|text| text.parse().ok());
        let propagation = text("propagationPolicy").unwrap_or_default();
        if !matches!(propagation.as_str(), "" | "Background" | "Foreground" | "Orphan") {
            return Err(Failure::new(
                422,
                "Invalid",
                format!(
                    "DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported value: {propagation:?}: \
                     supported values: \"Background\", \"Foreground\", \"Orphan\", \"\""
                ),
            ));
        }
        Ok(Options {
            grace_secs: grace.or(body["gracePeriodSeconds"].as_i64()),
            propagation,
            preconditions: body["preconditions"].clone(),
        })
    }
}

pub fn one(state: &mut State, request: &Request, place: &Place, dry_run: bool) -> Answer<Reply> {
    let options = Options::of(request)?;
    let key = place.key();
    let object = state.store.get(&key).cloned();
    let object = object.ok_or_else(|| Failure::not_found(place.resource, &place.name))?;
    preconditions(place.resource, &object, &options.preconditions)?;
    if dry_run {
        return Ok(document(200, success(place.resource, &object)));
    }
    Ok(document(200, remove(state, &key, &options)))
}

fn preconditions(resource: &Resource, object: &Value, wanted: &Value) -> Answer<()> {
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    for (field, title, end) in [
        ("uid", "UID", "The object might have been deleted and then recreated"),
        (
            "resourceVersion",
            "ResourceVersion",
            "The object might have been modified",
        ),
    ] {
        let (Some(wanted), Some(is)) = (wanted[field].as_str(), object["metadata"][field].as_str()) else {
            continue;
        };
        if wanted != is {
            let what = resource.qualified_kind();
            let mut failure = Failure::conflict(resource, name, "");
            failure.status["message"] = format!(
                "Operation cannot be fulfilled on {what} {name:?}: the {title} in the precondition ({wanted}) does not \
                 match the {title} in record ({is}). {end}"
            )
            .into();
            failure.status["details"]["kind"] = resource.kind.into();
            return Err(failure);
        }
    }
    Ok(())
}

fn success(resource: &Resource, object: &Value) -> Value {
    let mut details = json!({"name": object["metadata"]["name"], "kind": resource.plural,
        "uid": object["metadata"]["uid"]});
    if !resource.group.is_empty() {
        details["group"] = resource.group.into();
    }
    json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details})
}

/// Begins or finishes the end of an object; answers with what the client sees.
pub fn remove(state: &mut State, key: &Key, options: &Options) -> Value {
    let Some(mut object) = state.store.get(key).cloned() else {
        return Value::Null;
    };
    let finalizer = match options.propagation.as_str() {
        "Foreground" => Some("foregroundDeletion"),
        "Orphan" => Some("orphan"),
        _ => None,
    };
    if let Some(finalizer) = finalizer {
        let finalizers = &mut object["metadata"]["finalizers"];
        let mut list = finalizers.as_array().cloned().unwrap_or_default();
        list.retain(|one| *one != "orphan" && *one != "foregroundDeletion");
        list.push(finalizer.into());
        *finalizers = list.into();
    }
    let grace = grace(key, &object, options);
    let finalizers = object["metadata"]["finalizers"]
        .as_array()
        .is_some_and(|list| !list.is_empty());
    if !finalizers && grace == 0 && key.plural != "namespaces" {
        let last = state.store.remove(key).expect("it was there a line ago");
        return if key.plural == "pods" {
            last
        } else {
            success(key.resource(), &last)
        };
    }
    let now = state.now();
    let until = now
        .saturating_add(jiff::SignedDuration::from_secs(grace))
        .unwrap_or(now);
    let earlier = super::state::parse_stamp(&object["metadata"]["deletionTimestamp"]);
    if earlier.is_none_or(|earlier| until < earlier) {
        object["metadata"]["deletionTimestamp"] = stamp(until).into();
        object["metadata"]["deletionGracePeriodSeconds"] = json!(grace);
    }
    if key.plural == "namespaces" {
        object["status"]["phase"] = "Terminating".into();
    }
    let writer = controller("kube-apiserver", &key.resource().api_version(), "");
    state.commit(key, object.clone(), &writer, false).unwrap_or(object)
}

/// Only pods that were placed on a node get time to end.
fn grace(key: &Key, object: &Value, options: &Options) -> i64 {
    let placed = object["spec"]["nodeName"].as_str().is_some_and(|node| !node.is_empty());
    let over = matches!(object["status"]["phase"].as_str(), Some("Succeeded" | "Failed"));
    if key.plural != "pods" || !placed || over {
        return 0;
    }
    let of_pod = object["spec"]["terminationGracePeriodSeconds"].as_i64().unwrap_or(30);
    options.grace_secs.unwrap_or(of_pod).max(0)
}

pub fn collection(state: &mut State, request: &Request, place: &Place, dry_run: bool) -> Answer<Reply> {
    let options = Options::of(request)?;
    let selector = request.selector(place.resource)?;
    let keys: Vec<Key> = state
        .store
        .list(place.resource.plural, &place.namespace)
        .filter(|(_, object)| selector.matches(object))
        .map(|(key, _)| key.clone())
        .collect();
    let mut items = Vec::new();
    for key in keys {
        items.extend(state.store.get(&key).cloned());
        if !dry_run {
            remove(state, &key, &options);
        }
    }
    Ok(document(
        200,
        json!({"kind": format!("{}List", place.resource.kind), "apiVersion": place.resource.api_version(),
            "metadata": {"resourceVersion": state.store.revision().to_string()}, "items": items}),
    ))
}

/// A polite deletion of a pod, which a disruption budget can refuse for now.
pub fn evict(state: &mut State, place: &Place, dry_run: bool) -> Answer<Reply> {
    let key = place.key();
    let pod = state.store.get(&key).cloned();
    let pod = pod.ok_or_else(|| Failure::not_found(place.resource, &place.name))?;
    let budgets: Vec<(Key, Value)> = state
        .store
        .list("poddisruptionbudgets", &key.namespace)
        .filter(|(_, budget)| label_selector_takes(&budget["spec"]["selector"], &pod["metadata"]["labels"]))
        .map(|(key, budget)| (key.clone(), budget.clone()))
        .collect();
    if is_ready(&pod) {
        for (budget_key, budget) in budgets {
            let allowed = disruptions_allowed(state, &budget_key, &budget);
            if allowed < 1 {
                let mut failure =
                    Failure::too_many_requests("Cannot evict pod as it would violate the pod's disruption budget.", 0);
                failure.retry_after_secs = None;
                failure.status["details"] = json!({"causes": [{"reason": "DisruptionBudget", "message": format!(
                    "The disruption budget {} needs more healthy pods before it allows another disruption",
                    budget_key.name)}]});
                return Err(failure);
            }
        }
    }
    if !dry_run {
        remove(state, &key, &Options::default());
    }
    Ok(document(
        201,
        json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}),
    ))
}

pub fn is_ready(pod: &Value) -> bool {
    let conditions = pod["status"]["conditions"].as_array();
    conditions
        .into_iter()
        .flatten()
        .any(|one| one["type"] == "Ready" && one["status"] == "True")
}

fn disruptions_allowed(state: &State, key: &Key, budget: &Value) -> i64 {
    let pods: Vec<&Value> = state
        .store
        .list("pods", &key.namespace)
        .map(|(_, pod)| pod)
        .filter(|pod| label_selector_takes(&budget["spec"]["selector"], &pod["metadata"]["labels"]))
        .filter(|pod| pod["metadata"]["deletionTimestamp"].is_null())
        .collect();
    let expected = i64::try_from(pods.len()).unwrap_or(i64::MAX);
    let healthy = i64::try_from(pods.iter().filter(|pod| is_ready(pod)).count()).unwrap_or(i64::MAX);
    let share = |value: &Value| super::controllers::rounded(value, expected, true);
    if budget["spec"]["minAvailable"].is_null() {
        let unavailable = share(&budget["spec"]["maxUnavailable"]);
        healthy - (expected - unavailable)
    } else {
        healthy - share(&budget["spec"]["minAvailable"])
    }
}
