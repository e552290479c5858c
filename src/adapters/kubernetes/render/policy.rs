//! How many run, how many may be taken away at once, and who may connect.

use serde_json::{Value, json};

use super::Input;
use crate::adapters::kubernetes::names;
use crate::model::spec::Role;

pub fn autoscaler(input: &Input<'_>) -> Option<Value> {
    let autoscale = input.options.autoscale.as_ref()?;
    let name = names::of_process(input.base(), &input.spec.web()?.name);
    let spec = json!({
        "scaleTargetRef": { "apiVersion": "apps/v1", "kind": "Deployment", "name": name },
        "minReplicas": autoscale.min,
        "maxReplicas": autoscale.max,
        "metrics": [{ "type": "Resource", "resource": {
            "name": "cpu",
            "target": { "type": "Utilization", "averageUtilization": autoscale.cpu() },
        } }],
    });
    Some(input.object(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        &name,
        json!({ "spec": spec }),
    ))
}

/// Nodes that are emptied take one pod at a time. A single instance has none to spare: a budget would block the node.
pub fn disruption_budgets(input: &Input<'_>) -> Vec<Value> {
    let many = input
        .spec
        .processes
        .iter()
        .filter(|process| process.instances > 1 && !matches!(process.role, Role::Schedule(_)));
    many.map(|process| {
        let spec = json!({
            "maxUnavailable": 1,
            "selector": { "matchLabels": {
                names::SERVICE: input.service,
                names::ENV: input.env,
                names::PROCESS: process.name,
            } },
        });
        let name = names::of_process(input.base(), &process.name);
        input.object("policy/v1", "PodDisruptionBudget", &name, json!({ "spec": spec }))
    })
    .collect()
}

/// Web pods take connections from the named namespaces and their own, the others from nobody.
pub fn network(input: &Input<'_>) -> Vec<Value> {
    let Some(network) = &input.options.network else {
        return Vec::new();
    };
    let policy = |name: String, selector: Value, ingress: Value| {
        let spec = json!({
            "podSelector": selector,
            "policyTypes": ["Ingress"],
            "ingress": ingress,
        });
        input.object("networking.k8s.io/v1", "NetworkPolicy", &name, json!({ "spec": spec }))
    };
    let all = json!({ "matchLabels": { names::SERVICE: input.service, names::ENV: input.env } });
    let base = names::bounded(input.base());
    let mut policies = vec![policy(names::bounded(&format!("{base}-deny")), all, json!([]))];
    if input.spec.web().is_some() {
        let mut from: Vec<Value> = vec![json!({ "podSelector": {} })];
        from.extend(network.from.iter().map(
            |namespace| json!({ "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": namespace } } }),
        ));
        let web = json!({ "matchLabels": {
            names::SERVICE: input.service,
            names::ENV: input.env,
            names::PROCESS: names::WEB,
        } });
        let ingress = json!([{ "from": from, "ports": [{ "port": "http", "protocol": "TCP" }] }]);
        policies.push(policy(base, web, ingress));
    }
    policies
}
