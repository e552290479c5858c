//! A release as a plugin is told of it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::ReleaseNo;
use crate::model::spec::{self, CommandLine, HttpProbe, Role, Spec, Work, first_process};

#[derive(Clone, Serialize, JsonSchema)]
pub struct Release {
    /// `v3`.
    pub number: ReleaseNo,
    /// Content-addressed: the same build is the same artifact.
    pub build: String,
    pub commit: Option<String>,
    pub run: Run,
}

/// What is to run, with every default filled in.
#[derive(Clone, Serialize, JsonSchema)]
pub struct Run {
    pub processes: Vec<Process>,
    /// Where people reach the service; null: the plugin picks a port that stays the same.
    pub port: Option<u16>,
    /// The port that the app insists on instead of `$PORT`.
    pub listen: Option<u16>,
    pub health: Health,
    pub drain_ms: u64,
    pub grace_ms: u64,
    /// Folders of the artifact that outlive releases, relative to `workdir`.
    pub volumes: Vec<String>,
    pub env: BTreeMap<String, String>,
    /// Names of the secrets, which are variables as well.
    pub secrets: Vec<String>,
    pub release_step: Option<ReleaseStep>,
    /// Folder of the artifact in which commands run; empty for its root.
    pub workdir: String,
}

/// One kind of process.
#[derive(Clone, Serialize, JsonSchema)]
pub struct Process {
    /// `web` takes the traffic.
    pub name: String,
    pub role: Part,
    /// Five fields of cron, for a scheduled job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// Program and arguments; `$PORT` and `${PORT}` in them stand for the instance's own port. Null: see `files`.
    pub command: Option<Vec<String>>,
    /// Serve this folder of the artifact, instead of a command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<String>,
    pub instances: u32,
    /// Variables of this process alone, which win over the others.
    pub env: BTreeMap<String, String>,
}

/// What a process is for.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Web,
    Worker,
    Schedule,
}

/// How to see that an instance can take traffic.
#[derive(Clone, Serialize, JsonSchema)]
pub struct Health {
    /// `GET` this on the instance's port. Null: running is all that can be known.
    pub path: Option<String>,
    /// The `Host` header.
    pub host: Option<String>,
    /// The lowest status that counts as unhealthy.
    pub below: u16,
    /// Another path: an instance whose answer to it stays bad is restarted.
    pub live: Option<String>,
    /// How long it must stay bad for that.
    pub live_patience_ms: u64,
    pub interval_ms: u64,
    pub timeout_ms: u64,
    /// The longest an instance may take to become healthy. `deliver` judges by it, not the plugin.
    pub start_ms: u64,
    pub stable_ms: u64,
}

#[derive(Clone, Serialize, JsonSchema)]
pub struct ReleaseStep {
    pub command: Vec<String>,
    pub timeout_ms: u64,
}

impl Run {
    pub fn of(spec: &Spec) -> Run {
        let health = &spec.health;
        let probe = health.probe.as_ref();
        Run {
            processes: spec.processes.iter().map(Process::of).collect(),
            port: spec.port,
            listen: spec.listen,
            health: Health {
                path: probe.map(|probe| probe.path.clone()),
                host: probe.and_then(|probe| probe.host.clone()),
                below: probe.map_or(400, |probe: &HttpProbe| probe.below),
                live: health.live.as_ref().map(|probe| probe.path.clone()),
                live_patience_ms: health.live_patience().as_millis() as u64,
                interval_ms: health.interval.as_millis(),
                timeout_ms: health.timeout.as_millis(),
                start_ms: health.start.as_millis(),
                stable_ms: health.stable.as_millis(),
            },
            drain_ms: spec.drain.as_millis(),
            grace_ms: spec.grace.as_millis(),
            volumes: spec.volumes.clone(),
            env: spec.env.clone(),
            secrets: spec.secrets.keys().cloned().collect(),
            release_step: spec.release_step.as_ref().map(|step| ReleaseStep {
                command: words(&step.command),
                timeout_ms: step.timeout.as_millis(),
            }),
            workdir: spec.workdir.clone(),
        }
    }
}

impl Process {
    fn of(process: &spec::Process) -> Process {
        let (command, files) = match &process.work {
            Work::Command(command) => (Some(words(command)), None),
            Work::Static(folder) => (None, Some(folder.clone())),
            Work::Image => (None, None),
        };
        let (role, schedule) = match &process.role {
            Role::Web => (Part::Web, None),
            Role::Worker => (Part::Worker, None),
            Role::Schedule(cron) => (Part::Schedule, Some(cron.clone())),
        };
        Process {
            name: process.name.clone(),
            role,
            schedule,
            command,
            files,
            instances: process.instances,
            env: process.env.clone(),
        }
    }
}

/// A line for the shell becomes one, so that a plugin has one form to know, and its program hears a stop wherever the plugin
/// tells the first process alone.
fn words(command: &CommandLine) -> Vec<String> {
    match command {
        CommandLine::Exec(words) => words.clone(),
        CommandLine::Shell(line) => first_process(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_for_a_shell_lets_its_program_hear_a_stop() {
        for (line, becomes) in [
            ("./app --port $PORT", "exec ./app --port $PORT"),
            ("cd web && ./app", "cd web && ./app"),
        ] {
            assert_eq!(words(&CommandLine::Shell(line.into())), ["/bin/sh", "-c", becomes]);
        }
        assert_eq!(words(&CommandLine::Exec(vec!["./app".into()])), ["./app"]);
    }
}
