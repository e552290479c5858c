//! Reads `platform.toml` and the files of teams beside it.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Dirty, EnvironmentPolicy, FILE, Level, Person, Platform, Policy, SpentBudget, Team, Tier, keys};
use crate::config::decode::{self, Problems, View, shown};
use crate::config::document::{self, Document, Node};
use crate::config::nearest::nearest;
use crate::config::{shown_path, toml_files};
use crate::fault::{Problem, Result};
use crate::model::name;

pub fn load(folder: &Path) -> Result<Platform> {
    let path = folder.join(FILE);
    let mut told = Vec::new();
    let main = open(&path, &mut told)?;
    let mut teams = Vec::new();
    for path in toml_files(&folder.join("teams"), "teams")? {
        if let Some(document) = open(&path, &mut told)? {
            teams.push((stem(&path), document));
        }
    }
    let mut platform = match &main {
        Some(document) => read_main(folder, document, &mut told),
        None => Platform::builtin(),
    };
    for (name, document) in &teams {
        read_team(name, document, &mut platform, &mut told);
    }
    match told.is_empty() {
        true => Ok(platform),
        false => Err(document::invalid(&shown_path(&path), told)),
    }
}

/// A file's document; `None` where it is not TOML, which is among the problems then.
fn open(path: &Path, told: &mut Vec<Problem>) -> Result<Option<Document>> {
    match Document::read(path, &shown_path(path)) {
        Ok((document, syntax)) => {
            told.extend(syntax);
            Ok(Some(document))
        }
        Err(fault) if !fault.file_problems().is_empty() => {
            told.extend(fault.file_problems().to_vec());
            Ok(None)
        }
        Err(fault) => Err(fault),
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn read_main(folder: &Path, document: &Document, told: &mut Vec<Problem>) -> Platform {
    let mut problems = Problems::new(document);
    decode::check(document, &keys::PLATFORM, &mut problems);
    let root = View::new(&document.root, &keys::PLATFORM);
    let builtin = Platform::builtin();
    let about = root.table("platform");
    if about.node("name").is_none() && document.root.get("platform").is_none() {
        let hint = "add `[platform]` with `name = \"acme\"`".to_owned();
        problems.add(0..0, "the platform has no name", "`[platform]` is missing", Some(hint));
    }
    let people: BTreeMap<String, Person> = root
        .tables("person")
        .into_iter()
        .map(|(name, _, view)| (name.to_owned(), person(name, view)))
        .collect();
    let mut tiers = builtin.tiers;
    for (name, _, view) in root.tables("tier") {
        if let Some(tier) = name.parse().ok().and_then(|number: u8| tiers.get_mut(&number)) {
            amend_tier(tier, view);
        }
    }
    let mut severities = builtin.severities;
    let mut severity_questions = builtin.severity_questions;
    for (name, _, view) in root.tables("severity") {
        severities.extend(view.text("description").map(|text| (name.to_owned(), text)));
        severity_questions.extend(view.texts("questions").map(|texts| (name.to_owned(), texts)));
    }
    let mut teams = BTreeMap::new();
    for (name, _, view) in root.tables("team") {
        members(view, &people, &mut problems);
        teams.insert(name.to_owned(), team(view));
    }
    told.extend(problems.finish());
    Platform {
        folder: Some(folder.to_owned()),
        name: about.text("name").unwrap_or_default(),
        description: about.text("description"),
        people,
        teams,
        tiers,
        policy: policy(root.table("policy")),
        severities,
        severity_questions,
    }
}

fn read_team(name: &str, document: &Document, platform: &mut Platform, told: &mut Vec<Problem>) {
    let mut problems = Problems::new(document);
    decode::check(document, &keys::TEAM, &mut problems);
    let view = View::new(&document.root, &keys::TEAM);
    if let Err(wrong) = name::check(name) {
        let message = format!("the file's name `{}` cannot name a team", shown(name));
        let hint = name::suggest(name).map(|near| format!("rename it to `{near}.toml`"));
        problems.add(0..0, message, format!("a team's name {wrong}"), hint);
    }
    members(view, &platform.people, &mut problems);
    if platform.teams.insert(name.to_owned(), team(view)).is_some() {
        let message = format!("the team `{}` is in {FILE} too", shown(name));
        let hint = format!("keep this file, or `[team.{}]` there", shown(name));
        problems.add(0..0, message, "one of the two", Some(hint));
    }
    told.extend(problems.finish());
}

/// Members must be people of the platform, each once.
fn members(view: View<'_>, people: &BTreeMap<String, Person>, problems: &mut Problems<'_>) {
    let mut seen = std::collections::BTreeSet::new();
    for item in view.node("members").map(Node::items).unwrap_or_default() {
        let Some(member) = item.text() else { continue };
        if !seen.insert(member) {
            problems.add(
                item.at.clone(),
                format!("`{}` is listed twice", shown(member)),
                "leave it out",
                None,
            );
        } else if name::check(member).is_ok() && !people.contains_key(member) {
            let (label, hint) = match nearest(member, people.keys().map(String::as_str)) {
                Some(near) => (format!("did you mean {near:?}?"), None),
                None => (
                    "no such person".to_owned(),
                    Some(format!("add `[person.{member}]` to {FILE}")),
                ),
            };
            problems.add(
                item.at.clone(),
                format!("the member `{member}` is nobody the platform knows"),
                label,
                hint,
            );
        }
    }
}

fn person(handle: &str, view: View<'_>) -> Person {
    Person {
        name: view.text("name").unwrap_or_else(|| handle.to_owned()),
        email: view.text("email"),
        chat: view.text("chat"),
        phone: view.text("phone"),
        time_zone: view.text("time_zone").unwrap_or_else(|| "UTC".into()),
    }
}

fn team(view: View<'_>) -> Team {
    Team {
        description: view.text("description"),
        contact: view.text("contact"),
        members: view.texts("members").unwrap_or_default(),
    }
}

fn amend_tier(tier: &mut Tier, view: View<'_>) {
    let level = match view.text("level").as_deref() {
        Some("none") => Some(Level::None),
        Some("bronze") => Some(Level::Bronze),
        Some("silver") => Some(Level::Silver),
        Some("gold") => Some(Level::Gold),
        _ => None,
    };
    tier.level = level.unwrap_or(tier.level);
    tier.description = view.text("description").unwrap_or_else(|| tier.description.clone());
}

fn policy(view: View<'_>) -> Policy {
    let environments = view.tables("environment").into_iter().map(|(name, _, view)| {
        let policy = EnvironmentPolicy {
            dirty: dirty(view),
            budget: spent_budget(view),
            protected: view.flag("protected").unwrap_or(false),
            readiness: view.flag("readiness"),
        };
        (name.to_owned(), policy)
    });
    Policy {
        dirty: dirty(view).unwrap_or(Dirty::Local),
        budget: spent_budget(view),
        environments: environments.collect(),
    }
}

fn spent_budget(view: View<'_>) -> Option<SpentBudget> {
    match view.text("budget")?.as_str() {
        "refuse" => Some(SpentBudget::Refuse),
        "warn" => Some(SpentBudget::Warn),
        "ignore" => Some(SpentBudget::Ignore),
        _ => None,
    }
}

fn dirty(view: View<'_>) -> Option<Dirty> {
    match view.text("dirty")?.as_str() {
        "refuse" => Some(Dirty::Refuse),
        "local" => Some(Dirty::Local),
        "allow" => Some(Dirty::Allow),
        _ => None,
    }
}
