//! Which folder a service's name belongs to: two folders with one name would deploy over each other.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::json;

use super::engine::{Row, Tx};
use super::row::{Columns, params, to_json};
use super::{Store, Writer};
use crate::fault::{Fault, Result};
use crate::model::ServiceName;
use crate::model::about::About;

/// A name and the folder that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    pub name: ServiceName,
    /// As it was given: absolute and without symbolic links, if the caller made it so.
    pub folder: PathBuf,
    pub registered_at: Timestamp,
    /// What its newest deploy knew of it; `None` before that.
    pub about: Option<About>,
}

const COLUMNS: &str = "name, folder, registered_at, about";

impl Store {
    pub fn service(&self, name: &ServiceName) -> Result<Option<Service>> {
        self.read(|tx| find(tx, name))
    }

    /// All services by name.
    pub fn services(&self) -> Result<Vec<Service>> {
        let rows = self.read(|tx| tx.query(&format!("SELECT {COLUMNS} FROM service ORDER BY name"), &[]))?;
        rows.into_iter().map(decode).collect()
    }

    /// Gives the name to the folder; the same folder again changes nothing. Fails with `service-elsewhere` when another
    /// folder has the name. Whether that folder still exists is for the caller to see, who then calls
    /// [`move_service`](Store::move_service).
    pub fn register_service(&self, name: &ServiceName, folder: &Path) -> Result<()> {
        let path = text(folder)?;
        // The usual case costs no write.
        if self.service(name)?.is_some_and(|known| known.folder == folder) {
            return Ok(());
        }
        self.write(|w| match find(w.tx, name)? {
            Some(known) if known.folder == folder => Ok(()),
            Some(known) => Err(elsewhere(&known, folder)),
            None => put(w, name, path, None),
        })
    }

    /// Gives the name to another folder, if `from` still has it.
    pub fn move_service(&self, name: &ServiceName, from: &Path, to: &Path) -> Result<()> {
        let path = text(to)?;
        self.write(|w| match find(w.tx, name)? {
            Some(known) if known.folder != from => Err(elsewhere(&known, to)),
            _ => put(w, name, path, Some(from)),
        })
    }

    /// Keeps what a service that is registered says of itself; the same again changes nothing.
    pub fn describe_service(&self, name: &ServiceName, about: &About) -> Result<()> {
        if self
            .service(name)?
            .is_some_and(|known| known.about.as_ref() == Some(about))
        {
            return Ok(());
        }
        let text = to_json(about)?;
        self.write(|w| {
            w.tx.execute(
                "UPDATE service SET about = $1 WHERE name = $2",
                params![&text, name.as_str()],
            )?;
            w.append("service.describe", name.as_str(), json!(about))
        })
    }

    /// Makes the name free; false when nobody had it.
    pub fn forget_service(&self, name: &ServiceName) -> Result<bool> {
        self.write(|w| {
            let Some(known) = find(w.tx, name)? else {
                return Ok(false);
            };
            w.tx.execute("DELETE FROM service WHERE name = $1", params![name.as_str()])?;
            w.append("service.forget", name.as_str(), json!({"folder": known.folder}))?;
            Ok(true)
        })
    }
}

fn put(w: &mut Writer, name: &ServiceName, folder: &str, from: Option<&Path>) -> Result<()> {
    w.tx.execute(
        "INSERT INTO service (name, folder, registered_at) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET folder = excluded.folder, registered_at = excluded.registered_at",
        params![name.as_str(), folder, w.now.as_microsecond()],
    )?;
    w.append(
        "service.register",
        name.as_str(),
        json!({"folder": folder, "from": from}),
    )
}

fn elsewhere(known: &Service, folder: &Path) -> Fault {
    let (name, here, there) = (&known.name, folder.display(), known.folder.display());
    Fault::usage(
        "service-elsewhere",
        format!("cannot use the name `{name}` for `{here}`: the service `{name}` lives in `{there}`"),
    )
    .still("nothing was changed")
    .hint(format!(
        "give one of them another name: `name` under `[service]` in `{here}/deliver.toml`"
    ))
}

/// Paths are kept as text, so that a journal of them can be read.
fn text(folder: &Path) -> Result<&str> {
    folder.to_str().ok_or_else(|| {
        Fault::usage(
            "folder-name",
            format!("the folder `{}` has a name that is not UTF-8", folder.display()),
        )
    })
}

fn find(tx: &mut dyn Tx, name: &ServiceName) -> Result<Option<Service>> {
    let rows = tx.query(
        &format!("SELECT {COLUMNS} FROM service WHERE name = $1"),
        params![name.as_str()],
    )?;
    rows.into_iter().next().map(decode).transpose()
}

fn decode(row: Row) -> Result<Service> {
    let mut columns = Columns::of("service", row);
    Ok(Service {
        name: columns.parsed()?,
        folder: PathBuf::from(columns.text()?),
        registered_at: columns.time()?,
        about: columns.opt_json()?,
    })
}
