//! One look at an instance: does it answer on its port, and how.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use crate::agent::sys;
use crate::model::spec::HttpProbe;

/// Bytes of an answer's head that are read; more is not a health page.
const HEAD_MAX: usize = 16 * 1024;

/// What one look saw.
#[derive(Debug, PartialEq, Eq)]
pub struct Sight {
    pub healthy: bool,
    /// Nothing listens there.
    pub refused: bool,
    /// In words that follow the instance's name: `GET /healthz answered 503`.
    pub text: String,
    /// Where it answered, well or not.
    pub address: Option<SocketAddr>,
}

/// Looks at `port` on both loopback addresses, first where it answered before. Without `probe` an open port is enough.
pub fn look(port: u16, before: Option<SocketAddr>, probe: Option<&HttpProbe>, timeout: Duration) -> Sight {
    let four = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
    let six = SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), port);
    let order = if before == Some(six) { [six, four] } else { [four, six] };
    let deadline = sys::instant() + timeout;
    for address in order {
        let left = deadline
            .saturating_duration_since(sys::instant())
            .max(Duration::from_millis(1));
        let Ok(stream) = TcpStream::connect_timeout(&address, left) else {
            continue;
        };
        let Some(probe) = probe else {
            return Sight {
                healthy: true,
                refused: false,
                text: format!("port {port} is open"),
                address: Some(address),
            };
        };
        let (healthy, text) = match ask(stream, probe, address, timeout) {
            Ok(status) => (status < probe.below, format!("GET {} answered {status}", probe.path)),
            Err(error) => (false, format!("GET {}: {}", probe.path, in_words(&error, timeout))),
        };
        return Sight {
            healthy,
            refused: false,
            text,
            address: Some(address),
        };
    }
    Sight {
        healthy: false,
        refused: true,
        text: format!("connection refused on port {port}"),
        address: None,
    }
}

/// Sends one request and returns the status of its answer. The whole exchange has `timeout`.
fn ask(mut stream: TcpStream, probe: &HttpProbe, address: SocketAddr, timeout: Duration) -> io::Result<u16> {
    let deadline = sys::instant() + timeout;
    let host = probe.host.clone().unwrap_or_else(|| address.to_string());
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: deliver-probe/{}\r\nAccept: */*\r\nConnection: close\r\n\r\n",
        probe.path,
        env!("CARGO_PKG_VERSION")
    );
    stream.set_write_timeout(Some(timeout))?;
    stream.write_all(request.as_bytes())?;
    let mut head = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        if let Some(status) = status_of(&head)? {
            linger(stream, deadline, &mut chunk);
            return Ok(status);
        }
        if head.len() > HEAD_MAX {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the answer's head has no end",
            ));
        }
        let left = deadline.saturating_duration_since(sys::instant());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut chunk)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            length => head.extend_from_slice(&chunk[..length]),
        }
    }
}

/// Takes the answer's body, up to a bound: some servers log an error when a client leaves before it.
fn linger(mut stream: TcpStream, deadline: std::time::Instant, chunk: &mut [u8]) {
    let deadline = deadline.min(sys::instant() + Duration::from_millis(100));
    for _ in 0..16 {
        let left = deadline.saturating_duration_since(sys::instant());
        let in_time = !left.is_zero() && stream.set_read_timeout(Some(left)).is_ok();
        if !in_time || !matches!(stream.read(chunk), Ok(length) if length > 0) {
            return;
        }
    }
}

/// The status once the head is whole. Informational answers are passed over.
fn status_of(bytes: &[u8]) -> io::Result<Option<u16>> {
    let mut rest = bytes;
    loop {
        let Some(end) = rest.windows(4).position(|window| window == b"\r\n\r\n") else {
            return Ok(None);
        };
        let head = &rest[..end];
        let invalid = || io::Error::new(io::ErrorKind::InvalidData, "the answer is not HTTP");
        let line = head.split(|byte| *byte == b'\r').next().ok_or_else(invalid)?;
        let line = std::str::from_utf8(line).map_err(|_| invalid())?;
        let mut words = line.split(' ');
        let version = words.next().is_some_and(|word| word.starts_with("HTTP/1."));
        let status: u16 = words.next().and_then(|word| word.parse().ok()).ok_or_else(invalid)?;
        if !version || !(100..1000).contains(&status) {
            return Err(invalid());
        }
        if status >= 200 {
            return Ok(Some(status));
        }
        rest = &rest[end + 4..];
    }
}

fn in_words(error: &io::Error, timeout: Duration) -> String {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
            format!("no answer within {}", crate::model::Span::from(timeout))
        }
        io::ErrorKind::UnexpectedEof => "closed the connection without an answer".into(),
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => "reset the connection".into(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use proptest::prelude::*;

    use super::*;

    fn served(answer: &'static [u8]) -> Sight {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let thread = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let length = stream.read(&mut request).unwrap();
            stream.write_all(answer).unwrap();
            String::from_utf8_lossy(&request[..length]).into_owned()
        });
        let probe = HttpProbe {
            path: "/up".into(),
            host: Some("shop.example".into()),
            below: 400,
        };
        let sight = look(port, None, Some(&probe), Duration::from_millis(500));
        let request = thread.join().unwrap();
        assert!(
            request.starts_with("GET /up HTTP/1.1\r\nHost: shop.example\r\n"),
            "{request}"
        );
        sight
    }

    #[test]
    fn the_status_decides() {
        let sight = served(b"HTTP/1.1 204 No Content\r\n\r\n");
        assert_eq!((sight.healthy, sight.text.as_str()), (true, "GET /up answered 204"));
        let sight = served(b"HTTP/1.0 503 Busy\r\nContent-Length: 2\r\n\r\nno");
        assert_eq!((sight.healthy, sight.text.as_str()), (false, "GET /up answered 503"));
        let sight = served(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 399 Odd\r\n\r\n");
        assert_eq!((sight.healthy, sight.text.as_str()), (true, "GET /up answered 399"));
    }

    #[test]
    fn what_is_not_an_answer_is_said() {
        assert_eq!(served(b"").text, "GET /up: closed the connection without an answer");
        assert_eq!(
            served(b"SSH-2.0-OpenSSH\r\n\r\n").text,
            "GET /up: the answer is not HTTP"
        );
        let port = TcpListener::bind(("127.0.0.1", 0))
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let sight = look(port, None, None, Duration::from_millis(500));
        assert_eq!(
            (sight.refused, sight.text),
            (true, format!("connection refused on port {port}"))
        );
    }

    #[test]
    fn an_instance_on_the_ipv6_loopback_is_seen() {
        let Ok(listener) = TcpListener::bind(("::1", 0)) else {
            return;
        };
        let address = listener.local_addr().unwrap();
        let sight = look(address.port(), None, None, Duration::from_millis(500));
        assert_eq!((sight.healthy, sight.address), (true, Some(address)));
    }

    proptest! {
        #[test]
        fn no_answer_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = status_of(&bytes);
        }
    }
}
