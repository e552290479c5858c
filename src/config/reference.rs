//! Reference pages in Markdown, made from the same description that the decoder reads.

use super::describe::{Form, Key, Table, alternatives};
use super::manifest::keys::MANIFEST;
use super::platform::keys::PLATFORM;
use super::rota::keys::ROTA;
use super::settings::{PROJECT_SETTINGS, SETTINGS};

/// A `deliver.toml` that uses most of it; a test loads it.
pub const MANIFEST_EXAMPLE: &str = include_str!("manifest/example.toml");

/// A `platform.toml` to start from; a test loads it.
pub const PLATFORM_EXAMPLE: &str = include_str!("platform/example.toml");

/// A rota to start from; a test loads it.
pub const ROTA_EXAMPLE: &str = include_str!("rota/example.toml");

/// Every page by its name in `docs/`.
pub fn pages() -> [(&'static str, String); 4] {
    [
        ("manifest.md", manifest()),
        ("platform.md", platform()),
        ("rota.md", rota()),
        ("settings.md", settings()),
    ]
}

fn manifest() -> String {
    page(
        "# deliver.toml",
        "`deliver.toml` in a service's folder says who owns the service, how it is built, what runs and where. Unknown keys \
         are errors, and all problems of a file are told together, each with its line. `deliver schema manifest` prints the \
         JSON Schema for editors; `deliver config explain run.drain` says where a value comes from.",
        MANIFEST_EXAMPLE,
        &MANIFEST,
    )
}

fn platform() -> String {
    page(
        "# platform.toml",
        "`platform.toml` and the folders `teams/` and [`rotas/`](rota.md) beside it say what a company's services share. The platform is the folder \
         that `--platform`, `DELIVER_PLATFORM` or the project's settings name; else that of the nearest `platform.toml` at \
         or above the service, within its repository; else the one that the user's or the machine's settings name. Where \
         there is none, a built-in platform serves: no people and no teams (so that any team's name will do), the usual \
         tiers and severities, and uncommitted changes on this machine only. `deliver platform init` writes a file to start \
         from, `deliver platform check` tells every problem.",
        PLATFORM_EXAMPLE,
        &PLATFORM,
    )
}

fn rota() -> String {
    page(
        "# rotas/NAME.toml",
        "A file in the folder `rotas/` beside `platform.toml` says who of a team is on call, and when. `docs/oncall.md` tells \
         how turns are counted and what happens when clocks change; `deliver oncall check` proves a rota for a year ahead, \
         `deliver platform check` tells every problem of form, and `deliver schema rota` prints the JSON Schema for editors.",
        ROTA_EXAMPLE,
        &ROTA,
    )
}

fn settings() -> String {
    let mut text = generated("# Settings");
    text.push_str(
        "Settings that are not a service's own. Strongest first: the flag, its variable, the project's file \
         (`.deliver/config.toml` at or above the folder, within the repository), the user's \
         (`$XDG_CONFIG_HOME/deliver/config.toml`, usually `~/.config/deliver/config.toml`), the machine's \
         (`/etc/deliver/config.toml`). `deliver config explain KEY` shows every layer and which one won; `deliver config \
         paths` shows where everything is.\n\n",
    );
    text.push_str("| key | flag | variable | value | default | meaning |\n| --- | --- | --- | --- | --- | --- |\n");
    for key in SETTINGS.all_keys() {
        let variable = super::settings::variable(key.name);
        let cells = [
            format!("`{}`", key.name),
            format!("`--{}`", key.name),
            format!("`{variable}`"),
            value(&key.form),
            default(key),
            key.doc.to_owned(),
        ];
        text.push_str(&row(&cells));
    }
    let project: Vec<String> = PROJECT_SETTINGS
        .keys
        .iter()
        .map(|key| format!("`{}`", key.name))
        .collect();
    text.push_str(&format!(
        "\nA project's file may set {} only: it comes with a repository that somebody else may have written, and decides \
         nothing about where this machine's state is kept or what is done without asking. In a folder that everybody may \
         write, such as `/tmp`, a file counts only if it is your own.\n",
        super::describe::all(&project)
    ));
    text
}

fn page(title: &str, intro: &str, example: &str, root: &'static Table) -> String {
    let mut text = generated(title);
    text.push_str(&format!("{intro}\n\n```toml\n{}\n```\n", example.trim_end()));
    tables(root, &mut text);
    text
}

/// Adds a section for each table of a description, the root first.
pub fn tables(root: &'static Table, text: &mut String) {
    let mut seen: Vec<&str> = Vec::new();
    root.visit(&mut |table| {
        if !seen.contains(&table.title) {
            seen.push(table.title);
            section(table, text);
        }
    });
}

/// The beginning of a page that is made.
pub fn generated(title: &str) -> String {
    format!("{title}\n\n<!-- Made from the code: `UPDATE=1 cargo test --test it reference` writes it anew. -->\n\n")
}

fn section(table: &'static Table, text: &mut String) {
    let root = !table.title.contains('[') && table.title.ends_with(".toml");
    let title = if root {
        "Top level".to_owned()
    } else {
        format!("`{}`", table.title)
    };
    text.push_str(&format!("\n## {title}\n\n{}\n\n", table.doc));
    text.push_str("| key | value | default | meaning |\n| --- | --- | --- | --- |\n");
    for key in table.keys {
        let cells = [
            format!("`{}`", key.name),
            value(&key.form),
            default(key),
            key.doc.to_owned(),
        ];
        text.push_str(&row(&cells));
    }
    for taken_in in table.also {
        text.push_str(&format!("\nAnd every key of `{}`.\n", taken_in.title));
    }
}

fn default(key: &Key) -> String {
    match (key.required, key.default) {
        (Some(_), _) => "required".into(),
        (None, Some(default)) if default.starts_with(['"', '[']) || default.parse::<f64>().is_ok() => {
            format!("`{default}`")
        }
        (None, Some("true" | "false")) => format!("`{}`", key.default.unwrap_or_default()),
        (None, Some(default)) => default.into(),
        (None, None) => "none".into(),
    }
}

fn value(form: &'static Form) -> String {
    match form {
        Form::Table(table) => format!("table `{}`", table.title),
        Form::Map(map) => match &map.value {
            Form::Table(table) => format!("tables `{}`", table.title),
            other => format!("table of `{}` = {}", map.key, other.expected()),
        },
        Form::List(Form::Table(table)) => format!("tables `{}`", table.title),
        Form::List(item) if item.expected() == "a string" => "list of strings".into(),
        Form::List(item) => format!("list, each item {}", item.expected()),
        Form::Either(forms) => alternatives(&forms.iter().map(value).collect::<Vec<_>>()),
        other => other.expected(),
    }
}

fn row(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |\n", cells.join(" | "))
}
