//! From objectives and counts to what is shown: one look over any number of services.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::budget::{Budget, Events as Amount, burn_rate};
use super::burn::PAIRS;
use super::forecast::{Pace, Step, Turn, turns};
use super::horizon::{BURN_WINDOWS, Horizon, micros};
use super::indicator::{Events, Gap, Measure};
use super::state::{State, Tallied};
use crate::fault::Result;
use crate::model::interval::wilson;
use crate::model::objective::{IndicatorKind, Objective, Slo};
use crate::model::standing;
use crate::model::traffic::{BUCKET_MICROS, HOUR_MICROS, Tally};
use crate::model::{EnvName, ServiceName, Span};
use crate::store::Store;

/// A service in one environment, and what it promises there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    pub service: ServiceName,
    pub team: Option<String>,
    pub env: EnvName,
    pub slos: Vec<Slo>,
}

/// One objective, judged.
#[derive(Clone, Debug, PartialEq, schemars::JsonSchema, Serialize)]
pub struct Judged {
    pub service: ServiceName,
    pub team: Option<String>,
    pub env: EnvName,
    pub slo: String,
    /// The target in percent, as a decimal: `99.9`.
    pub objective: String,
    pub window: Span,
    pub indicator: &'static str,
    /// Which requests are good: `with status < 500`, `within 300ms`; `null` where the counts cannot tell.
    pub good_is: Option<String>,
    /// Events that are good for certain; `null` where the counts cannot tell.
    pub good: Option<u64>,
    /// Events that may be good at most; more than `good` only for a limit between two bounds of the latency histogram.
    pub good_at_most: Option<u64>,
    pub total: Option<u64>,
    /// good / total.
    pub sli: Option<f64>,
    /// Its 95 % interval.
    pub sli_low: Option<f64>,
    pub sli_high: Option<f64>,
    pub budget: BudgetView,
    pub burn: Burn,
    /// When the budget will be gone at the pace of the last hours; `null` when it will not, or is.
    pub exhausts_at: Option<Timestamp>,
    /// When a spent budget will be back at that pace; `null` when it will not within the window.
    pub recovers_at: Option<Timestamp>,
    /// The share of the window's hours since the first deployment that hold any count.
    pub coverage: Option<f64>,
    pub state: State,
    /// Why it is not known, or how it is counted, if there is something to know.
    pub note: Option<String>,
    /// The share of good events in each quarter of a day of the last week, oldest first; `null` where there were none.
    pub last_7d: Vec<Option<f64>>,
    #[serde(skip)]
    #[schemars(skip)]
    pub target: Objective,
}

/// Events: how many may be bad, how many are, and what is left.
#[derive(Clone, Debug, Default, PartialEq, schemars::JsonSchema, Serialize)]
pub struct BudgetView {
    #[schemars(with = "Option<f64>")]
    pub allowed: Option<Amount>,
    pub spent: Option<u64>,
    /// Negative when more was spent than there was.
    #[schemars(with = "Option<f64>")]
    pub remaining: Option<Amount>,
    /// remaining / allowed; `null` where nothing was counted.
    pub remaining_ratio: Option<f64>,
    /// The same as people read it.
    #[serde(skip)]
    #[schemars(skip)]
    pub remaining_percent: Option<String>,
}

/// How many times as fast as allowed events went bad, by window; `null` where there were none.
#[derive(Clone, Debug, Default, PartialEq, schemars::JsonSchema, Serialize)]
pub struct Burn {
    #[serde(rename = "5m")]
    pub minutes_5: Option<f64>,
    #[serde(rename = "30m")]
    pub minutes_30: Option<f64>,
    #[serde(rename = "1h")]
    pub hour: Option<f64>,
    #[serde(rename = "6h")]
    pub hours_6: Option<f64>,
    #[serde(rename = "1d")]
    pub day: Option<f64>,
    #[serde(rename = "3d")]
    pub days_3: Option<f64>,
}

/// Every objective that was asked for, soonest to act first.
#[derive(Clone, Debug, Default, PartialEq, schemars::JsonSchema, Serialize)]
pub struct Assessment {
    pub slos: Vec<Judged>,
    /// By team; `null` is no team.
    pub teams: Vec<TeamTally>,
    pub services: Vec<ServiceTally>,
    /// What people should know of the counts themselves.
    pub notes: Vec<String>,
}

/// The objectives of a team together.
#[derive(Clone, Debug, PartialEq, schemars::JsonSchema, Serialize)]
pub struct TeamTally {
    pub team: Option<String>,
    #[serde(flatten)]
    pub tallied: Tallied,
}

/// The objectives of a service together, over its environments.
#[derive(Clone, Debug, PartialEq, schemars::JsonSchema, Serialize)]
pub struct ServiceTally {
    pub service: ServiceName,
    pub team: Option<String>,
    #[serde(flatten)]
    pub tallied: Tallied,
}

/// Where a service's objectives are judged when nobody says: where people rely on it. Protected environments that it was
/// deployed to; without one, every environment that it was deployed to; without any, where it is meant to go.
pub fn environments(deployed: &[EnvName], declared: &[EnvName], protected: impl Fn(&EnvName) -> bool) -> Vec<EnvName> {
    let among = |names: &[EnvName]| -> Vec<EnvName> { names.iter().filter(|env| protected(env)).cloned().collect() };
    let candidates = [among(deployed), deployed.to_vec(), among(declared)];
    candidates
        .into_iter()
        .find(|names| !names.is_empty())
        .unwrap_or_else(|| vec![EnvName::local()])
}

/// Judges every objective of every subject as of `now`. Without a store nothing was ever counted.
pub fn assess(store: Option<&Store>, subjects: &[Subject], now: Timestamp) -> Result<Assessment> {
    let horizon = Horizon::at(now);
    let mut assessment = Assessment::default();
    for subject in subjects {
        let history = History::read(store, subject, horizon)?;
        assessment
            .slos
            .extend(subject.slos.iter().map(|slo| history.judge(subject, slo)));
    }
    assessment.slos.sort_by(|a, b| {
        a.urgency()
            .partial_cmp(&b.urgency())
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    assessment.roll_up();
    let ahead = store.map_or(Ok(None), |store| store.latest_traffic(horizon.end))?;
    assessment.notes.extend(ahead.map(|latest| {
        let minutes = (latest - horizon.now) / BUCKET_MICROS + 1;
        format!(
            "some counts lie up to {minutes} min in the future: the clock went back; they count when their time comes"
        )
    }));
    Ok(assessment)
}

impl Assessment {
    fn roll_up(&mut self) {
        let (mut teams, mut services) = (BTreeMap::new(), BTreeMap::new());
        for slo in &self.slos {
            // No team comes last.
            let team: &mut Tallied = teams.entry((slo.team.is_none(), slo.team.clone())).or_default();
            team.add(slo.state);
            let service: &mut (Option<String>, Tallied) = services.entry(slo.service.clone()).or_default();
            service.0.clone_from(&slo.team);
            service.1.add(slo.state);
        }
        self.teams = teams
            .into_iter()
            .map(|((_, team), tallied)| TeamTally { team, tallied })
            .collect();
        self.services = services
            .into_iter()
            .map(|(service, (team, tallied))| ServiceTally { service, team, tallied })
            .collect();
    }

    /// How many objectives are in a state.
    pub fn count(&self, state: State) -> usize {
        self.slos.iter().filter(|slo| slo.state == state).count()
    }

    /// What the gate of a deployment is to know.
    pub fn budgets(&self, refuse: bool) -> standing::Budgets {
        let budget = |slo: &Judged| standing::Budget {
            slo: slo.slo.clone(),
            remaining: slo.budget.remaining_percent.clone(),
            spent: slo.state == State::Spent,
        };
        standing::Budgets {
            refuse,
            objectives: self.slos.iter().map(budget).collect(),
        }
    }
}

impl Judged {
    /// What sorts: the state, when the budget will be gone, what is left of it, the name.
    fn urgency(&self) -> impl PartialOrd + use<> {
        (
            self.state,
            self.exhausts_at.map_or(i64::MAX, Timestamp::as_microsecond),
            self.budget.remaining_ratio.unwrap_or(f64::INFINITY),
            (self.service.clone(), self.env.clone(), self.slo.clone()),
        )
    }
}

/// What was counted of one service in one environment, cut where any question begins or ends.
struct History {
    horizon: Horizon,
    cuts: Vec<i64>,
    /// One between each two cuts.
    tallies: Vec<Tally>,
    /// When the service was first deployed there, in microseconds since 1970 UTC.
    first: Option<i64>,
    hours: BTreeMap<i64, u64>,
}

impl History {
    fn read(store: Option<&Store>, subject: &Subject, horizon: Horizon) -> Result<Self> {
        let measured: Vec<(&Slo, Measure)> = subject
            .slos
            .iter()
            .filter_map(|slo| Some((slo, Measure::of(&slo.indicator).ok()?)))
            .collect();
        let mut history = History {
            horizon,
            cuts: horizon.cuts(measured.iter().map(|(slo, _)| slo.window)),
            tallies: Vec::new(),
            first: None,
            hours: BTreeMap::new(),
        };
        let Subject { service, env, .. } = subject;
        let Some(store) = store else { return Ok(history) };
        history.first = store.first_deployed(service, env)?.map(Timestamp::as_microsecond);
        if measured.is_empty() {
            return Ok(history);
        }
        let latency = measured.iter().any(|(_, measure)| measure.reads_latency());
        history.tallies = store.tallies(service, env, &history.cuts, latency)?;
        for (slo, _) in measured {
            let from = history.coverage_from(slo.window);
            let hours = store.hours_counted(service, env, from, horizon.hour_end())?;
            history.hours.insert(from, hours);
        }
        Ok(history)
    }

    /// The hour in which what can be covered of a window begins.
    fn coverage_from(&self, window: Span) -> i64 {
        let start = self.horizon.start(micros(window));
        self.first.map_or(start, |first| start.max(Horizon::hour(first)))
    }

    /// The share of hours that hold counts; `None` where nothing was deployed.
    fn coverage(&self, window: Span) -> Option<f64> {
        self.first?;
        let from = self.coverage_from(window);
        let there = (self.horizon.hour_end() - from) / HOUR_MICROS;
        let counted = self.hours.get(&from).copied()?;
        (there > 0).then(|| (counted as f64 / there as f64).min(1.0))
    }

    fn judge(&self, subject: &Subject, slo: &Slo) -> Judged {
        let mut judged = blank(subject, slo);
        match Measure::of(&slo.indicator) {
            Err(Gap::NotConnected(why)) => (judged.state, judged.note) = (State::NoData, Some(why)),
            Err(Gap::CannotTell(why)) => (judged.state, judged.note) = (State::Unknown, Some(why)),
            Ok(measure) => self.fill(&mut judged, slo, measure),
        }
        judged
    }

    fn fill(&self, judged: &mut Judged, slo: &Slo, measure: Measure) {
        let series = Series {
            horizon: self.horizon,
            cuts: &self.cuts,
            events: self.tallies.iter().map(|tally| measure.events(tally)).collect(),
        };
        let from = self.horizon.start(micros(slo.window));
        let all = series.since(from);
        let budget = Budget::of(slo.objective, all.total, all.bad());
        judged.good_is = Some(measure.to_string());
        judged.good = Some(all.good);
        judged.good_at_most = Some(all.good_at_most);
        judged.total = Some(all.total);
        judged.budget = BudgetView::of(&budget);
        judged.coverage = self.coverage(slo.window);
        judged.note = measure.caveat();
        judged.last_7d = series.cells();
        judged.burn = series.burn(slo.objective);
        if all.total == 0 {
            judged.note = Some(self.silence(judged));
            return;
        }
        judged.sli = Some(all.good as f64 / all.total as f64);
        judged.sli_low = wilson(all.good, all.total).map(|(low, _)| low);
        judged.sli_high = wilson(all.good_at_most, all.total).map(|(_, high)| high);
        let fires = series.fires(slo);
        judged.state = state(&budget, fires.is_some());
        self.look_ahead(judged, slo, &series, fires == Some(HOUR_MICROS));
    }

    /// Why there is nothing.
    fn silence(&self, judged: &Judged) -> String {
        match self.first {
            None => format!("never deployed to {}", judged.env),
            Some(_) => "no request in this window".to_owned(),
        }
    }

    /// When the budget turns, at the pace of the last hour when it burns, else of the last six.
    fn look_ahead(&self, judged: &mut Judged, slo: &Slo, series: &Series<'_>, quickly: bool) {
        let turn = match judged.state {
            State::Spent => Turn::Recovered,
            State::Burning | State::Ok => Turn::Spent,
            State::LowTraffic | State::Unknown | State::NoData => return,
        };
        let length = if quickly { HOUR_MICROS } else { 6 * HOUR_MICROS };
        let start = self.horizon.start(length);
        // A service of minutes has not been quiet for hours.
        let age = self.first.map_or(length, |first| self.horizon.end - first.max(start));
        let pace = Pace {
            events: series.since(start),
            over: age.clamp(5 * BUCKET_MICROS, length),
        };
        if turn == Turn::Spent && pace.events.bad() == 0 {
            return;
        }
        let steps = series.steps(self.horizon.start(micros(slo.window)));
        let at = turns(slo.objective, &steps, pace, turn)
            .and_then(|after| Timestamp::from_microsecond(self.horizon.now.saturating_add(after)).ok())
            .and_then(|at| at.round(jiff::Unit::Minute).ok());
        match turn {
            Turn::Spent => judged.exhausts_at = at,
            Turn::Recovered => judged.recovers_at = at,
        }
    }
}

/// The events of one objective between the cuts.
struct Series<'a> {
    horizon: Horizon,
    cuts: &'a [i64],
    /// Empty where there is no store.
    events: Vec<Events>,
}

impl Series<'_> {
    /// From one of the cuts until now.
    fn since(&self, from: i64) -> Events {
        let first = self.cuts.partition_point(|cut| *cut < from);
        self.events.iter().skip(first).copied().sum()
    }

    fn steps(&self, from: i64) -> Vec<Step> {
        let first = self.cuts.partition_point(|cut| *cut < from);
        let pairs = self.cuts.windows(2).zip(&self.events).skip(first);
        let step = |(pair, events): (&[i64], &Events)| Step {
            length: pair[1] - pair[0],
            events: *events,
        };
        pairs.map(step).collect()
    }

    fn cells(&self) -> Vec<Option<f64>> {
        let starts = self.horizon.cells();
        let ends = starts[1..].iter().copied().chain([self.horizon.end]);
        let cell = |(from, to): (i64, i64)| {
            let first = self.cuts.partition_point(|cut| *cut < from);
            let last = self.cuts.partition_point(|cut| *cut < to);
            let events: Events = self.events.iter().take(last).skip(first).copied().sum();
            (events.total > 0).then(|| events.good as f64 / events.total as f64)
        };
        starts.into_iter().zip(ends).map(cell).collect()
    }

    fn burn(&self, objective: Objective) -> Burn {
        let rates = BURN_WINDOWS.map(|length| {
            let events = self.since(self.horizon.start(length));
            burn_rate(objective, events.bad(), events.total)
        });
        let [minutes_5, minutes_30, hour, hours_6, day, days_3] = rates;
        Burn {
            minutes_5,
            minutes_30,
            hour,
            hours_6,
            day,
            days_3,
        }
    }

    /// The long window of the first pair that fires.
    fn fires(&self, slo: &Slo) -> Option<i64> {
        let events = |length| self.since(self.horizon.start(length));
        let fires = PAIRS
            .iter()
            .find(|pair| pair.fires(slo.objective, slo.window, events(pair.long), events(pair.short)));
        fires.map(|pair| pair.long)
    }
}

fn state(budget: &Budget, fires: bool) -> State {
    match () {
        () if budget.is_spent() && budget.is_less_than_one() && budget.spent == 1 => State::LowTraffic,
        () if budget.is_spent() => State::Spent,
        () if fires => State::Burning,
        () => State::Ok,
    }
}

impl BudgetView {
    fn of(budget: &Budget) -> Self {
        BudgetView {
            allowed: Some(budget.allowed),
            spent: Some(budget.spent),
            remaining: Some(budget.remaining),
            remaining_ratio: budget.remaining_ratio(),
            remaining_percent: budget.remaining_percent(),
        }
    }
}

fn blank(subject: &Subject, slo: &Slo) -> Judged {
    Judged {
        service: subject.service.clone(),
        team: subject.team.clone(),
        env: subject.env.clone(),
        slo: slo.name.clone(),
        objective: slo.objective.to_string(),
        window: slo.window,
        indicator: word(slo.indicator.kind),
        good_is: None,
        good: None,
        good_at_most: None,
        total: None,
        sli: None,
        sli_low: None,
        sli_high: None,
        budget: BudgetView::default(),
        burn: Burn::default(),
        exhausts_at: None,
        recovers_at: None,
        coverage: None,
        state: State::NoData,
        note: None,
        last_7d: Vec::new(),
        target: slo.objective,
    }
}

fn word(kind: IndicatorKind) -> &'static str {
    match kind {
        IndicatorKind::Http => "http",
        IndicatorKind::Latency => "latency",
        IndicatorKind::Ratio => "ratio",
        IndicatorKind::Probe => "probe",
        IndicatorKind::Freshness => "freshness",
        IndicatorKind::Promql => "promql",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objectives_are_judged_where_people_rely_on_the_service() {
        let names =
            |names: &[&str]| -> Vec<EnvName> { names.iter().map(|name| name.parse().expect("a name")).collect() };
        let chosen = |deployed: &[&str], declared: &[&str], protected: &[&str]| -> Vec<String> {
            let protects = |env: &EnvName| protected.contains(&env.as_str());
            let found = environments(&names(deployed), &names(declared), protects);
            found.iter().map(ToString::to_string).collect()
        };
        let declared = ["local", "staging", "production"];
        assert_eq!(
            chosen(&["local", "production", "staging"], &declared, &["production"]),
            ["production"]
        );
        assert_eq!(
            chosen(&["local", "staging"], &declared, &["production"]),
            ["local", "staging"]
        );
        assert_eq!(chosen(&[], &declared, &["production"]), ["production"]);
        assert_eq!(chosen(&[], &declared, &[]), ["local"]);
    }

    #[test]
    fn one_failure_of_few_requests_is_no_judgement() {
        let state = |objective: &str, total, bad| {
            let objective = objective.parse().expect("an objective");
            state(&Budget::of(objective, total, bad), false)
        };
        assert_eq!(state("99.9", 10, 1), State::LowTraffic);
        assert_eq!(state("99.9", 10, 2), State::Spent);
        assert_eq!(state("99.9", 1000, 1), State::Spent);
        assert_eq!(state("99.9", 10, 0), State::Ok);
        assert_eq!(state("99", 1000, 9), State::Ok);
    }
}
