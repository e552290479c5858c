use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::*;
use crate::model::BuildId;
use crate::model::about::About;
use crate::model::release::Source;
use crate::model::spec::{CommandLine, ReleaseStep, Spec};
use crate::model::traffic::LATENCY_BUCKETS;
use crate::model::{DeploymentId, Span};
use crate::ports::Clock;
use crate::store::deployment::NewDeployment;
use crate::store::release::NewRelease;

/// Moves when the test moves it.
struct Manual(Mutex<Timestamp>);

impl Clock for Manual {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("nobody panicked")
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, _: Duration) {}
}

struct Bed {
    store: Store,
    clock: Arc<Manual>,
}

fn at(minutes: i64) -> Timestamp {
    let onset: Timestamp = "2026-03-04T14:02:00Z".parse().expect("a time");
    onset + SignedDuration::from_mins(minutes)
}

fn name(text: &str) -> ServiceName {
    text.parse().expect("a name")
}

fn production() -> EnvName {
    "production".parse().expect("a name")
}

impl Bed {
    fn new() -> Self {
        let clock = Arc::new(Manual(Mutex::new(at(-600))));
        Bed {
            store: Store::in_memory(clock.clone(), "bo").expect("a store"),
            clock,
        }
    }

    fn until(&self, minutes: i64) {
        *self.clock.0.lock().expect("nobody panicked") = at(minutes);
    }

    fn release(&self, service: &str, build: &str, breaks: bool) -> ReleaseNo {
        let step = breaks.then(|| ReleaseStep {
            command: CommandLine::Exec(vec!["migrate".into()]),
            timeout: Span::from_secs(60),
            previous_still_works: false,
        });
        let new = NewRelease {
            service: name(service),
            env: production(),
            build: BuildId(build.into()),
            identity: format!("{build}-{}", self.clock.now()),
            spec: Spec {
                release_step: step,
                ..Spec::of(vec![])
            },
            source: Source {
                subject: Some(format!("made {build}")),
                ..Source::default()
            },
        };
        self.store.create_release(&new).expect("written").number
    }

    /// A deployment that took a minute.
    fn deployed(&self, service: &str, minutes: i64, release: ReleaseNo, outcome: Outcome) -> DeploymentId {
        self.until(minutes);
        let previous = self.store.last_good(&name(service), &production()).expect("read");
        let new = NewDeployment {
            service: name(service),
            env: production(),
            target: "local".into(),
            operation: Operation::Deploy,
            release: Some(release),
            previous,
            parent: None,
            plan_hash: String::new(),
            plan: serde_json::json!(null),
            gates: vec![],
            note: None,
        };
        let id = self.store.create_deployment(&new).expect("written").id;
        self.until(minutes + 1);
        if outcome != Outcome::Running {
            self.store.finish(id, outcome, None, 0, &[]).expect("written");
        }
        id
    }

    fn depends(&self, service: &str, on: &[&str]) {
        let about = About {
            depends_on: on.iter().map(|name| (*name).to_owned()).collect(),
            ..About::default()
        };
        let folder = format!("/srv/{service}");
        self.store
            .register_service(&name(service), folder.as_ref())
            .expect("written");
        self.store.describe_service(&name(service), &about).expect("written");
    }

    fn gather(&self, service: Option<&str>) -> Vec<Candidate> {
        let question = Question {
            service: service.map(name),
            env: Some(production()),
            onset: at(0),
            onset_known: true,
            noticed: at(3),
        };
        gather(&self.store, &question).expect("read").candidates
    }

    fn count(&self, release: ReleaseNo, minutes: i64, total: u64, failed: u64) {
        let counted = Traffic {
            service: name("checkout"),
            env: production(),
            release,
            bucket: at(minutes).as_microsecond(),
            classes: [0, total - failed, 0, 0, failed],
            failed: 0,
            latency: vec![0; LATENCY_BUCKETS],
        };
        self.store.record_traffic(&[counted]).expect("written");
    }
}

fn ids(candidates: &[Candidate]) -> Vec<u64> {
    candidates.iter().map(|candidate| candidate.deployment.id.0).collect()
}

#[test]
fn what_is_known_of_a_release_is_read_with_it() {
    let bed = Bed::new();
    let first = bed.release("checkout", "b-1", false);
    bed.deployed("checkout", -300, first, Outcome::Succeeded);
    let second = bed.release("checkout", "b-1", false);
    bed.deployed("checkout", -30, second, Outcome::Succeeded);
    let third = bed.release("checkout", "b-2", false);
    bed.deployed("checkout", -4, third, Outcome::Succeeded);
    bed.count(second, -4, 100, 1);
    bed.count(third, -4, 50, 20);
    bed.count(third, 2, 50, 20);
    bed.count(third, 45, 50, 50);
    let found = bed.gather(Some("checkout"));
    assert_eq!(ids(&found), [3, 2]);
    let newest = &found[0];
    assert_eq!(
        (newest.same_build, newest.source.subject.as_deref()),
        (Some(false), Some("made b-2"))
    );
    assert_eq!(
        (newest.stands, newest.previous, newest.blocked_by),
        (true, Some(second), None)
    );
    let errors = newest
        .errors
        .map(|(after, before)| (after.failed, after.total, before.failed, before.total));
    assert_eq!(errors, Some((40, 100, 1, 100)));
    assert_eq!((found[1].same_build, found[1].stands), (Some(true), false));
}

#[test]
fn the_way_back_is_closed_by_a_release_step_and_by_what_is_under_way() {
    let bed = Bed::new();
    let first = bed.release("checkout", "b-1", false);
    bed.deployed("checkout", -300, first, Outcome::Succeeded);
    let second = bed.release("checkout", "b-2", true);
    bed.deployed("checkout", -4, second, Outcome::Succeeded);
    assert_eq!(bed.gather(Some("checkout"))[0].blocked_by, Some(second));
    let third = bed.release("checkout", "b-3", false);
    bed.deployed("checkout", -2, third, Outcome::Running);
    assert!(bed.gather(Some("checkout")).iter().all(|candidate| !candidate.stands));
}

#[test]
fn dependencies_are_followed_two_steps_and_never_in_circles() {
    let bed = Bed::new();
    bed.depends("checkout", &["basket", "Not A Service", "checkout"]);
    bed.depends("basket", &["catalog", "checkout"]);
    bed.depends("catalog", &["disk"]);
    for service in ["checkout", "basket", "catalog", "disk", "search"] {
        let release = bed.release(service, "b-1", false);
        bed.deployed(service, -4, release, Outcome::Succeeded);
    }
    let ways: Vec<String> = bed
        .gather(Some("checkout"))
        .iter()
        .map(|it| {
            let path: Vec<&str> = it.path.iter().map(|step| step.as_str()).collect();
            format!("{} by [{}]", it.deployment.service, path.join(", "))
        })
        .collect();
    assert_eq!(
        ways,
        ["checkout by []", "basket by [basket]", "catalog by [basket, catalog]"]
    );
    assert_eq!(
        ids(&bed.gather(None)),
        [5, 4, 3, 2, 1],
        "nobody knows what hurts: everything"
    );
    assert_eq!(ids(&bed.gather(Some("unheard-of"))), [0; 0]);
}

#[test]
fn a_long_deployment_is_found_by_its_end_and_one_that_ended_long_ago_is_not() {
    let bed = Bed::new();
    let release = bed.release("checkout", "b-1", false);
    bed.deployed("checkout", -70, release, Outcome::Succeeded);
    bed.until(-110);
    let id = bed.deployed("checkout", -110, release, Outcome::Running);
    bed.until(-20);
    bed.store.finish(id, Outcome::Succeeded, None, 0, &[]).expect("written");
    assert_eq!(ids(&bed.gather(Some("checkout"))), [2]);
}

#[test]
fn what_began_after_it_was_noticed_is_an_answer_and_no_suspect() {
    let bed = Bed::new();
    let release = bed.release("checkout", "b-1", false);
    bed.deployed("checkout", 2, release, Outcome::Succeeded);
    bed.deployed("checkout", 4, release, Outcome::Succeeded);
    assert_eq!(ids(&bed.gather(Some("checkout"))), [1]);
}

#[test]
fn of_the_minute_of_a_switch_only_the_release_before_counts_as_before() {
    let bed = Bed::new();
    let first = bed.release("checkout", "b-1", false);
    bed.deployed("checkout", -4, first, Outcome::Succeeded);
    let second = bed.release("checkout", "b-2", false);
    bed.count(first, -4, 100, 0);
    bed.count(second, -4, 100, 100);
    assert_eq!(
        bed.gather(Some("checkout"))[0].errors,
        None,
        "nothing was counted before the first"
    );
}
