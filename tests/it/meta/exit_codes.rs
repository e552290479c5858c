//! The public list of exit codes and the enum behind it say the same.

use std::path::Path;

use deliver::fault::Kind;

/// The `(number, word)` of every row of the table.
fn documented(page: &str) -> Vec<(u8, String)> {
    page.lines()
        .filter_map(|line| {
            let mut cells = line.split('|').map(str::trim).skip(1);
            let number = cells.next()?.trim_matches('*').parse().ok()?;
            Some((number, cells.next()?.trim_matches('`').to_owned()))
        })
        .collect()
}

#[test]
fn every_exit_code_is_documented_with_its_word() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/exit-codes.md");
    let page = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("read {}: {error}", path.display()));
    let word = |kind: Kind| {
        serde_json::to_value(kind)
            .expect("a kind is a word")
            .as_str()
            .map(String::from)
    };
    let mut expected = vec![(0, "-".to_owned())];
    expected.extend(Kind::ALL.map(|kind| (kind.exit_code(), word(kind).expect("a kind is a word"))));
    assert_eq!(documented(&page), expected);
}
