//! What a service says of itself: who owns it, what it leans on, what it promises.

use serde::{Deserialize, Serialize};

use super::EnvName;
use super::objective::Slo;

/// As its manifest stood at the newest deploy. The store keeps it, so that a service can be looked after from anywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    pub team: Option<String>,
    /// 1 critical to 4 experimental.
    pub tier: u8,
    pub description: Option<String>,
    /// Names of services, or of anything else that it needs.
    pub depends_on: Vec<String>,
    /// A path in the service's folder, or a URL.
    pub runbook: Option<String>,
    pub slos: Vec<Slo>,
    /// Environments that it declares to be protected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub protected: Vec<EnvName>,
}
