//! One verifiable rule: a pure judgement over facts. A new one is a constant in a file of `checks/`, and a line in
//! [`CHECKS`].

use super::checks::{bld, cap, dep, doc, hlt, obs, own, prv, sec, slo};
use super::fact::{Facts, Unknown};
use crate::config::platform::Level;
use crate::model::readiness::Outcome;

/// A rule. Its id and level are those of the published catalogue; the id never changes its meaning.
pub struct Check {
    pub id: &'static str,
    /// What holds when it passes.
    pub title: &'static str,
    pub level: Level,
    /// What goes wrong without it.
    pub why: &'static str,
    /// How it is found out, in words.
    pub how: &'static str,
    /// The facts that decide: where one of them is not known, there is no evidence.
    pub needs: &'static [Need],
    /// What passing it is worth, 1 to 5.
    pub impact: u8,
    /// What it takes: 1 minutes, 2 an hour, 3 a day, 5 longer.
    pub effort: u8,
    /// A waiver can excuse it.
    pub waivable: bool,
    /// What mends it, when the finding says nothing more exact: a command or a file to edit.
    pub fix: &'static str,
    pub judge: fn(&Facts) -> Judged,
}

/// A finding, or a fact that is not known.
pub type Judged = Result<Finding, Unknown>;

/// Facts by name, for people who ask what a check has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    Entry,
    Company,
    CodeOwners,
    DeliveryFiles,
    Image,
    Pipelines,
    Readme,
    Runbook,
    Alerts,
    Dependencies,
    Updates,
    Template,
    Committer,
    TreeSecrets,
    HistorySecrets,
    Tables,
    Migrations,
    Deployments,
    Live,
    Promises,
}

/// What a check found. `outcome` is never [`Outcome::Waived`]: that is decided later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub outcome: Outcome,
    /// What was seen, lower case, no full stop.
    pub evidence: String,
    pub source: String,
    /// Where it fails.
    pub places: Vec<Spot>,
    /// What mends just this.
    pub fix: Option<String>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// Relative to the service's folder.
    pub path: String,
    pub line: usize,
    pub note: String,
}

impl Finding {
    fn new(outcome: Outcome, evidence: impl Into<String>, source: impl Into<String>) -> Self {
        Finding {
            outcome,
            evidence: evidence.into(),
            source: source.into(),
            places: Vec::new(),
            fix: None,
        }
    }

    pub fn pass(evidence: impl Into<String>, source: impl Into<String>) -> Self {
        Finding::new(Outcome::Pass, evidence, source)
    }

    pub fn fail(evidence: impl Into<String>, source: impl Into<String>) -> Self {
        Finding::new(Outcome::Fail, evidence, source)
    }

    /// There is nothing here that the check could be about, and why.
    pub fn not_applicable(why: impl Into<String>) -> Self {
        Finding::new(Outcome::NotApplicable, why, "")
    }

    pub fn no_evidence(unknown: &Unknown) -> Self {
        Finding::new(Outcome::NoEvidence, &unknown.why, "").fix(&unknown.how)
    }

    pub fn at(mut self, path: impl Into<String>, line: usize, note: impl Into<String>) -> Self {
        self.places.push(Spot {
            path: path.into(),
            line,
            note: note.into(),
        });
        self
    }

    pub fn all_at(mut self, spots: impl IntoIterator<Item = Spot>) -> Self {
        self.places.extend(spots);
        self
    }

    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }
}

/// Every check, in the order they are shown: the catalogue's.
pub static CHECKS: [&Check; 31] = [
    &own::OWNER,
    &own::CODE_OWNERS,
    &own::ENTRY,
    &doc::RUNBOOK,
    &doc::FRESH,
    &doc::README,
    &doc::ALERT_LINKS,
    &bld::TESTS,
    &bld::LOCKED,
    &bld::PINNED,
    &bld::UPDATES,
    &dep::DEPLOYED,
    &dep::IMMUTABLE,
    &dep::ROLLBACK,
    &dep::GRADUAL,
    &dep::NO_DOWNTIME,
    &dep::TEMPLATE,
    &dep::MIGRATIONS,
    &hlt::PROBES,
    &hlt::SHUTDOWN,
    &obs::SIGNALS,
    &obs::LOGS,
    &obs::LOG_CONTENT,
    &slo::DEFINED,
    &slo::COUNTED,
    &slo::PAGED,
    &slo::DEPENDENCIES,
    &cap::INSTANCES,
    &sec::SECRETS,
    &sec::USER,
    &prv::INVENTORY,
];

/// A check by its id, in any case.
pub fn find(id: &str) -> Option<&'static Check> {
    CHECKS.iter().copied().find(|check| check.id.eq_ignore_ascii_case(id))
}
