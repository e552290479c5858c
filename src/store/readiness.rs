//! Readiness over time: a row each time that a service's checks came out in another way than before.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;

use super::Store;
use super::engine::{Row, Tx};
use super::row::{Columns, params, to_json};
use crate::fault::Result;
use crate::model::ServiceName;
use crate::model::readiness::{Outcome, Snapshot};

/// What a service's readiness was from a moment on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub id: u64,
    pub service: ServiceName,
    pub at: Timestamp,
    pub snapshot: Snapshot,
}

const COLUMNS: &str = "id, service, at, level, required, ready, checks";

impl Store {
    /// Keeps a service's readiness; false, and nothing is written, where it is what was kept last. Two at once that found
    /// the same leave one row.
    pub fn record_readiness(&self, service: &ServiceName, found: &Snapshot) -> Result<bool> {
        // The usual case costs no write.
        if self.readiness(service)?.is_some_and(|last| last.snapshot == *found) {
            return Ok(false);
        }
        self.write(|w| {
            let before = newest(w.tx, service)?.map(|last| last.snapshot);
            if before.as_ref() == Some(found) {
                return Ok(false);
            }
            let id = w.next_number("readiness")?;
            w.tx.execute(
                &format!("INSERT INTO readiness ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)"),
                params![
                    id,
                    service.as_str(),
                    w.now.as_microsecond(),
                    &found.level,
                    &found.required,
                    i64::from(found.ready),
                    to_json(&found.checks)?
                ],
            )?;
            let detail = json!({"level": found.level, "required": found.required, "ready": found.ready,
                                "changed": changes(before.as_ref(), found)});
            w.append("readiness.change", service.as_str(), detail)?;
            Ok(true)
        })
    }

    /// What was kept last of a service.
    pub fn readiness(&self, service: &ServiceName) -> Result<Option<Recorded>> {
        self.read(|tx| newest(tx, service))
    }

    /// Changes of all services from `from` on and before `to`, oldest first.
    pub fn readiness_changes(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Recorded>> {
        let sql = format!("SELECT {COLUMNS} FROM readiness WHERE at >= $1 AND at < $2 ORDER BY at, id");
        let rows = self.read(|tx| tx.query(&sql, params![from.as_microsecond(), to.as_microsecond()]))?;
        rows.into_iter().map(decode).collect()
    }

    /// Writes down that a file of the service now excuses a check until a day; the file itself is the excuse.
    pub fn note_waiver(&self, service: &ServiceName, check: &str, until: &str, reason: &str) -> Result<()> {
        self.write(|w| {
            let detail = json!({"check": check, "until": until, "reason": w.concealed.text(reason)});
            w.append("readiness.waive", service.as_str(), detail)
        })
    }

    /// Writes down that files of the service were changed for a check.
    pub fn note_readiness_fix(&self, service: &ServiceName, check: &str, files: &[String]) -> Result<()> {
        self.write(|w| {
            w.append(
                "readiness.fix",
                service.as_str(),
                json!({"check": check, "files": files}),
            )
        })
    }
}

/// `{"OBS-1": ["pass", "fail"]}`: the checks that came out in another way, before and now.
fn changes(before: Option<&Snapshot>, now: &Snapshot) -> BTreeMap<String, [Option<Outcome>; 2]> {
    let none = BTreeMap::new();
    let old = before.map_or(&none, |before| &before.checks);
    let ids = old.keys().chain(now.checks.keys());
    ids.filter_map(|id| {
        let pair = [old.get(id).copied(), now.checks.get(id).copied()];
        (pair[0] != pair[1]).then(|| (id.clone(), pair))
    })
    .collect()
}

fn newest(tx: &mut dyn Tx, service: &ServiceName) -> Result<Option<Recorded>> {
    let rows = tx.query(
        &format!("SELECT {COLUMNS} FROM readiness WHERE service = $1 ORDER BY id DESC LIMIT 1"),
        params![service.as_str()],
    )?;
    rows.into_iter().next().map(decode).transpose()
}

fn decode(row: Row) -> Result<Recorded> {
    let mut columns = Columns::of("readiness", row);
    Ok(Recorded {
        id: columns.number()?,
        service: columns.parsed()?,
        at: columns.time()?,
        snapshot: Snapshot {
            level: columns.text()?,
            required: columns.text()?,
            ready: columns.int()? != 0,
            checks: columns.json()?,
        },
    })
}
