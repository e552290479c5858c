//! Builds and releases: what exactly ran, and what it was made from. Neither ever changes.

use jiff::Timestamp;
use serde_json::json;

use super::engine::{Row, Tx};
use super::row::{Columns, params, to_json};
use super::{Store, Writer};
use crate::fault::Result;
use crate::model::release::{Release, Source};
use crate::model::spec::Spec;
use crate::model::{BuildId, EnvName, ReleaseNo, ServiceName};

/// An artifact that exists, found again by what it was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    pub id: BuildId,
    pub service: ServiceName,
    /// Hash over source tree and build section.
    pub key: String,
    pub source: Source,
    /// Of the artifact, in bytes.
    pub size: u64,
    pub created_at: Timestamp,
}

/// A release before it has its number.
#[derive(Clone, Debug)]
pub struct NewRelease {
    pub service: ServiceName,
    pub env: EnvName,
    pub build: BuildId,
    pub identity: String,
    pub spec: Spec,
    pub source: Source,
}

const BUILD: &str = "id, service, key, source, size, created_at";
const RELEASE: &str = "service, number, env, build, identity, spec, source, created_at";

impl Store {
    /// Records a build; one that is known already stays as it is.
    pub fn record_build(&self, build: &Build) -> Result<()> {
        self.write(|w| {
            let added = w.tx.execute(
                &format!("INSERT INTO build ({BUILD}) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING"),
                params![
                    &build.id.0,
                    build.service.as_str(),
                    &build.key,
                    to_json(&build.source)?,
                    build.size,
                    build.created_at.as_microsecond()
                ],
            )?;
            if added == 0 {
                return Ok(());
            }
            let detail = json!({"key": build.key, "source": build.source, "size": build.size});
            w.append("build.record", &format!("{}/{}", build.service, build.id), detail)
        })
    }

    /// The newest build of a service from these inputs.
    pub fn find_build(&self, service: &ServiceName, key: &str) -> Result<Option<Build>> {
        self.one_build(
            "service = $1 AND key = $2 ORDER BY created_at DESC LIMIT 1",
            params![service.as_str(), key],
        )
    }

    pub fn build(&self, id: &BuildId) -> Result<Option<Build>> {
        self.one_build("id = $1", params![&id.0])
    }

    fn one_build(&self, filter: &str, values: &[super::engine::Value]) -> Result<Option<Build>> {
        let rows = self.read(|tx| tx.query(&format!("SELECT {BUILD} FROM build WHERE {filter}"), values))?;
        rows.into_iter().next().map(decode_build).transpose()
    }

    /// The release that has this identity in this environment.
    pub fn release_for(&self, service: &ServiceName, env: &EnvName, identity: &str) -> Result<Option<Release>> {
        self.read(|tx| find(tx, service, env, identity))
    }

    /// The release with this identity: the one that exists, or a new one with the service's next number. Two callers at
    /// once get one release for one identity and two numbers for two.
    pub fn create_release(&self, new: &NewRelease) -> Result<Release> {
        self.write(|w| match find(w.tx, &new.service, &new.env, &new.identity)? {
            Some(known) => Ok(known),
            None => insert(w, new),
        })
    }

    pub fn release(&self, service: &ServiceName, number: ReleaseNo) -> Result<Option<Release>> {
        let sql = format!("SELECT {RELEASE} FROM release WHERE service = $1 AND number = $2");
        let rows = self.read(|tx| tx.query(&sql, params![service.as_str(), number.0]))?;
        rows.into_iter().next().map(decode).transpose()
    }

    /// Releases of a service, newest first; of one environment, or of all.
    pub fn releases(&self, service: &ServiceName, env: Option<&EnvName>, limit: u32) -> Result<Vec<Release>> {
        let sql = format!(
            "SELECT {RELEASE} FROM release WHERE service = $1 AND ($2 = '' OR env = $2) ORDER BY number DESC LIMIT $3"
        );
        let env = env.map(|env| env.as_str()).unwrap_or_default();
        let rows = self.read(|tx| tx.query(&sql, params![service.as_str(), env, limit]))?;
        rows.into_iter().map(decode).collect()
    }
}

fn find(tx: &mut dyn Tx, service: &ServiceName, env: &EnvName, identity: &str) -> Result<Option<Release>> {
    let rows = tx.query(
        &format!("SELECT {RELEASE} FROM release WHERE service = $1 AND env = $2 AND identity = $3"),
        params![service.as_str(), env.as_str(), identity],
    )?;
    rows.into_iter().next().map(decode).transpose()
}

fn insert(w: &mut Writer, new: &NewRelease) -> Result<Release> {
    let number = w.next_number(&format!("release/{}", new.service))?;
    let release = Release {
        service: new.service.clone(),
        number: ReleaseNo(u32::try_from(number).map_err(|_| super::row::damaged("release numbers ran out"))?),
        env: new.env.clone(),
        build: new.build.clone(),
        identity: new.identity.clone(),
        spec: new.spec.clone(),
        source: new.source.clone(),
        created_at: w.now,
    };
    w.tx.execute(
        &format!("INSERT INTO release ({RELEASE}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"),
        params![
            release.service.as_str(),
            release.number.0,
            release.env.as_str(),
            &release.build.0,
            &release.identity,
            to_json(&release.spec)?,
            to_json(&release.source)?,
            release.created_at.as_microsecond()
        ],
    )?;
    let detail = json!({"env": release.env, "build": release.build, "identity": release.identity,
                        "commit": release.source.commit, "dirty": release.source.dirty});
    w.append(
        "release.create",
        &format!("{}/{}", release.service, release.number),
        detail,
    )?;
    Ok(release)
}

fn decode_build(row: Row) -> Result<Build> {
    let mut columns = Columns::of("build", row);
    Ok(Build {
        id: BuildId(columns.text()?),
        service: columns.parsed()?,
        key: columns.text()?,
        source: columns.json()?,
        size: columns.number()?,
        created_at: columns.time()?,
    })
}

fn decode(row: Row) -> Result<Release> {
    let mut columns = Columns::of("release", row);
    Ok(Release {
        service: columns.parsed()?,
        number: ReleaseNo(columns.number()?),
        env: columns.parsed()?,
        build: BuildId(columns.text()?),
        identity: columns.text()?,
        spec: columns.json()?,
        source: columns.json()?,
        created_at: columns.time()?,
    })
}
