//! `deliver rollback`.

use crate::fault::Result;
use crate::model::{EnvName, ReleaseNo, ServiceName};

use super::{Cx, Exit, deployment, plan, scene};

/// Return to the last good release, or to the one named
///
/// Needs no arguments: the release that was proven good before the current one comes back with the configuration and the
/// secrets it had. Holds do not stand in its way.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:\n  $ deliver rollback\n  $ deliver rollback production --to v12 --reason \"quotes are wrong\"\n  $ deliver rollback --service pricing"
)]
pub struct RollbackArgs {
    /// Where
    #[arg(default_value = "local")]
    pub env: EnvName,

    /// The release to return to
    #[arg(long, value_name = "RELEASE")]
    pub to: Option<ReleaseNo>,

    /// Another service than that of this folder
    #[arg(long, value_name = "NAME")]
    pub service: Option<ServiceName>,

    /// Go back even past a release step that breaks earlier releases; needs --reason
    #[arg(long)]
    pub force: bool,
}

pub fn run(args: &RollbackArgs, cx: &mut Cx) -> Result<Exit> {
    if args.force && cx.global.reason.is_none() {
        return Err(
            crate::fault::Fault::usage("reason-needed", "`--force` needs a reason for the journal")
                .hint(format!("deliver rollback {} --force --reason \"why\"", args.env)),
        );
    }
    let subject = scene::subject(cx, Some(&args.env), args.service.as_ref())?;
    if cx.global.dry_run {
        let plan = scene::deployer(cx, &subject)?.plan_rollback(&subject, args.to, args.force)?;
        return plan::show(cx, plan, false);
    }
    let _careful = cx.signals.careful_until(
        "stops safely: what was started and takes no traffic yet is removed",
        scene::resume(&subject),
    );
    let report = scene::deployer(cx, &subject)?.rollback(&subject, args.to, cx.global.reason.clone(), args.force)?;
    deployment::conclude(cx, report)
}
