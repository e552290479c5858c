//! Deployments while they roll out, and who serves meanwhile.

use serde_json::{Value, json};

use super::subject::{Subject, condition};

fn web(s: &Subject) -> String {
    format!("{}/web", s.deployments())
}

fn sets(s: &Subject) -> Vec<Value> {
    let (_, list) = s.get(&s.in_namespace("/apis/apps/v1", "replicasets"));
    let mut sets = list["items"].as_array().cloned().unwrap_or_default();
    sets.sort_by_key(|set| revision(set).to_owned());
    sets
}

fn revision(object: &Value) -> &str {
    object["metadata"]["annotations"]["deployment.kubernetes.io/revision"]
        .as_str()
        .unwrap_or_default()
}

fn complete(object: &Value) -> bool {
    let wanted = &object["spec"]["replicas"];
    let status = &object["status"];
    status["observedGeneration"] == object["metadata"]["generation"]
        && ["updatedReplicas", "replicas", "availableReplicas"]
            .iter()
            .all(|field| status[*field] == *wanted)
}

fn rolled_out(s: &Subject, replicas: u32) -> Value {
    let (code, answer) = s.post(&s.deployments(), &s.deployment(replicas));
    assert_eq!(code, 201, "{answer}");
    s.until_object("the rollout", &web(s), complete)
}

fn second_template() -> Value {
    json!({"spec": {"template": {"metadata": {"annotations": {"turn": "second"}}}}})
}

pub fn a_deployment_rolls_out(s: &Subject) {
    let object = rolled_out(s, 2);
    let object = if condition(&object, "Progressing", "reason") == "NewReplicaSetAvailable" {
        object
    } else {
        s.until_object("the last word of it", &web(s), |object| {
            condition(object, "Progressing", "reason") == "NewReplicaSetAvailable"
        })
    };
    assert_eq!(condition(&object, "Available", "reason"), "MinimumReplicasAvailable");
    assert_eq!(condition(&object, "Progressing", "status"), "True");
    assert_eq!(object["status"]["unavailableReplicas"], Value::Null);
    assert_eq!(revision(&object), "1");
    let sets = sets(s);
    assert_eq!(sets.len(), 1);
    let hash = sets[0]["metadata"]["labels"]["pod-template-hash"]
        .as_str()
        .expect("a hash");
    assert_eq!(sets[0]["metadata"]["name"], format!("web-{hash}"));
    assert_eq!(
        condition(&object, "Progressing", "message"),
        format!("ReplicaSet \"web-{hash}\" has successfully progressed.")
    );
    let owner = &sets[0]["metadata"]["ownerReferences"][0];
    assert_eq!(
        (&owner["uid"], &owner["controller"]),
        (&object["metadata"]["uid"], &json!(true))
    );
    let (_, pods) = s.get(&format!("{}?labelSelector=pod-template-hash%3D{hash}", s.pods()));
    let pods = pods["items"].as_array().expect("pods");
    assert_eq!(pods.len(), 2);
    for pod in pods {
        assert_eq!(condition(pod, "Ready", "status"), "True");
        assert_eq!(pod["metadata"]["ownerReferences"][0]["uid"], sets[0]["metadata"]["uid"]);
        assert_eq!(pod["metadata"]["generateName"], format!("web-{hash}-"));
    }
}

pub fn a_second_template_replaces_the_first(s: &Subject) {
    rolled_out(s, 2);
    let (_, changed) = s.merge(&web(s), &second_template());
    assert_eq!(changed["metadata"]["generation"], 2);
    let object = s.until_object("the second rollout", &web(s), complete);
    assert_eq!(revision(&object), "2");
    let sets = sets(s);
    let told: Vec<(&str, &Value)> = sets
        .iter()
        .map(|set| (revision(set), &set["spec"]["replicas"]))
        .collect();
    assert_eq!(told, [("1", &json!(0)), ("2", &json!(2))]);
}

pub fn an_old_template_gets_its_set_back(s: &Subject) {
    rolled_out(s, 1);
    let first = sets(s)[0]["metadata"]["name"].clone();
    s.merge(&web(s), &second_template());
    s.until_object("the second rollout", &web(s), |object| {
        complete(object) && revision(object) == "2"
    });
    s.merge(
        &web(s),
        &json!({"spec": {"template": {"metadata": {"annotations": {"turn": null}}}}}),
    );
    s.until_object("the way back", &web(s), |object| {
        complete(object) && revision(object) == "3"
    });
    let sets = sets(s);
    assert_eq!(sets.len(), 2);
    assert_eq!((revision(&sets[1]), &sets[1]["metadata"]["name"]), ("3", &first));
}

pub fn a_missed_deadline_is_told(s: &Subject) {
    let mut body = s.deployment(2);
    body["spec"]["progressDeadlineSeconds"] = 2.into();
    body["spec"]["strategy"] = json!({"rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}});
    let container = &mut body["spec"]["template"]["spec"]["containers"][0];
    container["readinessProbe"] = json!({"exec": {"command": ["/bin/true"]}, "periodSeconds": 1});
    s.post(&s.deployments(), &body);
    s.until_object("the rollout", &web(s), complete);
    body["spec"]["template"]["spec"]["containers"][0]["readinessProbe"]["exec"]["command"] = json!(["/bin/false"]);
    let (code, answer) = s.merge(&web(s), &json!({"spec": {"template": body["spec"]["template"]}}));
    assert_eq!(code, 200, "{answer}");
    let object = s.until_object("the deadline", &web(s), |object| {
        condition(object, "Progressing", "reason") == "ProgressDeadlineExceeded"
    });
    assert_eq!(condition(&object, "Progressing", "status"), "False");
    let newest = &sets(s)[1]["metadata"]["name"];
    assert_eq!(
        condition(&object, "Progressing", "message"),
        format!("ReplicaSet {newest} has timed out progressing.")
    );
    // Nothing was taken away for it, and nothing is undone.
    assert_eq!(condition(&object, "Available", "status"), "True");
    let status = &object["status"];
    assert_eq!(
        (&status["availableReplicas"], &status["updatedReplicas"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(
        (&status["replicas"], &status["unavailableReplicas"]),
        (&json!(3), &json!(1))
    );
}

pub fn a_pause_holds_the_template_back(s: &Subject) {
    rolled_out(s, 1);
    s.merge(&web(s), &json!({"spec": {"paused": true}}));
    s.merge(&web(s), &second_template());
    let object = s.until_object("the look at the pause", &web(s), |object| {
        object["status"]["observedGeneration"] == object["metadata"]["generation"]
            && condition(object, "Progressing", "reason") == "DeploymentPaused"
    });
    assert_eq!(condition(&object, "Progressing", "status"), "Unknown");
    assert_eq!(sets(s).len(), 1);
    assert_eq!(object["status"]["updatedReplicas"], Value::Null);
    s.merge(&web(s), &json!({"spec": {"paused": false}}));
    s.until_object("the rollout after it", &web(s), |object| {
        complete(object) && revision(object) == "2"
    });
}

pub fn who_serves_is_told_by_readiness(s: &Subject) {
    let service = json!({"metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": [{"port": 80,
        "targetPort": 8080}]}});
    let (code, service) = s.post(&s.in_namespace("/api/v1", "services"), &service);
    assert_eq!(code, 201, "{service}");
    assert!(service["spec"]["clusterIP"].is_string());
    rolled_out(s, 2);
    let slices = s.in_namespace("/apis/discovery.k8s.io/v1", "endpointslices");
    let slices = format!("{slices}?labelSelector=kubernetes.io%2Fservice-name%3Dweb");
    let ready = |list: &Value| -> usize {
        let endpoints = list["items"].as_array().into_iter().flatten();
        let endpoints = endpoints.flat_map(|slice| slice["endpoints"].as_array().into_iter().flatten());
        endpoints
            .filter(|endpoint| endpoint["conditions"]["ready"] == true)
            .count()
    };
    let list = s.until_object("two that serve", &slices, |list| ready(list) == 2);
    let endpoint = &list["items"][0]["endpoints"][0];
    assert_eq!(
        endpoint["conditions"],
        json!({"ready": true, "serving": true, "terminating": false})
    );
    assert_eq!(endpoint["targetRef"]["kind"], "Pod");
    assert_eq!(list["items"][0]["ports"][0]["port"], 8080);
}
