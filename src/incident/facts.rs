//! Reads from the store what suspicion is decided from. Bounded: an incident is opened in a moment, however much is stored.

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

use super::suspect::{AFTER, BEFORE, Candidate, Errors, Facts, MAX_DISTANCE};
use crate::fault::Result;
use crate::model::deployment::{Deployment, Operation};
use crate::model::incident::Incident;
use crate::model::release::Source;
use crate::model::traffic::{BUCKET_MICROS, Traffic};
use crate::model::{EnvName, Outcome, ReleaseNo, ServiceName};
use crate::store::Store;

/// A deployment that began longer ago than this before the window, and ended in it, is not found.
const LONGEST_DEPLOYMENT: SignedDuration = SignedDuration::from_hours(2);

/// Services that are looked at when following `depends_on`.
const MAX_SERVICES: usize = 40;

/// Deployments of a service that are looked at.
const MAX_DEPLOYMENTS: u32 = 50;

/// The nearest deployments, about which more is read than their row.
const LOOKED_INTO: usize = 12;

/// Releases that are looked at for release steps that break earlier ones.
const RELEASES: u32 = 50;

/// Requests are counted this long after it began to hurt, so that an old incident is judged by its own time.
const COUNTED_AFTER: SignedDuration = SignedDuration::from_mins(30);

/// What hurts, and since when.
#[derive(Clone, Debug)]
pub struct Question {
    pub service: Option<ServiceName>,
    pub env: Option<EnvName>,
    pub onset: Timestamp,
    /// Whether `onset` is when the impact began, and not merely when it was noticed.
    pub onset_known: bool,
    /// When somebody knew: what began later is an answer to it, not its cause.
    pub noticed: Timestamp,
}

impl From<&Incident> for Question {
    fn from(incident: &Incident) -> Self {
        Question {
            service: incident.service.clone(),
            env: incident.env.clone(),
            onset: incident.onset(),
            onset_known: incident.times.impact_start.is_some(),
            noticed: incident
                .times
                .detected
                .unwrap_or(incident.opened_at)
                .min(incident.opened_at),
        }
    }
}

/// Everything around the beginning of an impact.
pub fn gather(store: &Store, question: &Question) -> Result<Facts> {
    let onset = question.onset;
    let from = onset
        .saturating_sub(BEFORE + LONGEST_DEPLOYMENT)
        .unwrap_or(Timestamp::MIN);
    let to = onset.saturating_add(AFTER).unwrap_or(Timestamp::MAX);
    let to = to.min(question.noticed.max(onset));
    let mut found: Vec<(Deployment, Vec<ServiceName>)> = Vec::new();
    let env = question.env.as_ref();
    match &question.service {
        None => {
            let all = store.deployments_between(None, env, (from, to), MAX_DEPLOYMENTS)?;
            found.extend(all.into_iter().map(|deployment| (deployment, Vec::new())));
        }
        Some(service) => {
            for (name, path) in reachable(store, service)? {
                let own = store.deployments_between(Some(&name), env, (from, to), MAX_DEPLOYMENTS)?;
                found.extend(own.into_iter().map(|deployment| (deployment, path.clone())));
            }
        }
    }
    found.retain(|(deployment, _)| {
        deployment
            .finished_at
            .is_none_or(|ended| onset.duration_since(ended) <= BEFORE)
    });
    found.sort_by_key(|(deployment, path)| {
        (
            distance(onset, deployment),
            path.len(),
            std::cmp::Reverse(deployment.id),
        )
    });
    let mut candidates = Vec::new();
    let mut scopes = Scopes::default();
    for (index, (deployment, path)) in found.into_iter().enumerate() {
        candidates.push(match index < LOOKED_INTO {
            true => looked_into(store, &mut scopes, onset, deployment, path)?,
            false => plain(deployment, path),
        });
    }
    Ok(Facts {
        onset,
        onset_known: question.onset_known,
        service: question.service.clone(),
        candidates,
    })
}

fn distance(onset: Timestamp, deployment: &Deployment) -> SignedDuration {
    let ended = deployment.finished_at.unwrap_or(onset);
    match onset {
        onset if deployment.started_at > onset => deployment.started_at.duration_since(onset),
        onset if ended < onset => onset.duration_since(ended),
        _ => SignedDuration::ZERO,
    }
}

/// The service and what it depends on, each with the shortest way to it; names that are no service are passed over.
fn reachable(store: &Store, service: &ServiceName) -> Result<BTreeMap<ServiceName, Vec<ServiceName>>> {
    let mut found = BTreeMap::from([(service.clone(), Vec::new())]);
    let mut queue = VecDeque::from([service.clone()]);
    while let Some(name) = queue.pop_front() {
        let path = found.get(&name).cloned().unwrap_or_default();
        if path.len() >= usize::from(MAX_DISTANCE) {
            continue;
        }
        let about = store.service(&name)?.and_then(|known| known.about).unwrap_or_default();
        for next in about
            .depends_on
            .iter()
            .filter_map(|next| next.parse::<ServiceName>().ok())
        {
            if found.len() >= MAX_SERVICES || found.contains_key(&next) {
                continue;
            }
            let further = [&path[..], std::slice::from_ref(&next)].concat();
            found.insert(next.clone(), further);
            queue.push_back(next);
        }
    }
    Ok(found)
}

fn plain(deployment: Deployment, path: Vec<ServiceName>) -> Candidate {
    Candidate {
        deployment,
        path,
        same_build: None,
        source: Source::default(),
        errors: None,
        stands: false,
        previous: None,
        blocked_by: None,
    }
}

/// What each environment runs by the store's account, and the way back from there; read once.
#[derive(Default)]
struct Scopes(BTreeMap<(ServiceName, EnvName), Option<Running>>);

#[derive(Clone, Copy)]
struct Running {
    release: ReleaseNo,
    previous: Option<ReleaseNo>,
    blocked_by: Option<ReleaseNo>,
}

impl Scopes {
    /// `None`: nothing runs, or something is under way.
    fn running(&mut self, store: &Store, service: &ServiceName, env: &EnvName) -> Result<Option<Running>> {
        let key = (service.clone(), env.clone());
        if let Some(known) = self.0.get(&key) {
            return Ok(*known);
        }
        let running = running(store, service, env)?;
        self.0.insert(key, running);
        Ok(running)
    }
}

fn running(store: &Store, service: &ServiceName, env: &EnvName) -> Result<Option<Running>> {
    let newest = store.deployments(Some(service), Some(env), 1)?.into_iter().next();
    let unsettled = newest.is_some_and(|newest| {
        let down = newest.operation == Operation::Down && newest.outcome == Outcome::Succeeded;
        down || matches!(
            newest.outcome,
            Outcome::Running | Outcome::NeedsHuman | Outcome::Interrupted
        )
    });
    let Some(release) = store.last_good(service, env)?.filter(|_| !unsettled) else {
        return Ok(None);
    };
    let previous = store.previous_good(service, env, release)?;
    let blocked_by = match previous {
        Some(to) => blocking(store, service, env, (to, release))?,
        None => None,
    };
    Ok(Some(Running {
        release,
        previous,
        blocked_by,
    }))
}

fn looked_into(
    store: &Store,
    scopes: &mut Scopes,
    onset: Timestamp,
    deployment: Deployment,
    path: Vec<ServiceName>,
) -> Result<Candidate> {
    let mut candidate = plain(deployment, path);
    let Deployment {
        service,
        env,
        release,
        previous,
        ..
    } = &candidate.deployment;
    let Some(number) = *release else {
        return Ok(candidate);
    };
    if let Some(release) = store.release(service, number)? {
        let before = match previous.filter(|previous| *previous != number) {
            Some(previous) => store.release(service, previous)?,
            None => None,
        };
        candidate.same_build = before.map(|before| before.build == release.build);
        candidate.source = release.source;
    }
    candidate.errors = errors(store, onset, &candidate.deployment, number)?;
    if let Some(running) = scopes.running(store, service, env)?.filter(|it| it.release == number) {
        candidate.stands = true;
        candidate.previous = running.previous;
        candidate.blocked_by = running.blocked_by;
    }
    Ok(candidate)
}

/// A release between the two, the current one included, that breaks earlier ones by its release step.
fn blocking(
    store: &Store,
    service: &ServiceName,
    env: &EnvName,
    (to, current): (ReleaseNo, ReleaseNo),
) -> Result<Option<ReleaseNo>> {
    let releases = store.releases(service, Some(env), RELEASES)?;
    let breaks = releases.into_iter().find(|one| {
        let step = one.spec.release_step.as_ref();
        to < one.number && one.number <= current && step.is_some_and(|step| !step.previous_still_works)
    });
    Ok(breaks.map(|one| one.number))
}

/// What a release answered since its deployment began, and what was answered in the hour before, as far as it was counted.
fn errors(
    store: &Store,
    onset: Timestamp,
    deployment: &Deployment,
    release: ReleaseNo,
) -> Result<Option<(Errors, Errors)>> {
    let began = deployment.started_at.as_microsecond().div_euclid(BUCKET_MICROS) * BUCKET_MICROS;
    let from = began.saturating_sub(micros(BEFORE));
    let until = onset.as_microsecond().saturating_add(micros(COUNTED_AFTER));
    let counted = store.traffic(&deployment.service, &deployment.env, from, until.max(began))?;
    let after = counted
        .iter()
        .filter(|row| row.bucket >= began && row.release == release);
    // Of the minute in which it began, what the one before answered counts as before.
    let same_minute = |row: &Traffic| row.bucket == began && Some(row.release) == deployment.previous;
    let before = counted
        .iter()
        .filter(|row| row.bucket < began || (row.release != release && same_minute(row)));
    let (after, before) = (sum(after), sum(before));
    Ok((after.total > 0 && before.total > 0).then_some((after, before)))
}

fn micros(span: SignedDuration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

/// A request failed when the app answered 5xx or did not answer.
fn sum<'a>(rows: impl Iterator<Item = &'a Traffic>) -> Errors {
    rows.fold(Errors::default(), |sum, row| {
        let [.., server_errors] = row.classes;
        Errors {
            failed: sum.failed + server_errors + row.failed,
            total: sum.total + row.classes.iter().sum::<u64>() + row.failed,
        }
    })
}

#[cfg(test)]
mod tests;
