//! Requests to the API server: each under a deadline, each error understood here.

mod paths;
pub mod watch;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use http_body_util::BodyExt;
use hyper::{Method, Request, Response};
use jiff::Timestamp;
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use self::paths::{Resource, query};
use super::connect::{Connected, connect};
use super::names;
use super::options::Options;
use super::trouble::{self, Attempted};
use crate::config::environment::Environment;
use crate::fault::{Fault, Kind, Result};

/// The longest one request may take. Admission webhooks get ten seconds by default, and there may be two.
const DEADLINE: Duration = Duration::from_secs(30);
/// Tries where the server says that it is busy for the moment.
const TRIES: u32 = 4;
/// Between the first two of them; it doubles.
const PAUSE: Duration = Duration::from_millis(200);
/// The largest answer that is read: a list of some thousand pods.
const MAX_ANSWER: usize = 64 << 20;

/// Requests that are under way at once: enough to hide the way there, too few to be throttled for.
const AT_ONCE: usize = 8;

/// What makes a patch take fields over from whoever has them.
const FORCED: &str = "&force=true";

/// Kinds that a cluster may not know, and that count all the same.
const MAY_LACK: [&str; 2] = [super::route::KIND, AUTOSCALER];

/// What decides how many pods run. One that nobody may see is not one that is not there.
pub const AUTOSCALER: &str = "HorizontalPodAutoscaler";

/// The field manager of the cluster's own controllers, such as autoscalers.
const CONTROLLERS: &str = "kube-controller-manager";

/// A request that is ready to be sent.
struct Ask {
    /// For messages, such as `read service/shop`.
    what: String,
    method: Method,
    path: String,
    body: Option<(&'static str, Vec<u8>)>,
}

impl Ask {
    fn to_get(what: String, path: String) -> Ask {
        Ask {
            what,
            method: Method::GET,
            path,
            body: None,
        }
    }
}

/// An answer.
struct Reply {
    status: u16,
    date: Option<Timestamp>,
    body: Vec<u8>,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    fn ok(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Where in the cluster's history lists were read.
#[derive(Clone, Debug, Default)]
pub struct Moment {
    /// The server's time.
    pub date: Option<Timestamp>,
    /// The resource version of each list, which a watch goes on from.
    versions: Vec<String>,
}

impl Moment {
    /// The version of the list at this place among those that were asked for.
    pub fn version_of(&self, at: usize) -> String {
        self.versions.get(at).cloned().unwrap_or_default()
    }
}

/// How an object is applied.
#[derive(Clone, Copy, Debug, Default)]
pub struct How<'a> {
    /// Everything is checked and nothing kept.
    pub dry: bool,
    /// Managers whose fields are taken over.
    pub over: &'a [String],
}

/// One cluster.
pub struct Api {
    runtime: Runtime,
    client: Client,
    pub namespace: String,
    pub called: String,
    certificate: Option<Vec<u8>>,
    discovered: Mutex<BTreeMap<(String, String), Resource>>,
}

impl Api {
    pub fn connect(options: &Options, environment: &Environment) -> Result<Api> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Fault::bug("no runtime for the cluster's client").because(error))?;
        let connected = runtime.block_on(connect(options, environment))?;
        let Connected {
            client,
            namespace,
            called,
            certificate,
        } = connected;
        Ok(Api {
            runtime,
            client,
            namespace,
            called,
            certificate,
            discovered: Mutex::default(),
        })
    }

    fn attempted<'a>(&'a self, what: &'a str) -> Attempted<'a> {
        Attempted {
            what,
            namespace: &self.namespace,
            called: &self.called,
            certificate: self.certificate.as_deref(),
        }
    }

    /// Sends until there is an answer that is not "later".
    async fn send(&self, ask: &Ask) -> Result<Reply> {
        let mut pause = PAUSE;
        for tries in 1.. {
            let once = tokio::time::timeout(DEADLINE, async {
                let response = self.head(ask).await?;
                self.collect(&ask.what, response).await
            });
            let reply = once.await.unwrap_or_else(|_| Err(self.too_late(&ask.what)))?;
            let later = matches!(reply.status, 429 | 503 | 504);
            if !later || tries == TRIES {
                return Ok(reply);
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        unreachable!("the last try returns")
    }

    fn answer(&self, ask: &Ask) -> Result<Reply> {
        self.runtime.block_on(self.send(ask))
    }

    /// The answers to all of them, which do not wait for one another.
    fn answers(&self, asks: &[Ask]) -> Vec<Result<Reply>> {
        let asked = stream::iter(asks).map(|ask| self.send(ask)).buffered(AT_ONCE);
        self.runtime.block_on(asked.collect())
    }

    fn too_late(&self, what: &str) -> Fault {
        trouble::too_late(&self.attempted(what), DEADLINE.as_secs())
    }

    /// One request, up to the head of its answer.
    async fn head(&self, ask: &Ask) -> Result<Response<Body>> {
        let mut request = Request::builder().method(&ask.method).uri(&ask.path);
        let (content_type, bytes) = ask.body.clone().unwrap_or_default();
        if !content_type.is_empty() {
            request = request.header("content-type", content_type);
        }
        let request = request
            .header("accept", "application/json")
            .header("user-agent", concat!("deliver/", env!("CARGO_PKG_VERSION")))
            .body(Body::from(bytes))
            .map_err(|error| Fault::bug(format!("`{}` is no path", ask.path)).because(error))?;
        let answer = self.client.send(request).await;
        answer.map_err(|error| trouble::lost(&self.attempted(&ask.what), &error))
    }

    async fn collect(&self, what: &str, response: Response<Body>) -> Result<Reply> {
        let status = response.status().as_u16();
        let date = response.headers().get("date").and_then(|date| date.to_str().ok());
        let date = date
            .and_then(|date| jiff::fmt::rfc2822::parse(date).ok())
            .map(|date| date.timestamp());
        let mut incoming = response.into_body();
        let mut body = Vec::new();
        while let Some(frame) = incoming.frame().await {
            let frame = frame.map_err(|error| trouble::lost(&self.attempted(what), &error))?;
            let Ok(data) = frame.into_data() else { continue };
            if body.len() + data.len() > MAX_ANSWER {
                return Err(Fault::failed(
                    "answer-too-long",
                    format!("cannot {what}: the answer is too long"),
                ));
            }
            body.extend_from_slice(&data);
        }
        Ok(Reply { status, date, body })
    }

    fn refused(&self, what: &str, reply: &Reply) -> Fault {
        let mut body = reply.json();
        if !body.is_object() {
            body = json!({ "message": String::from_utf8_lossy(&reply.body) });
        }
        trouble::refused(&self.attempted(what), reply.status, &body)
    }

    /// What is at a path; `None` where there is nothing.
    fn found(&self, ask: &Ask, reply: &Reply) -> Result<Option<Value>> {
        match reply.status {
            404 if reply.json()["details"]["kind"] != "namespaces" => Ok(None),
            _ if reply.ok() && reply.json().is_object() => Ok(Some(reply.json())),
            _ if reply.ok() => Err(trouble::no_answer(&self.attempted(&ask.what))),
            _ => Err(self.refused(&ask.what, reply)),
        }
    }

    fn get_path(&self, what: String, path: String) -> Result<Option<Value>> {
        let ask = Ask::to_get(what, path);
        self.found(&ask, &self.answer(&ask)?)
    }

    pub fn get(&self, api_version: &str, kind: &str, name: &str) -> Result<Option<Value>> {
        let path = self.path(api_version, kind, Some(name))?;
        self.get_path(format!("read {}/{name}", kind.to_lowercase()), path)
    }

    /// Of each object what there is under its name, in the order of the names.
    pub fn get_all(&self, objects: &[Value]) -> Result<Vec<Option<Value>>> {
        let asks = objects.iter().map(|object| {
            let path = self.path_of(object)?;
            Ok(Ask::to_get(format!("read {}", names::described(object)), path))
        });
        let asks = asks.collect::<Result<Vec<Ask>>>()?;
        let replies = self.answers(&asks);
        let read = asks.iter().zip(replies).map(|(ask, reply)| self.found(ask, &reply?));
        read.collect()
    }

    /// The objects of each kind that `selector` finds, all asked for at once. Kinds whose last word is true are left out
    /// where the cluster has none of them, or nobody may see them.
    pub fn list(&self, kinds: &[(&str, &str, bool)], selector: &str) -> Result<(Vec<Vec<Value>>, Moment)> {
        let mut asks = Vec::new();
        for (api_version, kind, _) in kinds {
            // An autoscaler is somebody else's as often as not, and counts all the same.
            let selector = if *kind == AUTOSCALER { "" } else { selector };
            let path = format!(
                "{}?{}",
                self.path(api_version, kind, None)?,
                query(&[("labelSelector", selector)])
            );
            let plural = self.resource(api_version, kind)?.plural;
            asks.push(Ask::to_get(format!("list {}", trouble::clean(&plural)), path));
        }
        let replies = self.answers(&asks);
        let (mut lists, mut moment) = (Vec::new(), Moment::default());
        for ((ask, (api_version, kind, optional)), reply) in asks.iter().zip(kinds).zip(replies) {
            let (what, reply) = (&ask.what, reply?);
            moment.date = moment.date.max(reply.date);
            let list = match reply.status {
                403 | 404 if *optional => json!({ "items": [] }),
                // These are kinds that a cluster may not know; who may not see them is told.
                404 if MAY_LACK.contains(kind) => json!({ "items": [] }),
                _ if reply.ok() => reply.json(),
                _ => return Err(self.refused(what, &reply)),
            };
            let version = list["metadata"]["resourceVersion"].as_str();
            moment.versions.push(version.unwrap_or_default().to_owned());
            let items = items(list, api_version, kind);
            lists.push(items.ok_or_else(|| trouble::no_answer(&self.attempted(what)))?);
        }
        Ok((lists, moment))
    }

    /// The events of each pod; none where they may not be seen.
    pub fn events(&self, pods: &[String]) -> Vec<Vec<Value>> {
        let asks: Vec<Ask> = pods
            .iter()
            .map(|pod| {
                let selector = format!("involvedObject.kind=Pod,involvedObject.name={pod}");
                let query = query(&[("fieldSelector", &selector)]);
                let path = format!("/api/v1/namespaces/{}/events?{query}", self.namespace);
                Ask::to_get("list events".into(), path)
            })
            .collect();
        let replies = self.answers(&asks);
        let read = replies.into_iter().map(|reply| reply.ok().filter(Reply::ok));
        read.map(|reply| {
            reply
                .and_then(|reply| items(reply.json(), "v1", "Event"))
                .unwrap_or_default()
        })
        .collect()
    }

    /// Server-side apply under deliver's own name. Fields of others are taken over only where all their managers are in
    /// `how.over`.
    pub fn apply(&self, object: &Value, how: How<'_>) -> Result<()> {
        self.apply_as(names::MANAGER, object, how)
    }

    /// The same under another of deliver's names, for fields that are kept apart from what is applied otherwise.
    pub fn apply_as(&self, manager: &str, object: &Value, how: How<'_>) -> Result<()> {
        let ask = self.patch(object, manager, how.dry)?;
        self.runtime.block_on(self.applied(ask, how))
    }

    /// The same for objects that do not need one another, all at once. Of those that are refused the first is told.
    pub fn apply_all(&self, objects: &[Value], how: How<'_>) -> Result<()> {
        let asks = objects.iter().map(|object| self.patch(object, names::MANAGER, how.dry));
        let asks = asks.collect::<Result<Vec<Ask>>>()?;
        let applied = stream::iter(asks).map(|ask| self.applied(ask, how)).buffered(AT_ONCE);
        let all: Vec<Result<()>> = self.runtime.block_on(applied.collect());
        all.into_iter().collect()
    }

    async fn applied(&self, mut ask: Ask, how: How<'_>) -> Result<()> {
        let mut reply = self.send(&ask).await?;
        if reply.status == 409 {
            let conflicts = trouble::conflicts(&reply.json());
            // A Service that was held to a release was changed by deliver too, by another way than applying.
            // A number of replicas that an autoscaler left behind is nobody's any more.
            let ours = |manager: &String| {
                how.over.contains(manager) || manager.starts_with(names::MANAGER) || manager == CONTROLLERS
            };
            if !conflicts.is_empty() && conflicts.iter().all(|(manager, _)| ours(manager)) {
                ask.path.push_str(FORCED);
                reply = self.send(&ask).await?;
            }
        }
        self.done(&ask, &reply)
    }

    fn done(&self, ask: &Ask, reply: &Reply) -> Result<()> {
        match reply.ok() {
            true => Ok(()),
            false => Err(self.refused(&ask.what, reply)),
        }
    }

    /// Gives a number of replicas to a manager that nothing else is applied under, so that leaving it out afterwards does
    /// not reset it.
    pub fn hand_over_replicas(&self, name: &str, replicas: &Value) -> Result<()> {
        let object = json!({
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": { "name": name, "namespace": self.namespace },
            "spec": { "replicas": replicas },
        });
        let mut ask = self.patch(&object, names::SCALE_MANAGER, false)?;
        ask.what = format!("hand deployment/{name} to its autoscaler");
        ask.path.push_str(FORCED);
        self.done(&ask, &self.answer(&ask)?)
    }

    /// Changes single fields of an object that is there; one that is not is left alone.
    pub fn merge(&self, object: &Value, change: &Value) -> Result<()> {
        let ask = Ask {
            what: format!("change {}", names::described(object)),
            method: Method::PATCH,
            path: format!(
                "{}?{}",
                self.path_of(object)?,
                query(&[("fieldManager", names::MANAGER)])
            ),
            body: Some(("application/merge-patch+json", bytes(change)?)),
        };
        let reply = self.answer(&ask)?;
        match reply.status {
            404 => Ok(()),
            _ => self.done(&ask, &reply),
        }
    }

    fn patch(&self, object: &Value, manager: &str, dry: bool) -> Result<Ask> {
        let tried = if dry { " (tried without effect)" } else { "" };
        let mut parameters = vec![("fieldManager", manager), ("fieldValidation", "Strict")];
        parameters.extend(dry.then_some(("dryRun", "All")));
        Ok(Ask {
            what: format!("apply {}{tried}", names::described(object)),
            method: Method::PATCH,
            path: format!("{}?{}", self.path_of(object)?, query(&parameters)),
            body: Some(("application/apply-patch+yaml", bytes(object)?)),
        })
    }

    /// Makes an object and returns it; `None` where it exists already.
    pub fn create(&self, object: &Value, dry: bool) -> Result<Option<Value>> {
        let (api_version, kind) = (object["apiVersion"].as_str(), names::kind(object));
        let mut parameters = vec![("fieldManager", names::MANAGER)];
        parameters.extend(dry.then_some(("dryRun", "All")));
        let path = self.path(api_version.unwrap_or_default(), kind, None)?;
        let ask = Ask {
            what: format!("create {}", names::described(object)),
            method: Method::POST,
            path: format!("{path}?{}", query(&parameters)),
            body: Some(("application/json", bytes(object)?)),
        };
        // A name is taken once: where the answer was lost, the server says whether the object was made.
        let reply = match self.answer(&ask) {
            Err(fault) if fault.kind() == Kind::Unreachable => self.answer(&ask)?,
            reply => reply?,
        };
        match reply.status {
            409 if reply.json()["reason"] == "AlreadyExists" => Ok(None),
            _ => self.done(&ask, &reply).map(|()| Some(reply.json())),
        }
    }

    /// Replaces an object that is still as it was read, and returns it; `None` where somebody else changed it meanwhile.
    pub fn replace(&self, object: &Value) -> Result<Option<Value>> {
        let ask = Ask {
            what: format!("update {}", names::described(object)),
            method: Method::PUT,
            path: format!(
                "{}?{}",
                self.path_of(object)?,
                query(&[("fieldManager", names::MANAGER)])
            ),
            body: Some(("application/json", bytes(object)?)),
        };
        let reply = self.answer(&ask)?;
        match reply.status {
            409 => Ok(None),
            _ => self.done(&ask, &reply).map(|()| Some(reply.json())),
        }
    }

    /// Deletes objects as they were read, and what belongs to them. One that is not there is deleted already, and another of
    /// its name is somebody else's.
    pub fn delete(&self, objects: &[Value]) -> Result<()> {
        let asks = objects.iter().map(|object| {
            let mut body = json!({ "propagationPolicy": "Background" });
            if let Some(uid) = object["metadata"]["uid"].as_str() {
                body["preconditions"] = json!({ "uid": uid });
            }
            Ok(Ask {
                what: format!("delete {}", names::described(object)),
                method: Method::DELETE,
                path: self.path_of(object)?,
                body: Some(("application/json", bytes(&body)?)),
            })
        });
        let asks = asks.collect::<Result<Vec<Ask>>>()?;
        let replies = self.answers(&asks);
        let gone = asks.iter().zip(replies).map(|(ask, reply)| {
            let reply = reply?;
            match reply.status {
                404 | 409 => Ok(()),
                _ => self.done(ask, &reply),
            }
        });
        gone.collect()
    }

    /// Major and minor of the server.
    pub fn version(&self) -> Result<(u32, u32)> {
        let found = self
            .get_path("ask for the version".into(), "/version".into())?
            .unwrap_or_default();
        let number = |key: &str| {
            let text = found[key].as_str().unwrap_or_default();
            let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().unwrap_or(0)
        };
        Ok((number("major"), number("minor")))
    }

    /// Whether the cluster serves a kind, built in or not.
    pub fn serves(&self, api_version: &str, kind: &str) -> Result<bool> {
        let found = self.get_path("ask for the kinds".into(), format!("/apis/{api_version}"))?;
        let found = found.unwrap_or_default();
        let resources = found["resources"].as_array().into_iter().flatten();
        Ok(resources.into_iter().any(|one| one["kind"] == kind))
    }
}

/// The items of a list, each with its kind, which lists leave out; `None` where it is no list of objects: what something
/// in between answers must not be taken for an empty cluster.
fn items(list: Value, api_version: &str, kind: &str) -> Option<Vec<Value>> {
    let Value::Object(mut list) = list else { return None };
    let is_list = list
        .get("kind")
        .and_then(Value::as_str)
        .is_some_and(|kind| kind.ends_with("List"));
    let mut items = match list.remove("items") {
        Some(Value::Array(items)) => items,
        // How Go writes a list of nothing.
        None | Some(Value::Null) if is_list => Vec::new(),
        _ => return None,
    };
    for item in &mut items {
        let item = item.as_object_mut()?;
        item.insert("apiVersion".into(), json!(api_version));
        item.insert("kind".into(), json!(kind));
    }
    Some(items)
}

fn bytes(value: &Value) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| Fault::bug("an object that is not JSON").because(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_nothing_is_told_from_what_is_no_list() {
        let listed = |list: Value| items(list, "v1", "Pod");
        let pod = json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "a" } });
        let one = json!({ "kind": "PodList", "items": [{ "metadata": { "name": "a" } }] });
        assert_eq!(listed(one), Some(vec![pod]));
        assert_eq!(listed(json!({ "kind": "PodList", "items": null })), Some(Vec::new()));
        assert_eq!(listed(json!({ "kind": "PodList" })), Some(Vec::new()));
        for other in [
            json!(null),
            json!("<html>"),
            json!({}),
            json!({ "kind": "Status", "message": "no" }),
            json!({ "kind": "PodList", "items": {} }),
            json!({ "kind": "PodList", "items": [{ "metadata": {} }, "text"] }),
            json!([]),
        ] {
            assert_eq!(listed(other.clone()), None, "{other}");
        }
    }
}
