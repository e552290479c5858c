//! Sealed secret values by version, so that a rollback or restart gets the value its release was made with.
//!
//! Only what [`SealingKey::seal`](super::seal::SealingKey::seal) made comes in here; the journal learns names and
//! versions.

use jiff::Timestamp;
use serde_json::json;

use super::engine::Tx;
use super::row::{Columns, params};
use super::seal::SealingKey;
use super::{Store, Writer};
use crate::fault::{Fault, Kind, Result};
use crate::model::ServiceName;

/// The key that a store's secrets are sealed under, as far as the store knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealing {
    /// [`SealingKey::fingerprint`].
    pub fingerprint: String,
    /// Who sealed the first secret, and when.
    pub actor: String,
    pub at: Timestamp,
}

impl Store {
    /// The key that the first secret was sealed under; `None` while there is none.
    pub fn sealing(&self) -> Result<Option<Sealing>> {
        self.read(sealing)
    }

    /// From now on secrets are sealed under this key. Versions of secrets depend on it, and with them what is the same
    /// release: a key that is not the store's is refused (`key-differs`), here and whenever a secret is kept.
    pub fn seal_under(&self, key: &SealingKey) -> Result<()> {
        if let Some(known) = self.sealing()? {
            agrees(&known, key.fingerprint())?;
        }
        // A store has one key for the life of the process.
        let _ = self.shared.sealing.set(key.fingerprint().to_owned());
        Ok(())
    }

    /// Keeps a sealed value; a version that is known already stays as it is.
    pub fn keep_secret(&self, service: &ServiceName, name: &str, version: &str, sealed: &[u8]) -> Result<()> {
        if self.sealed_secret(service, name, version)?.is_some() {
            return Ok(());
        }
        self.write(|w| {
            if let Some(fingerprint) = self.shared.sealing.get() {
                settle(w, fingerprint)?;
            }
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

/// Makes the key of the first secret the store's, and refuses every other one.
fn settle(w: &mut Writer, fingerprint: &str) -> Result<()> {
    if let Some(known) = sealing(w.tx)? {
        return agrees(&known, fingerprint);
    }
    w.tx.execute(
        "INSERT INTO sealing (id, fingerprint, actor, at) VALUES (1, $1, $2, $3)",
        params![fingerprint, w.actor, w.now.as_microsecond()],
    )?;
    w.append("key.settle", "store", json!({"fingerprint": fingerprint}))
}

fn sealing(tx: &mut dyn Tx) -> Result<Option<Sealing>> {
    let rows = tx.query("SELECT fingerprint, actor, at FROM sealing WHERE id = 1", &[])?;
    let decode = |row| {
        let mut columns = Columns::of("sealing", row);
        Ok(Sealing {
            fingerprint: columns.text()?,
            actor: columns.text()?,
            at: columns.time()?,
        })
    };
    rows.into_iter().next().map(decode).transpose()
}

fn agrees(known: &Sealing, fingerprint: &str) -> Result<()> {
    if known.fingerprint == fingerprint {
        return Ok(());
    }
    let Sealing {
        fingerprint: theirs,
        actor,
        at,
    } = known;
    let at = at.strftime("%Y-%m-%d");
    let message = format!(
        "cannot use this machine's key ({fingerprint}): the secrets of this store are sealed under another one \
         ({theirs}), which {actor} brought on {at}"
    );
    Err(Fault::new(Kind::Credentials, "key-differs", message)
        .still("nothing was changed by this command")
        .hint("copy that key here and name it: export DELIVER_STORE_KEY=file:/path/to/key; `deliver doctor` there says where it is"))
}
