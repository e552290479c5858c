//! The server: TLS, HTTP/1.1, who asks, what goes wrong on the way, and answers that are streams.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use deliver::adapters::system::SystemClock;
use deliver::ports::Clock;
use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request as HttpRequest, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::failure::Failure;
use super::pki::Authority;
use super::request::{Place, Reply, Request, Watch};
use super::rules::{Mishap, User};
use super::state::State;
use super::{controllers, logs, verbs};

/// How often controllers look, and streams look for something to send.
const TICK: Duration = Duration::from_millis(20);

/// One request that was answered, or cut, for tests that ask what was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub method: String,
    /// With its query.
    pub path: String,
    /// 0 if no answer left.
    pub code: u16,
}

pub struct Shared {
    pub state: Mutex<State>,
    pub authority: Mutex<Authority>,
    pub tokens: Mutex<BTreeMap<String, User>>,
    pub asked: Mutex<Vec<Asked>>,
}

pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A test that failed while it held the lock says so itself.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether the server answers, is away, or is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    Serve,
    Away,
    End,
}

pub fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(128)
}

/// Looks at the cluster again and again until told to end. Without an API server nothing changes in a cluster: it catches up
/// when the server is back.
pub fn control(shared: &Shared, run: &watch::Receiver<Run>) {
    let clock = SystemClock::new(None);
    loop {
        let now = *run.borrow();
        match now {
            Run::End => return,
            Run::Away => {}
            Run::Serve => controllers::step(&mut locked(&shared.state)),
        }
        clock.sleep(TICK);
    }
}

/// Serves until told to end.
pub async fn serve(shared: Arc<Shared>, listener: TcpListener, mut run: watch::Receiver<Run>) {
    let address = listener.local_addr().expect("a bound listener has an address");
    let acceptor = TlsAcceptor::from(locked(&shared.authority).server());
    let mut listener = Some(listener);
    let mut connections = JoinSet::new();
    loop {
        let now = *run.borrow_and_update();
        match now {
            Run::End => return,
            Run::Away => {
                connections.abort_all();
                listener = None;
                if run.changed().await.is_err() {
                    return;
                }
                continue;
            }
            Run::Serve => {}
        }
        if listener.is_none() {
            listener = bind(address).ok();
        }
        let Some(open) = &listener else {
            tokio::time::sleep(TICK).await;
            continue;
        };
        tokio::select! {
            accepted = open.accept() => {
                if let Ok((stream, _)) = accepted {
                    let (shared, acceptor) = (Arc::clone(&shared), acceptor.clone());
                    connections.spawn(async move {
                        if let Ok(stream) = acceptor.accept(stream).await {
                            connection(shared, stream).await;
                        }
                    });
                }
            }
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            changed = run.changed() => {
                if changed.is_err() {
                    return;
                }
            }
        }
    }
}

async fn connection(shared: Arc<Shared>, stream: tokio_rustls::server::TlsStream<tokio::net::TcpStream>) {
    let certificates = stream.get_ref().1.peer_certificates();
    let certificate = certificates.and_then(|chain| chain.first()).map(|one| one.to_vec());
    let service = service_fn(move |request| answer(Arc::clone(&shared), certificate.clone(), request));
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// The connection ends without an answer.
#[derive(Debug)]
struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cut")
    }
}

impl std::error::Error for Cut {}

async fn answer(
    shared: Arc<Shared>,
    certificate: Option<Vec<u8>>,
    http: HttpRequest<Incoming>,
) -> Result<Response<Sent>, Cut> {
    let (parts, body) = http.into_parts();
    let header = |name: &str| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned()
    };
    let user = authenticate(&shared, certificate.as_deref(), &header("authorization"));
    let body = body.collect().await.map_err(|_| Cut)?.to_bytes().to_vec();
    let asked = |code: u16| {
        let path = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        let method = parts.method.to_string();
        locked(&shared.asked).push(Asked { method, path, code });
    };
    let Some(user) = user else {
        asked(401);
        return Ok(refused(&Failure::unauthorized()));
    };
    let request = Request {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: query(parts.uri.query().unwrap_or_default()),
        content_type: header("content-type"),
        agent: header("user-agent"),
        body,
        user,
    };
    let picked = Place::parse(&request.path).filter(|_| request.option("dryRun").is_none());
    let mishap = picked.and_then(|place| {
        let verb = request.verb(&place);
        locked(&shared.state).rules.next_mishap(verb, &place.full())
    });
    match &mishap {
        Some(Mishap::Answer(failure)) => {
            asked(failure.code);
            return Ok(refused(failure));
        }
        Some(Mishap::CutBefore) => {
            asked(0);
            return Err(Cut);
        }
        Some(Mishap::Hang) => {
            asked(0);
            std::future::pending::<Infallible>().await;
        }
        _ => {}
    }
    let reply = verbs::handle(&mut locked(&shared.state), &request);
    match mishap {
        Some(Mishap::CutAfter) => {
            asked(0);
            return Err(Cut);
        }
        Some(Mishap::TimeoutAfter) => {
            asked(504);
            let text = "the server was unable to return a response in the time allotted, but may still be processing the \
                        request";
            return Ok(refused(&Failure::new(504, "Timeout", text)));
        }
        _ => {}
    }
    asked(match &reply {
        Ok(Reply::Document { code, .. }) => *code,
        Ok(_) => 200,
        Err(failure) => failure.code,
    });
    let mut response = respond(&shared, reply);
    let now = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&locked(&shared.state).now());
    if let Some(now) = now.ok().and_then(|now| now.parse().ok()) {
        response.headers_mut().insert("date", now);
    }
    Ok(response)
}

fn authenticate(shared: &Shared, certificate: Option<&[u8]>, authorization: &str) -> Option<User> {
    if let Some(certificate) = certificate {
        return locked(&shared.authority).user_of(certificate);
    }
    if let Some(token) = authorization.strip_prefix("Bearer ") {
        return locked(&shared.tokens).get(token).cloned();
    }
    Some(User {
        name: "system:anonymous".to_owned(),
        groups: vec!["system:unauthenticated".to_owned()],
    })
}

fn query(text: &str) -> Vec<(String, String)> {
    let decode = |text: &str| {
        let mut bytes = Vec::with_capacity(text.len());
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            match byte {
                b'+' => bytes.push(b' '),
                b'%' => {
                    let digits: Vec<u8> = rest.by_ref().take(2).collect();
                    let digits = String::from_utf8_lossy(&digits);
                    bytes.push(u8::from_str_radix(&digits, 16).unwrap_or(b'?'));
                }
                byte => bytes.push(byte),
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    };
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

fn refused(failure: &Failure) -> Response<Sent> {
    let mut builder = Response::builder()
        .status(failure.code)
        .header("content-type", "application/json");
    if let Some(seconds) = failure.retry_after_secs {
        builder = builder.header("retry-after", seconds.to_string());
    }
    if failure.status.is_null() {
        let page = Response::builder()
            .status(failure.code)
            .header("content-type", "text/plain");
        let page = page.body(Sent::whole(format!("{} page not found\n", failure.code)));
        return page.expect("these headers are fine");
    }
    builder
        .body(Sent::whole(failure.status.to_string()))
        .expect("these headers are fine")
}

fn respond(shared: &Arc<Shared>, reply: Result<Reply, Failure>) -> Response<Sent> {
    let of_type = |kind: &str| Response::builder().header("content-type", kind.to_owned());
    match reply {
        Err(failure) => refused(&failure),
        Ok(Reply::Document { code, body, warnings }) => {
            let mut builder = of_type("application/json").status(code);
            for warning in warnings {
                builder = builder.header("warning", format!("299 - {warning:?}"));
            }
            builder
                .body(Sent::whole(body.to_string()))
                .expect("these headers are fine")
        }
        Ok(Reply::Text(text)) => of_type("text/plain")
            .body(Sent::whole(text))
            .expect("these headers are fine"),
        Ok(Reply::Watch(watch)) => {
            let (sender, body) = Sent::stream();
            tokio::spawn(send_changes(Arc::clone(shared), watch, sender));
            of_type("application/json").body(body).expect("these headers are fine")
        }
        Ok(Reply::Follow(mut tail)) => {
            let (sender, body) = Sent::stream();
            let shared = Arc::clone(shared);
            tokio::spawn(async move {
                let mut text = std::mem::take(&mut tail.first);
                loop {
                    if !text.is_empty() && sender.send(Bytes::from(text)).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(TICK).await;
                    match logs::more(&locked(&shared.state), &mut tail) {
                        Some(more) if !sender.is_closed() => text = more,
                        _ => return,
                    }
                }
            });
            of_type("text/plain").body(body).expect("these headers are fine")
        }
    }
}

async fn send_changes(shared: Arc<Shared>, mut watch: Watch, sender: mpsc::Sender<Bytes>) {
    let end = tokio::time::Instant::now() + Duration::from_secs(watch.seconds);
    let mut pending: Vec<Value> = Vec::new();
    if watch.initial {
        let state = locked(&shared.state);
        pending.extend(
            state
                .store
                .list(watch.resource.plural, &watch.namespace)
                .filter(|(_, object)| watch.selector.matches(object))
                .map(|(_, object)| json!({"type": "ADDED", "object": object})),
        );
    }
    loop {
        pending.extend(changes(&locked(&shared.state), &mut watch));
        for event in std::mem::take(&mut pending) {
            let expired = event["type"] == "ERROR";
            if sender.send(Bytes::from(format!("{event}\n"))).await.is_err() || expired {
                return;
            }
        }
        if tokio::time::Instant::now() >= end || sender.is_closed() {
            if watch.bookmarks {
                let object = json!({"kind": watch.resource.kind, "apiVersion": watch.resource.api_version(),
                    "metadata": {"resourceVersion": watch.after.to_string(), "creationTimestamp": null}});
                let event = json!({"type": "BOOKMARK", "object": object});
                let _ = sender.send(Bytes::from(format!("{event}\n"))).await;
            }
            return;
        }
        tokio::time::sleep(TICK).await;
    }
}

fn changes(state: &State, watch: &mut Watch) -> Vec<Value> {
    if watch.after < state.store.compacted() {
        let message = format!(
            "too old resource version: {} ({})",
            watch.after,
            state.store.compacted()
        );
        return vec![json!({"type": "ERROR", "object": Failure::expired(message).status})];
    }
    let mut events = Vec::new();
    for change in state.store.changes_after(watch.after) {
        let here = watch.namespace.is_empty() || change.key.namespace == watch.namespace;
        if change.key.plural != watch.resource.plural || !here {
            continue;
        }
        let fits = |object: &Option<Value>| object.as_ref().filter(|object| watch.selector.matches(object)).cloned();
        // An object that a selector no longer takes is gone as far as this watch knows.
        let (kind, object) = match (fits(&change.before), fits(&change.after)) {
            (None, Some(after)) => ("ADDED", after),
            (Some(_), Some(after)) => ("MODIFIED", after),
            (Some(before), None) => ("DELETED", change.after.clone().unwrap_or(before)),
            (None, None) => continue,
        };
        events.push(json!({"type": kind, "object": object}));
    }
    watch.after = state.store.revision();
    events
}

/// The body of an answer: whole, or in pieces as they come.
pub enum Sent {
    Whole(Option<Bytes>),
    Stream(mpsc::Receiver<Bytes>),
}

impl Sent {
    fn whole(text: String) -> Self {
        Sent::Whole(Some(Bytes::from(text)))
    }

    fn stream() -> (mpsc::Sender<Bytes>, Self) {
        let (sender, receiver) = mpsc::channel(16);
        (sender, Sent::Stream(receiver))
    }
}

impl Body for Sent {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match &mut *self {
            Sent::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Sent::Stream(receiver) => receiver
                .poll_recv(context)
                .map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes)))),
        }
    }
}
