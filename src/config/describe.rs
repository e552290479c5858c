//! What may stand in a file, said once: the decoder, its suggestions, the JSON Schema and the reference page all read
//! the same tables, so that none of them can drift from another.

/// The keys that may stand in one TOML table.
pub struct Table {
    /// As people write it: `[run]`, `[[slo]]`, `[process.NAME]`, `health`.
    pub title: &'static str,
    pub doc: &'static str,
    pub keys: &'static [Key],
    /// Tables whose keys may stand here too.
    pub also: &'static [&'static Table],
    /// Keys that people expect here and that do not exist, with what to write instead.
    pub instead: &'static [(&'static str, &'static str)],
    /// Keys that are not described here are left to the part that understands them.
    pub open: bool,
}

/// One key.
pub struct Key {
    pub name: &'static str,
    pub form: Form,
    pub doc: &'static str,
    /// What holds when the key is absent, in words or as TOML.
    pub default: Option<&'static str>,
    /// An example to write for a key that is missing; its presence makes the key required.
    pub required: Option<&'static str>,
}

/// The form of a value.
pub enum Form {
    /// Text of at least one character, on one line or many.
    Text,
    /// Text that obeys a rule.
    Ruled(&'static Rule),
    /// One of a few words.
    Choice(&'static [&'static str]),
    Flag,
    Integer {
        min: i64,
        max: i64,
    },
    /// The first form that fits the value's TOML type; the forms differ in it.
    Either(&'static [Form]),
    List(&'static Form),
    /// A table whose keys people choose.
    Map(&'static Map),
    Table(&'static Table),
    /// A table kept for the part that understands it.
    Open,
    /// A decimal number, exact: text or number.
    Decimal(&'static Rule),
    /// A date, a time of day or both: text, or TOML's own.
    Moment(&'static Rule),
}

/// A rule for text.
pub struct Rule {
    /// With its article: `a length of time such as "30s"`.
    pub expected: &'static str,
    /// The same as a regular expression of JSON Schema, where one says something useful.
    pub pattern: Option<&'static str>,
    /// Says what is wrong, in words that stand under the caret.
    pub check: fn(&str) -> Result<(), String>,
}

/// A table whose keys people choose.
pub struct Map {
    /// What a key is, in a word: `NAME`.
    pub key: &'static str,
    pub rule: &'static Rule,
    pub value: Form,
}

impl Key {
    pub const fn new(name: &'static str, form: Form, doc: &'static str) -> Key {
        Key {
            name,
            form,
            doc,
            default: None,
            required: None,
        }
    }

    pub const fn default(self, default: &'static str) -> Key {
        Key {
            default: Some(default),
            ..self
        }
    }

    pub const fn required(self, example: &'static str) -> Key {
        Key {
            required: Some(example),
            ..self
        }
    }
}

impl Table {
    pub const fn new(title: &'static str, doc: &'static str, keys: &'static [Key]) -> Table {
        Table {
            title,
            doc,
            keys,
            also: &[],
            instead: &[],
            open: false,
        }
    }

    pub const fn open(self) -> Table {
        Table { open: true, ..self }
    }

    pub const fn also(self, also: &'static [&'static Table]) -> Table {
        Table { also, ..self }
    }

    pub const fn instead(self, instead: &'static [(&'static str, &'static str)]) -> Table {
        Table { instead, ..self }
    }

    /// Its own keys, then those of the tables it takes in.
    pub fn all_keys(&'static self) -> impl Iterator<Item = &'static Key> {
        self.keys.iter().chain(self.also.iter().flat_map(|table| table.keys))
    }

    pub fn key(&'static self, name: &str) -> Option<&'static Key> {
        self.all_keys().find(|key| key.name == name)
    }

    /// Titles of the tables at or below this one that know `name`, in the order of the description.
    pub fn places_of(&'static self, name: &str) -> Vec<&'static str> {
        let mut places = Vec::new();
        self.visit(&mut |table| {
            if table.keys.iter().any(|key| key.name == name) && !places.contains(&table.title) {
                places.push(table.title);
            }
        });
        places
    }

    /// Calls `seen` for this table and for every one below it.
    pub fn visit(&'static self, seen: &mut dyn FnMut(&'static Table)) {
        seen(self);
        for key in self.all_keys() {
            for table in key.form.tables() {
                table.visit(seen);
            }
        }
    }
}

impl Form {
    /// The described tables directly inside this form.
    pub fn tables(&'static self) -> Vec<&'static Table> {
        match self {
            Form::Table(table) => vec![table],
            Form::List(item) => item.tables(),
            Form::Map(map) => map.value.tables(),
            Form::Either(forms) => forms.iter().flat_map(Form::tables).collect(),
            _ => Vec::new(),
        }
    }

    /// What is expected, with its article.
    pub fn expected(&self) -> String {
        match self {
            Form::Text => "a string".into(),
            Form::Ruled(rule) | Form::Decimal(rule) | Form::Moment(rule) => rule.expected.into(),
            Form::Choice(words) => alternatives(&words.iter().map(|word| format!("{word:?}")).collect::<Vec<_>>()),
            Form::Flag => "`true` or `false`".into(),
            Form::Integer { min, max } => match *max {
                i64::MAX => format!("an integer of at least {min}"),
                max => format!("an integer from {min} to {max}"),
            },
            Form::Either(forms) => alternatives(&forms.iter().map(Form::expected).collect::<Vec<_>>()),
            Form::List(item) => match item {
                Form::Table(table) => format!("a list of tables, written `{}`", table.title),
                _ => "a list of strings".into(),
            },
            Form::Map(_) | Form::Table(_) | Form::Open => "a table".into(),
        }
    }
}

/// `a`, `a or b`, `a, b or c`.
pub fn alternatives(words: &[String]) -> String {
    joined(words, "or")
}

/// `a`, `a and b`, `a, b and c`.
pub fn all(words: &[String]) -> String {
    joined(words, "and")
}

fn joined(words: &[String], before_last: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} {before_last} {last}", most.join(", ")),
    }
}
