//! `[environment.NAME.kubernetes]` as the adapter reads it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::fault::{Fault, Result};
use crate::model::Span;

/// Between the moment a pod is told to end and SIGTERM: proxies and load balancers of the cluster hear within a few
/// seconds that it goes, and send requests until then.
const PRE_STOP: Span = Span::from_secs(5);

/// The share of the requested CPU that an autoscaler aims at where nothing is said: what `kubectl autoscale`'s examples
/// and most charts take.
const CPU: u32 = 70;

/// Everything that may be said. What was not is `None`, empty, or a default of this file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Options {
    pub context: Option<String>,
    pub kubeconfig: Option<String>,
    pub namespace: Option<String>,
    pub name: Option<String>,
    pub pull: Option<String>,
    pub registry: Option<String>,
    pub image_pull_secrets: Vec<String>,
    pub service_account: Option<String>,
    pub service_type: Option<String>,
    pub labels: BTreeMap<String, String>,
    pub annotations: BTreeMap<String, String>,
    pub requests: BTreeMap<String, String>,
    pub limits: BTreeMap<String, String>,
    pub run_as: Option<i64>,
    pub read_only: bool,
    pub pre_stop: Option<String>,
    pub autoscale: Option<Autoscale>,
    pub ingress: Option<Ingress>,
    pub gateway: Option<Gateway>,
    pub network: Option<Network>,
    pub volume: Volume,
    pub manifests: Vec<String>,
    pub kustomize: Option<String>,
    pub helm: Option<Helm>,
    pub workload: Option<String>,
    pub patches: Vec<String>,
    pub force_conflicts: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Autoscale {
    pub min: u32,
    pub max: u32,
    cpu: Option<u32>,
}

impl Autoscale {
    /// In percent of what is requested.
    pub fn cpu(&self) -> u32 {
        self.cpu.unwrap_or(CPU)
    }
}

#[derive(Clone, Debug, Deserialize)]
pub struct Ingress {
    pub host: String,
    pub class: Option<String>,
    pub path: Option<String>,
    pub tls_secret: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Gateway {
    pub name: String,
    pub namespace: Option<String>,
    pub host: String,
    pub path: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Network {
    pub from: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Volume {
    pub size: Option<String>,
    pub class: Option<String>,
    access: Option<String>,
    mount: Option<String>,
}

impl Volume {
    /// Pods of several nodes may use one at once.
    pub fn shared(&self) -> bool {
        self.access.as_deref() == Some("shared")
    }

    pub fn mount(&self) -> &str {
        self.mount.as_deref().unwrap_or("/app").trim_end_matches('/')
    }
}

#[derive(Clone, Debug, Deserialize)]
pub struct Helm {
    pub chart: String,
    #[serde(default)]
    pub values: Vec<String>,
    pub release: Option<String>,
}

impl Options {
    /// Reads what the manifest's decoder, or an earlier release's, found to be well formed.
    pub fn read(options: &Value) -> Result<Options> {
        match options {
            Value::Null => Ok(Options::default()),
            options => Options::deserialize(options).map_err(|error| {
                Fault::usage("bad-options", "the options of the target `kubernetes` do not read").because(error)
            }),
        }
    }

    pub fn pre_stop(&self) -> Span {
        let given = self.pre_stop.as_deref().and_then(|text| text.parse().ok());
        given.unwrap_or(PRE_STOP)
    }

    /// Traffic can be divided by weight: a route of deliver's own leads to the Services.
    pub fn divides(&self) -> bool {
        self.gateway.is_some() && self.ingress.is_none() && !self.has_source()
    }

    /// Objects are somebody else's text, not made from the specification.
    pub fn has_source(&self) -> bool {
        !self.manifests.is_empty() || self.kustomize.is_some() || self.helm.is_some()
    }
}
