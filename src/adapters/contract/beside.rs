//! Targets that run new instances beside old ones.

use std::time::Duration;

use super::every::logs;
use super::stand::{Not, Stand, Tried, describe, ensure, healthy, ids_of, v};
use super::{App, Trial};
use crate::fault::Fault;
use crate::model::observed::{Instance, InstanceState, Observation};
use crate::model::{DeploymentId, ReleaseNo};
use crate::ports::target::Wanted;

/// Obligations of targets that run new instances beside old ones.
pub const BESIDE: [Trial; 9] = [
    (
        "start-once",
        "the same instances started twice run once, healthy, as they were asked for",
        start,
        true,
    ),
    (
        "no-traffic-before-shift",
        "nothing takes traffic before a shift",
        no_traffic,
        false,
    ),
    (
        "shift",
        "a shift moves all traffic, also when it is repeated",
        shift,
        true,
    ),
    (
        "logs",
        "lines of each instance in time order, the last N where that is asked",
        logs,
        false,
    ),
    (
        "beside",
        "a second release runs beside the first and takes none of its traffic",
        beside,
        true,
    ),
    (
        "shift-all",
        "a shift to the second release takes all traffic from the first, and back",
        shift_all,
        true,
    ),
    (
        "drain",
        "a request in flight is answered before its instance is stopped",
        drain,
        false,
    ),
    (
        "stop",
        "stopped instances are reported and gone, also when it is repeated",
        stop,
        true,
    ),
    (
        "crash",
        "an instance that ends is observed with its exit and its last words, and disturbs nobody",
        crash,
        false,
    ),
];

pub fn start(stand: &mut Stand<'_>) -> Tried {
    let prepared = stand.ready(App::Good, v(1))?;
    let wanted = stand.wanted(v(1), "web", App::INSTANCES);
    stand.target().start(&stand.authority(), &prepared, &wanted)?;
    stand.target().start(&stand.authority(), &prepared, &wanted)?;
    let ids = ids_of(&wanted);
    let observed = stand.until("healthy instances", |seen| {
        ids.iter().all(|id| healthy(seen, v(1)).any(|one| one.id == *id))
    })?;
    stand.target().start(&stand.authority(), &prepared, &wanted)?;
    let after = stand.observe()?;
    for (when, observed) in [("first", &observed), ("after a repetition", &after)] {
        let count = observed.instances.len();
        ensure(count == ids.len(), || {
            format!("{count} instances {when}, {} wanted", ids.len())
        })?;
        let wrong = observed
            .instances
            .iter()
            .find(|one| one.process != "web" || one.deployment != DeploymentId(stand.deployment));
        ensure(wrong.is_none(), || format!("{wrong:?} is not what was asked for"))?;
    }
    let restarted = after.instances.iter().find(|one| one.restarts > 0);
    ensure(restarted.is_none(), || format!("{restarted:?} was restarted"))?;
    stand.serving = ids;
    Ok(format!("{} instances healthy at v1", after.instances.len()))
}

pub fn no_traffic(stand: &mut Stand<'_>) -> Tried {
    let observed = stand.observe()?;
    ensure(observed.current.is_none(), || {
        format!("{:?} is current", observed.current)
    })?;
    let routed = observed.instances.iter().find(|one| one.routed);
    ensure(routed.is_none(), || format!("{routed:?} is routed"))?;
    match stand.ask("/") {
        Some(Ok(answer)) if answer == "v1" => Err(Not::Met("the public address is answered by v1 already".into())),
        Some(_) => Ok("nothing is current or routed; the address is not answered by v1".into()),
        None => Ok("nothing is current or routed".into()),
    }
}

pub fn shift(stand: &mut Stand<'_>) -> Tried {
    let ids = stand.serving.clone();
    stand.shift_to(v(1), &ids)?;
    let answered = stand.answers(v(1))?;
    stand.shift_to(v(1), &ids)?;
    routed(stand, v(1), &ids)?;
    stand.answers(v(1))?;
    Ok(answered)
}

/// The release is current, and its instances and no others are routed.
pub fn routed(stand: &mut Stand<'_>, number: ReleaseNo, ids: &[String]) -> std::result::Result<Observation, Not> {
    let observed = stand.observe()?;
    ensure(observed.current == Some(number), || {
        format!("{:?} is current, not {number}", observed.current)
    })?;
    let wrong = observed
        .instances
        .iter()
        .find(|one| ids.contains(&one.id) != one.routed);
    ensure(wrong.is_none(), || {
        format!(
            "{:?} is {}routed",
            wrong.map(|one| &one.id),
            if wrong.is_some_and(|one| one.routed) {
                ""
            } else {
                "not "
            }
        )
    })?;
    Ok(observed)
}

pub fn beside(stand: &mut Stand<'_>) -> Tried {
    stand.next();
    let prepared = stand.ready(App::Good, v(2))?;
    let wanted = stand.wanted(v(2), "web", App::INSTANCES);
    stand.target().start(&stand.authority(), &prepared, &wanted)?;
    stand.until("healthy instances of v2", |seen| {
        healthy(seen, v(2)).count() == wanted.len()
    })?;
    let serving = stand.serving.clone();
    let observed = routed(stand, v(1), &serving)?;
    let old = healthy(&observed, v(1)).count();
    ensure(old == serving.len(), || format!("{old} instances of v1 are left"))?;
    stand.answers(v(1))
}

pub fn shift_all(stand: &mut Stand<'_>) -> Tried {
    let (old, new) = (
        stand.serving.clone(),
        ids_of(&stand.wanted(v(2), "web", App::INSTANCES)),
    );
    for (number, ids) in [(v(2), &new), (v(1), &old), (v(2), &new)] {
        stand.shift_to(number, ids)?;
        routed(stand, number, ids)?;
        stand.answers(number)?;
    }
    stand.serving = new;
    Ok("to v2, back to v1, to v2".into())
}

/// A slow request to the old release is begun, traffic moves away from it, and it is drained: the answer still comes.
pub fn drain(stand: &mut Stand<'_>) -> Tried {
    if stand.ask("/").is_none() {
        return Err(Not::Tried("there is no public address to ask".into()));
    }
    let (old, new) = (ids_of(&first_instances(stand)), stand.serving.clone());
    stand.shift_to(v(1), &old)?;
    let this = &*stand;
    let (answer, stopped) = std::thread::scope(|scope| {
        let slow = scope.spawn(|| this.ask("/slow"));
        // Until the slow request is under way, by its own time of two seconds.
        this.bed.clock().sleep(Duration::from_millis(500));
        let stopped = this.shift_to(v(2), &new).and_then(|()| this.stop(&old));
        (slow.join(), stopped)
    });
    let stopped = stopped?;
    let answer = answer
        .ok()
        .flatten()
        .unwrap_or_else(|| Err(Fault::failed("unasked", "nobody asked")))?;
    ensure(answer == "v1", || {
        format!("it was answered `{}`", answer.escape_debug())
    })?;
    let cut: u32 = stopped.iter().map(|one| one.cut).sum();
    ensure(cut == 0, || format!("{cut} requests are reported as cut"))?;
    Ok("a request of 2 s was answered by v1 after traffic had moved to v2".into())
}

pub fn first_instances(stand: &Stand<'_>) -> Vec<Wanted> {
    let id = |index| format!("{}-{}-web-{index}-d1", stand.service, v(1));
    (1..=App::INSTANCES)
        .map(|index| Wanted {
            id: id(index),
            process: "web".into(),
        })
        .collect()
}

pub fn stop(stand: &mut Stand<'_>) -> Tried {
    let old = ids_of(&first_instances(stand));
    let stopped = stand.stop(&old)?;
    let unnamed = stopped.iter().find(|one| one.exit.is_empty() || !old.contains(&one.id));
    ensure(unnamed.is_none(), || format!("{unnamed:?} says nothing"))?;
    let observed = stand.observe()?;
    let left = observed.instances.iter().find(|one| old.contains(&one.id));
    ensure(left.is_none(), || format!("{:?} is still there", left.map(describe)))?;
    stand.stop(&old)?;
    let serving = stand.serving.clone();
    routed(stand, v(2), &serving)?;
    let answered = stand.answers(v(2))?;
    Ok(format!("{} gone; {answered}", old.len()))
}

pub fn crash(stand: &mut Stand<'_>) -> Tried {
    stand.next();
    let prepared = stand.ready(App::Crashes, v(3))?;
    let wanted = stand.wanted(v(3), "web", 1);
    stand.target().start(&stand.authority(), &prepared, &wanted)?;
    let id = wanted[0].id.clone();
    let over = |one: &Instance| one.id == id && matches!(one.state, InstanceState::Exited | InstanceState::BackOff);
    let seen = stand.until("an exit", |seen| seen.instances.iter().any(over))?;
    let exit = seen
        .instances
        .iter()
        .find(|one| one.id == id)
        .and_then(|one| one.exit.clone());
    stand.lines_with(&id, "cannot go on")?;
    let serving = stand.serving.clone();
    routed(stand, v(2), &serving)?;
    stand.answers(v(2))?;
    stand.stop(std::slice::from_ref(&id))?;
    let observed = stand.observe()?;
    ensure(observed.instances.iter().all(|one| one.id != id), || {
        "it cannot be stopped".into()
    })?;
    ensure(exit.as_deref() == Some("status 3"), || {
        format!("its exit is {exit:?}, not `status 3`")
    })?;
    Ok("`status 3`, after `cannot go on`".into())
}
