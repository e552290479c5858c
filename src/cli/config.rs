//! `deliver config`: where values come from and where files are.

use std::path::Path;

use serde::Serialize;

use super::page::{Column, Page, Table};
use super::report::Report;
use super::{Cx, Exit};
use crate::config::explain::{self, Explanation};
use crate::config::platform::Platform;
use crate::fault::Result;

/// Show where settings come from and where files are
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver config explain store
  $ deliver config explain environment.local.drain
  $ deliver config paths")]
pub struct ConfigArgs {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Debug, clap::Subcommand)]
enum ConfigCommand {
    Explain(ExplainArgs),
    Paths(PathsArgs),
}

/// Show every layer that could set a value, and the one that did
///
/// KEY is a setting (`color`, `progress`, `store`, `platform`, `timeout`) or a key of `deliver.toml` written with dots.
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver config explain store
  $ deliver config explain environment.local.drain
  $ deliver config explain run.health.path --json")]
struct ExplainArgs {
    /// A setting, or a key of `deliver.toml` such as `run.drain`
    #[arg(value_name = "KEY")]
    key: String,
}

/// Show where the store, the settings, the platform and the manifest are
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver config paths
  $ deliver config paths --json")]
struct PathsArgs {}

pub fn run(args: &ConfigArgs, cx: &mut Cx) -> Result<Exit> {
    match &args.command {
        ConfigCommand::Explain(args) => cx.ui.answer(&explanation(&args.key, cx)?)?,
        ConfigCommand::Paths(_) => cx.ui.answer(&places(cx)?)?,
    }
    Ok(Exit::Ok)
}

fn explanation(key: &str, cx: &Cx) -> Result<Explanation> {
    match explain::setting(key, cx.world.settings()) {
        Some(explanation) => Ok(explanation),
        None if !key.contains('.') => Err(explain::unknown(key)),
        None => explain::manifest_key(key, &cx.world.manifest()?),
    }
}

impl Report for Explanation {
    const SCHEMA: &'static str = "config-explain";

    fn render(&self, page: &mut Page) {
        if page.terminal() {
            page.line(format!("{}  {}", page.style().subject(&self.key), self.meaning));
            page.gap();
        }
        let mut table = Table::new([
            Column::new("layer"),
            Column::new("value").prose(),
            Column::new("from").path(),
            Column::new(""),
        ]);
        for layer in &self.layers {
            let style = page.style();
            let value = match &layer.value {
                Some(value) => value.clone(),
                None => style.secondary("not set"),
            };
            let mark = if layer.wins {
                style.good("in use")
            } else {
                String::new()
            };
            table.row([
                layer.layer.clone(),
                value,
                layer.origin.clone().unwrap_or_default(),
                mark,
            ]);
        }
        page.table(&table);
    }
}

/// Where everything is.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub(super) struct Places {
    paths: Vec<Place>,
}

#[derive(Debug, schemars::JsonSchema, Serialize)]
struct Place {
    name: &'static str,
    /// `None`: there is none here.
    path: Option<String>,
    exists: bool,
}

impl Place {
    fn new(name: &'static str, path: Option<&Path>) -> Place {
        Place {
            name,
            path: path.map(|path| path.display().to_string()),
            exists: path.is_some_and(Path::exists),
        }
    }
}

fn places(cx: &Cx) -> Result<Places> {
    let world = &cx.world;
    let paths = world.paths()?;
    let manifest = crate::config::manifest::find(world.directory());
    let platform = Platform::located(world.settings(), world.directory());
    Ok(Places {
        paths: vec![
            Place {
                name: "store",
                path: Some(paths.store.to_string()),
                exists: paths.store.may_exist(),
            },
            Place::new("data", Some(&paths.data)),
            Place::new("runtime", paths.runtime.as_deref()),
            Place::new("manifest", manifest.as_deref()),
            Place::new("platform", platform.as_deref()),
            Place::new("project settings", world.settings().project_file.as_deref()),
            Place::new("user settings", Some(&paths.user_config)),
            Place::new("system settings", Some(&paths.system_config)),
        ],
    })
}

impl Report for Places {
    const SCHEMA: &'static str = "config-paths";

    fn render(&self, page: &mut Page) {
        let mut table = Table::new([Column::new("what"), Column::new("where").path(), Column::new("")]);
        for place in &self.paths {
            let style = page.style();
            let (path, state) = match (&place.path, place.exists) {
                (Some(path), true) => (path.clone(), String::new()),
                (Some(path), false) => (path.clone(), style.secondary("not there yet")),
                (None, _) => (style.secondary("none here"), String::new()),
            };
            table.row([place.name.to_owned(), path, state]);
        }
        page.table(&table);
    }
}
