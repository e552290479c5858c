//! `deliver incident list`.

use jiff::Timestamp;
use serde::Serialize;

use super::super::page::{Column, Page, Table};
use super::super::report::Report;
use super::super::since::Since;
use super::super::{Cx, Exit};
use super::view::{severity_word, status_word};
use super::{moment, now, store_to_read};
use crate::fault::Result;
use crate::model::incident::{Incident, IncidentId, Role, Severity, Status};
use crate::model::{EnvName, ServiceName};
use crate::store::incident::Wanted;

/// List incidents: the open ones, the worst first, or all
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:\n  $ deliver incident list\n  $ deliver incident list --all --service checkout --since 30d\n  $ deliver incident list --json"
)]
pub struct ListArgs {
    /// Resolved and closed ones as well, newest first
    #[arg(long)]
    all: bool,

    /// Only those of this service
    #[arg(long, value_name = "NAME")]
    service: Option<ServiceName>,

    /// Only those opened since: 2h, 30d, 2026-03-04
    #[arg(long, value_name = "TIME")]
    since: Option<Since>,

    /// At most this many
    #[arg(short = 'n', long, value_name = "N", default_value = "50", value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

/// `deliver/incidents/v1`.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Incidents {
    incidents: Vec<Listed>,
    /// There are further ones that match.
    more: bool,
}

#[derive(Serialize, schemars::JsonSchema)]
struct Listed {
    id: IncidentId,
    title: String,
    service: Option<ServiceName>,
    env: Option<EnvName>,
    severity: Severity,
    status: Status,
    commander: Option<String>,
    opened_at: Timestamp,
    impact_start: Option<Timestamp>,
    acknowledged: Option<Timestamp>,
    impact_end: Option<Timestamp>,
}

impl From<Incident> for Listed {
    fn from(incident: Incident) -> Self {
        Listed {
            commander: incident.holder(Role::Commander).map(|holder| holder.person.clone()),
            id: incident.id,
            title: incident.title,
            service: incident.service,
            env: incident.env,
            severity: incident.severity,
            status: incident.status,
            opened_at: incident.opened_at,
            impact_start: incident.times.impact_start,
            acknowledged: incident.times.acknowledged,
            impact_end: incident.times.impact_end,
        }
    }
}

impl Report for Incidents {
    const SCHEMA: &'static str = "incidents";

    fn render(&self, page: &mut Page) {
        let style = page.style();
        let mut table = Table::new([
            Column::new("ID"),
            Column::new("SEVERITY"),
            Column::new("STATUS"),
            Column::new("SERVICE"),
            Column::new("ENV").priority(2),
            Column::new("OPENED"),
            Column::new("COMMANDER").priority(1),
            Column::new("TITLE").prose(),
        ]);
        for one in &self.incidents {
            table.row([
                one.id.to_string(),
                severity_word(style, one.severity),
                status_word(style, one.status),
                one.service.as_ref().map(ToString::to_string).unwrap_or_default(),
                one.env.as_ref().map(ToString::to_string).unwrap_or_default(),
                page.when(one.opened_at),
                one.commander.clone().unwrap_or_default(),
                one.title.clone(),
            ]);
        }
        if !table.is_empty() {
            page.table(&table);
        }
    }
}

pub fn run(args: &ListArgs, cx: &mut Cx) -> Result<Exit> {
    let wanted = Wanted {
        live: !args.all,
        service: args.service.clone(),
        since: args.since.map(|since| moment(since, now(cx))),
        limit: args.limit.saturating_add(1),
    };
    let mut found = match store_to_read(cx)? {
        Some(store) => store.incidents(&wanted)?,
        None => Vec::new(),
    };
    let more = found.len() > args.limit as usize;
    found.truncate(args.limit as usize);
    let empty = found.is_empty();
    let incidents = found.into_iter().map(Listed::from).collect();
    cx.ui.answer(&Incidents { incidents, more })?;
    let narrowed = args.service.is_some() || args.since.is_some();
    match (empty, args.all || narrowed) {
        (true, true) => cx.ui.note("no incident matches"),
        (true, false) => {
            cx.ui.note("no incident is open");
            cx.ui
                .hint("deliver incident open \"what hurts\"   (deliver incident list --all shows earlier ones)");
        }
        (false, _) if more => {
            let all = if args.all { " --all" } else { "" };
            cx.ui.hint(format!(
                "deliver incident list{all} --limit {}",
                u64::from(args.limit) * 5
            ));
        }
        _ => {}
    }
    Ok(Exit::Ok)
}
