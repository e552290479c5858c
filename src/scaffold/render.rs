//! Templates and answers become files, in memory.
//!
//! The language is minijinja's with other signs, `<< … >>`, `<% … %>` and `<# … #>`, so that what CI systems and alert rules
//! write in braces needs no escaping. What is not defined is an error, and so is a text that a person typed and that no
//! filter made safe for its format.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior};

use super::escape::{self, Typed};
use super::template::{Policy, Source, Template, TemplateFile};
use super::{Answers, lock, path};
use crate::fault::{Fault, Result};

/// Steps of the language that one file may take; the largest of the built-in ones takes under a thousand.
const FUEL: u64 = 1_000_000;

/// The largest file a template may make, in bytes.
const MAX_FILE: usize = 4 * 1024 * 1024;

/// One file as it is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// Relative to the new folder, checked.
    pub path: String,
    pub bytes: Vec<u8>,
    /// `None` for the record of the template itself, which is the program's.
    pub policy: Option<Policy>,
    pub executable: bool,
}

/// Renders every file of `template`, and the record of it as the last one. A file whose name renders to nothing is left
/// out.
pub fn render(template: &Template, answers: &Answers) -> Result<Vec<Rendered>> {
    let engine = engine()?;
    let context = context(template, answers);
    let mut files = Vec::new();
    for file in template.files.iter() {
        if let Some(path) = file_path(&engine, template, file, &context)? {
            let bytes = contents(&engine, template, file, &context)?;
            files.push(Rendered {
                path,
                bytes,
                policy: Some(file.policy),
                executable: file.executable,
            });
        }
    }
    files.push(lock::record(template, answers, &files));
    no_collisions(template, &files)?;
    Ok(files)
}

fn engine() -> Result<Environment<'static>> {
    let syntax = SyntaxConfig::builder()
        .variable_delimiters("<<", ">>")
        .block_delimiters("<%", "%>")
        .comment_delimiters("<#", "#>")
        .keep_trailing_newline(true)
        .build()
        .map_err(|error| Fault::bug("the signs of the template language clash").because(error))?;
    let mut engine = Environment::new();
    engine.set_syntax(syntax);
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_auto_escape_callback(|_| AutoEscape::None);
    engine.set_fuel(Some(FUEL));
    escape::register(&mut engine);
    Ok(engine)
}

/// What templates see. The name is safe everywhere by its rule; other text must pass a filter.
fn context(template: &Template, answers: &Answers) -> Value {
    let typed = |text: &str| Value::from_object(Typed(text.to_owned()));
    Value::from(BTreeMap::from([
        ("template", Value::from(template.name.as_ref())),
        ("template_version", Value::from(template.version.as_ref())),
        ("tool_version", Value::from(env!("CARGO_PKG_VERSION"))),
        ("tool_repository", Value::from(env!("CARGO_PKG_REPOSITORY"))),
        ("name", Value::from(answers.name.as_str())),
        ("owner", typed(&answers.owner)),
        ("code_owner", typed(&answers.code_owner)),
        ("description", typed(&answers.description)),
        ("port", answers.port.map_or(Value::from(()), Value::from)),
    ]))
}

fn file_path(
    engine: &Environment<'_>,
    template: &Template,
    file: &TemplateFile,
    context: &Value,
) -> Result<Option<String>> {
    let mut components = Vec::new();
    for component in file.path.split('/') {
        let name = match component.contains("<<") || component.contains("<%") {
            true => text(engine, component, context).map_err(|error| broken(template, &file.path, error))?,
            false => component.to_owned(),
        };
        if name.is_empty() && component.contains('<') {
            return Ok(None);
        }
        components.push(name);
    }
    let path = components.join("/");
    let checked = match components.iter().any(|name| name.contains('/')) {
        true => Err("an answer holds a separator".to_owned()),
        false => path::check(&path),
    };
    checked.map_err(|wrong| {
        let message = format!(
            "the template `{}` would write `{}`: {wrong}",
            template.name,
            path.escape_debug()
        );
        Fault::usage("unsafe-path", message).still("nothing was written")
    })?;
    Ok(Some(path))
}

fn contents(engine: &Environment<'_>, template: &Template, file: &TemplateFile, context: &Value) -> Result<Vec<u8>> {
    match &file.source {
        Source::Raw(bytes) => Ok(bytes.to_vec()),
        Source::Template(source) => {
            let text = text(engine, source, context).map_err(|error| broken(template, &file.path, error))?;
            Ok(text.into_bytes())
        }
    }
}

fn text(engine: &Environment<'_>, source: &str, context: &Value) -> Result<String, minijinja::Error> {
    let mut bounded = Bounded(Vec::new());
    engine
        .template_from_str(source)?
        .render_captured_to(context.clone(), &mut bounded)?;
    let wrong = |what: &'static str| minijinja::Error::new(ErrorKind::InvalidOperation, what);
    let text = String::from_utf8(bounded.0).map_err(|error| wrong("the text is not UTF-8").with_source(error))?;
    match text.contains(escape::UNESCAPED) {
        true => Err(wrong(
            "text that a person typed needs a filter such as `toml`, `json` or `html`",
        )),
        false => Ok(text),
    }
}

/// Refuses what exceeds [`MAX_FILE`]: loops multiply text cheaply.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_FILE {
            return Err(io::Error::other(format!("the file is larger than {MAX_FILE} bytes")));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn broken(template: &Template, path: &str, error: minijinja::Error) -> Fault {
    let line = error.line().map(|line| format!(" at line {line}")).unwrap_or_default();
    let message = format!("cannot render `{path}` of the template `{}`{line}", template.name);
    Fault::usage("template-broken", message)
        .because(error)
        .still("nothing was written")
}

/// Two files that are one on systems where upper and lower case are the same, or a file that is another's folder.
fn no_collisions(template: &Template, files: &[Rendered]) -> Result<()> {
    let mut seen = BTreeSet::new();
    let mut folders = BTreeSet::new();
    for file in files {
        let lower = file.path.to_lowercase();
        folders.extend(lower.match_indices('/').map(|(at, _)| lower[..at].to_owned()));
        if !seen.insert(lower) {
            return Err(collision(template, &file.path));
        }
    }
    match files.iter().find(|file| folders.contains(&file.path.to_lowercase())) {
        Some(file) => Err(collision(template, &file.path)),
        None => Ok(()),
    }
}

fn collision(template: &Template, path: &str) -> Fault {
    let message = format!("the template `{}` would write `{path}` twice", template.name);
    Fault::usage("unsafe-path", message).still("nothing was written")
}

#[cfg(test)]
pub(super) mod tests {
    use std::borrow::Cow;
    use std::path::Path;

    use super::*;
    use crate::config::manifest::Manifest;
    use crate::scaffold::builtin;
    use crate::scaffold::template::Origin;

    pub fn answers(name: &str, text: &str) -> Answers {
        Answers {
            name: name.parse().expect("a name"),
            owner: text.into(),
            code_owner: "@shop/checkout".into(),
            description: text.into(),
            port: Some(8080),
        }
    }

    pub fn template(files: &[(&'static str, &'static str)]) -> Template {
        let file = |(path, text): &(&'static str, &'static str)| TemplateFile {
            path: Cow::Borrowed(path),
            policy: Policy::Once,
            source: Source::Template(Cow::Borrowed(text)),
            executable: false,
        };
        Template {
            name: "sample".into(),
            version: "1.2.3".into(),
            description: "for tests".into(),
            proposal: "A sample".into(),
            runtime: None,
            reserved: Cow::Borrowed(&[]),
            files: files.iter().map(file).collect::<Vec<_>>().into(),
            origin: Origin::BuiltIn,
        }
    }

    fn first(path: &'static str, text: &'static str) -> Result<Rendered> {
        render(&template(&[(path, text)]), &answers("pricing", "a\n\"b\"")).map(|mut files| files.remove(0))
    }

    #[test]
    fn braces_of_other_systems_stand_as_they_are() {
        let text = "${{ github.ref }} {{ $value }} {% x %} {# y #} <!-- z -->\n";
        assert_eq!(first("a", text).expect("rendered").bytes, text.as_bytes());
    }

    #[test]
    fn names_of_files_are_rendered_by_component() {
        assert_eq!(
            first("src/<< name >>.txt", "").expect("rendered").path,
            "src/pricing.txt"
        );
        let files = render(
            &template(&[("<% if not port %>a<% endif %>", "")]),
            &answers("pricing", "x"),
        )
        .expect("rendered");
        assert_eq!(files.len(), 1, "only the record is left");
        for path in [
            "<< '..' >>/x",
            "<< code_owner|codeowner >>",
            "../x",
            "/x",
            ".git/config",
            "<< '.GIT' >>/x",
            ".deliver/template.toml",
        ] {
            assert_eq!(first(path, "").expect_err(path).code(), "unsafe-path", "{path}");
        }
    }

    #[test]
    fn files_that_are_one_somewhere_are_refused() {
        for pair in [[("a/B", ""), ("A/b", "")], [("x", ""), ("X/y", "")]] {
            let fault = render(&template(&pair), &answers("pricing", "x")).expect_err("a collision");
            assert_eq!(fault.code(), "unsafe-path");
        }
    }

    #[test]
    fn a_template_that_is_wrong_or_greedy_is_an_error_with_its_place() {
        for text in [
            "\n<< nothing >>",
            "\n<< description >>",
            "\n<< name",
            "\n<% for a in range(99999) %><% for b in range(99999) %>x<% endfor %><% endfor %>",
            "\n<% for a in range(9999) %><% set x = 'y' %><% endfor %><< ('z' * 9) ~ name.foo.bar >>",
        ] {
            let fault = first("a", text).expect_err(text);
            assert_eq!(fault.code(), "template-broken", "{text}");
            assert!(
                fault
                    .message()
                    .starts_with("cannot render `a` of the template `sample`"),
                "{fault}"
            );
        }
        let megabyte: &'static str = String::leak("x".repeat(1024 * 1024));
        let large = String::leak(format!("<% for a in range(9) %>{megabyte}<% endfor %>"));
        assert_eq!(first("a", large).expect_err("too large").code(), "template-broken");
    }

    #[test]
    fn every_built_in_template_renders_with_hostile_answers() {
        for template in &builtin::TEMPLATES {
            let hostile = Answers {
                port: None,
                ..answers(
                    "pricing",
                    "\"]\n[x] <script> ${{ secrets.X }} {{ $value }} ''' */ --> `rm` $(x) 💥",
                )
            };
            let files = render(template, &hostile).expect("rendered");
            let manifest = files
                .iter()
                .find(|file| file.path == "deliver.toml")
                .expect("a manifest");
            let manifest = std::str::from_utf8(&manifest.bytes).expect("text");
            let manifest = Manifest::parse(manifest, Path::new("/x/deliver.toml")).expect("a manifest");
            assert_eq!(manifest.warnings(), [], "{}", template.name);
            assert_eq!(manifest.slos.len(), 2);
            for file in &files {
                let text = String::from_utf8(file.bytes.clone()).expect("text");
                assert!(
                    !file.path.ends_with(".html") || !text.contains("<script>"),
                    "{}",
                    file.path
                );
                assert!(
                    text.is_empty() || text.ends_with('\n'),
                    "{} ends without a line break",
                    file.path
                );
                assert!(
                    !text.lines().any(|line| line.ends_with(' ')),
                    "{} has white space at an end",
                    file.path
                );
                match file.path.rsplit('.').next() {
                    Some("toml") => drop(toml::from_str::<toml::Table>(&text).expect(&file.path)),
                    Some("json") => drop(serde_json::from_str::<serde_json::Value>(&text).expect(&file.path)),
                    Some("yml") => drop(serde_saphyr::from_str::<serde_json::Value>(&text).expect(&file.path)),
                    _ => {}
                }
            }
        }
    }
}
