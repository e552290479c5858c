//! The release step: a Job of the new release, once, whose end the cluster keeps until it was read.

use serde_json::{Value, json};

use super::names;
use super::record::Record;
use super::render;
use crate::fault::{Fault, Result};
use crate::ports::target::{Authority, Prepared, RELEASE_STEP, Wanted};

/// What the cluster waits on top of the step's own time: deliver ends it first where it is there to.
const SLACK: u64 = 60;

/// The step's own time in seconds, of a Job that [`render`] made.
pub fn timeout(job: &Value) -> Option<i64> {
    let deadline = job["spec"]["activeDeadlineSeconds"].as_u64()?;
    i64::try_from(deadline.saturating_sub(SLACK)).ok()
}

/// The Job of a wanted release step. Its pod is the web process's, with the step's command and without what belongs to
/// serving.
pub fn render(
    authority: &Authority,
    prepared: &Prepared,
    record: &Record,
    wanted: &Wanted,
    namespace: &str,
) -> Result<Value> {
    let spec = &prepared.release.spec;
    let step = spec
        .release_step
        .as_ref()
        .filter(|_| wanted.process == RELEASE_STEP)
        .ok_or_else(|| Fault::bug(format!("`{}` is no release step", wanted.id)))?;
    let mut template = record.template().cloned().ok_or_else(|| {
        Fault::usage(
            "nothing-to-borrow",
            "a release step needs a process whose image it runs in",
        )
    })?;
    let process = names::labelled(&template, names::PROCESS).map(str::to_owned);
    let mut labels = names::labels(&authority.service, &authority.env);
    labels.insert(names::PROCESS.into(), json!(RELEASE_STEP));
    labels.insert(names::RELEASE.into(), json!(prepared.release.number.to_string()));
    labels.insert(names::DEPLOYMENT.into(), json!(authority.deployment.to_string()));
    let annotations = template["metadata"]["annotations"].clone();
    template["metadata"] = json!({ "labels": labels });
    if !annotations.is_null() {
        template["metadata"]["annotations"] = annotations;
    }
    let pod = template["spec"]
        .as_object_mut()
        .ok_or_else(|| Fault::bug("a pod template without a specification"))?;
    pod.insert("restartPolicy".into(), json!("Never"));
    pod.insert(
        "terminationGracePeriodSeconds".into(),
        json!(spec.grace.as_millis().div_ceil(1000)),
    );
    pod.remove("topologySpreadConstraints");
    let containers = pod
        .get_mut("containers")
        .and_then(Value::as_array_mut)
        .filter(|all| !all.is_empty());
    let containers = containers.ok_or_else(|| Fault::usage("no-container", "the pod has no container"))?;
    let own = containers
        .iter()
        .position(|one| one["name"].as_str() == process.as_deref())
        .unwrap_or(0);
    // A sidecar that never ends would keep the Job from ending.
    let mut container = containers.swap_remove(own);
    containers.clear();
    if let Some(fields) = container.as_object_mut() {
        for serving in [
            "readinessProbe",
            "livenessProbe",
            "startupProbe",
            "lifecycle",
            "ports",
            "args",
        ] {
            fields.remove(serving);
        }
        fields.insert("name".into(), json!(RELEASE_STEP));
        fields.insert(
            "command".into(),
            render::command_of(&step.command, true, render::port(spec)),
        );
    }
    containers.push(container);
    Ok(json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": names::bounded(&wanted.id),
            "namespace": namespace,
            "labels": labels,
            "annotations": { names::INSTANCE: wanted.id },
        },
        "spec": {
            "backoffLimit": 0,
            "completions": 1,
            "parallelism": 1,
            "activeDeadlineSeconds": step.timeout.as_millis().div_ceil(1000) + SLACK,
            "template": template,
        },
    }))
}
