//! `deliver plan --all`: the plans of every service below this folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::adapters::seen::Seen;
use crate::cli::deploy::{self, DeployArgs};
use crate::cli::page::{Column, Page, Table};
use crate::cli::report::Report;
use crate::cli::{Cx, Exit, scene};
use crate::config::manifest::{self, Manifest};
use crate::deploy::engine::Deployer;
use crate::deploy::plan::Plan;
use crate::fault::{Fault, Kind, Result};
use crate::model::{EnvName, ServiceName};

/// `deliver/plans/v1`.
#[derive(schemars::JsonSchema, Serialize)]
pub struct Plans {
    pub env: EnvName,
    pub plans: Vec<Plan>,
    /// Services without this environment.
    pub elsewhere: Vec<ServiceName>,
    pub failed: Vec<Failed>,
}

/// A service that cannot be planned.
#[derive(schemars::JsonSchema, Serialize)]
pub struct Failed {
    pub path: String,
    pub code: String,
    pub message: String,
}

impl Report for Plans {
    const SCHEMA: &'static str = "plans";

    fn render(&self, page: &mut Page) {
        let mut table = Table::new([
            Column::new("SERVICE"),
            Column::new("NOW"),
            Column::new("PLAN"),
            Column::new("CHANGES").prose().priority(1),
        ]);
        for plan in &self.plans {
            let now = plan.previous.map_or_else(|| "none".to_owned(), |one| one.to_string());
            table.row([plan.service.to_string(), now, verdict(plan), changes(plan)]);
        }
        if !table.is_empty() {
            page.table(&table);
        }
        if page.terminal() {
            page.line(self.sum());
        }
    }
}

impl Plans {
    fn sum(&self) -> String {
        let todo = self.plans.iter().filter(|plan| !plan.unchanged).count();
        let mut sum = format!(
            "{todo} of {} services have something to deploy to {}",
            self.plans.len(),
            self.env
        );
        if !self.elsewhere.is_empty() {
            sum.push_str(&format!("; {} have no such environment", self.elsewhere.len()));
        }
        if !self.failed.is_empty() {
            sum.push_str(&format!("; {} cannot be planned", self.failed.len()));
        }
        sum
    }
}

fn verdict(plan: &Plan) -> String {
    let refused = plan.refusals().next();
    match (plan.unchanged, refused) {
        (true, _) => "nothing to do".into(),
        (false, Some(gate)) => format!("refused by {}", gate.id),
        (false, None) => match plan.release {
            Some(release) => release.to_string(),
            None => "a new release".into(),
        },
    }
}

fn changes(plan: &Plan) -> String {
    let words: Vec<&str> = plan.changes.iter().map(|change| change.what.as_str()).collect();
    words.join(", ")
}

/// What the arguments of `plan` ask for, of every service below the current folder.
pub fn run(wish: &DeployArgs, exit_code: bool, cx: &Cx) -> Result<Exit> {
    let mut report = Plans {
        env: wish.env.clone(),
        plans: Vec::new(),
        elsewhere: Vec::new(),
        failed: Vec::new(),
    };
    let found = manifests(cx.world.directory());
    if found.is_empty() {
        let message = format!(
            "no `{}` in or below `{}`",
            manifest::FILE,
            cx.world.directory().display()
        );
        return Err(Fault::usage("no-manifest", message).hint("deliver new"));
    }
    let mut seen: BTreeMap<String, Seen<'_>> = BTreeMap::new();
    for path in found {
        if let Some(kind) = cx.world.interrupt().requested() {
            return Err(Fault::new(kind, "interrupted", "interrupted while planning").still("nothing was touched"));
        }
        match of(&path, wish, &mut seen, cx) {
            Ok(Found::Plan(plan)) => report.plans.push(*plan),
            Ok(Found::Elsewhere(service)) => report.elsewhere.push(service),
            Err(fault) => {
                let path = path.strip_prefix(cx.world.directory()).unwrap_or(&path);
                cx.ui.warn(format!("{}: {fault}", path.display()));
                report.failed.push(Failed {
                    path: path.display().to_string(),
                    code: fault.code().to_owned(),
                    message: fault.message().to_owned(),
                });
            }
        }
    }
    cx.ui.answer(&report)?;
    let todo = report.plans.iter().any(|plan| !plan.unchanged);
    Ok(match (report.failed.is_empty(), exit_code && todo) {
        (false, _) => Exit::Kind(Kind::Failed),
        (true, true) => Exit::Kind(Kind::Negative),
        (true, false) => Exit::Ok,
    })
}

enum Found {
    Plan(Box<Plan>),
    /// It has no such environment.
    Elsewhere(ServiceName),
}

/// The plan of one service; its engine is looked at once for all that share it.
fn of<'a>(path: &Path, wish: &DeployArgs, seen: &mut BTreeMap<String, Seen<'a>>, cx: &'a Cx) -> Result<Found> {
    let manifest = Manifest::load(path)?;
    if !manifest.environment_names().contains(&wish.env) {
        return Ok(Found::Elsewhere(manifest.service.name));
    }
    let (request, metrics) = deploy::request_of(wish, &manifest, cx)?;
    let place = &request.subject.place;
    let key = place.key();
    if !seen.contains_key(&key) {
        seen.insert(key.clone(), Seen::look(cx.world.target(place)?)?);
    }
    let deployer = Deployer {
        target: &seen[&key],
        metrics: metrics.as_deref(),
        ..scene::deployer(cx, &request.subject)?
    };
    deployer.plan(&request).map(|plan| Found::Plan(Box::new(plan)))
}

/// Every manifest in a folder and below it that version control would keep, by path.
fn manifests(folder: &Path) -> Vec<PathBuf> {
    let walker = ignore::WalkBuilder::new(folder).require_git(false).build();
    let mut found: Vec<PathBuf> = walker
        .filter_map(std::result::Result::ok)
        .filter(|entry| entry.file_name() == manifest::FILE)
        .map(ignore::DirEntry::into_path)
        .collect();
    found.sort();
    found
}
