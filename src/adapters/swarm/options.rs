//! `[environment.NAME.swarm]` as this adapter reads it. The manifest's own check has told every problem of form before.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::fault::{Fault, Result};
use crate::model::size;

/// What decides how a release runs; part of its identity.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Options {
    pub registry: Option<String>,
    pub publish: Publish,
    pub publish_mode: Mode,
    pub networks: Vec<String>,
    pub constraints: Vec<String>,
    pub spread: Vec<String>,
    pub max_per_node: Option<i64>,
    pub limits: Amounts,
    pub reservations: Amounts,
    pub health: Option<Health>,
    pub secrets: Secrets,
    /// Files of the artifact by their absolute paths in a container.
    pub configs: BTreeMap<String, String>,
    pub order: Option<Order>,
    pub user: Option<String>,
    pub read_only: bool,
    pub init: bool,
    pub labels: BTreeMap<String, String>,
}

/// Where the web process is offered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Publish {
    /// At a free port, the same for ever.
    #[default]
    Anywhere,
    At(u16),
    Nowhere,
}

impl<'de> Deserialize<'de> for Publish {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        Ok(match Value::deserialize(from)? {
            Value::Bool(false) => Publish::Nowhere,
            value => match value.as_u64().and_then(|port| u16::try_from(port).ok()) {
                Some(port) => Publish::At(port),
                None => Publish::Anywhere,
            },
        })
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    #[default]
    Ingress,
    Host,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    StartFirst,
    StopFirst,
}

/// How secrets arrive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Secrets {
    #[default]
    Files,
    Env,
}

/// Processors and memory.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Amounts {
    cpu: Value,
    memory: Option<String>,
}

impl Amounts {
    pub fn nano_cpus(&self) -> Option<i64> {
        match &self.cpu {
            Value::String(text) => size::nano_cpus(text),
            Value::Number(number) => size::nano_cpus(&number.to_string()),
            _ => None,
        }
    }

    pub fn bytes(&self) -> Option<i64> {
        size::bytes(self.memory.as_deref()?)
    }
}

/// How an instance is seen to be healthy, as asked for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Health {
    By(By),
    Command { command: Vec<String> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    Image,
    Port,
    Running,
}

impl Options {
    pub fn read(options: &Value) -> Result<Options> {
        read(options)
    }
}

pub fn read<T: for<'de> Deserialize<'de> + Default>(options: &Value) -> Result<T> {
    match options {
        Value::Null => Ok(T::default()),
        options => serde_json::from_value(options.clone())
            .map_err(|error| Fault::usage("swarm-options", "the options of target `swarm` do not read").because(error)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_key_reads_and_nothing_is_a_default() {
        let options = Options::read(&json!({
            "publish": 80, "publish_mode": "host", "networks": ["shop"], "constraints": ["node.role == worker"],
            "max_per_node": 2, "limits": { "cpu": 0.5, "memory": "256M" }, "secrets": "env", "order": "stop-first",
            "health": { "command": ["/app", "check"] }, "configs": { "/etc/a": "a" }, "read_only": true,
        }))
        .expect("it reads");
        assert_eq!((options.publish, options.publish_mode), (Publish::At(80), Mode::Host));
        assert_eq!(
            (options.limits.nano_cpus(), options.limits.bytes()),
            (Some(500_000_000), Some(256 << 20))
        );
        assert_eq!((options.secrets, options.order), (Secrets::Env, Some(Order::StopFirst)));
        let command = vec!["/app".to_owned(), "check".to_owned()];
        assert_eq!(options.health, Some(Health::Command { command }));
        assert_eq!(Options::read(&Value::Null).expect("it reads"), Options::default());
        let by = Options::read(&json!({ "health": "running", "publish": false })).expect("it reads");
        assert_eq!(
            (by.health, by.publish),
            (Some(Health::By(By::Running)), Publish::Nowhere)
        );
        assert_eq!(
            Options::read(&json!({ "publish": "x", "secrets": 3 }))
                .expect_err("it does not")
                .code(),
            "swarm-options"
        );
    }
}
