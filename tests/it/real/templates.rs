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
        if *path == "/metrics" {
            metrics_feed_the_rules(sandbox);
        }
    }
    assert_eq!(run(sandbox, "deliver deploy --json").json()["outcome"], "unchanged");
    is_ready(sandbox);
    run(sandbox, "deliver down").ok();
}

/// The file `answer` is what Prometheus reads, and has every metric that an alert looks at.
#[track_caller]
fn metrics_feed_the_rules(sandbox: &Sandbox) {
    let (metrics, rules) = (sandbox.read("answer"), sandbox.read("pricing/ops/alerts.yml"));
    let words = rules.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | ':'));
    let mut named = words.filter(|word| word.starts_with("http_") || *word == "service_ready");
    let missing = named.find(|name| {
        let mut lines = metrics.lines();
        !lines.any(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' '])))
    });
    assert_eq!(missing, None, "{metrics}");
    assert!(metrics.contains(r#"le="0.3"} "#), "{metrics}");
    // What a watched release's numbers are joined with.
    let info = "deliver_release_info{service=\"pricing\",release=\"v1\"} 1";
    assert!(metrics.lines().any(|line| line == info), "{metrics}");
    if needs::has("promtool") {
        assert_eq!(sandbox.run("promtool check metrics <answer").ok(), "");
    }
}

/// A service reaches bronze as it was made, also when everything is asked of it while it runs; down, it does not.
#[track_caller]
fn is_ready(sandbox: &Sandbox) {
    let ran = run(sandbox, "deliver ready --json");
    let document = ran.json();
    assert_eq!(
        (document["level"].as_str(), ran.code),
        (Some("bronze"), Some(0)),
        "{ran:?}"
    );
    let outcome = |document: &serde_json::Value, id: &str| {
        let checks = document["checks"].as_array().expect("checks");
        let check = checks.iter().find(|check| check["id"] == id).expect("the check");
        check["outcome"].as_str().expect("a word").to_owned()
    };
    let site = document["checks"].as_array().expect("checks").iter().any(|check| {
        check["id"] == "HLT-1"
            && check["evidence"]
                .as_str()
                .is_some_and(|text| text.starts_with("a static site"))
    });
    for id in ["DEP-1", "DEP-2"] {
        assert_eq!(outcome(&document, id), "pass", "{id}: {ran:?}");
    }
    for id in ["HLT-1", "OBS-1", "OBS-2", "OBS-3"] {
        let expected = if site { "not_applicable" } else { "pass" };
        assert_eq!(outcome(&document, id), expected, "{id}: {ran:?}");
    }
    run(sandbox, "deliver down").ok();
    let ran = run(sandbox, "deliver ready --json");
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert_eq!(outcome(&ran.json(), "DEP-1"), "no_evidence", "{ran:?}");
    assert_eq!(run(sandbox, "deliver deploy --json").json()["outcome"], "succeeded");
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

/// The alerts that fire at `moment`, in a world where `series` are scraped each minute.
struct Scene {
    what: &'static str,
    series: &'static [(&'static str, &'static str)],
    moment: &'static str,
    fire: &'static [(&'static str, &'static str)],
}

/// What the services count: good, failed and own requests, fast ones of all, and what they say of themselves.
const OK: &str = r#"http_requests_total{job="pricing",route="/",method="GET",status="200"}"#;
const FAILED: &str = r#"http_requests_total{job="pricing",route="/",method="GET",status="500"}"#;
const PROBES: &str = r#"http_requests_total{job="pricing",route="/readyz",method="GET",status="503"}"#;
const FAST: &str = r#"http_request_duration_seconds_bucket{job="pricing",route="/",method="GET",le="0.3"}"#;
const ALL: &str = r#"http_request_duration_seconds_count{job="pricing",route="/",method="GET"}"#;
const READY: &str = r#"service_ready{job="pricing",instance="a"}"#;
const OTHER_READY: &str = r#"service_ready{job="pricing",instance="b"}"#;
const UP: &str = r#"up{job="pricing",instance="a"}"#;
const IN_FLIGHT: &str = r#"http_requests_in_flight{job="pricing"}"#;
const LIMIT: &str = r#"http_requests_in_flight_limit{job="pricing"}"#;

const PAGE: &str = "page";
const TICKET: &str = "ticket";

const SERVICE_SCENES: [Scene; 8] = [
    Scene {
        what: "all is well, and one instance of two is being replaced",
        series: &[
            (OK, "0+600x180"),
            (PROBES, "0+60x180"),
            (FAST, "0+600x180"),
            (ALL, "0+600x180"),
            (READY, "1x180"),
            (OTHER_READY, "0x180"),
            (IN_FLIGHT, "10x180"),
            (LIMIT, "256x180"),
        ],
        moment: "3h",
        fire: &[],
    },
    Scene {
        what: "nothing fails, and then everything does",
        series: &[(OK, "0+600x60 36000x10"), (FAILED, "_x60 0+600x10"), (READY, "1x70")],
        moment: "70m",
        fire: &[("ErrorBudgetBurn", PAGE)],
    },
    Scene {
        what: "a trickle of errors that is worth no page",
        series: &[(OK, "0+998x360"), (FAILED, "0+2x360"), (READY, "1x360")],
        moment: "6h",
        fire: &[("ErrorBudgetBurn", TICKET)],
    },
    Scene {
        what: "the errors are over",
        series: &[(OK, "0+600x60"), (FAILED, "0+600x10 6000x50"), (READY, "1x60")],
        moment: "1h",
        fire: &[],
    },
    Scene {
        what: "every fifth answer is slow",
        series: &[(OK, "0+600x60"), (FAST, "0+480x60"), (ALL, "0+600x60"), (READY, "1x60")],
        moment: "1h",
        fire: &[("LatencyBudgetBurn", PAGE)],
    },
    Scene {
        what: "a dependency is down: alive, scraped, not ready, and without requests",
        series: &[(UP, "1x20"), (READY, "1x5 0x15")],
        moment: "15m",
        fire: &[("ServiceDown", PAGE)],
    },
    Scene {
        what: "nothing can be scraped",
        series: &[(UP, "0x20"), (READY, "1x5 stale")],
        moment: "15m",
        fire: &[("ServiceDown", PAGE)],
    },
    Scene {
        what: "nearly as many requests as it takes",
        series: &[(READY, "1x20"), (IN_FLIGHT, "250x20"), (LIMIT, "256x20")],
        moment: "15m",
        fire: &[("ServiceFull", TICKET)],
    },
];

const PROBE: &str = r#"probe_success{job="pricing"}"#;
const TOOK: &str = r#"probe_duration_seconds{job="pricing"}"#;
const CERTIFICATE: &str = r#"probe_ssl_earliest_cert_expiry{job="pricing"}"#;

const SITE_SCENES: [Scene; 5] = [
    Scene {
        what: "all is well",
        series: &[(PROBE, "1x180"), (TOOK, "0.05x180"), (CERTIFICATE, "2592000x180")],
        moment: "3h",
        fire: &[],
    },
    Scene {
        what: "the site is gone",
        series: &[(PROBE, "1x60 0x10")],
        moment: "70m",
        fire: &[("ErrorBudgetBurn", PAGE)],
    },
    Scene {
        what: "nobody looks",
        series: &[(PROBE, "1x60 stale")],
        moment: "90m",
        fire: &[("ProbeMissing", TICKET)],
    },
    Scene {
        what: "the first page is slow",
        series: &[(PROBE, "1x90"), (TOOK, "0.5x90")],
        moment: "90m",
        fire: &[("SlowSite", TICKET)],
    },
    Scene {
        what: "the certificate ends in ten days",
        series: &[(PROBE, "1x90"), (CERTIFICATE, "864000x90")],
        moment: "90m",
        fire: &[("CertificateEnds", TICKET)],
    },
];

/// What `promtool test rules` reads, written as JSON, which is YAML.
fn unit_tests(scenes: &[Scene]) -> String {
    let tests: Vec<serde_json::Value> = scenes
        .iter()
        .map(|scene| {
            let series: Vec<_> = scene
                .series
                .iter()
                .map(|(series, values)| serde_json::json!({ "series": series, "values": values }))
                .collect();
            let fire: Vec<_> = scene
                .fire
                .iter()
                .map(|(alert, severity)| {
                    let labels = format!(
                        r#"{{alertname="{alert}",severity="{severity}",service="pricing",team="Check & Out"}}"#
                    );
                    serde_json::json!({ "labels": labels, "value": 1 })
                })
                .collect();
            serde_json::json!({
                "name": scene.what,
                "interval": "1m",
                "input_series": series,
                "promql_expr_test": [{
                    "expr": r#"max by (alertname, severity, service, team) (ALERTS{alertstate="firing"})"#,
                    "eval_time": scene.moment,
                    "exp_samples": fire,
                }],
            })
        })
        .collect();
    serde_json::json!({ "rule_files": ["alerts.yml"], "evaluation_interval": "1m", "tests": tests }).to_string()
}

#[test]
fn alerts_fire_on_what_they_are_for_and_on_nothing_else() {
    if !needs::has("promtool") {
        return;
    }
    // The HTTP templates share one file.
    for (template, scenes) in [("http-python", &SERVICE_SCENES[..]), ("static-site", &SITE_SCENES)] {
        let sandbox = scaffolded(template);
        run(&sandbox, "promtool check rules ops/alerts.yml").ok();
        sandbox.file("pricing/ops/alerts_test.json", &unit_tests(scenes));
        let ran = run(&sandbox, "promtool test rules ops/alerts_test.json");
        assert_eq!(ran.code, Some(0), "{template}: {}{}", ran.stdout, ran.stderr);
    }
}
