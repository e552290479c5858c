//! The facts of a review: from the store, the platform's rotas, and other domains.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::cli::{Cx, reliability};
use crate::config::rota::Rotas;
use crate::fault::{Fault, Result};
use crate::model::{EnvName, ServiceName};
use crate::oncall::{self, Source};
use crate::reliability::assess::Judged;
use crate::reliability::state::State;
use crate::review::{Budget, Duty, Facts, Holding, Period, Service};
use crate::store::Store;
use crate::store::service::Service as Known;

/// Which service had been deployed where.
type Places = BTreeSet<(ServiceName, EnvName)>;

/// Everything that is known. What cannot be read is told in the review instead of standing in its way.
pub fn facts(cx: &Cx, period: Period, team: Option<String>) -> Result<Facts> {
    let mut facts = Facts {
        period,
        team,
        services: Vec::new(),
        attempts: Vec::new(),
        incidents: Vec::new(),
        actions: Vec::new(),
        budgets: None,
        readiness: Vec::new(),
        checked: Vec::new(),
        holds: Vec::new(),
        on_call: None,
        unknown: Vec::new(),
    };
    let mut teams = Vec::new();
    if let Some(store) = store(cx)? {
        let all = store.services()?;
        let places = store.places_before(facts.period.to)?;
        facts.services = existing(&all, &places, facts.period.to);
        of_store(store, &mut facts)?;
        of_budgets(cx, store, &places, &mut facts);
        teams = all.into_iter().filter_map(|it| it.about?.team).collect();
    }
    of_rotas(cx, &mut facts);
    known_team(cx, &facts, &teams)?;
    Ok(facts)
}

/// The store, unless nothing was ever written: looking makes none.
fn store(cx: &Cx) -> Result<Option<&Store>> {
    match cx.world.paths()?.store.may_exist() {
        true => cx.world.store().map(Some),
        false => Ok(None),
    }
}

/// Services that were there before the end. One that came later says nothing of a week before it, good or bad.
fn existing(all: &[Known], places: &Places, end: Timestamp) -> Vec<Service> {
    let deployed: BTreeSet<&ServiceName> = places.iter().map(|(service, _)| service).collect();
    let then = all
        .iter()
        .filter(|it| it.registered_at < end || deployed.contains(&it.name));
    then.map(|it| {
        let about = it.about.as_ref();
        Service {
            name: it.name.to_string(),
            team: about.and_then(|about| about.team.clone()),
            objectives: about.is_some_and(|about| !about.slos.is_empty()),
            protected: about
                .map(|about| about.protected.iter().map(|env| env.to_string()).collect())
                .unwrap_or_default(),
        }
    })
    .collect()
}

fn of_store(store: &Store, facts: &mut Facts) -> Result<()> {
    let (from, to) = (facts.period.from, facts.period.to);
    let before = facts.period.before().start;
    facts.attempts = store.attempts_between(before, to)?;
    facts.incidents = store.incidents_during(before, to)?;
    facts.actions = store.actions_during(from, to)?;
    facts.readiness = store.readiness_between(from, to)?;
    facts.checked = store.checked_services(to)?;
    facts.holds = store
        .all_holds()?
        .into_iter()
        .map(|hold| Holding {
            service: hold.service.to_string(),
            env: hold.env.to_string(),
            author: hold.author,
            reason: hold.reason,
            since: hold.since,
        })
        .collect();
    if facts.period.to < facts.period.now {
        let what = "holds that stood then and are cleared now";
        facts.unknown.push((what.into(), "deliver audit tells of each".into()));
    }
    Ok(())
}

/// How the error budgets stood at the end, where anything had been deployed by then; counts older than reliability keeps are none.
fn of_budgets(cx: &Cx, store: &Store, places: &Places, facts: &mut Facts) {
    let then = facts.period.to.min(facts.period.now);
    let assessed = cx
        .world
        .platform()
        .and_then(|platform| reliability::of_everything(store, &platform, then));
    match assessed {
        Ok(assessed) => {
            let slos = assessed.slos.iter();
            let then = slos.filter(|it| places.contains(&(it.service.clone(), it.env.clone())));
            facts.budgets = Some(then.map(budget).collect());
        }
        Err(fault) => facts
            .unknown
            .push((format!("error budgets: {fault}"), "deliver reliability --all".into())),
    }
}

fn budget(judged: &Judged) -> Budget {
    Budget {
        service: judged.service.to_string(),
        team: judged.team.clone(),
        env: judged.env.to_string(),
        slo: judged.slo.clone(),
        objective: judged.objective.clone(),
        window: judged.window.to_string(),
        remaining_ratio: judged.budget.remaining_ratio,
        spent: judged.state == State::Spent,
        state: judged.state.as_str().to_owned(),
    }
}

/// Who carried what, by the rotas as their files are now.
fn of_rotas(cx: &Cx, facts: &mut Facts) {
    let platform = cx.world.platform();
    let read = platform.and_then(|platform| Ok((Rotas::load(&platform)?, platform)));
    let (rotas, platform) = match read {
        Ok(read) => read,
        Err(fault) => return facts.unknown.push((format!("who was on call: {fault}"), hint(&fault))),
    };
    for broken in &rotas.broken {
        let what = format!("who was on call in {}, which cannot be used", broken.file);
        facts.unknown.push((what, "deliver platform check".into()));
    }
    if rotas.rotas.is_empty() {
        if rotas.broken.is_empty() {
            facts.unknown.push((
                "who was on call: there are no rotas".into(),
                "deliver oncall who".into(),
            ));
        }
        return;
    }
    // What is still to come was carried by nobody yet.
    let (from, to) = (facts.period.from, facts.period.to.min(facts.period.now));
    let load = oncall::check(&rotas.rotas, &platform, from, to).load;
    let mut duties: Vec<Duty> = load
        .into_iter()
        .map(|load| Duty {
            team: load.team,
            rota: load.rota,
            role: load.role,
            person: Some(load.person),
            hours: load.hours,
            night_hours: load.night_hours,
            weekend_hours: load.weekend_hours,
        })
        .collect();
    for rota in &rotas.rotas {
        let spans = oncall::resolve(rota, from, to).into_iter();
        for gap in spans.filter(|span| span.source == Source::Gap) {
            let hours = oncall::hours_of(gap.start, gap.end, &rota.zone);
            duties.push(Duty {
                team: rota.team.clone(),
                rota: rota.name.clone(),
                role: gap.role,
                person: None,
                hours: hours.all,
                night_hours: hours.night,
                weekend_hours: hours.weekend,
            });
        }
    }
    facts.on_call = Some(duties);
}

fn hint(fault: &Fault) -> String {
    fault
        .hints()
        .first()
        .cloned()
        .unwrap_or_else(|| "deliver platform check".into())
}

/// A team that nobody has heard of is a slip of the finger.
fn known_team(cx: &Cx, facts: &Facts, services: &[String]) -> Result<()> {
    let Some(team) = &facts.team else { return Ok(()) };
    let platform = cx.world.platform().map(|platform| platform.teams).unwrap_or_default();
    let rotas = facts.on_call.iter().flatten().map(|duty| duty.team.as_str());
    let known: Vec<&str> = services
        .iter()
        .map(String::as_str)
        .chain(rotas)
        .chain(platform.keys().map(String::as_str))
        .collect();
    if known.contains(&team.as_str()) {
        return Ok(());
    }
    let near = crate::config::nearest::nearest(team, known);
    let message = format!(
        "no service, no rota and nothing of the platform has the team `{}`",
        team.escape_debug()
    );
    Err(Fault::usage("unknown-team", message).hint(match near {
        Some(near) => format!("deliver review --team {near}"),
        None => "deliver review".into(),
    }))
}
