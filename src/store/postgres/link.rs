//! One connection, owned by a thread of its own.
//!
//! The library waits for an answer as long as the connection stands, and a server that is frozen keeps it standing. Whoever
//! asks a [`Link`] waits until a deadline and no longer. It also keeps the library's runtime away from threads that may have
//! one already.

use std::sync::mpsc::{self, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::Duration;

use postgres::config::SslMode as Negotiated;
use postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::trouble::{Meaning, Trouble};
use super::value::{Parameter, row};
use crate::config::server::{Host, Server, SslMode};
use crate::ports::target::Secret;
use crate::store::engine::{Row, Value};

/// Data that the other side's kernel has not confirmed for this long ends the connection (Linux).
const UNCONFIRMED: Duration = Duration::from_secs(10);
/// An idle connection is probed after this long, then this often, this many times.
const PROBE: (Duration, Duration, u32) = (Duration::from_secs(10), Duration::from_secs(3), 3);

/// What the server is asked.
pub(super) enum Ask {
    /// Statements without parameters in one message.
    Batch(String),
    Execute(String, Vec<Value>),
    Query(String, Vec<Value>),
}

/// What it answers.
pub(super) enum Answer {
    Done,
    Changed(u64),
    Rows(Vec<Row>),
}

type Reply = Result<Answer, Trouble>;

/// An open connection; dropping it closes it, and ends what was not committed.
pub(super) struct Link {
    asks: SyncSender<(Ask, SyncSender<Reply>)>,
}

impl Link {
    /// Connects, within `patience`.
    pub fn open(
        server: &Server,
        password: Option<&Secret>,
        tls: Option<MakeRustlsConnect>,
        patience: Duration,
    ) -> Result<Link, Trouble> {
        let config = config(server, password, patience);
        let (asks, asked) = mpsc::sync_channel::<(Ask, SyncSender<Reply>)>(1);
        let (connected, came) = mpsc::sync_channel(1);
        thread::spawn(move || {
            let client = match tls {
                None => config.connect(NoTls),
                Some(tls) => config.connect(tls),
            };
            let mut client = match client {
                Ok(client) => client,
                // Nobody listens when it took too long.
                Err(error) => return drop(connected.send(Err(Trouble::from(error)))),
            };
            if connected.send(Ok(())).is_err() {
                return;
            }
            while let Ok((ask, reply)) = asked.recv() {
                if reply.send(answer(&mut client, ask)).is_err() {
                    return;
                }
            }
        });
        match came.recv_timeout(patience) {
            Ok(Ok(())) => Ok(Link { asks }),
            Ok(Err(trouble)) => Err(trouble),
            Err(_) => Err(Trouble::lost("no connection came about in time")),
        }
    }

    /// Asks, and waits for the answer until `patience` ends. After an error of the connection it is of no use any more.
    pub fn ask(&self, ask: Ask, patience: Duration) -> Reply {
        let (reply, replied) = mpsc::sync_channel(1);
        let gone = || Trouble::lost("the connection ended");
        self.asks.send((ask, reply)).map_err(|_| gone())?;
        match replied.recv_timeout(patience) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => Err(Trouble::lost("the server gave no answer in time")),
            Err(RecvTimeoutError::Disconnected) => Err(gone()),
        }
    }

    pub fn batch(&self, sql: impl Into<String>, patience: Duration) -> Result<(), Trouble> {
        self.ask(Ask::Batch(sql.into()), patience).map(drop)
    }

    pub fn query(&self, sql: &str, params: &[Value], patience: Duration) -> Result<Vec<Row>, Trouble> {
        match self.ask(Ask::Query(sql.to_owned(), params.to_vec()), patience)? {
            Answer::Rows(rows) => Ok(rows),
            _ => Err(Trouble::of(Meaning::Bug, "a query was answered by no rows")),
        }
    }
}

fn answer(client: &mut Client, ask: Ask) -> Reply {
    fn typed<'a>(params: &'a [Parameter<'a>]) -> Vec<(&'a (dyn postgres::types::ToSql + Sync), postgres::types::Type)> {
        params
            .iter()
            .map(|param| (param as &(dyn postgres::types::ToSql + Sync), param.kind()))
            .collect()
    }
    match ask {
        Ask::Batch(sql) => client.batch_execute(&sql).map(|()| Answer::Done),
        Ask::Execute(sql, params) => {
            let params: Vec<Parameter> = params.iter().map(Parameter).collect();
            client.execute_typed(&sql, &typed(&params)).map(Answer::Changed)
        }
        Ask::Query(sql, params) => {
            let params: Vec<Parameter> = params.iter().map(Parameter).collect();
            client
                .query_typed(&sql, &typed(&params))
                .and_then(|rows| rows.iter().map(row).collect::<Result<_, _>>())
                .map(Answer::Rows)
        }
    }
    .map_err(Trouble::from)
}

fn config(server: &Server, password: Option<&Secret>, patience: Duration) -> Config {
    let mut config = Config::new();
    match &server.host {
        Host::Name(name) => config.host(name),
        Host::Socket(folder) => config.host_path(folder),
    };
    let (idle, interval, retries) = PROBE;
    config
        .port(server.port)
        .user(&server.user)
        .dbname(&server.database)
        .application_name("deliver")
        .connect_timeout(patience)
        .tcp_user_timeout(UNCONFIRMED)
        .keepalives(true)
        .keepalives_idle(idle)
        .keepalives_interval(interval)
        .keepalives_retries(retries)
        .ssl_mode(match server.ssl {
            SslMode::Disable => Negotiated::Disable,
            SslMode::Prefer => Negotiated::Prefer,
            SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => Negotiated::Require,
        });
    if let Some(password) = password {
        config.password(password.reveal());
    }
    config
}
