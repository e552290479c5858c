//! An engine behind ssh: the system's own `ssh` runs `docker system dial-stdio` there, as Docker's command line does it, so
//! that `~/.ssh/config`, agents, jump hosts and known hosts count as they do by hand.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bollard::errors::Error;
use bollard::{API_DEFAULT_VERSION, BollardRequest, Docker};
use hyper::Uri;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tower_service::Service;

use super::connect::plain;
use crate::fault::{Fault, Kind};

/// Until somebody answers at the machine's port: `ConnectTimeout` of ssh, in seconds.
const ANSWERED_SECS: u64 = 10;

/// Until the engine answers through it, logging in and starting `docker` there included. Less than a call's own deadline, so
/// that what ssh has to say is heard.
const DIALLED: Duration = Duration::from_secs(15);

/// ssh ends by itself right after it gave up.
const ENDED: Duration = Duration::from_secs(2);

/// A connection that lost its network is noticed after three of these, in seconds: a build may be silent for long.
const ALIVE_SECS: u64 = 15;

/// Bytes of what ssh says that are kept.
const SAID: usize = 16 << 10;

/// The headers of an answer to the first request have no more.
const HEADERS: usize = 16 << 10;

/// How an answer begins.
const HTTP: &[u8] = b"HTTP/";

/// Asks for nothing but whether an engine is there; an answer to `HEAD` has no body.
const HELLO: &[u8] = b"HEAD /_ping HTTP/1.1\r\nHost: docker\r\n\r\n";

/// `ssh://[USER@]HOST[:PORT][/SOCKET]`, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    user: Option<String>,
    /// Without the brackets of an IPv6 address; perhaps a name that only `~/.ssh/config` knows.
    host: String,
    port: Option<u16>,
    /// The engine's socket there, where it is not the usual one.
    socket: Option<String>,
}

impl Address {
    /// `None` where it is no such address, or could be taken for an option or for a line of shell.
    pub fn parse(text: &str) -> Option<Address> {
        let rest = text.strip_prefix("ssh://")?;
        let (authority, socket) = match rest.find('/') {
            Some(at) => (&rest[..at], Some(&rest[at..])),
            None => (rest, None),
        };
        let socket = socket.filter(|path| *path != "/");
        let (user, place) = match authority.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, authority),
        };
        let (host, port) = match place.strip_prefix('[') {
            Some(v6) => {
                let (host, port) = v6.split_once(']')?;
                match port {
                    "" => (host, None),
                    port => (host, Some(port.strip_prefix(':')?)),
                }
            }
            None => match place.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (place, None),
            },
        };
        let port = match port {
            Some(number) => Some(number.parse().ok().filter(|number| *number > 0)?),
            None => None,
        };
        let word = |text: &str, more: &str| {
            let known = |c: char| c.is_ascii_alphanumeric() || more.contains(c);
            !text.is_empty() && !text.starts_with('-') && text.chars().all(known)
        };
        let well = word(host, "-._:%")
            && user.is_none_or(|user| word(user, "-._+@"))
            && socket.is_none_or(|path| word(path, "-._/"));
        well.then(|| Address {
            user: user.map(str::to_owned),
            host: host.to_owned(),
            port,
            socket: socket.map(str::to_owned),
        })
    }

    pub fn host(&self) -> &str {
        &self.host
    }

    /// Who is reached at which port, as words of a command line.
    fn place(&self) -> Vec<String> {
        let mut words = Vec::new();
        if let Some(port) = self.port {
            words.extend(["-p".to_owned(), port.to_string()]);
        }
        if let Some(user) = &self.user {
            words.extend(["-l".to_owned(), user.clone()]);
        }
        words
    }

    /// What a person would type to run `command` there.
    pub fn by_hand(&self, command: &str) -> String {
        format!(
            "ssh {} {command}",
            [self.place(), vec![self.host.clone()]].concat().join(" ")
        )
    }

    /// The machine as a file of known hosts has it.
    fn known_as(&self) -> String {
        match self.port {
            Some(port) if port != 22 => format!("'[{}]:{port}'", self.host),
            _ => self.host.clone(),
        }
    }

    /// What is run here. Nothing is ever asked for: standard input is the engine's. Forwardings of the user's configuration
    /// would be in the way of each other, with several connections at once.
    fn command(&self) -> Command {
        let engine = match &self.socket {
            Some(path) => format!("docker --host unix://{path} system dial-stdio"),
            None => "docker system dial-stdio".to_owned(),
        };
        let mut command = Command::new("ssh");
        for option in [
            "BatchMode=yes".to_owned(),
            "ClearAllForwardings=yes".into(),
            "RemoteCommand=none".into(),
            format!("ConnectTimeout={ANSWERED_SECS}"),
            format!("ServerAliveInterval={ALIVE_SECS}"),
        ] {
            command.args(["-o", &option]);
        }
        command
            .arg("-T")
            .args(self.place())
            .args(["--", &self.host, &engine])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Ctrl-C is for us alone: what is to be brought back is brought back over this connection.
            .process_group(0)
            .kill_on_drop(true);
        command
    }
}

/// A client of the engine there. Nothing is reached yet.
pub fn dial(address: Address, limit: Duration) -> Result<Docker, Error> {
    let client = Client::builder(TokioExecutor::new()).build(Dial { address });
    let ask = move |request: BollardRequest| {
        let answer = client.request(request);
        async move { answer.await.map_err(Error::from) }
    };
    // The name is for the header `Host` alone.
    Docker::connect_with_custom_transport(ask, Some("http://docker"), limit.as_secs(), API_DEFAULT_VERSION)
}

/// Makes connections.
#[derive(Clone)]
struct Dial {
    address: Address,
}

impl Service<Uri> for Dial {
    type Response = TokioIo<Line>;
    type Error = Ended;
    type Future = Pin<Box<dyn Future<Output = Result<TokioIo<Line>, Ended>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Ended>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let address = self.address.clone();
        Box::pin(async move { Line::open(&address).await.map(TokioIo::new) })
    }
}

/// One connection: a running `ssh`.
struct Line {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: ChildStdout,
}

impl Line {
    /// A connection through which the engine has answered.
    async fn open(address: &Address) -> Result<Line, Ended> {
        let mut child = address
            .command()
            .spawn()
            .map_err(|error| Ended::Unstarted(error.to_string()))?;
        let (Some(stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(Ended::Unstarted("it has no pipes".into()));
        };
        let said = Said::listen(stderr);
        let mut line = Line {
            child,
            stdin: Some(stdin),
            stdout,
        };
        match tokio::time::timeout(DIALLED, line.greet()).await {
            Ok(Ok(())) => Ok(line),
            Ok(Err(Silence::Noise(text))) => Err(Ended::Noise(text)),
            Ok(Err(Silence::Closed)) => {
                let status = tokio::time::timeout(ENDED, line.child.wait()).await;
                let status = status.ok().and_then(Result::ok).and_then(|status| status.code());
                Err(Ended::Status(status, said.lines().await))
            }
            Err(_) => Err(Ended::Late(said.lines().await)),
        }
    }

    /// Waits until the engine has answered a first request.
    async fn greet(&mut self) -> Result<(), Silence> {
        if let Some(stdin) = &mut self.stdin {
            // One that has ended already says so below.
            let _ = stdin.write_all(HELLO).await;
            let _ = stdin.flush().await;
        }
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            // Byte by byte, so that nothing of a next answer is taken.
            match self.stdout.read_u8().await {
                Ok(byte) => answer.push(byte),
                Err(_) if answer.is_empty() => return Err(Silence::Closed),
                Err(_) => return Err(Silence::Noise(plain(&String::from_utf8_lossy(&answer)))),
            }
            let well = answer.starts_with(HTTP) || HTTP.starts_with(&answer);
            if answer.len() > HEADERS || !well && answer.ends_with(b"\n") {
                return Err(Silence::Noise(plain(&String::from_utf8_lossy(&answer))));
            }
        }
        Ok(())
    }
}

/// Why the engine did not answer.
enum Silence {
    Closed,
    Noise(String),
}

/// What ssh prints for people, kept in a bounded piece and read on so that it never waits for us. A shared connection in the
/// user's configuration keeps this pipe open for as long as it lives.
struct Said(Arc<Mutex<Vec<u8>>>, tokio::task::JoinHandle<()>);

impl Said {
    fn listen(mut stderr: ChildStderr) -> Said {
        let kept: Arc<Mutex<Vec<u8>>> = Arc::default();
        let into = kept.clone();
        let reading = tokio::spawn(async move {
            let mut chunk = [0; 4096];
            while let Ok(read @ 1..) = stderr.read(&mut chunk).await {
                let mut kept = into.lock().unwrap_or_else(PoisonError::into_inner);
                let room = SAID.saturating_sub(kept.len()).min(read);
                kept.extend_from_slice(&chunk[..room]);
            }
        });
        Said(kept, reading)
    }

    /// The lines of it, once ssh has ended.
    async fn lines(self) -> Vec<String> {
        let Said(kept, reading) = self;
        let _ = tokio::time::timeout(Duration::from_millis(200), reading).await;
        let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&kept);
        text.lines().map(plain).filter(|line| !line.is_empty()).collect()
    }
}

impl AsyncRead for Line {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stdout).poll_read(context, buffer)
    }
}

impl AsyncWrite for Line {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().stdin {
            Some(stdin) => Pin::new(stdin).poll_write(context, bytes),
            None => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stdin {
            Some(stdin) => Pin::new(stdin).poll_flush(context),
            None => Poll::Ready(Ok(())),
        }
    }

    /// A pipe is shut by letting go of it.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().stdin = None;
        Poll::Ready(Ok(()))
    }
}

impl Connection for Line {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

/// How a connection came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Ended {
    #[error("`ssh` cannot be started: {0}")]
    Unstarted(String),
    /// ssh ended by itself, and what it had said.
    #[error("`ssh` ended with {0:?}: {1:?}")]
    Status(Option<i32>, Vec<String>),
    /// It was given up, and what it had said.
    #[error("`ssh` did not get through: {0:?}")]
    Late(Vec<String>),
    /// Something else than an engine answered.
    #[error("`{0}` is no answer of an engine")]
    Noise(String),
}

impl Ended {
    /// What that means, and what to do about it. `host` is the address as it was written.
    pub fn fault(&self, host: &str, address: &Address) -> Fault {
        let fault =
            |kind, code, why: &str| Fault::new(kind, code, format!("cannot reach the engine at `{host}`: {why}"));
        let unreachable = |why: &str| fault(Kind::Unreachable, "engine-unreachable", why);
        let try_it = || address.by_hand("docker info");
        let (status, lines) = match self {
            Ended::Unstarted(why) => {
                return fault(Kind::Usage, "no-ssh", &format!("`ssh` cannot be started: {why}")).hint("ssh -V");
            }
            Ended::Noise(text) => {
                let why = format!("a login there prints `{}` where the engine should answer", plain(text));
                return unreachable(&why).hint(address.by_hand("true"));
            }
            Ended::Late(lines) => {
                let why = format!("ssh did not get through within {} s", DIALLED.as_secs());
                return unreachable(&why).details(lines.iter().cloned()).hint(try_it());
            }
            Ended::Status(status, lines) => (*status, lines),
        };
        let said = |words: &str| lines.iter().any(|line| line.contains(words));
        let last = lines.last().map_or("ssh ended without a word", String::as_str);
        // What ssh itself has to say; these words are in no translation.
        let found = if said("IDENTIFICATION HAS CHANGED") {
            let known = address.known_as();
            fault(
                Kind::Credentials,
                "host-key-changed",
                "its host key is not the one that is known; it is another machine, or somebody is in between",
            )
            .hint(format!(
                "where the change is meant: ssh-keygen -R {known}, then {}",
                address.by_hand("true")
            ))
        } else if said("Host key verification failed") {
            fault(
                Kind::Credentials,
                "host-key-unknown",
                "its host key is not known here yet",
            )
            .hint(format!("log in once and compare the key: {}", address.by_hand("true")))
        } else if status == Some(255) && said("Permission denied") {
            fault(
                Kind::Credentials,
                "ssh-denied",
                "ssh may not log in there without asking for a password",
            )
            .hint(format!("ssh-add, or: {}", address.by_hand("true")))
        } else if status == Some(255) {
            unreachable(last).hint(try_it())
        } else if matches!(status, Some(126 | 127)) {
            fault(
                Kind::Unreachable,
                "no-docker-there",
                "a login there finds no program `docker`, which passes the connection on",
            )
            .hint(address.by_hand("'command -v docker; echo $PATH'"))
        } else if said("permission denied") {
            fault(
                Kind::Credentials,
                "socket-refused",
                "whoever ssh logs in as may not use the engine's socket there",
            )
            .hint(address.by_hand("'sudo usermod -aG docker \"$USER\"'"))
        } else {
            unreachable(last).hint(try_it())
        };
        found.details(lines.iter().cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::parse(text).expect("an address")
    }

    fn arguments(text: &str) -> Vec<String> {
        let command = address(text).command();
        let words = command
            .as_std()
            .get_args()
            .map(|word| word.to_string_lossy().into_owned());
        // The options in front are the same for everybody.
        words.skip_while(|word| word != "-T").skip(1).collect()
    }

    #[test]
    fn an_address_becomes_words_for_ssh() {
        assert_eq!(
            arguments("ssh://ops@swarm-1:2222"),
            ["-p", "2222", "-l", "ops", "--", "swarm-1", "docker system dial-stdio"]
        );
        assert_eq!(
            arguments("ssh://swarm-1"),
            ["--", "swarm-1", "docker system dial-stdio"]
        );
        assert_eq!(
            arguments("ssh://ada@example.com@[fe80::1%eth0]:22/run/user/1000/docker.sock"),
            [
                "-p",
                "22",
                "-l",
                "ada@example.com",
                "--",
                "fe80::1%eth0",
                "docker --host unix:///run/user/1000/docker.sock system dial-stdio"
            ]
        );
        assert_eq!(
            address("ssh://ops@swarm-1:2222/").by_hand("docker info"),
            "ssh -p 2222 -l ops swarm-1 docker info"
        );
    }

    #[test]
    fn what_could_be_an_option_or_a_command_is_no_address() {
        for text in [
            "ssh://",
            "ssh://@host",
            "ssh://-oProxyCommand=x",
            "ssh://-l@host",
            "ssh://user@-host",
            "ssh://host:",
            "ssh://host:port",
            "ssh://host:0",
            "ssh://host:65536",
            "ssh://a:b:c",
            "ssh://[::1",
            "ssh://[::1]x",
            "ssh://ho st",
            "ssh://ops:password@host",
            "ssh://host/$(reboot)",
            "ssh://host/a;b",
            "tcp://host",
        ] {
            let parsed = Address::parse(text);
            assert_eq!(parsed, None, "{text}");
        }
    }

    #[test]
    fn what_ssh_says_gets_its_meaning() {
        let host = "ssh://ops@swarm-1:2222";
        let said = |status, lines: &[&str]| {
            let lines = lines.iter().map(|line| (*line).to_owned()).collect();
            let fault = Ended::Status(Some(status), lines).fault(host, &address(host));
            (fault.kind(), fault.code(), fault.hints().join("; "))
        };
        let unknown = said(255, &["Host key verification failed."]);
        assert_eq!(
            unknown,
            (
                Kind::Credentials,
                "host-key-unknown",
                "log in once and compare the key: ssh -p 2222 -l ops swarm-1 true".into()
            )
        );
        let changed = said(
            255,
            &[
                "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @",
                "Host key verification failed.",
            ],
        );
        assert_eq!((changed.0, changed.1), (Kind::Credentials, "host-key-changed"));
        assert!(changed.2.contains("ssh-keygen -R '[swarm-1]:2222'"), "{}", changed.2);
        let denied = said(255, &["ops@swarm-1: Permission denied (publickey)."]);
        assert_eq!((denied.0, denied.1), (Kind::Credentials, "ssh-denied"));
        let refused = said(255, &["ssh: connect to host swarm-1 port 2222: Connection refused"]);
        assert_eq!((refused.0, refused.1), (Kind::Unreachable, "engine-unreachable"));
        let missing = said(127, &["bash: line 1: docker: command not found"]);
        assert_eq!((missing.0, missing.1), (Kind::Unreachable, "no-docker-there"));
        let socket = said(
            1,
            &["permission denied while trying to connect to the Docker daemon socket"],
        );
        assert_eq!((socket.0, socket.1), (Kind::Credentials, "socket-refused"));
        let down = Ended::Status(
            Some(1),
            vec!["Cannot connect to the Docker daemon at unix:///var/run/docker.sock.".into()],
        );
        assert_eq!(
            down.fault(host, &address(host)).message(),
            "cannot reach the engine at `ssh://ops@swarm-1:2222`: Cannot connect to the Docker daemon at unix:///var/run/docker.sock."
        );
    }
}
