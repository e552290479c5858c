//! `deliver review`, over a week in which things happened and over one in which nothing did.

use std::sync::Arc;

use deliver::adapters::system::SystemClock;
use deliver::config::paths::Paths;
use deliver::model::about::About;
use deliver::model::deployment::Operation;
use deliver::model::incident::{ActionKind, Severity, Status};
use deliver::model::objective::{DEFAULT_WINDOW, Indicator, IndicatorKind, Slo};
use deliver::model::readiness::{Outcome as Checked, Snapshot};
use deliver::model::traffic::{LATENCY_BUCKETS, Traffic};
use deliver::model::{Outcome, ReleaseNo};
use deliver::store::deployment::NewDeployment;
use deliver::store::incident::{NewAction, NewIncident};
use deliver::store::{Options, Store};
use rexpect::session::spawn_command;

use crate::support::{DELIVER, Sandbox};

/// Friday, 20 November 2026.
const NOW: &str = "2026-11-20T12:00:00Z";

fn empty() -> Sandbox {
    Sandbox::new()
        .env("DELIVER_TEST_NOW", NOW)
        .env("COLUMNS", "80")
        .env("NO_COLOR", "1")
}

/// The sandbox's store as it is written at a moment.
fn store(sandbox: &Sandbox, at: &str) -> Store {
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
    let clock = SystemClock::new(Some(at.parse().expect("a time")));
    Store::open(&paths, Arc::new(clock), options).expect("a store")
}

fn deploy(sandbox: &Sandbox, service: &str, at: &str, outcome: Outcome) {
    let store = store(sandbox, at);
    let new = NewDeployment {
        service: service.parse().expect("a name"),
        env: "production".parse().expect("a name"),
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
    store.finish(id, outcome, None, 0, &[]).expect("written");
}

/// 98 % of requests are good, over four weeks.
fn promise() -> Slo {
    Slo {
        name: "availability".into(),
        objective: "98".parse().expect("an objective"),
        window: DEFAULT_WINDOW,
        indicator: Indicator {
            kind: IndicatorKind::Http,
            good: None,
            total: None,
            threshold: None,
            path: None,
        },
        description: None,
    }
}

/// An incident that is over and one that is not, with an action that is overdue.
fn hurt(sandbox: &Sandbox) {
    let at = |text: &str| -> Option<jiff::Timestamp> { Some(text.parse().expect("a time")) };
    let new = |title: &str, severity, impact_start, detected| NewIncident {
        title: title.into(),
        service: Some("pricing".parse().expect("a name")),
        env: None,
        severity,
        impact_start,
        detected,
        on_call: Vec::new(),
        suspects: Vec::new(),
        detail: serde_json::Value::Null,
    };
    let first = store(sandbox, "2026-11-17T11:10:00Z");
    let opened = first
        .open_incident(&new(
            "quotes are slow",
            Severity::Sev2,
            at("2026-11-17T11:00:00Z"),
            at("2026-11-17T11:10:00Z"),
        ))
        .expect("written");
    let mut closed = opened.clone();
    closed.status = Status::Closed;
    closed.times.acknowledged = at("2026-11-17T11:15:00Z");
    closed.times.mitigated = at("2026-11-17T12:10:00Z");
    closed.times.impact_end = at("2026-11-17T14:00:00Z");
    closed.times.closed = at("2026-11-19T14:00:00Z");
    let written = first.change_incident(&opened, &closed, &[]).expect("written");
    let action = NewAction {
        text: "add a limit".into(),
        kind: ActionKind::Prevent,
        owner: Some("bo".into()),
        due: at("2026-11-19T00:00:00Z"),
    };
    first
        .add_incident_action(written.expect("nobody else changed it").id, &action)
        .expect("written");
    let second = store(sandbox, "2026-11-18T11:10:00Z");
    second
        .open_incident(&new("prices are old", Severity::Sev3, None, None))
        .expect("written");
}

/// A week with four deployments, two incidents, a hold and a service that is not ready any more.
fn busy() -> Sandbox {
    let sandbox = empty();
    let first = store(&sandbox, "2026-11-01T00:00:00Z");
    for (name, team) in [("pricing", Some("checkout")), ("mystery", None)] {
        let name = name.parse().expect("a name");
        first
            .register_service(&name, std::path::Path::new("/srv"))
            .expect("written");
        let about = About {
            team: team.map(str::to_owned),
            tier: 2,
            slos: team.map(|_| promise()).into_iter().collect(),
            ..About::default()
        };
        first.describe_service(&name, &about).expect("written");
    }
    deploy(&sandbox, "pricing", "2026-11-11T10:00:00Z", Outcome::Succeeded);
    deploy(&sandbox, "pricing", "2026-11-17T10:00:00Z", Outcome::Succeeded);
    deploy(&sandbox, "pricing", "2026-11-17T11:00:00Z", Outcome::RolledBack);
    deploy(&sandbox, "pricing", "2026-11-17T12:00:00Z", Outcome::Refused);
    deploy(&sandbox, "mystery", "2026-11-18T10:00:00Z", Outcome::Failed);
    let (service, env) = (
        "pricing".parse().expect("a name"),
        "production".parse().expect("a name"),
    );
    hurt(&sandbox);
    store(&sandbox, "2026-11-19T10:00:00Z")
        .set_hold(&service, &env, "the \x1b[2Jsale | <b>")
        .expect("written");
    for (at, level, outcome) in [
        ("2026-11-02T00:00:00Z", "silver", Checked::Pass),
        ("2026-11-18T00:00:00Z", "bronze", Checked::Fail),
    ] {
        let found = Snapshot {
            level: level.into(),
            required: "silver".into(),
            ready: outcome == Checked::Pass,
            checks: [("OBS-1".to_owned(), outcome)].into(),
        };
        store(&sandbox, at).record_readiness(&service, &found).expect("written");
    }
    let traffic = |at: &str, good, bad| Traffic {
        service: service.clone(),
        env: env.clone(),
        bucket: at.parse::<jiff::Timestamp>().expect("a time").as_microsecond(),
        release: ReleaseNo(1),
        classes: [0, good, 0, 0, bad],
        failed: 0,
        latency: vec![0; LATENCY_BUCKETS],
    };
    store(&sandbox, "2026-11-19T13:00:00Z")
        .record_traffic(&[traffic("2026-11-18T11:00:00Z", 970, 30)])
        .expect("written");
    sandbox
}

fn seen(sandbox: &Sandbox, words: &[&str]) -> String {
    let mut command = sandbox.command(DELIVER);
    command.args(words);
    let mut session = spawn_command(command, Some(20_000)).expect("a terminal");
    // Bytes come as characters of the same number.
    let read = session.exp_eof().expect("the end");
    let bytes = read.chars().map(|c| c as u8).collect();
    let text = String::from_utf8(bytes).expect("UTF-8").replace('\r', "");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    sandbox.redact(text.as_bytes())
}

#[test]
fn an_empty_week_teaches_and_makes_no_store() {
    let sandbox = empty();
    assert_eq!(
        seen(&sandbox, &["review"]),
        "\
Review: 2026-11-13 12:00 to 2026-11-20 12:00, UTC

Nothing is known of this time: no service was here by its end.
What fills a review: deliver deploy, deliver incident open, deliver oncall who

Not known
– who was on call: there are no rotas
    deliver oncall who
"
    );
    assert!(!sandbox.store().exists());
}

#[test]
fn a_week_is_shown_by_section() {
    let sandbox = busy();
    assert_eq!(
        seen(&sandbox, &["review", "--week", "2026-W47"]),
        "\
Week 2026-W47: 2026-11-16 to 2026-11-22, UTC

Teams
TEAM      VERDICT            DEPLOYMENTS  BECAUSE
checkout  reliability first  2, 1 back    1 budget spent, 1 incident not over
-         ship               1, 1 failed  all clear

To look at
! checkout: the budget of pricing availability on production is spent
! checkout: INC-2 sev3 is not over: prices are old
! bo: INC-1.1 was due 2026-11-19: add a limit
! checkout: pricing is not ready any more
! alice@laptop: pricing is held on production: the \\u{1b}[2Jsale | <b>

Deployments: 3 (1 before), 66.7 % failed or went back (0 %)
SERVICE  ENV         COUNT  OK  FAILED  BACK  MEDIAN  NOTE
pricing  production  2 (1)   1       0     1   0.0 s  1 refused
mystery  production  1 (0)   0       1     0       -

Incidents: 2 opened (0 before), 1 not over; medians, and of how many
SEVERITY  OPENED  TO DETECT    TO ACK  TO MITIGATE    IMPACT  TO CLOSE
sev2           1  10 min /1  5 min /1    60 min /1  3.0 h /1  2.0 d /1
sev3           1          -         -            -         -         -

Each incident
ID     SEVERITY  SERVICE    IMPACT  TITLE
INC-1  sev2      pricing     3.0 h  quotes are slow
INC-2  sev3      pricing  not over  prices are old

Error budgets at the end
SERVICE  ENV         OBJECTIVE     TARGET  WINDOW     LEFT  STATE
pricing  production  availability    98 %     28d  -50.0 %  spent

Readiness that changed
SERVICE  ON          FROM    TO      REQUIRED  NOW
pricing  2026-11-18  silver  bronze  silver    not ready: OBS-1

Actions: 1 open, 1 overdue, 0 done
ID       OWNER  DUE                  WHAT
INC-1.1  bo     2026-11-19, overdue  add a limit

Holds that stand
SERVICE  ENV         SINCE       BY            REASON
pricing  production  2026-11-19  alice@laptop  the \\u{1b}[2Jsale | <b>

Not known
– who was on call: there are no rotas
    deliver oncall who
– 1 service has no team, so that what goes wrong has no owner: mystery
    team = \"…\" under [service] in deliver.toml, then deploy
– 1 service promises nothing: mystery
    [[slo]] in deliver.toml, then deploy
– 1 service has no readiness on record, which a deploy's gate does not write:
  mystery
    deliver ready
– when it began to hurt, of 1 of 2 incidents
    deliver incident update INC-n --impact-start TIME
"
    );
}

#[test]
fn a_service_that_came_later_changes_no_week_before_it() {
    let sandbox = busy();
    let ask = "deliver review --week 2026-W47";
    let before = sandbox.run(ask).ok();
    let later = store(&sandbox, "2026-11-24T10:00:00Z");
    let name = "newcomer".parse().expect("a name");
    later
        .register_service(&name, std::path::Path::new("/new"))
        .expect("written");
    let about = About {
        team: Some("fresh".into()),
        tier: 2,
        slos: vec![promise()],
        ..About::default()
    };
    later.describe_service(&name, &about).expect("written");
    deploy(&sandbox, "newcomer", "2026-11-24T10:00:00Z", Outcome::Succeeded);
    assert_eq!(sandbox.run(ask).ok(), before);
    sandbox.run("deliver review --week 2026-W47 --team fresh").ok();
    let earlier = sandbox.run("deliver review --week 2026-W30 --json").json();
    assert_eq!(earlier["services"], 0);
    assert_eq!(earlier["teams"], serde_json::json!([]));
    assert_eq!(earlier["budgets"], serde_json::json!([]));
    assert!(
        seen(&sandbox, &["review", "--week", "2026-W30"])
            .contains("\nNothing is known of this time: no service was here by its end.\n")
    );
}

#[test]
fn the_same_in_a_pipe_and_in_markdown_is_harmless_text() {
    let sandbox = busy();
    let text = sandbox.run("deliver review --week 2026-W47").ok();
    assert!(
        text.contains("hold\tpricing\tproduction\t2026-11-19\talice@laptop\tthe \\u{1b}[2Jsale | <b>\n"),
        "{text}"
    );
    let markdown = sandbox.run("deliver review --week 2026-W47 --format markdown").ok();
    assert!(
        markdown.starts_with("# Week 2026-W47: 2026-11-16 to 2026-11-22, UTC\n"),
        "{markdown}"
    );
    let hold = "| pricing | production | 2026-11-19 | alice@laptop | the \\\\u{1b}\\[2Jsale \\| \\<b\\> |\n";
    assert!(markdown.contains(hold), "{markdown}");
}

#[test]
fn json_holds_the_numbers_and_a_team_its_own() {
    let sandbox = busy();
    let document = sandbox.run("deliver review --since 7d --json").json();
    assert_eq!(document["schema"], "deliver/review/v1");
    assert_eq!(document["deployments"]["count"], 3);
    assert_eq!(document["deployments"]["before"], 1);
    assert_eq!(document["deployments"]["failed_percent"], 66.7);
    assert_eq!(
        document["incidents"]["severities"][0]["to_mitigate"]["median_seconds"],
        3600.0
    );
    assert_eq!(document["incidents"]["list"][1]["live"], true);
    assert_eq!(document["actions"]["list"][0]["id"], "INC-1.1");
    assert_eq!(document["readiness"][0]["was_ready"], true);
    assert_eq!(document["on_call"]["people"], serde_json::json!([]));
    assert_eq!(document["budgets"][0]["remaining_ratio"], -0.5);
    let own = sandbox.run("deliver review --team checkout --json").json();
    assert_eq!(own["deployments"]["count"], 2);
    assert_eq!(own["teams"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        sandbox.run("deliver review --team chekout").fails(2),
        "error[unknown-team]: no service, no rota and nothing of the platform has the team `chekout`\n  hint: deliver review \
         --team checkout\n"
    );
}

#[test]
fn a_week_that_is_none_or_has_not_begun_is_a_usage_error() {
    let sandbox = empty();
    assert_eq!(
        sandbox.run("deliver review --week 2026-W48").fails(2),
        "error[week-to-come]: 2026-W48 has not begun\n  hint: deliver review\n"
    );
    let told = sandbox.run("deliver review --week 2025-W53").fails(2);
    assert!(told.contains("2025 has no week 53"), "{told}");
    sandbox.run("deliver review --week 2026-W47 --since 7d").fails(2);
    sandbox.run("deliver review --since 0s").fails(2);
    sandbox.run("deliver review --since 9999d").fails(2);
}

#[test]
fn on_call_load_is_counted_up_to_now() {
    let sandbox = empty();
    sandbox.file(
        "platform.toml",
        "[platform]\nname = \"acme\"\n[person.ada]\nname = \"Ada\"\n[person.bo]\nname = \"Bo\"\n",
    );
    sandbox.file(
        "rotas/checkout.toml",
        "team = \"checkout\"\ntime_zone = \"UTC\"\n[[layer]]\npeople = [\"ada\", \"bo\"]\nstart = \"2026-11-16\"\nhandoff = \"12:00\"\nevery = \
         \"1d\"\nuntil = \"2026-11-20\"\n",
    );
    let document = sandbox.run("deliver review --week 2026-W47 --json").json();
    assert_eq!(
        document["on_call"],
        serde_json::json!({"people": [
            {"team": "checkout", "rota": "checkout", "role": "primary", "person": "ada", "hours": 48.0, "night_hours": 16.0,
             "weekend_hours": 0.0},
            {"team": "checkout", "rota": "checkout", "role": "primary", "person": "bo", "hours": 48.0, "night_hours": 16.0,
             "weekend_hours": 0.0}
        ], "gap_hours": 0.0})
    );
}
