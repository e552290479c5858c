//! The outbox: what is to be told to the outside, written in the transaction of what it tells of, delivered later and at
//! least once. A delivery that fails never undoes the work it tells of.

use std::time::Duration;

use jiff::Timestamp;

use super::engine::Row;
use super::row::{Columns, params, to_json};
use super::{Store, Writer};
use crate::fault::Result;

/// Something to tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// What kind of news it is: `deployment.rolled_back`.
    pub topic: String,
    pub payload: serde_json::Value,
}

/// A notice on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    pub id: u64,
    /// Proves the claim; a claim that ran out and was given to another has another number.
    pub claim: u64,
    pub notice: Notice,
    pub enqueued_at: Timestamp,
    /// How often it was claimed, this time included.
    pub attempts: u32,
}

const COLUMNS: &str = "id, claim, topic, payload, enqueued_at, attempts";

impl Writer<'_> {
    /// Adds a notice to this transaction.
    pub(super) fn enqueue(&mut self, notice: &Notice) -> Result<()> {
        let id = self.next_number("outbox")?;
        let now = self.now.as_microsecond();
        self.tx.execute(
            "INSERT INTO outbox (id, topic, payload, enqueued_at, due_at, attempts, claim)
             VALUES ($1, $2, $3, $4, $5, 0, 0)",
            params![
                id,
                &notice.topic,
                to_json(&self.concealed.json(&notice.payload))?,
                now,
                now
            ],
        )?;
        Ok(())
    }
}

impl Store {
    /// Claims up to `limit` notices that are due, oldest first. Each comes back to others after `for_` unless it is
    /// [delivered](Store::delivered) or [put off](Store::put_off) before.
    pub fn claim_notices(&self, limit: u32, for_: Duration) -> Result<Vec<Delivery>> {
        self.write(|w| {
            let until = w.now.saturating_add(for_).unwrap_or(w.now);
            let rows = w.tx.query(
                &format!(
                    "UPDATE outbox SET due_at = $1, attempts = attempts + 1, claim = claim + 1
                     WHERE id IN (SELECT id FROM outbox WHERE done_at IS NULL AND due_at <= $2 ORDER BY id LIMIT $3)
                     RETURNING {COLUMNS}"
                ),
                params![until.as_microsecond(), w.now.as_microsecond(), limit],
            )?;
            let mut claimed = rows.into_iter().map(decode).collect::<Result<Vec<_>>>()?;
            claimed.sort_by_key(|delivery| delivery.id);
            Ok(claimed)
        })
    }

    /// Marks a notice as told. False when the claim has gone to somebody else meanwhile, who tells it again.
    pub fn delivered(&self, delivery: &Delivery) -> Result<bool> {
        self.write(|w| {
            let changed = w.tx.execute(
                "UPDATE outbox SET done_at = $1, last_error = NULL WHERE id = $2 AND claim = $3 AND done_at IS NULL",
                params![w.now.as_microsecond(), delivery.id, delivery.claim],
            )?;
            Ok(changed == 1)
        })
    }

    /// Gives a notice back to be tried again after `pause`.
    pub fn put_off(&self, delivery: &Delivery, pause: Duration, error: &str) -> Result<bool> {
        self.write(|w| {
            let error = w.concealed.text(error);
            let due = w.now.saturating_add(pause).unwrap_or(w.now);
            let changed = w.tx.execute(
                "UPDATE outbox SET due_at = $1, last_error = $2 WHERE id = $3 AND claim = $4 AND done_at IS NULL",
                params![due.as_microsecond(), error, delivery.id, delivery.claim],
            )?;
            Ok(changed == 1)
        })
    }
}

fn decode(row: Row) -> Result<Delivery> {
    let mut columns = Columns::of("outbox", row);
    Ok(Delivery {
        id: columns.number()?,
        claim: columns.number()?,
        notice: Notice {
            topic: columns.text()?,
            payload: columns.json()?,
        },
        enqueued_at: columns.time()?,
        attempts: columns.number()?,
    })
}
