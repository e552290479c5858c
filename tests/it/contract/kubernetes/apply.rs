//! Server-side apply: ownership, conflicts, removal.

use serde_json::{Value, json};

use super::subject::{Subject, owned_by};

fn web(s: &Subject) -> String {
    format!("{}/web", s.deployments())
}

fn applied(s: &Subject, manager: &str, body: &Value) -> Value {
    let (code, answer) = s.apply(&web(s), &format!("fieldManager={manager}"), body);
    assert!(code == 200 || code == 201, "{answer}");
    answer
}

/// The part of a Deployment that says how many there are.
fn replicas(count: u32) -> Value {
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": count}})
}

pub fn creates_owns_and_completes(s: &Subject) {
    let mut body = s.deployment(0);
    let container = &mut body["spec"]["template"]["spec"]["containers"][0];
    container["image"] = "nobody/nothing:1".into();
    container["ports"] = json!([{"containerPort": 80}]);
    container["env"] = json!([{"name": "A", "value": "1"}, {"name": "EMPTY", "value": ""}]);
    container["resources"] = json!({"limits": {"cpu": "1000m", "memory": "1024Mi"}});
    let (code, object) = s.apply(&web(s), "fieldManager=ours", &body);
    assert_eq!(code, 201, "{object}");
    assert_eq!(
        owned_by(&object, "ours", "Apply"),
        json!({"f:metadata": {"f:labels": {"f:app": {}}}, "f:spec": {"f:replicas": {}, "f:selector": {}, "f:template": {
            "f:metadata": {"f:labels": {"f:app": {}}},
            "f:spec": {
                "f:containers": {"k:{\"name\":\"app\"}": {".": {}, "f:command": {},
                    "f:env": {
                        "k:{\"name\":\"A\"}": {".": {}, "f:name": {}, "f:value": {}},
                        "k:{\"name\":\"EMPTY\"}": {".": {}, "f:name": {}, "f:value": {}}},
                    "f:image": {}, "f:name": {},
                    "f:ports": {"k:{\"containerPort\":80,\"protocol\":\"TCP\"}": {".": {}, "f:containerPort": {}}},
                    "f:resources": {"f:limits": {"f:cpu": {}, "f:memory": {}}}}},
                "f:terminationGracePeriodSeconds": {}}}}})
    );
    assert_eq!(
        object["spec"],
        json!({
            "replicas": 0, "selector": {"matchLabels": {"app": "web"}}, "revisionHistoryLimit": 10,
            "progressDeadlineSeconds": 600,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": {
                "containers": [{"name": "app", "image": "nobody/nothing:1",
                    "command": ["/bin/sh", "-c", "sleep 600"],
                    "ports": [{"containerPort": 80, "protocol": "TCP"}],
                    "env": [{"name": "A", "value": "1"}, {"name": "EMPTY"}],
                    "resources": {"limits": {"cpu": "1", "memory": "1Gi"}},
                    "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
                    "imagePullPolicy": "IfNotPresent"}],
                "restartPolicy": "Always", "terminationGracePeriodSeconds": 1, "dnsPolicy": "ClusterFirst",
                "securityContext": {}, "schedulerName": "default-scheduler"}}
        })
    );
    assert_eq!(object["metadata"]["generation"], 1);
}

pub fn the_same_again_changes_nothing(s: &Subject) {
    let mut body = s.deployment(0);
    body["spec"]["paused"] = true.into();
    applied(s, "ours", &body);
    let settled = s.until_object("the controller's first look", &web(s), |object| {
        object["status"]["observedGeneration"] == 1
            && super::subject::condition(object, "Available", "status") == "True"
    });
    let again = applied(s, "ours", &body);
    assert_eq!(
        again["metadata"]["resourceVersion"],
        settled["metadata"]["resourceVersion"]
    );
    assert_eq!(again["metadata"]["generation"], 1);
}

pub fn a_field_of_another_manager_is_a_conflict(s: &Subject) {
    applied(s, "ours", &s.deployment(0));
    let (code, answer) = s.apply(&web(s), "fieldManager=theirs", &replicas(1));
    assert_eq!(code, 409);
    assert_eq!(answer["reason"], "Conflict");
    assert_eq!(
        answer["message"],
        "Apply failed with 1 conflict: conflict with \"ours\": .spec.replicas"
    );
    assert_eq!(
        answer["details"],
        json!({"causes": [{"reason": "FieldManagerConflict", "message": "conflict with \"ours\"",
            "field": ".spec.replicas"}]})
    );
    let mut two = replicas(2);
    two["spec"]["template"] = json!({"spec": {"containers": [{"name": "app", "image": "another:1"}]}});
    let (_, answer) = s.apply(&web(s), "fieldManager=theirs", &two);
    assert_eq!(
        answer["message"],
        "Apply failed with 2 conflicts: conflicts with \"ours\":\n- .spec.replicas\n\
         - .spec.template.spec.containers[name=\"app\"].image"
    );
}

pub fn force_takes_the_field_over(s: &Subject) {
    applied(s, "ours", &s.deployment(0));
    let mut labels = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web",
        "labels": {"app": "theirs"}}});
    let (code, object) = s.apply(&web(s), "fieldManager=theirs&force=true", &labels);
    assert_eq!(code, 200, "{object}");
    assert_eq!(object["metadata"]["labels"]["app"], "theirs");
    assert_eq!(owned_by(&object, "ours", "Apply")["f:metadata"], Value::Null);
    assert_eq!(
        owned_by(&object, "theirs", "Apply"),
        json!({"f:metadata": {"f:labels": {"f:app": {}}}})
    );
    labels["metadata"]["labels"] = json!({"app": "web"});
    let (code, answer) = s.apply(&web(s), "fieldManager=ours", &labels);
    assert_eq!(code, 409, "{answer}");
}

pub fn equal_values_are_shared(s: &Subject) {
    applied(s, "ours", &s.deployment(0));
    let object = applied(s, "theirs", &replicas(0));
    assert_eq!(
        owned_by(&object, "theirs", "Apply"),
        json!({"f:spec": {"f:replicas": {}}})
    );
    assert_eq!(owned_by(&object, "ours", "Apply")["f:spec"]["f:replicas"], json!({}));
}

pub fn what_is_no_longer_applied_goes(s: &Subject) {
    let mut body = s.deployment(0);
    body["metadata"]["annotations"] = json!({"note": "once"});
    body["spec"]["minReadySeconds"] = 3.into();
    body["spec"]["template"]["spec"]["containers"][0]["env"] =
        json!([{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]);
    let first = applied(s, "ours", &body);
    assert_eq!(first["spec"]["minReadySeconds"], 3);
    let second = applied(s, "ours", &s.deployment(0));
    assert_eq!(second["spec"]["minReadySeconds"], Value::Null);
    assert_eq!(second["metadata"]["annotations"]["note"], Value::Null);
    assert_eq!(
        second["spec"]["template"]["spec"]["containers"][0]["env"],
        json!([{"name": "A", "value": "1"}])
    );
}

pub fn what_somebody_else_owns_too_stays(s: &Subject) {
    applied(s, "ours", &s.deployment(0));
    applied(s, "theirs", &replicas(0));
    let mut without = s.deployment(0);
    without["spec"].as_object_mut().expect("a spec").remove("replicas");
    let object = applied(s, "ours", &without);
    assert_eq!(object["spec"]["replicas"], 0);
    // Nobody's any more, it falls back to the default.
    let mut nothing = replicas(0);
    nothing["spec"] = json!({});
    let object = applied(s, "theirs", &nothing);
    assert_eq!(object["spec"]["replicas"], 1);
}

pub fn a_scaler_owns_the_replicas(s: &Subject) {
    let mut body = s.deployment(0);
    body["spec"]["template"]["spec"]["containers"][0]["image"] = "nobody/nothing:1".into();
    applied(s, "ours", &body);
    let scale = format!("{}/scale?fieldManager=scaler", web(s));
    let (code, answer) = s.merge(&scale, &json!({"spec": {"replicas": 2}}));
    assert_eq!(
        (code, &answer["kind"], &answer["spec"]["replicas"]),
        (200, &json!("Scale"), &json!(2)),
        "{answer}"
    );
    let (_, object) = s.get(&web(s));
    let entries = object["metadata"]["managedFields"].as_array().expect("owners");
    let scaler = entries
        .iter()
        .find(|entry| entry["manager"] == "scaler")
        .expect("the scaler owns something");
    assert_eq!(scaler["operation"], "Update");
    assert_eq!(scaler["subresource"], "scale");
    assert_eq!(scaler["fieldsV1"], json!({"f:spec": {"f:replicas": {}}}));
    assert_eq!(owned_by(&object, "ours", "Apply")["f:spec"]["f:replicas"], Value::Null);
    let (code, answer) = s.apply(&web(s), "fieldManager=ours", &body);
    assert_eq!(code, 409);
    assert_eq!(
        answer["details"]["causes"][0]["message"],
        "conflict with \"scaler\" with subresource \"scale\" using apps/v1"
    );
    // Not saying how many leaves the scaler's number.
    body["spec"].as_object_mut().expect("a spec").remove("replicas");
    assert_eq!(applied(s, "ours", &body)["spec"]["replicas"], 2);
}

pub fn items_of_others_stay(s: &Subject) {
    applied(s, "ours", &s.deployment(0));
    let beside = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {
        "template": {"spec": {"containers": [{"name": "beside", "image": "sidecar:1"}]}}}});
    applied(s, "injector", &beside);
    let mut body = s.deployment(0);
    body["spec"]["template"]["spec"]["containers"][0]["image"] = "changed:1".into();
    let object = applied(s, "ours", &body);
    let containers = object["spec"]["template"]["spec"]["containers"]
        .as_array()
        .expect("containers");
    let images: Vec<&str> = containers.iter().filter_map(|one| one["image"].as_str()).collect();
    assert_eq!(images, ["changed:1", "sidecar:1"]);
}

pub fn a_dry_run_stores_nothing(s: &Subject) {
    let (code, object) = s.apply(&web(s), "fieldManager=ours&dryRun=All", &s.deployment(3));
    assert_eq!((code, &object["spec"]["replicas"]), (201, &json!(3)), "{object}");
    assert_eq!(s.get(&web(s)).0, 404);
    let stored = applied(s, "ours", &s.deployment(0));
    let (code, object) = s.apply(&web(s), "fieldManager=ours&dryRun=All", &s.deployment(3));
    assert_eq!((code, &object["spec"]["replicas"]), (200, &json!(3)), "{object}");
    assert_eq!(s.get(&web(s)).1["spec"], stored["spec"]);
}

pub fn the_manager_must_be_named(s: &Subject) {
    let (code, answer) = s.apply(&web(s), "force=true", &s.deployment(0));
    assert_eq!(code, 422);
    assert_eq!(
        answer["message"],
        "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch"
    );
}
