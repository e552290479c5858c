//! `deliver new`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::page::{Column, Page, Table};
use super::report::Report;
use super::ui::Ui;
use super::{Cx, Exit};
use crate::config::nearest::nearest;
use crate::config::platform::Platform;
use crate::fault::{Attempt, Fault, Result};
use crate::model::{ServiceName, name};
use crate::ports::Vcs;
use crate::scaffold::answers::{self, Answers};
use crate::scaffold::apply::{self, Done, Place};
use crate::scaffold::{Action, Catalogue, Plan, Template, plan, render};
use crate::store::user_at_host;

/// Create a service from a template
///
/// Writes an app with its tests, Dockerfile, CI workflow, deliver.toml, alert rules and runbook into a new folder, and makes
/// it a git repository with a first commit. What is not given is asked on a terminal; elsewhere proposals are taken. All
/// files are written, or none.
#[derive(Args, Debug)]
#[command(before_help = "\
Examples:
  $ deliver new                               # asks for everything
  $ deliver new http-python pricing           # into the folder pricing
  $ deliver new http-rust api --owner checkout --description 'Quotes a price'
  $ deliver new static-site site --dry-run    # lists what it would write
  $ deliver new ./our-template pricing        # a template of your own")]
pub struct NewArgs {
    /// A template's name, or the path of its folder; `deliver template list` shows them
    #[arg(value_name = "TEMPLATE")]
    pub template: Option<String>,

    /// The new folder
    #[arg(value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub folder: Option<PathBuf>,

    /// The service's name [default: the folder's]
    #[arg(long, value_name = "NAME", env = "DELIVER_NEW_NAME", hide_env = true)]
    pub name: Option<String>,

    /// The team that owns it [default: from the platform or from git's user]
    #[arg(
        long,
        visible_alias = "team",
        value_name = "TEAM",
        env = "DELIVER_NEW_OWNER",
        hide_env = true
    )]
    pub owner: Option<String>,

    /// Who reviews, for CODEOWNERS: @ORGANISATION/TEAM, @USER or a mail address [default: git's mail address]
    #[arg(long, value_name = "OWNER", env = "DELIVER_NEW_CODE_OWNER", hide_env = true)]
    pub code_owner: Option<String>,

    /// What it does, in one line
    #[arg(long, value_name = "TEXT", env = "DELIVER_NEW_DESCRIPTION", hide_env = true)]
    pub description: Option<String>,

    /// Where people reach it [default: a free port that stays the same]
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..), env = "DELIVER_NEW_PORT", hide_env = true)]
    pub port: Option<u16>,

    /// Make no git repository
    #[arg(long, env = "DELIVER_NEW_NO_GIT", hide_env = true)]
    pub no_git: bool,

    /// Replace files that are there and differ
    #[arg(long, env = "DELIVER_NEW_FORCE", hide_env = true)]
    pub force: bool,
}

/// What was written.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub struct Scaffolded<'p> {
    service: &'p str,
    folder: PathBuf,
    /// The folder became a repository with a first commit.
    repository: bool,
    #[serde(flatten)]
    plan: &'p Plan,
    /// As the person wrote it.
    #[serde(skip)]
    shown: &'p str,
}

impl Report for Scaffolded<'_> {
    const SCHEMA: &'static str = "scaffold";

    fn render(&self, page: &mut Page) {
        let count = |action, word: &str| match self.plan.count(action) {
            0 => None,
            1 => Some(format!("1 file {word}")),
            n => Some(format!("{n} files {word}")),
        };
        let counts = [
            count(Action::Create, "written"),
            count(Action::Overwrite, "replaced"),
            count(Action::Skip, "there already"),
        ];
        let counts: Vec<String> = counts.into_iter().flatten().collect();
        let tick = page.style().tick();
        page.line(format!(
            "{tick} {} from {} {}: {}",
            page.style().subject(self.shown),
            self.plan.template,
            self.plan.version,
            counts.join(", ")
        ));
    }
}

/// What would be written.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub struct Planned<'p> {
    service: &'p str,
    folder: PathBuf,
    /// The folder would become a repository with a first commit.
    repository: bool,
    #[serde(flatten)]
    plan: &'p Plan,
}

impl Report for Planned<'_> {
    const SCHEMA: &'static str = "template-plan";

    fn render(&self, page: &mut Page) {
        let mut table = Table::new([
            Column::new("ACTION"),
            Column::new("PATH").path(),
            Column::new("WHY").prose().priority(1),
        ]);
        for file in &self.plan.files {
            table.row([file.action.word().to_owned(), file.path.clone(), file.reason.clone()]);
        }
        page.table(&table);
    }
}

pub fn run(args: &NewArgs, cx: &mut Cx) -> Result<Exit> {
    let platform = cx.world.platform()?;
    let template = template(args, cx, &Catalogue::new(platform.folder.as_deref()))?;
    let target = target(args, cx)?;
    let answers = answer(args, cx, &platform, &template, target.name.clone())?;
    let rendered = render(&template, &answers)?;
    let found = apply::look(&target.folder, &rendered)?;
    let plan = plan(&template, rendered, &found, args.force);
    let git = git(args, cx, &target.folder)?;
    let shown = target.shown.as_str();
    if cx.global.dry_run || (cx.ui.json() && !plan.conflicts.is_empty()) {
        cx.ui.answer(&Planned {
            service: answers.name.as_str(),
            folder: target.folder.clone(),
            repository: git.is_some(),
            plan: &plan,
        })?;
    }
    if !plan.conflicts.is_empty() {
        return Err(in_the_way(&plan, shown));
    }
    if cx.global.dry_run {
        return Ok(Exit::Ok);
    }
    let done = write(&plan, &target.folder, git, &cx.ui)?;
    cx.ui.answer(&Scaffolded {
        service: answers.name.as_str(),
        folder: target.folder.clone(),
        repository: done.repository,
        plan: &plan,
        shown,
    })?;
    next(cx, &template, &target, done);
    Ok(Exit::Ok)
}

fn template(args: &NewArgs, cx: &Cx, catalogue: &Catalogue) -> Result<Template> {
    if let Some(wanted) = &args.template {
        return catalogue
            .find(wanted, cx.world.directory())
            .map_err(|fault| match &args.folder {
                // The one word that was given is more likely the folder.
                None if fault.code() == "unknown-template" => {
                    fault.hint(format!("deliver new TEMPLATE {}", word(wanted)))
                }
                _ => fault,
            });
    }
    let templates = catalogue.list()?;
    if !cx.ui.interactive() {
        let names = templates
            .iter()
            .map(|template| format!("{}  {}", template.name, template.description));
        return Err(
            Fault::usage("no-answer", "which TEMPLATE? None was named, and nobody can be asked")
                .details(names)
                .hint("deliver new http-python my-service"),
        );
    }
    let items: Vec<(String, String)> = templates
        .iter()
        .map(|template| (template.name.to_string(), template.description.to_string()))
        .collect();
    let at = cx.ui.ask_choice("Template", "TEMPLATE", &items, None)?;
    Ok(templates[at].clone())
}

/// Where the service goes and what it is called.
struct Target {
    /// Absolute; what is above it is real, itself may not exist.
    folder: PathBuf,
    /// As the person wrote it.
    shown: String,
    name: ServiceName,
}

fn target(args: &NewArgs, cx: &Cx) -> Result<Target> {
    let checked = |text: &str| {
        text.parse::<ServiceName>().map_err(|wrong| {
            let fault = Fault::usage("name", format!("the name `{}` {wrong}", text.escape_debug()));
            match name::suggest(text) {
                Some(near) => fault.hint(format!("--name {near}")),
                None => fault.hint("pass --name NAME"),
            }
        })
    };
    let given = args.name.as_deref().map(checked).transpose()?;
    let folder = match (&args.folder, &given) {
        (Some(folder), _) => folder.clone(),
        (None, Some(name)) => PathBuf::from(name.as_str()),
        (None, None) if cx.ui.interactive() => {
            let check = |text: &str| name::check(text).map_err(|wrong| format!("the name {wrong}"));
            PathBuf::from(cx.ui.ask_text("Name", "--name NAME", None, check)?)
        }
        (None, None) => {
            let template = args.template.as_deref().unwrap_or("http-python");
            return Err(
                Fault::usage("no-answer", "which DIR? No folder was named, and nobody can be asked")
                    .hint(format!("deliver new {} my-service", word(template))),
            );
        }
    };
    let absolute = absolute(cx.world.directory(), &folder)?;
    let name = match given {
        Some(name) => name,
        None => derived(cx, &absolute)?,
    };
    Ok(Target {
        shown: folder.display().to_string(),
        folder: absolute,
        name,
    })
}

/// The folder's name, or the nearest one that is valid.
fn derived(cx: &Cx, folder: &Path) -> Result<ServiceName> {
    let own = folder
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    if let Ok(name) = own.parse() {
        return Ok(name);
    }
    let check = |text: &str| name::check(text).map_err(|wrong| format!("the name {wrong}"));
    let near = name::suggest(&own);
    let text = match near {
        near if cx.ui.interactive() => cx.ui.ask_text("Name", "--name NAME", near.as_deref(), check)?,
        Some(near) => {
            cx.ui
                .note(format!("The service is called {near}, as `{own}` is no name for one"));
            near
        }
        None => {
            let message = format!("no name for a service can be made from `{}`", own.escape_debug());
            return Err(Fault::usage("name", message).hint("pass --name NAME"));
        }
    };
    text.parse()
        .map_err(|wrong| Fault::usage("name", format!("the name {wrong}")))
}

/// `folder` from the root on. What exists above it is resolved; the folder itself is not followed.
fn absolute(directory: &Path, folder: &Path) -> Result<PathBuf> {
    let path = directory.join(folder);
    let (Some(above), Some(last)) = (path.parent(), path.file_name()) else {
        return path.canonicalize().attempting("enter", &path);
    };
    if last.eq_ignore_ascii_case(".git")
        || path
            .components()
            .any(|one| one.as_os_str().eq_ignore_ascii_case(".git"))
    {
        let message = format!("cannot make `{}`: what is in `.git` belongs to git", folder.display());
        return Err(Fault::usage("unsafe-path", message));
    }
    match above.canonicalize() {
        Ok(above) => Ok(above.join(last)),
        Err(_) if folder.components().any(|one| one.as_os_str() == "..") => {
            let message = format!(
                "cannot make `{}`: it leads up through a folder that does not exist",
                folder.display()
            );
            Err(Fault::usage("unsafe-path", message).hint("name the folder without `..`"))
        }
        Err(_) => std::path::absolute(&path).attempting("find", &path),
    }
}

fn answer(args: &NewArgs, cx: &Cx, platform: &Platform, template: &Template, name: ServiceName) -> Result<Answers> {
    let known = args.owner.is_some() && args.code_owner.is_some();
    let (user, mail) = match known {
        true => (None, None),
        false => cx.world.vcs().user(cx.world.directory()).unwrap_or_default(),
    };
    let owner = match &args.owner {
        Some(owner) => known_team(platform, owner)?.to_owned(),
        None => owner(cx, platform, user.as_deref(), mail.as_deref())?,
    };
    let description = match &args.description {
        Some(text) => text.clone(),
        None if cx.ui.interactive() => {
            let check = |text: &str| answers::check_line(text).map_err(|wrong| format!("the description {wrong}"));
            cx.ui
                .ask_text("Description", "--description TEXT", Some(&template.proposal), check)?
        }
        None => template.proposal.to_string(),
    };
    let code_owner = match &args.code_owner {
        Some(code_owner) => code_owner.clone(),
        None => answers::propose_code_owner(&owner, mail.as_deref()),
    };
    Answers {
        name,
        owner,
        code_owner,
        description,
        port: args.port,
    }
    .check(template)
}

/// The owner when none was named: a team of the platform, or whoever makes the service.
fn owner(cx: &Cx, platform: &Platform, user: Option<&str>, mail: Option<&str>) -> Result<String> {
    if platform.teams.is_empty() {
        let proposal = user.and_then(name::suggest).unwrap_or_else(|| account(cx));
        return match cx.ui.interactive() {
            false => Ok(proposal),
            true => {
                let check = |text: &str| answers::check_line(text).map_err(|wrong| format!("the owner {wrong}"));
                cx.ui.ask_text("Owner", "--owner TEAM", Some(&proposal), check)
            }
        };
    }
    let teams: Vec<&String> = platform.teams.keys().collect();
    let own = teams.iter().position(|team| is_member(platform, team, user, mail));
    let proposal = own.or((teams.len() == 1).then_some(0));
    match proposal {
        Some(at) if !cx.ui.interactive() => Ok(teams[at].clone()),
        None if !cx.ui.interactive() => {
            let names = teams
                .iter()
                .map(|team| format!("`{team}`"))
                .collect::<Vec<_>>()
                .join(", ");
            Err(Fault::usage("no-answer", "which team owns it? Nobody can be asked")
                .details([format!("teams of `{}`: {names}", platform.name)])
                .hint("pass --owner TEAM"))
        }
        _ => {
            let about = |team: &&String| platform.teams[*team].description.clone().unwrap_or_default();
            let items: Vec<(String, String)> = teams.iter().map(|team| ((*team).clone(), about(team))).collect();
            let at = cx.ui.ask_choice("Owner", "--owner TEAM", &items, proposal)?;
            Ok(teams[at].clone())
        }
    }
}

/// Whether the person that git knows is in the team.
fn is_member(platform: &Platform, team: &str, user: Option<&str>, mail: Option<&str>) -> bool {
    let members = platform
        .teams
        .get(team)
        .map(|team| team.members.as_slice())
        .unwrap_or_default();
    members
        .iter()
        .filter_map(|member| platform.people.get(member))
        .any(|person| {
            let by_mail = person
                .email
                .as_deref()
                .zip(mail)
                .is_some_and(|(own, given)| own.eq_ignore_ascii_case(given));
            by_mail || user == Some(person.name.as_str())
        })
}

/// The account's name on this machine: somebody made the service.
fn account(cx: &Cx) -> String {
    let actor = cx
        .world
        .environment()
        .get("DELIVER_ACTOR")
        .map_or_else(user_at_host, str::to_owned);
    let user = actor.split('@').next().unwrap_or_default();
    name::suggest(user).unwrap_or_else(|| "owner".to_owned())
}

fn known_team<'a>(platform: &Platform, owner: &'a str) -> Result<&'a str> {
    if platform.teams.is_empty() || platform.teams.contains_key(owner) {
        return Ok(owner);
    }
    let message = format!(
        "the platform `{}` has no team `{}`",
        platform.name,
        owner.escape_debug()
    );
    let fault = Fault::usage("unknown-team", message);
    Err(match nearest(owner, platform.teams.keys().map(String::as_str)) {
        Some(near) => fault.hint(format!("--owner {near}")),
        None => fault.hint("deliver platform show"),
    })
}

/// Git where a repository is to be made: not when it was declined, and not inside of one.
fn git<'w>(args: &NewArgs, cx: &'w Cx, folder: &Path) -> Result<Option<&'w dyn Vcs>> {
    if args.no_git || apply::place(folder)? == Place::Filled {
        return Ok(None);
    }
    let existing = folder
        .ancestors()
        .find(|above| above.is_dir())
        .unwrap_or(Path::new("/"));
    let vcs = cx.world.vcs();
    match vcs.root(existing) {
        Ok(None) => Ok(Some(vcs)),
        Ok(Some(_)) => Ok(None),
        // There is one, and the program that could tell more is missing.
        Err(fault) if fault.code() == "git-missing" => Ok(None),
        Err(fault) => Err(fault.still("nothing was written").hint("--no-git makes no repository")),
    }
}

fn write(plan: &Plan, folder: &Path, git: Option<&dyn Vcs>, ui: &Ui) -> Result<Done> {
    match apply::apply(plan, folder, git) {
        Err(fault) if fault.code() == "git-missing" => {
            ui.warn("git is not installed, so this is no repository yet");
            apply::apply(plan, folder, None)
        }
        Err(fault) if fault.code() == "git-failed" => Err(fault.hint("--no-git makes no repository")),
        done => done,
    }
}

/// At most this many files are named in a message.
const NAMED: usize = 20;

fn in_the_way(plan: &Plan, shown: &str) -> Fault {
    let conflicts: Vec<_> = plan
        .files
        .iter()
        .filter(|file| file.action == Action::Conflict)
        .collect();
    let what = match conflicts.len() {
        1 => "1 file is in the way".to_owned(),
        n => format!("{n} files are in the way"),
    };
    let mut lines: Vec<String> = conflicts
        .iter()
        .take(NAMED)
        .map(|file| format!("{}  {}", file.path, file.reason))
        .collect();
    if conflicts.len() > NAMED {
        lines.push(format!("… and {} more", conflicts.len() - NAMED));
    }
    let fault = Fault::usage("files-exist", format!("cannot write into `{shown}`: {what}"))
        .details(lines)
        .still("nothing was written");
    match conflicts.iter().all(|file| file.reason == "exists and differs") {
        true => fault.hint("--force replaces them; --dry-run lists everything"),
        false => fault.hint("name another folder"),
    }
}

fn next(cx: &Cx, template: &Template, target: &Target, done: Done) {
    if done.repository {
        cx.ui.note("It is a git repository with a first commit");
    }
    if let Some(runtime) = &template.runtime
        && !on_path(cx, runtime)
    {
        cx.ui.warn(format!(
            "{runtime} is not on this machine, and is needed to deploy here"
        ));
    }
    // Where the person's shell is, which `-C` does not change.
    let shown = match &cx.global.directory {
        Some(directory) => directory.join(&target.shown).display().to_string(),
        None => target.shown.clone(),
    };
    let here = cx.global.directory.is_none() && target.folder == cx.world.directory();
    let enter = match here {
        true => String::new(),
        false => format!("cd {} && ", word(&shown)),
    };
    cx.ui.hint(format!("{enter}deliver deploy"));
}

/// Whether a program of this name can be started.
fn on_path(cx: &Cx, program: &str) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let path = cx.world.environment().os("PATH").unwrap_or_default();
    std::env::split_paths(path).any(|folder| {
        let meta = folder.join(program).metadata();
        meta.is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
    })
}

/// One word of a shell that is no option.
fn word(text: &str) -> String {
    let text = if text.starts_with('-') {
        format!("./{text}")
    } else {
        text.to_owned()
    };
    match text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte))
        && !text.is_empty()
    {
        true => text,
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_for_the_shell_is_one_and_no_option() {
        assert_eq!(word("pricing"), "pricing");
        assert_eq!(word("-rf"), "./-rf");
        assert_eq!(word("a b'$x"), r"'a b'\''$x'");
    }

    #[test]
    fn a_folder_is_resolved_but_not_followed() {
        let root = tempfile::tempdir().expect("a folder");
        let root = root.path().canonicalize().expect("real");
        std::fs::create_dir(root.join("a")).expect("made");
        std::os::unix::fs::symlink("a", root.join("link")).expect("linked");
        let at = |text: &str| absolute(&root, Path::new(text));
        assert_eq!(at("x").expect("a path"), root.join("x"));
        assert_eq!(at("a/../x").expect("a path"), root.join("x"));
        assert_eq!(at("link").expect("a path"), root.join("link"));
        assert_eq!(at("link/x").expect("a path"), root.join("a/x"));
        assert_eq!(at(".").expect("a path"), root);
        assert_eq!(at("new/er/x").expect("a path"), root.join("new/er/x"));
        assert_eq!(at("new/../x").expect_err("unclear").code(), "unsafe-path");
        assert_eq!(at(".git/x").expect_err("git's").code(), "unsafe-path");
    }
}
