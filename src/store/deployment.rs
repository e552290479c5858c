//! Deployments and their steps: intent before the act, observation after it, each in a transaction of its own.
//!
//! Every change names the fence it is done under and is refused (`fenced`, kind busy) when the lease of the service and
//! environment has moved on; state changes also name the state they start from (`state-moved`).

use jiff::Timestamp;
use serde_json::json;

use super::engine::{Row, Tx, Value};
use super::outbox::Notice;
use super::row::{Columns, damaged, params, to_json};
use super::{Store, lease, scope};
use crate::fault::{Fault, Kind, Result};
use crate::model::deployment::{Deployment, Gate, Operation, Outcome, State, Step, StepStatus, Verdict};
use crate::model::{DeploymentId, EnvName, ReleaseNo, ServiceName};

/// A deployment before it has its id.
#[derive(Clone, Debug)]
pub struct NewDeployment {
    pub service: ServiceName,
    pub env: EnvName,
    pub target: String,
    pub operation: Operation,
    /// The release, where it exists already.
    pub release: Option<ReleaseNo>,
    pub previous: Option<ReleaseNo>,
    pub parent: Option<DeploymentId>,
    pub plan_hash: String,
    /// The whole plan, for `why`; read back by [`Store::plan`] only, since lists of deployments do not need it.
    pub plan: serde_json::Value,
    pub gates: Vec<Gate>,
    /// Why a person wanted it.
    pub note: Option<String>,
}

/// Facts that a deployment learns while it runs; `None` leaves a fact as it is.
#[derive(Clone, Debug, Default)]
pub struct Learnt {
    pub release: Option<ReleaseNo>,
    pub previous: Option<ReleaseNo>,
    pub plan_hash: Option<String>,
    pub gates: Option<Vec<Gate>>,
    pub url: Option<String>,
}

/// A service in an environment, with its newest deployment.
#[derive(Clone, Debug, PartialEq)]
pub struct Scope {
    pub service: ServiceName,
    pub env: EnvName,
    pub latest: Deployment,
}

const COLUMNS: &str = "id, service, env, target, operation, state, outcome, release, previous, parent, fence, \
                       plan_hash, gates, actor, note, reason, url, started_at, finished_at";
const STEP: &str = "seq, name, status, intent, observation, started_at, finished_at";

/// Deployments that may be out of their order in time, because a clock was set or two machines disagree.
const CLOCK_SLACK: i64 = 1_000;

/// The gates that did not simply let the deployment pass, with what was overridden and why: the journal tells of them.
fn remarkable(gates: &[Gate]) -> Vec<serde_json::Value> {
    gates
        .iter()
        .filter(|gate| gate.verdict != Verdict::Pass)
        .map(|gate| json!({"id": gate.id, "verdict": gate.verdict, "reason": gate.reason}))
        .collect()
}

impl Store {
    /// Writes a deployment down as planned and running, before it has done anything.
    pub fn create_deployment(&self, new: &NewDeployment) -> Result<Deployment> {
        self.write(|w| {
            let deployment = Deployment {
                id: DeploymentId(w.next_number("deployment")?),
                service: new.service.clone(),
                env: new.env.clone(),
                target: new.target.clone(),
                operation: new.operation,
                state: State::Planned,
                outcome: Outcome::Running,
                release: new.release,
                previous: new.previous,
                parent: new.parent,
                fence: 0,
                plan_hash: new.plan_hash.clone(),
                gates: new.gates.clone(),
                actor: w.actor.to_owned(),
                note: new.note.as_deref().map(|note| w.concealed.text(note)),
                reason: None,
                url: None,
                started_at: w.now,
                finished_at: None,
            };
            insert(w.tx, &deployment, &w.concealed.json(&new.plan))?;
            let detail = json!({"operation": deployment.operation, "target": deployment.target,
                                "release": deployment.release, "previous": deployment.previous,
                                "parent": deployment.parent, "plan": deployment.plan_hash, "note": deployment.note,
                                "gates": remarkable(&deployment.gates)});
            w.append("deployment.begin", &subject(&deployment), detail)?;
            Ok(deployment)
        })
    }

    /// Reads one deployment; `unknown-deployment` when there is none with this id.
    pub fn deployment(&self, id: DeploymentId) -> Result<Deployment> {
        self.read(|tx| get(tx, id))
    }

    /// The plan a deployment was made from; null where it had none.
    pub fn plan(&self, id: DeploymentId) -> Result<serde_json::Value> {
        let rows = self.read(|tx| tx.query("SELECT plan FROM deployment WHERE id = $1", params![id.0]))?;
        rows.into_iter()
            .next()
            .map_or(Ok(serde_json::Value::Null), |row| Columns::of("deployment", row).json())
    }

    /// The newest deployments, newest first: of one service or all, in one environment or all.
    pub fn deployments(
        &self,
        service: Option<&ServiceName>,
        env: Option<&EnvName>,
        limit: u32,
    ) -> Result<Vec<Deployment>> {
        let all = |filter: &str| format!("SELECT {COLUMNS} FROM deployment {filter}");
        self.read(|tx| {
            let rows = match (service, env) {
                (Some(service), Some(env)) => tx.query(
                    &all("WHERE service = $1 AND env = $2 ORDER BY id DESC LIMIT $3"),
                    params![service.as_str(), env.as_str(), limit],
                )?,
                (Some(service), None) => tx.query(
                    &all("WHERE service = $1 ORDER BY id DESC LIMIT $2"),
                    params![service.as_str(), limit],
                )?,
                (None, Some(env)) => tx.query(
                    &all("WHERE env = $1 ORDER BY id DESC LIMIT $2"),
                    params![env.as_str(), limit],
                )?,
                (None, None) => tx.query(&all("ORDER BY id DESC LIMIT $1"), params![limit])?,
            };
            rows.into_iter().map(decode).collect()
        })
    }

    /// The newest deployments of one service or all, in one environment or all, that began in a window of time, newest
    /// first.
    pub fn deployments_between(
        &self,
        service: Option<&ServiceName>,
        env: Option<&EnvName>,
        (from, to): (Timestamp, Timestamp),
        limit: u32,
    ) -> Result<Vec<Deployment>> {
        self.read(|tx| {
            // Ids rise with time, nearly: the index of times gives the ends, and then each index of ids serves.
            let mut end = |order: &str| {
                let rows = tx.query(
                    &format!(
                        "SELECT id FROM deployment WHERE started_at >= $1 AND started_at <= $2
                         ORDER BY started_at {order}, id {order} LIMIT 1"
                    ),
                    params![from.as_microsecond(), to.as_microsecond()],
                )?;
                rows.into_iter()
                    .next()
                    .map(|row| Columns::of("deployment", row).int())
                    .transpose()
            };
            let (Some(first), Some(last)) = (end("ASC")?, end("DESC")?) else {
                return Ok(Vec::new());
            };
            let (first, last) = (first.min(last) - CLOCK_SLACK, first.max(last) + CLOCK_SLACK);
            let mut sql = format!(
                "SELECT {COLUMNS} FROM deployment WHERE id >= $1 AND id <= $2 AND started_at >= $3 AND started_at <= $4"
            );
            let mut values = params![first, last, from.as_microsecond(), to.as_microsecond()].to_vec();
            for (column, value) in [
                ("service", service.map(|it| it.as_str())),
                ("env", env.map(|it| it.as_str())),
            ] {
                if let Some(value) = value {
                    values.push(value.into());
                    sql.push_str(&format!(" AND {column} = ${}", values.len()));
                }
            }
            values.push(limit.into());
            sql.push_str(&format!(" ORDER BY id DESC LIMIT ${}", values.len()));
            let rows = tx.query(&sql, &values)?;
            rows.into_iter().map(decode).collect()
        })
    }

    /// Deployments that have not ended, oldest first: running ones, and ones whose tool died.
    pub fn unfinished(&self, service: &ServiceName, env: &EnvName) -> Result<Vec<Deployment>> {
        let sql =
            format!("SELECT {COLUMNS} FROM deployment WHERE service = $1 AND env = $2 AND state <> 'done' ORDER BY id");
        let rows = self.read(|tx| tx.query(&sql, params![service.as_str(), env.as_str()]))?;
        rows.into_iter().map(decode).collect()
    }

    /// Every service and environment that was ever deployed, by name, with its newest deployment.
    pub fn scopes(&self) -> Result<Vec<Scope>> {
        let columns: Vec<String> = COLUMNS.split(", ").map(|column| format!("d.{column}")).collect();
        let sql = format!(
            "SELECT {} FROM scope s JOIN deployment d ON d.id = s.deployment ORDER BY s.service, s.env",
            columns.join(", ")
        );
        let rows = self.read(|tx| tx.query(&sql, &[]))?;
        rows.into_iter()
            .map(|row| {
                let latest = decode(row)?;
                Ok(Scope {
                    service: latest.service.clone(),
                    env: latest.env.clone(),
                    latest,
                })
            })
            .collect()
    }

    /// The release of the newest deploy or rollback that succeeded.
    pub fn last_good(&self, service: &ServiceName, env: &EnvName) -> Result<Option<ReleaseNo>> {
        self.read(|tx| newest_good(tx, service, env, None, i64::MAX))
    }

    /// When something was first deployed to an environment with success.
    pub fn first_deployed(&self, service: &ServiceName, env: &EnvName) -> Result<Option<jiff::Timestamp>> {
        let sql = "SELECT started_at FROM deployment WHERE service = $1 AND env = $2 AND outcome = 'succeeded'
                   ORDER BY id LIMIT 1";
        let rows = self.read(|tx| tx.query(sql, params![service.as_str(), env.as_str()]))?;
        rows.into_iter()
            .next()
            .map(|row| Columns::of("deployment", row).time())
            .transpose()
    }

    /// Where a rollback from `release` goes: what had succeeded last before `release` was first put there by its newest
    /// deploy. Rolling back twice goes back twice, not forth to what was left.
    pub fn previous_good(&self, service: &ServiceName, env: &EnvName, release: ReleaseNo) -> Result<Option<ReleaseNo>> {
        self.read(|tx| {
            let rows = tx.query(
                "SELECT max(id) FROM deployment WHERE service = $1 AND env = $2 AND outcome = 'succeeded'
                 AND operation = 'deploy' AND release = $3",
                params![service.as_str(), env.as_str(), release.0],
            )?;
            let deployed = rows
                .into_iter()
                .next()
                .map(|row| Columns::of("deployment", row).opt_int());
            let before = deployed.transpose()?.flatten().unwrap_or(i64::MAX);
            newest_good(tx, service, env, Some(release), before)
        })
    }

    /// Moves a deployment to its next state. The fence becomes the deployment's: this is also how whoever took the lease
    /// over goes on with it.
    pub fn advance(&self, id: DeploymentId, from: State, to: State, fence: u64) -> Result<()> {
        if to == State::Done {
            return Err(Fault::bug(format!("{id} ends without an outcome")));
        }
        self.write(|w| {
            let deployment = guarded(w.tx, id, fence)?;
            expect_state(&deployment, from)?;
            w.tx.execute(
                "UPDATE deployment SET state = $1, fence = $2 WHERE id = $3",
                params![to.as_str(), fence, id.0],
            )?;
            let detail = json!({"from": from, "to": to, "fence": fence});
            w.append("deployment.advance", &subject(&deployment), detail)
        })
    }

    /// Ends a deployment, from whatever state it is in, and puts `notices` of it into the outbox.
    pub fn finish(
        &self,
        id: DeploymentId,
        outcome: Outcome,
        reason: Option<&str>,
        fence: u64,
        notices: &[Notice],
    ) -> Result<Deployment> {
        if outcome == Outcome::Running {
            return Err(Fault::bug(format!("{id} ends as running")));
        }
        self.write(|w| {
            let mut deployment = guarded(w.tx, id, fence)?;
            let from = deployment.state;
            deployment.state = State::Done;
            deployment.outcome = outcome;
            deployment.reason = reason.map(|reason| w.concealed.text(reason));
            deployment.finished_at = Some(w.now);
            w.tx.execute(
                "UPDATE deployment SET state = 'done', outcome = $1, reason = $2, finished_at = $3 WHERE id = $4",
                params![
                    outcome.as_str(),
                    deployment.reason.as_ref(),
                    w.now.as_microsecond(),
                    id.0
                ],
            )?;
            let detail = json!({"from": from, "outcome": outcome, "reason": reason, "release": deployment.release});
            w.append("deployment.end", &subject(&deployment), detail)?;
            notices.iter().try_for_each(|notice| w.enqueue(notice))?;
            Ok(deployment)
        })
    }

    /// Adds what a deployment has learnt.
    pub fn learn(&self, id: DeploymentId, learnt: &Learnt, fence: u64) -> Result<()> {
        let gates = learnt.gates.as_ref().map(to_json).transpose()?;
        self.write(|w| {
            let deployment = guarded(w.tx, id, fence)?;
            w.tx.execute(
                "UPDATE deployment SET release = coalesce($1, release), previous = coalesce($2, previous),
                 plan_hash = coalesce($3, plan_hash), gates = coalesce($4, gates), url = coalesce($5, url)
                 WHERE id = $6",
                params![
                    learnt.release.map(|number| number.0),
                    learnt.previous.map(|number| number.0),
                    learnt.plan_hash.as_ref(),
                    gates.as_ref(),
                    learnt.url.as_ref(),
                    id.0
                ],
            )?;
            let detail = json!({"release": learnt.release, "previous": learnt.previous, "plan": learnt.plan_hash,
                                "gates": learnt.gates, "url": learnt.url});
            w.append("deployment.learn", &subject(&deployment), detail)
        })
    }

    /// Moves a deployment to the state `to` and writes down what is about to be done there, in one transaction; gives the
    /// step's number.
    pub fn begin_step(
        &self,
        id: DeploymentId,
        fence: u64,
        (from, to): (State, State),
        name: &str,
        intent: &serde_json::Value,
    ) -> Result<u32> {
        self.write(|w| {
            let deployment = guarded(w.tx, id, fence)?;
            expect_state(&deployment, from)?;
            w.tx.execute(
                "UPDATE deployment SET state = $1, fence = $2 WHERE id = $3",
                params![to.as_str(), fence, id.0],
            )?;
            let rows = w.tx.query(
                "SELECT coalesce(max(seq), 0) + 1 FROM step WHERE deployment = $1",
                params![id.0],
            )?;
            let seq: u32 = match rows.into_iter().next() {
                Some(row) => Columns::of("step", row).number()?,
                None => return Err(damaged("the number of a step is missing")),
            };
            w.tx.execute(
                "INSERT INTO step (deployment, seq, name, status, intent, observation, started_at)
                 VALUES ($1, $2, $3, 'running', $4, 'null', $5)",
                params![
                    id.0,
                    seq,
                    name,
                    to_json(&w.concealed.json(intent))?,
                    w.now.as_microsecond()
                ],
            )?;
            w.append(
                "step.begin",
                &subject(&deployment),
                json!({"step": seq, "name": name, "state": to, "fence": fence}),
            )?;
            Ok(seq)
        })
    }

    /// Writes down what is known already of a step that is under way, before what follows in it may destroy the evidence.
    pub fn note_step(&self, id: DeploymentId, fence: u64, seq: u32, observation: &serde_json::Value) -> Result<()> {
        self.write(|w| {
            let deployment = guarded(w.tx, id, fence)?;
            let changed = w.tx.execute(
                "UPDATE step SET observation = $1 WHERE deployment = $2 AND seq = $3 AND status = 'running'",
                params![to_json(&w.concealed.json(observation))?, id.0, seq],
            )?;
            if changed != 1 {
                return Err(Fault::bug(format!("{id} has no step {seq} under way")));
            }
            w.append("step.note", &subject(&deployment), json!({"step": seq}))
        })
    }

    /// Writes down what came of a step.
    pub fn end_step(
        &self,
        id: DeploymentId,
        fence: u64,
        seq: u32,
        status: StepStatus,
        observation: &serde_json::Value,
    ) -> Result<()> {
        self.write(|w| {
            let deployment = guarded(w.tx, id, fence)?;
            let changed = w.tx.execute(
                "UPDATE step SET status = $1, observation = $2, finished_at = $3 WHERE deployment = $4 AND seq = $5",
                params![
                    status.as_str(),
                    to_json(&w.concealed.json(observation))?,
                    w.now.as_microsecond(),
                    id.0,
                    seq
                ],
            )?;
            if changed != 1 {
                return Err(Fault::bug(format!("{id} has no step {seq}")));
            }
            let detail = json!({"step": seq, "status": status});
            w.append("step.end", &subject(&deployment), detail)
        })
    }

    /// The steps of a deployment in order.
    pub fn steps(&self, id: DeploymentId) -> Result<Vec<Step>> {
        let sql = format!("SELECT {STEP} FROM step WHERE deployment = $1 ORDER BY seq");
        let rows = self.read(|tx| tx.query(&sql, params![id.0]))?;
        rows.into_iter().map(decode_step).collect()
    }
}

/// What the journal calls a deployment.
fn subject(deployment: &Deployment) -> String {
    format!("{}/{}", scope(&deployment.service, &deployment.env), deployment.id)
}

/// Reads a deployment and makes sure that `fence` still rules over it.
///
/// Before a deployment has taken its lease both fences are 0, and nothing but its own row can be changed by it.
fn guarded(tx: &mut dyn Tx, id: DeploymentId, fence: u64) -> Result<Deployment> {
    let deployment = get(tx, id)?;
    if fence == 0 && deployment.fence == 0 {
        return Ok(deployment);
    }
    lease::check(tx, &scope(&deployment.service, &deployment.env), fence)?;
    if fence < deployment.fence {
        return Err(lease::fenced(&scope(&deployment.service, &deployment.env), fence));
    }
    Ok(deployment)
}

fn expect_state(deployment: &Deployment, from: State) -> Result<()> {
    if deployment.state == from {
        return Ok(());
    }
    let (id, now, from) = (deployment.id, deployment.state.as_str(), from.as_str());
    Err(Fault::new(
        Kind::Busy,
        "state-moved",
        format!("cannot go on with `{id}`: it is `{now}`, not `{from}` any more"),
    )
    .still("what it has done so far stays recorded")
    .hint(format!("deliver why {id}")))
}

fn get(tx: &mut dyn Tx, id: DeploymentId) -> Result<Deployment> {
    let rows = tx.query(
        &format!("SELECT {COLUMNS} FROM deployment WHERE id = $1"),
        params![id.0],
    )?;
    match rows.into_iter().next() {
        Some(row) => decode(row),
        None => {
            Err(Fault::usage("unknown-deployment", format!("there is no deployment `{id}`")).hint("deliver history"))
        }
    }
}

fn newest_good(
    tx: &mut dyn Tx,
    service: &ServiceName,
    env: &EnvName,
    except: Option<ReleaseNo>,
    before: i64,
) -> Result<Option<ReleaseNo>> {
    let rows = tx.query(
        "SELECT release FROM deployment WHERE service = $1 AND env = $2 AND outcome = 'succeeded'
         AND operation IN ('deploy', 'rollback') AND release IS NOT NULL AND release <> $3 AND id < $4
         ORDER BY id DESC LIMIT 1",
        // Releases count from 1: 0 excludes none.
        params![
            service.as_str(),
            env.as_str(),
            except.map_or(0, |number| number.0),
            before
        ],
    )?;
    rows.into_iter()
        .next()
        .map(|row| Columns::of("deployment", row).number().map(ReleaseNo))
        .transpose()
}

fn insert(tx: &mut dyn Tx, deployment: &Deployment, plan: &serde_json::Value) -> Result<()> {
    let places: Vec<String> = (1..=20).map(|place| format!("${place}")).collect();
    let values: &[Value] = params![
        deployment.id.0,
        deployment.service.as_str(),
        deployment.env.as_str(),
        &deployment.target,
        deployment.operation.as_str(),
        deployment.state.as_str(),
        deployment.outcome.as_str(),
        deployment.release.map(|number| number.0),
        deployment.previous.map(|number| number.0),
        deployment.parent.map(|id| id.0),
        deployment.fence,
        &deployment.plan_hash,
        to_json(&deployment.gates)?,
        &deployment.actor,
        deployment.note.as_ref(),
        deployment.reason.as_ref(),
        deployment.url.as_ref(),
        deployment.started_at.as_microsecond(),
        deployment.finished_at.map(|at| at.as_microsecond()),
        to_json(plan)?,
    ];
    tx.execute(
        &format!(
            "INSERT INTO deployment ({COLUMNS}, plan) VALUES ({})",
            places.join(", ")
        ),
        values,
    )?;
    tx.execute(
        "INSERT INTO scope (service, env, deployment) VALUES ($1, $2, $3)
         ON CONFLICT (service, env) DO UPDATE SET deployment = excluded.deployment",
        params![deployment.service.as_str(), deployment.env.as_str(), deployment.id.0],
    )?;
    Ok(())
}

fn decode(row: Row) -> Result<Deployment> {
    let mut columns = Columns::of("deployment", row);
    Ok(Deployment {
        id: DeploymentId(columns.number()?),
        service: columns.parsed()?,
        env: columns.parsed()?,
        target: columns.text()?,
        operation: columns.word(Operation::parse)?,
        state: columns.word(State::parse)?,
        outcome: columns.word(Outcome::parse)?,
        release: columns.opt_number()?.map(ReleaseNo),
        previous: columns.opt_number()?.map(ReleaseNo),
        parent: columns.opt_number()?.map(DeploymentId),
        fence: columns.number()?,
        plan_hash: columns.text()?,
        gates: columns.json()?,
        actor: columns.text()?,
        note: columns.opt_text()?,
        reason: columns.opt_text()?,
        url: columns.opt_text()?,
        started_at: columns.time()?,
        finished_at: columns.opt_time()?,
    })
}

fn decode_step(row: Row) -> Result<Step> {
    let mut columns = Columns::of("step", row);
    Ok(Step {
        seq: columns.number()?,
        name: columns.text()?,
        status: columns.word(StepStatus::parse)?,
        intent: columns.json()?,
        observation: columns.json()?,
        started_at: columns.time()?,
        finished_at: columns.opt_time()?,
    })
}
