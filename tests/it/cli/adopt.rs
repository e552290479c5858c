//! `deliver adopt`: what is said and written, what is refused, and that nothing else is touched.

use crate::support::Sandbox;

const SERVER: &str = "require('http').createServer((q, s) => s.end('ok')).listen(process.env.PORT)\n";

fn node() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .file(
            "package.json",
            "{\n  \"name\": \"quotes\",\n  \"scripts\": { \"start\": \"node server.js\" }\n}\n",
        )
        .file("server.js", SERVER);
    sandbox
}

#[test]
fn the_manifest_says_where_each_value_was_seen() {
    let sandbox = node();
    let ran = sandbox.run("deliver adopt");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(
        sandbox.read("deliver.toml"),
        "\
# Written by `deliver adopt` from what it saw in this folder; the comments say where. Yours to edit.

[service]
name = \"quotes\"  # package.json:2

[run]
command = [\"node\", \"server.js\"]  # package.json:3
# PORT: read from the variable; server.js:1
"
    );
    assert_eq!(
        ran.stdout,
        "\
service.name\tquotes\tpackage.json:2\t--name
run.command\tnode server.js\tpackage.json:3\t--run
PORT\tread from the variable\tserver.js:1\t--listen
"
    );
}

#[test]
fn nothing_but_the_manifest_is_changed() {
    let sandbox = node();
    sandbox.file(".env", "TOKEN=hunter2\n");
    let sum = "find . ! -name deliver.toml -type f | sort | xargs sha256sum; ls -a | grep -v deliver.toml";
    let before = sandbox.run(sum).ok();
    sandbox.run("deliver adopt --yes").ok();
    assert_eq!(sandbox.run(sum).ok(), before);
    assert_eq!(sandbox.run("stat -c %a deliver.toml").ok(), "644\n");
    assert!(!sandbox.read("deliver.toml").contains("hunter2"));
}

#[test]
fn a_dry_run_prints_the_manifest_and_writes_nothing() {
    let sandbox = node();
    let printed = sandbox.run("deliver adopt --dry-run").ok();
    assert_eq!(sandbox.run("ls").ok(), "package.json\nserver.js\n");
    sandbox.run("deliver adopt").ok();
    assert_eq!(printed, sandbox.read("deliver.toml"));
}

#[test]
fn a_manifest_that_is_there_is_kept_without_force() {
    let sandbox = node();
    sandbox.file("deliver.toml", "# mine\n");
    let ran = sandbox.run("deliver adopt --json");
    assert_eq!(
        (ran.code, ran.error()["code"].as_str()),
        (Some(2), Some("manifest-exists"))
    );
    assert_eq!(sandbox.read("deliver.toml"), "# mine\n");
    sandbox.run("deliver adopt --force").ok();
    assert!(sandbox.read("deliver.toml").contains("[run]"));
}

#[test]
fn what_cannot_be_known_is_an_error_that_names_the_flag() {
    let sandbox = Sandbox::new();
    sandbox.file("README.md", "hello\n");
    let ran = sandbox.run("deliver adopt --yes --json");
    assert_eq!((ran.code, ran.error()["code"].as_str()), (Some(2), Some("no-answer")));
    assert_eq!(
        ran.error()["hints"][0],
        "pass --run COMMAND, --static FOLDER or --process NAME=COMMAND"
    );
    assert_eq!(sandbox.run("ls").ok(), "README.md\n");
}

#[test]
fn a_guess_needs_a_person_or_yes() {
    let sandbox = Sandbox::new();
    sandbox
        .file("package.json", "{\"scripts\": {\"start\": \"node poll.js\"}}")
        .file("poll.js", "setInterval(f, 1)\n");
    let ran = sandbox.run("deliver adopt --json");
    assert_eq!((ran.code, ran.error()["code"].as_str()), (Some(2), Some("no-answer")));
    assert_eq!(ran.error()["hints"][0], "pass --role web|worker");
    let document = sandbox.run("deliver adopt --dry-run --json").json();
    assert_eq!(document["questions"][0]["proposal"], "worker");
    sandbox.run("deliver adopt --yes").ok();
    assert!(sandbox.read("deliver.toml").contains("[process.worker]"));
}

#[test]
fn the_document_has_every_proposal_with_evidence_confidence_and_flag() {
    let sandbox = node();
    let document = sandbox.run("deliver adopt --json").json();
    assert_eq!(document["schema"], "deliver/adoption/v1");
    assert_eq!(document["written"], true);
    assert_eq!(document["manifest"], sandbox.read("deliver.toml"));
    let run = &document["proposals"][1];
    assert_eq!(run["key"], "run.command");
    assert_eq!(run["evidence"][0]["path"], "package.json");
    assert_eq!(run["evidence"][0]["line"], 3);
    assert_eq!(
        (run["confidence"].as_str(), run["flag"].as_str()),
        (Some("certain"), Some("--run"))
    );
}

#[test]
fn a_flag_that_cannot_be_is_refused_where_it_would_stand() {
    let sandbox = node();
    let ran = sandbox.run("deliver adopt --health healthz");
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("health = \"healthz\""), "{}", ran.stderr);
    assert_eq!(sandbox.run("ls").ok(), "package.json\nserver.js\n");
}

#[test]
fn hostile_files_are_looked_at_and_never_followed_or_waited_for() {
    let sandbox = node();
    sandbox
        .run("mkfifo Procfile && ln -s /etc/passwd Dockerfile && ln -s . loop && printf '\\0' > go.mod")
        .ok();
    sandbox.run("deliver adopt").ok();
    assert!(sandbox.read("deliver.toml").contains("[\"node\", \"server.js\"]"));
}

#[test]
fn an_app_with_only_a_dockerfile_is_refused_without_an_engine_and_told_the_way_out() {
    let sandbox = Sandbox::new().env("DOCKER_HOST", "unix:///nowhere/docker.sock");
    sandbox.file("Dockerfile", "FROM scratch\nEXPOSE 80\n");
    let ran = sandbox.run("deliver adopt --yes --json");
    assert_eq!((ran.code, ran.error()["code"].as_str()), (Some(8), Some("no-engine")));
    assert_eq!(sandbox.run("ls").ok(), "Dockerfile\n");
}

#[test]
fn a_service_of_a_monorepo_is_adopted_in_its_own_folder() {
    let sandbox = Sandbox::new();
    sandbox
        .file("package.json", "{\"workspaces\": [\"apps/*\"]}")
        .file("package-lock.json", "{}")
        .file(
            "apps/api/package.json",
            "{\"name\": \"api\", \"scripts\": {\"start\": \"node server.js\"}}",
        )
        .file("apps/api/server.js", SERVER);
    let refused = sandbox.run("deliver adopt --yes --json");
    assert_eq!(
        (refused.code, refused.error()["code"].as_str()),
        (Some(2), Some("several-apps"))
    );
    assert_eq!(refused.error()["hints"][0], "deliver adopt apps/api");
    sandbox.run("deliver adopt apps/api").ok();
    let manifest = sandbox.read("apps/api/deliver.toml");
    assert!(manifest.contains("context = \"../..\""), "{manifest}");
    assert!(
        manifest.contains("(cd ../.. && npm ci --no-audit --no-fund)"),
        "{manifest}"
    );
}
