//! Why a value is what it is: every layer that could have set it, strongest first, and the one that did.

use std::path::PathBuf;

use serde::Serialize;

use super::describe::{Form, Table, alternatives};
use super::document::Node;
use super::manifest::Manifest;
use super::manifest::keys::{MANIFEST, RUN};
use super::nearest::nearest;
use super::paths::SYSTEM_CONFIG;
use super::settings::{Origin, SETTINGS, Settings, shown_value, variable};
use super::shown_path;
use crate::fault::{Fault, Result};
use crate::model::EnvName;

/// A key and everything that was said about it.
#[derive(Clone, Debug, PartialEq, schemars::JsonSchema, Serialize)]
pub struct Explanation {
    pub key: String,
    /// What the key means.
    pub meaning: String,
    pub layers: Vec<Layer>,
}

/// One place that may set a key.
#[derive(Clone, Debug, PartialEq, schemars::JsonSchema, Serialize)]
pub struct Layer {
    /// `flag`, `variable`, `project`, `user`, `system`, a table such as `[run]`, or `default`.
    pub layer: String,
    /// As TOML or plain text; `None` where the layer says nothing.
    pub value: Option<String>,
    /// The flag, the variable or `file:line`, where it was set or could be.
    pub origin: Option<String>,
    /// Whether this is the value that holds.
    pub wins: bool,
}

impl Layer {
    fn new(layer: impl Into<String>, value: Option<String>, origin: Option<String>) -> Layer {
        Layer {
            layer: layer.into(),
            value,
            origin,
            wins: false,
        }
    }
}

/// Explains a setting; `None` for keys that are none.
pub fn setting(key: &str, settings: &Settings) -> Option<Explanation> {
    let described = SETTINGS.key(key)?;
    let file = |path: &Option<PathBuf>| path.as_deref().map(shown_path);
    let layer = |name: &str, is: fn(&Origin) -> bool, unset: Option<String>| {
        let set = settings.layers(key).iter().find(|setting| is(&setting.origin));
        let value = set.map(|setting| shown_value(&setting.value));
        Layer::new(name, value, set.map(|setting| setting.origin.to_string()).or(unset))
    };
    let layers = vec![
        layer(
            "flag",
            |origin| matches!(origin, Origin::Flag(_)),
            Some(format!("--{key}")),
        ),
        layer(
            "variable",
            |origin| matches!(origin, Origin::Variable(_)),
            Some(variable(key)),
        ),
        layer(
            "project",
            |origin| matches!(origin, Origin::Project(_)),
            file(&settings.project_file),
        ),
        layer(
            "user",
            |origin| matches!(origin, Origin::User(_)),
            file(&settings.user_file),
        ),
        layer(
            "system",
            |origin| matches!(origin, Origin::System(_)),
            Some(SYSTEM_CONFIG.into()),
        ),
        Layer::new(
            "default",
            described.default.map(|text| text.trim_matches('"').to_owned()),
            None,
        ),
    ];
    Some(explained(key, described.doc, layers))
}

/// Explains a key of the manifest, written with dots: `run.drain`, `environment.local.port`.
pub fn manifest_key(key: &str, manifest: &Manifest) -> Result<Explanation> {
    let path: Vec<&str> = key.split('.').collect();
    let (meaning, default) = described(&path)?;
    let mut layers = vec![layer(&path, manifest)];
    if let ["environment", name, rest @ ..] = path.as_slice() {
        if let Ok(name) = name.parse::<EnvName>()
            && !manifest.environment_names().contains(&name)
        {
            return Err(manifest.unknown_environment(&name));
        }
        if rest.first().is_some_and(|first| RUN.key(first).is_some()) {
            let below: Vec<&str> = ["run"].into_iter().chain(rest.iter().copied()).collect();
            layers.push(layer(&below, manifest));
        }
    }
    layers.push(Layer::new("default", default.map(str::to_owned), None));
    Ok(explained(key, meaning, layers))
}

/// The fault for a key that is neither a setting nor in the manifest's description.
pub fn unknown(key: &str) -> Fault {
    let fault = Fault::usage("unknown-key", format!("`{}` is not a key", key.escape_debug()));
    if let Some(near) = nearest(key, SETTINGS.all_keys().map(|key| key.name)) {
        return fault.hint(format!("deliver config explain {near}"));
    }
    let mut names: Vec<&str> = Vec::new();
    MANIFEST.visit(&mut |table| names.extend(table.keys.iter().map(|key| key.name)));
    let meant = nearest(key, names).unwrap_or(key);
    let places: Vec<String> = MANIFEST
        .places_of(meant)
        .into_iter()
        .filter(|title| title.starts_with('[') && !title.starts_with("[["))
        .map(|title| format!("`{}.{meant}`", title.trim_matches(['[', ']'])))
        .collect();
    match places.is_empty() {
        false => fault.hint(format!("write {}", alternatives(&places))),
        true => fault.hint("deliver config explain run.drain, or a setting such as store"),
    }
}

fn explained(key: &str, meaning: &str, mut layers: Vec<Layer>) -> Explanation {
    if let Some(winner) = layers.iter_mut().find(|layer| layer.value.is_some()) {
        winner.wins = true;
    }
    Explanation {
        key: key.to_owned(),
        meaning: meaning.to_owned(),
        layers,
    }
}

fn layer(path: &[&str], manifest: &Manifest) -> Layer {
    let document = manifest.document();
    let node = manifest.node_at(path);
    let table = match path {
        ["environment", name, ..] | ["process", name, ..] => format!("[{}.{name}]", path[0]),
        _ => format!("[{}]", path[0]),
    };
    let origin = node.map(|node| {
        let span = document.span(node.at.clone());
        format!("{}:{}", span.path, span.line)
    });
    Layer::new(table, node.map(Node::to_toml), origin)
}

/// What a key of the manifest means and defaults to. Names that people choose are passed over.
fn described(path: &[&str]) -> Result<(&'static str, Option<&'static str>)> {
    let mut table: &'static Table = &MANIFEST;
    let mut rest = path;
    let mut meaning = (table.doc, None);
    while let [name, further @ ..] = rest {
        let Some(key) = table.key(name) else {
            return Err(unknown_below(path, table, name));
        };
        meaning = (key.doc, key.default);
        let (mut form, mut further) = (&key.form, further);
        if let (Form::Map(map), [_, below @ ..]) = (form, further) {
            (form, further) = (&map.value, below);
        }
        match (further, form.tables().first()) {
            ([], _) => return Ok(meaning),
            (_, Some(below)) => (table, rest) = (below, further),
            (_, None) => return Err(unknown(&path.join("."))),
        }
    }
    Ok(meaning)
}

fn unknown_below(path: &[&str], table: &'static Table, name: &str) -> Fault {
    match nearest(name, table.all_keys().map(|key| key.name)) {
        None => unknown(&path.join(".")),
        Some(near) => {
            let right: Vec<&str> = path
                .iter()
                .map(|part| if *part == name { near } else { part })
                .collect();
            let message = format!("`{}` is not a key", path.join(".").escape_debug());
            Fault::usage("unknown-key", message).hint(format!("deliver config explain {}", right.join(".")))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn manifest() -> Manifest {
        let text = "[run]\ncommand = 'serve'\ndrain = '10s'\nhealth = '/up'\nenv = { A = 'x' }\n[environment.local]\ndrain = '1s'\n";
        Manifest::parse(text, Path::new("/srv/app/deliver.toml")).expect("no problem")
    }

    /// Layers as `layer value origin`, the one that holds with a star.
    fn layers(explanation: &Explanation) -> Vec<String> {
        let line = |layer: &Layer| {
            let star = if layer.wins { "*" } else { "" };
            let value = layer.value.as_deref().unwrap_or("-");
            format!(
                "{star}{} {value} {}",
                layer.layer,
                layer.origin.as_deref().unwrap_or("-")
            )
        };
        explanation.layers.iter().map(line).collect()
    }

    #[test]
    fn a_key_of_the_manifest_shows_each_table_that_could_set_it() {
        let explain = |key: &str| layers(&manifest_key(key, &manifest()).expect(key));
        assert_eq!(
            explain("environment.local.drain"),
            [
                "*[environment.local] \"1s\" /srv/app/deliver.toml:7",
                "[run] \"10s\" /srv/app/deliver.toml:3",
                "default \"30s\" -"
            ]
        );
        assert_eq!(
            explain("run.health.path"),
            [
                "*[run] \"/up\" /srv/app/deliver.toml:4",
                "default `/`, where an answer below 500 will do -"
            ]
        );
        assert_eq!(
            explain("run.env.A"),
            ["*[run] \"x\" /srv/app/deliver.toml:5", "default - -"]
        );
        assert_eq!(explain("service.tier"), ["[service] - -", "*default 3 -"]);
        assert_eq!(
            explain("environment.local.instances"),
            ["[environment.local] - -", "*default 1 -"]
        );
    }

    #[test]
    fn a_key_that_does_not_exist_gets_the_command_that_was_meant() {
        let refuse = |key: &str| {
            let fault = manifest_key(key, &manifest()).expect_err(key);
            (fault.message().to_owned(), fault.hints().to_vec())
        };
        let hint = |text: &str| vec![text.to_owned()];
        assert_eq!(
            refuse("run.drian"),
            (
                "`run.drian` is not a key".into(),
                hint("deliver config explain run.drain")
            )
        );
        assert_eq!(
            refuse("drain"),
            ("`drain` is not a key".into(), hint("write `run.drain`"))
        );
        assert_eq!(refuse("run.drain.x").0, "`run.drain.x` is not a key");
        assert_eq!(refuse("environment.prod.drain").0, "`app` has no environment `prod`");
        assert_eq!(refuse("").0, "`` is not a key");
    }

    #[test]
    fn a_setting_shows_all_layers() {
        let settings = Settings::default().with_flag("store", "postgres://app:hunter2@db/d");
        let explanation = setting("store", &settings).expect("it is one");
        assert_eq!(
            layers(&explanation),
            [
                "*flag postgres://… --store",
                "variable - DELIVER_STORE",
                "project - -",
                "user - -",
                "system - /etc/deliver/config.toml",
                "default $XDG_STATE_HOME/deliver/store.db -"
            ]
        );
        assert_eq!(setting("run.drain", &settings), None);
    }
}
