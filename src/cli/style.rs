//! Meaning, not colours: what is good, bad, needs attention, secondary, the subject, or there to be copied.
//!
//! Sixteen colours only, and never colour alone: a word or a symbol says the same. Whatever is styled here has its
//! control characters escaped, because names and outputs come from outside.

use std::borrow::Cow;
use std::fmt::Display;

use crate::config::environment::Environment;

/// How text may look on one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    pub color: bool,
    /// Symbols have twins for terminals that are not UTF-8.
    pub ascii: bool,
}

/// What our own sentences may hold beyond ASCII, and what stands for it.
const TWINS: [(char, &str); 12] = [
    ('→', "->"),
    ('·', "-"),
    ('–', "-"),
    ('…', "..."),
    ('✔', "ok"),
    ('✘', "FAIL"),
    ('●', "*"),
    ('○', "o"),
    ('↻', "~"),
    ('×', "x"),
    ('│', "|"),
    ('’', "'"),
];

impl Style {
    pub const PLAIN: Style = Style {
        color: false,
        ascii: false,
    };

    /// A good state: green.
    pub fn good(self, text: impl Display) -> String {
        self.paint("32", text)
    }

    /// Broken, or destroying something: red.
    pub fn bad(self, text: impl Display) -> String {
        self.paint("31", text)
    }

    /// Needs attention: yellow.
    pub fn attention(self, text: impl Display) -> String {
        self.paint("33", text)
    }

    /// Of less interest: dim.
    pub fn secondary(self, text: impl Display) -> String {
        self.paint("2", text)
    }

    /// To be copied or typed: cyan.
    pub fn copyable(self, text: impl Display) -> String {
        self.paint("36", text)
    }

    /// What this is about: bold.
    pub fn subject(self, text: impl Display) -> String {
        self.paint("1", text)
    }

    fn paint(self, code: &str, text: impl Display) -> String {
        let text = text.to_string();
        let text = escape(&text);
        if self.color && !text.is_empty() {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.into_owned()
        }
    }

    /// Done, or as it should be.
    pub fn tick(self) -> String {
        self.good(if self.ascii { "ok" } else { "✔" })
    }

    /// Failed.
    pub fn cross(self) -> String {
        self.bad(if self.ascii { "FAIL" } else { "✘" })
    }

    /// Needs attention.
    pub fn bang(self) -> String {
        self.attention("!")
    }

    /// Does not apply, was skipped.
    pub fn dash(self) -> String {
        self.secondary(if self.ascii { "-" } else { "–" })
    }

    /// Running, serving.
    pub fn dot(self) -> String {
        self.good(if self.ascii { "*" } else { "●" })
    }

    /// Known but not running.
    pub fn ring(self) -> String {
        self.secondary(if self.ascii { "o" } else { "○" })
    }

    /// In progress.
    pub fn turning(self) -> String {
        self.attention(if self.ascii { "~" } else { "↻" })
    }

    /// A symbol in a column of symbols: their ASCII twins differ in width.
    pub fn in_column(self, symbol: &str) -> String {
        let width = if self.ascii { "FAIL".len() } else { 1 };
        let padding = width.saturating_sub(console::measure_text_width(symbol));
        format!("{symbol}{:padding$}", "")
    }

    /// A whole line made safe for a terminal: foreign controls are escaped, our own styles stay if there is colour, and
    /// the symbols in our own words become their ASCII twins where needed.
    pub fn line(self, text: &str) -> Cow<'_, str> {
        let safe = escape_styled(text, self.color);
        if !self.ascii || safe.is_ascii() {
            return safe;
        }
        let mut line = String::with_capacity(safe.len());
        for c in safe.chars() {
            match TWINS.iter().find(|(symbol, _)| *symbol == c) {
                Some((_, twin)) => line.push_str(twin),
                None => line.push(c),
            }
        }
        Cow::Owned(line)
    }

    /// The same for several lines; each ends with a line break.
    pub fn line_by_line(self, text: &str) -> String {
        text.lines().map(|line| format!("{}\n", self.line(line))).collect()
    }

    pub fn arrow(self) -> &'static str {
        if self.ascii { "->" } else { "→" }
    }

    /// Between words of one line.
    pub fn middot(self) -> &'static str {
        if self.ascii { "-" } else { "·" }
    }

    pub fn ellipsis(self) -> &'static str {
        if self.ascii { "..." } else { "…" }
    }
}

/// Whether symbols are to be ASCII: asked for, or the locale is not UTF-8.
pub fn ascii(environment: &Environment) -> bool {
    if environment.get("DELIVER_ASCII").is_some() {
        return environment.on("DELIVER_ASCII");
    }
    // POSIX: the first that is set decides.
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| environment.get(name));
    let utf8 = |locale: &str| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    };
    !locale.is_some_and(utf8)
}

/// Text from outside, harmless to a terminal: control characters are shown as escapes such as `\u{1b}`.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_harmful(c) {
            safe.extend(c.escape_default())
        } else {
            safe.push(c)
        }
    }
    Cow::Owned(safe)
}

/// Controls, and the marks that reorder text so that it reads as something else (Unicode TR 36).
fn is_harmful(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The same for a line that may hold our own styles: exactly the sequences that [`Style`] makes pass, and only with
/// `color`.
pub fn escape_styled(line: &str, color: bool) -> Cow<'_, str> {
    if !line.chars().any(is_harmful) {
        return Cow::Borrowed(line);
    }
    const OURS: [&str; 7] = [
        "\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[36m",
    ];
    let mut safe = String::with_capacity(line.len() + 8);
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        if let Some(ours) = OURS.iter().find(|ours| rest.starts_with(**ours)) {
            if color {
                safe.push_str(ours);
            }
            rest = &rest[ours.len()..];
            continue;
        }
        if is_harmful(c) {
            safe.extend(c.escape_default())
        } else {
            safe.push(c)
        }
        rest = &rest[c.len_utf8()..];
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_outside_cannot_steer_the_terminal() {
        let ascii = Style {
            color: false,
            ascii: true,
        };
        assert_eq!(ascii.line("a → b… ü"), "a -> b... ü");
        assert_eq!(escape("a\x1b]0;title\x07\n"), "a\\u{1b}]0;title\\u{7}\\n");
        let style = Style {
            color: true,
            ascii: false,
        };
        assert_eq!(style.bad("x\x1b[8m"), "\x1b[31mx\\u{1b}[8m\x1b[0m");
        assert_eq!(
            escape_styled("\x1b[31mx\x1b[0m\x1b[8m", true),
            "\x1b[31mx\x1b[0m\\u{1b}[8m"
        );
        assert_eq!(escape_styled("\x1b[31mx\x1b[0m", false), "x");
        assert_eq!(escape("safe\u{202e}elif"), "safe\\u{202e}elif");
    }

    #[test]
    fn symbols_follow_the_locale() {
        assert!(ascii(&Environment::default()));
        assert!(ascii(&Environment::of([("LANG", "C")])));
        assert!(!ascii(&Environment::of([("LANG", "de_DE.UTF-8")])));
        assert!(ascii(&Environment::of([("LANG", "C.UTF-8"), ("LC_ALL", "POSIX")])));
        assert!(ascii(&Environment::of([("LANG", "C.UTF-8"), ("DELIVER_ASCII", "1")])));
        assert!(!ascii(&Environment::of([("LANG", "C"), ("DELIVER_ASCII", "0")])));
    }
}
