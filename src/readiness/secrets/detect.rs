//! Recognises secrets in text: keys whose shape is public, private keys, and values that look random behind names that say
//! what they are.
//!
//! It errs on both sides by nature. Values that plainly are none (placeholders, references to variables, words) are passed
//! over; what is left is told as a place and a hash.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::config::lookalike;

/// Changes whenever the same text may be judged in another way: what was found before counts for nothing then.
pub const VERSION: u32 = 1;

/// One secret: what it is and where its value stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub what: &'static str,
    pub value: Range<usize>,
}

/// Keys that are told by their beginnings, as their issuers document them.
const SHAPES: [(&str, &str); 19] = [
    (
        "a private key",
        r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----",
    ),
    ("an AWS access key", r"(?:AKIA|ASIA)[A-Z2-7]{16}"),
    ("a GitHub token", r"gh[pousr]_[A-Za-z0-9]{36,255}"),
    ("a GitHub token", r"github_pat_[A-Za-z0-9_]{22,255}"),
    ("a GitLab token", r"gl(?:pat|dt|rt|cbt|ptt)-[A-Za-z0-9_-]{20,}"),
    ("a Stripe key", r"[sr]k_live_[A-Za-z0-9]{16,}"),
    ("a webhook's signing key", r"whsec_[A-Za-z0-9+/]{24,}"),
    ("a Slack token", r"xox[abeoprs]-[A-Za-z0-9-]{20,}"),
    ("a Slack token", r"xapp-[0-9]-[A-Za-z0-9-]{20,}"),
    (
        "a Slack webhook",
        r"hooks\.slack\.com/services/T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{16,}",
    ),
    ("an npm token", r"npm_[A-Za-z0-9]{36}"),
    ("a PyPI token", r"pypi-AgE[A-Za-z0-9_-]{50,}"),
    ("a SendGrid key", r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    ("a Google key", r"AIza[A-Za-z0-9_-]{35}"),
    ("an Anthropic key", r"sk-ant-[A-Za-z0-9_-]{24,}"),
    ("an OpenAI key", r"sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{24,}"),
    ("a DigitalOcean token", r"do[por]_v1_[a-f0-9]{64}"),
    ("a Vault token", r"hv[sbr]\.[A-Za-z0-9_-]{24,}"),
    ("an age key", r"AGE-SECRET-KEY-1[A-Z0-9]{58}"),
];

/// All shapes at once: one walk over the text finds where to look closer.
static ANY_SHAPE: LazyLock<Regex> = LazyLock::new(|| {
    let all: Vec<String> = SHAPES.iter().map(|(_, shape)| format!("({shape})")).collect();
    Regex::new(&format!("(?-u){}", all.join("|"))).expect("the shapes are regular expressions")
});

/// Parts of names that say that a value is a secret, and the place of a password in a URL.
static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    let words = r"(?i-u:passw|passphrase|pwd|secret|token|api_?-?key|private_?-?key|access_?-?key|signing_?-?key|encryption_?-?key|credential)";
    Regex::new(&format!("{words}|://[^\\s/:@\"'`<>]{{1,64}}:[^\\s/@\"'`<>]{{3,200}}@"))
        .expect("the words are a regular expression")
});

/// Secrets in a text, by place.
pub fn text(bytes: &[u8]) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for shape in ANY_SHAPE.captures_iter(bytes) {
        let which = (1..=SHAPES.len()).find_map(|index| Some((index - 1, shape.get(index)?)));
        let Some((index, at)) = which else { continue };
        let what = SHAPES[index].0;
        let begun_before = at
            .start()
            .checked_sub(1)
            .is_some_and(|before| bytes[before].is_ascii_alphanumeric());
        let value = match what {
            "a private key" => key_body(bytes, at.end()),
            _ if begun_before || is_example(at.as_bytes()) => None,
            _ => Some(at.range()),
        };
        found.extend(value.map(|value| Found { what, value }));
    }
    let mut checked = 0;
    for word in WORDS.find_iter(bytes) {
        if word.start() < checked {
            continue;
        }
        let value = match word.as_bytes().starts_with(b"://") {
            true => url_password(word.as_bytes()).map(|value| value.start + word.start()..value.end + word.start()),
            false => assigned(bytes, word.range()),
        };
        if let Some(value) = value {
            checked = value.end;
            // What has a shape was found by it.
            if !found
                .iter()
                .any(|other| other.value.start < value.end && value.start < other.value.end)
            {
                found.push(Found {
                    what: "a value behind a secret's name",
                    value,
                });
            }
        }
    }
    found.sort_by_key(|found| found.value.start);
    found
}

/// Secrets in one line, with places in it.
pub fn line(bytes: &[u8]) -> Vec<Found> {
    text(bytes)
}

/// What stands for a value: the first 48 bits of a hash that is used for nothing else.
pub fn hash(value: &[u8]) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("deliver 2026 secret found in source");
    hasher.update(value);
    let mut hash = hasher.finalize().to_hex().to_string();
    hash.truncate(12);
    hash
}

/// The body of a private key after its first line; a first line alone is what programs compare with.
fn key_body(bytes: &[u8], after: usize) -> Option<Range<usize>> {
    /// A line of base64 in PEM (RFC 7468) has 64 characters; headers of older forms come first.
    const LEAST: usize = 40;
    let window = &bytes[after..bytes.len().min(after + 400)];
    let is_body = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let mut start = 0;
    while start < window.len() {
        let length = window[start..].iter().take_while(|byte| is_body(byte)).count();
        // A word of an escaped line break, `\n`, is a letter of it.
        let skip = usize::from(start > 0 && window[start - 1] == b'\\' && window[start] == b'n');
        if length - skip.min(length) >= LEAST {
            let begin = after + start + skip;
            return (!is_example(&bytes[begin..begin + length - skip])).then_some(begin..begin + length - skip);
        }
        start += length.max(1);
    }
    None
}

/// Values that documents show, and that nobody could use.
fn is_example(value: &[u8]) -> bool {
    const SAID: [&[u8]; 8] = [
        b"EXAMPLE",
        b"PLACEHOLDER",
        b"XXXX",
        b"0000000",
        b"1234567",
        b"ABCDEFG",
        b"YOUR",
        b"REDACTED",
    ];
    let upper = value.to_ascii_uppercase();
    let distinct = value.iter().collect::<std::collections::BTreeSet<_>>().len();
    distinct < 6
        || SAID
            .iter()
            .any(|said| upper.windows(said.len()).any(|part| part == *said))
}

/// The password in `://user:password@`, unless it is a placeholder or as public as the user's name.
fn url_password(found: &[u8]) -> Option<Range<usize>> {
    let colon = found.iter().skip(3).position(|byte| *byte == b':')? + 3;
    let (user, password) = (&found[3..colon], &found[colon + 1..found.len() - 1]);
    let text = std::str::from_utf8(password).ok()?;
    let written = text.contains(['$', '{', '}', '%', '*', '(', '<', '[']);
    let known = [
        "password", "passwd", "secret", "pass", "postgres", "root", "admin", "guest", "test", "dev", "user", "local",
    ];
    let public = password == user || known.iter().any(|word| text.eq_ignore_ascii_case(word));
    let plain = written || public || is_example(password) || lookalike::in_variable("PASSWORD", text).is_none();
    (!plain && is_random(text)).then(|| colon + 1..found.len() - 1)
}

/// The value that is given to the name around `word`: `DB_PASSWORD = "…"`, `"apiKey": "…"`, `TOKEN=…`.
fn assigned(bytes: &[u8], word: Range<usize>) -> Option<Range<usize>> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    /// Names are shorter; a longer run is a value itself.
    const LONGEST: usize = 80;
    let before = bytes[..word.start]
        .iter()
        .rev()
        .take_while(|byte| is_name(byte))
        .take(LONGEST)
        .count();
    let after = bytes[word.end..]
        .iter()
        .take_while(|byte| is_name(byte))
        .take(LONGEST)
        .count();
    let name = std::str::from_utf8(&bytes[word.start - before..word.end + after]).ok()?;
    let name = name.rsplit('.').next().unwrap_or(name);
    let mut at = word.end + after;
    let skip = |at: &mut usize, signs: &[u8], most: usize| {
        let count = bytes[*at..]
            .iter()
            .take(most)
            .take_while(|byte| signs.contains(byte))
            .count();
        *at += count;
        count
    };
    skip(&mut at, b"\"'`]", 2);
    skip(&mut at, b" \t", 40);
    if skip(&mut at, b":=>", 2) == 0 {
        return None;
    }
    skip(&mut at, b" \t", 40);
    let quote = bytes
        .get(at)
        .copied()
        .filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
    let start = at + usize::from(quote.is_some());
    let ends = |byte: &u8| match quote {
        Some(quote) => *byte == quote || matches!(byte, b'\n' | b'\r'),
        None => {
            byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b',' | b';' | b'#' | b')' | b'}' | b']')
        }
    };
    /// Longer values are data, not keys.
    const MOST: usize = 300;
    let length = bytes[start..].iter().take(MOST).take_while(|byte| !ends(byte)).count();
    let value = std::str::from_utf8(&bytes[start..start + length]).ok()?;
    let closed = quote.is_none_or(|quote| bytes.get(start + length) == Some(&quote));
    // Without quotes what follows may be code: only the end of the line can follow a value there.
    let alone = quote.is_some()
        || bytes
            .get(start + length)
            .is_none_or(|byte| matches!(byte, b'\n' | b'\r'));
    let secret = closed && alone && lookalike::in_variable(name, value).is_some() && !is_example(value.as_bytes());
    (secret && is_random(value) && !is_code(value, quote.is_some())).then_some(start..start + length)
}

/// Whether a value is an expression, a path or a sentence rather than a key.
fn is_code(value: &str, quoted: bool) -> bool {
    let calls =
        value.contains(['(', ')', '{', '}', '[', ']', '<', '>', '$', '|', '\\', ' ', ';']) || value.contains("::");
    let path = value.starts_with(['/', '.', '~'])
        || value.contains("://")
        || value.starts_with("env:")
        || value.starts_with("file:");
    let name = value.contains('.')
        && value
            .split('.')
            .all(|part| part.chars().all(|c| c.is_ascii_alphabetic() || c == '_'));
    calls || path || name || (!quoted && value.contains('.') && !value.contains(|c: char| c.is_ascii_digit()))
}

/// Whether text looks drawn rather than written: letters and digits or signs mixed, and no letter much more frequent than
/// the others. Shannon's entropy of words is near 2.5 bits a letter, of random hexadecimal digits 3.3 to 4.
fn is_random(value: &str) -> bool {
    if value.len() < 8 {
        return false;
    }
    let has = |passes: fn(&u8) -> bool| value.bytes().any(|byte| passes(&byte));
    let digits = has(u8::is_ascii_digit);
    let letters = has(u8::is_ascii_alphabetic);
    let mixed_case = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    let signs = value
        .bytes()
        .any(|byte| byte.is_ascii_punctuation() && !matches!(byte, b'-' | b'_' | b'.' | b'/' | b':'));
    let mixed = letters && (digits && (mixed_case || value.len() >= 16) || signs && (digits || mixed_case));
    // Words joined by signs that are no words' own, as in `my-app-token-v2`.
    let words = value.split(['-', '_', '.', '/', ':']);
    let spelled = words
        .filter(|word| word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_lowercase()))
        .count();
    mixed && spelled < 2 && entropy(value.as_bytes()) >= if value.len() >= 16 { 3.0 } else { 2.75 }
}

/// Bits a byte.
fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in bytes {
        counts[usize::from(*byte)] += 1;
    }
    let total = bytes.len() as f64;
    let shares = counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / total);
    shares.map(|share| -share * share.log2()).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Put together here, so that this file holds no line that looks like a secret.
    fn shaped(parts: &[&str]) -> String {
        parts.concat()
    }

    fn values(source: &str) -> Vec<&str> {
        text(source.as_bytes())
            .into_iter()
            .map(|found| &source[found.value])
            .collect()
    }

    #[test]
    fn keys_are_found_by_their_shapes() {
        for key in [
            shaped(&["AKIA", "Z7Q3MPL2XW5VKRTD"]),
            shaped(&["ghp_", "a8Kd92mNq0Zx7cVb5TyUi3oPl1KjHgFdSaQw"]),
            shaped(&["glpat-", "x8Kd92mNq0Zx7cVb5TyU"]),
            shaped(&["sk_live_", "x8Kd92mNq0Zx7cVb5TyU"]),
            shaped(&["xoxb-", "2912839-x8Kd92mNq0Zx7cVb"]),
            shaped(&["sk-ant-", "api03-x8Kd92mNq0Zx7cVb5TyUmm"]),
        ] {
            assert_eq!(values(&format!("x = {key}\n")), [key.as_str()]);
            assert!(values(&format!("x{key}")).is_empty(), "the end of a longer word");
        }
        let documented = shaped(&["AKIA", "IOSFODNN7", "EXAMPLE"]);
        assert!(values(&documented).is_empty());
    }

    #[test]
    fn a_private_key_is_its_body() {
        let head = shaped(&["-----BEGIN RSA ", "PRIVATE KEY-----"]);
        let body = "MIIEowIBAAKCAQEA3Zt8qPz0kXv1LwYh5rBnQ2mUeTgFjSdKaOcVxHyI9pWb7N4R";
        assert_eq!(values(&format!("{head}\n{body}\n")), [body]);
        assert_eq!(values(&format!("key: \"{head}\\n{body}\\n\"")), [body]);
        assert_eq!(values(&format!("{head}\nProc-Type: 4,ENCRYPTED\n\n{body}\n")), [body]);
        assert!(values(&format!("if text.starts_with(\"{head}\") {{ return }}")).is_empty());
    }

    #[test]
    fn random_values_behind_secret_names_are_found() {
        let value = shaped(&["hK9x", "Lq2v", "Tz7p", "Wm4r"]);
        for source in [
            format!("DB_PASSWORD={value}\n"),
            format!("db_password = \"{value}\"\n"),
            format!("  \"apiToken\": \"{value}\",\n"),
            format!("config.secretKey = '{value}';\n"),
            format!("os.environ['API_KEY'] = '{value}'\n"),
            format!("password: {value}\n"),
            format!("url = postgres://app:{value}@db.acme.io/x\n"),
        ] {
            assert_eq!(values(&source), [value.as_str()], "{source}");
        }
    }

    #[test]
    fn placeholders_references_and_code_are_no_secrets() {
        for source in [
            "PASSWORD=changeme",
            "password = \"correct horse battery\"",
            "token = get_token(request, 3)",
            "TOKEN=${GITHUB_TOKEN}",
            "secret: \"{{ vault.secret9 }}\"",
            "TOKEN_URL=https://auth.acme.io/oauth2/token",
            "password_file = \"/run/secrets/db1\"",
            "api_key = \"your-api-key-here-123\"",
            "const token = parse::<Token>(text)?;",
            "postgres://postgres:postgres@localhost/x",
            "postgres://app:password@localhost/x",
            "postgres://app:$PGPASSWORD@localhost/x",
            "DATABASE_URL = \"env:DATABASE_URL\"",
            "token: str = Field(...)",
            "secretName: my-app-tls-cert-v2",
            "passwordHash = crypto.createHash('sha256')",
            "PASSWORD_MIN_LENGTH=12",
            "secrets.GITHUB_TOKEN",
        ] {
            assert_eq!(values(source), [""; 0], "{source}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(source in proptest::collection::vec(any::<u8>(), 0..300)) {
            text(&source);
        }

        #[test]
        fn no_text_makes_it_panic_and_values_are_inside(
            source in "(-----BEGIN PRIVATE KEY-----|password|TOKEN|secret|://a:|@|=|: |\"|'|\\n|[A-Za-z0-9+/é\\\\ ]{1,9}){0,40}"
        ) {
            for found in text(source.as_bytes()) {
                prop_assert!(found.value.start < found.value.end && found.value.end <= source.len());
            }
        }
    }
}
