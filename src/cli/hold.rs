//! `deliver hold`.

use serde::Serialize;

use crate::deploy::engine::Subject;
use crate::fault::{Fault, Result};
use crate::model::{EnvName, ServiceName};

use super::page::{Column, Page, Table};
use super::report::Report;
use super::{Cx, Exit, scene};

/// Stop deployments for a reason, until somebody clears the hold
///
/// A hold is a person's stop: it has an author and a reason, never expires by itself, blocks deploys and never rollbacks.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:\n  $ deliver hold set production --reason \"investigating slow quotes\"\n  $ deliver hold list\n  $ deliver hold clear production"
)]
pub struct HoldArgs {
    #[command(subcommand)]
    pub action: HoldAction,
}

#[derive(Debug, clap::Subcommand)]
pub enum HoldAction {
    Set(SetArgs),
    Clear(ClearArgs),
    List(ListArgs),
}

/// Set a hold; needs --reason
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:\n  $ deliver hold set --reason \"waiting for the migration\"\n  $ deliver hold set production --service pricing --reason \"freeze\""
)]
pub struct SetArgs {
    /// Where
    #[arg(default_value = "local")]
    pub env: EnvName,

    /// Another service than that of this folder
    #[arg(long, value_name = "NAME")]
    pub service: Option<ServiceName>,
}

/// Clear every hold of a service in an environment
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:\n  $ deliver hold clear\n  $ deliver hold clear production --reason \"fixed by D-12\""
)]
pub struct ClearArgs {
    /// Where
    #[arg(default_value = "local")]
    pub env: EnvName,

    /// Another service than that of this folder
    #[arg(long, value_name = "NAME")]
    pub service: Option<ServiceName>,
}

/// List the holds of every service
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:\n  $ deliver hold list\n  $ deliver hold list --json")]
pub struct ListArgs {}

/// `deliver/holds/v1`.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Holds {
    pub holds: Vec<HoldView>,
}

#[derive(Serialize, schemars::JsonSchema)]
pub struct HoldView {
    pub service: ServiceName,
    pub env: EnvName,
    pub reason: String,
    pub author: String,
    pub since: jiff::Timestamp,
}

impl From<crate::store::hold::Hold> for HoldView {
    fn from(hold: crate::store::hold::Hold) -> Self {
        HoldView {
            service: hold.service,
            env: hold.env,
            reason: hold.reason,
            author: hold.author,
            since: hold.since,
        }
    }
}

impl Report for Holds {
    const SCHEMA: &'static str = "holds";

    fn render(&self, page: &mut Page) {
        if self.holds.is_empty() {
            if page.terminal() {
                page.line("No holds. Stop deployments with: deliver hold set ENV --reason \"why\"");
            }
            return;
        }
        let mut table = Table::new([
            Column::new("SERVICE"),
            Column::new("ENV"),
            Column::new("SINCE"),
            Column::new("BY").priority(1),
            Column::new("REASON").prose(),
        ]);
        for hold in &self.holds {
            table.row([
                hold.service.to_string(),
                hold.env.to_string(),
                page.when(hold.since),
                hold.author.clone(),
                hold.reason.clone(),
            ]);
        }
        page.table(&table);
    }
}

pub fn run(args: &HoldArgs, cx: &mut Cx) -> Result<Exit> {
    let store = cx.world.store()?;
    match &args.action {
        HoldAction::Set(set) => {
            let reason = cx.global.reason.clone().ok_or_else(|| {
                Fault::usage("reason-needed", "a hold needs a reason that others can read")
                    .hint(format!("deliver hold set {} --reason \"why\"", set.env))
            })?;
            let subject = scene::subject(cx, Some(&set.env), set.service.as_ref())?;
            if cx.global.dry_run {
                cx.ui.note(format!(
                    "`{}` would be held in `{}`: {reason}",
                    subject.service, subject.env
                ));
                return Ok(Exit::Ok);
            }
            let hold = store.set_hold(&subject.service, &subject.env, &reason)?;
            cx.ui.answer(&Holds {
                holds: vec![hold.into()],
            })?;
        }
        HoldAction::Clear(clear) => {
            let subject = scene::subject(cx, Some(&clear.env), clear.service.as_ref())?;
            return clear_holds(cx, &subject);
        }
        HoldAction::List(_) => {
            let holds = store.all_holds()?.into_iter().map(HoldView::from).collect();
            cx.ui.answer(&Holds { holds })?;
        }
    }
    Ok(Exit::Ok)
}

fn clear_holds(cx: &Cx, subject: &Subject) -> Result<Exit> {
    let store = cx.world.store()?;
    let Subject { service, env, .. } = subject;
    let holds = match cx.global.dry_run {
        true => store.holds(service, env)?,
        false => store.clear_holds(service, env, cx.global.reason.as_deref())?,
    };
    cx.ui.note(match (holds.len(), cx.global.dry_run) {
        (0, _) => format!("`{service}` is not held in `{env}`"),
        (1, true) => format!("1 hold of `{service}` in `{env}` would be cleared"),
        (count, true) => format!("{count} holds of `{service}` in `{env}` would be cleared"),
        (_, false) => format!("`{service}` is free in `{env}`"),
    });
    if cx.ui.json() {
        let holds = holds.into_iter().map(HoldView::from).collect();
        cx.ui.answer(&Holds { holds })?;
    }
    Ok(Exit::Ok)
}
