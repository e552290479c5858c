//! This machine as a target: services run under the agent, which is started when it is needed.

mod copy;
mod logs;

use std::collections::BTreeMap;

use crate::agent::client::Client;
use crate::agent::home::Home;
use crate::config::environment::Environment;
use crate::config::paths::Paths;
use crate::fault::Result;
use crate::model::observed::Observation;
use crate::model::{EnvName, ServiceName};
use crate::ports::Target;
use crate::ports::target::{
    Authority, Capabilities, LONGEST_VARIABLE, LogLine, LogQuery, Placed, Prepared, Shift, Stop, Stopped, Wanted,
};

/// What instances inherit from whoever deploys them. The rest of a developer's environment is not theirs: what an app
/// needs stands in its manifest.
const INHERITED: [&str; 19] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "TMPDIR",
    "XDG_RUNTIME_DIR",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "LD_LIBRARY_PATH",
    // Where the container engine is, for instances that are containers.
    "DOCKER_HOST",
    "DOCKER_CONTEXT",
    "DOCKER_CONFIG",
    "DOCKER_CERT_PATH",
    "DOCKER_TLS_VERIFY",
];

/// Where commands are looked for when the environment names no `PATH`.
const PATH_ELSE: &str = "/usr/local/bin:/usr/bin:/bin";

/// The target `local`.
pub struct Local {
    paths: Paths,
    client: Client,
    base: BTreeMap<String, String>,
}

impl Local {
    pub fn new(paths: Paths, environment: &Environment) -> Self {
        let client = Client::new(Home::new(&paths));
        Local::with(paths, environment, client)
    }

    /// Over an agent that is reached through `client`.
    pub fn with(paths: Paths, environment: &Environment, client: Client) -> Self {
        let mut base: BTreeMap<String, String> = INHERITED
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), environment.get(name)?.to_owned())))
            .collect();
        base.entry("PATH".into()).or_insert_with(|| PATH_ELSE.into());
        Local { client, paths, base }
    }

    /// The agent itself, for `deliver agent`.
    pub fn agent(&self) -> &Client {
        &self.client
    }

    fn run_copy(&self, prepared: &Prepared) -> std::path::PathBuf {
        let release = &prepared.release;
        self.paths
            .run(release.service.as_str(), release.env.as_str(), &release.build.0)
    }
}

impl Target for Local {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            weights: true,
            holds_requests: true,
            volumes: true,
            schedules: true,
            in_place: false,
            beside: true,
            portions: true,
            batches: true,
            counts: true,
        }
    }

    fn observe(&self, service: &ServiceName, env: &EnvName) -> Result<Observation> {
        self.client.observe(service, env)
    }

    fn observe_all(&self) -> Result<Vec<Observation>> {
        self.client.observe_all()
    }

    fn prepare(&self, authority: &Authority, prepared: &Prepared) -> Result<Placed> {
        prepared.secrets_within(LONGEST_VARIABLE, "a variable")?;
        let url = self.client.reserve(authority, &prepared.release)?;
        let release = &prepared.release;
        let copy = self.run_copy(prepared);
        copy::make(&prepared.artifact, &copy)?;
        let volumes = self.paths.volumes(release.service.as_str(), release.env.as_str());
        for name in &release.spec.volumes {
            copy::link_volume(&copy.join(&release.spec.workdir), &volumes, name)?;
        }
        Ok(Placed {
            url,
            ..Placed::default()
        })
    }

    fn start(&self, authority: &Authority, prepared: &Prepared, wanted: &[Wanted]) -> Result<()> {
        let launch = self
            .client
            .launch(prepared, self.run_copy(prepared), self.base.clone())?;
        self.client.start(authority, launch, wanted)
    }

    fn shift(&self, authority: &Authority, shift: &Shift) -> Result<()> {
        self.client.shift(authority, shift)
    }

    fn remove(&self, authority: &Authority) -> Result<()> {
        self.client.remove(authority)
    }

    fn stop(&self, authority: &Authority, stop: &Stop) -> Result<Vec<Stopped>> {
        self.client.stop(authority, stop)
    }

    fn logs(
        &self,
        service: &ServiceName,
        env: &EnvName,
        query: &LogQuery,
        follow: bool,
        line: &mut dyn FnMut(LogLine) -> bool,
    ) -> Result<()> {
        logs::read(self.client.home(), service, env, query, follow, line)
    }
}
