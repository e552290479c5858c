//! Which artifacts may go, and what a target made of them: a pure choice, then the removal.

use std::collections::BTreeSet;
use std::fs;

use jiff::{SignedDuration, Timestamp};

use crate::fault::{Attempt, Result};
use crate::model::release::BuildId;
use crate::model::{EnvName, ReleaseNo};

use super::engine::{Deployer, Subject};

/// Nothing younger is removed, whatever the counts say: a person may still want to look at it.
const MIN_AGE: SignedDuration = SignedDuration::from_hours(24);

/// Releases proven good that are kept whatever their age.
const KEEP_GOOD: usize = 2;

/// Releases looked at; what is older lost its artifact in an earlier round.
const LOOKED_AT: u32 = 500;

/// What pruning knows of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseFact {
    pub number: ReleaseNo,
    pub env: EnvName,
    pub build: BuildId,
    pub created_at: Timestamp,
    /// It runs, or is one of the last two proven good in its environment.
    pub protected: bool,
}

/// Builds that no kept release needs: releases beyond the newest `keep`, not protected, older than [`MIN_AGE`].
pub fn removable(releases: &[ReleaseFact], keep: usize, now: Timestamp) -> BTreeSet<BuildId> {
    let mut newest: Vec<&ReleaseFact> = releases.iter().collect();
    newest.sort_by_key(|release| std::cmp::Reverse(release.number));
    let needed: BTreeSet<&BuildId> = newest
        .iter()
        .enumerate()
        .filter(|(index, release)| {
            *index < keep || release.protected || now.duration_since(release.created_at) < MIN_AGE
        })
        .map(|(_, release)| &release.build)
        .collect();
    newest
        .iter()
        .map(|release| &release.build)
        .filter(|build| !needed.contains(build))
        .cloned()
        .collect()
}

/// Removes what [`removable`] names for the subject's service.
pub(super) fn prune(d: &Deployer<'_>, subject: &Subject, keep: usize) -> Result<()> {
    let releases = d.store.releases(&subject.service, None, LOOKED_AT)?;
    let mut good = BTreeSet::new();
    let mut before = d.store.last_good(&subject.service, &subject.env)?;
    while let Some(number) = before.filter(|_| good.len() < KEEP_GOOD) {
        good.insert(number);
        before = d.store.previous_good(&subject.service, &subject.env, number)?;
    }
    let running: BTreeSet<ReleaseNo> = d
        .target
        .observe(&subject.service, &subject.env)?
        .instances
        .iter()
        .map(|one| one.release)
        .collect();
    let facts: Vec<ReleaseFact> = releases
        .into_iter()
        .map(|release| ReleaseFact {
            protected: release.env != subject.env
                || running.contains(&release.number)
                || good.contains(&release.number),
            number: release.number,
            env: release.env,
            build: release.build,
            created_at: release.created_at,
        })
        .collect();
    let builds = removable(&facts, keep, d.clock.now());
    for build in &builds {
        for folder in [
            d.paths.artifact(&build.0),
            d.paths.run(subject.service.as_str(), subject.env.as_str(), &build.0),
        ] {
            if folder.is_dir() {
                fs::remove_dir_all(&folder).attempting("remove", &folder)?;
            }
        }
    }
    if !builds.is_empty() {
        d.target.discard(&subject.service, &builds)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(number: u32, build: &str, hours_old: i64, protected: bool) -> ReleaseFact {
        ReleaseFact {
            number: ReleaseNo(number),
            env: "local".parse().unwrap(),
            build: BuildId(build.into()),
            created_at: now() - SignedDuration::from_hours(hours_old),
            protected,
        }
    }

    fn now() -> Timestamp {
        Timestamp::from_second(1_800_000_000).unwrap()
    }

    #[test]
    fn old_builds_go_unless_a_kept_release_shares_them() {
        let releases = [
            fact(1, "a", 100, false),
            fact(2, "b", 90, true),
            fact(3, "c", 80, false),
            fact(4, "a", 70, false),
            fact(5, "d", 1, false),
            fact(6, "e", 0, false),
        ];
        let gone: Vec<String> = removable(&releases, 1, now())
            .into_iter()
            .map(|build| build.0)
            .collect();
        assert_eq!(gone, ["a", "c"]);
        assert!(removable(&releases, 10, now()).is_empty());
        let gone: Vec<String> = removable(&releases, 3, now())
            .into_iter()
            .map(|build| build.0)
            .collect();
        assert_eq!(gone, ["c"], "v4 is kept and shares its build with v1");
    }
}
