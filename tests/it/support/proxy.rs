//! A wire to a PostgreSQL server that breaks where a test wants it to.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::thread;

/// Where the wire breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// The server never hears of the commit.
    BeforeCommit,
    /// The server commits, and nobody hears of that.
    AfterCommit,
}

/// Listens on a port of its own and passes everything on to the server.
pub struct Proxy {
    pub port: u16,
    /// Commits until the wire breaks; negative when it does not.
    left: Arc<AtomicI64>,
    broken: Arc<AtomicU64>,
}

/// The message by which a client commits: its kind, its length, its text.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

impl Proxy {
    pub fn to(server: u16, how: Break) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let proxy = Proxy {
            port: listener.local_addr().expect("an address").port(),
            left: Arc::new(AtomicI64::new(-1)),
            broken: Arc::default(),
        };
        let (left, broken) = (proxy.left.clone(), proxy.broken.clone());
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else {
                    continue;
                };
                let (left, broken) = (left.clone(), broken.clone());
                thread::spawn(move || pass(&client, &server, how, &left, &broken));
            }
        });
        proxy
    }

    /// The wire breaks at the `n`-th commit from now, once.
    pub fn break_at(&self, n: i64) {
        self.left.store(n, Ordering::SeqCst);
    }

    /// How often it broke.
    pub fn broken(&self) -> u64 {
        self.broken.load(Ordering::SeqCst)
    }
}

fn pass(client: &TcpStream, server: &TcpStream, how: Break, left: &AtomicI64, broken: &AtomicU64) {
    let silent = Arc::new(AtomicU64::new(0));
    let back = {
        let (mut from, mut to) = (
            server.try_clone().expect("a socket"),
            client.try_clone().expect("a socket"),
        );
        let silent = silent.clone();
        thread::spawn(move || {
            let mut buffer = [0; 65_536];
            while let Ok(1..) = from.read(&mut buffer).inspect(|length| {
                // The answer to the commit is swallowed, and with it the wire.
                if silent.load(Ordering::SeqCst) == 0 && *length > 0 {
                    let _ = to.write_all(&buffer[..*length]);
                }
            }) {
                if silent.load(Ordering::SeqCst) == 1 {
                    break;
                }
            }
            let _ = to.shutdown(Shutdown::Both);
        })
    };
    let (mut from, mut to) = (client, server);
    let mut buffer = [0; 65_536];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        let commits = buffer[..length].windows(COMMIT.len()).any(|bytes| bytes == COMMIT);
        if commits && left.fetch_sub(1, Ordering::SeqCst) == 1 {
            broken.fetch_add(1, Ordering::SeqCst);
            if how == Break::BeforeCommit {
                break;
            }
            silent.store(1, Ordering::SeqCst);
        }
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
        if silent.load(Ordering::SeqCst) == 1 {
            // Until the server has answered.
            let _ = back.join();
            let _ = client.shutdown(Shutdown::Both);
            let _ = server.shutdown(Shutdown::Both);
            return;
        }
    }
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
}
