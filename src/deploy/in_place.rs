//! Rollouts on an engine that replaces instances itself: stage by stage, judged by what is observed, and back to the last
//! good release when a stage is not what it should be.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};

use crate::event::Event;
use crate::fault::{Fault, Kind, Result};
use crate::model::deployment::{Operation, Outcome, State};
use crate::model::observed::{Instance, InstanceState, Observation};
use crate::model::spec::Spec;
use crate::model::strategy::{Strategy, StrategyKind};
use crate::model::{ReleaseNo, Span};
use crate::ports::target::{InPlace, Prepared, RELEASE_STEP, Stage, Traffic, changed_underneath};

use super::attempt::{Attempt, Way, counted, is_undecided, needs_human};
use super::bake::{Watch, Watched};
use super::engine::{Report, Subject};
use super::judge::{self, Progress};
use super::plan::Plan;
use super::stage;

/// What instances are looked for at a stage.
struct Wanted<'a> {
    release: ReleaseNo,
    stage: &'a Stage,
    /// Only those that this deployment started.
    fresh: bool,
}

/// Old instances that are left for so long, when every new one is there, are not about to be ended. Engines tell them to end in
/// the same moment; one that is busy takes a second.
const ENDED_WITHIN: Duration = Duration::from_secs(5);
/// So many deployments are asked whom they named as killed, the newest first: those that end early name nobody.
const LOOKED_BACK: u32 = 5;
/// Where a look writes down whom it named.
const KILLED: &str = "killed";
/// An engine that stands still again and again has something that a person should see.
const SET_GOING_AT_MOST: u32 = 3;

/// How long nothing but old instances is waited for.
#[derive(Default)]
struct Idle {
    since: Option<Duration>,
    set_going: u32,
}

impl Idle {
    /// Whether the engine may need to be set going, at a look that saw `left` old instances and nothing else that is waited
    /// for. A short `deadline` leaves less time for it to come by itself.
    fn too_long(&mut self, left: usize, now: Duration, deadline: Duration) -> bool {
        if left == 0 {
            self.since = None;
            return false;
        }
        let due = now.saturating_sub(*self.since.get_or_insert(now)) >= ENDED_WITHIN.min(deadline / 4);
        if due {
            self.since = Some(now);
        }
        due && self.set_going < SET_GOING_AT_MOST
    }
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
        let spec = match self.at_size(how.strategy, &prepared.release.spec) {
            Ok(spec) => spec,
            Err(fault) => return self.turn_back(engine, plan, fault, false),
        };
        let stages = stage::planned(
            how.strategy,
            &prepared.release,
            &spec,
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
            ) && let Err(fault) = self.reach(engine, prepared, (&grown, &spec), &name)
            {
                return self.turn_back(engine, plan, fault, taken);
            }
            taken |= stage.traffic != Traffic::Held;
            if let Err(fault) = self.reach(engine, prepared, (stage, &spec), &name) {
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

    /// The specification as large as what runs, where a part of that is to be tried.
    fn at_size<'s>(&self, strategy: &Strategy, spec: &'s Spec) -> Result<Cow<'s, Spec>> {
        match strategy.kind {
            StrategyKind::Canary | StrategyKind::BlueGreen => Ok(stage::at_size(spec, &self.observe("replace")?)),
            StrategyKind::Rolling | StrategyKind::Recreate => Ok(Cow::Borrowed(spec)),
        }
    }

    /// One stage, of a specification as large as it runs: told to the engine, then waited for.
    fn reach(
        &mut self,
        engine: &dyn InPlace,
        prepared: &Prepared,
        (stage, spec): (&Stage, &Spec),
        name: &str,
    ) -> Result<()> {
        let detail = format!("{name}: {}", stage::describe(stage, spec));
        let state = match stage.traffic {
            Traffic::Held => State::Starting,
            _ => State::Shifting,
        };
        self.replace(Way::Forward, state, engine, (prepared, stage), detail)
    }

    /// Has the engine go to a stage of a release, and waits until that is what runs.
    fn replace(
        &mut self,
        way: Way,
        forward: State,
        engine: &dyn InPlace,
        (prepared, stage): (&Prepared, &Stage),
        detail: String,
    ) -> Result<()> {
        let (state, release) = (way.state(forward), prepared.release.number);
        let mut intent = json!(stage);
        intent["release"] = json!(release);
        let name = way.name("replace");
        self.step(state, &name, detail.clone(), intent, |attempt| {
            attempt.patiently(&name, |attempt| engine.replace(&attempt.authority(), prepared, stage))?;
            Ok(((), detail, json!({})))
        })?;
        let waits = format!("stable for {}", prepared.release.spec.health.stable);
        let name = way.name("health");
        self.step(state, &name, waits.clone(), json!({}), |attempt| {
            let wanted = Wanted {
                release,
                stage,
                fresh: stage.fresh,
            };
            let set_going = attempt.wait_for_stage(&name, engine, prepared, &wanted)?;
            let observation = match set_going {
                0 => json!({}),
                times => json!({ "set_going": times }),
            };
            Ok(((), waits, observation))
        })
    }

    /// Waits until the stage is what runs. The deadline counts from the last instance that became healthy, so that a large
    /// service has the time it needs and a stuck one does not. Gives how often an engine that stood still was set going.
    fn wait_for_stage(
        &mut self,
        step: &str,
        engine: &dyn InPlace,
        prepared: &Prepared,
        wanted: &Wanted<'_>,
    ) -> Result<u32> {
        let spec = &prepared.release.spec;
        let deadline = spec.health.start.duration() + spec.health.stable.duration();
        let (mut best, mut moved_at) = (0, self.seen_for());
        let mut idle = Idle::default();
        loop {
            let observed = self.observe(step)?;
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
                Progress::There => return Ok(idle.set_going),
                Progress::Failed(failure) => return Err(self.unhealthy(wanted.release, failure)),
                Progress::Waiting { healthy, left, what } => {
                    let now = self.seen_for();
                    if healthy > best {
                        (best, moved_at) = (healthy, now);
                    }
                    if now.saturating_sub(moved_at) > deadline {
                        return Err(self.stuck(wanted, &own, &what, Span::from(deadline)));
                    }
                    if idle.too_long(left, now, deadline)
                        && self.patiently(step, |attempt| engine.go_on(&attempt.authority()))?
                    {
                        idle.set_going += 1;
                        self.warn(format!("the engine stood still with {what}, and was set going again"));
                    }
                    self.pause(step, what)?;
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
        let observed = self.observe("bake")?;
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

    /// The new release is everywhere.
    fn close(&mut self, engine: &dyn InPlace, prepared: &Prepared) -> Result<()> {
        if self.deployment.state < State::Committed {
            self.advance(State::Committed)?;
        }
        self.verify_stage(Way::Forward, engine, prepared)?;
        self.prune();
        Ok(())
    }

    /// A release is everywhere: the engine clears up, and every instance is looked at once more.
    fn verify_stage(&mut self, way: Way, engine: &dyn InPlace, prepared: &Prepared) -> Result<()> {
        let release = prepared.release.number;
        let all = stage::all(&prepared.release.spec);
        let count: u32 = all.values().sum();
        let detail = format!("{} at {release}", counted(count as usize, "instance"));
        let intent = json!({ "release": release });
        let (state, name) = (way.state(State::Cleaning), way.name("observe"));
        self.step(state, &name, detail.clone(), intent, |attempt| {
            attempt.patiently(&name, |attempt| engine.finish(&attempt.authority(), prepared))?;
            let observed = attempt.still_in_full(&name, prepared, &all)?;
            attempt.tell_draining(&observed);
            let killed = attempt.tell_killed(&observed)?;
            Ok(((), detail, json!({ "instances": observed.instances, KILLED: killed })))
        })
    }

    /// The last look. An instance that its engine moves at this very moment, as from a node that is drained, has the time that
    /// any has to come up; one that ended by itself has none.
    fn still_in_full(&self, step: &str, prepared: &Prepared, all: &BTreeMap<String, u32>) -> Result<Observation> {
        let (release, health) = (prepared.release.number, &prepared.release.spec.health);
        let deadline = health.start.duration() + health.stable.duration();
        let began = self.seen_for();
        loop {
            let observed = self.observe(step)?;
            self.undisturbed(&observed, release)?;
            let all = stage::relied_on(all, &observed);
            if judge::runs_in_full(&observed, release, &all) {
                return Ok(observed);
            }
            let missing = judge::missing(&observed, release, &all);
            let own = observed.instances.iter().filter(|one| one.release == release);
            let mut ended = own.filter(|one| matches!(one.state, InstanceState::Exited | InstanceState::BackOff));
            if ended.next().is_some() || self.seen_for().saturating_sub(began) > deadline {
                let what = format!("{release} was everywhere, then {missing}");
                return Err(Fault::failed("lost-after-switch", what));
            }
            self.pause(step, missing)?;
        }
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

    /// Those that had to be killed are named, each once: what still drained at the last look of a deployment is the next
    /// one's to tell. Returns whom this look named.
    fn tell_killed(&self, observed: &Observation) -> Result<Vec<String>> {
        let Subject { service, env, .. } = &self.subject;
        let mut since = self.deployment.started_at;
        let mut named: BTreeSet<String> = BTreeSet::new();
        for one in self.d.store.deployments(Some(service), Some(env), LOOKED_BACK)? {
            let steps = self.d.store.steps(one.id)?;
            let told = steps.iter().filter_map(|step| step.observation[KILLED].as_array());
            let told: Vec<&[Value]> = told.map(Vec::as_slice).collect();
            named.extend(told.concat().iter().filter_map(Value::as_str).map(str::to_owned));
            if one.id != self.deployment.id && !told.is_empty() {
                since = one.started_at;
                break;
            }
        }
        let anew = observed
            .killed
            .iter()
            .filter(|one| one.at > since && !named.contains(&one.id));
        let anew: Vec<String> = anew.map(|one| one.id.clone()).collect();
        for id in &anew {
            self.warn(format!(
                "`{id}` ignored SIGTERM until its grace was over, and was killed"
            ));
        }
        Ok(anew)
    }

    /// A stage failed: back to what served before, unless that would do harm.
    fn turn_back(mut self, engine: &dyn InPlace, plan: &Plan, fault: Fault, taken: bool) -> Result<Report> {
        if is_undecided(&fault) {
            return self.undecided(fault);
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
        match self.broke_previous() {
            Ok(true) => return self.freeze(fault, previous),
            Ok(false) => {}
            Err(lost) => return self.unrecorded(Some(fault), lost),
        }
        self.warn(format!("{fault}; rolling back to {previous}"));
        match self.restore_in_place(engine, previous) {
            Ok(()) if taken => self.rolled_back(fault, previous),
            Ok(()) => self.end_early(fault, plan),
            Err(also) => self.half_way(fault, &format!("rolling back to {previous}"), also),
        }
    }

    /// The first deployment of all failed: what it made goes.
    fn never_was(mut self, fault: Fault) -> Result<Report> {
        if let Err(also) = self.remove_all() {
            // What may still run is not "as it was before".
            let fault = fault.still("what was started may still run");
            return self.half_way(fault, "removing what was started", also);
        }
        let outcome = match fault.kind() {
            Kind::Interrupted | Kind::Terminated => Outcome::Cancelled,
            _ => Outcome::Failed,
        };
        let fault = fault.still("nothing was deployed before, and nothing is now");
        self.end(outcome, Some(fault))
    }

    /// Everything of an environment goes that nothing was deployed to before.
    fn remove_all(&mut self) -> Result<()> {
        let detail = "everything".to_owned();
        let intent = json!({ "release": self.deployment.release });
        self.step(State::Aborting, "remove", detail.clone(), intent, |attempt| {
            attempt.patiently("remove", |attempt| attempt.d.target.remove(&attempt.authority()))?;
            Ok(((), detail, json!({})))
        })
    }

    /// Brings a release back in full by its recorded specification, and waits until it is observed.
    pub(super) fn restore_in_place(&mut self, engine: &dyn InPlace, previous: ReleaseNo) -> Result<()> {
        let prepared = self.served_before(previous)?;
        let stage = Stage {
            instances: stage::all(&prepared.release.spec),
            traffic: Traffic::All,
            fresh: false,
            stop_first: self.d.recreates(self.deployment.id)?,
        };
        let detail = format!("{previous}: {}", stage::describe(&stage, &prepared.release.spec));
        self.replace(Way::Back, State::RollingBack, engine, (&prepared, &stage), detail)?;
        self.verify_stage(Way::Back, engine, &prepared)
    }

    /// After a crash: what is everywhere stays unless it was given up, what is half done goes back.
    /// `what` happened to whoever began it.
    pub(super) fn recover_in_place(
        mut self,
        engine: &dyn InPlace,
        observed: &Observation,
        mut what: String,
    ) -> Result<Report> {
        let during = self.deployment.state;
        if let Some(change) = &observed.foreign {
            let reason = changed_underneath(change).to_string();
            return self.recovered(Outcome::NeedsHuman, reason);
        }
        if during < State::Starting {
            return self.world_as_it_was(format!("{what}; nothing had been replaced"));
        }
        let turned = matches!(during, State::RollingBack | State::Aborting);
        let mut judged = turned || self.given_up()?;
        if let Some(number) = self.deployment.release.filter(|_| !judged)
            && let Some((prepared, stage)) = self.everywhere(observed, number)?
        {
            self.deployment.url = observed.url.clone();
            match self.finish_in_place(engine, &prepared, &stage) {
                Ok(()) => {
                    let reason = format!("{number} was everywhere; finished after an interruption");
                    return self.recovered(Outcome::Succeeded, reason);
                }
                Err(fault) if fault.kind() == Kind::Failed => (what, judged) = (fault.to_string(), true),
                Err(fault) if fault.kind() == Kind::NeedsHuman => {
                    return self.recovered(Outcome::NeedsHuman, fault.to_string());
                }
                Err(fault) => return Err(fault),
            }
        }
        let goal = self.deployment.release;
        match (self.deployment.operation, self.deployment.previous, goal) {
            // A person had left the previous one: the way is to where they went.
            (Operation::Rollback, Some(_), Some(release)) => self.arrive(engine, release, what),
            (_, Some(previous), _) if !turned && self.broke_previous()? => self.left_as_it_is(previous, what),
            (_, Some(previous), _) => {
                let restored = self.restore_in_place(engine, previous);
                self.brought_back(restored, previous, what, judged)
            }
            (_, None, _) => match self.remove_all() {
                Ok(()) => {
                    let reason = format!("{what}; what it had started was removed");
                    self.recovered(Outcome::Interrupted, reason)
                }
                Err(fault) if fault.kind() == Kind::Failed => {
                    let reason = format!("{what}; what it had started is still there: {fault}");
                    self.recovered(Outcome::NeedsHuman, reason)
                }
                Err(fault) => Err(fault),
            },
        }
    }

    /// The release and its last stage, where it runs everywhere and nothing else does. Rolled out afresh, what ran before is
    /// something else, although it is the same release.
    fn everywhere(&self, observed: &Observation, number: ReleaseNo) -> Result<Option<(Prepared, Stage)>> {
        let Some(release) = self.d.store.release(&self.subject.service, number)? else {
            return Ok(None);
        };
        let again = self.d.store.plan(self.deployment.id)?["again"] == true;
        let stage = Stage {
            instances: stage::all(&release.spec),
            traffic: Traffic::All,
            fresh: again && self.deployment.previous == Some(number),
            stop_first: self.d.recreates(self.deployment.id)?,
        };
        let counts = |one: &&Instance| {
            one.process != RELEASE_STEP && !matches!(one.state, InstanceState::Exited | InstanceState::Draining)
        };
        let mut running = observed.instances.iter().filter(counts);
        let mixed = stage.fresh && running.any(|one| one.deployment != self.deployment.id);
        let all = stage::relied_on(&stage.instances, observed);
        match !mixed && judge::runs_in_full(observed, number, &all) {
            true => self.d.recall(&release).map(|prepared| Some((prepared, stage))),
            false => Ok(None),
        }
    }

    /// Instances of the release are everywhere, by their own doing perhaps: whoever began it may have died in the middle of
    /// telling the engine, after its instances and before its addresses, schedules or limits. So it is told once more.
    fn finish_in_place(&mut self, engine: &dyn InPlace, prepared: &Prepared, stage: &Stage) -> Result<()> {
        if self.deployment.state < State::Committed {
            self.advance(State::Committed)?;
        }
        if self.deployment.state == State::Committed {
            let detail = format!("{}: everything, once more", prepared.release.number);
            self.replace(Way::Forward, State::Committed, engine, (prepared, stage), detail)?;
        }
        self.close(engine, prepared)
    }

    /// Goes on with a rollback that was interrupted.
    fn arrive(mut self, engine: &dyn InPlace, release: ReleaseNo, what: String) -> Result<Report> {
        match self.restore_in_place(engine, release) {
            Ok(()) => {
                let reason = format!("{what}; {release} is serving, as the rollback meant");
                self.recovered(Outcome::Succeeded, reason)
            }
            failed => self.brought_back(failed, release, what, false),
        }
    }
}
