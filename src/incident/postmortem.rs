//! The postmortem: a Markdown document of which people own everything but the parts between markers.
//!
//! What the store knows (times, timeline, suspects, actions) is written anew each time; what people wrote is never touched.
//! It asks how things looked at the time and never who is to blame: names stand where somebody acted or noticed, not where
//! something went wrong.

use jiff::{SignedDuration, Timestamp};

use super::times::{by_severity, durations, length, shown};
use crate::fault::{Fault, Result};
use crate::model::IncidentId;
use crate::model::incident::{Action, Entry, EntryKind, Incident, Moment, Suspect};

/// Everything a document is made of.
#[derive(Clone, Copy, Debug)]
pub struct Material<'a> {
    pub incident: &'a Incident,
    pub timeline: &'a [Entry],
    pub actions: &'a [Action],
    pub suspects: &'a [Suspect],
    pub now: Timestamp,
}

/// The parts that are written anew, by the name in their markers.
const PARTS: [&str; 5] = ["front", "facts", "timeline", "suspects", "actions"];

/// The document: a new one, or `existing` with its marked parts written anew. A part whose markers somebody removed stays
/// away. Fails with `not-a-postmortem` where `existing` has no markers, they do not match, or it is about another incident, and
/// changes nothing then. Each part gets the line ends of the marker it replaces.
pub fn document(material: &Material<'_>, existing: Option<&str>) -> Result<String> {
    let parts = PARTS.map(|name| (name, part(name, material)));
    match existing {
        None => Ok(fresh(material, &parts)),
        Some(text) => match about(text).filter(|id| *id != material.incident.id) {
            Some(other) => Err(of_another(material.incident.id, other)),
            None => again(text, &parts),
        },
    }
}

fn opening(name: &str) -> String {
    match name {
        // Front matter is YAML.
        "front" => "# deliver:begin front (written anew; add keys below)".into(),
        name => format!("<!-- deliver:begin {name} (written anew: what you add in here is lost) -->"),
    }
}

fn closing(name: &str) -> String {
    match name {
        "front" => "# deliver:end front".into(),
        name => format!("<!-- deliver:end {name} -->"),
    }
}

fn marked(name: &str, body: &str) -> String {
    format!("{}\n{}\n{}", opening(name), body.trim_end(), closing(name))
}

fn fresh(material: &Material<'_>, parts: &[(&str, String)]) -> String {
    let incident = material.incident;
    let get = |name: &str| {
        let body = parts
            .iter()
            .find(|(known, _)| *known == name)
            .map_or("", |(_, body)| body);
        marked(name, body)
    };
    format!(
        "---\n{front}\n---\n\n# {id}: {title}\n\n\
         > People acted as well as they could with what they knew and had at the time. This is about how the system, its\n\
         > tools and its surroundings made that hard.\n\n\
         ## Summary\n\n\
         _What happened, whom it hurt and how much, in three sentences with numbers._\n\n\
         ## Impact and times\n\n{facts}\n\n\
         _Share of requests, customers, money, tickets: add what the tables do not know._\n\n\
         ## Timeline\n\n{timeline}\n\n\
         ## What changed before\n\n{suspects}\n\n\
         ## What contributed\n\n\
         _Rarely one thing. Answer what helps, delete the rest._\n\n\
         - What made the change, or the state before it, look safe?\n\
         - Which safeguard was there and did not hold, and why did it make sense as it was?\n\
         - What surprised those who know the system best?\n\
         - How did it look to those who worked on it, and what did they lack to see it as it was?\n\
         - What made the impact as large and as long as it was?\n\
         - Where else could the same happen?\n\n\
         ## What went well\n\n- \n\n\
         ## What did not go so well\n\n- \n\n\
         ## Where we were lucky\n\n- \n\n\
         ## What follows\n\n{actions}\n",
        front = get("front"),
        id = incident.id,
        title = escape(&incident.title),
        facts = get("facts"),
        timeline = get("timeline"),
        suspects = get("suspects"),
        actions = get("actions"),
    )
}

/// Which incident a file is about: by its front matter, else by its first heading; `None` where neither says.
fn about(text: &str) -> Option<IncidentId> {
    let front = || {
        let mut lines = text.trim_start_matches('\u{feff}').lines();
        let opened = lines.next().is_some_and(|line| line.trim_end() == "---");
        let mut inner = lines.take_while(|line| opened && line.trim_end() != "---");
        let id = inner.find_map(|line| line.strip_prefix("id:"))?;
        id.trim().trim_matches(['"', '\'']).parse().ok()
    };
    let heading = || {
        let title = text.lines().find_map(|line| line.strip_prefix("# INC-"))?;
        format!("INC-{}", title.split_once(':')?.0).parse().ok()
    };
    front().or_else(heading)
}

fn of_another(id: IncidentId, other: IncidentId) -> Fault {
    Fault::usage(
        "not-a-postmortem",
        format!("cannot write the postmortem of {id}: the file is that of {other}"),
    )
    .still("the file is as it was")
    .hint(format!(
        "give another path: deliver incident postmortem {id} --write PATH"
    ))
}

/// `text` with each marked part replaced.
fn again(text: &str, parts: &[(&str, String)]) -> Result<String> {
    // With their ends, so that what people wrote stays as it is to the byte.
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let begins = |line: &str, name: &str| is_marker(line, "begin", name);
    let ends = |line: &str, name: &str| is_marker(line, "end", name);
    let mut replaced: Vec<(usize, usize, String)> = Vec::new();
    for (name, body) in parts {
        let first: Vec<usize> = (0..lines.len()).filter(|at| begins(lines[*at], name)).collect();
        let last: Vec<usize> = (0..lines.len()).filter(|at| ends(lines[*at], name)).collect();
        match (first[..].as_ref(), last[..].as_ref()) {
            ([], []) => {}
            ([first], [last]) if first < last => replaced.push((*first, *last, marked(name, body))),
            _ => {
                return Err(broken(&format!("the markers of its part `{name}` do not match")));
            }
        }
    }
    replaced.sort_by_key(|(first, ..)| *first);
    if replaced.is_empty() {
        return Err(broken("it has no markers of a postmortem"));
    }
    if replaced.windows(2).any(|pair| pair[0].1 >= pair[1].0) {
        return Err(broken("its marked parts lie in one another"));
    }
    let mut anew = String::new();
    let mut next = 0;
    for (first, last, body) in replaced {
        anew.extend(lines[next..first].iter().copied());
        match lines[first].ends_with("\r\n") {
            true => anew.push_str(&format!("{body}\n").replace('\n', "\r\n")),
            false => anew.push_str(&format!("{body}\n")),
        }
        next = last + 1;
    }
    anew.extend(lines[next..].iter().copied());
    Ok(anew)
}

fn is_marker(line: &str, word: &str, name: &str) -> bool {
    let line = line.trim();
    let inner = match name {
        "front" => line.strip_prefix("# "),
        _ => line.strip_prefix("<!-- "),
    };
    let rest = inner.and_then(|inner| inner.strip_prefix(&format!("deliver:{word} {name}")));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

fn broken(why: &str) -> Fault {
    Fault::usage("not-a-postmortem", format!("cannot write the postmortem anew: {why}"))
        .still("the file is as it was")
        .hint("give another path: --write PATH, or move the file away")
}

fn part(name: &str, material: &Material<'_>) -> String {
    match name {
        "front" => front(material),
        "facts" => facts(material),
        "timeline" => timeline(material),
        "suspects" => suspects(material),
        _ => actions(material),
    }
}

/// A text as a YAML string: JSON is one.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn front(material: &Material<'_>) -> String {
    let incident = material.incident;
    let mut text = format!("id: {}\ntitle: {}\n", incident.id, quoted(&incident.title));
    let or_null = |value: Option<String>| value.unwrap_or_else(|| "null".into());
    text += &format!(
        "service: {}\n",
        or_null(incident.service.as_ref().map(|it| quoted(it.as_str())))
    );
    text += &format!(
        "environment: {}\n",
        or_null(incident.env.as_ref().map(|it| quoted(it.as_str())))
    );
    text += &format!("severity: {}\nstatus: {}\n", incident.severity, incident.status);
    for moment in Moment::ALL {
        let at = incident.times.get(moment).map(|at| quoted(&at.to_string()));
        text += &format!("{}: {}\n", moment.as_str(), or_null(at));
    }
    text
}

fn facts(material: &Material<'_>) -> String {
    let Material {
        incident,
        timeline,
        now,
        ..
    } = *material;
    let mut text = String::from("| severity | it hurt for |\n| --- | --- |\n");
    let spent = by_severity(incident, timeline, now);
    if spent.is_empty() {
        text += "| not known | |\n";
    }
    for (severity, span) in spent {
        text += &format!("| {severity} | {} |\n", minutes(span));
    }
    let durations = durations(&incident.times);
    text += "\n| time | when (UTC) | since the one before |\n| --- | --- | --- |\n";
    let since = [
        None,
        durations.to_detect.map(|span| format!("{} to notice", length(span))),
        durations
            .to_acknowledge
            .map(|span| format!("{} to take it on", length(span))),
        durations
            .to_mitigate
            .map(|span| format!("{} from notice to less pain", length(span))),
        durations
            .impact
            .map(|span| format!("{} of impact in all", length(span))),
        None,
    ];
    for (moment, since) in Moment::ALL.into_iter().zip(since) {
        let at = incident.times.get(moment).map_or_else(|| "not known".to_owned(), shown);
        text += &format!("| {} | {at} | {} |\n", moment.words(), since.unwrap_or_default());
    }
    if !incident.roles.is_empty() {
        text += "\n| role | who |\n| --- | --- |\n";
        for holder in &incident.roles {
            text += &format!("| {} | {} |\n", holder.role, cell(&holder.person));
        }
    }
    text
}

fn minutes(span: SignedDuration) -> String {
    match span.as_secs() {
        secs @ ..60 => format!("{secs} s"),
        secs => format!("{} min", (secs + 30) / 60),
    }
}

fn timeline(material: &Material<'_>) -> String {
    // That this document was written is no part of what happened.
    let happened = material
        .timeline
        .iter()
        .filter(|entry| entry.kind != EntryKind::Postmortem);
    let mut entries: Vec<&Entry> = happened.collect();
    entries.sort_by_key(|entry| (entry.at, entry.seq));
    let mut text = String::from("| when (UTC) | who | what |\n| --- | --- | --- |\n");
    for entry in entries {
        let late = entry.recorded_at.duration_since(entry.at);
        let late = match late > SignedDuration::from_mins(1) {
            true => format!(" _(written down {} later)_", length(late)),
            false => String::new(),
        };
        let what = match entry.kind {
            EntryKind::Opened => format!("opened: {}", cell(&entry.text)),
            EntryKind::Status => format!("**{}**", cell(&entry.text)),
            _ => cell(&entry.text),
        };
        text += &format!("| {} | {} | {what}{late} |\n", shown(entry.at), cell(&entry.actor));
    }
    text
}

fn suspects(material: &Material<'_>) -> String {
    let incident = material.incident;
    let mut text = String::new();
    if let Some(cause) = incident.cause {
        text += &format!("Found to have caused it: {cause}.\n");
    }
    if let Some(fix) = incident.fixed_by {
        text += &format!("Found to have ended it: {fix}.\n");
    }
    if material.suspects.is_empty() {
        return text + "No deployment was found near the beginning of the impact.\n";
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text += "Changes near the beginning of the impact, by how much speaks for them. A suspicion is no verdict.\n\n";
    text += "| deployment | what | suspicion | why |\n| --- | --- | --- | --- |\n";
    for suspect in material.suspects {
        let release = suspect.release.map(|release| format!(" {release}")).unwrap_or_default();
        text += &format!(
            "| {} | {}{release} on {} | {} | {} |\n",
            suspect.deployment,
            suspect.service,
            suspect.env,
            suspect.confidence.as_str(),
            cell(&suspect.reasons.join("; "))
        );
    }
    text
}

fn actions(material: &Material<'_>) -> String {
    if material.actions.is_empty() {
        let id = material.incident.id;
        return format!(
            "Nothing yet: `deliver incident action add \"…\" {id} --owner NAME --due 14d --kind prevent`\n"
        );
    }
    let mut text =
        String::from("| action | what | for | owner | due | done |\n| --- | --- | --- | --- | --- | --- |\n");
    let date = |at: Option<Timestamp>| at.map(|at| at.strftime("%Y-%m-%d").to_string()).unwrap_or_default();
    for action in material.actions {
        text += &format!(
            "| {} | {} | {} | {} | {} | {} |\n",
            action.id,
            cell(&action.text),
            action.kind.as_str(),
            action.owner.as_deref().map(cell).unwrap_or_else(|| "nobody yet".into()),
            date(action.due),
            date(action.done_at)
        );
    }
    text
}

/// Text that people typed, on one line of Markdown, without any meaning to it.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '\n' => safe.push(' '),
            c if c.is_control() => {}
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '+' | '!' | '|' | '~' | '$' => {
                safe.push('\\');
                safe.push(c);
            }
            c => safe.push(c),
        }
    }
    safe
}

/// The same in a cell of a table, where line breaks are kept.
fn cell(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(escape).collect();
    lines.join("<br>")
}

#[cfg(test)]
mod tests;
