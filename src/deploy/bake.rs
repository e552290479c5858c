//! The watch over a release that takes traffic, while it is still easy to go back: it must stay up, must not fail more
//! requests or be slower than the one before, and must keep what its service promises. `analysis` judges; this measures,
//! waits, writes everything down, and never waits for ever.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use crate::fault::{Fault, Result};
use crate::model::deployment::State;
use crate::model::incident::{Incident, Severity};
use crate::model::measurement::{Judged, Measurement};
use crate::model::observed::{Instance, InstanceState};
use crate::model::share::Share;
use crate::model::spec::Role;
use crate::model::strategy::{Inconclusive, Strategy};
use crate::model::{ReleaseNo, Span};
use crate::ports::Metrics;
use crate::ports::metrics::{Of, Sample};
use crate::ports::target::RELEASE_STEP;
use crate::store::incident::Wanted;

use super::analysis::{self, Finding, Good, Held, Look, Looks, Promise, Read, Verdict};
use super::attempt::Attempt;
use super::engine::Subject;

/// Where the old release takes no traffic any more, what it did in this long before is what the new one is held against.
const BASELINE: Span = Span::from_secs(3600);

/// How often the store is asked whether a hold or an incident came.
const WELCOME: Duration = Duration::from_secs(1);

/// How a deployment watches its release.
#[derive(Clone, Copy)]
pub(super) struct Watch<'a> {
    pub(super) strategy: &'a Strategy,
    pub(super) promises: &'a [Promise],
    /// It is meant to end an incident: only whether it stays up is looked at, for what serves is broken anyway.
    pub(super) fixes: bool,
}

/// What one watch looks at.
pub(super) struct Watched<'a> {
    pub(super) release: ReleaseNo,
    pub(super) previous: ReleaseNo,
    /// Instances of the new release.
    pub(super) ids: &'a [String],
    pub(super) bake: Span,
    /// The old release still takes a part of the traffic.
    pub(super) both: bool,
}

/// When a watch ends at the latest, counted from its beginning.
struct Ends {
    every: Duration,
    /// With a conclusion.
    bake: Duration,
    /// Without one.
    patience: Duration,
}

impl Ends {
    fn of(how: &Watch<'_>, what: &Watched<'_>) -> Self {
        let bake = what.bake.duration();
        Ends {
            every: analysis::interval(what.bake).duration(),
            bake,
            patience: bake.saturating_add(how.strategy.analysis.patience.duration()),
        }
    }

    /// When the next look is due; none of the ends is missed.
    fn after(&self, elapsed: Duration) -> Duration {
        let next = elapsed.saturating_add(self.every);
        let ends = [self.bake, self.patience].into_iter();
        ends.filter(|end| *end > elapsed).fold(next, Duration::min)
    }
}

/// What was counted when a watch began.
struct Marks {
    /// The beginning of the stretch that the source can tell apart.
    from: Timestamp,
    /// What does not belong to the watch.
    new: Read<Sample>,
    old: Read<Sample>,
    /// What the old release did before.
    before: Read<Sample>,
}

/// One look, as it was measured and judged.
struct Seen {
    new: Read<Sample>,
    old: Read<Sample>,
    findings: Vec<Finding>,
}

impl Attempt<'_> {
    /// Watches the new release. The fault says why the old one should serve again.
    pub(super) fn bake(&mut self, state: State, how: &Watch<'_>, what: &Watched<'_>) -> Result<()> {
        let Watched { release, bake, .. } = *what;
        let source = self.d.metrics.filter(|_| !how.fixes);
        let intent = json!({
            "release": release, "previous": what.previous, "bake": bake,
            "source": source.map(Metrics::name), "analysis": how.strategy.analysis,
        });
        self.step(
            state,
            "bake",
            format!("{release} is watched for {bake}"),
            intent,
            |attempt| {
                let mut up = Up::new(attempt, what)?;
                let marks = source.map(|source| (source, attempt.marks(source, what)));
                let (began, ends) = (attempt.d.clock.elapsed(), Ends::of(how, what));
                let (mut due, mut asked) = (ends.after(Duration::ZERO), Duration::ZERO);
                let (mut looks, mut told) = (Looks::default(), "no numbers yet".to_owned());
                loop {
                    let is_up = attempt.stays_up(what, &mut up)?;
                    let elapsed = attempt.d.clock.elapsed().saturating_sub(began);
                    if elapsed >= asked {
                        attempt.still_welcome(how.fixes)?;
                        asked = elapsed + WELCOME;
                    }
                    match &marks {
                        // Nothing is concluded while its instances are being replaced.
                        _ if !is_up => {}
                        None if elapsed >= ends.bake => {
                            return Ok(((), format!("{release} stayed up"), json!({ "verdict": "up" })));
                        }
                        Some((source, marks)) if elapsed >= due => {
                            let seen = attempt.look(*source, how, what, marks)?;
                            let verdict = looks.add(&seen.findings);
                            told = seen.told(release);
                            due = ends.after(attempt.d.clock.elapsed().saturating_sub(began));
                            if let Some(word) = attempt.conclude_look(verdict, how, what, &seen, (elapsed, &ends))? {
                                return Ok(((), told, seen.observation(word, looks.count)));
                            }
                        }
                        _ => {}
                    }
                    attempt.pause("bake", told.clone())?;
                    if let Some(kind) = attempt.d.interrupt.requested() {
                        let message = format!("the watch over {release} was interrupted");
                        return Err(Fault::new(kind, "interrupted", message));
                    }
                }
            },
        )
    }

    /// What follows from a look: the word for the end of the watch, or `None` while it goes on.
    fn conclude_look(
        &self,
        verdict: Verdict,
        how: &Watch<'_>,
        what: &Watched<'_>,
        seen: &Seen,
        (elapsed, ends): (Duration, &Ends),
    ) -> Result<Option<&'static str>> {
        match verdict {
            Verdict::Fail(finding) => Err(self.failing(what, seen, &finding)),
            Verdict::Pass if elapsed >= ends.bake => Ok(Some("pass")),
            Verdict::Inconclusive(why) if elapsed >= ends.patience => {
                let release = what.release;
                match how.strategy.analysis.inconclusive {
                    Inconclusive::Proceed => {
                        self.warn(format!("nothing can be concluded about {release} ({why}); it goes on"));
                        Ok(Some("inconclusive"))
                    }
                    Inconclusive::RollBack => Err(Fault::failed(
                        "inconclusive",
                        format!("nothing could be concluded about {release}: {why}"),
                    )
                    .hint("give it traffic, or more time with `analysis = { patience = \"10m\" }`")),
                }
            }
            _ => Ok(None),
        }
    }

    fn marks(&self, source: &dyn Metrics, what: &Watched<'_>) -> Marks {
        let now = self.d.clock.now();
        let grain = source.grain();
        let from = floor(now, grain);
        let mark = |release| match grain {
            Span::ZERO => Ok(Sample::default()),
            _ => self.sample(source, release, from, now),
        };
        Marks {
            from,
            new: mark(what.release),
            old: mark(what.previous),
            before: self.sample(source, what.previous, before(now, BASELINE), now),
        }
    }

    fn sample(&self, source: &dyn Metrics, release: ReleaseNo, from: Timestamp, to: Timestamp) -> Read<Sample> {
        source
            .sample(self.of(release), from, to)
            .map_err(|fault| unanswered(&fault))
    }

    fn of(&self, release: ReleaseNo) -> Of<'_> {
        Of {
            service: &self.subject.service,
            env: &self.subject.env,
            release,
        }
    }

    /// Measures, judges, and writes down what was measured.
    fn look(&self, source: &dyn Metrics, how: &Watch<'_>, what: &Watched<'_>, marks: &Marks) -> Result<Seen> {
        let now = self.d.clock.now();
        let least = how.strategy.analysis.min_requests.max(1);
        let since = |release, mark: &Read<Sample>| {
            let mark = mark.as_ref().map_err(Clone::clone)?;
            Ok(self.sample(source, release, marks.from, now)?.since(mark))
        };
        let new = since(what.release, &marks.new);
        let beside = what.both.then(|| since(what.previous, &marks.old));
        let enough = |read: &Read<Sample>| {
            let requests = read.as_ref().ok().and_then(|sample| sample.requests);
            requests.is_some_and(|requests| requests.total >= least)
        };
        let old = beside.filter(enough).unwrap_or_else(|| marks.before.clone());
        let held: Vec<(&Promise, Held)> = how
            .promises
            .iter()
            .map(|promise| (promise, self.held(source, promise, what, &new, (marks.from, now))))
            .collect();
        let findings = analysis::look(&Look {
            at: now,
            release: what.release,
            previous: what.previous,
            new: &new,
            old: &old,
            promises: &held,
            min_requests: how.strategy.analysis.min_requests,
            latency: source.knows_latency(),
            source: &source.name(),
        });
        let measured: Vec<Measurement> = findings.iter().map(|one| one.measured.clone()).collect();
        self.d.store.add_measurements(self.deployment.id, &measured)?;
        Ok(Seen { new, old, findings })
    }

    /// How a promise stands by the release's own numbers.
    fn held(
        &self,
        source: &dyn Metrics,
        promise: &Promise,
        what: &Watched<'_>,
        new: &Read<Sample>,
        (from, to): (Timestamp, Timestamp),
    ) -> Held {
        let of = self.of(what.release);
        let read = |answer: Result<Option<f64>>| match answer {
            Ok(Some(value)) => Ok(value),
            Ok(None) => Err("no data".to_owned()),
            Err(fault) => Err(unanswered(&fault)),
        };
        let new = match new {
            Ok(new) => new,
            Err(why) => return Held::Events(Err(why.clone())),
        };
        match &promise.good {
            Good::Within(micros) if new.tally.is_none() => {
                let share = f64::from(promise.objective.micropercent()) / 1e8;
                Held::Quantile(read(source.quantile(of, share, from, to)), *micros as f64 / 1e6)
            }
            Good::Queries { good, total } => {
                let ask = |expression| read(source.evaluate(of, expression, from, to));
                Held::Events(ask(good).and_then(|good| {
                    let total = ask(total)?;
                    Ok(Share {
                        part: good.max(0.0).round() as u64,
                        total: total.max(0.0).round() as u64,
                    })
                }))
            }
            _ => Held::Events(promise.kept_by(new)),
        }
    }

    /// Whether enough of the release is up to go by; the fault says that it did not stay so.
    fn stays_up(&self, what: &Watched<'_>, up: &mut Up) -> Result<bool> {
        let observed = self.observe("bake")?;
        let fallen = match up.replaced {
            true => up.fallen_anew(&observed.instances, what.release),
            false => up.fallen(&observed.instances),
        };
        if let Some(id) = fallen {
            return Err(self.not_in_full(what.release, std::slice::from_ref(&id), &observed));
        }
        // An autoscaler may keep none, and what only runs by a clock has none.
        let none_is_fine = !up.expected || observed.scaled.values().any(|least| *least == 0);
        if !up.replaced || none_is_fine || up.any_healthy(&observed.instances, what.release) {
            up.healthy_at = self.seen_for();
            return Ok(true);
        }
        if self.seen_for().saturating_sub(up.healthy_at) > up.patience {
            let (release, patience) = (what.release, Span::from(up.patience));
            let message = format!("{release} took traffic, then none of its instances was healthy for {patience}");
            return Err(Fault::failed("lost-after-switch", message).hint(logs_hint(&self.subject, release)));
        }
        Ok(false)
    }

    /// Looks again at what may forbid to go on: a hold, or a grave incident of the service, that came since this began.
    pub(super) fn still_welcome(&self, fixes: bool) -> Result<()> {
        if fixes {
            return Ok(());
        }
        let Subject { service, env, .. } = &self.subject;
        let began = self.deployment.started_at;
        // There was none when the gates were asked.
        if let Some(hold) = self.d.store.holds(service, env)?.into_iter().next() {
            let message = format!("{} holds it meanwhile: {}", hold.author, hold.reason);
            return Err(Fault::failed("held-meanwhile", message).hint(format!("deliver hold clear {env}")));
        }
        let live = self.d.store.incidents(&Wanted {
            live: true,
            service: Some(service.clone()),
            since: Some(began),
            limit: INCIDENTS_LOOKED_AT,
        })?;
        let grave = |one: &&Incident| {
            matches!(one.severity, Severity::Sev1 | Severity::Sev2) && one.env.as_ref().is_none_or(|of| of == env)
        };
        match live.iter().find(grave) {
            None => Ok(()),
            Some(one) => {
                let message = format!(
                    "{} ({}) was opened meanwhile: {}",
                    one.id,
                    one.severity.as_str(),
                    one.title
                );
                Err(Fault::failed("incident-meanwhile", message)
                    .hint(format!("deliver incident show {}", one.id))
                    .hint(format!("deliver deploy {env} --fixes {}", one.id)))
            }
        }
    }

    fn failing(&self, what: &Watched<'_>, seen: &Seen, finding: &Finding) -> Fault {
        let (release, previous) = (what.release, what.previous);
        let requests = |read: &Read<Sample>| read.as_ref().ok().and_then(|sample| sample.requests);
        let fault = match (finding.measured.name.as_str(), requests(&seen.new)) {
            ("errors", Some(new)) => {
                let old = requests(&seen.old).unwrap_or_default();
                worse(release, new, previous, old)
            }
            ("latency p99", _) => {
                let message = format!("{release} is slower: {}", analysis::describe(&finding.measured));
                Fault::failed("slower-than-before", message)
            }
            _ => {
                let message = format!("{release} misses an {}", analysis::describe(&finding.measured));
                Fault::failed("objective-missed", message)
            }
        };
        fault.hint(logs_hint(&self.subject, release))
    }
}

impl Seen {
    fn told(&self, release: ReleaseNo) -> String {
        match self.new.as_ref().map(|new| new.requests) {
            Ok(Some(new)) => told(release, new),
            Ok(None) => format!("{release} has no numbers yet"),
            Err(why) => why.clone(),
        }
    }

    fn observation(&self, verdict: &str, looks: u32) -> serde_json::Value {
        let requests = |read: &Read<Sample>| read.as_ref().ok().and_then(|sample| sample.requests);
        let failed = self.findings.iter().filter(|one| one.measured.verdict != Judged::Pass);
        let open: Vec<&str> = failed.map(|one| one.measured.name.as_str()).collect();
        json!({
            "verdict": verdict, "looks": looks, "open": open,
            "new": requests(&self.new), "old": requests(&self.old),
        })
    }
}

/// Live incidents of one service and of one severity or another: nobody has more than a handful.
const INCIDENTS_LOOKED_AT: u32 = 100;

fn unanswered(fault: &Fault) -> String {
    let causes = fault.causes();
    match causes.last() {
        Some(cause) => format!("{fault}: {cause}"),
        None => fault.to_string(),
    }
}

/// The beginning of the stretch of this length that holds a moment.
fn floor(at: Timestamp, grain: Span) -> Timestamp {
    let micros = i64::try_from(grain.as_millis().saturating_mul(1_000)).unwrap_or(i64::MAX);
    match micros {
        0 => at,
        micros => Timestamp::from_microsecond(at.as_microsecond().div_euclid(micros) * micros).unwrap_or(at),
    }
}

/// The log is of every request: what matters in it is for a person to find.
fn logs_hint(subject: &Subject, release: ReleaseNo) -> String {
    format!("deliver logs {} --release {release}", subject.env)
}

fn before(at: Timestamp, span: Span) -> Timestamp {
    at.checked_sub(span.duration()).unwrap_or(Timestamp::MIN)
}

/// What staying up is held against. Being unhealthy for a moment is what the error share shows.
struct Up {
    /// The restarts of each watched instance when the watch began.
    restarts: BTreeMap<String, u32>,
    /// The engine replaces instances itself. It takes some away for reasons of its own, such as a node that is drained or an
    /// autoscaler that needs fewer: that one is gone says nothing of the release, and those that come instead are watched.
    replaced: bool,
    /// Processes that run by a clock, of which each run ends.
    scheduled: Vec<String>,
    /// Any was healthy when the watch began.
    expected: bool,
    /// When any was healthy, and how long none may be: as long as one may take to start.
    healthy_at: Duration,
    patience: Duration,
}

impl Up {
    fn new(attempt: &Attempt<'_>, what: &Watched<'_>) -> Result<Up> {
        let observed = attempt.observe("bake")?;
        let release = attempt.d.store.release(&attempt.subject.service, what.release)?;
        let spec = release.map(|release| release.spec);
        let replaced = attempt.d.target.in_place().is_some();
        let watched = |one: &&Instance| match replaced {
            true => one.release == what.release,
            false => what.ids.contains(&one.id),
        };
        let of = observed.instances.iter().filter(watched);
        let mut restarts: BTreeMap<String, u32> = of.map(|one| (one.id.clone(), one.restarts)).collect();
        if !replaced {
            what.ids.iter().for_each(|id| {
                restarts.entry(id.clone()).or_default();
            });
        }
        let processes = spec.iter().flat_map(|spec| &spec.processes);
        let scheduled = processes.filter(|process| matches!(process.role, Role::Schedule(_)));
        let health = spec.as_ref().map(|spec| &spec.health);
        let mut up = Up {
            restarts,
            replaced,
            scheduled: scheduled.map(|process| process.name.clone()).collect(),
            expected: false,
            healthy_at: attempt.seen_for(),
            patience: health.map_or(Duration::ZERO, |health| {
                health.start.duration().saturating_add(health.stable.duration())
            }),
        };
        up.expected = up.any_healthy(&observed.instances, what.release);
        Ok(up)
    }

    /// A watched instance that ended, or is gone.
    fn fallen(&self, instances: &[Instance]) -> Option<String> {
        let fell = |(id, before): &(&String, &u32)| {
            let one = instances.iter().find(|one| one.id == **id);
            one.is_none_or(|one| has_fallen(one, **before))
        };
        self.restarts.iter().find(fell).map(|(id, _)| id.clone())
    }

    /// An instance of the release that ended by itself, whether it was there when the watch began or came since.
    fn fallen_anew(&self, instances: &[Instance], release: ReleaseNo) -> Option<String> {
        let before = |one: &Instance| self.restarts.get(&one.id).copied().unwrap_or(0);
        let mut own = self.own(instances, release);
        own.find(|one| one.state != InstanceState::Draining && has_fallen(one, before(one)))
            .map(|one| one.id.clone())
    }

    fn any_healthy(&self, instances: &[Instance], release: ReleaseNo) -> bool {
        self.own(instances, release)
            .any(|one| one.state == InstanceState::Healthy)
    }

    fn own<'i>(&'i self, instances: &'i [Instance], release: ReleaseNo) -> impl Iterator<Item = &'i Instance> {
        let runs_on = move |one: &&Instance| one.process != RELEASE_STEP && !self.scheduled.contains(&one.process);
        instances
            .iter()
            .filter(move |one| one.release == release)
            .filter(runs_on)
    }
}

fn has_fallen(one: &Instance, restarts: u32) -> bool {
    one.restarts > restarts || matches!(one.state, InstanceState::Exited | InstanceState::BackOff)
}

fn told(release: ReleaseNo, new: Share) -> String {
    match new.total {
        0 => format!("{release} had no requests to judge it by"),
        total => format!("{} of {total} requests failed on {release}", new.part),
    }
}

fn worse(release: ReleaseNo, new: Share, previous: ReleaseNo, old: Share) -> Fault {
    Fault::failed(
        "worse-than-before",
        format!(
            "{release} failed {} of {} requests; {previous} had failed {} of {}",
            new.part, new.total, old.part, old.total
        ),
    )
}
