//! What the numbers of a watched release say, beside the release before and against what was promised: pass, fail or not
//! enough to tell. Pure functions of what was counted.
//!
//! * Counts are compared by their 95 % intervals, so that a failure is clear evidence and ends the watch at once.
//! * A quantile that a server computed is one number without an interval: it takes [`IN_A_ROW`] bad looks in a row, or
//!   [`IN_ALL`] in all.
//! * What is not known (no answer, no data, too few requests) is inconclusive, and never a pass.

use jiff::Timestamp;

use crate::model::classes::Classes;
use crate::model::interval::wilson;
use crate::model::measurement::{Judged, Measurement};
use crate::model::objective::Objective;
use crate::model::share::Share;
use crate::model::traffic::LATENCY_BOUNDS_MICROS;
use crate::model::{ReleaseNo, Span};
use crate::ports::metrics::Sample;

/// Fewer errors than these say nothing about a release: one failure of twenty would be a twentieth.
const MIN_ERRORS: u64 = 3;

/// A release that fails half of its requests or more is no measure for another.
const BROKEN: f64 = 0.5;

/// Answers may take up to twice as long as before, and 50 ms longer in any case: the histogram's steps are half of that, and
/// a service that answers in 5 ms may well take 10 right after its start.
const SLOWER: f64 = 2.0;
const SLOWER_MICROS: u64 = 50_000;

/// Looks whose verdict rests on a number without an interval: as Argo Rollouts and Flagger are mostly set up.
pub const IN_A_ROW: u32 = 2;
pub const IN_ALL: u32 = 3;

/// An objective, as far as the numbers of one release can answer it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    pub name: String,
    pub objective: Objective,
    pub good: Good,
}

/// Which events are good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Good {
    Status(Classes),
    /// Within so many microseconds.
    Within(u64),
    /// Expressions for the good ones and for all, in the language of the metrics source.
    Queries {
        good: String,
        total: String,
    },
}

impl Promise {
    fn share(&self) -> f64 {
        f64::from(self.objective.micropercent()) / 1e8
    }

    /// The good events of a release's own numbers; an error is why they are not known.
    pub fn kept_by(&self, sample: &Sample) -> Result<Share, String> {
        let unknown = |why: &str| Err(why.to_owned());
        match (&self.good, &sample.tally) {
            (Good::Status(classes), Some(tally)) => Ok(Share {
                part: classes.sum(&tally.classes),
                total: tally.total(),
            }),
            // What the app did not answer is bad, however quick that was; what lies between two bounds is not held against it.
            (Good::Within(micros), Some(tally)) => Ok(Share {
                part: tally.within(*micros).1.min(tally.total().saturating_sub(tally.failed)),
                total: tally.total(),
            }),
            (Good::Status(classes), None) if *classes == failures_are_5xx() => match sample.requests {
                Some(failed) => Ok(Share {
                    part: failed.total.saturating_sub(failed.part),
                    total: failed.total,
                }),
                None => unknown("no data"),
            },
            (Good::Status(_), None) => unknown("requests are not counted by status there"),
            (Good::Within(_), None) => unknown("how long answers took is not counted there"),
            (Good::Queries { .. }, _) => unknown("no data"),
        }
    }
}

fn failures_are_5xx() -> Classes {
    crate::model::classes::DEFAULT.parse().expect("the default reads")
}

/// A number that was read, or why there is none.
pub type Read<T> = Result<T, String>;

/// What one look found.
pub struct Look<'a> {
    pub at: Timestamp,
    pub release: ReleaseNo,
    pub previous: ReleaseNo,
    pub new: &'a Read<Sample>,
    /// Over the same time, or before where the old release takes no traffic any more.
    pub old: &'a Read<Sample>,
    pub promises: &'a [(&'a Promise, Held)],
    pub min_requests: u64,
    /// The source knows how long answers take.
    pub latency: bool,
    /// The name of what was asked, where it said nothing of its own.
    pub source: &'a str,
}

/// How a promise was measured.
pub enum Held {
    /// So many good events of all.
    Events(Read<Share>),
    /// The seconds within which the promised share of the answers came, beside those that were promised.
    Quantile(Read<f64>, f64),
}

/// A measurement, and whether its failure is clear by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub measured: Measurement,
    pub clear: bool,
}

/// Everything that one look can say.
pub fn look(look: &Look<'_>) -> Vec<Finding> {
    let mut findings = vec![errors(look)];
    if look.latency {
        findings.push(latency(look));
    }
    findings.extend(
        look.promises
            .iter()
            .map(|(promise, held)| promised(look, promise, held)),
    );
    findings
}

fn finding(look: &Look<'_>, name: &str, bound: String, verdict: Judged) -> Finding {
    Finding {
        measured: Measurement {
            at: look.at,
            release: look.release,
            name: name.to_owned(),
            value: None,
            sample: None,
            bound,
            verdict,
            source: match look.new {
                Ok(new) if !new.source.is_empty() => new.source.clone(),
                _ => look.source.to_owned(),
            },
        },
        clear: true,
    }
}

fn errors(look: &Look<'_>) -> Finding {
    let new = match look.new.as_ref().map(|new| new.requests) {
        Ok(Some(new)) => new,
        Ok(None) => return finding(look, "errors", "no data".into(), Judged::Inconclusive),
        Err(why) => return finding(look, "errors", why.clone(), Judged::Inconclusive),
    };
    let old = look.old.as_ref().ok().and_then(|old| old.requests).unwrap_or_default();
    let (verdict, bound) = compare(new, old, look.previous, look.min_requests);
    let mut found = finding(look, "errors", bound, verdict);
    found.measured.value = ratio(new);
    found.measured.sample = Some(new.total);
    found
}

/// Compares shares of failed requests: worse only where the two 95 % intervals do not touch. The words say what the new
/// release was held against.
pub fn compare(new: Share, old: Share, previous: ReleaseNo, min_requests: u64) -> (Judged, String) {
    let had = format!("{previous} had {} of {}", old.part, old.total);
    if new.total < min_requests.max(1) {
        return (
            Judged::Inconclusive,
            format!("{min_requests} requests are needed; {had}"),
        );
    }
    let enough = new.part >= MIN_ERRORS;
    if old.total < min_requests.max(1) {
        // Nothing to be worse than; but what mostly fails is bad beside anything.
        let bad = enough && new.interval().0 > BROKEN;
        let verdict = if bad { Judged::Fail } else { Judged::Inconclusive };
        return (
            verdict,
            format!("{previous} had too few requests to compare with: {}", old.total),
        );
    }
    if ratio(old).is_some_and(|share| share >= BROKEN) {
        return (Judged::Pass, format!("{had}: broken itself, and no measure"));
    }
    match enough && new.interval().0 > old.interval().1 {
        true => (Judged::Fail, had),
        false => (Judged::Pass, had),
    }
}

fn ratio(share: Share) -> Option<f64> {
    (share.total > 0).then(|| share.part as f64 / share.total as f64)
}

/// 99 of 100 answers of the new release come about as fast as those of the old.
fn latency(look: &Look<'_>) -> Finding {
    const NAME: &str = "latency p99";
    let unknown = |bound: &str| finding(look, NAME, bound.to_owned(), Judged::Inconclusive);
    let new = match look.new {
        Ok(new) => new,
        Err(why) => return unknown(why),
    };
    let counted = new.requests.map_or(0, |requests| requests.total);
    let p99 = |sample: &Sample| match &sample.tally {
        Some(tally) => tally.quantile(0.99).map(|micros| micros as f64 / 1e6),
        None => sample.p99,
    };
    let Some(value) = p99(new) else {
        return unknown("no data");
    };
    let old = look.old.as_ref().ok();
    let compared = old.filter(|old| old.requests.is_some_and(|all| all.total >= look.min_requests.max(1)));
    let mut found = match compared.and_then(p99) {
        _ if counted < look.min_requests.max(1) => unknown(&format!("{} requests are needed", look.min_requests)),
        None => unknown(&format!("{} had too few requests to compare with", look.previous)),
        Some(before) => {
            let limit = limit_over(before);
            let bound = format!(
                "{} had {}; up to {} is fine",
                look.previous,
                seconds(before),
                seconds(limit)
            );
            let fail = match &new.tally {
                // Certainly more than one of a hundred is slower than the limit.
                Some(tally) => {
                    let within = tally.within((limit * 1e6) as u64).1.min(counted);
                    wilson(counted - within, counted).is_some_and(|(low, _)| low > 0.01)
                }
                None => value > limit,
            };
            finding(look, NAME, bound, if fail { Judged::Fail } else { Judged::Pass })
        }
    };
    found.measured.value = Some(value);
    found.measured.sample = Some(counted);
    found.measured.source = new.latency_source.clone();
    found.clear = new.tally.is_some();
    found
}

/// How long 99 of 100 answers may take where they took `before`: the next bound of the histogram, so that it can be counted
/// exactly.
fn limit_over(before: f64) -> f64 {
    let micros = (before * 1e6).max(0.0);
    let wanted = (micros * SLOWER).max(micros + SLOWER_MICROS as f64) as u64;
    let at = LATENCY_BOUNDS_MICROS.partition_point(|bound| *bound < wanted);
    LATENCY_BOUNDS_MICROS.get(at).copied().unwrap_or(wanted) as f64 / 1e6
}

/// A promise, held against the release's own numbers: broken where it is certain that it will not be kept like this.
fn promised(look: &Look<'_>, promise: &Promise, held: &Held) -> Finding {
    let name = format!("objective {}", promise.name);
    match held {
        Held::Events(Err(why)) | Held::Quantile(Err(why), _) => finding(look, &name, why.clone(), Judged::Inconclusive),
        Held::Events(Ok(events)) => {
            let bound = format!("at least {}% good", promise.objective);
            let (low_enough, verdict) = match wilson(events.part, events.total) {
                Some((_, high)) if events.total >= look.min_requests.max(1) => (high < promise.share(), Judged::Pass),
                _ => (false, Judged::Inconclusive),
            };
            let bad = events.total - events.part.min(events.total) >= MIN_ERRORS;
            let verdict = if low_enough && bad { Judged::Fail } else { verdict };
            let mut found = finding(look, &name, bound, verdict);
            found.measured.value = ratio(*events);
            found.measured.sample = Some(events.total);
            found
        }
        Held::Quantile(Ok(value), promised) => {
            let counted = look
                .new
                .as_ref()
                .ok()
                .and_then(|new| new.requests)
                .map_or(0, |all| all.total);
            let bound = format!("{}% within {}", promise.objective, seconds(*promised));
            let verdict = match counted >= look.min_requests.max(1) {
                false => Judged::Inconclusive,
                true if *value > *promised => Judged::Fail,
                true => Judged::Pass,
            };
            let mut found = finding(look, &name, bound, verdict);
            found.measured.value = Some(*value);
            found.measured.sample = Some(counted);
            found.measured.source = look
                .new
                .as_ref()
                .map(|new| new.latency_source.clone())
                .unwrap_or_default();
            found.clear = false;
            found
        }
    }
}

/// `0.250 s`, as people read them.
fn seconds(value: f64) -> String {
    format!("{value:.3} s")
}

/// What all the looks of a watch come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looks {
    pub count: u32,
    in_a_row: u32,
    in_all: u32,
}

/// What follows from a look.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    Pass,
    Fail(Finding),
    /// Not enough to tell; the words say what is missing.
    Inconclusive(String),
}

impl Looks {
    /// Adds a look.
    pub fn add(&mut self, findings: &[Finding]) -> Verdict {
        self.count += 1;
        let of = |verdict| findings.iter().filter(move |one| one.measured.verdict == verdict);
        if let Some(clear) = of(Judged::Fail).find(|one| one.clear) {
            return Verdict::Fail(clear.clone());
        }
        if let Some(bad) = of(Judged::Fail).next() {
            (self.in_a_row, self.in_all) = (self.in_a_row + 1, self.in_all + 1);
            return match self.in_a_row >= IN_A_ROW || self.in_all >= IN_ALL {
                true => Verdict::Fail(bad.clone()),
                false => Verdict::Inconclusive(format!("{} was bad once", bad.measured.name)),
            };
        }
        self.in_a_row = 0;
        match of(Judged::Inconclusive).next() {
            Some(one) => Verdict::Inconclusive(format!("{}: {}", one.measured.name, one.measured.bound)),
            None => Verdict::Pass,
        }
    }
}

/// How often a watch looks: eight times at least, every 15 seconds at the longest (as fast as Prometheus mostly scrapes),
/// every second at the shortest (as fast as requests are counted).
pub fn interval(watch: Span) -> Span {
    Span::from_millis((watch.as_millis() / 8).clamp(1_000, 15_000))
}

/// A failed measurement in words: `errors are 12.0% of 400 requests; v1 had 3 of 5000`.
pub fn describe(measured: &Measurement) -> String {
    let value = match measured.value {
        Some(value) if measured.name.starts_with("latency") => seconds(value),
        Some(value) if measured.bound.contains(" within ") => seconds(value),
        Some(value) => format!("{}%", percent(value)),
        None => "unknown".into(),
    };
    let sample = measured
        .sample
        .map_or_else(String::new, |sample| format!(" of {sample} requests"));
    format!("{} {value}{sample}; {}", measured.name, measured.bound)
}

/// A share in percent with as many decimals as it takes to see it.
pub fn percent(share: f64) -> String {
    let text = format!("{:.3}", share * 100.0);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests;
