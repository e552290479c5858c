//! How objects are named and labelled, so that they are found again.

use serde_json::{Map, Value, json};

use crate::model::{EnvName, ServiceName};

/// The field manager of everything that is applied.
pub const MANAGER: &str = "deliver";
/// The field manager that a number of replicas is handed to before an autoscaler owns it: nobody applies under it again.
pub const SCALE_MANAGER: &str = "deliver-scale";
/// The field manager of a route's weights while traffic is divided: what deliver applied of the route otherwise stays its own.
pub const WEIGHT_MANAGER: &str = "deliver-weights";

pub const SERVICE: &str = "deliver.dev/service";
pub const ENV: &str = "deliver.dev/env";
pub const PROCESS: &str = "deliver.dev/process";
/// Of pods and what makes them: `v3`.
pub const RELEASE: &str = "deliver.dev/release";
/// Of pods: the deployment that first ran them, `D-12`.
pub const DEPLOYMENT: &str = "deliver.dev/deployment";
/// Which of two Deployments of one process a pod belongs to: [`MAIN`] or [`NEXT`].
pub const TRACK: &str = "deliver.dev/track";
/// The id under which a release step is known.
pub const INSTANCE: &str = "deliver.dev/instance";
/// Marks the object that holds the fence.
pub const FENCE: &str = "deliver.dev/fence";
pub const MANAGED_BY: &str = "app.kubernetes.io/managed-by";

pub const MAIN: &str = "main";
/// The release on its way: a canary, or the green of a blue-green deployment.
pub const NEXT: &str = "next";

/// The process that takes traffic.
pub const WEB: &str = "web";

/// The longest name: a CronJob's, which gets 11 characters added (its own validation says so).
const MAX_NAME: usize = 52;

/// A name within the limit; one that is too long ends with a hash of the whole instead.
pub fn bounded(name: &str) -> String {
    if name.len() <= MAX_NAME {
        return name.to_owned();
    }
    let hash = blake3::hash(name.as_bytes()).to_hex();
    let head = name[..MAX_NAME - 9].trim_end_matches(['-', '.']);
    format!("{head}-{}", &hash[..8])
}

/// The name of a process's objects: the base for the web process, `BASE-PROCESS` for the others.
pub fn of_process(base: &str, process: &str) -> String {
    match process {
        WEB => bounded(base),
        other => bounded(&format!("{base}-{other}")),
    }
}

/// The second Deployment of a process.
pub fn next(main: &str) -> String {
    bounded(&format!("{main}-{NEXT}"))
}

/// Finds every object of a service in an environment.
pub fn selector(service: &ServiceName, env: &EnvName) -> String {
    format!("{SERVICE}={service},{ENV}={env}")
}

/// The labels of every object.
pub fn labels(service: &ServiceName, env: &EnvName) -> Map<String, Value> {
    let labels = json!({
        "app.kubernetes.io/name": service,
        MANAGED_BY: MANAGER,
        SERVICE: service,
        ENV: env,
    });
    labels.as_object().cloned().unwrap_or_default()
}

/// Puts labels into `metadata.labels` of an object or a template.
pub fn label<'a>(object: &mut Value, labels: impl IntoIterator<Item = (&'a str, Value)>) {
    if !object["metadata"]["labels"].is_object() {
        object["metadata"]["labels"] = json!({});
    }
    for (key, value) in labels {
        object["metadata"]["labels"][key] = value;
    }
}

/// A label's value.
pub fn labelled<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object["metadata"]["labels"].get(key)?.as_str()
}

pub fn kind(object: &Value) -> &str {
    object["kind"].as_str().unwrap_or_default()
}

pub fn name(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap_or_default()
}

/// `deployment/pricing`, as kubectl says it.
pub fn described(object: &Value) -> String {
    format!("{}/{}", kind(object).to_lowercase(), name(object))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_too_long_is_cut_and_stays_its_own() {
        let (a, b) = (format!("{}a", "x".repeat(60)), format!("{}b", "x".repeat(60)));
        assert_eq!(bounded(&a).len(), MAX_NAME);
        assert_ne!(bounded(&a), bounded(&b));
        assert_eq!(bounded("pricing"), "pricing");
        assert_eq!(of_process("pricing", "worker"), "pricing-worker");
        assert_eq!(next("pricing"), "pricing-next");
    }
}
