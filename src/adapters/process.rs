//! Programs run to their end: each in a process group of its own, which is gone when the call returns.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::fault::{Fault, Kind, Result};
use crate::model::spec::CommandLine;
use crate::ports::commands::{Ended, KEPT_LINES, Request};
use crate::ports::{Clock, Commands, Interrupt};

/// Longer lines are handed over in pieces of this many bytes, so that a program that prints no newline cannot fill the
/// memory.
const MAX_LINE: usize = 16 * 1024;

/// The most that [`Commands::capture`] returns, as the port says.
const MAX_CAPTURE: usize = 1024 * 1024;

/// How often the child, the clock and the interruption are looked at while nothing is printed.
const LOOK: Duration = Duration::from_millis(20);

/// Processes that outlive the group's leader get this long to end by themselves (`tee` writing its last lines).
const LINGER: Duration = Duration::from_secs(2);

/// Between SIGTERM and SIGKILL.
const GRACE: Duration = Duration::from_secs(5);

/// Between two looks at a group that is ending.
const PAUSE: Duration = Duration::from_millis(5);

/// The process groups that are alive now, so that whoever ends the program at once can take them along.
#[derive(Clone, Default)]
pub struct Groups(Arc<Mutex<Alive>>);

#[derive(Default)]
struct Alive {
    groups: Vec<Pid>,
    /// All were killed: another would outlive the program.
    over: bool,
}

impl Groups {
    fn alive(&self) -> MutexGuard<'_, Alive> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Kills all of them without waiting. No other is started afterwards.
    pub fn kill_all(&self) {
        let mut alive = self.alive();
        alive.over = true;
        for group in &alive.groups {
            // A group that is already gone is what is wanted.
            let _ = killpg(*group, Signal::SIGKILL);
        }
    }

    /// Starts a program as a group that is known from its first moment.
    fn start(&self, request: &Request, talks: bool) -> Result<(Child, Registered<'_>)> {
        let mut alive = self.alive();
        if alive.over {
            return Err(Fault::new(
                Kind::Interrupted,
                "interrupted",
                "everything is being ended",
            ));
        }
        let child = start(request, talks)?;
        let group = Pid::from_raw(child.id().cast_signed());
        alive.groups.push(group);
        Ok((child, Registered { groups: self, group }))
    }
}

/// Runs programs on this machine.
pub struct Processes {
    clock: Arc<dyn Clock>,
    interrupt: Arc<dyn Interrupt>,
    groups: Groups,
    /// An interruption that was there before a program was started does not end it.
    steady: bool,
    linger: Duration,
    grace: Duration,
}

impl Processes {
    pub fn new(clock: Arc<dyn Clock>, interrupt: Arc<dyn Interrupt>, groups: Groups) -> Self {
        Processes {
            clock,
            interrupt,
            groups,
            steady: false,
            linger: LINGER,
            grace: GRACE,
        }
    }
}

impl Processes {
    /// For programs that the way back after Ctrl-C needs too, such as those that give out passwords: only an interruption
    /// that comes while one runs ends it. Killing all groups ends these as well.
    pub fn steady(mut self) -> Self {
        self.steady = true;
        self
    }
}

impl Commands for Processes {
    fn run(&self, request: &Request, line: &mut dyn FnMut(&str)) -> Result<Ended> {
        let mut tail = VecDeque::with_capacity(KEPT_LINES);
        let mut lines = [Lines::default(), Lines::default()];
        let mut keep = |text: &str| {
            if tail.len() == KEPT_LINES {
                tail.pop_front();
            }
            tail.push_back(text.to_owned());
            line(text);
        };
        let end = self.run_to_end(request, &mut |stream, bytes| {
            lines[stream].push(bytes, &mut keep);
            true
        })?;
        for rest in &mut lines {
            rest.finish(&mut keep);
        }
        Ok(Ended {
            how: end.how(request),
            success: end.success(),
            tail: tail.into(),
        })
    }

    fn capture(&self, request: &Request) -> Result<Vec<u8>> {
        let mut output = Vec::new();
        let mut errors = Lines::default();
        let mut tail = Vec::new();
        let mut too_long = false;
        let end = self.run_to_end(request, &mut |stream, bytes| {
            if stream == 0 {
                too_long |= output.len() + bytes.len() > MAX_CAPTURE;
                output.extend_from_slice(&bytes[..bytes.len().min(MAX_CAPTURE - output.len())]);
            } else {
                errors.push(bytes, &mut |text| tail.push(text.to_owned()));
                tail.drain(..tail.len().saturating_sub(KEPT_LINES));
            }
            !too_long
        })?;
        errors.finish(&mut |text| tail.push(text.to_owned()));
        if too_long {
            return Err(Fault::failed(
                "output-too-long",
                format!("`{}` printed more than 1 MiB", request.command),
            ));
        }
        if !end.success() {
            let message = format!("`{}` ended with {}", request.command, end.how(request));
            let (kind, code) = match end {
                End::Interrupted(kind) => (kind, "command-failed"),
                End::TimedOut => (Kind::Failed, "command-slow"),
                _ => (Kind::Failed, "command-failed"),
            };
            return Err(Fault::new(kind, code, message).details(tail));
        }
        Ok(output)
    }
}

/// How a program ended that was talked to.
#[derive(Debug)]
pub(super) struct Talked {
    /// `status 1`, `signal 9 (SIGKILL)`, `timed out after 10s`.
    pub how: String,
    pub success: bool,
    pub timed_out: bool,
    pub interrupted: Option<Kind>,
}

impl Processes {
    /// Runs a program with `input` on its standard input, which ends there. What it prints is handed over as it comes, in
    /// pieces (stream 0 is its output, 1 its errors), until `take` returns false.
    pub(super) fn talk(
        &self,
        request: &Request,
        input: Vec<u8>,
        take: &mut dyn FnMut(usize, &[u8]) -> bool,
    ) -> Result<Talked> {
        let end = self.converse(request, Some(input), take)?;
        Ok(Talked {
            how: end.how(request),
            success: end.success(),
            timed_out: matches!(end, End::TimedOut),
            interrupted: match end {
                End::Interrupted(kind) => Some(kind),
                _ => None,
            },
        })
    }
}

/// Why a run is over.
enum End {
    Status(ExitStatus),
    TimedOut,
    Interrupted(Kind),
    /// The reader had enough.
    Refused,
}

impl End {
    fn success(&self) -> bool {
        matches!(self, End::Status(status) if status.success())
    }

    fn how(&self, request: &Request) -> String {
        match self {
            End::Status(status) => match (status.code(), status.signal()) {
                (Some(code), _) => format!("status {code}"),
                (None, Some(number)) => match Signal::try_from(number) {
                    Ok(signal) => format!("signal {number} ({signal})"),
                    Err(_) => format!("signal {number}"),
                },
                (None, None) => "an unknown status".into(),
            },
            End::TimedOut => format!("timed out after {}", request.timeout),
            End::Interrupted(_) => "interrupted".into(),
            End::Refused => "stopped".into(),
        }
    }
}

impl Processes {
    /// Runs the program and hands over what it prints as it comes (stream 0 is its output, 1 its errors) until `take`
    /// returns false. Nothing of its group is left afterwards.
    fn run_to_end(&self, request: &Request, take: &mut dyn FnMut(usize, &[u8]) -> bool) -> Result<End> {
        self.converse(request, None, take)
    }

    fn converse(
        &self,
        request: &Request,
        input: Option<Vec<u8>>,
        take: &mut dyn FnMut(usize, &[u8]) -> bool,
    ) -> Result<End> {
        let (mut child, registered) = self.groups.start(request, input.is_some())?;
        let mut streams = Streams::of(&mut child, input.unwrap_or_default());
        let over = self.steady && self.interrupt.requested().is_some();
        let deadline = self.clock.elapsed().saturating_add(request.timeout.duration());
        let end = loop {
            if !streams.read(LOOK, take) {
                break End::Refused;
            }
            if let Ok(Some(status)) = child.try_wait() {
                break End::Status(status);
            }
            if let Some(kind) = self.interrupt.requested().filter(|_| !over) {
                break End::Interrupted(kind);
            }
            if self.clock.elapsed() >= deadline {
                break End::TimedOut;
            }
        };
        let patience = if matches!(end, End::Status(_)) {
            self.linger
        } else {
            Duration::ZERO
        };
        self.end_group(registered.group, &mut child, patience, &mut streams, take);
        // What the pipe still holds was printed before the end.
        streams.read(Duration::ZERO, take);
        Ok(end)
    }

    /// Waits `patience` for the group to end by itself, then asks it to, then kills it.
    fn end_group(
        &self,
        group: Pid,
        child: &mut Child,
        patience: Duration,
        streams: &mut Streams,
        take: &mut dyn FnMut(usize, &[u8]) -> bool,
    ) {
        for (signal, wait) in [
            (None, patience),
            (Some(Signal::SIGTERM), self.grace),
            (Some(Signal::SIGKILL), self.grace),
        ] {
            if let Some(signal) = signal
                && killpg(group, signal) == Err(Errno::ESRCH)
            {
                return;
            }
            let until = self.clock.elapsed() + wait;
            loop {
                let leader_gone = !matches!(child.try_wait(), Ok(None));
                if leader_gone && is_over(group) {
                    return;
                }
                if self.clock.elapsed() >= until {
                    break;
                }
                streams.read(PAUSE, take);
            }
        }
    }
}

/// Whether no process of the group runs any more. Orphans whose new parent never looks after them (the first process of
/// many containers) stay in the group as zombies for ever; they are over all the same.
fn is_over(group: Pid) -> bool {
    if killpg(group, None) == Err(Errno::ESRCH) {
        return true;
    }
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return false;
    };
    let stats = processes
        .flatten()
        .filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok());
    // proc(5): `pid (name) state ppid pgrp …`, and the name may hold anything.
    let mut seen = false;
    let runs = stats.into_iter().any(|stat| {
        let mut fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let (state, in_group) = (
            fields.next(),
            fields.nth(1).and_then(|pgrp| pgrp.parse().ok()) == Some(group.as_raw()),
        );
        seen |= in_group;
        in_group && !matches!(state, Some("Z" | "X"))
    });
    seen && !runs
}

/// Takes the group off the list again, however the run ends.
struct Registered<'a> {
    groups: &'a Groups,
    group: Pid,
}

impl Drop for Registered<'_> {
    fn drop(&mut self) {
        self.groups.alive().groups.retain(|group| *group != self.group);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this adapter is the place that starts programs"
)]
fn start(request: &Request, talks: bool) -> Result<Child> {
    let (program, arguments) = match &request.command {
        CommandLine::Shell(line) => ("/bin/sh", vec!["-c", line.as_str()]),
        CommandLine::Exec(words) => match words.split_first() {
            Some((program, rest)) => (program.as_str(), rest.iter().map(String::as_str).collect()),
            None => return Err(Fault::usage("command-empty", "cannot run an empty command")),
        },
    };
    Command::new(program)
        .args(arguments)
        .current_dir(&request.dir)
        .envs(&request.env)
        .env_remove("DELIVER_COMPLETE")
        .stdin(if talks { Stdio::piped() } else { Stdio::null() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(|error| not_started(program, &request.dir, error))
}

fn not_started(program: &str, dir: &Path, error: std::io::Error) -> Fault {
    let message = format!("cannot run `{program}` in `{}`", dir.display());
    if !dir.is_dir() {
        return Fault::failed("not-found", format!("{message}: there is no such folder"));
    }
    match error.kind() {
        ErrorKind::NotFound if program.contains('/') => {
            Fault::failed("command-missing", format!("{message}: there is no such file"))
        }
        ErrorKind::NotFound => Fault::failed("command-missing", format!("{message}: no such program is installed"))
            .hint(format!("install `{program}`, or add its folder to PATH")),
        ErrorKind::PermissionDenied => Fault::failed("command-denied", format!("{message}: it may not be executed"))
            .hint(format!("chmod +x {program}")),
        _ => Fault::failed("command-not-started", message),
    }
    .because(error)
}

/// The child's pipes, used without blocking.
struct Streams {
    /// What it is still to be told; closed when that is nothing.
    input: Option<std::process::ChildStdin>,
    rest: Vec<u8>,
    out: Option<std::process::ChildStdout>,
    err: Option<std::process::ChildStderr>,
}

impl Streams {
    fn of(child: &mut Child, input: Vec<u8>) -> Self {
        let streams = Streams {
            input: child.stdin.take(),
            rest: input,
            out: child.stdout.take(),
            err: child.stderr.take(),
        };
        for fd in [
            streams.input.as_ref().map(AsFd::as_fd),
            streams.out.as_ref().map(AsFd::as_fd),
            streams.err.as_ref().map(AsFd::as_fd),
        ]
        .into_iter()
        .flatten()
        {
            // If this failed, reads would still follow a poll that says there is something to read.
            let _ = fcntl(fd, FcntlArg::F_SETFL(OFlag::O_NONBLOCK));
        }
        streams
    }

    /// Waits up to `wait` for output and hands over all there is. False as soon as `take` wants no more.
    fn read(&mut self, wait: Duration, take: &mut dyn FnMut(usize, &[u8]) -> bool) -> bool {
        self.write();
        let outputs = [self.out.as_ref().map(AsFd::as_fd), self.err.as_ref().map(AsFd::as_fd)];
        let outputs = outputs.into_iter().flatten();
        let mut fds: Vec<PollFd> = outputs.map(|fd| PollFd::new(fd, PollFlags::POLLIN)).collect();
        if let Some(input) = &self.input {
            fds.push(PollFd::new(input.as_fd(), PollFlags::POLLOUT));
        }
        // With every pipe closed this is a short sleep; EINTR only means that we look sooner.
        let _ = poll(&mut fds, PollTimeout::try_from(wait).unwrap_or(PollTimeout::ZERO));
        drop(fds);
        drain(&mut self.out, &mut |bytes| take(0, bytes)) && drain(&mut self.err, &mut |bytes| take(1, bytes))
    }

    /// Writes as much of the input as the pipe takes. A program that closes it has heard enough.
    fn write(&mut self) {
        let Some(input) = &mut self.input else { return };
        while !self.rest.is_empty() {
            match input.write(&self.rest) {
                Ok(written) => drop(self.rest.drain(..written)),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(_) => self.rest.clear(),
            }
        }
        self.input = None;
    }
}

/// Reads what is there; a closed pipe becomes `None`. At most [`MAX_CAPTURE`] at a time, so that a program that never
/// stops printing cannot keep its timeout from being looked at.
fn drain(pipe: &mut Option<impl Read>, take: &mut dyn FnMut(&[u8]) -> bool) -> bool {
    let mut buffer = [0; 8192];
    let mut total = 0;
    while let Some(open) = pipe
        && total < MAX_CAPTURE
    {
        match open.read(&mut buffer) {
            Ok(0) => *pipe = None,
            Ok(count) => {
                total += count;
                if !take(&buffer[..count]) {
                    return false;
                }
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            Err(_) => *pipe = None,
        }
    }
    true
}

/// Cuts a stream of bytes into lines of text.
#[derive(Default)]
struct Lines {
    pending: Vec<u8>,
}

impl Lines {
    fn push(&mut self, bytes: &[u8], line: &mut dyn FnMut(&str)) {
        for &byte in bytes {
            if byte != b'\n' {
                self.pending.push(byte);
            }
            if byte == b'\n' || self.pending.len() == MAX_LINE {
                self.emit(line);
            }
        }
    }

    fn finish(&mut self, line: &mut dyn FnMut(&str)) {
        if !self.pending.is_empty() {
            self.emit(line);
        }
    }

    fn emit(&mut self, line: &mut dyn FnMut(&str)) {
        let bytes = self.pending.strip_suffix(b"\r").unwrap_or(&self.pending);
        line(&String::from_utf8_lossy(bytes));
        self.pending.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use crate::adapters::system::SystemClock;
    use crate::model::Span;
    use crate::ports::interrupt::Never;

    fn processes() -> Processes {
        Processes {
            linger: Duration::from_millis(200),
            grace: Duration::from_millis(500),
            ..Processes::new(Arc::new(SystemClock::new(None)), Arc::new(Never), Groups::default())
        }
    }

    fn shell(line: &str) -> Request {
        Request {
            command: CommandLine::Shell(line.into()),
            dir: std::env::temp_dir(),
            env: BTreeMap::new(),
            timeout: Span::from_secs(60),
        }
    }

    fn run(line: &str) -> (Ended, Vec<String>) {
        let mut lines = Vec::new();
        let ended = processes()
            .run(&shell(line), &mut |text| lines.push(text.to_owned()))
            .expect("started");
        (ended, lines)
    }

    fn alive(pid: &str) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        !matches!(
            stat.rsplit(") ").next().and_then(|rest| rest.chars().next()),
            None | Some('Z' | 'X')
        )
    }

    #[test]
    fn lines_of_both_streams_arrive_and_the_last_needs_no_newline() {
        let (ended, lines) = run("echo one; echo two >&2; printf three; exit 7");
        assert_eq!((ended.how.as_str(), ended.success), ("status 7", false));
        assert_eq!(lines.len(), 3, "{lines:?}");
        for line in ["one", "two", "three"] {
            assert!(lines.iter().any(|text| text == line), "{lines:?}");
        }
        assert_eq!(ended.tail, lines);
    }

    #[test]
    fn standard_input_is_closed_and_a_signal_is_named() {
        let (ended, lines) = run("cat; kill -9 $$");
        assert_eq!((ended.how.as_str(), lines.len()), ("signal 9 (SIGKILL)", 0));
    }

    #[test]
    fn only_the_last_lines_are_kept_and_endless_lines_are_cut() {
        let (ended, lines) = run("seq 1 250; head -c 40000 /dev/zero | tr '\\0' x");
        assert_eq!(ended.tail.len(), KEPT_LINES);
        assert!(lines.iter().all(|line| line.len() <= MAX_LINE));
        assert_eq!(
            lines
                .iter()
                .filter(|line| line.contains('x'))
                .map(String::len)
                .sum::<usize>(),
            40_000
        );
    }

    #[test]
    fn a_timeout_kills_the_whole_group_even_if_it_ignores_sigterm() {
        let mut request = shell("trap '' TERM; sh -c 'trap \"\" TERM; echo $$; while :; do sleep 0.05; done'");
        request.timeout = Span::from_millis(300);
        let mut lines = Vec::new();
        let ended = processes()
            .run(&request, &mut |text| lines.push(text.to_owned()))
            .expect("started");
        assert_eq!(ended.how, "timed out after 300ms");
        assert!(!alive(&lines[0]), "the grandchild was left running");
    }

    #[test]
    fn what_a_successful_program_leaves_behind_is_ended() {
        let (ended, lines) = run("sleep 600 & echo $!");
        assert!(ended.success);
        assert!(!alive(&lines[0]), "the background process was left running");
    }

    struct Switch(AtomicBool);

    impl Interrupt for Switch {
        fn requested(&self) -> Option<Kind> {
            self.0.load(Ordering::SeqCst).then_some(Kind::Interrupted)
        }
    }

    #[test]
    fn what_the_way_back_needs_is_run_after_an_interruption() {
        let switch = Arc::new(Switch(AtomicBool::new(true)));
        let open = || Processes::new(Arc::new(SystemClock::new(None)), switch.clone(), Groups::default());
        let slow = shell("sleep 0.2; printf found");
        let ended = open().capture(&slow).expect_err("it was interrupted before");
        assert_eq!(ended.kind(), Kind::Interrupted);
        assert_eq!(open().steady().capture(&slow).expect("it runs to its end"), b"found");
        switch.0.store(false, Ordering::SeqCst);
        let ended = open().steady().run(&shell("echo ready; sleep 600"), &mut |_| {
            switch.0.store(true, Ordering::SeqCst);
        });
        assert_eq!(ended.expect("started").how, "interrupted");
    }

    #[test]
    fn an_interruption_ends_the_program() {
        let switch = Arc::new(Switch(AtomicBool::new(false)));
        let processes = Processes::new(Arc::new(SystemClock::new(None)), switch.clone(), Groups::default());
        let ended = processes.run(&shell("echo ready; sleep 600"), &mut |_| {
            switch.0.store(true, Ordering::SeqCst)
        });
        assert_eq!(ended.expect("started").how, "interrupted");
        assert!(processes.groups.alive().groups.is_empty());
    }

    #[test]
    fn nothing_is_started_once_everything_was_killed() {
        let groups = Groups::default();
        let processes = Processes::new(Arc::new(SystemClock::new(None)), Arc::new(Never), groups.clone());
        groups.kill_all();
        let fault = processes.run(&shell("sleep 600"), &mut |_| ()).expect_err("it is over");
        assert_eq!((fault.kind(), fault.code()), (Kind::Interrupted, "interrupted"));
    }

    #[test]
    fn a_missing_program_and_a_missing_folder_are_told_apart() {
        let mut request = shell("");
        request.command = CommandLine::Exec(vec!["deliver-no-such-program".into()]);
        assert_eq!(
            processes().run(&request, &mut |_| ()).expect_err("missing").code(),
            "command-missing"
        );
        request.dir = "/deliver/no/such/folder".into();
        assert_eq!(
            processes().run(&request, &mut |_| ()).expect_err("missing").code(),
            "not-found"
        );
        request.dir = std::env::temp_dir();
        request.command = CommandLine::Exec(vec!["/etc/passwd".into()]);
        assert_eq!(
            processes().run(&request, &mut |_| ()).expect_err("denied").code(),
            "command-denied"
        );
    }

    #[test]
    fn a_program_is_told_all_of_a_long_input_and_then_its_end() {
        let mut counted = Vec::new();
        let long = vec![b'x'; 300_000];
        let talked = processes()
            .talk(&shell("wc -c"), long, &mut |_, bytes| {
                counted.extend_from_slice(bytes);
                true
            })
            .expect("started");
        assert!(talked.success, "{talked:?}");
        assert_eq!(String::from_utf8_lossy(&counted).trim(), "300000");
        let deaf = processes().talk(
            &shell("exec <&-; echo heard enough"),
            vec![b'x'; 300_000],
            &mut |_, _| true,
        );
        assert!(deaf.expect("started").success);
    }

    #[test]
    fn captured_output_is_bounded_and_failures_carry_the_errors() {
        assert_eq!(
            processes()
                .capture(&shell("printf 'a\\0b'; echo no >&2"))
                .expect("captured"),
            b"a\0b"
        );
        let long = processes().capture(&shell("yes")).expect_err("too long");
        assert_eq!(long.code(), "output-too-long");
        let failed = processes()
            .capture(&shell("echo locked >&2; exit 3"))
            .expect_err("failed");
        assert_eq!(
            (failed.code(), failed.evidence()),
            ("command-failed", &["locked".to_owned()][..])
        );
    }
}
