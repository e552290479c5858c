//! Targets that replace instances themselves.

use super::every::logs;
use super::stand::{HALF, HUNDRED, Not, Stand, Tried, ensure, healthy, v};
use super::{App, Trial};
use crate::model::ReleaseNo;
use crate::model::observed::{Instance, InstanceState, Observation};
use crate::ports::target::{Capabilities, Prepared, RELEASE_STEP, Traffic};

/// Obligations of targets that replace instances themselves.
pub const IN_PLACE: [Trial; 6] = [
    (
        "replace",
        "a release that is to be everything becomes that, healthy",
        replace_first,
        true,
    ),
    (
        "logs",
        "lines of each instance in time order, the last N where that is asked",
        logs,
        false,
    ),
    (
        "portion",
        "a stage of one instance runs one, and leaves the rest what they are",
        portion,
        false,
    ),
    (
        "replace-all",
        "the last stage replaces every instance, also when it is repeated",
        replace_all,
        true,
    ),
    (
        "crash-in-place",
        "instances that end are observed with their exit while the old ones go on",
        crash_in_place,
        false,
    ),
    ("finish", "finish changes nothing that serves", finish, false),
];

pub fn replace_first(stand: &mut Stand<'_>) -> Tried {
    let prepared = stand.ready(App::Good, v(1))?;
    stand.replace(&prepared, App::INSTANCES, Traffic::All)?;
    stand.replace(&prepared, App::INSTANCES, Traffic::All)?;
    let observed = stand.until("everything at v1", |seen| everything_at(seen, v(1)))?;
    let restarted = observed.instances.iter().find(|one| one.restarts > 0);
    ensure(restarted.is_none(), || format!("{restarted:?} was restarted"))?;
    stand.answers(v(1))
}

pub fn everything_at(observed: &Observation, number: ReleaseNo) -> bool {
    let others = observed
        .instances
        .iter()
        .filter(|one| one.process != RELEASE_STEP && one.state != InstanceState::Exited);
    healthy(observed, number).count() == App::INSTANCES as usize
        && others.count() == App::INSTANCES as usize
        && observed.current == Some(number)
}

/// Everything runs the release. What stood beside the old one may stay until [`InPlace::finish`], where the engine can run
/// releases beside each other.
pub fn taken_over(able: &Capabilities, observed: &Observation, number: ReleaseNo) -> bool {
    let running = observed
        .instances
        .iter()
        .filter(|one| one.process != RELEASE_STEP && one.state != InstanceState::Exited);
    let all = healthy(observed, number).count();
    everything_at(observed, number)
        || able.beside && all >= App::INSTANCES as usize && running.count() == all && observed.current == Some(number)
}

pub fn portion(stand: &mut Stand<'_>) -> Tried {
    if !stand.able.portions {
        return Err(Not::Tried("`portions` is not declared".into()));
    }
    stand.next();
    let prepared = stand.ready(App::Good, v(2))?;
    let first = if stand.able.weights && stand.able.beside {
        Traffic::Held
    } else {
        Traffic::ByCount
    };
    stand.replace(&prepared, 1, first)?;
    // An engine may put it beside all of the old ones instead of in the place of one.
    let all = App::INSTANCES as usize;
    let rest = if stand.able.beside {
        all - 1..=all
    } else {
        all - 1..=all - 1
    };
    let seen = stand.until("one instance at v2 and the rest at v1", |seen| {
        healthy(seen, v(2)).count() == 1 && rest.contains(&healthy(seen, v(1)).count())
    })?;
    let counts = format!("1 at v2, {} at v1", healthy(&seen, v(1)).count());
    if !stand.able.weights {
        return Ok(counts);
    }
    if stand.able.beside {
        stand.answers(v(1))?;
    }
    for _ in 0..2 {
        stand.replace(&prepared, 1, Traffic::Percent(HALF))?;
    }
    let share = stand.share_of(v(2))?;
    Ok(match share {
        Some(share) => format!("{counts}, {share}% of {HUNDRED} requests to v2"),
        None => counts,
    })
}

pub fn replace_all(stand: &mut Stand<'_>) -> Tried {
    stand.next();
    let prepared = stand.ready(App::Good, v(2))?;
    let able = stand.able.clone();
    for _ in 0..2 {
        stand.replace(&prepared, App::INSTANCES, Traffic::All)?;
        stand.until("everything at v2", |seen| taken_over(&able, seen, v(2)))?;
    }
    stand.answers(v(2))
}

pub fn crash_in_place(stand: &mut Stand<'_>) -> Tried {
    stand.next();
    let good = stand.bed.release(App::Good, v(2))?;
    let bad = stand.ready(App::Crashes, v(3))?;
    stand.replace(&bad, App::INSTANCES, Traffic::All)?;
    let over = |one: &Instance| {
        one.release == v(3) && one.exit.is_some() && matches!(one.state, InstanceState::Exited | InstanceState::BackOff)
    };
    let seen = stand.until("an exit of v3", |seen| seen.instances.iter().any(over));
    let left = match &seen {
        Ok(seen) => healthy(seen, v(2)).count(),
        Err(_) => 0,
    };
    // Back to what served, whatever was seen.
    let recalled = stand
        .ready(App::Good, v(2))
        .map(|placed| placed.record)
        .unwrap_or(good.record.clone());
    let good = Prepared {
        record: recalled,
        ..good
    };
    stand.replace(&good, App::INSTANCES, Traffic::All)?;
    let able = stand.able.clone();
    stand.until("everything back at v2", |seen| taken_over(&able, seen, v(2)))?;
    seen?;
    ensure(left > 0, || "no instance of v2 was left while v3 failed".into())?;
    Ok(format!("{left} of {} at v2 went on", App::INSTANCES))
}

pub fn finish(stand: &mut Stand<'_>) -> Tried {
    let prepared = stand.ready(App::Good, v(2))?;
    stand.engine()?.finish(&stand.authority(), &prepared)?;
    stand.engine()?.finish(&stand.authority(), &prepared)?;
    stand.until("everything at v2", |seen| everything_at(seen, v(2)))?;
    stand.answers(v(2))
}
