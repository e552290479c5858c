//! `deliver status`.

use serde::Serialize;

use crate::deploy::status::{self, ServiceStatus};
use crate::fault::{Fault, Kind, Result};
use crate::model::observed::{Instance, InstanceState, Observation};
use crate::model::{EnvName, ServiceName};
use crate::store::deployment::Scope;

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
            match (&one.unknown, one.release) {
                (Some(_), _) => "unknown".to_owned(),
                (None, Some(release)) => release.to_string(),
                (None, None) => "none".to_owned(),
            },
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
    if one.unknown.is_some() {
        return style.bad("?");
    }
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
    let unknown = one.unknown.iter().cloned();
    unknown.chain(hold).chain(one.drift.iter().cloned()).collect()
}

fn details(one: &ServiceStatus, page: &mut Page) {
    let style = page.style();
    let release = match (&one.unknown, one.release) {
        (Some(_), _) => "unknown".to_owned(),
        (None, Some(release)) => release.to_string(),
        (None, None) => "nothing".to_owned(),
    };
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
    let (services, missed) = observe(cx, service.as_ref(), args.env.as_ref())?;
    let status = Status {
        detailed: service.is_some(),
        services,
        nothing: nothing(args),
    };
    cx.ui.answer(&status)?;
    match missed {
        None => Ok(Exit::Ok),
        Some(missed) => Err(missed.summed_up(status.services.len())),
    }
}

/// Environments whose engines could not be asked, while others could.
struct Missed {
    count: usize,
    /// Why the first of them could not, and which it is.
    first: Fault,
    scope: Scope,
}

impl Missed {
    fn summed_up(self, all: usize) -> Fault {
        let message = format!("{} of {all} environments could not be looked at", self.count);
        Fault::new(self.first.kind(), "not-all-seen", message)
            .still("nothing was changed; the others are as shown")
            .hint(format!(
                "deliver status {} --service {}",
                self.scope.env, self.scope.service
            ))
    }
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

/// Looks at everything this store ever deployed that matches. An engine that cannot be asked hides no other: what it has is
/// unknown. Where nothing else was asked for, its failure is the answer.
fn observe(
    cx: &Cx,
    service: Option<&ServiceName>,
    env: Option<&EnvName>,
) -> Result<(Vec<ServiceStatus>, Option<Missed>)> {
    let store = cx.world.store()?;
    let (mut services, mut missed) = (Vec::new(), None::<Missed>);
    let mut scopes = store.scopes()?;
    scopes
        .retain(|scope| service.is_none_or(|name| *name == scope.service) && env.is_none_or(|name| *name == scope.env));
    let only = scopes.len() == 1;
    for scope in scopes {
        match look(cx, &scope) {
            Ok(observed) => services.push(status::status(store, &scope.latest, observed)?),
            Err(fault) if only || stops_all(&fault) => return Err(fault),
            Err(fault) => {
                services.push(status::unknown(store, &scope.latest, fault.message().to_owned())?);
                match &mut missed {
                    Some(missed) => missed.count += 1,
                    None => {
                        missed = Some(Missed {
                            count: 1,
                            first: fault,
                            scope,
                        });
                    }
                }
            }
        }
    }
    Ok((services, missed))
}

/// Not a matter of one engine.
pub(super) fn stops_all(fault: &Fault) -> bool {
    matches!(fault.kind(), Kind::Bug | Kind::Interrupted | Kind::Terminated)
}

fn look(cx: &Cx, scope: &Scope) -> Result<Observation> {
    let place = scene::place(cx, scope)?;
    cx.world.target(&place)?.observe(&scope.service, &scope.env)
}
