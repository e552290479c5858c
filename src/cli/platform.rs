//! `deliver platform`: what a company's services share.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::page::{Column, Page, Table};
use super::report::Report;
use super::{Cx, Exit};
use crate::config::document::invalid;
use crate::config::platform::{Dirty, FILE, Platform, SpentBudget};
use crate::config::reference::PLATFORM_EXAMPLE;
use crate::config::rota::{self, Rotas};
use crate::fault::{Attempt, Fault, Result};

/// Start, check and show what a company's services share
///
/// People, teams, tiers, policy and severities. The platform is the folder that --platform, DELIVER_PLATFORM or the
/// settings name, or that of the nearest `platform.toml`. Where there is none, a built-in platform serves.
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver platform init
  $ deliver platform check
  $ deliver platform show --json")]
pub struct PlatformArgs {
    #[command(subcommand)]
    command: PlatformCommand,
}

#[derive(Debug, clap::Subcommand)]
enum PlatformCommand {
    Init(InitArgs),
    Check(CheckArgs),
    Show(ShowArgs),
}

/// Write a `platform.toml` to start from; never over one that is there
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver platform init
  $ deliver platform init platform --dry-run")]
struct InitArgs {
    /// The folder to write it in
    #[arg(value_name = "DIR", default_value = ".", value_hint = clap::ValueHint::DirPath)]
    folder: PathBuf,
}

/// Tell every problem of the platform's files; exits 2 if there is any
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver platform check
  $ deliver platform check --json")]
struct CheckArgs {}

/// Show the platform that holds here
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver platform show
  $ deliver platform show --json")]
struct ShowArgs {}

pub fn run(args: &PlatformArgs, cx: &mut Cx) -> Result<Exit> {
    match &args.command {
        PlatformCommand::Init(args) => init(args, cx)?,
        PlatformCommand::Check(_) => cx.ui.answer(&check(&cx.world.platform()?)?)?,
        PlatformCommand::Show(_) => cx.ui.answer(&cx.world.platform()?)?,
    }
    Ok(Exit::Ok)
}

fn init(args: &InitArgs, cx: &Cx) -> Result<()> {
    let folder = cx.world.directory().join(&args.folder);
    let path = folder.join(FILE);
    let exists = || {
        let message = format!("cannot write `{}`: it is there already", path.display());
        let still = format!("`{}` is as it was", path.display());
        Fault::usage("file-exists", message)
            .still(still)
            .hint("deliver platform check")
    };
    if path.symlink_metadata().is_ok() {
        return Err(exists());
    }
    let written = !cx.global.dry_run;
    if written {
        std::fs::create_dir_all(&folder).attempting("make", &folder)?;
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(exists()),
            file => file
                .and_then(|mut file| file.write_all(PLATFORM_EXAMPLE.as_bytes()))
                .attempting("write", &path)?,
        }
    }
    cx.ui.answer(&Started {
        path: path.display().to_string(),
        written,
    })?;
    if written {
        cx.ui.hint(format!(
            "edit it, then {}",
            cx.ui.style().copyable(check_command(&args.folder))
        ));
    }
    Ok(())
}

fn check_command(folder: &Path) -> String {
    match folder == Path::new(".") {
        true => "deliver platform check".into(),
        false => format!("deliver platform check --platform {}", folder.display()),
    }
}

/// What `platform init` wrote.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub(super) struct Started {
    path: String,
    /// False with --dry-run.
    written: bool,
}

impl Report for Started {
    const SCHEMA: &'static str = "platform-init";

    fn render(&self, page: &mut Page) {
        let verb = if self.written { "wrote" } else { "would write" };
        page.line(format!("{verb} {}", self.path));
    }
}

/// What `platform check` found sound.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub(super) struct Checked {
    name: String,
    /// `None`: the built-in one.
    folder: Option<PathBuf>,
    people: usize,
    teams: usize,
    rotas: usize,
}

/// The platform is sound by being there; its rotas are read here.
fn check(platform: &Platform) -> Result<Checked> {
    let rotas = Rotas::load(platform)?;
    let problems = rotas.problems();
    match problems.is_empty() {
        true => Ok(Checked::of(platform, &rotas)),
        false => Err(invalid(rota::FOLDER, problems)),
    }
}

impl Checked {
    fn of(platform: &Platform, rotas: &Rotas) -> Checked {
        Checked {
            rotas: rotas.rotas.len(),
            name: platform.name.clone(),
            folder: platform.folder.clone(),
            people: platform.people.len(),
            teams: platform.teams.len(),
        }
    }
}

impl Report for Checked {
    const SCHEMA: &'static str = "platform-check";

    fn render(&self, page: &mut Page) {
        let Some(folder) = &self.folder else {
            page.line("no platform.toml here: the built-in platform serves");
            return;
        };
        let people = if self.people == 1 { "person" } else { "people" };
        let teams = if self.teams == 1 { "team" } else { "teams" };
        let rotas = match self.rotas {
            0 => String::new(),
            1 => ", 1 rota".to_owned(),
            rotas => format!(", {rotas} rotas"),
        };
        page.line(format!(
            "{} {} is sound: {} {people}, {} {teams}{rotas}  {}",
            page.style().tick(),
            page.style().subject(&self.name),
            self.people,
            self.teams,
            page.style().secondary(folder.display())
        ));
    }
}

impl Report for Platform {
    const SCHEMA: &'static str = "platform";

    fn render(&self, page: &mut Page) {
        let folder = match &self.folder {
            Some(folder) => folder.display().to_string(),
            None => "No platform.toml holds here. Write one: deliver platform init".into(),
        };
        page.line(format!(
            "{}  {}",
            page.style().subject(&self.name),
            page.style().secondary(folder)
        ));
        if let Some(description) = &self.description {
            page.line(description);
        }
        teams(self, page);
        people(self, page);
        let mut tiers = Table::new([
            Column::new("tier"),
            Column::new("owes"),
            Column::new("services").prose(),
        ]);
        for (number, tier) in &self.tiers {
            let level = format!("{:?}", tier.level).to_lowercase();
            tiers.row([number.to_string(), level, tier.description.clone()]);
        }
        page.gap();
        page.table(&tiers);
        let mut severities = Table::new([
            Column::new("severity"),
            Column::new("when").prose(),
            Column::new("asks").prose().priority(1),
        ]);
        for (name, description) in &self.severities {
            let asks = self.severity_questions.get(name).map(|asks| asks.join(" "));
            severities.row([name.clone(), description.clone(), asks.unwrap_or_default()]);
        }
        page.gap();
        page.table(&severities);
        policy(self, page);
    }
}

fn teams(platform: &Platform, page: &mut Page) {
    if platform.teams.is_empty() {
        return;
    }
    let mut table = Table::new([
        Column::new("team"),
        Column::new("members").prose(),
        Column::new("contact"),
        Column::new("for").prose().priority(1),
    ]);
    for (name, team) in &platform.teams {
        let contact = team.contact.clone().unwrap_or_default();
        let description = team.description.clone().unwrap_or_default();
        table.row([name.clone(), team.members.join(" "), contact, description]);
    }
    page.gap();
    page.table(&table);
}

fn people(platform: &Platform, page: &mut Page) {
    if platform.people.is_empty() {
        return;
    }
    let mut table = Table::new([
        Column::new("person"),
        Column::new("name").prose(),
        Column::new("chat"),
        Column::new("email"),
        Column::new("time zone"),
    ]);
    for (handle, person) in &platform.people {
        table.row([
            handle.clone(),
            person.name.clone(),
            person.chat.clone().unwrap_or_default(),
            person.email.clone().unwrap_or_default(),
            person.time_zone.clone(),
        ]);
    }
    page.gap();
    page.table(&table);
}

fn policy(platform: &Platform, page: &mut Page) {
    let mut table = Table::new([
        Column::new("environment"),
        Column::new("uncommitted changes"),
        Column::new("a spent budget"),
        Column::new(""),
    ]);
    let general = platform.policy.dirty;
    let budget = |own: Option<SpentBudget>| match own.or(platform.policy.budget) {
        Some(SpentBudget::Refuse) => "refuses deploys",
        Some(SpentBudget::Warn) => "warns",
        Some(SpentBudget::Ignore) => "is ignored",
        None => "warns where protected",
    };
    table.row([
        "every other".into(),
        allowed(general).into(),
        budget(None).into(),
        String::new(),
    ]);
    for (name, policy) in &platform.policy.environments {
        let dirty = allowed(policy.dirty.unwrap_or(general));
        let protected = if policy.protected { "protected" } else { "" };
        table.row([
            name.clone(),
            dirty.into(),
            budget(policy.budget).into(),
            protected.into(),
        ]);
    }
    page.gap();
    page.table(&table);
}

fn allowed(dirty: Dirty) -> &'static str {
    match dirty {
        Dirty::Refuse => "refused",
        Dirty::Local => "on this machine only",
        Dirty::Allow => "allowed",
    }
}
