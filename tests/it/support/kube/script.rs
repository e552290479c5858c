//! What the containers of an image do, as a test says it.

use std::time::Duration;

use serde_json::Value;

/// How a container came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exit {
    pub after: Duration,
    pub code: i32,
    /// Killed by the kernel for its memory: code 137, reason `OOMKilled`.
    pub out_of_memory: bool,
}

/// The behaviour of a pod's containers. A new one starts at once, is ready at once, and ends when told to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    pub schedulable: bool,
    pub pullable: bool,
    pub pull_time: Duration,
    /// When the readiness probe passes, counted from the start; never with `None`. Without a probe a container is ready
    /// when it runs.
    pub ready_after: Option<Duration>,
    pub exit: Option<Exit>,
    pub ignores_term: bool,
    /// From SIGTERM to the end.
    pub stop_time: Duration,
    pub lines: Vec<String>,
}

impl Default for Script {
    fn default() -> Self {
        Script {
            schedulable: true,
            pullable: true,
            pull_time: Duration::ZERO,
            ready_after: Some(Duration::ZERO),
            exit: None,
            ignores_term: false,
            stop_time: Duration::ZERO,
            lines: Vec::new(),
        }
    }
}

impl Script {
    pub fn ready_after(time: Duration) -> Self {
        Script {
            ready_after: Some(time),
            ..Script::default()
        }
    }

    /// Runs, and its readiness probe never passes.
    pub fn never_ready() -> Self {
        Script {
            ready_after: None,
            ..Script::default()
        }
    }

    pub fn exits(after: Duration, code: i32) -> Self {
        Script {
            exit: Some(Exit {
                after,
                code,
                out_of_memory: false,
            }),
            ..Script::default()
        }
    }

    pub fn runs_out_of_memory(after: Duration) -> Self {
        Script {
            exit: Some(Exit {
                after,
                code: 137,
                out_of_memory: true,
            }),
            ..Script::default()
        }
    }

    /// No registry has this image.
    pub fn no_such_image() -> Self {
        Script {
            pullable: false,
            ..Script::default()
        }
    }

    /// No node has room for it.
    pub fn unschedulable() -> Self {
        Script {
            schedulable: false,
            ..Script::default()
        }
    }

    pub fn ignores_term() -> Self {
        Script {
            ignores_term: true,
            ..Script::default()
        }
    }

    /// From SIGTERM to its end it takes `time`.
    pub fn stops_in(mut self, time: Duration) -> Self {
        self.stop_time = time;
        self
    }

    pub fn prints(mut self, lines: &[&str]) -> Self {
        self.lines.extend(lines.iter().map(|line| (*line).to_owned()));
        self
    }

    /// What a command `sh -c LINE` does: `echo`, `sleep` and `exit` are understood; a line without `exit` ends well.
    pub fn with_command(mut self, container: &Value) -> Self {
        let command: Vec<&str> = container["command"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let ["/bin/sh" | "sh", "-c", line] = command[..] else {
            return self;
        };
        let (mut after, mut code) = (Duration::ZERO, 0);
        self.lines.clear();
        for part in line.split(';').map(str::trim) {
            match part.split_once(' ').unwrap_or((part, "")) {
                ("echo", text) => self.lines.push(text.to_owned()),
                ("sleep", seconds) => after += Duration::from_secs(seconds.parse().unwrap_or(u64::from(u32::MAX))),
                ("exit", text) => {
                    code = text.parse().unwrap_or(0);
                    break;
                }
                _ => {}
            }
        }
        self.exit = Some(Exit {
            after,
            code,
            out_of_memory: false,
        });
        self
    }

    /// What variables of the template say on top: `FAKE_READY_AFTER_MS` (or `never`), `FAKE_EXIT_AFTER_MS` with
    /// `FAKE_EXIT_CODE`, `FAKE_PRINT`.
    pub fn with_environment(mut self, container: &Value) -> Self {
        let variable = |name: &str| {
            container["env"]
                .as_array()
                .into_iter()
                .flatten()
                .find(|one| one["name"] == name)
                .and_then(|one| one["value"].as_str())
        };
        let millis = |text: &str| text.parse().ok().map(Duration::from_millis);
        if let Some(text) = variable("FAKE_READY_AFTER_MS") {
            self.ready_after = millis(text);
        }
        if let Some(after) = variable("FAKE_EXIT_AFTER_MS").and_then(millis) {
            let code = variable("FAKE_EXIT_CODE")
                .and_then(|code| code.parse().ok())
                .unwrap_or(0);
            self.exit = Some(Exit {
                after,
                code,
                out_of_memory: false,
            });
        }
        if let Some(text) = variable("FAKE_PRINT") {
            self.lines.extend(text.lines().map(str::to_owned));
        }
        self
    }
}
