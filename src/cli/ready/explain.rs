//! `deliver ready explain`.

use serde::Serialize;

use super::{CheckRow, gather, outcome_word, symbol};
use crate::cli::page::{Column, Page, Table};
use crate::cli::report::Report;
use crate::cli::style::escape;
use crate::cli::{Cx, Exit};
use crate::config::nearest::nearest;
use crate::fault::{Fault, Result};
use crate::readiness::check::{self, CHECKS, Check};
use crate::readiness::shown::{self, Shown};

/// Show why a check matters, what it has seen, and what mends it
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:\n  $ deliver ready explain DOC-3\n  $ deliver ready explain OBS-1 --json")]
pub struct ExplainArgs {
    /// The check's id, such as DOC-3
    #[arg(value_name = "CHECK")]
    check: String,
}

/// `deliver/readiness-check/v1`.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub struct CheckView {
    service: String,
    #[serde(flatten)]
    check: CheckRow,
    /// What goes wrong without it.
    why: String,
    /// How it is found out.
    how: String,
    /// Everything the check has seen.
    facts: Vec<Shown>,
    /// Places in files where it fails.
    places: Vec<PlaceRow>,
    /// `deliver ready fix` has a patch for it.
    fixable: bool,
    /// A waiver can excuse it.
    waivable: bool,
}

#[derive(Debug, schemars::JsonSchema, Serialize)]
struct PlaceRow {
    path: String,
    line: usize,
    note: String,
}

/// The check that somebody named.
pub(super) fn named(id: &str) -> Result<&'static Check> {
    check::find(id).ok_or_else(|| {
        let fault = Fault::usage("unknown-check", format!("there is no check `{}`", id.escape_debug()));
        match nearest(id, CHECKS.iter().map(|check| check.id)) {
            Some(near) => fault.hint(format!("did you mean {near}?")),
            None => fault.hint("deliver ready   lists them"),
        }
    })
}

pub fn run(args: &ExplainArgs, cx: &Cx) -> Result<Exit> {
    let check = named(&args.check)?;
    let manifest = gather::manifest(cx)?;
    let found = gather::assess(cx, &manifest)?;
    let ruled = found
        .assessment
        .ruled(check.id)
        .ok_or_else(|| Fault::bug(format!("`{}` was not judged", check.id)))?;
    let view = CheckView {
        service: manifest.service.name.to_string(),
        check: CheckRow::from(ruled),
        why: check.why.into(),
        how: check.how.into(),
        facts: check
            .needs
            .iter()
            .flat_map(|need| shown::facts(*need, &found.facts))
            .collect(),
        places: ruled
            .finding
            .places
            .iter()
            .map(|spot| PlaceRow {
                path: spot.path.clone(),
                line: spot.line,
                note: spot.note.clone(),
            })
            .collect(),
        fixable: ruled.outcome.blocks()
            && super::fix::plan(cx, check, &manifest, &found, None).is_ok_and(|plan| !plan.changes.is_empty()),
        waivable: check.waivable,
    };
    cx.ui.answer(&view)?;
    Ok(Exit::Ok)
}

impl Report for CheckView {
    const SCHEMA: &'static str = "readiness-check";

    fn render(&self, page: &mut Page) {
        let style = page.style();
        let check = &self.check;
        page.line(format!(
            "{} {} {}: {}",
            symbol(style, check.outcome),
            style.subject(&check.id),
            outcome_word(style, check.outcome),
            style.subject(&check.title),
        ));
        page.gap();
        let source = match check.source.is_empty() {
            true => check.evidence.clone(),
            false => format!("{}  ({})", check.evidence, check.source),
        };
        let waived = check
            .waived_until
            .as_ref()
            .map(|day| ("waived", format!("until {day}")));
        let rows = [
            Some(("level", check.level.clone())),
            Some(("why", self.why.clone())),
            Some(("how", self.how.clone())),
            Some(("here", source)),
            waived,
            check.fix.as_ref().map(|fix| ("mend", fix.clone())),
            self.fixable
                .then(|| ("patch", format!("deliver ready fix {}", check.id))),
        ];
        for (name, text) in rows.into_iter().flatten() {
            match page.terminal() {
                true => page.hanging(&format!("{name:6}  "), &escape(&text)),
                false => page.cells([name, &text]),
            }
        }
        self.render_places(page);
        self.render_facts(page);
    }
}

impl CheckView {
    fn render_places(&self, page: &mut Page) {
        if self.places.is_empty() {
            return;
        }
        page.gap();
        let mut table = Table::new([Column::new("WHERE").path(), Column::new("WHAT").prose()]);
        for place in &self.places {
            table.row([format!("{}:{}", place.path, place.line), place.note.clone()]);
        }
        page.table(&table);
    }

    fn render_facts(&self, page: &mut Page) {
        page.gap();
        let mut table = Table::new([
            Column::new("FACT"),
            Column::new("VALUE").prose(),
            Column::new("FROM").prose().priority(1),
        ]);
        for fact in &self.facts {
            let value = match (&fact.value, &fact.unknown) {
                (Some(value), _) => value.clone(),
                (None, why) => format!("not known: {}", why.as_deref().unwrap_or_default()),
            };
            table.row([fact.name.to_owned(), value, fact.source.clone()]);
        }
        page.table(&table);
    }
}
