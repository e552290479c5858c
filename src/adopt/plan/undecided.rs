//! What to say where nothing starts the app: its programs, the apps below, its image, or a question.

use std::collections::BTreeSet;

use super::{Ask, Planner};
use crate::adopt::command;
use crate::adopt::detect::Stack;
use crate::adopt::draft::Choice;
use crate::adopt::finding::{Confidence, Fact, Finding};
use crate::adopt::tree::Tree;
use crate::fault::{Fault, Result};

impl<'a> Planner<'a> {
    pub(super) fn nothing_to_start(&mut self) -> Result<()> {
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
        if let Some((folders, finding)) = apps {
            let folders: Vec<String> = folders.iter().take(5).map(|folder| format!("`{folder}`")).collect();
            let text = format!(
                "apps in folders of their own start without a container, adopted there: {}",
                folders.join(", ")
            );
            self.note(&text, finding.evidence.clone());
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
}
