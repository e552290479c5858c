//! Puts findings and answers together: one proposal, and the questions that are left.

use std::collections::BTreeSet;

use super::detect::env_file::is_secret;
use super::detect::{HINTS, STACKS, Stack, stack_of};
use super::draft::{Choice, Draft, Web};
use super::finding::{Confidence, Evidence, Fact, Finding};
use super::port::{self, Settled};
use super::tree::Tree;
use super::{command, container};
use crate::fault::{Fault, Kind, Result};
use crate::model::name;
use crate::model::spec::CommandLine;

/// What people said, by flag or when they were asked. Empty text for `build` or `release` means: none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    pub name: Option<String>,
    pub team: Option<String>,
    pub tier: Option<u8>,
    pub description: Option<String>,
    pub build: Option<String>,
    pub include: Vec<String>,
    pub context: Option<String>,
    pub run: Option<String>,
    pub static_folder: Option<String>,
    pub processes: Vec<(String, String)>,
    pub port: Option<u16>,
    pub listen: Option<Listen>,
    pub health: Option<String>,
    pub health_host: Option<String>,
    pub volumes: Vec<String>,
    pub env: Vec<(String, String)>,
    pub release: Option<String>,
    pub main: Option<String>,
    pub role: Option<Role>,
    /// Questions whose proposal was taken as it stands.
    pub confirmed: Vec<Ask>,
    /// Run the Dockerfile even where the app could be started without it.
    pub container: bool,
}

/// Which port the app opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listen {
    /// The one in the variable `PORT`.
    Variable,
    /// Always this one.
    Fixed(u16),
}

/// Whether the start command takes traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Web,
    Worker,
}

/// What is around the folder.
pub struct Machine<'a> {
    /// Whether a container engine can be reached; `Err` says why not. Asked only when it matters.
    pub engine: &'a dyn Fn() -> Result<(), String>,
    /// Team names of the platform; empty where any name will do.
    pub teams: Vec<String>,
}

/// Something that only a person can say.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, serde::Serialize)]
pub struct Question {
    #[serde(skip)]
    pub ask: Ask,
    pub text: String,
    /// The flag that answers it, with its value's form.
    pub flag: &'static str,
    /// What `--yes` takes; `None`: it must be answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<String>,
    /// Empty: any text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    Name,
    Run,
    Main,
    Listen,
    Role,
}

impl Answers {
    /// Takes the answer to a question; says what is wrong with it.
    pub fn take(&mut self, question: &Question, text: &str) -> Result<(), String> {
        if question.proposal.as_deref() == Some(text) {
            self.confirmed.push(question.ask);
            return Ok(());
        }
        match question.ask {
            Ask::Name => {
                name::check(text)?;
                self.name = Some(text.to_owned());
            }
            Ask::Run if text.trim().is_empty() => return Err("a command is needed".into()),
            Ask::Run => self.run = Some(text.to_owned()),
            Ask::Main => self.main = Some(text.to_owned()),
            Ask::Listen => self.listen = Some(text.parse()?),
            Ask::Role => self.role = Some(text.parse()?),
        }
        Ok(())
    }
}

impl std::str::FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            "PORT" | "$PORT" => Ok(Listen::Variable),
            number => match number.parse() {
                Ok(port) if port > 0 => Ok(Listen::Fixed(port)),
                _ => Err("write a port from 1 to 65535, or PORT where the app reads that variable".into()),
            },
        }
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            "web" => Ok(Role::Web),
            "worker" => Ok(Role::Worker),
            _ => Err("write web or worker".into()),
        }
    }
}

/// Something worth saying that no key holds.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, serde::Serialize)]
pub struct Note {
    pub text: String,
    pub evidence: Vec<Evidence>,
}

/// The whole proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// `Node app`, `site`, `container`.
    pub kind: String,
    pub draft: Draft,
    pub questions: Vec<Question>,
    pub notes: Vec<Note>,
    /// Programs that building and running need.
    pub needs: Vec<String>,
}

/// Everything that was seen, by who saw it.
pub struct Survey {
    stacks: Vec<(&'static Stack, Vec<Finding>)>,
    hints: Vec<(&'static str, Finding)>,
}

/// Runs every detector.
pub fn survey(tree: &Tree) -> Survey {
    let stacks = STACKS
        .iter()
        .map(|stack| (*stack, (stack.detect)(tree)))
        .filter(|(_, findings)| !findings.is_empty());
    let hints = HINTS
        .iter()
        .flat_map(|hint| (hint.detect)(tree).into_iter().map(|finding| (hint.name, finding)));
    Survey {
        stacks: stacks.collect(),
        hints: hints.collect(),
    }
}

/// Puts it all together. Fails where the folder cannot be adopted as it is: nothing there, several apps, or a container
/// and no engine.
pub fn plan(tree: &Tree, answers: &Answers, machine: &Machine<'_>) -> Result<Plan> {
    let survey = survey(tree);
    if tree.is_empty() && answers.run.is_none() && answers.static_folder.is_none() {
        return Err(
            Fault::usage("empty-folder", format!("`{}` has no files to describe", tree.name))
                .still("nothing was written")
                .hint("deliver new"),
        );
    }
    let mut planner = Planner {
        tree,
        answers,
        survey: &survey,
        plan: Plan::empty(),
        stack: None,
    };
    planner.start()?;
    planner.about_service(machine);
    planner.build();
    planner.surroundings();
    planner.complete_build();
    planner.container(machine)?;
    planner.notes();
    Ok(planner.plan)
}

impl Plan {
    fn empty() -> Plan {
        Plan {
            kind: String::new(),
            draft: Draft::default(),
            questions: Vec::new(),
            notes: Vec::new(),
            needs: Vec::new(),
        }
    }
}

struct Planner<'a> {
    tree: &'a Tree,
    answers: &'a Answers,
    survey: &'a Survey,
    plan: Plan,
    stack: Option<(&'static Stack, &'a [Finding])>,
}

/// How the app could be started, and who said so.
struct Start<'a> {
    web: Web,
    finding: &'a Finding,
    stack: Option<&'static Stack>,
    /// Written for a platform that gives `PORT`.
    platform: bool,
}

impl<'a> Planner<'a> {
    // --- what starts ---

    fn start(&mut self) -> Result<()> {
        if let Some(folder) = &self.answers.static_folder {
            self.stack = self
                .stack_facts(&super::detect::site::STACK)
                .or_else(|| self.first_stack());
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
                })
            })
    }

    /// The starts that languages propose, the preferred language first among equals.
    fn stack_starts(&self) -> Vec<Start<'a>> {
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
                })
            });
            starts.extend(found);
        }
        starts
    }

    /// The command as it runs in a release. `None` from a stack means that what it builds is started instead.
    fn localised(&self, command: &CommandLine) -> Option<(Web, Option<&'static Stack>)> {
        let known = |program: &str| stack_of(program).filter(|stack| self.stack_facts(stack).is_some());
        match command {
            CommandLine::Exec(words) => {
                if let Some((built, stack)) = self.built(words.first()?) {
                    let own = [&[built.to_owned()], &words[1..]].concat();
                    return Some((Web::Command(CommandLine::Exec(own)), Some(stack)));
                }
                let Some(stack) = known(words.first()?) else {
                    return Some((Web::Command(command.clone()), None));
                };
                match (stack.localise)(self.tree, words) {
                    Some(command) => Some((Web::Command(command), Some(stack))),
                    None => self
                        .stack_starts()
                        .into_iter()
                        .find(|start| start.stack.is_some_and(|own| own.title == stack.title))
                        .map(|start| (start.web, Some(stack))),
                }
            }
            CommandLine::Shell(line) => {
                let Some(chain) = command::chain(line) else {
                    return Some((Web::Command(command.clone()), None));
                };
                // `;` alone joins nothing to nothing.
                if chain.is_empty() {
                    return None;
                }
                let mut stack = None;
                let mut local = Vec::new();
                for words in chain {
                    let assigned = words.iter().take_while(|word| command::is_assignment(word)).count();
                    let (variables, rest) = words.split_at(assigned);
                    let found = rest.first().and_then(|program| known(program));
                    stack = found.or(stack);
                    let own = match found.and_then(|stack| (stack.localise)(self.tree, rest)) {
                        Some(CommandLine::Exec(own)) => own,
                        _ => rest.to_vec(),
                    };
                    local.push([variables, &own[..]].concat());
                }
                Some((Web::Command(CommandLine::Shell(command::join_chain(&local))), stack))
            }
        }
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

    /// The program that the build leaves under this name, wherever a platform would have put it.
    fn built(&self, program: &str) -> Option<(&'a str, &'static Stack)> {
        let base = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        self.survey.stacks.iter().find_map(|(stack, findings)| {
            let kept = findings
                .iter()
                .any(|finding| matches!(&finding.fact, Fact::Include(path) if base(path) == base(program)));
            findings
                .iter()
                .filter(|_| kept)
                .find_map(|finding| match &finding.fact {
                    Fact::Web(CommandLine::Exec(words))
                        if words.first().is_some_and(|word| base(word) == base(program)) =>
                    {
                        Some((words[0].as_str(), *stack))
                    }
                    _ => None,
                })
        })
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
                let guess = start.finding.confidence == Confidence::Guess || !rivals.is_empty();
                if guess {
                    let text = command::text(&command);
                    let seen: Vec<String> = start.finding.evidence.iter().map(Evidence::to_string).collect();
                    let others = if rivals.is_empty() {
                        String::new()
                    } else {
                        format!("; also seen: {}", rivals.join(", "))
                    };
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

    /// Settles how the command learns its port, or that it takes no traffic at all.
    fn command(&mut self, command: CommandLine, own: &[Evidence], flag: &str, platform: bool) -> Result<()> {
        let facts = self.port_facts();
        let given = !flag.is_empty();
        if self.is_worker(&command, given, platform, &facts) {
            let mut choice = Choice {
                value: ("worker".to_owned(), command),
                evidence: own.to_vec(),
                confidence: Confidence::Guess,
                why: Some("nothing here opens a port".into()),
            };
            if self.answers.role == Some(Role::Worker) {
                choice.confidence = Confidence::Certain;
                choice.why = Some("--role worker".into());
            } else {
                self.ask(
                    Ask::Role,
                    "Does the app take traffic? Nothing in its sources opens a port".into(),
                    "--role web|worker",
                    Some("worker".into()),
                    vec!["web".into(), "worker".into()],
                );
            }
            self.plan.draft.processes.push(choice);
            return Ok(());
        }
        let settled = match self.answers.listen {
            Some(Listen::Fixed(port)) => Settled {
                command,
                listen: Some(Choice::given(port, "--listen")),
                words: None,
            },
            Some(Listen::Variable) => {
                let command = if given { command } else { port::in_command(command).0 };
                Settled {
                    command,
                    listen: None,
                    words: Some(Choice::given("read from the variable".into(), "--listen")),
                }
            }
            // What a person typed stays as it was typed; only what it cannot say is looked up.
            None if given => {
                let settled = port::settle(command.clone(), own, &facts, platform);
                if settled.command == command {
                    settled
                } else {
                    Settled {
                        command,
                        listen: None,
                        words: None,
                    }
                }
            }
            None => port::settle(command, own, &facts, platform),
        };
        if settled
            .words
            .as_ref()
            .is_some_and(|words| words.confidence == Confidence::Guess)
        {
            self.ask(
                Ask::Listen,
                "Which port does the app open? PORT, if it reads that variable, or the number it insists on".into(),
                "--listen N|PORT",
                Some("PORT".into()),
                Vec::new(),
            );
        }
        let draft = &mut self.plan.draft;
        draft.web = Some(Choice {
            value: Web::Command(settled.command),
            evidence: own.to_vec(),
            confidence: Confidence::Certain,
            why: given.then(|| flag.to_owned()),
        });
        draft.listen = settled.listen;
        draft.port_use = settled.words;
        Ok(())
    }

    fn is_worker(&self, command: &CommandLine, given: bool, platform: bool, facts: &[&Finding]) -> bool {
        match self.answers.role {
            Some(Role::Worker) => return true,
            Some(Role::Web) => return false,
            None => {}
        }
        let (command, _) = port::in_command(command.clone());
        let web = given
            || platform
            || self.answers.listen.is_some()
            || command::uses_port(&command)
            || port::is_server(&command);
        // What was not read cannot be said to open no port.
        let known = self.stack.is_some_and(|(stack, _)| stack.title != "PHP") && self.tree.left_out.is_empty();
        !web && known && facts.is_empty() && !self.facts().any(|finding| finding.fact == Fact::Listens)
    }

    /// Facts on the port, the language's own first; then those of container files, which speak of another machine.
    fn port_facts(&self) -> Vec<&'a Finding> {
        let own = self.stack.map(|(_, findings)| findings).unwrap_or_default().iter();
        let hints = self.survey.hints.iter().map(|(_, finding)| finding);
        own.chain(hints)
            .filter(|finding| matches!(finding.fact, Fact::Port(_)))
            .collect()
    }

    /// Everything said by the chosen language and by the files that speak of any app.
    fn facts(&self) -> impl Iterator<Item = &'a Finding> + use<'a> {
        let hints = self.survey.hints.iter().map(|(_, finding)| finding);
        hints.chain(self.stack.map(|(_, findings)| findings).unwrap_or_default())
    }

    fn stack_facts(&self, wanted: &Stack) -> Option<(&'static Stack, &'a [Finding])> {
        let found = self.survey.stacks.iter().find(|(stack, _)| stack.title == wanted.title);
        found.map(|(stack, findings)| (*stack, findings.as_slice()))
    }

    fn stack_for(&self, command: &CommandLine) -> Option<(&'static Stack, &'a [Finding])> {
        let text = command::text(command);
        text.split_whitespace()
            .find_map(|word| self.stack_facts(stack_of(word)?))
    }

    /// The language that is surest of itself.
    fn first_stack(&self) -> Option<(&'static Stack, &'a [Finding])> {
        let sure = |findings: &[Finding]| {
            let starts = findings
                .iter()
                .filter(|finding| matches!(finding.fact, Fact::Web(_) | Fact::Static(_) | Fact::Choices(_)));
            starts.map(|finding| finding.confidence).max()
        };
        let best = self
            .survey
            .stacks
            .iter()
            .rev()
            .max_by_key(|(_, findings)| sure(findings))?;
        Some((best.0, best.1.as_slice()))
    }

    fn name_kind(&mut self) {
        self.plan.kind = self
            .stack
            .map_or("app".into(), |(stack, _)| format!("{} app", stack.title));
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

    fn nothing_to_start(&mut self) -> Result<()> {
        let all = || {
            self.survey
                .stacks
                .iter()
                .flat_map(|(_, findings)| findings)
                .chain(self.survey.hints.iter().map(|(_, finding)| finding))
        };
        if let Some((choices, stack)) = self.choices() {
            if let Some(main) = &self.answers.main
                && let Some(choose) = stack.choose
            {
                return self.chosen(stack, choose, main, &choices);
            }
            self.stack = self.stack_facts(stack);
            self.name_kind();
            self.ask(
                Ask::Main,
                format!("Which of its programs is the service? ({})", choices.join(", ")),
                "--main NAME",
                None,
                choices,
            );
            return Ok(());
        }
        let image = all().find(|finding| matches!(finding.fact, Fact::Image { .. }));
        let apps = all().find_map(|finding| match &finding.fact {
            Fact::Apps(folders) => Some((folders, finding)),
            _ => None,
        });
        if let (Some((folders, finding)), None) = (apps, image) {
            let folders: BTreeSet<&String> = folders.iter().collect();
            let count = folders.len();
            let message = match count {
                1 => format!("the app is in a folder of its own ({})", finding.evidence[0]),
                _ => format!(
                    "this folder holds {count} apps ({}): each is adopted in its own",
                    finding.evidence[0]
                ),
            };
            let fault = Fault::usage("several-apps", message).still("nothing was written");
            return Err(folders.into_iter().take(10).fold(fault, |fault, folder| {
                fault.hint(format!("deliver adopt {}", command::quote(folder)))
            }));
        }
        if image.is_some() {
            return self.image(false);
        }
        self.stack = self.first_stack();
        self.name_kind();
        self.ask(
            Ask::Run,
            "What starts the app? Nothing in this folder says so".into(),
            "--run COMMAND, --static FOLDER or --process NAME=COMMAND",
            None,
            Vec::new(),
        );
        Ok(())
    }

    fn choices(&self) -> Option<(Vec<String>, &'static Stack)> {
        self.survey.stacks.iter().find_map(|(stack, findings)| {
            findings.iter().find_map(|finding| match &finding.fact {
                Fact::Choices(choices) => Some((choices.clone(), *stack)),
                _ => None,
            })
        })
    }

    /// The person named one of several programs.
    fn chosen(
        &mut self,
        stack: &'static Stack,
        choose: fn(&Tree, &str) -> Vec<Finding>,
        main: &str,
        choices: &[String],
    ) -> Result<()> {
        if !choices.iter().any(|choice| choice == main) {
            return Err(Fault::usage(
                "no-such-program",
                format!(
                    "`{}` is none of its programs: {}",
                    main.escape_debug(),
                    choices.join(", ")
                ),
            )
            .still("nothing was written")
            .hint(format!("deliver adopt --main {}", command::quote(&choices[0]))));
        }
        self.stack = self.stack_facts(stack);
        self.name_kind();
        for finding in choose(self.tree, main) {
            let choice = |value: &String| Choice {
                value: value.clone(),
                evidence: finding.evidence.clone(),
                confidence: Confidence::Certain,
                why: Some("--main".into()),
            };
            match &finding.fact {
                Fact::Build(step) => self.plan.draft.build.push(choice(step)),
                Fact::Include(path) => self.plan.draft.include.push(choice(path)),
                Fact::Context(up) => self.plan.draft.context = Some(choice(up)),
                Fact::Web(command) => self.command(command.clone(), &finding.evidence, "", false)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// The app is its Dockerfile. The commands are made when its variables and volumes are known.
    fn image(&mut self, asked: bool) -> Result<()> {
        let found = self
            .survey
            .hints
            .iter()
            .find(|(_, finding)| matches!(finding.fact, Fact::Image { .. }));
        if found.is_none() {
            return Err(Fault::usage(
                "no-dockerfile",
                "`--container` needs a Dockerfile, and there is none here",
            )
            .still("nothing was written")
            .hint("deliver adopt"));
        }
        self.plan.kind = "container".into();
        if asked {
            self.stack = None;
        }
        Ok(())
    }

    // --- who it is ---

    fn about_service(&mut self, machine: &Machine<'_>) {
        let (answers, tree) = (self.answers, self.tree);
        let named = self.facts().find_map(|finding| match &finding.fact {
            Fact::Name(text) if !says_nothing(text) => Some(Choice::seen(name::suggest(text)?, finding)),
            _ => None,
        });
        // `2048` has no letter to start with.
        let folder = name::suggest(&tree.name)
            .or_else(|| name::suggest(&format!("app-{}", tree.name)))
            .map(|name| Choice {
                value: name,
                evidence: Vec::new(),
                confidence: Confidence::Likely,
                why: Some("the folder's name".into()),
            });
        let given = answers.name.as_ref().map(|name| Choice::given(name.clone(), "--name"));
        self.plan.draft.name = given.or(named).or(folder);
        if self.plan.draft.name.is_none() {
            self.ask(
                Ask::Name,
                "What is the service called?".into(),
                "--name NAME",
                None,
                Vec::new(),
            );
        }
        let team = self.facts().find_map(|finding| match &finding.fact {
            Fact::Team(team) if machine.teams.is_empty() || machine.teams.contains(team) => {
                Some(Choice::seen(team.clone(), finding))
            }
            _ => None,
        });
        self.plan.draft.team = answers
            .team
            .as_ref()
            .map(|team| Choice::given(team.clone(), "--team"))
            .or(team);
        self.plan.draft.tier = answers.tier.map(|tier| Choice::given(tier, "--tier"));
        let description = self.facts().find_map(|finding| match &finding.fact {
            Fact::Description(text) => Some(Choice::seen(one_line(text), finding)),
            _ => None,
        });
        self.plan.draft.description = answers
            .description
            .as_ref()
            .map(|text| Choice::given(text.clone(), "--description"))
            .or(description);
    }

    // --- how it is built ---

    fn build(&mut self) {
        let chosen = !self.plan.draft.build.is_empty();
        let mine = self.stack.map(|(_, findings)| findings).unwrap_or_default();
        if !chosen && self.plan.kind != "container" {
            for finding in mine {
                let draft = &mut self.plan.draft;
                match &finding.fact {
                    Fact::Build(step) => draft.build.push(Choice::seen(step.clone(), finding)),
                    Fact::Include(path) => draft.include.push(Choice::seen(path.clone(), finding)),
                    Fact::Context(up) => draft.context = Some(Choice::seen(up.clone(), finding)),
                    _ => {}
                }
            }
        }
        self.static_include();
        if let Some(build) = &self.answers.build {
            let step = build.trim();
            // What is kept was known for the build that was proposed, not for another one.
            if self.plan.kind != "container" {
                self.plan.draft.include.clear();
            }
            self.plan.draft.build = if step.is_empty() {
                Vec::new()
            } else {
                vec![Choice::given(step.to_owned(), "--build")]
            };
        }
        if let Some(context) = &self.answers.context {
            self.plan.draft.context = (context != ".").then(|| Choice::given(context.clone(), "--context"));
        }
        self.place_includes();
        if !self.answers.include.is_empty() {
            self.plan.draft.include = self
                .answers
                .include
                .iter()
                .map(|path| Choice::given(path.clone(), "--include"))
                .collect();
        }
        let dockerfile = self.survey.hints.iter().find_map(|(_, finding)| match &finding.fact {
            Fact::Image { file, .. } => Some(Choice::seen(file.clone(), finding).because("for container targets")),
            _ => None,
        });
        self.plan.draft.dockerfile = dockerfile.map(|choice| Choice {
            evidence: Vec::new(),
            ..choice
        });
    }

    /// A site that a build leaves is all that a release needs of it.
    fn static_include(&mut self) {
        let Some(web) = &self.plan.draft.web else { return };
        if let Web::Static(folder) = &web.value
            && folder != "."
        {
            let include = web.map(folder.clone()).because("what is served");
            self.plan.draft.include = vec![include];
        }
    }

    /// Paths of an artifact start at its context.
    fn place_includes(&mut self) {
        let Some(context) = &self.plan.draft.context else {
            return;
        };
        let up = context.value.trim_end_matches('/').to_owned();
        let Some(above) = self.tree.above.iter().find(|above| above.up == up) else {
            self.plan.draft.include.clear();
            return;
        };
        for include in &mut self.plan.draft.include {
            include.value = below(&above.down, &include.value);
        }
    }

    // --- what it needs around it ---

    fn surroundings(&mut self) {
        let answers = self.answers;
        let web = matches!(&self.plan.draft.web, Some(web) if matches!(web.value, Web::Command(_)))
            || self.plan.kind == "container";
        if web {
            let health = self.facts().find_map(|finding| match &finding.fact {
                Fact::Health(path) => Some(Choice::seen(path.clone(), finding)),
                _ => None,
            });
            let host = self.facts().find_map(|finding| match &finding.fact {
                Fact::HealthHost(host) => Some(Choice::seen(host.clone(), finding).because("answers no other Host")),
                _ => None,
            });
            self.plan.draft.health = health;
            self.plan.draft.health_host = host;
        }
        let draft = &mut self.plan.draft;
        if let Some(path) = &answers.health {
            draft.health = Some(Choice::given(path.clone(), "--health"));
        }
        if let Some(host) = &answers.health_host {
            draft.health_host = Some(Choice::given(host.clone(), "--health-host"));
        }
        draft.port = answers.port.map(|port| Choice::given(port, "--port"));
        self.variables();
        for finding in self.facts() {
            if let Fact::Volume(folder) = &finding.fact
                && self.plan.kind != "container"
                && !self.plan.draft.volumes.iter().any(|volume| volume.value == *folder)
            {
                self.plan.draft.volumes.push(Choice::seen(folder.clone(), finding));
            }
        }
        if !answers.volumes.is_empty() {
            self.plan.draft.volumes = answers
                .volumes
                .iter()
                .map(|folder| Choice::given(folder.clone(), "--volume"))
                .collect();
        }
        self.release();
        self.processes();
    }

    fn variables(&mut self) {
        let mut named: BTreeSet<String> = BTreeSet::new();
        let mut required: Vec<(String, Vec<Evidence>)> = Vec::new();
        for (name, value) in &self.answers.env {
            named.insert(name.clone());
            self.plan
                .draft
                .env
                .push(Choice::given((name.clone(), value.clone()), "--env"));
        }
        for finding in self.facts() {
            let (Fact::Env { name, .. } | Fact::Secret(name) | Fact::Unset(name) | Fact::Required(name)) =
                &finding.fact
            else {
                continue;
            };
            if !named.insert(name.clone()) {
                continue;
            }
            let draft = &mut self.plan.draft;
            match &finding.fact {
                Fact::Env { value, .. } => draft.env.push(Choice::seen((name.clone(), value.clone()), finding)),
                Fact::Secret(_) => draft.secrets.push(Choice::seen(name.clone(), finding)),
                Fact::Required(_) if is_secret(name, "") => draft.secrets.push(Choice::seen(name.clone(), finding)),
                Fact::Required(_) => {
                    draft.unset.push(Choice::seen(name.clone(), finding));
                    required.push((name.clone(), finding.evidence.clone()));
                }
                _ => draft.unset.push(Choice::seen(name.clone(), finding)),
            }
        }
        self.demand(required);
    }

    /// What the sources need and nobody gave: the app would end at its start.
    fn demand(&mut self, required: Vec<(String, Vec<Evidence>)>) {
        if required.is_empty() {
            return;
        }
        let flags: Vec<String> = required.iter().map(|(name, _)| format!("--env {name}=…")).collect();
        let evidence = required
            .into_iter()
            .flat_map(|(_, evidence)| evidence)
            .take(3)
            .collect();
        self.note(
            &format!("the app does not start without these: {}", flags.join(" ")),
            evidence,
        );
    }

    fn release(&mut self) {
        if let Some(text) = &self.answers.release {
            self.plan.draft.release =
                (!text.trim().is_empty()).then(|| Choice::given(command::read(text), "--release"));
            return;
        }
        if self.plan.kind == "container" {
            return;
        }
        let found = self.facts().find_map(|finding| match &finding.fact {
            Fact::Release(command) => Some((command, finding)),
            _ => None,
        });
        if let Some((command, finding)) = found
            && let Some((Web::Command(command), _)) = self.localised(command)
        {
            self.plan.draft.release = Some(Choice::seen(command, finding));
        }
    }

    fn processes(&mut self) {
        let mut given: Vec<Choice<(String, CommandLine)>> = Vec::new();
        for (name, text) in &self.answers.processes {
            given.push(Choice::given((name.clone(), command::read(text)), "--process"));
        }
        if self.plan.kind != "container" {
            for finding in self.facts() {
                let Fact::Process { name, command } = &finding.fact else {
                    continue;
                };
                let taken = name == "web"
                    || given
                        .iter()
                        .chain(&self.plan.draft.processes)
                        .any(|process| process.value.0 == *name);
                if let (false, Some((Web::Command(command), _))) = (taken, self.localised(command)) {
                    self.plan
                        .draft
                        .processes
                        .push(Choice::seen((name.clone(), command), finding));
                }
            }
        }
        self.plan
            .draft
            .processes
            .retain(|process| given.iter().all(|own| own.value.0 != process.value.0));
        self.plan.draft.processes.extend(given);
    }

    /// A Procfile may start a server that the project's own list lacks.
    fn complete_build(&mut self) {
        let python = self
            .stack
            .is_some_and(|(stack, _)| stack.title == super::detect::python::STACK.title);
        if !python || self.answers.build.is_some() {
            return;
        }
        let draft = &self.plan.draft;
        let web = draft.web.as_ref().and_then(|web| match &web.value {
            Web::Command(command) => Some(command),
            Web::Static(_) => None,
        });
        let commands: Vec<&CommandLine> = web
            .into_iter()
            .chain(draft.processes.iter().map(|process| &process.value.1))
            .collect();
        let Some(step) = super::detect::python::missing_runners(self.tree, &commands) else {
            return;
        };
        if draft.build.iter().any(|own| own.value == step) {
            return;
        }
        let evidence = draft.web.as_ref().map(|web| web.evidence.clone()).unwrap_or_default();
        // Before steps that use what is installed, such as `collectstatic`.
        let at = draft
            .build
            .iter()
            .rposition(|own| own.value.contains("pip install"))
            .map_or(draft.build.len(), |at| at + 1);
        let why = Some("started, and in no list".to_owned());
        self.plan.draft.build.insert(
            at,
            Choice {
                value: step,
                evidence,
                confidence: Confidence::Likely,
                why,
            },
        );
    }

    // --- containers ---

    fn container(&mut self, machine: &Machine<'_>) -> Result<()> {
        if self.plan.kind != "container" {
            return Ok(());
        }
        let found = self.survey.hints.iter().find_map(|(_, finding)| match &finding.fact {
            Fact::Image { file, exposes, volumes } => Some((file, exposes, volumes, finding)),
            _ => None,
        });
        let (Some((file, exposes, volumes, finding)), Some(name)) = (found, self.plan.draft.name.clone()) else {
            return Ok(());
        };
        if let Err(why) = (machine.engine)() {
            let problem = format!(
                "`{}` has only a Dockerfile, and no container engine can be reached: {why}",
                self.tree.name
            );
            return Err(Fault::new(Kind::Unreachable, "no-engine", problem)
                .still("nothing was written")
                .hint("start the engine (`sudo systemctl start docker`), then run this again")
                .hint("deliver adopt --build COMMAND --run COMMAND    to start it without a container"));
        }
        let port = match self.answers.listen {
            Some(Listen::Fixed(port)) => Some(Choice::given(port, "--listen")),
            _ => exposes.map(|port| Choice::seen(port, finding)),
        };
        let Some(port) = port else {
            let question = "Which port does the app in the container open? Its Dockerfile exposes none".to_owned();
            self.ask(Ask::Listen, question, "--listen N", None, Vec::new());
            return Ok(());
        };
        if self.plan.draft.build.is_empty() && self.answers.build.is_none() {
            self.plan.draft.build = container::build(&name.value, file)
                .into_iter()
                .map(|step| Choice::seen(step, finding))
                .collect();
            self.plan.draft.include =
                vec![Choice::seen(container::IMAGE_FILE.to_owned(), finding).because("names the image")];
        }
        let mounts: Vec<(String, String)> = volumes
            .iter()
            .filter_map(|inside| Some((container::folder_of(inside)?, inside.clone())))
            .collect();
        for (folder, _) in &mounts {
            self.plan.draft.volumes.push(Choice::seen(folder.clone(), finding));
        }
        let draft = &self.plan.draft;
        let variables: Vec<&str> = draft
            .env
            .iter()
            .map(|entry| entry.value.0.as_str())
            .chain(draft.secrets.iter().map(|name| name.value.as_str()))
            .collect();
        let command = CommandLine::Shell(container::run(&name.value, port.value, &variables, &mounts));
        self.plan.draft.web = Some(Choice::seen(Web::Command(command), finding));
        self.plan.draft.port_use = Some(port.map(format!("mapped to {} in the container", port.value)));
        Ok(())
    }

    // --- what else to say ---

    fn notes(&mut self) {
        for finding in self.facts() {
            if let Fact::Note(text) = &finding.fact {
                self.note(text, finding.evidence.clone());
            }
        }
        if let Some((chosen, _)) = self.stack {
            self.plan
                .needs
                .extend(chosen.needs.iter().map(|program| (*program).to_owned()));
            let others: Vec<_> = self
                .survey
                .stacks
                .iter()
                .filter(|(stack, _)| stack.title != chosen.title && stack.title != "Site")
                .collect();
            for (stack, findings) in others {
                let steps: Vec<&str> = findings
                    .iter()
                    .filter_map(|finding| match &finding.fact {
                        Fact::Build(step) => Some(step.as_str()),
                        _ => None,
                    })
                    .collect();
                if !steps.is_empty() && self.answers.build.is_none() {
                    let text = format!(
                        "there is a {} project here too, which is not built: put `{}` into `--build` if the app needs it",
                        stack.title,
                        steps.join(" && ")
                    );
                    let evidence = findings
                        .iter()
                        .flat_map(|finding| finding.evidence.first().cloned())
                        .take(1)
                        .collect();
                    self.note(&text, evidence);
                }
            }
        }
        let programs = programs(&self.plan.draft);
        self.plan.needs.extend(programs);
        self.plan.needs.sort();
        self.plan.needs.dedup();
        for text in &self.tree.left_out {
            self.note(text, Vec::new());
        }
        if self.plan.draft.listen.is_some() {
            self.note(
                "the app insists on its port: one instance runs at a time, and requests wait while it is replaced",
                Vec::new(),
            );
        }
        if !self.plan.draft.secrets.is_empty() {
            let names: Vec<&str> = self.plan.draft.secrets.iter().map(|name| name.value.as_str()).collect();
            self.note(
                &format!(
                    "export before `deliver deploy`, or remove from [run.secrets]: {}",
                    names.join(", ")
                ),
                Vec::new(),
            );
        }
    }

    fn note(&mut self, text: &str, evidence: Vec<Evidence>) {
        if !self.plan.notes.iter().any(|note| note.text == text) {
            self.plan.notes.push(Note {
                text: text.to_owned(),
                evidence,
            });
        }
    }

    fn ask(&mut self, ask: Ask, text: String, flag: &'static str, proposal: Option<String>, choices: Vec<String>) {
        if self.answers.confirmed.contains(&ask) {
            return;
        }
        self.plan.questions.push(Question {
            ask,
            text,
            flag,
            proposal,
            choices,
        });
    }
}

/// Names that templates leave in project files: the folder's own says more.
fn says_nothing(name: &str) -> bool {
    let name = name.to_lowercase();
    matches!(
        name.as_str(),
        "app"
            | "my-app"
            | "myapp"
            | "source"
            | "src"
            | "root"
            | "project"
            | "package"
            | "workspace"
            | "main"
            | "example"
    )
}

/// Programs that the commands start by name alone.
fn programs(draft: &Draft) -> Vec<String> {
    let steps = draft.build.iter().map(|step| step.value.as_str());
    let web = draft.web.iter().filter_map(|web| match &web.value {
        Web::Command(CommandLine::Exec(words)) => words.first().map(String::as_str),
        _ => None,
    });
    steps
        .flat_map(|step| step.split("&&"))
        .chain(web)
        .filter_map(|part| {
            part.trim_matches(['(', ')', ' '])
                .split_whitespace()
                .find(|word| !command::is_assignment(word))
        })
        .filter(|word| !matches!(*word, "cd" | "exec" | "export" | "test" | "true" | "echo" | "set"))
        .filter(|word| {
            word.chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+'))
        })
        .map(str::to_owned)
        .collect()
}

/// At most one line of a description, of a length that people write.
fn one_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default().trim();
    line.chars().filter(|c| !c.is_control()).take(160).collect()
}

/// `path` seen from above `down`: `services/api` and `../../target/x` are `target/x`.
fn below(down: &str, path: &str) -> String {
    let mut parts: Vec<&str> = down.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}
