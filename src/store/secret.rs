//! Sealed secret values by version, so that a rollback or restart gets the value its release was made with.
//!
//! Only what [`SealingKey::seal`](super::seal::SealingKey::seal) made comes in here; the journal learns names and
//! versions.

use serde_json::json;

use super::Store;
use super::row::{Columns, params};
use crate::fault::Result;
use crate::model::ServiceName;

impl Store {
    /// Keeps a sealed value; a version that is known already stays as it is.
    pub fn keep_secret(&self, service: &ServiceName, name: &str, version: &str, sealed: &[u8]) -> Result<()> {
        if self.sealed_secret(service, name, version)?.is_some() {
            return Ok(());
        }
        self.write(|w| {
            let added = w.tx.execute(
                "INSERT INTO secret (service, name, version, sealed, created_at) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (service, name, version) DO NOTHING",
                params![service.as_str(), name, version, sealed.to_vec(), w.now.as_microsecond()],
            )?;
            match added {
                0 => Ok(()),
                _ => w.append(
                    "secret.keep",
                    service.as_str(),
                    json!({"name": name, "version": version}),
                ),
            }
        })
    }

    /// The sealed value of one version.
    pub fn sealed_secret(&self, service: &ServiceName, name: &str, version: &str) -> Result<Option<Vec<u8>>> {
        let rows = self.read(|tx| {
            tx.query(
                "SELECT sealed FROM secret WHERE service = $1 AND name = $2 AND version = $3",
                params![service.as_str(), name, version],
            )
        })?;
        rows.into_iter()
            .next()
            .map(|row| Columns::of("secret", row).blob())
            .transpose()
    }
}
