//! The control socket: who may speak, and who is listened to.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::Supervisor;
use crate::agent::home::Home;
use crate::agent::protocol::{Answer, Failure, FromRouter, Handed, Report, Request};
use crate::agent::wire::{self, Wire};
use crate::agent::{note, sys};
use crate::fault::{Attempt, Fault, Kind, Result};

/// Who connects must speak within this.
const FIRST_WORD: Duration = Duration::from_secs(10);

/// A request that comes while what runs is still being found again waits for that.
const RESTORE_PATIENCE: Duration = Duration::from_secs(10);

/// Enough for the deepest document this process reads; a thread waits for each client and each shim.
const STACK: usize = 512 * 1024;

/// Listens where clients will look, and says in the lock where that is.
pub fn bind(home: &Home, lock: &File) -> Result<UnixListener> {
    let path = home.socket()?;
    match fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error).attempting("replace", &path),
        _ => {}
    }
    let listener = UnixListener::bind(&path).attempting("listen on", &path)?;
    fs::set_permissions(&path, Permissions::from_mode(0o600)).attempting("protect", &path)?;
    home.introduce(lock, &path).attempting("write", &home.lock())?;
    Ok(listener)
}

impl Supervisor {
    /// Accepts for ever.
    pub fn serve(self: &Arc<Self>) {
        for stream in self.control.incoming() {
            let Ok(stream) = stream else {
                // Out of descriptors, most likely: some will be closed.
                sys::sleep(Duration::from_millis(50));
                continue;
            };
            let supervisor = self.clone();
            let spawned = thread::Builder::new()
                .stack_size(STACK)
                .spawn(move || supervisor.meet(stream));
            if let Err(error) = spawned {
                note(&format!("cannot serve a connection: {error}"));
            }
        }
    }

    fn meet(self: Arc<Self>, stream: UnixStream) {
        if !wire::is_trusted(&stream) {
            note("refused a connection of another user");
            return;
        }
        let mut wire = Wire::new(stream);
        if wire.limit(Some(FIRST_WORD)).is_err() {
            return;
        }
        match wire.receive() {
            Ok(Some(Request::Shim(greeting))) => {
                // A shim speaks when it has something to say.
                if wire.limit(None).is_ok() {
                    self.hear_shim(*greeting, wire);
                }
            }
            Ok(Some(Request::Router { pid, listeners })) => self.hear_router(pid, listeners, wire),
            Ok(Some(request)) => {
                let answer = self
                    .answer(request)
                    .unwrap_or_else(|fault| Answer::Failed(Failure::from(&fault)));
                // A client that went away gets no answer; what it asked for was done all the same.
                let _ = wire.send(&answer);
                self.follow_up();
            }
            Ok(None) => {}
            Err(error) => {
                let fault = Fault::usage("agent", "the agent did not understand a request").because(error);
                let _ = wire.send(&Answer::Failed(Failure::from(&fault)));
            }
        }
    }

    /// What an answered request leaves to do.
    fn follow_up(&self) {
        let (leaving, becoming) = {
            let core = self.core();
            (core.leaving, core.becoming.is_some())
        };
        if leaving {
            self.leave();
        }
        if becoming {
            self.become_program();
        }
    }

    fn answer(self: &Arc<Self>, request: Request) -> Result<Answer> {
        self.await_restored()?;
        match request {
            Request::Status => Ok(Answer::Status(self.status())),
            Request::Restart { program } => self.restart(&program).map(|()| Answer::Done),
            Request::Halt => {
                self.halt(true);
                Ok(Answer::Done)
            }
            Request::Observe { service, env } => Ok(Answer::Observed(vec![self.observe(&service, &env)])),
            Request::ObserveAll => Ok(Answer::Observed(self.observe_all())),
            Request::Reserve { authority, release } => {
                self.reserve(&authority, *release).map(|url| Answer::Reserved { url })
            }
            Request::Start {
                authority,
                launch,
                wanted,
            } => self.start(&authority, *launch, &wanted).map(|()| Answer::Done),
            Request::Shift { authority, shift } => self.shift(&authority, &shift).map(|()| Answer::Done),
            Request::Stop { authority, stop } => self.stop(&authority, &stop).map(Answer::Stopped),
            Request::Remove { authority } => self.remove(&authority).map(|()| Answer::Done),
            Request::Shim(_) | Request::Router { .. } => Err(Fault::bug("a greeting where a request was read")),
        }
    }

    fn await_restored(&self) -> Result<()> {
        let until = sys::instant() + RESTORE_PATIENCE;
        let mut core = self.core();
        while !core.restored {
            if sys::instant() > until {
                return Err(Fault::new(
                    Kind::TimedOut,
                    "agent-restoring",
                    "the agent is still looking for what runs",
                ));
            }
            core = self.wait(core, until);
        }
        Ok(())
    }

    /// A shim's conversation, to its end.
    fn hear_shim(&self, greeting: crate::agent::protocol::Greeting, mut wire: Wire) {
        let Ok(sender) = wire.sender() else { return };
        let id = greeting.id.clone();
        let Some(conversation) = self.welcome(greeting, sender) else {
            return;
        };
        while let Ok(Some(report)) = wire.receive::<Report>() {
            self.note_report(&id, conversation, report);
        }
        self.part(&id, conversation);
    }

    /// A router's conversation, to its end.
    fn hear_router(&self, pid: u32, listeners: Vec<u16>, mut wire: Wire) {
        let mut sockets = Vec::new();
        for _ in listeners {
            let Ok(Some(Handed { port })) = wire.receive() else {
                return;
            };
            let Some(descriptor) = wire.descriptor() else { return };
            sockets.push((port, descriptor.into()));
        }
        let Ok(sender) = wire.sender() else { return };
        if wire.limit(None).is_err() {
            return;
        }
        let conversation = self.welcome_router(pid, sockets, sender);
        while let Ok(Some(word)) = wire.receive::<FromRouter>() {
            self.note_router(conversation, word);
        }
        self.part_router(conversation);
    }
}
