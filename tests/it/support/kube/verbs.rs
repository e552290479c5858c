//! What requests ask for: reads are answered here; writes go on to `writes`, deleting to `delete`, logs to `logs`. The order
//! of refusals is the server's: rights, namespace, decoding, validation, admission, existence.

use serde_json::{Value, json};

use super::decode;
use super::failure::{Answer, Failure};
use super::request::{Place, Reply, Request, Watch};
use super::resources;
use super::rules;
use super::state::State;
use super::store::Key;
use super::writes::{create, patched, scale, scale_of, update};
use super::{delete, logs};

pub fn handle(state: &mut State, request: &Request) -> Answer<Reply> {
    let path = request.path.trim_end_matches('/');
    if request.user.name == "system:anonymous" && path != "/version" {
        return Err(anonymous(request, path));
    }
    match path {
        "/version" => return Ok(document(200, version())),
        "/healthz" | "/livez" | "/readyz" => return Ok(Reply::Text("ok".to_owned())),
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews" => {
            let review = decode::body(&request.body, false)?;
            return Ok(document(
                201,
                rules::access_review(&state.rules, &request.user, &review),
            ));
        }
        "/apis/authentication.k8s.io/v1/selfsubjectreviews" => {
            let info = json!({"username": request.user.name, "groups": request.user.groups});
            let review = json!({"kind": "SelfSubjectReview", "apiVersion": "authentication.k8s.io/v1",
                "metadata": {}, "status": {"userInfo": info}});
            return Ok(document(201, review));
        }
        _ => {}
    }
    if path.starts_with("/apis/gateway.networking.k8s.io") && !state.has_gateway_api {
        return Err(Failure::no_such_page());
    }
    let Some(place) = Place::parse(path) else {
        return resources::discovery(path)
            .map(|found| document(200, found))
            .ok_or_else(Failure::no_such_path);
    };
    let verb = request.verb(&place);
    state.rules.authorize(
        &request.user,
        verb,
        place.resource,
        &place.subresource,
        &place.namespace,
        &place.name,
    )?;
    let writes = !matches!(verb, "get" | "list" | "watch");
    if !writes {
        return read(state, request, &place, verb);
    }
    let dry_run = request.dry_run()?;
    match (verb, place.subresource.as_str()) {
        ("create", "eviction") => delete::evict(state, &place, dry_run),
        ("create", "") => create(state, request, &place, dry_run),
        ("update" | "patch", "scale") => scale(state, request, &place, dry_run),
        ("update", "" | "status") => update(state, request, &place, dry_run),
        ("patch", "" | "status") => patched(state, request, &place, dry_run),
        ("delete", "") => {
            state.rules.admit(verb, &place.full())?;
            delete::one(state, request, &place, dry_run)
        }
        ("deletecollection", "") => delete::collection(state, request, &place, dry_run),
        _ => Err(Failure::method_not_allowed()),
    }
}

fn anonymous(request: &Request, path: &str) -> Failure {
    let place = Place::parse(path);
    match place {
        Some(place) => super::rules::Rules::default()
            .authorize(
                &request.user,
                request.verb(&place),
                place.resource,
                &place.subresource,
                &place.namespace,
                &place.name,
            )
            .expect_err("nobody is granted nothing"),
        None => {
            let verb = request.method.to_lowercase();
            let message = format!("forbidden: User \"system:anonymous\" cannot {verb} path {path:?}");
            let mut failure = Failure::new(403, "Forbidden", message);
            failure.status["details"] = json!({});
            failure
        }
    }
}

fn version() -> Value {
    json!({"major": "1", "minor": "33", "gitVersion": "v1.33.1", "gitCommit": "", "gitTreeState": "clean",
        "buildDate": "2025-05-15T08:19:08Z", "goVersion": "go1.24.2", "compiler": "gc", "platform": "linux/amd64"})
}

pub fn document(code: u16, body: Value) -> Reply {
    Reply::Document {
        code,
        body,
        warnings: Vec::new(),
    }
}

fn read(state: &mut State, request: &Request, place: &Place, verb: &str) -> Answer<Reply> {
    if place.name.is_empty() {
        return if verb == "watch" {
            watch(state, request, place)
        } else {
            list(state, request, place).map(|list| document(200, list))
        };
    }
    let found = state.store.get(&place.key()).cloned();
    let object = found.ok_or_else(|| Failure::not_found(place.resource, &place.name))?;
    match place.subresource.as_str() {
        "log" => logs::read(state, request, &object),
        "scale" => Ok(document(200, scale_of(&object))),
        "" | "status" => Ok(document(200, object)),
        _ => Err(Failure::method_not_allowed()),
    }
}

fn watch(state: &State, request: &Request, place: &Place) -> Answer<Reply> {
    let from = request.option("resourceVersion").unwrap_or_default();
    let after: u64 = from.parse().unwrap_or(0);
    Ok(Reply::Watch(Watch {
        resource: place.resource,
        namespace: place.namespace.clone(),
        selector: request.selector(place.resource)?,
        after: if after == 0 { state.store.revision() } else { after },
        initial: after == 0,
        bookmarks: request.flag("allowWatchBookmarks"),
        seconds: request
            .option("timeoutSeconds")
            .and_then(|text| text.parse().ok())
            .unwrap_or(1800),
    }))
}

fn list(state: &State, request: &Request, place: &Place) -> Answer<Value> {
    let selector = request.selector(place.resource)?;
    let limit: usize = request.option("limit").and_then(|text| text.parse().ok()).unwrap_or(0);
    let (revision, start) = match request.option("continue").filter(|token| !token.is_empty()) {
        Some(token) => continued(token)?,
        None => (state.store.revision(), None),
    };
    let Some(all) = state.store.list_at(place.resource.plural, &place.namespace, revision) else {
        return Err(Failure::expired(
            "The provided continue parameter is too old to display a consistent list result. You can start a new list \
             without the continue parameter.",
        ));
    };
    let rest: Vec<&(Key, Value)> = all
        .iter()
        .filter(|(key, _)| {
            start
                .as_ref()
                .is_none_or(|start| (&key.namespace, &key.name) > (&start.0, &start.1))
        })
        .filter(|(_, object)| selector.matches(object))
        .collect();
    let page = if limit == 0 { rest.len() } else { limit.min(rest.len()) };
    let items: Vec<Value> = rest[..page].iter().map(|(_, object)| without_type(object)).collect();
    let mut metadata = json!({"resourceVersion": revision.to_string()});
    if page < rest.len() {
        let last = &rest[page - 1].0;
        metadata["continue"] = token(revision, last).into();
        let selects = request.option("labelSelector").or(request.option("fieldSelector"));
        if selects.is_none_or(str::is_empty) {
            metadata["remainingItemCount"] = json!(rest.len() - page);
        }
    }
    Ok(json!({
        "kind": format!("{}List", place.resource.kind), "apiVersion": place.resource.api_version(),
        "metadata": metadata, "items": items,
    }))
}

/// Items of a list of built-in kinds carry no type of their own.
fn without_type(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(object) = object.as_object_mut() {
        object.remove("kind");
        object.remove("apiVersion");
    }
    object
}

fn token(revision: u64, last: &Key) -> String {
    use base64::Engine;
    let text = json!({"v": "meta.k8s.io/v1", "rv": revision, "start": [last.namespace, last.name]}).to_string();
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

fn continued(token: &str) -> Answer<(u64, Option<(String, String)>)> {
    use base64::Engine;
    let invalid = || Failure::bad_request("invalid continue token: continue key is not valid");
    let text = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(token)
        .map_err(|_| invalid())?;
    let value: Value = serde_json::from_slice(&text).map_err(|_| invalid())?;
    let revision = value["rv"].as_u64().ok_or_else(invalid)?;
    let part = |at: usize| value["start"][at].as_str().unwrap_or_default().to_owned();
    Ok((revision, Some((part(0), part(1)))))
}
