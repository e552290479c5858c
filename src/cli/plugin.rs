//! `deliver plugin`: which plugins there are, and whether one keeps its promises.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;

use super::page::{Column, Page, Table};
use super::report::Report;
use super::{Cx, Exit, scene};
use crate::adapters::contract::{Bed, Finding, Outcome};
use crate::adapters::plugin::check::{self, Trial};
use crate::adapters::plugin::{Chosen, process};
use crate::event::Event;
use crate::fault::{Attempt, Fault, Kind, Result};
use crate::model::EnvName;
use crate::model::place::Place;

/// List plugins, and check whether one keeps the protocol
///
/// A plugin is an executable `deliver-target-NAME` that deploys where `deliver` itself cannot. docs/plugin.md has the protocol
/// and a complete example over ssh.
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver plugin list
  $ deliver plugin check ssh --env production")]
pub struct PluginArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    List(ListArgs),
    Check(CheckArgs),
}

/// List the plugins on PATH and in this folder's deliver.toml
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:\n  $ deliver plugin list\n  $ deliver plugin list --json")]
struct ListArgs {}

/// Try all that a plugin owes, with a small app; exit 3 if it fails
///
/// The app is deployed under a name of its own, `deliver-check-…`, changed, broken and removed again. It needs python3 or perl
/// where it runs. Nothing is written to the store.
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver plugin check ssh --env production
  $ deliver plugin check ssh --options '{\"host\": \"web-1\"}'
  $ deliver plugin check mine --path ./mine --options options.json")]
struct CheckArgs {
    /// The plugin: `ssh` is deliver-target-ssh
    #[arg(value_name = "NAME")]
    plugin: String,

    /// What the plugin is told: JSON, or a file of it
    #[arg(long, value_name = "JSON", conflicts_with = "env")]
    options: Option<String>,

    /// What this folder's deliver.toml tells it in this environment
    #[arg(long, value_name = "ENV")]
    env: Option<EnvName>,

    /// The executable, if not the first of its name on PATH
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    path: Option<PathBuf>,
}

/// `deliver/plugins/v1`.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub(super) struct Plugins {
    plugins: Vec<Listed>,
}

#[derive(Debug, schemars::JsonSchema, Serialize)]
struct Listed {
    name: String,
    path: String,
    /// The plugin's own.
    version: Option<String>,
    /// What it declares that it can do.
    capabilities: Vec<String>,
    /// Why it cannot be used.
    problem: Option<String>,
}

impl Report for Plugins {
    const SCHEMA: &'static str = "plugins";

    fn render(&self, page: &mut Page) {
        if self.plugins.is_empty() {
            if page.terminal() {
                page.line(
                    "No plugins. One is an executable `deliver-target-NAME` on PATH; docs/plugin.md has an example.",
                );
            }
            return;
        }
        let mut table = Table::new([
            Column::new("NAME"),
            Column::new("VERSION"),
            Column::new("CAPABILITIES"),
            Column::new("PATH").prose().priority(1),
        ]);
        for one in &self.plugins {
            let able = match &one.problem {
                Some(problem) if !page.terminal() => format!("! {problem}"),
                Some(_) => format!("{} see below", page.style().bang()),
                None => one.capabilities.join(", "),
            };
            let version = one.version.clone().unwrap_or_default();
            table.row([one.name.clone(), version, able, one.path.clone()]);
        }
        page.table(&table);
        if page.terminal() {
            let problems = self.plugins.iter().filter_map(|one| one.problem.as_ref());
            problems.for_each(|problem| page.hanging(&format!("{} ", page.style().bang()), problem));
        }
    }
}

/// `deliver/plugin-check/v1`.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub(super) struct Checked {
    plugin: String,
    path: String,
    passed: u32,
    failed: u32,
    skipped: u32,
    obligations: Vec<Finding>,
}

impl Report for Checked {
    const SCHEMA: &'static str = "plugin-check";

    fn render(&self, page: &mut Page) {
        let style = page.style();
        if !page.terminal() {
            for one in &self.obligations {
                page.cells([word(one.outcome), one.id, &one.evidence]);
            }
            return;
        }
        page.line(format!(
            "{} {} {}",
            style.subject(&self.plugin),
            style.middot(),
            self.path
        ));
        let width = self.obligations.iter().map(|one| one.id.len()).max().unwrap_or(0);
        for one in &self.obligations {
            let mark = match one.outcome {
                Outcome::Pass => style.tick(),
                Outcome::Fail => style.cross(),
                Outcome::Skipped => style.ring(),
            };
            let head = format!("  {mark} {:width$}  ", one.id);
            match one.outcome {
                Outcome::Pass => page.hanging(&head, &one.evidence),
                Outcome::Fail => {
                    page.hanging(&head, &format!("owed: {}", one.claim));
                    page.hanging(&format!("    {:width$}  ", ""), &format!("seen: {}", one.evidence));
                }
                Outcome::Skipped => page.hanging(&head, &format!("not tried: {}", one.evidence)),
            }
        }
        let verdict = match self.failed {
            0 => style.good("keeps what targets promise"),
            _ => style.bad("does not keep what targets promise"),
        };
        let sum = format!(
            "`{}` {verdict}: {} met, {} not, {} not tried",
            process::executable(&self.plugin),
            self.passed,
            self.failed,
            self.skipped
        );
        page.hanging("", &sum);
    }
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::Skipped => "skipped",
    }
}

pub fn run(args: &PluginArgs, cx: &mut Cx) -> Result<Exit> {
    match &args.action {
        Action::List(_) => list(cx),
        Action::Check(args) => check(args, cx),
    }
}

fn list(cx: &Cx) -> Result<Exit> {
    let plugins = found(cx)?
        .into_iter()
        .map(|(name, path)| look(cx, name, path))
        .collect();
    cx.ui.answer(&Plugins { plugins })?;
    Ok(Exit::Ok)
}

/// Plugins by name: the first of each on PATH, and where this folder's manifest has one of its own.
fn found(cx: &Cx) -> Result<BTreeMap<String, PathBuf>> {
    let mut found = on_path(cx.world.environment().get("PATH").unwrap_or_default());
    if cx.world.manifest_path().is_ok() {
        let manifest = cx.world.manifest()?;
        for env in manifest.environment_names() {
            let Ok(resolved) = manifest.environment(&env) else {
                continue;
            };
            if resolved.target == "plugin"
                && let Ok(chosen) = Chosen::of(&resolved.place(), cx.world.environment())
            {
                found.insert(chosen.name, chosen.program);
            }
        }
    }
    Ok(found)
}

/// The executables of the form in the folders of `search`, the first of each name.
pub(super) fn on_path(search: &str) -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    for folder in std::env::split_paths(search) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let file = entry.file_name().to_string_lossy().into_owned();
            let name = file.strip_prefix(&process::executable("")).map(str::to_owned);
            if let (Some(name), true) = (name.filter(|name| !name.is_empty()), entry.path().is_file()) {
                found.entry(name).or_insert_with(|| entry.path());
            }
        }
    }
    found
}

/// What a plugin says of itself.
fn look(cx: &Cx, name: String, path: PathBuf) -> Listed {
    let mut listed = Listed {
        name: name.clone(),
        path: path.display().to_string(),
        version: None,
        capabilities: Vec::new(),
        problem: None,
    };
    let chosen = Chosen {
        name,
        program: path,
        options: Value::Null,
    };
    match cx.world.plugin(chosen) {
        Ok(plugin) => {
            listed.version = plugin.greeting().version.clone();
            listed.capabilities = check::abilities(&plugin);
        }
        Err(fault) => listed.problem = Some(fault.to_string()),
    }
    listed
}

fn check(args: &CheckArgs, cx: &Cx) -> Result<Exit> {
    let chosen = chosen(args, cx)?;
    let (name, path) = (chosen.name.clone(), chosen.program.display().to_string());
    let scratch = check::scratch_name(cx.world.clock().now())?;
    if cx.global.dry_run {
        cx.ui.note(format!(
            "`{path}` would be tried with an app `{scratch}`, deployed and removed again"
        ));
        return Ok(Exit::Ok);
    }
    let _careful = cx.signals.careful("the app of the check is removed first");
    let plugin = cx.world.plugin(chosen)?;
    let folder = tempfile::Builder::new().prefix("deliver-check-").tempdir();
    let folder = folder.attempting("make a folder in", &std::env::temp_dir())?;
    let trial = Trial::new(&plugin, cx.world.clock(), cx.world.http()?, scratch, folder.path())?;
    let progress = |detail: String| {
        let step = "check".to_owned();
        cx.ui.events().emit(Event::StepProgress { step, detail });
    };
    cx.ui.events().emit(Event::StepStarted {
        step: "check".into(),
        detail: format!("an app `{}`", trial.service()),
    });
    let mut tried = 0;
    let obligations = check::try_all(&plugin, &trial, cx.world.interrupt(), &mut |finding| {
        tried += 1;
        progress(format!("{tried} tried, `{}` {}", finding.id, word(finding.outcome)));
    });
    if let Some(kind) = cx.world.interrupt().requested() {
        return Err(
            Fault::new(kind, "interrupted", "the check was interrupted").still("what it had deployed was removed")
        );
    }
    let count = |outcome| obligations.iter().filter(|one| one.outcome == outcome).count() as u32;
    let checked = Checked {
        plugin: name,
        path,
        passed: count(Outcome::Pass),
        failed: count(Outcome::Fail),
        skipped: count(Outcome::Skipped),
        obligations,
    };
    cx.ui.answer(&checked)?;
    Ok(match checked.failed {
        0 => Exit::Ok,
        _ => Exit::Kind(Kind::Negative),
    })
}

/// The plugin and what it is told.
fn chosen(args: &CheckArgs, cx: &Cx) -> Result<Chosen> {
    let mut options = match (&args.env, &args.options) {
        (Some(env), _) => of_environment(args, env, cx)?,
        (None, Some(text)) => given(text, cx.world.directory())?,
        (None, None) => serde_json::Map::new(),
    };
    options.insert("name".into(), args.plugin.clone().into());
    if let Some(path) = &args.path {
        let path = cx.world.directory().join(path);
        options.insert("path".into(), path.display().to_string().into());
    }
    let place = Place {
        target: "plugin".into(),
        options: Value::Object(options),
    };
    Chosen::of(&place, cx.world.environment())
}

fn of_environment(args: &CheckArgs, env: &EnvName, cx: &Cx) -> Result<serde_json::Map<String, Value>> {
    let (_, resolved, subject) = scene::here(cx, Some(env))?;
    let named = subject.place.options["name"].as_str();
    if resolved.target != "plugin" || named != Some(&args.plugin) {
        let message = format!(
            "the environment `{env}` does not deploy by the plugin `{}`",
            args.plugin.escape_debug()
        );
        let fault = Fault::usage("other-target", message);
        return Err(match named {
            Some(named) if resolved.target == "plugin" => {
                fault.hint(format!("deliver plugin check {named} --env {env}"))
            }
            _ => fault.hint(format!(
                "its target is `{}`; give the plugin's options with --options",
                resolved.target
            )),
        });
    }
    Ok(subject.place.options.as_object().cloned().unwrap_or_default())
}

/// A JSON object, or the name of a file with one.
fn given(text: &str, folder: &Path) -> Result<serde_json::Map<String, Value>> {
    let (text, from) = match text.trim_start().starts_with('{') {
        true => (text.to_owned(), "--options".to_owned()),
        false => {
            let path = folder.join(text);
            let read = std::fs::read_to_string(&path).attempting("read", &path);
            (
                read.map_err(|fault| fault.with_kind(Kind::Usage))?,
                format!("`{}`", path.display()),
            )
        }
    };
    serde_json::from_str(&text).map_err(|error| {
        let message = format!("{from} is no JSON object: {error}");
        Fault::usage("invalid-options", message).hint("--options '{\"host\": \"web-1\"}'")
    })
}
