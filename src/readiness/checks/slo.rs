//! SLO: what people may rely on.

use super::{count, settles, some};
use crate::config::manifest::{IndicatorKind, Objective, Slo};
use crate::config::platform::Level;
use crate::readiness::check::{Check, Finding, Judged, Need, Spot};
use crate::readiness::fact::{Facts, Serves, Unknown};
use crate::readiness::read::alerts::Alert;

pub const DEFINED: Check = Check {
    id: "SLO-1",
    title: "an objective is stated that fits its tier",
    level: Level::Silver,
    why: "without a target every error is as bad as every other",
    how: "deliver.toml has an `[[slo]]` on availability (an indicator http, ratio, probe or promql) whose objective is at least what \
          the tier asks for (1: 99.9, 2: 99.5, 3: 99, 4: any), and a team that owns it",
    needs: &[Need::Entry],
    impact: 4,
    effort: 1,
    waivable: true,
    fix: "deliver ready fix SLO-1",
    judge: defined,
};

/// The least objective by tier, in millionths of a percent. Whoever makes a service critical must promise more of it.
pub fn least(tier: u8) -> u32 {
    match tier {
        1 => 99_900_000,
        2 => 99_500_000,
        3 => 99_000_000,
        _ => 1,
    }
}

/// Objectives on what people get at all, as opposed to how fast or how old it is.
pub fn on_availability(slo: &&Slo) -> bool {
    matches!(
        slo.indicator.kind,
        IndicatorKind::Http | IndicatorKind::Ratio | IndicatorKind::Probe | IndicatorKind::Promql
    )
}

fn defined(facts: &Facts) -> Judged {
    let entry = &facts.entry;
    let file = &entry.file;
    let Some(best) = entry
        .slos
        .iter()
        .filter(on_availability)
        .max_by_key(|slo| slo.objective)
    else {
        let told = match entry.slos.first() {
            None => "no objective on availability is stated".to_owned(),
            Some(slo) => format!(
                "no objective on availability is stated; `{}` is on something else",
                slo.name
            ),
        };
        return Ok(Finding::fail(told, file).at(file, 1, "[[slo]]"));
    };
    let told = format!("`{}` promises {} % in {}", best.name, best.objective, best.window);
    Ok(match best.objective.micropercent() >= least(entry.tier) {
        _ if entry.team.is_none() => {
            Finding::fail(format!("{told}, and nobody owns it"), file).fix("set `team` under [service] in deliver.toml")
        }
        true => Finding::pass(told, file),
        false => Finding::fail(format!("{told}: too little for tier {}", entry.tier), file)
            .at(file, 1, "`objective`")
            .fix("raise `objective`, or the number of `tier`, in deliver.toml"),
    })
}

pub const COUNTED: Check = Check {
    id: "SLO-2",
    title: "its objectives are counted",
    level: Level::Silver,
    why: "an objective without data is met by definition",
    how: "requests were counted in at least 95 % of the hours of the last day since the first deployment; objectives that are counted \
          elsewhere give no evidence here. Fewer hours count against it from 7 days after the first deployment on",
    needs: &[Need::Entry, Need::Deployments],
    impact: 3,
    effort: 2,
    waivable: true,
    fix: "send it a request regularly, as a probe does",
    judge: counted,
};

fn counted(facts: &Facts) -> Judged {
    let entry = &facts.entry;
    let deployments = facts.deployments.get()?;
    if entry.slos.is_empty() {
        return Ok(Finding::not_applicable("no objective is stated"));
    }
    if !deployments.succeeded {
        return Ok(Finding::not_applicable("nothing was deployed with success yet"));
    }
    let settles = settles(facts)?;
    let elsewhere = entry
        .slos
        .iter()
        .find(|slo| !matches!(slo.indicator.kind, IndicatorKind::Http | IndicatorKind::Latency));
    if let (Some(slo), Some(day)) = (elsewhere, settles) {
        let told = format!("`{}` is counted elsewhere; asked for from {day} on", slo.name);
        return Ok(Finding::not_applicable(told));
    }
    if let Some(slo) = elsewhere {
        return Err(Unknown::new(
            format!("`{}` is counted elsewhere than by the router", slo.name),
            "deliver status; a source of metrics is not connected",
        ));
    }
    let (hours, with) = deployments.hours;
    let told = format!("requests were counted in {with} of {}", count(hours as usize, "hour"));
    let source = "requests as the router counted them";
    let enough = hours > 0 && f64::from(with) >= 0.95 * f64::from(hours);
    Ok(match (enough, settles) {
        (true, _) => Finding::pass(told, source),
        (false, Some(day)) => Finding::not_applicable(format!("{told}; asked for from {day} on")),
        (false, None) => Finding::fail(told, source),
    })
}

pub const PAGED: Check = Check {
    id: "SLO-3",
    title: "burning an objective's budget pages its team",
    level: Level::Silver,
    why: "an objective that wakes nobody is a report",
    how: "for each objective a Prometheus rule here looks at a long and a short window together, has a severity that pages, and the \
          service's team as its label",
    needs: &[Need::Entry, Need::Alerts],
    impact: 4,
    effort: 2,
    waivable: true,
    fix: "add a rule on two windows with `severity: page` and `team` to ops/alerts.yml",
    judge: paged,
};

fn paged(facts: &Facts) -> Judged {
    let entry = &facts.entry;
    if entry.slos.is_empty() {
        return Ok(Finding::not_applicable("no objective is stated"));
    }
    let alerts = facts.alerts.get()?;
    let source = facts.alerts.source();
    let burning: Vec<&Alert> = alerts
        .iter()
        .filter(|alert| alert.is_burn_rate() && alert.pages())
        .collect();
    if burning.is_empty() {
        return Ok(Finding::fail("no rule looks at two windows and pages", source));
    }
    let unwatched: Vec<&str> = entry
        .slos
        .iter()
        .filter(|slo| !burning.iter().any(|alert| watches(alert, slo)))
        .map(|slo| slo.name.as_str())
        .collect();
    if !unwatched.is_empty() {
        return Ok(Finding::fail(format!("nothing pages for {}", some(&unwatched)), source));
    }
    let astray = burning
        .iter()
        .find(|alert| alert.team.as_deref() != entry.team.as_deref());
    Ok(match astray {
        Some(alert) => Finding::fail(
            format!(
                "`{}` does not go to `{}`",
                alert.name,
                entry.team.as_deref().unwrap_or("?")
            ),
            source,
        )
        .all_at([Spot {
            path: alert.path.clone(),
            line: alert.line,
            note: "the label `team`".into(),
        }])
        .fix(format!(
            "label `{}` with the team of deliver.toml in {}:{}",
            alert.name, alert.path, alert.line
        )),
        None => Finding::pass(
            format!("{} on two windows", count(burning.len(), "paging rule")),
            source,
        ),
    })
}

/// Whether a rule is about an objective: by its name, or by what such objectives are about.
fn watches(alert: &Alert, slo: &Slo) -> bool {
    let text = format!("{} {}", alert.name, alert.expr).to_lowercase();
    let words: &[&str] = match slo.indicator.kind {
        IndicatorKind::Latency => &["latency", "slow", "duration"],
        _ => &["error", "availab", "fail", "success", "down", "5.."],
    };
    text.contains(&slo.name.to_lowercase()) || words.iter().any(|word| text.contains(word))
}

pub const DEPENDENCIES: Check = Check {
    id: "SLO-4",
    title: "what it depends on promises enough",
    level: Level::Gold,
    why: "nobody can be more reliable than what they cannot do without",
    how: "the objectives on availability of everything in `depends_on`, multiplied, are not below its own; what was deployed from this \
          store is known",
    needs: &[Need::Entry, Need::Promises],
    impact: 3,
    effort: 5,
    waivable: true,
    fix: "lower the objective, or make a dependency one that it can do without",
    judge: dependencies,
};

fn dependencies(facts: &Facts) -> Judged {
    let entry = &facts.entry;
    if entry.depends_on.is_empty() {
        return Ok(Finding::not_applicable("it depends on no other service"));
    }
    let best = |slos: &[Slo]| slos.iter().filter(on_availability).map(|slo| slo.objective).max();
    let Some(own) = best(&entry.slos) else {
        return Ok(Finding::not_applicable("no objective on availability is stated"));
    };
    let promises = facts.promises.get()?;
    let mut product = 1.0;
    for name in &entry.depends_on {
        let Some(promised) = promises.get(name).and_then(|slos| best(slos)) else {
            return Err(Unknown::new(
                format!("no objective of `{name}` is known here"),
                format!("state an [[slo]] in the manifest of `{name}`, and deploy it from this store"),
            ));
        };
        product *= share(promised);
    }
    let told = format!("{} together promise {:.4} %", some(&entry.depends_on), product * 100.0);
    Ok(match product >= share(own) {
        true => Finding::pass(format!("{told}, {own} % is promised"), "manifests as deployed"),
        false => Finding::fail(format!("{told}, less than its own {own} %"), "manifests as deployed"),
    })
}

fn share(objective: Objective) -> f64 {
    f64::from(objective.micropercent()) / 100_000_000.0
}

/// Whether stating an objective is of use at all.
pub fn can_promise(serves: Serves) -> bool {
    serves != Serves::Nothing
}
