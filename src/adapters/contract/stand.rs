//! The target under trial, and how it is acted on and looked at.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{App, Bed};
use crate::fault::{Fault, Result};
use crate::model::observed::{Instance, InstanceState, Observation};
use crate::model::{DeploymentId, EnvName, ReleaseNo, ServiceName, Span};
use crate::ports::target::{
    Authority, Capabilities, InPlace, LogLine, LogQuery, Placed, Prepared, RELEASE_STEP, Shift, Stage, Stop, Stopped,
    Traffic, Wanted,
};
use crate::ports::{Interrupt, Target};

/// Between two looks while something is awaited.
const POLL: Duration = Duration::from_millis(50);

/// Requests that must all be answered by one release.
const ASKED: usize = 20;

/// The first fence; there is room for a lower one below.
const FENCE: u64 = 10;

/// The share that a part is tried with.
pub const HALF: u8 = 50;
pub const HUNDRED: usize = 100;
/// Whoever divides by chance gets there but once in a billion times: six standard deviations of a hundred coins.
const NEAR_HALF: std::ops::RangeInclusive<usize> = 20..=80;

pub const fn v(number: u32) -> ReleaseNo {
    ReleaseNo(number)
}

/// Why an obligation was not met.
pub enum Not {
    Met(String),
    Tried(String),
}

impl From<Fault> for Not {
    fn from(fault: Fault) -> Not {
        let evidence = fault.evidence().iter().rev().take(3).rev().cloned().collect::<Vec<_>>();
        Not::Met(match evidence.is_empty() {
            true => format!("{fault} ({})", fault.kind().word()),
            false => format!("{fault} ({}): {}", fault.kind().word(), evidence.join(" / ")),
        })
    }
}

pub type Tried = std::result::Result<String, Not>;

pub fn ensure(met: bool, otherwise: impl FnOnce() -> String) -> std::result::Result<(), Not> {
    if met { Ok(()) } else { Err(Not::Met(otherwise())) }
}

/// The target under trial, and what was seen of it so far.
pub struct Stand<'a> {
    pub bed: &'a dyn Bed,
    pub interrupt: &'a dyn Interrupt,
    pub able: Capabilities,
    pub service: ServiceName,
    pub env: EnvName,
    pub fence: u64,
    /// Counts up as deployments do.
    pub deployment: u64,
    pub placed: Option<Placed>,
    /// The instances that serve.
    pub serving: Vec<String>,
    /// Everything that the target said, as text.
    pub said: String,
}

impl<'a> Stand<'a> {
    pub fn new(bed: &'a dyn Bed, interrupt: &'a dyn Interrupt) -> Self {
        Stand {
            able: bed.target().capabilities(),
            service: bed.service(),
            env: bed.env(),
            bed,
            interrupt,
            fence: FENCE,
            deployment: 1,
            placed: None,
            serving: Vec::new(),
            said: String::new(),
        }
    }

    pub fn target(&self) -> &'a dyn Target {
        self.bed.target()
    }

    pub fn engine(&self) -> std::result::Result<&'a dyn InPlace, Not> {
        let engine = self.target().in_place();
        engine.ok_or_else(|| Not::Met("declares `in_place`, and has no such acts".into()))
    }

    pub fn authority(&self) -> Authority {
        self.authority_under(self.fence)
    }

    pub fn authority_under(&self, fence: u64) -> Authority {
        Authority {
            service: self.service.clone(),
            env: self.env.clone(),
            deployment: DeploymentId(self.deployment),
            fence,
        }
    }

    /// A later deployment, under a higher fence.
    pub fn next(&mut self) {
        self.deployment += 1;
        self.fence += 1;
    }

    pub fn observe(&mut self) -> Result<Observation> {
        let observed = self.target().observe(&self.service, &self.env)?;
        self.said.push_str(&format!("{observed:?}\n"));
        Ok(observed)
    }

    /// The release made ready, as `prepare` left it.
    pub fn ready(&mut self, app: App, number: ReleaseNo) -> Result<Prepared> {
        let mut prepared = self.bed.release(app, number)?;
        let placed = self.target().prepare(&self.authority(), &prepared)?;
        self.said.push_str(&format!("{placed:?}\n"));
        prepared.record = placed.record.clone();
        self.placed = Some(placed);
        Ok(prepared)
    }

    pub fn wanted(&self, number: ReleaseNo, process: &str, count: u32) -> Vec<Wanted> {
        let id = |index| format!("{}-{number}-{process}-{index}-d{}", self.service, self.deployment);
        (1..=count)
            .map(|index| Wanted {
                id: id(index),
                process: process.to_owned(),
            })
            .collect()
    }

    /// Looks until `there` is happy; else what was there last is the evidence.
    pub fn until(&mut self, what: &str, there: impl Fn(&Observation) -> bool) -> std::result::Result<Observation, Not> {
        let patience = self.bed.patience();
        let end = self.bed.clock().elapsed() + patience;
        loop {
            let observed = self.observe()?;
            if there(&observed) {
                return Ok(observed);
            }
            if self.bed.clock().elapsed() >= end {
                let seen: Vec<String> = observed.instances.iter().map(describe).collect();
                let seen = if seen.is_empty() {
                    "no instances".to_owned()
                } else {
                    seen.join(", ")
                };
                return Err(Not::Met(format!("{what} not within {} s: {seen}", patience.as_secs())));
            }
            if self.interrupt.requested().is_some() {
                return Err(Not::Tried("interrupted".into()));
            }
            self.bed.clock().sleep(POLL);
        }
    }

    /// What the public address answers; `None` where nobody can ask.
    pub fn ask(&self, path: &str) -> Option<Result<String>> {
        let url = self.placed.as_ref()?.url.as_ref()?;
        self.bed.ask(url, path)
    }

    /// Every one of a few requests is answered by `number`.
    pub fn answers(&self, number: ReleaseNo) -> std::result::Result<String, Not> {
        for asked in 0..ASKED {
            let Some(answer) = self.ask("/") else {
                return Ok(format!("{number} as observed; there is no public address to ask"));
            };
            let answer = answer?;
            ensure(answer == number.to_string(), || {
                format!(
                    "request {} of {ASKED} was answered by `{}`, not {number}",
                    asked + 1,
                    answer.escape_debug()
                )
            })?;
        }
        Ok(format!("{ASKED} of {ASKED} requests answered by {number}"))
    }

    /// The share of a hundred requests that a release answered, which is to be near a half; `None` where there is no address
    /// to ask.
    pub fn share_of(&self, number: ReleaseNo) -> std::result::Result<Option<usize>, Not> {
        let mut answered = 0;
        for _ in 0..HUNDRED {
            let Some(answer) = self.ask("/") else { return Ok(None) };
            answered += usize::from(answer? == number.to_string());
        }
        ensure(NEAR_HALF.contains(&answered), || {
            format!("{number} answered {answered} of {HUNDRED} requests, and was to take {HALF}%")
        })?;
        Ok(Some(answered))
    }

    pub fn shift_to(&self, number: ReleaseNo, instances: &[String]) -> Result<()> {
        let shift = Shift::to(number, instances.to_vec());
        self.target().shift(&self.authority(), &shift)
    }

    pub fn stop(&self, instances: &[String]) -> Result<Vec<Stopped>> {
        let stop = Stop {
            instances: instances.to_vec(),
            drain: Span::from_secs(10),
            grace: Span::from_secs(5),
        };
        self.target().stop(&self.authority(), &stop)
    }

    pub fn lines(&mut self, query: &LogQuery) -> Result<Vec<LogLine>> {
        let mut lines = Vec::new();
        let mut take = |line| {
            lines.push(line);
            true
        };
        self.target().logs(&self.service, &self.env, query, false, &mut take)?;
        lines.iter().for_each(|line| self.said.push_str(&format!("{line:?}\n")));
        Ok(lines)
    }

    /// Lines of one instance, waited for until one of them has `text`: what was printed may take its time.
    pub fn lines_with(&mut self, instance: &str, text: &str) -> std::result::Result<Vec<LogLine>, Not> {
        let query = LogQuery {
            instances: vec![instance.to_owned()],
            ..LogQuery::default()
        };
        let end = self.bed.clock().elapsed() + self.bed.patience();
        loop {
            let lines = self.lines(&query)?;
            if lines.iter().any(|line| line.text.contains(text)) {
                return Ok(lines);
            }
            if self.bed.clock().elapsed() >= end {
                let last = lines.last().map_or("nothing", |line| line.text.as_str());
                return Err(Not::Met(format!(
                    "no line of `{instance}` has `{text}`; the last is `{last}`"
                )));
            }
            self.bed.clock().sleep(POLL);
        }
    }

    pub fn replace(&self, prepared: &Prepared, count: u32, traffic: Traffic) -> std::result::Result<(), Not> {
        let stage = Stage {
            instances: BTreeMap::from([("web".to_owned(), count)]),
            traffic,
            fresh: false,
            stop_first: false,
        };
        Ok(self.engine()?.replace(&self.authority(), prepared, &stage)?)
    }
}

pub fn describe(one: &Instance) -> String {
    let state = one.state.as_str();
    match (&one.exit, &one.probe) {
        (Some(exit), _) => format!("{} is {state} ({exit})", one.id),
        (None, Some(probe)) => format!("{} is {state} ({probe})", one.id),
        _ => format!("{} is {state}", one.id),
    }
}

pub fn healthy(observed: &Observation, number: ReleaseNo) -> impl Iterator<Item = &Instance> {
    let up = |one: &&Instance| one.state == InstanceState::Healthy && one.process != RELEASE_STEP;
    observed
        .instances
        .iter()
        .filter(up)
        .filter(move |one| one.release == number)
}

pub fn ids_of(wanted: &[Wanted]) -> Vec<String> {
    wanted.iter().map(|one| one.id.clone()).collect()
}
