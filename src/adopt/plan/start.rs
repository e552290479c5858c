//! What starts, and who said so.

use super::{Ask, Planner, Role};
use crate::adopt::command;
use crate::adopt::detect::{self, Stack};
use crate::adopt::draft::{Choice, Web};
use crate::adopt::finding::{Confidence, Evidence, Fact, Finding};
use crate::fault::Result;
use crate::model::spec::CommandLine;

/// How the app could be started, and who said so.
pub(super) struct Start<'a> {
    pub(super) web: Web,
    finding: &'a Finding,
    pub(super) stack: Option<&'static Stack>,
    /// Written for a platform that gives `PORT`.
    platform: bool,
    /// Written for a container, whose paths may not be here.
    contained: bool,
}

impl<'a> Planner<'a> {
    pub(super) fn start(&mut self) -> Result<()> {
        if let Some(folder) = &self.answers.static_folder {
            self.stack = self.stack_facts(&detect::site::STACK).or_else(|| self.first_stack());
            self.plan.kind = "site".into();
            self.plan.draft.web = Some(Choice::given(Web::Static(folder.clone()), "--static"));
            return Ok(());
        }
        if let Some(text) = &self.answers.run {
            let command = command::read(text);
            self.stack = self.stack_for(&command).or_else(|| self.first_stack());
            self.name_kind();
            return self.command(command, &[], "--run", false);
        }
        if self.answers.container {
            return self.image(true);
        }
        match self.best_start() {
            Some(start) => self.take(start),
            None if self.only_processes() => {
                self.stack = self.first_stack();
                self.name_kind();
                Ok(())
            }
            None => self.nothing_to_start(),
        }
    }

    /// The candidates, best first: what a person wrote for a platform, what the language's own files say, what they wrote
    /// for a container, and a convention.
    fn best_start(&self) -> Option<Start<'a>> {
        let procfile = self.hinted("Procfile");
        if let Some(start) = procfile
            .chain(self.hinted("compose").filter(|_| self.first_stack().is_some()))
            .next()
        {
            return Some(start);
        }
        if self.only_processes() {
            return None;
        }
        let own = self
            .stack_starts()
            .into_iter()
            .max_by_key(|start| start.finding.confidence);
        let own_confidence = own.as_ref().map(|start| start.finding.confidence);
        let docker = self.hinted("Dockerfile").find(|start| match &start.web {
            Web::Command(command) => start.stack.is_some() && self.is_here(command),
            Web::Static(_) => false,
        });
        match (own, docker) {
            (Some(own), Some(docker))
                if own_confidence < Some(Confidence::Certain)
                    && !starts_the_same(&docker.web, own.finding)
                    && docker.stack.map(|stack| stack.title) == own.stack.map(|stack| stack.title) =>
            {
                Some(docker)
            }
            (Some(own), _) => Some(own),
            (None, docker) => docker.filter(|start| start.stack.is_some_and(|stack| self.stack_facts(stack).is_some())),
        }
    }

    /// Commands of hint files, made to run in a release.
    fn hinted(&self, name: &'static str) -> impl Iterator<Item = Start<'a>> {
        self.survey
            .hints
            .iter()
            .filter(move |(hint, _)| *hint == name)
            .filter_map(move |(_, finding)| {
                let Fact::Web(command) = &finding.fact else { return None };
                let (web, stack) = self.localised(command)?;
                Some(Start {
                    web,
                    finding,
                    stack,
                    platform: name == "Procfile",
                    contained: name != "Procfile",
                })
            })
    }

    /// The starts that languages propose, the preferred language first among equals.
    pub(super) fn stack_starts(&self) -> Vec<Start<'a>> {
        let mut starts: Vec<Start<'a>> = Vec::new();
        for (stack, findings) in self.survey.stacks.iter().rev() {
            let found = findings.iter().find_map(|finding| {
                let web = match &finding.fact {
                    Fact::Web(command) => Web::Command(command.clone()),
                    Fact::Static(folder) => Web::Static(folder.clone()),
                    _ => return None,
                };
                Some(Start {
                    web,
                    finding,
                    stack: Some(stack),
                    platform: false,
                    contained: false,
                })
            });
            starts.extend(found);
        }
        starts
    }

    /// Whether the file that an interpreter is to start is here, or may be left by a build. Paths of a container's own
    /// layout are neither.
    fn is_here(&self, command: &CommandLine) -> bool {
        let CommandLine::Exec(words) = command else { return true };
        let [program, file, ..] = &words[..] else { return true };
        let interprets = matches!(
            program.rsplit('/').next(),
            Some("node" | "python" | "python3" | "ruby" | "php" | "bun")
        );
        if !interprets || file.starts_with('-') {
            return true;
        }
        let file = file.trim_start_matches("./");
        let known = |path: &str| self.tree.has(path) || self.tree.has_folder(path);
        let built = matches!(
            file.split('/').next(),
            Some("dist" | "build" | "out" | "lib" | ".next" | ".output")
        );
        known(file) || known(&format!("{file}.js")) || built
    }

    fn take(&mut self, start: Start<'a>) -> Result<()> {
        self.stack = start
            .stack
            .and_then(|stack| self.stack_facts(stack))
            .or_else(|| self.first_stack());
        self.name_kind();
        let rivals = self.rivals(&start);
        match start.web {
            Web::Static(folder) => {
                self.plan.kind = match self.stack {
                    Some((stack, _)) if stack.title != "Site" => format!("site built with {}", stack.title),
                    _ => "site".into(),
                };
                if folder == "." {
                    self.note("everything in the folder is served, `deliver.toml` and other sources too: `--static FOLDER` serves one folder of it", Vec::new());
                }
                self.plan.draft.web = Some(Choice::seen(Web::Static(folder), start.finding));
            }
            Web::Command(command) => {
                let elsewhere = start.contained.then(|| command::absolute_path(&command)).flatten();
                let guess = start.finding.confidence == Confidence::Guess || !rivals.is_empty() || elsewhere.is_some();
                if guess {
                    let text = command::text(&command);
                    let seen: Vec<String> = start.finding.evidence.iter().map(Evidence::to_string).collect();
                    let mut others = String::new();
                    if !rivals.is_empty() {
                        others.push_str(&format!("; also seen: {}", rivals.join(", ")));
                    }
                    if let Some(path) = elsewhere {
                        others.push_str(&format!("; `{}` is a path of the container", path.escape_debug()));
                    }
                    self.ask(
                        Ask::Run,
                        format!("What starts the app? ({}{others})", seen.join(", ")),
                        "--run COMMAND",
                        Some(text),
                        Vec::new(),
                    );
                }
                self.command(command, &start.finding.evidence, "", start.platform)?;
                if let Some(web) = &mut self.plan.draft.web {
                    web.confidence = if guess {
                        Confidence::Guess
                    } else {
                        start.finding.confidence
                    };
                }
            }
        }
        Ok(())
    }

    /// Other languages that are as sure of their start.
    fn rivals(&self, chosen: &Start<'_>) -> Vec<String> {
        let Some(own) = chosen
            .stack
            .filter(|_| !chosen.platform && chosen.finding.confidence == Confidence::Certain)
        else {
            return Vec::new();
        };
        self.stack_starts()
            .into_iter()
            .filter(|start| start.finding.confidence == Confidence::Certain && matches!(start.web, Web::Command(_)))
            .filter(|start| start.stack.is_some_and(|stack| stack.title != own.title))
            .map(|start| match &start.web {
                Web::Command(command) => format!("`{}` ({})", command::text(command), start.finding.evidence[0]),
                Web::Static(folder) => folder.clone(),
            })
            .collect()
    }

    /// A Procfile without `web`, or processes by flag and nothing that could take traffic.
    fn only_processes(&self) -> bool {
        let in_procfile = |wanted: fn(&Fact) -> bool| {
            self.survey
                .hints
                .iter()
                .any(|(name, finding)| *name == "Procfile" && wanted(&finding.fact))
        };
        let workers = in_procfile(|fact| matches!(fact, Fact::Process { .. }))
            && !in_procfile(|fact| matches!(fact, Fact::Web(_)));
        workers || (!self.answers.processes.is_empty() && self.answers.role == Some(Role::Worker))
    }

    pub(super) fn name_kind(&mut self) {
        self.plan.kind = self
            .stack
            .map_or("app".into(), |(stack, _)| format!("{} app", stack.title));
    }
}

/// Whether the command starts the very file in which the app was found: how it is served is then better known from the file.
fn starts_the_same(web: &Web, found: &Finding) -> bool {
    let Web::Command(CommandLine::Exec(words)) = web else {
        return false;
    };
    let started = words.get(1).map(|file| file.trim_start_matches("./"));
    started.is_some_and(|file| found.evidence.iter().any(|place| place.path == file))
}
