//! One attempt under its lease: how a step is journaled, how it is interrupted, how it ends.
//!
//! The order within a step never changes: the intent is stored, the act is done, the observation is stored. What a crash
//! leaves between two of these is read back by [`super::recover`].

use std::cell::{Cell, RefCell};
use std::time::Duration;

use serde_json::{Value, json};

use crate::event::Event;
use crate::fault::{Fault, Kind, Result};
use crate::model::deployment::{Deployment, Outcome, State, Step, StepStatus};
use crate::model::observed::Observation;
use crate::model::{ReleaseNo, Span};
use crate::ports::target::{Authority, LogQuery, NOTES, Stop};
use crate::store::deployment::Learnt;
use crate::store::lease::LeaseGuard;

use super::engine::{Deployer, Report, Subject};

/// Between two looks at the target while something is awaited. Short enough that waiting adds little to a deployment
/// (two looks stay far below the 300 ms a deployment may cost on top of the app), long enough to cost no CPU.
const POLL: Duration = Duration::from_millis(50);

/// How long an engine that does not answer is waited for: a daemon's or an API server's restart takes less.
const ABSENCE: Duration = Duration::from_secs(60);
/// The same before anything has an effect. Giving up costs nothing then, and whoever waits may try again: long enough for a
/// connection that was lost, or a balancer that needs a moment to pass on to another server.
const ABSENCE_BEFORE: Duration = Duration::from_secs(10);
/// Between two tries while it does not answer.
const RETRY: Duration = Duration::from_secs(1);

/// The word of a command that was not done within `--timeout`.
pub(super) const TIMEOUT: &str = "timeout";

/// Log lines of a failing instance that are part of the error.
const LOG_TAIL: usize = 100;
/// The agent's own notes among the last lines of a run: that it was told to stop, how it ended; and as many of a run before.
const LOG_NOTES: usize = 8;

/// One attempt under its lease.
pub(super) struct Attempt<'a> {
    pub(super) d: &'a Deployer<'a>,
    pub(super) lease: &'a LeaseGuard,
    pub(super) subject: Subject,
    pub(super) deployment: Deployment,
    /// What was last said to be waited for; it is said again only when it changes.
    pub(super) waiting: RefCell<String>,
    /// How long the engine did not answer, in all.
    pub(super) away: Cell<Duration>,
    /// The step that is under way, whose line says what is waited for.
    pub(super) in_step: Cell<Option<u32>>,
    /// What was noted in it.
    pub(super) noted: RefCell<Value>,
}

/// Which way an attempt goes. What its acts do is the same; their steps have names of their own on the way back, so that
/// whoever reads the journal sees what was undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Forward,
    Back,
}

impl Way {
    /// The name of a step: `start`, `back: start`.
    pub(super) fn name(self, step: &str) -> String {
        match self {
            Way::Forward => step.to_owned(),
            Way::Back => format!("{BACK}{step}"),
        }
    }

    /// The state that a step is in.
    pub(super) fn state(self, forward: State) -> State {
        match self {
            Way::Forward => forward,
            Way::Back => State::RollingBack,
        }
    }
}

/// What names of steps begin with that undo something. Part of the JSON interface.
pub(super) const BACK: &str = "back: ";

/// Whether a fault says nothing about the release: somebody else leads, or nobody can be asked. Nothing is decided then; the
/// next command looks.
pub(super) fn is_undecided(fault: &Fault) -> bool {
    matches!(fault.kind(), Kind::Busy | Kind::Unreachable)
}

impl Attempt<'_> {
    pub(super) fn authority(&self) -> Authority {
        Authority {
            service: self.subject.service.clone(),
            env: self.subject.env.clone(),
            deployment: self.deployment.id,
            fence: self.lease.token(),
        }
    }

    /// What is really there, for `step`. Whatever keeps a target from saying so, the release is not to blame: it is asked
    /// again for a while, and then nothing is known (kind unreachable).
    pub(super) fn observe(&self, step: &str) -> Result<Observation> {
        let Subject { service, env, .. } = &self.subject;
        self.patiently(step, |attempt| attempt.d.target.observe(service, env).map_err(unknown))
    }

    /// Drains and stops instances; those that had to be cut or killed are reported by name.
    pub(super) fn stop(&mut self, state: State, instances: Vec<String>, drain: Span, grace: Span) -> Result<()> {
        let detail = counted(instances.len(), "instance");
        let stop = Stop {
            instances,
            drain,
            grace,
        };
        let name = match state {
            State::Aborting => "remove".to_owned(),
            State::RollingBack => Way::Back.name("drain"),
            _ => Way::Forward.name("drain"),
        };
        self.step(state, &name, detail, json!(stop), |attempt| {
            let stopped = attempt.patiently(&name, |attempt| attempt.d.target.stop(&attempt.authority(), &stop))?;
            for one in stopped.iter().filter(|one| one.killed) {
                attempt.warn(format!("`{}` ignored SIGTERM for {grace} and was killed", one.id));
            }
            let cut: u32 = stopped.iter().map(|one| one.cut).sum();
            if cut > 0 {
                attempt.warn(format!("{} still open after {drain} and cut", were(cut)));
            }
            Ok((
                (),
                format!("{} stopped", counted(stopped.len(), "instance")),
                json!(stopped),
            ))
        })
    }

    /// Everything of the environment goes: drained first, then its address.
    pub(super) fn take_down(&mut self, observed: &Observation) -> Result<()> {
        // An engine that replaces in place does all of it in one act.
        if self.d.target.in_place().is_none() {
            let (drain, grace) = self.patience(observed)?;
            let all: Vec<String> = observed.instances.iter().map(|one| one.id.clone()).collect();
            if !all.is_empty() {
                self.stop(State::Draining, all, drain, grace)?;
            }
        }
        self.step(
            State::Cleaning,
            "release address",
            String::new(),
            Value::Null,
            |attempt| {
                attempt.patiently("release address", |attempt| {
                    attempt.d.target.remove(&attempt.authority())
                })?;
                Ok(((), String::new(), Value::Null))
            },
        )
    }

    /// How long the current release may drain, and take to end.
    fn patience(&self, observed: &Observation) -> Result<(Span, Span)> {
        let release = observed
            .current
            .map(|number| self.d.store.release(&self.subject.service, number))
            .transpose()?
            .flatten();
        Ok(release.map_or((Span::from_secs(30), Span::from_secs(30)), |release| {
            (release.spec.drain, release.spec.grace)
        }))
    }

    pub(super) fn instance_id(&self, release: ReleaseNo, process: &str, index: u32) -> String {
        format!(
            "{}-{release}-{process}-{index}-d{}",
            self.subject.service, self.deployment.id.0
        )
    }

    /// One journaled step. `act` returns its value, a detail for people and the observation for the journal.
    pub(super) fn step<T>(
        &mut self,
        state: State,
        name: &str,
        detail: String,
        intent: Value,
        act: impl FnOnce(&mut Self) -> Result<(T, String, Value)>,
    ) -> Result<T> {
        self.go_on(state)?;
        let token = self.lease.token();
        let seq = self
            .d
            .store
            .begin_step(self.deployment.id, token, (self.deployment.state, state), name, &intent)?;
        self.deployment.state = state;
        self.d.events.emit(Event::StepStarted {
            step: name.into(),
            detail,
        });
        let began = self.d.clock.elapsed();
        self.in_step.set(Some(seq));
        self.noted.replace(json!({}));
        let result = act(self);
        self.in_step.set(None);
        let seconds = self.d.clock.elapsed().saturating_sub(began).as_secs_f64();
        match result {
            Ok((value, detail, observation)) => {
                self.d
                    .store
                    .end_step(self.deployment.id, token, seq, StepStatus::Done, &observation)?;
                self.d.events.emit(Event::StepDone {
                    step: name.into(),
                    detail,
                    seconds,
                });
                Ok(value)
            }
            Err(fault) => {
                self.d.events.emit(Event::StepFailed {
                    step: name.into(),
                    detail: fault.to_string(),
                    seconds,
                });
                let mut observation = self.noted.take();
                observation["error"] = json!(fault.code());
                observation["message"] = json!(fault.message());
                let status = match is_undecided(&fault) {
                    true => StepStatus::Unknown,
                    false => StepStatus::Failed,
                };
                // The fault is what the caller must see, even if it cannot be recorded.
                let recorded = self
                    .d
                    .store
                    .end_step(self.deployment.id, token, seq, status, &observation);
                match recorded {
                    Err(lost) if lost.kind() == Kind::Busy => Err(lost),
                    _ => Err(fault),
                }
            }
        }
    }

    /// Writes down what is known of the step that is under way, before what follows in it may destroy the evidence.
    pub(super) fn note(&self, seen: Value) -> Result<()> {
        if let Some(seq) = self.in_step.get() {
            let (id, token) = (self.deployment.id, self.lease.token());
            self.d.store.note_step(id, token, seq, &seen)?;
            self.noted.replace(seen);
        }
        Ok(())
    }

    /// Whether the next act may begin: the lease is held, and nobody asked to stop while stopping is still safe.
    pub(super) fn go_on(&self, next: State) -> Result<()> {
        self.lease.check()?;
        if next < State::Committed {
            self.interrupted()?;
        }
        Ok(())
    }

    /// Whether an attempt that moved no traffic yet must stop: somebody wants it to, or its time is over.
    pub(super) fn interrupted(&self) -> Result<()> {
        let what = format!("{} of `{}`", self.deployment.operation.as_str(), self.subject.service);
        if let Some(kind) = self.d.interrupt.requested() {
            return Err(Fault::new(kind, "interrupted", format!("the {what} was interrupted")));
        }
        if self
            .d
            .deadline
            .is_some_and(|deadline| self.d.clock.elapsed() >= deadline)
        {
            return Err(Fault::failed(
                TIMEOUT,
                format!("the {what} was not done within --timeout"),
            ));
        }
        Ok(())
    }

    /// An engine that does not answer for a moment is no failure of the release: it is asked again, for at most
    /// [`ABSENCE`], or [`ABSENCE_BEFORE`], since it first did not answer.
    pub(super) fn patiently<T>(&self, step: &str, act: impl Fn(&Self) -> Result<T>) -> Result<T> {
        let limit = match self.deployment.state < State::Releasing {
            true => ABSENCE_BEFORE,
            false => ABSENCE,
        };
        let mut away_since = None;
        loop {
            let asked = self.d.clock.elapsed();
            match act(self) {
                Err(fault) if fault.kind() == Kind::Unreachable => {
                    let now = self.d.clock.elapsed();
                    if away_since.is_none() && self.in_step.get().is_none() {
                        let text = format!("waits for an engine that does not answer: {fault}");
                        self.d.events.emit(Event::Note { text });
                    }
                    if now.saturating_sub(*away_since.get_or_insert(now)) >= limit {
                        return Err(fault);
                    }
                    self.pause(step, format!("the engine does not answer: {fault}"))?;
                    self.d.clock.sleep(RETRY);
                    let lost = self.d.clock.elapsed().saturating_sub(asked);
                    self.away.set(self.away.get() + lost);
                }
                answer => return answer,
            }
        }
    }

    /// The time that counts for an instance's deadlines: what nobody could see of it is not held against it.
    pub(super) fn seen_for(&self) -> Duration {
        self.d.clock.elapsed().saturating_sub(self.away.get())
    }

    pub(super) fn advance(&mut self, state: State) -> Result<()> {
        self.d
            .store
            .advance(self.deployment.id, self.deployment.state, state, self.lease.token())?;
        self.deployment.state = state;
        Ok(())
    }

    /// Waits a moment while something is awaited; ends the wait when the lease is lost or somebody wants to stop.
    pub(super) fn pause(&self, step: &str, detail: String) -> Result<()> {
        if *self.waiting.borrow() != detail {
            self.waiting.replace(detail.clone());
            self.d.events.emit(Event::StepProgress {
                step: step.into(),
                detail,
            });
        }
        self.d.target.await_change(self.d.clock, POLL);
        self.lease.check()?;
        if self.deployment.state < State::Committed {
            self.interrupted()
        } else {
            Ok(())
        }
    }

    pub(super) fn warn(&self, text: String) {
        self.d.events.emit(Event::Warning { text });
    }

    /// The last lines of what an instance printed, for errors. The agent's own notes are left out: how it ended is in the
    /// error already, and must not look like its last words.
    pub(super) fn log_tail(&self, instance: &str) -> Vec<String> {
        let query = LogQuery {
            instances: vec![instance.to_owned()],
            tail: Some(LOG_TAIL + LOG_NOTES),
            ..LogQuery::default()
        };
        let mut lines = Vec::new();
        let read = self
            .d
            .target
            .logs(&self.subject.service, &self.subject.env, &query, false, &mut |line| {
                if line.stream != NOTES {
                    lines.push(self.d.store.concealed(&line.text));
                }
                true
            });
        lines.drain(..lines.len().saturating_sub(LOG_TAIL));
        if let Err(fault) = read {
            lines.push(format!("(its log cannot be read: {fault})"));
        }
        lines
    }

    /// Somebody else leads now: nothing more is done or recorded here.
    pub(super) fn lost(self, fault: Fault) -> Result<Report> {
        Err(fault.hint(format!("deliver why {}", self.deployment.id)))
    }

    /// Somebody else leads, or nobody can be asked: it is left unfinished, and the next command decides from what it observes.
    pub(super) fn undecided(self, fault: Fault) -> Result<Report> {
        let fault = fault.hint(format!("deliver resume {}", self.subject.env));
        self.lost(fault)
    }

    /// What followed `fault` failed as well, so that the world is neither as it was nor as it should be: a person looks, unless
    /// it only is not known. `doing` is what was tried.
    pub(super) fn half_way(self, fault: Fault, doing: &str, also: Fault) -> Result<Report> {
        if is_undecided(&also) {
            return self.undecided(also.because(anyhow::anyhow!("{fault}")));
        }
        let fault = fault.because(anyhow::anyhow!("{doing} failed too: {also}"));
        let fault = needs_human(fault, &self.subject);
        match self.hold_after("left mixed", &fault.to_string()) {
            Ok(()) => self.end(Outcome::NeedsHuman, Some(fault)),
            Err(lost) => self.unrecorded(Some(fault), lost),
        }
    }

    /// Records the end.
    pub(super) fn end(self, outcome: Outcome, fault: Option<Fault>) -> Result<Report> {
        let reason = fault.as_ref().map(|fault| fault.message().to_owned());
        self.conclude(outcome, reason, fault)
    }

    /// Records the end with a reason of its own.
    pub(super) fn conclude(self, outcome: Outcome, reason: Option<String>, fault: Option<Fault>) -> Result<Report> {
        match self.record(outcome, reason) {
            Ok((deployment, steps)) => Ok(Report {
                deployment,
                steps,
                fault,
            }),
            Err(lost) => self.unrecorded(fault, lost),
        }
    }

    fn record(&self, outcome: Outcome, reason: Option<String>) -> Result<(Deployment, Vec<Step>)> {
        let (id, token) = (self.deployment.id, self.lease.token());
        let learnt = Learnt {
            release: self.deployment.release,
            url: self.deployment.url.clone(),
            ..Learnt::default()
        };
        self.d.store.learn(id, &learnt, token)?;
        let deployment = self.d.store.finish(id, outcome, reason.as_deref(), token, &[])?;
        Ok((deployment, self.d.store.steps(id)?))
    }

    /// How it ended cannot be written down, for the store was `lost`: it stays unfinished, and the next command looks. Where
    /// new instances may have traffic, or what serves may not work any more, that is no world as it was.
    pub(super) fn unrecorded(self, fault: Option<Fault>, lost: Fault) -> Result<Report> {
        if matches!(lost.code(), "fenced" | "lease-lost") {
            return self.lost(lost);
        }
        let touched = self.touched();
        if !touched || is_undecided(&lost) || matches!(lost.kind(), Kind::Interrupted | Kind::Terminated) {
            if let Some(fault) = fault {
                self.warn(fault.to_string());
            }
            return self.undecided(lost);
        }
        let untold = format!("the end of {} cannot be recorded: {lost}", self.deployment.id);
        let fault = match fault {
            Some(fault) => {
                let mut causes = fault.causes();
                causes.push(untold);
                fault.because(anyhow::anyhow!("{}", causes.join("; ")))
            }
            None => Fault::new(Kind::NeedsHuman, lost.code(), untold),
        };
        let ways_out = lost.hints().to_vec();
        let fault = ways_out
            .into_iter()
            .fold(fault.with_kind(Kind::NeedsHuman), Fault::hint);
        self.undecided(fault)
    }

    /// Whether new instances may have had traffic, or what serves may not work any more.
    fn touched(&self) -> bool {
        let state = self.deployment.state;
        let broke = || self.deployment.previous.is_some() && self.broke_previous().unwrap_or(true);
        match state {
            State::RollingBack => true,
            _ if (State::Shifting..=State::Cleaning).contains(&state) => true,
            _ => state >= State::Releasing && broke(),
        }
    }
}

/// What kept a target from saying what is there. Only somebody who wants to stop, a person's decision, a lost lease and a
/// defect stay what they are.
fn unknown(fault: Fault) -> Fault {
    match fault.kind() {
        Kind::Failed | Kind::Usage | Kind::Negative | Kind::RolledBack | Kind::TimedOut | Kind::Credentials => {
            fault.with_kind(Kind::Unreachable)
        }
        Kind::NeedsHuman | Kind::Busy | Kind::Unreachable | Kind::Bug | Kind::Interrupted | Kind::Terminated => fault,
    }
}

pub(super) fn needs_human(fault: Fault, subject: &Subject) -> Fault {
    fault
        .with_kind(Kind::NeedsHuman)
        .hint(format!("deliver status {}", subject.env))
        .hint(format!("deliver rollback {}", subject.env))
}

/// The failure of a program, with what it printed, or with the word that this was nothing: somebody who looks for its
/// last words must not have to wonder where they are.
pub(super) fn failed_after(code: &'static str, message: String, output: Vec<String>) -> Fault {
    if output.iter().all(|line| line.trim().is_empty()) {
        Fault::failed(code, format!("{message}; it printed nothing"))
    } else {
        Fault::failed(code, message).details(output)
    }
}

pub(super) fn counted(count: usize, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}

fn were(count: u32) -> String {
    if count == 1 {
        "1 request or connection was".into()
    } else {
        format!("{count} requests or connections were")
    }
}
