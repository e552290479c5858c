//! Reads the files of `rotas/`.

use std::path::Path;

use jiff::civil::{DateTime, Time, Weekday};
use jiff::tz::TimeZone;

use super::keys::{self, DAYS, Moment, ROTA};
use super::{Broken, Rotas};
use crate::config::decode::{self, Problems, View, shown};
use crate::config::describe::all;
use crate::config::document::{Document, Node};
use crate::config::nearest::nearest;
use crate::config::platform::{FILE, Platform};
use crate::config::{shown_path, toml_files};
use crate::fault::{Fault, Problem, Result};
use crate::model::name;
use crate::model::rota::{Every, Layer, Override, Rota, Window};

/// When turns are handed over where nothing is said.
const HANDOFF: Time = Time::constant(9, 0, 0, 0);

pub fn load(folder: &Path, platform: &Platform) -> Result<Rotas> {
    let mut rotas = Rotas::default();
    for path in toml_files(folder, "rotas")? {
        let file = shown_path(&path);
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let (document, syntax) = match regular(&path).and_then(|()| Document::read(&path, &file)) {
            Ok(read) => read,
            Err(fault) => {
                let problems = told(&fault);
                rotas.broken.push(Broken { name, file, problems });
                continue;
            }
        };
        let mut problems = Problems::new(&document);
        decode::check(&document, &ROTA, &mut problems);
        let rota = rota(&name, &document, &mut problems);
        let problems: Vec<_> = syntax.into_iter().chain(problems.finish()).collect();
        match problems.is_empty() {
            true => {
                let mut strangers = Problems::new(&document);
                unknown(&document, platform, &mut strangers);
                rotas.strangers.extend(strangers.finish());
                rotas.rotas.push(rota);
            }
            false => rotas.broken.push(Broken { name, file, problems }),
        }
    }
    Ok(rotas)
}

/// A pipe or a device would be waited for.
fn regular(path: &Path) -> Result<()> {
    match path.metadata().is_ok_and(|about| !about.is_file() && !about.is_dir()) {
        true => Err(Fault::usage(
            "not-a-file",
            format!("cannot read `{}`: it is not a file", path.display()),
        )),
        false => Ok(()),
    }
}

/// What is wrong with a file that does not parse, or cannot even be read.
fn told(fault: &Fault) -> Vec<Problem> {
    match fault.file_problems() {
        [] => vec![Problem {
            message: [fault.message().to_owned()]
                .into_iter()
                .chain(fault.causes())
                .collect::<Vec<_>>()
                .join(": "),
            label: None,
            hint: None,
            span: None,
        }],
        problems => problems.to_vec(),
    }
}

/// What the document says; where it has problems, whatever is left.
fn rota(name: &str, document: &Document, problems: &mut Problems<'_>) -> Rota {
    let root = View::new(&document.root, &ROTA);
    if let Err(wrong) = name::check(name) {
        let message = format!("the file's name `{}` cannot name a rota", shown(name));
        let hint = name::suggest(name).map(|near| format!("rename it to `{near}.toml`"));
        problems.add(0..0, message, format!("a rota's name {wrong}"), hint);
    }
    let zone = root.text("time_zone").and_then(|name| TimeZone::get(&name).ok());
    let mut rota = Rota {
        name: name.to_owned(),
        file: document.path.clone(),
        team: root.text("team").unwrap_or_default(),
        zone: zone.unwrap_or(TimeZone::UTC),
        cover: window(root.table("cover"), problems),
        layers: Vec::new(),
        overrides: Vec::new(),
    };
    // One walk through the file, however many tables it has.
    let breaks: Vec<usize> = document.text.match_indices('\n').map(|(at, _)| at).collect();
    let line_of = |at: usize| breaks.partition_point(|end| *end < at) + 1;
    for (_, at, view) in root.tables("layer") {
        let line = line_of(at.start);
        rota.layers.extend(layer(view, line, problems));
    }
    if root.node("layer").is_none_or(|node| node.items().is_empty()) {
        let hint = "add `[[layer]]` with `people = [\"ada\", \"bo\"]` and `start = \"2026-03-02\"`".to_owned();
        problems.add(0..0, "the rota has nobody", "`[[layer]]` is missing", Some(hint));
    }
    let roles: Vec<String> = root.tables("layer").iter().map(|(_, _, view)| role(*view)).collect();
    for (_, at, view) in root.tables("override") {
        let line = line_of(at.start);
        let it = override_of(view, line, (&roles, &rota.zone), problems);
        rota.overrides.extend(it);
    }
    rota
}

fn role(view: View<'_>) -> String {
    view.text("role").unwrap_or_else(|| "primary".into())
}

fn layer(view: View<'_>, line: usize, problems: &mut Problems<'_>) -> Option<Layer> {
    let people = view.texts("people");
    if let (Some([]), Some(at)) = (people.as_deref(), view.at("people")) {
        let hint = "leave the layer out, or name somebody".to_owned();
        problems.add(at, "the layer has nobody", "expected at least one name", Some(hint));
    }
    let handoff = view.moment("handoff").and_then(|text| keys::clock(text).ok());
    let handoff = handoff.unwrap_or(HANDOFF);
    let day = |key| view.moment(key).and_then(|text| keys::date(text).ok());
    let at = |key| day(key).map(|date| date.to_datetime(handoff));
    let (start, until): (Option<DateTime>, _) = (at("start"), at("until"));
    if let (Some(start), Some(until), Some(at)) = (start, until, view.at("until"))
        && until <= start
    {
        problems.add(at, "the layer ends before it begins", "not after `start`", None);
    }
    Some(Layer {
        line,
        role: role(view),
        window: window(view, problems),
        people: people?,
        start: start?,
        until,
        every: view.parsed("every").unwrap_or(Every::Days(7)),
    })
}

fn window(view: View<'_>, problems: &mut Problems<'_>) -> Window {
    let days = view.texts("weekdays").unwrap_or_default();
    if let Some(node) = view.node("weekdays").filter(|node| node.items().is_empty()) {
        problems.add(
            node.at.clone(),
            "no day of the week is named",
            "leave it out for every day",
            None,
        );
    }
    let days = days.iter().filter_map(|day| DAYS.iter().position(|known| known == day));
    let days = days.filter_map(|place| Weekday::from_monday_zero_offset(i8::try_from(place).ok()?).ok());
    let times = view.node("between").map(Node::items);
    let clock = |node: &Node| node.moment().and_then(|text| keys::clock(text).ok());
    if let (Some(times), Some(at)) = (times, view.at("between"))
        && times.len() != 2
    {
        let hint = "write `between = [\"09:00\", \"17:00\"]`".to_owned();
        problems.add(
            at,
            "`between` needs a start and an end",
            "expected two times of day",
            Some(hint),
        );
    }
    Window {
        days: days.collect(),
        between: match times {
            Some([from, to]) => clock(from).zip(clock(to)),
            _ => None,
        },
    }
}

fn override_of(
    view: View<'_>,
    line: usize,
    (roles, zone): (&[String], &TimeZone),
    problems: &mut Problems<'_>,
) -> Option<Override> {
    let role = role(view);
    let legible = roles.iter().all(|role| name::check(role).is_ok());
    if legible && !roles.is_empty() && !roles.contains(&role) {
        let names: Vec<String> = roles.iter().map(|name| format!("`{name}`")).collect();
        let (label, hint) = match nearest(&role, roles.iter().map(String::as_str)) {
            Some(near) => (format!("did you mean {near:?}?"), None),
            None => {
                let hint = format!("the roles of the layers are {}", all(&names));
                ("no layer has it".into(), Some(hint))
            }
        };
        let at = view.at("role").or_else(|| view.at("person")).unwrap_or_default();
        problems.add(at, format!("no layer has the role `{}`", shown(&role)), label, hint);
    }
    let moment = |key| view.moment(key).and_then(|text| keys::moment(text).ok());
    // As with times of day: from when it first comes to when it comes last.
    let from = moment("from").map(|moment| match moment {
        Moment::Exact(at) => at,
        Moment::Local(at) => crate::model::wall::first(zone, at),
    });
    let to = moment("to").map(|moment| match moment {
        Moment::Exact(at) => at,
        Moment::Local(at) => crate::model::wall::last(zone, at),
    });
    if let (Some(from), Some(to), Some(at)) = (from, to, view.at("to"))
        && to <= from
    {
        problems.add(at, "the override ends before it begins", "not after `from`", None);
    }
    Some(Override {
        line,
        role,
        person: view.text("person")?,
        from: from?,
        to: to?,
        reason: view.text("reason"),
    })
}

/// Names that the platform does not know. A platform without teams knows none, and any will do.
fn unknown(document: &Document, platform: &Platform, problems: &mut Problems<'_>) {
    let root = View::new(&document.root, &ROTA);
    let team = root.node("team").filter(|_| !platform.teams.is_empty());
    if let Some((node, team)) = team.and_then(|node| Some((node, node.text()?)))
        && !platform.teams.contains_key(team)
    {
        let (label, hint) = match nearest(team, platform.teams.keys().map(String::as_str)) {
            Some(near) => (format!("did you mean {near:?}?"), None),
            None => (
                "no such team".to_owned(),
                Some(format!("add `[team.{team}]` to {FILE}")),
            ),
        };
        problems.add(
            node.at.clone(),
            format!("the platform has no team `{team}`"),
            label,
            hint,
        );
    }
    let layers = root.tables("layer").into_iter();
    let listed = layers
        .filter_map(|(_, _, view)| view.node("people"))
        .flat_map(Node::items);
    let overrides = root.tables("override").into_iter();
    let named = overrides.filter_map(|(_, _, view)| view.node("person"));
    for node in listed.chain(named) {
        let Some(person) = node.text().filter(|name| !platform.people.contains_key(*name)) else {
            continue;
        };
        let (label, hint) = match nearest(person, platform.people.keys().map(String::as_str)) {
            Some(near) => (format!("did you mean {near:?}?"), None),
            None => (
                "no such person".to_owned(),
                Some(format!("add `[person.{person}]` to {FILE}")),
            ),
        };
        let message = format!("`{person}` is nobody the platform knows");
        problems.add(node.at.clone(), message, label, hint);
    }
}
