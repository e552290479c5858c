//! What people do with an incident: acknowledge, tell, take roles, resolve.

use super::super::since::Since;
use super::super::{Cx, Exit};
use super::{
    TimeFlags, Word, actor, addressed, answer, joined, meant, moment, now, or_keep, role_name, tell_kept, word,
};
use crate::fault::{Fault, Result};
use crate::incident::facts::Question;
use crate::incident::plan::{self, Changed, Decision, RoleAct, Wish};
use crate::incident::text;
use crate::incident::times::shown;
use crate::model::incident::{Incident, Moment, Role, Severity, Status};
use crate::model::{DeploymentId, EnvName, IncidentId, ServiceName};
use crate::store::Store;

/// Say that you are on it
///
/// The first who does is remembered, with the time; who comes later learns who that was.
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:\n  $ deliver incident ack\n  $ deliver incident ack INC-7 --at '5 min ago'")]
pub struct AckArgs {
    /// The incident [default: the only open one]
    #[arg(value_name = "INC-N")]
    incident: Option<IncidentId>,

    /// When, if not now
    #[arg(long, value_name = "TIME")]
    at: Option<Since>,
}

pub fn ack(args: &AckArgs, cx: &mut Cx) -> Result<Exit> {
    let now = now(cx);
    let store = cx.world.store()?;
    let id = meant(cx, store, args.incident)?;
    let at = args.at.map_or(now, |since| moment(since, now));
    let who = store.actor().to_owned();
    let changed = plan::change(store, id, &|before| {
        Ok(plan::acknowledge(before, &store.incident_timeline(id)?, at))
    })?;
    let done = format!("{id}: {who} is on it");
    conclude(cx, store, changed, done)
}

/// Tell everybody how it stands, and correct what is known
///
/// The text is for everybody; `note` is for those who work on it. A correction of a time is a further entry of the
/// timeline: what was said before stays readable. With `-` the text is read from standard input.
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver incident update \"rolled back, watching\" --status mitigated
  $ deliver incident update INC-7 --impact-start 14:02 --service catalog-db
  $ kubectl get pods | deliver incident update INC-7 -")]
pub struct UpdateArgs {
    /// The incident [default: the only open one], and what everybody should know
    #[arg(value_names = ["INC-N", "TEXT"], value_parser = word(), num_args = 0..)]
    words: Vec<Word>,

    /// It hurts less (mitigated), or again (open)
    #[arg(long, value_name = "STATUS", value_parser = ["open", "mitigated"])]
    status: Option<String>,

    /// Make it better or worse: sev1 to sev5
    #[arg(long, value_name = "SEVERITY")]
    severity: Option<Severity>,

    /// What hurts, as is known now
    #[arg(long, value_name = "NAME")]
    service: Option<ServiceName>,

    /// Where it hurts
    #[arg(long = "env", visible_alias = "environment", value_name = "ENV")]
    env: Option<EnvName>,

    /// A better title
    #[arg(long, value_name = "TEXT", value_parser = word())]
    title: Option<Word>,

    #[command(flatten)]
    times: TimeFlags,
}

pub fn update(args: &UpdateArgs, cx: &mut Cx) -> Result<Exit> {
    let now = now(cx);
    let (named, rest) = addressed(&args.words)?;
    let wish = Wish {
        text: optional_text(cx, rest)?,
        status: args.status.as_deref().and_then(Status::parse),
        severity: args.severity,
        reason: reason(cx),
        title: title(cx, args.title.as_ref())?,
        service: args.service.clone(),
        env: args.env.clone(),
        times: args.times.given(now),
        ..Wish::default()
    };
    let empty = Wish {
        reason: wish.reason.clone(),
        ..Wish::default()
    };
    if format!("{wish:?}") == format!("{empty:?}") {
        return Err(text_needed("update"));
    }
    let (store, changed) = written(cx, named, "update", wish.text.as_deref(), &|before| {
        plan::update(before, &wish, now)
    })?;
    let incident = &changed.incident;
    let done = format!(
        "{} is {}, {}: {}",
        incident.id, incident.severity, incident.status, incident.title
    );
    conclude(cx, store, changed, done)
}

/// Write something down for those who work on it
///
/// Notes never conflict: any number of people may write at once. With `-` the text is read from standard input. What looks
/// like a secret is replaced before it is written, because nothing here is ever deleted.
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver incident note INC-7 \"the queue drains again since the restart\"
  $ deliver logs production -n 50 | deliver incident note INC-7 -
  $ deliver incident note INC-7 \"saw the first errors\" --at 13:58")]
pub struct NoteArgs {
    /// The incident [default: the only open one], and what there is to know
    #[arg(value_names = ["INC-N", "TEXT"], value_parser = word(), num_args = 0..)]
    words: Vec<Word>,

    /// When it happened, if not now
    #[arg(long, value_name = "TIME")]
    at: Option<Since>,
}

pub fn note(args: &NoteArgs, cx: &mut Cx) -> Result<Exit> {
    let now = now(cx);
    let (named, rest) = addressed(&args.words)?;
    let text = optional_text(cx, rest)?.ok_or_else(|| text_needed("note"))?;
    let at = args.at.map(|since| moment(since, now));
    let (store, changed) = written(cx, named, "note", Some(&text), &|_| Ok(plan::note(&text, at)))?;
    let done = format!("noted for {}", changed.incident.id);
    conclude(cx, store, changed, done)
}

/// Take, hand on or give up a role, such as that of the commander
///
/// The roles are commander, communications, operations and scribe. Each has one person at a time. Of two who take it at once, one gets it and the other learns who.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:\n  $ deliver incident role take commander\n  $ deliver incident role hand commander bo INC-7\n  $ deliver incident role drop scribe"
)]
pub struct RoleArgs {
    #[command(subcommand)]
    command: RoleCommand,
}

#[derive(Debug, clap::Subcommand)]
enum RoleCommand {
    Take(TakeArgs),
    Hand(HandArgs),
    Drop(DropArgs),
}

/// Take a role yourself
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:\n  $ deliver incident role take commander\n  $ deliver incident role take commander INC-7 --from bo"
)]
struct TakeArgs {
    #[arg(value_parser = role_name(), value_name = "ROLE")]
    role: Role,

    /// The incident [default: the only open one]
    #[arg(value_name = "INC-N")]
    incident: Option<IncidentId>,

    /// Take it over from this person, who knows
    #[arg(long, value_name = "WHO")]
    from: Option<String>,
}

/// Hand a role on to somebody, who has said yes
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:\n  $ deliver incident role hand commander bo\n  $ deliver incident role hand scribe @cy INC-7"
)]
struct HandArgs {
    #[arg(value_parser = role_name(), value_name = "ROLE")]
    role: Role,

    /// Who gets it
    #[arg(value_name = "WHO")]
    to: String,

    /// The incident [default: the only open one]
    #[arg(value_name = "INC-N")]
    incident: Option<IncidentId>,

    /// Who has it, if that is not you
    #[arg(long, value_name = "WHO")]
    from: Option<String>,
}

/// Give a role up
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:\n  $ deliver incident role drop scribe\n  $ deliver incident role drop commander INC-7 --from bo"
)]
struct DropArgs {
    #[arg(value_parser = role_name(), value_name = "ROLE")]
    role: Role,

    /// The incident [default: the only open one]
    #[arg(value_name = "INC-N")]
    incident: Option<IncidentId>,

    /// Who has it, if that is not you
    #[arg(long, value_name = "WHO")]
    from: Option<String>,
}

pub fn role(args: &RoleArgs, cx: &mut Cx) -> Result<Exit> {
    let now = now(cx);
    let store = cx.world.store()?;
    let person = |name: &Option<String>| name.as_deref().map(text::person).transpose();
    let (role, named, act) = match &args.command {
        RoleCommand::Take(args) => (
            args.role,
            args.incident,
            RoleAct::Take {
                from: person(&args.from)?,
            },
        ),
        RoleCommand::Hand(args) => {
            let (to, from) = (text::person(&args.to)?, person(&args.from)?);
            (args.role, args.incident, RoleAct::Hand { to, from })
        }
        RoleCommand::Drop(args) => (
            args.role,
            args.incident,
            RoleAct::Drop {
                from: person(&args.from)?,
            },
        ),
    };
    let id = meant(cx, store, named)?;
    let who = store.actor().to_owned();
    let changed = plan::change(store, id, &|before| plan::role(before, role, &act, &who, now))?;
    let done = match changed.incident.holder(role) {
        Some(holder) => format!("{} is {role} of {id}", holder.person),
        None => format!("nobody is {role} of {id}"),
    };
    conclude(cx, store, changed, done)
}

/// Make an incident worse or better
///
/// To raise it needs no reason: unsure, take the higher of two and argue later. To lower it needs --reason, because others
/// rely on what was said. The minutes at each severity are counted from these changes.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:\n  $ deliver incident severity sev1\n  $ deliver incident severity INC-7 sev4 --reason \"only one customer\""
)]
pub struct SeverityArgs {
    /// The incident [default: the only open one], and the severity
    #[arg(value_names = ["INC-N", "SEVERITY"], value_parser = word(), num_args = 1..=2)]
    words: Vec<Word>,
}

pub fn severity(args: &SeverityArgs, cx: &mut Cx) -> Result<Exit> {
    let now = now(cx);
    let (named, rest) = addressed(&args.words)?;
    // In `sev1 7` the number can be nothing but the incident.
    let (named, severity) = match (named, rest) {
        (named, [Word(severity)]) => (named, severity),
        (None, [Word(severity), Word(id)]) => (Some(id.parse().map_err(|why| Fault::usage("usage", why))?), severity),
        _ => return Err(severity_needed()),
    };
    let severity: Severity = severity.parse().map_err(|why| Fault::usage("usage", why))?;
    let wish = Wish {
        severity: Some(severity),
        reason: reason(cx),
        ..Wish::default()
    };
    let (store, changed) = written(cx, named, "severity", wish.reason.as_deref(), &|before| {
        plan::update(before, &wish, now)
    })?;
    let done = format!("{} is {severity}: {}", changed.incident.id, changed.incident.title);
    conclude(cx, store, changed, done)
}

fn severity_needed() -> Fault {
    Fault::usage("usage", "say how bad it is: sev1 (worst) to sev5").hint("deliver incident severity sev2")
}

/// Say that it is over
///
/// The impact ended now, unless --impact-end says otherwise. On a terminal it asks which deployment caused it and which one
/// ended it; what people find here is what suspicion is measured by later.
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver incident resolve \"v12 is back\"
  $ deliver incident resolve INC-7 --cause D-12 --fixed-by D-13")]
pub struct ResolveArgs {
    /// The incident [default: the only open one], and what fixed it
    #[arg(value_names = ["INC-N", "TEXT"], value_parser = word(), num_args = 0..)]
    words: Vec<Word>,

    /// The deployment that caused it
    #[arg(long, value_name = "D-N")]
    cause: Option<DeploymentId>,

    /// The deployment that ended it
    #[arg(long, value_name = "D-N")]
    fixed_by: Option<DeploymentId>,

    #[command(flatten)]
    times: TimeFlags,
}

pub fn resolve(args: &ResolveArgs, cx: &mut Cx) -> Result<Exit> {
    let now = now(cx);
    let (named, rest) = addressed(&args.words)?;
    let mut wish = Wish {
        text: optional_text(cx, rest)?,
        cause: args.cause,
        fixed_by: args.fixed_by,
        times: args.times.given(now),
        ..Wish::default()
    };
    let keep = |wish: &Wish| lost(cx, named, "resolved", wish.text.as_deref().unwrap_or_default());
    let store = or_keep(cx, || keep(&wish), cx.world.store())?;
    let id = or_keep(cx, || keep(&wish), meant(cx, store, named))?;
    for deployment in [wish.cause, wish.fixed_by].into_iter().flatten() {
        store.deployment(deployment)?;
    }
    let incident = store.incident(id)?;
    if incident.status.live() && cx.ui.interactive() && !cx.ui.yes {
        ask_what_it_was(cx, store, &incident, &mut wish)?;
    }
    let (store, changed) = written(cx, Some(id), "resolved", wish.text.as_deref(), &|before| {
        plan::resolve(before, &wish, now)
    })?;
    let told_end = wish.times.iter().any(|(moment, _)| *moment == Moment::ImpactEnd);
    if let (None, false, Some(end)) = (&changed.nothing, told_end, changed.incident.times.impact_end) {
        let when = shown(end);
        cx.ui.note(format!(
            "the impact is taken to have ended {when}; --impact-end corrects that"
        ));
    }
    let done = format!("{id} is resolved: {}", changed.incident.title);
    conclude(cx, store, changed, done)
}

/// Deployments since it began that are offered as what ended it.
const OFFERED: u32 = 5;

/// Which deployment caused it, and which one ended it; nobody has to know.
fn ask_what_it_was(cx: &Cx, store: &Store, incident: &Incident, wish: &mut Wish) -> Result<()> {
    let unknown = || ("none of these".to_owned(), "or not known".to_owned());
    if wish.cause.is_none() {
        let (suspects, _) = super::view::suspicion(store, &Question::from(incident))?;
        let mut items: Vec<(String, String)> = suspects
            .iter()
            .map(|suspect| {
                (
                    suspect.deployment.to_string(),
                    suspect.reasons.first().cloned().unwrap_or_default(),
                )
            })
            .collect();
        items.push(unknown());
        if suspects.len() + 1 == items.len() && !suspects.is_empty() {
            let chosen = cx
                .ui
                .ask_choice("Which change caused it?", "--cause D-N", &items, Some(items.len() - 1))?;
            wish.cause = suspects.get(chosen).map(|suspect| suspect.deployment);
        }
    }
    if wish.fixed_by.is_none() {
        let since = (incident.onset(), now(cx));
        let (service, env) = (incident.service.as_ref(), incident.env.as_ref());
        let mut later = store.deployments_between(service, env, since, OFFERED)?;
        later.retain(|one| Some(one.id) != wish.cause);
        let mut items: Vec<(String, String)> = later
            .iter()
            .map(|one| {
                let release = one.release.map(|release| format!(" {release}")).unwrap_or_default();
                let about = format!(
                    "{} of {}{release}, {}",
                    one.operation.as_str(),
                    one.service,
                    one.outcome
                );
                (one.id.to_string(), about)
            })
            .collect();
        items.push(unknown());
        if !later.is_empty() {
            // A rollback whose reason names the incident was made to end it.
            let named = later.iter().position(|one| {
                let words = one.note.as_deref().unwrap_or_default();
                words
                    .split(|c: char| c.is_whitespace() || c == ',')
                    .any(|word| word.parse() == Ok(incident.id))
            });
            let default = named.unwrap_or(items.len() - 1);
            let chosen = cx
                .ui
                .ask_choice("Which deployment ended it?", "--fixed-by D-N", &items, Some(default))?;
            wish.fixed_by = later.get(chosen).map(|one| one.id);
        }
    }
    Ok(())
}

/// It is back: open a resolved incident again
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:\n  $ deliver incident reopen INC-7 \"errors are back\"\n  $ deliver incident reopen INC-7 --json"
)]
pub struct ReopenArgs {
    /// The incident
    #[arg(value_name = "INC-N", value_parser = word())]
    incident: Word,

    /// What is seen
    #[arg(value_name = "TEXT", value_parser = word(), num_args = 0..)]
    words: Vec<Word>,
}

pub fn reopen(args: &ReopenArgs, cx: &mut Cx) -> Result<Exit> {
    let now = now(cx);
    let words = [std::slice::from_ref(&args.incident), &args.words].concat();
    let (id, rest) = match (addressed(&words)?, &args.incident) {
        ((Some(id), rest), _) => (id, rest),
        ((None, _), Word(first)) => (first.parse().map_err(|why| Fault::usage("usage", why))?, &words[1..]),
    };
    let wish = Wish {
        text: optional_text(cx, rest)?.or_else(|| reason(cx)),
        ..Wish::default()
    };
    let (store, changed) = written(cx, Some(id), "reopened", wish.text.as_deref(), &|before| {
        plan::reopen(before, &wish, now)
    })?;
    let done = format!("{id} is open again: {}", changed.incident.title);
    conclude(cx, store, changed, done)
}

/// Say that what there was to learn is written down; final
///
/// For sev1 and sev2 a postmortem must have been written (`deliver incident postmortem INC-7 --write`), or --reason says why
/// there is none. Actions live on until they are done.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:\n  $ deliver incident close INC-7\n  $ deliver incident close INC-7 --reason \"same as INC-5\""
)]
pub struct CloseArgs {
    /// The incident
    #[arg(value_name = "INC-N")]
    incident: IncidentId,
}

pub fn close(args: &CloseArgs, cx: &mut Cx) -> Result<Exit> {
    let now = now(cx);
    let id = args.incident;
    let wish = Wish {
        reason: reason(cx),
        ..Wish::default()
    };
    let store = cx.world.store()?;
    let changed = plan::change(store, id, &|before| {
        plan::close(before, &store.incident_timeline(id)?, &wish, now)
    })?;
    let done = format!("{id} is closed: {}", changed.incident.title);
    conclude(cx, store, changed, done)
}

/// Writes a decision down; what was typed is printed if that fails.
fn written<'a>(
    cx: &'a Cx,
    named: Option<IncidentId>,
    what: &str,
    typed: Option<&str>,
    decide: &dyn Fn(&Incident) -> Result<Decision>,
) -> Result<(&'a Store, Changed)> {
    let note = || lost(cx, named, what, typed.unwrap_or_default());
    let store = or_keep(cx, note, cx.world.store())?;
    let id = or_keep(cx, note, meant(cx, store, named))?;
    let changed = or_keep(cx, note, plan::change(store, id, decide))?;
    Ok((store, changed))
}

/// What was typed, as a note in Markdown.
fn lost(cx: &Cx, id: Option<IncidentId>, what: &str, typed: &str) -> String {
    if typed.is_empty() {
        return String::new();
    }
    let of = id.map(|id| format!("{id}, ")).unwrap_or_default();
    format!("**{}** {of}{what} by {}:\n\n{typed}\n", shown(now(cx)), actor(cx))
}

fn conclude(cx: &Cx, store: &Store, changed: Changed, done: String) -> Result<Exit> {
    match &changed.nothing {
        None => answer(cx, store, changed, done),
        Some(why) => {
            cx.ui.note(why);
            let incident = &changed.incident;
            let stands = format!("{} is {}, {}", incident.id, incident.severity, incident.status);
            answer(cx, store, changed, stands)
        }
    }
}

/// The text of the command line, fit to be kept; `None` where there is none.
fn optional_text(cx: &Cx, words: &[Word]) -> Result<Option<String>> {
    let kept = text::entry(&joined(words)?);
    tell_kept(cx, &kept);
    Ok(Some(kept.text).filter(|text| !text.is_empty()))
}

/// `--reason`, fit to be kept.
fn reason(cx: &Cx) -> Option<String> {
    let kept = text::entry(cx.global.reason.as_deref()?);
    tell_kept(cx, &kept);
    Some(kept.text).filter(|text| !text.is_empty())
}

fn title(cx: &Cx, word: Option<&Word>) -> Result<Option<String>> {
    let Some(Word(raw)) = word else { return Ok(None) };
    let kept = text::title(raw);
    tell_kept(cx, &kept);
    match kept.text.is_empty() {
        true => Err(
            Fault::usage("title-needed", "an incident needs a title that says what hurts")
                .hint("deliver incident update INC-7 --title \"checkout answers 500\""),
        ),
        false => Ok(Some(kept.text)),
    }
}

fn text_needed(verb: &str) -> Fault {
    Fault::usage("no-text", format!("there is nothing to {verb}: say what you know"))
        .hint(format!("deliver incident {verb} \"what we know\""))
}
