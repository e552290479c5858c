//! An engine of a test's own that answers as it is told and remembers what it was asked, and by whom.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::connect::{Endpoint, Engine};
use super::reach::Reach;
use crate::config::environment::Environment;
use crate::ports::Interrupt;

/// One request.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `POST /images/create?fromImage=a`, without the version of the API.
    pub line: String,
    /// What `X-Registry-Auth` and `X-Registry-Config` hold; null where they are not there.
    pub login: Value,
    pub logins: Value,
}

type Answer = dyn Fn(&str) -> (u16, String) + Send + Sync;

/// Answers for as long as the process runs.
pub struct FakeEngine {
    /// As `DOCKER_HOST` names it.
    pub host: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl FakeEngine {
    /// `answer` gets a request's line and gives a status and a body.
    pub fn new(answer: impl Fn(&str) -> (u16, String) + Send + Sync + 'static) -> FakeEngine {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let host = format!("tcp://{}", listener.local_addr().expect("an address"));
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (memory, answer): (_, Arc<Answer>) = (asked.clone(), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (memory, answer) = (memory.clone(), answer.clone());
                // A client that goes away has heard enough.
                thread::spawn(move || serve(stream, &memory, &*answer).unwrap_or_default());
            }
        });
        FakeEngine { host, asked }
    }

    pub fn engine(&self, interrupt: Arc<dyn Interrupt>) -> Engine {
        let reach = Reach {
            host: Some(self.host.clone()),
            ..Reach::default()
        };
        let endpoint = Endpoint::find(&reach, &Environment::of([])).expect("an endpoint");
        Engine::new(endpoint, Some("swarm"), interrupt)
    }

    /// Requests whose line begins with `line`, so far.
    pub fn asked(&self, line: &str) -> Vec<Asked> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.iter().filter(|one| one.line.starts_with(line)).cloned().collect()
    }
}

fn serve(stream: TcpStream, memory: &Mutex<Vec<Asked>>, answer: &Answer) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line == "\r\n" {
            break;
        }
        lines.push(line.trim_end().to_owned());
    }
    let header = |name: &str| {
        let found = lines.iter().skip(1).filter_map(|line| line.split_once(": "));
        let mut found = found.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.to_owned())
    };
    let decoded = |name| {
        let bytes = STANDARD.decode(header(name)?).ok()?;
        serde_json::from_slice(&bytes).ok()
    };
    if header("transfer-encoding").is_some() {
        pass_over_chunks(&mut reader)?;
    }
    if let Some(length) = header("content-length").and_then(|text| text.parse().ok()) {
        std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink())?;
    }
    let first = lines.first().cloned().unwrap_or_default();
    let mut words = first.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let path = match path.strip_prefix("/v").and_then(|rest| rest.split_once('/')) {
        Some((version, rest)) if version.starts_with(|c: char| c.is_ascii_digit()) => format!("/{rest}"),
        _ => path.to_owned(),
    };
    let line = format!("{method} {path}");
    memory.lock().unwrap_or_else(PoisonError::into_inner).push(Asked {
        line: line.clone(),
        login: decoded("x-registry-auth").unwrap_or_default(),
        logins: decoded("x-registry-config").unwrap_or_default(),
    });
    let (status, body) = match path.as_str() {
        "/version" => (200, r#"{"ApiVersion":"1.41"}"#.to_owned()),
        _ => answer(&line),
    };
    let head = format!(
        "HTTP/1.1 {status} So\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let mut stream = reader.into_inner();
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())
}

fn pass_over_chunks(reader: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let mut size = String::new();
        reader.read_line(&mut size)?;
        let size = u64::from_str_radix(size.trim(), 16).unwrap_or(0);
        // The chunk and the end of its line.
        std::io::copy(&mut reader.by_ref().take(size + 2), &mut std::io::sink())?;
        if size == 0 {
            return Ok(());
        }
    }
}
