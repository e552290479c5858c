//! What happens while something runs, as data. Renderers in `cli` turn the same events into a progress tree, plain
//! lines or JSON lines, so that they cannot disagree.

use serde::Serialize;

/// One thing that happened.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The headline of what follows: `pricing → local`.
    Begin {
        title: String,
        steps: Vec<String>,
    },
    /// A step began; `detail` is a few words such as the command it runs.
    StepStarted {
        step: String,
        detail: String,
    },
    /// What the running step waits for, in words; sent only when it changes.
    StepProgress {
        step: String,
        detail: String,
    },
    /// A line printed by a child of the running step.
    StepOutput {
        step: String,
        line: String,
    },
    StepDone {
        step: String,
        detail: String,
        seconds: f64,
    },
    StepSkipped {
        step: String,
        detail: String,
    },
    StepFailed {
        step: String,
        detail: String,
        seconds: f64,
    },
    /// Something worth a line of its own that is not an error.
    Note {
        text: String,
    },
    Warning {
        text: String,
    },
}

/// Takes events as they happen; never fails and never blocks for long.
pub trait Events: Sync {
    fn emit(&self, event: Event);
}

/// Drops every event.
pub struct Silent;

impl Events for Silent {
    fn emit(&self, _: Event) {}
}
