//! The command line as people type it: the global flags and the one enum of commands.

use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgAction, ArgMatches, Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::config::settings::{SETTINGS, Settings};
use crate::model::Span;

/// Scaffold, deploy and look after services, from one binary
///
/// Describe a service in `deliver.toml`, or let `deliver` write that file; then deploy it on this machine without losing
/// a request, and roll it back when a release is bad. Nothing leaves this machine unless an environment says so.
#[derive(Debug, Parser)]
#[command(name = "deliver", version)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,

    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Flags that mean the same everywhere. Each has a variable: `--no-input` is `DELIVER_NO_INPUT`.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Print one JSON document on standard output
    #[arg(long, global = true, env = "DELIVER_JSON", hide_env = true, value_parser = switch, action = ArgAction::SetTrue)]
    pub json: bool,

    /// When to colour: auto, always or never
    #[arg(
        long,
        global = true,
        env = "DELIVER_COLOR",
        hide_env = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_possible_values = true,
        hide_default_value = true
    )]
    pub color: When,

    /// How to show progress: auto, tty, plain, json, none
    #[arg(
        long,
        global = true,
        env = "DELIVER_PROGRESS",
        hide_env = true,
        value_name = "HOW",
        default_value = "auto",
        hide_possible_values = true,
        hide_default_value = true
    )]
    pub progress: ProgressMode,

    /// Say only what went wrong
    #[arg(short, long, global = true, env = "DELIVER_QUIET", hide_env = true, value_parser = switch, action = ArgAction::SetTrue)]
    pub quiet: bool,

    /// Say more, such as the output of steps that succeed
    #[arg(short, long, global = true, env = "DELIVER_VERBOSE", hide_env = true, action = ArgAction::Count)]
    pub verbose: u8,

    /// Take every proposal without asking
    #[arg(short, long, global = true, env = "DELIVER_YES", hide_env = true, value_parser = switch, action = ArgAction::SetTrue)]
    pub yes: bool,

    /// Never ask; say which flag was needed
    #[arg(long, global = true, env = "DELIVER_NO_INPUT", hide_env = true, value_parser = switch, action = ArgAction::SetTrue)]
    pub no_input: bool,

    /// Show what would be done and do nothing
    #[arg(long, global = true, env = "DELIVER_DRY_RUN", hide_env = true, value_parser = switch, action = ArgAction::SetTrue)]
    pub dry_run: bool,

    /// Work as if started in DIR
    #[arg(short = 'C', long, global = true, env = "DELIVER_DIRECTORY", hide_env = true, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub directory: Option<PathBuf>,

    /// The company's platform: the folder of its platform.toml
    #[arg(long, global = true, env = "DELIVER_PLATFORM", hide_env = true, value_name = "PLACE")]
    pub platform: Option<String>,

    /// The store: a file, or postgres://USER@HOST/DATABASE
    #[arg(long, global = true, env = "DELIVER_STORE", hide_env = true, value_name = "PLACE", value_hint = clap::ValueHint::FilePath)]
    pub store: Option<PathBuf>,

    /// Give up waiting after this long, such as 90s or 10m
    #[arg(long, global = true, env = "DELIVER_TIMEOUT", hide_env = true, value_name = "TIME")]
    pub timeout: Option<Span>,

    /// Why you do it, for the journal
    #[arg(long, global = true, env = "DELIVER_REASON", hide_env = true, value_name = "TEXT")]
    pub reason: Option<String>,
}

/// When something that depends on the terminal happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum When {
    Auto,
    Always,
    Never,
}

/// How progress is shown. `auto` is `tty` on a terminal and `plain` elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProgressMode {
    Auto,
    Tty,
    Plain,
    Json,
    None,
}

/// Every command that is built. A subcommand is one file beside this one, a variant here and an arm in `mod.rs`.
#[derive(Debug, Subcommand)]
pub enum Command {
    New(Box<super::new::NewArgs>),
    Template(super::template::TemplateArgs),
    Adopt(Box<super::adopt::AdoptArgs>),
    Plan(super::plan::PlanArgs),
    Render(super::render::RenderArgs),
    Deploy(super::deploy::DeployArgs),
    Rollback(super::rollback::RollbackArgs),
    Resume(super::resume::ResumeArgs),
    Status(super::status::StatusArgs),
    History(super::history::HistoryArgs),
    Why(super::why::WhyArgs),
    Logs(super::logs::LogsArgs),
    Hold(super::hold::HoldArgs),
    Down(super::down::DownArgs),
    Ready(super::ready::ReadyArgs),
    Reliability(super::reliability::ReliabilityArgs),
    Tour(super::tour::TourArgs),
    Incident(Box<super::incident::IncidentArgs>),
    Oncall(super::oncall::OncallArgs),
    Review(super::review::ReviewArgs),
    Audit(super::audit::AuditArgs),
    Agent(super::agent::AgentArgs),
    Doctor(super::doctor::DoctorArgs),
    Config(super::config::ConfigArgs),
    Platform(super::platform::PlatformArgs),
    Plugin(super::plugin::PluginArgs),
    Schema(super::schema::SchemaArgs),
    Version(super::version::VersionArgs),
    Completion(super::completion::CompletionArgs),
}

/// Reads a switch from a variable: 1/0, true/false, yes/no, on/off; empty is off.
fn switch(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "" | "0" | "false" | "no" | "off" => Ok(false),
        _ => Err("write 1 or 0, true or false, yes or no".into()),
    }
}

/// The whole command tree as clap knows it. What the files of settings say is the default of flags, so that a flag and
/// then its variable win over it.
pub fn command(settings: &Settings) -> clap::Command {
    let mut command = Cli::command();
    for (key, value) in settings.from_files() {
        command = command.mut_arg(key, |arg| arg.default_value(value.to_owned()));
    }
    command
}

/// The settings that were given as flags on this command line.
pub fn flags<'a>(matches: &'a ArgMatches) -> impl Iterator<Item = (&'static str, String)> + 'a {
    SETTINGS.all_keys().filter_map(|key| {
        let typed = matches.value_source(key.name) == Some(ValueSource::CommandLine);
        let value = matches.get_raw(key.name).filter(|_| typed)?.next_back()?;
        Some((key.name, value.to_string_lossy().into_owned()))
    })
}

/// The value of a flag before clap has seen the command line, for what its own errors already depend on.
/// Follows clap: the flag wins over its variable, the last one counts, and nothing after `--` is a flag.
pub fn peek(arguments: &[std::ffi::OsString], flag: &str) -> Option<String> {
    let mut found = None;
    let mut words = arguments.iter().skip(1).map(|word| word.to_string_lossy());
    while let Some(word) = words.next() {
        if word == "--" {
            break;
        }
        match word.strip_prefix(flag) {
            Some("") => found = Some(words.next().map(|value| value.into_owned()).unwrap_or_default()),
            Some(value) if value.starts_with('=') => found = Some(value[1..].to_owned()),
            Some(value) if !flag.starts_with("--") => found = Some(value.to_owned()),
            _ => {}
        }
    }
    found
}
