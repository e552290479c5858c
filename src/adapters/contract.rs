//! What every target owes, as obligations that can be tried: on memory, on this machine, on a cluster, on a plugin that
//! somebody wrote yesterday.
//!
//! Obligations are tried in order and build on one another, as a deployment does. A [`Bed`] says how the target under trial is
//! provided with apps, and how it is asked from outside.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::fault::{Fault, Kind, Result};
use crate::model::observed::{Instance, InstanceState, Observation};
use crate::model::{DeploymentId, EnvName, ReleaseNo, ServiceName, Span};
use crate::ports::target::{
    Authority, Capabilities, InPlace, LogLine, LogQuery, Placed, Prepared, RELEASE_STEP, Shift, Stage, Stop, Stopped,
    Traffic, Wanted,
};
use crate::ports::{Clock, Interrupt, Target};

/// Between two looks while something is awaited.
const POLL: Duration = Duration::from_millis(50);

/// Requests that must all be answered by one release.
const ASKED: usize = 20;

/// A secret that every app is given as `DELIVER_CHECK_SECRET`: it may come back in nothing that a target says.
pub const CANARY: &str = "canary-5f1c7b2e9d";

/// What apps of a trial do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum App {
    /// Two web instances. Each prints `listening` and, last of all at its start, `secret of N bytes` (the length of
    /// `DELIVER_CHECK_SECRET`), answers `GET /` with its release's number (`v1`) and `GET /slow` with the same two
    /// seconds later.
    Good,
    /// Two web instances that print `cannot go on` and end with status 3 at once.
    Crashes,
    /// Good, with a release step that prints `migrated` and ends with this status.
    Step(u8),
}

impl App {
    /// The instances of its web process.
    pub const INSTANCES: u32 = 2;
}

/// Where a target is tried.
pub trait Bed: Sync {
    fn target(&self) -> &dyn Target;
    fn clock(&self) -> &dyn Clock;

    /// A name that nobody else uses.
    fn service(&self) -> ServiceName;
    fn env(&self) -> EnvName;

    /// A release of `app`, with the secret [`CANARY`]. Asked for the same number twice it is the same release.
    fn release(&self, app: App, number: ReleaseNo) -> Result<Prepared>;

    /// What the service answers at `url` and `path`; `None` where nobody can ask, as in memory.
    fn ask(&self, url: &str, path: &str) -> Option<Result<String>>;

    /// A target of the same kind behind which nothing answers; `None` where that cannot be provoked.
    fn severed(&self) -> Option<&dyn Target> {
        None
    }

    /// The longest that instances take to start, and to go.
    fn patience(&self) -> Duration {
        Duration::from_secs(60)
    }
}

/// How an obligation was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Pass,
    Fail,
    /// It could not be tried, and why is the evidence.
    Skipped,
}

/// One obligation, and what was seen of it.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize)]
pub struct Finding {
    pub id: &'static str,
    /// What is owed, as a sentence.
    pub claim: &'static str,
    pub outcome: Outcome,
    pub evidence: String,
}

/// Why an obligation was not met.
enum Not {
    Met(String),
    Tried(String),
}

impl From<Fault> for Not {
    fn from(fault: Fault) -> Not {
        let evidence = fault.evidence().iter().rev().take(3).rev().cloned().collect::<Vec<_>>();
        Not::Met(match evidence.is_empty() {
            true => format!("{fault} ({})", fault.kind().word()),
            false => format!("{fault} ({}): {}", fault.kind().word(), evidence.join(" / ")),
        })
    }
}

type Tried = std::result::Result<String, Not>;

fn ensure(met: bool, otherwise: impl FnOnce() -> String) -> std::result::Result<(), Not> {
    if met { Ok(()) } else { Err(Not::Met(otherwise())) }
}

type Trial = (
    &'static str,
    &'static str,
    fn(&mut Stand<'_>) -> Tried,
    /* later ones are pointless without it */ bool,
);

/// Obligations of every target.
const FIRST: [Trial; 2] = [
    (
        "unknown-is-empty",
        "a service that was never deployed is an empty observation, not an error",
        unknown,
        true,
    ),
    (
        "prepare-starts-nothing",
        "prepare records the fence and starts nothing, also when it is repeated",
        prepare,
        true,
    ),
];

/// Obligations of targets that run new instances beside old ones.
const BESIDE: [Trial; 9] = [
    (
        "start-once",
        "the same instances started twice run once, healthy, as they were asked for",
        start,
        true,
    ),
    (
        "no-traffic-before-shift",
        "nothing takes traffic before a shift",
        no_traffic,
        false,
    ),
    (
        "shift",
        "a shift moves all traffic, also when it is repeated",
        shift,
        true,
    ),
    (
        "logs",
        "lines of each instance in time order, the last N where that is asked",
        logs,
        false,
    ),
    (
        "beside",
        "a second release runs beside the first and takes none of its traffic",
        beside,
        true,
    ),
    (
        "shift-all",
        "a shift to the second release takes all traffic from the first, and back",
        shift_all,
        true,
    ),
    (
        "drain",
        "a request in flight is answered before its instance is stopped",
        drain,
        false,
    ),
    (
        "stop",
        "stopped instances are reported and gone, also when it is repeated",
        stop,
        true,
    ),
    (
        "crash",
        "an instance that ends is observed with its exit and its last words, and disturbs nobody",
        crash,
        false,
    ),
];

/// Obligations of targets that replace instances themselves.
const IN_PLACE: [Trial; 6] = [
    (
        "replace",
        "a release that is to be everything becomes that, healthy",
        replace_first,
        true,
    ),
    (
        "logs",
        "lines of each instance in time order, the last N where that is asked",
        logs,
        false,
    ),
    (
        "portion",
        "a stage of one instance runs one, and leaves the rest what they are",
        portion,
        false,
    ),
    (
        "replace-all",
        "the last stage replaces every instance, also when it is repeated",
        replace_all,
        true,
    ),
    (
        "crash-in-place",
        "instances that end are observed with their exit while the old ones go on",
        crash_in_place,
        false,
    ),
    ("finish", "finish changes nothing that serves", finish, false),
];

/// Obligations of every target, at the end.
const LAST: [Trial; 6] = [
    (
        "release-step",
        "a release step runs once, and its exit stays on record",
        release_step,
        false,
    ),
    (
        "fence",
        "an act under a lower fence is refused, and nothing is changed by it",
        fence,
        false,
    ),
    (
        "secrets",
        "a secret reaches its instance, and comes back in nothing that is said",
        secrets,
        false,
    ),
    (
        "remove",
        "what is removed is empty, also when it is repeated",
        remove,
        true,
    ),
    ("fence-stays", "the fence outlives what was removed", fence_stays, false),
    (
        "unreachable",
        "behind a target that does not answer nothing is found, and that is said",
        unreachable,
        false,
    ),
];

/// Ids of everything that can be tried, for documentation and tests.
pub fn ids() -> Vec<&'static str> {
    let all = [&FIRST[..], &BESIDE, &IN_PLACE, &LAST].concat();
    all.iter().map(|(id, ..)| *id).collect()
}

/// Tries everything that the target owes by its capabilities, tells each finding as it comes, and leaves nothing running,
/// also when it is interrupted.
pub fn try_all<'a>(bed: &'a dyn Bed, interrupt: &'a dyn Interrupt, told: &mut dyn FnMut(&Finding)) -> Vec<Finding> {
    let mut stand = Stand::new(bed, interrupt);
    let middle: &[Trial] = match stand.able.in_place {
        true => &IN_PLACE,
        false => &BESIDE,
    };
    let mut findings: Vec<Finding> = Vec::new();
    let mut broken: Option<&'static str> = None;
    for (id, claim, trial, needed) in FIRST.iter().chain(middle).chain(&LAST) {
        let cleaning = *id == "remove";
        if interrupt.requested().is_some() {
            broken = broken.or(Some(id));
        }
        let tried = match broken.filter(|_| !cleaning) {
            Some(before) => Err(Not::Tried(format!("`{before}` failed"))),
            None => trial(&mut stand),
        };
        let (outcome, evidence) = match tried {
            Ok(evidence) => (Outcome::Pass, evidence),
            Err(Not::Met(evidence)) => (Outcome::Fail, evidence),
            Err(Not::Tried(why)) => (Outcome::Skipped, why),
        };
        if outcome == Outcome::Fail && *needed {
            broken = broken.or(Some(id));
        }
        let finding = Finding {
            id,
            claim,
            outcome,
            evidence,
        };
        told(&finding);
        findings.push(finding);
    }
    findings
}

/// The target under trial, and what was seen of it so far.
struct Stand<'a> {
    bed: &'a dyn Bed,
    interrupt: &'a dyn Interrupt,
    able: Capabilities,
    service: ServiceName,
    env: EnvName,
    fence: u64,
    /// Counts up as deployments do.
    deployment: u64,
    placed: Option<Placed>,
    /// The instances that serve.
    serving: Vec<String>,
    /// Everything that the target said, as text.
    said: String,
}

/// The first fence; there is room for a lower one below.
const FENCE: u64 = 10;

const fn v(number: u32) -> ReleaseNo {
    ReleaseNo(number)
}

impl<'a> Stand<'a> {
    fn new(bed: &'a dyn Bed, interrupt: &'a dyn Interrupt) -> Self {
        Stand {
            able: bed.target().capabilities(),
            service: bed.service(),
            env: bed.env(),
            bed,
            interrupt,
            fence: FENCE,
            deployment: 1,
            placed: None,
            serving: Vec::new(),
            said: String::new(),
        }
    }

    fn target(&self) -> &'a dyn Target {
        self.bed.target()
    }

    fn engine(&self) -> std::result::Result<&'a dyn InPlace, Not> {
        let engine = self.target().in_place();
        engine.ok_or_else(|| Not::Met("declares `in_place`, and has no such acts".into()))
    }

    fn authority(&self) -> Authority {
        self.authority_under(self.fence)
    }

    fn authority_under(&self, fence: u64) -> Authority {
        Authority {
            service: self.service.clone(),
            env: self.env.clone(),
            deployment: DeploymentId(self.deployment),
            fence,
        }
    }

    /// A later deployment, under a higher fence.
    fn next(&mut self) {
        self.deployment += 1;
        self.fence += 1;
    }

    fn observe(&mut self) -> Result<Observation> {
        let observed = self.target().observe(&self.service, &self.env)?;
        self.said.push_str(&format!("{observed:?}\n"));
        Ok(observed)
    }

    /// The release made ready, as `prepare` left it.
    fn ready(&mut self, app: App, number: ReleaseNo) -> Result<Prepared> {
        let mut prepared = self.bed.release(app, number)?;
        let placed = self.target().prepare(&self.authority(), &prepared)?;
        self.said.push_str(&format!("{placed:?}\n"));
        prepared.record = placed.record.clone();
        self.placed = Some(placed);
        Ok(prepared)
    }

    fn wanted(&self, number: ReleaseNo, process: &str, count: u32) -> Vec<Wanted> {
        let id = |index| format!("{}-{number}-{process}-{index}-d{}", self.service, self.deployment);
        (1..=count)
            .map(|index| Wanted {
                id: id(index),
                process: process.to_owned(),
            })
            .collect()
    }

    /// Looks until `there` is happy; else what was there last is the evidence.
    fn until(&mut self, what: &str, there: impl Fn(&Observation) -> bool) -> std::result::Result<Observation, Not> {
        let patience = self.bed.patience();
        let end = self.bed.clock().elapsed() + patience;
        loop {
            let observed = self.observe()?;
            if there(&observed) {
                return Ok(observed);
            }
            if self.bed.clock().elapsed() >= end {
                let seen: Vec<String> = observed.instances.iter().map(describe).collect();
                let seen = if seen.is_empty() {
                    "no instances".to_owned()
                } else {
                    seen.join(", ")
                };
                return Err(Not::Met(format!("{what} not within {} s: {seen}", patience.as_secs())));
            }
            if self.interrupt.requested().is_some() {
                return Err(Not::Tried("interrupted".into()));
            }
            self.bed.clock().sleep(POLL);
        }
    }

    /// What the public address answers; `None` where nobody can ask.
    fn ask(&self, path: &str) -> Option<Result<String>> {
        let url = self.placed.as_ref()?.url.as_ref()?;
        self.bed.ask(url, path)
    }

    /// Every one of a few requests is answered by `number`.
    fn answers(&self, number: ReleaseNo) -> std::result::Result<String, Not> {
        for asked in 0..ASKED {
            let Some(answer) = self.ask("/") else {
                return Ok(format!("{number} as observed; there is no public address to ask"));
            };
            let answer = answer?;
            ensure(answer == number.to_string(), || {
                format!(
                    "request {} of {ASKED} was answered by `{}`, not {number}",
                    asked + 1,
                    answer.escape_debug()
                )
            })?;
        }
        Ok(format!("{ASKED} of {ASKED} requests answered by {number}"))
    }

    /// The share of a hundred requests that a release answered, which is to be near a half; `None` where there is no address
    /// to ask.
    fn share_of(&self, number: ReleaseNo) -> std::result::Result<Option<usize>, Not> {
        let mut answered = 0;
        for _ in 0..HUNDRED {
            let Some(answer) = self.ask("/") else { return Ok(None) };
            answered += usize::from(answer? == number.to_string());
        }
        ensure(NEAR_HALF.contains(&answered), || {
            format!("{number} answered {answered} of {HUNDRED} requests, and was to take {HALF}%")
        })?;
        Ok(Some(answered))
    }

    fn shift_to(&self, number: ReleaseNo, instances: &[String]) -> Result<()> {
        let shift = Shift::to(number, instances.to_vec());
        self.target().shift(&self.authority(), &shift)
    }

    fn stop(&self, instances: &[String]) -> Result<Vec<Stopped>> {
        let stop = Stop {
            instances: instances.to_vec(),
            drain: Span::from_secs(10),
            grace: Span::from_secs(5),
        };
        self.target().stop(&self.authority(), &stop)
    }

    fn lines(&mut self, query: &LogQuery) -> Result<Vec<LogLine>> {
        let mut lines = Vec::new();
        let mut take = |line| {
            lines.push(line);
            true
        };
        self.target().logs(&self.service, &self.env, query, false, &mut take)?;
        lines.iter().for_each(|line| self.said.push_str(&format!("{line:?}\n")));
        Ok(lines)
    }

    /// Lines of one instance, waited for until one of them has `text`: what was printed may take its time.
    fn lines_with(&mut self, instance: &str, text: &str) -> std::result::Result<Vec<LogLine>, Not> {
        let query = LogQuery {
            instances: vec![instance.to_owned()],
            ..LogQuery::default()
        };
        let end = self.bed.clock().elapsed() + self.bed.patience();
        loop {
            let lines = self.lines(&query)?;
            if lines.iter().any(|line| line.text.contains(text)) {
                return Ok(lines);
            }
            if self.bed.clock().elapsed() >= end {
                let last = lines.last().map_or("nothing", |line| line.text.as_str());
                return Err(Not::Met(format!(
                    "no line of `{instance}` has `{text}`; the last is `{last}`"
                )));
            }
            self.bed.clock().sleep(POLL);
        }
    }

    fn replace(&self, prepared: &Prepared, count: u32, traffic: Traffic) -> std::result::Result<(), Not> {
        let stage = Stage {
            instances: BTreeMap::from([("web".to_owned(), count)]),
            traffic,
            fresh: false,
            stop_first: false,
        };
        Ok(self.engine()?.replace(&self.authority(), prepared, &stage)?)
    }
}

/// The share that a part is tried with.
const HALF: u8 = 50;
const HUNDRED: usize = 100;
/// Whoever divides by chance gets there but once in a billion times: six standard deviations of a hundred coins.
const NEAR_HALF: std::ops::RangeInclusive<usize> = 20..=80;

fn describe(one: &Instance) -> String {
    let state = one.state.as_str();
    match (&one.exit, &one.probe) {
        (Some(exit), _) => format!("{} is {state} ({exit})", one.id),
        (None, Some(probe)) => format!("{} is {state} ({probe})", one.id),
        _ => format!("{} is {state}", one.id),
    }
}

fn healthy(observed: &Observation, number: ReleaseNo) -> impl Iterator<Item = &Instance> {
    let up = |one: &&Instance| one.state == InstanceState::Healthy && one.process != RELEASE_STEP;
    observed
        .instances
        .iter()
        .filter(up)
        .filter(move |one| one.release == number)
}

fn ids_of(wanted: &[Wanted]) -> Vec<String> {
    wanted.iter().map(|one| one.id.clone()).collect()
}

fn unknown(stand: &mut Stand<'_>) -> Tried {
    let observed = stand.observe()?;
    ensure(observed.instances.is_empty() && observed.current.is_none(), || {
        format!(
            "it has {} instances, current {:?}",
            observed.instances.len(),
            observed.current
        )
    })?;
    ensure(observed.url.is_none() && observed.fence == 0, || {
        format!("it has the address {:?} and the fence {}", observed.url, observed.fence)
    })?;
    let lines = stand.lines(&LogQuery::default())?;
    ensure(lines.is_empty(), || format!("it printed {} lines", lines.len()))?;
    Ok("no instances, no release, no address, no lines".into())
}

fn prepare(stand: &mut Stand<'_>) -> Tried {
    let prepared = stand.ready(App::Good, v(1))?;
    let first = stand.placed.clone().unwrap_or_default();
    let again = stand.target().prepare(&stand.authority(), &prepared)?;
    ensure(again.url == first.url, || {
        format!("the address was {:?}, then {:?}", first.url, again.url)
    })?;
    let observed = stand.observe()?;
    ensure(observed.fence == stand.fence, || {
        format!("the fence is {} and is observed as {}", stand.fence, observed.fence)
    })?;
    ensure(observed.instances.is_empty() && observed.current.is_none(), || {
        "something runs".into()
    })?;
    Ok(match &first.url {
        Some(url) => format!("{url}, fence {}", observed.fence),
        None => format!("fence {}", observed.fence),
    })
}

fn start(stand: &mut Stand<'_>) -> Tried {
    let prepared = stand.ready(App::Good, v(1))?;
    let wanted = stand.wanted(v(1), "web", App::INSTANCES);
    stand.target().start(&stand.authority(), &prepared, &wanted)?;
    stand.target().start(&stand.authority(), &prepared, &wanted)?;
    let ids = ids_of(&wanted);
    let observed = stand.until("healthy instances", |seen| {
        ids.iter().all(|id| healthy(seen, v(1)).any(|one| one.id == *id))
    })?;
    stand.target().start(&stand.authority(), &prepared, &wanted)?;
    let after = stand.observe()?;
    for (when, observed) in [("first", &observed), ("after a repetition", &after)] {
        let count = observed.instances.len();
        ensure(count == ids.len(), || {
            format!("{count} instances {when}, {} wanted", ids.len())
        })?;
        let wrong = observed
            .instances
            .iter()
            .find(|one| one.process != "web" || one.deployment != DeploymentId(stand.deployment));
        ensure(wrong.is_none(), || format!("{wrong:?} is not what was asked for"))?;
    }
    let restarted = after.instances.iter().find(|one| one.restarts > 0);
    ensure(restarted.is_none(), || format!("{restarted:?} was restarted"))?;
    stand.serving = ids;
    Ok(format!("{} instances healthy at v1", after.instances.len()))
}

fn no_traffic(stand: &mut Stand<'_>) -> Tried {
    let observed = stand.observe()?;
    ensure(observed.current.is_none(), || {
        format!("{:?} is current", observed.current)
    })?;
    let routed = observed.instances.iter().find(|one| one.routed);
    ensure(routed.is_none(), || format!("{routed:?} is routed"))?;
    match stand.ask("/") {
        Some(Ok(answer)) if answer == "v1" => Err(Not::Met("the public address is answered by v1 already".into())),
        Some(_) => Ok("nothing is current or routed; the address is not answered by v1".into()),
        None => Ok("nothing is current or routed".into()),
    }
}

fn shift(stand: &mut Stand<'_>) -> Tried {
    let ids = stand.serving.clone();
    stand.shift_to(v(1), &ids)?;
    let answered = stand.answers(v(1))?;
    stand.shift_to(v(1), &ids)?;
    routed(stand, v(1), &ids)?;
    stand.answers(v(1))?;
    Ok(answered)
}

/// The release is current, and its instances and no others are routed.
fn routed(stand: &mut Stand<'_>, number: ReleaseNo, ids: &[String]) -> std::result::Result<Observation, Not> {
    let observed = stand.observe()?;
    ensure(observed.current == Some(number), || {
        format!("{:?} is current, not {number}", observed.current)
    })?;
    let wrong = observed
        .instances
        .iter()
        .find(|one| ids.contains(&one.id) != one.routed);
    ensure(wrong.is_none(), || {
        format!(
            "{:?} is {}routed",
            wrong.map(|one| &one.id),
            if wrong.is_some_and(|one| one.routed) {
                ""
            } else {
                "not "
            }
        )
    })?;
    Ok(observed)
}

fn logs(stand: &mut Stand<'_>) -> Tried {
    let observed = stand.observe()?;
    let Some(first) = observed.instances.first().map(|one| one.id.clone()) else {
        return Err(Not::Met("there is no instance".into()));
    };
    // Every line of its start, so that what is compared does not grow meanwhile.
    stand.lines_with(&first, "secret of ")?;
    let whole = stand.lines(&LogQuery {
        instances: vec![first.clone()],
        ..LogQuery::default()
    })?;
    let foreign = whole.iter().find(|line| line.instance != first || line.release != v(1));
    ensure(foreign.is_none(), || format!("a line of something else: {foreign:?}"))?;
    ensure(whole.iter().any(|line| line.text.contains("listening")), || {
        "`listening` is missing".into()
    })?;
    ensure(whole.is_sorted_by_key(|line| line.at), || {
        "the lines are not in time order".into()
    })?;
    let last = stand.lines(&LogQuery {
        instances: vec![first],
        tail: Some(1),
        ..LogQuery::default()
    })?;
    ensure(
        last.len() == 1 && last.last().map(|line| &line.text) == whole.last().map(|line| &line.text),
        || {
            format!(
                "the last line is {:?}, of which `tail = 1` gives {last:?}",
                whole.last()
            )
        },
    )?;
    for (what, none) in [
        (
            "an instance that never was",
            LogQuery {
                instances: vec!["nobody".into()],
                ..LogQuery::default()
            },
        ),
        (
            "a release that never was",
            LogQuery {
                release: Some(v(99)),
                ..LogQuery::default()
            },
        ),
        (
            "a process that never was",
            LogQuery {
                process: Some("nobody".into()),
                ..LogQuery::default()
            },
        ),
        (
            "a time that is not yet",
            LogQuery {
                since: Some(jiff::Timestamp::MAX),
                ..LogQuery::default()
            },
        ),
    ] {
        let lines = stand.lines(&none)?;
        ensure(lines.is_empty(), || format!("{} lines of {what}", lines.len()))?;
    }
    Ok(format!("{} lines of one instance", whole.len()))
}

fn beside(stand: &mut Stand<'_>) -> Tried {
    stand.next();
    let prepared = stand.ready(App::Good, v(2))?;
    let wanted = stand.wanted(v(2), "web", App::INSTANCES);
    stand.target().start(&stand.authority(), &prepared, &wanted)?;
    stand.until("healthy instances of v2", |seen| {
        healthy(seen, v(2)).count() == wanted.len()
    })?;
    let serving = stand.serving.clone();
    let observed = routed(stand, v(1), &serving)?;
    let old = healthy(&observed, v(1)).count();
    ensure(old == serving.len(), || format!("{old} instances of v1 are left"))?;
    stand.answers(v(1))
}

fn shift_all(stand: &mut Stand<'_>) -> Tried {
    let (old, new) = (
        stand.serving.clone(),
        ids_of(&stand.wanted(v(2), "web", App::INSTANCES)),
    );
    for (number, ids) in [(v(2), &new), (v(1), &old), (v(2), &new)] {
        stand.shift_to(number, ids)?;
        routed(stand, number, ids)?;
        stand.answers(number)?;
    }
    stand.serving = new;
    Ok("to v2, back to v1, to v2".into())
}

/// A slow request to the old release is begun, traffic moves away from it, and it is drained: the answer still comes.
fn drain(stand: &mut Stand<'_>) -> Tried {
    if stand.ask("/").is_none() {
        return Err(Not::Tried("there is no public address to ask".into()));
    }
    let (old, new) = (ids_of(&first_instances(stand)), stand.serving.clone());
    stand.shift_to(v(1), &old)?;
    let this = &*stand;
    let (answer, stopped) = std::thread::scope(|scope| {
        let slow = scope.spawn(|| this.ask("/slow"));
        // Until the slow request is under way, by its own time of two seconds.
        this.bed.clock().sleep(Duration::from_millis(500));
        let stopped = this.shift_to(v(2), &new).and_then(|()| this.stop(&old));
        (slow.join(), stopped)
    });
    let stopped = stopped?;
    let answer = answer
        .ok()
        .flatten()
        .unwrap_or_else(|| Err(Fault::failed("unasked", "nobody asked")))?;
    ensure(answer == "v1", || {
        format!("it was answered `{}`", answer.escape_debug())
    })?;
    let cut: u32 = stopped.iter().map(|one| one.cut).sum();
    ensure(cut == 0, || format!("{cut} requests are reported as cut"))?;
    Ok("a request of 2 s was answered by v1 after traffic had moved to v2".into())
}

fn first_instances(stand: &Stand<'_>) -> Vec<Wanted> {
    let id = |index| format!("{}-{}-web-{index}-d1", stand.service, v(1));
    (1..=App::INSTANCES)
        .map(|index| Wanted {
            id: id(index),
            process: "web".into(),
        })
        .collect()
}

fn stop(stand: &mut Stand<'_>) -> Tried {
    let old = ids_of(&first_instances(stand));
    let stopped = stand.stop(&old)?;
    let unnamed = stopped.iter().find(|one| one.exit.is_empty() || !old.contains(&one.id));
    ensure(unnamed.is_none(), || format!("{unnamed:?} says nothing"))?;
    let observed = stand.observe()?;
    let left = observed.instances.iter().find(|one| old.contains(&one.id));
    ensure(left.is_none(), || format!("{:?} is still there", left.map(describe)))?;
    stand.stop(&old)?;
    let serving = stand.serving.clone();
    routed(stand, v(2), &serving)?;
    let answered = stand.answers(v(2))?;
    Ok(format!("{} gone; {answered}", old.len()))
}

fn crash(stand: &mut Stand<'_>) -> Tried {
    stand.next();
    let prepared = stand.ready(App::Crashes, v(3))?;
    let wanted = stand.wanted(v(3), "web", 1);
    stand.target().start(&stand.authority(), &prepared, &wanted)?;
    let id = wanted[0].id.clone();
    let over = |one: &Instance| one.id == id && matches!(one.state, InstanceState::Exited | InstanceState::BackOff);
    let seen = stand.until("an exit", |seen| seen.instances.iter().any(over))?;
    let exit = seen
        .instances
        .iter()
        .find(|one| one.id == id)
        .and_then(|one| one.exit.clone());
    stand.lines_with(&id, "cannot go on")?;
    let serving = stand.serving.clone();
    routed(stand, v(2), &serving)?;
    stand.answers(v(2))?;
    stand.stop(std::slice::from_ref(&id))?;
    let observed = stand.observe()?;
    ensure(observed.instances.iter().all(|one| one.id != id), || {
        "it cannot be stopped".into()
    })?;
    ensure(exit.as_deref() == Some("status 3"), || {
        format!("its exit is {exit:?}, not `status 3`")
    })?;
    Ok("`status 3`, after `cannot go on`".into())
}

fn replace_first(stand: &mut Stand<'_>) -> Tried {
    let prepared = stand.ready(App::Good, v(1))?;
    stand.replace(&prepared, App::INSTANCES, Traffic::All)?;
    stand.replace(&prepared, App::INSTANCES, Traffic::All)?;
    let observed = stand.until("everything at v1", |seen| everything_at(seen, v(1)))?;
    let restarted = observed.instances.iter().find(|one| one.restarts > 0);
    ensure(restarted.is_none(), || format!("{restarted:?} was restarted"))?;
    stand.answers(v(1))
}

fn everything_at(observed: &Observation, number: ReleaseNo) -> bool {
    let others = observed
        .instances
        .iter()
        .filter(|one| one.process != RELEASE_STEP && one.state != InstanceState::Exited);
    healthy(observed, number).count() == App::INSTANCES as usize
        && others.count() == App::INSTANCES as usize
        && observed.current == Some(number)
}

/// Everything runs the release. What stood beside the old one may stay until [`InPlace::finish`], where the engine can run
/// releases beside each other.
fn taken_over(able: &Capabilities, observed: &Observation, number: ReleaseNo) -> bool {
    let running = observed
        .instances
        .iter()
        .filter(|one| one.process != RELEASE_STEP && one.state != InstanceState::Exited);
    let all = healthy(observed, number).count();
    everything_at(observed, number)
        || able.beside && all >= App::INSTANCES as usize && running.count() == all && observed.current == Some(number)
}

fn portion(stand: &mut Stand<'_>) -> Tried {
    if !stand.able.portions {
        return Err(Not::Tried("`portions` is not declared".into()));
    }
    stand.next();
    let prepared = stand.ready(App::Good, v(2))?;
    let first = if stand.able.weights && stand.able.beside {
        Traffic::Held
    } else {
        Traffic::ByCount
    };
    stand.replace(&prepared, 1, first)?;
    // An engine may put it beside all of the old ones instead of in the place of one.
    let all = App::INSTANCES as usize;
    let rest = if stand.able.beside {
        all - 1..=all
    } else {
        all - 1..=all - 1
    };
    let seen = stand.until("one instance at v2 and the rest at v1", |seen| {
        healthy(seen, v(2)).count() == 1 && rest.contains(&healthy(seen, v(1)).count())
    })?;
    let counts = format!("1 at v2, {} at v1", healthy(&seen, v(1)).count());
    if !stand.able.weights {
        return Ok(counts);
    }
    if stand.able.beside {
        stand.answers(v(1))?;
    }
    for _ in 0..2 {
        stand.replace(&prepared, 1, Traffic::Percent(HALF))?;
    }
    let share = stand.share_of(v(2))?;
    Ok(match share {
        Some(share) => format!("{counts}, {share}% of {HUNDRED} requests to v2"),
        None => counts,
    })
}

fn replace_all(stand: &mut Stand<'_>) -> Tried {
    stand.next();
    let prepared = stand.ready(App::Good, v(2))?;
    let able = stand.able.clone();
    for _ in 0..2 {
        stand.replace(&prepared, App::INSTANCES, Traffic::All)?;
        stand.until("everything at v2", |seen| taken_over(&able, seen, v(2)))?;
    }
    stand.answers(v(2))
}

fn crash_in_place(stand: &mut Stand<'_>) -> Tried {
    stand.next();
    let good = stand.bed.release(App::Good, v(2))?;
    let bad = stand.ready(App::Crashes, v(3))?;
    stand.replace(&bad, App::INSTANCES, Traffic::All)?;
    let over = |one: &Instance| {
        one.release == v(3) && one.exit.is_some() && matches!(one.state, InstanceState::Exited | InstanceState::BackOff)
    };
    let seen = stand.until("an exit of v3", |seen| seen.instances.iter().any(over));
    let left = match &seen {
        Ok(seen) => healthy(seen, v(2)).count(),
        Err(_) => 0,
    };
    // Back to what served, whatever was seen.
    let recalled = stand
        .ready(App::Good, v(2))
        .map(|placed| placed.record)
        .unwrap_or(good.record.clone());
    let good = Prepared {
        record: recalled,
        ..good
    };
    stand.replace(&good, App::INSTANCES, Traffic::All)?;
    let able = stand.able.clone();
    stand.until("everything back at v2", |seen| taken_over(&able, seen, v(2)))?;
    seen?;
    ensure(left > 0, || "no instance of v2 was left while v3 failed".into())?;
    Ok(format!("{left} of {} at v2 went on", App::INSTANCES))
}

fn finish(stand: &mut Stand<'_>) -> Tried {
    let prepared = stand.ready(App::Good, v(2))?;
    stand.engine()?.finish(&stand.authority(), &prepared)?;
    stand.engine()?.finish(&stand.authority(), &prepared)?;
    stand.until("everything at v2", |seen| everything_at(seen, v(2)))?;
    stand.answers(v(2))
}

fn release_step(stand: &mut Stand<'_>) -> Tried {
    let mut seen = Vec::new();
    for (number, status) in [(v(4), 0), (v(5), 7)] {
        stand.next();
        let prepared = stand.ready(App::Step(status), number)?;
        let wanted = stand.wanted(number, RELEASE_STEP, 1);
        let id = wanted[0].id.clone();
        for _ in 0..2 {
            stand.target().start(&stand.authority(), &prepared, &wanted)?;
            let over = |one: &Instance| one.id == id && one.state == InstanceState::Exited;
            let observed = stand.until("the end of the release step", |seen| seen.instances.iter().any(over))?;
            let exit = observed
                .instances
                .iter()
                .find(|one| one.id == id)
                .and_then(|one| one.exit.clone());
            let expected = format!("status {status}");
            ensure(exit.as_deref() == Some(&expected), || {
                format!("its exit is {exit:?}, not `{expected}`")
            })?;
        }
        let lines = stand.lines_with(&id, "migrated")?;
        let ran = lines.iter().filter(|line| line.text.contains("migrated")).count();
        ensure(ran == 1, || format!("it ran {ran} times"))?;
        stand.stop(std::slice::from_ref(&id))?;
        seen.push(format!("`status {status}`"));
    }
    Ok(format!("{}, each run once", seen.join(" and ")))
}

fn fence(stand: &mut Stand<'_>) -> Tried {
    let before = stand.observe()?;
    stand.next();
    let prepared = stand.ready(App::Good, v(2))?;
    let low = stand.authority_under(stand.fence - 1);
    let wanted = stand.wanted(v(2), "web", 1);
    let shift = Shift::to(v(2), Vec::new());
    let stop = Stop {
        instances: before.instances.iter().map(|one| one.id.clone()).collect(),
        drain: Span::ZERO,
        grace: Span::ZERO,
    };
    let target = stand.target();
    let mut acts: Vec<(&str, Result<()>)> = vec![
        ("prepare", target.prepare(&low, &prepared).map(drop)),
        ("start", target.start(&low, &prepared, &wanted)),
        ("stop", target.stop(&low, &stop).map(drop)),
        ("remove", target.remove(&low)),
    ];
    if stand.able.in_place {
        let stage = Stage {
            instances: BTreeMap::from([("web".to_owned(), 1)]),
            traffic: Traffic::All,
            fresh: false,
            stop_first: false,
        };
        acts.push(("replace", stand.engine()?.replace(&low, &prepared, &stage)));
        acts.push(("finish", stand.engine()?.finish(&low, &prepared)));
    } else {
        acts.push(("shift", target.shift(&low, &shift)));
    }
    let count = acts.len();
    for (act, answer) in acts {
        match answer {
            Ok(()) => {
                return Err(Not::Met(format!(
                    "`{act}` under fence {} was done, after {}",
                    low.fence, stand.fence
                )));
            }
            Err(fault) => ensure(fault.kind() == Kind::Busy && fault.code() == "fenced", || {
                format!(
                    "`{act}` was refused as {} `{}`, not as busy `fenced`: {fault}",
                    fault.kind().word(),
                    fault.code()
                )
            })?,
        }
    }
    let after = stand.observe()?;
    let of = |seen: &Observation| -> Vec<String> { seen.instances.iter().map(|one| one.id.clone()).collect() };
    ensure(of(&before) == of(&after) && after.current == before.current, || {
        "something was changed all the same".into()
    })?;
    ensure(after.fence == stand.fence, || {
        format!("the fence is {}, not {}", after.fence, stand.fence)
    })?;
    Ok(format!(
        "{count} acts under fence {} refused after {}",
        low.fence, stand.fence
    ))
}

fn secrets(stand: &mut Stand<'_>) -> Tried {
    let observed = stand.observe()?;
    let first = healthy(&observed, v(2)).next().map(|one| one.id.clone());
    let first = first.ok_or_else(|| Not::Met("no instance serves".into()))?;
    let told = format!("secret of {} bytes", CANARY.len());
    stand.lines_with(&first, &told)?;
    ensure(!stand.said.contains(CANARY), || {
        let at = stand
            .said
            .lines()
            .find(|line| line.contains(CANARY))
            .unwrap_or_default();
        let before: String = at.chars().take(60).collect();
        format!("its value is in `{before}…`")
    })?;
    Ok(format!("`{told}`; not in {} KB of answers", stand.said.len() / 1024))
}

fn remove(stand: &mut Stand<'_>) -> Tried {
    stand.next();
    let observed = stand.observe()?;
    let all: Vec<String> = observed.instances.iter().map(|one| one.id.clone()).collect();
    if !stand.able.in_place && !all.is_empty() {
        stand.stop(&all)?;
    }
    stand.target().remove(&stand.authority())?;
    stand.target().remove(&stand.authority())?;
    let observed = stand.observe()?;
    let left: Vec<String> = observed.instances.iter().map(describe).collect();
    ensure(left.is_empty(), || format!("left: {}", left.join(", ")))?;
    ensure(observed.current.is_none() && observed.url.is_none(), || {
        format!("{:?} is current at {:?}", observed.current, observed.url)
    })?;
    match stand.ask("/") {
        Some(Ok(answer)) if answer.starts_with('v') => {
            Err(Not::Met(format!("the address is still answered by {answer}")))
        }
        _ => Ok("nothing runs, nothing is current, no address".into()),
    }
}

fn fence_stays(stand: &mut Stand<'_>) -> Tried {
    let low = stand.authority_under(stand.fence - 1);
    let prepared = stand.bed.release(App::Good, v(2))?;
    match stand.target().prepare(&low, &prepared) {
        Err(fault) if fault.code() == "fenced" => Ok(format!("fence {} refused after {}", low.fence, stand.fence)),
        Err(fault) => Err(fault.into()),
        Ok(_) => {
            stand.target().remove(&stand.authority())?;
            Err(Not::Met(format!(
                "an act under fence {} was done, after {}",
                low.fence, stand.fence
            )))
        }
    }
}

fn unreachable(stand: &mut Stand<'_>) -> Tried {
    let Some(target) = stand.bed.severed() else {
        return Err(Not::Tried("it cannot be provoked here".into()));
    };
    match target.observe(&stand.service, &stand.env) {
        Err(fault) if fault.kind() == Kind::Unreachable => Ok(format!("exit code 8: {fault}")),
        Err(fault) => Err(Not::Met(format!(
            "it is {}, not unreachable: {fault}",
            fault.kind().word()
        ))),
        Ok(_) => Err(Not::Met("an observation came back".into())),
    }
}
