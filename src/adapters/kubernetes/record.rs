//! A release as objects: what was rendered once, kept by the store, and brought back as it was.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{names, trouble};
use crate::fault::{Fault, Result};
use crate::ports::target::Prepared;

/// What stands in the place of a value that is not shown.
const HIDDEN: &str = "<not shown>";

/// Everything that brings a release back but the values of its `[run.secrets]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    pub image: Option<String>,
    /// The Secret whose values come from the store.
    pub secret: Option<String>,
    pub url: Option<String>,
    pub objects: Vec<Value>,
}

/// What a kind of object is to a rollout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// There before the first pod.
    Before,
    /// Makes pods that run all the time.
    Workload,
    Around,
}

pub fn part(object: &Value) -> Part {
    match names::kind(object) {
        "Namespace"
        | "CustomResourceDefinition"
        | "ServiceAccount"
        | "ConfigMap"
        | "Secret"
        | "PersistentVolumeClaim"
        | "Role"
        | "RoleBinding"
        | "ClusterRole"
        | "ClusterRoleBinding" => Part::Before,
        "Deployment" => Part::Workload,
        _ => Part::Around,
    }
}

impl Record {
    pub fn of(prepared: &Prepared) -> Result<Record> {
        Record::deserialize(&prepared.record).map_err(|error| {
            let release = &prepared.release;
            let message = format!(
                "what was recorded with {} is none of target `kubernetes`'s",
                release.number
            );
            Fault::failed("foreign-record", message)
                .because(error)
                .hint(format!("deliver deploy {}", release.env))
        })
    }

    pub fn to_json(&self) -> Result<Value> {
        serde_json::to_value(self).map_err(|error| Fault::bug("a record that is not JSON").because(error))
    }

    /// The objects of a part, with the secrets' values in them.
    pub fn part(&self, wanted: Part, prepared: &Prepared) -> Vec<Value> {
        let of = self.objects.iter().filter(|object| part(object) == wanted);
        of.map(|object| self.filled(object, prepared)).collect()
    }

    /// The object as it is sent.
    pub fn filled(&self, object: &Value, prepared: &Prepared) -> Value {
        let mut object = object.clone();
        if names::kind(&object) == "Secret" && Some(names::name(&object)) == self.secret.as_deref() {
            let values = prepared.secrets.iter();
            let data: Map<String, Value> = values
                .map(|(name, value)| (name.clone(), trouble::to_base64(value.reveal().as_bytes())))
                .collect();
            if let Some(fields) = object.as_object_mut() {
                fields.remove("stringData");
                fields.insert("data".into(), Value::Object(data));
            }
        }
        object
    }

    /// Whether there are values among the objects: of a Secret of people's own.
    pub fn holds_values(&self) -> bool {
        self.objects.iter().any(|object| self.is_theirs(object))
    }

    fn is_theirs(&self, object: &Value) -> bool {
        names::kind(object) == "Secret" && Some(names::name(object)) != self.secret.as_deref()
    }

    /// The objects for people to read: of a Secret's values only that they are there.
    pub fn shown(self) -> Vec<Value> {
        let hidden = |values: &Value| -> Map<String, Value> {
            let values = values.as_object().into_iter().flatten();
            values.map(|(key, _)| (key.clone(), json!(HIDDEN))).collect()
        };
        let mut objects = self.objects.clone();
        for object in objects.iter_mut().filter(|object| self.is_theirs(object)) {
            let mut keys = hidden(&object["data"]);
            keys.extend(hidden(&object["stringData"]));
            if let Some(fields) = object.as_object_mut() {
                fields.remove("data");
                fields.insert("stringData".into(), Value::Object(keys));
            }
        }
        objects
    }

    /// Whether the release has this object.
    pub fn has(&self, object: &Value) -> bool {
        self.objects
            .iter()
            .any(|one| names::kind(one) == names::kind(object) && names::name(one) == names::name(object))
    }

    /// `apps/v1 Deployment`, each once.
    pub fn kinds(&self) -> Vec<String> {
        let mut kinds: Vec<String> = self
            .objects
            .iter()
            .map(|object| {
                format!(
                    "{} {}",
                    object["apiVersion"].as_str().unwrap_or_default(),
                    names::kind(object)
                )
            })
            .collect();
        kinds.sort();
        kinds.dedup();
        kinds
    }

    /// The pod template that a release step borrows: the web process's where there is one.
    pub fn template(&self) -> Option<&Value> {
        let deployments = self.objects.iter().filter(|object| part(object) == Part::Workload);
        let web = deployments
            .clone()
            .find(|object| names::labelled(object, names::PROCESS) == Some(names::WEB));
        let first = web
            .or_else(|| deployments.clone().next())
            .map(|object| &object["spec"]["template"]);
        let cron = || self.objects.iter().find(|object| names::kind(object) == "CronJob");
        first.or_else(|| cron().map(|object| &object["spec"]["jobTemplate"]["spec"]["template"]))
    }
}

/// `deliver.dev/…` annotations of an act on an object.
pub fn sign(object: &mut Value, deployment: &str, fence: u64) {
    if !object["metadata"]["annotations"].is_object() {
        object["metadata"]["annotations"] = json!({});
    }
    object["metadata"]["annotations"][names::DEPLOYMENT] = json!(deployment);
    object["metadata"]["annotations"][names::FENCE] = json!(fence.to_string());
}
