//! A machine in the machine: processes, mounts, network and name of its own.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Its first process does what it is told line by line. When its input ends, because the test closed it, panicked or was
/// killed, it ends too, and the kernel ends everything in there with it. Nothing has a name that could be left behind.
pub struct Cell {
    child: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    log: PathBuf,
    /// The first process, as the machine sees it.
    pub pid: i32,
}

/// `$0` is the log, `$1` what is to be done in the end. The process id is read before `/proc` is the cell's own.
const FIRST_PROCESS: &str = r#"
read -r pid _ </proc/self/stat
exec 3>&1 >>"$0" 2>&1
mount -t proc proc /proc
echo "$pid" >&3
while read -r order; do
  eval "$order" </dev/null
  echo $? >&3
done
eval "$1"
"#;

impl Cell {
    /// `at_the_end` is done when the cell ends, whatever ends the test.
    pub fn start(log: &Path, at_the_end: &str) -> Self {
        let mut child = as_root("unshare")
            .args(["--net", "--uts", "--mount", "--pid", "--fork", "--kill-child"])
            .args(["sh", "-c", FIRST_PROCESS])
            .arg(log)
            .arg(at_the_end)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("unshare starts");
        let orders = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        let log = log.to_owned();
        let mut cell = Cell {
            child,
            orders,
            answers,
            log,
            pid: 0,
        };
        cell.pid = cell.answer("unshare").parse().expect("a process id");
        cell
    }

    /// Runs a line of shell in there and insists on success.
    #[track_caller]
    pub fn order(&mut self, line: &str) {
        let orders = self.orders.as_mut().expect("it is open until it is dropped");
        writeln!(orders, "{line}").unwrap_or_else(|error| panic!("`{line}`: {error}\n{}", tail(&self.log)));
        let status = self.answer(line);
        assert_eq!(status, "0", "`{line}` failed\n{}", tail(&self.log));
    }

    #[track_caller]
    fn answer(&mut self, order: &str) -> String {
        let mut line = String::new();
        let got = self.answers.read_line(&mut line);
        assert!(
            got.is_ok_and(|got| got > 0),
            "`{order}`: no answer\n{}",
            tail(&self.log)
        );
        line.trim().to_owned()
    }
}

impl Drop for Cell {
    fn drop(&mut self) {
        drop(self.orders.take());
        let _ = self.child.wait();
    }
}

/// Runs a line of shell in a cell's network, as root of the machine, and insists on success.
#[track_caller]
pub fn in_network(pid: i32, line: &str) {
    let network = format!("--net=/proc/{pid}/ns/net");
    let ran = as_root("nsenter").args([&network, "sh", "-ec", line]).output();
    let ran = ran.expect("nsenter starts");
    assert!(
        ran.status.success(),
        "`{line}` failed: {}",
        String::from_utf8_lossy(&ran.stderr)
    );
}

/// A program with root's rights and nothing of this user's surroundings.
#[expect(clippy::disallowed_methods, reason = "tests start what they need")]
pub fn as_root(program: &str) -> Command {
    let mut command = if nix::unistd::geteuid().is_root() {
        Command::new(program)
    } else {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", program]);
        sudo
    };
    command.env_clear().env("PATH", SYSTEM_PATH).env("LANG", "C.UTF-8");
    command
}

/// Debian and Ubuntu keep what only root uses in places that are on nobody else's PATH.
pub const SYSTEM_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The last lines of a log.
pub fn tail(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(15)..].join("\n")
}
