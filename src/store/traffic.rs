//! Counted requests. Counters only grow; two records of one key add up.

use super::Store;
use super::engine::{Row, Tx};
use super::row::{Columns, damaged, params, to_json};
use crate::fault::{Fault, Result};
use crate::model::traffic::{LATENCY_BUCKETS, Traffic};
use crate::model::{EnvName, ReleaseNo, ServiceName};

const COLUMNS: &str = "service, env, bucket, release, class1, class2, class3, class4, class5, failed, latency";

impl Store {
    /// Adds counters, all of them or none. Counting is nobody's act: the journal does not tell of it.
    pub fn record_traffic(&self, counted: &[Traffic]) -> Result<()> {
        if counted.is_empty() {
            return Ok(());
        }
        self.write_uncounted(&mut |tx| counted.iter().try_for_each(|traffic| add(tx, traffic)))
    }

    /// What was counted in buckets that begin at `from` or later and before `to` (microseconds since 1970 UTC), oldest
    /// first.
    pub fn traffic(&self, service: &ServiceName, env: &EnvName, from: i64, to: i64) -> Result<Vec<Traffic>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM traffic WHERE service = $1 AND env = $2 AND bucket >= $3 AND bucket < $4
             ORDER BY bucket, release"
        );
        let rows = self.read(|tx| tx.query(&sql, params![service.as_str(), env.as_str(), from, to]))?;
        rows.into_iter().map(decode).collect()
    }
}

fn add(tx: &mut dyn Tx, traffic: &Traffic) -> Result<()> {
    if traffic.latency.len() != LATENCY_BUCKETS {
        return Err(Fault::bug(format!(
            "a latency histogram of {} counters instead of {LATENCY_BUCKETS}",
            traffic.latency.len()
        )));
    }
    let key = params![
        traffic.service.as_str(),
        traffic.env.as_str(),
        traffic.bucket,
        traffic.release.0
    ];
    let known = tx.query(
        "SELECT latency FROM traffic WHERE service = $1 AND env = $2 AND bucket = $3 AND release = $4",
        key,
    )?;
    let mut latency = match known.into_iter().next() {
        Some(row) => unpack(&Columns::of("traffic", row).json::<Vec<(usize, u64)>>()?)?,
        None => vec![0; LATENCY_BUCKETS],
    };
    for (sum, more) in latency.iter_mut().zip(&traffic.latency) {
        *sum += more;
    }
    let [class1, class2, class3, class4, class5] = traffic.classes;
    let counters = params![
        class1,
        class2,
        class3,
        class4,
        class5,
        traffic.failed,
        to_json(&pack(&latency))?
    ];
    tx.execute(
        &format!(
            "INSERT INTO traffic ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             ON CONFLICT (service, env, bucket, release) DO UPDATE SET
             class1 = traffic.class1 + excluded.class1, class2 = traffic.class2 + excluded.class2,
             class3 = traffic.class3 + excluded.class3, class4 = traffic.class4 + excluded.class4,
             class5 = traffic.class5 + excluded.class5, failed = traffic.failed + excluded.failed,
             latency = excluded.latency"
        ),
        &[&key[..], &counters[..]].concat(),
    )?;
    Ok(())
}

/// Most of a histogram is zeros: only the others are kept, each with its index.
fn pack(latency: &[u64]) -> Vec<(usize, u64)> {
    latency
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, count)| *count > 0)
        .collect()
}

fn unpack(packed: &[(usize, u64)]) -> Result<Vec<u64>> {
    let mut latency = vec![0; LATENCY_BUCKETS];
    for (index, count) in packed {
        *latency
            .get_mut(*index)
            .ok_or_else(|| damaged("a latency histogram has too many counters"))? = *count;
    }
    Ok(latency)
}

fn decode(row: Row) -> Result<Traffic> {
    let mut columns = Columns::of("traffic", row);
    Ok(Traffic {
        service: columns.parsed()?,
        env: columns.parsed()?,
        bucket: columns.int()?,
        release: ReleaseNo(columns.number()?),
        classes: [
            columns.number()?,
            columns.number()?,
            columns.number()?,
            columns.number()?,
            columns.number()?,
        ],
        failed: columns.number()?,
        latency: unpack(&columns.json::<Vec<(usize, u64)>>()?)?,
    })
}
