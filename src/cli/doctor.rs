//! `deliver doctor`.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use nix::sys::statvfs::statvfs;
use serde::Serialize;

use super::page::{Page, measure};
use super::report::Report;
use super::{Cx, Exit};
use crate::config::manifest::{self, Manifest};
use crate::config::server::Server;
use crate::fault::{Fault, Kind, Result};
use crate::model::Span;
use crate::model::spec::CommandLine;
use crate::ports::Commands;
use crate::ports::commands::Request;
use crate::store::journal::{self, Filter};
use crate::world::World;

/// Check this machine, and say how to mend what is missing
///
/// Nothing is changed. Ends with code 3 if a check fails; what is only worth knowing never fails.
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:\n  $ deliver doctor\n  $ deliver doctor --json")]
pub struct DoctorArgs {}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Ok,
    /// Something will not work.
    Fail,
    /// Something works less well than it could.
    Warn,
    /// Worth knowing.
    Info,
}

/// One check: what was seen, and the command that mends it.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub struct Check {
    pub id: &'static str,
    pub status: Status,
    pub evidence: String,
    pub fix: Option<String>,
}

impl Check {
    fn new(id: &'static str, status: Status, evidence: impl Into<String>) -> Self {
        Check {
            id,
            status,
            evidence: evidence.into(),
            fix: None,
        }
    }

    fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    fn of_fault(id: &'static str, fault: &Fault) -> Self {
        let causes = fault.causes();
        let because = causes.last().map(|cause| format!(": {cause}")).unwrap_or_default();
        Check {
            fix: fault.hints().first().cloned(),
            ..Check::new(id, Status::Fail, format!("{fault}{because}"))
        }
    }
}

/// Everything that was looked at.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub struct Doctor {
    pub healthy: bool,
    pub checks: Vec<Check>,
}

/// A deployment of a small service does not fit into less.
const LEAST_SPACE: u64 = 200 << 20;

/// A few builds and their logs do not fit into less.
const LITTLE_SPACE: u64 = 2 << 30;

/// Records of the journal that are verified here; `deliver audit verify` looks at all.
const RECORDS: u32 = 1000;

/// A program that does not tell its version sooner hangs.
const PATIENCE: Span = Span::from_secs(5);

/// Clocks that differ by less agree as far as anybody reads them. No judgement rests on it.
const CLOCKS_AGREE: std::time::Duration = std::time::Duration::from_secs(2);

/// A clock that shows a time before this is wrong: the program did not exist.
const BORN: &str = "2026-01-01T00:00:00Z";

pub fn run(_: &DoctorArgs, cx: &mut Cx) -> Result<Exit> {
    let mut checks = vec![state(&cx.world), store(&cx.world)];
    checks.extend(server(&cx.world));
    checks.push(key(&cx.world));
    checks.push(agent(&cx.world));
    checks.push(clock(&cx.world));
    checks.extend(manifest_here(&cx.world));
    checks.extend(programs(cx.world.commands(), cx.world.directory()));
    checks.push(terminal(cx));
    checks.push(Check::new(
        "privacy",
        Status::Info,
        "no telemetry and no update check; nothing leaves this machine unasked",
    ));
    let report = Doctor {
        healthy: checks.iter().all(|check| check.status != Status::Fail),
        checks,
    };
    cx.ui.answer(&report)?;
    Ok(if report.healthy {
        Exit::Ok
    } else {
        Exit::Kind(Kind::Negative)
    })
}

/// The folder of the store can be written and has room.
fn state(world: &World) -> Check {
    let paths = match world.paths() {
        Ok(paths) => paths,
        Err(fault) => return Check::of_fault("state", &fault),
    };
    let folder = paths
        .store
        .file()
        .unwrap_or(&paths.data)
        .parent()
        .unwrap_or(Path::new("/"));
    let shown = folder.display();
    let Some(existing) = folder.ancestors().find(|folder| folder.is_dir()) else {
        return Check::new("state", Status::Fail, format!("{shown} cannot be made"));
    };
    if nix::unistd::access(
        existing,
        nix::unistd::AccessFlags::W_OK | nix::unistd::AccessFlags::X_OK,
    )
    .is_err()
    {
        return Check::new(
            "state",
            Status::Fail,
            format!("{} cannot be written", existing.display()),
        )
        .fix("export DELIVER_STORE=/a/folder/that/you/own/store.db");
    }
    let Ok(space) = statvfs(existing) else {
        return Check::new(
            "state",
            Status::Warn,
            format!("{shown} can be written; its free space is unknown"),
        );
    };
    #[allow(clippy::unnecessary_cast, reason = "the fields' width differs between systems")]
    let free = (space.blocks_available() as u64).saturating_mul(space.fragment_size() as u64);
    let evidence = format!("{shown} can be written; {} free", bytes(free));
    if free < LEAST_SPACE {
        return Check::new("state", Status::Fail, evidence).fix(format!("free some space: du -sh {shown}/*"));
    }
    Check::new(
        "state",
        if free < LITTLE_SPACE { Status::Warn } else { Status::Ok },
        evidence,
    )
}

fn bytes(count: u64) -> String {
    match count {
        ..1_000_000_000 => format!("{} MB", count / 1_000_000),
        _ => format!("{:.1} GB", count as f64 / 1e9),
    }
}

/// The store opens, and the end of its journal is as it was written.
fn store(world: &World) -> Check {
    let looked = || -> Result<Check> {
        let path = world.paths()?.store.to_string();
        let Some(store) = world.store_read_only()? else {
            let place = &world.paths()?.store;
            let text = if place.file().is_some_and(Path::exists) {
                "is of an older version and is migrated at the next change"
            } else {
                "is made at the first change"
            };
            return Ok(Check::new("store", Status::Ok, format!("{path} {text}")));
        };
        let records = store.audit(&Filter {
            limit: Some(RECORDS),
            ..Filter::default()
        })?;
        let newer_first = records.iter().zip(records.iter().skip(1));
        let broken = records
            .iter()
            .find(|record| journal::hash(record) != record.hash)
            .or_else(|| {
                newer_first
                    .clone()
                    .find(|(new, old)| new.prev_hash != old.hash)
                    .map(|(new, _)| new)
            });
        Ok(match broken {
            Some(record) => Check::new(
                "store",
                Status::Fail,
                format!("record {} of {path} was changed afterwards", record.seq),
            )
            .fix("deliver audit verify"),
            None => {
                let count = records.first().map_or(0, |record| record.seq);
                Check::new(
                    "store",
                    Status::Ok,
                    format!("{path} opens; {count} records, the last {} verified", records.len()),
                )
            }
        })
    };
    looked().unwrap_or_else(|fault| Check::of_fault("store", &fault))
}

/// The server of a shared store: how it is reached, and whether its clock and this one agree.
fn server(world: &World) -> Option<Check> {
    let store = world.store_read_only().ok().flatten()?;
    let about = store.about().ok().flatten()?;
    let ahead = about.clock.duration_since(world.clock().now());
    let encrypted = if about.encrypted { "encrypted" } else { "not encrypted" };
    let clock = match ahead.unsigned_abs() < CLOCKS_AGREE {
        true => "its clock agrees with this one".to_owned(),
        false => format!("its clock is {:.1} s away from this one", ahead.as_secs_f64().abs()),
    };
    let evidence = format!("PostgreSQL {}, {encrypted}; {clock}", about.version);
    Some(match about.old {
        true => Check::new("server", Status::Fail, evidence).fix("upgrade it to PostgreSQL 12 or newer"),
        false => Check::new("server", Status::Ok, evidence),
    })
}

/// The key that seals secrets is the user's alone.
fn key(world: &World) -> Check {
    let Ok(paths) = world.paths() else {
        return Check::new("key", Status::Info, "there is no place for it");
    };
    if let Some(server) = paths.store.server() {
        return shared_key(world, server).unwrap_or_else(|fault| Check::of_fault("key", &fault));
    }
    let path = paths.key();
    match std::fs::metadata(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Check::new("key", Status::Ok, "made when the first secret is kept")
        }
        Err(error) => Check::new(
            "key",
            Status::Fail,
            format!("cannot look at {}: {error}", path.display()),
        ),
        Ok(meta) if meta.mode() & 0o077 != 0 => {
            Check::new("key", Status::Fail, format!("other users may read {}", path.display()))
                .fix(format!("chmod 600 {}", path.display()))
        }
        Ok(_) => Check::new(
            "key",
            Status::Ok,
            format!("{} is readable by you alone", path.display()),
        ),
    }
}

/// The key is the one that everybody who shares the store has. None is made by looking.
fn shared_key(world: &World, server: &Server) -> Result<Check> {
    let own = world.paths()?.key();
    let from = server.key_reference()?.map(|reference| reference.to_string());
    let known = world
        .store_read_only()?
        .map(|store| store.sealing())
        .transpose()?
        .flatten();
    if known.is_none() && from.is_none() && !own.exists() {
        let text = "is made on the machine that keeps the first secret, and then has to be copied to the others";
        return Ok(Check::new("key", Status::Ok, text));
    }
    let from = from.unwrap_or_else(|| own.display().to_string());
    let key = world.key()?;
    let agreed = match known {
        Some(_) => "is the store's",
        None => "becomes the store's with the first secret",
    };
    Ok(Check::new(
        "key",
        Status::Ok,
        format!("{} from {from} {agreed}", key.fingerprint()),
    ))
}

/// The agent answers, if one runs, and is of this version.
fn agent(world: &World) -> Check {
    let answered = world.local().and_then(|local| local.agent().status());
    match answered {
        Err(fault) => Check::of_fault("agent", &fault),
        Ok(None) => Check::new(
            "agent",
            Status::Ok,
            "does not run; it is started when the first service is deployed",
        ),
        Ok(Some(agent)) if agent.version != env!("CARGO_PKG_VERSION") => {
            let evidence = format!(
                "runs as version {}, this is {}",
                agent.version,
                env!("CARGO_PKG_VERSION")
            );
            Check::new("agent", Status::Warn, evidence).fix("deliver agent restart")
        }
        Ok(Some(agent)) => Check::new("agent", Status::Ok, format!("runs as process {}", agent.pid)),
    }
}

/// The clock is neither before this program existed nor before the newest record.
fn clock(world: &World) -> Check {
    let now = world.clock().now();
    let shown = now.strftime("%Y-%m-%d %H:%M:%S UTC");
    let born: Timestamp = BORN.parse().unwrap_or(Timestamp::UNIX_EPOCH);
    let newest = world.store_read_only().ok().flatten().and_then(|store| {
        let filter = Filter {
            limit: Some(1),
            ..Filter::default()
        };
        store.audit(&filter).ok()?.first().map(|record| record.at)
    });
    let fix = "timedatectl set-ntp true";
    if now < born {
        return Check::new("clock", Status::Fail, format!("{shown} is before this program existed")).fix(fix);
    }
    match newest {
        Some(at) if at.duration_since(now) > SignedDuration::from_mins(1) => Check::new(
            "clock",
            Status::Fail,
            format!("{shown} is before the newest record of the journal, {at}"),
        )
        .fix(fix),
        _ => Check::new("clock", Status::Ok, shown.to_string()),
    }
}

/// The manifest of the service that the person is in.
fn manifest_here(world: &World) -> Option<Check> {
    let path = manifest::find(world.directory())?;
    Some(match Manifest::load(&path) {
        Ok(manifest) => Check::new(
            "manifest",
            Status::Ok,
            format!("{} describes {}", path.display(), manifest.service.name),
        ),
        Err(fault) => Check::of_fault("manifest", &fault).fix("deliver plan"),
    })
}

/// A program that may be of use, and what is lost without it.
struct Program {
    id: &'static str,
    command: &'static [&'static str],
    missing: Status,
    without: &'static str,
    fix: Option<&'static str>,
}

impl Program {
    /// What is good where it is needed is only worth knowing where it is not.
    fn found(&self) -> Status {
        match self.missing {
            Status::Info => Status::Info,
            _ => Status::Ok,
        }
    }
}

const PROGRAMS: [Program; 6] = [
    Program {
        id: "sh",
        command: &["/bin/sh", "-c", "echo runs commands"],
        missing: Status::Fail,
        without: "commands written as one line cannot run",
        fix: Some("install a POSIX shell as /bin/sh"),
    },
    Program {
        id: "git",
        command: &["git", "--version"],
        missing: Status::Warn,
        without: "releases do not know their commit, and `new` makes no repository",
        fix: Some("install git"),
    },
    Program {
        id: "docker",
        command: &["docker", "version", "--format", "engine {{.Server.Version}}"],
        missing: Status::Info,
        without: "only apps that have nothing but a Dockerfile need it",
        fix: None,
    },
    Program {
        id: "node",
        command: &["node", "--version"],
        missing: Status::Info,
        without: "only Node.js services need it",
        fix: None,
    },
    Program {
        id: "python",
        command: &["python3", "--version"],
        missing: Status::Info,
        without: "only Python services need it",
        fix: None,
    },
    Program {
        id: "cargo",
        command: &["cargo", "--version"],
        missing: Status::Info,
        without: "only Rust services need it",
        fix: None,
    },
];

/// Asks them all at once, since some take long to answer.
fn programs(commands: &dyn Commands, dir: &Path) -> Vec<Check> {
    std::thread::scope(|scope| {
        let asked: Vec<_> = PROGRAMS
            .iter()
            .map(|program| scope.spawn(|| ask(program, commands, dir)))
            .collect();
        asked.into_iter().filter_map(|thread| thread.join().ok()).collect()
    })
}

fn ask(program: &Program, commands: &dyn Commands, dir: &Path) -> Check {
    let request = Request {
        command: CommandLine::Exec(program.command.iter().map(|word| (*word).to_owned()).collect()),
        dir: dir.to_owned(),
        env: BTreeMap::new(),
        timeout: PATIENCE,
    };
    let mut first = None;
    let ended = commands.run(&request, &mut |line| {
        if first.is_none() && !line.trim().is_empty() {
            first = Some(line.trim().trim_end_matches('.').to_owned());
        }
    });
    let without = program.without;
    let lost = |evidence, fix| Check {
        fix,
        ..Check::new(program.id, program.missing, evidence)
    };
    match ended {
        Ok(ended) if ended.success => Check::new(program.id, program.found(), first.unwrap_or("is there".into())),
        // A shim of rustup or pyenv that has nothing to hand over to, a client without its daemon.
        Ok(ended) => {
            let said = first.map(|line| format!(": {line}")).unwrap_or_default();
            let how = ended.how;
            lost(format!("is there but does not run ({how}){said}; {without}"), None)
        }
        Err(fault) if fault.code() == "command-missing" => {
            lost(format!("not installed; {without}"), program.fix.map(str::to_owned))
        }
        Err(fault) => lost(format!("is there but does not run: {fault}; {without}"), None),
    }
}

/// What decides how the program talks here.
fn terminal(cx: &Cx) -> Check {
    let terminal = &cx.ui.terminal;
    let on_off = |on| if on { "on" } else { "off" };
    let evidence = format!(
        "{} columns, colour {}, {} symbols, questions {}",
        terminal.width,
        on_off(terminal.out.color),
        if terminal.out.ascii { "ASCII" } else { "Unicode" },
        on_off(cx.ui.interactive()),
    );
    Check::new("terminal", Status::Info, evidence)
}

impl Report for Doctor {
    const SCHEMA: &'static str = "doctor";

    fn render(&self, page: &mut Page) {
        let width = self.checks.iter().map(|check| check.id.len()).max().unwrap_or(0);
        for check in &self.checks {
            let style = page.style();
            if !page.terminal() {
                let word = match check.status {
                    Status::Ok => "ok",
                    Status::Fail => "fail",
                    Status::Warn => "warn",
                    Status::Info => "info",
                };
                page.cells([check.id, word, &check.evidence, check.fix.as_deref().unwrap_or("")]);
                continue;
            }
            let symbol = match check.status {
                Status::Ok => style.tick(),
                Status::Fail => style.cross(),
                Status::Warn => style.bang(),
                Status::Info => style.dash(),
            };
            let symbol = style.in_column(&symbol);
            let indent = measure(&symbol) + 1 + width + 2;
            page.hanging(&format!("{symbol} {:width$}  ", check.id), &check.evidence);
            if let Some(fix) = check.fix.as_ref().filter(|_| check.status != Status::Info) {
                page.line(format!("{:indent$}fix: {}", "", style.copyable(fix)));
            }
        }
        let failed = self.checks.iter().filter(|check| check.status == Status::Fail).count();
        page.gap();
        if page.terminal() {
            page.line(match failed {
                0 => "This machine is ready.".to_owned(),
                1 => page.style().bad("1 check failed."),
                _ => page.style().bad(format!("{failed} checks failed.")),
            });
        }
    }
}
