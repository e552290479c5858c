//! Builds and releases: what exactly runs.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::spec::Spec;
use super::{EnvName, ServiceName};

/// A build: `b-` and the first 16 hex digits of the hash of its source tree and its build section.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BuildId(pub String);

impl fmt::Display for BuildId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The number of a release within its service; printed and parsed as `v12`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReleaseNo(pub u32);

impl fmt::Display for ReleaseNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("v{}", self.0))
    }
}

impl FromStr for ReleaseNo {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.strip_prefix('v').unwrap_or(text).parse().ok().filter(|n| *n > 0);
        number
            .map(ReleaseNo)
            .ok_or_else(|| format!("`{}` is not a release such as `v3`", text.escape_debug()))
    }
}

impl TryFrom<String> for ReleaseNo {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<ReleaseNo> for String {
    fn from(number: ReleaseNo) -> String {
        number.to_string()
    }
}

/// Where a source tree came from. Facts about a build, never part of its identity.
#[derive(Clone, Debug, Default, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct Source {
    /// The full commit id; `None` outside git and before the first commit.
    pub commit: Option<String>,
    pub branch: Option<String>,
    /// The first line of the commit's message.
    pub subject: Option<String>,
    /// Uncommitted changes were included.
    pub dirty: bool,
}

/// Immutable: one build, one environment's configuration, secret versions and spec.
#[derive(Clone, Debug, PartialEq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct Release {
    pub service: ServiceName,
    pub number: ReleaseNo,
    pub env: EnvName,
    pub build: BuildId,
    /// Hex hash over build and [`Spec`]; two releases of an environment with one identity are the same release.
    pub identity: String,
    pub spec: Spec,
    pub source: Source,
    pub created_at: Timestamp,
}
