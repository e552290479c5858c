//! The log of a pod's container: `tailLines`, `sinceTime`, `sinceSeconds`, `timestamps`, `previous`, `limitBytes`, `follow`.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::container::ContainerRun;
use super::failure::{Answer, Failure};
use super::request::{Reply, Request};
use super::state::State;

#[derive(Clone, Debug)]
pub struct Line {
    pub at: Timestamp,
    pub text: String,
}

impl Line {
    pub fn new(at: Timestamp, text: &str) -> Self {
        Line {
            at,
            text: text.to_owned(),
        }
    }

    fn shown(&self, timestamps: bool) -> String {
        if timestamps {
            format!("{:.9} {}\n", self.at, self.text)
        } else {
            format!("{}\n", self.text)
        }
    }
}

/// A log that is followed.
pub struct Tail {
    pub uid: String,
    pub container: String,
    /// What is there already.
    pub first: String,
    /// How many lines of the container the reader has had.
    pub seen: usize,
    pub restarts: u32,
    pub timestamps: bool,
}

pub fn read(state: &State, request: &Request, pod: &Value) -> Answer<Reply> {
    let name = pod["metadata"]["name"].as_str().unwrap_or_default();
    let container = container(request, pod, name)?;
    let uid = pod["metadata"]["uid"].as_str().unwrap_or_default();
    let run = state
        .runs
        .get(uid)
        .and_then(|run| run.containers.iter().find(|one| one.name == container));
    let waiting = |why: &str| {
        Failure::bad_request(format!(
            "container {container:?} in pod {name:?} is waiting to start: {why}"
        ))
    };
    let Some(run) = run else {
        return Err(Failure::bad_request(format!(
            "pod {name} does not have a host assigned"
        )));
    };
    if request.flag("previous") {
        let previous = run.previous.as_deref().ok_or_else(|| {
            Failure::bad_request(format!(
                "previous terminated container {container:?} in pod {name:?} not found"
            ))
        })?;
        return Ok(Reply::Text(chosen(request, previous, state.now())?));
    }
    if run.cannot_be_pulled() {
        let why =
            format!("container {container:?} in pod {name:?} is waiting to start: trying and failing to pull image");
        return Err(Failure::bad_request(why));
    }
    if !run.has_started() {
        return Err(waiting("ContainerCreating"));
    }
    let first = chosen(request, &run.lines, state.now())?;
    if request.flag("follow") && run.is_running() {
        return Ok(Reply::Follow(Tail {
            uid: uid.to_owned(),
            container,
            first,
            seen: run.lines.len(),
            restarts: run.restarts,
            timestamps: request.flag("timestamps"),
        }));
    }
    Ok(Reply::Text(first))
}

fn container(request: &Request, pod: &Value, pod_name: &str) -> Answer<String> {
    let names: Vec<&str> = pod["spec"]["containers"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| one["name"].as_str())
        .collect();
    match request.option("container").filter(|name| !name.is_empty()) {
        Some(name) if names.contains(&name) => Ok(name.to_owned()),
        Some(name) => Err(Failure::bad_request(format!(
            "container {name} is not valid for pod {pod_name}"
        ))),
        None if names.len() == 1 => Ok(names[0].to_owned()),
        None => Err(Failure::bad_request(format!(
            "a container name must be specified for pod {pod_name}, choose one of: [{}]",
            names.join(" ")
        ))),
    }
}

fn chosen(request: &Request, lines: &[Line], now: Timestamp) -> Answer<String> {
    let since = match (request.option("sinceTime"), request.option("sinceSeconds")) {
        (Some(text), _) => {
            let time = text.parse::<Timestamp>();
            Some(time.map_err(|error| Failure::bad_request(format!("parsing time {text:?}: {error}")))?)
        }
        (None, Some(text)) => {
            let seconds = text
                .parse()
                .map_err(|_| Failure::bad_request("sinceSeconds is not a number"))?;
            Some(now.saturating_sub(SignedDuration::from_secs(seconds)).unwrap_or(now))
        }
        _ => None,
    };
    let lines: Vec<&Line> = lines
        .iter()
        .filter(|line| since.is_none_or(|since| line.at >= since))
        .collect();
    let tail = request
        .option("tailLines")
        .and_then(|text| text.parse().ok())
        .unwrap_or(lines.len());
    let from = lines.len().saturating_sub(tail);
    let mut text: String = lines[from..]
        .iter()
        .map(|line| line.shown(request.flag("timestamps")))
        .collect();
    if let Some(limit) = request.option("limitBytes").and_then(|text| text.parse::<usize>().ok())
        && limit < text.len()
    {
        let limit = (0..=limit).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(limit);
    }
    Ok(text)
}

/// What a followed log has that its reader has not had; `None` when there will be no more.
pub fn more(state: &State, tail: &mut Tail) -> Option<String> {
    let run = state.runs.get(&tail.uid)?;
    let container: &ContainerRun = run.containers.iter().find(|one| one.name == tail.container)?;
    if container.restarts != tail.restarts {
        return None;
    }
    let fresh: String = container.lines[tail.seen.min(container.lines.len())..]
        .iter()
        .map(|line| line.shown(tail.timestamps))
        .collect();
    tail.seen = container.lines.len();
    (container.is_running() || !fresh.is_empty()).then_some(fresh)
}
