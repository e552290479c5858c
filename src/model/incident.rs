//! Incidents: something that hurts, from the first notice to what was learnt.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// `INC-7`; counts up over the whole store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IncidentId(pub u64);

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("INC-{}", self.0))
    }
}

impl FromStr for IncidentId {
    type Err = String;

    /// `INC-7`, `inc-7` or `7`.
    fn from_str(text: &str) -> Result<Self, String> {
        let digits = match text.split_at_checked(4) {
            Some((prefix, digits)) if prefix.eq_ignore_ascii_case("INC-") => digits,
            _ => text,
        };
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        match digits.parse() {
            Ok(number) if plain => Ok(IncidentId(number)),
            _ => Err(format!("`{}` is not an incident such as `INC-7`", text.escape_debug())),
        }
    }
}

impl TryFrom<String> for IncidentId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<IncidentId> for String {
    fn from(id: IncidentId) -> String {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incident_is_read_as_people_write_it() {
        for text in ["INC-7", "inc-7", "7"] {
            assert_eq!(text.parse(), Ok(IncidentId(7)), "{text}");
        }
        for text in [
            "",
            "INC-",
            "INC-x",
            "+7",
            "INC-+7",
            "D-7",
            "-7",
            "99999999999999999999",
            "ÄÄÄÄ",
        ] {
            assert!(text.parse::<IncidentId>().is_err(), "{text}");
        }
        assert_eq!(IncidentId(7).to_string(), "INC-7");
    }
}
