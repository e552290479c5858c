//! The router: what reaches instances, what comes back, and what happens to it when instances change.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use deliver::adapters::system::SystemClock;
use deliver::model::traffic::Traffic;
use deliver::store::{Options, Store};

use super::*;

/// A client that keeps its connection.
struct Client {
    stream: BufReader<TcpStream>,
    closing: bool,
}

impl Client {
    fn new(url: &str) -> Self {
        let stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.set_nodelay(true).unwrap();
        Client {
            stream: BufReader::new(stream),
            closing: false,
        }
    }

    fn send(&mut self, text: &str) {
        self.stream.get_mut().write_all(text.as_bytes()).unwrap();
    }

    /// One answer: status, head in lower case, body.
    fn receive(&mut self, has_body: bool) -> std::io::Result<(u16, String, Vec<u8>)> {
        let mut head = String::new();
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line)? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            if line == "\r\n" {
                break;
            }
            head.push_str(&line.to_lowercase());
        }
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map(|text| text.parse().unwrap());
        let mut body = Vec::new();
        match length {
            _ if !has_body || status < 200 => {}
            Some(length) => {
                body.resize(length, 0);
                self.stream.read_exact(&mut body)?;
            }
            None if head.contains("chunked") => loop {
                let mut line = String::new();
                self.stream.read_line(&mut line)?;
                let size = usize::from_str_radix(line.trim(), 16).unwrap();
                let mut part = vec![0; size + 2];
                self.stream.read_exact(&mut part)?;
                body.extend_from_slice(&part[..size]);
                if size == 0 {
                    break;
                }
            },
            None => drop(self.stream.read_to_end(&mut body)?),
        }
        Ok((status, head, body))
    }

    /// Like any client, opens a new connection when it was told that this one will be closed.
    fn get(&mut self, path: &str) -> std::io::Result<(u16, String)> {
        if self.closing {
            let address = self.stream.get_ref().peer_addr().unwrap();
            *self = Client::new(&format!("http://{address}"));
        }
        self.stream
            .get_mut()
            .write_all(format!("GET {path} HTTP/1.1\r\nHost: shop\r\n\r\n").as_bytes())?;
        let (status, head, body) = self.receive(true)?;
        self.closing = head.contains("connection: close");
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    }

    /// Reads until the other side ends; how it ended.
    fn rest(&mut self) -> std::io::Result<Vec<u8>> {
        let mut rest = Vec::new();
        self.stream.read_to_end(&mut rest).map(|_| rest)
    }
}

/// Keeps `clients` busy until it is stopped; returns how many requests they made and what went wrong.
pub struct Load {
    over: Arc<AtomicBool>,
    made: Arc<AtomicUsize>,
    threads: Vec<thread::JoinHandle<Vec<String>>>,
}

impl Load {
    pub fn on(url: &str, clients: usize) -> Self {
        let (over, made) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let threads = (0..clients)
            .map(|_| {
                let (url, over, made) = (url.to_owned(), over.clone(), made.clone());
                thread::spawn(move || {
                    let mut client = Client::new(&url);
                    let mut wrong = Vec::new();
                    while !over.load(Ordering::SeqCst) {
                        match client.get("/") {
                            Ok((200, _)) => drop(made.fetch_add(1, Ordering::SeqCst)),
                            other => {
                                wrong.push(format!("{other:?}"));
                                client = Client::new(&url);
                            }
                        }
                    }
                    wrong
                })
            })
            .collect();
        Load { over, made, threads }
    }

    pub fn end(self) -> (usize, Vec<String>) {
        self.over.store(true, Ordering::SeqCst);
        let wrong = self
            .threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect();
        (self.made.load(Ordering::SeqCst), wrong)
    }
}

#[test]
fn ten_releases_in_a_row_lose_no_request() {
    let bench = Bench::new();
    let url = bench.deploy(&bench.release(1, APP), 2);
    let load = Load::on(&url, 16);
    for number in 2..=11 {
        let release = bench.release(number, APP);
        let before = ids(&web(&bench.release(number - 1, APP), 2));
        bench.deploy(&release, 2);
        let mut fresh = Client::new(&url);
        assert_eq!(
            fresh.get("/").unwrap().1,
            format!("v{number}"),
            "new requests go to the new release at once"
        );
        for stopped in bench.stop(&before, "10s", "5s") {
            assert_eq!(
                (stopped.cut, stopped.killed, stopped.exit.as_str()),
                (0, false, "status 0")
            );
        }
    }
    let (made, wrong) = load.end();
    assert_eq!(wrong, Vec::<String>::new(), "of {made} requests");
    assert!(made > 500, "{made}");
}

#[test]
fn a_request_that_runs_during_the_switch_is_answered_by_the_old_release() {
    let bench = Bench::new();
    let url = bench.deploy(&bench.release(1, APP), 1);
    let slow = {
        let url = url.clone();
        thread::spawn(move || get(&url, "/slow/2"))
    };
    bench.until("it is under way", |instance| instance.in_flight == 1, "shop-1-web-1");
    bench.deploy(&bench.release(2, APP), 1);
    let draining = bench.instance("shop-1-web-1").unwrap();
    assert_eq!((draining.state, draining.routed), (InstanceState::Draining, false));
    let stopped = bench.stop(&["shop-1-web-1".into()], "10s", "5s");
    assert_eq!(stopped[0].cut, 0);
    assert_eq!(slow.join().unwrap().unwrap(), (200, "v1".into()));
}

#[test]
fn a_request_that_outlasts_the_drain_is_cut_and_counted() {
    let bench = Bench::new();
    let url = bench.deploy(&bench.release(1, APP), 1);
    let slow = thread::spawn(move || get(&url, "/slow/30"));
    bench.until("it is under way", |instance| instance.in_flight == 1, "shop-1-web-1");
    bench.deploy(&bench.release(2, APP), 1);
    let begun = Instant::now();
    let stopped = bench.stop(&["shop-1-web-1".into()], "1s", "5s");
    assert_eq!((stopped[0].cut, stopped[0].killed), (1, false));
    assert!((1..4).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    let (status, words) = slow.join().unwrap().unwrap();
    assert_eq!(
        (status, words.as_str()),
        (502, "the instance did not answer: it closed the connection\n")
    );
}

/// Upgrades `/socket` and echoes; says goodbye on SIGTERM only where `GOODBYE` is set.
const SOCKET_APP: &str = r#"
import os, signal, socket, threading
server = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
def serve(c):
    head = b""
    while b"\r\n\r\n" not in head:
        part = c.recv(4096)
        if not part: return
        head += part
    if b"upgrade: echo" in head.lower():
        c.sendall(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
        while True:
            part = c.recv(4096)
            if not part: break
            c.sendall(part)
    else:
        c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
    c.close()
signal.signal(signal.SIGTERM, signal.SIG_IGN)
while True:
    c, _ = server.accept()
    threading.Thread(target=serve, args=(c,), daemon=True).start()
"#;

#[test]
fn an_upgraded_connection_stays_through_the_drain_and_ends_with_a_fin() {
    let bench = Bench::new();
    let url = bench.deploy(&bench.release(1, SOCKET_APP), 1);
    let mut socket = Client::new(&url);
    socket.send("GET /socket HTTP/1.1\r\nHost: shop\r\nConnection: keep-alive, Upgrade\r\nUpgrade: echo\r\n\r\nhello");
    let (status, head, _) = socket.receive(false).unwrap();
    assert!(status == 101 && head.contains("upgrade: echo"), "{head}");
    let mut echo = [0; 5];
    socket.stream.read_exact(&mut echo).unwrap();
    assert_eq!(&echo, b"hello", "bytes sent with the request are not lost");
    bench.deploy(&bench.release(2, SOCKET_APP), 1);
    let stopping = {
        let other = bench.another();
        let stop = Stop {
            instances: vec!["shop-1-web-1".into()],
            drain: Span::from_secs(2),
            grace: Span::from_secs(3),
        };
        let authority = bench.authority();
        thread::spawn(move || other.stop(&authority, &stop).unwrap())
    };
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(1500) {
        socket.send("still?");
        let mut echo = [0; 6];
        socket.stream.read_exact(&mut echo).unwrap();
        thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(socket.rest().unwrap(), b"", "a FIN, not a reset");
    let stopped = stopping.join().unwrap();
    assert_eq!((stopped[0].cut, stopped[0].killed), (1, true));
}

#[test]
fn bodies_stream_both_ways_whatever_their_size_and_framing() {
    let bench = Bench::new();
    let url = bench.deploy(&bench.release(1, APP), 1);
    let body: Vec<u8> = (0..8 * 1024 * 1024).map(|at: u32| (at % 251) as u8).collect();
    let mut client = Client::new(&url);
    client.send(&format!(
        "POST /big HTTP/1.1\r\nHost: shop\r\nContent-Length: {}\r\n\r\n",
        body.len()
    ));
    client.stream.get_mut().write_all(&body).unwrap();
    let (status, _, echoed) = client.receive(true).unwrap();
    assert!(status == 200 && echoed == body, "{} bytes came back", echoed.len());
    // On the same connection, in chunks, after the server agreed to take them.
    client.send("POST /big HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
    assert_eq!(client.receive(false).unwrap().0, 100);
    client.send("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
    assert_eq!(client.receive(true).unwrap().2, b"hello world");
}

#[test]
fn pipelined_requests_and_head_are_answered_in_order() {
    let bench = Bench::new();
    let url = bench.deploy(&bench.release(1, APP), 1);
    let mut client = Client::new(&url);
    client.send(
        "GET /slow/0.3 HTTP/1.1\r\nHost: a\r\n\r\nHEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET /head HTTP/1.1\r\nHost: a\r\n\r\n",
    );
    assert_eq!(client.receive(true).unwrap().2, b"v1");
    let (status, head, _) = client.receive(false).unwrap();
    assert!(status == 200 && head.contains("content-length: 2"), "{head}");
    assert!(client.receive(true).unwrap().2.starts_with(b"host: a"));
}

#[test]
fn instances_learn_who_asks_and_not_how_the_connection_is_kept() {
    let bench = Bench::new();
    let url = bench.deploy(&bench.release(1, APP), 1);
    let mut client = Client::new(&url);
    client.send("GET /head HTTP/1.1\r\nHost: shop.example\r\nConnection: X-Secret-Hop\r\nX-Secret-Hop: 1\r\nTE: trailers\r\n\r\n");
    let head = String::from_utf8(client.receive(true).unwrap().2)
        .unwrap()
        .to_lowercase();
    for line in [
        "host: shop.example",
        "x-forwarded-for: 127.0.0.1",
        "x-forwarded-proto: http",
        "x-forwarded-host: shop.example",
    ] {
        assert!(head.lines().any(|had| had == line), "{line} in {head}");
    }
    assert!(head.contains("x-request-id: "), "{head}");
    for gone in ["x-secret-hop", "te: ", "keep-alive"] {
        assert!(!head.contains(gone), "{gone} in {head}");
    }
    client.send("GET /head HTTP/1.1\r\nHost: b\r\nX-Request-Id: mine\r\nX-Forwarded-For: 10.0.0.9\r\nX-Forwarded-Proto: https\r\n\r\n");
    let head = String::from_utf8(client.receive(true).unwrap().2)
        .unwrap()
        .to_lowercase();
    for line in [
        "x-request-id: mine",
        "x-forwarded-for: 10.0.0.9, 127.0.0.1",
        "x-forwarded-proto: https",
    ] {
        assert!(head.lines().any(|had| had == line), "{line} in {head}");
    }
}

#[test]
fn requests_spread_over_instances_and_avoid_one_that_is_gone() {
    let bench = Bench::new();
    let release = bench.release(1, APP);
    let url = bench.deploy(&release, 2);
    let pids = || -> std::collections::BTreeSet<String> {
        let asked: Vec<_> = (0..8)
            .map(|_| {
                let url = url.clone();
                thread::spawn(move || {
                    let slow = get(&url, "/slow/0.2");
                    (slow, get(&url, "/pid").unwrap().1)
                })
            })
            .collect();
        asked.into_iter().map(|thread| thread.join().unwrap().1).collect()
    };
    assert_eq!(pids().len(), 2);
    // Killed behind the agent's back: whoever comes before that is noticed is sent to the other.
    let gone = bench.instance("shop-1-web-1").unwrap();
    kill(Pid::from_raw(gone.pid.unwrap() as i32), Signal::SIGKILL).unwrap();
    for _ in 0..50 {
        assert_eq!(get(&url, "/").unwrap().0, 200);
    }
}

#[test]
fn without_an_instance_the_answer_says_so() {
    let bench = Bench::new();
    let release = bench.release(1, APP);
    let url = bench.start(&release, &[]).unwrap();
    assert_eq!(
        get(&url, "/").unwrap(),
        (
            503,
            "shop in local: no instance is running\nnext: deliver status\n".into()
        )
    );
}

/// Answers one request a connection, then closes without a word, after a while in which the router keeps it.
const CLOSING_APP: &str = r#"
import os, socket, threading, time
server = socket.create_server(("127.0.0.1", int(os.environ["PORT"])), backlog=200)
def serve(c):
    while True:
        head = b""
        while b"\r\n\r\n" not in head:
            part = c.recv(4096)
            if not part: return
            head += part
        c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        # The next request is met by a close, whenever it comes.
        if c.recv(4096): c.close(); return
while True:
    c, _ = server.accept()
    threading.Thread(target=serve, args=(c,), daemon=True).start()
"#;

#[test]
fn a_kept_connection_that_its_server_closes_costs_no_request() {
    let bench = Bench::new();
    let url = bench.deploy(&bench.release(1, CLOSING_APP), 1);
    let mut client = Client::new(&url);
    for number in 0..50 {
        assert_eq!(client.get("/").unwrap(), (200, "ok".into()), "request {number}");
    }
    // One with a body must not be sent twice: its client is told.
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
    let status = client.receive(true).unwrap().0;
    assert!(status == 200 || status == 502, "{status}");
}

#[test]
fn an_app_that_insists_on_its_port_is_replaced_while_requests_wait() {
    let bench = Bench::new();
    let own = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let program = APP.replace("int(os.environ[\"PORT\"])", &own.to_string());
    let insisting = |number| {
        let mut release = bench.release(number, &program);
        release.release.spec.listen = Some(own);
        release
    };
    let url = bench.deploy(&insisting(1), 1);
    assert_eq!(bench.instance("shop-1-web-1").unwrap().port, Some(own));
    let load = Load::on(&url, 8);
    for number in 2..=3 {
        bench.deploy(&insisting(number), 1);
        let stopped = bench.stop(&[format!("shop-{}-web-1", number - 1)], "0s", "5s");
        assert_eq!(stopped[0].cut, 0);
    }
    // One that never comes up, and the one before once more.
    let mut bad = insisting(4);
    bad.artifact = bench.artifact("b-4-bad", &[("app.py", "import time; time.sleep(300)")]);
    bad.release.build = BuildId("b-4-bad".into());
    let wanted = web(&bad, 1);
    bench.start(&bad, &wanted).unwrap();
    bench.until("it runs", |instance| instance.pid.is_some(), "shop-4-web-1");
    let again = insisting(3);
    let back = [Wanted {
        id: "shop-3-web-again".into(),
        process: "web".into(),
    }];
    bench.start(&again, &back).unwrap();
    bench.until_healthy("shop-3-web-again");
    bench.shift(&again, &back);
    bench.stop(&["shop-4-web-1".into(), "shop-3-web-1".into()], "0s", "5s");
    let (made, wrong) = load.end();
    assert_eq!(wrong, Vec::<String>::new(), "of {made} requests");
    assert_eq!(bench.observe().instances.len(), 1);
    assert_eq!(get(&url, "/").unwrap().1, "v3");
}

#[test]
fn the_public_port_cannot_be_the_one_the_app_insists_on() {
    let bench = Bench::new();
    let mut release = bench.release(1, APP);
    release.release.spec.port = Some(8999);
    release.release.spec.listen = Some(8999);
    assert_eq!(bench.start(&release, &[]).unwrap_err().code(), "listen-is-public");
}

fn counted(bench: &Bench) -> Vec<Traffic> {
    let store = Store::open(&bench.paths, Arc::new(SystemClock::new(None)), Options::default()).unwrap();
    store.traffic(&service(), &EnvName::local(), 0, i64::MAX).unwrap()
}

#[test]
fn every_request_is_counted_once_and_soon() {
    let bench = Bench::new();
    let url = bench.deploy(&bench.release(1, APP), 1);
    let mut client = Client::new(&url);
    for _ in 0..20 {
        client.get("/").unwrap();
    }
    let sums = || {
        let traffic = counted(&bench);
        let classes = traffic.iter().map(|traffic| traffic.classes[1]).sum::<u64>();
        let failed = traffic.iter().map(|traffic| traffic.failed).sum::<u64>();
        let timed = traffic.iter().flat_map(|traffic| &traffic.latency).sum::<u64>();
        (classes, failed, timed)
    };
    let begun = Instant::now();
    while sums().0 < 20 {
        assert!(
            begun.elapsed() < Duration::from_secs(2),
            "counts are visible within 2 s: {:?}",
            sums()
        );
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(sums(), (20, 0, 20));
    // What nobody answered is a failure; and nothing is lost when everything stops at once.
    bench.stop(&["shop-1-web-1".into()], "0s", "5s");
    for _ in 0..3 {
        assert_eq!(get(&url, "/").unwrap().0, 503);
    }
    bench.client().halt().unwrap();
    assert_eq!(sums(), (20, 3, 23));
    assert!(counted(&bench).iter().all(|traffic| traffic.release == ReleaseNo(1)));
}

#[test]
fn shifting_back_to_instances_that_still_run_loses_nothing() {
    let bench = Bench::new();
    let (first, second) = (bench.release(1, APP), bench.release(2, APP));
    let url = bench.deploy(&first, 1);
    let load = Load::on(&url, 4);
    for _ in 0..3 {
        bench.deploy(&second, 1);
        assert_eq!(get(&url, "/").unwrap().1, "v2");
        bench.shift(&first, &web(&first, 1));
        assert_eq!(get(&url, "/").unwrap().1, "v1");
        bench.stop(&["shop-2-web-1".into()], "5s", "5s");
    }
    assert_eq!(bench.observe().url, Some(url.clone()));
    let (made, wrong) = load.end();
    assert_eq!(wrong, Vec::<String>::new(), "of {made} requests");
    // Also when the agent finds only its files again.
    bench.client().halt().unwrap();
    bench.client().ensure().unwrap();
    bench.until_healthy("shop-1-web-1");
    assert_eq!(get(&url, "/").unwrap().1, "v1");
}

/// An app whose health each instance reads from a file of its own.
fn sick_one_by_one() -> String {
    APP.replace("\"status\"", "\"status-\" + os.environ[\"PORT\"]")
}

/// Makes an instance answer its health probe with `status`, and waits until that is seen.
fn answer_health(bench: &Bench, id: &str, status: u16, state: InstanceState) {
    let port = bench.instance(id).unwrap().port.unwrap();
    let file = bench.paths.run("shop", "local", "b-1").join(format!("status-{port}"));
    fs::write(file, status.to_string()).unwrap();
    bench.until("its health is seen", |now| now.state == state, id);
}

#[test]
fn requests_go_to_healthy_instances_and_to_all_where_none_is() {
    let bench = Bench::new();
    let prepared = bench.release(1, &sick_one_by_one());
    let url = bench.deploy(&prepared, 2);
    let asked = || -> BTreeSet<String> { (0..10).map(|_| get(&url, "/pid").unwrap().1).collect() };
    let pid = |id: &str| bench.instance(id).unwrap().pid.unwrap().to_string();
    let [first, second] = ["shop-1-web-1", "shop-1-web-2"];
    let both = BTreeSet::from([pid(first), pid(second)]);
    assert_eq!(asked(), both);

    answer_health(&bench, first, 503, InstanceState::Unhealthy);
    assert_eq!(
        asked(),
        BTreeSet::from([pid(second)]),
        "an unhealthy instance got requests"
    );
    answer_health(&bench, second, 503, InstanceState::Unhealthy);
    assert_eq!(asked(), both, "nobody is healthy: better an answer than none");
    answer_health(&bench, first, 200, InstanceState::Healthy);
    assert_eq!(asked(), BTreeSet::from([pid(first)]));

    // A supervisor that has just begun knows what its shims tell it.
    let agent = bench.client().status().unwrap().unwrap();
    kill(Pid::from_raw(agent.pid as i32), Signal::SIGKILL).unwrap();
    bench.until("it is seen again", |now| now.state == InstanceState::Unhealthy, second);
    assert_eq!(asked(), BTreeSet::from([pid(first)]));
}

/// How many of so many requests the release answers, over 20 connections: the app answers each in its own time.
fn share_of(url: &str, answer: &str, requests: usize) -> usize {
    let threads: Vec<_> = (0..20)
        .map(|_| {
            let (url, answer) = (url.to_owned(), answer.to_owned());
            thread::spawn(move || {
                let mut client = Client::new(&url);
                let taken = (0..requests / 20).filter(|_| {
                    let (status, body) = client.get("/").unwrap();
                    assert_eq!(status, 200);
                    body == answer
                });
                taken.count()
            })
        })
        .collect();
    threads.into_iter().map(|thread| thread.join().unwrap()).sum()
}

#[test]
fn a_new_release_takes_the_share_of_the_traffic_that_it_was_given() {
    let bench = Bench::new();
    let old = bench.release(1, APP);
    let url = bench.deploy(&old, 2);
    let new = bench.release(2, APP);
    let wanted = web(&new, 1);
    bench.start(&new, &wanted).unwrap();
    bench.until_healthy(&wanted[0].id);
    let both: Vec<String> = [ids(&web(&old, 2)), ids(&wanted)].concat();
    for percent in [10, 50] {
        let shift = Shift {
            part: Some(Part {
                instances: ids(&wanted),
                percent,
            }),
            ..Shift::to(ReleaseNo(1), both.clone())
        };
        bench.local.shift(&bench.authority(), &shift).unwrap();
        let taken = share_of(&url, "v2", 2_000);
        assert!(
            taken.abs_diff(usize::from(percent) * 20) <= 20,
            "{percent} %: {taken} of 2000"
        );
        assert_eq!(bench.observe().current, Some(ReleaseNo(1)));
    }
    // What a restarted agent comes back to.
    bench.client().restart().unwrap();
    let taken = share_of(&url, "v2", 400);
    assert!(taken.abs_diff(200) <= 8, "after a restart: {taken} of 400");
    bench.shift(&new, &wanted);
    assert_eq!(share_of(&url, "v2", 100), 100);
    bench.shift(&old, &web(&old, 2));
    assert_eq!(share_of(&url, "v2", 100), 0);
}
