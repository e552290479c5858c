//! Keeps the values of secrets out of what is written down, wherever a text came from: a reason, an error that quotes a
//! command's output, an observation.

use std::sync::{PoisonError, RwLock};

use serde_json::Value;

use crate::ports::target::Secret;

/// Values shorter than this are left alone: replacing every `1` or `dev` would hide nothing and garble everything.
const SHORTEST: usize = 6;

/// The values this process knows, each with the name that stands for it.
#[derive(Default)]
pub struct Concealed {
    values: RwLock<Vec<(String, String)>>,
}

impl Concealed {
    /// From now on `secret` reads as its name in brackets.
    pub fn add(&self, name: &str, secret: &Secret) {
        let value = secret.reveal();
        let mut values = self.values.write().unwrap_or_else(PoisonError::into_inner);
        if value.len() < SHORTEST || values.iter().any(|(known, _)| known == value) {
            return;
        }
        values.push((value.to_owned(), format!("[{name}]")));
        // Of two values one of which holds the other, the longer goes first: nothing of it is left over.
        values.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
    }

    /// The text with every known value replaced by its name. Not every database keeps NUL, which a program may well print: it
    /// is replaced like a byte that is no text.
    pub fn text(&self, text: &str) -> String {
        let values = self.values.read().unwrap_or_else(PoisonError::into_inner);
        values
            .iter()
            .fold(text.replace('\0', "\u{fffd}"), |text, (value, name)| {
                match text.contains(value) {
                    true => text.replace(value, name),
                    false => text,
                }
            })
    }

    /// The same for every text in a JSON value, keys included.
    pub fn json(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(items) => items.iter().map(|item| self.json(item)).collect(),
            Value::Object(fields) => fields
                .iter()
                .map(|(name, value)| (self.text(name), self.json(value)))
                .collect(),
            other => other.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_replaced_by_names_wherever_they_stand() {
        let concealed = Concealed::default();
        for (name, value) in [
            ("TOKEN", "hunter2-hunter2"),
            ("SHORT", "dev"),
            ("PART", "hunter2"),
            ("LINES", "one\n\"two\"\n"),
        ] {
            concealed.add(name, &Secret::new(value.into()));
        }
        assert_eq!(
            concealed.text("a hunter2-hunter2 b hunter2 dev"),
            "a [TOKEN] b [PART] dev"
        );
        let before = json!({"hunter2": ["x one\n\"two\"\n", 7, null, {"a": "hunter2-hunter2hunter2"}]});
        let after = json!({"[PART]": ["x [LINES]", 7, null, {"a": "[TOKEN][PART]"}]});
        assert_eq!(concealed.json(&before), after);
    }
}
