//! Readers of what people write for other tools. Each takes text and gives what it says, never panics, and leaves what is
//! in the files apart from what is made of it.

pub mod alerts;
pub mod codeowners;
pub mod command;
pub mod dockerfile;
pub mod lock;
pub mod logs;
pub mod markdown;
pub mod metrics;
pub mod readme;
pub mod runbook;
pub mod sql;
pub mod template;
pub mod updates;
pub mod workflow;

use serde_json::Value;

/// YAML as plain data. The parser's own budgets bound depth, nodes and what aliases may grow to.
pub fn yaml(text: &str) -> Result<Value, String> {
    serde_saphyr::from_str(text).map_err(|error| {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default();
        first.chars().take(120).collect()
    })
}

/// The texts of a value that is one text or a list of them.
pub fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The line of the first occurrence of `needle` at or after line `from`, both counted from 1.
pub fn line_of(text: &str, needle: &str, from: usize) -> Option<usize> {
    text.lines()
        .enumerate()
        .skip(from.saturating_sub(1))
        .find(|(_, line)| line.contains(needle))
        .map(|(at, _)| at + 1)
}

/// Text that was put there to be replaced, and was not.
pub fn is_placeholder(text: &str) -> bool {
    const WORDS: [&str; 12] = [
        "todo",
        "fixme",
        "tbd",
        "changeme",
        "change me",
        "placeholder",
        "lorem ipsum",
        "describe ",
        "your team",
        "your-team",
        "insert ",
        "example team",
    ];
    let lower = text.trim().to_lowercase();
    let letters = lower.chars().filter(|c| c.is_alphanumeric()).count();
    letters < 2
        || matches!(
            lower.as_str(),
            "owner"
                | "team"
                | "none"
                | "nobody"
                | "unknown"
                | "n/a"
                | "example"
                | "test"
                | "foo"
                | "xxx"
                | "description"
        )
        || WORDS.iter().any(|word| match word.ends_with(' ') {
            true => lower.starts_with(word),
            false => lower.contains(word) && (word.len() > 4 || is_word(&lower, word)),
        })
}

/// Whether `word` stands in `text` by itself.
fn is_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|part| part == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_told_from_words() {
        for text in [
            "",
            " - ",
            "TODO",
            "todo: say it",
            "Describe this service",
            "your team",
            "owner",
            "TBD",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in [
            "checkout",
            "Quotes a price",
            "Keeps todos of people",
            "An HTTP service in Python",
            "QA",
        ] {
            assert!(!is_placeholder(text), "{text}");
        }
    }

    #[test]
    fn a_bomb_of_aliases_is_an_error_and_nothing_more() {
        let mut text = "a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned();
        for (name, before) in ["b", "c", "d", "e", "f", "g", "h", "i"].iter().zip("abcdefgh".chars()) {
            let items = vec![format!("*{before}"); 9].join(",");
            text.push_str(&format!("{name}: &{name} [{items}]\n"));
        }
        assert!(yaml(&text).is_err());
        assert!(yaml(&"[".repeat(100_000)).is_err());
    }
}
