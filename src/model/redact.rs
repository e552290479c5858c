//! Secrets in text that people paste: found by their shape and replaced before anything is written down.
//!
//! It knows the shapes of common keys and the names people give to secrets, nothing more. In doubt it replaces: a word too
//! many that is missing from a note costs less than a password in a journal that never forgets.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// A text without what looked like a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redacted {
    pub text: String,
    /// What was replaced, in words, each kind once.
    pub found: Vec<&'static str>,
}

/// One shape. What its group `secret` matches is replaced.
struct Shape {
    what: &'static str,
    /// Texts without any of these, whatever their case, cannot match: a pattern takes longer to compile than most texts to
    /// write down.
    signs: &'static [&'static str],
    pattern: LazyLock<Regex>,
    /// Whether what matched is a secret after all.
    counts: fn(&str) -> bool,
}

macro_rules! shape {
    ($what:literal, $signs:expr, $pattern:literal, $counts:expr) => {
        Shape {
            what: $what,
            signs: $signs,
            pattern: LazyLock::new(|| Regex::new($pattern).expect("a pattern of ours compiles")),
            counts: $counts,
        }
    };
}

/// What access tokens begin with, in lower case.
const TOKENS: [&str; 24] = [
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "sk_",
    "rk_",
    "sk-",
    "whsec_",
    "xox",
    "xapp-",
    "npm_",
    "pypi-",
    "sg.",
    "aiza",
    "ya29.",
    "akia",
    "asia",
    "dop_v1_",
    "hv",
    "shp",
    "lin_api_",
];

/// Words that names of secrets have, in lower case.
const NAMES: [&str; 7] = ["passw", "passphrase", "pwd", "secret", "token", "key", "credential"];

/// Plain ASCII classes and few bounded repetitions, so that they compile in less than a millisecond each.
///
/// From the most specific to the vaguest, so that a key is called what it is. Prefixes and lengths are those that the
/// issuers document; a length is the least that is seen, since formats grow.
static SHAPES: [Shape; 8] = [
    shape!(
        "a private key",
        &["private key"],
        r"(?s)(?P<secret>-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----.*?(-----END [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----|\z))",
        |_| true
    ),
    shape!(
        "a password in a URL",
        &["://"],
        r"[A-Za-z][A-Za-z0-9+.-]+://[^\s/?#@:]*:(?P<secret>[^\s/@]+)@",
        literal
    ),
    shape!(
        "a token in a URL",
        &["://"],
        r"[A-Za-z][A-Za-z0-9+.-]+://(?P<secret>[A-Za-z0-9_.~-]{20,})@",
        |_| true
    ),
    shape!(
        "a JSON web token",
        &["eyj"],
        r"\b(?P<secret>eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*)",
        |_| true
    ),
    shape!(
        "an access token",
        &TOKENS,
        r"\b(?P<secret>(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|(sk|rk)_(live|test)_[A-Za-z0-9]{10,}|sk-[A-Za-z0-9_-]{20,}|whsec_[A-Za-z0-9+/=]{16,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}|npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{30,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9_-]{20,}|(AKIA|ASIA)[A-Z0-9]{16}|dop_v1_[a-f0-9]{40,}|hv[sb]\.[A-Za-z0-9_-]{20,}|shp(at|ss|ca|pa)_[a-fA-F0-9]{20,}|lin_api_[A-Za-z0-9]{20,}))",
        |_| true
    ),
    shape!(
        "credentials of a request",
        &["bearer", "basic", "token"],
        r"(?i)\b(authorization\s*[:=]\s*)?(bearer|basic|token)\s+(?P<secret>[A-Za-z0-9+/_.~-]{16,}=*)",
        |value| value
            .bytes()
            .any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
    ),
    shape!(
        "a secret by its name",
        &NAMES,
        r#"(?i)(?P<name>[A-Za-z0-9_.-]*(passw(or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|signing[_-]?key|credentials?)[A-Za-z0-9_]*)["']?(?P<sign>\s?=\s?|:\s?|=>\s?)(?P<quote>["'])(?P<secret>[^"'\n]{3,})["']"#,
        literal
    ),
    shape!(
        "a secret by its name",
        &NAMES,
        r#"(?i)(?P<name>[A-Za-z0-9_.-]*(passw(or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|signing[_-]?key|credentials?)[A-Za-z0-9_]*)["']?(?P<sign>\s?=\s?|:\s?|=>\s?|\s)["']?(?P<secret>[^\s"',;&]{3,})"#,
        literal
    ),
];

/// The text with every secret in it replaced by `[redacted]`.
pub fn redact(text: &str) -> Redacted {
    let mut redacted = Redacted {
        text: text.to_owned(),
        found: Vec::new(),
    };
    let lower = text.to_ascii_lowercase();
    for shape in SHAPES
        .iter()
        .filter(|shape| shape.signs.iter().any(|sign| lower.contains(sign)))
    {
        let mut found = false;
        let next = shape.pattern.replace_all(&redacted.text, |captures: &Captures<'_>| {
            let whole = &captures[0];
            let Some(secret) = captures.name("secret") else {
                return whole.to_owned();
            };
            if !(shape.counts)(secret.as_str()) || !assigned(captures, secret.as_str()) {
                return whole.to_owned();
            }
            found = true;
            let start = captures.get(0).map_or(0, |all| all.start());
            let (before, after) = (secret.start() - start, secret.end() - start);
            format!("{}[redacted]{}", &whole[..before], &whole[after..])
        });
        if let (true, Cow::Owned(next)) = (found, next) {
            redacted.text = next;
            if !redacted.found.contains(&shape.what) {
                redacted.found.push(shape.what);
            }
        }
    }
    redacted
}

/// Whether a name and a value are an assignment and no sentence: `=` always is one; after `:` or as a flag (`--password
/// x`) the value must look like no word of a sentence. Shapes without a name always count.
fn assigned(captures: &Captures<'_>, value: &str) -> bool {
    let (Some(name), Some(sign)) = (captures.name("name"), captures.name("sign")) else {
        return true;
    };
    match sign.as_str().trim() {
        "" => name.as_str().starts_with("--"),
        ":" => value.len() >= 6 && value.chars().any(|c| !c.is_alphabetic() && !matches!(c, '.' | '-')),
        _ => true,
    }
}

/// Whether a value is a secret itself, and neither a reference to one nor a placeholder.
fn literal(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let reference = value.starts_with(['$', '<', '[', '{', '*', '%'])
        || ["env:", "file:", "exec:"].iter().any(|kind| lower.starts_with(kind));
    let word = matches!(
        lower.trim_end_matches('.'),
        "true" | "false" | "none" | "null" | "nil" | "yes" | "no" | "changeme" | "xxx" | "redacted"
    );
    !reference && !word && !value.chars().all(|c| matches!(c, '*' | 'x' | 'X' | '.'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(text: &str) -> String {
        redact(text).text
    }

    #[test]
    fn secrets_are_replaced_and_named() {
        for (pasted, kept, what) in [
            (
                "DB_PASSWORD=hunter2 was wrong",
                "DB_PASSWORD=[redacted] was wrong",
                "a secret by its name",
            ),
            (
                "\"apiKey\": \"abc123def\"",
                "\"apiKey\": \"[redacted]\"",
                "a secret by its name",
            ),
            ("password: s3cret!", "password: [redacted]", "a secret by its name"),
            (
                "psql --password hunter2 -h db",
                "psql --password [redacted] -h db",
                "a secret by its name",
            ),
            (
                "export CLIENT_SECRET = 'two words'",
                "export CLIENT_SECRET = '[redacted]'",
                "a secret by its name",
            ),
            (
                "postgres://shop:hun:ter2@db/shop",
                "postgres://shop:[redacted]@db/shop",
                "a password in a URL",
            ),
            (
                "redis://:hunter2@cache",
                "redis://:[redacted]@cache",
                "a password in a URL",
            ),
            (
                "https://abcdefghij0123456789@git.example/x",
                "https://[redacted]@git.example/x",
                "a token in a URL",
            ),
            (
                "curl -H 'Authorization: Bearer abcdEFGH12345678'",
                "curl -H 'Authorization: Bearer [redacted]'",
                "credentials of a request",
            ),
            ("see ghp_0123456789abcdefghij0123", "see [redacted]", "an access token"),
            ("AKIAIOSFODNN7EXAMPLE leaked", "[redacted] leaked", "an access token"),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nMIIB\nAAAA\n-----END RSA PRIVATE KEY-----\nafter",
                "[redacted]\nafter",
                "a private key",
            ),
            (
                "a -----BEGIN OPENSSH PRIVATE KEY-----\ncut off",
                "a [redacted]",
                "a private key",
            ),
        ] {
            let redacted = redact(pasted);
            assert_eq!(redacted.text, kept, "{pasted}");
            assert_eq!(redacted.found.first().copied().unwrap_or_default(), what, "{pasted}");
        }
    }

    #[test]
    fn sentences_stay_as_they_are() {
        for sentence in [
            "the token expired at 12:03",
            "token: expired",
            "we rotate the secret: tomorrow",
            "DB_PASSWORD=$DB_PASSWORD and TOKEN=env:TOKEN",
            "basic authentication of administrators",
            "https://example.com/a?b=c and https://bob@example.com",
            "passwords are hashed",
            "password=*** in the log",
            "checkout answers 500",
        ] {
            assert_eq!(
                redact(sentence),
                Redacted {
                    text: sentence.into(),
                    found: vec![]
                }
            );
        }
    }

    proptest! {
        #[test]
        fn nothing_panics_and_once_is_enough(pasted in "(?s).{0,80}((password|token)[=:]|://a:|-----BEGIN PRIVATE KEY-----|Bearer )?(?s).{0,80}") {
            let once = text(&pasted);
            prop_assert_eq!(text(&once), once);
        }

        #[test]
        fn a_value_with_a_secrets_name_is_never_kept(value in "[a-wyzA-WYZ0-9]{6,40}") {
            prop_assume!(literal(&value));
            let pasted = format!("x PGPASSWORD={value} y");
            prop_assert!(!text(&pasted).contains(&value) || "x PGPASSWORD= y[redacted]".contains(&value));
        }
    }
}
