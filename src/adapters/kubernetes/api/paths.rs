//! Where the objects of a kind are found.

use std::sync::PoisonError;

use super::Api;
use serde_json::Value;

use crate::adapters::kubernetes::{names, trouble};
use crate::fault::{Fault, Result};

/// A kind of object, and where it is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    pub plural: String,
    pub namespaced: bool,
}

/// Kinds that need no discovery: what deliver makes and reads.
const KNOWN: [(&str, &str, &str); 17] = [
    ("v1", "Pod", "pods"),
    ("v1", "Service", "services"),
    ("v1", "ConfigMap", "configmaps"),
    ("v1", "Secret", "secrets"),
    ("v1", "ServiceAccount", "serviceaccounts"),
    ("v1", "PersistentVolumeClaim", "persistentvolumeclaims"),
    ("apps/v1", "Deployment", "deployments"),
    ("apps/v1", "ReplicaSet", "replicasets"),
    ("apps/v1", "StatefulSet", "statefulsets"),
    ("batch/v1", "Job", "jobs"),
    ("batch/v1", "CronJob", "cronjobs"),
    ("autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
    ("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets"),
    ("networking.k8s.io/v1", "Ingress", "ingresses"),
    ("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies"),
    ("discovery.k8s.io/v1", "EndpointSlice", "endpointslices"),
    ("gateway.networking.k8s.io/v1", "HTTPRoute", "httproutes"),
];

impl Api {
    /// Where objects of a kind are; kinds that are not known are asked for once.
    pub(super) fn path(&self, api_version: &str, kind: &str, name: Option<&str>) -> Result<String> {
        let resource = self.resource(api_version, kind)?;
        let root = match api_version.contains('/') {
            true => format!("/apis/{api_version}"),
            false => format!("/api/{api_version}"),
        };
        let place = match resource.namespaced {
            true => format!("{root}/namespaces/{}/{}", self.namespace, resource.plural),
            false => format!("{root}/{}", resource.plural),
        };
        Ok(name.map_or(place.clone(), |name| format!("{place}/{}", encoded(name))))
    }

    /// Whether objects of a kind belong to a namespace. Of a kind that the cluster does not know there are none.
    pub fn is_namespaced(&self, api_version: &str, kind: &str) -> Result<bool> {
        match self.resource(api_version, kind) {
            Err(fault) if fault.code() == "unknown-kind" => Ok(false),
            resource => Ok(resource?.namespaced),
        }
    }

    pub(super) fn path_of(&self, object: &Value) -> Result<String> {
        let api_version = object["apiVersion"].as_str().unwrap_or_default();
        self.path(api_version, names::kind(object), Some(names::name(object)))
    }

    pub(super) fn resource(&self, api_version: &str, kind: &str) -> Result<Resource> {
        if let Some((.., plural)) = KNOWN.iter().find(|known| (known.0, known.1) == (api_version, kind)) {
            return Ok(Resource {
                plural: (*plural).to_owned(),
                namespaced: true,
            });
        }
        let key = (api_version.to_owned(), kind.to_owned());
        let mut discovered = self.discovered.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(resource) = discovered.get(&key) {
            return Ok(resource.clone());
        }
        let root = if api_version.contains('/') { "apis" } else { "api" };
        let path = format!(
            "/{root}/{}",
            api_version.split('/').map(encoded).collect::<Vec<_>>().join("/")
        );
        let found = self.get_path(format!("look for the kind `{}`", trouble::clean(kind)), path)?;
        let found = found.unwrap_or_default();
        let resources = found["resources"].as_array().map(Vec::as_slice).unwrap_or_default();
        let one = resources
            .iter()
            .find(|one| one["kind"] == kind && !one["name"].as_str().unwrap_or("/").contains('/'));
        let resource = one.map(|one| Resource {
            plural: one["name"].as_str().unwrap_or_default().to_owned(),
            namespaced: one["namespaced"] == true,
        });
        let resource = resource.ok_or_else(|| {
            let message = format!(
                "{} knows no kind `{}` of `{}`",
                self.called,
                trouble::clean(kind),
                trouble::clean(api_version)
            );
            Fault::usage("unknown-kind", message)
                .still("nothing was changed by it")
                .hint("compare with `kubectl api-resources`; a custom kind's definition comes before its objects")
        })?;
        discovered.insert(key, resource.clone());
        Ok(resource)
    }
}

pub(super) fn query(parameters: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = parameters
        .iter()
        .map(|(key, value)| format!("{key}={}", encoded(value)))
        .collect();
    pairs.join("&")
}

/// Percent-encoded but for what RFC 3986 §2.3 leaves as it is.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
