//! Lines that a service printed: whether a machine can read them, and whether they hold what logs must not.

use serde_json::Value;

use crate::readiness::secrets::detect;

/// What a sample of lines says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    pub lines: usize,
    /// Lines that are JSON objects with a time and a level.
    pub structured: usize,
    /// Of those, lines with the id of a request.
    pub with_request: usize,
    /// What the first line that is not structured lacks.
    pub first_wrong: Option<String>,
    /// Personal data and secrets, each as what it is and a hash; the value itself is not kept.
    pub leaks: Vec<Leak>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leak {
    pub what: &'static str,
    pub hash: String,
}

/// Leaks that are kept.
const MAX_LEAKS: usize = 20;

const TIMES: [&str; 9] = [
    "time",
    "ts",
    "timestamp",
    "@timestamp",
    "t",
    "datetime",
    "date",
    "asctime",
    "log_time",
];
const LEVELS: [&str; 7] = [
    "level",
    "lvl",
    "severity",
    "log.level",
    "loglevel",
    "levelname",
    "log_level",
];
const REQUESTS: [&str; 16] = [
    "request_id",
    "requestid",
    "req_id",
    "reqid",
    "request-id",
    "x-request-id",
    "x_request_id",
    "trace_id",
    "traceid",
    "trace",
    "correlation_id",
    "correlationid",
    "trace.id",
    "http.request_id",
    "dd.trace_id",
    "request.id",
];

impl Sample {
    pub fn of<'a>(lines: impl IntoIterator<Item = &'a str>) -> Sample {
        let mut sample = Sample::default();
        for line in lines {
            sample.take(line);
        }
        sample
    }

    fn take(&mut self, line: &str) {
        self.lines += 1;
        match structured(line) {
            Ok(with_request) => {
                self.structured += 1;
                self.with_request += usize::from(with_request);
            }
            Err(lacks) => {
                self.first_wrong.get_or_insert(lacks);
            }
        }
        for (what, value) in personal(line).into_iter().chain(secret(line)) {
            let leak = Leak {
                what,
                hash: detect::hash(value.as_bytes()),
            };
            if self.leaks.len() < MAX_LEAKS && !self.leaks.contains(&leak) {
                self.leaks.push(leak);
            }
        }
    }
}

/// Whether a structured line names a request; what it lacks where it is not structured.
fn structured(line: &str) -> Result<bool, String> {
    let Ok(Value::Object(fields)) = serde_json::from_str(line) else {
        return Err("is no JSON object".into());
    };
    let has = |known: &[&str]| {
        fields.iter().any(|(name, value)| {
            let filled = !value.is_null() && value.as_str() != Some("");
            filled && known.contains(&name.to_ascii_lowercase().as_str())
        })
    };
    // One level of nesting, as `{"req": {"id": …}}` and `{"log": {"level": …}}` have it.
    let inside = |outer: &str, inner: &str| fields.get(outer).is_some_and(|value| !value[inner].is_null());
    if !has(&TIMES) {
        return Err("has no time".into());
    }
    if !has(&LEVELS) && !inside("log", "level") {
        return Err("has no level".into());
    }
    Ok(has(&REQUESTS)
        || inside("req", "id")
        || inside("request", "id")
        || inside("trace", "id")
        || inside("http", "request_id"))
}

fn secret(line: &str) -> Vec<(&'static str, String)> {
    let hits = detect::line(line.as_bytes());
    hits.into_iter()
        .filter_map(|hit| Some((hit.what, line.get(hit.value)?.to_owned())))
        .collect()
}

/// Mail addresses, payment cards and bank accounts. Numbers count only with the right check digits.
fn personal(line: &str) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let apart = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '_' | '-' | '+'));
    for word in line.split(apart) {
        if is_mail(word) {
            found.push(("a mail address", word.to_owned()));
        } else if is_iban(word) {
            found.push(("a bank account", word.to_owned()));
        }
    }
    let mut digits = String::new();
    for c in line.chars().chain(['\n']) {
        match c {
            '0'..='9' => digits.push(c),
            ' ' | '-' if !digits.is_empty() => {}
            _ => {
                if is_card(&digits) {
                    found.push(("a payment card", digits.clone()));
                }
                digits.clear();
            }
        }
    }
    found
}

fn is_mail(word: &str) -> bool {
    // Domains that are nobody's by RFC 2606, and names of hosts.
    const NOBODY: [&str; 6] = [
        "example.com",
        "example.org",
        "example.net",
        "example",
        "localhost",
        "test",
    ];
    word.trim_matches(['.', '-'])
        .split_once('@')
        .is_some_and(|(user, host)| {
            let top = host.rsplit('.').next().unwrap_or_default();
            !user.is_empty()
                && host.contains('.')
                && !host.contains('@')
                && top.len() >= 2
                && top.chars().all(|c| c.is_ascii_alphabetic())
                && !NOBODY
                    .iter()
                    .any(|name| host == *name || host.ends_with(&format!(".{name}")))
        })
}

/// 13 to 16 digits that begin as a card does, with the check digit of ISO/IEC 7812 (Luhn).
fn is_card(digits: &str) -> bool {
    if !(13..=16).contains(&digits.len()) || !digits.starts_with(['3', '4', '5', '6']) {
        return false;
    }
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| match (u32::from(byte - b'0'), at % 2) {
            (digit, 0) => digit,
            (digit, _) if digit > 4 => digit * 2 - 9,
            (digit, _) => digit * 2,
        })
        .sum();
    // Ids pass one time in ten; one digit over and over is no card.
    sum.is_multiple_of(10) && digits.bytes().collect::<std::collections::BTreeSet<_>>().len() > 1
}

/// Two letters, two check digits (ISO 7064 mod 97-10) and 11 to 30 letters and digits.
fn is_iban(word: &str) -> bool {
    let bytes = word.as_bytes();
    if !(15..=34).contains(&bytes.len()) || !bytes.is_ascii() {
        return false;
    }
    let (head, tail) = word.split_at(4);
    let shaped = head.bytes().take(2).all(|byte| byte.is_ascii_uppercase())
        && head.bytes().skip(2).all(|byte| byte.is_ascii_digit())
        && tail
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    let rest = tail.bytes().chain(head.bytes()).fold(0_u32, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte.wrapping_sub(b'A')) + 10) % 97,
    });
    shaped && rest == 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn structure_is_json_with_time_and_level() {
        let sample = Sample::of([
            r#"{"time":"2026-01-01T00:00:00Z","level":"info","message":"listening"}"#,
            r#"{"time":"2026-01-01T00:00:00Z","level":"info","request_id":"a1"}"#,
            r#"{"ts":1,"severity":"INFO","req":{"id":3}}"#,
            r#"{"level":"info"}"#,
            r#"{"time":"x","level":""}"#,
            "plain",
        ]);
        assert_eq!((sample.lines, sample.structured, sample.with_request), (6, 3, 2));
        assert_eq!(sample.first_wrong.as_deref(), Some("has no time"));
    }

    #[test]
    fn personal_data_is_found_by_its_form_and_its_check_digits() {
        let found = |line: &str| personal(line).into_iter().map(|(what, _)| what).collect::<Vec<_>>();
        assert_eq!(found("order of ada@acme.io."), ["a mail address"]);
        assert_eq!(found("card 4111 1111-1111 1111 end"), ["a payment card"]);
        assert_eq!(found("to DE89370400440532013000"), ["a bank account"]);
        for line in [
            "ops@service.example",
            "4111 1111 1111 1112",
            "1700000000000000000",
            "DE00370400440532013000",
            "git@host",
            "a@b",
            "0000000000000000",
        ] {
            assert!(found(line).is_empty(), "{line}: {:?}", found(line));
        }
    }

    #[test]
    fn a_leak_is_a_hash_and_not_the_value() {
        let sample = Sample::of(["ada@acme.io", "ada@acme.io"]);
        assert_eq!(sample.leaks.len(), 1);
        assert!(!format!("{sample:?}").contains("acme"));
    }

    proptest! {
        #[test]
        fn no_line_makes_it_panic(line in "([0-9 -]{1,20}|[A-Z]{2}[0-9]{2}|@|[a-zé.{}\":,]){0,40}") {
            Sample::of([line.as_str()]);
        }
    }
}
