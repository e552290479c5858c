//! `deliver adopt`.

use std::cell::OnceCell;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::page::{Column, Page, Table};
use super::report::Report;
use super::{Cx, Exit};
use crate::adopt::draft::Proposal;
use crate::adopt::finding::Confidence;
use crate::adopt::plan::Note;
use crate::adopt::{Answers, Listen, Machine, Plan, Question, Role, Tree, emit, plan};
use crate::config::manifest::Manifest;
use crate::fault::{Attempt, Fault, Result};
use crate::model::Span;
use crate::model::spec::CommandLine;
use crate::ports::commands::Request;

const FILE: &str = "deliver.toml";

/// Describe an app that already exists
///
/// Looks at the files of a folder, proposes how its app is built, started and checked, says where each proposal comes
/// from, asks what cannot be known, and writes `deliver.toml`. Nothing else is changed and nothing is run.
#[derive(Args, Debug)]
#[command(before_help = "\
Examples:
  $ deliver adopt                      # asks what it cannot see
  $ deliver adopt --yes services/api   # takes every proposal
  $ deliver adopt --dry-run            # prints the manifest and writes nothing
  $ deliver adopt --run 'node server.js --port $PORT' --health /healthz")]
pub struct AdoptArgs {
    /// The app's folder
    #[arg(value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub folder: Option<PathBuf>,

    /// The service's name
    #[arg(
        long,
        value_name = "NAME",
        env = "DELIVER_ADOPT_NAME",
        hide_env = true,
        help_heading = "What it is"
    )]
    pub name: Option<String>,

    /// The team that owns it
    #[arg(
        long,
        value_name = "TEAM",
        env = "DELIVER_ADOPT_TEAM",
        hide_env = true,
        help_heading = "What it is"
    )]
    pub team: Option<String>,

    /// 1 critical to 4 experimental
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=4), env = "DELIVER_ADOPT_TIER", hide_env = true, help_heading = "What it is")]
    pub tier: Option<u8>,

    /// What it does, in one line
    #[arg(
        long,
        value_name = "TEXT",
        env = "DELIVER_ADOPT_DESCRIPTION",
        hide_env = true,
        help_heading = "What it is"
    )]
    pub description: Option<String>,

    /// How it is built; '' for not at all
    #[arg(
        long,
        value_name = "COMMAND",
        env = "DELIVER_ADOPT_BUILD",
        hide_env = true,
        help_heading = "How it is built"
    )]
    pub build: Option<String>,

    /// What a release holds, such as dist; may be given again
    #[arg(
        long,
        value_name = "PATH",
        env = "DELIVER_ADOPT_INCLUDE",
        hide_env = true,
        value_delimiter = ',',
        help_heading = "How it is built"
    )]
    pub include: Vec<String>,

    /// The folder above that the build needs, such as ../..
    #[arg(
        long,
        value_name = "UP",
        env = "DELIVER_ADOPT_CONTEXT",
        hide_env = true,
        help_heading = "How it is built"
    )]
    pub context: Option<String>,

    /// Which of several programs is the service
    #[arg(
        long,
        value_name = "NAME",
        env = "DELIVER_ADOPT_MAIN",
        hide_env = true,
        help_heading = "How it is built"
    )]
    pub main: Option<String>,

    /// Run its Dockerfile, even if it could be started without
    #[arg(
        long,
        env = "DELIVER_ADOPT_CONTAINER",
        hide_env = true,
        help_heading = "How it is built"
    )]
    pub container: bool,

    /// What starts it; $PORT stands for its port
    #[arg(
        long,
        visible_alias = "command",
        value_name = "COMMAND",
        env = "DELIVER_ADOPT_RUN",
        hide_env = true,
        conflicts_with = "static_folder",
        help_heading = "What runs"
    )]
    pub run: Option<String>,

    /// Serve this folder of files instead
    #[arg(
        long = "static",
        value_name = "FOLDER",
        env = "DELIVER_ADOPT_STATIC",
        hide_env = true,
        help_heading = "What runs"
    )]
    pub static_folder: Option<String>,

    /// Whether it takes traffic: web or worker
    #[arg(
        long,
        value_name = "ROLE",
        env = "DELIVER_ADOPT_ROLE",
        hide_env = true,
        help_heading = "What runs"
    )]
    pub role: Option<Role>,

    /// A further process; may be given again
    #[arg(long, value_name = "NAME=COMMAND", value_parser = pair, env = "DELIVER_ADOPT_PROCESS", hide_env = true, help_heading = "What runs")]
    pub process: Vec<(String, String)>,

    /// What runs once before a new release serves; '' for nothing
    #[arg(
        long,
        value_name = "COMMAND",
        env = "DELIVER_ADOPT_RELEASE",
        hide_env = true,
        help_heading = "What runs"
    )]
    pub release: Option<String>,

    /// Where people reach it
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..), env = "DELIVER_ADOPT_PORT", hide_env = true, help_heading = "What it needs")]
    pub port: Option<u16>,

    /// The port it insists on, or PORT if it reads that variable
    #[arg(
        long,
        value_name = "N|PORT",
        env = "DELIVER_ADOPT_LISTEN",
        hide_env = true,
        help_heading = "What it needs"
    )]
    pub listen: Option<Listen>,

    /// A path that answers below 400 when it is well
    #[arg(
        long,
        value_name = "PATH",
        env = "DELIVER_ADOPT_HEALTH",
        hide_env = true,
        help_heading = "What it needs"
    )]
    pub health: Option<String>,

    /// The Host header it wants to be asked with
    #[arg(
        long,
        value_name = "HOST",
        env = "DELIVER_ADOPT_HEALTH_HOST",
        hide_env = true,
        help_heading = "What it needs"
    )]
    pub health_host: Option<String>,

    /// A folder that outlives releases; may be given again
    #[arg(
        long,
        value_name = "FOLDER",
        env = "DELIVER_ADOPT_VOLUME",
        hide_env = true,
        value_delimiter = ',',
        help_heading = "What it needs"
    )]
    pub volume: Vec<String>,

    /// A variable; may be given again
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair, env = "DELIVER_ADOPT_ENV", hide_env = true, help_heading = "What it needs")]
    pub env: Vec<(String, String)>,

    /// Write over a deliver.toml that is there
    #[arg(long, env = "DELIVER_ADOPT_FORCE", hide_env = true)]
    pub force: bool,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".into()),
    }
}

impl AdoptArgs {
    fn answers(&self) -> Answers {
        Answers {
            name: self.name.clone(),
            team: self.team.clone(),
            tier: self.tier,
            description: self.description.clone(),
            build: self.build.clone(),
            include: self.include.clone(),
            context: self.context.clone(),
            run: self.run.clone(),
            static_folder: self.static_folder.clone(),
            processes: self.process.clone(),
            port: self.port,
            listen: self.listen,
            health: self.health.clone(),
            health_host: self.health_host.clone(),
            volumes: self.volume.clone(),
            env: self.env.clone(),
            release: self.release.clone(),
            main: self.main.clone(),
            role: self.role,
            container: self.container,
            confirmed: Vec::new(),
        }
    }
}

/// What was proposed, and what became of it.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub struct Adoption {
    /// Absent while it is still to be answered.
    service: Option<String>,
    /// `Node app`, `site`, `container`.
    kind: String,
    /// Whether the manifest was written.
    written: bool,
    /// Files that were written, or would be.
    files: Vec<PathBuf>,
    proposals: Vec<Proposal>,
    /// What is still to be answered; a dry run asks nothing.
    questions: Vec<Question>,
    notes: Vec<Note>,
    /// The text of `deliver.toml`.
    manifest: String,
    #[serde(skip)]
    dry_run: bool,
}

impl Report for Adoption {
    const SCHEMA: &'static str = "adoption";

    fn render(&self, page: &mut Page) {
        if self.dry_run {
            self.manifest.lines().for_each(|line| page.line(line));
            return;
        }
        if page.terminal() {
            let name = page.style().subject(self.service.as_deref().unwrap_or_default());
            page.line(format!("{name} {} {}", page.style().middot(), self.kind));
            page.gap();
        }
        let columns = [
            Column::new("KEY"),
            Column::new("VALUE").prose(),
            Column::new("SEEN IN").path().priority(1),
            Column::new("CHANGED BY").priority(2),
        ];
        let mut table = Table::new(columns);
        for proposal in &self.proposals {
            table.row([
                proposal.key.clone(),
                on_one_line(&proposal.value),
                grounds(proposal),
                proposal.flag.to_owned(),
            ]);
        }
        page.table(&table);
    }
}

fn on_one_line(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join("; ")
}

fn grounds(proposal: &Proposal) -> String {
    let places: Vec<String> = proposal.evidence.iter().map(ToString::to_string).collect();
    let guess = (proposal.confidence == Confidence::Guess).then(|| "a guess".to_owned());
    let words = proposal.why.clone().into_iter().chain(guess);
    places.into_iter().chain(words).collect::<Vec<_>>().join(", ")
}

pub fn run(args: &AdoptArgs, cx: &mut Cx) -> Result<Exit> {
    let folder = match &args.folder {
        Some(folder) => cx.world.directory().join(folder),
        None => cx.world.directory().to_owned(),
    };
    let root = cx.world.vcs().root(&folder).unwrap_or_default();
    let tree = Tree::read(&folder, root.as_deref())?;
    let target = folder.join(FILE);
    let dry_run = cx.global.dry_run;
    if !dry_run && !args.force && target.symlink_metadata().is_ok() {
        return Err(
            Fault::usage("manifest-exists", format!("`{}` is already there", target.display()))
                .still("nothing was changed")
                .hint("deliver plan")
                .hint("deliver adopt --force    to write it anew"),
        );
    }
    let (plan, answers) = settle(cx, &tree, args.answers())?;
    let manifest = emit::manifest(&plan.draft);
    let unanswered = plan.questions.iter().find(|question| question.proposal.is_none());
    if unanswered.is_none() {
        check(&manifest, &target, &answers)?;
    }
    if !dry_run {
        write(&manifest, &target, args.force)?;
    }
    let report = Adoption {
        service: plan.draft.name.as_ref().map(|name| name.value.clone()),
        kind: plan.kind.clone(),
        written: !dry_run,
        files: vec![target.clone()],
        proposals: plan.draft.proposals(),
        questions: plan.questions.clone(),
        notes: plan.notes.clone(),
        manifest,
        dry_run,
    };
    cx.ui.answer(&report)?;
    tell(cx, &plan, &target);
    match unanswered {
        Some(question) => Err(open_question(question)),
        None => Ok(Exit::Ok),
    }
}

/// Asks until nothing is left to ask. A dry run asks nothing: its questions are part of the answer.
fn settle(cx: &Cx, tree: &Tree, mut answers: Answers) -> Result<(Plan, Answers)> {
    let reached = OnceCell::new();
    let engine = || reached.get_or_init(|| engine(cx)).clone();
    let teams = cx.world.platform()?.teams.into_keys().collect();
    let machine = Machine { engine: &engine, teams };
    loop {
        let plan = plan(tree, &answers, &machine)?;
        let Some(question) = plan.questions.first().filter(|_| !cx.global.dry_run) else {
            return Ok((plan, answers));
        };
        let text = match question.choices.is_empty() {
            true => {
                let check = |text: &str| answers.clone().take(question, text);
                cx.ui
                    .ask_text(&question.text, question.flag, question.proposal.as_deref(), check)?
            }
            false => {
                let items: Vec<_> = question
                    .choices
                    .iter()
                    .map(|choice| (choice.clone(), String::new()))
                    .collect();
                let proposal = question
                    .proposal
                    .as_ref()
                    .and_then(|text| question.choices.iter().position(|choice| choice == text));
                let at = cx.ui.ask_choice(&question.text, question.flag, &items, proposal)?;
                question.choices[at].clone()
            }
        };
        answers
            .take(question, &text)
            .map_err(|problem| Fault::usage("bad-answer", problem).hint(format!("pass {}", question.flag)))?;
    }
}

fn open_question(question: &Question) -> Fault {
    Fault::usage(
        "no-answer",
        format!("nobody can be asked: {}", question.text.trim_end_matches('?')),
    )
    .still("nothing was written")
    .hint(format!("pass {}", question.flag))
}

/// What is written must read back. What a person gave is checked by the same rules as if they had written it.
fn check(manifest: &str, target: &Path, answers: &Answers) -> Result<()> {
    let Err(fault) = Manifest::parse(manifest, target) else {
        return Ok(());
    };
    if *answers == Answers::default() {
        return Err(Fault::bug(format!(
            "the proposal for `{}` is not a valid manifest",
            target.display()
        ))
        .still("nothing was written")
        .details(fault.file_problems().iter().map(|problem| problem.message.clone())));
    }
    Err(fault.still("nothing was written: the lines shown are what the flags would have made"))
}

/// All or nothing: the manifest is complete under another name before it gets its own.
fn write(manifest: &str, target: &Path, force: bool) -> Result<()> {
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".deliver-")
        .tempfile_in(folder)
        .attempting("write in", folder)?;
    file.write_all(manifest.as_bytes()).attempting("write", target)?;
    readable(file.as_file()).attempting("write", target)?;
    let placed = if force {
        file.persist(target)
    } else {
        file.persist_noclobber(target)
    };
    placed
        .map(drop)
        .map_err(|failed| failed.error)
        .attempting("write", target)
}

/// Temporary files are private; a manifest is for everybody who reads the sources.
fn readable(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

fn tell(cx: &Cx, plan: &Plan, target: &Path) {
    for note in &plan.notes {
        let places: Vec<String> = note.evidence.iter().map(ToString::to_string).collect();
        let place = if places.is_empty() {
            String::new()
        } else {
            format!(" ({})", places.join(", "))
        };
        cx.ui.warn(format!("{}{place}", note.text));
    }
    let missing = missing(cx, &plan.needs);
    if !missing.is_empty() {
        cx.ui.warn(format!(
            "not on this machine, and needed to deploy here: {}",
            missing.join(", ")
        ));
    }
    if cx.global.dry_run {
        return;
    }
    cx.ui.note(format!("Wrote {}", target.display()));
    let here = target.parent() == Some(cx.world.directory());
    let at = target
        .parent()
        .filter(|_| !here)
        .map(|folder| format!(" -C {}", crate::adopt::command::quote(&folder.display().to_string())));
    cx.ui.hint(format!("deliver{} deploy", at.unwrap_or_default()));
}

/// Which of these programs are not on the PATH.
fn missing(cx: &Cx, programs: &[String]) -> Vec<String> {
    let mut words = vec![
        "sh".to_owned(),
        "-c".to_owned(),
        "for p; do command -v \"$p\" >/dev/null || echo \"$p\"; done".to_owned(),
        "sh".to_owned(),
    ];
    words.extend_from_slice(programs);
    let output = cx.world.commands().capture(&request(cx, words, 5));
    // A machine that cannot be asked is not one without programs.
    output
        .map(|bytes| String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect())
        .unwrap_or_default()
}

/// Whether a container engine answers.
fn engine(cx: &Cx) -> Result<(), String> {
    let words = ["docker", "version", "--format", "{{.Server.Version}}"]
        .map(str::to_owned)
        .to_vec();
    match cx.world.commands().capture(&request(cx, words, 10)) {
        Ok(_) => Ok(()),
        Err(fault) if fault.code() == "command-missing" => Err("`docker` is not installed".into()),
        Err(fault) => Err(fault
            .evidence()
            .last()
            .cloned()
            .unwrap_or_else(|| fault.message().to_owned())),
    }
}

fn request(cx: &Cx, words: Vec<String>, seconds: u64) -> Request {
    Request {
        command: CommandLine::Exec(words),
        dir: cx.world.directory().to_owned(),
        env: std::collections::BTreeMap::new(),
        timeout: Span::from_secs(seconds),
    }
}
