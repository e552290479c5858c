//! Real container engines for tests: each in namespaces of its own, joined by a bridge that only they and this process
//! see, with a registry beside them. The machine's own engine, its network, its `/run` and its disk are not touched.
//!
//! ```text
//! this machine ── 198.18.N.1 ─┬─ switch 198.18.N.2, with the registry on port 5000
//!                             ├─ n1     198.18.N.11, port 2376 TLS, ports 22 and 2222 ssh
//!                             └─ n2 …   198.18.N.12
//! ```
//!
//! The addresses are of the range that is kept for measuring networks (RFC 2544), which no real network uses. A port that a
//! task publishes is reached at its node's address. Whatever ends the tests, [`Cell`] ends what runs here.

mod cell;
mod image;
mod keys;
mod wire;

use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use deliver::adapters::system::SystemClock;
use deliver::ports::Clock;

use self::cell::{Cell, SYSTEM_PATH, as_root, in_network, tail};
use self::keys::Authority;
use super::{Sandbox, needs};

pub use self::image::{Image, put_app};
pub use self::wire::{Fate, Wire};

/// An engine or a registry that does not answer by then will not.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a [`Swarm`] is made of.
#[derive(Clone, Copy)]
pub struct Shape {
    pub managers: u8,
    pub workers: u8,
    /// The engines' certificates have expired.
    pub expired: bool,
}

impl Shape {
    pub const ONE: Shape = Shape::of(1, 0);
    pub const THREE: Shape = Shape::of(1, 2);

    pub const fn of(managers: u8, workers: u8) -> Self {
        Shape {
            managers,
            workers,
            expired: false,
        }
    }
}

/// Several engines that are one swarm. Nodes are counted from 1, managers first; `n1` is the first leader.
pub struct Swarm {
    // Dropped in this order: the switch removes the folder in the end.
    nodes: Vec<Node>,
    authority: Authority,
    switch: Mutex<Cell>,
    folder: PathBuf,
    /// The third number of every address.
    net: u8,
}

/// One engine.
pub struct Node {
    pub name: String,
    /// Where its published ports are.
    pub address: String,
    folder: PathBuf,
    /// The folder of its certificate.
    certificate: PathBuf,
    cell: Mutex<Option<Cell>>,
}

impl Swarm {
    /// One manager, shared by all tests of this process. Use names of your own, and break nothing. `None`, said where people
    /// see it, where such a thing cannot be started.
    pub fn one() -> Option<&'static Swarm> {
        static ONE: OnceLock<Option<Swarm>> = OnceLock::new();
        ONE.get_or_init(|| needs::swarm().then(|| Swarm::start(Shape::ONE)))
            .as_ref()
    }

    /// One manager and two workers, shared as [`one`](Swarm::one) is.
    pub fn three() -> Option<&'static Swarm> {
        static THREE: OnceLock<Option<Swarm>> = OnceLock::new();
        THREE
            .get_or_init(|| needs::swarm().then(|| Swarm::start(Shape::THREE)))
            .as_ref()
    }

    /// A swarm for one test alone, whose nodes may be killed.
    pub fn own(shape: Shape) -> Option<Swarm> {
        needs::swarm().then(|| Swarm::start(shape))
    }

    fn start(shape: Shape) -> Swarm {
        // Short, because a socket's path holds 107 bytes.
        let folder = tempfile::Builder::new().prefix("sw-").tempdir().expect("a folder");
        assert!(
            !folder.path().starts_with("/run"),
            "TMPDIR is below /run, of which each node has its own"
        );
        let folder = folder.keep();
        fs::write(folder.join("engine.json"), "{}").expect("written");
        // Names are refused at once instead of after a minute: nothing in there can reach a resolver.
        fs::write(folder.join("resolv.conf"), "nameserver 127.0.0.1\noptions attempts:1\n").expect("written");
        let switch = Cell::start(&folder.join("switch.log"), &clean_up(&folder));
        let net = uplink(switch.pid);
        let authority = Authority::new(&folder.join("keys"));
        let nodes = (1..=shape.managers + shape.workers).map(|number| {
            let (name, address) = (format!("n{number}"), format!("198.18.{net}.{}", 10 + number));
            let certificate = authority.server(&name, &address, shape.expired);
            let folder = folder.join(&name);
            fs::create_dir(&folder).expect("a folder");
            Node {
                name,
                address,
                folder,
                certificate,
                cell: Mutex::new(None),
            }
        });
        let swarm = Swarm {
            nodes: nodes.collect(),
            authority,
            switch: Mutex::new(switch),
            folder,
            net,
        };
        swarm.start_registry();
        for node in &swarm.nodes {
            swarm.power_on(node);
        }
        swarm.nodes.iter().for_each(Node::await_engine);
        swarm.join(shape.managers);
        swarm
    }

    fn join(&self, managers: u8) {
        let leader = &self.nodes[0];
        // A dead node is known to be dead after three heartbeats.
        leader.docker(&format!(
            "swarm init --advertise-addr {0} --listen-addr {0}:2377 --data-path-addr {0} --dispatcher-heartbeat 2s \
             --default-addr-pool 198.19.0.0/16 --default-addr-pool-mask-length 24",
            leader.address
        ));
        for (at, node) in self.nodes.iter().enumerate().skip(1) {
            let role = if at < usize::from(managers) {
                "manager"
            } else {
                "worker"
            };
            let token = leader.docker(&format!("swarm join-token --quiet {role}"));
            node.docker(&format!(
                "swarm join --token {} --advertise-addr {1} --listen-addr {1}:2377 --data-path-addr {1} {2}:2377",
                token.trim(),
                node.address,
                leader.address
            ));
        }
    }

    /// Where it could leave traces on this machine: its folder and its interface.
    pub fn traces(&self) -> (PathBuf, PathBuf) {
        let interface = format!("/sys/class/net/dt{}", self.net);
        (self.folder.clone(), interface.into())
    }

    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The first manager.
    pub fn leader(&self) -> &Node {
        self.node(1)
    }

    pub fn node(&self, number: usize) -> &Node {
        &self.nodes[number - 1]
    }

    /// The power goes: engine and containers of a node are gone at once, its disk stays.
    pub fn kill_node(&self, number: usize) {
        let cell = lock(&self.node(number).cell).take();
        assert!(cell.is_some(), "n{number} does not run");
    }

    /// The engine of a node is started again: after [`kill_node`](Swarm::kill_node), or as a maintainer does it.
    pub fn restart_node(&self, number: usize) {
        let node = self.node(number);
        let runs = lock(&node.cell).is_some();
        if runs {
            let mut cell = lock(&node.cell);
            let cell = cell.as_mut().expect("checked above");
            cell.order("kill $engine; wait $engine; true");
            cell.order(&node.engine());
        } else {
            self.power_on(node);
        }
        node.await_engine();
    }

    /// Pulls a node's network plug: it runs on, and nobody hears of it.
    pub fn disconnect(&self, number: usize) {
        lock(&self.switch).order(&format!("ip link set p{number} down"));
    }

    pub fn reconnect(&self, number: usize) {
        lock(&self.switch).order(&format!("ip link set p{number} up"));
    }

    /// Makes a node's machine, plugs it into the switch, and starts its engine without waiting for it.
    fn power_on(&self, node: &Node) {
        let mut cell = Cell::start(&node.folder.join("cell.log"), "");
        let port = node.name.replace('n', "p");
        // The other end of a killed node's cable goes a moment after the node.
        let plug = format!(
            "ip link delete {port} 2>/dev/null || true; ip link add {port} type veth peer name eth0 netns {}; ip link set {port} master br0 up",
            cell.pid
        );
        in_network(lock(&self.switch).pid, &plug);
        for line in [
            format!("hostname {}", node.name),
            // Nothing of the machine's own engines is seen, and what belongs there goes with the node.
            "mount -t tmpfs -o mode=755 tmpfs /run".into(),
            "resolver=$(readlink -m /etc/resolv.conf); mkdir -p \"${resolver%/*}\"; touch \"$resolver\"".into(),
            format!("mount --bind {}/resolv.conf \"$resolver\"", self.folder.display()),
            format!("ip address add {}/24 dev eth0", node.address),
            "ip link set lo up && ip link set eth0 up".into(),
            format!("ip route add default via {}", self.address(1)),
            node.engine(),
        ] {
            cell.order(&line);
        }
        *lock(&node.cell) = Some(cell);
    }

    fn address(&self, last: u8) -> String {
        format!("198.18.{}.{last}", self.net)
    }

    /// Whether a port that is published by the ingress network answers: it is balanced by IPVS, which not every kernel has.
    /// Elsewhere only ports that are published in host mode do.
    pub fn has_ingress() -> bool {
        static LOADED: OnceLock<bool> = OnceLock::new();
        *LOADED.get_or_init(|| {
            let _ = as_root("modprobe").args(["-q", "ip_vs"]).output();
            Path::new("/proc/net/ip_vs").exists()
        })
    }

    /// `HOST:PORT` of the registry, as images name it; it speaks plain HTTP, which the engines here are told.
    pub fn registry(&self) -> String {
        format!("{}:5000", self.address(2))
    }

    pub fn start_registry(&self) {
        let (folder, registry) = (self.folder.join("registry"), self.registry());
        let configuration = format!(
            "version: 0.1\nlog: {{ level: warn }}\nhttp: {{ addr: \"{registry}\" }}\nstorage:\n  \
             filesystem: {{ rootdirectory: \"{}\" }}\n  delete: {{ enabled: true }}\n",
            folder.display()
        );
        fs::write(self.folder.join("registry.yml"), configuration).expect("written");
        let serve = format!(
            "docker-registry serve {}/registry.yml & registry=$!",
            self.folder.display()
        );
        lock(&self.switch).order(&serve);
        let answers = || {
            let address = registry.parse().expect("an address");
            std::net::TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok()
        };
        until("the registry answers", &self.folder.join("switch.log"), answers);
    }

    pub fn stop_registry(&self) {
        lock(&self.switch).order("kill $registry; wait $registry; true");
    }

    /// A folder as `DOCKER_CERT_PATH` wants it, which the engines trust. `name` is the certificate's, once per swarm.
    pub fn client_certificate(&self, name: &str) -> PathBuf {
        self.authority.client(name, false)
    }

    pub fn expired_client_certificate(&self, name: &str) -> PathBuf {
        self.authority.client(name, true)
    }

    /// One that another authority has signed; it trusts these engines.
    pub fn foreign_client_certificate(&self, name: &str) -> PathBuf {
        let foreign = Authority::new(&self.folder.join(format!("foreign-{name}")));
        let certificate = foreign.client(name, false);
        let ca = self.folder.join("keys/ca.pem");
        fs::copy(ca, certificate.join("ca.pem")).expect("copied");
        certificate
    }

    /// Lets a sandbox reach a node's engine by ssh, and nothing else: an `ssh` with its own keys is first on its PATH. Gives
    /// the engine's address. `None`, said, where no ssh server is installed.
    pub fn ssh(&self, number: usize, sandbox: &Sandbox) -> Option<String> {
        if !needs::has_system("sshd") {
            return None;
        }
        let node = self.node(number);
        let folder = node.folder.join("ssh");
        if !folder.exists() {
            node.start_sshd(&folder);
        }
        let wrapper = format!("#!/bin/sh\nexec /usr/bin/ssh -F {}/config \"$@\"\n", folder.display());
        let program = sandbox.root().join("bin/ssh");
        fs::write(&program, wrapper).expect("written");
        fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("executable");
        Some(format!("ssh://root@{}", node.address))
    }
}

impl Drop for Swarm {
    fn drop(&mut self) {
        for node in &self.nodes {
            drop(lock(&node.cell).take());
        }
    }
}

impl Node {
    /// Where its engine listens: `unix:///…`.
    pub fn host(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    /// The same by TCP, for those who have a certificate.
    pub fn tls_host(&self) -> String {
        format!("tcp://{}:2376", self.address)
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.folder.join("d.sock")
    }

    /// The last lines of its engine's log.
    pub fn log(&self) -> String {
        tail(&self.folder.join("engine.log"))
    }

    /// Runs `docker` against it with words that are split at spaces, and insists on success; gives what it printed.
    #[track_caller]
    pub fn docker(&self, line: &str) -> String {
        self.docker_words(&line.split_whitespace().collect::<Vec<_>>())
    }

    #[track_caller]
    pub fn docker_words(&self, words: &[&str]) -> String {
        let ran = self.command(words).output().expect("docker starts");
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(
            ran.status.success(),
            "{}: `docker {}` failed: {said}\n{}",
            self.name,
            words.join(" "),
            self.log()
        );
        String::from_utf8_lossy(&ran.stdout).into_owned()
    }

    /// The same, not started yet.
    #[expect(clippy::disallowed_methods, reason = "tests start what they need")]
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("docker");
        command
            .args(["--host", &self.host()])
            .args(words)
            .env_clear()
            .env("PATH", SYSTEM_PATH)
            .env("DOCKER_CONFIG", &self.folder)
            .stdin(Stdio::null());
        command
    }

    /// The line that starts its engine.
    fn engine(&self) -> String {
        let (folder, bed) = (self.folder.display(), self.folder.parent().expect("a swarm's"));
        format!(
            "rm -f {folder}/d.sock; dockerd --config-file {bed}/engine.json --data-root {folder}/data \
             --exec-root /run/docker --pidfile /run/docker.pid --exec-opt native.cgroupdriver=cgroupfs \
             --cgroup-parent /{cgroup} --host unix://{folder}/d.sock --group {group} --host {tcp} --tlsverify \
             --tlscacert {certificate}/ca.pem --tlscert {certificate}/cert.pem --tlskey {certificate}/key.pem \
             --insecure-registry 198.18.0.0/15 >>{folder}/engine.log 2>&1 & engine=$!",
            bed = bed.display(),
            cgroup = cgroup(bed),
            group = nix::unistd::getegid(),
            tcp = self.tls_host(),
            certificate = self.certificate.display(),
        )
    }

    fn await_engine(&self) {
        let answers = || {
            let ping = UnixStream::connect(self.socket()).and_then(|mut socket| {
                socket.set_read_timeout(Some(PATIENCE))?;
                socket.write_all(b"GET /_ping HTTP/1.0\r\n\r\n")?;
                let mut answer = String::new();
                socket.read_to_string(&mut answer)?;
                Ok(answer)
            });
            ping.is_ok_and(|answer| answer.contains(" 200 "))
        };
        until(
            &format!("the engine of {} answers", self.name),
            &self.folder.join("engine.log"),
            answers,
        );
    }

    /// An ssh server in the node for root with a key, whose sessions find the node's engine.
    fn start_sshd(&self, folder: &Path) {
        fs::create_dir(folder).expect("a folder");
        keys::run(
            folder,
            &format!(
                "ssh-keygen -q -t ed25519 -N '' -f host; ssh-keygen -q -t ed25519 -N '' -f client
                 key=$(cut -d' ' -f1,2 host.pub); printf '%s\\n' \"{0} $key\" \"[{0}]:2222 $key\" >known_hosts
                 printf '%s\\n' 'Port 22' 'Port 2222' 'ListenAddress {0}' 'HostKey {1}/host' 'AuthorizedKeysFile {1}/client.pub' \
                   'StrictModes no' 'PasswordAuthentication no' 'SetEnv DOCKER_HOST={2}' >server
                 printf '%s\\n' 'IdentityFile {1}/client' 'IdentitiesOnly yes' 'BatchMode yes' \
                   'UserKnownHostsFile {1}/known_hosts' 'StrictHostKeyChecking yes' >config",
                self.address,
                folder.display(),
                self.host()
            ),
        );
        let mut cell = lock(&self.cell);
        let cell = cell.as_mut().expect("the node runs");
        // Where root has no password at all, as is usual, the server takes the account for a locked one.
        cell.order("sed 's/^root:[^:]*:/root:*:/' /etc/shadow >/run/shadow && mount --bind /run/shadow /etc/shadow");
        cell.order(&format!(
            "mkdir -p /run/sshd && $(command -v sshd) -f {0}/server -E {0}/log",
            folder.display()
        ));
    }
}

/// Takes a lock that a failed test may have held.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The control group that everything of a swarm runs in.
fn cgroup(folder: &Path) -> String {
    folder.file_name().expect("a name").to_string_lossy().into_owned()
}

/// What the switch does last. The nodes may still be ending, so that it asks a few times.
fn clean_up(folder: &Path) -> String {
    format!(
        "for try in 1 2 3 4 5 6 7 8 9 10; do
           find /sys/fs/cgroup -depth -type d -path '*/{}/*' -exec rmdir {{}} + 2>/dev/null
           find /sys/fs/cgroup -depth -type d -name '{}' -exec rmdir {{}} + 2>/dev/null
           rm -rf '{}' && break
           sleep 0.2
         done",
        cgroup(folder),
        cgroup(folder),
        folder.display()
    )
}

/// Joins this machine and the switch by a network that nobody else has; gives its number. The interface's name claims it.
fn uplink(switch: i32) -> u8 {
    let first = u8::try_from(std::process::id() % 256).unwrap_or_default();
    let claimed = (0..=u8::MAX).map(|step| first.wrapping_add(step)).find(|net| {
        let add = format!("ip link add dt{net} type veth peer name uplink netns {switch}");
        let added = as_root("sh").args(["-c", &add]).output();
        added.is_ok_and(|output| output.status.success())
    });
    let net = claimed.expect("a network that is free");
    let up = format!("ip address add 198.18.{net}.1/24 dev dt{net}; ip link set dt{net} up");
    in_network(std::process::id().cast_signed(), &up);
    let join = "ip link add br0 type bridge; ip link set uplink master br0 up; ip link set lo up; ip link set br0 up";
    in_network(switch, &format!("{join}; ip address add 198.18.{net}.2/24 dev br0"));
    net
}

/// Asks until the answer is yes.
#[track_caller]
fn until(what: &str, log: &Path, mut done: impl FnMut() -> bool) {
    let clock = SystemClock::new(None);
    let end = clock.elapsed() + PATIENCE;
    while !done() {
        let late = clock.elapsed() > end;
        assert!(!late, "not within {} s: {what}\n{}", PATIENCE.as_secs(), tail(log));
        clock.sleep(Duration::from_millis(20));
    }
}
