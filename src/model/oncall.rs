//! Who is on call: what an incident, a page and a report say of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Somebody's duty at a moment, as a rota had it when it was asked.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct OnCall {
    pub team: String,
    /// The file's name in `rotas/`, without its ending.
    pub rota: String,
    /// `primary`, `secondary`, or another word of the rota.
    pub role: String,
    /// The name of a `[person.NAME]` of the platform; the rota may name somebody the platform does not know any more.
    pub person: String,
    /// When this stretch of duty began.
    pub start: Timestamp,
    /// When somebody else, or nobody, follows.
    pub end: Timestamp,
    /// Why this person, the deciding reason first.
    pub reasons: Vec<String>,
}
