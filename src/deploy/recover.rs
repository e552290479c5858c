//! What a dead predecessor left, and what follows from it. Decided by observation: the journal says what was meant, the
//! target says what is.

use std::cell::RefCell;

use serde_json::json;

use crate::event::Event;
use crate::fault::{Kind, Result};
use crate::model::deployment::{Deployment, Operation, Outcome, State};
use crate::model::observed::{Instance, InstanceState, Observation};
use crate::model::{ReleaseNo, Span};
use crate::ports::target::RELEASE_STEP;
use crate::store::lease::LeaseGuard;

use super::attempt::{Attempt, counted};
use super::engine::{Deployer, Report, Subject};
use super::rollout::Old;

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

/// Decides from the row and the observation alone.
pub fn decide(dead: &Deployment, observed: &Observation) -> Decision {
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
    if let (true, Some(previous)) = (split, dead.previous) {
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
        let during = self.deployment.state;
        self.wait_for_release_step()?;
        let observed = self.observe()?;
        if let Some(engine) = self.d.target.in_place()
            && self.deployment.operation != Operation::Down
        {
            return self.recover_in_place(engine, &observed);
        }
        match decide(&self.deployment, &observed) {
            Decision::Undo => {
                let removed = self.remove_own(&observed)?;
                let what = if removed == 0 {
                    "nothing had been started".into()
                } else {
                    format!("{} removed", counted(removed, "instance"))
                };
                let said = format!("interrupted while {}; {what}", during.as_str());
                match self.deployment.previous {
                    Some(previous) if self.broke_previous()? => self.recovered(
                        Outcome::NeedsHuman,
                        format!("{said}; its release step has run, and {previous} does not work after it"),
                    ),
                    _ => self.recovered(Outcome::Interrupted, said),
                }
            }
            Decision::Finish(release) => self.finish_release(release),
            Decision::Restore(previous)
                if during != State::RollingBack && self.takes_traffic(&observed) && self.broke_previous()? =>
            {
                self.left_as_it_is(previous)
            }
            Decision::Restore(previous) => {
                // What takes no traffic goes first: it may have made the old release go because no two can run at once.
                self.remove_own(&observed)?;
                let restored = self.restore(previous, Old::Going);
                self.brought_back(restored, previous, during.as_str())
            }
            Decision::TakeDown => {
                self.take_down(&observed)?;
                self.recovered(Outcome::Succeeded, "taken down after an interruption".into())
            }
        }
    }

    /// A release step goes on without the tool; its result must be known before anything is decided.
    fn wait_for_release_step(&mut self) -> Result<()> {
        let observed = self.observe()?;
        let running = observed.instances.iter().find(|one| {
            one.deployment == self.deployment.id && one.process == RELEASE_STEP && one.state != InstanceState::Exited
        });
        let (Some(instance), Some(number)) = (running, self.deployment.release) else {
            return Ok(());
        };
        let release = self.d.store.release(&self.subject.service, number)?;
        let timeout = release
            .and_then(|release| release.spec.release_step)
            .map_or(Span::ZERO, |step| step.timeout);
        let id = instance.id.clone();
        self.step(
            State::Releasing,
            "release",
            format!("waits for {id}"),
            json!({ "instance": id }),
            |attempt| {
                let exit = match attempt.wait_for_exit(&id, timeout) {
                    // Whoever hangs is stopped with everything else that was started, and stops nobody.
                    Err(fault) if fault.code() == "release-step-timeout" => fault.to_string(),
                    exit => exit?,
                };
                Ok(((), exit.clone(), json!({ "exit": exit })))
            },
        )
    }

    /// Stops what this deployment had started and nothing was shifted to.
    fn remove_own(&mut self, observed: &Observation) -> Result<usize> {
        let own = observed
            .instances
            .iter()
            .filter(|one| one.deployment == self.deployment.id && !one.routed);
        let own: Vec<String> = own.map(|one| one.id.clone()).collect();
        let count = own.len();
        if count > 0 {
            self.stop(State::Aborting, own, Span::ZERO, Span::from_secs(30))?;
        }
        Ok(count)
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
        self.deployment.url = self.observe()?.url;
        let observed = self.observe()?;
        let ids: Vec<String> = observed
            .instances
            .iter()
            .filter(|one| one.routed && one.release == number)
            .map(|one| one.id.clone())
            .collect();
        match self.settle(&prepared, &ids) {
            Ok(()) => self.recovered(
                Outcome::Succeeded,
                format!("traffic had moved to {number}; finished after an interruption"),
            ),
            Err(fault) => match self.deployment.previous {
                Some(previous) => {
                    self.restore(previous, Old::Going)?;
                    self.recovered(Outcome::RolledBack, format!("{fault}; {previous} is serving again"))
                }
                None => self.recovered(Outcome::NeedsHuman, fault.to_string()),
            },
        }
    }

    /// Whether what this deployment started has a part of the traffic.
    fn takes_traffic(&self, observed: &Observation) -> bool {
        let own = |one: &Instance| one.deployment == self.deployment.id && one.routed;
        observed.instances.iter().any(own)
    }

    /// Whether its release step was begun, and what served before does not work after it: going back would do harm.
    pub(super) fn broke_previous(&self) -> Result<bool> {
        let begun = self.d.store.steps(self.deployment.id)?;
        if !begun.iter().any(|step| step.name == RELEASE_STEP) {
            return Ok(false);
        }
        self.release_step_breaks()
    }

    /// Neither back nor forward by itself.
    pub(super) fn left_as_it_is(self, previous: ReleaseNo) -> Result<Report> {
        let during = self.deployment.state.as_str();
        let reason = format!(
            "interrupted while {during}; left as it is: its release step has run, and {previous} does not work after it"
        );
        self.recovered(Outcome::NeedsHuman, reason)
    }

    /// How the old release came back. What served before may not get healthy any more: that must not stop whoever comes to
    /// mend it.
    pub(super) fn brought_back(self, restored: Result<()>, previous: ReleaseNo, during: &str) -> Result<Report> {
        match restored {
            Ok(()) => {
                let reason = format!("interrupted while {during}; {previous} is serving again");
                self.recovered(Outcome::RolledBack, reason)
            }
            Err(fault) if fault.kind() == Kind::Failed => {
                let reason = format!("interrupted while {during}; {previous} could not be brought back: {fault}");
                self.recovered(Outcome::NeedsHuman, reason)
            }
            Err(fault) => Err(fault),
        }
    }

    pub(super) fn recovered(self, outcome: Outcome, reason: String) -> Result<Report> {
        self.conclude(outcome, Some(reason), None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::deployment::{DeploymentId, Operation};
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
        Instance {
            id: format!("pricing-v{release}-web-1-d{deployment}"),
            process: "web".into(),
            release: ReleaseNo(release),
            deployment: DeploymentId(deployment),
            state: InstanceState::Healthy,
            since: Timestamp::UNIX_EPOCH,
            pid: None,
            port: None,
            restarts: 0,
            healthy_ms: 0,
            flaps: 0,
            exit: None,
            probe: None,
            listens_on: Vec::new(),
            in_flight: 0,
            routed,
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
            assert_eq!(decide(&dead(state), &world), Decision::Undo, "{state:?}");
        }
    }

    #[test]
    fn observation_wins_over_the_journal_about_the_switch() {
        let world = observed(vec![instance(1, 6, false), instance(2, 7, true)]);
        for state in [State::Shifting, State::Committed, State::Draining, State::Cleaning] {
            assert_eq!(
                decide(&dead(state), &world),
                Decision::Finish(ReleaseNo(2)),
                "{state:?}"
            );
        }
    }

    #[test]
    fn a_dead_canary_or_batch_goes_back() {
        let half = observed(vec![instance(1, 6, true), instance(1, 6, true), instance(2, 7, true)]);
        for state in [State::Starting, State::Verifying, State::Shifting, State::Committed] {
            assert_eq!(
                decide(&dead(state), &half),
                Decision::Restore(ReleaseNo(1)),
                "{state:?}"
            );
        }
        let mut again = dead(State::Shifting);
        again.release = Some(ReleaseNo(1));
        let half = observed(vec![instance(1, 6, true), instance(1, 7, true)]);
        assert_eq!(decide(&again, &half), Decision::Restore(ReleaseNo(1)));
    }

    #[test]
    fn the_same_release_again_is_told_apart_by_its_instances() {
        let mut again = dead(State::Verifying);
        again.release = Some(ReleaseNo(1));
        assert_eq!(
            decide(&again, &observed(vec![instance(1, 6, true), instance(1, 7, false)])),
            Decision::Undo
        );
        assert_eq!(
            decide(&again, &observed(vec![instance(1, 6, false), instance(1, 7, true)])),
            Decision::Finish(ReleaseNo(1))
        );
    }

    #[test]
    fn an_old_release_that_had_made_room_comes_back() {
        assert_eq!(
            decide(&dead(State::Verifying), &observed(vec![instance(2, 7, false)])),
            Decision::Restore(ReleaseNo(1))
        );
        assert_eq!(
            decide(&dead(State::RollingBack), &observed(vec![instance(2, 7, true)])),
            Decision::Restore(ReleaseNo(1))
        );
        assert_eq!(decide(&dead(State::Preparing), &observed(vec![])), Decision::Undo);
    }
}
