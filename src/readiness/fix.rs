//! Patches for checks where one is safe: files that are not there yet, and text that is added at the end of those that are.
//! What people wrote is never changed, and what only they can know is left for them to write.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::check::Check;
use super::checks::slo;
use super::fact::{Facts, Serves};
use super::read::codeowners;
use super::read::runbook::{LEAST_WORDS, NEEDED};
use super::tree::{Text, read_text};
use crate::config::manifest::Manifest;
use crate::fault::{Attempt, Fault, Kind, Result};
use crate::model::objective::Objective;

/// What patches are made from.
pub struct Ground<'a> {
    pub facts: &'a Facts,
    pub manifest: &'a Manifest,
    /// The repository's root, or the service's folder outside version control.
    pub base: &'a Path,
    /// The service's folder below it: empty, or `services/pricing/`.
    pub prefix: &'a str,
    /// Who reviews, where a person said so.
    pub owner: Option<&'a str>,
    /// The mail address that commits here carry.
    pub mail: Option<&'a str>,
}

/// Changes that mend one check, or begin to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub check: &'static str,
    pub base: PathBuf,
    pub changes: Vec<Change>,
    /// What is left for people to do; `None` where the check passes afterwards.
    pub left: Option<String>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Relative to the plan's base.
    pub path: String,
    /// What is there now; `None` where nothing is.
    pub before: Option<String>,
    pub after: String,
}

impl Change {
    pub fn action(&self) -> &'static str {
        match self.before {
            Some(_) => "append",
            None => "create",
        }
    }

    /// The change as a patch.
    pub fn diff(&self) -> String {
        let before = self.before.as_deref().unwrap_or_default();
        let patch = diffy::create_patch(before, &self.after).to_string();
        // Names of files may hold anything; these two lines are made here, so that none of it ends them.
        let body: String = patch.split_inclusive('\n').skip(2).collect();
        let name: String = self.path.escape_debug().collect();
        let old = if self.before.is_some() {
            format!("a/{name}")
        } else {
            "/dev/null".into()
        };
        format!("--- {old}\n+++ b/{name}\n{body}")
    }
}

/// Checks that a patch exists for.
pub const FIXABLE: [&str; 6] = ["OWN-2", "DOC-1", "DOC-3", "BLD-1", "BLD-5", "SLO-1"];

/// Plans a patch; a fault where there is none, which says what to do instead.
pub fn plan(check: &'static Check, ground: &Ground<'_>) -> Result<Plan> {
    let (changes, left) = match check.id {
        "OWN-2" => code_owners(ground)?,
        "DOC-1" => runbook(ground)?,
        "DOC-3" => readme(ground)?,
        "BLD-1" => pipeline(ground)?,
        "BLD-5" => updates(ground)?,
        "SLO-1" => objective(ground)?,
        _ => {
            return Err(by_hand(
                check.id,
                "there is no patch that is safe for every service",
                check.fix,
            ));
        }
    };
    Ok(Plan {
        check: check.id,
        base: ground.base.to_owned(),
        changes,
        left,
    })
}

type Planned = Result<(Vec<Change>, Option<String>)>;

fn by_hand(id: &str, why: &str, how: &str) -> Fault {
    Fault::new(Kind::Negative, "no-fix", format!("cannot mend `{id}`: {why}"))
        .still("nothing was changed")
        .hint(how)
}

impl Ground<'_> {
    /// A file of the service with text added at its end, or made.
    fn with(&self, path: &str, added: &str) -> Result<Change> {
        self.at_root(&format!("{}{path}", self.prefix), added)
    }

    /// The same for a file of the repository.
    fn at_root(&self, path: &str, added: &str) -> Result<Change> {
        let before = match read_text(&self.base.join(path)) {
            Text::Read(text) if text.contains(char::REPLACEMENT_CHARACTER) => {
                return Err(by_hand(path, "it is not UTF-8 text", "convert it, and try again"));
            }
            Text::Read(text) => Some(text),
            Text::Missing => None,
            Text::Refused(why) => return Err(by_hand(path, &format!("it {why}"), "mend that first")),
        };
        let after = match before.as_deref() {
            Some(before) if !before.is_empty() && !before.ends_with('\n') => format!("{before}\n{added}"),
            Some(before) => format!("{before}{added}"),
            None => added.trim_start_matches('\n').to_owned(),
        };
        Ok(Change {
            path: path.to_owned(),
            before,
            after,
        })
    }

    /// What runs the tests here: as CI does, else as the usual tool of what the service is made with does.
    fn test_command(&self) -> Option<String> {
        let ci = self
            .facts
            .pipelines
            .get()
            .ok()
            .and_then(|all| all.iter().flat_map(|it| &it.tests).next());
        let made_with = |name: &str| {
            self.facts
                .dependencies
                .get()
                .is_ok_and(|all| all.iter().any(|it| it.ecosystem == name))
        };
        let usual = [
            ("cargo", "cargo test"),
            ("npm", "npm test"),
            ("gomod", "go test ./..."),
            ("pip", "python3 -m pytest"),
        ];
        ci.map(|test| test.command.clone()).or_else(|| {
            let found = usual.iter().find(|(name, _)| made_with(name));
            found.map(|(_, command)| (*command).to_owned())
        })
    }
}

fn code_owners(ground: &Ground<'_>) -> Planned {
    let known = ground.facts.code_owners.get().map_err(unknown)?;
    let files = ground.facts.delivery_files.get().map_err(unknown)?;
    let star = known.as_ref().and_then(|it| {
        it.rules
            .iter()
            .rev()
            .find(|rule| rule.pattern == "*" && !rule.owners.is_empty())
    });
    let answered = ground
        .facts
        .template
        .get()
        .ok()
        .and_then(|it| it.as_ref()?.code_owner.clone());
    let owner = ground
        .owner
        .map(str::to_owned)
        .or_else(|| star.map(|rule| rule.owners.join(" ")))
        .or(answered)
        .or_else(|| ground.mail.map(str::to_owned));
    let Some(owner) = owner.filter(|owner| owner.split(' ').all(codeowners::is_owner)) else {
        return Err(by_hand(
            "OWN-2",
            "nothing says who reviews",
            "deliver ready fix OWN-2 --owner @ORGANISATION/TEAM",
        ));
    };
    let bare = |file: &&String| known.as_ref().is_none_or(|known| known.owners(file).is_empty());
    let mut patterns: Vec<String> = files
        .iter()
        .filter(bare)
        .map(|file| match file.split_once('/') {
            Some((folder, _)) => format!("/{}{folder}/", ground.prefix),
            None => format!("/{}{file}", ground.prefix),
        })
        .collect();
    patterns.dedup();
    if known.is_none() {
        patterns.push(format!("/{}CODEOWNERS", ground.prefix));
    }
    if patterns.is_empty() {
        return Err(by_hand(
            "OWN-2",
            "every file of the delivery has an owner",
            "deliver ready",
        ));
    }
    let path = known
        .as_ref()
        .map_or("CODEOWNERS", |known| known.path.trim_start_matches("../"));
    let mut added = match known {
        Some(_) => "\n# How the service is delivered: a change of these needs a second pair of eyes.\n".to_owned(),
        None => format!("# Who reviews a change; the last line that matches a file counts.\n* {owner}\n\n"),
    };
    for pattern in patterns {
        added.push_str(&format!("{} {owner}\n", pattern.replace(' ', "\\ ")));
    }
    Ok((vec![ground.at_root(path, &added)?], None))
}

/// Headings that whoever is paged looks for, with what to write below each as a comment: a heading alone answers nothing.
fn runbook(ground: &Ground<'_>) -> Planned {
    let found = ground.facts.runbook.get().map_err(unknown)?;
    let named = ground
        .facts
        .entry
        .runbook
        .as_deref()
        .filter(|place| !place.contains("://"));
    if ground.facts.entry.runbook.is_some() && named.is_none() {
        return Err(by_hand(
            "DOC-1",
            "the runbook is somewhere else",
            "keep it beside the code, and name its file",
        ));
    }
    let path = named.unwrap_or("docs/runbook.md").trim_start_matches("./");
    let there = found.as_ref().filter(|runbook| runbook.there);
    let missing = there.map_or_else(
        || NEEDED.iter().map(|(name, _)| *name).collect(),
        |runbook| runbook.missing(),
    );
    let has = |name: &str| {
        there.is_some_and(|runbook| {
            runbook
                .page
                .sections
                .iter()
                .any(|it| it.title.eq_ignore_ascii_case(name))
        })
    };
    let mut added = match there {
        Some(_) => String::new(),
        None => format!("# Runbook of {}\n", ground.facts.entry.name),
    };
    for name in missing.iter().filter(|name| !has(name)) {
        let hint = match *name {
            "Symptoms" => "For each alert a heading: what users notice, where to look first, what mends it.",
            "Dashboards" => "Links, or the queries of the golden signals.",
            "Rollback" => "What `deliver rollback` brings back here, and what it does not.",
            _ => "Who is called, in which order, and how.",
        };
        added.push_str(&format!("\n## {name}\n\n<!-- {hint} -->\n"));
    }
    if added.is_empty() {
        return Err(by_hand(
            "DOC-1",
            "its headings are there",
            &format!("write at least {LEAST_WORDS} words below each in {path}"),
        ));
    }
    let mut changes = vec![ground.with(path, &added)?];
    if named.is_none() {
        changes.push(with_runbook(ground, path)?);
    }
    Ok((
        changes,
        Some(format!("write what you know below the headings of {path}")),
    ))
}

/// The manifest with `runbook` set, everything else as it was.
fn with_runbook(ground: &Ground<'_>, place: &str) -> Result<Change> {
    let name = &ground.facts.entry.file;
    let change = ground.with(name, "")?;
    let text = change.before.as_deref().unwrap_or_default();
    let mut document: toml_edit::DocumentMut = text
        .parse()
        .map_err(|_| by_hand("DOC-1", "the manifest does not read", "deliver plan"))?;
    document["service"]["runbook"] = toml_edit::value(place);
    Ok(Change {
        after: document.to_string(),
        ..change
    })
}

fn readme(ground: &Ground<'_>) -> Planned {
    let found = ground.facts.readme.get().map_err(unknown)?;
    let entry = &ground.facts.entry;
    let answers = |pick: fn(&super::read::readme::Readme) -> &Option<super::read::readme::Answer>| {
        found
            .as_ref()
            .is_some_and(|readme| pick(readme).as_ref().is_some_and(|answer| answer.commands > 0))
    };
    let run = match (&ground.manifest.run.command, entry.serves) {
        (Some(command), Serves::Requests) => Some(command.to_string()),
        _ => Some("deliver deploy".to_owned()),
    };
    let sections = [
        ("Run", answers(|it| &it.run), run, "The command that starts it here."),
        (
            "Test",
            answers(|it| &it.test),
            ground.test_command(),
            "The command that runs its tests, between fences.",
        ),
        (
            "Deploy",
            answers(|it| &it.deploy),
            Some("deliver deploy".to_owned()),
            "",
        ),
    ];
    let path = found.as_ref().map_or("README.md", |readme| readme.path.as_str());
    let mut added = match found {
        Some(_) => String::new(),
        None => format!(
            "# {}\n\n{}\n",
            entry.name,
            entry.description.as_deref().unwrap_or_default()
        ),
    };
    let mut left = None;
    for (title, _, command, hint) in sections.into_iter().filter(|(_, there, ..)| !there) {
        match command.filter(|command| !command.contains(['\n', '`'])) {
            Some(command) => added.push_str(&format!("\n## {title}\n\n```sh\n{command}\n```\n")),
            None => {
                added.push_str(&format!("\n## {title}\n\n<!-- {hint} -->\n"));
                left = Some(format!("write the command below `{title}` in {path}"));
            }
        }
    }
    if added.is_empty() {
        return Err(by_hand(
            "DOC-3",
            "what is wrong is in the text itself",
            "deliver ready explain DOC-3",
        ));
    }
    Ok((vec![ground.with(path, &added)?], left))
}

/// `actions/checkout` 7.0.1, as the templates of `deliver new` use it.
const CHECKOUT: &str = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1";

fn pipeline(ground: &Ground<'_>) -> Planned {
    let pipelines = ground.facts.pipelines.get().map_err(unknown)?;
    if let Some(first) = pipelines.first() {
        let how = format!(
            "add a step that runs the tests on pull_request and push to {}",
            first.path
        );
        return Err(by_hand(
            "BLD-1",
            "there is a pipeline, and how it is built is for people to say",
            &how,
        ));
    }
    let Some(command) = ground.test_command() else {
        return Err(by_hand(
            "BLD-1",
            "nothing here says how the tests are run",
            "write .github/workflows/ci.yml",
        ));
    };
    let prepare = match command.as_str() {
        "npm test" => "      - run: npm ci\n",
        "python3 -m pytest" => "      - run: python3 -m pip install -r requirements.txt pytest\n",
        _ => "",
    };
    let folder = match ground.prefix.trim_end_matches('/') {
        "" => String::new(),
        folder => format!(
            "    defaults:\n      run:\n        working-directory: {}\n",
            serde_json::json!(folder)
        ),
    };
    let name = match ground.prefix.is_empty() {
        true => "ci".to_owned(),
        false => ground.facts.entry.name.to_string(),
    };
    let text = format!(
        "# Tests every change, before and after it is merged.\nname: {name}\n\non:\n  pull_request:\n  push:\n    branches: [main]\n\n\
         permissions:\n  contents: read\n\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 15\n{folder}    steps:\n      \
         - uses: {CHECKOUT}\n        with:\n          persist-credentials: false\n{prepare}      - run: {command}\n"
    );
    let path = format!(".github/workflows/{name}.yml");
    Ok((vec![fresh(ground, &path, &text)?], None))
}

/// A file that is not there yet.
fn fresh(ground: &Ground<'_>, path: &str, text: &str) -> Result<Change> {
    let change = ground.at_root(path, text)?;
    match change.before {
        None => Ok(change),
        Some(_) => Err(by_hand(path, "it is there already", "change it by hand")),
    }
}

fn updates(ground: &Ground<'_>) -> Planned {
    let known = ground.facts.updates.get().map_err(unknown)?;
    if let Some((tool, file)) = &known.tool {
        return Err(by_hand(
            "BLD-5",
            &format!("{tool} is configured, and how is for people to say"),
            &format!("edit {file}"),
        ));
    }
    let lists = ground.facts.dependencies.get().map_err(unknown)?;
    let image = ground.facts.image.get().map_err(unknown)?.is_some();
    let actions = ground
        .facts
        .pipelines
        .get()
        .is_ok_and(|all| all.iter().any(|it| it.path.contains(".github/")));
    let folder = match ground.prefix.trim_end_matches('/') {
        "" => "/".to_owned(),
        inside => format!("/{inside}"),
    };
    let own = lists
        .iter()
        .filter(|list| list.dependencies > 0)
        .map(|list| (list.ecosystem, folder.as_str()));
    let mut wanted: Vec<(&str, &str)> = own.collect();
    wanted.extend(image.then_some(("docker", folder.as_str())));
    wanted.extend(actions.then_some(("github-actions", "/")));
    wanted.dedup();
    if wanted.is_empty() {
        return Err(by_hand(
            "BLD-5",
            "it depends on nothing that is released elsewhere",
            "deliver ready",
        ));
    }
    let mut text =
        "# Proposes updates of what the service is made from, once a week.\nversion: 2\nupdates:\n".to_owned();
    for (ecosystem, folder) in wanted {
        let folder = serde_json::json!(folder);
        text.push_str(&format!(
            "  - package-ecosystem: {ecosystem}\n    directory: {folder}\n    schedule:\n      interval: weekly\n"
        ));
    }
    Ok((vec![fresh(ground, ".github/dependabot.yml", &text)?], None))
}

fn objective(ground: &Ground<'_>) -> Planned {
    let entry = &ground.facts.entry;
    if !slo::can_promise(entry.serves) {
        return Err(by_hand(
            "SLO-1",
            "it takes no requests: what it promises is for people to say",
            "add [[slo]] to deliver.toml",
        ));
    }
    let on_availability = entry.slos.iter().filter(slo::on_availability);
    if let Some(best) = on_availability.max_by_key(|slo| slo.objective) {
        let how = format!("raise the objective of `{}` in {}", best.name, entry.file);
        return Err(by_hand(
            "SLO-1",
            "an objective on availability is stated, and what to promise is for people to say",
            &how,
        ));
    }
    let least = slo::least(entry.tier).max(99_000_000);
    let text = format!("{}.{:06}", least / 1_000_000, least % 1_000_000);
    let promise: Objective = text.parse().map_err(Fault::bug)?;
    // The name may be taken by an objective on something else.
    let names = ["availability", "availability-of-requests", "requests-answered"];
    let taken = |name: &&str| entry.slos.iter().any(|slo| slo.name == **name);
    let Some(name) = names.into_iter().find(|name| !taken(name)) else {
        return Err(by_hand(
            "SLO-1",
            "the objectives that are called availability are on something else",
            &format!("add an [[slo]] with an indicator of the kind http to {}", entry.file),
        ));
    };
    let added = format!(
        "\n# What people may rely on. Is this what they need?\n[[slo]]\nname = \"{name}\"\nobjective = \"{promise}\"\n\
         window = \"28d\"\nindicator = {{ kind = \"http\", good = \"status < 500\" }}\n"
    );
    Ok((vec![ground.with(&entry.file, &added)?], None))
}

fn unknown(unknown: super::fact::Unknown) -> Fault {
    by_hand("it", &unknown.why, &unknown.how)
}

/// Writes a plan. A file that is no longer as it was when the plan was made stops it before anything is written.
pub fn apply(plan: &Plan) -> Result<()> {
    for change in &plan.changes {
        let now = match read_text(&plan.base.join(&change.path)) {
            Text::Read(text) => Some(text),
            _ => None,
        };
        if now != change.before {
            let message = format!("cannot write `{}`: it changed meanwhile", change.path);
            return Err(Fault::new(Kind::Busy, "changed", message).still("nothing was changed"));
        }
    }
    plan.changes
        .iter()
        .try_for_each(|change| write(&plan.base, &change.path, &change.after, change.before.is_some()))
}

/// Writes one file below a folder, whole or not at all. Links on the way are refused.
fn write(base: &Path, path: &str, text: &str, there: bool) -> Result<()> {
    let full = base.join(path);
    let parent = full.parent().unwrap_or(base);
    plain_folders(base, parent)?;
    fs::create_dir_all(parent).attempting("make", parent)?;
    let mode = match there {
        true => {
            let meta = full.symlink_metadata().attempting("look at", &full)?;
            if !meta.is_file() {
                let message = format!("cannot write `{path}`: it is no regular file");
                return Err(Fault::usage("not-a-file", message).still("it was not changed"));
            }
            meta.permissions()
        }
        // As any program would make it: the umask takes from this what it takes.
        false => fs::Permissions::from_mode(0o666),
    };
    let mut beside = tempfile::Builder::new()
        .permissions(mode.clone())
        .tempfile_in(parent)
        .attempting("write beside", &full)?;
    beside.write_all(text.as_bytes()).attempting("write", &full)?;
    if there {
        beside.as_file().set_permissions(mode).attempting("write", &full)?;
    }
    beside.as_file().sync_all().attempting("write", &full)?;
    let persisted = match there {
        true => beside.persist(&full),
        false => beside.persist_noclobber(&full),
    };
    persisted
        .map(drop)
        .map_err(|error| error.error)
        .attempting("write", &full)
}

/// Folders between `base` and `folder` that exist must be folders, not links to some.
fn plain_folders(base: &Path, folder: &Path) -> Result<()> {
    let inside = folder.strip_prefix(base).unwrap_or(Path::new(""));
    let mut way = base.to_owned();
    for part in inside.components() {
        way.push(part);
        let linked = way.symlink_metadata().is_ok_and(|meta| !meta.is_dir());
        if linked || matches!(part, std::path::Component::ParentDir) {
            let message = format!("cannot write into `{}`: it is no folder of its own", way.display());
            return Err(Fault::usage("unsafe-path", message).still("nothing was changed"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_patch_is_applied_only_to_what_it_was_made_from() {
        let dir = tempfile::tempdir().expect("a folder");
        fs::write(dir.path().join("a"), "1\n").expect("written");
        let plan = Plan {
            check: "DOC-1",
            base: dir.path().to_owned(),
            changes: vec![
                Change {
                    path: "a".into(),
                    before: Some("1\n".into()),
                    after: "1\n2\n".into(),
                },
                Change {
                    path: "b/c".into(),
                    before: None,
                    after: "new\n".into(),
                },
            ],
            left: None,
        };
        assert_eq!(plan.changes[0].diff(), "--- a/a\n+++ b/a\n@@ -1 +1,2 @@\n 1\n+2\n");
        assert_eq!(
            plan.changes[1].diff(),
            "--- /dev/null\n+++ b/b/c\n@@ -0,0 +1 @@\n+new\n"
        );
        apply(&plan).expect("applied");
        assert_eq!(fs::read_to_string(dir.path().join("b/c")).expect("read"), "new\n");
        assert_eq!(apply(&plan).expect_err("changed").code(), "changed");
    }

    #[test]
    fn nothing_is_written_through_links() {
        let dir = tempfile::tempdir().expect("a folder");
        let outside = tempfile::tempdir().expect("a folder");
        symlink(outside.path(), dir.path().join("docs")).expect("linked");
        symlink(outside.path().join("x"), dir.path().join("link")).expect("linked");
        assert_eq!(
            write(dir.path(), "docs/a", "x", false).expect_err("refused").code(),
            "unsafe-path"
        );
        assert!(write(dir.path(), "link", "x", false).is_err());
        assert!(write(dir.path(), "link", "x", true).is_err());
        assert_eq!(outside.path().read_dir().expect("listed").count(), 0);
    }
}
