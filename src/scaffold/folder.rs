//! Templates that a company keeps in a folder: `template.toml`, which may be left out, and the files beside it.
//!
//! Files whose names end in `.tmpl` are rendered and lose that ending; others are copied as they are.

use std::borrow::Cow;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::template::{Origin, Policy, Source, Template, TemplateFile};
use crate::config::decode::{self, Problems, View};
use crate::config::describe::{Form, Key, Table};
use crate::config::document::{self, Document};
use crate::fault::{Attempt, Fault, Result};

/// The file that describes a template.
pub const FILE: &str = "template.toml";

/// A folder with more files, or more bytes, is another folder than the one that was meant.
const MAX_FILES: usize = 10_000;
const MAX_BYTES: u64 = 64 * 1024 * 1024;

static TEMPLATE: Table = Table::new(
    "template.toml",
    "A template: what it is, and whose its files are once they are written.",
    &[
        Key::new("version", Form::Text, "Raised with every change.").default("\"0.0.0\""),
        Key::new("description", Form::Text, "One line for lists.").default("the folder"),
        Key::new(
            "proposal",
            Form::Text,
            "The description of a service made from it, unless somebody writes one.",
        ),
        Key::new(
            "runtime",
            Form::Text,
            "The program that what it makes needs, such as `python3`.",
        ),
        Key::new(
            "managed",
            Form::List(&Form::Text),
            "Files that updates replace, or folders of them.",
        ),
        Key::new(
            "once",
            Form::List(&Form::Text),
            "Files that no update touches, or folders of them.",
        ),
    ],
);

/// Reads the template in `folder`.
pub fn load(folder: &Path) -> Result<Template> {
    let about = folder.join(FILE);
    let shown = about.display().to_string();
    let document = match about.symlink_metadata() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Document::parse("", &shown)?,
        _ => Document::read(&about, &shown)?,
    };
    let (document, mut told) = document;
    let mut problems = Problems::new(&document);
    decode::check(&document, &TEMPLATE, &mut problems);
    told.extend(problems.finish());
    if !told.is_empty() {
        return Err(document::invalid(&shown, told));
    }
    let view = View::new(&document.root, &TEMPLATE);
    let policies = Policies {
        managed: view.texts("managed").unwrap_or_default(),
        once: view.texts("once").unwrap_or_default(),
    };
    let name = folder
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let mut reading = Reading {
        policies,
        files: Vec::new(),
        bytes: 0,
    };
    reading.folder(folder, "")?;
    reading.files.sort_by(|a, b| a.path.cmp(&b.path));
    let described = view.text("description");
    Ok(Template {
        proposal: view
            .text("proposal")
            .unwrap_or_else(|| format!("A service from {name}"))
            .into(),
        description: described.unwrap_or_else(|| folder.display().to_string()).into(),
        name: name.into(),
        version: view.text("version").unwrap_or_else(|| "0.0.0".into()).into(),
        runtime: view.text("runtime").map(Cow::Owned),
        reserved: Cow::Borrowed(&[]),
        files: reading.files.into(),
        origin: Origin::Folder(folder.to_owned()),
    })
}

struct Policies {
    managed: Vec<String>,
    once: Vec<String>,
}

impl Policies {
    fn of(&self, path: &str) -> Policy {
        let holds = |list: &[String]| {
            list.iter().any(|entry| {
                let entry = entry.trim_end_matches('/');
                path.strip_prefix(entry)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
        };
        match (holds(&self.managed), holds(&self.once)) {
            (true, _) => Policy::Managed,
            (false, true) => Policy::Once,
            (false, false) => Policy::Merged,
        }
    }
}

struct Reading {
    policies: Policies,
    files: Vec<TemplateFile>,
    bytes: u64,
}

impl Reading {
    fn folder(&mut self, folder: &Path, prefix: &str) -> Result<()> {
        for entry in fs::read_dir(folder).attempting("list", folder)? {
            let entry = entry.attempting("list", folder)?;
            let (path, file_name) = (entry.path(), entry.file_name());
            let Some(name) = file_name.to_str() else {
                return Err(refused(&path, "its name is not UTF-8"));
            };
            let kind = entry.file_type().attempting("look at", &path)?;
            match (prefix, name) {
                ("", FILE | ".git") => {}
                _ if kind.is_symlink() => return Err(refused(&path, "it is a symbolic link")),
                _ if kind.is_dir() => self.folder(&path, &format!("{prefix}{name}/"))?,
                _ if kind.is_file() => self.file(&path, &format!("{prefix}{name}"))?,
                _ => return Err(refused(&path, "it is no ordinary file")),
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path, relative: &str) -> Result<()> {
        let meta = path.symlink_metadata().attempting("look at", path)?;
        self.bytes += meta.len();
        if self.files.len() == MAX_FILES || self.bytes > MAX_BYTES {
            let reason = format!(
                "a template holds at most {MAX_FILES} files and {} MiB",
                MAX_BYTES / 1024 / 1024
            );
            return Err(refused(path, &reason));
        }
        let bytes = fs::read(path).attempting("read", path)?;
        let (relative, source) = match relative.strip_suffix(".tmpl") {
            Some(stem) => match String::from_utf8(bytes) {
                Ok(text) => (stem, Source::Template(text.into())),
                Err(_) => return Err(refused(path, "it is not UTF-8, so it cannot be rendered")),
            },
            None => (relative, Source::Raw(bytes.into())),
        };
        self.files.push(TemplateFile {
            policy: self.policies.of(relative),
            path: relative.to_owned().into(),
            source,
            executable: meta.permissions().mode() & 0o111 != 0,
        });
        Ok(())
    }
}

fn refused(path: &Path, reason: &str) -> Fault {
    Fault::usage(
        "template-broken",
        format!("cannot use `{}` in a template: {reason}", path.display()),
    )
    .still("nothing was written")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn sample() -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, text).expect("written");
        };
        write(
            FILE,
            "version = \"1.2.0\"\nmanaged = [\"lib/\"]\nonce = [\"README.md\"]\n",
        );
        write("README.md.tmpl", "# << name >>\n");
        write("lib/a.txt", "<< name >>");
        write("run.sh", "#!/bin/sh\n");
        fs::set_permissions(root.path().join("run.sh"), fs::Permissions::from_mode(0o755)).expect("set");
        root
    }

    #[test]
    fn a_folder_is_a_template() {
        let root = sample();
        let template = load(root.path()).expect("read");
        let files: Vec<(&str, Policy, bool)> = template
            .files
            .iter()
            .map(|file| (file.path.as_ref(), file.policy, file.executable))
            .collect();
        assert_eq!(
            files,
            [
                ("README.md", Policy::Once, false),
                ("lib/a.txt", Policy::Managed, false),
                ("run.sh", Policy::Merged, true)
            ]
        );
        assert!(matches!(&template.files[1].source, Source::Raw(bytes) if bytes.as_ref() == b"<< name >>"));
        assert_eq!(template.version, "1.2.0");
    }

    #[test]
    fn what_is_no_ordinary_file_is_refused() {
        let root = sample();
        symlink("/etc/passwd", root.path().join("lib/b")).expect("linked");
        assert_eq!(load(root.path()).expect_err("a link").code(), "template-broken");
    }

    #[test]
    fn a_description_with_problems_is_shown_with_its_lines() {
        let root = sample();
        fs::write(root.path().join(FILE), "versoin = \"1\"\n").expect("written");
        let fault = load(root.path()).expect_err("a mistake");
        assert_eq!((fault.code(), fault.file_problems().len()), ("invalid-file", 1));
    }
}
