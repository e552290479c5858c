//! Pods and jobs as clients see them: logs, what is waited for, how things ended.

use serde_json::{Value, json};

use super::subject::{MISSING_IMAGE, Subject, condition};

/// A pod that runs one line of shell.
fn pod(s: &Subject, name: &str, line: &str) -> Value {
    json!({"metadata": {"name": name}, "spec": {"restartPolicy": "Always", "terminationGracePeriodSeconds": 1,
        "containers": [{"name": "app", "image": s.image, "command": ["/bin/sh", "-c", line]}]}})
}

fn started(s: &Subject, name: &str, line: &str) -> String {
    let (code, answer) = s.post(&s.pods(), &pod(s, name, line));
    assert_eq!((code, &answer["status"]["phase"]), (201, &json!("Pending")), "{answer}");
    format!("{}/{name}", s.pods())
}

fn container(pod: &Value) -> &Value {
    &pod["status"]["containerStatuses"][0]
}

pub fn logs_of_a_pod(s: &Subject) {
    let path = started(s, "talks", "echo one; echo two; echo three; sleep 600");
    let log = |query: &str| s.ask("GET", &format!("{path}/log?{query}"), "application/json", "");
    s.until("three lines", || log("") == (200, "one\ntwo\nthree\n".to_owned()));
    assert_eq!(log("tailLines=2").1, "two\nthree\n");
    assert_eq!(log("limitBytes=5").1, "one\nt");
    let (_, stamped) = log("timestamps=true&tailLines=1");
    let (time, text) = stamped.split_once(' ').expect("a time and a text");
    assert_eq!(text, "three\n");
    assert!(time.parse::<jiff::Timestamp>().is_ok(), "{time}");
    let (code, answer) = log("previous=true");
    assert_eq!(code, 400);
    assert!(
        answer.contains("previous terminated container \\\"app\\\" in pod \\\"talks\\\" not found"),
        "{answer}"
    );
    let (code, answer) = log("container=nothing");
    assert_eq!(code, 400);
    assert!(
        answer.contains("container nothing is not valid for pod talks"),
        "{answer}"
    );
}

pub fn a_missing_image_is_told(s: &Subject) {
    let mut body = pod(s, "lost", "sleep 600");
    body["spec"]["containers"][0]["image"] = MISSING_IMAGE.into();
    s.post(&s.pods(), &body);
    let path = format!("{}/lost", s.pods());
    let lost = s.until_object("the back-off", &path, |pod| {
        container(pod)["state"]["waiting"]["reason"] == "ImagePullBackOff"
    });
    assert_eq!(lost["status"]["phase"], "Pending");
    assert_eq!(condition(&lost, "Ready", "reason"), "ContainersNotReady");
    assert_eq!(
        condition(&lost, "Ready", "message"),
        "containers with unready status: [app]"
    );
    let text = container(&lost)["state"]["waiting"]["message"]
        .as_str()
        .unwrap_or_default();
    assert!(
        text.starts_with(&format!("Back-off pulling image \"{MISSING_IMAGE}\"")),
        "{text}"
    );
    let (code, answer) = s.get(&format!("{path}/log"));
    assert_eq!((code, &answer["reason"]), (400, &json!("BadRequest")));
    assert_eq!(
        answer["message"],
        "container \"app\" in pod \"lost\" is waiting to start: trying and failing to pull image"
    );
    let events = s.in_namespace("/api/v1", "events");
    let about = format!("{events}?fieldSelector=involvedObject.name%3Dlost%2Creason%3DFailed");
    s.until("an event", || {
        s.get(&about).1["items"]
            .as_array()
            .is_some_and(|events| !events.is_empty())
    });
    let (_, list) = s.get(&about);
    assert_eq!(list["items"][0]["type"], "Warning");
}

pub fn a_crash_is_told(s: &Subject) {
    let path = started(s, "dies", "echo oops; exit 3");
    let dead = s.until_object("the back-off", &path, |pod| {
        container(pod)["state"]["waiting"]["reason"] == "CrashLoopBackOff"
            && container(pod)["lastState"]["terminated"].is_object()
    });
    let last = &container(&dead)["lastState"]["terminated"];
    assert_eq!((&last["exitCode"], &last["reason"]), (&json!(3), &json!("Error")));
    assert!(
        last["startedAt"].is_string() && last["finishedAt"].is_string(),
        "{last}"
    );
    assert_eq!(dead["status"]["phase"], "Running");
    assert_eq!(container(&dead)["ready"], false);
    let text = container(&dead)["state"]["waiting"]["message"]
        .as_str()
        .unwrap_or_default();
    assert!(
        text.starts_with("back-off ") && text.contains(" restarting failed container=app pod=dies_"),
        "{text}"
    );
    let (code, text) = s.ask("GET", &format!("{path}/log?previous=true"), "application/json", "");
    assert_eq!((code, text.as_str()), (200, "oops\n"));
}

fn job(s: &Subject, line: &str, retries: u32) -> String {
    let jobs = s.in_namespace("/apis/batch/v1", "jobs");
    let body = json!({"metadata": {"name": "once"}, "spec": {"backoffLimit": retries, "template": {"spec": {
        "restartPolicy": "Never", "terminationGracePeriodSeconds": 1,
        "containers": [{"name": "app", "image": s.image, "command": ["/bin/sh", "-c", line]}]}}}});
    let (code, answer) = s.post(&jobs, &body);
    assert_eq!(code, 201, "{answer}");
    assert_eq!(
        answer["spec"]["template"]["metadata"]["labels"]["batch.kubernetes.io/job-name"],
        "once"
    );
    format!("{jobs}/once")
}

fn pods_of_the_job(s: &Subject) -> Vec<Value> {
    let (_, list) = s.get(&format!("{}?labelSelector=job-name%3Donce", s.pods()));
    list["items"].as_array().cloned().unwrap_or_default()
}

pub fn a_job_ends_with_its_pod(s: &Subject) {
    let path = job(s, "echo done; exit 0", 0);
    let done = s.until_object("the job's end", &path, |job| {
        condition(job, "Complete", "status") == "True"
    });
    assert_eq!(done["status"]["succeeded"], 1);
    assert!(done["status"]["completionTime"].is_string());
    let pods = pods_of_the_job(s);
    assert_eq!(pods.len(), 1);
    assert_eq!(pods[0]["status"]["phase"], "Succeeded");
    let name = pods[0]["metadata"]["name"].as_str().expect("a name");
    let (code, text) = s.ask("GET", &format!("{}/{name}/log", s.pods()), "application/json", "");
    assert_eq!((code, text.as_str()), (200, "done\n"));
    let (code, answer) = s.merge(
        &path,
        &json!({"spec": {"template": {"spec": {"terminationGracePeriodSeconds": 9}}}}),
    );
    assert_eq!(code, 422, "{answer}");
    assert_eq!(answer["details"]["causes"][0]["field"], "spec.template");
}

pub fn a_job_that_fails_says_so(s: &Subject) {
    let path = job(s, "exit 4", 0);
    let failed = s.until_object("the job's end", &path, |job| {
        condition(job, "Failed", "status") == "True"
    });
    assert_eq!(condition(&failed, "Failed", "reason"), "BackoffLimitExceeded");
    assert_eq!(
        condition(&failed, "Failed", "message"),
        "Job has reached the specified backoff limit"
    );
    assert_eq!(failed["status"]["failed"], 1);
    let pods = pods_of_the_job(s);
    assert_eq!(pods[0]["status"]["phase"], "Failed");
    assert_eq!(container(&pods[0])["state"]["terminated"]["exitCode"], 4);
}
