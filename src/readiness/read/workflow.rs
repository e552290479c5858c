//! Pipelines of code hosts: what they do with a change, and what they depend on.
//!
//! GitHub's workflows and GitLab's `.gitlab-ci.yml` are read as the data they are. Conditions are expressions of another
//! language: those that name an event or a branch are understood, others are taken to let the job run.

use serde_json::Value;

use super::command::{self, Call};
use super::{line_of, texts, yaml};

/// One file of a pipeline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pipeline {
    /// Relative to the service's folder.
    pub path: String,
    /// Runs for proposed changes.
    pub on_change: bool,
    /// Runs for what came to the main branch.
    pub on_main: bool,
    /// Why it does not run for every change, where it could.
    pub limits: Vec<String>,
    pub tests: Vec<TestRun>,
    /// Actions, images and templates that it takes from elsewhere.
    pub uses: Vec<Use>,
    /// Workflows of the same repository that it calls, with the events it does so for.
    pub calls: Vec<(String, bool, bool)>,
    /// It takes in parts that cannot be seen from here.
    pub hidden: bool,
}

/// A step that runs tests, and for which events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestRun {
    pub job: String,
    pub command: String,
    pub line: usize,
    pub on_change: bool,
    pub on_main: bool,
}

/// Something from elsewhere that a pipeline runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    pub what: String,
    pub line: usize,
    /// Bound to one content for ever.
    pub pinned: bool,
}

/// Main branches by their usual names.
const MAIN: [&str; 4] = ["main", "master", "trunk", "develop"];

/// Jobs and steps that are looked at; more is a generated file.
const MAX_JOBS: usize = 500;

/// Reads a workflow of GitHub. `prefix` is the service's folder in the repository: empty, or `services/pricing/`.
pub fn github(path: &str, text: &str, prefix: &str) -> Result<Pipeline, String> {
    let document = yaml(text)?;
    let jobs = document["jobs"].as_object().ok_or("it has no `jobs`")?;
    let mut pipeline = Pipeline {
        path: path.to_owned(),
        ..Pipeline::default()
    };
    events(&document["on"], prefix, &mut pipeline);
    for (name, job) in jobs.iter().take(MAX_JOBS) {
        let limits = runs_for(&job["if"]);
        let at = line_of(text, &format!("{name}:"), 1).unwrap_or(1);
        if let Some(called) = job["uses"].as_str() {
            match called.strip_prefix("./") {
                Some(own) => pipeline.calls.push((own.to_owned(), limits.0, limits.1)),
                None => pipeline.uses.push(used(called, text)),
            }
        }
        for image in [&job["container"], &job["container"]["image"]]
            .into_iter()
            .filter_map(Value::as_str)
        {
            pipeline.uses.push(image_used(image, text));
        }
        for service in job["services"].as_object().into_iter().flat_map(|all| all.values()) {
            pipeline
                .uses
                .extend(service["image"].as_str().map(|image| image_used(image, text)));
        }
        for step in job["steps"].as_array().into_iter().flatten().take(MAX_JOBS) {
            if let Some(action) = step["uses"].as_str().filter(|action| !action.starts_with("./")) {
                pipeline.uses.push(used(action, text));
            }
            let ignored = forgives(&step["continue-on-error"]) || forgives(&job["continue-on-error"]);
            let (change, main) = runs_for(&step["if"]);
            let run = step["run"].as_str().unwrap_or_default();
            pipeline
                .tests
                .extend(tests(run, ignored).into_iter().map(|call| TestRun {
                    job: name.clone(),
                    line: line_of(text, first_words(&call), at).unwrap_or(at),
                    command: call.words.join(" "),
                    on_change: change && limits.0,
                    on_main: main && limits.1,
                }));
        }
    }
    pipeline.uses.dedup();
    Ok(pipeline)
}

/// Which events start a workflow.
fn events(on: &Value, prefix: &str, pipeline: &mut Pipeline) {
    let named =
        |event: &str| texts(on).contains(&event) || on.as_object().is_some_and(|events| events.contains_key(event));
    let mut covered = |event: &str| {
        let paths = texts(&on[event]["paths"]);
        let fine = paths.is_empty() || paths.iter().any(|pattern| covers(pattern, prefix));
        if named(event) && !fine {
            let limit = format!("`{event}` runs for changes of {} only", paths.join(", "));
            pipeline.limits.push(limit);
        }
        fine
    };
    let change = covered("pull_request");
    let main = covered("push");
    let push = &on["push"];
    let branches = texts(&push["branches"]);
    let tags_only = branches.is_empty() && push["branches-ignore"].is_null() && !push["tags"].is_null();
    let to_main = !tags_only && (branches.is_empty() || branches.iter().any(|branch| is_main(branch)));
    let ignores_main = texts(&push["branches-ignore"]).iter().any(|branch| is_main(branch));
    pipeline.on_change = named("pull_request") && change || named("merge_group");
    pipeline.on_main = named("push") && main && to_main && !ignores_main;
}

/// Whether a branch or a pattern of branches can be the main one.
fn is_main(pattern: &str) -> bool {
    MAIN.contains(&pattern) || matches!(pattern, "*" | "**") || pattern.starts_with("$default")
}

/// Whether a pattern of paths takes in the whole of a service's folder.
fn covers(pattern: &str, prefix: &str) -> bool {
    let whole = pattern
        .strip_suffix("**")
        .or_else(|| pattern.strip_suffix('*'))
        .unwrap_or(pattern);
    !pattern.starts_with('!') && (whole.is_empty() || (!prefix.is_empty() && prefix.starts_with(whole)))
}

/// For which events a condition lets a job or a step run: proposed changes, and what came to the main branch.
fn runs_for(condition: &Value) -> (bool, bool) {
    let text = match condition {
        Value::Bool(false) => return (false, false),
        Value::String(text) => text.replace([' ', '"', '\''], ""),
        _ => return (true, true),
    };
    let text = text.trim_start_matches("${{").trim_end_matches("}}");
    if text == "false" {
        return (false, false);
    }
    let says = |part: &str| text.contains(part);
    let alternatives = says("||");
    let change_only = says("github.event_name==pull_request") && !alternatives;
    let main_only = !alternatives
        && (says("github.event_name==push")
            || says("github.event_name!=pull_request")
            || says("github.ref==refs/heads/")
            || says("startsWith(github.ref,refs/tags"));
    let elsewhere =
        says("github.event_name==schedule") || says("github.event_name==workflow_dispatch") || says("refs/tags");
    match (change_only, main_only, elsewhere && !alternatives) {
        (_, _, true) => (false, false),
        (true, false, _) => (true, false),
        (false, true, _) => (false, true),
        _ => (true, true),
    }
}

/// Whether a failure is let pass; an expression is not known to.
fn forgives(value: &Value) -> bool {
    value.as_bool() == Some(true) || value.as_str() == Some("true")
}

/// The calls of a script that run tests and whose failure counts.
fn tests(script: &str, ignored: bool) -> Vec<Call> {
    if ignored {
        return Vec::new();
    }
    let calls = command::calls(script);
    calls
        .into_iter()
        .filter(|call| !call.forgiven && command::is_test(&call.words))
        .collect()
}

fn first_words(call: &Call) -> &str {
    call.words.first().map_or("", String::as_str)
}

fn used(what: &str, text: &str) -> Use {
    if let Some(image) = what.strip_prefix("docker://") {
        return image_used(image, text);
    }
    let version = what.rsplit_once('@').map_or("", |(_, version)| version);
    let commit = matches!(version.len(), 40 | 64) && version.bytes().all(|byte| byte.is_ascii_hexdigit());
    Use {
        what: what.to_owned(),
        line: line_of(text, what, 1).unwrap_or(1),
        pinned: commit,
    }
}

fn image_used(image: &str, text: &str) -> Use {
    Use {
        what: image.to_owned(),
        line: line_of(text, image, 1).unwrap_or(1),
        pinned: super::dockerfile::has_digest(image),
    }
}

/// Keys of `.gitlab-ci.yml` that are no jobs.
const RESERVED: [&str; 14] = [
    "default",
    "include",
    "stages",
    "variables",
    "workflow",
    "image",
    "services",
    "before_script",
    "after_script",
    "cache",
    "pages",
    "spec",
    "types",
    "component",
];

/// Reads `.gitlab-ci.yml`.
pub fn gitlab(path: &str, text: &str) -> Result<Pipeline, String> {
    let document = yaml(text)?;
    let jobs = document.as_object().ok_or("it is no mapping")?;
    let mut pipeline = Pipeline {
        path: path.to_owned(),
        hidden: !document["include"].is_null(),
        ..Pipeline::default()
    };
    let shared = [&document["image"], &document["default"]["image"]];
    let images = shared.into_iter().chain(jobs.values().map(|job| &job["image"]));
    for image in images.filter_map(|image| image.as_str().or_else(|| image["name"].as_str())) {
        pipeline.uses.push(image_used(image, text));
    }
    let before = [&document["before_script"], &document["default"]["before_script"]];
    for (name, job) in jobs.iter().take(MAX_JOBS) {
        if RESERVED.contains(&name.as_str()) || name.starts_with('.') {
            continue;
        }
        pipeline.hidden |= !job["extends"].is_null();
        let (change, main) = gitlab_events(job);
        pipeline.on_change |= change;
        pipeline.on_main |= main;
        let own = [&job["before_script"], &job["script"]];
        let lines: Vec<&str> = before.iter().chain(&own).flat_map(|script| texts(script)).collect();
        let ignored = job["allow_failure"].as_bool() == Some(true) || job["when"].as_str() == Some("manual");
        let at = line_of(text, &format!("{name}:"), 1).unwrap_or(1);
        pipeline
            .tests
            .extend(tests(&lines.join("\n"), ignored).into_iter().map(|call| TestRun {
                job: name.clone(),
                line: line_of(text, first_words(&call), at).unwrap_or(at),
                command: call.words.join(" "),
                on_change: change,
                on_main: main,
            }));
    }
    Ok(pipeline)
}

/// Without rules a job runs for each push to each branch, which is before and after a change comes to the main one.
fn gitlab_events(job: &Value) -> (bool, bool) {
    if let Some(rules) = job["rules"].as_array() {
        let runs = rules
            .iter()
            .filter(|rule| !matches!(rule["when"].as_str(), Some("never" | "manual")));
        let mut found = (false, false);
        for rule in runs {
            let text = rule["if"].as_str().unwrap_or_default();
            let narrow = !rule["changes"].is_null() || text.contains("CI_COMMIT_TAG") || text.contains("schedule");
            let request = text.contains("merge_request");
            let branch =
                text.contains("CI_DEFAULT_BRANCH") || text.contains("CI_COMMIT_BRANCH") || text.contains("push");
            found.0 |= !narrow && (request || !branch);
            found.1 |= !narrow && (branch || !request);
        }
        return found;
    }
    let only: Vec<&str> = texts(&job["only"])
        .into_iter()
        .chain(texts(&job["only"]["refs"]))
        .collect();
    if only.is_empty() {
        return (true, true);
    }
    let branches = only.contains(&"branches") || only.contains(&"pushes");
    (
        branches || only.contains(&"merge_requests"),
        branches || only.iter().any(|name| is_main(name)),
    )
}

#[cfg(test)]
mod tests_of_reading {
    use proptest::prelude::*;

    use super::*;

    fn events_of(on: &str, prefix: &str) -> (bool, bool) {
        let text = format!("on: {on}\njobs: {{ a: {{ steps: [] }} }}\n");
        let pipeline = github("ci.yml", &text, prefix).expect("a workflow");
        (pipeline.on_change, pipeline.on_main)
    }

    #[test]
    fn events_are_read_in_every_form() {
        for (on, change, main) in [
            ("push", false, true),
            ("[push, pull_request]", true, true),
            ("{ pull_request: , push: { branches: [main] } }", true, true),
            ("{ push: { branches: [release] } }", false, false),
            ("{ push: { tags: ['v*'] } }", false, false),
            ("{ push: { branches-ignore: [main] } }", false, false),
            ("{ pull_request: { paths: ['docs/**'] }, push: }", false, true),
            ("{ pull_request: { paths-ignore: ['docs/**'] } }", true, false),
            ("{ schedule: [{ cron: '0 0 * * *' }] }", false, false),
        ] {
            assert_eq!(events_of(on, ""), (change, main), "{on}");
        }
        assert_eq!(
            events_of(
                "{ pull_request: { paths: ['services/pricing/**'] } }",
                "services/pricing/"
            ),
            (true, false)
        );
        assert_eq!(
            events_of(
                "{ pull_request: { paths: ['services/other/**'] } }",
                "services/pricing/"
            ),
            (false, false)
        );
    }

    #[test]
    fn tests_are_steps_whose_failure_counts() {
        let text = "\
on: [push, pull_request]
jobs:
  build:
    steps:
      - uses: actions/checkout@v4
      - run: |
          npm ci
          npm test || true
      - run: npm test
        continue-on-error: true
  test:
    if: github.event_name == 'push' && github.ref == 'refs/heads/main'
    container: node:20
    steps:
      - uses: actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7
      - run: npm test
  off:
    if: false
    steps: [{ run: npm test }]
";
        let pipeline = github("ci.yml", text, "").expect("a workflow");
        let runs: Vec<(&str, usize, bool, bool)> = pipeline
            .tests
            .iter()
            .map(|it| (it.job.as_str(), it.line, it.on_change, it.on_main))
            .collect();
        assert_eq!(runs, [("off", 19, false, false), ("test", 16, false, true)]);
        let uses: Vec<(&str, usize, bool)> = pipeline
            .uses
            .iter()
            .map(|it| (it.what.as_str(), it.line, it.pinned))
            .collect();
        assert_eq!(
            uses,
            [
                ("actions/checkout@v4", 5, false),
                ("node:20", 13, false),
                ("actions/setup-node@820762786026740c76f36085b0efc47a31fe5020", 15, true),
            ]
        );
    }

    #[test]
    fn a_call_of_another_workflow_is_noted() {
        let text = "on: pull_request\njobs:\n  t:\n    uses: ./.github/workflows/test.yml\n";
        let pipeline = github("ci.yml", text, "").expect("a workflow");
        assert_eq!(pipeline.calls, [(".github/workflows/test.yml".to_owned(), true, true)]);
    }

    #[test]
    fn gitlab_runs_by_default_for_every_push_and_rules_narrow_that() {
        let text = "\
image: node:20
stages: [test]
unit:
  script:
    - npm ci
    - npm test
mr:
  script: npm test
  rules:
    - if: $CI_PIPELINE_SOURCE == \"merge_request_event\"
tolerated:
  script: npm test
  allow_failure: true
.hidden:
  script: npm test
";
        let pipeline = gitlab(".gitlab-ci.yml", text).expect("a pipeline");
        let runs: Vec<(&str, bool, bool)> = pipeline
            .tests
            .iter()
            .map(|it| (it.job.as_str(), it.on_change, it.on_main))
            .collect();
        assert_eq!(runs, [("mr", true, false), ("unit", true, true)]);
        assert_eq!((pipeline.on_change, pipeline.on_main), (true, true));
    }

    #[test]
    fn what_is_no_pipeline_is_an_error() {
        for text in ["", "a", "[]", "jobs: 3", "on: push", "a: b: c", "\u{0}"] {
            assert!(github("ci.yml", text, "").is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(
            text in "(on|jobs|steps|run|uses|if|push|paths|branches|script|rules|include)?(: |:\\n  |- |\\[|\\]|\\{|\\}|&a |\\*a|!x |[a-z@/.'\"|>\\n]){0,60}"
        ) {
            let _ = github("ci.yml", &text, "a/");
            let _ = gitlab(".gitlab-ci.yml", &text);
        }
    }
}
