//! One request: where it goes, what is changed in its head, and what its client gets when nobody answers.

use std::convert::Infallible;
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, TE,
    TRANSFER_ENCODING, UPGRADE,
};
use hyper::upgrade::OnUpgrade;
use hyper::{Method, Request, Response, StatusCode, Uri, Version};

use super::Shared;
use super::body::{Answer, Outgoing, Streamed};
use super::pool::{self, Connection, Pool};
use super::table::{Choice, InFlight, Server, Site};
use super::tunnel;
use super::worker::Open;
use crate::agent::sys;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");

/// A request that fails later than this after it was sent was being worked on: it is not begun a second time.
const REPEAT_WITHIN: Duration = Duration::from_secs(1);

/// How long the supervisor may take to notice that an instance which refuses is gone.
const AFTER_REFUSAL: Duration = Duration::from_secs(1);

/// Serves one public port on one worker.
pub struct Proxy {
    shared: Arc<Shared>,
    pool: Arc<Pool>,
    port: u16,
    /// Request ids: a number of this process, then a count.
    ids: AtomicU64,
    prefix: String,
}

/// Why an instance gave no answer.
enum Lost {
    /// Nothing of the request reached it: another may have it.
    Unsent(Box<Request<Outgoing>>, String),
    /// It may have begun. A copy, where repeating it is harmless; and whether the connection had been kept, so that its
    /// server may have closed it in the very moment in which the request came.
    Begun(Option<Box<Request<Outgoing>>>, bool, String),
}

/// What was tried for one request.
#[derive(Default)]
struct Attempts {
    /// Servers that did not take it, since the table last changed.
    refused: Vec<SocketAddr>,
    reason: String,
    /// It was sent a second time after it may have begun; that is done once.
    repeated: bool,
}

impl Attempts {
    fn refused(&mut self, address: SocketAddr, why: String) {
        self.refused.push(address);
        self.reason = why;
    }
}

impl Proxy {
    pub fn new(shared: Arc<Shared>, pool: Arc<Pool>, port: u16) -> Arc<Self> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let now = sys::now().as_microsecond();
        Arc::new(Proxy {
            shared,
            pool,
            port,
            ids: AtomicU64::new(0),
            prefix: format!("{:x}-{number:x}-", now ^ i64::from(std::process::id()) << 40),
        })
    }

    /// Answers every request somehow.
    pub async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        peer: IpAddr,
    ) -> Result<Response<Answer>, Infallible> {
        let begun = sys::instant();
        let mut response = self.forward(request, peer, begun).await;
        if self.shared.retiring.load(Ordering::Relaxed) && response.status() != StatusCode::SWITCHING_PROTOCOLS {
            response
                .headers_mut()
                .insert(CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(response)
    }

    async fn forward(&self, mut request: Request<Incoming>, peer: IpAddr, begun: Instant) -> Response<Answer> {
        if let Err(words) = self.prepare(&mut request, peer) {
            return words_only(StatusCode::BAD_REQUEST, words);
        }
        let upgrade = request.headers().contains_key(UPGRADE);
        let client = upgrade.then(|| hyper::upgrade::on(&mut request));
        let mut request = request.map(Outgoing::of);
        let mut attempts = Attempts::default();
        loop {
            let in_flight = match self.choose(&mut attempts, begun).await {
                Ok(in_flight) => in_flight,
                Err(site) => return self.nobody(site, &attempts, begun),
            };
            let sent = sys::instant();
            let why = match self.exchange(request, &in_flight.0).await {
                Ok((response, connection)) => {
                    in_flight.0.meter.answered(response.status().as_u16(), begun.elapsed());
                    return self.receive(response, connection, in_flight, client);
                }
                Err(Lost::Unsent(unsent, why)) => {
                    request = *unsent;
                    attempts.refused(in_flight.0.address, why);
                    continue;
                }
                Err(Lost::Begun(copy, reused, why)) => match copy {
                    Some(copy) if !attempts.repeated && sent.elapsed() < REPEAT_WITHIN => {
                        request = *copy;
                        attempts.repeated = true;
                        if !reused {
                            attempts.refused(in_flight.0.address, why);
                        }
                        continue;
                    }
                    _ => why,
                },
            };
            if in_flight.0.is_retired() {
                in_flight.0.count_cut();
            }
            in_flight.0.meter.failed(begun.elapsed());
            return words_only(StatusCode::BAD_GATEWAY, format!("the instance did not answer: {why}\n"));
        }
    }

    /// The server that gets the request, waited for where the site says that waiting helps. Where a server has just
    /// refused, the supervisor is about to say why: that is waited for, too.
    async fn choose(&self, attempts: &mut Attempts, begun: Instant) -> Result<InFlight, Option<Arc<Site>>> {
        let tables = &self.shared.tables;
        let patience = |site: &Site, attempts: &Attempts| match attempts.refused.is_empty() {
            true => site.wait,
            false => site.wait.max(AFTER_REFUSAL),
        };
        let mut changes = match tables.choose(self.port, &attempts.refused) {
            Choice::Go(in_flight) => return Ok(in_flight),
            Choice::Unknown => return Err(None),
            Choice::Wait(site) if patience(&site, attempts).is_zero() => return Err(Some(site)),
            Choice::Wait(_) => tables.watch(),
        };
        loop {
            changes.mark_unchanged();
            let site = match tables.choose(self.port, &attempts.refused) {
                Choice::Go(in_flight) => return Ok(in_flight),
                Choice::Unknown => return Err(None),
                Choice::Wait(site) => site,
            };
            let left = patience(&site, attempts).saturating_sub(begun.elapsed());
            if left.is_zero() || tokio::time::timeout(left, changes.changed()).await.is_err() {
                return Err(Some(site));
            }
            // Who refused before may be another by now.
            attempts.refused.clear();
        }
    }

    /// Makes the request one from this router: addressed to the instance, with the client's side of the story beside it.
    fn prepare(&self, request: &mut Request<Incoming>, peer: IpAddr) -> Result<(), String> {
        let upgrade = upgrade_of(request.headers());
        let uri = request.uri();
        if let Some(authority) = uri.authority() {
            let host = HeaderValue::from_str(authority.as_str()).map_err(|_| "a host that is none\n".to_owned())?;
            request.headers_mut().insert(HOST, host);
            let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
            let path = if path.is_empty() { "/" } else { path };
            *request.uri_mut() = Uri::try_from(path).map_err(|_| "a path that is none\n".to_owned())?;
        }
        if request.method() == Method::CONNECT {
            return Err("CONNECT is for proxies that clients choose; this one is for a service\n".into());
        }
        let headers = request.headers_mut();
        strip_hop_by_hop(headers);
        headers.remove(EXPECT);
        if let Some(upgrade) = upgrade {
            headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
            headers.insert(UPGRADE, upgrade);
        }
        add_forwarded_for(headers, peer);
        if !headers.contains_key(FORWARDED_PROTO) {
            headers.insert(FORWARDED_PROTO, HeaderValue::from_static("http"));
        }
        if !headers.contains_key(FORWARDED_HOST)
            && let Some(host) = headers.get(HOST).cloned()
        {
            headers.insert(FORWARDED_HOST, host);
        }
        if !headers.contains_key(REQUEST_ID) {
            headers.insert(REQUEST_ID, self.request_id());
        }
        *request.version_mut() = Version::HTTP_11;
        Ok(())
    }

    fn request_id(&self) -> HeaderValue {
        let count = self.ids.fetch_add(1, Ordering::Relaxed);
        let mut id = String::with_capacity(self.prefix.len() + 16);
        id.push_str(&self.prefix);
        let _ = write!(id, "{count:x}");
        HeaderValue::from_maybe_shared(Bytes::from(id)).unwrap_or(HeaderValue::from_static("0"))
    }

    /// Sends the request to one server, on a connection that was kept or a fresh one.
    async fn exchange(
        &self,
        request: Request<Outgoing>,
        server: &Arc<Server>,
    ) -> Result<(Response<Incoming>, Connection), Lost> {
        let mut request = request;
        if let Some(connection) = self.pool.take(server) {
            match send(connection, request, true).await {
                Err(Lost::Unsent(unsent, _)) => request = *unsent,
                other => return other,
            }
        }
        match pool::connect(server.address).await {
            Ok(connection) => send(connection, request, false).await,
            Err(why) => Err(Lost::Unsent(Box::new(request), why)),
        }
    }

    /// Makes the instance's answer one from this router.
    fn receive(
        &self,
        mut response: Response<Incoming>,
        connection: Connection,
        in_flight: InFlight,
        client: Option<OnUpgrade>,
    ) -> Response<Answer> {
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            let Some(client) = client else {
                return words_only(
                    StatusCode::BAD_GATEWAY,
                    "the instance upgraded a connection without being asked\n",
                );
            };
            let instance = hyper::upgrade::on(&mut response);
            tokio::spawn(tunnel::run(client, instance, in_flight, Open::new(self.shared.clone())));
            return response.map(|_| Answer::Words(None));
        }
        strip_hop_by_hop(response.headers_mut());
        let pool = self.pool.clone();
        response.map(|incoming| {
            Answer::Streamed(Box::new(Streamed {
                incoming,
                in_flight,
                connection: Some(connection),
                pool,
            }))
        })
    }

    /// What a client gets when there is nobody to ask.
    fn nobody(&self, site: Option<Arc<Site>>, attempts: &Attempts, begun: Instant) -> Response<Answer> {
        let Some(site) = site else {
            return words_only(
                StatusCode::SERVICE_UNAVAILABLE,
                format!("no service is at port {}\n", self.port),
            );
        };
        if let Some(meter) = &site.meter {
            meter.failed(begun.elapsed());
        }
        let name = &site.name;
        if !attempts.reason.is_empty() {
            let reason = &attempts.reason;
            let words = format!("{name}: no instance takes requests ({reason})\nnext: deliver status\n");
            return words_only(StatusCode::BAD_GATEWAY, words);
        }
        let words = match site.hold {
            true => format!("{name}: its instance is being replaced, which takes long\nnext: deliver status\n"),
            false => format!("{name}: no instance is running\nnext: deliver status\n"),
        };
        let mut response = words_only(StatusCode::SERVICE_UNAVAILABLE, words);
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from_static("1"));
        response
    }
}

async fn send(
    mut connection: Connection,
    request: Request<Outgoing>,
    reused: bool,
) -> Result<(Response<Incoming>, Connection), Lost> {
    let copy = repeatable(&request).then(|| Box::new(copy_of(&request)));
    match connection.try_send_request(request).await {
        Ok(response) => Ok((response, connection)),
        Err(mut error) => {
            let unsent = error.take_message();
            let why = in_words(error.error());
            Err(match unsent {
                Some(request) => Lost::Unsent(Box::new(request), why),
                None => Lost::Begun(copy, reused, why),
            })
        }
    }
}

fn in_words(error: &hyper::Error) -> String {
    if error.is_incomplete_message() {
        return "it closed the connection".into();
    }
    match std::error::Error::source(error) {
        Some(source) => source.to_string(),
        None => error.to_string(),
    }
}

/// Whether sending it a second time cannot do anything that once would not (RFC 9110, section 9.2.2).
fn repeatable(request: &Request<Outgoing>) -> bool {
    request.method().is_idempotent() && request.body().is_end_stream() && !request.headers().contains_key(UPGRADE)
}

fn copy_of(request: &Request<Outgoing>) -> Request<Outgoing> {
    let mut copy = Request::new(Outgoing::Empty);
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    copy
}

/// The protocol that a client wants to go on with, if it wants one.
fn upgrade_of(headers: &HeaderMap) -> Option<HeaderValue> {
    let asks = |value: &HeaderValue| names_in(value).any(|name| name.eq_ignore_ascii_case("upgrade"));
    let upgrade = headers.get(UPGRADE)?;
    headers.get_all(CONNECTION).iter().any(asks).then(|| upgrade.clone())
}

fn names_in(value: &HeaderValue) -> impl Iterator<Item = &str> {
    value
        .to_str()
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
}

/// Drops what concerns one connection only (RFC 9110, section 7.6.1).
fn strip_hop_by_hop(headers: &mut HeaderMap) {
    if let Some(connection) = headers.remove(CONNECTION) {
        for name in names_in(&connection) {
            // These decide about framing and routing; a peer that lists them must not make them vanish.
            let needed = ["host", "content-length"]
                .iter()
                .any(|needed| name.eq_ignore_ascii_case(needed));
            if !needed {
                headers.remove(name);
            }
        }
    }
    if headers.remove(TRANSFER_ENCODING).is_some() {
        // With both, the length is not the body's (RFC 9112, section 6.3).
        headers.remove(CONTENT_LENGTH);
    }
    for name in [KEEP_ALIVE, PROXY_CONNECTION, TE, UPGRADE] {
        headers.remove(name);
    }
}

/// A proxy in front of this one has said who asks; this one adds who asked it.
fn add_forwarded_for(headers: &mut HeaderMap, peer: IpAddr) {
    let value = match headers.get(FORWARDED_FOR) {
        None if peer == IpAddr::V4(Ipv4Addr::LOCALHOST) => HeaderValue::from_static("127.0.0.1"),
        None => HeaderValue::from_str(&peer.to_string()).unwrap_or(HeaderValue::from_static("unknown")),
        Some(before) => {
            let mut value = before.as_bytes().to_vec();
            value.extend_from_slice(format!(", {peer}").as_bytes());
            HeaderValue::from_bytes(&value).unwrap_or(HeaderValue::from_static("unknown"))
        }
    };
    headers.insert(FORWARDED_FOR, value);
}

fn words_only(status: StatusCode, words: impl Into<Bytes>) -> Response<Answer> {
    let mut response = Response::new(Answer::Words(Some(words.into())));
    *response.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, plain);
    response
}
