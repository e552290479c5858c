//! The target `kubernetes` through the program, against an API server of the test's own: what no borrowed cluster may be
//! put through.

use std::time::Duration;

use serde_json::Value;

use crate::support::kube::{Cluster, Mishap, Script, Which};
use crate::support::{DELIVER, Sandbox};

const NAMESPACE: &str = "shop";

struct Shop {
    sandbox: Sandbox,
    cluster: Cluster,
}

impl Shop {
    /// A cluster that knows the images `app:1`, `app:2` and a few that are no good; and a service that wants `app:1`.
    fn open() -> Shop {
        let cluster = Cluster::start();
        cluster.namespace(NAMESPACE);
        cluster
            .image(
                "app:bad",
                Script::exits(Duration::ZERO, 7).prints(&["panic: no config"]),
            )
            .image("app:never", Script::never_ready())
            .image("app:none", Script::no_such_image())
            .image("app:large", Script::unschedulable());
        let sandbox = Sandbox::new()
            .env("SHOP_TOKEN", "canary-value")
            // Whatever engine the machine has is not asked what `app:1` means.
            .env("DOCKER_HOST", "unix:///nowhere");
        let home = sandbox.environment()["HOME"].to_string_lossy().into_owned();
        cluster.write_kubeconfig(format!("{home}/kubeconfig").as_ref());
        let shop = Shop { sandbox, cluster };
        shop.want("app:1", "");
        shop
    }

    /// What `deliver.toml` says from now on.
    fn want(&self, image: &str, options: &str) {
        let text = format!(
            "[service]\nname = \"pricing\"\n[build.image]\nreference = \"{image}\"\n[run]\ncommand = [\"/app\"]\n\
             health = {{ path = \"/healthz\", start = \"3s\", stable = \"1s\" }}\ndrain = \"1s\"\ngrace = \"1s\"\n\
             [run.secrets]\nTOKEN = \"env:SHOP_TOKEN\"\n[environment.prod]\ntarget = \"kubernetes\"\ninstances = 2\n\
             [environment.prod.kubernetes]\nnamespace = \"{NAMESPACE}\"\nkubeconfig = \"~/kubeconfig\"\npre_stop = \"0s\"\n{options}\n"
        );
        self.sandbox.file("deliver.toml", &text);
    }

    fn deploy(&self) -> crate::support::Ran {
        let ran = self.sandbox.run("deliver deploy prod --allow-dirty --json");
        assert!(!format!("{ran:?}").contains("canary-value"), "a secret is shown");
        ran
    }

    fn deployed(&self) -> Value {
        let ran = self.deploy();
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran.json()
    }

    fn status(&self) -> (String, u64) {
        let status = self.sandbox.run("deliver status prod --json").json();
        let one = &status["services"][0];
        (
            one["release"].to_string().replace('"', ""),
            one["healthy"].as_u64().expect("a number"),
        )
    }
}

#[test]
fn a_release_is_replaced_fails_comes_back_and_goes() {
    let shop = Shop::open();
    assert_eq!(shop.deployed()["outcome"], "succeeded");
    assert_eq!(shop.deployed()["outcome"], "unchanged");
    shop.want("app:2", "");
    assert_eq!(shop.deployed()["outcome"], "succeeded");
    assert_eq!(shop.status(), ("v2".into(), 2));
    assert_eq!(shop.cluster.serving(NAMESPACE, "pricing").len(), 2);

    shop.want("app:bad", "");
    let bad = shop.deploy();
    assert_eq!(bad.code, Some(4), "{bad:?}");
    assert!(bad.stderr.contains("ended with status 7"), "{bad:?}");
    assert_eq!(shop.status(), ("v2".into(), 2));
    assert_eq!(
        shop.sandbox.run("deliver rollback prod --json").json()["outcome"],
        "succeeded"
    );
    assert_eq!(shop.status(), ("v1".into(), 2));

    shop.sandbox.run("deliver down prod").ok();
    assert!(shop.cluster.list("deployments", NAMESPACE).is_empty());
    assert!(shop.cluster.list("secrets", NAMESPACE).is_empty());
    let left = shop.cluster.list("configmaps", NAMESPACE);
    let left = left.iter().filter_map(|one| one["metadata"]["name"].as_str());
    let left: Vec<&str> = left.filter(|name| name.starts_with("pricing")).collect();
    assert_eq!(left, ["pricing-deliver"], "the fence stays");
}

#[test]
fn two_environments_in_one_namespace_need_names_of_their_own() {
    let shop = Shop::open();
    shop.deployed();
    let manifest = shop.sandbox.read("deliver.toml");
    let staging = |name: &str| manifest.replace("environment.prod", "environment.staging") + name;
    let deploy = || shop.sandbox.run("deliver deploy staging --allow-dirty --json");
    shop.sandbox.file("deliver.toml", &staging(""));
    let taken = deploy();
    assert_eq!(taken.code, Some(2), "{taken:?}");
    assert!(taken.stderr.contains("belongs to `pricing` in `prod`"), "{taken:?}");
    shop.sandbox
        .file("deliver.toml", &staging("name = \"pricing-staging\"\n"));
    let apart = deploy();
    assert_eq!(apart.code, Some(0), "{apart:?}");
    shop.sandbox.run("deliver down staging").ok();
    shop.sandbox.file("deliver.toml", &manifest);
    assert_eq!(shop.status(), ("v1".into(), 2));
    assert_eq!(shop.cluster.serving(NAMESPACE, "pricing").len(), 2);
}

#[test]
fn the_name_of_a_canary_may_be_another_services() {
    let shop = Shop::open();
    let manifest = shop.sandbox.read("deliver.toml");
    let other = manifest.replace("name = \"pricing\"", "name = \"pricing-next\"");
    shop.sandbox.file("other/deliver.toml", &other);
    let ran = shop.sandbox.run("deliver -C other deploy prod --allow-dirty");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let taken = shop.deploy();
    assert_eq!(taken.code, Some(2), "{taken:?}");
    assert!(
        taken.stderr.contains("belongs to `pricing-next` in `prod`"),
        "{taken:?}"
    );
    assert!(shop.cluster.get("deployments", NAMESPACE, "pricing").is_none());
}

/// Deploys an image that never becomes healthy and returns why, as it was told.
fn reason(image: &str) -> String {
    let shop = Shop::open();
    shop.deployed();
    shop.want(image, "");
    let ran = shop.deploy();
    assert_eq!(ran.code, Some(4), "{ran:?}");
    assert_eq!(shop.status(), ("v1".into(), 2));
    ran.json()["reason"].to_string()
}

#[test]
fn an_image_that_is_nowhere_is_named() {
    let reason = reason("app:none");
    assert!(reason.contains("image `app:none` cannot be had"), "{reason}");
}

#[test]
fn a_probe_that_fails_and_a_node_that_is_full_are_told_apart() {
    let (never, large) = (reason("app:never"), reason("app:large"));
    assert!(
        never.contains("no progress") && never.contains("probe failed"),
        "{never}"
    );
    assert!(large.contains("no node takes it: "), "{large}");
}

#[test]
fn everything_at_once_moves_when_the_new_release_stands() {
    let shop = Shop::open();
    shop.deployed();
    let text = shop.sandbox.read("deliver.toml").replace("app:1", "app:2");
    let text = text.replace("instances = 2", "instances = 2\nstrategy = \"blue-green\"");
    shop.sandbox.file("deliver.toml", &text);
    shop.deployed();
    assert_eq!(shop.status(), ("v2".into(), 2));
    let names = |plural: &str| -> Vec<String> {
        let all = shop.cluster.list(plural, NAMESPACE);
        all.iter().map(|one| one["metadata"]["name"].to_string()).collect()
    };
    assert_eq!(names("deployments"), ["\"pricing\""]);
    let service = shop.cluster.get("services", NAMESPACE, "pricing").expect("a Service");
    assert_eq!(
        service["spec"]["selector"]["deliver.dev/release"],
        Value::Null,
        "it stays held"
    );
}

#[test]
fn a_server_that_goes_away_for_a_while_is_waited_for() {
    let shop = Shop::open();
    shop.deployed();
    shop.want("app:2", "");
    let mut child = shop
        .sandbox
        .command(DELIVER)
        .args(["deploy", "prod", "--allow-dirty"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("it starts");
    let new = |cluster: &Cluster| {
        let pods = cluster.list("pods", NAMESPACE);
        pods.iter()
            .any(|pod| pod["metadata"]["labels"]["deliver.dev/release"] == "v2")
    };
    shop.cluster.until("a pod of the new release", new);
    shop.cluster.stop();
    // Long enough for several tries to be refused.
    shop.sandbox.until("the server was away", Duration::from_secs(10), {
        let mut looks = 0;
        move || {
            looks += 1;
            looks > 100
        }
    });
    shop.cluster.start_again();
    let status = child.wait().expect("it ended");
    assert!(status.success(), "{status:?}");
    assert_eq!(shop.status(), ("v2".into(), 2));
}

#[test]
fn an_answer_that_was_lost_is_no_second_act() {
    let shop = Shop::open();
    shop.cluster.mishap(Which::writes(), Mishap::CutAfter, 1);
    let lost = shop.deploy();
    assert!([0, 8].map(Some).contains(&lost.code), "{lost:?}");
    shop.deployed();
    assert_eq!(shop.status(), ("v1".into(), 2));
}

#[test]
fn who_may_not_is_told_what_to_be_given() {
    let shop = Shop::open();
    shop.deployed();
    let patches = Which::of("patch", "deployments");
    shop.cluster.rules(|rules| rules.deny(patches, Some("deployer")));
    shop.want("app:2", "context = \"deployer\"");
    let refused = shop.deploy();
    assert_eq!(refused.code, Some(9), "{refused:?}");
    assert!(
        refused
            .stderr
            .contains("let a role grant `patch` on `deployments.apps` in the namespace `shop` to `deployer`"),
        "{refused:?}"
    );
    for (context, words) in [
        ("expired", "the client's certificate is valid until "),
        ("revoked", "does not accept the credentials"),
        ("distrusted", "shows a certificate that is not trusted"),
    ] {
        shop.want("app:2", &format!("context = \"{context}\""));
        let refused = shop.sandbox.run("deliver plan prod --allow-dirty");
        assert_eq!(refused.code, Some(9), "{refused:?}");
        assert!(refused.stderr.contains(words), "{context}: {refused:?}");
    }
    shop.want("app:1", "");
    assert_eq!(shop.status(), ("v1".into(), 2), "nothing was touched");
}

#[test]
fn what_admission_says_comes_before_any_change() {
    let shop = Shop::open();
    shop.deployed();
    shop.want("app:2", "");
    let before = shop.cluster.list("configmaps", NAMESPACE);
    shop.cluster.rules(|rules| {
        rules.webhook(
            "policy.example",
            Which::of("patch", "deployments"),
            403,
            "no tags, only digests",
        )
    });
    let denied = shop.deploy();
    assert_eq!(denied.code, Some(1), "{denied:?}");
    assert!(denied.stderr.contains("no tags, only digests"), "{denied:?}");
    assert_eq!(shop.cluster.list("configmaps", NAMESPACE), before);
    assert_eq!(shop.status(), ("v1".into(), 2));
}
