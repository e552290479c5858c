//! The journal: everything done, by whom and why, append-only, each record hashed together with the one before it.
//!
//! A record is written in the transaction of the mutation it tells of, so neither exists without the other. Heartbeats
//! of leases, counted traffic and deliveries of the outbox are not acts of anybody and are not in it. A record holds
//! names, numbers and reasons; a [`Secret`](crate::ports::target::Secret) cannot be serialised into one, and values that
//! were [concealed](Store::conceal) are replaced by their names.

use jiff::Timestamp;
use serde::Serialize;

use super::engine::{Row, Tx};
use super::row::{Columns, params, to_json};
use super::{Store, Writer};
use crate::fault::Result;
use crate::model::ServiceName;

/// One record.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize)]
pub struct Record {
    /// Counts from 1 without gaps.
    pub seq: u64,
    pub at: Timestamp,
    pub actor: String,
    /// What was done: `deployment.begin`, `lease.take`, `hold.set`.
    pub action: String,
    /// On what: `pricing`, `pricing/v3`, `pricing/production`, `pricing/production/D-12`.
    pub subject: String,
    /// The rest, as JSON text.
    #[serde(serialize_with = "as_json")]
    #[schemars(with = "serde_json::Value")]
    pub detail: String,
    /// The hash of the record before; zeros for the first.
    pub prev_hash: String,
    pub hash: String,
}

/// Which records are wanted; newest first.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only what is about this service.
    pub service: Option<ServiceName>,
    pub since: Option<Timestamp>,
    /// Only records before this one, to page backwards.
    pub before: Option<u64>,
    /// At most this many.
    pub limit: Option<u32>,
}

/// What a look over the whole chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verified {
    /// Every record is as it was written and follows the one before.
    Whole { records: u64, head: String },
    /// The first record that is not, and why.
    Broken { seq: u64, why: String },
}

/// Before the first record.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// Separates this use of BLAKE3 from every other; part of the format.
const CONTEXT: &str = "deliver 2026 journal record";
/// Records read at a time when all are read.
const PAGE: u64 = 1000;

const COLUMNS: &str = "seq, at, actor, action, subject, detail, prev_hash, hash";

/// The last record's number and hash.
type Head = (u64, String);

impl Writer<'_> {
    /// Appends a record of what this transaction does.
    pub(super) fn append(&mut self, action: &str, subject: &str, detail: serde_json::Value) -> Result<()> {
        let (last, prev_hash) = head(self.tx)?;
        let mut record = Record {
            seq: last + 1,
            at: self.now,
            actor: self.actor.to_owned(),
            action: action.to_owned(),
            subject: subject.to_owned(),
            detail: to_json(&self.concealed.json(&detail))?,
            prev_hash,
            hash: String::new(),
        };
        record.hash = hash(&record);
        self.tx.execute(
            "INSERT INTO audit (seq, at, actor, action, subject, detail, prev_hash, hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            params![
                record.seq,
                record.at.as_microsecond(),
                &record.actor,
                &record.action,
                &record.subject,
                &record.detail,
                &record.prev_hash,
                &record.hash
            ],
        )?;
        self.tx.execute(
            "INSERT INTO audit_head (id, seq, hash) VALUES (1, $1, $2)
             ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
            params![record.seq, &record.hash],
        )?;
        Ok(())
    }
}

impl Store {
    /// Records that pass the filter, newest first.
    pub fn audit(&self, filter: &Filter) -> Result<Vec<Record>> {
        let service = filter.service.as_ref().map(|name| name.as_str()).unwrap_or_default();
        let since = filter.since.map_or(i64::MIN, |at| at.as_microsecond());
        let before = filter
            .before
            .map_or(i64::MAX, |seq| i64::try_from(seq).unwrap_or(i64::MAX));
        let limit = filter.limit.map_or(i64::MAX, i64::from);
        let sql = format!(
            "SELECT {COLUMNS} FROM audit
             WHERE ($1 = '' OR subject = $1 OR subject LIKE $1 || '/%') AND at >= $2 AND seq < $3
             ORDER BY seq DESC LIMIT $4"
        );
        self.read(|tx| {
            let rows = tx.query(&sql, params![service, since, before, limit])?;
            rows.into_iter().map(decode).collect()
        })
    }

    /// Reads the whole journal and recomputes its chain. A record that was changed, removed, added or moved is found, and so
    /// is an end that was cut off. Whoever can write the file could also write a whole new journal: compare
    /// [`Verified::Whole`]'s head, or an export, with one kept elsewhere.
    pub fn verify_audit(&self) -> Result<Verified> {
        let sql = page();
        let mut last = 0;
        let mut prev_hash = GENESIS.to_owned();
        loop {
            // In one snapshot, so that the last page ends where the head says.
            let (rows, head) = self.read(|tx| Ok((tx.query(&sql, params![last, PAGE])?, head(tx)?)))?;
            let full = rows.len() as u64 == PAGE;
            for row in rows {
                match follows(row, last + 1, &prev_hash) {
                    Ok(hash) => prev_hash = hash,
                    Err(why) => return Ok(Verified::Broken { seq: last + 1, why }),
                }
                last += 1;
            }
            if full {
                continue;
            }
            return Ok(match head == (last, prev_hash) {
                true => Verified::Whole {
                    records: last,
                    head: head.1,
                },
                false => Verified::Broken {
                    seq: last + 1,
                    why: format!("the journal ends after record {last}, but {} were written", head.0),
                },
            });
        }
    }

    /// Whether a record with this hash is in the journal.
    pub fn has_record(&self, hash: &str) -> Result<bool> {
        // Without an index: asked once, after the whole chain was read.
        let rows = self.read(|tx| tx.query("SELECT seq FROM audit WHERE hash = $1", params![hash]))?;
        Ok(!rows.is_empty())
    }

    /// Calls `each` for every record, oldest first, without holding them all, until it answers false.
    pub fn each_record(&self, each: &mut dyn FnMut(Record) -> Result<bool>) -> Result<()> {
        let sql = page();
        let mut last = 0;
        loop {
            let rows = self.read(|tx| tx.query(&sql, params![last, PAGE]))?;
            let full = rows.len() as u64 == PAGE;
            for row in rows {
                let record = decode(row)?;
                last = record.seq;
                if !each(record)? {
                    return Ok(());
                }
            }
            if !full {
                return Ok(());
            }
        }
    }
}

/// The statement that reads the next page of records, oldest first.
fn page() -> String {
    format!("SELECT {COLUMNS} FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2")
}

fn head(tx: &mut dyn Tx) -> Result<Head> {
    let rows = tx.query("SELECT seq, hash FROM audit_head WHERE id = 1", &[])?;
    let Some(row) = rows.into_iter().next() else {
        return Ok((0, GENESIS.to_owned()));
    };
    let mut columns = Columns::of("audit_head", row);
    Ok((columns.number()?, columns.text()?))
}

/// The hash of a record that is number `seq` and follows the one with `prev_hash`; otherwise why it does not.
fn follows(row: Row, seq: u64, prev_hash: &str) -> Result<String, String> {
    let record = decode(row).map_err(|fault| fault.to_string())?;
    if record.seq != seq {
        return Err(format!("it is missing: record {} comes next", record.seq));
    }
    if record.prev_hash != prev_hash {
        return Err("it does not follow the record before it".to_owned());
    }
    if record.hash != hash(&record) {
        return Err("it is not as it was written".to_owned());
    }
    Ok(record.hash)
}

fn decode(row: Row) -> Result<Record> {
    let mut columns = Columns::of("audit", row);
    Ok(Record {
        seq: columns.number()?,
        at: columns.time()?,
        actor: columns.text()?,
        action: columns.text()?,
        subject: columns.text()?,
        detail: columns.text()?,
        prev_hash: columns.text()?,
        hash: columns.text()?,
    })
}

/// The hash of a record over all its other fields. Each text goes with its length in front, so that no two different
/// records have one encoding.
pub fn hash(record: &Record) -> String {
    let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
    hasher.update(&record.seq.to_le_bytes());
    hasher.update(&record.at.as_microsecond().to_le_bytes());
    for text in [
        &record.prev_hash,
        &record.actor,
        &record.action,
        &record.subject,
        &record.detail,
    ] {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// The detail is JSON already: it is embedded, not quoted. Damaged text is shown as the text it is.
fn as_json<S: serde::Serializer>(detail: &str, serializer: S) -> Result<S::Ok, S::Error> {
    match serde_json::from_str::<serde_json::Value>(detail) {
        Ok(value) => value.serialize(serializer),
        Err(_) => detail.serialize(serializer),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_record() -> impl Strategy<Value = Record> {
        (any::<u64>(), 0..i64::pow(10, 15), proptest::array::uniform5(".{0,6}")).prop_map(|(seq, at, texts)| {
            let [actor, action, subject, detail, prev_hash] = texts;
            Record {
                seq,
                at: Timestamp::from_microsecond(at).expect("a time in range"),
                actor,
                action,
                subject,
                detail,
                prev_hash,
                hash: String::new(),
            }
        })
    }

    proptest! {
        #[test]
        fn records_that_differ_have_hashes_that_differ(one in any_record(), other in any_record()) {
            prop_assert_eq!(hash(&one) == hash(&other), one == other);
        }

        #[test]
        fn text_cannot_move_from_one_field_to_the_next(record in any_record(), at in 0usize..6) {
            let both = format!("{}{}", record.actor, record.action);
            let cut = both.char_indices().map(|(index, _)| index).nth(at).unwrap_or(both.len());
            let (actor, action) = both.split_at(cut);
            let moved = Record { actor: actor.into(), action: action.into(), ..record.clone() };
            prop_assert_eq!(hash(&moved) == hash(&record), moved == record);
        }
    }

    #[test]
    fn the_encoding_stays_what_it_was() {
        let record = Record {
            seq: 1,
            at: Timestamp::UNIX_EPOCH,
            actor: "alice@laptop".into(),
            action: "hold.set".into(),
            subject: "pricing/production".into(),
            detail: "{}".into(),
            prev_hash: GENESIS.into(),
            hash: String::new(),
        };
        assert_eq!(
            hash(&record),
            "4fc404b393ea1d2bfa4018c948a975e9fc23e8774a2d49f398b4abcab11f7bcd"
        );
    }
}
