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
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize)]
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

/// Several choices that are one key: as sure as the least sure of them.
fn joined(key: &str, choices: &[Choice<String>], with: &str, flag: &'static str) -> Option<Proposal> {
    let values: Vec<&str> = choices.iter().map(|choice| choice.value.as_str()).collect();
    let mut all = proposal(key, values.join(with), choices.first()?, flag);
    for choice in &choices[1..] {
        all.evidence.extend(
            choice
                .evidence
                .iter()
                .filter(|place| !all.evidence.contains(place))
                .cloned()
                .collect::<Vec<_>>(),
        );
        all.confidence = all.confidence.min(choice.confidence);
        all.why = all.why.or_else(|| choice.why.clone());
    }
    Some(all)
}

impl Draft {
    /// Every value, in the order of the manifest.
    pub fn proposals(&self) -> Vec<Proposal> {
        let text = |key: &str, choice: &Option<Choice<String>>, flag| {
            choice
                .as_ref()
                .map(|choice| proposal(key, choice.value.clone(), choice, flag))
        };
        let number = |key: &str, choice: &Option<Choice<u16>>, flag| {
            choice
                .as_ref()
                .map(|choice| proposal(key, choice.value.to_string(), choice, flag))
        };
        let web = self.web.as_ref().map(|web| match &web.value {
            Web::Command(command) => proposal("run.command", command::text(command), web, "--run"),
            Web::Static(folder) => proposal("run.static", folder.clone(), web, "--static"),
        });
        let release = self.release.as_ref();
        let single = [
            text("service.name", &self.name, "--name"),
            text("service.team", &self.team, "--team"),
            text("service.description", &self.description, "--description"),
            self.tier
                .as_ref()
                .map(|tier| proposal("service.tier", tier.value.to_string(), tier, "--tier")),
            joined("build.command", &self.build, " && ", "--build"),
            joined("build.include", &self.include, ", ", "--include"),
            text("build.context", &self.context, "--context"),
            web,
            text("PORT", &self.port_use, "--listen"),
            number("run.listen", &self.listen, "--listen"),
            number("run.port", &self.port, "--port"),
            text("run.health.path", &self.health, "--health"),
            text("run.health.host", &self.health_host, "--health-host"),
            joined("run.volumes", &self.volumes, ", ", "--volume"),
            release.map(|step| proposal("run.release.command", command::text(&step.value), step, "--release")),
        ];
        let env = self.env.iter().map(|entry| {
            let (name, value) = &entry.value;
            proposal(format!("run.env.{name}"), value.clone(), entry, "--env")
        });
        let secrets = self.secrets.iter().map(|name| {
            proposal(
                format!("run.secrets.{}", name.value),
                format!("env:{}", name.value),
                name,
                "--env",
            )
        });
        let processes = self.processes.iter().map(|entry| {
            let (name, command) = &entry.value;
            proposal(
                format!("process.{name}.command"),
                command::text(command),
                entry,
                "--process",
            )
        });
        single
            .into_iter()
            .flatten()
            .chain(env)
            .chain(secrets)
            .chain(processes)
            .collect()
    }
}
