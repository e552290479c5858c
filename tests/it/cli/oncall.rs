//! `deliver oncall`, over rotas on days when nothing and when everything happens.

use rexpect::session::spawn_command;

use crate::support::{DELIVER, Sandbox};

const PLATFORM: &str = r#"[platform]
name = "acme"
[person.ada]
name = "Ada Lovelace"
chat = "@ada"
phone = "+44 20 7946 0000"
time_zone = "Europe/London"
[person.bo]
name = "Bo Diddley"
chat = "@bo"
time_zone = "Europe/Berlin"
[person.cy]
name = "Cy Young"
time_zone = "America/New_York"
[team.checkout]
members = ["ada", "bo"]
[team.search]
members = ["cy"]
"#;

const CHECKOUT: &str = r#"team = "checkout"
time_zone = "Europe/Berlin"
[[layer]]
people = ["ada", "bo"]
start = "2026-03-02"
[[override]]
person = "bo"
from = "2026-03-04 18:00"
to = "2026-03-05 09:00"
reason = "ada is at the dentist"
"#;

const SEARCH: &str = r#"team = "search"
time_zone = "America/New_York"
[[layer]]
people = ["cy"]
start = 2026-03-02
weekdays = ["mon", "tue", "wed", "thu", "fri"]
between = ["09:00", "17:00"]
"#;

/// Wednesday, 4 March 2026, 21:00 in Berlin and 15:00 in New York.
const NOW: &str = "2026-03-04T20:00:00Z";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new()
        .env("DELIVER_TEST_NOW", NOW)
        .env("COLUMNS", "80")
        .env("NO_COLOR", "1");
    sandbox.file("platform.toml", PLATFORM);
    sandbox
}

fn with_rotas() -> Sandbox {
    let sandbox = sandbox();
    sandbox.file("rotas/checkout.toml", CHECKOUT);
    sandbox.file("rotas/search.toml", SEARCH);
    sandbox
}

/// What a person sees in a window of 80 columns.
fn seen(sandbox: &Sandbox, words: &[&str]) -> String {
    let mut command = sandbox.command(DELIVER);
    command.args(words);
    let mut session = spawn_command(command, Some(20_000)).expect("a terminal");
    // Bytes come as characters of the same number.
    let read = session.exp_eof().expect("the end");
    let bytes = read.chars().map(|c| c as u8).collect();
    let text = String::from_utf8(bytes).expect("UTF-8").replace('\r', "");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    sandbox.redact(text.as_bytes())
}

#[test]
fn who_shows_everybody_in_both_looks() {
    let sandbox = with_rotas();
    assert_eq!(
        sandbox.run("deliver oncall who").ok(),
        "checkout\tcheckout\tprimary\tbo\t2026-03-05T08:00:00Z\t@bo\n\
         search\tsearch\tprimary\tcy\t2026-03-04T22:00:00Z\t\n"
    );
    assert_eq!(
        seen(&sandbox, &["oncall", "who"]),
        "\
TEAM      ROTA      ROLE     WHO              UNTIL    REACH
checkout  checkout  primary  bo (Bo Diddley)  in 11 h  @bo
search    search    primary  cy (Cy Young)    in 1 h
"
    );
    assert!(!sandbox.store().exists(), "looking made a store");
}

#[test]
fn the_team_of_the_service_one_is_in_comes_first() {
    let sandbox = with_rotas();
    sandbox.file(
        "svc/deliver.toml",
        "[service]\nname = \"find\"\nteam = \"search\"\n[run]\ncommand = \"./find\"\n",
    );
    let text = sandbox.run("deliver -C svc oncall who").ok();
    assert!(text.starts_with("search\t"), "{text}");
    sandbox.file("svc/deliver.toml", "not toml at all");
    let text = sandbox.run("deliver -C svc oncall who").ok();
    assert!(text.starts_with("checkout\t"), "{text}");
}

#[test]
fn explain_tells_the_chain_of_reasons() {
    let sandbox = with_rotas();
    assert_eq!(
        seen(&sandbox, &["oncall", "who", "--explain"]),
        "\
checkout primary  bo (Bo Diddley) until Thu 2026-03-05 09:00 CET (in 11 h)
  @bo
  override (rotas/checkout.toml:6): bo from Wed 2026-03-04 18:00 CET to Thu
  2026-03-05 09:00 CET: ada is at the dentist
  instead of ada

search primary  cy (Cy Young) until Wed 2026-03-04 17:00 EST (in 1 h)
  layer (rotas/search.toml:3): cy has turn 1 of 1, every 1w from Mon 2026-03-02
  09:00 EST to Mon 2026-03-09 09:00 EDT
  on call only mon tue wed thu fri, 09:00 to 17:00
"
    );
    let text = sandbox.run("deliver oncall who --explain --rota checkout").ok();
    assert_eq!(
        text,
        "checkout\tcheckout\tprimary\tbo\t2026-03-05T08:00:00Z\t@bo\n\
         why\tcheckout\tprimary\toverride (rotas/checkout.toml:6): bo from Wed 2026-03-04 18:00 CET to Thu 2026-03-05 09:00 \
         CET: ada is at the dentist\n\
         why\tcheckout\tprimary\tinstead of ada\n"
    );
}

#[test]
fn another_moment_and_a_gap_are_told_in_json() {
    let sandbox = with_rotas();
    let document = sandbox
        .run("deliver oncall who --json --at '2026-03-07 12:00 Europe/Berlin'")
        .json();
    assert_eq!(document["schema"], "deliver/oncall/v1");
    assert_eq!(document["at"], "2026-03-07T11:00:00Z");
    assert_eq!(
        document["entries"],
        serde_json::json!([{
            "team": "checkout", "rota": "checkout", "role": "primary", "person": "ada",
            "start": "2026-03-05T08:00:00Z", "end": "2026-03-09T08:00:00Z",
            "reasons": ["layer (rotas/checkout.toml:3): ada has turn 1 of 2, every 1w from Mon 2026-03-02 09:00 CET to Mon \
                         2026-03-09 09:00 CET"],
            "name": "Ada Lovelace", "phone": "+44 20 7946 0000", "chat": "@ada", "email": null
        }])
    );
    assert_eq!(
        document["gaps"],
        serde_json::json!([{
            "team": "search", "rota": "search", "role": "primary", "start": "2026-03-06T22:00:00Z",
            "end": "2026-03-09T13:00:00Z", "kind": "gap",
            "reasons": ["nobody is on call as primary",
                        "layer (rotas/search.toml:3) has somebody on call only mon tue wed thu fri, 09:00 to 17:00"]
        }])
    );
    assert_eq!(
        sandbox
            .run("deliver oncall who --team search --at 2026-01-01T00:00:00Z")
            .ok(),
        "search\tsearch\tprimary\tnobody yet\t2026-03-02T14:00:00Z\t\n"
    );
}

#[test]
fn a_slip_of_the_finger_is_told_apart_from_nobody() {
    let sandbox = with_rotas();
    assert_eq!(
        sandbox.run("deliver oncall who --team serch").fails(2),
        "error[unknown-team]: no rota and no `[team.serch]` of the platform has the team `serch`\n  hint: deliver oncall who \
         --team search\n"
    );
    let told = sandbox.run("deliver oncall who --rota chekout").fails(2);
    assert!(told.contains("hint: deliver oncall who --rota checkout"), "{told}");
    let told = sandbox.run("deliver oncall who --at tomorrow").fails(2);
    assert!(told.contains("2027-03-28T02:30"), "{told}");
}

#[test]
fn a_broken_file_hides_nobody_else_and_stops_no_deployment() {
    let sandbox = with_rotas();
    sandbox.file("rotas/search.toml", "team = \"search\"\nlayers = 1\n");
    let ran = sandbox.run("deliver oncall who");
    assert_eq!(
        ran.stdout,
        "checkout\tcheckout\tprimary\tbo\t2026-03-05T08:00:00Z\t@bo\n"
    );
    assert_eq!(
        ran.stderr,
        "warning: rotas/search.toml cannot be used (3 problems): nobody in it is shown; deliver platform check tells more\n"
    );
    assert_eq!(
        sandbox.run("deliver oncall who --json").json()["broken"][0],
        "rotas/search.toml"
    );
    let expected = "\
error[invalid-file]: cannot use `rotas/search.toml`: 3 problems
problem: at the top level lacks `time_zone`
 --> rotas/search.toml:1:1
  |
1 | team = \"search\"
  | ^ missing here
  |
  = hint: add `time_zone = \"Europe/Berlin\"`

problem: the rota has nobody
 --> rotas/search.toml:1:1
  |
1 | team = \"search\"
  | ^ `[[layer]]` is missing
  |
  = hint: add `[[layer]]` with `people = [\"ada\", \"bo\"]` and `start = \"2026-03-02\"`

problem: unknown key `layers` at the top level
 --> rotas/search.toml:2:1
  |
2 | layers = 1
  | ^^^^^^ not a key here
  |
  = hint: write one `[[layer]]` for each
";
    for line in ["oncall who --rota search", "oncall check"] {
        assert_eq!(
            sandbox.run(&format!("DELIVER_ASCII=1 deliver {line}")).fails(2),
            expected,
            "{line}"
        );
    }
    let told = sandbox.run("deliver platform check").fails(2);
    assert!(told.contains("write one `[[layer]]` for each"), "{told}");
    assert!(sandbox.run("deliver platform show").ok().contains("acme"));
}

#[test]
fn without_rotas_the_answer_is_how_to_write_one() {
    let sandbox = sandbox();
    let ran = sandbox.run("deliver oncall who");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""));
    assert_eq!(
        ran.stderr,
        "no rota says who is on call; deliver oncall who on a terminal shows how to write one\n"
    );
    let ran = sandbox.run("deliver oncall check");
    let first = "error\tno_rota\tno rota says who is on call: nobody can be paged\tdeliver oncall who\n";
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.stdout.starts_with(first), "{ran:?}");
    assert_eq!(sandbox.run("deliver oncall check --json").json()["sound"], false);
    let text = seen(&sandbox, &["oncall", "who"]);
    assert_eq!(
        text,
        "\
No rotas yet. Paste this into rotas/checkout.toml, then: deliver oncall check

team = \"checkout\"
time_zone = \"Europe/London\"

# Turns of a week, handed over on Mondays at 09:00.
[[layer]]
role = \"primary\"
people = [\"ada\", \"bo\"]
start = \"2026-03-02\"
handoff = \"09:00\"
every = \"1w\"

# Somebody else for a while:
# [[override]]
# person = \"bo\"
# from = \"2026-03-04 18:00\"
# to = \"2026-03-05 09:00\"
"
    );
    let (_, file) = text.split_once("\n\n").expect("a file");
    sandbox.file(
        "rotas/checkout.toml",
        &file
            .replace("# ", "")
            .replace("Turns of", "# Turns of")
            .replace("Somebody", "# Somebody"),
    );
    assert_eq!(
        sandbox.run("deliver oncall check").ok(),
        "note\tno_rota\tteam search has no rota\twrite rotas/search.toml\n"
    );
    let nowhere = Sandbox::new().env("COLUMNS", "80");
    assert_eq!(
        seen(&nowhere, &["oncall", "schedule"]),
        "No rotas: there is no platform.toml here or above. Start one with:\n\n  deliver platform init\n"
    );
}

#[test]
fn a_schedule_shows_turns_overrides_and_gaps() {
    let sandbox = with_rotas();
    assert_eq!(
        seen(
            &sandbox,
            &[
                "oncall",
                "schedule",
                "--from",
                "2026-03-01T23:00:00Z",
                "--days",
                "8",
                "--rota",
                "checkout"
            ]
        ),
        "\
checkout  2026-03-02 to 2026-03-10, by the clock of Europe/Berlin
FROM              TO                ROLE     WHO         NOTE
Mon 02 Mar 00:00  Mon 02 Mar 09:00  primary  nobody yet  not begun
Mon 02 Mar 09:00  Wed 04 Mar 18:00  primary  ada
Wed 04 Mar 18:00  Thu 05 Mar 09:00  primary  bo          override for ada
Thu 05 Mar 09:00  Mon 09 Mar 09:00  primary  ada
Mon 09 Mar 09:00  Tue 10 Mar 00:00  primary  bo
"
    );
    assert_eq!(
        sandbox.run("deliver oncall schedule --days 1").ok(),
        "checkout\tcheckout\tprimary\tbo\t2026-03-04T20:00:00Z\t2026-03-05T08:00:00Z\toverride for ada\n\
         checkout\tcheckout\tprimary\tada\t2026-03-05T08:00:00Z\t2026-03-05T20:00:00Z\t\n\
         search\tsearch\tprimary\tcy\t2026-03-04T20:00:00Z\t2026-03-04T22:00:00Z\t\n\
         search\tsearch\tprimary\t-\t2026-03-04T22:00:00Z\t2026-03-05T14:00:00Z\tgap\n\
         search\tsearch\tprimary\tcy\t2026-03-05T14:00:00Z\t2026-03-05T20:00:00Z\t\n"
    );
    let document = sandbox.run("deliver oncall schedule --days 1 --json").json();
    assert_eq!(document["schema"], "deliver/oncall-schedule/v1");
    assert_eq!(document["shifts"][0]["override"], true);
    assert_eq!(document["shifts"][3]["gap"], "gap");
}

#[test]
fn a_check_exits_three_where_a_page_would_be_lost() {
    let sandbox = with_rotas();
    let text = seen(&sandbox, &["oncall", "check", "--weeks", "4"]);
    assert_eq!(
        text,
        "\
✘ nobody is primary of search from Wed 2026-03-04 17:00 to Thu 2026-03-05 09:00
  (×20)
    layer (rotas/search.toml:3) has somebody on call only mon tue wed thu fri,
    09:00 to 17:00: add a layer, or say in [cover] when somebody has to be on
    call
✘ cy has no phone, chat or e-mail, and is primary of search from Wed 2026-03-04
  15:00 (×21)
    add `phone = \"+…\"` to [person.cy]

ROTA      ROLE     WHO  HOURS  NIGHTS  WEEKENDS  OF MEAN
checkout  primary  bo     347     119        95    103 %
checkout  primary  ada    325     104        96     97 %
search    primary  cy     161       0         0    100 %

✘ 2 errors in 2 rotas until 2026-04-01
"
    );
    let ran = sandbox.run("deliver oncall check --weeks 4 --json");
    assert_eq!(ran.code, Some(3));
    let document = ran.json();
    assert_eq!(
        (&document["schema"], &document["sound"]),
        (&"deliver/oncall-check/v1".into(), &false.into())
    );
    assert_eq!(document["findings"][0]["id"], "gap");
    assert_eq!(document["findings"][0]["count"], 20);

    sandbox.file("rotas/search.toml", &format!("{SEARCH}[cover]\nweekdays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]\nbetween = [\"09:00\", \"17:00\"]\n"));
    sandbox.file(
        "platform.toml",
        &PLATFORM.replace("\"Cy Young\"", "\"Cy Young\"\nchat = \"@cy\""),
    );
    let ran = sandbox.run("deliver oncall check --weeks 4");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""));
    assert_eq!(
        sandbox
            .run("deliver oncall who --team search --at 2026-03-07T12:00:00Z")
            .ok(),
        "search\tsearch\tprimary\tnobody, as [cover] says\t2026-03-09T13:00:00Z\t\n"
    );
}

#[test]
fn somebody_whom_the_platform_does_not_know_is_on_call_all_the_same() {
    let sandbox = with_rotas();
    sandbox.file(
        "rotas/checkout.toml",
        &CHECKOUT.replace("\"ada\", \"bo\"", "\"adda\", \"bo\""),
    );
    let text = sandbox
        .run("deliver oncall who --team checkout --at 2026-03-04T12:00:00Z --json")
        .json();
    assert_eq!(text["entries"][0]["person"], "adda");
    assert_eq!(text["entries"][0]["name"], serde_json::Value::Null);
    let ran = sandbox.run("deliver oncall check --rota checkout");
    assert_eq!(ran.code, Some(3));
    assert_eq!(
        ran.stdout,
        "error\tunknown_person\tadda is nobody the platform knows, and is primary of checkout from Thu 2026-03-05 09:00\tadd \
         [person.adda] to platform.toml, or take them out of rotas/checkout.toml\n"
    );
    let told = sandbox.run("DELIVER_ASCII=1 deliver platform check").fails(2);
    assert_eq!(
        told,
        "\
error[invalid-file]: cannot use `rotas`: 1 problem
problem: `adda` is nobody the platform knows
 --> rotas/checkout.toml:4:11
  |
4 | people = [\"adda\", \"bo\"]
  |           ^^^^^^ did you mean \"ada\"?
"
    );
}
