//! A swarm as a target: a real engine, real images in a real registry, real instances.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use deliver::adapters::contract::{self, App, Bed, SECRET};
use deliver::adapters::process::{Groups, Processes};
use deliver::adapters::swarm::Swarm;
use deliver::adapters::system::SystemClock;
use deliver::config::environment::Environment;
use deliver::fault::Result;
use deliver::model::place::Place;
use deliver::model::spec::{CommandLine, Image, SecretRef, Spec, Work};
use deliver::model::{EnvName, ReleaseNo, ServiceName, Span};
use deliver::ports::interrupt::Never;
use deliver::ports::target::Prepared;
use deliver::ports::{Clock, Target};
use serde_json::{Value, json};

use super::holds;
use crate::support::swarm::{Image as Made, Swarm as Engines};

struct InSwarm {
    engines: &'static Engines,
    /// All tests share the engine: each has a service of its own.
    service: &'static str,
    /// What `[environment.production.swarm]` says beside where the engine is.
    options: Value,
    clock: Arc<SystemClock>,
    target: Swarm,
    severed: Swarm,
    /// References of the images that were made, by their releases: one release is one content.
    images: Mutex<BTreeMap<ReleaseNo, String>>,
}

impl InSwarm {
    fn new(engines: &'static Engines, home: &Path, service: &'static str, options: Value) -> InSwarm {
        let clock = Arc::new(SystemClock::new(None));
        // Neither this user's contexts nor its passwords for registries.
        let environment = Environment::of([("HOME", home.to_str().expect("a path"))]);
        let open = |host: String| {
            let place = Place {
                target: "swarm".into(),
                options: json!({ "host": host }),
            };
            let commands = Processes::new(clock.clone(), Arc::new(Never), Groups::default());
            let (commands, never) = (Arc::new(commands), Arc::new(Never));
            Swarm::new(&place, &environment, clock.clone(), commands, never).expect("a target")
        };
        InSwarm {
            engines,
            service,
            options,
            target: open(engines.leader().host()),
            severed: open(format!("unix://{}/nobody.sock", home.display())),
            clock,
            images: Mutex::default(),
        }
    }

    /// The image of a release with its digest, which is pushed when it is first asked for.
    fn image(&self, app: App, number: ReleaseNo) -> String {
        let mut images = self.images.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || {
            let made = Made::new(&format!("{}:{number}", self.service), &number.to_string())
                .with("SECRET", SECRET)
                .checked();
            let made = match app {
                App::Crashes => made
                    .with("EXIT_AFTER", 0)
                    .with("EXIT_STATUS", 3)
                    .with("LAST_WORDS", "cannot go on"),
                App::Good | App::Step(_) => made,
            };
            made.push(self.engines)
        };
        images.entry(number).or_insert_with(make).clone()
    }
}

impl Bed for InSwarm {
    fn target(&self) -> &dyn Target {
        &self.target
    }

    fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    fn service(&self) -> ServiceName {
        self.service.parse().expect("a name")
    }

    fn env(&self) -> EnvName {
        "production".parse().expect("a name")
    }

    fn release(&self, app: App, number: ReleaseNo) -> Result<Prepared> {
        let spec = spec(app, self.image(app, number), self.options.clone());
        let build = format!("b-{number}");
        Ok(contract::prepared(self, number, &build, spec, Path::new("/nowhere")))
    }

    /// Ports of nodes have no address of the whole. Each instance is asked at its own by the target, or is not healthy.
    fn ask(&self, _: &str, _: &str) -> Option<Result<String>> {
        None
    }

    fn severed(&self) -> Option<&dyn Target> {
        Some(&self.severed)
    }
}

fn spec(app: App, image: String, options: Value) -> Spec {
    let step = |status: u8| CommandLine::Exec(vec!["/app".into(), "migrate".into(), status.to_string()]);
    Spec {
        health: contract::health(),
        grace: Span::from_secs(5),
        secrets: BTreeMap::from([(SECRET.to_owned(), SecretRef::Env("TOKEN".into()))]),
        secret_versions: BTreeMap::from([(SECRET.to_owned(), "1d2c3b4a5f6e7d8c".to_owned())]),
        release_step: contract::step(app, step),
        image: Some(Image::Ready(image)),
        options,
        ..Spec::of(vec![contract::web(Work::Image)])
    }
}

/// Skips nothing, and is left out where no engine can be started. Each instance has a port of its own, which works on every
/// kernel: balanced ports need IPVS. Every image has a check of its own, since without one in the container the engine lets
/// an old instance go as soon as its successor runs, and all of them where all are replaced at once by one that crashes.
fn holds_in_swarm(service: &'static str, options: Value) {
    let Some(engines) = Engines::one() else { return };
    let home = tempfile::tempdir().expect("a folder");
    holds(&InSwarm::new(engines, home.path(), service, options), &[]);
}

/// What counts as healthy has passed the image's check, and answers at its port too.
#[test]
fn a_swarm_keeps_what_targets_promise() {
    holds_in_swarm("owed", json!({ "publish_mode": "host", "health": "port" }));
}

/// Health by the image's check alone. Variables are part of what is written and read back, where the values of secrets could
/// come out again.
#[test]
fn a_swarm_keeps_it_with_the_image_s_check_and_secrets_in_variables() {
    holds_in_swarm(
        "owed-in-variables",
        json!({ "publish_mode": "host", "health": "image", "secrets": "env" }),
    );
}
