//! PostgreSQL behind the [`Engine`] interface: one schema that machines share.
//!
//! **Writers queue.** A transaction that writes begins with a lock of the whole schema that ends with it, so that the SQL
//! above this interface needs no second thought: it sees what it would see on SQLite. Nothing lives longer than a
//! transaction, neither locks nor settings nor prepared statements, so that a pooler may hand each transaction to another
//! connection.
//!
//! **A commit without an answer is no riddle.** Each writing transaction leaves a mark of its own in the table `mark`. When
//! the connection breaks while it commits, the next attempt looks for that mark once it has the lock, at a moment therefore
//! when the earlier transaction has certainly ended: found, all was written; not found, nothing was, and the work is done
//! again. A number of the server's own would be the wrong thing to ask for: after a crash it may be given out twice, and after
//! a failover it means nothing.
//!
//! **The database may go away.** What had not begun to commit is tried again for [`PATIENCE`]; a server that is frozen rather
//! than gone is noticed by deadlines on this side.

mod link;
mod tls;
mod trouble;
mod value;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};

use self::link::{Answer, Ask, Link};
use self::trouble::{Meaning, Trouble};
use super::engine::{About, Engine, Row, Tx, Value};
use super::{Options, Told};
use crate::config::server::Server;
use crate::fault::{Fault, Kind, Result};
use crate::ports::{Clock, Commands, Interrupt};

/// How long a store that answered before is waited for when it is gone.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long one that never did is waited for: a restart takes that long, a wrong address is told soon.
const FIRST_PATIENCE: Duration = Duration::from_secs(5);
/// Pauses between attempts grow from the one to the other.
const PAUSE: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));
/// Somebody is told when the waiting takes this long.
const TELL_AFTER: Duration = Duration::from_secs(1);
/// Idle connections that are kept.
const KEPT: usize = 2;
/// PostgreSQL's oldest version that this was tried with the thought of; older ones get no fixes any more.
pub const OLDEST: i64 = 120_000;

/// How long each part of a transaction may take.
struct Limits {
    /// Making a connection.
    connect: Duration,
    /// Waiting for other writers. Each of theirs is over in a moment; one whose machine is asleep ends by `idle`.
    lock: Duration,
    /// One statement, on the server.
    statement: Duration,
    /// Between two statements: whoever holds the lock and says nothing for so long has lost it.
    idle: Duration,
    /// One answer, on this side; longer than `statement`.
    answer: Duration,
    /// Trying again.
    patience: Duration,
}

const USUAL: Limits = Limits {
    connect: Duration::from_secs(5),
    lock: Duration::from_secs(15),
    statement: Duration::from_secs(20),
    idle: Duration::from_secs(5),
    answer: Duration::from_secs(25),
    patience: PATIENCE,
};

/// A heartbeat that comes late is of no use: there is another one right after it.
const HEARTBEAT: Limits = Limits {
    connect: Duration::from_secs(2),
    lock: Duration::from_secs(2),
    statement: Duration::from_secs(2),
    idle: Duration::from_secs(2),
    answer: Duration::from_secs(3),
    patience: Duration::ZERO,
};

/// A store in a schema of a PostgreSQL database.
pub struct Postgres {
    server: Server,
    clock: Arc<dyn Clock>,
    interrupt: Arc<dyn Interrupt>,
    commands: Option<Arc<dyn Commands>>,
    told: Option<Told>,
    /// How long it is waited for while it has not answered yet.
    first_patience: Duration,
    idle: Mutex<Vec<Link>>,
    /// Marks of transactions whose end is known: the next one removes them.
    marks: Mutex<Vec<String>>,
    /// It has answered before, and was not given up since.
    met: AtomicBool,
    /// It has taken a write before: it was the right server then.
    wrote: AtomicBool,
    /// This process has removed what others left.
    swept: AtomicBool,
}

/// How an attempt at a transaction went wrong.
enum Broken {
    /// By its own work: it was taken back.
    Work(Fault),
    /// By the server or the way to it, before it began to commit.
    Before(Trouble),
    /// While it committed, so that only the server knows.
    Committing(Trouble),
}

/// One attempt at a transaction; it is told of the mark of an earlier one whose commit had no answer, and gives its own when it
/// goes wrong.
type Attempt<'a> = dyn FnMut(Option<&str>) -> Result<(), (Broken, String)> + 'a;

impl Postgres {
    /// The store of a server; nothing is asked of it yet.
    pub fn new(server: Server, clock: Arc<dyn Clock>, options: &Options) -> Self {
        Postgres {
            server,
            clock,
            interrupt: options.interrupt.clone(),
            commands: options.commands.clone(),
            told: options.told.clone(),
            first_patience: FIRST_PATIENCE,
            idle: Mutex::default(),
            marks: Mutex::default(),
            met: AtomicBool::new(false),
            wrote: AtomicBool::new(false),
            swept: AtomicBool::new(false),
        }
    }

    /// Does not wait for a server that is not there, as suits somebody who only looks.
    pub fn impatient(mut self) -> Self {
        self.first_patience = Duration::ZERO;
        self
    }

    fn fault(&self, trouble: Trouble, verb: &str) -> Fault {
        trouble.fault(verb, &self.server)
    }

    /// An idle connection, or a new one.
    fn link(&self, limits: &Limits) -> Result<Link, Broken> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(link) = idle {
            return Ok(link);
        }
        let password = self
            .server
            .find_password(self.commands.as_deref())
            .map_err(Broken::Work)?;
        let tls = tls::connector(&self.server).map_err(Broken::Work)?;
        Link::open(&self.server, password.as_ref(), tls, limits.connect).map_err(Broken::Before)
    }

    /// A connection on which no transaction is open.
    fn give_back(&self, link: Link) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT {
            idle.push(link);
        }
    }

    /// Settings that end with the transaction.
    fn settings(&self, limits: &Limits) -> String {
        format!(
            "SET LOCAL search_path = \"{}\"; SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {}; \
             SET LOCAL idle_in_transaction_session_timeout = {}; \
             SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off';",
            self.server.schema,
            limits.statement.as_millis(),
            limits.lock.as_millis(),
            limits.idle.as_millis()
        )
    }

    /// The lock that all writers of this schema take; advisory locks are the database's.
    fn lock(&self) -> String {
        let hash = blake3::hash(format!("deliver store {}", self.server.schema).as_bytes());
        let key = i64::from_le_bytes(hash.as_bytes()[..8].try_into().unwrap_or_default());
        format!("SELECT pg_advisory_xact_lock({key});")
    }

    /// Whether a server that takes no writes took some before: another is about to take its place, or has, and is nothing but
    /// a standby yet. One that never took any is the wrong one.
    fn fails_over(&self, trouble: &Trouble) -> bool {
        trouble.meaning == Meaning::ReadOnly && self.wrote.load(Ordering::Relaxed)
    }

    /// Tries until it went well, its own work fails, or there is no more patience.
    fn persist(&self, verb: &str, limits: &Limits, attempt: &mut Attempt<'_>) -> Result<()> {
        let mut doubt: Option<String> = None;
        let mut waited = Waited::new(self, limits);
        let mut prepared = false;
        loop {
            let trouble = match attempt(doubt.as_deref()) {
                Ok(()) => {
                    self.met.store(true, Ordering::Relaxed);
                    self.wrote.fetch_or(verb == "write", Ordering::Relaxed);
                    waited.over();
                    return Ok(());
                }
                Err((Broken::Work(fault), _)) => return Err(fault),
                Err((Broken::Before(trouble), _))
                    if trouble.meaning == Meaning::NoTable && verb == "write" && !prepared =>
                {
                    prepared = true;
                    self.prepare(limits)?;
                    continue;
                }
                Err((Broken::Before(trouble), _)) => trouble,
                Err((Broken::Committing(trouble), mark)) => {
                    doubt = Some(mark);
                    trouble
                }
            };
            // With a doubt left anything may have happened: the answer is worth waiting for whatever stands in its way.
            if !trouble.passes() && !self.fails_over(&trouble) && doubt.is_none() {
                return Err(self.fault(trouble, verb));
            }
            let fails_over = self.fails_over(&trouble);
            if let Err(why) = waited.pause(&trouble) {
                let fault = match why {
                    None if fails_over => self.fault(trouble, verb).with_kind(Kind::Unreachable),
                    None => self.fault(trouble, verb),
                    Some(kind) => Fault::new(
                        kind,
                        "interrupted",
                        format!("stopped waiting for the store at `{}`", self.server),
                    )
                    .because(trouble),
                };
                return Err(match doubt {
                    None => fault,
                    Some(_) => fault
                        .still("what was being written is either there as a whole or not at all; which, nobody can tell from here")
                        .hint("deliver status --all     (says what was left unfinished, and the command that ends it)"),
                });
            }
        }
    }

    fn write_within(&self, limits: &Limits, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        self.persist("write", limits, &mut |doubt| {
            let mark = new_mark().map_err(|fault| (Broken::Work(fault), String::new()))?;
            self.write_once(limits, &mark, doubt, work)
                .map_err(|broken| (broken, mark))
        })
    }

    fn write_once(
        &self,
        limits: &Limits,
        mark: &str,
        doubt: Option<&str>,
        work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>,
    ) -> Result<(), Broken> {
        let link = self.link(limits)?;
        let known = std::mem::take(&mut *self.marks.lock().unwrap_or_else(PoisonError::into_inner));
        let begun = link.batch(self.begin(limits, mark, &known), limits.lock + limits.answer);
        if let Err(trouble) = begun {
            self.marks.lock().unwrap_or_else(PoisonError::into_inner).extend(known);
            return Err(Broken::Before(trouble));
        }
        if let Some(doubt) = doubt {
            let found = link.query("SELECT mark FROM mark WHERE mark = $1", &[doubt.into()], limits.answer);
            if !found.map_err(Broken::Before)?.is_empty() {
                self.marks
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(doubt.to_owned());
                // The rest of this transaction is not wanted; the connection goes with it.
                return Ok(());
            }
        }
        self.run(&link, limits, "write", work)?;
        let committed = link.batch("COMMIT", limits.answer);
        match committed {
            Ok(()) => {
                self.marks
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(mark.to_owned());
                self.give_back(link);
                Ok(())
            }
            Err(trouble) if trouble.meaning == Meaning::Again => Err(Broken::Before(trouble)),
            Err(trouble) => Err(Broken::Committing(trouble)),
        }
    }

    /// One message that begins a writing transaction: settings, the lock, its mark.
    fn begin(&self, limits: &Limits, mark: &str, known: &[String]) -> String {
        let mut sql = format!("BEGIN; {} {}", self.settings(limits), self.lock());
        if !self.swept.swap(true, Ordering::Relaxed) {
            // Left by processes that are gone: nobody asks for a mark that old.
            sql.push_str(" DELETE FROM mark WHERE at < now() - interval '1 day';");
        }
        if !known.is_empty() {
            sql.push_str(&format!(" DELETE FROM mark WHERE mark IN ('{}');", known.join("', '")));
        }
        sql.push_str(&format!(" INSERT INTO mark (mark) VALUES ('{mark}');"));
        sql
    }

    /// Runs `work` in an open transaction. When this is an error, so is the transaction.
    fn run(
        &self,
        link: &Link,
        limits: &Limits,
        verb: &'static str,
        work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>,
    ) -> Result<(), Broken> {
        let mut statements = Statements {
            engine: self,
            link,
            limits,
            broken: None,
        };
        let worked = work(&mut statements);
        match (statements.broken, worked) {
            // Whatever the work made of it: the server has given the transaction up, and would take a COMMIT for a ROLLBACK.
            (Some(trouble), _) if trouble.passes() || self.fails_over(&trouble) => Err(Broken::Before(trouble)),
            (Some(trouble), Ok(())) => Err(Broken::Work(self.fault(trouble, verb))),
            (_, Err(fault)) => Err(Broken::Work(fault)),
            (None, Ok(())) => Ok(()),
        }
    }

    /// Makes the schema and what this engine itself keeps there. What exists is left alone, so that a user who may not make
    /// anything can use what an administrator made.
    fn prepare(&self, limits: &Limits) -> Result<()> {
        let schema = &self.server.schema;
        let sql = format!(
            "BEGIN; {settings} {lock}
             DO $$ BEGIN
                IF to_regnamespace('{schema}') IS NULL THEN CREATE SCHEMA \"{schema}\"; END IF;
                IF to_regtype('{schema}.blob') IS NULL THEN CREATE DOMAIN \"{schema}\".blob AS bytea; END IF;
                IF to_regclass('{schema}.mark') IS NULL THEN
                    CREATE TABLE \"{schema}\".mark
                        (mark text NOT NULL PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());
                END IF;
             END $$;
             COMMIT",
            settings = self.settings(limits),
            lock = self.lock(),
        );
        let link = match self.link(limits) {
            Ok(link) => link,
            Err(Broken::Work(fault)) => return Err(fault),
            Err(Broken::Before(trouble) | Broken::Committing(trouble)) => return Err(self.fault(trouble, "prepare")),
        };
        link.batch(sql, limits.lock + limits.answer)
            .map_err(|trouble| self.fault(trouble, "prepare"))?;
        self.give_back(link);
        Ok(())
    }
}

impl Engine for Postgres {
    fn write(&self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        self.write_within(&USUAL, work)
    }

    fn beat(&self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        self.write_within(&HEARTBEAT, work)
    }

    fn read(&self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        let limits = &USUAL;
        let begin = format!(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {}",
            self.settings(limits)
        );
        self.persist("read", limits, &mut |_| {
            let mut once = || {
                let link = self.link(limits)?;
                link.batch(begin.clone(), limits.answer).map_err(Broken::Before)?;
                self.run(&link, limits, "read", work)?;
                // What was read is known, however its transaction ends.
                if link.batch("COMMIT", limits.answer).is_ok() {
                    self.give_back(link);
                }
                Ok(())
            };
            once().map_err(|broken| (broken, String::new()))
        })
    }

    fn is_local(&self) -> bool {
        false
    }

    /// Whoever runs the server backs it up.
    fn backup(&self, _: &str) -> Result<Option<PathBuf>> {
        Ok(None)
    }

    fn about(&self) -> Result<Option<About>> {
        let mut about = None;
        self.read(&mut |tx| {
            let rows = tx.query(
                "SELECT current_setting('server_version_num')::bigint, current_setting('server_version'),
                        (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
                        (SELECT count(*) FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl)",
                &[],
            )?;
            about = match rows.into_iter().next().as_deref() {
                Some(
                    [
                        Value::Int(number),
                        Value::Text(version),
                        Value::Int(micros),
                        Value::Int(encrypted),
                    ],
                ) => Some(About {
                    version: version.clone(),
                    old: *number < OLDEST,
                    clock: jiff::Timestamp::from_microsecond(*micros).unwrap_or_default(),
                    encrypted: *encrypted > 0,
                }),
                _ => None,
            };
            Ok(())
        })?;
        Ok(about)
    }
}

/// The statements of one transaction, and what broke it.
struct Statements<'a> {
    engine: &'a Postgres,
    link: &'a Link,
    limits: &'a Limits,
    broken: Option<Trouble>,
}

impl Statements<'_> {
    fn ask(&mut self, ask: Ask, verb: &str) -> Result<Answer> {
        self.link.ask(ask, self.limits.answer).map_err(|trouble| {
            let seen = Trouble::of(trouble.meaning, trouble.to_string());
            self.broken.get_or_insert(seen);
            self.engine.fault(trouble, verb)
        })
    }
}

impl Tx for Statements<'_> {
    fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        match self.ask(Ask::Execute(sql.to_owned(), params.to_vec()), "write")? {
            Answer::Changed(count) => Ok(count),
            _ => Err(Fault::bug("a statement was answered by no count")),
        }
    }

    fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
        match self.ask(Ask::Query(sql.to_owned(), params.to_vec()), "read")? {
            Answer::Rows(rows) => Ok(rows),
            _ => Err(Fault::bug("a query was answered by no rows")),
        }
    }

    /// New columns of text are compared and ordered by their bytes, as SQLite does it; a database's own order is that of
    /// some language.
    fn batch(&mut self, sql: &str) -> Result<()> {
        let collate = "
            DO $$ DECLARE found record; BEGIN
                FOR found IN
                    SELECT c.oid::regclass AS owner, a.attname AS name
                    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                    WHERE c.relnamespace = to_regnamespace(current_schema()) AND c.relkind = 'r' AND a.attnum > 0
                    AND NOT a.attisdropped AND a.atttypid = 'text'::regtype AND a.attcollation <> '\"C\"'::regcollation
                LOOP
                    EXECUTE format('ALTER TABLE %s ALTER COLUMN %I TYPE text COLLATE \"C\"', found.owner, found.name);
                END LOOP;
            END $$;";
        self.ask(Ask::Batch(format!("{sql}\n;{collate}")), "migrate").map(drop)
    }

    fn has_table(&mut self, name: &str) -> Result<bool> {
        let sql = "SELECT 1::bigint FROM pg_catalog.pg_tables WHERE schemaname = $1 AND tablename = $2";
        let schema = self.engine.server.schema.as_str();
        Ok(!self.query(sql, &[schema.into(), name.into()])?.is_empty())
    }
}

/// The waiting of one transaction for a store that is gone.
struct Waited<'a> {
    engine: &'a Postgres,
    patience: Duration,
    began: Duration,
    pause: Duration,
    told: bool,
    /// Somebody had asked to stop before: what is written now is part of stopping, and is waited for.
    stopping: bool,
}

impl<'a> Waited<'a> {
    fn new(engine: &'a Postgres, limits: &Limits) -> Self {
        let met = engine.met.load(Ordering::Relaxed);
        Waited {
            engine,
            patience: if met {
                limits.patience
            } else {
                limits.patience.min(engine.first_patience)
            },
            began: engine.clock.elapsed(),
            pause: PAUSE.0,
            told: false,
            stopping: engine.interrupt.requested().is_some(),
        }
    }

    /// Waits a little; an error when that was enough (`None`), or somebody wants the program to stop.
    fn pause(&mut self, trouble: &Trouble) -> Result<(), Option<Kind>> {
        let engine = self.engine;
        let waited = engine.clock.elapsed().saturating_sub(self.began);
        if waited >= self.patience {
            // Whatever is still to be written on the way out is not waited for as long again. A heartbeat gives up at once and
            // says nothing of that.
            if self.patience >= PATIENCE {
                engine.met.store(false, Ordering::Relaxed);
            }
            return Err(None);
        }
        if let Some(kind) = engine.interrupt.requested().filter(|_| !self.stopping) {
            return Err(Some(kind));
        }
        // Others may be of the same age and equally broken.
        engine.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        if !self.told && waited >= TELL_AFTER {
            self.told = true;
            self.tell(&format!("waiting for the store at {}: {trouble}", engine.server));
        }
        engine.clock.sleep(self.pause);
        self.pause = (self.pause * 2).min(PAUSE.1);
        Ok(())
    }

    fn over(&self) {
        if self.told {
            self.tell("the store answers again");
        }
    }

    fn tell(&self, text: &str) {
        if let Some(told) = &self.engine.told {
            told(text);
        }
    }
}

/// A name that no other transaction has.
fn new_mark() -> Result<String> {
    let mut bytes = [0; 16];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| Fault::failed("no-randomness", "cannot write: the system gave no random bytes"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
