//! What a test needs of the machine. A test that cannot run here says so where people see it, and never looks passed
//! where skipping is forbidden.

use std::io::Write;
use std::path::PathBuf;

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

/// What a variable says of the cluster that somebody lends; `None` where the test is left out.
#[expect(clippy::disallowed_methods, reason = "the variables are for the tests")]
pub fn cluster(variable: &str) -> Option<String> {
    let value = std::env::var(variable).ok();
    if value.is_none() {
        leave_out_unless_lent("kubernetes", &format!("{variable} is not set"));
    }
    value
}

/// Whether a program is there that no package of the system has; if not, the test is left out.
pub fn lent(program: &str) -> bool {
    let found = path().iter().any(|folder| folder.join(program).is_file());
    if !found {
        leave_out_unless_lent(program, &format!("`{program}` is not installed"));
    }
    found
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

/// Where a server's program is, which may be outside of an ordinary user's PATH; `None` where the test is left out.
#[expect(clippy::disallowed_methods, reason = "tests look at the machine they run on")]
pub fn server(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    let found = folders.map(|folder| folder.join(program)).find(|path| path.is_file());
    if found.is_none() {
        leave_out(program, &format!("`{program}` is not installed"));
    }
    found
}

/// The same for a program that may be where only root looks.
#[expect(clippy::disallowed_methods, reason = "tests look at the machine they run on")]
pub fn has_system(program: &str) -> bool {
    let path = std::env::var("PATH").unwrap_or_default() + ":/usr/local/sbin:/usr/sbin:/sbin";
    let found = std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    if !found {
        leave_out(program, &format!("`{program}` is not installed"));
    }
    found
}

/// Whether engines can be started in namespaces of their own; if not, the test is left out.
#[expect(clippy::disallowed_methods, reason = "tests look at the machine they run on")]
pub fn swarm() -> bool {
    let programs = ["docker", "dockerd", "docker-registry", "ip", "nsenter", "openssl", "cc"];
    if !programs.iter().all(|program| has_system(program)) {
        return false;
    }
    let may = "unshare --net --pid --fork ip link add test0 type vxlan id 1 dstport 4789";
    let as_root = if nix::unistd::geteuid().is_root() {
        ""
    } else {
        "sudo -n "
    };
    let tried = std::process::Command::new("/bin/sh")
        .args(["-c", &format!("{as_root}{may}")])
        .output();
    let can = tried.is_ok_and(|output| output.status.success());
    if !can {
        leave_out("swarm", "this user may not make namespaces with an overlay network");
    }
    can
}

/// Whether the kernel balances connections, which ports of a swarm's ingress network need; if not, the test is left out.
pub fn ingress() -> bool {
    let can = super::swarm::Swarm::has_ingress();
    if !can {
        leave_out("ingress", "the kernel has no IPVS");
    }
    can
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

/// The folder of PostgreSQL's programs; `None` where the test is left out.
pub fn postgres() -> Option<std::path::PathBuf> {
    let mut folders: Vec<_> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .chain(path())
        .filter(|folder| {
            ["initdb", "postgres", "psql"]
                .iter()
                .all(|program| folder.join(program).is_file())
        })
        .collect();
    folders.sort();
    let newest = folders.pop();
    if newest.is_none() {
        leave_out("postgres", "PostgreSQL's server is not installed");
    }
    newest
}

/// The pooler; `None` where the test is left out.
pub fn pgbouncer() -> Option<std::path::PathBuf> {
    let found = path()
        .into_iter()
        .chain(["/usr/sbin".into()])
        .map(|folder| folder.join("pgbouncer"))
        .find(|program| program.is_file());
    if found.is_none() {
        leave_out("pgbouncer", "`pgbouncer` is not installed");
    }
    found
}

#[expect(clippy::disallowed_methods, reason = "tests look at the machine they run on")]
fn path() -> Vec<std::path::PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect()
}
