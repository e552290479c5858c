//! Where an environment of a service is: which engine, and what only that engine knows.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An engine and its options. Holds references to credentials, never credentials.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct Place {
    /// `local`, `swarm`, `kubernetes`, `plugin`.
    pub target: String,
    /// `[environment.NAME.TARGET]` as JSON; null where it says nothing.
    pub options: Value,
}

impl Place {
    /// An engine that needs to be told nothing more.
    pub fn of(target: &str) -> Place {
        Place {
            target: target.to_owned(),
            options: Value::Null,
        }
    }

    /// This machine.
    pub fn local() -> Place {
        Place::of("local")
    }

    /// One text for one place, to keep opened engines by.
    pub fn key(&self) -> String {
        format!("{} {}", self.target, self.options)
    }
}
