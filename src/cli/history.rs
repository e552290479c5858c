//! `deliver history`.

use serde::Serialize;

use crate::fault::Result;
use crate::model::{EnvName, ServiceName};

use super::deployment::{DeploymentView, outcome_word};
use super::page::{Column, Page, Table, duration};
use super::report::Report;
use super::{Cx, Exit, scene};

/// List deployments, newest first
///
/// Inside a service's folder its own; elsewhere those of every service.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:\n  $ deliver history\n  $ deliver history production --limit 5\n  $ deliver history --all --json"
)]
pub struct HistoryArgs {
    /// Only this environment
    pub env: Option<EnvName>,

    /// Another service than that of this folder
    #[arg(long, value_name = "NAME")]
    pub service: Option<ServiceName>,

    /// Every service
    #[arg(long, conflicts_with = "service")]
    pub all: bool,

    /// At most this many
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: u32,
}

/// `deliver/history/v1`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct History {
    pub deployments: Vec<DeploymentView>,
}

impl Report for History {
    const SCHEMA: &'static str = "history";

    fn render(&self, page: &mut Page) {
        if self.deployments.is_empty() {
            if page.terminal() {
                page.line("No deployments yet. Start with: deliver deploy");
            }
            return;
        }
        let mut table = Table::new([
            Column::new("ID"),
            Column::new("SERVICE"),
            Column::new("ENV"),
            Column::new("WHAT"),
            Column::new("RELEASE"),
            Column::new("OUTCOME"),
            Column::new("WHEN"),
            Column::new("TOOK").right().priority(2),
            Column::new("BY").priority(3),
            Column::new("REASON").prose().priority(1),
        ]);
        for one in &self.deployments {
            table.row([
                one.id.to_string(),
                one.service.to_string(),
                one.env.to_string(),
                one.operation.as_str().to_owned(),
                one.release.map_or_else(String::new, |release| release.to_string()),
                outcome_word(page.style(), one.outcome),
                page.when(one.started_at),
                one.seconds().map_or_else(String::new, duration),
                one.actor.clone(),
                one.note.clone().or_else(|| one.reason.clone()).unwrap_or_default(),
            ]);
        }
        page.table(&table);
    }
}

pub fn run(args: &HistoryArgs, cx: &mut Cx) -> Result<Exit> {
    let service = match (&args.service, args.all) {
        (Some(service), _) => Some(service.clone()),
        (None, true) => None,
        (None, false) => scene::service_here(cx)?,
    };
    let store = cx.world.store()?;
    let mut deployments = Vec::new();
    for deployment in store.deployments(service.as_ref(), args.env.as_ref(), args.limit)? {
        deployments.push(DeploymentView::new(&deployment, &store.steps(deployment.id)?));
    }
    cx.ui.answer(&History { deployments })?;
    Ok(Exit::Ok)
}
