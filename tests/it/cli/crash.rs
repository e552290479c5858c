//! What a mistake of the program itself looks like.

use std::process::Stdio;

use deliver::cli::args::When;
use deliver::cli::crash;
use deliver::cli::terminal::Terminal;
use deliver::config::environment::Environment;

use crate::support::Sandbox;

/// Set in the process that is to panic: this same test, run on its own.
const CHILD: &str = "DELIVER_TEST_PANIC";

#[test]
fn a_panic_leaves_three_lines_and_a_report_without_what_was_typed() {
    let environment = Environment::of_process();
    if environment.get(CHILD).is_some() {
        crash::install(&environment, None, true, Terminal::detect(&environment, When::Never));
        panic!("the impossible happened\nwith a second line");
    }
    let sandbox = Sandbox::new().env(CHILD, "1").env("DELIVER_TEST_TOKEN", "s3cret");
    let this = std::env::current_exe().expect("the test itself");
    let name = "cli::crash::a_panic_leaves_three_lines_and_a_report_without_what_was_typed";
    let output = sandbox
        .command(this.to_str().expect("a path"))
        .args(["--exact", name, "--nocapture"])
        .stdin(Stdio::null())
        .output()
        .expect("it ran");
    let said = sandbox.redact(&output.stderr);
    let lines: Vec<&str> = said.lines().collect();
    let folder = sandbox.store().with_extension("d").join("crashes");
    let report = std::fs::read_dir(&folder)
        .expect("the folder")
        .next()
        .expect("a report")
        .expect("an entry")
        .path();
    let name = report.file_name().expect("a name").to_string_lossy().into_owned();
    assert_eq!(
        lines[..3],
        [
            "error[bug]: deliver made a mistake: the impossible happened",
            &format!("  still: the details are in [ROOT]/home/state/deliver/store.d/crashes/{name}"),
            &format!(
                "  hint: send them to {}/issues after a look through them",
                env!("CARGO_PKG_REPOSITORY")
            ),
        ]
    );
    assert!(lines[3].starts_with(r#"{"error":{"kind":"bug","exit":70,"#), "{said}");
    let text = std::fs::read_to_string(&report).expect("readable");
    assert!(
        text.contains("tests/it/cli/crash.rs") && text.contains("with a second line"),
        "{text}"
    );
    assert!(!text.contains("s3cret") && !text.contains("--nocapture"), "{text}");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&report).expect("a file").permissions());
    assert_eq!(mode & 0o777, 0o600);
}
