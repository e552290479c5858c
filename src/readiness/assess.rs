//! What facts make of a service: what each check found, the level that was reached, and what to do first.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::check::{CHECKS, Check, Finding};
use super::fact::Facts;
use super::waiver::{State, Waiver, Waivers};
use crate::config::platform::Level;
use crate::model::readiness::{Outcome, Snapshot};

/// Everything that was found.
#[derive(Clone)]
pub struct Assessment {
    pub level: Level,
    pub required: Level,
    pub results: Vec<Ruled>,
    /// Waivers with what became of them.
    pub waivers: Vec<(Waiver, State)>,
    /// What to do first, at most [`NEXT`].
    pub next: Vec<&'static str>,
}

/// One check and what came of it.
#[derive(Clone)]
pub struct Ruled {
    pub check: &'static Check,
    pub outcome: Outcome,
    pub finding: Finding,
    /// The day that the waiver which excuses it ends with.
    pub waived_until: Option<Date>,
}

/// More than three things to do next is a list, and a list is put off.
const NEXT: usize = 3;

/// Levels that checks belong to, from the bottom up.
const LEVELS: [Level; 3] = [Level::Bronze, Level::Silver, Level::Gold];

impl Assessment {
    pub fn ready(&self) -> bool {
        self.level >= self.required
    }

    /// The checks that stand between the level that was reached and the one that is required.
    pub fn missing(&self) -> impl Iterator<Item = &Ruled> {
        self.results
            .iter()
            .filter(|ruled| ruled.outcome.blocks() && ruled.check.level <= self.required)
    }

    pub fn ruled(&self, id: &str) -> Option<&Ruled> {
        self.results.iter().find(|ruled| ruled.check.id == id)
    }

    /// What is kept of it.
    pub fn snapshot(&self) -> Snapshot {
        let outcomes = self
            .results
            .iter()
            .map(|ruled| (ruled.check.id.to_owned(), ruled.outcome));
        Snapshot {
            level: word(self.level).into(),
            required: word(self.required).into(),
            ready: self.ready(),
            checks: outcomes.collect::<BTreeMap<_, _>>(),
        }
    }
}

/// A level as people and scripts read it.
pub fn word(level: Level) -> &'static str {
    match level {
        Level::None => "none",
        Level::Bronze => "bronze",
        Level::Silver => "silver",
        Level::Gold => "gold",
    }
}

/// Judges every check and adds up.
pub fn assess(facts: &Facts, waivers: &Waivers, required: Level, today: Date) -> Assessment {
    let results: Vec<Ruled> = CHECKS.iter().map(|check| rule(check, facts, waivers, today)).collect();
    let level = reached(&results);
    let used = |waiver: &Waiver| {
        results
            .iter()
            .any(|ruled| ruled.outcome == Outcome::Waived && ruled.check.id == waiver.check)
    };
    let states = waivers
        .all
        .iter()
        .map(|waiver| (waiver.clone(), waiver.state(today, used(waiver))));
    Assessment {
        waivers: states.collect(),
        next: next(&results, level, required),
        level,
        required,
        results,
    }
}

fn rule(check: &'static Check, facts: &Facts, waivers: &Waivers, today: Date) -> Ruled {
    let finding = (check.judge)(facts).unwrap_or_else(|unknown| Finding::no_evidence(&unknown));
    let waiver = match finding.outcome.blocks() && check.waivable {
        true => waivers.excuse(check.id, &finding.places, today),
        false => None,
    };
    Ruled {
        check,
        outcome: waiver.map_or(finding.outcome, |_| Outcome::Waived),
        waived_until: waiver.map(|waiver| waiver.until),
        finding,
    }
}

/// The highest level of which, and of those below, no check stands in the way.
fn reached(results: &[Ruled]) -> Level {
    let free = |level: &Level| {
        !results
            .iter()
            .any(|ruled| ruled.check.level == *level && ruled.outcome.blocks())
    };
    LEVELS.into_iter().take_while(free).last().unwrap_or(Level::None)
}

/// What to do first: what stands between the service and what it owes, else the level above; the most worth for the
/// least work first.
fn next(results: &[Ruled], level: Level, required: Level) -> Vec<&'static str> {
    let above = LEVELS.into_iter().find(|one| *one > level).unwrap_or(Level::Gold);
    let up_to = required.max(above);
    let mut open: Vec<&Ruled> = results
        .iter()
        .filter(|ruled| ruled.outcome.blocks() && ruled.check.level <= up_to)
        .collect();
    // Worth over work, as whole numbers: a/b before c/d where a·d is more than c·b.
    open.sort_by_key(|ruled| {
        let worth = u32::from(ruled.check.impact) * 60 / u32::from(ruled.check.effort.max(1));
        (
            ruled.check.level > required,
            std::cmp::Reverse(worth),
            ruled.check.level,
        )
    });
    open.into_iter().take(NEXT).map(|ruled| ruled.check.id).collect()
}
