//! The narrow interface that a database must offer.
//!
//! SQL is written once and must run on SQLite and PostgreSQL alike: only the types bigint, text and bytea/blob;
//! parameters as `$1 … $n` numbered in the order of first use; `ON CONFLICT`, `RETURNING` and CTEs are fine; times are
//! microseconds since 1970 UTC; JSON is text; ids are made by the program.

use crate::fault::Result;

/// One value of a row or parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

/// One row, by position.
pub type Row = Vec<Value>;

/// The statements of one transaction.
pub trait Tx {
    /// Number of rows changed.
    fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64>;

    fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>>;
}

/// A database. All methods may be called from many threads.
pub trait Engine: Send + Sync {
    /// Runs `work` in a transaction that holds the write lock from its start, commits when it returns `Ok` and rolls back
    /// otherwise. `work` may run more than once if the database asks for a retry.
    fn write(&self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()>;

    /// Runs `work` on one consistent snapshot without blocking writers.
    fn read(&self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()>;
}
