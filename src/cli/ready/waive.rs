//! `deliver ready waive`.

use jiff::civil::Date;
use serde::Serialize;

use super::explain::named;
use super::gather;
use crate::cli::page::Page;
use crate::cli::report::Report;
use crate::cli::{Cx, Exit};
use crate::config::manifest::Manifest;
use crate::fault::{Fault, Kind, Result};
use crate::model::readiness::Outcome;
use crate::readiness::check::Check;
use crate::readiness::tree::read_text;
use crate::readiness::waiver::{self, PATH, Waiver};
use crate::readiness::{collect, fix};

/// Excuse a check until a day, for a reason that others can read
///
/// It is written to .deliver/waivers.toml, to be committed and reviewed like any change. It ends by itself with that day,
/// which is at most a year ahead. SEC-1 cannot be waived.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:\n  $ deliver ready waive DOC-1 --until 2027-01-31 --reason \"it moves in May\"\n  $ deliver ready waive BLD-4 --scope old/ --until 2027-01-31 --reason old"
)]
pub struct WaiveArgs {
    /// The check's id, such as DOC-1
    #[arg(value_name = "CHECK")]
    check: String,

    /// The last day that it counts
    #[arg(long, value_name = "DAY", value_parser = waiver::parse_day)]
    until: Date,

    /// Only where it fails in this file or folder
    #[arg(long, value_name = "PATH")]
    scope: Option<String>,
}

/// `deliver/readiness-waiver/v1`.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub struct Granted {
    service: String,
    check: String,
    scope: Option<String>,
    reason: String,
    by: String,
    until: String,
    /// The file that holds it.
    path: String,
    /// False with `--dry-run`.
    written: bool,
}

pub fn run(args: &WaiveArgs, cx: &Cx) -> Result<Exit> {
    let check = named(&args.check)?;
    let manifest = gather::manifest(cx)?;
    let today = waiver::today(cx.world.clock().now());
    let refused = |code, message: String| Fault::usage(code, message).still("nothing was changed");
    if !check.waivable {
        let fault = Fault::new(
            Kind::Negative,
            "not-waivable",
            format!("cannot waive `{}`: {}", check.id, check.why),
        );
        return Err(fault
            .still("nothing was changed")
            .hint(format!("deliver ready explain {}", check.id)));
    }
    let reason = cx
        .global
        .reason
        .clone()
        .filter(|reason| !reason.trim().is_empty())
        .ok_or_else(|| {
            refused("reason-needed", "a waiver needs a reason that others can read".into()).hint(format!(
                "deliver ready waive {} --until {} --reason \"why\"",
                check.id, args.until
            ))
        })?;
    if args.until < today {
        return Err(refused(
            "day-over",
            format!("cannot waive until {}: that day is over", args.until),
        ));
    }
    if args.until > waiver::latest(today) {
        let message = format!("cannot waive until {}: a waiver lasts a year at most", args.until);
        return Err(refused("too-long", message).hint(format!("--until {}", waiver::latest(today))));
    }
    // The file must be sound before something is added, so that nothing is blamed on what is new.
    collect::waivers(&manifest, cx.world.clock().now())?;
    needed(cx, &manifest, check)?;
    let granted = Waiver {
        check: check.id.into(),
        scope: args.scope.clone(),
        reason: one_line(&reason),
        by: actor(cx),
        until: args.until,
        line: 0,
    };
    let before = read_text(&manifest.folder().join(PATH)).ok();
    let plan = fix::Plan {
        check: check.id,
        base: manifest.folder().to_owned(),
        changes: vec![fix::Change {
            path: PATH.into(),
            after: waiver::granted(before.as_deref().unwrap_or_default(), &granted)?,
            before,
        }],
        left: None,
    };
    let mut report = Granted {
        service: manifest.service.name.to_string(),
        check: granted.check.clone(),
        scope: granted.scope.clone(),
        reason: granted.reason.clone(),
        by: granted.by.clone(),
        until: granted.until.to_string(),
        path: PATH.into(),
        written: false,
    };
    if !cx.global.dry_run {
        fix::apply(&plan)?;
        report.written = true;
        let store = cx.world.store();
        let noted = store.and_then(|store| store.note_waiver(&manifest.service.name, check.id, &report.until, &reason));
        if let Err(fault) = noted {
            cx.ui.warn(format!("not in the journal: {fault}"));
        }
    }
    cx.ui.answer(&report)?;
    if report.written {
        cx.ui.hint(format!("git add {PATH} && git commit"));
    }
    Ok(Exit::Ok)
}

/// Refuses to excuse what passes, unless somebody insists: such a waiver only waits to hide a failure to come.
fn needed(cx: &Cx, manifest: &Manifest, check: &'static Check) -> Result<()> {
    let found = gather::assess(cx, manifest)?;
    let passes = found
        .assessment
        .ruled(check.id)
        .filter(|ruled| ruled.outcome == Outcome::Pass);
    let Some(ruled) = passes.filter(|_| !cx.ui.yes) else {
        return Ok(());
    };
    let message = format!("`{}` passes, and needs no waiver: {}", check.id, ruled.finding.evidence);
    Err(Fault::new(Kind::Negative, "not-needed", message)
        .still("nothing was changed")
        .hint("--yes writes it all the same"))
}

/// Who acts, as the journal has it.
fn actor(cx: &Cx) -> String {
    let named = cx.world.environment().get("DELIVER_ACTOR").map(str::to_owned);
    named.unwrap_or_else(crate::store::user_at_host)
}

/// Line breaks and control characters as spaces: a reason is a line in a table.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

impl Report for Granted {
    const SCHEMA: &'static str = "readiness-waiver";

    fn render(&self, page: &mut Page) {
        let style = page.style();
        let scope = self
            .scope
            .as_ref()
            .map(|scope| format!(" in {scope}"))
            .unwrap_or_default();
        let told = match self.written {
            true => format!("{} is waived{scope} until {}: {}", self.check, self.until, self.reason),
            false => format!(
                "{} would be waived{scope} until {}: {}",
                self.check, self.until, self.reason
            ),
        };
        page.line(format!("{} {told}  {}", style.tick(), style.secondary(&self.path)));
    }
}
