//! What instances printed, read from the engine task by task.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::pin::Pin;
use std::time::Duration;

use bollard::Docker;
use bollard::container::LogOutput;
use bollard::models::{Service, Task};
use bollard::query_parameters::LogsOptions;
use futures_util::stream::{self, SelectAll, Stream};
use futures_util::{StreamExt, TryStreamExt};
use jiff::Timestamp;

use super::{Swarm, observe};
use crate::fault::Result;
use crate::model::{EnvName, ReleaseNo, ServiceName};
use crate::ports::target::{LogLine, LogQuery};

/// A longer line is cut: it is for people, and memory is bounded.
const LONGEST: usize = 16 * 1024;

/// The most lines of one instance that are gathered to be sorted.
const MOST: usize = 100_000;

/// The most bytes of them.
const MOST_BYTES: usize = 64 << 20;

/// How often a look is taken for new tasks while logs are followed.
const LOOK_FOR_TASKS: Duration = Duration::from_secs(1);

/// Logs that do not end within this time have lost their node.
const LOGS: Duration = Duration::from_secs(30);

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
        let mut known = BTreeSet::new();
        let mut lines: Lines = SelectAll::new();
        let mut query = query.clone();
        let line = &mut *line;
        loop {
            let line = &mut *line;
            let services = self.services(service, env)?;
            let tasks = self.tasks(&services)?;
            let sources = fresh(sources(&services, &tasks, &query), &mut known);
            let going = self.call("read logs", |docker| async move {
                for source in sources {
                    lines.push(of_task(&docker, source, &query, true));
                }
                // What comes later is wanted from its beginning.
                query.tail = None;
                let mut go_on = true;
                let end = tokio::time::sleep(LOOK_FOR_TASKS);
                tokio::pin!(end);
                while go_on {
                    tokio::select! {
                        next = lines.next(), if !lines.is_empty() => if let Some(next) = next { go_on = line(next) },
                        () = &mut end => break,
                    }
                }
                Ok((lines, query, go_on))
            });
            let go_on;
            (lines, query, go_on) = going?;
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
        let gathered: RefCell<Vec<LogLine>> = RefCell::default();
        self.engine.long_call("read logs", LOGS, |docker| async {
            let docker = docker;
            for source in sources {
                let lines = all(docker.clone(), source, query.clone()).await;
                gathered.borrow_mut().extend(lines);
            }
            Ok(())
        })?;
        let mut lines = gathered.into_inner();
        // Stable: lines of one instance that carry one time keep their order.
        lines.sort_by_key(|line| line.at);
        lines.into_iter().all(line);
        Ok(())
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
pub type Lines = SelectAll<Pin<Box<dyn Stream<Item = LogLine> + Send>>>;

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

/// Everything there is of one task.
pub async fn all(docker: Docker, source: Source, query: LogQuery) -> Vec<LogLine> {
    within(of_task(&docker, source, &query, false), MOST_BYTES).await
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

/// Those of `sources` that are not among the known ones yet; they are from now on.
pub fn fresh(sources: Vec<Source>, known: &mut BTreeSet<String>) -> Vec<Source> {
    sources
        .into_iter()
        .filter(|source| known.insert(source.task.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
