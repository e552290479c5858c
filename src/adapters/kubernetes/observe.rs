//! From the cluster's objects to instances: what is there, and why it is not as it should be.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use nix::sys::signal::Signal;
use serde_json::Value;

use super::api::{AUTOSCALER, Api};
use super::book::Book;
use super::job;
use super::names;
use super::route;
use super::trouble::clean;
use crate::fault::Result;
use crate::model::observed::{Instance, InstanceState, NO_START, Observation};
use crate::model::{DeploymentId, EnvName, ReleaseNo, ServiceName};
use crate::ports::target::RELEASE_STEP;

/// Pods whose events are asked for in one look: one reason is what people need.
const ASKED: usize = 3;

/// Seconds after which a release step whose image has a name that cannot be meant is given up.
const PATIENCE_WITH_NAMES: i64 = 10;
/// Seconds before the end of its time at which one that no node has taken, or whose image is not there, is given up: nothing
/// of it has run, and nothing that would begin now could end.
const LAST_MOMENTS: i64 = 2;
/// Seconds after which one is given up whose image cannot be pulled: three tries of the kubelet.
const PATIENCE_WITH_PULLS: i64 = 60;

/// Why pods end that did nothing wrong: the node had no room for them any more, or went.
const NOT_THEIR_FAULT: [&str; 6] = [
    "Evicted",
    "Preempting",
    "NodeLost",
    "NodeShutdown",
    "Terminated",
    "NodeAffinity",
];

/// Parts of a container that decide how it runs, and that deliver says.
const OURS: [&str; 12] = [
    "f:image",
    "f:imagePullPolicy",
    "f:command",
    "f:args",
    "f:env",
    "f:envFrom",
    "f:ports",
    "f:resources",
    "f:readinessProbe",
    "f:livenessProbe",
    "f:startupProbe",
    "f:lifecycle",
];

/// What one look at the cluster found.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub pods: Vec<Value>,
    pub deployments: Vec<Value>,
    pub jobs: Vec<Value>,
    pub cron_jobs: Vec<Value>,
    pub autoscalers: Vec<Value>,
    pub books: Vec<Value>,
    /// Where the environment has a route of deliver's own.
    pub routes: Vec<Value>,
    /// Of pods that are not well, by the pod's name.
    pub events: BTreeMap<String, Vec<Value>>,
    pub now: Timestamp,
    /// What later changes of Deployments are later than.
    pub version: String,
}

/// Asks for everything at once; then for the events of a few pods that are not well.
pub fn fetch(api: &Api, selector: &str, routes: bool, now: Timestamp) -> Result<Seen> {
    let mut kinds = vec![
        ("v1", "Pod", false),
        ("apps/v1", "Deployment", false),
        ("batch/v1", "Job", true),
        ("batch/v1", "CronJob", true),
        ("autoscaling/v2", AUTOSCALER, false),
        ("v1", "ConfigMap", false),
    ];
    kinds.extend(routes.then_some((route::API_VERSION, route::KIND, false)));
    let (lists, moment) = api.list(&kinds, selector)?;
    let mut lists = lists.into_iter();
    let mut next = || lists.next().unwrap_or_default();
    let mut seen = Seen {
        pods: next(),
        deployments: next(),
        jobs: next(),
        cron_jobs: next(),
        autoscalers: next(),
        books: next(),
        routes: next(),
        events: BTreeMap::new(),
        now: moment.date.unwrap_or(now),
        version: moment.version_of(1),
    };
    seen.books
        .retain(|object| names::labelled(object, names::FENCE).is_some());
    let unwell = seen
        .pods
        .iter()
        .filter(|pod| !is_true(condition(pod, "Ready")) && pod["status"]["phase"] != "Succeeded" && !ends(pod));
    let unwell: Vec<String> = unwell.take(ASKED).map(|pod| names::name(pod).to_owned()).collect();
    for (pod, events) in unwell.iter().zip(api.events(&unwell)) {
        seen.events.insert(pod.clone(), events);
    }
    Ok(seen)
}

/// Services and environments that something was seen of.
pub fn scopes(seen: &Seen) -> BTreeSet<(ServiceName, EnvName)> {
    let all = [&seen.pods, &seen.deployments, &seen.cron_jobs];
    all.into_iter().flatten().filter_map(scope).collect()
}

fn scope(object: &Value) -> Option<(ServiceName, EnvName)> {
    let service = names::labelled(object, names::SERVICE)?.parse().ok()?;
    Some((service, names::labelled(object, names::ENV)?.parse().ok()?))
}

/// One service in one environment. `theirs` are managers whose changes are nobody's surprise.
pub fn look(seen: &Seen, service: &ServiceName, env: &EnvName, theirs: &[String]) -> Observation {
    let of = |list: &[Value]| -> Vec<Value> {
        let own = |object: &&Value| scope(object).is_some_and(|(s, e)| s == *service && e == *env);
        list.iter().filter(own).cloned().collect()
    };
    let (pods, deployments, cron_jobs) = (of(&seen.pods), of(&seen.deployments), of(&seen.cron_jobs));
    let routes = of(&seen.routes);
    let book = of(&seen.books).first().map(Book::read).unwrap_or_default();
    let sight = Sight { seen, book: &book };
    let mut instances: Vec<Instance> = pods
        .iter()
        .filter(|pod| !of_job(pod))
        .filter_map(|pod| sight.pod(pod))
        .collect();
    deployments
        .iter()
        .for_each(|one| confirm(one, &deployments, &mut instances));
    instances.extend(deployments.iter().filter_map(|one| sight.not_made(one)));
    instances.extend(cron_jobs.iter().filter_map(|one| sight.cron_job(one)));
    let steps = of(&seen.jobs);
    instances.extend(steps.iter().filter_map(|one| sight.release_step(one, &pods)));
    let scaled = scaled(&deployments, &seen.autoscalers);
    Observation {
        current: current(&instances, &deployments, &cron_jobs),
        fence: book.fence,
        url: book
            .url
            .clone()
            .filter(|_| !deployments.is_empty() || !cron_jobs.is_empty()),
        foreign: foreign(&deployments, &routes, &scaled, theirs),
        unreached: routes.iter().find_map(route::trouble),
        scaled,
        instances,
        ..Observation::nothing(service, env)
    }
}

/// What a controller says is available has been ready for `minReadySeconds`; it knows to the moment what a pod's own times
/// say in whole seconds only.
fn confirm(deployment: &Value, all: &[Value], instances: &mut [Instance]) {
    let of = |one: &Value| {
        let template = &one["spec"]["template"];
        let label = |name| names::labelled(template, name).map(str::to_owned);
        (label(names::PROCESS), label(names::RELEASE))
    };
    let (process, release) = of(deployment);
    let (Some(process), Some(release)) = (process, release) else {
        return;
    };
    // A second Deployment may run the same: its pods cannot be told from these by what an instance knows.
    let mut alike = all
        .iter()
        .filter(|one| of(one) == (Some(process.clone()), Some(release.clone())));
    if !alike.all(is_complete) {
        return;
    }
    let least = deployment["spec"]["minReadySeconds"].as_u64().unwrap_or(0) * 1000;
    for one in instances {
        let same = one.process == process && one.release.to_string() == release;
        if same && one.state == InstanceState::Healthy {
            one.healthy_ms = one.healthy_ms.max(least);
        }
    }
}

/// Whether every pod of a Deployment is of its template, and available.
fn is_complete(deployment: &Value) -> bool {
    let (wanted, status) = (&deployment["spec"]["replicas"], &deployment["status"]);
    let counts = ["replicas", "updatedReplicas", "availableReplicas"];
    status["observedGeneration"] == deployment["metadata"]["generation"]
        && wanted.is_u64()
        && counts.iter().all(|count| status[*count] == *wanted)
}

struct Sight<'a> {
    seen: &'a Seen,
    book: &'a Book,
}

impl Sight<'_> {
    fn blank(&self, object: &Value, template: &Value) -> Option<Instance> {
        let started = time(&object["metadata"]["creationTimestamp"]).unwrap_or(self.seen.now);
        let process = names::labelled(template, names::PROCESS)?;
        let release = names::labelled(template, names::RELEASE)?.parse().ok()?;
        Some(Instance {
            routed: true,
            ..Instance::starting(names::name(object), process, release, deployment(template), started)
        })
    }

    fn pod(&self, pod: &Value) -> Option<Instance> {
        let status = &pod["status"];
        let reason = status["reason"].as_str().unwrap_or_default();
        if status["phase"] == "Failed" && NOT_THEIR_FAULT.contains(&reason) {
            return None;
        }
        if ends(pod) && is_over(pod) {
            // Its object is about to go too: nothing of it runs any more.
            return None;
        }
        let mut one = self.blank(pod, pod)?;
        let container = main_container(pod);
        one.restarts = container["restartCount"].as_u64().unwrap_or(0) as u32;
        let port = pod["spec"]["containers"].as_array().into_iter().flatten();
        let port = port
            .filter_map(|container| container["ports"][0]["containerPort"].as_u64())
            .next();
        one.port = port.and_then(|port| u16::try_from(port).ok());
        if ends(pod) {
            one.state = InstanceState::Draining;
            one.since = told_to_end(&pod["metadata"]).unwrap_or(one.since);
            return Some(one);
        }
        if let Some((state, exit)) = self.ended(pod, &container) {
            one.state = state;
            one.exit = Some(exit);
            return Some(one);
        }
        let ready = condition(pod, "Ready");
        let turned = time(&ready["lastTransitionTime"]);
        if is_true(ready) {
            one.state = InstanceState::Healthy;
            one.since = turned.unwrap_or(one.since);
            // Kubernetes' times have whole seconds: one is taken off so that no time is counted that was not.
            let healthy = self.seen.now.duration_since(one.since).as_millis() - 1000;
            one.healthy_ms = u64::try_from(healthy).unwrap_or(0);
            return Some(one);
        }
        let started = time(&container["state"]["running"]["startedAt"]);
        if let (Some(turned), Some(started)) = (turned, started)
            && turned.duration_since(started).as_secs() > 1
        {
            one.state = InstanceState::Unhealthy;
            one.since = turned;
        }
        one.probe = Some(self.reason(pod, &container));
        Some(one)
    }

    /// A container that ended by itself: since this deployment began any end counts, later only one that comes again and
    /// again.
    fn ended(&self, pod: &Value, container: &Value) -> Option<(InstanceState, String)> {
        if is_over(pod) {
            let exit = exit(&container["state"]["terminated"]);
            let reason = pod["status"]["reason"].as_str().map(clean);
            return Some((
                InstanceState::Exited,
                exit.or(reason).unwrap_or_else(|| "an unknown status".into()),
            ));
        }
        let now = exit(&container["state"]["terminated"]);
        let last = exit(&container["lastState"]["terminated"]);
        let looping = container["state"]["waiting"]["reason"] == "CrashLoopBackOff";
        let created = time(&pod["metadata"]["creationTimestamp"]);
        let deploying = !self.book.settled && created >= self.book.began;
        match now.or(last) {
            Some(exit) if looping => Some((InstanceState::BackOff, exit)),
            Some(exit) if deploying => Some((InstanceState::Exited, exit)),
            _ => None,
        }
    }

    /// Why a pod is not ready, at the lowest level that is known.
    fn reason(&self, pod: &Value, container: &Value) -> String {
        let scheduled = condition(pod, "PodScheduled");
        if scheduled["status"] == "False" {
            let said = clean(scheduled["message"].as_str().unwrap_or("no node takes it"));
            let grows = self.event(pod, &["TriggeredScaleUp"]).is_some();
            let more = if grows { "; the cluster is growing for it" } else { "" };
            return format!("no node takes it: {said}{more}");
        }
        let init = pod["status"]["initContainerStatuses"].as_array().into_iter().flatten();
        let init = init.map(|status| (true, status)).filter(|(_, status)| {
            !status["state"]["waiting"].is_null() && status["state"]["waiting"]["reason"] != "PodInitializing"
        });
        let waiting = init.chain([(false, container)]).next();
        let (is_init, status) = waiting.unwrap_or((false, container));
        let wait = &status["state"]["waiting"];
        let said = clean(wait["message"].as_str().unwrap_or_default());
        let before = match is_init {
            true => format!(
                "init container {}: ",
                clean(status["name"].as_str().unwrap_or_default())
            ),
            false => String::new(),
        };
        match wait["reason"].as_str() {
            Some(reason) if reason.contains("Image") => {
                let image = clean(status["image"].as_str().unwrap_or_default());
                // The pull that is put off says nothing, and neither does the event that repeats its name; the one before did.
                let why = self
                    .event_that(pod, &["Failed"], |message| !message.starts_with("Error: "))
                    .filter(|_| reason == "ImagePullBackOff");
                let why = why.or(Some(said).filter(|said| !said.is_empty()));
                format!(
                    "{before}image `{image}` cannot be had ({reason}): {}",
                    why.unwrap_or_default()
                )
            }
            Some("ContainerCreating" | "PodInitializing") => self
                .event(pod, &["FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox"])
                .unwrap_or_else(|| "its container is being made".into()),
            Some(reason) => format!("{before}{}: {said}", clean(reason)),
            None if status["state"]["running"].is_object() => self
                .event(pod, &["Unhealthy"])
                .unwrap_or_else(|| "runs, and is not ready yet".into()),
            None => "is being started".into(),
        }
    }

    /// The newest event of a pod for one of the reasons.
    fn event(&self, pod: &Value, reasons: &[&str]) -> Option<String> {
        self.event_that(pod, reasons, |_| true)
    }

    /// The same of those whose message is one that is looked for.
    fn event_that(&self, pod: &Value, reasons: &[&str], says: impl Fn(&str) -> bool) -> Option<String> {
        let events = self.seen.events.get(names::name(pod))?;
        let wanted = events
            .iter()
            .filter(|event| reasons.contains(&event["reason"].as_str().unwrap_or_default()))
            .filter(|event| says(event["message"].as_str().unwrap_or_default()));
        let at = |event: &&Value| {
            let times = [
                &event["series"]["lastObservedTime"],
                &event["lastTimestamp"],
                &event["eventTime"],
            ];
            times.into_iter().find_map(time)
        };
        Some(clean(wanted.max_by_key(at)?["message"].as_str()?))
    }

    /// A Deployment whose pods the cluster refuses to make, as by a quota.
    fn not_made(&self, deployment: &Value) -> Option<Instance> {
        let refused = condition(deployment, "ReplicaFailure");
        if !is_true(refused) {
            return None;
        }
        let mut one = self.blank(deployment, &deployment["spec"]["template"])?;
        one.id = format!("{}-pending", one.id);
        one.since = time(&refused["lastTransitionTime"]).unwrap_or(one.since);
        one.probe = Some(clean(refused["message"].as_str().unwrap_or("its pods are refused")));
        Some(one)
    }

    /// A scheduled job waits for its next run.
    fn cron_job(&self, cron_job: &Value) -> Option<Instance> {
        let mut one = self.blank(cron_job, &cron_job["spec"]["jobTemplate"]["spec"]["template"])?;
        one.state = InstanceState::Waiting;
        Some(one)
    }

    /// The release step: its end is the Job's, its exit the pod's.
    fn release_step(&self, job: &Value, pods: &[Value]) -> Option<Instance> {
        let id = job["metadata"]["annotations"][names::INSTANCE].as_str()?;
        let template = &job["spec"]["template"];
        let mut one = self.blank(job, template)?;
        one.id = id.to_owned();
        let own = pods.iter().filter(|pod| {
            let owners = pod["metadata"]["ownerReferences"].as_array().into_iter().flatten();
            owners.into_iter().any(|owner| owner["uid"] == job["metadata"]["uid"])
        });
        let pod = own.max_by_key(|pod| time(&pod["metadata"]["creationTimestamp"]));
        let container = pod.map(main_container).unwrap_or_default();
        let (done, failed) = (condition(job, "Complete"), condition(job, "Failed"));
        let ended = exit(&container["state"]["terminated"]);
        if is_true(done) || is_true(failed) {
            one.state = InstanceState::Exited;
            let told = failed["reason"]
                .as_str()
                .filter(|reason| *reason != "BackoffLimitExceeded");
            one.exit = match (is_true(done), told) {
                (true, _) => Some("status 0".into()),
                (false, Some("DeadlineExceeded")) => Some("no end within its time".into()),
                (false, told) => ended.or(told.map(clean)).or(Some("an unknown status".into())),
            };
            return Some(one);
        }
        one.probe = match pod {
            Some(_) if container["state"]["running"].is_object() => None,
            Some(pod) => Some(self.reason(pod, &container)),
            None => Some("the cluster has made no pod for it".into()),
        };
        let patience = match begins_nowhere(job, pod) {
            true => Some(i64::MAX),
            false => patience(&container),
        };
        let waited = self.seen.now.duration_since(one.since).as_secs();
        let most = job::timeout(job).map_or(i64::MAX, |timeout| timeout - LAST_MOMENTS);
        if let (Some(patience), Some(reason)) = (patience, &one.probe)
            && waited >= patience.min(most)
        {
            one.state = InstanceState::Exited;
            one.exit = Some(format!("{NO_START}: {reason}"));
        }
        Some(one)
    }
}

/// For how many seconds a step that everything waits for may be kept from starting by what keeps this container from it: the
/// kubelet tries again and again.
fn patience(container: &Value) -> Option<i64> {
    match container["state"]["waiting"]["reason"].as_str()? {
        "ErrImageNeverPull" | "InvalidImageName" | "CreateContainerConfigError" => Some(PATIENCE_WITH_NAMES),
        "ErrImagePull" | "ImagePullBackOff" => Some(PATIENCE_WITH_PULLS),
        _ => None,
    }
}

/// Whether a Job that is not over has not begun: its pod has no node, or it never had one.
fn begins_nowhere(job: &Value, pod: Option<&Value>) -> bool {
    match pod {
        Some(pod) => pod["spec"]["nodeName"].is_null() && condition(pod, "PodScheduled")["status"] == "False",
        None => ["active", "succeeded", "failed"]
            .iter()
            .all(|count| job["status"][count].as_u64().unwrap_or(0) == 0),
    }
}

fn of_job(pod: &Value) -> bool {
    let owners = pod["metadata"]["ownerReferences"].as_array().into_iter().flatten();
    owners.into_iter().any(|owner| owner["kind"] == "Job")
}

fn ends(pod: &Value) -> bool {
    !pod["metadata"]["deletionTimestamp"].is_null()
}

/// Whether every container of a pod has ended for good.
pub fn is_over(pod: &Value) -> bool {
    matches!(pod["status"]["phase"].as_str(), Some("Succeeded" | "Failed"))
}

/// The container of the process; sidecars that somebody adds stand beside it.
fn main_container(pod: &Value) -> Value {
    let process = names::labelled(pod, names::PROCESS);
    let statuses = pod["status"]["containerStatuses"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let named = statuses.iter().find(|status| status["name"].as_str() == process);
    let bad = statuses.iter().find(|status| status["ready"] != true);
    named.or(bad).or(statuses.first()).cloned().unwrap_or_default()
}

fn deployment(template: &Value) -> DeploymentId {
    let label = names::labelled(template, names::DEPLOYMENT);
    label.and_then(|label| label.parse().ok()).unwrap_or(DeploymentId(0))
}

/// A condition of a status; null where there is none.
fn condition<'a>(object: &'a Value, kind: &str) -> &'a Value {
    let conditions = object["status"]["conditions"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    conditions
        .iter()
        .find(|one| one["type"] == kind)
        .unwrap_or(&Value::Null)
}

fn is_true(condition: &Value) -> bool {
    condition["status"] == "True"
}

fn time(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

/// `status 1`, `signal 9 (SIGKILL), out of memory`.
pub fn exit(terminated: &Value) -> Option<String> {
    let code = terminated["exitCode"].as_i64()?;
    // A shell's way to tell of a signal, which container runtimes use too.
    let number = terminated["signal"]
        .as_i64()
        .filter(|number| *number > 0)
        .or((129..=159).contains(&code).then_some(code - 128));
    let signal = number
        .and_then(|number| i32::try_from(number).ok())
        .and_then(|number| Signal::try_from(number).ok());
    let words = match signal {
        Some(signal) => format!("signal {} ({signal})", signal as i32),
        None => format!("status {code}"),
    };
    Some(match terminated["reason"].as_str() {
        Some("OOMKilled") => format!("{words}, out of memory"),
        _ => words,
    })
}

/// The release that most pods run, the older in a tie; without pods the one that is to run.
fn current(instances: &[Instance], deployments: &[Value], cron_jobs: &[Value]) -> Option<ReleaseNo> {
    let mut counts: BTreeMap<ReleaseNo, usize> = BTreeMap::new();
    let serving = |one: &&Instance| !matches!(one.state, InstanceState::Draining) && one.process != RELEASE_STEP;
    for one in instances.iter().filter(serving) {
        *counts.entry(one.release).or_default() += 1;
    }
    let most = counts
        .iter()
        .max_by_key(|(release, count)| (**count, std::cmp::Reverse(**release)));
    let told = deployments.iter().map(|one| &one["spec"]["template"]);
    let told = told.chain(
        cron_jobs
            .iter()
            .map(|one| &one["spec"]["jobTemplate"]["spec"]["template"]),
    );
    let mut told = told.filter_map(|template| names::labelled(template, names::RELEASE)?.parse().ok());
    most.map(|(release, _)| *release).or_else(|| told.next())
}

/// The fewest that an autoscaler keeps, by process; whoever made it.
fn scaled(deployments: &[Value], autoscalers: &[Value]) -> BTreeMap<String, u32> {
    let of = |autoscaler: &Value| {
        let target = &autoscaler["spec"]["scaleTargetRef"];
        let one = deployments
            .iter()
            .find(|one| target["kind"] == "Deployment" && target["name"] == names::name(one))?;
        let process = names::labelled(&one["spec"]["template"], names::PROCESS)?;
        let least = autoscaler["spec"]["minReplicas"].as_u64().unwrap_or(1);
        Some((process.to_owned(), u32::try_from(least).unwrap_or(1)))
    };
    autoscalers.iter().filter_map(of).collect()
}

/// What somebody else decides now that deliver had decided: of a Deployment what runs, of a route where it leads.
fn foreign(
    deployments: &[Value],
    routes: &[Value],
    scaled: &BTreeMap<String, u32>,
    theirs: &[String],
) -> Option<String> {
    let of_deployment = |deployment: &Value| {
        let process = names::labelled(&deployment["spec"]["template"], names::PROCESS)?;
        let left = |field: &str| field == "replicas" && scaled.contains_key(process);
        taken(deployment, theirs, |entry| owned(entry, process), left)
    };
    let of_route = |route: &Value| taken(route, theirs, leads, |_| false);
    let deployments = deployments.iter().filter_map(of_deployment);
    deployments.chain(routes.iter().filter_map(of_route)).next()
}

/// The fields among `fields` that another manager took over from deliver, and who it was. Those that are `left` to others are
/// nobody's surprise, and neither is what `theirs` do.
fn taken(
    object: &Value,
    theirs: &[String],
    fields: impl Fn(&Value) -> Vec<String>,
    left: impl Fn(&str) -> bool,
) -> Option<String> {
    let managed = object["metadata"]["managedFields"].as_array()?;
    let ours = |entry: &&Value| {
        entry["manager"]
            .as_str()
            .is_some_and(|name| name.starts_with(names::MANAGER))
    };
    let expected = |entry: &&Value| {
        let name = entry["manager"].as_str().unwrap_or_default();
        name == "kube-controller-manager" || theirs.iter().any(|one| one == name)
    };
    let mine: BTreeSet<String> = managed.iter().filter(ours).flat_map(&fields).collect();
    if mine.is_empty() {
        return None;
    }
    let others = managed.iter().filter(|entry| !ours(entry) && !expected(entry));
    others
        .filter_map(|entry| {
            let taken: Vec<String> = fields(entry)
                .into_iter()
                .filter(|field| !(mine.contains(field) || left(field)))
                .collect();
            let who = clean(entry["manager"].as_str().unwrap_or("somebody"));
            let at = entry["time"]
                .as_str()
                .map(|at| format!(" at {}", clean(at)))
                .unwrap_or_default();
            (!taken.is_empty()).then(|| format!("`{who}` set {} of {}{at}", taken.join(", "), names::described(object)))
        })
        .next()
}

/// The fields of an entry of `managedFields` that decide where a route leads.
fn leads(entry: &Value) -> Vec<String> {
    let spec = &entry["fieldsV1"]["f:spec"];
    let fields = ["rules", "hostnames", "parentRefs"].into_iter();
    fields
        .filter(|field| !spec[format!("f:{field}")].is_null())
        .map(str::to_owned)
        .collect()
}

/// The fields of an entry of `managedFields` that decide what runs.
fn owned(entry: &Value, process: &str) -> Vec<String> {
    let spec = &entry["fieldsV1"]["f:spec"];
    let mut fields: Vec<String> = ["f:replicas", "f:paused"]
        .iter()
        .filter(|field| !spec[**field].is_null())
        .map(|field| field[2..].to_owned())
        .collect();
    let key = format!("k:{{\"name\":\"{process}\"}}");
    let container = &spec["f:template"]["f:spec"]["f:containers"][key];
    fields.extend(
        OURS.iter()
            .filter(|field| !container[**field].is_null())
            .map(|field| field[2..].to_owned()),
    );
    fields
}

/// When a pod was told to end. Its timestamp is when its patience will be over.
fn told_to_end(metadata: &Value) -> Option<Timestamp> {
    let over = time(&metadata["deletionTimestamp"])?;
    let patience = metadata["deletionGracePeriodSeconds"].as_i64().unwrap_or(0);
    over.checked_sub(SignedDuration::from_secs(patience)).ok()
}

#[cfg(test)]
mod tests;
