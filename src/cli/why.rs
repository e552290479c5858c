//! `deliver why`.

use serde::Serialize;

use crate::deploy::analysis::describe;
use crate::fault::Result;
use crate::model::DeploymentId;
use crate::model::deployment::{Deployment, Step, StepStatus, Verdict};
use crate::model::measurement::{Judged, Measurement};

use super::deployment::{DeploymentView, outcome_word};
use super::page::{Page, duration, measure};
use super::report::Report;
use super::{Cx, Exit};

/// Tell what happened in a deployment, and why it ended as it did
///
/// Who wanted it and what it changed, what each gate said, every step with its time, and the evidence behind the verdict.
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:\n  $ deliver why D-12\n  $ deliver why D-12 --json")]
pub struct WhyArgs {
    /// The deployment, as `deliver history` names it
    pub id: DeploymentId,
}

/// `deliver/why/v1`: a deployment with its plan and what each step meant and saw.
#[derive(schemars::JsonSchema, Serialize)]
pub struct Why {
    #[serde(flatten)]
    view: DeploymentView,
    /// As made before the first act; `null` for what needed none.
    plan: serde_json::Value,
    details: Vec<StepDetail>,
    /// Everything that was measured while the release was watched, oldest first.
    measurements: Vec<Measurement>,
}

#[derive(schemars::JsonSchema, Serialize)]
struct StepDetail {
    name: String,
    status: StepStatus,
    intent: serde_json::Value,
    observation: serde_json::Value,
}

impl Why {
    fn new(deployment: &Deployment, steps: &[Step], plan: serde_json::Value, measurements: Vec<Measurement>) -> Self {
        let details = steps
            .iter()
            .map(|step| StepDetail {
                name: step.name.clone(),
                status: step.status,
                intent: step.intent.clone(),
                observation: step.observation.clone(),
            })
            .collect();
        Why {
            view: DeploymentView::new(deployment, steps),
            plan,
            details,
            measurements,
        }
    }
}

impl Report for Why {
    const SCHEMA: &'static str = "why";

    fn render(&self, page: &mut Page) {
        let (style, view) = (page.style(), &self.view);
        let release = view.release.map(|release| format!(" {release}")).unwrap_or_default();
        page.hanging(
            "",
            &format!(
                "{} {} of {}{release} to {}: {}",
                style.subject(view.id),
                view.operation.as_str(),
                view.service,
                view.env,
                outcome_word(style, view.outcome)
            ),
        );
        if let Some(reason) = &view.reason {
            page.hanging("  because  ", reason);
        }
        let note = view.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
        page.hanging("  by       ", &format!("{}{note}", view.actor));
        page.line(format!("  began    {}", page.when_exactly(view.started_at)));
        if let Some(seconds) = view.seconds() {
            page.line(format!("  took     {}", duration(seconds)));
        }
        if let Some(previous) = view.previous {
            page.line(format!("  before   {previous}"));
        }
        self.changes(page);
        for gate in &view.gates {
            let mark = match gate.verdict {
                Verdict::Pass => style.tick(),
                Verdict::Warn => style.bang(),
                Verdict::Refuse | Verdict::Unknown => style.cross(),
            };
            let mark = style.in_column(&mark);
            let source = style.secondary(format!("({})", gate.source));
            page.hanging(
                &format!("  gate     {mark} "),
                &format!("{}: {} {source}", gate.id, gate.reason),
            );
        }
        let width = view.steps.iter().map(|step| step.name.len()).max().unwrap_or(0);
        for (step, detail) in view.steps.iter().zip(&self.details) {
            let mark = match step.status {
                StepStatus::Done => style.tick(),
                StepStatus::Failed => style.cross(),
                StepStatus::Skipped => style.dash(),
                StepStatus::Running | StepStatus::Unknown => style.bang(),
            };
            let mark = style.in_column(&mark);
            let took = step
                .seconds
                .map_or_else(|| "its end was never seen".to_owned(), duration);
            let head = format!("  step     {mark} ");
            page.line(format!("{head}{:<width$}  {took}", step.name));
            if let Some(message) = detail.observation.get("message").and_then(|text| text.as_str()) {
                page.hanging(&" ".repeat(measure(&head)), message);
            }
        }
        self.measured(page);
    }
}

/// Failed measures of one name that are shown; the document has all.
const SHOWN: usize = 3;

impl Why {
    /// The last value of each measure, and those that failed.
    fn measured(&self, page: &mut Page) {
        let mut names: Vec<&str> = Vec::new();
        for one in &self.measurements {
            if !names.contains(&one.name.as_str()) {
                names.push(&one.name);
            }
        }
        let mut left = 0;
        for name in names {
            let all: Vec<&Measurement> = self.measurements.iter().filter(|one| one.name == name).collect();
            let last = all.len() - 1;
            let failed = all.iter().enumerate().filter(|(_, one)| one.verdict == Judged::Fail);
            let failed: Vec<usize> = failed.map(|(at, _)| at).collect();
            let shown = all
                .iter()
                .enumerate()
                .filter(|(at, _)| *at == last || failed.iter().rev().take(SHOWN).any(|one| one == at));
            let mut count = 0;
            for (_, one) in shown {
                count += 1;
                Why::measurement(one, page);
            }
            left += all.len() - count;
        }
        if left > 0 {
            page.line(page.style().secondary(format!("  {left} more measurements in --json")));
        }
    }

    fn measurement(one: &Measurement, page: &mut Page) {
        let style = page.style();
        let mark = match one.verdict {
            Judged::Pass => style.tick(),
            Judged::Fail => style.cross(),
            Judged::Inconclusive => style.bang(),
        };
        let mark = style.in_column(&mark);
        let when = page.when_exactly(one.at);
        let source = style.secondary(format!("({when}, {})", one.source));
        page.hanging(&format!("  measured {mark} "), &format!("{} {source}", describe(one)));
    }

    fn changes(&self, page: &mut Page) {
        let changes = self.plan.get("changes").and_then(|changes| changes.as_array());
        for change in changes.into_iter().flatten() {
            let field = |name: &str| change.get(name).and_then(|value| value.as_str()).unwrap_or_default();
            let (from, to) = (field("from"), field("to"));
            let arrow = if from.is_empty() || to.is_empty() {
                ""
            } else {
                page.style().arrow()
            };
            let values = [from, arrow, to].join(" ");
            page.hanging(
                &format!("  change   {} ", field("sign")),
                &format!("{}  {}", field("what"), values.trim()),
            );
        }
    }
}

pub fn run(args: &WhyArgs, cx: &mut Cx) -> Result<Exit> {
    let store = cx.world.store()?;
    let deployment = store.deployment(args.id)?;
    let why = Why::new(
        &deployment,
        &store.steps(args.id)?,
        store.plan(args.id)?,
        store.measurements(args.id)?,
    );
    cx.ui.answer(&why)?;
    Ok(Exit::Ok)
}
