use std::path::Path;

use super::*;

/// The manifest of the design, with everything in it.
const KITCHEN_SINK: &str = r#"
[service]
name = "pricing"                # defaults to the folder's name
team = "checkout"               # must exist in the platform; free text where there is no platform
tier = 2                        # 1 critical … 4 experimental; decides the readiness level that is required
description = "Quotes a price for a basket"
depends_on = ["catalog-db"]     # an unknown name is a warning
runbook = "docs/runbook.md"

[build]
command = "cargo build --release --locked"
include = ["target/release/pricing"]      # what the artifact holds
[build.image]                             # for container targets; without it, `include` is packed onto `base`
dockerfile = "Dockerfile"

[run]
command = ["./target/release/pricing"]   # gets $PORT, private to the instance
port = 8080                               # where people reach it
health = { path = "/healthz", interval = "1s", timeout = "2s", start = "60s", stable = "3s" }
drain = "30s"
volumes = ["data"]                        # folders that outlive releases
[run.env]
LOG_LEVEL = "info"
[run.secrets]
DATABASE_URL = "env:PRICING_DATABASE_URL" # references, never values
[run.release]                             # the release step: once, before any new instance serves
command = ["./target/release/pricing", "migrate"]
timeout = "15m"
previous_still_works = true               # false: rolling back past it is refused

[process.worker]
command = ["./target/release/pricing", "work"]

[environment.local]
instances = 2

[environment.production]
target = "kubernetes"
instances = 6
strategy = { kind = "canary", steps = ["1", "25%", "50%"], bake = "2m" }
protected = true
[environment.production.kubernetes]      # what only that target knows
context = "eu-1"
namespace = "shop"
[environment.production.env]
LOG_LEVEL = "warn"

[[slo]]
name = "availability"
objective = "99.9"                        # a decimal read from its text; a number is accepted too
window = "28d"
indicator = { kind = "http", good = "status < 500" }   # or latency, ratio, probe, freshness, promql …

[[data]]                                  # privacy inventory
name = "orders"
personal = ["email", "address"]
purpose = "fulfil the order"
retention = "24mo"
"#;

fn parse(text: &str) -> Result<Manifest> {
    Manifest::parse(text, Path::new("/srv/pricing/deliver.toml"))
}

fn env(name: &str) -> EnvName {
    name.parse().expect("a name")
}

/// Problems as `line:column message | label | hint`.
fn problems(text: &str) -> Vec<String> {
    let Err(fault) = parse(text) else { return Vec::new() };
    assert_eq!(fault.code(), "invalid-file");
    fault
        .file_problems()
        .iter()
        .map(|problem| {
            let span = problem.span.as_ref().expect("every problem has a place");
            let mut line = format!("{}:{} {}", span.line, span.column, problem.message);
            for part in [&problem.label, &problem.hint].into_iter().flatten() {
                line.push_str(&format!(" | {part}"));
            }
            line
        })
        .collect()
}

#[test]
fn the_manifest_of_the_design_loads() {
    let manifest = parse(KITCHEN_SINK).expect("it has no problem");
    assert_eq!(manifest.service.name.as_str(), "pricing");
    assert_eq!(manifest.warnings(), []);
    let local = manifest.environment(&env("local")).expect("it exists");
    let names: Vec<&str> = local
        .spec
        .processes
        .iter()
        .map(|process| process.name.as_str())
        .collect();
    assert_eq!(names, ["web", "worker"]);
    assert_eq!(
        (local.target.as_str(), local.instances, local.protected),
        ("local", 2, false)
    );
    let production = manifest.environment(&env("production")).expect("it exists");
    assert_eq!(
        (production.target.as_str(), production.instances, production.protected),
        ("kubernetes", 6, true)
    );
    assert_eq!(production.spec.env["LOG_LEVEL"], "warn");
    assert_eq!(local.spec.env["LOG_LEVEL"], "info");
    assert_eq!(
        production.spec.secrets["DATABASE_URL"].to_string(),
        "env:PRICING_DATABASE_URL"
    );
    assert_eq!(
        production.strategy.steps,
        [Step::Instances(1), Step::Percent(25), Step::Percent(50)]
    );
    assert_eq!(
        production.options.as_ref().and_then(|node| node.get("context")?.text()),
        Some("eu-1")
    );
    assert_eq!(manifest.slos[0].objective.micropercent(), 99_900_000);
    for (key, line) in [
        ("env.LOG_LEVEL", "LOG_LEVEL = \"warn\""),
        ("instances", "instances = 6"),
        ("drain", "drain = \"30s\""),
    ] {
        let place = manifest.provenance(&env("production"), key).expect(key);
        assert_eq!(KITCHEN_SINK.lines().nth(place.line - 1), Some(line), "{key}");
    }
    assert_eq!(manifest.provenance(&env("production"), "grace"), None);
}

#[test]
fn every_problem_is_told_at_once_and_in_the_order_of_the_file() {
    let text = "[run]\ncomand = 1\ndrain = 30\n[env]\nA = 1\n[process.x]\nz = 1\n";
    assert_eq!(
        problems(text),
        [
            "2:1 unknown key `comand` in `[run]` | did you mean `command`?",
            "3:9 `run.drain` must be a length of time such as \"30s\", not an integer | this is an integer | write `drain \
             = \"30s\"`",
            "4:2 unknown key `env` at the top level | not a key here | variables belong to what runs: write `[run.env]`, \
             or `[environment.NAME.env]` for one environment",
            "6:1 `[process.x]` lacks `command` | `command` is missing here | add `command = [\"./app\", \"work\"]`",
            "7:1 unknown key `z` in `[process.x]` | not a key here | known here: command, schedule, instances, env",
        ]
    );
}
