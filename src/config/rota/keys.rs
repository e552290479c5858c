//! What may stand in `rotas/NAME.toml`.

use jiff::civil::{Date, DateTime, Time};

use crate::config::describe::{Form, Key, Rule, Table};
use crate::config::rules;
use crate::model::rota::Every;

/// The whole file.
pub static ROTA: Table = Table::new(
    "rotas/NAME.toml",
    "Who of a team is on call, and when. The file's name is the rota's.",
    &[
        Key::new(
            "team",
            Form::Ruled(&rules::NAME),
            "The team whose services are looked after.",
        )
        .required("\"checkout\""),
        Key::new(
            "time_zone",
            Form::Ruled(&rules::TIME_ZONE),
            "Whose wall clock every time in this file is read from.",
        )
        .required("\"Europe/Berlin\""),
        Key::new(
            "cover",
            Form::Table(&COVER),
            "When somebody has to be on call. Outside of it nobody is missed.",
        )
        .default("always"),
        Key::new(
            "layer",
            Form::List(&Form::Table(&LAYER)),
            "People who take turns. A later layer covers an earlier one of the same role, from its `start` on.",
        ),
        Key::new(
            "override",
            Form::List(&Form::Table(&OVERRIDE)),
            "Somebody else for a while. A later override covers an earlier one.",
        ),
    ],
)
.instead(&[
    ("layers", "write one `[[layer]]` for each"),
    ("overrides", "write one `[[override]]` for each"),
    ("people", "people take turns in a `[[layer]]`"),
    ("timezone", "write `time_zone`"),
    ("name", "the file's name is the rota's"),
]);

pub static LAYER: Table = Table::new(
    "[[layer]]",
    "People who take turns in one role.",
    &[
        Key::new("role", Form::Ruled(&rules::NAME), "What they are called for.").default("\"primary\""),
        Key::new(
            "people",
            Form::List(&Form::Ruled(&rules::NAME)),
            "Names of `[person.NAME]` of the platform, in the order of their turns.",
        )
        .required("[\"ada\", \"bo\"]"),
        Key::new(
            "start",
            Form::Moment(&DATE),
            "The day on which the first turn of the first person begins. All turns are counted from here: to change who \
             takes turns, write a further layer that starts on the day of the change, and nobody's turn moves before it.",
        )
        .required("\"2026-03-02\""),
        Key::new("until", Form::Moment(&DATE), "The day on which the layer ends, at the time of `handoff`.")
            .default("never"),
        Key::new("handoff", Form::Moment(&CLOCK), "The time of day at which turns begin and end.").default("\"09:00\""),
        Key::new("every", Form::Ruled(&EVERY), "How long a turn is, on the calendar.").default("\"1w\""),
    ],
)
.also(&[&COVER])
.instead(&[
    ("users", "write `people`"),
    ("members", "write `people`"),
    ("rotation", "write `every = \"1w\"`"),
    ("hours", "write `between = [\"09:00\", \"17:00\"]`"),
]);

/// Also what may stand in a layer: when the person whose turn it is is on call at all.
pub static COVER: Table = Table::new(
    "[cover]",
    "Times of the day on days of the week: here when somebody has to be on call, in a layer when the person is whose turn \
     it is. A stretch begins when its start first comes and ends when its end comes last, if the clock is put back.",
    &[
        Key::new(
            "weekdays",
            Form::List(&Form::Choice(&DAYS)),
            "The days on which a stretch begins.",
        )
        .default("every day"),
        Key::new(
            "between",
            Form::List(&Form::Moment(&CLOCK)),
            "Its start and end. An end before its start is on the next day; the same twice is a whole day.",
        )
        .default("all day"),
    ],
);

pub static OVERRIDE: Table = Table::new(
    "[[override]]",
    "Somebody else for a while.",
    &[
        Key::new("role", Form::Ruled(&rules::NAME), "The role of a layer.").default("\"primary\""),
        Key::new("person", Form::Ruled(&rules::NAME), "Who is on call instead.").required("\"bo\""),
        Key::new(
            "from",
            Form::Moment(&MOMENT),
            "By the rota's wall clock, or with an offset.",
        )
        .required("\"2026-03-04 18:00\""),
        Key::new("to", Form::Moment(&MOMENT), "When it ends.").required("\"2026-03-06 09:00\""),
        Key::new("reason", Form::Ruled(&LINE), "Why, for whoever asks."),
    ],
)
.instead(&[
    ("start", "write `from`"),
    ("end", "write `to`"),
    ("until", "write `to`"),
    ("people", "write `person`; one override names one"),
]);

/// From Monday.
pub const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Years that a rota may name: beyond them it is a slip of the finger.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2999;

static DATE: Rule = Rule {
    expected: "a date such as \"2026-03-02\"",
    pattern: Some("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    check: |text| date(text).map(drop),
};

static CLOCK: Rule = Rule {
    expected: "a time of day such as \"09:00\"",
    pattern: Some("^([01][0-9]|2[0-4]):[0-5][0-9](:00)?$"),
    check: |text| clock(text).map(drop),
};

static MOMENT: Rule = Rule {
    expected: "a date with a time such as \"2026-03-04 18:00\", or with an offset such as \"2026-03-04T18:00+01:00\"",
    pattern: Some("^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}"),
    check: |text| moment(text).map(drop),
};

static EVERY: Rule = Rule {
    expected: "the length of a turn such as \"1w\"",
    pattern: Some("^[0-9]+(h|d|w|mo)$"),
    check: |text| text.parse::<Every>().map(drop),
};

/// The longest reason, in characters: it has to fit into a message.
const LONGEST: usize = 200;

static LINE: Rule = Rule {
    expected: "a line of at most 200 characters",
    pattern: Some("^[^\\n]{1,200}$"),
    check: |text| match text {
        text if text.trim().is_empty() => Err("this is empty".into()),
        text if text.contains(char::is_control) => Err("this holds a control character".into()),
        text if text.chars().count() > LONGEST => Err("this is longer".into()),
        _ => Ok(()),
    },
};

/// `2026-03-02`.
pub fn date(text: &str) -> Result<Date, String> {
    // The parser would pass over a time of day.
    if text.len() != "2026-03-02".len() {
        return Err("write year, month and day".into());
    }
    let date: Date = text.parse().map_err(|_| "there is no such day".to_owned())?;
    within(date)
}

fn within(date: Date) -> Result<Date, String> {
    match YEARS.contains(&date.year()) {
        true => Ok(date),
        false => Err(format!("the year must be from {} to {}", YEARS.start(), YEARS.end())),
    }
}

/// `09:00`; `24:00` is midnight. Handoffs are at full minutes.
pub fn clock(text: &str) -> Result<Time, String> {
    let text = text
        .strip_suffix(":00")
        .filter(|rest| rest.contains(':'))
        .unwrap_or(text);
    let (hour, minute) = text.split_once(':').ok_or_else(|| "write hour and minute".to_owned())?;
    let number = |text: &str| match text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        true => text.parse::<i8>().ok(),
        false => None,
    };
    match (number(hour), number(minute)) {
        (Some(24), Some(0)) => Ok(Time::midnight()),
        (Some(hour), Some(minute)) => Time::new(hour, minute, 0, 0).map_err(|_| "there is no such time".into()),
        _ => Err("write hour and minute with two digits each".into()),
    }
}

/// A time with a date, by a wall clock or with its offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    Local(DateTime),
    Exact(jiff::Timestamp),
}

pub fn moment(text: &str) -> Result<Moment, String> {
    if !text.contains(':') {
        return Err("write the time of day too".into());
    }
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        within(jiff::tz::TimeZone::UTC.to_datetime(at).date())?;
        return Ok(Moment::Exact(at));
    }
    let at: DateTime = text.parse().map_err(|_| "there is no such time".to_owned())?;
    within(at.date())?;
    Ok(Moment::Local(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_are_read_strictly() {
        assert!(date("2026-03-02").is_ok());
        for bad in [
            "2026-3-2",
            "2026-02-30",
            "2026-03-02T09:00",
            "1969-12-31",
            "today",
            "+02026-03-02",
        ] {
            assert!(date(bad).is_err(), "{bad}");
        }
        assert_eq!(clock("09:30"), Ok(jiff::civil::time(9, 30, 0, 0)));
        assert_eq!(clock("09:30:00"), clock("09:30"));
        assert_eq!(clock("24:00"), Ok(Time::midnight()));
        for bad in ["9:30", "09:30:10", "25:00", "24:01", "09", ":", "09:3+", "-1:00"] {
            assert!(clock(bad).is_err(), "{bad}");
        }
        for good in [
            "2026-03-04 18:00",
            "2026-03-04T18:00:00",
            "2026-03-04T18:00+01:00",
            "2026-03-04 18:00Z",
        ] {
            assert!(moment(good).is_ok(), "{good}");
        }
        for bad in ["2026-03-04", "18:00", "2026-03-04 25:00", "9999-01-01 00:00"] {
            assert!(moment(bad).is_err(), "{bad}");
        }
    }
}
