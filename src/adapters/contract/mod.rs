//! What every target owes, as obligations that can be tried: on memory, on this machine, on a cluster, on a plugin that
//! somebody wrote yesterday.
//!
//! Obligations are tried in order and build on one another, as a deployment does. A [`Bed`] says how the target under trial is
//! provided with apps, and how it is asked from outside.

mod beside;
mod every;
mod in_place;
mod stand;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::fault::Result;
use crate::model::release::{BuildId, Release, Source};
use crate::model::spec::{CommandLine, Health, HttpProbe, Process, ReleaseStep, Role, Spec, Work};
use crate::model::{EnvName, ReleaseNo, ServiceName, Span};
use crate::ports::target::{Prepared, Secret};
use crate::ports::{Clock, Interrupt, Target};

use beside::BESIDE;
use every::{FIRST, LAST};
use in_place::IN_PLACE;
use stand::{Not, Stand, Tried};

/// The variable of the secret that every app is given.
pub const SECRET: &str = "DELIVER_CHECK_SECRET";

/// Its value, which may come back in nothing that a target says.
pub const CANARY: &str = "canary-5f1c7b2e9d";

/// What apps of a trial do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum App {
    /// Two web instances. Each prints `listening` and, last of all at its start, `secret of N bytes` (the length of
    /// [`SECRET`]), answers `GET /` with its release's number (`v1`) and `GET /slow` with the same two
    /// seconds later.
    Good,
    /// Two web instances that print `cannot go on` and end with status 3 at once.
    Crashes,
    /// Good, with a release step that prints `migrated` and ends with this status.
    Step(u8),
}

impl App {
    /// The instances of its web process.
    pub const INSTANCES: u32 = 2;
}

/// Where a target is tried.
pub trait Bed: Sync {
    fn target(&self) -> &dyn Target;
    fn clock(&self) -> &dyn Clock;

    /// A name that nobody else uses.
    fn service(&self) -> ServiceName;
    fn env(&self) -> EnvName;

    /// A release of `app`, with the secret [`CANARY`]. Asked for the same number twice it is the same release.
    fn release(&self, app: App, number: ReleaseNo) -> Result<Prepared>;

    /// What the service answers at `url` and `path`; `None` where nobody can ask, as in memory.
    fn ask(&self, url: &str, path: &str) -> Option<Result<String>>;

    /// A target of the same kind behind which nothing answers; `None` where that cannot be provoked.
    fn severed(&self) -> Option<&dyn Target> {
        None
    }

    /// The longest that instances take to start, and to go.
    fn patience(&self) -> Duration {
        Duration::from_secs(60)
    }
}

/// A release of what `bed` deploys, with the secret.
pub fn prepared(bed: &dyn Bed, number: ReleaseNo, build: &str, spec: Spec, artifact: &Path) -> Prepared {
    Prepared {
        release: Release {
            service: bed.service(),
            number,
            env: bed.env(),
            build: BuildId(build.into()),
            identity: number.to_string(),
            spec,
            source: Source::default(),
            created_at: Timestamp::UNIX_EPOCH,
        },
        artifact: artifact.to_owned(),
        secrets: BTreeMap::from([(SECRET.to_owned(), Secret::new(CANARY.into()))]),
        record: Value::Null,
    }
}

/// Apps answer `GET /`, and are looked at often enough that a trial is soon over.
pub fn health() -> Health {
    Health {
        probe: Some(HttpProbe {
            path: "/".into(),
            host: None,
            below: 400,
        }),
        interval: Span::from_millis(200),
        start: Span::from_secs(30),
        stable: Span::ZERO,
        ..Health::default()
    }
}

/// What an app has as its release step, by the command that prints `migrated` and ends with a status.
pub fn step(app: App, command: impl FnOnce(u8) -> CommandLine) -> Option<ReleaseStep> {
    match app {
        App::Step(status) => Some(ReleaseStep {
            command: command(status),
            timeout: Span::from_secs(60),
            previous_still_works: true,
        }),
        App::Good | App::Crashes => None,
    }
}

/// The instances of an app that do this.
pub fn web(work: Work) -> Process {
    Process {
        name: "web".into(),
        role: Role::Web,
        work,
        instances: App::INSTANCES,
        env: BTreeMap::new(),
    }
}

/// How an obligation was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Pass,
    Fail,
    /// It could not be tried, and why is the evidence.
    Skipped,
}

/// One obligation, and what was seen of it.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize)]
pub struct Finding {
    pub id: &'static str,
    /// What is owed, as a sentence.
    pub claim: &'static str,
    pub outcome: Outcome,
    pub evidence: String,
}

type Trial = (
    &'static str,
    &'static str,
    fn(&mut Stand<'_>) -> Tried,
    /* later ones are pointless without it */ bool,
);

/// Ids of everything that can be tried, for documentation and tests.
pub fn ids() -> Vec<&'static str> {
    let all = [&FIRST[..], &BESIDE, &IN_PLACE, &LAST].concat();
    all.iter().map(|(id, ..)| *id).collect()
}

/// Tries everything that the target owes by its capabilities, tells each finding as it comes, and leaves nothing running,
/// also when it is interrupted.
pub fn try_all<'a>(bed: &'a dyn Bed, interrupt: &'a dyn Interrupt, told: &mut dyn FnMut(&Finding)) -> Vec<Finding> {
    let mut stand = Stand::new(bed, interrupt);
    let middle: &[Trial] = match stand.able.in_place {
        true => &IN_PLACE,
        false => &BESIDE,
    };
    let mut findings: Vec<Finding> = Vec::new();
    let mut broken: Option<&'static str> = None;
    for (id, claim, trial, needed) in FIRST.iter().chain(middle).chain(&LAST) {
        let cleaning = *id == "remove";
        if interrupt.requested().is_some() {
            broken = broken.or(Some(id));
        }
        let tried = match broken.filter(|_| !cleaning) {
            Some(before) => Err(Not::Tried(format!("`{before}` failed"))),
            None => trial(&mut stand),
        };
        let (outcome, evidence) = match tried {
            Ok(evidence) => (Outcome::Pass, evidence),
            Err(Not::Met(evidence)) => (Outcome::Fail, evidence),
            Err(Not::Tried(why)) => (Outcome::Skipped, why),
        };
        if outcome == Outcome::Fail && *needed {
            broken = broken.or(Some(id));
        }
        let finding = Finding {
            id,
            claim,
            outcome,
            evidence,
        };
        told(&finding);
        findings.push(finding);
    }
    findings
}
