//! Where a service stands when it is about to be deployed, as other domains found it: facts for the gates.

use super::incident::IncidentId;

/// Handed to a deployment by whoever asks for it. The default asks nothing of the service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// `None`: the environment requires no readiness.
    pub readiness: Option<Result<Readiness, String>>,
    /// `None`: the service has no objective, or policy ignores budgets here. An error says why they are not known.
    pub budgets: Option<Result<Budgets, String>>,
    /// Ids of gates whose refusal a person overrides, with the reason for the journal.
    pub overridden: Vec<String>,
    /// Why, where something is overridden.
    pub because: Option<String>,
    /// The incident that this deployment is meant to end.
    pub fixes: Option<IncidentId>,
}

/// The level that a service has reached beside the one its tier requires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    pub level: String,
    pub required: String,
    pub ready: bool,
    /// Ids of the checks that stand between the two.
    pub missing: Vec<String>,
}

/// The error budgets of a service's objectives, and what policy makes of a spent one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budgets {
    /// A spent budget refuses the deployment; otherwise it is a warning.
    pub refuse: bool,
    pub objectives: Vec<Budget>,
}

/// One objective's budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    pub slo: String,
    /// What is left of it in percent, as people read it; negative when more was spent than there was. `None`: no data.
    pub remaining: Option<String>,
    pub spent: bool,
}
