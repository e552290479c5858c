//! Facts as people read them: what `explain` shows of what a check has seen.

use super::check::Need;
use super::fact::{Fact, Facts, Serves};
use super::live::Live;
use super::read::logs;

/// One fact: what was found and where, or why it is not known.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, serde::Serialize)]
pub struct Shown {
    pub name: &'static str,
    /// Null where it is not known.
    pub value: Option<String>,
    pub source: String,
    pub at: Option<jiff::Timestamp>,
    /// Why it is not known.
    pub unknown: Option<String>,
}

/// The facts behind a need.
pub fn facts(need: Need, facts: &Facts) -> Vec<Shown> {
    match need {
        Need::Entry => entry(facts),
        Need::Company => vec![stated("platform", company(facts), "platform.toml", facts)],
        Need::CodeOwners => vec![fact("code owners", &facts.code_owners, |it| match it {
            None => "none".into(),
            Some(owners) => format!("{} rules", owners.rules.len()),
        })],
        Need::DeliveryFiles => vec![fact("files of the delivery", &facts.delivery_files, |it| listed(it))],
        Need::Image => vec![fact("image", &facts.image, |it| match it {
            None => "none".into(),
            Some(file) => {
                let bases: Vec<String> = file.bases().into_iter().map(|base| base.image).collect();
                let user = file.user().map_or("nobody named", |(user, _)| user);
                format!("from {}; user {user}", listed(&bases))
            }
        })],
        Need::Pipelines => vec![fact("pipelines", &facts.pipelines, |it| {
            let told = it.iter().map(|one| {
                let tests: Vec<&str> = one.tests.iter().map(|test| test.command.as_str()).collect();
                let tests = if tests.is_empty() {
                    "no tests".to_owned()
                } else {
                    format!("tests: {}", tests.join("; "))
                };
                format!(
                    "{} ({}{}{tests})",
                    one.path,
                    mark(one.on_change, "pull requests, "),
                    mark(one.on_main, "main, ")
                )
            });
            listed(&told.collect::<Vec<_>>())
        })],
        Need::Readme => vec![fact("readme", &facts.readme, |it| match it {
            None => "none".into(),
            Some(readme) => format!("{} commands, {} of them broken", readme.commands, readme.broken.len()),
        })],
        Need::Runbook => vec![fact("runbook", &facts.runbook, |it| match it {
            None => "none".into(),
            Some(runbook) if !runbook.there => format!("{} is not there", runbook.place),
            Some(runbook) => {
                let changed = runbook.changed.map(|at| format!(", changed {at}")).unwrap_or_default();
                format!(
                    "{}, {} headings{}{changed}",
                    runbook.place,
                    runbook.page.sections.len() - runbook.page.sections.len().min(1),
                    mark(runbook.untouched, ", as the template wrote it")
                )
            }
        })],
        Need::Alerts => vec![fact("alerts", &facts.alerts, |it| {
            listed(&it.iter().map(|alert| alert.name.as_str()).collect::<Vec<_>>())
        })],
        Need::Dependencies => vec![fact("dependencies", &facts.dependencies, |it| {
            let told = it.iter().map(|list| {
                let lock = list.lock.as_deref().unwrap_or("not locked");
                format!("{}: {} ({lock})", list.file, list.dependencies)
            });
            listed(&told.collect::<Vec<_>>())
        })],
        Need::Updates => vec![fact("updates", &facts.updates, |it| match &it.tool {
            None => "no tool".into(),
            Some((tool, _)) => match &it.ecosystems {
                Some(ecosystems) => format!("{tool} for {}", listed(ecosystems)),
                None => tool.clone(),
            },
        })],
        Need::Template => vec![fact("template", &facts.template, |it| match it {
            None => "none".into(),
            Some(record) => {
                let newest = record.newest.as_deref().unwrap_or("not known");
                format!(
                    "{} {}; newest {newest}; changed: {}",
                    record.name,
                    record.version,
                    listed(&record.modified)
                )
            }
        })],
        Need::Committer => vec![fact("last commit", &facts.committer, |it| match it {
            None => "none".into(),
            Some(last) => format!("{} at {}", last.name, last.at),
        })],
        Need::TreeSecrets => vec![fact("secrets in files", &facts.tree_secrets, |it| scanned(it, "files"))],
        Need::HistorySecrets => vec![fact("secrets in history", &facts.history_secrets, |it| {
            scanned(it, "commits")
        })],
        Need::Tables => vec![fact("tables about people", &facts.tables, |it| {
            let told = it.iter().filter(|table| !table.personal.is_empty());
            listed(
                &told
                    .map(|table| format!("{} ({})", table.name, table.personal.join(", ")))
                    .collect::<Vec<_>>(),
            )
        })],
        Need::Migrations => vec![fact("migrations", &facts.hazards, |it| {
            format!("{} files, {} statements that take away", it.files, it.hazards.len())
        })],
        Need::Deployments => vec![fact("deployments", &facts.deployments, |it| {
            let newest: Vec<String> = it
                .newest
                .iter()
                .map(|one| format!("{} {} to {}", one.id, one.outcome, one.env))
                .collect();
            listed(&newest)
        })],
        Need::Live => live(facts),
        Need::Promises => vec![fact("promises of others", &facts.promises, |it| {
            listed(&it.keys().collect::<Vec<_>>())
        })],
    }
}

fn entry(facts: &Facts) -> Vec<Shown> {
    let entry = &facts.entry;
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".into());
    let serves = match entry.serves {
        Serves::Requests => "answers requests",
        Serves::Files => "a static site",
        Serves::Nothing => "takes no requests",
    };
    let environments: Vec<String> = entry
        .environments
        .iter()
        .map(|env| {
            let path = |path: &Option<String>| path.clone().unwrap_or_else(|| "no path".into());
            format!(
                "{} on {} (ready {}, alive {})",
                env.name,
                env.target,
                path(&env.ready),
                path(&env.live)
            )
        })
        .collect();
    let slos: Vec<String> = entry
        .slos
        .iter()
        .map(|slo| format!("{} {} %", slo.name, slo.objective))
        .collect();
    [
        ("team", or_none(&entry.team)),
        ("tier", entry.tier.to_string()),
        ("kind", serves.to_owned()),
        ("runbook", or_none(&entry.runbook)),
        ("environments", listed(&environments)),
        ("objectives", listed(&slos)),
    ]
    .into_iter()
    .map(|(name, value)| stated(name, value, &entry.file, facts))
    .collect()
}

fn company(facts: &Facts) -> String {
    let company = &facts.company;
    match company.builtin {
        true => "built in, without teams".into(),
        false => format!(
            "{}, teams: {}",
            company.name,
            listed(&company.teams.keys().collect::<Vec<_>>())
        ),
    }
}

fn live(facts: &Facts) -> Vec<Shown> {
    let Fact::Known(known) = &facts.live else {
        return vec![fact("the service as it runs", &facts.live, |_| String::new())];
    };
    let Live::Running(running) = &known.value else {
        return vec![stated(
            "the service as it runs",
            "never deployed".into(),
            &known.source,
            facts,
        )];
    };
    let address = running.address.as_deref().unwrap_or("no address");
    let told = format!("{} on {} at {address}", running.release, running.env);
    vec![
        stated("the service as it runs", told, &known.source, facts),
        fact("build", &running.build, |it| it.id.to_string()),
        fact("readiness", &running.ready, |it| it.to_string()),
        fact("liveness", &running.live, |it| it.to_string()),
        fact("metrics", &running.metrics, |it| {
            let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".into());
            let requests = it.requests.as_ref().map_or("none", |(name, _)| name);
            format!(
                "requests {requests}, errors {}, latency {}",
                or_none(&it.errors),
                or_none(&it.latency)
            )
        }),
        fact("log", &running.log, |it: &logs::Sample| {
            format!(
                "{} lines, {} structured, {} of requests, {} leaks",
                it.lines,
                it.structured,
                it.with_request,
                it.leaks.len()
            )
        }),
    ]
}

fn scanned(scan: &super::secrets::Scan, what: &str) -> String {
    let more = scan
        .unfinished
        .as_ref()
        .map(|why| format!("; {why}"))
        .unwrap_or_default();
    format!("{} in {} {what}{more}", scan.hits.len(), scan.looked_at)
}

fn stated(name: &'static str, value: String, source: &str, facts: &Facts) -> Shown {
    Shown {
        name,
        value: Some(value),
        source: source.to_owned(),
        at: Some(facts.at),
        unknown: None,
    }
}

fn fact<T>(name: &'static str, fact: &Fact<T>, tell: impl Fn(&T) -> String) -> Shown {
    match fact {
        Fact::Known(known) => Shown {
            name,
            value: Some(tell(&known.value)),
            source: known.source.clone(),
            at: Some(known.at),
            unknown: None,
        },
        Fact::Unknown(unknown) => Shown {
            name,
            value: None,
            source: String::new(),
            at: None,
            unknown: Some(unknown.why.clone()),
        },
    }
}

fn mark(yes: bool, text: &str) -> &str {
    if yes { text } else { "" }
}

fn listed<T: AsRef<str>>(items: &[T]) -> String {
    /// More is a list that nobody reads.
    const SHOWN: usize = 8;
    let shown: Vec<&str> = items.iter().take(SHOWN).map(AsRef::as_ref).collect();
    match items.len().saturating_sub(SHOWN) {
        _ if items.is_empty() => "none".into(),
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
