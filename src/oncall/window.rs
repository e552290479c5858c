//! Times of day on days of the week, as stretches of time.
//!
//! A stretch begins at the first occurrence of its start and ends at the last of its end, so that a night in which an hour
//! comes twice is covered as a whole; a whole day ends where the next begins. One that goes over midnight belongs to the
//! day on which it starts.

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::model::rota::Window;
use crate::model::wall;

/// The stretches that a window covers of the time from `from` to `to`: in order, apart from each other, not beyond either
/// end.
pub(super) fn stretches(
    window: &Window,
    zone: &TimeZone,
    from: Timestamp,
    to: Timestamp,
) -> Vec<(Timestamp, Timestamp)> {
    if from >= to {
        return Vec::new();
    }
    if window.is_always() {
        return vec![(from, to)];
    }
    let (start, end) = window.between.unwrap_or((Time::midnight(), Time::midnight()));
    let mut found: Vec<(Timestamp, Timestamp)> = Vec::new();
    // A stretch of up to a day, over a change of the clock, may have begun two dates ago.
    let before = from
        .saturating_sub(SignedDuration::from_hours(48))
        .unwrap_or(Timestamp::MIN);
    let mut date = zone.to_datetime(before).date();
    loop {
        let Ok(next) = date.checked_add(1.day()) else { break };
        if wall::first(zone, date.to_datetime(Time::midnight())) >= to {
            break;
        }
        if holds(window, date.weekday()) {
            let ends_on = if end > start { date } else { next };
            let begin = wall::first(zone, date.to_datetime(start)).max(from);
            let end = match start == end {
                true => wall::first(zone, ends_on.to_datetime(end)),
                false => wall::last(zone, ends_on.to_datetime(end)),
            };
            let end = end.min(to);
            match found.last_mut() {
                _ if begin >= end => {}
                Some(last) if begin <= last.1 => last.1 = last.1.max(end),
                _ => found.push((begin, end)),
            }
        }
        date = next;
    }
    found
}

/// As people write it: `mon tue 09:00 to 17:00`.
pub(super) fn shown(window: &Window) -> String {
    let days: Vec<String> = window
        .days
        .iter()
        .map(|day| format!("{day:?}")[..3].to_lowercase())
        .collect();
    let hours = window.between.map(|(from, to)| match from == to {
        true => format!("from {}", from.strftime("%H:%M")),
        false => format!("{} to {}", from.strftime("%H:%M"), to.strftime("%H:%M")),
    });
    let parts: Vec<String> = [(!days.is_empty()).then(|| days.join(" ")), hours]
        .into_iter()
        .flatten()
        .collect();
    match parts.is_empty() {
        true => "always".into(),
        false => parts.join(", "),
    }
}

fn holds(window: &Window, day: Weekday) -> bool {
    window.days.is_empty() || window.days.contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(days: &[Weekday], between: Option<(&str, &str)>, zone: &str, from: &str, to: &str) -> Vec<String> {
        let time = |text: &str| text.parse::<Time>().expect("a time of day");
        let window = Window {
            days: days.to_vec(),
            between: between.map(|(from, to)| (time(from), time(to))),
        };
        let zone = TimeZone::get(zone).expect("a zone");
        let at = |text: &str| text.parse::<Timestamp>().expect("a moment");
        stretches(&window, &zone, at(from), at(to))
            .iter()
            .map(|(start, end)| format!("{start} {end}"))
            .collect()
    }

    #[test]
    fn office_hours_are_by_the_wall_clock() {
        let days = [Weekday::Friday, Weekday::Monday];
        assert_eq!(
            shown(
                &days,
                Some(("09:00", "17:00")),
                "Europe/Berlin",
                "2026-03-27T10:00:00Z",
                "2026-03-30T10:00:00Z"
            ),
            [
                "2026-03-27T10:00:00Z 2026-03-27T16:00:00Z",
                "2026-03-30T07:00:00Z 2026-03-30T10:00:00Z"
            ]
        );
    }

    #[test]
    fn a_night_belongs_to_the_day_it_starts_on() {
        assert_eq!(
            shown(
                &[Weekday::Saturday],
                Some(("22:00", "06:00")),
                "Europe/Berlin",
                "2026-03-23T00:00:00Z",
                "2026-03-31T00:00:00Z"
            ),
            ["2026-03-28T21:00:00Z 2026-03-29T04:00:00Z"]
        );
    }

    #[test]
    fn an_end_that_comes_twice_is_the_last() {
        assert_eq!(
            shown(
                &[],
                Some(("01:00", "02:30")),
                "Europe/Berlin",
                "2026-10-24T22:00:00Z",
                "2026-10-25T12:00:00Z"
            ),
            ["2026-10-24T23:00:00Z 2026-10-25T01:30:00Z"]
        );
        assert_eq!(
            shown(
                &[],
                Some(("02:30", "03:00")),
                "Europe/Berlin",
                "2026-10-24T22:00:00Z",
                "2026-10-25T12:00:00Z"
            ),
            ["2026-10-25T00:30:00Z 2026-10-25T02:00:00Z"]
        );
    }

    #[test]
    fn what_the_clock_jumps_over_is_no_stretch() {
        let none: [&str; 0] = [];
        assert_eq!(
            shown(
                &[],
                Some(("02:00", "03:00")),
                "Europe/Berlin",
                "2026-03-28T12:00:00Z",
                "2026-03-29T12:00:00Z"
            ),
            none
        );
    }

    #[test]
    fn a_day_ends_where_the_next_begins_even_when_midnight_comes_twice() {
        assert_eq!(
            shown(
                &[Weekday::Saturday],
                None,
                "America/Havana",
                "2026-10-30T00:00:00Z",
                "2026-11-03T00:00:00Z"
            ),
            ["2026-10-31T04:00:00Z 2026-11-01T04:00:00Z"]
        );
    }

    #[test]
    fn whole_days_and_all_of_the_time_run_together() {
        let from = "2026-03-27T12:00:00Z";
        let weekend = [Weekday::Saturday, Weekday::Sunday];
        assert_eq!(
            shown(&weekend, None, "Europe/Berlin", from, "2026-04-02T12:00:00Z"),
            ["2026-03-27T23:00:00Z 2026-03-29T22:00:00Z"]
        );
        assert_eq!(
            shown(
                &[Weekday::Saturday],
                Some(("09:00", "09:00")),
                "UTC",
                from,
                "2026-04-02T12:00:00Z"
            ),
            ["2026-03-28T09:00:00Z 2026-03-29T09:00:00Z"]
        );
        assert_eq!(
            shown(&[], Some(("09:00", "09:00")), "UTC", from, "2026-04-02T12:00:00Z"),
            ["2026-03-27T12:00:00Z 2026-04-02T12:00:00Z"]
        );
    }
}
