//! One conversation with a plugin: one process, one request, lines that are bounded in length, number and time, and one
//! end. Whatever else it does is a failure that names what it did.

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::protocol::{Call, Event, Line, LogLine, Refused, Request, VERSION, Why};
use crate::adapters::process::{Groups, Processes, Talked};
use crate::event::{self, Events};
use crate::fault::{Fault, Kind, Result};
use crate::model::Span;
use crate::model::spec::CommandLine;
use crate::ports::commands;
use crate::ports::interrupt::Never;
use crate::ports::{Clock, Interrupt};
use crate::store::conceal::Concealed;

/// The longest line of standard output. An observation of ten thousand instances has a third of it.
const LINE_MAX: usize = 4 * 1024 * 1024;

/// The most that a plugin prints in one conversation; lines of `logs` are handed on and do not count.
const OUTPUT_MAX: usize = 16 * 1024 * 1024;

/// The most that a plugin says on its way that people are shown; what is more is dropped.
const NOTES_MAX: usize = 200;

/// Lines of standard error that are kept for an error, and bytes of each.
const KEPT: usize = 20;
const KEPT_BYTES: usize = 1000;

/// Bytes of a line that is no JSON which an error repeats.
const QUOTED: usize = 120;

/// Where a conversation happens: shared by every plugin of one run of the program.
pub struct Room {
    pub clock: Arc<dyn Clock>,
    pub interrupt: Arc<dyn Interrupt>,
    pub groups: Groups,
    /// Takes what plugins say on their way.
    pub events: Option<Arc<dyn Events + Send + Sync>>,
    /// The folder that plugins run in.
    pub dir: PathBuf,
}

/// An executable that speaks the protocol.
pub struct Plugin {
    pub(super) name: String,
    pub(super) program: PathBuf,
    pub(super) options: Value,
    pub(super) room: Room,
    /// Secrets that were handed to it: what it says of them is not repeated.
    pub(super) known: Concealed,
}

/// How patient a call is.
pub(super) struct Patience {
    /// `None`: as long as it takes.
    pub limit: Option<Span>,
    /// Ctrl-C ends it; else the act is waited for, as half an act is worse than none.
    pub interruptible: bool,
}

/// What is done with lines of a log; false: no more.
type Take<'a, 't> = &'a mut (dyn FnMut(LogLine) -> bool + 't);

/// What a conversation has come to.
struct Hearing<'a, 't> {
    plugin: &'a Plugin,
    verb: &'static str,
    limit: Option<Span>,
    take: Option<Take<'a, 't>>,
    /// The begun line.
    line: Vec<u8>,
    lines: usize,
    total: usize,
    notes: usize,
    end: Option<std::result::Result<Value, Refused>>,
    /// What it did that it may not.
    wrong: Option<Fault>,
    /// Whoever takes lines wants no more.
    enough: bool,
    errors: VecDeque<Vec<u8>>,
}

impl Plugin {
    /// Asks for `call` and decodes the result.
    pub(super) fn ask<T: DeserializeOwned>(&self, call: Call, patience: &Patience) -> Result<T> {
        let verb = call.verb();
        let value = self.converse(call, patience, None)?;
        decode(&value, "result").map_err(|problem| self.breach(verb, &format!("answers what is no result: {problem}")))
    }

    /// Asks for lines and hands each on; ends early when `take` says so.
    pub(super) fn listen(&self, call: Call, patience: &Patience, take: Take<'_, '_>) -> Result<()> {
        self.converse(call, patience, Some(take)).map(drop)
    }

    fn converse(&self, call: Call, patience: &Patience, take: Option<Take<'_, '_>>) -> Result<Value> {
        let verb = call.verb();
        let request = Request {
            protocol: VERSION,
            deadline_ms: patience.limit.map(Span::as_millis),
            options: (verb != "handshake").then_some(&self.options),
            call: call.keyed(),
        };
        let input = serde_json::to_vec(&request);
        let input = input.map_err(|error| Fault::bug("a request without a JSON form").because(error))?;
        self.say(verb, input, patience, take)
    }

    /// Sends a request as it is, for what no [`Call`] would say.
    pub(super) fn say(
        &self,
        verb: &'static str,
        mut input: Vec<u8>,
        patience: &Patience,
        take: Option<Take<'_, '_>>,
    ) -> Result<Value> {
        input.push(b'\n');
        let mut hearing = Hearing::new(self, verb, patience.limit, take);
        let talked = self.processes(patience).talk(
            &commands::Request {
                command: CommandLine::Exec(vec![self.program.display().to_string()]),
                dir: self.room.dir.clone(),
                env: BTreeMap::new(),
                timeout: patience.limit.unwrap_or(FOR_EVER),
            },
            input,
            &mut |stream, bytes| hearing.hear(stream, bytes),
        );
        let talked = talked.map_err(|fault| not_started(verb, fault))?;
        hearing.conclude(&talked)
    }

    fn processes(&self, patience: &Patience) -> Processes {
        let interrupt: Arc<dyn Interrupt> = match patience.interruptible && self.room.interrupt.requested().is_none() {
            true => self.room.interrupt.clone(),
            // A plugin that is asked to undo something after Ctrl-C must be able to.
            false => Arc::new(Never),
        };
        Processes::new(self.room.clock.clone(), interrupt, self.room.groups.clone())
    }

    /// The plugin broke the protocol.
    fn breach(&self, verb: &str, what: &str) -> Fault {
        let message = format!("`{}` {what}, asked to {}", self.executable(), in_words(verb));
        Fault::failed("plugin-protocol", message).hint(format!("deliver plugin check {}", self.name))
    }

    /// `deliver-target-ssh`.
    pub(super) fn executable(&self) -> String {
        executable(&self.name)
    }
}

/// Whoever is greeted is not there, or cannot be run: that is for somebody to put right before anything is done. One that was
/// greeted before and cannot be started now is being upgraded, or the machine has no room for it; its act may be tried again.
fn not_started(verb: &str, fault: Fault) -> Fault {
    match fault.kind() {
        Kind::Interrupted | Kind::Terminated => fault,
        _ if verb == "handshake" => fault.with_kind(Kind::Usage),
        _ => fault.with_kind(Kind::Unreachable),
    }
}

/// Longer than any conversation.
const FOR_EVER: Span = Span::from_secs(10 * 365 * 86_400);

/// The file name of a plugin.
pub fn executable(name: &str) -> String {
    format!("deliver-target-{name}")
}

/// What a verb asks for, in words that follow "asked to".
fn in_words(verb: &str) -> String {
    match verb {
        "handshake" => "greet".into(),
        "logs" => "show logs".into(),
        "observe_all" => "observe everything".into(),
        verb => verb.to_owned(),
    }
}

/// Whether a verb changes nothing wherever it stops.
fn only_looks(verb: &str) -> bool {
    matches!(verb, "handshake" | "plan" | "observe" | "observe_all" | "logs")
}

impl<'a, 't> Hearing<'a, 't> {
    fn new(plugin: &'a Plugin, verb: &'static str, limit: Option<Span>, take: Option<Take<'a, 't>>) -> Self {
        Hearing {
            plugin,
            verb,
            limit,
            take,
            line: Vec::new(),
            lines: 0,
            total: 0,
            notes: 0,
            end: None,
            wrong: None,
            enough: false,
            errors: VecDeque::new(),
        }
    }

    /// Takes a piece of output; false when the conversation is over for us.
    fn hear(&mut self, stream: usize, bytes: &[u8]) -> bool {
        if stream == 1 {
            self.keep_error(bytes);
            return true;
        }
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            if self.wrong.is_some() || self.enough {
                return false;
            }
            if self.line.len() + part.len() > LINE_MAX {
                self.wrong = Some(self.plugin.breach(self.verb, "printed a line of more than 4 MiB"));
                return false;
            }
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                self.total += line.len();
                self.take_line(&line);
            }
        }
        if self.take.is_none() && self.total + self.line.len() > OUTPUT_MAX {
            self.wrong = Some(self.plugin.breach(self.verb, "printed more than 16 MiB"));
        }
        self.wrong.is_none() && !self.enough
    }

    fn take_line(&mut self, line: &[u8]) {
        self.lines += 1;
        if line.trim_ascii().is_empty() {
            return;
        }
        match self.read(line) {
            Ok(line) => self.follow(line),
            Err(what) => self.wrong = Some(self.plugin.breach(self.verb, &what)),
        }
    }

    /// Secrets are taken out of the line before anything else is made of it.
    fn read(&self, line: &[u8]) -> std::result::Result<Line, String> {
        let value: Value = serde_json::from_slice(line).map_err(|_| {
            let text = self.plugin.known.text(&String::from_utf8_lossy(line));
            let begin: String = text.trim_end().chars().take(QUOTED).collect();
            format!(
                "printed line {}, which is no JSON: `{}`",
                self.lines,
                begin.escape_debug()
            )
        })?;
        let value = self.plugin.known.json(&value);
        let line: Line = decode(&value, "line").map_err(|problem| format!("printed line {}: {problem}", self.lines))?;
        match usize::from(line.event.is_some()) + usize::from(line.result.is_some()) + usize::from(line.error.is_some())
        {
            1 => Ok(line),
            _ => Err(format!(
                "printed line {}, which holds not exactly one of `event`, `result` and `error`",
                self.lines
            )),
        }
    }

    fn follow(&mut self, line: Line) {
        if self.end.is_some() {
            self.wrong = Some(self.plugin.breach(self.verb, "went on after its result"));
            return;
        }
        if let Some(event) = line.event {
            self.tell(event);
        } else if let Some(error) = line.error {
            self.end = Some(Err(error));
        } else if let Some(result) = line.result {
            self.end = Some(Ok(result));
        }
    }

    fn tell(&mut self, event: Event) {
        if let (Some(log), Some(take)) = (event.log, &mut self.take) {
            self.enough = !take(log);
        }
        let said = [
            event.note.map(|text| event::Event::Note {
                text: self.signed(&text),
            }),
            event.warning.map(|text| event::Event::Warning {
                text: self.signed(&text),
            }),
        ];
        for event in said.into_iter().flatten() {
            self.notes += 1;
            if let Some(events) = self.plugin.room.events.as_ref().filter(|_| self.notes <= NOTES_MAX) {
                events.emit(event);
            }
        }
    }

    /// One line, and whose it is.
    fn signed(&self, text: &str) -> String {
        let line: String = text
            .chars()
            .take(KEPT_BYTES)
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        format!("{}: {line}", self.plugin.name)
    }

    fn keep_error(&mut self, bytes: &[u8]) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            if self.errors.back().is_none_or(|last| last.ends_with(b"\n")) {
                self.errors.push_back(Vec::new());
            }
            if self.errors.len() > KEPT {
                self.errors.pop_front();
            }
            if let Some(last) = self.errors.back_mut() {
                let room = KEPT_BYTES.saturating_sub(last.len());
                last.extend_from_slice(&part[..part.len().min(room)]);
                if part.ends_with(b"\n") && !last.ends_with(b"\n") {
                    last.push(b'\n');
                }
            }
        }
    }

    /// The last lines of the plugin's own log.
    fn evidence(&self) -> Vec<String> {
        let text = |line: &Vec<u8>| self.plugin.known.text(String::from_utf8_lossy(line).trim_end());
        self.errors.iter().map(text).collect()
    }

    /// What follows from all of it.
    fn conclude(mut self, talked: &Talked) -> Result<Value> {
        if self.enough {
            return Ok(Value::Null);
        }
        if !self.line.is_empty() && self.wrong.is_none() {
            // The last line needs no newline.
            let line = std::mem::take(&mut self.line);
            self.take_line(&line);
        }
        let evidence = self.evidence();
        let (executable, asked) = (self.plugin.executable(), in_words(self.verb));
        if let Some(kind) = talked.interrupted {
            let message = format!("`{executable}` was interrupted, asked to {asked}");
            return Err(Fault::new(kind, "interrupted", message));
        }
        if let Some(wrong) = self.wrong {
            return Err(wrong.details(evidence));
        }
        // Nothing was to be changed, and nothing is known of what is there: that is no failure of a release.
        if let (true, true, Some(limit)) = (talked.timed_out, only_looks(self.verb), self.limit) {
            let message = format!("`{executable}` did not answer within {limit}, asked to {asked}");
            return Err(Fault::new(Kind::Unreachable, "plugin-timeout", message)
                .details(evidence)
                .hint(format!("deliver plugin check {}", self.plugin.name)));
        }
        if talked.timed_out {
            let message = format!("`{executable}` {}, asked to {asked}", talked.how);
            return Err(Fault::failed("plugin-timeout", message).details(evidence));
        }
        match self.end {
            Some(Err(refused)) => Err(refusal(refused, &executable, evidence)),
            Some(Ok(value)) if talked.success => Ok(value),
            Some(Ok(_)) => {
                let message = format!(
                    "`{executable}` gave a result, then ended with {}, asked to {asked}",
                    talked.how
                );
                Err(Fault::failed("plugin-failed", message).details(evidence))
            }
            None => {
                let message = format!(
                    "`{executable}` ended with {} and without a result, asked to {asked}",
                    talked.how
                );
                Err(Fault::failed("plugin-no-result", message).details(evidence))
            }
        }
    }
}

/// Codes of refusals that mean to everybody what they mean here.
const CODES: [&str; 10] = [
    "fenced",
    "port-taken",
    "no-free-port",
    "changed-underneath",
    "disk-full",
    "permission-denied",
    "unreachable",
    "credentials",
    "artifact-gone",
    "unsupported",
];

/// Hints and lines of evidence of a refusal that are shown.
const HINTS: usize = 5;
const DETAILS: usize = 100;

/// A refusal in the plugin's words, under its name.
fn refusal(refused: Refused, executable: &str, log: Vec<String>) -> Fault {
    let kind = match refused.kind {
        Why::Failed => Kind::Failed,
        Why::Usage => Kind::Usage,
        Why::NeedsHuman => Kind::NeedsHuman,
        Why::Busy => Kind::Busy,
        Why::Unreachable => Kind::Unreachable,
        Why::Credentials => Kind::Credentials,
    };
    let known = CODES.into_iter().find(|code| *code == refused.code);
    let message: String = refused.message.chars().take(KEPT_BYTES).collect();
    let message = match known {
        Some(_) => format!("`{executable}`: {message}"),
        None => format!("`{executable}`: {message} ({})", refused.code),
    };
    let details = match refused.details.is_empty() {
        true => log,
        false => refused.details,
    };
    let fault = Fault::new(kind, known.unwrap_or("plugin-refused"), message).details(
        details
            .into_iter()
            .take(DETAILS)
            .map(|line| line.chars().take(KEPT_BYTES).collect()),
    );
    refused.hints.into_iter().take(HINTS).fold(fault, Fault::hint)
}

/// Decodes a value; a problem names the place in it: `line.event.log.at: …`.
fn decode<T: DeserializeOwned>(value: &Value, root: &str) -> std::result::Result<T, String> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = match error.path().to_string().as_str() {
            "." => root.to_owned(),
            path => format!("{root}.{path}"),
        };
        let mut problem = error.into_inner().to_string();
        if problem.len() > 2 * QUOTED {
            problem = problem.chars().take(2 * QUOTED).collect::<String>() + "…";
        }
        format!("`{path}`: {}", problem.escape_debug())
    })
}

/// Where the plugin `name` is: at `chosen`, or in a folder of `search` (the variable PATH).
pub fn find(name: &str, chosen: Option<&Path>, search: Option<&str>) -> Result<PathBuf> {
    let executable = executable(name);
    if let Some(path) = chosen {
        return match path.is_file() {
            true => Ok(path.to_owned()),
            false => Err(
                Fault::usage("plugin-missing", format!("there is no plugin at `{}`", path.display()))
                    .hint("correct `path` under `[environment.NAME.plugin]` in deliver.toml"),
            ),
        };
    }
    let folders = std::env::split_paths(search.unwrap_or_default());
    let mut found = folders
        .map(|folder| folder.join(&executable))
        .filter(|path| path.is_file());
    found.next().ok_or_else(|| {
        Fault::usage("plugin-missing", format!("there is no `{executable}` on PATH"))
            .hint("deliver plugin list")
            .hint(
                "put the plugin's executable on PATH, or name it with `path = \"…\"` under `[environment.NAME.plugin]`",
            )
    })
}
