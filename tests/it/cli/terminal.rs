//! On a real terminal, and when somebody wants the program to stop.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::time::Duration;

use rexpect::session::{PtySession, spawn_command};

use crate::support::{DELIVER, Sandbox};

/// Longer than anything here takes on a busy machine.
const PATIENCE_MS: u64 = 20_000;

/// The sequence that shows the cursor again.
const SHOW_CURSOR: &str = "\x1b[?25h";

fn on_terminal(sandbox: &Sandbox, words: &[&str]) -> PtySession {
    let mut command = sandbox.command(DELIVER);
    command.args(words);
    spawn_command(command, Some(PATIENCE_MS)).expect("a terminal")
}

fn exit_code(session: &PtySession) -> i32 {
    let status = format!("{:?}", session.process().wait().expect("ended"));
    let code = status
        .trim_end_matches(')')
        .rsplit(", ")
        .next()
        .and_then(|code| code.parse().ok());
    code.unwrap_or_else(|| panic!("ended with {status}"))
}

/// A folder that leaves open whether the app takes traffic.
fn with_a_question() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("main.py", "print(1)\n");
    sandbox
}

/// `git` never answers in this sandbox.
fn with_endless_git() -> Sandbox {
    let sandbox = Sandbox::new();
    let git = sandbox.root().join("bin/git");
    std::fs::write(&git, "#!/bin/sh\nsleep 600 &\ntouch ../started\nwait\n").expect("written");
    std::fs::set_permissions(&git, PermissionsExt::from_mode(0o755)).expect("executable");
    sandbox
}

#[test]
fn a_question_can_be_answered_and_the_cursor_comes_back() {
    let sandbox = with_a_question();
    let mut session = on_terminal(&sandbox, &["adopt"]);
    session.exp_string("traffic").expect("the question");
    session.send("\r").expect("an answer");
    session.flush().expect("sent");
    let rest = session.exp_eof().expect("the end");
    assert!(rest.contains(SHOW_CURSOR), "{rest:?}");
    assert_eq!(exit_code(&session), 0);
    assert!(sandbox.project().join("deliver.toml").exists());
}

/// Two programs of one module, which name no port.
fn with_several_questions() -> Sandbox {
    let sandbox = Sandbox::new();
    let main = "package main\n\nfunc main() {\n\thttp.ListenAndServe(settings.Address, nil)\n}\n";
    sandbox
        .file("go.mod", "module shop.example/orders\n\ngo 1.22\n")
        .file("cmd/intake/main.go", main)
        .file("cmd/ledger/main.go", main);
    sandbox
}

#[test]
fn every_question_of_adopt_is_answered_one_after_the_other() {
    let sandbox = with_several_questions();
    let mut session = on_terminal(&sandbox, &["adopt"]);
    session.exp_string("Which of its programs").expect("the first question");
    session.exp_string("cmd/ledger").expect("the choices");
    session.send("\x1b[B").expect("down");
    session.send("\r").expect("an answer");
    session.flush().expect("sent");
    session.exp_string("Which port").expect("the second question");
    session.send("many\r").expect("a bad answer");
    session.flush().expect("sent");
    session.exp_string("from 1 to 65535").expect("what is wrong with it");
    for _ in "many".chars() {
        session.send("\x7f").expect("wiped out");
    }
    session.send("3000\r").expect("a good answer");
    session.flush().expect("sent");
    session.exp_eof().expect("the end");
    assert_eq!(exit_code(&session), 0);
    let manifest = sandbox.read("deliver.toml");
    for line in [
        "command = \"go build -o bin/ledger ./cmd/ledger\"",
        "command = [\"./bin/ledger\"]",
        "listen = 3000",
    ] {
        assert!(manifest.contains(line), "`{line}` is missing in\n{manifest}");
    }
    let same = with_several_questions();
    same.run("deliver adopt --main cmd/ledger --listen 3000").ok();
    assert_eq!(
        lines_without_grounds(&same.read("deliver.toml")),
        lines_without_grounds(&manifest),
        "flags say the same as answers"
    );
}

/// What a manifest says, without why.
fn lines_without_grounds(manifest: &str) -> Vec<String> {
    let said = manifest
        .lines()
        .map(|line| line.split("  #").next().unwrap_or_default());
    said.filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

#[test]
fn ctrl_c_at_a_question_brings_the_cursor_back_and_changes_nothing() {
    let sandbox = with_a_question();
    let mut session = on_terminal(&sandbox, &["adopt"]);
    session.exp_string("traffic").expect("the question");
    session.exp_string("worker").expect("the choices");
    session.send_control('c').expect("sent");
    let rest = session.exp_eof().expect("the end");
    assert!(rest.contains(SHOW_CURSOR), "{rest:?}");
    assert_eq!(exit_code(&session), 130);
    assert!(!sandbox.project().join("deliver.toml").exists());
}

#[test]
fn where_nobody_answers_the_flag_is_named() {
    let sandbox = with_a_question();
    let expected = "pass --";
    assert!(sandbox.run("deliver adopt").fails(2).contains(expected));
    for (name, value) in [
        ("CI", "true"),
        ("CLAUDECODE", "1"),
        ("DELIVER_NO_INPUT", "1"),
        ("TERM", "dumb"),
    ] {
        let sandbox = with_a_question().env(name, value);
        let mut session = on_terminal(&sandbox, &["adopt"]);
        let all = session.exp_eof().expect("the end");
        assert!(all.contains(expected), "{name}: {all:?}");
        assert!(!all.contains("\x1b[?25l"), "{name}: {all:?}");
        assert_eq!(exit_code(&session), 2);
    }
}

#[test]
fn ctrl_c_ends_the_programs_that_were_started_as_well() {
    let sandbox = with_endless_git();
    let mut session = on_terminal(&sandbox, &["doctor"]);
    sandbox.until("git", Duration::from_secs(20), || {
        sandbox.root().join("started").exists()
    });
    session.send_control('c').expect("sent");
    session.exp_eof().expect("the end");
    assert_eq!(exit_code(&session), 130);
    sandbox.until("the end of git", Duration::from_secs(5), || {
        sandbox.processes().is_empty()
    });
}

#[test]
fn sigterm_ends_it_with_143() {
    let sandbox = with_endless_git();
    let mut command = sandbox.command(DELIVER);
    let mut child = command
        .arg("doctor")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("started");
    sandbox.until("git", Duration::from_secs(20), || {
        sandbox.root().join("started").exists()
    });
    let pid = nix::unistd::Pid::from_raw(child.id().cast_signed());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).expect("told");
    let status = child.wait().expect("ended");
    assert_eq!((status.code(), status.signal()), (Some(143), None));
    sandbox.until("the end of git", Duration::from_secs(5), || {
        sandbox.processes().is_empty()
    });
}

#[test]
fn a_terminal_gets_colour_and_words_that_fit_its_window() {
    let sandbox = Sandbox::new();
    let all = shown(&sandbox, &["doctor"]);
    assert!(all.contains("\x1b[32m✔\x1b[0m"), "{all:?}");
    fits(&all);
}

#[test]
fn why_breaks_long_lines_below_their_first_words() {
    let sandbox = Sandbox::new();
    let long = "a reason of many words ".repeat(8);
    let manifest = "[service]\nname = \"pricing\"\n[run]\ncommand = [\"sleep\", \"9\"]\n[build]\ncommand = [\"sh\", \"-c\", \"exit 7\", ";
    sandbox.file("deliver.toml", &format!("{manifest}\"{long}\"]\n"));
    sandbox.run_words(&["deploy", "--reason", &long]).fails(1);
    let all = shown(&sandbox, &["why", "D-1"]);
    fits(&all);
    for label in ["because", "by"] {
        let mut lines = all.lines().skip_while(|line| !line.starts_with(&format!("  {label} ")));
        assert!(lines.next().is_some(), "{all}");
        let second = lines.next().unwrap_or_default();
        assert!(second.starts_with(&" ".repeat(11)), "{all}");
        assert_ne!(second.as_bytes().get(11), Some(&b' '), "{all}");
    }
    let ascii = sandbox.run("DELIVER_ASCII=1 deliver why D-1").ok();
    assert!(
        ascii.contains("\n  gate     ok   hold: ") && ascii.contains("\n  step     FAIL build"),
        "{ascii}"
    );
    let piped = sandbox.run("deliver why D-1").ok();
    assert!(
        piped.lines().any(|line| line.len() > 150),
        "a pipe's lines are not broken: {piped}"
    );
}

#[test]
fn where_nothing_is_deployed_the_next_step_fits_what_was_asked() {
    let sandbox = Sandbox::new();
    for (line, expected) in [
        ("status", "Nothing is deployed. Start with: deliver deploy"),
        (
            "status staging",
            "Nothing is deployed to staging. See what is: deliver status --all",
        ),
        (
            "status --service nope",
            "Nothing of nope is deployed. See what is: deliver status --all",
        ),
        (
            "status staging --service nope",
            "Nothing of nope is deployed to staging. See what is: deliver status --all",
        ),
        (
            "platform show",
            "built-in  No platform.toml holds here. Write one: deliver platform init",
        ),
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        let said = shown(&sandbox, &words);
        let plain = console::strip_ansi_codes(&said);
        assert_eq!(plain.lines().next(), Some(expected), "{line}");
    }
}

/// What a terminal of 80 columns is given.
fn shown(sandbox: &Sandbox, words: &[&str]) -> String {
    let mut session = on_terminal(sandbox, words);
    // The library hands over bytes as characters.
    let bytes: Vec<u8> = session.exp_eof().expect("the end").chars().map(|c| c as u8).collect();
    String::from_utf8(bytes).expect("UTF-8")
}

fn fits(text: &str) {
    for line in text.lines() {
        assert!(console::measure_text_width(line) <= 80, "{line:?}");
    }
}
