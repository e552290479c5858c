//! Rollouts on an engine that replaces instances itself: stage by stage, judged by what is observed, and back to the last
//! good release when a stage is not what it should be.

use serde_json::json;

use crate::event::Event;
use crate::fault::{Fault, Kind, Result};
use crate::model::deployment::{Operation, Outcome, State};
use crate::model::observed::{Instance, InstanceState, Observation};
use crate::model::{ReleaseNo, Span};
use crate::ports::target::{InPlace, Prepared, RELEASE_STEP, Stage, Stop, Traffic, changed_underneath};

use super::attempt::{Attempt, counted, needs_human};
use super::bake::{Watch, Watched};
use super::engine::{Report, Subject};
use super::judge::{self, Progress};
use super::plan::Plan;
use super::stage;

/// How long a release step may take to end that is stopped after a crash: its time was over before.
const STEP_GRACE: Span = Span::from_secs(30);

/// What instances are looked for at a stage.
struct Wanted<'a> {
    release: ReleaseNo,
    stage: &'a Stage,
    /// Only those that this deployment started.
    fresh: bool,
}

impl Attempt<'_> {
    /// Goes through the stages; a failure at any of them brings the previous release back.
    pub(super) fn roll_in_place(
        mut self,
        engine: &dyn InPlace,
        prepared: &Prepared,
        plan: &Plan,
        how: &Watch<'_>,
    ) -> Result<Report> {
        let stages = stage::planned(
            how.strategy,
            &prepared.release,
            &plan.capabilities,
            plan.previous,
            plan.again,
        );
        let mut taken = false;
        for (at, stage) in stages.iter().enumerate() {
            if at > 0
                && let Err(fault) = self.still_welcome(how.fixes)
            {
                return self.turn_back(engine, plan, fault, taken);
            }
            let name = format!("{} of {}", at + 1, stages.len());
            if let Some(grown) = stage::grown(
                stage,
                at.checked_sub(1).map(|before| &stages[before]),
                &plan.capabilities,
            ) && let Err(fault) = self.reach(engine, prepared, &grown, &name)
            {
                return self.turn_back(engine, plan, fault, taken);
            }
            taken |= stage.traffic != Traffic::Held;
            if let Err(fault) = self.reach(engine, prepared, stage, &name) {
                return self.turn_back(engine, plan, fault, taken);
            }
            let watch = stage::watch(how.strategy, stage);
            if let Some(previous) = plan
                .previous
                .filter(|_| plan.steps.contains(&"bake") && watch > Span::ZERO)
                && let Err(fault) = self.watch_stage(how, prepared.release.number, previous, stage, watch)
            {
                return self.turn_back(engine, plan, fault, taken);
            }
        }
        match self.close(engine, prepared) {
            Ok(()) => self.end(Outcome::Succeeded, None),
            Err(fault) => self.turn_back(engine, plan, fault, true),
        }
    }

    /// One stage: told to the engine, then waited for.
    fn reach(&mut self, engine: &dyn InPlace, prepared: &Prepared, stage: &Stage, name: &str) -> Result<()> {
        let spec = &prepared.release.spec;
        let detail = format!("{name}: {}", stage::describe(stage, spec));
        let state = match stage.traffic {
            Traffic::Held => State::Starting,
            _ => State::Shifting,
        };
        self.step(state, "replace", detail.clone(), json!(stage), |attempt| {
            attempt.patiently("health", |attempt| {
                engine.replace(&attempt.authority(), prepared, stage)
            })?;
            Ok(((), detail, json!({})))
        })?;
        let waits = format!("stable for {}", spec.health.stable);
        self.step(state, "health", waits.clone(), json!({}), |attempt| {
            let wanted = Wanted {
                release: prepared.release.number,
                stage,
                fresh: stage.fresh,
            };
            attempt.wait_for_stage(prepared, &wanted)?;
            Ok(((), waits, json!({})))
        })
    }

    /// Waits until the stage is what runs. The deadline counts from the last instance that became healthy, so that a large
    /// service has the time it needs and a stuck one does not.
    fn wait_for_stage(&mut self, prepared: &Prepared, wanted: &Wanted<'_>) -> Result<()> {
        let spec = &prepared.release.spec;
        let deadline = spec.health.start.duration() + spec.health.stable.duration();
        let (mut best, mut moved_at) = (0, self.d.clock.elapsed());
        loop {
            let observed = self.patiently("health", |attempt| attempt.observe())?;
            self.undisturbed(&observed, wanted.release)?;
            let own = |one: &Instance| {
                one.process != RELEASE_STEP
                    && one.release == wanted.release
                    && (!wanted.fresh || one.deployment == self.deployment.id)
            };
            let own: Vec<_> = observed.instances.iter().filter(|one| own(one)).collect();
            // An autoscaler decides of what runs for good, not of a part that is tried.
            let instances = match wanted.stage.traffic {
                Traffic::All => stage::relied_on(&wanted.stage.instances, &observed),
                _ => wanted.stage.instances.clone(),
            };
            let stage = Stage {
                instances,
                ..wanted.stage.clone()
            };
            let progress = judge::progress(&own, &observed, &stage, spec);
            match progress {
                Progress::There => return Ok(()),
                Progress::Failed(failure) => return Err(self.unhealthy(wanted.release, failure)),
                Progress::Waiting { healthy, what } => {
                    let now = self.d.clock.elapsed();
                    if healthy > best {
                        (best, moved_at) = (healthy, now);
                    }
                    if now.saturating_sub(moved_at) > deadline {
                        return Err(self.stuck(wanted, &own, &what, Span::from(deadline)));
                    }
                    self.pause("health", what)?;
                }
            }
        }
    }

    /// Watches what runs the new release by now.
    fn watch_stage(
        &mut self,
        how: &Watch<'_>,
        release: ReleaseNo,
        previous: ReleaseNo,
        stage: &Stage,
        bake: Span,
    ) -> Result<()> {
        let observed = self.patiently("bake", |attempt| attempt.observe())?;
        let new = observed.instances.iter().filter(|one| one.release == release);
        let up = new.filter(|one| one.state == InstanceState::Healthy);
        let ids: Vec<String> = up.map(|one| one.id.clone()).collect();
        let state = self.deployment.state;
        let watched = Watched {
            release,
            previous,
            ids: &ids,
            bake,
            both: stage.traffic != Traffic::All,
        };
        self.bake(state, how, &watched)
    }

    /// The engine goes where it was told to, and nobody else had a hand in it.
    fn undisturbed(&self, observed: &Observation, release: ReleaseNo) -> Result<()> {
        if let Some(how) = &observed.reverted {
            return Err(Fault::failed(
                "engine-rolled-back",
                format!("the engine took {release} back by itself: {how}"),
            ));
        }
        match &observed.foreign {
            None => Ok(()),
            Some(change) => Err(changed_underneath(change)),
        }
    }

    fn stuck(&self, wanted: &Wanted<'_>, own: &[&Instance], what: &str, deadline: Span) -> Fault {
        let release = wanted.release;
        let message = format!("{release} made no progress for {deadline}: {what}");
        let waiting = own.iter().find(|one| one.state != InstanceState::Healthy);
        let tail = waiting.map(|one| self.log_tail(&one.id)).unwrap_or_default();
        Fault::failed("no-progress", message)
            .details(tail)
            .hint("look at the reason above; `health = { start = \"10m\" }` allows more time")
    }

    /// The new release is everywhere: the engine clears up, and every instance is looked at once more.
    fn close(&mut self, engine: &dyn InPlace, prepared: &Prepared) -> Result<()> {
        let release = prepared.release.number;
        if self.deployment.state < State::Committed {
            self.advance(State::Committed)?;
        }
        let all = stage::all(&prepared.release.spec);
        let count: u32 = all.values().sum();
        let detail = format!("{} at {release}", counted(count as usize, "instance"));
        let intent = json!({ "release": release });
        self.step(State::Cleaning, "observe", detail.clone(), intent, |attempt| {
            attempt.patiently("health", |attempt| engine.finish(&attempt.authority(), prepared))?;
            let observed = attempt.patiently("health", |attempt| attempt.observe())?;
            attempt.undisturbed(&observed, release)?;
            let all = stage::relied_on(&all, &observed);
            if !judge::runs_in_full(&observed, release, &all) {
                let what = format!(
                    "{release} was everywhere, then {}",
                    judge::missing(&observed, release, &all)
                );
                return Err(Fault::failed("lost-after-switch", what));
            }
            attempt.tell_draining(&observed);
            attempt.tell_killed(&observed)?;
            Ok(((), detail, json!({ "instances": observed.instances })))
        })?;
        self.prune();
        Ok(())
    }

    /// The engine ends old instances in its own time: nothing waits for them, and nobody is left to wonder.
    fn tell_draining(&self, observed: &Observation) {
        let draining = observed
            .instances
            .iter()
            .filter(|one| one.state == InstanceState::Draining);
        let text = match draining.count() {
            0 => return,
            count => format!(
                "{} still draining, which the engine ends in its own time",
                counted(count, "old instance")
            ),
        };
        self.d.events.emit(Event::Note { text });
    }

    /// Those that had to be killed since the last deployment ended are named: what still drained then was nobody's to tell.
    fn tell_killed(&self, observed: &Observation) -> Result<()> {
        let Subject { service, env, .. } = &self.subject;
        let newest = self.d.store.deployments(Some(service), Some(env), 2)?;
        let before = newest.iter().find(|one| one.id != self.deployment.id);
        let since = before
            .and_then(|one| one.finished_at)
            .unwrap_or(self.deployment.started_at);
        for one in observed.killed.iter().filter(|one| one.at > since) {
            self.warn(format!(
                "`{}` ignored SIGTERM until its grace was over, and was killed",
                one.id
            ));
        }
        Ok(())
    }

    /// A stage failed: back to what served before, unless that would do harm.
    fn turn_back(mut self, engine: &dyn InPlace, plan: &Plan, fault: Fault, taken: bool) -> Result<Report> {
        if matches!(fault.kind(), Kind::Busy | Kind::Unreachable) {
            // Somebody else leads, or nobody can be asked: the next command decides from what it observes.
            let fault = fault.hint(format!("deliver resume {}", self.subject.env));
            return self.lost(fault);
        }
        if fault.code() == "changed-underneath" {
            let fault = needs_human(fault, &self.subject);
            return self.end(Outcome::NeedsHuman, Some(fault));
        }
        let Some(previous) = plan.previous else {
            return self.never_was(fault);
        };
        if self.deployment.operation == Operation::Rollback {
            let fault = needs_human(fault, &self.subject);
            return self.end(Outcome::NeedsHuman, Some(fault));
        }
        if self.breaks_previous(plan)? {
            return self.freeze(fault, previous);
        }
        self.warn(format!("{fault}; rolling back to {previous}"));
        match self.restore_in_place(engine, previous) {
            Ok(()) if taken => self.rolled_back(fault, previous),
            Ok(()) => self.end_early(fault, plan),
            Err(also) => {
                let fault = fault.because(anyhow::anyhow!("rolling back to {previous} failed too: {also}"));
                let fault = needs_human(fault, &self.subject);
                self.hold_after("left mixed", &fault)?;
                self.end(Outcome::NeedsHuman, Some(fault))
            }
        }
    }

    /// The first deployment of all failed: what it made goes.
    fn never_was(mut self, fault: Fault) -> Result<Report> {
        let removed = self
            .advance(State::Aborting)
            .and_then(|()| self.patiently("health", |attempt| attempt.d.target.remove(&attempt.authority())));
        if let Err(also) = removed {
            if matches!(also.kind(), Kind::Busy | Kind::Unreachable) {
                let also = also.hint(format!("deliver resume {}", self.subject.env));
                return self.lost(also);
            }
            // What may still run is not "as it was before".
            let fault = fault
                .because(anyhow::anyhow!("what was started could not be removed: {also}"))
                .still("what was started may still run");
            let fault = needs_human(fault, &self.subject);
            return self.end(Outcome::NeedsHuman, Some(fault));
        }
        let outcome = match fault.kind() {
            Kind::Interrupted | Kind::Terminated => Outcome::Cancelled,
            _ => Outcome::Failed,
        };
        let fault = fault.still("nothing was deployed before, and nothing is now");
        self.end(outcome, Some(fault))
    }

    /// Brings a release back in full by its recorded specification, and waits until it is observed.
    pub(super) fn restore_in_place(&mut self, engine: &dyn InPlace, previous: ReleaseNo) -> Result<()> {
        let release = self
            .d
            .store
            .release(&self.subject.service, previous)?
            .ok_or_else(|| Fault::bug(format!("release {previous} is not in the store")))?;
        let prepared = self.d.recall(&release)?;
        self.advance(State::RollingBack)?;
        let stage = Stage {
            instances: stage::all(&release.spec),
            traffic: Traffic::All,
            fresh: false,
            stop_first: false,
        };
        self.patiently("health", |attempt| {
            engine.replace(&attempt.authority(), &prepared, &stage)
        })?;
        let wanted = Wanted {
            release: previous,
            stage: &stage,
            fresh: false,
        };
        self.wait_for_stage(&prepared, &wanted)?;
        self.patiently("health", |attempt| engine.finish(&attempt.authority(), &prepared))
    }

    /// After a crash: what is everywhere stays, what is half done goes back.
    pub(super) fn recover_in_place(mut self, engine: &dyn InPlace, observed: &Observation) -> Result<Report> {
        let during = self.deployment.state;
        self.remove_release_step(observed)?;
        if let Some(change) = &observed.foreign {
            let reason = changed_underneath(change).to_string();
            return self.recovered(Outcome::NeedsHuman, reason);
        }
        let (release, previous) = (self.deployment.release, self.deployment.previous);
        let touched = during >= State::Starting;
        let forward = touched && !matches!(during, State::RollingBack | State::Aborting);
        if let Some(number) = release.filter(|_| forward)
            && let Some(release) = self.d.store.release(&self.subject.service, number)?
            && judge::runs_in_full(
                observed,
                number,
                &stage::relied_on(&stage::all(&release.spec), observed),
            )
        {
            let prepared = self.d.recall(&release)?;
            self.deployment.url = observed.url.clone();
            self.close(engine, &prepared)?;
            let reason = format!("{number} was everywhere; finished after an interruption");
            return self.recovered(Outcome::Succeeded, reason);
        }
        let during = during.as_str();
        let back = release.filter(|_| self.deployment.operation == Operation::Rollback);
        match (previous, back) {
            _ if !touched => {
                let reason = format!("interrupted while {during}; nothing had been replaced");
                self.recovered(Outcome::Interrupted, reason)
            }
            // A person had left the previous one: the way is to where they went.
            (Some(_), Some(release)) => self.arrive(engine, release, during),
            (Some(previous), None) if forward && self.broke_previous()? => self.left_as_it_is(previous),
            (Some(previous), None) => {
                let restored = self.restore_in_place(engine, previous);
                self.brought_back(restored, previous, during)
            }
            (None, _) => {
                self.advance(State::Aborting)?;
                match self.d.target.remove(&self.authority()) {
                    Ok(()) => {
                        let reason = format!("interrupted while {during}; what it had started was removed");
                        self.recovered(Outcome::Interrupted, reason)
                    }
                    Err(fault) if fault.kind() == Kind::Failed => {
                        let reason = format!("interrupted while {during}; what it had started is still there: {fault}");
                        self.recovered(Outcome::NeedsHuman, reason)
                    }
                    Err(fault) => Err(fault),
                }
            }
        }
    }

    /// Takes away what is left of a release step: how it ended is known by now.
    fn remove_release_step(&mut self, observed: &Observation) -> Result<()> {
        let own = observed
            .instances
            .iter()
            .filter(|one| one.process == RELEASE_STEP && one.deployment == self.deployment.id);
        let instances: Vec<String> = own.map(|one| one.id.clone()).collect();
        if instances.is_empty() {
            return Ok(());
        }
        let stop = Stop {
            instances,
            drain: Span::ZERO,
            grace: STEP_GRACE,
        };
        let detail = stop.instances.join(", ");
        self.step(
            self.deployment.state,
            "remove",
            detail.clone(),
            json!(stop),
            |attempt| {
                let stopped = attempt.d.target.stop(&attempt.authority(), &stop)?;
                Ok(((), detail, json!(stopped)))
            },
        )
    }

    /// Goes on with a rollback that was interrupted.
    fn arrive(mut self, engine: &dyn InPlace, release: ReleaseNo, during: &str) -> Result<Report> {
        match self.restore_in_place(engine, release) {
            Ok(()) => {
                let reason = format!("interrupted while {during}; {release} is serving, as the rollback meant");
                self.recovered(Outcome::Succeeded, reason)
            }
            failed => self.brought_back(failed, release, during),
        }
    }
}
