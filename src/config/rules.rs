//! Rules for text that stands in files people write.

use crate::config::describe::Rule;
use crate::model::spec::SecretRef;
use crate::model::{Span, name};

pub static NAME: Rule = Rule {
    expected: "a name of a-z, 0-9 and `-` that starts with a letter",
    pattern: Some("^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$"),
    check: |text| {
        name::check(text).map_err(|wrong| match name::suggest(text) {
            Some(near) if near != text => format!("{wrong}; did you mean {near:?}?"),
            _ => wrong,
        })
    },
};

pub static SPAN: Rule = Rule {
    expected: "a length of time such as \"30s\"",
    pattern: Some("^([0-9]+(ms|s|m|h|d|w|mo))+$"),
    check: |text| {
        text.parse::<Span>()
            .map(drop)
            .map_err(|_| "units are ms, s, m, h, d, w, mo".into())
    },
};

pub static POSITIVE_SPAN: Rule = Rule {
    expected: "a length of time above zero such as \"30s\"",
    pattern: SPAN.pattern,
    check: |text| {
        (SPAN.check)(text)?;
        match text.parse() {
            Ok(Span::ZERO) => Err("this is no time at all".into()),
            _ => Ok(()),
        }
    },
};

/// The shortest and longest window of an objective. Below a day there is too little to count; above 90 days the raw
/// data for its slowest burn rate would be kept nowhere.
const WINDOW_DAYS: (u64, u64) = (1, 90);

pub static WINDOW: Rule = Rule {
    expected: "a length of time from 1d to 90d",
    pattern: SPAN.pattern,
    check: |text| {
        (SPAN.check)(text)?;
        let day = 86_400_000;
        let millis = text.parse::<Span>().unwrap_or_default().as_millis();
        if millis < WINDOW_DAYS.0 * day {
            return Err("shorter than a day".into());
        }
        match millis.saturating_sub(WINDOW_DAYS.1 * day) {
            0 => Ok(()),
            over => Err(format!("{} too long", Span::from_millis(over))),
        }
    },
};

pub static PERCENT: Rule = Rule {
    expected: "a percentage above 0 and below 100 such as \"99.9\"",
    pattern: Some("^[0-9]{1,2}(\\.[0-9]{1,6})?$"),
    check: |text| text.parse::<super::manifest::Objective>().map(drop),
};

/// A file or folder inside of the service's own: no `..`, nothing absolute.
pub static INSIDE: Rule = Rule {
    expected: "a path inside the service's folder",
    pattern: None,
    check: |text| {
        if text.trim().is_empty() {
            return Err("this is empty".into());
        }
        if text.starts_with('/') || text.starts_with('~') {
            return Err("this is an absolute path".into());
        }
        match text.split('/').any(|part| part == "..") {
            true => Err("`..` leads out of the folder".into()),
            false => Ok(()),
        }
    },
};

/// A folder above: `.`, `..`, `../..`.
pub static UPWARDS: Rule = Rule {
    expected: "a folder above the service's: `..` or `../..`",
    pattern: Some("^(\\.|\\.\\.(/\\.\\.)*)/?$"),
    check: |text| {
        let trimmed = text.strip_suffix('/').unwrap_or(text);
        let upwards = trimmed == "." || trimmed.split('/').all(|part| part == "..");
        match upwards && trimmed.len() <= 64 {
            true => Ok(()),
            false => Err("this is not above the service's folder".into()),
        }
    },
};

pub static URL_PATH: Rule = Rule {
    expected: "a path such as \"/healthz\"",
    pattern: Some("^/[!-~]*$"),
    check: |text| {
        if !text.starts_with('/') {
            return Err(match text.contains("://") {
                true => "write the path alone".into(),
                false => "must start with `/`".to_owned(),
            });
        }
        match text.chars().find(|c| !c.is_ascii_graphic() || *c == '#') {
            Some(bad) => Err(format!("{} cannot stand in a path", letter(bad))),
            None => Ok(()),
        }
    },
};

pub static HOST: Rule = Rule {
    expected: "a host name such as \"shop.example\"",
    pattern: Some("^[A-Za-z0-9.:_\\[\\]-]+$"),
    check: |text| {
        let bad = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '_' | '-' | '[' | ']'));
        match text.chars().find(|c| bad(*c)) {
            _ if text.is_empty() => Err("this is empty".into()),
            Some(bad) => Err(format!("{} cannot stand in a host name", letter(bad))),
            None => Ok(()),
        }
    },
};

pub static URL: Rule = Rule {
    expected: "a URL such as \"https://shop.example\"",
    pattern: Some("^https?://"),
    check: |text| {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        match rest {
            None => Err("must start with `https://` or `http://`".into()),
            Some("") => Err("lacks a host".into()),
            Some(rest) if !rest.chars().all(|c| c.is_ascii_graphic()) => Err("holds a character URLs cannot".into()),
            // It is shown and recorded wherever it is used.
            Some(rest)
                if rest
                    .split(['/', '?', '#'])
                    .next()
                    .is_some_and(|place| place.contains('@')) =>
            {
                Err("holds a user or a password before the host: it would be shown".into())
            }
            Some(_) => Ok(()),
        }
    },
};

/// An expression that counts the requests of a release over a window.
pub static COUNT_QUERY: Rule = Rule {
    expected: "a PromQL expression that names `$release` and `$window`",
    pattern: None,
    check: |text| expression(text, &["release", "window"], &["service", "env"]),
};

/// An expression for how long the answers of a release took.
pub static LATENCY_QUERY: Rule = Rule {
    expected: "a PromQL expression that names `$release`",
    pattern: None,
    check: |text| expression(text, &["release"], &["service", "env", "window", "quantile"]),
};

fn expression(text: &str, needed: &[&str], known: &[&str]) -> Result<(), String> {
    use crate::model::prometheus::{check, placeholders};
    check(text)?;
    let named = placeholders(text);
    let all: Vec<&str> = needed.iter().chain(known).copied().collect();
    if let Some(strange) = named.iter().find(|name| !all.contains(&name.as_str())) {
        let near = super::nearest::nearest(strange, all.iter().copied());
        return Err(match near {
            Some(near) => format!("`${strange}` is not known: did you mean `${near}`?"),
            None => format!("`${strange}` is not known here"),
        });
    }
    match needed.iter().find(|name| !named.iter().any(|one| one == *name)) {
        Some(missing) => Err(format!("`${missing}` is missing: the number must be of one release")),
        None => Ok(()),
    }
}

pub static CRON: Rule = Rule {
    expected: "five fields of cron such as \"*/5 * * * *\"",
    pattern: None,
    check: |text| {
        if text.starts_with('@') {
            return Err("write the five fields out".into());
        }
        match text.split_whitespace().count() {
            5 => {}
            1 => return Err("this has 1 field".into()),
            n => return Err(format!("this has {n} fields")),
        }
        let mut options = cronexpr::ParseOptions::default();
        options.fallback_timezone_option = cronexpr::FallbackTimezoneOption::UTC;
        match cronexpr::parse_crontab_with(text, options) {
            Ok(_) => Ok(()),
            // Its last line is a caret and the reason.
            Err(error) => {
                let text = error.to_string();
                let reason = text.lines().last().unwrap_or_default();
                Err(reason.trim_start_matches([' ', '^']).to_owned())
            }
        }
    },
};

/// A step of a canary: instances, or a share of the traffic.
pub static STEP: Rule = Rule {
    expected: "a number of instances or a percentage, such as \"1\" or \"25%\"",
    pattern: Some("^[0-9]+%?$"),
    check: |text| text.parse::<super::manifest::Portion>().map(drop),
};

/// A word of a command; only the first must not be empty, which is checked where commands are read.
pub static WORD: Rule = Rule {
    expected: "a string",
    pattern: None,
    check: |_| Ok(()),
};

pub static VARIABLE: Rule = Rule {
    expected: "letters, digits, `_`, `.` and `-`, not starting with a digit",
    pattern: Some("^[A-Za-z_][A-Za-z0-9_.-]*$"),
    check: |text| {
        let first = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let bad = text
            .chars()
            .find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')));
        match (first, bad) {
            (_, Some(bad)) => Err(format!("{} cannot stand in a variable's name", letter(bad))),
            (false, None) => Err("must start with a letter or `_`".into()),
            (true, None) => Ok(()),
        }
    },
};

/// Any text, empty too.
pub static VALUE: Rule = Rule {
    expected: "a string",
    pattern: None,
    check: |_| Ok(()),
};

/// The text may be a secret's value written by mistake: no message repeats it.
pub static REFERENCE: Rule = Rule {
    expected: "a reference, never a value: \"env:NAME\", \"file:PATH\" or \"exec:COMMAND\"",
    pattern: Some("^(env|file|exec):.+$"),
    check: |text| match text.parse::<SecretRef>() {
        Ok(SecretRef::Env(name)) => (VARIABLE.check)(&name).map_err(|_| "this is not a variable's name".into()),
        Ok(_) => Ok(()),
        Err(_) => Err("this is not a reference".into()),
    },
};

/// A reference that means the same wherever it is read: the place of an environment is remembered, and used from other folders
/// and machines than the one that its file lies in.
pub static REFERENCE_ANYWHERE: Rule = Rule {
    expected: "a reference, never a value: \"env:NAME\", \"file:/PATH\", \"file:~/PATH\" or \"exec:COMMAND\"",
    pattern: Some("^(env:|exec:|file:/|file:~/).+$"),
    check: |text| {
        (REFERENCE.check)(text)?;
        match text.parse::<SecretRef>() {
            Ok(SecretRef::File(path)) if !path.starts_with('/') && !path.starts_with("~/") => {
                Err("this path counts from no folder: write a whole one, or one from home with `~/`".into())
            }
            _ => Ok(()),
        }
    },
};

/// The longest e-mail address (RFC 3696, erratum 1690) is 254 characters; anything with an `@` inside will do.
pub static EMAIL: Rule = Rule {
    expected: "an e-mail address",
    pattern: Some("^[^@\\s]+@[^@\\s]+$"),
    check: |text| match text.split_once('@') {
        _ if text.len() > 254 || text.contains(char::is_whitespace) => Err("this is not an address".into()),
        Some((user, host)) if !user.is_empty() && !host.is_empty() && !host.contains('@') => Ok(()),
        _ => Err("this is not an address".into()),
    },
};

pub static TIME_ZONE: Rule = Rule {
    expected: "a time zone of the IANA database such as \"Europe/Berlin\"",
    pattern: None,
    check: |text| match jiff::tz::TimeZone::get(text) {
        Ok(_) => Ok(()),
        Err(_) => {
            let names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
            Err(match super::nearest::nearest(text, names.iter().map(String::as_str)) {
                Some(near) => format!("did you mean {near:?}?"),
                None => "no such time zone".into(),
            })
        }
    },
};

/// A path or a URL.
pub static PLACE: Rule = Rule {
    expected: "a path",
    pattern: None,
    check: |text| match text.trim().is_empty() {
        true => Err("this is empty".into()),
        false => Ok(()),
    },
};

/// A character as it is named in a message.
fn letter(c: char) -> String {
    match c {
        ' ' => "a space".into(),
        c => format!("`{}`", c.escape_debug()),
    }
}
