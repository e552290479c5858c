//! What a dead predecessor left, and what follows from it. Decided by observation: the journal says what was meant, the
//! target says what is.

use std::cell::{Cell, RefCell};

use serde_json::json;

use crate::event::Event;
use crate::fault::{Fault, Kind, Result};
use crate::model::deployment::{Deployment, Operation, Outcome, State, Step, StepStatus};
use crate::model::observed::{Instance, Observation, never_ran};
use crate::model::spec::ReleaseStep;
use crate::model::{ReleaseNo, Span};
use crate::ports::target::RELEASE_STEP;
use crate::store::lease::LeaseGuard;

use super::attempt::{Attempt, BACK, TIMEOUT, counted};
use super::end::well_ended;
use super::engine::{Deployer, Report, Subject};
use super::rollout::{Ending, GRACE, Old};

/// What is to be done about an interrupted deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Traffic had not moved: what it had started goes.
    Undo,
    /// Traffic had moved: forward to the end.
    Finish(ReleaseNo),
    /// It was on its way back, had given a part of the traffic away, or had taken the old release away: the old release comes
    /// back in full.
    Restore(ReleaseNo),
    /// It was taking everything down.
    TakeDown,
}

/// Decides from the row and the observation, and from whether the dead one had given its release up.
pub fn decide(dead: &Deployment, given_up: bool, observed: &Observation) -> Decision {
    if dead.operation == Operation::Down {
        return Decision::TakeDown;
    }
    if let (State::RollingBack, Some(previous)) = (dead.state, dead.previous) {
        return Decision::Restore(previous);
    }
    let moved = observed
        .instances
        .iter()
        .any(|one| one.deployment == dead.id && one.routed && Some(one.release) == dead.release);
    // While a part of the traffic was tried, or batches replaced each other, the old ones were the environment's own, too.
    let split = moved
        && observed
            .instances
            .iter()
            .any(|one| one.deployment != dead.id && one.routed);
    let back = split || (moved && (given_up || dead.state == State::Aborting));
    if let (true, Some(previous)) = (back, dead.previous) {
        return Decision::Restore(previous);
    }
    if let (true, Some(release)) = (moved, dead.release) {
        return Decision::Finish(release);
    }
    let served = |release: ReleaseNo| {
        observed
            .instances
            .iter()
            .any(|one| one.release == release && one.routed)
    };
    match dead.previous {
        // A release that insists on its port made the old one go first.
        Some(previous) if dead.state >= State::Starting && !served(previous) => Decision::Restore(previous),
        _ => Decision::Undo,
    }
}

impl Deployer<'_> {
    /// Finishes or undoes what earlier runs left in this environment. Nothing to do is an empty list.
    pub fn resume(&self, subject: &Subject) -> Result<Vec<Report>> {
        if self.store.unfinished(&subject.service, &subject.env)?.is_empty() {
            return Ok(Vec::new());
        }
        let lease = self.lease(subject, "resume", Span::ZERO)?;
        self.recover(subject, &lease)
    }

    /// The same under a lease that is held already; the first thing every mutation does.
    pub(super) fn recover(&self, subject: &Subject, lease: &LeaseGuard) -> Result<Vec<Report>> {
        let mut reports = Vec::new();
        for dead in self.store.unfinished(&subject.service, &subject.env)? {
            // The same state under the new token: from here on the dead one's own acts are refused.
            self.store.advance(dead.id, dead.state, dead.state, lease.token())?;
            let (id, state) = (dead.id, dead.state);
            self.events.emit(Event::Note {
                text: format!("{id} was left unfinished while {}", state.as_str()),
            });
            let attempt = Attempt {
                d: self,
                lease,
                subject: subject.clone(),
                deployment: dead,
                waiting: RefCell::default(),
                away: Cell::default(),
                in_step: Cell::default(),
                noted: RefCell::default(),
            };
            let report = attempt.recover()?;
            let reason = report.deployment.reason.as_deref().unwrap_or("done");
            self.events.emit(Event::Note {
                text: format!("{id}: {reason}"),
            });
            reports.push(report);
        }
        Ok(reports)
    }
}

impl Attempt<'_> {
    fn recover(mut self) -> Result<Report> {
        let mut what = format!("interrupted while {}", self.deployment.state.as_str());
        if let Err(fault) = self.wait_for_release_step() {
            match fault.kind() {
                _ if fault.code() == TIMEOUT => return Err(fault.with_kind(Kind::TimedOut)),
                // It ended badly: known, and nothing of the release has started.
                Kind::Failed => {
                    self.warn(fault.to_string());
                    what = format!("{what}; {fault}");
                }
                Kind::NeedsHuman => return self.recovered(Outcome::NeedsHuman, fault.to_string()),
                _ => return Err(fault),
            }
        }
        let observed = self.observe("resume")?;
        if let Some(engine) = self.d.target.in_place()
            && self.deployment.operation != Operation::Down
        {
            return self.recover_in_place(engine, &observed, what);
        }
        let turned = self.deployment.state == State::RollingBack;
        let given_up = self.given_up()?;
        match decide(&self.deployment, given_up, &observed) {
            Decision::Undo => self.undo(&observed, what),
            Decision::Finish(release) => self.finish_release(release),
            Decision::Restore(previous) if !turned && self.broke_previous()? => self.left_as_it_is(previous, what),
            Decision::Restore(previous) => {
                let restored = self.bring_back(&observed, previous);
                self.brought_back(restored, previous, what, turned || given_up)
            }
            Decision::TakeDown => match self.take_down(&observed) {
                Ok(()) => self.recovered(Outcome::Succeeded, "taken down after an interruption".into()),
                Err(fault) if fault.kind() == Kind::Failed => {
                    let reason = format!("{what}; not everything could be taken down: {fault}");
                    self.recovered(Outcome::NeedsHuman, reason)
                }
                Err(fault) => Err(fault),
            },
        }
    }

    /// Whoever stops waiting for a release step does not want it stopped: the time of a command is not the step's.
    fn goes_on(&self, fault: Fault) -> Fault {
        match fault.code() == TIMEOUT {
            true => fault
                .with_kind(Kind::TimedOut)
                .still("the release step goes on")
                .hint(format!("deliver resume {}", self.subject.env)),
            false => fault,
        }
    }

    /// A release step goes on without the tool; its result must be known before anything is decided. One that takes longer
    /// than it may is ended, as on the way forward: its time is counted anew here, for the clock of whoever began it may be
    /// another, or have been asleep.
    fn wait_for_release_step(&mut self) -> Result<()> {
        let observed = self.observe("release")?;
        let own = |one: &&Instance| one.deployment == self.deployment.id && one.process == RELEASE_STEP;
        let id = observed.instances.iter().find(own).map(|one| one.id.clone());
        let number = self.deployment.release;
        let release = number.map(|number| self.d.store.release(&self.subject.service, number));
        let spec = release.transpose()?.flatten().map(|release| release.spec);
        let grace = spec.as_ref().map_or(GRACE, |spec| spec.grace);
        let step = spec.and_then(|spec| spec.release_step);
        let command = step.as_ref().map(|step| step.command.to_string());
        let Some(id) = id else {
            // Whoever saw its end may have died before anything followed from it.
            return match exit_of_release_step(&self.d.store.steps(self.deployment.id)?) {
                Some(exit) => well_ended(command.as_deref().unwrap_or(RELEASE_STEP), exit, None),
                None => Ok(()),
            };
        };
        let (state, detail) = (self.deployment.state, format!("waits for {id}"));
        self.step(state, RELEASE_STEP, detail, json!({ "instance": id }), |attempt| {
            let ending = Ending {
                id: &id,
                command: command.as_deref().unwrap_or(&id),
                timeout: step.map_or(ReleaseStep::TIMEOUT, |step| step.timeout),
                grace,
            };
            let exit = attempt
                .end_of_release_step(&ending, |_| true)
                .map_err(|fault| attempt.goes_on(fault))?;
            Ok(((), exit.clone(), json!({ "exit": exit })))
        })
    }

    /// Traffic had not moved: what was started goes.
    fn undo(mut self, observed: &Observation, what: String) -> Result<Report> {
        match self.remove_own(State::Aborting, observed) {
            Ok(removed) => {
                let what = match removed {
                    0 => format!("{what}; nothing had been started"),
                    _ => format!("{what}; {} removed", counted(removed, "instance")),
                };
                self.world_as_it_was(what)
            }
            Err(fault) if fault.kind() == Kind::Failed => {
                let reason = format!("{what}; what it had started is still there: {fault}");
                self.recovered(Outcome::NeedsHuman, reason)
            }
            Err(fault) => Err(fault),
        }
    }

    /// What served before is all that runs, after `what` happened: the world as it was, unless its release step broke that.
    pub(super) fn world_as_it_was(self, what: String) -> Result<Report> {
        match self.deployment.previous {
            Some(previous) if self.broke_previous()? => {
                let reason = format!("{what}; its release step was begun, and {previous} does not work after it");
                self.recovered(Outcome::NeedsHuman, reason)
            }
            _ => self.recovered(Outcome::Interrupted, what),
        }
    }

    /// Stops what this deployment had started and nothing was shifted to.
    fn remove_own(&mut self, state: State, observed: &Observation) -> Result<usize> {
        let own = observed
            .instances
            .iter()
            .filter(|one| one.deployment == self.deployment.id && !one.routed);
        let own: Vec<String> = own.map(|one| one.id.clone()).collect();
        let count = own.len();
        if count > 0 {
            self.stop(state, own, Span::ZERO, GRACE)?;
        }
        Ok(count)
    }

    /// The old release comes back in full. What takes no traffic goes first: it may have made the old release go because no
    /// two can run at once; where no two may, all of the new one goes first.
    fn bring_back(&mut self, observed: &Observation, previous: ReleaseNo) -> Result<()> {
        if self.d.recreates(self.deployment.id)? {
            let again = self.deployment.release == Some(previous);
            let back_already = |one: &Instance| one.release == previous && one.routed && !again;
            let own = observed.instances.iter();
            let own = own.filter(|one| one.deployment == self.deployment.id && !back_already(one));
            let own = own.map(|one| one.id.clone()).collect();
            self.clear_away(previous, own)?;
        } else {
            self.remove_own(State::RollingBack, observed)?;
        }
        self.restore(previous, Old::Going)
    }

    /// Traffic is on the new release: the old goes, and every instance is looked at once more.
    fn finish_release(mut self, number: ReleaseNo) -> Result<Report> {
        let release = self.d.store.release(&self.subject.service, number)?;
        let Some(release) = release else {
            return self.recovered(
                Outcome::NeedsHuman,
                format!("{number} serves, but the store does not know it"),
            );
        };
        let prepared = self.d.recall(&release)?;
        let observed = self.observe("resume")?;
        self.deployment.url = observed.url.clone();
        let ids: Vec<String> = observed
            .instances
            .iter()
            .filter(|one| one.routed && one.release == number)
            .map(|one| one.id.clone())
            .collect();
        let fault = match self.settle(&prepared, &ids) {
            Ok(()) => {
                let reason = format!("traffic had moved to {number}; finished after an interruption");
                return self.recovered(Outcome::Succeeded, reason);
            }
            Err(fault) if fault.kind() == Kind::Failed => fault,
            Err(fault) => return Err(fault),
        };
        match self.deployment.previous {
            Some(previous) if self.deployment.operation != Operation::Rollback => {
                if self.broke_previous()? {
                    return self.left_as_it_is(previous, fault.to_string());
                }
                let observed = self.observe("resume")?;
                let restored = self.bring_back(&observed, previous);
                self.brought_back(restored, previous, fault.to_string(), true)
            }
            _ => self.recovered(Outcome::NeedsHuman, fault.to_string()),
        }
    }

    /// Whether a step of the way forward failed, so that whoever took it was about to turn back: what it tried is not gone on
    /// with, however good it looks by now. A switch alone may fail and have moved the traffic. A rollback is never rolled back.
    pub(super) fn given_up(&self) -> Result<bool> {
        if self.deployment.operation != Operation::Deploy {
            return Ok(false);
        }
        let failed = |step: &Step| step.status == StepStatus::Failed && step.name != "switch";
        let forward = |step: &Step| !step.name.starts_with(BACK);
        let steps = self.d.store.steps(self.deployment.id)?;
        Ok(steps.iter().any(|step| failed(step) && forward(step)))
    }

    /// Whether its release step was begun, and what served before does not work after it: going back would do harm.
    pub(super) fn broke_previous(&self) -> Result<bool> {
        let steps = self.d.store.steps(self.deployment.id)?;
        let begun = steps.iter().any(|step| step.name == RELEASE_STEP);
        match begun && !exit_of_release_step(&steps).is_some_and(never_ran) {
            true => self.release_step_breaks(),
            false => Ok(false),
        }
    }

    /// Neither back nor forward by itself; `what` happened.
    pub(super) fn left_as_it_is(self, previous: ReleaseNo, what: String) -> Result<Report> {
        let reason = format!("{what}; left as it is: its release step has run, and {previous} does not work after it");
        self.recovered(Outcome::NeedsHuman, reason)
    }

    /// How the old release came back after `what` happened. What served before may not get healthy any more: that must not stop
    /// whoever comes to mend it. Where the new one was `judged` and not merely interrupted, its environment may be held.
    pub(super) fn brought_back(
        self,
        restored: Result<()>,
        previous: ReleaseNo,
        what: String,
        judged: bool,
    ) -> Result<Report> {
        match restored {
            Ok(()) => {
                let reason = format!("{what}; {previous} is serving again");
                let held = match judged {
                    true => self.hold_after("rolled back automatically", &reason),
                    false => Ok(()),
                };
                match held {
                    Ok(()) => self.recovered(Outcome::RolledBack, reason),
                    Err(lost) => self.unrecorded(None, lost),
                }
            }
            Err(fault) if fault.kind() == Kind::Failed => {
                let reason = format!("{what}; {previous} could not be brought back: {fault}");
                self.recovered(Outcome::NeedsHuman, reason)
            }
            Err(fault) => Err(fault),
        }
    }

    pub(super) fn recovered(self, outcome: Outcome, reason: String) -> Result<Report> {
        self.conclude(outcome, Some(reason), None)
    }
}

/// The exit of a deployment's release step, which runs once, as far as anybody wrote it down.
fn exit_of_release_step(steps: &[Step]) -> Option<&str> {
    let own = steps.iter().rev().filter(|step| step.name == RELEASE_STEP);
    own.filter_map(|step| step.observation["exit"].as_str()).next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::deployment::{DeploymentId, Operation};
    use crate::model::observed::InstanceState;
    use jiff::Timestamp;

    fn dead(state: State) -> Deployment {
        Deployment {
            id: DeploymentId(7),
            service: "pricing".parse().unwrap(),
            env: "local".parse().unwrap(),
            target: "local".into(),
            operation: Operation::Deploy,
            state,
            outcome: Outcome::Running,
            release: Some(ReleaseNo(2)),
            previous: Some(ReleaseNo(1)),
            parent: None,
            fence: 3,
            plan_hash: String::new(),
            gates: Vec::new(),
            actor: "ada".into(),
            note: None,
            reason: None,
            url: None,
            started_at: Timestamp::UNIX_EPOCH,
            finished_at: None,
        }
    }

    fn instance(release: u32, deployment: u64, routed: bool) -> Instance {
        let id = format!("pricing-v{release}-web-1-d{deployment}");
        let (release, deployment) = (ReleaseNo(release), DeploymentId(deployment));
        Instance {
            state: InstanceState::Healthy,
            routed,
            ..Instance::starting(id, "web", release, deployment, Timestamp::UNIX_EPOCH)
        }
    }

    fn observed(instances: Vec<Instance>) -> Observation {
        Observation {
            instances,
            ..Observation::nothing(&"pricing".parse().unwrap(), &"local".parse().unwrap())
        }
    }

    #[test]
    fn before_the_switch_what_was_started_goes() {
        let world = observed(vec![instance(1, 6, true), instance(2, 7, false)]);
        for state in [
            State::Planned,
            State::Preparing,
            State::Starting,
            State::Verifying,
            State::Shifting,
        ] {
            assert_eq!(decide(&dead(state), false, &world), Decision::Undo, "{state:?}");
        }
    }

    #[test]
    fn observation_wins_over_the_journal_about_the_switch() {
        let world = observed(vec![instance(1, 6, false), instance(2, 7, true)]);
        for state in [State::Shifting, State::Committed, State::Draining, State::Cleaning] {
            assert_eq!(
                decide(&dead(state), false, &world),
                Decision::Finish(ReleaseNo(2)),
                "{state:?}"
            );
        }
    }

    #[test]
    fn what_was_given_up_is_never_finished() {
        let world = observed(vec![instance(1, 6, false), instance(2, 7, true)]);
        for (state, given_up) in [
            (State::Committed, true),
            (State::Cleaning, true),
            (State::Aborting, false),
        ] {
            assert_eq!(
                decide(&dead(state), given_up, &world),
                Decision::Restore(ReleaseNo(1)),
                "{state:?}"
            );
        }
        let untouched = observed(vec![instance(1, 6, true), instance(2, 7, false)]);
        assert_eq!(decide(&dead(State::Verifying), true, &untouched), Decision::Undo);
        let mut first = dead(State::Committed);
        first.previous = None;
        assert_eq!(decide(&first, true, &world), Decision::Finish(ReleaseNo(2)));
    }

    #[test]
    fn a_dead_canary_or_batch_goes_back() {
        let half = observed(vec![instance(1, 6, true), instance(1, 6, true), instance(2, 7, true)]);
        for state in [State::Starting, State::Verifying, State::Shifting, State::Committed] {
            assert_eq!(
                decide(&dead(state), false, &half),
                Decision::Restore(ReleaseNo(1)),
                "{state:?}"
            );
        }
        let mut again = dead(State::Shifting);
        again.release = Some(ReleaseNo(1));
        let half = observed(vec![instance(1, 6, true), instance(1, 7, true)]);
        assert_eq!(decide(&again, false, &half), Decision::Restore(ReleaseNo(1)));
    }

    #[test]
    fn the_same_release_again_is_told_apart_by_its_instances() {
        let mut again = dead(State::Verifying);
        again.release = Some(ReleaseNo(1));
        assert_eq!(
            decide(
                &again,
                false,
                &observed(vec![instance(1, 6, true), instance(1, 7, false)])
            ),
            Decision::Undo
        );
        assert_eq!(
            decide(
                &again,
                false,
                &observed(vec![instance(1, 6, false), instance(1, 7, true)])
            ),
            Decision::Finish(ReleaseNo(1))
        );
    }

    #[test]
    fn an_old_release_that_had_made_room_comes_back() {
        assert_eq!(
            decide(&dead(State::Verifying), false, &observed(vec![instance(2, 7, false)])),
            Decision::Restore(ReleaseNo(1))
        );
        assert_eq!(
            decide(&dead(State::RollingBack), false, &observed(vec![instance(2, 7, true)])),
            Decision::Restore(ReleaseNo(1))
        );
        assert_eq!(
            decide(&dead(State::Preparing), false, &observed(vec![])),
            Decision::Undo
        );
    }
}
