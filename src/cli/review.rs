//! `deliver review`: a week of every team, or of one.

mod collect;
mod layout;

use jiff::civil::{ISOWeekDate, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::page::Page;
use super::report::Report;
use super::{Cx, Exit};
use crate::fault::{Fault, Result};
use crate::model::Span;
use crate::review::{Period, Review, review};

/// Review a week: what was deployed, what hurt, what is owed
///
/// Deployments, incidents, error budgets, readiness, on-call load, actions, holds, and what could not be known.
///
/// Without a flag the last seven days. A week of the calendar is that of ISO 8601 in UTC, so that everybody sees the same
/// one; what happened after its end is left out, so that its review does not change.
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver review
  $ deliver review --week 2026-W47 --format markdown > review.md
  $ deliver review --since 28d --team checkout --json")]
pub struct ReviewArgs {
    /// A week of the calendar: 2026-W47, or `last`
    #[arg(long, value_name = "WEEK", conflicts_with = "since")]
    week: Option<Week>,

    /// The time until now instead: 7d, 28d
    #[arg(long, value_name = "LENGTH")]
    since: Option<Span>,

    /// Only this team's services, incidents and rotas
    #[arg(long, value_name = "NAME")]
    team: Option<String>,

    /// How it is written where it is not --json
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Markdown,
}

/// A week of ISO 8601.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Week {
    Last,
    Of(ISOWeekDate),
}

impl std::str::FromStr for Week {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "last" {
            return Ok(Week::Last);
        }
        let expected = || "write a year and a week of it (`2026-W47`), or `last`".to_owned();
        let upper = text.to_ascii_uppercase();
        let (year, week) = upper
            .split_once("-W")
            .or_else(|| upper.split_once('W'))
            .ok_or_else(expected)?;
        let number = |text: &str| match !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            true => text.parse().ok(),
            false => None,
        };
        let (year, week) = (number(year).ok_or_else(expected)?, number(week).ok_or_else(expected)?);
        let week = i8::try_from(week).map_err(|_| expected())?;
        let monday = ISOWeekDate::new(year, week, Weekday::Monday);
        monday.map(Week::Of).map_err(|_| format!("{year} has no week {week}"))
    }
}

pub fn run(args: &ReviewArgs, cx: &mut Cx) -> Result<Exit> {
    let now = cx.world.clock().now();
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let period = period(args, now)?;
    let facts = collect::facts(cx, period, args.team.clone())?;
    let report = review(&facts);
    match args.format {
        Format::Markdown if !cx.ui.json() => cx.ui.print(&layout::markdown(&report))?,
        _ => cx.ui.answer(&report)?,
    }
    Ok(Exit::Ok)
}

/// The longest time that is reviewed at once, in days: five years, beyond which it is a slip of the finger.
const LONGEST: u64 = 5 * 366;

fn period(args: &ReviewArgs, now: Timestamp) -> Result<Period> {
    let week = match args.week {
        None => {
            let length = args.since.unwrap_or(Span::from_secs(7 * 86_400));
            if length == Span::ZERO || length > Span::from_secs(LONGEST * 86_400) {
                let message = format!("cannot review {length}: from a moment to five years can be");
                return Err(Fault::usage("length-out-of-range", message).hint("deliver review --since 28d"));
            }
            let length = SignedDuration::try_from(length.duration()).unwrap_or(SignedDuration::MAX);
            return Ok(Period {
                from: now.saturating_sub(length).unwrap_or(Timestamp::MIN),
                // The second that runs belongs to it: what has just been done is in its review.
                to: now.saturating_add(SignedDuration::from_secs(1)).unwrap_or(now),
                week: None,
                now,
            });
        }
        Some(Week::Of(monday)) => monday,
        Some(Week::Last) => {
            let today = TimeZone::UTC.to_datetime(now).date();
            let then = today.checked_sub(jiff::Span::new().days(7)).unwrap_or(today);
            then.iso_week_date()
        }
    };
    let midnight = |date: ISOWeekDate| {
        let date = date.date();
        TimeZone::UTC.to_timestamp(date.to_datetime(jiff::civil::Time::midnight()))
    };
    let monday = ISOWeekDate::new(week.year(), week.week(), Weekday::Monday).unwrap_or(week);
    let from = midnight(monday).unwrap_or(Timestamp::MAX);
    let name = format!("{}-W{:02}", week.year(), week.week());
    if from > now {
        return Err(Fault::usage("week-to-come", format!("{name} has not begun")).hint("deliver review"));
    }
    Ok(Period {
        from,
        to: from
            .saturating_add(SignedDuration::from_hours(7 * 24))
            .unwrap_or(Timestamp::MAX),
        week: Some(name),
        now,
    })
}

impl Report for Review {
    const SCHEMA: &'static str = "review";

    fn render(&self, page: &mut Page) {
        layout::page(self, page);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_are_those_of_iso_8601() {
        let week = |text: &str| text.parse::<Week>();
        for text in ["2026-W47", "2026W47", "2026-w47"] {
            let Ok(Week::Of(date)) = week(text) else {
                panic!("{text}")
            };
            assert_eq!(date.date().to_string(), "2026-11-16", "{text}");
        }
        assert_eq!(week("last"), Ok(Week::Last));
        assert!(week("2026-W53").is_ok());
        for bad in [
            "", "W47", "2026", "2026-W54", "2025-W53", "2026-W0", "2026-W-7", "26-47-1", "x-W1",
        ] {
            assert!(week(bad).is_err(), "{bad}");
        }
    }
}
