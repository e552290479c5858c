//! What is sent to an engine to build an image from: an artifact's folder as a tar, without what its `.dockerignore` names.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use futures_util::stream::{self, Stream};
use hyper::body::Bytes;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::SETTINGS;
use crate::config::file;
use crate::fault::{Attempt, Fault, Result};

/// The Dockerfile of an artifact that is packed onto a base.
pub const PACKED: &str = ".deliver.Dockerfile";

/// The artifact's folder in the context of such a build.
pub const INSIDE: &str = "artifact";

/// Bytes sent at once.
const CHUNK: usize = 1 << 18;

/// The whole folder as a build's context, in an unnamed file.
pub fn of_folder(folder: &Path, dockerfile: &str) -> Result<File> {
    if !folder.join(dockerfile).is_file() {
        let message = format!("the artifact holds no `{}`", dockerfile.escape_debug());
        return Err(Fault::usage("no-dockerfile", message)
            .hint("name it under `[build.image] dockerfile`, and leave it in `[build] include`"));
    }
    let ignored = dockerignore(folder, dockerfile);
    pack(folder, |tar| add(tar, folder, Path::new(""), Path::new(""), &ignored))
}

/// The folder below [`INSIDE`], and a Dockerfile that lays it onto something.
pub fn packed(folder: &Path, dockerfile: &str) -> Result<File> {
    pack(folder, |tar| {
        let mut header = tar::Header::new_gnu();
        header.set_size(dockerfile.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append_data(&mut header, PACKED, dockerfile.as_bytes())?;
        add(tar, folder, Path::new(""), Path::new(INSIDE), &Gitignore::empty())
    })
}

fn pack(folder: &Path, fill: impl FnOnce(&mut tar::Builder<File>) -> std::io::Result<()>) -> Result<File> {
    let file = tempfile::tempfile().attempting("make a file for the build's context in", &std::env::temp_dir())?;
    let mut tar = tar::Builder::new(file);
    // The engine's cache then knows files by their content, whenever and by whomever they were made.
    tar.mode(tar::HeaderMode::Deterministic);
    tar.follow_symlinks(false);
    let filled = fill(&mut tar).and_then(|()| tar.into_inner()).and_then(|mut file| {
        file.rewind()?;
        Ok(file)
    });
    filled.attempting("pack for the engine", folder)
}

/// Entries in the order of their names, so that one content is one context.
fn add(
    tar: &mut tar::Builder<File>,
    folder: &Path,
    below: &Path,
    into: &Path,
    ignored: &Gitignore,
) -> std::io::Result<()> {
    let mut entries: Vec<_> = std::fs::read_dir(folder.join(below))?.collect::<std::io::Result<_>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = below.join(entry.file_name());
        let kind = entry.file_type()?;
        let left_out = ignored.matched_path_or_any_parents(&path, kind.is_dir()).is_ignore();
        if kind.is_dir() {
            // Something in it may be wanted all the same, by a line with `!`.
            if !left_out {
                tar.append_dir(into.join(&path), entry.path())?;
            }
            if !left_out || ignored.num_whitelists() > 0 {
                add(tar, folder, &path, into, ignored)?;
            }
        } else if !left_out && (kind.is_file() || kind.is_symlink()) {
            tar.append_path_with_name(entry.path(), into.join(&path))?;
        }
    }
    Ok(())
}

/// `.dockerignore` reads like `.gitignore`, but a name without a slash is meant at the top alone. The Dockerfile itself is
/// always sent.
fn dockerignore(folder: &Path, dockerfile: &str) -> Gitignore {
    let mut rules = GitignoreBuilder::new("");
    let text = file::read(&folder.join(".dockerignore"), SETTINGS).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    for line in text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let (not, pattern) = line.strip_prefix('!').map_or(("", line), |rest| ("!", rest.trim()));
        let pattern = pattern.trim_start_matches("./").trim_start_matches('/');
        // A line that does not read leaves nothing out.
        let _ = rules.add_line(None, &format!("{not}/{pattern}"));
    }
    let _ = rules.add_line(None, &format!("!/{}", dockerfile.trim_start_matches('/')));
    rules.build().unwrap_or_else(|_| Gitignore::empty())
}

/// The file's bytes, for sending.
pub fn bytes_of(file: File) -> impl Stream<Item = std::io::Result<Bytes>> {
    stream::try_unfold(file, |mut file| async move {
        let mut chunk = vec![0; CHUNK];
        let read = file.read(&mut chunk)?;
        chunk.truncate(read);
        Ok((read > 0).then(|| (Bytes::from(chunk), file)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(file: File) -> Vec<String> {
        let mut archive = tar::Archive::new(file);
        let entries = archive.entries().expect("a tar");
        entries
            .map(|entry| entry.expect("an entry").path().expect("a path").display().to_string())
            .collect()
    }

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            std::fs::write(path, text).expect("written");
        }
        folder
    }

    #[test]
    fn what_dockerignore_names_is_not_sent() {
        let files = [
            ("Dockerfile", "FROM scratch"),
            (
                ".dockerignore",
                "# no\n*.log\nnode_modules\n**/*.tmp\nDockerfile\nsecret\n!secret/public\n",
            ),
            ("a.log", ""),
            ("b/a.log", ""),
            ("b/c.tmp", ""),
            ("node_modules/x", ""),
            ("b/node_modules/x", ""),
            ("secret/key", ""),
            ("secret/public", ""),
        ];
        let folder = folder(&files);
        let names = names(of_folder(folder.path(), "Dockerfile").expect("packed"));
        let wanted = [
            ".dockerignore",
            "Dockerfile",
            "b",
            "b/a.log",
            "b/node_modules",
            "b/node_modules/x",
            "secret/public",
        ];
        assert_eq!(names, wanted);
        assert_eq!(
            of_folder(folder.path(), "none").expect_err("no such file").code(),
            "no-dockerfile"
        );
    }

    #[test]
    fn an_artifact_is_packed_with_its_links_as_they_are() {
        let folder = folder(&[("bin/app", "x")]);
        std::os::unix::fs::symlink("bin/app", folder.path().join("app")).expect("linked");
        let names = names(packed(folder.path(), "FROM scratch").expect("packed"));
        assert_eq!(names, [PACKED, "artifact/app", "artifact/bin", "artifact/bin/app"]);
    }
}
