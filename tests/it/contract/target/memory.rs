//! The target in memory, both ways of replacing instances.

use std::collections::BTreeMap;
use std::time::Duration;

use deliver::adapters::contract::{App, Bed, CANARY};
use deliver::adapters::memory::{Behaviour, ManualClock, MemoryTarget};
use deliver::fault::Result;
use deliver::model::release::{BuildId, Release, Source};
use deliver::model::spec::{CommandLine, Process, Role, Spec, Work};
use deliver::model::{EnvName, ReleaseNo, ServiceName};
use deliver::ports::target::{Prepared, RELEASE_STEP, Secret};
use deliver::ports::{Clock, Target};
use jiff::Timestamp;

use super::holds;

struct InMemory<'a> {
    clock: &'a ManualClock,
    target: MemoryTarget<'a>,
    severed: MemoryTarget<'a>,
}

impl Bed for InMemory<'_> {
    fn target(&self) -> &dyn Target {
        &self.target
    }

    fn clock(&self) -> &dyn Clock {
        self.clock
    }

    fn service(&self) -> ServiceName {
        "pricing".parse().expect("a name")
    }

    fn env(&self) -> EnvName {
        "production".parse().expect("a name")
    }

    fn release(&self, app: App, number: ReleaseNo) -> Result<Prepared> {
        let secret = format!("secret of {} bytes", CANARY.len());
        match app {
            App::Crashes => {
                self.target
                    .behave(number, Behaviour::ExitsAfter(Duration::ZERO, "status 3".into()));
                self.target.print(number, "web", &["cannot go on"]);
            }
            App::Good | App::Step(_) => self.target.print(number, "web", &["listening", &secret]),
        }
        if let App::Step(status) = app {
            self.target.fail_release_step(&format!("status {status}"));
            self.target.print(number, RELEASE_STEP, &["migrated"]);
        }
        Ok(Prepared {
            release: Release {
                service: self.service(),
                number,
                env: self.env(),
                build: BuildId("b-1".into()),
                identity: number.to_string(),
                spec: spec(),
                source: Source::default(),
                created_at: Timestamp::UNIX_EPOCH,
            },
            artifact: "/nowhere".into(),
            secrets: BTreeMap::from([("DELIVER_CHECK_SECRET".to_owned(), Secret::new(CANARY.into()))]),
            record: serde_json::Value::Null,
        })
    }

    fn ask(&self, _: &str, _: &str) -> Option<Result<String>> {
        None
    }

    fn severed(&self) -> Option<&dyn Target> {
        Some(&self.severed)
    }
}

fn spec() -> Spec {
    Spec::of(vec![Process {
        name: "web".into(),
        role: Role::Web,
        work: Work::Command(CommandLine::Exec(vec!["./app".into()])),
        instances: App::INSTANCES,
        env: BTreeMap::new(),
    }])
}

fn holds_in_memory(make: impl for<'a> Fn(&'a dyn Clock) -> MemoryTarget<'a>, left_out: &[&str]) {
    let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
    let bed = InMemory {
        clock: &clock,
        target: make(&clock),
        severed: make(&clock),
    };
    bed.severed.set_unreachable(true);
    holds(&bed, left_out);
}

#[test]
fn memory_keeps_what_targets_promise() {
    holds_in_memory(|clock| MemoryTarget::new(clock), &["drain"]);
}

#[test]
fn memory_keeps_it_in_place_too() {
    holds_in_memory(|clock| MemoryTarget::in_place(clock), &[]);
}
