//! Facts, apart from what is made of them: each with where it came from and when, or with why it is not known.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;

use super::live::Live;
use super::read::alerts::Alert;
use super::read::codeowners::CodeOwners;
use super::read::dockerfile::Dockerfile;
use super::read::lock::Lockable;
use super::read::readme::Readme;
use super::read::runbook::Runbook;
use super::read::sql::{Hazard, TableFound};
use super::read::template::Record;
use super::read::updates::Updates;
use super::read::workflow::Pipeline;
use super::secrets::Scan;
use crate::config::manifest::{DataItem, Slo};
use crate::model::deployment::Deployment;
use crate::model::{DeploymentId, ServiceName, Span};

/// A value and where it came from, or why there is none.
#[derive(Clone, Debug)]
pub enum Fact<T> {
    Known(Known<T>),
    Unknown(Unknown),
}

/// A value that was found out.
#[derive(Clone, Debug)]
pub struct Known<T> {
    pub value: T,
    /// A file, a command, an address, a row of the store.
    pub source: String,
    pub at: Timestamp,
}

/// What could not be found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// Lower case, no full stop.
    pub why: String,
    /// What brings the evidence: a command or what to change.
    pub how: String,
}

impl Unknown {
    pub fn new(why: impl Into<String>, how: impl Into<String>) -> Self {
        Unknown {
            why: why.into(),
            how: how.into(),
        }
    }

    /// From a failure: its message, and its first hint.
    pub fn from_fault(fault: &crate::fault::Fault, else_how: &str) -> Self {
        let how = fault.hints().first().map_or(else_how, String::as_str);
        Unknown::new(fault.message(), how)
    }
}

impl<T> Fact<T> {
    pub fn known(value: T, source: impl Into<String>, at: Timestamp) -> Self {
        Fact::Known(Known {
            value,
            source: source.into(),
            at,
        })
    }

    pub fn unknown(why: impl Into<String>, how: impl Into<String>) -> Self {
        Fact::Unknown(Unknown::new(why, how))
    }

    /// The value; a check that asks with `?` for one that is not known ends without evidence.
    pub fn get(&self) -> Result<&T, Unknown> {
        match self {
            Fact::Known(known) => Ok(&known.value),
            Fact::Unknown(unknown) => Err(unknown.clone()),
        }
    }

    /// Where the value came from; nothing where there is none.
    pub fn source(&self) -> &str {
        match self {
            Fact::Known(known) => &known.source,
            Fact::Unknown(_) => "",
        }
    }
}

/// Everything that checks may look at.
#[derive(Clone, Debug)]
pub struct Facts {
    pub at: Timestamp,
    /// The repository's root; `None` outside version control, and where it cannot be told.
    pub root: Option<PathBuf>,
    /// The service's folder is under version control.
    pub versioned: bool,
    pub entry: Entry,
    pub company: Company,
    pub code_owners: Fact<Option<CodeOwners>>,
    /// Files that decide how the service is delivered, as they are there.
    pub delivery_files: Fact<Vec<String>>,
    pub image: Fact<Option<Dockerfile>>,
    pub pipelines: Fact<Vec<Pipeline>>,
    pub readme: Fact<Option<Readme>>,
    pub runbook: Fact<Option<Runbook>>,
    pub alerts: Fact<Vec<Alert>>,
    pub dependencies: Fact<Vec<Lockable>>,
    pub updates: Fact<Updates>,
    pub template: Fact<Option<Record>>,
    /// Who committed to the service's folder last, and when.
    pub committer: Fact<Option<Committer>>,
    pub tree_secrets: Fact<Scan>,
    pub history_secrets: Fact<Scan>,
    pub tables: Fact<Vec<TableFound>>,
    pub hazards: Fact<Migrations>,
    pub deployments: Fact<Deployments>,
    pub live: Fact<Live>,
    /// What other services promise, by name, as far as they were deployed.
    pub promises: Fact<BTreeMap<String, Vec<Slo>>>,
}

/// What the manifest says. It was read without problems, or there would be no facts.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The manifest's path, relative to the service's folder.
    pub file: String,
    pub name: ServiceName,
    pub team: Option<String>,
    pub tier: u8,
    /// `tier` stands in the file.
    pub tier_stated: bool,
    pub description: Option<String>,
    pub depends_on: Vec<String>,
    pub runbook: Option<String>,
    pub slos: Vec<Slo>,
    pub data: Vec<DataItem>,
    pub serves: Serves,
    pub environments: Vec<Place>,
    /// `[build.image] base`, where that is what the artifact is packed onto.
    pub base_image: Option<String>,
}

/// What the service does with requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Serves {
    /// A process answers them.
    Requests,
    /// Files are served, by the engine.
    Files,
    /// It takes none.
    Nothing,
}

/// One environment as declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub name: String,
    pub target: String,
    pub protected: bool,
    pub instances: u32,
    /// The path that says whether an instance may have traffic, where one is declared.
    pub ready: Option<String>,
    /// The path that says whether the process lives.
    pub live: Option<String>,
    pub drain: Span,
    pub grace: Span,
    /// The new release takes the old one's place instead of starting beside it.
    pub replaces: bool,
}

/// What the platform says.
#[derive(Clone, Debug)]
pub struct Company {
    pub name: String,
    /// Nobody has written a platform down.
    pub builtin: bool,
    /// By name, with how to reach the team and its members.
    pub teams: BTreeMap<String, TeamFound>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamFound {
    pub contact: Option<String>,
    /// Their addresses and handles, by the name that the platform has for them.
    pub members: BTreeMap<String, Vec<String>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committer {
    pub name: String,
    pub at: Timestamp,
}

/// Schema changes that cannot be taken back by going to the release before.
#[derive(Clone, Debug, Default)]
pub struct Migrations {
    pub files: usize,
    pub hazards: Vec<Hazard>,
    /// `previous_still_works = false` is declared: rolling back past it is refused.
    pub declared: bool,
}

/// What this store knows of the service's deployments.
#[derive(Clone, Debug, Default)]
pub struct Deployments {
    /// Something of it was deployed with success, wherever it was.
    pub succeeded: bool,
    /// The newest that ended, newest first, `down` aside.
    pub newest: Vec<Deployment>,
    /// When the first of them that succeeded was begun, as far as they are read.
    pub first: Option<Timestamp>,
    /// Since when some environment has had two good releases, so that there is something to go back to.
    pub way_back_since: Option<Timestamp>,
    /// The newest rollback that reached its release: how long it took in seconds.
    pub rollback: Option<(Deployment, f64)>,
    /// Instances that were stopped by the newest deployments.
    pub stopped: Vec<StoppedFound>,
    /// What became of requests while the newest deployments went on.
    pub windows: Vec<Window>,
    /// The newest success moved traffic between two sets of instances.
    pub switched: bool,
    /// Hours of the last day since the first success, and those of them in which requests were counted.
    pub hours: (u32, u32),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoppedFound {
    pub deployment: DeploymentId,
    pub id: String,
    /// Requests that were cut.
    pub cut: u64,
    pub killed: bool,
}

/// Requests while a deployment went on, beside those of the hour before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    pub deployment: DeploymentId,
    pub requests: u64,
    pub failed: u64,
    pub before: u64,
    pub failed_before: u64,
}
