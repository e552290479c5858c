use std::path::Path;

use super::*;
use crate::model::spec::{Health, HttpProbe, Role, Work};

/// The manifest of the design, with everything in it.
pub(super) const KITCHEN_SINK: &str = crate::config::reference::MANIFEST_EXAMPLE;

pub(super) fn parse(text: &str) -> Result<Manifest> {
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
fn a_plugin_gets_its_options_as_they_are_and_an_absolute_path() {
    let text = "[run]
command = 'a'
[environment.production]
target = 'plugin'
[environment.production.plugin]
name = 'ssh'
path = 'tools/deliver-target-ssh'
host = 'web-1'
reload = ['nginx', '-s', 'reload']";
    let resolved = parse(text).expect("it has no problem").environment(&env("production"));
    let place = resolved.expect("it exists").place();
    assert_eq!(place.target, "plugin");
    assert_eq!(
        place.options,
        serde_json::json!({
            "name": "ssh", "path": "/srv/pricing/tools/deliver-target-ssh", "host": "web-1", "reload": ["nginx", "-s", "reload"],
        })
    );
}

#[test]
fn an_address_with_a_password_in_it_is_refused_and_not_repeated() {
    let with = |environment: &str| problems(&format!("[run]\ncommand = ['x']\n[environment.p]\n{environment}"));
    for address in [
        "https://ada:hunter2@metrics.example/x",
        "http://hunter2@metrics.example",
    ] {
        for key in ["url", "metrics.prometheus"] {
            let problems = with(&format!("{key} = '{address}'"));
            assert!(problems[0].contains("must be a URL"), "{problems:?}");
            assert!(!problems[0].contains("hunter2"), "{problems:?}");
        }
    }
    assert_eq!(with("url = 'https://shop.example/@ada?to=a@b'"), [""; 0]);
}

#[test]
fn files_that_reach_a_cluster_are_the_same_from_every_folder() {
    let options = |target: &str, lines: &str| {
        let text =
            format!("[run]\ncommand = 'a'\n[environment.p]\ntarget = '{target}'\n[environment.p.{target}]\n{lines}");
        let resolved = parse(&text).expect("it has no problem").environment(&env("p"));
        resolved.expect("it exists").place().options
    };
    for (written, read) in [
        ("ops/kube", "/srv/pricing/ops/kube"),
        ("/etc/kube", "/etc/kube"),
        ("~/.kube/eu", "~/.kube/eu"),
    ] {
        assert_eq!(
            options("kubernetes", &format!("kubeconfig = '{written}'"))["kubeconfig"],
            read
        );
    }
    let swarm = options(
        "swarm",
        "host = 'tcp://a:2376'\ntls = { ca = 'ops/ca', cert = '/c', key = '~/k' }",
    );
    assert_eq!(
        swarm["tls"],
        serde_json::json!({ "ca": "/srv/pricing/ops/ca", "cert": "/c", "key": "~/k" })
    );
}

#[test]
fn what_only_a_swarm_knows_is_checked_key_by_key() {
    let with = |lines: &str| {
        problems(&format!(
            "[service]\nname = \"a\"\n[run]\ncommand = [\"x\"]\n[environment.p]\ntarget = \"swarm\"\n[environment.p.swarm]\n{lines}"
        ))
    };
    assert_eq!(
        with("host = \"ssh://ops@swarm-1\"\npublish = false\nlimits = { cpu = 0.5, memory = \"256M\" }"),
        [""; 0]
    );
    for (lines, words) in [
        ("replicas = 3", "write `instances`"),
        ("publishmode = \"host\"", "did you mean `publish_mode`?"),
        ("publish_mode = \"hots\"", "did you mean \"host\"?"),
        (
            "host = \"10.0.0.5:2376\"",
            "must start with `unix://`, `tcp://` or `ssh://`",
        ),
        ("host = \"tcp://a\"", "lacks a port"),
        ("host = \"tcp://a:1\"\ncontext = \"b\"", "keep one of the two"),
        (
            "host = \"unix:///d\"\ntls = { ca = \"a\", cert = \"b\", key = \"c\" }",
            "leave it out",
        ),
        ("limits = { memory = \"1M\" }", "at least 6M"),
        ("constraints = [\"zone\"]", "compares with `==` or `!=`"),
        ("publish = false\nhealth = \"port\"", "not published"),
        ("health = { command = [] }", "names no program"),
        ("registry = \"https://r.example\"", "without `https://`"),
        ("configs = { \"etc/a\" = \"a\" }", "from `/` on"),
        ("labels = { \"deliver.fence\" = \"1\" }", "one of our own"),
        ("auth = { username = \"me\", password = \"env:P\" }", "not a reference"),
        (
            "auth = { username = \"env:U\", password = \"file:pw\" }",
            "counts from no folder",
        ),
    ] {
        let told = with(lines).join("; ");
        assert!(told.contains(words), "{lines}: {told}");
    }
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
        [Portion::Instances(1), Portion::Percent(25), Portion::Percent(50)]
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
            "6:1 `[process.x]` lacks `command` | missing here | add `command = [\"./app\", \"work\"]`",
            "7:1 unknown key `z` in `[process.x]` | not a key here | known here: command, schedule, instances, env",
        ]
    );
}

/// Each kind of problem as a person meets it: `line:column message | label | hint`.
#[test]
fn problems_say_what_is_wrong_where_and_what_to_write() {
    let cases: &[(&str, &[&str])] = &[
        (
            "[run]
command = 'a'
static = 'b'",
            &[
                "3:1 `run` has both `command` and `static` | one of the two | keep `command` for an app that serves by itself, `static` for files alone",
            ],
        ),
        (
            "[run]
command = ['']
release = { command = [] }",
            &[
                "2:11 `run.command` names no program | the first word is the program",
                "3:23 `run.release.command` names no program | the first word is the program",
            ],
        ),
        (
            "[run]
command = ''",
            &["2:11 `run.command` is empty | expected text"],
        ),
        (
            "[run]
port = 0
listen = 70000
drain = '5 minutes'
volumes = ['../x', '/abs', '.']
health = 'healthz'
instances = 2",
            &[
                "2:8 `run.port` must be an integer from 1 to 65535 | too small",
                "3:10 `run.listen` must be an integer from 1 to 65535 | too large",
                r#"4:9 `run.drain` must be a length of time such as "30s" | units are ms, s, m, h, d, w, mo"#,
                "5:12 each of `run.volumes` must be a path inside the service's folder | `..` leads out of the folder",
                "5:20 each of `run.volumes` must be a path inside the service's folder | this is an absolute path",
                "5:28 `run.volumes` cannot hold the whole folder | name the folders that outlive releases",
                r#"6:10 `run.health` must be a path such as "/healthz" | must start with `/`"#,
                "7:1 unknown key `instances` in `[run]` | not a key here | write `instances` under `[environment.local]`, or whichever environment is meant",
            ],
        ),
        (
            "[run]
port = '8080'
health = 8
command = 7
volumes = 'data'",
            &[
                "2:8 `run.port` must be an integer from 1 to 65535, not a string | this is a string | write `port = 8080`",
                r#"3:10 `run.health` must be a path such as "/healthz" or a table, not an integer | this is an integer"#,
                "4:11 `run.command` must be a string or a list of strings, not an integer | this is an integer",
                r#"5:11 `run.volumes` must be a list of strings, not a string | this is a string | write `volumes = ["data"]`"#,
            ],
        ),
        (
            "[run]
command = 'a'
listen = 3000
port = 3000
[environment.local]
instances = 2",
            &[
                "3:10 `port` and `listen` are both 3000 in `local` | the app's own port is private to it | leave `port` out, or give people another port than the app's own",
                "6:13 `local` cannot run 2 instances: the app insists on port 3000 | one at a time with `listen` | let the app listen on `$PORT` and leave `listen` out",
            ],
        ),
        (
            "[run]
static = 'a'
listen = 3000",
            &["3:10 `listen` is for a command that insists on a port; static files need none | leave it out"],
        ),
        (
            "[run.env]
PORT = '1'
AWS = 'AKIAIOSFODNN7ABCDEFG'
DB_PASSWORD = 'hunter2'
A = 1
B = true
API_TOKEN = 123456
DB = 'postgres://u:pw@h/d'
'A B' = 'x'",
            &[
                "2:1 `run.env.PORT` is given to each instance, and cannot be set | given by deliver | leave it out; if the app insists on a port of its own, write `listen = N` under `[run]`",
                r#"3:7 `run.env.AWS` looks like an AWS access key: secrets do not belong in deliver.toml | not shown here | write a reference under `[run.secrets]`: `AWS = "env:AWS"`"#,
                r#"4:15 `run.env.DB_PASSWORD` looks like a secret by its name: secrets do not belong in deliver.toml | not shown here | write a reference under `[run.secrets]`: `DB_PASSWORD = "env:DB_PASSWORD"`"#,
                r#"5:5 `run.env.A` must be a string, not an integer | this is an integer | write `A = "1"`"#,
                r#"6:5 `run.env.B` must be a string, not a boolean | this is a boolean | write `B = "true"`"#,
                "7:13 `run.env.API_TOKEN` must be a string, not an integer | this is an integer",
                r#"8:6 `run.env.DB` looks like a URL with a password: secrets do not belong in deliver.toml | not shown here | write a reference under `[run.secrets]`: `DB = "env:DB"`"#,
                "9:1 `A B` cannot be a name in `[run.env]` | a space cannot stand in a variable's name | use letters, digits, `_`, `.` and `-`, not starting with a digit",
            ],
        ),
        (
            "[environment.local.env]
SIGNING_KEY = 'hunter2'",
            &[
                r#"2:15 `environment.local.env.SIGNING_KEY` looks like a secret by its name: secrets do not belong in deliver.toml | not shown here | write a reference under `[environment.local.secrets]`: `SIGNING_KEY = "env:SIGNING_KEY"`"#,
            ],
        ),
        (
            "[run.env]
A = 'x'
[run.secrets]
A = 'env:A'
B = 'hunter2'
C = 'env:1x'",
            &[
                "4:1 `A` is both in `run.env` and in `run.secrets` | keep one of the two",
                r#"5:5 `run.secrets.B` must be a reference, never a value: "env:NAME", "file:PATH" or "exec:COMMAND" | this is not a reference"#,
                r#"6:5 `run.secrets.C` must be a reference, never a value: "env:NAME", "file:PATH" or "exec:COMMAND" | this is not a variable's name"#,
            ],
        ),
        (
            "[process.web]
command = 'a'
[process.job]
command = 'b'
schedule = '* * * *'
[process.Job_2]
command = 'b'
schedule = '61 * * * *'
[process.three]
command = 'b'
schedule = '@daily'
[process.four]
command = 'b'
schedule = '0 3 * * *'
instances = 2",
            &[
                "1:10 `web` is the process that `[run]` describes | this name is taken | move its keys to `[run]`, or give it another name",
                r#"5:12 `process.job.schedule` must be five fields of cron such as "*/5 * * * *" | this has 4 fields"#,
                r#"6:10 `Job_2` cannot be a name in `[process]` | may hold only a-z, 0-9 and `-`, not `J`; did you mean "job-2"? | use a name of a-z, 0-9 and `-` that starts with a letter"#,
                r#"8:12 `process.Job_2.schedule` must be five fields of cron such as "*/5 * * * *" | value must be in range 0..=59; found 61"#,
                r#"11:12 `process.three.schedule` must be five fields of cron such as "*/5 * * * *" | write the five fields out"#,
                "15:1 `process.four` is a scheduled job, which runs once at a time | leave `instances` out",
            ],
        ),
        (
            "[environment.local]
target = 'kubernetes'
[environment.production]
target = 'kubernets'
replicas = 3
strategy = { kind = 'rolling', steps = ['25%', '0', '101%'] }
instances = -1
protected = 'yes'",
            &[
                "2:10 the environment `local` is this machine | cannot be another target | give the environment another name, such as `[environment.production]`",
                r#"4:10 `environment.production.target` must be "local", "swarm", "kubernetes" or "plugin" | did you mean "kubernetes"?"#,
                "5:1 unknown key `replicas` in `[environment.production]` | not a key here | write `instances`",
                r#"6:32 `environment.production.strategy.steps` belongs to the kind "canary" | leave it out, or change the kind"#,
                r#"6:48 each of `environment.production.strategy.steps` must be a number of instances or a percentage, such as "1" or "25%" | a step takes something"#,
                r#"6:53 each of `environment.production.strategy.steps` must be a number of instances or a percentage, such as "1" or "25%" | more than everything"#,
                "7:13 `environment.production.instances` must be an integer from 0 to 1000 | too small",
                "8:13 `environment.production.protected` must be `true` or `false`, not a string | this is a string | write `protected = true`",
            ],
        ),
        (
            "[environment.staging]
target = 'plugin'
[environment.production]
target = 'plugin'
[environment.production.plugin]
host = 'web-1'
token = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'
[environment.production.plugin.deep]
password = 'hunter2'",
            &[
                "2:10 `environment.staging` names no plugin | which one? | add `[environment.staging.plugin]` with `name = \"ssh\"`",
                "5:1 `[environment.production.plugin]` lacks `name` | missing here | add `name = \"ssh\"`",
                "7:9 `environment.production.plugin.token` looks like a GitHub token: secrets do not belong in deliver.toml | not shown here | let the plugin read it from its own configuration, or from the environment",
                "9:12 `environment.production.plugin.deep.password` looks like a secret by its name: secrets do not belong in deliver.toml | not shown here | let the plugin read it from its own configuration, or from the environment",
            ],
        ),
        (
            "[environment.production.metrics]
prometheus = 'prometheus:9090'
errors = 'sum(increase(errors{v=\"$relase\"}[$window]))'
total = 'sum(requests)'
latency = 'histogram_quantile($quantile, sum by (le) (x{v=\"$release\"})'
token = 'abc'
user = 'ada'
[environment.staging.metrics]
prometheus = 'http://x'
user = 'ada'",
            &[
                r#"2:14 `environment.production.metrics.prometheus` must be a URL such as "https://shop.example" | must start with `https://` or `http://`"#,
                "3:10 `environment.production.metrics.errors` must be a PromQL expression that names `$release` and `$window` | `$relase` is not known: did you mean `$release`?",
                "4:9 `environment.production.metrics.total` must be a PromQL expression that names `$release` and `$window` | `$release` is missing: the number must be of one release",
                "5:11 `environment.production.metrics.latency` must be a PromQL expression that names `$release` | `)` is missing",
                r#"6:9 `environment.production.metrics.token` must be a reference, never a value: "env:NAME", "file:PATH" or "exec:COMMAND" | this is not a reference"#,
                "7:1 `environment.production.metrics` has both a token and a user | keep one of the two",
                "10:1 `environment.staging.metrics` has a user, but no password | the two belong together",
            ],
        ),
        (
            "[build]
include = ['../x']
context = 'lib'
env = { NPM_TOKEN = 'npm_x' }",
            &[
                "2:12 each of `build.include` must be a path inside the service's folder | `..` leads out of the folder",
                "3:11 `build.context` must be a folder above the service's: `..` or `../..` | this is not above the service's folder",
                "4:21 `build.env.NPM_TOKEN` looks like a secret by its name: secrets do not belong in deliver.toml | not shown here | read it from the environment of the build, or from a file that git ignores",
            ],
        ),
        (
            "[[slo]]
name = 'a'
objective = 100
window = '120d'
indicator = { kind = 'http' }
[[slo]]
name = 'a'
objective = 99.9
indicator = { kind = 'latency' }
[[slo]]
name = 'b'
objective = true
window = '1h'
indicator = { kind = 'htpp' }",
            &[
                r#"3:13 `slo.objective` must be a percentage above 0 and below 100 such as "99.9" | must be below 100: nothing is perfect"#,
                "4:10 `slo.window` must be a length of time from 1d to 90d | 30d too long",
                "7:8 two objectives are named `a` | names are unique in a service",
                r#"9:13 the indicator of `a` lacks `threshold` | the kind "latency" needs it"#,
                r#"12:13 `slo.objective` must be a percentage above 0 and below 100 such as "99.9", not a boolean | this is a boolean"#,
                "13:10 `slo.window` must be a length of time from 1d to 90d | shorter than a day",
                r#"14:22 `slo.indicator.kind` must be "http", "latency", "ratio", "probe", "freshness" or "promql" | did you mean "http"?"#,
            ],
        ),
        (
            "[[slo]]
name = 'a'
objective = 99
indicator = { kind = 'http', good = 'status != 404' }
[[slo]]
name = 'b'
objective = 99
indicator = { kind = 'http', good = 'code < 500' }
[[slo]]
name = 'c'
objective = 99
indicator = { kind = 'http', good = 'status < 100' }",
            &[
                "4:37 `good` of the objective `a` cannot be answered from the counts | requests are counted by class, and this splits 4xx | write `good = \"status < 400 or status >= 500\"`",
                "8:37 `good` of the objective `b` does not read | `code` is not understood | write `good = \"status < 500\"`, or `status >= 200 and status < 400`",
                "12:37 `good` of the objective `c` is true of no status | nothing would be good | write `good = \"status < 500\"`",
            ],
        ),
        (
            "[service]
name = 'My App'
tier = 5
depends_on = ['My App', 'x', 'x']
runbook = ''",
            &[
                r#"2:8 `service.name` must be a name of a-z, 0-9 and `-` that starts with a letter | may hold only a-z, 0-9 and `-`, not `M`; did you mean "my-app"?"#,
                "3:8 `service.tier` must be an integer from 1 to 4 | too large",
                r#"4:15 each of `service.depends_on` must be a name of a-z, 0-9 and `-` that starts with a letter | may hold only a-z, 0-9 and `-`, not `M`; did you mean "my-app"?"#,
                "4:30 `x` is listed twice | leave it out",
                "5:11 `service.runbook` is empty | expected text",
            ],
        ),
        (
            "[service]
name = 'pricing'
tier = 9223372036854775808
depends_on = ['pricing']",
            &[
                "3:8 `service.tier` must be an integer from 1 to 4 | outside of what 64 bits hold",
                "4:15 `pricing` cannot depend on itself | leave it out",
            ],
        ),
        (
            "run = 1
slo = {}
process = []",
            &[
                "1:7 `run` must be a table, not an integer | this is an integer",
                "2:7 `slo` must be a list of tables, written `[[slo]]`, not a table | this is a table",
                "3:11 `process` must be a table, not a list | this is a list",
            ],
        ),
        (
            "[run]
release = { timeout = '1m' }",
            &[r#"2:11 the release step lacks `command` | what runs? | add `command = ["./app", "migrate"]`"#],
        ),
        (
            "[[data]]
name = 'x'",
            &[
                r#"1:1 `[[data]]` lacks `purpose` and `retention` | missing here | add `purpose = "fulfil the order"` and `retention = "24mo"`"#,
            ],
        ),
        (
            "[run]
command = 'a' b",
            &["2:15 this is not TOML: unexpected key or value | expected newline, `#`"],
        ),
        (
            "[run
command = 'a'",
            &["1:5 this is not TOML: unclosed table | expected `]`"],
        ),
        (
            r#"x = "\q""#,
            &[
                r#"1:7 this is not TOML: missing escaped value | expected `b`, `e`, `f`, `n`, `r`, `\`, `"`, `x`, `u`, `U`"#,
            ],
        ),
        (
            "[run]
command = 'a'
[run]
port = 1",
            &["3:2 `run` is set twice | set before | keep one of the two"],
        ),
        (
            "[run]
health = { path = '/x y', host = 'a b', interval = '0s', probe = 1 }",
            &[
                r#"2:19 `run.health.path` must be a path such as "/healthz" | a space cannot stand in a path"#,
                r#"2:34 `run.health.host` must be a host name such as "shop.example" | a space cannot stand in a host name"#,
                r#"2:52 `run.health.interval` must be a length of time above zero such as "30s" | this is no time at all"#,
                "2:58 unknown key `probe` in `[run.health]` | not a key here | known here: path, live, host, interval, timeout, start, stable",
            ],
        ),
        (
            "[run.env]
TOKEN = 'hunter2
",
            &["2:17 this is not TOML: invalid literal string | expected `'`"],
        ),
        (
            "\0",
            &[
                "1:1 this is not TOML: invalid unquoted key | expected letters, numbers, `-`, `_`",
                "1:2 this is not TOML: key with no value | expected `=`",
            ],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(problems(text), *expected, "{text}");
    }
}

#[test]
fn a_secret_written_by_mistake_is_shown_nowhere() {
    for text in [
        "[run.env]\nDB_PASSWORD = 'hunter2'\n",
        "[run.env]\nDB_PASSWORD = 'hunter2' # twice\nDB_PASSWORD = \"hunter2\"\n",
        "[run.env]\nDB_PASSWORD = 'hunter2\n",
        "[run.env]\nDB_PASSWORD = hunter2\n",
        "[run.secrets]\nDATABASE = 'hunter2'\n",
        "[run]\nsecrets = { DATABASE = 'hunter2' }\n",
        "[env]\nDATABASE = 'postgres://app:hunter2@db/shop'\n",
        "[run.env]\nKEY = '''-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----'''\n",
        "[service]\nname = 'ghp_hunter2hunter2hunter2'\n",
        "[run.env]\nDB_PASSWORD = \"\"\"\nhunter2\n",
        "[run.env]\nDB_PASSWORD = \"\"\"\nhunter2\n\"\"\"\nx = = 1\n",
        "[run.env]\nA = '''-----BEGIN PRIVATE KEY-----\nhunter2\n",
        "[run.env]\nDB_PASSWORD = [\n'hunter2'\n",
        "[run.env]\nDB_PASSWORD.x = 'hunter2'\n",
        "[run.env]\nDB_PASSWORD = { x = 'hunter2' }\n",
    ] {
        let fault = parse(text).expect_err(text);
        assert!(!fault.file_problems().is_empty(), "{text}");
        let told = format!("{fault:?}");
        assert!(!told.contains("hunter2"), "{text}: {told}");
    }
}

#[test]
fn environments_lay_their_keys_over_those_of_run() {
    let text = "
[run]
command = 'serve'
drain = '10s'
health = { path = '/up', timeout = '5s' }
volumes = ['data']
env = { A = 'run', B = 'run', C = 'run' }
secrets = { S = 'env:S', T = 'env:T' }
release = { command = 'migrate', timeout = '1m' }
[environment.local]
health = { timeout = '1s' }
volumes = []
env = { B = 'local', T = 'plain' }
secrets = { C = 'env:C' }
release = { previous_still_works = false }
[environment.files]
static = 'public'
";
    let manifest = parse(text).expect("no problem");
    let spec = manifest.environment(&env("local")).expect("it exists").spec;
    let health = Health {
        probe: Some(HttpProbe {
            path: "/up".into(),
            host: None,
            below: 400,
        }),
        timeout: Span::from_secs(1),
        ..Health::default()
    };
    assert_eq!(spec.health, health);
    assert_eq!(spec.drain, Span::from_secs(10));
    assert_eq!(spec.volumes, Vec::<String>::new());
    assert_eq!(format!("{:?}", spec.env), r#"{"A": "run", "B": "local", "T": "plain"}"#);
    let secrets: Vec<String> = spec
        .secrets
        .iter()
        .map(|(name, from)| format!("{name}={from}"))
        .collect();
    assert_eq!(secrets, ["C=env:C", "S=env:S"]);
    let step = spec.release_step.expect("it is there");
    assert_eq!((step.timeout, step.previous_still_works), (Span::from_secs(60), false));

    let files = manifest.environment(&env("files")).expect("it exists").spec;
    assert_eq!(files.processes[0].work, Work::Static("public".into()));
}

#[test]
fn what_is_not_written_has_its_default() {
    let spec = |text: &str| {
        let manifest = parse(text).expect("no problem");
        manifest
            .environment(&EnvName::local())
            .expect("local always exists")
            .spec
    };
    let plain = spec("[run]\ncommand = 'serve'");
    let probe = |path: &str, below| HttpProbe {
        path: path.into(),
        host: None,
        below,
    };
    assert_eq!(plain.health.probe, Some(probe("/", 500)));
    assert_eq!((plain.drain, plain.grace), (Span::from_secs(30), Span::from_secs(30)));
    assert_eq!((plain.port, plain.listen, plain.desired()), (None, None, 1));
    assert_eq!(
        spec("[run]\nstatic = 'public'").health.probe,
        Some(probe("/healthz", 400))
    );
    assert_eq!(
        spec("[run]\ncommand = 'serve'\nhealth = '/'").health.probe,
        Some(probe("/", 400))
    );

    let workers = spec("[process.job]\ncommand = 'job'\nschedule = '*/5 * * * *'\n[process.mail]\ncommand = 'mail'");
    assert_eq!(workers.health.probe, None);
    let both = spec("[run]\ncommand = 'serve'\nhealth = { path = '/readyz', live = '/healthz' }").health;
    assert_eq!(
        (both.probe, both.live),
        (Some(probe("/readyz", 400)), Some(probe("/healthz", 400)))
    );
    let roles: Vec<&Role> = workers.processes.iter().map(|process| &process.role).collect();
    assert_eq!(roles, [&Role::Schedule("*/5 * * * *".into()), &Role::Worker]);
    let manifest = parse("[run]\ncommand = 'serve'").expect("no problem");
    assert_eq!((manifest.service.name.as_str(), manifest.service.tier), ("pricing", 3));
}

#[test]
fn commands_run_in_the_services_folder_of_the_context() {
    let workdir = |context: &str, path: &str| {
        let text = format!("[service]\nname = 'a'\n[build]\ncontext = '{context}'\n[run]\ncommand = 'serve'");
        let manifest = Manifest::parse(&text, Path::new(path)).expect("no problem");
        manifest.environment(&EnvName::local()).expect("it exists").spec.workdir
    };
    assert_eq!(workdir(".", "/repo/apps/web/deliver.toml"), "");
    assert_eq!(workdir("..", "/repo/apps/web/deliver.toml"), "web");
    assert_eq!(workdir("../../", "/repo/apps/web/deliver.toml"), "apps/web");
    assert_eq!(workdir("../../../..", "/web/deliver.toml"), "web");
}

#[test]
fn an_unknown_environment_lists_the_known_ones() {
    let manifest =
        parse("[run]\ncommand = 'serve'\n[environment.production]\n[environment.staging]").expect("no problem");
    let fault = manifest.environment(&env("prodution")).expect_err("a typo");
    assert_eq!(fault.message(), "`pricing` has no environment `prodution`");
    assert_eq!(fault.hints(), ["did you mean `production`?"]);
    let fault = manifest.environment(&env("qa")).expect_err("not declared");
    assert_eq!(
        fault.hints(),
        ["use `local`, `production` or `staging`, or add `[environment.qa]` to /srv/pricing/deliver.toml"]
    );
    let fault = parse("")
        .expect("no problem")
        .environment(&EnvName::local())
        .expect_err("nothing runs");
    assert_eq!(fault.message(), "`pricing` has nothing to run in `local`");
}

#[test]
fn a_dependency_that_nobody_knows_is_doubted_where_others_are_known() {
    let manifest = parse("[service]\nname = 'a'\ndepends_on = ['catalog', 'catlog-db', 'mail']\n").expect("no problem");
    let doubted = |known: &[&str]| -> Vec<String> {
        let warnings = manifest.doubted_dependencies(known);
        warnings.into_iter().map(|warning| warning.message).collect()
    };
    assert_eq!(
        doubted(&["a", "catalog", "catalog-db"]),
        [
            "`depends_on` names `catlog-db`, which nobody has deployed from here; did you mean `catalog-db`?",
            "`depends_on` names `mail`, which nobody has deployed from here",
        ]
    );
    assert_eq!(doubted(&["a"]), [""; 0], "there is nothing to compare with");
}

#[test]
fn files_as_editors_write_them_are_read() {
    assert!(parse("\u{feff}[run]\r\ncommand = 'serve'\r\n").is_ok());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(FILE);
    let load = |bytes: &[u8]| {
        std::fs::write(&path, bytes).expect("a file");
        Manifest::load(&path)
    };
    let head = b"[service]\nname = 'a'\nrunbook = 'docs/runbook.md'\n";
    let manifest = load(head).expect("no problem");
    let warnings: Vec<&str> = manifest
        .warnings()
        .iter()
        .map(|warning| warning.message.as_str())
        .collect();
    assert_eq!(warnings, ["the runbook `docs/runbook.md` does not exist"]);

    let fault = load(b"[service]\nname = 'a'\ndescription = 'caf\xe9'\n").expect_err("Latin-1");
    let problem = &fault.file_problems()[0];
    assert_eq!(problem.message, "this is not UTF-8 text");
    assert_eq!(
        problem.span.as_ref().map(|span| (span.line, span.column)),
        Some((3, 19))
    );

    let fault = load(&vec![b'#'; 1 + document::MAX_BYTES as usize]).expect_err("too large");
    assert_eq!(fault.code(), "file-too-large");
    std::fs::remove_file(&path).expect("it was there");
    let fault = Manifest::load(&path).expect_err("gone");
    assert_eq!((fault.kind(), fault.code()), (crate::fault::Kind::Usage, "not-found"));
}

#[test]
fn what_the_counts_leave_open_is_a_warning() {
    let slo =
        |name: &str, indicator: &str| format!("[[slo]]\nname = '{name}'\nobjective = 99\nindicator = {indicator}\n");
    let warnings = |text: &str| -> Vec<String> {
        let manifest = parse(text).expect("no problem");
        let told = manifest.warnings().iter().map(|warning| {
            let hint = warning.hint.as_ref().map(|hint| format!(" | {hint}"));
            format!("{}{}", warning.message, hint.unwrap_or_default())
        });
        told.collect()
    };
    assert_eq!(
        warnings(&slo("a", "{ kind = 'latency', threshold = '300ms' }")),
        [""; 0]
    );
    assert_eq!(warnings(&slo("a", "{ kind = 'probe', path = '/up' }")), [""; 0]);
    assert_eq!(
        warnings(&slo("a", "{ kind = 'latency', threshold = '350ms' }")),
        [
            "`threshold` of the objective `a` lies between the bounds that latency is counted by: what lies between them \
             counts as bad | exact are \"300ms\" and \"400ms\""
        ]
    );
    assert!(warnings(&slo("a", "{ kind = 'latency', threshold = '2m' }"))[0].ends_with("exact are \"1m\""));
    assert_eq!(
        warnings(&slo(
            "a",
            "{ kind = 'latency', threshold = '1s', good = 'status < 500' }"
        )),
        ["the objective `a` will read `unknown`: how long answers took is not counted by status"]
    );
    assert_eq!(
        warnings(&slo(
            "a",
            "{ kind = 'http', path = '/api', total = 'x', threshold = '1s' }"
        )),
        [
            "the objective `a` will read `unknown`: requests are not counted by path",
            "`total` has no effect on the kind \"http\"",
            "`threshold` has no effect on the kind \"http\"",
        ]
    );
}

#[test]
fn the_search_ends_at_the_root_of_the_repository() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let inner = folder.path().join("repo/app/src");
    std::fs::create_dir_all(&inner).expect("a folder");
    std::fs::write(folder.path().join(FILE), "").expect("a file");
    assert_eq!(find(&inner), Some(folder.path().join(FILE)));
    std::fs::create_dir(folder.path().join("repo/.git")).expect("a folder");
    assert_eq!(find(&inner), None);
    std::fs::write(folder.path().join("repo/app").join(FILE), "").expect("a file");
    assert_eq!(find(&inner), Some(folder.path().join("repo/app").join(FILE)));
}
