//! Where services stand: what was observed, beside what the store says should be.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::fault::Result;
use crate::model::deployment::{Deployment, DeploymentId, Operation, Outcome};
use crate::model::observed::{Instance, InstanceState, Observation};
use crate::model::spec::{Role, Spec};
use crate::model::{EnvName, ReleaseNo, ServiceName};
use crate::store::Store;

/// One service in one environment.
#[derive(Clone, Debug, schemars::JsonSchema, Serialize)]
pub struct ServiceStatus {
    pub service: ServiceName,
    pub env: EnvName,
    pub target: String,
    /// The release that was observed to be current.
    pub release: Option<ReleaseNo>,
    /// Instances that should run all the time.
    pub desired: u32,
    /// Of those, how many were observed healthy at that release.
    pub healthy: u32,
    pub url: Option<String>,
    pub instances: Vec<Instance>,
    /// What differs from the last thing done, in words; empty when nothing does.
    pub drift: Vec<String>,
    pub hold: Option<Hold>,
    /// The last attempt.
    pub deployment: Option<Last>,
    /// Why nobody knows how it stands: its engine could not be asked. Everything observed is empty then.
    pub unknown: Option<String>,
}

/// A person's stop.
#[derive(Clone, Debug, schemars::JsonSchema, Serialize)]
pub struct Hold {
    pub reason: String,
    pub author: String,
    pub since: Timestamp,
}

/// The last attempt, in short.
#[derive(Clone, Debug, schemars::JsonSchema, Serialize)]
pub struct Last {
    pub id: DeploymentId,
    pub operation: Operation,
    pub outcome: Outcome,
    pub reason: Option<String>,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
}

impl From<&Deployment> for Last {
    fn from(deployment: &Deployment) -> Self {
        Last {
            id: deployment.id,
            operation: deployment.operation,
            outcome: deployment.outcome,
            reason: deployment.reason.clone(),
            started_at: deployment.started_at,
            finished_at: deployment.finished_at,
        }
    }
}

/// Joins an observation with what the store knows; `last` is the newest deployment of the same service and environment.
pub fn status(store: &Store, last: &Deployment, observed: Observation) -> Result<ServiceStatus> {
    let Observation {
        service,
        env,
        current,
        url,
        instances,
        foreign,
        reverted,
        unreached,
        scaled,
        ..
    } = observed;
    let down = last.operation == Operation::Down && last.outcome == Outcome::Succeeded;
    let meant = if down { None } else { store.last_good(&service, &env)? };
    let should = current.or(meant);
    let release = should
        .map(|number| store.release(&service, number))
        .transpose()?
        .flatten();
    let desired = release.as_ref().map_or(0, |release| desired(&release.spec, &scaled));
    let jobs: Vec<String> = release
        .iter()
        .flat_map(|release| &release.spec.processes)
        .filter(|process| matches!(process.role, Role::Schedule(_)))
        .map(|process| process.name.clone())
        .collect();
    let healthy = instances
        .iter()
        .filter(|one| {
            one.state == InstanceState::Healthy && Some(one.release) == current && !jobs.contains(&one.process)
        })
        .count() as u32;
    let mut drift = Vec::new();
    drift.extend(reverted.map(|how| format!("the engine went back by itself: {how}")));
    let busy = last.outcome == Outcome::Running;
    // Whoever works on it holds the lease from before its beginning until after its end.
    if busy && store.lease_holder(&service, &env)?.is_none() {
        let (id, during) = (last.id, last.state.as_str());
        drift.push(format!(
            "{id} was left unfinished while {during}; `deliver resume {env}` ends it"
        ));
    }
    if let Some(meant) = meant.filter(|meant| Some(*meant) != current && !busy) {
        drift.push(match current {
            Some(current) => format!("{meant} was deployed last, {current} is current"),
            None => format!("{meant} was deployed last, nothing runs"),
        });
    }
    if current.is_some() && healthy < desired && !busy {
        let web = release.as_ref().and_then(|release| release.spec.web());
        let meanwhile = match web.is_some_and(|web| none_is_healthy(&instances, &web.name)) {
            true => ", so requests go to unhealthy ones",
            false => "",
        };
        drift.push(format!("{healthy} of {desired} instances are healthy{meanwhile}"));
    }
    let strangers = instances
        .iter()
        .filter(|one| Some(one.release) != current)
        .filter(|one| !matches!(one.state, InstanceState::Exited | InstanceState::Draining))
        .count();
    match strangers {
        _ if busy => {}
        0 => {}
        1 => drift.push("1 instance of another release runs".into()),
        _ => drift.push(format!("{strangers} instances of another release run")),
    }
    drift.extend(foreign);
    drift.extend(unreached.filter(|_| !busy));
    let hold = store.holds(&service, &env)?.into_iter().next();
    let hold = hold.map(|hold| Hold {
        reason: hold.reason,
        author: hold.author,
        since: hold.since,
    });
    Ok(ServiceStatus {
        service,
        env,
        target: last.target.clone(),
        release: current,
        desired,
        healthy,
        url,
        instances,
        drift,
        hold,
        deployment: Some(Last::from(last)),
        unknown: None,
    })
}

/// Where an engine could not be asked: only what the store knows, and why there is no more.
pub fn unknown(store: &Store, last: &Deployment, why: String) -> Result<ServiceStatus> {
    let nothing = Observation::nothing(&last.service, &last.env);
    let known = status(store, last, nothing)?;
    Ok(ServiceStatus {
        desired: 0,
        drift: Vec::new(),
        unknown: Some(why),
        ..known
    })
}

/// How many instances are to run; where an autoscaler decides, the fewest that it keeps.
fn desired(spec: &Spec, scaled: &BTreeMap<String, u32>) -> u32 {
    let short = spec.processes.iter().filter_map(|process| {
        let least = scaled.get(&process.name)?;
        Some(process.instances.saturating_sub(*least))
    });
    spec.desired().saturating_sub(short.sum())
}

/// Whether those that take traffic are all unhealthy: then requests go to them all the same.
fn none_is_healthy(instances: &[Instance], web: &str) -> bool {
    let mut takers = instances.iter().filter(|one| one.routed && one.process == web);
    takers.clone().any(|one| one.state == InstanceState::Unhealthy)
        && takers.all(|one| one.state != InstanceState::Healthy)
}
