//! The narrow interface that a database must offer.
//!
//! SQL is written once and must run on SQLite and PostgreSQL alike: only the types bigint, text and blob;
//! parameters as `$1 … $n` numbered in the order of first use; `ON CONFLICT`, `RETURNING` and CTEs are fine; times are
//! microseconds since 1970 UTC; JSON is text; ids are made by the program.

use std::path::PathBuf;

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

    /// Runs several statements without parameters, separated by semicolons. For migrations.
    fn batch(&mut self, sql: &str) -> Result<()>;

    fn has_table(&mut self, name: &str) -> Result<bool>;
}

/// A database. All methods may be called from many threads.
pub trait Engine: Send + Sync {
    /// Runs `work` in a transaction that holds the write lock from its start, commits when it returns `Ok` and rolls back
    /// otherwise. `work` may run more than once if the database asks for a retry.
    fn write(&self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()>;

    /// The same for a heartbeat, which is of no use when it comes late: gives up after a few seconds, tries nothing twice, and
    /// waits for no transaction of this process.
    fn beat(&self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        self.write(work)
    }

    /// Runs `work` on one consistent snapshot without blocking writers. `work` may run more than once if the connection is
    /// lost in the middle.
    fn read(&self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()>;

    /// Only processes under this machine's kernel can reach this database.
    fn is_local(&self) -> bool;

    /// Copies the database as it was committed last, under a name that ends with `label`; `None` where whoever runs the
    /// database is the one to back it up. May be called inside [`Engine::write`].
    fn backup(&self, label: &str) -> Result<Option<PathBuf>>;

    /// What a server says of itself; `None` where there is no server.
    fn about(&self) -> Result<Option<About>> {
        Ok(None)
    }
}

/// A database server, as it describes itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    pub version: String,
    /// Older than what this program was tried with.
    pub old: bool,
    /// Its clock.
    pub clock: jiff::Timestamp,
    /// The connection that it sees is encrypted; through a pooler that is the pooler's.
    pub encrypted: bool,
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Value::Int(value)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Value::Int(value.into())
    }
}

/// Ids, tokens and counters: no count of real things reaches the half of the range that does not fit.
impl From<u64> for Value {
    fn from(value: u64) -> Self {
        Value::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Value::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Value::Text(value)
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Value::Text(value.clone())
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Value::Blob(value)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}
