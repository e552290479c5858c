//! What a detector says: a fact, how sure it is, and where it was seen.

use std::fmt;

use serde::Serialize;

use crate::model::spec::CommandLine;

/// Where something was seen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, schemars::JsonSchema, Serialize)]
pub struct Evidence {
    /// Relative to the service's folder.
    pub path: String,
    /// From 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

impl Evidence {
    pub fn file(path: impl Into<String>) -> Self {
        Evidence {
            path: path.into(),
            line: None,
        }
    }

    pub fn line(path: impl Into<String>, line: usize) -> Self {
        Evidence {
            path: path.into(),
            line: Some(line),
        }
    }
}

/// `package.json:7`; control characters of hostile names are escaped.
impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.path.chars() {
            if c.is_control() {
                write!(f, "{}", c.escape_default())?;
            } else {
                write!(f, "{c}")?;
            }
        }
        self.line.map_or(Ok(()), |line| write!(f, ":{line}"))
    }
}

/// How sure a proposal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, schemars::JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Nothing says so; it is what most apps of this kind do. Asked on a terminal, taken by `--yes`.
    Guess,
    /// A convention that the files follow.
    Likely,
    /// A file says so, or the person did.
    Certain,
}

/// How an app is told its port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PortUse {
    /// It reads the variable `PORT`.
    Variable,
    /// It reads another variable: a number, or an address where `address` is set.
    OtherVariable { name: String, address: bool },
    /// It takes an argument: `--port 8000`, or `--bind 127.0.0.1:8000` where `address` is set.
    Argument { option: String, address: bool },
    /// It insists on this one.
    Fixed(u16),
}

/// One thing that was seen. Facts of a stack describe apps of its language; the planner puts them together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    Name(String),
    Description(String),
    /// Who owns it.
    Team(String),
    /// How the process that takes traffic starts.
    Web(CommandLine),
    /// A process beside it.
    Process {
        name: String,
        command: CommandLine,
    },
    /// A folder of files to serve, when there is nothing to start.
    Static(String),
    /// One step of the build, in order.
    Build(String),
    /// A file or folder that the build leaves and a release needs. Without any, a release holds the whole tree.
    Include(String),
    /// The folder of the monorepo that the build needs, as a way up.
    Context(String),
    /// How the app is told its port.
    Port(PortUse),
    /// It opens a port somewhere.
    Listens,
    /// A path that answers when the app is well.
    Health(String),
    /// A `Host` header the app insists on.
    HealthHost(String),
    /// A folder whose contents must outlive a release.
    Volume(String),
    Env {
        name: String,
        value: String,
    },
    /// A variable whose value is a secret.
    Secret(String),
    /// A variable the app knows and nobody gave a value.
    Unset(String),
    /// A variable without which the app does not start.
    Required(String),
    /// What must run once before a new release serves.
    Release(CommandLine),
    /// How a Dockerfile would run it, and the port it exposes.
    Image {
        file: String,
        exposes: Option<u16>,
        volumes: Vec<String>,
    },
    /// This folder holds several apps, each in a folder of its own.
    Apps(Vec<String>),
    /// Several ways to start, none better than the others: folders of main packages, or names of binaries.
    Choices(Vec<String>),
    /// Something a person should know that no key can say.
    Note(String),
}

/// A fact with its grounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub fact: Fact,
    pub evidence: Vec<Evidence>,
    pub confidence: Confidence,
}

impl Finding {
    pub fn certain(fact: Fact, evidence: Evidence) -> Self {
        Finding {
            fact,
            evidence: vec![evidence],
            confidence: Confidence::Certain,
        }
    }

    pub fn likely(fact: Fact, evidence: Evidence) -> Self {
        Finding {
            fact,
            evidence: vec![evidence],
            confidence: Confidence::Likely,
        }
    }

    pub fn guess(fact: Fact, evidence: Evidence) -> Self {
        Finding {
            fact,
            evidence: vec![evidence],
            confidence: Confidence::Guess,
        }
    }

    pub fn and(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }
}
