//! A real cluster: `DELIVER_TEST_KUBECONFIG` names its kubeconfig, and `DELIVER_TEST_KUBE_LOAD` the command that makes an
//! image of this machine's engine known to its nodes. Each test has a namespace of its own.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

use crate::support::{Ends, Sandbox, needs};

const SERVER: &str = include_str!("apps/server.c");

const DOCKERFILE: &str = "FROM scratch\nCOPY server /server\nUSER 10001\nENTRYPOINT [\"/server\"]\n";

/// A service in a namespace that goes with it.
struct Shop {
    sandbox: Sandbox,
    namespace: String,
}

impl Shop {
    /// `None` where there is no cluster, engine or compiler.
    fn open(name: &str, extra: &str) -> Option<Shop> {
        let kubeconfig = needs::cluster("DELIVER_TEST_KUBECONFIG")?;
        let load = needs::cluster("DELIVER_TEST_KUBE_LOAD")?;
        if !needs::engine() || !needs::has("cc") || !needs::has("kubectl") {
            return None;
        }
        let sandbox = Sandbox::new()
            .with_tools()
            .env("KUBECONFIG", &kubeconfig)
            .env("SHOP_TOKEN", "canary-value");
        let namespace = format!("deliver-{name}-{}", std::process::id());
        let shop = Shop { sandbox, namespace };
        shop.image("one", "1", &load);
        shop.image("two", "2", &load);
        shop.image("bad", "crash", &load);
        shop.kubectl("create namespace", &shop.namespace);
        shop.manifest(extra);
        shop.release("one");
        Some(shop)
    }

    fn image(&self, tag: &str, version: &str, load: &str) {
        let source = self.sandbox.root().join("server.c");
        std::fs::write(&source, SERVER).expect("written");
        let image = self.image_name(tag);
        self.sandbox.file("image/Dockerfile", DOCKERFILE);
        let script = format!(
            "cc -static -O1 -DVERSION='\"{version}\"' -o image/server {} && docker build -q -t {image} image && {load} {image} && rm -r image",
            source.display()
        );
        let made = self
            .sandbox
            .command("/bin/sh")
            .args(["-c", &script])
            .output()
            .expect("a shell");
        assert!(made.status.success(), "{made:?}");
    }

    fn image_name(&self, tag: &str) -> String {
        format!("localhost/{}:{tag}", self.namespace)
    }

    fn manifest(&self, extra: &str) {
        let text = format!(
            "[service]\nname = \"shop\"\n[build.image]\nreference = \"IMAGE\"\n[run]\ncommand = [\"/server\"]\n\
             health = {{ path = \"/\", start = \"30s\", stable = \"2s\" }}\ndrain = \"1s\"\ngrace = \"5s\"\n\
             [run.env]\nGREETING = \"hello\"\n[run.secrets]\nTOKEN = \"env:SHOP_TOKEN\"\n\
             [environment.prod]\ntarget = \"kubernetes\"\ninstances = 2\n{extra}\n\
             [environment.prod.kubernetes]\nnamespace = \"{}\"\npull = \"never\"\npre_stop = \"1s\"\nrun_as = 10001\nread_only = true\n",
            self.namespace
        );
        self.sandbox.file("deliver.toml.in", &text);
    }

    /// From now on the image with this tag is what is wanted.
    fn release(&self, tag: &str) {
        let text = self
            .sandbox
            .read("deliver.toml.in")
            .replace("IMAGE", &self.image_name(tag));
        self.sandbox.file("deliver.toml", &text);
    }

    fn kubectl(&self, verb: &str, rest: &str) -> String {
        let line = format!("kubectl --namespace {} {verb} {rest}", self.namespace);
        self.sandbox.run(&line).ok()
    }

    fn deploy(&self) -> Value {
        let ran = self.sandbox.run("deliver deploy prod --allow-dirty --json");
        assert!(!format!("{ran:?}").contains("canary-value"), "a secret is shown");
        ran.json()
    }

    fn serving(&self) -> (String, u64) {
        let status = self.sandbox.run("deliver status prod --json").json();
        let one = &status["services"][0];
        (
            one["release"].to_string().replace('"', ""),
            one["healthy"].as_u64().expect("a number"),
        )
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        let clean = format!(
            "kubectl delete namespace {0} --wait=false; docker images -q localhost/{0} | xargs -r docker rmi -f",
            self.namespace
        );
        let _ = self.sandbox.command("/bin/sh").args(["-c", &clean]).output();
    }
}

#[test]
fn a_release_goes_up_is_replaced_fails_comes_back_and_goes_down() {
    let Some(shop) = Shop::open("life", "") else { return };
    assert_eq!(shop.deploy()["outcome"], "succeeded");
    assert_eq!(shop.deploy()["outcome"], "unchanged");
    shop.release("two");
    assert_eq!(shop.deploy()["outcome"], "succeeded");
    assert_eq!(shop.serving(), ("v2".into(), 2));

    shop.release("bad");
    let failed = shop.sandbox.run("deliver deploy prod --allow-dirty --json");
    assert_eq!(failed.code, Some(4), "{failed:?}");
    let report = failed.json();
    assert_eq!(report["outcome"], "rolled_back");
    assert!(
        report["reason"]
            .as_str()
            .is_some_and(|text| text.contains("ended with status")),
        "{report}"
    );
    assert_eq!(shop.serving(), ("v2".into(), 2));

    assert_eq!(
        shop.sandbox.run("deliver rollback prod --json").json()["outcome"],
        "succeeded"
    );
    assert_eq!(shop.serving(), ("v1".into(), 2));
    let logs = shop.sandbox.run("deliver logs prod").ok();
    assert!(logs.contains("\tv1\t"), "{logs}");

    shop.sandbox.run("deliver down prod").ok();
    let left = shop.kubectl(
        "get",
        "deployments,services,secrets,configmaps -l deliver.dev/service=shop -o name",
    );
    assert_eq!(left, "configmap/shop-deliver\n");
}

#[test]
fn a_part_and_then_everything_and_everything_beside() {
    let strategy = "strategy = { kind = \"canary\", steps = [\"1\"], bake = \"1s\" }";
    let Some(shop) = Shop::open("part", strategy) else {
        return;
    };
    assert_eq!(shop.deploy()["outcome"], "succeeded");
    shop.release("two");
    assert_eq!(shop.deploy()["outcome"], "succeeded");
    assert_eq!(shop.serving(), ("v2".into(), 2));
    shop.manifest("strategy = \"blue-green\"");
    shop.release("one");
    assert_eq!(shop.deploy()["outcome"], "succeeded");
    let selector = shop.kubectl("get service shop", "-o jsonpath={.spec.selector}");
    assert!(!selector.contains("deliver.dev/release"), "it stays held: {selector}");
    assert_eq!(shop.kubectl("get", "deployments -o name"), "deployment.apps/shop\n");
    shop.release("bad");
    let failed = shop.sandbox.run("deliver deploy prod --allow-dirty --json");
    assert_eq!(failed.code, Some(1), "nothing took traffic: {failed:?}");
    assert_eq!(shop.kubectl("get", "deployments -o name"), "deployment.apps/shop\n");
}

/// Says of the route what a gateway would, as there is none; the weights that it then has are returned.
fn stand_for_a_gateway(shop: &Shop) -> Option<String> {
    let generations = "-o jsonpath='{.metadata.generation} {.status.parents[0].conditions[0].observedGeneration}'";
    let route = "get httproute shop --ignore-not-found";
    let seen = shop.kubectl(route, generations);
    let (now, before) = seen.split_once(' ')?;
    if now == before {
        return None;
    }
    let condition = |kind: &str| {
        serde_json::json!({ "type": kind, "status": "True", "reason": kind, "message": "",
            "observedGeneration": now.parse::<u64>().expect("a number"), "lastTransitionTime": "2026-01-01T00:00:00Z" })
    };
    let status = serde_json::json!({ "status": { "parents": [{
        "parentRef": { "group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "public", "namespace": "edge" },
        "controllerName": "example.com/none",
        "conditions": [condition("Accepted"), condition("ResolvedRefs")],
    }] } });
    shop.kubectl(
        "patch httproute shop --subresource=status --type=merge",
        &format!("-p '{status}'"),
    );
    let backends = "-o jsonpath='{.spec.rules[0].backendRefs[*].name} {.spec.rules[0].backendRefs[*].weight}'";
    Some(shop.kubectl(route, backends))
}

#[test]
fn a_canary_by_weight_divides_a_route_and_leaves_it_as_it_was() {
    let strategy = "strategy = { kind = \"canary\", steps = [\"10%\"], bake = \"2s\" }";
    let Some(shop) = Shop::open("weights", strategy) else {
        return;
    };
    let known = shop.sandbox.run("kubectl get crd httproutes.gateway.networking.k8s.io");
    if known.code != Some(0) {
        needs::leave_out_unless_lent("gateway-api", "the cluster has no Gateway API");
        return;
    }
    let gateway = "gateway = { name = \"public\", namespace = \"edge\", host = \"shop.example\" }\n";
    let text = shop.sandbox.read("deliver.toml.in") + gateway;
    shop.sandbox.file("deliver.toml.in", &text);
    let over = AtomicBool::new(false);
    let mut seen: Vec<String> = std::thread::scope(|scope| {
        let gateway = scope.spawn(|| {
            let mut seen = Vec::new();
            while !over.load(Ordering::Relaxed) {
                seen.extend(stand_for_a_gateway(&shop));
            }
            seen
        });
        let end = Ends(&over);
        for (tag, outcome) in [("one", "succeeded"), ("two", "succeeded"), ("bad", "failed")] {
            shop.release(tag);
            let ran = shop.sandbox.run("deliver deploy prod --allow-dirty --json");
            assert_eq!(ran.json()["outcome"], outcome, "{ran:?}");
        }
        drop(end);
        gateway.join().expect("it spoke")
    });
    seen.dedup();
    assert_eq!(seen, ["shop 1", "shop shop-next 90 10", "shop 1"]);
    assert_eq!(shop.serving(), ("v2".into(), 2));
    assert_eq!(shop.kubectl("get", "services -o name"), "service/shop\n");
    let selector = shop.kubectl("get service shop", "-o jsonpath={.spec.selector}");
    assert!(!selector.contains("deliver.dev/track"), "it stays held: {selector}");
}

#[test]
fn a_killed_deployment_is_taken_up_by_the_next() {
    let Some(shop) = Shop::open("killed", "") else { return };
    assert_eq!(shop.deploy()["outcome"], "succeeded");
    shop.release("two");
    let mut child = shop
        .sandbox
        .command(crate::support::DELIVER)
        .args(["deploy", "prod", "--allow-dirty"])
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("it starts");
    shop.sandbox.until("a new pod", Duration::from_secs(60), || {
        !shop.kubectl("get pods", "-l deliver.dev/release=v2 -o name").is_empty()
    });
    child.kill().expect("it runs");
    child.wait().expect("it ended");
    shop.sandbox.run("deliver resume prod").resumed();
    let (release, healthy) = shop.serving();
    assert!(
        ["v1", "v2"].contains(&release.as_str()) && healthy == 2,
        "{release} {healthy}"
    );
}

#[test]
fn what_somebody_else_changed_is_told_and_not_overwritten() {
    let Some(shop) = Shop::open("foreign", "") else { return };
    assert_eq!(shop.deploy()["outcome"], "succeeded");
    let theirs = shop.image_name("two");
    shop.kubectl("set image deployment/shop", &format!("web={theirs}"));
    let status = shop.sandbox.run("deliver status prod --json").json();
    let drift = status["services"][0]["drift"].to_string();
    assert!(drift.contains("`kubectl-set` set image of deployment/shop"), "{drift}");
    shop.release("bad");
    let refused = shop.sandbox.run("deliver deploy prod --allow-dirty --json");
    assert_eq!(refused.code, Some(5), "{refused:?}");
    let image = "-o jsonpath={.spec.template.spec.containers[0].image}";
    assert_eq!(shop.kubectl("get deployment shop", image), theirs);
}

#[test]
fn a_release_step_that_fails_changes_nothing_and_a_quota_says_so_before() {
    let Some(shop) = Shop::open("step", "") else { return };
    assert_eq!(shop.deploy()["outcome"], "succeeded");
    shop.manifest("release = { command = [\"/no-such-program\"], timeout = \"60s\" }");
    shop.release("two");
    let failed = shop.sandbox.run("deliver deploy prod --allow-dirty --json");
    assert_eq!(failed.code, Some(1), "{failed:?}");
    assert_eq!(shop.serving(), ("v1".into(), 2));
    shop.manifest("");
    shop.release("two");
    shop.kubectl("create quota", "small --hard=pods=2");
    shop.sandbox.until("the quota counts", Duration::from_secs(30), || {
        shop.kubectl("get quota small", "-o jsonpath={.status.used.pods}") == "2"
    });
    let refused = shop.sandbox.run("deliver deploy prod --allow-dirty --json");
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert_eq!(refused.error()["code"], "quota", "{refused:?}");
    let reason = refused.json()["reason"].to_string();
    assert!(reason.contains("exceeded quota: small"), "{reason}");
    assert_eq!(shop.serving(), ("v1".into(), 2));
}
