//! DOC: what people read when they need it.

use jiff::SignedDuration;

use super::{count, some};
use crate::config::platform::Level;
use crate::readiness::check::{Check, Finding, Judged, Need, Spot};
use crate::readiness::fact::{Facts, Unknown};
use crate::readiness::read::readme::Answer;

pub const RUNBOOK: Check = Check {
    id: "DOC-1",
    title: "the runbook says what to do, in the team's own words",
    level: Level::Silver,
    why: "whoever is paged at night repairs by what is written, or searches",
    how: "the file that `runbook` names is there, answers symptoms, dashboards, rollback and escalation with more than a heading, \
          and is not the template's text any more",
    needs: &[Need::Runbook],
    impact: 4,
    effort: 2,
    waivable: true,
    fix: "deliver ready fix DOC-1",
    judge: runbook,
};

fn runbook(facts: &Facts) -> Judged {
    let source = facts.runbook.source();
    let Some(runbook) = facts.runbook.get()? else {
        return Ok(Finding::fail("no runbook is named", &facts.entry.file));
    };
    let place = &runbook.place;
    if !runbook.there {
        return Ok(Finding::fail(format!("`{place}` is not there"), &facts.entry.file));
    }
    if place.contains("://") {
        return Err(Unknown::new(
            format!("`{place}` is not read: only files of the service are"),
            "keep the runbook beside the code, and name its file",
        ));
    }
    let missing = runbook.missing();
    Ok(match (missing.is_empty(), runbook.untouched) {
        (false, _) => Finding::fail(format!("does not answer {}", missing.join(", ").to_lowercase()), source).at(
            place,
            1,
            "headings that a person who was paged looks for",
        ),
        (true, true) => Finding::fail(
            "is what the template wrote: nobody has made it this service's own",
            source,
        )
        .at(place, 1, "unchanged since the service was made")
        .fix(format!("write into {place} what breaks here and how it is mended")),
        (true, false) => Finding::pass("answers symptoms, dashboards, rollback and escalation", source),
    })
}

pub const FRESH: Check = Check {
    id: "DOC-2",
    title: "the runbook was looked at within a year",
    level: Level::Silver,
    why: "a stale runbook misleads those who trust it",
    how: "the last commit that changed the runbook's file is not older than 365 days",
    needs: &[Need::Runbook],
    impact: 2,
    effort: 1,
    waivable: true,
    fix: "read the runbook, correct what changed since, and commit it",
    judge: fresh,
};

fn fresh(facts: &Facts) -> Judged {
    let Some(runbook) = facts.runbook.get()?.as_ref().filter(|runbook| runbook.there) else {
        return Ok(Finding::fail("there is no runbook", &facts.entry.file).fix("deliver ready fix DOC-1"));
    };
    let Some(changed) = runbook.changed else {
        return Err(Unknown::new(
            "version control does not say when it was changed last",
            format!("git add {} && git commit", runbook.place),
        ));
    };
    let days = (facts.at.duration_since(changed).as_secs() / 86_400).max(0);
    let source = format!("git log {}", runbook.place);
    let told = match days {
        0 => "changed today".to_owned(),
        days => format!("changed {} ago", count(days as usize, "day")),
    };
    Ok(
        match facts.at.duration_since(changed) <= SignedDuration::from_hours(24 * 365) {
            true => Finding::pass(told, source),
            false => Finding::fail(format!("{told}, more than a year"), source).at(&runbook.place, 1, "stale"),
        },
    )
}

pub const README: Check = Check {
    id: "DOC-3",
    title: "README says how to run, test and deploy, with commands that exist",
    level: Level::Bronze,
    why: "a newcomer starts there, and stops at the first command that does not work",
    how: "README.md has headings for running, testing and deploying with commands below each; what those commands name of this \
          folder (scripts, targets, files) is there",
    needs: &[Need::Readme],
    impact: 3,
    effort: 1,
    waivable: true,
    fix: "deliver ready fix DOC-3",
    judge: readme,
};

fn readme(facts: &Facts) -> Judged {
    let source = facts.readme.source();
    let Some(readme) = facts.readme.get()? else {
        return Ok(Finding::fail("there is no README.md", "files of the service"));
    };
    let answers = |answer: &Option<Answer>| answer.as_ref().is_some_and(|answer| answer.commands > 0);
    let silent: Vec<&str> = [("run", &readme.run), ("test", &readme.test), ("deploy", &readme.deploy)]
        .into_iter()
        .filter_map(|(word, answer)| (!answers(answer)).then_some(word))
        .collect();
    if !silent.is_empty() {
        let told = format!("gives no command to {}", silent.join(", "));
        return Ok(Finding::fail(told, source).at(&readme.path, 1, "a heading with a fenced command below it"));
    }
    if let Some(first) = readme.broken.first() {
        let told = format!("`{}`: {}", first.command, first.why);
        let spots = readme.broken.iter().take(20).map(|broken| Spot {
            path: readme.path.clone(),
            line: broken.line,
            note: broken.why.clone(),
        });
        let fix = format!("correct {}:{}, or make the command work", readme.path, first.line);
        return Ok(Finding::fail(told, source).all_at(spots).fix(fix));
    }
    Ok(Finding::pass(
        format!("{} that exist", count(readme.commands, "command")),
        source,
    ))
}

pub const ALERT_LINKS: Check = Check {
    id: "DOC-5",
    title: "every alert links to its part of a runbook",
    level: Level::Silver,
    why: "at 3 a.m. the way from the page to what to do must be one click",
    how: "each alert of the Prometheus rules here has `runbook_url`; a link into a file leads to a heading that is there",
    needs: &[Need::Alerts],
    impact: 3,
    effort: 1,
    waivable: true,
    fix: "add `runbook_url: docs/runbook.md#HEADING` to the annotations of the alert",
    judge: alert_links,
};

fn alert_links(facts: &Facts) -> Judged {
    let alerts = facts.alerts.get()?;
    if alerts.is_empty() {
        return Ok(Finding::not_applicable("there are no alert rules here"));
    }
    let broken: Vec<Spot> = alerts
        .iter()
        .filter_map(|alert| {
            let why = match (&alert.runbook, &alert.broken) {
                (None, _) => "has no runbook".to_owned(),
                (Some(_), Some(why)) => why.clone(),
                _ => return None,
            };
            Some(Spot {
                path: alert.path.clone(),
                line: alert.line,
                note: format!("{}: {why}", alert.name),
            })
        })
        .collect();
    let source = facts.alerts.source();
    Ok(match broken.first() {
        None => Finding::pass(format!("{}, each linked", count(alerts.len(), "alert")), source),
        Some(_) => {
            let notes: Vec<&str> = broken.iter().map(|spot| spot.note.as_str()).collect();
            Finding::fail(some(&notes), source).all_at(broken.iter().take(20).cloned())
        }
    })
}
