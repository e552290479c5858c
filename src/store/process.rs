//! Which process this is, and whether another one of the same machine still lives.

use std::fs;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, User, gethostname, getpid, getuid};

/// One process, told apart from later ones that get its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Process {
    /// For people; two machines may have one name.
    pub host: String,
    pub pid: i32,
    /// When and where it was born: boot of the kernel, name space of process numbers, start in ticks since that boot.
    /// Parts that this system does not tell are empty.
    pub birth: String,
}

impl Process {
    pub fn current() -> Self {
        let pid = getpid().as_raw();
        Process {
            host: host(),
            pid,
            birth: format!("{} {} {}", boot(), name_space(), start(pid).unwrap_or_default()),
        }
    }

    /// `other` certainly does not run any more. `one_machine`: both were seen by one kernel at a time, so a process of
    /// another boot is gone.
    pub fn knows_dead(&self, other: &Process, one_machine: bool) -> bool {
        let (mine, theirs) = (self.parts(), other.parts());
        let (Some([boot, space, _]), Some([their_boot, their_space, their_start])) = (mine, theirs) else {
            return false;
        };
        if boot.is_empty() || their_boot.is_empty() {
            return false;
        }
        if boot != their_boot {
            return one_machine;
        }
        // A number means nothing in another container.
        space == their_space && !runs(other.pid, their_start)
    }

    fn parts(&self) -> Option<[&str; 3]> {
        let mut parts = self.birth.split(' ');
        Some([parts.next()?, parts.next()?, parts.next()?])
    }
}

/// Who acts when nobody says otherwise: `alice@laptop`.
pub fn user_at_host() -> String {
    let uid = getuid();
    let user = User::from_uid(uid).ok().flatten().map(|user| user.name);
    format!("{}@{}", user.unwrap_or_else(|| uid.to_string()), host())
}

fn host() -> String {
    let name = gethostname().ok().and_then(|name| name.into_string().ok());
    name.unwrap_or_else(|| "unknown".to_owned())
}

/// Ends this process as a power cut would: nothing is flushed, nothing unwinds.
pub(super) fn kill_self() -> ! {
    loop {
        // SIGKILL cannot be refused; the loop is for the moment until it arrives.
        let _ = kill(getpid(), Signal::SIGKILL);
    }
}

fn boot() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .map(|id| id.trim().to_owned())
        .unwrap_or_default()
}

fn name_space() -> String {
    fs::read_link("/proc/self/ns/pid")
        .map(|link| link.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// Start of a process in clock ticks since boot; `None` where there is none, or only its zombie.
fn start(pid: i32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The command's name is in brackets and may hold anything; after it come state (the 3rd field) and start (the 22nd).
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    let state = fields.next()?;
    (!matches!(state, "Z" | "X")).then(|| fields.nth(18).map(str::to_owned))?
}

fn runs(pid: i32, started: &str) -> bool {
    match kill(Pid::from_raw(pid), None) {
        Err(Errno::ESRCH) => false,
        // Exists. Where its start cannot be read (another user's, hidden), it counts as the same process.
        _ => match fs::metadata(format!("/proc/{pid}/stat")) {
            Ok(_) => start(pid).as_deref() == Some(started),
            Err(_) => true,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A process of this machine that has ended and was not waited for.
    #[expect(clippy::disallowed_methods, reason = "the test needs a real process to end")]
    fn zombie() -> (std::process::Child, Process) {
        let child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        let process = Process {
            pid,
            birth: format!("{} {} {}", boot(), name_space(), start(pid).unwrap()),
            ..Process::current()
        };
        assert!(!Process::current().knows_dead(&process, true), "it runs");
        kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
        (child, process)
    }

    #[test]
    fn a_killed_process_is_dead_before_and_after_it_is_waited_for() {
        let (mut child, process) = zombie();
        let me = Process::current();
        while start(process.pid).is_some() {
            std::thread::yield_now();
        }
        assert!(me.knows_dead(&process, false));
        child.wait().unwrap();
        assert!(me.knows_dead(&process, false));
    }

    #[test]
    fn only_what_is_certain_counts() {
        let me = Process::current();
        let with = |birth: String| Process { birth, ..me.clone() };
        let (boot, space, start) = (boot(), name_space(), start(me.pid).unwrap());
        assert!(!me.knows_dead(&me, true));
        assert!(
            me.knows_dead(&with(format!("{boot} {space} 1")), true),
            "the number was given again"
        );
        assert!(
            !me.knows_dead(&with(format!("{boot} pid:[1] {start}")), true),
            "another container"
        );
        assert!(
            !me.knows_dead(&with(format!("other {space} 1")), false),
            "maybe another machine"
        );
        assert!(
            me.knows_dead(&with(format!("other {space} 1")), true),
            "before the last boot"
        );
        assert!(!me.knows_dead(&with(format!(" {space} 1")), true), "nothing known");
        assert!(!me.knows_dead(&with(String::new()), true), "nothing known");
    }
}
