//! Admission: one port, one verdict each. A new gate is one file or one struct here, and one line in [`gates`].

use crate::fault::Result;
use crate::model::deployment::{Gate as GateResult, Operation, Verdict};
use crate::model::release::Source;
use crate::model::standing::{Budgets, Readiness as Reached, Standing};
use crate::model::{EnvName, ReleaseNo, ServiceName};
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
    /// It goes back to an earlier release than the one that serves.
    pub back: Option<Back>,
    /// What other domains found of the service.
    pub standing: &'a Standing,
    pub store: &'a Store,
}

/// The way to an earlier release, past the release step of a later one that breaks what came before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Back {
    pub to: ReleaseNo,
    /// The release whose step stands in between.
    pub past: ReleaseNo,
}

/// One condition for a deployment to be let in.
pub trait Gate {
    /// Stable id, as it appears in JSON.
    fn id(&self) -> &'static str;

    /// Whether a person may let a deployment through where this gate refuses it, with a reason.
    fn overridable(&self) -> bool {
        false
    }

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
pub fn gates() -> [&'static dyn Gate; 6] {
    [&Hold, &Lease, &Dirty, &Migration, &Readiness, &Budget]
}

/// Asks every gate.
pub fn judge_all(facts: &Facts<'_>) -> Vec<GateResult> {
    gates()
        .into_iter()
        .map(
            |gate| match gate.judge(facts).map(|ruling| overridden(gate, ruling, facts.standing)) {
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
            },
        )
        .collect()
}

/// The ruling after a person's override: what was refused or unknown is let through with a warning that says why.
fn overridden(gate: &dyn Gate, ruling: Ruling, standing: &Standing) -> Ruling {
    let stops = matches!(ruling.verdict, Verdict::Refuse | Verdict::Unknown);
    let named = standing.overridden.iter().any(|id| id == gate.id());
    if !(stops && named && gate.overridable()) {
        return ruling;
    }
    let because = standing.because.as_deref().unwrap_or("no reason was given");
    Ruling {
        verdict: Verdict::Warn,
        reason: format!("{}; overridden: {because}", ruling.reason),
        source: format!("{}, --override {}", ruling.source, gate.id()),
        hint: None,
    }
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

/// Makes rulings that come from one source.
fn ruled_by(source: &'static str) -> impl Fn(Verdict, String, Option<String>) -> Ruling {
    move |verdict, reason, hint| Ruling {
        verdict,
        reason,
        source: source.into(),
        hint,
    }
}

/// An old commit deployed again is a release that exists, and a way back like any other: past a release step with
/// `previous_still_works = false` it could do harm. A rollback was asked before, and let through by `--force` alone.
struct Migration;

impl Gate for Migration {
    fn id(&self) -> &'static str {
        "migration"
    }

    fn overridable(&self) -> bool {
        true
    }

    fn judge(&self, facts: &Facts<'_>) -> Result<Ruling> {
        let ruling = ruled_by("release steps since then");
        let Some(Back { to, past }) = facts.back else {
            return Ok(ruling(
                Verdict::Pass,
                "goes back past no breaking release step".into(),
                None,
            ));
        };
        let what = format!("the release step of {past} breaks earlier releases, and this goes back to {to}");
        Ok(match facts.operation {
            Operation::Deploy => {
                let env = facts.env;
                let hint = format!("fix forward, or deliver deploy {env} --override migration --reason \"…\"");
                ruling(Verdict::Refuse, what, Some(hint))
            }
            _ => ruling(Verdict::Warn, what, None),
        })
    }
}

/// The readiness level that the service's tier requires, where the environment asks for it.
struct Readiness;

impl Gate for Readiness {
    fn id(&self) -> &'static str {
        "readiness"
    }

    fn overridable(&self) -> bool {
        true
    }

    fn judge(&self, facts: &Facts<'_>) -> Result<Ruling> {
        let ruling = ruled_by("deliver ready");
        Ok(match &facts.standing.readiness {
            _ if facts.operation != Operation::Deploy => ruling(Verdict::Pass, "not asked of a way back".into(), None),
            None => ruling(Verdict::Pass, "this environment requires no level".into(), None),
            Some(Err(why)) => ruling(
                Verdict::Unknown,
                format!("could not find out: {why}"),
                Some("deliver ready".into()),
            ),
            Some(Ok(Reached { level, ready: true, .. })) => ruling(Verdict::Pass, format!("reaches {level}"), None),
            Some(Ok(reached)) => ruling(
                Verdict::Refuse,
                format!(
                    "{} is required, {} is reached: {}",
                    reached.required,
                    reached.level,
                    reached.missing.join(", ")
                ),
                Some("deliver ready, or deliver deploy --override readiness --reason \"…\"".into()),
            ),
        })
    }
}

/// The error budgets of the service's objectives. A spent one stops ordinary deploys where policy says so, never the way
/// back, and never what is to end an incident.
struct Budget;

impl Gate for Budget {
    fn id(&self) -> &'static str {
        "budget"
    }

    fn overridable(&self) -> bool {
        true
    }

    fn judge(&self, facts: &Facts<'_>) -> Result<Ruling> {
        let ruling = ruled_by("deliver reliability, policy.budget of the platform");
        let (told, fixes) = match &facts.standing.budgets {
            _ if facts.operation != Operation::Deploy => {
                return Ok(ruling(Verdict::Pass, "not asked of a way back".into(), None));
            }
            None => return Ok(ruling(Verdict::Pass, "no budget counts here".into(), None)),
            Some(Err(why)) => (
                Some((Verdict::Unknown, format!("could not find out: {why}"))),
                facts.standing.fixes,
            ),
            Some(Ok(budgets)) => {
                let verdict = if budgets.refuse { Verdict::Refuse } else { Verdict::Warn };
                (spent(budgets).map(|told| (verdict, told)), facts.standing.fixes)
            }
        };
        Ok(match (told, fixes) {
            (None, _) => ruling(Verdict::Pass, "no budget is spent".into(), None),
            (Some((_, told)), Some(incident)) => {
                ruling(Verdict::Warn, format!("{told}; let through to fix {incident}"), None)
            }
            (Some((verdict, told)), None) => {
                let hint = "deliver deploy --fixes INC-n, or --override budget --reason \"…\"";
                ruling(verdict, told, (verdict != Verdict::Warn).then(|| hint.to_owned()))
            }
        })
    }
}

/// The spent budgets in words; `None` where none is.
fn spent(budgets: &Budgets) -> Option<String> {
    let spent: Vec<String> = budgets
        .objectives
        .iter()
        .filter(|budget| budget.spent)
        .map(|budget| match &budget.remaining {
            Some(remaining) => format!("{} has {remaining} of its budget left", budget.slo),
            None => format!("{} has spent its budget", budget.slo),
        })
        .collect();
    (!spent.is_empty()).then(|| spent.join(", "))
}
