//! Puts findings and answers together: one proposal, and the questions that are left.

mod answers;
mod around;
mod build;
mod image;
mod localise;
mod notes;
mod service;
mod start;
mod traffic;
mod undecided;

pub use self::answers::{Answers, Ask, Listen, Question, Role};
use super::command;
use super::detect::{HINTS, STACKS, Stack, stack_of};
use super::draft::Draft;
use super::finding::{Evidence, Fact, Finding};
use super::tree::Tree;
use crate::fault::{Fault, Result};
use crate::model::spec::CommandLine;

/// What is around the folder.
pub struct Machine<'a> {
    /// Whether a container engine can be reached; `Err` says why not. Asked only when it matters.
    pub engine: &'a dyn Fn() -> Result<(), String>,
    /// Team names of the platform; empty where any name will do.
    pub teams: Vec<String>,
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
    planner.relocate_programs();
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

impl<'a> Planner<'a> {
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
