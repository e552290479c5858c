//! `deliver plan`.

use serde::Serialize;

use crate::deploy::engine::Deployer;
use crate::deploy::plan::Plan;
use crate::fault::{Kind, Result};
use crate::model::deployment::Verdict;
use crate::model::{EnvName, Span};
use crate::ports::target::Capabilities;

use super::deploy::DeployArgs;
use super::page::Page;
use super::report::Report;
use super::style::Style;
use super::{Cx, Exit, deploy, scene};

pub mod all;

/// Show what `deliver deploy` would do, and do nothing
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:\n  $ deliver plan\n  $ deliver plan production --exit-code\n  $ deliver plan --all\n  $ deliver plan --json"
)]
pub struct PlanArgs {
    /// Where to
    #[arg(default_value = "local")]
    pub env: EnvName,

    /// Exit with 3 when there is something to do
    #[arg(long)]
    pub exit_code: bool,

    /// Plan a fresh rollout although nothing changed
    #[arg(long)]
    pub again: bool,

    /// Count uncommitted changes as allowed
    #[arg(long)]
    pub allow_dirty: bool,

    /// Every service in or below this folder
    #[arg(long)]
    pub all: bool,
}

/// `deliver/plan/v1`.
#[derive(schemars::JsonSchema, Serialize)]
pub struct PlanReport {
    #[serde(flatten)]
    pub plan: Plan,
}

impl Report for PlanReport {
    const SCHEMA: &'static str = "plan";

    fn render(&self, page: &mut Page) {
        let plan = &self.plan;
        let style = page.style();
        let goal = plan
            .release
            .map_or_else(|| "a new release".to_owned(), |number| number.to_string());
        page.line(format!(
            "{} {} {}: {goal} of {}",
            style.subject(&plan.service),
            style.arrow(),
            plan.env,
            plan.build
        ));
        if plan.unchanged {
            page.line("Nothing to do: every instance runs it already.");
        }
        for change in &plan.changes {
            let text = match (&change.from, &change.to) {
                (Some(from), Some(to)) => format!("{}  {from} {} {to}", change.what, style.arrow()),
                (None, Some(value)) | (Some(value), None) => format!("{}  {value}", change.what),
                (None, None) => change.what.clone(),
            };
            page.line(format!("  {} {text}", sign(style, change.sign)));
        }
        if !plan.steps.is_empty() {
            page.line(format!(
                "  steps   {}",
                plan.steps.join(&format!(" {} ", style.arrow()))
            ));
        }
        if !plan.steps.is_empty() {
            let able = able(&plan.capabilities).join(", ");
            page.hanging("  target  ", &format!("{}: {able}", plan.target));
            strategy(plan, page);
        }
        let start: Vec<String> = plan
            .start
            .iter()
            .map(|(process, count)| format!("{count} {process}"))
            .collect();
        if !start.is_empty() {
            page.line(format!("  starts  {}", start.join(", ")));
        }
        if !plan.stop.is_empty() {
            page.hanging("  stops   ", &plan.stop.join(", "));
        }
        for gate in &plan.gates {
            let mark = match gate.verdict {
                Verdict::Pass => style.tick(),
                Verdict::Warn => style.bang(),
                Verdict::Refuse | Verdict::Unknown => style.cross(),
            };
            page.hanging(
                &format!("  {} ", style.in_column(&mark)),
                &format!("{}: {}", gate.id, gate.reason),
            );
        }
        for note in &plan.notes {
            page.hanging(&format!("  {} ", style.secondary("note")), note);
        }
        page.line(style.secondary(format!("  plan {}", plan.hash)));
    }
}

/// What the target can and cannot do, in the words of whoever plans a rollout.
fn able(can: &Capabilities) -> Vec<&'static str> {
    let traffic = match (can.weights, can.portions) {
        (true, _) => "traffic by weight",
        (false, true) => "traffic by number of instances",
        (false, false) => "traffic all at once",
    };
    let place = match (can.beside, can.batches) {
        (true, _) => "new beside old",
        (false, true) => "replaces in batches",
        (false, false) => "replaces in its own batches",
    };
    let holds = if can.holds_requests {
        "holds requests"
    } else {
        "cannot hold requests"
    };
    let counts = if can.counts {
        "counts requests"
    } else {
        "counts no requests"
    };
    vec![traffic, place, holds, counts]
}

/// The stages with how long each is watched, and by what it is judged.
fn strategy(plan: &Plan, page: &mut Page) {
    if plan.stages.len() < 2 && plan.watch.is_none() {
        return;
    }
    let head = format!("  {}", plan.strategy.as_str());
    let indent = " ".repeat(10);
    page.line(head);
    for stage in &plan.stages {
        let watched = match stage.watch {
            Span::ZERO => String::new(),
            watch => format!(", watched for {watch}"),
        };
        page.hanging(&indent, &format!("{}{watched}", stage.what));
    }
    let Some(watch) = &plan.watch else { return };
    let told = match &watch.source {
        Some(source) => format!(
            "{} by {source}; {} requests at least; {} in all at most",
            watch.measures.join(", "),
            watch.min_requests,
            watch.at_most
        ),
        None => format!("only whether instances stay up; {} in all", watch.at_most),
    };
    page.hanging("  watch   ", &told);
}

fn sign(style: Style, sign: char) -> String {
    match sign {
        '+' => style.good(sign),
        '-' => style.bad(sign),
        _ => style.attention(sign),
    }
}

pub fn run(args: &PlanArgs, cx: &mut Cx) -> Result<Exit> {
    let wish = DeployArgs {
        env: args.env.clone(),
        again: args.again,
        allow_dirty: args.allow_dirty,
        plan: None,
        wait: Span::ZERO,
        overridden: Vec::new(),
        fixes: None,
    };
    if args.all {
        return all::run(&wish, args.exit_code, cx);
    }
    let (request, metrics) = deploy::request(&wish, cx)?;
    let deployer = Deployer {
        metrics: metrics.as_deref(),
        ..scene::deployer(cx, &request.subject)?
    };
    let plan = deployer.plan(&request)?;
    show(cx, plan, args.exit_code)
}

/// Prints a plan; with `exit_code`, one that has something to do is a no.
pub fn show(cx: &Cx, plan: Plan, exit_code: bool) -> Result<Exit> {
    let report = PlanReport { plan };
    cx.ui.answer(&report)?;
    Ok(if exit_code && !report.plan.unchanged {
        Exit::Kind(Kind::Negative)
    } else {
        Exit::Ok
    })
}
