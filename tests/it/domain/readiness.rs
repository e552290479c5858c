//! What each check makes of facts: the good case, and the nearest one that is not.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::date;

use deliver::adapters::memory::{ManualClock, MemoryVcs};
use deliver::config::manifest::Manifest;
use deliver::config::platform::{Level, Platform};
use deliver::model::deployment::{Deployment, DeploymentId, Operation, State};
use deliver::model::readiness::Outcome;
use deliver::model::{BuildId, EnvName, Outcome as Ended, ReleaseNo};
use deliver::ports::Clock;
use deliver::ports::interrupt::Never;
use deliver::readiness::assess::{self, Assessment};
use deliver::readiness::check::{CHECKS, Finding, Need};
use deliver::readiness::collect::{self, Sources};
use deliver::readiness::fact::{Fact, Facts, StoppedFound, Window};
use deliver::readiness::live::{BuildFound, Live, Running};
use deliver::readiness::read::{logs, metrics};
use deliver::readiness::secrets::{Hit, Scan};
use deliver::readiness::waiver::{Waiver, Waivers};

const NOW: &str = "2026-03-04T05:06:07Z";

/// A service whose entry says everything that an entry can say.
const MANIFEST: &str = r#"
[service]
name = "pricing"
team = "checkout"
tier = 3
description = "Quotes a price for a basket"
runbook = "docs/runbook.md"

[run]
command = ["./serve"]
health = { path = "/readyz", live = "/healthz" }
"#;

fn now() -> Timestamp {
    NOW.parse().expect("a time")
}

/// The facts of a folder with these files, which was never deployed.
fn facts(manifest: &str, files: &[(&str, &str)]) -> Facts {
    let dir = tempfile::tempdir().expect("a folder");
    for (path, text) in files.iter().chain(&[("deliver.toml", manifest)]) {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }
    of_folder(dir.path(), &Platform::builtin())
}

fn of_folder(folder: &Path, platform: &Platform) -> Facts {
    let manifest = Manifest::load(&folder.join("deliver.toml")).expect("a manifest");
    let clock = ManualClock::at(now());
    let mut facts = collect::collect(&Sources {
        manifest: &manifest,
        platform,
        waivers: &Waivers::default(),
        vcs: &MemoryVcs::default(),
        store: Ok(None),
        live: Ok(None),
        clock: &clock as &dyn Clock,
        interrupt: &Never,
        cache: None,
        patience: std::time::Duration::from_secs(60),
        newest_template: &|_| Some("1.0.0".into()),
        commands: &["deploy".to_owned()],
    });
    // Tests that are about something else have everything committed.
    facts.versioned = true;
    facts
}

fn judged(id: &str, facts: &Facts) -> Finding {
    let check = CHECKS.iter().find(|check| check.id == id).expect("a check");
    (check.judge)(facts).unwrap_or_else(|unknown| Finding::no_evidence(&unknown))
}

/// `pass: evidence`, for whole comparisons.
fn told(id: &str, facts: &Facts) -> String {
    let finding = judged(id, facts);
    format!("{}: {}", finding.outcome.as_str(), finding.evidence)
}

fn known<T>(value: T) -> Fact<T> {
    Fact::known(value, "a test", now())
}

/// The same service as it runs, in good order.
fn running() -> Running {
    let sample = logs::Sample::of([r#"{"time":"t","level":"info","request_id":"1"}"#]);
    Running {
        env: "local".into(),
        target: "local".into(),
        release: ReleaseNo(2),
        meant: Some(ReleaseNo(2)),
        strangers: Vec::new(),
        build: known(BuildFound {
            id: BuildId("b-1".into()),
            commit: Some("c0ffee".into()),
            dirty: false,
        }),
        address: Some("http://127.0.0.1:4000".into()),
        ready: known(200),
        live: known(200),
        metrics: known(metrics::Golden {
            requests: Some(("http_requests_total".into(), 3.0)),
            errors: Some("http_requests_total".into()),
            latency: Some("http_request_duration_seconds".into()),
            ..metrics::Golden::default()
        }),
        log: known(sample),
    }
}

/// Deployed, and running with a change to how it does.
fn deployed(change: impl FnOnce(&mut Running)) -> Facts {
    let mut facts = facts(MANIFEST, &[]);
    let mut now_running = running();
    change(&mut now_running);
    facts.live = known(Live::Running(Box::new(now_running)));
    if let Fact::Known(deployments) = &mut facts.deployments {
        deployments.value.succeeded = true;
        deployments.value.newest = vec![deployment(Operation::Deploy, 1)];
    }
    facts
}

fn deployment(operation: Operation, days_ago: i64) -> Deployment {
    let at = now() - jiff::SignedDuration::from_hours(24 * days_ago);
    Deployment {
        id: DeploymentId(7),
        service: "pricing".parse().expect("a name"),
        env: EnvName::local(),
        target: "local".into(),
        operation,
        state: State::Done,
        outcome: Ended::Succeeded,
        release: Some(ReleaseNo(2)),
        previous: None,
        parent: None,
        fence: 1,
        plan_hash: String::new(),
        gates: Vec::new(),
        actor: "alice@laptop".into(),
        note: None,
        reason: None,
        url: None,
        started_at: at,
        finished_at: Some(at),
    }
}

#[test]
fn ids_are_unique_and_every_check_says_what_people_need() {
    let mut ids: Vec<&str> = CHECKS.iter().map(|check| check.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), CHECKS.len());
    for check in CHECKS {
        let id = check.id;
        assert!(
            !check.needs.is_empty() && !check.fix.is_empty() && !check.why.is_empty(),
            "{id}"
        );
        assert!(
            (1..=5).contains(&check.impact) && (1..=5).contains(&check.effort),
            "{id}"
        );
        for text in [check.title, check.why, check.how] {
            assert!(!text.ends_with('.') && !text.contains("  "), "{id}: {text}");
        }
        assert_ne!(check.level, Level::None, "{id}");
    }
    let unwaivable: Vec<&str> = CHECKS
        .iter()
        .filter(|check| !check.waivable)
        .map(|check| check.id)
        .collect();
    assert_eq!(unwaivable, ["SEC-1"]);
}

#[test]
fn no_check_passes_by_the_catalogue_entry_alone() {
    let facts = facts(MANIFEST, &[]);
    for check in CHECKS {
        // Nothing is in the files, which is all that this one claims; and what the next declares is no text of the entry.
        if matches!(check.id, "SEC-1" | "HLT-1") {
            continue;
        }
        assert_ne!(judged(check.id, &facts).outcome, Outcome::Pass, "{}", check.id);
    }
}

#[test]
fn what_is_not_known_is_never_a_pass() {
    let good = deployed(|_| {});
    for check in CHECKS {
        for need in check.needs {
            let mut facts = good.clone();
            let before = judged(check.id, &facts).outcome;
            if !forget(&mut facts, *need) || before == Outcome::NotApplicable {
                continue;
            }
            let after = judged(check.id, &facts);
            if after.outcome == Outcome::NoEvidence {
                assert_eq!(after.evidence, "forgotten", "{}", check.id);
            } else {
                // It may be decided without the fact, but not for the better.
                assert!(
                    before == Outcome::Pass || after.outcome != Outcome::Pass,
                    "{} without {need:?}",
                    check.id
                );
            }
        }
    }
}

/// Makes a fact unknown; false for those that are always known.
fn forget(facts: &mut Facts, need: Need) -> bool {
    fn lost<T>() -> Fact<T> {
        Fact::unknown("forgotten", "remember")
    }
    match need {
        Need::Entry | Need::Company => return false,
        Need::CodeOwners => facts.code_owners = lost(),
        Need::DeliveryFiles => facts.delivery_files = lost(),
        Need::Image => facts.image = lost(),
        Need::Pipelines => facts.pipelines = lost(),
        Need::Readme => facts.readme = lost(),
        Need::Runbook => facts.runbook = lost(),
        Need::Alerts => facts.alerts = lost(),
        Need::Dependencies => facts.dependencies = lost(),
        Need::Updates => facts.updates = lost(),
        Need::Template => facts.template = lost(),
        Need::Committer => facts.committer = lost(),
        Need::TreeSecrets => facts.tree_secrets = lost(),
        Need::HistorySecrets => facts.history_secrets = lost(),
        Need::Tables => facts.tables = lost(),
        Need::Migrations => facts.hazards = lost(),
        Need::Deployments => facts.deployments = lost(),
        Need::Live => facts.live = lost(),
        Need::Promises => facts.promises = lost(),
    }
    true
}

#[test]
fn an_owner_is_a_team_that_somebody_stands_behind() {
    assert_eq!(
        told("OWN-1", &facts(MANIFEST, &[])),
        "fail: `checkout` is a name that nothing says more about"
    );
    let with = |manifest: &str| told("OWN-1", &facts(manifest, &[("CODEOWNERS", "* @acme/checkout\n")]));
    assert_eq!(with(MANIFEST), "pass: `checkout`, who are @acme/checkout");
    assert_eq!(
        with(&MANIFEST.replace("\"checkout\"", "\"TODO\"")),
        "fail: `TODO` is a placeholder, not a team"
    );
    assert_eq!(
        with(&MANIFEST.replace("team = \"checkout\"\n", "")),
        "fail: no team is named"
    );
}

#[test]
fn an_owner_is_one_of_the_platforms_teams_where_there_are_any() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("deliver.toml"), MANIFEST).expect("written");
    let told = |teams: &str| {
        let text = format!("[platform]\nname = \"acme\"\n[person.ada]\nname = \"Ada\"\n{teams}");
        fs::write(dir.path().join("platform.toml"), text).expect("written");
        let platform = Platform::load(dir.path()).expect("a platform");
        told("OWN-1", &of_folder(dir.path(), &platform))
    };
    assert_eq!(
        told("[team.search]\nmembers = [\"ada\"]\n"),
        "fail: the platform `acme` has no team `checkout`"
    );
    assert_eq!(
        told("[team.checkout]\n"),
        "fail: the team `checkout` has neither members nor a contact"
    );
    assert_eq!(
        told("[team.checkout]\nmembers = [\"ada\"]\ncontact = \"#c\"\n"),
        "pass: `checkout`, 1 member at #c"
    );
}

#[test]
fn an_entry_is_complete_with_a_runbook_that_is_there() {
    let runbook = [("docs/runbook.md", "# R\n")];
    assert_eq!(
        told("OWN-3", &facts(MANIFEST, &runbook)),
        "pass: tier 3, owned, described, with a runbook"
    );
    assert_eq!(told("OWN-3", &facts(MANIFEST, &[])), "fail: lacks a file for `runbook`");
    let bare = "[service]\nname = \"x\"\ndescription = \"Describe it\"\n[run]\ncommand = \"./x\"\n";
    assert_eq!(
        told("OWN-3", &facts(bare, &[])),
        "fail: lacks `team`, `tier`, `description`, `runbook`"
    );
}

#[test]
fn without_version_control_nothing_is_known_to_be_kept() {
    let files = [
        ("CODEOWNERS", "* @a\n"),
        ("Cargo.toml", "[dependencies]\na = \"1\"\n"),
        ("Cargo.lock", "name = \"a\"\n"),
        ("renovate.json", "{}"),
    ];
    let mut facts = facts(MANIFEST, &files);
    for id in ["OWN-2", "BLD-3", "BLD-5", "SEC-1"] {
        facts.versioned = true;
        assert_eq!(judged(id, &facts).outcome, Outcome::Pass, "{id}");
        facts.versioned = false;
        assert_eq!(
            told(id, &facts),
            "no_evidence: no history: not under version control",
            "{id}"
        );
    }
}

#[test]
fn code_owners_cover_the_delivery() {
    let files = [("Dockerfile", "FROM a:1\n"), ("ops/a.yml", "x: 1\n"), ("src/x", "")];
    let with = |text: &str| {
        told(
            "OWN-2",
            &facts(MANIFEST, &[&files[..], &[("CODEOWNERS", text)]].concat()),
        )
    };
    assert_eq!(with("* @a\n"), "pass: 4 files covered");
    assert_eq!(with("* @a\n/ops/\n"), "fail: nobody owns ops/a.yml");
    assert_eq!(told("OWN-2", &facts(MANIFEST, &files)), "fail: there is no CODEOWNERS");
}

#[test]
fn a_runbook_is_written_by_people() {
    let sections = "## Symptoms\nLook at the database first, always.\n## Dashboards\nThe board of the team, at the top.\n\
                    ## Rollback\n```\ndeliver rollback\n```\n## Escalation\nCall the team that owns the database.\n";
    let with = |text: &str| told("DOC-1", &facts(MANIFEST, &[("docs/runbook.md", text)]));
    assert_eq!(
        with(sections),
        "pass: answers symptoms, dashboards, rollback and escalation"
    );
    assert_eq!(
        with(&sections.replace("## Rollback", "## Back")),
        "fail: does not answer rollback"
    );
    assert_eq!(
        told("DOC-1", &facts(MANIFEST, &[])),
        "fail: `docs/runbook.md` is not there"
    );
    let hash = blake3::hash(sections.as_bytes()).to_hex();
    let record = format!(
        "[template]\nname = \"x\"\nversion = \"1.0.0\"\n[[file]]\npath = \"docs/runbook.md\"\npolicy = \"once\"\nhash = \"blake3:{hash}\"\n"
    );
    let untouched = facts(
        MANIFEST,
        &[("docs/runbook.md", sections), (".deliver/template.toml", &record)],
    );
    assert_eq!(
        told("DOC-1", &untouched),
        "fail: is what the template wrote: nobody has made it this service's own"
    );
}

#[test]
fn a_runbook_is_read_within_a_year() {
    let mut facts = facts(MANIFEST, &[("docs/runbook.md", "# R\n")]);
    assert_eq!(
        told("DOC-2", &facts),
        "no_evidence: version control does not say when it was changed last"
    );
    for (days, expected) in [
        (365, "pass: changed 365 days ago"),
        (366, "fail: changed 366 days ago, more than a year"),
    ] {
        if let Fact::Known(runbook) = &mut facts.runbook {
            runbook.value.as_mut().expect("a runbook").changed =
                Some(now() - jiff::SignedDuration::from_hours(24 * days));
        }
        assert_eq!(told("DOC-2", &facts), expected);
    }
}

#[test]
fn a_readme_answers_with_commands_that_exist() {
    let text = "## Run\n```sh\n./serve\n```\n## Test\n```sh\nmake test\n```\n## Deploy\n```sh\ndeliver deploy\n```\n";
    let with = |readme: &str, makefile: &str| {
        told(
            "DOC-3",
            &facts(
                MANIFEST,
                &[("README.md", readme), ("Makefile", makefile), ("serve", "")],
            ),
        )
    };
    assert_eq!(with(text, "test:\n"), "pass: 3 commands that exist");
    assert_eq!(
        with(text, "check:\n"),
        "fail: `make test`: Makefile has no target `test`"
    );
    assert_eq!(
        with(&text.replace("## Test", "## Other"), "test:\n"),
        "fail: gives no command to test"
    );
    assert_eq!(told("DOC-3", &facts(MANIFEST, &[])), "fail: there is no README.md");
}

const RULES: &str = "\
groups:
- name: x
  rules:
  - alert: ErrorBudgetBurn
    expr: a:ratio_rate1h > 1 and a:ratio_rate5m > 1
    labels: { severity: page, team: checkout }
    annotations: { runbook_url: docs/runbook.md#burning }
";

const SLO: &str = "[[slo]]\nname = \"availability\"\nobjective = \"99.9\"\nindicator = { kind = \"http\", good = \"status < 500\" }\n";

#[test]
fn alerts_lead_to_headings_that_are_there() {
    let with = |rules: &str| {
        told(
            "DOC-5",
            &facts(MANIFEST, &[("ops/a.yml", rules), ("docs/runbook.md", "# Burning\n")]),
        )
    };
    assert_eq!(with(RULES), "pass: 1 alert, each linked");
    assert_eq!(
        with(&RULES.replace("#burning", "#gone")),
        "fail: ErrorBudgetBurn: `docs/runbook.md` has no heading `#gone`"
    );
    assert_eq!(
        with(&RULES.replace("runbook_url", "other")),
        "fail: ErrorBudgetBurn: has no runbook"
    );
    assert_eq!(with("a: 1\n"), "not_applicable: there are no alert rules here");
    assert!(with("groups: [\nalert:\nexpr:\n").starts_with("no_evidence: ops/a.yml does not read"));
}

#[test]
fn an_objective_is_watched_on_two_windows_by_its_team() {
    let manifest = format!("{MANIFEST}{SLO}");
    let with = |rules: &str| told("SLO-3", &facts(&manifest, &[("ops/a.yml", rules)]));
    assert_eq!(with(RULES), "pass: 1 paging rule on two windows");
    assert_eq!(
        with(&RULES.replace(" and a:ratio_rate5m > 1", "")),
        "fail: no rule looks at two windows and pages"
    );
    assert_eq!(
        with(&RULES.replace("severity: page", "severity: ticket")),
        "fail: no rule looks at two windows and pages"
    );
    assert_eq!(
        with(&RULES.replace("team: checkout", "team: other")),
        "fail: `ErrorBudgetBurn` does not go to `checkout`"
    );
    let latency = format!(
        "{manifest}[[slo]]\nname = \"fast\"\nobjective = \"99\"\nindicator = {{ kind = \"latency\", threshold = \"1s\" }}\n"
    );
    assert_eq!(
        told("SLO-3", &facts(&latency, &[("ops/a.yml", RULES)])),
        "fail: nothing pages for fast"
    );
}

#[test]
fn an_objective_fits_its_tier() {
    let with = |tier: &str, objective: &str| {
        let manifest = MANIFEST.replace("tier = 3", tier);
        told(
            "SLO-1",
            &facts(&format!("{manifest}{}", SLO.replace("99.9", objective)), &[]),
        )
    };
    assert_eq!(with("tier = 3", "99.9"), "pass: `availability` promises 99.9 % in 28d");
    assert_eq!(
        with("tier = 1", "99.5"),
        "fail: `availability` promises 99.5 % in 28d: too little for tier 1"
    );
    assert_eq!(
        told("SLO-1", &facts(MANIFEST, &[])),
        "fail: no objective on availability is stated"
    );
    let fresh = "\n[[slo]]\nname = \"fresh\"\nobjective = \"99.99\"\nwindow = \"28d\"\n\
                 indicator = { kind = \"freshness\", threshold = \"10m\" }\n";
    assert_eq!(
        told("SLO-1", &facts(&format!("{MANIFEST}{fresh}"), &[])),
        "fail: no objective on availability is stated; `fresh` is on something else"
    );
    let both = format!("{MANIFEST}{fresh}{SLO}");
    assert_eq!(
        told("SLO-1", &facts(&both, &[])),
        "pass: `availability` promises 99.9 % in 28d"
    );
}

#[test]
fn what_it_depends_on_promises_no_less() {
    let manifest = format!(
        "{}{SLO}",
        MANIFEST.replace("tier = 3", "tier = 3\ndepends_on = [\"db\", \"cache\"]")
    );
    let mut facts = facts(&manifest, &[]);
    assert_eq!(told("SLO-4", &facts), "no_evidence: no objective of `db` is known here");
    let own = facts.entry.slos.clone();
    let promises = |objective: &str| {
        let mut slo = own[0].clone();
        slo.objective = objective.parse().expect("an objective");
        vec![slo]
    };
    facts.promises = known(
        [
            ("db".to_owned(), promises("99.95")),
            ("cache".to_owned(), promises("99.95")),
        ]
        .into(),
    );
    assert_eq!(
        told("SLO-4", &facts),
        "pass: db, cache together promise 99.9000 %, 99.9 % is promised"
    );
    facts.promises = known(
        [
            ("db".to_owned(), promises("99.9")),
            ("cache".to_owned(), promises("99.95")),
        ]
        .into(),
    );
    assert_eq!(
        told("SLO-4", &facts),
        "fail: db, cache together promise 99.8500 %, less than its own 99.9 %"
    );
}

const WORKFLOW: &str = "on: { pull_request: , push: { branches: [main] } }\njobs: { t: { steps: [{ uses: a/b@v1 }, { run: make test }] } }\n";

#[test]
fn tests_run_for_every_change() {
    let with = |text: &str| told("BLD-1", &facts(MANIFEST, &[(".github/workflows/ci.yml", text)]));
    assert_eq!(
        with(WORKFLOW),
        "pass: `make test` in the job `t`, for changes and for main"
    );
    assert_eq!(
        with(&WORKFLOW.replace("pull_request: , ", "")),
        "fail: tests do not run for pull requests"
    );
    assert_eq!(
        with(&WORKFLOW.replace("main", "release")),
        "fail: tests do not run for what came to main"
    );
    assert_eq!(
        with(&WORKFLOW.replace("make test", "make")),
        "fail: no step runs tests whose failure counts"
    );
    assert_eq!(
        with(&WORKFLOW.replace("make test", "make test || true")),
        "fail: no step runs tests whose failure counts"
    );
    assert_eq!(told("BLD-1", &facts(MANIFEST, &[])), "fail: there is no pipeline");
    assert!(with("a: [").starts_with("no_evidence: .github/workflows/ci.yml does not read"));
    let called = "on: { workflow_call: }\njobs: { t: { steps: [{ run: make test }] } }\n";
    let calls = "on: [push, pull_request]\njobs: { t: { uses: ./.github/workflows/t.yml } }\n";
    let both = facts(
        MANIFEST,
        &[(".github/workflows/ci.yml", calls), (".github/workflows/t.yml", called)],
    );
    assert_eq!(
        told("BLD-1", &both),
        "pass: `make test` in the job `t`, for changes and for main"
    );
    let gitlab = facts(MANIFEST, &[(".gitlab-ci.yml", "include: x.yml\n")]);
    assert_eq!(
        told("BLD-1", &gitlab),
        "no_evidence: .gitlab-ci.yml takes in parts that are not in this repository"
    );
}

#[test]
fn dependencies_are_locked_and_images_stay() {
    let cargo = ("Cargo.toml", "[dependencies]\na = \"1\"\n");
    assert_eq!(
        told("BLD-3", &facts(MANIFEST, &[cargo])),
        "fail: Cargo.toml has 1 dependency and no lock file"
    );
    let locked = [cargo, ("Cargo.lock", "name = \"a\"\n")];
    assert_eq!(told("BLD-3", &facts(MANIFEST, &locked)), "pass: locked by Cargo.lock");
    let stale = [cargo, ("Cargo.lock", "name = \"b\"\n")];
    assert_eq!(
        told("BLD-3", &facts(MANIFEST, &stale)),
        "fail: Cargo.lock does not fix the version of a"
    );
    assert_eq!(
        told("BLD-3", &facts(MANIFEST, &[("Dockerfile", "FROM node\n")])),
        "fail: `node` is another image each day"
    );
    assert_eq!(
        told("BLD-3", &facts(MANIFEST, &[])),
        "not_applicable: it has neither dependencies nor an image"
    );
}

#[test]
fn images_and_actions_are_bound_to_one_content() {
    let digest = "a".repeat(64);
    let pinned = format!("FROM node:20@sha256:{digest}\n");
    let action = format!("a/b@{}", "b".repeat(40));
    let with = |dockerfile: &str, workflow: &str| {
        told(
            "BLD-4",
            &facts(
                MANIFEST,
                &[("Dockerfile", dockerfile), (".github/workflows/ci.yml", workflow)],
            ),
        )
    };
    assert_eq!(
        with(&pinned, &WORKFLOW.replace("a/b@v1", &action)),
        "pass: all 2 have a digest"
    );
    assert_eq!(
        with("FROM node:20\n", WORKFLOW),
        "fail: 2 of 2 can be moved: a/b@v1, node:20"
    );
}

#[test]
fn a_tool_looks_after_every_list_of_dependencies() {
    let files = [
        ("Dockerfile", "FROM a:1\n"),
        ("Cargo.toml", "[dependencies]\na = \"1\"\n"),
    ];
    let with = |path: &str, text: &str| told("BLD-5", &facts(MANIFEST, &[&files[..], &[(path, text)]].concat()));
    assert_eq!(
        with(
            ".github/dependabot.yml",
            "updates: [{ package-ecosystem: cargo }, { package-ecosystem: docker }]\n"
        ),
        "pass: Dependabot is configured; no update of its was merged in 60 days"
    );
    assert_eq!(
        with(".github/dependabot.yml", "updates: [{ package-ecosystem: cargo }]\n"),
        "fail: Dependabot is not told of docker"
    );
    assert_eq!(
        with("renovate.json", "{}"),
        "pass: Renovate is configured; no update of its was merged in 60 days"
    );
    assert_eq!(
        told("BLD-5", &facts(MANIFEST, &files)),
        "fail: no tool is configured for it"
    );
}

#[test]
fn what_needs_a_deployment_waits_for_the_first_and_counts_from_then_on() {
    let never = facts(MANIFEST, &[]);
    let mut down = deployed(|_| {});
    down.live = Fact::unknown(
        "`pricing` was deployed, and does not run on local now",
        "deliver deploy",
    );
    for id in ["DEP-1", "DEP-2", "OBS-1", "OBS-2", "OBS-3"] {
        assert_eq!(
            told(id, &never),
            "not_applicable: nothing was deployed with success yet",
            "{id}"
        );
        let finding = judged(id, &down);
        assert_eq!(finding.outcome, Outcome::NoEvidence, "{id}");
        assert_eq!(finding.fix.as_deref(), Some("deliver deploy"), "{id}");
    }
}

#[test]
fn what_runs_is_what_was_deployed() {
    assert_eq!(
        told("DEP-1", &deployed(|_| {})),
        "pass: v2 on local; the last 1 deployment by alice@laptop"
    );
    assert_eq!(
        told("DEP-1", &deployed(|it| it.meant = Some(ReleaseNo(3)))),
        "fail: v2 runs on local, and v3 was put there"
    );
    assert_eq!(
        told("DEP-1", &deployed(|it| it.strangers = vec!["x-1".into()])),
        "fail: x-1 on local: no deployment here started them"
    );
    assert_eq!(told("DEP-2", &deployed(|_| {})), "pass: v2 is b-1 of commit c0ffee");
    let dirty = |target: &str| {
        deployed(|it| {
            it.target = target.into();
            it.build = known(BuildFound {
                id: BuildId("b-1".into()),
                commit: None,
                dirty: true,
            });
        })
    };
    assert_eq!(
        told("DEP-2", &dirty("local")),
        "pass: v2 is b-1, with changes that are not committed"
    );
    assert_eq!(
        told("DEP-2", &dirty("kubernetes")),
        "fail: v2 is b-1, with changes that are in no commit"
    );
}

#[test]
fn going_back_was_done_lately_and_quickly() {
    let with = |days: i64, seconds: f64| {
        let mut facts = deployed(|_| {});
        if let Fact::Known(found) = &mut facts.deployments {
            found.value.rollback = Some((deployment(Operation::Rollback, days), seconds));
        }
        told("DEP-3", &facts)
    };
    assert_eq!(with(90, 12.0), "pass: D-7 to local, 90 days ago, took 12 s");
    assert_eq!(
        with(91, 12.0),
        "not_applicable: no environment has two good releases yet"
    );
    assert_eq!(
        with(1, 4000.0),
        "fail: D-7 to local, 1 day ago, took 4000 s: more than an hour"
    );
    let since = |days: i64, last: Option<i64>| {
        let mut facts = deployed(|_| {});
        if let Fact::Known(found) = &mut facts.deployments {
            found.value.way_back_since = Some(now() - jiff::SignedDuration::from_hours(24 * days));
            found.value.rollback = last.map(|days| (deployment(Operation::Rollback, days), 12.0));
        }
        told("DEP-3", &facts)
    };
    assert_eq!(
        told("DEP-3", &deployed(|_| {})),
        "not_applicable: no environment has two good releases yet"
    );
    assert_eq!(
        since(90, None),
        "not_applicable: there is a release to go back to since 2025-12-04; do it by 2026-03-04"
    );
    assert_eq!(since(91, None), "fail: no rollback was ever done");
    assert_eq!(
        since(91, Some(91)),
        "fail: D-7 to local, 91 days ago, took 12 s: more than 90 days"
    );
    assert_eq!(since(400, Some(90)), "pass: D-7 to local, 90 days ago, took 12 s");
}

/// Deployed for the first time so many days ago.
fn settled(facts: &mut Facts, days: i64) {
    if let Fact::Known(found) = &mut facts.deployments {
        found.value.first = Some(now() - jiff::SignedDuration::from_hours(24 * days));
    }
}

#[test]
fn deployments_are_gradual_and_nobody_notices_them() {
    let change = |change: fn(&mut deliver::readiness::fact::Deployments)| {
        let mut facts = deployed(|_| {});
        if let Fact::Known(found) = &mut facts.deployments {
            change(&mut found.value);
        }
        facts
    };
    assert!(told("DEP-4", &change(|it| it.switched = true)).starts_with("pass: "));
    assert_eq!(
        told("DEP-4", &change(|_| {})),
        "fail: the newest deployment moved no traffic by itself"
    );
    let listens = facts(&format!("{MANIFEST}listen = 9000\n"), &[]);
    assert_eq!(told("DEP-4", &listens), "fail: one instance is replaced in local");
    fn window(failed: u64) -> Window {
        Window {
            deployment: DeploymentId(7),
            requests: 1_000,
            failed,
            before: 1_000,
            failed_before: 1,
        }
    }
    assert_eq!(
        told("DEP-5", &change(|it| it.windows = vec![window(1)])),
        "pass: 1000 requests in 1 deployment, no more failed than before"
    );
    assert_eq!(
        told("DEP-5", &change(|it| it.windows = vec![window(2)])),
        "fail: 2 of 1000 requests failed while D-7 went on"
    );
    assert_eq!(
        told("DEP-5", &change(|_| {})),
        "not_applicable: no release took over from another yet"
    );
    let quiet = Window {
        requests: 0,
        ..window(0)
    };
    let mut facts = change(|_| {});
    if let Fact::Known(found) = &mut facts.deployments {
        found.value.windows = vec![quiet];
    }
    settled(&mut facts, 6);
    assert_eq!(
        told("DEP-5", &facts),
        "not_applicable: no request was counted while it was deployed; asked for from 2026-03-05 on"
    );
    settled(&mut facts, 7);
    assert_eq!(
        told("DEP-5", &facts),
        "no_evidence: no request was counted while it was deployed"
    );
    fn stopped(cut: u64, killed: bool) -> Vec<StoppedFound> {
        vec![StoppedFound {
            deployment: DeploymentId(7),
            id: "i".into(),
            cut,
            killed,
        }]
    }
    assert_eq!(
        told("HLT-3", &change(|it| it.stopped = stopped(0, false))),
        "pass: 1 instance was stopped, and ended by itself"
    );
    assert_eq!(
        told("HLT-3", &change(|it| it.stopped = stopped(2, false))),
        "fail: i cut 2 requests (D-7)"
    );
    assert_eq!(
        told("HLT-3", &change(|it| it.stopped = stopped(0, true))),
        "fail: i had to be killed (D-7)"
    );
}

#[test]
fn a_template_is_followed_and_its_files_are_left_alone() {
    let record = |version: &str, hash: &str| {
        format!(
            "[template]\nname = \"x\"\nversion = \"{version}\"\n[[file]]\npath = \"r\"\npolicy = \"managed\"\nhash = \"{hash}\"\n"
        )
    };
    let hash = format!("blake3:{}", blake3::hash(b"1").to_hex());
    let with = |text: &str| {
        told(
            "DEP-6",
            &facts(MANIFEST, &[(".deliver/template.toml", text), ("r", "1")]),
        )
    };
    assert_eq!(with(&record("1.0.0", &hash)), "pass: x 1.0.0; 1.0.0 is the newest");
    assert_eq!(with(&record("0.9.0", &hash)), "fail: x 0.9.0 is too far behind 1.0.0");
    assert_eq!(
        with(&record("1.0.0", "blake3:0")),
        "fail: 1 file of the template changed: r"
    );
    assert_eq!(
        told("DEP-6", &facts(MANIFEST, &[])),
        "not_applicable: it was not made from a template"
    );
}

#[test]
fn migrations_take_nothing_away_unseen() {
    let with = |manifest: &str, text: &str| told("DEP-7", &facts(manifest, &[("db/migrations/1.sql", text)]));
    assert_eq!(
        with(MANIFEST, "create table a (b int);"),
        "pass: 1 migration, none takes anything away"
    );
    assert_eq!(
        with(MANIFEST, "drop table a;"),
        "fail: db/migrations/1.sql:1 drops a table"
    );
    let declared = format!("{MANIFEST}[run.release]\ncommand = \"m\"\nprevious_still_works = false\n");
    assert_eq!(
        with(&declared, "drop table a;"),
        "pass: db/migrations/1.sql:1 drops a table; going back past it is refused"
    );
}

#[test]
fn readiness_and_liveness_are_two_and_both_answer() {
    assert_eq!(
        told("HLT-1", &facts(MANIFEST, &[])),
        "pass: ready at `/readyz`, alive at `/healthz`"
    );
    let with = |health: &str| {
        told(
            "HLT-1",
            &facts(
                &MANIFEST.replace("{ path = \"/readyz\", live = \"/healthz\" }", health),
                &[],
            ),
        )
    };
    assert_eq!(
        with("{ path = \"/up\", live = \"/up\" }"),
        "fail: readiness and liveness are both `/up` in local"
    );
    assert_eq!(with("{ path = \"/up\" }"), "fail: liveness has no path in local");
    assert_eq!(
        with("{ interval = \"1s\" }"),
        "fail: neither readiness nor liveness has a path in local"
    );
    assert_eq!(
        told("HLT-1", &deployed(|_| {})),
        "pass: `/readyz` answers 200, `/healthz` 200"
    );
    assert_eq!(
        told("HLT-1", &deployed(|it| it.live = known(404))),
        "fail: `/healthz` answers 404"
    );
    assert_eq!(
        told("HLT-1", &deployed(|it| it.ready = known(503))),
        "fail: `/readyz` answers 503"
    );
    let site = "[service]\nname = \"x\"\n[run]\nstatic = \"public\"\n";
    assert!(told("HLT-1", &facts(site, &[])).starts_with("not_applicable: a static site"));
}

#[test]
fn signals_and_logs_are_those_of_the_running_service() {
    assert_eq!(
        told("OBS-1", &deployed(|_| {})),
        "pass: http_requests_total counts 3, http_request_duration_seconds by route"
    );
    assert_eq!(
        told("OBS-1", &deployed(|it| it.metrics = known(metrics::Golden::default()))),
        "fail: lacks a counter of requests, a counter of errors, a histogram of latency"
    );
    let logged = |lines: &[&str]| {
        let sample = logs::Sample::of(lines.iter().copied());
        deployed(|it| it.log = known(sample))
    };
    let line = r#"{"time":"t","level":"info","request_id":"1"}"#;
    assert_eq!(
        told("OBS-2", &logged(&[line])),
        "pass: 1 of 1 line structured, 1 with the id of a request"
    );
    assert_eq!(
        told("OBS-2", &logged(&[line, "plain"])),
        "fail: 1 of 2 lines are not structured: the first is no JSON object"
    );
    assert_eq!(
        told("OBS-2", &logged(&[r#"{"time":"t","level":"info"}"#])),
        "fail: none of 1 line carries the id of a request"
    );
    assert_eq!(told("OBS-3", &logged(&[line])), "pass: nothing of the kind in 1 line");
    let leak = told("OBS-3", &logged(&["mail to ada@acme.io"]));
    assert!(
        leak.starts_with("fail: 1 leak, first a mail address (hash ") && !leak.contains("acme"),
        "{leak}"
    );
}

#[test]
fn objectives_are_counted_hour_by_hour() {
    let since = |days, hours| {
        let mut facts = deployed(|_| {});
        settled(&mut facts, days);
        facts.entry.slos = self::facts(&format!("{MANIFEST}{SLO}"), &[]).entry.slos;
        if let Fact::Known(found) = &mut facts.deployments {
            found.value.hours = hours;
        }
        told("SLO-2", &facts)
    };
    let with = |hours| since(7, hours);
    assert_eq!(
        since(1, (24, 1)),
        "not_applicable: requests were counted in 1 of 24 hours; asked for from 2026-03-10 on"
    );
    assert_eq!(since(1, (24, 24)), "pass: requests were counted in 24 of 24 hours");
    assert_eq!(with((24, 23)), "pass: requests were counted in 23 of 24 hours");
    assert_eq!(with((24, 22)), "fail: requests were counted in 22 of 24 hours");
}

#[test]
fn more_than_one_instance_runs_elsewhere() {
    let with = |instances: &str| {
        told(
            "CAP-2",
            &facts(
                &format!("{MANIFEST}[environment.production]\ntarget = \"swarm\"\n{instances}"),
                &[],
            ),
        )
    };
    assert_eq!(with("instances = 3\n"), "pass: production has 3");
    assert_eq!(with(""), "fail: one instance in production");
    assert_eq!(
        told("CAP-2", &facts(MANIFEST, &[])),
        "not_applicable: it runs on one machine only"
    );
}

#[test]
fn secrets_in_files_and_in_the_history_are_told_without_their_values() {
    let key = ["ghp_", "a8Kd92mNq0Zx7cVb5TyUi3oPl1KjHgFdSaQw"].concat();
    let clean = facts(MANIFEST, &[("a", "text")]);
    assert_eq!(told("SEC-1", &clean), "pass: 2 files and 0 commits searched");
    let found = facts(MANIFEST, &[("a", &format!("x\n{key}\n"))]);
    let told_found = told("SEC-1", &found);
    assert!(
        told_found.starts_with("fail: 1 secret: a GitHub token at a:2 (hash "),
        "{told_found}"
    );
    assert!(!format!("{:?}", judged("SEC-1", &found)).contains(&key));
    let hit = Hit {
        path: "old".into(),
        line: 3,
        what: "a private key".into(),
        hash: "0123456789ab".into(),
        commit: Some("c0ffee".into()),
    };
    let mut past = clean.clone();
    past.history_secrets = known(Scan {
        hits: vec![hit],
        ..Scan::default()
    });
    assert_eq!(
        told("SEC-1", &past),
        "fail: 1 secret: a private key at old:3 (hash 0123456789ab), in commit c0ffee"
    );
    let mut part = clean;
    part.history_secrets = known(Scan {
        unfinished: Some("more".into()),
        ..Scan::default()
    });
    assert_eq!(told("SEC-1", &part), "no_evidence: more");
}

#[test]
fn an_image_runs_as_somebody() {
    let with = |text: &str| told("SEC-2", &facts(MANIFEST, &[("Dockerfile", text)]));
    assert_eq!(with("FROM a:1\nUSER 10001:10001\n"), "pass: USER is 10001:10001");
    assert_eq!(with("FROM a:1\nUSER root\n"), "fail: USER is root");
    assert_eq!(with("FROM a:1\nUSER $WHO\n"), "fail: USER is $WHO");
    assert_eq!(
        with("FROM a:1\n"),
        "fail: no USER is set: it runs as root, or as its base decides"
    );
    assert_eq!(
        told("SEC-2", &facts(MANIFEST, &[])),
        "not_applicable: no image is made of it"
    );
    let named = format!("{MANIFEST}[build.image]\ndockerfile = \"gone\"\n");
    assert_eq!(
        told("SEC-2", &facts(&named, &[])),
        "no_evidence: `gone`, which deliver.toml names, is not there"
    );
}

#[test]
fn what_is_kept_about_people_is_declared() {
    let table = ("db/1.sql", "create table customer (id int, email text);");
    let data = |personal: &str| {
        format!(
            "{MANIFEST}[[data]]\nname = \"customer\"\npersonal = [{personal}]\npurpose = \"send the bill\"\nretention = \"24mo\"\n"
        )
    };
    assert_eq!(
        told("PRV-1", &facts(MANIFEST, &[table])),
        "fail: [[data]] does not name customer (email)"
    );
    assert_eq!(
        told("PRV-1", &facts(&data("\"email\""), &[table])),
        "pass: 1 declared by [[data]], 1 table of SQL compared"
    );
    assert_eq!(
        told("PRV-1", &facts(&data("\"name\""), &[table])),
        "fail: [[data]] does not name customer (email)"
    );
    assert_eq!(
        told("PRV-1", &facts(MANIFEST, &[])),
        "not_applicable: no SQL here creates a table about people"
    );
}

fn assessed(facts: &Facts, waivers: &Waivers) -> Assessment {
    assess::assess(facts, waivers, Level::Bronze, date(2026, 3, 4))
}

#[test]
fn a_level_is_reached_with_everything_below_it() {
    let facts = facts(MANIFEST, &[]);
    let found = assessed(&facts, &Waivers::default());
    assert_eq!((found.level, found.ready()), (Level::None, false));
    let missing: Vec<&str> = found.missing().map(|ruled| ruled.check.id).collect();
    assert_eq!(missing, ["OWN-1", "OWN-3", "DOC-3", "BLD-1"]);
    assert_eq!(
        found.next,
        ["OWN-1", "OWN-3", "DOC-3"],
        "the most worth for the least work"
    );
    let waivers = Waivers {
        all: missing
            .iter()
            .map(|id| Waiver {
                check: (*id).to_owned(),
                scope: None,
                reason: "r".into(),
                by: "b".into(),
                until: date(2026, 3, 4),
                line: 1,
            })
            .collect(),
        ..Waivers::default()
    };
    let found = assessed(&facts, &waivers);
    assert_eq!((found.level, found.ready()), (Level::Bronze, true));
    assert_eq!(found.ruled("DOC-3").expect("judged").outcome, Outcome::Waived);
    assert!(
        found
            .next
            .iter()
            .all(|id| ["DOC-1", "SLO-1", "OWN-2", "DOC-2"].contains(id)),
        "{:?}",
        found.next
    );
    let later = assess::assess(&facts, &waivers, Level::Bronze, date(2026, 3, 5));
    assert_eq!(later.level, Level::None, "a waiver that has ended counts for nothing");
}
