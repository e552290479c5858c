//! `deliver incident postmortem`.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::super::page::Page;
use super::super::report::Report;
use super::super::{Cx, Exit};
use super::view::{Depth, load};
use super::{now, store_to_read};
use crate::config::manifest::{self, Manifest};
use crate::fault::{Attempt, Fault, Result};
use crate::incident::plan;
use crate::incident::postmortem::{Material, document};
use crate::model::incident::Incident;
use crate::model::{IncidentId, ServiceName};
use crate::store::Store;
use crate::store::incident::Wanted;

/// Write the postmortem: the facts, and questions that people answer
///
/// Prints Markdown, or writes a file with --write. What people wrote in a file is never touched: written again, only the
/// parts between markers change. A part whose markers were removed stays away.
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver incident postmortem INC-7
  $ deliver incident postmortem INC-7 --write
  $ deliver incident postmortem INC-7 --write docs/outage.md")]
pub struct PostmortemArgs {
    /// The incident [default: the newest]
    #[arg(value_name = "INC-N")]
    incident: Option<IncidentId>,

    /// Write it to a file [default: docs/postmortems/INC-N.md in the service's folder]
    #[arg(long, value_name = "PATH", num_args = 0..=1, value_hint = clap::ValueHint::FilePath)]
    write: Option<Option<PathBuf>>,
}

/// `deliver/postmortem/v1`.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Written {
    id: IncidentId,
    /// The file; `null` where it was only printed.
    path: Option<PathBuf>,
    /// Whether the file was changed.
    written: bool,
    markdown: String,
}

impl Report for Written {
    const SCHEMA: &'static str = "postmortem";

    fn render(&self, page: &mut Page) {
        match (&self.path, self.written) {
            (None, _) => page.line(self.markdown.trim_end_matches('\n')),
            (Some(path), true) => page.line(format!("{} wrote {}", page.style().tick(), path.display())),
            (Some(path), false) => page.line(format!("{} is as it should be", path.display())),
        }
    }
}

/// A longer file is no postmortem.
const MAX_FILE: u64 = 8 << 20;

pub fn run(args: &PostmortemArgs, cx: &mut Cx) -> Result<Exit> {
    let nothing =
        || Fault::usage("unknown-incident", "there is no incident to learn from").hint("deliver incident list --all");
    let store = store_to_read(cx)?.ok_or_else(nothing)?;
    let incident = match args.incident {
        Some(id) => store.incident(id)?,
        None => newest(&store)?.ok_or_else(nothing)?,
    };
    if args.incident.is_none() {
        cx.ui.note(format!("{}: {}", incident.id, incident.title));
    }
    if incident.status.live() {
        cx.ui.note(format!(
            "{} is {}: times and minutes still change",
            incident.id, incident.status
        ));
    }
    let path = args
        .write
        .as_ref()
        .map(|path| place(cx, &store, &incident, path.as_deref()))
        .transpose()?;
    let existing = path.as_deref().map(read).transpose()?.flatten();
    let view = load(cx, &store, incident.clone(), Depth::Full)?;
    let material = Material {
        incident: &incident,
        timeline: &view.timeline,
        actions: &view.actions,
        suspects: &view.suspects,
        now: now(cx),
    };
    let markdown = document(&material, existing.as_deref())?;
    let written = path.is_some() && existing.as_ref() != Some(&markdown);
    if let (Some(path), true) = (&path, written) {
        replace(path, &markdown)?;
    }
    if let Some(path) = &path {
        remember(cx, incident.id, path)?;
    }
    let id = incident.id;
    cx.ui.answer(&Written {
        id,
        written,
        markdown,
        path: path.clone(),
    })?;
    if path.is_some() {
        cx.ui.hint(format!(
            "fill it in with those who were there, then deliver incident close {id}"
        ));
    }
    Ok(Exit::Ok)
}

fn newest(store: &Store) -> Result<Option<Incident>> {
    let newest = store.incidents(&Wanted {
        live: false,
        service: None,
        since: None,
        limit: 1,
    })?;
    Ok(newest.into_iter().next())
}

/// The timeline says once that there is a postmortem, and where.
fn remember(cx: &Cx, id: IncidentId, path: &Path) -> Result<()> {
    let store = cx.world.store()?;
    let place = path.display().to_string();
    plan::change(store, id, &|_| {
        Ok(plan::postmortem(&store.incident_timeline(id)?, id, &place))
    })?;
    Ok(())
}

/// The named path, or the usual one in the service's folder. Where no such folder is known it is not written just anywhere.
fn place(cx: &Cx, store: &Store, incident: &Incident, named: Option<&Path>) -> Result<PathBuf> {
    let here = cx.world.directory();
    if let Some(named) = named {
        return Ok(here.join(named));
    }
    let service = incident.service.as_ref();
    let known = service.and_then(|service| store.service(service).ok().flatten());
    let folder = known.map(|known| known.folder).filter(|folder| folder.is_dir());
    let folder = folder.or_else(|| folder_here(here, service?));
    let folder = folder.ok_or_else(|| no_folder(incident))?;
    Ok(folder.join("docs/postmortems").join(format!("{}.md", incident.id)))
}

/// The folder that one stands in, if it is that of the service.
fn folder_here(here: &Path, service: &ServiceName) -> Option<PathBuf> {
    let path = manifest::find(here)?;
    let manifest = Manifest::load(&path).ok()?;
    (manifest.service.name == *service).then(|| path.parent().map(Path::to_owned))?
}

fn no_folder(incident: &Incident) -> Fault {
    let id = incident.id;
    let why = match &incident.service {
        Some(service) => format!("the folder of {service} is not known here"),
        None => "nobody has said which service it is about".into(),
    };
    Fault::usage(
        "path-needed",
        format!("cannot choose where to write the postmortem of {id}: {why}"),
    )
    .still("nothing was written")
    .hint(format!("deliver incident postmortem {id} --write PATH"))
}

/// The file's text; `None` where there is no file.
fn read(path: &Path) -> Result<Option<String>> {
    let length = match std::fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        metadata => metadata.attempting("read", path)?.len(),
    };
    if length > MAX_FILE {
        let message = format!(
            "cannot write the postmortem anew: `{}` has {length} bytes",
            path.display()
        );
        return Err(Fault::usage("not-a-postmortem", message).still("the file is as it was"));
    }
    std::fs::read_to_string(path).attempting("read", path).map(Some)
}

/// Writes the whole file or nothing: the new text goes beside it first.
fn replace(path: &Path, text: &str) -> Result<()> {
    // Through a link to what it names, or the link would become a file.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).attempting("make", folder)?;
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}", std::process::id()));
    let beside = folder.join(name);
    let written = std::fs::File::create(&beside).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&beside, &path)
    });
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written.attempting("write", &path)
}
