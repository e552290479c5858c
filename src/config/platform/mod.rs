//! `platform.toml`: what a company's services share. A built-in one serves where there is none.

pub mod keys;
mod read;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::describe::all;
use super::manifest::Manifest;
use super::nearest::nearest;
use super::settings::{Origin, Setting, Settings};
use crate::fault::{Fault, Problem, Result};
use crate::model::EnvName;

/// The file's name.
pub const FILE: &str = "platform.toml";

/// A platform without problems.
#[derive(Clone, Debug, PartialEq, schemars::JsonSchema, serde::Serialize)]
pub struct Platform {
    /// The folder it was read from; `None` for the built-in one.
    pub folder: Option<PathBuf>,
    pub name: String,
    pub description: Option<String>,
    pub people: BTreeMap<String, Person>,
    pub teams: BTreeMap<String, Team>,
    /// By number, 1 to 4; every tier is there.
    pub tiers: BTreeMap<u8, Tier>,
    pub policy: Policy,
    /// `sev1` to `sev5`; every one is there.
    pub severities: BTreeMap<String, String>,
    /// Questions whose yes makes an incident this severe, by `sev1` to `sev5`.
    pub severity_questions: BTreeMap<String, Vec<String>>,
}

/// `[person.NAME]`.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, serde::Serialize)]
pub struct Person {
    pub name: String,
    pub email: Option<String>,
    pub chat: Option<String>,
    pub phone: Option<String>,
    /// A name of the IANA database.
    pub time_zone: String,
}

/// `[team.NAME]` or `teams/NAME.toml`.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, serde::Serialize)]
pub struct Team {
    pub description: Option<String>,
    pub contact: Option<String>,
    /// Names of people of the platform.
    pub members: Vec<String>,
}

/// `[tier.N]`.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, serde::Serialize)]
pub struct Tier {
    pub level: Level,
    pub description: String,
}

/// A readiness level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, schemars::JsonSchema, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    None,
    Bronze,
    Silver,
    Gold,
}

/// Where uncommitted changes may be deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, schemars::JsonSchema, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Dirty {
    /// Nowhere.
    Refuse,
    /// On the target `local` only.
    Local,
    Allow,
}

/// What a spent error budget does to ordinary deploys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, schemars::JsonSchema, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SpentBudget {
    Refuse,
    Warn,
    /// Budgets are not even looked at.
    Ignore,
}

/// `[policy]`.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, serde::Serialize)]
pub struct Policy {
    pub dirty: Dirty,
    /// `None`: warn in protected environments, ignore elsewhere.
    pub budget: Option<SpentBudget>,
    pub environments: BTreeMap<String, EnvironmentPolicy>,
}

/// `[policy.environment.NAME]`.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, serde::Serialize)]
pub struct EnvironmentPolicy {
    /// `None`: as in [`Policy::dirty`].
    pub dirty: Option<Dirty>,
    /// `None`: as in [`Policy::budget`].
    pub budget: Option<SpentBudget>,
    pub protected: bool,
    /// Deployments need the readiness that the service owes; `None`: where the environment is protected.
    pub readiness: Option<bool>,
}

impl Policy {
    /// Whether a tree with uncommitted changes may be deployed to an environment on this kind of target.
    pub fn allows_dirty(&self, env: &EnvName, target: &str) -> bool {
        let own = self.environments.get(env.as_str()).and_then(|policy| policy.dirty);
        match own.unwrap_or(self.dirty) {
            Dirty::Refuse => false,
            Dirty::Local => target == "local",
            Dirty::Allow => true,
        }
    }

    /// What a spent budget does to deploys to an environment; `protected` is what holds of it, by the service or by this
    /// policy.
    pub fn spent_budget(&self, env: &EnvName, protected: bool) -> SpentBudget {
        let own = self.environments.get(env.as_str()).and_then(|policy| policy.budget);
        own.or(self.budget).unwrap_or(match protected {
            true => SpentBudget::Warn,
            false => SpentBudget::Ignore,
        })
    }

    /// Whether every environment of this name is protected.
    pub fn protects(&self, env: &EnvName) -> bool {
        self.environments
            .get(env.as_str())
            .is_some_and(|policy| policy.protected)
    }
}

impl Platform {
    /// What holds where a company has written nothing down: no people, no teams, the usual tiers and severities, and
    /// uncommitted changes on this machine only.
    pub fn builtin() -> Platform {
        Platform {
            folder: None,
            name: "built-in".into(),
            description: None,
            people: BTreeMap::new(),
            teams: BTreeMap::new(),
            tiers: default_tiers(),
            policy: Policy {
                dirty: Dirty::Local,
                budget: None,
                environments: BTreeMap::new(),
            },
            severities: default_severities(),
            severity_questions: default_questions(),
        }
    }

    /// Reads the platform in a folder: `platform.toml` and `teams/*.toml` beside it. The fault holds every problem of all
    /// files.
    pub fn load(folder: &Path) -> Result<Platform> {
        read::load(folder)
    }

    /// The platform that `place` names: a folder, or the `platform.toml` in it. `origin` says who named it, for the fault.
    pub fn at(place: &str, origin: &str, directory: &Path) -> Result<Platform> {
        if place.contains("://") || place.starts_with("git@") {
            // A URL may hold a password: only what comes before it is repeated.
            let scheme = place.split([':', '@']).next().unwrap_or_default().escape_debug();
            let message =
                format!("{origin} names a platform at `{scheme}:…`: reading one from git is not built in this version");
            return Err(Fault::usage("platform-not-built", message).hint("git clone it, and name the folder"));
        }
        let path = directory.join(place);
        let folder = match path.file_name().is_some_and(|name| name == FILE) {
            true => path.parent().map(Path::to_owned).unwrap_or_default(),
            false => path,
        };
        if !folder.join(FILE).is_file() {
            let message = format!("{origin} names `{}`, where no {FILE} is", folder.display());
            return Err(
                Fault::usage("no-platform", message).hint(format!("deliver platform init {}", folder.display()))
            );
        }
        Platform::load(&folder)
    }

    /// The platform that holds in a folder: the one that a flag, a variable or the project names, else the nearest
    /// `platform.toml`, else the one that the user's or the machine's settings name, else the built-in one.
    pub fn locate(settings: &Settings, directory: &Path) -> Result<Platform> {
        match source(settings, directory) {
            Source::Named(setting) => Platform::at(&setting.value, &setting.origin.to_string(), directory),
            Source::Found(folder) => Platform::load(&folder),
            Source::Builtin => Ok(Platform::builtin()),
        }
    }

    /// Where [`Platform::locate`] looks; `None` for the built-in platform.
    pub fn located(settings: &Settings, directory: &Path) -> Option<PathBuf> {
        match source(settings, directory) {
            Source::Named(setting) => Some(directory.join(&setting.value)),
            Source::Found(folder) => Some(folder),
            Source::Builtin => None,
        }
    }

    /// The folder of the nearest `platform.toml` at or above `start`, not beyond the root of the repository.
    pub fn find(start: &Path) -> Option<PathBuf> {
        super::nearest_with(start, FILE)?.parent().map(Path::to_owned)
    }

    /// The readiness level that a service of this tier owes.
    pub fn required_level(&self, tier: u8) -> Level {
        self.tiers.get(&tier).map_or(Level::None, |tier| tier.level)
    }

    /// Compares a service with the platform: its team must be one of the platform's, where that has any.
    pub fn check(&self, manifest: &Manifest) -> Result<()> {
        let Some(team) = &manifest.service.team else {
            return Ok(());
        };
        if self.teams.is_empty() || self.teams.contains_key(team) {
            return Ok(());
        }
        let names: Vec<String> = self.teams.keys().map(|name| format!("`{name}`")).collect();
        let label = match nearest(team, self.teams.keys().map(String::as_str)) {
            Some(near) => format!("did you mean {near:?}?"),
            None => "no such team".into(),
        };
        let document = manifest.document();
        let at = document.root.at_path(&["service", "team"]).map(|node| node.at.clone());
        let problem = Problem {
            message: format!("the platform `{}` has no team `{}`", self.name, team.escape_debug()),
            label: Some(label),
            hint: (names.len() <= 12).then(|| format!("its teams are {}", all(&names))),
            span: at.map(|at| document.span(at)),
        };
        Err(super::document::invalid(&document.path, vec![problem]))
    }
}

/// Who says which platform holds.
enum Source<'a> {
    Named(&'a Setting),
    Found(PathBuf),
    Builtin,
}

fn source<'a>(settings: &'a Settings, directory: &Path) -> Source<'a> {
    match settings.winner("platform") {
        Some(setting) if !matches!(setting.origin, Origin::User(_) | Origin::System(_)) => Source::Named(setting),
        setting => match (Platform::find(directory), setting) {
            (Some(folder), _) => Source::Found(folder),
            (None, Some(setting)) => Source::Named(setting),
            (None, None) => Source::Builtin,
        },
    }
}

/// What a service of each tier owes where the platform says nothing.
fn default_tiers() -> BTreeMap<u8, Tier> {
    let tier = |level, description: &str| Tier {
        level,
        description: description.into(),
    };
    BTreeMap::from([
        (1, tier(Level::Gold, "the company stops without it")),
        (2, tier(Level::Silver, "customers notice at once")),
        (3, tier(Level::Bronze, "colleagues notice, customers later")),
        (4, tier(Level::None, "an experiment: nobody relies on it")),
    ])
}

fn default_severities() -> BTreeMap<String, String> {
    [
        ("sev1", "down for everybody, data lost, or a breach"),
        ("sev2", "down for some, or a core function is hurt"),
        ("sev3", "a nuisance with a way around it"),
        ("sev4", "a defect that few notice"),
        ("sev5", "a question, or a near miss worth learning from"),
    ]
    .map(|(name, text)| (name.to_owned(), text.to_owned()))
    .into()
}

/// What tells severities apart, after the published guides of incident response: who is hit, what share of them, whether
/// there is a way around, what became of data, and what is left before it gets worse.
fn default_questions() -> BTreeMap<String, Vec<String>> {
    let questions: [(&str, &[&str]); 5] = [
        (
            "sev1",
            &[
                "Can nobody, or nearly nobody, do what the product is for?",
                "Is data lost, wrong or seen by others?",
                "Does each minute cost customers or the company dearly?",
            ],
        ),
        (
            "sev2",
            &[
                "Can some customers not do what the product is for, or all only badly?",
                "Are we blind: is monitoring or paging itself impaired?",
            ],
        ),
        (
            "sev3",
            &[
                "Is part of the product impaired, with a way around it?",
                "Is the last redundancy gone, so that one more failure hurts customers?",
            ],
        ),
        ("sev4", &["Does it need work soon, while customers are fine?"]),
        ("sev5", &["Is it cosmetic, a question, or a near miss?"]),
    ];
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    questions.map(|(name, list)| (name.to_owned(), texts(list))).into()
}

#[cfg(test)]
mod tests;
