//! Whose turn it is: handoffs are wall-clock times at whole multiples of a length from the layer's start.
//!
//! The n-th handoff is found in closed form, on the calendar and without a time zone, and then made a moment. Two handoffs
//! of a short rotation can fall on the one moment at which the clock jumps over both. The turn between them has no length;
//! turns are counted by distinct moments, so that nobody loses theirs to a clock.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span};

use crate::model::rota::{Every, Layer};
use crate::model::wall;

/// One person's turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    pub start: Timestamp,
    pub end: Timestamp,
    /// Place in [`Layer::people`].
    pub place: usize,
    /// What the wall clock was to show at both ends.
    pub from: DateTime,
    pub to: DateTime,
}

/// The turns of a layer that have begun before `to` and end after `from`, in order, without holes between them.
pub(super) fn turns(layer: &Layer, zone: &TimeZone, from: Timestamp, to: Timestamp) -> Vec<Turn> {
    let begins = wall::first(zone, layer.start);
    let ends = layer.until.map_or(Timestamp::MAX, |until| wall::first(zone, until));
    let to = to.min(ends);
    if to <= begins || to <= from {
        return Vec::new();
    }
    let people = layer.people.len() as i64;
    let handoff = |number: i64| wall::first(zone, naive(layer, number));
    let mut number = last_handoff(layer, zone, from.max(begins));
    let mut empty = empty_turns(layer, zone, handoff(number));
    let mut turns = Vec::new();
    let mut start = handoff(number);
    while start < to && start < Timestamp::MAX {
        let end = handoff(number + 1);
        if end == start {
            empty += 1;
        } else {
            turns.push(Turn {
                start,
                end: end.min(ends),
                place: usize::try_from((number - empty).rem_euclid(people)).unwrap_or_default(),
                from: naive(layer, number),
                to: naive(layer, number + 1),
            });
        }
        (number, start) = (number + 1, end);
    }
    turns
}

/// The number of the last handoff at or before `at`, which is not before the first.
fn last_handoff(layer: &Layer, zone: &TimeZone, at: Timestamp) -> i64 {
    let handoff = |number: i64| wall::first(zone, naive(layer, number));
    let mut number = floor(layer, zone.to_datetime(at)).max(0);
    // A clock that was put back shows times again whose handoffs are past; a jump has handoffs ahead of the clock.
    while number > 0 && handoff(number) > at {
        number -= 1;
    }
    while handoff(number + 1) <= at && handoff(number + 1) < Timestamp::MAX {
        number += 1;
    }
    number
}

/// How many turns before the handoff at `at` had no length.
fn empty_turns(layer: &Layer, zone: &TimeZone, at: Timestamp) -> i64 {
    let begins = wall::first(zone, layer.start);
    let mut before = zone.to_offset(begins - SignedDuration::from_nanos(1));
    let mut empty = 0;
    // The jump may be at the first handoff itself.
    for transition in zone.following(begins - SignedDuration::from_nanos(1)) {
        if transition.timestamp() > at {
            break;
        }
        let after = transition.offset();
        if after > before {
            // Both ends of what is skipped are this one moment.
            let skipped = before.to_datetime(transition.timestamp());
            let resumed = after.to_datetime(transition.timestamp());
            let first = ceil(layer, skipped).max(0);
            let last = floor(layer, resumed);
            empty += (last - first).max(0);
        }
        before = after;
    }
    empty
}

/// What the wall clock shows at a handoff.
fn naive(layer: &Layer, number: i64) -> DateTime {
    let later = |span: Option<Span>| span.and_then(|span| layer.start.checked_add(span).ok());
    let times = |length: u16| i64::from(length).checked_mul(number);
    let at = match layer.every {
        Every::Hours(hours) => later(times(hours).and_then(|hours| Span::new().try_hours(hours).ok())),
        Every::Days(days) => later(times(days).and_then(|days| Span::new().try_days(days).ok())),
        Every::Months(months) => times(months).and_then(|months| month_later(layer.start, months)),
    };
    at.unwrap_or(if number < 0 { DateTime::MIN } else { DateTime::MAX })
}

/// The same day so many months later, or the last of a month that has no such day. Always counted from the original day,
/// so that a 31st comes back after a February.
fn month_later(start: DateTime, months: i64) -> Option<DateTime> {
    let first: Date = start.date().first_of_month();
    let month = first.checked_add(Span::new().try_months(months).ok()?).ok()?;
    let day = start.day().min(month.days_in_month());
    Some(month.with().day(day).build().ok()?.to_datetime(start.time()))
}

/// The number of the last handoff that the calendar has at or before `at`; negative before the start.
fn floor(layer: &Layer, at: DateTime) -> i64 {
    let seconds = |length: i64| {
        let passed = at.duration_since(layer.start);
        // Rounded down, also before the start.
        let whole = passed.as_secs() - i64::from(passed.subsec_nanos() < 0);
        whole.div_euclid(length)
    };
    match layer.every {
        Every::Hours(hours) => seconds(i64::from(hours) * 3600),
        Every::Days(days) => seconds(i64::from(days) * 86_400),
        Every::Months(months) => {
            let months_of = |at: DateTime| i64::from(at.year()) * 12 + i64::from(at.month());
            let number = (months_of(at) - months_of(layer.start)).div_euclid(i64::from(months));
            number - i64::from(naive(layer, number) > at)
        }
    }
}

/// The number of the first handoff that the calendar has at or after `at`.
fn ceil(layer: &Layer, at: DateTime) -> i64 {
    let number = floor(layer, at);
    number + i64::from(naive(layer, number) < at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::rota::Window;

    fn layer(start: &str, every: &str, people: usize) -> Layer {
        Layer {
            line: 1,
            role: "primary".into(),
            people: (0..people).map(|number| format!("p{number}")).collect(),
            start: start.parse().expect("a time"),
            until: None,
            every: every.parse().expect("a length"),
            window: Window::ALWAYS,
        }
    }

    /// Turns as `place from to`.
    fn shown(layer: &Layer, zone: &str, from: &str, to: &str) -> Vec<String> {
        let zone = TimeZone::get(zone).expect("a zone");
        let at = |text: &str| text.parse::<Timestamp>().expect("a moment");
        turns(layer, &zone, at(from), at(to))
            .iter()
            .map(|turn| format!("{} {} {}", turn.place, turn.start, turn.end))
            .collect()
    }

    #[test]
    fn weeks_keep_their_time_of_day_over_both_changes_of_the_clock() {
        let layer = layer("2026-03-02T09:00", "1w", 3);
        assert_eq!(
            shown(&layer, "Europe/Berlin", "2026-03-24T00:00:00Z", "2026-04-01T00:00:00Z"),
            [
                "0 2026-03-23T08:00:00Z 2026-03-30T07:00:00Z",
                "1 2026-03-30T07:00:00Z 2026-04-06T07:00:00Z"
            ]
        );
        assert_eq!(
            shown(&layer, "Europe/Berlin", "2026-10-25T12:00:00Z", "2026-10-26T08:00:01Z"),
            [
                "0 2026-10-19T07:00:00Z 2026-10-26T08:00:00Z",
                "1 2026-10-26T08:00:00Z 2026-11-02T08:00:00Z"
            ]
        );
    }

    #[test]
    fn a_handoff_at_half_past_two_is_at_the_jump_and_at_the_first_of_two() {
        let daily = layer("2020-03-06T02:30", "1d", 2);
        assert_eq!(
            shown(
                &daily,
                "America/Chicago",
                "2020-03-08T00:00:00Z",
                "2020-03-09T00:00:00Z"
            ),
            [
                "1 2020-03-07T08:30:00Z 2020-03-08T08:00:00Z",
                "0 2020-03-08T08:00:00Z 2020-03-09T07:30:00Z"
            ]
        );
        let daily = layer("2026-10-24T02:30", "1d", 2);
        assert_eq!(
            shown(&daily, "Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z"),
            ["1 2026-10-25T00:30:00Z 2026-10-26T01:30:00Z"]
        );
    }

    #[test]
    fn nobody_loses_a_turn_to_a_skipped_hour() {
        let hourly = layer("2026-03-29T00:00", "1h", 3);
        assert_eq!(
            shown(&hourly, "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T03:00:00Z"),
            [
                "0 2026-03-28T23:00:00Z 2026-03-29T00:00:00Z",
                "1 2026-03-29T00:00:00Z 2026-03-29T01:00:00Z",
                "2 2026-03-29T01:00:00Z 2026-03-29T02:00:00Z",
                "0 2026-03-29T02:00:00Z 2026-03-29T03:00:00Z"
            ]
        );
        // Samoa had no 30 December 2011: both midnights are one moment.
        let daily = layer("2011-12-28T00:00", "1d", 3);
        assert_eq!(
            shown(&daily, "Pacific/Apia", "2011-12-29T12:00:00Z", "2011-12-31T12:00:00Z"),
            [
                "1 2011-12-29T10:00:00Z 2011-12-30T10:00:00Z",
                "2 2011-12-30T10:00:00Z 2011-12-31T10:00:00Z",
                "0 2011-12-31T10:00:00Z 2012-01-01T10:00:00Z"
            ]
        );
    }

    #[test]
    fn an_hour_that_comes_twice_is_one_turn_of_two_hours() {
        let hourly = layer("2026-10-25T01:00", "1h", 3);
        assert_eq!(
            shown(&hourly, "Europe/Berlin", "2026-10-25T00:00:00Z", "2026-10-25T03:00:00Z"),
            [
                "1 2026-10-25T00:00:00Z 2026-10-25T02:00:00Z",
                "2 2026-10-25T02:00:00Z 2026-10-25T03:00:00Z"
            ]
        );
    }

    #[test]
    fn months_end_where_they_end_and_a_thirty_first_comes_back() {
        let monthly = layer("2026-01-31T09:00", "1mo", 2);
        assert_eq!(
            shown(&monthly, "UTC", "2026-02-01T00:00:00Z", "2026-04-01T00:00:00Z"),
            [
                "0 2026-01-31T09:00:00Z 2026-02-28T09:00:00Z",
                "1 2026-02-28T09:00:00Z 2026-03-31T09:00:00Z",
                "0 2026-03-31T09:00:00Z 2026-04-30T09:00:00Z"
            ]
        );
        let quarterly = layer("2023-11-30T00:00", "3mo", 4);
        assert_eq!(
            shown(&quarterly, "UTC", "2024-02-28T23:59:59Z", "2024-03-01T00:00:00Z"),
            [
                "0 2023-11-30T00:00:00Z 2024-02-29T00:00:00Z",
                "1 2024-02-29T00:00:00Z 2024-05-30T00:00:00Z"
            ]
        );
    }

    #[test]
    fn there_is_no_turn_before_the_start_and_none_after_the_end() {
        let mut layer = layer("2026-03-02T09:00", "1w", 2);
        layer.until = Some("2026-03-11T09:00".parse().expect("a time"));
        assert_eq!(
            shown(&layer, "UTC", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"),
            [
                "0 2026-03-02T09:00:00Z 2026-03-09T09:00:00Z",
                "1 2026-03-09T09:00:00Z 2026-03-11T09:00:00Z"
            ]
        );
        let none: [&str; 0] = [];
        assert_eq!(
            shown(&layer, "UTC", "2026-01-01T00:00:00Z", "2026-03-02T09:00:00Z"),
            none
        );
        assert_eq!(
            shown(&layer, "UTC", "2026-03-11T09:00:00Z", "2026-04-01T00:00:00Z"),
            none
        );
    }

    /// Counts handoffs one by one from the start, as a person with a calendar would.
    fn counted(layer: &Layer, zone: &TimeZone, to: Timestamp) -> Vec<(Timestamp, Timestamp, usize)> {
        let mut moments: Vec<Timestamp> = Vec::new();
        for number in 0.. {
            let at = wall::first(zone, naive(layer, number));
            if moments.last() != Some(&at) {
                moments.push(at);
            }
            if at >= to {
                break;
            }
        }
        let pairs = moments.windows(2).enumerate();
        pairs
            .map(|(number, pair)| (pair[0], pair[1], number % layer.people.len()))
            .collect()
    }

    const ZONES: [&str; 6] = [
        "Europe/Berlin",
        "America/Chicago",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "America/Havana",
        "UTC",
    ];

    proptest! {
        #[test]
        fn the_closed_form_is_what_counting_finds(
            zone in 0..ZONES.len(), year in 2009i16..2013, month in 1i8..13, day in 1i8..32, hour in 0i8..24,
            half in prop::bool::ANY, every in prop::sample::select(vec!["1h", "5h", "12h", "1d", "3d", "1w", "1mo", "2mo"]),
            people in 1usize..5, skip in 0i64..400, long in 1i64..40,
        ) {
            let zone = TimeZone::get(ZONES[zone]).expect("a zone");
            let month = jiff::civil::date(year, month, 1);
            let date = month.with().day(day.min(month.days_in_month())).build().expect("a day");
            let mut layer = layer("2026-01-01T00:00", every, people);
            layer.start = date.at(hour, if half { 30 } else { 0 }, 0, 0);
            let from = wall::first(&zone, layer.start) + SignedDuration::from_hours(24 * skip);
            let to = from + SignedDuration::from_hours(24 * long);
            let found: Vec<_> = turns(&layer, &zone, from, to).iter().map(|turn| (turn.start, turn.end, turn.place)).collect();
            let mut expected = counted(&layer, &zone, to);
            expected.retain(|(start, end, _)| *end > from && *start < to);
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn the_end_of_the_calendar_is_an_end() {
        let layer = layer("9998-12-01T00:00", "1mo", 2);
        let turns = turns(
            &layer,
            &TimeZone::UTC,
            "9999-06-01T00:00:00Z".parse().expect("a moment"),
            Timestamp::MAX,
        );
        assert!(turns.windows(2).all(|pair| pair[0].end == pair[1].start));
        assert_eq!(turns.last().map(|turn| turn.end), Some(Timestamp::MAX));
    }
}
