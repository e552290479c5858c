//! Whether a plugin keeps the protocol, and owes nothing of what a target owes: tried with a small app of our own, under a
//! name that nobody else uses.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::json;

use super::protocol::VERSION;
use super::{LOOK, PluginTarget, within};
use crate::adapters::contract::{self, App, Bed, Finding, Outcome};
use crate::fault::{Attempt, Result};
use crate::model::spec::{CommandLine, Spec, Work};
use crate::model::{EnvName, ReleaseNo, ServiceName, Span};
use crate::ports::target::Prepared;
use crate::ports::{Clock, Http, Interrupt, Target};

/// The app's files, with whether they are executable.
const FILES: [(&str, &str, u32); 3] = [
    ("app", include_str!("app/app"), 0o755),
    ("app.py", include_str!("app/app.py"), 0o644),
    ("app.pl", include_str!("app/app.pl"), 0o644),
];

/// For one request to the app, whose slow answer takes two seconds.
const ANSWER: Span = Span::from_secs(20);

/// A place to try any target with real processes.
pub struct Trial<'a> {
    pub target: &'a dyn Target,
    pub clock: &'a dyn Clock,
    pub http: &'a dyn Http,
    /// Unreachable on purpose.
    pub severed: Option<&'a dyn Target>,
    service: ServiceName,
    artifact: PathBuf,
}

impl<'a> Trial<'a> {
    /// Writes the app into `folder`. `service` is a name that nobody else uses.
    pub fn new(
        target: &'a dyn Target,
        clock: &'a dyn Clock,
        http: &'a dyn Http,
        service: ServiceName,
        folder: &Path,
    ) -> Result<Self> {
        for (name, text, mode) in FILES {
            let path = folder.join(name);
            fs::write(&path, text).attempting("write", &path)?;
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).attempting("set the mode of", &path)?;
        }
        Ok(Trial {
            target,
            clock,
            http,
            severed: None,
            service,
            artifact: folder.to_owned(),
        })
    }
}

/// A name for a trial that nobody else uses, by the time it begins.
pub fn scratch_name(now: Timestamp) -> Result<ServiceName> {
    let hash = blake3::hash(&now.as_nanosecond().to_le_bytes()).to_hex();
    let name = format!("deliver-check-{}", &hash[..6]);
    name.parse().map_err(crate::fault::Fault::bug)
}

fn shell(line: String) -> CommandLine {
    CommandLine::Exec(vec!["/bin/sh".into(), "-c".into(), line])
}

impl Bed for Trial<'_> {
    fn target(&self) -> &dyn Target {
        self.target
    }

    fn clock(&self) -> &dyn Clock {
        self.clock
    }

    fn service(&self) -> ServiceName {
        self.service.clone()
    }

    fn env(&self) -> EnvName {
        EnvName::try_from("check".to_owned()).unwrap_or_else(|_| EnvName::local())
    }

    fn release(&self, app: App, number: ReleaseNo) -> Result<Prepared> {
        let name = match app {
            App::Crashes => "crashes",
            App::Good | App::Step(_) => "good",
        };
        let hash = blake3::hash(format!("{} {name}", self.service).as_bytes()).to_hex();
        let build = format!("b-{}", &hash[..16]);
        Ok(contract::prepared(
            self,
            number,
            &build,
            spec(app, number),
            &self.artifact,
        ))
    }

    fn ask(&self, url: &str, path: &str) -> Option<Result<String>> {
        Some(
            self.http
                .get(&format!("{url}{path}"), ANSWER)
                .map(|answer| match answer.status {
                    200 => answer.body,
                    status => format!("status {status}"),
                }),
        )
    }

    fn severed(&self) -> Option<&dyn Target> {
        self.severed
    }
}

fn spec(app: App, number: ReleaseNo) -> Spec {
    let command = match app {
        App::Crashes => shell("echo cannot go on; exit 3".into()),
        App::Good | App::Step(_) => CommandLine::Exec(vec!["./app".into()]),
    };
    Spec {
        health: contract::health(),
        drain: Span::from_secs(10),
        grace: Span::from_secs(5),
        env: BTreeMap::from([("DELIVER_CHECK_RELEASE".to_owned(), number.to_string())]),
        release_step: contract::step(app, |status| shell(format!("echo migrated; exit {status}"))),
        ..Spec::of(vec![contract::web(Work::Command(command))])
    }
}

/// Everything that can be tried of a plugin that was greeted already. What a target owes is tried only with a plan that the
/// plugin accepts.
pub fn try_all(
    plugin: &PluginTarget,
    bed: &Trial<'_>,
    interrupt: &dyn Interrupt,
    told: &mut dyn FnMut(&Finding),
) -> Vec<Finding> {
    let mut findings = vec![
        greeted(plugin),
        finding(
            "unknown-verb",
            "a verb that it does not know is refused with an error",
            unknown_verb(plugin),
        ),
        finding(
            "unknown-field",
            "a field that it does not know is left alone",
            unknown_field(plugin, bed),
        ),
        finding(
            "plan",
            "a plan says how the app would run, and changes nothing",
            plan(plugin, bed),
        ),
    ];
    findings.iter().for_each(&mut *told);
    if findings.last().is_some_and(|plan| plan.outcome == Outcome::Pass) {
        findings.extend(contract::try_all(bed, interrupt, told));
    }
    findings
}

fn finding(id: &'static str, claim: &'static str, tried: std::result::Result<String, String>) -> Finding {
    let (outcome, evidence) = match tried {
        Ok(evidence) => (Outcome::Pass, evidence),
        Err(evidence) => (Outcome::Fail, evidence),
    };
    Finding {
        id,
        claim,
        outcome,
        evidence,
    }
}

fn greeted(plugin: &PluginTarget) -> Finding {
    let greeting = plugin.greeting();
    let version = greeting.version.as_deref().unwrap_or("without a version of its own");
    let evidence = format!("protocol {VERSION}, {version}, {}", abilities(plugin).join(", "));
    finding(
        "handshake",
        "it agrees on a version and says what it can do",
        Ok(evidence),
    )
}

/// What a plugin declares, in the words of the protocol.
pub fn abilities(plugin: &PluginTarget) -> Vec<String> {
    let able = &plugin.greeting().capabilities;
    let words = [
        ("beside", able.beside),
        ("in_place", able.in_place),
        ("weights", able.weights),
        ("portions", able.portions),
        ("batches", able.batches),
        ("holds_requests", able.holds_requests),
        ("volumes", able.volumes),
        ("schedules", able.schedules),
    ];
    words
        .into_iter()
        .filter(|(_, able)| *able)
        .map(|(word, _)| word.to_owned())
        .collect()
}

fn unknown_verb(plugin: &PluginTarget) -> std::result::Result<String, String> {
    let request = json!({ "protocol": VERSION, "verb": "deliver-check", "deadline_ms": LOOK.as_millis(), "options": plugin.plugin.options });
    match plugin
        .plugin
        .say("deliver-check", request.to_string().into_bytes(), &within(LOOK), None)
    {
        Ok(_) => Err("it was answered with a result".into()),
        Err(fault) if fault.code().starts_with("plugin-") && fault.code() != "plugin-refused" => Err(fault.to_string()),
        Err(fault) => Ok(fault.to_string()),
    }
}

fn unknown_field(plugin: &PluginTarget, bed: &Trial<'_>) -> std::result::Result<String, String> {
    let request = json!({
        "protocol": VERSION, "verb": "observe", "deadline_ms": LOOK.as_millis(), "options": plugin.plugin.options,
        "service": bed.service(), "env": bed.env(), "of_a_later_version": { "deep": [1] },
    });
    let answer = plugin
        .plugin
        .say("observe", request.to_string().into_bytes(), &within(LOOK), None);
    answer
        .map(|_| "`observe` was answered all the same".into())
        .map_err(|fault| fault.to_string())
}

fn plan(plugin: &PluginTarget, bed: &Trial<'_>) -> std::result::Result<String, String> {
    let advised = plugin.advise(&bed.service(), &bed.env(), &spec(App::Good, ReleaseNo(1)));
    let notes = advised.map_err(|fault| fault.to_string())?;
    Ok(match notes.is_empty() {
        true => "no notes".into(),
        false => notes.join("; "),
    })
}
