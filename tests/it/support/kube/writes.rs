//! Writing: create, update, patch, apply and scale.

use serde_json::{Value, json};

use super::apply::{self, Writer};
use super::decode::{self, Unknown};
use super::defaults;
use super::failure::{Answer, Failure};
use super::request::{Place, Reply, Request};
use super::resources::Resource;
use super::rules::quota_has_room;
use super::state::State;
use super::store::Key;
use super::verbs::document;
use super::{patch, validate};

/// Reads an object from the body and holds it against the place it is sent to.
fn object_of(request: &Request, place: &Place) -> Answer<Value> {
    let yaml = request.content_type.contains("yaml");
    let mut object = decode::body(&request.body, yaml)?;
    let resource = place.resource;
    let kind = object["kind"].as_str().unwrap_or(resource.kind).to_owned();
    let api_version = object["apiVersion"]
        .as_str()
        .map_or_else(|| resource.api_version(), str::to_owned);
    if kind != resource.kind || api_version != resource.api_version() {
        let version = api_version.rsplit('/').next().unwrap_or_default();
        return Err(Failure::bad_request(format!(
            "{kind} in version {version:?} cannot be handled as a {}: converting ({version}.{kind}) to ({}.{}): unknown \
             conversion",
            resource.kind, resource.group, resource.kind
        )));
    }
    object["kind"] = resource.kind.into();
    object["apiVersion"] = resource.api_version().into();
    let metadata = &mut object["metadata"];
    let namespace = metadata["namespace"].as_str().unwrap_or_default();
    if !namespace.is_empty() && namespace != place.namespace {
        return Err(Failure::bad_request(
            "the namespace of the provided object does not match the namespace sent on the request",
        ));
    }
    if resource.namespaced {
        metadata["namespace"] = place.namespace.clone().into();
    }
    let name = metadata["name"].as_str().unwrap_or_default();
    if !place.name.is_empty() && !name.is_empty() && name != place.name {
        return Err(Failure::bad_request(format!(
            "the name of the object ({name}) does not match the name on the URL ({})",
            place.name
        )));
    }
    Ok(object)
}

/// Drops fields that the kind does not have, or refuses them, as the request asks.
fn only_known(request: &Request, resource: &Resource, object: &Value) -> Answer<(Value, Vec<String>)> {
    let mode = Unknown::parse(request.option("fieldValidation"))?;
    let cannot = |why: String| {
        Failure::bad_request(format!(
            "{kind} in version {version:?} cannot be handled as a {kind}: {why}",
            kind = resource.kind,
            version = resource.version
        ))
    };
    let (object, unknown) = decode::known(resource, object).map_err(cannot)?;
    let texts: Vec<String> = unknown.iter().map(|field| format!("unknown field {field:?}")).collect();
    match mode {
        Unknown::Strict if !texts.is_empty() => Err(cannot(format!("strict decoding error: {}", texts.join(", ")))),
        Unknown::Warn => Ok((object, texts)),
        _ => Ok((object, Vec::new())),
    }
}

pub fn create(state: &mut State, request: &Request, place: &Place, dry_run: bool) -> Answer<Reply> {
    let object = object_of(request, place)?;
    let (mut object, warnings) = only_known(request, place.resource, &object)?;
    let prefix = object["metadata"]["generateName"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    if object["metadata"]["name"].as_str().unwrap_or_default().is_empty() && !prefix.is_empty() {
        object["metadata"]["name"] = format!("{prefix}{}", state.suffix()).into();
    }
    let writer = request.writer(place, false);
    let stored = insert(state, place, object, &writer, dry_run)?;
    Ok(Reply::Document {
        code: 201,
        body: stored,
        warnings,
    })
}

/// Takes in an object that is new.
fn insert(state: &mut State, place: &Place, mut object: Value, writer: &Writer, dry_run: bool) -> Answer<Value> {
    let name = object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    let key = Key::new(place.resource.plural, &place.namespace, &name);
    state.namespace_takes(&key)?;
    if let Some(object) = object.as_object_mut()
        && place.resource.subresources.contains(&"status")
    {
        object.remove("status");
    }
    super::controllers::prepare(state, &key, &mut object);
    defaults::complete(place.resource, &mut object);
    decode::drop_nulls(&mut object);
    let causes = validate::causes(place.resource, &object, None);
    if !causes.is_empty() {
        return Err(Failure::invalid(place.resource, &name, &causes));
    }
    state.rules.admit("create", place.resource.plural)?;
    quota_has_room(&state.store, &key, &object)?;
    if state.store.get(&key).is_some() {
        return Err(Failure::already_exists(place.resource, &name));
    }
    if place.resource.subresources.contains(&"status") && object["status"].is_null() {
        object["status"] = json!({});
    }
    state.commit(&key, object, writer, dry_run)
}

pub fn update(state: &mut State, request: &Request, place: &Place, dry_run: bool) -> Answer<Reply> {
    let object = object_of(request, place)?;
    let (object, warnings) = only_known(request, place.resource, &object)?;
    let old = state.store.get(&place.key()).cloned();
    let old = old.ok_or_else(|| Failure::not_found(place.resource, &place.name))?;
    let writer = request.writer(place, false);
    let stored = replace(state, place, &old, object, &writer, dry_run)?;
    Ok(Reply::Document {
        code: 200,
        body: stored,
        warnings,
    })
}

/// Puts an object in the place of the one that is there.
fn replace(
    state: &mut State,
    place: &Place,
    old: &Value,
    mut object: Value,
    writer: &Writer,
    dry_run: bool,
) -> Answer<Value> {
    let resource = place.resource;
    let version = object["metadata"]["resourceVersion"].as_str().unwrap_or_default();
    if !version.is_empty() && old["metadata"]["resourceVersion"] != version {
        return Err(Failure::changed_underneath(resource, &place.name));
    }
    let uid = object["metadata"]["uid"].as_str().unwrap_or_default();
    if !uid.is_empty() && old["metadata"]["uid"] != uid {
        let why = format!(
            "Precondition failed: UID in precondition: {uid}, UID in object meta: {}",
            old["metadata"]["uid"].as_str().unwrap_or_default()
        );
        return Err(Failure::conflict(resource, &place.name, &why));
    }
    for name in ["deletionTimestamp", "deletionGracePeriodSeconds"] {
        object["metadata"][name] = old["metadata"][name].clone();
    }
    if place.subresource == "status" {
        let status = object["status"].clone();
        let metadata = object["metadata"]["managedFields"].clone();
        object = old.clone();
        object["status"] = status;
        object["metadata"]["managedFields"] = metadata;
    } else if resource.subresources.contains(&"status") {
        object["status"] = old["status"].clone();
    }
    for name in ["clusterIP", "clusterIPs"] {
        if resource.kind == "Service" && object["spec"][name].is_null() {
            object["spec"][name] = old["spec"][name].clone();
        }
    }
    defaults::complete(resource, &mut object);
    decode::drop_nulls(&mut object);
    let causes = validate::causes(resource, &object, Some(old));
    if !causes.is_empty() {
        return Err(Failure::invalid(resource, &place.name, &causes));
    }
    let verb = if writer.operation == "Apply" { "patch" } else { "update" };
    let admitted = state.rules.admit(verb, &place.full());
    admitted.and_then(|()| state.rules.admit("update", &place.full()))?;
    state.commit(&place.key(), object, writer, dry_run)
}

pub fn patched(state: &mut State, request: &Request, place: &Place, dry_run: bool) -> Answer<Reply> {
    let kind = request.content_type.split(';').next().unwrap_or_default().trim();
    if matches!(kind, "application/apply-patch+yaml" | "application/apply-patch+json") {
        return applied(state, request, place, dry_run);
    }
    let old = state.store.get(&place.key()).cloned();
    let old = old.ok_or_else(|| Failure::not_found(place.resource, &place.name))?;
    let patch: Value = serde_json::from_slice(&request.body)
        .map_err(|error| Failure::bad_request(format!("error decoding patch: {error}")))?;
    let mut object = old.clone();
    match kind {
        "application/merge-patch+json" => patch::merge(&mut object, &patch),
        "application/strategic-merge-patch+json" => patch::strategic(place.resource.kind, &mut object, &patch),
        "application/json-patch+json" => patch::operations(&mut object, &patch)?,
        other => {
            return Err(Failure::new(
                415,
                "UnsupportedMediaType",
                format!(
                    "the body of the request was in an unknown format - accepted media types include: \
                     application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml (not {other})"
                ),
            ));
        }
    }
    let (object, warnings) = only_known(request, place.resource, &object)?;
    let writer = request.writer(place, false);
    let stored = replace(state, place, &old, object, &writer, dry_run)?;
    Ok(Reply::Document {
        code: 200,
        body: stored,
        warnings,
    })
}

fn applied(state: &mut State, request: &Request, place: &Place, dry_run: bool) -> Answer<Reply> {
    if request.option("fieldManager").unwrap_or_default().is_empty() {
        return Err(manager_required());
    }
    let raw = decode::body(&request.body, true)?;
    if raw["apiVersion"].as_str().is_none() || raw["kind"].as_str().is_none() {
        let kind = raw["kind"].as_str().unwrap_or_default();
        return Err(Failure::bad_request(format!("invalid object type: /, Kind={kind}")));
    }
    if !raw["metadata"]["managedFields"].is_null() {
        return Err(Failure::bad_request("metadata.managedFields must be nil"));
    }
    let mut config = object_of(request, place)?;
    let resource = place.resource;
    config["metadata"]["name"] = place.name.clone().into();
    let (known, unknown) = decode::known(resource, &config).map_err(|why| typed_failure(&raw, resource, &why))?;
    if let Some(field) = unknown.first() {
        return Err(typed_failure(
            &raw,
            resource,
            &format!(".{field}: field not declared in schema"),
        ));
    }
    let live = state.store.get(&place.key()).cloned();
    if live.is_none() && !place.subresource.is_empty() {
        return Err(Failure::not_found(resource, &place.name));
    }
    let writer = request.writer(place, true);
    let now = state.stamp();
    let force = request.flag("force");
    let mut merged = apply::apply(resource.kind, live.as_ref(), &known, &writer, force, &now)?;
    let (code, body) = match live {
        Some(old) => (200, replace(state, place, &old, merged, &writer, dry_run)?),
        None if known["metadata"]["uid"].is_string() || known["metadata"]["resourceVersion"].is_string() => {
            let why = "uid mismatch: the provided object specified a uid or resourceVersion, and no existing object was found";
            return Err(Failure::conflict(resource, &place.name, why));
        }
        None => {
            if resource.namespaced {
                merged["metadata"]["namespace"] = place.namespace.clone().into();
            }
            (201, insert(state, place, merged, &writer, dry_run)?)
        }
    };
    Ok(document(code, body))
}

fn manager_required() -> Failure {
    let message = "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch";
    let mut failure = Failure::new(422, "Invalid", message);
    failure.status["details"] = json!({"group": "meta.k8s.io", "kind": "PatchOptions", "causes": [{
        "reason": "FieldValueRequired", "message": "Required value: is required for apply patch",
        "field": "fieldManager"}]});
    failure
}

fn typed_failure(raw: &Value, resource: &Resource, why: &str) -> Failure {
    let text = |name: &str| raw["metadata"][name].as_str().unwrap_or_default();
    let what = format!(
        "({}/{}; {}, Kind={})",
        text("namespace"),
        text("name"),
        resource.api_version(),
        resource.kind
    );
    Failure::new(500, "", format!("failed to create typed patch object {what}: {why}"))
}

pub fn scale_of(object: &Value) -> Value {
    let metadata = &object["metadata"];
    let labels = object["spec"]["selector"]["matchLabels"].as_object();
    let selector: Vec<String> = labels
        .into_iter()
        .flatten()
        .map(|(name, value)| format!("{name}={}", value.as_str().unwrap_or_default()))
        .collect();
    json!({
        "kind": "Scale", "apiVersion": "autoscaling/v1",
        "metadata": {"name": metadata["name"], "namespace": metadata["namespace"], "uid": metadata["uid"],
            "resourceVersion": metadata["resourceVersion"], "creationTimestamp": metadata["creationTimestamp"]},
        "spec": {"replicas": object["spec"]["replicas"]},
        "status": {"replicas": object["status"]["replicas"].as_i64().unwrap_or(0), "selector": selector.join(",")},
    })
}

pub fn scale(state: &mut State, request: &Request, place: &Place, dry_run: bool) -> Answer<Reply> {
    let old = state.store.get(&place.key()).cloned();
    let old = old.ok_or_else(|| Failure::not_found(place.resource, &place.name))?;
    let sent: Value = decode::body(&request.body, request.content_type.contains("yaml"))?;
    let version = sent["metadata"]["resourceVersion"].as_str().unwrap_or_default();
    if !version.is_empty() && old["metadata"]["resourceVersion"] != version {
        return Err(Failure::changed_underneath(place.resource, &place.name));
    }
    let mut object = old.clone();
    object["spec"]["replicas"] = json!(sent["spec"]["replicas"].as_i64().unwrap_or(0));
    let causes = validate::causes(place.resource, &object, Some(&old));
    if !causes.is_empty() {
        return Err(Failure::invalid(place.resource, &place.name, &causes));
    }
    state.rules.admit("update", &place.full())?;
    let writer = request.writer(place, false);
    let stored = state.commit(&place.key(), object, &writer, dry_run)?;
    Ok(document(200, scale_of(&stored)))
}
