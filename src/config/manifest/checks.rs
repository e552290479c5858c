//! Checks across keys: what each key's own form cannot say.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::{Environment, FILE, Manifest, RunLayer, Slo, StrategyKind, WEB};
use crate::config::decode::{Problems, shown};
use crate::config::document::{Entry, Node, Value};
use crate::config::lookalike;
use crate::config::nearest::nearest;
use crate::fault::Problem;
use crate::model::classes::{Classes, Unusable};
use crate::model::objective::IndicatorKind;
use crate::model::traffic::{self, Limit};
use crate::model::{EnvName, Span};

/// Adds what is wrong to `problems` and returns what is only doubtful.
pub fn check(manifest: &Manifest, problems: &mut Problems<'_>) -> Vec<Problem> {
    let mut warnings = Problems::new(&manifest.document);
    let root = &manifest.document.root;
    service(manifest, root, problems);
    variables(root.at_path(&["build", "env"]), "build.env", problems);
    if let Some(run) = root.get("run") {
        run_table(run, "run", problems);
    }
    for entry in root.get("process").map(Node::entries).unwrap_or_default() {
        process(entry, problems);
    }
    for entry in root.get("environment").map(Node::entries).unwrap_or_default() {
        environment_table(entry, problems, &mut warnings);
    }
    resolved_environments(manifest, root, problems);
    objectives(manifest, root, problems, &mut warnings);
    warnings.finish()
}

fn service(manifest: &Manifest, root: &Node, problems: &mut Problems<'_>) {
    let Some(list) = root.at_path(&["service", "depends_on"]) else {
        return;
    };
    let mut seen = BTreeSet::new();
    for item in list.items() {
        let Some(name) = item.text() else { continue };
        if name == manifest.service.name.as_str() {
            problems.add(
                item.at.clone(),
                format!("`{name}` cannot depend on itself"),
                "leave it out",
                None,
            );
        } else if !seen.insert(name) {
            problems.add(
                item.at.clone(),
                format!("`{}` is listed twice", shown(name)),
                "leave it out",
                None,
            );
        }
    }
}

/// What `[run]` and `[environment.NAME]` have in common.
fn run_table(table: &Node, path: &str, problems: &mut Problems<'_>) {
    if let (Some(_), Some(folder)) = (table.get("command"), table.entry("static")) {
        let message = format!("`{path}` has both `command` and `static`");
        let hint = "keep `command` for an app that serves by itself, `static` for files alone".to_owned();
        problems.add(folder.key_at.clone(), message, "one of the two", Some(hint));
    }
    empty_command(table.get("command"), &format!("{path}.command"), problems);
    let release = table.at_path(&["release", "command"]);
    empty_command(release, &format!("{path}.release.command"), problems);
    variables(table.get("env"), &format!("{path}.env"), problems);
    own_port(table.get("env"), &format!("{path}.env"), problems);
    twice_named(table, path, problems);
    for volume in table.get("volumes").map(Node::items).unwrap_or_default() {
        if volume
            .text()
            .is_some_and(|text| matches!(text.trim_end_matches('/'), "." | ""))
        {
            let message = format!("`{path}.volumes` cannot hold the whole folder");
            problems.add(
                volume.at.clone(),
                message,
                "name the folders that outlive releases",
                None,
            );
        }
    }
}

fn empty_command(node: Option<&Node>, path: &str, problems: &mut Problems<'_>) {
    let Some(node) = node else { return };
    let empty = match &node.value {
        Value::List(words) => words.first().is_none_or(|first| first.text() == Some("")),
        _ => false,
    };
    if empty {
        let label = "the first word is the program";
        problems.add(node.at.clone(), format!("`{path}` names no program"), label, None);
    }
}

/// Values that look like secrets. No message repeats them, and the text they stand in is blanked when it is shown.
fn variables(table: Option<&Node>, path: &str, problems: &mut Problems<'_>) {
    for entry in table.map(Node::entries).unwrap_or_default() {
        let Some(what) = looks_like(entry) else { continue };
        let name = shown(&entry.key);
        let message = format!("`{path}.{name}` looks like {what}: secrets do not belong in {FILE}");
        let table = match path.strip_prefix("environment.") {
            Some(_) => path.trim_end_matches(".env"),
            None => "run",
        };
        let hint = match path.starts_with("build") {
            true => "read it from the environment of the build, or from a file that git ignores".to_owned(),
            false => format!("write a reference under `[{table}.secrets]`: `{name} = \"env:{name}\"`"),
        };
        problems.add(entry.node.at.clone(), message, "not shown here", Some(hint));
    }
}

fn looks_like(entry: &Entry) -> Option<&'static str> {
    match &entry.node.value {
        Value::Text(text) => lookalike::in_variable(&entry.key, text),
        _ => None,
    }
}

/// `PORT` is each instance's own and given by the agent.
fn own_port(table: Option<&Node>, path: &str, problems: &mut Problems<'_>) {
    let Some(entry) = table.and_then(|table| table.entry("PORT")) else {
        return;
    };
    let hint = "leave it out; if the app insists on a port of its own, write `listen = N` under `[run]`".to_owned();
    let message = format!("`{path}.PORT` is given to each instance, and cannot be set");
    problems.add(entry.key_at.clone(), message, "given by deliver", Some(hint));
}

fn twice_named(table: &Node, path: &str, problems: &mut Problems<'_>) {
    let variables = table.get("env").map(Node::entries).unwrap_or_default();
    let variables: BTreeSet<&str> = variables.iter().map(|variable| variable.key.as_str()).collect();
    for secret in table.get("secrets").map(Node::entries).unwrap_or_default() {
        if variables.contains(secret.key.as_str()) {
            let message = format!(
                "`{}` is both in `{path}.env` and in `{path}.secrets`",
                shown(&secret.key)
            );
            problems.add(secret.key_at.clone(), message, "keep one of the two", None);
        }
    }
}

fn process(entry: &Entry, problems: &mut Problems<'_>) {
    let path = format!("process.{}", shown(&entry.key));
    if entry.key == WEB {
        let hint = "move its keys to `[run]`, or give it another name".to_owned();
        let message = "`web` is the process that `[run]` describes";
        problems.add(entry.key_at.clone(), message, "this name is taken", Some(hint));
    }
    empty_command(entry.node.get("command"), &format!("{path}.command"), problems);
    variables(entry.node.get("env"), &format!("{path}.env"), problems);
    own_port(entry.node.get("env"), &format!("{path}.env"), problems);
    if let (Some(_), Some(instances)) = (entry.node.get("schedule"), entry.node.entry("instances")) {
        let message = format!("`{path}` is a scheduled job, which runs once at a time");
        problems.add(instances.key_at.clone(), message, "leave `instances` out", None);
    }
}

fn environment_table(entry: &Entry, problems: &mut Problems<'_>, warnings: &mut Problems<'_>) {
    let path = format!("environment.{}", shown(&entry.key));
    run_table(&entry.node, &path, problems);
    let target = entry.node.get("target");
    let kind = target.and_then(Node::text).unwrap_or("local");
    if let (true, Some(target)) = (entry.key == EnvName::local().as_str() && kind != "local", target) {
        let hint = "give the environment another name, such as `[environment.production]`".to_owned();
        let message = "the environment `local` is this machine";
        problems.add(target.at.clone(), message, "cannot be another target", Some(hint));
    }
    for other in ["kubernetes", "swarm", "plugin"] {
        if let (true, Some(options)) = (kind != other, entry.node.entry(other)) {
            let message = format!("`{path}.{other}` has no effect: the target is `{}`", shown(kind));
            warnings.add(options.key_at.clone(), message, "not used", None);
        }
    }
    if let (true, Some(options)) = (kind == "swarm", entry.node.get("swarm")) {
        super::swarm::check(options, &format!("{path}.swarm"), problems);
    }
    if let (true, Some(options)) = (kind == "kubernetes", entry.node.get("kubernetes")) {
        let path = format!("{path}.kubernetes");
        super::kubernetes::check(options, entry.node.get("instances"), &path, problems);
    }
    if kind == "plugin" {
        plugin(entry, target, &path, problems);
    }
    strategy(&entry.node, &path, problems);
    credentials(&entry.node, &path, problems);
}

/// One way to say who asks.
fn credentials(environment: &Node, path: &str, problems: &mut Problems<'_>) {
    let Some(metrics) = environment.get("metrics") else {
        return;
    };
    let mut problem = |key: &str, message: String, label: &str| {
        if let Some(entry) = metrics.entry(key) {
            problems.add(entry.key_at.clone(), message, label, None);
        }
    };
    let has = |key: &str| metrics.get(key).is_some();
    if has("token") && has("user") {
        problem(
            "user",
            format!("`{path}.metrics` has both a token and a user"),
            "keep one of the two",
        );
    } else if has("user") != has("password") {
        let (here, lacking) = if has("user") {
            ("user", "password")
        } else {
            ("password", "user")
        };
        problem(
            here,
            format!("`{path}.metrics` has a {here}, but no {lacking}"),
            "the two belong together",
        );
    }
}

/// A target of the kind `plugin` says which; and what is handed to it is written down, so that no credential may be in it.
fn plugin(environment: &Entry, target: Option<&Node>, path: &str, problems: &mut Problems<'_>) {
    let options = environment.node.get("plugin");
    if let (None, Some(target)) = (options, target) {
        let hint = format!("add `[{path}.plugin]` with `name = \"ssh\"`");
        let message = format!("`{path}` names no plugin");
        problems.add(target.at.clone(), message, "which one?", Some(hint));
    }
    for entry in options.map(Node::entries).unwrap_or_default() {
        no_values(entry, &format!("{path}.plugin"), problems);
    }
}

fn no_values(entry: &Entry, path: &str, problems: &mut Problems<'_>) {
    let name = format!("{path}.{}", shown(&entry.key));
    for inner in entry.node.entries() {
        no_values(inner, &name, problems);
    }
    if let Some(what) = looks_like(entry) {
        let message = format!("`{name}` looks like {what}: secrets do not belong in {FILE}");
        let hint = "let the plugin read it from its own configuration, or from the environment".to_owned();
        problems.add(entry.node.at.clone(), message, "not shown here", Some(hint));
    }
}

fn strategy(environment: &Node, path: &str, problems: &mut Problems<'_>) {
    let Some(table) = environment.get("strategy") else {
        return;
    };
    let kind: Option<StrategyKind> = table
        .get("kind")
        .and_then(Node::text)
        .and_then(|kind| kind.parse().ok());
    if let (Some(steps), Some(kind)) = (table.entry("steps"), kind)
        && kind != StrategyKind::Canary
    {
        let message = format!("`{path}.strategy.steps` belongs to the kind \"canary\"");
        problems.add(steps.key_at.clone(), message, "leave it out, or change the kind", None);
    }
}

/// What can only be seen once `[run]` and the environment are merged.
fn resolved_environments(manifest: &Manifest, root: &Node, problems: &mut Problems<'_>) {
    let empty = Node::empty_table();
    let own_tables = root.get("environment").map(Node::entries).unwrap_or_default();
    let own_tables: BTreeMap<&str, &Node> = own_tables
        .iter()
        .map(|entry| (entry.key.as_str(), &entry.node))
        .collect();
    let local = Environment::undeclared_local();
    let undeclared = (!own_tables.contains_key(local.name.as_str())).then_some(&local);
    for environment in manifest.environments.iter().chain(undeclared) {
        let own = own_tables.get(environment.name.as_str()).copied().unwrap_or(&empty);
        // An environment's own value is where to point; else that of `[run]`.
        let find = |key: &str| -> Option<Range<usize>> {
            let node = own.get(key).or_else(|| root.at_path(&["run", key]))?;
            Some(node.at.clone())
        };
        let run = manifest.run.under(&environment.run);
        ports(environment, &run, &find, problems);
        if let (None, Some(at)) = (&run.release.command, find("release")) {
            let hint = "add `command = [\"./app\", \"migrate\"]`".to_owned();
            problems.add(at, "the release step lacks `command`", "what runs?", Some(hint));
        }
    }
}

fn ports(
    environment: &Environment,
    run: &RunLayer,
    find: &dyn Fn(&str) -> Option<Range<usize>>,
    problems: &mut Problems<'_>,
) {
    let (Some(listen), Some(at)) = (run.listen, find("listen")) else {
        return;
    };
    let name = &environment.name;
    if run.port == Some(listen) {
        let hint = "leave `port` out, or give people another port than the app's own".to_owned();
        let message = format!("`port` and `listen` are both {listen} in `{name}`");
        problems.add(at.clone(), message, "the app's own port is private to it", Some(hint));
    }
    if environment.instances > 1 {
        let at = find("instances").unwrap_or(at.clone());
        let message = format!(
            "`{name}` cannot run {} instances: the app insists on port {listen}",
            environment.instances
        );
        let hint = "let the app listen on `$PORT` and leave `listen` out".to_owned();
        problems.add(at, message, "one at a time with `listen`", Some(hint));
    }
    if run.static_folder.is_some() {
        let message = "`listen` is for a command that insists on a port; static files need none";
        problems.add(at, message, "leave it out", None);
    }
}

fn objectives(manifest: &Manifest, root: &Node, problems: &mut Problems<'_>, warnings: &mut Problems<'_>) {
    let mut seen = BTreeSet::new();
    for item in root.get("slo").map(Node::items).unwrap_or_default() {
        let Some(name) = item.get("name") else { continue };
        if let Some(text) = name.text()
            && !seen.insert(text)
        {
            let message = format!("two objectives are named `{}`", shown(text));
            problems.add(name.at.clone(), message, "names are unique in a service", None);
        }
    }
    let indicators: BTreeMap<&str, &Node> = root
        .get("slo")
        .map(Node::items)
        .unwrap_or_default()
        .iter()
        .filter_map(|item| Some((item.get("name")?.text()?, item.get("indicator")?)))
        .collect();
    for slo in &manifest.slos {
        if let Some(indicator) = indicators.get(slo.name.as_str()) {
            lacking(slo, indicator, problems);
            good(slo, indicator, problems);
            counted(slo, indicator, warnings);
        }
    }
}

/// Keys that a kind of indicator cannot do without.
fn lacking(slo: &Slo, node: &Node, problems: &mut Problems<'_>) {
    let (kind, needed): (&str, &[&str]) = match slo.indicator.kind {
        IndicatorKind::Http => return,
        IndicatorKind::Latency => ("latency", &["threshold"]),
        IndicatorKind::Ratio => ("ratio", &["good", "total"]),
        IndicatorKind::Probe => ("probe", &["path"]),
        IndicatorKind::Freshness => ("freshness", &["threshold"]),
        IndicatorKind::Promql => ("promql", &["good", "total"]),
    };
    for key in needed.iter().filter(|key| node.get(key).is_none()) {
        let message = format!("the indicator of `{}` lacks `{key}`", slo.name);
        problems.add(node.at.clone(), message, format!("the kind \"{kind}\" needs it"), None);
    }
}

/// Requests are counted by class of status: an expression that splits a class could only be guessed at.
fn good(slo: &Slo, node: &Node, problems: &mut Problems<'_>) {
    let (IndicatorKind::Http, Some(text), Some(at)) = (slo.indicator.kind, &slo.indicator.good, node.get("good"))
    else {
        return;
    };
    let (what, label, hint) = match text.parse::<Classes>() {
        Ok(_) => return,
        Err(Unusable::Unreadable(why)) => (
            "does not read",
            why,
            "write `good = \"status < 500\"`, or `status >= 200 and status < 400`".to_owned(),
        ),
        Err(Unusable::NeverGood) => (
            "is true of no status",
            "nothing would be good".into(),
            "write `good = \"status < 500\"`".into(),
        ),
        Err(Unusable::Splits { class, near }) => (
            "cannot be answered from the counts",
            format!("requests are counted by class, and this splits {class}xx"),
            match near {
                Some(near) => format!("write `good = \"{near}\"`"),
                None => "compare with 200, 300, 400 or 500".into(),
            },
        ),
    };
    let message = format!("`good` of the objective `{}` {what}", slo.name);
    problems.add(at.at.clone(), message, label, Some(hint));
}

/// What the router's counts leave open.
fn counted(slo: &Slo, node: &Node, warnings: &mut Problems<'_>) {
    let indicator = &slo.indicator;
    let kind = match indicator.kind {
        IndicatorKind::Http => "http",
        IndicatorKind::Latency => "latency",
        _ => return,
    };
    let mut warn = |key: &str, message: String, label: &str, hint: Option<String>| {
        if let Some(value) = node.get(key) {
            warnings.add(value.at.clone(), message, label, hint);
        }
    };
    let blind = format!("the objective `{}` will read `unknown`", slo.name);
    warn(
        "path",
        format!("{blind}: requests are not counted by path"),
        "leave it out",
        None,
    );
    if indicator.kind == IndicatorKind::Latency {
        let message = format!("{blind}: how long answers took is not counted by status");
        warn("good", message, "leave it out", None);
    } else {
        let message = format!("`threshold` has no effect on the kind \"{kind}\"");
        warn("threshold", message, "not used", None);
    }
    warn(
        "total",
        format!("`total` has no effect on the kind \"{kind}\""),
        "not used",
        None,
    );
    let limit = indicator
        .threshold
        .map(|span| traffic::limit(span.as_millis().saturating_mul(1000)));
    if let (IndicatorKind::Latency, Some(Limit::Between(below, above))) = (indicator.kind, limit) {
        let exact: Vec<String> = [below, above]
            .into_iter()
            .flatten()
            .map(|micros| format!("\"{}\"", Span::from_millis(micros / 1000)))
            .collect();
        let message = format!(
            "`threshold` of the objective `{}` lies between the bounds that latency is counted by: what lies between \
             them counts as bad",
            slo.name
        );
        let hint = format!("exact are {}", exact.join(" and "));
        warn("threshold", message, "not exact", Some(hint));
    }
}

impl Manifest {
    /// A runbook that is a file and is not there.
    pub(super) fn warn_about_missing_runbook(&mut self) {
        let Some(runbook) = self.service.runbook.clone() else {
            return;
        };
        if runbook.contains("://") || self.folder().join(&runbook).exists() {
            return;
        }
        let document = self.document.clone();
        let at = document
            .root
            .at_path(&["service", "runbook"])
            .map(|node| node.at.clone());
        let mut warnings = Problems::new(&document);
        let message = format!("the runbook `{}` does not exist", shown(&runbook));
        warnings.add(at.unwrap_or_default(), message, "no such file", None);
        self.warnings.extend(warnings.finish());
    }

    /// Dependencies that are none of the services `known`. Where no other service is known there is nothing to compare
    /// with, and nothing is doubted.
    pub fn doubted_dependencies(&self, known: &[&str]) -> Vec<Problem> {
        let others: Vec<&str> = known
            .iter()
            .copied()
            .filter(|name| *name != self.service.name.as_str())
            .collect();
        let mut warnings = Problems::new(&self.document);
        let list = self.document.root.at_path(&["service", "depends_on"]);
        for item in list
            .map(Node::items)
            .unwrap_or_default()
            .iter()
            .filter(|_| !others.is_empty())
        {
            let Some(name) = item.text().filter(|name| !others.contains(name)) else {
                continue;
            };
            let near = nearest(name, others.iter().copied())
                .map(|near| format!("; did you mean `{near}`?"))
                .unwrap_or_default();
            let message = format!(
                "`depends_on` names `{}`, which nobody has deployed from here{near}",
                shown(name)
            );
            warnings.add(item.at.clone(), message, "not known", None);
        }
        warnings.finish()
    }
}
