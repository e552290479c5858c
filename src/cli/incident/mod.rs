//! `deliver incident`: from "it hurts" to what was learnt.
//!
//! Opening needs the store and nothing else: what else is broken costs a warning. What somebody typed is never lost: where
//! it cannot be stored it is printed, ready to be pasted elsewhere.

mod act;
mod action;
mod list;
mod open;
mod postmortem;
mod show;
mod view;

use std::ffi::OsString;
use std::io::Read;

use clap::builder::{OsStringValueParser, PossibleValuesParser, TypedValueParser};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::since::Since;
use super::{Cx, Exit};
use crate::fault::{Attempt, Fault, Result};
use crate::incident::plan::Changed;
use crate::incident::text::Kept;
use crate::incident::times;
use crate::model::IncidentId;
use crate::model::incident::{Moment, Role};
use crate::store::Store;
use crate::store::incident::Wanted;
pub use action::Actions;
pub use list::Incidents;
pub use postmortem::Written;
pub use view::IncidentView;

/// Declare what hurts, keep its timeline, and learn from it
///
/// Opening takes one line and works with everything else down. Each incident has a severity, six times that are kept apart,
/// a timeline that is never rewritten, roles, and the changes that may have caused it. It is open, mitigated, resolved,
/// and closed once what there was to learn is written down.
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver incident open \"checkout is down\" --service checkout --severity sev2
  $ deliver incident update \"rolled back, watching\" --status mitigated
  $ deliver incident resolve \"v12 is back\" --cause D-13
  $ deliver incident list")]
pub struct IncidentArgs {
    #[command(subcommand)]
    command: IncidentCommand,
}

#[derive(Debug, clap::Subcommand)]
enum IncidentCommand {
    Open(Box<open::OpenArgs>),
    Ack(act::AckArgs),
    Update(Box<act::UpdateArgs>),
    Note(act::NoteArgs),
    Role(act::RoleArgs),
    Severity(act::SeverityArgs),
    Resolve(Box<act::ResolveArgs>),
    Reopen(act::ReopenArgs),
    Close(act::CloseArgs),
    Show(show::ShowArgs),
    List(list::ListArgs),
    Postmortem(postmortem::PostmortemArgs),
    Action(action::ActionArgs),
}

pub fn run(args: &IncidentArgs, cx: &mut Cx) -> Result<Exit> {
    let looks = matches!(args.command, IncidentCommand::Show(_) | IncidentCommand::List(_));
    if cx.global.dry_run && !looks {
        return Err(no_dry_run(&args.command));
    }
    match &args.command {
        IncidentCommand::Open(args) => open::run(args, cx),
        IncidentCommand::Ack(args) => act::ack(args, cx),
        IncidentCommand::Update(args) => act::update(args, cx),
        IncidentCommand::Note(args) => act::note(args, cx),
        IncidentCommand::Role(args) => act::role(args, cx),
        IncidentCommand::Severity(args) => act::severity(args, cx),
        IncidentCommand::Resolve(args) => act::resolve(args, cx),
        IncidentCommand::Reopen(args) => act::reopen(args, cx),
        IncidentCommand::Close(args) => act::close(args, cx),
        IncidentCommand::Show(args) => show::run(args, cx),
        IncidentCommand::List(args) => list::run(args, cx),
        IncidentCommand::Postmortem(args) => postmortem::run(args, cx),
        IncidentCommand::Action(args) => action::run(args, cx),
    }
}

fn no_dry_run(command: &IncidentCommand) -> Fault {
    let message = "an incident's commands have no --dry-run: each does one thing and says what it was, and what was written \
                   is corrected by a further entry";
    let fault = Fault::usage("no-dry-run", message).still("nothing was written");
    match command {
        IncidentCommand::Postmortem(_) => {
            fault.hint("to see it without writing a file, leave out --dry-run and --write")
        }
        IncidentCommand::Open(_) => fault.hint("to declare it, run the same without --dry-run"),
        _ => fault
            .hint("to do it, run the same without --dry-run")
            .hint("deliver incident show   (how it stands now)"),
    }
}

/// Text on the command line, with or without quotes around it. What is not UTF-8 is taken as well, with marks in its place:
/// somebody who pastes a log in an emergency has no time for encodings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word(String);

fn word() -> impl TypedValueParser<Value = Word> {
    OsStringValueParser::new().map(|text: OsString| Word(text.to_string_lossy().into_owned()))
}

/// A role by its name.
fn role_name() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.map(Role::as_str)).map(|name| Role::parse(&name).unwrap_or(Role::Commander))
}

/// Standard input is read up to here when it is the text.
const MAX_INPUT: u64 = 1 << 20;

/// Words as one text; a single `-` is standard input.
fn joined(words: &[Word]) -> Result<String> {
    if let [Word(dash)] = words
        && dash == "-"
    {
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .take(MAX_INPUT)
            .read_to_end(&mut bytes)
            .attempting("read", std::path::Path::new("standard input"))?;
        return Ok(String::from_utf8_lossy(&bytes).into_owned());
    }
    Ok(words
        .iter()
        .map(|Word(word)| word.as_str())
        .collect::<Vec<_>>()
        .join(" "))
}

/// The incident that the first word names, or else the last, and the words without it. Where both name one and not the
/// same, neither is more likely than the other.
fn addressed(words: &[Word]) -> Result<(Option<IncidentId>, &[Word])> {
    let first = words
        .split_first()
        .and_then(|(first, rest)| Some((named(first)?, rest)));
    let last = words.split_last().and_then(|(last, rest)| Some((named(last)?, rest)));
    match (first, last) {
        (Some((first, _)), Some((last, _))) if first != last => Err(two_named(first, last)),
        (Some((id, rest)), _) | (None, Some((id, rest))) => Ok((Some(id), rest)),
        (None, None) => Ok((None, words)),
    }
}

/// The incident that a word is the name of: `INC-7`, and no bare number, which is text more often than not.
fn named(Word(word): &Word) -> Option<IncidentId> {
    let prefixed = word.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("INC-"));
    prefixed.then(|| word.parse().ok()).flatten()
}

fn two_named(first: IncidentId, last: IncidentId) -> Fault {
    let message = format!("the first word names {first} and the last {last}: say which one is meant");
    Fault::usage("which-incident", message)
        .still("nothing was written")
        .hint("name it first, and put quotes around the text: deliver incident note INC-7 \"same as INC-5\"")
}

/// Incidents that are listed where somebody has to say which one is meant.
const TO_CHOOSE_FROM: u32 = 6;

/// The incident that is meant where none is named: the only live one. With several, guessing would put words into the
/// wrong timeline.
fn meant(cx: &Cx, store: &Store, named: Option<IncidentId>) -> Result<IncidentId> {
    if let Some(id) = named {
        return Ok(id);
    }
    let live = store.incidents(&Wanted {
        live: true,
        service: None,
        since: None,
        limit: TO_CHOOSE_FROM,
    })?;
    match &live[..] {
        [] => Err(nothing_open()),
        [one] => {
            cx.ui.note(format!("{}: {}", one.id, one.title));
            Ok(one.id)
        }
        several => {
            let ids: Vec<String> = several
                .iter()
                .map(|one| format!("{} ({})", one.id, one.title))
                .collect();
            let message = format!("several incidents are open, say which one is meant: {}", ids.join(", "));
            Err(Fault::usage("which-incident", message).hint("deliver incident list"))
        }
    }
}

fn nothing_open() -> Fault {
    Fault::usage("nothing-open", "no incident is open")
        .hint("deliver incident open \"what hurts\"")
        .hint("deliver incident list --all")
}

/// The moment of the command, as exact as it is stored.
fn now(cx: &Cx) -> Timestamp {
    exact(cx.world.clock().now())
}

fn exact(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

fn moment(since: Since, now: Timestamp) -> Timestamp {
    exact(since.moment(now, TimeZone::system()))
}

/// The six times as flags; each sets a time or corrects it.
#[derive(Debug, Default, clap::Args)]
struct TimeFlags {
    /// When it began to hurt: 10m, '10 min ago', 14:05, 2026-03-04T14:05:00Z
    #[arg(long, value_name = "TIME", allow_hyphen_values = false)]
    impact_start: Option<Since>,

    /// When it was noticed
    #[arg(long, value_name = "TIME")]
    detected: Option<Since>,

    /// When somebody took it on
    #[arg(long, value_name = "TIME")]
    acknowledged: Option<Since>,

    /// When it hurt less or no more
    #[arg(long, value_name = "TIME")]
    mitigated: Option<Since>,

    /// When it had stopped hurting
    #[arg(long, value_name = "TIME")]
    impact_end: Option<Since>,
}

impl TimeFlags {
    fn given(&self, now: Timestamp) -> Vec<(Moment, Timestamp)> {
        let flags = [
            (Moment::ImpactStart, self.impact_start),
            (Moment::Detected, self.detected),
            (Moment::Acknowledged, self.acknowledged),
            (Moment::Mitigated, self.mitigated),
            (Moment::ImpactEnd, self.impact_end),
        ];
        let given = flags.into_iter().filter_map(|(moment, since)| Some((moment, since?)));
        given.map(|(name, since)| (name, moment(since, now))).collect()
    }
}

/// Tells what was done to a text before it was kept.
fn tell_kept(cx: &Cx, kept: &Kept) {
    kept.notes.iter().for_each(|note| cx.ui.warn(note));
}

/// Runs what writes; where that fails, what was typed is printed so that it can be pasted elsewhere.
fn or_keep<T>(cx: &Cx, note: impl FnOnce() -> String, result: Result<T>) -> Result<T> {
    result.inspect_err(|fault| {
        let note = note();
        if !note.is_empty() && !matches!(fault.code(), "unknown-incident" | "which-incident" | "nothing-open") {
            cx.ui.keep(&format!("This is not written down. Keep it:\n\n{note}\n"));
        }
    })
}

/// Who acts, also where there is no store.
fn actor(cx: &Cx) -> String {
    match cx.world.environment().get("DELIVER_ACTOR") {
        Some(actor) => actor.to_owned(),
        None => crate::store::user_at_host(),
    }
}

/// The store for looking: where it cannot be written it is read; `None` where there is none. Looking makes none.
fn store_to_read(cx: &Cx) -> Result<Option<Store>> {
    if !cx.world.paths()?.store.may_exist() {
        return Ok(None);
    }
    match cx.world.store() {
        Ok(store) => Ok(Some(store.clone())),
        Err(fault) => match cx.world.store_read_only() {
            Ok(Some(store)) => Ok(Some(store)),
            _ => Err(fault),
        },
    }
}

/// Warns of what does not fit together.
fn warn_all(cx: &Cx, warnings: &[String]) {
    warnings.iter().for_each(|warning| cx.ui.warn(warning));
}

/// The incident with everything that belongs to it, after it was changed. That its times do not fit together is told to
/// whoever touched one; to others it would be the same line after each command. The document has it always.
fn answer(cx: &Cx, store: &Store, changed: Changed, done: String) -> Result<Exit> {
    let Changed {
        incident, times_moved, ..
    } = changed;
    let misfits = times::warnings(&incident.times, now(cx));
    let view = view::load(cx, store, incident, view::Depth::Brief(done))?;
    let told = view
        .warnings
        .iter()
        .filter(|warning| times_moved || !misfits.contains(warning));
    told.for_each(|warning| cx.ui.warn(warning));
    cx.ui.answer(&view)?;
    Ok(Exit::Ok)
}
