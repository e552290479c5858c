//! How a release takes over: by the Deployment's own rolling update, beside the old one, or a part of it.
//!
//! A process has one Deployment for good. A canary, and the green of a blue-green deployment, is a second one, `NAME-next`:
//! its pods take traffic because the Service selects them too, or do not because the Service is held to the old release.

use std::cell::RefCell;
use std::time::Duration;

use serde_json::{Value, json};

use super::api::{AUTOSCALER, Api, How};
use super::book::{self, Book};
use super::clear::is_owned;
use super::divide::{held, next_service};
use super::names;
use super::observe::Seen;
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
pub(super) const CONTROLLERS: Span = Span::from_secs(60);

/// One act of a deployment on the cluster.
pub struct Act<'a> {
    pub api: &'a Api,
    pub clock: &'a dyn Clock,
    pub authority: &'a Authority,
    /// What every name of the environment begins with.
    pub base: &'a str,
    /// Managers whose fields are taken over.
    pub over: &'a [String],
    /// The fence's object as it was read or written last.
    pub known: RefCell<Option<Value>>,
}

impl Act<'_> {
    fn how(&self) -> How<'_> {
        How {
            dry: false,
            over: self.over,
        }
    }

    /// Compares and records the fence, as it is now.
    pub fn fenced(&self) -> Result<Book> {
        self.known.replace(None);
        self.sign(|_| {})
    }

    /// Compares and records the fence by its object as it was seen, and changes the rest.
    pub(super) fn sign(&self, change: impl Fn(&mut Book)) -> Result<Book> {
        book::sign(
            self.api,
            self.authority,
            self.base,
            &mut self.known.borrow_mut(),
            change,
        )
    }

    /// Waits a moment for the cluster; somebody else may have begun to act on it meanwhile.
    pub(super) fn pause(&self, length: Duration) -> Result<()> {
        self.clock.sleep(length);
        self.fenced().map(drop)
    }

    fn deployment(&self) -> String {
        self.authority.deployment.to_string()
    }

    pub(super) fn apply(&self, object: &Value) -> Result<()> {
        self.apply_all(vec![object.clone()])
    }

    /// Objects that do not need one another.
    pub(super) fn apply_all(&self, mut objects: Vec<Value>) -> Result<()> {
        for object in objects.iter_mut().filter(|object| part(object) != Part::Before) {
            sign(object, &self.deployment(), self.authority.fence);
        }
        self.api.apply_all(&objects, self.how())
    }

    /// Everything is tried without effect, then the fence is recorded, then what pods need is made.
    pub fn prepare(&self, prepared: &Prepared, record: &Record, rendered: bool) -> Result<()> {
        let live = self.live(record)?;
        self.free(record, rendered)?;
        let tried = record.objects.iter().map(|object| {
            let object = record.filled(object, prepared);
            match part(&object) {
                Part::Workload => self.main(&object, &live, &Way::default()).object,
                _ => object,
            }
        });
        let how = How {
            dry: true,
            over: self.over,
        };
        self.api.apply_all(&tried.collect::<Vec<Value>>(), how)?;
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
        match rendered || prepared.release.spec.release_step.is_some() {
            true => self.before(prepared, record),
            false => self.missing(prepared, record),
        }
    }

    /// What pods need and is not there yet. What is there may have a name of its own, and old pods read it until they go.
    fn missing(&self, prepared: &Prepared, record: &Record) -> Result<()> {
        let all = record.part(Part::Before, prepared);
        let there = self.api.get_all(&all)?;
        let missing = all.into_iter().zip(there).filter(|(_, there)| there.is_none());
        self.in_order(missing.map(|(object, _)| object).collect())
    }

    /// Names that somebody else has are not taken over. What people wrote themselves may be there already, from kubectl.
    fn free(&self, record: &Record, rendered: bool) -> Result<()> {
        let routed = record.objects.iter().any(route::is_route);
        let mut wanted: Vec<(Value, bool)> = Vec::new();
        for object in record.objects.iter().filter(|object| keeps_its_name(object)) {
            wanted.push((object.clone(), rendered));
            if part(object) == Part::Workload {
                // What a canary would be called may be another service's own name.
                let mut next = object.clone();
                next["metadata"]["name"] = json!(names::next(names::name(object)));
                wanted.push((next, true));
            }
            if moves_traffic(object) && routed {
                wanted.push((next_service(object), true));
            }
        }
        let (objects, ours): (Vec<Value>, Vec<bool>) = wanted.into_iter().unzip();
        for ((object, ours), there) in objects.iter().zip(ours).zip(self.api.get_all(&objects)?) {
            let there = there.filter(|there| ours || names::labelled(there, names::SERVICE).is_some());
            if let Some(there) = there {
                let there = with_kind(there, names::kind(object));
                book::belongs(&there, self.authority, names::name(object))?;
            }
        }
        Ok(())
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
        self.in_order(record.part(Part::Before, prepared))
    }

    /// In the order they are written, as a role goes before what binds it; those that need no other go together.
    fn in_order(&self, all: Vec<Value>) -> Result<()> {
        for together in all.chunk_by(|one, next| stands_alone(one) && stands_alone(next)) {
            self.apply_all(together.to_vec())?;
        }
        Ok(())
    }

    /// The Deployments of the environment as they are.
    pub(super) fn live(&self, record: &Record) -> Result<Vec<Value>> {
        self.live_at(record).map(|(live, _)| live)
    }

    /// The same, and the version that later changes are later than.
    fn live_at(&self, record: &Record) -> Result<(Vec<Value>, String)> {
        let selector = names::selector(&self.authority.service, &self.authority.env);
        let kinds = [("apps/v1", "Deployment", false), ("autoscaling/v2", AUTOSCALER, false)];
        let (mut lists, moment) = self.api.list(&kinds, &selector)?;
        let autoscalers = lists.pop().unwrap_or_default();
        let deployments = lists.pop().unwrap_or_default();
        Ok((self.scaled(record, deployments, &autoscalers), moment.version_of(0)))
    }

    /// Deployments that are there, with `scaled` where an autoscaler decides how many pods they have: one that is there, but
    /// for deliver's own that the release has no more, or one that comes with the release.
    fn scaled(&self, record: &Record, mut deployments: Vec<Value>, autoscalers: &[Value]) -> Vec<Value> {
        let stays = |scaler: &&Value| record.has(scaler) || !self.made(scaler);
        let comes = record.objects.iter().filter(|object| names::kind(object) == AUTOSCALER);
        let targets: Vec<&Value> = autoscalers.iter().filter(stays).chain(comes).collect();
        for one in &mut deployments {
            let name = names::name(one).to_owned();
            let scales = |scaler: &&&Value| {
                let target = &scaler["spec"]["scaleTargetRef"];
                target["kind"] == "Deployment" && target["name"] == *name
            };
            one["scaled"] = json!(targets.iter().any(|scaler| scales(&scaler)));
        }
        deployments
    }

    /// Brings the environment, as it was seen, to a stage; see [`crate::ports::target::InPlace::replace`].
    pub fn replace(&self, prepared: &Prepared, record: &Record, stage: &Stage, seen: &Seen) -> Result<()> {
        let id = self.authority.deployment.0;
        let name = book::name(self.base);
        self.known
            .replace(seen.books.iter().find(|book| names::name(book) == name).cloned());
        let book = self.sign(|book| {
            if book.deployment != Some(id) {
                (book.deployment, book.began, book.settled) = (Some(id), Some(seen.now), false);
            }
            book.url.clone_from(&record.url);
        })?;
        // A release that is brought back may have lost what only it needed.
        self.before(prepared, record)?;
        let live = self.scaled(record, seen.deployments.clone(), &seen.autoscalers);
        let routes = || self.routes(&book);
        match stage.traffic {
            Traffic::All => self.all(prepared, record, stage, &live, &routes()?, seen),
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
    fn all(
        &self,
        prepared: &Prepared,
        record: &Record,
        stage: &Stage,
        live: &[Value],
        routes: &[Value],
        seen: &Seen,
    ) -> Result<()> {
        let release = prepared.release.number.to_string();
        // A share that the release has by weight it keeps until it is everywhere; another's goes before its pods do.
        let divided = self.stays_divided(prepared, record, live, routes);
        if !divided {
            self.make_whole(record, routes)?;
        }
        let around = record.part(Part::Around, prepared);
        let first = around.iter().filter_map(|object| match names::kind(object) {
            "NetworkPolicy" => Some(object.clone()),
            "Service" => Some(self.leading(object, &release, stage, live, divided)),
            _ => None,
        });
        self.apply_all(first.collect())?;
        let dropped = |object: &&Value| self.made(object) && !is_owned(object) && !record.has(object);
        let scalers: Vec<Value> = seen.autoscalers.iter().filter(dropped).cloned().collect();
        self.take_away(&scalers)?;
        self.workloads(prepared, record, stage, live)?;
        let rest = around.into_iter().filter(|object| {
            let divides = divided && route::is_route(object);
            !divides && !matches!(names::kind(object), "NetworkPolicy" | "Service")
        });
        let rest = rest.map(|mut object| {
            if names::kind(&object) == "CronJob" && stage.fresh {
                let template = &mut object["spec"]["jobTemplate"]["spec"]["template"];
                names::label(template, [(names::DEPLOYMENT, json!(self.deployment()))]);
            }
            object
        });
        self.in_order(rest.collect())?;
        let stale = live.iter().filter(|one| match track(one) {
            Some(names::NEXT) => names::labelled(&one["spec"]["template"], names::RELEASE) != Some(&release),
            _ => !record.has(one),
        });
        // Scheduled jobs that the release has no more go with them.
        let jobs = seen.cron_jobs.iter().filter(dropped);
        self.take_away(&stale.chain(jobs).cloned().collect::<Vec<Value>>())
    }

    /// A Service on the way to a release that takes over.
    fn leading(&self, service: &Value, release: &String, stage: &Stage, live: &[Value], divided: bool) -> Value {
        let of_next = |one: &&Value| track(one) == Some(names::NEXT);
        let of_release = |one: &Value| names::labelled(&one["spec"]["template"], names::RELEASE) == Some(release);
        // Where it stands ready beside the old one, all requests go there at once.
        let beside = live.iter().filter(of_next).any(|one| {
            names::labelled(one, names::PROCESS) == Some(names::WEB)
                && of_release(one)
                && one["status"]["availableReplicas"].as_u64() >= stage.instances.get(names::WEB).map(|n| u64::from(*n))
        });
        // What goes back to the old release must not meet pods that are about to go.
        let leaves = live.iter().filter(of_next).any(|one| !of_release(one));
        match moves_traffic(service) {
            true if divided || leaves => held(service),
            moves => pinned(service, (moves && beside).then_some(release)),
        }
    }

    /// The Deployments for good.
    fn workloads(&self, prepared: &Prepared, record: &Record, stage: &Stage, live: &[Value]) -> Result<()> {
        let way = Way {
            fresh: stage.fresh,
            stop_first: stage.stop_first,
        };
        let mut objects = Vec::new();
        for object in record.part(Part::Workload, prepared) {
            let main = self.main(&object, live, &way);
            if let Some(replicas) = main.hand_over {
                self.api.hand_over_replicas(names::name(&object), &replicas)?;
            }
            objects.push(main.object);
        }
        self.apply_all(objects)
    }

    /// The Deployment for good, as it is to be applied to what is there.
    fn main(&self, object: &Value, live: &[Value], way: &Way) -> Main {
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
        Main { object, hand_over }
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
        let services = record.objects.iter().filter(|object| moves_traffic(object));
        self.apply_all(services.cloned().collect())?;
        self.take_away(&self.beyond(record, &book.kinds)?)?;
        let kinds = record.kinds();
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
            let there = |object: &Value| {
                let same = |one: &&Value| names::name(one) == names::name(object);
                live.iter().filter(same).any(is_rolled_out)
            };
            let mut behind = wanted.filter(|object| !there(object));
            let Some(first) = behind.next() else { return Ok(()) };
            if self.clock.elapsed().saturating_sub(began) > deadline {
                let message = format!(
                    "{} was not rolled out within {}",
                    names::described(first),
                    Span::from(deadline)
                );
                return Err(Fault::failed("no-progress", message));
            }
            let selector = names::selector(&self.authority.service, &self.authority.env);
            let told = self.api.await_change(&selector, &version, WORD);
            self.pause(if told { Duration::ZERO } else { LOOK })?;
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

/// Whether an object's name says nothing of what it holds, so that somebody else may have it.
fn keeps_its_name(object: &Value) -> bool {
    matches!(
        names::kind(object),
        "CronJob"
            | "Deployment"
            | "HorizontalPodAutoscaler"
            | "HTTPRoute"
            | "Ingress"
            | "NetworkPolicy"
            | "PersistentVolumeClaim"
            | "PodDisruptionBudget"
            | "Service"
            | "ServiceAccount"
    )
}

/// Whether an object is of a kind that needs no other to be there first.
fn stands_alone(object: &Value) -> bool {
    keeps_its_name(object) || matches!(names::kind(object), "ConfigMap" | "Secret")
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
