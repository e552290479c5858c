//! `deliver incident`, over a store that knows two releases of checkout and a change of what it depends on.

use std::sync::Arc;

use deliver::adapters::system::SystemClock;
use deliver::config::paths::Paths;
use deliver::model::about::About;
use deliver::model::deployment::Operation;
use deliver::model::traffic::{BUCKET_MICROS, LATENCY_BUCKETS, Traffic};
use deliver::model::{Outcome, ReleaseNo};
use deliver::store::deployment::NewDeployment;
use deliver::store::{Options, Store};
use rexpect::session::spawn_command;

use crate::support::{DELIVER, Sandbox, needs};

/// When every command runs.
const NOW: &str = "2026-03-04T14:06:00Z";

fn open(sandbox: &Sandbox, base: &str, actor: &str) -> Store {
    let paths = Paths {
        user_config: sandbox.root().join("none"),
        system_config: sandbox.root().join("none"),
        data: Paths::data_beside(&sandbox.store()),
        store: sandbox.store().into(),
        runtime: None,
    };
    let options = Options {
        actor: actor.into(),
        ..Options::default()
    };
    let clock = SystemClock::new(Some(base.parse().expect("a time")));
    Store::open(&paths, Arc::new(clock), options).expect("a store")
}

fn deploy(store: &Store, service: &str, release: u32, outcome: Outcome, reason: Option<&str>) {
    let new = NewDeployment {
        service: service.parse().expect("a name"),
        env: "production".parse().expect("a name"),
        target: "local".into(),
        operation: Operation::Deploy,
        release: Some(ReleaseNo(release)),
        previous: (release > 1).then(|| ReleaseNo(release - 1)),
        parent: None,
        plan_hash: "p".into(),
        plan: serde_json::json!(null),
        gates: vec![],
        note: None,
    };
    let id = store.create_deployment(&new).expect("written").id;
    store.finish(id, outcome, reason, 0, &[]).expect("written");
}

fn empty() -> Sandbox {
    Sandbox::new().env("DELIVER_TEST_NOW", NOW)
}

/// v12 of checkout at noon, catalog-db at 13:40, v13 of checkout at 13:57:30.
fn sandbox() -> Sandbox {
    let sandbox = empty();
    let store = open(&sandbox, "2026-03-04T12:00:00Z", "ana@ci");
    deploy(&store, "checkout", 12, Outcome::Succeeded, None);
    drop(store);
    let store = open(&sandbox, "2026-03-04T13:40:00Z", "cy@ci");
    deploy(&store, "catalog-db", 4, Outcome::Succeeded, None);
    let checkout = "checkout".parse().expect("a name");
    store.register_service(&checkout, &sandbox.project()).expect("written");
    let about = About {
        depends_on: vec!["catalog-db".into(), "Some queue".into()],
        tier: 1,
        ..About::default()
    };
    store.describe_service(&checkout, &about).expect("written");
    drop(store);
    let store = open(&sandbox, "2026-03-04T13:57:30Z", "bo@ci");
    deploy(&store, "checkout", 13, Outcome::Succeeded, None);
    sandbox
}

/// Requests of a release in the minute of `at`, `failed` of them with a 500.
fn count(sandbox: &Sandbox, release: u32, at: &str, total: u64, failed: u64) {
    let at: jiff::Timestamp = at.parse().expect("a time");
    let traffic = Traffic {
        service: "checkout".parse().expect("a name"),
        env: "production".parse().expect("a name"),
        release: ReleaseNo(release),
        bucket: at.as_microsecond() / BUCKET_MICROS * BUCKET_MICROS,
        classes: [0, total - failed, 0, 0, failed],
        failed: 0,
        latency: vec![0; LATENCY_BUCKETS],
    };
    open(sandbox, NOW, "router")
        .record_traffic(&[traffic])
        .expect("written");
}

/// On a terminal of 80 columns without colour. A busy machine takes a few seconds for a command: seconds read `SS`.
fn seen(sandbox: &Sandbox, line: &str) -> String {
    steady(&sandbox.run(&format!("DELIVER_FORCE_TTY=80 NO_COLOR=1 {line}")).ok())
}

fn steady(text: &str) -> String {
    let seconds = regex::Regex::new(r"(\d\d:\d\d):\d\d(\.\d+)?Z").expect("a pattern");
    let ago = regex::Regex::new(r"\b\d+ s ago").expect("a pattern");
    ago.replace_all(&seconds.replace_all(text, "$1:SSZ"), "just now")
        .into_owned()
}

#[test]
fn opening_says_what_changed_before_and_the_way_back() {
    let sandbox = sandbox();
    count(&sandbox, 12, "2026-03-04T13:50:00Z", 3000, 2);
    count(&sandbox, 13, "2026-03-04T14:03:00Z", 1000, 370);
    let ran = sandbox.run(
        "DELIVER_FORCE_TTY=80 NO_COLOR=1 deliver incident open 'checkout answers 500' --service checkout \
         --severity sev2 --impact-start 2026-03-04T14:02:00Z",
    );
    assert_eq!(ran.stderr, "");
    assert_eq!(
        steady(&ran.ok()),
        "INC-1  sev2  open  checkout answers 500\n  \
         checkout on production, opened just now by alice@laptop\n  \
         commander     nobody\n  \
         on call       nobody known; add rotas/ to the platform\n\
         \n\
         Changed before (a suspicion, no verdict)\n  \
         D-3  checkout v13 on production  high 0.89  by bo@ci\n      \
         errors rose with v13: 37.0% (370 of 1000) of its requests failed, 0.1% (2\n      \
         of 3000) before\n      \
         v13 deployed to production 4 min before the impact began\n  \
         D-2  catalog-db v4 on production  low 0.10  by cy@ci\n      \
         v4 deployed to production 21 min before the impact began\n      \
         checkout depends on catalog-db\n\
         \n\
         Next\n  \
         deliver incident ack INC-1  say that you are on it\n  \
         deliver rollback production --service checkout --to v12 --reason INC-1\n  \
         deliver incident role take commander INC-1  one person decides\n"
    );
}

#[test]
fn in_a_pipe_the_same_is_lines_of_cells() {
    let sandbox = sandbox();
    let ran =
        sandbox.run("deliver incident open checkout answers 500 --service checkout --detected 2026-03-04T14:02:00Z");
    assert_eq!(
        ran.stderr,
        "severity sev3 is assumed: a nuisance with a way around it; deliver incident severity sev2 makes it worse\n"
    );
    let text = ran.ok();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "INC-1\tsev3\topen\tcheckout\tproduction\tcheckout answers 500"
    );
    assert_eq!(lines[1], "detected\t2026-03-04T14:02:00Z");
    assert_eq!(
        lines[2],
        "suspect\tD-3\tcheckout\tproduction\tv13\tmedium\t0.48\tv13 deployed to production 4 min before it was noticed"
    );
    let moves: Vec<&str> = lines
        .iter()
        .copied()
        .filter(|line| line.starts_with("next\t"))
        .collect();
    assert_eq!(
        moves[1],
        "next\tdeliver rollback production --service checkout --to v12 --reason INC-1\tgo back"
    );
}

#[test]
fn the_document_has_the_fields_that_scripts_count_on() {
    let sandbox = sandbox();
    let document = sandbox
        .run("deliver incident open 'it is slow' --service checkout --severity 1 --impact-start '5 min ago' --json")
        .json();
    assert_eq!(document["schema"], "deliver/incident/v1");
    assert_eq!(
        (&document["id"], &document["severity"]),
        (&"INC-1".into(), &"sev1".into())
    );
    assert_eq!(
        document["impact_start"].as_str().map(|at| &at[..16]),
        Some("2026-03-04T14:01")
    );
    for field in ["acknowledged", "mitigated", "impact_end", "closed", "cause"] {
        assert_eq!(document[field], serde_json::Value::Null, "{field}");
    }
    assert_eq!(document["suspects"][0]["deployment"], "D-3");
    assert_eq!(document["suspects"], document["suspects_at_opening"]);
    assert_eq!(
        document["rollback"]["command"],
        "deliver rollback production --service checkout --to v12 --reason INC-1"
    );
    assert_eq!(document["timeline"][0]["kind"], "opened");
    assert_eq!(document["timeline"][0]["text"], "it is slow");
    assert_eq!(document["next"].as_array().map(Vec::len), Some(3));
}

#[test]
fn what_was_rolled_back_by_itself_is_said_and_not_offered_again() {
    let sandbox = empty();
    let store = open(&sandbox, "2026-03-04T14:00:00Z", "bo@ci");
    deploy(&store, "checkout", 1, Outcome::Succeeded, None);
    deploy(
        &store,
        "checkout",
        2,
        Outcome::RolledBack,
        Some("`checkout-v2` crashed"),
    );
    let document = sandbox
        .run("deliver incident open slow --service checkout --json")
        .json();
    assert_eq!(document["suspects"][0]["deployment"], "D-2");
    assert_eq!(document["rollback"]["command"], serde_json::Value::Null);
    assert_eq!(
        document["rollback"]["told"],
        "D-2 was rolled back by itself: v1 serves again"
    );
    let text = seen(&sandbox, "deliver incident show");
    assert!(
        text.contains("  ! D-2 was rolled back by itself: v1 serves again\n"),
        "{text}"
    );
}

#[test]
fn the_folder_and_the_store_fill_in_what_is_left_out() {
    let sandbox = sandbox();
    sandbox.file(
        "deliver.toml",
        "[service]\nname = \"checkout\"\n[run]\ncommand = [\"./x\"]\n",
    );
    let document = sandbox.run("deliver incident open slow --json").json();
    assert_eq!(
        (&document["service"], &document["env"]),
        (&"checkout".into(), &"production".into())
    );
    // No file that other people broke stands between a person and an incident.
    sandbox.file("deliver.toml", "[service\n");
    sandbox.file("platform.toml", "[platform]\nname = 7\n");
    let ran = sandbox.run("deliver incident open slow --json");
    assert!(
        ran.stderr.contains("the store knows this folder as checkout"),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("severities have their usual meaning"), "{ran:?}");
    assert_eq!(ran.json()["service"], "checkout");
    assert_eq!(ran.code, Some(0));
    let ran = sandbox.run("deliver incident open slow --service chekout --json");
    assert!(ran.stderr.contains("did you mean `checkout`?"), "{ran:?}");
    assert_eq!((&ran.json()["service"], ran.code), (&"chekout".into(), Some(0)));
}

#[test]
fn who_is_on_call_for_the_team_is_kept_with_it() {
    let sandbox = sandbox();
    sandbox.file(
        "platform.toml",
        "[platform]\nname = \"acme\"\n[person.ada]\nname = \"Ada\"\n[team.shop]\nmembers = [\"ada\"]\n",
    );
    sandbox.file(
        "rotas/shop.toml",
        "team = \"shop\"\ntime_zone = \"UTC\"\n[[layer]]\npeople = [\"ada\"]\nstart = \"2026-03-02\"\n",
    );
    sandbox.file(
        "deliver.toml",
        "[service]\nname = \"checkout\"\nteam = \"shop\"\n[run]\ncommand = [\"./x\"]\n",
    );
    let text = seen(&sandbox, "deliver incident open slow --severity sev3");
    assert!(
        text.contains("  on call       ada (primary of shop, hands over "),
        "{text}"
    );
    let text = sandbox.run("deliver incident show").ok();
    assert!(text.contains("\non-call\tada\tprimary\tshop\t2026-"), "{text}");
    // What the rota said at the time stays, whatever becomes of it.
    sandbox.file("rotas/shop.toml", "team = 7\n");
    let document = sandbox.run("deliver incident show --json").json();
    assert_eq!(document["on_call"][0]["person"], "ada");
    let ran = sandbox.run("deliver incident open again --severity sev3");
    assert!(ran.stderr.contains("deliver platform check tells more"), "{ran:?}");
    ran.ok();
}

#[test]
fn without_a_title_where_nobody_can_be_asked_nothing_is_opened() {
    let sandbox = empty();
    let told = sandbox.run("deliver incident open").fails(2);
    assert!(
        told.contains("error[title-needed]") && told.contains("hint: deliver incident open \""),
        "{told}"
    );
    sandbox
        .run("deliver incident open '\u{1b}[31m' --severity sev2")
        .fails(2);
    let told = sandbox.run("deliver incident open slow --severity sev9").fails(2);
    assert!(told.contains("sev1 (worst) to sev5"), "{told}");
    let told = sandbox
        .run("deliver incident open slow --impact-start yesterday")
        .fails(2);
    assert!(told.contains("10 min ago"), "{told}");
    let told = sandbox.run("deliver incident open slow --dry-run").fails(2);
    assert!(told.contains("run the same without --dry-run"), "{told}");
    let told = sandbox.run("deliver incident postmortem --write --dry-run").fails(2);
    assert!(told.contains("leave out --dry-run and --write"), "{told}");
    let ran = sandbox.run("deliver incident list --json");
    assert_eq!(ran.json()["incidents"], serde_json::json!([]));
}

#[test]
fn a_recent_failure_proposes_the_title() {
    let sandbox = empty();
    let store = open(&sandbox, "2026-03-04T13:30:00Z", "bo@ci");
    deploy(&store, "checkout", 2, Outcome::RolledBack, Some("it crashed"));
    let document = sandbox.run("deliver incident open --yes --json").json();
    assert_eq!(document["title"], "checkout v2 was rolled back on production");
}

#[test]
fn on_a_terminal_it_asks_for_the_title_and_how_bad_it_is() {
    let sandbox = sandbox();
    sandbox.file(
        "platform.toml",
        "[platform]\nname = \"acme\"\n[severity.sev1]\nquestions = [\"Can nobody pay?\"]\n",
    );
    let mut command = sandbox.command(DELIVER);
    command.args(["incident", "open", "--service", "checkout"]);
    let mut session = spawn_command(command, Some(20_000)).expect("a terminal");
    session.exp_string("What hurts?").expect("the first question");
    session.send_line("nobody can pay").expect("an answer");
    session.exp_string("Can nobody pay?").expect("the platform's question");
    session.exp_string("How bad is it?").expect("the second question");
    // From sev3 up to sev1.
    session.send("\x1b[A\x1b[A\r").expect("an answer");
    session.flush().expect("sent");
    let rest = session.exp_eof().expect("the end");
    assert!(rest.contains("INC-1"), "{rest:?}");
    let document = sandbox.run("deliver incident show --json").json();
    assert_eq!(
        (&document["title"], &document["severity"]),
        (&"nobody can pay".into(), &"sev1".into())
    );
}

#[test]
fn a_store_that_cannot_be_written_costs_nothing_that_was_typed() {
    let sandbox = empty();
    std::fs::create_dir_all(sandbox.store().parent().expect("a folder")).expect("a folder");
    std::fs::write(sandbox.store(), "not a store, and longer than a header would be").expect("a file");
    let ran = sandbox.run(
        "deliver incident open 'checkout answers 500' --service checkout --severity sev2 --impact-start '4 min ago' -q",
    );
    assert_eq!(ran.stdout, "");
    let told = steady(&ran.fails(2));
    assert!(
        told.starts_with(
            "This is not written down. Keep it:\n\n### checkout answers 500\n\n- severity: sev2\n- where: checkout\n\
             - impact start: 2026-03-04 14:02:SSZ\n- noticed: 2026-03-04 14:06:SSZ by alice@laptop\n\nerror[not-a-store]"
        ),
        "{told}"
    );
    let told = sandbox.run("deliver incident note INC-7 'the queue drains' --json");
    assert!(
        steady(&told.stderr).contains("**2026-03-04 14:06:SSZ** INC-7, note by alice@laptop:\n\nthe queue drains\n"),
        "{told:?}"
    );
    assert_eq!(told.error()["code"], "not-a-store");
}

#[test]
fn on_a_full_disk_what_was_typed_is_printed() {
    let sandbox = empty();
    let script = "mount -t tmpfs -o size=600k none \"$1\" && deliver incident open first --severity sev3 --store $1/s.db >$2 && \
                  { head -c 2000000 /dev/zero >\"$1/fill\" 2>/dev/null; true; } && \
                  for i in 1 2 3 4 5; do head -c 16000 /dev/urandom | base64 | \
                  deliver incident note INC-1 - --store $1/s.db >>$2 || exit; done";
    let disk = sandbox.root().join("disk");
    std::fs::create_dir(&disk).expect("a folder");
    let try_it = sandbox.run("unshare --mount --map-root-user true");
    if try_it.code != Some(0) {
        return needs::leave_out("mount", "this machine lets nobody mount a disk (`unshare --mount`)");
    }
    let words = format!(
        "unshare --mount --map-root-user sh -c '{script}' sh {} /dev/null",
        disk.display()
    );
    let ran = sandbox.run(&words);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("This is not written down. Keep it:"), "{ran:?}");
    assert!(ran.stderr.contains("error[disk-full]"), "{ran:?}");
}

/// The same command at another minute past two.
fn at(minute: u8, line: &str) -> String {
    format!("DELIVER_TEST_NOW=2026-03-04T14:{minute:02}:00Z {line}")
}

#[test]
fn an_incident_goes_its_way_and_the_timeline_tells_it() {
    let sandbox = sandbox();
    let open = "deliver incident open 'checkout answers 500' --service checkout --severity sev2 --impact-start 14:02";
    sandbox.run(&at(6, open)).ok();
    let brief = seen(&sandbox, &at(7, "deliver incident ack"));
    assert_eq!(brief, "✔ INC-1: alice@laptop is on it\n");
    let ran = sandbox.run(&at(8, "DELIVER_ACTOR=bo deliver incident ack INC-1"));
    assert!(
        steady(&ran.stderr).starts_with("INC-1 was acknowledged by alice@laptop at 2026-03-04 14:07:SSZ"),
        "{ran:?}"
    );
    ran.ok();
    sandbox.run(&at(9, "deliver incident role take commander")).ok();
    let told = sandbox
        .run(&at(10, "DELIVER_ACTOR=bo deliver incident role take commander"))
        .fails(6);
    assert!(told.contains("alice@laptop has had it"), "{told}");
    sandbox.run(&at(11, "deliver incident role hand commander @bo")).ok();
    sandbox.run(&at(12, "deliver incident severity INC-1 sev1")).ok();
    let told = sandbox.run("deliver incident severity sev3 INC-1").fails(2);
    assert!(told.contains("error[reason-needed]"), "{told}");
    sandbox
        .run(&at(13, "deliver incident note saw the first errors --at 14:01"))
        .ok();
    sandbox
        .run(&at(
            14,
            "deliver incident update rolled back, watching --status mitigated",
        ))
        .ok();
    let told = sandbox
        .run("deliver incident resolve 'v12 is back' --cause D-3 --fixed-by D-3")
        .fails(2);
    assert!(told.contains("error[same-deployment]"), "{told}");
    let ran = sandbox.run(&at(
        15,
        "deliver incident resolve 'v12 is back' --cause D-3 --fixed-by D-1 --impact-end 14:13",
    ));
    assert_eq!(
        steady(&ran.stderr),
        "INC-1: checkout answers 500\nwarning: impact end (2026-03-04 14:13:SSZ) is before mitigated (2026-03-04 \
         14:14:SSZ): correct one with --impact-end or --mitigated\n"
    );
    assert_eq!(
        ran.ok(),
        "INC-1\tsev1\tresolved\tcheckout\tproduction\tcheckout answers 500\n"
    );
    sandbox
        .run(&at(16, "deliver incident update INC-1 --mitigated 14:12"))
        .ok();
    let told = sandbox.run("deliver incident close INC-1").fails(3);
    assert!(told.contains("error[postmortem-missing]"), "{told}");
    assert_eq!(
        seen(
            &sandbox,
            "DELIVER_TEST_NOW=2026-03-04T14:17:30Z deliver incident show INC-1"
        ),
        "INC-1  sev1  resolved  checkout answers 500\n  \
         checkout on production, opened 11 min ago by alice@laptop\n  \
         impact start  2026-03-04T14:02:SSZ (15 min ago)\n  \
         detected      2026-03-04T14:06:SSZ (11 min ago)\n  \
         acknowledged  2026-03-04T14:07:SSZ (10 min ago)\n  \
         mitigated     2026-03-04T14:12:SSZ (5 min ago)\n  \
         impact end    2026-03-04T14:13:SSZ (4 min ago)\n  \
         it hurt for   11 min\n  \
         caused by     D-3\n  \
         ended by      D-1\n  \
         commander     bo, 6 min ago\n\
         \n\
         Changed before (a suspicion, no verdict)\n  \
         D-3  checkout v13 on production  medium 0.48  by bo@ci\n      \
         v13 deployed to production 4 min before the impact began\n  \
         D-2  catalog-db v4 on production  low 0.10  by cy@ci\n      \
         v4 deployed to production 21 min before the impact began\n      \
         checkout depends on catalog-db\n\
         \n\
         Timeline\n  \
         2026-03-04 14:01:SSZ  alice@laptop: saw the first errors\n  \
         2026-03-04 14:06:SSZ  alice@laptop opened it: checkout answers 500\n  \
         2026-03-04 14:07:SSZ  alice@laptop acknowledged it\n  \
         2026-03-04 14:09:SSZ  alice@laptop took the role of commander\n  \
         2026-03-04 14:11:SSZ  alice@laptop handed the role of commander to bo\n  \
         2026-03-04 14:12:SSZ  sev2 made sev1 (alice@laptop)\n  \
         2026-03-04 14:14:SSZ  alice@laptop: rolled back, watching\n  \
         2026-03-04 14:14:SSZ  mitigated (alice@laptop)\n  \
         2026-03-04 14:15:SSZ  resolved: v12 is back (alice@laptop)\n  \
         2026-03-04 14:15:SSZ  caused by D-3 (alice@laptop)\n  \
         2026-03-04 14:15:SSZ  ended by D-1 (alice@laptop)\n  \
         2026-03-04 14:16:SSZ  mitigated corrected from 2026-03-04 14:14:SSZ to\n                        \
         2026-03-04 14:12:SSZ (alice@laptop)\n\
         \n\
         Next\n  \
         deliver incident postmortem INC-1 --write  learn from it\n  \
         deliver incident action add \"what will prevent it\" INC-1 --owner NAME --due 14d\n  \
         deliver incident close INC-1  when it is learnt from\n"
    );
    sandbox.run("deliver incident reopen INC-1 'it is back'").ok();
    let document = sandbox.run("deliver incident show --json").json();
    assert_eq!(
        (&document["status"], &document["impact_end"]),
        (&"open".into(), &serde_json::Value::Null)
    );
    assert!(
        sandbox
            .run("deliver audit verify")
            .ok()
            .contains("as they were written")
    );
}

#[test]
fn the_incident_may_be_named_last_as_well() {
    let sandbox = empty();
    sandbox.run("deliver incident open one --severity sev3").ok();
    sandbox.run("deliver incident open two --severity sev3").ok();
    sandbox.run("deliver incident resolve done INC-1").ok();
    let told = |line: &str| {
        let document = sandbox.run(&format!("deliver incident {line} --json")).json();
        let timeline = document["timeline"].as_array().expect("a list");
        let text = timeline.last().expect("an entry")["text"].as_str().expect("a text");
        format!("{} {text}", document["id"].as_str().expect("an id"))
    };
    assert_eq!(
        told("note 'the disk of db3 is full' INC-1"),
        "INC-1 the disk of db3 is full"
    );
    assert_eq!(told("update full again inc-2"), "INC-2 full again");
    assert_eq!(told("reopen 'it is back' INC-1"), "INC-1 reopened: it is back");
    assert_eq!(told("severity sev2 INC-1"), "INC-1 sev3 made sev2");
    assert_eq!(told("resolve 'fixed it' INC-1"), "INC-1 resolved: fixed it");
    assert_eq!(told("reopen 1 back again"), "INC-1 reopened: back again");
    // Within quotes and as a bare number it is text.
    assert_eq!(told("note INC-2 'same as INC-1'"), "INC-2 same as INC-1");
    assert_eq!(told("note INC-2 restarted 1"), "INC-2 restarted 1");
    for line in ["note INC-2 same as INC-1", "reopen INC-2 same as INC-1"] {
        let said = sandbox.run(&format!("deliver incident {line}")).fails(2);
        assert!(said.contains("the first word names INC-2 and the last INC-1"), "{said}");
    }
    sandbox.run("deliver incident reopen 'it is back'").fails(2);
}

#[test]
fn the_list_shows_what_is_open_the_worst_first() {
    let sandbox = empty();
    let ran = sandbox.run("deliver incident list");
    assert_eq!((ran.stdout.as_str(), ran.code), ("", Some(0)));
    assert_eq!(
        ran.stderr,
        "no incident is open\nhint: deliver incident open \"what hurts\"   (deliver incident list --all shows earlier ones)\n"
    );
    assert!(!sandbox.store().exists(), "looking makes no store");
    for (title, severity) in [
        ("queue is slow", "sev3"),
        ("nobody can pay", "sev1"),
        ("logo is grey", "sev5"),
    ] {
        sandbox
            .run(&format!(
                "deliver incident open '{title}' --severity {severity} --service shop"
            ))
            .ok();
    }
    sandbox.run("deliver incident resolve INC-3 'was a cache'").ok();
    assert_eq!(
        seen(&sandbox, "deliver incident list"),
        "ID     SEVERITY  STATUS  SERVICE  ENV  OPENED    COMMANDER  TITLE\n\
         INC-2  sev1      open    shop          just now             nobody can pay\n\
         INC-1  sev3      open    shop          just now             queue is slow\n"
    );
    let text = sandbox
        .run("deliver incident list --all --service shop --since 1h -n 2")
        .ok();
    let ids: Vec<&str> = text
        .lines()
        .map(|line| line.split('\t').next().unwrap_or_default())
        .collect();
    assert_eq!(ids, ["INC-3", "INC-2"]);
    let document = sandbox.run("deliver incident list --json -n 1").json();
    assert_eq!(document["schema"], "deliver/incidents/v1");
    assert_eq!(
        (&document["more"], &document["incidents"][0]["id"]),
        (&true.into(), &"INC-2".into())
    );
    let told = sandbox.run("deliver incident note 'which one?'").fails(2);
    assert!(told.contains("INC-2 (nobody can pay), INC-1 (queue is slow)"), "{told}");
    let told = sandbox.run("deliver incident show INC-9").fails(2);
    assert!(told.contains("hint: deliver incident list --all"), "{told}");
}

#[test]
fn hostile_text_is_kept_harmless_and_without_secrets() {
    let sandbox = empty();
    sandbox
        .run("deliver incident open \"$(printf 'evil \\033]0;owned\\007\\033[31mred\\000')\" --severity sev3")
        .ok();
    let ran =
        sandbox.run("deliver incident note \"$(printf 'latin \\344 PASSWORD=hunter2 ghp_0123456789abcdefghijkl')\"");
    assert!(
        ran.stderr.contains("an access token was replaced by [redacted]"),
        "{ran:?}"
    );
    ran.ok();
    sandbox
        .run("head -c 100000 /dev/zero | tr '\\0' x | deliver incident update INC-1 -")
        .ok();
    let document = sandbox.run("deliver incident show --json").json();
    assert_eq!(document["title"], "evil red");
    assert_eq!(
        document["timeline"][1]["text"],
        "latin \u{fffd} PASSWORD=[redacted] [redacted]"
    );
    let cut = document["timeline"][2]["text"].as_str().expect("a text");
    assert!(cut.len() == 16 * 1024 && cut.ends_with("… (cut: 100000 bytes were given)"));
    let journal = sandbox.run("deliver audit export").ok();
    assert!(!journal.contains("hunter2") && !journal.contains("ghp_"), "{journal}");
    sandbox.run("deliver audit verify").ok();
    let bytes = std::fs::read(sandbox.store()).expect("the file");
    assert!(!bytes.windows(7).any(|part| part == b"hunter2"));
}

#[test]
fn twenty_at_once_lose_nothing_and_one_of_two_gets_the_role() {
    let sandbox = empty();
    sandbox
        .run("for i in $(seq 20); do deliver incident open \"number $i\" --severity sev3 >/dev/null & done; wait")
        .ok();
    sandbox
        .run("for i in $(seq 20); do deliver incident note INC-1 \"note $i\" >/dev/null & done; wait")
        .ok();
    let document = sandbox.run("deliver incident list --json").json();
    let mut titles: Vec<String> = document["incidents"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["title"].as_str().expect("a text").to_owned())
        .collect();
    titles.sort();
    let mut expected: Vec<String> = (1..=20).map(|number| format!("number {number}")).collect();
    expected.sort();
    assert_eq!(titles, expected);
    let document = sandbox.run("deliver incident show INC-1 --json").json();
    let notes: std::collections::BTreeSet<&str> = document["timeline"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|entry| entry["kind"] == "note")
        .map(|entry| entry["text"].as_str().expect("a text"))
        .collect();
    assert_eq!(notes.len(), 20);
    let ran = sandbox.run(
        "for who in bo cy; do (DELIVER_ACTOR=$who deliver incident role take commander INC-1 >/dev/null 2>$who.err; \
         echo \"$who $?\") & done; wait",
    );
    let mut ends: Vec<&str> = ran.stdout.lines().collect();
    ends.sort_unstable();
    let winner = match ends[..] {
        ["bo 0", "cy 6"] => "bo",
        ["bo 6", "cy 0"] => "cy",
        _ => panic!("{ends:?}"),
    };
    let loser = if winner == "bo" { "cy" } else { "bo" };
    assert!(
        sandbox.read(&format!("{loser}.err")).contains(winner),
        "who won is said"
    );
    let document = sandbox.run("deliver incident show INC-1 --json").json();
    assert_eq!(document["roles"][0]["person"], winner);
    sandbox.run("deliver audit verify").ok();
}

#[test]
fn a_kill_at_any_write_leaves_all_of_it_or_nothing() {
    for (moment, count) in [("DELIVER_TEST_CRASH_BEFORE", 0), ("DELIVER_TEST_CRASH_AT", 1)] {
        let sandbox = empty();
        let killed = sandbox.run(&format!("{moment}=1 deliver incident open slow --severity sev3"));
        assert_ne!(killed.code, Some(0));
        let document = sandbox.run("deliver incident list --json").json();
        assert_eq!(document["incidents"].as_array().map(Vec::len), Some(count), "{moment}");
        if count == 0 {
            sandbox.run("deliver incident open slow --severity sev3").ok();
        }
        for act in [
            "note INC-1 x",
            "update INC-1 x --status mitigated --severity sev1",
            "role take scribe INC-1",
            "action add x INC-1",
            "resolve INC-1 x",
        ] {
            let before = sandbox.run("deliver incident show INC-1 --json").json();
            let killed = sandbox.run(&format!("{moment}=1 deliver incident {act}"));
            assert_ne!(killed.code, Some(0), "{act}");
            let after = sandbox.run("deliver incident show INC-1 --json").json();
            assert_eq!(before["timeline"] == after["timeline"], count == 0, "{moment} {act}");
            assert_eq!(
                before["status"] == after["status"],
                count == 0 || !(act.starts_with("up") || act.starts_with("res"))
            );
            sandbox.run("deliver audit verify").ok();
        }
    }
}

#[test]
fn the_postmortem_is_written_beside_the_service_and_people_own_the_rest() {
    let sandbox = sandbox();
    sandbox
        .run("deliver incident open 'checkout | answers `500`' --service checkout --severity sev2 --impact-start 14:02")
        .ok();
    let printed = sandbox.run("deliver incident postmortem INC-1").ok();
    assert!(printed.starts_with("---\n# deliver:begin front"), "{printed}");
    assert!(
        printed.contains("# INC-1: checkout \\| answers \\`500\\`\n"),
        "{printed}"
    );
    sandbox
        .run("deliver incident resolve 'v12 is back' --impact-end 14:06")
        .ok();
    let ran = sandbox.run("deliver incident postmortem INC-1 --write");
    assert_eq!(
        ran.stderr,
        "hint: fill it in with those who were there, then deliver incident close INC-1\n"
    );
    assert_eq!(ran.ok(), "✔ wrote [ROOT]/project/docs/postmortems/INC-1.md\n");
    let path = "docs/postmortems/INC-1.md";
    let first = sandbox.read(path);
    sandbox.file(
        path,
        &first.replace("## What went well\n\n- ", "## What went well\n\n- the alert"),
    );
    assert_eq!(
        sandbox.run("deliver incident postmortem INC-1 --write").ok(),
        "[ROOT]/project/docs/postmortems/INC-1.md is as it should be\n"
    );
    sandbox
        .run("deliver incident action add 'limit the batch size' INC-1 --due 14d")
        .ok();
    sandbox.run("deliver incident postmortem INC-1 --write").ok();
    let again = sandbox.read(path);
    assert!(
        again.contains("- the alert") && again.contains("limit the batch size"),
        "{again}"
    );
    sandbox.run("deliver incident close INC-1").ok();
    sandbox.file("notes.md", "# ours\n");
    let told = sandbox
        .run("deliver incident postmortem INC-1 --write notes.md")
        .fails(2);
    assert!(told.contains("error[not-a-postmortem]"), "{told}");
    assert_eq!(sandbox.read("notes.md"), "# ours\n");
    sandbox.run("deliver incident open other --severity sev3").ok();
    let before = sandbox.read(path);
    let told = sandbox
        .run(&format!("deliver incident postmortem INC-2 --write {path}"))
        .fails(2);
    assert!(
        told.contains("the file is that of INC-1") && told.contains("postmortem INC-2 --write PATH"),
        "{told}"
    );
    assert_eq!(sandbox.read(path), before);
    let told = sandbox.run("deliver incident postmortem INC-2 --write").fails(2);
    assert!(
        told.contains("error[path-needed]") && told.contains("postmortem INC-2 --write PATH"),
        "{told}"
    );
    let document = sandbox.run("deliver incident postmortem INC-1 --json").json();
    assert_eq!(
        (&document["written"], &document["path"]),
        (&false.into(), &serde_json::Value::Null)
    );
}

#[test]
fn follow_up_work_can_stop_a_pipeline() {
    let sandbox = empty();
    sandbox.run("deliver incident open slow --severity sev3").ok();
    assert_eq!(
        sandbox.run("deliver incident action list").stderr,
        "nothing is left to do\n"
    );
    sandbox
        .run("deliver incident action add 'alert on queue age' INC-1 --owner @bo --due 14d --kind detect")
        .ok();
    sandbox.run("deliver incident action list --overdue").ok();
    sandbox
        .run("deliver incident action add 'limit the batch' INC-1 --due 2026-03-01")
        .ok();
    assert_eq!(
        seen(&sandbox, "deliver incident action list INC-1"),
        "ACTION   STATE    FOR      OWNER   DUE         WHAT\n\
         INC-1.2  overdue  prevent  nobody  2 d ago     limit the batch\n\
         INC-1.1  open     detect   bo      2026-03-18  alert on queue age\n"
    );
    let ran = sandbox.run("deliver incident action list --overdue --json");
    assert_eq!(ran.json()["actions"][0]["id"], "INC-1.2");
    assert_eq!(ran.code, Some(3));
    sandbox.run("deliver incident action done INC-1.2").ok();
    sandbox.run("deliver incident action list --overdue").ok();
    sandbox.run("deliver incident action done INC-1.9").fails(2);
    sandbox.run("deliver incident action add x INC-1 --kind cure").fails(2);
}

#[test]
fn times_that_do_not_fit_are_warned_of_and_never_mended() {
    let sandbox = empty();
    let ran = sandbox.run("deliver incident open slow --severity sev3 --impact-start 2026-03-04T15:00:00Z --json");
    let document = ran.json();
    assert_eq!(document["impact_start"], "2026-03-04T15:00:00Z");
    let warnings = document["warnings"].as_array().expect("a list");
    assert_eq!(warnings[1], "impact start (2026-03-04 15:00:00Z) lies in the future");
    assert!(
        steady(&ran.stderr).contains("detected (2026-03-04 14:06:SSZ) is before impact start"),
        "{ran:?}"
    );
    // Told to whoever touches a time and whoever looks; in the document always.
    let ran = sandbox.run("deliver incident note INC-1 'the queue drains' --json");
    assert!(!ran.stderr.contains("warning"), "{ran:?}");
    assert_eq!(ran.json()["warnings"], document["warnings"]);
    let ran = sandbox.run("deliver incident show INC-1");
    assert!(ran.stderr.contains("lies in the future"), "{ran:?}");
    let ran = sandbox.run("deliver incident ack INC-1");
    assert!(ran.stderr.contains("lies in the future"), "{ran:?}");
    let told = sandbox.run("deliver incident update INC-1").fails(2);
    assert!(told.contains("error[no-text]"), "{told}");
    sandbox.run("deliver incident update INC-1 --impact-start 14:00").ok();
    let document = sandbox.run("deliver incident show --json").json();
    assert_eq!(document["warnings"], serde_json::json!([]));
    assert_eq!(
        document["timeline"][3]["text"],
        "impact start corrected from 2026-03-04 15:00:00Z to 2026-03-04 14:00:00Z"
    );
}
