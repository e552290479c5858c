//! SQLite behind the [`Engine`] interface: one file in WAL mode, every commit synced.
//!
//! Transactions that write begin IMMEDIATE: a read that upgrades itself would fail at once, whatever the busy timeout.
//! A store that exists is never half made: a new one is built under another name and linked into place.

use std::fs::{self, DirBuilder};
use std::ops::Deref;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::backup::Progress;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior, ffi};
use tempfile::TempPath;

use super::engine::{Engine, Row, Tx, Value};
use crate::fault::{Attempt, Fault, Kind, Result};

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
            .attempting("create the folder", folder)?;
        check_file_system(path)?;
        let temporary = temporary_in(folder)?;
        build(&temporary, fill)?;
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
            Place::File { path, .. } => path,
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
                Place::File { path, read_only } => {
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
    open(path, access).map_err(|error| fault(error, "open", path))
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
fn build(temporary: &Path, fill: &dyn Fn(&Sqlite) -> Result<()>) -> Result<()> {
    let connection = connect(temporary, false)?;
    connection
        .pragma_update(None, "application_id", APPLICATION_ID)
        .and_then(|()| connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())))
        .map_err(|error| fault(error, "create", temporary))?;
    let place = Place::File {
        path: temporary.to_owned(),
        read_only: false,
    };
    let engine = Sqlite::with(place, connection);
    fill(&engine)?;
    let connections = engine.idle.into_inner().unwrap_or_else(PoisonError::into_inner);
    for connection in connections {
        // Closing the last connection folds the write-ahead log into the file, which is then whole by itself.
        connection
            .close()
            .map_err(|(_, error)| fault(error, "create", temporary))?;
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

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

fn not_a_store(path: &Path) -> Fault {
    Fault::usage(
        "not-a-store",
        format!("cannot open the store `{}`: the file is something else", path.display()),
    )
    .still("the file is untouched")
    .hint("give another file with `--store` or `DELIVER_STORE`, or move this one away")
}

/// Says what the database could not do in words that name the way out.
fn fault(error: rusqlite::Error, verb: &str, path: &Path) -> Fault {
    let shown = path.display();
    let attempt = format!("cannot {verb} the store `{shown}`");
    let nothing = "nothing was written";
    let extended = error.sqlite_error().map(|inner| inner.extended_code);
    let fault = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Fault::new(
            Kind::Busy,
            "busy",
            format!("{attempt}: another process keeps it locked"),
        )
        .still(nothing)
        .hint(format!("fuser -v {shown}")),
        Some(ErrorCode::DiskFull) => disk_full(&attempt, path),
        Some(ErrorCode::SystemIoFailure) if extended == Some(ffi::SQLITE_IOERR_SHMSIZE) => disk_full(&attempt, path),
        Some(ErrorCode::ReadOnly) => {
            Fault::failed("read-only", format!("{attempt}: the file or its folder is read-only"))
                .still(nothing)
                .hint(format!("ls -ld {shown} {}", path.parent().unwrap_or(path).display()))
        }
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Fault::failed(
            "permission-denied",
            format!("{attempt}: the file or its folder is not accessible"),
        )
        .still(nothing)
        .hint(format!("ls -ld {shown} {}", path.parent().unwrap_or(path).display())),
        Some(ErrorCode::NotADatabase) => return not_a_store(path),
        Some(ErrorCode::DatabaseCorrupt) => Fault::new(
            Kind::NeedsHuman,
            "store-damaged",
            format!("{attempt}: the file is damaged"),
        )
        .hint(format!("sqlite3 {shown} 'PRAGMA integrity_check'")),
        Some(ErrorCode::SystemIoFailure) => Fault::failed("io", attempt).still(nothing),
        _ => Fault::bug(attempt),
    };
    fault.because(error)
}

fn disk_full(attempt: &str, path: &Path) -> Fault {
    Fault::failed("disk-full", format!("{attempt}: the disk is full"))
        .still("nothing was written")
        .hint(format!("df -h {}", path.parent().unwrap_or(path).display()))
}

/// Refuses file systems on which several machines, or none reliably, share memory-mapped files: there the write-ahead
/// log silently loses writes.
fn check_file_system(path: &Path) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    match shared_file_system(folder) {
        None => Ok(()),
        Some(kind) => Err(Fault::usage(
            "network-filesystem",
            format!(
                "cannot keep the store `{}` on {kind}: writes of two processes could be lost there",
                path.display()
            ),
        )
        .still("nothing was written")
        .hint("set `DELIVER_STORE` to a file on a local disk")),
    }
}

#[cfg(target_os = "linux")]
fn shared_file_system(folder: &Path) -> Option<&'static str> {
    let known = nix::sys::statfs::statfs(folder).ok()?.filesystem_type().0;
    NOT_LOCAL
        .iter()
        .find(|(magic, _)| *magic == (known as u64 & 0xffff_ffff))
        .map(|(_, name)| *name)
}

#[cfg(not(target_os = "linux"))]
fn shared_file_system(_: &Path) -> Option<&'static str> {
    None
}

/// Magic numbers of statfs(2).
#[cfg(target_os = "linux")]
const NOT_LOCAL: [(u64, &str); 11] = [
    (0x6969, "NFS"),
    (0x517b, "SMB"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB"),
    (0x6573_5546, "a FUSE file system"),
    (0x0102_1997, "a 9P share"),
    (0x00c3_6400, "Ceph"),
    (0x0bd0_0bd0, "Lustre"),
    (0x5346_414f, "AFS"),
    (0x7375_7245, "Coda"),
    (0x7461_636f, "OCFS2"),
];
