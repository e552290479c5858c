//! Incidents: a row that is compared and set by its version, a timeline that only grows, and the work that follows.
//!
//! What an entry says is never changed: a correction is a further entry. Two people who write entries at once lose
//! nothing; two who change the row at once are told apart by its version, and the second decides anew. Every write is in
//! the journal with its whole text, so that a timeline that was edited behind `deliver`'s back can be found out.

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::engine::{Row, Tx};
use super::row::{Columns, damaged, params, to_json};
use super::{Store, Writer};
use crate::fault::{Fault, Result};
use crate::model::incident::{
    Action, ActionId, ActionKind, Entry, EntryKind, Incident, IncidentId, Severity, Status, Suspect, Times,
};
use crate::model::oncall::OnCall;
use crate::model::{DeploymentId, EnvName, ServiceName};

/// An incident before it has its id.
#[derive(Clone, Debug)]
pub struct NewIncident {
    pub title: String,
    pub service: Option<ServiceName>,
    pub env: Option<EnvName>,
    pub severity: Severity,
    pub impact_start: Option<Timestamp>,
    /// `None`: now, as it is written down.
    pub detected: Option<Timestamp>,
    pub on_call: Vec<OnCall>,
    pub suspects: Vec<Suspect>,
    /// What programs may want of the first entry.
    pub detail: Json,
}

/// An entry before it has its number. Its text is clean and holds no secret: that is for the caller to see to.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEntry {
    pub kind: EntryKind,
    /// When it happened; `None`: now.
    pub at: Option<Timestamp>,
    pub text: String,
    pub detail: Json,
}

/// An action before it has its number.
#[derive(Clone, Debug)]
pub struct NewAction {
    pub text: String,
    pub kind: ActionKind,
    pub owner: Option<String>,
    pub due: Option<Timestamp>,
}

/// Which incidents are wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Only those that somebody has to look after, by severity and then age; otherwise every one, newest first.
    pub live: bool,
    pub service: Option<ServiceName>,
    /// Opened since.
    pub since: Option<Timestamp>,
    pub limit: u32,
}

/// Which actions are wanted.
#[derive(Clone, Debug)]
pub struct WantedActions {
    pub incident: Option<IncidentId>,
    /// Those that are done as well.
    pub done: bool,
    /// Only those that were due before.
    pub due_before: Option<Timestamp>,
    pub limit: u32,
}

const COLUMNS: &str = "id, title, service, env, severity, status, impact_start, detected, acknowledged, mitigated, \
                       impact_end, closed, opened_at, opened_by, version, roles, cause, fixed_by, on_call, suspects";
const ENTRY: &str = "seq, at, recorded_at, kind, actor, text, detail";
const ACTION: &str = "incident, seq, text, kind, owner, due, created_at, created_by, done_at, done_by";

impl Store {
    /// Writes an incident down with the first entry of its timeline, in one transaction.
    pub fn open_incident(&self, new: &NewIncident) -> Result<Incident> {
        self.write(|w| {
            let incident = Incident {
                id: IncidentId(w.next_number("incident")?),
                title: w.concealed.text(&new.title),
                service: new.service.clone(),
                env: new.env.clone(),
                severity: new.severity,
                status: Status::Open,
                times: Times {
                    impact_start: new.impact_start,
                    detected: Some(new.detected.unwrap_or(w.now)),
                    ..Times::default()
                },
                opened_at: w.now,
                opened_by: w.actor.to_owned(),
                version: 1,
                roles: Vec::new(),
                cause: None,
                fixed_by: None,
                on_call: new.on_call.clone(),
                suspects: new.suspects.clone(),
            };
            insert(w, &incident)?;
            let entry = NewEntry {
                kind: EntryKind::Opened,
                at: None,
                text: incident.title.clone(),
                detail: new.detail.clone(),
            };
            add_entry(w, incident.id, &entry)?;
            let times = &incident.times;
            let suspects: Vec<_> = incident.suspects.iter().map(|suspect| suspect.deployment).collect();
            let detail = json!({"title": incident.title, "severity": incident.severity, "env": incident.env,
                                "impact_start": times.impact_start, "detected": times.detected,
                                "suspects": suspects});
            w.append("incident.open", &subject(&incident), detail)?;
            get(w.tx, incident.id)
        })
    }

    /// Reads one incident; `unknown-incident` when there is none with this id.
    pub fn incident(&self, id: IncidentId) -> Result<Incident> {
        self.read(|tx| get(tx, id))
    }

    /// An incident's entries in the order of writing.
    pub fn incident_timeline(&self, id: IncidentId) -> Result<Vec<Entry>> {
        let sql = format!("SELECT {ENTRY} FROM incident_entry WHERE incident = $1 ORDER BY seq");
        let rows = self.read(|tx| tx.query(&sql, params![id.0]))?;
        rows.into_iter().map(decode_entry).collect()
    }

    /// Incidents that pass the filter.
    pub fn incidents(&self, wanted: &Wanted) -> Result<Vec<Incident>> {
        let mut sql = format!("SELECT {COLUMNS} FROM incident WHERE ");
        sql.push_str(match wanted.live {
            true => "status IN ('open', 'mitigated')",
            false => "id > 0",
        });
        let mut values = Vec::new();
        if let Some(service) = &wanted.service {
            values.push(service.as_str().into());
            sql.push_str(&format!(" AND service = ${}", values.len()));
        }
        if let Some(since) = wanted.since {
            values.push(since.as_microsecond().into());
            sql.push_str(&format!(" AND opened_at >= ${}", values.len()));
        }
        values.push(wanted.limit.into());
        let order = match wanted.live {
            true => "severity, opened_at, id",
            false => "id DESC",
        };
        sql.push_str(&format!(" ORDER BY {order} LIMIT ${}", values.len()));
        let rows = self.read(|tx| tx.query(&sql, &values))?;
        rows.into_iter().map(decode).collect()
    }

    /// The incident that was opened last of those that somebody has to look after.
    pub fn newest_live_incident(&self) -> Result<Option<Incident>> {
        let sql =
            format!("SELECT {COLUMNS} FROM incident WHERE status IN ('open', 'mitigated') ORDER BY id DESC LIMIT 1");
        let rows = self.read(|tx| tx.query(&sql, &[]))?;
        rows.into_iter().next().map(decode).transpose()
    }

    /// Adds entries; nothing stands in their way.
    pub fn add_incident_entries(&self, id: IncidentId, entries: &[NewEntry]) -> Result<Incident> {
        self.write(|w| {
            let incident = get(w.tx, id)?;
            for entry in entries {
                let written = add_entry(w, id, entry)?;
                w.append("incident.entry", &subject(&incident), told(&written))?;
            }
            Ok(incident)
        })
    }

    /// Makes `after` of the incident and adds entries that tell of it, if it still has the version of `before`; `None`,
    /// and nothing is written, if somebody has changed it meanwhile.
    pub fn change_incident(
        &self,
        before: &Incident,
        after: &Incident,
        entries: &[NewEntry],
    ) -> Result<Option<Incident>> {
        self.write(|w| {
            if get(w.tx, before.id)?.version != before.version {
                return Ok(None);
            }
            let changed = Incident {
                title: w.concealed.text(&after.title),
                version: before.version + 1,
                ..after.clone()
            };
            update(w, &changed)?;
            for entry in entries {
                let written = add_entry(w, before.id, entry)?;
                w.append("incident.change", &subject(&changed), told(&written))?;
            }
            get(w.tx, before.id).map(Some)
        })
    }

    /// Writes follow-up work down.
    pub fn add_incident_action(&self, id: IncidentId, new: &NewAction) -> Result<Action> {
        self.write(|w| {
            let incident = get(w.tx, id)?;
            let action = Action {
                id: ActionId {
                    incident: id,
                    seq: next(w.tx, "incident_action", id)?,
                },
                text: w.concealed.text(&new.text),
                kind: new.kind,
                owner: new.owner.clone(),
                due: new.due,
                created_at: w.now,
                created_by: w.actor.to_owned(),
                done_at: None,
                done_by: None,
            };
            insert_action(w, &action)?;
            let entry = NewEntry {
                kind: EntryKind::Action,
                at: None,
                text: format!("{} added: {}", action.id, action.text),
                detail: json!({"action": action.id, "kind": action.kind, "owner": action.owner, "due": action.due}),
            };
            let written = add_entry(w, id, &entry)?;
            w.append("incident.action", &subject(&incident), told(&written))?;
            Ok(action)
        })
    }

    /// Marks follow-up work as done; what is done already stays as it is. `unknown-action` when there is none.
    pub fn finish_incident_action(&self, id: ActionId) -> Result<Action> {
        self.write(|w| {
            let incident = get(w.tx, id.incident)?;
            let mut action = get_action(w.tx, id)?;
            if action.done_at.is_some() {
                return Ok(action);
            }
            action.done_at = Some(w.now);
            action.done_by = Some(w.actor.to_owned());
            w.tx.execute(
                "UPDATE incident_action SET done_at = $1, done_by = $2 WHERE incident = $3 AND seq = $4",
                params![w.now.as_microsecond(), w.actor, id.incident.0, id.seq],
            )?;
            let entry = NewEntry {
                kind: EntryKind::Action,
                at: None,
                text: format!("{id} done: {}", action.text),
                detail: json!({"action": id, "done": true}),
            };
            let written = add_entry(w, id.incident, &entry)?;
            w.append("incident.action", &subject(&incident), told(&written))?;
            Ok(action)
        })
    }

    /// Follow-up work that passes the filter: what is due first comes first, what has no date last.
    pub fn incident_actions(&self, wanted: &WantedActions) -> Result<Vec<Action>> {
        let mut sql = format!("SELECT {ACTION} FROM incident_action WHERE incident > 0");
        let mut values = Vec::new();
        if !wanted.done {
            sql.push_str(" AND done_at IS NULL");
        }
        if let Some(id) = wanted.incident {
            values.push(id.0.into());
            sql.push_str(&format!(" AND incident = ${}", values.len()));
        }
        if let Some(before) = wanted.due_before {
            values.push(before.as_microsecond().into());
            sql.push_str(&format!(" AND due < ${}", values.len()));
        }
        values.push(wanted.limit.into());
        sql.push_str(&format!(
            " ORDER BY done_at IS NOT NULL, due IS NULL, due, incident, seq LIMIT ${}",
            values.len()
        ));
        let rows = self.read(|tx| tx.query(&sql, &values))?;
        rows.into_iter().map(decode_action).collect()
    }
}

/// What the journal calls an incident: it is found by its service, where it has one.
fn subject(incident: &Incident) -> String {
    match &incident.service {
        Some(service) => format!("{service}/{}", incident.id),
        None => incident.id.to_string(),
    }
}

/// An entry as the journal tells of it.
fn told(entry: &Entry) -> Json {
    json!({"entry": entry.seq, "kind": entry.kind, "at": entry.at, "text": entry.text, "detail": entry.detail})
}

fn get(tx: &mut dyn Tx, id: IncidentId) -> Result<Incident> {
    let rows = tx.query(&format!("SELECT {COLUMNS} FROM incident WHERE id = $1"), params![id.0])?;
    match rows.into_iter().next() {
        Some(row) => decode(row),
        None => Err(Fault::usage("unknown-incident", format!("there is no incident `{id}`"))
            .hint("deliver incident list --all")),
    }
}

fn get_action(tx: &mut dyn Tx, id: ActionId) -> Result<Action> {
    let rows = tx.query(
        &format!("SELECT {ACTION} FROM incident_action WHERE incident = $1 AND seq = $2"),
        params![id.incident.0, id.seq],
    )?;
    match rows.into_iter().next() {
        Some(row) => decode_action(row),
        None => Err(Fault::usage("unknown-action", format!("there is no action `{id}`"))
            .hint(format!("deliver incident action list {}", id.incident))),
    }
}

fn insert(w: &mut Writer, incident: &Incident) -> Result<()> {
    let places: Vec<String> = (1..=20).map(|place| format!("${place}")).collect();
    let times = &incident.times;
    let micros = |at: Option<Timestamp>| at.map(|at| at.as_microsecond());
    w.tx.execute(
        &format!("INSERT INTO incident ({COLUMNS}) VALUES ({})", places.join(", ")),
        params![
            incident.id.0,
            &incident.title,
            incident.service.as_ref().map(|service| service.as_str()),
            incident.env.as_ref().map(|env| env.as_str()),
            incident.severity.as_str(),
            incident.status.as_str(),
            micros(times.impact_start),
            micros(times.detected),
            micros(times.acknowledged),
            micros(times.mitigated),
            micros(times.impact_end),
            micros(times.closed),
            incident.opened_at.as_microsecond(),
            &incident.opened_by,
            incident.version,
            to_json(&incident.roles)?,
            incident.cause.map(|id| id.0),
            incident.fixed_by.map(|id| id.0),
            to_json(&incident.on_call)?,
            to_json(&w.concealed.json(&json!(incident.suspects)))?,
        ],
    )?;
    Ok(())
}

fn update(w: &mut Writer, incident: &Incident) -> Result<()> {
    let times = &incident.times;
    let micros = |at: Option<Timestamp>| at.map(|at| at.as_microsecond());
    w.tx.execute(
        "UPDATE incident SET title = $1, service = $2, env = $3, severity = $4, status = $5, impact_start = $6,
         detected = $7, acknowledged = $8, mitigated = $9, impact_end = $10, closed = $11, version = $12, roles = $13,
         cause = $14, fixed_by = $15 WHERE id = $16",
        params![
            &incident.title,
            incident.service.as_ref().map(|service| service.as_str()),
            incident.env.as_ref().map(|env| env.as_str()),
            incident.severity.as_str(),
            incident.status.as_str(),
            micros(times.impact_start),
            micros(times.detected),
            micros(times.acknowledged),
            micros(times.mitigated),
            micros(times.impact_end),
            micros(times.closed),
            incident.version,
            to_json(&incident.roles)?,
            incident.cause.map(|id| id.0),
            incident.fixed_by.map(|id| id.0),
            incident.id.0,
        ],
    )?;
    Ok(())
}

fn insert_action(w: &mut Writer, action: &Action) -> Result<()> {
    w.tx.execute(
        "INSERT INTO incident_action (incident, seq, text, kind, owner, due, created_at, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            action.id.incident.0,
            action.id.seq,
            &action.text,
            action.kind.as_str(),
            action.owner.as_ref(),
            action.due.map(|at| at.as_microsecond()),
            action.created_at.as_microsecond(),
            &action.created_by,
        ],
    )?;
    Ok(())
}

/// The next number within an incident. Nobody else can take it: this transaction holds the write lock.
fn next(tx: &mut dyn Tx, table: &'static str, id: IncidentId) -> Result<u32> {
    let rows = tx.query(
        &format!("SELECT coalesce(max(seq), 0) + 1 FROM {table} WHERE incident = $1"),
        params![id.0],
    )?;
    match rows.into_iter().next() {
        Some(row) => Columns::of(table, row).number(),
        None => Err(damaged("the next number within an incident is missing")),
    }
}

fn add_entry(w: &mut Writer, id: IncidentId, new: &NewEntry) -> Result<Entry> {
    let entry = Entry {
        seq: next(w.tx, "incident_entry", id)?,
        at: new.at.unwrap_or(w.now),
        recorded_at: w.now,
        kind: new.kind,
        actor: w.actor.to_owned(),
        text: w.concealed.text(&new.text),
        detail: w.concealed.json(&new.detail),
    };
    w.tx.execute(
        &format!("INSERT INTO incident_entry (incident, {ENTRY}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"),
        params![
            id.0,
            entry.seq,
            entry.at.as_microsecond(),
            entry.recorded_at.as_microsecond(),
            entry.kind.as_str(),
            &entry.actor,
            &entry.text,
            to_json(&entry.detail)?,
        ],
    )?;
    Ok(entry)
}

fn decode(row: Row) -> Result<Incident> {
    let mut columns = Columns::of("incident", row);
    Ok(Incident {
        id: IncidentId(columns.number()?),
        title: columns.text()?,
        service: columns.opt_parsed()?,
        env: columns.opt_parsed()?,
        severity: columns.word(Severity::parse)?,
        status: columns.word(Status::parse)?,
        times: Times {
            impact_start: columns.opt_time()?,
            detected: columns.opt_time()?,
            acknowledged: columns.opt_time()?,
            mitigated: columns.opt_time()?,
            impact_end: columns.opt_time()?,
            closed: columns.opt_time()?,
        },
        opened_at: columns.time()?,
        opened_by: columns.text()?,
        version: columns.number()?,
        roles: columns.json()?,
        cause: columns.opt_number()?.map(DeploymentId),
        fixed_by: columns.opt_number()?.map(DeploymentId),
        on_call: columns.json()?,
        suspects: columns.json()?,
    })
}

fn decode_entry(row: Row) -> Result<Entry> {
    let mut columns = Columns::of("incident_entry", row);
    Ok(Entry {
        seq: columns.number()?,
        at: columns.time()?,
        recorded_at: columns.time()?,
        kind: columns.word(EntryKind::parse)?,
        actor: columns.text()?,
        text: columns.text()?,
        detail: columns.json()?,
    })
}

fn decode_action(row: Row) -> Result<Action> {
    let mut columns = Columns::of("incident_action", row);
    Ok(Action {
        id: ActionId {
            incident: IncidentId(columns.number()?),
            seq: columns.number()?,
        },
        text: columns.text()?,
        kind: columns.word(ActionKind::parse)?,
        owner: columns.opt_text()?,
        due: columns.opt_time()?,
        created_at: columns.time()?,
        created_by: columns.text()?,
        done_at: columns.opt_time()?,
        done_by: columns.opt_text()?,
    })
}
