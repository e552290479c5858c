//! From facts to sums.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::facts::{Budget, Duty, Facts, Holding, Period, Service};
use super::judge::{self, Attention, Missing, Standing};
use crate::model::deployment::Operation;
use crate::model::incident::{ActionId, Severity};
use crate::model::{IncidentId, Outcome};
use crate::store::review::{ActionRow, Attempt, IncidentRow, ReadinessRow};

/// A period in review.
#[derive(Clone, Debug, PartialEq, schemars::JsonSchema, Serialize)]
pub struct Review {
    /// `2026-W47`; null where it is no week of the calendar.
    pub week: Option<String>,
    pub from: Timestamp,
    /// Not a part of it any more.
    pub to: Timestamp,
    /// Null: every team.
    pub team: Option<String>,
    /// How many services there were at its end; with none nothing is known of it.
    pub services: usize,
    /// How each team stands, the worst first.
    pub teams: Vec<Standing>,
    /// What somebody has to do something about; each with its owner.
    pub attention: Vec<Attention>,
    pub deployments: Deployments,
    pub incidents: Incidents,
    /// Null: not known.
    pub budgets: Option<Vec<Budget>>,
    pub readiness: Vec<Changed>,
    pub actions: Actions,
    pub holds: Vec<Holding>,
    pub on_call: OnCall,
    /// What this review could not know, and what it would take.
    pub missing: Vec<Missing>,
}

/// Attempts to change what runs.
#[derive(Clone, Debug, Default, PartialEq, schemars::JsonSchema, Serialize)]
pub struct Deployments {
    pub count: usize,
    /// In as long a time before.
    pub before: usize,
    /// Percent of those that ended which failed or were rolled back; null where none ended.
    pub failed_percent: Option<f64>,
    pub failed_percent_before: Option<f64>,
    /// By service and environment, the most first.
    pub services: Vec<Row>,
}

/// The deployments and rollbacks of a service in an environment.
#[derive(Clone, Debug, PartialEq, schemars::JsonSchema, Serialize)]
pub struct Row {
    pub service: String,
    pub team: Option<String>,
    pub env: String,
    /// What was tried: neither refused by a gate, nor unchanged.
    pub count: usize,
    pub before: usize,
    pub succeeded: usize,
    pub failed: usize,
    /// By itself, after a release was found bad.
    pub rolled_back: usize,
    /// Going back because a person wanted it; among those that are counted.
    pub rollbacks: usize,
    /// Cancelled, interrupted, or for a person to end.
    pub other: usize,
    pub refused: usize,
    pub unchanged: usize,
    /// Went on where a gate had refused.
    pub overridden: usize,
    /// How long those that succeeded took, in seconds.
    pub median_seconds: Option<f64>,
}

/// Incidents of the period.
#[derive(Clone, Debug, Default, PartialEq, schemars::JsonSchema, Serialize)]
pub struct Incidents {
    pub opened: usize,
    pub before: usize,
    /// Not over at the end of the period.
    pub live: usize,
    /// Those that were opened, the worst first.
    pub severities: Vec<BySeverity>,
    /// Those that were opened or not over, oldest first.
    pub list: Vec<Incident>,
}

/// Incidents of one severity, and how long their parts took.
#[derive(Clone, Debug, PartialEq, schemars::JsonSchema, Serialize)]
pub struct BySeverity {
    pub severity: Severity,
    pub opened: usize,
    /// From where it began to hurt until somebody noticed.
    pub to_detect: Durations,
    /// From there until somebody took it on.
    pub to_acknowledge: Durations,
    /// From there, the notice, until it hurt less.
    pub to_mitigate: Durations,
    /// From where it began to hurt until it had stopped.
    pub impact: Durations,
    /// From there until what was learnt was written down.
    pub to_close: Durations,
}

/// Lengths of time. There is no mean: a few long ones would make it (VOID report 2022).
#[derive(Clone, Copy, Debug, Default, PartialEq, schemars::JsonSchema, Serialize)]
pub struct Durations {
    /// How many are known.
    pub known: usize,
    pub median_seconds: Option<f64>,
    pub longest_seconds: Option<f64>,
}

/// An incident as it stood at the end of the period.
#[derive(Clone, Debug, PartialEq, schemars::JsonSchema, Serialize)]
pub struct Incident {
    pub id: IncidentId,
    pub title: String,
    pub service: Option<String>,
    pub team: Option<String>,
    pub severity: Severity,
    /// It was not over.
    pub live: bool,
    pub opened_at: Timestamp,
    pub times: Times,
    pub impact_seconds: Option<f64>,
}

/// The six times, as far as they were known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, schemars::JsonSchema, Serialize)]
pub struct Times {
    pub impact_start: Option<Timestamp>,
    pub detected: Option<Timestamp>,
    pub acknowledged: Option<Timestamp>,
    pub mitigated: Option<Timestamp>,
    pub impact_end: Option<Timestamp>,
    pub closed: Option<Timestamp>,
}

/// A service whose readiness changed.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize)]
pub struct Changed {
    pub service: String,
    pub team: Option<String>,
    pub at: Timestamp,
    /// Null: it had never been checked.
    pub from: Option<String>,
    pub to: String,
    pub required: String,
    pub ready: bool,
    pub was_ready: Option<bool>,
    /// Ids of the checks that stand between the service and its level.
    pub blocking: Vec<String>,
}

/// Follow-up work at the end of the period.
#[derive(Clone, Debug, Default, PartialEq, schemars::JsonSchema, Serialize)]
pub struct Actions {
    pub open: usize,
    pub overdue: usize,
    /// Done during the period.
    pub done: usize,
    /// The open ones, what was due first first.
    pub list: Vec<Action>,
}

/// A piece of follow-up work.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize)]
pub struct Action {
    pub id: ActionId,
    pub text: String,
    pub owner: Option<String>,
    pub team: Option<String>,
    pub due: Option<Timestamp>,
    pub overdue: bool,
}

/// Who carried what.
#[derive(Clone, Debug, Default, PartialEq, schemars::JsonSchema, Serialize)]
pub struct OnCall {
    /// By rota and role, the most first.
    pub people: Vec<Duty>,
    /// Hours in which nobody was on call, although somebody had to be.
    pub gap_hours: f64,
}

/// Reviews a period.
pub fn review(facts: &Facts) -> Review {
    let owners = Owners::of(facts);
    let budgets = facts.budgets.as_ref().map(|budgets| {
        let ours = budgets.iter().filter(|budget| owners.wants(budget.team.as_deref()));
        ours.cloned().collect()
    });
    let mut review = Review {
        week: facts.period.week.clone(),
        from: facts.period.from,
        to: facts.period.to,
        team: facts.team.clone(),
        services: facts
            .services
            .iter()
            .filter(|it| owners.wants(it.team.as_deref()))
            .count(),
        teams: Vec::new(),
        attention: Vec::new(),
        deployments: deployments(facts, &owners),
        incidents: incidents(facts, &owners),
        budgets,
        readiness: readiness(facts, &owners),
        actions: actions(facts, &owners),
        holds: holds(facts, &owners),
        on_call: on_call(facts, &owners),
        missing: Vec::new(),
    };
    review.attention = judge::attention(&review, &owners);
    review.teams = judge::teams(&review);
    review.missing = judge::missing(&review, facts, &owners);
    review
}

/// Which team has which service, and which of them are asked for.
pub(super) struct Owners<'a> {
    services: BTreeMap<&'a str, &'a Service>,
    only: Option<&'a str>,
}

impl<'a> Owners<'a> {
    fn of(facts: &'a Facts) -> Self {
        let services = facts.services.iter().map(|service| (service.name.as_str(), service));
        Owners {
            services: services.collect(),
            only: facts.team.as_deref(),
        }
    }

    pub fn team(&self, service: &str) -> Option<String> {
        self.services.get(service)?.team.clone()
    }

    /// Whether the service declares this environment to be protected.
    pub fn protects(&self, service: &str, env: &str) -> bool {
        let service = self.services.get(service);
        service.is_some_and(|it| it.protected.iter().any(|protected| protected == env))
    }

    /// Whether what belongs to this team is asked for.
    pub fn wants(&self, team: Option<&str>) -> bool {
        self.only.is_none() || self.only == team
    }

    fn wants_service(&self, service: &str) -> bool {
        self.wants(self.services.get(service).and_then(|it| it.team.as_deref()))
    }

    /// What belongs to no service belongs to everybody, but to no team.
    fn wants_any(&self, service: Option<&str>) -> bool {
        service.map_or(self.only.is_none(), |service| self.wants_service(service))
    }
}

fn deployments(facts: &Facts, owners: &Owners<'_>) -> Deployments {
    let mut services: BTreeMap<(&str, &str), Counted> = BTreeMap::new();
    let wanted = facts.attempts.iter().filter(|it| it.operation != Operation::Down);
    for attempt in wanted.filter(|it| owners.wants_service(it.service.as_str())) {
        let key = (attempt.service.as_str(), attempt.env.as_str());
        services.entry(key).or_default().add(attempt, &facts.period);
    }
    let mut sum = Deployments::default();
    let (mut now, mut before) = (Ended::default(), Ended::default());
    for ((service, env), counted) in services {
        now.add(counted.now);
        before.add(counted.before);
        sum.before += counted.tried_before;
        if let Some(row) = counted.row(service, owners.team(service), env) {
            sum.count += row.count;
            sum.services.push(row);
        }
    }
    sum.failed_percent = now.failed_percent();
    sum.failed_percent_before = before.failed_percent();
    sum.services.sort_by_key(|row| std::cmp::Reverse(row.count));
    sum
}

/// Deployments that ended, and how many of them badly.
#[derive(Clone, Copy, Default)]
struct Ended {
    all: usize,
    badly: usize,
}

impl Ended {
    fn add(&mut self, other: Ended) {
        self.all += other.all;
        self.badly += other.badly;
    }

    fn count(&mut self, outcome: Outcome) {
        let badly = matches!(outcome, Outcome::Failed | Outcome::RolledBack | Outcome::NeedsHuman);
        self.badly += usize::from(badly);
        self.all += usize::from(badly || outcome == Outcome::Succeeded);
    }

    fn failed_percent(self) -> Option<f64> {
        let percent = self.badly as f64 * 100.0 / self.all as f64;
        (self.all > 0).then(|| (percent * 10.0).round() / 10.0)
    }
}

/// What is counted of a service in an environment.
#[derive(Default)]
struct Counted {
    outcomes: BTreeMap<&'static str, usize>,
    rollbacks: usize,
    overridden: usize,
    seconds: Vec<f64>,
    now: Ended,
    before: Ended,
    tried_before: usize,
    any: bool,
}

impl Counted {
    fn add(&mut self, attempt: &Attempt, period: &Period) {
        let outcome = match period.seen(attempt.finished_at) {
            Some(_) => attempt.outcome,
            None => Outcome::Running,
        };
        let tried = !matches!(outcome, Outcome::Refused | Outcome::Unchanged);
        if !period.holds(attempt.started_at) {
            self.before.count(outcome);
            self.tried_before += usize::from(tried);
            return;
        }
        self.any = true;
        self.now.count(outcome);
        *self.outcomes.entry(outcome.as_str()).or_default() += 1;
        self.rollbacks += usize::from(tried && attempt.operation == Operation::Rollback);
        self.overridden += usize::from(tried && attempt.overridden);
        if outcome == Outcome::Succeeded {
            self.seconds
                .extend(seconds(Some(attempt.started_at), attempt.finished_at));
        }
    }

    fn row(self, service: &str, team: Option<String>, env: &str) -> Option<Row> {
        let of = |outcome: Outcome| self.outcomes.get(outcome.as_str()).copied().unwrap_or_default();
        let (refused, unchanged) = (of(Outcome::Refused), of(Outcome::Unchanged));
        let count = self.outcomes.values().sum::<usize>() - refused - unchanged;
        let (succeeded, failed, rolled_back) = (of(Outcome::Succeeded), of(Outcome::Failed), of(Outcome::RolledBack));
        self.any.then(|| Row {
            service: service.to_owned(),
            team,
            env: env.to_owned(),
            count,
            before: self.tried_before,
            succeeded,
            failed,
            rolled_back,
            rollbacks: self.rollbacks,
            other: count - succeeded - failed - rolled_back,
            refused,
            unchanged,
            overridden: self.overridden,
            median_seconds: median(self.seconds),
        })
    }
}

fn incidents(facts: &Facts, owners: &Owners<'_>) -> Incidents {
    let ours = facts
        .incidents
        .iter()
        .filter(|it| owners.wants_any(it.service.as_deref()));
    let (now, earlier): (Vec<&IncidentRow>, Vec<&IncidentRow>) = ours.partition(|it| {
        facts.period.holds(it.opened_at) || (it.opened_at < facts.period.from && hurt_at(it, facts.period.from))
    });
    let before = now
        .iter()
        .chain(&earlier)
        .filter(|it| facts.period.before().contains(&it.opened_at));
    let list: Vec<Incident> = now.iter().map(|it| seen(it, &facts.period, owners)).collect();
    let opened: Vec<&Incident> = list.iter().filter(|it| facts.period.holds(it.opened_at)).collect();
    let mut severities: Vec<Severity> = opened.iter().map(|it| it.severity).collect();
    severities.sort_unstable();
    severities.dedup();
    Incidents {
        opened: opened.len(),
        before: before.count(),
        live: list.iter().filter(|it| it.live).count(),
        severities: severities
            .into_iter()
            .map(|severity| of_severity(severity, &opened))
            .collect(),
        list,
    }
}

/// Whether it was not over at a moment.
fn hurt_at(it: &IncidentRow, at: Timestamp) -> bool {
    let over = it.impact_end.or(it.closed);
    match over {
        Some(over) => over >= at,
        None => it.status.live(),
    }
}

fn seen(it: &IncidentRow, period: &Period, owners: &Owners<'_>) -> Incident {
    let times = Times {
        impact_start: period.seen(it.impact_start),
        detected: period.seen(it.detected),
        acknowledged: period.seen(it.acknowledged),
        mitigated: period.seen(it.mitigated),
        impact_end: period.seen(it.impact_end),
        closed: period.seen(it.closed),
    };
    Incident {
        id: it.id,
        title: it.title.clone(),
        service: it.service.clone(),
        team: it.service.as_deref().and_then(|service| owners.team(service)),
        severity: it.severity,
        live: hurt_at(it, period.to),
        opened_at: it.opened_at,
        impact_seconds: seconds(times.impact_start, times.impact_end),
        times,
    }
}

fn of_severity(severity: Severity, opened: &[&Incident]) -> BySeverity {
    let of: Vec<Times> = opened
        .iter()
        .filter(|it| it.severity == severity)
        .map(|it| it.times)
        .collect();
    let between = |from: fn(&Times) -> Option<Timestamp>, to: fn(&Times) -> Option<Timestamp>| {
        Durations::of(of.iter().filter_map(|times| seconds(from(times), to(times))).collect())
    };
    BySeverity {
        severity,
        opened: of.len(),
        to_detect: between(|it| it.impact_start, |it| it.detected),
        to_acknowledge: between(|it| it.detected, |it| it.acknowledged),
        to_mitigate: between(|it| it.detected, |it| it.mitigated),
        impact: between(|it| it.impact_start, |it| it.impact_end),
        to_close: between(|it| it.impact_end, |it| it.closed),
    }
}

impl Durations {
    fn of(seconds: Vec<f64>) -> Durations {
        Durations {
            known: seconds.len(),
            longest_seconds: seconds.iter().copied().reduce(f64::max),
            median_seconds: median(seconds),
        }
    }
}

/// `None` where one is not known, or they are the wrong way round.
fn seconds(from: Option<Timestamp>, to: Option<Timestamp>) -> Option<f64> {
    let length = to?.duration_since(from?);
    (!length.is_negative()).then(|| length.as_millis() as f64 / 1000.0)
}

/// The middle one, or the mean of the two in the middle.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    match values.len() % 2 {
        1 => Some(upper),
        _ => Some((values[values.len() / 2 - 1] + upper) / 2.0),
    }
}

fn readiness(facts: &Facts, owners: &Owners<'_>) -> Vec<Changed> {
    let ours = facts.readiness.iter().filter(|it| owners.wants_service(&it.service));
    // A check that came out in another way below the same level has changed nothing that anybody asked for.
    let changed = ours.filter(|it| it.before != Some((it.level.clone(), it.ready)));
    changed
        .map(|it: &ReadinessRow| Changed {
            service: it.service.clone(),
            team: owners.team(&it.service),
            at: it.at,
            from: it.before.as_ref().map(|(level, _)| level.clone()),
            to: it.level.clone(),
            required: it.required.clone(),
            ready: it.ready,
            blocking: it.blocking.clone(),
            was_ready: it.before.as_ref().map(|(_, ready)| *ready),
        })
        .collect()
}

fn actions(facts: &Facts, owners: &Owners<'_>) -> Actions {
    let period = &facts.period;
    let ours = facts
        .actions
        .iter()
        .filter(|it| owners.wants_any(it.service.as_deref()));
    let (done, open): (Vec<&ActionRow>, Vec<&ActionRow>) = ours.partition(|it| period.seen(it.done_at).is_some());
    let list: Vec<Action> = open
        .into_iter()
        .map(|it| Action {
            id: it.id,
            text: it.text.clone(),
            owner: it.owner.clone(),
            team: it.service.as_deref().and_then(|service| owners.team(service)),
            due: it.due,
            overdue: it.due.is_some_and(|due| due < period.to.min(period.now)),
        })
        .collect();
    Actions {
        open: list.len(),
        overdue: list.iter().filter(|it| it.overdue).count(),
        done: done.len(),
        list,
    }
}

fn holds(facts: &Facts, owners: &Owners<'_>) -> Vec<Holding> {
    let standing = facts.holds.iter().filter(|it| it.since < facts.period.to);
    standing
        .filter(|it| owners.wants_service(&it.service))
        .cloned()
        .collect()
}

fn on_call(facts: &Facts, owners: &Owners<'_>) -> OnCall {
    let duties = facts.on_call.iter().flatten();
    let ours = duties.filter(|duty| owners.wants(Some(&duty.team)));
    let (people, gaps): (Vec<Duty>, Vec<Duty>) = ours.cloned().partition(|duty| duty.person.is_some());
    OnCall {
        people,
        gap_hours: gaps.iter().map(|duty| duty.hours).sum(),
    }
}
