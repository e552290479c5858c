//! What an instance's folder says it is.

use std::fs;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::home::{Home, write_durably};
use super::protocol::Ended;
use super::shim;
use super::state::{State, key};
use crate::fault::{Attempt, Fault, Result};
use crate::model::{DeploymentId, EnvName, ReleaseNo, ServiceName};

/// Instance folders kept for each service and environment, for the sake of logs.
const FOLDERS_KEPT: usize = 20;

/// `meta.json`; logs are found by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    pub service: ServiceName,
    pub env: EnvName,
    pub process: String,
    pub release: ReleaseNo,
    pub deployment: DeploymentId,
    pub started_at: Timestamp,
}

impl Meta {
    /// Writes it unless it is there: an instance stays what it first was.
    pub fn write_once(&self, home: &Home, id: &str) -> Result<()> {
        let path = home.instance(id).join("meta.json");
        if path.exists() {
            return Ok(());
        }
        let text =
            serde_json::to_vec(self).map_err(|error| Fault::bug("a record without a JSON form").because(error))?;
        write_durably(&path, &text).attempting("write", &path)
    }

    pub fn read(home: &Home, id: &str) -> Option<Self> {
        serde_json::from_slice(&fs::read(home.instance(id).join("meta.json")).ok()?).ok()
    }
}

/// How the last run of an instance ended, if its shim wrote that down.
pub fn exit_record(home: &Home, id: &str) -> Option<Ended> {
    serde_json::from_slice(&fs::read(home.instance(id).join("exit.json")).ok()?).ok()
}

/// Removes the oldest folders of a service's former instances, beyond those kept. Best effort: it is about disk space.
pub fn prune(home: &Home, state: &State, of: &str) {
    let Ok(entries) = fs::read_dir(home.instances()) else {
        return;
    };
    let mut folders: Vec<(Timestamp, String)> = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|id| {
            !state
                .services
                .values()
                .any(|service| service.instances.contains_key(id))
        })
        .filter_map(|id| Some((Meta::read(home, &id)?, id)))
        .filter(|(meta, _)| key(&meta.service, &meta.env) == of)
        .map(|(meta, id)| (meta.started_at, id))
        .collect();
    folders.sort();
    let surplus = folders.len().saturating_sub(FOLDERS_KEPT);
    for (_, id) in folders.drain(..surplus) {
        if !shim::is_alive(&home.instance(&id)) {
            let _ = fs::remove_dir_all(home.instance(&id));
        }
    }
}
