//! Compares a document with its description and collects every problem; then lends typed views for reading it.
//!
//! It happens in two passes. [`check`] walks the tree and the description together and is where problems of form come
//! from. Reading through a [`View`] comes after, never fails, and yields `None` for what is absent or was a problem, so
//! that checks across keys still run and all problems are told together.

use std::ops::Range;
use std::str::FromStr;

use super::describe::{Form, Key, Rule, Table, all, alternatives};
use super::document::{Document, Entry, Node, Value};
use super::lookalike;
use super::nearest::nearest;
use crate::fault::Problem;

/// How many problems of one file are told.
pub const MAX_TOLD: usize = 50;

/// Problems of one document, in the order of the file.
pub struct Problems<'d> {
    document: &'d Document,
    found: Vec<(Range<usize>, Problem)>,
}

impl<'d> Problems<'d> {
    pub fn new(document: &'d Document) -> Self {
        Problems {
            document,
            found: Vec::new(),
        }
    }

    /// `message` says what is wrong; `label` stands under the caret; `hint` says what to write.
    pub fn add(
        &mut self,
        at: Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
        hint: Option<String>,
    ) {
        let problem = Problem {
            message: message.into(),
            label: Some(label.into()).filter(|label| !label.is_empty()),
            hint,
            span: None,
        };
        self.found.push((at, problem));
    }

    /// The problems with their places, one for each place and message, in the order of the file. After the first
    /// [`MAX_TOLD`] only their number is told: nobody reads on, and each place costs a walk through the file.
    pub fn finish(mut self) -> Vec<Problem> {
        self.found.sort_by_key(|(at, _)| (at.start, at.end));
        self.found.dedup_by(|a, b| a.0 == b.0 && a.1.message == b.1.message);
        let untold = self.found.len().saturating_sub(MAX_TOLD);
        self.found.truncate(MAX_TOLD);
        let mut problems: Vec<Problem> = self
            .found
            .into_iter()
            .map(|(at, problem)| Problem {
                span: Some(self.document.span(at)),
                ..problem
            })
            .collect();
        if untold > 0 {
            problems.push(Problem {
                message: format!("{untold} more problems are not shown"),
                label: None,
                hint: None,
                span: None,
            });
        }
        problems
    }
}

/// Compares the whole document with the description of its root.
pub fn check(document: &Document, root: &'static Table, problems: &mut Problems<'_>) {
    Checker { root, problems }.table(root, &document.root, 0..0, &mut Vec::new());
}

struct Checker<'p, 'd> {
    root: &'static Table,
    problems: &'p mut Problems<'d>,
}

impl Checker<'_, '_> {
    /// `header` is where the table was named, for keys that are missing in it.
    fn table(&mut self, table: &'static Table, node: &Node, header: Range<usize>, path: &mut Vec<String>) {
        for entry in node.entries() {
            match table.key(&entry.key) {
                Some(key) => {
                    path.push(entry.key.clone());
                    self.form(&key.form, &entry.node, &entry.key_at, path);
                    path.pop();
                }
                None if table.open => {}
                None => self.unknown(table, entry, path),
            }
        }
        let missing = table.all_keys().filter(|key| node.get(key.name).is_none());
        let missing: Vec<(&Key, &str)> = missing.filter_map(|key| Some((key, key.required?))).collect();
        if !missing.is_empty() {
            let names: Vec<String> = missing.iter().map(|(key, _)| format!("`{}`", key.name)).collect();
            let lines: Vec<String> = missing
                .iter()
                .map(|(key, example)| format!("`{} = {example}`", key.name))
                .collect();
            let message = format!("{} lacks {}", place(table, path), all(&names));
            self.problems
                .add(header, message, "missing here", Some(format!("add {}", all(&lines))));
        }
    }

    fn form(&mut self, form: &'static Form, node: &Node, key_at: &Range<usize>, path: &mut Vec<String>) {
        match (form, &node.value) {
            (Form::Text, Value::Text(text)) => self.text(text, node, path),
            (Form::Ruled(rule) | Form::Decimal(rule) | Form::Moment(rule), Value::Text(text)) => {
                self.ruled(rule, text, node, path)
            }
            (Form::Moment(rule), Value::Datetime(text)) => self.ruled(rule, text, node, path),
            (Form::Decimal(rule), Value::Float(text)) => self.ruled(rule, text, node, path),
            (Form::Decimal(rule), Value::Integer(Some(number))) => self.ruled(rule, &number.to_string(), node, path),
            (Form::Choice(words), Value::Text(text)) => self.choice(words, text, node, path),
            (Form::Integer { min, max }, Value::Integer(number)) => self.integer(*min, *max, *number, node, path),
            (Form::Flag, Value::Flag(_)) | (Form::Open, Value::Table(_)) => {}
            (Form::List(item), Value::List(items)) => {
                path.push(ITEM.into());
                for node in items {
                    self.form(item, node, &node.at, path);
                }
                path.pop();
            }
            (Form::Map(map), Value::Table(entries)) => {
                for entry in entries {
                    if let Err(wrong) = (map.rule.check)(&entry.key) {
                        let message = format!("`{}` cannot be a name in `[{}]`", shown(&entry.key), dotted(path));
                        let hint = format!("use {}", map.rule.expected);
                        self.problems.add(entry.key_at.clone(), message, wrong, Some(hint));
                    }
                    path.push(entry.key.clone());
                    self.form(&map.value, &entry.node, &entry.key_at, path);
                    path.pop();
                }
            }
            (Form::Table(table), Value::Table(_)) => self.table(table, node, table_place(node, key_at), path),
            (Form::Either(forms), value) => match forms.iter().find(|form| fits(form, value)) {
                Some(form) => self.form(form, node, key_at, path),
                None => self.wrong_type(form, node, path),
            },
            _ => self.wrong_type(form, node, path),
        }
    }

    fn text(&mut self, text: &str, node: &Node, path: &[String]) {
        if text.trim().is_empty() {
            let message = format!("{} is empty", subject(path));
            self.problems.add(node.at.clone(), message, "expected text", None);
        } else if text.contains('\0') {
            self.problems.add(node.at.clone(), nul(path), "holds a zero byte", None);
        }
    }

    fn ruled(&mut self, rule: &Rule, text: &str, node: &Node, path: &[String]) {
        if text.contains('\0') {
            self.problems.add(node.at.clone(), nul(path), "holds a zero byte", None);
        } else if let Err(wrong) = (rule.check)(text) {
            let message = format!("{} must be {}", subject(path), rule.expected);
            let secret = lookalike::shape(text).is_some();
            let label = if secret { "not shown here".to_owned() } else { wrong };
            self.problems.add(node.at.clone(), message, label, None);
        }
    }

    fn choice(&mut self, words: &[&'static str], text: &str, node: &Node, path: &[String]) {
        if words.contains(&text) {
            return;
        }
        let quoted: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
        let message = format!("{} must be {}", subject(path), alternatives(&quoted));
        let label = match nearest(text, words.iter().copied()) {
            Some(word) => format!("did you mean {word:?}?"),
            None => "not one of these".into(),
        };
        self.problems.add(node.at.clone(), message, label, None);
    }

    fn integer(&mut self, min: i64, max: i64, number: Option<i64>, node: &Node, path: &[String]) {
        let label = match number {
            Some(number) if number < min => "too small",
            Some(number) if number > max => "too large",
            Some(_) => return,
            None => "outside of what 64 bits hold",
        };
        let message = format!("{} must be {}", subject(path), Form::Integer { min, max }.expected());
        self.problems.add(node.at.clone(), message, label, None);
    }

    fn wrong_type(&mut self, form: &'static Form, node: &Node, path: &[String]) {
        let message = format!(
            "{} must be {}, not {}",
            subject(path),
            form.expected(),
            node.value.noun()
        );
        let key = path.last().map_or("", String::as_str);
        let hint = rewrite(form, node)
            .filter(|_| !lookalike::secret_name(key))
            .map(|value| match key == ITEM {
                true => format!("write `{value}`"),
                false => format!("write `{key} = {value}`"),
            });
        let label = format!("this is {}", node.value.noun());
        self.problems.add(node.at.clone(), message, label, hint);
    }

    fn unknown(&mut self, table: &'static Table, entry: &Entry, path: &[String]) {
        let name = shown(&entry.key);
        let place = place(table, path);
        let message = format!(
            "unknown key `{name}` {}",
            if path.is_empty() { place } else { format!("in {place}") }
        );
        let instead = table.instead.iter().find(|(key, _)| *key == entry.key);
        let known = table.all_keys().map(|key| key.name);
        let (label, hint) = match (instead, nearest(&entry.key, known)) {
            (Some((_, advice)), _) => ("not a key here".to_owned(), Some((*advice).to_owned())),
            (None, Some(near)) => (format!("did you mean `{near}`?"), None),
            (None, None) => ("not a key here".to_owned(), Some(self.where_instead(table, &entry.key))),
        };
        self.problems.add(entry.key_at.clone(), message, label, hint);
    }

    /// Other tables that know the key, else the keys that this one knows.
    fn where_instead(&self, table: &'static Table, name: &str) -> String {
        let elsewhere: Vec<String> = self
            .root
            .places_of(name)
            .into_iter()
            .filter(|title| *title != table.title)
            .map(|title| format!("`{title}`"))
            .collect();
        if !elsewhere.is_empty() {
            return format!("`{name}` belongs to {}", alternatives(&elsewhere));
        }
        let keys: Vec<&str> = table.all_keys().map(|key| key.name).collect();
        format!("known here: {}", keys.join(", "))
    }
}

/// Where a table begins: its own place, or its key's for tables that only their children name.
fn table_place(node: &Node, key_at: &Range<usize>) -> Range<usize> {
    match node.at.is_empty() {
        true => key_at.clone(),
        false => node.at.clone(),
    }
}

/// Whether a form takes this type of value at all.
fn fits(form: &Form, value: &Value) -> bool {
    match form {
        Form::Text | Form::Ruled(_) | Form::Choice(_) => matches!(value, Value::Text(_)),
        Form::Decimal(_) => matches!(value, Value::Text(_) | Value::Float(_) | Value::Integer(_)),
        Form::Moment(_) => matches!(value, Value::Text(_) | Value::Datetime(_)),
        Form::Flag => matches!(value, Value::Flag(_)),
        Form::Integer { .. } => matches!(value, Value::Integer(_)),
        Form::List(_) => matches!(value, Value::List(_)),
        Form::Map(_) | Form::Table(_) | Form::Open => matches!(value, Value::Table(_)),
        Form::Either(forms) => forms.iter().any(|form| fits(form, value)),
    }
}

/// The value as it was most likely meant, where that is plain: `30` for a length of time is `"30s"`, `"8080"` for an
/// integer is `8080`.
fn rewrite(form: &Form, node: &Node) -> Option<String> {
    match (form, &node.value) {
        (Form::Ruled(rule), Value::Integer(Some(number))) => {
            let seconds = format!("{number}s");
            let plain = number.to_string();
            [plain, seconds]
                .into_iter()
                .find(|text| (rule.check)(text).is_ok())
                .map(|text| format!("{text:?}"))
        }
        (Form::Text | Form::Ruled(_), Value::Float(text)) => Some(format!("{text:?}")),
        (Form::Text, Value::Integer(Some(number))) => Some(format!("\"{number}\"")),
        (Form::Text | Form::Ruled(_), Value::Datetime(text)) => Some(format!("{text:?}")),
        (Form::Text | Form::Ruled(_), Value::Flag(flag)) => Some(format!("\"{flag}\"")),
        (Form::Integer { min, max }, Value::Text(text)) => text
            .trim()
            .parse::<i64>()
            .ok()
            .filter(|number| (min..=max).contains(&number))
            .map(|number| number.to_string()),
        (Form::Flag, Value::Text(text)) => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => Some("true".into()),
            "false" | "no" | "off" | "0" => Some("false".into()),
            _ => None,
        },
        (Form::List(item), value) if fits(item, value) && !matches!(value, Value::Table(_)) => {
            Some(format!("[{}]", node.to_toml()))
        }
        _ => None,
    }
}

/// How a table is named in messages: `[run]`, `[[slo]]`, `[environment.local]`, `at the top level`.
fn place(table: &Table, path: &[String]) -> String {
    match (path.is_empty(), table.title.starts_with("[[")) {
        (true, _) => "at the top level".into(),
        (false, true) => format!("`[[{}]]`", dotted(path)),
        (false, false) => format!("`[{}]`", dotted(path)),
    }
}

fn nul(path: &[String]) -> String {
    format!("{} cannot be handed to a program", subject(path))
}

/// What a message is about: `run.drain`, or an item of a list.
fn subject(path: &[String]) -> String {
    match path.last().is_some_and(|last| last == ITEM) {
        true => format!("each of `{}`", dotted(path)),
        false => format!("`{}`", dotted(path)),
    }
}

/// Stands in a path for an item of a list.
const ITEM: &str = "[]";

fn dotted(path: &[String]) -> String {
    let keys: Vec<String> = path.iter().filter(|key| *key != ITEM).map(|key| shown(key)).collect();
    keys.join(".")
}

/// A key as it may be shown: escaped, and cut where it is absurdly long.
pub fn shown(key: &str) -> String {
    let text = key.escape_debug().to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// A table and its description, for reading after [`check`].
#[derive(Clone, Copy)]
pub struct View<'a> {
    node: Option<&'a Node>,
    table: &'static Table,
}

impl<'a> View<'a> {
    pub fn new(node: &'a Node, table: &'static Table) -> Self {
        View {
            node: Some(node),
            table,
        }
    }

    /// The value of a described key.
    pub fn node(&self, key: &str) -> Option<&'a Node> {
        debug_assert!(
            self.table.key(key).is_some(),
            "`{key}` is not described in {}",
            self.table.title
        );
        self.node?.get(key)
    }

    /// The place of a key's value.
    pub fn at(&self, key: &str) -> Option<Range<usize>> {
        self.node(key).map(|node| node.at.clone())
    }

    /// The table under a key, empty where there is none.
    pub fn table(&self, key: &str) -> View<'a> {
        let table = self.described(key).form.tables().first().copied();
        View {
            node: self.node(key),
            table: table.unwrap_or(self.table),
        }
    }

    /// The tables of a list or of a map of tables; names are keys, or empty in a list.
    pub fn tables(&self, key: &str) -> Vec<(&'a str, Range<usize>, View<'a>)> {
        let Some(table) = self.described(key).form.tables().first().copied() else {
            return Vec::new();
        };
        let Some(node) = self.node(key) else {
            return Vec::new();
        };
        let named = node
            .entries()
            .iter()
            .map(|entry| (entry.key.as_str(), entry.key_at.clone(), View::new(&entry.node, table)));
        let listed = node
            .items()
            .iter()
            .map(|item| ("", item.at.clone(), View::new(item, table)));
        named.chain(listed).collect()
    }

    pub fn text(&self, key: &str) -> Option<String> {
        self.node(key)?.text().map(str::to_owned)
    }

    /// Text that parses; text that does not was a problem of form.
    pub fn parsed<T: FromStr>(&self, key: &str) -> Option<T> {
        self.node(key)?.text()?.parse().ok()
    }

    /// An integer within the target type.
    pub fn integer<T: TryFrom<i64>>(&self, key: &str) -> Option<T> {
        match self.node(key)?.value {
            Value::Integer(Some(number)) => T::try_from(number).ok(),
            _ => None,
        }
    }

    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.node(key)?.value {
            Value::Flag(flag) => Some(flag),
            _ => None,
        }
    }

    /// The texts of a list.
    pub fn texts(&self, key: &str) -> Option<Vec<String>> {
        match &self.node(key)?.value {
            Value::List(items) => Some(items.iter().filter_map(Node::text).map(str::to_owned).collect()),
            _ => None,
        }
    }

    /// A date or time as its own text.
    pub fn moment(&self, key: &str) -> Option<&'a str> {
        self.node(key)?.moment()
    }

    /// A number or text as its own text.
    pub fn decimal(&self, key: &str) -> Option<String> {
        match &self.node(key)?.value {
            Value::Text(text) | Value::Float(text) => Some(text.clone()),
            Value::Integer(number) => number.map(|number| number.to_string()),
            _ => None,
        }
    }

    fn described(&self, key: &str) -> &'static Key {
        self.table.key(key).expect("views are read by described keys only")
    }
}
