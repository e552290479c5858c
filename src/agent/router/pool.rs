//! Connections to instances, kept for the next request. One pool a worker: its lock is never waited for.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::body::Outgoing;
use super::table::Server;
use crate::agent::sys;

/// How long a connection is kept unused. Some servers close theirs after two seconds, and a request must not meet that.
const IDLE: Duration = Duration::from_secs(1);

/// Idle connections kept for each instance.
const IDLE_MAX: usize = 128;

/// How long an instance on this machine may take to accept.
const CONNECT: Duration = Duration::from_secs(5);

pub type Connection = SendRequest<Outgoing>;

#[derive(Default)]
pub struct Pool {
    idle: Mutex<HashMap<SocketAddr, Vec<Idle>>>,
}

struct Idle {
    connection: Connection,
    since: Instant,
    server: Arc<Server>,
}

impl Pool {
    /// A pool, with a task on the current runtime that closes what is idle for too long.
    pub fn new() -> Arc<Self> {
        let pool = Arc::new(Pool::default());
        let swept = Arc::downgrade(&pool);
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(IDLE / 4);
            loop {
                ticks.tick().await;
                match swept.upgrade() {
                    Some(pool) => pool.sweep(),
                    None => return,
                }
            }
        });
        pool
    }

    /// A connection that was used before and is ready for the next request.
    pub fn take(&self, server: &Arc<Server>) -> Option<Connection> {
        let mut idle = self.idle();
        let kept = idle.get_mut(&server.address)?;
        // The one used last is the one that its server is least likely to have closed.
        while let Some(candidate) = kept.pop() {
            let same = Arc::ptr_eq(&candidate.server, server);
            if same && candidate.connection.is_ready() && candidate.since.elapsed() < IDLE {
                return Some(candidate.connection);
            }
        }
        None
    }

    pub fn put(&self, server: &Arc<Server>, connection: Connection) {
        if connection.is_closed() || server.is_retired() {
            return;
        }
        let mut idle = self.idle();
        let kept = idle.entry(server.address).or_default();
        if kept.len() < IDLE_MAX {
            kept.push(Idle {
                connection,
                since: sys::instant(),
                server: server.clone(),
            });
        }
    }

    fn sweep(&self) {
        self.idle().retain(|_, kept| {
            kept.retain(|idle| {
                !idle.server.is_retired() && !idle.connection.is_closed() && idle.since.elapsed() < IDLE
            });
            !kept.is_empty()
        });
    }

    fn idle(&self) -> MutexGuard<'_, HashMap<SocketAddr, Vec<Idle>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A fresh connection, or why there is none.
pub async fn connect(address: SocketAddr) -> Result<Connection, String> {
    let stream = match tokio::time::timeout(CONNECT, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            return Err("connection refused".into());
        }
        Ok(Err(error)) => return Err(error.to_string()),
        Err(_) => return Err(format!("no connection within {} s", CONNECT.as_secs())),
    };
    let _ = stream.set_nodelay(true);
    let (connection, driver) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| error.to_string())?;
    // How a connection ends is seen by whoever has a request on it.
    tokio::spawn(driver.with_upgrades());
    Ok(connection)
}
