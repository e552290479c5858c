//! Objectives as people read them.

use std::collections::BTreeMap;

use super::Reliability;
use crate::cli::page::{Column, Page, Table, measure};
use crate::cli::style::Style;
use crate::model::objective::Objective;
use crate::reliability::assess::{Burn, Judged};
use crate::reliability::budget::allowed_share;
use crate::reliability::state::State;

/// Cells of a budget's bar.
const BAR: usize = 8;

/// Objectives that are named when several share a remark.
const NAMED: usize = 5;

/// What an objective looks like, for who has none.
const EXAMPLE: &str = "\
[[slo]]
name = \"availability\"
objective = \"99.9\"
indicator = { kind = \"http\", good = \"status < 500\" }";

pub fn render(report: &Reliability, page: &mut Page) {
    if !page.terminal() {
        return plain(report, page);
    }
    if report.slos.is_empty() {
        return nothing(report, page);
    }
    match report.detailed {
        true => details(report, page),
        false => overview(report, page),
    }
    for note in &report.notes {
        page.hanging(&format!("{} ", page.style().bang()), note);
    }
}

fn nothing(report: &Reliability, page: &mut Page) {
    let whose = match report.without_slos.as_slice() {
        [one] => format!("`{one}` states no objective yet."),
        [] => "Nothing is deployed, so that nothing promises anything yet.".to_owned(),
        _ => "No service of this store states an objective yet.".to_owned(),
    };
    page.line(format!("{whose} Add one to deliver.toml, and deploy:"));
    page.gap();
    for line in EXAMPLE.lines() {
        page.line(format!("  {}", page.style().copyable(line)));
    }
}

/// Every value of every objective, for programs.
fn plain(report: &Reliability, page: &mut Page) {
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let count = |value: Option<u64>| value.map(|value| value.to_string()).unwrap_or_default();
    let mut table = Table::new(std::iter::repeat_with(|| Column::new("")).take(20));
    for slo in &report.slos {
        let budget = &slo.budget;
        table.row([
            slo.state.as_str().to_owned(),
            slo.service.to_string(),
            slo.env.to_string(),
            slo.slo.clone(),
            slo.team.clone().unwrap_or_default(),
            slo.objective.clone(),
            slo.window.to_string(),
            count(slo.good),
            count(slo.total),
            number(slo.sli),
            number(slo.sli_low),
            number(slo.sli_high),
            budget.allowed.map(|allowed| allowed.to_string()).unwrap_or_default(),
            count(budget.spent),
            budget.remaining.map(|left| left.to_string()).unwrap_or_default(),
            number(slo.burn.hour),
            number(slo.burn.hours_6),
            slo.exhausts_at.map(|at| at.to_string()).unwrap_or_default(),
            number(slo.coverage),
            slo.note.clone().unwrap_or_default(),
        ]);
    }
    page.table(&table);
}

fn overview(report: &Reliability, page: &mut Page) {
    let style = page.style();
    let first = &report.slos[0];
    let one_env = report.slos.iter().all(|slo| slo.env == first.env);
    let place = if one_env {
        format!(" in {}", first.env)
    } else {
        String::new()
    };
    let summary = format!("{}{place}: {}", objectives(report.slos.len()), by_state(report));
    page.hanging("", &summary);
    page.gap();
    let teams = report.teams.len() > 1;
    let tight = least_width(report, one_env, page) > page.width();
    // Names are shortened only where what matters does not fit beside them.
    let name = |header| match tight {
        true => Column::new(header).prose(),
        false => Column::new(header),
    };
    let exhausts_last = |column: Column| if tight { column.priority(1) } else { column };
    let env = (!one_env).then(|| name("ENV"));
    let columns = [Column::new("STATE"), name("SERVICE")]
        .into_iter()
        .chain(env)
        .chain([
            name("SLO"),
            Column::new("TARGET").right().priority(4),
            Column::new("SLI").right(),
            Column::new("").priority(2),
            Column::new("LEFT").right(),
            Column::new("BURN").right(),
            Column::new("6H").right().priority(3),
            exhausts_last(Column::new("EXHAUSTS")),
        ])
        .chain(teams.then(|| Column::new("TEAM").priority(7)))
        .chain([
            Column::new("COVERAGE").right().priority(6),
            Column::new("LAST 7 DAYS").priority(5),
        ]);
    let mut table = Table::new(columns);
    for slo in &report.slos {
        let head = [word(style, slo.state), slo.service.to_string()];
        let env = (!one_env).then(|| slo.env.to_string());
        let middle = [
            slo.slo.clone(),
            slo.objective.clone(),
            match tight {
                true if slo.sli.is_some() => percent(slo),
                _ => sli(style, slo),
            },
            bar(style, slo),
            slo.budget.remaining_percent.clone().unwrap_or_else(|| style.dash()),
            rate(style, slo.burn.hour),
            rate(style, slo.burn.hours_6),
            exhausts(page, slo),
        ];
        let team = teams.then(|| slo.team.clone().unwrap_or_default());
        let tail = [coverage(style, slo), picture(style, slo)];
        table.row(head.into_iter().chain(env).chain(middle).chain(team).chain(tail));
    }
    page.table(&table);
    remarks(report, page);
    if teams {
        by_team(report, page);
    }
    if !report.without_slos.is_empty() {
        page.gap();
        let names: Vec<&str> = report.without_slos.iter().map(|name| name.as_str()).collect();
        page.hanging("no objective: ", &some_of(&names));
    }
}

/// Columns of a window that the table takes without anything that may be left out.
fn least_width(report: &Reliability, one_env: bool, page: &Page) -> usize {
    let style = page.style();
    let cells = |slo: &Judged| {
        let left = slo.budget.remaining_percent.clone();
        [
            word(style, slo.state),
            slo.service.to_string(),
            slo.slo.clone(),
            sli(style, slo),
            left.unwrap_or_else(|| style.dash()),
            rate(style, slo.burn.hour),
            exhausts(page, slo),
            if one_env { String::new() } else { slo.env.to_string() },
        ]
        .map(|cell| measure(&cell))
    };
    let headers = ["STATE", "SERVICE", "SLO", "SLI", "LEFT", "BURN", "EXHAUSTS", ""].map(str::len);
    let widths = report.slos.iter().map(cells).fold(headers, |most, row| {
        std::array::from_fn(|column| most[column].max(row[column]))
    });
    // Two blanks between columns.
    let gutters = 2 * (widths.len() - 1 - usize::from(one_env));
    widths.iter().sum::<usize>() + gutters
}

fn objectives(count: usize) -> String {
    match count {
        1 => "1 objective".into(),
        count => format!("{count} objectives"),
    }
}

/// `1 spent, 3 ok`.
fn by_state(report: &Reliability) -> String {
    let mut counts: BTreeMap<State, u32> = BTreeMap::new();
    report
        .slos
        .iter()
        .for_each(|slo| *counts.entry(slo.state).or_default() += 1);
    in_words(&counts)
}

fn in_words(counts: &BTreeMap<State, u32>) -> String {
    let words = counts
        .iter()
        .map(|(state, count)| format!("{count} {}", spoken(*state)));
    words.collect::<Vec<_>>().join(", ")
}

/// Why there is nothing to see, each reason once.
fn remarks(report: &Reliability, page: &mut Page) {
    let mut whose: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for slo in &report.slos {
        if let Some(note) = &slo.note {
            whose
                .entry(note)
                .or_default()
                .push(format!("{} {}", slo.service, slo.slo));
        }
    }
    if !whose.is_empty() {
        page.gap();
    }
    for (note, slos) in whose {
        let names: Vec<&str> = slos.iter().map(String::as_str).collect();
        page.hanging(
            &format!("{} ", page.style().dash()),
            &format!("{}: {note}", some_of(&names)),
        );
    }
}

fn some_of(names: &[&str]) -> String {
    let shown = names[..names.len().min(NAMED)].join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn by_team(report: &Reliability, page: &mut Page) {
    let style = page.style();
    let mut table = Table::new([
        Column::new("TEAM"),
        Column::new("STATE"),
        Column::new("OBJECTIVES").prose(),
    ]);
    for team in &report.teams {
        table.row([
            team.team.clone().unwrap_or_else(|| "no team".into()),
            team.tallied.state.map(|state| word(style, state)).unwrap_or_default(),
            in_words(&team.tallied.slos),
        ]);
    }
    page.gap();
    page.table(&table);
}

fn details(report: &Reliability, page: &mut Page) {
    let mut last = None;
    for slo in &report.slos {
        page.gap();
        if last.replace(&slo.env) != Some(&slo.env) {
            let style = page.style();
            page.line(format!(
                "{} {} {}",
                style.subject(&slo.service),
                style.middot(),
                slo.env
            ));
            page.gap();
        }
        detail(slo, page);
    }
}

fn detail(slo: &Judged, page: &mut Page) {
    let style = page.style();
    page.line(format!(
        "{}  {}: {} % {}, over {}",
        word(style, slo.state),
        style.subject(&slo.slo),
        slo.objective,
        slo.good_is.clone().unwrap_or_else(|| format!("of {}", slo.indicator)),
        slo.window
    ));
    for (name, value) in facts(slo, page) {
        page.hanging(&format!("  {name:<10}"), &value);
    }
}

/// What there is to say of an objective, by line.
fn facts(slo: &Judged, page: &Page) -> Vec<(&'static str, String)> {
    let style = page.style();
    let mut facts = Vec::new();
    if let (Some(good), Some(total), Some(_)) = (slo.good, slo.total, slo.sli) {
        facts.push(("requests", format!("{good} good of {total}, {} bad", total - good)));
        facts.push(("sli", with_interval(slo, decimals(slo.target))));
    }
    if let (Some(allowed), Some(left), Some(percent)) =
        (slo.budget.allowed, slo.budget.remaining, &slo.budget.remaining_percent)
    {
        let bar = bar(style, slo);
        let spent = slo.budget.spent.unwrap_or_default();
        facts.push((
            "budget",
            format!("{bar} {percent} left: {left} of {allowed} bad requests, {spent} spent"),
        ));
    }
    if slo.sli.is_some() {
        facts.push(("burn", rates(style, &slo.burn)));
        facts.push(("7 days", picture(style, slo)));
    }
    if let Some(at) = slo.exhausts_at {
        facts.push(("exhausts", format!("{} at this pace", page.when(at))));
    }
    match (slo.state, slo.recovers_at) {
        (State::Spent, Some(at)) => facts.push(("recovers", format!("{} at this pace", page.when(at)))),
        (State::Spent, None) => facts.push(("recovers", "not within the window at this pace".into())),
        _ => {}
    }
    if slo.coverage.is_some() {
        let hours = "of the hours since the first deployment hold requests";
        facts.push(("coverage", format!("{} {hours}", coverage(style, slo))));
    }
    facts.extend(slo.note.clone().map(|note| ("note", note)));
    facts
}

/// The state with its sign: colour never says it alone.
fn word(style: Style, state: State) -> String {
    let words = spoken(state);
    match state {
        State::Spent => format!("{} {}", style.cross(), style.bad(words)),
        State::Burning => format!("{} {}", style.bang(), style.attention(words)),
        State::LowTraffic => format!("{} {}", style.bang(), words),
        // The ASCII twin of its sign is the word.
        State::Ok if style.ascii => style.good(words),
        State::Ok => format!("{} {}", style.tick(), words),
        State::Unknown | State::NoData => format!("{} {}", style.dash(), style.secondary(words)),
    }
}

fn spoken(state: State) -> &'static str {
    match state {
        State::LowTraffic => "low traffic",
        State::NoData => "no data",
        state => state.as_str(),
    }
}

/// The share of good events in percent; with its interval where there are too few to tell it from the target.
fn sli(style: Style, slo: &Judged) -> String {
    let (Some(_), Some(low), Some(high)) = (slo.sli, slo.sli_low, slo.sli_high) else {
        return style.dash();
    };
    match (high - low) / 2.0 > allowed_share(slo.target) {
        // Digits that the interval spans say nothing.
        true if high - low > 0.1 => with_interval(slo, 0),
        true => with_interval(slo, decimals(slo.target) - 1),
        false => percent(slo),
    }
}

/// `99.21 (98.43–99.61)`; the ends are rounded outwards, to so many decimals.
fn with_interval(slo: &Judged, decimals: usize) -> String {
    let scale = 10f64.powi(decimals as i32);
    let shown = |percent: f64| match percent >= 100.0 {
        true => "100".to_owned(),
        false => format!("{percent:.decimals$}"),
    };
    match (slo.sli_low, slo.sli_high) {
        (Some(low), Some(high)) => format!(
            "{} ({}–{})",
            percent(slo),
            shown((low * 100.0 * scale).floor() / scale),
            shown((high * 100.0 * scale).ceil() / scale)
        ),
        _ => percent(slo),
    }
}

/// Rounded down, so that less than everything never reads 100.
fn percent(slo: &Judged) -> String {
    let (Some(good), Some(total @ 1..)) = (slo.good, slo.total) else {
        return String::new();
    };
    if good >= total {
        return "100".into();
    }
    let decimals = decimals(slo.target);
    let scale = 10u128.pow(decimals as u32);
    let parts = u128::from(good) * 100 * scale / u128::from(total);
    format!("{}.{:0decimals$}", parts / scale, parts % scale)
}

/// One more than the target has, so that a difference shows.
fn decimals(target: Objective) -> usize {
    target
        .to_string()
        .split_once('.')
        .map_or(0, |(_, part)| part.len())
        .max(1)
        + 1
}

/// What is left of the budget; what was spent beyond it fills the bar from its start with another sign.
fn bar(style: Style, slo: &Judged) -> String {
    let Some(ratio) = slo.budget.remaining_ratio else {
        return style.dash();
    };
    let cells = (ratio.abs().min(1.0) * BAR as f64).ceil() as usize;
    let (left, empty, beyond) = match style.ascii {
        true => ('#', '-', '!'),
        false => ('█', '░', '▓'),
    };
    let sign = if ratio < 0.0 { beyond } else { left };
    let drawn = |sign: char, count: usize| std::iter::repeat_n(sign, count).collect::<String>();
    let filled = drawn(sign, cells);
    let filled = match slo.state {
        State::Spent => style.bad(filled),
        State::Burning | State::LowTraffic => style.attention(filled),
        _ => style.good(filled),
    };
    format!("{filled}{}", style.secondary(drawn(empty, BAR - cells)))
}

/// A burn rate: one decimal, whole numbers from 100 on.
fn rate(style: Style, rate: Option<f64>) -> String {
    match rate {
        None => style.dash(),
        Some(rate) if rate >= 100.0 => format!("{rate:.0}x"),
        Some(rate) => format!("{rate:.1}x"),
    }
}

fn rates(style: Style, burn: &Burn) -> String {
    let all = [
        ("5m", burn.minutes_5),
        ("30m", burn.minutes_30),
        ("1h", burn.hour),
        ("6h", burn.hours_6),
        ("1d", burn.day),
        ("3d", burn.days_3),
    ];
    let words = all.map(|(name, value)| format!("{name} {}", rate(style, value)));
    words.join("   ")
}

fn exhausts(page: &Page, slo: &Judged) -> String {
    match (slo.state, slo.exhausts_at) {
        (State::Spent, _) => "gone".into(),
        (_, Some(at)) => page.when(at),
        _ => page.style().dash(),
    }
}

fn coverage(style: Style, slo: &Judged) -> String {
    slo.coverage
        .map_or_else(|| style.dash(), |share| format!("{:.0} %", (share * 100.0).floor()))
}

/// The last week, a cell each quarter of a day. The height says how the cell stands to the objective, since a share of good
/// events that differs in its third digit would draw a flat line: full is without a failure, the next within the objective,
/// then up to 6 and up to 14.4 times the allowed rate, the lowest beyond.
fn picture(style: Style, slo: &Judged) -> String {
    let allowed = allowed_share(slo.target);
    let cell = |share: &Option<f64>| {
        let (unicode, ascii) = match share.map(|share| (1.0 - share) / allowed) {
            None => ('·', '.'),
            Some(burn) if burn <= 0.0 => ('█', '#'),
            // A hair more, for what division leaves.
            Some(burn) if burn <= 1.0 + 1e-9 => ('▆', '='),
            Some(burn) if burn <= 6.0 => ('▄', '-'),
            Some(burn) if burn <= 14.4 => ('▂', '_'),
            Some(_) => ('▁', '!'),
        };
        if style.ascii { ascii } else { unicode }
    };
    slo.last_7d.iter().map(cell).collect()
}
