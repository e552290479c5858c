//! SEC: what must not get into other hands.

use std::collections::BTreeSet;

use super::{count, tracked};
use crate::config::platform::Level;
use crate::readiness::check::{Check, Finding, Judged, Need, Spot};
use crate::readiness::fact::{Facts, Unknown};
use crate::readiness::secrets::Hit;

pub const SECRETS: Check = Check {
    id: "SEC-1",
    title: "no secret is in the source or its history",
    level: Level::Bronze,
    why: "whoever has the source has every secret that was ever in it",
    how: "every file and everything that a commit added is searched for private keys, keys of known shapes, and random values behind \
          names such as PASSWORD; hits are told as file, line and hash. Only commits that were not looked at before are read; \
          without version control there is no history, and no evidence",
    needs: &[Need::TreeSecrets, Need::HistorySecrets],
    impact: 5,
    effort: 2,
    waivable: false,
    fix: "revoke it where it was issued, take it out, and refer to it under [run.secrets]",
    judge: secrets,
};

fn secrets(facts: &Facts) -> Judged {
    let tree = facts.tree_secrets.get()?;
    let source = "files and history of the service";
    let history = facts.history_secrets.get();
    let hits = hits(facts);
    if let Some(first) = hits.first() {
        let told = format!(
            "{}: {} at {}:{} (hash {})",
            count(hits.len(), "secret"),
            first.what,
            first.path,
            first.line,
            first.hash
        );
        let told = match &first.commit {
            Some(commit) => format!("{told}, in commit {}", &commit[..commit.len().min(10)]),
            None => told,
        };
        let fix = match first.commit {
            None => format!(
                "revoke it where it was issued, and take it out of {}:{}",
                first.path, first.line
            ),
            Some(_) => format!(
                "revoke it where it was issued, and say so in .deliver/waivers.toml: [[harmless]] hash = \"{}\"",
                first.hash
            ),
        };
        return Ok(Finding::fail(told, source)
            .fix(fix)
            .all_at(hits.iter().take(50).map(|hit| spot(hit))));
    }
    let history = history?;
    tracked(facts)?;
    for scan in [tree, history] {
        if let Some(unfinished) = &scan.unfinished {
            return Err(Unknown::new(
                unfinished.clone(),
                "deliver ready --timeout 5m: it goes on where it stopped; what is no source belongs into .gitignore",
            ));
        }
    }
    Ok(Finding::pass(
        format!(
            "{} and {} searched",
            count(tree.looked_at, "file"),
            count(history.looked_at, "commit")
        ),
        source,
    ))
}

/// Every secret that was found: those of the files, then those that only the history still has.
pub fn hits(facts: &Facts) -> Vec<&Hit> {
    let (tree, history) = (facts.tree_secrets.get(), facts.history_secrets.get());
    let now: Vec<&Hit> = tree.iter().flat_map(|scan| &scan.hits).collect();
    let known: BTreeSet<&str> = now.iter().map(|hit| hit.hash.as_str()).collect();
    let past = history
        .iter()
        .flat_map(|scan| &scan.hits)
        .filter(|hit| !known.contains(hit.hash.as_str()));
    now.iter().copied().chain(past).collect()
}

pub fn spot(hit: &Hit) -> Spot {
    let commit = hit
        .commit
        .as_deref()
        .map(|id| format!(", added by {}", &id[..id.len().min(10)]));
    Spot {
        path: hit.path.clone(),
        line: hit.line,
        note: format!("{} (hash {}){}", hit.what, hit.hash, commit.unwrap_or_default()),
    }
}

pub const USER: Check = Check {
    id: "SEC-2",
    title: "its image does not run as root",
    level: Level::Bronze,
    why: "who breaks into a process that is root is half out of its container",
    how: "the last stage of the Dockerfile sets `USER` to somebody other than root",
    needs: &[Need::Image, Need::Entry],
    impact: 4,
    effort: 1,
    waivable: true,
    fix: "add `USER 10001:10001` before the last CMD of the Dockerfile, and give that user what it writes to",
    judge: user,
};

fn user(facts: &Facts) -> Judged {
    let source = facts.image.source();
    let Some(file) = facts.image.get()? else {
        return match &facts.entry.base_image {
            Some(base) => Err(Unknown::new(
                format!("as whom the image `{base}` runs is not written here"),
                "name a `dockerfile` under [build.image] that sets USER",
            )),
            None => Ok(Finding::not_applicable("no image is made of it")),
        };
    };
    Ok(match file.user() {
        None => {
            let line = file.stages.last().map_or(1, |stage| stage.line);
            Finding::fail("no USER is set: it runs as root, or as its base decides", source).at(
                &file.path,
                line,
                "the last stage",
            )
        }
        Some((user, line)) if is_root(user) => {
            Finding::fail(format!("USER is {user}"), format!("{}:{line}", file.path)).at(&file.path, line, "root")
        }
        Some((user, line)) => Finding::pass(format!("USER is {user}"), format!("{}:{line}", file.path)),
    })
}

/// A user by name or number; one that a variable decides counts as nobody's choice.
fn is_root(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or(user);
    matches!(name, "root" | "0" | "" | "Administrator") || name.starts_with('$')
}
