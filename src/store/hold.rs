//! Holds: people's stops, each with a reason. They stand until a person clears them; nothing here expires.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::engine::Row;
use super::row::{Columns, params};
use super::{Store, scope};
use crate::fault::Result;
use crate::model::{EnvName, ServiceName};

/// One stop. A service and environment may have several, such as a person's and one set after a rollback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hold {
    pub id: u64,
    pub service: ServiceName,
    pub env: EnvName,
    pub reason: String,
    pub author: String,
    pub since: Timestamp,
}

const COLUMNS: &str = "id, service, env, reason, author, set_at";

impl Store {
    /// Stops deployments of a service to an environment. The author is who acts through this store.
    pub fn set_hold(&self, service: &ServiceName, env: &EnvName, reason: &str) -> Result<Hold> {
        self.write(|w| {
            let hold = Hold {
                id: w.next_number("hold")?,
                service: service.clone(),
                env: env.clone(),
                reason: w.concealed.text(reason),
                author: w.actor.to_owned(),
                since: w.now,
            };
            w.tx.execute(
                &format!("INSERT INTO hold ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6)"),
                params![
                    hold.id,
                    service.as_str(),
                    env.as_str(),
                    &hold.reason,
                    &hold.author,
                    w.now.as_microsecond()
                ],
            )?;
            let detail = json!({"hold": hold.id, "reason": hold.reason});
            w.append("hold.set", &scope(service, env), detail)?;
            Ok(hold)
        })
    }

    /// Clears every hold of a service in an environment; gives those it cleared. `why` goes into the journal.
    pub fn clear_holds(&self, service: &ServiceName, env: &EnvName, why: Option<&str>) -> Result<Vec<Hold>> {
        self.write(|w| {
            let rows = w.tx.query(
                &format!("DELETE FROM hold WHERE service = $1 AND env = $2 RETURNING {COLUMNS}"),
                params![service.as_str(), env.as_str()],
            )?;
            let cleared = rows.into_iter().map(decode).collect::<Result<Vec<_>>>()?;
            for hold in &cleared {
                let detail = json!({"hold": hold.id, "reason": hold.reason, "author": hold.author, "why": why});
                w.append("hold.clear", &scope(service, env), detail)?;
            }
            Ok(cleared)
        })
    }

    /// The holds of a service in an environment, oldest first.
    pub fn holds(&self, service: &ServiceName, env: &EnvName) -> Result<Vec<Hold>> {
        let sql = format!("SELECT {COLUMNS} FROM hold WHERE service = $1 AND env = $2 ORDER BY id");
        let rows = self.read(|tx| tx.query(&sql, params![service.as_str(), env.as_str()]))?;
        rows.into_iter().map(decode).collect()
    }

    /// Every hold there is, oldest first.
    pub fn all_holds(&self) -> Result<Vec<Hold>> {
        let rows = self.read(|tx| tx.query(&format!("SELECT {COLUMNS} FROM hold ORDER BY id"), &[]))?;
        rows.into_iter().map(decode).collect()
    }
}

fn decode(row: Row) -> Result<Hold> {
    let mut columns = Columns::of("hold", row);
    Ok(Hold {
        id: columns.number()?,
        service: columns.parsed()?,
        env: columns.parsed()?,
        reason: columns.text()?,
        author: columns.text()?,
        since: columns.time()?,
    })
}
