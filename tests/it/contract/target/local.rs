//! This machine as a target: the agent with real processes and real requests.

use deliver::adapters::http::Client;
use deliver::adapters::local::Local;
use deliver::adapters::plugin::check::Trial;
use deliver::adapters::system::SystemClock;
use deliver::agent;
use deliver::config::environment::Environment;
use deliver::config::paths::Paths;

use super::holds;
use crate::support::{DELIVER, Sandbox, needs};

#[test]
fn this_machine_keeps_what_targets_promise() {
    if !needs::has("python3") {
        return;
    }
    let sandbox = Sandbox::new().with_tools();
    let pairs: Vec<(String, String)> = sandbox
        .environment()
        .iter()
        .map(|(name, value)| (name.clone(), value.to_string_lossy().into_owned()))
        .collect();
    let environment = Environment::of(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let paths = Paths::of(&environment, None, &sandbox.project()).expect("places");
    let client = agent::client::Client::of_program(agent::home::Home::new(&paths), DELIVER.into());
    let local = Local::with(paths, &environment, client);
    let (clock, http) = (SystemClock::new(None), Client::new().expect("a client"));
    let app = sandbox.root().join("app");
    std::fs::create_dir(&app).expect("a folder");
    let service = "pricing".parse().expect("a name");
    let bed = Trial::new(&local, &clock, &http, service, &app).expect("a trial");
    holds(&bed, &["unreachable"]);
}
