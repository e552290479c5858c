//! `deliver incident open`.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::super::oncall::oncall_now;
use super::super::since::Since;
use super::super::{Cx, Exit};
use super::view::{Depth, place, suspicion, with};
use super::{Word, actor, joined, moment, now, or_keep, tell_kept, warn_all, word};
use crate::config::manifest::{self, Manifest};
use crate::config::nearest::nearest;
use crate::config::platform::Platform;
use crate::fault::{Fault, Result};
use crate::incident::facts::Question;
use crate::incident::suspect::WayBack;
use crate::incident::text::{self, Kept};
use crate::incident::times::shown;
use crate::model::incident::{Severity, Suspect};
use crate::model::oncall::OnCall;
use crate::model::{EnvName, Outcome, ServiceName};
use crate::store::Store;
use crate::store::incident::NewIncident;

/// Declare that something hurts
///
/// One line is enough, and every part of it but the title may be left out. It says what changed before, the way back where
/// there is one, and what to do next. It needs the store and nothing else; if that cannot be written, what you typed is
/// printed as a note to keep.
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver incident open \"checkout is down\" --service checkout --severity sev2
  $ deliver incident open \"queue is stuck\" --impact-start '10 min ago'
  $ deliver incident open")]
pub struct OpenArgs {
    /// What hurts, in a line
    #[arg(value_name = "TITLE", value_parser = word(), num_args = 0..)]
    title: Vec<Word>,

    /// What hurts [default: the service of this folder]
    #[arg(long, value_name = "NAME")]
    service: Option<ServiceName>,

    /// Where [default: where the service was deployed last]
    #[arg(long = "env", visible_alias = "environment", value_name = "ENV")]
    env: Option<EnvName>,

    /// How bad it is, sev1 (worst) to sev5; unsure: take the higher of two [default: sev3]
    #[arg(long, value_name = "SEVERITY")]
    severity: Option<Severity>,

    /// When it began to hurt: 10m, '10 min ago', 14:05, 2026-03-04T14:05:00Z
    #[arg(long, value_name = "TIME")]
    impact_start: Option<Since>,

    /// When it was noticed [default: now]
    #[arg(long, value_name = "TIME")]
    detected: Option<Since>,
}

/// Where nobody says how bad it is.
const ASSUMED: Severity = Severity::Sev3;

/// A deployment that went wrong this long ago still proposes a title.
const RECENT: SignedDuration = SignedDuration::from_hours(1);

/// Deployments among which such a one is looked for.
const LOOKED_AT: u32 = 20;

pub fn run(args: &OpenArgs, cx: &mut Cx) -> Result<Exit> {
    let now = now(cx);
    let typed = text::title(&joined(&args.title)?);
    let mut draft = Draft {
        title: typed.text.clone(),
        service: args.service.clone(),
        team: None,
        env: args.env.clone(),
        severity: args.severity,
        impact_start: args.impact_start.map(|since| moment(since, now)),
        detected: args.detected.map(|since| moment(since, now)),
    };
    tell_kept(cx, &typed);
    let store = or_keep(cx, || draft.note(&actor(cx), now), cx.world.store())?;
    look_around(cx, store, &mut draft);
    ask(cx, store, &mut draft, now)?;
    let on_call = match draft.team.clone().or_else(|| team(store, draft.service.as_ref())) {
        Some(team) => oncall_now(cx, &team),
        None => Vec::new(),
    };
    let found = draft.suspects(cx, store, now);
    let new = draft.decide(found.0.clone(), on_call, now);
    let incident = or_keep(cx, || draft.note(&actor(cx), now), store.open_incident(&new))?;
    let view = with(cx, store, incident, found, Depth::Opened)?;
    warn_all(cx, &view.warnings);
    cx.ui.answer(&view)?;
    Ok(Exit::Ok)
}

/// What is known before it is written down.
struct Draft {
    title: String,
    service: Option<ServiceName>,
    /// Who owns it, as the manifest of this folder says.
    team: Option<String>,
    env: Option<EnvName>,
    severity: Option<Severity>,
    impact_start: Option<Timestamp>,
    detected: Option<Timestamp>,
}

impl Draft {
    /// What was typed as a note in Markdown; nothing where nothing was.
    fn note(&self, actor: &str, now: Timestamp) -> String {
        if self.title.is_empty() {
            return String::new();
        }
        let severity = self.severity.map_or("not said", Severity::as_str);
        let mut note = format!("### {}\n\n- severity: {severity}\n", self.title);
        note += &format!("- where: {}\n", place(self.service.as_ref(), self.env.as_ref()));
        if let Some(start) = self.impact_start {
            note += &format!("- impact start: {}\n", shown(start));
        }
        note + &format!("- noticed: {} by {actor}\n", shown(self.detected.unwrap_or(now)))
    }

    fn suspects(&self, cx: &Cx, store: &Store, now: Timestamp) -> (Vec<Suspect>, Option<WayBack>) {
        let question = Question {
            service: self.service.clone(),
            env: self.env.clone(),
            onset: self.impact_start.or(self.detected).unwrap_or(now).min(now),
            onset_known: self.impact_start.is_some(),
            noticed: self.detected.unwrap_or(now).min(now),
        };
        suspicion(store, &question).unwrap_or_else(|fault| {
            cx.ui.warn(format!("what changed before could not be read: {fault}"));
            (Vec::new(), None)
        })
    }

    fn decide(&self, suspects: Vec<Suspect>, on_call: Vec<OnCall>, now: Timestamp) -> NewIncident {
        let severity = self.severity.unwrap_or(ASSUMED);
        NewIncident {
            title: self.title.clone(),
            service: self.service.clone(),
            env: self.env.clone(),
            severity,
            impact_start: self.impact_start,
            // Not when the last question was answered: when somebody came to say it.
            detected: Some(self.detected.unwrap_or(now)),
            detail: json!({"severity": severity, "service": self.service, "env": self.env,
                           "suspects": suspects.iter().map(|suspect| suspect.deployment).collect::<Vec<_>>()}),
            on_call,
            suspects,
        }
    }
}

/// Fills in what the folder and the store know. Whatever cannot be read costs a warning.
fn look_around(cx: &Cx, store: &Store, draft: &mut Draft) {
    match &draft.service {
        None => (draft.service, draft.team) = service_here(cx, store),
        Some(named) => warn_of_unknown(cx, store, named),
    }
    if let (Some(service), None) = (&draft.service, &draft.env) {
        match store.deployments(Some(service), None, 1) {
            Ok(newest) => draft.env = newest.into_iter().next().map(|newest| newest.env),
            Err(fault) => cx.ui.warn(format!("where {service} runs could not be read: {fault}")),
        }
    }
}

/// The service of this folder and its team, if need be by what the store knows of the folder.
fn service_here(cx: &Cx, store: &Store) -> (Option<ServiceName>, Option<String>) {
    let Some(path) = manifest::find(cx.world.directory()) else {
        return (None, None);
    };
    match Manifest::load(&path) {
        Ok(manifest) => (Some(manifest.service.name), manifest.service.team),
        Err(fault) => {
            let known = store.services().unwrap_or_default();
            let known = known
                .into_iter()
                .find(|service| Some(service.folder.as_path()) == path.parent())
                .map(|service| service.name);
            cx.ui.warn(match &known {
                Some(name) => format!("{fault}; the store knows this folder as {name}"),
                None => format!("{fault}; say what hurts with --service NAME"),
            });
            (known, None)
        }
    }
}

/// Who owns what hurts, as its newest deploy knew it.
fn team(store: &Store, service: Option<&ServiceName>) -> Option<String> {
    store.service(service?).ok()??.about?.team
}

/// A service that was never deployed from here may hurt all the same.
fn warn_of_unknown(cx: &Cx, store: &Store, named: &ServiceName) {
    let known = |name: &ServiceName| {
        store.service(name).is_ok_and(|found| found.is_some())
            || store
                .deployments(Some(name), None, 1)
                .is_ok_and(|found| !found.is_empty())
    };
    if known(named) {
        return;
    }
    let services = store.services().unwrap_or_default();
    let near = nearest(named.as_str(), services.iter().map(|service| service.name.as_str()));
    let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    cx.ui.warn(format!(
        "this store knows no service `{named}`: no changes of it can be suspected{near}"
    ));
}

/// Asks for what is missing, where somebody can answer.
fn ask(cx: &Cx, store: &Store, draft: &mut Draft, now: Timestamp) -> Result<()> {
    if draft.title.is_empty() {
        let proposal = proposal(store, draft, now);
        if !(cx.ui.interactive() || cx.ui.yes && proposal.is_some()) {
            return Err(
                Fault::usage("title-needed", "an incident needs a title that says what hurts")
                    .hint("deliver incident open \"checkout answers 500\" --service checkout --severity sev2"),
            );
        }
        let asked = cx.ui.ask_text(
            "What hurts?",
            "a title",
            proposal.as_deref(),
            |text| match text::title(text).text.is_empty() {
                true => Err("a few words that others understand".into()),
                false => Ok(()),
            },
        )?;
        let kept: Kept = text::title(&asked);
        tell_kept(cx, &kept);
        draft.title = kept.text;
    }
    if draft.severity.is_none() {
        draft.severity = Some(severity(cx)?);
    }
    Ok(())
}

fn severity(cx: &Cx) -> Result<Severity> {
    let platform = cx.world.platform().unwrap_or_else(|fault| {
        cx.ui.warn(format!("{fault}; severities have their usual meaning"));
        Platform::builtin()
    });
    let meaning = |severity: Severity| platform.severities.get(severity.as_str()).cloned().unwrap_or_default();
    if !cx.ui.interactive() || cx.ui.yes {
        cx.ui.note(format!(
            "severity {ASSUMED} is assumed: {}; deliver incident severity sev2 makes it worse",
            meaning(ASSUMED)
        ));
        return Ok(ASSUMED);
    }
    for severity in Severity::ALL {
        for question in platform.severity_questions.get(severity.as_str()).into_iter().flatten() {
            cx.ui.note(format!("  {severity}  {question}"));
        }
    }
    let items = Severity::ALL.map(|severity| (severity.to_string(), meaning(severity)));
    let chosen = cx.ui.ask_choice(
        "How bad is it? Unsure: the higher of two",
        "--severity sevN",
        &items,
        Some(ASSUMED as usize),
    )?;
    Ok(Severity::ALL[chosen])
}

/// What a deployment that went wrong a moment ago lets one suppose.
fn proposal(store: &Store, draft: &Draft, now: Timestamp) -> Option<String> {
    let newest = store
        .deployments(draft.service.as_ref(), draft.env.as_ref(), LOOKED_AT)
        .ok()?;
    let bad = newest.into_iter().find(|deployment| {
        let ended = deployment.finished_at.unwrap_or(deployment.started_at);
        let wrong = matches!(
            deployment.outcome,
            Outcome::RolledBack | Outcome::NeedsHuman | Outcome::Failed
        );
        wrong && now.duration_since(ended) <= RECENT
    })?;
    let what = match bad.outcome {
        Outcome::RolledBack => "was rolled back",
        Outcome::NeedsHuman => "needs a person",
        _ => "failed",
    };
    let release = bad.release.map(|release| format!(" {release}")).unwrap_or_default();
    let title = format!("{}{release} {what} on {}", bad.service, bad.env);
    Some(text::title(&title).text)
}
