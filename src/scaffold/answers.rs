//! What a template is filled in with, checked once.

use crate::fault::{Fault, Result};
use crate::model::{ServiceName, name};

use super::template::Template;

/// The longest owner or description in characters: a line of a catalogue.
const MAX_LINE: usize = 200;

/// Checked answers. Text is one line each, without control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    pub name: ServiceName,
    /// The team that owns the service.
    pub owner: String,
    /// Who reviews, as CODEOWNERS writes it: `@ORGANISATION/TEAM`, `@USER` or a mail address.
    pub code_owner: String,
    pub description: String,
    /// Where people reach it; `None` leaves it to the agent.
    pub port: Option<u16>,
}

impl Answers {
    /// Checks everything that a type does not hold already. Line breaks and control characters become single spaces.
    pub fn check(self, template: &Template) -> Result<Answers> {
        if template.reserved.contains(&self.name.as_str()) {
            let message = format!(
                "`{}` cannot be the name of a service from `{}`",
                self.name, template.name
            );
            return Err(Fault::usage("name-reserved", message).hint("choose another with --name NAME"));
        }
        let answers = Answers {
            owner: one_line(&self.owner),
            description: one_line(&self.description),
            ..self
        };
        check_line(&answers.owner)
            .map_err(|wrong| Fault::usage("owner", format!("the owner {wrong}")).hint("pass --owner TEAM"))?;
        check_line(&answers.description).map_err(|wrong| {
            Fault::usage("description", format!("the description {wrong}")).hint("pass --description TEXT")
        })?;
        check_code_owner(&answers.code_owner).map_err(|wrong| {
            let message = format!(
                "`{}` cannot stand in CODEOWNERS: {wrong}",
                answers.code_owner.escape_debug()
            );
            Fault::usage("code-owner", message).hint("pass --code-owner @ORGANISATION/TEAM")
        })?;
        Ok(answers)
    }
}

/// Says what is wrong with an owner or a description, in words that follow it.
pub fn check_line(text: &str) -> Result<(), String> {
    match one_line(text).chars().count() {
        0 => Err("is empty".into()),
        long if long > MAX_LINE => Err(format!("has {long} characters, {MAX_LINE} at most")),
        _ => Ok(()),
    }
}

/// White space and control characters, in runs, as one space.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Characters that turn the direction of what follows, hide, break lines or are none: they would make text look like
/// another.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{fdd0}'..='\u{fdef}' | '\u{feff}')
}

/// Says what is wrong with an owner as CODEOWNERS writes it.
pub fn check_code_owner(text: &str) -> Result<(), &'static str> {
    let plain = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    if text.len() > MAX_LINE {
        return Err("it is too long");
    }
    let fine = match text.strip_prefix('@') {
        Some(name) => name.split('/').count() <= 2 && name.split('/').all(plain),
        None => text.split_once('@').is_some_and(|(user, host)| {
            let user_fine = !user.is_empty()
                && user
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.+".contains(&byte));
            user_fine && host.contains('.') && plain(host)
        }),
    };
    fine.then_some(())
        .ok_or("write @ORGANISATION/TEAM, @USER or a mail address")
}

/// Who reviews when nobody says it: an owner that is written that way already, the mail address of whoever makes the
/// service, or the owner as a name.
pub fn propose_code_owner(owner: &str, mail: Option<&str>) -> String {
    let given = [Some(owner), mail]
        .into_iter()
        .flatten()
        .find(|text| check_code_owner(text).is_ok());
    match given {
        Some(given) => given.to_owned(),
        None => format!("@{}", name::suggest(owner).unwrap_or_else(|| "owner".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_owners_are_teams_users_or_mail_addresses() {
        for good in ["@shop/checkout", "@ada", "ada@example.com", "ada+x@mail.example.com"] {
            assert_eq!(check_code_owner(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "@",
            "ada",
            "@a/b/c",
            "@a b",
            "a@b",
            "@a\n* @evil",
            "a@b.c\n",
            "# x",
            "@a/",
        ] {
            assert!(check_code_owner(bad).is_err(), "{bad:?}");
        }
        assert_eq!(propose_code_owner("@shop/checkout", Some("a@b.cd")), "@shop/checkout");
        assert_eq!(propose_code_owner("checkout", Some("a@b.cd")), "a@b.cd");
        assert_eq!(propose_code_owner("Check out", Some("not a mail")), "@check-out");
        assert_eq!(propose_code_owner("日本", None), "@owner");
    }

    #[test]
    fn text_becomes_one_line_that_hides_nothing() {
        assert_eq!(one_line(" a\r\n\tb \u{1b}[31m\u{202e}c\0"), "a b [31m c");
        assert!(check_line("\n\u{200b}\t").is_err());
        assert!(check_line(&"x".repeat(201)).is_err());
    }
}
