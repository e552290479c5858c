//! The checks, by the areas of the catalogue. Each file holds constants and the judgements they point to, and nothing that
//! looks at the outside.

pub mod bld;
pub mod cap;
pub mod dep;
pub mod doc;
pub mod hlt;
pub mod obs;
pub mod own;
pub mod prv;
pub mod sec;
pub mod slo;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::check::Finding;
use super::fact::{Facts, Serves, Unknown};
use super::live::{Live, Running};

/// The service as it runs. A check that needs it does not apply before the first deployment that succeeded, and counts
/// from then on: whatever is not running now gives no evidence.
fn running(facts: &Facts) -> Result<Result<&Running, Finding>, Unknown> {
    match facts.live.get()? {
        Live::NeverDeployed => Ok(Err(Finding::not_applicable("nothing was deployed with success yet"))),
        Live::Running(running) => Ok(Ok(running)),
    }
}

/// The same for what only a service that answers requests itself can show.
fn answering(facts: &Facts) -> Result<Result<&Running, Finding>, Unknown> {
    match facts.entry.serves {
        Serves::Files => Ok(Err(Finding::not_applicable(
            "a static site: the engine serves its files and counts",
        ))),
        Serves::Nothing => Ok(Err(Finding::not_applicable("it takes no requests"))),
        Serves::Requests => running(facts),
    }
}

/// Days from the first deployment on within which what only traffic can show is not asked for: a new service has none yet,
/// and asking at once would keep it from ever being deployed again.
const SETTLING_DAYS: i64 = 7;

/// The last day of those, while they last.
fn settles(facts: &Facts) -> Result<Option<Date>, Unknown> {
    let days = SignedDuration::from_hours(24 * SETTLING_DAYS);
    let first = facts.deployments.get()?.first;
    let end = first.and_then(|first| first.checked_add(days).ok());
    Ok(end.filter(|end| facts.at < *end).map(day))
}

/// The day of a time, in UTC as waivers count.
fn day(at: Timestamp) -> Date {
    crate::readiness::waiver::today(at)
}

/// Nothing can be told of what is kept where there is no version control: what lies in the folder may be here only.
fn tracked(facts: &Facts) -> Result<(), Unknown> {
    match facts.versioned {
        true => Ok(()),
        false => Err(Unknown::new(
            "no history: not under version control",
            "git init && git add --all && git commit",
        )),
    }
}

/// `one, two and 3 more`.
fn some<T: AsRef<str>>(items: &[T]) -> String {
    /// More is a list that nobody reads on a line.
    const SHOWN: usize = 3;
    let shown: Vec<&str> = items.iter().take(SHOWN).map(AsRef::as_ref).collect();
    match items.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// `1 file`, `2 files`.
fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}
