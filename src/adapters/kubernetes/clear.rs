//! What goes: objects that a release has no more, and everything.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;

use super::names;
use super::observe::is_over;
use super::record::{Part, Record, part};
use super::rollout::{Act, CONTROLLERS, LOOK};
use crate::fault::{Fault, Kind, Result};
use crate::model::Span;

/// Kinds that are looked for when everything goes, whatever was recorded.
const ALL: [&str; 12] = [
    "autoscaling/v2 HorizontalPodAutoscaler",
    "batch/v1 CronJob",
    "apps/v1 Deployment",
    "batch/v1 Job",
    "networking.k8s.io/v1 Ingress",
    "v1 Service",
    "policy/v1 PodDisruptionBudget",
    "networking.k8s.io/v1 NetworkPolicy",
    "gateway.networking.k8s.io/v1 HTTPRoute",
    "v1 ConfigMap",
    "v1 Secret",
    "v1 ServiceAccount",
];

/// Of volumes nothing is ever taken away.
const VOLUME: &str = "v1 PersistentVolumeClaim";

/// What holds on to configuration: who goes back to an old ReplicaSet needs what its pods name.
const HOLDER: &str = "apps/v1 ReplicaSet";

impl Act<'_> {
    /// Objects of the environment that the release does not have. Configuration stays while any ReplicaSet names it.
    pub(super) fn beyond(&self, record: &Record, kinds: &[String]) -> Result<Vec<Value>> {
        let mut all: BTreeSet<&str> = kinds.iter().map(String::as_str).collect();
        all.extend(ALL);
        all.insert(HOLDER);
        all.remove(VOLUME);
        let found = self.find(&all.into_iter().collect::<Vec<&str>>())?;
        let (sets, mut found): (Vec<Value>, Vec<Value>) = found
            .into_iter()
            .partition(|object| names::kind(object) == "ReplicaSet");
        // A Deployment that goes takes its ReplicaSets along; until then they count.
        let texts: Vec<String> = sets.iter().map(|set| set["spec"]["template"].to_string()).collect();
        found.retain(|object| {
            let name = format!("\"{}\"", names::name(object));
            let held = part(object) == Part::Before && texts.iter().any(|text| text.contains(&name));
            !held && !record.has(object) && names::labelled(object, names::FENCE).is_none()
        });
        Ok(found)
    }

    /// Labelled objects of the given kinds that nothing else owns. What belongs to no namespace belongs to no environment
    /// either, whatever its labels say: it is never among them.
    pub(super) fn find(&self, kinds: &[&str]) -> Result<Vec<Value>> {
        let mut known = Vec::new();
        for (version, kind) in kinds.iter().filter_map(|kind| kind.split_once(' ')) {
            if self.api.is_namespaced(version, kind)? {
                known.push((version, kind, true));
            }
        }
        let selector = names::selector(&self.authority.service, &self.authority.env);
        let (lists, _) = self.api.list(&known, &selector)?;
        let mut found: Vec<Value> = lists.into_iter().flatten().collect();
        found.retain(|object| self.made(object) && (names::kind(object) == "ReplicaSet" || !is_owned(object)));
        Ok(found)
    }

    /// Deletes objects, if nobody else acts by now.
    pub(super) fn take_away(&self, objects: &[Value]) -> Result<()> {
        if objects.is_empty() {
            return Ok(());
        }
        self.fenced()?;
        self.api.delete(objects)
    }

    /// Whether an object is this environment's.
    pub(super) fn made(&self, object: &Value) -> bool {
        names::labelled(object, names::SERVICE) == Some(self.authority.service.as_str())
            && names::labelled(object, names::ENV) == Some(self.authority.env.as_str())
    }

    /// Everything goes but volumes and the fence; what runs first, so that it drains while it can still be reached.
    pub fn remove(&self) -> Result<()> {
        let known = self.sign(|book| book.settled = true)?.kinds;
        let mut kinds: Vec<&str> = ALL.to_vec();
        kinds.extend(known.iter().map(String::as_str).filter(|kind| !ALL.contains(kind)));
        kinds.retain(|kind| *kind != VOLUME);
        let mut found = self.find(&kinds)?;
        found.retain(|object| names::labelled(object, names::FENCE).is_none());
        let (run, rest): (Vec<Value>, Vec<Value>) = found.into_iter().partition(runs);
        self.take_away(&run)?;
        self.gone(&names::selector(&self.authority.service, &self.authority.env))?;
        self.take_away(&rest)?;
        self.sign(|book| {
            (book.url, book.deployment, book.began) = (None, None, None);
            book.kinds.clear();
        })?;
        Ok(())
    }

    /// Waits until no pod is left: as long as the slowest of them may take, and the controllers.
    pub fn gone(&self, selector: &str) -> Result<()> {
        let began = self.clock.elapsed();
        let mut patience = Duration::ZERO;
        loop {
            let (mut lists, _) = self.api.list(&[("v1", "Pod", false)], selector)?;
            let pods = lists.pop().unwrap_or_default();
            // A pod that only waits to be read is as good as gone.
            let left: Vec<&Value> = pods.iter().filter(|pod| !is_over(pod)).collect();
            let Some(first) = left.first() else { return Ok(()) };
            let grace = left
                .iter()
                .filter_map(|pod| pod["spec"]["terminationGracePeriodSeconds"].as_u64())
                .max();
            patience = patience.max(Duration::from_secs(grace.unwrap_or(30)) + CONTROLLERS.duration());
            if self.clock.elapsed().saturating_sub(began) > patience {
                let message = format!(
                    "{} is still there after {}",
                    names::described(first),
                    Span::from(patience)
                );
                return Err(Fault::new(Kind::NeedsHuman, "pod-stays", message).hint(format!(
                    "kubectl describe pod {} --namespace {}",
                    names::name(first),
                    self.api.namespace
                )));
            }
            self.pause(LOOK)?;
        }
    }
}

/// Whether another controller made it, and would make it again.
pub(super) fn is_owned(object: &Value) -> bool {
    let owners = object["metadata"]["ownerReferences"].as_array();
    owners.is_some_and(|owners| !owners.is_empty())
}

/// What pods come from.
fn runs(object: &Value) -> bool {
    matches!(
        names::kind(object),
        "HorizontalPodAutoscaler" | "CronJob" | "Deployment" | "StatefulSet" | "DaemonSet" | "Job"
    )
}
