//! The six times against each other, and what they give: durations, and minutes by severity.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;

use crate::model::incident::{Entry, EntryKind, Incident, Moment, Severity, Status, Times};

/// Which time is expected not to come after which.
const ORDER: [(Moment, Moment); 7] = [
    (Moment::ImpactStart, Moment::Detected),
    (Moment::Detected, Moment::Acknowledged),
    (Moment::Detected, Moment::Mitigated),
    (Moment::ImpactStart, Moment::Mitigated),
    (Moment::Mitigated, Moment::ImpactEnd),
    (Moment::ImpactStart, Moment::ImpactEnd),
    (Moment::ImpactEnd, Moment::Closed),
];

/// Clocks of machines differ by this much without anything being wrong.
const SKEW: SignedDuration = SignedDuration::from_secs(60);

/// Times are read and corrected to the second.
const EXACTNESS: SignedDuration = SignedDuration::from_secs(1);

/// What does not fit together, in sentences; nothing is mended, because nobody here knows which of two times is wrong.
pub fn warnings(times: &Times, now: Timestamp) -> Vec<String> {
    let known = |moment| times.get(moment).map(|at| (moment, at));
    let wrong_order = ORDER.into_iter().filter_map(|(first, second)| {
        let ((first, early), (second, late)) = (known(first)?, known(second)?);
        (early.duration_since(late) >= EXACTNESS).then(|| {
            format!(
                "{} ({}) is before {} ({}): correct one with {} or {}",
                second.words(),
                shown(late),
                first.words(),
                shown(early),
                second.flag(),
                first.flag()
            )
        })
    });
    let ahead = Moment::ALL.into_iter().filter_map(|moment| {
        let (moment, at) = known(moment)?;
        let ahead = at.duration_since(now) > SKEW;
        ahead.then(|| format!("{} ({}) lies in the future", moment.words(), shown(at)))
    });
    wrong_order.chain(ahead).collect()
}

/// A moment with its date, to the second.
pub fn shown(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// A length of time in words: `40 s`, `4 min`, `1 h 5 min`, `3 d 2 h`.
pub fn length(span: SignedDuration) -> String {
    match span.abs().as_secs() {
        secs @ ..60 => format!("{secs} s"),
        secs @ ..3600 => format!("{} min", secs / 60),
        secs @ ..86_400 => format!("{} h {} min", secs / 3600, secs % 3600 / 60),
        secs => format!("{} d {} h", secs / 86_400, secs % 86_400 / 3600),
    }
}

/// What an incident's times say about it; `None` where one of the two ends is not known or they are in the wrong order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Durations {
    /// From the beginning of the impact until somebody noticed.
    pub to_detect: Option<SignedDuration>,
    /// From then until somebody took it on.
    pub to_acknowledge: Option<SignedDuration>,
    /// From then until it hurt less.
    pub to_mitigate: Option<SignedDuration>,
    /// From the beginning of the impact to its end.
    pub impact: Option<SignedDuration>,
}

pub fn durations(times: &Times) -> Durations {
    let between = |from: Moment, to: Moment| {
        let span = times.get(to)?.duration_since(times.get(from)?);
        (!span.is_negative()).then_some(span)
    };
    Durations {
        to_detect: between(Moment::ImpactStart, Moment::Detected),
        to_acknowledge: between(Moment::Detected, Moment::Acknowledged),
        to_mitigate: between(Moment::Detected, Moment::Mitigated),
        impact: between(Moment::ImpactStart, Moment::ImpactEnd),
    }
}

/// How long it hurt at each severity, in the order of severities; those it never had are left out.
///
/// From the beginning of the impact to its end, or to `now` while it goes on. The severity it was opened with counts from
/// the beginning; time between being resolved and reopened does not count.
pub fn by_severity(incident: &Incident, timeline: &[Entry], now: Timestamp) -> Vec<(Severity, SignedDuration)> {
    let start = incident.onset();
    let end = match incident.status.live() {
        true => now,
        false => incident.times.impact_end.unwrap_or(now),
    };
    let mut spent = [SignedDuration::ZERO; Severity::ALL.len()];
    let mut severity = first_severity(timeline).unwrap_or(incident.severity);
    let (mut since, mut hurts) = (start, true);
    let mut spend = |severity: Severity, from: Timestamp, to: Timestamp| {
        let span = to.min(end).duration_since(from.max(start));
        if !span.is_negative() {
            spent[severity as usize] += span;
        }
    };
    let mut changes: Vec<&Entry> = timeline.iter().collect();
    changes.sort_by_key(|entry| (entry.at, entry.seq));
    for entry in changes {
        let (next, still_hurts) = match entry.kind {
            EntryKind::Severity => (word(&entry.detail, "to", Severity::parse).unwrap_or(severity), hurts),
            EntryKind::Status => match word(&entry.detail, "to", Status::parse) {
                Some(status) => (severity, status.live()),
                None => continue,
            },
            _ => continue,
        };
        if hurts {
            spend(severity, since, entry.at);
        }
        (severity, since, hurts) = (next, entry.at.max(start), still_hurts);
    }
    if hurts || !incident.status.live() && since < end {
        spend(severity, since, end);
    }
    let all = Severity::ALL.into_iter().zip(spent);
    all.filter(|(_, span)| !span.is_zero()).collect()
}

fn first_severity(timeline: &[Entry]) -> Option<Severity> {
    let opened = timeline.iter().find(|entry| entry.kind == EntryKind::Opened)?;
    word(&opened.detail, "severity", Severity::parse)
}

/// A word of a closed list in an entry's detail.
fn word<T>(detail: &Json, field: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
    parse(detail.get(field)?.as_str()?)
}
