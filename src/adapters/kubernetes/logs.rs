//! What containers printed. The cluster keeps a container's present run and the one before.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::api::Api;
use super::api::watch::Log;
use super::names;
use crate::fault::Result;
use crate::model::{EnvName, ReleaseNo, ServiceName};
use crate::ports::Clock;
use crate::ports::target::{LogLine, LogQuery, RELEASE_STEP};

/// Between two looks while following.
const LOOK: Duration = Duration::from_millis(1000);
/// A line is cut here, as the local target cuts it.
pub const LINE_MAX: usize = 16 * 1024;

struct Source {
    /// As which instance its lines are known.
    instance: String,
    pod: String,
    container: String,
    process: String,
    release: ReleaseNo,
    restarts: u64,
}

/// Calls `line` for what the query wants, oldest first; with `follow` it goes on with what comes. Of each container one line
/// is held at a time, or the last ones that are asked for.
pub fn read(
    api: &Api,
    clock: &dyn Clock,
    scope: (&ServiceName, &EnvName),
    query: &LogQuery,
    follow: bool,
    line: &mut dyn FnMut(LogLine) -> bool,
) -> Result<()> {
    let mut last: BTreeMap<String, Timestamp> = BTreeMap::new();
    let mut restarts: BTreeMap<String, u64> = BTreeMap::new();
    let mut first = true;
    loop {
        let mut readers = Vec::new();
        for source in sources(api, scope, query)? {
            let after = last.get(&source.pod).copied();
            // What it printed last, before it ended and was restarted, is with the run before.
            let known = restarts.insert(source.pod.clone(), source.restarts).unwrap_or(0);
            let before = source.restarts > known;
            let mut reader = Reader::new(source, query, after, before, first);
            if let Some(tail) = query.tail.filter(|_| first) {
                reader.keep_last(api, tail)?;
            }
            readers.push(reader);
        }
        if !merge(api, &mut readers, &mut last, line)? || !follow {
            return Ok(());
        }
        first = false;
        clock.sleep(LOOK);
    }
}

/// Calls `line` with the oldest that any reader has, until none has one; whether it wants more.
fn merge(
    api: &Api,
    readers: &mut [Reader<'_>],
    last: &mut BTreeMap<String, Timestamp>,
    line: &mut dyn FnMut(LogLine) -> bool,
) -> Result<bool> {
    let mut heads = Vec::new();
    for reader in readers.iter_mut() {
        heads.push(reader.next(api)?);
    }
    loop {
        let waiting = heads.iter().enumerate();
        let oldest = waiting
            .filter_map(|(at, head)| Some((head.as_ref()?.at, at)))
            .min()
            .map(|(_, at)| at);
        let Some(at) = oldest else { return Ok(true) };
        let next = readers[at].next(api)?;
        let Some(one) = std::mem::replace(&mut heads[at], next) else {
            return Ok(true);
        };
        let newest = last.entry(readers[at].source.pod.clone()).or_insert(one.at);
        *newest = one.at.max(*newest);
        if !line(one) {
            return Ok(false);
        }
    }
}

/// The new lines of one container, and those of the run before where it was restarted meanwhile.
struct Reader<'a> {
    source: Source,
    query: &'a LogQuery,
    after: Option<Timestamp>,
    tail: Option<usize>,
    /// Runs that are still to be opened: whether it is the one before.
    runs: VecDeque<bool>,
    open: Option<Log>,
    kept: VecDeque<LogLine>,
}

impl<'a> Reader<'a> {
    fn new(source: Source, query: &'a LogQuery, after: Option<Timestamp>, before: bool, first: bool) -> Reader<'a> {
        Reader {
            runs: [true, false]
                .into_iter()
                .filter(|previous| before || !previous)
                .collect(),
            source,
            query,
            after,
            tail: query.tail.filter(|_| first),
            open: None,
            kept: VecDeque::new(),
        }
    }

    /// Reads everything and keeps the last `tail` lines.
    fn keep_last(&mut self, api: &Api, tail: usize) -> Result<()> {
        let mut kept = VecDeque::new();
        while let Some(line) = self.next(api)? {
            kept.push_back(line);
            if kept.len() > tail {
                kept.pop_front();
            }
        }
        self.kept = kept;
        Ok(())
    }

    fn next(&mut self, api: &Api) -> Result<Option<LogLine>> {
        loop {
            if let Some(line) = self.kept.pop_front() {
                return Ok(Some(line));
            }
            let Some(log) = &mut self.open else {
                let Some(previous) = self.runs.pop_front() else {
                    return Ok(None);
                };
                self.open = self.ask(api, previous)?;
                continue;
            };
            let Some(text) = api.next_line(log)? else {
                self.open = None;
                continue;
            };
            let line = line_of(&text, &self.source).filter(|line| {
                self.after.is_none_or(|after| line.at > after) && self.query.since.is_none_or(|since| line.at >= since)
            });
            if line.is_some() {
                return Ok(line);
            }
        }
    }

    fn ask(&self, api: &Api, previous: bool) -> Result<Option<Log>> {
        let tail = self.tail.map(|tail| tail.to_string());
        let since = self.after.or(self.query.since);
        let since = since.map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        let mut parameters = vec![("container", self.source.container.as_str()), ("timestamps", "true")];
        parameters.extend(tail.as_deref().map(|tail| ("tailLines", tail)));
        parameters.extend(since.as_deref().map(|since| ("sinceTime", since)));
        parameters.extend(previous.then_some(("previous", "true")));
        api.log(&self.source.pod, &parameters)
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
    let restarts = own.find_map(|one| one["restartCount"].as_u64()).unwrap_or(0);
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
        restarts,
        process,
    })
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
