//! `.deliver/template.toml`: which template a folder came from, and what it was then.

/// Where the record is.
pub const PATH: &str = ".deliver/template.toml";

/// The record, compared with what is there now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    pub name: String,
    pub version: String,
    /// The newest version of the template that is known here.
    pub newest: Option<String>,
    /// Files that belong to the template and are not as it wrote them.
    pub modified: Vec<String>,
    /// Who reviews, as was answered when the folder was made.
    pub code_owner: Option<String>,
    /// Hashes of what was written, by path: `blake3:…`.
    pub hashes: Vec<(String, String)>,
}

/// A template may be this many minor versions ahead; a new major version is a decision.
pub const MINORS_BEHIND: u64 = 2;

impl Record {
    /// Whether the version is still looked after: `None` where versions cannot be compared.
    pub fn is_supported(&self) -> Option<bool> {
        let (own, newest) = (numbers(&self.version)?, numbers(self.newest.as_deref()?)?);
        Some(own.0 == newest.0 && own.1 + MINORS_BEHIND >= newest.1)
    }

    pub fn hash_of(&self, path: &str) -> Option<&str> {
        self.hashes
            .iter()
            .find(|(name, _)| name == path)
            .map(|(_, hash)| hash.as_str())
    }
}

/// Major and minor.
fn numbers(version: &str) -> Option<(u64, u64)> {
    let mut parts = version.trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next().unwrap_or("0").parse().ok()?))
}

/// Files that a record may name.
const MAX_FILES: usize = 2_000;

/// Reads a record. `hash_of` gives the hash of a file as it is now; `None` where it is not there.
pub fn read(text: &str, hash_of: &dyn Fn(&str) -> Option<String>) -> Option<Record> {
    let table: toml::Table = text.parse().ok()?;
    let word = |section: &str, key: &str| Some(table.get(section)?.get(key)?.as_str()?.to_owned());
    let mut record = Record {
        name: word("template", "name")?,
        version: word("template", "version")?,
        code_owner: word("answers", "code_owner"),
        ..Record::default()
    };
    let files = table.get("file").and_then(toml::Value::as_array).into_iter().flatten();
    for file in files.take(MAX_FILES) {
        let word = |key: &str| file.get(key).and_then(toml::Value::as_str);
        let (Some(path), Some(hash)) = (word("path"), word("hash")) else {
            continue;
        };
        if word("policy") == Some("managed") && hash_of(path).as_deref() != Some(hash) {
            record.modified.push(path.to_owned());
        }
        record.hashes.push((path.to_owned(), hash.to_owned()));
    }
    Some(record)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn managed_files_that_people_changed_are_named() {
        let text = "[template]\nname = \"x\"\nversion = \"1.2.0\"\n[[file]]\npath = \"a\"\npolicy = \"managed\"\nhash = \"1\"\n\
                    [[file]]\npath = \"b\"\npolicy = \"managed\"\nhash = \"2\"\n[[file]]\npath = \"c\"\npolicy = \"once\"\nhash = \"3\"\n";
        let record = read(text, &|path| (path == "a").then(|| "1".to_owned())).expect("a record");
        assert_eq!(record.modified, ["b"]);
        assert_eq!(record.hash_of("c"), Some("3"));
        assert_eq!(read("x", &|_| None), None);
    }

    #[test]
    fn two_minor_versions_behind_are_supported_and_three_are_not() {
        let with = |newest: &str| {
            Record {
                version: "1.2.0".into(),
                newest: Some(newest.into()),
                ..Record::default()
            }
            .is_supported()
        };
        assert_eq!(with("1.4.9"), Some(true));
        assert_eq!(with("1.5.0"), Some(false));
        assert_eq!(with("2.0.0"), Some(false));
        assert_eq!(with("main"), None);
    }
}
