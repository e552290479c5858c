//! HLT: how it says that it is well, and how it goes.

use super::{count, some};
use crate::config::platform::Level;
use crate::readiness::check::{Check, Finding, Judged, Need};
use crate::readiness::fact::{Facts, Serves};
use crate::readiness::live::Live;

pub const PROBES: Check = Check {
    id: "HLT-1",
    title: "readiness and liveness are two paths, and both answer",
    level: Level::Bronze,
    why: "with one path for both, a database that is gone restarts every instance again and again",
    how: "`health` in deliver.toml names `path` (may it have traffic?) and another `live` (does the process live?) in every environment; \
          once deployed, both are asked and answer below 400",
    needs: &[Need::Entry, Need::Live],
    impact: 4,
    effort: 1,
    waivable: true,
    fix: "set `health = { path = \"/readyz\", live = \"/healthz\" }` under [run] in deliver.toml",
    judge: probes,
};

fn probes(facts: &Facts) -> Judged {
    let file = &facts.entry.file;
    match facts.entry.serves {
        Serves::Requests => {}
        Serves::Files => {
            return Ok(Finding::not_applicable(
                "a static site: the engine answers for its own health",
            ));
        }
        Serves::Nothing => return Ok(Finding::not_applicable("it takes no requests")),
    }
    for place in &facts.entry.environments {
        let told = match (&place.ready, &place.live) {
            (None, None) => "neither readiness nor liveness has a path".to_owned(),
            (None, Some(_)) => "readiness has no path".to_owned(),
            (Some(_), None) => "liveness has no path".to_owned(),
            (Some(ready), Some(live)) if ready == live => format!("readiness and liveness are both `{ready}`"),
            _ => continue,
        };
        return Ok(Finding::fail(format!("{told} in {}", place.name), file).at(file, 1, "`health` under [run]"));
    }
    let declared = facts.entry.environments.first();
    let paths = declared.map(|place| {
        let path = |path: &Option<String>| path.clone().unwrap_or_default();
        (path(&place.ready), path(&place.live))
    });
    let (ready, live) = paths.unwrap_or_default();
    let Live::Running(running) = facts.live.get()? else {
        return Ok(Finding::pass(format!("ready at `{ready}`, alive at `{live}`"), file));
    };
    let (ready_status, live_status) = (*running.ready.get()?, *running.live.get()?);
    let source = running.live.source();
    Ok(match (ready_status < 400, live_status < 400) {
        (true, true) => Finding::pass(
            format!("`{ready}` answers {ready_status}, `{live}` {live_status}"),
            source,
        ),
        (_, false) => Finding::fail(format!("`{live}` answers {live_status}"), source)
            .fix(format!("make `{live}` answer while the process lives")),
        (false, true) => Finding::fail(format!("`{ready}` answers {ready_status}"), running.ready.source())
            .fix("deliver status, and deliver logs for what it waits for"),
    })
}

pub const SHUTDOWN: Check = Check {
    id: "HLT-3",
    title: "it ends without cutting anybody off",
    level: Level::Silver,
    why: "each deployment stops instances, and requests in flight must not pay for it",
    how: "in the newest deployments every instance that was stopped ended by itself within its grace, and no request was cut",
    needs: &[Need::Entry, Need::Deployments],
    impact: 3,
    effort: 2,
    waivable: true,
    fix: "end on SIGTERM when the requests in flight are answered, or give more `drain` and `grace` under [run]",
    judge: shutdown,
};

fn shutdown(facts: &Facts) -> Judged {
    let deployments = facts.deployments.get()?;
    if facts.entry.serves == Serves::Files {
        return Ok(Finding::not_applicable("a static site: the engine drains its requests"));
    }
    if deployments.stopped.is_empty() {
        return Ok(Finding::not_applicable("no instance was stopped by a deployment yet"));
    }
    let rough: Vec<String> = deployments
        .stopped
        .iter()
        .filter(|stopped| stopped.killed || stopped.cut > 0)
        .map(|stopped| match stopped.killed {
            true => format!("{} had to be killed ({})", stopped.id, stopped.deployment),
            false => format!(
                "{} cut {} ({})",
                stopped.id,
                count(stopped.cut as usize, "request"),
                stopped.deployment
            ),
        })
        .collect();
    let source = "deliver history";
    let told = match deployments.stopped.len() {
        1 => "1 instance was stopped, and ended by itself".to_owned(),
        number => format!("{number} instances were stopped, and ended by themselves"),
    };
    Ok(match rough.is_empty() {
        true => Finding::pass(told, source),
        false => Finding::fail(some(&rough), source),
    })
}
