//! What an environment is to run, with every default filled in: the manifest's `[run]`, resolved.
//!
//! A [`Spec`] holds no secret values, only references and the keyed hashes of the versions they had.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Span;

/// A command as written: a list is executed as it is, a string by `sh -c`. `$PORT` is expanded in both.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CommandLine {
    Shell(String),
    Exec(Vec<String>),
}

impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CommandLine::Shell(line) => f.write_str(line),
            CommandLine::Exec(words) => f.write_str(&words.join(" ")),
        }
    }
}

/// `$PORT` and `${PORT}` in a word of a command; a shell expands its own.
pub fn with_port(word: &str, port: Option<u16>) -> String {
    let Some(port) = port else { return word.to_owned() };
    let port = port.to_string();
    let mut text = String::new();
    let mut rest = word.replace("${PORT}", &port);
    while let Some(at) = rest.find("$PORT") {
        let after = rest.split_off(at + "$PORT".len());
        rest.truncate(at);
        text.push_str(&rest);
        // `$PORTAL` is another variable.
        let other = after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        text.push_str(if other { "$PORT" } else { &port });
        rest = after;
    }
    text + &rest
}

/// A line for a shell as the first process of a container, which alone is told when the container is to stop: a shell that
/// waits for its program never tells it. A line that is one simple command therefore becomes its program, by `exec`; one
/// that may be more is left as it was written.
pub fn first_process(line: &str) -> Vec<String> {
    let line = match simple_command(line) {
        Some(at) => format!("{}exec {}", &line[..at], &line[at..]),
        None => line.to_owned(),
    };
    vec!["/bin/sh".into(), "-c".into(), line]
}

/// Whether a stop reaches the program that a line for a shell starts.
pub fn hears_stop(line: &str) -> bool {
    simple_command(line).is_some() || line.split_ascii_whitespace().any(|word| word == "exec")
}

/// Where the program's name begins in a line that is surely one simple command, behind its variables.
fn simple_command(line: &str) -> Option<usize> {
    const SYNTAX: &[char] = &[';', '&', '|', '(', ')', '<', '>', '`', '\n', '\r'];
    // Words of the POSIX shell that are no programs, or not the same ones.
    const OWN: &[&str] = &[
        "!", ".", ":", "[", "[[", "alias", "bg", "break", "builtin", "case", "cd", "command", "continue", "declare",
        "do", "done", "echo", "elif", "else", "esac", "eval", "exec", "exit", "export", "false", "fc", "fg", "fi",
        "for", "function", "getopts", "hash", "if", "in", "jobs", "kill", "let", "local", "printf", "pwd", "read",
        "readonly", "return", "select", "set", "shift", "source", "test", "then", "time", "times", "trap", "true",
        "type", "typeset", "ulimit", "umask", "unalias", "unset", "until", "wait", "while",
    ];
    if line.contains(SYNTAX) {
        return None;
    }
    let named = |word: &str| word.chars().all(|c| c.is_ascii_alphanumeric() || "_./+-@".contains(c));
    let mut rest = line.trim_ascii_start();
    loop {
        let (word, after) = rest.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((rest, ""));
        match word.split_once('=') {
            // A value in quotes may go on in the next word.
            Some((name, value)) if is_variable(name) && !value.contains(['\'', '"', '\\']) => {
                rest = after.trim_ascii_start();
            }
            Some(_) => return None,
            None => {
                let program = !word.is_empty() && named(word) && !OWN.contains(&word);
                return program.then_some(line.len() - rest.len());
            }
        }
    }
}

fn is_variable(name: &str) -> bool {
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    begins && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// How `deliver` knows that an instance can take traffic.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct Health {
    /// `None`: running for `stable` without an exit is all that can be known.
    pub probe: Option<HttpProbe>,
    /// Whether the process lives, which is another question: an instance whose answer to this stays bad is restarted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<HttpProbe>,
    /// Between two probes.
    pub interval: Span,
    /// Of one probe.
    pub timeout: Span,
    /// The longest an instance may take to become healthy.
    pub start: Span,
    /// How long it must stay healthy before it counts.
    pub stable: Span,
}

impl Health {
    /// How long the answer to `live` must stay bad before the instance is restarted: ten probes that time out, which is
    /// half a minute with the usual numbers, as with Kubernetes' three failures ten seconds apart.
    pub fn live_patience(&self) -> Duration {
        (self.interval.duration() + self.timeout.duration()) * 10
    }
}

/// `GET path` on the instance's own port.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct HttpProbe {
    pub path: String,
    /// The `Host` header, for apps that answer 400 to a foreign one.
    pub host: Option<String>,
    /// Lowest status that counts as unhealthy: 400 where the path was declared, 500 for the default `GET /`, since many
    /// apps answer 404 there.
    pub below: u16,
}

impl Default for Health {
    /// The numbers of this machine: a probe each second, two seconds each, a minute to start, three seconds stable.
    fn default() -> Self {
        Health {
            probe: None,
            live: None,
            interval: Span::from_secs(1),
            timeout: Span::from_secs(2),
            start: Span::from_secs(60),
            stable: Span::from_secs(3),
        }
    }
}

/// Where a secret's value is found. Written `env:NAME`, `file:PATH`, `exec:COMMAND`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum SecretRef {
    /// A variable of the process that runs `deliver`.
    Env(String),
    /// A file, relative to the manifest's folder; one trailing newline is dropped.
    File(String),
    /// What a command prints; run by `sh -c` in the manifest's folder; one trailing newline is dropped.
    Exec(String),
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SecretRef::Env(name) => write!(f, "env:{name}"),
            SecretRef::File(path) => write!(f, "file:{path}"),
            SecretRef::Exec(command) => write!(f, "exec:{command}"),
        }
    }
}

impl FromStr for SecretRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("env", name)) if !name.is_empty() => Ok(SecretRef::Env(name.into())),
            Some(("file", path)) if !path.is_empty() => Ok(SecretRef::File(path.into())),
            Some(("exec", command)) if !command.is_empty() => Ok(SecretRef::Exec(command.into())),
            // The text may be a secret's value written by mistake: it is not repeated.
            _ => Err("a secret is a reference: `env:NAME`, `file:PATH` or `exec:COMMAND`".into()),
        }
    }
}

impl TryFrom<String> for SecretRef {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<SecretRef> for String {
    fn from(reference: SecretRef) -> String {
        reference.to_string()
    }
}

/// What a process is for.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Takes traffic on a port of its own.
    Web,
    /// Runs beside the web process and has no port.
    Worker,
    /// Runs by the clock: a five-field cron expression in the machine's time zone.
    Schedule(String),
}

/// One kind of process of a release.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct Process {
    /// `web` for `[run]`, else the NAME of `[process.NAME]`.
    pub name: String,
    pub role: Role,
    pub work: Work,
    /// How many instances.
    pub instances: u32,
    /// Variables of this process alone; they win over the [`Spec`]'s.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

/// What an instance does.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    Command(CommandLine),
    /// Serve this folder of the artifact.
    Static(String),
    /// What the image itself runs.
    Image,
}

/// `[run.release]`: runs once, before any new instance serves.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct ReleaseStep {
    pub command: CommandLine,
    pub timeout: Span,
    /// The previous release works after it; if not, rolling back past it is refused.
    pub previous_still_works: bool,
}

impl ReleaseStep {
    /// How long one may take where nothing else is said: a migration that takes longer wants to be a job of its own.
    pub const TIMEOUT: Span = Span::from_secs(15 * 60);
}

/// Everything that decides how a build runs in one environment.
#[derive(Clone, Debug, PartialEq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct Spec {
    /// The web process first where there is one, then the others by name.
    pub processes: Vec<Process>,
    /// Where people reach the service; `None`: the agent keeps a stable free port.
    pub port: Option<u16>,
    /// The port an app insists on instead of `$PORT`: one instance at a time, and the router holds requests meanwhile.
    pub listen: Option<u16>,
    pub health: Health,
    /// In-flight requests get this long after traffic moved away.
    pub drain: Span,
    /// Between SIGTERM and SIGKILL.
    pub grace: Span,
    /// Folders of the artifact that outlive releases.
    pub volumes: Vec<String>,
    pub env: BTreeMap<String, String>,
    pub secrets: BTreeMap<String, SecretRef>,
    /// Keyed hashes of the secrets' values, by name; filled in when a deployment is planned.
    pub secret_versions: BTreeMap<String, String>,
    pub release_step: Option<ReleaseStep>,
    /// Folder of the artifact in which commands run, relative to its root; empty for the root itself.
    pub workdir: String,
    /// What is run where instances are containers; `None` on targets that run processes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Image>,
    /// What only the target is told, as far as it decides how the build runs there; null where that is nothing. How the
    /// engine is reached is no part of it.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub options: serde_json::Value,
}

/// The base that is nothing at all: neither a shell nor a library.
pub const SCRATCH: &str = "scratch";

/// What a container is made from.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Image {
    /// This Dockerfile of the artifact, with the artifact as its context.
    Dockerfile(String),
    /// The artifact, packed onto this base, which may be [`SCRATCH`].
    Base(String),
    /// An image that is there already, by its reference.
    Ready(String),
}

impl Spec {
    /// These processes with the usual health, and nothing else: no port of their own, nothing kept, nothing waited for at the end.
    pub fn of(processes: Vec<Process>) -> Spec {
        Spec {
            processes,
            port: None,
            listen: None,
            health: Health::default(),
            drain: Span::ZERO,
            grace: Span::ZERO,
            volumes: Vec::new(),
            env: BTreeMap::new(),
            secrets: BTreeMap::new(),
            secret_versions: BTreeMap::new(),
            release_step: None,
            workdir: String::new(),
            image: None,
            options: serde_json::Value::Null,
        }
    }

    /// What to know where the engine tells the web process alone to stop, and that is a shell which may not pass it on.
    pub fn unheard_stop(&self) -> Option<&'static str> {
        match self.web().map(|web| &web.work) {
            Some(Work::Command(CommandLine::Shell(line))) if !hears_stop(line) => Some(
                "SIGTERM may reach only the shell that runs the command: begin its last part with `exec`, or write a list",
            ),
            _ => None,
        }
    }

    /// The process that takes traffic.
    pub fn web(&self) -> Option<&Process> {
        self.processes.iter().find(|process| process.role == Role::Web)
    }

    /// How many instances are to run all the time; scheduled jobs do not count.
    pub fn desired(&self) -> u32 {
        self.processes
            .iter()
            .filter(|p| !matches!(p.role, Role::Schedule(_)))
            .map(|p| p.instances)
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(line: &str) -> String {
        let words = first_process(line);
        assert_eq!(words[..2], ["/bin/sh", "-c"]);
        words[2].clone()
    }

    #[test]
    fn a_simple_command_becomes_the_first_process_of_its_container() {
        for (line, becomes) in [
            ("./app --port $PORT", "exec ./app --port $PORT"),
            ("  node server.js 'a b'", "  exec node server.js 'a b'"),
            (
                "NODE_ENV=production A= node a.js",
                "NODE_ENV=production A= exec node a.js",
            ),
            (
                "gunicorn app:web -b \"0.0.0.0:${PORT}\"",
                "exec gunicorn app:web -b \"0.0.0.0:${PORT}\"",
            ),
        ] {
            assert_eq!(run(line), becomes);
            assert!(hears_stop(line), "{line}");
        }
    }

    #[test]
    fn a_line_that_may_be_more_stays_as_it_was_written() {
        for line in [
            "",
            " ",
            "A=1",
            "A='x y' ./app",
            "A=\"x y\" ./app",
            "A=x\\ y ./app",
            "cd web && ./app",
            "./app; true",
            "./app | tee log",
            "./app >log",
            "(./app)",
            "echo `date`",
            "./app\n./other",
            "if true",
            ". ./env",
            "$APP --serve",
            "\"my app\" --serve",
            "{ ./app",
            "~/app",
        ] {
            assert_eq!(run(line), line);
            assert!(!hears_stop(line), "{line}");
        }
        for line in ["exec ./app", "cd web && exec ./app", "A=1 exec ./app"] {
            assert_eq!(run(line), line);
            assert!(hears_stop(line), "{line}");
        }
    }

    proptest::proptest! {
        /// Whatever it is told, the line that was written is all there, and at most one word came to it.
        #[test]
        fn nothing_of_a_line_is_lost(line in "[a-zA-Z=$ ./'\";&\\n]{0,40}") {
            let became = run(&line);
            proptest::prop_assert!(became == line || became.replacen("exec ", "", 1) == line);
        }
    }
}
