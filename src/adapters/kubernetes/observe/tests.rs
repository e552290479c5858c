//! What people are told, for each way in which a pod can be unwell.

#![allow(clippy::unwrap_used, reason = "a failure to set the stage is a failed test")]

use serde_json::json;

use super::*;

const NOW: &str = "2026-03-04T05:10:00Z";
const BEGAN: &str = "2026-03-04T05:00:00Z";

fn service() -> ServiceName {
    "shop".parse().unwrap()
}

fn env() -> EnvName {
    "prod".parse().unwrap()
}

fn labels(process: &str, release: &str) -> Value {
    let mut labels = names::labels(&service(), &env());
    labels.insert(names::PROCESS.into(), json!(process));
    labels.insert(names::RELEASE.into(), json!(release));
    labels.insert(names::DEPLOYMENT.into(), json!("D-7"));
    Value::Object(labels)
}

fn pod(status: Value) -> Value {
    json!({
        "kind": "Pod",
        "metadata": {
            "name": "shop-1",
            "labels": labels("web", "v2"),
            "creationTimestamp": "2026-03-04T05:01:00Z",
        },
        "spec": { "containers": [{ "name": "web", "ports": [{ "containerPort": 8080 }] }] },
        "status": status,
    })
}

/// One whose container waits, runs or ended.
fn container(state: Value) -> Value {
    json!({ "phase": "Pending", "containerStatuses": [{
        "name": "web", "image": "registry.example/shop:2", "restartCount": 0, "state": state, "lastState": {},
    }] })
}

fn deployment() -> Value {
    json!({
        "kind": "Deployment",
        "metadata": { "name": "shop", "labels": names::labels(&service(), &env()) },
        "spec": { "template": { "metadata": { "labels": labels("web", "v2") } } },
    })
}

fn book(settled: bool) -> Value {
    let mut labels = names::labels(&service(), &env());
    labels.insert(names::FENCE.into(), json!("true"));
    json!({
        "kind": "ConfigMap",
        "metadata": { "name": "shop-deliver", "labels": labels },
        "data": { "fence": "5", "url": "http://shop", "began": BEGAN, "settled": settled.to_string() },
    })
}

fn seen(pods: Vec<Value>) -> Seen {
    Seen {
        pods,
        deployments: vec![deployment()],
        books: vec![book(false)],
        now: NOW.parse().unwrap(),
        ..Seen::default()
    }
}

fn observed(seen: &Seen) -> Observation {
    look(seen, &service(), &env(), &[])
}

fn only(seen: &Seen) -> Instance {
    let mut instances = observed(seen).instances;
    assert_eq!(instances.len(), 1, "{instances:?}");
    instances.remove(0)
}

fn event(reason: &str, message: &str) -> (String, Vec<Value>) {
    let event = json!({ "reason": reason, "message": message, "lastTimestamp": "2026-03-04T05:09:00Z" });
    ("shop-1".into(), vec![event])
}

fn told(status: Value, events: &[(&str, &str)]) -> (InstanceState, Option<String>, Option<String>) {
    let mut seen = seen(vec![pod(status)]);
    seen.events = events.iter().map(|(reason, message)| event(reason, message)).collect();
    let one = only(&seen);
    (one.state, one.probe, one.exit)
}

#[test]
fn a_pod_is_healthy_since_it_turned_ready_by_the_servers_clock() {
    let ready = json!([{ "type": "Ready", "status": "True", "lastTransitionTime": "2026-03-04T05:09:30Z" }]);
    let mut status = container(json!({ "running": { "startedAt": "2026-03-04T05:09:00Z" } }));
    status["conditions"] = ready;
    let seen = seen(vec![pod(status)]);
    let one = only(&seen);
    assert_eq!((one.state, one.healthy_ms), (InstanceState::Healthy, 29_000));
    assert_eq!((one.port, one.release.0, one.deployment.0), (Some(8080), 2, 7));
    let all = observed(&seen);
    assert_eq!(
        (all.current, all.fence, all.url.as_deref()),
        (Some(ReleaseNo(2)), 5, Some("http://shop"))
    );
}

#[test]
fn what_the_controller_calls_available_was_ready_for_as_long_as_it_had_to_be() {
    let mut status = container(json!({ "running": { "startedAt": "2026-03-04T05:09:57Z" } }));
    status["conditions"] = json!([{ "type": "Ready", "status": "True", "lastTransitionTime": "2026-03-04T05:09:58Z" }]);
    let mut seen = seen(vec![pod(status)]);
    let complete = json!({ "observedGeneration": 3, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1 });
    seen.deployments[0]["metadata"]["generation"] = json!(3);
    seen.deployments[0]["spec"]["replicas"] = json!(1);
    seen.deployments[0]["spec"]["minReadySeconds"] = json!(2);
    assert_eq!(
        only(&seen).healthy_ms,
        1_000,
        "by its own time, which may be a second off"
    );
    seen.deployments[0]["status"] = complete;
    assert_eq!(only(&seen).healthy_ms, 2_000);
    seen.deployments[0]["metadata"]["generation"] = json!(4);
    assert_eq!(
        only(&seen).healthy_ms,
        1_000,
        "what was counted before the last change says nothing"
    );
}

#[test]
fn what_keeps_a_pod_from_starting_is_said_as_the_cluster_says_it() {
    let starting = |probe: &str| (InstanceState::Starting, Some(probe.to_owned()), None);
    let waiting =
        |reason: &str, message: &str| container(json!({ "waiting": { "reason": reason, "message": message } }));
    assert_eq!(
        told(waiting("ErrImagePull", "manifest unknown"), &[]),
        starting("image `registry.example/shop:2` cannot be had (ErrImagePull): manifest unknown")
    );
    assert_eq!(
        told(
            waiting("ImagePullBackOff", "Back-off pulling"),
            &[("Failed", "manifest unknown")]
        ),
        starting("image `registry.example/shop:2` cannot be had (ImagePullBackOff): manifest unknown")
    );
    assert_eq!(
        told(waiting("CreateContainerConfigError", "secret \"x\" not found"), &[]),
        starting("CreateContainerConfigError: secret \"x\" not found")
    );
    assert_eq!(
        told(
            waiting("ContainerCreating", ""),
            &[("FailedMount", "volume \"data\" is missing")]
        ),
        starting("volume \"data\" is missing")
    );
    assert_eq!(
        told(
            container(json!({ "running": { "startedAt": "2026-03-04T05:09:00Z" } })),
            &[(
                "Unhealthy",
                "Readiness probe failed: HTTP probe failed with statuscode: 503"
            )]
        ),
        starting("Readiness probe failed: HTTP probe failed with statuscode: 503")
    );
    let unscheduled = json!({ "phase": "Pending", "conditions": [
        { "type": "PodScheduled", "status": "False", "message": "0/3 nodes are available: 3 Insufficient cpu." },
    ] });
    assert_eq!(
        told(unscheduled.clone(), &[]),
        starting("no node takes it: 0/3 nodes are available: 3 Insufficient cpu.")
    );
    assert_eq!(
        told(unscheduled, &[("TriggeredScaleUp", "pod triggered scale-up")]),
        starting("no node takes it: 0/3 nodes are available: 3 Insufficient cpu.; the cluster is growing for it")
    );
}

#[test]
fn an_init_container_that_cannot_start_is_named() {
    let mut status = container(json!({ "waiting": { "reason": "PodInitializing" } }));
    status["initContainerStatuses"] = json!([{ "name": "setup", "image": "busybox:0", "state": {
        "waiting": { "reason": "ErrImagePull", "message": "not found" },
    } }]);
    let wanted = "init container setup: image `busybox:0` cannot be had (ErrImagePull): not found";
    assert_eq!(told(status, &[]).1.unwrap(), wanted);
}

#[test]
fn an_end_counts_while_it_is_deployed_and_a_crash_loop_always() {
    let crashed = |state: Value| {
        let mut status = container(state);
        status["containerStatuses"][0]["restartCount"] = json!(1);
        status["containerStatuses"][0]["lastState"] =
            json!({ "terminated": { "exitCode": 137, "reason": "OOMKilled" } });
        status["conditions"] =
            json!([{ "type": "Ready", "status": "True", "lastTransitionTime": "2026-03-04T05:09:30Z" }]);
        status
    };
    let exit = Some("signal 9 (SIGKILL), out of memory".to_owned());
    let running = crashed(json!({ "running": {} }));
    assert_eq!(told(running.clone(), &[]), (InstanceState::Exited, None, exit.clone()));
    let looping = crashed(json!({ "waiting": { "reason": "CrashLoopBackOff" } }));
    assert_eq!(told(looping.clone(), &[]), (InstanceState::BackOff, None, exit.clone()));
    let mut later = seen(vec![pod(running)]);
    later.books = vec![book(true)];
    let one = only(&later);
    assert_eq!(
        (one.state, one.restarts),
        (InstanceState::Healthy, 1),
        "it is up again, and nothing is deployed"
    );
    later.pods = vec![pod(looping)];
    assert_eq!((only(&later).state, only(&later).exit), (InstanceState::BackOff, exit));
}

#[test]
fn a_pod_that_goes_is_draining_and_one_that_was_evicted_is_nobodys_fault() {
    let mut going = pod(container(json!({ "running": {} })));
    going["metadata"]["deletionTimestamp"] = json!("2026-03-04T05:09:00Z");
    let evicted = pod(json!({ "phase": "Failed", "reason": "Evicted" }));
    // The kubelet says that all of it has ended before the object goes.
    let mut gone = pod(json!({ "phase": "Succeeded" }));
    gone["metadata"]["deletionTimestamp"] = json!("2026-03-04T05:09:00Z");
    assert_eq!(only(&seen(vec![going, evicted, gone])).state, InstanceState::Draining);
}

#[test]
fn a_quota_that_refuses_pods_is_seen_although_there_is_none() {
    let mut seen = seen(Vec::new());
    seen.deployments[0]["status"]["conditions"] =
        json!([{ "type": "ReplicaFailure", "status": "True", "message": "exceeded quota: small" }]);
    let one = only(&seen);
    assert_eq!((one.id.as_str(), one.state), ("shop-pending", InstanceState::Starting));
    assert_eq!(one.probe.as_deref(), Some("exceeded quota: small"));
}

#[test]
fn an_image_that_somebody_else_set_is_told_with_who_and_when() {
    let entry = |manager: &str, operation: &str, container: Value| {
        json!({ "manager": manager, "operation": operation, "time": BEGAN, "fieldsV1": { "f:spec": {
            "f:template": { "f:spec": { "f:containers": { "k:{\"name\":\"web\"}": container } } },
        } } })
    };
    let mut seen = seen(Vec::new());
    let mine = entry("deliver", "Apply", json!({ "f:env": {} }));
    let theirs = entry("kubectl-set", "Update", json!({ "f:image": {} }));
    seen.deployments[0]["metadata"]["managedFields"] = json!([mine, theirs]);
    let wanted = format!("`kubectl-set` set image of deployment/shop at {BEGAN}");
    assert_eq!(observed(&seen).foreign, Some(wanted));
    let allowed = look(&seen, &service(), &env(), &["kubectl-set".into()]);
    assert_eq!(allowed.foreign, None, "its fields are taken over");
    let both = entry("deliver", "Apply", json!({ "f:image": {} }));
    seen.deployments[0]["metadata"]["managedFields"][0] = both;
    assert_eq!(observed(&seen).foreign, None, "who applied the same image owns it too");
}

#[test]
fn an_autoscaler_of_anybody_decides_the_number() {
    let mut seen = seen(Vec::new());
    seen.autoscalers = vec![json!({ "spec": {
        "scaleTargetRef": { "kind": "Deployment", "name": "shop" }, "minReplicas": 4,
    } })];
    let entry = json!({ "manager": "kubectl", "fieldsV1": { "f:spec": { "f:replicas": {} } } });
    let mine = json!({ "manager": "deliver", "fieldsV1": { "f:spec": { "f:paused": {} } } });
    seen.deployments[0]["metadata"]["managedFields"] = json!([mine, entry]);
    let all = observed(&seen);
    assert_eq!(all.scaled, BTreeMap::from([("web".to_owned(), 4)]));
    assert_eq!(all.foreign, None);
}

fn job(status: Value) -> Value {
    let mut labels = names::labels(&service(), &env());
    labels.insert(names::PROCESS.into(), json!(RELEASE_STEP));
    json!({
        "kind": "Job",
        "metadata": {
            "name": "shop-v2-release-1-d7", "uid": "u1", "labels": labels,
            "annotations": { names::INSTANCE: "shop-v2-release-1-d7" },
            "creationTimestamp": "2026-03-04T05:01:00Z",
        },
        "spec": {
            "activeDeadlineSeconds": 660,
            "template": { "metadata": { "labels": self::labels(RELEASE_STEP, "v2") } },
        },
        "status": status,
    })
}

fn step(status: Value, container_state: Option<Value>) -> Instance {
    let mut pod = pod(container(container_state.clone().unwrap_or_default()));
    pod["metadata"]["labels"] = labels(RELEASE_STEP, "v2");
    pod["metadata"]["ownerReferences"] = json!([{ "kind": "Job", "uid": "u1" }]);
    let mut seen = seen(container_state.map(|_| pod).into_iter().collect());
    seen.jobs = vec![job(status)];
    only(&seen)
}

#[test]
fn a_release_step_is_over_when_its_job_is_and_its_exit_is_the_pods() {
    let failed = |reason: &str| json!({ "conditions": [{ "type": "Failed", "status": "True", "reason": reason }] });
    let complete = json!({ "conditions": [{ "type": "Complete", "status": "True" }] });
    let running = step(json!({}), Some(json!({ "running": {} })));
    assert_eq!(
        (running.id.as_str(), running.state),
        ("shop-v2-release-1-d7", InstanceState::Starting)
    );
    let exit = |one: Instance| (one.state, one.exit.unwrap());
    assert_eq!(exit(step(complete, None)), (InstanceState::Exited, "status 0".into()));
    let ended = json!({ "terminated": { "exitCode": 3 } });
    assert_eq!(exit(step(failed("BackoffLimitExceeded"), Some(ended))).1, "status 3");
    assert_eq!(exit(step(failed("DeadlineExceeded"), None)).1, "no end within its time");
    assert_eq!(exit(step(failed("BackoffLimitExceeded"), None)).1, "an unknown status");
    let never = json!({ "waiting": { "reason": "ImagePullBackOff", "message": "not found" } });
    let (state, text) = exit(step(json!({}), Some(never)));
    assert_eq!(state, InstanceState::Exited);
    assert!(
        text.starts_with("no start: image `registry.example/shop:2` cannot be had"),
        "{text}"
    );
}

#[test]
fn a_release_step_that_no_node_takes_in_its_time_never_ran() {
    let unscheduled = json!({ "phase": "Pending", "conditions": [
        { "type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes are available" },
    ] });
    let after = |seconds: i64, pods: Vec<Value>, status: Value| {
        let mut seen = seen(pods);
        seen.jobs = vec![job(status)];
        seen.now = time(&seen.jobs[0]["metadata"]["creationTimestamp"]).unwrap() + SignedDuration::from_secs(seconds);
        let one = only(&seen);
        (one.state, one.exit.or(one.probe).unwrap_or_default())
    };
    let of_step = |status: Value| {
        let mut pod = pod(status);
        pod["metadata"]["labels"] = labels(RELEASE_STEP, "v2");
        pod["metadata"]["ownerReferences"] = json!([{ "kind": "Job", "uid": "u1" }]);
        pod["spec"]["nodeName"] = Value::Null;
        vec![pod]
    };
    let why = "no node takes it: 0/3 nodes are available";
    let active = json!({ "active": 1 });
    assert_eq!(
        after(597, of_step(unscheduled.clone()), active.clone()),
        (InstanceState::Starting, why.into()),
        "there is time left"
    );
    assert_eq!(
        after(598, of_step(unscheduled), active.clone()),
        (InstanceState::Exited, format!("no start: {why}"))
    );
    let pulling = of_step(container(
        json!({ "waiting": { "reason": "ImagePullBackOff", "message": "not found" } }),
    ));
    assert_eq!(after(40, pulling.clone(), active.clone()).0, InstanceState::Starting);
    assert_eq!(after(60, pulling.clone(), active.clone()).0, InstanceState::Exited);
    let mut brief = seen(pulling);
    brief.jobs = vec![job(active.clone())];
    brief.jobs[0]["spec"]["activeDeadlineSeconds"] = json!(80);
    brief.now = time(&brief.jobs[0]["metadata"]["creationTimestamp"]).unwrap() + SignedDuration::from_secs(18);
    assert_eq!(
        only(&brief).state,
        InstanceState::Exited,
        "its own time is shorter than the patience"
    );
    let running = of_step(container(json!({ "running": {} })));
    assert_eq!(after(900, running, active.clone()).0, InstanceState::Starting);
    let nobody = "the cluster has made no pod for it";
    assert_eq!(
        after(598, Vec::new(), json!({})),
        (InstanceState::Exited, format!("no start: {nobody}"))
    );
    assert_eq!(
        after(598, Vec::new(), active),
        (InstanceState::Starting, nobody.into()),
        "there is one, out of sight"
    );
}

#[test]
fn exits_are_said_in_the_words_of_every_target() {
    assert_eq!(exit(&json!({ "exitCode": 0 })).unwrap(), "status 0");
    assert_eq!(exit(&json!({ "exitCode": 139 })).unwrap(), "signal 11 (SIGSEGV)");
    assert_eq!(exit(&json!({ "exitCode": 255 })).unwrap(), "status 255");
    assert_eq!(exit(&Value::Null), None);
}

#[test]
fn no_object_of_a_cluster_makes_looking_panic() {
    use proptest::prelude::*;
    let word = prop_oneof![
        Just("status"),
        Just("metadata"),
        Just("conditions"),
        Just("state"),
        Just("labels"),
        Just("x")
    ];
    let leaf = prop_oneof![
        Just(json!(null)),
        Just(json!(1)),
        Just(json!("True")),
        Just(json!(-5)),
        Just(json!(NOW))
    ];
    let tree = leaf.prop_recursive(4, 40, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::Array),
            proptest::collection::btree_map(word.clone(), inner, 0..4)
                .prop_map(|map| map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    });
    proptest!(|(status in tree)| {
        let mut seen = seen(vec![pod(status.clone())]);
        seen.deployments[0]["status"] = status.clone();
        seen.jobs = vec![job(status)];
        let _ = observed(&seen);
    });
}
