//! What the sums mean: what somebody has to do something about, how each team stands, and what is not known.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::facts::{Facts, Service};
use super::sum::{Owners, Review};

/// Something that an owner has to look at.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize)]
pub struct Attention {
    /// `budget`, `incident`, `action`, `deployments`, `readiness`, `hold` or `gap`.
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
    /// Null: services without a team.
    pub team: Option<String>,
    pub deployments: usize,
    pub failed: usize,
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
                "{badly} of {} deployments of {} to {} failed",
                row.count, row.service, row.env
            );
            found.push(of_team("deployments", row.team.clone(), message));
        }
    }
    let mut lost: BTreeMap<&str, bool> = BTreeMap::new();
    for it in &review.readiness {
        // The last word of the period counts.
        lost.insert(&it.service, it.was_ready == Some(true) && !it.ready);
    }
    for service in lost.into_iter().filter(|(_, lost)| *lost).map(|(service, _)| service) {
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
        [0, 0, 0, 0, 0] => (Verdict::Ship, "nothing is spent, hurting or overdue".to_owned()),
        [0, 0, actions, failing, unready] => (
            Verdict::Careful,
            listed(&[
                (actions, "action overdue", "actions overdue"),
                (failing, "service failing to deploy", "services failing to deploy"),
                (unready, "service not ready any more", "services not ready any more"),
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
        failed: rows().map(|row| row.failed + row.rolled_back).sum(),
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
    let blind: BTreeSet<&str> = blind.map(|budget| budget.service.as_str()).collect();
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
            "was never checked for readiness",
            "were never checked for readiness",
            "deliver ready",
        ),
        (
            blind.into_iter().collect(),
            "has an objective that nothing was counted for",
            "have objectives that nothing was counted for",
            "deliver reliability",
        ),
    ] {
        if !names.is_empty() {
            miss(services(&names, one, many), fix);
        }
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
            "deliver incident action",
        );
    }
    missing
}

/// More names than these are counted.
const NAMED: usize = 4;

fn services(names: &[&str], one: &str, many: &str) -> String {
    let shown = names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let head = match names.len() {
        1 => format!("1 service {one}"),
        count => format!("{count} services {many}"),
    };
    match names.len().saturating_sub(NAMED) {
        0 => format!("{head}: {shown}"),
        more => format!("{head}: {shown} and {more} more"),
    }
}
