//! Traffic divided by weight: the old release behind its Service, the new one behind a second, `NAME-next`, and the weights of
//! a route between them.
//!
//! Requests never meet a Service without pods: weight comes after pods that are ready, and pods go after weight, when every
//! gateway that speaks of the route has seen it go.

use std::time::Duration;

use serde_json::{Value, json};

use super::api::How;
use super::book::Book;
use super::names;
use super::record::{Record, sign};
use super::rollout::{Act, LOOK, moves_traffic, track};
use super::route;
use crate::fault::{Fault, Kind, Result};
use crate::model::Span;
use crate::ports::target::{Prepared, Stage};

/// Gateways take a changed route up within a second or two; one that does not within this time is not there.
const SEEN_WITHIN: Span = Span::from_secs(30);
/// Pods that were looked at as healthy are ready for the cluster too, but for its own delay.
const READY_WITHIN: Span = Span::from_secs(10);

/// What of a Service means something for a second one within the cluster; addresses and what clouds make of it do not.
const KEPT: [&str; 7] = [
    "selector",
    "ports",
    "sessionAffinity",
    "sessionAffinityConfig",
    "ipFamilies",
    "ipFamilyPolicy",
    "internalTrafficPolicy",
];

/// The second Service, which selects the release on its way.
pub fn next_service(service: &Value) -> Value {
    let mut spec = service["spec"].clone();
    if let Some(fields) = spec.as_object_mut() {
        fields.retain(|key, _| KEPT.contains(&key.as_str()));
    }
    for port in spec["ports"].as_array_mut().into_iter().flatten() {
        if let Some(port) = port.as_object_mut() {
            port.remove("nodePort");
        }
    }
    spec["selector"][names::TRACK] = json!(names::NEXT);
    json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": names::next(names::name(service)),
            "namespace": service["metadata"]["namespace"],
            "labels": service["metadata"]["labels"],
        },
        "spec": spec,
    })
}

/// A Service that selects only the pods of the Deployment for good.
pub fn held(service: &Value) -> Value {
    let mut service = service.clone();
    service["spec"]["selector"][names::TRACK] = json!(names::MAIN);
    service
}

/// The names of the Services that move traffic.
fn services(record: &Record) -> Vec<String> {
    let of = record.objects.iter().filter(|object| moves_traffic(object));
    of.map(|service| names::name(service).to_owned()).collect()
}

impl Act<'_> {
    /// The routes of the environment as they are; nobody asks where none was ever applied.
    pub(super) fn routes(&self, book: &Book) -> Result<Vec<Value>> {
        let kind = format!("{} {}", route::API_VERSION, route::KIND);
        match book.kinds.contains(&kind) {
            true => self.find(&[&kind]),
            false => Ok(Vec::new()),
        }
    }

    /// So many instances beside all of the old ones, and `percent` of the traffic to them as soon as they are ready.
    pub(super) fn weigh(
        &self,
        prepared: &Prepared,
        record: &Record,
        stage: &Stage,
        percent: u8,
        live: &[Value],
        routes: &[Value],
    ) -> Result<()> {
        let services = services(record);
        let own = record.objects.iter().filter(|object| route::is_route(object));
        // What leads there now is divided; the route of the new release comes with everything.
        let routes: Vec<&Value> = own
            .map(|one| {
                routes
                    .iter()
                    .find(|live| names::name(live) == names::name(one))
                    .unwrap_or(one)
            })
            .collect();
        let divided = routes
            .iter()
            .map(|one| Ok((*one, route::divided(one, &services, percent)?)))
            .collect::<Result<Vec<_>>>()?;
        if divided.is_empty() {
            return Err(Fault::bug("traffic is to be divided, and there is no route"));
        }
        self.apart(record)?;
        self.part_of(prepared, record, stage, live)?;
        if routes.iter().all(|one| route::share(one, &services) == Some(percent)) {
            return Ok(());
        }
        let wanted = stage.instances.get(names::WEB).copied().unwrap_or(1);
        self.ready(&services, prepared, record, wanted)?;
        for (route, rules) in divided {
            self.lead(route, &rules)?;
        }
        Ok(())
    }

    /// Before there are pods beside the old ones: Services select the old ones only, and where a route can lead to the new
    /// ones there is a second Service, which the cluster has then known for as long as the pods.
    pub(super) fn apart(&self, record: &Record) -> Result<()> {
        self.hold(record)?;
        let routed = record.objects.iter().any(route::is_route);
        for service in record.objects.iter().filter(|object| routed && moves_traffic(object)) {
            self.apply(&next_service(service))?;
        }
        Ok(())
    }

    /// The new release's pods must be behind their Services before requests are sent there.
    fn ready(&self, services: &[String], prepared: &Prepared, record: &Record, wanted: u32) -> Result<()> {
        let began = self.clock.elapsed();
        loop {
            let ready = self.behind(services, prepared, record)?;
            if ready >= u64::from(wanted.max(1)) {
                return Ok(());
            }
            if self.clock.elapsed().saturating_sub(began) > READY_WITHIN.duration() {
                let message = format!("{ready} of {wanted} new pods are ready: no traffic is sent to them");
                return Err(Fault::failed("not-ready", message));
            }
            self.pause(LOOK)?;
        }
    }

    /// How many pods requests to the second Services would find, the fewest of them. Whoever may not see that counts on the
    /// Deployment.
    fn behind(&self, services: &[String], prepared: &Prepared, record: &Record) -> Result<u64> {
        let mut fewest = u64::MAX;
        for service in services {
            let selector = format!("kubernetes.io/service-name={}", names::next(service));
            match self
                .api
                .list(&[("discovery.k8s.io/v1", "EndpointSlice", false)], &selector)
            {
                Ok((slices, _)) => {
                    let endpoints = slices
                        .iter()
                        .flatten()
                        .filter_map(|slice| slice["endpoints"].as_array());
                    let ready = endpoints.flatten().filter(|one| one["conditions"]["ready"] != false);
                    fewest = fewest.min(ready.count() as u64);
                }
                Err(fault) if fault.code() == "forbidden" => {
                    let live = self.live(record)?;
                    let next = live.iter().find(|one| is_next_web(one, prepared));
                    return Ok(next
                        .and_then(|one| one["status"]["readyReplicas"].as_u64())
                        .unwrap_or(0));
                }
                Err(fault) => return Err(fault),
            }
        }
        Ok(fewest)
    }

    /// Whether the pods beside the old ones are this release's and take a share of the traffic, which they keep until the
    /// release is everywhere.
    pub(super) fn stays_divided(&self, prepared: &Prepared, record: &Record, live: &[Value], routes: &[Value]) -> bool {
        let serves = live
            .iter()
            .any(|one| is_next_web(one, prepared) && one["status"]["readyReplicas"].as_u64() > Some(0));
        // Where old pods end before new ones start, the Service of the old release would stand empty with a weight.
        let recreates = record
            .objects
            .iter()
            .any(|one| one["spec"]["strategy"]["type"] == "Recreate");
        !recreates && serves && routes.iter().any(|one| is_divided(one, record))
    }

    /// All requests go to the Service of the old release again, and gateways have heard it.
    pub(super) fn make_whole(&self, record: &Record, routes: &[Value]) -> Result<()> {
        let divided: Vec<&Value> = routes.iter().filter(|one| is_divided(one, record)).collect();
        for one in &divided {
            self.lead(one, &route::whole(one, &services_of(one, record)))?;
        }
        self.seen(&divided)
    }

    /// The routes as the release has them, before what they led to goes.
    pub(super) fn lead_as_recorded(&self, record: &Record, routes: &[Value]) -> Result<()> {
        let lost: Vec<Value> = routes.iter().filter(|one| !record.has(one)).cloned().collect();
        self.make_whole(record, &lost)?;
        let own: Vec<&Value> = record.objects.iter().filter(|object| route::is_route(object)).collect();
        for one in &own {
            self.apply(one)?;
        }
        self.seen(&own)
    }

    /// Gives a route other rules, and nothing else. One that is not there yet is made.
    fn lead(&self, route: &Value, rules: &Value) -> Result<()> {
        let how = How {
            dry: false,
            over: self.over,
        };
        if route["metadata"]["uid"].is_null() {
            let mut new = route.clone();
            new["spec"]["rules"] = rules.clone();
            sign(&mut new, &self.authority.deployment.to_string(), self.authority.fence);
            self.api.apply(&new, how)?;
            return Ok(());
        }
        let weights = json!({
            "apiVersion": route::API_VERSION,
            "kind": route::KIND,
            "metadata": { "name": names::name(route), "namespace": self.api.namespace },
            "spec": { "rules": rules },
        });
        self.api.apply_as(names::WEIGHT_MANAGER, &weights, how)?;
        Ok(())
    }

    /// Waits until every gateway that speaks of the routes has seen them as they are. Where none does, none routes by them.
    fn seen(&self, routes: &[&Value]) -> Result<()> {
        let began = self.clock.elapsed();
        for one in routes {
            loop {
                let now = self.api.get(route::API_VERSION, route::KIND, names::name(one))?;
                let Some(now) = now.filter(|now| !route::is_seen(now)) else {
                    break;
                };
                if self.clock.elapsed().saturating_sub(began) > SEEN_WITHIN.duration() {
                    return Err(unseen(&now));
                }
                self.pause(LOOK.min(Duration::from_millis(100)))?;
            }
        }
        Ok(())
    }
}

fn unseen(route: &Value) -> Fault {
    let message = format!(
        "httproute/{} was changed, and its gateway has not looked at it within {SEEN_WITHIN}",
        super::trouble::clean(names::name(route))
    );
    Fault::new(Kind::Unreachable, "route-not-seen", message)
        .still("both releases serve, as the gateway knew the route before")
        .hint(format!("kubectl describe httproute {}", names::name(route)))
}

fn is_next_web(deployment: &Value, prepared: &Prepared) -> bool {
    let release = prepared.release.number.to_string();
    track(deployment) == Some(names::NEXT)
        && names::labelled(deployment, names::PROCESS) == Some(names::WEB)
        && names::labelled(&deployment["spec"]["template"], names::RELEASE) == Some(&release)
}

/// The Services that a route may be divided between: those of the release, and those that its own name tells.
fn services_of(route: &Value, record: &Record) -> Vec<String> {
    let mut all = services(record);
    let own = names::name(route).to_owned();
    if !all.contains(&own) {
        all.push(own);
    }
    all
}

fn is_divided(route: &Value, record: &Record) -> bool {
    route::share(route, &services_of(route, record)).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_service_is_within_the_cluster_only_and_selects_what_is_on_its_way() {
        let service = json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": { "name": "shop", "namespace": "a", "labels": { "x": "y" }, "annotations": { "dns": "shop.example" } },
            "spec": {
                "type": "LoadBalancer",
                "loadBalancerIP": "10.0.0.1",
                "selector": { "app": "shop" },
                "ports": [{ "name": "http", "port": 80, "targetPort": "http", "nodePort": 30001 }],
            },
        });
        let next = json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": { "name": "shop-next", "namespace": "a", "labels": { "x": "y" } },
            "spec": {
                "selector": { "app": "shop", names::TRACK: "next" },
                "ports": [{ "name": "http", "port": 80, "targetPort": "http" }],
            },
        });
        assert_eq!(next_service(&service), next);
        assert_eq!(
            held(&service)["spec"]["selector"],
            json!({ "app": "shop", names::TRACK: "main" })
        );
    }
}
