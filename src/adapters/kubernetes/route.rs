//! An HTTPRoute as a divider of traffic: weights of its backends, and what its gateways say of it.
//!
//! All rules that lead to the Service of the old release lead to the one of the new release too while traffic is divided, in
//! whole percents. Other backends keep their share.

use serde_json::{Value, json};

use super::names;
use super::trouble::clean;
use crate::fault::{Fault, Result};

pub const API_VERSION: &str = "gateway.networking.k8s.io/v1";
pub const KIND: &str = "HTTPRoute";

/// What a backend's weight is counted in while traffic is divided: hundredths of what it was.
const WHOLE: u64 = 100;
/// The largest weight that the API takes.
const MAX_WEIGHT: u64 = 1_000_000;

pub fn is_route(object: &Value) -> bool {
    names::kind(object) == KIND
}

/// The rules with `percent` of the traffic of `services` led to their next ones; whatever was divided before.
pub fn divided(route: &Value, services: &[String], percent: u8) -> Result<Value> {
    let mut rules = whole(route, services);
    let mut found = false;
    for rule in rules.as_array_mut().into_iter().flatten() {
        let Some(backends) = rule["backendRefs"].as_array_mut() else {
            continue;
        };
        let of: Vec<Option<String>> = backends.iter().map(|one| service_of(one, route)).collect();
        if !of.iter().flatten().any(|name| services.contains(name)) {
            continue;
        }
        found = true;
        let percent = u64::from(percent.min(100));
        let mut all = Vec::new();
        for (backend, service) in backends.iter().zip(of) {
            let weight = weight(backend);
            if weight > MAX_WEIGHT / WHOLE {
                return Err(too_heavy(route, weight));
            }
            match service.filter(|name| services.contains(name)) {
                None => all.push(weighing(backend, weight * WHOLE)),
                Some(service) => {
                    all.push(weighing(backend, weight * (WHOLE - percent)));
                    let mut next = weighing(backend, weight * percent);
                    next["name"] = json!(names::next(&service));
                    all.push(next);
                }
            }
        }
        *backends = all;
    }
    match found {
        true => Ok(rules),
        false => Err(leads_nowhere(route, services)),
    }
}

/// The rules as they were before traffic was divided.
pub fn whole(route: &Value, services: &[String]) -> Value {
    let mut rules = route["spec"]["rules"].clone();
    for rule in rules.as_array_mut().into_iter().flatten() {
        let Some(backends) = rule["backendRefs"].as_array_mut() else {
            continue;
        };
        let is_next = |one: &Value| {
            let service = service_of(one, route);
            services.iter().any(|main| service.as_ref() == Some(&names::next(main)))
        };
        if !backends.iter().any(is_next) {
            continue;
        }
        let mut all: Vec<Value> = Vec::new();
        for backend in backends.iter() {
            // Each stands right behind the one that it takes a share of.
            match all.last_mut().filter(|_| is_next(backend)) {
                Some(main) => *main = weighing(main, weight(main) + weight(backend)),
                None => all.push(backend.clone()),
            }
        }
        let all = all
            .iter()
            .map(|backend| weighing(backend, weight(backend) / WHOLE))
            .collect();
        *backends = all;
    }
    rules
}

/// The share in percent that the next Services of `services` have; `None` where nothing leads to one.
pub fn share(route: &Value, services: &[String]) -> Option<u8> {
    let rules = route["spec"]["rules"].as_array()?;
    let backends = rules.iter().filter_map(|rule| rule["backendRefs"].as_array());
    backends
        .filter_map(|backends| {
            let of = |name: &str| {
                let mut found = backends
                    .iter()
                    .filter(|one| service_of(one, route).as_deref() == Some(name));
                found.next().map(weight)
            };
            services.iter().find_map(|service| {
                let next = of(&names::next(service))?;
                let all = next + of(service).unwrap_or(0);
                u8::try_from(next * WHOLE / all.max(1)).ok()
            })
        })
        .next()
}

/// The Service of the route's own namespace that a backend is.
fn service_of(backend: &Value, route: &Value) -> Option<String> {
    let is = |key: &str, wanted: &Value| backend[key].is_null() || backend[key] == *wanted;
    let here =
        is("group", &json!("")) && is("kind", &json!("Service")) && is("namespace", &route["metadata"]["namespace"]);
    backend["name"].as_str().filter(|_| here).map(str::to_owned)
}

/// 1 where nothing is said: the API's own default.
fn weight(backend: &Value) -> u64 {
    backend["weight"].as_u64().unwrap_or(1)
}

fn weighing(backend: &Value, weight: u64) -> Value {
    let mut backend = backend.clone();
    backend["weight"] = json!(weight);
    backend
}

fn too_heavy(route: &Value, weight: u64) -> Fault {
    let most = MAX_WEIGHT / WHOLE;
    let message = format!(
        "{} has a backend of weight {weight}, which cannot be divided into hundredths",
        clean(&names::described(route))
    );
    Fault::usage("weight-too-large", message).hint(format!("write weights of {most} at most in the patch"))
}

fn leads_nowhere(route: &Value, services: &[String]) -> Fault {
    let listed: Vec<String> = services.iter().map(|name| format!("service/{}", clean(name))).collect();
    let message = format!(
        "{} does not lead to {}: there is nothing to divide",
        clean(&names::described(route)),
        listed.join(" or ")
    );
    Fault::usage("no-route-to-divide", message)
        .hint("let the patch keep a `backendRefs` of that Service, or deploy with `strategy = \"rolling\"`")
}

/// Why requests may not come through a route, by what its gateways say of it. What they have not said is not known to be
/// well.
pub fn trouble(route: &Value) -> Option<String> {
    let named = clean(&names::described(route));
    let wanted = route["spec"]["parentRefs"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let said = parents(route);
    for parent in wanted {
        let gateway = gateway(parent, route);
        let mut own = said
            .iter()
            .filter(|one| same_parent(&one["parentRef"], parent, route))
            .peekable();
        if own.peek().is_none() {
            return Some(format!("no controller has taken {named} up for {gateway}"));
        }
        if let Some(why) = own.find_map(|one| said_of(one, route)) {
            return Some(format!("{gateway} {} {named}{}", why.0, why.1));
        }
    }
    None
}

/// What one controller says that is not well: the verb, and the rest of the sentence.
fn said_of(parent: &Value, route: &Value) -> Option<(&'static str, String)> {
    let conditions = parent["conditions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let find = |kind: &str| conditions.iter().find(|one| one["type"] == kind);
    for (kind, needed, verb) in [
        ("Accepted", true, "does not accept"),
        ("ResolvedRefs", true, "cannot resolve what is behind"),
        ("Programmed", false, "has not programmed"),
    ] {
        match find(kind) {
            Some(one) if one["status"] == "True" && is_newest(one, route) => {}
            Some(one) if one["status"] == "True" => return Some(("has not looked at the newest", String::new())),
            Some(one) => {
                let text = |key: &str| clean(one[key].as_str().unwrap_or_default());
                return Some((verb, format!(": {}: {}", text("reason"), text("message"))));
            }
            None if needed => return Some(("has not said whether it takes", String::new())),
            None => {}
        }
    }
    None
}

/// Whether every controller that speaks of the route has seen it as it is now, whatever it makes of it.
pub fn is_seen(route: &Value) -> bool {
    parents(route).iter().all(|parent| {
        let conditions = parent["conditions"].as_array().map(Vec::as_slice).unwrap_or_default();
        let accepted = conditions.iter().find(|one| one["type"] == "Accepted");
        accepted.is_none_or(|one| is_newest(one, route))
    })
}

/// A condition that does not say of what generation it is counts as being of the newest.
fn is_newest(condition: &Value, route: &Value) -> bool {
    match (
        condition["observedGeneration"].as_u64(),
        route["metadata"]["generation"].as_u64(),
    ) {
        (Some(seen), Some(now)) => seen >= now,
        _ => true,
    }
}

fn parents(route: &Value) -> &[Value] {
    route["status"]["parents"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
}

fn same_parent(said: &Value, wanted: &Value, route: &Value) -> bool {
    let namespace = |one: &Value| match one["namespace"].is_null() {
        true => route["metadata"]["namespace"].clone(),
        false => one["namespace"].clone(),
    };
    let same = |key: &str| wanted[key].is_null() || said[key] == wanted[key];
    said["name"] == wanted["name"] && namespace(said) == namespace(wanted) && same("sectionName") && same("port")
}

/// `gateway edge/public`.
fn gateway(parent: &Value, route: &Value) -> String {
    let text = |value: &Value| clean(value.as_str().unwrap_or_default());
    let kind = parent["kind"].as_str().unwrap_or("Gateway").to_lowercase();
    let namespace = match parent["namespace"].is_null() {
        true => &route["metadata"]["namespace"],
        false => &parent["namespace"],
    };
    format!("{} {}/{}", clean(&kind), text(namespace), text(&parent["name"]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn route(backends: Value) -> Value {
        json!({ "apiVersion": API_VERSION, "kind": KIND, "metadata": { "name": "shop", "namespace": "shop", "generation": 3 },
            "spec": { "parentRefs": [{ "name": "public", "namespace": "edge" }], "rules": [{ "backendRefs": backends }] } })
    }

    fn services() -> Vec<String> {
        vec!["shop".into()]
    }

    fn with(mut route: Value, rules: Value) -> Value {
        route["spec"]["rules"] = rules;
        route
    }

    #[test]
    fn a_share_is_led_to_the_next_service_and_back() {
        let before = route(json!([{ "name": "shop", "port": 80 }]));
        let rules = divided(&before, &services(), 10).expect("a Service");
        let wanted = json!([{ "backendRefs": [
            { "name": "shop", "port": 80, "weight": 90 },
            { "name": "shop-next", "port": 80, "weight": 10 },
        ] }]);
        assert_eq!(rules, wanted);
        let now = with(before.clone(), rules);
        assert_eq!(share(&now, &services()), Some(10));
        assert_eq!(share(&before, &services()), None);
        let more = with(now.clone(), divided(&now, &services(), 50).expect("divided"));
        assert_eq!(share(&more, &services()), Some(50));
        let back = json!([{ "backendRefs": [{ "name": "shop", "port": 80, "weight": 1 }] }]);
        assert_eq!(whole(&more, &services()), back);
    }

    #[test]
    fn backends_of_others_keep_their_share() {
        let before = route(json!([
            { "name": "shop", "port": 80, "weight": 3 },
            { "name": "old", "port": 80 },
            { "name": "shop", "namespace": "elsewhere", "port": 80 },
        ]));
        let rules = divided(&before, &services(), 20).expect("a Service");
        let weights: Vec<u64> = rules[0]["backendRefs"]
            .as_array()
            .expect("backends")
            .iter()
            .map(weight)
            .collect();
        assert_eq!(weights, [240, 60, 100, 100]);
    }

    #[test]
    fn a_route_to_something_else_and_a_weight_beyond_the_api_are_refused() {
        let fault = divided(&route(json!([{ "name": "other" }])), &services(), 10).expect_err("nothing to divide");
        assert_eq!(
            (fault.code(), fault.message()),
            (
                "no-route-to-divide",
                "httproute/shop does not lead to service/shop: there is nothing to divide"
            )
        );
        let heavy = route(json!([{ "name": "shop", "weight": 10_001 }]));
        assert_eq!(
            divided(&heavy, &services(), 10).expect_err("too heavy").code(),
            "weight-too-large"
        );
        let fault = divided(&json!({ "kind": KIND, "spec": { "rules": 3 } }), &services(), 1).expect_err("no rules");
        assert_eq!(fault.code(), "no-route-to-divide");
    }

    fn said(conditions: Value) -> Value {
        let mut route = route(json!([{ "name": "shop" }]));
        route["status"] = json!({ "parents": [{ "parentRef": { "name": "public", "namespace": "edge", "kind": "Gateway" },
            "controllerName": "x", "conditions": conditions }] });
        route
    }

    fn condition(kind: &str, status: &str, generation: u64) -> Value {
        json!({ "type": kind, "status": status, "reason": "Why", "message": "because\u{1b}[31m", "observedGeneration": generation })
    }

    #[test]
    fn what_a_gateway_does_not_say_is_not_well() {
        let well = said(json!([
            condition("Accepted", "True", 3),
            condition("ResolvedRefs", "True", 3)
        ]));
        assert_eq!(trouble(&well), None);
        for (conditions, words) in [
            (
                json!([]),
                "gateway edge/public has not said whether it takes httproute/shop",
            ),
            (
                json!([condition("Accepted", "False", 3)]),
                "gateway edge/public does not accept httproute/shop: Why: because [31m",
            ),
            (
                json!([
                    condition("Accepted", "Unknown", 3),
                    condition("ResolvedRefs", "True", 3)
                ]),
                "gateway edge/public does not accept httproute/shop: Why: because [31m",
            ),
            (
                json!([condition("Accepted", "True", 3), condition("ResolvedRefs", "False", 3)]),
                "gateway edge/public cannot resolve what is behind httproute/shop: Why: because [31m",
            ),
            (
                json!([condition("Accepted", "True", 2), condition("ResolvedRefs", "True", 2)]),
                "gateway edge/public has not looked at the newest httproute/shop",
            ),
            (
                json!([
                    condition("Accepted", "True", 3),
                    condition("ResolvedRefs", "True", 3),
                    condition("Programmed", "False", 3)
                ]),
                "gateway edge/public has not programmed httproute/shop: Why: because [31m",
            ),
        ] {
            assert_eq!(trouble(&said(conditions)).as_deref(), Some(words));
        }
        let nobody = route(json!([{ "name": "shop" }]));
        assert_eq!(
            trouble(&nobody).as_deref(),
            Some("no controller has taken httproute/shop up for gateway edge/public")
        );
    }

    #[test]
    fn a_route_is_seen_when_each_that_speaks_of_it_has_looked() {
        assert!(is_seen(&route(json!([]))), "nobody routes by it");
        assert!(is_seen(&said(json!([condition("Accepted", "False", 3)]))));
        assert!(!is_seen(&said(json!([condition("Accepted", "True", 2)]))));
    }

    proptest! {
        #[test]
        fn dividing_and_making_whole_is_the_identity(weights in proptest::collection::vec(0u64..=10_000, 1..5), percent in 1u8..100, again in 1u8..100) {
            let backends: Vec<Value> = weights
                .iter()
                .enumerate()
                .map(|(at, weight)| json!({ "name": if at == 0 { "shop".to_owned() } else { format!("other-{at}") }, "weight": weight }))
                .collect();
            let before = route(json!(backends));
            let once = with(before.clone(), divided(&before, &services(), percent).expect("a Service"));
            let twice = with(once.clone(), divided(&once, &services(), again).expect("a Service"));
            prop_assert_eq!(whole(&twice, &services()), before["spec"]["rules"].clone());
            if weights[0] > 0 {
                prop_assert_eq!(share(&twice, &services()), Some(again));
            }
        }
    }
}
