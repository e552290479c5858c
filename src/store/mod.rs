//! Durable state behind one narrow interface.
//!
//! [`engine::Engine`] is the interface: transactions over portable SQL. Everything above it is written once: a file an
//! area, each with plain methods on [`Store`]. Every mutation appends to the [`journal`] in its own transaction; every
//! method that returns `Ok` has its effect on the disk.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;

use self::conceal::Concealed;
use self::engine::{Engine, Tx};
use self::process::Process;
pub use self::process::user_at_host;
use self::sqlite::Sqlite;
use crate::config::paths::{Paths, Place};
use crate::config::server::Server;
use crate::fault::Result;
use crate::ports::interrupt::Never;
use crate::ports::target::Secret;
use crate::ports::{Clock, Commands, Interrupt};

pub mod conceal;
pub mod deployment;
pub mod engine;
pub mod hold;
pub mod incident;
pub mod journal;
pub mod lease;
mod migrate;
pub mod outbox;
pub mod place;
#[cfg(feature = "postgres")]
pub mod postgres;
mod process;
pub mod readiness;
pub mod release;
pub mod review;
mod row;
pub mod seal;
pub mod secret;
pub mod service;
pub mod sqlite;
pub mod traffic;

/// What the caller decides about a store it opens.
#[derive(Clone)]
pub struct Options {
    /// Who acts, for the journal and for leases: `alice@laptop`.
    pub actor: String,
    /// Ends waiting for another's lease.
    pub interrupt: Arc<dyn Interrupt>,
    /// Runs the command that prints a server's password; without it such a password has no value.
    pub commands: Option<Arc<dyn Commands>>,
    /// Told when a server is waited for, and when it is back.
    pub told: Option<Told>,
    /// For tests of recovery: this process kills itself right after committing its n-th transaction.
    pub crash_after: Option<u64>,
    /// For tests of recovery: this process kills itself right before committing its n-th transaction.
    pub crash_before: Option<u64>,
}

/// Says something to whoever waits.
pub type Told = Arc<dyn Fn(&str) + Send + Sync>;

/// The version of the schema that this program reads and writes.
pub fn schema_version() -> usize {
    migrate::MIGRATIONS.len()
}

impl Default for Options {
    /// Nobody in particular, never interrupted.
    fn default() -> Self {
        Options {
            actor: String::new(),
            interrupt: Arc::new(Never),
            commands: None,
            told: None,
            crash_after: None,
            crash_before: None,
        }
    }
}

/// The open store. Clones share it; it may be used from many threads.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    engine: Box<dyn Engine>,
    clock: Arc<dyn Clock>,
    process: Process,
    options: Options,
    concealed: Concealed,
    /// The fingerprint of the key that secrets are sealed under, where the store is to watch over it.
    sealing: OnceLock<String>,
    /// Transactions begun for writing; heartbeats of leases are not counted, so that the number is the same in each run.
    writes: AtomicU64,
}

impl Store {
    /// Opens the store, makes it on first use, and migrates an older one after a backup. Errors, all before any effect:
    /// `read-only`, `permission-denied`, `disk-full`, `not-a-store`, `network-filesystem`, `schema-newer`,
    /// `schema-changed`, `busy`; of a server also `store-unreachable`, `store-credentials`, `store-denied`,
    /// `store-no-database`, `store-tls`, `store-tls-files`, `store-password-missing`.
    pub fn open(paths: &Paths, clock: Arc<dyn Clock>, options: Options) -> Result<Self> {
        let path = match &paths.store {
            Place::File(path) => path,
            Place::Server(server) => {
                let engine = served(server, clock.clone(), &options, true)?;
                return Store::with(engine, clock, options);
            }
        };
        if !path.exists() {
            Sqlite::create(path, &|engine| migrate::run(engine, clock.now()))?;
        }
        let engine = Sqlite::open(path)?;
        Store::with(Box::new(engine), clock, options)
    }

    /// Opens the store for looking, as shell completion does: makes nothing, migrates nothing. `None` where there is no
    /// store yet, or one that this version would have to migrate first.
    pub fn open_read_only(paths: &Paths, clock: Arc<dyn Clock>, options: Options) -> Result<Option<Self>> {
        let engine: Box<dyn Engine> = match &paths.store {
            Place::File(path) if !path.exists() => return Ok(None),
            Place::File(path) => Box::new(Sqlite::open_read_only(path)?),
            Place::Server(server) => served(server, clock.clone(), &options, false)?,
        };
        Ok(migrate::is_current(&*engine)?.then(|| Store::over(engine, clock, options)))
    }

    /// A complete store that ends with the process.
    pub fn in_memory(clock: Arc<dyn Clock>, actor: &str) -> Result<Self> {
        let options = Options {
            actor: actor.to_owned(),
            ..Options::default()
        };
        Store::with(Box::new(Sqlite::in_memory()?), clock, options)
    }

    /// A store over any engine, brought to the current schema.
    pub fn with(engine: Box<dyn Engine>, clock: Arc<dyn Clock>, options: Options) -> Result<Self> {
        if !migrate::is_current(&*engine)? {
            migrate::run(&*engine, clock.now())?;
        }
        Ok(Store::over(engine, clock, options))
    }

    fn over(engine: Box<dyn Engine>, clock: Arc<dyn Clock>, options: Options) -> Self {
        Store {
            shared: Arc::new(Shared {
                engine,
                clock,
                process: Process::current(),
                options,
                concealed: Concealed::default(),
                sealing: OnceLock::new(),
                writes: AtomicU64::new(0),
            }),
        }
    }

    /// What the server behind this store says of itself; `None` where it is a file.
    pub fn about(&self) -> Result<Option<engine::About>> {
        self.shared.engine.about()
    }

    /// Other machines may use this store too.
    pub fn is_shared(&self) -> bool {
        !self.shared.engine.is_local()
    }

    /// Who acts through this store.
    pub fn actor(&self) -> &str {
        &self.shared.options.actor
    }

    /// From now on this process writes `[NAME]` where a text that goes into a deployment, a step, a hold, a notice or the
    /// journal holds this value. To be called for every secret that is opened. Values of fewer than six bytes are too
    /// common to be replaced.
    pub fn conceal(&self, name: &str, secret: &Secret) {
        self.shared.concealed.add(name, secret);
    }

    /// A text as it may be shown: every value that [`conceal`](Store::conceal) was told of reads `[NAME]`.
    pub fn concealed(&self, text: &str) -> String {
        self.shared.concealed.text(text)
    }

    /// One transaction that writes. It is on the disk when this returns `Ok`, and has left no trace otherwise.
    fn write<T>(&self, mut work: impl FnMut(&mut Writer) -> Result<T>) -> Result<T> {
        let options = &self.shared.options;
        let number = self.shared.writes.fetch_add(1, Ordering::Relaxed) + 1;
        // As exact as it is stored, so that what is written and what is read back are the same moment.
        let now = self.shared.clock.now();
        let now = Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
        let mut answer = None;
        self.write_uncounted(&mut |tx| {
            let mut writer = Writer {
                tx,
                now,
                actor: &options.actor,
                concealed: &self.shared.concealed,
            };
            answer = Some(work(&mut writer)?);
            if options.crash_before == Some(number) {
                process::kill_self();
            }
            Ok(())
        })?;
        if options.crash_after == Some(number) {
            process::kill_self();
        }
        Ok(answer.expect("a transaction that committed ran its work"))
    }

    /// The same for heartbeats and counters: nobody's act, not in the journal, not counted for the crash tests.
    fn write_uncounted(&self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        self.shared.engine.write(&mut |tx| {
            migrate::refuse_newer(tx)?;
            work(tx)
        })
    }

    /// A heartbeat, for threads that renew something.
    fn beat(&self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        self.shared.engine.beat(&mut |tx| {
            migrate::refuse_newer(tx)?;
            work(tx)
        })
    }

    /// One consistent look.
    fn read<T>(&self, mut work: impl FnMut(&mut dyn Tx) -> Result<T>) -> Result<T> {
        let mut answer = None;
        self.shared.engine.read(&mut |tx| {
            answer = Some(work(tx)?);
            Ok(())
        })?;
        Ok(answer.expect("a transaction that ended well ran its work"))
    }
}

/// The engine of a server; `waits` for one that is not there at first.
#[cfg(feature = "postgres")]
fn served(server: &Server, clock: Arc<dyn Clock>, options: &Options, waits: bool) -> Result<Box<dyn Engine>> {
    let engine = postgres::Postgres::new(server.clone(), clock, options);
    Ok(Box::new(if waits { engine } else { engine.impatient() }))
}

#[cfg(not(feature = "postgres"))]
fn served(server: &Server, _: Arc<dyn Clock>, _: &Options, _: bool) -> Result<Box<dyn Engine>> {
    let message = format!("cannot use the store at `{server}`: this build of deliver has no PostgreSQL");
    Err(crate::fault::Fault::usage("store-not-built", message)
        .still("nothing was read or written")
        .hint("use a `deliver` that was built with the feature `postgres`, or --store /path/to/store.db"))
}

/// A transaction that writes, with what every record needs: when and who.
struct Writer<'a> {
    tx: &'a mut dyn Tx,
    now: Timestamp,
    actor: &'a str,
    concealed: &'a Concealed,
}

impl Writer<'_> {
    /// The next number of a sequence; given out once, even when what it was for is deleted later.
    fn next_number(&mut self, sequence: &str) -> Result<u64> {
        let sql = "INSERT INTO counter (name, value) VALUES ($1, 1)
                   ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value";
        let rows = self.tx.query(sql, row::params![sequence])?;
        match rows.into_iter().next() {
            Some(found) => row::Columns::of("counter", found).number(),
            None => Err(row::damaged("a sequence gave no number")),
        }
    }
}

/// What a record of the journal is about, as `SERVICE/ENV`; also the name of the lease that guards it.
pub fn scope(service: &crate::model::ServiceName, env: &crate::model::EnvName) -> String {
    format!("{service}/{env}")
}
