//! The copy of an artifact that instances run in: whole or not there, and nothing in it leads outside.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, symlink};
use std::path::{Component, Path, PathBuf};

use crate::fault::{Attempt, Fault, Result};

/// Copies `artifact` to `copy` unless it is there. Two at once leave one good copy.
pub fn make(artifact: &Path, copy: &Path) -> Result<()> {
    if copy.exists() {
        return Ok(());
    }
    let parent = copy.parent().unwrap_or(Path::new("/"));
    make_folder(parent)?;
    let temporary = tempfile::Builder::new()
        .prefix(".copy-")
        .tempdir_in(parent)
        .attempting("create a folder in", parent)?;
    let begun = temporary.path().join("artifact");
    copy_tree(artifact, &begun, artifact)?;
    match fs::rename(&begun, copy) {
        Ok(()) => Ok(()),
        Err(_) if copy.is_dir() => Ok(()),
        Err(error) => Err(error).attempting("put in place", copy),
    }
}

fn copy_tree(from: &Path, to: &Path, root: &Path) -> Result<()> {
    let mode = fs::metadata(from).attempting("read", from)?.permissions().mode();
    fs::create_dir(to).attempting("create the folder", to)?;
    for entry in fs::read_dir(from).attempting("read the folder", from)? {
        let entry = entry.attempting("read the folder", from)?;
        let (source, copy) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().attempting("inspect", &source)?;
        if kind.is_symlink() {
            copy_link(&source, &copy, root)?;
        } else if kind.is_dir() {
            copy_tree(&source, &copy, root)?;
        } else if kind.is_file() {
            fs::copy(&source, &copy).attempting("copy", &source)?;
        }
        // Sockets and pipes of a build are nobody's artifact.
    }
    // Last, for a folder that may not be written to can still be filled before. The owner can always clean up.
    fs::set_permissions(to, fs::Permissions::from_mode(mode | 0o700)).attempting("set the mode of", to)
}

/// A link stays as it is if it leads to something within the artifact.
fn copy_link(source: &Path, copy: &Path, root: &Path) -> Result<()> {
    let target = fs::read_link(source).attempting("read the link", source)?;
    let place = source
        .parent()
        .and_then(|parent| parent.strip_prefix(root).ok())
        .unwrap_or(Path::new(""));
    if !stays_within(place, &target) {
        return Err(Fault::failed(
            "link-escapes",
            format!(
                "the artifact's link `{}` leads outside of it, to `{}`",
                source.display(),
                target.display()
            ),
        )
        .hint("have the build copy what the link leads to, or leave it out of `include`"));
    }
    symlink(&target, copy).attempting("create the link", copy)
}

/// Whether a link in folder `place` (relative to the root) leads to something below the root, whatever exists.
fn stays_within(place: &Path, target: &Path) -> bool {
    let mut depth = place.components().count();
    for part in target.components() {
        match part {
            Component::Normal(_) => depth += 1,
            Component::CurDir => {}
            Component::ParentDir if depth > 0 => depth -= 1,
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return false,
        }
    }
    true
}

/// Puts a link to the volume `name` where the artifact expects the folder. What the artifact has there seeds the volume
/// the first time.
pub fn link_volume(dir: &Path, volumes: &Path, name: &str) -> Result<()> {
    let relative = relative_folder(name)?;
    let volume = volumes.join(&relative);
    let place = dir.join(&relative);
    if let Ok(existing) = fs::read_link(&place)
        && existing == volume
    {
        return make_folder(&volume);
    }
    let parent = volume.parent().unwrap_or(volumes);
    make_folder(parent)?;
    let is_folder = fs::symlink_metadata(&place).is_ok_and(|meta| meta.is_dir());
    if !volume.exists() {
        if is_folder {
            make(&place, &volume)?;
        } else {
            make_folder(&volume)?;
        }
    }
    if is_folder {
        fs::remove_dir_all(&place).attempting("replace", &place)?;
    } else if fs::symlink_metadata(&place).is_ok() {
        fs::remove_file(&place).attempting("replace", &place)?;
    } else if let Some(parent) = place.parent() {
        fs::create_dir_all(parent).attempting("create the folder", parent)?;
    }
    symlink(&volume, &place).attempting("create the link", &place)
}

/// A volume's name is a path inside the artifact.
fn relative_folder(name: &str) -> Result<PathBuf> {
    let path = Path::new(name);
    let plain: Option<PathBuf> = path
        .components()
        .filter(|part| *part != Component::CurDir)
        .map(|part| match part {
            Component::Normal(part) => Some(part),
            _ => None,
        })
        .collect();
    plain.filter(|path| path.components().next().is_some()).ok_or_else(|| {
        Fault::usage(
            "volume-outside",
            format!("the volume `{}` is no folder inside the artifact", name.escape_debug()),
        )
        .hint("write `volumes` under [run] in deliver.toml as folders such as \"data\"")
    })
}

fn make_folder(path: &Path) -> Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .attempting("create the folder", path)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tree(root: &Path, files: &[(&str, &str)]) {
        for (path, text) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }

    #[test]
    fn a_copy_keeps_modes_and_inner_links() {
        let dir = tempfile::tempdir().unwrap();
        let artifact = dir.path().join("artifact");
        tree(&artifact, &[("bin/app", "#!/bin/sh\n"), ("lib/a", "a")]);
        fs::set_permissions(artifact.join("bin/app"), fs::Permissions::from_mode(0o755)).unwrap();
        symlink("../lib/a", artifact.join("bin/a")).unwrap();
        let copy = dir.path().join("run/b-1");
        make(&artifact, &copy).unwrap();
        make(&artifact, &copy).unwrap();
        assert_eq!(fs::read_to_string(copy.join("bin/a")).unwrap(), "a");
        assert_eq!(
            fs::metadata(copy.join("bin/app")).unwrap().permissions().mode() & 0o777,
            0o755
        );
        let left: Vec<_> = fs::read_dir(dir.path().join("run")).unwrap().collect();
        assert_eq!(left.len(), 1, "nothing but the copy is left");
    }

    #[test]
    fn a_link_that_leads_outside_is_refused() {
        for target in ["/etc/passwd", "../../outside", "inner/../../../up"] {
            let dir = tempfile::tempdir().unwrap();
            let artifact = dir.path().join("artifact");
            tree(&artifact, &[("sub/file", "")]);
            symlink(target, artifact.join("sub/link")).unwrap();
            let fault = make(&artifact, &dir.path().join("copy")).unwrap_err();
            assert_eq!(fault.code(), "link-escapes", "{target}");
            assert!(!dir.path().join("copy").exists());
        }
    }

    #[test]
    fn a_volume_is_seeded_once_and_outlives_copies() {
        let dir = tempfile::tempdir().unwrap();
        let volumes = dir.path().join("volumes");
        for (copy, seed) in [("one", "first"), ("two", "second")] {
            let copy = dir.path().join(copy);
            tree(&copy, &[("data/db", seed)]);
            link_volume(&copy, &volumes, "data").unwrap();
            link_volume(&copy, &volumes, "data").unwrap();
            link_volume(&copy, &volumes, "cache/deep").unwrap();
            fs::write(copy.join("cache/deep/x"), "x").unwrap();
            assert_eq!(fs::read_to_string(copy.join("data/db")).unwrap(), "first");
        }
    }

    #[test]
    fn a_volume_outside_the_artifact_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["", ".", "..", "../x", "/etc", "a/../../b"] {
            let fault = link_volume(dir.path(), dir.path(), name).unwrap_err();
            assert_eq!(fault.code(), "volume-outside", "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn a_link_that_stays_within_never_resolves_outside(
            place in proptest::collection::vec("[a-c]", 0..3),
            target in proptest::collection::vec("[a-c]|\\.\\.|\\.", 0..6),
        ) {
            let (place, target) = (place.join("/"), target.join("/"));
            if stays_within(Path::new(&place), Path::new(&target)) {
                let mut path = vec!["root"];
                path.extend(place.split('/').filter(|part| !part.is_empty()));
                for part in target.split('/').filter(|part| !part.is_empty() && *part != ".") {
                    if part == ".." { path.pop(); } else { path.push(part); }
                    prop_assert_eq!(path.first(), Some(&"root"));
                }
            }
        }
    }
}
