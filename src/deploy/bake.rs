//! The watch after the switch, while the old release is still warm: the new one must stay up, and must not fail more
//! requests than the old one did.

use jiff::Timestamp;
use serde_json::json;

use crate::fault::{Fault, Result};
use crate::model::deployment::State;
use crate::model::observed::{Instance, InstanceState};
use crate::model::share::Share;
use crate::model::{ReleaseNo, Span};

use super::attempt::Attempt;
use super::engine::Subject;

/// What the old release did in this long before the switch is what the new one is held against.
const BASELINE: Span = Span::from_secs(3600);

/// Fewer requests or fewer errors than these say nothing about a release: one failure of ten would be a tenth.
const MIN_REQUESTS: u64 = 20;
const MIN_ERRORS: u64 = 3;

/// What the counts say of the new release beside the old.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// Too little traffic to tell.
    Inconclusive,
    NoWorse,
    Worse,
}

/// Compares shares of failed requests: worse only where the two 95 % intervals do not touch. Without traffic of the old
/// release there is nothing to be worse than.
pub fn compare(new: Share, old: Share) -> Comparison {
    if new.total < MIN_REQUESTS || old.total < MIN_REQUESTS {
        return Comparison::Inconclusive;
    }
    match new.part >= MIN_ERRORS && new.interval().0 > old.interval().1 {
        true => Comparison::Worse,
        false => Comparison::NoWorse,
    }
}

impl Attempt<'_> {
    /// Watches the new release for `bake`. The fault says why the old one should serve again.
    pub(super) fn bake(
        &mut self,
        state: State,
        release: ReleaseNo,
        previous: ReleaseNo,
        ids: &[String],
        bake: Span,
    ) -> Result<()> {
        let detail = format!("{release} is watched for {bake}");
        let intent = json!({ "release": release, "previous": previous, "bake": bake });
        self.step(state, "bake", detail, intent, |attempt| {
            let switched = attempt.d.clock.now();
            let old = attempt.failed(previous, before(switched, BASELINE), switched)?;
            let already = attempt.failed(release, before(switched, BASELINE), switched)?;
            let restarts = restarts(&attempt.observe()?.instances, ids);
            let began = attempt.d.clock.elapsed();
            loop {
                let observed = attempt.observe()?;
                let fallen = restarts
                    .iter()
                    .find(|(id, before)| has_fallen(&observed.instances, id, *before));
                if let Some((id, _)) = fallen {
                    return Err(attempt.not_in_full(release, std::slice::from_ref(id), &observed));
                }
                let now = attempt.d.clock.now();
                let new = since(attempt.failed(release, before(switched, BASELINE), now)?, already);
                let comparison = compare(new, old);
                if comparison == Comparison::Worse {
                    return Err(worse(release, new, previous, old).hint(logs_hint(&attempt.subject, release)));
                }
                let elapsed = attempt.d.clock.elapsed().saturating_sub(began);
                if elapsed >= bake.duration() {
                    let told = told(release, new);
                    let seen = json!({ "new": new, "old": old, "comparison": comparison });
                    return Ok(((), told, seen));
                }
                attempt.pause("bake", told(release, new))?;
                if let Some(kind) = attempt.d.interrupt.requested() {
                    return Err(Fault::new(
                        kind,
                        "interrupted",
                        format!("the watch over {release} was interrupted"),
                    ));
                }
            }
        })
    }

    /// Requests of a release that the app failed or never answered, of all in buckets that begin at `from` or later.
    fn failed(&self, release: ReleaseNo, from: Timestamp, to: Timestamp) -> Result<Share> {
        let (service, env) = (&self.subject.service, &self.subject.env);
        // A bucket is named by its beginning: the one that `to` is in belongs to it.
        let counted = self
            .d
            .store
            .traffic(service, env, from.as_microsecond(), to.as_microsecond() + 1)?;
        let own = counted.iter().filter(|traffic| traffic.release == release);
        Ok(own.fold(Share::default(), |sum, traffic| Share {
            part: sum.part + traffic.classes[4] + traffic.failed,
            total: sum.total + traffic.classes.iter().sum::<u64>() + traffic.failed,
        }))
    }
}

/// The log is of every request: what matters in it is for a person to find.
fn logs_hint(subject: &Subject, release: ReleaseNo) -> String {
    format!("deliver logs {} --release {release}", subject.env)
}

fn before(at: Timestamp, span: Span) -> Timestamp {
    at.checked_sub(span.duration()).unwrap_or(Timestamp::MIN)
}

/// What was counted on top of `already`.
fn since(all: Share, already: Share) -> Share {
    Share {
        part: all.part.saturating_sub(already.part),
        total: all.total.saturating_sub(already.total),
    }
}

fn restarts(instances: &[Instance], ids: &[String]) -> Vec<(String, u32)> {
    let of = |id: &String| instances.iter().find(|one| one.id == *id).map_or(0, |one| one.restarts);
    ids.iter().map(|id| (id.clone(), of(id))).collect()
}

/// It ended, or is gone; being unhealthy for a moment is what the error share shows.
fn has_fallen(instances: &[Instance], id: &str, restarts: u32) -> bool {
    instances.iter().find(|one| one.id == id).is_none_or(|one| {
        one.restarts > restarts || matches!(one.state, InstanceState::Exited | InstanceState::BackOff)
    })
}

fn told(release: ReleaseNo, new: Share) -> String {
    match new.total {
        0 => format!("{release} had no requests to judge it by"),
        total => format!("{} of {total} requests failed on {release}", new.part),
    }
}

fn worse(release: ReleaseNo, new: Share, previous: ReleaseNo, old: Share) -> Fault {
    Fault::failed(
        "worse-than-before",
        format!(
            "{release} failed {} of {} requests; {previous} had failed {} of {}",
            new.part, new.total, old.part, old.total
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_difference_is_worse() {
        let share = |part, total| Share { part, total };
        for (new, old, expected) in [
            (share(40, 40), share(0, 500), Comparison::Worse),
            (share(3, 60), share(0, 500), Comparison::Worse),
            // As bad as before is no reason to go back.
            (share(20, 40), share(250, 500), Comparison::NoWorse),
            (share(0, 40), share(0, 500), Comparison::NoWorse),
            (share(2, 25), share(0, 100_000), Comparison::NoWorse),
            (share(19, 19), share(0, 500), Comparison::Inconclusive),
            (share(40, 40), share(0, 0), Comparison::Inconclusive),
        ] {
            assert_eq!(compare(new, old), expected, "{new:?} beside {old:?}");
        }
    }
}
