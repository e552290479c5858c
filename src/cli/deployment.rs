//! Deployments as people and scripts read them; shared by every command that shows one.

use serde::Serialize;

use crate::deploy::engine;
use crate::fault::Kind;
use crate::model::deployment::{Deployment, DeploymentId, Gate, Operation, Outcome, Step, StepStatus, Verdict};
use crate::model::{EnvName, ReleaseNo, ServiceName};

use super::Exit;
use super::page::{Page, duration};
use super::report::Report;
use super::style::Style;

/// `deliver/deployment/v1`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct DeploymentView {
    pub id: DeploymentId,
    pub service: ServiceName,
    pub env: EnvName,
    pub target: String,
    pub operation: Operation,
    pub release: Option<ReleaseNo>,
    pub previous: Option<ReleaseNo>,
    pub outcome: Outcome,
    pub url: Option<String>,
    /// Why it ended as it did, or why a person wanted it.
    pub reason: Option<String>,
    /// What was given with `--reason`.
    pub note: Option<String>,
    pub actor: String,
    pub gates: Vec<GateView>,
    pub steps: Vec<StepView>,
    pub started_at: jiff::Timestamp,
    pub finished_at: Option<jiff::Timestamp>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct GateView {
    pub id: String,
    pub verdict: Verdict,
    pub reason: String,
    pub source: String,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct StepView {
    pub name: String,
    pub status: StepStatus,
    /// `null` while it runs or where its end was never seen.
    pub seconds: Option<f64>,
}

impl From<&Gate> for GateView {
    fn from(gate: &Gate) -> Self {
        GateView {
            id: gate.id.clone(),
            verdict: gate.verdict,
            reason: gate.reason.clone(),
            source: gate.source.clone(),
        }
    }
}

impl From<&Step> for StepView {
    fn from(step: &Step) -> Self {
        let seconds = step
            .finished_at
            .map(|end| end.duration_since(step.started_at).as_secs_f64());
        StepView {
            name: step.name.clone(),
            status: step.status,
            seconds,
        }
    }
}

impl DeploymentView {
    pub fn new(deployment: &Deployment, steps: &[Step]) -> Self {
        DeploymentView {
            id: deployment.id,
            service: deployment.service.clone(),
            env: deployment.env.clone(),
            target: deployment.target.clone(),
            operation: deployment.operation,
            release: deployment.release,
            previous: deployment.previous,
            outcome: deployment.outcome,
            url: deployment.url.clone(),
            reason: deployment.reason.clone(),
            note: deployment.note.clone(),
            actor: deployment.actor.clone(),
            gates: deployment.gates.iter().map(GateView::from).collect(),
            steps: steps.iter().map(StepView::from).collect(),
            started_at: deployment.started_at,
            finished_at: deployment.finished_at,
        }
    }

    /// How long it took, or has taken.
    pub fn seconds(&self) -> Option<f64> {
        self.finished_at
            .map(|end| end.duration_since(self.started_at).as_secs_f64())
    }
}

impl Report for DeploymentView {
    const SCHEMA: &'static str = "deployment";

    fn render(&self, page: &mut Page) {
        let style = page.style();
        let took = self
            .seconds()
            .map(|seconds| format!(", {}", duration(seconds)))
            .unwrap_or_default();
        let release = self
            .release
            .map_or_else(|| "nothing".to_owned(), |release| release.to_string());
        let subject = style.subject(&self.service);
        let place = match &self.url {
            Some(url) => format!("{} at {}", self.env, style.copyable(url)),
            None => self.env.to_string(),
        };
        let id = self.id;
        page.line(match (self.operation, self.outcome) {
            (Operation::Down, Outcome::Succeeded) => format!(
                "{subject} is down on {}  {}",
                self.env,
                style.secondary(format!("({id}{took})"))
            ),
            (Operation::Down, Outcome::Unchanged) => format!("{subject} was not running on {}", self.env),
            (_, Outcome::Succeeded) => format!(
                "{subject} {release} is serving {place}  {}",
                style.secondary(format!("({id}{took})"))
            ),
            (_, Outcome::Unchanged) => format!("{subject} {release} is serving {place} already; nothing to do"),
            (_, outcome) => format!(
                "{subject} {} on {}  {}",
                outcome_word(style, outcome),
                self.env,
                style.secondary(format!("({id}{took})"))
            ),
        });
    }
}

/// The outcome as words, coloured by what it means.
pub fn outcome_word(style: Style, outcome: Outcome) -> String {
    let word = outcome.as_str().replace('_', " ");
    match outcome {
        Outcome::Succeeded => style.good(word),
        Outcome::Unchanged | Outcome::Cancelled | Outcome::Superseded => style.secondary(word),
        Outcome::Running | Outcome::Interrupted | Outcome::Refused => style.attention(word),
        Outcome::Failed | Outcome::RolledBack | Outcome::NeedsHuman => style.bad(word),
    }
}

/// Prints a report and turns its outcome into the command's end: the fault, if any, is shown after the answer.
pub fn conclude(cx: &mut super::Cx, report: engine::Report) -> crate::fault::Result<Exit> {
    let view = DeploymentView::new(&report.deployment, &report.steps);
    // A failure's own words say more than its headline; the document is for whoever asked for one.
    if report.fault.is_none() || cx.ui.json() {
        cx.ui.answer(&view)?;
    }
    match report.fault {
        Some(fault) => Err(fault.hint(format!("deliver why {}", view.id))),
        None if view.outcome == Outcome::NeedsHuman => Ok(Exit::Kind(Kind::NeedsHuman)),
        None => Ok(Exit::Ok),
    }
}
