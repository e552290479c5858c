//! `deliver.toml`: one service, who owns it, how it is built, what runs and where.
//!
//! [`Manifest::load`] tells every problem at once. [`Manifest::environment`] merges `[run]` with an environment's own
//! keys into what is to run there.

mod checks;
pub mod keys;
mod kubernetes;
mod read;
mod resolve;
mod swarm;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::document::{self, Document, Node};
use super::{decode, shown_path};
use crate::fault::{Problem, Result};
use crate::model::prometheus::Prometheus;
use crate::model::spec::{CommandLine, SecretRef};
use crate::model::{EnvName, ServiceName, Span};

pub use crate::model::objective::{Indicator, IndicatorKind, Objective, Slo};
pub use crate::model::strategy::{Analysis, Portion, Strategy, StrategyKind};
pub use resolve::ResolvedEnv;

/// The file's name.
pub const FILE: &str = "deliver.toml";

/// The name of the web process, the one that `[run]` describes.
pub const WEB: &str = "web";

/// A manifest without problems.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// Where the file is; its folder is the service's.
    pub path: PathBuf,
    pub service: Service,
    pub build: Build,
    /// `[run]`, as far as it was set.
    pub run: RunLayer,
    /// `[process.NAME]`, by name.
    pub processes: BTreeMap<String, ProcessEntry>,
    /// `[environment.NAME]`, in the order of the file. `local` exists even where it is not written.
    pub environments: Vec<Environment>,
    pub slos: Vec<Slo>,
    pub data: Vec<DataItem>,
    document: Arc<Document>,
    warnings: Vec<Problem>,
}

/// `[service]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    pub name: ServiceName,
    pub team: Option<String>,
    /// 1 critical to 4 experimental.
    pub tier: u8,
    pub description: Option<String>,
    pub depends_on: Vec<String>,
    pub runbook: Option<String>,
}

/// The tier of a service that states none.
pub const DEFAULT_TIER: u8 = 3;

/// `[build]`. Everything in it is part of a build's identity.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Build {
    /// `None`: nothing is built, the source tree is the artifact.
    pub command: Option<CommandLine>,
    /// Empty: everything that git does not ignore, and what the build leaves.
    pub include: Vec<String>,
    /// The folder above the service's own that the build needs: `..`, `../..`; `None` is the service's own.
    pub context: Option<String>,
    pub env: BTreeMap<String, String>,
    pub image: Option<Image>,
}

/// `[build.image]`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Image {
    pub dockerfile: Option<String>,
    /// What `include` is packed onto where there is no Dockerfile.
    pub base: String,
    /// An image that somebody else makes.
    pub reference: Option<String>,
}

/// The keys of `[run]` as far as one table set them; laid over each other they give a `Spec`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunLayer {
    pub command: Option<CommandLine>,
    pub static_folder: Option<String>,
    pub port: Option<u16>,
    pub listen: Option<u16>,
    pub health: HealthLayer,
    pub drain: Option<Span>,
    pub grace: Option<Span>,
    pub volumes: Option<Vec<String>>,
    pub env: BTreeMap<String, String>,
    pub secrets: BTreeMap<String, SecretRef>,
    pub release: ReleaseLayer,
}

/// `health`, as far as one table set it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HealthLayer {
    pub path: Option<String>,
    pub live: Option<String>,
    pub host: Option<String>,
    pub interval: Option<Span>,
    pub timeout: Option<Span>,
    pub start: Option<Span>,
    pub stable: Option<Span>,
}

/// `[run.release]`, as far as one table set it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReleaseLayer {
    pub command: Option<CommandLine>,
    pub timeout: Option<Span>,
    pub previous_still_works: Option<bool>,
}

/// `[process.NAME]`.
#[derive(Clone, Debug, PartialEq)]
pub struct ProcessEntry {
    pub command: CommandLine,
    /// Five fields of cron.
    pub schedule: Option<String>,
    pub instances: u32,
    pub env: BTreeMap<String, String>,
}

/// `[environment.NAME]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Environment {
    pub name: EnvName,
    pub target: String,
    pub instances: u32,
    pub strategy: Strategy,
    pub protected: bool,
    pub url: Option<String>,
    pub run: RunLayer,
    /// Where a watched release's numbers come from, if not from the agent.
    pub metrics: Option<Prometheus>,
    /// `[environment.NAME.TARGET]` of the target in use, for the adapter that understands it.
    pub options: Option<Node>,
}

/// Something that the service keeps about people.
#[derive(Clone, Debug, PartialEq)]
pub struct DataItem {
    pub name: String,
    pub personal: Vec<String>,
    pub purpose: String,
    pub retention: Span,
}

impl Manifest {
    /// Reads a manifest; the fault holds every problem of the file.
    pub fn load(path: &Path) -> Result<Manifest> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let shown = shown_path(&path);
        let (document, problems) = Document::read(&path, &shown)?;
        let mut manifest = Manifest::decode(document, problems, &path)?;
        manifest.warn_about_missing_runbook();
        Ok(manifest)
    }

    /// Reads a manifest's text as if it stood at `path`; the disk is not looked at.
    pub fn parse(text: &str, path: &Path) -> Result<Manifest> {
        let (document, problems) = Document::parse(text, &shown_path(path))?;
        Manifest::decode(document, problems, path)
    }

    fn decode(document: Document, syntax: Vec<Problem>, path: &Path) -> Result<Manifest> {
        let document = Arc::new(document);
        let mut problems = decode::Problems::new(&document);
        decode::check(&document, &keys::MANIFEST, &mut problems);
        let mut manifest = read::manifest(document.clone(), path, &mut problems);
        let warnings = checks::check(&manifest, &mut problems);
        let mut all = syntax;
        all.extend(problems.finish());
        if !all.is_empty() {
            all.sort_by_key(|problem| problem.span.as_ref().map_or(usize::MAX, |span| span.start));
            return Err(document::invalid(&document.path, all));
        }
        manifest.warnings = warnings;
        Ok(manifest)
    }

    /// The service's folder.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    /// What deserves attention but refuses nothing.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// The text as it may be shown, and the tree behind it.
    pub fn document(&self) -> &Document {
        &self.document
    }
}

/// The nearest manifest at or above `start`, not beyond the root of the repository.
pub fn find(start: &Path) -> Option<PathBuf> {
    super::nearest_with(start, FILE)
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
