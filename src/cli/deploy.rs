//! `deliver deploy`.

use crate::deploy::engine::DeployRequest;
use crate::fault::Result;
use crate::model::{EnvName, Span};

use super::{Cx, Exit, deployment, plan, scene};

/// Deploys what this folder holds
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
}

/// What the arguments and the manifest ask for.
pub fn request(args: &DeployArgs, cx: &Cx) -> Result<DeployRequest> {
    let (manifest, resolved, subject) = scene::here(cx, Some(&args.env))?;
    Ok(DeployRequest {
        subject,
        recipe: scene::recipe(&manifest),
        spec: resolved.spec,
        note: cx.global.reason.clone(),
        again: args.again,
        allow_dirty: args.allow_dirty,
        dirty_policy: cx.world.platform()?.policy.allows_dirty(&args.env, &resolved.target),
        expected_plan: args.plan.clone(),
        wait: args.wait,
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
    if report.fault.is_none() && report.deployment.url.is_some() {
        let env = if request.subject.env == EnvName::local() {
            String::new()
        } else {
            format!(" {}", request.subject.env)
        };
        cx.ui.note(format!(
            "  logs  deliver logs{env} -f    back  deliver rollback{env}    stop  deliver down{env}"
        ));
    }
    deployment::conclude(cx, report)
}
