//! What deploying offers: plan, deploy, rollback, down; each takes the lease, recovers what was left, plans, asks the gates,
//! and hands over to an attempt.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use serde_json::json;

use crate::config::environment::Environment;
use crate::config::manifest::{self, Manifest};
use crate::config::paths::Paths;
use crate::event::{Event, Events};
use crate::fault::{Attempt as _, Fault, Kind, Result};
use crate::model::about::About;
use crate::model::deployment::{Deployment, Gate, Operation, Outcome, Step};
use crate::model::observed::Observation;
use crate::model::place::{Distance, Place};
use crate::model::release::Release;
use crate::model::spec::Spec;
use crate::model::standing::Standing;
use crate::model::strategy::{Strategy, StrategyKind};
use crate::model::{DeploymentId, EnvName, ReleaseNo, ServiceName, Span};
use crate::ports::target::Prepared;
use crate::ports::{Clock, Commands, Interrupt, Metrics, Target, Vcs};
use crate::store::Store;
use crate::store::deployment::NewDeployment;
use crate::store::lease::LeaseGuard;
use crate::store::seal::SealingKey;

use super::analysis::Promise;
use super::attempt::{Attempt, Way, is_undecided, needs_human};
use super::bake::Watch;
use super::build::{self, Recipe, Snapshot};
use super::gate::Back;
use super::plan::{self, Inputs, Plan};
use super::{gate, secrets};

/// Releases of an environment that a rollback looks through for release steps that stand in its way.
const RELEASES_LOOKED_AT: u32 = 1000;

/// Refused deployments in a row that are looked past for the one that was the last to be carried out.
const REFUSALS_LOOKED_PAST: u32 = 100;

/// Deployments that a rollback looks through for the newest one from a manifest.
const DEPLOYMENTS_LOOKED_AT: u32 = 50;

/// The ports a deployment uses, and what they are told.
pub struct Deployer<'a> {
    pub store: &'a Store,
    pub target: &'a dyn Target,
    pub clock: &'a dyn Clock,
    pub vcs: &'a dyn Vcs,
    pub commands: &'a dyn Commands,
    pub interrupt: &'a dyn Interrupt,
    /// Where the numbers of a watched release come from; `None`: nothing counts there.
    pub metrics: Option<&'a dyn Metrics>,
    pub events: &'a dyn Events,
    pub key: &'a SealingKey,
    pub paths: &'a Paths,
    /// Variables of the process, for secret references.
    pub environment: &'a Environment,
    /// Monotonic time at which an attempt that has not moved traffic yet gives up.
    pub deadline: Option<Duration>,
}

/// Which service where; and the engine behind the environment.
#[derive(Clone, Debug)]
pub struct Subject {
    pub service: ServiceName,
    pub env: EnvName,
    pub place: Place,
    /// Severe policy applies, such as automatic holds after a rollback.
    pub protected: bool,
}

/// A wish to deploy what a folder holds.
pub struct DeployRequest {
    pub subject: Subject,
    pub recipe: Recipe,
    pub spec: Spec,
    /// How the new release takes over, and how it is watched meanwhile.
    pub strategy: Strategy,
    /// The objectives that a watched release's own numbers are held against; and why others are not, one line each.
    pub promises: Vec<Promise>,
    pub unmeasured: Vec<String>,
    /// What the service says of itself, to be kept.
    pub about: About,
    /// What other domains found of it, for the gates.
    pub standing: Standing,
    /// Why, for the record.
    pub note: Option<String>,
    /// Roll out afresh although nothing changed.
    pub again: bool,
    pub allow_dirty: bool,
    /// The platform's policy lets uncommitted changes into this environment.
    pub dirty_policy: bool,
    /// The hash of the plan that was looked at; another one is refused.
    pub expected_plan: Option<String>,
    /// How long to wait for another deployment of the same service and environment to end.
    pub wait: Span,
}

/// How an attempt went.
pub struct Report {
    pub deployment: Deployment,
    pub steps: Vec<Step>,
    /// Why the command does not end with success, where it does not.
    pub fault: Option<Fault>,
}

/// Source, spec with secret versions, and values: what planning needs and building uses.
pub(super) struct Wish {
    pub(super) snapshot: Snapshot,
    pub(super) spec: Spec,
    pub(super) values: secrets::Values,
    pub(super) identity: String,
}

impl<'a> Deployer<'a> {
    /// Takes the lease, waiting for whoever has it for at most `wait`; what a dead tool left must be where it is looked for.
    pub(super) fn lease(&self, subject: &Subject, doing: &str, wait: Span) -> Result<LeaseGuard> {
        let mut told = false;
        let lease =
            self.store
                .acquire_lease(&subject.service, &subject.env, doing, wait.duration(), &mut |holder| {
                    if !told {
                        let text = format!(
                            "waits for {} by {} (process {})",
                            holder.doing, holder.actor, holder.pid
                        );
                        self.events.emit(Event::Note { text });
                        told = true;
                    }
                })?;
        self.check_move(subject)?;
        Ok(lease)
    }

    /// What [`Deployer::deploy`] would do, without a lease and without any effect.
    pub fn plan(&self, request: &DeployRequest) -> Result<Plan> {
        let wish = self.wish(request)?;
        self.plan_wish(request, &wish, None)
    }

    /// Deploys. A refused, failed or rolled-back attempt is a report with a fault; an error means that no attempt was
    /// recorded.
    pub fn deploy(&self, request: &DeployRequest) -> Result<Report> {
        let subject = &request.subject;
        let lease = self.lease(subject, "deploy", request.wait)?;
        self.claim_name(&request.recipe)?;
        self.store.describe_service(&subject.service, &request.about)?;
        let left = self.left(subject)?;
        if self.store.place(&subject.service, &subject.env)?.is_none() {
            self.store.set_place(&subject.service, &subject.env, &subject.place)?;
        }
        self.recover(subject, &lease)?;
        let wish = self.wish(request)?;
        let plan = self.plan_wish(request, &wish, Some(&lease))?;
        if let Some(expected) = request
            .expected_plan
            .as_ref()
            .filter(|expected| **expected != plan.hash)
        {
            return Err(Fault::new(
                Kind::Busy,
                "plan-changed",
                format!("the plan is `{}` now, not `{expected}`", plan.hash),
            )
            .details(as_of_now(&plan))
            .still("nothing was touched")
            .hint(format!("deliver plan {}", subject.env)));
        }
        let mut attempt = self.begin(subject, &lease, Operation::Deploy, &plan, request.note.clone())?;
        // Where nothing is to be done there is nothing to refuse: a job that runs twice ends well twice.
        let refused = refusal(&plan).filter(|_| !plan.unchanged);
        if let Some(fault) = refused {
            return attempt.end(Outcome::Refused, Some(fault));
        }
        self.store.set_place(&subject.service, &subject.env, &subject.place)?;
        if let Some(left) = left {
            attempt.warn(format!(
                "{}/{} was on `{left}` before: what still runs there goes on, and nothing looks there any more",
                subject.service, subject.env
            ));
        }
        if plan.unchanged {
            attempt.deployment.release = plan.release;
            attempt.deployment.url = self.target.observe(&subject.service, &subject.env)?.url;
            return attempt.end(Outcome::Unchanged, None);
        }
        self.events.emit(Event::Begin {
            title: format!("{} → {}", subject.service, subject.env),
            steps: plan.steps.iter().map(|step| step.to_string()).collect(),
        });
        let prepared = match attempt.make_ready(request, wish, &plan) {
            Ok(prepared) => prepared,
            Err(fault) => return attempt.end_early(fault, &plan),
        };
        let how = Watch {
            strategy: &request.strategy,
            promises: &request.promises,
            fixes: request.standing.fixes.is_some(),
        };
        attempt.roll_out(&prepared, &plan, &how)
    }

    /// What [`Deployer::rollback`] would do, without a lease and without any effect.
    pub fn plan_rollback(&self, subject: &Subject, to: Option<ReleaseNo>, force: bool) -> Result<Plan> {
        let observed = self.target.observe(&subject.service, &subject.env)?;
        if let Some(left) = self.left(subject)? {
            self.is_here(subject, &left, &observed, "rollback")?;
        }
        let (_, plan) = self.plan_return(subject, to, force, &observed, None)?;
        Ok(plan)
    }

    /// Returns to `to`, or to the last good release before the one that runs.
    pub fn rollback(
        &self,
        subject: &Subject,
        to: Option<ReleaseNo>,
        note: Option<String>,
        force: bool,
    ) -> Result<Report> {
        let lease = self.lease(subject, "rollback", Span::ZERO)?;
        let recovered = self.recover(subject, &lease)?;
        let observed = self.target.observe(&subject.service, &subject.env)?;
        if let Some(left) = self.left(subject)? {
            self.is_here(subject, &left, &observed, "rollback")?;
        }
        // Whoever asks for a rollback while half of a deployment is there means the way back from that, and no further.
        let to = to.or(observed
            .current
            .filter(|current| recovered.iter().any(|report| went_back(report, *current))));
        let (release, plan) = self.plan_return(subject, to, force, &observed, Some(&lease))?;
        let mut attempt = self.begin(subject, &lease, Operation::Rollback, &plan, note)?;
        attempt.deployment.release = Some(release.number);
        if plan.unchanged {
            attempt.deployment.url = observed.url;
            return attempt.end(Outcome::Unchanged, None);
        }
        self.events.emit(Event::Begin {
            title: format!("{} → {} on {}", subject.service, release.number, subject.env),
            steps: plan.steps.iter().map(|step| step.to_string()).collect(),
        });
        let prepared = match self
            .recall(&release)
            .and_then(|prepared| attempt.prepare(Way::Forward, prepared))
        {
            Ok(prepared) => prepared,
            Err(fault) => return attempt.end_early(fault, &plan),
        };
        // What a person goes back to is not held against what they left.
        let how = Watch {
            strategy: &self.way_back(subject)?,
            promises: &[],
            fixes: true,
        };
        attempt.roll_out(&prepared, &plan, &how)
    }

    /// How a release is gone back to: at once, where the engine can; and never beside another where its newest deployment
    /// said that no two may run.
    fn way_back(&self, subject: &Subject) -> Result<Strategy> {
        let Subject { service, env, .. } = subject;
        let newest = self
            .store
            .deployments(Some(service), Some(env), DEPLOYMENTS_LOOKED_AT)?;
        let deployed = newest.iter().find(|one| one.operation == Operation::Deploy);
        let recreates = deployed.map_or(Ok(false), |one| self.recreates(one.id))?;
        Ok(Strategy {
            kind: match (recreates, self.target.capabilities().in_place) {
                (true, _) => StrategyKind::Recreate,
                (false, true) => StrategyKind::Rolling,
                (false, false) => StrategyKind::BlueGreen,
            },
            ..Strategy::default()
        })
    }

    /// Whether a deployment's plan says that no two instances may run at once.
    pub(super) fn recreates(&self, id: DeploymentId) -> Result<bool> {
        Ok(self.store.plan(id)?["strategy"] == StrategyKind::Recreate.as_str())
    }

    /// Stops every instance of a service in an environment and gives its address back.
    pub fn down(&self, subject: &Subject, note: Option<String>) -> Result<Report> {
        let lease = self.lease(subject, "down", Span::ZERO)?;
        self.recover(subject, &lease)?;
        let observed = self.target.observe(&subject.service, &subject.env)?;
        if let Some(left) = self.left(subject)? {
            self.is_here(subject, &left, &observed, "down")?;
        }
        let new = NewDeployment {
            service: subject.service.clone(),
            env: subject.env.clone(),
            target: subject.place.target.clone(),
            operation: Operation::Down,
            release: None,
            previous: observed.current,
            parent: None,
            plan_hash: String::new(),
            plan: json!({ "stop": observed.instances.iter().map(|one| &one.id).collect::<Vec<_>>() }),
            gates: Vec::new(),
            note,
        };
        let deployment = self.store.create_deployment(&new)?;
        let mut attempt = Attempt {
            d: self,
            lease: &lease,
            subject: subject.clone(),
            deployment,
            waiting: RefCell::default(),
            away: Cell::default(),
            in_step: Cell::default(),
            noted: RefCell::default(),
        };
        // Scaled to nothing is not gone: what is current still has objects that make instances again.
        if observed.instances.is_empty() && observed.url.is_none() && observed.current.is_none() {
            return attempt.end(Outcome::Unchanged, None);
        }
        self.events.emit(Event::Begin {
            title: format!("{} down on {}", subject.service, subject.env),
            steps: vec!["drain".into(), "release address".into()],
        });
        let done = attempt.take_down(&observed);
        match done {
            Ok(()) => attempt.end(Outcome::Succeeded, None),
            Err(fault) if is_undecided(&fault) => attempt.undecided(fault),
            Err(fault) => attempt.end(Outcome::NeedsHuman, Some(needs_human(fault, subject))),
        }
    }

    /// Where the environment was deployed to last and not taken down, if that is not where it is now. Where only the way there differs, what is
    /// found at its end decides: two ways may lead to the same engine.
    fn left(&self, subject: &Subject) -> Result<Option<Place>> {
        let Subject {
            service, env, place, ..
        } = subject;
        let Some(known) = self.store.place(service, env)? else {
            return Ok(None);
        };
        let newest = self.store.deployments(Some(service), Some(env), REFUSALS_LOOKED_PAST)?;
        let newest = newest.into_iter().find(|one| one.outcome != Outcome::Refused);
        let down = |one: &Deployment| {
            one.operation == Operation::Down && matches!(one.outcome, Outcome::Succeeded | Outcome::Unchanged)
        };
        if newest.as_ref().is_some_and(down) {
            // Nothing is there any more.
            return Ok(None);
        }
        let elsewhere = match known.distance(place) {
            Distance::Same => false,
            Distance::Elsewhere => true,
            Distance::ReachedOtherwise => {
                let observed = self.target.observe(service, env)?;
                observed.instances.is_empty() && observed.current.is_none()
            }
        };
        Ok(elsewhere.then_some(known))
    }

    /// What a dead tool left at one place cannot be looked at from another.
    fn check_move(&self, subject: &Subject) -> Result<()> {
        let Subject {
            service, env, place, ..
        } = subject;
        let Some(left) = self.store.unfinished(service, env)?.into_iter().next() else {
            return Ok(());
        };
        let Some(known) = self.left(subject)? else {
            return Ok(());
        };
        let message = format!(
            "{} was left unfinished on `{known}`, and `{env}` is on `{place}` now",
            left.id
        );
        Err(Fault::new(Kind::Busy, "unfinished-elsewhere", message)
            .still("nothing was touched")
            .hint(format!("deliver resume {env} --service {service}")))
    }

    /// What is to end or to go back must be found where it is looked for: otherwise an empty place would look like success.
    fn is_here(&self, subject: &Subject, left: &Place, observed: &Observation, command: &str) -> Result<()> {
        let Subject {
            service, env, place, ..
        } = subject;
        let there = format!("deliver {command} {env} --service {service}");
        if observed.instances.is_empty() && observed.current.is_none() {
            let message = format!(
                "`{service}` was deployed to `{left}`, and `{env}` is on `{place}` now, where nothing of it runs"
            );
            return Err(Fault::usage("deployed-elsewhere", message)
                .still("nothing was touched")
                .hint(there));
        }
        let text =
            format!("{service}/{env} was on `{left}` before, and what still runs there goes on; `{there}` goes there");
        self.events.emit(Event::Warning { text });
        Ok(())
    }

    /// Makes sure that the service's name belongs to this folder. A folder that is gone, or now holds another service, has lost
    /// its claim.
    fn claim_name(&self, recipe: &Recipe) -> Result<()> {
        let folder = recipe.folder.canonicalize().attempting("find", &recipe.folder)?;
        let Some(known) = self
            .store
            .service(&recipe.service)?
            .filter(|known| known.folder != folder)
        else {
            return self.store.register_service(&recipe.service, &folder);
        };
        let theirs = Manifest::load(&known.folder.join(manifest::FILE));
        if theirs.is_ok_and(|manifest| manifest.service.name == recipe.service) {
            return self.store.register_service(&recipe.service, &folder);
        }
        self.store.move_service(&recipe.service, &known.folder, &folder)
    }

    /// Reads source and secrets and names the result.
    fn wish(&self, request: &DeployRequest) -> Result<Wish> {
        let snapshot = build::snapshot(&request.recipe, self.vcs, self.paths)?;
        let mut spec = request.spec.clone();
        spec.workdir = request.recipe.workdir().display().to_string();
        let sources = secrets::Sources {
            folder: &request.recipe.folder,
            environment: self.environment,
            commands: self.commands,
        };
        let values = secrets::resolve(&mut spec, &sources, self.key)?;
        values.iter().for_each(|(name, value)| self.store.conceal(name, value));
        let identity = plan::identity(&snapshot.id, &request.subject.env, &spec);
        Ok(Wish {
            snapshot,
            spec,
            values,
            identity,
        })
    }

    fn plan_wish(&self, request: &DeployRequest, wish: &Wish, lease: Option<&LeaseGuard>) -> Result<Plan> {
        let subject = &request.subject;
        let capabilities = self.target.capabilities();
        let observed = self.target.observe(&subject.service, &subject.env)?;
        let existing = self.store.release_for(&subject.service, &subject.env, &wish.identity)?;
        let back = existing.as_ref().map(|one| self.back(subject, one.number, &observed));
        let back = back.transpose()?.flatten();
        let current = observed
            .current
            .map(|number| self.store.release(&subject.service, number))
            .transpose()?
            .flatten();
        let gates = gate::judge_all(&gate::Facts {
            service: &subject.service,
            env: &subject.env,
            operation: Operation::Deploy,
            source: &wish.snapshot.source,
            lease: lease.map(LeaseGuard::token),
            allow_dirty: request.allow_dirty,
            dirty_policy: request.dirty_policy,
            back,
            standing: &request.standing,
            store: self.store,
        });
        let mut advice = self.target.advise(&subject.service, &subject.env, &wish.spec)?;
        if self.target.makes_image(&wish.spec) {
            advice.extend(request.recipe.passed_over(wish.spec.image.as_ref()));
        }
        if request.strategy.kind == StrategyKind::Canary && observed.current.is_some() {
            advice.extend(self.target.unweighted(&subject.env));
        }
        Ok(plan::plan(Inputs {
            service: &subject.service,
            env: &subject.env,
            target: &subject.place.target,
            operation: Operation::Deploy,
            build: &wish.snapshot.id,
            build_cached: build::exists(self.paths, &wish.snapshot.id),
            build_command: request.recipe.command.as_ref().map(|command| command.to_string()),
            source: &wish.snapshot.source,
            spec: &wish.spec,
            identity: &wish.identity,
            existing: existing.as_ref(),
            current: current.as_ref(),
            observed: &observed,
            capabilities: &capabilities,
            advice,
            strategy: &request.strategy,
            metrics: self.metrics.map(Metrics::name),
            latency: self.metrics.is_some_and(Metrics::knows_latency),
            promises: request.promises.iter().map(|promise| promise.name.clone()).collect(),
            unmeasured: request.unmeasured.clone(),
            fixes: request.standing.fixes,
            gates,
            again: request.again,
        }))
    }

    /// Where a rollback goes, and the plan of it.
    fn plan_return(
        &self,
        subject: &Subject,
        to: Option<ReleaseNo>,
        force: bool,
        observed: &Observation,
        lease: Option<&LeaseGuard>,
    ) -> Result<(Release, Plan)> {
        let release = self.rollback_release(subject, to, observed)?;
        self.check_migrations(subject, &release, observed, force)?;
        let plan = self.plan_release(subject, lease, &release, observed, Operation::Rollback, to.is_some())?;
        Ok((release, plan))
    }

    /// The plan of going to a release that exists.
    fn plan_release(
        &self,
        subject: &Subject,
        lease: Option<&LeaseGuard>,
        release: &Release,
        observed: &Observation,
        operation: Operation,
        again: bool,
    ) -> Result<Plan> {
        let capabilities = self.target.capabilities();
        let current = observed
            .current
            .map(|number| self.store.release(&subject.service, number))
            .transpose()?
            .flatten();
        let gates = gate::judge_all(&gate::Facts {
            service: &subject.service,
            env: &subject.env,
            operation,
            source: &release.source,
            lease: lease.map(LeaseGuard::token),
            allow_dirty: true,
            dirty_policy: true,
            back: self.back(subject, release.number, observed)?,
            standing: &Standing::default(),
            store: self.store,
        });
        Ok(plan::plan(Inputs {
            service: &subject.service,
            env: &subject.env,
            target: &subject.place.target,
            operation,
            build: &release.build,
            build_cached: true,
            build_command: None,
            source: &release.source,
            spec: &release.spec,
            identity: &release.identity,
            existing: Some(release),
            current: current.as_ref(),
            observed,
            capabilities: &capabilities,
            advice: Vec::new(),
            strategy: &self.way_back(subject)?,
            metrics: None,
            latency: false,
            promises: Vec::new(),
            unmeasured: Vec::new(),
            fixes: None,
            gates,
            again: again && observed.current != Some(release.number),
        }))
    }

    /// Where a rollback goes.
    fn rollback_release(&self, subject: &Subject, to: Option<ReleaseNo>, observed: &Observation) -> Result<Release> {
        let Subject { service, env, .. } = subject;
        let number = match to {
            Some(number) => number,
            None => self.good_before(subject, observed.current)?.ok_or_else(|| {
                Fault::new(
                    Kind::Negative,
                    "nothing-to-roll-back-to",
                    format!("`{service}` has no earlier good release in `{env}`"),
                )
                .still(match observed.current {
                    Some(current) => format!("{current} is still serving"),
                    None => "nothing is serving".into(),
                })
                .hint(format!("deliver history {env}"))
            })?,
        };
        let release = self
            .store
            .release(service, number)?
            .filter(|release| release.env == *env)
            .ok_or_else(|| {
                Fault::usage(
                    "no-such-release",
                    format!("`{service}` has no release {number} in `{env}`"),
                )
                .hint(format!("deliver history {env}"))
            })?;
        let elsewhere = !self.store.placement(service, number)?.is_null();
        if !elsewhere && !build::exists(self.paths, &release.build) {
            return Err(Fault::failed(
                "artifact-gone",
                format!(
                    "the artifact of {number} (`{}`) is no longer on this machine",
                    release.build
                ),
            )
            .still("nothing was changed")
            .hint(format!("check out its commit and run `deliver deploy {env}`")));
        }
        Ok(release)
    }

    fn good_before(
        &self,
        Subject { service, env, .. }: &Subject,
        current: Option<ReleaseNo>,
    ) -> Result<Option<ReleaseNo>> {
        match current {
            Some(current) => self.store.previous_good(service, env, current),
            None => self.store.last_good(service, env),
        }
    }

    /// Refuses to go back past a release step that breaks what came before it.
    fn check_migrations(&self, subject: &Subject, to: &Release, observed: &Observation, force: bool) -> Result<()> {
        let Some(Back { to, past }) = self.back(subject, to.number, observed)?.filter(|_| !force) else {
            return Ok(());
        };
        let env = &subject.env;
        let message = format!(
            "the release step of {past} breaks earlier releases (`previous_still_works = false`), so going back to {to} could \
             do harm"
        );
        let serving = observed.current.unwrap_or(past);
        Err(Fault::new(Kind::Negative, "migration-in-between", message)
            .still(format!("{serving} is still serving"))
            .hint(format!(
                "fix forward with `deliver deploy {env}`, or deliver rollback {env} --to {to} --force --reason \"…\""
            )))
    }

    /// Whether a release lies before a release step that breaks what came before it, and what serves after it.
    fn back(&self, subject: &Subject, to: ReleaseNo, observed: &Observation) -> Result<Option<Back>> {
        let Some(current) = observed.current.filter(|current| *current > to) else {
            return Ok(None);
        };
        let breaks = |one: &Release| {
            let step = one.spec.release_step.as_ref();
            (to < one.number && one.number <= current) && step.is_some_and(|step| !step.previous_still_works)
        };
        let Subject { service, env, .. } = subject;
        let releases = self.store.releases(service, Some(env), RELEASES_LOOKED_AT)?;
        let past = releases.into_iter().find(breaks).map(|one| one.number);
        Ok(past.map(|past| Back { to, past }))
    }

    /// Everything needed to start a release that was made before.
    pub(super) fn recall(&self, release: &Release) -> Result<Prepared> {
        let secrets = secrets::recall(release, self.store, self.key)?;
        secrets.iter().for_each(|(name, value)| self.store.conceal(name, value));
        Ok(Prepared {
            release: release.clone(),
            artifact: self.paths.artifact(&release.build.0),
            secrets,
            record: secrets::recall_record(release, self.store, self.key)?,
        })
    }

    fn begin<'b>(
        &'b self,
        subject: &Subject,
        lease: &'b LeaseGuard,
        operation: Operation,
        plan: &Plan,
        note: Option<String>,
    ) -> Result<Attempt<'b>> {
        let new = NewDeployment {
            service: subject.service.clone(),
            env: subject.env.clone(),
            target: subject.place.target.clone(),
            operation,
            release: plan.release,
            previous: plan.previous,
            parent: None,
            plan_hash: plan.hash.clone(),
            plan: serde_json::to_value(plan).unwrap_or_default(),
            gates: plan.gates.clone(),
            note,
        };
        let deployment = self.store.create_deployment(&new)?;
        Ok(Attempt {
            d: self,
            lease,
            subject: subject.clone(),
            deployment,
            waiting: RefCell::default(),
            away: Cell::default(),
            in_step: Cell::default(),
            noted: RefCell::default(),
        })
    }
}

/// What a plan comes to by now, for somebody who had looked at another.
fn as_of_now(plan: &Plan) -> Vec<String> {
    let name = |number: Option<ReleaseNo>, otherwise: &str| number.map_or(otherwise.to_owned(), |one| one.to_string());
    let (release, previous) = (name(plan.release, "a new release"), name(plan.previous, "nothing"));
    let mut lines = vec![match plan.unchanged {
        true => format!("now:  {release} is serving already; nothing to do"),
        false => format!("now:  {release} of {} replaces {previous}", plan.build),
    }];
    lines.extend((!plan.stop.is_empty()).then(|| format!("stop: {}", plan.stop.join(", "))));
    lines.extend(plan.notes.iter().map(|note| format!("note: {note}")));
    lines
}

/// Whether the end of an interrupted deployment is what a rollback would have come to.
fn went_back(report: &Report, current: ReleaseNo) -> bool {
    let Deployment {
        operation,
        outcome,
        previous,
        ..
    } = &report.deployment;
    match operation {
        Operation::Deploy => match outcome {
            Outcome::RolledBack | Outcome::Interrupted => true,
            // Its release step was cut short, say, and what served before serves.
            Outcome::NeedsHuman => *previous == Some(current),
            _ => false,
        },
        Operation::Rollback => *outcome == Outcome::Succeeded,
        _ => false,
    }
}

/// The refusal of gates as one fault.
fn refusal(plan: &Plan) -> Option<Fault> {
    let refusals: Vec<&Gate> = plan.refusals().collect();
    let first = refusals.first()?;
    let mut fault = Fault::new(
        Kind::Negative,
        "refused",
        format!("refused by gate `{}`: {}", first.id, first.reason),
    );
    fault = fault.still(plan.previous.map_or("nothing was touched".into(), |previous| {
        format!("{previous} is still serving")
    }));
    fault = fault.details(
        refusals
            .iter()
            .skip(1)
            .map(|gate| format!("{}: {}", gate.id, gate.reason)),
    );
    Some(
        refusals
            .iter()
            .filter_map(|gate| gate.hint.clone())
            .fold(fault, Fault::hint),
    )
}
