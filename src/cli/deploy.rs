//! `deliver deploy`.

use crate::config::manifest::Manifest;
use crate::config::platform::SpentBudget;
use crate::deploy::engine::{DeployRequest, Deployer, Report, Subject};
use crate::fault::{Fault, Result};
use crate::model::about::About;
use crate::model::deployment::Deployment;
use crate::model::incident::EntryKind;
use crate::model::standing::{Budgets, Standing};
use crate::model::{EnvName, IncidentId, Span};
use crate::ports::Metrics;
use crate::reliability::assess;
use crate::store::incident::NewEntry;

use super::{Cx, Exit, deployment, plan, ready, scene};

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

    /// Go on where this gate refuses: readiness, budget or migration; needs --reason
    #[arg(long = "override", value_name = "GATE", value_parser = ["readiness", "budget", "migration"])]
    pub overridden: Vec<String>,

    /// The incident that this is meant to end: a spent error budget does not stop it
    #[arg(long, value_name = "INC-N")]
    pub fixes: Option<IncidentId>,
}

/// What the arguments and the manifest ask for.
pub fn request(args: &DeployArgs, cx: &Cx) -> Result<(DeployRequest, Option<Box<dyn Metrics>>)> {
    let manifest = cx.world.manifest()?;
    scene::warn(cx, manifest.warnings());
    let scopes = cx.world.store()?.scopes()?;
    let known: Vec<&str> = scopes.iter().map(|scope| scope.service.as_str()).collect();
    scene::warn(cx, &manifest.doubted_dependencies(&known));
    request_of(args, &manifest, cx)
}

/// The same of a service that may be in another folder; its warnings are not shown.
pub fn request_of(
    args: &DeployArgs,
    manifest: &Manifest,
    cx: &Cx,
) -> Result<(DeployRequest, Option<Box<dyn Metrics>>)> {
    let (resolved, subject) = scene::of(cx, manifest, &args.env)?;
    let standing = standing(args, manifest, &subject, cx)?;
    let metrics = match resolved.strategy.bake {
        Span::ZERO => None,
        _ => scene::metrics(cx, manifest, &resolved, &subject)?,
    };
    let (promises, unmeasured) = scene::promises(manifest, &resolved);
    let request = DeployRequest {
        subject,
        promises,
        unmeasured,
        recipe: scene::recipe(manifest, &resolved),
        spec: resolved.spec,
        strategy: resolved.strategy,
        about: about(manifest),
        standing,
        note: cx.global.reason.clone(),
        again: args.again,
        allow_dirty: args.allow_dirty,
        dirty_policy: cx.world.platform()?.policy.allows_dirty(&args.env, &resolved.target),
        expected_plan: args.plan.clone(),
        wait: args.wait,
    };
    Ok((request, metrics))
}

/// What the manifest says of the service.
pub(super) fn about(manifest: &Manifest) -> About {
    let service = &manifest.service;
    About {
        team: service.team.clone(),
        tier: service.tier,
        description: service.description.clone(),
        depends_on: service.depends_on.clone(),
        runbook: service.runbook.clone(),
        slos: manifest.slos.clone(),
        protected: manifest
            .environments
            .iter()
            .filter(|environment| environment.protected)
            .map(|environment| environment.name.clone())
            .collect(),
    }
}

/// What the gates are to know of the service.
fn standing(args: &DeployArgs, manifest: &Manifest, subject: &Subject, cx: &Cx) -> Result<Standing> {
    if !args.overridden.is_empty() && cx.global.reason.is_none() {
        return Err(
            Fault::usage("reason-needed", "an override needs a reason, for the journal")
                .hint("add --reason \"why it cannot wait\""),
        );
    }
    Ok(Standing {
        readiness: ready::gather::standing(cx, manifest, &subject.env, subject.protected)?,
        budgets: budgets(manifest, subject, cx)?,
        overridden: args.overridden.clone(),
        because: cx.global.reason.clone(),
        fixes: fixes(args, cx)?,
    })
}

/// The error budgets of what the manifest promises, as they stand in this environment; `None` where policy ignores them or
/// nothing is promised.
fn budgets(manifest: &Manifest, subject: &Subject, cx: &Cx) -> Result<Option<Result<Budgets, String>>> {
    let policy = cx
        .world
        .platform()?
        .policy
        .spent_budget(&subject.env, subject.protected);
    if policy == SpentBudget::Ignore || manifest.slos.is_empty() {
        return Ok(None);
    }
    let judged = assess::Subject {
        service: subject.service.clone(),
        team: manifest.service.team.clone(),
        env: subject.env.clone(),
        slos: manifest.slos.clone(),
    };
    let assessed = assess::assess(Some(cx.world.store()?), &[judged], cx.world.clock().now());
    Ok(Some(match assessed {
        Ok(assessment) => Ok(assessment.budgets(policy == SpentBudget::Refuse)),
        Err(fault) => Err(fault.to_string()),
    }))
}

/// The incident that the deployment is to end; one that is over cannot be a reason to let it through.
fn fixes(args: &DeployArgs, cx: &Cx) -> Result<Option<IncidentId>> {
    let Some(id) = args.fixes else { return Ok(None) };
    let status = cx.world.store()?.incident(id)?.status;
    if status.live() {
        return Ok(Some(id));
    }
    let message = format!("cannot deploy to fix `{id}`: it is {} already", status.as_str());
    Err(Fault::usage("incident-over", message)
        .still("nothing was deployed")
        .hint(format!("deliver incident reopen {id}")))
}

/// Writes into the incident's timeline how the deployment that was to end it went. What cannot be written there is in the
/// journal all the same.
fn tell_incident(id: IncidentId, deployment: &Deployment, cx: &Cx) {
    let release = deployment
        .release
        .map_or_else(|| "a release".to_owned(), |release| release.to_string());
    let entry = NewEntry {
        kind: EntryKind::Note,
        at: None,
        text: format!(
            "{} of {release} of {} to {}, meant to fix this: {}",
            deployment.id,
            deployment.service,
            deployment.env,
            deployment.outcome.as_str().replace('_', " ")
        ),
        detail: serde_json::json!({ "deployment": deployment.id, "outcome": deployment.outcome }),
    };
    let told = cx
        .world
        .store()
        .and_then(|store| store.add_incident_entries(id, &[entry]));
    if let Err(fault) = told {
        cx.ui.warn(format!("{id} was not told of {}: {fault}", deployment.id));
    }
}

pub fn run(args: &DeployArgs, cx: &mut Cx) -> Result<Exit> {
    let (request, metrics) = request(args, cx)?;
    let deployer = Deployer {
        metrics: metrics.as_deref(),
        ..scene::deployer(cx, &request.subject)?
    };
    if cx.global.dry_run {
        return plan::show(cx, deployer.plan(&request)?, false);
    }
    let _careful = cx.signals.careful_until(
        "stops safely: what was started and takes no traffic yet is removed",
        scene::resume(&request.subject),
    );
    let report = deployer.deploy(&request)?;
    if let Some(id) = args.fixes {
        tell_incident(id, &report.deployment, cx);
    }
    let next = next(&report);
    let exit = deployment::conclude(cx, report)?;
    next.iter().for_each(|line| cx.ui.note(line));
    Ok(exit)
}

/// The narrowest terminal that lines are made for.
const WIDTH: usize = 80;

/// What one may want to do with what serves now.
fn next(report: &Report) -> Vec<String> {
    let Deployment {
        env, previous, release, ..
    } = &report.deployment;
    if report.fault.is_some() || report.deployment.url.is_none() {
        return Vec::new();
    }
    let env = match *env == EnvName::local() {
        true => String::new(),
        false => format!(" {env}"),
    };
    let mut commands = vec![format!("logs  deliver logs{env} -f")];
    if previous.is_some() && previous != release {
        commands.push(format!("back  deliver rollback{env}"));
    }
    commands.push(format!("stop  deliver down{env}"));
    let line = format!("  {}", commands.join("    "));
    match line.len() <= WIDTH {
        true => vec![line],
        false => commands.iter().map(|command| format!("  {command}")).collect(),
    }
}
