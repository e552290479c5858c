//! Builds: an immutable, content-addressed artifact made from a source tree and the build section. The same inputs are
//! never built twice.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::config::paths::Paths;
use crate::event::{Event, Events};
use crate::fault::{Attempt, Fault, Result};
use crate::model::release::{BuildId, Source};
use crate::model::spec::{CommandLine, Image, SCRATCH};
use crate::model::{ServiceName, Span};
use crate::ports::commands::{Commands, Request};
use crate::ports::{Interrupt, Vcs};

use super::attempt::failed_after;
use super::source::{self, Tree};

/// The longest a build may take. Generous, since a cold build of a large project is slow; finite, since a build that waits
/// for input it can never get would hold the lease for ever.
pub const BUILD_TIMEOUT: Span = Span::from_secs(2 * 3600);

/// The build section, resolved against the service's folder.
#[derive(Clone, Debug)]
pub struct Recipe {
    pub service: ServiceName,
    /// The folder of `deliver.toml`; commands run in its counterpart in the worktree.
    pub folder: PathBuf,
    /// The folder whose files make up the source: `folder` itself or one above it.
    pub context: PathBuf,
    pub command: Option<CommandLine>,
    /// Paths and globs relative to `context`; empty: the whole worktree.
    pub include: Vec<String>,
    pub env: BTreeMap<String, String>,
}

impl Recipe {
    /// `folder` relative to `context`, which is also where commands run inside the artifact.
    pub fn workdir(&self) -> PathBuf {
        self.folder
            .strip_prefix(&self.context)
            .unwrap_or(Path::new(""))
            .to_owned()
    }

    /// What to say of a `Dockerfile` beside the manifest that nothing names, where the files alone become the image: whoever
    /// wrote it mostly means it to be built.
    pub fn passed_over(&self, image: Option<&Image>) -> Option<String> {
        let packed = matches!(image, Some(Image::Base(base)) if base == SCRATCH) && self.include.is_empty();
        (packed && self.folder.join("Dockerfile").is_file()).then(|| {
            "the image is this folder's files and nothing else; to build it from the Dockerfile here: `[build.image] dockerfile = \
             \"Dockerfile\"`"
                .to_owned()
        })
    }
}

/// A source tree, read and named, not yet built.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub id: BuildId,
    pub source: Source,
    pub tree: Tree,
}

/// Reads the source and computes the build's id. `deliver.toml` itself is not part of it: its build section is hashed on its
/// own, and the rest of it makes new releases of the same build.
pub fn snapshot(recipe: &Recipe, vcs: &dyn Vcs, paths: &Paths) -> Result<Snapshot> {
    let tree = Tree::read(&recipe.context, vcs, &paths.own_below(&recipe.context))?;
    let workdir = recipe.workdir();
    let mut hasher = blake3::Hasher::new();
    hasher.update(tree.hash(&[&workdir.join("deliver.toml")]).as_bytes());
    let section = serde_json::json!({
        "service": recipe.service, "command": recipe.command, "include": recipe.include, "env": recipe.env, "workdir": workdir,
    });
    hasher.update(section.to_string().as_bytes());
    let id = BuildId(format!("b-{}", &hasher.finalize().to_hex()[..16]));
    Ok(Snapshot {
        id,
        source: vcs.source(&recipe.context)?,
        tree,
    })
}

/// Whether the artifact of a build is on this machine.
pub fn exists(paths: &Paths, id: &BuildId) -> bool {
    paths.artifact(&id.0).is_dir()
}

/// Builds a snapshot into its artifact folder. The caller holds the service's lease, so nobody else uses the worktree.
pub fn run(
    recipe: &Recipe,
    snapshot: &Snapshot,
    paths: &Paths,
    commands: &dyn Commands,
    interrupt: &dyn Interrupt,
    events: &dyn Events,
) -> Result<()> {
    let worktree = paths.work(recipe.service.as_str());
    snapshot.tree.sync(&worktree)?;
    let tree = worktree.join("tree");
    let folder = tree.join(recipe.workdir());
    if let Some(command) = &recipe.command {
        let built = run_command(recipe, snapshot, command, &folder, commands, events);
        // A program that was stopped for this did not fail by itself.
        if let Some(kind) = interrupt.requested() {
            return Err(Fault::new(kind, "interrupted", "interrupted while building"));
        }
        built?;
    }
    collect(recipe, &tree, &paths.artifact(&snapshot.id.0))
}

fn run_command(
    recipe: &Recipe,
    snapshot: &Snapshot,
    command: &CommandLine,
    folder: &Path,
    commands: &dyn Commands,
    events: &dyn Events,
) -> Result<()> {
    let mut env = recipe.env.clone();
    env.insert("DELIVER_SERVICE".into(), recipe.service.to_string());
    env.insert("DELIVER_BUILD".into(), snapshot.id.to_string());
    env.insert(
        "DELIVER_COMMIT".into(),
        snapshot.source.commit.clone().unwrap_or_default(),
    );
    let request = Request {
        command: command.clone(),
        dir: folder.to_owned(),
        env,
        timeout: BUILD_TIMEOUT,
    };
    let ended = commands.run(&request, &mut |line| {
        events.emit(Event::StepOutput {
            step: "build".into(),
            line: line.to_owned(),
        });
    })?;
    if ended.success {
        return Ok(());
    }
    let message = format!(
        "the build of `{}` failed: `{command}` ended with {}",
        recipe.service, ended.how
    );
    Err(failed_after("build-failed", message, ended.tail)
        .hint("fix the build and run `deliver deploy` again; nothing needs cleaning up"))
}

/// Moves what the build is to hold into `artifact`, all or nothing.
fn collect(recipe: &Recipe, tree: &Path, artifact: &Path) -> Result<()> {
    let parent = artifact.parent().unwrap_or(artifact);
    fs::create_dir_all(parent).attempting("create", parent)?;
    let partial = tempfile::Builder::new()
        .prefix(".partial-")
        .tempdir_in(parent)
        .attempting("create a folder in", parent)?;
    if recipe.include.is_empty() {
        copy_tree(tree, partial.path())?;
    } else {
        let workdir = partial.path().join(recipe.workdir());
        fs::create_dir_all(&workdir).attempting("create", &workdir)?;
        for pattern in &recipe.include {
            include(pattern, tree, partial.path())?;
        }
    }
    let partial = partial.keep();
    match fs::rename(&partial, artifact) {
        Ok(()) => Ok(()),
        // The same build, made meanwhile for another environment.
        Err(_) if artifact.is_dir() => fs::remove_dir_all(&partial).attempting("remove", &partial),
        Err(error) => Err(error).attempting("create", artifact),
    }
}

/// Copies what one `include` entry names: a path, or a glob over the worktree.
fn include(pattern: &str, tree: &Path, artifact: &Path) -> Result<()> {
    let empty = || {
        Fault::failed(
            "include-empty",
            format!("`[build] include` names `{pattern}`, but the build left nothing there"),
        )
        .hint("list what the build makes, relative to `[build] context` or else to deliver.toml, or leave `include` out to take everything")
    };
    let wanted = normalise(&tree.join(pattern));
    let Ok(relative) = wanted.strip_prefix(tree) else {
        return Err(Fault::usage(
            "include-outside",
            format!("`[build] include` names `{pattern}`, outside the source"),
        ));
    };
    if fs::symlink_metadata(&wanted).is_ok() {
        return copy_any(&wanted, &artifact.join(relative));
    }
    if !pattern.contains(['*', '?', '[']) {
        return Err(empty());
    }
    let mut overrides = ignore::overrides::OverrideBuilder::new(tree);
    overrides.add(&format!("/{}", relative.display())).map_err(|error| {
        Fault::usage("include-invalid", format!("`[build] include` holds `{pattern}`")).because(error)
    })?;
    let overrides = overrides
        .build()
        .map_err(|error| Fault::usage("include-invalid", format!("`{pattern}`")).because(error))?;
    let walker = ignore::WalkBuilder::new(tree)
        .standard_filters(false)
        .overrides(overrides)
        .build();
    let mut found = false;
    for entry in walker {
        let entry =
            entry.map_err(|error| Fault::failed("io", format!("cannot list `{}`", tree.display())).because(error))?;
        if entry.file_type().is_some_and(|kind| !kind.is_dir()) {
            let relative = entry.path().strip_prefix(tree).unwrap_or(entry.path());
            copy_any(entry.path(), &artifact.join(relative))?;
            found = true;
        }
    }
    if found { Ok(()) } else { Err(empty()) }
}

/// Resolves `.` and `..` by words alone, without following links.
pub fn normalise(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// Copies a file, a link or a folder to a path whose parents are made as needed.
fn copy_any(from: &Path, to: &Path) -> Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).attempting("create", parent)?;
    }
    let meta = fs::symlink_metadata(from).attempting("inspect", from)?;
    if meta.is_symlink() {
        copy_link(from, to)
    } else if meta.is_dir() {
        fs::create_dir_all(to).attempting("create", to)?;
        copy_tree(from, to)
    } else if meta.is_file() {
        source::copy_file(from, to)
    } else {
        // Sockets and the like cannot be part of an artifact.
        Ok(())
    }
}

/// Links are kept as they are, never followed; whether one may leave the artifact is for the target to say.
fn copy_link(from: &Path, to: &Path) -> Result<()> {
    let target = fs::read_link(from).attempting("read the link", from)?;
    if fs::symlink_metadata(to).is_ok() {
        fs::remove_file(to).attempting("replace", to)?;
    }
    std::os::unix::fs::symlink(target, to).attempting("create the link", to)
}

/// Copies the content of a folder into another, never following links and never taking `.git` along.
pub fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from).attempting("list", from)? {
        let entry = entry.attempting("list", from)?;
        if entry.file_name() != ".git" {
            copy_any(&entry.path(), &to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe(root: &Path, include: &[&str]) -> Recipe {
        Recipe {
            service: "pricing".parse().unwrap(),
            folder: root.join("apps/pricing"),
            context: root.to_owned(),
            command: None,
            include: include.iter().map(|text| text.to_string()).collect(),
            env: BTreeMap::new(),
        }
    }

    fn files(root: &Path) -> Vec<String> {
        let mut names: Vec<String> = ignore::WalkBuilder::new(root)
            .standard_filters(false)
            .build()
            .map(|entry| entry.unwrap())
            .filter(|entry| !entry.file_type().unwrap().is_dir())
            .map(|entry| entry.path().strip_prefix(root).unwrap().display().to_string())
            .collect();
        names.sort();
        names
    }

    fn worktree() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in [
            "target/release/pricing",
            "apps/pricing/public/a.css",
            "apps/pricing/main.py",
            "apps/other/x",
            ".git/config",
        ] {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file).unwrap();
        }
        std::os::unix::fs::symlink("/usr/bin/python3", dir.path().join("apps/pricing/python")).unwrap();
        dir
    }

    #[test]
    fn a_dockerfile_that_nothing_names_is_spoken_of_where_the_files_alone_are_the_image() {
        let tree = worktree();
        let scratch = Image::Base(SCRATCH.into());
        let told = |include: &[&str], image: &Image| recipe(tree.path(), include).passed_over(Some(image));
        assert_eq!(told(&[], &scratch), None, "there is none");
        fs::write(tree.path().join("apps/pricing/Dockerfile"), "FROM scratch").unwrap();
        assert!(told(&[], &scratch).unwrap().contains("[build.image] dockerfile"));
        assert_eq!(told(&["target/release/pricing"], &scratch), None, "they were chosen");
        assert_eq!(told(&[], &Image::Base("debian:12".into())), None);
        assert_eq!(told(&[], &Image::Dockerfile("Dockerfile".into())), None);
        assert_eq!(recipe(tree.path(), &[]).passed_over(None), None, "no container");
    }

    fn collected(include: &[&str]) -> Result<Vec<String>> {
        let (tree, out) = (worktree(), tempfile::tempdir().unwrap());
        let recipe = recipe(tree.path(), include);
        collect(&recipe, tree.path(), &out.path().join("artifacts/b-1"))?;
        let left: Vec<_> = fs::read_dir(out.path().join("artifacts")).unwrap().collect();
        assert_eq!(left.len(), 1, "no partial folder is left behind");
        Ok(files(&out.path().join("artifacts/b-1")))
    }

    #[test]
    fn without_include_the_artifact_is_the_worktree_without_git() {
        let all = [
            "apps/other/x",
            "apps/pricing/main.py",
            "apps/pricing/public/a.css",
            "apps/pricing/python",
            "target/release/pricing",
        ];
        assert_eq!(collected(&[]).unwrap(), all);
    }

    #[test]
    fn include_takes_paths_and_globs_of_the_context() {
        assert_eq!(
            collected(&["apps/pricing/public", "apps/pricing/*.py"]).unwrap(),
            ["apps/pricing/main.py", "apps/pricing/public/a.css"]
        );
        assert_eq!(
            collected(&["target/release/pricing"]).unwrap(),
            ["target/release/pricing"]
        );
    }

    #[test]
    fn include_of_nothing_or_of_the_outside_is_an_error() {
        assert_eq!(collected(&["dist"]).unwrap_err().code(), "include-empty");
        assert_eq!(collected(&["*.nope"]).unwrap_err().code(), "include-empty");
        assert_eq!(collected(&["../etc/passwd"]).unwrap_err().code(), "include-outside");
    }
}
