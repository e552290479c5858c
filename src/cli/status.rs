//! `deliver status`.

use serde::Serialize;

use crate::deploy::status::{self, ServiceStatus};
use crate::fault::Result;
use crate::model::observed::{Instance, InstanceState};
use crate::model::{EnvName, ServiceName};

use super::deployment::outcome_word;
use super::page::{Column, Page, Table};
use super::report::Report;
use super::style::Style;
use super::{Cx, Exit, scene};

/// Show what runs, as observed just now
///
/// Inside a service's folder that service with its instances; elsewhere, or with --all, one line for each.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:\n  $ deliver status\n  $ deliver status --all\n  $ deliver status production --json"
)]
pub struct StatusArgs {
    /// Only this environment
    pub env: Option<EnvName>,

    /// Another service than that of this folder
    #[arg(long, value_name = "NAME")]
    pub service: Option<ServiceName>,

    /// Every service of this store
    #[arg(long, conflicts_with = "service")]
    pub all: bool,
}

/// `deliver/status/v1`.
#[derive(schemars::JsonSchema, Serialize)]
pub struct Status {
    pub services: Vec<ServiceStatus>,
    /// One service was asked for: its instances are shown.
    #[serde(skip)]
    pub detailed: bool,
    /// What to say where nothing was found.
    #[serde(skip)]
    pub nothing: String,
}

impl Report for Status {
    const SCHEMA: &'static str = "status";

    fn render(&self, page: &mut Page) {
        if self.services.is_empty() {
            if page.terminal() {
                page.line(&self.nothing);
            }
        } else if self.detailed && page.terminal() {
            for service in &self.services {
                page.gap();
                details(service, page);
            }
        } else {
            overview(&self.services, page);
        }
    }
}

fn overview(services: &[ServiceStatus], page: &mut Page) {
    let mut table = Table::new([
        Column::new("SERVICE"),
        Column::new("ENV"),
        Column::new("RELEASE"),
        Column::new("HEALTHY").right(),
        Column::new("URL").priority(2),
        Column::new("LAST"),
        Column::new("NOTE").prose().priority(1),
    ]);
    for one in services {
        table.row([
            one.service.to_string(),
            one.env.to_string(),
            one.release
                .map_or_else(|| "none".to_owned(), |release| release.to_string()),
            health(page.style(), one),
            one.url.clone().unwrap_or_default(),
            one.deployment.as_ref().map_or_else(String::new, |last| {
                format!("{} {}", last.id, outcome_word(page.style(), last.outcome))
            }),
            remarks(one).join("; "),
        ]);
    }
    page.table(&table);
}

fn health(style: Style, one: &ServiceStatus) -> String {
    let text = format!("{}/{}", one.healthy, one.desired);
    if one.desired == 0 {
        style.secondary(text)
    } else if one.healthy >= one.desired {
        style.good(text)
    } else {
        style.bad(text)
    }
}

fn remarks(one: &ServiceStatus) -> Vec<String> {
    let hold = one
        .hold
        .iter()
        .map(|hold| format!("held by {}: {}", hold.author, hold.reason));
    hold.chain(one.drift.iter().cloned()).collect()
}

fn details(one: &ServiceStatus, page: &mut Page) {
    let style = page.style();
    let release = one
        .release
        .map_or_else(|| "nothing".to_owned(), |release| release.to_string());
    let url = one
        .url
        .as_ref()
        .map(|url| format!("  {}", style.copyable(url)))
        .unwrap_or_default();
    page.line(format!(
        "{} {} {} {release}  {} healthy{url}",
        style.subject(&one.service),
        style.middot(),
        one.env,
        health(style, one)
    ));
    if let Some(last) = &one.deployment {
        let when = page.when(last.finished_at.unwrap_or(last.started_at));
        page.line(format!(
            "  last  {} {} {} {when}",
            last.id,
            last.operation.as_str(),
            outcome_word(style, last.outcome)
        ));
    }
    for remark in remarks(one) {
        page.hanging(&format!("  {} ", style.bang()), &remark);
    }
    let mut table = Table::new([
        Column::new(""),
        Column::new("INSTANCE"),
        Column::new("STATE"),
        Column::new("SINCE"),
        Column::new("PID").right().priority(3),
        Column::new("RESTARTS").right().priority(2),
        Column::new("NOTE").prose().priority(1),
    ]);
    for instance in &one.instances {
        table.row([
            format!("  {}", mark(style, instance)),
            instance.id.clone(),
            instance.state.as_str().replace('_', " "),
            page.when(instance.since),
            instance.pid.map_or_else(String::new, |pid| pid.to_string()),
            instance.restarts.to_string(),
            note(instance),
        ]);
    }
    if !table.is_empty() {
        page.table(&table);
    }
}

fn mark(style: Style, instance: &Instance) -> String {
    match instance.state {
        InstanceState::Healthy => style.dot(),
        InstanceState::Waiting => style.ring(),
        InstanceState::Starting | InstanceState::Draining => style.turning(),
        InstanceState::Unhealthy | InstanceState::BackOff => style.bang(),
        InstanceState::Exited => style.cross(),
    }
}

fn note(instance: &Instance) -> String {
    match instance.state {
        InstanceState::Healthy if instance.in_flight > 0 => format!("{} in flight", instance.in_flight),
        InstanceState::Healthy | InstanceState::Waiting => String::new(),
        InstanceState::Exited | InstanceState::BackOff => instance.exit.clone().unwrap_or_default(),
        InstanceState::Starting | InstanceState::Unhealthy | InstanceState::Draining => {
            instance.probe.clone().unwrap_or_default()
        }
    }
}

pub fn run(args: &StatusArgs, cx: &mut Cx) -> Result<Exit> {
    let service = match (&args.service, args.all) {
        (Some(service), _) => Some(service.clone()),
        (None, true) => None,
        (None, false) => scene::service_here(cx)?,
    };
    let status = Status {
        detailed: service.is_some(),
        services: observe(cx, service.as_ref(), args.env.as_ref())?,
        nothing: nothing(args),
    };
    cx.ui.answer(&status)?;
    Ok(Exit::Ok)
}

/// The empty answer, and what is next.
fn nothing(args: &StatusArgs) -> String {
    let of = args
        .service
        .as_ref()
        .map(|name| format!(" of {name}"))
        .unwrap_or_default();
    let to = args.env.as_ref().map(|name| format!(" to {name}")).unwrap_or_default();
    match of.is_empty() && to.is_empty() {
        true => "Nothing is deployed. Start with: deliver deploy".into(),
        false => format!("Nothing{of} is deployed{to}. See what is: deliver status --all"),
    }
}

/// Looks at everything this store ever deployed that matches.
fn observe(cx: &Cx, service: Option<&ServiceName>, env: Option<&EnvName>) -> Result<Vec<ServiceStatus>> {
    let store = cx.world.store()?;
    let mut services = Vec::new();
    for scope in store.scopes()? {
        if service.is_some_and(|name| *name != scope.service) || env.is_some_and(|name| *name != scope.env) {
            continue;
        }
        let observed = cx
            .world
            .target(&scene::place(cx, &scope)?)?
            .observe(&scope.service, &scope.env)?;
        services.push(status::status(store, &scope.latest, observed)?);
    }
    Ok(services)
}
