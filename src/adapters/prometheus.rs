//! Numbers from a Prometheus server, by its HTTP interface. Asked is little and answered is little, so that the client is
//! our own; what does not answer with one finite number says nothing.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::blocking::Client;
use reqwest::redirect::Policy;
use serde::Deserialize;

use crate::fault::{Fault, Kind, Result};
use crate::model::Span;
use crate::model::prometheus::{Prometheus as Config, fill, placeholders};
use crate::model::share::Share;
use crate::ports::Metrics;
use crate::ports::metrics::{Of, Sample};
use crate::ports::target::Secret;

/// Of one question: a watch asks several, and looks at the instances in between.
const TIMEOUT: Duration = Duration::from_secs(3);

/// More of an answer is not read: one number fits many times.
const MAX_BODY: u64 = 256 * 1024;

/// More of what a server says is not repeated.
const MAX_WORDS: usize = 300;

/// Credentials, resolved.
#[derive(Default)]
pub struct Credentials {
    pub token: Option<Secret>,
    pub basic: Option<(String, Secret)>,
}

/// One server.
pub struct Prometheus {
    config: Config,
    credentials: Credentials,
    client: Client,
}

impl Prometheus {
    pub fn new(config: Config, credentials: Credentials) -> Result<Self> {
        // A proxy of the environment may be the only way to a server elsewhere; one on this machine is asked directly.
        let client = Client::builder().redirect(Policy::none()).timeout(TIMEOUT);
        let client = match on_this_machine(&config.url) {
            true => client.no_proxy(),
            false => client,
        };
        let client = client
            .build()
            .map_err(|error| Fault::bug("a web client could not be made").because(error))?;
        Ok(Prometheus {
            config,
            credentials,
            client,
        })
    }

    fn fill(&self, of: Of<'_>, expression: &str, quantile: f64, window: Span) -> Result<String> {
        let value = |name: &str| match name {
            "service" => Some(of.service.to_string()),
            "env" => Some(of.env.to_string()),
            "release" => Some(of.release.to_string()),
            "window" => Some(format!("{}s", window.as_millis().div_ceil(1_000).max(1))),
            "quantile" => Some(quantile.to_string()),
            _ => None,
        };
        fill(expression, value)
            .map_err(|why| Fault::usage("metrics-expression", format!("cannot ask `{expression}`: {why}")))
    }

    /// The one number that an expression gives at a moment; `None` where it gives none, or none that is finite.
    fn ask(&self, query: &str, at: Timestamp) -> Result<Option<f64>> {
        let url = format!("{}/api/v1/query", self.config.url.trim_end_matches('/'));
        let time = format!("{:.3}", at.as_millisecond() as f64 / 1e3);
        let form = [("query", query), ("time", &time), ("timeout", "3s")];
        let mut request = self
            .client
            .post(&url)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(encoded(&form));
        if let Some(token) = &self.credentials.token {
            request = request.bearer_auth(token.reveal());
        } else if let Some((user, password)) = &self.credentials.basic {
            request = request.basic_auth(user, Some(password.reveal()));
        }
        let unreachable = |error: anyhow::Error| {
            let message = format!("Prometheus at {} does not answer", self.config.url);
            Fault::new(Kind::Unreachable, "metrics-unreachable", message).because(error)
        };
        let response = request
            .send()
            .map_err(|error| unreachable(error.without_url().into()))?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        std::io::Read::read_to_end(&mut std::io::Read::take(response, MAX_BODY), &mut body)
            .map_err(|error| unreachable(error.into()))?;
        self.read(status, &body)
    }

    fn read(&self, status: u16, body: &[u8]) -> Result<Option<f64>> {
        let refused = |why: &str| {
            let message = format!("Prometheus at {} answered {}", self.config.url, words(why));
            Fault::new(Kind::Unreachable, "metrics-refused", message)
        };
        if matches!(status, 401 | 403) {
            return Err(refused(&format!("{status}: the credentials are not accepted")).with_kind(Kind::Credentials));
        }
        let answer: Answer = match serde_json::from_slice(body) {
            Ok(answer) => answer,
            Err(_) => {
                return Err(refused(&format!(
                    "{status} with something that is no answer of Prometheus"
                )));
            }
        };
        match answer {
            Answer {
                status,
                data: Some(data),
                ..
            } if status == "success" => number(data).map_err(|why| refused(&why)),
            Answer { error, .. } => Err(refused(&format!(
                "{status}: {}",
                error.unwrap_or_else(|| "no reason".into())
            ))),
        }
    }
}

impl Metrics for Prometheus {
    fn name(&self) -> String {
        format!("Prometheus at {}", self.config.url)
    }

    fn knows_latency(&self) -> bool {
        self.config.latency.is_some()
    }

    fn grain(&self) -> Span {
        Span::ZERO
    }

    fn sample(&self, of: Of<'_>, from: Timestamp, to: Timestamp) -> Result<Sample> {
        let window = window(from, to);
        let ask = |expression: &str| -> Result<(Option<f64>, String)> {
            let query = self.fill(of, expression, 0.99, window)?;
            Ok((self.ask(&query, to)?, query))
        };
        let (total, _) = ask(&self.config.total)?;
        let (errors, source) = ask(&self.config.errors)?;
        let (p99, latency_source) = match &self.config.latency {
            Some(latency) => ask(latency)?,
            None => (None, String::new()),
        };
        let requests = match (errors, total) {
            (Some(errors), Some(total)) if errors >= 0.0 && total >= 0.0 => Some(Share {
                part: errors.round().min(total.round()) as u64,
                total: total.round() as u64,
            }),
            _ => None,
        };
        Ok(Sample {
            requests,
            tally: None,
            p99: p99.filter(|seconds| *seconds >= 0.0),
            source,
            latency_source,
        })
    }

    fn quantile(&self, of: Of<'_>, share: f64, from: Timestamp, to: Timestamp) -> Result<Option<f64>> {
        // An expression of one quantile alone cannot answer for another.
        let Some(latency) = &self.config.latency else {
            return Ok(None);
        };
        let any = placeholders(latency).iter().any(|name| name == "quantile");
        if !any && (share - 0.99).abs() > 1e-9 {
            return Ok(None);
        }
        let query = self.fill(of, latency, share, window(from, to))?;
        self.ask(&query, to)
    }

    fn evaluate(&self, of: Of<'_>, expression: &str, from: Timestamp, to: Timestamp) -> Result<Option<f64>> {
        let query = self.fill(of, expression, 0.99, window(from, to))?;
        self.ask(&query, to)
    }
}

#[derive(Deserialize)]
struct Answer {
    status: String,
    data: Option<Data>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "resultType")]
    kind: String,
    result: serde_json::Value,
}

/// The one number of an answer. Several are an error: which of them is meant only their author knows.
fn number(data: Data) -> std::result::Result<Option<f64>, String> {
    let value = match (data.kind.as_str(), data.result) {
        ("scalar", value) => value,
        ("vector", serde_json::Value::Array(mut series)) => match series.len() {
            0 => return Ok(None),
            1 => series.remove(0)["value"].take(),
            many => return Err(format!("{many} series instead of one number: sum them up")),
        },
        (kind, _) => return Err(format!("a {kind} instead of one number")),
    };
    let text = value
        .get(1)
        .and_then(|text| text.as_str())
        .ok_or("a sample without a value")?;
    let number: f64 = match text {
        "+Inf" | "-Inf" | "NaN" => return Ok(None),
        text => text
            .parse()
            .map_err(|_| format!("`{}` instead of a number", words(text)))?,
    };
    Ok(Some(number).filter(|number| number.is_finite()))
}

fn window(from: Timestamp, to: Timestamp) -> Span {
    Span::from_millis(u64::try_from(to.as_millisecond() - from.as_millisecond()).unwrap_or(0))
}

/// What a server said, fit to be repeated.
fn words(text: &str) -> String {
    let shown: String = text
        .chars()
        .take(MAX_WORDS)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    shown.trim().to_owned()
}

fn on_this_machine(url: &str) -> bool {
    let host = url.split("://").nth(1).unwrap_or_default();
    let host = host.split(['/', '?']).next().unwrap_or_default();
    ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .any(|own| host == *own || host.starts_with(&format!("{own}:")))
}

/// A form as its content type wants it (WHATWG URL, section 5).
fn encoded(form: &[(&str, &str)]) -> String {
    let encode = |text: &str| {
        let mut encoded = String::with_capacity(text.len() * 2);
        for byte in text.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' => encoded.push(byte.into()),
                _ => encoded.push_str(&format!("%{byte:02X}")),
            }
        }
        encoded
    };
    let pairs: Vec<String> = form
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    pairs.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server() -> Prometheus {
        let config = Config {
            url: "http://127.0.0.1:9/".into(),
            errors: "e".into(),
            total: "t".into(),
            latency: Some("l".into()),
            token: None,
            user: None,
            password: None,
        };
        Prometheus::new(config, Credentials::default()).unwrap()
    }

    fn vector(values: &[&str]) -> String {
        let series: Vec<String> = values
            .iter()
            .map(|value| format!("{{\"metric\":{{}},\"value\":[1,\"{value}\"]}}"))
            .collect();
        format!(
            "{{\"status\":\"success\",\"data\":{{\"resultType\":\"vector\",\"result\":[{}]}}}}",
            series.join(",")
        )
    }

    #[test]
    fn one_finite_number_is_a_number_and_nothing_else_is() {
        let read = |body: &str| server().read(200, body.as_bytes()).map_err(|fault| fault.to_string());
        assert_eq!(read(&vector(&["12.5"])), Ok(Some(12.5)));
        assert_eq!(
            read("{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"3\"]}}"),
            Ok(Some(3.0))
        );
        for nothing in [&[][..], &["NaN"], &["+Inf"], &["-Inf"]] {
            assert_eq!(read(&vector(nothing)), Ok(None), "{nothing:?}");
        }
        for (body, said) in [
            (vector(&["1", "2"]), "2 series instead of one number: sum them up"),
            (vector(&["1e999x"]), "`1e999x` instead of a number"),
            (
                "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}".into(),
                "a matrix instead of one number",
            ),
            (
                "{\"status\":\"error\",\"error\":\"parse\\u001b[2J error\"}".into(),
                "200: parse [2J error",
            ),
            ("<html>".into(), "200 with something that is no answer of Prometheus"),
            (
                "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{}]}}".into(),
                "a sample without a value",
            ),
        ] {
            assert_eq!(
                read(&body),
                Err(format!("Prometheus at http://127.0.0.1:9/ answered {said}")),
                "{body}"
            );
        }
        assert_eq!(server().read(401, b"").unwrap_err().kind(), Kind::Credentials);
    }

    #[test]
    fn nobody_there_is_unreachable_and_says_where() {
        let fault = server().ask("up", Timestamp::UNIX_EPOCH).unwrap_err();
        assert_eq!((fault.kind(), fault.code()), (Kind::Unreachable, "metrics-unreachable"));
        assert_eq!(fault.to_string(), "Prometheus at http://127.0.0.1:9/ does not answer");
    }

    #[test]
    fn a_form_survives_any_text() {
        assert_eq!(
            encoded(&[("query", "a{b=\"ä\"} + 1")]),
            "query=a%7Bb%3D%22%C3%A4%22%7D%20%2B%201"
        );
    }

    #[test]
    fn only_this_machine_is_asked_directly() {
        for (url, own) in [
            ("http://127.0.0.1:9090", true),
            ("http://localhost/prometheus", true),
            ("http://localhost.example", false),
            ("https://prometheus.example:9090", false),
        ] {
            assert_eq!(on_this_machine(url), own, "{url}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_answer_is_too_strange(body in ".*", status in 100u16..600) {
            let _ = server().read(status, body.as_bytes());
        }
    }
}
