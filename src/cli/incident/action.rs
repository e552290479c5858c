//! `deliver incident action`: the work that follows.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::super::page::Page;
use super::super::report::Report;
use super::super::since::Due;
use super::super::{Cx, Exit};
use super::view::actions_table;
use super::{Word, exact, now, or_keep, store_to_read, tell_kept, word};
use crate::fault::{Fault, Kind, Result};
use crate::incident::text;
use crate::model::IncidentId;
use crate::model::incident::{Action, ActionId, ActionKind};
use crate::store::incident::{NewAction, WantedActions};

/// Follow up: what will prevent it, or make it noticed sooner
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver incident action add \"alert on queue age\" INC-7 --owner bo --due 14d
  $ deliver incident action done INC-7.2
  $ deliver incident action list --overdue")]
pub struct ActionArgs {
    #[command(subcommand)]
    command: ActionCommand,
}

#[derive(Debug, clap::Subcommand)]
enum ActionCommand {
    Add(AddArgs),
    Done(DoneArgs),
    List(ListArgs),
}

/// Write follow-up work down
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver incident action add \"alert on queue age\" INC-7 --owner bo --due 14d
  $ deliver incident action add \"limit the batch size\" INC-7 --due 2026-04-01")]
struct AddArgs {
    /// What is to be done
    #[arg(value_name = "TEXT", value_parser = word())]
    text: Word,

    /// The incident it follows from
    #[arg(value_name = "INC-N")]
    incident: IncidentId,

    /// Who sees to it
    #[arg(long, value_name = "WHO")]
    owner: Option<String>,

    /// Until when: 14d, 2026-04-01
    #[arg(long, value_name = "TIME")]
    due: Option<Due>,

    /// What it is for: prevent, detect, mitigate, process
    #[arg(long, value_name = "KIND", default_value = "prevent", hide_possible_values = true,
          value_parser = ["prevent", "detect", "mitigate", "process"])]
    kind: String,
}

/// Mark follow-up work as done
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:\n  $ deliver incident action done INC-7.2\n  $ deliver incident action done INC-7.2 --json"
)]
struct DoneArgs {
    /// The action, as `deliver incident action list` names it
    #[arg(value_name = "INC-N.M")]
    action: ActionId,
}

/// List follow-up work: what is due first comes first; --overdue exits 3 if there is any
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver incident action list
  $ deliver incident action list INC-7 --all
  $ deliver incident action list --overdue")]
struct ListArgs {
    /// Only that of this incident
    #[arg(value_name = "INC-N")]
    incident: Option<IncidentId>,

    /// Also what is done
    #[arg(long, conflicts_with = "overdue")]
    all: bool,

    /// Only what should have been done by now; exit 3 if there is any, so that CI can ask
    #[arg(long)]
    overdue: bool,

    /// At most this many
    #[arg(short = 'n', long, value_name = "N", default_value = "50", value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

/// `deliver/incident-actions/v1`.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Actions {
    actions: Vec<Shown>,
    /// There are further ones that match.
    more: bool,
}

#[derive(Serialize, schemars::JsonSchema)]
struct Shown {
    #[serde(flatten)]
    action: Action,
    incident: IncidentId,
    overdue: bool,
}

impl Actions {
    fn of(actions: Vec<Action>, more: bool, now: Timestamp) -> Self {
        let shown = actions.into_iter().map(|action| Shown {
            incident: action.id.incident,
            overdue: action.overdue(now),
            action,
        });
        Actions {
            actions: shown.collect(),
            more,
        }
    }
}

impl Report for Actions {
    const SCHEMA: &'static str = "incident-actions";

    fn render(&self, page: &mut Page) {
        let actions: Vec<Action> = self.actions.iter().map(|shown| shown.action.clone()).collect();
        if !actions.is_empty() {
            let table = actions_table(page, &actions);
            page.table(&table);
        }
    }
}

pub fn run(args: &ActionArgs, cx: &mut Cx) -> Result<Exit> {
    match &args.command {
        ActionCommand::Add(args) => add(args, cx),
        ActionCommand::Done(args) => done(args, cx),
        ActionCommand::List(args) => list(args, cx),
    }
}

fn add(args: &AddArgs, cx: &Cx) -> Result<Exit> {
    let now = now(cx);
    let kept = text::title(&args.text.0);
    tell_kept(cx, &kept);
    if kept.text.is_empty() {
        return Err(
            Fault::usage("no-text", "an action needs a text that says what is to be done").hint(format!(
                "deliver incident action add \"alert on queue age\" {}",
                args.incident
            )),
        );
    }
    let new = NewAction {
        text: kept.text.clone(),
        kind: ActionKind::parse(&args.kind).unwrap_or(ActionKind::Prevent),
        owner: args.owner.as_deref().map(text::person).transpose()?,
        due: args.due.map(|due| exact(due.moment(now, TimeZone::system()))),
    };
    let note = || format!("- [ ] {} (follows from {})\n", kept.text, args.incident);
    let store = or_keep(cx, note, cx.world.store())?;
    let action = or_keep(cx, note, store.add_incident_action(args.incident, &new))?;
    if action.overdue(now) {
        cx.ui.warn(format!("{} is overdue from the beginning", action.id));
    }
    cx.ui.answer(&Actions::of(vec![action], false, now))?;
    Ok(Exit::Ok)
}

fn done(args: &DoneArgs, cx: &Cx) -> Result<Exit> {
    let action = cx.world.store()?.finish_incident_action(args.action)?;
    cx.ui.answer(&Actions::of(vec![action], false, now(cx)))?;
    Ok(Exit::Ok)
}

fn list(args: &ListArgs, cx: &Cx) -> Result<Exit> {
    let now = now(cx);
    let wanted = WantedActions {
        incident: args.incident,
        done: args.all,
        due_before: args.overdue.then_some(now),
        limit: args.limit.saturating_add(1),
    };
    let mut actions = match store_to_read(cx)? {
        Some(store) => {
            if let Some(id) = args.incident {
                store.incident(id)?;
            }
            store.incident_actions(&wanted)?
        }
        None => Vec::new(),
    };
    let more = actions.len() > args.limit as usize;
    actions.truncate(args.limit as usize);
    let any = !actions.is_empty();
    cx.ui.answer(&Actions::of(actions, more, now))?;
    if !any {
        cx.ui.note(match args.overdue {
            true => "nothing is overdue",
            false => "nothing is left to do",
        });
    }
    if more {
        cx.ui.hint(format!(
            "deliver incident action list --limit {}",
            u64::from(args.limit) * 5
        ));
    }
    match args.overdue && any {
        true => Ok(Exit::Kind(Kind::Negative)),
        false => Ok(Exit::Ok),
    }
}
