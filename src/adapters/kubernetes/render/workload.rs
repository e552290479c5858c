//! What makes pods: Deployments and CronJobs.

use serde_json::{Value, json};

use super::{Input, pod, strip};
use crate::adapters::kubernetes::names;
use crate::model::spec::{Process, Role};

/// Of old ReplicaSets: deliver brings releases back by their record, and needs none of them.
const HISTORY: u32 = 2;

pub fn deployment(input: &Input<'_>, process: &Process) -> Value {
    let selector = json!({
        names::SERVICE: input.service,
        names::ENV: input.env,
        names::PROCESS: process.name,
        names::TRACK: names::MAIN,
    });
    let health = &input.spec.health;
    let one_node = !input.spec.volumes.is_empty() && !input.options.volume.shared();
    let strategy = match one_node {
        true => json!({ "type": "Recreate" }),
        false => json!({ "type": "RollingUpdate", "rollingUpdate": { "maxSurge": "25%", "maxUnavailable": 0 } }),
    };
    let spec = json!({
        "replicas": process.instances,
        "revisionHistoryLimit": HISTORY,
        "minReadySeconds": pod::seconds(health.stable),
        "progressDeadlineSeconds": pod::seconds(health.start) + pod::seconds(health.stable) + 60,
        "strategy": strategy,
        "selector": { "matchLabels": selector },
        "template": pod::template(input, process, Some(names::MAIN)),
    });
    let name = names::of_process(input.base(), &process.name);
    let mut object = input.object("apps/v1", "Deployment", &name, json!({ "spec": spec }));
    names::label(&mut object, [(names::PROCESS, json!(process.name))]);
    object
}

/// A job runs once at a time, as on every target.
pub fn cron_job(input: &Input<'_>, process: &Process, cron: &str) -> Value {
    debug_assert!(matches!(process.role, Role::Schedule(_)));
    let mut template = pod::template(input, process, None);
    template["spec"]["restartPolicy"] = json!("Never");
    let spec = json!({
        "schedule": cron,
        "concurrencyPolicy": "Forbid",
        "successfulJobsHistoryLimit": 1,
        "failedJobsHistoryLimit": 3,
        "jobTemplate": { "spec": { "backoffLimit": 0, "template": template } },
    });
    let name = names::of_process(input.base(), &process.name);
    let mut object = input.object("batch/v1", "CronJob", &name, json!({ "spec": spec }));
    names::label(&mut object, [(names::PROCESS, json!(process.name))]);
    strip(&mut object);
    object
}
