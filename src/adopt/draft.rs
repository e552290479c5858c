//! What is proposed: each value with its grounds and the flag that changes it.

use serde::Serialize;

use super::command;
use super::finding::{Confidence, Evidence, Finding};
use crate::model::spec::CommandLine;

/// A value and why it was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice<T> {
    pub value: T,
    pub evidence: Vec<Evidence>,
    pub confidence: Confidence,
    /// A few words where the evidence alone does not explain it.
    pub why: Option<String>,
}

impl<T> Choice<T> {
    /// A person's own answer.
    pub fn given(value: T, flag: &str) -> Self {
        Choice {
            value,
            evidence: Vec::new(),
            confidence: Confidence::Certain,
            why: Some(flag.to_owned()),
        }
    }

    pub fn seen(value: T, finding: &Finding) -> Self {
        Choice {
            value,
            evidence: finding.evidence.clone(),
            confidence: finding.confidence,
            why: None,
        }
    }

    pub fn because(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    /// The same grounds for another value.
    pub fn map<U>(&self, value: U) -> Choice<U> {
        Choice {
            value,
            evidence: self.evidence.clone(),
            confidence: self.confidence,
            why: self.why.clone(),
        }
    }

    /// `package.json:7, Procfile:1`, or the few words, or both.
    pub fn grounds(&self) -> String {
        let places: Vec<String> = self.evidence.iter().map(Evidence::to_string).collect();
        let mut grounds = places.join(", ");
        if let Some(why) = &self.why {
            if !grounds.is_empty() {
                grounds.push_str(": ");
            }
            grounds.push_str(why);
        }
        grounds
    }
}

/// What takes traffic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Web {
    Command(CommandLine),
    Static(String),
}

/// Everything that the manifest will say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    pub name: Option<Choice<String>>,
    pub team: Option<Choice<String>>,
    pub tier: Option<Choice<u8>>,
    pub description: Option<Choice<String>>,
    /// Steps, in order.
    pub build: Vec<Choice<String>>,
    pub include: Vec<Choice<String>>,
    pub context: Option<Choice<String>>,
    pub dockerfile: Option<Choice<String>>,
    pub web: Option<Choice<Web>>,
    pub port: Option<Choice<u16>>,
    /// How the app learns its port, in words, where no key says it.
    pub port_use: Option<Choice<String>>,
    pub listen: Option<Choice<u16>>,
    pub health: Option<Choice<String>>,
    pub health_host: Option<Choice<String>>,
    pub volumes: Vec<Choice<String>>,
    pub env: Vec<Choice<(String, String)>>,
    /// Variables that are references to ones of the same name.
    pub secrets: Vec<Choice<String>>,
    /// Variables the app knows and nobody gave a value: written as comments.
    pub unset: Vec<Choice<String>>,
    pub release: Option<Choice<CommandLine>>,
    pub processes: Vec<Choice<(String, CommandLine)>>,
}

/// One line of the report, and one element of its JSON form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// The key of the manifest: `run.command`.
    pub key: String,
    pub value: String,
    pub evidence: Vec<Evidence>,
    pub confidence: Confidence,
    /// In words, where the evidence alone does not explain it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What changes it.
    pub flag: &'static str,
}

fn proposal<T>(key: impl Into<String>, value: String, choice: &Choice<T>, flag: &'static str) -> Proposal {
    Proposal {
        key: key.into(),
        value,
        evidence: choice.evidence.clone(),
        confidence: choice.confidence,
        why: choice.why.clone(),
        flag,
    }
}

impl Draft {
    /// Every value, in the order of the manifest.
    pub fn proposals(&self) -> Vec<Proposal> {
        let mut all = Vec::new();
        let mut text = |key: &str, choice: &Option<Choice<String>>, flag| {
            all.extend(
                choice
                    .iter()
                    .map(|choice| proposal(key, choice.value.clone(), choice, flag)),
            );
        };
        text("service.name", &self.name, "--name");
        text("service.team", &self.team, "--team");
        text("service.description", &self.description, "--description");
        all.extend(
            self.tier
                .iter()
                .map(|tier| proposal("service.tier", tier.value.to_string(), tier, "--tier")),
        );
        all.extend(
            self.build
                .iter()
                .map(|step| proposal("build.command", step.value.clone(), step, "--build")),
        );
        all.extend(
            self.include
                .iter()
                .map(|path| proposal("build.include", path.value.clone(), path, "--include")),
        );
        let context = self
            .context
            .iter()
            .map(|context| proposal("build.context", context.value.clone(), context, "--context"));
        all.extend(context);
        all.extend(self.web.iter().map(|web| match &web.value {
            Web::Command(command) => proposal("run.command", command::text(command), web, "--run"),
            Web::Static(folder) => proposal("run.static", folder.clone(), web, "--static"),
        }));
        all.extend(
            self.port
                .iter()
                .map(|port| proposal("run.port", port.value.to_string(), port, "--port")),
        );
        all.extend(
            self.port_use
                .iter()
                .map(|port| proposal("PORT", port.value.clone(), port, "--listen")),
        );
        all.extend(
            self.listen
                .iter()
                .map(|port| proposal("run.listen", port.value.to_string(), port, "--listen")),
        );
        all.extend(
            self.health
                .iter()
                .map(|path| proposal("run.health.path", path.value.clone(), path, "--health")),
        );
        all.extend(
            self.health_host
                .iter()
                .map(|host| proposal("run.health.host", host.value.clone(), host, "--health-host")),
        );
        all.extend(
            self.volumes
                .iter()
                .map(|path| proposal("run.volumes", path.value.clone(), path, "--volume")),
        );
        all.extend(self.env.iter().map(|entry| {
            proposal(
                format!("run.env.{}", entry.value.0),
                entry.value.1.clone(),
                entry,
                "--env",
            )
        }));
        all.extend(self.secrets.iter().map(|name| {
            proposal(
                format!("run.secrets.{}", name.value),
                format!("env:{}", name.value),
                name,
                "--env",
            )
        }));
        all.extend(
            self.release
                .iter()
                .map(|step| proposal("run.release.command", command::text(&step.value), step, "--release")),
        );
        all.extend(self.processes.iter().map(|entry| {
            let (name, command) = &entry.value;
            proposal(
                format!("process.{name}.command"),
                command::text(command),
                entry,
                "--process",
            )
        }));
        all
    }
}
