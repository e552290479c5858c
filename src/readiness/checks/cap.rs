//! CAP: there is enough of it.

use super::some;
use crate::config::platform::Level;
use crate::readiness::check::{Check, Finding, Judged, Need};
use crate::readiness::fact::{Facts, Serves};

pub const INSTANCES: Check = Check {
    id: "CAP-2",
    title: "losing one instance loses nothing",
    level: Level::Silver,
    why: "machines end, and a single instance ends with them",
    how: "every environment but those on this machine declares at least two instances",
    needs: &[Need::Entry],
    impact: 4,
    effort: 1,
    waivable: true,
    fix: "set `instances = 2` under [environment.NAME] in deliver.toml",
    judge: instances,
};

fn instances(facts: &Facts) -> Judged {
    let entry = &facts.entry;
    if entry.serves == Serves::Files {
        return Ok(Finding::not_applicable("a static site: the engine serves it"));
    }
    let elsewhere: Vec<_> = entry.environments.iter().filter(|env| env.target != "local").collect();
    if elsewhere.is_empty() {
        return Ok(Finding::not_applicable("it runs on one machine only"));
    }
    let single: Vec<&str> = elsewhere
        .iter()
        .filter(|env| env.instances < 2)
        .map(|env| env.name.as_str())
        .collect();
    Ok(match single.first() {
        None => {
            let told: Vec<String> = elsewhere
                .iter()
                .map(|env| format!("{} has {}", env.name, env.instances))
                .collect();
            Finding::pass(some(&told), &entry.file)
        }
        Some(first) => Finding::fail(format!("one instance in {}", some(&single)), &entry.file)
            .at(&entry.file, 1, "`instances`")
            .fix(format!(
                "set `instances = 2` under [environment.{first}] in deliver.toml"
            )),
    })
}
