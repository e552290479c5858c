//! Which changes may have caused an incident, and whether there is a way back. A pure function over facts.
//!
//! A change is suspected by how near it is to the beginning of the impact, by whether it is in what hurts or in what that
//! depends on, by how it ended, and, where requests are counted, by whether errors rose with it. Each part is printed as a
//! reason. Parts add up as independent witnesses do (noisy-or): `1 - (1 - a)(1 - b)…`. Nearness alone never makes more than
//! a medium suspicion: many changes are near many incidents.

use jiff::{SignedDuration, Timestamp};

use super::times::length;
use crate::model::deployment::{Deployment, Operation};
use crate::model::incident::{Confidence, IncidentId, Suspect};
use crate::model::release::Source;
use crate::model::{DeploymentId, EnvName, Outcome, ReleaseNo, ServiceName};

/// Changes that ended up to this long before the impact began are looked at.
pub const BEFORE: SignedDuration = SignedDuration::from_mins(60);

/// And ones that began up to this long after it: people name the beginning by what they saw, which is late.
pub const AFTER: SignedDuration = SignedDuration::from_mins(5);

/// Suspicion falls to `1/e` over this time, so that half of it is gone after a quarter of an hour.
const DECAY_SECONDS: f64 = 20.0 * 60.0;

/// How far along `depends_on` changes are suspected. Each step halves the suspicion.
pub const MAX_DISTANCE: u8 = 2;

/// More suspects are a list of changes, not a hint.
const MAX_SUSPECTS: usize = 5;

/// Weaker suspicions are not worth reading.
const LEAST_SCORE: f64 = 0.02;

/// From these scores on.
const HIGH: f64 = 0.7;
const MEDIUM: f64 = 0.35;

/// Fewer requests, or fewer errors among them, show nothing.
const LEAST_REQUESTS: u64 = 20;
const LEAST_ERRORS: u64 = 3;

/// Standard errors that two shares must be apart: one false alarm in about 700 comparisons.
const SIGNIFICANT: f64 = 3.0;

/// Requests from which on an unchanged share of errors speaks for a release.
const ENOUGH_TO_CLEAR: u64 = 100;

/// Failed requests among all, of one release.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Errors {
    pub failed: u64,
    pub total: u64,
}

impl Errors {
    fn share(self) -> f64 {
        self.failed as f64 / (self.total as f64).max(1.0)
    }

    fn shown(self) -> String {
        format!("{:.1}% ({} of {})", 100.0 * self.share(), self.failed, self.total)
    }
}

/// A deployment and what is known about it.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub deployment: Deployment,
    /// How it is reached from what hurts: empty for the service itself, else the services on the way to it, it included.
    pub path: Vec<ServiceName>,
    /// Whether it has the build of the release before; `None` where that is not known.
    pub same_build: Option<bool>,
    /// What its release was built from.
    pub source: Source,
    /// Requests that its release answered since it began, and those that were answered in the hour before.
    pub errors: Option<(Errors, Errors)>,
    /// Whether its release is what its environment runs now.
    pub stands: bool,
    /// The good release before it, where there is one.
    pub previous: Option<ReleaseNo>,
    /// The release whose release step makes it dangerous to go back past it.
    pub blocked_by: Option<ReleaseNo>,
}

/// Everything that is looked at.
#[derive(Clone, Debug)]
pub struct Facts {
    /// When it began to hurt, or was noticed where nobody knows that.
    pub onset: Timestamp,
    /// Whether the beginning of the impact itself is known.
    pub onset_known: bool,
    /// What hurts; `None` where nobody knows yet: then every change is suspected half as much.
    pub service: Option<ServiceName>,
    pub candidates: Vec<Candidate>,
}

/// The suspects, the strongest first.
pub fn suspects(facts: &Facts) -> Vec<Suspect> {
    let mut suspects: Vec<Suspect> = facts
        .candidates
        .iter()
        .filter_map(|candidate| judge(facts, candidate))
        .collect();
    suspects.sort_by(|a, b| b.score.total_cmp(&a.score).then(b.deployment.cmp(&a.deployment)));
    suspects.truncate(MAX_SUSPECTS);
    suspects
}

fn judge(facts: &Facts, candidate: &Candidate) -> Option<Suspect> {
    let deployment = &candidate.deployment;
    let (nearness, when) = nearness(facts, deployment)?;
    let (weight, what) = change(candidate)?;
    let (edge, way) = edge(facts, candidate);
    let mut reasons = vec![format!("{what} {when}")];
    reasons.extend(way);
    reasons.extend(origin(&candidate.source));
    let mut parts = vec![weight * nearness * edge];
    if let Some((weight, reason)) = ending(deployment) {
        parts.push(weight * nearness * edge);
        reasons.push(reason);
    }
    let mut cleared = 1.0;
    match candidate
        .errors
        .and_then(|(after, before)| compared(candidate, after, before))
    {
        Some((Compared::Rose(strength), reason)) => {
            parts.push(strength * edge.max(0.5));
            reasons.insert(0, reason);
        }
        Some((Compared::DidNotRise, reason)) => {
            cleared = 0.5;
            reasons.push(reason);
        }
        None => {}
    }
    let score = cleared * (1.0 - parts.iter().map(|part| 1.0 - part.clamp(0.0, 1.0)).product::<f64>());
    (score >= LEAST_SCORE).then(|| Suspect {
        deployment: deployment.id,
        release: deployment.release,
        service: deployment.service.clone(),
        env: deployment.env.clone(),
        confidence: confidence(score),
        score: (score * 100.0).round() / 100.0,
        reasons,
        outcome: deployment.outcome,
        actor: deployment.actor.clone(),
        started_at: deployment.started_at,
    })
}

fn confidence(score: f64) -> Confidence {
    match score {
        score if score >= HIGH => Confidence::High,
        score if score >= MEDIUM => Confidence::Medium,
        _ => Confidence::Low,
    }
}

/// 1 where the change was on when it began to hurt, less with each minute between; `None` outside of the window.
fn nearness(facts: &Facts, deployment: &Deployment) -> Option<(f64, String)> {
    let onset = facts.onset;
    // Reasons claim no more than is known: what was noticed may have begun long before.
    let (during, told_onset, said) = match facts.onset_known {
        true => ("while", "the impact began", "the impact is said to have begun"),
        false => ("when", "it was noticed", "it was noticed"),
    };
    let (began, ended) = (deployment.started_at, deployment.finished_at);
    if began > onset {
        let late = began.duration_since(onset);
        // It cannot be the cause if the times are right, and they seldom are to the minute.
        return (late <= AFTER).then(|| {
            let told = format!("{} after {said}", length(late));
            (0.5 * decay(late), told)
        });
    }
    match ended {
        Some(ended) if ended < onset => {
            let early = onset.duration_since(ended);
            (early <= BEFORE).then(|| (decay(early), format!("{} before {told_onset}", length(early))))
        }
        _ => Some((1.0, format!("{during} {told_onset}"))),
    }
}

fn decay(distance: SignedDuration) -> f64 {
    (-distance.as_secs_f64() / DECAY_SECONDS).exp()
}

/// How much a change of this kind is suspected by itself, and what it did; `None` where nothing was changed.
fn change(candidate: &Candidate) -> Option<(f64, String)> {
    let deployment = &candidate.deployment;
    if matches!(deployment.outcome, Outcome::Refused | Outcome::Unchanged) {
        return None;
    }
    let to = deployment
        .release
        .map_or_else(|| "a release".to_owned(), |release| release.to_string());
    let env = &deployment.env;
    // A new build changes what runs; configuration alone less often hurts, and a way back was proven good before.
    let (weight, what) = match (deployment.operation, candidate.same_build) {
        (Operation::Down, _) => (0.8, format!("taken down on {env}")),
        (Operation::Rollback, _) => (0.4, format!("rolled back to {to} on {env}")),
        (Operation::Deploy, Some(true)) => (0.4, format!("{to} changed only the configuration of {env},")),
        (Operation::Deploy, _) => (0.6, format!("{to} deployed to {env}")),
    };
    // What never took traffic can have hurt by its release step and its load alone.
    Some(match deployment.outcome {
        Outcome::Failed | Outcome::Cancelled | Outcome::Superseded => (
            0.25 * weight,
            format!("{to} was tried on {env} and never took traffic,"),
        ),
        _ => (weight, what),
    })
}

/// What the end of a deployment adds.
fn ending(deployment: &Deployment) -> Option<(f64, String)> {
    let why = deployment
        .reason
        .as_ref()
        .map(|reason| format!(": {}", told(reason)))
        .unwrap_or_default();
    match deployment.outcome {
        Outcome::RolledBack => Some((0.5, format!("it took traffic and was rolled back by itself{why}"))),
        Outcome::NeedsHuman => Some((0.6, format!("it left things in a state that needs a person{why}"))),
        Outcome::Interrupted => Some((0.3, "its end was never seen".into())),
        Outcome::Failed => Some((0.1, format!("it failed{why}"))),
        _ => None,
    }
}

/// Hexadecimal digits of a commit that are told, as git does it in small repositories.
const COMMIT_DIGITS: usize = 7;

/// What a release was built from. With uncommitted changes the commit is not what changed, so its message is not told.
fn origin(source: &Source) -> Option<String> {
    if source.dirty {
        let commit = source.commit.as_deref().unwrap_or_default();
        let commit: String = told(commit).chars().take(COMMIT_DIGITS).collect();
        return Some(match commit.is_empty() {
            true => "built from uncommitted changes".into(),
            false => format!("built from uncommitted changes on top of {commit}"),
        });
    }
    let subject = source.subject.as_ref()?;
    Some(format!("its commit says: {}", told(subject)))
}

/// What a commit or a failing program said, on one line and harmless.
fn told(text: &str) -> String {
    super::text::title(text).text
}

fn edge(facts: &Facts, candidate: &Candidate) -> (f64, Option<String>) {
    match (&facts.service, candidate.path.len()) {
        (None, _) => (0.5, Some("nobody has said yet which service hurts".into())),
        (Some(_), 0) => (1.0, None),
        (Some(service), steps) => {
            let mut names = vec![service.to_string()];
            names.extend(candidate.path.iter().map(ServiceName::to_string));
            (
                0.5_f64.powi(i32::try_from(steps).unwrap_or(i32::MAX)),
                Some(names.join(" depends on ")),
            )
        }
    }
}

enum Compared {
    /// How strong a witness that is.
    Rose(f64),
    DidNotRise,
}

/// Errors after a change against those before it; `None` where the counts show nothing.
fn compared(candidate: &Candidate, after: Errors, before: Errors) -> Option<(Compared, String)> {
    if after.total < LEAST_REQUESTS || before.total < LEAST_REQUESTS {
        return None;
    }
    let release = candidate
        .deployment
        .release
        .map_or_else(|| "it".to_owned(), |release| release.to_string());
    // Both shares are estimates: their difference against its standard error under "nothing changed".
    let pooled = (after.failed + before.failed) as f64 / (after.total + before.total) as f64;
    let error = (pooled * (1.0 - pooled) * (1.0 / after.total as f64 + 1.0 / before.total as f64)).sqrt();
    let rise = after.share() - before.share();
    if after.failed >= LEAST_ERRORS && rise > SIGNIFICANT * error {
        let clipped = (rise / (1.0 - before.share()).max(f64::EPSILON)).clamp(0.0, 1.0);
        let reason = format!(
            "errors rose with {release}: {} of its requests failed, {} before",
            after.shown(),
            before.shown()
        );
        return Some((Compared::Rose(0.7 + 0.25 * clipped), reason));
    }
    (after.total >= ENOUGH_TO_CLEAR && rise <= error).then(|| {
        let reason = format!(
            "errors did not rise with {release}: {} of its requests failed, {} before",
            after.shown(),
            before.shown()
        );
        (Compared::DidNotRise, reason)
    })
}

/// Whether what is suspected most can be undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WayBack {
    /// Going back to this release undoes it.
    Rollback {
        deployment: DeploymentId,
        service: ServiceName,
        env: EnvName,
        to: ReleaseNo,
    },
    /// It was undone already.
    Done { deployment: DeploymentId, told: String },
    /// There is no way back that could do no harm, and why.
    Blocked { deployment: DeploymentId, told: String },
}

impl WayBack {
    /// The command to paste, where there is one.
    pub fn command(&self, id: IncidentId) -> Option<String> {
        match self {
            WayBack::Rollback { service, env, to, .. } => Some(format!(
                "deliver rollback {env} --service {service} --to {to} --reason {id}"
            )),
            _ => None,
        }
    }
}

/// The way back from the strongest suspect that is more than a weak one; `None` where there is none to speak of.
pub fn way_back(facts: &Facts, suspects: &[Suspect]) -> Option<WayBack> {
    let worth = suspects
        .iter()
        .filter(|suspect| suspect.confidence >= Confidence::Medium);
    worth.filter_map(|suspect| back_from(facts, suspect)).next()
}

fn back_from(facts: &Facts, suspect: &Suspect) -> Option<WayBack> {
    let candidate = facts
        .candidates
        .iter()
        .find(|candidate| candidate.deployment.id == suspect.deployment)?;
    let Deployment { id, outcome, .. } = candidate.deployment;
    if outcome == Outcome::RolledBack {
        let serving = candidate.deployment.previous;
        let told = match serving {
            Some(previous) => format!("{id} was rolled back by itself: {previous} serves again"),
            None => format!("{id} was rolled back by itself"),
        };
        return Some(WayBack::Done { deployment: id, told });
    }
    let running = candidate.stands && outcome == Outcome::Succeeded && suspect.release.is_some();
    let to = candidate.previous.filter(|_| running)?;
    Some(match candidate.blocked_by {
        Some(step) => WayBack::Blocked {
            deployment: id,
            told: format!("going back to {to} could do harm: the release step of {step} breaks earlier releases"),
        },
        None => WayBack::Rollback {
            deployment: id,
            service: suspect.service.clone(),
            env: suspect.env.clone(),
            to,
        },
    })
}

#[cfg(test)]
mod tests;
