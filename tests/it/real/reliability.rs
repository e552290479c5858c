//! Objectives over requests that were really sent, and a deploy that a spent budget stops.

use std::time::Duration;

use crate::support::{Ran, Sandbox};

const APP: &str = include_str!("apps/app.py");

const MANIFEST: &str = r#"
[service]
name = "pricing"

[run]
command = ["python3", "app.py"]
health = { path = "/health", interval = "200ms", start = "4s", stable = "300ms" }
drain = "1s"
grace = "2s"

[[slo]]
name = "availability"
objective = "99"
indicator = { kind = "http" }

[[slo]]
name = "latency"
objective = "50"
indicator = { kind = "latency", threshold = "1s" }
"#;

const PLATFORM: &str = "[platform]\nname = \"acme\"\n[policy]\nbudget = \"refuse\"\n";

fn deploy(sandbox: &Sandbox, version: &str, flags: &str) -> Ran {
    let app = APP.replace("VERSION = \"1\"", &format!("VERSION = \"{version}\""));
    sandbox.file("app.py", &app);
    sandbox.run(&format!("deliver deploy --json {flags}"))
}

/// Sends requests one after the other; gives how many had each status.
fn send(url: &str, path: &str, count: usize) -> Vec<u16> {
    let client = reqwest::blocking::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    let ask = |_| {
        let answer = client
            .get(format!("{url}{path}"))
            .timeout(Duration::from_secs(20))
            .send();
        answer.expect("an answer").status().as_u16()
    };
    (0..count).map(ask).collect()
}

/// The two objectives by name.
fn objectives(sandbox: &Sandbox) -> (serde_json::Value, serde_json::Value) {
    let document = sandbox.run("deliver reliability --json").json();
    let named = |name: &str| {
        let slos = document["slos"].as_array().expect("objectives");
        slos.iter().find(|slo| slo["slo"] == name).expect("it is there").clone()
    };
    (named("availability"), named("latency"))
}

/// Waits until so many requests are counted.
fn until_counted(sandbox: &Sandbox, total: u64) -> (serde_json::Value, serde_json::Value) {
    let mut found = objectives(sandbox);
    sandbox.until("every request is counted", Duration::from_secs(10), || {
        found = objectives(sandbox);
        found.0["total"] == total
    });
    found
}

fn budget_gate(ran: &Ran) -> (String, String) {
    let gates = ran.json()["gates"].as_array().expect("gates").clone();
    let gate = gates.iter().find(|gate| gate["id"] == "budget").expect("it was asked");
    let text = |name: &str| gate[name].as_str().expect("a text").to_owned();
    (text("verdict"), text("reason"))
}

#[test]
fn requests_are_counted_exactly_and_a_spent_budget_stops_deploys_but_not_the_way_back() {
    let sandbox = Sandbox::new().with_tools();
    sandbox.file("deliver.toml", MANIFEST).file("platform.toml", PLATFORM);
    let first = deploy(&sandbox, "1", "");
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    assert_eq!(budget_gate(&first), ("pass".into(), "no budget is spent".into()));
    let url = first.json()["url"].as_str().expect("a URL").to_owned();

    let (quiet, _) = objectives(&sandbox);
    assert_eq!(
        (&quiet["state"], &quiet["total"]),
        (&"no_data".into(), &0.into()),
        "probes of health do not count"
    );
    assert_eq!(send(&url, "/", 95), [200; 95]);
    assert_eq!(send(&url, "/missing", 3), [404; 3]);
    let (fine, latency) = until_counted(&sandbox, 98);
    assert_eq!(
        (&fine["state"], &fine["good"], &fine["sli"]),
        (&"ok".into(), &98.into(), &1.0.into())
    );
    assert_eq!((&latency["state"], &latency["good"]), (&"ok".into(), &98.into()));
    assert_eq!((&fine["env"], &fine["coverage"]), (&"local".into(), &1.0.into()));

    // A second release, so that there is something to go back from; counts go on over releases.
    assert_eq!(deploy(&sandbox, "2", "").code, Some(0));
    assert_eq!(send(&url, "/broken", 5), [500; 5]);
    let (spent, _) = until_counted(&sandbox, 103);
    assert_eq!(
        (
            &spent["state"],
            &spent["good"],
            &spent["budget"]["spent"],
            &spent["budget"]["allowed"]
        ),
        (&"spent".into(), &98.into(), &5.into(), &1.03.into())
    );
    assert_eq!(sandbox.run("deliver reliability --exit-code").code, Some(3));

    let refused = deploy(&sandbox, "3", "");
    assert_eq!(
        (refused.code, &refused.json()["outcome"]),
        (Some(3), &"refused".into()),
        "{}",
        refused.stderr
    );
    let reason = "availability has -386 % of its budget left".to_owned();
    assert_eq!(budget_gate(&refused), ("refuse".into(), reason.clone()));
    assert!(refused.stderr.contains("--fixes INC-n"), "{}", refused.stderr);
    assert_eq!(send(&url, "/", 1), [200], "the old release goes on");

    let nothing = deploy(&sandbox, "3", "--fixes INC-1");
    assert_eq!(
        (nothing.code, &nothing.error()["code"]),
        (Some(2), &"unknown-incident".into())
    );
    sandbox
        .run("deliver incident open 'no prices' --service pricing --severity sev2")
        .ok();
    let fix = deploy(&sandbox, "3", "--fixes INC-1");
    assert_eq!(fix.code, Some(0), "{}", fix.stderr);
    assert_eq!(
        budget_gate(&fix),
        ("warn".into(), format!("{reason}; let through to fix INC-1"))
    );
    sandbox.run("deliver incident resolve INC-1 prices are back").ok();
    let over = deploy(&sandbox, "4", "--fixes INC-1");
    assert_eq!(
        (over.code, &over.error()["code"]),
        (Some(2), &"incident-over".into()),
        "{}",
        over.stderr
    );

    let overridden = deploy(&sandbox, "4", "--override budget --reason 'the fix itself'");
    assert_eq!(overridden.code, Some(0), "{}", overridden.stderr);
    let (verdict, _) = budget_gate(&overridden);
    assert_eq!(verdict, "warn");

    let back = sandbox.run("deliver rollback --json");
    assert_eq!(
        (back.code, &back.json()["release"]),
        (Some(0), &"v3".into()),
        "{}",
        back.stderr
    );
    assert_eq!(budget_gate(&back), ("pass".into(), "not asked of a way back".into()));

    // What the platform only warns of is deployed, with the warning kept.
    sandbox.file("platform.toml", &PLATFORM.replace("refuse", "warn"));
    let warned = deploy(&sandbox, "5", "");
    assert_eq!(warned.code, Some(0), "{}", warned.stderr);
    assert_eq!(budget_gate(&warned), ("warn".into(), reason.replace("-386", "-381")));
    let journal = sandbox.run("deliver audit export").ok();
    assert!(journal.contains("the fix itself"));
}
