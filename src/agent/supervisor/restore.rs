//! The ends and beginnings of a supervisor: finding again what runs, halting, and becoming another program.

use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::time::Duration;

use super::{Core, Supervisor, acts};
use crate::agent::home;
use crate::agent::protocol::ToRouter;
use crate::agent::state::{Phase, Service};
use crate::agent::{SUPERVISE, note, shim, sys};
use crate::fault::{Fault, Result};
use crate::model::Span;

/// How long shims that live are waited for. They knock every 100 ms.
const SHIMS: Duration = Duration::from_millis(1500);

/// How long a router that lives is waited for; it holds the listening sockets.
const ROUTER: Duration = Duration::from_secs(2);

/// The longest that requests in flight hold up `agent stop`.
const HALT_DRAIN: Span = Span::from_secs(5);

/// How long routers may take to hand over their last counts.
const ROUTERS_LAST: Duration = Duration::from_secs(3);

impl Supervisor {
    /// Brings what is to run and what runs together. Returns when clients can be answered truthfully.
    pub fn restore(&self) {
        let mut core = self.core();
        let expected = self.expect_shims(&mut core);
        let until = sys::instant() + SHIMS;
        while sys::instant() < until && expected.iter().any(|id| self.awaited(&core, id)) {
            core = self.wait(core, until);
        }
        let until = sys::instant() + ROUTER;
        let has_all = |core: &Core| core.state.ports().keys().all(|port| core.listeners.has(*port));
        // One that has spoken has handed over what it has: a router that was started just before its supervisor was killed
        // holds nothing.
        while sys::instant() < until
            && !has_all(&core)
            && !core.routers.speaking()
            && home::is_locked(&self.home.router_lock())
        {
            core = self.wait(core, until);
        }
        core.state.halted = false;
        self.resume_services(&mut core);
        core.keep(&self.home);
        self.reopen_ports(&mut core);
        core.restored = true;
        core.publish();
        core.start_router(&self.home);
        self.changed.notify_all();
    }

    /// Of instances that were running: those whose shim lives are expected to speak; of the others the end is read.
    fn expect_shims(&self, core: &mut Core) -> Vec<String> {
        let running: Vec<String> = core
            .state
            .services
            .values()
            .flat_map(|service| &service.instances)
            .filter(|(_, instance)| instance.phase == Phase::Running)
            .map(|(id, _)| id.clone())
            .collect();
        let (alive, dead): (Vec<_>, Vec<_>) = running
            .into_iter()
            .partition(|id| shim::is_alive(&self.home.instance(id)));
        for id in dead {
            self.lose(core, &id);
        }
        for id in &alive {
            core.live(id).expected_since = Some(sys::instant());
        }
        alive
    }

    fn awaited(&self, core: &Core, id: &str) -> bool {
        let silent = core
            .live
            .get(id)
            .is_none_or(|live| live.sender.is_none() && live.report.is_none());
        silent && shim::is_alive(&self.home.instance(id))
    }

    /// Starts the instances that belong to their environments and do not run: after a reboot, a halt, or an end that nobody
    /// saw. Instances that nothing was shifted to stay as they are.
    fn resume_services(&self, core: &mut Core) {
        let mut start = Vec::new();
        for service in core.state.services.values_mut() {
            let successor = service.hold && has_successor(service);
            for (id, instance) in &mut service.instances {
                if !instance.kept || instance.phase == Phase::Running {
                    continue;
                }
                if instance.replaced && successor {
                    continue;
                }
                instance.replaced = false;
                instance.draining = false;
                instance.stopping = None;
                if instance.phase == Phase::Exited {
                    start.push(id.clone());
                }
            }
            service.hold = service.hold && successor;
        }
        for id in start {
            let scheduled = core.state.of_instance(&id).is_some_and(|service| {
                let role = service
                    .instances
                    .get(&id)
                    .and_then(|instance| service.role_of(instance));
                matches!(role, Some(crate::model::spec::Role::Schedule(_)))
            });
            match core.state.instance(&id) {
                Some(instance) if scheduled => instance.phase = Phase::Waiting,
                _ => self.spawn_or_wait(core, &id),
            }
        }
    }

    /// Stops everything. Deliberately, it stays stopped until somebody deploys; otherwise the next start brings it back.
    pub fn halt(&self, deliberate: bool) {
        let mut core = self.core();
        core.halting = true;
        core.state.halted = deliberate;
        let mut ids = Vec::new();
        let mut grace = Span::ZERO;
        for service in core.state.services.values_mut() {
            for (id, instance) in &mut service.instances {
                if instance.phase == Phase::Running {
                    instance.draining = true;
                    ids.push(id.clone());
                    let known = service.releases.get(&instance.release.0);
                    grace = grace.max(known.map_or(Span::ZERO, |known| known.release.spec.grace));
                }
            }
        }
        core.keep(&self.home);
        core.publish();
        core = match self.end(core, &ids, HALT_DRAIN, grace) {
            Ok((core, _)) => core,
            Err(fault) => {
                note(&format!("while stopping: {fault}"));
                self.core()
            }
        };
        core.routers.tell(&ToRouter::Retire { limit: Span::ZERO });
        let until = sys::instant() + ROUTERS_LAST;
        while core.routers.any() && sys::instant() < until {
            core = self.wait(core, until);
        }
        core.leaving = true;
    }

    /// Makes ready to become `program`; the caller answers its client first.
    pub fn restart(&self, program: &Path) -> Result<()> {
        if !acts::is_program(program) {
            let text = format!("cannot restart the agent as `{}`: it is no program", program.display());
            return Err(Fault::failed("agent-program-missing", text).still("the agent goes on as it is"));
        }
        let mut core = self.core();
        core.keep(&self.home);
        core.becoming = Some(program.to_owned());
        Ok(())
    }

    /// Becomes the program. Comes back only if that fails. The state is locked meanwhile: no act is cut in the middle.
    pub fn become_program(&self) {
        let mut core = self.core();
        let Some(program) = core.becoming.take() else { return };
        let handed = core.listeners.hand_over(self.lock.as_fd(), self.control.as_fd());
        let error = match handed.and_then(|far| Ok(nix::unistd::dup2_stdin(far)?)) {
            Ok(()) => {
                let mut command = sys::program(&program);
                command
                    .arg0("deliver")
                    .arg(SUPERVISE)
                    .args(self.home.arguments())
                    .exec()
            }
            Err(error) => error,
        };
        note(&format!("cannot become {}: {error}", program.display()));
        super::forget_standard_streams();
    }
}

/// Whether an instance that nothing was shifted to yet stands where a replaced one stood.
fn has_successor(service: &Service) -> bool {
    service
        .instances
        .values()
        .any(|instance| !instance.kept && instance.phase == Phase::Running && service.is_web(instance))
}
