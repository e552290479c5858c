//! What is refused, and with which document.

use serde_json::{Value, json};

use super::subject::Subject;

fn web(s: &Subject) -> String {
    format!("{}/web", s.deployments())
}

fn create(s: &Subject) -> Value {
    let (code, object) = s.post(&s.deployments(), &s.deployment(0));
    assert_eq!(code, 201, "{object}");
    object
}

pub fn not_found(s: &Subject) {
    let (code, answer) = s.get(&web(s));
    assert_eq!(code, 404);
    assert_eq!(
        answer,
        json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "reason": "NotFound",
            "message": "deployments.apps \"web\" not found", "code": 404,
            "details": {"name": "web", "group": "apps", "kind": "deployments"}})
    );
    assert_eq!(s.merge(&web(s), &json!({})).0, 404);
    assert_eq!(s.delete(&web(s), &json!({})).1["message"], answer["message"]);
    let (code, answer) = s.get(&s.in_namespace("/apis/apps/v1", "nothings"));
    assert_eq!(code, 404);
    assert_eq!(answer["message"], "the server could not find the requested resource");
}

pub fn already_exists(s: &Subject) {
    create(s);
    let (code, answer) = s.post(&s.deployments(), &s.deployment(0));
    assert_eq!((code, &answer["reason"]), (409, &json!("AlreadyExists")));
    assert_eq!(answer["message"], "deployments.apps \"web\" already exists");
}

pub fn names_must_be_dns(s: &Subject) {
    let mut body = s.deployment(0);
    body["metadata"]["name"] = "bad_name".into();
    let (code, answer) = s.post(&s.deployments(), &body);
    assert_eq!((code, &answer["reason"]), (422, &json!("Invalid")));
    let text = "Invalid value: \"bad_name\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric \
                characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex \
                used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    assert_eq!(
        answer["message"],
        format!("Deployment.apps \"bad_name\" is invalid: metadata.name: {text}")
    );
    assert_eq!(
        answer["details"],
        json!({"name": "bad_name", "group": "apps", "kind": "Deployment",
            "causes": [{"reason": "FieldValueInvalid", "message": text, "field": "metadata.name"}]})
    );
}

pub fn required_fields(s: &Subject) {
    let (code, answer) = s.post(&s.deployments(), &json!({"metadata": {"name": "web"}}));
    assert_eq!(code, 422);
    let causes = answer["details"]["causes"].as_array().expect("causes");
    let fields: Vec<&str> = causes.iter().filter_map(|cause| cause["field"].as_str()).collect();
    assert_eq!(
        fields,
        [
            "spec.selector",
            "spec.template.metadata.labels",
            "spec.template.spec.containers"
        ]
    );
    let mut body = s.deployment(0);
    body["spec"]["template"]["spec"]["containers"][0] = json!({"name": "A_b"});
    let (_, answer) = s.post(&s.deployments(), &body);
    let causes = answer["details"]["causes"].as_array().expect("causes");
    let told: Vec<(&str, &str)> = causes
        .iter()
        .filter_map(|cause| Some((cause["reason"].as_str()?, cause["field"].as_str()?)))
        .collect();
    assert_eq!(
        told,
        [
            ("FieldValueInvalid", "spec.template.spec.containers[0].name"),
            ("FieldValueRequired", "spec.template.spec.containers[0].image")
        ]
    );
}

pub fn a_selector_is_immutable(s: &Subject) {
    create(s);
    let change = json!({"spec": {"selector": {"matchLabels": {"app": "other"}}, "template": {"metadata": {"labels":
        {"app": "other"}}}}});
    let (code, answer) = s.merge(&web(s), &change);
    assert_eq!(code, 422);
    let cause = &answer["details"]["causes"][0];
    assert_eq!(
        (&cause["field"], &cause["reason"]),
        (&json!("spec.selector"), &json!("FieldValueInvalid"))
    );
    assert!(
        cause["message"]
            .as_str()
            .is_some_and(|text| text.ends_with(": field is immutable")),
        "{answer}"
    );
}

pub fn unknown_fields(s: &Subject) {
    let mut body = s.deployment(0);
    body["spec"]["template"]["spec"]["nothing"] = 1.into();
    let (code, answer) = s.post(&format!("{}?fieldValidation=Strict", s.deployments()), &body);
    assert_eq!((code, &answer["reason"]), (400, &json!("BadRequest")));
    assert_eq!(
        answer["message"],
        "Deployment in version \"v1\" cannot be handled as a Deployment: strict decoding error: unknown field \
         \"spec.template.spec.nothing\""
    );
    let (code, answer) = s.apply(&web(s), "fieldManager=ours", &body);
    assert_eq!(code, 500);
    assert_eq!(
        answer["message"],
        "failed to create typed patch object (/web; apps/v1, Kind=Deployment): .spec.template.spec.nothing: field not \
         declared in schema"
    );
    let (code, answer) = s.post(&format!("{}?fieldValidation=Ignore", s.deployments()), &body);
    assert_eq!(code, 201);
    assert_eq!(answer["spec"]["template"]["spec"]["nothing"], Value::Null);
}

pub fn a_stale_version_is_a_conflict(s: &Subject) {
    create(s);
    let mut body = s.deployment(0);
    body["metadata"]["resourceVersion"] = "1".into();
    let message = "Operation cannot be fulfilled on deployments.apps \"web\": the object has been modified; please apply \
                   your changes to the latest version and try again";
    for (code, answer) in [
        s.put(&web(s), &body),
        s.merge(&web(s), &json!({"metadata": {"resourceVersion": "1"}})),
        s.apply(&web(s), "fieldManager=ours&force=true", &body),
    ] {
        assert_eq!(
            (code, &answer["reason"], &answer["message"]),
            (409, &json!("Conflict"), &json!(message))
        );
    }
}

pub fn preconditions(s: &Subject) {
    create(s);
    let (code, answer) = s.delete(&web(s), &json!({"preconditions": {"uid": "another"}}));
    assert_eq!((code, &answer["reason"]), (409, &json!("Conflict")));
    let text = answer["message"].as_str().unwrap_or_default();
    assert!(
        text.contains("the UID in the precondition (another) does not match the UID in record ("),
        "{text}"
    );
    let (code, answer) = s.delete(&web(s), &json!({"preconditions": {"resourceVersion": "1"}}));
    assert_eq!(code, 409, "{answer}");
    let (_, object) = s.get(&web(s));
    let (code, _) = s.delete(&web(s), &json!({"preconditions": {"uid": object["metadata"]["uid"]}}));
    assert_eq!(code, 200);
}

pub fn a_namespace_must_exist(s: &Subject) {
    let (code, answer) = s.post("/apis/apps/v1/namespaces/dt-nowhere/deployments", &s.deployment(0));
    assert_eq!(
        (code, &answer["message"]),
        (404, &json!("namespaces \"dt-nowhere\" not found"))
    );
    let (code, answer) = s.get("/apis/apps/v1/namespaces/dt-nowhere/deployments");
    assert_eq!((code, &answer["items"]), (200, &json!([])));
}

pub fn a_quota_is_kept(s: &Subject) {
    let quota = json!({"metadata": {"name": "small"}, "spec": {"hard": {"pods": "1", "count/configmaps": "100"}}});
    let quotas = s.in_namespace("/api/v1", "resourcequotas");
    assert_eq!(s.post(&quotas, &quota).0, 201);
    s.until("the quota's first count", || {
        s.get(&format!("{quotas}/small")).1["status"]["used"]["pods"] == "0"
    });
    let (code, answer) = s.post(&s.deployments(), &s.deployment(2));
    assert_eq!(code, 201, "{answer}");
    let object = s.until_object("the refusal of the second pod", &web(s), |object| {
        super::subject::condition(object, "ReplicaFailure", "status") == "True"
    });
    assert_eq!(
        super::subject::condition(&object, "ReplicaFailure", "reason"),
        "FailedCreate"
    );
    let text = super::subject::condition(&object, "ReplicaFailure", "message");
    assert!(text.starts_with("pods \"web-"), "{text}");
    assert!(
        text.ends_with("is forbidden: exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1"),
        "{text}"
    );
}
