//! Objects that people bring themselves, on a cluster of the test's own; and what of files, lists and logs is not to be
//! trusted.

use serde_json::{Value, json};

use crate::support::kube::{Cluster, Failure, Mishap, Which};
use crate::support::{Ran, Sandbox, needs};

pub const NAMESPACE: &str = "shop";

/// A service `shop` on a cluster of its own.
pub struct Shop {
    pub sandbox: Sandbox,
    pub cluster: Cluster,
}

impl Shop {
    pub fn open(options: &str) -> Shop {
        Shop::within(Sandbox::new(), options)
    }

    fn within(sandbox: Sandbox, options: &str) -> Shop {
        let cluster = Cluster::start();
        cluster.namespace(NAMESPACE);
        let sandbox = sandbox.env("DOCKER_HOST", "unix:///nowhere");
        let kubeconfig = sandbox.root().join("kubeconfig");
        cluster.write_kubeconfig(&kubeconfig);
        let sandbox = sandbox.env("KUBECONFIG", kubeconfig.to_str().expect("a path in UTF-8"));
        let shop = Shop { sandbox, cluster };
        shop.want("app:1", options);
        shop
    }

    fn want(&self, image: &str, options: &str) {
        let text = format!(
            "[service]\nname = \"shop\"\n[build.image]\nreference = \"{image}\"\n[run]\ncommand = [\"/app\"]\n\
             health = {{ path = \"/\", start = \"3s\", stable = \"1s\" }}\ndrain = \"1s\"\ngrace = \"1s\"\n\
             [run.env]\nGREETING = \"hello\"\n[environment.prod]\ntarget = \"kubernetes\"\ninstances = 2\n\
             [environment.prod.kubernetes]\nnamespace = \"{NAMESPACE}\"\n{options}\n"
        );
        self.sandbox.file("deliver.toml", &text);
    }

    pub fn deploy(&self) -> Ran {
        self.sandbox.run("deliver deploy prod --allow-dirty --json")
    }

    #[track_caller]
    fn deployed(&self) {
        let ran = self.deploy();
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }

    fn status(&self) -> Value {
        self.sandbox.run("deliver status prod --json").json()["services"][0].clone()
    }
}

const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\nspec:\n  selector: {matchLabels: {app: shop}}\n  \
                          template:\n    metadata: {labels: {app: shop}}\n    spec: {containers: [{name: web, image: 'app:0'}]}\n";

#[test]
fn an_autoscaler_that_keeps_none_is_no_failure() {
    let shop = Shop::open("manifests = [\"k8s/*.yaml\"]");
    let scaler = "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: shop}\nspec:\n  minReplicas: 0\n  \
                  maxReplicas: 4\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: shop}\n";
    shop.sandbox.file("k8s/shop.yaml", &format!("{DEPLOYMENT}{scaler}"));
    shop.deployed();
    let scale = |count: u32| {
        shop.cluster
            .edit("deployments", NAMESPACE, "shop", "kube-controller-manager", |one| {
                one["spec"]["replicas"] = json!(count);
            });
        shop.cluster.until("as many pods", |cluster| {
            cluster.list("pods", NAMESPACE).len() == count as usize
        });
    };
    scale(0);
    let status = shop.status();
    assert_eq!(
        (&status["desired"], &status["drift"]),
        (&json!(0), &json!([])),
        "{status}"
    );
    shop.want("app:2", "manifests = [\"k8s/*.yaml\"]");
    shop.deployed();
    let image = |shop: &Shop| {
        let one = shop.cluster.get("deployments", NAMESPACE, "shop").expect("it is there");
        (
            one["spec"]["template"]["spec"]["containers"][0]["image"].clone(),
            one["spec"]["replicas"].clone(),
        )
    };
    assert_eq!(
        image(&shop),
        (json!("app:2"), json!(0)),
        "the number is the autoscaler's"
    );
    assert_eq!(shop.status()["release"], "v2");
    scale(3);
    shop.cluster
        .until("three pods serve", |_| shop.status()["healthy"] == 3);
    let again = shop.sandbox.run("deliver deploy prod --allow-dirty --json").json();
    assert_eq!(again["outcome"], "unchanged");
    let back = shop.sandbox.run("deliver rollback prod --json");
    assert_eq!(back.code, Some(0), "{back:?}");
    assert_eq!(image(&shop), (json!("app:1"), json!(3)));
}

#[test]
fn a_log_beyond_what_is_held_at_once_is_read_to_its_end() {
    let shop = Shop::open("");
    shop.deployed();
    let pods = shop.cluster.list("pods", NAMESPACE);
    let names: Vec<&str> = pods.iter().filter_map(|pod| pod["metadata"]["name"].as_str()).collect();
    let long = "x".repeat(20_000);
    for _ in 0..4_000 {
        shop.cluster.print(NAMESPACE, names[0], &long);
    }
    shop.cluster.print(NAMESPACE, names[1], "the other");
    shop.cluster.print(NAMESPACE, names[0], "the last");
    let counted = shop
        .sandbox
        .run("deliver logs prod --since 1h > log && wc -l < log && wc -c < log && tail -n 2 log | cut -f 4 | cut -c 1-20")
        .ok();
    let counted: Vec<&str> = counted.lines().map(str::trim).collect();
    assert_eq!(counted[0], "4002", "{counted:?}");
    let bytes: usize = counted[1].parse().expect("a number");
    assert!(
        bytes > 4_000 * 16_384,
        "{bytes}: each line is cut, and none is left out"
    );
    let tail = shop.sandbox.run("deliver logs prod -n 1").ok();
    assert!(tail.contains("the last") && tail.contains("the other"), "{tail}");
    assert_eq!(tail.lines().count(), 2, "{tail}");
}

#[test]
fn what_stands_in_a_kubeconfig_is_never_quoted() {
    let shop = Shop::open("");
    let good = std::fs::read_to_string(shop.sandbox.root().join("kubeconfig")).expect("a kubeconfig");
    let broken = [
        "users: canary-token".to_owned(),
        "users: [{name: a, user: canary-token}]\ncontexts: []".to_owned(),
        "users: [{name: a, user: {token: [canary-token]}}]".to_owned(),
        "users:\n- name: a\n  user:\n    token: \"canary-token\n".to_owned(),
        good.replace("client-key-data: ", "client-key-data: canary-token-"),
        good.replace("certificate-authority-data: ", "certificate-authority-data: canary-token-"),
        good.replace("server: \"https://", "server: \"ht tp://canary-token@"),
        good.replace("token: admin-token", "exec: {apiVersion: client.authentication.k8s.io/v1, command: sh, args: [-c, 'echo canary-token; echo log in again >&2; exit 3']}"),
        good.replace("token: admin-token", "exec: {apiVersion: client.authentication.k8s.io/v1, command: sh, args: [-c, 'echo canary-token: {']}"),
    ];
    for (at, text) in broken.iter().enumerate() {
        std::fs::write(shop.sandbox.root().join("kubeconfig"), text).expect("written");
        let context = if at == 4 { "context = \"certificate\"" } else { "" };
        shop.want("app:1", context);
        let ran = shop.sandbox.run("deliver plan prod --allow-dirty");
        assert!([Some(2), Some(9)].contains(&ran.code), "{at}: {ran:?}");
        assert!(!format!("{ran:?}").contains("canary-token"), "{at}: {ran:?}");
        let json = shop.sandbox.run("deliver plan prod --allow-dirty --json -v");
        assert!(!format!("{json:?}").contains("canary-token"), "{at}: {json:?}");
    }
}

#[test]
fn a_patch_that_is_a_pipe_holds_nobody_up() {
    let shop = Shop::open("patches = [\"patch.yaml\"]");
    shop.sandbox.run("mkfifo patch.yaml").ok();
    let ran = shop.sandbox.run("timeout 20 deliver render prod");
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("`patch.yaml` is no regular file"), "{ran:?}");
}

#[test]
fn a_chart_that_helm_would_take_for_an_option_is_refused() {
    let shop = Shop::open("helm = { chart = \"--post-renderer=./steal\" }");
    let ran = shop.sandbox.run("deliver render prod");
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("error[not-a-name]"), "{ran:?}");
}

#[test]
fn an_answer_that_is_no_list_is_not_taken_for_an_empty_cluster() {
    let shop = Shop::open("");
    shop.deployed();
    let page = Failure::new(200, "", "welcome to the hotel");
    shop.cluster
        .mishap(Which::of("list", "pods"), Mishap::Answer(page), 100);
    let ran = shop.sandbox.run("deliver plan prod --allow-dirty --json");
    assert_eq!(ran.code, Some(8), "{ran:?}");
    let message = ran.error()["message"].to_string();
    assert!(
        message.contains("cannot list pods: what answers as the cluster of context `admin` is no API server"),
        "{message}"
    );
}

#[test]
fn kinds_are_named_by_their_plural() {
    let shop = Shop::open("");
    shop.deployed();
    for plural in ["networkpolicies", "ingresses"] {
        let broken = Failure::bad_request("the selector is odd");
        shop.cluster
            .mishap(Which::of("list", plural), Mishap::Answer(broken), 1);
        let ran = shop.sandbox.run("deliver down prod --yes");
        assert!(ran.stderr.contains(&format!("cannot list {plural}:")), "{ran:?}");
    }
}

const CHART: &str = "apiVersion: v2\nname: shop\nversion: 0.1.0\n";

const CHART_DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  selector: {matchLabels: {app: {{ .Release.Name }}}}\n  \
     template:\n    metadata: {labels: {app: {{ .Release.Name }}}}\n    spec:\n      containers:\n      - name: web\n        image: {{ .Values.image }}\n        \
     env: [{name: COLOUR, value: {{ .Values.colour | quote }}}]\n";

const CHART_SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  selector: {app: {{ .Release.Name }}}\n  ports: [{port: 80}]\n";

const CHART_TEST: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: try\n  annotations: {helm.sh/hook: test}\nspec:\n  containers: [{name: a, image: busybox}]\n";

const CHART_HOOK: &str = "{{ if .Values.migrate }}\napiVersion: batch/v1\nkind: Job\nmetadata:\n  name: migrate\n  annotations: {helm.sh/hook: 'pre-install,pre-upgrade'}\nspec:\n  \
     template: {spec: {restartPolicy: Never, containers: [{name: a, image: busybox}]}}\n{{ end }}\n";

#[test]
fn a_chart_is_rendered_by_helm_deployed_and_brought_back() {
    if !needs::lent("helm") {
        return;
    }
    let options = "helm = { chart = \"chart\", values = [\"chart/production.yaml\"] }";
    let shop = Shop::within(Sandbox::new().with_tools(), options);
    shop.sandbox
        .file("chart/Chart.yaml", CHART)
        .file("chart/values.yaml", "image: app:0\ncolour: grey\nmigrate: false\n")
        .file("chart/production.yaml", "colour: blue\n")
        .file("chart/templates/deployment.yaml", CHART_DEPLOYMENT)
        .file("chart/templates/service.yaml", CHART_SERVICE)
        .file("chart/templates/tests/try.yaml", CHART_TEST)
        .file("chart/templates/migrate.yaml", CHART_HOOK);
    let rendered = shop.sandbox.run("deliver render prod --json").json();
    let kinds = rendered["objects"]
        .as_array()
        .expect("objects")
        .iter()
        .map(|one| one["kind"].clone());
    assert_eq!(kinds.collect::<Vec<_>>(), ["ConfigMap", "Service", "Deployment"]);

    shop.deployed();
    assert_eq!(shop.cluster.serving(NAMESPACE, "shop").len(), 2);
    let colour = || {
        let one = shop.cluster.get("deployments", NAMESPACE, "shop").expect("it is there");
        let container = &one["spec"]["template"]["spec"]["containers"][0];
        assert_eq!(
            container["envFrom"][0]["configMapRef"]["name"]
                .as_str()
                .map(|name| &name[..8]),
            Some("shop-env")
        );
        (container["image"].clone(), container["env"][0]["value"].clone())
    };
    assert_eq!(colour(), (json!("app:1"), json!("blue")));
    assert!(
        shop.cluster.get("pods", NAMESPACE, "try").is_none(),
        "tests of the chart are not applied"
    );
    shop.sandbox.file("chart/production.yaml", "colour: green\n");
    shop.deployed();
    assert_eq!(colour().1, "green");
    shop.sandbox.run("deliver rollback prod").ok();
    assert_eq!(colour().1, "blue");

    shop.sandbox
        .file("chart/production.yaml", "colour: green\nmigrate: true\n");
    let hooked = shop.sandbox.run("deliver deploy prod --allow-dirty --json");
    assert_eq!(hooked.code, Some(2), "{hooked:?}");
    assert!(
        hooked.stderr.contains("job/migrate (pre-install, pre-upgrade)"),
        "{hooked:?}"
    );
    shop.sandbox
        .file("chart/templates/service.yaml", "{{ .Values.nothing.there }}");
    let broken = shop.sandbox.run("deliver render prod");
    assert_ne!(broken.code, Some(0), "{broken:?}");
    assert!(broken.stderr.contains("nil pointer"), "helm's own words: {broken:?}");
    assert_eq!(colour().1, "blue", "nothing was touched");
    shop.sandbox.run("deliver down prod").ok();
    assert!(shop.cluster.list("deployments", NAMESPACE).is_empty());
}

#[test]
fn a_dockerfile_beside_objects_that_name_their_own_images_is_nobodys_mistake() {
    let shop = Shop::open("manifests = [\"k8s/*.yaml\"]");
    shop.sandbox.file("k8s/shop.yaml", DEPLOYMENT);
    shop.sandbox.file("Dockerfile", "FROM scratch\n");
    let text = shop.sandbox.read("deliver.toml");
    let text = text.replace("[build.image]\nreference = \"app:1\"\n", "");
    shop.sandbox.file("deliver.toml", &text);
    let plan = |shop: &Shop| shop.sandbox.run("deliver plan prod --allow-dirty").ok();
    assert!(!plan(&shop).contains("Dockerfile"), "{}", plan(&shop));
    // What is packed from the folder is another matter.
    let packed = text.replace("manifests = [\"k8s/*.yaml\"]", "pull = \"never\"");
    shop.sandbox.file("deliver.toml", &packed);
    assert!(plan(&shop).contains("[build.image] dockerfile"), "{}", plan(&shop));
}
