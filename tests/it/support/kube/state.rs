//! The cluster behind the server: store, clock, what tests asked to go wrong, and the one way in which objects are written.

use std::collections::BTreeMap;
use std::time::Duration;

use deliver::adapters::system::SystemClock;
use deliver::ports::Clock;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::apply::{Writer, own_by_update};
use super::controllers::gateway::Gateway;
use super::failure::{Answer, Failure};
use super::kubelet::PodRun;
use super::rules::Rules;
use super::script::Script;
use super::store::{Key, Store};

pub struct State {
    pub store: Store,
    pub rules: Rules,
    /// What pods do, by image; the last one that fits counts.
    pub scripts: Vec<(String, Script)>,
    /// What runs, by the uid of its pod.
    pub runs: BTreeMap<String, PodRun>,
    pub gateway: Gateway,
    /// Whether the kinds of the Gateway API are installed.
    pub has_gateway_api: bool,
    /// The generation of a route that its gateway saw last, and when it came, by the route's uid.
    pub routes: BTreeMap<String, (i64, Timestamp)>,
    clock: SystemClock,
    speed: u32,
    ahead: Duration,
    random: u64,
}

impl State {
    pub fn new(speed: u32, seed: u64) -> Self {
        let mut state = State {
            store: Store::default(),
            rules: Rules::default(),
            scripts: Vec::new(),
            runs: BTreeMap::new(),
            gateway: Gateway::Takes(Duration::ZERO),
            has_gateway_api: true,
            routes: BTreeMap::new(),
            clock: SystemClock::new(None),
            speed,
            ahead: Duration::ZERO,
            random: seed | 1,
        };
        for namespace in ["default", "kube-system"] {
            state.seed(
                "namespaces",
                "",
                namespace,
                json!({"spec": {"finalizers": ["kubernetes"]},
                "status": {"phase": "Active"}, "metadata": {"labels": {"kubernetes.io/metadata.name": namespace}}}),
            );
            state.seed("serviceaccounts", namespace, "default", json!({}));
        }
        state.seed(
            "nodes",
            "",
            "node-1",
            json!({"metadata": {"labels": {"kubernetes.io/hostname": "node-1"}},
            "status": {"conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}]}}),
        );
        state
    }

    /// Time in the cluster: that of the machine, sped up and moved ahead as the test asked.
    pub fn now(&self) -> Timestamp {
        let more = self.clock.elapsed() * (self.speed - 1) + self.ahead;
        self.clock
            .now()
            .saturating_add(SignedDuration::try_from(more).unwrap_or(SignedDuration::MAX))
            .unwrap_or(Timestamp::MAX)
    }

    pub fn advance(&mut self, by: Duration) {
        self.ahead += by;
    }

    /// Time as objects hold it: whole seconds.
    pub fn stamp(&self) -> String {
        stamp(self.now())
    }

    pub fn random(&mut self) -> u64 {
        // xorshift64: names need to differ, not to be unpredictable.
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }

    pub fn uid(&mut self) -> String {
        let (a, b) = (self.random(), self.random());
        format!(
            "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
            a >> 32,
            (a >> 16) & 0xffff,
            a & 0xfff,
            (b >> 48) & 0xfff,
            b & 0xffff_ffff_ffff
        )
    }

    /// What `generateName` and controllers append: five letters that form no words.
    pub fn suffix(&mut self) -> String {
        let mut number = self.random() >> 8;
        (0..5)
            .map(|_| {
                let c = SAFE[usize::try_from(number % 27).expect("below 27")];
                number /= 27;
                char::from(c)
            })
            .collect()
    }

    /// An object that is there without anybody's request.
    pub fn seed(&mut self, plural: &str, namespace: &str, name: &str, object: Value) {
        let key = Key::new(plural, namespace, name);
        let mut object = object;
        object["apiVersion"] = key.resource().api_version().into();
        object["kind"] = key.resource().kind.into();
        object["metadata"]["name"] = name.into();
        if !namespace.is_empty() {
            object["metadata"]["namespace"] = namespace.into();
        }
        self.commit(&key, object, &controller("kube-apiserver", "v1", ""), false)
            .expect("what a cluster starts with is fine");
    }

    /// Stores an object as `writer` wrote it: identity, generation and ownership are kept by the server. Nothing is stored
    /// if nothing changes, or on a dry run.
    pub fn commit(&mut self, key: &Key, mut object: Value, writer: &Writer, dry_run: bool) -> Answer<Value> {
        let old = self.store.get(key).cloned();
        let now = self.stamp();
        self.identify(key, old.as_ref(), &mut object, &now);
        if writer.operation == "Update" {
            own_by_update(key.resource().kind, old.as_ref(), &mut object, writer, &now);
        }
        if let Some(old) = &old
            && same_but_for_times(old, &object)
        {
            return Ok(old.clone());
        }
        // A namespace goes when it is empty, which its own finalizer in `spec` sees to.
        let over = key.plural != "namespaces"
            && object["metadata"]["deletionTimestamp"].is_string()
            && object["metadata"]["finalizers"].as_array().is_none_or(Vec::is_empty)
            && object["metadata"]["deletionGracePeriodSeconds"].as_i64().unwrap_or(0) == 0
            && old.is_some();
        if dry_run {
            return Ok(object);
        }
        let stored = self.store.put(key, object);
        if over {
            // The last finalizer of an object that is being deleted takes it along.
            self.store.remove(key);
        }
        Ok(stored)
    }

    fn identify(&mut self, key: &Key, old: Option<&Value>, object: &mut Value, now: &str) {
        let metadata = &mut object["metadata"];
        if let Some(old) = old {
            for name in ["uid", "creationTimestamp", "generation", "resourceVersion"] {
                if old["metadata"].get(name).is_some() {
                    metadata[name] = old["metadata"][name].clone();
                }
            }
            let wanted_changes = wanted(old) != wanted(object)
                || (old["metadata"]["deletionTimestamp"].is_null()
                    && object["metadata"]["deletionTimestamp"].is_string());
            if key.resource().generation && wanted_changes {
                let generation = old["metadata"]["generation"].as_i64().unwrap_or(1);
                object["metadata"]["generation"] = json!(generation + 1);
            }
            return;
        }
        if metadata["uid"].is_null() {
            metadata["uid"] = self.uid().into();
        }
        metadata["creationTimestamp"] = now.into();
        if let Some(metadata) = metadata.as_object_mut() {
            for name in [
                "generation",
                "resourceVersion",
                "deletionTimestamp",
                "deletionGracePeriodSeconds",
            ] {
                metadata.remove(name);
            }
        }
        if key.resource().generation {
            object["metadata"]["generation"] = json!(1);
        }
    }

    /// A controller's change of an object, if the object is still there.
    pub fn change(&mut self, key: &Key, writer: &Writer, change: impl FnOnce(&mut Value)) {
        let Some(mut object) = self.store.get(key).cloned() else {
            return;
        };
        change(&mut object);
        super::decode::drop_nulls(&mut object);
        let _ = self.commit(key, object, writer, false);
    }

    /// Records an event about an object; the same one again only counts.
    pub fn event(&mut self, about: &Key, kind: &str, reason: &str, message: &str, source: &str) {
        let Some(object) = self.store.get(about) else { return };
        let namespace = if about.namespace.is_empty() {
            "default"
        } else {
            &about.namespace
        }
        .to_owned();
        let uid = object["metadata"]["uid"].clone();
        let involved = json!({
            "kind": about.resource().kind, "namespace": about.namespace, "name": about.name, "uid": uid,
            "apiVersion": about.resource().api_version(), "resourceVersion": object["metadata"]["resourceVersion"],
        });
        let now = self.stamp();
        let writer = controller(source, "v1", "");
        let same = self
            .store
            .list("events", &namespace)
            .find(|(_, event)| {
                event["involvedObject"]["uid"] == uid && event["reason"] == reason && event["message"] == message
            })
            .map(|(key, _)| key.clone());
        if let Some(key) = same {
            self.change(&key, &writer, |event| {
                event["count"] = json!(event["count"].as_i64().unwrap_or(1) + 1);
                event["lastTimestamp"] = now.into();
            });
            return;
        }
        let name = format!("{}.{:016x}", about.name, self.random());
        let key = Key::new("events", &namespace, &name);
        let event = json!({
            "apiVersion": "v1", "kind": "Event", "metadata": {"name": name, "namespace": namespace},
            "involvedObject": involved, "reason": reason, "message": message, "type": kind, "count": 1,
            "firstTimestamp": now, "lastTimestamp": now, "source": {"component": source},
            "reportingComponent": source, "reportingInstance": "",
        });
        let _ = self.commit(&key, event, &writer, false);
    }

    /// Whether a namespace can take a new object.
    pub fn namespace_takes(&self, key: &Key) -> Answer<()> {
        if !key.resource().namespaced {
            return Ok(());
        }
        let namespaces = super::resources::Resource::of("namespaces");
        match self.store.get(&Key::new("namespaces", "", &key.namespace)) {
            None => Err(Failure::not_found(namespaces, &key.namespace)),
            Some(namespace) if namespace["metadata"]["deletionTimestamp"].is_string() => {
                let why = format!(
                    "unable to create new content in namespace {} because it is being terminated",
                    key.namespace
                );
                Err(Failure::forbidden(key.resource(), &key.name, &why))
            }
            Some(_) => Ok(()),
        }
    }
}

const SAFE: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

/// A hash as controllers write it into names and labels.
pub fn safe_hash(text: &str) -> String {
    let hash = blake3::hash(text.as_bytes());
    hash.as_bytes()[..10]
        .iter()
        .map(|byte| char::from(SAFE[usize::from(*byte) % SAFE.len()]))
        .collect()
}

pub fn stamp(time: Timestamp) -> String {
    Timestamp::from_second(time.as_second())
        .expect("a time without its fraction")
        .to_string()
}

pub fn parse_stamp(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

/// A writer that is part of the cluster.
pub fn controller(name: &str, api_version: &str, subresource: &str) -> Writer {
    Writer {
        operation: "Update".to_owned(),
        manager: name.to_owned(),
        api_version: api_version.to_owned(),
        subresource: subresource.to_owned(),
    }
}

/// What of an object is wanted, and not a name or a finding: a change of it is a new generation.
fn wanted(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(object) = object.as_object_mut() {
        object.remove("metadata");
        object.remove("status");
    }
    object
}

fn same_but_for_times(old: &Value, new: &Value) -> bool {
    let plain = |object: &Value| {
        let mut object = object.clone();
        for entry in object["metadata"]["managedFields"].as_array_mut().into_iter().flatten() {
            entry["time"] = Value::Null;
        }
        object
    };
    old == new || plain(old) == plain(new)
}
