//! The tool dies at each of its writes on the way back, before and after it is on the disk: what follows is decided by what is
//! true, ends with what served before, leaves nothing over, and is never called a success.

#![allow(clippy::unwrap_used, reason = "a failure to set the stage is a failed test")]

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use deliver::adapters::memory::{Behaviour, MemoryTarget, MemoryVcs};
use deliver::deploy::engine::{DeployRequest, Deployer, Report, Subject};
use deliver::fault::{Kind, Result};
use deliver::model::deployment::{DeploymentId, Outcome, Step, StepStatus};
use deliver::model::observed::Observation;
use deliver::model::spec::{CommandLine, ReleaseStep};
use deliver::model::strategy::{Portion, Strategy, StrategyKind};
use deliver::model::{ReleaseNo, Span};
use deliver::ports::target::{Authority, Target};
use deliver::store::engine::{Engine, Tx};
use deliver::store::sqlite::Sqlite;
use deliver::store::{Options, Store};

use super::bench::{Bench, Tampered, observe, outcome, serving, subject};

/// When the tool dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// Before its n-th write is on the disk, so that an act may be done of which nothing was recorded.
    Before(usize),
    /// Right after it, so that an intent may be recorded of which nothing was done.
    After(usize),
}

/// Writes so far, and when to die.
#[derive(Default)]
struct Fate {
    writes: AtomicUsize,
    before: AtomicUsize,
    after: AtomicUsize,
    /// Release steps that were started.
    steps: AtomicUsize,
}

impl Fate {
    /// From now on writes are counted from 1.
    fn set(&self, moment: Option<Moment>) {
        let (before, after) = match moment {
            None => (0, 0),
            Some(Moment::Before(write)) => (write, 0),
            Some(Moment::After(write)) => (0, write),
        };
        self.writes.store(0, Ordering::SeqCst);
        self.before.store(before, Ordering::SeqCst);
        self.after.store(after, Ordering::SeqCst);
    }

    /// What is on the stack ends without a word, as a process does that is killed; only its lease is given back, which a dead
    /// process of this machine loses at once.
    fn die() -> ! {
        resume_unwind(Box::new("killed"))
    }
}

/// A store under which its tool dies.
struct Mortal(Sqlite, Arc<Fate>);

impl Engine for Mortal {
    fn write(&self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        let number = self.1.writes.fetch_add(1, Ordering::SeqCst) + 1;
        if self.1.before.load(Ordering::SeqCst) == number {
            Fate::die();
        }
        self.0.write(work)?;
        if self.1.after.load(Ordering::SeqCst) == number {
            Fate::die();
        }
        Ok(())
    }
    fn beat(&self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        self.0.beat(work)
    }
    fn read(&self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        self.0.read(work)
    }
    fn is_local(&self) -> bool {
        self.0.is_local()
    }
    fn backup(&self, label: &str) -> Result<Option<PathBuf>> {
        self.0.backup(label)
    }
}

/// A deployment that goes back.
#[derive(Clone)]
struct Scene {
    name: &'static str,
    in_place: bool,
    strategy: Strategy,
    instances: u32,
    listen: Option<u16>,
    step: Option<ReleaseStep>,
    /// How release steps end.
    step_ends: &'static str,
    /// How one of the releases behaves, the second but where said otherwise.
    bad: Behaviour,
    bad_release: u32,
    /// How it ends where nobody dies, and the steps of the way back.
    ends: Outcome,
    back: &'static [&'static str],
    /// What serves at the end.
    serves: u32,
}

fn strategy(kind: StrategyKind, bake: u64) -> Strategy {
    Strategy {
        kind,
        bake: Span::from_secs(bake),
        steps: match kind {
            StrategyKind::Canary => vec![Portion::Percent(50)],
            _ => Vec::new(),
        },
        ..Strategy::default()
    }
}

fn exits_after(seconds: u64) -> Behaviour {
    Behaviour::ExitsAfter(Duration::from_secs(seconds), "status 1".into())
}

fn never_healthy() -> Behaviour {
    Behaviour::NeverHealthy("503".into())
}

fn breaking() -> ReleaseStep {
    ReleaseStep {
        command: CommandLine::Shell("migrate".into()),
        timeout: Span::from_secs(60),
        previous_still_works: false,
    }
}

const WARM: &[&str] = &["back: prepare", "back: switch", "back: drain", "back: observe"];
const COLD: &[&str] = &[
    "back: prepare",
    "back: start",
    "back: health",
    "back: switch",
    "back: drain",
    "back: observe",
];

fn by_name(name: &'static str, kind: StrategyKind, bad: Behaviour, back: &'static [&'static str]) -> Scene {
    Scene {
        name,
        in_place: false,
        strategy: strategy(kind, 10),
        instances: 2,
        listen: None,
        step: None,
        step_ends: "status 0",
        bad,
        bad_release: 2,
        ends: Outcome::RolledBack,
        back,
        serves: 1,
    }
}

fn in_place(name: &'static str, strategy: Strategy, bad: Behaviour) -> Scene {
    Scene {
        in_place: true,
        strategy,
        back: &["back: replace", "back: health", "back: observe"],
        ..by_name(name, StrategyKind::Rolling, bad, &[])
    }
}

/// Every way in which a deployment goes back.
fn scenes() -> Vec<Scene> {
    use StrategyKind::{BlueGreen, Canary, Recreate, Rolling};
    let recreated: &[&str] = &[
        "back: hold",
        "back: drain",
        "back: prepare",
        "back: start",
        "back: health",
        "back: switch",
        "back: observe",
    ];
    vec![
        by_name("a canary that falls", Canary, exits_after(6), WARM),
        by_name("all of the traffic, then a fall", BlueGreen, exits_after(6), WARM),
        Scene {
            instances: 3,
            ..by_name("a batch after others", Rolling, exits_after(5), COLD)
        },
        by_name("one at a time, then a fall", Recreate, exits_after(6), recreated),
        Scene {
            ends: Outcome::Failed,
            ..by_name("never healthy", BlueGreen, never_healthy(), &["remove"])
        },
        Scene {
            ends: Outcome::Failed,
            ..by_name(
                "one at a time, never healthy",
                Recreate,
                never_healthy(),
                &[
                    "remove",
                    "back: prepare",
                    "back: start",
                    "back: health",
                    "back: switch",
                    "back: observe",
                ],
            )
        },
        Scene {
            ends: Outcome::Failed,
            instances: 1,
            listen: Some(9000),
            ..by_name(
                "a port of its own, never healthy",
                Rolling,
                never_healthy(),
                &[
                    "remove",
                    "back: prepare",
                    "back: start",
                    "back: health",
                    "back: switch",
                    "back: observe",
                ],
            )
        },
        in_place("replaced, then a crash", strategy(Rolling, 0), exits_after(2)),
        in_place(
            "replaced everywhere, then a fall",
            strategy(BlueGreen, 10),
            exits_after(6),
        ),
        in_place("replaced, never healthy", strategy(Rolling, 0), never_healthy()),
    ]
}

/// One run of a scene.
struct Run<'a> {
    scene: &'a Scene,
    bench: &'a Bench,
    target: &'a dyn Target,
    fate: &'a Fate,
    /// A sweep of some thousand runs starts no process.
    vcs: MemoryVcs,
}

impl Run<'_> {
    fn subject(&self) -> Subject {
        Subject {
            protected: true,
            ..subject()
        }
    }

    fn request(&self) -> DeployRequest {
        let mut request = self.bench.request();
        request.subject = self.subject();
        request.spec.processes[0].instances = self.scene.instances;
        request.spec.listen = self.scene.listen;
        request.strategy = self.scene.strategy.clone();
        request
    }

    fn deployer(&self) -> Deployer<'_> {
        Deployer {
            metrics: None,
            vcs: &self.vcs,
            ..self.bench.deployer(self.target)
        }
    }

    fn deploy(&self, content: &str) -> Result<Report> {
        self.bench.write(content);
        let mut request = self.request();
        if content == "two" {
            request.spec.release_step = self.scene.step.clone();
        }
        self.deployer().deploy(&request)
    }

    fn deploy_bad(&self, moment: Option<Moment>) -> Option<Report> {
        self.deploy_as("two", moment)
    }

    /// Deploys under a fate; `None` when it died.
    fn deploy_as(&self, content: &str, moment: Option<Moment>) -> Option<Report> {
        self.fate.set(moment);
        let run = catch_unwind(AssertUnwindSafe(|| self.deploy(content).unwrap()));
        let writes = self.fate.writes.load(Ordering::SeqCst);
        self.fate.set(None);
        self.fate.writes.store(writes, Ordering::SeqCst);
        run.ok()
    }

    /// Resumes under a fate; false when it died.
    fn resume(&self, moment: Option<Moment>) -> bool {
        self.fate.set(moment);
        let run = catch_unwind(AssertUnwindSafe(|| self.deployer().resume(&self.subject()).unwrap()));
        self.fate.set(None);
        run.is_ok()
    }

    fn begun(&self) -> bool {
        self.bench.store.deployment(DeploymentId(2)).is_ok()
    }

    fn steps(&self) -> Vec<Step> {
        self.bench.store.steps(DeploymentId(2)).unwrap()
    }

    /// The dead one had turned back, or was about to.
    fn turned(&self) -> bool {
        self.steps()
            .iter()
            .any(|step| is_back(step) || step.status == StepStatus::Failed)
    }

    /// What must be true at the end, however it came to it.
    fn check(&self, turned: bool, why: &str) -> Outcome {
        let (store, Subject { service, env, .. }) = (&self.bench.store, self.subject());
        assert!(store.unfinished(&service, &env).unwrap().is_empty(), "{why}");
        let ended = store.deployment(DeploymentId(2)).unwrap();
        let (current, mut releases) = serving(self.target);
        releases.dedup();
        let all: Observation = observe(self.target);
        assert_eq!(all.instances.len() as u32, self.scene.instances, "{why}: {all:#?}");
        assert_eq!(releases, [current.unwrap()], "{why}: mixed");
        assert!(all.instances.iter().all(|one| one.routed), "{why}: {all:#?}");
        if turned {
            assert_eq!(current, Some(ReleaseNo(self.scene.serves)), "{why}");
            let allowed = [self.scene.ends, Outcome::RolledBack, Outcome::Interrupted];
            assert!(allowed.contains(&ended.outcome), "{why}: {:?}", ended.outcome);
        }
        // A release that was judged is not deployed again before a person has looked; once is enough.
        let holds = store.holds(&service, &env).unwrap().len();
        match turned {
            true => assert_eq!(holds == 1, ended.outcome == Outcome::RolledBack, "{why}: {holds}"),
            false => assert!(holds <= 1, "{why}: {holds}"),
        }
        ended.outcome
    }
}

fn is_back(step: &Step) -> bool {
    step.name.starts_with("back: ") || step.name == "remove"
}

/// Sets a scene with the first release serving, and lets `act` play in it.
fn play<T>(scene: &Scene, act: impl FnOnce(&Run<'_>) -> T) -> T {
    set(scene, |run| {
        let first = run.deploy("one").unwrap();
        assert_eq!(outcome(&first), (Outcome::Succeeded, None), "{}", scene.name);
        act(run)
    })
}

/// Sets a scene where nothing was ever deployed.
fn set<T>(scene: &Scene, act: impl FnOnce(&Run<'_>) -> T) -> T {
    let fate = Arc::new(Fate::default());
    let engine = Mortal(Sqlite::in_memory().unwrap(), fate.clone());
    let bench = Bench::over(|clock| {
        let options = Options {
            actor: "ada".into(),
            ..Options::default()
        };
        Store::with(Box::new(engine), clock, options).unwrap()
    });
    let memory = match scene.in_place {
        true => MemoryTarget::in_place(&*bench.clock),
        false => MemoryTarget::new(&*bench.clock),
    };
    memory.behave(ReleaseNo(scene.bad_release), scene.bad.clone());
    memory.fail_release_step(scene.step_ends);
    // No act on a target without a durable intent before it.
    let intended = |act: &str, authority: Option<&Authority>| {
        if let Some(authority) = authority {
            let steps = bench.store.steps(authority.deployment)?;
            let last = steps.last().map(|step| step.status);
            assert_eq!(last, Some(StepStatus::Running), "{act} without an intent");
            let release = act == "start" && steps.last().is_some_and(|step| step.name == "release");
            fate.steps.fetch_add(usize::from(release), Ordering::SeqCst);
        }
        Ok(())
    };
    let target = Tampered { memory, say: intended };
    let run = Run {
        scene,
        bench: &bench,
        target: &target,
        fate: &fate,
        vcs: MemoryVcs::default(),
    };
    act(&run)
}

/// How many writes the deployment of the bad release has.
fn writes(scene: &Scene) -> usize {
    play(scene, |run| {
        let report = run.deploy_bad(None).unwrap();
        let back: Vec<&str> = report
            .steps
            .iter()
            .filter(|step| is_back(step))
            .map(|step| step.name.as_str())
            .collect();
        assert_eq!(back, scene.back, "{}", scene.name);
        assert!(
            report
                .steps
                .iter()
                .filter(|step| is_back(step))
                .all(|step| step.status == StepStatus::Done)
        );
        assert_eq!(report.deployment.outcome, scene.ends, "{}", scene.name);
        run.check(true, scene.name);
        run.fate.writes.load(Ordering::SeqCst)
    })
}

/// Writes of taking the lease, which a thread that only unwinds does not lose as a dead process does.
const LEASE: usize = 1;

fn moments(write: usize) -> [Moment; 2] {
    [Moment::Before(write), Moment::After(write)]
}

#[test]
fn killed_at_any_write_of_a_way_back_the_next_command_ends_where_it_went() {
    for scene in scenes() {
        let (mut turned, mut ends) = (0, BTreeSet::new());
        for moment in (LEASE + 1..=writes(&scene)).flat_map(moments) {
            play(&scene, |run| {
                let why = format!("{}, killed {moment:?}", scene.name);
                let ended = run.deploy_bad(Some(moment)).is_some();
                if ended || !run.begun() {
                    // Only giving the lease back was left, or nothing had begun.
                    return;
                }
                let back = run.turned();
                turned += usize::from(back);
                assert!(run.resume(None), "{why}");
                let ended = run.check(back, &why);
                if back {
                    ends.insert(ended.as_str());
                }
            });
        }
        // Two moments at each of two writes a step, and at the end.
        assert!(
            turned >= 4 * scene.back.len(),
            "{}: only {turned} on the way back",
            scene.name
        );
        assert!(!ends.contains("succeeded"), "{}: {ends:?}", scene.name);
    }
}

#[test]
fn killed_again_while_it_resumes_it_still_ends_there() {
    let twice = [
        "all of the traffic, then a fall",
        "one at a time, then a fall",
        "replaced, then a crash",
    ];
    for scene in scenes().into_iter().filter(|scene| twice.contains(&scene.name)) {
        let last = writes(&scene);
        let mut again = 0;
        // Every fifth moment of the first death is met by all of the second.
        for moment in (LEASE + 1..=last).flat_map(moments).step_by(5) {
            for second in (LEASE + 1..).flat_map(moments) {
                let over = play(&scene, |run| {
                    let why = format!("{}, killed {moment:?}, then {second:?}", scene.name);
                    let ended = run.deploy_bad(Some(moment)).is_some();
                    if ended || !run.turned() {
                        return true;
                    }
                    let over = run.resume(Some(second));
                    again += usize::from(!over);
                    assert!(run.resume(None), "{why}");
                    run.check(true, &why);
                    over
                });
                if over {
                    break;
                }
            }
        }
        assert!(again > 50, "{}: only {again} died twice", scene.name);
    }
}

#[test]
fn killed_while_a_first_deployment_is_removed_nothing_is_left() {
    let scene = Scene {
        bad_release: 1,
        ends: Outcome::Failed,
        back: &["remove"],
        ..in_place("the first of all", strategy(StrategyKind::Rolling, 0), never_healthy())
    };
    let mut died = 0;
    for moment in (LEASE + 1..).flat_map(moments) {
        let over = set(&scene, |run| {
            let over = run.deploy_as("one", Some(moment)).is_some();
            if over {
                return true;
            }
            died += 1;
            assert!(run.resume(None), "{moment:?}");
            assert_eq!(serving(run.target), (None, vec![]), "{moment:?}");
            if let Ok(ended) = run.bench.store.deployment(DeploymentId(1)) {
                let allowed = [Outcome::Failed, Outcome::Interrupted];
                assert!(allowed.contains(&ended.outcome), "{moment:?}: {:?}", ended.outcome);
            }
            false
        });
        if over {
            break;
        }
    }
    assert!(died > 20, "only {died}");
}

/// What has made room, and whose release step breaks what served before.
fn frozen() -> [Scene; 2] {
    use StrategyKind::{Recreate, Rolling};
    [
        Scene {
            step: Some(breaking()),
            ..by_name("one at a time past a breaking step", Recreate, never_healthy(), &[])
        },
        Scene {
            step: Some(breaking()),
            instances: 1,
            listen: Some(9000),
            ..by_name("a port of its own past a breaking step", Rolling, never_healthy(), &[])
        },
    ]
}

#[test]
fn what_made_room_past_a_breaking_release_step_is_left_as_it_is_and_fixed_forward() {
    for scene in frozen() {
        play(&scene, |run| {
            let report = run.deploy("two").unwrap();
            assert_eq!(
                outcome(&report),
                (Outcome::NeedsHuman, Some((Kind::NeedsHuman, "never-healthy"))),
                "{}",
                scene.name
            );
            let fault = report.fault.unwrap();
            assert_eq!(
                fault.still_true(),
                Some("v2 is left as it is: its release step has run, and v1 does not work after it")
            );
            assert!(!report.steps.iter().any(is_back), "{}: {:?}", scene.name, report.steps);
            let left = observe(run.target).instances;
            assert!(left.iter().all(|one| one.release == ReleaseNo(2)), "{left:#?}");
            assert_eq!(left.len() as u32, scene.instances);
            // The fix takes its place: what was left goes before it starts.
            let fixed = run.deploy("three").unwrap();
            assert_eq!(outcome(&fixed), (Outcome::Succeeded, None), "{}", scene.name);
            let all = (Some(ReleaseNo(3)), vec![ReleaseNo(3); scene.instances as usize]);
            assert_eq!(serving(run.target), all, "{}", scene.name);
            if scene.listen.is_none() {
                let names: Vec<&str> = fixed.steps.iter().map(|step| step.name.as_str()).collect();
                let at = |name| names.iter().position(|one| *one == name);
                assert!(at("drain") < at("start"), "{names:?}");
            }
        });
    }
}

#[test]
fn killed_past_a_breaking_release_step_nothing_is_brought_back_that_it_broke() {
    for scene in frozen() {
        let last = play(&scene, |run| {
            run.deploy_bad(None);
            run.fate.writes.load(Ordering::SeqCst)
        });
        let mut people = 0;
        for moment in (LEASE + 1..=last).flat_map(moments) {
            play(&scene, |run| {
                let why = format!("{}, killed {moment:?}", scene.name);
                if run.deploy_bad(Some(moment)).is_some() || !run.begun() {
                    return;
                }
                assert!(run.resume(None), "{why}");
                let ended = run.bench.store.deployment(DeploymentId(2)).unwrap();
                let left = observe(run.target).instances;
                match ended.outcome {
                    Outcome::NeedsHuman => {
                        people += 1;
                        let reason = ended.reason.unwrap();
                        assert!(
                            reason.contains("v1 does not work after it") || reason.contains("v2 did not"),
                            "{why}: {reason}"
                        );
                        assert!(
                            left.iter()
                                .all(|one| one.deployment != DeploymentId(2) || one.release == ReleaseNo(2)),
                            "{why}"
                        );
                    }
                    Outcome::Interrupted => {
                        assert!(left.iter().all(|one| one.release == ReleaseNo(1)), "{why}: {left:#?}");
                        assert_eq!(left.len() as u32, scene.instances, "{why}");
                    }
                    other => panic!("{why}: {other:?}"),
                }
            });
        }
        assert!(people >= 4, "{}: only {people}", scene.name);
    }
}

#[test]
fn killed_at_any_write_the_end_of_a_release_step_is_not_forgotten() {
    for in_place in [false, true] {
        let scene = Scene {
            in_place,
            step: Some(ReleaseStep {
                previous_still_works: true,
                ..breaking()
            }),
            step_ends: "signal 9 (SIGKILL)",
            ..by_name(
                "its release step is killed",
                StrategyKind::Rolling,
                never_healthy(),
                &[],
            )
        };
        let last = play(&scene, |run| {
            run.deploy_bad(None);
            run.fate.writes.load(Ordering::SeqCst)
        });
        let mut people = 0;
        for moment in (LEASE + 1..=last).flat_map(moments) {
            play(&scene, |run| {
                let why = format!("in place: {in_place}, killed {moment:?}");
                if run.deploy_bad(Some(moment)).is_some() || !run.begun() {
                    return;
                }
                assert!(run.resume(None), "{why}");
                let ended = run.bench.store.deployment(DeploymentId(2)).unwrap();
                let expected = match run.fate.steps.load(Ordering::SeqCst) {
                    0 => Outcome::Interrupted,
                    _ => Outcome::NeedsHuman,
                };
                assert_eq!(ended.outcome, expected, "{why}: {:?}", ended.reason);
                people += usize::from(expected == Outcome::NeedsHuman);
                assert_eq!(
                    serving(run.target),
                    (Some(ReleaseNo(1)), vec![ReleaseNo(1); 2]),
                    "{why}"
                );
            });
        }
        assert!(people >= 6, "only {people}");
    }
}
