//! What a test needs of the machine. A test that cannot run here says so where people see it, and never looks passed
//! where skipping is forbidden.

use std::io::Write;

/// Leaves a test out: says `why` on the real standard error, which the test harness does not swallow. Panics instead when
/// `DELIVER_TEST_REQUIRE` is `all` or has `need` among its words, as `tests/run` sets it.
pub fn leave_out(need: &str, why: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    assert!(!required(need), "{test} may not be left out: {why}");
    let _ = writeln!(std::io::stderr(), "left out: {test}: {why}");
}

/// Leaves a test out that nothing on a machine makes possible by itself, such as a cluster that somebody must lend. It is
/// forbidden only where `DELIVER_TEST_REQUIRE` names `need`; `all` does not.
pub fn leave_out_unless_lent(need: &str, why: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    assert!(!named(need), "{test} may not be left out: {why}");
    let _ = writeln!(std::io::stderr(), "left out: {test}: {why}");
}

/// Whether a test that needs `program` can run; if not, it is left out.
#[expect(clippy::disallowed_methods, reason = "tests look at the machine they run on")]
pub fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    if !found {
        leave_out(program, &format!("`{program}` is not installed"));
    }
    found
}

/// Whether a container engine answers; if not, the test is left out.
#[expect(clippy::disallowed_methods, reason = "tests look at the machine they run on")]
pub fn engine() -> bool {
    if !has("docker") {
        return false;
    }
    let asked = std::process::Command::new("docker").arg("version").output();
    let answers = asked.is_ok_and(|output| output.status.success());
    if !answers {
        leave_out("docker", "no container engine answers `docker version`");
    }
    answers
}

fn required(need: &str) -> bool {
    named("all") || named(need)
}

/// Whether the variable has this word.
#[expect(
    clippy::disallowed_methods,
    reason = "the variable is for the tests, not for the program"
)]
fn named(word: &str) -> bool {
    let words = std::env::var("DELIVER_TEST_REQUIRE").unwrap_or_default();
    words.split(',').map(str::trim).any(|one| one == word)
}
