//! `deliver version`.

use serde::Serialize;

use super::page::Page;
use super::report::Report;
use super::{Cx, Exit};
use crate::fault::Result;
use crate::store;

/// Show the version of the program and of what it writes
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:\n  $ deliver version\n  $ deliver version --json")]
pub struct VersionArgs {}

/// What this binary is.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub struct Version {
    pub version: &'static str,
    /// The commit it was built from, where the build knew.
    pub commit: Option<&'static str>,
    /// Architecture and system it runs on.
    pub target: String,
    /// Optional parts that were built in.
    pub features: Vec<&'static str>,
    /// Versions of what it writes.
    pub schemas: Schemas,
}

/// A document of a higher version than these is refused.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub struct Schemas {
    pub store: usize,
    /// The `v1` of every JSON document.
    pub json: u32,
}

impl Version {
    pub fn of_this_binary() -> Self {
        Version {
            version: env!("CARGO_PKG_VERSION"),
            commit: option_env!("DELIVER_COMMIT"),
            target: format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
            features: Vec::new(),
            schemas: Schemas {
                store: store::schema_version(),
                json: 1,
            },
        }
    }
}

impl Report for Version {
    const SCHEMA: &'static str = "version";

    fn render(&self, page: &mut Page) {
        let commit = self
            .commit
            .map(|id| format!(" ({})", id.get(..12).unwrap_or(id)))
            .unwrap_or_default();
        page.line(format!("deliver {}{commit} {}", self.version, self.target));
    }
}

pub fn run(_: &VersionArgs, cx: &mut Cx) -> Result<Exit> {
    cx.ui.answer(&Version::of_this_binary())?;
    Ok(Exit::Ok)
}
