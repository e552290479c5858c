//! `deliver ready`: may this service serve?

use jiff::Timestamp;
use serde::Serialize;

use super::page::{Column, Page, Table};
use super::report::Report;
use super::style::{Style, escape};
use super::{Cx, Exit};
use crate::config::manifest::Manifest;
use crate::fault::{Kind, Result};
use crate::model::readiness::Outcome;
use crate::readiness::assess::{Ruled, word};
use crate::readiness::waiver::State;
use crate::readiness::{Assessment, fact::Facts};

mod explain;
mod export;
mod fix;
pub mod gather;
mod waive;

pub use explain::CheckView;
pub use export::Format;
pub use fix::Fixed;
use gather::Found;
pub use waive::Granted;

/// Show whether a service may serve, and what to do next
///
/// Every check looks at something itself: files, version control, the store, the running service. What cannot be found out
/// is no evidence, never a pass. A service is ready when it reaches the level that its tier owes; the platform says which.
/// Exit status 3: it is not.
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver ready
  $ deliver ready --json
  $ deliver ready --format sarif > ready.sarif
  $ deliver ready explain DOC-3")]
pub struct ReadyArgs {
    #[command(subcommand)]
    command: Option<ReadyCommand>,

    /// Print for another reader: junit, sarif, markdown or github
    #[arg(long, value_name = "FORMAT", conflicts_with = "json", hide_possible_values = true)]
    format: Option<Format>,
}

#[derive(Debug, clap::Subcommand)]
enum ReadyCommand {
    Explain(explain::ExplainArgs),
    Fix(fix::FixArgs),
    Waive(waive::WaiveArgs),
}

pub fn run(args: &ReadyArgs, cx: &mut Cx) -> Result<Exit> {
    match &args.command {
        Some(ReadyCommand::Explain(args)) => explain::run(args, cx),
        Some(ReadyCommand::Fix(args)) => fix::run(args, cx),
        Some(ReadyCommand::Waive(args)) => waive::run(args, cx),
        None => show(args.format, cx),
    }
}

fn show(format: Option<Format>, cx: &Cx) -> Result<Exit> {
    let manifest = gather::manifest(cx)?;
    let found = gather::assess(cx, &manifest)?;
    let recorded = gather::record(cx, &manifest, &found.assessment);
    let report = Readiness {
        all: cx.ui.verbose(),
        quiet: cx.ui.quiet,
        ..Readiness::new(&manifest, &found.facts, &found.assessment, recorded)
    };
    match format {
        Some(format) => cx.ui.print(&export::render(format, &report, &found)?)?,
        None => cx.ui.answer(&report)?,
    }
    for note in report.notes(&found.assessment) {
        cx.ui.warn(note);
    }
    Ok(match report.ready {
        true => Exit::Ok,
        false => Exit::Kind(Kind::Negative),
    })
}

/// `deliver/readiness/v1`.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub struct Readiness {
    pub service: String,
    pub team: Option<String>,
    pub tier: u8,
    /// The level that is reached: `none`, `bronze`, `silver`, `gold`.
    pub level: String,
    /// The level that the tier owes.
    pub required: String,
    pub ready: bool,
    /// What to do first, at most three.
    pub next: Vec<Next>,
    pub checks: Vec<CheckRow>,
    pub waivers: Vec<WaiverRow>,
    /// The store was told of a change.
    pub recorded: bool,
    pub at: Timestamp,
    /// A person wants to see also what does not apply.
    #[serde(skip)]
    all: bool,
    /// Only what stands between the service and what it owes.
    #[serde(skip)]
    quiet: bool,
    /// The checks that do.
    #[serde(skip)]
    short: Vec<String>,
}

/// Something to do.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub struct Next {
    pub check: String,
    pub title: String,
    pub evidence: String,
    /// A command to paste, or the file to edit.
    pub action: String,
}

/// One check.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub struct CheckRow {
    pub id: String,
    pub title: String,
    pub level: String,
    pub outcome: Outcome,
    pub evidence: String,
    pub source: String,
    /// What mends it; null where nothing is to be mended.
    pub fix: Option<String>,
    /// The last day of the waiver that excuses it.
    pub waived_until: Option<String>,
}

/// One waiver of the service.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub struct WaiverRow {
    pub check: String,
    pub scope: Option<String>,
    pub until: String,
    pub by: String,
    pub reason: String,
    pub state: State,
}

impl From<&Ruled> for CheckRow {
    fn from(ruled: &Ruled) -> Self {
        CheckRow {
            id: ruled.check.id.into(),
            title: ruled.check.title.into(),
            level: word(ruled.check.level).into(),
            outcome: ruled.outcome,
            evidence: ruled.finding.evidence.clone(),
            source: ruled.finding.source.clone(),
            fix: fix_of(ruled),
            waived_until: ruled.waived_until.map(|day| day.to_string()),
        }
    }
}

/// What mends a check that does not pass.
fn fix_of(ruled: &Ruled) -> Option<String> {
    let needed = ruled.outcome.blocks() || ruled.outcome == Outcome::Waived;
    needed.then(|| ruled.finding.fix.clone().unwrap_or_else(|| ruled.check.fix.to_owned()))
}

impl Readiness {
    fn new(manifest: &Manifest, facts: &Facts, assessment: &Assessment, recorded: bool) -> Self {
        let next = assessment
            .next
            .iter()
            .filter_map(|id| assessment.ruled(id))
            .map(|ruled| Next {
                check: ruled.check.id.into(),
                title: ruled.check.title.into(),
                evidence: ruled.finding.evidence.clone(),
                action: fix_of(ruled).unwrap_or_default(),
            });
        let waivers = assessment.waivers.iter().map(|(waiver, state)| WaiverRow {
            check: waiver.check.clone(),
            scope: waiver.scope.clone(),
            until: waiver.until.to_string(),
            by: waiver.by.clone(),
            reason: waiver.reason.clone(),
            state: *state,
        });
        Readiness {
            service: manifest.service.name.to_string(),
            team: manifest.service.team.clone(),
            tier: manifest.service.tier,
            level: word(assessment.level).into(),
            required: word(assessment.required).into(),
            ready: assessment.ready(),
            next: next.collect(),
            checks: assessment.results.iter().map(CheckRow::from).collect(),
            waivers: waivers.collect(),
            recorded,
            at: facts.at,
            all: false,
            quiet: false,
            short: assessment.missing().map(|ruled| ruled.check.id.to_owned()).collect(),
        }
    }

    /// What a person should know of waivers.
    fn notes(&self, assessment: &Assessment) -> Vec<String> {
        let told = assessment.waivers.iter().filter_map(|(waiver, state)| match state {
            State::Expired => Some(format!(
                "the waiver of {} ended with {} and no longer counts: deliver ready waive {} --until DAY --reason \"…\"",
                waiver.check, waiver.until, waiver.check
            )),
            State::Expiring => Some(format!("the waiver of {} ends with {}", waiver.check, waiver.until)),
            State::Used | State::Unneeded => None,
        });
        told.collect()
    }
}

impl Report for Readiness {
    const SCHEMA: &'static str = "readiness";

    fn render(&self, page: &mut Page) {
        let style = page.style();
        let (reached, owed) = (level(style, &self.level, self.ready), &self.required);
        let name = style.subject(&self.service);
        page.line(match (self.ready, owed.as_str()) {
            (true, "none") => format!(
                "{} {name} is ready: {reached} is reached, tier {} owes nothing",
                style.tick(),
                self.tier
            ),
            (true, _) => format!(
                "{} {name} is ready: {reached} is reached, tier {} owes {owed}",
                style.tick(),
                self.tier
            ),
            (false, _) => format!(
                "{} {name} is not ready: {reached} is reached, tier {} owes {owed}",
                style.cross(),
                self.tier
            ),
        });
        if self.quiet {
            if self.checks.iter().any(|check| !self.hides(page, check)) {
                page.table(&self.table(page));
            }
            return;
        }
        if page.terminal() && !self.next.is_empty() {
            page.gap();
            page.line("Next:");
            for next in &self.next {
                page.hanging(
                    &format!("  {}  ", style.subject(format!("{:5}", next.check))),
                    &escape(&format!("{}: {}", next.title, next.evidence)),
                );
                page.line(format!("         {}", style.copyable(&next.action)));
            }
        }
        page.gap();
        page.table(&self.table(page));
        let hidden = self.checks.iter().filter(|check| self.hides(page, check)).count();
        if hidden > 0 {
            page.gap();
            page.line(style.secondary(format!("{hidden} more do not apply here; -v lists them")));
        }
    }
}

impl Readiness {
    /// A person reads what there is to know; a pipe gets everything. Whoever asks for quiet gets what is short.
    fn hides(&self, page: &Page, check: &CheckRow) -> bool {
        if self.quiet {
            return !self.short.contains(&check.id);
        }
        page.terminal() && !self.all && check.outcome == Outcome::NotApplicable
    }

    fn table(&self, page: &Page) -> Table {
        let style = page.style();
        let mut table = Table::new([
            Column::new(""),
            Column::new("CHECK"),
            Column::new("LEVEL"),
            Column::new("OUTCOME"),
            Column::new("EVIDENCE").prose(),
        ]);
        for check in self.checks.iter().filter(|check| !self.hides(page, check)) {
            let evidence = match &check.waived_until {
                Some(day) => format!("until {day}: {}", check.evidence),
                None => check.evidence.clone(),
            };
            table.row([
                style.in_column(&symbol(style, check.outcome)),
                check.id.clone(),
                check.level.clone(),
                outcome_word(style, check.outcome),
                evidence,
            ]);
        }
        table
    }
}

fn level(style: Style, level: &str, ready: bool) -> String {
    match ready {
        true => style.good(level),
        false => style.bad(level),
    }
}

/// The sign of an outcome; a word always stands beside it.
fn symbol(style: Style, outcome: Outcome) -> String {
    match outcome {
        Outcome::Pass => style.tick(),
        Outcome::Fail => style.cross(),
        Outcome::Waived | Outcome::NoEvidence => style.bang(),
        Outcome::NotApplicable => style.dash(),
    }
}

fn outcome_word(style: Style, outcome: Outcome) -> String {
    let text = outcome.as_str().replace('_', " ");
    match outcome {
        Outcome::Pass => style.good(text),
        Outcome::Fail => style.bad(text),
        Outcome::Waived | Outcome::NoEvidence => style.attention(text),
        Outcome::NotApplicable => style.secondary(text),
    }
}
