//! The text in which a service shows its metrics to Prometheus.
//!
//! Only what the golden signals need is kept: per metric its kind, the names of its labels and the sum of its samples.

use std::collections::{BTreeMap, BTreeSet};

/// A page of metrics.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metrics {
    /// By the name of the family: `http_request_duration_seconds`, without `_bucket`.
    pub families: BTreeMap<String, Family>,
    /// Lines that are none of the format.
    pub wrong: usize,
}

/// Samples that belong together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Family {
    /// `counter`, `gauge`, `histogram`, `summary`; empty where it is not said.
    pub kind: String,
    pub labels: BTreeSet<String>,
    /// Of a counter's samples, or of a histogram's count.
    pub sum: f64,
    pub samples: usize,
}

/// Families and labels that are kept; a page with more says nothing further about these signals.
const MAX_FAMILIES: usize = 5_000;
const MAX_LABELS: usize = 64;

/// Reads a page. `whole`: it was not cut off, so that its last line counts too.
pub fn read(text: &str, whole: bool) -> Metrics {
    let mut metrics = Metrics::default();
    let mut kinds: BTreeMap<&str, &str> = BTreeMap::new();
    let mut lines: Vec<&str> = text.lines().collect();
    if !whole {
        lines.pop();
    }
    for line in lines.into_iter().map(str::trim) {
        if line.is_empty() {
            continue;
        }
        if let Some(comment) = line.strip_prefix('#') {
            let mut words = comment.split_whitespace();
            if words.next() == Some("TYPE")
                && let (Some(name), Some(kind)) = (words.next(), words.next())
            {
                kinds.insert(name, kind);
                if metrics.families.len() < MAX_FAMILIES {
                    metrics.families.entry(name.to_owned()).or_default().kind = kind.to_owned();
                }
            }
            continue;
        }
        match sample(line) {
            Some(sample) => metrics.add(&sample, &kinds),
            None => metrics.wrong += 1,
        }
    }
    metrics
}

struct Sample<'a> {
    name: &'a str,
    labels: Vec<&'a str>,
    value: f64,
}

impl Metrics {
    fn add(&mut self, sample: &Sample<'_>, kinds: &BTreeMap<&str, &str>) {
        let parts = ["_bucket", "_count", "_sum", "_total", "_created"];
        let stripped = parts.iter().find_map(|part| {
            let base = sample.name.strip_suffix(part)?;
            kinds.contains_key(base).then_some((base, *part))
        });
        let (family, part) = match (kinds.contains_key(sample.name), stripped) {
            (false, Some(found)) => found,
            _ => (sample.name, ""),
        };
        if !self.families.contains_key(family) && self.families.len() >= MAX_FAMILIES {
            return;
        }
        let found = self.families.entry(family.to_owned()).or_default();
        found.samples += 1;
        let names = sample.labels.iter().map(|name| (*name).to_owned());
        found
            .labels
            .extend(names.take(MAX_LABELS.saturating_sub(found.labels.len())));
        if matches!(part, "" | "_count" | "_total") && sample.value.is_finite() {
            found.sum += sample.value;
        }
    }

    /// The first family, by name, that is of this kind and passes.
    pub fn find(&self, kind: &str, passes: impl Fn(&str, &Family) -> bool) -> Option<(&str, &Family)> {
        self.families
            .iter()
            .find(|(name, family)| family.kind == kind && family.samples > 0 && passes(name, family))
            .map(|(name, family)| (name.as_str(), family))
    }
}

/// `name{label="value",…} 1.5 1700000000`; exemplars after a `#` are passed over.
fn sample(line: &str) -> Option<Sample<'_>> {
    let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':'))?;
    let (name, mut rest) = line.split_at(end);
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut labels = Vec::new();
    if let Some(inner) = rest.strip_prefix('{') {
        rest = inner;
        loop {
            rest = rest.trim_start_matches([',', ' ']);
            if let Some(after) = rest.strip_prefix('}') {
                rest = after;
                break;
            }
            let (label, after) = rest.split_once('=')?;
            labels.push(label.trim());
            rest = after_quoted(after.trim_start())?;
        }
    }
    let value = match rest.split_whitespace().next()? {
        "+Inf" | "Inf" => f64::INFINITY,
        "-Inf" => f64::NEG_INFINITY,
        "NaN" => f64::NAN,
        text => text.parse().ok()?,
    };
    Some(Sample { name, labels, value })
}

/// What follows a quoted value.
fn after_quoted(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('"')?;
    let mut escaped = false;
    for (at, c) in inner.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(&inner[at + 1..]),
            _ => {}
        }
    }
    None
}

/// Names that the label of a route goes by in the usual libraries.
const ROUTES: [&str; 13] = [
    "route",
    "path",
    "handler",
    "endpoint",
    "uri",
    "url",
    "http_route",
    "operation",
    "view",
    "resource",
    "action",
    "controller",
    "rpc_method",
];

/// Names of labels that hold an answer's status.
const STATUSES: [&str; 7] = [
    "status",
    "code",
    "status_code",
    "http_status",
    "http_response_status_code",
    "grpc_code",
    "outcome",
];

/// The golden signals of a page, each as the name of the metric that shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Golden {
    pub requests: Option<(String, f64)>,
    pub errors: Option<String>,
    pub latency: Option<String>,
    /// A histogram of latency that has no label for the route.
    pub latency_without_route: Option<String>,
    pub saturation: Option<String>,
}

/// Finds the golden signals: a counter of requests, one of errors (or a label of statuses), a histogram of latency with a
/// label for the route, and, where there is one, a gauge of what is in progress.
pub fn golden(metrics: &Metrics) -> Golden {
    let has = |family: &Family, known: &[&str]| known.iter().any(|label| family.labels.contains(*label));
    let of_requests = |name: &str| {
        ["request", "rpc", "http_server", "handled"]
            .iter()
            .any(|word| name.contains(word))
    };
    let of_errors = |name: &str| {
        ["error", "fail", "exception", "5xx"]
            .iter()
            .any(|word| name.contains(word))
    };
    let of_time = |name: &str| {
        ["duration", "latency", "seconds", "milliseconds", "response_time"]
            .iter()
            .any(|word| name.contains(word))
    };
    let requests = metrics.find("counter", |name, _| of_requests(name) && !of_errors(name));
    // A histogram counts what it measures.
    let counted = metrics.find("histogram", |name, family| of_requests(name) && has(family, &STATUSES));
    let errors = metrics.find("counter", |name, _| {
        of_errors(name) && (of_requests(name) || name.contains("http"))
    });
    let by_status = requests.filter(|(_, family)| has(family, &STATUSES)).or(counted);
    let latency = metrics.find("histogram", |name, family| of_time(name) && has(family, &ROUTES));
    let flat = metrics.find("histogram", |name, _| of_time(name));
    let saturation = metrics.find("gauge", |name, _| {
        [
            "in_flight",
            "inprogress",
            "in_progress",
            "active",
            "queue",
            "saturation",
            "pool",
            "busy",
        ]
        .iter()
        .any(|word| name.contains(word))
    });
    let name = |found: Option<(&str, &Family)>| found.map(|(name, _)| name.to_owned());
    Golden {
        requests: requests.or(counted).map(|(name, family)| (name.to_owned(), family.sum)),
        errors: name(errors).or_else(|| name(by_status)),
        latency: name(latency),
        latency_without_route: name(flat).filter(|_| latency.is_none()),
        saturation: name(saturation),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PAGE: &str = "\
# HELP http_requests_total Requests answered.
# TYPE http_requests_total counter
http_requests_total{method=\"GET\",route=\"/a\\\"}\",status=\"200\"} 3
http_requests_total{method=\"GET\",route=\"/b\",status=\"500\"} 1e0 1700000000000
# TYPE http_request_errors_total counter
http_request_errors_total{route=\"/b\"} 1
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{route=\"/a\",le=\"0.1\"} 2
http_request_duration_seconds_bucket{route=\"/a\",le=\"+Inf\"} 3
http_request_duration_seconds_sum{route=\"/a\"} 0.2
http_request_duration_seconds_count{route=\"/a\"} 3
# TYPE http_requests_in_flight gauge
http_requests_in_flight 1
";

    #[test]
    fn the_golden_signals_are_found() {
        let metrics = read(PAGE, true);
        assert_eq!(metrics.wrong, 0);
        assert_eq!(
            golden(&metrics),
            Golden {
                requests: Some(("http_requests_total".into(), 4.0)),
                errors: Some("http_request_errors_total".into()),
                latency: Some("http_request_duration_seconds".into()),
                latency_without_route: None,
                saturation: Some("http_requests_in_flight".into()),
            }
        );
    }

    #[test]
    fn a_histogram_without_routes_and_a_counter_without_statuses_are_not_enough() {
        let metrics = read(
            "# TYPE requests_total counter\nrequests_total 1\n# TYPE latency_seconds histogram\nlatency_seconds_bucket{le=\"1\"} 1\n",
            true,
        );
        let found = golden(&metrics);
        assert_eq!((found.errors, found.latency), (None, None));
        assert_eq!(found.latency_without_route.as_deref(), Some("latency_seconds"));
    }

    #[test]
    fn names_that_say_it_are_not_enough_without_samples_and_a_cut_line_counts_for_nothing() {
        assert_eq!(
            golden(&read("# TYPE http_requests_total counter\n", true)),
            Golden::default()
        );
        assert_eq!(read("a 1\nb 2", false).families.len(), 1);
        assert_eq!(read("<html>\n{}\n", true).wrong, 2);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(# TYPE |counter|histogram|_bucket|\\{|\\}|=\"|\\\\|NaN|\\n|[a-z0-9 ,é\"]){0,80}", whole: bool) {
            golden(&read(&text, whole));
        }
    }
}
