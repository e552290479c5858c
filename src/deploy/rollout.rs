//! Bringing a release up and another down: the order of acts, and what a failure at each of them means.

use std::time::Duration;

use serde_json::{Value, json};

use crate::fault::{Fault, Kind, Result};
use crate::model::deployment::{Operation, Outcome, State};
use crate::model::observed::{Instance, InstanceState, NO_START, Observation, never_ran};
use crate::model::release::{Release, Source};
use crate::model::spec::Spec;
use crate::model::{BuildId, ReleaseNo, Span};
use crate::ports::target::{Prepared, RELEASE_STEP, Shift, Stop, Wanted};
use crate::store::deployment::Learnt;
use crate::store::hold::Hold;
use crate::store::release::NewRelease;

use super::attempt::{Attempt, Way, counted, failed_after, is_undecided, needs_human};
use super::bake::Watch;
use super::end::{given_up, late, well_ended};
use super::engine::{DeployRequest, Report, Subject, Wish};
use super::judge::{self, Failure, Judgement};
use super::plan::Plan;
use super::secrets::Discreet;
use super::{build, secrets};

/// Releases whose artifacts are kept per service, besides those that run or are the last two proven good.
const KEEP_RELEASES: usize = 10;

/// Between SIGTERM and SIGKILL for what no known specification says more of; the default of a manifest.
pub(super) const GRACE: Span = Span::from_secs(30);

/// The longest that requests in flight hold up a replacement that others wait for: those wait no longer than 15 s.
pub(super) const HELD_DRAIN: Span = Span::from_secs(8);

/// A release step whose end is waited for.
pub(super) struct Ending<'a> {
    pub(super) id: &'a str,
    pub(super) command: &'a str,
    /// After so long it is ended; it then has the grace to end by itself.
    pub(super) timeout: Span,
    pub(super) grace: Span,
}

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
            // A build inherits the variables that secrets are read from, and may print them.
            let commands = Discreet {
                commands: d.commands,
                store: d.store,
            };
            build::run(&request.recipe, &snapshot, d.paths, &commands, d.interrupt, d.events)?;
            Ok(((), snapshot.id.to_string(), json!({ "cached": false })))
        })?;
        secrets::keep(&self.subject.service, &spec, &values, self.d.store, self.d.key)?;
        let release = self.release(&snapshot.id, &snapshot.source, spec, identity)?;
        self.deployment.release = Some(release.number);
        let artifact = self.d.paths.artifact(&snapshot.id.0);
        let prepared = Prepared {
            release,
            artifact,
            secrets: values,
            record: Value::Null,
        };
        let prepared = self.prepare(Way::Forward, prepared)?;
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

    /// Has the target make ready what the release needs. Nothing serves by that, so an engine that stays away ends an attempt
    /// here as if it had not begun.
    pub(super) fn prepare(&mut self, way: Way, mut prepared: Prepared) -> Result<Prepared> {
        let number = prepared.release.number;
        let (store, key) = (self.d.store, self.d.key);
        prepared.record = secrets::recall_record(&prepared.release, store, key)?;
        let name = way.name("prepare");
        let placed = self.step(
            way.state(State::Preparing),
            &name,
            number.to_string(),
            json!({ "release": number }),
            |attempt| {
                let placed = attempt.patiently(&name, |attempt| {
                    attempt.d.target.prepare(&attempt.authority(), &prepared)
                })?;
                secrets::keep_record(&prepared.release, &placed, store, key)?;
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
        let grace = prepared.release.spec.grace;
        self.step(
            State::Releasing,
            "release",
            step.command.to_string(),
            intent,
            |attempt| {
                attempt.start_release_step(prepared, &wanted)?;
                let ending = Ending {
                    id: &id,
                    command: &step.command.to_string(),
                    timeout: step.timeout,
                    grace,
                };
                // Out of sight it runs on, and the next command waits for it; or somebody else does already.
                let exit = attempt.end_of_release_step(&ending, is_undecided)?;
                Ok(((), exit.clone(), json!({ "exit": exit })))
            },
        )
    }

    fn start_release_step(&self, prepared: &Prepared, wanted: &Wanted) -> Result<()> {
        let started = self.patiently("release", |attempt| {
            let wanted = std::slice::from_ref(wanted);
            attempt.d.target.start(&attempt.authority(), prepared, wanted)
        });
        let Err(fault) = started else { return Ok(()) };
        if is_undecided(&fault) {
            return Err(fault);
        }
        // A failure says nothing: only the target knows whether it runs.
        let observed = self.observe("release")?;
        let there = observed.instances.iter().find(|one| one.id == wanted.id);
        let exit = match there.map(|one| one.exit.as_deref()) {
            None => format!("{NO_START}: {fault}"),
            Some(Some(exit)) if never_ran(exit) => exit.to_owned(),
            Some(_) => return Ok(()),
        };
        self.note(json!({ "exit": exit }))?;
        if there.is_some() {
            self.end_release_step(&wanted.id, prepared.release.spec.grace)?;
        }
        Err(fault)
    }

    /// Waits for the end of a release step, writes it down, and clears the step away: in this order, for what is cleared away
    /// tells nobody any more how it ended. Whoever stops waiting for a reason that `leaves` it lets it run on.
    pub(super) fn end_of_release_step(&self, step: &Ending<'_>, leaves: fn(&Fault) -> bool) -> Result<String> {
        let exit = match self.wait_for_exit(step.id, step.timeout) {
            Err(fault) if leaves(&fault) => return Err(fault),
            exit => exit,
        };
        let tail = self.log_tail(step.id);
        if let Ok(Some(exit)) = &exit {
            self.note(json!({ "exit": exit }))?;
        }
        let stopped = self.end_release_step(step.id, step.grace);
        let why = match exit {
            Ok(Some(exit)) => {
                well_ended(step.command, &exit, Some(tail))?;
                return stopped.map(|()| exit);
            }
            Ok(None) => late(step.command, step.timeout, tail),
            Err(fault) => given_up(fault),
        };
        match stopped {
            Ok(()) => Err(why),
            Err(also) if is_undecided(&also) => Err(also),
            Err(also) => {
                let message = format!("the release step `{}` could not be stopped: {also}", step.command);
                let fault =
                    Fault::new(Kind::NeedsHuman, "release-step-not-stopped", message).because(anyhow::anyhow!("{why}"));
                Err(fault.hint("see whether it still runs, then run `deliver deploy` again"))
            }
        }
    }

    /// Ends a release step that runs too long, and clears away one that has ended.
    fn end_release_step(&self, id: &str, grace: Span) -> Result<()> {
        let stop = Stop {
            instances: vec![id.to_owned()],
            drain: Span::ZERO,
            grace,
        };
        self.patiently("release", |attempt| attempt.d.target.stop(&attempt.authority(), &stop))?;
        Ok(())
    }

    /// The exit of a process that runs once; none where its time is over and it still runs.
    pub(super) fn wait_for_exit(&self, id: &str, timeout: Span) -> Result<Option<String>> {
        let began = self.d.clock.elapsed();
        loop {
            let observed = self.observe("release")?;
            let instance = observed.instances.iter().find(|one| one.id == id);
            let doing = match instance {
                None => {
                    return Err(Fault::new(
                        Kind::NeedsHuman,
                        "release-step-lost",
                        format!("the release step `{id}` is gone without a recorded exit"),
                    ));
                }
                Some(one) if one.state == InstanceState::Exited => {
                    return Ok(Some(one.exit.clone().unwrap_or_else(|| "an unknown status".into())));
                }
                // Mostly an image that is fetched, or a node that is waited for.
                Some(one) if one.state == InstanceState::Starting => one.probe.clone(),
                Some(_) => None,
            };
            let elapsed = self.d.clock.elapsed().saturating_sub(began);
            if elapsed > timeout.duration() {
                return Ok(None);
            }
            let doing = doing.unwrap_or_else(|| format!("running for {}", short(elapsed)));
            self.pause("release", doing)?;
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
    pub(super) fn bring_up(&mut self, way: Way, prepared: &Prepared, wanted: &[Wanted], all: &[String]) -> Result<()> {
        let count = counted(wanted.len(), "instance");
        let intent = json!({ "release": prepared.release.number, "instances": wanted });
        let name = way.name("start");
        self.step(way.state(State::Starting), &name, count.clone(), intent, |attempt| {
            attempt.patiently(&name, |attempt| {
                attempt.d.target.start(&attempt.authority(), prepared, wanted)
            })?;
            Ok(((), count, Value::Null))
        })?;
        let detail = match &prepared.release.spec.health.probe {
            Some(probe) => format!("GET {}", probe.path),
            None => "keeps running".into(),
        };
        let (state, name) = (way.state(State::Verifying), way.name("health"));
        self.step(state, &name, detail.clone(), json!({}), |attempt| {
            attempt.wait_healthy(&name, prepared, all)?;
            Ok((
                (),
                format!("{detail}, stable for {}", prepared.release.spec.health.stable),
                Value::Null,
            ))
        })
    }

    fn wait_healthy(&mut self, step: &str, prepared: &Prepared, ids: &[String]) -> Result<()> {
        let spec = &prepared.release.spec;
        let began = self.seen_for();
        loop {
            let observed = self.observe(step)?;
            let elapsed = Span::from(self.seen_for().saturating_sub(began));
            match judge::judge(ids, &observed.instances, spec, elapsed) {
                Judgement::Healthy => return Ok(()),
                Judgement::Failed(failure) => return Err(self.unhealthy(prepared.release.number, failure)),
                Judgement::Waiting(what) => self.pause(step, what)?,
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

    /// All traffic to these instances of a release.
    pub(super) fn shift(&mut self, way: Way, release: ReleaseNo, ids: &[String]) -> Result<()> {
        let detail = match &self.deployment.url {
            Some(url) => format!("{url} → {release}"),
            None => release.to_string(),
        };
        let shift = Shift::to(release, ids.to_vec());
        let name = way.name("switch");
        self.step(
            way.state(State::Shifting),
            &name,
            detail.clone(),
            json!(shift),
            |attempt| {
                attempt.patiently(&name, |attempt| attempt.d.target.shift(&attempt.authority(), &shift))?;
                Ok(((), detail, Value::Null))
            },
        )
    }

    /// After the switch: the old drains and goes, then every instance is looked at once more.
    pub(super) fn settle(&mut self, prepared: &Prepared, ids: &[String]) -> Result<()> {
        let release = prepared.release.number;
        let observed = self.observe("drain")?;
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
        self.verify(Way::Forward, release, ids)?;
        self.prune();
        Ok(())
    }

    /// Looks once more: the release has the traffic, and each of these instances serves.
    fn verify(&mut self, way: Way, release: ReleaseNo, ids: &[String]) -> Result<()> {
        let detail = format!("{} at {release}", counted(ids.len(), "instance"));
        let name = way.name("observe");
        self.step(
            way.state(State::Cleaning),
            &name,
            detail.clone(),
            json!({ "release": release }),
            |attempt| {
                let observed = attempt.observe(&name)?;
                if observed.current != Some(release) || !judge::serves_in_full(&observed.instances, ids, release) {
                    return Err(attempt.not_in_full(release, ids, &observed));
                }
                Ok(((), detail, json!({ "instances": observed.instances })))
            },
        )
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
        let gone = plan.previous.filter(|_| made_room);
        if let Some(previous) = gone {
            match self.broke_previous() {
                Ok(true) => return self.freeze(fault, previous),
                Ok(false) => {}
                Err(lost) => return self.unrecorded(Some(fault), lost),
            }
        }
        if !ids.is_empty()
            && let Err(also) = self.stop(State::Aborting, ids, Span::ZERO, prepared.release.spec.grace)
        {
            let doing = format!("removing the instances of {}", prepared.release.number);
            return self.half_way(fault.still("what was started may still run"), &doing, also);
        }
        if let Some(previous) = gone
            && let Err(also) = self.restore(previous, Old::Going)
        {
            // The old instance had to make room for the new one, and did not come back.
            return self.half_way(fault, &format!("bringing {previous} back"), also);
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
            return self.undecided(fault);
        }
        let broken = match plan.previous.map(|_| self.broke_previous()).transpose() {
            Ok(broken) => broken == Some(true),
            Err(lost) => return self.unrecorded(Some(fault), lost),
        };
        let fault = match plan.previous {
            // Begun, its release step may have done any part of its work: no way back, and not forward by itself.
            Some(previous) if broken => fault
                .with_kind(Kind::NeedsHuman)
                .still(format!(
                    "{previous} is still serving, and does not work after the release step"
                ))
                .hint("fix it and run `deliver deploy` again: the release step was begun, and breaks what serves now"),
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

    /// Traffic had moved, and the new release is not what it should be: back to what served before. `first` go before it
    /// comes: no two may run at once.
    pub(super) fn go_back(mut self, fault: Fault, old: Old, first: Vec<String>) -> Result<Report> {
        let Some(previous) = self
            .deployment
            .previous
            .filter(|_| self.deployment.operation != Operation::Rollback)
        else {
            let fault = needs_human(fault, &self.subject);
            return self.end(Outcome::NeedsHuman, Some(fault));
        };
        match self.broke_previous() {
            Ok(true) => return self.freeze(fault, previous),
            Ok(false) => {}
            Err(lost) => return self.unrecorded(Some(fault), lost),
        }
        self.warn(format!("{fault}; rolling back to {previous}"));
        let restored = self
            .clear_away(previous, first)
            .and_then(|()| self.restore(previous, old));
        match restored {
            Ok(()) => self.rolled_back(fault, previous),
            Err(also) => self.half_way(fault, &format!("rolling back to {previous}"), also),
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
        let held = self.hold_after("rolled back automatically", &fault.to_string());
        let fault = fault
            .with_kind(Kind::RolledBack)
            .still(format!("{previous} is serving again"));
        match held {
            Ok(()) => self.end(Outcome::RolledBack, Some(fault)),
            Err(lost) => self.unrecorded(Some(fault), lost),
        }
    }

    /// After an automatic rollback, well ended or not, nobody deploys to a protected environment before a person has looked.
    /// One such hold is enough, however often the way back was interrupted.
    pub(super) fn hold_after(&self, what: &str, why: &str) -> Result<()> {
        let Subject {
            service,
            env,
            protected,
            ..
        } = &self.subject;
        let by = format!("{what} by {}", self.deployment.id);
        let held = |one: &Hold| one.reason.starts_with(&format!("{by}:"));
        if *protected && !self.d.store.holds(service, env)?.iter().any(held) {
            self.d.store.set_hold(service, env, &format!("{by}: {why}"))?;
        }
        Ok(())
    }

    /// What must never run twice goes before the old release comes back; requests wait meanwhile, where they can.
    pub(super) fn clear_away(&mut self, previous: ReleaseNo, ids: Vec<String>) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let shift = Shift {
            hold: self.d.target.capabilities().holds_requests,
            ..Shift::to(previous, Vec::new())
        };
        let (drain, grace) = self.ending()?;
        self.hold(State::RollingBack, &Way::Back.name("hold"), &shift)?;
        self.stop(State::RollingBack, ids, drain.min(HELD_DRAIN), grace)
    }

    /// How long instances of this deployment may drain, and take to end.
    fn ending(&self) -> Result<(Span, Span)> {
        let number = self.deployment.release;
        let release = number.map(|number| self.d.store.release(&self.subject.service, number));
        Ok(match release.transpose()?.flatten() {
            Some(release) => (release.spec.drain, release.spec.grace),
            None => (Span::ZERO, GRACE),
        })
    }

    /// Nobody serves until the next shift.
    pub(super) fn hold(&mut self, state: State, name: &str, shift: &Shift) -> Result<()> {
        let detail = if shift.hold { "requests wait" } else { "requests fail" }.to_owned();
        self.step(state, name, detail.clone(), json!(shift), |attempt| {
            attempt.patiently(name, |attempt| attempt.d.target.shift(&attempt.authority(), shift))?;
            Ok(((), detail, Value::Null))
        })
    }

    /// Brings a release back that served before: what is missing of it is started and gets healthy, then all traffic goes
    /// there and everything else stops. Instances of it that nobody stopped are used as they are: a release that was not
    /// healthy before need not be healthy to be gone back to.
    pub(super) fn restore(&mut self, previous: ReleaseNo, old: Old) -> Result<()> {
        let prepared = self.served_before(previous)?;
        let prepared = self.prepare(Way::Back, prepared)?;
        let observed = self.observe("prepare")?;
        let there = self.left_of(&observed, previous, old);
        let missing = self.missing(&prepared, &there, &observed);
        let mut ids: Vec<String> = missing.iter().map(|one| one.id.clone()).collect();
        if !missing.is_empty() {
            self.bring_up(Way::Back, &prepared, &missing, &ids)?;
        }
        let sick = |one: &&&Instance| {
            !matches!(one.state, InstanceState::Healthy | InstanceState::Waiting) && one.healthy_ms == 0
        };
        let sick: Vec<String> = there.iter().filter(sick).map(|one| one.id.clone()).collect();
        ids.extend(there.iter().map(|one| one.id.clone()));
        self.shift(Way::Back, previous, &ids)?;
        let observed = self.observe("drain")?.instances.into_iter();
        let others: Vec<String> = observed.map(|one| one.id).filter(|id| !ids.contains(id)).collect();
        if !others.is_empty() {
            let spec = &prepared.release.spec;
            self.stop(State::RollingBack, others, spec.drain, spec.grace)?;
        }
        if !sick.is_empty() {
            let list = sick.join("`, `");
            self.warn(format!("{previous} is back as it was: `{list}` is not healthy"));
        }
        ids.retain(|id| !sick.contains(id));
        self.verify(Way::Back, previous, &ids)
    }

    /// Everything needed to start a release again that served before.
    pub(super) fn served_before(&self, number: ReleaseNo) -> Result<Prepared> {
        let release = self
            .d
            .store
            .release(&self.subject.service, number)?
            .ok_or_else(|| Fault::bug(format!("release {number} is not in the store")))?;
        self.d.recall(&release)
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
