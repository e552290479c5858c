//! An engine that answers as a test says, for what a real one cannot be made to say.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use serde_json::{Value, json};

use super::Swarm;
use crate::adapters::system::SystemClock;
use crate::config::environment::Environment;
use crate::model::place::Place;
use crate::ports::interrupt::Never;

/// From a request's first line, unescaped, to the status and body of the answer: JSON, or a text as it is.
type Answer = dyn Fn(&str) -> (u16, Value) + Send + Sync;

pub struct Fake {
    address: SocketAddr,
}

impl Fake {
    /// It listens until the test's process ends.
    pub fn start(answer: impl Fn(&str) -> (u16, Value) + Send + Sync + 'static) -> Fake {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let answer: Arc<Answer> = Arc::new(answer);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let answer = answer.clone();
                std::thread::spawn(move || serve(client, &*answer));
            }
        });
        Fake { address }
    }

    /// A target whose engine this is.
    pub fn swarm(&self) -> Swarm {
        let place = Place {
            target: "swarm".into(),
            options: json!({ "host": format!("tcp://{}", self.address) }),
        };
        let clock = Arc::new(SystemClock::new(None));
        Swarm::new(&place, &Environment::of([("HOME", "/nowhere")]), clock, Arc::new(Never)).expect("a target")
    }
}

fn serve(client: TcpStream, answer: &Answer) -> Option<()> {
    let mut requests = BufReader::new(client.try_clone().ok()?);
    let mut client = client;
    loop {
        let mut first = String::new();
        if requests.read_line(&mut first).ok()? == 0 {
            return None;
        }
        let mut length = 0;
        loop {
            let mut header = String::new();
            requests.read_line(&mut header).ok()?;
            let header = header.trim().to_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(bytes) = header.strip_prefix("content-length:") {
                length = bytes.trim().parse().ok()?;
            }
        }
        std::io::copy(&mut requests.by_ref().take(length), &mut std::io::sink()).ok()?;
        let line = first.trim().replace("%22", "\"");
        let (status, body) = match line.contains("/version") {
            true => (200, json!({ "ApiVersion": "1.47", "Version": "27.0.0" })),
            false => answer(&line),
        };
        let body = match body {
            Value::String(text) => text,
            json => json.to_string(),
        };
        let head = format!(
            "HTTP/1.1 {status} As-Told\r\nContent-Type: application/json\r\nContent-Length: {}",
            body.len()
        );
        client.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).ok()?;
    }
}
