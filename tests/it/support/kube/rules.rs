//! What tests ask to go wrong: rights that are missing, webhooks that say no, requests that fail, answers that get lost.

use serde_json::{Value, json};

use super::decode::quantity_milli;
use super::failure::{Answer, Failure};
use super::resources::{RESOURCES, Resource};
use super::store::{Key, Store};

/// Which requests something applies to; empty is any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Which {
    /// `get`, `list`, `create`, `patch`, …
    pub verb: String,
    /// The plural, with the subresource: `deployments`, `pods/log`.
    pub resource: String,
}

impl Which {
    pub fn any() -> Self {
        Which::default()
    }

    pub fn of(verb: &str, resource: &str) -> Self {
        Which {
            verb: verb.to_owned(),
            resource: resource.to_owned(),
        }
    }

    /// Every request that changes something.
    pub fn writes() -> Self {
        Which::of("write", "")
    }

    pub fn takes(&self, verb: &str, resource: &str) -> bool {
        let writes = ["create", "update", "patch", "delete", "deletecollection"];
        let by_verb = self.verb.is_empty() || self.verb == verb || (self.verb == "write" && writes.contains(&verb));
        by_verb && (self.resource.is_empty() || self.resource == resource)
    }
}

/// What happens to a request that is picked out.
#[derive(Clone, Debug, PartialEq)]
pub enum Mishap {
    /// This answer and no effect.
    Answer(Failure),
    /// No answer ever comes and nothing is done.
    Hang,
    /// The connection is cut and nothing was done.
    CutBefore,
    /// The connection is cut after the effect: the answer is lost.
    CutAfter,
    /// The effect happens and the answer is a 504 whose text says nothing of it.
    TimeoutAfter,
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub name: String,
    pub groups: Vec<String>,
}

#[derive(Clone, Debug)]
struct Webhook {
    name: String,
    which: Which,
    code: u16,
    message: String,
    /// Does not answer at all; requests that it must see fail.
    dead: bool,
}

/// A mishap that is to come: after `spared` requests of its kind, `left` times.
struct Planned {
    which: Which,
    mishap: Mishap,
    spared: u32,
    left: u32,
}

#[derive(Default)]
pub struct Rules {
    denied: Vec<(Which, Option<String>)>,
    webhooks: Vec<Webhook>,
    mishaps: Vec<Planned>,
}

impl Rules {
    /// RBAC grants this to nobody, or not to `user`.
    pub fn deny(&mut self, which: Which, user: Option<&str>) {
        self.denied.push((which, user.map(str::to_owned)));
    }

    pub fn webhook(&mut self, name: &str, which: Which, code: u16, message: &str) {
        self.webhooks.push(Webhook {
            name: name.to_owned(),
            which,
            code,
            message: message.to_owned(),
            dead: false,
        });
    }

    pub fn dead_webhook(&mut self, name: &str, which: Which) {
        self.webhook(name, which, 500, "");
        self.webhooks.last_mut().expect("just pushed").dead = true;
    }

    /// The next `times` requests end so, after `spared` ones that do not. Dry runs are never picked out.
    pub fn mishap(&mut self, which: Which, mishap: Mishap, spared: u32, times: u32) {
        self.mishaps.push(Planned {
            which,
            mishap,
            spared,
            left: times,
        });
    }

    /// Rights come back, webhooks go, requests work again.
    pub fn forget(&mut self) {
        *self = Rules::default();
    }

    pub fn next_mishap(&mut self, verb: &str, resource: &str) -> Option<Mishap> {
        let mut fits = self
            .mishaps
            .iter_mut()
            .filter(|one| one.left > 0 && one.which.takes(verb, resource));
        let planned = fits.next()?;
        if planned.spared > 0 {
            planned.spared -= 1;
            return None;
        }
        planned.left -= 1;
        Some(planned.mishap.clone())
    }

    pub fn allows(&self, user: &User, verb: &str, resource: &str) -> bool {
        let authenticated = user.name != "system:anonymous";
        authenticated
            && !self
                .denied
                .iter()
                .any(|(which, of)| which.takes(verb, resource) && of.as_ref().is_none_or(|of| *of == user.name))
    }

    pub fn authorize(
        &self,
        user: &User,
        verb: &str,
        resource: &Resource,
        subresource: &str,
        namespace: &str,
        name: &str,
    ) -> Answer<()> {
        let full = if subresource.is_empty() {
            resource.plural.to_owned()
        } else {
            format!("{}/{subresource}", resource.plural)
        };
        if self.allows(user, verb, &full) {
            return Ok(());
        }
        let place = if namespace.is_empty() {
            "at the cluster scope".to_owned()
        } else {
            format!("in the namespace {namespace:?}")
        };
        let why = format!(
            "User {:?} cannot {verb} resource {full:?} in API group {:?} {place}",
            user.name, resource.group
        );
        Err(Failure::forbidden(resource, name, &why))
    }

    /// Admission by webhooks: not asked for reads.
    pub fn admit(&self, verb: &str, resource: &str) -> Answer<()> {
        let Some(webhook) = self.webhooks.iter().find(|webhook| webhook.which.takes(verb, resource)) else {
            return Ok(());
        };
        if webhook.dead {
            let name = &webhook.name;
            return Err(Failure::internal(&format!(
                "failed calling webhook {name:?}: failed to call webhook: Post \
                 \"https://policy.policy.svc:443/validate?timeout=10s\": context deadline exceeded"
            )));
        }
        Err(Failure::webhook_denied(&webhook.name, webhook.code, &webhook.message))
    }
}

/// Whether the quotas of a namespace have room for one more object. The text names what was asked, used and allowed.
pub fn quota_has_room(store: &Store, key: &Key, object: &Value) -> Answer<()> {
    let resource = key.resource();
    let quotas: Vec<(&Key, &Value)> = store.list("resourcequotas", &key.namespace).collect();
    for (quota, document) in quotas {
        let Some(hard) = document["spec"]["hard"].as_object() else {
            continue;
        };
        let (mut asked, mut used, mut limited, mut unsaid) = (vec![], vec![], vec![], vec![]);
        for (name, limit) in hard {
            let limit = limit.as_str().unwrap_or_default();
            let Some(wants) = usage(resource, name, object) else {
                continue;
            };
            let Some(wants) = wants else {
                unsaid.push(name.clone());
                continue;
            };
            let before = sum(store, resource, &key.namespace, name);
            if before + wants > quantity_milli(limit) {
                asked.push(format!("{name}={}", shown(name, wants)));
                used.push(format!("{name}={}", shown(name, before)));
                limited.push(format!("{name}={limit}"));
            }
        }
        if !unsaid.is_empty() {
            let containers: Vec<&str> = object["spec"]["containers"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|container| container["name"].as_str())
                .collect();
            let each: Vec<String> = unsaid
                .iter()
                .map(|name| format!("{name} for: {}", containers.join(",")))
                .collect();
            let why = format!("failed quota: {}: must specify {}", quota.name, each.join("; "));
            return Err(Failure::forbidden(resource, &key.name, &why));
        }
        if !asked.is_empty() {
            let why = format!(
                "exceeded quota: {}, requested: {}, used: {}, limited: {}",
                quota.name,
                asked.join(","),
                used.join(","),
                limited.join(",")
            );
            return Err(Failure::forbidden(resource, &key.name, &why));
        }
    }
    Ok(())
}

/// How much of a quota's item is taken in a namespace.
pub fn quota_used(store: &Store, namespace: &str, item: &str) -> String {
    let of_item = |resource: &&Resource| item == resource.plural || item == format!("count/{}", resource.qualified());
    let resource = RESOURCES.iter().find(of_item).unwrap_or_else(|| Resource::of("pods"));
    shown(item, sum(store, resource, namespace, item))
}

fn sum(store: &Store, resource: &Resource, namespace: &str, item: &str) -> i128 {
    store
        .list(resource.plural, namespace)
        .filter(|(_, other)| !is_over(other))
        .filter_map(|(_, other)| usage(resource, item, other).flatten())
        .sum()
}

fn is_over(object: &Value) -> bool {
    object["kind"] == "Pod" && matches!(object["status"]["phase"].as_str(), Some("Succeeded" | "Failed"))
}

/// How much of a quota's item an object takes, in thousandths; `None` if the item is not about it, `Some(None)` if the
/// object must say and does not.
#[expect(
    clippy::option_option,
    reason = "two different kinds of nothing, told apart by the one caller"
)]
fn usage(resource: &Resource, item: &str, object: &Value) -> Option<Option<i128>> {
    let count = format!("count/{}", resource.qualified());
    if item == count || item == resource.plural {
        return Some(Some(1000));
    }
    if resource.kind != "Pod" {
        return None;
    }
    let (part, name) = match item.split_once('.') {
        Some((part @ ("requests" | "limits"), name)) => (part, name),
        _ if matches!(item, "cpu" | "memory") => ("requests", item),
        _ => return None,
    };
    let mut sum = 0;
    for container in object["spec"]["containers"].as_array().into_iter().flatten() {
        match container["resources"][part][name].as_str() {
            Some(quantity) => sum += quantity_milli(quantity),
            None => return Some(None),
        }
    }
    Some(Some(sum))
}

fn shown(item: &str, milli: i128) -> String {
    let quantity = if item.ends_with("memory") && milli % (1000 * 1024) == 0 {
        format!("{}Ki", milli / 1000 / 1024)
    } else {
        format!("{milli}m")
    };
    super::decode::canonical_quantity(&quantity).unwrap_or(quantity)
}

/// The answer to `SelfSubjectAccessReview`: the same question that every request is put.
pub fn access_review(rules: &Rules, user: &User, review: &Value) -> Value {
    let asked = &review["spec"]["resourceAttributes"];
    let text = |name: &str| asked[name].as_str().unwrap_or_default();
    let resource = match text("subresource") {
        "" => text("resource").to_owned(),
        subresource => format!("{}/{subresource}", text("resource")),
    };
    let mut answer = review.clone();
    answer["kind"] = "SelfSubjectAccessReview".into();
    answer["apiVersion"] = "authorization.k8s.io/v1".into();
    answer["status"] = if rules.allows(user, text("verb"), &resource) {
        json!({"allowed": true, "reason": "RBAC: allowed by ClusterRoleBinding \"tests\""})
    } else {
        json!({"allowed": false})
    };
    answer
}
