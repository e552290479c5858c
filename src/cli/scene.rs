//! What the deploying commands share: which service, which environment, and the deployer over the world's ports.

use crate::adapters::counts::Counts;
use crate::adapters::prometheus::{Credentials, Prometheus};
use crate::config::manifest::{IndicatorKind, Manifest, ResolvedEnv, Slo};
use crate::config::paths::Paths;
use crate::deploy::analysis::{Good, Promise};
use crate::deploy::build::{Recipe, normalise};
use crate::deploy::engine::{Deployer, Subject};
use crate::deploy::secrets;
use crate::fault::{Fault, Problem, Result};
use crate::model::place::Place;
use crate::model::prometheus::placeholders;
use crate::model::spec::{Image, SecretRef};
use crate::model::{EnvName, ServiceName};
use crate::ports::Metrics;
use crate::ports::target::Secret;
use crate::reliability::indicator::{Gap, Measure};
use crate::store::deployment::Scope;

use super::Cx;

/// The service of this folder; `None` where there is no manifest.
pub fn service_here(cx: &Cx) -> Result<Option<ServiceName>> {
    if cx.world.manifest_path().is_err() {
        return Ok(None);
    }
    let manifest = cx.world.manifest().map_err(without_manifest)?;
    Ok(Some(manifest.service.name))
}

/// What runs can be looked at and brought back without a manifest that reads.
fn without_manifest(fault: Fault) -> Fault {
    fault.hint("this command works without deliver.toml too: add --service NAME")
}

/// The manifest of this folder and one of its environments; the manifest's warnings are shown.
pub fn here(cx: &Cx, env: Option<&EnvName>) -> Result<(Manifest, ResolvedEnv, Subject)> {
    let manifest = cx.world.manifest()?;
    warn(cx, manifest.warnings());
    let name = env.cloned().unwrap_or_else(EnvName::local);
    let (resolved, subject) = of(cx, &manifest, &name)?;
    Ok((manifest, resolved, subject))
}

/// One of a manifest's environments.
pub fn of(cx: &Cx, manifest: &Manifest, env: &EnvName) -> Result<(ResolvedEnv, Subject)> {
    let resolved = manifest.environment(env)?;
    let subject = Subject {
        service: manifest.service.name.clone(),
        env: env.clone(),
        place: resolved.place(),
        protected: resolved.protected || cx.world.platform()?.policy.protects(&resolved.name),
    };
    Ok((resolved, subject))
}

/// Says what is doubtful in a file, each with its line.
pub fn warn(cx: &Cx, warnings: &[Problem]) {
    for warning in warnings {
        let place = warning
            .span
            .as_ref()
            .map(|span| format!("{}:{}: ", span.path, span.line))
            .unwrap_or_default();
        cx.ui.warn(format!("{place}{}", warning.message));
    }
}

/// A service that was deployed before, by name, or the one of this folder.
pub fn subject(cx: &Cx, env: Option<&EnvName>, service: Option<&ServiceName>) -> Result<Subject> {
    let Some(service) = service else {
        return Ok(here(cx, env).map_err(without_manifest)?.2);
    };
    let env = env.cloned().unwrap_or_else(EnvName::local);
    let scopes = cx.world.store()?.scopes()?;
    let mut known = scopes
        .iter()
        .filter(|scope| scope.service == *service && scope.env == env);
    let scope = known.next().ok_or_else(|| {
        Fault::usage(
            "unknown-service",
            format!("`{service}` was never deployed to `{env}` from this store"),
        )
        .hint("deliver status --all")
    })?;
    of_scope(cx, scope)
}

/// What was deployed before, without its manifest: protected where its newest deploy or the platform's policy says so.
pub fn of_scope(cx: &Cx, scope: &Scope) -> Result<Subject> {
    let Scope { service, env, .. } = scope;
    let known = cx.world.store()?.service(service)?;
    let about = known.and_then(|known| known.about);
    Ok(Subject {
        service: service.clone(),
        env: env.clone(),
        place: place(cx, scope)?,
        protected: about.is_some_and(|about| about.protected.contains(env))
            || cx.world.platform()?.policy.protects(env),
    })
}

/// Where an environment was deployed to last.
pub fn place(cx: &Cx, scope: &Scope) -> Result<Place> {
    let known = cx.world.store()?.place(&scope.service, &scope.env)?;
    Ok(known.unwrap_or_else(|| Place::of(&scope.latest.target)))
}

/// The deployer of a subject's target.
pub fn deployer<'a>(cx: &'a Cx, subject: &Subject) -> Result<Deployer<'a>> {
    let world = &cx.world;
    mind_the_machine(cx, subject)?;
    Ok(Deployer {
        store: world.store()?,
        target: world.target(&subject.place)?,
        clock: world.clock(),
        vcs: world.vcs(),
        commands: world.commands(),
        interrupt: world.interrupt(),
        metrics: None,
        events: cx.ui.events(),
        key: world.key()?,
        paths: world.paths()?,
        environment: world.environment(),
        deadline: cx
            .global
            .timeout
            .map(|limit| world.clock().elapsed() + limit.duration()),
    })
}

/// What runs on this machine does not belong into a store that machines share. The environment `local` is refused, since
/// each machine has one; any other whose target is `local` is somebody's choice of a machine, and they are told when it is
/// not the one from before.
fn mind_the_machine(cx: &Cx, subject: &Subject) -> Result<()> {
    let (world, Subject { service, env, .. }) = (&cx.world, subject);
    let Some(server) = world
        .paths()?
        .store
        .server()
        .filter(|_| subject.place.target == "local")
    else {
        return Ok(());
    };
    if *env == EnvName::local() {
        let own = Paths::own_store(world.environment())?;
        let message = format!("`{env}` is each machine's own, and the store at `{server}` is shared");
        return Err(Fault::usage("local-in-shared-store", message)
            .still("nothing was changed")
            .hint(format!("add --store {}     (this machine's store)", own.display()))
            .hint("or name the environment that is meant"));
    }
    let store = world.store()?;
    if let Some(host) = store.last_host(service, env)?.filter(|host| host != store.host()) {
        cx.ui.warn(format!(
            "the target of {service}/{env} is this machine, {}; it was {host} before, whose instances stay as they are",
            store.host()
        ));
    }
    Ok(())
}

/// Where the numbers of a watched release come from: what the environment names, else the requests that its target counts.
pub fn metrics(
    cx: &Cx,
    manifest: &Manifest,
    resolved: &ResolvedEnv,
    subject: &Subject,
) -> Result<Option<Box<dyn Metrics>>> {
    let world = &cx.world;
    let Some(config) = &resolved.metrics else {
        let counts = world.target(&subject.place)?.capabilities().counts;
        return Ok(match counts {
            true => Some(Box::new(Counts::new(world.store()?))),
            false => None,
        });
    };
    let sources = secrets::Sources {
        folder: manifest.folder(),
        environment: world.environment(),
        commands: world.commands(),
    };
    let value = |key: &str, reference: &SecretRef| -> Result<Secret> {
        let name = format!("environment.{}.metrics.{key}", resolved.name);
        let secret = secrets::value(&name, reference, &sources)?;
        world.store()?.conceal(&name, &secret);
        Ok(secret)
    };
    let token = config.token.as_ref().map(|token| value("token", token)).transpose()?;
    let basic = match (&config.user, &config.password) {
        (Some(user), Some(password)) => Some((user.clone(), value("password", password)?)),
        _ => None,
    };
    let source = Prometheus::new(config.clone(), Credentials { token, basic })?;
    Ok(Some(Box::new(source)))
}

/// The objectives that a release's own numbers can be held against, and why others are not.
pub fn promises(manifest: &Manifest, resolved: &ResolvedEnv) -> (Vec<Promise>, Vec<String>) {
    let (mut promises, mut unmeasured) = (Vec::new(), Vec::new());
    for slo in &manifest.slos {
        match good(slo, resolved.metrics.is_some()) {
            Ok(good) => promises.push(Promise {
                name: slo.name.clone(),
                objective: slo.objective,
                good,
            }),
            Err(why) => unmeasured.push(format!(
                "the objective `{}` is not held against the new release: {why}",
                slo.name
            )),
        }
    }
    (promises, unmeasured)
}

fn good(slo: &Slo, prometheus: bool) -> std::result::Result<Good, String> {
    let indicator = &slo.indicator;
    if let (IndicatorKind::Ratio | IndicatorKind::Promql, Some(good), Some(total)) =
        (indicator.kind, &indicator.good, &indicator.total)
        && prometheus
    {
        let of_release = |text: &str| placeholders(text).iter().any(|name| name == "release");
        return match of_release(good) && of_release(total) {
            true => Ok(Good::Queries {
                good: good.clone(),
                total: total.clone(),
            }),
            false => Err("its queries do not name `$release`".into()),
        };
    }
    match Measure::of(indicator) {
        Ok(Measure::Status(classes)) => Ok(Good::Status(classes)),
        Ok(Measure::Within(micros)) => Ok(Good::Within(micros)),
        Err(Gap::NotConnected(why) | Gap::CannotTell(why)) => Err(why),
    }
}

/// The command that ends what a tool left in the middle.
pub fn resume(subject: &Subject) -> String {
    format!("deliver resume {} --service {}", subject.env, subject.service)
}

/// The build section, resolved against the manifest's folder. Where an image is made by a Dockerfile, that is the build: the
/// source is all it needs.
pub fn recipe(manifest: &Manifest, resolved: &ResolvedEnv) -> Recipe {
    let by_image = matches!(resolved.spec.image, Some(Image::Dockerfile(_) | Image::Ready(_)));
    let build = &manifest.build;
    let folder = manifest.folder().to_owned();
    let context = manifest
        .build
        .context
        .as_ref()
        .map_or_else(|| folder.clone(), |context| normalise(&folder.join(context)));
    Recipe {
        service: manifest.service.name.clone(),
        folder,
        context,
        command: build.command.clone().filter(|_| !by_image),
        include: match by_image {
            true => Vec::new(),
            false => build.include.clone(),
        },
        env: build.env.clone(),
    }
}
