//! Counted requests. Counters only grow; two records of one key add up.
//!
//! Each count is kept three times, in one transaction: in its minute, its hour and its day (both by UTC). Minutes are for
//! the rates of the last hours and are pruned after days; hours and days stay, so that a window of weeks is an exact sum of
//! tens of rows: never an average of averages.

use super::Store;
use super::engine::{Row, Tx, Value};
use super::row::{Columns, damaged, params, to_json};
use crate::fault::{Fault, Result};
use crate::model::traffic::{BUCKET_MICROS, DAY_MICROS, HOUR_MICROS, LATENCY_BUCKETS, Tally, Traffic};
use crate::model::{EnvName, ReleaseNo, ServiceName};

mod backfill;
pub mod cover;

pub(super) use backfill::sum_minutes;
use cover::{Piece, cover, floor};

const COLUMNS: &str = "service, env, bucket, release, class1, class2, class3, class4, class5, failed, latency";

/// The lengths of bucket that every count is kept in.
const SPANS: [i64; 3] = [BUCKET_MICROS, HOUR_MICROS, DAY_MICROS];

impl Store {
    /// Adds counters, all of them or none. Counting is nobody's act: the journal does not tell of it.
    pub fn record_traffic(&self, counted: &[Traffic]) -> Result<()> {
        if counted.is_empty() {
            return Ok(());
        }
        self.write_uncounted(&mut |tx| {
            for traffic in counted {
                SPANS.iter().try_for_each(|span| add(tx, *span, traffic))?;
            }
            Ok(())
        })
    }

    /// What was counted in minutes that begin at `from` or later and before `to` (microseconds since 1970 UTC), oldest
    /// first, as far as minutes are kept.
    pub fn traffic(&self, service: &ServiceName, env: &EnvName, from: i64, to: i64) -> Result<Vec<Traffic>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM traffic WHERE service = $1 AND env = $2 AND bucket >= $3 AND bucket < $4
             ORDER BY bucket, release"
        );
        let rows = self.read(|tx| tx.query(&sql, params![service.as_str(), env.as_str(), from, to]))?;
        rows.into_iter().map(decode).collect()
    }

    /// What was counted between each two neighbours of `cuts` (microseconds since 1970 UTC, each whole minutes and later
    /// than the one before), added up over releases. Stretches between whole hours are exact for ever, others as long as
    /// minutes are kept. Without `latency` the tallies hold no histogram, and cost less.
    pub fn tallies(&self, service: &ServiceName, env: &EnvName, cuts: &[i64], latency: bool) -> Result<Vec<Tally>> {
        let stretches = cuts.windows(2).map(|pair| (pair[0], pair[1]));
        let pieces = joined(stretches.flat_map(|(from, to)| cover(from, to)));
        let mut tallies = vec![Tally::default(); cuts.len().saturating_sub(1)];
        self.read(|tx| {
            tallies.fill(Tally::default());
            for piece in &pieces {
                for row in piece_of(tx, service, env, piece, latency)? {
                    let mut columns = Columns::of("traffic", row);
                    let bucket = columns.int()?;
                    // The pieces lie between the cuts, so that one of them is at or before the bucket.
                    let slot = cuts.partition_point(|cut| *cut <= bucket).saturating_sub(1);
                    if let Some(tally) = tallies.get_mut(slot) {
                        sum_up(tally, &mut columns, latency)?;
                    }
                }
            }
            Ok(())
        })?;
        Ok(tallies)
    }

    /// How many hours between `from` and `to` (microseconds since 1970 UTC, whole hours) hold any count.
    pub fn hours_counted(&self, service: &ServiceName, env: &EnvName, from: i64, to: i64) -> Result<u64> {
        let rows = self.read(|tx| {
            tx.query(
                "SELECT count(DISTINCT bucket) FROM traffic_sum
                 WHERE service = $1 AND env = $2 AND span = $3 AND bucket >= $4 AND bucket < $5",
                params![service.as_str(), env.as_str(), HOUR_MICROS, from, to],
            )
        })?;
        let count = rows
            .into_iter()
            .next()
            .map(|row| Columns::of("traffic_sum", row).number());
        count.transpose().map(Option::unwrap_or_default)
    }

    /// The latest minute of any service that holds counts, and begins at `from` or later.
    pub fn latest_traffic(&self, from: i64) -> Result<Option<i64>> {
        let rows = self.read(|tx| tx.query("SELECT max(bucket) FROM traffic WHERE bucket >= $1", params![from]))?;
        let latest = rows.into_iter().next().map(|row| Columns::of("traffic", row).opt_int());
        latest.transpose().map(Option::flatten)
    }

    /// Forgets minutes that began before `before`, at most so many rows; the sums of hours and days stay. Gives how many
    /// it forgot.
    pub fn prune_traffic(&self, before: i64, most: u32) -> Result<u64> {
        let mut gone = 0;
        self.write_uncounted(&mut |tx| {
            gone = tx.execute(
                "DELETE FROM traffic WHERE (service, env, bucket, release) IN
                 (SELECT service, env, bucket, release FROM traffic WHERE bucket < $1 ORDER BY bucket LIMIT $2)",
                params![before, most],
            )?;
            Ok(())
        })?;
        Ok(gone)
    }
}

/// Pieces of one length that touch become one, so that a window is read by a handful of statements.
fn joined(pieces: impl Iterator<Item = Piece>) -> Vec<Piece> {
    let mut joined: Vec<Piece> = Vec::new();
    for piece in pieces {
        match joined.last_mut() {
            Some(last) if last.span == piece.span && last.to == piece.from => last.to = piece.to,
            _ => joined.push(piece),
        }
    }
    joined
}

/// The rows of one piece: bucket, counters and, if wanted, the histogram.
fn piece_of(tx: &mut dyn Tx, service: &ServiceName, env: &EnvName, piece: &Piece, latency: bool) -> Result<Vec<Row>> {
    let columns = match latency {
        true => "bucket, class1, class2, class3, class4, class5, failed, latency",
        false => "bucket, class1, class2, class3, class4, class5, failed",
    };
    let (service, env) = (service.as_str(), env.as_str());
    match piece.span {
        BUCKET_MICROS => tx.query(
            &format!("SELECT {columns} FROM traffic WHERE service = $1 AND env = $2 AND bucket >= $3 AND bucket < $4"),
            params![service, env, piece.from, piece.to],
        ),
        span => tx.query(
            &format!(
                "SELECT {columns} FROM traffic_sum
                 WHERE service = $1 AND env = $2 AND span = $3 AND bucket >= $4 AND bucket < $5"
            ),
            params![service, env, span, piece.from, piece.to],
        ),
    }
}

fn sum_up(tally: &mut Tally, columns: &mut Columns, latency: bool) -> Result<()> {
    for sum in tally.classes.iter_mut().chain([&mut tally.failed]) {
        *sum = sum.saturating_add(columns.number()?);
    }
    if latency {
        tally.latency.resize(LATENCY_BUCKETS, 0);
        add_packed(&mut tally.latency, &columns.json::<Vec<(usize, u64)>>()?)?;
    }
    Ok(())
}

/// Adds one record to the bucket of this length that holds its minute.
fn add(tx: &mut dyn Tx, span: i64, traffic: &Traffic) -> Result<()> {
    if traffic.latency.len() != LATENCY_BUCKETS {
        return Err(Fault::bug(format!(
            "a latency histogram of {} counters instead of {LATENCY_BUCKETS}",
            traffic.latency.len()
        )));
    }
    let place = Place::of(span);
    let key = place.key(
        &traffic.service,
        &traffic.env,
        floor(traffic.bucket, span),
        traffic.release,
    );
    let known = tx.query(&place.find(), &key)?;
    let mut latency = vec![0; LATENCY_BUCKETS];
    if let Some(row) = known.into_iter().next() {
        add_packed(
            &mut latency,
            &Columns::of(place.table, row).json::<Vec<(usize, u64)>>()?,
        )?;
    }
    for (sum, more) in latency.iter_mut().zip(&traffic.latency) {
        *sum = sum.saturating_add(*more);
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
    tx.execute(&place.upsert(), &[&key[..], &counters[..]].concat())?;
    Ok(())
}

/// The table that keeps buckets of one length.
struct Place {
    table: &'static str,
    key: &'static [&'static str],
    span: i64,
}

impl Place {
    fn of(span: i64) -> Self {
        let (table, key): (_, &[_]) = match span {
            BUCKET_MICROS => ("traffic", &["service", "env", "bucket", "release"]),
            _ => ("traffic_sum", &["service", "env", "span", "bucket", "release"]),
        };
        Place { table, key, span }
    }

    /// The values of the key's columns.
    fn key(&self, service: &ServiceName, env: &EnvName, bucket: i64, release: ReleaseNo) -> Vec<Value> {
        let values = [
            ("service", Value::from(service.as_str())),
            ("env", env.as_str().into()),
            ("span", self.span.into()),
            ("bucket", bucket.into()),
            ("release", release.0.into()),
        ];
        values
            .into_iter()
            .filter(|(name, _)| self.key.contains(name))
            .map(|(_, value)| value)
            .collect()
    }

    fn find(&self) -> String {
        let conditions = (1..).zip(self.key).map(|(number, name)| format!("{name} = ${number}"));
        let conditions: Vec<String> = conditions.collect();
        format!("SELECT latency FROM {} WHERE {}", self.table, conditions.join(" AND "))
    }

    fn upsert(&self) -> String {
        const COUNTERS: [&str; 7] = ["class1", "class2", "class3", "class4", "class5", "failed", "latency"];
        let Place { table, key, .. } = self;
        let numbers: Vec<String> = (1..=key.len() + COUNTERS.len())
            .map(|number| format!("${number}"))
            .collect();
        let sums = COUNTERS.iter().map(|name| match *name {
            "latency" => "latency = excluded.latency".to_owned(),
            name => format!("{name} = {table}.{name} + excluded.{name}"),
        });
        format!(
            "INSERT INTO {table} ({}, {}) VALUES ({}) ON CONFLICT ({}) DO UPDATE SET {}",
            key.join(", "),
            COUNTERS.join(", "),
            numbers.join(", "),
            key.join(", "),
            sums.collect::<Vec<_>>().join(", ")
        )
    }
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

fn add_packed(latency: &mut [u64], packed: &[(usize, u64)]) -> Result<()> {
    for (index, count) in packed {
        let sum = latency
            .get_mut(*index)
            .ok_or_else(|| damaged("a latency histogram has too many counters"))?;
        *sum = sum.saturating_add(*count);
    }
    Ok(())
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
        latency: {
            let mut latency = vec![0; LATENCY_BUCKETS];
            add_packed(&mut latency, &columns.json::<Vec<(usize, u64)>>()?)?;
            latency
        },
    })
}
