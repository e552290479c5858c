//! What containers printed. The cluster keeps a container's present run and the one before.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::api::Api;
use super::names;
use crate::fault::Result;
use crate::model::{EnvName, ReleaseNo, ServiceName};
use crate::ports::Clock;
use crate::ports::target::{LogLine, LogQuery, RELEASE_STEP};

/// Between two looks while following.
const LOOK: Duration = Duration::from_millis(1000);
/// A line is cut here, as the local target cuts it.
const LINE_MAX: usize = 16 * 1024;

struct Source {
    /// As which instance its lines are known.
    instance: String,
    pod: String,
    container: String,
    process: String,
    release: ReleaseNo,
    restarted: bool,
}

/// Calls `line` for what the query wants, oldest first; with `follow` it goes on with what comes.
pub fn read(
    api: &Api,
    clock: &dyn Clock,
    scope: (&ServiceName, &EnvName),
    query: &LogQuery,
    follow: bool,
    line: &mut dyn FnMut(LogLine) -> bool,
) -> Result<()> {
    let mut last: BTreeMap<String, Timestamp> = BTreeMap::new();
    let mut first = true;
    loop {
        let mut lines = Vec::new();
        for source in sources(api, scope, query)? {
            let before = last.get(&source.pod).copied();
            let read = of(api, &source, query, before, first)?;
            if let Some(newest) = read.last() {
                last.insert(source.pod.clone(), newest.at);
            }
            lines.extend(read);
        }
        lines.sort_by_key(|line| line.at);
        for one in lines {
            if !line(one) {
                return Ok(());
            }
        }
        if !follow {
            return Ok(());
        }
        first = false;
        clock.sleep(LOOK);
    }
}

fn sources(api: &Api, (service, env): (&ServiceName, &EnvName), query: &LogQuery) -> Result<Vec<Source>> {
    let kinds = [("v1", "Pod", false), ("batch/v1", "Job", true)];
    let (lists, _) = api.list(&kinds, &names::selector(service, env))?;
    let [pods, jobs] = &lists[..] else {
        return Ok(Vec::new());
    };
    let found = pods.iter().filter_map(|pod| source(pod, jobs));
    let wanted = found.filter(|source| {
        (query.instances.is_empty() || query.instances.contains(&source.instance))
            && query.release.is_none_or(|release| release == source.release)
            && query.process.as_ref().is_none_or(|process| *process == source.process)
    });
    Ok(wanted.collect())
}

fn source(pod: &Value, jobs: &[Value]) -> Option<Source> {
    let process = names::labelled(pod, names::PROCESS)?.to_owned();
    let containers = pod["spec"]["containers"].as_array()?;
    let named = containers.iter().find(|one| one["name"] == process.as_str());
    let container = named.or(containers.first())?["name"].as_str()?.to_owned();
    let statuses = pod["status"]["containerStatuses"].as_array().into_iter().flatten();
    let mut own = statuses.filter(|one| one["name"] == container.as_str());
    let restarted = own.any(|one| one["restartCount"].as_u64().unwrap_or(0) > 0);
    let job = pod["metadata"]["ownerReferences"].as_array().into_iter().flatten();
    let job = job
        .filter_map(|owner| jobs.iter().find(|job| job["metadata"]["uid"] == owner["uid"]))
        .next();
    let step = job.and_then(|job| job["metadata"]["annotations"][names::INSTANCE].as_str());
    Some(Source {
        instance: match (&process[..], step) {
            (RELEASE_STEP, Some(step)) => step.to_owned(),
            _ => names::name(pod).to_owned(),
        },
        pod: names::name(pod).to_owned(),
        container,
        release: names::labelled(pod, names::RELEASE)?.parse().ok()?,
        restarted,
        process,
    })
}

/// New lines of one container; at the first look those of the run before too, where it was restarted.
fn of(api: &Api, source: &Source, query: &LogQuery, after: Option<Timestamp>, first: bool) -> Result<Vec<LogLine>> {
    let tail = query.tail.filter(|_| first).map(|tail| tail.to_string());
    let since = after
        .or(query.since)
        .map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    let ask = |previous: bool| {
        let mut parameters = vec![("container", source.container.as_str()), ("timestamps", "true")];
        parameters.extend(tail.as_deref().map(|tail| ("tailLines", tail)));
        parameters.extend(since.as_deref().map(|since| ("sinceTime", since)));
        parameters.extend(previous.then_some(("previous", "true")));
        api.log(&source.pod, &parameters)
    };
    let mut texts = Vec::new();
    if first && source.restarted {
        texts.extend(ask(true)?);
    }
    texts.extend(ask(false)?);
    let mut lines: Vec<LogLine> = texts
        .iter()
        .flat_map(|text| text.lines())
        .filter_map(|text| line_of(text, source))
        .filter(|line| after.is_none_or(|after| line.at > after) && query.since.is_none_or(|since| line.at >= since))
        .collect();
    if let Some(tail) = query.tail.filter(|_| first) {
        lines.drain(..lines.len().saturating_sub(tail));
    }
    Ok(lines)
}

fn line_of(text: &str, source: &Source) -> Option<LogLine> {
    let (at, text) = text.split_once(' ').unwrap_or((text, ""));
    let end = text.char_indices().map(|(at, _)| at).find(|at| *at >= LINE_MAX);
    Some(LogLine {
        at: at.parse().ok()?,
        instance: source.instance.clone(),
        process: source.process.clone(),
        release: source.release,
        // The cluster does not tell the two apart.
        stream: "out".into(),
        text: text[..end.unwrap_or(text.len())].to_owned(),
    })
}
