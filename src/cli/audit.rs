//! `deliver audit`: the journal, read, verified and exported.

use serde::Serialize;

use super::page::{Column, Page, Table};
use super::report::Report;
use super::since::Since;
use super::{Cx, Exit};
use crate::fault::{Fault, Kind, Result};
use crate::model::ServiceName;
use crate::store::Store;
use crate::store::journal::{Filter, Record, Verified};

/// Show what was done, by whom and why
///
/// Everything that changes a deployment, release, hold or lease is written into the journal together with the change. Each
/// record carries a hash over itself and the record before, so that a record that was changed or removed later is found.
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver audit
  $ deliver audit --service pricing --since 7d
  $ deliver audit verify
  $ deliver audit export > journal.jsonl")]
pub struct AuditArgs {
    #[command(subcommand)]
    command: Option<AuditCommand>,

    /// Only what is about this service
    #[arg(long, value_name = "NAME")]
    service: Option<ServiceName>,

    /// Only what happened since: 2h (ago), 2026-03-04, 2026-03-04T05:06:07Z
    #[arg(long, value_name = "TIME")]
    since: Option<Since>,

    /// At most this many, the newest [default: 20]
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
}

#[derive(Debug, clap::Subcommand)]
enum AuditCommand {
    Verify(VerifyArgs),
    Export(ExportArgs),
}

/// Recompute the whole chain; exit 5 at the first record not as written
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver audit verify
  $ deliver audit verify --json")]
struct VerifyArgs {
    /// Also require the record with this hash, noted earlier: finds a journal that was rewritten as a whole
    #[arg(long, value_name = "HASH")]
    expect: Option<String>,
}

/// Write every record, oldest first, one JSON object a line
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver audit export > journal.jsonl
  $ deliver audit export | tail -1")]
struct ExportArgs {}

pub fn run(args: &AuditArgs, cx: &mut Cx) -> Result<Exit> {
    let filtered = args.service.is_some() || args.since.is_some() || args.limit.is_some();
    match &args.command {
        Some(_) if filtered => Err(Fault::usage(
            "usage",
            "`--service`, `--since` and `--limit` select what `deliver audit` lists; verify and export take the whole journal",
        )),
        None => list(args, cx),
        Some(AuditCommand::Verify(args)) => verify(args, cx),
        Some(AuditCommand::Export(_)) => export(cx),
    }
}

/// Records that are listed when nobody says how many.
const LISTED: u32 = 20;

/// The store, unless nothing was ever written: looking makes none.
fn store(cx: &Cx) -> Result<Option<&Store>> {
    match cx.world.paths()?.store.may_exist() {
        true => cx.world.store().map(Some),
        false => Ok(None),
    }
}

#[derive(Debug, schemars::JsonSchema, Serialize)]
pub(super) struct Journal {
    /// Newest first.
    records: Vec<Record>,
    /// There are older ones that match.
    more: bool,
}

impl Report for Journal {
    const SCHEMA: &'static str = "audit";

    fn render(&self, page: &mut Page) {
        let mut table = Table::new([
            Column::new("SEQ").right(),
            Column::new("WHEN"),
            Column::new("WHO"),
            Column::new("ACTION"),
            Column::new("SUBJECT"),
            Column::new("DETAIL").prose().priority(1),
        ]);
        for record in &self.records {
            table.row([
                record.seq.to_string(),
                page.when(record.at),
                record.actor.clone(),
                record.action.clone(),
                record.subject.clone(),
                match page.terminal() {
                    true => summary(&record.detail),
                    false => record.detail.clone(),
                },
            ]);
        }
        if !table.is_empty() {
            page.table(&table);
        }
    }
}

/// The detail as words: `operation=deploy, release=v3`; what is null is left out.
fn summary(detail: &str) -> String {
    let Ok(serde_json::Value::Object(fields)) = serde_json::from_str(detail) else {
        return detail.to_owned();
    };
    let words = fields.iter().filter_map(|(name, value)| match value {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(format!("{name}={text}")),
        other => Some(format!("{name}={other}")),
    });
    words.collect::<Vec<_>>().join(", ")
}

fn list(args: &AuditArgs, cx: &Cx) -> Result<Exit> {
    let now = cx.world.clock().now();
    let limit = args.limit.unwrap_or(LISTED);
    let filter = Filter {
        service: args.service.clone(),
        since: args.since.map(|since| since.moment(now, jiff::tz::TimeZone::system())),
        before: None,
        limit: Some(limit.saturating_add(1)),
    };
    let mut records = match store(cx)? {
        Some(store) => store.audit(&filter)?,
        None => Vec::new(),
    };
    let more = records.len() > limit as usize;
    records.truncate(limit as usize);
    let empty = records.is_empty();
    cx.ui.answer(&Journal { records, more })?;
    if empty {
        cx.ui
            .note("nothing of the kind was done yet; `deliver deploy` would be the first entry");
    }
    if more {
        cx.ui
            .hint(format!("deliver audit --limit {}   (shows more)", u64::from(limit) * 5));
    }
    Ok(Exit::Ok)
}

#[derive(Debug, schemars::JsonSchema, Serialize)]
pub(super) struct Verification {
    whole: bool,
    /// How many records were verified; for a broken journal those before the break.
    records: u64,
    /// Hash of the last record; to be noted elsewhere and given to `--expect` later.
    head: Option<String>,
    broken_at: Option<u64>,
    why: Option<String>,
}

impl Report for Verification {
    const SCHEMA: &'static str = "audit-verification";

    fn render(&self, page: &mut Page) {
        let style = page.style();
        match (&self.head, self.broken_at, &self.why) {
            (_, None, Some(why)) => page.line(format!("{} {why}", style.cross())),
            (_, Some(seq), Some(why)) => {
                page.line(format!("{} the journal breaks at record {seq}: {why}", style.cross()))
            }
            (Some(head), ..) => {
                let counted = match self.records {
                    1 => "1 record is as it was written".to_owned(),
                    records => format!("{records} records are as they were written"),
                };
                page.line(format!("{} {counted}", style.tick()));
                page.line(format!("head {head}"));
            }
            _ => page.line(format!("{} the journal is empty", style.tick())),
        }
    }
}

fn verify(args: &VerifyArgs, cx: &Cx) -> Result<Exit> {
    let store = store(cx)?;
    let found = store.map_or(Ok(None), |store| store.verify_audit().map(Some))?;
    let mut verification = match found {
        Some(Verified::Broken { seq, why }) => Verification {
            whole: false,
            records: seq - 1,
            head: None,
            broken_at: Some(seq),
            why: Some(why),
        },
        Some(Verified::Whole { records, head }) if records > 0 => Verification {
            whole: true,
            records,
            head: Some(head),
            broken_at: None,
            why: None,
        },
        _ => Verification {
            whole: true,
            records: 0,
            head: None,
            broken_at: None,
            why: None,
        },
    };
    if let (true, Some(hash)) = (verification.whole, &args.expect) {
        let known = store.map_or(Ok(false), |store| store.has_record(hash))?;
        if !known {
            verification.whole = false;
            verification.why = Some(
                "no record has the expected hash: this is another journal than the one it was noted from".to_owned(),
            );
        }
    }
    cx.ui.answer(&verification)?;
    if verification.whole {
        return Ok(Exit::Ok);
    }
    cx.ui
        .hint("deliver audit export > journal.jsonl   (what is there now, to compare with a backup)");
    Ok(Exit::Kind(Kind::NeedsHuman))
}

/// Bytes gathered before they are written.
const CHUNK: usize = 1 << 16;

fn export(cx: &Cx) -> Result<Exit> {
    let Some(store) = store(cx)? else {
        return Ok(Exit::Ok);
    };
    let mut lines = String::new();
    store.each_record(&mut |record| {
        let line =
            serde_json::to_string(&record).map_err(|error| Fault::bug("cannot write a record").because(error))?;
        lines.push_str(&line);
        lines.push('\n');
        match lines.len() < CHUNK {
            true => Ok(true),
            false => {
                cx.ui.print(&std::mem::take(&mut lines))?;
                Ok(!cx.ui.closed())
            }
        }
    })?;
    cx.ui.print(&lines)?;
    Ok(Exit::Ok)
}
