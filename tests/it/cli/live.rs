//! What moves on a terminal, and what the first and the second Ctrl-C do while work goes on.
//!
//! Each test runs itself once more on a terminal of its own; there it plays a part with the program's own progress and
//! signal handling.

use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use deliver::adapters::process::Groups;
use deliver::adapters::system::SystemClock;
use deliver::cli::args::{Cli, When};
use deliver::cli::progress::Progress;
use deliver::cli::signals::Signals;
use deliver::cli::terminal::Terminal;
use deliver::config::environment::Environment;
use deliver::event::{Event, Events};
use deliver::fault::Kind;
use deliver::ports::{Clock, Interrupt};
use rexpect::session::{PtySession, spawn_command};

use crate::support::Sandbox;

/// Set in the process that plays the part.
const PART: &str = "DELIVER_TEST_PART";

const PATIENCE_MS: u64 = 30_000;

/// Whether this process is to play the part now.
fn plays() -> bool {
    Environment::of_process().get(PART).is_some()
}

fn stage() -> (Progress, Arc<SystemClock>) {
    let clock = Arc::new(SystemClock::new(None));
    let terminal = Terminal::detect(&Environment::of_process(), When::Never);
    let global = Cli::parse_from(["deliver"]).global;
    (Progress::new(terminal, &global, clock.clone()), clock)
}

/// Runs the test `name` on a terminal of 80 columns.
fn perform(sandbox: &Sandbox, name: &str) -> PtySession {
    let this = std::env::current_exe().expect("the test itself");
    let mut command = sandbox.command(this.to_str().expect("a path"));
    command
        .args(["--exact", &format!("cli::live::{name}"), "--nocapture"])
        .env(PART, "1")
        .env("COLUMNS", "80");
    spawn_command(command, Some(PATIENCE_MS)).expect("a terminal")
}

/// The library hands over bytes as characters.
fn text(characters: &str) -> String {
    let bytes: Vec<u8> = characters.chars().map(|c| c as u8).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn started(step: &str, detail: &str) -> Event {
    Event::StepStarted {
        step: step.into(),
        detail: detail.into(),
    }
}

#[test]
fn a_running_step_moves_and_what_has_ended_stays() {
    if plays() {
        let (progress, clock) = stage();
        progress.emit(Event::Begin {
            title: "pricing to local".into(),
            steps: vec!["build".into(), "health".into()],
        });
        progress.emit(started("build", "cargo build"));
        clock.sleep(Duration::from_millis(600));
        progress.emit(Event::StepDone {
            step: "build".into(),
            detail: String::new(),
            seconds: 0.6,
        });
        progress.emit(Event::Note { text: "a note".into() });
        progress.emit(started("health", "GET /healthz"));
        progress.emit(Event::StepProgress {
            step: "health".into(),
            detail: "connection refused".into(),
        });
        clock.sleep(Duration::from_millis(600));
        progress.emit(Event::StepOutput {
            step: "health".into(),
            line: "no such table".into(),
        });
        progress.emit(Event::StepFailed {
            step: "health".into(),
            detail: "status 1".into(),
            seconds: 0.6,
        });
        progress.finish(false);
        return;
    }
    let sandbox = Sandbox::new();
    let mut session = perform(&sandbox, "a_running_step_moves_and_what_has_ended_stays");
    let all = text(&session.exp_eof().expect("the end"));
    assert!(all.contains("↻ build     cargo build"), "{all:?}");
    assert!(all.contains("↻ health    connection refused"), "{all:?}");
    let stays = [
        "pricing to local".to_owned(),
        format!("  ✔ build     cargo build{:>55}", "0.6 s"),
        "a note".to_owned(),
        format!("  ✘ health    status 1{:>58}", "0.6 s"),
        "    │ no such table".to_owned(),
    ];
    let mut rest = all.as_str();
    for line in &stays {
        let at = rest
            .find(line.as_str())
            .unwrap_or_else(|| panic!("`{line}` is missing in {rest:?} of {all:?}"));
        rest = &rest[at + line.len()..];
    }
    assert!(!rest.contains('↻'), "something moves after the end: {rest:?}");
    assert_eq!(all.matches("✔ build").count(), 1, "{all:?}");
}

#[test]
fn a_first_ctrl_c_asks_careful_work_to_stop() {
    if plays() {
        let (progress, clock) = stage();
        let signals = Signals::listen(Groups::default());
        signals.speak_through(progress.clone());
        let careful = signals.careful("stopping after this step; v3 keeps serving");
        progress.emit(started("build", "ready"));
        while signals.requested().is_none() {
            clock.sleep(Duration::from_millis(10));
        }
        assert_eq!(signals.requested(), Some(Kind::Interrupted));
        drop(careful);
        progress.finish(false);
        progress.print_line("left in order");
        return;
    }
    let sandbox = Sandbox::new();
    let mut session = perform(&sandbox, "a_first_ctrl_c_asks_careful_work_to_stop");
    session.exp_string("ready").expect("it began");
    session.send_control('c').expect("sent");
    session
        .exp_string("stopping after this step; v3 keeps serving; press Ctrl-C again to leave at once")
        .expect("what happens now");
    session.exp_string("left in order").expect("its end");
}

#[test]
fn a_second_ctrl_c_leaves_at_once() {
    if plays() {
        let (progress, clock) = stage();
        let signals = Signals::listen(Groups::default());
        signals.speak_through(progress.clone());
        let _careful = signals.careful_until("this never stops", "deliver resume prod --service shop".into());
        progress.emit(started("build", "ready"));
        clock.sleep(Duration::from_secs(60));
        return;
    }
    let sandbox = Sandbox::new();
    let mut session = perform(&sandbox, "a_second_ctrl_c_leaves_at_once");
    session.exp_string("ready").expect("it began");
    session.send_control('c').expect("sent");
    session.exp_string("press Ctrl-C again").expect("what happens now");
    session.send_control('c').expect("sent");
    let rest = session.exp_eof().expect("the end");
    assert!(rest.contains("\x1b[?25h"), "{rest:?}");
    let next = "left in the middle; what goes on from here: deliver resume prod --service shop";
    assert!(rest.contains(next), "{rest:?}");
    let status = format!("{:?}", session.process().wait().expect("ended"));
    assert!(status.ends_with(", 130)"), "{status}");
}
