//! OBS: what can be seen of it while it runs.

use super::{answering, count, running};
use crate::config::platform::Level;
use crate::readiness::check::{Check, Finding, Judged, Need};
use crate::readiness::fact::{Facts, Serves};

pub const SIGNALS: Check = Check {
    id: "OBS-1",
    title: "it shows requests, errors and latency by route",
    level: Level::Bronze,
    why: "nobody can see what is not measured",
    how: "the running service is asked for `/metrics`, and the text is parsed: a counter of requests, one of errors or a label for the \
          status, and a histogram of latency with a label for the route",
    needs: &[Need::Entry, Need::Live],
    impact: 5,
    effort: 3,
    waivable: true,
    fix: "show Prometheus metrics at /metrics: http_requests_total and http_request_duration_seconds with the labels route and status",
    judge: signals,
};

fn signals(facts: &Facts) -> Judged {
    let running = match answering(facts)? {
        Ok(running) => running,
        Err(finding) => return Ok(finding),
    };
    let golden = running.metrics.get()?;
    let source = running.metrics.source();
    let lacks: Vec<&str> = [
        (golden.requests.is_none(), "a counter of requests"),
        (golden.errors.is_none(), "a counter of errors"),
        (
            golden.latency.is_none() && golden.latency_without_route.is_none(),
            "a histogram of latency",
        ),
        (
            golden.latency.is_none() && golden.latency_without_route.is_some(),
            "the route in the histogram of latency",
        ),
    ]
    .into_iter()
    .filter_map(|(missing, what)| missing.then_some(what))
    .collect();
    Ok(match (lacks.is_empty(), &golden.requests, &golden.latency) {
        (true, Some((requests, total)), Some(latency)) => {
            Finding::pass(format!("{requests} counts {total:.0}, {latency} by route"), source)
        }
        _ => Finding::fail(format!("lacks {}", lacks.join(", ")), source),
    })
}

pub const LOGS: Check = Check {
    id: "OBS-2",
    title: "its log is structured, and joins the lines of a request",
    level: Level::Bronze,
    why: "what happened to one request must be found among a million lines",
    how: "of the last lines that the running release printed, 19 of 20 are JSON objects with a time and a level, and lines of requests \
          carry an id; where no request is among them, `GET /` is asked once",
    needs: &[Need::Entry, Need::Live],
    impact: 4,
    effort: 2,
    waivable: true,
    fix: "log one JSON object a line with `time`, `level` and, for a request, `request_id`",
    judge: logs,
};

/// Of the lines, these must be structured: a runtime's own warning must not spoil it.
const STRUCTURED: f64 = 0.95;

fn logs(facts: &Facts) -> Judged {
    let found = match facts.entry.serves {
        Serves::Nothing => running(facts)?,
        _ => answering(facts)?,
    };
    let running = match found {
        Ok(running) => running,
        Err(finding) => return Ok(finding),
    };
    let sample = running.log.get()?;
    let source = running.log.source();
    let structured = sample.structured as f64 >= STRUCTURED * sample.lines as f64;
    Ok(match (structured, sample.with_request) {
        (false, _) => {
            let wrong = sample.lines - sample.structured;
            let first = sample.first_wrong.as_deref().unwrap_or("is not structured");
            Finding::fail(
                format!(
                    "{wrong} of {} are not structured: the first {first}",
                    count(sample.lines, "line")
                ),
                source,
            )
        }
        (true, 0) if facts.entry.serves == Serves::Requests => Finding::fail(
            format!("none of {} carries the id of a request", count(sample.lines, "line")),
            source,
        ),
        (true, with) => Finding::pass(
            format!(
                "{} of {} structured, {with} with the id of a request",
                sample.structured,
                count(sample.lines, "line")
            ),
            source,
        ),
    })
}

pub const LOG_CONTENT: Check = Check {
    id: "OBS-3",
    title: "its log holds no secrets and nothing personal",
    level: Level::Bronze,
    why: "logs are read by many, kept for long and copied to others",
    how: "the last lines of the running release are searched for keys, mail addresses, payment cards and bank accounts; a hit is told \
          as a hash",
    needs: &[Need::Live],
    impact: 5,
    effort: 2,
    waivable: true,
    fix: "log an id instead of the value, and end the copies that were made",
    judge: log_content,
};

fn log_content(facts: &Facts) -> Judged {
    if facts.entry.serves == Serves::Files {
        return Ok(Finding::not_applicable("a static site prints nothing"));
    }
    let running = match running(facts)? {
        Ok(running) => running,
        Err(finding) => return Ok(finding),
    };
    let sample = running.log.get()?;
    let source = running.log.source();
    Ok(match sample.leaks.first() {
        None => Finding::pass(
            format!("nothing of the kind in {}", count(sample.lines, "line")),
            source,
        ),
        Some(first) => Finding::fail(
            format!(
                "{}, first {} (hash {})",
                count(sample.leaks.len(), "leak"),
                first.what,
                first.hash
            ),
            source,
        ),
    })
}
