//! What instances printed, read from the engine task by task.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::time::Duration;

use bollard::Docker;
use bollard::container::LogOutput;
use bollard::models::{Service, Task, TaskState};
use bollard::query_parameters::LogsOptions;
use futures_util::stream::{self, SelectAll, Stream};
use futures_util::{StreamExt, TryStreamExt};
use jiff::Timestamp;

use super::{Swarm, observe};
use crate::fault::Result;
use crate::model::{EnvName, ReleaseNo, ServiceName, Span};
use crate::ports::target::{LogLine, LogQuery, NOTES};

/// A longer line is cut: it is for people, and memory is bounded.
const LONGEST: usize = 16 * 1024;

/// The most lines of one instance that are gathered to be sorted.
const MOST: usize = 100_000;

/// The most bytes of them.
const MOST_BYTES: usize = 64 << 20;

/// How often a look is taken for new tasks while logs are followed.
const LOOK_FOR_TASKS: Duration = Duration::from_secs(1);

/// The log of one task that does not end within this time has lost its node.
const LOGS: Duration = Duration::from_secs(30);

/// So many are read at a time.
const AT_ONCE: usize = 8;

/// One task whose output is wanted.
#[derive(Clone, Debug)]
pub struct Source {
    pub task: String,
    pub instance: String,
    pub process: String,
    pub release: ReleaseNo,
}

impl Swarm {
    /// Lines as they come, of instances that come later too, until `line` has enough.
    pub fn follow(
        &self,
        service: &ServiceName,
        env: &EnvName,
        query: &LogQuery,
        line: &mut dyn FnMut(LogLine) -> bool,
    ) -> Result<()> {
        let mut known = BTreeMap::new();
        let mut lines: Lines = SelectAll::new();
        let mut query = query.clone();
        let line = &mut *line;
        loop {
            let line = &mut *line;
            let services = self.services(service, env)?;
            let tasks = self.tasks(&services)?;
            let running: BTreeSet<&str> = tasks
                .iter()
                .filter(|task| observe::state_of(task) == TaskState::RUNNING)
                .filter_map(|task| task.id.as_deref())
                .collect();
            let due = due(sources(&services, &tasks, &query), &running, &mut known);
            let followed = std::mem::take(&mut known);
            let going = self.call("read logs", |docker| async move {
                let mut known = followed;
                for (source, after) in due {
                    let task = source.task.clone();
                    // What was read before is not read again, and what comes later is wanted from its beginning.
                    let query = LogQuery {
                        since: query.since.max(after),
                        tail: query.tail.filter(|_| after.is_none()),
                        ..query.clone()
                    };
                    let own = of_task(&docker, source, &query, true);
                    let own = own.filter(move |line| std::future::ready(after.is_none_or(|after| line.at > after)));
                    let heard = task.clone();
                    let own = own.map(move |line| (heard.clone(), Some(line)));
                    lines.push(Box::pin(own.chain(stream::once(std::future::ready((task, None))))));
                }
                query.tail = None;
                let mut go_on = true;
                let end = tokio::time::sleep(LOOK_FOR_TASKS);
                tokio::pin!(end);
                while go_on {
                    let (task, next) = tokio::select! {
                        next = lines.next(), if !lines.is_empty() => match next {
                            Some(next) => next,
                            None => continue,
                        },
                        () = &mut end => break,
                    };
                    let followed: &mut Followed = known.entry(task).or_default();
                    match next {
                        Some(next) => {
                            followed.last = Some(next.at);
                            go_on = line(next);
                        }
                        None => followed.ended = true,
                    }
                }
                Ok((known, lines, query, go_on))
            });
            let go_on;
            (known, lines, query, go_on) = going?;
            if !go_on {
                return Ok(());
            }
        }
    }

    /// Lines that are there already, in time order.
    pub fn gather(
        &self,
        service: &ServiceName,
        env: &EnvName,
        query: &LogQuery,
        line: &mut dyn FnMut(LogLine) -> bool,
    ) -> Result<()> {
        let services = self.services(service, env)?;
        let tasks = self.tasks(&services)?;
        let sources = sources(&services, &tasks, query);
        let mut lines = self.read(sources, query, LOGS)?;
        // Stable: lines of one instance that carry one time keep their order.
        lines.sort_by_key(|line| line.at);
        lines.into_iter().all(line);
        Ok(())
    }

    /// Everything there is of those tasks, `each` as far as it was read within that time.
    fn read(&self, sources: Vec<Source>, query: &LogQuery, each: Duration) -> Result<Vec<LogLine>> {
        let rounds = u32::try_from(sources.len().div_ceil(AT_ONCE)).unwrap_or(u32::MAX);
        let now = self.clock.now();
        // Each is bounded by itself; all of them together only because nothing is without a bound.
        let limit = each.saturating_mul(rounds.saturating_add(1));
        let gathered = self.engine.long_call("read logs", limit, |docker| async move {
            let read = |source: Source| all(docker.clone(), source, query.clone(), each, now);
            let read = stream::iter(sources).map(read).buffer_unordered(AT_ONCE);
            Ok(read.collect::<Vec<_>>().await)
        })?;
        Ok(gathered.into_iter().flatten().collect())
    }
}

/// The tasks that a query is about.
pub fn sources(services: &[Service], tasks: &[Task], query: &LogQuery) -> Vec<Source> {
    let mut found = Vec::new();
    for task in tasks {
        let service = services
            .iter()
            .find(|one| one.id.is_some() && one.id == task.service_id);
        let (Some(service), Some(release), Some(id)) = (service, observe::release_of(task), &task.id) else {
            continue;
        };
        let process = observe::task_label(task, super::names::PROCESS).unwrap_or(super::names::WEB);
        let instance = observe::label(service, super::names::INSTANCE).unwrap_or_else(|| observe::id_of(service, task));
        let wanted = (query.instances.is_empty() || query.instances.contains(&instance))
            && query.release.is_none_or(|wanted| wanted == release)
            && query.process.as_ref().is_none_or(|wanted| wanted == process);
        let has_run = task
            .status
            .as_ref()
            .is_some_and(|status| status.container_status.is_some());
        if wanted && has_run {
            found.push(Source {
                task: id.clone(),
                instance,
                process: process.to_owned(),
                release,
            });
        }
    }
    found
}

/// Lines of several tasks, as they come.
pub type Lines = SelectAll<Pin<Box<dyn Stream<Item = Heard> + Send>>>;

/// A task, and a line of it; none when its stream ended.
pub type Heard = (String, Option<LogLine>);

/// What is known of a task whose log is followed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Followed {
    /// When the last line was printed that was read.
    last: Option<Timestamp>,
    /// Nothing is read of it any more.
    ended: bool,
}

/// One task's lines. What cannot be read of it, since its node is gone, is left out.
pub fn of_task(
    docker: &Docker,
    source: Source,
    query: &LogQuery,
    follow: bool,
) -> Pin<Box<dyn Stream<Item = LogLine> + Send>> {
    let since = query.since;
    let options = LogsOptions {
        follow,
        stdout: true,
        stderr: true,
        timestamps: true,
        since: since.map_or(0, |since| i32::try_from(since.as_second()).unwrap_or(0)),
        tail: query.tail.map_or("all".to_owned(), |tail| tail.to_string()),
        ..LogsOptions::default()
    };
    let output = docker.task_logs(&source.task, Some(options));
    let lines = output
        .into_stream()
        .take_while(|one| std::future::ready(one.is_ok()))
        .filter_map(|one| std::future::ready(one.ok()))
        .flat_map(move |one| stream::iter(parse(&one, &source)))
        .filter(move |line| std::future::ready(since.is_none_or(|since| line.at >= since)));
    Box::pin(lines)
}

/// Everything there is of one task, as far as it was read within `limit`; a note says where that was not all. `now` is when it
/// was begun.
pub async fn all(docker: Docker, source: Source, query: LogQuery, limit: Duration, now: Timestamp) -> Vec<LogLine> {
    let lines = of_task(&docker, source.clone(), &query, false);
    let late = Cell::new(false);
    let time_is_up = async {
        tokio::time::sleep(limit).await;
        late.set(true);
    };
    let mut lines = within(lines.take_until(time_is_up), MOST_BYTES).await;
    if late.get() {
        lines.push(LogLine {
            at: lines.last().map_or(now, |last| last.at.max(now)),
            instance: source.instance,
            process: source.process,
            release: source.release,
            stream: NOTES.into(),
            text: format!("its node did not give the rest of its log within {}", Span::from(limit)),
        });
    }
    lines
}

/// As many lines as fit.
async fn within(lines: impl Stream<Item = LogLine>, most: usize) -> Vec<LogLine> {
    let mut bytes = 0;
    let fits = |line: &LogLine| {
        bytes += line.text.len();
        std::future::ready(bytes <= most)
    };
    lines.take(MOST).take_while(fits).collect().await
}

/// `TIMESTAMP text`, one line each.
fn parse(output: &LogOutput, source: &Source) -> Vec<LogLine> {
    let (stream, bytes) = match output {
        LogOutput::StdErr { message } => ("err", message),
        LogOutput::StdOut { message } | LogOutput::Console { message } => ("out", message),
        LogOutput::StdIn { .. } => return Vec::new(),
    };
    let text = String::from_utf8_lossy(bytes);
    let lines = text.split('\n').filter(|line| !line.is_empty());
    lines
        .filter_map(|line| {
            let (at, text) = line.split_once(' ').unwrap_or((line, ""));
            let at: Timestamp = at.parse().ok()?;
            let cut = text
                .char_indices()
                .map(|(at, _)| at)
                .take_while(|at| *at <= LONGEST)
                .last()
                .unwrap_or(0);
            let text = if text.len() > LONGEST { &text[..cut] } else { text };
            Some(LogLine {
                at,
                instance: source.instance.clone(),
                process: source.process.clone(),
                release: source.release,
                stream: stream.into(),
                text: text.trim_end_matches('\r').to_owned(),
            })
        })
        .collect()
}

/// Those of `sources` that are to be opened, and after which line: what is not among the known ones yet, and is from now on;
/// and what is running although its stream ended, as it does when its node is cut off for a while.
pub fn due(
    sources: Vec<Source>,
    running: &BTreeSet<&str>,
    known: &mut BTreeMap<String, Followed>,
) -> Vec<(Source, Option<Timestamp>)> {
    let open = |source: Source| match known.get_mut(&source.task) {
        None => {
            known.insert(source.task.clone(), Followed::default());
            Some((source, None))
        }
        Some(followed) if followed.ended && running.contains(source.task.as_str()) => {
            followed.ended = false;
            Some((source, followed.last))
        }
        Some(_) => None,
    };
    sources.into_iter().filter_map(open).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::fake::Fake;
    use super::*;

    fn source(task: &str) -> Source {
        Source {
            task: task.into(),
            instance: format!("shop-production.1.{task}"),
            process: "web".into(),
            release: ReleaseNo(2),
        }
    }

    /// Lines as an engine sends them: a frame of the first stream each, with its length.
    fn frames(lines: &[&str]) -> Value {
        let frame = |line: &&str| {
            let length = char::from(u8::try_from(line.len() + 1).expect("a short line"));
            format!("\u{1}\0\0\0\0\0\0{length}{line}\n")
        };
        lines.iter().map(frame).collect::<String>().into()
    }

    #[test]
    fn a_log_that_does_not_end_costs_no_line_of_the_others_and_is_told() {
        let fake = Fake::start(|line| match line.contains("/tasks/slow/") {
            true => loop {
                std::thread::park();
            },
            false => (200, frames(&["2026-03-04T05:06:07Z one", "2026-03-04T05:06:08Z two"])),
        });
        let sources = vec![source("slow"), source("fast")];
        let limit = Duration::from_millis(500);
        let mut lines = fake.swarm().read(sources, &LogQuery::default(), limit).expect("lines");
        lines.sort_by_key(|line| line.at);
        let said: Vec<_> = lines
            .iter()
            .map(|line| (line.stream.as_str(), line.text.as_str()))
            .collect();
        let note = "its node did not give the rest of its log within 500ms";
        assert_eq!(said, [("out", "one"), ("out", "two"), (NOTES, note)]);
        assert_eq!(lines[2].instance, "shop-production.1.slow");
    }

    #[test]
    fn a_followed_log_that_breaks_off_is_read_on_from_its_last_line() {
        let labels = json!({ "deliver.release": "v2", "deliver.process": "web" });
        let reads = std::sync::atomic::AtomicUsize::new(0);
        let fake = Fake::start(move |line| match line {
            _ if line.contains("/services?") => (200, json!([{ "ID": "s1", "Spec": { "Name": "shop-production" } }])),
            _ if line.contains("/tasks?") => {
                let container = json!({ "ContainerSpec": { "Labels": labels } });
                let status = json!({ "State": "running", "ContainerStatus": {} });
                (
                    200,
                    json!([{ "ID": "t1", "ServiceID": "s1", "Slot": 1, "Spec": container, "Status": status }]),
                )
            }
            _ => match reads.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
                0 => (200, frames(&["2026-03-04T05:06:07.1Z one"])),
                _ => (
                    200,
                    frames(&["2026-03-04T05:06:07.1Z one", "2026-03-04T05:06:07.2Z two"]),
                ),
            },
        });
        let mut said = Vec::new();
        let (service, env) = ("shop".parse().expect("a name"), "production".parse().expect("a name"));
        let followed = fake.swarm().follow(&service, &env, &LogQuery::default(), &mut |line| {
            said.push(line.text);
            said.len() < 2
        });
        followed.expect("it was followed");
        assert_eq!(said, ["one", "two"]);
    }

    #[test]
    fn only_what_runs_is_opened_again_and_only_when_its_stream_ended() {
        let mut known = BTreeMap::new();
        let due = |running: &[&str], known: &mut BTreeMap<String, Followed>| -> Vec<String> {
            let running = running.iter().copied().collect();
            let due = due(vec![source("a"), source("b")], &running, known);
            due.into_iter().map(|(source, _)| source.task).collect()
        };
        assert_eq!(due(&["a"], &mut known), ["a", "b"]);
        assert!(due(&["a"], &mut known).is_empty());
        known.values_mut().for_each(|followed| followed.ended = true);
        assert_eq!(due(&["a"], &mut known), ["a"]);
        assert!(due(&["a"], &mut known).is_empty(), "it is open again");
    }

    #[test]
    fn no_log_fills_the_memory() {
        let line = LogLine {
            at: Timestamp::UNIX_EPOCH,
            instance: "i".into(),
            process: "web".into(),
            release: ReleaseNo(1),
            stream: "out".into(),
            text: "x".repeat(100),
        };
        let gathered = within(stream::repeat(line), 1_050);
        assert_eq!(
            futures_util::FutureExt::now_or_never(gathered).map(|lines| lines.len()),
            Some(10)
        );
    }

    #[test]
    fn lines_carry_their_time_and_stream_and_are_bounded() {
        let source = Source {
            task: "t".into(),
            instance: "shop-production.1.t".into(),
            process: "web".into(),
            release: ReleaseNo(2),
        };
        let long = "é".repeat(LONGEST);
        let text = format!("2026-03-04T05:06:07.5Z one two\r\nno time at all\n2026-03-04T05:06:08Z {long}\n");
        let lines = parse(&LogOutput::StdErr { message: text.into() }, &source);
        let of = |line: &LogLine| (line.stream.clone(), line.text.len());
        assert_eq!((lines.len(), lines[0].text.as_str()), (2, "one two"));
        assert_eq!(of(&lines[1]), ("err".into(), LONGEST));
    }
}
