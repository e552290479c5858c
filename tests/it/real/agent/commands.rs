//! `deliver agent` and `deliver logs`, as people type them.

use std::process::{Command, Output};

use super::*;
use crate::support::needs::has;

fn deliver(bench: &Bench, line: &str) -> Output {
    Command::new(DELIVER)
        .args(line.split(' '))
        .env_clear()
        .env("HOME", bench.root())
        .env("PATH", "/usr/bin:/bin")
        .env("LANG", "C.UTF-8")
        .env("XDG_RUNTIME_DIR", bench.root().join("run"))
        .env("DELIVER_STORE", bench.paths.store.argument())
        .current_dir(bench.root())
        .output()
        .unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn json(bench: &Bench, line: &str) -> serde_json::Value {
    let output = deliver(bench, line);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_agent_says_what_it_looks_after_restarts_and_stops() {
    let bench = Bench::new();
    let none = json(&bench, "agent status --json");
    assert_eq!(
        (&none["schema"], &none["running"]),
        (&"deliver/agent/v1".into(), &false.into())
    );
    assert!(!bench.paths.data.exists(), "looking makes nothing");

    let url = bench.deploy(&bench.release(1, APP), 2);
    let port: u16 = url.rsplit_once(':').unwrap().1.parse().unwrap();
    let before = json(&bench, "agent status --json");
    assert_eq!((&before["services"], &before["instances"]), (&1.into(), &2.into()));
    assert_eq!(before["ports"], serde_json::json!([port]));
    let words = out(&deliver(&bench, "agent"));
    assert!(words.starts_with("● the agent is running (pid "), "{words}");

    let after = json(&bench, "agent restart --json");
    assert_ne!(after["started_at"], before["started_at"]);
    assert_eq!(json(&bench, "agent status --json")["instances"], 2);

    let stopped = deliver(&bench, "agent stop");
    assert_eq!(out(&stopped), "○ the agent is not running\n");
    let said = String::from_utf8(stopped.stderr).unwrap();
    assert!(
        said.contains("2 instances were stopped") && said.contains("deliver agent restart"),
        "{said}"
    );
    assert_eq!(processes_of(bench.root()), []);
    assert_eq!(
        deliver(&bench, "agent stop").status.code(),
        Some(0),
        "stopping again is no error"
    );

    // And a restart brings back what was deployed.
    deliver(&bench, "agent restart");
    bench.until_healthy("shop-1-web-2");
}

#[test]
fn logs_are_shown_by_release_stream_and_time_with_controls_made_harmless() {
    let bench = Bench::new();
    let artifact = bench.artifact("b-1", &[("x", "")]);
    let say = "printf '\\033[31mred\\033[0m \\033]0;evil\\007\\n'; echo oops >&2; sleep 0.2; echo end";
    let mut release = bench.release_of(1, artifact, spec(CommandLine::Shell(say.into())));
    release.release.spec.processes[0].role = Role::Worker;
    bench.start(&release, &web(&release, 1)).unwrap();
    bench.until("it ended", |now| now.state == InstanceState::Exited, "shop-1-web-1");

    let lines = out(&deliver(&bench, "logs --service shop"));
    let mut columns: Vec<Vec<&str>> = lines.lines().map(|line| line.split('\t').skip(1).collect()).collect();
    columns[..2].sort();
    assert_eq!(
        columns,
        [
            ["v1", "shop-1-web-1", "err", "oops"],
            ["v1", "shop-1-web-1", "out", "red "],
            ["v1", "shop-1-web-1", "out", "end"],
            ["v1", "shop-1-web-1", "deliver", "status 0"],
        ]
    );
    let document = json(&bench, "logs --service shop -n 1 --json");
    assert_eq!(document["schema"], "deliver/logs/v1");
    assert_eq!(document["lines"][0]["text"], "status 0");
    assert_eq!(
        json(&bench, "logs --service shop --release v2 --json")["lines"],
        serde_json::json!([])
    );
    let elsewhere = deliver(&bench, "logs");
    assert_eq!(elsewhere.status.code(), Some(2), "no service here");
}

#[test]
fn following_ends_when_nobody_reads_any_more() {
    let bench = Bench::new();
    let artifact = bench.artifact("b-1", &[("x", "")]);
    let mut release = bench.release_of(
        1,
        artifact,
        spec(CommandLine::Shell("while :; do echo on; sleep 0.05; done".into())),
    );
    release.release.spec.processes[0].role = Role::Worker;
    bench.start(&release, &web(&release, 1)).unwrap();
    let line = format!("'{DELIVER}' logs -f --service shop | head -3");
    let output = Command::new("/bin/sh")
        .args(["-c", &line])
        .env("XDG_RUNTIME_DIR", bench.root().join("run"))
        .env("DELIVER_STORE", bench.paths.store.argument())
        .current_dir(bench.root())
        .output()
        .unwrap();
    assert_eq!(
        out(&output).lines().filter(|line| line.ends_with("\tout\ton")).count(),
        3
    );
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn the_unit_is_one_that_systemd_takes_and_its_commands_bring_services_back() {
    let bench = Bench::new();
    let url = bench.deploy(&bench.release(1, APP), 1);
    let unit = out(&deliver(&bench, "agent unit"));
    let store = &bench.paths.store;
    assert!(
        unit.contains(&format!("Environment=\"DELIVER_STORE={store}\"\n")),
        "{unit}"
    );
    let commands: Vec<&str> = unit
        .lines()
        .filter_map(|line| line.strip_prefix("ExecStart=").or(line.strip_prefix("ExecStop=")))
        .collect();
    let [start, stop] = commands[..] else { panic!("{unit}") };
    let run = |line: &str| {
        let mut shell = Command::new("sh");
        shell
            .args(["-c", line])
            .env_clear()
            .env("DELIVER_STORE", bench.paths.store.argument())
            .env("HOME", bench.root());
        let ran = shell.env("XDG_RUNTIME_DIR", bench.root().join("run")).output().unwrap();
        assert!(ran.status.success(), "{line}: {ran:?}");
    };
    run(stop);
    assert!(get(&url, "/").is_err());
    run(start);
    // The supervisor knows of a healthy instance a moment before the new router does.
    bench.until(
        "it answers again",
        |_| get(&url, "/").is_ok_and(|answer| answer == (200, "v1".into())),
        "shop-1-web-1",
    );

    if has("systemd-analyze") {
        let file = bench.root().join("deliver.service");
        fs::write(&file, unit).unwrap();
        let mut verify = Command::new("systemd-analyze");
        verify
            .args(["--user", "verify"])
            .arg(file)
            .env("XDG_RUNTIME_DIR", bench.root().join("run"));
        let verified = verify.output().unwrap();
        assert!(verified.status.success() && verified.stderr.is_empty(), "{verified:?}");
    }
}
