//! BLD: what is built is tested, and the same each time.

use super::{some, tracked};
use crate::config::platform::Level;
use crate::readiness::check::{Check, Finding, Judged, Need, Spot};
use crate::readiness::fact::{Facts, Unknown};
use crate::readiness::read::dockerfile::{has_digest, has_version};
use crate::readiness::read::workflow::{Pipeline, TestRun};

pub const TESTS: Check = Check {
    id: "BLD-1",
    title: "CI tests every change, before and after it is merged",
    level: Level::Bronze,
    why: "what no test has seen regresses in front of users",
    how: "a workflow of .github/workflows, or .gitlab-ci.yml, runs tests for pull requests and for the main branch, and their \
          failure fails it; the files are parsed, and conditions on events understood",
    needs: &[Need::Pipelines],
    impact: 5,
    effort: 2,
    waivable: true,
    fix: "add .github/workflows/ci.yml with a step that runs the tests on pull_request and push",
    judge: tests,
};

fn tests(facts: &Facts) -> Judged {
    let pipelines = facts.pipelines.get()?;
    let source = facts.pipelines.source();
    if pipelines.is_empty() {
        return Ok(Finding::fail("there is no pipeline", source));
    }
    let runs: Vec<(&Pipeline, TestRun)> = pipelines
        .iter()
        .flat_map(|pipeline| resolved(pipeline, pipelines))
        .collect();
    let on_change = runs.iter().find(|(pipeline, run)| pipeline.on_change && run.on_change);
    let on_main = runs.iter().find(|(pipeline, run)| pipeline.on_main && run.on_main);
    let limits: Vec<&String> = pipelines.iter().flat_map(|pipeline| &pipeline.limits).collect();
    let hidden = pipelines.iter().find(|pipeline| pipeline.hidden);
    let first = &pipelines[0].path;
    Ok(match (on_change, on_main, hidden) {
        (Some((pipeline, run)), Some(_), _) => {
            let told = format!("`{}` in the job `{}`, for changes and for main", run.command, run.job);
            Finding::pass(told, format!("{}:{}", pipeline.path, run.line))
        }
        (_, _, Some(pipeline)) => {
            return Err(Unknown::new(
                format!("{} takes in parts that are not in this repository", pipeline.path),
                "run the tests by a job of the repository's own",
            ));
        }
        _ if !limits.is_empty() => Finding::fail(some(&limits), source).at(first, 1, "a filter by paths"),
        (None, None, _) if runs.is_empty() => {
            Finding::fail("no step runs tests whose failure counts", source).at(first, 1, "no tests")
        }
        (None, _, _) => Finding::fail("tests do not run for pull requests", source).at(first, 1, "not on pull_request"),
        (_, None, _) => {
            Finding::fail("tests do not run for what came to main", source).at(first, 1, "not on push to main")
        }
    })
}

/// The tests of a pipeline and of the workflows that it calls.
fn resolved<'a>(pipeline: &'a Pipeline, all: &'a [Pipeline]) -> Vec<(&'a Pipeline, TestRun)> {
    let own = pipeline.tests.iter().map(|run| (pipeline, run.clone()));
    let called = pipeline.calls.iter().flat_map(|(path, change, main)| {
        let target = all.iter().find(|other| other.path.ends_with(path.as_str()));
        target.into_iter().flat_map(|target| &target.tests).map(|run| {
            let run = TestRun {
                on_change: run.on_change && *change,
                on_main: run.on_main && *main,
                ..run.clone()
            };
            (pipeline, run)
        })
    });
    own.chain(called).collect()
}

pub const LOCKED: Check = Check {
    id: "BLD-3",
    title: "dependencies are locked, and images name a version",
    level: Level::Bronze,
    why: "the same source must make the same artifact tomorrow",
    how: "each list of dependencies here has a lock file in version control that holds every direct dependency; each image of the \
          Dockerfile names a version, none that moves",
    needs: &[Need::Dependencies, Need::Image],
    impact: 4,
    effort: 1,
    waivable: true,
    fix: "commit the lock file",
    judge: locked,
};

fn locked(facts: &Facts) -> Judged {
    let lists = facts.dependencies.get()?;
    let image = facts.image.get()?;
    for list in lists.iter().filter(|list| list.dependencies > 0) {
        let Some(lock) = &list.lock else {
            let told = format!(
                "{} has {} and no lock file",
                list.file,
                count_dependencies(list.dependencies)
            );
            return Ok(Finding::fail(told, &list.file)
                .at(&list.file, 1, "not locked")
                .fix(format!("{}, and commit what it writes", list.command)));
        };
        if !list.loose.is_empty() {
            let told = format!("{lock} does not fix the version of {}", some(&list.loose));
            return Ok(Finding::fail(told, lock)
                .at(lock, 1, "out of step")
                .fix(format!("{}, and commit what it writes", list.command)));
        }
    }
    let moving: Vec<(String, String, usize)> = images(facts)?
        .into_iter()
        .filter(|(_, image, _)| !has_version(image))
        .collect();
    if let Some((_, image, _)) = moving.first() {
        let finding = Finding::fail(format!("`{image}` is another image each day"), source_of(facts));
        let spots = moving.iter().map(|(path, image, line)| Spot {
            path: path.clone(),
            line: *line,
            note: format!("`{image}` names no version that stays"),
        });
        return Ok(finding.all_at(spots).fix(format!(
            "name a version: FROM {}:VERSION",
            image.split(':').next().unwrap_or(image)
        )));
    }
    if lists.iter().all(|list| list.dependencies == 0) && image.is_none() && facts.entry.base_image.is_none() {
        return Ok(Finding::not_applicable("it has neither dependencies nor an image"));
    }
    let locks: Vec<&str> = lists.iter().filter_map(|list| list.lock.as_deref()).collect();
    let told = match locks.is_empty() {
        true => "no dependencies; images name versions".to_owned(),
        // A lock file that nobody else has locks nothing.
        false => {
            tracked(facts)?;
            format!("locked by {}", locks.join(", "))
        }
    };
    Ok(Finding::pass(told, source_of(facts)))
}

fn count_dependencies(number: usize) -> String {
    match number {
        1 => "1 dependency".into(),
        _ => format!("{number} dependencies"),
    }
}

/// Images that the artifact is made from: path, name, line.
fn images(facts: &Facts) -> Result<Vec<(String, String, usize)>, Unknown> {
    let file = facts.image.get()?;
    let from = file.iter().flat_map(|file| {
        file.bases()
            .into_iter()
            .map(|base| (file.path.clone(), base.image, base.line))
    });
    let base = facts.entry.base_image.iter().filter(|base| *base != "scratch");
    Ok(from
        .chain(base.map(|base| (facts.entry.file.clone(), base.clone(), 1)))
        .collect())
}

fn source_of(facts: &Facts) -> &str {
    match facts.image.get() {
        Ok(Some(_)) => facts.image.source(),
        _ => facts.dependencies.source(),
    }
}

pub const PINNED: Check = Check {
    id: "BLD-4",
    title: "images and actions are pinned by digest",
    level: Level::Silver,
    why: "a tag can be moved to something else by whoever owns it, or has broken in",
    how: "each `FROM` of the Dockerfile has `@sha256:…`; each action that a workflow uses from elsewhere has a commit's full id",
    needs: &[Need::Image, Need::Pipelines],
    impact: 3,
    effort: 1,
    waivable: true,
    fix: "add the digest behind the tag; an updating tool keeps it current",
    judge: pinned,
};

fn pinned(facts: &Facts) -> Judged {
    let images = images(facts)?;
    let pipelines = facts.pipelines.get()?;
    let loose_images = images
        .iter()
        .filter(|(_, image, _)| !has_digest(image))
        .map(|(path, image, line)| Spot {
            path: path.clone(),
            line: *line,
            note: image.clone(),
        });
    let uses = || {
        pipelines
            .iter()
            .flat_map(|pipeline| pipeline.uses.iter().map(move |used| (pipeline, used)))
    };
    let loose_uses = uses().filter(|(_, used)| !used.pinned).map(|(pipeline, used)| Spot {
        path: pipeline.path.clone(),
        line: used.line,
        note: used.what.clone(),
    });
    let mut loose: Vec<Spot> = loose_images.chain(loose_uses).collect();
    loose.sort();
    loose.dedup();
    let total = images.len() + uses().count();
    if total == 0 {
        return Ok(Finding::not_applicable("it uses neither images nor actions"));
    }
    let source = "Dockerfile and workflows";
    let names: Vec<&str> = loose.iter().map(|spot| spot.note.as_str()).collect();
    Ok(match loose.is_empty() {
        true => Finding::pass(format!("all {total} have a digest"), source),
        false => Finding::fail(
            format!("{} of {total} can be moved: {}", loose.len(), some(&names)),
            source,
        )
        .all_at(loose.iter().take(50).cloned()),
    })
}

pub const UPDATES: Check = Check {
    id: "BLD-5",
    title: "dependencies are updated by a tool",
    level: Level::Silver,
    why: "what nobody updates is old when it has to be fixed in a hurry",
    how: "Dependabot or Renovate is configured and looks after every list of dependencies here; where such updates were merged in \
          the last 60 days, the history shows it",
    needs: &[Need::Updates, Need::Dependencies, Need::Image],
    impact: 2,
    effort: 1,
    waivable: true,
    fix: "deliver ready fix BLD-5",
    judge: updates,
};

fn updates(facts: &Facts) -> Judged {
    let updates = facts.updates.get()?;
    let mut wanted: Vec<&str> = facts
        .dependencies
        .get()?
        .iter()
        .filter(|list| list.dependencies > 0)
        .map(|list| list.ecosystem)
        .collect();
    wanted.extend(facts.image.get()?.as_ref().map(|_| "docker"));
    wanted.dedup();
    if wanted.is_empty() {
        return Ok(Finding::not_applicable(
            "it depends on nothing that is released elsewhere",
        ));
    }
    let Some((tool, file)) = &updates.tool else {
        return Ok(Finding::fail("no tool is configured for it", "files of the repository"));
    };
    let known = |name: &str| {
        let other = if name == "pip" { "uv" } else { name };
        updates
            .ecosystems
            .as_ref()
            .is_none_or(|own| own.iter().any(|own| own == name || own == other))
    };
    let missing: Vec<&str> = wanted.into_iter().filter(|name| !known(name)).collect();
    if missing.is_empty() {
        tracked(facts)?;
    }
    Ok(match (missing.is_empty(), &updates.merged) {
        (false, _) => Finding::fail(format!("{tool} is not told of {}", missing.join(", ")), file)
            .at(file, 1, "an ecosystem is missing")
            .fix(format!("add `package-ecosystem: {}` to {file}", missing[0])),
        (true, Some(subject)) => Finding::pass(format!("{tool}; merged lately: {subject}"), file),
        (true, None) => Finding::pass(
            format!(
                "{tool} is configured; no update of its was merged in {} days",
                updates.days
            ),
            file,
        ),
    })
}
