//! Leases: a machine's lock on a service in an environment, renewed while its holder lives.
//!
//! Nobody's judgement rests on two wall clocks agreeing. The holder measures with its monotonic clock and stops acting
//! when it could not renew for [`FENCE_AFTER`]; somebody who waits takes over when it has itself watched the renewal
//! counter stand still for [`TTL`], or when the holder certainly is a dead process of this machine. Each taking gets a
//! higher token, which every act on the outside carries, so that a holder that overslept is refused.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::engine::Tx;
use super::process::Process;
use super::row::{Columns, params};
use super::{Store, Writer, scope};
use crate::fault::{Fault, Kind, Result};
use crate::model::deployment::Deployment;
use crate::model::{EnvName, ServiceName, Span};

/// How long a lease lives without being renewed.
pub const TTL: Duration = Duration::from_secs(15);
/// How often its holder renews it.
pub const RENEW_EVERY: Duration = Duration::from_secs(5);
/// When a holder that could not renew stops acting: well before anybody may take over.
pub const FENCE_AFTER: Duration = Duration::from_secs(10);
/// How often somebody who waits looks again.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How often the renewing thread looks at the clock.
const TICK: Duration = Duration::from_millis(250);

/// Who holds a lease.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Holder {
    pub token: u64,
    pub actor: String,
    /// What for: `deploy`.
    pub doing: String,
    pub host: String,
    pub pid: i32,
    pub taken_at: Timestamp,
    /// By the holder's wall clock; for people.
    pub expires_at: Timestamp,
    #[serde(skip)]
    process: String,
    #[serde(skip)]
    renewals: u64,
}

/// A held lease. Renews itself from a thread of its own and is given back when dropped.
pub struct LeaseGuard {
    store: Store,
    scope: String,
    token: u64,
    pulse: Arc<Pulse>,
    released: bool,
    /// Dropping it ends the renewing thread.
    _stop: Sender<()>,
}

/// What guard and renewing thread both know.
struct Pulse {
    /// Monotonic time, in microseconds, of the beginning of the last renewal that worked.
    renewed_at: AtomicU64,
    /// The row says that somebody else holds it.
    taken_away: AtomicBool,
}

/// What one attempt to take a lease found.
enum Attempt {
    Taken(u64),
    Held(Holder),
}

impl Store {
    /// Takes the lease of a service and environment for `doing` (`deploy`). While another holds it, waits up to `wait` and
    /// calls `waiting` once a second or so; then fails with `lease-held`, kind busy. An interruption ends the
    /// waiting (`interrupted`).
    ///
    /// A lease that has lapsed by the wall clock is watched for up to [`TTL`] even when `wait` is shorter, since a clock
    /// that jumped must not cost a living holder its lease.
    pub fn acquire_lease(
        &self,
        service: &ServiceName,
        env: &EnvName,
        doing: &str,
        wait: Duration,
        waiting: &mut dyn FnMut(&Holder),
    ) -> Result<LeaseGuard> {
        let clock = &self.shared.clock;
        let scope = scope(service, env);
        let began = clock.elapsed();
        let mut watched: Option<(u64, u64, Duration)> = None;
        loop {
            let now = clock.elapsed();
            let stood_still = watched.filter(|(_, _, since)| now.saturating_sub(*since) >= TTL);
            let holder = match self.try_lease(&scope, doing, stood_still.map(|(token, count, _)| (token, count)))? {
                Attempt::Taken(token) => return Ok(LeaseGuard::start(self, scope, token, now)),
                Attempt::Held(holder) => holder,
            };
            if watched.is_none_or(|(token, count, _)| (token, count) != (holder.token, holder.renewals)) {
                watched = Some((holder.token, holder.renewals, now));
            }
            let lapsed = holder.expires_at < clock.now();
            let patience = if lapsed { wait.max(TTL + LOOK_EVERY) } else { wait };
            if now.saturating_sub(began) >= patience {
                let running = self.unfinished(service, env)?.pop();
                return Err(held(&scope, &holder, running.as_ref()));
            }
            if let Some(kind) = self.shared.options.interrupt.requested() {
                return Err(interrupted(kind, &scope, &holder));
            }
            waiting(&holder);
            clock.sleep(LOOK_EVERY);
        }
    }

    /// Who holds the lease, if anybody does that is not known to be dead.
    pub fn lease_holder(&self, service: &ServiceName, env: &EnvName) -> Result<Option<Holder>> {
        let scope = scope(service, env);
        let holder = self.read(|tx| Ok(find(tx, &scope)?.filter(|(_, held)| *held).map(|(holder, _)| holder)))?;
        Ok(holder.filter(|holder| !self.is_dead(holder)))
    }

    /// The machine that took the lease last, whether it still holds it or not.
    pub fn last_host(&self, service: &ServiceName, env: &EnvName) -> Result<Option<String>> {
        let scope = scope(service, env);
        self.read(|tx| Ok(find(tx, &scope)?.map(|(holder, _)| holder.host)))
    }

    /// This machine, as leases name it.
    pub fn host(&self) -> &str {
        &self.shared.process.host
    }

    /// Looks first without the write lock; takes the lease when it is free, its holder is dead, or it is still at the
    /// token and renewal count that stood still for too long.
    fn try_lease(&self, scope: &str, doing: &str, stood_still: Option<(u64, u64)>) -> Result<Attempt> {
        let blocks = |found: Option<(Holder, bool)>| {
            found.and_then(|(holder, held)| {
                let lapsed = stood_still == Some((holder.token, holder.renewals));
                (held && !lapsed && !self.is_dead(&holder)).then_some(holder)
            })
        };
        if let Some(holder) = blocks(self.read(|tx| find(tx, scope))?) {
            return Ok(Attempt::Held(holder));
        }
        self.write(|w| {
            let before = find(w.tx, scope)?;
            if let Some(holder) = blocks(before.clone()) {
                return Ok(Attempt::Held(holder));
            }
            self.take(w, scope, doing, before).map(Attempt::Taken)
        })
    }

    fn take(&self, w: &mut Writer, scope: &str, doing: &str, before: Option<(Holder, bool)>) -> Result<u64> {
        let token = before.as_ref().map_or(0, |(holder, _)| holder.token) + 1;
        let me = &self.shared.process;
        let expires = w.now.saturating_add(TTL).unwrap_or(w.now);
        w.tx.execute(
            "INSERT INTO lease (scope, token, held, actor, doing, host, pid, process, taken_at, expires_at, renewals)
             VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, 0)
             ON CONFLICT (scope) DO UPDATE SET token = excluded.token, held = 1, actor = excluded.actor,
             doing = excluded.doing, host = excluded.host, pid = excluded.pid, process = excluded.process,
             taken_at = excluded.taken_at, expires_at = excluded.expires_at, renewals = 0",
            params![
                scope,
                token,
                w.actor,
                doing,
                &me.host,
                i64::from(me.pid),
                &me.birth,
                w.now.as_microsecond(),
                expires.as_microsecond()
            ],
        )?;
        let from = before.filter(|(_, held)| *held).map(|(holder, _)| holder);
        let detail = json!({"token": token, "doing": doing, "host": me.host, "pid": me.pid, "taken_over_from": from});
        w.append("lease.take", scope, detail)?;
        Ok(token)
    }

    fn is_dead(&self, holder: &Holder) -> bool {
        let other = Process {
            host: holder.host.clone(),
            pid: holder.pid,
            birth: holder.process.clone(),
        };
        self.shared.process.knows_dead(&other, self.shared.engine.is_local())
    }

    /// One heartbeat; false when the lease is somebody else's by now. Not counted as an act and not journalled.
    fn renew_lease(&self, scope: &str, token: u64) -> Result<bool> {
        let now = self.shared.clock.now();
        let expires = now.saturating_add(TTL).unwrap_or(now);
        let mut kept = false;
        self.beat(&mut |tx| {
            let changed = tx.execute(
                "UPDATE lease SET expires_at = $1, renewals = renewals + 1 WHERE scope = $2 AND token = $3 AND held = 1",
                params![expires.as_microsecond(), scope, token],
            )?;
            kept = changed == 1;
            Ok(())
        })?;
        Ok(kept)
    }

    fn release_lease(&self, scope: &str, token: u64) -> Result<()> {
        self.write(|w| {
            let changed = w.tx.execute(
                "UPDATE lease SET held = 0 WHERE scope = $1 AND token = $2 AND held = 1",
                params![scope, token],
            )?;
            match changed {
                0 => Ok(()),
                _ => w.append("lease.release", scope, json!({"token": token})),
            }
        })
    }
}

impl LeaseGuard {
    fn start(store: &Store, scope: String, token: u64, taken_at: Duration) -> Self {
        let pulse = Arc::new(Pulse {
            renewed_at: AtomicU64::new(micros(taken_at)),
            taken_away: AtomicBool::new(false),
        });
        let (stop, stopped) = mpsc::channel::<()>();
        let (heart, of, name) = (store.clone(), pulse.clone(), scope.clone());
        thread::spawn(move || {
            let clock = &heart.shared.clock;
            while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                let now = clock.elapsed();
                if micros(now) < of.renewed_at.load(Ordering::Acquire) + micros(RENEW_EVERY) {
                    continue;
                }
                match heart.renew_lease(&name, token) {
                    Ok(true) => of.renewed_at.store(micros(now), Ordering::Release),
                    Ok(false) => return of.taken_away.store(true, Ordering::Release),
                    // Tried again at the next tick; the guard counts the time by itself.
                    Err(_) => {}
                }
            }
        });
        LeaseGuard {
            store: store.clone(),
            scope,
            token,
            pulse,
            released: false,
            _stop: stop,
        }
    }

    /// The fencing token: higher than that of everybody who held this lease before.
    pub fn token(&self) -> u64 {
        self.token
    }

    /// Whether its holder must not act any more: it was taken away, or could not be renewed for [`FENCE_AFTER`].
    pub fn lost(&self) -> bool {
        let renewed_at = Duration::from_micros(self.pulse.renewed_at.load(Ordering::Acquire));
        self.pulse.taken_away.load(Ordering::Acquire)
            || self.store.shared.clock.elapsed().saturating_sub(renewed_at) >= FENCE_AFTER
    }

    /// Fails with `lease-lost` when the lease is [`lost`](LeaseGuard::lost). To be called before every act.
    pub fn check(&self) -> Result<()> {
        match self.lost() {
            false => Ok(()),
            true => Err(Fault::new(
                Kind::Busy,
                "lease-lost",
                format!(
                    "stopped acting on `{}`: its lease could not be renewed for {}",
                    self.scope,
                    Span::from(FENCE_AFTER)
                ),
            )
            .still("nothing was done after the lease was lost; what was done before is recorded")
            .hint(format!("deliver resume {}", self.env()))),
        }
    }

    /// The environment of a scope, which is `SERVICE/ENV`.
    fn env(&self) -> &str {
        self.scope.split_once('/').map_or(self.scope.as_str(), |(_, env)| env)
    }

    /// Gives the lease back; dropping does the same and keeps quiet about a failure, after which it lapses.
    pub fn release(mut self) -> Result<()> {
        self.released = true;
        self.store.release_lease(&self.scope, self.token)
    }
}

impl Drop for LeaseGuard {
    fn drop(&mut self) {
        if !self.released {
            // A lease that cannot be given back lapses by itself.
            let _ = self.store.release_lease(&self.scope, self.token);
        }
    }
}

/// Fails unless the lease is held under exactly this token.
pub(super) fn check(tx: &mut dyn Tx, scope: &str, token: u64) -> Result<()> {
    match find(tx, scope)? {
        Some((holder, true)) if holder.token == token => Ok(()),
        _ => Err(fenced(scope, token)),
    }
}

/// The refusal of an act under a token that rules no more.
pub(super) fn fenced(scope: &str, token: u64) -> Fault {
    Fault::new(
        Kind::Busy,
        "fenced",
        format!("refused to change `{scope}`: its lease has moved on from token {token}"),
    )
    .still("nothing was changed by this command since then")
    .hint("deliver status")
}

/// The refusal while another holds the lease; `running` is what it deploys, where that is known already.
fn held(scope: &str, holder: &Holder, running: Option<&Deployment>) -> Fault {
    let Holder {
        actor,
        doing,
        host,
        pid,
        ..
    } = holder;
    let since = holder.taken_at.strftime("%Y-%m-%dT%H:%M:%SZ");
    let what = match running {
        None => String::new(),
        Some(Deployment { id, release: None, .. }) => format!("{id}, "),
        Some(Deployment {
            id,
            release: Some(release),
            ..
        }) => format!("{id} to {release}, "),
    };
    Fault::new(
        Kind::Busy,
        "lease-held",
        format!("cannot work on `{scope}`: {actor} runs `{doing}` there since {since} ({what}process {pid} on {host})"),
    )
    .still("nothing was changed by this command")
    .hint(running.map_or("deliver status".to_owned(), |deployment| {
        format!("deliver why {}", deployment.id)
    }))
}

fn interrupted(kind: Kind, scope: &str, holder: &Holder) -> Fault {
    let message = format!(
        "stopped waiting for `{scope}`, where {} runs `{}`",
        holder.actor, holder.doing
    );
    Fault::new(kind, "interrupted", message).still("nothing was changed by this command")
}

/// The row of a lease, and whether it is held now.
fn find(tx: &mut dyn Tx, scope: &str) -> Result<Option<(Holder, bool)>> {
    let rows = tx.query(
        "SELECT token, held, actor, doing, host, pid, process, taken_at, expires_at, renewals FROM lease
         WHERE scope = $1",
        params![scope],
    )?;
    let Some(row) = rows.into_iter().next() else {
        return Ok(None);
    };
    let mut columns = Columns::of("lease", row);
    let token = columns.number()?;
    let held = columns.int()? == 1;
    let holder = Holder {
        token,
        actor: columns.text()?,
        doing: columns.text()?,
        host: columns.text()?,
        pid: columns.number()?,
        process: columns.text()?,
        taken_at: columns.time()?,
        expires_at: columns.time()?,
        renewals: columns.number()?,
    };
    Ok(Some((holder, held)))
}

fn micros(time: Duration) -> u64 {
    time.as_micros().try_into().unwrap_or(u64::MAX)
}
