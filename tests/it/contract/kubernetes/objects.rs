//! Stored objects: generations, pages, selectors, watches, deletion.

use serde_json::{Value, json};

use super::subject::Subject;

fn config_map(name: &str, tier: &str) -> Value {
    json!({"metadata": {"name": name, "labels": {"tier": tier}}, "data": {"key": "value"}})
}

fn config_maps(s: &Subject) -> String {
    let maps = s.in_namespace("/api/v1", "configmaps");
    for (name, tier) in [("a", "front"), ("b", "back"), ("c", "back")] {
        assert_eq!(s.post(&maps, &config_map(name, tier)).0, 201);
    }
    maps
}

fn names(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    // A real cluster puts a map of its own into each namespace.
    items
        .iter()
        .filter_map(|one| one["metadata"]["name"].as_str())
        .filter(|name| name.len() == 1)
        .collect()
}

pub fn generation_counts_what_is_wanted(s: &Subject) {
    let web = format!("{}/web", s.deployments());
    let mut body = s.deployment(0);
    body["spec"]["template"]["spec"]["containers"][0]["image"] = "nobody/nothing:1".into();
    s.post(&s.deployments(), &body);
    let (_, labelled) = s.merge(&web, &json!({"metadata": {"labels": {"more": "yes"}}}));
    assert_eq!(labelled["metadata"]["generation"], 1);
    let (_, scaled) = s.merge(&web, &json!({"spec": {"replicas": 1}}));
    assert_eq!(scaled["metadata"]["generation"], 2);
    s.until_object("the look at the second generation", &web, |object| {
        object["status"]["observedGeneration"] == 2
    });
    // What is found is not what is wanted, and what is wanted does not change what is found.
    let (_, object) = s.merge(&web, &json!({"status": {"replicas": 77}}));
    assert_ne!(object["status"]["replicas"], 77);
    assert_eq!(object["metadata"]["generation"], 2);
}

pub fn lists_come_in_pages(s: &Subject) {
    let maps = config_maps(s);
    let selected = format!("{maps}?labelSelector=tier");
    let (_, first) = s.get(&format!("{selected}&limit=2"));
    assert_eq!(
        (&first["kind"], names(&first)),
        (&json!("ConfigMapList"), vec!["a", "b"])
    );
    let token = first["metadata"]["continue"].as_str().expect("there is more");
    // What is made in between is not in a list that began before.
    s.post(&maps, &config_map("d", "back"));
    let (_, second) = s.get(&format!("{selected}&limit=2&continue={token}"));
    assert_eq!(names(&second), ["c"]);
    assert_eq!(second["metadata"]["continue"], Value::Null);
    assert_eq!(
        second["metadata"]["resourceVersion"],
        first["metadata"]["resourceVersion"]
    );
    let (code, answer) = s.get(&format!("{maps}?limit=2&continue=junk"));
    assert_eq!((code, &answer["reason"]), (400, &json!("BadRequest")));
}

pub fn selectors_choose(s: &Subject) {
    let maps = config_maps(s);
    for (query, expected) in [
        ("labelSelector=tier%3Dback", vec!["b", "c"]),
        ("labelSelector=tier!%3Dback%2Ctier", vec!["a"]),
        ("labelSelector=tier%20in%20(front%2Cmiddle)", vec!["a"]),
        ("labelSelector=tier%20notin%20(front)%2Ctier", vec!["b", "c"]),
        ("labelSelector=!tier&fieldSelector=metadata.name%3Da", vec![]),
        ("fieldSelector=metadata.name%3Db", vec!["b"]),
    ] {
        let (code, list) = s.get(&format!("{maps}?{query}"));
        assert_eq!((code, names(&list)), (200, expected), "{query}");
    }
    let (code, answer) = s.get(&format!("{}?fieldSelector=spec.nothing%3D1", s.pods()));
    assert_eq!(code, 400);
    assert_eq!(answer["message"], "field label not supported: spec.nothing");
}

pub fn watches_tell_changes(s: &Subject) {
    let maps = config_maps(s);
    let (_, list) = s.get(&maps);
    let from = list["metadata"]["resourceVersion"]
        .as_str()
        .expect("a version")
        .to_owned();
    s.merge(&format!("{maps}/b"), &json!({"data": {"key": "other"}}));
    s.merge(
        &format!("{maps}/b"),
        &json!({"metadata": {"labels": {"tier": "front"}}}),
    );
    s.delete(&format!("{maps}/c"), &json!({}));
    let path = format!("{maps}?watch=true&resourceVersion={from}&labelSelector=tier%3Dback&timeoutSeconds=1");
    let (code, text) = s.ask("GET", &path, "application/json", "");
    assert_eq!(code, 200);
    let events: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("an event"))
        .collect();
    let told: Vec<(&str, &str)> = events
        .iter()
        .filter_map(|event| Some((event["type"].as_str()?, event["object"]["metadata"]["name"].as_str()?)))
        .collect();
    // `b` leaves what the selector takes, which a watch tells as its end.
    assert_eq!(told, [("MODIFIED", "b"), ("DELETED", "b"), ("DELETED", "c")]);
    assert_eq!(events[0]["object"]["data"]["key"], "other");
}

pub fn version_and_discovery(s: &Subject) {
    let (code, version) = s.get("/version");
    assert_eq!((code, &version["major"]), (200, &json!("1")));
    let (_, groups) = s.get("/apis");
    let groups: Vec<&str> = groups["groups"]
        .as_array()
        .expect("groups")
        .iter()
        .filter_map(|group| group["name"].as_str())
        .collect();
    for group in [
        "apps",
        "batch",
        "autoscaling",
        "networking.k8s.io",
        "policy",
        "discovery.k8s.io",
    ] {
        assert!(groups.contains(&group), "{groups:?}");
    }
    let (_, apps) = s.get("/apis/apps/v1");
    let resources = apps["resources"].as_array().expect("resources");
    let deployments = resources
        .iter()
        .find(|one| one["name"] == "deployments")
        .expect("deployments");
    assert_eq!(
        (&deployments["kind"], &deployments["namespaced"]),
        (&json!("Deployment"), &json!(true))
    );
    assert!(resources.iter().any(|one| one["name"] == "deployments/scale"));
}

pub fn deleting_in_the_background(s: &Subject) {
    let web = format!("{}/web", s.deployments());
    s.post(&s.deployments(), &s.deployment(1));
    s.until("a pod", || {
        s.get(&s.pods()).1["items"]
            .as_array()
            .is_some_and(|pods| !pods.is_empty())
    });
    let (code, answer) = s.delete(&web, &json!({"propagationPolicy": "Background"}));
    assert_eq!((code, &answer["status"]), (200, &json!("Success")), "{answer}");
    assert_eq!(answer["details"]["kind"], "deployments");
    assert_eq!(s.get(&web).0, 404);
    s.until("the end of what it owned", || {
        let sets = s.get(&s.in_namespace("/apis/apps/v1", "replicasets")).1;
        let pods = s.get(&s.pods()).1;
        [sets, pods]
            .iter()
            .all(|list| list["items"].as_array().is_some_and(Vec::is_empty))
    });
}

pub fn deleting_in_the_foreground(s: &Subject) {
    let web = format!("{}/web", s.deployments());
    s.post(&s.deployments(), &s.deployment(1));
    s.until("a pod", || {
        s.get(&s.pods()).1["items"]
            .as_array()
            .is_some_and(|pods| !pods.is_empty())
    });
    let (code, answer) = s.delete(&web, &json!({"propagationPolicy": "Foreground"}));
    assert_eq!((code, &answer["kind"]), (200, &json!("Deployment")), "{answer}");
    assert_eq!(answer["metadata"]["finalizers"], json!(["foregroundDeletion"]));
    assert!(answer["metadata"]["deletionTimestamp"].is_string());
    s.until("the end of the deployment", || s.get(&web).0 == 404);
    let pods = s.get(&s.pods()).1;
    assert_eq!(
        pods["items"],
        json!([]),
        "a deployment that is deleted in the foreground goes last"
    );
}

pub fn secrets_take_text(s: &Subject) {
    let secrets = s.in_namespace("/api/v1", "secrets");
    let (code, secret) = s.post(
        &secrets,
        &json!({"metadata": {"name": "key"}, "stringData": {"word": "hush"}}),
    );
    assert_eq!(code, 201);
    assert_eq!(
        (&secret["data"], &secret["stringData"]),
        (&json!({"word": "aHVzaA=="}), &Value::Null)
    );
    assert_eq!(secret["type"], "Opaque");
    let frozen = json!({"immutable": true});
    assert_eq!(s.merge(&format!("{secrets}/key"), &frozen).0, 200);
    let (code, answer) = s.merge(&format!("{secrets}/key"), &json!({"data": {"word": "b3RoZXI="}}));
    assert_eq!(code, 422);
    assert_eq!(
        answer["message"],
        "Secret \"key\" is invalid: data: Forbidden: field is immutable when `immutable` is set"
    );
}

pub fn access_can_be_asked_for(s: &Subject) {
    let review = json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": {
        "resourceAttributes": {"namespace": s.namespace, "verb": "patch", "group": "apps", "resource": "deployments"}}});
    let (code, answer) = s.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", &review);
    assert_eq!((code, &answer["status"]["allowed"]), (201, &json!(true)), "{answer}");
}
