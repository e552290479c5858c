//! Incidents: something that hurts, from the first notice to what was learnt.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::oncall::OnCall;
use super::{DeploymentId, EnvName, Outcome, ReleaseNo, ServiceName};

/// `INC-7`; counts up over the whole store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IncidentId(pub u64);

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("INC-{}", self.0))
    }
}

impl FromStr for IncidentId {
    type Err = String;

    /// `INC-7`, `inc-7` or `7`.
    fn from_str(text: &str) -> Result<Self, String> {
        let digits = match text.split_at_checked(4) {
            Some((prefix, digits)) if prefix.eq_ignore_ascii_case("INC-") => digits,
            _ => text,
        };
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        match digits.parse() {
            Ok(number) if plain => Ok(IncidentId(number)),
            _ => Err(format!("`{}` is not an incident such as `INC-7`", text.escape_debug())),
        }
    }
}

impl TryFrom<String> for IncidentId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<IncidentId> for String {
    fn from(id: IncidentId) -> String {
        id.to_string()
    }
}

/// How bad it is: `sev1` is the worst. What each means is the platform's to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Sev1,
    Sev2,
    Sev3,
    Sev4,
    Sev5,
}

impl Severity {
    /// Every severity, the worst first.
    pub const ALL: [Severity; 5] = [
        Severity::Sev1,
        Severity::Sev2,
        Severity::Sev3,
        Severity::Sev4,
        Severity::Sev5,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Sev1 => "sev1",
            Severity::Sev2 => "sev2",
            Severity::Sev3 => "sev3",
            Severity::Sev4 => "sev4",
            Severity::Sev5 => "sev5",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Severity::ALL.into_iter().find(|severity| severity.as_str() == text)
    }

    /// Whether it wants a commander and a postmortem: the two worst, as in PagerDuty's published response guide.
    pub fn major(self) -> bool {
        self <= Severity::Sev2
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = String;

    /// `sev2`, `SEV-2` or `2`.
    fn from_str(text: &str) -> Result<Self, String> {
        let lower = text.to_ascii_lowercase();
        let digit = lower.strip_prefix("sev").unwrap_or(&lower);
        let digit = digit.strip_prefix('-').unwrap_or(digit);
        Severity::parse(&format!("sev{digit}"))
            .ok_or_else(|| format!("`{}` is not a severity: sev1 (worst) to sev5", text.escape_debug()))
    }
}

/// Where an incident stands. Each word changes what people have to do; that a cause was found changes nothing of that
/// and is told by an entry of the timeline instead.
///
/// ```text
/// open ⇄ mitigated      it hurts less, or it came back
///   └──────┴→ resolved ⇄ open (reopened)
///                └→ closed           learnt from; nothing leads on from here
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It hurts.
    Open,
    /// It hurts less or no more, and could come back.
    Mitigated,
    /// The impact has ended.
    Resolved,
    /// What there was to learn was written down.
    Closed,
}

impl Status {
    pub const ALL: [Status; 4] = [Status::Open, Status::Mitigated, Status::Resolved, Status::Closed];

    pub fn as_str(self) -> &'static str {
        match self {
            Status::Open => "open",
            Status::Mitigated => "mitigated",
            Status::Resolved => "resolved",
            Status::Closed => "closed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Status::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Whether somebody has to look after it now.
    pub fn live(self) -> bool {
        matches!(self, Status::Open | Status::Mitigated)
    }

    /// Whether the state machine has this arrow.
    pub fn leads_to(self, next: Status) -> bool {
        use Status::*;
        matches!(
            (self, next),
            (Open, Mitigated) | (Mitigated, Open) | (Open | Mitigated, Resolved) | (Resolved, Open | Closed)
        )
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What somebody answers for while an incident lasts. Each role has one person at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Decides, and does nothing else.
    Commander,
    /// Tells everybody outside.
    Communications,
    /// Changes the system.
    Operations,
    /// Writes the timeline.
    Scribe,
}

impl Role {
    pub const ALL: [Role; 4] = [Role::Commander, Role::Communications, Role::Operations, Role::Scribe];

    pub fn as_str(self) -> &'static str {
        match self {
            Role::Commander => "commander",
            Role::Communications => "communications",
            Role::Operations => "operations",
            Role::Scribe => "scribe",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Role::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A role and who has it.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct Holder {
    pub role: Role,
    pub person: String,
    pub since: Timestamp,
}

/// One of the six times of an incident. They are kept apart because they answer different questions: how long it hurt,
/// how long nobody knew, how long nobody acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// It began to hurt.
    ImpactStart,
    /// Somebody or something noticed.
    Detected,
    /// Somebody took it on.
    Acknowledged,
    /// It hurt less or no more.
    Mitigated,
    /// It had stopped hurting for good.
    ImpactEnd,
    /// What there was to learn was written down.
    Closed,
}

impl Moment {
    /// In the order in which they are expected.
    pub const ALL: [Moment; 6] = [
        Moment::ImpactStart,
        Moment::Detected,
        Moment::Acknowledged,
        Moment::Mitigated,
        Moment::ImpactEnd,
        Moment::Closed,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Moment::ImpactStart => "impact_start",
            Moment::Detected => "detected",
            Moment::Acknowledged => "acknowledged",
            Moment::Mitigated => "mitigated",
            Moment::ImpactEnd => "impact_end",
            Moment::Closed => "closed",
        }
    }

    /// As in a sentence: `impact start`.
    pub fn words(self) -> String {
        self.as_str().replace('_', " ")
    }

    /// The flag that corrects it.
    pub fn flag(self) -> String {
        format!("--{}", self.as_str().replace('_', "-"))
    }
}

/// The six times; what is not known is `None`, never a guess.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct Times {
    pub impact_start: Option<Timestamp>,
    pub detected: Option<Timestamp>,
    pub acknowledged: Option<Timestamp>,
    pub mitigated: Option<Timestamp>,
    pub impact_end: Option<Timestamp>,
    pub closed: Option<Timestamp>,
}

impl Times {
    pub fn get(&self, moment: Moment) -> Option<Timestamp> {
        match moment {
            Moment::ImpactStart => self.impact_start,
            Moment::Detected => self.detected,
            Moment::Acknowledged => self.acknowledged,
            Moment::Mitigated => self.mitigated,
            Moment::ImpactEnd => self.impact_end,
            Moment::Closed => self.closed,
        }
    }

    pub fn set(&mut self, moment: Moment, at: Option<Timestamp>) {
        let place = match moment {
            Moment::ImpactStart => &mut self.impact_start,
            Moment::Detected => &mut self.detected,
            Moment::Acknowledged => &mut self.acknowledged,
            Moment::Mitigated => &mut self.mitigated,
            Moment::ImpactEnd => &mut self.impact_end,
            Moment::Closed => &mut self.closed,
        };
        *place = at;
    }
}

/// How sure the evidence makes, never a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    Low,
    Medium,
    High,
}

impl Confidence {
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}

/// A change that may have caused an incident, and why it may.
#[derive(Clone, Debug, PartialEq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct Suspect {
    pub deployment: DeploymentId,
    pub release: Option<ReleaseNo>,
    pub service: ServiceName,
    pub env: EnvName,
    pub confidence: Confidence,
    /// 0 to 1: how the parts of the evidence add up.
    pub score: f64,
    pub reasons: Vec<String>,
    pub outcome: Outcome,
    pub actor: String,
    pub started_at: Timestamp,
}

/// An incident, without its timeline and actions.
#[derive(Clone, Debug, PartialEq)]
pub struct Incident {
    pub id: IncidentId,
    pub title: String,
    /// `None`: nobody knows yet what it is that hurts.
    pub service: Option<ServiceName>,
    pub env: Option<EnvName>,
    pub severity: Severity,
    pub status: Status,
    pub times: Times,
    pub opened_at: Timestamp,
    pub opened_by: String,
    /// Counts the changes of everything but timeline and actions.
    pub version: u64,
    /// By role; each at most once.
    pub roles: Vec<Holder>,
    /// The deployment that caused it, as people found.
    pub cause: Option<DeploymentId>,
    /// The deployment that ended it.
    pub fixed_by: Option<DeploymentId>,
    /// Who was on call when it was opened.
    pub on_call: Vec<OnCall>,
    /// As they were when it was opened.
    pub suspects: Vec<Suspect>,
}

impl Incident {
    pub fn holder(&self, role: Role) -> Option<&Holder> {
        self.roles.iter().find(|holder| holder.role == role)
    }

    /// What suspicion counts from: when it began to hurt, else when somebody noticed or wrote it down.
    pub fn onset(&self) -> Timestamp {
        let known = self.times.impact_start.or(self.times.detected);
        known.unwrap_or(self.opened_at).min(self.opened_at)
    }
}

/// What an entry of a timeline is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    Opened,
    Acknowledged,
    /// For those who work on it.
    Note,
    /// For everybody.
    Update,
    Status,
    Severity,
    Role,
    /// One of the six times was set or corrected.
    Time,
    /// Title, service, environment, cause or fix.
    Fact,
    Action,
    Postmortem,
}

impl EntryKind {
    pub const ALL: [EntryKind; 11] = [
        EntryKind::Opened,
        EntryKind::Acknowledged,
        EntryKind::Note,
        EntryKind::Update,
        EntryKind::Status,
        EntryKind::Severity,
        EntryKind::Role,
        EntryKind::Time,
        EntryKind::Fact,
        EntryKind::Action,
        EntryKind::Postmortem,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            EntryKind::Opened => "opened",
            EntryKind::Acknowledged => "acknowledged",
            EntryKind::Note => "note",
            EntryKind::Update => "update",
            EntryKind::Status => "status",
            EntryKind::Severity => "severity",
            EntryKind::Role => "role",
            EntryKind::Time => "time",
            EntryKind::Fact => "fact",
            EntryKind::Action => "action",
            EntryKind::Postmortem => "postmortem",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        EntryKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// One line of a timeline; never changed, never removed.
#[derive(Clone, Debug, PartialEq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct Entry {
    /// Counts from 1 within the incident, in the order of writing.
    pub seq: u32,
    /// When it happened.
    pub at: Timestamp,
    /// When it was written down.
    pub recorded_at: Timestamp,
    pub kind: EntryKind,
    pub actor: String,
    pub text: String,
    /// What programs may want of it, such as the severity before and after; null where there is nothing more.
    pub detail: serde_json::Value,
}

/// What follow-up work is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// It cannot happen again.
    Prevent,
    /// It is noticed sooner.
    Detect,
    /// It hurts less, or for a shorter time.
    Mitigate,
    /// People work together better.
    Process,
}

impl ActionKind {
    pub const ALL: [ActionKind; 4] = [
        ActionKind::Prevent,
        ActionKind::Detect,
        ActionKind::Mitigate,
        ActionKind::Process,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            ActionKind::Prevent => "prevent",
            ActionKind::Detect => "detect",
            ActionKind::Mitigate => "mitigate",
            ActionKind::Process => "process",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        ActionKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// `INC-7.2`: the second action of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, schemars::JsonSchema, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ActionId {
    pub incident: IncidentId,
    pub seq: u32,
}

impl fmt::Display for ActionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{}", self.incident, self.seq))
    }
}

impl FromStr for ActionId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed = text.split_once('.').and_then(|(incident, seq)| {
            let plain = !seq.is_empty() && seq.bytes().all(|byte| byte.is_ascii_digit());
            Some(ActionId {
                incident: incident.parse().ok()?,
                seq: seq.parse().ok().filter(|_| plain)?,
            })
        });
        parsed.ok_or_else(|| format!("`{}` is not an action such as `INC-7.2`", text.escape_debug()))
    }
}

impl TryFrom<String> for ActionId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<ActionId> for String {
    fn from(id: ActionId) -> String {
        id.to_string()
    }
}

/// Follow-up work.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct Action {
    pub id: ActionId,
    pub text: String,
    pub kind: ActionKind,
    pub owner: Option<String>,
    pub due: Option<Timestamp>,
    pub created_at: Timestamp,
    pub created_by: String,
    pub done_at: Option<Timestamp>,
    pub done_by: Option<String>,
}

impl Action {
    /// Whether it should have been done by `now`.
    pub fn overdue(&self, now: Timestamp) -> bool {
        self.done_at.is_none() && self.due.is_some_and(|due| due < now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incident_is_read_as_people_write_it() {
        for text in ["INC-7", "inc-7", "7"] {
            assert_eq!(text.parse(), Ok(IncidentId(7)), "{text}");
        }
        for text in [
            "",
            "INC-",
            "INC-x",
            "+7",
            "INC-+7",
            "D-7",
            "-7",
            "99999999999999999999",
            "ÄÄÄÄ",
        ] {
            assert!(text.parse::<IncidentId>().is_err(), "{text}");
        }
        assert_eq!(IncidentId(7).to_string(), "INC-7");
    }

    #[test]
    fn a_severity_is_read_as_people_write_it() {
        for text in ["sev2", "SEV-2", "Sev2", "2"] {
            assert_eq!(text.parse(), Ok(Severity::Sev2), "{text}");
        }
        for text in ["", "sev", "sev0", "sev6", "sev22", "high", "-2-"] {
            assert!(text.parse::<Severity>().is_err(), "{text}");
        }
        assert!(Severity::Sev1 < Severity::Sev2 && Severity::Sev2.major() && !Severity::Sev3.major());
    }

    #[test]
    fn nothing_leads_on_from_closed_and_everything_can_be_resolved_once() {
        for status in Status::ALL {
            assert!(!Status::Closed.leads_to(status));
            assert_eq!(status.leads_to(Status::Resolved), status.live());
            assert_eq!(status.leads_to(Status::Closed), status == Status::Resolved);
            assert!(!status.leads_to(status));
        }
    }

    #[test]
    fn an_action_is_named_within_its_incident() {
        let id: ActionId = "inc-7.2".parse().expect("an action");
        assert_eq!(id.to_string(), "INC-7.2");
        for text in ["", "INC-7", "INC-7.", "INC-7.x", "INC-7.+2", "7.99999999999", "D-7.2"] {
            assert!(text.parse::<ActionId>().is_err(), "{text}");
        }
    }

    #[test]
    fn words_of_the_store_read_back() {
        assert!(Status::ALL.iter().all(|it| Status::parse(it.as_str()) == Some(*it)));
        assert!(Severity::ALL.iter().all(|it| Severity::parse(it.as_str()) == Some(*it)));
        assert!(
            EntryKind::ALL
                .iter()
                .all(|it| EntryKind::parse(it.as_str()) == Some(*it))
        );
        assert!(
            ActionKind::ALL
                .iter()
                .all(|it| ActionKind::parse(it.as_str()) == Some(*it))
        );
        assert!(Role::ALL.iter().all(|it| Role::parse(it.as_str()) == Some(*it)));
        for moment in Moment::ALL {
            let mut times = Times::default();
            times.set(moment, Some(Timestamp::UNIX_EPOCH));
            let others = Moment::ALL.into_iter().filter(|other| *other != moment);
            assert_eq!(times.get(moment), Some(Timestamp::UNIX_EPOCH));
            assert!(others.clone().all(|other| times.get(other).is_none()));
            assert_eq!(serde_json::to_value(moment).expect("JSON"), moment.as_str());
        }
    }
}
