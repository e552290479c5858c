//! DEP: how it gets to where it runs, and back.

use jiff::SignedDuration;

use super::{count, day, running, settles, some};
use crate::config::platform::Level;
use crate::model::deployment::Deployment;
use crate::readiness::check::{Check, Finding, Judged, Need, Spot};
use crate::readiness::fact::{Facts, Unknown};

pub const DEPLOYED: Check = Check {
    id: "DEP-1",
    title: "what runs was put there by a deployment",
    level: Level::Bronze,
    why: "what somebody changed by hand is in nobody's history, and is lost by the next deployment",
    how: "the release that is observed to run is the one that the newest deployment that succeeded put there, and every instance was \
          started by a deployment that the store knows",
    needs: &[Need::Live, Need::Deployments],
    impact: 5,
    effort: 1,
    waivable: true,
    fix: "deliver deploy",
    judge: deployed,
};

fn deployed(facts: &Facts) -> Judged {
    let running = match running(facts)? {
        Ok(running) => running,
        Err(finding) => return Ok(finding),
    };
    let deployments = facts.deployments.get()?;
    let source = facts.live.source();
    let env = &running.env;
    if !running.strangers.is_empty() {
        let told = format!("{} on {env}: no deployment here started them", some(&running.strangers));
        return Ok(Finding::fail(told, source).fix(format!("deliver deploy {env} --again")));
    }
    if let Some(meant) = running.meant.filter(|meant| *meant != running.release) {
        let told = format!("{} runs on {env}, and {meant} was put there", running.release);
        return Ok(Finding::fail(told, source).fix(format!("deliver deploy {env} --again")));
    }
    let mut actors: Vec<&str> = deployments.newest.iter().map(|it| it.actor.as_str()).collect();
    actors.sort_unstable();
    actors.dedup();
    let told = format!(
        "{} on {env}; the last {} by {}",
        running.release,
        count(deployments.newest.len(), "deployment"),
        some(&actors)
    );
    Ok(Finding::pass(told, source))
}

pub const IMMUTABLE: Check = Check {
    id: "DEP-2",
    title: "it is known exactly what runs",
    level: Level::Bronze,
    why: "nobody can look into code that is not known, or bring it back",
    how: "the store knows the running release, whose number stands for the hash of one content and one configuration, and elsewhere \
          than on this machine it was made from a commit without changes",
    needs: &[Need::Live],
    impact: 4,
    effort: 1,
    waivable: true,
    fix: "commit, then deliver deploy",
    judge: immutable,
};

fn immutable(facts: &Facts) -> Judged {
    let running = match running(facts)? {
        Ok(running) => running,
        Err(finding) => return Ok(finding),
    };
    let build = running.build.get()?;
    let commit = build
        .commit
        .as_deref()
        .map(|id| format!(" of commit {}", &id[..id.len().min(10)]));
    let told = format!("{} is {}{}", running.release, build.id, commit.unwrap_or_default());
    Ok(match (build.dirty, running.target.as_str()) {
        (true, "local") => Finding::pass(
            format!("{told}, with changes that are not committed"),
            running.build.source(),
        ),
        (true, _) => Finding::fail(
            format!("{told}, with changes that are in no commit"),
            running.build.source(),
        )
        .fix(format!("commit, then deliver deploy {}", running.env)),
        (false, _) => Finding::pass(told, running.build.source()),
    })
}

pub const ROLLBACK: Check = Check {
    id: "DEP-3",
    title: "going back was done within 90 days",
    level: Level::Silver,
    why: "a rollback that was never tried is a hope",
    how: "the store has a rollback, asked for or automatic, that reached its release within the last 90 days, in less than an hour; \
          asked for from 90 days after an environment first had two good releases, as before there was nothing to go back to",
    needs: &[Need::Deployments],
    impact: 4,
    effort: 1,
    waivable: true,
    fix: "deliver rollback, then deliver deploy",
    judge: rollback,
};

/// Longer than this is no way back while users wait: the line that DORA's reports draw for the best teams.
const WAY_BACK_SECONDS: f64 = 3_600.0;

/// Within this a way back counts as practised.
const PRACTICE: SignedDuration = SignedDuration::from_hours(24 * 90);

fn rollback(facts: &Facts) -> Judged {
    let deployments = facts.deployments.get()?;
    if !deployments.succeeded {
        return Ok(Finding::not_applicable("nothing was deployed with success yet"));
    }
    let source = "deliver history";
    let practised = deployments.rollback.as_ref().filter(|(last, _)| {
        let ended = last.finished_at.unwrap_or(last.started_at);
        facts.at.duration_since(ended) <= PRACTICE
    });
    if let Some((last, seconds)) = practised {
        let told = done(facts, last, *seconds);
        return Ok(match *seconds > WAY_BACK_SECONDS {
            true => Finding::fail(format!("{told}: more than an hour"), source),
            false => Finding::pass(told, source),
        });
    }
    let Some(since) = deployments.way_back_since else {
        return Ok(Finding::not_applicable("no environment has two good releases yet"));
    };
    if facts.at.duration_since(since) <= PRACTICE {
        let due = since.checked_add(PRACTICE).map_or(facts.at, |due| due);
        return Ok(Finding::not_applicable(format!(
            "there is a release to go back to since {}; do it by {}",
            day(since),
            day(due)
        )));
    }
    Ok(match &deployments.rollback {
        Some((last, seconds)) => Finding::fail(format!("{}: more than 90 days", done(facts, last, *seconds)), source),
        None => Finding::fail("no rollback was ever done", source),
    })
}

/// A rollback in words.
fn done(facts: &Facts, last: &Deployment, seconds: f64) -> String {
    let ended = last.finished_at.unwrap_or(last.started_at);
    let when = match (facts.at.duration_since(ended).as_secs() / 86_400).max(0) {
        0 => "today".to_owned(),
        days => format!("{} ago", count(days as usize, "day")),
    };
    format!("{} to {}, {when}, took {seconds:.0} s", last.id, last.env)
}

pub const GRADUAL: Check = Check {
    id: "DEP-4",
    title: "a new release takes over beside the old one",
    level: Level::Gold,
    why: "a bad release must meet some requests before it meets all of them, and the old one must still be there",
    how: "no environment replaces its only instance (`listen`, or the strategy `recreate`), and the newest deployment that succeeded \
          moved traffic as a step of its own",
    needs: &[Need::Entry, Need::Deployments],
    impact: 3,
    effort: 3,
    waivable: true,
    fix: "let the app take $PORT, and leave `listen` out of deliver.toml",
    judge: gradual,
};

fn gradual(facts: &Facts) -> Judged {
    let deployments = facts.deployments.get()?;
    let replaced: Vec<&str> = facts
        .entry
        .environments
        .iter()
        .filter(|env| env.replaces)
        .map(|env| env.name.as_str())
        .collect();
    let file = &facts.entry.file;
    Ok(match (replaced.is_empty(), deployments.succeeded) {
        (false, _) => Finding::fail(format!("one instance is replaced in {}", some(&replaced)), file).at(
            file,
            1,
            "`listen` or `recreate`",
        ),
        (true, false) => Finding::not_applicable("nothing was deployed with success yet"),
        (true, true) if deployments.switched => Finding::pass(
            "new instances start beside the old, and traffic moves when they are healthy",
            "deliver why",
        ),
        (true, true) => Finding::fail("the newest deployment moved no traffic by itself", "deliver history"),
    })
}

pub const NO_DOWNTIME: Check = Check {
    id: "DEP-5",
    title: "users do not notice deployments",
    level: Level::Silver,
    why: "whoever deploys often must not hurt anybody by it",
    how: "while the last five deployments went on, no larger share of requests failed than in the hour before each, as the router \
          counted them; without a request in any of them there is no evidence from 7 days after the first deployment on",
    needs: &[Need::Deployments],
    impact: 4,
    effort: 3,
    waivable: true,
    fix: "see which requests failed: deliver logs",
    judge: no_downtime,
};

/// What may fail beyond the share of before, so that a single unlucky request in ten thousand is none.
const MARGIN: f64 = 0.000_1;

fn no_downtime(facts: &Facts) -> Judged {
    let deployments = facts.deployments.get()?;
    if !deployments.succeeded {
        return Ok(Finding::not_applicable("nothing was deployed with success yet"));
    }
    if deployments.windows.is_empty() {
        return Ok(Finding::not_applicable("no release took over from another yet"));
    }
    let windows: Vec<_> = deployments
        .windows
        .iter()
        .filter(|window| window.requests > 0)
        .collect();
    if windows.is_empty() {
        if let Some(day) = settles(facts)? {
            let told = format!("no request was counted while it was deployed; asked for from {day} on");
            return Ok(Finding::not_applicable(told));
        }
        return Err(Unknown::new(
            "no request was counted while it was deployed",
            "deploy while it has traffic: deliver deploy --again",
        ));
    }
    let share = |failed: u64, all: u64| if all == 0 { 0.0 } else { failed as f64 / all as f64 };
    let worse = windows
        .iter()
        .find(|window| share(window.failed, window.requests) > share(window.failed_before, window.before) + MARGIN);
    let source = "requests as the router counted them";
    let total: u64 = windows.iter().map(|window| window.requests).sum();
    Ok(match worse {
        Some(window) => Finding::fail(
            format!(
                "{} of {} requests failed while {} went on",
                window.failed, window.requests, window.deployment
            ),
            source,
        )
        .fix(format!("deliver why {}", window.deployment)),
        None => Finding::pass(
            format!(
                "{total} requests in {}, no more failed than before",
                count(windows.len(), "deployment")
            ),
            source,
        ),
    })
}

pub const TEMPLATE: Check = Check {
    id: "DEP-6",
    title: "its template is one that is looked after",
    level: Level::Silver,
    why: "a fleet that drifts apart is repaired one service at a time",
    how: "the version in .deliver/template.toml is at most two minor versions behind the newest that is known here, and the files that \
          belong to the template are as it wrote them",
    needs: &[Need::Template],
    impact: 2,
    effort: 2,
    waivable: true,
    fix: "bring the template's files back to what it wrote, and your own code out of them",
    judge: template,
};

fn template(facts: &Facts) -> Judged {
    let source = facts.template.source();
    let Some(record) = facts.template.get()? else {
        return Ok(Finding::not_applicable("it was not made from a template"));
    };
    let (name, version) = (&record.name, &record.version);
    if let [first, ..] = &record.modified[..] {
        let told = format!(
            "{} of the template changed: {}",
            count(record.modified.len(), "file"),
            some(&record.modified)
        );
        let spots = record.modified.iter().take(20).map(|path| Spot {
            path: path.clone(),
            line: 1,
            note: "belongs to the template".into(),
        });
        return Ok(Finding::fail(told, source)
            .all_at(spots)
            .fix(format!("git log {first}")));
    }
    let newest = record.newest.as_deref().unwrap_or("?");
    Ok(match record.is_supported() {
        Some(true) => Finding::pass(format!("{name} {version}; {newest} is the newest"), source),
        Some(false) => Finding::fail(format!("{name} {version} is too far behind {newest}"), source)
            .fix(format!("deliver template show {name}")),
        None => {
            return Err(Unknown::new(
                format!("no newer version of `{name}` is known to compare {version} with"),
                "deliver template list",
            ));
        }
    })
}

pub const MIGRATIONS: Check = Check {
    id: "DEP-7",
    title: "schema changes leave the release before working",
    level: Level::Silver,
    why: "a rollback must not find that its data is gone",
    how: "migrations in SQL drop, rename and narrow nothing, or deliver.toml says `previous_still_works = false`, which makes going back \
          past them refused",
    needs: &[Need::Migrations],
    impact: 4,
    effort: 3,
    waivable: true,
    fix: "do it in two releases: stop using it, then take it away; or set `previous_still_works = false` under [run.release]",
    judge: migrations,
};

fn migrations(facts: &Facts) -> Judged {
    let found = facts.hazards.get()?;
    let source = facts.hazards.source();
    if found.files == 0 {
        return Ok(Finding::not_applicable("it has no migrations in SQL"));
    }
    let Some(first) = found.hazards.first() else {
        return Ok(Finding::pass(
            format!("{}, none takes anything away", count(found.files, "migration")),
            source,
        ));
    };
    let told = format!("{}:{} {}", first.path, first.line, first.what);
    Ok(match found.declared {
        true => Finding::pass(format!("{told}; going back past it is refused"), source),
        false => Finding::fail(told, source).all_at(found.hazards.iter().take(20).map(|hazard| Spot {
            path: hazard.path.clone(),
            line: hazard.line,
            note: hazard.what.into(),
        })),
    })
}
