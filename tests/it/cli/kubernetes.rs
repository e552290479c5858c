//! The target `kubernetes` as far as no cluster is needed: what is rendered, what a manifest may say, and what is said when
//! there is no cluster.

use crate::support::Sandbox;

const MANIFEST: &str = r#"
[service]
name = "pricing"
[build.image]
reference = "registry.example/pricing:1"
[run]
command = ["/app"]
health = "/healthz"
[run.secrets]
TOKEN = "env:PRICING_TOKEN"
[environment.production]
target = "kubernetes"
[environment.production.kubernetes]
namespace = "shop"
"#;

fn sandbox(manifest: &str) -> Sandbox {
    let sandbox = Sandbox::new()
        .env("COLUMNS", "80")
        .env("NO_COLOR", "1")
        .env("DOCKER_HOST", "unix:///nowhere")
        .env("PRICING_TOKEN", "canary-value");
    sandbox.file("deliver.toml", manifest);
    sandbox
}

const SERVICE: &str = "\
---
apiVersion: v1
kind: Service
metadata:
  labels:
    app.kubernetes.io/managed-by: deliver
    app.kubernetes.io/name: pricing
    deliver.dev/env: production
    deliver.dev/process: web
    deliver.dev/service: pricing
  name: pricing
  namespace: shop
spec:
  ports:
  - name: http
    port: 80
    protocol: TCP
    targetPort: http
  selector:
    deliver.dev/env: production
    deliver.dev/process: web
    deliver.dev/service: pricing
  type: ClusterIP
";

#[test]
fn objects_are_printed_without_a_cluster_and_without_secrets() {
    let sandbox = sandbox(MANIFEST);
    with_key(&sandbox);
    let text = sandbox.run("deliver render").ok();
    assert!(text.contains(SERVICE), "{text}");
    assert!(text.contains("deliver.dev/release: unreleased"), "{text}");
    assert!(text.contains("image: registry.example/pricing:1"), "{text}");
    assert!(text.contains("TOKEN: <version "), "{text}");
    assert!(!text.contains("<version unread>"), "{text}");
    assert!(!text.contains("canary-value"), "a secret is printed");
    assert_eq!(text, sandbox.run("deliver render production").ok(), "twice is once");

    let document = sandbox.run("deliver render --json").json();
    let kinds: Vec<&str> = document["objects"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|object| object["kind"].as_str())
        .collect();
    assert_eq!(document["schema"], "deliver/render/v1");
    assert_eq!(kinds, ["ServiceAccount", "Secret", "Service", "Deployment"]);
}

#[test]
fn an_image_that_is_built_when_it_is_deployed_is_shown_by_its_build() {
    let sandbox = sandbox(&MANIFEST.replace(
        "reference = \"registry.example/pricing:1\"",
        "dockerfile = \"Dockerfile\"",
    ));
    sandbox.file("Dockerfile", "FROM scratch\n");
    let text = sandbox.run("deliver render").ok();
    assert!(text.contains("image: pricing:b-"), "{text}");
}

/// As after a deployment from this machine.
fn with_key(sandbox: &Sandbox) {
    sandbox
        .run("mkdir -p \"$HOME\"/state/deliver/store.d; umask 077; head -c 32 /dev/zero >\"$HOME\"/state/deliver/store.d/key")
        .ok();
}

#[test]
fn to_render_leaves_nothing_behind() {
    let sandbox = sandbox(MANIFEST);
    let files = || sandbox.run("cd \"$HOME\" && find . -type f").ok();
    let before = files();
    let ran = sandbox.run("deliver render");
    assert_eq!(
        ran.stderr,
        "warning: versions of secrets cannot be told, nor the Secret's name: the first deployment from here makes the key for that\n"
    );
    assert!(ran.ok().contains("TOKEN: <version unread>"));
    assert_eq!(files(), before);
    // Where no secret is wanted, nothing is missing.
    let plain = MANIFEST.replace("[run.secrets]\nTOKEN = \"env:PRICING_TOKEN\"\n", "");
    sandbox.file("deliver.toml", &plain);
    assert_eq!(sandbox.run("deliver render").stderr, "");
    assert_eq!(files(), before);
}

#[test]
fn a_secret_without_a_value_leaves_a_warning_and_a_placeholder() {
    let sandbox = sandbox(&MANIFEST.replace("PRICING_TOKEN", "NOWHERE"));
    with_key(&sandbox);
    let ran = sandbox.run("deliver render");
    assert!(ran.stderr.contains("warning: a secret has no value"), "{}", ran.stderr);
    assert!(ran.ok().contains("TOKEN: <version unread>"));
}

#[test]
fn only_what_is_on_kubernetes_can_be_rendered() {
    let sandbox = sandbox("[service]\nname = \"pricing\"\n[run]\ncommand = \"./app\"\n");
    assert_eq!(
        sandbox.run("deliver render").fails(2),
        "error[nothing-to-render]: `pricing` has no environment on Kubernetes\n  hint: write `target = \"kubernetes\"` under [environment.NAME]\n"
    );
    assert_eq!(
        sandbox.run("deliver render local").fails(2),
        "error[nothing-to-render]: the target of `local` is `local`\n  hint: write `target = \"kubernetes\"` under [environment.NAME]\n"
    );
}

#[test]
fn problems_of_the_options_are_told_together_with_their_lines() {
    let options = "namepsace = \"x\"\npull = \"allways\"\nrequests = { memory = \"256 megs\" }\nautoscale = { min = 5, max = 2 }\n\
                   replicas = 3\nmanifests = [\"k8s/*.yaml\"]\nkustomize = \"k8s\"\n";
    let sandbox = sandbox(&MANIFEST.replace("namespace = \"shop\"\n", options));
    let text = sandbox.run("deliver plan production").fails(2);
    for line in [
        "unknown key `namepsace` in `[environment.production.kubernetes]`",
        "did you mean `namespace`?",
        "did you mean \"always\"?",
        "must be an amount such as \"250m\" or \"256Mi\"",
        "`environment.production.kubernetes.autoscale.max` is below `min`",
        "`environment.production.kubernetes.autoscale` needs `requests.cpu`",
        "has both `manifests` and `kustomize`",
        "write `instances` under `[environment.NAME]`",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn a_source_and_patches_take_the_place_of_what_would_be_made() {
    let options = "namespace = \"shop\"\nmanifests = [\"k8s/*.yaml\"]\npatches = [\"patch.yaml\"]\n";
    let sandbox = sandbox(&MANIFEST.replace("namespace = \"shop\"\n", options));
    with_key(&sandbox);
    sandbox.file(
        "k8s/app.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: front}\nspec:\n  selector: {matchLabels: {app: front}}\n  \
         template:\n    metadata: {labels: {app: front}}\n    spec: {containers: [{name: main, image: 'registry.example/pricing:0'}]}\n\
         ---\napiVersion: v1\nkind: Service\nmetadata: {name: front}\nspec: {selector: {app: front}, ports: [{port: 80}]}\n",
    );
    sandbox.file("patch.yaml", "kind: Deployment\nmetadata: {name: front}\nspec: {template: {spec: {containers: [{name: main, tty: true}]}}}\n");
    let document = sandbox.run("deliver render --json").json();
    let deployment = &document["objects"][1];
    let container = &deployment["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(container["image"], "registry.example/pricing:1", "{document}");
    assert_eq!(
        (&container["tty"], &deployment["spec"]["replicas"]),
        (&true.into(), &1.into())
    );
    assert_eq!(
        document["objects"][2]["metadata"]["labels"]["deliver.dev/process"],
        "web"
    );

    sandbox.file("patch.yaml", "kind: Deployment\nmetadata: {name: frond}\n");
    assert_eq!(
        sandbox.run("deliver render").fails(2),
        "error[patch-without-target]: `patch.yaml` patches deployment/frond, which is not among the objects\n  \
         still: nothing was touched\n  hint: did you mean deployment/front?\n"
    );
}

const KUBECONFIG: &str = "\
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: 'http://127.0.0.1:9'}}]
users: [{name: u, user: {}}]
contexts: [{name: eu-1, context: {cluster: c, user: u}}]
current-context: eu-1
";

#[test]
fn without_a_cluster_nothing_is_touched_and_the_reason_is_plain() {
    let none = sandbox(MANIFEST);
    let text = none.run("deliver plan production").fails(2);
    assert!(
        text.starts_with("error[no-kubeconfig]: no cluster is known: there is no "),
        "{text}"
    );

    let config = |context: &str| {
        let options = format!("namespace = \"shop\"\nkubeconfig = \"~/kubeconfig\"\n{context}");
        let sandbox = sandbox(&MANIFEST.replace("namespace = \"shop\"\n", &options));
        let home = sandbox.environment()["HOME"].to_string_lossy().into_owned();
        std::fs::write(format!("{home}/kubeconfig"), KUBECONFIG).expect("written");
        sandbox
    };
    let wrong = config("context = \"eu-2\"\n").run("deliver plan production").fails(2);
    assert!(
        wrong.contains("error[unknown-context]: there is no context `eu-2` in"),
        "{wrong}"
    );
    assert!(wrong.contains("hint: did you mean `eu-1`?"), "{wrong}");
    let silent = config("").run("deliver plan production").fails(8);
    assert!(
        silent.starts_with(
            "error[target-unreachable]: cannot list pods: the cluster of context `eu-1` does not answer\n"
        ),
        "{silent}"
    );
}
