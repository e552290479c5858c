//! From the tree to the types. Problems of form were found before; what is wrong here was already told.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::keys;
use super::{
    Analysis, Build, DEFAULT_TIER, DataItem, Environment, HealthLayer, Image, Indicator, IndicatorKind, Manifest,
    ProcessEntry, ReleaseLayer, RunLayer, Service, Slo, Strategy, StrategyKind,
};
use crate::config::decode::{Problems, View};
use crate::config::document::{Document, Node, Value};
use crate::model::objective::DEFAULT_WINDOW;
use crate::model::prometheus::{self, Prometheus};
use crate::model::spec::{CommandLine, SCRATCH};
use crate::model::{EnvName, ServiceName, name};

/// Reads everything. Where a value is missing that has no default, a stand-in takes its place: a problem was added then,
/// so that the manifest is never handed out.
pub fn manifest(document: Arc<Document>, path: &Path, problems: &mut Problems<'_>) -> Manifest {
    let root = View::new(&document.root, &keys::MANIFEST);
    Manifest {
        path: path.to_owned(),
        service: service(root.table("service"), path, problems),
        build: build(root.table("build")),
        run: run_layer(root.table("run")),
        processes: root
            .tables("process")
            .into_iter()
            .filter_map(|(name, _, view)| Some((name.to_owned(), process(view)?)))
            .collect(),
        environments: root
            .tables("environment")
            .into_iter()
            .filter_map(|(name, _, view)| Some(environment(name.parse().ok()?, view)))
            .collect(),
        slos: root
            .tables("slo")
            .into_iter()
            .filter_map(|(_, _, view)| slo(view))
            .collect(),
        data: root
            .tables("data")
            .into_iter()
            .filter_map(|(_, _, view)| data(view))
            .collect(),
        warnings: Vec::new(),
        document: document.clone(),
    }
}

fn service(view: View<'_>, path: &Path, problems: &mut Problems<'_>) -> Service {
    Service {
        name: service_name(view, path, problems),
        team: view.text("team"),
        tier: view.integer("tier").unwrap_or(DEFAULT_TIER),
        description: view.text("description"),
        depends_on: view.texts("depends_on").unwrap_or_default(),
        runbook: view.text("runbook"),
    }
}

/// The declared name, else the folder's, which must be a name then.
fn service_name(view: View<'_>, path: &Path, problems: &mut Problems<'_>) -> ServiceName {
    let stand_in = || ServiceName::try_from("unnamed".to_owned()).expect("`unnamed` is a name");
    if view.node("name").is_some() {
        return view.parsed("name").unwrap_or_else(stand_in);
    }
    let folder = path
        .parent()
        .and_then(Path::file_name)
        .map(|name| name.to_string_lossy());
    let folder = folder.as_deref().unwrap_or_default();
    folder.parse().unwrap_or_else(|_| {
        let message = format!("the folder's name `{}` cannot name a service", folder.escape_debug());
        let proposal = name::suggest(folder).unwrap_or_else(|| "my-service".into());
        let hint = format!("add under `[service]`: `name = \"{proposal}\"`");
        problems.add(0..0, message, "a service has a name of a-z, 0-9 and `-`", Some(hint));
        stand_in()
    })
}

fn build(view: View<'_>) -> Build {
    let image = view.table("image");
    Build {
        command: view.node("command").and_then(command),
        include: view.texts("include").unwrap_or_default(),
        context: view
            .text("context")
            .map(|context| context.trim_end_matches('/').to_owned())
            .filter(|context| context != "."),
        env: texts(view.node("env")),
        image: view.node("image").is_some().then(|| Image {
            dockerfile: image.text("dockerfile"),
            base: image.text("base").unwrap_or_else(|| SCRATCH.into()),
            reference: image.text("reference"),
        }),
    }
}

fn run_layer(view: View<'_>) -> RunLayer {
    let release = view.table("release");
    RunLayer {
        command: view.node("command").and_then(command),
        static_folder: view.text("static"),
        port: view.integer("port"),
        listen: view.integer("listen"),
        health: health(view),
        drain: view.parsed("drain"),
        grace: view.parsed("grace"),
        volumes: view.texts("volumes"),
        env: texts(view.node("env")),
        secrets: texts(view.node("secrets"))
            .into_iter()
            .filter_map(|(name, reference)| Some((name, reference.parse().ok()?)))
            .collect(),
        release: ReleaseLayer {
            command: release.node("command").and_then(command),
            timeout: release.parsed("timeout"),
            previous_still_works: release.flag("previous_still_works"),
        },
    }
}

fn health(view: View<'_>) -> HealthLayer {
    if let Some(path) = view.text("health") {
        return HealthLayer {
            path: Some(path),
            ..HealthLayer::default()
        };
    }
    let health = view.table("health");
    HealthLayer {
        path: health.text("path"),
        live: health.text("live"),
        host: health.text("host"),
        interval: health.parsed("interval"),
        timeout: health.parsed("timeout"),
        start: health.parsed("start"),
        stable: health.parsed("stable"),
    }
}

fn process(view: View<'_>) -> Option<ProcessEntry> {
    Some(ProcessEntry {
        command: command(view.node("command")?)?,
        schedule: view.text("schedule"),
        instances: view.integer("instances").unwrap_or(1),
        env: texts(view.node("env")),
    })
}

fn environment(name: EnvName, view: View<'_>) -> Environment {
    let target = view.text("target").unwrap_or_else(|| "local".into());
    let options = match target.as_str() {
        "kubernetes" | "swarm" | "plugin" => view.node(&target).cloned(),
        _ => None,
    };
    Environment {
        name,
        options,
        target,
        instances: view.integer("instances").unwrap_or(1),
        strategy: strategy(view),
        protected: view.flag("protected").unwrap_or(false),
        url: view.text("url"),
        run: run_layer(view),
        metrics: metrics(view.table("metrics")),
    }
}

fn metrics(view: View<'_>) -> Option<Prometheus> {
    let expression = |key: &str, default: &str| view.text(key).unwrap_or_else(|| default.to_owned());
    Some(Prometheus {
        url: view.text("prometheus")?,
        errors: expression("errors", prometheus::ERRORS),
        total: expression("total", prometheus::TOTAL),
        // Whoever counts in another way has no use for the latency of the templates.
        latency: match view.text("latency") {
            None if view.node("errors").is_none() && view.node("total").is_none() => {
                Some(prometheus::LATENCY.to_owned())
            }
            own => own,
        },
        token: view.parsed("token"),
        user: view.text("user"),
        password: view.parsed("password"),
    })
}

fn strategy(view: View<'_>) -> Strategy {
    let table = view.table("strategy");
    let kind = view.parsed("strategy").or_else(|| table.parsed("kind"));
    let steps = table.texts("steps").unwrap_or_default();
    let (analysis, default) = (table.table("analysis"), Analysis::default());
    Strategy {
        kind: kind.unwrap_or(StrategyKind::Rolling),
        steps: steps.iter().filter_map(|step| step.parse().ok()).collect(),
        bake: table.parsed("bake").unwrap_or_default(),
        analysis: Analysis {
            min_requests: analysis.integer("min_requests").unwrap_or(default.min_requests),
            patience: analysis.parsed("patience").unwrap_or(default.patience),
            inconclusive: analysis.parsed("inconclusive").unwrap_or(default.inconclusive),
        },
    }
}

fn slo(view: View<'_>) -> Option<Slo> {
    let indicator = view.table("indicator");
    Some(Slo {
        name: view.text("name")?,
        objective: view.decimal("objective")?.parse().ok()?,
        window: view.parsed("window").unwrap_or(DEFAULT_WINDOW),
        indicator: Indicator {
            kind: indicator.parsed::<IndicatorKind>("kind")?,
            good: indicator.text("good"),
            total: indicator.text("total"),
            threshold: indicator.parsed("threshold"),
            path: indicator.text("path"),
        },
        description: view.text("description"),
    })
}

fn data(view: View<'_>) -> Option<DataItem> {
    Some(DataItem {
        name: view.text("name")?,
        personal: view.texts("personal").unwrap_or_default(),
        purpose: view.text("purpose")?,
        retention: view.parsed("retention")?,
    })
}

/// A string is for `sh -c`, a list is executed as it is.
fn command(node: &Node) -> Option<CommandLine> {
    match &node.value {
        Value::Text(line) => Some(CommandLine::Shell(line.clone())),
        Value::List(words) => {
            let words = words.iter().filter_map(Node::text).map(str::to_owned).collect();
            Some(CommandLine::Exec(words))
        }
        _ => None,
    }
}

fn texts(node: Option<&Node>) -> BTreeMap<String, String> {
    let entries = node.map(Node::entries).unwrap_or_default();
    entries
        .iter()
        .filter_map(|entry| Some((entry.key.clone(), entry.node.text()?.to_owned())))
        .collect()
}
