//! Bringing a release up and another down: the order of acts, and what a failure at each of them means.

use std::time::Duration;

use serde_json::{Value, json};

use crate::fault::{Fault, Kind, Result};
use crate::model::deployment::{Operation, Outcome, State};
use crate::model::observed::{Instance, InstanceState, Observation};
use crate::model::release::{Release, Source};
use crate::model::spec::Spec;
use crate::model::{BuildId, ReleaseNo, Span};
use crate::ports::target::{Prepared, RELEASE_STEP, Shift, Stop, Wanted};
use crate::store::deployment::Learnt;
use crate::store::release::NewRelease;

use super::attempt::{Attempt, counted, failed_after, needs_human};
use super::bake::Watch;
use super::engine::{DeployRequest, Report, Wish};
use super::judge::{self, Failure, Judgement};
use super::plan::Plan;
use super::{build, secrets};

/// Releases whose artifacts are kept per service, besides those that run or are the last two proven good.
const KEEP_RELEASES: usize = 10;
impl Attempt<'_> {
    /// Build, release row, secrets, target's preparation, release step: nothing serves yet.
    pub(super) fn make_ready(&mut self, request: &DeployRequest, wish: Wish, plan: &Plan) -> Result<Prepared> {
        let Wish {
            snapshot,
            spec,
            values,
            identity,
        } = wish;
        let command = request
            .recipe
            .command
            .as_ref()
            .map_or("copy the source".to_owned(), |command| command.to_string());
        let intent = json!({ "build": snapshot.id, "command": command });
        self.step(State::Preparing, "build", command, intent, |attempt| {
            if build::exists(attempt.d.paths, &snapshot.id) {
                return Ok((
                    (),
                    format!("{} is built already", snapshot.id),
                    json!({ "cached": true }),
                ));
            }
            let d = attempt.d;
            build::run(&request.recipe, &snapshot, d.paths, d.commands, d.interrupt, d.events)?;
            Ok(((), snapshot.id.to_string(), json!({ "cached": false })))
        })?;
        secrets::keep(&self.subject.service, &spec, &values, self.d.store, self.d.key)?;
        let release = self.release(&snapshot.id, &snapshot.source, spec, identity)?;
        self.deployment.release = Some(release.number);
        let artifact = self.d.paths.artifact(&snapshot.id.0);
        let prepared = self.prepare(Prepared {
            release,
            artifact,
            secrets: values,
            record: Value::Null,
        })?;
        if plan.steps.contains(&"release") {
            self.release_step(&prepared)?;
        }
        Ok(prepared)
    }

    /// The release with this identity, made now if there is none, and noted on the deployment.
    fn release(&self, build: &BuildId, source: &Source, spec: Spec, identity: String) -> Result<Release> {
        let release = self.d.store.create_release(&NewRelease {
            service: self.subject.service.clone(),
            env: self.subject.env.clone(),
            build: build.clone(),
            identity,
            spec,
            source: source.clone(),
        })?;
        let learnt = Learnt {
            release: Some(release.number),
            ..Learnt::default()
        };
        self.d.store.learn(self.deployment.id, &learnt, self.lease.token())?;
        Ok(release)
    }

    pub(super) fn prepare(&mut self, mut prepared: Prepared) -> Result<Prepared> {
        let (number, service) = (prepared.release.number, &prepared.release.service);
        prepared.record = self.d.store.placement(service, number)?;
        let placed = self.step(
            State::Preparing,
            "prepare",
            number.to_string(),
            json!({ "release": number }),
            |attempt| {
                let placed = attempt.d.target.prepare(&attempt.authority(), &prepared)?;
                let store = attempt.d.store;
                store.keep_placement(&prepared.release.service, number, &placed.record)?;
                let seen = json!({ "url": placed.url });
                Ok((placed, number.to_string(), seen))
            },
        )?;
        self.deployment.url = placed.url;
        prepared.record = placed.record;
        Ok(prepared)
    }

    /// Runs the release step once, as a process of the target, and waits for its recorded exit.
    fn release_step(&mut self, prepared: &Prepared) -> Result<()> {
        let Some(step) = prepared.release.spec.release_step.clone() else {
            return Ok(());
        };
        let id = self.instance_id(prepared.release.number, RELEASE_STEP, 1);
        let wanted = Wanted {
            id: id.clone(),
            process: RELEASE_STEP.into(),
        };
        let intent = json!({ "instance": id, "command": step.command.to_string() });
        let (grace, drain) = (prepared.release.spec.grace, Span::ZERO);
        self.step(
            State::Releasing,
            "release",
            step.command.to_string(),
            intent,
            |attempt| {
                attempt.patiently("release", |attempt| {
                    let wanted = std::slice::from_ref(&wanted);
                    attempt.d.target.start(&attempt.authority(), prepared, wanted)
                })?;
                let exit = attempt.wait_for_exit(&id, step.timeout);
                let tail = attempt.log_tail(&id);
                let stopped = attempt.d.target.stop(
                    &attempt.authority(),
                    &Stop {
                        instances: vec![id.clone()],
                        drain,
                        grace,
                    },
                );
                let exit = exit?;
                stopped?;
                if exit != "status 0" {
                    let message = format!("the release step `{}` ended with {exit}", step.command);
                    let fault = failed_after("release-step-failed", message, tail);
                    return Err(match exit.starts_with("status") {
                        true => fault.hint("fix it and run `deliver deploy` again; no new instance was started"),
                        // One that was killed may have done half of its work.
                        false => fault
                            .hint("see how far it came, then run `deliver deploy` again; no new instance was started"),
                    });
                }
                Ok(((), exit.clone(), json!({ "exit": exit })))
            },
        )
    }

    /// The exit of a process that runs once.
    pub(super) fn wait_for_exit(&self, id: &str, timeout: Span) -> Result<String> {
        let began = self.d.clock.elapsed();
        loop {
            let observed = self.patiently("release", Self::observe)?;
            let instance = observed.instances.iter().find(|one| one.id == id);
            match instance {
                None => {
                    return Err(Fault::new(
                        Kind::NeedsHuman,
                        "release-step-lost",
                        format!("the release step `{id}` is gone without a recorded exit"),
                    ));
                }
                Some(one) if one.state == InstanceState::Exited => {
                    return Ok(one.exit.clone().unwrap_or_else(|| "an unknown status".into()));
                }
                Some(_) => {}
            }
            let elapsed = self.d.clock.elapsed().saturating_sub(began);
            if elapsed > timeout.duration() {
                return Err(Fault::failed(
                    "release-step-timeout",
                    format!("the release step did not end within {timeout} and was stopped"),
                ));
            }
            self.pause("release", format!("running for {}", short(elapsed)))?;
        }
    }

    /// Brings the release up in the way of its strategy and the engine's, and everything else down.
    pub(super) fn roll_out(self, prepared: &Prepared, plan: &Plan, how: &Watch<'_>) -> Result<Report> {
        match self.d.target.in_place() {
            Some(engine) => self.roll_in_place(engine, prepared, plan, how),
            None => self.roll_beside(prepared, plan, how),
        }
    }

    /// Start and health; `all` are those of the release that run by then, and must be healthy too.
    pub(super) fn bring_up(&mut self, prepared: &Prepared, wanted: &[Wanted], all: &[String]) -> Result<()> {
        let count = counted(wanted.len(), "instance");
        let intent = json!({ "instances": wanted });
        self.step(State::Starting, "start", count.clone(), intent, |attempt| {
            attempt.d.target.start(&attempt.authority(), prepared, wanted)?;
            Ok(((), count, Value::Null))
        })?;
        let detail = match &prepared.release.spec.health.probe {
            Some(probe) => format!("GET {}", probe.path),
            None => "keeps running".into(),
        };
        self.step(State::Verifying, "health", detail.clone(), json!({}), |attempt| {
            attempt.wait_healthy(prepared, all)?;
            Ok((
                (),
                format!("{detail}, stable for {}", prepared.release.spec.health.stable),
                Value::Null,
            ))
        })
    }

    pub(super) fn wait_healthy(&mut self, prepared: &Prepared, ids: &[String]) -> Result<()> {
        let spec = &prepared.release.spec;
        let began = self.d.clock.elapsed();
        loop {
            let observed = self.observe()?;
            let elapsed = Span::from(self.d.clock.elapsed().saturating_sub(began));
            match judge::judge(ids, &observed.instances, spec, elapsed) {
                Judgement::Healthy => return Ok(()),
                Judgement::Failed(failure) => return Err(self.unhealthy(prepared.release.number, failure)),
                Judgement::Waiting(what) => self.pause("health", what)?,
            }
        }
    }

    pub(super) fn unhealthy(&self, release: ReleaseNo, failure: Failure) -> Fault {
        let message = format!("{release} did not become healthy: {}", failure.reason);
        let fault = match failure.instance {
            Some(id) => failed_after(failure.code, message, self.log_tail(&id)),
            None => Fault::failed(failure.code, message),
        };
        match failure.hint {
            Some(hint) => fault.hint(hint),
            None => fault,
        }
    }

    pub(super) fn shift(&mut self, prepared: &Prepared, ids: &[String]) -> Result<()> {
        let release = prepared.release.number;
        let detail = match &self.deployment.url {
            Some(url) => format!("{url} → {release}"),
            None => release.to_string(),
        };
        let shift = Shift::to(release, ids.to_vec());
        self.step(State::Shifting, "switch", detail.clone(), json!(shift), |attempt| {
            attempt.d.target.shift(&attempt.authority(), &shift)?;
            Ok(((), detail, Value::Null))
        })?;
        self.advance(State::Committed)
    }

    /// After the switch: the old drains and goes, then every instance is looked at once more.
    pub(super) fn settle(&mut self, prepared: &Prepared, ids: &[String]) -> Result<()> {
        let release = prepared.release.number;
        let observed = self.observe()?;
        if !judge::serves_in_full(&observed.instances, ids, release) {
            return Err(self.not_in_full(release, ids, &observed));
        }
        let old: Vec<String> = observed
            .instances
            .iter()
            .map(|one| one.id.clone())
            .filter(|id| !ids.contains(id))
            .collect();
        if !old.is_empty() {
            let spec = &prepared.release.spec;
            self.stop(State::Draining, old, spec.drain, spec.grace)?;
        }
        let detail = format!("{} at {release}", counted(ids.len(), "instance"));
        self.step(
            State::Cleaning,
            "observe",
            detail.clone(),
            json!({ "release": release }),
            |attempt| {
                let observed = attempt.observe()?;
                if observed.current != Some(release) || !judge::serves_in_full(&observed.instances, ids, release) {
                    return Err(attempt.not_in_full(release, ids, &observed));
                }
                Ok(((), detail, json!({ "instances": observed.instances })))
            },
        )?;
        self.prune();
        Ok(())
    }

    pub(super) fn not_in_full(&self, release: ReleaseNo, ids: &[String], observed: &Observation) -> Fault {
        let culprit = ids.iter().find(|id| {
            !observed
                .instances
                .iter()
                .any(|one| one.id == **id && matches!(one.state, InstanceState::Healthy | InstanceState::Waiting))
        });
        let state = culprit
            .and_then(|id| observed.instances.iter().find(|one| one.id == *id))
            .map_or("was gone".to_owned(), describe_instance);
        let Some(id) = culprit else {
            return Fault::failed(
                "lost-after-switch",
                format!("{release} took traffic, then lost it again"),
            );
        };
        let message = format!("{release} took traffic, then `{id}` {state}");
        failed_after("lost-after-switch", message, self.log_tail(id))
    }

    /// Stops going forward before traffic moved: what was started goes, what served goes on, or comes back where it `made_room`.
    pub(super) fn abort(
        mut self,
        fault: Fault,
        prepared: &Prepared,
        ids: Vec<String>,
        plan: &Plan,
        made_room: bool,
    ) -> Result<Report> {
        if fault.kind() == Kind::Busy {
            return self.lost(fault);
        }
        if !ids.is_empty()
            && let Err(also) = self.stop(State::Aborting, ids, Span::ZERO, prepared.release.spec.grace)
        {
            let number = prepared.release.number;
            self.warn(format!("could not remove the instances of {number}: {also}"));
        }
        if let Some(previous) = plan.previous.filter(|_| made_room) {
            // The old instance had to make room for the new one; bring it back.
            if let Err(also) = self.restore(previous, Old::Going) {
                self.warn(format!("could not bring {previous} back: {also}"));
                let fault = needs_human(fault, &self.subject);
                return self.end(Outcome::NeedsHuman, Some(fault));
            }
        }
        let step = prepared
            .release
            .spec
            .release_step
            .as_ref()
            .filter(|_| plan.steps.contains(&"release"));
        if step.is_some_and(|step| !step.previous_still_works) && plan.previous.is_some() {
            // Its release step has run, and what serves does not work after it: no way back, and not forward by itself.
            let fault = fault
                .hint("fix it and run `deliver deploy` again: the release step has run, and breaks what serves now");
            return self.end_early(fault.with_kind(Kind::NeedsHuman), plan);
        }
        self.end_early(fault, plan)
    }

    /// Ends an attempt that moved no traffic.
    pub(super) fn end_early(self, fault: Fault, plan: &Plan) -> Result<Report> {
        if fault.code() == "fenced" || fault.code() == "lease-lost" {
            return self.lost(fault);
        }
        if fault.kind() == Kind::Unreachable && self.deployment.state >= State::Releasing {
            // Whether its last act had an effect is not known: the next command looks.
            let fault = fault.hint(format!("deliver resume {}", self.subject.env));
            return self.lost(fault);
        }
        let fault = match plan.previous {
            Some(previous) => fault.still(format!("{previous} is still serving")),
            None => fault.still("nothing was deployed before, and nothing is now"),
        };
        let outcome = match fault.kind() {
            Kind::Interrupted | Kind::Terminated => Outcome::Cancelled,
            Kind::NeedsHuman => Outcome::NeedsHuman,
            _ => Outcome::Failed,
        };
        self.end(outcome, Some(fault))
    }

    /// Traffic had moved, and the new release is not what it should be: back to what served before.
    pub(super) fn go_back(mut self, fault: Fault, old: Old, plan: &Plan) -> Result<Report> {
        let Some(previous) = self
            .deployment
            .previous
            .filter(|_| self.deployment.operation != Operation::Rollback)
        else {
            let fault = needs_human(fault, &self.subject);
            return self.end(Outcome::NeedsHuman, Some(fault));
        };
        if self.breaks_previous(plan)? {
            return self.freeze(fault, previous);
        }
        self.warn(format!("{fault}; rolling back to {previous}"));
        match self.restore(previous, old) {
            Ok(()) => self.rolled_back(fault, previous),
            Err(also) => {
                let fault = fault.because(anyhow::anyhow!("rolling back to {previous} failed too: {also}"));
                let fault = needs_human(fault, &self.subject);
                self.end(Outcome::NeedsHuman, Some(fault))
            }
        }
    }

    /// Whether the release step has run and what served before does not work after it: going back would do harm.
    pub(super) fn breaks_previous(&self, plan: &Plan) -> Result<bool> {
        match plan.steps.contains(&"release") {
            true => self.release_step_breaks(),
            false => Ok(false),
        }
    }

    /// Whether what served before does not work after this release's step.
    pub(super) fn release_step_breaks(&self) -> Result<bool> {
        let Some(number) = self.deployment.release else {
            return Ok(false);
        };
        let release = self.d.store.release(&self.subject.service, number)?;
        let step = release.and_then(|release| release.spec.release_step);
        Ok(step.is_some_and(|step| !step.previous_still_works))
    }

    /// Neither back nor forward by itself: everything stays as it is until a person decides.
    pub(super) fn freeze(self, fault: Fault, previous: ReleaseNo) -> Result<Report> {
        let release = self
            .deployment
            .release
            .map(|number| number.to_string())
            .unwrap_or_default();
        let fault = fault
            .with_kind(Kind::NeedsHuman)
            .still(format!(
                "{release} is left as it is: its release step has run, and {previous} does not work after it"
            ))
            .hint("fix forward: correct it and run `deliver deploy` again")
            .hint(format!("deliver status {}", self.subject.env));
        self.end(Outcome::NeedsHuman, Some(fault))
    }

    /// The previous release was observed to serve again.
    pub(super) fn rolled_back(self, fault: Fault, previous: ReleaseNo) -> Result<Report> {
        if self.subject.protected {
            let reason = format!("rolled back automatically by {}: {fault}", self.deployment.id);
            self.d
                .store
                .set_hold(&self.subject.service, &self.subject.env, &reason)?;
        }
        let fault = fault
            .with_kind(Kind::RolledBack)
            .still(format!("{previous} is serving again"));
        self.end(Outcome::RolledBack, Some(fault))
    }

    /// Brings a release back that served before: what is missing of it is started and gets healthy, then all traffic goes
    /// there and everything else stops. Instances of it that nobody stopped are used as they are: a release that was not
    /// healthy before need not be healthy to be gone back to.
    pub(super) fn restore(&mut self, previous: ReleaseNo, old: Old) -> Result<()> {
        let release = self
            .d
            .store
            .release(&self.subject.service, previous)?
            .ok_or_else(|| Fault::bug(format!("release {previous} is not in the store")))?;
        let prepared = self.d.recall(&release)?;
        self.advance(State::RollingBack)?;
        self.d.target.prepare(&self.authority(), &prepared)?;
        let observed = self.observe()?;
        let there = self.left_of(&observed, previous, old);
        let missing = self.missing(&prepared, &there, &observed);
        let mut ids: Vec<String> = missing.iter().map(|one| one.id.clone()).collect();
        if !missing.is_empty() {
            self.d.target.start(&self.authority(), &prepared, &missing)?;
            self.wait_healthy(&prepared, &ids)?;
        }
        let sick = |one: &&&Instance| {
            !matches!(one.state, InstanceState::Healthy | InstanceState::Waiting) && one.healthy_ms == 0
        };
        let sick: Vec<String> = there.iter().filter(sick).map(|one| one.id.clone()).collect();
        ids.extend(there.iter().map(|one| one.id.clone()));
        self.d
            .target
            .shift(&self.authority(), &Shift::to(previous, ids.clone()))?;
        let others: Vec<String> = self
            .observe()?
            .instances
            .into_iter()
            .map(|one| one.id)
            .filter(|id| !ids.contains(id))
            .collect();
        if !others.is_empty() {
            let stop = Stop {
                instances: others,
                drain: release.spec.drain,
                grace: release.spec.grace,
            };
            self.d.target.stop(&self.authority(), &stop)?;
        }
        if !sick.is_empty() {
            let list = sick.join("`, `");
            self.warn(format!("{previous} is back as it was: `{list}` is not healthy"));
        }
        ids.retain(|id| !sick.contains(id));
        let observed = self.observe()?;
        if observed.current == Some(previous) && judge::serves_in_full(&observed.instances, &ids, previous) {
            return Ok(());
        }
        Err(self.not_in_full(previous, &ids, &observed))
    }

    /// Instances of a release that can take its traffic again.
    fn left_of<'o>(&self, observed: &'o Observation, release: ReleaseNo, old: Old) -> Vec<&'o Instance> {
        // Rolled out afresh, the same release is what is gone back from, too.
        let again = self.deployment.release == Some(release);
        let usable = |one: &&Instance| match one.state {
            InstanceState::Healthy | InstanceState::Waiting => true,
            InstanceState::Draining => old == Old::Warm,
            InstanceState::Unhealthy | InstanceState::BackOff => one.routed,
            InstanceState::Starting | InstanceState::Exited => false,
        };
        let instances = observed.instances.iter().filter(|one| one.release == release);
        instances
            .filter(|one| !(again && one.deployment == self.deployment.id))
            .filter(usable)
            .collect()
    }

    /// What has to be started so that a release runs in full beside those that are `there`.
    fn missing(&self, prepared: &Prepared, there: &[&Instance], observed: &Observation) -> Vec<Wanted> {
        let mut missing = Vec::new();
        for process in &prepared.release.spec.processes {
            let have = there.iter().filter(|one| one.process == process.name).count();
            let id = |index| self.instance_id(prepared.release.number, &process.name, index);
            let free = (1..)
                .map(id)
                .filter(|id| !observed.instances.iter().any(|one| one.id == *id));
            missing.extend(
                free.take((process.instances as usize).saturating_sub(have))
                    .map(|id| Wanted {
                        id,
                        process: process.name.clone(),
                    }),
            );
        }
        missing
    }

    pub(super) fn wanted(&self, prepared: &Prepared) -> Vec<Wanted> {
        let number = prepared.release.number;
        let mut wanted = Vec::new();
        for process in &prepared.release.spec.processes {
            for index in 1..=process.instances {
                wanted.push(Wanted {
                    id: self.instance_id(number, &process.name, index),
                    process: process.name.clone(),
                });
            }
        }
        wanted
    }

    /// Removes artifacts and images that no kept release needs. A failure only costs disk space.
    pub(super) fn prune(&self) {
        if let Err(fault) = super::prune::prune(self.d, &self.subject, KEEP_RELEASES) {
            self.warn(format!("could not remove what old releases left: {fault}"));
        }
    }
}

/// What became of the instances that traffic was taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Old {
    /// Nobody has told them to stop.
    Warm,
    /// They are stopping, or may be.
    Going,
}

fn describe_instance(instance: &Instance) -> String {
    match (&instance.exit, &instance.probe) {
        (Some(exit), _) if matches!(instance.state, InstanceState::Exited | InstanceState::BackOff) => {
            format!("ended with {exit}")
        }
        (_, Some(probe)) => format!("was {}: {probe}", instance.state.as_str()),
        _ => format!("was {}", instance.state.as_str()),
    }
}

fn short(elapsed: Duration) -> Span {
    Span::from_secs(elapsed.as_secs())
}
