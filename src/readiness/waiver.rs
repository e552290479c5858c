//! `.deliver/waivers.toml`: what excuses a check for a while, and which values are known to be harmless.
//!
//! A waiver ends by itself: without a date, or with one that is more than a year ahead, the file is wrong. It is kept beside
//! the code, so that granting one is a change that others look at.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};

use super::check::{self, CHECKS, Spot};
use super::tree::{self, Text};
use crate::config::decode::{self, Problems, View, shown};
use crate::config::describe::{Form, Key, Rule, Table};
use crate::config::document::{self, Document};
use crate::config::nearest::nearest;
use crate::fault::{Fault, Result};

/// Where the file is, relative to the service's folder.
pub const PATH: &str = ".deliver/waivers.toml";

/// The whole file.
pub static WAIVERS: Table = Table::new(
    "waivers.toml",
    "What excuses readiness checks for a while.",
    &[
        Key::new("waiver", Form::List(&Form::Table(&WAIVER)), "An excuse."),
        Key::new(
            "harmless",
            Form::List(&Form::Table(&HARMLESS)),
            "A value that SEC-1 found and that opens nothing.",
        ),
    ],
);

static WAIVER: Table = Table::new(
    "[[waiver]]",
    "Excuses one check until a day.",
    &[
        Key::new("check", Form::Ruled(&CHECK), "The check's id.").required("\"DOC-1\""),
        Key::new(
            "scope",
            Form::Text,
            "A file or folder: the check is excused where it fails there only.",
        ),
        Key::new("reason", Form::Text, "Why it cannot be mended now.").required("\"the old runbook moves next month\""),
        Key::new("by", Form::Text, "Who takes it upon themselves.").required("\"ada@acme.example\""),
        Key::new(
            "until",
            Form::Ruled(&DAY),
            "The last day that it counts, at most a year ahead.",
        )
        .required("\"2027-01-31\""),
    ],
);

static HARMLESS: Table = Table::new(
    "[[harmless]]",
    "A value that opens nothing: it was revoked, or never did.",
    &[
        Key::new("hash", Form::Ruled(&HASH), "As `deliver ready` shows it.").required("\"0123456789ab\""),
        Key::new("reason", Form::Text, "When it was revoked, or what it is.")
            .required("\"revoked at AWS on 2026-03-04\""),
        Key::new("by", Form::Text, "Who made sure of it.").required("\"ada@acme.example\""),
    ],
);

static CHECK: Rule = Rule {
    expected: "the id of a check such as \"DOC-1\"",
    pattern: Some("^[A-Z]{3}-[0-9]+$"),
    check: |text| match CHECKS.iter().any(|check| check.id == text) {
        true => Ok(()),
        false => Err(match nearest(text, CHECKS.iter().map(|check| check.id)) {
            Some(near) => format!("did you mean {near:?}?"),
            None => "no check has this id; deliver ready lists them".into(),
        }),
    },
};

static DAY: Rule = Rule {
    expected: "a day such as \"2027-01-31\"",
    pattern: Some("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    check: |text| parse_day(text).map(drop),
};

static HASH: Rule = Rule {
    expected: "a hash of 12 hexadecimal digits",
    pattern: Some("^[0-9a-f]{12}$"),
    check: |text| match text.len() == 12 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        true => Ok(()),
        false => Err("copy it from `deliver ready explain SEC-1`".into()),
    },
};

/// A day as people write it; nothing but digits and dashes.
pub fn parse_day(text: &str) -> Result<Date, String> {
    let shaped = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    match text.parse() {
        Ok(date) if shaped => Ok(date),
        _ => Err("write year, month and day: 2027-01-31".into()),
    }
}

/// A file of waivers without problems.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waivers {
    pub all: Vec<Waiver>,
    pub harmless: Vec<Harmless>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    pub check: String,
    pub scope: Option<String>,
    pub reason: String,
    pub by: String,
    /// The last day it counts, in UTC.
    pub until: Date,
    pub line: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Harmless {
    pub hash: String,
    pub reason: String,
    pub by: String,
    pub line: usize,
}

/// What became of a waiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, schemars::JsonSchema, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It excuses a check.
    Used,
    /// It does, and ends within [`SOON_DAYS`].
    Expiring,
    /// It no longer counts.
    Expired,
    /// There is nothing for it to excuse.
    Unneeded,
}

/// A waiver that ends this soon is told of, while there is time to do something.
pub const SOON_DAYS: i32 = 14;

/// Today, for whoever writes a day into a file that others read: in UTC.
pub fn today(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

/// The last day that a waiver granted today may name.
pub fn latest(today: Date) -> Date {
    today.saturating_add(1.year())
}

impl Waiver {
    pub fn state(&self, today: Date, used: bool) -> State {
        match self.until < today {
            true => State::Expired,
            false if !used => State::Unneeded,
            false if self.until <= today.saturating_add(SOON_DAYS.days()) => State::Expiring,
            false => State::Used,
        }
    }

    /// Whether everything that fails is where this is about.
    fn covers(&self, places: &[Spot]) -> bool {
        let Some(scope) = self
            .scope
            .as_deref()
            .map(|scope| scope.trim_start_matches("./").trim_end_matches('/'))
        else {
            return true;
        };
        let inside = |spot: &Spot| {
            let rest = spot.path.strip_prefix(scope);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        !places.is_empty() && places.iter().all(inside)
    }
}

impl Waivers {
    /// The waiver that excuses a check which fails at these places; of several the one that lasts longest.
    pub fn excuse(&self, check: &str, places: &[Spot], today: Date) -> Option<&Waiver> {
        let counts = |waiver: &&Waiver| waiver.check == check && waiver.until >= today && waiver.covers(places);
        self.all.iter().filter(counts).max_by_key(|waiver| waiver.until)
    }

    /// Reads the file of a service; one that has none has no waivers. The fault holds every problem.
    pub fn load(folder: &std::path::Path, today: Date) -> Result<Waivers> {
        match tree::read_text(&folder.join(PATH)) {
            Text::Missing => Ok(Waivers::default()),
            Text::Refused(why) => Err(Fault::usage("invalid-file", format!("cannot use `{PATH}`: it {why}"))),
            Text::Read(text) => parse(&text, today),
        }
    }
}

/// Reads the text of a file.
pub fn parse(text: &str, today: Date) -> Result<Waivers> {
    let (document, syntax) = Document::parse(text, PATH)?;
    let mut problems = Problems::new(&document);
    decode::check(&document, &WAIVERS, &mut problems);
    let root = View::new(&document.root, &WAIVERS);
    let line = |at: std::ops::Range<usize>| document.span(at).line;
    let mut waivers = Waivers::default();
    for (_, at, view) in root.tables("waiver") {
        let text = |key: &str| view.text(key).unwrap_or_default();
        let check_id = text("check");
        if check::find(&check_id).is_some_and(|check| !check.waivable) {
            let at = view.at("check").unwrap_or(at.clone());
            let hint = "mend it, or name each value that is harmless: [[harmless]]".to_owned();
            problems.add(
                at,
                format!("`{}` cannot be waived", shown(&check_id)),
                "of this one there is no excuse",
                Some(hint),
            );
        }
        let Ok(until) = parse_day(&text("until")) else { continue };
        if until > latest(today) {
            let at = view.at("until").unwrap_or(at.clone());
            let hint = Some(format!("until = \"{}\"", latest(today)));
            problems.add(at, "a waiver lasts a year at most", "more than a year ahead", hint);
        }
        waivers.all.push(Waiver {
            check: check_id,
            scope: view.text("scope"),
            reason: text("reason"),
            by: text("by"),
            until,
            line: line(at),
        });
    }
    for (_, at, view) in root.tables("harmless") {
        let text = |key: &str| view.text(key).unwrap_or_default();
        waivers.harmless.push(Harmless {
            hash: text("hash"),
            reason: text("reason"),
            by: text("by"),
            line: line(at),
        });
    }
    let mut all = syntax;
    all.extend(problems.finish());
    match all.is_empty() {
        true => Ok(waivers),
        false => Err(document::invalid(PATH, all)),
    }
}

/// The text with one more waiver; one of the same check and scope is replaced, everything else stays as people wrote it.
pub fn granted(text: &str, waiver: &Waiver) -> Result<String> {
    let unreadable =
        |error: toml_edit::TomlError| Fault::usage("invalid-file", format!("cannot use `{PATH}`")).because(error);
    let mut document: toml_edit::DocumentMut = text.parse().map_err(unreadable)?;
    let entry = document
        .entry("waiver")
        .or_insert(toml_edit::Item::ArrayOfTables(toml_edit::ArrayOfTables::new()));
    let Some(tables) = entry.as_array_of_tables_mut() else {
        return Err(Fault::usage(
            "invalid-file",
            format!("cannot add to `{PATH}`: `waiver` is not written as [[waiver]]"),
        ));
    };
    let says =
        |table: &toml_edit::Table, key: &str| table.get(key).and_then(toml_edit::Item::as_str).map(str::to_owned);
    let same = |table: &toml_edit::Table| {
        says(table, "check").as_deref() == Some(&waiver.check) && says(table, "scope") == waiver.scope
    };
    let known = tables.iter().position(same);
    let mut fresh = toml_edit::Table::new();
    let table = match known.and_then(|index| tables.get_mut(index)) {
        Some(table) => table,
        None => &mut fresh,
    };
    let until = waiver.until.to_string();
    for (key, value) in [
        ("check", Some(&waiver.check)),
        ("scope", waiver.scope.as_ref()),
        ("reason", Some(&waiver.reason)),
        ("by", Some(&waiver.by)),
        ("until", Some(&until)),
    ] {
        if let Some(value) = value {
            table[key] = toml_edit::value(value.as_str());
        }
    }
    if known.is_none() {
        tables.push(fresh);
    }
    let written = document.to_string();
    Ok(match text.is_empty() {
        true => format!(
            "# What excuses readiness checks for a while: `deliver ready` says which are used, and which end soon.\n\n{}",
            written.trim_start()
        ),
        false => written,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn today() -> Date {
        date(2026, 3, 4)
    }

    fn waiver(check: &str, scope: Option<&str>, until: Date) -> Waiver {
        Waiver {
            check: check.into(),
            scope: scope.map(str::to_owned),
            reason: "r".into(),
            by: "b".into(),
            until,
            line: 1,
        }
    }

    fn problems(text: &str) -> Vec<String> {
        let fault = parse(text, today()).expect_err("problems");
        let told = |problem: &crate::fault::Problem| {
            let line = problem.span.as_ref().map_or(0, |span| span.line);
            format!(
                "{line} {} | {}",
                problem.message,
                problem.label.as_deref().unwrap_or("")
            )
        };
        fault.file_problems().iter().map(told).collect()
    }

    #[test]
    fn every_problem_is_told_with_its_line() {
        let text = "\
[[waiver]]
check = \"DOC-11\"
reason = \"x\"
by = \"ada\"
until = \"2027-03-05\"
[[waiver]]
check = \"SEC-1\"
reson = \"x\"
until = 2026-04-01
[[harmless]]
hash = \"XYZ\"
reason = \"x\"
by = \"ada\"
";
        assert_eq!(
            problems(text),
            [
                "2 `waiver.check` must be the id of a check such as \"DOC-1\" | did you mean \"DOC-1\"?",
                "5 a waiver lasts a year at most | more than a year ahead",
                "6 `[[waiver]]` lacks `reason` and `by` | missing here",
                "7 `SEC-1` cannot be waived | of this one there is no excuse",
                "8 unknown key `reson` in `[[waiver]]` | did you mean `reason`?",
                "9 `waiver.until` must be a day such as \"2027-01-31\", not a date | this is a date",
                "11 `harmless.hash` must be a hash of 12 hexadecimal digits | copy it from `deliver ready explain SEC-1`",
            ]
        );
    }

    #[test]
    fn a_waiver_counts_through_its_last_day() {
        let state = |until, used| waiver("DOC-1", None, until).state(today(), used);
        assert_eq!(state(date(2026, 3, 3), true), State::Expired);
        assert_eq!(state(date(2026, 3, 4), true), State::Expiring);
        assert_eq!(state(date(2026, 3, 18), true), State::Expiring);
        assert_eq!(state(date(2026, 3, 19), true), State::Used);
        assert_eq!(state(date(2026, 3, 19), false), State::Unneeded);
        let waivers = Waivers {
            all: vec![
                waiver("DOC-1", None, date(2026, 3, 3)),
                waiver("DOC-1", None, date(2026, 3, 4)),
            ],
            ..Waivers::default()
        };
        let excuse = |day| waivers.excuse("DOC-1", &[], day).map(|waiver| waiver.until);
        assert_eq!(excuse(today()), Some(date(2026, 3, 4)));
        assert_eq!(excuse(date(2026, 3, 5)), None);
    }

    #[test]
    fn a_scope_excuses_only_what_fails_inside_of_it() {
        let spot = |path: &str| Spot {
            path: path.into(),
            line: 1,
            note: String::new(),
        };
        let waiver = waiver("BLD-4", Some("legacy/"), today());
        assert!(waiver.covers(&[spot("legacy/a"), spot("legacy/b/c")]));
        assert!(!waiver.covers(&[spot("legacy/a"), spot("legacy2")]));
        assert!(!waiver.covers(&[]), "what fails at no place fails everywhere");
    }

    #[test]
    fn a_waiver_that_is_granted_again_is_renewed_and_the_rest_stays() {
        let first = granted("", &waiver("DOC-1", None, date(2026, 5, 1))).expect("written");
        let kept = format!("{first}\n# why: people wrote this\n");
        let second = granted(&kept, &waiver("BLD-4", Some("a"), date(2026, 5, 1))).expect("written");
        let third = granted(&second, &waiver("DOC-1", None, date(2026, 6, 1))).expect("written");
        assert!(third.contains("# why: people wrote this"), "{third}");
        let read = parse(&third, today()).expect("sound").all;
        let shown: Vec<(String, Option<String>, Date)> =
            read.into_iter().map(|it| (it.check, it.scope, it.until)).collect();
        assert_eq!(
            shown,
            [
                ("DOC-1".into(), None, date(2026, 6, 1)),
                ("BLD-4".into(), Some("a".into()), date(2026, 5, 1))
            ]
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(\\[\\[waiver\\]\\]\\n|check|until|reason|scope| = |\"|[A-Z0-9é\\-\\n\\[\\]{}'.#]){0,60}") {
            let _ = parse(&text, today());
            let _ = granted(&text, &waiver("DOC-1", None, today()));
        }

        #[test]
        fn what_is_granted_is_read_back(reason in "[^\\x00]{1,40}", by in "[^\\x00]{1,20}") {
            prop_assume!(!reason.trim().is_empty() && !by.trim().is_empty());
            let one = Waiver { reason, by, ..waiver("DOC-1", Some("a b"), today()) };
            let text = granted("", &one).expect("written");
            let read = parse(&text, today()).expect("sound").all;
            prop_assert_eq!((&read[0].reason, &read[0].by), (&one.reason, &one.by));
        }
    }
}
