//! `deliver ready`, over folders that are good, bad and hostile.

use std::os::unix::fs::{PermissionsExt, symlink};

use serde_json::Value;

use crate::support::Sandbox;

const MANIFEST: &str = r#"[service]
name = "pricing"
team = "checkout"
tier = 3
description = "Quotes a price for a basket"
runbook = "docs/runbook.md"

[run]
command = ["./serve"]
health = { path = "/readyz", live = "/healthz" }
"#;

const README: &str = "\
# Pricing
## Run
```sh
./serve
```
## Test
```sh
make test
```
## Deploy
```sh
deliver deploy
```
";

const WORKFLOW: &str = "\
on:
  pull_request:
  push:
    branches: [main]
jobs:
  test:
    steps:
      - run: make test
";

/// A key that looks real, put together here so that this file holds none.
fn key() -> String {
    ["ghp_", "a8Kd92mNq0Zx7cVb5TyUi3oPl1KjHgFdSaQw"].concat()
}

/// A repository whose service reaches bronze.
fn bronze() -> Sandbox {
    let sandbox = Sandbox::new().env("DELIVER_TEST_NOW", "2026-03-04T05:06:07Z");
    sandbox
        .file("deliver.toml", MANIFEST)
        .file("README.md", README)
        .file("Makefile", "test:\n\ttrue\n")
        .file("serve", "#!/bin/sh\n")
        .file("docs/runbook.md", "# Runbook\n")
        .file(".github/workflows/ci.yml", WORKFLOW)
        .file("CODEOWNERS", "* @acme/checkout\n");
    commit(&sandbox, "first");
    sandbox
}

fn commit(sandbox: &Sandbox, message: &str) {
    let git = "git -c user.name=ada -c user.email=ada@acme.example -c commit.gpgSign=false";
    let when = "GIT_COMMITTER_DATE=2026-03-03T05:06:07Z GIT_AUTHOR_DATE=2026-03-03T05:06:07Z";
    let line = format!(
        "git init --quiet --initial-branch=main; git add --all && {when} {git} commit --quiet --allow-empty -m {message}"
    );
    sandbox.run(&line).ok();
}

fn check<'a>(document: &'a Value, id: &str) -> &'a Value {
    let checks = document["checks"].as_array().expect("checks");
    checks
        .iter()
        .find(|check| check["id"] == id)
        .unwrap_or_else(|| panic!("no {id}"))
}

fn told(sandbox: &Sandbox, id: &str) -> (String, String) {
    let document = sandbox.run("deliver ready --json").json();
    let check = check(&document, id);
    let text = |key: &str| check[key].as_str().unwrap_or_default().to_owned();
    (text("outcome"), text("evidence"))
}

#[test]
fn a_pipe_gets_every_check_in_full() {
    let sandbox = bronze();
    let ran = sandbox.run("deliver ready");
    let expected = "\
✔ pricing is ready: bronze is reached, tier 3 owes bronze
✔\tOWN-1\tbronze\tpass\t`checkout`, who are @acme/checkout
✔\tOWN-2\tsilver\tpass\t3 files covered
✔\tOWN-3\tbronze\tpass\ttier 3, owned, described, with a runbook
✘\tDOC-1\tsilver\tfail\tdoes not answer symptoms, dashboards, rollback, escalation
✔\tDOC-2\tsilver\tpass\tchanged 1 day ago
✔\tDOC-3\tbronze\tpass\t3 commands that exist
–\tDOC-5\tsilver\tnot applicable\tthere are no alert rules here
✔\tBLD-1\tbronze\tpass\t`make test` in the job `test`, for changes and for main
–\tBLD-3\tbronze\tnot applicable\tit has neither dependencies nor an image
–\tBLD-4\tsilver\tnot applicable\tit uses neither images nor actions
–\tBLD-5\tsilver\tnot applicable\tit depends on nothing that is released elsewhere
–\tDEP-1\tbronze\tnot applicable\tnothing was deployed with success yet
–\tDEP-2\tbronze\tnot applicable\tnothing was deployed with success yet
–\tDEP-3\tsilver\tnot applicable\tnothing was deployed with success yet
–\tDEP-4\tgold\tnot applicable\tnothing was deployed with success yet
–\tDEP-5\tsilver\tnot applicable\tnothing was deployed with success yet
–\tDEP-6\tsilver\tnot applicable\tit was not made from a template
–\tDEP-7\tsilver\tnot applicable\tit has no migrations in SQL
✔\tHLT-1\tbronze\tpass\tready at `/readyz`, alive at `/healthz`
–\tHLT-3\tsilver\tnot applicable\tno instance was stopped by a deployment yet
–\tOBS-1\tbronze\tnot applicable\tnothing was deployed with success yet
–\tOBS-2\tbronze\tnot applicable\tnothing was deployed with success yet
–\tOBS-3\tbronze\tnot applicable\tnothing was deployed with success yet
✘\tSLO-1\tsilver\tfail\tno objective on availability is stated
–\tSLO-2\tsilver\tnot applicable\tno objective is stated
–\tSLO-3\tsilver\tnot applicable\tno objective is stated
–\tSLO-4\tgold\tnot applicable\tit depends on no other service
–\tCAP-2\tsilver\tnot applicable\tit runs on one machine only
✔\tSEC-1\tbronze\tpass\t7 files and 1 commit searched
–\tSEC-2\tbronze\tnot applicable\tno image is made of it
–\tPRV-1\tsilver\tnot applicable\tno SQL here creates a table about people
";
    assert_eq!(
        (ran.stdout.as_str(), ran.stderr.as_str(), ran.code),
        (expected, "", Some(0))
    );
}

#[test]
fn a_terminal_gets_what_to_do_first_and_every_line_fits() {
    let sandbox = bronze();
    let ran = sandbox.run("rm README.md && DELIVER_FORCE_TTY=80 NO_COLOR=1 deliver ready");
    let expected = "\
✘ pricing is not ready: none is reached, tier 3 owes bronze

Next:
  DOC-3  README says how to run, test and deploy, with commands that exist:
         there is no README.md
         deliver ready fix DOC-3

   CHECK  LEVEL   OUTCOME  EVIDENCE
✔  OWN-1  bronze  pass     `checkout`, who are @acme/checkout
✔  OWN-2  silver  pass     3 files covered
✔  OWN-3  bronze  pass     tier 3, owned, described, with a runbook
✘  DOC-1  silver  fail     does not answer symptoms, dashboards, rollback, esca…
✔  DOC-2  silver  pass     changed 1 day ago
✘  DOC-3  bronze  fail     there is no README.md
✔  BLD-1  bronze  pass     `make test` in the job `test`, for changes and for m…
✔  HLT-1  bronze  pass     ready at `/readyz`, alive at `/healthz`
✘  SLO-1  silver  fail     no objective on availability is stated
✔  SEC-1  bronze  pass     6 files and 1 commit searched

21 more do not apply here; -v lists them
";
    assert_eq!((ran.stdout.as_str(), ran.code), (expected, Some(3)), "{}", ran.stdout);
    let all = sandbox.run("DELIVER_FORCE_TTY=80 NO_COLOR=1 deliver ready -v").stdout;
    assert!(
        all.contains("\n–  PRV-1  silver  not applicable  no SQL here creates a table about people\n"),
        "{all}"
    );
    for line in ran.stdout.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let ascii = sandbox.run("LANG=C DELIVER_FORCE_TTY=80 NO_COLOR=1 deliver ready");
    assert!(ascii.stdout.is_ascii(), "{}", ascii.stdout);
    assert!(
        ascii.stdout.contains("\nFAIL  DOC-3  bronze  fail "),
        "{}",
        ascii.stdout
    );
}

#[test]
fn the_document_has_the_fields_that_scripts_count_on() {
    let sandbox = bronze();
    sandbox.run("rm README.md").ok();
    let ran = sandbox.run("deliver ready --json");
    let document = ran.json();
    assert_eq!(ran.code, Some(3));
    assert_eq!(ran.error()["kind"], "negative");
    for (field, value) in [
        ("schema", "deliver/readiness/v1"),
        ("service", "pricing"),
        ("level", "none"),
        ("required", "bronze"),
    ] {
        assert_eq!(document[field], value);
    }
    assert_eq!((&document["tier"], &document["ready"]), (&3.into(), &false.into()));
    let failed = check(&document, "DOC-3");
    let mut fields: Vec<&String> = failed.as_object().expect("an object").keys().collect();
    fields.sort();
    assert_eq!(
        fields,
        [
            "evidence",
            "fix",
            "id",
            "level",
            "outcome",
            "source",
            "title",
            "waived_until"
        ]
    );
    assert_eq!(failed["fix"], "deliver ready fix DOC-3");
    assert_eq!(check(&document, "OWN-1")["fix"], Value::Null);
    assert_eq!(document["next"][0]["check"], "DOC-3");
}

#[test]
fn every_template_of_a_service_starts_ready() {
    for template in ["http-node", "http-python", "http-rust", "static-site"] {
        let sandbox = Sandbox::new();
        let line = format!("deliver new {template} pricing --owner checkout --description 'Quotes a price'");
        sandbox.run(&line).ok();
        let ran = sandbox.run("cd pricing && deliver ready --json");
        let document = ran.json();
        assert_eq!(
            (&document["level"], ran.code),
            (&"bronze".into(), Some(0)),
            "{template}: {ran:?}"
        );
        assert_eq!(
            sandbox.run("cd pricing && git status --porcelain").ok(),
            "",
            "looking changes nothing"
        );
    }
}

#[test]
fn a_change_is_recorded_once_and_looking_needs_no_store_that_can_be_written() {
    let sandbox = bronze();
    assert_eq!(sandbox.run("deliver ready --json").json()["recorded"], true);
    assert_eq!(sandbox.run("deliver ready --json").json()["recorded"], false);
    sandbox.run("rm README.md").ok();
    assert_eq!(sandbox.run("deliver ready --json").json()["recorded"], true);
    let records = sandbox.run("deliver audit --json --service pricing").json();
    let changes: Vec<&Value> = records["records"].as_array().expect("records").iter().collect();
    assert_eq!(changes.len(), 2);
    assert_eq!(changes[0]["action"], "readiness.change");
    assert_eq!(
        changes[0]["detail"]["changed"],
        serde_json::json!({"DOC-3": ["pass", "fail"]})
    );

    let sandbox = bronze().env("DELIVER_STORE", "/proc/nowhere/store.db");
    let ran = sandbox.run("deliver ready");
    assert!(ran.stdout.starts_with("✔ pricing is ready"), "{ran:?}");
    assert!(ran.stderr.starts_with("warning: not recorded: "), "{ran:?}");
    assert_eq!(ran.code, Some(0));
    let quiet = bronze();
    quiet.run("deliver ready --dry-run").ok();
    assert!(!quiet.store().exists(), "a dry run records nothing");
}

#[test]
fn explain_says_why_how_what_was_seen_and_what_mends_it() {
    let sandbox = bronze();
    let ran = sandbox.run("DELIVER_FORCE_TTY=80 NO_COLOR=1 deliver ready explain doc-1");
    let expected = "\
✘ DOC-1 fail: the runbook says what to do, in the team's own words

level   silver
why     whoever is paged at night repairs by what is written, or searches
how     the file that `runbook` names is there, answers symptoms, dashboards,
        rollback and escalation with more than a heading, and is not the
        template's text any more
here    does not answer symptoms, dashboards, rollback, escalation
        (docs/runbook.md)
mend    deliver ready fix DOC-1
patch   deliver ready fix DOC-1

WHERE              WHAT
docs/runbook.md:1  headings that a person who was paged looks for

FACT     VALUE                                                   FROM
runbook  docs/runbook.md, 1 headings, changed 2026-03-03T05:06…  docs/runbook.md
";
    assert_eq!((ran.stdout.as_str(), ran.code), (expected, Some(0)), "{}", ran.stdout);
    let document = sandbox.run("deliver ready explain SEC-1 --json").json();
    assert_eq!(
        (&document["id"], &document["waivable"]),
        (&"SEC-1".into(), &false.into())
    );
    assert_eq!(document["facts"][0]["value"], "0 in 7 files");
    let told = sandbox.run("deliver ready explain DOC-11").fails(2);
    assert!(
        told.contains("there is no check `DOC-11`") && told.contains("did you mean DOC-1?"),
        "{told}"
    );
}

#[test]
fn a_waiver_excuses_until_its_day_and_is_told_of_before_and_after() {
    let sandbox = bronze();
    sandbox.run("rm README.md").ok();
    let ran = sandbox.run("deliver ready waive DOC-3 --until 2026-03-10 --reason 'it is  being\nwritten'");
    assert_eq!(
        (ran.stdout.as_str(), ran.stderr.as_str(), ran.code),
        (
            "✔ DOC-3 is waived until 2026-03-10: it is being written  .deliver/waivers.toml\n",
            "hint: git add .deliver/waivers.toml && git commit\n",
            Some(0)
        )
    );
    let file = sandbox.read(".deliver/waivers.toml");
    assert!(
        file.contains(
            "check = \"DOC-3\"\nreason = \"it is being written\"\nby = \"alice@laptop\"\nuntil = \"2026-03-10\"\n"
        ),
        "{file}"
    );
    let ran = sandbox.run("deliver ready");
    assert!(ran.stdout.starts_with("✔ pricing is ready: bronze"), "{ran:?}");
    assert!(
        ran.stdout
            .contains("!\tDOC-3\tbronze\twaived\tuntil 2026-03-10: there is no README.md\n"),
        "{ran:?}"
    );
    assert_eq!(ran.stderr, "warning: the waiver of DOC-3 ends with 2026-03-10\n");
    let document = sandbox.run("deliver ready --json").json();
    assert_eq!(check(&document, "DOC-3")["waived_until"], "2026-03-10");
    assert_eq!(document["waivers"][0]["state"], "expiring");

    let ran = sandbox.run("DELIVER_TEST_NOW=2026-03-11T00:00:00Z deliver ready");
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(
        ran.stderr
            .contains("the waiver of DOC-3 ended with 2026-03-10 and no longer counts"),
        "{ran:?}"
    );
    let records = sandbox.run("deliver audit --json").json();
    let actions: Vec<&str> = records["records"]
        .as_array()
        .expect("records")
        .iter()
        .filter_map(|it| it["action"].as_str())
        .collect();
    assert!(actions.contains(&"readiness.waive"), "{actions:?}");
}

#[test]
fn a_waiver_that_asks_too_much_is_refused() {
    let sandbox = bronze();
    for (line, code, message) in [
        ("SEC-1 --until 2026-03-10 --reason x", 3, "cannot waive `SEC-1`"),
        ("DOC-1 --until 2026-03-03 --reason x", 2, "that day is over"),
        (
            "DOC-1 --until 2027-03-05 --reason x",
            2,
            "a waiver lasts a year at most",
        ),
        ("DOC-1 --until 2026-03-10", 2, "a waiver needs a reason"),
        ("DOC-1 --until tomorrow --reason x", 2, "write year, month and day"),
        ("DOC-1 --reason x", 2, "--until"),
        ("DOC-99 --until 2026-03-10 --reason x", 2, "there is no check `DOC-99`"),
    ] {
        let told = sandbox.run(&format!("deliver ready waive {line}")).fails(code);
        assert!(told.contains(message), "{line}: {told}");
    }
    assert!(!sandbox.project().join(".deliver").exists(), "nothing was written");
    sandbox
        .run("deliver ready waive DOC-1 --until 2027-03-04 --reason x --dry-run")
        .ok();
    assert!(!sandbox.project().join(".deliver").exists(), "a dry run writes nothing");
}

#[test]
fn a_file_of_waivers_with_problems_is_shown_with_its_lines() {
    let sandbox = bronze();
    sandbox.file(
        ".deliver/waivers.toml",
        "[[waiver]]\ncheck = \"DOC-11\"\nreason = \"x\"\nby = \"a\"\nuntil = 2026-03-10\n",
    );
    let ran = sandbox.run("deliver ready --json");
    assert_eq!((ran.stdout.as_str(), ran.code), ("", Some(2)));
    let error = ran.error();
    let problems: Vec<(u64, &str)> = error["problems"]
        .as_array()
        .expect("problems")
        .iter()
        .map(|it| {
            (
                it["span"]["line"].as_u64().expect("a line"),
                it["label"].as_str().unwrap_or_default(),
            )
        })
        .collect();
    assert_eq!(problems, [(2, "did you mean \"DOC-1\"?"), (5, "this is a date")]);
    assert!(ran.stderr.contains("write `until = \"2026-03-10\"`"), "{}", ran.stderr);
}

#[test]
fn a_patch_is_shown_and_applied_only_with_consent() {
    let sandbox = bronze();
    sandbox.file("deliver.toml", &MANIFEST.replace("runbook = \"docs/runbook.md\"\n", ""));
    sandbox.run("rm -r docs README.md CODEOWNERS").ok();
    commit(&sandbox, "less");
    let ran = sandbox.run("deliver ready fix DOC-1 --dry-run");
    assert_eq!(ran.code, Some(0));
    assert!(
        ran.stdout.starts_with(
            "--- /dev/null\n+++ b/docs/runbook.md\n@@ -0,0 +1,17 @@\n+# Runbook of pricing\n+\n+## Symptoms\n"
        ),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.contains("--- a/deliver.toml\n+++ b/deliver.toml\n"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.contains("\n+runbook = \"docs/runbook.md\"\n"),
        "{}",
        ran.stdout
    );
    let ran = sandbox.run("deliver ready fix DOC-1");
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.ends_with("  hint: pass --yes\n"), "{ran:?}");
    assert!(!sandbox.project().join("docs").exists());

    let ran = sandbox.run("deliver ready fix DOC-1 --yes");
    assert_eq!(
        (ran.stdout.as_str(), ran.code),
        ("✔ docs/runbook.md\n✔ deliver.toml\n", Some(0))
    );
    assert_eq!(
        ran.stderr,
        "hint: write what you know below the headings of docs/runbook.md\n"
    );
    assert_eq!(
        told(&sandbox, "DOC-1"),
        (
            "fail".into(),
            "does not answer symptoms, dashboards, rollback, escalation".into()
        ),
        "headings alone answer nothing"
    );
    assert!(
        sandbox
            .run("deliver ready fix DOC-1")
            .fails(3)
            .contains("its headings are there")
    );

    for (id, flags) in [("OWN-2", "--owner @acme/checkout"), ("DOC-3", ""), ("SLO-1", "")] {
        sandbox.run(&format!("deliver ready fix {id} --yes {flags}")).ok();
        assert_eq!(told(&sandbox, id).0, "pass", "{id}");
    }
    assert!(sandbox.read("README.md").contains("## Test\n\n```sh\nmake test\n```\n"));
    assert!(
        sandbox
            .read("deliver.toml")
            .starts_with("[service]\nname = \"pricing\"\nteam = \"checkout\"\n")
    );
    let again = sandbox.run("deliver ready fix DOC-3 --json").json();
    assert_eq!(
        (&again["written"], again["files"].as_array().map(Vec::len)),
        (&false.into(), Some(0))
    );
    assert!(
        sandbox
            .run("rm README.md; deliver ready fix SEC-2; deliver ready fix OBS-1")
            .stderr
            .contains("SEC-2 needs no mending")
    );
    let records = sandbox.run("deliver audit --json").json();
    let fixes = records["records"]
        .as_array()
        .expect("records")
        .iter()
        .filter(|it| it["action"] == "readiness.fix");
    assert_eq!(fixes.count(), 4);
}

#[test]
fn patches_for_builds_fit_what_the_service_is_made_with() {
    let sandbox = bronze();
    sandbox
        .file("Cargo.toml", "[package]\nname = \"x\"\n[dependencies]\na = \"1\"\n")
        .file("Dockerfile", "FROM a:1\nUSER 1\n");
    sandbox.run("rm -r .github").ok();
    assert!(
        sandbox
            .run("deliver ready fix SEC-1")
            .stderr
            .contains("SEC-1 needs no mending")
    );
    sandbox.run("deliver ready fix BLD-1 --yes").ok();
    sandbox.run("deliver ready fix BLD-5 --yes").ok();
    assert_eq!(
        told(&sandbox, "BLD-1"),
        (
            "pass".into(),
            "`cargo test` in the job `test`, for changes and for main".into()
        )
    );
    assert_eq!(told(&sandbox, "BLD-5").0, "pass");
    let file = sandbox.read(".github/dependabot.yml");
    for ecosystem in ["cargo", "docker", "github-actions"] {
        assert!(
            file.contains(&format!("package-ecosystem: {ecosystem}\n    directory: \"/\"\n")),
            "{file}"
        );
    }
    assert!(
        sandbox
            .run("rm .github/dependabot.yml; ln -s /etc/passwd .github/dependabot.yml; deliver ready fix BLD-5 --yes")
            .code
            != Some(0)
    );
}

#[test]
fn a_secret_is_found_where_it_is_and_where_it_was_and_shown_nowhere() {
    let sandbox = bronze();
    sandbox.file("config/prod.env", &format!("A=1\nAPI_TOKEN={}\n", key()));
    let outcome = |sandbox: &Sandbox| told(sandbox, "SEC-1");
    let (found, evidence) = outcome(&sandbox);
    assert_eq!(found, "fail");
    assert!(
        evidence.starts_with("1 secret: a GitHub token at config/prod.env:2 (hash "),
        "{evidence}"
    );
    commit(&sandbox, "leak");
    sandbox.run("git rm --quiet config/prod.env").ok();
    commit(&sandbox, "clean");
    let (found, evidence) = outcome(&sandbox);
    assert_eq!(found, "fail");
    assert!(
        evidence.contains("config/prod.env:2") && evidence.contains(", in commit "),
        "{evidence}"
    );
    let formats = [
        "--json",
        "--format sarif",
        "--format junit",
        "--format markdown",
        "--format github",
        "",
    ];
    for line in formats
        .iter()
        .map(|format| format!("deliver ready {format}"))
        .chain(["deliver ready explain SEC-1 --json".to_owned()])
    {
        let ran = sandbox.run(&line);
        assert!(!format!("{ran:?}").contains("a8Kd92mNq0Zx7cVb5Ty"), "{line}");
    }
    sandbox.file("second.env", &format!("API_TOKEN={}\n", key().replace("a8Kd", "b9Ke")));
    let sarif = sandbox.run("deliver ready --format sarif").json();
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let secrets: Vec<&Value> = results.iter().filter(|it| it["ruleId"] == "SEC-1").collect();
    let marks: Vec<&str> = secrets
        .iter()
        .filter_map(|it| it["partialFingerprints"]["secret/v1"].as_str())
        .collect();
    assert_eq!((secrets.len(), marks.len()), (2, 2), "{secrets:?}");
    assert!(
        marks[0].starts_with("pricing/SEC-1/") && marks[0] != marks[1],
        "{marks:?}"
    );
    assert!(marks[0].ends_with("/second.env") && marks[1].ends_with("/config/prod.env"));
    sandbox.run("rm second.env").ok();
    let kept = sandbox.run("grep -rl a8Kd92mNq0Zx7cVb5Ty ../home ../run || true").ok();
    assert_eq!(kept, "", "neither store nor cache holds it");

    let hash = evidence
        .split("(hash ")
        .nth(1)
        .and_then(|rest| rest.split(')').next())
        .expect("a hash");
    sandbox.file(
        ".deliver/waivers.toml",
        &format!("[[harmless]]\nhash = \"{hash}\"\nreason = \"revoked on 2026-03-04\"\nby = \"ada\"\n"),
    );
    assert_eq!(outcome(&sandbox).0, "pass");
    sandbox.run("rm -r .deliver; git checkout --quiet -b fresh HEAD~2").ok();
    assert_eq!(outcome(&sandbox).0, "pass", "a history without it does not have it");
}

#[test]
fn without_version_control_there_is_no_history_to_search() {
    let sandbox = bronze();
    sandbox.run("rm -rf .git").ok();
    assert_eq!(
        told(&sandbox, "SEC-1"),
        ("no_evidence".into(), "no history: not under version control".into())
    );
    assert_eq!(told(&sandbox, "OWN-2").0, "no_evidence");
}

#[test]
fn quiet_tells_what_is_short_and_nothing_else() {
    let sandbox = bronze();
    let ran = sandbox.run("deliver ready -q");
    assert_eq!(
        ran.stdout,
        "✔ pricing is ready: bronze is reached, tier 3 owes bronze\n"
    );
    let ran = sandbox.run("rm README.md; deliver ready -q");
    assert_eq!(
        (ran.stdout.as_str(), ran.code),
        (
            "✘ pricing is not ready: none is reached, tier 3 owes bronze\n✘\tDOC-3\tbronze\tfail\tthere is no README.md\n",
            Some(3)
        )
    );
}

#[test]
fn a_patch_is_offered_where_there_is_one() {
    let sandbox = bronze();
    let fixable = |sandbox: &Sandbox, id: &str| {
        let document = sandbox.run(&format!("deliver ready explain {id} --json")).json();
        (document["outcome"].clone(), document["fixable"].clone())
    };
    assert_eq!(fixable(&sandbox, "DOC-1"), ("fail".into(), true.into()));
    sandbox.run("deliver ready fix DOC-1 --yes").ok();
    assert_eq!(fixable(&sandbox, "DOC-1"), ("fail".into(), false.into()));
    sandbox.file(".github/workflows/ci.yml", "on: [\n");
    assert_eq!(fixable(&sandbox, "BLD-1"), ("no_evidence".into(), false.into()));
}

#[test]
fn what_passes_is_not_waived_unless_somebody_insists() {
    let sandbox = bronze();
    let told = sandbox
        .run("deliver ready waive OWN-1 --until 2026-03-10 --reason x")
        .fails(3);
    assert!(told.contains("`OWN-1` passes, and needs no waiver"), "{told}");
    assert!(!sandbox.project().join(".deliver").exists());
    sandbox
        .run("deliver ready waive OWN-1 --until 2026-03-10 --reason x --yes")
        .ok();
    assert!(sandbox.read(".deliver/waivers.toml").contains("OWN-1"));
}

#[test]
fn only_new_commits_are_searched() {
    let sandbox = bronze();
    assert_eq!(told(&sandbox, "SEC-1").1, "7 files and 1 commit searched");
    sandbox.file("a", "1");
    commit(&sandbox, "second");
    assert_eq!(told(&sandbox, "SEC-1").1, "8 files and 2 commits searched");
    // An object that is gone cannot be read again, and need not be.
    sandbox
        .run("git repack -adq; git replace --help >/dev/null 2>&1; true")
        .ok();
    assert_eq!(told(&sandbox, "SEC-1").1, "8 files and 2 commits searched");
    sandbox.run("git clone --quiet --depth 1 file://$PWD ../shallow").ok();
    let document = sandbox.run("cd ../shallow && deliver ready --json").json();
    let secrets = check(&document, "SEC-1");
    assert_eq!(secrets["outcome"], "no_evidence");
    assert_eq!(
        secrets["fix"],
        "git fetch --unshallow; in CI, check out with fetch-depth: 0"
    );
}

#[test]
fn a_service_in_a_folder_of_a_repository_is_judged_with_what_is_above_it() {
    let sandbox = bronze();
    sandbox
        .run("mkdir -p services/pricing && git mv deliver.toml README.md Makefile serve docs services/pricing/")
        .ok();
    sandbox.file("CODEOWNERS", "* @acme/all\n/services/pricing/ @acme/checkout\n");
    commit(&sandbox, "move");
    let ran = sandbox.run("cd services/pricing && deliver ready --json");
    let document = ran.json();
    assert_eq!(document["level"], "bronze", "{ran:?}");
    assert_eq!(
        check(&document, "OWN-1")["evidence"],
        "`checkout`, who are @acme/checkout"
    );
    assert_eq!(check(&document, "BLD-1")["source"], "../../.github/workflows/ci.yml:8");
    let sarif = sandbox
        .run("cd services/pricing && rm README.md && deliver ready --format sarif")
        .json();
    let uris: Vec<&str> = sarif["runs"][0]["results"]
        .as_array()
        .expect("results")
        .iter()
        .map(|it| {
            it["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
                .as_str()
                .expect("a place")
        })
        .collect();
    assert!(uris.contains(&"services/pricing/docs/runbook.md"), "{uris:?}");
}

#[test]
fn sarif_has_what_code_scanning_requires() {
    let sandbox = bronze();
    sandbox
        .run("rm README.md && deliver ready waive DOC-3 --until 2026-04-04 --reason x")
        .ok();
    sandbox.file("Dockerfile", "FROM evil:latest\n");
    let ran = sandbox.run("deliver ready --format sarif");
    let document = ran.json();
    assert_eq!(document["version"], "2.1.0");
    assert_eq!(document["$schema"], "https://json.schemastore.org/sarif-2.1.0.json");
    let run = &document["runs"][0];
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "deliver ready");
    let rules = driver["rules"].as_array().expect("rules");
    assert_eq!(rules.len(), 31);
    for rule in rules {
        assert!(
            rule["id"].is_string() && rule["shortDescription"]["text"].is_string() && rule["help"]["text"].is_string()
        );
    }
    let results = run["results"].as_array().expect("results");
    assert!(!results.is_empty());
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small");
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(result["message"]["text"].as_str().is_some_and(|text| !text.is_empty()));
        assert!(["error", "warning", "note", "none"].contains(&result["level"].as_str().expect("a level")));
        for location in result["locations"].as_array().expect("locations") {
            let physical = &location["physicalLocation"];
            let uri = physical["artifactLocation"]["uri"].as_str().expect("a uri");
            assert!(!uri.is_empty() && !uri.starts_with('/') && !uri.contains(' '), "{uri}");
            assert!(physical["region"]["startLine"].as_u64().is_some_and(|line| line >= 1));
        }
    }
    let waived = results
        .iter()
        .find(|it| it["ruleId"] == "DOC-3")
        .expect("the waived one");
    assert_eq!(waived["suppressions"][0]["kind"], "external");
}

#[test]
fn the_other_formats_hold_hostile_names_as_text() {
    let sandbox = bronze();
    let evil = "ops/a<b>&\"|@all`\n::error::.yml";
    sandbox.file(evil, "groups: [\nalert:\nexpr:\n");
    let junit = sandbox.run("deliver ready --format junit");
    assert_eq!(junit.code, Some(0), "{junit:?}");
    assert!(junit.stdout.starts_with(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"31\" failures=\"0\" errors=\"0\" skipped=\""
    ));
    assert!(
        junit.stdout.contains("ops/a&lt;b&gt;&amp;&quot;|@all` ::error::.yml"),
        "{}",
        junit.stdout
    );
    let markdown = sandbox.run("deliver ready --format markdown").ok();
    assert!(
        markdown.starts_with("## pricing is ready\n\nIt reaches **bronze**; tier 3 owes **bronze**.\n"),
        "{markdown}"
    );
    let row = markdown
        .lines()
        .find(|line| line.starts_with("| DOC-5"))
        .expect("a row");
    assert!(
        row.contains("&lt;b&gt;&amp;\"\\|&#64;all\\`") && !row.contains("::error::.yml\n"),
        "{row}"
    );
    let github = sandbox.run("deliver ready --format github").ok();
    for line in github.lines() {
        assert!(
            ["::error file=", "::warning file=", "::notice file="]
                .iter()
                .any(|start| line.starts_with(start)),
            "{line}"
        );
    }
    assert!(
        sandbox
            .run("deliver ready --format xml")
            .fails(2)
            .contains("possible values: junit, sarif, markdown, github")
    );
    sandbox.run("deliver ready --format junit --json").fails(2);
}

#[test]
fn hostile_folders_get_an_answer() {
    let sandbox = bronze();
    let at = |name: &str| sandbox.project().join(name);
    for (path, text) in [
        (".github/workflows/bomb.yml", bomb()),
        ("ops/bomb.yml", format!("groups:\nalert:\nexpr:\n{}", bomb())),
        (".deliver/template.toml", "[template\n".to_owned()),
        ("package.json", "{\"dependencies\": {\"a\": ".to_owned()),
        ("Cargo.toml", "[dependencies\n".to_owned()),
        ("db/migrations/1.sql", "create table (((((' drop".repeat(10_000)),
        ("Dockerfile", "FROM \\\n".repeat(50_000)),
        ("large.md", "x".repeat(3 << 20)),
    ] {
        sandbox.file(path, &text);
    }
    std::fs::write(at("README.md"), b"# \xff\xfe\n```sh\n\xc3\x28\n```\n".repeat(1000)).expect("written");
    std::fs::write(at("CODEOWNERS"), b"\xff * [[[ ]\n!x\n* @a\n".repeat(2000)).expect("written");
    symlink(".", at("loop")).expect("linked");
    symlink("/etc/passwd", at("docs/passwd.md")).expect("linked");
    sandbox
        .run("rm docs/runbook.md && mkfifo docs/runbook.md pipe && mkdir -p many && cd many && seq 3000 | xargs touch")
        .ok();
    let ran = sandbox.run("deliver ready --json");
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let document = ran.json();
    assert_eq!(document["checks"].as_array().map(Vec::len), Some(31));
    assert_eq!(check(&document, "BLD-1")["outcome"], "no_evidence");
    assert_eq!(check(&document, "DOC-5")["outcome"], "no_evidence");
    assert!(!ran.stdout.contains("root:"), "a link out of the folder was followed");

    std::fs::write(at("deliver.toml"), b"[service]\nname = \"x\xff\"\n").expect("written");
    sandbox.run("deliver ready").fails(2);
    sandbox.run("rm -rf .git; git init --quiet").ok();
    sandbox.file("deliver.toml", MANIFEST);
    let ran = sandbox.run("deliver ready --json");
    assert_eq!(
        ran.json()["checks"].as_array().map(Vec::len),
        Some(31),
        "a repository without a commit"
    );
    sandbox.run("echo broken > .git/HEAD").ok();
    let ran = sandbox.run("deliver ready --json");
    assert_eq!(check(&ran.json(), "SEC-1")["outcome"], "no_evidence", "{ran:?}");
    sandbox.run("rm -rf .git").ok();
    let ran = sandbox.run("deliver ready --json");
    assert_eq!(
        ran.json()["checks"].as_array().map(Vec::len),
        Some(31),
        "no repository at all"
    );
}

/// Aliases of aliases: a few lines that would grow to a billion words.
fn bomb() -> String {
    let mut text = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (name, before) in "bcdefghi".chars().zip("abcdefgh".chars()) {
        let items = vec![format!("*{before}"); 9].join(", ");
        text.push_str(&format!("{name}: &{name} [{items}]\n"));
    }
    text + "on: *i\njobs: *i\n"
}

#[test]
fn what_cannot_be_read_is_no_evidence() {
    let sandbox = bronze();
    let place = sandbox.project().join("README.md");
    let permissions = std::fs::Permissions::from_mode(0o000);
    std::fs::set_permissions(&place, permissions).expect("set");
    if std::fs::read(&place).is_ok() {
        return; // root reads everything
    }
    assert_eq!(
        told(&sandbox, "DOC-3"),
        ("no_evidence".into(), "`README.md` may not be read".into())
    );
}

/// A service that `cp` starts in no time and that stays: the gate is what is looked at.
fn gated(manifest: &str) -> Sandbox {
    let sandbox = bronze();
    sandbox.file("deliver.toml", &format!("{MANIFEST}{manifest}"));
    sandbox.run("rm README.md").ok();
    commit(&sandbox, "gated");
    sandbox
}

fn gate(document: &Value) -> (&str, &str) {
    let gates = document["gates"].as_array().expect("gates");
    let gate = gates.iter().find(|gate| gate["id"] == "readiness").expect("the gate");
    (
        gate["verdict"].as_str().expect("a word"),
        gate["reason"].as_str().expect("a reason"),
    )
}

#[test]
fn a_protected_environment_asks_for_the_level_and_a_person_may_override_it() {
    let sandbox = gated("[environment.production]\nprotected = true\n");
    assert_eq!(
        gate(&sandbox.run("deliver plan --json").json()),
        ("pass", "this environment requires no level")
    );
    let plan = sandbox.run("deliver plan production --json");
    assert_eq!(
        gate(&plan.json()),
        ("refuse", "bronze is required, none is reached: DOC-3")
    );
    let ran = sandbox.run("deliver deploy production --yes --json");
    assert_eq!(
        (ran.json()["outcome"].as_str(), ran.code),
        (Some("refused"), Some(3)),
        "{ran:?}"
    );
    sandbox.run("deliver plan production --override readiness").fails(2);

    sandbox.file("README.md", README);
    commit(&sandbox, "ready");
    assert_eq!(
        gate(&sandbox.run("deliver plan production --json").json()),
        ("pass", "reaches bronze")
    );
    sandbox.file(".deliver/waivers.toml", "[[waiver]]\n");
    let (verdict, reason) = {
        let document = sandbox.run("deliver plan production --json").json();
        let (verdict, reason) = gate(&document);
        (verdict.to_owned(), reason.to_owned())
    };
    assert_eq!(verdict, "unknown", "what cannot be found out lets nothing through");
    assert!(reason.contains("waivers.toml"), "{reason}");
}

#[test]
fn the_platform_says_where_readiness_counts() {
    let sandbox = gated("[environment.production]\nprotected = true\n");
    let platform = |policy: &str| {
        let text = format!("[platform]\nname = \"acme\"\n{policy}");
        sandbox.file("platform.toml", &text);
        let document = sandbox.run("deliver plan production --json").json();
        let local = sandbox.run("deliver plan local --json").json();
        (gate(&document).0.to_owned(), gate(&local).0.to_owned())
    };
    let word = |pair: (&str, &str)| (pair.0.to_owned(), pair.1.to_owned());
    assert_eq!(
        platform("[policy.environment.production]\nreadiness = false\n"),
        word(("pass", "pass"))
    );
    assert_eq!(
        platform("[policy.environment.local]\nreadiness = true\n"),
        word(("refuse", "refuse"))
    );
    assert_eq!(platform("[tier.3]\nlevel = \"none\"\n"), word(("pass", "pass")));
}
