//! Whole output, so that a change of what is applied is seen in review.

#![allow(clippy::unwrap_used, reason = "a failure to set the stage is a failed test")]

use std::path::Path;

use serde_json::{Value, json};

use super::*;
use crate::config::manifest::Manifest;

fn rendered(manifest: &str, native_sleep: bool) -> Vec<Value> {
    let manifest = Manifest::parse(manifest, Path::new("/srv/pricing/deliver.toml")).unwrap();
    let env = "production".parse().unwrap();
    let mut spec = manifest.environment(&env).unwrap().spec;
    spec.secret_versions = spec
        .secrets
        .keys()
        .map(|name| (name.clone(), "v-1".to_owned()))
        .collect();
    let options = Options::read(&spec.options).unwrap();
    let image = match &spec.image {
        Some(Image::Ready(reference)) => reference.clone(),
        _ => "pricing:b-1".into(),
    };
    render(&Input {
        service: &manifest.service.name,
        env: &env,
        namespace: "shop",
        spec: &spec,
        options: &options,
        image: &image,
        release: "v3",
        deployment: "D-12",
        native_sleep,
    })
    .unwrap()
}

fn yaml(objects: &[Value]) -> String {
    let texts = objects
        .iter()
        .map(|object| format!("---\n{}", serde_saphyr::to_string(object).unwrap()));
    texts.collect()
}

const LITTLE: &str = r#"
[service]
name = "pricing"
[build.image]
reference = "registry.example/pricing:1"
[run]
command = ["/app"]
[environment.production]
target = "kubernetes"
"#;

const MUCH: &str = r#"
[service]
name = "pricing"
[build.image]
reference = "registry.example/pricing@sha256:0123"
[run]
command = ["/app"]
health = { path = "/healthz", live = "/livez", host = "shop.example", start = "60s" }
port = 9000
volumes = ["data"]
drain = "20s"
grace = "10s"
[run.env]
LOG_LEVEL = "info"
PRICE = "$(HOME) is text"
[run.secrets]
TOKEN = "env:TOKEN"
[process.worker]
command = ["/app", "work", "--port", "$PORT"]
instances = 2
env = { QUEUE = "slow" }
[process.tick]
command = "date && /app tick"
schedule = "*/5 * * * *"
[environment.production]
target = "kubernetes"
[environment.production.kubernetes]
labels = { team = "checkout" }
annotations = { "example.com/owner" = "us" }
requests = { cpu = "250m", memory = "256Mi" }
limits = { memory = "256Mi" }
image_pull_secrets = ["registry"]
run_as = 10001
read_only = true
autoscale = { min = 3, max = 12, cpu = 60 }
ingress = { host = "shop.example", class = "nginx", path = "/prices", tls_secret = "shop-tls" }
network = { from = ["ingress-nginx"] }
volume = { size = "10Gi", class = "fast", access = "shared", mount = "/srv" }
"#;

#[test]
fn a_small_service_has_few_objects() {
    snapbox::assert_data_eq!(yaml(&rendered(LITTLE, true)), snapbox::file!["little.yaml"]);
}

#[test]
fn everything_that_can_be_said_is_in_the_objects() {
    snapbox::assert_data_eq!(yaml(&rendered(MUCH, true)), snapbox::file!["much.yaml"]);
}

#[test]
fn rendering_twice_is_rendering_once() {
    assert_eq!(rendered(MUCH, true), rendered(MUCH, true));
}

fn find<'a>(objects: &'a [Value], kind: &str) -> &'a Value {
    objects.iter().find(|object| names::kind(object) == kind).unwrap()
}

#[test]
fn another_variable_is_another_config_map_and_another_template() {
    let (before, after) = (rendered(MUCH, true), rendered(&MUCH.replace("info", "warn"), true));
    let name = |objects: &[Value]| names::name(find(objects, "ConfigMap")).to_owned();
    let template = |objects: &[Value]| find(objects, "Deployment")["spec"]["template"].clone();
    assert_ne!(name(&before), name(&after));
    assert_ne!(template(&before), template(&after));
    assert_eq!(
        names::name(find(&before, "Secret")),
        names::name(find(&after, "Secret"))
    );
}

fn command(objects: &[Value]) -> &Value {
    &find(objects, "Deployment")["spec"]["template"]["spec"]["containers"][0]["command"]
}

#[test]
fn a_line_for_a_shell_lets_the_app_hear_the_end_of_its_pod() {
    let with = |line: &str| rendered(&format!("{LITTLE}command = {line}\n"), true);
    for (line, becomes) in [
        ("'/app --port $PORT'", "exec /app --port $PORT"),
        ("'MODE=fast /app'", "MODE=fast exec /app"),
        // What may be more than one command stays as it was written.
        ("'cd /srv && /app'", "cd /srv && /app"),
        ("'cd /srv && exec /app'", "cd /srv && exec /app"),
    ] {
        assert_eq!(command(&with(line)), &json!(["/bin/sh", "-c", becomes]), "{line}");
    }
    assert_eq!(
        command(&with("['/app', '--port=${PORT}', '$PORTAL']")),
        &json!(["/app", "--port=8080", "$PORTAL"])
    );
}

#[test]
fn what_a_cluster_would_expand_is_left_to_the_shell() {
    let with = |line: &str| rendered(&format!("{LITTLE}command = {line}\n"), true);
    for (line, becomes) in [
        ("'/app $(HOME)'", "/app $$(HOME)"),
        ("'echo $$ $; /app'", "echo $$$ $; /app"),
        ("'echo $$(HOME)'", "echo $$$$(HOME)"),
    ] {
        assert_eq!(command(&with(line)), &json!(["/bin/sh", "-c", becomes]), "{line}");
    }
    assert_eq!(command(&with("['/app', '$(HOME)']")), &json!(["/app", "$$(HOME)"]));
}

#[test]
fn an_older_cluster_waits_by_the_images_own_sleep() {
    let objects = rendered(LITTLE, false);
    let container = &find(&objects, "Deployment")["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(
        container["lifecycle"],
        json!({ "preStop": { "exec": { "command": ["sleep", "5"] } } })
    );
}

#[test]
fn volumes_of_one_node_make_the_old_pod_go_first() {
    let objects = rendered(&MUCH.replace(", access = \"shared\"", ""), true);
    assert_eq!(
        find(&objects, "Deployment")["spec"]["strategy"],
        json!({ "type": "Recreate" })
    );
    assert_eq!(
        find(&objects, "PersistentVolumeClaim")["spec"]["accessModes"],
        json!(["ReadWriteOnce"])
    );
}

#[test]
fn a_gateway_takes_the_place_of_an_ingress() {
    let line = MUCH.lines().find(|line| line.starts_with("ingress")).unwrap();
    let objects = rendered(
        &MUCH.replace(
            line,
            "gateway = { name = \"public\", namespace = \"edge\", host = \"shop.example\" }",
        ),
        true,
    );
    let spec = &find(&objects, "HTTPRoute")["spec"];
    assert_eq!(spec["parentRefs"], json!([{ "name": "public", "namespace": "edge" }]));
    assert_eq!(
        spec["rules"][0]["backendRefs"],
        json!([{ "name": "pricing", "port": 80 }])
    );
}

#[test]
fn files_cannot_be_served_from_an_image_of_somebody_elses() {
    let text = LITTLE.replace("command = [\"/app\"]", "static = \"public\"");
    let manifest = Manifest::parse(&text, Path::new("/srv/pricing/deliver.toml")).unwrap();
    let mut spec = manifest.environment(&"production".parse().unwrap()).unwrap().spec;
    spec.processes[0].work = Work::Static("public".into());
    let fault = possible(&spec, &Options::default()).unwrap_err();
    assert_eq!((fault.kind(), fault.code()), (crate::fault::Kind::Usage, "cannot-run"));
}
