//! Text that people typed, made safe for the format it is put into. Each is a filter of the template language.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr, Value};
use minijinja::{Environment, Error, ErrorKind};

/// What [`Typed`] text prints as: a character that is none, and that no text may hold.
pub const UNESCAPED: char = '\u{fdd0}';

/// Text that a person typed. Printed or joined to other text as it is, it leaves [`UNESCAPED`] in its place, so that a
/// template that forgets to say for which format is found out.
#[derive(Debug)]
pub struct Typed(pub String);

impl Object for Typed {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{UNESCAPED}")
    }

    fn is_true(self: &Arc<Self>) -> bool {
        !self.0.is_empty()
    }
}

/// Makes text safe for one format.
type Format = fn(&str) -> String;

/// Adds the filters.
pub fn register(environment: &mut Environment<'_>) {
    let formats: [(&'static str, Format); 9] = [
        ("toml", toml),
        ("json", json),
        // A JSON string in ASCII is a double-quoted YAML scalar and a JavaScript literal as well.
        ("yaml", json),
        ("js", json),
        ("py", python),
        ("rust", rust),
        ("html", html),
        ("markdown", markdown),
        ("codeowner", str::to_owned),
    ];
    for (name, format) in formats {
        environment.add_filter(name, move |value: Value| -> Result<String, Error> {
            match (value.downcast_object_ref::<Typed>(), value.as_str()) {
                (Some(typed), _) => Ok(format(&typed.0)),
                (None, Some(text)) => Ok(format(text)),
                (None, None) => Err(Error::new(ErrorKind::InvalidOperation, "only text can be escaped")),
            }
        });
    }
}

/// A quoted literal: each character that is not plain is written as `escape` says.
fn quoted(text: &str, escape: impl Fn(char) -> String) -> String {
    let mut literal = String::from('"');
    for c in text.chars() {
        match c {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            ' '..='~' => literal.push(c),
            _ => literal.push_str(&escape(c)),
        }
    }
    literal.push('"');
    literal
}

/// A basic string of TOML. Letters of other alphabets stay readable; what is invisible or a control is escaped.
pub fn toml(text: &str) -> String {
    quoted(text, |c| match c {
        c if c.is_alphanumeric() => c.to_string(),
        c => format!("\\U{:08X}", u32::from(c)),
    })
}

/// A string of JSON in ASCII. `<` and `>` are escaped, so that it cannot end a script element.
fn json(text: &str) -> String {
    let units = |c: char| {
        c.encode_utf16(&mut [0; 2])
            .iter()
            .map(|unit| format!("\\u{unit:04x}"))
            .collect()
    };
    quoted(text, units).replace('<', "\\u003c").replace('>', "\\u003e")
}

/// A string literal of Python in ASCII.
fn python(text: &str) -> String {
    quoted(text, |c| format!("\\U{:08x}", u32::from(c)))
}

/// A string literal of Rust in ASCII.
fn rust(text: &str) -> String {
    quoted(text, |c| format!("\\u{{{:x}}}", u32::from(c)))
}

/// Text or an attribute's value in HTML.
fn html(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Words in a line of Markdown: nothing in them is markup, and nothing in them starts a list, a heading or a table.
fn markdown(text: &str) -> String {
    let mut escaped = String::new();
    for (at, c) in text.char_indices() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '!' | '&' => escaped.extend(['\\', c]),
            '+' | '-' | '=' if at == 0 => escaped.extend(['\\', c]),
            '.' | ')' if text[..at].bytes().all(|byte| byte.is_ascii_digit()) => escaped.extend(['\\', c]),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOSTILE: &str = "\"]\n[x]\r\t\\ 'é' 💥 \u{0}\u{1b}[31m \u{202e} </script> {{ x }} ${x} # -- %>";

    #[test]
    fn hostile_text_survives_toml_and_json() {
        let document: ::toml::Table = ::toml::from_str(&format!("x = {}", toml(HOSTILE))).expect("TOML");
        assert_eq!(document["x"].as_str(), Some(HOSTILE));
        assert_eq!(serde_json::from_str::<String>(&json(HOSTILE)).expect("JSON"), HOSTILE);
        assert!(json(HOSTILE).is_ascii() && !json(HOSTILE).contains('<'));
        assert_eq!(python("é💥\n"), r#""\U000000e9\U0001f4a5\U0000000a""#);
        assert_eq!(rust("é\n\""), r#""\u{e9}\u{a}\"""#);
        assert_eq!(html("<a b='\"&\n\">"), "&lt;a b=&#39;&quot;&amp; &quot;&gt;");
    }

    #[test]
    fn markdown_stays_a_line_of_words() {
        assert_eq!(markdown("# [x](y)\n* `z`"), "\\# \\[x\\](y) \\* \\`z\\`");
        assert_eq!(markdown("- a - b"), "\\- a - b");
        assert_eq!(markdown("12. a 3.5"), "12\\. a 3.5");
    }

    #[test]
    fn typed_text_printed_as_it_is_leaves_a_mark_instead() {
        let mut environment = Environment::new();
        register(&mut environment);
        let context = Value::from(std::collections::BTreeMap::from([(
            "x",
            Value::from_object(Typed("a\nb".into())),
        )]));
        for template in ["{{ x }}", "{{ 'a' ~ x }}", "{{ x|upper }}", "{{ [x]|join(',') }}"] {
            let text = environment.render_str(template, context.clone()).expect(template);
            assert!(
                text.contains(UNESCAPED) && !text.to_lowercase().contains("a\nb"),
                "{template}"
            );
        }
        assert_eq!(
            environment.render_str("{{ x|toml }}", context).expect("text"),
            "\"a\\U0000000Ab\""
        );
    }

    proptest! {
        #[test]
        fn any_text_survives_toml_and_json_and_yaml(text in any::<String>()) {
            let document: ::toml::Table = ::toml::from_str(&format!("x = {}", toml(&text))).expect("TOML");
            prop_assert_eq!(document["x"].as_str(), Some(text.as_str()));
            prop_assert_eq!(&serde_json::from_str::<String>(&json(&text)).expect("JSON"), &text);
            prop_assert_eq!(&serde_saphyr::from_str::<String>(&json(&text)).expect("YAML"), &text);
        }

        #[test]
        fn escaped_html_and_markdown_hold_no_markup(text in any::<String>()) {
            prop_assert!(!html(&text).contains(['<', '>', '"', '\'', '\n']));
            prop_assert!(!markdown(&text).contains(['\n', '\r']));
        }
    }
}
