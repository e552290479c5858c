//! Rollouts on an engine that runs new instances beside the old ones: stage by stage, each started, healthy, and given its
//! traffic; the old ones stay as long as the strategy lets them, and nothing is lost by going back.

use serde_json::json;

use crate::fault::{Fault, Kind, Result};
use crate::model::Span;
use crate::model::deployment::{Outcome, State};
use crate::model::observed::Instance;
use crate::model::spec::Spec;
use crate::model::strategy::StrategyKind;
use crate::ports::target::{Part, Prepared, Shift, Stage, Traffic, Wanted};

use super::attempt::{Attempt, Way, is_undecided};
use super::bake::{Watch, Watched};
use super::engine::Report;
use super::plan::Plan;
use super::rollout::{HELD_DRAIN, Old};
use super::stage;

/// How far a rollout is.
struct Course<'a> {
    prepared: &'a Prepared,
    plan: &'a Plan,
    /// Instances of the new release, in the order of their start: the first `started` of them run.
    wanted: Vec<Wanted>,
    started: usize,
    /// Instances that were the environment's own when it began, as far as they are left.
    old: Vec<Instance>,
    /// New instances took traffic, or may have.
    taken: bool,
    /// All of it is theirs.
    switched: bool,
    /// The old ones made room before the new ones came.
    made_room: bool,
    /// They did so because no two may run at once.
    recreates: bool,
    /// Some of those that are left were told to stop.
    going: bool,
}

impl Course<'_> {
    fn ids(&self) -> Vec<String> {
        self.wanted[..self.started].iter().map(|one| one.id.clone()).collect()
    }

    fn spec(&self) -> &Spec {
        &self.prepared.release.spec
    }

    fn web_ids(&self) -> Vec<String> {
        let web = self.spec().web().map(|web| web.name.as_str());
        let own = self.wanted[..self.started].iter();
        own.filter(|one| Some(one.process.as_str()) == web)
            .map(|one| one.id.clone())
            .collect()
    }

    /// Brings those that a stage is to start to the front of what is left; how many they are.
    fn line_up(&mut self, stage: &Stage) -> usize {
        let running = |process: &str, wanted: &[Wanted]| wanted.iter().filter(|one| one.process == process).count();
        let (run, rest) = self.wanted.split_at(self.started);
        let (mut next, mut later) = (Vec::new(), Vec::new());
        for one in rest {
            let due = stage.instances.get(&one.process).copied().unwrap_or(0) as usize;
            let now = running(&one.process, run) + running(&one.process, &next);
            // Scheduled jobs are in no stage's count: they come with everything.
            match stage.traffic == Traffic::All || now < due {
                true => next.push(one.clone()),
                false => later.push(one.clone()),
            }
        }
        let count = next.len();
        let run = run.to_vec();
        self.wanted = [run, next, later].concat();
        count
    }

    /// Old instances that a batch of a rolling deployment replaces: what is left makes the number full.
    fn replaced(&self, stage: &Stage) -> Vec<String> {
        let mut going = Vec::new();
        for process in &self.spec().processes {
            let new = stage.instances.get(&process.name).copied().unwrap_or(0);
            let stay = process.instances.saturating_sub(new) as usize;
            let old = self.old.iter().filter(|one| one.process == process.name);
            going.extend(old.skip(stay).map(|one| one.id.clone()));
        }
        going
    }
}

impl Attempt<'_> {
    /// Goes through the stages; a failure at any of them brings the old release back.
    pub(super) fn roll_beside(mut self, prepared: &Prepared, plan: &Plan, how: &Watch<'_>) -> Result<Report> {
        let old = match self.observe("start") {
            Ok(observed) => observed.instances.into_iter().filter(|one| one.routed).collect(),
            Err(fault) => return self.end_early(fault, plan),
        };
        let mut course = Course {
            prepared,
            plan,
            wanted: self.wanted(prepared),
            started: 0,
            old,
            taken: false,
            switched: false,
            made_room: prepared.release.spec.listen.is_some(),
            recreates: false,
            going: false,
        };
        match self.walk(&mut course, how) {
            Ok(()) => self.end(Outcome::Succeeded, None),
            Err(fault) => self.give_up(fault, course),
        }
    }

    fn walk(&mut self, course: &mut Course<'_>, how: &Watch<'_>) -> Result<()> {
        let (plan, prepared) = (course.plan, course.prepared);
        if how.strategy.kind == StrategyKind::Recreate && plan.previous.is_some() && !course.made_room {
            self.make_room(course)?;
        }
        let stages = stage::planned(
            how.strategy,
            &prepared.release,
            &prepared.release.spec,
            &plan.capabilities,
            plan.previous,
            plan.again,
        );
        for (at, stage) in stages.iter().enumerate() {
            if at > 0 {
                self.still_welcome(how.fixes)?;
            }
            self.bring_to(course, stage, how)?;
            let watch = stage::watch(how.strategy, stage);
            if let Some(previous) = plan
                .previous
                .filter(|_| plan.steps.contains(&"bake") && watch > Span::ZERO)
            {
                let watched = Watched {
                    release: prepared.release.number,
                    previous,
                    ids: &course.ids(),
                    bake: watch,
                    both: !course.switched,
                };
                self.bake(self.deployment.state, how, &watched)?;
            }
            if how.strategy.kind == StrategyKind::Rolling && stage.traffic == Traffic::ByCount {
                self.drain_replaced(course, stage)?;
            }
        }
        course.going = true;
        self.settle(prepared, &course.ids())
    }

    /// One stage: what it adds is started and gets healthy, then it gets its traffic.
    fn bring_to(&mut self, course: &mut Course<'_>, stage: &Stage, how: &Watch<'_>) -> Result<()> {
        let count = course.line_up(stage);
        if count > 0 {
            let fresh = course.wanted[course.started..course.started + count].to_vec();
            course.started += count;
            let all = course.ids();
            self.bring_up(Way::Forward, course.prepared, &fresh, &all)?;
        }
        match stage.traffic {
            Traffic::Held => Ok(()),
            Traffic::All => self.switch(course),
            Traffic::ByCount | Traffic::Percent(_) => {
                self.shift_part(course, stage, how.strategy.kind == StrategyKind::Rolling)
            }
        }
    }

    /// All traffic to the new release.
    fn switch(&mut self, course: &mut Course<'_>) -> Result<()> {
        let ids = course.ids();
        let release = course.prepared.release.number;
        if let Err(fault) = self.shift(Way::Forward, release, &ids) {
            if is_undecided(&fault) {
                return Err(fault);
            }
            // A failure says nothing: only the target knows whether traffic moved, or a part of it.
            let before = std::mem::replace(&mut course.taken, true);
            let observed = self.observe("switch")?;
            let routed = |id: &String| observed.instances.iter().any(|one| one.id == *id && one.routed);
            course.taken = before || ids.iter().any(routed);
            if observed.current != Some(release) || !ids.iter().all(routed) {
                return Err(fault);
            }
        }
        (course.taken, course.switched) = (true, true);
        self.advance(State::Committed)
    }

    /// A part of the traffic to the new release, while the old one serves the rest.
    fn shift_part(&mut self, course: &mut Course<'_>, stage: &Stage, rolling: bool) -> Result<()> {
        let Some(previous) = course.plan.previous else {
            return Err(Fault::bug("a part of the traffic, and nobody for the rest"));
        };
        let (new, release) = (course.ids(), course.prepared.release.number);
        let going = match stage.traffic {
            Traffic::ByCount if rolling => course.replaced(stage),
            _ => Vec::new(),
        };
        let stay = course
            .old
            .iter()
            .map(|one| one.id.clone())
            .filter(|id| !going.contains(id));
        let part = match stage.traffic {
            Traffic::Percent(percent) => Some(Part {
                instances: course.web_ids(),
                percent,
            }),
            _ => None,
        };
        let shift = Shift {
            part,
            ..Shift::to(previous, stay.chain(new).collect())
        };
        let what = stage::describe(stage, course.spec());
        let detail = match &self.deployment.url {
            Some(url) => format!("{url} → {release}: {what}"),
            None => format!("{release}: {what}"),
        };
        self.step(State::Shifting, "switch", detail.clone(), json!(shift), |attempt| {
            // From here on a lost answer may mean that it has traffic.
            course.taken = true;
            attempt.patiently("switch", |attempt| attempt.d.target.shift(&attempt.authority(), &shift))?;
            Ok(((), detail, serde_json::Value::Null))
        })
    }

    /// The old instances that a batch replaced finish their requests and go.
    fn drain_replaced(&mut self, course: &mut Course<'_>, stage: &Stage) -> Result<()> {
        let going = course.replaced(stage);
        if going.is_empty() {
            return Ok(());
        }
        course.going = true;
        let spec = &course.prepared.release.spec;
        self.stop(State::Shifting, going.clone(), spec.drain, spec.grace)?;
        course.old.retain(|one| !going.contains(&one.id));
        course.going = false;
        Ok(())
    }

    /// Whatever runs goes before the new release starts: for what must never run twice. Requests wait meanwhile.
    fn make_room(&mut self, course: &mut Course<'_>) -> Result<()> {
        let Some(previous) = course.plan.previous else {
            return Ok(());
        };
        let shift = Shift {
            hold: course.plan.capabilities.holds_requests,
            ..Shift::to(previous, Vec::new())
        };
        // An attempt that was left as it is may have left instances without traffic: they run all the same.
        let running = self.observe("hold")?.instances.into_iter();
        let running = running.filter(|one| one.deployment != self.deployment.id);
        let running: Vec<String> = running.map(|one| one.id).collect();
        (course.made_room, course.recreates, course.going) = (true, true, true);
        self.hold(State::Starting, "hold", &shift)?;
        let spec = &course.prepared.release.spec;
        if !running.is_empty() {
            self.stop(State::Starting, running, spec.drain.min(HELD_DRAIN), spec.grace)?;
        }
        course.old.clear();
        Ok(())
    }

    /// A stage failed. Before anything new took traffic it is undone; afterwards the old release comes back.
    fn give_up(self, fault: Fault, course: Course<'_>) -> Result<Report> {
        match fault.kind() {
            Kind::Busy => return self.lost(fault),
            Kind::Unreachable => return self.end_early(fault, course.plan),
            Kind::NeedsHuman => return self.end(Outcome::NeedsHuman, Some(fault)),
            _ => {}
        }
        let ids = course.ids();
        if !course.taken {
            return self.abort(fault, course.prepared, ids, course.plan, course.made_room);
        }
        let old = if course.going { Old::Going } else { Old::Warm };
        let first = if course.recreates { ids } else { Vec::new() };
        self.go_back(fault, old, first)
    }
}
