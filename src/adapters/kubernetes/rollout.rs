//! How a release takes over: by the Deployment's own rolling update, beside the old one, or a part of it.
//!
//! A process has one Deployment for good. A canary, and the green of a blue-green deployment, is a second one, `NAME-next`:
//! its pods take traffic because the Service selects them too, or do not because the Service is held to the old release.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::api::{Api, How};
use super::book::{self, Book};
use super::divide::{held, next_service};
use super::names;
use super::observe::is_over;
use super::record::{Part, Record, part, sign};
use super::route;
use crate::fault::{Fault, Kind, Result};
use crate::model::Span;
use crate::ports::Clock;
use crate::ports::target::{Authority, Prepared, Stage, Traffic};

/// Between two looks while something is waited for here and nothing says that it changed.
pub(super) const LOOK: Duration = Duration::from_millis(300);
/// The longest wait for word of a change.
const WORD: Duration = Duration::from_secs(1);
/// What the controllers get on top of the pods' own time: they look every few seconds.
const CONTROLLERS: Span = Span::from_secs(60);

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

/// One act of a deployment on the cluster.
pub struct Act<'a> {
    pub api: &'a Api,
    pub clock: &'a dyn Clock,
    pub authority: &'a Authority,
    /// What every name of the environment begins with.
    pub base: &'a str,
    /// Managers whose fields are taken over.
    pub over: &'a [String],
}

impl Act<'_> {
    fn how(&self) -> How<'_> {
        How {
            dry: false,
            over: self.over,
        }
    }

    /// Compares and records the fence.
    pub fn fenced(&self) -> Result<Book> {
        self.sign(|_| {})
    }

    fn sign(&self, change: impl Fn(&mut Book)) -> Result<Book> {
        book::sign(self.api, self.authority, self.base, change)
    }

    fn deployment(&self) -> String {
        self.authority.deployment.to_string()
    }

    pub(super) fn apply(&self, object: &Value) -> Result<Value> {
        let mut object = object.clone();
        if part(&object) != Part::Before {
            sign(&mut object, &self.deployment(), self.authority.fence);
        }
        self.api.apply(&object, self.how())
    }

    /// Everything is tried without effect, then the fence is recorded, then what pods need is made.
    pub fn prepare(&self, prepared: &Prepared, record: &Record, rendered: bool) -> Result<()> {
        let live = self.live(record)?;
        for object in &record.objects {
            self.free(object, rendered)?;
            if part(object) == Part::Workload {
                // What a canary would be called may be another service's own name.
                let mut next = object.clone();
                next["metadata"]["name"] = json!(names::next(names::name(object)));
                self.free(&next, true)?;
            }
            if moves_traffic(object) && record.objects.iter().any(route::is_route) {
                self.free(&next_service(object), true)?;
            }
        }
        for object in &record.objects {
            let mut object = record.filled(object, prepared);
            if part(&object) == Part::Workload {
                object = self.main(&object, &live, &Way::default())?.object;
            }
            let how = How {
                dry: true,
                over: self.over,
            };
            self.api.apply(&object, how)?;
        }
        if let Some(template) = record.template() {
            self.try_pod(template)?;
        }
        let kinds = record.kinds();
        self.sign(|book| {
            book.url.clone_from(&record.url);
            book.kinds.extend(kinds.iter().cloned());
            book.kinds.sort();
            book.kinds.dedup();
        })?;
        self.before(prepared, record)
    }

    /// A name that somebody else has is not taken over. What people wrote themselves may be there already, from kubectl.
    fn free(&self, object: &Value, rendered: bool) -> Result<()> {
        let (version, kind) = (object["apiVersion"].as_str().unwrap_or_default(), names::kind(object));
        if !matches!(kind, "Deployment" | "Service" | "CronJob" | "Ingress" | "HTTPRoute") {
            return Ok(());
        }
        match self.api.get(version, kind, names::name(object))? {
            Some(there) if rendered || names::labelled(&there, names::SERVICE).is_some() => {
                let there = with_kind(there, kind);
                book::belongs(&there, self.authority, names::name(object))
            }
            _ => Ok(()),
        }
    }

    /// Quotas and admission look at pods, which only controllers make: one is tried, and not made. Somebody who may not make
    /// pods deploys all the same.
    fn try_pod(&self, template: &Value) -> Result<()> {
        let mut spec = template["spec"].clone();
        if let Some(fields) = spec.as_object_mut() {
            // The release's own comes later, and admission wants one that is there.
            fields.remove("serviceAccountName");
        }
        let pod = json!({
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": names::bounded(&format!("{}-try", self.base)),
                "namespace": self.api.namespace,
                "labels": template["metadata"]["labels"],
                "annotations": template["metadata"]["annotations"],
            },
            "spec": spec,
        });
        match self.api.create(&without_nulls(pod), true) {
            Err(fault) if matches!(fault.code(), "admission-denied" | "quota" | "invalid-object") => Err(fault),
            Err(fault) if fault.kind() == Kind::Unreachable => Err(fault),
            _ => Ok(()),
        }
    }

    fn before(&self, prepared: &Prepared, record: &Record) -> Result<()> {
        for object in record.part(Part::Before, prepared) {
            self.apply(&object)?;
        }
        Ok(())
    }

    /// The Deployments of the environment as they are. An autoscaler of deliver's own that the release has no more does not
    /// count any longer.
    pub(super) fn live(&self, record: &Record) -> Result<Vec<Value>> {
        self.live_at(record).map(|(live, _)| live)
    }

    /// The same, and the version that later changes are later than.
    fn live_at(&self, record: &Record) -> Result<(Vec<Value>, String)> {
        let selector = names::selector(&self.authority.service, &self.authority.env);
        let kinds = [
            ("apps/v1", "Deployment", false),
            ("autoscaling/v2", "HorizontalPodAutoscaler", true),
        ];
        let (mut lists, moment) = self.api.list(&kinds, &selector)?;
        let mut autoscalers = lists.pop().unwrap_or_default();
        autoscalers.retain(|scaler| record.has(scaler) || !self.made(scaler));
        let mut deployments = lists.pop().unwrap_or_default();
        for one in &mut deployments {
            let scales = |scaler: &&Value| {
                let target = &scaler["spec"]["scaleTargetRef"];
                target["kind"] == "Deployment" && target["name"] == names::name(one)
            };
            one["scaled"] = json!(autoscalers.iter().any(|scaler| scales(&scaler)));
        }
        Ok((deployments, moment.version_of(0)))
    }

    /// Brings the environment to a stage; see [`crate::ports::target::InPlace::replace`].
    pub fn replace(&self, prepared: &Prepared, record: &Record, stage: &Stage, now: Timestamp) -> Result<()> {
        let id = self.authority.deployment.0;
        let book = self.sign(|book| {
            if book.deployment != Some(id) {
                (book.deployment, book.began, book.settled) = (Some(id), Some(now), false);
            }
            book.url.clone_from(&record.url);
        })?;
        // A release that is brought back may have lost what only it needed.
        self.before(prepared, record)?;
        let live = self.live(record)?;
        let routes = || self.routes(&book);
        match stage.traffic {
            Traffic::All => self.all(prepared, record, stage, &live, &routes()?),
            Traffic::Held => {
                self.apart(record)?;
                self.part_of(prepared, record, stage, &live)
            }
            Traffic::ByCount => self.part_of(prepared, record, stage, &live),
            Traffic::Percent(percent) => self.weigh(prepared, record, stage, percent, &live, &routes()?),
        }
    }

    /// Services are held to the Deployment for good, so that pods beside it take nothing.
    pub(super) fn hold(&self, record: &Record) -> Result<()> {
        let main = json!({ "spec": { "selector": { names::TRACK: names::MAIN, names::RELEASE: null } } });
        for service in record.objects.iter().filter(|object| moves_traffic(object)) {
            self.api.merge(service, &main)?;
        }
        Ok(())
    }

    /// So many instances of the release beside the old ones.
    pub(super) fn part_of(&self, prepared: &Prepared, record: &Record, stage: &Stage, live: &[Value]) -> Result<()> {
        for object in record.part(Part::Workload, prepared) {
            let process = names::labelled(&object, names::PROCESS).unwrap_or_default().to_owned();
            let Some(count) = stage.instances.get(&process) else {
                continue;
            };
            let mut next = object.clone();
            next["metadata"]["name"] = json!(names::next(names::name(&object)));
            next["spec"]["replicas"] = json!(count);
            next["spec"]["selector"]["matchLabels"][names::TRACK] = json!(names::NEXT);
            names::label(&mut next["spec"]["template"], [(names::TRACK, json!(names::NEXT))]);
            let before = live.iter().find(|one| names::name(one) == names::name(&next));
            self.keep_or_renew(&mut next, before, stage.fresh);
            self.apply(&next)?;
        }
        Ok(())
    }

    /// The release takes over.
    fn all(&self, prepared: &Prepared, record: &Record, stage: &Stage, live: &[Value], routes: &[Value]) -> Result<()> {
        let release = prepared.release.number.to_string();
        // A share that the release has by weight it keeps until it is everywhere; another's goes before its pods do.
        let divided = self.stays_divided(prepared, record, live, routes);
        if !divided {
            self.make_whole(record, routes)?;
        }
        // Where it stands ready beside the old one, all requests go there at once.
        let beside = live.iter().any(|one| {
            track(one) == Some(names::NEXT)
                && names::labelled(one, names::PROCESS) == Some(names::WEB)
                && names::labelled(&one["spec"]["template"], names::RELEASE) == Some(&release)
                && one["status"]["availableReplicas"].as_u64() >= stage.instances.get(names::WEB).map(|n| u64::from(*n))
        });
        // What goes back to the old release must not meet pods that are about to go.
        let leaves = live.iter().any(|one| {
            track(one) == Some(names::NEXT)
                && names::labelled(&one["spec"]["template"], names::RELEASE) != Some(&release)
        });
        let around = record.part(Part::Around, prepared);
        for object in around.iter().filter(|object| names::kind(object) == "NetworkPolicy") {
            self.apply(object)?;
        }
        for service in around.iter().filter(|object| names::kind(object) == "Service") {
            self.apply(&match moves_traffic(service) {
                true if divided || leaves => held(service),
                moves => pinned(service, (moves && beside).then_some(&release)),
            })?;
        }
        for scaler in self.find(&["autoscaling/v2 HorizontalPodAutoscaler"])? {
            if !record.has(&scaler) {
                self.api.delete(&scaler)?;
            }
        }
        let way = Way {
            fresh: stage.fresh,
            stop_first: stage.stop_first,
        };
        for object in record.part(Part::Workload, prepared) {
            let main = self.main(&object, live, &way)?;
            if let Some(replicas) = main.hand_over {
                self.api.hand_over_replicas(names::name(&object), &replicas)?;
            }
            self.apply(&main.object)?;
        }
        for object in &around {
            let divides = divided && route::is_route(object);
            if divides || matches!(names::kind(object), "NetworkPolicy" | "Service") {
                continue;
            }
            let mut object = object.clone();
            if names::kind(&object) == "CronJob" && stage.fresh {
                let template = &mut object["spec"]["jobTemplate"]["spec"]["template"];
                names::label(template, [(names::DEPLOYMENT, json!(self.deployment()))]);
            }
            self.apply(&object)?;
        }
        let stale = live.iter().filter(|one| match track(one) {
            Some(names::NEXT) => names::labelled(&one["spec"]["template"], names::RELEASE) != Some(&release),
            _ => !record.has(one),
        });
        for one in stale {
            self.api.delete(one)?;
        }
        self.delete_jobs_beyond(record)
    }

    /// Scheduled jobs that the release has no more.
    fn delete_jobs_beyond(&self, record: &Record) -> Result<()> {
        for one in self.find(&["batch/v1 CronJob"])? {
            if !record.has(&one) {
                self.api.delete(&one)?;
            }
        }
        Ok(())
    }

    /// The Deployment for good, as it is to be applied to what is there.
    fn main(&self, object: &Value, live: &[Value], way: &Way) -> Result<Main> {
        let mut object = object.clone();
        let before = live.iter().find(|one| names::name(one) == names::name(&object));
        self.keep_or_renew(&mut object, before, way.fresh);
        if way.stop_first {
            object["spec"]["strategy"] = json!({ "type": "Recreate" });
        }
        let mut hand_over = None;
        if let Some(before) = before.filter(|before| before["scaled"] == true) {
            // An autoscaler decides: the number is left alone, and given away first where it is still ours.
            if owns_replicas(before) {
                hand_over = Some(before["spec"]["replicas"].clone());
            }
            if let Some(spec) = object["spec"].as_object_mut() {
                spec.remove("replicas");
            }
        }
        Ok(Main { object, hand_over })
    }

    /// Pods of the same release are not replaced for the name of another deployment, unless all are to be fresh.
    fn keep_or_renew(&self, object: &mut Value, before: Option<&Value>, fresh: bool) {
        let template = &mut object["spec"]["template"];
        let running = before.map(|before| &before["spec"]["template"]);
        let same = running
            .filter(|running| names::labelled(running, names::RELEASE) == names::labelled(template, names::RELEASE));
        let label = match (fresh, same) {
            (true, _) => Some(self.deployment()),
            (false, Some(running)) => names::labelled(running, names::DEPLOYMENT).map(str::to_owned),
            (false, None) => None,
        };
        names::label(template, label.map(|label| (names::DEPLOYMENT, json!(label))));
    }

    /// What only the way there needed goes; see [`crate::ports::target::InPlace::finish`].
    pub fn finish(&self, prepared: &Prepared, record: &Record) -> Result<()> {
        let book = self.fenced()?;
        self.rolled_out(prepared, record)?;
        let routes = self.routes(&book)?;
        self.lead_as_recorded(record, &routes)?;
        for service in record.objects.iter().filter(|object| moves_traffic(object)) {
            self.apply(service)?;
        }
        let kinds = record.kinds();
        let known = self.sign(|_| {})?.kinds;
        for object in self.beyond(record, &known)? {
            self.api.delete(&object)?;
        }
        self.sign(|book| {
            book.settled = true;
            book.kinds.clone_from(&kinds);
        })?;
        Ok(())
    }

    /// Waits until the Deployments for good are where they were told to go: what stands beside them goes after that.
    fn rolled_out(&self, prepared: &Prepared, record: &Record) -> Result<()> {
        let health = &prepared.release.spec.health;
        let deadline = health.start.duration() + health.stable.duration() + CONTROLLERS.duration();
        let began = self.clock.elapsed();
        loop {
            let (live, version) = self.live_at(record)?;
            let wanted = record.objects.iter().filter(|object| part(object) == Part::Workload);
            let behind: Vec<&Value> = wanted
                .filter(|object| {
                    !live
                        .iter()
                        .any(|one| names::name(one) == names::name(object) && is_rolled_out(one))
                })
                .collect();
            let Some(first) = behind.first() else { return Ok(()) };
            if self.clock.elapsed().saturating_sub(began) > deadline {
                let message = format!(
                    "{} was not rolled out within {}",
                    names::described(first),
                    Span::from(deadline)
                );
                return Err(Fault::failed("no-progress", message));
            }
            let selector = names::selector(&self.authority.service, &self.authority.env);
            if !self.api.await_change(&selector, &version, WORD) {
                self.clock.sleep(LOOK);
            }
        }
    }

    /// Objects of the environment that the release does not have. Configuration stays while any ReplicaSet names it.
    fn beyond(&self, record: &Record, kinds: &[String]) -> Result<Vec<Value>> {
        let mut all: BTreeSet<&str> = kinds.iter().map(String::as_str).collect();
        all.extend(ALL);
        all.remove("v1 PersistentVolumeClaim");
        let all: Vec<&str> = all.into_iter().collect();
        let mut found = self.find(&all)?;
        found.retain(|object| !record.has(object) && names::labelled(object, names::FENCE).is_none());
        if found.iter().any(|object| part(object) == Part::Before) {
            let sets = self.find(&["apps/v1 ReplicaSet"])?;
            // A Deployment that goes takes its ReplicaSets along; until then they count.
            let texts: Vec<String> = sets.iter().map(|set| set["spec"]["template"].to_string()).collect();
            found.retain(|object| {
                let name = format!("\"{}\"", names::name(object));
                part(object) != Part::Before || !texts.iter().any(|text| text.contains(&name))
            });
        }
        Ok(found)
    }

    /// Labelled objects of the given kinds that nothing else owns.
    pub(super) fn find(&self, kinds: &[&str]) -> Result<Vec<Value>> {
        let kinds: Vec<(&str, &str, bool)> = kinds
            .iter()
            .filter_map(|kind| kind.split_once(' '))
            .map(|(version, kind)| (version, kind, true))
            .collect();
        let selector = names::selector(&self.authority.service, &self.authority.env);
        let (lists, _) = self.api.list(&kinds, &selector)?;
        let owned = |object: &Value| {
            let owners = object["metadata"]["ownerReferences"].as_array();
            names::kind(object) != "ReplicaSet" && owners.is_some_and(|owners| !owners.is_empty())
        };
        let mut found: Vec<Value> = lists.into_iter().flatten().collect();
        found.retain(|object| self.made(object) && !owned(object));
        Ok(found)
    }

    /// Whether an object is this environment's.
    fn made(&self, object: &Value) -> bool {
        names::labelled(object, names::SERVICE) == Some(self.authority.service.as_str())
            && names::labelled(object, names::ENV) == Some(self.authority.env.as_str())
    }

    /// Everything goes but volumes and the fence; what runs first, so that it drains while it can still be reached.
    pub fn remove(&self) -> Result<()> {
        let known = self.sign(|book| book.settled = true)?.kinds;
        let mut kinds: Vec<&str> = ALL.to_vec();
        kinds.extend(known.iter().map(String::as_str).filter(|kind| !ALL.contains(kind)));
        kinds.retain(|kind| *kind != "v1 PersistentVolumeClaim");
        let mut found = self.find(&kinds)?;
        found.retain(|object| names::labelled(object, names::FENCE).is_none());
        let runs = |object: &Value| {
            matches!(
                names::kind(object),
                "HorizontalPodAutoscaler" | "CronJob" | "Deployment" | "StatefulSet" | "DaemonSet" | "Job"
            )
        };
        for object in found.iter().filter(|object| runs(object)) {
            self.api.delete(object)?;
        }
        self.gone(&names::selector(&self.authority.service, &self.authority.env))?;
        for object in found.iter().filter(|object| !runs(object)) {
            self.api.delete(object)?;
        }
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
            self.clock.sleep(LOOK);
        }
    }
}

/// How the Deployment for good is changed.
#[derive(Default)]
struct Way {
    fresh: bool,
    stop_first: bool,
}

/// A Deployment to apply, and the number of replicas to give away before.
struct Main {
    object: Value,
    hand_over: Option<Value>,
}

pub(super) fn track(deployment: &Value) -> Option<&str> {
    names::labelled(&deployment["spec"]["template"], names::TRACK)
}

pub(super) fn moves_traffic(object: &Value) -> bool {
    names::kind(object) == "Service" && names::labelled(object, names::PROCESS) == Some(names::WEB)
}

/// A Service that selects one release's pods only.
fn pinned(service: &Value, release: Option<&String>) -> Value {
    let mut service = service.clone();
    if let Some(release) = release {
        service["spec"]["selector"][names::RELEASE] = json!(release);
    }
    service
}

fn with_kind(mut object: Value, kind: &str) -> Value {
    object["kind"] = json!(kind);
    object
}

fn without_nulls(mut value: Value) -> Value {
    if let Some(metadata) = value["metadata"].as_object_mut() {
        metadata.retain(|_, value| !value.is_null());
    }
    value
}

/// Whether the number of replicas was applied by deliver, and would be reset if it were left out.
fn owns_replicas(deployment: &Value) -> bool {
    let managed = deployment["metadata"]["managedFields"].as_array().into_iter().flatten();
    managed.into_iter().any(|entry| {
        entry["manager"] == names::MANAGER
            && entry["operation"] == "Apply"
            && !entry["fieldsV1"]["f:spec"]["f:replicas"].is_null()
    })
}

/// Every replica runs the newest template and is available.
fn is_rolled_out(deployment: &Value) -> bool {
    let (spec, status) = (&deployment["spec"], &deployment["status"]);
    let count = |key: &str| status[key].as_u64().unwrap_or(0);
    let wanted = spec["replicas"].as_u64().unwrap_or(1);
    status["observedGeneration"].as_u64() >= deployment["metadata"]["generation"].as_u64()
        && count("updatedReplicas") >= wanted
        && count("availableReplicas") >= wanted
        && count("replicas") == count("updatedReplicas")
}
