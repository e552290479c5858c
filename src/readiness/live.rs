//! The service as it runs: asked for its health and its metrics, and its log read.
//!
//! An instance is asked directly where it is on this machine, so that nothing of this counts as its users' traffic.
//! Elsewhere it is the address that people use. Redirects are not followed, and only what the target names is asked.

use std::time::Duration;

use jiff::Timestamp;

use super::fact::{Fact, Place, Unknown};
use super::read::{logs, metrics};
use crate::fault::Fault;
use crate::model::observed::{Instance, InstanceState, Observation};
use crate::model::{BuildId, DeploymentId, EnvName, ReleaseNo, ServiceName, Span};
use crate::ports::target::{LogLine, LogQuery};
use crate::ports::{Clock, Http, Interrupt, Target};
use crate::store::Store;

/// Where and over what a running service is asked.
pub struct Source<'a> {
    pub service: &'a ServiceName,
    pub env: EnvName,
    pub target_kind: String,
    pub target: &'a dyn Target,
    pub http: &'a dyn Http,
    pub store: &'a Store,
    pub clock: &'a dyn Clock,
    pub interrupt: &'a dyn Interrupt,
    pub now: Timestamp,
}

/// Whether the service runs, and what it says.
#[derive(Clone, Debug)]
pub enum Live {
    /// Nothing of it was ever deployed with success.
    NeverDeployed,
    Running(Box<Running>),
}

#[derive(Clone, Debug)]
pub struct Running {
    pub env: String,
    pub target: String,
    pub release: ReleaseNo,
    /// The release that the newest deployment that succeeded put there.
    pub meant: Option<ReleaseNo>,
    /// Instances of other releases, or that no deployment of this store has started.
    pub strangers: Vec<String>,
    pub build: Fact<BuildFound>,
    /// The address that was asked; `None` where it takes no requests.
    pub address: Option<String>,
    /// The status that each declared path answered.
    pub ready: Fact<u16>,
    pub live: Fact<u16>,
    pub metrics: Fact<metrics::Golden>,
    pub log: Fact<logs::Sample>,
}

/// What exactly runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildFound {
    pub id: BuildId,
    pub commit: Option<String>,
    pub dirty: bool,
}

/// One answer; a service that takes longer to say how it is has said it.
const PATIENCE: Span = Span::from_secs(2);

/// Bytes of a page of metrics: large services have some megabytes.
const MAX_METRICS: u64 = 8 << 20;

/// Lines of each instance that are looked at.
const LINES: usize = 200;

/// How often, and for how long, the log is looked at for the line of a request that was just made.
const POLL: Duration = Duration::from_millis(50);
const POLLS: u32 = 20;

/// Where a service shows its metrics when nothing else is known.
const METRICS: &str = "/metrics";

/// Asks a service that was deployed. `place` is the environment as declared.
pub fn ask(source: &Source<'_>, place: &Place) -> Fact<Live> {
    let observed = match source.target.observe(source.service, &source.env) {
        Ok(observed) => observed,
        Err(fault) => return Fact::Unknown(Unknown::from_fault(&fault, "deliver status")),
    };
    let how = match source.env == EnvName::local() {
        true => "deliver deploy".to_owned(),
        false => format!("deliver deploy {}", source.env),
    };
    let Some(release) = observed.current.filter(|release| runs(&observed, *release)) else {
        return Fact::unknown(
            format!(
                "`{}` was deployed, and does not run on {} now",
                source.service, source.env
            ),
            how,
        );
    };
    let address = address(&observed, release);
    let asked = |path: Option<&String>, which: &str| match (&address, path) {
        (Some(address), Some(path)) => status(source, &format!("{address}{path}")),
        _ => Fact::unknown(
            format!("no path for {which} is declared"),
            "add it to `health` under [run]",
        ),
    };
    let running = Running {
        env: source.env.to_string(),
        target: source.target_kind.clone(),
        release,
        meant: source.store.last_good(source.service, &source.env).ok().flatten(),
        strangers: strangers(source, &observed, release),
        build: build(source, release),
        ready: asked(place.ready.as_ref(), "readiness"),
        live: asked(place.live.as_ref(), "liveness"),
        metrics: match &address {
            Some(address) => golden(source, &format!("{address}{METRICS}")),
            None => Fact::unknown("it has no address", "deliver status"),
        },
        log: log(source, release, address.as_deref()),
        address,
    };
    Fact::known(
        Live::Running(Box::new(running)),
        format!("deliver status {}", source.env),
        source.now,
    )
}

fn runs(observed: &Observation, release: ReleaseNo) -> bool {
    let alive = |instance: &&Instance| {
        instance.release == release
            && matches!(
                instance.state,
                InstanceState::Healthy | InstanceState::Waiting | InstanceState::Unhealthy
            )
    };
    // A static site has no instance: its address is what runs.
    observed.instances.iter().any(|instance| alive(&instance))
        || (observed.instances.is_empty() && observed.url.is_some())
}

/// The address of one healthy instance where instances are on this machine, else that of all of them.
fn address(observed: &Observation, release: ReleaseNo) -> Option<String> {
    let url = observed.url.as_deref()?.trim_end_matches('/');
    let local = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"]
        .iter()
        .any(|start| url.starts_with(start));
    let port = observed
        .instances
        .iter()
        .find(|instance| {
            instance.release == release && instance.state == InstanceState::Healthy && instance.port.is_some()
        })
        .and_then(|instance| instance.port);
    match port.filter(|_| local) {
        Some(port) => Some(format!("http://127.0.0.1:{port}")),
        None => Some(url.to_owned()),
    }
}

fn strangers(source: &Source<'_>, observed: &Observation, release: ReleaseNo) -> Vec<String> {
    let known = |id: DeploymentId| {
        source
            .store
            .deployment(id)
            .is_ok_and(|it| it.service == *source.service)
    };
    let foreign = observed
        .instances
        .iter()
        .filter(|instance| instance.routed && (instance.release != release || !known(instance.deployment)));
    foreign.map(|instance| instance.id.clone()).collect()
}

fn build(source: &Source<'_>, release: ReleaseNo) -> Fact<BuildFound> {
    match source.store.release(source.service, release) {
        Ok(Some(release)) => Fact::known(
            BuildFound {
                id: release.build,
                commit: release.source.commit,
                dirty: release.source.dirty,
            },
            format!("{} in the store", release.number),
            source.now,
        ),
        Ok(None) => Fact::unknown(format!("the store knows no {release}"), "deliver deploy --again"),
        Err(fault) => Fact::Unknown(Unknown::from_fault(&fault, "deliver doctor")),
    }
}

fn status(source: &Source<'_>, url: &str) -> Fact<u16> {
    match source.http.get(url, PATIENCE) {
        Ok(answer) => Fact::known(answer.status, format!("GET {url}"), source.now),
        Err(fault) => unanswered(&fault),
    }
}

fn unanswered(fault: &Fault) -> Fact<u16> {
    Fact::Unknown(Unknown::from_fault(fault, "deliver status"))
}

/// The golden signals on the page of metrics. A status other than 200 is a page without any.
fn golden(source: &Source<'_>, url: &str) -> Fact<metrics::Golden> {
    match source.http.get_up_to(url, PATIENCE, MAX_METRICS) {
        Ok(answer) if answer.status == 200 => {
            let whole = (answer.body.len() as u64) < MAX_METRICS;
            let found = metrics::golden(&metrics::read(&answer.body, whole));
            Fact::known(found, format!("GET {url}"), source.now)
        }
        Ok(answer) => Fact::known(
            metrics::Golden::default(),
            format!("GET {url} answered {}", answer.status),
            source.now,
        ),
        Err(fault) => Fact::Unknown(Unknown::from_fault(&fault, "deliver status")),
    }
}

/// The last lines of the release. Where none of them is of a request, one is made: `GET /`, which by its meaning changes
/// nothing, and its line is waited for.
fn log(source: &Source<'_>, release: ReleaseNo, address: Option<&str>) -> Fact<logs::Sample> {
    let mut sample = match lines(source, release) {
        Ok(sample) => sample,
        Err(fault) => return Fact::Unknown(Unknown::from_fault(&fault, "deliver logs")),
    };
    if let Some(address) = address.filter(|_| sample.with_request == 0)
        && source.http.get(&format!("{address}/"), PATIENCE).is_ok()
    {
        for _ in 0..POLLS {
            sample = lines(source, release).unwrap_or(sample);
            if sample.with_request > 0 || source.interrupt.requested().is_some() {
                break;
            }
            source.clock.sleep(POLL);
        }
    }
    let env = &source.env;
    match sample.lines {
        0 => Fact::unknown("it has printed nothing", format!("deliver logs {env}")),
        _ => Fact::known(sample, format!("deliver logs {env} --release {release}"), source.now),
    }
}

/// What instances printed themselves; lines of the agent are not theirs.
fn lines(source: &Source<'_>, release: ReleaseNo) -> crate::fault::Result<logs::Sample> {
    let query = LogQuery {
        release: Some(release),
        tail: Some(LINES),
        ..LogQuery::default()
    };
    let mut texts: Vec<String> = Vec::new();
    let mut take = |line: LogLine| {
        if matches!(line.stream.as_str(), "out" | "err") && !line.text.trim().is_empty() {
            texts.push(line.text);
        }
        true
    };
    source
        .target
        .logs(source.service, &source.env, &query, false, &mut take)?;
    Ok(logs::Sample::of(texts.iter().map(String::as_str)))
}
