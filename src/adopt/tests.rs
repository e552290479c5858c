//! From a folder to the manifest's text: what each untidy app becomes.

use std::path::Path;

use super::draft::Web;
use super::finding::Confidence;
use super::*;
use crate::config::manifest::Manifest;
use crate::fault::Kind;
use crate::model::EnvName;
use crate::model::spec::Role as SpecRole;

fn around(engine: &dyn Fn() -> Result<(), String>) -> Machine<'_> {
    Machine {
        engine,
        teams: Vec::new(),
    }
}

fn planned(files: &[(&str, &str)], answers: &Answers) -> Plan {
    plan(&Tree::of("shop", files.iter().copied()), answers, &around(&|| Ok(()))).expect("a plan")
}

fn text(files: &[(&str, &str)]) -> String {
    let plan = planned(files, &Answers::default());
    let text = emit::manifest(&plan.draft);
    Manifest::parse(&text, Path::new("/srv/shop/deliver.toml"))
        .unwrap_or_else(|fault| panic!("{text}\n{:?}", fault.file_problems()));
    text
}

fn says(files: &[(&str, &str)], lines: &[&str]) {
    let text = text(files);
    for line in lines {
        assert!(text.contains(line), "`{line}` is missing in\n{text}");
    }
}

const EXPRESS: &str = r#"{
  "name": "@acme/quotes",
  "description": "Quotes a price",
  "scripts": { "start": "node server.js", "build": "tsc" },
  "dependencies": { "express": "4" }
}"#;

#[test]
fn a_node_app_is_built_from_its_lock_file_and_started_without_npm() {
    says(
        &[
            ("package.json", EXPRESS),
            ("package-lock.json", "{}"),
            ("server.js", "app.listen(process.env.PORT)\napp.get('/healthz', ok)"),
        ],
        &[
            "name = \"quotes\"  # package.json:2",
            "command = \"npm ci --no-audit --no-fund && npm run build\"  # package-lock.json, package.json:4",
            "command = [\"node\", \"server.js\"]  # package.json:4",
            "# PORT: read from the variable; server.js:1",
            "health = \"/healthz\"  # server.js:2",
        ],
    );
}

#[test]
fn an_app_that_insists_on_its_port_gets_listen_only_when_nothing_reads_the_variable() {
    let insists = text(&[("package.json", EXPRESS), ("server.js", "app.listen(3000)")]);
    assert!(
        insists.contains("listen = 3000  # server.js:1: nothing reads PORT"),
        "{insists}"
    );
    let reads = text(&[
        ("package.json", EXPRESS),
        ("server.js", "app.listen(process.env.PORT || 3000)"),
    ]);
    assert!(!reads.contains("listen ="), "{reads}");
}

#[test]
fn a_procfile_decides_over_everything_and_its_programs_are_the_releases_own() {
    says(
        &[
            (
                "Procfile",
                "web: gunicorn shop.wsgi --log-file -\nworker: celery -A shop worker\nrelease: python manage.py migrate\n",
            ),
            ("manage.py", "import django"),
            ("shop/wsgi.py", ""),
            ("requirements.txt", "django\ngunicorn\ncelery\n"),
        ],
        &[
            "command = [\".venv/bin/python\", \"-m\", \"gunicorn\", \"shop.wsgi\", \"--log-file\", \"-\", \"--bind\", \"127.0.0.1:$PORT\"]",
            "[process.worker]\n",
            "\".venv/bin/python\", \"-m\", \"celery\", \"-A\", \"shop\", \"worker\"",
            "[run.release]\n",
            "\"manage.py\", \"migrate\"",
            "python3 -m venv --clear --copies .venv) && .venv/bin/python -m pip install",
        ],
    );
}

#[test]
fn an_app_that_never_listens_becomes_a_worker_after_asking() {
    let files = [
        ("package.json", r#"{"scripts": {"start": "node bot.js"}}"#),
        ("bot.js", "setInterval(poll, 1000)"),
    ];
    let plan = planned(&files, &Answers::default());
    assert_eq!(
        plan.questions.iter().map(|question| question.ask).collect::<Vec<_>>(),
        [Ask::Role]
    );
    assert_eq!(plan.questions[0].proposal.as_deref(), Some("worker"));
    let manifest = Manifest::parse(&emit::manifest(&plan.draft), Path::new("/srv/shop/deliver.toml")).expect("valid");
    let spec = manifest.environment(&EnvName::local()).expect("local").spec;
    assert!(spec.web().is_none() && spec.processes[0].role == SpecRole::Worker);
    let web = planned(
        &files,
        &Answers {
            role: Some(Role::Web),
            ..Answers::default()
        },
    );
    assert!(web.draft.web.is_some() && web.draft.processes.is_empty());
}

#[test]
fn what_a_port_is_taken_from_is_asked_when_nothing_says() {
    let files = [
        ("Cargo.toml", "[package]\nname = \"shop\"\n"),
        ("src/main.rs", "axum::serve(listener, app)"),
    ];
    let plan = planned(&files, &Answers::default());
    assert_eq!(
        plan.questions.iter().map(|question| question.ask).collect::<Vec<_>>(),
        [Ask::Listen]
    );
    assert_eq!(
        plan.draft.port_use.as_ref().map(|port| port.confidence),
        Some(Confidence::Guess)
    );
    let mut answers = Answers::default();
    answers.take(&plan.questions[0], "4000").expect("a port");
    let plan = planned(&files, &answers);
    assert!(plan.questions.is_empty(), "{:?}", plan.questions);
    assert_eq!(plan.draft.listen.map(|listen| listen.value), Some(4000));
}

#[test]
fn a_member_of_a_cargo_workspace_keeps_paths_from_the_workspace() {
    let tree = Tree::of(
        "api",
        [
            ("Cargo.toml", "[package]\nname = \"api\"\n"),
            ("src/main.rs", "std::env::var(\"PORT\")\nServeDir::new(\"static\")"),
            ("static/a.css", ""),
        ],
    )
    .below(
        "../..",
        "services/api",
        [
            ("Cargo.toml", "[workspace]\nmembers = [\"services/*\"]\n"),
            ("Cargo.lock", ""),
        ],
    );
    let plan = plan(&tree, &Answers::default(), &around(&|| Ok(()))).expect("a plan");
    let text = emit::manifest(&plan.draft);
    assert!(
        text.contains("include = [\"target/release/api\", \"services/api/static\"]"),
        "{text}"
    );
    assert!(text.contains("context = \"../..\""), "{text}");
    assert!(text.contains("command = [\"../../target/release/api\"]"), "{text}");
}

#[test]
fn secrets_become_references_and_their_values_are_nowhere() {
    let text = text(&[
        ("package.json", EXPRESS),
        ("server.js", "process.env.PORT"),
        (".env.example", "SESSION_SECRET=hunter2\nGREETING=hello\nREGION=\n"),
        (".env", "PRIVATE_THING=hunter3\n"),
    ]);
    assert!(text.contains("SESSION_SECRET = \"env:SESSION_SECRET\""), "{text}");
    assert!(text.contains("GREETING = \"hello\"  # .env.example:2"), "{text}");
    assert!(text.contains("# REGION = \"\"  # .env.example:3"), "{text}");
    assert!(!text.contains("hunter"), "{text}");
}

#[test]
fn a_folder_with_only_a_dockerfile_runs_as_a_container_where_an_engine_is_reachable() {
    let files = [(
        "Dockerfile",
        "FROM scratch\nEXPOSE 8080\nVOLUME /data\nCMD [\"/app\"]\n",
    )];
    let plan = planned(&files, &Answers::default());
    assert_eq!(plan.kind, "container");
    let text = emit::manifest(&plan.draft);
    Manifest::parse(&text, Path::new("/srv/shop/deliver.toml")).expect("valid");
    for part in [
        "docker build --iidfile image.id .",
        "include = [\"image.id\"]",
        "-p 127.0.0.1:$PORT:8080 -e PORT=8080",
        "volumes = [\"data\"]",
        "docker rm -f",
    ] {
        assert!(text.contains(part), "`{part}` is missing in\n{text}");
    }
    let refused = super::plan(
        &Tree::of("shop", files),
        &Answers::default(),
        &around(&|| Err("no socket".into())),
    )
    .expect_err("no engine");
    assert_eq!((refused.kind(), refused.code()), (Kind::Unreachable, "no-engine"));
    assert!(
        refused.hints().iter().any(|hint| hint.contains("--run")),
        "{:?}",
        refused.hints()
    );
}

#[test]
fn a_dockerfile_beside_sources_gives_the_command_but_no_container() {
    says(
        &[
            (
                "Dockerfile",
                "FROM python\nCMD [\"uvicorn\", \"app.main:app\", \"--host\", \"0.0.0.0\", \"--port\", \"80\"]\n",
            ),
            ("app/main.py", "from fastapi import FastAPI\napp = FastAPI()\n"),
            ("requirements.txt", "fastapi\nuvicorn\n"),
        ],
        &[
            "\"-m\", \"uvicorn\", \"app.main:app\", \"--port\", \"$PORT\"",
            "[build.image]\ndockerfile = \"Dockerfile\"",
        ],
    );
}

#[test]
fn a_folder_of_several_apps_is_refused_with_the_way_into_each() {
    let files = [
        ("package.json", r#"{"workspaces": ["apps/*"]}"#),
        ("apps/a/package.json", r#"{"scripts": {"start": "node ."}}"#),
        ("apps/b/package.json", r#"{"scripts": {"start": "node ."}}"#),
    ];
    let refused = super::plan(&Tree::of("all", files), &Answers::default(), &around(&|| Ok(()))).expect_err("several");
    assert_eq!(refused.code(), "several-apps");
    assert_eq!(refused.hints(), ["deliver adopt apps/a", "deliver adopt apps/b"]);
}

#[test]
fn a_process_that_runs_nothing_is_none() {
    let plan = planned(&[("Procfile", "x: ;\ny: ./y\n")], &Answers::default());
    let names: Vec<_> = plan
        .draft
        .processes
        .iter()
        .map(|process| process.value.0.as_str())
        .collect();
    assert_eq!(names, ["y"]);
}

#[test]
fn nothing_to_start_is_a_question_that_names_its_flags() {
    let plan = planned(&[("README.md", "hello")], &Answers::default());
    assert_eq!(plan.questions[0].ask, Ask::Run);
    assert!(plan.questions[0].proposal.is_none() && plan.questions[0].flag.contains("--run"));
}

#[test]
fn one_of_several_programs_is_chosen_by_name() {
    let files = [
        ("Cargo.toml", "[package]\nname = \"shop\"\n"),
        ("src/bin/a.rs", "env::var(\"PORT\")"),
        ("src/bin/b.rs", ""),
    ];
    let asked = planned(&files, &Answers::default());
    assert_eq!(
        asked.questions.iter().map(|question| question.ask).collect::<Vec<_>>(),
        [Ask::Main]
    );
    let chosen = planned(
        &files,
        &Answers {
            main: Some("b".into()),
            ..Answers::default()
        },
    );
    let Some(Web::Command(command)) = chosen.draft.web.map(|web| web.value) else {
        panic!("a command")
    };
    assert_eq!(command::text(&command), "./target/release/b");
}

#[test]
fn a_persons_answers_win_over_every_proposal() {
    let answers = Answers {
        name: Some("other".into()),
        build: Some(String::new()),
        run: Some("node x.js --port $PORT".into()),
        health: Some("/up".into()),
        health_host: Some("shop.example".into()),
        volumes: vec!["data".into()],
        env: vec![("A".into(), "1".into())],
        port: Some(8080),
        processes: vec![("mail".into(), "node mail.js".into())],
        tier: Some(2),
        team: Some("checkout".into()),
        ..Answers::default()
    };
    let plan = planned(
        &[("package.json", EXPRESS), ("server.js", "app.listen(3000)")],
        &answers,
    );
    let text = emit::manifest(&plan.draft);
    Manifest::parse(&text, Path::new("/srv/shop/deliver.toml")).expect("valid");
    for part in [
        "name = \"other\"",
        "team = \"checkout\"",
        "tier = 2",
        "port = 8080",
        "host = \"shop.example\"",
        "volumes = [\"data\"]",
        "[process.mail]",
        "A = \"1\"",
    ] {
        assert!(text.contains(part), "`{part}` is missing in\n{text}");
    }
    assert!(!text.contains("[build]") && !text.contains("listen"), "{text}");
    assert!(plan.questions.is_empty());
}

#[test]
fn every_proposal_names_a_flag_and_says_why() {
    let plan = planned(
        &[
            ("package.json", EXPRESS),
            ("server.js", "app.listen(3000)"),
            (".env.example", "A=1\n"),
        ],
        &Answers::default(),
    );
    for proposal in plan.draft.proposals() {
        assert!(proposal.flag.starts_with("--"), "{proposal:?}");
        assert!(!proposal.evidence.is_empty() || proposal.why.is_some(), "{proposal:?}");
    }
}

proptest::proptest! {
    /// Whatever the files hold, the text that is written can be read back.
    #[test]
    fn the_manifest_is_always_valid(
        name in "[ -~é\\n]{0,20}",
        start in "[ -~\\n]{0,40}",
        variable in "[A-Z_]{1,8}",
        value in "[ -~é\\t\"'\\\\]{0,30}",
        procfile in "(web|worker|Ä|x-): [ -~]{0,30}\n",
        docker in "FROM x\nEXPOSE [0-9]{1,6}\nVOLUME [ -~]{0,20}\nCMD [ -~]{0,20}\n",
        which in 0..16usize,
    ) {
        let package = serde_json::json!({"name": name, "description": value, "scripts": {"start": start, "build": value}}).to_string();
        let env = format!("{variable}={value}\n");
        let all = [("package.json", package.as_str()), (".env.example", &env), ("Procfile", &procfile), ("Dockerfile", &docker)];
        let files = all.iter().enumerate().filter(|(at, _)| which & (1 << at) != 0).map(|(_, file)| *file);
        if let Ok(plan) = plan(&Tree::of(&name, files), &Answers::default(), &around(&|| Ok(())))
            && plan.questions.iter().all(|question| question.proposal.is_some())
            && (plan.draft.web.is_some() || !plan.draft.processes.is_empty())
        {
            let text = emit::manifest(&plan.draft);
            let parsed = Manifest::parse(&text, Path::new("/srv/shop/deliver.toml"));
            proptest::prop_assert!(parsed.is_ok(), "{}\n{:?}", text, parsed.err().map(|fault| fault.file_problems().to_vec()));
        }
    }
}

#[test]
fn a_script_of_a_procfile_finds_what_the_build_installs() {
    let files = [
        ("Procfile", "web: bash start.sh\n"),
        ("start.sh", "gunicorn shop.wsgi --bind 127.0.0.1:$PORT\n"),
        ("requirements.txt", "gunicorn\n"),
        ("app.py", "import os\n"),
    ];
    let text = emit::manifest(&planned(&files, &Answers::default()).draft);
    let expected = r#"command = 'PATH="$PWD/.venv/bin:$PATH" exec bash start.sh'"#;
    assert!(text.contains(expected), "{text}");
    assert!(text.contains("#!/usr/bin/env python"), "{text}");
}

#[test]
fn settings_that_no_file_names_are_asked_for() {
    let said = |manage: &str| {
        let files = [("manage.py", manage), ("requirements.txt", "django\n")];
        let notes = planned(&files, &Answers::default()).notes;
        notes.iter().any(|note| note.text.contains("DJANGO_SETTINGS_MODULE"))
    };
    assert!(said("from django.core.management import execute_from_command_line\n"));
    assert!(!said(
        "import django, os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"
    ));
}
