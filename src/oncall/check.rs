//! What is wrong with rotas, proved by resolving a stretch of time: gaps, people who cannot be reached, overrides without
//! effect, one person in two places, and who carries how much.

use std::collections::BTreeMap;

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::resolve::{Source, Span, decided, resolve};
use super::window::stretches;
use crate::config::platform::{Person, Platform};
use crate::model::rota::{Rota, Window};

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checked {
    /// The worst first.
    pub findings: Vec<Finding>,
    pub load: Vec<Load>,
}

/// One thing that is wrong, or worth knowing.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize)]
pub struct Finding {
    /// `gap`, `unknown_person`, `unknown_team`, `unreachable`, `idle_override`, `two_at_once`, `begins_later`, `unfair` or
    /// `no_rota`.
    pub id: &'static str,
    pub severity: Severity,
    pub team: String,
    pub rota: Option<String>,
    pub role: Option<String>,
    pub person: Option<String>,
    /// The first time that it happens; more of the kind are counted.
    pub start: Option<Timestamp>,
    pub end: Option<Timestamp>,
    pub count: usize,
    pub message: String,
    /// What to do.
    pub fix: String,
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, schemars::JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A page would be lost, or what was written has no effect.
    Error,
    Warning,
    Note,
}

/// What one person carries in one role of a rota.
#[derive(Clone, Debug, PartialEq, schemars::JsonSchema, Serialize)]
pub struct Load {
    pub team: String,
    pub rota: String,
    pub role: String,
    pub person: String,
    pub hours: f64,
    /// Of these, between [`NIGHT`] by the person's own clock.
    pub night_hours: f64,
    /// Of these, on Saturdays and Sundays by the person's own clock.
    pub weekend_hours: f64,
    /// Stretches of duty.
    pub shifts: usize,
    /// `hours` in percent of the mean of everybody in the role.
    pub of_mean: u32,
}

/// When sleep is broken: 22:00 to 06:00, as European labour law has the core of a night.
pub const NIGHT: (Time, Time) = (Time::constant(22, 0, 0, 0), Time::constant(6, 0, 0, 0));

/// Somebody who carries more than this, in percent of the mean, and more than a turn above it, is told of: where turns do
/// not divide the time evenly, somebody always has one more.
pub const UNFAIR: u32 = 125;

/// Checks rotas from `from` to `to`.
pub fn check(rotas: &[Rota], platform: &Platform, from: Timestamp, to: Timestamp) -> Checked {
    let mut checked = Checked::default();
    let resolved: Vec<(&Rota, Vec<Span>)> = rotas.iter().map(|rota| (rota, resolve(rota, from, to))).collect();
    for (rota, spans) in &resolved {
        let findings = &mut checked.findings;
        findings.extend(unknown_team(rota, platform));
        findings.extend(gaps(rota, spans, to));
        findings.extend(people(rota, spans, platform));
        findings.extend(idle_overrides(rota, from, to));
        let load = load(rota, spans, &platform.people);
        findings.extend(unfair(&load, spans));
        checked.load.extend(load);
    }
    checked.findings.extend(two_at_once(&resolved));
    let without = platform
        .teams
        .keys()
        .filter(|team| rotas.iter().all(|rota| rota.team != **team));
    checked.findings.extend(without.map(|team| Finding {
        message: format!("team {team} has no rota"),
        fix: format!("write rotas/{team}.toml"),
        ..finding("no_rota", Severity::Note, team)
    }));
    checked.findings.sort_by_key(|finding| finding.severity);
    checked
}

fn finding(id: &'static str, severity: Severity, team: &str) -> Finding {
    Finding {
        id,
        severity,
        team: team.to_owned(),
        rota: None,
        role: None,
        person: None,
        start: None,
        end: None,
        count: 1,
        message: String::new(),
        fix: String::new(),
    }
}

fn of_rota(id: &'static str, severity: Severity, rota: &Rota, role: &str) -> Finding {
    Finding {
        rota: Some(rota.name.clone()),
        role: Some(role.to_owned()),
        ..finding(id, severity, &rota.team)
    }
}

fn unknown_team(rota: &Rota, platform: &Platform) -> Option<Finding> {
    if platform.teams.is_empty() || platform.teams.contains_key(&rota.team) {
        return None;
    }
    Some(Finding {
        rota: Some(rota.name.clone()),
        message: format!(
            "{} is of the team {}, which the platform does not know",
            rota.name, rota.team
        ),
        fix: "deliver platform check".into(),
        ..finding("unknown_team", Severity::Error, &rota.team)
    })
}

/// Gaps of each role, and the time before it begins.
fn gaps(rota: &Rota, spans: &[Span], to: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    for role in rota.roles() {
        let of = |source| {
            spans
                .iter()
                .filter(move |span| span.role == role && span.source == source)
        };
        if let Some(first) = of(Source::Gap).next() {
            let count = of(Source::Gap).count();
            let ends = match first.end == to {
                true => "on".to_owned(),
                false => format!("to {}", local(rota, first.end)),
            };
            findings.push(Finding {
                start: Some(first.start),
                end: Some(first.end),
                count,
                message: format!(
                    "nobody is {role} of {} from {} {ends}",
                    rota.name,
                    local(rota, first.start)
                ),
                fix: match first.reasons.get(1) {
                    Some(reason) => format!("{reason}: add a layer, or say in [cover] when somebody has to be on call"),
                    None => "add a layer".into(),
                },
                ..of_rota("gap", Severity::Error, rota, role)
            });
        }
        if let Some(before) = of(Source::NotBegun).next() {
            findings.push(Finding {
                start: Some(before.start),
                end: Some(before.end),
                message: match before.end == to {
                    true => format!("{role} of {} begins later than this", rota.name),
                    false => format!("{role} of {} begins on {}", rota.name, local(rota, before.end)),
                },
                fix: "nobody is called before that".into(),
                ..of_rota("begins_later", Severity::Note, rota, role)
            });
        }
    }
    findings
}

/// People on call whom the platform does not know, or knows no way to reach.
fn people(rota: &Rota, spans: &[Span], platform: &Platform) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for span in spans {
        let Some(person) = &span.person else { continue };
        let (id, message, fix) = match platform.people.get(person) {
            Some(known) if reachable(known) => continue,
            Some(_) => (
                "unreachable",
                "has no phone, chat or e-mail",
                format!("add `phone = \"+…\"` to [person.{person}]"),
            ),
            None => (
                "unknown_person",
                "is nobody the platform knows",
                format!(
                    "add [person.{person}] to platform.toml, or take them out of {}",
                    rota.file
                ),
            ),
        };
        let same = |it: &&mut Finding| it.id == id && it.person.as_ref() == Some(person);
        if let Some(known) = findings.iter_mut().find(same) {
            known.count += 1;
            continue;
        }
        findings.push(Finding {
            person: Some(person.clone()),
            start: Some(span.start),
            end: Some(span.end),
            message: format!(
                "{person} {message}, and is {} of {} from {}",
                span.role,
                rota.name,
                local(rota, span.start)
            ),
            fix,
            ..of_rota(id, Severity::Error, rota, &span.role)
        });
    }
    findings
}

fn reachable(person: &Person) -> bool {
    person.phone.is_some() || person.chat.is_some() || person.email.is_some()
}

/// Overrides of the time from `from` to `to` that change nothing in it.
fn idle_overrides(rota: &Rota, from: Timestamp, to: Timestamp) -> Vec<Finding> {
    let during = rota.overrides.iter().enumerate();
    let during = during.filter(|(_, it)| it.to > from && it.from < to);
    let idle = during.filter_map(|(place, it)| {
        let (start, end) = (it.from.max(from), it.to.min(to));
        let with = decided(rota, &it.role, start, end);
        let others = rota.overrides.iter().enumerate();
        let others = others.filter(|(other, that)| *other != place && that.from < end && that.to > start);
        let without = Rota {
            overrides: others.map(|(_, that)| that.clone()).collect(),
            layers: rota.layers.clone(),
            file: rota.file.clone(),
            name: rota.name.clone(),
            team: rota.team.clone(),
            zone: rota.zone.clone(),
            cover: rota.cover.clone(),
        };
        let without = decided(&without, &it.role, start, end);
        let applies = with.iter().any(|span| span.source == Source::Override(place));
        let why = match (applies, people_of(&with) == people_of(&without)) {
            (false, _) => "later overrides cover it".to_owned(),
            (true, true) => format!("{} is on call then anyway", it.person),
            (true, false) => return None,
        };
        Some(Finding {
            person: Some(it.person.clone()),
            start: Some(it.from),
            end: Some(it.to),
            message: format!("the override at {}:{} changes nothing: {why}", rota.file, it.line),
            fix: "take it out, or mend its times".into(),
            ..of_rota("idle_override", Severity::Error, rota, &it.role)
        })
    });
    idle.collect()
}

/// Who is on call and until when; neighbours of one person are one.
fn people_of(spans: &[Span]) -> Vec<(Option<&str>, Timestamp)> {
    let mut people: Vec<(Option<&str>, Timestamp)> = Vec::new();
    for span in spans {
        match people.last_mut() {
            Some(last) if last.0 == span.person.as_deref() => last.1 = span.end,
            _ => people.push((span.person.as_deref(), span.end)),
        }
    }
    people
}

/// Pairs of duties that one person is told of; who has more has another problem.
const PAIRS_TOLD: usize = 5;

/// People who would be called for two things at once.
fn two_at_once(resolved: &[(&Rota, Vec<Span>)]) -> Vec<Finding> {
    let mut duties: BTreeMap<&str, Vec<(&Rota, &Span)>> = BTreeMap::new();
    for (rota, spans) in resolved {
        for span in spans {
            if let Some(person) = &span.person {
                duties.entry(person).or_default().push((rota, span));
            }
        }
    }
    let found = duties.into_iter().flat_map(|(person, duties)| pairs_of(person, duties));
    found.collect()
}

/// The pairs of duties that one person has at the same time, by when it first happens.
fn pairs_of(person: &str, mut duties: Vec<(&Rota, &Span)>) -> Vec<Finding> {
    duties.sort_by_key(|(_, span)| span.start);
    let mut pairs: BTreeMap<[(&str, &str); 2], Finding> = BTreeMap::new();
    for (place, (rota, span)) in duties.iter().enumerate() {
        let during = duties[place + 1..].iter();
        for (other, with) in during.take_while(|(_, other)| other.start < span.end) {
            let mut pair = [
                (rota.name.as_str(), span.role.as_str()),
                (other.name.as_str(), with.role.as_str()),
            ];
            pair.sort_unstable();
            let known = pairs.entry(pair).or_insert_with(|| Finding {
                person: Some(person.to_owned()),
                start: Some(with.start),
                end: Some(span.end.min(with.end)),
                count: 0,
                message: format!(
                    "{person} is {} of {} and {} of {} at once, first from {}",
                    pair[0].1,
                    pair[0].0,
                    pair[1].1,
                    pair[1].0,
                    local(rota, with.start)
                ),
                fix: "an override, or another order of the people in one of the two".into(),
                ..of_rota("two_at_once", Severity::Warning, rota, &span.role)
            });
            known.count += 1;
        }
    }
    let mut found: Vec<Finding> = pairs.into_values().collect();
    found.sort_by_key(|finding| finding.start);
    let more = found.len().saturating_sub(PAIRS_TOLD);
    found.truncate(PAIRS_TOLD);
    if let Some(last) = found.last_mut().filter(|_| more > 0) {
        last.message.push_str(&format!("; and {more} more such pairs"));
    }
    found
}

/// What everybody carries, by role and then by who carries most.
fn load(rota: &Rota, spans: &[Span], people: &BTreeMap<String, Person>) -> Vec<Load> {
    let mut loads: Vec<Load> = Vec::new();
    for role in rota.roles() {
        let mut of_role: BTreeMap<&str, Load> = BTreeMap::new();
        for span in spans.iter().filter(|span| span.role == role) {
            let Some(person) = &span.person else { continue };
            let load = of_role.entry(person).or_insert_with(|| Load {
                team: rota.team.clone(),
                rota: rota.name.clone(),
                role: role.to_owned(),
                person: person.clone(),
                hours: 0.0,
                night_hours: 0.0,
                weekend_hours: 0.0,
                shifts: 0,
                of_mean: 0,
            });
            let hours = hours_of(span.start, span.end, &zone_of(person, people, rota));
            load.hours += hours.all;
            load.night_hours += hours.night;
            load.weekend_hours += hours.weekend;
            load.shifts += 1;
        }
        let mean = of_role.values().map(|load| load.hours).sum::<f64>() / of_role.len().max(1) as f64;
        let mut of_role: Vec<Load> = of_role.into_values().collect();
        for load in &mut of_role {
            load.of_mean = (load.hours * 100.0 / mean).round() as u32;
        }
        of_role.sort_by(|one, other| other.hours.total_cmp(&one.hours).then(one.person.cmp(&other.person)));
        loads.extend(of_role);
    }
    loads
}

/// The person's own time zone; the rota's for somebody unknown.
fn zone_of(person: &str, people: &BTreeMap<String, Person>, rota: &Rota) -> TimeZone {
    let own = people
        .get(person)
        .and_then(|person| TimeZone::get(&person.time_zone).ok());
    own.unwrap_or_else(|| rota.zone.clone())
}

/// A stretch of duty in hours.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hours {
    pub all: f64,
    /// Between [`NIGHT`].
    pub night: f64,
    /// On Saturdays and Sundays.
    pub weekend: f64,
}

/// The hours of a stretch by a wall clock.
pub fn hours_of(start: Timestamp, end: Timestamp, zone: &TimeZone) -> Hours {
    let within = |window: &Window| {
        let found = stretches(window, zone, start, end);
        found.iter().map(|(from, to)| hours(to.duration_since(*from))).sum()
    };
    Hours {
        all: hours(end.duration_since(start)),
        night: within(&Window {
            days: Vec::new(),
            between: Some(NIGHT),
        }),
        weekend: within(&Window {
            days: vec![Weekday::Saturday, Weekday::Sunday],
            between: None,
        }),
    }
}

fn hours(length: SignedDuration) -> f64 {
    length.as_secs_f64() / 3600.0
}

fn unfair(load: &[Load], spans: &[Span]) -> Vec<Finding> {
    let most = load.iter().filter(|load| {
        let of_role = spans
            .iter()
            .filter(|span| span.role == load.role && span.person.is_some());
        let longest = of_role.map(|span| hours(span.end.duration_since(span.start)));
        let mean = load.hours * 100.0 / f64::from(load.of_mean.max(1));
        load.of_mean > UNFAIR && load.hours - mean > longest.fold(0.0, f64::max)
    });
    most.map(|load| Finding {
        rota: Some(load.rota.clone()),
        role: Some(load.role.clone()),
        person: Some(load.person.clone()),
        message: format!(
            "{} carries {} % of the mean of {} of {}",
            load.person, load.of_mean, load.role, load.rota
        ),
        fix: "spread the turns, or say that it is wanted".into(),
        ..finding("unfair", Severity::Note, &load.team)
    })
    .collect()
}

/// A moment by the rota's wall clock.
fn local(rota: &Rota, at: Timestamp) -> String {
    at.to_zoned(rota.zone.clone()).strftime("%a %Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::rota::{Layer, Override};

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    fn platform(people: &[(&str, bool)], teams: &[&str]) -> Platform {
        let mut platform = Platform::builtin();
        for (name, reachable) in people {
            let person = Person {
                name: (*name).to_owned(),
                email: None,
                chat: reachable.then(|| format!("@{name}")),
                phone: None,
                time_zone: "Europe/Berlin".into(),
            };
            platform.people.insert((*name).to_owned(), person);
        }
        for team in teams {
            let team = (*team).to_owned();
            let none = crate::config::platform::Team {
                description: None,
                contact: None,
                members: Vec::new(),
            };
            platform.teams.insert(team, none);
        }
        platform
    }

    fn rota(name: &str, people: &[&str]) -> Rota {
        Rota {
            name: name.into(),
            file: format!("rotas/{name}.toml"),
            team: name.into(),
            zone: TimeZone::get("Europe/Berlin").expect("a zone"),
            cover: Window::ALWAYS,
            layers: vec![Layer {
                line: 4,
                role: "primary".into(),
                people: people.iter().map(|name| (*name).to_owned()).collect(),
                start: "2026-03-02T09:00".parse().expect("a time"),
                until: None,
                every: "1w".parse().expect("a length"),
                window: Window::ALWAYS,
            }],
            overrides: Vec::new(),
        }
    }

    /// Findings as `severity id message | fix`, times the count.
    fn told(rotas: &[Rota], platform: &Platform) -> Vec<String> {
        let checked = check(rotas, platform, at("2026-03-02T08:00:00Z"), at("2026-04-27T07:00:00Z"));
        let line = |it: &Finding| {
            let times = if it.count == 1 {
                String::new()
            } else {
                format!(" x{}", it.count)
            };
            format!("{:?} {} {} | {}{times}", it.severity, it.id, it.message, it.fix)
        };
        checked.findings.iter().map(line).collect()
    }

    #[test]
    fn a_sound_rota_has_no_findings_and_a_fair_load() {
        let platform = platform(&[("ada", true), ("bo", true)], &["checkout"]);
        let rotas = [rota("checkout", &["ada", "bo"])];
        assert_eq!(told(&rotas, &platform), [""; 0]);
        let checked = check(
            &rotas,
            &platform,
            at("2026-03-02T08:00:00Z"),
            at("2026-03-30T07:00:00Z"),
        );
        let [ada, bo] = &checked.load[..] else {
            panic!("two people")
        };
        // A week has 168 hours, 7 nights of 8 and a weekend of 48; bo's second one loses the hour that Berlin skips.
        assert_eq!(
            (ada.hours, ada.night_hours, ada.weekend_hours, ada.shifts),
            (336.0, 112.0, 96.0, 2)
        );
        assert_eq!(
            (bo.hours, bo.night_hours, bo.weekend_hours, bo.of_mean),
            (335.0, 111.0, 95.0, 100)
        );
    }

    #[test]
    fn gaps_and_people_who_cannot_be_reached_are_errors() {
        let platform = platform(&[("ada", true), ("bo", false)], &["checkout", "search"]);
        let mut one = rota("checkout", &["ada", "bo", "zoe"]);
        one.layers[0].until = Some("2026-04-20T09:00".parse().expect("a time"));
        assert_eq!(
            told(&[one], &platform),
            [
                "Error gap nobody is primary of checkout from Mon 2026-04-20 09:00 on | layer (rotas/checkout.toml:4) ended at \
                 Mon 2026-04-20 09:00 CEST: add a layer, or say in [cover] when somebody has to be on call",
                "Error unreachable bo has no phone, chat or e-mail, and is primary of checkout from Mon 2026-03-09 09:00 | add \
                 `phone = \"+…\"` to [person.bo] x2",
                "Error unknown_person zoe is nobody the platform knows, and is primary of checkout from Mon 2026-03-16 09:00 | \
                 add [person.zoe] to platform.toml, or take them out of rotas/checkout.toml x2",
                "Note no_rota team search has no rota | write rotas/search.toml",
            ]
        );
    }

    #[test]
    fn office_hours_are_gaps_until_cover_says_that_they_are_meant() {
        let platform = platform(&[("ada", true)], &[]);
        let mut one = rota("checkout", &["ada"]);
        one.layers[0].window = Window {
            days: vec![Weekday::Monday, Weekday::Tuesday],
            between: Some((Time::constant(9, 0, 0, 0), Time::constant(17, 0, 0, 0))),
        };
        assert_eq!(
            told(std::slice::from_ref(&one), &platform),
            [
                "Error gap nobody is primary of checkout from Mon 2026-03-02 17:00 to Tue 2026-03-03 09:00 | \
                 layer (rotas/checkout.toml:4) has somebody on call only mon tue, 09:00 to 17:00: add a layer, or say in \
                 [cover] when somebody has to be on call x16"
            ]
        );
        one.cover = one.layers[0].window.clone();
        assert_eq!(told(&[one], &platform), [""; 0]);
    }

    #[test]
    fn overrides_without_effect_are_errors_and_past_ones_are_history() {
        let platform = platform(&[("ada", true), ("bo", true)], &[]);
        let mut one = rota("checkout", &["ada", "bo"]);
        let over = |line, person: &str, from: &str, to: &str| Override {
            line,
            role: "primary".into(),
            person: person.into(),
            from: at(from),
            to: at(to),
            reason: None,
        };
        one.overrides = vec![
            over(9, "ada", "2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z"),
            over(14, "ada", "2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z"),
            over(19, "bo", "2026-03-05T00:00:00Z", "2026-03-06T00:00:00Z"),
            over(24, "bo", "2026-03-04T00:00:00Z", "2026-03-07T00:00:00Z"),
        ];
        assert_eq!(
            told(&[one], &platform),
            [
                "Error idle_override the override at rotas/checkout.toml:14 changes nothing: ada is on call then anyway | take \
                 it out, or mend its times",
                "Error idle_override the override at rotas/checkout.toml:19 changes nothing: later overrides cover it | take it \
                 out, or mend its times",
            ]
        );
    }

    #[test]
    fn one_person_in_two_places_is_a_warning_and_an_unfair_load_a_note() {
        let platform = platform(&[("ada", true), ("bo", true), ("cy", true)], &[]);
        let rotas = [rota("checkout", &["ada", "bo", "ada", "cy"]), rota("search", &["ada"])];
        assert_eq!(
            told(&rotas, &platform),
            [
                "Warning two_at_once ada is primary of checkout and primary of search at once, first from Mon 2026-03-02 09:00 \
                 | an override, or another order of the people in one of the two x4",
                "Note unfair ada carries 150 % of the mean of primary of checkout | spread the turns, or say that it is wanted",
            ]
        );
    }
}
