//! `deliver deploy`.

use crate::config::manifest::Manifest;
use crate::deploy::engine::{DeployRequest, Report};
use crate::fault::{Fault, Result};
use crate::model::about::About;
use crate::model::deployment::Deployment;
use crate::model::standing::Standing;
use crate::model::{EnvName, IncidentId, Span};

use super::{Cx, Exit, deployment, plan, scene};

/// Deploy what this folder holds
///
/// Builds it, starts it beside whatever runs, waits until it is healthy, moves traffic, lets the old release finish its
/// requests, and looks once more. A release that does not become healthy never takes traffic; one that fails afterwards is
/// rolled back.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:\n  $ deliver deploy\n  $ deliver deploy production --reason \"faster quotes\"\n  $ deliver deploy --dry-run\n  $ deliver deploy --again --json"
)]
pub struct DeployArgs {
    /// Where to
    #[arg(default_value = "local")]
    pub env: EnvName,

    /// Roll out afresh although nothing changed
    #[arg(long)]
    pub again: bool,

    /// Deploy uncommitted changes where the target would refuse them
    #[arg(long)]
    pub allow_dirty: bool,

    /// Refuse unless the plan still has this hash, as printed by `deliver plan`
    #[arg(long, value_name = "HASH")]
    pub plan: Option<String>,

    /// Wait this long for another deployment of the same service to end
    #[arg(long, value_name = "TIME", default_value = "0s")]
    pub wait: Span,

    /// Go on where this gate refuses: readiness or budget; needs --reason
    #[arg(long = "override", value_name = "GATE", value_parser = ["readiness", "budget"])]
    pub overridden: Vec<String>,

    /// The incident that this is meant to end: a spent error budget does not stop it
    #[arg(long, value_name = "INC-N")]
    pub fixes: Option<IncidentId>,
}

/// What the arguments and the manifest ask for.
pub fn request(args: &DeployArgs, cx: &Cx) -> Result<DeployRequest> {
    let (manifest, resolved, subject) = scene::here(cx, Some(&args.env))?;
    let scopes = cx.world.store()?.scopes()?;
    let known: Vec<&str> = scopes.iter().map(|scope| scope.service.as_str()).collect();
    scene::warn(cx, &manifest.doubted_dependencies(&known));
    Ok(DeployRequest {
        subject,
        recipe: scene::recipe(&manifest),
        spec: resolved.spec,
        bake: resolved.strategy.bake,
        about: about(&manifest),
        standing: standing(args, cx)?,
        note: cx.global.reason.clone(),
        again: args.again,
        allow_dirty: args.allow_dirty,
        dirty_policy: cx.world.platform()?.policy.allows_dirty(&args.env, &resolved.target),
        expected_plan: args.plan.clone(),
        wait: args.wait,
    })
}

/// What the manifest says of the service.
fn about(manifest: &Manifest) -> About {
    let service = &manifest.service;
    About {
        team: service.team.clone(),
        tier: service.tier,
        description: service.description.clone(),
        depends_on: service.depends_on.clone(),
        runbook: service.runbook.clone(),
        slos: manifest.slos.clone(),
    }
}

/// What the gates are to know of the service.
fn standing(args: &DeployArgs, cx: &Cx) -> Result<Standing> {
    if !args.overridden.is_empty() && cx.global.reason.is_none() {
        return Err(
            Fault::usage("reason-needed", "an override needs a reason, for the journal")
                .hint("add --reason \"why it cannot wait\""),
        );
    }
    Ok(Standing {
        readiness: None,
        budgets: None,
        overridden: args.overridden.clone(),
        because: cx.global.reason.clone(),
        fixes: args.fixes,
    })
}

pub fn run(args: &DeployArgs, cx: &mut Cx) -> Result<Exit> {
    let request = request(args, cx)?;
    let deployer = scene::deployer(cx, &request.subject)?;
    if cx.global.dry_run {
        return plan::show(cx, deployer.plan(&request)?, false);
    }
    let _careful = cx
        .signals
        .careful("stops safely: what was started and takes no traffic yet is removed");
    let report = deployer.deploy(&request)?;
    let next = next(&report);
    let exit = deployment::conclude(cx, report)?;
    if let Some(next) = next {
        cx.ui.note(next);
    }
    Ok(exit)
}

/// What one may want to do with what serves now.
fn next(report: &Report) -> Option<String> {
    let Deployment {
        env, previous, release, ..
    } = &report.deployment;
    if report.fault.is_some() || report.deployment.url.is_none() {
        return None;
    }
    let env = match *env == EnvName::local() {
        true => String::new(),
        false => format!(" {env}"),
    };
    let back = match previous.is_some() && previous != release {
        true => format!("back  deliver rollback{env}    "),
        false => String::new(),
    };
    Some(format!("  logs  deliver logs{env} -f    {back}stop  deliver down{env}"))
}
