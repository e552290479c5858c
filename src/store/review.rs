//! What a review of a stretch of time reads: narrow rows from the tables of other areas, found by their indexes of time.
//!
//! Lists of months are read for it, so that nothing long is: neither plans and gates, nor timelines and suspects.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::Store;
use super::engine::{Row, Value};
use super::row::{Columns, params};
use crate::fault::Result;
use crate::model::deployment::Operation;
use crate::model::incident::{ActionId, Severity, Status};
use crate::model::readiness;
use crate::model::{DeploymentId, EnvName, IncidentId, Outcome, ServiceName};

/// A deployment, as far as a review counts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub id: DeploymentId,
    pub service: ServiceName,
    pub env: EnvName,
    pub operation: Operation,
    pub outcome: Outcome,
    pub actor: String,
    /// Somebody went on where a gate had refused.
    pub overridden: bool,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
}

/// An incident with its six times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentRow {
    pub id: IncidentId,
    pub title: String,
    pub service: Option<String>,
    pub severity: Severity,
    /// As it is now.
    pub status: Status,
    pub opened_at: Timestamp,
    pub impact_start: Option<Timestamp>,
    pub detected: Option<Timestamp>,
    pub acknowledged: Option<Timestamp>,
    pub mitigated: Option<Timestamp>,
    pub impact_end: Option<Timestamp>,
    pub closed: Option<Timestamp>,
}

/// Follow-up work of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionRow {
    pub id: ActionId,
    /// Of the incident.
    pub service: Option<String>,
    pub text: String,
    pub owner: Option<String>,
    pub due: Option<Timestamp>,
    pub created_at: Timestamp,
    pub done_at: Option<Timestamp>,
}

/// A service's readiness that came out in another way than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadinessRow {
    pub service: String,
    pub at: Timestamp,
    pub level: String,
    pub required: String,
    pub ready: bool,
    /// Ids of the checks that stand between the service and its level.
    pub blocking: Vec<String>,
    /// Level and readiness before; `None`: it had never been checked.
    pub before: Option<(String, bool)>,
}

const ATTEMPT: &str = "id, service, env, operation, outcome, actor, started_at, finished_at,
                       CASE WHEN gates LIKE '%; overridden: %' THEN 1 ELSE 0 END";
const TIMES: &str = "i.impact_start, i.detected, i.acknowledged, i.mitigated, i.impact_end, i.closed";

impl Store {
    /// Deployments that began at `from` or later and before `to`, oldest first.
    pub fn attempts_between(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Attempt>> {
        let sql = format!(
            "SELECT {ATTEMPT} FROM deployment WHERE started_at >= $1 AND started_at < $2 ORDER BY started_at, id"
        );
        self.rows(&sql, params![from.as_microsecond(), to.as_microsecond()], attempt)
    }

    /// Incidents that were opened before `to` and were not over at `from`, oldest first.
    pub fn incidents_during(&self, from: Timestamp, to: Timestamp) -> Result<Vec<IncidentRow>> {
        let sql = format!(
            "SELECT i.id, i.title, i.service, i.severity, i.status, i.opened_at, {TIMES} FROM incident i
             WHERE i.opened_at < $2 AND (i.opened_at >= $1 OR i.impact_end >= $1
                                         OR (i.impact_end IS NULL AND i.status IN ('open', 'mitigated')))
             ORDER BY i.opened_at, i.id"
        );
        self.rows(&sql, params![from.as_microsecond(), to.as_microsecond()], incident)
    }

    /// Follow-up work that was agreed on before `to` and was not done at `from`; what is due first comes first, what has no
    /// date last.
    pub fn actions_during(&self, from: Timestamp, to: Timestamp) -> Result<Vec<ActionRow>> {
        let sql = "SELECT a.incident, a.seq, i.service, a.text, a.owner, a.due, a.created_at, a.done_at
                   FROM incident_action a JOIN incident i ON i.id = a.incident
                   WHERE a.created_at < $2 AND (a.done_at IS NULL OR a.done_at >= $1)
                   ORDER BY a.due IS NULL, a.due, a.incident, a.seq";
        self.rows(sql, params![from.as_microsecond(), to.as_microsecond()], action)
    }

    /// Services whose readiness changed at `from` or later and before `to`, oldest first, each with what it was before.
    pub fn readiness_between(&self, from: Timestamp, to: Timestamp) -> Result<Vec<ReadinessRow>> {
        let sql = "SELECT r.service, r.at, r.level, r.required, r.ready, r.checks, b.level, b.ready
                   FROM readiness r LEFT JOIN readiness b ON b.service = r.service
                        AND b.id = (SELECT max(id) FROM readiness WHERE service = r.service AND id < r.id)
                   WHERE r.at >= $1 AND r.at < $2 ORDER BY r.at, r.id";
        self.rows(sql, params![from.as_microsecond(), to.as_microsecond()], changed)
    }

    /// Where each service had been deployed to before a moment, or had been tried to.
    pub fn places_before(&self, before: Timestamp) -> Result<BTreeSet<(ServiceName, EnvName)>> {
        // By the first deployment of each place, found in an index: reading all of them takes longer than all the rest.
        let sql = "SELECT s.service, s.env FROM scope s WHERE
                   (SELECT d.started_at FROM deployment d WHERE d.service = s.service AND d.env = s.env
                    ORDER BY d.id LIMIT 1) < $1";
        let places = self.rows(sql, params![before.as_microsecond()], |row| {
            let mut columns = Columns::of("deployment", row);
            Ok((columns.parsed()?, columns.parsed()?))
        })?;
        Ok(places.into_iter().collect())
    }

    /// Services whose readiness was ever checked before a moment, by name.
    pub fn checked_services(&self, before: Timestamp) -> Result<Vec<String>> {
        let sql = "SELECT DISTINCT service FROM readiness WHERE at < $1 ORDER BY service";
        self.rows(sql, params![before.as_microsecond()], |row| {
            Columns::of("readiness", row).text()
        })
    }

    fn rows<T>(&self, sql: &str, values: &[Value], decode: fn(Row) -> Result<T>) -> Result<Vec<T>> {
        self.read(|tx| tx.query(sql, values)?.into_iter().map(decode).collect())
    }
}

fn attempt(row: Row) -> Result<Attempt> {
    let mut columns = Columns::of("deployment", row);
    Ok(Attempt {
        id: DeploymentId(columns.number()?),
        service: columns.parsed()?,
        env: columns.parsed()?,
        operation: columns.word(Operation::parse)?,
        outcome: columns.word(Outcome::parse)?,
        actor: columns.text()?,
        started_at: columns.time()?,
        finished_at: columns.opt_time()?,
        overridden: columns.int()? != 0,
    })
}

fn incident(row: Row) -> Result<IncidentRow> {
    let mut columns = Columns::of("incident", row);
    Ok(IncidentRow {
        id: IncidentId(columns.number()?),
        title: columns.text()?,
        service: columns.opt_text()?,
        severity: columns.word(Severity::parse)?,
        status: columns.word(Status::parse)?,
        opened_at: columns.time()?,
        impact_start: columns.opt_time()?,
        detected: columns.opt_time()?,
        acknowledged: columns.opt_time()?,
        mitigated: columns.opt_time()?,
        impact_end: columns.opt_time()?,
        closed: columns.opt_time()?,
    })
}

fn action(row: Row) -> Result<ActionRow> {
    let mut columns = Columns::of("incident_action", row);
    Ok(ActionRow {
        id: ActionId {
            incident: IncidentId(columns.number()?),
            seq: columns.number()?,
        },
        service: columns.opt_text()?,
        text: columns.text()?,
        owner: columns.opt_text()?,
        due: columns.opt_time()?,
        created_at: columns.time()?,
        done_at: columns.opt_time()?,
    })
}

fn changed(row: Row) -> Result<ReadinessRow> {
    let mut columns = Columns::of("readiness", row);
    let blocking = |checks: BTreeMap<String, readiness::Outcome>| -> Vec<String> {
        let blocking = checks.into_iter().filter(|(_, outcome)| outcome.blocks());
        blocking.map(|(id, _)| id).collect()
    };
    Ok(ReadinessRow {
        service: columns.text()?,
        at: columns.time()?,
        level: columns.text()?,
        required: columns.text()?,
        ready: columns.int()? != 0,
        blocking: blocking(columns.json()?),
        before: columns.opt_text()?.zip(columns.opt_int()?.map(|ready| ready != 0)),
    })
}
