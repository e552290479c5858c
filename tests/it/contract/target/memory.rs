//! The target in memory, both ways of replacing instances.

use std::path::Path;
use std::time::Duration;

use deliver::adapters::contract::{self, App, Bed, CANARY};
use deliver::adapters::memory::{Behaviour, ManualClock, MemoryTarget};
use deliver::fault::Result;
use deliver::model::spec::{CommandLine, Spec, Work};
use deliver::model::{EnvName, ReleaseNo, ServiceName};
use deliver::ports::target::{Prepared, RELEASE_STEP};
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
        let work = Work::Command(CommandLine::Exec(vec!["./app".into()]));
        let spec = Spec::of(vec![contract::web(work)]);
        Ok(contract::prepared(self, number, "b-1", spec, Path::new("/nowhere")))
    }

    fn ask(&self, _: &str, _: &str) -> Option<Result<String>> {
        None
    }

    fn severed(&self) -> Option<&dyn Target> {
        Some(&self.severed)
    }
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
