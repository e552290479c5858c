//! What gates let through, and what the record says of it.

#![allow(clippy::unwrap_used, reason = "a failure to set the stage is a failed test")]

use std::time::Duration;

use deliver::adapters::memory::MemoryTarget;
use deliver::deploy::engine::{DeployRequest, Subject};
use deliver::fault::Kind;
use deliver::model::deployment::{Outcome, Verdict};
use deliver::model::spec::{CommandLine, ReleaseStep};
use deliver::model::standing::{Budget, Budgets, Readiness, Standing};
use deliver::model::{IncidentId, Span};

use super::bench::{Bench, in_full, outcome, serving, subject};

#[test]
fn a_hold_stops_deploys_and_not_rollbacks() {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    bench.deploy(&target, "one");
    bench.deploy(&target, "two");
    bench
        .store
        .set_hold(&subject().service, &subject().env, "looking")
        .unwrap();
    let refused = bench.deploy(&target, "three");
    assert_eq!(outcome(&refused), (Outcome::Refused, Some((Kind::Negative, "refused"))));
    assert_eq!(serving(&target), in_full(2));
    let back = bench.deployer(&target).rollback(&subject(), None, None, false).unwrap();
    assert_eq!(outcome(&back), (Outcome::Succeeded, None));
}

#[test]
fn a_plan_shows_who_else_is_at_it() {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    let verdicts = |bench: &Bench| -> Vec<(String, Verdict)> {
        let gates = bench.deployer(&target).plan(&bench.request()).unwrap().gates;
        gates.into_iter().map(|gate| (gate.id, gate.verdict)).collect()
    };
    let with = |lease| {
        vec![
            ("hold".to_owned(), Verdict::Pass),
            ("lease".into(), lease),
            ("dirty-tree".into(), Verdict::Pass),
            ("migration".into(), Verdict::Pass),
            ("readiness".into(), Verdict::Pass),
            ("budget".into(), Verdict::Pass),
        ]
    };
    assert_eq!(verdicts(&bench), with(Verdict::Pass));
    let Subject { service, env, .. } = subject();
    let lease = bench
        .store
        .acquire_lease(&service, &env, "deploy", Duration::ZERO, &mut |_| {})
        .unwrap();
    assert_eq!(verdicts(&bench), with(Verdict::Refuse));
    drop(lease);
    assert_eq!(outcome(&bench.deploy(&target, "one")), (Outcome::Succeeded, None));
}

/// The verdict and reason of one gate after a deploy with this standing, and how it ended.
fn judged(gate: &str, standing: Standing) -> (Verdict, String, Outcome) {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    let request = DeployRequest {
        standing,
        ..bench.request()
    };
    let report = bench.deployer(&target).deploy(&request).unwrap();
    let found = report.deployment.gates.iter().find(|one| one.id == gate).unwrap();
    (found.verdict, found.reason.clone(), report.deployment.outcome)
}

#[test]
fn a_level_that_is_short_refuses_until_somebody_overrides_it_with_a_reason() {
    let short = Standing {
        readiness: Some(Ok(Readiness {
            level: "none".into(),
            required: "bronze".into(),
            ready: false,
            missing: vec!["DOC-3".into(), "SEC-1".into()],
        })),
        ..Standing::default()
    };
    let reason = "bronze is required, none is reached: DOC-3, SEC-1".to_owned();
    assert_eq!(
        judged("readiness", short.clone()),
        (Verdict::Refuse, reason.clone(), Outcome::Refused)
    );
    let other = Standing {
        overridden: vec!["budget".into()],
        because: Some("x".into()),
        ..short.clone()
    };
    assert_eq!(
        judged("readiness", other),
        (Verdict::Refuse, reason.clone(), Outcome::Refused)
    );
    let overridden = Standing {
        overridden: vec!["readiness".into()],
        because: Some("the sale begins".into()),
        ..short
    };
    assert_eq!(
        judged("readiness", overridden),
        (
            Verdict::Warn,
            format!("{reason}; overridden: the sale begins"),
            Outcome::Succeeded
        )
    );
    let unknown = Standing {
        readiness: Some(Err("the disk is gone".into())),
        ..Standing::default()
    };
    assert_eq!(
        judged("readiness", unknown),
        (
            Verdict::Unknown,
            "could not find out: the disk is gone".into(),
            Outcome::Refused
        )
    );
}

#[test]
fn a_spent_budget_refuses_where_policy_says_so_and_never_what_ends_an_incident() {
    let spent = |refuse| Standing {
        budgets: Some(Ok(Budgets {
            refuse,
            objectives: vec![Budget {
                slo: "availability".into(),
                remaining: Some("-12 %".into()),
                spent: true,
            }],
        })),
        ..Standing::default()
    };
    let told = "availability has -12 % of its budget left".to_owned();
    assert_eq!(
        judged("budget", spent(true)),
        (Verdict::Refuse, told.clone(), Outcome::Refused)
    );
    assert_eq!(
        judged("budget", spent(false)),
        (Verdict::Warn, told.clone(), Outcome::Succeeded)
    );
    let fixing = Standing {
        fixes: Some(IncidentId(7)),
        ..spent(true)
    };
    assert_eq!(
        judged("budget", fixing),
        (
            Verdict::Warn,
            format!("{told}; let through to fix INC-7"),
            Outcome::Succeeded
        )
    );
}

#[test]
fn the_journal_tells_what_was_overridden_and_why() {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    let request = DeployRequest {
        standing: Standing {
            readiness: Some(Ok(Readiness {
                level: "none".into(),
                required: "bronze".into(),
                ready: false,
                missing: vec!["SEC-1".into()],
            })),
            overridden: vec!["readiness".into()],
            because: Some("the sale begins".into()),
            ..Standing::default()
        },
        ..bench.request()
    };
    bench.deployer(&target).deploy(&request).unwrap();
    let records = bench.store.audit(&Default::default()).unwrap();
    let begun = records
        .iter()
        .find(|record| record.action == "deployment.begin")
        .unwrap();
    let detail: serde_json::Value = serde_json::from_str(&begun.detail).unwrap();
    assert_eq!(
        detail["gates"],
        serde_json::json!([{
            "id": "readiness", "verdict": "warn",
            "reason": "bronze is required, none is reached: SEC-1; overridden: the sale begins",
        }])
    );
}

#[test]
fn what_runs_already_is_unchanged_whatever_gates_say() {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    bench.deploy(&target, "one");
    let Subject { service, env, .. } = subject();
    bench.store.set_hold(&service, &env, "investigating").unwrap();
    assert_eq!(outcome(&bench.deploy(&target, "one")), (Outcome::Unchanged, None));
    assert_eq!(
        outcome(&bench.deploy(&target, "two")),
        (Outcome::Refused, Some((Kind::Negative, "refused")))
    );
}

#[test]
fn an_older_commit_goes_back_past_no_release_step_that_breaks_it_unless_somebody_says_so() {
    let bench = Bench::new();
    let target = MemoryTarget::new(&*bench.clock);
    bench.deploy(&target, "one");
    bench.write("two");
    let mut two = bench.request();
    two.spec.release_step = Some(ReleaseStep {
        command: CommandLine::Shell("migrate".into()),
        timeout: Span::from_secs(60),
        previous_still_works: false,
    });
    bench.deployer(&target).deploy(&two).unwrap();
    bench.deploy(&target, "three");
    let refused = bench.deploy(&target, "one");
    assert_eq!(outcome(&refused), (Outcome::Refused, Some((Kind::Negative, "refused"))));
    let fault = refused.fault.unwrap();
    assert_eq!(
        fault.message(),
        "refused by gate `migration`: the release step of v2 breaks earlier releases, and this goes back to v1"
    );
    assert!(
        fault.hints()[0].contains("deliver deploy local --override migration"),
        "{:?}",
        fault.hints()
    );
    assert_eq!(serving(&target), in_full(3));
    // What came after the step, and the release with the step itself, stand on the same side of it.
    bench.write("two");
    let again = bench.deployer(&target).deploy(&two).unwrap();
    assert_eq!(outcome(&again), (Outcome::Succeeded, None));
    bench.write("one");
    let standing = Standing {
        overridden: vec!["migration".into()],
        because: Some("the column is back".into()),
        ..Standing::default()
    };
    let forced = DeployRequest {
        standing,
        ..bench.request()
    };
    let back = bench.deployer(&target).deploy(&forced).unwrap();
    assert_eq!(outcome(&back), (Outcome::Succeeded, None));
    let gate = back
        .deployment
        .gates
        .iter()
        .find(|gate| gate.id == "migration")
        .unwrap();
    assert_eq!(gate.verdict, Verdict::Warn);
    assert!(
        gate.reason.ends_with("; overridden: the column is back"),
        "{}",
        gate.reason
    );
}
