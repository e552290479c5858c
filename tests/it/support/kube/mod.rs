//! A Kubernetes API server for tests where no cluster can run: real TLS and HTTP, the documented contract, and the parts of
//! the control plane whose doings clients see.
//!
//! What is covered, by file: stored objects, revisions and continued lists (`store`), selectors (`selector`), the verbs
//! (`verbs`, `writes`, `delete`, `patch`), server-side apply with field ownership (`apply`, `fields`, `schema`), defaults and
//! validation (`defaults`, `validate`, `decode`), errors (`failure`), rights, webhooks and quotas (`rules`), pods and their
//! logs (`kubelet`, `container`, `logs`), Deployments, ReplicaSets, Jobs, EndpointSlices, what gateways say of HTTPRoutes, and
//! garbage (`controllers`).
//!
//! Knowingly simpler than a cluster: one node that is never full; no network between pods, and nothing listens in them; no
//! OpenAPI documents, no tables, no protobuf, no HTTP/2; StatefulSets, DaemonSets, CronJobs and HPAs are stored and do
//! nothing; RBAC objects are stored and rights are what a test takes away. Each file says what else.
//!
//! `contract/kubernetes` holds it and a real cluster to the same assertions.

mod apply;
mod container;
mod controllers;
mod decode;
mod defaults;
mod delete;
mod failure;
mod fields;
mod kubelet;
mod logs;
mod patch;
mod pki;
mod request;
mod resources;
mod rules;
mod schema;
mod script;
mod selector;
mod server;
mod state;
mod store;
mod validate;
mod verbs;
mod writes;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use base64::Engine;
use deliver::adapters::system::SystemClock;
use deliver::ports::Clock;
use serde_json::Value;
use tokio::sync::watch;

#[allow(
    unused_imports,
    reason = "tests of faults name them; not every selection of tests does"
)]
pub use controllers::gateway::Gateway;
#[allow(unused_imports, reason = "as below")]
pub use failure::Failure;
pub use rules::{Mishap, Rules, User, Which};
#[allow(unused_imports, reason = "as above")]
pub use script::{Exit, Script};
pub use server::Asked;

use server::{Run, Shared, locked};
use state::State;
use store::Key;

/// A cluster of one test, on a port of its own; it ends when it is dropped.
pub struct Cluster {
    shared: Arc<Shared>,
    address: SocketAddr,
    run: watch::Sender<Run>,
    threads: Vec<JoinHandle<()>>,
}

/// The token of the user `admin`, who may do everything until a test says otherwise.
pub const ADMIN_TOKEN: &str = "admin-token";
/// The token of the user `deployer`, for tests that take rights from one and not from the other.
pub const DEPLOYER_TOKEN: &str = "deployer-token";

impl Cluster {
    /// A cluster whose time passes as everybody's.
    pub fn start() -> Self {
        Cluster::with_speed(1)
    }

    /// A cluster whose clock runs `speed` times as fast.
    pub fn with_speed(speed: u32) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let listener = runtime.block_on(async { server::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))) });
        let listener = listener.expect("a free port of the loopback");
        let address = listener.local_addr().expect("a bound listener has an address");
        let user = |name: &str| User {
            name: name.to_owned(),
            groups: vec!["system:authenticated".to_owned()],
        };
        let tokens = BTreeMap::from([
            (ADMIN_TOKEN.to_owned(), user("admin")),
            (DEPLOYER_TOKEN.to_owned(), user("deployer")),
        ]);
        let shared = Arc::new(Shared {
            state: Mutex::new(State::new(
                speed.max(1),
                0x9e37_79b9_7f4a_7c15 ^ u64::from(address.port()),
            )),
            authority: Mutex::new(pki::Authority::new()),
            tokens: Mutex::new(tokens),
            asked: Mutex::new(Vec::new()),
        });
        let (run, runs) = watch::channel(Run::Serve);
        let (serving, controlled, until) = (Arc::clone(&shared), Arc::clone(&shared), runs.clone());
        let threads = vec![
            std::thread::spawn(move || {
                runtime.block_on(server::serve(serving, listener, runs));
                runtime.shutdown_background();
            }),
            std::thread::spawn(move || server::control(&controlled, &until)),
        ];
        Cluster {
            shared,
            address,
            run,
            threads,
        }
    }

    /// `https://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// The authority that the server's certificate is checked with, as PEM.
    pub fn authority(&self) -> String {
        locked(&self.shared.authority).certificate.clone()
    }

    /// A kubeconfig with the contexts `admin` (a token), `deployer` (another user's token), `certificate` (admin by a client
    /// certificate), `expired` (a certificate of long ago), `revoked` (a token that nobody knows), `anonymous` (nothing) and
    /// `distrusted` (no authority is given, so that the server cannot be trusted).
    pub fn kubeconfig(&self) -> String {
        let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
        let admin = User {
            name: "admin".to_owned(),
            groups: vec!["system:masters".to_owned()],
        };
        let (good, expired) = {
            let mut authority = locked(&self.shared.authority);
            (authority.client(&admin, true), authority.client(&admin, false))
        };
        let by_certificate = |identity: &pki::Identity| {
            let (certificate, key) = (encode(&identity.certificate), encode(&identity.key));
            format!("client-certificate-data: {certificate}, client-key-data: {key}")
        };
        let users = [
            ("admin", format!("token: {ADMIN_TOKEN}")),
            ("deployer", format!("token: {DEPLOYER_TOKEN}")),
            ("certificate", by_certificate(&good)),
            ("expired", by_certificate(&expired)),
            ("revoked", "token: revoked-token".to_owned()),
            ("anonymous", String::new()),
        ];
        let url = self.url();
        let authority = encode(&self.authority());
        let mut text = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: admin\nclusters:\n\
             - {{name: fake, cluster: {{server: \"{url}\", certificate-authority-data: {authority}}}}}\n\
             - {{name: distrusted, cluster: {{server: \"{url}\"}}}}\nusers:\n"
        );
        for (name, how) in &users {
            text.push_str(&format!("- {{name: {name}, user: {{{how}}}}}\n"));
        }
        text.push_str("contexts:\n- {name: distrusted, context: {cluster: distrusted, user: admin}}\n");
        for (name, _) in &users {
            text.push_str(&format!(
                "- {{name: {name}, context: {{cluster: fake, user: {name}}}}}\n"
            ));
        }
        text
    }

    /// Writes [`Cluster::kubeconfig`] for the program under test.
    pub fn write_kubeconfig(&self, path: &Path) {
        std::fs::write(path, self.kubeconfig()).expect("the kubeconfig is written");
    }

    /// Makes a namespace.
    pub fn namespace(&self, name: &str) -> &Self {
        let mut state = locked(&self.shared.state);
        for (plural, namespace, name) in [("namespaces", "", name), ("serviceaccounts", name, "default")] {
            state.seed(plural, namespace, name, Value::Object(serde_json::Map::new()));
        }
        drop(state);
        self
    }

    /// Says what containers of an image do; pods that are placed afterwards do it.
    pub fn image(&self, image: &str, script: Script) -> &Self {
        locked(&self.shared.state).scripts.push((image.to_owned(), script));
        self
    }

    /// Changes what goes wrong.
    pub fn rules(&self, change: impl FnOnce(&mut Rules)) -> &Self {
        change(&mut locked(&self.shared.state).rules);
        self
    }

    /// The next `times` requests of a kind end so.
    pub fn mishap(&self, which: Which, mishap: Mishap, times: u32) -> &Self {
        self.rules(|rules| rules.mishap(which, mishap, 0, times))
    }

    /// One request of a kind ends so, after `spared` ones that do not.
    pub fn mishap_after(&self, spared: u32, which: Which, mishap: Mishap) -> &Self {
        self.rules(|rules| rules.mishap(which, mishap, spared, 1))
    }

    pub fn get(&self, plural: &str, namespace: &str, name: &str) -> Option<Value> {
        locked(&self.shared.state)
            .store
            .get(&Key::new(plural, namespace, name))
            .cloned()
    }

    pub fn list(&self, plural: &str, namespace: &str) -> Vec<Value> {
        let state = locked(&self.shared.state);
        state
            .store
            .list(plural, namespace)
            .map(|(_, object)| object.clone())
            .collect()
    }

    /// Somebody else's write: `change` gets the object as it is, and `manager` owns what it changes.
    pub fn edit(&self, plural: &str, namespace: &str, name: &str, manager: &str, change: impl FnOnce(&mut Value)) {
        let key = Key::new(plural, namespace, name);
        let writer = state::controller(manager, &key.resource().api_version(), "");
        locked(&self.shared.state).change(&key, &writer, change);
    }

    /// Somebody else's write of a new object: what the verb `create` makes of it, without rules.
    pub fn create(&self, plural: &str, namespace: &str, name: &str, object: Value) {
        let mut state = locked(&self.shared.state);
        let key = Key::new(plural, namespace, name);
        let mut object = object;
        controllers::prepare(&mut state, &key, &mut object);
        defaults::complete(key.resource(), &mut object);
        state.seed(plural, namespace, name, object);
    }

    /// Somebody else deletes an object, in the background.
    pub fn delete(&self, plural: &str, namespace: &str, name: &str) {
        let key = Key::new(plural, namespace, name);
        delete::remove(&mut locked(&self.shared.state), &key, &delete::Options::default());
    }

    /// Limits a namespace: `("pods", "2")`, `("requests.cpu", "1")`, `("count/deployments.apps", "0")`.
    pub fn quota(&self, namespace: &str, name: &str, hard: &[(&str, &str)]) -> &Self {
        let hard: serde_json::Map<String, Value> = hard
            .iter()
            .map(|(item, limit)| ((*item).to_owned(), (*limit).into()))
            .collect();
        self.create(
            "resourcequotas",
            namespace,
            name,
            serde_json::json!({"spec": {"hard": hard}}),
        );
        self
    }

    /// What runs in a pod ends with this code, as in a crash.
    pub fn kill(&self, namespace: &str, pod: &str, code: i32) {
        kubelet::kill(&mut locked(&self.shared.state), &Key::new("pods", namespace, pod), code);
    }

    /// A pod prints a line.
    pub fn print(&self, namespace: &str, pod: &str, text: &str) {
        let mut state = locked(&self.shared.state);
        let now = state.now();
        let key = Key::new("pods", namespace, pod);
        let uid = state
            .store
            .get(&key)
            .and_then(|pod| pod["metadata"]["uid"].as_str())
            .unwrap_or_default()
            .to_owned();
        for container in state.runs.get_mut(&uid).into_iter().flat_map(|run| &mut run.containers) {
            container.lines.push(logs::Line::new(now, text));
        }
    }

    /// The node takes no more pods, or takes them again.
    pub fn cordon(&self, yes: bool) {
        self.edit("nodes", "", "node-1", "kubectl", |node| {
            node["spec"]["unschedulable"] = yes.into()
        });
    }

    /// The node is cordoned and its pods of a namespace are ended, as far as they may be disrupted all at once.
    pub fn drain(&self, namespace: &str) {
        self.cordon(true);
        for pod in self.list("pods", namespace) {
            self.delete("pods", namespace, pod["metadata"]["name"].as_str().unwrap_or_default());
        }
    }

    /// The pods that a Service would send traffic to now.
    pub fn serving(&self, namespace: &str, service: &str) -> Vec<String> {
        let slices = self.list("endpointslices", namespace);
        slices
            .iter()
            .filter(|slice| slice["metadata"]["labels"]["kubernetes.io/service-name"] == service)
            .flat_map(|slice| slice["endpoints"].as_array().into_iter().flatten())
            .filter(|endpoint| endpoint["conditions"]["ready"] == true)
            .filter_map(|endpoint| endpoint["targetRef"]["name"].as_str().map(str::to_owned))
            .collect()
    }

    /// What gateways make of routes from now on.
    pub fn gateway(&self, gateway: Gateway) -> &Self {
        locked(&self.shared.state).gateway = gateway;
        self
    }

    /// The kinds of the Gateway API are not installed.
    pub fn without_gateway_api(&self) -> &Self {
        locked(&self.shared.state).has_gateway_api = false;
        self
    }

    /// Where a route leads: Services with their weights, and how many pods serve each, all of one moment.
    pub fn led(&self, namespace: &str, route: &str) -> Vec<(String, u64, usize)> {
        let state = locked(&self.shared.state);
        let route = state
            .store
            .get(&Key::new("httproutes", namespace, route))
            .cloned()
            .unwrap_or_default();
        let rules = route["spec"]["rules"].as_array().cloned().unwrap_or_default();
        let backends = rules.iter().filter_map(|rule| rule["backendRefs"].as_array()).flatten();
        let serving = |service: &str| {
            let slices = state.store.list("endpointslices", namespace).map(|(_, slice)| slice);
            slices
                .filter(|slice| slice["metadata"]["labels"]["kubernetes.io/service-name"] == service)
                .flat_map(|slice| slice["endpoints"].as_array().into_iter().flatten())
                .filter(|endpoint| endpoint["conditions"]["serving"] == true)
                .count()
        };
        backends
            .map(|backend| {
                let service = backend["name"].as_str().unwrap_or_default().to_owned();
                let pods = serving(&service);
                (service, backend["weight"].as_u64().unwrap_or(1), pods)
            })
            .collect()
    }

    /// Every request since the start.
    pub fn asked(&self) -> Vec<Asked> {
        locked(&self.shared.asked).clone()
    }

    /// The server goes away: its connections are cut and new ones refused.
    pub fn stop(&self) {
        self.run.send_replace(Run::Away);
    }

    /// The server comes back at the same address.
    pub fn start_again(&self) {
        self.run.send_replace(Run::Serve);
    }

    /// Moves the cluster's clock ahead.
    pub fn advance(&self, by: Duration) {
        locked(&self.shared.state).advance(by);
    }

    /// Forgets old revisions: continued lists and watches from before have expired.
    pub fn compact(&self) {
        locked(&self.shared.state).store.compact();
    }

    /// Waits until something holds; panics with `what` after half a minute.
    #[track_caller]
    pub fn until(&self, what: &str, mut holds: impl FnMut(&Cluster) -> bool) {
        let clock = SystemClock::new(None);
        while !holds(self) {
            assert!(clock.elapsed() < Duration::from_secs(30), "{what} did not happen");
            clock.sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.run.send_replace(Run::End);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
