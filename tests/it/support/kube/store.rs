//! What is stored: objects by key under one counter, with the log of changes that watches and continued lists read.

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;

use super::resources::Resource;

/// Where an object is. Of what belongs to no namespace, the namespace is empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub plural: &'static str,
    pub namespace: String,
    pub name: String,
}

impl Key {
    pub fn new(plural: &str, namespace: &str, name: &str) -> Self {
        Key {
            plural: Resource::of(plural).plural,
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        }
    }

    pub fn resource(&self) -> &'static Resource {
        Resource::of(self.plural)
    }
}

/// One write, with what was there before and after it.
#[derive(Clone, Debug)]
pub struct Change {
    pub revision: u64,
    pub key: Key,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// As many changes are kept as etcd would for five minutes of a small cluster.
const KEPT_CHANGES: usize = 20_000;

#[derive(Default)]
pub struct Store {
    objects: BTreeMap<Key, Value>,
    revision: u64,
    log: VecDeque<Change>,
    /// Changes up to this revision are forgotten.
    compacted: u64,
}

impl Store {
    pub fn revision(&self) -> u64 {
        self.revision
    }

    pub fn compacted(&self) -> u64 {
        self.compacted
    }

    pub fn get(&self, key: &Key) -> Option<&Value> {
        self.objects.get(key)
    }

    /// All objects of a resource, of one namespace or (empty) of all.
    pub fn list<'store>(
        &'store self,
        plural: &'store str,
        namespace: &'store str,
    ) -> impl Iterator<Item = (&'store Key, &'store Value)> {
        self.objects
            .iter()
            .filter(move |(key, _)| key.plural == plural && (namespace.is_empty() || key.namespace == namespace))
    }

    pub fn all(&self) -> impl Iterator<Item = (&Key, &Value)> {
        self.objects.iter()
    }

    /// Stores an object under a new revision and returns it as stored.
    pub fn put(&mut self, key: &Key, mut object: Value) -> Value {
        self.revision += 1;
        object["metadata"]["resourceVersion"] = self.revision.to_string().into();
        let before = self.objects.insert(key.clone(), object.clone());
        self.record(key.clone(), before, Some(object.clone()));
        object
    }

    /// Removes an object. The last state that a watch sees carries the revision of the removal.
    pub fn remove(&mut self, key: &Key) -> Option<Value> {
        let mut last = self.objects.remove(key)?;
        self.revision += 1;
        last["metadata"]["resourceVersion"] = self.revision.to_string().into();
        self.record(key.clone(), Some(last.clone()), None);
        Some(last)
    }

    fn record(&mut self, key: Key, before: Option<Value>, after: Option<Value>) {
        self.log.push_back(Change {
            revision: self.revision,
            key,
            before,
            after,
        });
        if self.log.len() > KEPT_CHANGES {
            let oldest = self.log.pop_front().expect("more than none are kept");
            self.compacted = oldest.revision;
        }
    }

    pub fn changes_after(&self, revision: u64) -> impl Iterator<Item = &Change> {
        let from = self.log.partition_point(|change| change.revision <= revision);
        self.log.range(from..)
    }

    /// Forgets all changes, as etcd does after a while: older watches and continued lists have expired.
    pub fn compact(&mut self) {
        self.compacted = self.revision;
        self.log.clear();
    }

    /// The objects of a resource as they were at `revision`; `None` if that is forgotten.
    pub fn list_at(&self, plural: &str, namespace: &str, revision: u64) -> Option<Vec<(Key, Value)>> {
        if revision < self.compacted {
            return None;
        }
        let mut objects: BTreeMap<Key, Value> = self
            .list(plural, namespace)
            .map(|(key, object)| (key.clone(), object.clone()))
            .collect();
        let newer: Vec<&Change> = self.changes_after(revision).collect();
        for change in newer.into_iter().rev() {
            if change.key.plural != plural || !(namespace.is_empty() || change.key.namespace == namespace) {
                continue;
            }
            match &change.before {
                Some(before) => objects.insert(change.key.clone(), before.clone()),
                None => objects.remove(&change.key),
            };
        }
        Some(objects.into_iter().collect())
    }
}
