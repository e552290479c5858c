//! From a specification to objects: pure, the same for the same input.

mod config;
mod pod;
mod policy;
mod traffic;
mod workload;

use serde_json::{Value, json};

use crate::fault::{Fault, Result};
use crate::model::spec::{Image, Role, Spec, Work};
use crate::model::{EnvName, ServiceName};

use super::names;
use super::options::Options;

pub use config::secret_name;
pub use pod::command_of;

/// Where a container listens when nothing says otherwise.
const PORT: u16 = 8080;

/// What is rendered.
pub struct Input<'a> {
    pub service: &'a ServiceName,
    pub env: &'a EnvName,
    pub namespace: &'a str,
    pub spec: &'a Spec,
    pub options: &'a Options,
    pub image: &'a str,
    /// `v3`.
    pub release: &'a str,
    /// `D-12`.
    pub deployment: &'a str,
    /// The cluster waits by itself before SIGTERM (Kubernetes 1.30); otherwise the image's `sleep` does.
    pub native_sleep: bool,
}

impl Input<'_> {
    /// What every name begins with.
    pub fn base(&self) -> &str {
        self.options.name.as_deref().unwrap_or(self.service.as_str())
    }

    /// Where the container listens.
    pub fn port(&self) -> u16 {
        port(self.spec)
    }

    /// An object of the namespace, labelled.
    fn object(&self, api_version: &str, kind: &str, name: &str, rest: Value) -> Value {
        let mut object = json!({
            "apiVersion": api_version,
            "kind": kind,
            "metadata": {
                "name": name,
                "namespace": self.namespace,
                "labels": names::labels(self.service, self.env),
            },
        });
        self.decorate(&mut object);
        if let (Some(object), Some(rest)) = (object.as_object_mut(), rest.as_object()) {
            object.extend(rest.clone());
        }
        strip(&mut object);
        object
    }

    /// Labels and annotations that people want everywhere.
    fn decorate(&self, object: &mut Value) {
        for (key, value) in &self.options.labels {
            object["metadata"]["labels"][key] = json!(value);
        }
        for (key, value) in &self.options.annotations {
            object["metadata"]["annotations"][key] = json!(value);
        }
    }
}

/// Where containers of a specification listen.
pub fn port(spec: &Spec) -> u16 {
    spec.listen.or(spec.port).unwrap_or(PORT)
}

/// Every object, in the order in which they are applied.
pub fn render(input: &Input<'_>) -> Result<Vec<Value>> {
    possible(input.spec, input.options)?;
    let mut objects = config::objects(input);
    objects.extend(policy::network(input));
    objects.extend(traffic::service(input));
    for process in &input.spec.processes {
        objects.push(match &process.role {
            Role::Schedule(cron) => workload::cron_job(input, process, cron),
            Role::Web | Role::Worker => workload::deployment(input, process),
        });
    }
    objects.extend(policy::autoscaler(input));
    objects.extend(policy::disruption_budgets(input));
    objects.extend(traffic::routes(input));
    Ok(objects)
}

/// What `[run.env]` and `[run.secrets]` say, for objects that are made elsewhere.
pub fn variables(input: &Input<'_>) -> Vec<Value> {
    let mut objects = config::objects(input);
    objects.retain(|object| matches!(names::kind(object), "ConfigMap" | "Secret"));
    objects
}

/// What can be made from a specification at all.
pub fn possible(spec: &Spec, options: &Options) -> Result<()> {
    let unset = |message: &str, hint: &str| Err(Fault::usage("cannot-run", message).hint(hint.to_owned()));
    for process in &spec.processes {
        if let (Work::Static(folder), Some(Image::Ready(_) | Image::Dockerfile(_))) = (&process.work, &spec.image) {
            return unset(
                &format!(
                    "target `kubernetes` cannot serve the folder `{folder}` from an image that is not packed by deliver"
                ),
                "let the image serve its files by itself: leave `static` out, and write `command` under `[run]`",
            );
        }
        if options.autoscale.is_some() && spec.web().is_none() {
            return unset(
                "`autoscale` is for a web process, and there is none",
                "leave `autoscale` out, or add `[run] command`",
            );
        }
    }
    Ok(())
}

/// Where people reach it: the route's host, else the Service within the cluster.
pub fn url(input: &Input<'_>) -> Option<String> {
    input.spec.web()?;
    let path = |path: &Option<String>| path.as_deref().unwrap_or("/").trim_end_matches('/').to_owned();
    if let Some(ingress) = &input.options.ingress {
        let scheme = if ingress.tls_secret.is_some() { "https" } else { "http" };
        return Some(format!("{scheme}://{}{}", ingress.host, path(&ingress.path)));
    }
    if let Some(gateway) = &input.options.gateway {
        return Some(format!("http://{}{}", gateway.host, path(&gateway.path)));
    }
    let name = names::of_process(input.base(), names::WEB);
    Some(format!("http://{name}.{}.svc", input.namespace))
}

/// Takes out what is null: it was not said.
fn strip(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|_, value| !value.is_null());
            map.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
