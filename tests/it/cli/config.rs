//! `deliver config`, `platform` and `schema`, and how problems in files are told.

use crate::support::Sandbox;

const MANIFEST: &str = "\
[service]
name = \"pricing\"
[run]
command = \"./serve\"
drain = \"10s\"
[environment.local]
drain = \"1s\"
";

#[test]
fn every_problem_of_a_manifest_is_told_with_its_line() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "deliver.toml",
        "[run]\ncomand = \"./serve\"\ndrain = 30\n[run.env]\nDB_PASSWORD = \"hunter2\"\n",
    );
    let ran = sandbox.run("DELIVER_ASCII=1 deliver config explain run.drain");
    assert_eq!(
        ran.fails(2),
        "\
error[invalid-file]: cannot use `deliver.toml`: 3 problems
problem: unknown key `comand` in `[run]`
 --> deliver.toml:2:1
  |
2 | comand = \"./serve\"
  | ^^^^^^ did you mean `command`?

problem: `run.drain` must be a length of time such as \"30s\", not an integer
 --> deliver.toml:3:9
  |
3 | drain = 30
  |         ^^ this is an integer
  |
  = hint: write `drain = \"30s\"`

problem: `run.env.DB_PASSWORD` looks like a secret by its name: secrets do not belong in deliver.toml
 --> deliver.toml:5:15
  |
5 | DB_PASSWORD = \"*******\"
  |               ^^^^^^^^^ not shown here
  |
  = hint: write a reference under `[run.secrets]`: `DB_PASSWORD = \"env:DB_PASSWORD\"`
"
    );
}

#[test]
fn explain_shows_each_layer_and_the_one_in_use() {
    let sandbox = Sandbox::new();
    sandbox.file("deliver.toml", MANIFEST);
    assert_eq!(
        sandbox.run("deliver config explain environment.local.drain").ok(),
        "[environment.local]\t\"1s\"\tdeliver.toml:7\tin use\n\
         [run]\t\"10s\"\tdeliver.toml:5\t\n\
         default\t\"30s\"\t\t\n"
    );
    assert_eq!(
        sandbox.run("deliver config explain drian").fails(2),
        "error[unknown-key]: `drian` is not a key\n  hint: write `run.drain`\n"
    );
    sandbox.file("../home/config/deliver/config.toml", "color = \"always\"\n");
    let document = sandbox
        .run("DELIVER_COLOR=auto deliver --color never config explain color --json")
        .json();
    assert_eq!(document["schema"], "deliver/config-explain/v1");
    let values: Vec<&str> = document["layers"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|layer| layer["value"].as_str())
        .collect();
    assert_eq!(values, ["never", "auto", "always", "auto"]);
}

#[test]
fn a_file_sets_what_flag_and_variable_do_not() {
    let sandbox = Sandbox::new();
    sandbox.file("../home/config/deliver/config.toml", "store = \"mine.db\"\n");
    let store = |line: &str| {
        let paths = sandbox.run(&format!("{line} config paths")).ok();
        paths.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(
        store("deliver"),
        "store\t[ROOT]/home/config/deliver/mine.db\tnot there yet"
    );
    assert_eq!(
        store("DELIVER_STORE=v.db deliver"),
        "store\t[ROOT]/project/v.db\tnot there yet"
    );
    assert_eq!(
        store("DELIVER_STORE=v.db deliver --store f.db"),
        "store\t[ROOT]/project/f.db\tnot there yet"
    );
    sandbox.file("../home/config/deliver/config.toml", "stor = \"mine.db\"\n");
    let ran = sandbox.run("deliver config paths --json");
    assert_eq!((ran.stdout.as_str(), ran.code), ("", Some(2)));
    assert_eq!(ran.error()["code"], "invalid-file");
    assert!(sandbox.run("deliver --version").ok().starts_with("deliver "));
}

#[test]
fn a_platform_is_started_checked_and_shown() {
    let sandbox = Sandbox::new();
    assert_eq!(
        sandbox.run("deliver platform check").ok(),
        "no platform.toml here: the built-in platform serves\n"
    );
    let ran = sandbox.run("deliver platform init shared --dry-run");
    assert_eq!(ran.ok(), "would write [ROOT]/project/shared/platform.toml\n");
    let ran = sandbox.run("deliver platform init shared");
    assert_eq!(ran.stdout, "wrote [ROOT]/project/shared/platform.toml\n");
    assert_eq!(
        ran.stderr,
        "hint: edit it, then deliver platform check --platform shared\n"
    );
    let ran = sandbox.run("deliver platform init shared");
    assert_eq!(
        ran.fails(2),
        "\
error[file-exists]: cannot write `[ROOT]/project/shared/platform.toml`: it is there already
  still: `[ROOT]/project/shared/platform.toml` is as it was
  hint: deliver platform check
"
    );
    assert_eq!(
        sandbox.run("deliver platform check --platform shared").ok(),
        "✔ acme is sound: 1 person, 1 team  [ROOT]/project/shared\n"
    );
    let shown = sandbox
        .run("DELIVER_PLATFORM=shared deliver platform show --json")
        .json();
    assert_eq!(shown["schema"], "deliver/platform/v1");
    assert_eq!(shown["teams"]["checkout"]["members"], serde_json::json!(["ada"]));
    assert_eq!(shown["tiers"]["1"]["level"], "gold");
    assert_eq!(shown["policy"]["environments"]["production"]["protected"], true);

    sandbox.file("shared/teams/search.toml", "members = [\"bob\"]\n");
    let ran = sandbox.run("deliver platform check --platform shared --json");
    assert_eq!(ran.stdout, "");
    assert_eq!(ran.error()["code"], "invalid-file");
    assert_eq!(ran.code, Some(2));
}

#[test]
fn schemas_are_of_the_draft_that_they_say() {
    let sandbox = Sandbox::new();
    for (what, title) in [("manifest", "deliver.toml"), ("platform", "platform.toml")] {
        let schema = sandbox.run(&format!("deliver schema {what}")).json();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema["title"], title);
        assert_eq!(schema["additionalProperties"], false);
    }
}

#[test]
fn the_schema_of_a_document_holds_for_what_is_printed() {
    let sandbox = Sandbox::new();
    let kinds = sandbox.run("deliver schema output --json").json();
    assert_eq!(kinds["schema"], "deliver/kinds/v1");
    let document = sandbox.run("deliver version --json").json();
    let schema = sandbox.run("deliver schema output version").json();
    assert_eq!(schema["properties"]["schema"]["const"], document["schema"]);
    let described: Vec<&String> = schema["properties"]
        .as_object()
        .into_iter()
        .flat_map(|map| map.keys())
        .collect();
    let printed: Vec<&String> = document.as_object().into_iter().flat_map(|map| map.keys()).collect();
    assert_eq!(described, printed);
    assert_eq!(
        sandbox.run("deliver schema output versoin").fails(2),
        "error[unknown-kind]: no command prints a document of the kind `versoin`\n  hint: deliver schema output version\n"
    );
}
