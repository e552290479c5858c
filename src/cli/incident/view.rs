//! An incident as people and scripts read it; shared by every command that shows one.

use jiff::Timestamp;
use serde::Serialize;

use super::super::Cx;
use super::super::page::{Column, Page, Table, measure};
use super::super::report::Report;
use super::super::style::Style;
use super::now;
use crate::fault::Result;
use crate::incident::facts::{self, Question};
use crate::incident::suspect::{self, WayBack};
use crate::incident::{plan, times};
use crate::model::incident::{
    Action, Confidence, Entry, EntryKind, Holder, Incident, IncidentId, Moment, Role, Severity, Status, Suspect, Times,
};
use crate::model::oncall::OnCall;
use crate::model::{DeploymentId, EnvName, ServiceName};
use crate::store::Store;
use crate::store::incident::WantedActions;

/// How much of it is shown to people; the document is always whole.
pub enum Depth {
    /// One line that says what was done.
    Brief(String),
    /// Just opened: what it is, suspects, what to do next.
    Opened,
    /// Everything.
    Full,
}

/// `deliver/incident/v1`.
#[derive(Serialize, schemars::JsonSchema)]
pub struct IncidentView {
    pub id: IncidentId,
    pub title: String,
    pub service: Option<ServiceName>,
    pub env: Option<EnvName>,
    pub severity: Severity,
    pub status: Status,
    pub roles: Vec<Holder>,
    #[serde(flatten)]
    pub times: Times,
    pub opened_at: Timestamp,
    pub opened_by: String,
    /// The deployment that caused it, as people found.
    pub cause: Option<DeploymentId>,
    /// The deployment that ended it.
    pub fixed_by: Option<DeploymentId>,
    /// Who was on call when it was opened.
    pub on_call: Vec<OnCall>,
    /// As the store knows it now, the strongest first.
    pub suspects: Vec<Suspect>,
    /// As they were when it was opened.
    pub suspects_at_opening: Vec<Suspect>,
    /// The way back from the strongest suspect, where there is one to speak of.
    pub rollback: Option<Rollback>,
    pub timeline: Vec<Entry>,
    pub actions: Vec<Action>,
    /// What does not fit together.
    pub warnings: Vec<String>,
    pub next: Vec<Move>,
    /// Counts the changes of everything but timeline and actions.
    pub version: u64,
    #[serde(skip)]
    pub depth: Depth,
}

/// Whether what is suspected most can be undone.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Rollback {
    pub deployment: DeploymentId,
    /// `null` where there is nothing to paste; `told` says why.
    pub command: Option<String>,
    pub told: Option<String>,
}

#[derive(Serialize, schemars::JsonSchema)]
pub struct Move {
    pub command: String,
    pub why: String,
}

/// More actions of one incident are not shown with it.
const ACTIONS: u32 = 1_000;

/// Reads what belongs to an incident. That its suspects cannot be worked out is a warning: the incident matters more.
pub fn load(cx: &Cx, store: &Store, incident: Incident, depth: Depth) -> Result<IncidentView> {
    let (found, unread) = match suspicion(store, &Question::from(&incident)) {
        Ok(found) => (found, None),
        Err(fault) => {
            let told = format!("what changed before could not be read: {fault}");
            ((incident.suspects.clone(), None), Some(told))
        }
    };
    let mut view = with(cx, store, incident, found, depth)?;
    view.warnings.extend(unread);
    Ok(view)
}

/// The same where the suspects and the way back are known.
pub fn with(
    cx: &Cx,
    store: &Store,
    incident: Incident,
    (suspects, way_back): (Vec<Suspect>, Option<WayBack>),
    depth: Depth,
) -> Result<IncidentView> {
    let warnings = times::warnings(&incident.times, now(cx));
    let timeline = store.incident_timeline(incident.id)?;
    let actions = store.incident_actions(&WantedActions {
        incident: Some(incident.id),
        done: true,
        due_before: None,
        limit: ACTIONS,
    })?;
    let command = way_back.as_ref().and_then(|way| way.command(incident.id));
    let suspect = suspects
        .iter()
        .find(|suspect| suspect.confidence > Confidence::Low)
        .map(|suspect| suspect.deployment);
    let next = plan::next_moves(&incident, command.clone(), suspect);
    Ok(IncidentView {
        id: incident.id,
        title: incident.title,
        service: incident.service,
        env: incident.env,
        severity: incident.severity,
        status: incident.status,
        roles: incident.roles,
        times: incident.times,
        opened_at: incident.opened_at,
        opened_by: incident.opened_by,
        cause: incident.cause,
        fixed_by: incident.fixed_by,
        on_call: incident.on_call,
        suspects,
        suspects_at_opening: incident.suspects,
        rollback: way_back.map(|way| rollback(way, command)),
        timeline,
        actions,
        warnings,
        version: incident.version,
        next: next.into_iter().map(|(command, why)| Move { command, why }).collect(),
        depth,
    })
}

/// The suspects and the way back.
pub fn suspicion(store: &Store, question: &Question) -> Result<(Vec<Suspect>, Option<WayBack>)> {
    let facts = facts::gather(store, question)?;
    let suspects = suspect::suspects(&facts);
    let way_back = suspect::way_back(&facts, &suspects);
    Ok((suspects, way_back))
}

fn rollback(way: WayBack, command: Option<String>) -> Rollback {
    match way {
        WayBack::Rollback { deployment, .. } => Rollback {
            deployment,
            command,
            told: None,
        },
        WayBack::Done { deployment, told } | WayBack::Blocked { deployment, told } => Rollback {
            deployment,
            command: None,
            told: Some(told),
        },
    }
}

/// A severity, coloured by what it means.
pub fn severity_word(style: Style, severity: Severity) -> String {
    match severity {
        Severity::Sev1 | Severity::Sev2 => style.bad(severity),
        Severity::Sev3 => style.attention(severity),
        Severity::Sev4 | Severity::Sev5 => style.secondary(severity),
    }
}

pub fn status_word(style: Style, status: Status) -> String {
    match status {
        Status::Open => style.bad(status),
        Status::Mitigated => style.attention(status),
        Status::Resolved => style.good(status),
        Status::Closed => style.secondary(status),
    }
}

/// `checkout on production`, as far as it is known.
pub fn place(service: Option<&ServiceName>, env: Option<&EnvName>) -> String {
    match (service, env) {
        (Some(service), Some(env)) => format!("{service} on {env}"),
        (Some(service), None) => service.to_string(),
        (None, Some(env)) => format!("something on {env}"),
        (None, None) => "nobody knows yet what hurts".into(),
    }
}

impl Report for IncidentView {
    const SCHEMA: &'static str = "incident";

    fn render(&self, page: &mut Page) {
        match (&self.depth, page.terminal()) {
            (Depth::Brief(done), true) => {
                let tick = page.style().tick();
                page.hanging(&format!("{tick} "), done);
            }
            (Depth::Brief(_), false) => self.row(page),
            (Depth::Opened, true) => {
                self.head(page);
                self.who(page);
                self.suspicion(page);
                self.moves(page);
            }
            (Depth::Full, true) => {
                self.head(page);
                self.times(page);
                self.who(page);
                self.suspicion(page);
                self.entries(page);
                self.follow_up(page);
                self.moves(page);
            }
            (Depth::Opened | Depth::Full, false) => self.lines(page),
        }
    }
}

impl IncidentView {
    fn row(&self, page: &mut Page) {
        let or_empty = |name: Option<&str>| name.unwrap_or_default().to_owned();
        page.cells([
            &self.id.to_string(),
            self.severity.as_str(),
            self.status.as_str(),
            &or_empty(self.service.as_ref().map(|it| it.as_str())),
            &or_empty(self.env.as_ref().map(|it| it.as_str())),
            &self.title,
        ]);
    }

    /// The look of a pipe: the incident's row, then one line for each thing, named by its first cell.
    fn lines(&self, page: &mut Page) {
        self.row(page);
        for moment in Moment::ALL {
            if let Some(at) = self.times.get(moment) {
                page.cells([moment.as_str(), &at.to_string()]);
            }
        }
        for holder in &self.roles {
            page.cells(["role", holder.role.as_str(), &holder.person, &holder.since.to_string()]);
        }
        for on_call in &self.on_call {
            let until = on_call.end.to_string();
            page.cells(["on-call", &on_call.person, &on_call.role, &on_call.team, &until]);
        }
        for suspect in &self.suspects {
            let release = suspect.release.map(|release| release.to_string()).unwrap_or_default();
            page.cells([
                "suspect",
                &suspect.deployment.to_string(),
                suspect.service.as_str(),
                suspect.env.as_str(),
                &release,
                suspect.confidence.as_str(),
                &format!("{:.2}", suspect.score),
                &suspect.reasons.join("; "),
            ]);
        }
        for entry in self.in_order() {
            let (at, kind) = (entry.at.to_string(), entry.kind.as_str());
            page.cells(["entry", &at, kind, &entry.actor, &entry.text]);
        }
        for action in &self.actions {
            let due = action.due.map(|due| due.to_string()).unwrap_or_default();
            let done = if action.done_at.is_some() { "done" } else { "open" };
            let owner = action.owner.as_deref().unwrap_or_default();
            page.cells(["action", &action.id.to_string(), done, owner, &due, &action.text]);
        }
        for next in &self.next {
            page.cells(["next", &next.command, &next.why]);
        }
    }

    fn head(&self, page: &mut Page) {
        let style = page.style();
        let head = format!(
            "{}  {}  {}  ",
            style.subject(self.id),
            severity_word(style, self.severity),
            status_word(style, self.status)
        );
        page.hanging(&head, &self.title);
        let place = place(self.service.as_ref(), self.env.as_ref());
        let opened = page.when(self.opened_at);
        page.line(format!("  {place}, opened {opened} by {}", self.opened_by));
    }

    fn times(&self, page: &mut Page) {
        for moment in Moment::ALL {
            if let Some(at) = self.times.get(moment) {
                page.line(format!("  {:<14}{}", moment.words(), page.when_exactly(at)));
            }
        }
        let hurt = times::durations(&self.times).impact;
        match (hurt, self.times.impact_start) {
            (Some(span), _) => page.line(format!("  {:<14}{}", "it hurt for", times::length(span))),
            (None, Some(start)) if self.status.live() => {
                let span = times::length(page.now().duration_since(start));
                page.line(format!("  {:<14}{span} so far", "it hurts for"));
            }
            _ => {}
        }
        if let Some(cause) = self.cause {
            page.line(format!("  {:<14}{cause}", "caused by"));
        }
        if let Some(fix) = self.fixed_by {
            page.line(format!("  {:<14}{fix}", "ended by"));
        }
    }

    fn who(&self, page: &mut Page) {
        for holder in &self.roles {
            page.line(format!(
                "  {:<14}{}, {}",
                holder.role,
                holder.person,
                page.when(holder.since)
            ));
        }
        if self.status.live() && self.severity.major() && !self.roles.iter().any(|it| it.role == Role::Commander) {
            let nobody = page.style().attention("nobody");
            page.line(format!("  {:<14}{nobody}", "commander"));
        }
        for on_call in &self.on_call {
            page.line(format!(
                "  {:<14}{} ({} of {}, hands over {})",
                "on call",
                on_call.person,
                on_call.role,
                on_call.team,
                page.when(on_call.end)
            ));
        }
        if self.on_call.is_empty() && self.status.live() {
            page.line(format!("  {:<14}nobody known; add rotas/ to the platform", "on call"));
        }
    }

    fn suspicion(&self, page: &mut Page) {
        let style = page.style();
        if self.suspects.is_empty() {
            if self.status.live() {
                page.line("  no deployment near the beginning of the impact is known here");
            }
            return;
        }
        page.gap();
        page.line(style.subject("Changed before (a suspicion, no verdict)"));
        for suspect in &self.suspects {
            let release = suspect.release.map(|release| format!(" {release}")).unwrap_or_default();
            let word = match suspect.confidence {
                Confidence::High => style.bad("high"),
                Confidence::Medium => style.attention("medium"),
                Confidence::Low => style.secondary("low"),
            };
            page.line(format!(
                "  {}  {}{release} on {}  {word} {:.2}  {}",
                style.subject(suspect.deployment),
                suspect.service,
                suspect.env,
                suspect.score,
                style.secondary(format!("by {}", suspect.actor))
            ));
            for reason in &suspect.reasons {
                page.hanging("      ", reason);
            }
        }
        if let Some(told) = self.rollback.as_ref().and_then(|rollback| rollback.told.as_ref()) {
            page.hanging(&format!("  {} ", style.bang()), told);
        }
    }

    /// Entries by when it happened.
    fn in_order(&self) -> Vec<&Entry> {
        let mut entries: Vec<&Entry> = self.timeline.iter().collect();
        entries.sort_by_key(|entry| (entry.at, entry.seq));
        entries
    }

    /// With dates, always: incidents outlast midnight.
    fn entries(&self, page: &mut Page) {
        let style = page.style();
        page.gap();
        page.line(style.subject("Timeline"));
        for entry in self.in_order() {
            let head = format!("  {}  ", times::shown(entry.at));
            let text = match entry.kind {
                EntryKind::Opened => format!("{} opened it: {}", entry.actor, entry.text),
                EntryKind::Note | EntryKind::Update => format!("{}: {}", entry.actor, entry.text),
                EntryKind::Acknowledged => format!("{} acknowledged it", entry.actor),
                EntryKind::Role => format!("{} {}", entry.actor, entry.text),
                _ => format!("{} ({})", entry.text, entry.actor),
            };
            let mut lines = text.lines();
            page.hanging(&head, lines.next().unwrap_or_default());
            let indent = " ".repeat(head.chars().count());
            lines.for_each(|line| page.hanging(&indent, line));
        }
    }

    fn follow_up(&self, page: &mut Page) {
        if self.actions.is_empty() {
            return;
        }
        page.gap();
        page.line(page.style().subject("Follow-up"));
        page.table(&actions_table(page, &self.actions));
    }

    fn moves(&self, page: &mut Page) {
        let style = page.style();
        page.gap();
        page.line(style.subject("Next"));
        for next in &self.next {
            let command = style.copyable(&next.command);
            // A command is there to be pasted: where both do not fit, it matters more than why.
            match 4 + measure(&next.command) + measure(&next.why) <= page.width() {
                true => page.line(format!("  {command}  {}", style.secondary(&next.why))),
                false => page.line(format!("  {command}")),
            }
        }
    }
}

/// Follow-up work as a table.
pub fn actions_table(page: &Page, actions: &[Action]) -> Table {
    let style = page.style();
    let mut table = Table::new([
        Column::new("ACTION"),
        Column::new("STATE"),
        Column::new("FOR").priority(2),
        Column::new("OWNER"),
        Column::new("DUE"),
        Column::new("WHAT").prose(),
    ]);
    for action in actions {
        let state = match (action.done_at, action.overdue(page.now())) {
            (Some(_), _) => style.good("done"),
            (None, true) => style.bad("overdue"),
            (None, false) => "open".into(),
        };
        table.row([
            action.id.to_string(),
            state,
            action.kind.as_str().to_owned(),
            action.owner.clone().unwrap_or_else(|| "nobody".into()),
            action.due.map(|due| page.when(due)).unwrap_or_default(),
            action.text.clone(),
        ]);
    }
    table
}
