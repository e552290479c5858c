//! How it is built, and what a release holds.

use super::Planner;
use crate::adopt::command;
use crate::adopt::detect::python;
use crate::adopt::draft::{Choice, Web};
use crate::adopt::finding::{Confidence, Fact};
use crate::model::spec::CommandLine;

impl<'a> Planner<'a> {
    pub(super) fn build(&mut self) {
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

    /// Programs of a Python environment name the interpreter of the folder they were installed in. Where a script calls
    /// them, they must find that of their own release.
    pub(super) fn relocate_programs(&mut self) {
        let draft = &self.plan.draft;
        let processes = draft.processes.iter().map(|process| &process.value.1);
        let web = draft.web.iter().filter_map(|web| match &web.value {
            Web::Command(command) => Some(command),
            Web::Static(_) => None,
        });
        let release = draft.release.iter().map(|step| &step.value);
        let called = |command: &CommandLine| command::text(command).contains("$PWD/.venv/bin:");
        let script = web.chain(processes).chain(release).any(called);
        if !script || self.answers.build.is_some() {
            return;
        }
        let why = Some("a script calls what is installed".to_owned());
        self.plan.draft.build.push(Choice {
            value: python::RELOCATE.to_owned(),
            evidence: Vec::new(),
            confidence: Confidence::Likely,
            why,
        });
    }

    /// A Procfile may start a server that the project's own list lacks.
    pub(super) fn complete_build(&mut self) {
        let python = self.stack.is_some_and(|(stack, _)| stack.title == python::STACK.title);
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
        let Some(step) = python::missing_runners(self.tree, &commands) else {
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
