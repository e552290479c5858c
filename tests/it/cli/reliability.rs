//! `deliver reliability`, over a store that was counted into.

use std::sync::Arc;

use deliver::adapters::system::SystemClock;
use deliver::config::paths::Paths;
use deliver::model::about::About;
use deliver::model::deployment::{Operation, Outcome};
use deliver::model::objective::{DEFAULT_WINDOW, Indicator, IndicatorKind, Slo};
use deliver::model::traffic::{LATENCY_BUCKETS, Traffic, latency_bucket};
use deliver::model::{ReleaseNo, ServiceName, Span};
use deliver::store::deployment::NewDeployment;
use deliver::store::{Options, Store};
use rexpect::session::spawn_command;

use crate::support::{DELIVER, Sandbox};

/// When everything here is looked at.
const NOW: &str = "2026-03-04T05:06:07Z";

const MANIFEST: &str = r#"
[service]
name = "pricing"
team = "checkout"

[run]
command = "./serve"

[environment.production]
protected = true

[[slo]]
name = "availability"
objective = "99.9"
indicator = { kind = "http" }

[[slo]]
name = "latency"
objective = "99"
indicator = { kind = "latency", threshold = "300ms" }
"#;

fn open(sandbox: &Sandbox, at: &str) -> Store {
    let paths = Paths {
        user_config: sandbox.root().join("none"),
        system_config: sandbox.root().join("none"),
        data: Paths::data_beside(&sandbox.store()),
        store: sandbox.store().into(),
        runtime: None,
    };
    let options = Options {
        actor: "alice@laptop".into(),
        ..Options::default()
    };
    let base = at.parse().expect("a time");
    Store::open(&paths, Arc::new(SystemClock::new(Some(base))), options).expect("a store")
}

fn slo(name: &str, objective: &str, kind: IndicatorKind) -> Slo {
    Slo {
        name: name.into(),
        objective: objective.parse().expect("an objective"),
        window: DEFAULT_WINDOW,
        indicator: Indicator {
            kind,
            good: None,
            total: None,
            threshold: (kind == IndicatorKind::Latency).then(|| Span::from_millis(300)),
            path: None,
        },
        description: None,
    }
}

/// Deploys a service to production as its store would remember it, on the second of March.
fn deployed(sandbox: &Sandbox, service: &str, team: Option<&str>, slos: Vec<Slo>) {
    let store = open(sandbox, "2026-03-02T05:00:00Z");
    let service: ServiceName = service.parse().expect("a name");
    store
        .register_service(&service, &sandbox.root().join(service.as_str()))
        .expect("registered");
    let about = About {
        team: team.map(str::to_owned),
        tier: 2,
        slos,
        protected: vec!["production".parse().expect("a name")],
        ..About::default()
    };
    store.describe_service(&service, &about).expect("described");
    let deployment = store
        .create_deployment(&NewDeployment {
            service,
            env: "production".parse().expect("a name"),
            target: "local".into(),
            operation: Operation::Deploy,
            release: Some(ReleaseNo(1)),
            previous: None,
            parent: None,
            plan_hash: String::new(),
            plan: serde_json::Value::Null,
            gates: Vec::new(),
            note: None,
        })
        .expect("begun");
    store
        .finish(deployment.id, Outcome::Succeeded, None, 0, &[])
        .expect("ended");
}

/// Requests so many minutes ago; the bad ones failed slowly.
fn count(sandbox: &Sandbox, service: &str, ago: i64, good: u64, bad: u64) {
    let now: jiff::Timestamp = NOW.parse().expect("a time");
    let mut latency = vec![0; LATENCY_BUCKETS];
    latency[latency_bucket(20_000)] = good;
    latency[latency_bucket(2_000_000)] = bad;
    let counted = Traffic {
        service: service.parse().expect("a name"),
        env: "production".parse().expect("a name"),
        release: ReleaseNo(1),
        bucket: now.as_microsecond().div_euclid(60_000_000) * 60_000_000 - ago * 60_000_000,
        classes: [0, good, 0, 0, bad],
        failed: 0,
        latency,
    };
    open(sandbox, NOW).record_traffic(&[counted]).expect("counted");
}

/// Five services of two teams, in every state that counts can have.
fn company() -> Sandbox {
    let sandbox = Sandbox::new().env("DELIVER_TEST_NOW", NOW);
    let http = |objective| slo("availability", objective, IndicatorKind::Http);
    let latency = slo("latency", "99", IndicatorKind::Latency);
    deployed(&sandbox, "pricing", Some("checkout"), vec![http("99.9"), latency]);
    deployed(&sandbox, "basket", Some("checkout"), vec![http("99")]);
    let fresh = slo("freshness", "99", IndicatorKind::Freshness);
    deployed(&sandbox, "catalog", Some("search"), vec![http("99.9"), fresh]);
    deployed(&sandbox, "quotes", Some("search"), vec![http("99.8")]);
    deployed(&sandbox, "mail", None, vec![]);
    for hours in 0..48 {
        count(&sandbox, "pricing", hours * 60 + 7, 2_500, 2);
        count(&sandbox, "basket", hours * 60 + 7, 100, u64::from(hours == 30) * 150);
        count(&sandbox, "quotes", hours * 60 + 70, 1_000, 0);
    }
    for minutes in (0..60).step_by(6) {
        count(&sandbox, "quotes", minutes, 95, 5);
    }
    count(&sandbox, "catalog", 300, 9, 1);
    sandbox
}

#[test]
fn objectives_are_listed_soonest_to_act_first() {
    let sandbox = company();
    let ran = sandbox.run("DELIVER_FORCE_TTY=160 NO_COLOR=1 deliver reliability");
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (WIDE, ""));
    let ran = sandbox.run("DELIVER_FORCE_TTY=80 NO_COLOR=1 LANG=C deliver reliability --all");
    assert_eq!(ran.stdout, NARROW);
    assert_eq!(
        ran.stderr,
        "6 columns are hidden; a wider window, a pipe or --json shows all\n"
    );
}

#[test]
fn several_environments_and_long_names_fit_eighty_columns() {
    let sandbox = company();
    let service = "recommendations-engine";
    let promise = slo("availability-of-answers", "99.9", IndicatorKind::Http);
    deployed(&sandbox, service, Some("search"), vec![promise]);
    let store = open(&sandbox, NOW);
    let quotes = "quotes".parse().expect("a name");
    let mut about = store
        .service(&quotes)
        .expect("read")
        .and_then(|it| it.about)
        .expect("told");
    about.protected.push("staging".parse().expect("a name"));
    store.describe_service(&quotes, &about).expect("described");
    let new = NewDeployment {
        service: "quotes".parse().expect("a name"),
        env: "staging".parse().expect("a name"),
        target: "local".into(),
        operation: Operation::Deploy,
        release: Some(ReleaseNo(1)),
        previous: None,
        parent: None,
        plan_hash: "p1".into(),
        plan: serde_json::Value::Null,
        gates: Vec::new(),
        note: None,
    };
    let id = store.create_deployment(&new).expect("written").id;
    store.finish(id, Outcome::Succeeded, None, 0, &[]).expect("written");
    let ran = sandbox.run("DELIVER_FORCE_TTY=80 NO_COLOR=1 deliver reliability --all");
    assert!(ran.stdout.contains("ENV"), "{}", ran.stdout);
    assert!(
        ran.stdout.lines().all(|line| line.chars().count() <= 80),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("! low traffic  catalog"), "{}", ran.stdout);
}

const WIDE: &str = "\
6 objectives in production: 1 spent, 1 burning, 1 low traffic, 2 ok, 1 no data

STATE          SERVICE  SLO           TARGET            SLI               LEFT   BURN    6H  EXHAUSTS   TEAM      COVERAGE  LAST 7 DAYS
✘ spent        basket   availability      99          96.96  ▓▓▓▓▓▓▓▓   -204 %   0.0x  0.0x  gone       checkout      97 %  ···················███▁█████
! burning      quotes   availability    99.8          99.89  ████░░░░     48 %  25.0x  4.2x  in 59 min  search       100 %  ···················████████▄
! low traffic  catalog  availability    99.9  90.00 (59–99)  ▓▓▓▓▓▓▓▓  -9900 %      –  100x  –          search         2 %  ···························▁
✔ ok           pricing  availability    99.9          99.92  ██░░░░░░     20 %   0.8x  0.8x  –          checkout      97 %  ···················▆▆▆▆▆▆▆▆▆
✔ ok           pricing  latency           99          99.92  ████████     92 %   0.1x  0.1x  –          checkout      97 %  ···················▆▆▆▆▆▆▆▆▆
– no data      catalog  freshness         99              –  –               –      –     –  –          search           –

– catalog freshness: a source for the age of data is not connected

TEAM      STATE      OBJECTIVES
checkout  ✘ spent    1 spent, 2 ok
search    ! burning  1 burning, 1 low traffic, 1 no data

no objective: mail
";

const NARROW: &str = "\
6 objectives in production: 1 spent, 1 burning, 1 low traffic, 2 ok, 1 no data

STATE          SERVICE  SLO                     SLI     LEFT   BURN  EXHAUSTS
FAIL spent     basket   availability          96.96   -204 %   0.0x  gone
! burning      quotes   availability          99.89     48 %  25.0x  in 59 min
! low traffic  catalog  availability  90.00 (59-99)  -9900 %      -  -
ok             pricing  availability          99.92     20 %   0.8x  -
ok             pricing  latency               99.92     92 %   0.1x  -
- no data      catalog  freshness                 -        -      -  -

- catalog freshness: a source for the age of data is not connected

TEAM      STATE       OBJECTIVES
checkout  FAIL spent  1 spent, 2 ok
search    ! burning   1 burning, 1 low traffic, 1 no data

no objective: mail
";

#[test]
fn a_pipe_gets_every_value_between_tabs() {
    let sandbox = company();
    let text = sandbox
        .run("deliver reliability --service basket; deliver reliability --service catalog")
        .ok();
    assert_eq!(text, PIPED);
}

const PIPED: &str = "\
spent\tbasket\tproduction\tavailability\tcheckout\t99\t28d\t4800\t4950\t0.9696969696969697\t0.9645453548009166\t0.9741201310959562\t49.5\t150\t-100.5\t0\t0\t\t0.9795918367346939\t
low_traffic\tcatalog\tproduction\tavailability\tsearch\t99.9\t28d\t9\t10\t0.9\t0.5958499732047615\t0.9821237869049271\t0.01\t1\t-0.99\t\t100\t\t0.02040816326530612\t
no_data\tcatalog\tproduction\tfreshness\tsearch\t99\t28d\t\t\t\t\t\t\t\t\t\t\t\t\ta source for the age of data is not connected
";

#[test]
fn one_service_is_shown_in_full() {
    let sandbox = company();
    sandbox.file("deliver.toml", MANIFEST);
    let shown = sandbox.run("DELIVER_FORCE_TTY=80 NO_COLOR=1 deliver reliability");
    assert_eq!((shown.stdout.as_str(), shown.stderr.as_str()), (FULL, ""));
    let shown = sandbox.run("DELIVER_FORCE_TTY=80 NO_COLOR=1 LANG=C deliver reliability --service quotes");
    assert_eq!(shown.stdout, FULL_ASCII);
}

const FULL: &str = "\
pricing · production

✔ ok  availability: 99.9 % with status < 500, over 28d
  requests  120000 good of 120096, 96 bad
  sli       99.92 (99.90–99.94)
  budget    ██░░░░░░ 20 % left: 24.096 of 120.096 bad requests, 96 spent
  burn      5m –   30m 0.8x   1h 0.8x   6h 0.8x   1d 0.8x   3d 0.8x
  7 days    ···················▆▆▆▆▆▆▆▆▆
  coverage  97 % of the hours since the first deployment hold requests

✔ ok  latency: 99 % within 300ms, over 28d
  requests  120000 good of 120096, 96 bad
  sli       99.92 (99.90–99.94)
  budget    ████████ 92 % left: 1104.96 of 1200.96 bad requests, 96 spent
  burn      5m –   30m 0.1x   1h 0.1x   6h 0.1x   1d 0.1x   3d 0.1x
  7 days    ···················▆▆▆▆▆▆▆▆▆
  coverage  97 % of the hours since the first deployment hold requests
";

const FULL_ASCII: &str = "\
quotes - production

! burning  availability: 99.8 % with status < 500, over 28d
  requests  48950 good of 49000, 50 bad
  sli       99.89 (99.86–99.93)
  budget    ####---- 48 % left: 48 of 98 bad requests, 50 spent
  burn      5m 25.0x   30m 25.0x   1h 25.0x   6h 4.2x   1d 1.0x   3d 0.5x
  7 days    ...................########-
  exhausts  in 59 min at this pace
  coverage  100 % of the hours since the first deployment hold requests
";

#[test]
fn the_document_has_the_fields_that_scripts_count_on() {
    let sandbox = company();
    let document = sandbox.run("deliver reliability --service basket --json").json();
    assert_eq!(document["schema"], "deliver/reliability/v1");
    let slo = &document["slos"][0];
    let picked = |names: &[&str]| -> Vec<serde_json::Value> { names.iter().map(|name| slo[*name].clone()).collect() };
    assert_eq!(
        picked(&[
            "service",
            "team",
            "env",
            "slo",
            "objective",
            "window",
            "good",
            "total",
            "state",
            "exhausts_at"
        ]),
        serde_json::json!([
            "basket",
            "checkout",
            "production",
            "availability",
            "99",
            "28d",
            4800,
            4950,
            "spent",
            null
        ])
        .as_array()
        .expect("a list")
        .clone()
    );
    assert_eq!(
        serde_json::to_string(&slo["budget"]).expect("JSON"),
        r#"{"allowed":49.5,"remaining":-100.5,"remaining_ratio":-2.0303030303030303,"spent":150}"#
    );
    assert_eq!(slo["sli"].as_f64().map(|sli| (sli * 1e6).round()), Some(969_697.0));
    let burn: Vec<&String> = slo["burn"].as_object().expect("a table").keys().collect();
    assert_eq!(burn, ["1d", "1h", "30m", "3d", "5m", "6h"]);
    assert_eq!(
        (&slo["burn"]["1h"], &slo["burn"]["3d"]),
        (&0.0.into(), &(150.0 / 49.5).into())
    );
    assert_eq!(document["teams"][0]["slos"], serde_json::json!({"spent": 1}));

    let catalog = sandbox.run("deliver reliability --service catalog --json").json();
    let grey = &catalog["slos"][1];
    assert_eq!(
        (&grey["slo"], &grey["state"], &grey["total"]),
        (&"freshness".into(), &"no_data".into(), &().into())
    );
    assert_eq!(catalog["services"][0]["state"], "low_traffic");
}

#[test]
fn a_team_a_service_and_an_environment_are_picked_and_typing_errors_named() {
    let sandbox = company();
    let services = |flags: &str| -> Vec<String> {
        let document = sandbox.run(&format!("deliver reliability --json {flags}")).json();
        let services = document["services"].as_array().expect("services").clone();
        services
            .iter()
            .map(|one| one["service"].as_str().expect("a name").to_owned())
            .collect()
    };
    assert_eq!(services("--team checkout"), ["basket", "pricing"]);
    assert_eq!(services("--service quotes"), ["quotes"]);
    assert_eq!(services("--env production"), ["basket", "catalog", "pricing", "quotes"]);
    let refused = |flags: &str| sandbox.run(&format!("deliver reliability {flags}")).fails(2);
    assert_eq!(
        refused("--team chekout"),
        "error[unknown-team]: no service of this store belongs to a team `chekout`\n  hint: deliver reliability --team checkout\n"
    );
    assert_eq!(
        refused("--service quote"),
        "error[unknown-service]: this store knows no service `quote`\n  hint: deliver reliability --service quotes\n"
    );
    assert_eq!(
        refused("--env prodution"),
        "error[unknown-environment]: none of these services has an environment `prodution`\n  hint: did you mean `production`?\n"
    );
    assert!(refused("--team '\u{1b}[2J'").contains("`\\u{1b}[2J`"));
    assert!(refused("--interval 5s").contains("--watch"));
    assert_eq!(
        refused("--watch --interval 10ms"),
        "error[interval]: cannot look every 10ms: at least 1s apart\n  hint: deliver reliability --watch --interval 1s\n"
    );
}

#[test]
fn a_spent_budget_is_an_honest_no_for_who_asks() {
    let sandbox = company();
    assert_eq!(sandbox.run("deliver reliability --all").code, Some(0));
    let ran = sandbox.run("deliver reliability --all --exit-code --json");
    assert_eq!((ran.code, ran.error()["kind"].as_str()), (Some(3), Some("negative")));
    assert_eq!(ran.json()["slos"][0]["state"], "spent");
    assert_eq!(
        sandbox.run("deliver reliability --service pricing --exit-code").code,
        Some(0)
    );
}

#[test]
fn where_nothing_is_promised_it_says_how_to_and_makes_no_store() {
    let sandbox = Sandbox::new();
    let ask = "DELIVER_FORCE_TTY=80 NO_COLOR=1 deliver reliability";
    let example = "\n  [[slo]]\n  name = \"availability\"\n  objective = \"99.9\"\n  indicator = { kind = \"http\", good = \"status < 500\" }\n";
    assert_eq!(
        sandbox.run(ask).ok(),
        format!(
            "Nothing is deployed, so that nothing promises anything yet. Add one to deliver.toml, and deploy:\n{example}"
        )
    );
    sandbox.file(
        "deliver.toml",
        "[service]\nname = \"pricing\"\n[run]\ncommand = \"./serve\"\n",
    );
    assert_eq!(
        sandbox.run(ask).ok(),
        format!("`pricing` states no objective yet. Add one to deliver.toml, and deploy:\n{example}")
    );
    assert_eq!(sandbox.run("deliver reliability").ok(), "");
    sandbox.file("deliver.toml", MANIFEST);
    let document = sandbox.run("deliver reliability --json").json();
    let slo = &document["slos"][0];
    assert_eq!((&slo["state"], &slo["env"]), (&"no_data".into(), &"production".into()));
    assert_eq!(slo["note"], "never deployed to production");
    assert!(!sandbox.store().exists(), "looking made a store");
}

#[test]
fn a_broken_manifest_stops_only_who_asks_for_it() {
    let sandbox = company();
    sandbox.file("deliver.toml", "[service]\nname = \"pricing\"\ntier = 9\n");
    let told = sandbox.run("deliver reliability").fails(2);
    assert!(
        told.contains("deliver reliability --all goes by what each newest deploy knew"),
        "{told}"
    );
    let ran = sandbox.run("deliver reliability --service basket --json");
    assert_eq!(ran.json()["slos"][0]["state"], "spent");
    assert!(ran.stderr.starts_with("warning: "), "{}", ran.stderr);
}

#[test]
fn watching_prints_a_block_each_time_until_nobody_reads() {
    let sandbox = company();
    let ran = sandbox.run("deliver reliability --service basket --watch --interval 1s | head -3");
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!((lines.len(), lines[1]), (3, ""), "{ran:?}");
    assert!(lines[0].starts_with("spent\tbasket\t") && lines[2].starts_with("spent\tbasket\t"));
    let ran = sandbox.run("deliver reliability --service basket --watch --interval 1s --json | head -2");
    for line in ran.stdout.lines() {
        assert!(line.starts_with("{\"schema\":"), "{line}");
        let document: serde_json::Value = serde_json::from_str(line).expect("a document a line");
        assert_eq!(document["schema"], "deliver/reliability/v1");
    }
}

#[test]
fn watching_on_a_terminal_stays_in_place_until_ctrl_c() {
    let sandbox = company();
    let mut command = sandbox.command(DELIVER);
    command
        .args(["reliability", "--all", "--watch", "--interval", "1s"])
        .env("NO_COLOR", "1")
        .env("COLUMNS", "80");
    let mut session = spawn_command(command, Some(20_000)).expect("a terminal");
    session.exp_string("\u{1b}[2J\u{1b}[H").expect("a clean screen");
    session.exp_string("every 1s, Ctrl-C ends it").expect("how to end it");
    session.exp_string("basket").expect("the services");
    session.exp_string("\u{1b}[J").expect("the end of the look");
    session
        .exp_string("\u{1b}[H")
        .expect("the next look, in the same place");
    session.send_control('c').expect("sent");
    session.exp_eof().expect("its end");
    let status = format!("{:?}", session.process().wait().expect("ended"));
    assert!(status.ends_with(", 130)"), "{status}");
}
