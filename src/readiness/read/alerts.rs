//! Alert rules of Prometheus, also inside a `PrometheusRule` of Kubernetes.

use serde_json::Value;

use super::{line_of, yaml};
use crate::model::Span;

/// One alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// The file, relative to the service's folder.
    pub path: String,
    pub line: usize,
    pub name: String,
    pub expr: String,
    pub severity: Option<String>,
    /// The labels `team` and `owner`, by which alerts are routed.
    pub team: Option<String>,
    /// Where its runbook is, as the annotation says.
    pub runbook: Option<String>,
    /// What is wrong with that link; `None` where it leads somewhere or was not followed.
    pub broken: Option<String>,
}

/// Alerts of one file; more is a generated file.
const MAX_ALERTS: usize = 1_000;

impl Alert {
    /// Windows that the expression looks at, each once, shortest first: `[5m]`, and recorded ratios such as `ratio_rate1h`.
    pub fn windows(&self) -> Vec<Span> {
        let mut found: Vec<Span> = Vec::new();
        let (mut word, mut quoted) = (String::new(), false);
        for c in self.expr.chars().chain([' ']) {
            // What a label is compared with is no window.
            quoted ^= c == '"';
            if quoted {
                word.clear();
            } else if c.is_ascii_alphanumeric() || c == '_' || c == ':' {
                word.push(c);
            } else {
                found.extend(window(&std::mem::take(&mut word)));
            }
        }
        found.sort_by_key(|span| span.as_millis());
        found.dedup();
        found
    }

    /// Whether somebody is woken by it.
    pub fn pages(&self) -> bool {
        let severity = self.severity.as_deref().unwrap_or_default().to_lowercase();
        matches!(
            severity.as_str(),
            "page" | "critical" | "pager" | "sev1" | "sev2" | "high" | "urgent"
        )
    }

    /// Whether it looks at a long window, which says that it matters, and at a short one, which says that it goes on.
    pub fn is_burn_rate(&self) -> bool {
        self.windows().len() >= 2 && self.expr.split_whitespace().any(|word| word == "and")
    }
}

/// `5m`, or the length of time at the end of a recorded ratio's name.
fn window(word: &str) -> Option<Span> {
    let tail = word.rsplit(['_', ':']).next().unwrap_or(word);
    let digits = tail.find(|c: char| c.is_ascii_digit())?;
    let head = &tail[..digits];
    let plain = head.is_empty() && tail.len() == word.len();
    (plain || matches!(head, "rate" | "ratio" | "increase" | "avg"))
        .then(|| tail[digits..].parse().ok())
        .flatten()
        .filter(|span: &Span| *span != Span::ZERO)
}

/// Whether a text is worth reading as rules.
pub fn may_hold_rules(text: &str) -> bool {
    text.contains("alert:") && text.contains("expr:") && text.contains("groups:")
}

/// Reads a file of rules; one without `groups` has no alerts.
pub fn read(path: &str, text: &str) -> Result<Vec<Alert>, String> {
    let document = yaml(text)?;
    let groups = document["groups"]
        .as_array()
        .or_else(|| document["spec"]["groups"].as_array());
    let rules = groups
        .into_iter()
        .flatten()
        .flat_map(|group| group["rules"].as_array().into_iter().flatten());
    let mut alerts: Vec<Alert> = Vec::new();
    for rule in rules {
        let Some(name) = rule["alert"].as_str() else { continue };
        if alerts.len() >= MAX_ALERTS {
            break;
        }
        // The same name again is further down.
        let from = alerts
            .iter()
            .rev()
            .find(|alert| alert.name == name)
            .map_or(1, |alert| alert.line + 1);
        let text_of = |value: &Value| value.as_str().map(str::to_owned);
        let (labels, notes) = (&rule["labels"], &rule["annotations"]);
        let link = ["runbook_url", "runbook", "runbook_link", "runbookUrl"]
            .iter()
            .find_map(|key| text_of(&notes[*key]));
        alerts.push(Alert {
            path: path.to_owned(),
            line: line_of(text, &format!("alert: {name}"), from)
                .or_else(|| line_of(text, name, from))
                .unwrap_or(from),
            name: name.to_owned(),
            expr: text_of(&rule["expr"]).unwrap_or_default(),
            severity: text_of(&labels["severity"]),
            team: text_of(&labels["team"]).or_else(|| text_of(&labels["owner"])),
            runbook: link,
            broken: None,
        });
    }
    Ok(alerts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn alerts_are_read_with_their_windows_and_links() {
        let text = "\
groups:
  - name: x
    rules:
      - record: a:b:ratio_rate1h
        expr: 1
      - alert: Burn
        expr: |
          service:errors:ratio_rate1h{x=\"5d\"} > (13.44 * 0.001)
          and
          sum(rate(x_total[5m])) > 1
        labels: { severity: page, team: checkout }
        annotations: { runbook_url: docs/runbook.md#burn }
      - alert: Burn
        expr: up == 0
";
        let alerts = read("ops/alerts.yml", text).expect("rules");
        assert_eq!(alerts.len(), 2);
        let [first, second] = &alerts[..] else { panic!("two") };
        assert_eq!((first.line, second.line), (6, 13));
        assert_eq!(first.runbook.as_deref(), Some("docs/runbook.md#burn"));
        assert!(first.pages() && first.is_burn_rate() && !second.is_burn_rate());
        assert_eq!(first.windows(), [Span::from_secs(300), Span::from_secs(3600)]);
        assert_eq!(second.team, None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(groups:|rules:|- alert: |expr: |\\n  |[a-z0-9_{}\\[\\]: é-]){0,60}") {
            for alert in read("x", &text).unwrap_or_default() {
                alert.windows();
            }
        }
    }
}
