//! What the app needs around it: health, variables, volumes, further processes.

use std::collections::BTreeSet;

use super::Planner;
use crate::adopt::command;
use crate::adopt::detect::env_file::is_secret;
use crate::adopt::draft::{Choice, Web};
use crate::adopt::finding::{Evidence, Fact};
use crate::model::spec::CommandLine;

impl<'a> Planner<'a> {
    pub(super) fn surroundings(&mut self) {
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
}
