//! Canaries by weight on a cluster whose gateway divides traffic: the fake of `support/kube`, watched by a client that holds
//! that no request is ever led to a Service without pods.

use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::kube::{Cluster, Gateway, Mishap, Script, Which};
use crate::support::{DELIVER, Ends, Ran, Sandbox};

const NAMESPACE: &str = "shop";

/// What a client saw of a route: Services with their weights.
type Led = Vec<(String, u64)>;

struct Shop {
    sandbox: Sandbox,
    cluster: Cluster,
}

fn image(release: u8) -> String {
    format!("registry.example/shop@sha256:{}", release.to_string().repeat(64))
}

impl Shop {
    fn open() -> Shop {
        let cluster = Cluster::start();
        cluster.namespace(NAMESPACE);
        let sandbox = Sandbox::new();
        let kubeconfig = sandbox.root().join("kubeconfig");
        cluster.write_kubeconfig(&kubeconfig);
        let sandbox = sandbox.env("KUBECONFIG", kubeconfig.to_str().expect("a path in UTF-8"));
        let shop = Shop { sandbox, cluster };
        shop.want(1, "1s");
        shop
    }

    /// One that runs its first release.
    fn running() -> Shop {
        let shop = Shop::open();
        let ran = shop.deploy();
        assert_eq!(ran.code, Some(0), "{ran:?}");
        shop
    }

    fn want(&self, release: u8, bake: &str) {
        let text = format!(
            "[service]\nname = \"shop\"\n[build.image]\nreference = \"{}\"\n[run]\ncommand = [\"/server\"]\n\
             health = {{ path = \"/\", start = \"4s\", stable = \"1s\" }}\ndrain = \"1s\"\ngrace = \"2s\"\n\
             [environment.prod]\ntarget = \"kubernetes\"\ninstances = 4\n\
             strategy = {{ kind = \"canary\", steps = [\"10%\", \"50%\"], bake = \"{bake}\" }}\n\
             [environment.prod.kubernetes]\nnamespace = \"{NAMESPACE}\"\npre_stop = \"0s\"\n\
             gateway = {{ name = \"public\", namespace = \"edge\", host = \"shop.example\" }}\n",
            image(release)
        );
        self.sandbox.file("deliver.toml", &text);
    }

    fn deploy(&self) -> Ran {
        self.sandbox.run("deliver deploy prod --allow-dirty --json")
    }

    /// Does something while a client looks at the route all the time; what it saw, each once, and nothing of it may lead
    /// to a Service without pods.
    fn watched<T: Send>(&self, act: impl FnOnce() -> T + Send) -> (T, Vec<Led>) {
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let client = scope.spawn(|| {
                let mut seen: Vec<Led> = Vec::new();
                while !over.load(Ordering::Relaxed) {
                    let led = self.cluster.led(NAMESPACE, "shop");
                    let lost = led.iter().find(|(_, weight, pods)| *weight > 0 && *pods == 0);
                    assert_eq!(lost, None, "requests are led to nobody: {led:?}");
                    let led: Led = led.into_iter().map(|(service, weight, _)| (service, weight)).collect();
                    if seen.last() != Some(&led) {
                        seen.push(led);
                    }
                    std::thread::yield_now();
                }
                seen
            });
            let end = Ends(&over);
            let done = act();
            drop(end);
            (done, client.join().expect("no request is lost"))
        })
    }

    fn names(&self, plural: &str) -> Vec<String> {
        let all = self.cluster.list(plural, NAMESPACE);
        all.iter()
            .filter_map(|one| one["metadata"]["name"].as_str().map(str::to_owned))
            .collect()
    }

    /// One release alone, behind one Service that is as it was rendered, and a route to it alone.
    #[track_caller]
    fn serves(&self, release: u8) {
        let wanted = image(release);
        let images = |cluster: &Cluster| -> Vec<Value> {
            let pods = cluster.list("pods", NAMESPACE);
            let up = pods.iter().filter(|pod| pod["metadata"]["deletionTimestamp"].is_null());
            up.map(|pod| pod["spec"]["containers"][0]["image"].clone()).collect()
        };
        let up = images(&self.cluster);
        assert!(up.iter().all(|image| *image == *wanted), "{up:?}");
        // Pods of the second Deployment go when the collector comes by; nothing leads to them any more.
        self.cluster
            .until("four are left", |cluster| images(cluster) == vec![json!(wanted); 4]);
        assert_eq!(self.names("deployments"), ["shop"]);
        assert_eq!(self.names("services"), ["shop"]);
        let service = self.cluster.get("services", NAMESPACE, "shop").expect("a Service");
        let selector = &service["spec"]["selector"];
        assert_eq!(selector["deliver.dev/track"], Value::Null, "it stays held: {selector}");
        assert_eq!(self.led(), whole());
        assert_eq!(self.managers(), ["deliver"], "the weights are nobody's any more");
    }

    fn led(&self) -> Led {
        let led = self.cluster.led(NAMESPACE, "shop");
        led.into_iter().map(|(service, weight, _)| (service, weight)).collect()
    }

    /// Who owns fields of the route's specification.
    fn managers(&self) -> Vec<String> {
        let route = self.cluster.get("httproutes", NAMESPACE, "shop").expect("a route");
        let managed = route["metadata"]["managedFields"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let of_spec = managed.iter().filter(|entry| !entry["fieldsV1"]["f:spec"].is_null());
        of_spec
            .filter_map(|entry| entry["manager"].as_str().map(str::to_owned))
            .collect()
    }
}

fn whole() -> Led {
    vec![("shop".into(), 1)]
}

fn divided(percent: u64) -> Led {
    vec![("shop".into(), 100 - percent), ("shop-next".into(), percent)]
}

#[test]
fn a_canary_takes_its_share_by_weight_and_then_everything() {
    let shop = Shop::running();
    shop.serves(1);
    shop.want(2, "1s");
    let (ran, seen) = shop.watched(|| shop.deploy());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(seen, [whole(), divided(10), divided(50), whole()]);
    shop.serves(2);
    let details: Vec<Value> = ran.json()["steps"].as_array().expect("steps").clone();
    let replaced = details.iter().filter(|step| step["name"] == "replace").count();
    assert_eq!(replaced, 5, "each step grows before it takes traffic: {details:?}");
}

#[test]
fn all_of_the_old_pods_stay_while_a_part_of_the_traffic_is_tried() {
    let shop = Shop::running();
    shop.want(2, "2s");
    let (ran, _) = shop.watched(|| {
        std::thread::scope(|scope| {
            let run = scope.spawn(|| shop.deploy());
            shop.cluster.until("half of the traffic", |_| shop.led() == divided(50));
            assert_eq!(shop.cluster.serving(NAMESPACE, "shop").len(), 4);
            assert_eq!(shop.cluster.serving(NAMESPACE, "shop-next").len(), 2);
            run.join().expect("it is told of")
        })
    });
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[test]
fn one_that_never_gets_ready_never_gets_traffic() {
    let shop = Shop::running();
    shop.cluster.image(&image(2), Script::never_ready());
    shop.want(2, "1s");
    let (ran, seen) = shop.watched(|| shop.deploy());
    assert_eq!(ran.code, Some(1), "nothing took traffic: {ran:?}");
    assert_eq!(seen, [whole()]);
    shop.serves(1);
}

#[test]
fn one_that_dies_under_traffic_loses_it_before_its_pods_go() {
    let shop = Shop::running();
    shop.want(2, "60s");
    let (ran, seen) = shop.watched(|| {
        std::thread::scope(|scope| {
            let run = scope.spawn(|| shop.deploy());
            shop.cluster
                .until("a tenth of the traffic", |_| shop.led() == divided(10));
            // A second pod keeps the Service from standing empty by itself, which no order of acts could help.
            shop.cluster.edit(
                "deployments",
                NAMESPACE,
                "shop-next",
                "kube-controller-manager",
                |one| {
                    one["spec"]["replicas"] = json!(2);
                },
            );
            shop.cluster.until("a second pod", |cluster| {
                cluster.serving(NAMESPACE, "shop-next").len() == 2
            });
            let pod = shop.cluster.serving(NAMESPACE, "shop-next").remove(0);
            shop.cluster.kill(NAMESPACE, &pod, 9);
            run.join().expect("it is told of")
        })
    });
    assert_eq!(ran.code, Some(4), "{ran:?}");
    assert_eq!(seen, [whole(), divided(10), whole()]);
    shop.serves(1);
}

#[test]
fn whoever_is_interrupted_goes_back_and_whoever_is_killed_is_brought_back() {
    for signal in ["INT", "KILL"] {
        let shop = Shop::running();
        shop.want(2, "60s");
        let ((), seen) = shop.watched(|| {
            let mut child = shop
                .sandbox
                .command(DELIVER)
                .args(["deploy", "prod", "--allow-dirty"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("it starts");
            shop.cluster
                .until("a tenth of the traffic", |_| shop.led() == divided(10));
            shop.sandbox.run(&format!("kill -{signal} {}", child.id())).ok();
            let ended = child.wait().expect("it ends");
            if signal == "INT" {
                assert_eq!(ended.code(), Some(4));
            } else {
                let resumed = shop.sandbox.run("deliver resume prod --json");
                assert_eq!(resumed.code, Some(4), "{resumed:?}");
                assert!(resumed.stdout.contains("rolled_back"), "{resumed:?}");
            }
        });
        assert_eq!(seen, [whole(), divided(10), whole()], "{signal}");
        shop.serves(1);
    }
}

#[test]
fn killed_while_everything_rolls_out_it_keeps_its_share_or_gives_it_back() {
    let shop = Shop::running();
    shop.want(2, "1s");
    shop.watched(|| {
        let mut child = shop
            .sandbox
            .command(DELIVER)
            .args(["deploy", "prod", "--allow-dirty"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        shop.cluster.until("the new release takes over", |cluster| {
            let main = cluster.get("deployments", NAMESPACE, "shop").unwrap_or_default();
            main["spec"]["template"]["spec"]["containers"][0]["image"] == image(2)
        });
        child.kill().expect("it runs");
        child.wait().expect("it ended");
        shop.sandbox.run("deliver resume prod --json");
    });
    assert_eq!(shop.led(), whole());
    assert_eq!(shop.names("services"), ["shop"]);
    let main = shop.cluster.get("deployments", NAMESPACE, "shop").expect("it is there");
    let image_now = main["spec"]["template"]["spec"]["containers"][0]["image"]
        .as_str()
        .expect("an image")
        .to_owned();
    shop.serves(if image_now == image(1) { 1 } else { 2 });
}

#[test]
fn weights_that_somebody_else_changed_are_not_overwritten() {
    let shop = Shop::running();
    shop.want(2, "60s");
    let ran = std::thread::scope(|scope| {
        let run = scope.spawn(|| shop.deploy());
        shop.cluster
            .until("a tenth of the traffic", |_| shop.led() == divided(10));
        shop.cluster
            .edit("httproutes", NAMESPACE, "shop", "kubectl-edit", |route| {
                route["spec"]["rules"][0]["backendRefs"][1]["weight"] = json!(0);
            });
        // The watch ends with a crash, and the way back meets the change.
        let pod = shop.cluster.serving(NAMESPACE, "shop-next").remove(0);
        shop.cluster.kill(NAMESPACE, &pod, 9);
        run.join().expect("it is told of")
    });
    assert_eq!(ran.code, Some(5), "{ran:?}");
    let said = format!("{}{}", ran.error()["message"], ran.error()["causes"]);
    assert!(said.contains("`kubectl-edit` set rules of httproute/shop"), "{said}");
    assert_eq!(shop.led(), [("shop".to_owned(), 90), ("shop-next".to_owned(), 0)]);
    let status = shop.sandbox.run("deliver status prod --json").json();
    let drift = status["services"][0]["drift"].to_string();
    assert!(drift.contains("`kubectl-edit` set rules of httproute/shop"), "{drift}");
}

#[test]
fn a_route_that_its_gateway_does_not_take_is_a_named_trouble() {
    let shop = Shop::running();
    shop.cluster.gateway(Gateway::Refuses {
        reason: "NotAllowedByListeners".into(),
        message: "no listener takes routes of the namespace".into(),
    });
    shop.cluster.until("the gateway says so", |cluster| {
        let route = cluster.get("httproutes", NAMESPACE, "shop").unwrap_or_default();
        route["status"]["parents"][0]["conditions"][0]["status"] == "False"
    });
    let words = "gateway edge/public does not accept httproute/shop: NotAllowedByListeners: no listener takes routes of \
                 the namespace";
    let status = shop.sandbox.run("deliver status prod --json").json();
    assert!(status["services"][0]["drift"].to_string().contains(words), "{status}");
    shop.want(2, "1s");
    let (ran, seen) = shop.watched(|| shop.deploy());
    assert_eq!(ran.code, Some(5), "the way back does not come through either: {ran:?}");
    assert!(ran.error()["message"].to_string().contains(words), "{ran:?}");
    assert_eq!(seen, [whole(), divided(10), whole()]);
    shop.cluster.gateway(Gateway::Takes(Duration::ZERO));
    shop.sandbox.run("deliver resume prod").ok();
    let again = shop.deploy();
    assert_eq!(again.code, Some(0), "{again:?}");
    shop.serves(2);
}

#[test]
fn a_first_release_whose_route_nobody_takes_up_is_no_success() {
    let shop = Shop::open();
    shop.cluster.gateway(Gateway::Silent);
    let ran = shop.deploy();
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let message = ran.error()["message"].to_string();
    assert!(
        message.contains("no controller has taken httproute/shop up for gateway edge/public"),
        "{message}"
    );
}

#[test]
fn a_slow_gateway_is_waited_for_before_pods_go() {
    let shop = Shop::running();
    shop.cluster.gateway(Gateway::Takes(Duration::from_millis(700)));
    shop.want(2, "1s");
    let (ran, seen) = shop.watched(|| shop.deploy());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(seen, [whole(), divided(10), divided(50), whole()]);
    shop.serves(2);
}

#[test]
fn an_answer_about_the_route_that_was_lost_is_made_up_for() {
    for (place, mishap) in [(0, Mishap::CutAfter), (2, Mishap::TimeoutAfter), (1, Mishap::CutBefore)] {
        let shop = Shop::running();
        shop.want(2, "0s");
        shop.cluster
            .mishap_after(place, Which::of("patch", "httproutes"), mishap.clone());
        let (ran, _) = shop.watched(|| shop.deploy());
        if ran.code == Some(0) {
            shop.serves(2);
            continue;
        }
        assert_eq!(ran.code, Some(8), "place {place}, {mishap:?}: {ran:?}");
        shop.watched(|| shop.sandbox.run("deliver resume prod").resumed());
        let (again, _) = shop.watched(|| shop.deploy());
        assert_eq!(again.code, Some(0), "place {place}, {mishap:?}: {again:?}");
        shop.serves(2);
    }
}

#[test]
fn a_cluster_without_the_gateway_api_is_told_when_it_is_planned() {
    let shop = Shop::open();
    shop.cluster.without_gateway_api();
    for line in [
        "deliver plan prod --allow-dirty --json",
        "deliver deploy prod --allow-dirty --json",
    ] {
        let ran = shop.sandbox.run(line);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        let error = ran.error();
        assert_eq!(error["code"], "no-gateway-api");
        let hints = error["hints"].to_string();
        assert!(hints.contains("install the definitions of the Gateway API"), "{hints}");
    }
    let writes = shop
        .cluster
        .asked()
        .into_iter()
        .filter(|one| one.method != "GET")
        .count();
    assert_eq!(writes, 0, "nothing was written");
}

#[test]
fn the_name_of_the_second_service_may_be_somebody_elses() {
    let shop = Shop::open();
    let theirs = json!({ "spec": { "selector": { "app": "theirs" }, "ports": [{ "port": 80 }] } });
    shop.cluster.create("services", NAMESPACE, "shop-next", theirs);
    let ran = shop.deploy();
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert_eq!(ran.error()["code"], "name-taken");
    assert!(ran.stderr.contains("service/shop-next is not deliver's"), "{ran:?}");
}

#[test]
fn the_plan_says_how_traffic_is_divided_and_why_it_is_not() {
    let shop = Shop::running();
    shop.want(2, "1s");
    let plan = shop.sandbox.run("deliver plan prod --allow-dirty").ok();
    assert!(plan.contains("traffic by weight"), "{plan}");
    assert!(plan.contains("1 of 4 web with 10% of the traffic"), "{plan}");
    assert!(!plan.contains("no traffic weights"), "{plan}");
    let without = |with: &str| {
        let text = shop.sandbox.read("deliver.toml");
        let line = text
            .lines()
            .find(|line| line.starts_with("gateway"))
            .expect("a gateway")
            .to_owned();
        shop.sandbox.file("deliver.toml", &text.replace(&line, with));
        let plan = shop.sandbox.run("deliver plan prod --allow-dirty --json").json();
        shop.sandbox.file("deliver.toml", &text);
        plan["notes"].to_string()
    };
    for (with, why) in [
        (
            "",
            "a Service has no weights: `gateway` under [environment.prod.kubernetes] would divide",
        ),
        (
            "ingress = { host = \"x.example\" }",
            "an Ingress has no weights: `gateway` instead of `ingress`",
        ),
    ] {
        let notes = without(with);
        assert!(notes.contains(why), "{notes}");
        assert!(
            notes.contains("has no traffic weights here: a canary takes the share that its instances are of all"),
            "{notes}"
        );
    }
}
