//! Whether a command takes traffic, and how it learns its port.

use super::{Ask, Listen, Planner, Role};
use crate::adopt::command;
use crate::adopt::draft::{Choice, Web};
use crate::adopt::finding::{Confidence, Evidence, Fact, Finding};
use crate::adopt::port::{self, Settled};
use crate::fault::Result;
use crate::model::spec::CommandLine;

impl<'a> Planner<'a> {
    /// Settles how the command learns its port, or that it takes no traffic at all.
    pub(super) fn command(&mut self, command: CommandLine, own: &[Evidence], flag: &str, platform: bool) -> Result<()> {
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
            let text = "nothing says how the app learns its port: a variable of another name or an option is given by `--run`, such as --run 'HTTP_PORT=$PORT command'";
            self.note(text, Vec::new());
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
}
