//! A Prometheus server as a source of a release's numbers, and the expressions it is asked.

use serde::{Deserialize, Serialize};

use super::spec::SecretRef;

/// `[environment.NAME.metrics]`. Holds references to credentials, never credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prometheus {
    /// Its address, without `/api/v1`.
    pub url: String,
    /// Expressions that give one number each, with placeholders: how many requests failed, how many there were, and the
    /// seconds within which a share of them was answered.
    pub errors: String,
    pub total: String,
    /// `None`: how long answers take is not known there.
    pub latency: Option<String>,
    /// Sent as a bearer token.
    pub token: Option<SecretRef>,
    /// Name and password for basic authentication.
    pub user: Option<String>,
    pub password: Option<SecretRef>,
}

/// What may stand after `$` in an expression. `$quantile` is for latency alone.
pub const PLACEHOLDERS: [&str; 5] = ["service", "env", "release", "window", "quantile"];

/// The requests of one release, by what the templates export: each instance says in `deliver_release_info` what it runs.
/// Endpoints of the runtime are not the service's traffic.
macro_rules! of_release {
    ($metric:literal, $more:literal) => {
        concat!(
            "increase(",
            $metric,
            "{route!~\"/healthz|/readyz|/metrics\"",
            $more,
            "}[$window]) * on (job, instance) group_left () ",
            "max by (job, instance) (deliver_release_info{service=\"$service\",release=\"$release\"})"
        )
    };
}

/// What is asked where the manifest says nothing: answers what services from the templates export.
pub const ERRORS: &str = concat!(
    "sum(",
    of_release!("http_requests_total", ",status=~\"5..\""),
    ") or vector(0)"
);
pub const TOTAL: &str = concat!("sum(", of_release!("http_requests_total", ""), ")");
pub const LATENCY: &str = concat!(
    "histogram_quantile($quantile, sum by (le) (",
    of_release!("http_request_duration_seconds_bucket", ""),
    "))"
);

/// The expression with its placeholders filled in. Values are escaped for a quoted string; `$` before anything but a letter
/// stays, for `label_replace`.
pub fn fill(expression: &str, value_of: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut filled = String::with_capacity(expression.len() + 64);
    let mut rest = expression;
    while let Some(at) = rest.find('$') {
        filled.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let length = after
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(after.len());
        let name = &after[..length];
        if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let value = value_of(name).ok_or_else(|| format!("`${name}` is not known here"))?;
            filled.push_str(&value.replace('\\', "\\\\").replace('"', "\\\""));
        } else {
            filled.push('$');
            filled.push_str(name);
        }
        rest = &after[length..];
    }
    filled.push_str(rest);
    Ok(filled)
}

/// Names after `$` in an expression, in their order.
pub fn placeholders(expression: &str) -> Vec<String> {
    let seen = std::cell::RefCell::new(Vec::new());
    let _ = fill(expression, |name| {
        seen.borrow_mut().push(name.to_owned());
        Some(String::new())
    });
    seen.into_inner()
}

/// What is visibly wrong with an expression: brackets and quotes that do not match. What it means only the server can say.
pub fn check(expression: &str) -> Result<(), String> {
    let mut open = Vec::new();
    let mut characters = expression.chars();
    while let Some(c) = characters.next() {
        match c {
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            ')' | ']' | '}' if open.pop() != Some(c) => return Err(format!("`{c}` closes nothing")),
            '"' | '\'' | '`' => {
                let mut escaped = false;
                let closed = characters.by_ref().any(|next| {
                    let end = next == c && !escaped;
                    escaped = next == '\\' && !escaped && c != '`';
                    end
                });
                if !closed {
                    return Err(format!("the quote {c} is never closed"));
                }
            }
            _ => {}
        }
    }
    match open.pop() {
        Some(missing) => Err(format!("`{missing}` is missing")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(name: &str) -> Option<String> {
        let value = match name {
            "service" => "shop",
            "release" => "v3",
            "window" => "30s",
            "quantile" => "0.99",
            "env" => "a\"} or vector(0) #",
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[test]
    fn placeholders_are_filled_and_values_stay_within_their_quotes() {
        let filled = |text: &str| fill(text, value);
        assert_eq!(
            filled("rate(x{s=\"$service-$release\"}[$window])").unwrap(),
            "rate(x{s=\"shop-v3\"}[30s])"
        );
        assert_eq!(filled("x{e=\"$env\"}").unwrap(), "x{e=\"a\\\"} or vector(0) #\"}");
        assert_eq!(
            filled("label_replace(x, \"a\", \"$1\", \"b\", \"(.*)\") $")
                .unwrap()
                .matches('$')
                .count(),
            2
        );
        assert_eq!(filled("$services").unwrap_err(), "`$services` is not known here");
        for expression in [ERRORS, TOTAL, LATENCY] {
            assert_eq!(check(&filled(expression).unwrap()), Ok(()));
        }
        assert_eq!(placeholders("$a{$b}$1 $"), ["a", "b"]);
    }

    #[test]
    fn brackets_and_quotes_must_match() {
        for good in ["sum(rate(x{a=\"b)\"}[5m]))", "x{a='\\''}", "x{a=`\\`}", ""] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in ["sum(x", "x)", "x{[}]", "x{a=\"b}", "(]"] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_strange(text in "\\PC*", value in "\\PC*") {
            let _ = check(&text);
            let _ = placeholders(&text);
            let filled = fill("x{a=\"$service\"}", |_| Some(value.clone())).unwrap();
            proptest::prop_assert_eq!(check(&filled), Ok(()));
        }
    }
}
