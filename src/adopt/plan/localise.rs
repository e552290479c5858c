//! Commands that people wrote for another place, made to run in a release.

use super::Planner;
use crate::adopt::command;
use crate::adopt::detect::{Stack, stack_of};
use crate::adopt::draft::Web;
use crate::adopt::finding::Fact;
use crate::model::spec::CommandLine;

impl<'a> Planner<'a> {
    /// The command as it runs in a release. `None` from a stack means that what it builds is started instead.
    pub(super) fn localised(&self, command: &CommandLine) -> Option<(Web, Option<&'static Stack>)> {
        let known = |program: &str| stack_of(program).filter(|stack| self.stack_facts(stack).is_some());
        match command {
            CommandLine::Exec(words) => {
                if let Some((built, stack)) = self.built(words.first()?) {
                    let own = [&[built.to_owned()], &words[1..]].concat();
                    return Some((Web::Command(CommandLine::Exec(own)), Some(stack)));
                }
                let Some(stack) = known(words.first()?) else {
                    return Some((Web::Command(self.with_programs(words)), None));
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

    /// A script of the app finds what the build installed, as in a shell for development.
    fn with_programs(&self, words: &[String]) -> CommandLine {
        let script = match words {
            [shell, script, ..] if matches!(shell.as_str(), "sh" | "bash" | "/bin/sh" | "/bin/bash") => Some(script),
            [script, ..] => Some(script),
            [] => None,
        };
        let is_ours = script.is_some_and(|script| self.tree.has(script.trim_start_matches("./")));
        let folder = self.first_stack().and_then(|(stack, _)| stack.programs_in);
        match folder.filter(|_| is_ours) {
            Some(folder) => {
                let words: Vec<String> = words.iter().map(|word| command::quote(word)).collect();
                CommandLine::Shell(format!("PATH=\"$PWD/{folder}:$PATH\" exec {}", words.join(" ")))
            }
            None => CommandLine::Exec(words.to_vec()),
        }
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
}
