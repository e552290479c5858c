//! The manifest's text: what a person would have written, with the grounds of each value beside it.

use toml_edit::Value;

use super::detect::env_file::is_secret;
use super::draft::{Choice, Draft, Web};
use crate::model::spec::CommandLine;

/// Columns at which a comment goes above its line instead of behind it.
const COMMENT_COLUMN: usize = 100;

/// The whole `deliver.toml`.
pub fn manifest(draft: &Draft) -> String {
    let mut text = Text::default();
    text.lines.push(
        "# Written by `deliver adopt` from what it saw in this folder; the comments say where. Yours to edit.".into(),
    );
    service(draft, &mut text);
    build(draft, &mut text);
    run(draft, &mut text);
    for process in &draft.processes {
        let (name, command) = &process.value;
        text.table(&format!("process.{name}"));
        text.entry("command", &command_value(command), process);
    }
    text.lines.join("\n") + "\n"
}

#[derive(Default)]
struct Text {
    lines: Vec<String>,
}

impl Text {
    fn table(&mut self, name: &str) {
        self.lines.push(String::new());
        self.lines.push(format!("[{name}]"));
    }

    fn entry<T>(&mut self, key: &str, value: &str, choice: &Choice<T>) {
        self.line(&format!("{key} = {value}"), &choice.grounds());
    }

    fn line(&mut self, line: &str, comment: &str) {
        let comment = printable(comment);
        if comment.is_empty() {
            self.lines.push(line.to_owned());
        } else if line.contains('\n') || line.chars().count() + comment.chars().count() + 4 > COMMENT_COLUMN {
            self.lines.push(format!("# {comment}"));
            self.lines.push(line.to_owned());
        } else {
            self.lines.push(format!("{line}  # {comment}"));
        }
    }
}

fn service(draft: &Draft, text: &mut Text) {
    text.table("service");
    for (key, choice) in [
        ("name", &draft.name),
        ("team", &draft.team),
        ("description", &draft.description),
    ] {
        if let Some(choice) = choice {
            text.entry(key, &string(&choice.value), choice);
        }
    }
    if let Some(tier) = &draft.tier {
        text.entry("tier", &tier.value.to_string(), tier);
    }
}

fn build(draft: &Draft, text: &mut Text) {
    if !draft.build.is_empty() || !draft.include.is_empty() || draft.context.is_some() {
        text.table("build");
    }
    if !draft.build.is_empty() {
        let steps: Vec<&str> = draft.build.iter().map(|step| step.value.as_str()).collect();
        text.line(
            &format!("command = {}", string(&steps.join(" && "))),
            &all_grounds(&draft.build),
        );
    }
    if !draft.include.is_empty() {
        let value = list(draft.include.iter().map(|path| path.value.as_str()));
        text.line(&format!("include = {value}"), &all_grounds(&draft.include));
    }
    if let Some(context) = &draft.context {
        text.entry("context", &string(&context.value), context);
    }
    if let Some(file) = &draft.dockerfile {
        text.table("build.image");
        text.entry("dockerfile", &string(&file.value), file);
    }
}

fn run(draft: &Draft, text: &mut Text) {
    let in_table = draft.web.is_some()
        || draft.port.is_some()
        || draft.listen.is_some()
        || draft.health.is_some()
        || draft.health_host.is_some()
        || !draft.volumes.is_empty();
    if in_table {
        text.table("run");
    }
    if let Some(web) = &draft.web {
        match &web.value {
            Web::Command(command) => text.entry("command", &command_value(command), web),
            Web::Static(folder) => text.entry("static", &string(folder), web),
        }
    }
    if let Some(port) = &draft.port_use {
        text.lines.push(format!(
            "# PORT: {}",
            printable(&format!("{}; {}", port.value, port.grounds()))
        ));
    }
    if let Some(listen) = &draft.listen {
        text.entry("listen", &listen.value.to_string(), listen);
    }
    if let Some(port) = &draft.port {
        text.entry("port", &port.value.to_string(), port);
    }
    health(draft, text);
    if !draft.volumes.is_empty() {
        let value = list(draft.volumes.iter().map(|path| path.value.as_str()));
        text.line(&format!("volumes = {value}"), &all_grounds(&draft.volumes));
    }
    let (secrets, plain): (Vec<_>, Vec<_>) = draft.unset.iter().partition(|name| is_secret(&name.value, ""));
    if !draft.env.is_empty() || !plain.is_empty() {
        text.table("run.env");
        for entry in &draft.env {
            text.entry(&key(&entry.value.0), &string(&entry.value.1), entry);
        }
        for name in plain {
            text.lines.push(format!(
                "# {} = \"\"  # {}",
                key(&name.value),
                printable(&name.grounds())
            ));
        }
    }
    if !draft.secrets.is_empty() || !secrets.is_empty() {
        text.table("run.secrets");
        for name in &draft.secrets {
            text.entry(&key(&name.value), &string(&format!("env:{}", name.value)), name);
        }
        for name in secrets {
            let reference = string(&format!("env:{}", name.value));
            text.lines.push(format!(
                "# {} = {reference}  # {}",
                key(&name.value),
                printable(&name.grounds())
            ));
        }
    }
    if let Some(release) = &draft.release {
        text.table("run.release");
        text.entry("command", &command_value(&release.value), release);
    }
}

fn health(draft: &Draft, text: &mut Text) {
    match (&draft.health, &draft.health_host) {
        (Some(path), None) => text.entry("health", &string(&path.value), path),
        (path, Some(host)) => {
            let path = path
                .as_ref()
                .map(|path| format!("path = {}, ", string(&path.value)))
                .unwrap_or_default();
            text.entry("health", &format!("{{ {path}host = {} }}", string(&host.value)), host);
        }
        (None, None) => {}
    }
}

fn command_value(command: &CommandLine) -> String {
    match command {
        CommandLine::Exec(words) => list(words.iter().map(String::as_str)),
        // A script of several lines stays readable where it can stand as it is.
        CommandLine::Shell(line)
            if line.contains('\n') && !line.contains("'''") && !line.chars().any(|c| c.is_control() && c != '\n') =>
        {
            format!("'''\n{line}\n'''")
        }
        CommandLine::Shell(line) => string(line),
    }
}

fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    format!("[{}]", words.map(string).collect::<Vec<_>>().join(", "))
}

/// A TOML string on one line.
fn string(text: &str) -> String {
    let simple = !text.contains('"') && !text.contains('\\') && !text.chars().any(char::is_control);
    if simple {
        format!("\"{text}\"")
    } else {
        Value::from(text).to_string().trim().replace('\n', "\\n")
    }
}

/// Letters, digits, `_` and `-` need no quotes.
fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if bare { name.to_owned() } else { string(name) }
}

fn all_grounds<T>(choices: &[Choice<T>]) -> String {
    let mut all: Vec<String> = Vec::new();
    for grounds in choices
        .iter()
        .map(Choice::grounds)
        .filter(|grounds| !grounds.is_empty())
    {
        if !all.contains(&grounds) {
            all.push(grounds);
        }
    }
    all.join(", ")
}

fn printable(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            if c.is_control() {
                c.escape_default().collect::<Vec<_>>()
            } else {
                vec![c]
            }
        })
        .collect()
}
