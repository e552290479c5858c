//! A cluster as a target: the one that stands for a cluster in tests, always, and the real one that
//! `DELIVER_TEST_KUBECONFIG` names, if it is set, with the command of `DELIVER_TEST_KUBE_LOAD` for images of this machine's
//! engine.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine;
use deliver::adapters::contract::{self, App, Bed, CANARY, SECRET};
use deliver::adapters::kubernetes::Kubernetes;
use deliver::adapters::process::{Groups, Processes};
use deliver::adapters::system::SystemClock;
use deliver::config::environment::Environment;
use deliver::fault::{Fault, Result};
use deliver::model::place::Place;
use deliver::model::spec::{CommandLine, Health, HttpProbe, Image, Process, SecretRef, Spec, Work};
use deliver::model::{EnvName, ReleaseNo, ServiceName, Span};
use deliver::ports::interrupt::Never;
use deliver::ports::target::Prepared;
use deliver::ports::{Clock, Target};
use serde_json::{Value, json};

use super::holds;
use crate::contract::kubernetes::subject::Subject;
use crate::support::kube::{Cluster, Script};
use crate::support::{Sandbox, needs};

const APP: &str = include_str!("app.c");

const DOCKERFILE: &str = "FROM scratch\nCOPY app /app\nUSER 10001\nENTRYPOINT [\"/app\"]\n";

const RELEASE: &str = "DELIVER_CHECK_RELEASE";

/// Where nothing listens: the port of RFC 863, which no machine serves any more.
const NOWHERE: &str = "https://127.0.0.1:9";

/// A namespace of its own, which goes with it.
struct InCluster {
    subject: Subject,
    /// The gateway that a route is for, where there is one.
    gateway: bool,
    image: String,
    clock: Arc<dyn Clock>,
    target: Kubernetes,
    severed: Kubernetes,
    asked: AtomicUsize,
}

impl InCluster {
    fn new(subject: Subject, image: String, kubeconfig: &Path, sandbox: &Sandbox) -> InCluster {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new(None));
        let severed = sandbox.root().join("severed");
        let text = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters:\n- {{name: c, cluster: {{server: \"{NOWHERE}\"}}}}\n\
             users:\n- {{name: c, user: {{token: none}}}}\ncontexts:\n- {{name: c, context: {{cluster: c, user: c}}}}\n"
        );
        std::fs::write(&severed, text).expect("a kubeconfig");
        let (target, severed) = (
            open(options(&subject.namespace, Some(kubeconfig), false), &clock),
            open(options(&subject.namespace, Some(&severed), false), &clock),
        );
        InCluster {
            subject,
            gateway: false,
            image,
            clock,
            target,
            severed,
            asked: AtomicUsize::new(0),
        }
    }

    fn spec(&self, app: App, number: ReleaseNo) -> Spec {
        let mode = if app == App::Crashes { "crash" } else { "serve" };
        Spec {
            health: Health {
                probe: Some(HttpProbe {
                    path: "/".into(),
                    host: None,
                    below: 400,
                }),
                stable: Span::ZERO,
                ..Health::default()
            },
            drain: Span::from_secs(2),
            grace: Span::from_secs(2),
            secrets: BTreeMap::from([(SECRET.to_owned(), SecretRef::Env(SECRET.to_owned()))]),
            secret_versions: BTreeMap::from([(SECRET.to_owned(), "1".to_owned())]),
            release_step: contract::step(app, |status| match self.subject.stand_in() {
                Some(_) => CommandLine::Shell(format!("echo migrated; exit {status}")),
                None => exec(&["/app", "step", &status.to_string()]),
            }),
            image: Some(Image::Ready(match app {
                // What runs in a cluster that runs nothing is said of its image.
                App::Crashes if self.subject.stand_in().is_some() => format!("{}-crashes", self.image),
                _ => self.image.clone(),
            })),
            options: self.options(None),
            ..Spec::of(vec![Process {
                env: BTreeMap::from([(RELEASE.to_owned(), number.to_string())]),
                ..contract::web(Work::Command(exec(&["/app", mode])))
            }])
        }
    }

    fn options(&self, kubeconfig: Option<&Path>) -> Value {
        options(&self.subject.namespace, kubeconfig, self.gateway)
    }

    /// The same behind a gateway.
    fn with_gateway(mut self, kubeconfig: &Path) -> InCluster {
        self.gateway = true;
        self.target = open(self.options(Some(kubeconfig)), &self.clock);
        self
    }

    /// The Service that a request to the route is led to next, by the weights.
    fn led(&self, cluster: &Cluster, route: &str) -> Option<String> {
        let led = cluster.led(&self.subject.namespace, route);
        let all: u64 = led.iter().map(|(_, weight, _)| weight).sum();
        // Each hundredth once, and neighbours apart.
        let turn = self.asked.load(Ordering::Relaxed) as u64 * 37 % all.max(1);
        let mut sum = 0;
        led.into_iter()
            .find(|(_, weight, _)| {
                sum += weight;
                turn < sum
            })
            .map(|(service, ..)| service)
    }

    /// What the next of the pods that a Service sends requests to would answer; one that was not given its secret answers
    /// nothing.
    fn ask_stand_in(&self, cluster: &Cluster, service: &str) -> Result<String> {
        let namespace = &self.subject.namespace;
        let serving = cluster.serving(namespace, service);
        if serving.is_empty() {
            return Err(Fault::failed("unanswered", format!("no pod serves `{service}`")));
        }
        let pod = &serving[self.asked.fetch_add(1, Ordering::Relaxed) % serving.len()];
        let pod = cluster.get("pods", namespace, pod).unwrap_or_default();
        let container = &pod["spec"]["containers"][0];
        let of_secret = container["envFrom"].as_array().into_iter().flatten();
        let mut secrets = of_secret
            .filter_map(|source| source["secretRef"]["name"].as_str())
            .filter_map(|name| cluster.get("secrets", namespace, name));
        let expected = base64::engine::general_purpose::STANDARD.encode(CANARY);
        if !secrets.any(|secret| secret["data"][SECRET] == expected) {
            return Err(Fault::failed("no-secret", format!("a pod has no secret: {container}")));
        }
        let mut variables = container["env"].as_array().into_iter().flatten();
        let release = variables.find(|one| one["name"] == RELEASE);
        Ok(release
            .and_then(|one| one["value"].as_str())
            .unwrap_or_default()
            .to_owned())
    }
}

fn exec(words: &[&str]) -> CommandLine {
    CommandLine::Exec(words.iter().map(|word| (*word).to_owned()).collect())
}

/// What a plain service says of its place.
fn options(namespace: &str, kubeconfig: Option<&Path>, gateway: bool) -> Value {
    let gateway = gateway.then(|| json!({ "name": "public", "host": "pricing.example" }));
    json!({ "namespace": namespace, "kubeconfig": kubeconfig, "pull": "never", "pre_stop": "1s", "run_as": 10001,
        "gateway": gateway })
}

fn open(options: Value, clock: &Arc<dyn Clock>) -> Kubernetes {
    let place = Place {
        target: "kubernetes".into(),
        options,
    };
    // Whatever engine the machine has is not asked what a tag means.
    let environment = Environment::of([("DOCKER_HOST", "unix:///nowhere")]);
    let commands = Processes::new(clock.clone(), Arc::new(Never), Groups::default());
    Kubernetes::new(&place, &environment, clock.clone(), Arc::new(commands), Arc::new(Never)).expect("a target")
}

impl Bed for InCluster {
    fn target(&self) -> &dyn Target {
        &self.target
    }

    fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    fn service(&self) -> ServiceName {
        "pricing".parse().expect("a name")
    }

    fn env(&self) -> EnvName {
        "production".parse().expect("a name")
    }

    fn release(&self, app: App, number: ReleaseNo) -> Result<Prepared> {
        let spec = self.spec(app, number);
        Ok(contract::prepared(self, number, "b-1", spec, Path::new("/nowhere")))
    }

    /// Addresses of Services mean something within a cluster only: its API server passes requests on.
    fn ask(&self, url: &str, path: &str) -> Option<Result<String>> {
        let host = url.trim_start_matches("http://");
        let service = host.split('.').next().unwrap_or_default();
        if let Some(cluster) = self.subject.stand_in() {
            let led = self.led(cluster, service);
            return Some(self.ask_stand_in(cluster, led.as_deref().unwrap_or(service)));
        }
        let services = self.subject.in_namespace("/api/v1", "services");
        let path = format!("{services}/{service}:http/proxy{path}");
        let (code, answer) = self.subject.ask("GET", &path, "text/plain", "");
        Some(Ok(match code {
            200 => answer,
            code => format!("status {code}: {answer}"),
        }))
    }

    fn severed(&self) -> Option<&dyn Target> {
        Some(&self.severed)
    }
}

/// What the images of the bed do on a cluster that stands for one; its kubeconfig.
fn staged(subject: &Subject, sandbox: &Sandbox) -> std::path::PathBuf {
    let cluster = subject.stand_in().expect("it stands for one");
    let secret = format!("secret of {} bytes", CANARY.len());
    let crash = Script {
        ready_after: None,
        ..Script::exits(Duration::ZERO, 3).prints(&["cannot go on"])
    };
    cluster
        .image("bed:1", Script::default().prints(&["listening", &secret]))
        .image("bed:1-crashes", crash);
    let kubeconfig = sandbox.root().join("kubeconfig");
    cluster.write_kubeconfig(&kubeconfig);
    kubeconfig
}

#[test]
fn a_cluster_that_stands_for_one_keeps_what_targets_promise() {
    let (subject, sandbox) = (Subject::fake("target"), Sandbox::new());
    let kubeconfig = staged(&subject, &sandbox);
    holds(&InCluster::new(subject, "bed:1".into(), &kubeconfig, &sandbox), &[]);
}

#[test]
fn a_cluster_with_a_gateway_keeps_what_targets_promise() {
    let (subject, sandbox) = (Subject::fake("gateway"), Sandbox::new());
    let kubeconfig = staged(&subject, &sandbox);
    let bed = InCluster::new(subject, "bed:1".into(), &kubeconfig, &sandbox).with_gateway(&kubeconfig);
    assert!(bed.target.capabilities().weights);
    holds(&bed, &[]);
}

/// An image on the cluster's nodes, and in this machine's engine for as long as this is kept.
struct Loaded<'a> {
    sandbox: &'a Sandbox,
    image: String,
}

impl<'a> Loaded<'a> {
    fn new(sandbox: &'a Sandbox, load: &str) -> Loaded<'a> {
        let image = format!("localhost/deliver-bed-{}:1", std::process::id());
        sandbox.file("image/Dockerfile", DOCKERFILE).file("app.c", APP);
        let script = format!("cc -static -O1 -o image/app app.c && docker build -q -t {image} image && {load} {image}");
        let loaded = Loaded { sandbox, image };
        sandbox.run(&script).ok();
        loaded
    }
}

impl Drop for Loaded<'_> {
    fn drop(&mut self) {
        let _ = self.sandbox.run(&format!("docker rmi -f {}", self.image));
    }
}

#[test]
fn a_real_cluster_keeps_what_targets_promise() {
    let Some(kubeconfig) = needs::cluster("DELIVER_TEST_KUBECONFIG") else {
        return;
    };
    let Some(load) = needs::cluster("DELIVER_TEST_KUBE_LOAD") else {
        return;
    };
    if !needs::engine() || !needs::has("cc") {
        return;
    }
    let sandbox = Sandbox::new().with_tools();
    let loaded = Loaded::new(&sandbox, &load);
    let Some(subject) = Subject::real("target") else { return };
    let bed = InCluster::new(subject, loaded.image.clone(), Path::new(&kubeconfig), &sandbox);
    holds(&bed, &[]);
}
