//! Every target, whatever else it can.

use std::collections::BTreeMap;

use super::stand::{Not, Stand, Tried, describe, ensure, healthy, v};
use super::{App, CANARY, Trial};
use crate::fault::{Kind, Result};
use crate::model::Span;
use crate::model::observed::{Instance, InstanceState, Observation};
use crate::ports::target::{LogQuery, RELEASE_STEP, Shift, Stage, Stop, Traffic};

/// Obligations of every target.
pub const FIRST: [Trial; 2] = [
    (
        "unknown-is-empty",
        "a service that was never deployed is an empty observation, not an error",
        unknown,
        true,
    ),
    (
        "prepare-starts-nothing",
        "prepare records the fence and starts nothing, also when it is repeated",
        prepare,
        true,
    ),
];

/// Obligations of every target, at the end.
pub const LAST: [Trial; 6] = [
    (
        "release-step",
        "a release step runs once, and its exit stays on record",
        release_step,
        false,
    ),
    (
        "fence",
        "an act under a lower fence is refused, and nothing is changed by it",
        fence,
        false,
    ),
    (
        "secrets",
        "a secret reaches its instance, and comes back in nothing that is said",
        secrets,
        false,
    ),
    (
        "remove",
        "what is removed is empty, also when it is repeated",
        remove,
        true,
    ),
    ("fence-stays", "the fence outlives what was removed", fence_stays, false),
    (
        "unreachable",
        "behind a target that does not answer nothing is found, and that is said",
        unreachable,
        false,
    ),
];

pub fn unknown(stand: &mut Stand<'_>) -> Tried {
    let observed = stand.observe()?;
    ensure(observed.instances.is_empty() && observed.current.is_none(), || {
        format!(
            "it has {} instances, current {:?}",
            observed.instances.len(),
            observed.current
        )
    })?;
    ensure(observed.url.is_none() && observed.fence == 0, || {
        format!("it has the address {:?} and the fence {}", observed.url, observed.fence)
    })?;
    let lines = stand.lines(&LogQuery::default())?;
    ensure(lines.is_empty(), || format!("it printed {} lines", lines.len()))?;
    Ok("no instances, no release, no address, no lines".into())
}

pub fn prepare(stand: &mut Stand<'_>) -> Tried {
    let prepared = stand.ready(App::Good, v(1))?;
    let first = stand.placed.clone().unwrap_or_default();
    let again = stand.target().prepare(&stand.authority(), &prepared)?;
    ensure(again.url == first.url, || {
        format!("the address was {:?}, then {:?}", first.url, again.url)
    })?;
    let observed = stand.observe()?;
    ensure(observed.fence == stand.fence, || {
        format!("the fence is {} and is observed as {}", stand.fence, observed.fence)
    })?;
    ensure(observed.instances.is_empty() && observed.current.is_none(), || {
        "something runs".into()
    })?;
    Ok(match &first.url {
        Some(url) => format!("{url}, fence {}", observed.fence),
        None => format!("fence {}", observed.fence),
    })
}

pub fn logs(stand: &mut Stand<'_>) -> Tried {
    let observed = stand.observe()?;
    let Some(first) = observed.instances.first().map(|one| one.id.clone()) else {
        return Err(Not::Met("there is no instance".into()));
    };
    // Every line of its start, so that what is compared does not grow meanwhile.
    stand.lines_with(&first, "secret of ")?;
    let whole = stand.lines(&LogQuery {
        instances: vec![first.clone()],
        ..LogQuery::default()
    })?;
    let foreign = whole.iter().find(|line| line.instance != first || line.release != v(1));
    ensure(foreign.is_none(), || format!("a line of something else: {foreign:?}"))?;
    ensure(whole.iter().any(|line| line.text.contains("listening")), || {
        "`listening` is missing".into()
    })?;
    ensure(whole.is_sorted_by_key(|line| line.at), || {
        "the lines are not in time order".into()
    })?;
    let last = stand.lines(&LogQuery {
        instances: vec![first],
        tail: Some(1),
        ..LogQuery::default()
    })?;
    ensure(
        last.len() == 1 && last.last().map(|line| &line.text) == whole.last().map(|line| &line.text),
        || {
            format!(
                "the last line is {:?}, of which `tail = 1` gives {last:?}",
                whole.last()
            )
        },
    )?;
    for (what, none) in [
        (
            "an instance that never was",
            LogQuery {
                instances: vec!["nobody".into()],
                ..LogQuery::default()
            },
        ),
        (
            "a release that never was",
            LogQuery {
                release: Some(v(99)),
                ..LogQuery::default()
            },
        ),
        (
            "a process that never was",
            LogQuery {
                process: Some("nobody".into()),
                ..LogQuery::default()
            },
        ),
        (
            "a time that is not yet",
            LogQuery {
                since: Some(jiff::Timestamp::MAX),
                ..LogQuery::default()
            },
        ),
    ] {
        let lines = stand.lines(&none)?;
        ensure(lines.is_empty(), || format!("{} lines of {what}", lines.len()))?;
    }
    Ok(format!("{} lines of one instance", whole.len()))
}

pub fn release_step(stand: &mut Stand<'_>) -> Tried {
    let mut seen = Vec::new();
    for (number, status) in [(v(4), 0), (v(5), 7)] {
        stand.next();
        let prepared = stand.ready(App::Step(status), number)?;
        let wanted = stand.wanted(number, RELEASE_STEP, 1);
        let id = wanted[0].id.clone();
        for _ in 0..2 {
            stand.target().start(&stand.authority(), &prepared, &wanted)?;
            let over = |one: &Instance| one.id == id && one.state == InstanceState::Exited;
            let observed = stand.until("the end of the release step", |seen| seen.instances.iter().any(over))?;
            let exit = observed
                .instances
                .iter()
                .find(|one| one.id == id)
                .and_then(|one| one.exit.clone());
            let expected = format!("status {status}");
            ensure(exit.as_deref() == Some(&expected), || {
                format!("its exit is {exit:?}, not `{expected}`")
            })?;
        }
        let lines = stand.lines_with(&id, "migrated")?;
        let ran = lines.iter().filter(|line| line.text.contains("migrated")).count();
        ensure(ran == 1, || format!("it ran {ran} times"))?;
        stand.stop(std::slice::from_ref(&id))?;
        seen.push(format!("`status {status}`"));
    }
    Ok(format!("{}, each run once", seen.join(" and ")))
}

pub fn fence(stand: &mut Stand<'_>) -> Tried {
    let before = stand.observe()?;
    stand.next();
    let prepared = stand.ready(App::Good, v(2))?;
    let low = stand.authority_under(stand.fence - 1);
    let wanted = stand.wanted(v(2), "web", 1);
    let shift = Shift::to(v(2), Vec::new());
    let stop = Stop {
        instances: before.instances.iter().map(|one| one.id.clone()).collect(),
        drain: Span::ZERO,
        grace: Span::ZERO,
    };
    let target = stand.target();
    let mut acts: Vec<(&str, Result<()>)> = vec![
        ("prepare", target.prepare(&low, &prepared).map(drop)),
        ("start", target.start(&low, &prepared, &wanted)),
        ("stop", target.stop(&low, &stop).map(drop)),
        ("remove", target.remove(&low)),
    ];
    if stand.able.in_place {
        let stage = Stage {
            instances: BTreeMap::from([("web".to_owned(), 1)]),
            traffic: Traffic::All,
            fresh: false,
            stop_first: false,
        };
        acts.push(("replace", stand.engine()?.replace(&low, &prepared, &stage)));
        acts.push(("finish", stand.engine()?.finish(&low, &prepared)));
    } else {
        acts.push(("shift", target.shift(&low, &shift)));
    }
    let count = acts.len();
    for (act, answer) in acts {
        match answer {
            Ok(()) => {
                return Err(Not::Met(format!(
                    "`{act}` under fence {} was done, after {}",
                    low.fence, stand.fence
                )));
            }
            Err(fault) => ensure(fault.kind() == Kind::Busy && fault.code() == "fenced", || {
                format!(
                    "`{act}` was refused as {} `{}`, not as busy `fenced`: {fault}",
                    fault.kind().word(),
                    fault.code()
                )
            })?,
        }
    }
    let after = stand.observe()?;
    let of = |seen: &Observation| -> Vec<String> { seen.instances.iter().map(|one| one.id.clone()).collect() };
    ensure(of(&before) == of(&after) && after.current == before.current, || {
        "something was changed all the same".into()
    })?;
    ensure(after.fence == stand.fence, || {
        format!("the fence is {}, not {}", after.fence, stand.fence)
    })?;
    Ok(format!(
        "{count} acts under fence {} refused after {}",
        low.fence, stand.fence
    ))
}

pub fn secrets(stand: &mut Stand<'_>) -> Tried {
    let observed = stand.observe()?;
    let first = healthy(&observed, v(2)).next().map(|one| one.id.clone());
    let first = first.ok_or_else(|| Not::Met("no instance serves".into()))?;
    let told = format!("secret of {} bytes", CANARY.len());
    stand.lines_with(&first, &told)?;
    ensure(!stand.said.contains(CANARY), || {
        let at = stand
            .said
            .lines()
            .find(|line| line.contains(CANARY))
            .unwrap_or_default();
        let before: String = at.chars().take(60).collect();
        format!("its value is in `{before}…`")
    })?;
    Ok(format!("`{told}`; not in {} KB of answers", stand.said.len() / 1024))
}

pub fn remove(stand: &mut Stand<'_>) -> Tried {
    stand.next();
    let observed = stand.observe()?;
    let all: Vec<String> = observed.instances.iter().map(|one| one.id.clone()).collect();
    if !stand.able.in_place && !all.is_empty() {
        stand.stop(&all)?;
    }
    stand.target().remove(&stand.authority())?;
    stand.target().remove(&stand.authority())?;
    let observed = stand.observe()?;
    let left: Vec<String> = observed.instances.iter().map(describe).collect();
    ensure(left.is_empty(), || format!("left: {}", left.join(", ")))?;
    ensure(observed.current.is_none() && observed.url.is_none(), || {
        format!("{:?} is current at {:?}", observed.current, observed.url)
    })?;
    match stand.ask("/") {
        Some(Ok(answer)) if answer.starts_with('v') => {
            Err(Not::Met(format!("the address is still answered by {answer}")))
        }
        _ => Ok("nothing runs, nothing is current, no address".into()),
    }
}

pub fn fence_stays(stand: &mut Stand<'_>) -> Tried {
    let low = stand.authority_under(stand.fence - 1);
    let prepared = stand.bed.release(App::Good, v(2))?;
    match stand.target().prepare(&low, &prepared) {
        Err(fault) if fault.code() == "fenced" => Ok(format!("fence {} refused after {}", low.fence, stand.fence)),
        Err(fault) => Err(fault.into()),
        Ok(_) => {
            stand.target().remove(&stand.authority())?;
            Err(Not::Met(format!(
                "an act under fence {} was done, after {}",
                low.fence, stand.fence
            )))
        }
    }
}

pub fn unreachable(stand: &mut Stand<'_>) -> Tried {
    let Some(target) = stand.bed.severed() else {
        return Err(Not::Tried("it cannot be provoked here".into()));
    };
    match target.observe(&stand.service, &stand.env) {
        Err(fault) if fault.kind() == Kind::Unreachable => Ok(format!("exit code 8: {fault}")),
        Err(fault) => Err(Not::Met(format!(
            "it is {}, not unreachable: {fault}",
            fault.kind().word()
        ))),
        Ok(_) => Err(Not::Met("an observation came back".into())),
    }
}
