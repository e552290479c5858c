//! A review as a page of tables and as Markdown. Both come from the same sections.

use jiff::tz::TimeZone;

use crate::cli::page::{Column, Page, Table, duration};
use crate::cli::style::{Style, escape};
use crate::review::{Durations, Review, Verdict};

/// A table under a heading.
struct Section {
    /// Marks its rows in a pipe.
    id: &'static str,
    title: String,
    /// Names of columns; those that end in `>` are numbers.
    columns: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

const NOTHING: &str = "Nothing was deployed, nothing hurt, and nothing is owed.";
const UNKNOWN: &str = "Nothing is known of this time: no service was here by its end.";

/// Quiet is something else than not there yet.
fn nothing(review: &Review) -> &'static str {
    match review.services {
        0 => UNKNOWN,
        _ => NOTHING,
    }
}

/// What a person reads in a terminal, or a program between tabs.
pub fn page(review: &Review, page: &mut Page) {
    let sections = sections(review);
    if !page.terminal() {
        for section in &sections {
            for row in &section.rows {
                let mut table = Table::new([Column::new("")]);
                table.row([section.id.to_owned()].into_iter().chain(row.iter().cloned()));
                page.table(&table);
            }
        }
        return;
    }
    page.line(page.style().subject(title(review)));
    if is_empty(review) {
        page.gap();
        page.line(nothing(review));
        page.line("What fills a review: deliver deploy, deliver incident open, deliver oncall who");
    }
    for section in sections {
        page.gap();
        page.hanging("", &page.style().subject(&section.title));
        match section.id {
            "attention" | "missing" => prose(&section, page),
            _ => table(section, page),
        }
    }
}

/// What is read to its end: the last cell of each row, after the first or before what it takes.
fn prose(section: &Section, page: &mut Page) {
    let style = page.style();
    for row in &section.rows {
        match row.as_slice() {
            [owner, _, why] => page.hanging(&format!("{} {owner}: ", style.bang()), why),
            [what, fix] => {
                page.hanging(&format!("{} ", style.dash()), what);
                page.hanging("    ", &style.copyable(fix));
            }
            _ => {}
        }
    }
}

fn table(section: Section, page: &mut Page) {
    let last = section.columns.len().saturating_sub(1);
    let columns = section.columns.iter().enumerate().map(|(place, name)| {
        let column = Column::new(name.trim_end_matches('>'));
        match (name.ends_with('>'), place == last) {
            (true, _) => column.right(),
            (false, true) => column.prose(),
            (false, false) => column,
        }
    });
    let mut table = Table::new(columns);
    for mut row in section.rows {
        if section.id == "team" {
            row[1] = verdict(page.style(), &row[1], row[0] != "-");
        }
        table.row(row);
    }
    page.table(&table);
}

/// Colour beside the word, and red only where somebody owns it.
fn verdict(style: Style, word: &str, owned: bool) -> String {
    match word {
        "ship" => style.good(word),
        "reliability first" if owned => style.bad(word),
        _ => style.attention(word),
    }
}

/// A document for a meeting, a wiki or a pull request.
pub fn markdown(review: &Review) -> String {
    let mut text = format!("# {}\n", plain(&title(review)));
    if is_empty(review) {
        text.push_str(&format!("\n{}\n", nothing(review)));
    }
    for section in sections(review) {
        text.push_str(&format!("\n## {}\n\n", plain(&section.title)));
        let names: Vec<&str> = section.columns.iter().map(|name| name.trim_end_matches('>')).collect();
        let names: Vec<String> = names.iter().map(|name| capital(name)).collect();
        let rules = section
            .columns
            .iter()
            .map(|name| if name.ends_with('>') { "---:" } else { "---" });
        text.push_str(&format!("| {} |\n", names.join(" | ")));
        text.push_str(&format!("| {} |\n", rules.collect::<Vec<_>>().join(" | ")));
        for row in &section.rows {
            let cells: Vec<String> = row.iter().map(|cell| plain(cell)).collect();
            text.push_str(&format!("| {} |\n", cells.join(" | ")));
        }
    }
    text
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// Text from outside is text in Markdown too: no link, no image, no HTML, no further cell.
fn plain(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in escape(text).chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '!' | '~'
        ) {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}

fn title(review: &Review) -> String {
    let utc = |at| TimeZone::UTC.to_datetime(at);
    let team = review
        .team
        .as_ref()
        .map(|team| format!(" of {team}"))
        .unwrap_or_default();
    match &review.week {
        Some(week) => {
            let last = review.to - jiff::SignedDuration::from_hours(24);
            let days = (utc(review.from).date(), utc(last).date());
            format!("Week {week}{team}: {} to {}, UTC", days.0, days.1)
        }
        None => {
            let minutes = (utc(review.from), utc(review.to));
            let told = |at: jiff::civil::DateTime| at.strftime("%Y-%m-%d %H:%M").to_string();
            format!("Review{team}: {} to {}, UTC", told(minutes.0), told(minutes.1))
        }
    }
}

fn is_empty(review: &Review) -> bool {
    let sections = sections(review);
    sections
        .iter()
        .all(|section| section.id == "missing" || section.id == "on-call")
}

/// The sections that hold anything.
fn sections(review: &Review) -> Vec<Section> {
    let all = [
        teams(review),
        attention(review),
        deployments(review),
        severities(review),
        incidents(review),
        budgets(review),
        readiness(review),
        actions(review),
        holds(review),
        on_call(review),
        missing(review),
    ];
    all.into_iter().filter(|section| !section.rows.is_empty()).collect()
}

fn or_dash(text: &Option<String>) -> String {
    text.clone().unwrap_or_else(|| "-".into())
}

fn teams(review: &Review) -> Section {
    let row = |it: &crate::review::Standing| {
        vec![
            or_dash(&it.team),
            match it.verdict {
                Verdict::Ship => "ship",
                Verdict::Careful => "careful",
                Verdict::ReliabilityFirst => "reliability first",
            }
            .to_owned(),
            match (it.failed, it.rolled_back) {
                (0, 0) => it.deployments.to_string(),
                (failed, 0) => format!("{}, {failed} failed", it.deployments),
                (0, back) => format!("{}, {back} back", it.deployments),
                (failed, back) => format!("{}, {failed} failed, {back} back", it.deployments),
            },
            it.because.clone(),
        ]
    };
    Section {
        id: "team",
        title: "Teams".into(),
        columns: &["team", "verdict", "deployments", "because"],
        rows: review.teams.iter().map(row).collect(),
    }
}

fn attention(review: &Review) -> Section {
    let row = |it: &crate::review::Attention| {
        vec![
            it.owner.clone().unwrap_or_else(|| "nobody yet".into()),
            it.kind.to_owned(),
            it.message.clone(),
        ]
    };
    Section {
        id: "attention",
        title: "To look at".into(),
        columns: &["owner", "what", "why"],
        rows: review.attention.iter().map(row).collect(),
    }
}

fn deployments(review: &Review) -> Section {
    let sum = &review.deployments;
    let row = |it: &crate::review::Row| {
        let notes = [
            (it.rollbacks, "rollback asked for", "rollbacks asked for"),
            (it.refused, "refused", "refused"),
            (it.unchanged, "unchanged", "unchanged"),
            (it.overridden, "gate overridden", "gates overridden"),
            (it.other, "without an end", "without an end"),
        ];
        let notes = notes.iter().filter(|(count, ..)| *count > 0);
        let notes = notes.map(|(count, one, many)| format!("{count} {}", if *count == 1 { one } else { many }));
        vec![
            it.service.clone(),
            it.env.clone(),
            format!("{} ({})", it.count, it.before),
            it.succeeded.to_string(),
            it.failed.to_string(),
            it.rolled_back.to_string(),
            it.median_seconds.map_or_else(|| "-".into(), duration),
            notes.collect::<Vec<_>>().join(", "),
        ]
    };
    let failed = match (sum.failed_percent, sum.failed_percent_before) {
        (Some(now), Some(before)) => format!(", {now} % failed or went back ({before} %)"),
        (Some(now), None) => format!(", {now} % failed or went back"),
        _ => String::new(),
    };
    Section {
        id: "deployments",
        title: format!("Deployments: {} ({} before){failed}", sum.count, sum.before),
        columns: &["service", "env", "count>", "ok>", "failed>", "back>", "median>", "note"],
        rows: sum.services.iter().map(row).collect(),
    }
}

fn severities(review: &Review) -> Section {
    let sum = &review.incidents;
    let row = |it: &crate::review::BySeverity| {
        vec![
            it.severity.to_string(),
            it.opened.to_string(),
            length(it.to_detect),
            length(it.to_acknowledge),
            length(it.to_mitigate),
            length(it.impact),
            length(it.to_close),
        ]
    };
    Section {
        id: "severity",
        title: format!(
            "Incidents: {} opened ({} before), {} not over; medians, and of how many",
            sum.opened, sum.before, sum.live
        ),
        columns: &[
            "severity",
            "opened>",
            "to detect>",
            "to ack>",
            "to mitigate>",
            "impact>",
            "to close>",
        ],
        rows: sum.severities.iter().map(row).collect(),
    }
}

/// `12 min /3`: the median, and of how many.
fn length(it: Durations) -> String {
    match it.median_seconds {
        Some(median) => format!("{} /{}", brief(median), it.known),
        None => "-".into(),
    }
}

/// A length in one unit, since nobody looks at the watch while it hurts.
fn brief(seconds: f64) -> String {
    match seconds {
        ..120.0 => format!("{seconds:.0} s"),
        ..7200.0 => format!("{:.0} min", seconds / 60.0),
        ..172_800.0 => format!("{:.1} h", seconds / 3600.0),
        _ => format!("{:.1} d", seconds / 86_400.0),
    }
}

fn incidents(review: &Review) -> Section {
    let row = |it: &crate::review::Incident| {
        vec![
            it.id.to_string(),
            it.severity.to_string(),
            or_dash(&it.service),
            match (it.live, it.impact_seconds) {
                (true, _) => "not over".into(),
                (false, Some(seconds)) => brief(seconds),
                (false, None) => "-".into(),
            },
            it.title.clone(),
        ]
    };
    Section {
        id: "incident",
        title: "Each incident".into(),
        columns: &["id", "severity", "service", "impact>", "title"],
        rows: review.incidents.list.iter().map(row).collect(),
    }
}

fn budgets(review: &Review) -> Section {
    let row = |it: &crate::review::Budget| {
        vec![
            it.service.clone(),
            it.env.clone(),
            it.slo.clone(),
            format!("{} %", it.objective),
            it.window.clone(),
            it.remaining_ratio
                .map_or_else(|| "no data".into(), |left| format!("{:.1} %", left * 100.0)),
            it.state.clone(),
        ]
    };
    Section {
        id: "budget",
        title: "Error budgets at the end".into(),
        columns: &["service", "env", "objective", "target>", "window>", "left>", "state"],
        rows: review.budgets.iter().flatten().map(row).collect(),
    }
}

fn readiness(review: &Review) -> Section {
    let row = |it: &crate::review::Changed| {
        vec![
            it.service.clone(),
            TimeZone::UTC.to_datetime(it.at).date().to_string(),
            it.from.clone().unwrap_or_else(|| "never checked".into()),
            it.to.clone(),
            it.required.clone(),
            match (it.ready, it.blocking.is_empty()) {
                (true, _) => "ready".to_owned(),
                (false, true) => "not ready".to_owned(),
                (false, false) => format!("not ready: {}", it.blocking.join(", ")),
            },
        ]
    };
    Section {
        id: "readiness",
        title: "Readiness that changed".into(),
        columns: &["service", "on", "from", "to", "required", "now"],
        rows: review.readiness.iter().map(row).collect(),
    }
}

fn actions(review: &Review) -> Section {
    let sum = &review.actions;
    let row = |it: &crate::review::Action| {
        let due = it.due.map_or_else(
            || "no date".to_owned(),
            |due| TimeZone::UTC.to_datetime(due).date().to_string(),
        );
        vec![
            it.id.to_string(),
            it.owner.clone().unwrap_or_else(|| "nobody yet".into()),
            if it.overdue { format!("{due}, overdue") } else { due },
            it.text.clone(),
        ]
    };
    Section {
        id: "action",
        title: format!("Actions: {} open, {} overdue, {} done", sum.open, sum.overdue, sum.done),
        columns: &["id", "owner", "due", "what"],
        rows: sum.list.iter().map(row).collect(),
    }
}

fn holds(review: &Review) -> Section {
    let row = |it: &crate::review::Holding| {
        let since = TimeZone::UTC.to_datetime(it.since).date().to_string();
        vec![
            it.service.clone(),
            it.env.clone(),
            since,
            it.author.clone(),
            it.reason.clone(),
        ]
    };
    Section {
        id: "hold",
        title: "Holds that stand".into(),
        columns: &["service", "env", "since", "by", "reason"],
        rows: review.holds.iter().map(row).collect(),
    }
}

fn on_call(review: &Review) -> Section {
    let sum = &review.on_call;
    let row = |it: &crate::review::Duty| {
        vec![
            it.rota.clone(),
            it.role.clone(),
            or_dash(&it.person),
            format!("{:.0}", it.hours),
            format!("{:.0}", it.night_hours),
            format!("{:.0}", it.weekend_hours),
        ]
    };
    let gaps = match sum.gap_hours {
        0.0 => String::new(),
        hours => format!(", and {hours:.0} h without anybody"),
    };
    Section {
        id: "on-call",
        title: format!("On call, by the rotas as they are now{gaps}"),
        columns: &["rota", "role", "who", "hours>", "nights>", "weekend>"],
        rows: sum.people.iter().map(row).collect(),
    }
}

fn missing(review: &Review) -> Section {
    let row = |it: &crate::review::Missing| vec![it.what.clone(), it.fix.clone()];
    Section {
        id: "missing",
        title: "Not known".into(),
        columns: &["what", "what it takes"],
        rows: review.missing.iter().map(row).collect(),
    }
}
