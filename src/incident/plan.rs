//! What an act makes of an incident. Each decision is a pure function of the incident as it is; [`change`] writes it down
//! if the incident is still as it was, and decides again if it is not.

use jiff::Timestamp;
use serde_json::json;

use super::times::{self, shown};
use crate::fault::{Fault, Kind, Result};
use crate::model::incident::{Entry, EntryKind, Holder, Incident, IncidentId, Moment, Role, Severity, Status};
use crate::model::{DeploymentId, EnvName, ServiceName};
use crate::store::Store;
use crate::store::incident::NewEntry;

/// A change that others keep overtaking is given up after so many attempts.
const ATTEMPTS: usize = 50;

/// What was decided.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// The incident as it shall be, and the entries that tell of it; at least one.
    Change(Box<Incident>, Vec<NewEntry>),
    /// Entries alone: the incident stays as it is.
    Tell(Vec<NewEntry>),
    /// It is so already, in a sentence.
    Nothing(String),
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    pub incident: Incident,
    /// Why nothing was written, where nothing was.
    pub nothing: Option<String>,
    /// Whether one of its times was set, corrected or taken back.
    pub times_moved: bool,
}

/// Decides on the incident as it is, and writes the decision down. Where somebody else changed it meanwhile, what they
/// changed decides: if it is what was to be changed here, they have won and the fault names them; otherwise it is decided
/// anew, and nothing is lost.
pub fn change(store: &Store, id: IncidentId, decide: &dyn Fn(&Incident) -> Result<Decision>) -> Result<Changed> {
    let first = store.incident(id)?;
    let mut before = first.clone();
    let mut wanted = first.clone();
    for _ in 0..ATTEMPTS {
        let done = |incident: Incident, nothing| {
            let times_moved = incident.times != first.times;
            Changed {
                incident,
                nothing,
                times_moved,
            }
        };
        let decision = match decide(&before) {
            // What others made of it is why this is refused now: that they were first says more.
            Err(fault) if fault.kind() != Kind::Busy && touches_the_same(&first, &before, &wanted) => {
                return Err(overtaken(&before, &store.incident_timeline(id)?));
            }
            decision => decision?,
        };
        match decision {
            Decision::Nothing(why) => return Ok(done(before, Some(why))),
            Decision::Tell(entries) => return Ok(done(store.add_incident_entries(id, &entries)?, None)),
            Decision::Change(after, entries) => {
                if touches_the_same(&first, &before, &after) {
                    return Err(overtaken(&before, &store.incident_timeline(id)?));
                }
                if let Some(changed) = store.change_incident(&before, &after, &entries)? {
                    return Ok(done(changed, None));
                }
                wanted = *after;
            }
        }
        before = store.incident(id)?;
    }
    Err(overtaken(&before, &store.incident_timeline(id)?))
}

/// Whether what changed between `first` and `now` is what `wanted` changes as well.
fn touches_the_same(first: &Incident, now: &Incident, wanted: &Incident) -> bool {
    let both = |theirs: bool, ours: bool| theirs && ours;
    both(first.severity != now.severity, now.severity != wanted.severity)
        || both(first.status != now.status, now.status != wanted.status)
        || both(first.title != now.title, now.title != wanted.title)
        || both(
            (&first.service, &first.env) != (&now.service, &now.env),
            (&now.service, &now.env) != (&wanted.service, &wanted.env),
        )
        || both(
            (first.cause, first.fixed_by) != (now.cause, now.fixed_by),
            (now.cause, now.fixed_by) != (wanted.cause, wanted.fixed_by),
        )
        || Moment::ALL.into_iter().any(|moment| {
            both(
                first.times.get(moment) != now.times.get(moment),
                now.times.get(moment) != wanted.times.get(moment),
            )
        })
        || Role::ALL.into_iter().any(|role| {
            both(
                first.holder(role) != now.holder(role),
                now.holder(role) != wanted.holder(role),
            )
        })
}

fn overtaken(now: &Incident, timeline: &[Entry]) -> Fault {
    let id = now.id;
    let changes = timeline
        .iter()
        .rev()
        .find(|entry| !matches!(entry.kind, EntryKind::Note | EntryKind::Update | EntryKind::Action));
    let who = match changes {
        Some(entry) => format!("{} was first: {}", entry.actor, entry.text),
        None => "somebody was first".into(),
    };
    Fault::new(
        Kind::Busy,
        "incident-moved",
        format!("cannot change {id} as it was: {who}"),
    )
    .still(format!("{id} is {}, {}", now.severity, now.status))
    .hint(format!("deliver incident show {id}"))
}

/// Something that somebody did, before it is an entry.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    pub text: Option<String>,
    pub status: Option<Status>,
    pub severity: Option<Severity>,
    /// Why, for a severity, a status or a role.
    pub reason: Option<String>,
    pub title: Option<String>,
    pub service: Option<ServiceName>,
    pub env: Option<EnvName>,
    pub cause: Option<DeploymentId>,
    pub fixed_by: Option<DeploymentId>,
    pub times: Vec<(Moment, Timestamp)>,
}

/// An incident on its way to the next.
struct Draft<'a> {
    before: &'a Incident,
    after: Incident,
    entries: Vec<NewEntry>,
}

impl<'a> Draft<'a> {
    fn of(before: &'a Incident) -> Self {
        Draft {
            before,
            after: before.clone(),
            entries: Vec::new(),
        }
    }

    fn tell(&mut self, kind: EntryKind, at: Option<Timestamp>, text: String, detail: serde_json::Value) {
        self.entries.push(NewEntry { kind, at, text, detail });
    }

    /// Sets a time, or corrects it: the entry keeps what it was.
    fn time(&mut self, moment: Moment, to: Timestamp) {
        let from = self.after.times.get(moment);
        if from == Some(to) {
            return;
        }
        let text = match from {
            None => format!("{} set to {}", moment.words(), shown(to)),
            Some(from) => format!("{} corrected from {} to {}", moment.words(), shown(from), shown(to)),
        };
        self.after.times.set(moment, Some(to));
        self.tell(
            EntryKind::Time,
            None,
            text,
            json!({"moment": moment, "from": from, "to": to}),
        );
    }

    /// Moves on to a status; the time that goes with it is the one that was given, else now.
    fn status(&mut self, to: Status, wish: &Wish, now: Timestamp, because: Option<&str>) -> Result<()> {
        let from = self.after.status;
        if from == to {
            return Ok(());
        }
        if !from.leads_to(to) {
            return Err(no_such_way(self.before, to));
        }
        let given = |moment| {
            wish.times
                .iter()
                .rfind(|(named, _)| *named == moment)
                .map(|(_, at)| *at)
        };
        let times = &mut self.after.times;
        let mut undone = Vec::new();
        match to {
            Status::Mitigated => times.mitigated = given(Moment::Mitigated).or(Some(now)),
            Status::Resolved => times.impact_end = given(Moment::ImpactEnd).or(Some(now)),
            Status::Closed => times.closed = given(Moment::Closed).or(Some(now)),
            // It hurts again: what was said to be over is not.
            Status::Open => {
                for moment in [Moment::Mitigated, Moment::ImpactEnd] {
                    undone.extend(times.get(moment).map(|at| json!({"moment": moment, "was": at})));
                    times.set(moment, None);
                }
            }
        }
        self.after.status = to;
        let because = because.map(|why| format!(": {why}")).unwrap_or_default();
        let text = match (from, to) {
            (Status::Resolved, Status::Open) => format!("reopened{because}"),
            (_, to) => format!("{to}{because}"),
        };
        self.tell(
            EntryKind::Status,
            None,
            text,
            json!({"from": from, "to": to, "undone": undone}),
        );
        Ok(())
    }

    fn severity(&mut self, to: Severity, because: Option<&str>) -> Result<()> {
        let from = self.after.severity;
        if from == to {
            return Ok(());
        }
        if to > from && because.is_none() {
            let id = self.before.id;
            return Err(Fault::usage(
                "reason-needed",
                format!("cannot lower {id} from {from} to {to} without a reason: others rely on it"),
            )
            .still(format!("{id} is {from}"))
            .hint(format!(
                "deliver incident severity {id} {to} --reason \"why it is less bad\""
            )));
        }
        let because = because.map(|why| format!(": {why}")).unwrap_or_default();
        self.after.severity = to;
        let text = format!("{from} made {to}{because}");
        self.tell(EntryKind::Severity, None, text, json!({"from": from, "to": to}));
        Ok(())
    }

    fn facts(&mut self, wish: &Wish) {
        if let Some(title) = wish.title.as_ref().filter(|title| **title != self.after.title) {
            let from = std::mem::replace(&mut self.after.title, title.clone());
            let detail = json!({"fact": "title", "from": from, "to": title});
            self.tell(EntryKind::Fact, None, format!("now called: {title}"), detail);
        }
        if wish.service.is_some() && wish.service != self.after.service {
            let from = std::mem::replace(&mut self.after.service, wish.service.clone());
            let text = format!(
                "what hurts is {}",
                self.after.service.as_ref().map_or("", |it| it.as_str())
            );
            self.tell(
                EntryKind::Fact,
                None,
                text,
                json!({"fact": "service", "from": from, "to": wish.service}),
            );
        }
        if wish.env.is_some() && wish.env != self.after.env {
            let from = std::mem::replace(&mut self.after.env, wish.env.clone());
            let text = format!("it hurts on {}", self.after.env.as_ref().map_or("", |it| it.as_str()));
            self.tell(
                EntryKind::Fact,
                None,
                text,
                json!({"fact": "env", "from": from, "to": wish.env}),
            );
        }
        if wish.cause.is_some() && wish.cause != self.after.cause {
            let from = std::mem::replace(&mut self.after.cause, wish.cause);
            let text = format!("caused by {}", wish.cause.map(|id| id.to_string()).unwrap_or_default());
            self.tell(
                EntryKind::Fact,
                None,
                text,
                json!({"fact": "cause", "from": from, "to": wish.cause}),
            );
        }
        if wish.fixed_by.is_some() && wish.fixed_by != self.after.fixed_by {
            let from = std::mem::replace(&mut self.after.fixed_by, wish.fixed_by);
            let text = format!(
                "ended by {}",
                wish.fixed_by.map(|id| id.to_string()).unwrap_or_default()
            );
            let detail = json!({"fact": "fixed_by", "from": from, "to": wish.fixed_by});
            self.tell(EntryKind::Fact, None, text, detail);
        }
    }

    fn finish(self, otherwise: &str) -> Decision {
        match (self.after == *self.before, self.entries.is_empty()) {
            (_, true) => Decision::Nothing(format!("{} {otherwise}", self.before.id)),
            (true, false) => Decision::Tell(self.entries),
            (false, false) => Decision::Change(Box::new(self.after), self.entries),
        }
    }
}

fn no_such_way(incident: &Incident, to: Status) -> Fault {
    let (id, from) = (incident.id, incident.status);
    let fault = Fault::new(
        Kind::Negative,
        "no-such-way",
        format!("cannot make {id} {to}: it is {from}"),
    )
    .still(format!("{id} is {from}"));
    match (from, to) {
        (Status::Closed, _) => fault.hint("deliver incident open \"what hurts now\""),
        (Status::Resolved, Status::Mitigated) => fault.hint(format!("deliver incident reopen {id} \"it is back\"")),
        (_, Status::Closed) => fault.hint(format!("deliver incident resolve {id} \"what fixed it\"")),
        _ => fault.hint(format!("deliver incident show {id}")),
    }
}

/// Somebody takes the incident on. Who comes second learns who was first.
pub fn acknowledge(before: &Incident, timeline: &[Entry], at: Timestamp) -> Decision {
    let first = timeline.iter().find(|entry| entry.kind == EntryKind::Acknowledged);
    if let (Some(first), Some(_)) = (first, before.times.acknowledged) {
        return Decision::Nothing(format!(
            "{} was acknowledged by {} at {}",
            before.id,
            first.actor,
            shown(first.at)
        ));
    }
    let mut draft = Draft::of(before);
    draft.after.times.acknowledged = Some(at);
    draft.tell(
        EntryKind::Acknowledged,
        Some(at),
        "acknowledged".into(),
        json!({"acknowledged": at}),
    );
    draft.finish("")
}

/// An update for everybody, with whatever else it corrects.
pub fn update(before: &Incident, wish: &Wish, now: Timestamp) -> Result<Decision> {
    let mut draft = Draft::of(before);
    if let Some(text) = &wish.text {
        draft.tell(EntryKind::Update, None, text.clone(), serde_json::Value::Null);
    }
    if let (Some(Status::Open), Status::Resolved) = (wish.status, before.status) {
        return Err(Fault::usage(
            "reopen-needed",
            format!("cannot make {} open: it is resolved", before.id),
        )
        .still(format!("{} is resolved", before.id))
        .hint(format!("deliver incident reopen {} \"it is back\"", before.id)));
    }
    if let Some(status) = wish.status {
        draft.status(status, wish, now, wish.reason.as_deref())?;
    }
    if let Some(severity) = wish.severity {
        draft.severity(severity, wish.reason.as_deref().or(wish.text.as_deref()))?;
    }
    draft.facts(wish);
    for (moment, at) in &wish.times {
        draft.time(*moment, *at);
    }
    Ok(draft.finish("is like that already"))
}

/// A note for those who work on it, of now or of an earlier moment.
pub fn note(text: &str, at: Option<Timestamp>) -> Decision {
    Decision::Tell(vec![NewEntry {
        kind: EntryKind::Note,
        at,
        text: text.to_owned(),
        detail: serde_json::Value::Null,
    }])
}

/// The impact has ended. What caused it is not what ended it: a way back is a deployment of its own.
pub fn resolve(before: &Incident, wish: &Wish, now: Timestamp) -> Result<Decision> {
    let mut draft = Draft::of(before);
    let (cause, fix) = (wish.cause.or(before.cause), wish.fixed_by.or(before.fixed_by));
    if let (Some(cause), true, true) = (cause, cause == fix, wish.cause.or(wish.fixed_by).is_some()) {
        return Err(Fault::usage(
            "same-deployment",
            format!("cannot write that {cause} both caused {} and ended it", before.id),
        )
        .still(format!("{} is {}", before.id, before.status))
        .hint("leave out what is not known, or name the deployment that went back: deliver history"));
    }
    if before.status != Status::Resolved {
        draft.status(Status::Resolved, wish, now, wish.text.as_deref())?;
    } else if let Some(text) = &wish.text {
        draft.tell(EntryKind::Update, None, text.clone(), serde_json::Value::Null);
    }
    draft.facts(wish);
    for (moment, at) in &wish.times {
        draft.time(*moment, *at);
    }
    Ok(draft.finish("is resolved already"))
}

/// It hurts again.
pub fn reopen(before: &Incident, wish: &Wish, now: Timestamp) -> Result<Decision> {
    let mut draft = Draft::of(before);
    if before.status.live() {
        return Ok(Decision::Nothing(format!("{} is {} already", before.id, before.status)));
    }
    draft.status(Status::Open, wish, now, wish.text.as_deref())?;
    Ok(draft.finish("is open already"))
}

/// What there was to learn is written down. A major incident needs a postmortem for that, or a reason why it has none.
pub fn close(before: &Incident, timeline: &[Entry], wish: &Wish, now: Timestamp) -> Result<Decision> {
    let id = before.id;
    if before.status == Status::Closed {
        return Ok(Decision::Nothing(format!("{id} is closed already")));
    }
    let written = timeline.iter().any(|entry| entry.kind == EntryKind::Postmortem);
    if before.status == Status::Resolved && before.severity.major() && !written && wish.reason.is_none() {
        return Err(Fault::new(
            Kind::Negative,
            "postmortem-missing",
            format!("cannot close {id}: it is {} and has no postmortem", before.severity),
        )
        .still(format!("{id} is resolved"))
        .hint(format!("deliver incident postmortem {id} --write"))
        .hint(format!(
            "deliver incident close {id} --reason \"why there is nothing to learn\""
        )));
    }
    let mut draft = Draft::of(before);
    draft.status(Status::Closed, wish, now, wish.reason.as_deref())?;
    Ok(draft.finish("is closed already"))
}

/// A postmortem was written for the first time.
pub fn postmortem(timeline: &[Entry], id: IncidentId, place: &str) -> Decision {
    let known = timeline
        .iter()
        .any(|entry| entry.kind == EntryKind::Postmortem && entry.detail["path"] == place);
    match known {
        true => Decision::Nothing(format!("{id} has this postmortem already")),
        false => Decision::Tell(vec![NewEntry {
            kind: EntryKind::Postmortem,
            at: None,
            text: format!("postmortem written to {place}"),
            detail: json!({"path": place}),
        }]),
    }
}

/// What somebody does with a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoleAct {
    /// Whoever acts takes it; `from` names who has it, to take it over.
    Take { from: Option<String> },
    /// Whoever has it gives it to somebody.
    Hand { to: String, from: Option<String> },
    /// Whoever has it gives it up.
    Drop { from: Option<String> },
}

/// Gives a role to somebody, if it is with whom it is thought to be.
pub fn role(before: &Incident, role: Role, act: &RoleAct, actor: &str, now: Timestamp) -> Result<Decision> {
    let held = before.holder(role);
    let (to, from) = match act {
        RoleAct::Take { from } => (Some(actor.to_owned()), from.as_deref()),
        RoleAct::Hand { to, from } => (Some(to.clone()), Some(from.as_deref().unwrap_or(actor))),
        RoleAct::Drop { from } => (None, Some(from.as_deref().unwrap_or(actor))),
    };
    let id = before.id;
    match (held, &to) {
        (Some(held), Some(to)) if held.person == *to => {
            return Ok(Decision::Nothing(format!("{to} is {role} of {id} already")));
        }
        (None, None) => return Ok(Decision::Nothing(format!("{id} has no {role}"))),
        (Some(held), _) if from != Some(held.person.as_str()) => return Err(held_by_another(before, held, act, now)),
        // Nobody to hand it over: whoever was named takes it.
        _ => {}
    }
    let mut draft = Draft::of(before);
    let from = held.map(|held| held.person.clone());
    draft.after.roles.retain(|holder| holder.role != role);
    draft.after.roles.extend(to.clone().map(|person| Holder {
        role,
        person,
        since: now,
    }));
    draft.after.roles.sort_by_key(|holder| holder.role);
    let text = match (&from, &to) {
        (None, Some(to)) if to == actor => format!("took the role of {role}"),
        (Some(from), Some(to)) if to == actor => format!("took the role of {role} over from {from}"),
        (None, Some(to)) => format!("gave the role of {role} to {to}"),
        (Some(from), Some(to)) if from == actor => format!("handed the role of {role} to {to}"),
        (Some(from), Some(to)) => format!("handed the role of {role} from {from} to {to}"),
        (Some(from), None) if from != actor => format!("took the role of {role} from {from}"),
        (_, None) => format!("gave up the role of {role}"),
    };
    draft.tell(
        EntryKind::Role,
        None,
        text,
        json!({"role": role, "from": from, "to": to}),
    );
    Ok(draft.finish(""))
}

fn held_by_another(incident: &Incident, held: &Holder, act: &RoleAct, now: Timestamp) -> Fault {
    let (id, role, person) = (incident.id, held.role, &held.person);
    let verb = match act {
        RoleAct::Take { .. } => "take",
        RoleAct::Hand { .. } => "hand on",
        RoleAct::Drop { .. } => "drop",
    };
    let since = times::length(now.duration_since(held.since));
    let words = match act {
        RoleAct::Take { .. } => format!("take {role} {id}"),
        RoleAct::Hand { to, .. } => format!("hand {role} {} {id}", word(to)),
        RoleAct::Drop { .. } => format!("drop {role} {id}"),
    };
    Fault::new(
        Kind::Busy,
        "role-held",
        format!("cannot {verb} {role} of {id}: {person} has had it for {since}"),
    )
    .still(format!("{person} is {role}"))
    .hint(format!(
        "deliver incident role {words} --from {}   (once {person} knows)",
        word(person)
    ))
}

/// A name as one word of a shell.
fn word(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '-' | '_' | '+');
    match name.chars().all(plain) {
        true => name.to_owned(),
        false => format!("'{}'", name.replace('\'', "'\\''")),
    }
}

/// What to do next, the most urgent first: commands to paste, each with a word of why.
pub fn next_moves(
    incident: &Incident,
    way_back: Option<String>,
    suspect: Option<DeploymentId>,
) -> Vec<(String, String)> {
    let id = incident.id;
    let mut moves: Vec<(String, &str)> = Vec::new();
    match incident.status {
        Status::Open | Status::Mitigated => {
            if incident.times.acknowledged.is_none() {
                moves.push((format!("deliver incident ack {id}"), "say that you are on it"));
            }
            match (way_back, suspect, &incident.service, &incident.env) {
                (Some(command), ..) => moves.push((command, "go back")),
                (None, Some(deployment), ..) => moves.push((format!("deliver why {deployment}"), "look at the change")),
                (None, None, Some(service), Some(env)) => moves.push((
                    format!("deliver logs {env} --service {service}"),
                    "look at what it says",
                )),
                (None, None, Some(service), None) => {
                    moves.push((format!("deliver status --service {service}"), "look at what runs"));
                }
                (None, None, None, _) => moves.push((
                    format!("deliver incident update {id} --service NAME"),
                    "say what hurts, to see what changed",
                )),
            }
            if incident.severity.major() && incident.holder(Role::Commander).is_none() {
                moves.push((
                    format!("deliver incident role take commander {id}"),
                    "one person decides",
                ));
            }
            moves.push((
                format!("deliver incident update {id} \"what we know\""),
                "tell everybody",
            ));
            moves.push((
                format!("deliver incident resolve {id} \"what fixed it\""),
                "when it is over",
            ));
        }
        Status::Resolved => {
            moves.push((format!("deliver incident postmortem {id} --write"), "learn from it"));
            moves.push((
                format!("deliver incident action add \"what will prevent it\" {id} --owner NAME --due 14d"),
                "follow up",
            ));
            moves.push((format!("deliver incident close {id}"), "when it is learnt from"));
        }
        Status::Closed => moves.push((format!("deliver incident action list {id}"), "what follows from it")),
    }
    moves.truncate(3);
    moves
        .into_iter()
        .map(|(command, why)| (command, why.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests;
