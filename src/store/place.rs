//! Where environments are, and what targets made of releases.

use serde_json::{Value, json};

use super::row::{Columns, params, to_json};
use super::{Store, scope};
use crate::fault::Result;
use crate::model::measurement::Measurement;
use crate::model::place::Place;
use crate::model::{DeploymentId, EnvName, ReleaseNo, ServiceName};

impl Store {
    /// Where an environment was deployed to last; `None` before its first deployment.
    pub fn place(&self, service: &ServiceName, env: &EnvName) -> Result<Option<Place>> {
        let rows = self.read(|tx| {
            tx.query(
                "SELECT target, options FROM place WHERE service = $1 AND env = $2",
                params![service.as_str(), env.as_str()],
            )
        })?;
        let Some(row) = rows.into_iter().next() else {
            return Ok(None);
        };
        let mut columns = Columns::of("place", row);
        Ok(Some(Place {
            target: columns.text()?,
            options: columns.json()?,
        }))
    }

    /// Remembers where an environment is; the same again changes nothing.
    pub fn set_place(&self, service: &ServiceName, env: &EnvName, place: &Place) -> Result<()> {
        if self.place(service, env)?.as_ref() == Some(place) {
            return Ok(());
        }
        self.write(|w| {
            w.tx.execute(
                "INSERT INTO place (service, env, target, options) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (service, env) DO UPDATE SET target = excluded.target, options = excluded.options",
                params![service.as_str(), env.as_str(), &place.target, to_json(&place.options)?],
            )?;
            w.append("place.set", &scope(service, env), json!(place))
        })
    }

    /// What a target recorded of a release when it was first made ready; null before that.
    pub fn placement(&self, service: &ServiceName, release: ReleaseNo) -> Result<Value> {
        let rows = self.read(|tx| {
            tx.query(
                "SELECT record FROM placement WHERE service = $1 AND release = $2",
                params![service.as_str(), release.0],
            )
        })?;
        match rows.into_iter().next() {
            Some(row) => Columns::of("placement", row).json(),
            None => Ok(Value::Null),
        }
    }

    /// Keeps what a target recorded of a release: what a rollback returns to. A later record takes its place.
    pub fn keep_placement(&self, service: &ServiceName, release: ReleaseNo, record: &Value) -> Result<()> {
        if record.is_null() || self.placement(service, release)? == *record {
            return Ok(());
        }
        self.write(|w| {
            w.tx.execute(
                "INSERT INTO placement (service, release, record, made_at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (service, release) DO UPDATE SET record = excluded.record",
                params![service.as_str(), release.0, to_json(record)?, w.now.as_microsecond()],
            )?;
            Ok(())
        })
    }

    /// Adds what was measured while a release was watched.
    pub fn add_measurements(&self, deployment: DeploymentId, measured: &[Measurement]) -> Result<()> {
        self.write(|w| {
            let rows = w.tx.query(
                "SELECT COUNT(*) FROM measurement WHERE deployment = $1",
                params![deployment.0],
            )?;
            let mut seq: u64 = match rows.into_iter().next() {
                Some(row) => Columns::of("measurement", row).number()?,
                None => 0,
            };
            for one in measured {
                seq += 1;
                let measure = to_json(one)?;
                w.tx.execute(
                    "INSERT INTO measurement (deployment, seq, at, measure) VALUES ($1, $2, $3, $4)",
                    params![deployment.0, seq, one.at.as_microsecond(), measure],
                )?;
            }
            Ok(())
        })
    }

    /// Everything measured during a deployment, oldest first.
    pub fn measurements(&self, deployment: DeploymentId) -> Result<Vec<Measurement>> {
        let rows = self.read(|tx| {
            tx.query(
                "SELECT measure FROM measurement WHERE deployment = $1 ORDER BY seq",
                params![deployment.0],
            )
        })?;
        rows.into_iter()
            .map(|row| Columns::of("measurement", row).json())
            .collect()
    }
}
