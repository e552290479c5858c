//! `deliver down`.

use crate::deploy::engine::Subject;
use crate::fault::Result;
use crate::model::deployment::{Operation, Outcome};
use crate::model::{EnvName, ServiceName};

use super::{Cx, Exit, deployment, scene, status};

/// Stop a service and give its address back
///
/// Requests in flight are finished first. Releases, history and volumes stay; `deliver deploy` brings it back.
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:\n  $ deliver down\n  $ deliver down --service pricing\n  $ deliver down --all")]
pub struct DownArgs {
    /// Where
    #[arg(default_value = "local")]
    pub env: EnvName,

    /// Another service than that of this folder
    #[arg(long, value_name = "NAME")]
    pub service: Option<ServiceName>,

    /// Every service of this store
    #[arg(long, conflicts_with = "service")]
    pub all: bool,

    /// The service's name, where the environment is protected
    #[arg(long, value_name = "NAME")]
    pub confirm: Option<String>,
}

pub fn run(args: &DownArgs, cx: &mut Cx) -> Result<Exit> {
    let subjects = if args.all {
        running(cx)?
    } else {
        vec![scene::subject(cx, Some(&args.env), args.service.as_ref())?]
    };
    if subjects.is_empty() {
        cx.ui.note("nothing is deployed");
    }
    if !args.all {
        // There is one, and its failure is the command's.
        return subjects.iter().try_fold(Exit::Ok, |_, subject| take(args, cx, subject));
    }
    let mut exit = Exit::Ok;
    for subject in &subjects {
        let end = match take(args, cx, subject) {
            Err(fault) if status::stops_all(&fault) => return Err(fault),
            Err(fault) => {
                cx.ui.warn(format!("{} in {}: {fault}", subject.service, subject.env));
                Exit::Kind(fault.kind())
            }
            Ok(end) => end,
        };
        // What went well later does not make up for it.
        if let Exit::Ok = exit {
            exit = end;
        }
    }
    Ok(exit)
}

/// Takes one service down in one environment, or says what would be stopped.
fn take(args: &DownArgs, cx: &mut Cx, subject: &Subject) -> Result<Exit> {
    if cx.global.dry_run {
        would(cx, subject)?;
        return Ok(Exit::Ok);
    }
    if subject.protected {
        let what = format!(
            "Taking `{}` down in `{}`, which is protected,",
            subject.service, subject.env
        );
        cx.ui
            .confirm_severe(&what, subject.service.as_str(), args.confirm.as_deref())?;
    }
    let report = scene::deployer(cx, subject)?.down(subject, cx.global.reason.clone())?;
    deployment::conclude(cx, report)
}

/// Says what would be stopped.
fn would(cx: &Cx, subject: &Subject) -> Result<()> {
    let Subject {
        service, env, place, ..
    } = subject;
    let observed = cx.world.target(place)?.observe(service, env)?;
    let count = match observed.instances.len() {
        1 => "1 instance".to_owned(),
        count => format!("{count} instances"),
    };
    let address = observed
        .url
        .map(|url| format!(" and {url} given back"))
        .unwrap_or_default();
    cx.ui
        .note(format!("{count} of `{service}` in `{env}` would be stopped{address}"));
    Ok(())
}

/// Everything whose last deployment did not take it down, or did not get to the end of it.
fn running(cx: &Cx) -> Result<Vec<Subject>> {
    let scopes = cx.world.store()?.scopes()?;
    let up = scopes.into_iter().filter(|scope| {
        let gone = matches!(scope.latest.outcome, Outcome::Succeeded | Outcome::Unchanged);
        scope.latest.operation != Operation::Down || !gone
    });
    up.map(|scope| scene::of_scope(cx, &scope)).collect()
}
