//! What people type and paste into an incident, made fit to be kept: no controls, no secrets, no more than has room.

use crate::fault::{Fault, Result};
use crate::model::redact::redact;

/// Characters of a title: what fits into two lines of a terminal and the subject of a message.
pub const TITLE_CHARS: usize = 200;

/// Bytes of an entry: several screens of a log. More belongs into a file.
pub const ENTRY_BYTES: usize = 16 * 1024;

/// Characters of a person's name.
const PERSON_CHARS: usize = 100;

/// A text as it is kept, and what its author should know of that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    pub text: String,
    /// Such as `an access token was replaced by [redacted]`.
    pub notes: Vec<String>,
}

/// A title: one line.
pub fn title(raw: &str) -> Kept {
    let line = plain(raw).split_whitespace().collect::<Vec<_>>().join(" ");
    let mut kept = without_secrets(&line);
    let length = kept.text.chars().count();
    if length > TITLE_CHARS {
        kept.text = kept.text.chars().take(TITLE_CHARS - 1).chain(['…']).collect();
        kept.notes.push(format!(
            "the title had {length} characters and was cut to {TITLE_CHARS}"
        ));
    }
    kept
}

/// An entry of a timeline: any number of lines.
pub fn entry(raw: &str) -> Kept {
    let mut kept = without_secrets(plain(raw).trim());
    let length = kept.text.len();
    if length > ENTRY_BYTES {
        let mark = format!("\n… (cut: {length} bytes were given)");
        let room = ENTRY_BYTES - mark.len();
        let end = (0..=room).rev().find(|at| kept.text.is_char_boundary(*at)).unwrap_or(0);
        kept.text.truncate(end);
        kept.text.push_str(&mark);
        kept.notes
            .push(format!("the text had {length} bytes and was cut to {ENTRY_BYTES}"));
    }
    kept
}

/// A person as they are named in a role or as an owner: `@bo` and `bo` are the same.
pub fn person(raw: &str) -> Result<String> {
    let name = plain(raw).split_whitespace().collect::<Vec<_>>().join(" ");
    let name = name.trim_start_matches('@').to_owned();
    if name.is_empty() || name.chars().count() > PERSON_CHARS {
        let message = format!("a person's name has 1 to {PERSON_CHARS} characters");
        return Err(Fault::usage("bad-person", message).hint("write who it is, such as bo or bo@acme.example"));
    }
    Ok(name)
}

/// `text` with its backticks made apostrophes and so on is not wanted: only what a terminal or a reader could be fooled
/// by goes. Escape sequences vanish whole, so that no `[31m` is left of a colour.
fn plain(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\x1b' => skip_sequence(&mut rest),
            '\r' if rest.peek() == Some(&'\n') => {}
            '\r' | '\u{2028}' | '\u{2029}' => text.push('\n'),
            '\n' | '\t' => text.push(c),
            // Controls, and the marks that reorder text so that it reads as something else (Unicode TR 36).
            c if c.is_control() => {}
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {}
            c => text.push(c),
        }
    }
    text
}

/// What follows an escape character, by ECMA-48: `[` … a letter, or `]`, `P`, `X`, `^`, `_` … up to a bell or string
/// terminator on the same line, or one character.
fn skip_sequence(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match rest.next_if(|c| !c.is_control()) {
        Some('[') => {
            while rest.next_if(|c| matches!(c, ' '..='?')).is_some() {}
            rest.next_if(|c| matches!(c, '@'..='~'));
        }
        Some(']' | 'P' | 'X' | '^' | '_') => {
            while rest.next_if(|c| !matches!(c, '\x07' | '\x1b' | '\n')).is_some() {}
            if rest.next_if_eq(&'\x1b').is_some() {
                rest.next_if_eq(&'\\');
            } else {
                rest.next_if_eq(&'\x07');
            }
        }
        _ => {}
    }
}

fn without_secrets(text: &str) -> Kept {
    let redacted = redact(text);
    let notes = redacted
        .found
        .iter()
        .map(|what| format!("{what} was replaced by [redacted]: what is written here is never deleted"));
    Kept {
        notes: notes.collect(),
        text: redacted.text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_title_is_one_line_without_controls() {
        let kept = title("  checkout\n answers\t\x1b[31m500\x1b[0m \x1b]0;owned\x07\u{202e}\0 ");
        assert_eq!(
            kept,
            Kept {
                text: "checkout answers 500".into(),
                notes: vec![]
            }
        );
        let long = title(&"ä".repeat(300));
        assert_eq!(long.text.chars().count(), TITLE_CHARS);
        assert_eq!(long.notes, ["the title had 300 characters and was cut to 200"]);
        assert_eq!(title("").text, "");
    }

    #[test]
    fn an_entry_keeps_its_lines_and_says_where_it_was_cut() {
        assert_eq!(entry("a\r\nb\rc\u{1b}[2Jd\u{1b}").text, "a\nb\ncd");
        assert_eq!(
            entry("before \x1b]8;;http://x\x1b\\link\x1b]8;;\x07 after").text,
            "before link after"
        );
        let cut = entry(&"é".repeat(20_000));
        assert!(cut.text.len() <= ENTRY_BYTES && cut.text.ends_with("\n… (cut: 40000 bytes were given)"));
        assert_eq!(cut.notes.len(), 1);
    }

    #[test]
    fn a_secret_is_replaced_and_its_author_told() {
        let kept = entry("connect with PASSWORD=hun\x1b[1mter2");
        assert_eq!(kept.text, "connect with PASSWORD=[redacted]");
        assert_eq!(
            kept.notes,
            ["a secret by its name was replaced by [redacted]: what is written here is never deleted"]
        );
    }

    #[test]
    fn a_person_has_a_name() {
        assert_eq!(person(" @bo ").expect("a name"), "bo");
        assert!(person(" @ ").is_err() && person(&"b".repeat(101)).is_err());
    }

    proptest! {
        #[test]
        fn what_is_kept_is_bounded_and_harmless(raw in "(?s).{0,400}") {
            let (title, entry) = (title(&raw).text, entry(&raw).text);
            prop_assert!(!title.chars().any(char::is_control));
            prop_assert!(!entry.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')));
            prop_assert!(title.chars().count() <= TITLE_CHARS && entry.len() <= ENTRY_BYTES);
        }
    }
}
