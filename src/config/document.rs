//! A TOML file as an owned tree in which every key and value knows its place.
//!
//! Numbers keep their text, so that `99.9` can be read exactly. Nothing here knows what the keys mean.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::decode::{self, MAX_TOLD};
use super::lookalike;
use crate::fault::{Attempt, Fault, Problem, Result, Span};
use crate::model::spec::SecretRef;

/// The longest file that is read, in bytes. Files that people write are a thousand times smaller; a larger one is a
/// mistake, and reading it would only delay saying so.
pub const MAX_BYTES: u64 = 1 << 20;

/// A file's path, text and tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// As shown to people: relative to where they stand when that is shorter.
    pub path: String,
    /// The text as it may be shown: values that look like secrets are blanked, byte for byte.
    pub text: Arc<str>,
    pub root: Node,
}

/// A value and its place; offsets are bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub value: Value,
    pub at: Range<usize>,
}

/// What TOML can say.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(String),
    /// `None`: outside of 64 bits.
    Integer(Option<i64>),
    /// The number's own text.
    Float(String),
    Flag(bool),
    Datetime(String),
    List(Vec<Node>),
    Table(Vec<Entry>),
}

/// One key of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub key: String,
    pub key_at: Range<usize>,
    pub node: Node,
}

impl Value {
    /// With its article, for "expected X, not Y".
    pub fn noun(&self) -> &'static str {
        match self {
            Value::Text(_) => "a string",
            Value::Integer(_) => "an integer",
            Value::Float(_) => "a decimal number",
            Value::Flag(_) => "a boolean",
            Value::Datetime(_) => "a date",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }
}

impl Node {
    pub fn empty_table() -> Node {
        Node {
            value: Value::Table(Vec::new()),
            at: 0..0,
        }
    }

    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Table(entries) => entries,
            _ => &[],
        }
    }

    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A date or time as text, whether it is quoted or TOML's own.
    pub fn moment(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) | Value::Datetime(text) => Some(text),
            _ => None,
        }
    }

    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// Follows keys downwards: `["run", "drain"]`.
    pub fn at_path(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The value as JSON, dates as text, for what is kept or handed on.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Text(text) | Value::Datetime(text) => text.as_str().into(),
            Value::Integer(number) => (*number).into(),
            Value::Float(text) => text.parse::<f64>().ok().into(),
            Value::Flag(flag) => (*flag).into(),
            Value::List(items) => items.iter().map(Node::to_json).collect(),
            Value::Table(entries) => entries
                .iter()
                .map(|entry| (entry.key.clone(), entry.node.to_json()))
                .collect(),
        }
    }

    /// The value as TOML would write it on one line, for people to read.
    pub fn to_toml(&self) -> String {
        match &self.value {
            Value::Text(text) => format!("{:?}", text),
            Value::Integer(Some(number)) => number.to_string(),
            Value::Integer(None) => "an integer".into(),
            Value::Float(text) | Value::Datetime(text) => text.clone(),
            Value::Flag(flag) => flag.to_string(),
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(Node::to_toml).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Table(entries) => {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|entry| format!("{} = {}", entry.key, entry.node.to_toml()))
                    .collect();
                format!("{{ {} }}", entries.join(", "))
            }
        }
    }
}

impl Document {
    /// Reads and parses a file of at most [`MAX_BYTES`]. `shown` is how the path is told to people.
    ///
    /// Fails with every syntax error at once. Duplicate keys are returned as problems, since the rest is still sound.
    pub fn read(path: &Path, shown: &str) -> Result<(Document, Vec<Problem>)> {
        let bytes = read_bounded(path)?;
        let text = String::from_utf8(bytes).map_err(|error| not_utf8(shown, error))?;
        Document::parse(&text, shown)
    }

    /// Parses text that came from `shown`.
    pub fn parse(text: &str, shown: &str) -> Result<(Document, Vec<Problem>)> {
        if text.len() as u64 > MAX_BYTES {
            return Err(too_large(shown));
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut document = Document {
            path: shown.to_owned(),
            text: text.into(),
            root: Node {
                value: convert_table(table.get_ref()),
                at: 0..0,
            },
        };
        let sound = errors.iter().all(|error| error.message() == "duplicate key");
        document.text = document.text_without_secrets(errors.is_empty()).into();
        let mut errors = errors;
        errors.sort_by_key(|error| error.span().map(|span| span.start));
        errors.truncate(MAX_TOLD + 1);
        let problems = errors.iter().map(|error| document.syntax_problem(error)).collect();
        match sound {
            true => Ok((document, problems)),
            false => Err(invalid(shown, problems)),
        }
    }

    /// The place of a range of bytes, with the line around it.
    pub fn span(&self, at: Range<usize>) -> Span {
        let start = floor_boundary(&self.text, at.start);
        let end = floor_boundary(&self.text, at.end).max(start);
        let before = &self.text[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Span {
            path: self.path.clone(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            start,
            end,
            text: self.text.clone(),
        }
    }

    /// Blanks values that look like secrets; by line too where the tree is not the whole text.
    fn text_without_secrets(&self, whole: bool) -> String {
        let mut ranges = Vec::new();
        secret_values(&self.root, "", "", &mut ranges);
        let text = lookalike::blank(&self.text, &ranges);
        match whole {
            true => text,
            false => lookalike::blank_lines(&text),
        }
    }

    fn syntax_problem(&self, error: &toml::de::Error) -> Problem {
        let at = error.span().unwrap_or(0..0);
        let (message, label, hint) = match error.message() {
            "duplicate key" => {
                let key = self.text.get(at.clone()).unwrap_or_default();
                let message = format!("`{}` is set twice", decode::shown(key));
                (
                    message,
                    Some("set before".to_owned()),
                    Some("keep one of the two".to_owned()),
                )
            }
            other => {
                let (what, expected) = other.split_once(", expected ").unwrap_or((other, ""));
                let label = (!expected.is_empty()).then(|| format!("expected {expected}"));
                (format!("this is not TOML: {what}"), label, None)
            }
        };
        Problem {
            message,
            label,
            hint,
            span: Some(self.span(at)),
        }
    }
}

/// The fault for a file whose problems were all collected.
pub fn invalid(shown: &str, problems: Vec<Problem>) -> Fault {
    let count = match problems.len() {
        1 => "1 problem".to_owned(),
        n if n > MAX_TOLD => format!("more than {MAX_TOLD} problems"),
        n => format!("{n} problems"),
    };
    Fault::usage("invalid-file", format!("cannot use `{shown}`: {count}")).problems(problems)
}

/// Places of values that look like secrets, without their quotes. Under `secrets`, and below a variable that is a secret
/// by its name, it is everything but a reference.
fn secret_values(node: &Node, table: &str, key: &str, ranges: &mut Vec<Range<usize>>) {
    let secret = match &node.value {
        Value::Text(text) if table == "secrets" => text.parse::<SecretRef>().is_err(),
        Value::Text(text) => lookalike::in_variable(key, text).is_some(),
        Value::Integer(_) | Value::Float(_) => table == "secrets" || lookalike::secret_name(key),
        _ => false,
    };
    if secret && node.at.len() > 2 {
        ranges.push(node.at.start + 1..node.at.end - 1);
    }
    let all = table == "secrets" || (table == "env" && lookalike::secret_name(key));
    for entry in node.entries() {
        secret_values(&entry.node, if all { "secrets" } else { key }, &entry.key, ranges);
    }
    for item in node.items() {
        secret_values(item, if all { "secrets" } else { table }, "", ranges);
    }
}

fn read_bounded(path: &Path) -> Result<Vec<u8>> {
    use std::io::Read;
    let file = std::fs::File::open(path).attempting("read", path).map_err(as_usage)?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .attempting("read", path)
        .map_err(as_usage)?;
    match bytes.len() as u64 > MAX_BYTES {
        true => Err(too_large(&path.display().to_string())),
        false => Ok(bytes),
    }
}

fn as_usage(fault: Fault) -> Fault {
    fault.with_kind(crate::fault::Kind::Usage)
}

fn too_large(shown: &str) -> Fault {
    let message = format!("cannot use `{shown}`: it is larger than {} KiB", MAX_BYTES / 1024);
    Fault::usage("file-too-large", message)
}

/// Names the line of the first byte that is not UTF-8; the text before it is shown.
fn not_utf8(shown: &str, error: std::string::FromUtf8Error) -> Fault {
    let good = error.utf8_error().valid_up_to();
    let text: Arc<str> = String::from_utf8_lossy(error.as_bytes()).into();
    let document = Document {
        path: shown.to_owned(),
        text: lookalike::blank_lines(&text).into(),
        root: Node::empty_table(),
    };
    let problem = Problem {
        message: "this is not UTF-8 text".into(),
        label: Some("this byte is part of no character".into()),
        hint: Some(format!("convert it: iconv -f latin1 -t utf-8 {shown}")),
        span: Some(document.span(good..good + char::REPLACEMENT_CHARACTER.len_utf8())),
    };
    invalid(shown, vec![problem])
}

fn floor_boundary(text: &str, index: usize) -> usize {
    let mut index = index.min(text.len());
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}

/// Entries in the order of the file.
fn convert_table(table: &DeTable<'_>) -> Value {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().clone().into_owned(),
            key_at: key.span(),
            node: convert(value.get_ref(), value.span()),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_at.start);
    Value::Table(entries)
}

/// The parser bounds nesting (80 levels), so recursion is bounded too.
fn convert(value: &DeValue<'_>, at: Range<usize>) -> Node {
    let value = match value {
        DeValue::String(text) => Value::Text(text.clone().into_owned()),
        DeValue::Integer(number) => Value::Integer(i64::from_str_radix(number.as_str(), number.radix()).ok()),
        DeValue::Float(number) => Value::Float(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Datetime(date) => Value::Datetime(date.to_string()),
        DeValue::Array(items) => Value::List(items.iter().map(|item| convert(item.get_ref(), item.span())).collect()),
        DeValue::Table(table) => convert_table(table),
    };
    Node { value, at }
}
