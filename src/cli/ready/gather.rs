//! Opens what readiness looks at, and lends it. Whatever cannot be opened is a reason for no evidence, not for no answer.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::cli::{Cx, args};
use crate::config::manifest::Manifest;
use crate::fault::{Fault, Result};
use crate::model::EnvName;
use crate::model::standing;
use crate::readiness::assess::{self, Assessment, word};
use crate::readiness::collect::{self, Sources};
use crate::readiness::fact::{Facts, Unknown};
use crate::readiness::{live, waiver};
use crate::scaffold::Catalogue;
use crate::store::Store;

/// How long the look for secrets may take where nobody said: whoever waits for it the first time waits again for nothing.
const PATIENCE: Duration = Duration::from_secs(3);

/// Facts, and what they come to.
pub struct Found {
    pub facts: Facts,
    pub assessment: Assessment,
    /// The repository's root, or the service's folder outside version control.
    pub base: PathBuf,
    /// The service's folder below it: empty, or `services/pricing/`.
    pub prefix: String,
}

/// The service of this folder. A team that the platform does not know is a finding here, and no reason to stop.
pub fn manifest(cx: &Cx) -> Result<Manifest> {
    Manifest::load(&cx.world.manifest_path()?)
}

/// Finds and judges everything.
pub fn assess(cx: &Cx, manifest: &Manifest) -> Result<Found> {
    let world = &cx.world;
    let now = world.clock().now();
    let waivers = collect::waivers(manifest, now)?;
    let platform = world.platform()?;
    let store = store(cx);
    let commands = own_commands(cx);
    let cache = world.paths().ok().map(|paths| paths.data.join("readiness"));
    // The newest version matters for services that were made from a template; others never ask.
    let newest = |name: &str| {
        let catalogue = Catalogue::new(platform.folder.as_deref());
        let template = catalogue.find(name, world.directory()).ok()?;
        Some(template.version.to_string())
    };
    let opened = match &store {
        Ok(Some(store)) => open_live(cx, store, manifest),
        Ok(None) => Ok(None),
        Err(unknown) => Err(unknown.clone()),
    };
    let sources = Sources {
        manifest,
        platform: &platform,
        waivers: &waivers,
        vcs: world.vcs(),
        store: store.as_ref().map(Option::as_ref).map_err(Unknown::clone),
        live: opened,
        clock: world.clock(),
        interrupt: world.interrupt(),
        cache: cache.as_deref(),
        patience: cx.global.timeout.map_or(PATIENCE, |limit| limit.duration()),
        newest_template: &newest,
        commands: &commands,
    };
    let facts = collect::collect(&sources);
    if let Some(kind) = world.interrupt().requested() {
        return Err(Fault::new(kind, "interrupted", "interrupted while looking").still("nothing was changed"));
    }
    let required = platform.required_level(manifest.service.tier);
    let assessment = assess::assess(&facts, &waivers, required, waiver::today(now));
    let (base, prefix) = ground(facts.root.as_deref(), manifest);
    Ok(Found {
        facts,
        assessment,
        base,
        prefix,
    })
}

/// The repository's root and the way from there to the service, for patches and for readers that count from the root.
fn ground(root: Option<&Path>, manifest: &Manifest) -> (PathBuf, String) {
    let folder = manifest
        .folder()
        .canonicalize()
        .unwrap_or_else(|_| manifest.folder().to_owned());
    let Some(root) = root.and_then(|root| root.canonicalize().ok()) else {
        return (folder, String::new());
    };
    let prefix = match folder.strip_prefix(&root).ok().and_then(|inside| inside.to_str()) {
        Some("") | None => String::new(),
        Some(inside) => format!("{inside}/"),
    };
    (root, prefix)
}

/// The store, where there is one: looking makes none. One that cannot be written is looked at all the same, and one that
/// cannot be read is a reason, not a failure.
fn store(cx: &Cx) -> Result<Option<Store>, Unknown> {
    match cx.world.paths() {
        Ok(paths) if !paths.store.may_exist() => return Ok(None),
        Ok(_) => {}
        Err(fault) => return Err(Unknown::from_fault(&fault, "deliver doctor")),
    }
    match cx.world.store() {
        Ok(store) => Ok(Some(store.clone())),
        Err(fault) => match cx.world.store_read_only() {
            Ok(Some(store)) => Ok(Some(store)),
            _ => Err(Unknown::from_fault(&fault, "deliver doctor")),
        },
    }
}

/// The service as it runs, where something of it was deployed.
fn open_live<'a>(cx: &'a Cx, store: &'a Store, manifest: &'a Manifest) -> Result<Option<live::Source<'a>>, Unknown> {
    let told = |fault: Fault| Unknown::from_fault(&fault, "deliver status");
    let world = &cx.world;
    let platform = world.platform().map_err(told)?;
    let Some(env) = collect::deployed_to(store, manifest, &platform).map_err(told)? else {
        return Ok(None);
    };
    let place = manifest.environment(&env).map_err(told)?.place();
    Ok(Some(live::Source {
        service: &manifest.service.name,
        target: world.target(&place).map_err(told)?,
        target_kind: place.target,
        http: world.http().map_err(told)?,
        env,
        store,
        clock: world.clock(),
        interrupt: world.interrupt(),
        now: world.clock().now(),
    }))
}

/// The names of `deliver`'s own commands, so that a page that tells of one that does not exist is found out.
fn own_commands(cx: &Cx) -> Vec<String> {
    let tree = args::command(cx.world.settings());
    let names = tree.get_subcommands().map(|command| command.get_name().to_owned());
    names.chain(["help".to_owned()]).collect()
}

/// Keeps what was found where it is another than before. That it cannot be kept is said, and changes no answer.
pub fn record(cx: &Cx, manifest: &Manifest, assessment: &Assessment) -> bool {
    if cx.global.dry_run {
        return false;
    }
    let kept = cx
        .world
        .store()
        .and_then(|store| store.record_readiness(&manifest.service.name, &assessment.snapshot()));
    kept.unwrap_or_else(|fault| {
        let why: Vec<String> = fault.causes().into_iter().take(1).collect();
        let told = [vec![fault.message().to_owned()], why].concat().join(": ");
        cx.ui.warn(format!("not recorded: {told}"));
        false
    })
}

/// What the gate of a deployment is to know; `None` where the environment asks for nothing.
pub fn standing(
    cx: &Cx,
    manifest: &Manifest,
    env: &EnvName,
    protected: bool,
) -> Result<Option<Result<standing::Readiness, String>>> {
    let policy = cx
        .world
        .platform()?
        .policy
        .environments
        .get(env.as_str())
        .and_then(|policy| policy.readiness);
    if !policy.unwrap_or(protected) {
        return Ok(None);
    }
    let found = match assess(cx, manifest) {
        Ok(found) => found.assessment,
        Err(fault) => return Ok(Some(Err(fault.message().to_owned()))),
    };
    Ok(Some(Ok(standing::Readiness {
        level: word(found.level).into(),
        required: word(found.required).into(),
        ready: found.ready(),
        missing: found.missing().map(|ruled| ruled.check.id.to_owned()).collect(),
    })))
}
