//! A target whose engine answers as a test says, for what a real one cannot be made to say.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Swarm;
use crate::adapters::docker::fake::FakeEngine;
use crate::adapters::process::{Groups, Processes};
use crate::adapters::system::SystemClock;
use crate::config::environment::Environment;
use crate::model::place::Place;
use crate::ports::interrupt::Never;

pub struct Fake(FakeEngine);

impl Fake {
    /// `answer` gets a request's line, unescaped, and gives a status and a body: JSON, or a text as it is.
    pub fn start(answer: impl Fn(&str) -> (u16, Value) + Send + Sync + 'static) -> Fake {
        Fake(FakeEngine::new(move |line| {
            let (status, body) = answer(&line.replace("%22", "\""));
            match body {
                Value::String(text) => (status, text),
                json => (status, json.to_string()),
            }
        }))
    }

    /// The target.
    pub fn swarm(&self) -> Swarm {
        let place = Place {
            target: "swarm".into(),
            options: json!({ "host": self.0.host }),
        };
        let clock = Arc::new(SystemClock::new(None));
        let commands = Arc::new(Processes::new(clock.clone(), Arc::new(Never), Groups::default()));
        let environment = Environment::of([("HOME", "/nowhere")]);
        Swarm::new(&place, &environment, clock, commands, Arc::new(Never)).expect("a target")
    }
}
