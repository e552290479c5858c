//! Where an environment of a service is: which engine, and what only that engine knows.

use std::fmt;

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

    /// How far another place is from this one, as far as what was written tells.
    pub fn distance(&self, other: &Place) -> Distance {
        let differs = |key: &str| self.options.get(key) != other.options.get(key);
        let ways = match self.target.as_str() {
            // What its options mean is known to a plugin alone.
            "plugin" => self.options != other.options,
            _ => REACHED_BY.iter().any(|key| differs(key)),
        };
        match self.target != other.target || WITHIN.iter().any(|key| differs(key)) {
            true => Distance::Elsewhere,
            false if ways => Distance::ReachedOtherwise,
            false => Distance::Same,
        }
    }
}

/// Options that name a place within an engine, or the plugin.
const WITHIN: [&str; 2] = ["namespace", "name"];

/// Options that say by which way an engine is reached: two ways may lead to the same one, as to two managers of a swarm.
const REACHED_BY: [&str; 3] = ["host", "context", "kubeconfig"];

/// How far one place is from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distance {
    Same,
    /// Perhaps the same: only what is there tells.
    ReachedOtherwise,
    Elsewhere,
}

/// The engine and what says where it is: `kubernetes (context prod, namespace shop)`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = REACHED_BY.iter().chain(&WITHIN).filter_map(|key| {
            let value = self.options.get(key)?;
            Some(match value.as_str() {
                Some(text) => format!("{key} {text}"),
                None => format!("{key} {value}"),
            })
        });
        let said: Vec<String> = said.collect();
        match said.is_empty() {
            true => f.write_str(&self.target),
            false => write!(f, "{} ({})", self.target, said.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn kubernetes(options: Value) -> Place {
        Place {
            target: "kubernetes".into(),
            options,
        }
    }

    #[test]
    fn a_namespace_is_another_place_and_a_context_may_be() {
        let shop = kubernetes(json!({ "context": "prod", "namespace": "shop", "pull": "always" }));
        for (other, distance) in [
            (
                json!({ "context": "prod", "namespace": "shop", "pull": "never" }),
                Distance::Same,
            ),
            (
                json!({ "context": "prod-2", "namespace": "shop" }),
                Distance::ReachedOtherwise,
            ),
            (json!({ "context": "prod", "namespace": "till" }), Distance::Elsewhere),
            (json!({ "context": "prod" }), Distance::Elsewhere),
        ] {
            assert_eq!(shop.distance(&kubernetes(other.clone())), distance, "{other}");
        }
        let swarm = Place {
            target: "swarm".into(),
            options: shop.options.clone(),
        };
        assert_eq!(shop.distance(&swarm), Distance::Elsewhere);
        assert_eq!(shop.to_string(), "kubernetes (context prod, namespace shop)");
        assert_eq!(Place::local().distance(&Place::local()), Distance::Same);
        assert_eq!(Place::local().to_string(), "local");
    }

    #[test]
    fn what_a_plugins_options_mean_nobody_else_knows() {
        let plugin = |options| Place {
            target: "plugin".into(),
            options,
        };
        let one = plugin(json!({ "name": "ssh", "host": "web-1" }));
        assert_eq!(
            one.distance(&plugin(json!({ "name": "ssh", "host": "web-1", "retries": 3 }))),
            Distance::ReachedOtherwise
        );
        assert_eq!(
            one.distance(&plugin(json!({ "name": "ftp", "host": "web-1" }))),
            Distance::Elsewhere
        );
    }
}
