//! Plans of many services at once.

use crate::support::Sandbox;

fn service(sandbox: &Sandbox, name: &str, rest: &str) {
    sandbox.file(
        &format!("services/{name}/deliver.toml"),
        &format!("[service]\nname = \"{name}\"\n\n[run]\ncommand = [\"./app\"]\n{rest}"),
    );
    sandbox.file(&format!("services/{name}/app"), "#!/bin/sh\n");
}

#[test]
fn every_service_below_a_folder_is_planned_and_what_cannot_be_is_told() {
    let sandbox = Sandbox::new();
    service(&sandbox, "pricing", "[environment.staging]\n");
    service(&sandbox, "billing", "[environment.staging]\nprotected = true\n");
    service(&sandbox, "search", "");
    sandbox.file("services/broken/deliver.toml", "[service\n");
    let ran = sandbox.run("deliver plan staging --all");
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert_eq!(
        ran.stdout,
        "billing\tnone\trefused by readiness\tbuild\npricing\tnone\ta new release\tbuild\n"
    );
    assert!(ran.stderr.contains("services/broken/deliver.toml: "), "{}", ran.stderr);
    let document = sandbox
        .run("rm -r services/broken; deliver plan staging --all --json")
        .json();
    assert_eq!(document["schema"], "deliver/plans/v1");
    assert_eq!(document["elsewhere"], serde_json::json!(["search"]));
    assert_eq!(document["plans"][1]["service"], "pricing");
    sandbox
        .run("rm -r services/broken; deliver plan staging --all --exit-code")
        .fails(3);
}

#[test]
fn a_folder_without_services_is_a_usage_error() {
    let sandbox = Sandbox::new();
    let told = sandbox.run("deliver plan --all").fails(2);
    assert!(told.contains("no `deliver.toml` in or below"), "{told}");
}
