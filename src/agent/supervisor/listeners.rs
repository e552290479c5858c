//! Public ports: binding them, naming who has them, and handing them to the next supervisor through `exec`.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};

use serde::{Deserialize, Serialize};

use crate::agent::procs;
use crate::agent::wire::Wire;
use crate::fault::{Fault, Kind, Result};

/// Connections that wait while a router is replaced. The kernel's own limit (`net.core.somaxconn`) is 4096 today.
const BACKLOG: i32 = 4096;

/// Listening sockets by public port: the IPv4 loopback, and the IPv6 one where the machine has it.
pub struct Listeners(BTreeMap<u16, Vec<TcpListener>>);

impl Listeners {
    pub fn new(sockets: Vec<(u16, TcpListener)>) -> Self {
        let mut listeners = Listeners(BTreeMap::new());
        for (port, socket) in sockets {
            listeners.adopt(port, socket);
        }
        listeners
    }

    pub fn adopt(&mut self, port: u16, socket: TcpListener) {
        self.0.entry(port).or_default().push(socket);
    }

    pub fn has(&self, port: u16) -> bool {
        self.0.contains_key(&port)
    }

    pub fn ports(&self) -> Vec<u16> {
        self.0.keys().copied().collect()
    }

    /// The sockets of a port, to be handed on.
    pub fn sockets(&self, port: u16) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.0.get(&port).into_iter().flatten().map(AsFd::as_fd)
    }

    /// Takes a port, unless it is held already.
    pub fn open(&mut self, port: u16) -> Result<()> {
        if self.has(port) {
            return Ok(());
        }
        let sockets = bind(port).map_err(|error| refusal(port, &error))?;
        self.0.insert(port, sockets);
        Ok(())
    }

    /// Closes every port that is not in `wanted`.
    pub fn keep(&mut self, wanted: &BTreeSet<u16>) {
        self.0.retain(|port, _| wanted.contains(port));
    }

    /// Puts `lock`, `control` and all ports into a socket that the next program finds as its standard input.
    pub fn hand_over(&self, lock: BorrowedFd<'_>, control: BorrowedFd<'_>) -> io::Result<UnixStream> {
        let (near, far) = UnixStream::pair()?;
        // What is not read yet must fit into the socket's buffer; a stuck supervisor would be worse than a failed restart.
        near.set_nonblocking(true)?;
        let sender = Wire::new(near).sender()?;
        sender.send_with(&Item::Lock, lock)?;
        sender.send_with(&Item::Control, control)?;
        for port in self.ports() {
            for socket in self.sockets(port) {
                sender.send_with(&Item::Port(port), socket)?;
            }
        }
        Ok(far)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Item {
    Lock,
    Control,
    Port(u16),
}

/// What a supervisor left to the program it became.
#[derive(Default)]
pub struct Handed {
    pub lock: Option<std::fs::File>,
    pub control: Option<UnixListener>,
    pub listeners: Vec<(u16, TcpListener)>,
}

/// Reads what [`Listeners::hand_over`] left on standard input; nothing where that is no socket.
pub fn handover() -> Handed {
    let mut handed = Handed::default();
    let Ok(stdin) = io::stdin().as_fd().try_clone_to_owned() else {
        return handed;
    };
    let mut wire = Wire::new(UnixStream::from(stdin));
    while let Ok(Some(item)) = wire.receive::<Item>() {
        let Some(descriptor): Option<OwnedFd> = wire.descriptor() else {
            break;
        };
        match item {
            Item::Lock => handed.lock = Some(descriptor.into()),
            Item::Control => handed.control = Some(descriptor.into()),
            Item::Port(port) => handed.listeners.push((port, descriptor.into())),
        }
    }
    handed
}

fn bind(port: u16) -> io::Result<Vec<TcpListener>> {
    let four = listen(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port))?;
    match listen(SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), port)) {
        Ok(six) => Ok(vec![four, six]),
        // Half of those who ask for `localhost` would reach somebody else.
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(error),
        // No IPv6 on this machine.
        Err(_) => Ok(vec![four]),
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    // The standard library asks for 128; asking again on a listening socket changes it.
    if let Ok(backlog) = nix::sys::socket::Backlog::new(BACKLOG) {
        nix::sys::socket::listen(&listener, backlog)?;
    }
    Ok(listener)
}

fn refusal(port: u16, error: &io::Error) -> Fault {
    if error.kind() == io::ErrorKind::PermissionDenied {
        return Fault::usage("port-denied", format!("this user may not listen on port {port}"))
            .hint("set `port` under [run] in deliver.toml to 1024 or above");
    }
    let holder = procs::holder_of(port);
    let by = holder.map_or_else(
        || "another program".to_owned(),
        |holder| format!("another program ({holder})"),
    );
    Fault::new(
        Kind::Failed,
        "port-taken",
        format!("cannot listen on port {port}: it is taken by {by}"),
    )
    .hint("set another `port` under [run] in deliver.toml, or stop that program")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_names_its_holder() {
        let other = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = other.local_addr().unwrap().port();
        let fault = Listeners::new(Vec::new()).open(port).unwrap_err();
        assert_eq!(fault.code(), "port-taken");
        #[cfg(target_os = "linux")]
        assert!(
            fault.message().contains(&format!("pid {}", std::process::id())),
            "{fault}"
        );
    }

    #[test]
    fn a_port_is_opened_once_and_closed_when_unwanted() {
        let mut listeners = Listeners::new(Vec::new());
        let port = TcpListener::bind(("127.0.0.1", 0))
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        listeners.open(port).unwrap();
        listeners.open(port).unwrap();
        assert_eq!(listeners.ports(), [port]);
        assert!(listeners.sockets(port).count() <= 2);
        listeners.keep(&BTreeSet::new());
        assert!(procs::is_free(port));
    }
}
