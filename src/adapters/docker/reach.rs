//! What the manifest says about an engine and the registry behind it.

use serde::Deserialize;

use crate::model::spec::SecretRef;

/// How the engine is reached, and as whom.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Reach {
    pub host: Option<String>,
    pub context: Option<String>,
    pub tls: Option<Tls>,
    pub registry: Option<String>,
    pub auth: Option<Auth>,
}

/// Paths of certificates.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Tls {
    pub ca: String,
    pub cert: String,
    pub key: String,
}

/// References to what the registry asks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Auth {
    pub username: SecretRef,
    pub password: SecretRef,
}
