//! What the kernel says about processes and their ports. Empty answers where there is no `/proc`.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Every process below `root`, children before their own children; zombies count.
pub fn descendants(root: u32) -> Vec<u32> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for pid in all() {
        if let Some(parent) = parent(pid) {
            children.entry(parent).or_default().push(pid);
        }
    }
    let mut found = vec![root];
    let mut next = 0;
    while let Some(pid) = found.get(next).copied() {
        next += 1;
        // A pid that was reused while the table was read could make a circle.
        for child in children.remove(&pid).unwrap_or_default() {
            found.push(child);
        }
    }
    found.remove(0);
    found
}

/// Kills, until none is left, the processes whose environment says that they belong to `instance`. For instances whose
/// shim was killed; a living shim knows its own. Returns how many there were.
pub fn kill_strays(agent: &str, instance: &str) -> usize {
    let marks = [format!("{AGENT_MARK}={agent}"), format!("{INSTANCE_MARK}={instance}")];
    let mut killed = HashSet::new();
    // Each round catches what was forked during the one before; a tree that outruns three rounds wants to be seen.
    for _ in 0..3 {
        let strays: Vec<u32> = all().into_iter().filter(|pid| carries(*pid, &marks)).collect();
        if strays.is_empty() {
            break;
        }
        for pid in strays {
            // Gone already is as good.
            let _ = kill(as_pid(pid), Signal::SIGKILL);
            killed.insert(pid);
        }
        super::sys::sleep(std::time::Duration::from_millis(10));
    }
    killed.len()
}

/// The variables by which a process is known to belong to an instance of an agent: two stores may use one id.
pub const INSTANCE_MARK: &str = "DELIVER_INSTANCE";
pub const AGENT_MARK: &str = "DELIVER_AGENT";

fn carries(pid: u32, marks: &[String]) -> bool {
    let alive = stat(pid).is_some_and(|stat| stat.state != 'Z');
    alive
        && fs::read(format!("/proc/{pid}/environ")).is_ok_and(|environ| {
            let variables: Vec<&[u8]> = environ.split(|byte| *byte == 0).collect();
            marks.iter().all(|mark| variables.contains(&mark.as_bytes()))
        })
}

/// TCP ports on which any of `pids` listens.
pub fn listening_ports(pids: &[u32]) -> BTreeSet<u16> {
    let listeners = listeners();
    let mut ports = BTreeSet::new();
    for pid in pids {
        for inode in socket_inodes(*pid) {
            ports.extend(
                listeners
                    .iter()
                    .filter(|listener| listener.inode == inode)
                    .map(|listener| listener.port),
            );
        }
    }
    ports
}

/// Who listens on a TCP port: ``pid 123, `python3 -m http.server` ``. `None` where it cannot be known.
pub fn holder_of(port: u16) -> Option<String> {
    let inodes: HashSet<u64> = listeners()
        .into_iter()
        .filter(|listener| listener.port == port)
        .map(|listener| listener.inode)
        .collect();
    let pid = all()
        .into_iter()
        .find(|pid| socket_inodes(*pid).iter().any(|inode| inodes.contains(inode)))?;
    let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let words: Vec<String> = line
        .split(|byte| *byte == 0)
        .filter(|word| !word.is_empty())
        .map(|word| String::from_utf8_lossy(word).escape_debug().to_string())
        .collect();
    let mut command = words.join(" ");
    if command.chars().count() > 60 {
        command = command.chars().take(59).chain(['…']).collect();
    }
    Some(format!("pid {pid}, `{command}`"))
}

/// Whether an instance could listen on `port` now, on either loopback address or on all.
pub fn is_free(port: u16) -> bool {
    let taken = |result: std::io::Result<TcpListener>| matches!(result, Err(error) if error.kind() == std::io::ErrorKind::AddrInUse);
    !taken(TcpListener::bind((Ipv4Addr::UNSPECIFIED, port))) && !taken(TcpListener::bind((Ipv6Addr::UNSPECIFIED, port)))
}

pub fn as_pid(pid: u32) -> Pid {
    // The kernel's own limit is far below (PID_MAX_LIMIT, 2^22).
    Pid::from_raw(i32::try_from(pid).unwrap_or(i32::MAX))
}

struct Listener {
    port: u16,
    inode: u64,
}

/// Reads `/proc/net/tcp` and `tcp6`: local address in the second column, state in the fourth (0A is LISTEN), inode in
/// the tenth.
fn listeners() -> Vec<Listener> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|path| fs::read_to_string(path).unwrap_or_default());
    tables
        .iter()
        .flat_map(|table| table.lines().skip(1))
        .filter_map(listener)
        .collect()
}

fn listener(line: &str) -> Option<Listener> {
    let columns: Vec<&str> = line.split_ascii_whitespace().collect();
    if *columns.get(3)? != "0A" {
        return None;
    }
    let (_, port) = columns.get(1)?.rsplit_once(':')?;
    Some(Listener {
        port: u16::from_str_radix(port, 16).ok()?,
        inode: columns.get(9)?.parse().ok()?,
    })
}

fn socket_inodes(pid: u32) -> Vec<u64> {
    let Ok(entries) = fs::read_dir(format!("/proc/{pid}/fd")) else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| fs::read_link(entry.ok()?.path()).ok())
        .filter_map(|link| link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok())
        .collect()
}

fn all() -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect()
}

struct Stat {
    state: char,
    parent: u32,
}

/// Reads `/proc/PID/stat`, whose second field is the program's name in parentheses and may hold anything.
fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read(format!("/proc/{pid}/stat")).ok()?;
    let text = String::from_utf8_lossy(&text);
    let (_, rest) = text.rsplit_once(") ")?;
    let mut fields = rest.split_ascii_whitespace();
    Some(Stat {
        state: fields.next()?.chars().next()?,
        parent: fields.next()?.parse().ok()?,
    })
}

fn parent(pid: u32) -> Option<u32> {
    stat(pid).map(|stat| stat.parent)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_listener_of_this_process_is_found_by_its_port() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(listening_ports(&[std::process::id()]).contains(&port));
        assert!(
            holder_of(port)
                .unwrap()
                .starts_with(&format!("pid {}", std::process::id()))
        );
        assert!(!is_free(port));
        drop(listener);
        // Another test of this process may be given the same port meanwhile: of several, one stays free.
        let freed = || TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
        assert!(is_free(port) || (0..20).any(|_| is_free(freed().unwrap().port())));
    }

    #[test]
    fn children_are_descendants() {
        let mut child = crate::agent::sys::program("sleep").arg("30").spawn().unwrap();
        assert!(descendants(std::process::id()).contains(&child.id()));
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
