//! From what a wall clock says to moments, where clocks are put forward and back.
//!
//! A time that comes twice is its first occurrence, unless the last is asked for. A time that is skipped is the moment at
//! which the clock jumps over it: nobody is on call before, or beyond, the moment their clock shows the handoff.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

/// What is peculiar about a time of the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peculiar {
    /// The clock is put back over it: it comes twice.
    Twice,
    /// The clock is put forward over it: it never comes.
    Skipped,
}

pub fn peculiar(zone: &TimeZone, at: DateTime) -> Option<Peculiar> {
    match zone.to_ambiguous_timestamp(at).offset() {
        AmbiguousOffset::Unambiguous { .. } => None,
        AmbiguousOffset::Fold { .. } => Some(Peculiar::Twice),
        AmbiguousOffset::Gap { .. } => Some(Peculiar::Skipped),
    }
}

/// The first moment at which the clock shows `at` or has jumped over it.
pub fn first(zone: &TimeZone, at: DateTime) -> Timestamp {
    match zone.to_ambiguous_timestamp(at).offset() {
        AmbiguousOffset::Unambiguous { offset } => moment(offset, at),
        AmbiguousOffset::Fold { before, .. } => moment(before, at),
        AmbiguousOffset::Gap { before, after } => jump(zone, at, before, after),
    }
}

/// The last moment at which the clock shows `at`, or has jumped over it.
pub fn last(zone: &TimeZone, at: DateTime) -> Timestamp {
    match zone.to_ambiguous_timestamp(at).offset() {
        AmbiguousOffset::Fold { after, .. } => moment(after, at),
        _ => first(zone, at),
    }
}

/// When the clock jumps from `before` to `after` over `at`.
fn jump(zone: &TimeZone, at: DateTime, before: Offset, after: Offset) -> Timestamp {
    // By the later offset `at` is before the jump, by the earlier one after it.
    let (early, late) = (moment(after, at), moment(before, at));
    let mut following = zone.following(early).map(|transition| transition.timestamp());
    following.find(|jump| zone.to_offset(*jump) == after).unwrap_or(late)
}

/// Times beyond what can be told are the first or the last that can.
fn moment(offset: Offset, at: DateTime) -> Timestamp {
    let edge = if at.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
    offset.to_timestamp(at).unwrap_or(edge)
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, ToSpan};
    use proptest::prelude::*;

    use super::*;

    fn check(zone: &str, at: &str, expected_first: &str, expected_last: &str) {
        let zone = TimeZone::get(zone).expect("a zone");
        let at: DateTime = at.parse().expect("a time");
        assert_eq!(
            (first(&zone, at).to_string(), last(&zone, at).to_string()),
            (expected_first.to_owned(), expected_last.to_owned()),
            "{at}"
        );
    }

    #[test]
    fn an_ordinary_time_is_one_moment() {
        check(
            "Europe/Berlin",
            "2026-03-02T09:00",
            "2026-03-02T08:00:00Z",
            "2026-03-02T08:00:00Z",
        );
    }

    #[test]
    fn a_time_that_comes_twice_has_two_moments() {
        let (one, two) = ("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z");
        check("Europe/Berlin", "2026-10-25T02:30", one, two);
        // Half an hour only: the clock goes back from 02:00 to 01:30.
        let (one, two) = ("2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z");
        check("Australia/Lord_Howe", "2026-04-05T01:45", one, two);
    }

    #[test]
    fn a_time_that_is_skipped_is_the_moment_of_the_jump() {
        for at in ["2020-03-08T02:00", "2020-03-08T02:30", "2020-03-08T03:00"] {
            check("America/Chicago", at, "2020-03-08T08:00:00Z", "2020-03-08T08:00:00Z");
        }
        let jump = "2026-10-03T15:30:00Z";
        check("Australia/Lord_Howe", "2026-10-04T02:15", jump, jump);
        // A whole day that Samoa left out.
        let jump = "2011-12-30T10:00:00Z";
        check("Pacific/Apia", "2011-12-30T12:00", jump, jump);
    }

    proptest! {
        #[test]
        fn the_first_is_when_the_clock_has_come_so_far_and_the_last_when_it_never_falls_behind_again(
            zone in prop::sample::select(vec!["Europe/Berlin", "Australia/Lord_Howe", "America/Havana", "Pacific/Apia"]),
            day in prop::sample::select(vec!["2011-12-29", "2011-12-30", "2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01"]),
            minutes in 0i64..1440,
        ) {
            let zone = TimeZone::get(zone).expect("a zone");
            let at = day.parse::<jiff::civil::Date>().expect("a day").at(0, 0, 0, 0) + minutes.minutes();
            let begin = first(&zone, at) - SignedDuration::from_hours(30);
            let moments: Vec<Timestamp> = (0..60 * 60).map(|minute| begin + SignedDuration::from_mins(minute)).collect();
            let reached = moments.iter().find(|moment| zone.to_datetime(**moment) >= at);
            prop_assert_eq!(reached, Some(&first(&zone, at)));
            let behind = moments.iter().rfind(|moment| zone.to_datetime(**moment) < at).expect("it begins before");
            prop_assert_eq!(*behind + SignedDuration::from_mins(1), last(&zone, at));
        }
    }

    #[test]
    fn times_beyond_what_can_be_told_do_not_panic() {
        let zone = TimeZone::get("America/Chicago").expect("a zone");
        assert_eq!(first(&zone, DateTime::MAX), Timestamp::MAX);
        assert_eq!(last(&zone, DateTime::MIN), Timestamp::MIN);
    }
}
