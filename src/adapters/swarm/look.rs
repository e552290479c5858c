//! What this process sees of a swarm's instances over time, and how it asks them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use bollard::models::{EndpointPortConfigPublishModeEnum, Node, Service, Task};
use bollard::query_parameters::ListNodesOptions;
use jiff::Timestamp;

use super::next::ASK;
use super::probe::{self, Ask};
use super::{Cluster, Swarm, at_port, names, observe, published};
use crate::fault::Result;
use crate::model::observed::Observation;
use crate::model::{EnvName, ReleaseNo, ServiceName};

/// Two looks at one service are at least this far apart.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);
/// So many times as long as a look's calls to the engine take nothing is asked: they go over TLS or ssh perhaps.
const REST: u32 = 4;
/// Never longer than this: deadlines and whoever wants to stop are looked for between two looks.
const LONGEST_REST: Duration = Duration::from_secs(2);

/// One that runs for so long and was never heard at its port is told what is mostly wrong with such apps.
const LISTENS_BY: Duration = Duration::from_secs(3);

const NOBODY_LISTENS: &str =
    "nobody listens there: in a container an app must listen on 0.0.0.0 and at $PORT, never on 127.0.0.1";

/// What this process has learnt of the engine and seen of its tasks.
#[derive(Default)]
pub struct Memory {
    pub cluster: Option<Cluster>,
    pub client: Option<reqwest::blocking::Client>,
    scopes: HashMap<(ServiceName, EnvName), Scope>,
}

/// What this process has seen of one service.
#[derive(Default)]
struct Scope {
    looked: Option<Duration>,
    /// When a next look is due, while nothing was done since the last one.
    due: Option<Duration>,
    tasks: HashMap<String, Life>,
    asked: Option<Duration>,
    /// How much of the look under way was asking instances, which is no burden for the engine.
    asking: Duration,
    /// A release that gave bad answers already when we first looked: its instances may go on with that.
    broken: Option<ReleaseNo>,
}

/// What this process has seen of one task.
#[derive(Clone, Default)]
struct Life {
    /// Since when it runs, or answers where it is asked.
    since: Duration,
    /// It ran when we first looked.
    before: bool,
    answers: bool,
    /// What the last bad answer was.
    bad: Option<String>,
    flaps: u32,
    /// Something listened at its port at least once.
    heard: bool,
    /// How the last answer was that is certainly its own.
    last: Option<bool>,
}

impl Life {
    /// Counts changes from good to bad in answers that are its own. One that answers well and badly by turns does so within
    /// a round, too, and each round as a whole would only be bad.
    fn follow(&mut self, answers: &[bool]) {
        for good in answers {
            self.flaps += u32::from(self.last == Some(true) && !good);
            self.last = Some(*good);
        }
    }
}

/// One place to ask, and the instances that may answer there.
struct Door {
    url: String,
    tasks: Vec<(String, ReleaseNo)>,
}

impl Swarm {
    /// What was seen of a service's tasks before, brought up to date; then the published port is asked where that is due.
    fn learn(&self, key: &(ServiceName, EnvName), tasks: &[Task], web: Option<&Service>) -> Result<()> {
        let now = self.clock.elapsed();
        let running: Vec<&Task> = tasks.iter().filter(|task| observe::runs(task)).collect();
        let mut memory = self.memory();
        let scope = memory.scopes.entry(key.clone()).or_default();
        let before = scope.looked.is_none();
        let ids: BTreeSet<&str> = running.iter().filter_map(|task| task.id.as_deref()).collect();
        scope.tasks.retain(|id, _| ids.contains(id.as_str()));
        for id in ids {
            scope.tasks.entry(id.to_owned()).or_insert(Life {
                since: now,
                before,
                ..Life::default()
            });
        }
        scope.looked = Some(now);
        let Some((service, ask)) = web.and_then(|web| Some((web, ask_of(web)?))) else {
            return Ok(());
        };
        let own: Vec<&Task> = running
            .into_iter()
            .filter(|task| task.service_id == service.id)
            .collect();
        let unasked = |task: &&Task| {
            let life = task.id.as_ref().and_then(|id| scope.tasks.get(id));
            life.is_some_and(|life| !life.answers && life.bad.is_none())
        };
        let due = scope
            .asked
            .is_none_or(|asked| now.saturating_sub(asked) >= ask.interval.duration());
        if own.is_empty() || !(due || own.iter().any(unasked)) {
            return Ok(());
        }
        let client = match &memory.client {
            Some(client) => client.clone(),
            None => memory.client.insert(probe::client()?).clone(),
        };
        drop(memory);
        let doors = self.doors(service, &own)?;
        let began = self.clock.elapsed();
        let rounds = probe::side_by_side(doors.len(), |at| {
            let door = &doors[at];
            ask.round(&client, &door.url, door.tasks.len())
        });
        let asking = self.clock.elapsed().saturating_sub(began);
        self.memory().scopes.entry(key.clone()).or_default().asking += asking;
        let newest = observe::label(service, names::RELEASE);
        for (door, answers) in doors.iter().zip(&rounds) {
            self.heard(key, door, answers, newest.as_deref());
        }
        Ok(())
    }

    /// Where a service is asked: at its one port, or at each instance's own.
    fn doors(&self, service: &Service, tasks: &[&Task]) -> Result<Vec<Door>> {
        let described = |task: &&Task| Some((task.id.clone()?, observe::release_of(task)?));
        if !by_host(service) {
            let Some(port) = published(service).next() else {
                return Ok(Vec::new());
            };
            let url = self.url(port)?;
            return Ok(vec![Door {
                url,
                tasks: tasks.iter().filter_map(described).collect(),
            }]);
        }
        let addresses = self.addresses()?;
        let door = |task: &&Task| {
            let port = observe::own_port(task)?;
            let address = addresses.get(task.node_id.as_deref()?)?;
            Some(Door {
                url: at_port(address, port),
                tasks: vec![described(task)?],
            })
        };
        Ok(tasks.iter().filter_map(door).collect())
    }

    /// Addresses of nodes by their ids; our own way to the engine where that is the node.
    fn addresses(&self) -> Result<BTreeMap<String, String>> {
        let cluster = self.cluster()?;
        let listed = self.call("list nodes", |docker| async move {
            docker.list_nodes(None::<ListNodesOptions>).await
        })?;
        let address = |node: Node| {
            let id = node.id?;
            let told = node
                .status
                .and_then(|status| status.addr)
                .filter(|told| told != "0.0.0.0");
            let own = id == cluster.node;
            Some((id, if own { cluster.address.clone() } else { told? }))
        };
        Ok(listed.into_iter().filter_map(address).collect())
    }

    /// Notes what a round of questions said of the instances behind a door.
    fn heard(&self, key: &(ServiceName, EnvName), door: &Door, answers: &probe::Answers, newest: Option<&str>) {
        let now = self.clock.elapsed();
        let mut memory = self.memory();
        let scope = memory.scopes.entry(key.clone()).or_default();
        let first = scope.asked.replace(now).is_none();
        if let (true, true, [(_, release), ..]) = (first, answers.bad > 0, door.tasks.as_slice()) {
            scope.broken = Some(*release);
        }
        let newest: Option<ReleaseNo> = newest.and_then(|text| text.parse().ok());
        let forgiven = door
            .tasks
            .iter()
            .filter(|(_, release)| scope.broken == Some(*release) && newest != Some(*release));
        let good = answers.bad <= forgiven.clone().count() * answers.each;
        for (id, release) in &door.tasks {
            let Some(life) = scope.tasks.get_mut(id) else { continue };
            life.heard |= !answers.unheard;
            if door.tasks.len() == 1 && forgiven.clone().next().is_none() {
                life.follow(&answers.good);
            }
            match (good, life.answers) {
                (true, false) => {
                    life.answers = true;
                    life.bad = None;
                    // One that ran when we first looked has been healthy since it runs, for all that is known.
                    if !life.before || life.flaps > 0 {
                        life.since = now;
                    }
                }
                (true, true) => {}
                // A bad answer may come from any instance behind the door: those of older releases are not blamed.
                (false, _) if newest == Some(*release) || door.tasks.len() == 1 => {
                    life.flaps += u32::from(life.answers && door.tasks.len() > 1);
                    life.answers = false;
                    life.bad = answers.why.clone();
                }
                (false, _) => life.answers = true,
            }
        }
    }

    /// How a running task does.
    fn pulse(&self, key: &(ServiceName, EnvName), asks: bool, cluster: &Cluster, task: &Task) -> observe::Pulse {
        let memory = self.memory();
        let scope = memory.scopes.get(key);
        let life = task
            .id
            .as_ref()
            .and_then(|id| scope?.tasks.get(id))
            .cloned()
            .unwrap_or_default();
        let mut pulse = observe::Pulse {
            flaps: life.flaps,
            ..observe::Pulse::default()
        };
        let ran = self.clock.elapsed().saturating_sub(life.since);
        if asks && observe::task_label(task, names::PROCESS) == Some(names::WEB) && !life.answers {
            let bad = life.bad.unwrap_or_else(|| "its port was not asked yet".into());
            pulse.why_not = Some(match !life.heard && ran >= LISTENS_BY {
                true => format!("{bad}; {NOBODY_LISTENS}"),
                false => bad,
            });
        } else if life.before && life.flaps == 0 {
            let began: Option<Timestamp> = task
                .status
                .as_ref()
                .and_then(|status| status.timestamp.as_ref()?.parse().ok());
            let now = self.clock.now().as_millisecond() + cluster.skew;
            pulse.healthy_ms = began.map_or(0, |began| now.saturating_sub(began.as_millisecond()).max(0) as u64);
        } else {
            pulse.healthy_ms = self.clock.elapsed().saturating_sub(life.since).as_millis() as u64;
        }
        pulse
    }

    /// Everything of one service in one environment, as seen now.
    pub fn look(
        &self,
        service: &ServiceName,
        env: &EnvName,
        services: &[Service],
        tasks: &[Task],
    ) -> Result<Observation> {
        let cluster = self.cluster()?;
        let key = (service.clone(), env.clone());
        let web = services
            .iter()
            .find(|one| observe::label(one, names::PROCESS).as_deref() == Some(names::WEB));
        let port = web.and_then(|one| published(one).next());
        let url = port.map(|port| self.url(port)).transpose()?;
        let asks = web.and_then(ask_of).is_some();
        self.learn(&key, tasks, web)?;
        let aside = observe::Aside {
            fence: self.fence_seen(service, env)?,
            skew: jiff::SignedDuration::from_millis(cluster.skew),
            url,
            pulse: &|task| self.pulse(&key, asks, &cluster, task),
            now: self.clock.now() + jiff::SignedDuration::from_millis(cluster.skew),
        };
        Ok(observe::observation(service, env, services, tasks, &aside))
    }

    /// Takes a look at a service when one is due, and says when the next is.
    pub fn look_in_time<T>(&self, key: &(ServiceName, EnvName), look: impl FnOnce() -> Result<T>) -> Result<T> {
        let due = self.memory().scopes.get(key).and_then(|scope| scope.due);
        let now = self.clock.elapsed();
        self.clock.sleep(due.unwrap_or(now).saturating_sub(now));
        let began = self.clock.elapsed();
        let seen = look();
        let ended = self.clock.elapsed();
        let mut memory = self.memory();
        let scope = memory.scopes.entry(key.clone()).or_default();
        let asking = std::mem::take(&mut scope.asking);
        scope.due = Some(ended + rest(ended.saturating_sub(began), asking));
        seen
    }

    /// Something is done to a service: what becomes of it is looked at at once.
    pub fn look_soon(&self, service: &ServiceName, env: &EnvName) {
        if let Some(scope) = self.memory().scopes.get_mut(&(service.clone(), env.clone())) {
            scope.due = None;
        }
    }
}

/// How long nothing is asked after a look, of which `asking` was no call to the engine.
fn rest(look: Duration, asking: Duration) -> Duration {
    (look.saturating_sub(asking) * REST).clamp(BETWEEN_LOOKS, LONGEST_REST)
}

/// How a service says that it is to be asked.
fn ask_of(service: &Service) -> Option<Ask> {
    serde_json::from_str(&observe::label(service, ASK)?).ok()
}

/// Whether each instance has a port of its node.
fn by_host(service: &Service) -> bool {
    let ports = service
        .spec
        .as_ref()
        .and_then(|spec| spec.endpoint_spec.as_ref()?.ports.as_ref());
    let host = Some(EndpointPortConfigPublishModeEnum::HOST);
    ports.is_some_and(|ports| ports.iter().any(|port| port.publish_mode == host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_calls_to_the_engine_are_rested_from_and_never_for_long() {
        let ms = Duration::from_millis;
        assert_eq!(rest(ms(100), ms(0)), ms(400));
        assert_eq!(rest(ms(2_100), ms(2_000)), ms(400), "two seconds of a hung instance");
        assert_eq!(rest(ms(1), ms(0)), BETWEEN_LOOKS);
        assert_eq!(rest(ms(20_000), ms(0)), LONGEST_REST);
    }

    #[test]
    fn answers_that_are_good_and_bad_by_turns_are_counted_within_rounds_and_across_them() {
        let flaps = |rounds: &[&[bool]]| {
            let mut life = Life::default();
            rounds.iter().for_each(|round| life.follow(round));
            life.flaps
        };
        assert_eq!(flaps(&[&[true, false], &[true, false], &[true, false]]), 3);
        assert_eq!(flaps(&[&[false, true], &[false, true], &[false, true]]), 2);
        assert_eq!(
            flaps(&[&[false, false], &[false, true], &[true, true]]),
            0,
            "a slow start"
        );
        assert_eq!(flaps(&[&[true, true], &[false, false], &[true, true]]), 1);
    }
}
