//! Admission: one port, one verdict each. A new gate is one file or one struct here, and one line in [`gates`].

use crate::fault::Result;
use crate::model::deployment::{Gate as GateResult, Operation, Verdict};
use crate::model::release::Source;
use crate::model::{EnvName, ServiceName};
use crate::store::Store;

/// What gates may look at.
pub struct Facts<'a> {
    pub service: &'a ServiceName,
    pub env: &'a EnvName,
    pub operation: Operation,
    pub source: &'a Source,
    /// Token of the lease this attempt holds; `None` while only planning.
    pub lease: Option<u64>,
    /// `--allow-dirty`.
    pub allow_dirty: bool,
    /// The platform's policy lets uncommitted changes into this environment.
    pub dirty_policy: bool,
    pub store: &'a Store,
}

/// One condition for a deployment to be let in.
pub trait Gate {
    /// Stable id, as it appears in JSON.
    fn id(&self) -> &'static str;

    /// The verdict; an error is turned into [`Verdict::Unknown`], which lets nothing through.
    fn judge(&self, facts: &Facts<'_>) -> Result<Ruling>;
}

/// A verdict with its reason, where the value came from, and what to do about it.
pub struct Ruling {
    pub verdict: Verdict,
    pub reason: String,
    pub source: String,
    pub hint: Option<String>,
}

/// Every gate, in the order they are shown.
pub fn gates() -> [&'static dyn Gate; 3] {
    [&Hold, &Lease, &Dirty]
}

/// Asks every gate.
pub fn judge_all(facts: &Facts<'_>) -> Vec<GateResult> {
    gates()
        .into_iter()
        .map(|gate| match gate.judge(facts) {
            Ok(ruling) => GateResult {
                id: gate.id().into(),
                verdict: ruling.verdict,
                reason: ruling.reason,
                source: ruling.source,
                hint: ruling.hint,
            },
            Err(fault) => GateResult {
                id: gate.id().into(),
                verdict: Verdict::Unknown,
                reason: format!("could not find out: {fault}"),
                source: "deliver".into(),
                hint: fault.hints().first().cloned(),
            },
        })
        .collect()
}

/// A person's stop. It blocks deploys, never rollbacks: going back must stay possible.
struct Hold;

impl Gate for Hold {
    fn id(&self) -> &'static str {
        "hold"
    }

    fn judge(&self, facts: &Facts<'_>) -> Result<Ruling> {
        let scope = crate::store::scope(facts.service, facts.env);
        let holds = facts.store.holds(facts.service, facts.env)?;
        Ok(match holds.first() {
            None => Ruling {
                verdict: Verdict::Pass,
                reason: "no hold".into(),
                source: "store".into(),
                hint: None,
            },
            Some(hold) => Ruling {
                verdict: if facts.operation == Operation::Deploy {
                    Verdict::Refuse
                } else {
                    Verdict::Warn
                },
                reason: format!("{} holds {scope}: {}", hold.author, hold.reason),
                source: format!("hold since {}", hold.since),
                hint: Some(format!("deliver hold clear {}", facts.env)),
            },
        })
    }
}

/// A machine's lock: one attempt at a time. An attempt holds it by the time it is judged; a plan only looks.
struct Lease;

impl Gate for Lease {
    fn id(&self) -> &'static str {
        "lease"
    }

    fn judge(&self, facts: &Facts<'_>) -> Result<Ruling> {
        let holder = facts.store.lease_holder(facts.service, facts.env)?;
        Ok(match holder.filter(|holder| Some(holder.token) != facts.lease) {
            None => Ruling {
                verdict: Verdict::Pass,
                reason: "nobody else is at it".into(),
                source: "store".into(),
                hint: None,
            },
            Some(holder) => Ruling {
                verdict: Verdict::Refuse,
                reason: format!("{} is at it: {} (process {})", holder.actor, holder.doing, holder.pid),
                source: format!("lease since {}", holder.taken_at),
                hint: Some(format!("deliver deploy {} --wait 15m", facts.env)),
            },
        })
    }
}

/// Uncommitted changes: recorded on this machine, refused elsewhere unless allowed by hand.
struct Dirty;

impl Gate for Dirty {
    fn id(&self) -> &'static str {
        "dirty-tree"
    }

    fn judge(&self, facts: &Facts<'_>) -> Result<Ruling> {
        let (verdict, reason) = match (facts.operation, facts.source.dirty) {
            (Operation::Rollback | Operation::Down, _) => (Verdict::Pass, "builds nothing"),
            (Operation::Deploy, false) => (Verdict::Pass, "no uncommitted changes"),
            (Operation::Deploy, true) if facts.allow_dirty => {
                (Verdict::Warn, "uncommitted changes, allowed by --allow-dirty")
            }
            (Operation::Deploy, true) if facts.dirty_policy => {
                (Verdict::Warn, "uncommitted changes are deployed and recorded")
            }
            (Operation::Deploy, true) => (Verdict::Refuse, "uncommitted changes would be deployed"),
        };
        let hint = (verdict == Verdict::Refuse).then(|| "git commit, or pass --allow-dirty".to_owned());
        Ok(Ruling {
            verdict,
            reason: reason.into(),
            source: "git status, policy.dirty of the platform".into(),
            hint,
        })
    }
}
