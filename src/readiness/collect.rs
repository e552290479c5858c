//! Finds the facts. Whatever cannot be found out becomes an unknown with its reason; nothing here judges.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::cache::{Cache, Commits};
use super::fact::{
    Committer, Company, Deployments, Entry, Fact, Facts, Migrations, Place, Serves, StoppedFound, TeamFound, Unknown,
    Window,
};
use super::live::{self, Live};
use super::read::alerts::{self, Alert};
use super::read::codeowners::{self, CodeOwners};
use super::read::dockerfile::{self, Dockerfile};
use super::read::readme::{self, Readme};
use super::read::runbook::Runbook;
use super::read::template::Record;
use super::read::updates::{self, Updates};
use super::read::workflow::{self, Pipeline};
use super::read::{lock, markdown, sql, template};
use super::secrets::{self, Limits, Scan};
use super::tree::{Text, Tree};
use super::waiver::{self, Waivers};
use crate::config::manifest::{Manifest, StrategyKind};
use crate::config::platform::Platform;
use crate::fault::Result;
use crate::model::deployment::{Deployment, Operation, Outcome, StepStatus};
use crate::model::spec::{CommandLine, Work};
use crate::model::traffic::{BUCKET_MICROS, HOUR_MICROS};
use crate::model::{EnvName, ServiceName};
use crate::ports::vcs::{Commit, CommitQuery, Head};
use crate::ports::{Clock, Interrupt, Vcs};
use crate::store::Store;

/// Where facts come from.
pub struct Sources<'a> {
    pub manifest: &'a Manifest,
    pub platform: &'a Platform,
    pub waivers: &'a Waivers,
    pub vcs: &'a dyn Vcs,
    /// `None`: nothing was ever deployed from here. An error says why the store cannot be read.
    pub store: Result<Option<&'a Store>, Unknown>,
    /// The service as it runs; `None`: nothing of it was deployed with success. An error says why it cannot be asked.
    pub live: Result<Option<live::Source<'a>>, Unknown>,
    pub clock: &'a dyn Clock,
    pub interrupt: &'a dyn Interrupt,
    /// The folder for what earlier looks for secrets found.
    pub cache: Option<&'a Path>,
    /// How long the look for secrets may take.
    pub patience: Duration,
    /// The newest version of a template that is known.
    pub newest_template: &'a dyn Fn(&str) -> Option<String>,
    /// Commands of `deliver` itself.
    pub commands: &'a [String],
}

/// Updates are looked for this many days back.
const UPDATE_DAYS: u32 = 60;

/// Files of SQL or of rules that are read.
const MAX_FILES: usize = 500;

/// Where a service runs that was deployed with success: the most protected environment that is not taken down, else one
/// that is.
pub fn deployed_to(store: &Store, manifest: &Manifest, platform: &Platform) -> Result<Option<EnvName>> {
    let service = &manifest.service.name;
    let mut found = Vec::new();
    for name in manifest.environment_names() {
        if store.last_good(service, &name)?.is_none() {
            continue;
        }
        let newest = store.deployments(Some(service), Some(&name), 1)?.into_iter().next();
        let down = newest.is_some_and(|it| it.operation == Operation::Down && it.outcome == Outcome::Succeeded);
        let declared = manifest.environment(&name).ok();
        let protected = declared.as_ref().is_some_and(|env| env.protected) || platform.policy.protects(&name);
        let elsewhere = declared.is_some_and(|env| env.target != "local");
        found.push((down, !protected, !elsewhere, name));
    }
    found.sort();
    Ok(found.into_iter().next().map(|(_, _, _, name)| name))
}

/// Finds every fact.
pub fn collect(sources: &Sources<'_>) -> Facts {
    let now = sources.clock.now();
    let folder = sources.manifest.folder().canonicalize();
    let folder = folder.as_deref().unwrap_or(sources.manifest.folder());
    let (before, seen) = look_at_versions(sources, folder, now);
    let root = seen.root();
    let mut cache = before.clone();
    let facts = match seen.files.as_ref() {
        Ok(files) => {
            let tree = Tree::listed(folder, root.as_deref(), files.clone());
            with_tree(sources, &tree, &seen, &mut cache, now)
        }
        Err(fault) => without_tree(sources, &Unknown::from_fault(fault, "git status"), now),
    };
    cache.commits_told = seen.kept();
    if let Some(place) = sources.cache.filter(|_| cache != before) {
        // The next look is slower without it, and no less true.
        let _ = cache.save(place);
    }
    facts
}

/// What version control says.
struct Versions {
    head: Result<Option<Head>>,
    files: Result<Option<Vec<PathBuf>>>,
    commits: Result<Commits>,
}

impl Versions {
    fn root(&self) -> Option<PathBuf> {
        self.head.as_ref().ok()?.as_ref().map(|head| head.root.clone())
    }

    /// What is worth to be kept: it holds for a commit, and for ever.
    fn kept(&self) -> Option<Commits> {
        self.commits.as_ref().ok().filter(|told| !told.head.is_empty()).cloned()
    }

    fn told(&self) -> Option<&Commits> {
        self.commits.as_ref().ok()
    }
}

/// Asks version control, all at once: each question is a process of its own. Of a commit that was asked about before
/// nothing is asked again.
fn look_at_versions(sources: &Sources<'_>, folder: &Path, now: Timestamp) -> (Cache, Versions) {
    let vcs = sources.vcs;
    let (cache, head, files) = std::thread::scope(|scope| {
        let head = scope.spawn(|| vcs.head(folder));
        let files = scope.spawn(|| vcs.files(folder));
        (Cache::load(sources.cache, folder), joined(head), joined(files))
    });
    let id = head.as_ref().ok().and_then(|head| head.as_ref()?.commit.clone());
    let runbook = sources.manifest.service.runbook.clone().filter(|place| is_file(place));
    let known = cache
        .commits_told
        .clone()
        .filter(|told| Some(&told.head) == id.as_ref() && told.runbook_path == runbook);
    let commits = match known {
        Some(known) => Ok(known),
        None => ask_for_commits(vcs, folder, id.unwrap_or_default(), runbook, now),
    };
    (cache, Versions { head, files, commits })
}

fn ask_for_commits(
    vcs: &dyn Vcs,
    folder: &Path,
    head: String,
    runbook_path: Option<String>,
    now: Timestamp,
) -> Result<Commits> {
    let newest_of = |path: &str| CommitQuery {
        paths: Some(vec![path.to_owned()]),
        limit: 1,
        ..CommitQuery::default()
    };
    let update = CommitQuery {
        since: now.checked_sub(update_window()).ok(),
        authors: updates::AUTHORS.map(str::to_owned).to_vec(),
        limit: 1,
        paths: None,
    };
    let (newest, update, runbook) = std::thread::scope(|scope| {
        let newest = scope.spawn(|| vcs.commits(folder, &newest_of(".")));
        let update = scope.spawn(|| vcs.commits(folder, &update));
        let runbook = match &runbook_path {
            Some(path) => vcs.commits(folder, &newest_of(path)),
            None => Ok(Vec::new()),
        };
        (joined(newest), joined(update), runbook)
    });
    Ok(Commits {
        head,
        newest: newest?.into_iter().next(),
        update: update?.into_iter().next(),
        runbook: runbook?.into_iter().next(),
        runbook_path,
    })
}

fn update_window() -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(UPDATE_DAYS))
}

/// A question that panicked is a defect, and no answer.
fn joined<T>(asked: std::thread::ScopedJoinHandle<'_, T>) -> T {
    asked.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Where there is no list of files, everything that is read from files is unknown for one reason.
fn without_tree(sources: &Sources<'_>, why: &Unknown, now: Timestamp) -> Facts {
    fn unknown<T>(why: &Unknown) -> Fact<T> {
        Fact::Unknown(why.clone())
    }
    let entry = entry(sources.manifest);
    Facts {
        at: now,
        root: None,
        versioned: false,
        company: company(sources.platform),
        code_owners: unknown(why),
        delivery_files: unknown(why),
        image: unknown(why),
        pipelines: unknown(why),
        readme: unknown(why),
        runbook: unknown(why),
        alerts: unknown(why),
        dependencies: unknown(why),
        updates: unknown(why),
        template: unknown(why),
        committer: unknown(why),
        tree_secrets: unknown(why),
        history_secrets: unknown(why),
        tables: unknown(why),
        hazards: unknown(why),
        deployments: deployments(sources, now),
        live: live(sources, &entry),
        promises: promises(sources, now),
        entry,
    }
}

fn with_tree(sources: &Sources<'_>, tree: &Tree, seen: &Versions, cache: &mut Cache, now: Timestamp) -> Facts {
    let entry = entry(sources.manifest);
    let record = record(sources, tree);
    let (tree_secrets, history_secrets) = look_for_secrets(sources, tree, seen, cache, now);
    let tables = sql_files(tree)
        .flat_map(|(path, text)| sql::tables(&path, &text))
        .collect();
    Facts {
        at: now,
        root: tree.root().map(Path::to_owned),
        versioned: tree.versioned,
        company: company(sources.platform),
        code_owners: code_owners(tree, now),
        delivery_files: Fact::known(delivery_files(tree), "files of the service", now),
        image: image(sources.manifest, tree, now),
        pipelines: pipelines(tree, now),
        readme: read_readme(sources, tree, now),
        runbook: read_runbook(sources, tree, record.as_ref(), seen, now),
        alerts: read_alerts(tree, now),
        dependencies: Fact::known(lock::find(tree), "lists of dependencies", now),
        updates: read_updates(tree, seen, now),
        committer: committer(seen, now),
        tree_secrets,
        history_secrets,
        tables: Fact::known(tables, "files of SQL", now),
        hazards: hazards(sources.manifest, tree, now),
        deployments: deployments(sources, now),
        live: live(sources, &entry),
        promises: promises(sources, now),
        template: Fact::known(record, template::PATH, now),
        entry,
    }
}

// --- what the manifest and the platform say -----------------------------------------------------------------------------

fn entry(manifest: &Manifest) -> Entry {
    let service = &manifest.service;
    let environments: Vec<Place> = manifest
        .environment_names()
        .iter()
        .filter_map(|name| place(manifest, name))
        .collect();
    let image = manifest.build.image.as_ref();
    Entry {
        file: manifest
            .path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        name: service.name.clone(),
        team: service.team.clone(),
        tier: service.tier,
        tier_stated: manifest.node_at(&["service", "tier"]).is_some(),
        description: service.description.clone(),
        depends_on: service.depends_on.clone(),
        runbook: service.runbook.clone(),
        slos: manifest.slos.clone(),
        data: manifest.data.clone(),
        serves: serves(manifest),
        environments,
        base_image: image
            .filter(|image| image.dockerfile.is_none())
            .map(|image| image.base.clone()),
    }
}

fn serves(manifest: &Manifest) -> Serves {
    let all = manifest.environment_names();
    let works = all.iter().filter_map(|name| manifest.environment(name).ok());
    let works: Vec<Work> = works.filter_map(|env| Some(env.spec.web()?.work.clone())).collect();
    match works.first() {
        None => Serves::Nothing,
        Some(Work::Static(_)) => Serves::Files,
        Some(Work::Command(_) | Work::Image) => Serves::Requests,
    }
}

/// An environment that has something to run, as declared.
pub fn place(manifest: &Manifest, name: &EnvName) -> Option<Place> {
    let env = manifest.environment(name).ok()?;
    let health = &env.spec.health;
    // A path that nobody declared is asked for too, and means less.
    let declared = health.probe.as_ref().filter(|probe| probe.below <= 400);
    Some(Place {
        name: name.to_string(),
        target: env.target.clone(),
        protected: env.protected,
        instances: env.instances,
        ready: declared.map(|probe| probe.path.clone()),
        live: health.live.as_ref().map(|probe| probe.path.clone()),
        drain: env.spec.drain,
        grace: env.spec.grace,
        replaces: env.spec.listen.is_some() || env.strategy.kind == StrategyKind::Recreate,
    })
}

fn company(platform: &Platform) -> Company {
    let team = |team: &crate::config::platform::Team| TeamFound {
        contact: team.contact.clone(),
        members: team
            .members
            .iter()
            .map(|name| {
                let person = platform.people.get(name);
                let ways = person
                    .into_iter()
                    .flat_map(|person| [&person.email, &person.chat, &person.phone]);
                (name.clone(), ways.flatten().cloned().collect())
            })
            .collect(),
    };
    Company {
        name: platform.name.clone(),
        builtin: platform.folder.is_none(),
        teams: platform
            .teams
            .iter()
            .map(|(name, found)| (name.clone(), team(found)))
            .collect(),
    }
}

// --- what files say -----------------------------------------------------------------------------------------------------

/// A text that was refused is unknown: it may say anything.
fn refused<T>(path: &str, why: &str) -> Fact<T> {
    Fact::unknown(
        format!("`{path}` {why}"),
        format!("make {path} a file that can be read"),
    )
}

fn code_owners(tree: &Tree, now: Timestamp) -> Fact<Option<CodeOwners>> {
    match codeowners::PLACES.iter().find_map(|place| tree.at_root(place)) {
        Some((path, Text::Read(text))) => Fact::known(Some(codeowners::read(&path, &tree.prefix(), &text)), path, now),
        Some((path, Text::Refused(why))) => refused(&path, &why),
        _ => Fact::known(None, "files of the repository", now),
    }
}

/// Files of the service that decide how it is delivered.
fn delivery_files(tree: &Tree) -> Vec<String> {
    let decides = |path: &str| {
        let folders = [".github/", ".deliver/", ".gitlab/", "ops/", "deploy/", "k8s/", "helm/"];
        let names = [
            "deliver.toml",
            "Dockerfile",
            "Containerfile",
            ".gitlab-ci.yml",
            "CODEOWNERS",
        ];
        folders.iter().any(|folder| path.starts_with(folder)) || names.contains(&path)
    };
    tree.files().filter(|path| decides(path)).map(str::to_owned).collect()
}

fn image(manifest: &Manifest, tree: &Tree, now: Timestamp) -> Fact<Option<Dockerfile>> {
    let declared = manifest
        .build
        .image
        .as_ref()
        .and_then(|image| image.dockerfile.as_deref());
    let packed = manifest
        .build
        .image
        .as_ref()
        .is_some_and(|image| image.dockerfile.is_none());
    let Some(path) = declared.or_else(|| tree.first(&["Dockerfile", "Containerfile"]).filter(|_| !packed)) else {
        return Fact::known(None, "files of the service", now);
    };
    let path = path.trim_start_matches("./");
    match tree.text(path) {
        Text::Read(text) => Fact::known(Some(dockerfile::read(path, &text)), path, now),
        Text::Refused(why) => refused(path, &why),
        Text::Missing => Fact::unknown(
            format!("`{path}`, which deliver.toml names, is not there"),
            format!("git add {path}"),
        ),
    }
}

fn pipelines(tree: &Tree, now: Timestamp) -> Fact<Vec<Pipeline>> {
    let prefix = tree.prefix();
    let mut found = Vec::new();
    let mut take = |path: String, text: Text, read: &dyn Fn(&str, &str) -> Result<Pipeline, String>| match text {
        Text::Read(text) => match read(&path, &text) {
            Ok(pipeline) => {
                found.push(pipeline);
                Ok(())
            }
            Err(why) => Err(Fact::unknown(
                format!("{path} does not read: {why}"),
                format!("mend {path}"),
            )),
        },
        Text::Refused(why) => Err(refused(&path, &why)),
        Text::Missing => Ok(()),
    };
    for (path, text) in tree.folder_at_root(".github/workflows", &[".yml", ".yaml"]) {
        if let Err(unknown) = take(path, text, &|path, text| workflow::github(path, text, &prefix)) {
            return unknown;
        }
    }
    if let Some((path, text)) = tree.at_root(".gitlab-ci.yml")
        && let Err(unknown) = take(path, text, &workflow::gitlab)
    {
        return unknown;
    }
    Fact::known(found, "CI of the repository", now)
}

fn read_readme(sources: &Sources<'_>, tree: &Tree, now: Timestamp) -> Fact<Option<Readme>> {
    let Some(path) = tree.first(&readme::NAMES) else {
        return Fact::known(None, "files of the service", now);
    };
    match tree.text(path) {
        Text::Read(text) => {
            let built = built(sources.manifest);
            let world = readme::World {
                tree,
                built: &built,
                own: sources.commands,
            };
            Fact::known(Some(readme::read(path, &text, &world)), path, now)
        }
        Text::Refused(why) => refused(path, &why),
        Text::Missing => Fact::known(None, "files of the service", now),
    }
}

/// Paths that a build leaves, so that a command may name them.
fn built(manifest: &Manifest) -> Vec<String> {
    let mut paths = manifest.build.include.clone();
    if let Some(CommandLine::Exec(words)) = &manifest.run.command {
        paths.extend(words.iter().filter(|word| word.starts_with("./")).cloned());
    }
    paths
}

fn is_file(place: &str) -> bool {
    !place.contains("://")
}

fn read_runbook(
    sources: &Sources<'_>,
    tree: &Tree,
    record: Option<&Record>,
    seen: &Versions,
    now: Timestamp,
) -> Fact<Option<Runbook>> {
    let Some(place) = sources.manifest.service.runbook.as_deref() else {
        return Fact::known(None, "deliver.toml", now);
    };
    let there = |there| Runbook {
        place: place.to_owned(),
        there,
        ..Runbook::default()
    };
    if !is_file(place) {
        return Fact::known(Some(there(true)), "deliver.toml", now);
    }
    let path = place.trim_start_matches("./");
    match tree.text(path) {
        Text::Read(text) => {
            let hash = format!("blake3:{}", blake3::hash(text.as_bytes()).to_hex());
            let changed = seen.told().and_then(|told| Some(told.runbook.as_ref()?.at));
            let runbook = Runbook {
                untouched: record.and_then(|record| record.hash_of(path)) == Some(hash.as_str()),
                changed,
                ..Runbook::read(path, &text)
            };
            Fact::known(Some(runbook), path, now)
        }
        Text::Refused(why) => refused(path, &why),
        Text::Missing => Fact::known(Some(there(false)), "files of the service", now),
    }
}

fn read_alerts(tree: &Tree, now: Timestamp) -> Fact<Vec<Alert>> {
    let mut found = Vec::new();
    let named = |path: &&str| {
        let folders = ["node_modules/", ".github/", "vendor/", "testdata/"];
        (path.ends_with(".yml") || path.ends_with(".yaml")) && !folders.iter().any(|folder| path.contains(folder))
    };
    for path in tree.files().filter(named).take(MAX_FILES) {
        let Some(text) = tree.text(path).ok().filter(|text| alerts::may_hold_rules(text)) else {
            continue;
        };
        match alerts::read(path, &text) {
            Ok(read) => found.extend(read.into_iter().map(|alert| followed(alert, tree))),
            Err(why) => {
                return Fact::unknown(
                    format!("{path} does not read: {why}"),
                    format!("promtool check rules {path}"),
                );
            }
        }
    }
    let source = found
        .first()
        .map_or("files of the service".to_owned(), |alert: &Alert| alert.path.clone());
    Fact::known(found, source, now)
}

/// An alert with its link followed, as far as it leads into the service's folder.
fn followed(alert: Alert, tree: &Tree) -> Alert {
    let Some(link) = alert.runbook.as_deref().filter(|link| is_file(link)) else {
        return alert;
    };
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let path = path.trim_start_matches("./");
    let beside = alert
        .path
        .rsplit_once('/')
        .map(|(folder, _)| format!("{folder}/{path}"));
    let found = [Some(path.to_owned()), beside]
        .into_iter()
        .flatten()
        .find(|path| tree.has(path));
    let broken = match found {
        None => Some(format!("`{path}` is not there")),
        Some(path) => {
            let text = tree.text(&path).ok().unwrap_or_default();
            let led = anchor.is_empty() || markdown::read(&text).has_anchor(anchor);
            (!led).then(|| format!("`{path}` has no heading `#{anchor}`"))
        }
    };
    Alert { broken, ..alert }
}

fn read_updates(tree: &Tree, seen: &Versions, now: Timestamp) -> Fact<Updates> {
    let mut known = Updates {
        days: UPDATE_DAYS,
        ..Updates::default()
    };
    for (place, tool) in updates::PLACES {
        if let Some((path, text)) = tree.at_root(place) {
            if tool == "Dependabot" {
                known.ecosystems = Some(text.ok().map(|text| updates::ecosystems(&text)).unwrap_or_default());
            }
            known.tool = Some((tool.to_owned(), path));
            break;
        }
    }
    let lately = |commit: &&Commit| now.duration_since(commit.at) <= update_window();
    let update = seen.told().and_then(|told| told.update.as_ref()).filter(lately);
    known.merged = update.map(|commit| commit.subject.clone());
    let source = known
        .tool
        .as_ref()
        .map_or("files of the repository", |(_, path)| path)
        .to_owned();
    Fact::known(known, source, now)
}

fn committer(seen: &Versions, now: Timestamp) -> Fact<Option<Committer>> {
    match &seen.commits {
        Ok(told) => {
            let last = told.newest.as_ref().map(|commit| Committer {
                name: commit.author.clone(),
                at: commit.at,
            });
            Fact::known(last, "git log", now)
        }
        Err(fault) => Fact::Unknown(Unknown::from_fault(fault, "git log")),
    }
}

fn record(sources: &Sources<'_>, tree: &Tree) -> Option<Record> {
    /// Files of templates are sources; a larger one is no longer what the template wrote.
    const LARGEST: u64 = 4 << 20;
    let text = tree.text(template::PATH).ok()?;
    let hash_of = |path: &str| {
        let inside = tree.has(path).then(|| tree.folder().join(path))?;
        let bytes = super::tree::read_bytes(&inside, LARGEST).ok()??;
        Some(format!("blake3:{}", blake3::hash(&bytes).to_hex()))
    };
    let mut record = template::read(&text, &hash_of)?;
    record.newest = (sources.newest_template)(&record.name);
    Some(record)
}

/// Files of SQL with their texts.
fn sql_files(tree: &Tree) -> impl Iterator<Item = (String, String)> {
    let named = |path: &&str| {
        let test = path
            .split('/')
            .any(|part| matches!(part, "test" | "tests" | "testdata" | "fixtures"));
        path.ends_with(".sql") && !test
    };
    tree.files()
        .filter(named)
        .take(MAX_FILES)
        .filter_map(|path| Some((path.to_owned(), tree.text(path).ok()?)))
}

fn hazards(manifest: &Manifest, tree: &Tree, now: Timestamp) -> Fact<Migrations> {
    let is_migration = |path: &str| {
        let lower = path.to_lowercase();
        let name = lower.rsplit('/').next().unwrap_or_default();
        let versioned = name.starts_with('v') && name.contains("__");
        (lower.contains("migrat") || versioned)
            && !name.contains("down.")
            && !name.starts_with("undo")
            && !name.starts_with('u')
    };
    let mut found = Migrations {
        declared: manifest.run.release.previous_still_works == Some(false),
        ..Migrations::default()
    };
    for (path, text) in sql_files(tree).filter(|(path, _)| is_migration(path)) {
        found.files += 1;
        found.hazards.extend(sql::hazards(&path, &text));
    }
    Fact::known(found, "migrations in SQL", now)
}

// --- secrets ------------------------------------------------------------------------------------------------------------

fn look_for_secrets(
    sources: &Sources<'_>,
    tree: &Tree,
    seen: &Versions,
    cache: &mut Cache,
    now: Timestamp,
) -> (Fact<Scan>, Fact<Scan>) {
    let limits = Limits {
        clock: sources.clock,
        interrupt: sources.interrupt,
        deadline: sources.clock.elapsed() + sources.patience,
    };
    let scan = secrets::tree::scan(tree, cache, &limits);
    let files = match &tree.left_out {
        Some(left_out) => Scan {
            unfinished: Some(left_out.clone()),
            ..scan
        },
        None => scan,
    };
    let history = history(sources, tree, seen, cache, &limits, now);
    let harmful = |scan: Scan| Scan {
        hits: scan
            .hits
            .into_iter()
            .filter(|hit| !is_harmless(&hit.hash, sources.waivers))
            .collect(),
        ..scan
    };
    let history = match history {
        Fact::Known(known) => Fact::known(harmful(known.value), known.source, known.at),
        unknown => unknown,
    };
    (Fact::known(harmful(files), "files of the service", now), history)
}

fn is_harmless(hash: &str, waivers: &Waivers) -> bool {
    waivers.harmless.iter().any(|known| known.hash == hash)
}

fn history(
    sources: &Sources<'_>,
    tree: &Tree,
    seen: &Versions,
    cache: &mut Cache,
    limits: &Limits<'_>,
    now: Timestamp,
) -> Fact<Scan> {
    let head = match &seen.head {
        Ok(Some(head)) => head,
        Ok(None) => return Fact::known(Scan::default(), "no version control", now),
        Err(fault) => return Fact::Unknown(Unknown::from_fault(fault, "git status")),
    };
    match secrets::history::scan(sources.vcs, tree.folder(), head, cache, limits) {
        // What was found is found, however much is missing.
        Ok(scan) if head.shallow && scan.hits.is_empty() => Fact::unknown(
            "the history is not all here: the clone is shallow",
            "git fetch --unshallow; in CI, check out with fetch-depth: 0",
        ),
        Ok(scan) => Fact::known(scan, "git log", now),
        Err(fault) => Fact::Unknown(Unknown::from_fault(&fault, "git fsck")),
    }
}

// --- what the store and the service say ---------------------------------------------------------------------------------

/// Deployments that are read: more than twenty a day for the 90 days within which a rollback is asked for.
const DEPLOYMENTS: u32 = 2_000;

/// Of those, how many are looked into.
const NEWEST: usize = 5;

fn deployments(sources: &Sources<'_>, now: Timestamp) -> Fact<Deployments> {
    match sources.store.clone() {
        Err(unknown) => Fact::Unknown(unknown),
        Ok(None) => Fact::known(Deployments::default(), "no store yet", now),
        Ok(Some(store)) => match read_deployments(store, sources.manifest, now) {
            Ok(found) => Fact::known(found, "deliver history", now),
            Err(fault) => Fact::Unknown(Unknown::from_fault(&fault, "deliver doctor")),
        },
    }
}

fn read_deployments(store: &Store, manifest: &Manifest, now: Timestamp) -> Result<Deployments> {
    let service = &manifest.service.name;
    let all = store.deployments(Some(service), None, DEPLOYMENTS)?;
    let moved = |it: &&Deployment| it.operation != Operation::Down && it.outcome != Outcome::Running;
    let took_effect = |it: &&Deployment| moved(it) && matches!(it.outcome, Outcome::Succeeded | Outcome::RolledBack);
    let good = |it: &&Deployment| moved(it) && it.outcome == Outcome::Succeeded;
    let mut found = Deployments {
        succeeded: all.iter().any(|it| good(&it)),
        newest: all.iter().filter(took_effect).take(2 * NEWEST).cloned().collect(),
        ..Deployments::default()
    };
    for name in manifest.environment_names() {
        found.succeeded = found.succeeded || store.last_good(service, &name)?.is_some();
    }
    let back =
        |it: &&Deployment| it.outcome == Outcome::RolledBack || (good(it) && it.operation == Operation::Rollback);
    found.rollback = all.iter().find(back).map(|it| {
        let ended = it.finished_at.unwrap_or(it.started_at);
        (it.clone(), ended.duration_since(it.started_at).as_secs_f64())
    });
    for (index, deployment) in all.iter().filter(good).take(NEWEST).enumerate() {
        let steps = store.steps(deployment.id)?;
        if index == 0 {
            found.switched = steps
                .iter()
                .any(|step| step.name == "switch" && step.status == StepStatus::Done);
        }
        let stopped = steps
            .iter()
            .flat_map(|step| step.observation.as_array().into_iter().flatten());
        found.stopped.extend(stopped.filter_map(|one| {
            Some(StoppedFound {
                deployment: deployment.id,
                id: one["id"].as_str()?.to_owned(),
                cut: one["cut"].as_u64()?,
                killed: one["killed"].as_bool()?,
            })
        }));
        // The first release takes over from nothing, and nobody was there to notice.
        if deployment.previous.is_some() {
            found.windows.push(window(store, deployment)?);
        }
    }
    found.way_back_since = way_back_since(all.iter().rev().filter(good));
    found.first = all.iter().rfind(good).map(|it| it.started_at);
    if let Some(first) = found.first {
        found.hours = hours(store, service, &all, first, now)?;
    }
    Ok(found)
}

/// When an environment first had a second good release. `good` is what succeeded, oldest first.
fn way_back_since<'a>(mut good: impl Iterator<Item = &'a Deployment>) -> Option<Timestamp> {
    let mut first_releases = BTreeMap::new();
    good.find_map(|it| {
        let first = *first_releases.entry(&it.env).or_insert(it.release);
        (first != it.release).then(|| it.finished_at.unwrap_or(it.started_at))
    })
}

/// Requests in the minutes of a deployment, and in the hour before.
fn window(store: &Store, deployment: &Deployment) -> Result<Window> {
    let micros = |at: Timestamp| at.as_microsecond();
    let begun = micros(deployment.started_at) / BUCKET_MICROS * BUCKET_MICROS;
    let ended = micros(deployment.finished_at.unwrap_or(deployment.started_at));
    let from = begun - 60 * BUCKET_MICROS;
    let mut window = Window {
        deployment: deployment.id,
        requests: 0,
        failed: 0,
        before: 0,
        failed_before: 0,
    };
    for counted in store.traffic(&deployment.service, &deployment.env, from, ended + 1)? {
        let all = counted.classes.iter().sum::<u64>() + counted.failed;
        let failed = counted.classes[4] + counted.failed;
        match counted.bucket >= begun {
            true => (window.requests, window.failed) = (window.requests + all, window.failed + failed),
            false => (window.before, window.failed_before) = (window.before + all, window.failed_before + failed),
        }
    }
    Ok(window)
}

/// Hours of the last day since the first success, and how many of them have a request in the busiest environment.
fn hours(
    store: &Store,
    service: &ServiceName,
    all: &[Deployment],
    first: Timestamp,
    now: Timestamp,
) -> Result<(u32, u32)> {
    let from = first.as_microsecond().max(now.as_microsecond() - 24 * HOUR_MICROS) / HOUR_MICROS;
    let to = now.as_microsecond() / HOUR_MICROS;
    let mut envs: Vec<&EnvName> = all.iter().map(|it| &it.env).collect();
    envs.sort();
    envs.dedup();
    let mut with = 0;
    for env in envs {
        with = with.max(store.hours_counted(service, env, from * HOUR_MICROS, (to + 1) * HOUR_MICROS)?);
    }
    let number = |hours: i64| u32::try_from(hours).unwrap_or(0);
    Ok((number(to - from + 1), u32::try_from(with).unwrap_or(0)))
}

fn live(sources: &Sources<'_>, entry: &Entry) -> Fact<Live> {
    match &sources.live {
        Err(unknown) => Fact::Unknown(unknown.clone()),
        Ok(None) => Fact::known(Live::NeverDeployed, "deliver history", sources.clock.now()),
        Ok(Some(source)) => {
            let declared = entry
                .environments
                .iter()
                .find(|place| place.name == source.env.as_str());
            match declared {
                Some(place) => live::ask(source, place),
                None => Fact::unknown(format!("`{}` has nothing to run", source.env), "deliver plan"),
            }
        }
    }
}

fn promises(sources: &Sources<'_>, now: Timestamp) -> Fact<BTreeMap<String, Vec<crate::config::manifest::Slo>>> {
    let store = match sources.store.clone() {
        Err(unknown) => return Fact::Unknown(unknown),
        Ok(None) => return Fact::known(BTreeMap::new(), "no store yet", now),
        Ok(Some(store)) => store,
    };
    let mut found = BTreeMap::new();
    for name in &sources.manifest.service.depends_on {
        let about = name
            .parse()
            .ok()
            .and_then(|name: ServiceName| store.service(&name).ok().flatten()?.about);
        found.extend(about.map(|about| (name.clone(), about.slos)));
    }
    Fact::known(found, "manifests as deployed", now)
}

/// Waivers of the service, for whoever gathers sources.
pub fn waivers(manifest: &Manifest, now: Timestamp) -> Result<Waivers> {
    Waivers::load(manifest.folder(), waiver::today(now))
}
