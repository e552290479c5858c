//! Words for the shell: what environments, services and deployments there are.
//!
//! Only local files and the store are read, nothing is made, and a shell never waits long or sees an error.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use clap::{Arg, Command};
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};

use super::args;
use super::schema::KINDS;
use crate::adapters::system::SystemClock;
use crate::config::environment::Environment;
use crate::config::manifest::{self, Manifest};
use crate::config::paths::Paths;
use crate::config::platform::{Platform, Team};
use crate::config::rota::Rotas;
use crate::config::settings::Settings;
use crate::model::deployment::Deployment;
use crate::model::incident::{Incident, Severity};
use crate::readiness::check::CHECKS;
use crate::scaffold::{Catalogue, Template};
use crate::store::incident::Wanted;
use crate::store::{Options, Store};

/// The variable by which a shell asks; the library's own `COMPLETE` would belong to every program.
pub const VARIABLE: &str = "DELIVER_COMPLETE";

/// The shell shows nothing rather than wait longer.
const PATIENCE: Duration = Duration::from_millis(50);

/// Newest deployments that are offered.
const DEPLOYMENTS: u32 = 50;

/// Incidents that are offered.
const INCIDENTS: u32 = 20;

/// Answers the shell and ends the process if that is what it was started for. Comes first of all: nothing else may have
/// written to standard output.
pub fn answer_shell() {
    let completer = CompleteEnv::with_factory(tree)
        .var(VARIABLE)
        .bin("deliver")
        .completer("deliver");
    completer.complete();
}

/// The commands with values for the shell.
fn tree() -> Command {
    std::panic::set_hook(Box::new(|_| ()));
    offer(args::command(&Settings::default()))
}

/// An argument's name says what it takes; the commands themselves know nothing of shells.
fn offer(command: Command) -> Command {
    command.mut_args(offer_values).mut_subcommands(offer)
}

/// Words with a few more about each; nothing where they cannot be known.
type Words = Option<Vec<(String, String)>>;

fn offer_values(arg: Arg) -> Arg {
    let source: fn(&Here) -> Words = match arg.get_id().as_str() {
        "env" | "environment" => environments,
        "service" => services,
        "id" | "deployment" | "cause" | "fixed_by" => deployments,
        "template" => templates,
        "incident" | "words" => incidents,
        "fixes" => open_incidents,
        "severity" => severities,
        "kind" => kinds,
        "team" => teams,
        "rota" => rotas,
        "check" => checks,
        "plugin" => plugins,
        _ => return arg,
    };
    arg.add(ArgValueCandidates::new(move || candidates(source)))
}

fn candidates(source: fn(&Here) -> Words) -> Vec<CompletionCandidate> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(Here::find().and_then(|here| source(&here))));
    let words = receiver.recv_timeout(PATIENCE).ok().flatten().unwrap_or_default();
    words
        .into_iter()
        .map(|(word, about)| CompletionCandidate::new(word).help((!about.is_empty()).then(|| about.into())))
        .collect()
}

/// Where the person is and which store is meant, as the unfinished command line says.
struct Here {
    directory: PathBuf,
    paths: Paths,
}

impl Here {
    fn find() -> Option<Self> {
        let environment = Environment::of_process();
        let words: Vec<OsString> = std::env::args_os().skip_while(|word| word != "--").skip(1).collect();
        let flag = |short, long| args::peek(&words, short).or_else(|| args::peek(&words, long));
        let directory = std::env::current_dir().ok()?;
        let named = flag("-C", "--directory").or_else(|| environment.get("DELIVER_DIRECTORY").map(str::to_owned));
        let directory = named.map(|named| directory.join(named)).unwrap_or(directory);
        let settings = Settings::load(&environment, &directory).ok()?;
        let store = flag("--store", "--store")
            .or_else(|| settings.winner("store").map(|setting| setting.value.clone()))
            .map(PathBuf::from);
        let paths = Paths::of(&environment, store.as_deref(), &directory).ok()?;
        Some(Here { directory, paths })
    }

    fn manifest(&self) -> Option<Manifest> {
        Manifest::load(&manifest::find(&self.directory)?).ok()
    }

    fn store(&self) -> Option<Store> {
        Store::open_read_only(
            &self.paths,
            std::sync::Arc::new(SystemClock::new(None)),
            Options::default(),
        )
        .ok()?
    }
}

fn environments(here: &Here) -> Words {
    let manifest = here.manifest()?;
    let about = |name| manifest.environment(name).map(|env| env.target).unwrap_or_default();
    Some(
        manifest
            .environment_names()
            .iter()
            .map(|name| (name.to_string(), about(name)))
            .collect(),
    )
}

fn templates(here: &Here) -> Words {
    let platform = platform(here)?;
    let templates = Catalogue::new(platform.folder.as_deref()).list().ok()?;
    let words = |it: &Template| (it.name.to_string(), it.description.to_string());
    Some(templates.iter().map(words).collect())
}

fn platform(here: &Here) -> Option<Platform> {
    let settings = Settings::load(&Environment::of_process(), &here.directory).ok()?;
    Platform::locate(&settings, &here.directory).ok()
}

fn teams(here: &Here) -> Words {
    let about = |(name, team): (String, Team)| (name, team.description.unwrap_or_default());
    Some(platform(here)?.teams.into_iter().map(about).collect())
}

fn rotas(here: &Here) -> Words {
    let rotas = Rotas::load(&platform(here)?).ok()?.rotas;
    Some(
        rotas
            .into_iter()
            .map(|rota| (rota.name, format!("of {}", rota.team)))
            .collect(),
    )
}

fn checks(_: &Here) -> Words {
    let words = CHECKS.iter().map(|check| (check.id.to_owned(), check.title.to_owned()));
    Some(words.collect())
}

/// Executables of the form on PATH; none is started.
fn plugins(_: &Here) -> Words {
    let environment = Environment::of_process();
    let found = super::plugin::on_path(environment.get("PATH").unwrap_or_default());
    Some(
        found
            .into_iter()
            .map(|(name, path)| (name, path.display().to_string()))
            .collect(),
    )
}

fn severities(_: &Here) -> Words {
    Some(Severity::ALL.map(|it| (it.to_string(), String::new())).to_vec())
}

/// Kinds of documents.
fn kinds(_: &Here) -> Words {
    let kinds = KINDS.iter().map(|kind| (kind.name.to_owned(), String::new()));
    Some(kinds.collect())
}

fn services(here: &Here) -> Words {
    let services = here.store()?.services().ok()?;
    Some(
        services
            .into_iter()
            .map(|service| (service.name.to_string(), service.folder.display().to_string()))
            .collect(),
    )
}

/// Those that somebody has to look after first, then earlier ones.
fn incidents(here: &Here) -> Words {
    let earlier = find_incidents(here, false)?;
    let earlier = earlier.into_iter().filter(|one| !one.status.live());
    let live = find_incidents(here, true)?;
    Some(live.into_iter().chain(earlier).map(titled).collect())
}

/// Those that a deploy may fix.
fn open_incidents(here: &Here) -> Words {
    Some(find_incidents(here, true)?.into_iter().map(titled).collect())
}

fn titled(it: Incident) -> (String, String) {
    (it.id.to_string(), format!("{} {}", it.status, it.title))
}

fn find_incidents(here: &Here, live: bool) -> Option<Vec<Incident>> {
    let wanted = Wanted {
        live,
        service: None,
        since: None,
        limit: INCIDENTS,
    };
    here.store()?.incidents(&wanted).ok()
}

fn deployments(here: &Here) -> Words {
    let found = here.store()?.deployments(None, None, DEPLOYMENTS).ok()?;
    let about = |it: &Deployment| format!("{} to {}", it.service, it.env);
    Some(found.iter().map(|it| (it.id.to_string(), about(it))).collect())
}
