//! The cluster that a claim is made about, and plain requests to it.

use std::time::Duration;

use deliver::adapters::system::SystemClock;
use deliver::ports::Clock;
use kube::client::Body;
use kube::config::{KubeConfigOptions, Kubeconfig};
use serde_json::{Value, json};

use crate::support::kube::{Cluster, Script};
use crate::support::needs;

/// Long enough for a busy node to pull and start; the fake needs moments.
const PATIENCE: Duration = Duration::from_secs(120);
const PATIENCE_WITH_FAKE: Duration = Duration::from_secs(30);

pub struct Subject {
    runtime: tokio::runtime::Runtime,
    client: kube::Client,
    /// The claim's own namespace.
    pub namespace: String,
    /// An image with a shell.
    pub image: String,
    clock: SystemClock,
    fake: Option<Cluster>,
    real: bool,
}

/// An image that no registry has.
pub const MISSING_IMAGE: &str = "registry.invalid/deliver/missing:1";

impl Subject {
    pub fn fake(claim: &str) -> Self {
        let cluster = Cluster::start();
        cluster.image(MISSING_IMAGE, Script::no_such_image());
        let text = cluster.kubeconfig();
        let mut subject = Subject::new(&text, claim, "shell:1".to_owned(), false);
        subject.fake = Some(cluster);
        subject.make_namespace();
        subject
    }

    /// `None`, said aloud, where no real cluster is named.
    #[expect(clippy::disallowed_methods, reason = "tests look at the machine they run on")]
    pub fn real(claim: &str) -> Option<Self> {
        let path = needs::cluster("DELIVER_TEST_KUBECONFIG")?;
        let image = std::env::var("DELIVER_TEST_KUBE_IMAGE").unwrap_or_else(|_| "busybox:1.36".to_owned());
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("read {path}: {error}"));
        let subject = Subject::new(&text, claim, image, true);
        subject.make_namespace();
        Some(subject)
    }

    fn new(kubeconfig: &str, claim: &str, image: String, real: bool) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let kubeconfig = Kubeconfig::from_yaml(kubeconfig).expect("a kubeconfig");
        let client = runtime.block_on(async {
            let options = KubeConfigOptions::default();
            let config = kube::Config::from_custom_kubeconfig(kubeconfig, &options)
                .await
                .expect("a configuration");
            kube::Client::try_from(config).expect("a client")
        });
        let namespace = format!("dt-{}-{}", claim.replace('_', "-"), std::process::id());
        Subject {
            runtime,
            client,
            namespace,
            image,
            clock: SystemClock::new(None),
            fake: None,
            real,
        }
    }

    /// The cluster that stands for a real one here; `None` where it is one.
    pub fn stand_in(&self) -> Option<&Cluster> {
        self.fake.as_ref()
    }

    fn make_namespace(&self) {
        let (code, answer) = self.post("/api/v1/namespaces", &json!({"metadata": {"name": self.namespace}}));
        assert_eq!(code, 201, "{answer}");
        self.until("the namespace's service account", || {
            self.get(&format!(
                "/api/v1/namespaces/{}/serviceaccounts/default",
                self.namespace
            ))
            .0 == 200
        });
    }

    /// A request as it is; the answer's code and text.
    pub fn ask(&self, method: &str, path: &str, kind: &str, body: &str) -> (u16, String) {
        let request = hyper::Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", kind)
            .header("accept", "application/json")
            .header("user-agent", "claims/1")
            .body(Body::from(body.as_bytes().to_vec()))
            .expect("a request");
        self.runtime.block_on(async {
            let response = self
                .client
                .send(request)
                .await
                .unwrap_or_else(|error| panic!("{method} {path}: {error}"));
            let code = response.status().as_u16();
            let bytes = response.into_body().collect_bytes().await.expect("a body");
            (code, String::from_utf8_lossy(&bytes).into_owned())
        })
    }

    fn json(&self, method: &str, path: &str, kind: &str, body: &str) -> (u16, Value) {
        let (code, text) = self.ask(method, path, kind, body);
        let value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{method} {path}: {error}: {text}"));
        (code, value)
    }

    pub fn get(&self, path: &str) -> (u16, Value) {
        self.json("GET", path, "application/json", "")
    }

    pub fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.json("POST", path, "application/json", &body.to_string())
    }

    pub fn put(&self, path: &str, body: &Value) -> (u16, Value) {
        self.json("PUT", path, "application/json", &body.to_string())
    }

    pub fn merge(&self, path: &str, body: &Value) -> (u16, Value) {
        self.json("PATCH", path, "application/merge-patch+json", &body.to_string())
    }

    /// Server-side apply; `options` is the query.
    pub fn apply(&self, path: &str, options: &str, body: &Value) -> (u16, Value) {
        let path = format!("{path}?{options}");
        self.json("PATCH", &path, "application/apply-patch+yaml", &body.to_string())
    }

    pub fn delete(&self, path: &str, body: &Value) -> (u16, Value) {
        self.json("DELETE", path, "application/json", &body.to_string())
    }

    /// `/apis/apps/v1/namespaces/NAMESPACE/deployments`.
    pub fn in_namespace(&self, api: &str, plural: &str) -> String {
        format!("{api}/namespaces/{}/{plural}", self.namespace)
    }

    pub fn deployments(&self) -> String {
        self.in_namespace("/apis/apps/v1", "deployments")
    }

    pub fn pods(&self) -> String {
        self.in_namespace("/api/v1", "pods")
    }

    /// A Deployment `web` of this many pods, complete enough to be created.
    pub fn deployment(&self, replicas: u32) -> Value {
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "labels": {"app": "web"}},
            "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"terminationGracePeriodSeconds": 1,
                    "containers": [{"name": "app", "image": self.image, "command": ["/bin/sh", "-c", "sleep 600"],
                        "env": [{"name": "A", "value": "1"}]}]}}}
        })
    }

    fn patience(&self) -> Duration {
        if self.real { PATIENCE } else { PATIENCE_WITH_FAKE }
    }

    #[track_caller]
    pub fn until(&self, what: &str, mut holds: impl FnMut() -> bool) {
        let end = self.clock.elapsed() + self.patience();
        while !holds() {
            assert!(self.clock.elapsed() < end, "{what} did not happen");
            self.clock.sleep(Duration::from_millis(50));
        }
    }

    /// Waits until an object is as it should be, and returns it.
    #[track_caller]
    pub fn until_object(&self, what: &str, path: &str, mut holds: impl FnMut(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        let end = self.clock.elapsed() + self.patience();
        loop {
            last = match self.get(path) {
                (200, object) => object,
                _ => last,
            };
            if holds(&last) {
                return last;
            }
            assert!(self.clock.elapsed() < end, "{what} did not happen: {last}");
            self.clock.sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        if self.real {
            let path = format!("/api/v1/namespaces/{}", self.namespace);
            let _ = self.ask("DELETE", &path, "application/json", "");
        }
    }
}

/// The answer of a condition, `""` if there is none.
pub fn condition<'object>(object: &'object Value, kind: &str, field: &str) -> &'object str {
    let conditions = object["status"]["conditions"].as_array();
    let found = conditions.into_iter().flatten().find(|one| one["type"] == kind);
    found.and_then(|one| one[field].as_str()).unwrap_or_default()
}

/// What a manager owns, by its way of writing.
pub fn owned_by(object: &Value, manager: &str, operation: &str) -> Value {
    let entries = object["metadata"]["managedFields"].as_array();
    let found = entries
        .into_iter()
        .flatten()
        .find(|one| one["manager"] == manager && one["operation"] == operation);
    found.map(|one| one["fieldsV1"].clone()).unwrap_or_default()
}
