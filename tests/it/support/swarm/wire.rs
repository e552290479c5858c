//! A wire to an engine that holds one request back, loses one answer, or gives one of its own.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::Node;

/// What was to happen does so within this time, or not at all.
const PATIENCE: Duration = Duration::from_secs(60);

/// What becomes of the next request with certain words in its first line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It waits until it is let go.
    Held,
    /// The engine does it, and nobody hears of that.
    Unanswered,
    /// The engine never hears of it: it is answered with this status and message, as an engine would.
    Refused(u16, &'static str),
}

/// Listens on a socket of its own and passes everything on to a node's engine.
pub struct Wire {
    path: PathBuf,
    shared: Arc<(Mutex<State>, Condvar)>,
}

#[derive(Default)]
struct State {
    /// What is waited for, and what then becomes of it.
    armed: Option<(String, Fate)>,
    /// It came by.
    met: bool,
    let_go: bool,
    /// The first line of the engine's answer to it.
    answer: Option<String>,
}

impl Wire {
    /// The socket is in `folder`, and goes with it.
    pub fn to(node: &Node, folder: &Path) -> Wire {
        let wire = Wire {
            path: folder.join("wire.sock"),
            shared: Arc::default(),
        };
        let listener = UnixListener::bind(&wire.path).expect("a socket");
        let (engine, shared) = (node.socket(), wire.shared.clone());
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(engine) = UnixStream::connect(&engine) else {
                    continue;
                };
                let shared = shared.clone();
                thread::spawn(move || pass(&client, &engine, &shared));
            }
        });
        wire
    }

    pub fn host(&self) -> String {
        format!("unix://{}", self.path.display())
    }

    /// The next request with `words` in its first line has this fate, once.
    pub fn arm(&self, words: &str, fate: Fate) {
        let armed = Some((words.to_owned(), fate));
        *lock(&self.shared.0) = State {
            armed,
            ..State::default()
        };
    }

    /// Waits until the request came by.
    #[track_caller]
    pub fn meet(&self) {
        self.wait("the request came by", |state| state.met.then_some(()));
    }

    /// Lets the held request go on; gives the first line of the engine's answer to it.
    #[track_caller]
    pub fn let_go(&self) -> String {
        lock(&self.shared.0).let_go = true;
        self.shared.1.notify_all();
        self.wait("the engine answered", |state| state.answer.clone())
    }

    #[track_caller]
    fn wait<T>(&self, what: &str, mut got: impl FnMut(&State) -> Option<T>) -> T {
        let (state, changed) = (lock(&self.shared.0), &self.shared.1);
        let (state, _) = changed
            .wait_timeout_while(state, PATIENCE, |state| got(state).is_none())
            .unwrap_or_else(PoisonError::into_inner);
        got(&state).unwrap_or_else(|| panic!("not within {} s: {what}", PATIENCE.as_secs()))
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Passes one connection on. The client sends a request only when the one before was answered, so that each begins a read.
fn pass(client: &UnixStream, engine: &UnixStream, shared: &Arc<(Mutex<State>, Condvar)>) {
    let fate: Arc<Mutex<Option<Fate>>> = Arc::default();
    let back = {
        let (from, to) = (engine.try_clone(), client.try_clone());
        let (fate, shared) = (fate.clone(), shared.clone());
        thread::spawn(move || answers(from.expect("a socket"), to.expect("a socket"), &fate, &shared))
    };
    let (mut from, mut to) = (client, engine);
    let mut buffer = vec![0; 65_536];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        if let Some(met) = met(&buffer[..length], shared) {
            *fate.lock().unwrap_or_else(PoisonError::into_inner) = Some(met);
            match met {
                Fate::Held => {
                    let state = lock(&shared.0);
                    drop(shared.1.wait_while(state, |state| !state.let_go));
                }
                Fate::Refused(status, message) => {
                    let _ = client
                        .try_clone()
                        .expect("a socket")
                        .write_all(&refusal(status, message));
                    break;
                }
                Fate::Unanswered => {}
            }
        }
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = engine.shutdown(std::net::Shutdown::Write);
    let _ = back.join();
    let _ = client.shutdown(std::net::Shutdown::Both);
}

fn refusal(status: u16, message: &str) -> Vec<u8> {
    let body = serde_json::json!({ "message": message }).to_string();
    let length = body.len();
    format!(
        "HTTP/1.1 {status} No\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

/// What becomes of the request that begins here, if it is the one.
fn met(bytes: &[u8], shared: &(Mutex<State>, Condvar)) -> Option<Fate> {
    let line = first_line(bytes);
    let mut state = lock(&shared.0);
    let (_, fate) = state.armed.take_if(|(words, _)| line.contains(words.as_str()))?;
    state.met = true;
    shared.1.notify_all();
    Some(fate)
}

fn answers(mut from: UnixStream, mut to: UnixStream, fate: &Mutex<Option<Fate>>, shared: &(Mutex<State>, Condvar)) {
    let mut buffer = vec![0; 65_536];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        let met = fate.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(met) = met {
            lock(&shared.0).answer = Some(first_line(&buffer[..length]));
            shared.1.notify_all();
            if met == Fate::Unanswered {
                break;
            }
        }
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Both);
    let _ = from.shutdown(std::net::Shutdown::Both);
}

fn first_line(bytes: &[u8]) -> String {
    let end = bytes
        .iter()
        .position(|byte| *byte == b'\r')
        .unwrap_or(bytes.len().min(256));
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}
