//! `deliver resume`.

use crate::deploy::engine::Subject;
use crate::fault::{Kind, Result};
use crate::model::deployment::Outcome;
use crate::model::{EnvName, ServiceName};

use super::history::History;
use super::{Cx, Exit, deployment::DeploymentView, scene};

/// Finish or undo a deployment whose tool died
///
/// Looks at what is really there: where traffic had moved, the rest is done; where it had not, what was started is removed.
/// Every deploy and rollback does the same first. A release that was taken back is exit code 4, as when nothing had died.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:\n  $ deliver resume\n  $ deliver resume production\n  $ deliver resume --service pricing --json"
)]
pub struct ResumeArgs {
    /// Where
    #[arg(default_value = "local")]
    pub env: EnvName,

    /// Another service than that of this folder
    #[arg(long, value_name = "NAME")]
    pub service: Option<ServiceName>,
}

pub fn run(args: &ResumeArgs, cx: &mut Cx) -> Result<Exit> {
    let subject = scene::subject(cx, Some(&args.env), args.service.as_ref())?;
    if cx.global.dry_run {
        return would(cx, &subject);
    }
    let _careful = cx.signals.careful_until("stops safely", scene::resume(&subject));
    let reports = scene::deployer(cx, &subject)?.resume(&subject)?;
    if reports.is_empty() {
        cx.ui.note("nothing was left unfinished");
    }
    let exit = exit(reports.iter().map(|report| report.deployment.outcome));
    let deployments = reports
        .iter()
        .map(|report| DeploymentView::new(&report.deployment, &report.steps))
        .collect();
    if !reports.is_empty() || cx.ui.json() {
        cx.ui.answer(&History { deployments })?;
    }
    Ok(exit)
}

/// The worst of what became of them. What went back by itself is never a success, whoever ended it.
fn exit(outcomes: impl Iterator<Item = Outcome> + Clone) -> Exit {
    let any = |outcome: Outcome| outcomes.clone().any(|one| one == outcome);
    match (any(Outcome::NeedsHuman), any(Outcome::RolledBack)) {
        (true, _) => Exit::Kind(Kind::NeedsHuman),
        (false, true) => Exit::Kind(Kind::RolledBack),
        (false, false) => Exit::Ok,
    }
}

/// Shows what was left unfinished.
fn would(cx: &Cx, subject: &Subject) -> Result<Exit> {
    let store = cx.world.store()?;
    let mut deployments = Vec::new();
    for deployment in store.unfinished(&subject.service, &subject.env)? {
        deployments.push(DeploymentView::new(&deployment, &store.steps(deployment.id)?));
    }
    cx.ui.note(match deployments.len() {
        0 => "nothing was left unfinished",
        _ => "what is observed then decides whether it is finished or undone",
    });
    if !deployments.is_empty() || cx.ui.json() {
        cx.ui.answer(&History { deployments })?;
    }
    Ok(Exit::Ok)
}
