//! Readiness for other readers: JUnit for CI, SARIF for code scanning, Markdown for comments, annotations for GitHub.
//!
//! Titles, paths and evidence may hold anything: each format gets it escaped so that it stays text.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Found, Readiness};
use crate::cli::errors::{github, github_property};
use crate::cli::style::escape;
use crate::config::platform::Level;
use crate::fault::{Fault, Result};
use crate::model::readiness::Outcome;
use crate::readiness::assess::{Ruled, word};
use crate::readiness::check::{CHECKS, Finding, Spot};
use crate::readiness::checks::sec;
use crate::readiness::secrets::Hit;

/// Who it is printed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    // XML that CI systems show as tests. No doc comments here: clap would print them over half a page.
    Junit,
    // JSON for code scanning, version 2.1.0.
    Sarif,
    // A page for a comment or a wiki.
    Markdown,
    // Annotations on the lines of a pull request.
    Github,
}

pub(super) fn render(format: Format, report: &Readiness, found: &Found) -> Result<String> {
    match format {
        Format::Junit => Ok(junit(report, found.assessment.required, &found.assessment.results)),
        Format::Sarif => sarif(found),
        Format::Markdown => Ok(markdown(report)),
        Format::Github => Ok(annotations(found)),
    }
}

/// A place counted from the repository's root, where those readers count from.
fn from_root(spot: &Spot, prefix: &str) -> String {
    let mut parts: Vec<&str> = prefix.split('/').filter(|part| !part.is_empty()).collect();
    for part in spot.path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Where a finding is: its places, else the manifest.
fn places(ruled: &Ruled, found: &Found) -> Vec<(String, usize, String)> {
    let manifest = || Spot {
        path: found.facts.entry.file.clone(),
        line: 1,
        note: String::new(),
    };
    let spots = match ruled.finding.places.is_empty() {
        true => vec![manifest()],
        false => ruled.finding.places.clone(),
    };
    let at = |spot: &Spot| (from_root(spot, &found.prefix), spot.line.max(1), spot.note.clone());
    spots.iter().map(at).collect()
}

// --- JUnit --------------------------------------------------------------------------------------------------------------

fn junit(report: &Readiness, required: Level, results: &[Ruled]) -> String {
    // What the tier does not owe fails no build: CI shows the tests red although the command says that it is ready.
    let owed = |ruled: &Ruled| ruled.check.level <= required;
    let count = |outcome: Outcome| {
        let those = results.iter().filter(|ruled| ruled.outcome == outcome && owed(ruled));
        those.count()
    };
    let failures = count(Outcome::Fail);
    let errors = count(Outcome::NoEvidence);
    let total = results.len();
    let passed = results.iter().filter(|ruled| ruled.outcome == Outcome::Pass).count();
    let skipped = total - passed - failures - errors;
    let name = xml(&format!("deliver ready: {}", report.service));
    let numbers = format!("tests=\"{total}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\"");
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {numbers}>\n  <testsuite name=\"{name}\" {numbers} timestamp=\"{}\">\n",
        report.at
    );
    for ruled in results {
        let (id, title) = (ruled.check.id, xml(ruled.check.title));
        let _ = write!(
            text,
            "    <testcase classname=\"readiness.{}\" name=\"{id}: {title}\"",
            word(ruled.check.level)
        );
        let evidence = xml(&ruled.finding.evidence);
        let mend = xml(&super::fix_of(ruled).unwrap_or_default());
        let _ = match ruled.outcome {
            Outcome::Pass => writeln!(text, "/>"),
            Outcome::Fail | Outcome::NoEvidence if !owed(ruled) => {
                let (said, level) = (ruled.outcome.as_str().replace('_', " "), word(ruled.check.level));
                writeln!(
                    text,
                    ">\n      <skipped message=\"{said}, and {level} is not owed: {evidence}\"/>\n    </testcase>"
                )
            }
            Outcome::Fail => writeln!(
                text,
                ">\n      <failure message=\"{evidence}\">{mend}</failure>\n    </testcase>"
            ),
            Outcome::NoEvidence => {
                writeln!(
                    text,
                    ">\n      <error message=\"no evidence: {evidence}\">{mend}</error>\n    </testcase>"
                )
            }
            Outcome::Waived => {
                let until = ruled.waived_until.map(|day| day.to_string()).unwrap_or_default();
                writeln!(
                    text,
                    ">\n      <skipped message=\"waived until {until}: {evidence}\"/>\n    </testcase>"
                )
            }
            Outcome::NotApplicable => writeln!(text, ">\n      <skipped message=\"{evidence}\"/>\n    </testcase>"),
        };
    }
    text + "  </testsuite>\n</testsuites>\n"
}

/// Text for XML 1.0: the five signs that mean something, and no character that may not stand there at all.
fn xml(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&apos;"),
            '\t' | '\n' | '\r' => safe.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => safe.push(char::REPLACEMENT_CHARACTER),
            c => safe.push(c),
        }
    }
    safe
}

// --- SARIF --------------------------------------------------------------------------------------------------------------

/// The schema that code scanning reads.
const SARIF_SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

fn sarif(found: &Found) -> Result<String> {
    let rules: Vec<Value> = CHECKS
        .iter()
        .map(|check| {
            json!({
                "id": check.id,
                "name": check.id,
                "shortDescription": { "text": check.title },
                "fullDescription": { "text": format!("{}: {}", check.title, check.why) },
                "help": { "text": format!("{}\n\nVerified: {}", check.fix, check.how) },
                "defaultConfiguration": { "level": "error" },
                "properties": { "level": word(check.level) },
            })
        })
        .collect();
    let told = |ruled: &&Ruled| ruled.outcome.blocks() || ruled.outcome == Outcome::Waived;
    let results: Vec<Value> = found
        .assessment
        .results
        .iter()
        .filter(told)
        .flat_map(
            |ruled| match (ruled.check.id == sec::SECRETS.id, &sec::hits(&found.facts)[..]) {
                (true, hits @ [_, ..]) => hits.iter().map(|hit| secret(ruled, hit, found)).collect(),
                _ => vec![result(ruled, found)],
            },
        )
        .collect();
    let document = json!({
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "deliver ready",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    let text =
        serde_json::to_string_pretty(&document).map_err(|error| Fault::bug("cannot write SARIF").because(error))?;
    Ok(text + "\n")
}

/// One secret as a result of its own: whoever has dealt with one has not dealt with the others.
fn secret(ruled: &Ruled, hit: &Hit, found: &Found) -> Value {
    let spot = sec::spot(hit);
    let path = from_root(&spot, &found.prefix);
    let fingerprint = format!("{}/{}/{}/{path}", found.facts.entry.name, ruled.check.id, hit.hash);
    let alone = Ruled {
        finding: Finding {
            evidence: spot.note.clone(),
            places: vec![spot],
            ..ruled.finding.clone()
        },
        ..ruled.clone()
    };
    let mut result = result(&alone, found);
    result["partialFingerprints"] = json!({ "secret/v1": fingerprint });
    result
}

fn result(ruled: &Ruled, found: &Found) -> Value {
    let index = CHECKS.iter().position(|check| check.id == ruled.check.id);
    let missing = ruled.outcome == Outcome::NoEvidence;
    let evidence = match missing {
        true => format!("no evidence: {}", ruled.finding.evidence),
        false => ruled.finding.evidence.clone(),
    };
    let locations: Vec<Value> = places(ruled, found)
        .into_iter()
        .map(|(path, line, note)| {
            let mut location = json!({ "physicalLocation": {
                "artifactLocation": { "uri": uri(&path), "uriBaseId": "%SRCROOT%" },
                "region": { "startLine": line },
            }});
            if !note.is_empty() {
                location["message"] = json!({ "text": note });
            }
            location
        })
        .collect();
    let mut result = json!({
        "ruleId": ruled.check.id,
        "ruleIndex": index,
        "level": if missing { "warning" } else { "error" },
        "message": { "text": format!("{}: {evidence}", ruled.check.title) },
        "locations": locations,
        "partialFingerprints": { "check/v1": format!("{}/{}", found.facts.entry.name, ruled.check.id) },
    });
    if ruled.outcome == Outcome::Waived {
        let until = ruled.waived_until.map(|day| day.to_string()).unwrap_or_default();
        result["suppressions"] = json!([{ "kind": "external", "justification": format!("waived until {until}") }]);
    }
    result
}

/// A relative path as a URI reference (RFC 3986): what may not stand there is percent-encoded, and so is a first `:`.
fn uri(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'@' | b'+' | b',' | b'=' => {
                text.push(char::from(byte));
            }
            _ => {
                let _ = write!(text, "%{byte:02X}");
            }
        }
    }
    text
}

// --- Markdown -----------------------------------------------------------------------------------------------------------

fn markdown(report: &Readiness) -> String {
    let verdict = if report.ready { "is ready" } else { "is not ready" };
    let mut text = format!(
        "## {} {verdict}\n\nIt reaches **{}**; tier {} owes **{}**.\n",
        inline(&report.service),
        report.level,
        report.tier,
        report.required
    );
    if !report.next.is_empty() {
        text.push_str("\nNext:\n\n");
        for next in &report.next {
            let _ = writeln!(
                text,
                "1. **{}** {}: {}. {}",
                next.check,
                inline(&next.title),
                inline(&next.evidence),
                inline(&next.action)
            );
        }
    }
    text.push_str("\n| check | level | outcome | what | evidence |\n| --- | --- | --- | --- | --- |\n");
    for check in &report.checks {
        let until = check
            .waived_until
            .as_ref()
            .map(|day| format!("until {day}: "))
            .unwrap_or_default();
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {until}{} |",
            check.id,
            check.level,
            check.outcome.as_str().replace('_', " "),
            inline(&check.title),
            inline(&check.evidence)
        );
    }
    text
}

/// Text that stays text in a cell: nothing in it formats, links, mentions somebody or ends the row.
fn inline(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in escape(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '@' => safe.push_str("&#64;"),
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '~' | '#' | '!' => safe.extend(['\\', c]),
            c => safe.push(c),
        }
    }
    safe
}

// --- GitHub -------------------------------------------------------------------------------------------------------------

/// GitHub shows ten of each kind a step.
const MAX_ANNOTATIONS: usize = 10;

fn annotations(found: &Found) -> String {
    let mut text = String::new();
    let mut left = MAX_ANNOTATIONS;
    for ruled in found.assessment.results.iter().filter(|ruled| ruled.outcome.blocks()) {
        // What is not owed yet is worth knowing, and no reason for a red mark.
        let owed = ruled.check.level <= found.assessment.required;
        let command = match (owed, ruled.outcome) {
            (true, Outcome::Fail) => "error",
            (true, _) => "warning",
            (false, _) => "notice",
        };
        for (path, line, note) in places(ruled, found).into_iter().take(left.min(3)) {
            left -= 1;
            let note = if note.is_empty() {
                String::new()
            } else {
                format!(" ({note})")
            };
            let message = format!("{}: {}{note}", ruled.check.title, ruled.finding.evidence);
            let title = format!("{} {}", ruled.check.id, word(ruled.check.level));
            let _ = writeln!(
                text,
                "::{command} file={},line={line},title={}::{}",
                github_property(&path),
                github_property(&title),
                github(&escape(&message))
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text_in_every_format() {
        let evil = "a|b\n::error::x <script>&\"'`@all` [x](y) \u{1b}[31m \u{0} %0A";
        assert!(!xml(evil).contains(['<', '>', '"', '\'', '\n', '\u{1b}', '\u{0}']));
        let cell = inline(evil);
        assert!(!cell.contains(['\n', '<', '>', '@', '\u{1b}']), "{cell}");
        assert!(cell.contains("\\|") && cell.contains("\\[x\\](y)"), "{cell}");
        assert!(!github(evil).contains('\n') && github(evil).contains("%250A"));
        assert!(!github_property("a:b,c\n").contains([':', ',', '\n']));
        assert_eq!(uri("a b/ü:1%"), "a%20b/%C3%BC%3A1%25");
    }

    #[test]
    fn places_count_from_the_root() {
        let spot = |path: &str| Spot {
            path: path.into(),
            line: 1,
            note: String::new(),
        };
        assert_eq!(
            from_root(&spot("../../.github/x.yml"), "services/pricing/"),
            ".github/x.yml"
        );
        assert_eq!(from_root(&spot("./a/b"), "services/pricing/"), "services/pricing/a/b");
        assert_eq!(from_root(&spot("../../../../etc"), ""), "etc");
    }
}
