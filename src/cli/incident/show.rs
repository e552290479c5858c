//! `deliver incident show`.

use super::super::{Cx, Exit};
use super::{nothing_open, store_to_read, view, warn_all};
use crate::fault::Result;
use crate::model::IncidentId;

/// Show an incident: times, people, suspects, timeline, next moves
///
/// Suspects are worked out anew from what the store knows now; the document also has those of the moment it was opened.
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:\n  $ deliver incident show\n  $ deliver incident show INC-7 --json")]
pub struct ShowArgs {
    /// The incident [default: the newest that is not resolved]
    #[arg(value_name = "INC-N")]
    incident: Option<IncidentId>,
}

pub fn run(args: &ShowArgs, cx: &mut Cx) -> Result<Exit> {
    let Some(store) = store_to_read(cx)? else {
        return Err(nothing_open());
    };
    let incident = match args.incident {
        Some(id) => store.incident(id)?,
        None => store.newest_live_incident()?.ok_or_else(nothing_open)?,
    };
    let view = view::load(cx, &store, incident, view::Depth::Full)?;
    warn_all(cx, &view.warnings);
    cx.ui.answer(&view)?;
    Ok(Exit::Ok)
}
