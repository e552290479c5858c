//! `deliver down`.

use crate::deploy::engine::Subject;
use crate::fault::Result;
use crate::model::deployment::Operation;
use crate::model::{EnvName, ServiceName};

use super::{Cx, Exit, deployment, scene};

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
    let mut exit = Exit::Ok;
    let count = subjects.len();
    for subject in subjects {
        if cx.global.dry_run {
            would(cx, &subject)?;
            continue;
        }
        if subject.protected {
            let what = format!(
                "Taking `{}` down in `{}`, which is protected,",
                subject.service, subject.env
            );
            cx.ui
                .confirm_severe(&what, subject.service.as_str(), args.confirm.as_deref())?;
        }
        let report = scene::deployer(cx, &subject)?.down(&subject, cx.global.reason.clone())?;
        match deployment::conclude(cx, report) {
            Ok(end) => exit = end,
            Err(fault) if count == 1 => return Err(fault),
            Err(fault) => {
                cx.ui.warn(format!("{}: {fault}", subject.service));
                exit = Exit::Kind(fault.kind());
            }
        }
    }
    Ok(exit)
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

/// Everything whose last deployment did not take it down.
fn running(cx: &Cx) -> Result<Vec<Subject>> {
    let scopes = cx.world.store()?.scopes()?;
    let up = scopes
        .into_iter()
        .filter(|scope| scope.latest.operation != Operation::Down);
    up.map(|scope| {
        Ok(Subject {
            place: scene::place(cx, &scope)?,
            service: scope.service,
            env: scope.env,
            protected: false,
        })
    })
    .collect()
}
