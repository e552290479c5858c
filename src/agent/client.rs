//! How the tool speaks with the agent: finds it, starts it where it is not running, and gives every call a deadline.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Mutex;
use std::time::Duration;

use super::home::{self, Home};
use super::protocol::{Answer, Launch, Request, Status, to_hex};
use super::state::State;
use super::supervisor::{self, Ready};
use super::wire::Wire;
use super::{SUPERVISE, log_file, sys};
use crate::fault::{Fault, Kind, Result};
use crate::model::observed::Observation;
use crate::model::release::Release;
use crate::model::{EnvName, ServiceName, Span};
use crate::ports::target::{Authority, Prepared, Shift, Stop, Stopped, Wanted};
use crate::store::seal::SealingKey;

/// Of a call that only asks.
const SHORT: Duration = Duration::from_secs(5);

/// Of a call that changes something and waits for no instance.
const MEDIUM: Duration = Duration::from_secs(20);

/// How long a starting agent may take: it waits for shims and a router that survived the one before.
const START: Duration = Duration::from_secs(15);

/// An agent that ended in the middle of a call is back within this, or is not coming back.
const COMEBACK: Duration = Duration::from_secs(5);

/// Added to an act's own limits.
const SLACK: Duration = Duration::from_secs(20);

/// The agent of one store, as seen from outside.
pub struct Client {
    home: Home,
    /// What supervisors are started from.
    program: PathBuf,
    /// The running agent was found to be of this version.
    met: Mutex<bool>,
}

/// What became of the attempt to reach a running agent.
enum Reach {
    Reached(Wire),
    NotRunning,
}

impl Client {
    /// An agent that runs as this very program.
    pub fn new(home: Home) -> Self {
        Client::of_program(home, sys::own_program())
    }

    /// An agent that runs as another program, as that of tests must.
    pub fn of_program(home: Home, program: PathBuf) -> Self {
        Client {
            home,
            program,
            met: Mutex::new(false),
        }
    }

    pub fn home(&self) -> &Home {
        &self.home
    }

    /// The file that supervisors are started from.
    pub fn program(&self) -> Result<PathBuf> {
        fs::canonicalize(&self.program)
            .map_err(|error| Fault::failed("agent-program-missing", "cannot find this program's file").because(error))
    }

    /// The agent's own state; `None` where it is not running. Starts nothing.
    pub fn status(&self) -> Result<Option<Status>> {
        match self.reach()? {
            Reach::NotRunning => Ok(None),
            Reach::Reached(wire) => match self.ask(wire, &Request::Status, SHORT)? {
                Answer::Status(status) => Ok(Some(status)),
                _ => Err(unexpected()),
            },
        }
    }

    /// Makes sure that an agent of this version runs.
    pub fn ensure(&self) -> Result<()> {
        let mut met = self.met.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if *met && home::is_locked(&self.home.lock()) {
            return Ok(());
        }
        match self.status()? {
            None => self.start_agent()?,
            Some(status) if self.is_newer_than(&status) => self.replace(&status)?,
            Some(_) => {}
        }
        *met = true;
        Ok(())
    }

    /// Ends every instance and the agent. `None` where none was running.
    pub fn halt(&self) -> Result<Option<Status>> {
        let Some(status) = self.status()? else {
            return Ok(None);
        };
        let longest = self.longest_grace();
        if let Reach::Reached(wire) = self.reach()? {
            self.ask(wire, &Request::Halt, longest + SLACK)?;
        }
        self.await_unlocked()?;
        Ok(Some(status))
    }

    /// Replaces supervisor and router by this program; instances go on. An agent that does not answer is killed first:
    /// nothing that runs depends on it.
    pub fn restart(&self) -> Result<Status> {
        match self.status() {
            Ok(None) => self.start_agent()?,
            Ok(Some(status)) => self.replace(&status)?,
            Err(fault) if fault.code() == "agent-silent" => {
                self.kill_silent()?;
                self.start_agent()?;
            }
            Err(fault) => return Err(fault),
        }
        self.status()?
            .ok_or_else(|| unreachable("the agent ended right after its start"))
    }

    pub fn observe(&self, service: &ServiceName, env: &EnvName) -> Result<Observation> {
        if let Some(state) = self.at_rest()? {
            let key = super::state::key(service, env);
            let found = state.services.get(&key).map(supervisor::at_rest);
            return Ok(found.unwrap_or_else(|| Observation::nothing(service, env)));
        }
        let request = Request::Observe {
            service: service.clone(),
            env: env.clone(),
        };
        match self.call(&request, SHORT)? {
            Answer::Observed(mut observations) if observations.len() == 1 => Ok(observations.remove(0)),
            _ => Err(unexpected()),
        }
    }

    pub fn observe_all(&self) -> Result<Vec<Observation>> {
        if let Some(state) = self.at_rest()? {
            let known = state.services.values().filter(|service| !service.releases.is_empty());
            return Ok(known.map(supervisor::at_rest).collect());
        }
        match self.call(&Request::ObserveAll, SHORT)? {
            Answer::Observed(observations) => Ok(observations),
            _ => Err(unexpected()),
        }
    }

    pub fn reserve(&self, authority: &Authority, release: &Release) -> Result<Option<String>> {
        let request = Request::Reserve {
            authority: authority.clone(),
            release: Box::new(release.clone()),
        };
        match self.call(&request, MEDIUM)? {
            Answer::Reserved { url } => Ok(url),
            _ => Err(unexpected()),
        }
    }

    /// What instances are started from. The secrets are sealed here: neither the socket nor the state ever shows them.
    pub fn launch(&self, prepared: &Prepared, dir: PathBuf, base: BTreeMap<String, String>) -> Result<Launch> {
        let release = &prepared.release;
        let mut sealed = String::new();
        if !prepared.secrets.is_empty() {
            let secrets = prepared.secrets.iter();
            let plain: BTreeMap<&str, &str> = secrets.map(|(name, secret)| (name.as_str(), secret.reveal())).collect();
            let plain =
                serde_json::to_vec(&plain).map_err(|error| Fault::bug("secrets without a JSON form").because(error))?;
            let key = SealingKey::open(&self.home.key())?;
            sealed = to_hex(&key.seal(&Launch::label(release), &plain)?);
        }
        Ok(Launch {
            release: release.clone(),
            dir,
            base,
            sealed,
        })
    }

    pub fn start(&self, authority: &Authority, launch: Launch, wanted: &[Wanted]) -> Result<()> {
        // Where an instance is replaced it is drained and stopped first.
        let limit = MEDIUM + launch.release.spec.grace.duration() + self.longest_grace();
        let request = Request::Start {
            authority: authority.clone(),
            launch: Box::new(launch),
            wanted: wanted.to_vec(),
        };
        self.call(&request, limit).map(drop)
    }

    pub fn shift(&self, authority: &Authority, shift: &Shift) -> Result<()> {
        let request = Request::Shift {
            authority: authority.clone(),
            shift: shift.clone(),
        };
        self.call(&request, MEDIUM).map(drop)
    }

    pub fn stop(&self, authority: &Authority, stop: &Stop) -> Result<Vec<Stopped>> {
        let request = Request::Stop {
            authority: authority.clone(),
            stop: stop.clone(),
        };
        match self.call(&request, stop.drain.duration() + stop.grace.duration() + SLACK)? {
            Answer::Stopped(stopped) => Ok(stopped),
            _ => Err(unexpected()),
        }
    }

    pub fn remove(&self, authority: &Authority) -> Result<()> {
        let request = Request::Remove {
            authority: authority.clone(),
        };
        self.call(&request, MEDIUM).map(drop)
    }

    /// One request and its answer. The agent may be replaced in the middle of it; as every act is idempotent, it is then
    /// asked again.
    fn call(&self, request: &Request, limit: Duration) -> Result<Answer> {
        let until = sys::instant() + COMEBACK;
        loop {
            match self.call_once(request, limit) {
                Err(fault) if fault.code() == "agent-gone" && sys::instant() < until => {
                    *self.met.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = false;
                    sys::sleep(Duration::from_millis(20));
                }
                other => return other,
            }
        }
    }

    fn call_once(&self, request: &Request, limit: Duration) -> Result<Answer> {
        self.ensure()?;
        match self.reach()? {
            Reach::Reached(wire) => self.ask(wire, request, limit),
            Reach::NotRunning => Err(unreachable("the agent ended")),
        }
    }

    fn ask(&self, mut wire: Wire, request: &Request, limit: Duration) -> Result<Answer> {
        let told = wire.limit(Some(limit)).and_then(|()| wire.send(request));
        let answer = told.and_then(|()| wire.receive::<Answer>());
        match answer {
            Ok(Some(Answer::Failed(failure))) => Err(Fault::from(failure)),
            Ok(Some(answer)) => Ok(answer),
            Ok(None) => Err(unreachable("the agent ended without an answer")),
            Err(error)
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                ) =>
            {
                Err(self.silent(limit))
            }
            Err(error) => Err(unreachable("the connection to the agent broke").because(error)),
        }
    }

    fn silent(&self, limit: Duration) -> Fault {
        let text = format!("the agent did not answer within {}", Span::from(limit));
        Fault::new(Kind::Unreachable, "agent-silent", text)
            .still("instances that run go on")
            .hint("deliver agent restart")
    }

    /// Connects to a supervisor that has the lock; waits a moment for one that is just starting.
    fn reach(&self) -> Result<Reach> {
        let until = sys::instant() + SHORT;
        loop {
            if !home::is_locked(&self.home.lock()) {
                return Ok(Reach::NotRunning);
            }
            let reached = match self.home.introduced_socket() {
                Some(socket) => Wire::connect(&socket),
                None => Err(std::io::ErrorKind::NotFound.into()),
            };
            match reached {
                Ok(wire) => return Ok(Reach::Reached(wire)),
                Err(error) if sys::instant() > until => {
                    return Err(self.silent(SHORT).because(error));
                }
                Err(_) => sys::sleep(Duration::from_millis(10)),
            }
        }
    }

    /// What is recorded, where the agent is not running and should not be started just to look: nothing was ever deployed,
    /// or it was stopped on purpose.
    fn at_rest(&self) -> Result<Option<State>> {
        if home::is_locked(&self.home.lock()) {
            return Ok(None);
        }
        let state = State::load(&self.home)?.unwrap_or_default();
        let idle = state.services.values().all(|service| service.instances.is_empty());
        Ok((state.halted || idle).then_some(state))
    }

    /// Starts a supervisor and waits until it serves. Of several that start at once one serves, and all are content.
    fn start_agent(&self) -> Result<()> {
        self.home.create()?;
        self.home.socket()?;
        let mut child = sys::program(&self.program)
            .arg0("deliver")
            .arg(SUPERVISE)
            .args(self.home.arguments())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log_file(&self.home).map_or_else(Stdio::null, Stdio::from))
            .spawn()
            .map_err(|error| Fault::failed("agent-start", "cannot start the agent").because(error))?;
        let (said, words) = std::sync::mpsc::channel();
        let pipe = child.stdout.take();
        std::thread::spawn(move || {
            let mut line = String::new();
            if let Some(pipe) = pipe
                && BufReader::new(pipe).read_line(&mut line).is_ok()
            {
                let _ = said.send(line);
            }
            // It outlives this process; should it end before, it leaves no zombie.
            let _ = child.wait();
        });
        let line = words.recv_timeout(START).map_err(|_| self.silent(START))?;
        match serde_json::from_str(&line) {
            Ok(Ready::Serving | Ready::Other) => Ok(()),
            Ok(Ready::Failed(failure)) => Err(Fault::from(failure)),
            Err(_) => {
                let log = self.home.log();
                Err(Fault::failed("agent-start", "the agent ended while it started")
                    .details(last_lines(&log))
                    .hint(format!("less {}", log.display())))
            }
        }
    }

    /// Has the running supervisor become this program.
    fn replace(&self, running: &Status) -> Result<()> {
        let program = self.program()?;
        if let Reach::Reached(wire) = self.reach()? {
            self.ask(wire, &Request::Restart { program }, SHORT)?;
        }
        let until = sys::instant() + START;
        loop {
            match self.status() {
                Ok(Some(status)) if status.started_at != running.started_at => return Ok(()),
                Ok(None) => return self.start_agent(),
                Err(fault) if !matches!(fault.code(), "agent-gone" | "agent-silent") => return Err(fault),
                _ if sys::instant() > until => {
                    return Err(
                        Fault::failed("agent-restart", "the agent did not become the new program")
                            .still("the agent goes on as it was")
                            .details(last_lines(&self.home.log())),
                    );
                }
                _ => sys::sleep(Duration::from_millis(10)),
            }
        }
    }

    /// Ends a supervisor that does not answer. Router and shims notice and wait for the next.
    fn kill_silent(&self) -> Result<()> {
        let Some(pid) = self.home.introduced_pid() else {
            return Err(self.silent(SHORT));
        };
        let _ = nix::sys::signal::kill(super::procs::as_pid(pid), nix::sys::signal::Signal::SIGKILL);
        self.await_unlocked()
    }

    fn await_unlocked(&self) -> Result<()> {
        let until = sys::instant() + SHORT;
        let before = self.home.introduced_pid();
        while home::is_locked(&self.home.lock()) && self.home.introduced_pid() == before {
            if sys::instant() > until {
                return Err(self.silent(SHORT));
            }
            sys::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Another version than the running one, or the same built later: a developer's own.
    fn is_newer_than(&self, running: &Status) -> bool {
        running.version != env!("CARGO_PKG_VERSION") || supervisor::program_time(&self.program) > running.built
    }

    /// The longest grace of anything that runs.
    fn longest_grace(&self) -> Duration {
        let state = State::load(&self.home).ok().flatten().unwrap_or_default();
        let known = state.services.values().flat_map(|service| service.releases.values());
        known
            .map(|known| known.release.spec.grace.duration())
            .max()
            .unwrap_or_default()
    }
}

fn unreachable(text: &str) -> Fault {
    Fault::new(Kind::Unreachable, "agent-gone", text).hint("deliver agent status")
}

fn unexpected() -> Fault {
    Fault::bug("the agent answered something else than it was asked")
}

fn last_lines(path: &std::path::Path) -> Vec<String> {
    let text = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines
        .iter()
        .rev()
        .take(5)
        .rev()
        .map(|line| line.escape_debug().to_string())
        .collect()
}
