//! Requests all the time, and what became of each.
//!
//! Nothing between a request and its fate: no pool, no retry, no redirect. What a client cannot know to be harmless is a
//! failure.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use deliver::adapters::system::SystemClock;
use deliver::ports::Clock;

/// Whoever waits longer for a connection or an answer goes away.
const PATIENCE: Duration = Duration::from_secs(10);

/// Between two requests of one client: a steady load, not all that this machine can make.
const PAUSE: Duration = Duration::from_millis(5);

/// Whether a client keeps its connection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Fresh,
    Kept,
}

/// What became of requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Good answers by their body.
    pub answers: BTreeMap<String, u64>,
    /// Nobody listened.
    pub refused: u64,
    /// The connection ended before the answer did.
    pub reset: u64,
    pub timed_out: u64,
    /// Answers with another status than 200.
    pub errors: u64,
    /// A kept connection was found closed before anything of the answer came. Each HTTP client asks again then (RFC 9110
    /// §9.2.2), and so does this one, on a new connection: the request is counted by what became of that.
    pub stale: u64,
    /// How the first failure read.
    pub first: Option<String>,
}

impl Tally {
    pub fn sent(&self) -> u64 {
        self.answers.values().sum::<u64>() + self.lost()
    }

    /// Requests without a good answer.
    pub fn lost(&self) -> u64 {
        self.refused + self.reset + self.timed_out + self.errors
    }

    fn add(&mut self, other: Tally) {
        for (body, count) in other.answers {
            *self.answers.entry(body).or_default() += count;
        }
        self.refused += other.refused;
        self.reset += other.reset;
        self.timed_out += other.timed_out;
        self.errors += other.errors;
        self.stale += other.stale;
        self.first = self.first.take().or(other.first);
    }

    fn fail(&mut self, error: &std::io::Error) {
        match error.kind() {
            ErrorKind::ConnectionRefused | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
                self.refused += 1;
            }
            ErrorKind::WouldBlock | ErrorKind::TimedOut => self.timed_out += 1,
            _ => self.reset += 1,
        }
        self.first.get_or_insert_with(|| error.to_string());
    }
}

/// Clients that ask until they are told to end.
pub struct Load {
    stop: Arc<AtomicBool>,
    sent: Arc<AtomicU64>,
    clients: Vec<JoinHandle<Tally>>,
}

impl Load {
    /// One client for each way; each asks the addresses by turns.
    pub fn start(addresses: &[SocketAddr], path: &str, ways: &[Way]) -> Self {
        let (stop, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let client = |way: &Way| {
            let client = Client {
                way: *way,
                request: format!(
                    "GET {path} HTTP/1.1\r\nHost: load\r\n{}\r\n",
                    match way {
                        Way::Fresh => "Connection: close\r\n",
                        Way::Kept => "",
                    }
                ),
                addresses: addresses.to_vec(),
                kept: BTreeMap::new(),
                tally: Tally::default(),
            };
            let (stop, sent) = (stop.clone(), sent.clone());
            std::thread::spawn(move || client.run(&stop, &sent))
        };
        Load {
            clients: ways.iter().map(client).collect(),
            stop,
            sent,
        }
    }

    /// How many requests have had their fate.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::SeqCst)
    }

    pub fn end(mut self) -> Tally {
        self.stop.store(true, Ordering::SeqCst);
        let mut tally = Tally::default();
        for client in self.clients.drain(..) {
            tally.add(client.join().expect("a client"));
        }
        tally
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
    }
}

struct Client {
    way: Way,
    request: String,
    addresses: Vec<SocketAddr>,
    kept: BTreeMap<SocketAddr, TcpStream>,
    tally: Tally,
}

/// An answer, and whether its connection stays.
struct Answer {
    status: u16,
    body: String,
    stays: bool,
}

impl Client {
    fn run(mut self, stop: &AtomicBool, sent: &AtomicU64) -> Tally {
        let clock = SystemClock::new(None);
        let mut turn = 0;
        while !stop.load(Ordering::SeqCst) {
            let address = self.addresses[turn % self.addresses.len()];
            turn += 1;
            self.ask(address);
            sent.fetch_add(1, Ordering::SeqCst);
            clock.sleep(PAUSE);
        }
        self.tally
    }

    fn ask(&mut self, address: SocketAddr) {
        let answer = match self.kept.remove(&address) {
            Some(stream) => match exchange(stream, &self.request) {
                Err((true, _)) => {
                    self.tally.stale += 1;
                    self.fresh(address)
                }
                other => other,
            },
            None => self.fresh(address),
        };
        match answer {
            Ok((stream, answer)) => {
                if self.way == Way::Kept && answer.stays {
                    self.kept.insert(address, stream);
                }
                if answer.status == 200 {
                    *self.tally.answers.entry(answer.body).or_default() += 1;
                } else {
                    self.tally.errors += 1;
                    self.tally.first.get_or_insert(format!("status {}", answer.status));
                }
            }
            Err((_, error)) => self.tally.fail(&error),
        }
    }

    fn fresh(&self, address: SocketAddr) -> Exchanged {
        let stream = TcpStream::connect_timeout(&address, PATIENCE).and_then(|stream| {
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_nodelay(true)?;
            Ok(stream)
        });
        exchange(stream.map_err(|error| (false, error))?, &self.request)
    }
}

/// The connection with its answer; or whether it was closed before anything came, and the error.
type Exchanged = Result<(TcpStream, Answer), (bool, std::io::Error)>;

fn exchange(mut stream: TcpStream, request: &str) -> Exchanged {
    let closed = |error: std::io::Error| {
        let gone = [
            ErrorKind::BrokenPipe,
            ErrorKind::ConnectionReset,
            ErrorKind::UnexpectedEof,
        ];
        (gone.contains(&error.kind()), error)
    };
    stream.write_all(request.as_bytes()).map_err(closed)?;
    let mut got = Vec::new();
    let mut part = [0; 4096];
    loop {
        let more = match stream.read(&mut part) {
            Ok(0) => Err(ErrorKind::UnexpectedEof.into()),
            other => other,
        };
        match more {
            Ok(more) => got.extend_from_slice(&part[..more]),
            Err(error) if got.is_empty() => return Err(closed(error)),
            Err(error) => return Err((false, error)),
        }
        if let Some(answer) = whole(&String::from_utf8_lossy(&got)) {
            return Ok((stream, answer));
        }
    }
}

/// The answer, when all of it is there.
fn whole(text: &str) -> Option<Answer> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut length = 0;
    let mut stays = true;
    for line in head.lines().skip(1) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().ok()?,
            "connection" => stays = !value.trim().eq_ignore_ascii_case("close"),
            _ => {}
        }
    }
    let status = head.split(' ').nth(1)?.parse().ok()?;
    (body.len() >= length).then(|| Answer {
        status,
        body: body[..length].to_owned(),
        stays,
    })
}
