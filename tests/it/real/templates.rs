//! Each built-in template as people get it: rendered by the program, its own tests run, built and deployed.

use std::path::Path;

use crate::support::{Ran, Sandbox, needs};

/// A service from `template`, made by the program, with answers that try to break out.
fn scaffolded(template: &str) -> Sandbox {
    let sandbox = Sandbox::new().with_tools();
    let description = "Quotes a \"price\" for 'a' \\basket\\ <b>${{ x }}</b> {{ $y }} # 💥";
    sandbox
        .run_words(&[
            "new",
            template,
            "pricing",
            "--owner",
            "Check & Out",
            "--description",
            description,
        ])
        .ok();
    sandbox
}

/// Runs a line in the service's folder.
fn run(sandbox: &Sandbox, line: &str) -> Ran {
    sandbox.run(&format!("cd pricing && {line}"))
}

/// Deploys the service and asks for each path; the answer's status is as expected, and `down` ends it.
#[track_caller]
fn deploys(sandbox: &Sandbox, answers: &[(&str, &str)]) {
    if !needs::has("curl") {
        return;
    }
    let ran = run(sandbox, "deliver deploy --json");
    let document = ran.json();
    assert_eq!(
        (document["outcome"].as_str(), ran.code),
        (Some("succeeded"), Some(0)),
        "{ran:?}"
    );
    let url = document["url"].as_str().expect("an address");
    for (path, status) in answers {
        let got = sandbox.run(&format!(
            "curl -s --path-as-is -o answer -w '%{{http_code}}' '{url}{path}'"
        ));
        assert_eq!(got.ok(), *status, "{path}: {}", sandbox.read("answer"));
    }
    assert_eq!(run(sandbox, "deliver deploy --json").json()["outcome"], "unchanged");
    run(sandbox, "deliver down").ok();
}

/// What every HTTP service answers.
const SERVICE: [(&str, &str); 5] = [
    ("/", "200"),
    ("/hello/Ada", "200"),
    ("/readyz", "200"),
    ("/metrics", "200"),
    ("/nothing", "404"),
];

/// The repository is as clean after everything as after the first commit: nothing that is made is forgotten in .gitignore.
#[track_caller]
fn is_clean(sandbox: &Sandbox) {
    assert_eq!(run(sandbox, "git status --porcelain").ok(), "");
}

#[test]
fn http_python_passes_its_own_tests_and_deploys() {
    if !needs::has("python3") {
        return;
    }
    let sandbox = scaffolded("http-python");
    let ran = run(&sandbox, "python3 -W error -m unittest");
    assert!(ran.code == Some(0) && ran.stderr.ends_with("OK\n"), "{ran:?}");
    is_clean(&sandbox);
    deploys(&sandbox, &SERVICE);
}

#[test]
fn http_node_passes_its_own_tests_and_deploys() {
    if !needs::has("node") {
        return;
    }
    let sandbox = scaffolded("http-node");
    let ran = run(&sandbox, "node --test");
    assert!(ran.code == Some(0) && ran.stdout.contains("\n# fail 0\n"), "{ran:?}");
    is_clean(&sandbox);
    deploys(&sandbox, &SERVICE);
}

#[test]
fn http_rust_is_formatted_passes_its_own_tests_and_deploys_from_its_lock_file() {
    if !needs::has("cargo") {
        return;
    }
    // What is compiled on the way is shared by all runs and with the deployment.
    let shared = Path::new(env!("CARGO_TARGET_TMPDIR")).join("http-rust");
    let sandbox = scaffolded("http-rust").env("CARGO_BUILD_BUILD_DIR", &shared.to_string_lossy());
    // Compiling takes as long as the machine is busy, so there is no limit.
    let cargo = |arguments: &[&str]| {
        let mut command = sandbox.command("cargo");
        command.args(arguments).current_dir(sandbox.project().join("pricing"));
        let output = command.output().expect("cargo starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "cargo {arguments:?}: {said}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    cargo(&["fmt", "--check"]);
    let printed = cargo(&["test", "--locked"]);
    assert_eq!(printed.matches("test result: ok.").count(), 3, "{printed}");
    cargo(&["build", "--release", "--locked"]);
    is_clean(&sandbox);
    deploys(&sandbox, &SERVICE);
}

#[test]
fn static_site_passes_its_own_checks_and_deploys() {
    if !needs::has("python3") {
        return;
    }
    let sandbox = scaffolded("static-site");
    assert_eq!(
        run(&sandbox, "python3 tests/check.py").ok(),
        "2 pages checked, 0 problems\n"
    );
    is_clean(&sandbox);
    let (outside, missing) = ("/../deliver.toml", "/nothing");
    deploys(
        &sandbox,
        &[("/", "200"), ("/style.css", "200"), (missing, "404"), (outside, "404")],
    );
}

#[test]
fn the_checks_of_static_site_find_what_is_broken() {
    if !needs::has("python3") {
        return;
    }
    let sandbox = scaffolded("static-site");
    let page = sandbox.read("pricing/public/index.html");
    for (from, to, problem) in [
        (
            "href=\"/style.css\"",
            "href=\"/stile.css\"",
            "`/stile.css` leads nowhere",
        ),
        (
            "href=\"#content\"",
            "href=\"#contents\"",
            "`#contents`: there is no such id",
        ),
        ("<html lang=\"en\">", "<html>", "<html> has no `lang`"),
        ("</main>", "", "</body> closes nothing"),
        ("<h1>", "<h2>", "</h1> closes nothing"),
        ("href=\"/style.css\"", "href=\"/../deliver.toml\"", "leads nowhere"),
    ] {
        assert!(page.contains(from), "{from}");
        sandbox.file("pricing/public/index.html", &page.replace(from, to));
        let ran = run(&sandbox, "python3 tests/check.py");
        assert!(ran.code == Some(1) && ran.stdout.contains(problem), "{to}: {ran:?}");
    }
}

#[test]
fn every_alert_links_to_a_heading_of_the_runbook() {
    for template in ["http-python", "static-site"] {
        let sandbox = scaffolded(template);
        let runbook = sandbox.read("pricing/docs/runbook.md");
        let headings: Vec<String> = runbook
            .lines()
            .filter(|line| line.starts_with('#'))
            .map(|line| line.trim_start_matches(['#', ' ']).to_lowercase().replace(' ', "-"))
            .collect();
        for needed in ["symptoms", "dashboards", "rollback", "escalation"] {
            assert!(
                headings.iter().any(|heading| heading == needed),
                "{template}: no {needed}"
            );
        }
        let alerts = sandbox.read("pricing/ops/alerts.yml");
        let links: Vec<&str> = alerts
            .lines()
            .filter_map(|line| line.trim().strip_prefix("runbook_url: docs/runbook.md#"))
            .collect();
        assert_eq!(links.len(), alerts.matches("- alert:").count(), "{template}");
        for link in links {
            assert!(
                headings.iter().any(|heading| heading == link),
                "{template}: no heading for {link}"
            );
        }
    }
}
