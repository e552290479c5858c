//! Recognises secrets that were written where everybody can read them, and blanks them before a line is shown.
//!
//! It errs on both sides by nature: it knows the shapes of common keys and the names people give to secrets, nothing
//! more. A refused value that is no secret can be written as a placeholder's shape or under another name.

use std::ops::Range;

use crate::model::spec::SecretRef;

/// Beginnings of keys whose shape is public, each with the least number of characters that follow, and who issues it.
const SHAPES: [(&str, usize, &str); 18] = [
    ("AKIA", 16, "an AWS access key"),
    ("ASIA", 16, "an AWS access key"),
    ("ghp_", 20, "a GitHub token"),
    ("gho_", 20, "a GitHub token"),
    ("ghs_", 20, "a GitHub token"),
    ("ghu_", 20, "a GitHub token"),
    ("github_pat_", 20, "a GitHub token"),
    ("glpat-", 16, "a GitLab token"),
    ("sk_live_", 10, "a Stripe key"),
    ("rk_live_", 10, "a Stripe key"),
    ("whsec_", 16, "a webhook's signing key"),
    ("xoxb-", 10, "a Slack token"),
    ("xoxp-", 10, "a Slack token"),
    ("xoxa-", 10, "a Slack token"),
    ("xoxs-", 10, "a Slack token"),
    ("npm_", 30, "an npm token"),
    ("SG.", 30, "a SendGrid key"),
    ("AIza", 30, "a Google key"),
];

/// Words of a variable's name that say that its value is a secret.
const SECRET_WORDS: [&str; 10] = [
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "SECRET",
    "TOKEN",
    "APIKEY",
    "CREDENTIAL",
    "CREDENTIALS",
    "PWD",
    "PRIVATE",
];

/// What kind of secret a variable's value looks like; `None` for everything that does not.
pub fn in_variable(name: &str, value: &str) -> Option<&'static str> {
    shape(value).or_else(|| {
        let literal = !placeholder(value) && value.parse::<SecretRef>().is_err();
        (literal && secret_name(name)).then_some("a secret by its name")
    })
}

/// What kind of secret text looks like by its shape alone.
pub fn shape(value: &str) -> Option<&'static str> {
    if value.contains("-----BEGIN") && value.contains("PRIVATE KEY") {
        return Some("a private key");
    }
    if url_password(value).is_some_and(|password| !placeholder(password)) {
        return Some("a URL with a password");
    }
    value
        .split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '=' | ',' | ';'))
        .find_map(|word| {
            SHAPES.iter().find_map(|(start, least, what)| {
                let rest = word.strip_prefix(start)?;
                let plain = rest
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
                (plain && rest.len() >= *least).then_some(*what)
            })
        })
}

/// Whether a variable is a secret by its name: `DB_PASSWORD`, `apiToken`, `SIGNING_KEY`.
///
/// `*_KEY` alone is a secret; `PUBLIC_KEY`, `KEY_ID` and the like are not, and neither are names that say where a secret
/// is kept (`TOKEN_FILE`, `PASSWORD_PATH`) or how long it lives (`TOKEN_TTL`).
pub fn secret_name(name: &str) -> bool {
    let words = words_of(name);
    let Some(last) = words.last() else {
        return false;
    };
    let about = [
        "FILE",
        "PATH",
        "URL",
        "URI",
        "TTL",
        "LENGTH",
        "EXPIRY",
        "EXPIRES",
        "TIMEOUT",
        "NAME",
        "ID",
        "HEADER",
        "ISSUER",
        "ENDPOINT",
        "TYPE",
        "ALGORITHM",
        "ENABLED",
        "MIN",
        "MAX",
        "DAYS",
        "HOURS",
        "MINUTES",
        "SECONDS",
        "COUNT",
        "LIMIT",
    ];
    if about.contains(&last.as_str())
        || words
            .iter()
            .any(|word| matches!(word.as_str(), "PUBLIC" | "PUBLISHABLE"))
    {
        return false;
    }
    let keyed = words.len() > 1 && last == "KEY";
    keyed || words.iter().any(|word| SECRET_WORDS.contains(&word.as_str()))
}

/// `dbPassword`, `DB_PASSWORD` and `db-password` are the words `DB`, `PASSWORD`.
fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower_before = false;
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() || (c.is_ascii_uppercase() && lower_before) {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_ascii_alphanumeric(), words.last_mut()) {
            word.push(c.to_ascii_uppercase());
        }
        lower_before = c.is_ascii_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Values that are plainly no secret: nothing, a variable, a word that says so, a boolean.
fn placeholder(value: &str) -> bool {
    let trimmed = value.trim();
    let lower = trimmed.to_ascii_lowercase();
    let repeated = trimmed
        .chars()
        .next()
        .is_some_and(|first| trimmed.chars().all(|c| c == first));
    let says_so = [
        "changeme",
        "change-me",
        "change_me",
        "placeholder",
        "example",
        "your-",
        "your_",
        "dummy",
        "not-a-secret",
    ];
    trimmed.is_empty()
        || repeated
        || (trimmed.starts_with('$') && !trimmed.contains(char::is_whitespace))
        || (trimmed.starts_with('<') && trimmed.ends_with('>'))
        || (trimmed.starts_with("{{") && trimmed.ends_with("}}"))
        || matches!(
            lower.as_str(),
            "true" | "false" | "none" | "null" | "dev" | "test" | "todo" | "yes" | "no"
        )
        || says_so.iter().any(|word| lower.contains(word))
}

/// The password of `scheme://user:password@host`.
fn url_password(value: &str) -> Option<&str> {
    let (_, rest) = value.split_once("://")?;
    let authority = rest.split(['/', '?', '#', ' ']).next()?;
    let (user, _) = authority.rsplit_once('@')?;
    let (_, password) = user.split_once(':')?;
    Some(password).filter(|password| !password.is_empty())
}

/// The text with a range blanked: `*` for each byte, line ends kept, so that offsets still hold.
pub fn blank(text: &str, ranges: &[Range<usize>]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for range in ranges {
        let range = range.start.min(bytes.len())..range.end.min(bytes.len());
        for byte in &mut bytes[range] {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b'*';
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| "*".repeat(text.len()))
}

/// Blanks, in text that could not be parsed, what follows a secret's name on its line and whatever has a secret's shape.
pub fn blank_lines(text: &str) -> String {
    let mut ranges = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.trim_end().len();
        match line.split_once('=') {
            Some((name, value)) if in_variable(name.trim().trim_matches(['"', '\'']), value).is_some() => {
                ranges.push(start + name.len() + 1..end.max(start + name.len() + 1));
            }
            _ if shape(line).is_some() => ranges.push(start..end),
            _ => {}
        }
        start += line.len();
    }
    blank(text, &ranges)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_recognised_by_shape() {
        for (value, what) in [
            ("AKIAIOSFODNN7EXAMPLQ", "an AWS access key"),
            ("ghp_0123456789abcdefghijABCDEFGHIJ012345", "a GitHub token"),
            ("-----BEGIN RSA PRIVATE KEY-----\nMIIE", "a private key"),
            ("postgres://app:hunter2@db/shop", "a URL with a password"),
            ("Bearer xoxb-1234567890-abc", "a Slack token"),
        ] {
            assert_eq!(shape(value), Some(what), "{value}");
        }
        for value in [
            "postgres://app@db/shop",
            "postgres://app:$PASSWORD@db",
            "https://x.test/a@b:c",
            "SG.",
            "info",
        ] {
            assert_eq!(shape(value), None, "{value}");
        }
    }

    #[test]
    fn secrets_are_recognised_by_name_unless_the_value_is_a_placeholder() {
        for name in [
            "DB_PASSWORD",
            "apiToken",
            "SIGNING_KEY",
            "client-secret",
            "PGPASSWORD_SECRET",
        ] {
            assert!(in_variable(name, "hunter2").is_some(), "{name}");
            assert_eq!(in_variable(name, "changeme"), None, "{name}");
            assert_eq!(in_variable(name, ""), None, "{name}");
        }
        for name in [
            "TOKEN_FILE",
            "PUBLIC_KEY",
            "KEYBOARD",
            "PORT",
            "ACCESS_KEY_ID",
            "TOKEN_TTL",
            "KEY",
            "MONKEY",
        ] {
            assert_eq!(in_variable(name, "hunter2"), None, "{name}");
        }
    }

    #[test]
    fn blanked_text_keeps_every_offset() {
        let text = "A = 1\nDB_PASSWORD = \"hünter\n2\"\nB = 2\n";
        let blanked = blank_lines(text);
        assert_eq!(blanked.len(), text.len());
        assert!(!blanked.contains("hünter"));
        assert_eq!(blanked.lines().last(), Some("B = 2"));
    }
}
