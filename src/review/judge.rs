//! What the sums mean: what somebody has to do something about, how each team stands, and what is not known.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::facts::{Facts, Service};
use super::sum::{Owners, Review};

/// Something that an owner has to look at.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize)]
pub struct Attention {
    /// `budget`, `incident`, `action`, `deployments`, `override`, `readiness` or `hold`.
    pub kind: &'static str,
    /// A person or a team; null where nobody is known, which is also among what is missing.
    pub owner: Option<String>,
    pub team: Option<String>,
    pub message: String,
}

/// Where a team should put its next week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, schemars::JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// A budget is spent, or something still hurts.
    ReliabilityFirst,
    Careful,
    Ship,
}

/// A team in one line.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize)]
pub struct Standing {
    /// Null: what belongs to no team; nobody can put reliability first there.
    pub team: Option<String>,
    pub deployments: usize,
    pub failed: usize,
    /// By themselves, after a release was found bad.
    pub rolled_back: usize,
    pub incidents: usize,
    pub overdue: usize,
    pub verdict: Verdict,
    /// Which rule says so.
    pub because: String,
}

/// What a review could not know.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize)]
pub struct Missing {
    pub what: String,
    /// What it would take.
    pub fix: String,
}

/// Fewer deployments than this say nothing about how often they fail.
const FEW: usize = 4;

/// More failing than this is out of the ordinary: change failure rates of the four clusters in the DORA report of 2023 are
/// 5, 10, 15 and 64 %.
const MANY_FAILED_PERCENT: usize = 25;

pub(super) fn attention(review: &Review, owners: &Owners<'_>) -> Vec<Attention> {
    let mut found = Vec::new();
    for budget in review.budgets.iter().flatten().filter(|budget| budget.spent) {
        let message = format!(
            "the budget of {} {} on {} is spent",
            budget.service, budget.slo, budget.env
        );
        found.push(of_team("budget", budget.team.clone(), message));
    }
    for it in review.incidents.list.iter().filter(|it| it.live) {
        let message = format!("{} {} is not over: {}", it.id, it.severity, it.title);
        found.push(of_team("incident", it.team.clone(), message));
    }
    for it in review.actions.list.iter().filter(|it| it.overdue) {
        let due = it
            .due
            .map(|due| due.strftime("%Y-%m-%d").to_string())
            .unwrap_or_default();
        found.push(Attention {
            kind: "action",
            owner: it.owner.clone().or_else(|| it.team.clone()),
            team: it.team.clone(),
            message: format!("{} was due {due}: {}", it.id, it.text),
        });
    }
    for row in review.deployments.services.iter() {
        let badly = row.failed + row.rolled_back;
        if row.count >= FEW && badly * 100 > row.count * MANY_FAILED_PERCENT {
            let message = format!(
                "{} of {} deployments of {} to {}",
                badly_ended(row.failed, row.rolled_back),
                row.count,
                row.service,
                row.env
            );
            found.push(of_team("deployments", row.team.clone(), message));
        }
        if row.overridden > 0 && owners.protects(&row.service, &row.env) {
            let gates = match row.overridden {
                1 => "1 deployment overrode a gate".to_owned(),
                count => format!("{count} deployments overrode a gate"),
            };
            let message = format!("{gates}: {} on {}, which is protected", row.service, row.env);
            found.push(of_team("override", row.team.clone(), message));
        }
    }
    for service in unready(review) {
        found.push(of_team(
            "readiness",
            owners.team(service),
            format!("{service} is not ready any more"),
        ));
    }
    for hold in &review.holds {
        found.push(Attention {
            kind: "hold",
            owner: Some(hold.author.clone()),
            team: owners.team(&hold.service),
            message: format!("{} is held on {}: {}", hold.service, hold.env, hold.reason),
        });
    }
    found
}

/// Services that were ready before their first change of the period and are not after the last.
fn unready(review: &Review) -> Vec<&str> {
    let mut ends: BTreeMap<&str, (bool, bool)> = BTreeMap::new();
    for it in &review.readiness {
        let ready = it.ready;
        ends.entry(&it.service)
            .and_modify(|(_, last)| *last = ready)
            .or_insert((it.was_ready == Some(true), ready));
    }
    let lost = ends.into_iter().filter(|(_, (first, last))| *first && !last);
    lost.map(|(service, _)| service).collect()
}

/// `1 failed and 2 were rolled back`.
fn badly_ended(failed: usize, rolled_back: usize) -> String {
    let back = match rolled_back {
        1 => "1 was rolled back".to_owned(),
        count => format!("{count} were rolled back"),
    };
    match (failed, rolled_back) {
        (_, 0) => format!("{failed} failed"),
        (0, _) => back,
        _ => format!("{failed} failed and {back}"),
    }
}

fn of_team(kind: &'static str, team: Option<String>, message: String) -> Attention {
    Attention {
        kind,
        owner: team.clone(),
        team,
        message,
    }
}

/// Every team that something belongs to, the worst first.
pub(super) fn teams(review: &Review) -> Vec<Standing> {
    let mut teams: BTreeSet<Option<String>> = BTreeSet::new();
    teams.extend(review.deployments.services.iter().map(|row| row.team.clone()));
    teams.extend(review.incidents.list.iter().map(|it| it.team.clone()));
    teams.extend(review.attention.iter().map(|it| it.team.clone()));
    teams.extend(review.budgets.iter().flatten().map(|it| it.team.clone()));
    let mut standings: Vec<Standing> = teams.into_iter().map(|team| standing(review, team)).collect();
    standings.sort_by_key(|standing| (standing.verdict, standing.team.is_none()));
    standings
}

fn standing(review: &Review, team: Option<String>) -> Standing {
    let rows = || review.deployments.services.iter().filter(|row| row.team == team);
    let owed = |kind: &str| {
        review
            .attention
            .iter()
            .filter(|it| it.team == team && it.kind == kind)
            .count()
    };
    let opened = review
        .incidents
        .list
        .iter()
        .filter(|it| it.team == team && it.opened_at >= review.from);
    let (verdict, because) = match [
        owed("budget"),
        owed("incident"),
        owed("action"),
        owed("deployments"),
        owed("readiness"),
    ] {
        [0, 0, 0, 0, 0] => (Verdict::Ship, "all clear".to_owned()),
        [0, 0, actions, failing, unready] => (
            Verdict::Careful,
            listed(&[
                (actions, "action overdue", "actions overdue"),
                (failing, "service failing to deploy", "services failing to deploy"),
                (unready, "service not ready any more", "services not ready any more"),
            ]),
        ),
        // Nobody is there to put anything first; who owns it is what has to be found out.
        [budgets, live, ..] if team.is_none() => (
            Verdict::Careful,
            listed(&[
                (budgets, "budget spent", "budgets spent"),
                (live, "incident not over", "incidents not over"),
            ]),
        ),
        [budgets, live, ..] => (
            Verdict::ReliabilityFirst,
            listed(&[
                (budgets, "budget spent", "budgets spent"),
                (live, "incident not over", "incidents not over"),
            ]),
        ),
    };
    Standing {
        deployments: rows().map(|row| row.count).sum(),
        failed: rows().map(|row| row.failed).sum(),
        rolled_back: rows().map(|row| row.rolled_back).sum(),
        incidents: opened.count(),
        overdue: owed("action"),
        verdict,
        because,
        team,
    }
}

/// `2 budgets spent, 1 incident not over`.
fn listed(counts: &[(usize, &str, &str)]) -> String {
    let parts = counts.iter().filter(|(count, ..)| *count > 0);
    let parts = parts.map(|(count, one, many)| format!("{count} {}", if *count == 1 { one } else { many }));
    parts.collect::<Vec<_>>().join(", ")
}

pub(super) fn missing(review: &Review, facts: &Facts, owners: &Owners<'_>) -> Vec<Missing> {
    let mut missing: Vec<Missing> = Vec::new();
    let mut miss = |what: String, fix: &str| {
        missing.push(Missing {
            what,
            fix: fix.to_owned(),
        });
    };
    for (what, why) in &facts.unknown {
        miss(what.clone(), why);
    }
    let ours = facts
        .services
        .iter()
        .filter(|service| owners.wants(service.team.as_deref()));
    let ours: Vec<&Service> = ours.collect();
    let named = |wanted: &dyn Fn(&Service) -> bool| -> Vec<&str> {
        let found = ours.iter().filter(|service| wanted(service));
        found.map(|service| service.name.as_str()).collect()
    };
    let blind = review
        .budgets
        .iter()
        .flatten()
        .filter(|budget| budget.remaining_ratio.is_none());
    let blind: Vec<String> = blind
        .map(|budget| format!("{} {} on {}", budget.service, budget.slo, budget.env))
        .collect();
    for (names, one, many, fix) in [
        (
            named(&|service| service.team.is_none()),
            "has no team, so that what goes wrong has no owner",
            "have no team, so that what goes wrong has no owner",
            "team = \"…\" under [service] in deliver.toml, then deploy",
        ),
        (
            named(&|service| !service.objectives),
            "promises nothing",
            "promise nothing",
            "[[slo]] in deliver.toml, then deploy",
        ),
        (
            named(&|service| !facts.checked.contains(&service.name)),
            "has no readiness on record, which a deploy's gate does not write",
            "have no readiness on record, which a deploy's gate does not write",
            "deliver ready",
        ),
    ] {
        if !names.is_empty() {
            miss(counted(&names, ("service", one), ("services", many)), fix);
        }
    }
    if !blind.is_empty() {
        let names: Vec<&str> = blind.iter().map(String::as_str).collect();
        let said = "counted nothing";
        miss(
            counted(&names, ("objective", said), ("objectives", said)),
            "deliver reliability --all",
        );
    }
    let list = &review.incidents.list;
    let untimed = list.iter().filter(|it| it.times.impact_start.is_none()).count();
    if untimed > 0 {
        miss(
            format!("when it began to hurt, of {untimed} of {} incidents", list.len()),
            "deliver incident update INC-n --impact-start TIME",
        );
    }
    let homeless = list.iter().filter(|it| it.service.is_none()).count();
    if homeless > 0 {
        miss(
            format!("the service of {homeless} of {} incidents", list.len()),
            "deliver incident update INC-n --service NAME",
        );
    }
    let orphans = review
        .actions
        .list
        .iter()
        .filter(|it| it.owner.is_none() || it.due.is_none())
        .count();
    if orphans > 0 {
        miss(
            format!("owner or due date of {orphans} of {} open actions", review.actions.open),
            "deliver incident action list",
        );
    }
    missing
}

/// More names than these are counted.
const NAMED: usize = 4;

/// `2 services promise nothing: one, another`, from nouns with what is said of them.
fn counted(names: &[&str], one: (&str, &str), many: (&str, &str)) -> String {
    let shown = names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let head = match names.len() {
        1 => format!("1 {} {}", one.0, one.1),
        count => format!("{count} {} {}", many.0, many.1),
    };
    match names.len().saturating_sub(NAMED) {
        0 => format!("{head}: {shown}"),
        more => format!("{head}: {shown} and {more} more"),
    }
}
