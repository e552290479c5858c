//! Settings that are not a service's: what flags, variables and three files say, strongest first, each with its origin.
//!
//! A flag wins over its variable, that over the project's file (`.deliver/config.toml` at or above the folder, within the
//! repository), that over the user's (`$XDG_CONFIG_HOME/deliver/config.toml`), that over the machine's
//! (`/etc/deliver/config.toml`).

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::decode::{self, Problems, View};
use super::describe::{Form, Key, Table};
use super::document::{self, Document};
use super::environment::Environment;
use super::paths::Paths;
use super::server::Server;
use super::{lookalike, rules, shown_path};
use crate::fault::{Result, Span};

/// The project's file, below its folder.
pub const PROJECT_FILE: &str = ".deliver/config.toml";

/// What may stand in the user's and the machine's file. Each key is also the flag `--KEY` and the variable `DELIVER_KEY`.
pub static SETTINGS: Table = Table::new(
    "config.toml",
    "Settings of a person or a machine.",
    &[Key::new(
        "store",
        Form::Ruled(&rules::PLACE),
        "The store: a file, whose relative path counts from this file's folder, or postgres://USER@HOST/DATABASE.",
    )
    .default("\"$XDG_STATE_HOME/deliver/store.db\"")],
)
.also(&[&PROJECT_SETTINGS])
.instead(INSTEAD);

/// What may stand in a project's file. It may come with a repository that somebody else wrote, so that it decides nothing
/// about where this machine's state is kept or what is done without asking.
pub static PROJECT_SETTINGS: Table = Table::new(
    ".deliver/config.toml",
    "Settings of a project.",
    &[
        Key::new("color", Form::Choice(&["auto", "always", "never"]), "When to colour.").default("\"auto\""),
        Key::new(
            "progress",
            Form::Choice(&["auto", "tty", "plain", "json", "none"]),
            "How progress is shown.",
        )
        .default("\"auto\""),
        Key::new(
            "platform",
            Form::Ruled(&rules::PLACE),
            "The platform's folder; a relative path counts from this file's.",
        )
        .default("the nearest platform.toml, else the built-in platform"),
        Key::new(
            "timeout",
            Form::Ruled(&rules::POSITIVE_SPAN),
            "How long to wait for what goes on elsewhere.",
        ),
    ],
)
.instead(&[(
    "store",
    "a project cannot move your store; set it in your own file, or with --store or DELIVER_STORE",
)]);

const INSTEAD: &[(&str, &str)] = &[
    (
        "yes",
        "nothing is agreed to in advance: use --yes or DELIVER_YES where it is meant",
    ),
    ("colour", "write `color`"),
];

/// Keys whose values are places.
const PLACES: [&str; 2] = ["store", "platform"];

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// `--store`.
    Flag(String),
    /// `DELIVER_STORE`.
    Variable(String),
    Project(Span),
    User(Span),
    System(Span),
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Flag(name) | Origin::Variable(name) => f.pad(name),
            Origin::Project(span) | Origin::User(span) | Origin::System(span) => {
                f.pad(&format!("{}:{}", span.path, span.line))
            }
            Origin::Default => f.pad("default"),
        }
    }
}

/// One layer's value.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    pub value: String,
    pub origin: Origin,
}

/// Every layer of every setting.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// By key, strongest first.
    layers: BTreeMap<String, Vec<Setting>>,
    /// The project's file, where there is one.
    pub project_file: Option<PathBuf>,
    /// Where the user's file is, or would be; `None` without a home.
    pub user_file: Option<PathBuf>,
}

impl Settings {
    /// Reads the variables and the three files; a file that does not exist says nothing. Without a home there is no user's
    /// file. The fault holds every problem of the first file that has any.
    pub fn load(environment: &Environment, directory: &Path) -> Result<Settings> {
        Settings::load_with(environment, directory, Path::new(super::paths::SYSTEM_CONFIG))
    }

    fn load_with(environment: &Environment, directory: &Path, system: &Path) -> Result<Settings> {
        let mut settings = Settings {
            layers: BTreeMap::new(),
            project_file: super::nearest_with(directory, PROJECT_FILE),
            user_file: Paths::user_config_of(environment),
        };
        for key in SETTINGS.all_keys() {
            let name = variable(key.name);
            if let Some(value) = environment.get(&name) {
                settings.push(key.name, value, Origin::Variable(name));
            }
        }
        if let Some(file) = settings.project_file.clone() {
            let base = file
                .parent()
                .and_then(Path::parent)
                .unwrap_or(Path::new("/"))
                .to_owned();
            settings.read(&file, &base, environment, &PROJECT_SETTINGS, Origin::Project)?;
        }
        if let Some(file) = settings.user_file.clone() {
            let base = file.parent().unwrap_or(Path::new("/")).to_owned();
            settings.read(&file, &base, environment, &SETTINGS, Origin::User)?;
        }
        let base = system.parent().unwrap_or(Path::new("/"));
        settings.read(system, base, environment, &SETTINGS, Origin::System)?;
        Ok(settings)
    }

    /// Lays a flag's value over everything else.
    pub fn with_flag(mut self, key: &str, value: &str) -> Settings {
        let setting = Setting {
            value: value.to_owned(),
            origin: Origin::Flag(format!("--{key}")),
        };
        self.layers.entry(key.to_owned()).or_default().insert(0, setting);
        self
    }

    /// Every value that was given for a key, strongest first; nothing where only the default is left.
    pub fn layers(&self, key: &str) -> &[Setting] {
        self.layers.get(key).map(Vec::as_slice).unwrap_or_default()
    }

    /// The value that holds.
    pub fn winner(&self, key: &str) -> Option<&Setting> {
        self.layers(key).first()
    }

    /// What the files say, by key: the defaults of flags and variables.
    pub fn from_files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.layers.iter().filter_map(|(key, layers)| {
            let in_file =
                |setting: &&Setting| matches!(setting.origin, Origin::Project(_) | Origin::User(_) | Origin::System(_));
            let setting = layers.iter().find(in_file)?;
            Some((key.as_str(), setting.value.as_str()))
        })
    }

    fn push(&mut self, key: &str, value: &str, origin: Origin) {
        let setting = Setting {
            value: value.to_owned(),
            origin,
        };
        self.layers.entry(key.to_owned()).or_default().push(setting);
    }

    fn read(
        &mut self,
        file: &Path,
        base: &Path,
        environment: &Environment,
        table: &'static Table,
        origin: fn(Span) -> Origin,
    ) -> Result<()> {
        if !file.is_file() {
            return Ok(());
        }
        let (document, syntax) = Document::read(file, &shown_path(file))?;
        let mut problems = Problems::new(&document);
        decode::check(&document, table, &mut problems);
        let told: Vec<_> = syntax.into_iter().chain(problems.finish()).collect();
        if !told.is_empty() {
            return Err(document::invalid(&document.path, told));
        }
        let view = View::new(&document.root, table);
        for key in table.all_keys() {
            let (Some(value), Some(at)) = (view.text(key.name), view.at(key.name)) else {
                continue;
            };
            let value = match PLACES.contains(&key.name) {
                true => place(&value, base, environment),
                false => value,
            };
            self.push(key.name, &value, origin(document.span(at)));
        }
        Ok(())
    }
}

/// The variable of a key: `DELIVER_STORE`.
pub fn variable(key: &str) -> String {
    format!("DELIVER_{}", key.to_ascii_uppercase().replace('-', "_"))
}

/// A value as it may be shown: without a URL's password.
pub fn shown_value(value: &str) -> String {
    if Server::is_meant_by(value) {
        let shown = Server::parse(value, &Environment::default(), "…", Path::new("/"));
        return shown.map_or_else(|_| "postgres://…".into(), |server| server.to_string());
    }
    match (lookalike::shape(value), value.split_once("://")) {
        (None, _) => value.to_owned(),
        (Some(_), Some((scheme, _))) => format!("{scheme}://…"),
        (Some(_), None) => "…".into(),
    }
}

/// A path that counts from the file's folder, or from home; URLs stay as they are.
fn place(value: &str, base: &Path, environment: &Environment) -> String {
    if value.contains("://") {
        return value.to_owned();
    }
    let home = environment.os("HOME").map(Path::new);
    let path = match (value.strip_prefix("~/"), home) {
        (Some(below), Some(home)) => home.join(below),
        _ => base.join(value),
    };
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Machine {
        home: tempfile::TempDir,
    }

    impl Machine {
        fn new(files: &[(&str, &str)]) -> Machine {
            let home = tempfile::tempdir().expect("a temporary folder");
            for (name, text) in files {
                let path = home.path().join(name);
                std::fs::create_dir_all(path.parent().expect("it is below home")).expect("a folder");
                std::fs::write(path, text).expect("a file");
            }
            Machine { home }
        }

        fn load(&self, variables: &[(&str, &str)]) -> Result<Settings> {
            let home = self.home.path().to_string_lossy().into_owned();
            let pairs = variables.iter().copied().chain([("HOME", home.as_str())]);
            let system = self.home.path().join("etc/config.toml");
            Settings::load_with(&Environment::of(pairs), &self.home.path().join("work/app"), &system)
        }
    }

    const USER: &str = ".config/deliver/config.toml";
    const PROJECT: &str = "work/.deliver/config.toml";

    #[test]
    fn stronger_layers_win_and_weaker_ones_are_kept() {
        let machine = Machine::new(&[
            (USER, "color = \"never\"\nstore = \"here.db\"\ntimeout = \"5m\"\n"),
            (PROJECT, "color = \"always\"\nplatform = \"shared\"\n"),
            ("etc/config.toml", "timeout = \"1m\"\nprogress = \"plain\"\n"),
            ("work/app/deliver.toml", ""),
        ]);
        let settings = machine.load(&[("DELIVER_COLOR", "auto")]).expect("no problem");
        let settings = settings.with_flag("color", "always");
        let colors: Vec<&str> = settings
            .layers("color")
            .iter()
            .map(|layer| layer.value.as_str())
            .collect();
        assert_eq!(colors, ["always", "auto", "always", "never"]);
        let origins: Vec<String> = settings
            .layers("color")
            .iter()
            .map(|layer| layer.origin.to_string())
            .collect();
        assert_eq!(origins[..2], ["--color", "DELIVER_COLOR"]);
        assert!(origins[2].ends_with("/work/.deliver/config.toml:1"), "{}", origins[2]);
        assert!(origins[3].ends_with("/.config/deliver/config.toml:1"), "{}", origins[3]);
        let home = machine.home.path().to_string_lossy();
        let files: BTreeMap<&str, &str> = settings.from_files().collect();
        assert_eq!(files["color"], "always");
        assert_eq!((files["timeout"], files["progress"]), ("5m", "plain"));
        assert_eq!(files["store"], format!("{home}/.config/deliver/here.db"));
        assert_eq!(files["platform"], format!("{home}/work/shared"));
    }

    #[test]
    fn without_files_and_variables_nothing_is_set() {
        let settings = Machine::new(&[]).load(&[]).expect("no problem");
        assert_eq!(settings.from_files().count(), 0);
        assert_eq!(settings.winner("color"), None);
    }

    #[test]
    fn a_project_cannot_move_the_store() {
        let fault = Machine::new(&[(PROJECT, "store = \"/tmp/x\"\nprogess = \"tty\"\n")])
            .load(&[])
            .expect_err("refused");
        let told: Vec<(&str, Option<&str>)> = fault
            .file_problems()
            .iter()
            .map(|problem| {
                (
                    problem.message.as_str(),
                    problem.hint.as_deref().or(problem.label.as_deref()),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                (
                    "unknown key `store` at the top level",
                    Some("a project cannot move your store; set it in your own file, or with --store or DELIVER_STORE")
                ),
                (
                    "unknown key `progess` at the top level",
                    Some("did you mean `progress`?")
                ),
            ]
        );
    }

    #[test]
    fn a_password_in_a_place_is_not_shown() {
        assert_eq!(shown_value("postgres://app:hunter2@db/d"), "postgres://…");
        assert_eq!(shown_value("postgres://app@db/d?password=hunter2"), "postgres://…");
        let shown = shown_value("postgres://app@db/d?password=exec:pass%20show%20db");
        assert_eq!(shown, "postgres://app@db:5432/d");
        assert_eq!(shown_value("/srv/store.db"), "/srv/store.db");
    }
}
