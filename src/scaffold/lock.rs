//! `.deliver/template.toml`: where a folder came from, recorded from the first day.
//!
//! A later version of the template finds here what it made before: for each file the policy and the hash of what was
//! written, so that it can tell a file that nobody touched from one that people changed.

use std::fmt::Write as _;

use super::Answers;
use super::escape::toml;
use super::render::Rendered;
use super::template::{Origin, Template};

/// Where the record is, relative to the service's folder.
pub const PATH: &str = ".deliver/template.toml";

/// The record's own format.
const FORMAT: u32 = 1;

/// The record of `files`, as a file itself.
pub fn record(template: &Template, answers: &Answers, files: &[Rendered]) -> Rendered {
    let source = match &template.origin {
        Origin::BuiltIn => "built-in".to_owned(),
        Origin::Folder(folder) => folder.display().to_string(),
    };
    let mut text = format!(
        "# Written by `deliver new`, and read when the template has a new version. Keep it in version control.\n\
         format = {FORMAT}\n\n\
         [template]\n\
         name = {}\n\
         version = {}\n\
         source = {}\n\
         digest = \"blake3:{}\"\n\
         deliver = {}\n\n\
         [answers]\n\
         name = {}\n\
         owner = {}\n\
         code_owner = {}\n\
         description = {}\n",
        toml(&template.name),
        toml(&template.version),
        toml(&source),
        template.digest(),
        toml(env!("CARGO_PKG_VERSION")),
        toml(answers.name.as_str()),
        toml(&answers.owner),
        toml(&answers.code_owner),
        toml(&answers.description),
    );
    // Writing into a string cannot fail.
    if let Some(port) = answers.port {
        let _ = writeln!(text, "port = {port}");
    }
    for file in files {
        let policy = file.policy.map_or("merged", |policy| policy.word());
        let hash = blake3::hash(&file.bytes).to_hex();
        let _ = write!(
            text,
            "\n[[file]]\npath = {}\npolicy = \"{policy}\"\nhash = \"blake3:{hash}\"\n",
            toml(&file.path)
        );
        if file.executable {
            text.push_str("executable = true\n");
        }
    }
    Rendered {
        path: PATH.to_owned(),
        bytes: text.into_bytes(),
        policy: None,
        executable: false,
    }
}

#[cfg(test)]
mod tests {
    use crate::scaffold::render::render;
    use crate::scaffold::render::tests::{answers, template};

    #[test]
    fn the_record_holds_what_an_update_needs() {
        let template = template(&[("a.txt", "<< name >>\n")]);
        let files = render(&template, &answers("pricing", "x \"y\"")).expect("rendered");
        let record = files.last().expect("the record");
        assert_eq!((record.path.as_str(), record.policy), (".deliver/template.toml", None));
        let table: toml::Table = toml::from_str(std::str::from_utf8(&record.bytes).expect("text")).expect("TOML");
        assert_eq!(table["template"]["name"].as_str(), Some("sample"));
        assert_eq!(table["template"]["version"].as_str(), Some("1.2.3"));
        assert_eq!(table["answers"]["owner"].as_str(), Some("x \"y\""));
        assert_eq!(table["answers"]["port"].as_integer(), Some(8080));
        let hash = format!("blake3:{}", blake3::hash(b"pricing\n").to_hex());
        assert_eq!(table["file"][0]["hash"].as_str(), Some(hash.as_str()));
        assert_eq!(table["file"][0]["policy"].as_str(), Some("once"));
    }
}
