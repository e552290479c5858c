//! The terminal: reads the command line, lends the world to one command, and turns its result into an exit code.
//!
//! A subcommand is one file here: its arguments (their doc comments are the help text), one call into a domain, one
//! rendering. Nothing outside this module prints, asks or exits.

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{ColorChoice, FromArgMatches};

use crate::adapters::process::Groups;
use crate::config::environment::Environment;
use crate::config::settings::Settings;
use crate::fault::{Attempt, Fault, Kind, Result};
use crate::world::{Places, World};

pub mod adopt;
pub mod agent;
pub mod args;
pub mod audit;
pub mod complete;
pub mod completion;
pub mod config;
pub mod crash;
pub mod deploy;
pub mod deployment;
pub mod doctor;
pub mod down;
pub mod errors;
pub mod help;
pub mod history;
pub mod hold;
pub mod home;
pub mod incident;
pub mod logs;
pub mod new;
pub mod oncall;
pub mod page;
pub mod plan;
pub mod platform;
pub mod plugin;
pub mod progress;
pub mod prompt;
pub mod ready;
pub mod reliability;
pub mod render;
pub mod report;
pub mod resume;
pub mod review;
pub mod rollback;
pub mod scene;
pub mod schema;
pub mod signals;
mod since;
pub mod status;
pub mod style;
pub mod template;
pub mod terminal;
pub mod tour;
pub mod ui;
pub mod version;
pub mod why;

use args::{Cli, Command, Global, When};
use signals::Signals;
use terminal::Terminal;
use ui::Ui;

/// What a command gets.
pub struct Cx {
    pub world: World,
    pub ui: Ui,
    pub global: Global,
    pub signals: Arc<Signals>,
}

/// How a command ended when it has said all there is to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Ok,
    /// A report was printed that is not a success: exit with this kind's code.
    Kind(Kind),
}

/// Runs the program.
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    if let Some(code) = crate::agent::resident(arguments.get(1..).unwrap_or_default()) {
        return code;
    }
    complete::answer_shell();
    let environment = Environment::of_process();
    let settings = settings(&arguments, &environment);
    let known = settings.as_ref().cloned().unwrap_or_default();
    let color = known.winner("color").map(|setting| setting.value.clone());
    let when = args::peek(&arguments, "--color")
        .or(color)
        .and_then(|word| <When as clap::ValueEnum>::from_str(&word, true).ok())
        .unwrap_or(When::Auto);
    let terminal = Terminal::detect(&environment, when);
    console::set_colors_enabled(terminal.out.color);
    console::set_colors_enabled_stderr(terminal.err.color);

    match parse(&arguments, terminal, known) {
        Ok((cli, known)) => {
            crash::install(&environment, cli.global.store.as_deref(), cli.global.json, terminal);
            let settings = settings.map(|_| known);
            std::panic::catch_unwind(|| run(cli, environment, settings, terminal))
                .unwrap_or_else(|_| ExitCode::from(Kind::Bug.exit_code()))
        }
        Err(error) => usage(&error, terminal, wants_json(&arguments, &environment)),
    }
}

/// What variables and files say. Read before the command line, which takes its defaults from here; a file with problems
/// stops every command, but neither help nor `--version`.
fn settings(arguments: &[OsString], environment: &Environment) -> Result<Settings> {
    let current = std::env::current_dir().unwrap_or_default();
    let variable = || environment.get("DELIVER_DIRECTORY").map(str::to_owned);
    let named = args::peek(arguments, "-C").or_else(|| args::peek(arguments, "--directory"));
    let directory = current.join(named.or_else(variable).unwrap_or_default());
    Settings::load(environment, &directory.canonicalize().unwrap_or(directory))
}

/// The command line, and the settings with its flags on top.
fn parse(arguments: &[OsString], terminal: Terminal, settings: Settings) -> Result<(Cli, Settings), clap::Error> {
    let color = if terminal.err.color {
        ColorChoice::Always
    } else {
        ColorChoice::Never
    };
    let command = args::command(&settings).color(color);
    let mut command = help::lay_out(command, terminal.width, help::wants_all(arguments));
    let mut matches = command.try_get_matches_from_mut(arguments)?;
    let settings = args::flags(&matches).fold(settings, |settings, (key, value)| settings.with_flag(key, &value));
    let cli = Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))?;
    Ok((cli, settings))
}

fn wants_json(arguments: &[OsString], environment: &Environment) -> bool {
    environment.on("DELIVER_JSON")
        || arguments
            .iter()
            .take_while(|word| *word != "--")
            .any(|word| word == "--json")
}

/// Help and version are answers; everything else that clap says is a usage error.
fn usage(error: &clap::Error, terminal: Terminal, json: bool) -> ExitCode {
    use std::io::Write;
    let answer = !error.use_stderr();
    let color = if answer { terminal.out.color } else { terminal.err.color };
    let text = if color {
        error.render().ansi().to_string()
    } else {
        error.render().to_string()
    };
    if answer {
        let _ = std::io::stdout().write_all(text.as_bytes());
        return ExitCode::SUCCESS;
    }
    let mut err = std::io::stderr().lock();
    let _ = err.write_all(text.as_bytes());
    if json {
        let plain = error.render().to_string();
        let message = plain
            .lines()
            .next()
            .unwrap_or_default()
            .trim_start_matches("error: ")
            .to_owned();
        let _ = writeln!(err, "{}", errors::json(&Fault::usage("usage", message)));
    }
    ExitCode::from(Kind::Usage.exit_code())
}

fn run(cli: Cli, environment: Environment, settings: Result<Settings>, terminal: Terminal) -> ExitCode {
    let groups = Groups::default();
    let signals = Signals::listen(groups.clone());
    let Cli { global, command } = cli;
    let (json, style) = (global.json, terminal.err);
    let entered = settings.and_then(|settings| enter(&global, environment, settings, groups, signals.clone()));
    let ended = match entered {
        Ok(world) => {
            let ui = Ui::new(terminal, &global, &world, &signals);
            let mut cx = Cx {
                world,
                ui,
                global,
                signals,
            };
            dispatch(command, &mut cx).inspect_err(|fault| cx.ui.fail(fault))
        }
        Err(fault) => {
            ui::fail_early(&fault, style, json);
            Err(fault)
        }
    };
    ExitCode::from(match ended {
        Ok(Exit::Ok) => 0,
        Ok(Exit::Kind(kind)) => {
            if json {
                ui::print_error_object(&Fault::new(kind, kind.word(), "the report on standard output says why"));
            }
            kind.exit_code()
        }
        Err(fault) => fault.kind().exit_code(),
    })
}

fn enter(
    global: &Global,
    environment: Environment,
    settings: Settings,
    groups: Groups,
    signals: Arc<Signals>,
) -> Result<World> {
    let current = std::env::current_dir()
        .map_err(|error| Fault::failed("no-folder", "cannot tell the current folder").because(error))?;
    let directory = match &global.directory {
        None => current,
        Some(dir) => {
            let dir = current.join(dir);
            let found = dir
                .canonicalize()
                .attempting("enter", &dir)
                .map_err(|fault| fault.with_kind(Kind::Usage))?;
            if !found.is_dir() {
                return Err(Fault::usage(
                    "not-a-folder",
                    format!("cannot enter `{}`: it is not a folder", dir.display()),
                ));
            }
            found
        }
    };
    let places = Places {
        directory,
        store: global.store.clone(),
        settings,
    };
    Ok(World::new(places, environment, signals, groups))
}

/// One arm a command.
fn dispatch(command: Option<Command>, cx: &mut Cx) -> Result<Exit> {
    match command {
        None => home::run(cx),
        Some(Command::New(args)) => new::run(&args, cx),
        Some(Command::Template(args)) => template::run(&args, cx),
        Some(Command::Adopt(args)) => adopt::run(&args, cx),
        Some(Command::Agent(args)) => agent::run(&args, cx),
        Some(Command::Logs(args)) => logs::run(&args, cx),
        Some(Command::Incident(args)) => incident::run(&args, cx),
        Some(Command::Oncall(args)) => oncall::run(&args, cx),
        Some(Command::Review(args)) => review::run(&args, cx),
        Some(Command::Audit(args)) => audit::run(&args, cx),
        Some(Command::Plan(args)) => plan::run(&args, cx),
        Some(Command::Render(args)) => render::run(&args, cx),
        Some(Command::Deploy(args)) => deploy::run(&args, cx),
        Some(Command::Rollback(args)) => rollback::run(&args, cx),
        Some(Command::Resume(args)) => resume::run(&args, cx),
        Some(Command::Status(args)) => status::run(&args, cx),
        Some(Command::History(args)) => history::run(&args, cx),
        Some(Command::Why(args)) => why::run(&args, cx),
        Some(Command::Hold(args)) => hold::run(&args, cx),
        Some(Command::Reliability(args)) => reliability::run(&args, cx),
        Some(Command::Down(args)) => down::run(&args, cx),
        Some(Command::Ready(args)) => ready::run(&args, cx),
        Some(Command::Tour(args)) => tour::run(&args, cx),
        Some(Command::Doctor(args)) => doctor::run(&args, cx),
        Some(Command::Completion(args)) => completion::run(&args, cx),
        Some(Command::Config(args)) => config::run(&args, cx),
        Some(Command::Platform(args)) => platform::run(&args, cx),
        Some(Command::Plugin(args)) => plugin::run(&args, cx),
        Some(Command::Schema(args)) => schema::run(&args, cx),
        Some(Command::Version(args)) => version::run(&args, cx),
    }
}
