//! What else to say.

use super::Planner;
use crate::adopt::command;
use crate::adopt::draft::{Draft, Web};
use crate::adopt::finding::Fact;
use crate::model::spec::CommandLine;

impl<'a> Planner<'a> {
    pub(super) fn notes(&mut self) {
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
