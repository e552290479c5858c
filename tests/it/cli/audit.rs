//! `deliver audit`, over a store with a few records.

use std::sync::Arc;

use deliver::adapters::system::SystemClock;
use deliver::config::paths::Paths;
use deliver::store::{Options, Store};

use crate::support::Sandbox;

/// A sandbox in which alice has stopped two services at a known time, the second one twice.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new().env("DELIVER_TEST_NOW", "2026-03-04T06:06:07Z");
    let paths = Paths {
        user_config: sandbox.root().join("none"),
        system_config: sandbox.root().join("none"),
        data: Paths::data_beside(&sandbox.store()),
        store: sandbox.store().into(),
        runtime: None,
    };
    let base = "2026-03-04T05:06:07Z".parse().expect("a time");
    let options = Options {
        actor: "alice@laptop".into(),
        ..Options::default()
    };
    let store = Store::open(&paths, Arc::new(SystemClock::new(Some(base))), options).expect("a store");
    for service in ["catalog", "pricing", "pricing"] {
        let service = service.parse().expect("a name");
        let env = "production".parse().expect("a name");
        store.set_hold(&service, &env, "the \x1b[31msale").expect("a hold");
    }
    sandbox
}

fn tamper(sandbox: &Sandbox, sql: &str) {
    let file = rusqlite::Connection::open(sandbox.store()).expect("the file");
    file.execute(sql, []).expect("a change");
}

#[test]
fn the_journal_is_listed_newest_first() {
    let sandbox = sandbox();
    let text = sandbox.run("deliver audit").ok();
    let first = text.lines().next().expect("a line");
    let cells: Vec<&str> = first.split('\t').collect();
    assert_eq!(cells[0], "3");
    assert!(cells[1].starts_with("2026-03-04T05:06:07"), "{first}");
    assert_eq!(
        cells[2..],
        [
            "alice@laptop",
            "hold.set",
            "pricing/production",
            r#"{"hold":3,"reason":"the \u001b[31msale"}"#
        ]
    );
    assert_eq!(text.lines().count(), 3);
}

#[test]
fn the_list_is_selected_by_service_time_and_number() {
    let sandbox = sandbox();
    let seqs = |flags: &str| -> Vec<u64> {
        let document = sandbox.run(&format!("deliver audit --json {flags}")).json();
        assert_eq!(document["schema"], "deliver/audit/v1");
        let records = document["records"].as_array().expect("records").clone();
        records
            .iter()
            .map(|record| record["seq"].as_u64().expect("a number"))
            .collect()
    };
    assert_eq!(seqs(""), [3, 2, 1]);
    assert_eq!(seqs("--service catalog"), [1]);
    assert_eq!(seqs("--service other"), [0; 0]);
    assert_eq!(seqs("--since 2h"), [3, 2, 1]);
    assert_eq!(seqs("--since 59m"), [0; 0]);
    assert_eq!(seqs("-n 2"), [3, 2]);

    let document = sandbox.run("deliver audit --json -n 1").json();
    assert_eq!(document["more"], true);
    assert_eq!(document["records"][0]["detail"]["hold"], 3);
    assert_eq!(
        sandbox.run("deliver audit -n 1").stderr,
        "hint: deliver audit --limit 5   (shows more)\n"
    );
    assert_eq!(sandbox.run("deliver audit -n 3").stderr, "");
}

#[test]
fn a_moment_or_a_use_that_makes_no_sense_is_a_usage_error() {
    let sandbox = sandbox();
    let told = sandbox.run("deliver audit --since yesterday").fails(2);
    assert!(told.contains("2026-03-04T05:06:07Z"), "{told}");
    sandbox.run("deliver audit --service UPPER").fails(2);
    sandbox.run("deliver audit -n 0").fails(2);
    let told = sandbox.run("deliver audit --service pricing verify").fails(2);
    assert!(told.contains("take the whole journal"), "{told}");
}

#[test]
fn a_whole_journal_verifies_and_can_be_pinned_to_a_head() {
    let sandbox = sandbox();
    let document = sandbox.run("deliver audit verify --json").json();
    assert_eq!(document["schema"], "deliver/audit-verification/v1");
    assert_eq!((&document["whole"], &document["records"]), (&true.into(), &3.into()));
    let head = document["head"].as_str().expect("a head").to_owned();
    assert_eq!(
        sandbox.run("deliver audit verify").ok(),
        format!("✔ 3 records are as they were written\nhead {head}\n")
    );
    sandbox.run(&format!("deliver audit verify --expect {head}")).ok();
    let ran = sandbox.run("deliver audit verify --expect 00ff");
    assert_eq!(
        ran.stdout,
        "✘ no record has the expected hash: this is another journal than the one it was noted from\n"
    );
    assert_eq!(ran.code, Some(5));
}

#[test]
fn a_journal_that_was_tampered_with_needs_a_person() {
    let sandbox = sandbox();
    tamper(&sandbox, "UPDATE audit SET actor = 'bob' WHERE seq = 2");
    let ran = sandbox.run("deliver audit verify");
    assert_eq!(
        ran.stdout,
        "✘ the journal breaks at record 2: it is not as it was written\n"
    );
    assert_eq!(ran.code, Some(5));
    let ran = sandbox.run("deliver audit verify --json");
    assert_eq!(ran.json()["broken_at"], 2);
    assert_eq!(ran.error()["kind"], "needs_human");
    assert_eq!(ran.code, Some(5));
}

#[test]
fn the_export_is_complete_and_a_reader_may_leave() {
    let sandbox = sandbox();
    let text = sandbox.run("deliver audit export").ok();
    let records: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let fields: Vec<&String> = records[0].as_object().expect("an object").keys().collect();
    assert_eq!(records.len(), 3);
    assert_eq!(fields.len(), 8);
    for (record, seq) in records.iter().zip(1..) {
        assert_eq!(record["seq"], seq);
    }
    assert_eq!(records[1]["prev_hash"], records[0]["hash"]);
    assert_eq!(records[2]["subject"], "pricing/production");
    assert_eq!(records[2]["detail"]["reason"], "the \x1b[31msale");
    let ran = sandbox.run("{ deliver audit export; echo $? >&2; } | true");
    assert_eq!(ran.stderr, "0\n");
}

#[test]
fn looking_at_what_was_never_written_makes_no_store() {
    let sandbox = Sandbox::new();
    let ran = sandbox.run("deliver audit");
    assert_eq!(ran.stdout, "");
    assert!(ran.stderr.contains("`deliver deploy`"), "{ran:?}");
    assert_eq!(sandbox.run("deliver audit verify").ok(), "✔ the journal is empty\n");
    assert_eq!(sandbox.run("deliver audit export").ok(), "");
    assert!(!sandbox.store().exists());
}
