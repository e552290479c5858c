//! SQLite behind the [`Engine`] interface: one file in WAL mode, every commit synced.
//!
//! Transactions that write begin IMMEDIATE: a read that upgrades itself would fail at once, whatever the busy timeout.
//! A store that exists is never half made: a new one is built under another name and linked into place.

use std::ffi::OsString;
use std::fs::{self, DirBuilder};
use std::ops::Deref;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::backup::Progress;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use tempfile::TempPath;

use self::trouble::{check_file_system, fault, is_busy, is_on_read_only_disk, not_a_store, not_here};
use super::engine::{Engine, Row, Tx, Value};
use crate::fault::{Attempt, Fault, Result};

mod trouble;

/// How long SQLite itself waits for another's write before it says busy.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How often a write is tried: together with [`BUSY_TIMEOUT`], half a minute. No transaction of ours takes a second.
const WRITE_ATTEMPTS: u32 = 6;
/// Statements kept prepared by a connection; more than this program has.
const STATEMENTS_KEPT: usize = 128;
/// Marks a file as ours: "delv" in the header's application id.
const APPLICATION_ID: i64 = 0x6465_6c76;

/// A store in one file, or in memory for tests.
pub struct Sqlite {
    place: Place,
    idle: Mutex<Vec<Connection>>,
    returned: Condvar,
}

enum Place {
    File {
        path: PathBuf,
        /// What people know it as: not the temporary name that a new one is built under.
        name: PathBuf,
        read_only: bool,
    },
    /// One connection is the database: callers queue for it.
    Memory,
}

impl Sqlite {
    /// Opens the file, which must exist and be ours.
    pub fn open(path: &Path) -> Result<Self> {
        check_file_system(path)?;
        Sqlite::file(path, false)
    }

    /// Opens the file for reading alone; nothing is ever written, not even a schema.
    pub fn open_read_only(path: &Path) -> Result<Self> {
        Sqlite::file(path, true)
    }

    fn file(path: &Path, read_only: bool) -> Result<Self> {
        let place = Place::File {
            path: path.to_owned(),
            name: path.to_owned(),
            read_only,
        };
        let connection = connect(path, read_only)?;
        let id: i64 = connection
            .query_row("PRAGMA application_id", [], |row| row.get(0))
            .map_err(|error| fault(error, "open", path))?;
        if id != APPLICATION_ID {
            return Err(not_a_store(path));
        }
        Ok(Sqlite::with(place, connection))
    }

    pub fn in_memory() -> Result<Self> {
        let memory = Path::new(":memory:");
        let connection = Connection::open_in_memory().map_err(|error| fault(error, "open", memory))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        Ok(Sqlite::with(Place::Memory, connection))
    }

    fn with(place: Place, connection: Connection) -> Self {
        Sqlite {
            place,
            idle: Mutex::new(vec![connection]),
            returned: Condvar::new(),
        }
    }

    /// Makes a store at `path` unless there is one: `fill` brings a new one to its schema. Of several processes at once
    /// one wins and all go on with its file.
    pub fn create(path: &Path, fill: &dyn Fn(&Sqlite) -> Result<()>) -> Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .attempting("create the folder", folder)
            .map_err(not_here)?;
        check_file_system(path)?;
        let temporary = temporary_in(folder).map_err(not_here)?;
        if let Err(fault) = build(&temporary, path, fill) {
            for suffix in ["-wal", "-shm"] {
                let mut name = temporary.as_os_str().to_owned();
                name.push(suffix);
                // Mostly gone already; what cannot be removed is as harmless as the failure is worth telling.
                let _ = fs::remove_file(name);
            }
            return Err(fault);
        }
        match fs::hard_link(&temporary, path) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            linked => linked.attempting("create", path)?,
        }
        fs::File::open(folder)
            .and_then(|folder| folder.sync_all())
            .attempting("sync", folder)
    }

    fn describe(&self) -> &Path {
        match &self.place {
            Place::File { name, .. } => name,
            Place::Memory => Path::new(":memory:"),
        }
    }

    fn fault(&self, error: rusqlite::Error, verb: &str) -> Fault {
        fault(error, verb, self.describe())
    }

    /// An idle connection, or a new one; in memory the only one, when it is free.
    fn connection(&self) -> Result<Lent<'_>> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(connection) = idle.pop() {
                return Ok(Lent {
                    engine: self,
                    connection: Some(connection),
                });
            }
            match &self.place {
                Place::File { path, read_only, .. } => {
                    return Ok(Lent {
                        engine: self,
                        connection: Some(connect(path, *read_only)?),
                    });
                }
                Place::Memory => idle = self.returned.wait(idle).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

impl Engine for Sqlite {
    fn write(&self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        let connection = self.connection()?;
        let mut attempt = 1;
        let transaction = loop {
            match Transaction::new_unchecked(&connection, TransactionBehavior::Immediate) {
                Ok(transaction) => break transaction,
                Err(error) if is_busy(&error) && attempt < WRITE_ATTEMPTS => attempt += 1,
                Err(error) => return Err(self.fault(error, "write")),
            }
        };
        work(&mut Statements {
            engine: self,
            transaction: &transaction,
        })?;
        transaction.commit().map_err(|error| self.fault(error, "write"))
    }

    fn read(&self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        let connection = self.connection()?;
        let transaction = Transaction::new_unchecked(&connection, TransactionBehavior::Deferred)
            .map_err(|error| self.fault(error, "read"))?;
        work(&mut Statements {
            engine: self,
            transaction: &transaction,
        })
    }

    fn is_local(&self) -> bool {
        true
    }

    fn backup(&self, label: &str) -> Result<Option<PathBuf>> {
        let Place::File { path, .. } = &self.place else {
            return Ok(None);
        };
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{label}"));
        let copy = PathBuf::from(name);
        let temporary = temporary_in(path.parent().unwrap_or(Path::new(".")))?;
        self.connection()?
            .backup("main", &temporary, None::<fn(Progress)>)
            .map_err(|error| fault(error, "back up", path))?;
        fs::File::open(&temporary)
            .and_then(|file| file.sync_all())
            .attempting("sync the copy", &temporary)?;
        temporary
            .persist(&copy)
            .map_err(|error| error.error)
            .attempting("write the copy", &copy)?;
        Ok(Some(copy))
    }
}

/// A connection on loan; comes back when dropped.
struct Lent<'a> {
    engine: &'a Sqlite,
    connection: Option<Connection>,
}

impl Deref for Lent<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
            .as_ref()
            .expect("a connection is given back only by drop")
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut idle = self.engine.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.extend(self.connection.take());
        self.engine.returned.notify_one();
    }
}

struct Statements<'a> {
    engine: &'a Sqlite,
    transaction: &'a Transaction<'a>,
}

impl Statements<'_> {
    /// `$n` is a name to SQLite: parameters are bound by it, whatever the order of their first use.
    fn prepare(&self, sql: &str, params: &[Value]) -> rusqlite::Result<rusqlite::CachedStatement<'_>> {
        let mut statement = self.transaction.prepare_cached(sql)?;
        if statement.parameter_count() != params.len() {
            return Err(rusqlite::Error::InvalidParameterCount(
                params.len(),
                statement.parameter_count(),
            ));
        }
        for (number, value) in (1..).zip(params) {
            let name = format!("${number}");
            let index = statement
                .parameter_index(&name)?
                .ok_or(rusqlite::Error::InvalidParameterName(name))?;
            match value {
                Value::Null => statement.raw_bind_parameter(index, rusqlite::types::Null)?,
                Value::Int(value) => statement.raw_bind_parameter(index, value)?,
                Value::Text(value) => statement.raw_bind_parameter(index, value)?,
                Value::Blob(value) => statement.raw_bind_parameter(index, value)?,
            }
        }
        Ok(statement)
    }

    fn rows(&self, sql: &str, params: &[Value]) -> rusqlite::Result<Vec<Row>> {
        let mut statement = self.prepare(sql, params)?;
        let width = statement.column_count();
        let mut found = Vec::new();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            found.push((0..width).map(|column| value(row, column)).collect::<Result<_, _>>()?);
        }
        Ok(found)
    }
}

fn value(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Value> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Int(value),
        ValueRef::Text(bytes) => Value::Text(String::from_utf8_lossy(bytes).into_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
        ValueRef::Real(_) => return Err(rusqlite::Error::InvalidQuery),
    })
}

impl Tx for Statements<'_> {
    fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        self.prepare(sql, params)
            .and_then(|mut statement| statement.raw_execute())
            .map(|changed| changed as u64)
            .map_err(|error| self.engine.fault(error, "write"))
    }

    fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
        self.rows(sql, params).map_err(|error| self.engine.fault(error, "read"))
    }

    fn batch(&mut self, sql: &str) -> Result<()> {
        self.transaction
            .execute_batch(sql)
            .map_err(|error| self.engine.fault(error, "write"))
    }

    fn has_table(&mut self, name: &str) -> Result<bool> {
        let sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = $1";
        Ok(!self.query(sql, &[name.into()])?.is_empty())
    }
}

fn connect(path: &Path, read_only: bool) -> Result<Connection> {
    let access = match read_only {
        true => OpenFlags::SQLITE_OPEN_READ_ONLY,
        false => OpenFlags::SQLITE_OPEN_READ_WRITE,
    };
    if read_only && is_frozen(path) {
        let flags = access | OpenFlags::SQLITE_OPEN_URI;
        return open(&frozen_uri(path), flags).map_err(|error| fault(error, "open", path));
    }
    open(path, access).map_err(|error| fault(error, "open", path))
}

/// Whether nobody can be writing: the disk is read-only, and the file is whole without a write-ahead log. Reading one in
/// the usual way needs a file beside it, which cannot be made there.
fn is_frozen(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    is_on_read_only_disk(path) && !Path::new(&log).exists()
}

/// The file as SQLite is told that it does not change.
fn frozen_uri(path: &Path) -> PathBuf {
    let mut uri = b"file:".to_vec();
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'?' | b'#' | b'%' => uri.extend(format!("%{byte:02X}").bytes()),
            byte => uri.push(*byte),
        }
    }
    uri.extend(b"?immutable=1");
    PathBuf::from(OsString::from_vec(uri))
}

fn open(path: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    // A setting of the connection, not of the file: an intent is on the disk before its act begins.
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

/// An empty database of ours under a name nobody else opens, brought to its schema and closed.
fn build(temporary: &Path, name: &Path, fill: &dyn Fn(&Sqlite) -> Result<()>) -> Result<()> {
    let connection =
        open(temporary, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(|error| fault(error, "create", name))?;
    connection
        .pragma_update(None, "application_id", APPLICATION_ID)
        .and_then(|()| connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())))
        .map_err(|error| fault(error, "create", name))?;
    let place = Place::File {
        path: temporary.to_owned(),
        name: name.to_owned(),
        read_only: false,
    };
    let engine = Sqlite::with(place, connection);
    fill(&engine)?;
    let connections = engine.idle.into_inner().unwrap_or_else(PoisonError::into_inner);
    for connection in connections {
        // Closing the last connection folds the write-ahead log into the file, which is then whole by itself.
        connection.close().map_err(|(_, error)| fault(error, "create", name))?;
    }
    fs::File::open(temporary)
        .and_then(|file| file.sync_all())
        .attempting("sync", temporary)
}

/// An empty file of mode 0600 that is removed when dropped; SQLite gives its companions the same mode.
fn temporary_in(folder: &Path) -> Result<TempPath> {
    tempfile::Builder::new()
        .prefix(".store-")
        .tempfile_in(folder)
        .map(|file| file.into_temp_path())
        .attempting("write in the folder", folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Kind;

    fn empty_store() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/store.db");
        Sqlite::create(&path, &|engine| {
            engine.write(&mut |tx| tx.batch("CREATE TABLE t (x bigint)"))
        })
        .unwrap();
        (folder, path)
    }

    fn count(engine: &Sqlite) -> Value {
        let mut count = Value::Null;
        engine
            .read(&mut |tx| {
                count = tx.query("SELECT count(*) FROM t", &[])?[0][0].clone();
                Ok(())
            })
            .unwrap();
        count
    }

    fn insert(tx: &mut dyn Tx) -> Result<()> {
        tx.execute("INSERT INTO t (x) VALUES ($1)", &[1i64.into()]).map(drop)
    }

    #[test]
    fn a_new_store_is_private_whole_and_alone_in_its_folder() {
        use std::os::unix::fs::PermissionsExt;
        let (_folder, path) = empty_store();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);

        let engine = Sqlite::open(&path).unwrap();
        engine.write(&mut insert).unwrap();
        assert_eq!(mode(&path.with_extension("db-wal")), 0o600);
        assert_eq!(mode(&path.with_extension("db-shm")), 0o600);
    }

    #[test]
    fn work_that_fails_or_panics_leaves_nothing_and_the_engine_usable() {
        let (_folder, path) = empty_store();
        for engine in [Sqlite::open(&path).unwrap(), {
            let memory = Sqlite::in_memory().unwrap();
            memory.write(&mut |tx| tx.batch("CREATE TABLE t (x bigint)")).unwrap();
            memory
        }] {
            let failed = engine.write(&mut |tx| {
                insert(tx)?;
                Err(Fault::failed("x", "x"))
            });
            assert_eq!(failed.unwrap_err().code(), "x");
            let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                let _ = engine.write(&mut |tx| {
                    insert(tx)?;
                    panic!("in the middle");
                });
            }));
            assert!(panicked.is_err());
            assert_eq!(count(&engine), Value::Int(0));
            engine.write(&mut insert).unwrap();
            assert_eq!(count(&engine), Value::Int(1));
        }
    }

    #[test]
    fn a_reader_sees_one_snapshot_and_blocks_no_writer() {
        let (_folder, path) = empty_store();
        let engine = Sqlite::open(&path).unwrap();
        engine
            .read(&mut |tx| {
                let before = tx.query("SELECT count(*) FROM t", &[])?;
                engine.write(&mut insert)?;
                assert_eq!(tx.query("SELECT count(*) FROM t", &[])?, before);
                Ok(())
            })
            .unwrap();
        assert_eq!(count(&engine), Value::Int(1));
    }

    #[test]
    fn what_is_no_store_is_refused_untouched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.db");
        let foreign = folder.path().join("foreign.db");
        Connection::open(&foreign)
            .unwrap()
            .execute_batch("CREATE TABLE t (x)")
            .unwrap();
        for content in [Vec::new(), b"notes\n".repeat(1000), fs::read(&foreign).unwrap()] {
            fs::write(&path, &content).unwrap();
            for opened in [Sqlite::open(&path), Sqlite::open_read_only(&path)] {
                let refused = opened.err().expect("no store");
                assert_eq!((refused.kind(), refused.code()), (Kind::Usage, "not-a-store"));
            }
            assert_eq!(fs::read(&path).unwrap(), content);
        }
        assert_eq!(
            Sqlite::open(folder.path()).err().expect("no store").code(),
            "not-a-store"
        );
    }

    #[test]
    fn parameters_are_bound_by_their_numbers() {
        let engine = Sqlite::in_memory().unwrap();
        engine
            .read(&mut |tx| {
                let row = tx.query("SELECT $2, $1, $2", &["a".into(), "b".into()])?;
                assert_eq!(row, [["b".into(), "a".into(), Value::from("b")]]);
                assert_eq!(tx.query("SELECT $1", &[]).unwrap_err().kind(), Kind::Bug);
                Ok(())
            })
            .unwrap();
    }
}
