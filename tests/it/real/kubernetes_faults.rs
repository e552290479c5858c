//! Deployments to a cluster that misbehaves: the fake of `support/kube`, told what goes wrong and when.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::kube::{Cluster, Failure, Mishap, Rules, Script, Which};
use crate::support::{Ran, Sandbox};

const NAMESPACE: &str = "shop";

/// A service `shop` of two pods, on a cluster of its own.
struct Shop {
    sandbox: Sandbox,
    cluster: Cluster,
}

/// The image of a release, which is wanted by its digest.
fn image(release: u8) -> String {
    format!("registry.example/shop@sha256:{}", release.to_string().repeat(64))
}

impl Shop {
    fn open(extra: &str) -> Shop {
        let cluster = Cluster::start();
        cluster.namespace(NAMESPACE);
        let sandbox = Sandbox::new().env("SHOP_TOKEN", "canary-value");
        let kubeconfig = sandbox.root().join("kubeconfig");
        cluster.write_kubeconfig(&kubeconfig);
        let sandbox = sandbox.env("KUBECONFIG", kubeconfig.to_str().expect("a path in UTF-8"));
        let shop = Shop { sandbox, cluster };
        shop.release(1, extra);
        shop
    }

    /// One that runs its first release.
    fn running(extra: &str) -> Shop {
        let shop = Shop::open(extra);
        let ran = shop.deploy();
        assert_eq!(ran.code, Some(0), "{ran:?}");
        shop
    }

    /// From now on this release is what is wanted.
    fn release(&self, release: u8, extra: &str) {
        let text = format!(
            "[service]\nname = \"shop\"\n[build.image]\nreference = \"{}\"\n[run]\ncommand = [\"/server\"]\n\
             health = {{ path = \"/\", start = \"6s\", stable = \"1s\" }}\ndrain = \"1s\"\ngrace = \"2s\"\n\
             [run.env]\nGREETING = \"hello\"\n[run.secrets]\nTOKEN = \"env:SHOP_TOKEN\"\n\
             [environment.prod]\ntarget = \"kubernetes\"\ninstances = 2\n\
             [environment.prod.kubernetes]\nnamespace = \"{NAMESPACE}\"\npre_stop = \"0s\"\n{extra}\n",
            image(release)
        );
        self.sandbox.file("deliver.toml", &text);
    }

    fn deploy(&self) -> Ran {
        let ran = self.sandbox.run("deliver deploy prod --allow-dirty --json");
        assert!(!format!("{ran:?}").contains("canary-value"), "a secret is shown");
        ran
    }

    /// The images of the pods that get traffic.
    fn serving(&self) -> Vec<String> {
        let names = self.cluster.serving(NAMESPACE, "shop");
        let pods = self.cluster.list("pods", NAMESPACE);
        let pods = pods
            .iter()
            .filter(|pod| names.iter().any(|name| pod["metadata"]["name"] == name.as_str()));
        pods.filter_map(|pod| pod["spec"]["containers"][0]["image"].as_str().map(str::to_owned))
            .collect()
    }

    #[track_caller]
    fn serves(&self, release: u8) {
        let wanted = vec![image(release); 2];
        self.cluster
            .until(&format!("release {release} serves"), |_| self.serving() == wanted);
        let deployments = self.cluster.list("deployments", NAMESPACE);
        let names: Vec<&Value> = deployments.iter().map(|one| &one["metadata"]["name"]).collect();
        assert_eq!(names, [&json!("shop")], "nothing is left beside it");
    }
}

/// Deploys the second release and does something as soon as a pod of it runs.
fn midway(script: Script, act: impl FnOnce(&Cluster)) -> (Shop, Ran) {
    let shop = Shop::running("");
    shop.cluster.image(&image(2), script);
    shop.release(2, "");
    let ran = std::thread::scope(|scope| {
        let run = scope.spawn(|| shop.deploy());
        shop.cluster.until("a pod of the second release", |cluster| {
            let pods = cluster.list("pods", NAMESPACE);
            pods.iter()
                .any(|pod| of_release(pod, 2) && pod["status"]["phase"] == "Running")
        });
        act(&shop.cluster);
        run.join().expect("the run is told of, whatever its end")
    });
    (shop, ran)
}

fn of_release(pod: &Value, release: u8) -> bool {
    pod["spec"]["containers"][0]["image"] == image(release)
}

fn slowly_ready() -> Script {
    Script::ready_after(Duration::from_secs(2))
}

/// Loses one answer after another, each in a deployment of its own, and holds what comes of it.
fn lose(mishap: &Mishap, places: std::ops::Range<u32>) {
    let shop = Shop::running("");
    let mut release = 1;
    for place in places {
        let before = release;
        release = 3 - release;
        shop.release(release, "");
        shop.cluster.mishap_after(place, Which::writes(), mishap.clone());
        let ran = shop.deploy();
        shop.cluster.rules(Rules::forget);
        if ran.code == Some(0) {
            shop.serves(release);
            continue;
        }
        assert_eq!(ran.code, Some(8), "place {place}: {ran:?}");
        shop.serves(before);
        shop.sandbox.run("deliver resume prod").resumed();
        let again = shop.deploy();
        assert_eq!(again.code, Some(0), "place {place}: {again:?}");
        shop.serves(release);
    }
}

#[test]
fn an_answer_lost_while_it_is_prepared_leaves_the_old_release_alone() {
    lose(&Mishap::CutAfter, 0..4);
}

#[test]
fn an_answer_lost_while_it_is_laid_down_is_made_up_for() {
    lose(&Mishap::CutAfter, 4..9);
}

#[test]
fn an_answer_lost_while_it_rolls_out_is_made_up_for() {
    lose(&Mishap::CutAfter, 9..14);
}

#[test]
fn a_request_that_never_arrived_is_sent_again_or_told() {
    lose(&Mishap::CutBefore, 7..12);
}

#[test]
fn an_answer_that_came_too_late_is_made_up_for() {
    lose(&Mishap::TimeoutAfter, 0..3);
    lose(&Mishap::TimeoutAfter, 8..10);
}

#[test]
fn a_release_step_whose_answer_was_lost_runs_once() {
    let shop = Shop::open("");
    let step = "release = { command = [\"/bin/sh\", \"-c\", \"echo migrated; exit 0\"], timeout = \"20s\" }\ndrain = ";
    let text = shop.sandbox.read("deliver.toml").replace("drain = ", step);
    shop.sandbox.file("deliver.toml", &text);
    shop.cluster.mishap(Which::of("create", "jobs"), Mishap::CutAfter, 1);
    let ran = shop.deploy();
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let asked = shop.cluster.asked();
    let posted = asked
        .iter()
        .filter(|one| one.method == "POST" && one.path.contains("/jobs?"));
    let codes: Vec<u16> = posted.map(|one| one.code).collect();
    assert_eq!(codes, [0, 409], "the second asking finds it made");
    shop.serves(1);
}

#[test]
fn a_release_step_that_no_node_takes_never_ran() {
    let shop = Shop::open("");
    let step = "release = { command = [\"/bin/sh\", \"-c\", \"exit 0\"], timeout = \"5s\" }\ndrain = ";
    let text = shop.sandbox.read("deliver.toml").replace("drain = ", step);
    shop.sandbox.file("deliver.toml", &text);
    shop.cluster.cordon(true);
    let ran = shop.deploy();
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let error = ran.error();
    assert_eq!(error["code"], "release-step-not-started");
    let message = error["message"].to_string();
    assert!(message.contains("no start: no node takes it: "), "{message}");
    assert_eq!(shop.cluster.list("jobs", NAMESPACE), [Value::Null; 0]);
    shop.cluster.cordon(false);
    shop.deploy().ok();
    shop.serves(1);
}

#[test]
fn a_busy_server_is_asked_again() {
    let shop = Shop::running("");
    shop.release(2, "");
    let busy = Failure::too_many_requests(
        "the server has received too many requests and has asked us to try again later",
        1,
    );
    shop.cluster.mishap(Which::any(), Mishap::Answer(busy), 3);
    let away = Failure::new(503, "ServiceUnavailable", "apiserver is shutting down");
    shop.cluster.mishap(Which::writes(), Mishap::Answer(away), 2);
    let ran = shop.deploy();
    assert_eq!(ran.code, Some(0), "{ran:?}");
    shop.serves(2);
}

#[test]
fn an_image_set_meanwhile_is_not_overwritten() {
    let (shop, ran) = midway(slowly_ready(), |cluster| {
        cluster.edit("deployments", NAMESPACE, "shop", "kubectl-set", |deployment| {
            deployment["spec"]["template"]["spec"]["containers"][0]["image"] = image(3).into();
        });
    });
    assert_eq!(ran.code, Some(5), "{ran:?}");
    let error = ran.error();
    assert_eq!(error["code"], "changed-underneath");
    let message = error["message"].as_str().unwrap_or_default();
    assert!(
        message.contains("`kubectl-set` set image of deployment/shop"),
        "{message}"
    );
    let deployment = shop.cluster.get("deployments", NAMESPACE, "shop").expect("it is there");
    assert_eq!(
        deployment["spec"]["template"]["spec"]["containers"][0]["image"],
        image(3)
    );
}

#[test]
fn a_pause_or_another_number_meanwhile_is_told() {
    for (field, value) in [("paused", json!(true)), ("replicas", json!(3))] {
        let (_, ran) = midway(slowly_ready(), |cluster| {
            cluster.edit("deployments", NAMESPACE, "shop", "kubectl-edit", |deployment| {
                deployment["spec"][field] = value;
            });
        });
        assert_eq!(ran.code, Some(5), "{field}: {ran:?}");
        let message = ran.error()["message"].to_string();
        assert!(
            message.contains(&format!("`kubectl-edit` set {field} of deployment/shop")),
            "{message}"
        );
    }
}

#[test]
fn a_deployment_deleted_meanwhile_is_made_again_by_the_way_back() {
    let (shop, ran) = midway(slowly_ready(), |cluster| {
        cluster.delete("deployments", NAMESPACE, "shop")
    });
    assert_eq!(ran.code, Some(4), "{ran:?}");
    shop.serves(1);
}

#[test]
fn a_node_that_is_drained_meanwhile_only_costs_time() {
    let (shop, ran) = midway(Script::ready_after(Duration::from_millis(500)), |cluster| {
        cluster.drain(NAMESPACE);
        cluster.cordon(false);
    });
    assert_eq!(ran.code, Some(0), "{ran:?}");
    shop.serves(2);
}

#[test]
fn a_pod_that_dies_meanwhile_ends_the_deployment() {
    let (shop, ran) = midway(slowly_ready(), |cluster| {
        let pods = cluster.list("pods", NAMESPACE);
        let pod = pods.iter().find(|pod| of_release(pod, 2)).expect("it runs");
        cluster.kill(NAMESPACE, pod["metadata"]["name"].as_str().expect("a name"), 9);
    });
    assert_eq!(ran.code, Some(4), "{ran:?}");
    assert!(
        ran.error()["message"].to_string().contains("ended with status 9"),
        "{ran:?}"
    );
    shop.serves(1);
}

#[test]
fn rights_that_are_taken_away_meanwhile_need_somebody() {
    let (shop, ran) = midway(Script::never_ready(), |cluster| {
        cluster.rules(|rules| rules.deny(Which::writes(), None));
    });
    assert_eq!(ran.code, Some(5), "{ran:?}");
    let causes = ran.error()["causes"].to_string();
    assert!(
        causes.contains("rolling back to v1 failed too") && causes.contains("is forbidden"),
        "{causes}"
    );
    // The cluster's own controllers keep the old release serving.
    assert_eq!(shop.serving(), vec![image(1); 2]);
}

#[test]
fn what_runs_out_of_memory_is_called_so() {
    let shop = Shop::running("");
    shop.cluster
        .image(&image(2), Script::runs_out_of_memory(Duration::from_millis(100)));
    shop.release(2, "");
    let ran = shop.deploy();
    assert_eq!(ran.code, Some(4), "{ran:?}");
    assert!(ran.error()["message"].to_string().contains("out of memory"), "{ran:?}");
    shop.serves(1);
}

#[test]
fn credentials_that_are_no_good_are_told_apart() {
    let shop = Shop::open("");
    for (context, code, exit) in [
        ("expired", "not-authenticated", 9),
        ("revoked", "not-authenticated", 9),
        ("anonymous", "forbidden", 9),
        ("distrusted", "bad-certificate", 9),
        ("nothing", "unknown-context", 2),
    ] {
        shop.release(1, &format!("context = \"{context}\""));
        let ran = shop.deploy();
        assert_eq!(
            (ran.code, &ran.error()["code"]),
            (Some(exit), &json!(code)),
            "{context}: {ran:?}"
        );
    }
    assert!(
        shop.cluster.asked().iter().all(|one| one.method == "GET"),
        "nothing was written"
    );
    shop.release(1, "context = \"certificate\"");
    assert_eq!(shop.deploy().code, Some(0));
    shop.serves(1);
}

#[test]
fn a_webhook_that_is_dead_changes_nothing() {
    let shop = Shop::running("");
    shop.release(2, "");
    shop.cluster
        .rules(|rules| rules.dead_webhook("policy.example.com", Which::of("patch", "deployments")));
    let ran = shop.deploy();
    assert_eq!(ran.code, Some(8), "{ran:?}");
    assert!(
        ran.error()["message"].to_string().contains("failed calling webhook"),
        "{ran:?}"
    );
    shop.serves(1);
}
