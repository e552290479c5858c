//! The dependency tree, as `Cargo.lock` has it. `deny.toml` says the same to cargo-deny; this needs no such tool.

use std::path::Path;

/// Crates that may not come in, not even through another crate. `deny.toml` gives the reason of each.
const BANNED: [&str; 8] = [
    "aws-lc-rs",
    "aws-lc-sys",
    "chrono",
    "chrono-tz",
    "native-tls",
    "openssl",
    "openssl-sys",
    "serde_yaml",
];

/// Crates of which a second version in the tree would be a defect.
const ONCE: [&str; 2] = ["libsqlite3-sys", "rusqlite"];

fn repository_file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("read {}: {error}", path.display()))
}

/// The name of every package in the lock file, once for each version.
fn locked_packages(lock: &str) -> Vec<String> {
    let lock: toml::Table = lock.parse().expect("Cargo.lock is TOML");
    let packages = lock["package"].as_array().expect("Cargo.lock lists packages");
    packages
        .iter()
        .map(|package| package["name"].as_str().expect("a package has a name").to_owned())
        .collect()
}

/// What is wrong with these packages, one line each.
fn offences(packages: &[String]) -> Vec<String> {
    let count = |name: &str| packages.iter().filter(|package| *package == name).count();
    let banned = BANNED
        .iter()
        .filter(|name| count(name) > 0)
        .map(|name| format!("`{name}` is banned"));
    let twice = ONCE
        .iter()
        .filter(|name| count(name) > 1)
        .map(|name| format!("`{name}` is there twice"));
    banned.chain(twice).collect()
}

#[test]
fn the_lock_file_holds_no_banned_crate_and_one_sqlite() {
    let packages = locked_packages(&repository_file("Cargo.lock"));
    assert!(packages.len() > 100, "the lock file was not understood: {packages:?}");
    assert_eq!(
        offences(&packages),
        Vec::<String>::new(),
        "`cargo tree -i NAME` says who brings it in"
    );
}

#[test]
fn a_banned_crate_and_a_second_sqlite_are_noticed() {
    let packages = ["ring", "openssl-sys", "rusqlite", "rusqlite"].map(String::from);
    assert_eq!(
        offences(&packages),
        ["`openssl-sys` is banned", "`rusqlite` is there twice"]
    );
}

#[test]
fn deny_toml_bans_the_same_crates() {
    let deny: toml::Table = repository_file("deny.toml").parse().expect("deny.toml is TOML");
    let rules = deny["bans"]["deny"].as_array().expect("deny.toml has bans");
    let mut names: Vec<&str> = rules
        .iter()
        .map(|rule| rule["crate"].as_str().expect("a rule names a crate"))
        .collect();
    names.sort_unstable();
    let mut expected = [&BANNED[..], &ONCE[..]].concat();
    expected.sort_unstable();
    assert_eq!(names, expected);
}
